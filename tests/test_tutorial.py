"""The tutorial as a reader does it: each file as the page gives it, each command as it stands, in their order."""

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from nkru_brief import pdfreader
from nkru_brief.cli import main

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`((?:content|templates)/[\w./-]+\.\w+)`")


def steps() -> Iterator[tuple[str, str]]:
    """Yield what the page has one do: a file's name with its text, or `sh` with commands."""
    text, end = PAGE.read_text("utf-8"), 0
    for block in BLOCK.finditer(text):
        if block[1] == "sh":
            yield "sh", block[2]
        else:
            # The file is the last one named before its text.
            yield FILE.findall(text[end : block.start()])[-1], block[2]
        end = block.end()


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the words and cards of the shipped briefing; its looks come from the package."""
    shutil.copytree(ROOT / "content", tmp_path / "content")
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds", ignore=shutil.ignore_patterns("*.txt", ".verified"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_step_works_and_the_result_is_clean(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = []
    for name, text in steps():
        if name == "sh":
            for line in text.splitlines():
                ran.append(line)
                assert main(shlex.split(line)[1:]) == 0, (line, capsys.readouterr())
        else:
            (library / name).parent.mkdir(parents=True, exist_ok=True)
            (library / name).write_text(text, encoding="utf-8")
    assert "nkru-brief build --edition library --strict" in ran
    read = pdfreader.read((library / "build/library/library.pdf").read_bytes())
    printed = " ".join(read.drawn)
    for words in ("Years to remember", "For the reading group", "How far to trust this", "of the town library"):
        assert words in printed
    assert "The sign of the town library, an open book" in read.finished.pictures
    page = (library / "build/library/library.html").read_text("utf-8")
    assert 'alt="The sign of the town library, an open book"' in page
    assert "--accent: #1f5c3a" in page
    assert (library / "build/themes/library.pdf").is_file()
    assert (library / "build/proof/library.png").is_file()


def test_the_page_holds_what_it_promises() -> None:
    names = [name for name, _ in steps()]
    assert len(set(names)) == 9
    assert not any(name.endswith(".py") for name in names)
    assert sum(name.startswith("content/sections/") for name in names) == 2
