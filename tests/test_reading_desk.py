"""The reading desk: articles at hand, beside what rests on each of their sentences."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from nkru_brief.cli import main
from nkru_brief.deskpage import WARNING

GAZETTE = """\
The ferry between Tern Island and Gull Island first crossed in 1921.
It crosses four times a day, and six times in summer.
"""


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
def texts(tmp_path: Path) -> Path:
    """A folder outside the project with the text of one of its two sources."""
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "gazette.txt").write_text(GAZETTE, encoding="utf-8", newline="")
    return folder


def page_of(ferry: Path, run: Command, texts: Path) -> str:
    done = run("desk", "--texts", str(texts))
    assert (done.code, done.err) == (0, "")
    assert "LOCAL ONLY" in done.out
    return (ferry / "seeds" / ".desk" / "LOCAL-ONLY-reading-desk.html").read_text(encoding="utf-8")


def line(page: str, passage: str) -> str:
    """Return the part of a page that shows the line of a passage."""
    return next(part for part in page.split('<div class="line">') if f'id="{passage}"' in part)


def test_without_a_text_it_says_where_to_put_one(ferry: Path, run: Command) -> None:
    done = run("desk")
    assert done.code == 2
    assert done.err == (
        "nkru-brief: no text is at hand: put gazette.txt, logbook.txt into seeds/, or name their folder with --texts\n"
    )
    assert not (ferry / "seeds" / ".desk").exists()


def test_a_used_sentence_shows_its_claims_and_the_statements_that_cite_them(
    ferry: Path, run: Command, texts: Path
) -> None:
    page = page_of(ferry, run, texts)
    shown = line(page, "A-L01.s1")
    assert "<mark" in shown
    assert "first crossed in 1921." in shown
    assert 'href="#c01"' in shown
    assert "A ferry has joined Tern Island and Gull Island for about a century." in shown
    assert "Short edition, Summary" in shown
    # From the claim back to the sentence.
    claim = page[page.index('<h3 id="c01">') :]
    assert 'href="#A-L01.s1"' in claim[: claim.index("</p>")]
    # Of a source whose text is not there, the passage is named and cannot be gone to.
    assert "logbook L01.s1" in claim
    assert "Not at hand: logbook" in page


def test_a_sentence_that_is_not_used_says_why(ferry: Path, run: Command, texts: Path) -> None:
    card = ferry / "seeds" / "gazette.yaml"
    card.write_text(card.read_text(encoding="utf-8") + "    unused: It’s only a <timetable>\n", encoding="utf-8")
    claims = ferry / "content" / "claims" / "line.yaml"
    claims.write_text(claims.read_text(encoding="utf-8").replace("gazette L02.s1", "gazette L01.s1"), encoding="utf-8")
    page = page_of(ferry, run, texts)
    shown = line(page, "A-L02.s1")
    assert "<mark" not in shown
    assert "not used: It’s only a &lt;timetable&gt;" in shown
    assert "1 of 2 sentences used" in page


def test_what_changed_came_and_went_is_shown(ferry: Path, run: Command, texts: Path) -> None:
    (texts / "gazette.txt").write_text(GAZETTE.replace("first crossed in 1921", "began in 1931") + "Gulls watch it.\n")
    page = page_of(ferry, run, texts)
    assert "not the text its card was made from" in page
    assert re.search(r"L01\.s1</b> c01 .*changed", line(page, "A-L01.s1"))
    assert "new in this text" in page
    (texts / "gazette.txt").write_text("It crosses four times a day, and six times in summer.\n")
    page = page_of(ferry, run, texts)
    assert "Not in this text any more" in page
    assert "<b>L01.s1</b> The line opened in 1921" in page
    assert "now at L01.s1" in line(page, "A-L02.s1")


def test_the_page_is_whole_in_one_file_and_says_what_it_is(ferry: Path, run: Command, texts: Path) -> None:
    page = page_of(ferry, run, texts)
    assert page.count(WARNING) >= 2
    assert WARNING in page[: page.index("</title>")]
    assert not re.search(r"<script|<link|<img|<iframe|\bon\w+=|https?://|url\(", page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_it_is_never_written_where_what_leaves_is(ferry: Path, run: Command, texts: Path) -> None:
    done = run("desk", "--texts", str(texts), "--out", "build/desk.html")
    assert done.code == 2
    assert "build/ " in done.err.replace(",", " ")
    assert not (ferry / "build").exists()
    assert run("desk", "--texts", str(texts), "--out", "elsewhere.html").code == 0
    assert (ferry / "elsewhere.html").is_file()


def test_faults_in_the_content_are_reported_first(ferry: Path, run: Command, texts: Path) -> None:
    (ferry / "content" / "claims" / "line.yaml").write_text("- id: c01\n", encoding="utf-8")
    done = run("desk", "--texts", str(texts))
    assert done.code == 1
    assert "content/claims/line.yaml:1" in done.err
