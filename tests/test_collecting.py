"""Collecting seldom is not collecting never: a process that sets many papers stays as large as it was."""

import gc

from nkru_brief.collecting import seldom


class Ring:
    """What only Python's collector finds: it holds itself."""

    alive = 0

    def __init__(self) -> None:
        self.own = self
        Ring.alive += 1

    def __del__(self) -> None:
        Ring.alive -= 1


def test_what_was_made_in_many_short_whiles_is_dropped() -> None:
    """A worker sets one paper after the other, each within a while of its own."""
    with seldom():
        for _ in range(30):
            with seldom():
                made = [Ring() for _ in range(20_000)]
                del made
        assert 0 < Ring.alive <= 200_000
    gc.collect()
    assert Ring.alive == 0
