"""Facing pages: what stands beside the text stands on the outer side of both, and nothing else of a page changes."""

from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest

from nkru_brief import engine, facing
from nkru_brief.geometry import PT_PER_MM, Page, page_of
from nkru_brief.outputs import load_output
from nkru_brief.papersize import Paper
from nkru_brief.render import Renderer
from nkru_brief.sheet import Sheet
from nkru_brief.typeset import faces_for, measure_of, text_of
from nkru_brief.values import replace
from shipped import Workshop
from test_grid import Run, body, runs, tokens

Pages = list[list[Run]]
# How far what stands at an edge may stand from it, in pt.
NEAR = 1.5


@pytest.fixture
def bound(workshop: Workshop, tmp_path: Path) -> Callable[[str], tuple[Page, Pages]]:
    """A function that binds a shipped edition: its page, and the runs of text on each of its pages."""

    def of(edition: str) -> tuple[Page, Pages]:
        sheet, page = bound_sheet(workshop, edition)
        path = tmp_path / f"{edition}.pdf"
        path.write_bytes(engine.press(sheet).pdf)
        return page, list(runs(path))

    return of


def bound_sheet(workshop: Workshop, edition: str) -> tuple[Sheet, Page]:
    brief = replace(workshop.project.briefs[edition], binding=6.0, sides="two")
    theme = workshop.project.themes[brief.theme]
    tokens = {**theme.tokens, **brief.tokens}
    page = page_of(Paper.from_text(brief.paper), tokens, brief.tokens, brief.binding, two=True)
    (spec,) = load_output("pdf").sheets(brief)
    renderer = Renderer(theme, measure_of(theme), "0")
    return renderer.render(brief, spec, faces_for(theme, text_of(brief))), page


def edge(page: list[Run], size: float) -> float:
    """Return where running text of a size in pt begins, in pt from the left of the sheet."""
    return median(sorted(run.x for run in body(page, size))[:9])


def size_of(workshop: Workshop, edition: str) -> float:
    return float(tokens(workshop, edition)["size"])


def at(page: list[Run], words: str) -> float:
    """Return where a label begins, in pt from the left of the sheet."""
    return min(run.x for run in page if run.text.strip().startswith(words))


def test_labels_stand_on_the_outer_side(workshop: Workshop, bound: Callable[[str], tuple[Page, Pages]]) -> None:
    page, (first, second, *_) = bound("public")
    size = size_of(workshop, "public")
    # A right-hand page: text at the binding, labels outside.
    assert edge(first, size) == pytest.approx(page.left * PT_PER_MM, abs=NEAR)
    beside = (page.left + page.text + page.gap) * PT_PER_MM
    assert at(first, "What the sources say") == pytest.approx(beside, abs=NEAR)
    # A left-hand page: labels outside again.
    assert at(second, "What would change our view") == pytest.approx(page.right * PT_PER_MM, abs=NEAR)
    assert at(second, "Confidence") == pytest.approx(page.right * PT_PER_MM, abs=NEAR)
    assert edge(second, size) == pytest.approx((page.right + page.shift) * PT_PER_MM, abs=NEAR)
    # What is as wide as the sheet stays.
    assert at(first, "Published") == pytest.approx(page.left * PT_PER_MM, abs=NEAR)
    assert at(second, "Source A") == pytest.approx(page.right * PT_PER_MM, abs=NEAR)


def test_the_margin_for_notes_is_outside(workshop: Workshop, bound: Callable[[str], tuple[Page, Pages]]) -> None:
    page, (_, second, third, *_) = bound("classroom")
    size = size_of(workshop, "classroom")
    assert edge(second, size) == pytest.approx((page.right + page.reach) * PT_PER_MM, abs=NEAR)
    assert at(second, "Your notes") == pytest.approx(page.right * PT_PER_MM, abs=NEAR)
    assert edge(third, size) == pytest.approx(page.left * PT_PER_MM, abs=NEAR)


def test_a_turned_page_breaks_where_it_did(
    bound: Callable[[str], tuple[Page, Pages]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, turned = bound("policymaker")
    monkeypatch.setattr(facing, "turn", lambda _: None)
    _, straight = bound("policymaker")
    assert len(turned) == len(straight) == 5
    for number, (one, other) in enumerate(zip(turned, straight, strict=True), 1):
        assert [(run.y, run.size, run.text) for run in one] == [(run.y, run.size, run.text) for run in other]
        assert ([run.x for run in one] == [run.x for run in other]) == (number % 2 == 0), number


def test_papers_of_one_side_are_not_turned(workshop: Workshop) -> None:
    assert all("--facing" not in workshop.sheet(edition, "pdf").html for edition in ("full", "classroom", "press"))
