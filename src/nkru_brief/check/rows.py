"""Rules on what stands in rows and notes: claims, context, dates, terms, questions. The rules of prose hold there."""

import re
from collections.abc import Iterator

from nkru_brief.check.facts import in_use, numbers_of, short
from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.facts import numbers, probability_words
from nkru_brief.model import STANDARD, Claim, ContextNote, KeyDate, Library, Question, Scale, Term, Wording
from nkru_brief.passages import sentences
from nkru_brief.project import Project
from nkru_brief.values import Value

_YEAR = re.compile(r"\d{4}")
# A range in per cent: `55 to 80 per cent`, `55–80 %`.
_RANGE = re.compile(r"(\d+)\s*(?:to|and|–|-)\s*(\d+)\s*(?:%|per\s?cent)")


class Said(Value):
    """One wording of a row: what the row is called, which of its words these are, and the claims it rests on."""

    what: str
    key: str
    wording: Wording
    claims: tuple[str, ...]


def said(library: Library) -> Iterator[Said]:
    """Yield every wording of a project that stands in a row or in a note."""
    for claim in library.claims.values():
        yield from _given(f"claim {claim.id!r}", claim, ("statement", "question", "remark"), (claim.id,))
        for reading in claim.readings:
            yield Said(what=f"a reading of {claim.id!r}", key="says", wording=reading.says, claims=(claim.id,))
    for note in library.context.values():
        # Its numbers are the public record's, and no claim's.
        yield from _given(f"the context note {note.id!r}", note, ("title", "text"), ())
    for entry in library.dates:
        yield from _given(f"the key date {entry.id!r}", entry, ("when", "label", "short", "note"), entry.claims)
    for term in library.terms:
        yield from _given(f"the term {term.term!r}", term, ("meaning",), term.claims)
    for question in library.questions:
        yield from _given(f"the question {question.id!r}", question, ("ask", "answer"), question.claims)


def _given(
    what: str, row: Claim | ContextNote | KeyDate | Term | Question, keys: tuple[str, ...], claims: tuple[str, ...]
) -> Iterator[Said]:
    for key in keys:
        wording = getattr(row, key)
        if wording is not None:
            yield Said(what=what, key=key, wording=wording, claims=claims)


def wordings(project: Project) -> Iterator[Diagnostic]:
    """The wordings of a row give the same numbers and dates at every level."""
    for row in said(project.library):
        standard = numbers(row.wording.at_level(STANDARD))
        for level, text in row.wording.levels.items():
            if numbers(text) != standard:
                more, less = sorted(numbers(text) - standard), sorted(standard - numbers(text))
                adds = f"says {' and '.join(more)}, which {STANDARD!r} does not" if more else ""
                lacks = f"leaves out {' and '.join(less)}" if less else ""
                own = "" if row.key in ("statement", "says") else f", {row.key},"
                message = f"{level!r} of {row.what}{own} {', and '.join(filter(None, (adds, lacks)))}"
                hint = f"give every level the numbers and dates of {STANDARD!r}"
                yield Diagnostic(code="E602", place=row.wording.at(level), message=message, hint=hint)


def uncited_terms(project: Project) -> Iterator[Diagnostic]:
    """The meaning of a term cites a claim, or is the desk's own use of the word."""
    for term in project.library.terms:
        if not term.claims and not term.desk:
            message = f"no claim is cited for the meaning of {term.term!r}"
            hint = "cite it under claims:, or where the desk explains its own use of the word write desk: true"
            yield Diagnostic(code="E601", place=term.at("term"), message=message, hint=hint)


# ---- numbers ----


def foreign_numbers(project: Project) -> Iterator[Diagnostic]:
    """A number or date of a row is in one of the claims it rests on."""
    library = project.library
    for entry in library.dates:
        yield from _foreign_dates(library, entry)
    for row in said(library):
        if row.key in ("label", "short", "when", "meaning", "ask", "answer"):
            also = _around(project, row)
            for level, text in row.wording.levels.items():
                yield from foreign(library, text, row.claims, row.wording.at(level), also)


def _around(project: Project, row: Said) -> frozenset[str]:
    """Return the numbers a row may take from the paper itself: a question asks about its dates and its scale."""
    library, scale = project.library, in_use(project)
    if row.key == "when":
        entry = next(entry for entry in library.dates if entry.when is row.wording)
        return numbers(as_said(entry.date.text))
    if row.key not in ("ask", "answer"):
        return frozenset()
    dates = (
        f"{as_said(entry.date.text)} {' '.join(entry.when.levels.values()) if entry.when else ''}"
        for entry in library.dates
    )
    bounds = (f"{term.low:g} {term.high:g}" for term in (scale.terms if scale else ()))
    return frozenset().union(*map(numbers, (*dates, *bounds)))


def as_said(date: str) -> str:
    """Return an EDTF date as prose says it: `196X` is the 1960s."""
    return re.sub(r"(\d+)X\b", r"\g<1>0s", date)


def foreign(
    library: Library, text: str, claims: tuple[str, ...], place: Place, also: frozenset[str] = frozenset()
) -> Iterator[Diagnostic]:
    """Yield a fault for every number of a text that neither the claims cited nor `also` say."""
    if not all(claim in library.claims for claim in claims):
        # A claim that is not there was reported, and nobody knows its numbers.
        return
    known = numbers_of(library.claims, claims) | also
    for number in sorted(numbers(text) - known):
        cited = f"none of the claims cited here ({', '.join(claims)})" if claims else "no claim: none is cited here"
        message = f"{number!r} is in {cited}"
        hint = "correct the number, or cite the claim that says it"
        yield Diagnostic(code="E603", place=place, message=message, hint=hint)


def _foreign_dates(library: Library, entry: KeyDate) -> Iterator[Diagnostic]:
    if entry.date.precision == "undated":
        return
    also: frozenset[str] = frozenset()
    if entry.note is not None:
        # A note says where the desk supplied what no source gives; what it shows the reader still bounds it.
        shown = " ".join(entry.when.levels.values()) if entry.when else ""
        known = numbers(shown) | numbers_of(library.claims, entry.claims)
        also = known | {year for year in _YEAR.findall(entry.date.text) if _century(year) in known}
    yield from foreign(library, as_said(entry.date.text), entry.claims, entry.at("date"), also)


def _century(year: str) -> str:
    """Return the century of a year as an ordinal: `20th` of 1930."""
    number = (int(year) + 99) // 100 if int(year) % 100 else int(year) // 100 + 1
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


# ---- probability ----


def stray_probability(project: Project) -> Iterator[Diagnostic]:
    """Words of the scale stand in judgements only; a row is none."""
    scale = in_use(project)
    for row in said(project.library) if scale else ():
        assert scale is not None  # noqa: S101 - the loop is empty without one
        for level, text in row.wording.levels.items():
            for sentence in sentences(text):
                yield from _stray(row, sentence, row.wording.at(level), scale)


def _stray(row: Said, sentence: str, place: Place, scale: Scale) -> Iterator[Diagnostic]:
    used = probability_words(sentence, scale)
    if not used:
        return
    message = f"{used[0]!r} is a word of probability outside a judgement: “{short(sentence)}”"
    hint = f"report what the source says in other words; {row.what} is no judgement"
    yield Diagnostic(code="E605", place=place, message=message, hint=hint)
    if "confidence" in sentence.lower():
        message = f"likelihood ({used[0]!r}) and confidence in one sentence: “{short(sentence)}”"
        hint = "say how likely in one sentence, how sure the desk is in another (ICD 203)"
        yield Diagnostic(code="E606", place=place, message=message, hint=hint)


def foreign_ranges(project: Project) -> Iterator[Diagnostic]:
    """A range in per cent that a question or its answer gives is one of the scale in use."""
    library, scale = project.library, in_use(project)
    bands = {(f"{term.low:g}", f"{term.high:g}") for term in (scale.terms if scale else ())}
    for row in said(library) if scale else ():
        known = numbers_of(library.claims, row.claims)
        for level, text in row.wording.levels.items() if row.key in ("ask", "answer") else ():
            for match in _RANGE.finditer(text):
                if match.groups() not in bands and not known >= set(match.groups()):
                    assert scale is not None  # noqa: S101 - the loop is empty without one
                    message = f"“{match[0]}” is no range of the scale in use, {scale.title}"
                    hint = f"its ranges are {', '.join(f'{low}–{high}' for low, high in sorted(bands, key=_first))}"
                    yield Diagnostic(code="E608", place=row.wording.at(level), message=message, hint=hint)


def _first(band: tuple[str, str]) -> float:
    return float(band[0])
