"""The record: a fingerprint of everything reviewed, so that no edit goes unseen.

A hash cannot say whether an edit was right; it can say that there was one. `content/record.yaml` keeps a fingerprint
for each passage of a card, claim, key date, term, question and sentence, as they were when somebody last looked and
ran `nkru-brief record`. What differs is a warning, with its file and line, and under `--strict` an error.
"""

import json
from collections.abc import Iterator
from typing import Any

from nkru_brief.binding import bound_sentences
from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.digest import fingerprint
from nkru_brief.model import Authored, Record
from nkru_brief.project import Project
from nkru_brief.values import Value

FILE = "content/record.yaml"
_DIGITS = 16

_HEAD = """\
# What was last reviewed, as fingerprints. Written by `nkru-brief record`, not by hand:
# read the warnings of `nkru-brief check` first, since recording says that every change was meant.
"""


class Entry(Value):
    """One recorded thing: its key, its fingerprint, where it stands, and what to call it."""

    key: str
    fingerprint: str
    place: Place
    what: str


def entries(project: Project) -> Iterator[Entry]:
    """Yield everything of a project that the record keeps, in a fixed order."""
    library = project.library
    for card in library.cards.values():
        for index, passage in enumerate(card.passages):
            what = f"passage '{card.id} {passage.id}'"
            place = passage.at("id") if passage.places else card.at("passages", index)
            yield _entry(f"passage {card.id} {passage.id}", passage, place, what)
    for claim in library.claims.values():
        yield _entry(f"claim {claim.id}", claim, claim.at("id"), f"claim {claim.id!r}")
    for entry in library.dates:
        yield _entry(f"date {entry.id}", entry, entry.at("id"), f"the key date {entry.id!r}")
    for term in library.terms:
        yield _entry(f"term {term.term}", term, term.at("term"), f"the term {term.term!r}")
    for question in library.questions:
        yield _entry(f"question {question.id}", question, question.at("id"), f"the question {question.id!r}")
    yield from _sentences(project)


def _entry(key: str, value: Authored, place: Place, what: str) -> Entry:
    return Entry(key=key, fingerprint=fingerprint(_bare(value))[:_DIGITS], place=place, what=what)


def _bare(value: Any) -> Any:  # noqa: ANN401 - any value of the model
    """Return a value as plain data without places and sign-offs: a moved line is the same claim."""
    if isinstance(value, Authored):
        names = (name for name in value.__struct_fields__ if name not in ("places", "sign_off"))
        return {name: _bare(getattr(value, name)) for name in names}
    if isinstance(value, tuple | list):
        return [_bare(item) for item in value]
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items()}
    return value


def _sentences(project: Project) -> Iterator[Entry]:
    for (name, level), fragment in sorted(project.fragments.items()):
        seen: dict[str, int] = {}
        for block, sentence in bound_sentences(fragment):
            marks = [sentence.text, list(sentence.claims), sentence.desk, block.attributes]
            mark = fingerprint(marks)[:_DIGITS]
            seen[mark] = seen.get(mark, 0) + 1
            # A sentence has no name; its fingerprint is its key, and the same sentence twice has two.
            key = f"sentence {name}.{level} {mark}{'' if seen[mark] == 1 else f' {seen[mark]}'}"
            words = " ".join(sentence.text.split()[:6])
            yield Entry(key=key, fingerprint=mark, place=sentence.place, what=f"the sentence “{words} …”")


def write(project: Project) -> str:
    """Return the text of the record of a project as it now is."""
    lines = [f"  {json.dumps(entry.key, ensure_ascii=False)}: {entry.fingerprint}" for entry in entries(project)]
    return _HEAD + "reviewed:\n" + "\n".join(lines) + "\n"


def differences(project: Project, record: Record | None) -> Iterator[Diagnostic]:
    """Yield a warning for everything that is not as the record has it; a project without a record has none."""
    if record is None:
        return
    known = dict(record.reviewed)
    for entry in entries(project):
        before = known.pop(entry.key, None)
        if before == entry.fingerprint:
            continue
        how = "is new since" if before is None else "is not as it was at"
        hint = "if the change is meant, look at the paper and run: nkru-brief record"
        message = f"{entry.what} {how} the last review"
        yield Diagnostic(code="W621", place=entry.place, message=message, hint=hint)
    for key in known:
        message = f"what was reviewed as {key!r} is gone or changed"
        hint = "if it is meant, look at the paper and run: nkru-brief record"
        yield Diagnostic(code="W621", place=record.at("reviewed", key), message=message, hint=hint)
