"""Rules on facts: every factual sentence cites, and numbers, dates and probability words agree with the claims."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import chain

from nkru_brief.binding import DESK, Bound, bound_sentences
from nkru_brief.brief import Block
from nkru_brief.diagnostics import Diagnostic
from nkru_brief.facts import numbers, probability_words
from nkru_brief.model import Claim, Library, Scale
from nkru_brief.project import Project
from nkru_brief.values import replace

_JUDGEMENT = "judgement"


def of_sentences(project: Project) -> Iterator[Diagnostic]:
    """Every sentence cites, says no number that is in none of its claims, and weighs nothing outside a judgement.

    All rules on a sentence in one go: to cut two thousand sections into sentences once for each of them takes longer
    than the rules.
    """
    scale = in_use(project)
    for block, sentence in _sentences(project):
        yield from _uncited(block, sentence)
        yield from _foreign_numbers(project.library, sentence)
        if scale is not None:
            yield from _stray_probability(scale, block, sentence)


def _uncited(block: Block, sentence: Bound) -> Iterator[Diagnostic]:
    """A sentence that states a fact cites a claim; a block in which the desk speaks of the paper says so."""
    if not sentence.claims and not sentence.desk and "likelihood" not in block.attributes:
        message = f"no claim is cited for: “{short(sentence.text)}”"
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


def short(text: str) -> str:
    """Return the first words of a sentence, to name it by."""
    words = text.split()
    return " ".join(words[:9]) + (" …" if len(words) > 9 else "")


def numbers_of(known: Mapping[str, Claim], claims: tuple[str, ...]) -> frozenset[str]:
    """Return every number that claims say, in any wording and in the readings of the sources."""
    found = [known[claim] for claim in claims if claim in known]
    texts = [text for claim in found for text in claim.statement.levels.values()]
    texts += [text for claim in found for reading in claim.readings for text in reading.says.levels.values()]
    return frozenset().union(*map(numbers, texts))


def _foreign_numbers(library: Library, sentence: Bound) -> Iterator[Diagnostic]:
    """A number or date of a sentence is in one of the claims it cites."""
    if not sentence.claims or sentence.desk or not all(claim in library.claims for claim in sentence.claims):
        # A claim that is not there was reported, and nobody knows its numbers.
        return
    said = numbers(sentence.whole)
    for number in sorted(said - numbers_of(library.claims, sentence.claims)) if said else ():
        message = f"{number!r} is in none of the claims cited here ({', '.join(sentence.claims)})"
        hint = "correct the number, or cite the claim that says it"
        yield Diagnostic(code="E603", place=sentence.place, message=message, hint=hint)


def in_use(project: Project) -> Scale | None:
    """Return the probability scale of the project, or None where there is none of its name."""
    topic = project.library.topic
    return project.library.scales.get(topic.scale) if topic else None


def _words(scale: Scale) -> tuple[str, ...]:
    return tuple(word for term in scale.terms for word in (term.word, *term.synonyms))


def judgements(project: Project) -> Iterator[Diagnostic]:
    """A judgement uses the probability word it is marked with, and is marked with one."""
    scale = in_use(project)
    for fragment in project.fragments.values() if scale else ():
        for block in fragment.blocks:
            word = block.attributes.get("likelihood")
            assert scale is not None  # noqa: S101 - the loop is empty without one
            if word is None and _JUDGEMENT in block.attributes.get("class", "").split():
                message = "the judgement is marked with no word of probability"
                hint = f'say how likely: {{: .judgement likelihood="{scale.terms[-3].word}" }}'
                yield Diagnostic(code="E604", place=block.place, message=message, hint=hint)
            if word is None or word not in _words(scale):
                continue
            used = probability_words(block.text, scale)
            if used != (word,):
                said = " and ".join(repr(other) for other in used) or "no word of the scale"
                message = f"the judgement is marked {word!r} but says {said}"
                yield Diagnostic(code="E604", place=block.place, message=message, hint=f"use the word {word!r}, once")


def _stray_probability(scale: Scale, block: Block, sentence: Bound) -> Iterator[Diagnostic]:
    """Words of the probability scale stand in judgements only, and never beside a word of confidence."""
    used = probability_words(sentence.whole, scale)
    if used and "confidence" in sentence.text.lower():
        message = f"likelihood ({used[0]!r}) and confidence in one sentence: “{short(sentence.text)}”"
        hint = "say how likely in one sentence, how sure the desk is in another (ICD 203)"
        yield Diagnostic(code="E606", place=sentence.place, message=message, hint=hint)
    if used and not sentence.desk and "likelihood" not in block.attributes:
        message = f"{used[0]!r} is a word of probability outside a judgement: “{short(sentence.text)}”"
        hint = "report what the source says in other words, or make the paragraph a judgement"
        yield Diagnostic(code="E605", place=sentence.place, message=message, hint=hint)


def mixed_synonyms(project: Project) -> Iterator[Diagnostic]:
    """The judgements of one paper take their words from one row of the scale."""
    scale = in_use(project)
    for brief in project.briefs.values() if scale else ():
        assert scale is not None  # noqa: S101 - the loop is empty without one
        blocks = [block for part in brief.parts for block in part.blocks if block.likelihood is not None]
        # A band without synonyms has one word for both rows.
        rows = {term.word: term.synonyms for term in scale.terms if term.synonyms}
        first = [block for block in blocks if block.attributes["likelihood"] in rows]
        second = [block for block in blocks if block.attributes["likelihood"] in chain(*rows.values())]
        if first and second:
            odd = min(second, first, key=len)[0]
            message = f"{odd.attributes['likelihood']!r} is of another row of words than the paper's other judgements"
            hint = "keep to one row of synonyms in a paper (ICD 203)"
            yield Diagnostic(code="E607", place=odd.place, message=message, hint=hint)


def other_scales(project: Project) -> Iterator[Diagnostic]:
    """A paper that names a scale of probability names the one it uses."""
    scale = in_use(project)
    others = {other.name: other for other in project.library.scales.values() if scale and other.id != scale.id}
    for fragment in project.fragments.values():
        # Most sections name none, and are not cut into sentences for that.
        if not any(name.split()[0] in fragment.text for name in others):
            continue
        for _, sentence in bound_sentences(fragment):
            for name, other in others.items():
                if re.search(rf"\b{re.escape(name)}\b", sentence.whole):
                    assert scale is not None  # noqa: S101 - the loop is empty without one
                    message = f"the paper names the scale {name}, and its words are those of {scale.title}"
                    hint = f"name {scale.name}, or write scale: {other.id} in content/brief.yaml"
                    yield Diagnostic(code="E608", place=sentence.place, message=message, hint=hint)
