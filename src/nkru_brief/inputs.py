"""What a project is made of, file by file: everything that loading it can see, as one digest."""

import os
from collections.abc import Iterator
from pathlib import Path

from nkru_brief.diagnostics import UsageError
from nkru_brief.digest import fingerprint, sha256

# What of a project is read: words, sources and their texts, its own looks.
FOLDERS = ("content", "seeds", "templates")


def find_root(start: Path) -> Path:
    """Return the project folder at or above `start`: the nearest that holds `content/`.

    Raises:
        UsageError: there is none.
    """
    for folder in (start, *start.parents):
        if (folder / "content").is_dir():
            return folder
    raise UsageError(f"{start} is no briefing project: neither it nor a folder above it holds content/")


def built_in_templates() -> Path:
    """Return the folder of the templates that come with the package."""
    package = Path(__file__).parent / "templates"
    # In a source checkout the templates stand at the top, beside src/.
    return package if package.is_dir() else Path(__file__).parents[2] / "templates"


def digest_of(root: Path, *more: Path) -> str:
    """Return the digest of a project's folders, and of more folders: names, kinds, links, and what files hold."""
    folders = [*(root / name for name in FOLDERS), *more]
    return fingerprint([list(_entries(folder, folder.name, frozenset())) for folder in folders])


def _entries(path: Path, shown: str, above: frozenset[str]) -> Iterator[list[str]]:
    """Yield the name, kind and content of a path and of all below it; what cannot be read says why."""
    if path.is_symlink():
        yield [shown, "link", str(path.readlink())]
    real = os.path.realpath(path)
    if real in above:
        return
    try:
        if path.is_dir():
            yield [shown, "folder", ""]
            for inside in sorted(path.iterdir()):
                yield from _entries(inside, f"{shown}/{inside.name}", above | {real})
        elif path.is_file():
            yield [shown, "file", sha256(path.read_bytes())]
        else:
            yield [shown, "nothing", ""]
    except OSError as error:
        yield [shown, "unreadable", str(error.errno)]
