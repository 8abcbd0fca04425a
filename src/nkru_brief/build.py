"""From a project folder to finished files: choose, check, render, press, write, report.

A fault in content, a template or an edition's promise stops a build before anything is written. A sheet that cannot
be pressed as promised (too many pages) keeps its edition's files as they were and spares the other editions.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext, suppress
from functools import cache as once
from functools import partial
from itertools import chain, groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nkru_brief import atomic, completeness, fit, forms, outputs, render, setting, structure
from nkru_brief.aside import aside
from nkru_brief.brief import Brief
from nkru_brief.cache import NOWHERE, Cache, key_of
from nkru_brief.check import NEEDED, check
from nkru_brief.diagnostics import ContentError, Diagnostic, Place, UsageError, in_order
from nkru_brief.memory import digest_of, lately
from nkru_brief.outputs import installed, load_output, wanted
from nkru_brief.project import Project, open_project
from nkru_brief.provenance import Origin, attested, origin_of, stock_of
from nkru_brief.readback import Grounds, grounds_of, read_back
from nkru_brief.reading import letters
from nkru_brief.render import Renderer
from nkru_brief.report import Progress, Report, Request, Silent, Written, counts
from nkru_brief.selection import Selection, as_only, selections
from nkru_brief.sheet import Artifact, Depth, Face, Sheet, SheetSpec
from nkru_brief.theme import Theme
from nkru_brief.toolchain import toolchain
from nkru_brief.typed import suggestion
from nkru_brief.typeset import faces_for, figure_faces, renderer_of, text_of
from nkru_brief.values import replace

if TYPE_CHECKING:
    # A check needs neither workers nor what waits for them.
    from concurrent.futures import Executor

    from nkru_brief.pressing import Hands, Press, Pressing

_HINTS = {
    completeness.CODE: "a template or style sheet leaves out, repeats or parts what the edition says",
    fit.CODE: "shorten one of them, or let a section go: list it under sheet.drop; or allow another side",
    setting.ALONE: "a few words more or less before it, or another order of sections, move it",
    setting.PARTED: "shorten what comes before it, or the piece itself where it is longer than a page",
    setting.HEADLESS: "the head of the table is higher than it should be, or the table's style lets it go",
    setting.CUT: "let the theme keep pictures lower than a page (`max-height`), or show less in it",
    setting.OVERFULL: "let words be broken (`hyphens`, `overflow-wrap`), the column be wider, or the type be smaller",
    setting.EMPTY: "write less or more, let a section go or come, or take a forced break out of the theme",
    completeness.MARKING: "the theme leaves it out; see print.css or (handouts) marking.css in templates/base/css",
}


Checked = Callable[[], tuple[Diagnostic, ...]]


def check_project(root: Path, cache: Cache = NOWHERE) -> tuple[Diagnostic, ...]:
    """Return everything wrong with a project: content, editions, themes, and its templates filled in."""
    render.keep_compiled(cache)
    project = open_project(root)
    papers = [
        Request(editions=(name,), outputs=(each,)) for name, brief in project.briefs.items() for each in brief.outputs
    ]
    with aside(partial(_prepared, project, papers[::2], cache) if cache.folder else None) as done:
        found = check(project)
        if counts(found, strict=False):
            return found
        _prepared(project, papers[1::2], cache)
        done()
        try:
            filled = (sheet for sheet, _ in chain.from_iterable(_filled_in(project, Request(), cache)))
            misread = tuple(read_back(project, filled))
        except ContentError as error:
            return in_order([*found, *error.diagnostics])
        return in_order([*found, *misread])


def _prepared(project: Project, papers: Iterable[Request], cache: Cache) -> None:
    """Fill papers in and read them back, for the cache; what is wrong with one is told when all are asked for."""
    for paper in papers if cache.folder else ():
        with suppress(ContentError):
            filled = (sheet for sheet, _ in chain.from_iterable(_filled_in(project, paper, cache)))
            tuple(read_back(project, filled))


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
    with (
        nullcontext(executor)
        if executor
        else crew.hire(request.jobs, partial(outputs.warm, request.outputs)) as workers
    ):
        render.keep_compiled(cache)
        # Workers begin with each sheet as soon as it is filled in; where anything is at fault, they are sent home.
        press = Press(cache, workers, progress, str(root))
        project = open_project(root, hands=press.hands)
        _check_request(project, request)
        unchecked = tuple(name for name, verdicts in project.verdicts.items() if not verdicts.at_hand)
        report = Report(written=(), diagnostics=(), strict=request.strict, unchecked=unchecked)
        checked = once(lambda: check(project))
        try:
            plan = _sound(project, request, cache, press, checked)
        except ContentError as error:
            press.stop()
            return replace(report, diagnostics=error.diagnostics)
        report = replace(report, diagnostics=checked())
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


def _sound(project: Project, request: Request, cache: Cache, press: "Press", checked: Checked) -> "_Plan":
    """Return the plan of a project in which everything that filling in needs is whole, and no sheet is at fault.

    Raises:
        ContentError: something is wrong; everything wrong with the project is told.
    """
    if counts(check(project, NEEDED), strict=request.strict):
        raise ContentError(checked())
    try:
        plan = _plan(project, request, cache, press, checked)
    except ContentError as error:
        raise ContentError(in_order([*checked(), *error.diagnostics])) from None
    except Exception:
        # What trips over content that is not checked yet is a fault of content.
        found = checked()
        if counts(found, strict=False):
            raise ContentError(found) from None
        raise
    if plan.misread:
        # Where content is at fault, what sheets say of it means nothing.
        found = checked()
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


def _plan(project: Project, request: Request, cache: Cache, press: "Press", checked: Checked) -> _Plan:
    """Fill in every sheet, begin to press it, and read it back.

    What is pressed before all is known to be sound waits in the cache. Without a cache, or workers, only the first
    sheets are begun, and the others are filled in again when their turn comes. The rest of the project is checked while
    workers have a window of sheets to press, or by whoever asks for it later.

    Raises:
        ContentError: templates are wrong; every edition's faults together.
        UsageError: no edition asked for has an output asked for.
    """
    specs = tuple(_specs(project, request))
    if request.outputs and not specs:
        editions = ", ".join(request.editions or project.briefs)
        raise UsageError(f"nothing to make: {editions} has no {' or '.join(request.outputs)}")
    press.progress.start(len(specs))
    briefs: dict[str, Brief] = {}
    many = press.shelves and len(specs) > press.window

    def begun() -> Iterator[Sheet]:
        sound = True
        for number, sheet in enumerate(sheets(project, request, cache, briefs, press.hands if many else None)):
            if number == press.window and counts(checked(), strict=request.strict):
                # The rest is filled in for what else may be wrong, and nothing of it is written.
                press.stop()
                sound = False
            if press.shelves and sound:
                press.begin_in_turn(sheet)
            elif number < press.window:
                press.begin(sheet)
            yield sheet

    misread = tuple(read_back(project, begun(), briefs))
    later = len(specs) > press.window and not press.shelves
    more = islice(sheets(project, request, cache), press.window, None) if later else ()
    return _Plan(len(specs), more, misread)


def _specs(project: Project, request: Request) -> Iterator[SheetSpec]:
    """Yield what a request is to print, without filling anything in."""
    for name, brief in project.briefs.items():
        if not request.editions or name in request.editions:
            yield from _specs_of(brief, request)


def _specs_of(brief: Brief, request: Request) -> Iterator[SheetSpec]:
    for name in wanted(brief, request.outputs, handouts=request.handouts):
        yield from load_output(name).sheets(brief)


def sheets(
    project: Project,
    request: Request,
    cache: Cache = NOWHERE,
    briefs: dict[str, Brief] | None = None,
    hands: "Hands | None" = None,
) -> Iterator[Sheet]:
    """Yield the sheets of a request, filled in and with their evidence attached, edition by edition.

    Args:
        project: what is written.
        request: what is asked for.
        cache: where what was filled in before is looked up.
        briefs: takes what each sheet carries, by fingerprint.
        hands: the workers that fill in what was not filled in before, where there is much of it.

    Raises:
        ContentError: templates are wrong; every edition's faults together.
    """
    origins: dict[str, Origin] = {}
    stock = stock_of(project)

    def evident(sheet: Sheet, selection: Selection) -> Sheet:
        key = f"{sheet.edition} {selection.brief.fingerprint}"
        if key not in origins:
            origins[key] = origin_of(as_only(project, sheet.edition, selection), sheet.edition, stock)
        return attested(sheet, selection.brief, origins[key])

    for filled in _filled_in(project, request, cache, hands):
        if briefs is not None:
            briefs.update((sheet.fingerprint, selection.brief) for sheet, selection in filled)
        longest, *shorter = (evident(*pair) for pair in filled)
        yield replace(
            longest,
            depths=tuple(
                Depth(
                    html=sheet.html,
                    fingerprint=sheet.fingerprint,
                    attachments=sheet.attachments,
                    left_out=selection.left_out,
                    shortened=selection.shortened,
                )
                for sheet, (_, selection) in zip(shorter, filled[1:], strict=True)
            ),
        )


def one_sheet(project: Project, name: str, output: str, cache: Cache = NOWHERE, *, copies: bool = False) -> Sheet:
    """Return an edition's sheet for an output, filled in, read back and with its evidence attached; no other edition's.

    Args:
        project: the project.
        name: the edition's name.
        output: the output's name, whatever the edition is built as.
        cache: where filled-in sheets are kept.
        copies: whether it is laid out for copies.

    Raises:
        ContentError: something is wrong with the project, or with this sheet.
    """
    found = check(project)
    if counts(found, strict=False):
        raise ContentError(found)
    brief = project.briefs[name]
    theme = project.themes[brief.theme]
    renderer = _renderer(theme)
    (spec,) = load_output(output).sheets(brief)
    spec = replace(spec, copies=copies)
    sheet = _filled(brief, spec, renderer, cache)
    faults = [
        *structure.diagnose(structure.faults_of(sheet.html), theme, spec.template, project.library.texts),
        *read_back(project, [sheet], {}),
    ]
    if counts(faults, strict=False):
        raise ContentError(in_order([*found, *faults]))
    return attested(sheet, brief, origin_of(project, name))


@lately
def _renderer(theme: Theme) -> Renderer:
    return renderer_of(theme, *figure_faces(theme))


_Filled = tuple[tuple[Sheet, Selection], ...]


class _Page(NamedTuple):
    """A page on its way: the selections there are for it, and what returns the sheet of each, filled in."""

    spec: SheetSpec
    theme: Theme
    selections: tuple[Selection, ...]
    sheets: tuple[Callable[[], Sheet], ...]


def _filled_in(project: Project, request: Request, cache: Cache, hands: "Hands | None" = None) -> Iterator[_Filled]:
    """Yield the sheets of a request, filled in, edition by edition, each with the selections there are for it.

    Raises:
        ContentError: templates are wrong; every edition's faults together.
    """
    faults: list[Diagnostic] = []
    waiting: deque[_Page] = deque()
    for page in _pages(project, request, cache, hands):
        waiting.append(page)
        if len(waiting) > (hands.window if hands else 0):
            yield from _taken(project, waiting.popleft(), faults)
    for page in waiting:
        yield from _taken(project, page, faults)
    if faults:
        raise ContentError(faults)


def _taken(project: Project, page: _Page, faults: list[Diagnostic]) -> Iterator[_Filled]:
    """Yield a page filled in, unless a template is wrong; what is wrong goes to the faults."""
    try:
        filled = tuple((sheet(), selection) for sheet, selection in zip(page.sheets, page.selections, strict=True))
    except ContentError as error:
        faults += error.diagnostics
        return
    # Whoever takes it may begin to press it.
    yield filled
    for sheet, _ in filled:
        found = structure.faults_of(sheet.html)
        faults += structure.diagnose(found, page.theme, page.spec.template, project.library.texts)


def _pages(project: Project, request: Request, cache: Cache, hands: "Hands | None") -> Iterator[_Page]:
    """Yield the pages of a request; those that others fill in are begun."""
    renderers: dict[str, Renderer] = {}
    paths: set[str] = set()
    for name, brief in project.briefs.items():
        if request.editions and name not in request.editions:
            continue
        theme = project.themes[brief.theme]
        if theme.name not in renderers:
            renderers[theme.name] = _renderer(theme)
        for spec in _specs_of(brief, request):
            if spec.path in paths:
                raise UsageError(f"two outputs write {spec.path}; uninstall one, or choose with --output")
            paths.add(spec.path)
            chosen = selections(project, name, spec)
            own: tuple[Callable[[], Sheet], ...] = tuple(
                partial(_filled, each.brief, spec, renderers[theme.name], cache) for each in chosen
            )
            if hands and len(chosen) == 1:
                grounds = grounds_of(project, chosen[0].brief)
                own = (_filled_aside(chosen[0].brief, spec, renderers[theme.name], cache, grounds, hands),)
            yield _Page(spec, theme, chosen, own)


def _filled(brief: Brief, spec: SheetSpec, renderer: Renderer, cache: Cache) -> Sheet:
    """Return a sheet filled in, or looked up.

    Raises:
        ContentError: templates are wrong.
    """
    faces = faces_for(renderer.theme, text_of(brief))
    if cache.folder is None:
        return renderer.render(brief, spec, faces)
    key = _filled_under(brief, spec, renderer.theme, faces)
    html = cache.get(key)
    if html is not None:
        return renderer.sheet(brief, spec, faces, html.decode("utf-8"))
    sheet = renderer.render(brief, spec, faces)
    cache.put(key, sheet.html.encode("utf-8"))
    return sheet


def _filled_under(brief: Brief, spec: SheetSpec, theme: Theme, faces: tuple[Face, ...]) -> str:
    """Return the key of a page that is filled in: a template sees brief, theme and faces, and no more."""
    looks = [digest_of(brief), digest_of(theme), [face.digest for face in (*faces, *figure_faces(theme))]]
    return key_of("filled", toolchain(), looks, spec)


def _filled_aside(
    brief: Brief, spec: SheetSpec, renderer: Renderer, cache: Cache, grounds: Grounds, hands: "Hands"
) -> Callable[[], Sheet]:
    """Have a sheet filled in and read back by others, unless it was before; return what waits for it."""
    here = partial(_filled, brief, spec, renderer, cache)
    try:
        faces = faces_for(renderer.theme, text_of(brief))
        key = _filled_under(brief, spec, renderer.theme, faces)
        if cache.get(key) is not None:
            return here
        asked = forms.form(brief, spec, renderer.theme, faces, grounds)
    except ContentError:
        # A face is not installed; whoever waits is told.
        return here
    filling = hands.executor.submit(forms.fill, asked, key, hands.cache)

    def received() -> Sheet:
        try:
            filled = filling.result()
        except (ContentError, UsageError):
            raise
        except Exception:  # noqa: BLE001 - a worker was lost
            return here()
        # Who shares the cache has kept it there.
        forms.know(asked, filled, key, NOWHERE if hands.cache.folder else cache)
        return renderer.sheet(brief, spec, faces, filled.html)

    return received


# ---- pressing ----


def _built_again(root: Path, request: Request, total: int) -> dict[str, bytes] | None:
    """Return the files of a second build, where one is asked for."""
    if not request.reproducible:
        return None
    from nkru_brief.again import build_again
    from nkru_brief.crew import available_cores

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
        at = edition.at("sheet") if flaw.code == fit.CODE else edition.at("theme")
        place = _place_of(flaw.text, brief) or at
        message = f"{artifact.path}: {flaw.message}"
        yield Diagnostic(code=flaw.code, place=place, message=message, hint=_HINTS[flaw.code])
    limit = edition.max_pages
    if artifact.limited and limit is not None and artifact.pages is not None and artifact.pages > limit:
        message = f"{artifact.path} has {artifact.pages} pages; the edition may have {limit}"
        yield Diagnostic(code="E402", place=edition.at("max_pages"), message=message, hint=_longest(brief))


def _place_of(text: str, brief: Brief) -> Place | None:
    """Return where a sentence of a brief was written."""
    wanted = letters(text)
    blocks = (block for part in brief.parts for block in part.blocks)
    return next((block.place for block in blocks if wanted and wanted in letters(block.text)), None)


def _differs(project: Project, artifact: Artifact, files: dict[str, bytes]) -> Iterator[Diagnostic]:
    """Yield the fault of a file that another process makes otherwise, which says where."""
    from nkru_brief.again import differs

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
    why = pressing.why
    if artifact.settings > 1:
        why += f"; its pages were set in {artifact.settings} ways, and the best was kept"
    atomic.write(out / artifact.path, artifact.data, modified)
    return Written(
        path=out / artifact.path,
        pages=artifact.pages,
        size=len(artifact.data),
        seconds=pressing.seconds,
        pressed=pressing.pressed,
        why=why,
        key=pressing.key,
        settled=artifact.settled,
        edition=artifact.edition,
        output=artifact.output,
    )
