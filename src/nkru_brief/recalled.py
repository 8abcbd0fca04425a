"""Builds and checks, recalled: where nothing has changed the answer is at hand, and nothing heavy is loaded.

What is new is left to `nkru_brief.build`, which is imported only then, while the workers of a build warm up.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from nkru_brief import atomic, memory, outcome
from nkru_brief.aside import aside
from nkru_brief.cache import NOWHERE, Cache, key_of
from nkru_brief.diagnostics import Diagnostic
from nkru_brief.report import Progress, Report, Request, Written
from nkru_brief.sheet import Artifact
from nkru_brief.values import from_bytes

if TYPE_CHECKING:
    # What brings the library for it is not needed to tell that nothing has changed.
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

UNCHANGED = "nothing it is made from has changed"
# A face that is not installed now may be the next time, and no digest would tell.
_PASSING = frozenset({"E306"})

Hire = Callable[[Request], "AbstractContextManager[Executor | None]"]


def check(root: Path, cache: Cache) -> tuple[Diagnostic, ...]:
    """Return everything wrong with a project, as `nkru_brief.build.check_project` finds it."""
    name = outcome.key(root, "check") if cache.folder else ""
    if found := outcome.recall(cache, name):
        return found.diagnostics
    from nkru_brief.theme import font_files, read_ahead

    with memory.kept_in(cache):
        lately = key_of("faces lately", str(root))
        faces = memory.recall(lately, tuple[str, ...]) or ()
        # While modules are imported the other core has nothing to do: it reads what was edited, and faces, megabytes.
        with aside(partial(_read, root) if cache.folder else None) as read, read_ahead(faces):
            from nkru_brief import build as builder

            read()
        diagnostics = builder.check_project(root, cache)
        memory.keep(lately, font_files())
    _keep(root, cache, name, ("check",), Report(written=(), diagnostics=diagnostics))
    # Not every check has to look for the oldest.
    if name.startswith("0"):
        cache.trim()
    return diagnostics


def _read(root: Path) -> None:
    """Read what is written, for the cache."""
    from nkru_brief.project import read_project

    read_project(root)


def build(root: Path, out: Path, request: Request, progress: Progress, cache: Cache, hire: Hire) -> Report:
    """Build a project's editions into the folder `out`, as `nkru_brief.build.build` does.

    Args:
        root: the project's folder.
        out: where the files go.
        request: what to build.
        progress: what to tell while pages are set.
        cache: where what was made before is looked up, and what is made is kept.
        hire: gives the executor that presses, where something has to be pressed.
    """
    if request.reproducible:
        # What is to be built twice is not answered from what was built before, nor kept.
        cache = NOWHERE
    asked = ("build", request.editions, request.outputs, request.strict, request.handouts)
    name = outcome.key(root, *asked) if cache.folder else ""
    if report := _recalled(out, request, cache, name):
        return report
    with hire(request) as workers:
        from nkru_brief import build as builder

        with memory.kept_in(cache):
            report = builder.build(root, out, request, progress, cache=cache, executor=workers)
    _keep(root, cache, name, asked, report)
    cache.trim()
    return report


def _recalled(out: Path, request: Request, cache: Cache, name: str) -> Report | None:
    """Return the report of a build that was made before, its files put in place again, or None.

    Raises:
        UsageError: `SOURCE_DATE_EPOCH` is no number.
    """
    modified = atomic.source_date()
    found = outcome.recall(cache, name)
    if found is None:
        return None
    data = [cache.get(key) for key in found.kept]
    artifacts = [from_bytes(each, Artifact) for each in data if each is not None]
    if len(artifacts) < len(data):
        return None
    for artifact in artifacts:
        atomic.write(out / artifact.path, artifact.data, modified)
    written = (
        Written(
            path=out / each.path,
            pages=each.pages,
            size=len(each.data),
            seconds=0.0,
            pressed=False,
            why=UNCHANGED,
            settled=each.settled,
            edition=each.edition,
            output=each.output,
        )
        for each in artifacts
    )
    return Report(
        written=tuple(written), diagnostics=found.diagnostics, strict=request.strict, unchecked=found.unchecked
    )


def _keep(root: Path, cache: Cache, name: str, asked: tuple[object, ...], report: Report) -> None:
    """Keep what a run came to, unless its files were changed while it ran or what it met may pass."""
    from nkru_brief.theme import font_digests

    passing = any(diagnostic.code in _PASSING for diagnostic in report.diagnostics)
    if not cache.folder or passing or report.lost or outcome.key(root, *asked) != name:
        return
    kept = tuple(written.key for written in report.written)
    outcome.keep(
        cache,
        name,
        outcome.Outcome(
            diagnostics=report.diagnostics,
            faces=font_digests(),
            unchecked=report.unchecked,
            kept=kept,
        ),
    )
