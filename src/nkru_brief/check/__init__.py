"""Checks: one function per rule, each from a Project to diagnostics. Nothing here needs the page engine."""

from collections.abc import Callable, Iterator

from nkru_brief.check import curation, editions, references, wording
from nkru_brief.diagnostics import Diagnostic, in_order
from nkru_brief.project import Project

Rule = Callable[[Project], Iterator[Diagnostic]]

RULES: tuple[Rule, ...] = (
    references.passages,
    references.sources,
    references.scale,
    curation.tensions,
    curation.unused_claims,
    editions.outputs,
    editions.papers,
    editions.glyphs,
    wording.long_sentences,
    wording.hard_sections,
    wording.missing_wordings,
    wording.unequal_claims,
)


def check(project: Project) -> tuple[Diagnostic, ...]:
    """Return everything wrong with a project, in the order of files and lines."""
    found = [diagnostic for rule in RULES for diagnostic in rule(project)]
    return in_order([*project.diagnostics, *found])
