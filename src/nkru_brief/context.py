"""Where context notes stand in a paper: beside the part that first tells what they comment.

A note comments, and never supports: whoever rests on one is told so.

The first part of a paper announces what later ones tell. So a note goes to the end of the first later part whose prose
cites a claim it comments, else of the first later part whose rows do, else of the first part. An edition that lists
the section `context` has them all there.
"""

from collections.abc import Iterable, Iterator, Mapping

from nkru_brief.brief import ContextRow, Part
from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.model import Claim, ContextNote
from nkru_brief.values import replace

SECTION = "context"


def commented(note: ContextNote, claims: Mapping[str, Claim]) -> tuple[str, ...]:
    """Return the claims that a note comments: those it names, and those that rest on a passage it names."""
    named = [name for name in note.on if name in claims]
    passages = frozenset(note.on).difference(named)
    resting = [claim.id for claim in claims.values() if passages.intersection(claim.passages)]
    return tuple(dict.fromkeys((*named, *resting)))


def is_dated(note: ContextNote) -> bool:
    """Return whether a note says on which day the record was read."""
    return note.as_of is not None and note.as_of.precision == "day" and not note.as_of.qualified


def no_support(what: str, note: str, place: Place) -> Diagnostic:
    """Return the fault of taking a context note for support; `what` says who does."""
    message = f"{what}, and it is a context note: what stands outside the sources supports nothing here"
    hint = f"cite a claim; an edition shows the note beside it where it says context: [{note}]"
    return Diagnostic(code="E329", place=place, message=message, hint=hint)


def beside(parts: tuple[Part, ...], rows: Iterable[ContextRow], notes: Mapping[int, Iterable[str]]) -> tuple[Part, ...]:
    """Return parts with each row of context at its place; one that nothing in the paper leads to is left out.

    Args:
        parts: the parts of a paper, in order.
        rows: the context that its edition switches on, in the order in which it is drawn.
        notes: the claims that each numbered note leads to.
    """
    places: dict[int, list[ContextRow]] = {}
    for row in rows:
        place = _place(parts, row, notes)
        if place is not None:
            places.setdefault(place, []).append(row)
    return tuple(
        replace(part, context=tuple(places[index])) if index in places else part for index, part in enumerate(parts)
    )


def _place(parts: tuple[Part, ...], row: ContextRow, notes: Mapping[int, Iterable[str]]) -> int | None:
    prose = [index for index, part in enumerate(parts) if _leads(_in_prose(part), row, notes)]
    data = [index for index, part in enumerate(parts) if _leads(_in_rows(part), row, notes)]
    if not prose and not data:
        return None
    own = next((index for index, part in enumerate(parts) if part.id == SECTION), None)
    return own if own is not None else next((index for index in (*prose, *data) if index > 0), 0)


def _leads(calls: Iterable[int], row: ContextRow, notes: Mapping[int, Iterable[str]]) -> bool:
    return any(not set(notes[number]).isdisjoint(row.claims) for number in calls)


def _in_prose(part: Part) -> Iterator[int]:
    return (call.note for block in part.blocks for call in block.notes)


def _in_rows(part: Part) -> Iterator[int]:
    calls = (getattr(each, "call", None) for each in (part, *part.rows))
    return (call.note for call in calls if call is not None)
