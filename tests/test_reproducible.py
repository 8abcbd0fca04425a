"""`build --check-reproducible`: what is not the same twice is told by the object or line, and is not written."""

import os
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

from nkru_brief.difference import first_difference

OUTPUT = """
import os, time
from nkru_brief.outputs.html import HtmlOutput
from nkru_brief.sheet import Artifact, SheetSpec

class Output(HtmlOutput):
    name, description = "stamped", "a text with the process that made it"

    def sheets(self, brief):
        return (SheetSpec(output="stamped", template="web.html", path=f"{brief.name}/{brief.name}.txt"),)

    def press(self, sheet):
        text = f"the same\\nmade by process {os.getpid()}\\n"
        return Artifact(edition=sheet.edition, output="stamped", path=sheet.path, data=text.encode(), pages=None)
"""


def nkru_brief(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nkru_brief", "-C", str(root), *arguments],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | environment,
        check=False,
    )


@pytest.fixture
def stamped(ferry: Path, tmp_path: Path) -> str:
    """The small project, which asks for an installed output that is never twice the same; the path to install it."""
    site = tmp_path / "site"
    (site / "stamped-1.dist-info").mkdir(parents=True)
    (site / "stamped.py").write_text(OUTPUT, "utf-8")
    (site / "stamped-1.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: stamped\nVersion: 1\n", "utf-8"
    )
    points = "[nkru_brief.outputs]\nstamped = stamped:Output\n"
    (site / "stamped-1.dist-info" / "entry_points.txt").write_text(points, "utf-8")
    edition = ferry / "content/editions/short.yaml"
    edition.write_text(edition.read_text("utf-8").replace("  - pdf\n", "  - stamped\n"), "utf-8")
    (ferry / "content/editions/calm.yaml").write_text("extends: short\noutputs: [html]\n", "utf-8")
    return os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH", ""))))


def test_what_ships_is_the_same_twice(ferry: Path) -> None:
    run = nkru_brief(ferry, "build", "--check-reproducible", "--jobs", "1")
    assert (run.returncode, run.stderr) == (0, "")
    assert len([line for line in run.stdout.splitlines() if line.startswith("build/")]) == 2


def test_an_output_that_is_not_is_named_with_its_line(ferry: Path, stamped: str) -> None:
    usual = nkru_brief(ferry, "build", PYTHONPATH=stamped)
    assert (usual.returncode, usual.stderr) == (0, "")
    good = (ferry / "build/short/short.txt").read_bytes()

    run = nkru_brief(ferry, "build", "--check-reproducible", PYTHONPATH=stamped)

    assert run.returncode == 1
    assert "content/editions/short.yaml:11:3: error[E410]: short/short.txt is not the same" in run.stderr
    assert "when it is built again: line 2\n" in run.stderr
    # That edition keeps its files; another is written.
    assert (ferry / "build/short/short.txt").read_bytes() == good
    assert "short/short.html" not in run.stdout
    assert "calm/calm.html" in run.stdout


def test_a_template_that_is_not_is_named_with_its_place(ferry: Path) -> None:
    page = ferry / "templates/plain/page.html"
    # A function prints itself with its address in memory.
    page.write_text(page.read_text("utf-8").replace("<title>", "<title>{{ note_of }} "), "utf-8")
    run = nkru_brief(ferry, "build", "--check-reproducible")
    assert run.returncode == 1
    assert "error[E410]: short/short.html is not the same when it is built again: line 5\n" in run.stderr
    assert "error[E410]: short/short.pdf is not the same when it is built again: object " in run.stderr
    assert ", /Title\n" in run.stderr
    assert not (ferry / "build" / "short").exists()


def pdf(path: Path, title: str, content: bytes, *, more: bool = False) -> bytes:
    made = pikepdf.new()
    made.add_blank_page(page_size=(10, 10))
    made.pages[0].Contents = made.make_stream(content)
    made.Root.Names = pikepdf.Dictionary(Kids=[1, pikepdf.Dictionary(Title=pikepdf.String(title))])
    if more:
        made.trailer.Extra = 1
    made.save(path, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return path.read_bytes()


class TestDifference:
    def test_the_same_is_none(self) -> None:
        assert first_difference(b"a", b"a") == ""

    @pytest.mark.parametrize(
        ("title", "content", "more", "said"),
        [
            ("b", b"q Q", False, ", /Names/Kids[1]/Title"),
            ("a", b"q q Q Q", False, ", byte 2 of its data"),
        ],
    )
    def test_pdf_objects(self, tmp_path: Path, title: str, content: bytes, more: bool, said: str) -> None:  # noqa: FBT001
        one, other = pdf(tmp_path / "a.pdf", "a", b"q Q"), pdf(tmp_path / "b.pdf", title, content, more=more)
        found = first_difference(one, other)
        assert found.startswith("object ")
        assert found.endswith(said)

    def test_pdf_trailers(self, tmp_path: Path) -> None:
        one, other = pdf(tmp_path / "a.pdf", "a", b"q Q"), pdf(tmp_path / "b.pdf", "a", b"q Q", more=True)
        assert first_difference(one, other) == "trailer, /Extra"

    def test_a_broken_pdf_is_told_by_its_bytes(self) -> None:
        assert first_difference(b"%PDF-1.7\nab", b"%PDF-1.7\nac") == "byte 10"

    def test_lines_and_bytes(self) -> None:
        assert first_difference(b"a\nbc\n", b"a\nbd\n") == "line 2"
        assert first_difference(b"a\n", b"a") == "line 2"
        assert first_difference(b"\xff\x00", b"\xff\x01") == "byte 1"


class TestSourceDate:
    """SOURCE_DATE_EPOCH dates the files, and nothing in them."""

    def test_it_is_when_the_files_were_modified(self, ferry: Path) -> None:
        path = ferry / "build/short/short.html"
        assert nkru_brief(ferry, "build", "-o", "html").returncode == 0
        usual, now = path.read_bytes(), path.stat().st_mtime
        assert nkru_brief(ferry, "build", "-o", "html", SOURCE_DATE_EPOCH="1000000000").returncode == 0
        assert path.stat().st_mtime == 1_000_000_000 < now
        assert path.read_bytes() == usual

    @pytest.mark.parametrize("value", ["yesterday", "-1", "1.5", "²"])
    def test_what_is_no_number_is_wrong_usage(self, ferry: Path, value: str) -> None:
        run = nkru_brief(ferry, "build", SOURCE_DATE_EPOCH=value)
        assert run.returncode == 2
        assert run.stderr.startswith("nkru-brief: SOURCE_DATE_EPOCH is ")
        assert not (ferry / "build").exists()
