"""What a project is made of, file by file: everything that loading it can see, as one digest."""

import os
import stat
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
    folders = [*(str(root / name) for name in FOLDERS), *map(str, more)]
    return fingerprint([list(_entries(folder, os.path.basename(folder), frozenset())) for folder in folders])


def _entries(path: str, shown: str, above: frozenset[tuple[int, int]]) -> Iterator[list[str]]:
    """Yield the name, kind and content of a path and of all below it; what cannot be read says why.

    It runs before every command that asks whether anything has changed, so it asks the disk as little as it can.
    """
    try:
        own = os.lstat(path)
        if stat.S_ISLNK(own.st_mode):
            yield [shown, "link", os.readlink(path)]
            own = os.stat(path)
        if stat.S_ISDIR(own.st_mode):
            # A link may lead to a folder that it is in.
            if (own.st_dev, own.st_ino) in above:
                return
            yield [shown, "folder", ""]
            for name in sorted(os.listdir(path)):
                yield from _entries(f"{path}/{name}", f"{shown}/{name}", above | {(own.st_dev, own.st_ino)})
        elif stat.S_ISREG(own.st_mode):
            with open(path, "rb") as file:
                yield [shown, "file", sha256(file.read())]
        else:
            yield [shown, "nothing", ""]
    except FileNotFoundError:
        yield [shown, "nothing", ""]
    except OSError as error:
        yield [shown, "unreadable", str(error.errno)]
