"""What a handout carries of its edition: some of its sections, or for one sheet of paper ever shorter selections.

A selection is composed like an edition: its notes are numbered anew, it has evidence and a fingerprint of its own. The
claims that an edition must carry are in every selection for a sheet.
"""

from collections.abc import Iterator

from nkru_brief.brief import Brief
from nkru_brief.compose import compose, told_in
from nkru_brief.context import SECTION as CONTEXT
from nkru_brief.model import STANDARD, Edition, SectionUse
from nkru_brief.project import Project
from nkru_brief.sheet import SheetSpec
from nkru_brief.values import Value, replace

_SHORT = "brief"
_LISTED, _DRAWN = "key-dates", "timeline"


class Selection(Value):
    """A brief of some of an edition's sections, the edition as it would be written, and what it lacks of the whole."""

    brief: Brief
    edition: Edition
    left_out: tuple[str, ...] = ()
    shortened: tuple[str, ...] = ()


def selections(project: Project, name: str, spec: SheetSpec) -> tuple[Selection, ...]:
    """Return what a sheet may carry of an edition, the longest first; one, where it is not fitted to its paper."""
    edition, brief = project.editions[name], project.briefs[name]
    whole = Selection(brief=brief, edition=edition)
    if spec.parts:
        uses = {use.id: use for use in edition.sections or ()}
        parts = tuple(uses.get(part, SectionUse(id=part)) for part in spec.parts)
        return (_selected(project, name, parts, context=False),)
    if spec.fit is None:
        return (whole,)
    return tuple(
        _compared(selection, edition) for selection in (_start(project, name, whole), *_shorter(project, name))
    )


def without_repeats(sections: tuple[SectionUse, ...]) -> tuple[SectionUse, ...]:
    """Return sections without the figure of the key dates where a list tells them: a sheet lists them once."""
    listed = any(use.id == _LISTED for use in sections)
    return tuple(use for use in sections if not (listed and use.id == _DRAWN))


def _start(project: Project, name: str, whole: Selection) -> Selection:
    sections = whole.edition.sections or ()
    kept = without_repeats(sections)
    return whole if kept == sections else _selected(project, name, kept)


def as_only(project: Project, name: str, selection: Selection) -> Project:
    """Return a project as if an edition were a selection from it and nothing else."""
    return replace(
        project,
        briefs={**project.briefs, name: selection.brief},
        editions={**project.editions, name: selection.edition},
    )


def lacking(project: Project, name: str, sections: tuple[SectionUse, ...]) -> tuple[str, ...]:
    """Return the claims that an edition must carry and these sections do not."""
    told = told_in(project.library, name, project.fragments, sections)
    return tuple(claim for claim in project.editions[name].must_carry or () if claim not in told)


def taken(sections: tuple[SectionUse, ...], step: SectionUse) -> tuple[SectionUse, ...]:
    """Return sections after a step: one of them left out, or set at another level."""
    if step.level is None:
        return tuple(use for use in sections if use.id != step.id)
    return tuple(replace(use, level=step.level) if use.id == step.id else use for use in sections)


def _shorter(project: Project, name: str) -> Iterator[Selection]:
    edition = project.editions[name]
    sections = without_repeats(edition.sections or ())
    # What the articles do not say goes first.
    if any(part.context for part in project.briefs[name].parts):
        yield _selected(project, name, sections, context=False)
    declared = edition.sheet.drop if edition.sheet else None
    for step in declared if declared is not None else _usual(project, edition):
        shorter = taken(sections, step)
        # A declared step that loses a claim is a fault that `check` reports; none is ever lost.
        if shorter and shorter != sections and not lacking(project, name, shorter):
            sections = shorter
            yield _selected(project, name, sections, context=False)


def _usual(project: Project, edition: Edition) -> Iterator[SectionUse]:
    """Yield the steps where none is declared: each section but the first, last things first, shortened, or out."""
    for use in reversed((edition.sections or ())[1:]):
        level = use.level or edition.level or STANDARD
        if level != _SHORT and (use.id, _SHORT) in project.fragments:
            yield replace(use, level=_SHORT)
        yield SectionUse(id=use.id)


def _selected(project: Project, name: str, sections: tuple[SectionUse, ...], *, context: bool = True) -> Selection:
    brief, _ = compose(project.library, name, project.fragments, project.verdicts, sections, context=context)
    whole = project.briefs[name]
    # Who follows the address gets the edition, not the handout.
    composed = replace(brief or whole, address=whole.address)
    return Selection(brief=composed, edition=replace(project.editions[name], sections=sections))


def _compared(selection: Selection, whole: Edition) -> Selection:
    now = {use.id: use.level for use in selection.edition.sections or ()}
    before = whole.sections or ()
    lost = (CONTEXT,) if whole.context and not any(part.context for part in selection.brief.parts) else ()
    return replace(
        selection,
        left_out=(*lost, *(use.id for use in before if use.id not in now)),
        shortened=tuple(use.id for use in before if use.id in now and now[use.id] != use.level),
    )
