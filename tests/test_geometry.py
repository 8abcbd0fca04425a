"""The page: whatever paper, tokens and binding, what is computed fits the sheet; and the papers an edition can name."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nkru_brief import pdfreader, specimen
from nkru_brief.build import build
from nkru_brief.geometry import PT_PER_MM, Page, for_readers, page_of
from nkru_brief.model import NOWHERE
from nkru_brief.outputs import load_output, press
from nkru_brief.papersize import LEAST, MOST, Binding, Paper
from nkru_brief.render import Renderer
from nkru_brief.report import Request
from nkru_brief.theme import load_theme, names
from nkru_brief.tokens import TOKENS, problem
from nkru_brief.typeset import faces_for, measure_of, text_of
from nkru_brief.values import replace

ROOT = Path(__file__).parents[1]
TOKENS_OF = {name: load_theme(ROOT, name, NOWHERE).tokens for name in names(ROOT)}
mm = st.integers(min_value=int(LEAST), max_value=600)


def page(paper: str, theme: str = "base", binding: float = 0.0, **own: str) -> Page:
    return page_of(Paper.from_text(paper), TOKENS_OF[theme] | own, own, binding, two=binding > 0)


class TestPapers:
    @pytest.mark.parametrize(
        ("text", "width", "height", "name"),
        [
            ("A4", 210, 297, "A4"),
            ("A5 landscape", 210, 148, "A5 landscape"),
            ("Letter", 215.9, 279.4, "Letter"),
            ("148 x 210 mm", 148, 210, "148 x 210 mm"),
            ("170mm \u00d7 240mm", 170, 240, "170 x 240 mm"),
            ("99.5x210mm", 99.5, 210, "99.5 x 210 mm"),
        ],
    )
    def test_names_and_sizes(self, text: str, width: float, height: float, name: str) -> None:
        assert Paper.from_text(text) == Paper(name=name, width=width, height=height)

    @given(st.text(max_size=30))
    def test_any_text_is_a_paper_or_refused(self, text: str) -> None:
        paper = None
        with suppress(ValueError):
            paper = Paper.from_text(text)
        if paper is not None:
            assert LEAST <= min(paper.width, paper.height) <= max(paper.width, paper.height) <= MOST
            assert Paper.from_text(paper.name) == paper

    @given(mm, mm)
    def test_what_a_paper_is_called_is_that_paper(self, width: int, height: int) -> None:
        paper = Paper.from_text(f"{width}mm x {height} mm")
        assert (paper.width, paper.height) == (width, height)
        assert Paper.from_text(paper.name) == paper

    @pytest.mark.parametrize(
        "text", ["A44", "a4", "A4 portrait", "210 x 297", "60 x 90 mm", "100 x 1201 mm", "", "x mm"]
    )
    def test_others_are_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"no (paper|sheet)"):
            Paper.from_text(text)

    @pytest.mark.parametrize(("text", "width"), [("6 mm", 6), ("6mm", 6), ("0", 0), ("12.5 mm", 12.5)])
    def test_bindings(self, text: str, width: float) -> None:
        assert Binding.from_text(text).width == width

    @pytest.mark.parametrize("text", ["6", "6 cm", "-1 mm", "41 mm", "wide", ""])
    def test_what_is_no_binding(self, text: str) -> None:
        with pytest.raises(ValueError, match="no width of a binding"):
            Binding.from_text(text)


class TestPages:
    @given(st.sampled_from(sorted(TOKENS_OF)), mm, mm, st.integers(min_value=0, max_value=20))
    def test_the_parts_of_a_page_are_as_wide_as_the_sheet(
        self, theme: str, width: int, height: int, bound: int
    ) -> None:
        found = page(f"{width} x {height} mm", theme, bound)
        parts = found.left + found.shift + found.text + found.reach + found.right
        assert parts == pytest.approx(width, abs=0.05)
        assert found.wide == pytest.approx(found.shift + found.text + found.reach, abs=0.05)
        assert min(found.left, found.right, found.top, found.bottom, found.first) >= 9
        most = float(TOKENS_OF[theme]["text_most"])
        assert found.text <= most
        if found.side or (found.reach and found.text < most):
            assert found.text >= float(TOKENS_OF[theme]["text_least"])

    @pytest.mark.parametrize("theme", sorted(TOKENS_OF))
    def test_on_the_paper_it_is_drawn_for_a_theme_is_as_written(self, theme: str) -> None:
        found, tokens = page("A4", theme), TOKENS_OF[theme]
        assert (found.top, found.bottom, found.left) == tuple(
            float(tokens[name]) for name in ("margin_top", "margin_bottom", "margin_outer")
        )
        assert found.right + found.reach == float(tokens["margin_right"])
        assert not found.narrow

    def test_a_column_of_labels_goes_where_it_leaves_too_little(self) -> None:
        assert (page("A4").side, page("170 x 240 mm").side, page("A5").side) == (46, 46, 0)
        assert page("A5").narrow
        assert not page("A5", side="0", gap="0").narrow

    def test_a_margin_for_notes_goes_before_it(self) -> None:
        assert page("A4", "school").reach == 42
        assert page("A5", "school").reach == 0
        assert page("A4", side="44", reach="30", margin_right="55").shift == 50

    def test_who_does_not_write_in_it_has_labels_there(self) -> None:
        tokens = TOKENS_OF["school"]
        pupils, adults = (page_of(Paper.from_text("A4"), for_readers(tokens, level)) for level in ("plain", "standard"))
        assert (pupils.side, pupils.reach) == (0, 42)
        assert (adults.side, adults.gap, adults.reach) == (36, 6, 0)
        assert (adults.text, adults.wide, adults.left) == (pupils.text, pupils.wide, pupils.left)
        own = {"side": "51", "gap": "8", "reach": "20"}
        assert for_readers(tokens | own, "standard", own) == tokens | own
        assert for_readers(TOKENS_OF["base"], "standard") == TOKENS_OF["base"]

    def test_a_theme_reaches_into_what_margin_an_edition_leaves_it(self) -> None:
        found = page("A4", "school", margin_right="23", text_most="0")
        assert (found.right, found.reach, found.text) == (9, 14, 167)
        assert page("A4", "school", margin_right="5", text_most="0").reach == 0

    def test_a_text_never_becomes_too_wide(self) -> None:
        wide = page("A4 landscape")
        assert wide.text == 130
        assert wide.wide == 297 - 20 - 25

    def test_what_an_edition_writes_is_taken_as_it_is(self) -> None:
        assert page("A5").left < 20
        assert page("A5", margin_outer="19").left == 19

    def test_a_figure_is_as_wide_as_what_it_stands_in(self) -> None:
        assert page("A4").wide_pt == round(165 * PT_PER_MM, 1)
        assert page("A5").wide_pt < page("Letter").wide_pt


class TestTokens:
    def test_the_base_theme_sets_each_to_a_value_of_its_kind(self) -> None:
        assert list(TOKENS_OF["base"]) == list(TOKENS)
        for name, value in TOKENS_OF["base"].items():
            assert problem(name, value) == ""

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("ink", "black"),
            ("size", "10pt"),
            ("size", "-1"),
            ("side", "44mm"),
            ("indent", "11"),
            ("agreement", "true"),
            ("align", "centre"),
            ("drawn_for", "A44"),
            ("hyphen", ""),
        ],
    )
    def test_other_values_are_a_problem(self, name: str, value: str) -> None:
        assert name in problem(name, value)


@pytest.fixture
def bound(ferry: Path) -> Path:
    """The small project in the base theme, to be bound, on a paper of its own."""
    edition = ferry / "content/editions/short.yaml"
    text = edition.read_text("utf-8").replace("theme: plain", "theme: base").replace("max_pages: 1", "max_pages: 9")
    edition.write_text(f"{text}paper: 170 x 240 mm\nbinding: 6 mm\n", "utf-8")
    section = ferry / "content/sections/summary.standard.md"
    more = "\n\n".join(["It crosses four times a day, and more often in summer [@c02]. " * 9] * 15)
    section.write_text(section.read_text("utf-8") + f"\n\n{more}\n", "utf-8")
    return ferry


def test_pages_with_two_sides_have_the_binding_inside_and_numbers_outside(bound: Path) -> None:
    report = build(bound, bound / "out", Request(editions=("short",), outputs=("pdf",)))
    assert not report.failed, report.diagnostics
    data = (bound / "out/short/short.pdf").read_bytes()
    first, second, third = pdfreader.pictures(data, 72)[:3]
    assert [round(side / PT_PER_MM) for side in first.size] == [170, 240]

    found = page("170 x 240 mm", binding=6)
    # At the foot: everything there is, and what is set in full ink, the number of the page.
    for picture, near, far in ((third, found.left, found.right), (second, found.right, found.left)):
        assert inked_at_the_foot(picture, 200) == pytest.approx((near, far), abs=1)
    assert inked_at_the_foot(third, 90)[0] > 85
    assert inked_at_the_foot(second, 90)[1] > 85


def inked_at_the_foot(picture, paler: int) -> tuple[float, float]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Return how far from the left and the right edge, in mm, something darker than that stands at a page's foot."""
    width, height = picture.size
    strip = picture.crop((0, int(0.94 * height), width, height)).convert("L")
    left, _, right, _ = strip.point(lambda value: 255 * (value < paler)).getbbox()
    return left / PT_PER_MM, (width - right) / PT_PER_MM


@pytest.mark.parametrize("theme", ["parliament", "press", "school"])
@pytest.mark.parametrize(("paper", "binding"), [("A5", 0.0), ("120 x 180 mm", 5.0)])
def test_everything_stays_between_the_margins(theme: str, paper: str, binding: float) -> None:
    """The sample paper has every element; on a small sheet none of it runs out of the page's block."""
    _, brief = specimen.sample()
    sides = "two" if binding else "one"
    brief = replace(brief, theme=theme, paper=paper, binding=binding, sides=sides)
    loaded = load_theme(ROOT, theme, NOWHERE)
    renderer = Renderer(loaded, measure_of(loaded), "")
    (spec,) = load_output("pdf").sheets(brief)
    artifact = press(renderer.render(brief, spec, faces_for(loaded, text_of(brief))))
    assert artifact.complaints == ()
    found = page_of(Paper.from_text(paper), loaded.tokens, brief.tokens, binding, two=bool(binding))
    pages = pdfreader.pictures(artifact.data, 72)
    assert len(pages) > 3
    for number, picture in enumerate(pages, 1):
        near, far = (found.left, found.right) if number % 2 or not binding else (found.right, found.left)
        left, _, right, _ = picture.convert("L").point(lambda value: 255 * (value < 235)).getbbox()
        assert left / PT_PER_MM > near - 0.8, number
        assert (picture.width - right) / PT_PER_MM > far - 0.8, number
