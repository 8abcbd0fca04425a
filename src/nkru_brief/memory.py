"""What was found out before, by the digest of all that it was found out from: in this process, and in a cache.

Who writes changes one file of many; what the others say is known. Only values are held, so nobody can change them.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

from nkru_brief.cache import NOWHERE, Cache, key_of
from nkru_brief.digest import sha256
from nkru_brief.toolchain import toolchain
from nkru_brief.values import Value, from_bytes, packed, to_bytes

T = TypeVar("T")
V = TypeVar("V")

# Values held in a process at most: of some ten projects everything.
MOST = 4096
_LATELY = 32

_HELD: OrderedDict[str, Any] = OrderedDict()
_KEPT_IN = [NOWHERE]


@contextmanager
def kept_in(cache: Cache) -> Iterator[None]:
    """Keep in a cache, too, what is found out for a while, and look there for what this process does not know."""
    _KEPT_IN.append(cache)
    try:
        yield
    finally:
        _KEPT_IN.pop()


def recall(key: str, kind: type[T]) -> T | None:
    """Return the value under a key, or None where there is none.

    Args:
        key: the digest of what it was found out from, whichever builder did.
        kind: its type.
    """
    if key in _HELD:
        _HELD.move_to_end(key)
        return cast("T", _HELD[key])
    cache = _KEPT_IN[-1]
    data = cache.get(_own(key)) if cache.folder else None
    try:
        found = None if data is None else from_bytes(data, kind)
    except ValueError:
        return None
    if found is not None:
        _hold(key, found)
    return found


def keep(key: str, value: object) -> None:
    """Keep a value under a key."""
    _hold(key, value)
    cache = _KEPT_IN[-1]
    if cache.folder:
        cache.put(_own(key), packed(value))


def by_piece(key: str, kind: type[dict[str, T]], pieces: Sequence[str], make: Callable[[str], T]) -> list[T]:
    """Return what is made of each piece of something, made anew only of those that it had not when it was asked last.

    Args:
        key: the key under which what was made last is kept, each by the digest of its piece: it may be out of date, and
            what is taken from it is not.
        kind: the type of what is kept.
        pieces: the pieces.
        make: makes something of a piece and of nothing else.
    """
    known = recall(key, kind) or {}
    digests = [sha256(piece.encode("utf-8")) for piece in pieces]
    by_digest = dict(zip(digests, pieces, strict=True))
    made = {digest: known[digest] if digest in known else make(piece) for digest, piece in by_digest.items()}
    if made.keys() != known.keys():
        keep(key, made)
    return [made[digest] for digest in digests]


def lately(make: Callable[[V], T]) -> Callable[[V], T]:
    """Remember what a function made of the values it was given last: of each as it is, not of its equals."""
    made: OrderedDict[int, tuple[V, T]] = OrderedDict()

    @wraps(make)
    def remembered(value: V) -> T:
        # A value that is held keeps its number.
        if id(value) not in made:
            made[id(value)] = value, make(value)
            if len(made) > _LATELY:
                made.popitem(last=False)
        made.move_to_end(id(value))
        return made[id(value)][1]

    return remembered


@lately
def digest_of(value: Value) -> str:
    """Return the digest of a value that several keys are made of."""
    return sha256(to_bytes(value))


def forget() -> None:
    """Let go of what this process holds; a cache keeps what it has."""
    _HELD.clear()


def _hold(key: str, value: object) -> None:
    _HELD[key] = value
    if len(_HELD) > MOST:
        _HELD.popitem(last=False)


def _own(key: str) -> str:
    """Return the key of what this builder found out; another version may find something else."""
    return key_of("found", toolchain(), key)
