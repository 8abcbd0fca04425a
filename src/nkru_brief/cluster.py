"""The door to Dask: presses that run on other machines, and give the same bytes as here.

A worker needs no disk in common with this machine: what sheets have in common, their font files for one, it is sent
once, and each sheet without them (`nkru_brief.sheet.Parcel`). Before it presses anything its toolchain must be the same
as ours, down to the libraries of its system. Dask gives the work of a worker that is lost to another.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from nkru_brief.diagnostics import UsageError
from nkru_brief.sheet import Parcel
from nkru_brief.toolchain import parts

SCHEME = "dask://"
# Seconds to wait for a scheduler, and for its first worker.
_PATIENCE = 20

P = ParamSpec("P")
T = TypeVar("T")

# What a worker says of itself.
_REMOTE = parts

# The page engine sets one sheet at a time in a process, whatever number of threads a worker has.
_ONE_AT_A_TIME = threading.Lock()


class Cluster(Executor):
    """Presses on the workers of a Dask scheduler; `size` is how many calls they make at a time."""

    # What parcels have in common each worker is sent once.
    sends_once = True

    def __init__(self, client: Any, size: int) -> None:  # noqa: ANN401 - Dask's client has no types
        self.size = size
        self._client = client
        self._executor = client.get_executor(pure=False)
        self._common: dict[str, Any] = {}

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Return the future of a call; what parcels among its arguments have in common is sent apart, each once."""
        bare = [each.bare() if isinstance(each, Parcel) else each for each in args]
        common = {digest: data for each in args if isinstance(each, Parcel) for digest, data in each.common().items()}
        sent = [self._sent(digest, data) for digest, data in common.items()]
        future: Future[T] = self._executor.submit(_call, fn, bare, kwargs, parts(), tuple(common), *sent)
        return future

    def _sent(self, digest: str, data: bytes) -> Any:  # noqa: ANN401
        """Return Dask's future of some bytes: the scheduler keeps them, and workers hand them on to each other."""
        if digest not in self._common:
            self._common[digest] = self._client.submit(bytes, data, key=f"nkru-brief-{digest}")
        return self._common[digest]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        """Take no more calls; with `cancel_futures` those under way are given up."""
        self._executor.shutdown(wait=wait and not cancel_futures)


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """Yield the cluster of the scheduler at an address, `dask://HOST:PORT`, its workers found to be as we are.

    Raises:
        UsageError: there is no scheduler or worker, or a worker's toolchain is not ours.
    """
    try:
        import distributed
    except ImportError:
        raise UsageError("a cluster needs the extra cluster: pip install 'nkru-brief[cluster]'") from None
    # What goes wrong there is told of the sheet it happens to.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = distributed.Client(  # type: ignore[no-untyped-call]
            f"tcp://{address.removeprefix(SCHEME)}", timeout=_PATIENCE, set_as_default=False, name="nkru-brief"
        )
    except (OSError, ValueError) as error:
        raise UsageError(f"there is no Dask scheduler at {address}: {error}") from None
    with client:
        cluster = Cluster(client, _size(client, address))
        try:
            yield cluster
        finally:
            cluster.shutdown(cancel_futures=True)


def _size(client: Any, address: str) -> int:  # noqa: ANN401
    """Return how many processes the workers are.

    Raises:
        UsageError: there is none, or one is not as we are.
    """
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
        found = client.run(_REMOTE, on_error="return")
    except (TimeoutError, OSError):
        raise UsageError(f"the scheduler at {address} has no worker; start one: dask worker HOST:PORT") from None
    for worker, theirs in sorted(found.items()):
        if not isinstance(theirs, dict):
            raise UsageError(f"the worker {worker} cannot run this builder: {theirs}")
        _compare(theirs, parts(), f"the worker {worker}")
    return len(found)


def _compare(theirs: dict[str, str], ours: dict[str, str], who: str) -> None:
    """Check that a toolchain is ours.

    Raises:
        UsageError: it is not; the message says in what.
    """
    different = [name for name in ours | theirs if ours.get(name) != theirs.get(name)]
    if different:
        told = ", ".join(f"{name} {_short(theirs, name)}, not {_short(ours, name)}" for name in different)
        raise UsageError(f"{who} would make other bytes: it has {told}")


def _short(toolchain: dict[str, str], name: str) -> str:
    """Return a version, or the beginning of a digest."""
    return (toolchain.get(name) or "none")[:16]


def _call(
    fn: Callable[..., T],
    args: list[Any],
    options: dict[str, Any],
    ours: dict[str, str],
    digests: tuple[str, ...],
    *common: bytes,
) -> T:
    """Make a call on a worker, its parcels whole again.

    Raises:
        UsageError: the worker came later than others, and its toolchain is not ours.
    """
    _compare(parts(), ours, "a worker")
    known = dict(zip(digests, common, strict=True))
    whole = [each.whole(known) if isinstance(each, Parcel) else each for each in args]
    with _ONE_AT_A_TIME:
        return fn(*whole, **options)
