"""The record: a fingerprint of everything written, so that no edit goes unseen.

A hash cannot say whether an edit was right; it can say that there was one. `content/record.yaml` keeps a fingerprint
for each card, passage of a card, claim, context note, key date, term, question, heading and sentence, as they were
when somebody last ran `nkru-brief record`. What differs is a warning, with its file and line, and under `--strict` an
error.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from nkru_brief.binding import bound_sentences
from nkru_brief.brief import Fragment
from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.digest import fingerprint
from nkru_brief.model import Authored, Record
from nkru_brief.project import Project
from nkru_brief.significance import facts
from nkru_brief.values import Value, replace

FILE = "content/record.yaml"
_DIGITS = 16
_WORDS = 6
_SENTENCE = "sentence "
_HINT = "if the change is meant, look at the paper and run: nkru-brief record"

_HEAD = """\
# Fingerprints of what was written when this was made. Written by `nkru-brief record`, not by hand:
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
    yield from things(project)
    yield from _sentences(project)


def things(project: Project) -> Iterator[Entry]:
    """Yield everything the record keeps but prose: cards, passages, claims, context, key dates, terms, questions."""
    library = project.library
    for card in library.cards.values():
        yield _entry(f"card {card.id}", replace(card, passages=()), card.at("id"), f"the card {card.id!r}")
        for index, passage in enumerate(card.passages):
            what = f"passage '{card.id} {passage.id}'"
            place = passage.at("id") if passage.places else card.at("passages", index)
            yield _entry(f"passage {card.id} {passage.id}", passage, place, what)
    for claim in library.claims.values():
        yield _entry(f"claim {claim.id}", claim, claim.at("id"), f"claim {claim.id!r}")
    for note in library.context.values():
        yield _entry(f"context {note.id}", note, note.at("id"), f"the context note {note.id!r}")
    for entry in library.dates:
        yield _entry(f"date {entry.id}", entry, entry.at("id"), f"the key date {entry.id!r}")
    for term in library.terms:
        yield _entry(f"term {term.term}", term, term.at("term"), f"the term {term.term!r}")
    for question in library.questions:
        yield _entry(f"question {question.id}", question, question.at("id"), f"the question {question.id!r}")
    for number, told in enumerate(library.changes, 1):
        yield _entry(f"change {number}", told, told.at("date"), f"the entry of {told.date} of what changed")


def _entry(key: str, value: Authored, place: Place, what: str) -> Entry:
    return Entry(key=key, fingerprint=fingerprint(bare(value))[:_DIGITS], place=place, what=what)


def bare(value: Any) -> Any:  # noqa: ANN401 - any value of the model
    """Return a value as plain data without places and sign-offs: a moved line is the same claim.

    What is not given has no entry, so that a key the model learns later does not change what lacks it.
    """
    if isinstance(value, Authored):
        names = (name for name in value.__struct_fields__ if name not in ("places", "sign_off"))
        return {name: bare(own) for name in names if (own := getattr(value, name)) not in (None, (), {}, False, "")}
    if isinstance(value, tuple | list):
        return [bare(item) for item in value]
    if isinstance(value, dict):
        return {key: bare(item) for key, item in value.items()}
    return value


def _sentences(project: Project) -> Iterator[Entry]:
    for (name, level), fragment in sorted(project.fragments.items()):
        seen: dict[str, int] = {}
        for what, text, place, marks in said(fragment):
            mark = fingerprint(marks)[:_DIGITS]
            seen[mark] = seen.get(mark, 0) + 1
            # A sentence has no name; its fingerprint is its key, and the same sentence twice has two.
            key = f"{_SENTENCE}{name}.{level} {mark}{'' if seen[mark] == 1 else f' {seen[mark]}'}"
            words = text.split()
            short = " ".join(words[:_WORDS]) + (" …" if len(words) > _WORDS else "")
            yield Entry(key=key, fingerprint=mark, place=place, what=f"the {what} “{short}”")


def said(fragment: Fragment) -> Iterator[tuple[str, str, Place, object]]:
    """Yield everything a section says: what it is, its text, its place, and all that is fingerprinted."""
    yield "title", fragment.title, Place(file=fragment.file), [fragment.title, list(fragment.classes)]
    for block in fragment.blocks:
        if block.kind == "heading":
            yield "heading", block.text, block.place, [block.text, block.tag, block.attributes]
    for block, sentence in bound_sentences(fragment):
        marks = [sentence.whole, list(sentence.claims), sentence.desk, block.attributes]
        yield "sentence", sentence.text, sentence.place, marks


def write(project: Project) -> str:
    """Return the text of the record of a project as it now is."""
    found = {entry.key: entry.fingerprint for entry in entries(project)}
    lines = ["recorded:", *(f"  {_quoted(key)}: {mark}" for key, mark in found.items())]
    known = facts(project)
    if known:
        lines += ["# What makes a change significant: these are what `nkru-brief changes` compares.", "facts:"]
        lines += [f"  {_quoted(key)}: {_quoted(fact)}" for key, fact in known.items()]
    return _HEAD + "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def differences(project: Project, record: Record | None) -> Iterator[Diagnostic]:
    """Yield a warning for everything that is not as the record has it; a project without a record has none."""
    if record is None:
        return
    known = dict(record.recorded)
    new: Counter[str] = Counter()
    for entry in entries(project):
        before = known.pop(entry.key, None)
        if before == entry.fingerprint:
            continue
        new[entry.place.file] += entry.key.startswith(_SENTENCE)
        how = "is new or changed since" if before is None else "is not as it was at"
        message = f"{entry.what} {how} the last record"
        yield Diagnostic(code="W621", place=entry.place, message=message, hint=_HINT)
    files = {f"{_SENTENCE}{name}.{level}": fragment.file for (name, level), fragment in project.fragments.items()}
    gone: Counter[str] = Counter()
    for key in known:
        file = files.get(" ".join(key.split(" ")[:2]))
        if file is None:
            message = f"what was recorded as {key!r} is gone"
            yield Diagnostic(code="W621", place=record.at("recorded", key), message=message, hint=_HINT)
        else:
            gone[file] += 1
    for file, count in gone.items():
        # A sentence that was changed is one that is new and one that is gone; it was reported already.
        if count > new[file]:
            number = count - new[file]
            what = "a sentence that was recorded is gone" if number == 1 else f"{number} recorded sentences are gone"
            yield Diagnostic(code="W621", place=Place(file=file), message=f"from this section {what}", hint=_HINT)
