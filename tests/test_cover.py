"""A cover: an edition that asks for one begins with a page for its title, without running heads."""

import shutil
from pathlib import Path

import pytest

from nkru_brief.cli import main
from nkru_brief.pdfreader import read
from shipped import ROOT

LIMIT = "max_pages: 2\n"


def pages(folder: Path, monkeypatch: pytest.MonkeyPatch, cover: str) -> tuple[str, ...]:
    """Return the text of each page of the public edition, with a line of its own for a cover."""
    for name in ("content", "seeds"):
        shutil.copytree(ROOT / name, folder / name)
    edition = folder / "content/editions/public.yaml"
    text = edition.read_text(encoding="utf-8")
    assert LIMIT in text
    edition.write_text(text.replace(LIMIT, f"max_pages: 3\n{cover}"), encoding="utf-8")
    monkeypatch.chdir(folder)
    assert main(["build", "--strict", "--edition", "public", "--output", "pdf"]) == 0
    drawn = read((folder / "build/public/public.pdf").read_bytes()).drawn
    return tuple(" ".join(page.split()) for page in drawn)


def test_a_cover_is_a_page_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *rest = pages(tmp_path, monkeypatch, "cover: true\n")
    assert len(rest) == 2
    for said in ("NKRU 2026/1", "North Korea and Russia", "General public", "November 2026", "edition"):
        assert said in first
    assert "page 1" not in first
    assert "Key points" not in first
    assert "Key points" in rest[0]
    assert "page 2 of 3" in rest[0]


def test_without_one_the_text_begins_under_the_title(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *rest = pages(tmp_path, monkeypatch, "")
    assert len(rest) == 1
    assert "Key points" in first
