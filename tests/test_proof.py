"""Contact sheets: one picture an edition, with all its pages, in any theme."""

from pathlib import Path

import pytest
from PIL import Image

from nkru_brief.cli import main

ROOT = Path(__file__).resolve().parent.parent


def test_it_shows_every_page(ferry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proof", "--dpi", "40"]) == 0
    assert capsys.readouterr().out.split() == ["build/proof/short.png", "1", "page"]
    with Image.open(ferry / "build/proof/short.png") as picture:
        # One A4 page of 331 x 468 dots, its name under it, and 14 around both.
        assert picture.size == (331 + 28, 468 + 20 + 28)
        name = picture.convert("L").crop((14, 14 + 468, 331 + 14, 14 + 468 + 20))
        assert name.getextrema()[1] > 240
        assert picture.convert("L").resize((1, 1)).getpixel((0, 0)) < 255


def test_it_shows_an_edition_in_another_theme(ferry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proof", "--edition", "short", "--theme", "press", "--theme", "plain", "--dpi", "20"]) == 0
    shown = capsys.readouterr().out
    assert "build/proof/short-press.png" in shown
    assert "build/proof/short.png" in shown
    assert {path.name for path in (ferry / "build/proof").iterdir()} == {"short-press.png", "short.png"}


def test_it_shows_an_edition_in_every_theme(ferry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proof", "--all-themes", "--dpi", "20"]) == 0
    themes = {path.parent.name for path in (ROOT / "templates").glob("*/theme.yaml")}
    assert len(themes) >= 4
    shown = {path.name for path in (ferry / "build/proof").iterdir()}
    assert shown == {"short.png", *(f"short-{theme}.png" for theme in themes)}
    assert len(capsys.readouterr().out.splitlines()) == len(themes) + 1


def test_what_a_build_has_set_is_not_set_again(ferry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["build", "--jobs", "1"]) == 0
    monkeypatch.setattr("nkru_brief.pressing.press", pytest.fail)
    assert main(["proof", "--edition", "short", "--dpi", "20"]) == 0
    assert (ferry / "build/proof/short.png").exists()


@pytest.mark.parametrize("wrong", [["--edition", "shirt"], ["--theme", "pres"]])
def test_what_is_not_there_is_said(ferry: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proof", *wrong]) == 2
    assert "there is no" in capsys.readouterr().err
    assert not (ferry / "build").exists()


def test_nothing_is_shown_of_content_with_a_fault(ferry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    brief = ferry / "content/brief.yaml"
    brief.write_text(brief.read_text("utf-8") + "colour: red\n", "utf-8")
    assert main(["proof"]) == 1
    assert "error[E004]" in capsys.readouterr().err
    assert not (ferry / "build").exists()
