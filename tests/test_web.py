"""The HTML edition: whole in one file, every note reachable both ways, sound as a document."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from nkru_brief.project import open_project

ROOT = Path(__file__).parents[1]
EDITIONS = tuple(sorted(open_project(ROOT).briefs))
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
# Elements that fetch what they name, and those that would bring another page or a script in.
FETCHING = frozenset({"src", "srcset", "data", "poster", "action", "formaction", "background", "ping"})
FOREIGN = frozenset({"script", "iframe", "object", "embed", "link", "base", "form", "video", "audio"})
LANDMARKS = ("header", "main", "aside", "footer")
COLOURS = ("ink", "muted", "rule", "tint", "accent", "paper")


class Element(NamedTuple):
    """An element as it was opened: its name, attributes, and the elements around it, outermost first."""

    tag: str
    attributes: dict[str, str]
    around: tuple["Element", ...]


class Page(HTMLParser):
    """A page read: its elements in order, whether each is closed where it should be, and its styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[Element] = []
        self.faults: list[str] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{element.tag}> is never closed" for element in self._open]
        self.style = "".join(re.findall(r"<style>(.*?)</style>", html, re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        self.faults += [f"<{tag}> has {name} twice" for name in set(names) if names.count(name) > 1]
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].tag != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1].tag if self._open else 'nothing'}")
        else:
            self._open.pop()

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Return the elements of a name whose attributes have these values."""
        return [e for e in self.elements if e.tag == tag and attributes.items() <= e.attributes.items()]

    def of_class(self, name: str) -> list[Element]:
        """Return the elements of a class."""
        return [e for e in self.elements if name in e.attributes.get("class", "").split()]

    def values(self, attribute: str) -> list[str]:
        """Return every value an attribute has on the page, in order."""
        return [e.attributes[attribute] for e in self.elements if attribute in e.attributes]


@pytest.fixture(scope="session", params=EDITIONS)
def page(request: pytest.FixtureRequest, pages: dict[str, Path]) -> Page:
    return Page(pages[request.param].read_text(encoding="utf-8"))


# ---- one file ----


def test_nothing_is_fetched(page: Page) -> None:
    # A data block is no script: no browser runs it.
    foreign = [e for e in page.elements if e.tag in FOREIGN and e.attributes.get("type") != "application/ld+json"]
    assert foreign == []
    named = [(e.tag, e.attributes[name][:11]) for e in page.elements for name in FETCHING & e.attributes.keys()]
    assert set(named) <= {("img", "data:image/")}
    assert [name for e in page.elements for name in e.attributes if name.startswith("on")] == []
    # A link is for a reader to follow: inside the page, or to where an author pointed.
    assert [href for href in page.values("href") if not href.startswith(("#", "https:", "http:", "mailto:"))] == []
    assert not [e for e in page.elements if "style" in e.attributes and e.tag not in ("td", "th")]


def test_styles_ask_for_nothing_outside(page: Page) -> None:
    targets = re.findall(r"url\(\s*[\"']?([^\"')]{0,40})", page.style)
    assert targets, "the page brings no faces"
    assert [target for target in targets if not target.startswith("data:font/woff2;base64,")] == []
    assert "@import" not in page.style
    assert "face:" not in page.html, "a face was left out"


def test_policy_allows_only_what_is_inside(page: Page) -> None:
    (policy,) = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
    rules = dict(rule.strip().split(" ", 1) for rule in policy.attributes["content"].split(";"))
    assert rules["default-src"] == "'none'"
    assert "script-src" not in rules
    assert not re.search(r"https?:|\*", policy.attributes["content"])


# ---- the document ----


def test_every_element_is_closed(page: Page) -> None:
    assert page.faults == []


def test_head_says_what_and_in_which_language(page: Page) -> None:
    assert page.html.startswith("<!DOCTYPE html>")
    assert page.all("html")[0].attributes["lang"]
    assert len([e for e in page.all("title") if e.around[-1].tag == "head"]) == 1
    named = {e.attributes.get("name"): e.attributes.get("content") for e in page.all("meta")}
    assert named["description"]
    assert named["viewport"] == "width=device-width, initial-scale=1"
    assert named["color-scheme"] == "light dark"


def test_one_heading_above_all_and_no_level_skipped(page: Page) -> None:
    levels = [int(e.tag[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert [(a, b) for a, b in pairwise(levels) if b > a + 1] == []


def test_landmarks_stand_once_each_at_the_top(page: Page) -> None:
    for tag in LANDMARKS:
        assert [len(e.around) for e in page.all(tag)] == [2], tag
    skip = page.of_class("skip")[0]
    assert page.all("main", id=skip.attributes["href"][1:])
    # The way past everything else comes before everything else.
    assert skip is next(e for e in page.elements if e.tag in ("a", "button"))


def test_ids_are_unique_and_every_reference_has_its_target(page: Page) -> None:
    ids = page.values("id")
    assert sorted(ids) == sorted(set(ids))
    targets = {href[1:] for href in page.values("href") if href.startswith("#")}
    for attribute in ("aria-labelledby", "aria-describedby", "popovertarget"):
        targets |= {name for value in page.values(attribute) for name in value.split()}
    assert targets - set(ids) == set()


def test_tables_are_square_and_their_heads_say_what_they_head(page: Page) -> None:
    for table in page.all("table"):
        rows = [[e for e in page.elements if e.around and e.around[-1] is row] for row in _inside(page, table, "tr")]
        assert rows
        assert all(cell.tag in ("td", "th") for row in rows for cell in row)
        assert len({sum(int(cell.attributes.get("colspan", "1")) for cell in row) for row in rows}) == 1
        assert [cell for row in rows for cell in row if cell.tag == "th" and "scope" not in cell.attributes] == []


def test_figures_and_scroll_boxes_have_names(page: Page) -> None:
    for svg in page.all("svg"):
        assert svg.attributes["role"] == "img"
        assert svg.attributes.keys() & {"aria-label", "aria-labelledby"}
    for box in page.of_class("scroll"):
        # A table of an author stands in a part that is a region of the same name.
        assert box.attributes["role"] in ("region", "group")
        assert box.attributes["tabindex"] == "0"
        assert box.attributes.keys() & {"aria-label", "aria-labelledby"}


def test_figures_take_their_colours_from_the_page(page: Page) -> None:
    paints = {value for name in ("fill", "stroke") for value in page.values(name)}
    assert paints - {"none", *(f"var(--{name})" for name in COLOURS)} == set()


def _inside(page: Page, element: Element, tag: str) -> Iterator[Element]:
    return (e for e in page.all(tag) if any(outer is element for outer in e.around))


# ---- notes ----


def test_every_call_leads_to_its_note_and_back(page: Page) -> None:
    calls = [e.attributes["id"] for e in page.of_class("call")]
    assert calls
    links = page.all("a", role="doc-noteref")
    buttons = [e for e in page.all("button") if "popovertargetaction" not in e.attributes]
    assert len(calls) == len(links) == len(buttons)
    for call, link, button in zip(calls, links, buttons, strict=True):
        number = re.fullmatch(r"r(\d+)-\d+", call)
        assert number
        assert link.attributes["href"] == f"#n{number[1]}"
        assert button.attributes["popovertarget"] == f"p{number[1]}"
    notes = page.all("aside")[0]
    back = [e.attributes["href"][1:] for e in _inside(page, notes, "a") if e.attributes["href"].startswith("#r")]
    assert sorted(back) == sorted(calls)


def test_every_note_opens_over_the_page_and_can_be_closed(page: Page) -> None:
    popovers = page.of_class("popover")
    notes = [e.attributes["id"] for e in _inside(page, page.all("aside")[0], "li")]
    assert [e.attributes["id"] for e in popovers] == [f"p{note[1:]}" for note in notes]
    for popover, note in zip(popovers, notes, strict=True):
        assert "popover" in popover.attributes
        assert popover.attributes["role"] == "dialog"
        (close,) = _inside(page, popover, "button")
        assert close.attributes["popovertarget"] == popover.attributes["id"]
        assert close.attributes["popovertargetaction"] == "hide"
        assert f"#{note}" in [e.attributes["href"] for e in _inside(page, popover, "a")]


def test_notes_lead_to_the_annex_where_there_is_one(page: Page) -> None:
    rows = {f"#{e.attributes['id']}" for e in page.all("tr") if "id" in e.attributes}
    linked = {href for href in page.values("href") if href.startswith("#claim-")}
    assert linked <= rows
    assert bool(linked) == bool(page.of_class("evidence"))
