"""The grid of the finished pages: lines of text stand on multiples of the lead, and hold 60 to 70 characters or so.

What is measured is the file itself, through an engine that did not write it. On the grid are paragraphs, lists and
side-heads; terms and sources; in judgements what they say. Not on it, on purpose: the title, the key points (half
lines apart), tables and figures, which end on it, and notes, which have a grid of their own.
"""

import ctypes
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]
import pytest

from nkru_brief import engine
from nkru_brief.sheet import Sheet
from shipped import Workshop, every_edition
from test_repairs import SERIF

PARLIAMENT = ("full", "policymaker", "public")
# How far a line may stand from the grid, in pt: what nobody sees.
OFF = 0.3
# The smallest type, in pt.
LEAST = 6.99
# Baselines of two texts that are one line to the eye, in pt.
SAME = 0.6


class Run(NamedTuple):
    """A run of letters on a page: its baseline from the top, where it begins, its size (pt), its face, its text."""

    y: float
    x: float
    size: float
    face: str
    text: str


def runs(path: Path) -> Iterator[list[Run]]:
    """Yield the runs of text of each page of a PDF."""
    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            text = page.get_textpage()
            objects = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT])
            yield [_run(found, text.raw, page.get_height()) for found in objects]


def _run(found: Any, page: Any, height: float) -> Run:  # noqa: ANN401 - the library has no names for its types
    matrix, size, face = found.get_matrix(), ctypes.c_float(), ctypes.create_string_buffer(100)
    pdfium.FPDFTextObj_GetFontSize(found.raw, size)
    pdfium.FPDFFont_GetBaseFontName(pdfium.FPDFTextObj_GetFont(found.raw), face, 100)
    length = pdfium.FPDFTextObj_GetText(found.raw, page, None, 0)
    letters = (ctypes.c_ushort * (length // 2 + 1))()
    pdfium.FPDFTextObj_GetText(found.raw, page, letters, length)
    text = bytes(letters)[: max(length - 2, 0)].decode("utf-16-le", errors="replace")
    return Run(height - matrix.f, matrix.e, size.value * abs(matrix.d), face.value.decode(), text)


def off_the_grid(lines: list[float], lead: float) -> float:
    """Return how far the worst of some baselines stands from the grid on which the first stands, in pt."""
    return max((abs((y - lines[0] + lead / 2) % lead - lead / 2) for y in lines), default=0.0)


def body(page: list[Run], size: float) -> list[Run]:
    """Return the runs of running text: in the serif, at the size of the text."""
    return [run for run in page if "Serif" in run.face and abs(run.size - size) < 0.05 and run.text.strip()]


def tokens(workshop: Workshop, edition: str) -> dict[str, str]:
    brief = workshop.project.briefs[edition]
    return {**workshop.project.themes[brief.theme].tokens, **brief.tokens}


@pytest.mark.parametrize("edition", PARLIAMENT)
def test_lines_of_text_stand_on_the_grid(workshop: Workshop, edition: str) -> None:
    found = tokens(workshop, edition)
    size, lead = float(found["size"]), float(found["lead"])
    pages = [[run.y for run in body(page, size)] for page in runs(workshop.pdf(edition))]
    assert sum(map(len, pages)) > 40
    assert {number: off for number, page in enumerate(pages, 1) if (off := off_the_grid(page, lead)) > OFF} == {}


@pytest.mark.parametrize("edition", ["classroom", "teacher-key", "press"])
def test_papers_whose_paragraphs_are_spaced_stand_on_half_lines(workshop: Workshop, edition: str) -> None:
    found = tokens(workshop, edition)
    size, half = float(found["size"]), float(found["lead"]) / 2
    pages = [[run.y for run in body(page, size)] for page in runs(workshop.pdf(edition))]
    assert sum(map(len, pages)) > 20
    assert {number: off for number, page in enumerate(pages, 1) if (off := off_the_grid(page, half)) > OFF} == {}


@pytest.mark.parametrize("edition", PARLIAMENT)
def test_side_heads_stand_on_the_line_they_open(workshop: Workshop, edition: str) -> None:
    found = tokens(workshop, edition)
    size, left = float(found["size"]), float(found["margin_outer"]) / 25.4 * 72
    seen = 0
    for page in runs(workshop.pdf(edition)):
        text = [run.y for run in body(page, size)]
        heads = [r for r in page if abs(r.size - round(size * 0.96, 2)) < 0.05 and abs(r.x - left) < 1]
        for head in heads:
            if "Semi" in head.face or "-S" in head.face:
                seen += 1
                assert min(abs(head.y - y) for y in text) < SAME, head.text
    assert seen


@every_edition
def test_nothing_is_set_smaller_than_seven_points(workshop: Workshop, edition: str) -> None:
    small = {run.text for page in runs(workshop.pdf(edition)) for run in page if run.size < LEAST and run.text.strip()}
    assert small == set()


@pytest.mark.parametrize("edition", PARLIAMENT)
def test_a_line_holds_sixty_to_seventy_characters(workshop: Workshop, edition: str) -> None:
    size = float(tokens(workshop, edition)["size"])
    lengths = []
    for page in runs(workshop.pdf(edition)):
        ordered = sorted(body(page, size), key=lambda run: (round(run.y, 1), run.x))
        for _, line in itertools.groupby(ordered, key=lambda run: round(run.y, 1)):
            lengths.append(len(re.sub(r"\s+", " ", "".join(run.text for run in line)).strip()))
    # Last lines of paragraphs are short, and no measure.
    full = [length for length in lengths if length > 0.8 * max(lengths)]
    assert 60 <= mean(full) <= 70


@pytest.mark.parametrize(("step", "found"), [("13pt", "on"), ("none", "off")])
def test_a_step_brings_what_follows_back_to_the_grid(tmp_path: Path, step: str, found: str) -> None:
    css = f'@font-face {{ font-family: Serif; src: url("{SERIF.url}") }} * {{ --step: none }}'
    css += "html { font: 10pt/13pt Serif } body, p { margin: 0 }"
    css += f".box {{ --step: {step}; font-size: 8pt; line-height: 9.5pt; border: 1pt solid }}"
    html = "<p>One.</p><div class=box><p>Two.</p><p>Two.</p></div><p>Three.</p>"
    html = f"<!DOCTYPE html><html lang=en><head><title>t</title><style>{css}</style></head><body>{html}</body></html>"
    path = tmp_path / "step.pdf"
    path.write_bytes(engine.press(Sheet(edition="x", output="pdf", path="x", html=html, faces=(SERIF,), created=0)).pdf)
    (page,) = runs(path)
    assert found == ("off" if off_the_grid([run.y for run in body(page, 10)], 13) > OFF else "on")
