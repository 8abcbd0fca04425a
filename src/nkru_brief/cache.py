"""The cache: bytes kept under their key in a folder of the user's, shared between projects, editions and builds.

A key is the digest of everything its bytes were made from, so an entry is right or not there; nothing is ever out of
date. Each entry begins with the digest of its key and its bytes: one that is damaged, cut off or in another's place is
deleted and made anew. Entries are written whole (a temporary file, then a rename), so any number of builds may share
a folder. A disk that refuses is no fault: then nothing is kept.

Times of files say which entry was used last, and the oldest go first; that is all they are used for.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from nkru_brief import atomic
from nkru_brief.digest import sha256
from nkru_brief.values import Value, to_bytes

# Bytes that the entries may take, unless NKRU_BRIEF_CACHE_MB says otherwise: some 2,000 papers.
BOUND = 512 * 1024 * 1024
_DIGEST = 64
# Room made at a time, as a share of the bound: not every build has to look for the oldest.
_ROOM = 0.1


def key_of(*parts: object) -> str:
    """Return the key of what is made from these parts: text, bytes, numbers, values, and lists of them."""
    return sha256(to_bytes(parts))


class Usage(Value):
    """What is in a cache: its folder, its entries, and their size in bytes."""

    folder: Path
    entries: int
    size: int


class Cache:
    """Bytes under their keys, in a folder; without a folder it is always empty."""

    def __init__(self, folder: Path | None, bound: int = BOUND) -> None:
        self.folder, self.bound = folder, bound

    def get(self, key: str) -> bytes | None:
        """Return the bytes under a key, or None where there are none or they are not as they were put there."""
        if self.folder is None:
            return None
        path = self._path(self.folder, key)
        try:
            stored = path.read_bytes()
        except OSError:
            return None
        digest, data = stored[:_DIGEST], stored[_DIGEST:]
        if digest != _seal(key, data):
            _delete(path)
            return None
        _touch(path)
        return data

    def put(self, key: str, data: bytes) -> bool:
        """Keep bytes under a key; return whether they are kept."""
        if self.folder is None:
            return False
        path = self._path(self.folder, key)
        try:
            if not path.parent.is_dir():
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            atomic.write(path, _seal(key, data) + data)
        except OSError:
            # What cannot be kept is made again.
            return False
        return True

    def trim(self) -> None:
        """Delete the entries that were not used for longest, until the rest is within the bound."""
        found = sorted(self._files(), key=lambda each: each[1].st_mtime_ns)
        excess = sum(status.st_size for _, status in found) - self.bound
        if excess <= 0:
            return
        excess += int(self.bound * _ROOM)
        for path, status in found:
            if excess <= 0:
                break
            _delete(path)
            excess -= status.st_size

    def clear(self) -> None:
        """Delete every entry."""
        for path, _ in self._files():
            _delete(path)

    def usage(self) -> Usage:
        """Return how much is kept."""
        found = tuple(self._files())
        return Usage(folder=self.folder or Path(), entries=len(found), size=sum(each.st_size for _, each in found))

    @staticmethod
    def _path(folder: Path, key: str) -> Path:
        return folder / key[:2] / key

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        """Yield every file of the cache, those that a killed build left half-written too, as far as they stay."""
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*") if self.folder else ():
            try:
                yield path, path.stat()
            except OSError:
                # Another build deleted it.
                continue


NOWHERE = Cache(None)


def open_cache() -> Cache:
    """Return the user's cache.

    Its folder is what NKRU_BRIEF_CACHE says, or `nkru-brief` in the system's folder for caches: XDG_CACHE_HOME or
    ~/.cache, ~/Library/Caches on macOS, LOCALAPPDATA on Windows. Its bound in MB (1024 x 1024 bytes) is what
    NKRU_BRIEF_CACHE_MB says.
    """
    megabytes = os.environ.get("NKRU_BRIEF_CACHE_MB", "")
    bound = int(megabytes) * 1024 * 1024 if megabytes.isdecimal() else BOUND
    if own := os.environ.get("NKRU_BRIEF_CACHE"):
        return Cache(Path(own).absolute(), bound)
    try:
        return Cache(_caches() / "nkru-brief", bound)
    except RuntimeError:
        # A user without a home has no cache.
        return NOWHERE


def _caches() -> Path:
    if sys.platform == "win32" and (local := os.environ.get("LOCALAPPDATA")):
        return Path(local)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    folder = os.environ.get("XDG_CACHE_HOME", "")
    # A relative path is to be ignored (XDG Base Directory Specification).
    return Path(folder) if Path(folder).is_absolute() else Path.home() / ".cache"


def _seal(key: str, data: bytes) -> bytes:
    return sha256(key.encode("ascii") + data).encode("ascii")


def _delete(path: Path) -> None:
    try:
        path.unlink()
    except OSError:
        return


def _touch(path: Path) -> None:
    try:
        os.utime(path)
    except OSError:
        return
