"""Scales of probability: two as data, and a paper that changes from one to the other from its words to its figure."""

import re
import shutil
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

import nkru_brief
from nkru_brief.build import check_project
from nkru_brief.load import load
from nkru_brief.model import Scale
from nkru_brief.outputs import load_output
from nkru_brief.project import Project, open_project
from nkru_brief.render import Renderer
from nkru_brief.typeset import faces_for, measure_of, text_of

ROOT = Path(__file__).resolve().parent.parent
SCALES: dict[str, Scale] = load(Path(__file__).parent / "cases" / "_base")[0].scales
OUTLOOK = "content/sections/outlook.{}.md"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


class TestTheData:
    def test_icd_203_has_bands_that_touch_and_a_second_row_of_words(self) -> None:
        terms = SCALES["icd-203"].terms
        assert [(term.low, term.high) for term in terms] == [
            (1, 5), (5, 20), (20, 45), (45, 55), (55, 80), (80, 95), (95, 99)
        ]  # fmt: skip
        assert all(len(term.synonyms) == 1 for term in terms)

    def test_phia_leaves_gaps(self) -> None:
        terms = SCALES["phia"].terms
        assert [(term.low, term.high) for term in terms] == [
            (0, 5), (10, 20), (25, 35), (40, 50), (55, 75), (80, 90), (95, 100)
        ]  # fmt: skip
        assert all(after.low - before.high >= 5 for before, after in pairwise(terms))

    @pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)
    def test_a_source_is_named_with_its_date(self, scale: Scale) -> None:
        assert re.search(r"\d{1,2} \w+ 20\d\d", scale.reference)
        assert scale.name in scale.title


@pytest.fixture
def moved(tmp_path: Path) -> Path:
    """A copy of the shipped project that uses PHIA, and says so in its words."""
    for folder in ("content", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds", ignore=shutil.ignore_patterns("*.txt", ".verified"))
    edit(tmp_path / "content/brief.yaml", "scale: icd-203", "scale: phia")
    (tmp_path / "content/record.yaml").unlink()
    return tmp_path


def reworded(root: Path) -> None:
    edit(root / OUTLOOK.format("standard"), "the ICD 203 scale", "the PHIA yardstick")
    edit(root / "content/questions.yaml", "55 to 80", "55 to 75")


def scales_of(project: Project, edition: str) -> dict[str, list[ElementTree.Element]]:
    """Return the figures of the scale on the sheets of an edition, by output."""
    brief = project.briefs[edition]
    theme = project.themes[brief.theme]
    renderer = Renderer(theme, measure_of(theme), nkru_brief.__version__)
    found = {}
    for name in ("html", "pdf"):
        (spec,) = load_output(name).sheets(brief)
        html = renderer.render(brief, spec, faces_for(theme, text_of(brief))).html
        assert "Words of probability (PHIA yardstick)" in html
        figures = re.findall(r'<svg[^>]*class="scale".*?</svg>', html, re.DOTALL)
        found[name] = [ElementTree.fromstring(figure) for figure in figures]  # noqa: S314 - our own
    return found


class TestChangingTheScale:
    def test_words_that_speak_of_the_old_one_are_faults(self, moved: Path) -> None:
        found = [(fault.code, fault.place.file) for fault in check_project(moved)]
        assert found == [("E608", "content/questions.yaml"), ("E608", OUTLOOK.format("standard"))]

    def test_the_paper_follows_to_its_figure(self, moved: Path) -> None:
        reworded(moved)
        assert check_project(moved) == ()
        for output, figures in scales_of(open_project(moved), "full").items():
            assert len(figures) == 2
            for figure in figures:
                # On paper as wide as its margin is, in pt; on screen in per cent.
                unit = float(figure.attrib["viewBox"].split()[2]) / 100 if output == "pdf" else 1.0
                bars = [bar for bar in figure.iter() if bar.tag.endswith("rect")]
                drawn = [float(bar.attrib["x"].rstrip("%")) / unit for bar in bars]
                assert drawn == pytest.approx([term.low for term in SCALES["phia"].terms], abs=0.01)
                ends = [float(b.attrib["x"].rstrip("%")) + float(b.attrib["width"].rstrip("%")) for b in bars]
                # Where the yardstick has a gap, nothing is drawn.
                gaps = [after * unit - end for end, after in zip(ends, drawn[1:], strict=False)]
                assert all(gap >= 5 * unit - 0.01 for gap in gaps)
                assert [bar.attrib["class"] for bar in bars].count("scale-on") == 1

    @pytest.mark.parametrize("word", ["remote chance", "almost certain"])
    def test_a_band_at_an_end_has_its_word_inside_the_figure(self, moved: Path, word: str) -> None:
        reworded(moved)
        for level in ("standard", "plain"):
            path = moved / OUTLOOK.format(level)
            edit(path, 'likelihood="likely"', f'likelihood="{word}"')
            text = path.read_text("utf-8")
            path.write_text(re.sub(r"\blikely\b(?! *\")", word, text), "utf-8")
        assert {fault.code for fault in check_project(moved)} <= {"E605"}
        figure = scales_of(open_project(moved), "full")["pdf"][0]
        (said,) = [text for text in figure.iter() if text.attrib.get("class") == "scale-word"]
        assert (said.text or "").startswith(f"{word} · ")
        assert said.attrib["text-anchor"] == ("start" if word == "remote chance" else "end")
        assert len([text for text in figure.iter() if text.attrib.get("class") == "scale-end"]) == 2
