"""Rules on editions: outputs and papers that exist, and faces that have every character."""

import unicodedata
from collections.abc import Iterator

from nkru_brief.diagnostics import ContentError, Diagnostic, Place
from nkru_brief.outputs import installed
from nkru_brief.project import Project
from nkru_brief.render import PAPERS
from nkru_brief.theme import Theme
from nkru_brief.typed import suggestion
from nkru_brief.typeset import coverage, text_of


def outputs(project: Project) -> Iterator[Diagnostic]:
    """Every output an edition asks for is installed."""
    for edition in project.editions.values():
        for index, name in enumerate(edition.outputs or ()):
            if name not in installed():
                hint = suggestion(name, installed())
                message = f"there is no output {name!r}"
                yield Diagnostic(code="E106", place=edition.at("outputs", index), message=message, hint=hint)


def papers(project: Project) -> Iterator[Diagnostic]:
    """Every paper an edition asks for has a known size."""
    for edition in project.editions.values():
        if edition.paper not in PAPERS:
            hint = suggestion(str(edition.paper), PAPERS)
            message = f"there is no paper {edition.paper!r}"
            yield Diagnostic(code="E007", place=edition.at("paper"), message=message, hint=hint)


def glyphs(project: Project) -> Iterator[Diagnostic]:
    """Every character of an edition has a glyph in some face of its theme, and every face is installed."""
    covered: dict[str, frozenset[int] | None] = {}
    for brief in project.briefs.values():
        theme = project.themes.get(brief.theme)
        if theme is None:
            continue
        if theme.name not in covered:
            try:
                covered[theme.name] = coverage(theme.faces)
            except ContentError as error:
                covered[theme.name] = None
                yield from error.diagnostics
        known = covered[theme.name]
        if known is None:
            continue
        for character in sorted(text_of(brief)):
            if ord(character) not in known and character.isprintable() and not character.isspace():
                yield _missing(project, theme, character)


def _missing(project: Project, theme: Theme, character: str) -> Diagnostic:
    name = unicodedata.name(character, "a character without a name")
    message = f"no face of the theme {theme.name!r} has a glyph for U+{ord(character):04X} {name}"
    hint = "write it otherwise, or add a face that has it to the theme's theme.yaml"
    return Diagnostic(code="E403", place=_place_of(project, character), message=message, hint=hint)


def _place_of(project: Project, character: str) -> Place:
    for file, text in project.library.texts.items():
        offset = text.find(character)
        if offset >= 0:
            line_start = text.rfind("\n", 0, offset) + 1
            return Place(file=file, line=text.count("\n", 0, offset) + 1, column=offset - line_start + 1)
    return Place(file="content/")
