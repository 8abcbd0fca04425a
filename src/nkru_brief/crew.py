"""The crew: worker processes on this machine, started at once and warmed up while the parent still reads content.

An executor like those of `concurrent.futures`, but for what a killed worker means. There the whole pool is broken and
nobody knows by what; here each worker has a thread that gave it its work, so one call fails, and another worker takes
the place. And a crew that turns out not to be needed is sent home at once, not waited for.
"""

import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, ParamSpec, TypeVar

from nkru_brief.collecting import seldom, settle
from nkru_brief.diagnostics import BriefError
from nkru_brief.sheet import Sheet

P = ParamSpec("P")
T = TypeVar("T")


class WorkerLost(BriefError):  # noqa: N818 - what happened, not whose fault it is
    """A worker process ended in the middle of its work: it was killed, or the memory ran out."""


def available_cores() -> int:
    """Return the number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def hire(jobs: int | None, warm: Callable[[], object], most: int | None = None) -> Iterator[Executor | None]:
    """Yield a crew of so many workers, one for each core where no number is given; None for one that works here.

    Where no more than `most` calls will be made, there are no more workers.

    Where something goes wrong, Ctrl-C for one, the crew is sent home at once.
    """
    size = jobs or available_cores()
    if size < 2:
        yield None
        return
    crew = Crew(min(size, most or size), warm)
    try:
        yield crew
    finally:
        crew.shutdown(cancel_futures=True)


class _Call(NamedTuple):
    """What is to be called, and who is told of what it finds meanwhile, if anybody is."""

    future: Future[Any]
    work: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]
    told: Callable[[Any], object] | None = None


class _Worker(NamedTuple):
    """A process, the pipe to it, and the digests of the faces it was sent."""

    process: BaseProcess
    pipe: Connection
    faces: set[str]


class Crew(Executor):
    """So many worker processes; each runs `warm` before its first call."""

    def __init__(self, size: int, warm: Callable[[], object]) -> None:
        self._warm = warm
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._going_home = False
        # What each worker is at, and which were ended in the middle of it; both under the lock.
        self._lock = threading.Lock()
        self._dismissed: set[int] = set()
        self._current: list[Future[Any] | None] = [None] * size
        # A worker is ended without a word, and what it leaves in its temporary folder goes with the crew.
        self._folder = TemporaryDirectory(prefix="nkru-brief-crew-", ignore_cleanup_errors=True)
        self._at_work = size
        with _deaf_to_interrupts():
            self._workers = [self._hired() for _ in range(size)]
        self._threads = [threading.Thread(target=self._tend, args=(place,), daemon=True) for place in range(size)]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Return the future of a call that a worker will make."""
        return self._put(_Call(Future(), (fn, args, kwargs)))

    def follow(self, told: Callable[[Any], object], fn: Callable[..., T], /, *args: object) -> Future[T]:
        """Return the future of a call that a worker will make, of a function that tells what it finds meanwhile.

        Its first argument takes each such thing, and a thread of the crew hands it to `told`.
        """
        return self._put(_Call(Future(), (fn, args, {}), told))

    def _put(self, call: _Call) -> Future[Any]:
        if self._going_home:
            raise RuntimeError("the crew has gone home")
        self._calls.put(call)
        return call.future

    def give_up(self, future: Future[Any]) -> None:
        """Make an end of a call that nobody waits for any more: it is not begun, or its worker is replaced."""
        if future.cancel() or future.done():
            return
        with self._lock:
            for place, current in enumerate(self._current):
                if current is future:
                    self._dismissed.add(place)
                    self._workers[place].process.terminate()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        """Take no more calls, and end the workers: after their calls, or with `cancel_futures` at once."""
        self._going_home = True
        if cancel_futures:
            self._cancel()
            for worker in self._workers:
                worker.process.terminate()
        for _ in self._threads:
            self._calls.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _cancel(self) -> None:
        with suppress(Empty):
            while True:
                if call := self._calls.get_nowait():
                    call.future.cancel()

    def _hired(self) -> _Worker:
        # Spawned, not forked: a worker must not inherit the state of threads that draw progress.
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, self._warm, self._folder.name), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours, set())

    def _tend(self, place: int) -> None:
        """Give a worker one call after the other; runs in a thread of the parent."""
        while (call := self._calls.get()) is not None:
            if not call.future.set_running_or_notify_cancel():
                continue
            with self._lock:
                self._current[place] = call.future
            try:
                _send(self._workers[place], call)
                succeeded, value = _answered(self._workers[place], call)
            except (EOFError, OSError):
                ended = self._replaced(place)
                call.future.set_exception(WorkerLost(f"its worker process ended with code {ended}"))
            except Exception as error:  # noqa: BLE001 - what cannot be sent is that call's own fault
                call.future.set_exception(error)
            else:
                call.future.set_result(value) if succeeded else call.future.set_exception(value)
            with self._lock:
                self._current[place] = None
                # It may have answered before it ended: the next call must not meet it.
                late = place in self._dismissed and not self._going_home
            if late:
                self._replaced(place)
        worker = self._workers[place]
        worker.pipe.close()
        worker.process.terminate()
        worker.process.join()
        with self._lock:
            self._at_work -= 1
            last = not self._at_work
        if last:
            self._folder.cleanup()

    def _replaced(self, place: int) -> int | None:
        """Hire another worker for one that ended, and return the code that one ended with."""
        ended = self._workers[place]
        ended.process.join()
        ended.pipe.close()
        with self._lock:
            self._dismissed.discard(place)
            self._current[place] = None
        if not self._going_home:
            self._workers[place] = self._hired()
        return ended.process.exitcode


def _send(worker: _Worker, call: _Call) -> None:
    """Send a worker a call: the faces of a sheet apart, each once."""
    function, args, options = call.work
    faces = {face.digest: face.data for each in args if isinstance(each, Sheet) for face in each.faces}
    new = {digest: data for digest, data in faces.items() if digest not in worker.faces}
    bare = [each.bare() if isinstance(each, Sheet) else each for each in args]
    worker.pipe.send((function, bare, options, new, call.told is not None))
    worker.faces.update(new)


def _answered(worker: _Worker, call: _Call) -> Any:  # noqa: ANN401
    """Return what a worker answers at last; what it tells before is passed on."""
    while (answer := worker.pipe.recv())[0] is None:
        if call.told:
            call.told(answer[1])
    return answer


def _work(pipe: Connection, warm: Callable[[], object], folder: str) -> None:
    """Make calls until the parent ends; runs in a process of its own, and keeps what it must in a folder."""
    tempfile.tempdir = folder
    # A terminal sends Ctrl-C to all, and each would tell of it: the parent sends its workers home.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What does not come up here does not come up in a call, either, and is told there.
    with suppress(Exception), seldom():
        warm()
    settle()
    faces: dict[str, bytes] = {}

    def tell(found: Any) -> None:  # noqa: ANN401
        pipe.send((None, found))

    with suppress(EOFError, OSError), seldom():
        while True:
            function, bare, options, new, telling = pipe.recv()
            faces.update(new)
            args = [each.faced(faces) if isinstance(each, Sheet) else each for each in bare]
            pipe.send_bytes(_answer(partial(function, tell) if telling else function, args, options))


def _answer(function: Callable[..., Any], args: list[Any], options: dict[str, Any]) -> Any:  # noqa: ANN401
    try:
        return ForkingPickler.dumps((True, function(*args, **options)))
    except Exception as error:  # noqa: BLE001 - it is raised again where the result is asked for
        try:
            return ForkingPickler.dumps((False, error))
        except Exception:  # noqa: BLE001 - an error that cannot travel is told of
            return ForkingPickler.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Start processes that leave Ctrl-C to their parent.

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
