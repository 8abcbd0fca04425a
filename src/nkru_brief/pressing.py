"""Sheets to artifacts: those that were pressed before are looked up, the others go to an executor, the longest first.

An artifact is kept under the digest of everything it is made from: each field of its sheet, whatever fields sheets
have, and the toolchain. It is kept whole, with what the engine complained of and what the file does not say, so that
what failed fails again.
"""

import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from functools import partial
from itertools import islice
from typing import NamedTuple, TypeVar

from nkru_brief.cache import NOWHERE, Cache, key_of
from nkru_brief.diagnostics import UsageError
from nkru_brief.digest import sha256
from nkru_brief.outputs import effort, press
from nkru_brief.report import Progress
from nkru_brief.sheet import Artifact, Sheet
from nkru_brief.toolchain import parts as toolchain_parts
from nkru_brief.values import Value, from_bytes, replace, to_bytes

T = TypeVar("T")

# Sheets that wait for a worker at a time: more than workers are quick, and few enough to hold in memory.
WINDOW = 64

NEW = "it was not pressed before"
SAME = "the same sheet was pressed before, with the same engine"
GONE = "what was pressed before is not kept any more"


class Pressing(Value):
    """A sheet's artifact: the key it is kept under, the seconds it took, whether and why it was pressed.

    `failure` says why there is none: the press raised, or its worker was lost. Of one that is `shelved` there are only
    the names; the cache has it whole.
    """

    artifact: Artifact
    key: str
    seconds: float = 0.0
    pressed: bool = True
    why: str = NEW
    failure: str = ""
    shelved: bool = False


class _Trace(Value):
    """What a path was last pressed from: digests of the sheet's fields, and the toolchain."""

    parts: dict[str, str]


class _Job(Value):
    """A sheet on its way: where it is kept, why it is pressed, and the future of its pressing, or its artifact."""

    key: str
    why: str
    sheet: Sheet
    kept: Artifact | None = None


class Made(NamedTuple):
    """What a worker returns: the artifact, or its names where it laid it in the cache, and the seconds it took."""

    artifact: Artifact
    seconds: float
    shelved: bool = False


class Hands(NamedTuple):
    """Workers that make other calls, too: how many are made ahead, and the cache, where they share it."""

    executor: Executor
    window: int
    cache: Cache


_Ahead = tuple[_Job, Future[Made] | None] | Pressing


class Press:
    """Sheets on their way: each is begun as soon as it is there, and the results come in the order of the sheets."""

    def __init__(self, cache: Cache, executor: Executor | None, progress: Progress, project: str = "") -> None:
        """Take what presses.

        Args:
            cache: where artifacts are looked up and kept.
            executor: what presses; None presses here, one after the other, when results are asked for.
            progress: is told of each sheet that is done.
            project: what tells the project from others that have the same paths, for `Pressing.why`.
        """
        self._cache, self._executor, self.progress, self._project = cache, executor, progress, project
        self._ahead: deque[_Ahead] = deque()
        # How many of those begun are shelved, all of them before the others.
        self._shelved = 0
        # How many sheets are taken ahead; a cluster may be wider than the window.
        self.window = max(WINDOW, 2 * getattr(executor, "size", 1))
        self._shared = cache if getattr(executor, "on_this_machine", False) else NOWHERE

    @property
    def shelves(self) -> bool:
        """Whether what is done can wait in the cache, so that any number of sheets may be begun."""
        return self._executor is not None and self._cache.folder is not None

    @property
    def hands(self) -> Hands | None:
        """What else its workers do, where they are sent once what calls have in common (`nkru_brief.sheet.Parcel`)."""
        if self._executor is None or not getattr(self._executor, "sends_once", False):
            return None
        return Hands(self._executor, self.window, self._shared)

    def begin_in_turn(self, sheet: Sheet) -> None:
        """Begin to press a sheet; where a window is under way, wait for the oldest, and lay it in the cache."""
        self._begin(sheet, cache=self._shared)
        if len(self._ahead) - self._shelved > self.window:
            self._ahead[self._shelved] = self._shelve(self._ahead[self._shelved])
            self._shelved += 1

    def begin(self, *sheets: Sheet) -> None:
        """Begin to press sheets, the longest first."""
        self._begin(*sheets, cache=NOWHERE)

    def _begin(self, *sheets: Sheet, cache: Cache) -> None:
        jobs = [_job(sheet, self._cache, self._project) for sheet in sheets]
        futures = _submitted(jobs, self._executor, self.progress, cache)
        self._ahead += [(job, futures.get(number)) for number, job in enumerate(jobs)]

    def stop(self) -> None:
        """Give up what is not pressed yet: nobody will ask for it."""
        for ahead in self._ahead:
            if not isinstance(ahead, Pressing) and ahead[1] is not None:
                ahead[1].cancel()
        self._ahead.clear()

    def results(self, more: Iterable[Sheet] = ()) -> Iterator[Pressing]:
        """Yield the sheets begun, pressed, and then more sheets, each begun when there is room for it.

        Raises:
            UsageError: the machine lacks a library of the system.
        """
        waiting = iter(more)
        while self._ahead:
            ahead = self._ahead.popleft()
            pressing = ahead if isinstance(ahead, Pressing) else self._finished(*ahead)[0]
            yield self._whole(pressing) if pressing.shelved else pressing
            self.begin(*islice(waiting, 1))

    def _finished(self, job: _Job, future: Future[Made] | None) -> tuple[Pressing, bool]:
        """Return a job's result, and whether it is in the cache, where it was put if it was not."""
        pressing = _pressed(job, future)
        cached = not pressing.failure
        if cached and pressing.pressed and not pressing.shelved:
            cached = self._cache.put(job.key, to_bytes(pressing.artifact))
        if future is None:
            self.progress.done(job.sheet.path)
        return pressing, cached

    def _shelve(self, ahead: _Ahead) -> Pressing:
        """Return a result whose artifact is in the cache; where it cannot be kept, with the artifact."""
        if isinstance(ahead, Pressing):
            return ahead
        pressing, cached = self._finished(*ahead)
        return replace(pressing, artifact=_named(pressing.artifact), shelved=True) if cached else pressing

    def _whole(self, pressing: Pressing) -> Pressing:
        """Return a result with its artifact again."""
        artifact = _read(self._cache.get(pressing.key), Artifact)
        if artifact is None:
            return replace(pressing, failure="it was pressed, but the cache has lost it since; build again")
        return replace(pressing, artifact=artifact)


def press_all(
    sheets: Iterable[Sheet], cache: Cache, executor: Executor | None, progress: Progress, project: str = ""
) -> Iterator[Pressing]:
    """Return sheets pressed, in their order; pressing begins at once, and no more than a window is taken ahead."""
    press, waiting = Press(cache, executor, progress, project), iter(sheets)
    press.begin(*islice(waiting, press.window))
    return press.results(waiting)


def _submitted(
    jobs: list[_Job], executor: Executor | None, progress: Progress, cache: Cache
) -> dict[int, Future[Made]]:
    """Return the futures of the jobs that have to be pressed, by their place; the longest were submitted first.

    Where there is a cache, workers lay there what they have made.
    """
    if executor is None:
        return {}
    futures = {}
    for number in sorted(range(len(jobs)), key=lambda number: -_length(jobs[number].sheet)):
        if jobs[number].kept is None:
            futures[number] = executor.submit(made, jobs[number].sheet, jobs[number].key, cache)
            futures[number].add_done_callback(partial(_tell, progress, jobs[number].sheet.path))
    return futures


def _tell(progress: Progress, path: str, future: Future[Made]) -> None:
    """Tell of a sheet as soon as it is done, whatever its turn is."""
    if not future.cancelled():
        progress.done(path)


def _length(sheet: Sheet) -> float:
    return len(sheet.html) * effort(sheet.output)


def _job(sheet: Sheet, cache: Cache, project: str) -> _Job:
    if cache.folder is None:
        return _Job(key="", why="nothing is kept", sheet=sheet)
    parts = {name: sha256(to_bytes(_told(sheet, name))) for name in sheet.__struct_fields__} | toolchain_parts()
    key = key_of("artifact", parts)
    traced = key_of("trace", project, sheet.path)
    before = _read(cache.get(traced), _Trace)
    if before is None or before.parts != parts:
        cache.put(traced, to_bytes(_Trace(parts=parts)))
    kept = _read(cache.get(key), Artifact)
    return _Job(key=key, why=SAME if kept else _why(parts, before), sheet=sheet, kept=kept)


def _told(sheet: Sheet, name: str) -> object:
    """Return a field of a sheet as it is hashed: of a face its digest, which stands for its bytes."""
    if name == "faces":
        return sheet.bare().faces
    return getattr(sheet, name)


def _why(parts: dict[str, str], before: _Trace | None) -> str:
    if before is None:
        return NEW
    changed = [name for name in parts | before.parts if parts.get(name) != before.parts.get(name)]
    return f"since it was last pressed this has changed: {', '.join(changed)}" if changed else GONE


def _read(data: bytes | None, kind: type[T]) -> T | None:
    """Return a value that was kept, or None where there is none, or another builder's of another shape."""
    try:
        return None if data is None else from_bytes(data, kind)
    except ValueError:
        return None


def _pressed(job: _Job, future: Future[Made] | None) -> Pressing:
    """Return a job's result; what goes wrong is told of its sheet, and spares the others."""
    if job.kept is not None:
        return Pressing(artifact=job.kept, key=job.key, pressed=False, why=job.why)
    try:
        found = made(job.sheet) if future is None else future.result()
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001 - a plug-in's press, a killed worker, a cluster that is gone
        nothing = _named(job.sheet)
        failure = f"it could not be pressed: {type(error).__name__}: {error}"
        return Pressing(artifact=nothing, key=job.key, why=job.why, failure=failure)
    return Pressing(artifact=found.artifact, key=job.key, seconds=found.seconds, why=job.why, shelved=found.shelved)


def made(sheet: Sheet, key: str = "", cache: Cache = NOWHERE) -> Made:
    """Press a sheet, and lay it in a cache where there is one: what workers do."""
    start = time.perf_counter()
    artifact = press(sheet)
    seconds = time.perf_counter() - start
    shelved = cache.put(key, to_bytes(artifact))
    return Made(_named(artifact) if shelved else artifact, seconds, shelved)


def _named(whole: Sheet | Artifact) -> Artifact:
    """Return an artifact without what is in it."""
    return Artifact(edition=whole.edition, output=whole.output, path=whole.path, data=b"", pages=None)
