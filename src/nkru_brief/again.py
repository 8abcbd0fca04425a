"""Everything built a second time, by another process on what could be another machine, to see that it is the same."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from nkru_brief.sheet import Artifact


def build_again(root: Path, editions: tuple[str, ...], outputs: tuple[str, ...], workers: int) -> dict[str, bytes]:
    """Return the files of a build in a fresh process, by their paths under the output folder.

    The process has another hash seed, time zone and folder than this one; where this one set pages with one worker
    it has two, and else one. It takes nothing from the cache.

    Args:
        root: the project's folder.
        editions: the editions to build; none means all.
        outputs: the outputs to make; none means all.
        workers: how many processes set pages the first time.

    Raises:
        OSError: the disk refuses.
    """
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    zone = "UTC" if os.environ.get("TZ") == "Pacific/Kiritimati" else "Pacific/Kiritimati"
    with tempfile.TemporaryDirectory(prefix="nkru-brief-") as folder:
        command = [sys.executable, "-m", "nkru_brief", "-C", str(root), "build", "--out", folder]
        command += ["--no-cache", "--jobs", "2" if workers == 1 else "1"]
        command += [part for name in editions for part in ("--edition", name)]
        command += [part for name in outputs for part in ("--output", name)]
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone}
        subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)  # noqa: S603 - our own
        files = (path for path in Path(folder).rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def differs(artifact: Artifact, files: dict[str, bytes]) -> str:
    """Return how a file differs from what was built again; nothing where it does not."""
    from nkru_brief.difference import first_difference

    if artifact.path not in files:
        return "it was not made the second time"
    return first_difference(artifact.data, files[artifact.path])
