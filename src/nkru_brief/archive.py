"""Zip files written to the same bytes each time, and strangers' zip files read without harm.

PKWARE APPNOTE 6.3. What is written is stored, not squeezed: another zlib squeezes to other bytes, and most of a bundle
(PDF, pictures, faces) is squeezed already. What is read is bounded before it is unpacked, and no path of it is ever
opened: files are looked at in memory.
"""

import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date
from io import BytesIO
from itertools import pairwise
from typing import IO

# Of a stranger's archive: files, bytes of one and of all, and how much larger than the archive all may become.
MAX_FILES = 10_000
MAX_FILE = 500_000_000
MAX_TOTAL = 1_000_000_000
_MAX_RATIO = 200
_SMALL = 10_000_000
_MAX_PATH = 1_000
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_CHUNK = 1 << 20
_KNOWN = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# Of a path: what leads elsewhere, to a device, or to something else on another system (Windows).
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


class Refused(ValueError):  # noqa: N818 - what becomes of it, as an author is told
    """An archive that is not unpacked; the message says why."""


def zipped(files: Mapping[str, bytes], day: str) -> bytes:
    """Return files as a zip: in the order of their paths, all dated by a day (ISO), readable by all.

    Raises:
        ValueError: a path would be refused by `unzipped`.
    """
    dated = max(date.fromisoformat(day), date(1980, 1, 1))
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            check_path(name)
            info = zipfile.ZipInfo(name, (dated.year, dated.month, dated.day, 0, 0, 0))
            # As written by Unix, so that the permissions are read (APPNOTE, 4.4.2).
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, files[name])
    return buffer.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    """Return the files of a zip, by path.

    Raises:
        Refused: it is no zip, is damaged, is encrypted, says what cannot be, names a path that is no plain one below
            it, has two files of one path, or unpacks to more than any bundle holds.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            infos = archive.infolist()
            _check(infos, len(data))
            return {info.filename: _read(archive, info) for info in infos if not info.is_dir()}
    except Refused:
        raise
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError),
        *(OSError, ValueError, OverflowError, IndexError, KeyError, MemoryError, AttributeError),
    ) as error:
        raise Refused(f"it cannot be read as a zip file: {error or type(error).__name__}") from None


def _check(infos: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse an archive by what its directory says, before anything is unpacked."""
    if len(infos) > MAX_FILES:
        raise Refused(f"it lists {len(infos):,} files, more than {MAX_FILES:,}")
    seen: set[str] = set()
    for info in infos:
        check_path(info.orig_filename.rstrip("/"))
        if (folded := info.filename.casefold()) in seen:
            raise Refused(f"it has two files called {info.filename}")
        seen.add(folded)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.create_system == 3 and kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise Refused(f"{info.filename} is a link or a device")
        if info.flag_bits & _ENCRYPTED:
            raise Refused(f"{info.filename} is encrypted")
        if info.compress_type not in _KNOWN:
            raise Refused(f"{info.filename} is squeezed in a way that no bundle uses")
        if info.file_size > MAX_FILE:
            raise Refused(f"{info.filename} unpacks to {info.file_size:,} bytes, more than {MAX_FILE:,}")
    total = sum(info.file_size for info in infos)
    if total > MAX_TOTAL or (total > _SMALL and total > _MAX_RATIO * size):
        raise Refused(f"it unpacks from {size:,} to {total:,} bytes")
    spans = sorted((info.header_offset, info.header_offset + info.compress_size, info.filename) for info in infos)
    for (_, end, _), (start, _, name) in pairwise(spans):
        # Files that share their bytes unpack to far more than they are (a zip bomb without recursion).
        if start < end:
            raise Refused(f"{name} lies inside another file")


def check_path(name: str) -> None:
    """Refuse a path that is not a plain one, below the folder it is unpacked into, on every system.

    Raises:
        Refused: the message says why.
    """
    shown = name.encode("unicode_escape").decode("ascii")[:80]
    if not name or len(name) > _MAX_PATH:
        raise Refused(f"a path of {len(name)} characters")
    if name.startswith("/") or "\\" in name or ":" in name:
        raise Refused(f"the path {shown} leads out of the archive")
    if any(character < " " or character == "\x7f" for character in name):
        raise Refused(f"the path {shown} has control characters")
    for part in name.split("/"):
        if part in ("", ".", "..") or part.endswith((" ", ".")) or part.partition(".")[0].lower() in _DEVICES:
            raise Refused(f"the path {shown} leads out of the archive")


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return a file, and stop where it goes on beyond the size it is listed with."""
    pieces, size = [], 0
    with archive.open(info) as file:
        for piece in _pieces(file):
            size += len(piece)
            if size > info.file_size:
                raise Refused(f"{info.filename} is larger than it is listed")
            pieces.append(piece)
    if size != info.file_size:
        raise Refused(f"{info.filename} is shorter than it is listed")
    return b"".join(pieces)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_CHUNK):
        yield piece
