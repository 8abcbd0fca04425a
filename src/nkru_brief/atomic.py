"""A path is written once, whole: a temporary file beside it, then a rename. A cut-off write leaves the last file."""

import os
import tempfile
from pathlib import Path

from nkru_brief.diagnostics import UsageError


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
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o644)
        if modified is not None:
            os.utime(temporary, (modified, modified))
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
