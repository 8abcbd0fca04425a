"""Many briefings on a Dask cluster of this machine: how long, and how much memory the parent takes."""

import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from briefings import write


class Found(NamedTuple):
    """Seconds, and the parent's memory in MiB when a quarter was done and at the end."""

    wall: float
    early: float
    late: float


def measured(folder: Path, number: int, workers: int) -> Found:
    """Return what a build of so many briefings took on so many workers."""
    write(folder, number, paragraphs=6)
    scheduler, address = _started("dask_scheduler", "--host", "127.0.0.1", "--port", "0", until=r"at:\s+tcp://(\S+)")
    hired = [scheduler]
    try:
        for _ in range(workers):
            options = ("--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", "--local-directory", str(folder))
            hired.append(_started("dask_worker", f"tcp://{address}", *options, until="(Registered)")[0])
        code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); from many import build; "
        code += f"build({str(folder)!r}, {address!r}, {number})"
        start = time.perf_counter()
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        early, late = (float(word) for word in run.stdout.split())
        return Found(time.perf_counter() - start, early, late)
    finally:
        for process in hired:
            process.kill()
            process.communicate()


def _started(module: str, *arguments: str, until: str) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments, "--no-dashboard"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for line in process.stderr or ():
        if found := re.search(until, line):
            return process, found[1]
    raise RuntimeError(f"{module} did not start")


class _Memory:
    """Progress that looks at the memory when a quarter is done."""

    def __init__(self, number: int) -> None:
        self.quarter, self.seen, self.early = number // 4, 0, 0.0

    def start(self, total: int) -> None:
        """Nothing is done yet."""

    def done(self, path: str) -> None:  # noqa: ARG002
        """One more is done."""
        self.seen += 1
        if self.seen == self.quarter:
            self.early = memory()


def memory() -> float:
    """Return the most memory this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def build(folder: str, address: str, number: int) -> None:
    """Build on a cluster, and print the parent's memory: a quarter done, and at the end."""
    from nkru_brief.build import build as build_project
    from nkru_brief.cache import Cache
    from nkru_brief.cluster import connected
    from nkru_brief.report import Request

    progress = _Memory(number)
    with connected(f"dask://{address}") as workers:
        cache = Cache(Path(folder) / "cache")
        report = build_project(Path(folder), Path(folder) / "build", Request(), progress, cache=cache, executor=workers)
    if len(report.written) != number:
        raise RuntimeError(f"{len(report.written)} of {number} were written, in process {os.getpid()}")
    sys.stdout.write(f"{progress.early} {memory()}\n")
