"""How often Python looks for objects that only hold one another: seldom where thousands are made that stay.

A press, a check and an import make hundreds of thousands of objects and drop few. At Python's own pace, once for every
700, an eighth to a quarter of their time goes into looking.
"""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Objects made beyond those dropped before the youngest are looked at, and how often those looks go deeper.
_PACE = (100_000, 20, 10)
# The same of a process that looks whenever it is at rest: a paper of eight pages leaves fewer.
_UNTIL_REST = 300_000

# Letters of a page's HTML for which a hundred thousand objects are made, or more.
_LETTERS = 50_000


@contextmanager
def seldom(letters: int = 0, *, rests: bool = False) -> Iterator[None]:
    """Look seldom, for a while; deeper only when a page of so many letters may have been laid out, for all of it stays.

    So what is not dropped meanwhile is never more than such a page makes.

    Args:
        letters: how many letters the page has.
        rests: whether the process looks by itself when nobody waits for it; then it looks seldomer still, and what is
            called meanwhile leaves it at that.
    """
    before = gc.get_threshold()
    youngest, deeper, deepest = _PACE
    gc.set_threshold(_UNTIL_REST if rests else max(youngest, before[0]), deeper + letters // _LETTERS, deepest)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def never_at_the_end() -> None:
    """Leave what is there when the command or the process ends to the system: Python would look at all of it once more.

    It is for a process that ends with its command: Python's own pace does not come back.
    """
    gc.set_threshold(*_PACE)
    atexit.register(gc.freeze)


def settle() -> None:
    """Look at what is there now no more: a worker keeps the engine until it ends."""
    gc.collect()
    gc.freeze()
