"""Coverage both ways: which sentences of the sources claims rest on, and which sentences of a paper rest on claims."""

from collections.abc import Iterable

from nkru_brief.binding import DESK, bound
from nkru_brief.brief import Block, Coverage
from nkru_brief.model import Library


def used_passages(library: Library) -> frozenset[str]:
    """Return the passages that a claim, or one of its rival readings, rests on, as `alliance L08.s3`."""
    claims = library.claims.values()
    cited = {passage for claim in claims for passage in claim.passages}
    read = {f"{each.source} {passage}" for claim in claims for each in claim.readings for passage in each.passages}
    return frozenset(cited | read)


def of_prose(blocks: Iterable[Block], classes: Iterable[str] = ()) -> Coverage:
    """Return how many sentences of a section's prose rest on claims.

    A sentence that cites is bound, whoever speaks in it. Of the others, those are the desk's in which it speaks of
    the paper itself or judges.

    Args:
        blocks: the blocks of the section that an edition carries.
        classes: the classes of its title: all of a desk's section is the desk's.
    """
    whole, counted = DESK in classes, [0, 0, 0]
    for block in blocks:
        if block.kind in ("heading", "title"):
            continue
        own = whole or "likelihood" in block.attributes
        for sentence in bound(block):
            counted[0 if sentence.claims else 1 if own or sentence.desk else 2] += 1
    return Coverage(bound=counted[0], desk=counted[1], unbound=counted[2])


def added(parts: Iterable[Coverage]) -> Coverage:
    """Return the coverage of several parts together."""
    parts = tuple(parts)
    return Coverage(
        bound=sum(part.bound for part in parts),
        desk=sum(part.desk for part in parts),
        unbound=sum(part.unbound for part in parts),
    )
