"""A path is written once, whole: a temporary file beside it, then a rename. A cut-off write leaves the last file."""

import os
import tempfile
from pathlib import Path


def write(path: Path, data: bytes, modified: int | None = None) -> None:
    """Put `data` at `path`, with its folders, or leave everything as it was.

    Args:
        path: where.
        data: what.
        modified: the file's modification time, in s since 1970; none means now.

    Raises:
        OSError: the disk refuses.
    """
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
