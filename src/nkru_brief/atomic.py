"""A path is written once, whole: a temporary file beside it, then a rename. A cut-off write leaves the last file."""

import ctypes
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path

from nkru_brief.diagnostics import UsageError

_NUMBERS = count()
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def source_date() -> int | None:
    """Return the modification time that written files get, in s since 1970, from `SOURCE_DATE_EPOCH` where it is set.

    Nothing inside a file follows it: every date printed or embedded is content.
    Source: the specification of SOURCE_DATE_EPOCH, reproducible-builds project, 1.1.

    Raises:
        UsageError: it is set to what is no number.
    """
    value = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not value:
        return None
    if not (value.isascii() and value.isdigit()):
        raise UsageError(f"SOURCE_DATE_EPOCH is {value!r}; it takes the seconds since 1970 in decimal digits")
    return int(value)


def holds(path: Path, data: bytes) -> bool:
    """Return whether a file is there and holds just these bytes."""
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def write(path: Path, data: bytes, modified: int | None = None) -> None:
    """Put `data` at `path`, with its folders, or leave everything as it was; a file that holds it already stays.

    Args:
        path: where.
        data: what.
        modified: the file's modification time, in s since 1970; none means now.

    Raises:
        OSError: the disk refuses.
    """
    if holds(path, data):
        if modified is not None:
            os.utime(path, (modified, modified))
        return
    write_parts(path, (data,), modified)


def write_parts(path: Path, parts: Iterable[bytes], modified: int | None = None) -> int:
    """Put parts one after the other at `path`, as `write` does, without holding them all; return how many bytes.

    Raises:
        OSError: the disk refuses.
    """
    try:
        handle, temporary = _beside(path)
    except (FileNotFoundError, NotADirectoryError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = _beside(path)
    size = 0
    try:
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                size += file.write(part)
        # Readable for others, whatever the user's umask is.
        os.chmod(temporary, 0o644)  # noqa: PTH101 - a large build writes thousands of small files
        if modified is not None:
            os.utime(temporary, (modified, modified))
        os.replace(temporary, path)  # noqa: PTH105
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return size


def _beside(path: Path) -> tuple[int, str]:
    """Return a new file beside a path, open, and its own path."""
    while True:
        temporary = f"{path.parent}{os.sep}.{path.name}.{os.getpid()}-{next(_NUMBERS)}"
        # Another machine's process may have that number, or one that was killed.
        with suppress(FileExistsError):
            return os.open(temporary, _NEW, 0o600), temporary


def write_folder(path: Path, files: Mapping[str, bytes], modified: int | None = None) -> None:
    """Put a folder with just these files at `path`, in one step, or leave everything as it was.

    Args:
        path: where; what is there is replaced.
        files: what, by path below it.
        modified: the files' modification time, in s since 1970; none means now.

    Raises:
        OSError: the disk refuses.
    """
    if _holds_all(path, files):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    try:
        for name, data in files.items():
            write(temporary / name, data, modified)
        temporary.chmod(0o755)
        if path.exists():
            _exchange(temporary, path)
        else:
            temporary.replace(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _holds_all(path: Path, files: Mapping[str, bytes]) -> bool:
    there = {each.relative_to(path).as_posix() for each in path.rglob("*") if not each.is_dir()}
    return there == set(files) and all(holds(path / name, data) for name, data in files.items())


def _exchange(one: Path, other: Path) -> None:
    """Put each of two folders in the other's place: at once where the system can, else in three steps.

    A run that is killed between the steps leaves the old folder whole beside its place.
    """
    try:
        # renameat2(2): the folder that paths start from, and that both names are to be exchanged.
        rename = ctypes.CDLL(None, use_errno=True).renameat2
        if rename(-100, os.fsencode(one.absolute()), -100, os.fsencode(other.absolute()), 2) == 0:
            return
    except (AttributeError, OSError, TypeError):
        pass
    aside = one.with_name(f"{one.name}.old")
    other.replace(aside)
    try:
        one.replace(other)
    except BaseException:
        aside.replace(other)
        raise
    aside.replace(one)


class Journal:
    """What a long run has done so far, a line each, written as it goes: a run that is cut off goes on from there.

    The first line names the work; one of other work, or a damaged one, is begun anew. A last line that was cut off does
    not count.
    """

    def __init__(self, path: Path, work: str) -> None:
        self._path = path
        try:
            lines = path.read_text("utf-8").split("\n")[:-1]
        except (OSError, UnicodeDecodeError):
            lines = []
        self.earlier = tuple(lines[1:]) if lines else ()
        self.goes_on = bool(lines) and lines[0] == work
        self.done = self.earlier if self.goes_on else ()
        path.parent.mkdir(parents=True, exist_ok=True)
        # Begun anew in one step, so that a line that was cut off is gone.
        write(path, "".join(f"{line}\n" for line in (work, *self.done)).encode("utf-8"))
        self._file = path.open("a", encoding="utf-8")

    def add(self, line: str) -> None:
        """Note that something is done."""
        self._file.write(line + "\n")
        self._file.flush()

    def close(self) -> None:
        """Stop writing."""
        self._file.close()
