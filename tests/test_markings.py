"""Markings and embargoes: in words, on every page of every output, in the file's metadata, and within page limits."""

import re
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from conformance import faults_by_page
from nkru_brief import pdfreader
from nkru_brief.build import build
from nkru_brief.cli import main
from nkru_brief.datewords import words_for
from nkru_brief.embargo import displayed
from nkru_brief.report import Request
from shipped import lay_out

MARKING, EMBARGO = "DRAFT <for comment>", "2026-12-01T06:00Z"
SHOWN = "Embargoed until 1 December 2026, 06:00 UTC"
# One of each theme.
EDITIONS = ("policymaker", "press", "public", "classroom")
HANDOUTS = ("large-print", "black-white", "worksheet", "cards", "poster", "poster-tiles")


@pytest.fixture(scope="session")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped project with a marking and an embargo on every edition, built."""
    root = lay_out(tmp_path_factory.mktemp("marked"))
    base = root / "content/editions/base.yaml"
    base.write_text(base.read_text("utf-8") + f"marking: {MARKING}\nembargo: {EMBARGO}\n", "utf-8")
    # Of each handout one.
    for request in (
        Request(editions=EDITIONS),
        Request(editions=("classroom",), outputs=HANDOUTS),
        Request(editions=("public",), outputs=("sheet", "text")),
    ):
        report = build(root, root / "build", request)
        assert [str(each) for each in report.diagnostics if each.severity == "error"] == []
    return root / "build"


def test_every_page_of_every_handout_says_it(marked: Path) -> None:
    handouts = [path for path in marked.rglob("*.*.pdf") if path.name.count(".") > 1]
    assert len(handouts) == len(HANDOUTS) + 1
    for path in handouts:
        for page in pdfreader.read(path.read_bytes()).drawn:
            text = " ".join(page.split())
            assert MARKING in text, path
            assert SHOWN in text, path
    for path in marked.rglob("*.txt"):
        assert "\n".join((MARKING, "", SHOWN)) in path.read_text("utf-8"), path


@pytest.mark.parametrize("edition", EDITIONS)
class TestEachTheme:
    def test_every_page_says_it(self, marked: Path, edition: str) -> None:
        for page in pdfreader.read((marked / edition / f"{edition}.pdf").read_bytes()).drawn:
            assert f"{MARKING} · {SHOWN}" in " ".join(page.split())

    def test_it_is_heard_once(self, marked: Path, edition: str) -> None:
        read = pdfreader.read((marked / edition / f"{edition}.pdf").read_bytes())
        heard = " ".join(" ".join(leaf.text for leaf in read.finished.leaves).split())
        assert "".join(heard.split()).count("".join(MARKING.split())) == 1

    def test_the_claims_stay_true(self, marked: Path, edition: str) -> None:
        assert faults_by_page(marked / edition / f"{edition}.pdf") == []

    def test_the_metadata_says_it(self, marked: Path, edition: str) -> None:
        with pikepdf.open(marked / edition / f"{edition}.pdf") as pdf:
            xmp = pdf.Root.Metadata.read_bytes().decode("utf-8")
        assert "<brief:marking>DRAFT &lt;for comment&gt;</brief:marking>" in xmp
        assert f"<brief:embargo>{SHOWN.removeprefix('Embargoed until ')}</brief:embargo>" in xmp

    def test_the_web_page_says_it_first_and_in_its_head(self, marked: Path, edition: str) -> None:
        html = (marked / edition / f"{edition}.html").read_text("utf-8")
        assert html.count('<meta name="brief:marking" content="DRAFT &lt;for comment&gt;">') == 1
        assert html.index('class="marking-line"') < html.index("<h1")
        assert re.search(r'<aside class="marking-line"[^>]*>DRAFT &lt;for comment&gt; · Embargoed until', html)

    def test_every_sheet_that_a_browser_prints_says_it(
        self,
        marked: Path,
        edition: str,
        chromium: Any,
        tmp_path: Path,
    ) -> None:
        browser = chromium()
        page = browser.new_page()
        page.goto((marked / edition / f"{edition}.html").as_uri())
        page.pdf(path=str(tmp_path / "printed.pdf"), prefer_css_page_size=True)
        drawn = pdfreader.read((tmp_path / "printed.pdf").read_bytes()).drawn
        assert len(drawn) > 1
        assert all(MARKING in " ".join(text.split()) for text in drawn)


def test_an_unmarked_edition_says_nothing_of_it(ferry: Path) -> None:
    assert main(["build", "--jobs", "1"]) == 0
    for path in (ferry / "build/short").iterdir():
        assert b"brief:marking>" not in path.read_bytes()


def test_a_theme_that_leaves_it_out_is_found_by_verify(ferry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edition = ferry / "content/editions/short.yaml"
    edition.write_text(edition.read_text("utf-8") + "marking: DRAFT\n", "utf-8")
    page = ferry / "templates/plain/page.html"
    page.write_text(page.read_text("utf-8").replace("<h1>", "<p>{{ brief.marking }}</p><h1>"), "utf-8")
    assert main(["build", "--output", "html", "--jobs", "1"]) == 0
    path = ferry / "build/short/short.html"
    path.write_bytes(path.read_bytes().replace(b"<p>DRAFT</p>", b""))
    capsys.readouterr()
    assert main(["verify", str(path)]) == 1
    assert "pages 1 do not say “DRAFT”" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "text", "shown"),
    [
        ("en", "2026-12-01", "1 December 2026"),
        ("en", "2026-12-01T06:00Z", "1 December 2026, 06:00 UTC"),
        ("en", "2026-12-01T06:00+00:00", "1 December 2026, 06:00 UTC"),
        ("en", "2026-12-01T07:30+09:00", "1 December 2026, 07:30 UTC+09:00"),
        ("ru", "2026-12-01T06:00Z", "1 декабря 2026 г., 06:00 UTC"),
        ("ko", "2026-12-01T06:00Z", "2026년 12월 1일, 06:00 UTC"),
    ],
)
def test_an_embargo_is_told_in_the_papers_language(language: str, text: str, shown: str) -> None:
    assert displayed(text, words_for(language)) == shown


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-13-01", "2026-12-01T06:00", "2026-12-01T25:00Z", "2026-12-01 06:00Z", "01.12.2026"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no day|no such"):
        displayed(text, words_for("en"))


def test_plain_text_says_it_before_its_title(ferry: Path) -> None:
    edition = ferry / "content/editions/short.yaml"
    text = edition.read_text("utf-8").replace("theme: plain", "theme: base")
    edition.write_text(f"{text}marking: {MARKING}\nembargo: {EMBARGO}\n", "utf-8")
    report = build(ferry, ferry / "build", Request(editions=("short",), outputs=("text",)))
    assert [str(each) for each in report.diagnostics if each.severity == "error"] == []
    paragraphs = (ferry / "build/short/short.txt").read_text("utf-8").split("\n\n")
    title = next(number for number, paragraph in enumerate(paragraphs) if "\n===" in paragraph)
    assert paragraphs[title - 2 : title] == [MARKING, SHOWN]
    assert title <= 3
