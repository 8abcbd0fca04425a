"""Rules on wording: sentences and sections as plain as their level promises, saying the same claims."""

from collections.abc import Iterable, Iterator

from nkru_brief import reading
from nkru_brief.brief import Fragment
from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.model import STANDARD, Level, Library, Wording
from nkru_brief.passages import sentences
from nkru_brief.project import Project
from nkru_brief.typed import suggestion

# Below this many words a grade says more about chance than about the writing.
_ENOUGH_WORDS = 80


def _levels(library: Library) -> dict[str, Level]:
    return library.topic.levels if library.topic else {}


def long_sentences(project: Project) -> Iterator[Diagnostic]:
    """No sentence is longer than its level allows, in sections, claims, context, dates, terms and questions."""
    for level, promise in _levels(project.library).items():
        if promise.sentence_words is None:
            continue
        for text, place in _texts(project, level):
            for sentence in sentences(text):
                count = len(reading.words(sentence))
                if count > promise.sentence_words:
                    message = f"a sentence of {count} words; the level {level!r} allows {promise.sentence_words}"
                    hint = f"split it: “{' '.join(sentence.split()[:7])} …”"
                    yield Diagnostic(code="W501", place=place, message=message, hint=hint)


def _texts(project: Project, level: str) -> Iterator[tuple[str, Place]]:
    for fragment in project.fragments.values():
        if fragment.level == level:
            yield from ((block.text, block.place) for block in fragment.blocks if block.kind != "table")
    for wording in _wordings(project.library):
        if level in wording.levels:
            yield wording.levels[level], wording.at(level)


def _wordings(library: Library) -> Iterator[Wording]:
    for claim in library.claims.values():
        yield from _given(claim.statement, claim.question, claim.remark, *(r.says for r in claim.readings))
    for note in library.context.values():
        yield from (note.title, note.text)
    for entry in library.dates:
        yield from _given(entry.label, entry.short, entry.note, entry.when)
    for term in library.terms:
        yield term.meaning
    for question in library.questions:
        yield from (question.ask, question.answer)


def _given(*wordings: Wording | None) -> Iterable[Wording]:
    return (wording for wording in wordings if wording is not None)


def hard_sections(project: Project) -> Iterator[Diagnostic]:
    """No section asks for more years of school than its level promises."""
    levels = _levels(project.library)
    for fragment in project.fragments.values():
        promise = levels.get(fragment.level)
        if promise is None or promise.grade is None:
            continue
        text = _running_text(fragment)
        grade = reading.grade(text)
        if grade > promise.grade and len(reading.words(text)) >= _ENOUGH_WORDS:
            message = f"the section reads at grade {grade:.1f}; the level {fragment.level!r} promises {promise.grade:g}"
            hint = "use shorter sentences and shorter words"
            yield Diagnostic(code="W502", place=Place(file=fragment.file), message=message, hint=hint)


def _running_text(fragment: Fragment) -> str:
    return "\n".join(block.text for block in fragment.blocks if block.kind in ("paragraph", "list", "quote"))


def unknown_levels(project: Project) -> Iterator[Diagnostic]:
    """Every level a wording has is one that the topic, an edition or a section knows."""
    library = project.library
    known = {STANDARD, *_levels(library), *(level for levels in library.sections.values() for level in levels)}
    for edition in project.editions.values():
        known |= {level for level in (edition.level, *(use.level for use in edition.sections or ())) if level}
    topic = library.topic
    if topic is None:
        return
    of_topic = _given(topic.subtitle, topic.disclaimer, topic.source_summary, topic.cutoff.note)
    for wording in (*of_topic, *_wordings(library)):
        for level in wording.levels:
            if level not in known:
                message = f"there is no reading level {level!r}"
                hint = suggestion(level, known)
                yield Diagnostic(code="E004", place=wording.at(level), message=message, hint=hint)


def missing_wordings(project: Project) -> Iterator[Diagnostic]:
    """Where an edition reads at a level, its sections exist at that level; a standard one in its place is said."""
    for edition in project.editions.values():
        for use in edition.sections or ():
            level = use.level or edition.level or STANDARD
            written = project.library.sections.get(use.id, {})
            if written and level not in written:
                message = f"the section {use.id!r} has no wording at the level {level!r}"
                hint = f"write content/sections/{use.id}.{level}.md, or choose a level: {', '.join(sorted(written))}"
                yield Diagnostic(code="W503", place=use.at("id"), message=message, hint=hint)


def unequal_claims(project: Project) -> Iterator[Diagnostic]:
    """The plain wording of a section carries the same claims as the standard one; shorter levels may choose."""
    levels = _levels(project.library)
    for (name, level), fragment in project.fragments.items():
        standard = project.fragments.get((name, STANDARD))
        if standard is None or level not in levels or level == STANDARD:
            continue
        here, there = _cited(fragment), _cited(standard)
        if here != there:
            lacks = ", ".join(sorted(there - here))
            adds = ", ".join(sorted(here - there))
            what = "; ".join(filter(None, (lacks and f"it lacks {lacks}", adds and f"it adds {adds}")))
            message = f"the wording does not carry the claims of {standard.file}: {what}"
            yield Diagnostic(code="W505", place=Place(file=fragment.file), message=message)


def _cited(fragment: Fragment) -> set[str]:
    return {claim for block in fragment.blocks for call in block.calls for claim in call.claims}
