"""Checks: one function per rule, each from a Project to diagnostics. Nothing here needs the page engine."""

from collections.abc import Callable, Iterator

from nkru_brief.check import (
    actors,
    colours,
    context,
    coverage,
    curation,
    editions,
    evidence,
    facts,
    handouts,
    history,
    images,
    looks,
    references,
    rows,
    wording,
)
from nkru_brief.diagnostics import Diagnostic, in_order
from nkru_brief.project import Project

Rule = Callable[[Project], Iterator[Diagnostic]]

RULES: tuple[Rule, ...] = (
    references.citations,
    references.audiences,
    references.limits,
    references.passages,
    references.sources,
    references.scale,
    curation.tensions,
    curation.unused_claims,
    editions.complete,
    editions.outputs,
    editions.tokens,
    looks.values,
    looks.room,
    editions.markings,
    editions.templates,
    editions.glyphs,
    colours.contrasts,
    images.resolution,
    images.logos,
    wording.long_sentences,
    wording.hard_sections,
    wording.unknown_levels,
    wording.missing_wordings,
    wording.unequal_claims,
    facts.of_sentences,
    facts.judgements,
    facts.mixed_synonyms,
    facts.other_scales,
    rows.wordings,
    rows.uncited_terms,
    rows.foreign_numbers,
    rows.stray_probability,
    rows.foreign_ranges,
    evidence.passages,
    evidence.gists,
    coverage.unused_sentences,
    evidence.gist_numbers,
    evidence.sign_offs,
    evidence.recorded,
    history.date_of_change,
    history.in_order,
    handouts.names,
    handouts.steps,
    handouts.address,
    actors.uncited_cells,
    context.citations,
    context.days,
    context.comments,
    context.known,
    context.shown,
)


# What has to hold before a sheet can be filled in.
NEEDED: tuple[Rule, ...] = (
    references.citations,
    references.sources,
    references.scale,
    editions.complete,
    editions.outputs,
    editions.tokens,
    looks.values,
    looks.room,
    handouts.names,
    handouts.address,
    context.citations,
    context.days,
    context.comments,
    context.known,
)


def check(project: Project, rules: tuple[Rule, ...] = RULES) -> tuple[Diagnostic, ...]:
    """Return everything wrong with a project, in the order of files and lines."""
    found = [diagnostic for rule in rules for diagnostic in rule(project)]
    return in_order([*project.diagnostics, *found])
