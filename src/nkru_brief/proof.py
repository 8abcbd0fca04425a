"""Contact sheets: every page of an edition on one picture, to be looked at before anybody prints it."""

from pathlib import Path

import nkru_brief
from nkru_brief import atomic, pdfreader
from nkru_brief.build import check_project
from nkru_brief.diagnostics import ContentError, Diagnostic, Place, UsageError, in_order
from nkru_brief.outputs import load_output, press
from nkru_brief.pictures import side_by_side
from nkru_brief.project import Project, open_project
from nkru_brief.render import Renderer
from nkru_brief.report import counts
from nkru_brief.theme import load_theme, names
from nkru_brief.typed import suggestion
from nkru_brief.typeset import faces_for, measure_of, text_of
from nkru_brief.values import Value, replace


class Proof(Value):
    """A contact sheet: its picture, and how many pages it shows."""

    path: Path
    pages: int


def proofs(
    root: Path, out: Path, editions: tuple[str, ...], themes: tuple[str, ...], dpi: int
) -> tuple[tuple[Proof, ...], tuple[Diagnostic, ...]]:
    """Write a contact sheet for each edition, and return them with what was found wrong in the papers.

    Args:
        root: the project's folder.
        out: where the pictures go: `EDITION.png`, or `EDITION-THEME.png` where another theme is asked for.
        editions: the editions to show; all where none is named.
        themes: the themes to show them in; each edition's own where none is named.
        dpi: the pictures' resolution, in dots per inch of paper.

    Raises:
        UsageError: there is no such edition or theme.
        ContentError: the content or a template is wrong.
        OSError: the disk refuses.
    """
    found = check_project(root)
    if counts(found, strict=False):
        raise ContentError(found)
    project = open_project(root)
    _known("edition", editions, tuple(project.briefs))
    _known("theme", themes, names(root))
    made: list[Proof] = []
    faults: list[Diagnostic] = []
    for edition in editions or tuple(project.briefs):
        for theme in themes or (project.briefs[edition].theme,):
            pdf = _pdf(root, project, edition, theme, faults)
            pages = pdfreader.pictures(pdf, dpi) if pdf else []
            if pages:
                suffix = "" if theme == project.briefs[edition].theme else f"-{theme}"
                made.append(Proof(path=out / f"{edition}{suffix}.png", pages=len(pages)))
                atomic.write(made[-1].path, side_by_side(pages))
    return tuple(made), in_order([*found, *faults])


def _known(what: str, wanted: tuple[str, ...], there: tuple[str, ...]) -> None:
    for name in wanted:
        if name not in there:
            raise UsageError(f"there is no {what} {name!r}; {suggestion(name, there)}")


def _pdf(root: Path, project: Project, edition: str, theme_name: str, faults: list[Diagnostic]) -> bytes:
    brief = replace(project.briefs[edition], theme=theme_name)
    theme = project.themes.get(theme_name) or load_theme(root, theme_name, Place(file="templates"))
    renderer = Renderer(theme, measure_of(theme), nkru_brief.__version__)
    (spec,) = load_output("pdf").sheets(brief)
    artifact = press(renderer.render(brief, spec, faces_for(theme, text_of(brief))))
    place = project.editions[edition].at("theme")
    for flaw in artifact.flaws:
        message = f"{edition} in {theme_name}: {flaw.message}"
        faults.append(Diagnostic(code=flaw.code, place=place, message=message))
    for complaint in artifact.complaints:
        message = f"{edition} in {theme_name}: {complaint}"
        faults.append(Diagnostic(code="E404", place=place, message=message))
    return artifact.data
