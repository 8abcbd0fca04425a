"""The timeline: nothing touches anything else, whatever the dates, and every bar is to scale."""

from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from nkru_brief.edtf import display, parse
from nkru_brief.figures.timeline import (
    Box,
    Item,
    Kind,
    Timeline,
    TimelineEntry,
    TimelineWords,
    collisions,
    layout,
)
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
    kind: Kind | None = None,
    *,
    agreed: bool = False,
) -> TimelineEntry:
    parsed = parse(text)
    return TimelineEntry(key=key, date=parsed, when=when or display(parsed), label=label, kind=kind, agreed=agreed)


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
    per_pt = (axis.end - axis.start) / (axis.x1 - axis.x0)
    return axis.start + (body.x0 - axis.x0) * per_pt, axis.start + (body.x1 - axis.x0) * per_pt


# The dates that ship


@pytest.mark.parametrize("width", [PAGE, COLUMN, NEWSPAPER])
@pytest.mark.parametrize("size", [7.0, 7.5, 9.0, 13.0])
def test_the_shipped_dates_collide_at_no_width(width: float, size: float) -> None:
    timeline = layout(SHIPPED, width, size, measure)
    assert collisions(timeline) == []
    assert [item.key for item in timeline.items] == [
        *("influence", "division", "war", "split", "famine", "end", "putin")
    ]
    assert [undated.key for undated in timeline.undated] == ["debt", "tests", "summits", "ukraine"]


def test_precision_is_drawn_not_invented() -> None:
    timeline = draw(*SHIPPED)
    spans = {item.key: years(timeline, item.bar.body) for item in timeline.items}
    assert spans["split"] == pytest.approx((1960, 1970), abs=0.002)
    assert spans["famine"] == pytest.approx((1990, 2000), abs=0.002)
    assert spans["war"] == pytest.approx((1950, 1954), abs=0.002)
    assert spans["end"] == pytest.approx((1991, 1992), abs=0.002)
    assert spans["influence"] == pytest.approx((1900, 1911), abs=0.002)


def test_the_ways_of_drawing_tell_the_kinds_apart() -> None:
    timeline = draw(*SHIPPED, entry("cold", "1947/1991", "Cold War", kind="era"))
    styles = {item.key: item.bar.style for item in timeline.items}
    assert (styles["end"], styles["war"]) == ("plain", "plain")
    assert (styles["split"], styles["cold"]) == ("hatched", "bracket")
    assert item(timeline, "split").bar.hatch
    assert [item.key for item in timeline.items if item.bar.solid] == ["end"]
    assert [key.lines[0].text for key in timeline.legend] == [
        "dated by both sources",
        "dated by one source",
        "some time in this span",
        "era",
        "ends not exact",
    ]


def test_a_decade_that_something_lasted_is_not_hatched() -> None:
    assert item(draw(entry("a", "199X", kind="period")), "a").bar.style == "plain"


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
    assert (until.open_start, until.open_end, len(until.arrows)) == (True, False, 1)
    assert (since.open_start, since.open_end, len(since.arrows)) == (False, True, 1)
    assert (until.body.x0, since.body.x1) == (axis.x0, axis.x1)
    assert axis.end < 2030, "an open end does not draw decades to come"


def test_overlapping_bars_stand_apart() -> None:
    timeline = draw(*(entry(f"e{number}", "199X") for number in range(6)), entry("end", "1991"))
    assert collisions(timeline) == []


def test_a_last_day_stays_inside_the_figure() -> None:
    assert collisions(draw(entry("a", "1990"), entry("b", "1999-12-31"), size=14)) == []


def test_an_end_does_not_fade_into_a_neighbour_in_its_row() -> None:
    texts = ["1850"] * 4 + ["1962", "2004~", "18XX", "1850/..", "1851-07~"]
    entries = [entry(f"k{number}", text, "a") for number, text in enumerate(texts)]
    assert collisions(draw(*entries, width=COLUMN)) == []


def test_undated_entries_say_how_they_are_dated_only_if_that_says_more() -> None:
    strip = {undated.key: " ".join(line.text for line in undated.lines) for undated in draw(*SHIPPED).undated}
    assert strip["debt"] == "Soviet-era debt written off"
    assert strip["summits"] == "Several summits (recent years)"


def test_only_undated_entries_need_no_ruler() -> None:
    timeline = draw(entry("a", "XXXX"), entry("b", "XXXX"))
    assert timeline.axis is None
    assert timeline.heading
    assert timeline.heading.text == "Undated"
    assert collisions(timeline) == []


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
    assert timeline.heading
    assert timeline.heading.text == "Sans date"
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
_KINDS: tuple[Kind | None, ...] = (None, "event", "period", "era")
_ENTRIES = st.lists(
    st.tuples(_DATES, _LABELS, st.sampled_from(_KINDS), st.booleans()),
    min_size=1,
    max_size=30,
).map(lambda rows: [entry(f"k{n}", d, text, "", k, agreed=a) for n, (d, text, k, a) in enumerate(rows)])


@settings(max_examples=60, deadline=None)
@given(_ENTRIES, st.sampled_from([PAGE, COLUMN, NEWSPAPER, 170.0]))
def test_nothing_collides_and_everything_is_drawn(entries: list[TimelineEntry], width: float) -> None:
    timeline = layout(entries, width, 7.5, measure)
    assert collisions(timeline) == []
    drawn = [item.key for item in timeline.items]
    ordered = sorted(entries, key=lambda entry: entry.date.sort_key)
    assert drawn == [entry.key for entry in ordered if entry.date.precision != "undated"]
    assert {*drawn, *(undated.key for undated in timeline.undated)} == {entry.key for entry in entries}


@settings(max_examples=40, deadline=None)
@given(_ENTRIES, st.sampled_from([PAGE, COLUMN, NEWSPAPER]))
def test_every_bar_is_to_scale_and_every_word_is_there(entries: list[TimelineEntry], width: float) -> None:
    timeline = layout(entries, width, 7.5, measure)
    by_key = {entry.key: entry for entry in entries}
    for drawn in timeline.items:
        source = by_key[drawn.key]
        first, last = years(timeline, drawn.bar.body)
        axis = timeline.axis
        assert axis
        tolerance = 0.02 * (axis.end - axis.start) / (axis.x1 - axis.x0)
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
    assert collisions(timeline) == []
    assert "".join(line.text for line in timeline.items[0].lines[1:]) == "w" * 200


# The self-check sees what it should


def test_collisions_are_seen() -> None:
    timeline = draw(*SHIPPED)
    first, second = timeline.items[:2]
    stem = replace(first.stem, x0=first.box.x0 + 9, y0=first.bar.body.y1)
    moved = replace(second, box=first.box, bar=first.bar, stem=stem)
    broken = replace(timeline, items=(first, moved, *timeline.items[2:]))
    assert {
        "label influence overlaps label division",
        "bar influence overlaps bar division",
        "the stem of division cuts the label influence",
        "the stem of division cuts the bar influence",
    } <= set(collisions(broken))
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
    timeline = draw(*SHIPPED, entry("cold", "1947/..", "Cold & long", kind="era"))
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
