"""Many briefings on a Dask cluster of this machine, or a crew of its own: how long, and what the parent takes.

    python benchmarks/many.py 2000 --workers 1,2 [--crew]

Beside the time by the clock stands that of the processor, of the parent alone: where others use the machine, too, it
says how far more workers can go, for with any number of them the parent does its part alone.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from briefings import write


class Found(NamedTuple):
    """Seconds by the clock, those of the parent's processor, and its memory in MiB, a quarter done and at the end."""

    wall: float
    cpu: float
    early: float
    late: float


def main() -> None:
    """Build as many briefings as the command line says, and print what it took."""
    parser = argparse.ArgumentParser(description="Build many generated briefings.")
    parser.add_argument("number", type=int, help="how many briefings")
    parser.add_argument("--workers", default="1,2", help="numbers of workers, one build for each")
    parser.add_argument("--crew", action="store_true", help="with a crew of worker processes, without Dask")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nkru-many-") as folder:
        for workers in map(int, options.workers.split(",")):
            way = measured_crew if options.crew else measured
            sys.stdout.write(line(workers, way(Path(folder) / str(workers), options.number, workers), options.number))
            sys.stdout.write("\n")
            sys.stdout.flush()


HEAD = (
    "| workers | wall s | s a briefing | parent's processor, ms a briefing | its MiB, a quarter done and at the end |",
    "|---|---|---|---|---|",
)


def line(workers: int, found: Found, number: int) -> str:
    """Return a line of the table."""
    each, parent = found.wall / number, found.cpu / number * 1000
    return f"| {workers} | {found.wall:.1f} | {each:.3f} | {parent:.1f} | {found.early:.0f}, {found.late:.0f} |"


def measured(folder: Path, number: int, workers: int) -> Found:
    """Return what a build of so many briefings took on so many workers."""
    write(folder, number, paragraphs=6)
    scheduler, address = _started("dask_scheduler", "--host", "127.0.0.1", "--port", "0", until=r"at:\s+tcp://(\S+)")
    hired = [scheduler]
    try:
        for _ in range(workers):
            options = ("--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", "--local-directory", str(folder))
            hired.append(_started("dask_worker", f"tcp://{address}", *options, until="(Registered)")[0])
        return _run(folder, number, f"dask://{address}")
    finally:
        for process in hired:
            process.kill()
            process.communicate()


def measured_crew(folder: Path, number: int, workers: int) -> Found:
    """Return what a build of so many briefings took with so many worker processes of its own."""
    write(folder, number, paragraphs=6)
    return _run(folder, number, workers)


def _run(folder: Path, number: int, workers: int | str) -> Found:
    """Return what a build took in a process of its own, with a crew of so many or on a cluster."""
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import many\n"
    # A crew's workers import the module that started them.
    code += f"if __name__ == '__main__': many.build({str(folder)!r}, {workers!r}, {number})"
    start = time.perf_counter()
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    cpu, early, late = (float(word) for word in run.stdout.split())
    return Found(time.perf_counter() - start, cpu, early, late)


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


def build(folder: str, workers: int | str, number: int) -> None:
    """Build, and print the parent's seconds of the processor and its memory: a quarter done, and at the end.

    Args:
        folder: the project's.
        workers: how many a crew is to have, or the address of a scheduler.
        number: how many briefings there are.
    """
    from nkru_brief import outputs
    from nkru_brief.build import build as build_project
    from nkru_brief.cache import Cache
    from nkru_brief.cluster import connected
    from nkru_brief.collecting import seldom
    from nkru_brief.crew import Crew
    from nkru_brief.report import Request

    progress, root = _Memory(number), Path(folder)
    # As the command line does.
    with seldom(), connected(workers) if isinstance(workers, str) else Crew(workers, outputs.warm) as executor:
        cache = Cache(root / "cache")
        report = build_project(root, root / "build", Request(), progress, cache=cache, executor=executor)
    if len(report.written) != number:
        raise RuntimeError(f"{len(report.written)} of {number} were written, in process {os.getpid()}")
    sys.stdout.write(f"{time.process_time()} {progress.early} {memory()}\n")


if __name__ == "__main__":
    main()
