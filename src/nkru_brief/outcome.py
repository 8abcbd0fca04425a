"""What a run came to, kept under the digest of everything it was made from: who asks the same again is told the same.

Neither content is read as content nor a library loaded for that: files are hashed, and the digest is looked up.
"""

from collections.abc import Iterable
from pathlib import Path

from nkru_brief.cache import Cache, key_of
from nkru_brief.diagnostics import Diagnostic
from nkru_brief.digest import sha256
from nkru_brief.inputs import built_in_templates, digest_of
from nkru_brief.toolchain import toolchain
from nkru_brief.values import Value, from_bytes, to_bytes


class Outcome(Value):
    """What a check or a build came to.

    `faces` are the digests of the font files it was made with, by path; `kept` are the keys of the artifacts written.
    """

    diagnostics: tuple[Diagnostic, ...]
    faces: dict[str, str]
    unchecked: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def key(root: Path, *asked: object) -> str:
    """Return the key of what is found out about a project as it now is.

    Args:
        root: the project's folder.
        asked: what is asked of it.
    """
    return key_of("outcome", str(root), asked, digest_of(root, built_in_templates()), toolchain())


def recall(cache: Cache, name: str) -> Outcome | None:
    """Return what is kept under a key, where the font files are still the same."""
    data = cache.get(name)
    found = None if data is None else from_bytes(data, Outcome)
    return found if found and faces_at(found.faces) == found.faces else None


def keep(cache: Cache, name: str, outcome: Outcome) -> None:
    """Keep what a run came to."""
    cache.put(name, to_bytes(outcome))


def faces_at(paths: Iterable[str]) -> dict[str, str]:
    """Return the digests of font files that are there."""
    return {path: sha256(Path(path).read_bytes()) for path in paths if Path(path).is_file()}
