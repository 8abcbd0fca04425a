"""The command line as people and scripts meet it: exit codes, what stands where, and what is never loaded."""

import errno
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, NoReturn

import pytest

import nkru_brief
from nkru_brief.cli import cli, main
from nkru_brief.sheet import Artifact, Sheet

EDITION = "content/editions/short.yaml"
WRITTEN = re.compile(r"(?P<path>\S+)\s+(?:(?P<pages>\d+) p)?\s+(?P<size>[\d,]+) bytes\s+(?P<seconds>\d+\.\d\d) s")


class Run(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


Command = Callable[..., Run]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return lambda *arguments: Run(main(arguments), *capsys.readouterr())


@pytest.fixture
def pressing(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], None]:
    """Replaces setting pages: what is set is the sheet as it is, and a PDF has so many pages."""

    def replace(pages: int | None = None) -> None:
        def press(sheet: Sheet) -> Artifact:
            count = pages if sheet.output == "pdf" else None
            data = sheet.html.encode("utf-8")
            return Artifact(edition=sheet.edition, output=sheet.output, path=sheet.path, data=data, pages=count)

        monkeypatch.setattr("nkru_brief.pressing.press", press)

    replace()
    return replace


def edit(file: str, old: str, new: str) -> None:
    text = Path(file).read_text("utf-8")
    assert old in text
    Path(file).write_text(text.replace(old, new), "utf-8")


def raising(error: BaseException) -> Callable[..., NoReturn]:
    def fail(*_arguments: object, **_options: object) -> NoReturn:
        raise error

    return fail


def everything_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, **environment},
        check=False,
    )


@pytest.mark.usefixtures("ferry")
class TestExitCodes:
    def test_0_where_nothing_is_wrong(self, run: Command) -> None:
        result = run("check")
        assert (result.code, result.out, result.err) == (0, "", "")

    def test_0_with_warnings_1_where_they_count(self, run: Command) -> None:
        edit("content/sections/outlook.standard.md", "# Outlook", "# Outlook\n\nIce comes [@c01].")
        Path("content/sections/outlook.plain.md").write_text("# Outlook\n\nIce comes [@c01].\n", "utf-8")
        assert run("check").code == 0
        strict = run("check", "--strict")
        assert strict.code == 1
        assert strict.err.endswith("0 errors, 1 warning (warnings count)\n")

    def test_1_for_a_fault_in_content(self, run: Command) -> None:
        edit(EDITION, "audience", "audiance")
        for command in ("check", "build"):
            result = run(command)
            assert result.code == 1
            assert result.err.startswith(f"{EDITION}:1:1: error[E004]: an edition has no key 'audiance'\n  hint: ")
            assert result.out == ""

    @pytest.mark.parametrize("command", ["check", "build", "list"])
    def test_2_outside_any_project(
        self, command: str, run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        result = run(command)
        assert result.code == 2
        assert result.err.count("\n") == 1
        assert "is no briefing project: neither it nor a folder above it holds content/" in result.err

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["build", "--edition", "shrt"], "there is no edition 'shrt'; did you mean 'short'?"),
            (["build", "--output", "pfd"], "there is no output 'pfd'; did you mean 'pdf'?"),
            (["bild"], "No such command 'bild'. Did you mean 'build'?"),
            (["build", "--edtion", "short"], "Did you mean '--edition'?"),
            (["build", "--jobs", "0"], "0 is not in the range x>=1"),
            (["check", "--format", "xml"], "'xml' is not one of 'text', 'json'"),
            (["-C", "nowhere", "check"], "'nowhere' does not exist"),
            (["build", "--out", "content/brief.yaml"], "is a file"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, list) else "",
    )
    def test_2_for_a_wrong_command_line(self, arguments: list[str], said: str, run: Command) -> None:
        result = run(*arguments)
        assert result.code == 2
        assert said in result.err
        assert result.out == ""

    def test_2_where_the_disk_refuses(self, run: Command) -> None:
        result = run("build", "--output", "html", "--out", "content/brief.yaml/build")
        assert (result.code, result.out) == (2, "")
        assert result.err == "nkru-brief: content/brief.yaml/build/short: Not a directory\n"

    def test_3_for_a_bug_of_ours_with_what_to_report(self, run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("nkru_brief.build.check_project", raising(RuntimeError("the tide is out")))
        result = run("check")
        assert result.code == 3
        assert result.err.startswith(f"nkru-brief {nkru_brief.__version__} failed on its own account")
        assert "Please report" in result.err
        assert "RuntimeError: the tide is out" in result.err

    def test_130_where_someone_interrupts(self, run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("nkru_brief.build.check_project", raising(KeyboardInterrupt()))
        result = run("check")
        assert (result.code, result.out) == (130, "")
        assert result.err.strip() == "interrupted"


@pytest.mark.usefixtures("ferry")
class TestDisk:
    """A build writes each file whole or not at all."""

    @pytest.mark.usefixtures("pressing")
    @pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
    @pytest.mark.parametrize("step", ["os.open", "os.fdopen", "os.replace"])
    def test_what_stops_half_way_leaves_the_last_good_files(
        self,
        number: int,
        step: str,
        ferry: Path,
        run: Command,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        assert run("build", "--jobs", "1").code == 0
        good = everything_in(ferry / "build")
        edit("content/sections/summary.standard.md", "A ferry", "One ferry")

        monkeypatch.setattr(step, raising(OSError(number, os.strerror(number), "short.html")))
        result = run("build", "--jobs", "1")

        assert (result.code, result.out) == (2, "")
        assert result.err == f"nkru-brief: short.html: {os.strerror(number)}\n"
        assert everything_in(ferry / "build") == good

    def test_an_error_without_a_reason_says_something(self, run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("nkru_brief.build.check_project", raising(OSError("the cable is out")))
        assert run("check").err == "nkru-brief: the disk: the cable is out\n"

    def test_too_many_pages_keep_back_one_edition_and_spare_the_others(
        self, ferry: Path, run: Command, pressing: Callable[[int | None], None]
    ) -> None:
        pressing(2)
        Path("content/editions/long.yaml").write_text("extends: short\nmax_pages: 3\n", "utf-8")
        for name in ("short", "long"):
            (ferry / "build" / name).mkdir(parents=True)
            (ferry / "build" / name / f"{name}.pdf").write_bytes(b"the last good one")
        result = run("build", "--jobs", "1")
        assert result.code == 1
        assert "error[E402]: short/short.pdf has 2 pages; the edition may have 1" in result.err
        assert "Nothing was written" not in result.err
        assert (ferry / "build/short/short.pdf").read_bytes() == b"the last good one"
        assert (ferry / "build/long/long.pdf").read_bytes().startswith(b"<!DOCTYPE html>")
        assert sorted(everything_in(ferry / "build")) == ["long/long.html", "long/long.pdf", "short/short.pdf"]


class TestHelp:
    def test_version(self, run: Command) -> None:
        result = run("--version")
        assert (result.code, result.out, result.err) == (0, f"nkru-brief {nkru_brief.__version__}\n", "")

    @pytest.mark.parametrize("option", ["-h", "--help"])
    def test_help_names_the_commands_and_the_exit_codes(self, option: str, run: Command) -> None:
        result = run(option)
        assert (result.code, result.err) == (0, "")
        for word in ("build", "check", "list", "Exit codes", "Examples", "--root"):
            assert word in result.out

    @pytest.mark.parametrize("command", ["build", "check", "list"])
    def test_every_command_explains_itself_and_its_options(self, command: str, run: Command) -> None:
        result = run(command, "--help")
        assert result.code == 0
        assert all(re.search(r"  \S", text) for text in re.split(r"\n  (?=-)", result.out)[1:])

    def test_nothing_given_is_wrong_usage_and_shows_help(self, run: Command) -> None:
        result = run()
        assert result.code == 2
        assert "Usage: nkru-brief" in result.err


@pytest.mark.usefixtures("ferry")
class TestList:
    def test_editions_outputs_and_themes(self, run: Command) -> None:
        result = run("list")
        assert (result.code, result.err) == (0, "")
        assert "\n  short  Short edition: theme plain, A4, at most 1 pages\n" in result.out
        assert re.search(r"^  pdf +\S", result.out, re.MULTILINE)
        assert re.search(r"^  plain +Plain$", result.out, re.MULTILINE)

    def test_from_a_folder_inside_the_project(self, ferry: Path, run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        outside = run("-C", str(ferry / "content" / "claims"), "list")
        monkeypatch.chdir("content/sections")
        assert run("list").out == outside.out != ""


@pytest.mark.usefixtures("ferry")
class TestReports:
    def test_json_of_a_fault(self, run: Command) -> None:
        edit(EDITION, "theme: plain", "theme: plane")
        result = run("check", "--format", "json")
        assert (result.code, result.err) == (1, "")
        assert json.loads(result.out) == {
            "diagnostics": [
                {
                    "code": "E105",
                    "severity": "error",
                    "file": EDITION,
                    "line": 3,
                    "column": 8,
                    "message": "there is no theme 'plane'",
                    "hint": "did you mean 'plain'?",
                }
            ],
            "written": [],
            "unchecked": [],
        }

    @pytest.mark.usefixtures("pressing")
    def test_json_of_a_build(self, ferry: Path, run: Command) -> None:
        result = run("build", "--jobs", "1", "--format", "json")
        assert (result.code, result.err) == (0, "")
        report = json.loads(result.out)
        assert report["diagnostics"] == []
        assert [Path(entry["path"]) for entry in report["written"]] == [
            ferry / "build/short/short.html",
            ferry / "build/short/short.pdf",
        ]
        assert [entry["bytes"] for entry in report["written"]] == [
            len(data) for _, data in sorted(everything_in(ferry / "build").items())
        ]

    @pytest.mark.usefixtures("pressing")
    def test_a_pipe_gets_one_line_for_each_file_and_nothing_else(self, run: Command) -> None:
        result = run("build", "--jobs", "1")
        assert (result.code, result.err) == (0, "")
        *files, last = result.out.splitlines()
        lines = [WRITTEN.fullmatch(line) for line in files]
        assert [line and line["path"] for line in lines] == ["build/short/short.html", "build/short/short.pdf"]
        # But for what was not done.
        assert last == "Passages not checked, since the texts are not at hand in seeds/: gazette, logbook"

    @pytest.mark.usefixtures("pressing")
    def test_editions_and_outputs_can_be_chosen(self, run: Command) -> None:
        Path("content/editions/long.yaml").write_text("extends: short\nmax_pages: 3\n", "utf-8")
        result = run("build", "-e", "long", "-o", "pdf", "--out", "elsewhere", "--jobs", "1")
        assert [line.split()[0] for line in result.out.splitlines()[:-1]] == ["elsewhere/long/long.pdf"]

    def test_a_pipe_that_knows_few_characters_is_no_failure(self) -> None:
        edit(EDITION, "Short edition", "Short edition for 걸 Island")
        result = python("-m", "nkru_brief", "list", PYTHONIOENCODING="cp1252")
        assert (result.returncode, result.stderr) == (0, "")
        assert r"Short edition for \uac78 Island" in result.stdout


# What commands load of the libraries that take time, in a project that is new to them; others load nothing of it.
READING = {"jinja2", "markdown", "yaml", "uharfbuzz"}
MAY_LOAD: dict[str, set[str]] = {
    "--help": set(),
    "--version": set(),
    "build --help": set(),
    "cache show": set(),
    "cache clear": set(),
    "serve --help": set(),
    "bundle --help": set(),
    "changes --help": set(),
    "compare --help": set(),
    "handouts --help": set(),
    "copies --help": set(),
    "desk --help": set(),
    "impose --help": set(),
    "proof --help": set(),
    "verify --help": set(),
    "claim list": READING,
    "list": READING,
    "check": READING | {"tinyhtml5"},
    "source check": READING,
    "record": READING,
    "theme --help": set(),
    "theme new mine": READING,
    "theme check press": READING | {"tinyhtml5"},
    "build": READING | {"tinyhtml5", "pypdfium2", "fontTools", "weasyprint"},
}
SLOW = READING | {"weasyprint", "fontTools", "rich", "pypdfium2", "trafilatura", "distributed", "dask", "numpy"}
SLOW |= {
    "openpyxl",
    "bidi",
    "starlette",
    "uvicorn",
    "watchfiles",
    "multiprocessing",
    "asyncio",
    "lxml",
    "PIL",
    "tinyhtml5",
    "pikepdf",
    "cryptography",
}


class TestLoading:
    """What a command does not need it does not load."""

    def loaded(self, *arguments: str) -> set[str]:
        code = "import sys, nkru_brief.cli as c; n = c.main(sys.argv[1:]); print('\\n', *sys.modules); sys.exit(n)"
        result = python("-c", code, *arguments)
        assert (result.returncode, result.stderr) == (0, "")
        return {name.partition(".")[0] for name in result.stdout.splitlines()[-1].split()}

    def test_every_command_is_listed(self) -> None:
        needing_more = {"source", "serve", "cache"}
        assert {line.split()[0] for line in MAY_LOAD} >= set(cli.commands) - needing_more

    @pytest.mark.usefixtures("ferry")
    @pytest.mark.parametrize("line", [line for line in MAY_LOAD if line != "build"])
    def test_a_command_loads_what_it_may(self, line: str) -> None:
        assert self.loaded(*line.split()) & SLOW <= MAY_LOAD[line]

    @pytest.mark.usefixtures("ferry")
    def test_a_build_that_finds_everything_made_loads_nothing_slow(self) -> None:
        assert self.loaded("build", "--jobs", "1") >= {"weasyprint", "jinja2"}
        assert self.loaded("build") & SLOW == set()
        assert self.loaded("check") & SLOW <= READING | {"tinyhtml5"}
        assert self.loaded("check") & SLOW == set()

    @pytest.mark.usefixtures("ferry")
    def test_a_build_that_stops_at_a_fault_loads_no_engine(self) -> None:
        edit(EDITION, "theme: plain", "theme: plane")
        code = "import sys, nkru_brief.cli as c; c.main(['build']); print('\\n', *sys.modules)"
        names = {name.partition(".")[0] for name in python("-c", code).stdout.splitlines()[-1].split()}
        assert "jinja2" in names
        assert not names & {"weasyprint", "fontTools"}
