"""Nothing is lost on the way to a finished file, and nothing said twice: it holds its whole edition, once and in order.

What is read is the file itself, back from its bytes, and what it is held against is the evidence inside it: every
title, sentence, row of a table and note. Letters and digits are compared, for spaces, quotes and hyphens come and go
with lines. A note stands on a page that calls it, or at the end with all the others.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from nkru_brief.compose import PRINTED
from nkru_brief.evidence import FILE
from nkru_brief.reading import letters
from nkru_brief.sheet import Flaw, Sheet
from nkru_brief.values import Value, from_json

CODE = "E406"
# A page without its edition's marking.
MARKING = "E802"
# What may stand twice: shorter texts are names and labels, which other texts hold as well.
_LONG = 40
_SHOWN = 60
# Letters of a theme's own between two cells of a row.
_BETWEEN = 200
# What a table shows of a row; what else the row has, a theme may leave out.
_PRINTED = ("when", "label", "question", "term", "meaning", "ask", "answer")
# What else a paper may say once more than its parts do.
_TITLES = ("title", "subtitle", "source_summary", "disclaimer", "licence")


class Leaf(Value):
    """A page read back: its text without notes, the notes called there, and the notes that stand there."""

    text: str
    calls: tuple[int, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()


class Finished(Value):
    """A finished file read back: its pages, and the texts that stand for its pictures."""

    leaves: tuple[Leaf, ...]
    pictures: tuple[str, ...] = ()


def unmarked(fingerprint: str, drawn: Iterable[str]) -> tuple[int, ...]:
    """Return the numbers of the pages, from 1, that do not print the beginning of a fingerprint."""
    return tuple(n for n, text in enumerate(drawn, 1) if fingerprint[:PRINTED] not in "".join(text.split()))


def held(sheet: Sheet, finished: Finished, drawn: Iterable[str]) -> tuple[Flaw, ...]:
    """Return what a file pressed from a sheet does not say as the evidence attached to the sheet does.

    Args:
        sheet: what it was pressed from.
        finished: the file read back.
        drawn: the text of each of its pages as it is drawn, feet and all.
    """
    pages = tuple(drawn)
    return (*_unsaid_in(sheet, finished), *_unmarked_in(sheet, pages), *_without_marking(sheet, pages))


def lacking(text: str, drawn: Iterable[str]) -> tuple[int, ...]:
    """Return the numbers of the pages, from 1, that do not say a text."""
    return tuple(n for n, page in enumerate(drawn, 1) if letters(text) not in letters(page))


def _without_marking(sheet: Sheet, drawn: Iterable[str]) -> Iterator[Flaw]:
    """Yield the marking and the embargo that are not on every page: who holds one page is to see them."""
    for text in filter(None, (sheet.marking, sheet.embargo)):
        for page in lacking(text, drawn):
            yield Flaw(code=MARKING, message=f"page {page} does not say “{text}”")


def _unmarked_in(sheet: Sheet, drawn: Iterable[str]) -> Iterator[Flaw]:
    pages = unmarked(sheet.fingerprint, drawn)
    if pages:
        where = f"page {pages[0]}" if len(pages) == 1 else f"pages {', '.join(map(str, pages))}"
        yield Flaw(code=CODE, message=f"{where} without the edition's fingerprint: its first {PRINTED} digits")


def _unsaid_in(sheet: Sheet, finished: Finished) -> tuple[Flaw, ...]:
    inside = next((each.data for each in sheet.attachments if each.name == FILE), None)
    document = from_json(inside) if inside else None
    return tuple(unsaid(document["says"], finished)) if isinstance(document, dict) else ()


def unsaid(says: dict[str, Any], finished: Finished) -> Iterator[Flaw]:
    """Yield what a finished file lacks, says out of order or says twice.

    Args:
        says: what its edition says (`nkru_brief.evidence.evidence_of`).
        finished: the file read back.
    """
    text = "".join(letters(leaf.text) for leaf in finished.leaves)
    claims = {claim["id"]: claim for claim in says["claims"]}
    notes = {note["id"]: note for note in says.get("context", ())}
    said = [each for part in says["parts"] for each in _in_part(part, notes)]
    yield from _in_order(said, text)
    drawn = [letters(picture) for picture in finished.pictures]
    # A source may be named in more places than one.
    rows = [row for part in says["parts"] for row in part["rows"] if not row.get("shows", "").startswith("article:")]
    for part in says["parts"]:
        yield from _rows(part, claims, says, text, drawn)
    cells = [cell for row in rows for form in _printed(row, claims, says)[:1] for cell in form]
    texts = [*said, *cells, *(says[key] for key in _TITLES)]
    yield from _once(texts, text)
    yield from _notes(says, claims, finished)


def _in_part(part: dict[str, Any], notes: dict[str, Any]) -> Iterator[str]:
    """Yield what a part says, its context notes last."""
    yield from (part["title"], *_sentences(part))
    for name in part.get("context", ()):
        yield from _of_context(notes[name])


def _of_context(note: dict[str, Any]) -> Iterator[str]:
    """Yield what every theme prints of a context note: its words, its day, and the works it cites."""
    yield from (note["title"], note["text"], note["as_of"]["text"])
    for work in note["works"]:
        yield from filter(None, (work["author"], work["title"], *work["identifiers"], work["when"]))


def _sentences(part: dict[str, Any]) -> Iterator[str]:
    return (text for each in part["says"] if (text := each.get("text") or each.get("heading")))


def _in_order(texts: Iterable[str], text: str) -> Iterator[Flaw]:
    at = 0
    for each in texts:
        wanted = letters(each)
        found = text.find(wanted, at)
        if found < 0:
            how = "says out of order" if wanted in text else "lacks"
            yield Flaw(code=CODE, message=f"it {how}: “{_short(each)}”", text=each)
        else:
            at = found + len(wanted)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN].rsplit(" ", 1)[0] + " …"


def _printed(row: dict[str, Any], claims: dict[str, Any], says: dict[str, Any]) -> list[list[str]]:
    """Return the texts of a row that every theme prints, in the order of its cells; where it may print others, those.

    A claim's row has its passages drawn together (`A L10.s1–3`) or one by one.
    """
    if shown := row.get("shows"):
        claim = claims.get(shown)
        if claim is None:
            return [[source["title"]] for source in says["sources"] if source["id"] == shown]
        head = [shown.partition(":")[2], claim["statement"]]
        return [[*head, claim["where"]], [*head, *(each.partition(".")[2] for each in claim["derived_from"])]]
    cells = [row[key] for key in _PRINTED if row.get(key)]
    cells += [each["says"] for key in ("readings", "changes") for each in row.get(key, ()) if each["says"]]
    return [cells] if cells else []


def _rows(
    part: dict[str, Any], claims: dict[str, Any], says: dict[str, Any], text: str, drawn: list[str]
) -> Iterator[Flaw]:
    """Yield the rows of a part that are not printed in their order; the rows of a figure may be told in its words."""
    places = [text, *(drawn if part["drawn"] else ())]
    ends = [0] * len(places)
    for row in part["rows"]:
        forms = _printed(row, claims, says)
        if not forms:
            continue
        found = [_first(forms, *each) for each in zip(places, ends, strict=True)]
        ends = [end if end >= 0 else before for end, before in zip(found, ends, strict=True)]
        if all(end < 0 for end in found):
            told = " | ".join(map(_short, forms[0]))
            yield Flaw(
                code=CODE,
                message=f"of “{part['title']}” it lacks, or says out of order, the row: {told}",
                text=forms[0][0],
            )


def _first(forms: list[list[str]], text: str, start: int) -> int:
    """Return where a row ends in the first of its forms that stands there; -1 where none does."""
    found = (_end(list(map(letters, form)), text, start) for form in forms)
    return next((end for end in found if end >= 0), -1)


def _end(cells: list[str], text: str, start: int) -> int:
    """Return where a row ends that stands in a text from `start` on, cell after cell; -1 where there is none."""
    first, *rest = cells
    while (found := text.find(first, start)) >= 0:
        at = found + len(first)
        for cell in rest:
            at = text.find(cell, at, at + len(cell) + _BETWEEN)
            if at < 0:
                break
            at += len(cell)
        else:
            return at
        start = found + 1
    return -1


def _once(texts: list[str], text: str) -> Iterator[Flaw]:
    wanted = Counter(letters(each) for each in texts)
    names = {letters(each): each for each in texts}
    found = _times(wanted, text)
    # Most stand as often as they are to, and what else holds them need not be asked.
    often = [each for each in found if found[each] > wanted[each]]
    expected = _times(often, "|".join(wanted.elements()))
    for each in often:
        if found[each] > expected[each]:
            message = f"it says {found[each]} times, not {expected[each]}: “{_short(names[each])}”"
            yield Flaw(code=CODE, message=message, text=names[each])


def _times(wanted: Iterable[str], text: str) -> dict[str, int]:
    """Return how often each long text stands in another one, which is gone through once for all of them."""
    long = {each for each in wanted if len(each) >= _LONG}
    lengths: dict[str, set[int]] = {}
    for each in long:
        lengths.setdefault(each[:_LONG], set()).add(len(each))
    times, ends = dict.fromkeys(long, 0), dict.fromkeys(long, 0)
    for at in range(len(text) - _LONG + 1):
        for length in lengths.get(text[at : at + _LONG], ()):
            each = text[at : at + length]
            if each in long and ends[each] <= at:
                times[each] += 1
                ends[each] = at + length
    return {each: times[each] for each in wanted if each in long}


def _notes(says: dict[str, Any], claims: dict[str, Any], finished: Finished) -> Iterator[Flaw]:
    called: dict[int, set[int]] = {}
    places: dict[int, list[tuple[int, str]]] = {}
    for page, leaf in enumerate(finished.leaves):
        for number in leaf.calls:
            called.setdefault(number, set()).add(page)
        for number, text in leaf.notes:
            places.setdefault(number, []).append((page, text))
    together = sum(bool(leaf.notes) for leaf in finished.leaves) == 1
    for note in says["notes"]:
        number = note["number"]
        where, calling = places.get(number, []), called.get(number, set())
        if not calling:
            yield Flaw(code=CODE, message=f"nothing calls note {number}")
        if len(where) != 1:
            yield Flaw(code=CODE, message=f"note {number} stands in {len(where)} places")
            continue
        (page, text), *_ = where
        if not together and calling and page not in calling:
            yield Flaw(code=CODE, message=f"note {number} is not on a page that calls it")
        bare = letters(text)
        for name in note["claims"]:
            claim = claims[name]
            stated = claim["statement"] if says["note_style"] == "full" else ""
            lacking = [each for each in (name.partition(":")[2], stated, claim["where"]) if letters(each) not in bare]
            yield from (
                Flaw(code=CODE, message=f"note {number} lacks: “{_short(each)}”", text=each) for each in lacking
            )
