"""Pressing on a cluster: a real scheduler and real workers, each a process of its own, on this machine's loopback."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nkru_brief import cluster, pressing, toolchain
from nkru_brief.build import check_project
from nkru_brief.cache import NOWHERE, Cache
from nkru_brief.cli import main
from nkru_brief.cluster import connected
from nkru_brief.diagnostics import UsageError
from nkru_brief.report import Silent
from nkru_brief.sheet import Artifact, Sheet

if not os.environ.get("CI"):
    pytest.importorskip("distributed", reason="a cluster needs distributed, which comes with the extra cluster")

PAPERS = ("short/short.html", "short/short.pdf")
# Where workers begin their work: none of it is the project.
NANNY = ("--no-nanny",)


def started(module: str, *arguments: str, until: str, cwd: Path) -> tuple[subprocess.Popen[str], str]:
    """Start a part of Dask and return it when it has said what it says once it is ready."""
    command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments, "--no-dashboard"]
    # The functions of this file can be imported there, as those of the package can.
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    process = subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if found := re.search(until, line):
            return process, found[1]
    raise AssertionError("".join(said))


def ended(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler: HOST:PORT."""
    process, address = started(
        "dask_scheduler",
        *("--host", "127.0.0.1", "--port", "0"),
        until=r"Scheduler at:\s+tcp://(127\.0\.0\.1:\d+)",
        cwd=tmp_path_factory.mktemp("scheduler"),
    )
    yield address
    ended(process)


Hire = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def worker(scheduler: str, tmp_path: Path) -> Iterator[Hire]:
    """Starts a worker, in a folder of its own."""
    processes = []

    def hire() -> subprocess.Popen[str]:
        folder = tmp_path / f"worker-{len(processes)}"
        folder.mkdir()
        process, _ = started(
            "dask_worker",
            *(f"tcp://{scheduler}", "--nthreads", "2", "--host", "127.0.0.1", *NANNY, "--local-directory", str(folder)),
            until=r"(Registered to):",
            cwd=folder,
        )
        processes.append(process)
        return process

    yield hire
    for process in processes:
        ended(process)


def test_two_workers_give_the_same_bytes_as_this_machine(
    ferry: Path, scheduler: str, worker: Hire, capsys: pytest.CaptureFixture[str]
) -> None:
    worker(), worker()
    (ferry / "content/editions/other.yaml").write_text("extends: short\nsections: [summary]\n", "utf-8")
    assert main(["build", "--no-cache", "--executor", f"dask://{scheduler}", "--out", "there"]) == 0
    assert capsys.readouterr().err == ""
    assert main(["build", "--no-cache", "--jobs", "1", "--out", "here"]) == 0
    for path in (*PAPERS, "other/other.html", "other/other.pdf"):
        assert (ferry / "here" / path).read_bytes() == (ferry / "there" / path).read_bytes(), path


def pressed(sheet: Sheet) -> tuple[Artifact, float]:
    """Run on a worker: what the sheet's faces came to there, and in which process."""
    data = b"".join(face.data for face in sheet.faces) + str(os.getpid()).encode("ascii")
    return Artifact(edition=sheet.edition, output=sheet.output, path=sheet.path, data=data, pages=None), 0.0


def dying(sheet: Sheet, key: str, cache: Cache) -> pressing.Made:  # noqa: ARG001
    """Run on a worker: the first to be given a sheet is killed in the middle of it."""
    marker = Path(sheet.path)
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return pressing.Made(artifact=pressed(sheet)[0], seconds=0.0)
    os.kill(os.getpid(), 9)
    return pressing.Made(artifact=pressed(sheet)[0], seconds=0.0)


class Telling(Silent):
    def __init__(self) -> None:
        self.paths: list[str] = []

    def done(self, path: str) -> None:
        self.paths.append(path)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_the_sheets_of_a_lost_worker_are_pressed_by_another(
    scheduler: str, worker: Hire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes = (worker(), worker())
    monkeypatch.setattr(pressing, "made", dying)
    sheets = [
        Sheet(edition="e", output="html", path=str(tmp_path / "killed"), html="", faces=(), created=0),
        *(Sheet(edition="e", output="html", path=str(tmp_path), html="", faces=(), created=0) for _ in range(5)),
    ]
    telling = Telling()
    with connected(f"dask://{scheduler}") as workers:
        found = list(pressing.press_all(sheets, NOWHERE, workers, telling))
    assert [each.failure for each in found] == [""] * 6
    assert len(telling.paths) == 6
    assert found[0].artifact.data in {str(process.pid).encode("ascii") for process in processes}
    assert sum(process.poll() is not None for process in processes) == 1


def test_a_worker_with_another_toolchain_is_refused_before_any_work(
    ferry: Path, scheduler: str, worker: Hire, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    worker()
    ours = toolchain.parts() | {"weasyprint": "71.0", "pango": "1.99"}
    monkeypatch.setattr(cluster, "parts", lambda: ours)
    monkeypatch.setattr(cluster, "_REMOTE", toolchain.parts)
    assert main(["build", "--no-cache", "--executor", f"dask://{scheduler}"]) == 2
    said = capsys.readouterr().err
    assert re.search(
        r"the worker tcp://\S+ would make other bytes: it has weasyprint 70\.0, not 71\.0, pango \S+, ", said
    )
    assert not (ferry / "build").exists()


def test_a_scheduler_without_a_worker_is_said(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 1)
    with pytest.raises(UsageError, match="has no worker; start one: dask worker"), connected(f"dask://{scheduler}"):
        pass


def test_no_scheduler_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 1)
    with pytest.raises(UsageError, match="there is no Dask scheduler at dask://127"), connected("dask://127.0.0.1:1"):
        pass


@pytest.mark.usefixtures("ferry")
@pytest.mark.parametrize("address", ["dask:", "dask://", "dask://host", "tcp://host:1", "threads"])
def test_an_address_that_is_none_is_wrong_usage(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--executor", address]) == 2
    assert "name a scheduler: dask://HOST:PORT" in capsys.readouterr().err


@pytest.mark.usefixtures("ferry")
def test_what_is_unchanged_needs_no_cluster() -> None:
    assert main(["build", "--jobs", "1"]) == 0
    assert main(["build", "--executor", "dask://127.0.0.1:1"]) == 0


def test_many_briefings_are_without_fault_and_each_its_own(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent
    command = [sys.executable, str(root / "benchmarks" / "briefings.py"), "5", str(tmp_path / "many")]
    subprocess.run(command, check=True, timeout=60)
    assert check_project(tmp_path / "many") == ()
    sections = {path.read_text("utf-8") for path in (tmp_path / "many" / "content" / "sections").iterdir()}
    assert len(sections) == 5
