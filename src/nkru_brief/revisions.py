"""The door to git: the content of a revision, read without touching the working tree.

Git is run with fixed arguments, and only to read; a revision's files stay in memory.
"""

import io
import subprocess
import zipfile
from pathlib import Path

from nkru_brief.diagnostics import UsageError

# What of a project a revision is read for.
FOLDERS = ("content", "seeds")
_SECONDS = 60
_COMMIT = "^{commit}"


def revision(root: Path, name: str) -> tuple[str, zipfile.Path]:
    """Return a revision of the project's repository: its short hash, and its files as a folder in memory.

    Args:
        root: the project's folder.
        name: what git calls a revision: a hash, a tag, a branch, `HEAD~1`.

    Raises:
        UsageError: git is not installed, the project is in no repository, or the revision is not in it, or it holds
            no content.
    """
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}{_COMMIT}").decode().strip()
    there = _git(root, "ls-tree", "--name-only", commit, *FOLDERS).decode().split("\n")
    if "content" not in there:
        raise UsageError(f"the revision {name!r} holds no content/ in {root}")
    packed = _git(root, "archive", "--format=zip", commit, *(folder for folder in FOLDERS if folder in there))
    return commit[:12], zipfile.Path(zipfile.ZipFile(io.BytesIO(packed)))


def _git(root: Path, *arguments: str) -> bytes:
    try:
        run = subprocess.run(  # noqa: S603 - the arguments are ours, but for the revision, which cannot be an option
            ["git", "-C", str(root), *arguments],  # noqa: S607 - git is the user's own
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise UsageError("git is not installed; compare project folders, or install git") from None
    except subprocess.TimeoutExpired:
        raise UsageError(f"git did not answer within {_SECONDS} s") from None
    if run.returncode:
        said = run.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        what = f"git: {said}" if said else f"{arguments[-1].removesuffix(_COMMIT)!r} is no folder and no git revision"
        raise UsageError(what)
    return run.stdout
