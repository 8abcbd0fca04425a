"""Contrast: the formula of WCAG, and style sheets that set on each other only what the rule measures."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nkru_brief import contrast
from nkru_brief.check.colours import GROUNDS, SCHEMES, TEXTS

TEMPLATES = Path(__file__).parents[1] / "templates"
STYLES = sorted(TEMPLATES.rglob("*.css"))
colours = st.from_regex(r"#([0-9a-f]{3}){1,2}", fullmatch=True)

# Values that bring no colour of their own, or one of the reader's; `band` is the accent under white, or the tint.
NEUTRAL = {"inherit", "none", "transparent", "currentcolor"}
NEUTRAL |= {"canvas", "canvastext", "linktext", "var(--band)", "var(--on-band)", "#ffffff"}


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21),
        ("#000", "#FFF", 21),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.00),
        ("#0000ff", "#ffffff", 8.59),
        ("#7a1f2b", "#7a1f2b", 1),
    ],
)
def test_known_ratios(one: str, other: str, ratio: float) -> None:
    assert round(contrast.ratio(one, other), 2) == ratio


@given(colours, colours)
def test_a_ratio_is_the_same_either_way_and_within_its_bounds(one: str, other: str) -> None:
    assert contrast.is_colour(one)
    assert contrast.ratio(one, other) == contrast.ratio(other, one)
    assert 1 <= contrast.ratio(one, other) <= 21.000001


@given(st.text(max_size=8).filter(lambda text: not re.fullmatch(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", text)))
def test_other_texts_are_no_colours(text: str) -> None:
    assert not contrast.is_colour(text)


def painted(text: str, *properties: str) -> set[str]:
    """Return the colours that a style sheet gives to some properties, tokens by their name."""
    found = re.findall(
        rf"(?<![\w-])(?:{'|'.join(properties)}):\s*([^;}}]+)[;}}]", text.replace("{{", "").replace("}}", "")
    )
    values = {value.strip().removesuffix("!important").strip().lower() for value in found}
    return {re.sub(r"^(?:tokens\.(?:dark_)?(\w+)|var\(--(\w+)\))$", r"\1\2", value) for value in values - NEUTRAL}


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_style_sheets_set_text_and_grounds_that_are_measured(style: Path) -> None:
    text = re.sub(r"/\*.*?\*/|\{#.*?#\}", "", style.read_text(encoding="utf-8"), flags=re.DOTALL)
    # `paper` is text on a disc of the accent, the shade behind a note no ground of text.
    assert painted(text, "color") - {*TEXTS, "paper"} == set()
    assert painted(text, "background", "background-color") - {*GROUNDS, "accent", "rgb(0 0 0 / .25)"} == set()
    assert painted(text, "fill") - {*TEXTS, "rule"} == set()


def test_that_test_sees_colours() -> None:
    base = (TEMPLATES / "base" / "css" / "web.css").read_text(encoding="utf-8")
    assert {*TEXTS} <= painted(base, "color")
    assert {*GROUNDS} <= painted(base, "background")
    assert painted("p { color: {{ tokens.rule }}; } q { color: #abcdef }", "color") == {"rule", "#abcdef"}
    assert SCHEMES == ("", "dark_")
