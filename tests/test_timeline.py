"""The timeline: nothing touches anything else, whatever the dates, and every bar is to scale."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from nkru_brief.edtf import display, parse
from nkru_brief.figures.lines import ASCENT, DESCENT
from nkru_brief.figures.shapes import Box, Rule, Text
from nkru_brief.figures.timeline import Timeline, TimelineEntry, TimelineWords, layout
from nkru_brief.figures.timeline.dated import Item
from nkru_brief.values import replace

TEMPLATES = Path(__file__).parent.parent / "templates" / "base" / "figures"
PAGE, COLUMN, NEWSPAPER = 480.0, 345.0, 250.0
SVG = "{http://www.w3.org/2000/svg}"


def measure(text: str, size: float, bold: bool) -> float:  # noqa: FBT001
    """Return about what a sans face takes."""
    ems = sum(0.26 if letter in " .,;il1" else 0.85 if letter in "mwMW" else 0.52 for letter in text)
    return ems * size * (1.06 if bold else 1.0)


def entry(
    key: str,
    text: str,
    label: str = "Something happens",
    when: str = "",
    *,
    agreed: bool = False,
) -> TimelineEntry:
    parsed = parse(text)
    return TimelineEntry(key=key, date=parsed, when=when or display(parsed), label=label, agreed=agreed)


def draw(*entries: TimelineEntry, width: float = PAGE, size: float = 7.5) -> Timeline:
    return layout(entries, width, size, measure)


SHIPPED = (
    entry("influence", "1900/1910~", "Tsarist Russia influential in Korea", "early 1900s"),
    entry("division", "1945~", "Peninsula divided; Moscow backs the new state", "after 1945"),
    entry("war", "1950/1953", "Korean War"),
    entry("split", "196X", "Sino-Soviet split"),
    entry("end", "1991", "Soviet Union ends", agreed=True),
    entry("famine", "199X", "Famine in the North"),
    entry("putin", "2000", "Putin becomes president"),
    entry("debt", "XXXX", "Soviet-era debt written off"),
    entry("tests", "XXXX", "Nuclear tests and sanctions votes"),
    entry("summits", "XXXX", "Several summits", "recent years"),
    entry("ukraine", "XXXX", "War in Ukraine", "ongoing"),
)


def _moment(iso: str) -> float:
    """Return when a day begins, as a year and its fraction."""
    day = date.fromisoformat(iso)
    first, after = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return day.year + (day - first) / (after - first)


def item(timeline: Timeline, key: str) -> Item:
    return next(item for item in timeline.items if item.key == key)


def years(timeline: Timeline, body: Box) -> tuple[float, float]:
    """Return the years a bar spans, read back from the ruler."""
    axis = timeline.axis
    assert axis
    scale = axis.scale
    per_pt = (scale.end - scale.start) / (scale.x1 - scale.x0)
    return scale.start + (body.x0 - scale.x0) * per_pt, scale.start + (body.x1 - scale.x0) * per_pt


# What nothing may do


def _lines(lines: tuple[Text, ...], size: float) -> Iterator[Box]:
    for text in lines:
        x0 = text.x - text.width if text.end else text.x
        yield Box.at(x0, text.y - size * ASCENT, x0 + text.width, text.y + size * DESCENT)


def _stroke(rule: Rule) -> Box:
    """Return an upright line with a breadth; one that runs along an edge does not touch what is inside."""
    return Box.at(rule.x0 - 0.07, min(rule.y0, rule.y1), rule.x1 + 0.07, max(rule.y0, rule.y1))


def _shapes(timeline: Timeline) -> Iterator[tuple[str, str, Box]]:
    """Yield everything a figure shows: what it belongs to, what it is, and where."""
    for item in timeline.items:
        yield from ((item.key, "label", box) for box in _lines(item.lines, timeline.size))
        yield from ((item.key, "end", _stroke(sliver)) for sliver in item.bar.slivers)
        yield item.key, "bar", item.bar.body
        yield item.key, "stem", _stroke(item.stem)
    if timeline.axis:
        yield "ruler", "band", timeline.axis.band
    if timeline.undated:
        yield from (("strip", "heading", box) for box in _lines(timeline.undated.heading, timeline.size))
        for undated in timeline.undated.items:
            yield from ((undated.key, "label", box) for box in _lines(undated.lines, timeline.size))
    for number, meaning in enumerate(timeline.legend):
        yield f"meaning {number}", "bar", meaning.bar.body
        yield from ((f"meaning {number}", "label", box) for box in _lines(meaning.lines, timeline.small))


def _meet(one: Box, two: Box) -> bool:
    slack = 0.1  # what rounding may cost
    wide = min(one.x1, two.x1) - max(one.x0, two.x0)
    high = min(one.y1, two.y1) - max(one.y0, two.y0)
    return wide > slack and high > slack


def collisions(timeline: Timeline) -> set[str]:
    """Return what touches what it must not, or leaves the figure."""
    shapes = list(_shapes(timeline))
    found = {
        f"{what} {owner} touches {other_what} {other}"
        for (owner, what, box), (other, other_what, other_box) in combinations(shapes, 2)
        # Dates that begin together share a stem.
        if owner != other and (what, other_what) != ("stem", "stem") and _meet(box, other_box)
    }
    for owner, what, box in shapes:
        inside = box.x0 >= -0.08 and box.y0 >= -0.02 and box.x1 <= timeline.width + 0.08
        if not inside or box.y1 > timeline.height + 0.02:
            found.add(f"{what} {owner} leaves the figure")
    ticks = timeline.axis.ticks if timeline.axis else ()
    named = [box for tick in ticks if tick.text for box in _lines((tick.text,), timeline.small)]
    return found | {f"years meet at {one.x1}" for one, two in combinations(named, 2) if _meet(one, two)}


# The dates that ship


@pytest.mark.parametrize("width", [PAGE, COLUMN, NEWSPAPER])
@pytest.mark.parametrize("size", [7.0, 7.5, 9.0, 13.0])
def test_the_shipped_dates_collide_at_no_width(width: float, size: float) -> None:
    timeline = layout(SHIPPED, width, size, measure)
    assert collisions(timeline) == set()
    assert [item.key for item in timeline.items] == [
        *("influence", "division", "war", "split", "famine", "end", "putin")
    ]
    assert timeline.undated
    assert [undated.key for undated in timeline.undated.items] == ["debt", "tests", "summits", "ukraine"]


def test_precision_is_drawn_not_invented() -> None:
    timeline = draw(*SHIPPED)
    spans = {item.key: years(timeline, item.bar.body) for item in timeline.items}
    assert spans["split"] == pytest.approx((1960, 1970), abs=0.002)
    assert spans["famine"] == pytest.approx((1990, 2000), abs=0.002)
    assert spans["war"] == pytest.approx((1950, 1954), abs=0.002)
    assert spans["end"] == pytest.approx((1991, 1992), abs=0.002)
    assert spans["influence"] == pytest.approx((1900, 1911), abs=0.002)


def test_the_ways_of_drawing_are_told_apart_and_explained() -> None:
    timeline = draw(*SHIPPED)
    assert [item.key for item in timeline.items if item.bar.hatch] == ["split", "famine"]
    assert [item.key for item in timeline.items if item.bar.solid] == ["end"]
    assert [meaning.lines[0].text for meaning in timeline.legend] == [
        "dated by both sources",
        "dated by one source",
        "some time in this span",
        "ends not exact",
    ]
    assert draw(entry("war", "1950/1953")).legend == ()


def test_an_end_that_is_not_exact_fades_out() -> None:
    timeline = draw(*SHIPPED)
    influence, division = item(timeline, "influence").bar, item(timeline, "division").bar
    assert (influence.fade_start, influence.fade_end) == (False, True)
    assert all(sliver.x0 > influence.body.x1 for sliver in influence.slivers)
    assert (division.fade_start, division.fade_end) == (True, True)
    assert len(division.slivers) == 2 * len(influence.slivers) == 6
    assert not item(timeline, "war").bar.slivers


def test_an_open_end_runs_to_the_edge_of_the_scale_and_ends_in_an_arrow() -> None:
    timeline = draw(entry("a", "../1948"), entry("b", "1991"), entry("c", "2022/.."))
    until, since, axis = item(timeline, "a").bar, item(timeline, "c").bar, timeline.axis
    assert axis
    assert (len(until.arrows), len(since.arrows)) == (1, 1)
    assert (until.body.x0, since.body.x1) == (round(axis.scale.x0, 2), round(axis.scale.x1, 2))
    assert axis.scale.end < 2030, "an open end does not draw decades to come"


def test_overlapping_bars_stand_apart() -> None:
    timeline = draw(*(entry(f"e{number}", "199X") for number in range(6)), entry("end", "1991"))
    assert collisions(timeline) == set()


def test_a_last_day_stays_inside_the_figure() -> None:
    assert collisions(draw(entry("a", "1990"), entry("b", "1999-12-31"), size=14)) == set()


def test_an_end_does_not_fade_into_a_neighbour_in_its_row() -> None:
    texts = ["1850"] * 4 + ["1962", "2004~", "18XX", "1850/..", "1851-07~"]
    entries = [entry(f"k{number}", text, "a") for number, text in enumerate(texts)]
    assert collisions(draw(*entries, width=COLUMN)) == set()


def test_undated_entries_say_how_they_are_dated_only_if_that_says_more() -> None:
    timeline = layout(SHIPPED, PAGE, 7.5, measure, TimelineWords(undated="Undated in the sources"))
    assert timeline.undated
    strip = {item.key: " ".join(line.text for line in item.lines) for item in timeline.undated.items}
    assert strip["debt"] == "Soviet-era debt written off"
    assert strip["summits"] == "Several summits (recent years)"


def test_only_undated_entries_need_no_ruler() -> None:
    timeline = draw(entry("a", "XXXX"), entry("b", "XXXX"))
    assert timeline.axis is None
    assert timeline.undated
    assert timeline.undated.heading[0].text == "Undated"
    assert collisions(timeline) == set()


def test_the_first_date_stands_below_for_a_heading_beside_the_figure() -> None:
    for width in (PAGE, COLUMN, NEWSPAPER):
        first = draw(*SHIPPED, width=width).items[0]
        assert first.stem.y1 > first.stem.y0


def test_no_text_is_measured_twice() -> None:
    asked: list[tuple[str, float, bool]] = []

    def counted(text: str, size: float, bold: bool) -> float:  # noqa: FBT001
        asked.append((text, size, bold))
        return measure(text, size, bold)

    layout(SHIPPED, PAGE, 7.5, counted)
    assert len(asked) == len(set(asked)) < 150


def test_nothing_to_draw_takes_no_room() -> None:
    assert draw().height == 0


def test_ticks_are_thinned_until_their_years_have_air() -> None:
    wide, narrow = (draw(*SHIPPED, width=width).axis for width in (PAGE, 150.0))
    assert wide
    assert narrow
    named = [[tick.year for tick in axis.ticks if tick.text] for axis in (wide, narrow)]
    assert named[0] == list(range(1900, 2001, 10))
    assert len(named[1]) < len(named[0])
    assert {tick.year for tick in narrow.ticks} >= set(named[1])


def test_the_order_of_entries_does_not_matter() -> None:
    assert draw(*reversed(SHIPPED[:7])) == draw(*SHIPPED[:7])


def test_words_come_from_outside() -> None:
    words = TimelineWords(undated="Sans date", agreed="deux sources", single="une source")
    timeline = layout(SHIPPED, PAGE, 7.5, measure, words)
    assert timeline.undated
    assert timeline.undated.heading[0].text == "Sans date"
    assert timeline.legend[0].lines[0].text == "deux sources"


# Whatever the dates

_YEAR = st.integers(1850, 2030)
_FORMS = st.one_of(
    _YEAR.map(str),
    st.builds("{}-{:02d}".format, _YEAR, st.integers(1, 12)),
    st.builds("{}-{:02d}-{:02d}".format, _YEAR, st.integers(1, 12), st.integers(1, 28)),
    st.integers(185, 203).map("{}X".format),
    st.sampled_from(["18XX", "19XX", "XXXX"]),
    st.builds("{}/{}".format, st.integers(1850, 1940), st.integers(1940, 2030)),
    _YEAR.map("{}/..".format),
    _YEAR.map("../{}".format),
)
_DATES = st.builds("{}{}".format, _FORMS, st.sampled_from(("", "", "", "~", "?"))).filter(
    lambda text: ".." not in text or text[-1] not in "~?"
)
_WORDS = st.text(alphabet="abcdefghimnopqrstuw", min_size=1, max_size=14)
_LABELS = st.lists(_WORDS, min_size=1, max_size=9).map(" ".join)
_ENTRIES = st.lists(
    st.tuples(_DATES, _LABELS, st.booleans()),
    min_size=1,
    max_size=30,
).map(lambda rows: [entry(f"k{number}", *row[:2], agreed=row[2]) for number, row in enumerate(rows)])


@settings(max_examples=120, deadline=None, derandomize=True)
@given(_ENTRIES, st.sampled_from([PAGE, COLUMN, NEWSPAPER, 170.0]))
def test_nothing_collides_and_everything_is_drawn(entries: list[TimelineEntry], width: float) -> None:
    timeline = layout(entries, width, 7.5, measure)
    assert collisions(timeline) == set()
    drawn = [item.key for item in timeline.items]
    ordered = sorted(entries, key=lambda entry: entry.date.sort_key)
    assert drawn == [entry.key for entry in ordered if entry.date.precision != "undated"]
    listed = timeline.undated.items if timeline.undated else ()
    assert {*drawn, *(item.key for item in listed)} == {entry.key for entry in entries}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(_ENTRIES, st.sampled_from([PAGE, COLUMN, NEWSPAPER]))
def test_every_bar_is_to_scale_and_every_word_is_there(entries: list[TimelineEntry], width: float) -> None:
    timeline = layout(entries, width, 7.5, measure)
    by_key = {entry.key: entry for entry in entries}
    for drawn in timeline.items:
        source = by_key[drawn.key]
        first, last = years(timeline, drawn.bar.body)
        assert timeline.axis
        scale = timeline.axis.scale
        tolerance = 0.02 * (scale.end - scale.start) / (scale.x1 - scale.x0)
        if source.date.precision == "decade":
            assert last - first == pytest.approx(10, abs=2 * tolerance)
        if source.date.earliest:
            assert first == pytest.approx(_moment(source.date.earliest), abs=tolerance)
        if source.date.latest:
            assert last >= _moment(source.date.latest) - tolerance
        words = "".join(line.text for line in drawn.lines)
        assert words.replace(" ", "") == f"{source.when}{source.label}".replace(" ", "")
        assert drawn.stem.x0 == drawn.bar.body.x0


def test_stems_and_labels_keep_the_order_of_time() -> None:
    timeline = draw(*SHIPPED)
    stems = [item.stem.x0 for item in timeline.items]
    assert stems == sorted(stems)


def test_a_word_wider_than_the_figure_is_broken() -> None:
    timeline = draw(entry("a", "1991", "w" * 200), width=NEWSPAPER)
    assert collisions(timeline) == set()
    assert "".join(line.text for line in timeline.items[0].lines[1:]) == "w" * 200


# The self-check sees what it should


def test_collisions_are_seen() -> None:
    timeline = draw(*SHIPPED)
    first, second = timeline.items[:2]
    sliver = replace(first.bar.slivers[0], x0=first.bar.body.x1 - 9, x1=first.bar.body.x1 - 9)
    stem = replace(first.stem, x0=first.lines[0].x + 9, x1=first.lines[0].x + 9, y0=first.bar.body.y0)
    moved = replace(second, lines=first.lines, bar=replace(first.bar, slivers=(sliver,)), stem=stem)
    assert {
        "label influence touches label division",
        "label influence touches stem division",
        "bar influence touches bar division",
        "bar influence touches stem division",
        "bar influence touches end division",
    } <= collisions(replace(timeline, items=(first, moved, *timeline.items[2:])))
    assert "label putin leaves the figure" in collisions(replace(timeline, width=timeline.width - 40))


# The template


def _svg(timeline: Timeline, name: str) -> str:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True)
    macro = environment.get_template("timeline.svg").module.timeline  # type: ignore[attr-defined]
    return str(
        macro(
            timeline,
            title="Key dates <1900-2000>",
            description="Seven dates",
            ink="#111111",
            accent="#aa2222",
            muted="#666666",
            paper="#ffffff",
            family="Brief Sans",
            id=name,
        )
    )


def test_the_svg_is_well_formed_named_and_uses_attributes_only() -> None:
    timeline = draw(*SHIPPED, entry("cold", "1947/..", "Cold & long"))
    text = _svg(timeline, "dates")
    svg = ElementTree.fromstring(text)  # noqa: S314 - our own template's
    assert (svg.attrib["role"], svg.attrib["aria-labelledby"]) == ("img", "dates-title dates-desc")
    assert svg.findtext(f"{SVG}title") == "Key dates <1900-2000>"
    assert not [element for element in svg.iter() if "style" in element.attrib]
    assert "var(" not in text
    words = "".join(element.text or "" for element in svg.iter(f"{SVG}text"))
    assert "Cold & long" in words
    assert "early 1900s" in words


def _parsed(name: str) -> ElementTree.Element:
    return ElementTree.fromstring(_svg(draw(*SHIPPED), name))  # noqa: S314 - our own template's


def test_two_figures_on_a_page_share_no_id() -> None:
    one, two = (
        {element.attrib["id"] for element in _parsed(name).iter() if "id" in element.attrib} for name in ("one", "two")
    )
    assert len(one) == len(two) == 2
    assert not one & two
