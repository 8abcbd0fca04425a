"""What `nkru-brief verify` does: finds finished files, what is at hand to hold them against, and examines each."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from nkru_brief.diagnostics import UsageError
from nkru_brief.digest import sha256
from nkru_brief.inputs import find_root
from nkru_brief.inspection import SUFFIXES, Inspection, inspect
from nkru_brief.load import file_bytes
from nkru_brief.project import open_project
from nkru_brief.provenance import Used, used_by

# More than any paper or text of a source has.
_MOST_BYTES = 200_000_000


def verify_files(paths: tuple[Path, ...], texts: Path | None, start: Path | None) -> tuple[Inspection, ...]:
    """Return what can be found out about finished files.

    Args:
        paths: PDF and HTML files, folders of them, and zip files of them.
        texts: a folder with texts of sources, under any names; `seeds/` of the project at hand where none is given.
        start: a folder in a project, to compare with what it holds now; None or any other to compare with none.

    Raises:
        UsageError: there is no file to examine, or no folder of texts.
        OSError: the disk refuses.
    """
    for path in (*paths, *([texts] if texts else [])):
        if not path.exists():
            raise UsageError(f"{path}: there is no such file or folder")
    root = _project(start) if start else None
    found = [pair for path in paths for pair in _files(path)]
    if not found:
        raise UsageError("there is no PDF and no HTML file in " + ", ".join(map(str, paths)))
    at_hand = _texts(texts or (root / "seeds" if root else None))
    now = _used(root) if root else {}
    return tuple(inspect(name, data, at_hand, now) for name, data in found)


def _project(start: Path) -> Path | None:
    try:
        return find_root(start)
    except UsageError:
        return None


def _used(root: Path) -> dict[str, tuple[Used, ...]]:
    project = open_project(root)
    return {name: used_by(project, name) for name in project.briefs}


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the names and bytes of the papers that a path holds, in the order of their names."""
    if path.is_dir():
        for inside in sorted(path.rglob("*")):
            if inside.suffix in SUFFIXES and inside.is_file():
                yield str(inside), file_bytes(inside) or b""
    elif path.suffix == ".zip":
        yield from _zipped(path)
    else:
        yield str(path), file_bytes(path) or b""


def _zipped(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            for info in sorted(archive.infolist(), key=lambda info: info.filename):
                if not info.filename.endswith(SUFFIXES):
                    continue
                if info.file_size > _MOST_BYTES:
                    raise UsageError(f"{path}: {info.filename} is {info.file_size:,} bytes, larger than any paper")
                yield f"{path}:{info.filename}", archive.read(info)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise UsageError(f"{path} is not a zip file that can be read: {error}") from None


def _texts(folder: Path | None) -> dict[str, bytes]:
    """Return the files of a folder by their SHA-256: a text is known by what it says, not by its name."""
    if folder is None or not folder.is_dir():
        return {}
    files = (path for path in sorted(folder.iterdir()) if path.is_file() and path.stat().st_size < _MOST_BYTES)
    return {sha256(data): data for path in files if (data := file_bytes(path)) is not None}
