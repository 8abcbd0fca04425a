"""Work done aside, in a child of this process, for what it leaves in the cache.

A check has two cores, and half of its sheets can be filled in by the other one. The child knows all that its parent has
read, and answers nothing: what it kept is found where it is looked for, and what it did not keep is made by the parent.
So a child that fails, or that there is not, costs time and nothing else.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from signal import SIGKILL


@contextmanager
def aside(work: Callable[[], object] | None) -> Iterator[Callable[[], None]]:
    """Do some work in a child meanwhile; yield what waits for its end. The child ends with the block at the latest.

    Nothing is done where there is no work, or where a process cannot be copied (Windows, or where other threads run) or
    would have no core.
    """
    if work is None or not hasattr(os, "fork") or threading.active_count() > 1 or (os.cpu_count() or 1) < 2:
        yield lambda: None
        return
    ear, mouth = os.pipe()
    child = os.fork()
    if not child:
        _worked(work, mouth)
    os.close(mouth)
    try:
        # It has said nothing when it ends; it closes its side when the work is done.
        yield lambda: _wait_for(ear)
    finally:
        os.close(ear)
        with suppress(ProcessLookupError):
            os.kill(child, SIGKILL)
        os.waitpid(child, 0)


def _wait_for(ear: int) -> None:
    os.read(ear, 1)


def _worked(work: Callable[[], object], mouth: int) -> None:
    """Work, and end without a word: nothing of the parent's is flushed, closed or told twice."""
    try:
        work()
        # A process of some size takes a while to end, and nobody has to wait for that.
        os.close(mouth)
    finally:
        os._exit(0)
