"""Rules on handouts: they exist, no step of a sheet loses a claim, and an address is one."""

import re
from collections.abc import Iterator

from nkru_brief.compose import ADDRESS
from nkru_brief.diagnostics import Diagnostic
from nkru_brief.model import STANDARD, Edition, SectionUse
from nkru_brief.outputs import installed
from nkru_brief.project import Project
from nkru_brief.selection import lacking, taken, without_repeats
from nkru_brief.typed import suggestion

_URL = re.compile(r"https?://[^\s/]+(?:/\S*)?")
_FIELD = re.compile(r"\{([^}]*)\}?")


def names(project: Project) -> Iterator[Diagnostic]:
    """Every handout an edition asks for is an output that is installed."""
    for edition in project.editions.values():
        for index, name in enumerate(edition.handouts or ()):
            if name not in installed():
                hint = suggestion(name, installed())
                place = edition.at("handouts", index)
                yield Diagnostic(code="E106", place=place, message=f"there is no output {name!r}", hint=hint)


def steps(project: Project) -> Iterator[Diagnostic]:
    """Every step of a sheet takes something that is there, and none takes a claim that must stay."""
    for name, edition in project.editions.items():
        declared = edition.sheet.drop if edition.sheet else None
        sections = without_repeats(edition.sections or ())
        for step in declared or ():
            place = step.at("level") if step.level else step.at("id")
            shorter = taken(sections, step)
            if (missing := _missing(project, edition, sections, step)) is not None:
                message, hint = missing
                yield Diagnostic(code="E831", place=place, message=message, hint=hint)
            elif lost := lacking(project, name, shorter):
                how = f"with {step.id!r} at the level {step.level!r}" if step.level else f"without {step.id!r}"
                message = f"{how} the sheet would not carry {', '.join(lost)}"
                hint = "take the step out, or cite what is lost in a section that stays"
                yield Diagnostic(code="E832", place=place, message=message, hint=hint)
            else:
                sections = shorter


def _missing(
    project: Project, edition: Edition, sections: tuple[SectionUse, ...], step: SectionUse
) -> tuple[str, str] | None:
    """Return what a step takes that is not there, with a hint; None where all is well."""
    there = [use.id for use in sections]
    if step.id not in there:
        gone = step.id in {use.id for use in edition.sections or ()}
        why = "is not on the sheet any more" if gone else "is no section of the edition"
        return f"{step.id!r} {why}", suggestion(step.id, there)
    levels = [level for id_, level in project.fragments if id_ == step.id]
    if step.level is not None and step.level not in levels:
        hint = f"write content/sections/{step.id}.{step.level}.md; there is: {', '.join(sorted(levels)) or STANDARD}"
        return f"the section {step.id!r} is not written at the level {step.level!r}", hint
    return None


def address(project: Project) -> Iterator[Diagnostic]:
    """The address of the online editions is whole, and only what is known is put into it."""
    topic = project.library.topic
    if topic is None or topic.address is None:
        return
    unknown = [field for field in _FIELD.findall(topic.address) if field not in ADDRESS]
    if unknown:
        message = f"the address has {{{unknown[0]}}} in it, which nothing is put in place of"
        hint = f"there is: {', '.join(f'{{{field}}}' for field in ADDRESS)}"
        yield Diagnostic(code="E834", place=topic.at("address"), message=message, hint=hint)
    elif not _URL.fullmatch(topic.address):
        message = f"{topic.address!r} is no address of the web"
        yield Diagnostic(code="E834", place=topic.at("address"), message=message, hint="begin it with https://")
