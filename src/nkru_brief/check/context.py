"""Rules on context: every note has outside citations and its day, comments what is there, and somebody shows it."""

from collections.abc import Iterator

from nkru_brief.check.references import passage
from nkru_brief.compose import unknown_claim
from nkru_brief.context import is_dated
from nkru_brief.diagnostics import Diagnostic
from nkru_brief.model import Card, Citation, ContextNote
from nkru_brief.project import Project
from nkru_brief.significance import folded
from nkru_brief.typed import suggestion


def citations(project: Project) -> Iterator[Diagnostic]:
    """Every context note cites the public record, which a source of the briefing is not."""
    for note in project.library.context.values():
        if not note.citations and not _misspelt(project, note):
            place = note.at("citations") if "citations" in note.places else note.at("id")
            message = f"the context note {note.id!r} cites nothing outside the sources"
            hint = "write citations: each with the author, title and date of what says it"
            yield Diagnostic(code="E326", place=place, message=message, hint=hint)
        for work in note.citations:
            for card in project.library.cards.values():
                if _is_of(work, card):
                    message = f"the context note {note.id!r} cites the source {card.id!r}, which is no outside record"
                    hint = "what a source says belongs into a claim that rests on its passages"
                    place = work.at("title")
                    yield Diagnostic(code="E326", place=place, message=message, hint=hint)


def _is_of(work: Citation, card: Card) -> bool:
    return folded(work.title) == folded(card.title) or (work.url is not None and work.url == card.url)


def _misspelt(project: Project, note: ContextNote) -> bool:
    """Return whether a key of the note's file is unknown: one that is misspelt is not missing, too."""
    file = note.at("id").file
    return any(fault.code == "E004" and fault.place.file == file for fault in project.diagnostics)


def days(project: Project) -> Iterator[Diagnostic]:
    """Every context note says on which day the record was read, not after the paper's own, and not before its works."""
    topic = project.library.topic
    for note in project.library.context.values():
        if note.as_of is None:
            if _misspelt(project, note):
                continue
            message = f"the context note {note.id!r} does not say as of when"
            hint = "write as_of: and the day on which the public record was read, such as 2026-11-23"
            yield Diagnostic(code="E327", place=note.at("id"), message=message, hint=hint)
        elif not is_dated(note):
            message = f"the context note {note.id!r} is as of {note.as_of.text!r}, which is no day"
            hint = "write the day on which the public record was read, such as 2026-11-23"
            yield Diagnostic(code="E327", place=note.at("as_of"), message=message, hint=hint)
        else:
            if topic is not None and note.as_of.text > topic.cutoff.date.isoformat():
                message = f"the context note {note.id!r} is as of {note.as_of.text}, after the paper's cutoff"
                hint = f"the paper takes in what was known up to {topic.cutoff.date}: {topic.cutoff.at('date')}"
                yield Diagnostic(code="E327", place=note.at("as_of"), message=message, hint=hint)
            yield from _later_works(note, note.as_of.text)


def _later_works(note: ContextNote, as_of: str) -> Iterator[Diagnostic]:
    for work in note.citations:
        if work.date.earliest is not None and work.date.earliest > as_of:
            message = f"the context note {note.id!r} is as of {as_of} and cites what is dated {work.date.text}"
            hint = "correct the date of the work, or read the record again and move as_of"
            yield Diagnostic(code="E327", place=work.at("date"), message=message, hint=hint)


def comments(project: Project) -> Iterator[Diagnostic]:
    """Every claim and passage that a context note comments is there."""
    library = project.library
    for note in library.context.values():
        for index, name in enumerate(note.on):
            source, _, rest = name.partition(" ")
            if rest:
                yield from passage(library, note.at("on", index), f"the context note {note.id!r}", source, rest)
            elif name not in library.claims:
                yield from unknown_claim(library, name, note.at("on", index))


def known(project: Project) -> Iterator[Diagnostic]:
    """Every context note that an edition switches on is there."""
    library = project.library
    for edition in project.editions.values():
        for index, name in enumerate(edition.context or ()):
            if name not in library.context and not library.lost(name, "content/context"):
                message = f"the edition switches on the context note {name!r}, and there is none"
                hint = suggestion(name, library.context, "write it in a file of content/context/")
                yield Diagnostic(code="E328", place=edition.at("context", index), message=message, hint=hint)


def shown(project: Project) -> Iterator[Diagnostic]:
    """Every context note is shown by some edition, and by every one that switches it on."""
    library = project.library
    printed = {name: {row.id for part in brief.parts for row in part.context} for name, brief in project.briefs.items()}
    for name, ids in printed.items():
        edition = project.editions[name]
        for index, switched_on in enumerate(edition.context or ()):
            if switched_on not in ids and (note := library.context.get(switched_on)) and is_dated(note):
                message = f"the edition {name!r} switches on {note.id!r} and cites nothing that it comments"
                hint = f"cite one of {', '.join(note.on)}, or take it out of context"
                yield Diagnostic(code="W324", place=edition.at("context", index), message=message, hint=hint)
    if any(fault.severity == "error" for fault in project.diagnostics):
        # What could not be read may be what shows it.
        return
    switched = {name for edition in project.editions.values() for name in edition.context or ()}
    if not switched <= set(library.context):
        # One that is not there may be meant for one that nobody shows.
        return
    for note in library.context.values():
        if note.id not in switched:
            message = f"no edition shows the context note {note.id!r}"
            hint = f"switch it on in an edition, context: [{note.id}], or delete it"
            yield Diagnostic(code="W323", place=note.at("id"), message=message, hint=hint)
