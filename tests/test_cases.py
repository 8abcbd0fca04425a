"""Every diagnostic, once at least: a project with one fault, and the exact words it is met with.

A case under `cases/` holds what differs from `cases/_base`; `cases/README.md` says how to add one.
"""

import importlib
import re
import shlex
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from nkru_brief.cli import main
from nkru_brief.codes import CODES

CASES = Path(__file__).parent / "cases"
FOLDERS = sorted(path.parent for path in CASES.glob("[A-Z]*/*/expected.txt"))
OF_THE_CASE = ("command.txt", "expected.txt")


class Outcome(NamedTuple):
    """How a run ended: its exit code and what it said on stderr."""

    code: int
    said: str

    def __str__(self) -> str:
        return f"exit code {self.code}\n\n{self.said}"


def name_of(folder: Path) -> str:
    return folder.relative_to(CASES).as_posix()


def lay_over(case: Path, project: Path) -> None:
    """Put a case's files over a project: `NAME.delete` takes NAME away, `NAME.link` holds what NAME links to."""
    for path in sorted(path for path in case.rglob("*") if path.is_file()):
        name = path.relative_to(case).as_posix()
        target = project / name.removesuffix(".delete").removesuffix(".link")
        if name in OF_THE_CASE:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".delete"):
            shutil.rmtree(target) if target.is_dir() else target.unlink()
        elif name.endswith(".link"):
            target.symlink_to(path.read_text("utf-8").strip())
        else:
            shutil.copyfile(path, target)


@pytest.fixture
def project(ferry: Path) -> Path:
    """A project to break, with a good build in it."""
    for name in ("short.html", "short.pdf"):
        (ferry / "build" / "short").mkdir(parents=True, exist_ok=True)
        (ferry / "build" / "short" / name).write_bytes(b"the last good one")
    return ferry


def files(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder, hidden files and empty folders too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


def command_of(case: Path) -> list[str]:
    path = case / "command.txt"
    return shlex.split(path.read_text("utf-8")) if path.exists() else ["check", "--no-cache"]


def expected_code(case: Path) -> str:
    return case.parent.name


def test_there_is_a_folder_for_every_code_and_none_besides() -> None:
    assert {path.name for path in CASES.iterdir() if path.is_dir()} - {"_base"} == set(CODES)


def test_every_folder_of_a_case_is_one() -> None:
    # A case without expected.txt would not run, and nobody would notice.
    assert sorted(path for path in CASES.glob("[A-Z]*/*")) == FOLDERS


def test_the_project_that_cases_break_is_whole(ferry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--strict"]) == 0
    assert capsys.readouterr() == ("", "")
    assert main(["build", "--strict", "--jobs", "1"]) == 0
    assert capsys.readouterr().err == ""
    assert sorted(path.name for path in (ferry / "build").rglob("*.*")) == ["short.html", "short.pdf"]


@pytest.mark.parametrize("case", FOLDERS, ids=name_of)
def test_case(case: Path, project: Path, capsys: pytest.CaptureFixture[str], *, update: bool) -> None:
    lay_over(case, project)
    before = files(project)

    outcome = Outcome(main(command_of(case)), capsys.readouterr().err)

    if update:
        (case / "expected.txt").write_text(str(outcome), "utf-8")
    assert str(outcome) == (case / "expected.txt").read_text("utf-8")
    assert f"[{expected_code(case)}]: " in outcome.said
    assert outcome.code == int("error[" in outcome.said or "--strict" in command_of(case))
    assert "Traceback" not in outcome.said
    assert str(project) not in outcome.said
    # Nothing is half-written: a run that fails leaves the last good files and adds none.
    assert files(project) == before


def test_the_page_of_codes_is_what_the_table_and_the_cases_say(
    monkeypatch: pytest.MonkeyPatch, *, update: bool
) -> None:
    monkeypatch.syspath_prepend(str(CASES.parent.parent / "tools"))
    document_codes = importlib.import_module("document_codes")
    page = document_codes.document(CODES, CASES)

    if update:
        document_codes.PAGE.write_text(page, "utf-8")
    assert document_codes.PAGE.read_text("utf-8") == page


def test_every_code_says_what_it_means_and_what_to_do() -> None:
    for name, code in CODES.items():
        assert re.fullmatch(r"[EW]\d{3}", name)
        assert code.meaning[0].islower()
        assert not code.meaning.endswith(".")
        assert code.advice[0].isupper()
        assert code.advice.endswith(".")


def test_every_code_in_the_source_is_in_the_table() -> None:
    source = CASES.parent.parent / "src" / "nkru_brief"
    used = {
        code
        for path in source.rglob("*.py")
        if path.name != "codes.py"
        for code in re.findall(r"[\"']([EW]\d{3})[\"']", path.read_text("utf-8"))
    }
    assert used == set(CODES)
