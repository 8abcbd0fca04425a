"""A project as one writes it: what an edition looks like now, the quick things first.

Runs in workers that live as long as one edits and remember the project between calls: `look` reads it and makes the
web page, `printed` fills in the pages to print, `set_pages` sets them, `picture` draws one; `review` finds what is
wrong, `judge` says what the pages break.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from nkru_brief import build as builder
from nkru_brief import outputs, pdfreader, pictures
from nkru_brief.cache import open_cache
from nkru_brief.check import check
from nkru_brief.crew import Line
from nkru_brief.diagnostics import ContentError, Diagnostic, in_order
from nkru_brief.pressing import Pressing
from nkru_brief.project import Project, open_project
from nkru_brief.readback import read_back
from nkru_brief.report import Request, counts
from nkru_brief.sheet import Artifact, Onlooker, Sheet
from nkru_brief.theme import font_files
from nkru_brief.values import Value, replace

# Dots per inch of a drawn page: sharp on a screen at two thirds of its size.
_DPI = 115
# What is kept grows with every save; how many reviews go by until the oldest is looked for.
_SELDOM = 50
# How much rather than a review a machine does everything else (POSIX, `nice`).
_BACK = 5

# Seconds that what is not seen leaves the machine to whoever waits to see pages; a long paper must not silence it.
SEEN_WITHIN = 1.0

_OPEN: dict[Path, Project] = {}
_REVIEWS = [0]


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


class SetPages(Value):
    """An edition's pages as they were set, not read back yet, and how many there are."""

    artifact: Artifact
    pages: int


class Leaf(Value):
    """One page of an edition, counted from 0, as a PDF of its own, and how many pages the edition has."""

    page: int
    pages: int
    pdf: bytes


def warm_reader() -> None:
    """Load what makes web pages."""
    outputs.warm(("html",))


def warm_drawer() -> None:
    """Load what draws pictures."""
    pdfreader.load()
    pictures.load()


def warm_reviewer() -> None:
    """Load what a review needs, and let whatever somebody waits for go before it."""
    if hasattr(os, "nice"):
        os.nice(_BACK)
    warm_reader()


def look(root: Path, name: str) -> Look:
    """Return what an edition of a project looks like now, without asking whether all is well."""
    # Who looks at one edition waits for no other: what is wrong with those, `review` says.
    project = _OPEN[root] = open_project(root, name)
    listed = tuple(
        Listed(name=each, label=edition.label or each, outputs=edition.outputs or ())
        for each, edition in project.editions.items()
    )
    faults = in_order(project.diagnostics)
    if counts(faults, strict=False) or name not in project.briefs:
        return Look(editions=listed, diagnostics=faults)
    try:
        # The first will do: the pages to print are filled in afterwards.
        web = next(_sheets(project, name, ".html"), None)
    except ContentError as error:
        return Look(editions=listed, diagnostics=in_order([*faults, *error.diagnostics]))
    folders = sorted({str(Path(file).parent) for file in font_files()})
    page = outputs.draft(web).data if web else None
    return Look(editions=listed, diagnostics=faults, whole=True, page=page, fonts=tuple(folders))


def _sheets(project: Project, name: str, suffix: str = "") -> Iterator[Sheet]:
    """Yield the sheets of an edition whose paths end so, each as soon as it is filled in."""
    brief, cache = project.briefs[name], open_cache()
    for output in brief.outputs:
        if any(spec.path.endswith(suffix) for spec in outputs.load_output(output).sheets(brief)):
            yield from builder.sheets(project, Request(editions=(name,), outputs=(output,)), cache)


def printed(root: Path, name: str) -> tuple[Sheet, ...]:
    """Return the sheets of the pages to print of the edition that was last looked at; none where it is broken."""
    try:
        return tuple(_sheets(_OPEN[root], name, ".pdf"))
    except ContentError:
        return ()


def review(root: Path, name: str) -> tuple[Diagnostic, ...]:
    """Return everything wrong with a project and with an edition's sheets, read back."""
    project = _OPEN[root] = open_project(root)
    _REVIEWS[0] += 1
    if not _REVIEWS[0] % _SELDOM:
        open_cache().trim()
    found = check(project)
    if counts(found, strict=False) or name not in project.briefs:
        return found
    try:
        return in_order([*found, *read_back(project, _sheets(project, name))])
    except ContentError as error:
        return in_order([*found, *error.diagnostics])


def set_pages(line: Line, sheet: Sheet, looked_at: int | None) -> SetPages:
    """Return a sheet pressed; whether it says all it should is asked later.

    Args:
        line: takes each page as soon as it is known how it is set, where the sheet's output can tell. Then the file
            waits until it says that the pages are seen, or for a second.
        sheet: what to press.
        looked_at: the page that somebody looks at, counted from 0: those near it are told first; None tells none.
    """

    def seen(pages: int, drawn: Callable[[int], bytes]) -> None:
        if looked_at is not None:
            for page in sorted(range(pages), key=lambda page: abs(page - looked_at)):
                line.tell(Leaf(page=page, pages=pages, pdf=drawn(page)))
            line.listen(SEEN_WITHIN)

    artifact = outputs.draft(sheet, Onlooker(line.listen, seen))
    pages = 0
    with suppress(ValueError):
        pages = artifact.pages or pdfreader.page_count(artifact.data)
    return SetPages(artifact=artifact, pages=pages if artifact.data else 0)


def picture(data: bytes, page: int) -> bytes:
    """Return a page of a PDF, counted from 0, as PNG."""
    return pdfreader.png_page(data, page, _DPI)


def judge(root: Path, sheet: Sheet, artifact: Artifact) -> tuple[Diagnostic, ...]:
    """Return what a pressed sheet breaks of what its edition promises; it is read back for that."""
    return tuple(_judged(_OPEN[root], outputs.read_back(sheet, artifact)))


def _judged(project: Project, artifact: Artifact) -> Iterator[Diagnostic]:
    if artifact.edition in project.briefs:
        yield from builder.complaints(project, Pressing(artifact=replace(artifact, data=b""), key=""))
