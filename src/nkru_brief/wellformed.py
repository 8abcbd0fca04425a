"""A page whose every element is opened and closed in its place, read as a tree in a fraction of the time.

HTML says of any page, however broken, which tree it is (HTML, 13.2.6), and a parser of all its rules takes its time.
Most rules are for tags that are left out or cross each other. Of a page that has none of these the tree is as written;
where a page may have one, or has an element that is not known here, there is no answer, and the whole parser is asked.
"""

import re
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

from nkru_brief.tagreader import Attributes, TagReader


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SVG = "{http://www.w3.org/2000/svg}"
_VOID = _names("area base br col embed hr img input link meta source track wbr")
_IN_HEAD = _names("base link meta script style title")
_HEADINGS = _names("h1 h2 h3 h4 h5 h6")
# A paragraph ends where one of these begins.
_BLOCKS = _HEADINGS | _names(
    "address article aside blockquote details dialog div dl dd dt fieldset figcaption figure footer header hgroup hr li"
    " main menu nav ol p pre section summary table ul"
)
_PHRASES = _names(
    "a abbr b bdi bdo button cite code data del dfn em i ins kbd label mark meter output picture progress q s samp"
    " small span strong sub sup time u var"
)
# Elements that stand in these and nowhere else, or there is more to it.
_WITHIN = {
    "caption": {"table"},
    "col": {"colgroup"},
    "colgroup": {"table"},
    "dd": {"dl", "div"},
    "dt": {"dl", "div"},
    "li": {"menu", "ol", "ul"},
    "tbody": {"table"},
    "td": {"tr"},
    "tfoot": {"table"},
    "th": {"tr"},
    "thead": {"table"},
    "tr": {"tbody", "tfoot", "thead"},
}
# What stands in these is one of the above, or a space.
_ROWS = _names("colgroup table tbody tfoot thead tr")
_NO_TEXT = _ROWS | {"html", "head"}
_KNOWN = _VOID | _IN_HEAD | _BLOCKS | _PHRASES | frozenset(_WITHIN)
# Of drawings; a tag of HTML in one would end it.
_DRAWN = _names(
    "a circle clippath defs desc ellipse g line lineargradient marker mask path pattern polygon polyline"
    " radialgradient rect stop svg symbol text title tspan use"
)
# Line ends to be made one, references without their semicolon, and comments that are none or end oddly.
_ODD = re.compile(r"[\r\0]|&[a-z][a-z0-9]*(?![a-z0-9;])|<\?|<!(?!--|doctype)|<!--(?=-?>)|--!>", re.IGNORECASE)


# What never stands in another of its kind, and what is of a list of terms.
_SINGLE, _TERMS = frozenset({"a", "button"}), frozenset({"dd", "dt"})


# Pages have some hundred pairs of elements, thousands of times.
@cache
def _fits(tag: str, parent: str) -> bool:
    """Return whether an element of HTML stands where it may, as far as what it stands in says."""
    return (
        tag in _KNOWN
        and parent in _WITHIN.get(tag, {parent})
        and not (parent in _ROWS and tag not in _WITHIN)
        and not (tag in _HEADINGS and parent in _HEADINGS)
    )


class _OddError(Exception):
    """The tree is not simply what is written."""


def tree(html: str) -> "ET.Element | None":
    """Return the root element of a page, or None where it is not well-formed as this module knows it."""
    if _ODD.search(html):
        return None
    reader = _Reader()
    try:
        reader.feed(html)
    except _OddError:
        return None
    whole = not reader.open and reader.comments == html.count("<!--")
    return reader.root if whole else None


class _Reader(TagReader):
    """Builds the tree; `open` are the elements not closed yet, by name, those of drawings with their namespace."""

    def __init__(self) -> None:
        self.root: ET.Element | None = None
        self.open: list[tuple[str, ET.Element]] = []
        self.comments = 0
        self._last: ET.Element | None = None
        # How many of each name are open.
        self._depth: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        parent = self.open[-1][0] if self.open else ""
        drawn = tag == "svg" or parent.startswith(_SVG)
        name = f"{_SVG}{tag}" if drawn else tag
        if not (self._drawn(tag, parent) if drawn else self._placed(tag, parent)):
            raise _OddError
        attributes = {key: value or "" for key, value in attrs}
        if len(attributes) < len(attrs):
            raise _OddError
        element = self._added(ET.Element(name, attributes))
        if drawn or tag not in _VOID:
            self.open.append((name, element))
            self._depth[name] = self._depth.get(name, 0) + 1
            self._last = None
        else:
            self._last = element

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        drawn = tag == "svg" or (self.open and self.open[-1][0].startswith(_SVG))
        if not drawn and tag not in _VOID:
            raise _OddError
        self.handle_starttag(tag, attrs)
        if drawn:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        name, element = self.open.pop() if self.open else ("", None)
        if name.removeprefix(_SVG) != tag or element is None:
            raise _OddError
        self._depth[name] -= 1
        self._last = element

    def handle_data(self, data: str) -> None:
        name = self.open[-1][0] if self.open else "html"
        # A lone < may be the beginning of anything.
        if (name in _NO_TEXT and data.strip(" \t\n\f")) or data == "<":
            raise _OddError
        if not self.open:
            return
        if self._last is None:
            holder = self.open[-1][1]
            holder.text = (holder.text or "") + data
        else:
            self._last.tail = (self._last.tail or "") + data

    def handle_comment(self, data: str) -> None:
        self.comments += 1
        if self._within("title"):
            raise _OddError
        if self.open:
            comment: Any = ET.Comment(data)
            self._last = self._added(comment)

    def _added(self, element: ET.Element) -> ET.Element:
        if self.open:
            self.open[-1][1].append(element)
        elif self.root is None:
            self.root = element
        return element

    def _within(self, *names: str) -> bool:
        return any(self._depth.get(name) for name in names)

    def _drawn(self, tag: str, parent: str) -> bool:
        """Return whether an element of a drawing stands where it stays."""
        if not parent.startswith(_SVG):
            return self._placed("span", parent)
        # What is in a title may be of HTML again.
        return tag in _DRAWN and parent.removeprefix(_SVG) not in {"title", "desc"}

    def _placed(self, tag: str, parent: str) -> bool:
        """Return whether an element of HTML stands where it stays, and ends nothing that is open."""
        match parent:
            case "":
                return tag == "html" and self.root is None
            case "html":
                before = [child.tag for child in self.open[0][1] if isinstance(child.tag, str)]
                return [*before, tag] in (["head"], ["head", "body"])
            case "head":
                return tag in _IN_HEAD
            case "title" | "script" | "style":
                return False
        return _fits(tag, parent) and not self._ends(tag, parent)

    def _ends(self, tag: str, parent: str) -> bool:
        """Return whether an element would end one that is open, further up than what it stands in."""
        if tag in _BLOCKS and self._depth.get("p"):
            return True
        if tag in _SINGLE and self._depth.get(tag):
            return True
        # In a list of terms, a group of them is straight in it.
        return tag in _TERMS and parent == "div" and (len(self.open) < 2 or self.open[-2][0] != "dl")
