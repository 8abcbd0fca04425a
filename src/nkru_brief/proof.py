"""Contact sheets: every page of an edition on one picture, to be looked at before anybody prints it."""

from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import NamedTuple

import nkru_brief
from nkru_brief import atomic, pdfreader
from nkru_brief.build import check_project
from nkru_brief.cache import NOWHERE, Cache
from nkru_brief.diagnostics import ContentError, Diagnostic, Place, UsageError, in_order
from nkru_brief.outputs import load_output
from nkru_brief.pictures import side_by_side
from nkru_brief.pressing import Pressing, press_all
from nkru_brief.project import Project, open_project
from nkru_brief.provenance import attested, origin_of
from nkru_brief.render import Renderer
from nkru_brief.report import Silent, counts
from nkru_brief.sheet import Sheet
from nkru_brief.theme import load_theme, names
from nkru_brief.typed import suggestion
from nkru_brief.typeset import faces_for, measure_of, text_of
from nkru_brief.values import Value, replace


class Proof(Value):
    """A contact sheet: its picture, and how many pages it shows."""

    path: Path
    pages: int


class _Look(NamedTuple):
    """An edition in a theme."""

    edition: str
    theme: str
    # Whether the theme is the edition's own.
    own: bool

    @property
    def file(self) -> str:
        return f"{self.edition}.png" if self.own else f"{self.edition}-{self.theme}.png"


def proofs(
    root: Path,
    out: Path,
    editions: tuple[str, ...],
    themes: tuple[str, ...],
    dpi: int,
    *,
    every_theme: bool = False,
    cache: Cache = NOWHERE,
    executor: Executor | None = None,
) -> tuple[tuple[Proof, ...], tuple[Diagnostic, ...]]:
    """Write a contact sheet for each edition, and return them with what was found wrong in the papers.

    Args:
        root: the project's folder.
        out: where the pictures go: `EDITION.png`, or `EDITION-THEME.png` where another theme is asked for.
        editions: the editions to show; all where none is named.
        themes: the themes to show them in; each edition's own where none is named.
        dpi: the pictures' resolution, in dots per inch of paper.
        every_theme: whether to show them in all themes that the project can use.
        cache: where papers that were pressed before are looked up.
        executor: what presses; None presses here.

    Raises:
        UsageError: there is no such edition or theme.
        ContentError: the content or a template is wrong.
        OSError: the disk refuses.
    """
    found = check_project(root, cache)
    if counts(found, strict=False):
        raise ContentError(found)
    project = open_project(root)
    _known("edition", editions, tuple(project.briefs))
    _known("theme", themes, names(root))
    looks = tuple(_looks(project, editions, names(root) if every_theme else themes))
    pressings = press_all(_sheets(root, project, looks), cache, executor, Silent(), f"proof of {root}")
    made: list[Proof] = []
    faults: list[Diagnostic] = []
    for look, pressing in zip(looks, pressings, strict=True):
        faults += _faults(project, look, pressing)
        data = pressing.artifact.data
        if pages := pdfreader.pictures(data, dpi) if data else []:
            made.append(Proof(path=out / look.file, pages=len(pages)))
            captions = [
                f"{look.edition}, page {number} of {len(pages)}, theme {look.theme}"
                for number in range(1, len(pages) + 1)
            ]
            atomic.write(made[-1].path, side_by_side(pages, captions))
    return tuple(made), in_order([*found, *faults])


def _known(what: str, wanted: tuple[str, ...], there: tuple[str, ...]) -> None:
    for name in wanted:
        if name not in there:
            raise UsageError(f"there is no {what} {name!r}; {suggestion(name, there)}")


def _looks(project: Project, editions: tuple[str, ...], themes: tuple[str, ...]) -> Iterator[_Look]:
    for edition in editions or tuple(project.briefs):
        own = project.briefs[edition].theme
        yield from (_Look(edition, theme, theme == own) for theme in themes or (own,))


def _sheets(root: Path, project: Project, looks: tuple[_Look, ...]) -> Iterator[Sheet]:
    renderers: dict[str, Renderer] = {}
    for look in looks:
        if look.theme not in renderers:
            theme = project.themes.get(look.theme) or load_theme(root, look.theme, Place(file="templates"))
            renderers[look.theme] = Renderer(theme, measure_of(theme), nkru_brief.__version__)
        renderer = renderers[look.theme]
        brief = replace(project.briefs[look.edition], theme=look.theme)
        (spec,) = load_output("pdf").sheets(brief)
        sheet = renderer.render(brief, spec, faces_for(renderer.theme, text_of(brief)))
        # In its own theme it is the sheet that is built, and pressed once for both.
        yield attested(sheet, brief, origin_of(project, look.edition)) if look.own else sheet


def _faults(project: Project, look: _Look, pressing: Pressing) -> Iterator[Diagnostic]:
    place = project.editions[look.edition].at("theme")
    told = [(flaw.code, flaw.message) for flaw in pressing.artifact.flaws]
    told += (("E404", message) for message in (*pressing.artifact.complaints, pressing.failure) if message)
    for code, message in told:
        yield Diagnostic(code=code, place=place, message=f"{look.edition} in {look.theme}: {message}")
