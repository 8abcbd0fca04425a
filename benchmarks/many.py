"""Many briefings on a Dask cluster of this machine, or a crew of its own: how long, and how far more workers help.

    python benchmarks/many.py 2000 --workers 1,2 [--crew] [--rounds 3]

A round builds the same briefings with each number of workers, one after the other, and is compared within itself only.
The whole time has the start of the processes in it; the steady one begins with the first finished paper and ends with
the build. Beside the time by the clock stands that of the processor, of the parent alone and of all processes: where
others use the machine, too, it says how far more workers can go, for the parent does its part alone.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from statistics import median
from typing import NamedTuple

from briefings import write


class Found(NamedTuple):
    """What a build took.

    Seconds by the clock, in all and from the first paper on; seconds of the processor, of the parent and of all
    processes; the parent's memory in MiB, a quarter done and at the end.
    """

    wall: float
    steady: float
    cpu: float
    every: float
    early: float
    late: float


Way = Callable[[Path, int, int], Found]


def main() -> None:
    """Build as many briefings as the command line says, and print what it took."""
    parser = argparse.ArgumentParser(description="Build many generated briefings.")
    parser.add_argument("number", type=int, help="how many briefings")
    parser.add_argument("--workers", default="1,2", help="numbers of workers, one build for each")
    parser.add_argument("--crew", action="store_true", help="with a crew of worker processes, without Dask")
    parser.add_argument("--rounds", type=int, default=1, help="how often; medians are told")
    options = parser.parse_args()
    workers = tuple(map(int, options.workers.split(",")))
    with tempfile.TemporaryDirectory(prefix="nkru-many-") as folder:
        way = measured_crew if options.crew else measured
        for each in table(Path(folder), options.number, workers, way, options.rounds):
            sys.stdout.write(f"{each}\n")
            sys.stdout.flush()


HEAD = (
    "| workers | s | s a briefing | steadily | ms of the parent's processor | of all processes | MiB: from, to |",
    "|---|---|---|---|---|---|---|",
)


def table(folder: Path, number: int, workers: tuple[int, ...], way: Way, rounds: int) -> Iterator[str]:
    """Yield the lines of a table: medians of so many rounds for each number of workers, and how far more help."""
    found: dict[int, list[Found]] = {each: [] for each in workers}
    for turn in range(rounds):
        # In turn there and back: a machine that grows slower is so for both.
        for each in workers[:: -1 if turn % 2 else 1]:
            # What is deleted goes at the end: a file system takes a while to use its places again.
            found[each].append(way(folder / f"{turn}-{each}", number, each))
    yield from HEAD
    yield from (line(each, found[each], number) for each in workers)
    fewest, *more = workers
    for each in more:
        pairs = tuple(zip(found[fewest], found[each], strict=True))
        whole, steady = (median(one[at] / other[at] for one, other in pairs) for at in (0, 1))
        yield ""
        yield f"{fewest} to {each} workers: {whole:.2f} times as fast from start to end, {steady:.2f} times steadily."


def line(workers: int, rounds: list[Found], number: int) -> str:
    """Return a line of the table."""
    wall, steady, cpu, every, early, late = (median(values) for values in zip(*rounds, strict=True))
    each, own, all_of_them = wall / number, cpu / number * 1000, every / number * 1000
    times = f"{wall:.1f} | {each:.3f} | {steady / (number - 1):.3f} | {own:.1f} | {all_of_them:.1f}"
    return f"| {workers} | {times} | {early:.0f}, {late:.0f} |"


def measured(folder: Path, number: int, workers: int) -> Found:
    """Return what a build of so many briefings took on so many workers."""
    write(folder, number, paragraphs=6)
    before = _spent()
    scheduler, address = _started("dask_scheduler", "--host", "127.0.0.1", "--port", "0", until=r"at:\s+tcp://(\S+)")
    hired = [scheduler]
    try:
        for _ in range(workers):
            options = ("--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", "--local-directory", str(folder))
            hired.append(_started("dask_worker", f"tcp://{address}", *options, until="(Registered)")[0])
        found = _run(folder, number, f"dask://{address}")
    finally:
        for process in hired:
            process.kill()
            process.communicate()
    return found._replace(every=_spent() - before)


def measured_crew(folder: Path, number: int, workers: int) -> Found:
    """Return what a build of so many briefings took with so many worker processes of its own."""
    write(folder, number, paragraphs=6)
    return _run(folder, number, workers)


def _run(folder: Path, number: int, workers: int | str) -> Found:
    """Return what a build took in a process of its own, with a crew of so many or on a cluster."""
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import many\n"
    # A crew's workers import the module that started them.
    code += f"if __name__ == '__main__': many.build({str(folder)!r}, {workers!r}, {number})"
    before, start = _spent(), time.perf_counter()
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    wall, (steady, cpu, early, late) = time.perf_counter() - start, map(float, run.stdout.split())
    return Found(wall, steady, cpu, _spent() - before, early, late)


def _spent() -> float:
    """Return the seconds of the processor that ended children took, and theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _started(module: str, *arguments: str, until: str) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments, "--no-dashboard"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for line in process.stderr or ():
        if found := re.search(until, line):
            return process, found[1]
    raise RuntimeError(f"{module} did not start")


class _Memory:
    """Progress that looks at the clock when the first is done, and at the memory when a quarter is."""

    def __init__(self, number: int) -> None:
        self.quarter, self.seen, self.early, self.first = number // 4, 0, 0.0, 0.0

    def start(self, total: int) -> None:
        """Nothing is done yet."""

    def done(self, path: str) -> None:  # noqa: ARG002
        """One more is done."""
        self.seen += 1
        self.first = self.first or time.perf_counter()
        if self.seen == self.quarter:
            self.early = memory()


def memory() -> float:
    """Return the most memory this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def build(folder: str, workers: int | str, number: int) -> None:
    """Build, and print the seconds from the first paper on, the parent's of the processor, and its memory.

    Args:
        folder: the project's.
        workers: how many a crew is to have, or the address of a scheduler.
        number: how many briefings there are.
    """
    from nkru_brief import outputs
    from nkru_brief.cache import Cache
    from nkru_brief.cluster import connected
    from nkru_brief.collecting import seldom
    from nkru_brief.crew import Crew
    from nkru_brief.recalled import build as build_project
    from nkru_brief.report import Request

    progress, root = _Memory(number), Path(folder)
    # As the command line does.
    with seldom(), connected(workers) if isinstance(workers, str) else Crew(workers, outputs.warm) as executor:
        cache, hired = Cache(root / "cache"), nullcontext(executor)
        report = build_project(root, root / "build", Request(), progress, cache, lambda _: hired)
        steady = time.perf_counter() - progress.first
    if len(report.written) != number:
        raise RuntimeError(f"{len(report.written)} of {number} were written, in process {os.getpid()}")
    sys.stdout.write(f"{steady} {time.process_time()} {progress.early} {memory()}\n")


if __name__ == "__main__":
    main()
