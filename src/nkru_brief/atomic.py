"""A path is written once, whole: a temporary file beside it, then a rename. A cut-off write leaves the last file."""

import os
import tempfile
from pathlib import Path


def holds(path: Path, data: bytes) -> bool:
    """Return whether a file is there and holds just these bytes."""
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def write(path: Path, data: bytes) -> None:
    """Put `data` at `path`, with its folders, or leave everything as it was; a file that holds it already stays.

    Raises:
        OSError: the disk refuses.
    """
    if holds(path, data):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
