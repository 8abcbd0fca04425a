"""From a project folder to finished files: choose, check, render, press, write, report.

A fault in content, a template or an edition's promise stops a build before anything is written. A sheet that cannot
be pressed as promised (too many pages) keeps its edition's files as they were and spares the other editions.
"""

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import nkru_brief
from nkru_brief import atomic, completeness, outputs, render, setting, structure
from nkru_brief.again import build_again, differs
from nkru_brief.brief import Brief
from nkru_brief.cache import NOWHERE, Cache, key_of
from nkru_brief.check import NEEDED, check
from nkru_brief.diagnostics import ContentError, Diagnostic, Place, UsageError, in_order
from nkru_brief.outputs import installed, load_output
from nkru_brief.project import Project, open_project
from nkru_brief.provenance import attested, origin_of
from nkru_brief.readback import read_back
from nkru_brief.reading import letters
from nkru_brief.render import Renderer
from nkru_brief.report import Progress, Report, Request, Silent, Written, counts
from nkru_brief.sheet import Artifact, Sheet, SheetSpec
from nkru_brief.toolchain import toolchain
from nkru_brief.typed import suggestion
from nkru_brief.typeset import faces_for, figure_faces, measure_of, text_of
from nkru_brief.values import replace

if TYPE_CHECKING:
    # A check needs neither workers nor what waits for them.
    from concurrent.futures import Executor

    from nkru_brief.pressing import Press, Pressing

_HINTS = {
    completeness.CODE: "a template or style sheet leaves out, repeats or parts what the edition says",
    setting.CODE: "a few words more or less before it, or another order of sections, move it",
}


def check_project(root: Path, cache: Cache = NOWHERE) -> tuple[Diagnostic, ...]:
    """Return everything wrong with a project: content, editions, themes, and its templates filled in."""
    render.keep_compiled(cache)
    project = open_project(root)
    found = check(project)
    if counts(found, strict=False):
        return found
    try:
        misread = tuple(read_back(project, _filled_in(project, Request(), cache), cache))
    except ContentError as error:
        return in_order([*found, *error.diagnostics])
    return in_order([*found, *misread])


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
        UsageError: the request names an edition or output there is not, the machine lacks a system library, or
            `SOURCE_DATE_EPOCH` is no number.
        OSError: the disk refuses.
    """
    from nkru_brief import crew
    from nkru_brief.pressing import Press

    progress = progress or Silent()
    modified = atomic.source_date()
    # What was kept says nothing of what a second build would make.
    cache = NOWHERE if request.reproducible else cache
    with nullcontext(executor) if executor else crew.hire(request.jobs, outputs.warm) as workers:
        render.keep_compiled(cache)
        project = open_project(root)
        _check_request(project, request)
        unchecked = tuple(name for name, verdicts in project.verdicts.items() if not verdicts.at_hand)
        report = Report(written=(), diagnostics=(), strict=request.strict, unchecked=unchecked)
        # Workers begin with each sheet as soon as it is filled in; where anything is at fault, they are sent home.
        press = Press(cache, workers, progress, str(root))
        try:
            plan = _sound(project, request, cache, press)
        except ContentError as error:
            press.stop()
            return replace(report, diagnostics=error.diagnostics)
        report = replace(report, diagnostics=check(project))
        if report.failed:
            press.stop()
            return report
        files = _built_again(root, request, plan.total)
        return _written(out, project, press.results(plan.more), files, report, modified)


def _check_request(project: Project, request: Request) -> None:
    for name in request.editions:
        if name not in project.editions and name not in project.library.unread:
            raise UsageError(f"there is no edition {name!r}; {suggestion(name, project.editions)}")
    for name in request.outputs:
        if name not in installed():
            raise UsageError(f"there is no output {name!r}; {suggestion(name, installed())}")


def _sound(project: Project, request: Request, cache: Cache, press: "Press") -> "_Plan":
    """Return the plan of a project in which everything that filling in needs is whole, and no sheet is at fault.

    Raises:
        ContentError: something is wrong; everything wrong with the project is told.
    """
    if counts(check(project, NEEDED), strict=request.strict):
        raise ContentError(check(project))
    try:
        plan = _plan(project, request, cache, press)
    except ContentError as error:
        raise ContentError(in_order([*check(project), *error.diagnostics])) from None
    except Exception:
        # What trips over content that is not checked yet is a fault of content.
        found = check(project)
        if counts(found, strict=False):
            raise ContentError(found) from None
        raise
    if plan.misread:
        # Where content is at fault, what sheets say of it means nothing.
        found = check(project)
        failed = counts(found, strict=request.strict)
        raise ContentError(found if failed else in_order([*found, *plan.misread]))
    return plan


class _Plan(NamedTuple):
    """What there is to press, all known to be filled in without a fault: how many sheets, and those not begun yet.

    `misread` is what was misread in them.
    """

    total: int
    more: Iterable[Sheet]
    misread: tuple[Diagnostic, ...]


def _plan(project: Project, request: Request, cache: Cache, press: "Press") -> _Plan:
    """Fill in every sheet, begin to press it, and read it back.

    Only the first are held; of a large build the others are filled in again, or looked up, when their turn comes.

    Raises:
        ContentError: templates are wrong; every edition's faults together.
    """
    total = len(tuple(_specs(project, request)))
    press.progress.start(total)

    def begun() -> Iterator[Sheet]:
        for number, sheet in enumerate(sheets(project, request, cache)):
            if number < press.window:
                press.begin(sheet)
            yield sheet

    misread = tuple(read_back(project, begun(), cache))
    more = islice(sheets(project, request, cache), press.window, None) if total > press.window else ()
    return _Plan(total, more, misread)


def _specs(project: Project, request: Request) -> Iterator[SheetSpec]:
    """Yield what a request is to print, without filling anything in."""
    for name, brief in project.briefs.items():
        if not request.editions or name in request.editions:
            yield from _specs_of(brief, request)


def _specs_of(brief: Brief, request: Request) -> Iterator[SheetSpec]:
    for name in brief.outputs:
        if not request.outputs or name in request.outputs:
            yield from load_output(name).sheets(brief)


def sheets(project: Project, request: Request, cache: Cache = NOWHERE) -> Iterator[Sheet]:
    """Yield the sheets of a request, filled in and with their evidence attached, edition by edition.

    Raises:
        ContentError: templates are wrong; every edition's faults together.
    """
    for name, edition in groupby(_filled_in(project, request, cache), key=lambda sheet: sheet.edition):
        origin = origin_of(project, name)
        yield from (attested(filled, project.briefs[name], origin) for filled in edition)


def _filled_in(project: Project, request: Request, cache: Cache) -> Iterator[Sheet]:
    """Yield the sheets of a request, filled in, edition by edition.

    Raises:
        ContentError: templates are wrong; every edition's faults together.
    """
    renderers: dict[str, Renderer] = {}
    faults: list[Diagnostic] = []
    paths: set[str] = set()
    for name, brief in project.briefs.items():
        if request.editions and name not in request.editions:
            continue
        theme = project.themes[brief.theme]
        if theme.name not in renderers:
            renderers[theme.name] = Renderer(theme, measure_of(theme), nkru_brief.__version__)
        try:
            for sheet in _sheets_of(project, brief, request, renderers[theme.name], cache):
                if sheet.path in paths:
                    raise UsageError(f"two outputs write {sheet.path}; uninstall one, or choose with --output")
                paths.add(sheet.path)
                yield sheet
        except ContentError as error:
            faults += error.diagnostics
    if faults:
        raise ContentError(faults)


def _sheets_of(project: Project, brief: Brief, request: Request, renderer: Renderer, cache: Cache) -> Iterator[Sheet]:
    theme = renderer.theme
    faces = faces_for(theme, text_of(brief))
    looks = [brief, theme, [face.digest for face in (*faces, *figure_faces(theme))]] if cache.folder else []
    key = key_of("filled", toolchain(), looks)
    faults: list[Diagnostic] = []
    for spec in _specs_of(brief, request):
        name = key_of(key, spec)
        html = cache.get(name)
        if html is not None:
            yield renderer.sheet(brief, spec, faces, html.decode("utf-8"))
            continue
        sheet = renderer.render(brief, spec, faces)
        # Whoever takes it may begin to press it.
        yield sheet
        found = structure.faults(structure.parse(sheet.html))
        faults += structure.diagnose(found, theme, spec.template, project.library.texts)
        # A template sees brief, theme and faces, and the same of them give the same page; what has a fault is not kept.
        if not found:
            cache.put(name, sheet.html.encode("utf-8"))
    if faults:
        raise ContentError(faults)


# ---- pressing ----


def _built_again(root: Path, request: Request, total: int) -> dict[str, bytes] | None:
    """Return the files of a second build, where one is asked for."""
    from nkru_brief.crew import available_cores

    if not request.reproducible:
        return None
    return build_again(root, request.editions, request.outputs, min(request.jobs or available_cores(), total))


def _written(
    out: Path,
    project: Project,
    pressed: Iterable["Pressing"],
    files: dict[str, bytes] | None,
    report: Report,
    modified: int | None,
) -> Report:
    """Write each edition that is as promised; what breaks its promise keeps its files as they were, all of them."""
    faults: list[Diagnostic] = []
    written: list[Written] = []
    lost: list[str] = []
    for _, edition in groupby(pressed, key=lambda pressing: pressing.artifact.edition):
        pressings = tuple(edition)
        found = [fault for pressing in pressings for fault in complaints(project, pressing)]
        if files is not None:
            found += (
                fault for each in pressings if not each.failure for fault in _differs(project, each.artifact, files)
            )
        faults += found
        lost += (pressing.artifact.path for pressing in pressings if pressing.failure)
        if not counts(found, strict=report.strict):
            written += (_write(out, pressing, modified) for pressing in pressings)
    diagnostics = in_order([*report.diagnostics, *faults])
    return replace(report, written=tuple(written), diagnostics=diagnostics, lost=tuple(lost))


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
    for flaw in artifact.flaws:
        place = _place_of(flaw.text, brief) or edition.at("theme")
        message = f"{artifact.path}: {flaw.message}"
        yield Diagnostic(code=flaw.code, place=place, message=message, hint=_HINTS[flaw.code])
    limit = edition.max_pages
    if limit is not None and artifact.pages is not None and artifact.pages > limit:
        message = f"{artifact.path} has {artifact.pages} pages; the edition may have {limit}"
        yield Diagnostic(code="E402", place=edition.at("max_pages"), message=message, hint=_longest(brief))


def _place_of(text: str, brief: Brief) -> Place | None:
    """Return where a sentence of a brief was written."""
    wanted = letters(text)
    blocks = (block for part in brief.parts for block in part.blocks)
    return next((block.place for block in blocks if wanted and wanted in letters(block.text)), None)


def _differs(project: Project, artifact: Artifact, files: dict[str, bytes]) -> Iterator[Diagnostic]:
    """Yield the fault of a file that another process makes otherwise, which says where."""
    where = differs(artifact, files)
    if where:
        place = project.editions[artifact.edition].at("outputs")
        message = f"{artifact.path} is not the same when it is built again: {where}"
        hint = "look for what is not content in its templates or its output: a clock, an address, the order of a set"
        yield Diagnostic(code="E410", place=place, message=message, hint=hint)


def _longest(brief: Brief) -> str:
    parts = sorted(brief.parts, key=lambda part: -(part.words + 12 * len(part.rows)))[:3]
    named = ", ".join(f"{part.id} ({part.words} words, {len(part.rows)} rows)" for part in parts)
    return f"shorten or leave out a section; the longest are {named}"


def _write(out: Path, pressing: "Pressing", modified: int | None) -> Written:
    artifact = pressing.artifact
    atomic.write(out / artifact.path, artifact.data, modified)
    return Written(
        path=out / artifact.path,
        pages=artifact.pages,
        size=len(artifact.data),
        seconds=pressing.seconds,
        pressed=pressing.pressed,
        why=pressing.why,
        key=pressing.key,
    )
