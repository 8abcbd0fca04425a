"""The HTML editions against WCAG 2.2 AA: measured in a browser, and judged by axe-core and the Nu HTML checker.

The pages bar scripts by their own policy; a browser's driver reaches past it, and most pages here are opened with
scripts switched off altogether. `tools/bootstrap.py` installs both judges, from `requirements/web/`.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance import verapdf
from conftest import do_without
from nkru_brief.project import open_project

ROOT = Path(__file__).parents[1]
EDITIONS = tuple(sorted(open_project(ROOT).briefs))
CHECKERS = ROOT / ".venv" / "web" / "node_modules"
WIDTHS = (320, 390, 1280)
PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 800}

# WCAG 2.0 to 2.2, A and AA, and what axe calls best practice; `target-size` is off unless asked for.
AXE = """async ([inside, rules]) => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const runOnly = rules.length ? {type: "rule", values: rules} : tags;
  const options = {runOnly, rules: {"target-size": {enabled: true}}, resultTypes: ["violations"]};
  const {violations, passes} = await axe.run(inside ?? document, options);
  return {
    faults: violations.map(({id, nodes}) => `${id}: ${nodes.map(node => node.target).join(" ")}`),
    passed: passes.map(({id}) => id),
  };
}"""

# The rules of axe that look at colours.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
# Where each box is, and whether it is seen: what all other rules go by, beside the document.
BOXES = """() => [...document.querySelectorAll("*")].map(e => [e.checkVisibility({visibilityProperty: true}),
  ...[...e.getClientRects()].map(r => [r.x, r.y, r.width, r.height])].join())"""

# What the checker's own style checker does not know yet, by name: each is a draft of the CSS working group that
# browsers ship, and a browser without it shows the page without a want (css-anchor-position-1, css-overflow-5).
UNKNOWN_STYLES = {"position-area", "position-try", "position-visibility", "scroll-target-group", ":target-current"}

TARGETS = """() => [...document.querySelectorAll("a, button")].filter(e => e.checkVisibility()).flatMap(e =>
  [...e.getClientRects()].map(r => [e.outerHTML.slice(0, 120), r.width, r.height]))"""
SEEN = """() => {
  const e = document.activeElement, style = getComputedStyle(e), r = e.getClientRects()[0];
  const at = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
  return {
    what: e.outerHTML.slice(0, 120), order: [...document.querySelectorAll("*")].indexOf(e),
    ring: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth), colour: style.outlineColor,
    uncovered: e.contains(at) || (at?.contains(e) ?? false), top: r.top, bottom: r.bottom,
  };
}"""
# Text that its box cuts off, and boxes that stick out of the window without a scroll bar of their own.
CUT = """() => [...document.querySelectorAll("body *")].filter(e => {
  if (!e.checkVisibility() || e.closest(".unseen, .skip, svg, .scroll") || e.matches(":popover-open")) return false;
  const clips = getComputedStyle(e).overflowX !== "visible" && e.scrollWidth > e.clientWidth + 1;
  return clips || e.getBoundingClientRect().right > innerWidth + 1;
}).map(e => e.outerHTML.slice(0, 120))"""
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def tabs() -> Iterator[dict[tuple[Any, bool], Any]]:
    """A tab of each browser, with scripts and without: to open another takes the browser longer than most tests."""
    opened: dict[tuple[Any, bool], Any] = {}
    yield opened
    for tab in opened.values():
        tab.context.close()


@pytest.fixture
def open_page(browser: Any, pages: dict[str, Path], tabs: dict[tuple[Any, bool], Any]) -> Open:
    """What opens an edition's page: with scripts off, in a window and with settings of one's own."""

    def start(
        edition: str,
        within: Any = None,
        *,
        java_script_enabled: bool = False,
        viewport: dict[str, int] = PHONE,
        **media: str,
    ) -> Any:
        key = (within or browser, java_script_enabled)
        if key not in tabs:
            tabs[key] = key[0].new_context(java_script_enabled=java_script_enabled).new_page()
            tabs[key].set_default_timeout(10_000)
        tab = tabs[key]
        usual = {"color_scheme": "light", "reduced_motion": "reduce", "forced_colors": "none"}
        tab.emulate_media(**(usual | media))
        tab.set_viewport_size(viewport)
        # What the tab was at is forgotten: a page with another fragment would only be scrolled.
        tab.goto("about:blank")
        tab.goto(pages[edition].as_uri())
        return tab

    return start


# ---- judged by others ----


@pytest.fixture(scope="session")
def axe() -> str:
    path = CHECKERS / "axe-core" / "axe.min.js"
    if not path.is_file():
        do_without("axe-core is not installed: make test installs it where there is npm")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("edition", EDITIONS)
def test_axe_finds_nothing(edition: str, axe: str, open_page: Open) -> None:
    """In the dark nothing is elsewhere or hidden, so there only what is said of colours is new."""
    tab = open_page(edition, java_script_enabled=True)
    tab.evaluate(axe)
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 800})
        for popover in (None, ":popover-open"):
            if popover:
                tab.click(".call button >> nth=0")
            tab.emulate_media(color_scheme="light", reduced_motion="reduce")
            light, found = tab.evaluate(BOXES), tab.evaluate(AXE, [popover, []])
            wanted = {"aria-dialog-name"} if popover else {"region", "landmark-one-main", "skip-link"}
            assert found["faults"] == [], (width, popover)
            assert wanted | {"color-contrast", "target-size"} <= set(found["passed"])
            tab.emulate_media(color_scheme="dark", reduced_motion="reduce")
            assert tab.evaluate(BOXES) == light
            dark = tab.evaluate(AXE, [popover, OF_COLOURS])
            assert dark["faults"] == [], (width, popover, "dark")
            assert "color-contrast" in dark["passed"]
        tab.keyboard.press("Escape")


def test_axe_is_not_blind(axe: str, open_page: Open) -> None:
    tab = open_page(EDITIONS[0], java_script_enabled=True)
    tab.evaluate("document.querySelector('.notes').style.color = '#eeeeee'; document.documentElement.lang = ''")
    tab.evaluate(axe)
    faults = {fault.partition(":")[0] for fault in tab.evaluate(AXE, [None, []])["faults"]}
    assert faults == {"color-contrast", "html-has-lang"}


def nu(*paths: Path) -> list[dict[str, Any]]:
    """Return what the Nu HTML checker says of some pages."""
    jar = CHECKERS / "vnu-jar" / "build" / "dist" / "vnu.jar"
    java = shutil.which("java")
    if java is None:
        do_without("there is no Java on the PATH, which the Nu HTML checker runs under")
    if not jar.is_file():
        do_without("the Nu HTML checker is not installed: make test installs it where there is npm")
    command = [java, *verapdf.BRIEFLY, "-Xss4m", "-jar", str(jar), "--format", "json", "--stdout", *map(str, paths)]
    messages: list[dict[str, Any]] = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)[
        "messages"
    ]
    return messages


def test_the_nu_checker_finds_no_error(tmp_path: Path, pages: dict[str, Path]) -> None:
    broken = tmp_path / "broken.html"
    broken.write_text('<!DOCTYPE html><html lang="en"><title>t</title><main role="nothing">', encoding="utf-8")
    found = [message for message in nu(broken, *pages.values()) if message["type"] != "info"]
    blatant = [error["message"] for error in found if error["url"].endswith("/broken.html")]
    assert [message for message in blatant if "Bad value “nothing” for attribute “role”" in message], "it is blind"
    errors = [error for error in found if not error["url"].endswith("/broken.html")]
    styles = [re.fullmatch(r"CSS: “(.+?)”: Property .+|CSS: Unknown .+ “(.+?)”", e["message"]) for e in errors]
    faults = [
        (Path(error["url"]).name, error.get("lastLine"), error["message"])
        for error, style in zip(errors, styles, strict=True)
        if style is None or (style[1] or style[2]) not in UNKNOWN_STYLES
    ]
    assert faults == []
    # What it has learnt since is to be taken out above.
    assert {style[1] or style[2] for style in styles if style} == UNKNOWN_STYLES


# ---- room ----


@pytest.mark.parametrize("edition", EDITIONS)
def test_no_page_scrolls_sideways_on_the_narrowest_phone(edition: str, open_page: Open) -> None:
    """WCAG 2.2, 1.4.10 Reflow: 320 px, with notes closed and open."""
    tab = open_page(edition)
    assert (tab.evaluate(SIDEWAYS), tab.evaluate(CUT)) == (0, [])
    tab.click(".call button >> nth=0")
    assert (tab.evaluate(SIDEWAYS), tab.evaluate(CUT)) == (0, [])


@pytest.fixture(scope="session")
def large_type(chromium: Any) -> Any:
    """A browser whose reader asked for type twice as large."""
    return chromium("--blink-settings=defaultFontSize=32,defaultFixedFontSize=26")


@pytest.mark.parametrize("edition", EDITIONS)
def test_type_twice_as_large_cuts_nothing_off(edition: str, large_type: Any, open_page: Open) -> None:
    """WCAG 2.2, 1.4.4 Resize Text, at a desk, on a tablet and on the narrowest phone."""
    for width in (1280, 768, 320):
        tab = open_page(edition, large_type, viewport={"width": width, "height": 800})
        assert tab.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        assert (tab.evaluate(SIDEWAYS), tab.evaluate(CUT)) == (0, []), width
        tab.click(".call button >> nth=0")
        close = tab.locator(":popover-open button").bounding_box()
        assert 0 <= close["x"] <= close["x"] + close["width"] <= width
        assert close["y"] + close["height"] <= 800


@pytest.mark.parametrize("edition", EDITIONS)
def test_wide_set_text_cuts_nothing_off(edition: str, open_page: Open) -> None:
    """WCAG 2.2, 1.4.12 Text Spacing: its four values."""
    spacing = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }"
    spacing += " p { margin-bottom: 2em !important; }"
    for width in (320, 1280):
        tab = open_page(edition, viewport={"width": width, "height": 800})
        tab.evaluate(
            "text => document.head.append(Object.assign(document.createElement('style'), {textContent: text}))", spacing
        )
        assert (tab.evaluate(SIDEWAYS), tab.evaluate(CUT)) == (0, []), width


@pytest.mark.parametrize("edition", EDITIONS)
def test_targets_are_large_enough_to_touch(edition: str, open_page: Open) -> None:
    """WCAG 2.2, 2.5.8 Target Size: 24 px either way, even for links in a line of text, which it lets off."""
    tab = open_page(edition)
    for open_note in (False, True):
        if open_note:
            tab.click(".call button >> nth=0")
        targets = tab.evaluate(TARGETS)
        assert len(targets) > 10
        assert [target for target in targets if min(target[1:]) < 24] == []


# ---- keyboard ----


@pytest.mark.parametrize("edition", EDITIONS)
def test_focus_goes_in_reading_order_and_is_always_seen(edition: str, open_page: Open) -> None:
    """WCAG 2.2, 2.1.2, 2.4.3, 2.4.7 and 2.4.11: Tab passes everything once, ringed, and under nothing else."""
    tab = open_page(edition, viewport=DESK)
    expected = tab.evaluate(
        "[...document.querySelectorAll('a[href], button, [tabindex=\"0\"]')].filter(e => e.checkVisibility()).length"
    )
    stops = []
    for _ in range(expected):
        tab.keyboard.press("Tab")
        stops.append(tab.evaluate(SEEN))
    assert [stop["order"] for stop in stops] == sorted({stop["order"] for stop in stops})
    assert [stop["what"] for stop in stops if stop["ring"] < 2] == []
    assert [stop["what"] for stop in stops if not stop["uncovered"] or stop["top"] < 0 or stop["bottom"] > 800] == []
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement === document.body || document.activeElement.matches('.skip')")


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_first_stop_skips_to_the_text(edition: str, open_page: Open) -> None:
    """WCAG 2.2, 2.4.1 Bypass Blocks."""
    tab = open_page(edition)
    skip = tab.locator(".skip")
    assert skip.bounding_box()["y"] < 0
    tab.keyboard.press("Tab")
    box = skip.bounding_box()
    assert box["y"] >= 0
    assert min(box["width"], box["height"]) >= 24
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "text"
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_keyboard_opens_reads_and_closes_a_note(edition: str, open_page: Open) -> None:
    """WCAG 2.2, 2.1.1 Keyboard, and scripts are off: Enter opens, Tab stays inside, Escape leads back to the call."""
    tab = open_page(edition)
    call = tab.locator(".call button").first
    call.focus()
    for leave in ("Escape", "Enter"):
        tab.keyboard.press("Enter")
        assert tab.locator(":popover-open").count() == 1
        assert tab.evaluate("document.activeElement.matches(':popover-open .popover-title')")
        stops = tab.locator(":popover-open").locator("a, button").count()
        for _ in range(stops):
            tab.keyboard.press("Tab")
            assert tab.evaluate("document.activeElement.closest(':popover-open') !== null")
            seen = tab.evaluate(SEEN)
            assert seen["ring"] >= 2
            assert seen["uncovered"], seen["what"]
        assert tab.evaluate("document.activeElement.matches('.popover-foot button')")
        tab.keyboard.press(leave)
        assert tab.locator(":popover-open").count() == 0
        assert tab.evaluate("document.activeElement.matches('.call button')")


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_note_leads_to_the_list_and_back(edition: str, open_page: Open) -> None:
    tab = open_page(edition)
    tab.click(".call button >> nth=0")
    tab.click(":popover-open .popover-foot a")
    assert tab.evaluate("document.querySelector(':target').matches('.notes li')")
    tab.click(".notes li:target .backs a >> nth=0")
    assert tab.evaluate("document.querySelector(':target').matches('.call')")
    assert 0 <= tab.locator(".call:target").bounding_box()["y"] < PHONE["height"]


# ---- what readers ask of their system ----


@pytest.mark.parametrize("edition", EDITIONS)
def test_nothing_moves_for_those_who_ask_for_less(edition: str, open_page: Open) -> None:
    """CSS Media Queries 5, 12.1 prefers-reduced-motion."""
    moving = """() => [...document.querySelectorAll("*")].filter(e => {
      const style = getComputedStyle(e);
      return style.scrollBehavior !== "auto" || style.transitionDuration !== "0s" || style.animationName !== "none";
    }).map(e => e.tagName)"""
    assert open_page(edition, reduced_motion="reduce").evaluate(moving) == []
    assert open_page(edition, reduced_motion="no-preference").evaluate(moving) == ["HTML"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("edition", EDITIONS)
def test_forced_colours_keep_text_edges_and_focus(edition: str, scheme: str, axe: str, open_page: Open) -> None:
    """CSS Color Adjustment 1, 3 Forced Color Palettes: the reader's few colours are enough to tell things apart."""
    tab = open_page(edition, forced_colors="active", color_scheme=scheme, java_script_enabled=True)
    tab.evaluate(axe)
    assert tab.evaluate(AXE, [None, []])["faults"] == []
    ground = tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    paints = tab.evaluate(
        """() => [...document.querySelectorAll("svg text, svg line, svg path, .judgement, .part-summary")]
        .filter(e => e.checkVisibility()).map(e => { const s = getComputedStyle(e);
          return e.matches("text") ? s.fill : e.matches("svg *") ? s.stroke : s.borderLeftColor; })"""
    )
    assert {paint for paint in paints if paint == ground} == set()
    tab.locator(".call button").first.focus()
    tab.keyboard.press("Enter")
    popover = tab.evaluate(
        """() => { const s = getComputedStyle(document.querySelector(":popover-open"));
        return [s.borderTopStyle, s.borderTopColor, getComputedStyle(document.activeElement).outlineColor]; }"""
    )
    assert popover[0] == "solid"
    assert ground not in popover[1:]
