"""From a project folder to finished files: choose, check, render, press, write, report.

A fault in content, a template or an edition's promise stops a build before anything is written. A sheet that cannot
be pressed as promised (too many pages) keeps its edition's files as they were and spares the other editions.
"""

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import chain, groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING

import nkru_brief
from nkru_brief import atomic, outputs, render
from nkru_brief.brief import Brief
from nkru_brief.cache import NOWHERE, Cache, key_of
from nkru_brief.check import NEEDED, check
from nkru_brief.diagnostics import ContentError, Diagnostic, Place, UsageError, in_order
from nkru_brief.outputs import installed, load_output
from nkru_brief.project import Project, open_project
from nkru_brief.provenance import attested, used_by
from nkru_brief.reading import letters
from nkru_brief.render import Renderer
from nkru_brief.report import Progress, Report, Request, Silent, Written, counts
from nkru_brief.sheet import Face, Sheet, SheetSpec
from nkru_brief.toolchain import toolchain
from nkru_brief.typed import suggestion
from nkru_brief.typeset import faces_for, figure_faces, measure_of, text_of

if TYPE_CHECKING:
    # A check needs neither workers nor what waits for them.
    from concurrent.futures import Executor

    from nkru_brief.pressing import Pressing


def check_project(root: Path, cache: Cache = NOWHERE) -> tuple[Diagnostic, ...]:
    """Return everything wrong with a project: content, editions, themes, and its templates filled in."""
    render.keep_compiled(cache)
    project = open_project(root)
    found = check(project)
    if counts(found, strict=False):
        return found
    try:
        for _ in _filled_in(project, Request(), cache):
            pass
    except ContentError as error:
        return in_order([*found, *error.diagnostics])
    return found


def build(
    root: Path,
    out: Path,
    request: Request,
    progress: Progress | None = None,
    *,
    cache: Cache = NOWHERE,
    executor: "Executor | None" = None,
) -> Report:
    """Build a project's editions into the folder `out`.

    Args:
        root: the project's folder.
        out: where the files go; each edition gets a folder.
        request: what to build.
        progress: what to tell while pages are set.
        cache: where what was made before is looked up, and what is made is kept.
        executor: what presses; None hires a crew of workers on this machine, as many as the request says.

    Raises:
        UsageError: the request names an edition or output there is not, or the machine lacks a system library.
        OSError: the disk refuses.
    """
    from nkru_brief import crew
    from nkru_brief.pressing import press_all

    progress = progress or Silent()
    with nullcontext(executor) if executor else crew.hire(request.jobs, outputs.warm) as workers:
        render.keep_compiled(cache)
        project = open_project(root)
        _check_request(project, request)
        early = check(project, NEEDED)
        if counts(early, strict=request.strict):
            return Report(written=(), diagnostics=check(project), strict=request.strict)
        try:
            total, planned = _plan(project, request, cache)
        except ContentError as error:
            found = in_order([*check(project), *error.diagnostics])
            return Report(written=(), diagnostics=found, strict=request.strict)
        except Exception:
            # What trips over content that is not checked yet is a fault of content.
            found = check(project)
            if counts(found, strict=False):
                return Report(written=(), diagnostics=found, strict=request.strict)
            raise
        progress.start(total)
        # Workers begin while the rest is checked; where that finds a fault, they are sent home.
        pressed = press_all(planned, cache, workers, progress, str(root))
        found = check(project)
        if counts(found, strict=request.strict):
            return Report(written=(), diagnostics=found, strict=request.strict)
        faults: list[Diagnostic] = []
        written: list[Written] = []
        lost: list[str] = []
        for _, edition in groupby(pressed, key=lambda pressing: pressing.artifact.edition):
            pressings = tuple(edition)
            broken = [fault for pressing in pressings for fault in complaints(project, pressing)]
            faults += broken
            lost += (pressing.artifact.path for pressing in pressings if pressing.failure)
            # What breaks its promise keeps its edition's files as they were, all of them.
            written += () if broken else (_write(out, pressing) for pressing in pressings)
    unchecked = tuple(name for name, verdicts in project.verdicts.items() if not verdicts.at_hand)
    diagnostics = in_order([*found, *faults])
    return Report(
        written=tuple(written),
        diagnostics=diagnostics,
        strict=request.strict,
        unchecked=unchecked,
        lost=tuple(lost),
    )


def _check_request(project: Project, request: Request) -> None:
    for name in request.editions:
        if name not in project.editions and name not in project.library.unread:
            raise UsageError(f"there is no edition {name!r}; {suggestion(name, project.editions)}")
    for name in request.outputs:
        if name not in installed():
            raise UsageError(f"there is no output {name!r}; {suggestion(name, installed())}")


def _plan(project: Project, request: Request, cache: Cache) -> tuple[int, Iterable[Sheet]]:
    """Return how many sheets there are, and the sheets, all of them known to be filled in without a fault.

    Only the first are held; of a large build the others are filled in again, or looked up, when their turn comes.

    Raises:
        ContentError: templates are wrong; every edition's faults together.
    """
    from nkru_brief.pressing import WINDOW

    filled = sheets(project, request, cache)
    first = tuple(islice(filled, WINDOW))
    total = len(first) + sum(1 for _ in filled)
    more = islice(sheets(project, request, cache), WINDOW, None) if total > WINDOW else ()
    return total, chain(first, more)


def sheets(project: Project, request: Request, cache: Cache = NOWHERE) -> Iterator[Sheet]:
    """Yield the sheets of a request, filled in and with their evidence attached, edition by edition.

    Raises:
        ContentError: templates are wrong; every edition's faults together.
    """
    paths: set[str] = set()
    for name, edition in groupby(_filled_in(project, request, cache), key=lambda sheet: sheet.edition):
        used = used_by(project, name)
        for filled in edition:
            sheet = attested(filled, project.briefs[name], used)
            if sheet.path in paths:
                raise UsageError(f"two outputs write {sheet.path}; uninstall one, or choose with --output")
            paths.add(sheet.path)
            yield sheet


def _filled_in(project: Project, request: Request, cache: Cache) -> Iterator[Sheet]:
    """Yield the sheets of a request, filled in, edition by edition.

    Raises:
        ContentError: templates are wrong; every edition's faults together.
    """
    renderers: dict[str, Renderer] = {}
    faults: list[Diagnostic] = []
    for name, brief in project.briefs.items():
        if request.editions and name not in request.editions:
            continue
        theme = project.themes[brief.theme]
        if theme.name not in renderers:
            renderers[theme.name] = Renderer(theme, measure_of(theme), nkru_brief.__version__)
        try:
            yield from _sheets_of(brief, request, renderers[theme.name], cache)
        except ContentError as error:
            faults += error.diagnostics
    if faults:
        raise ContentError(faults)


def _sheets_of(brief: Brief, request: Request, renderer: Renderer, cache: Cache) -> Iterator[Sheet]:
    theme = renderer.theme
    faces = faces_for(theme, text_of(brief))
    looks = [brief, theme, [face.digest for face in (*faces, *figure_faces(theme))]] if cache.folder else []
    key = key_of("filled", toolchain(), looks)
    for name in brief.outputs:
        if request.outputs and name not in request.outputs:
            continue
        for spec in load_output(name).sheets(brief):
            yield _filled(brief, spec, faces, renderer, cache, key_of(key, spec))


def _filled(
    brief: Brief, spec: SheetSpec, faces: tuple[Face, ...], renderer: Renderer, cache: Cache, key: str
) -> Sheet:
    """Return a sheet filled in: a template sees brief, theme and faces, and the same of them give the same page."""
    html = cache.get(key)
    if html is not None:
        return renderer.sheet(brief, spec, faces, html.decode("utf-8"))
    sheet = renderer.render(brief, spec, faces)
    cache.put(key, sheet.html.encode("utf-8"))
    return sheet


# ---- after pressing ----


def complaints(project: Project, pressing: "Pressing") -> Iterator[Diagnostic]:
    """Yield how a pressed sheet breaks what its edition promises, and what went wrong with it."""
    artifact = pressing.artifact
    edition = project.editions[artifact.edition]
    if pressing.failure:
        message = f"{artifact.path}: {pressing.failure}"
        hint = "the other sheets do not depend on it; a machine that ran out of memory may do with --jobs 1"
        yield Diagnostic(code="E404", place=edition.at("theme"), message=message, hint=hint)
    for complaint in artifact.complaints:
        message = f"{artifact.path}: {complaint}"
        hint = "the engine says this of a template or style sheet of the edition's theme"
        yield Diagnostic(code="E404", place=edition.at("theme"), message=message, hint=hint)
    brief = project.briefs[artifact.edition]
    for unsaid in artifact.unsaid:
        place = _place_of(unsaid.text, brief) or edition.at("theme")
        hint = "a template or style sheet leaves out, repeats or parts what the edition says"
        yield Diagnostic(code="E406", place=place, message=f"{artifact.path}: {unsaid.message}", hint=hint)
    limit = edition.max_pages
    if limit is not None and artifact.pages is not None and artifact.pages > limit:
        message = f"{artifact.path} has {artifact.pages} pages; the edition may have {limit}"
        yield Diagnostic(code="E402", place=edition.at("max_pages"), message=message, hint=_longest(brief))


def _place_of(text: str, brief: Brief) -> Place | None:
    """Return where a sentence of a brief was written."""
    wanted = letters(text)
    blocks = (block for part in brief.parts for block in part.blocks)
    return next((block.place for block in blocks if wanted and wanted in letters(block.text)), None)


def _longest(brief: Brief) -> str:
    parts = sorted(brief.parts, key=lambda part: -(part.words + 12 * len(part.rows)))[:3]
    named = ", ".join(f"{part.id} ({part.words} words, {len(part.rows)} rows)" for part in parts)
    return f"shorten or leave out a section; the longest are {named}"


def _write(out: Path, pressing: "Pressing") -> Written:
    artifact = pressing.artifact
    atomic.write(out / artifact.path, artifact.data)
    return Written(
        path=out / artifact.path,
        pages=artifact.pages,
        size=len(artifact.data),
        seconds=pressing.seconds,
        pressed=pressing.pressed,
        why=pressing.why,
        key=pressing.key,
    )
