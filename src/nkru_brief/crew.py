"""The crew: worker processes on this machine, started at once and warmed up while the parent still reads content.

An executor like those of `concurrent.futures`, but for what a killed worker means. There the whole pool is broken and
nobody knows by what; here each worker has a thread that gave it its work, so one call fails, and another worker takes
the place. And a crew that turns out not to be needed is sent home at once, not waited for.
"""

import gc
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
from nkru_brief.sheet import Parcel

P = ParamSpec("P")
T = TypeVar("T")


# Seconds that a worker has to hear that its call was given up: the engine sets a page in less.
_PATIENCE = 0.5


class WorkerLost(BriefError):  # noqa: N818 - what happened, not whose fault it is
    """A worker did not finish its work: its process was killed, the memory ran out, or the call was given up."""


class _GivenUp(BaseException):
    """Nobody waits for a call any more; no handler of faults in between is to take it for one."""


class Line:
    """What ties a call to whoever follows it: it tells what it finds, and hears whether to go on."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def tell(self, found: object) -> None:
        """Hand something over, unless nobody waits for it any more."""
        self.listen()
        self._pipe.send((None, found))

    def listen(self, seconds: float = 0.0) -> None:
        """Return when told to go on, at the latest after so many seconds; where the call is given up, end it."""
        if self._pipe.poll(seconds) and self._pipe.recv() is _GIVE_UP:
            raise _GivenUp


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


# Seconds without a call after which a worker is at rest.
_REST = 0.3
# What is sent to a worker in the middle of a call.
_GO_ON, _GIVE_UP = True, False


class _Call(NamedTuple):
    """What is to be called, and who is told of what it finds meanwhile, if anybody is."""

    future: Future[Any]
    work: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]
    told: Callable[[Any], object] | None = None


class _Worker(NamedTuple):
    """A process, the pipe to it, and the digests of what it was sent apart from parcels."""

    process: BaseProcess
    pipe: Connection
    known: set[str]


class Crew(Executor):
    """So many worker processes.

    Each runs `warm` before its first call. Where they rest, each looks for what it can drop whenever no call has
    followed its last one for a moment, and hardly while it makes one.
    """

    # What parcels have in common each worker is sent once.
    sends_once = True
    # They share its disk, and so its cache.
    on_this_machine = True

    def __init__(self, size: int, warm: Callable[[], object], *, rests: bool = False) -> None:
        self._warm, self._rests = warm, rests
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._going_home = False
        # What each worker is at, who of them has heard of it, which calls are unwanted, and which workers were ended in
        # the middle of one; all under the lock.
        self._lock = threading.Lock()
        self._current: list[_Call | None] = [None] * size
        self._listening: set[int] = set()
        self._unwanted: set[Future[Any]] = set()
        self._dismissed: set[int] = set()
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

        Its first argument is a `Line`. A thread of the crew hands what the function tells to `told`.
        """
        return self._put(_Call(Future(), (fn, args, {}), told))

    def go_on(self, future: Future[Any]) -> None:
        """Tell a call that is followed to go on, where it waits for that."""
        with self._lock:
            for place in self._listening:
                if self._at(place, future):
                    self._say(place, _GO_ON)

    def _put(self, call: _Call) -> Future[Any]:
        if self._going_home:
            raise RuntimeError("the crew has gone home")
        self._calls.put(call)
        return call.future

    def give_up(self, future: Future[Any]) -> None:
        """Make an end of a call that nobody waits for any more: it is not begun, or its worker leaves it.

        A worker that is followed is told, and stays warm; one that does not listen soon, or cannot, is replaced.
        """
        if future.cancel() or future.done():
            return
        with self._lock:
            for place, current in enumerate(self._current):
                if current and current.future is future:
                    self._leave(place, current)

    def _leave(self, place: int, call: _Call) -> None:
        if call.told is None:
            self._dismiss(place)
            return
        self._unwanted.add(call.future)
        if place in self._listening:
            self._say(place, _GIVE_UP)
        deaf = threading.Timer(_PATIENCE, self._dismiss_deaf, (place, call.future))
        deaf.daemon = True
        deaf.start()

    def _dismiss_deaf(self, place: int, future: Future[Any]) -> None:
        with self._lock:
            if self._at(place, future):
                self._dismiss(place)

    def _dismiss(self, place: int) -> None:
        self._dismissed.add(place)
        self._workers[place].process.terminate()

    def _at(self, place: int, future: Future[Any]) -> bool:
        current = self._current[place]
        return current is not None and current.future is future

    def _say(self, place: int, word: bool) -> None:  # noqa: FBT001 - it is what is said
        # One that has ended hears nothing.
        with suppress(OSError):
            self._workers[place].pipe.send(word)

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
        args = theirs, self._warm, self._rests, self._folder.name
        process = context.Process(target=_work, args=args, daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours, set())

    def _tend(self, place: int) -> None:
        """Give a worker one call after the other; runs in a thread of the parent."""
        while (call := self._calls.get()) is not None:
            if not call.future.set_running_or_notify_cancel():
                continue
            with self._lock:
                self._current[place] = call
            try:
                _send(self._workers[place], call)
                self._sent(place, call)
                succeeded, value = _answered(self._workers[place], call)
            except (EOFError, OSError):
                ended = self._replaced(place)
                call.future.set_exception(WorkerLost(f"its worker process ended with code {ended}"))
            except Exception as error:  # noqa: BLE001 - what cannot be sent is that call's own fault
                call.future.set_exception(error)
            else:
                call.future.set_result(value) if succeeded else call.future.set_exception(value)
            with self._lock:
                self._forget(place)
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

    def _sent(self, place: int, call: _Call) -> None:
        """Let a worker hear words from now on; it may have one to hear already."""
        with self._lock:
            self._listening.add(place)
            if call.future in self._unwanted:
                self._say(place, _GIVE_UP)

    def _forget(self, place: int) -> None:
        if call := self._current[place]:
            self._unwanted.discard(call.future)
        self._listening.discard(place)
        self._current[place] = None

    def _replaced(self, place: int) -> int | None:
        """Hire another worker for one that ended, and return the code that one ended with."""
        ended = self._workers[place]
        ended.process.join()
        ended.pipe.close()
        with self._lock:
            self._dismissed.discard(place)
            self._forget(place)
        if not self._going_home:
            self._workers[place] = self._hired()
        return ended.process.exitcode


def _send(worker: _Worker, call: _Call) -> None:
    """Send a worker a call: what its parcels have in common with others apart, each once."""
    function, args, options = call.work
    common = {digest: data for each in args if isinstance(each, Parcel) for digest, data in each.common().items()}
    new = {digest: data for digest, data in common.items() if digest not in worker.known}
    bare = [each.bare() if isinstance(each, Parcel) else each for each in args]
    worker.pipe.send((function, bare, options, new, call.told is not None))
    worker.known.update(new)


def _answered(worker: _Worker, call: _Call) -> Any:  # noqa: ANN401
    """Return what a worker answers at last; what it tells before is passed on."""
    while (answer := worker.pipe.recv())[0] is None:
        if call.told:
            call.told(answer[1])
    return answer


def _work(pipe: Connection, warm: Callable[[], object], rests: bool, folder: str) -> None:  # noqa: FBT001
    """Make calls until the parent ends; runs in a process of its own, and keeps what it must in a folder."""
    tempfile.tempdir = folder
    # A terminal sends Ctrl-C to all, and each would tell of it: the parent sends its workers home.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What does not come up here does not come up in a call, either, and is told there.
    with suppress(Exception), seldom():
        warm()
    settle()
    known: dict[str, bytes] = {}

    with suppress(EOFError, OSError), seldom(rests=rests):
        while True:
            if isinstance(work := pipe.recv(), bool):
                # A word that came after its call had ended.
                continue
            function, bare, options, new, followed = work
            known.update(new)
            args = [each.whole(known) if isinstance(each, Parcel) else each for each in bare]
            answer = _answer(partial(function, Line(pipe)) if followed else function, args, options)
            pipe.send_bytes(answer)
            # Of what a call leaves, nothing is there to be tidied away when the next one comes.
            del work, function, bare, options, new, args, answer
            if rests and not pipe.poll(_REST):
                gc.collect()


def _answer(function: Callable[..., Any], args: list[Any], options: dict[str, Any]) -> Any:  # noqa: ANN401
    try:
        return ForkingPickler.dumps((True, function(*args, **options)))
    except _GivenUp:
        return ForkingPickler.dumps((False, WorkerLost("it was given up")))
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
