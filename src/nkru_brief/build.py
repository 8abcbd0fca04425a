"""From a project folder to finished files: choose, check, render, press, write, report.

A fault in content, a template or an edition's promise stops a build before anything is written. A sheet that cannot
be pressed as promised (too many pages) keeps its edition's files as they were and spares the other editions.
"""

import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

import nkru_brief
from nkru_brief import atomic, completeness, setting, structure
from nkru_brief.again import build_again, differs
from nkru_brief.brief import Brief
from nkru_brief.check import check
from nkru_brief.diagnostics import ContentError, Diagnostic, Place, UsageError, in_order
from nkru_brief.outputs import installed, load_output, press
from nkru_brief.project import Project, open_project
from nkru_brief.provenance import attested, origin_of
from nkru_brief.readback import read_back
from nkru_brief.reading import letters
from nkru_brief.render import Renderer
from nkru_brief.sheet import Artifact, Sheet
from nkru_brief.typed import suggestion
from nkru_brief.typeset import faces_for, measure_of, text_of
from nkru_brief.values import Value, replace

_HINTS = {
    completeness.CODE: "a template or style sheet leaves out, repeats or parts what the edition says",
    setting.CODE: "a few words more or less before it, or another order of sections, move it",
}


class Request(Value):
    """What to build: editions and outputs by name (none means all), and whether warnings count as errors.

    Where it is to be reproducible, everything is built twice, and what differs is not written.
    """

    editions: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    strict: bool = False
    jobs: int | None = None
    reproducible: bool = False


class Written(Value):
    """A file that was written: its path, its pages if it has any, its size in bytes, and the time it took in s."""

    path: Path
    pages: int | None
    size: int
    seconds: float


class Report(Value):
    """What a build wrote, and everything it found wrong."""

    written: tuple[Written, ...]
    diagnostics: tuple[Diagnostic, ...]
    strict: bool = False
    # The sources whose passages were not checked, because their texts are not at hand.
    unchecked: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether there was an error, or under `strict` a warning."""
        return counts(self.diagnostics, strict=self.strict)


class Progress(Protocol):
    """What a build tells while it runs."""

    def start(self, total: int) -> None:
        """Pressing begins: so many sheets."""

    def done(self, path: str) -> None:
        """A sheet is pressed."""


class Silent:
    """Progress that nobody watches."""

    def start(self, total: int) -> None:
        """Say nothing."""

    def done(self, path: str) -> None:
        """Say nothing."""


def counts(diagnostics: Iterable[Diagnostic], *, strict: bool) -> bool:
    """Return whether these diagnostics make a run fail."""
    return any(strict or diagnostic.severity == "error" for diagnostic in diagnostics)


def check_project(root: Path) -> tuple[Diagnostic, ...]:
    """Return everything wrong with a project: content, editions, themes, and its templates filled in."""
    project = open_project(root)
    found = check(project)
    if counts(found, strict=False):
        return found
    try:
        sheets = tuple(_sheets(project, Request()))
    except ContentError as error:
        return in_order([*found, *error.diagnostics])
    return in_order([*found, *read_back(project, sheets)])


def build(root: Path, out: Path, request: Request, progress: Progress | None = None) -> Report:
    """Build a project's editions into the folder `out`.

    Args:
        root: the project's folder.
        out: where the files go; each edition gets a folder.
        request: what to build.
        progress: what to tell while pages are set.

    Raises:
        UsageError: the request names an edition or output there is not, the machine lacks a system library, or
            `SOURCE_DATE_EPOCH` is no number.
        OSError: the disk refuses.
    """
    progress = progress or Silent()
    project = open_project(root)
    _check_request(project, request)
    modified = source_date()
    found = check(project)
    unchecked = tuple(name for name, verdicts in project.verdicts.items() if not verdicts.at_hand)
    report = Report(written=(), diagnostics=found, strict=request.strict, unchecked=unchecked)
    if report.failed:
        return report
    try:
        sheets = tuple(_sheets(project, request))
    except ContentError as error:
        return replace(report, diagnostics=in_order([*found, *error.diagnostics]))
    if misread := tuple(read_back(project, sheets)):
        return replace(report, diagnostics=in_order([*found, *misread]))
    progress.start(len(sheets))
    pressed = _press_all(sheets, request.jobs, progress)
    complaints = [(artifact.edition, fault) for artifact, _ in pressed for fault in _complaints(project, artifact)]
    if request.reproducible:
        complaints += _differences(root, project, request, [artifact for artifact, _ in pressed])
    broken = {edition for edition, fault in complaints if counts([fault], strict=request.strict)}
    written = tuple(_write(out, artifact, s, modified) for artifact, s in pressed if artifact.edition not in broken)
    return replace(report, written=written, diagnostics=in_order([*found, *(fault for _, fault in complaints)]))


def _check_request(project: Project, request: Request) -> None:
    for name in request.editions:
        if name not in project.editions and name not in project.library.unread:
            raise UsageError(f"there is no edition {name!r}; {suggestion(name, project.editions)}")
    for name in request.outputs:
        if name not in installed():
            raise UsageError(f"there is no output {name!r}; {suggestion(name, installed())}")


def _sheets(project: Project, request: Request) -> Iterator[Sheet]:
    """Yield the sheets of a request, filled in.

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
        origin = origin_of(project, name)
        try:
            for filled in _sheets_of(project, brief, request, renderers[theme.name]):
                sheet = attested(filled, brief, origin)
                if sheet.path in paths:
                    raise UsageError(f"two outputs write {sheet.path}; uninstall one, or choose with --output")
                paths.add(sheet.path)
                yield sheet
        except ContentError as error:
            faults += error.diagnostics
    if faults:
        raise ContentError(faults)


def _sheets_of(project: Project, brief: Brief, request: Request, renderer: Renderer) -> Iterator[Sheet]:
    faces = faces_for(renderer.theme, text_of(brief))
    faults: list[Diagnostic] = []
    for name in brief.outputs:
        if request.outputs and name not in request.outputs:
            continue
        for spec in load_output(name).sheets(brief):
            sheet = renderer.render(brief, spec, faces)
            found = structure.faults(structure.parse(sheet.html))
            faults += structure.diagnose(found, renderer.theme, spec.template, project.library.texts)
            yield sheet
    if faults:
        raise ContentError(faults)


# ---- pressing ----


def _press_all(sheets: tuple[Sheet, ...], jobs: int | None, progress: Progress) -> list[tuple[Artifact, float]]:
    """Return the artifacts of the sheets, in their order, with the seconds each took."""
    with _executor(jobs, len(sheets)) as executor:
        if executor is None:
            return [_told(_timed(sheet), progress) for sheet in sheets]
        # The pool starts its workers as work comes in.
        with _deaf_to_interrupts():
            futures = [executor.submit(_timed, sheet) for sheet in sheets]
        for future in as_completed(futures):
            _told(future.result(), progress)
        return [future.result() for future in futures]


def _told(result: tuple[Artifact, float], progress: Progress) -> tuple[Artifact, float]:
    progress.done(result[0].path)
    return result


def _timed(sheet: Sheet) -> tuple[Artifact, float]:
    start = time.perf_counter()
    artifact = press(sheet)
    return artifact, time.perf_counter() - start


@contextmanager
def _executor(jobs: int | None, sheets: int) -> Iterator[Executor | None]:
    """Yield a pool of workers, or None where one process serves as well."""
    workers = min(jobs or available_cores(), sheets)
    if workers < 2:
        yield None
        return
    # Spawned, not forked: a worker must not inherit the state of threads that draw progress.
    executor = ProcessPoolExecutor(workers, get_context("spawn"))
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Start processes that leave Ctrl-C to their parent: a terminal sends it to all, and each would tell of it.

    What a process ignores, those it starts ignore from their first moment on.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def available_cores() -> int:
    """Return the number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# ---- after pressing ----


def _complaints(project: Project, artifact: Artifact) -> Iterator[Diagnostic]:
    edition = project.editions[artifact.edition]
    for complaint in artifact.complaints:
        message = f"{artifact.path}: {complaint}"
        hint = "the engine says this of a template or style sheet of the edition's theme"
        yield Diagnostic(code="E404", place=edition.at("theme"), message=message, hint=hint)
    brief = project.briefs[artifact.edition]
    for flaw in artifact.flaws:
        place = _place_of(flaw.text, brief) or edition.at("theme")
        yield Diagnostic(
            code=flaw.code, place=place, message=f"{artifact.path}: {flaw.message}", hint=_HINTS[flaw.code]
        )
    limit = edition.max_pages
    if limit is not None and artifact.pages is not None and artifact.pages > limit:
        message = f"{artifact.path} has {artifact.pages} pages; the edition may have {limit}"
        yield Diagnostic(code="E402", place=edition.at("max_pages"), message=message, hint=_longest(brief))


def _place_of(text: str, brief: Brief) -> Place | None:
    """Return where a sentence of a brief was written."""
    wanted = letters(text)
    blocks = (block for part in brief.parts for block in part.blocks)
    return next((block.place for block in blocks if wanted and wanted in letters(block.text)), None)


def _differences(
    root: Path, project: Project, request: Request, artifacts: list[Artifact]
) -> Iterator[tuple[str, Diagnostic]]:
    """Yield each edition with a file that another process makes otherwise, and the fault that says where."""
    workers = min(request.jobs or available_cores(), len(artifacts))
    files = build_again(root, request.editions, request.outputs, workers)
    for artifact in artifacts:
        where = differs(artifact, files)
        if where:
            place = project.editions[artifact.edition].at("outputs")
            message = f"{artifact.path} is not the same when it is built again: {where}"
            hint = (
                "look for what is not content in its templates or its output: a clock, an address, the order of a set"
            )
            yield artifact.edition, Diagnostic(code="E410", place=place, message=message, hint=hint)


def _longest(brief: Brief) -> str:
    parts = sorted(brief.parts, key=lambda part: -(part.words + 12 * len(part.rows)))[:3]
    named = ", ".join(f"{part.id} ({part.words} words, {len(part.rows)} rows)" for part in parts)
    return f"shorten or leave out a section; the longest are {named}"


def source_date() -> int | None:
    """Return the modification time that written files get, in s since 1970, from `SOURCE_DATE_EPOCH` where it is set.

    Nothing inside a file follows it: every date printed or embedded is content.
    Source: the specification of SOURCE_DATE_EPOCH, reproducible-builds project, 1.1.

    Raises:
        UsageError: it is set to what is no number.
    """
    value = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not value:
        return None
    if not (value.isascii() and value.isdigit()):
        raise UsageError(f"SOURCE_DATE_EPOCH is {value!r}; it takes the seconds since 1970 in decimal digits")
    return int(value)


def _write(out: Path, artifact: Artifact, seconds: float, modified: int | None) -> Written:
    path = out / artifact.path
    atomic.write(path, artifact.data, modified)
    return Written(path=path, pages=artifact.pages, size=len(artifact.data), seconds=seconds)
