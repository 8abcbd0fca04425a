"""Rules on facts: every factual sentence cites, and numbers, dates and probability words agree with the claims."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from nkru_brief.binding import DESK, Bound, bound_sentences
from nkru_brief.brief import Block
from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.facts import numbers, probability_words
from nkru_brief.model import STANDARD, Library, Scale
from nkru_brief.project import Project
from nkru_brief.values import replace


def uncited(project: Project) -> Iterator[Diagnostic]:
    """Every sentence that states a fact cites a claim; a block in which the desk speaks of the paper says so."""
    for block, sentence in _sentences(project):
        if not sentence.claims and not sentence.desk and "likelihood" not in block.attributes:
            message = f"no claim is cited for: “{_short(sentence.text)}”"
            hint = "cite it, [@cNN], or where the desk speaks of the paper itself end the paragraph in {: .desk }"
            yield Diagnostic(code="E601", place=sentence.place, message=message, hint=hint)


def _sentences(project: Project) -> Iterator[tuple[Block, Bound]]:
    """Yield the sentences of all sections with their blocks; all of a desk's section is the desk's.

    A block that was not read as meant is left out: a citation or attribute lost in it is not a second fault.
    """
    faulty = {(fault.place.file, fault.place.line) for fault in project.diagnostics}
    for fragment in project.fragments.values():
        starts = [block.place.line for block in fragment.blocks]
        misread = {bisect_right(starts, line) for file, line in faulty if file == fragment.file}
        read = {id(block) for number, block in enumerate(fragment.blocks, 1) if number not in misread}
        for block, sentence in bound_sentences(fragment):
            if id(block) in read:
                yield block, replace(sentence, desk=sentence.desk or DESK in fragment.classes)


def _short(text: str) -> str:
    words = text.split()
    return " ".join(words[:9]) + (" …" if len(words) > 9 else "")


def wordings(project: Project) -> Iterator[Diagnostic]:
    """The wordings of a claim give the same numbers and dates."""
    for claim in project.library.claims.values():
        standard = numbers(claim.statement.at_level(STANDARD))
        for level, text in claim.statement.levels.items():
            if numbers(text) != standard:
                more, less = sorted(numbers(text) - standard), sorted(standard - numbers(text))
                adds = f"says {' and '.join(more)}, which {STANDARD!r} does not" if more else ""
                lacks = f"leaves out {' and '.join(less)}" if less else ""
                message = f"{level!r} of claim {claim.id!r} {', and '.join(filter(None, (adds, lacks)))}"
                hint = f"give every level the numbers and dates of {STANDARD!r}"
                yield Diagnostic(code="E602", place=claim.statement.at(level), message=message, hint=hint)


def _numbers_of(library: Library, claims: tuple[str, ...]) -> frozenset[str]:
    found = [library.claims[claim] for claim in claims if claim in library.claims]
    texts = [text for claim in found for text in claim.statement.levels.values()]
    texts += [text for claim in found for reading in claim.readings for text in reading.says.levels.values()]
    return frozenset().union(*map(numbers, texts))


def foreign_numbers(project: Project) -> Iterator[Diagnostic]:
    """A number or date in prose, in a key date or in an answer is in one of the claims it rests on."""
    library = project.library
    for _, sentence in _sentences(project):
        if sentence.claims and not sentence.desk:
            yield from _foreign(library, sentence.whole, sentence.claims, sentence.place)
    for entry in library.dates:
        # A note says where the desk supplied what no source gives.
        if entry.note is None and entry.date.precision != "undated":
            yield from _foreign(library, _as_said(entry.date.text), entry.claims, entry.at("date"))
        for level, text in entry.label.levels.items():
            yield from _foreign(library, text, entry.claims, entry.label.at(level))


def _as_said(date: str) -> str:
    """Return an EDTF date as prose says it: `196X` is the 1960s."""
    return re.sub(r"(\d+)X\b", r"\g<1>0s", date)


def _foreign(library: Library, text: str, claims: tuple[str, ...], place: Place) -> Iterator[Diagnostic]:
    if not all(claim in library.claims for claim in claims):
        # A claim that is not there was reported, and nobody knows its numbers.
        return
    known = _numbers_of(library, claims)
    for number in sorted(numbers(text)):
        if number not in known:
            message = f"{number!r} is in none of the claims cited here ({', '.join(claims)})"
            hint = "correct the number, or cite the claim that says it"
            yield Diagnostic(code="E603", place=place, message=message, hint=hint)


def _scale(project: Project) -> Scale | None:
    topic = project.library.topic
    return project.library.scales.get(topic.scale) if topic else None


def _words(scale: Scale) -> tuple[str, ...]:
    return tuple(word for term in scale.terms for word in (term.word, *term.synonyms))


def judgements(project: Project) -> Iterator[Diagnostic]:
    """A judgement uses the probability word it is marked with; confidence and likelihood stay in separate sentences."""
    scale = _scale(project)
    for fragment in project.fragments.values() if scale else ():
        for block in fragment.blocks:
            word = block.attributes.get("likelihood")
            assert scale is not None  # noqa: S101 - the loop is empty without one
            if word is None or word not in _words(scale):
                continue
            used = probability_words(block.text, scale)
            if used != (word,):
                said = " and ".join(repr(other) for other in used) or "no word of the scale"
                message = f"the judgement is marked {word!r} but says {said}"
                yield Diagnostic(code="E604", place=block.place, message=message, hint=f"use the word {word!r}, once")


def stray_probability(project: Project) -> Iterator[Diagnostic]:
    """Words of the probability scale stand in judgements only, and never beside a word of confidence."""
    scale = _scale(project)
    for block, sentence in _sentences(project) if scale else ():
        assert scale is not None  # noqa: S101 - the loop is empty without one
        used = probability_words(sentence.whole, scale)
        if used and "confidence" in sentence.text.lower():
            message = f"likelihood ({used[0]!r}) and confidence in one sentence: “{_short(sentence.text)}”"
            hint = "say how likely in one sentence, how sure the desk is in another (ICD 203)"
            yield Diagnostic(code="E606", place=sentence.place, message=message, hint=hint)
        if used and not sentence.desk and "likelihood" not in block.attributes:
            message = f"{used[0]!r} is a word of probability outside a judgement: “{_short(sentence.text)}”"
            hint = "report what the source says in other words, or make the paragraph a judgement"
            yield Diagnostic(code="E605", place=sentence.place, message=message, hint=hint)


def mixed_synonyms(project: Project) -> Iterator[Diagnostic]:
    """The judgements of one reading level take each band's word from one row of the scale."""
    scale = _scale(project)
    for fragment in project.fragments.values() if scale else ():
        assert scale is not None  # noqa: S101 - the loop is empty without one
        synonyms = {synonym for term in scale.terms for synonym in term.synonyms}
        marked = [block for block in fragment.blocks if "likelihood" in block.attributes]
        rows = {block.attributes["likelihood"] in synonyms for block in marked}
        if len(rows) > 1:
            odd = next(block for block in marked if block.attributes["likelihood"] in synonyms)
            message = f"{odd.attributes['likelihood']!r} is of the scale's other row of words"
            yield Diagnostic(
                code="E607", place=odd.place, message=message, hint="keep to one row of synonyms (ICD 203)"
            )
