"""The figure of agreement: nothing touches anything else, and it shows what the claims say, however many there are."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from nkru_brief.agreement import rows_and_columns
from nkru_brief.figures.agreement import Agreement, AgreementClaim, AgreementSource, layout
from nkru_brief.figures.lines import ASCENT, DESCENT
from nkru_brief.figures.shapes import Box, Text
from nkru_brief.project import open_project

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates" / "base" / "figures"
SVG = "{http://www.w3.org/2000/svg}"
PAGE, PHONE = (475.0, 7.6), (300.0, 12.0)


def measure(text: str, size: float, bold: bool) -> float:  # noqa: FBT001
    """Return about what a sans face takes."""
    ems = sum(0.26 if letter in " .,;il1" else 0.85 if letter in "mwMW" else 0.52 for letter in text)
    return ems * size * (1.06 if bold else 1.0)


def sources(count: int) -> tuple[AgreementSource, ...]:
    return tuple(AgreementSource(key=key, name=f"Source {key}", short=key) for key in "ABCDEF"[:count])


def claim(
    number: int, group: str = "History", on: str = "A", status: str = "", support: str = "direct"
) -> AgreementClaim:
    return AgreementClaim(
        key=f"c{number:02d}",
        number=f"{number:02d}",
        group=group,
        support=support,  # type: ignore[arg-type]
        status=status or ("agree" if len(on) > 1 else "single"),  # type: ignore[arg-type]
        sources=tuple(on),
    )


def draw(*claims: AgreementClaim, rows: int = 2, width: float = PAGE[0], size: float = PAGE[1]) -> Agreement:
    return layout(sources(rows), claims, width, size, measure)


GROUPS = ("History", "Current state", "Outlook", "What the two sources say about one another", "Donaudampfschiff")


@st.composite
def drawings(draw_: st.DrawFn) -> Agreement:
    rows = draw_(st.integers(1, 6))
    count = draw_(st.integers(1, 120))
    ends = sorted(draw_(st.lists(st.integers(1, count), max_size=6)))
    keys = "ABCDEF"[:rows]
    claims = []
    for number in range(1, count + 1):
        on = draw_(st.sets(st.sampled_from(keys), min_size=1))
        status = "single" if len(on) == 1 else draw_(st.sampled_from(["agree", "tension"]))
        group = GROUPS[sum(end < number for end in ends) % len(GROUPS)]
        support = draw_(st.sampled_from(["direct", "partial", "inference"]))
        claims.append(claim(number, group, "".join(sorted(on)), status, support))
    width, size = draw_(st.sampled_from([PAGE, PHONE, (580.0, 10.0), (250.0, 7.4)]))
    return layout(sources(rows), claims, width, size, measure)


def text_box(text: Text, size: float) -> Box:
    x = text.x - text.width if text.end else text.x
    return Box(x0=x, y0=text.y - ASCENT * size, x1=x + text.width, y1=text.y + DESCENT * size)


def texts(figure: Agreement) -> Iterator[Box]:
    for band in figure.bands:
        for group in band.groups:
            yield from (text_box(line, figure.small) for line in group.title)
        for column in band.columns:
            yield text_box(column.number, figure.small)
        for row in band.rows:
            yield text_box(row.name, figure.size)
            if row.count:
                yield text_box(row.count, figure.size)
    if figure.head:
        yield text_box(figure.head, figure.small)
    for meaning in figure.legend:
        yield from (text_box(line, figure.small) for line in meaning.lines)


def marks(figure: Agreement) -> Iterator[Box]:
    for band in figure.bands:
        for column in band.columns:
            for mark in column.marks:
                yield Box(x0=mark.x - mark.r, y0=mark.y - mark.r, x1=mark.x + mark.r, y1=mark.y + mark.r)
    for meaning in figure.legend:
        if meaning.mark:
            mark = meaning.mark
            yield Box(x0=mark.x - mark.r, y0=mark.y - mark.r, x1=mark.x + mark.r, y1=mark.y + mark.r)


def touching(boxes: list[Box]) -> list[tuple[Box, Box]]:
    slack = 0.02
    found, near = [], list[Box]()
    # From left to right: who ends before the next begins touches none that follow.
    for one in sorted(boxes, key=lambda box: box.x0):
        near = [other for other in near if other.x1 - one.x0 > slack]
        found += [
            (other, one)
            for other in near
            if min(one.x1, other.x1) - one.x0 > slack and min(one.y1, other.y1) - max(one.y0, other.y0) > slack
        ]
        near.append(one)
    return found


@settings(max_examples=60, deadline=None)
@given(drawings())
def test_nothing_touches_anything_else_or_leaves_the_figure(figure: Agreement) -> None:
    # Lines of type stand closer than a face is high: their letters do not touch.
    words = [Box(x0=b.x0, y0=b.y0 + 0.1 * figure.size, x1=b.x1, y1=b.y1 - 0.1 * figure.size) for b in texts(figure)]
    boxes = [*words, *marks(figure)]
    assert touching(boxes) == []
    for box in boxes:
        assert box.x0 >= -0.02
        assert box.x1 <= figure.width + 0.02
        assert box.y0 >= -0.02
        assert box.y1 <= figure.height + 0.02


@settings(max_examples=60, deadline=None)
@given(drawings())
def test_every_claim_is_there_once_with_a_mark_for_each_source(figure: Agreement) -> None:
    columns = [column for band in figure.bands for column in band.columns]
    assert len({column.key for column in columns}) == len(columns)
    assert [column.key for column in columns] == sorted((c.key for c in columns), key=lambda key: int(key[1:]))
    assert sum(len(column.marks) for column in columns) == sum(count for _, count in figure.shares)
    last = figure.bands[-1]
    assert [row.count.text for row in last.rows if row.count] == [str(count) for _, count in figure.shares]
    for column in columns:
        assert len(column.links) == (len(column.marks) - 1)
        # What differs is told apart by form, not by colour alone.
        assert all(bool(link.strokes) == column.differs for link in column.links)
        assert column.number.bold == column.differs
        for upper, lower in pairwise(column.marks):
            (link,) = (each for each in column.links if upper.y < each.lines[0].y0 + 0.02 < lower.y)
            ends = (link.lines[0].y0, link.lines[-1].y1)
            assert ends == pytest.approx((upper.y + upper.r, lower.y - lower.r), abs=0.02)


def test_a_broken_link_has_a_gap() -> None:
    figure = draw(claim(1, on="AB", status="tension"), claim(2, on="AB"))
    broken, whole = (column.links[0] for column in figure.bands[0].columns)
    assert len(whole.lines) == 1
    assert broken.lines[1].y0 - broken.lines[0].y1 > figure.size * 0.3


def test_few_claims_make_one_band_and_many_as_few_as_fit() -> None:
    forty = [claim(number, GROUPS[number // 16]) for number in range(1, 41)]
    assert len(draw(*forty).bands) == 1
    assert len(draw(*forty, width=PHONE[0], size=PHONE[1]).bands) == 4
    assert draw(*forty).bands[0].columns[-1].marks[0].x > PAGE[0] * 0.85, "the width is not used"


def test_no_claims_make_no_figure() -> None:
    assert draw().bands == ()
    assert layout((), [claim(1)], 300.0, 8.0, measure).bands == ()


# ---- drawn ----


def svg(figure: Agreement) -> ElementTree.Element:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True)
    macro = environment.get_template("agreement.svg").module.agreement  # type: ignore[attr-defined]
    drawn = macro(figure, "Title", "Words", "#111", "#a00", "#555", "#ccc", "#fff", "Sans", "x")
    return ElementTree.fromstring(str(drawn))  # noqa: S314 - the figure is our own


@pytest.mark.parametrize(("support", "filled"), [("direct", "#111"), ("partial", "#fff"), ("inference", "#fff")])
def test_a_mark_shows_support_without_colour(support: str, filled: str) -> None:
    root = svg(draw(claim(1, support=support)))
    circle = next(root.iter(f"{SVG}circle"))
    assert circle.get("fill") == filled
    assert circle.get("stroke") == "#111"
    band = next(each for each in root.iter(f"{SVG}g") if each.get("class") == "ag-band")
    assert len(list(band.iter(f"{SVG}path"))) == (support == "partial")


def test_the_drawing_has_a_name_and_says_all_it_shows() -> None:
    root = svg(draw(claim(1, on="AB"), claim(2, on="AB", status="tension"), claim(3)))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "x-title x-desc"
    written = [element.text for element in root.iter(f"{SVG}text")]
    assert {"Source A", "Source B", "01", "02", "03", "3", "2", "History"} <= set(written)
    assert "they differ (1)" in written


# ---- of the shipped paper ----


def test_the_full_edition_shows_every_claim_by_the_part_that_carries_it() -> None:
    project = open_project(ROOT)
    brief = project.briefs["full"]
    rows, columns = rows_and_columns(brief, "Source")
    assert [row.name for row in rows] == ["Source A", "Source B"]
    assert {column.key for column in columns} == set(project.library.claims)
    assert [column.group for column in columns if column.key in ("c13", "c26", "c39")] == [
        "History",
        "Current state",
        "Outlook",
    ]
    for column in columns:
        own = project.library.claims[column.key]
        cards = {passage.split()[0] for passage in own.passages} | {reading.source for reading in own.readings}
        assert set(column.sources) == {project.library.cards[card].label for card in cards}
        assert (column.support, column.status) == (own.support, own.status)
