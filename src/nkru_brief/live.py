"""A project as one writes it: what an edition looks like now, the quick things first.

Runs in a worker that lives as long as one edits and remembers the project between calls: `look` reads it and makes
the web page, `review` finds what is wrong, `draw` sets the pages to print, `judge` says what those break.
"""

from collections.abc import Iterator
from pathlib import Path

from nkru_brief import build as builder
from nkru_brief.check import check
from nkru_brief.diagnostics import ContentError, Diagnostic, in_order
from nkru_brief.outputs import press
from nkru_brief.pdfreader import png_pages
from nkru_brief.pressing import Pressing
from nkru_brief.project import Project, open_project
from nkru_brief.readback import read_back
from nkru_brief.report import Request, counts
from nkru_brief.sheet import Artifact, Sheet
from nkru_brief.theme import font_files
from nkru_brief.values import Value, replace

# Dots per inch of a drawn page: sharp on a screen at two thirds of its size.
_DPI = 115

_OPEN: dict[Path, Project] = {}


class Listed(Value):
    """An edition as the index shows it."""

    name: str
    label: str
    outputs: tuple[str, ...]


class Look(Value):
    """What there is of a project and of one edition: its web page, where it is whole and has one.

    `fonts` are the folders of the font files in use.
    """

    editions: tuple[Listed, ...]
    diagnostics: tuple[Diagnostic, ...]
    page: bytes | None = None
    whole: bool = False
    fonts: tuple[str, ...] = ()


class Drawn(Value):
    """An edition's pages: the artifact, and a picture of each page as PNG."""

    artifact: Artifact
    pictures: tuple[bytes, ...]


def look(root: Path, name: str) -> Look:
    """Return what an edition of a project looks like now, without asking whether all is well."""
    # Who looks at one edition waits for no other: what is wrong with those, `review` says.
    project = open_project(root, name)
    _OPEN[root] = project
    listed = tuple(
        Listed(name=each, label=edition.label or each, outputs=edition.outputs or ())
        for each, edition in project.editions.items()
    )
    faults = in_order(project.diagnostics)
    if counts(faults, strict=False) or name not in project.briefs:
        return Look(editions=listed, diagnostics=faults)
    try:
        # The first will do: the pages to print are filled in afterwards.
        web = next((sheet for sheet in _sheets(project, name) if sheet.path.endswith(".html")), None)
    except ContentError as error:
        return Look(editions=listed, diagnostics=in_order([*faults, *error.diagnostics]))
    folders = sorted({str(Path(file).parent) for file in font_files()})
    page = press(web).data if web else None
    return Look(editions=listed, diagnostics=faults, whole=True, page=page, fonts=tuple(folders))


def _sheets(project: Project, name: str) -> Iterator[Sheet]:
    return builder.sheets(project, Request(editions=(name,)))


def printed(root: Path, name: str) -> tuple[Sheet, ...]:
    """Return the sheets of the pages to print of the edition that was last looked at; none where it is broken."""
    try:
        return tuple(sheet for sheet in _sheets(_OPEN[root], name) if sheet.path.endswith(".pdf"))
    except ContentError:
        return ()


def review(root: Path, name: str) -> tuple[Diagnostic, ...]:
    """Return everything wrong with a project and with an edition's sheets, read back."""
    project = _OPEN[root] = open_project(root)
    found = check(project)
    if counts(found, strict=False) or name not in project.briefs:
        return found
    try:
        return in_order([*found, *read_back(project, _sheets(project, name))])
    except ContentError as error:
        return in_order([*found, *error.diagnostics])


def draw(sheet: Sheet) -> Drawn:
    """Return a sheet pressed, and its pages as pictures."""
    artifact = press(sheet)
    return Drawn(artifact=artifact, pictures=tuple(png_pages(artifact.data, _DPI)) if artifact.data else ())


def judge(root: Path, artifact: Artifact) -> tuple[Diagnostic, ...]:
    """Return what a pressed sheet breaks of what its edition promises."""
    return tuple(_judged(_OPEN[root], artifact))


def _judged(project: Project, artifact: Artifact) -> Iterator[Diagnostic]:
    if artifact.edition in project.briefs:
        yield from builder.complaints(project, Pressing(artifact=replace(artifact, data=b""), key=""))
