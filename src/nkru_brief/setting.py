"""What a typesetter would not let pass, looked for on the finished pages: style sheets only wish.

The rules are those of any house: no line of a paragraph alone on its page (New Hart's Rules, 2.5.1), no heading at the
foot of one, nothing parted that was to stay whole, no rows of a table without their head, no page nearly empty.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from nkru_brief.sheet import Flaw

CODE = "W407"
# The least part of a page's height that text takes, on all pages of a paper that has more than one.
LEAST = 1 / 3
_PARAGRAPHS = frozenset({"p", "li", "dd", "blockquote"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt"})
_APART = frozenset({"MarginBox", "FootnoteAreaBox"})
_SHOWN = 50


class _Page:
    """What stands on a page: its lines with the elements around each, its boxes by element, and how full it is."""

    def __init__(self, box: Any) -> None:  # noqa: ANN401 - the engine's own types have no names to write
        self.lines: list[tuple[Any, ...]] = []
        self.whole: set[Any] = set()
        self.heads: set[Any] = set()
        self.rows: set[Any] = set()
        self.texts: dict[Any, list[str]] = {}
        self._bottom = box.content_box_y()
        self._notes = 0.0
        for child in box.children:
            self._walk(child, ())
        height = box.height + sum(
            child.margin_height() for child in box.children if type(child).__name__ == "FootnoteAreaBox"
        )
        self.filled = (self._bottom - box.content_box_y() + self._notes) / height if height else 1.0

    def _walk(self, box: Any, around: tuple[Any, ...]) -> None:  # noqa: ANN401
        kind = type(box).__name__
        if box.style["position"] == "fixed":
            # It stands on every page, and fills none.
            return
        if kind == "FootnoteAreaBox":
            self._notes = box.margin_height()
        if kind in _APART:
            return
        element = box.element if "::" not in (box.element_tag or "") else None
        if element is not None and element not in around:
            around = (*around, element)
            # Heads of tables stand on each of their pages; that parts nothing.
            if not any(each.tag == "thead" for each in around) and box.style["break_inside"] in ("avoid", "avoid-page"):
                self.whole.add(element)
        if kind == "TableRowGroupBox":
            (self.heads if box.is_header else self.rows).add(around[-2])
        if kind == "LineBox":
            self.lines.append(around)
            self._bottom = max(self._bottom, box.position_y + box.height)
            for each in around:
                self.texts.setdefault(each, []).append(_text(box))
            return
        if kind in ("BlockReplacedBox", "InlineReplacedBox"):
            self._bottom = max(self._bottom, box.position_y + box.margin_height())
        for child in getattr(box, "children", ()):
            self._walk(child, around)


def _text(line: Any) -> str:  # noqa: ANN401
    return "".join(getattr(box, "text", None) or "" for box in line.descendants())


def flaws(pages: Iterable[Any]) -> Iterator[Flaw]:
    """Yield what is wrong with the pages of a document as they are laid out.

    Args:
        pages: its pages, each with the tree of boxes laid out on it.
    """
    laid = [_Page(page._page_box) for page in pages]  # noqa: SLF001 - the engine shows its boxes to nobody
    for number, (page, following) in enumerate(pairwise(laid), 1):
        yield from _parted(number, page, following)
        yield from _stranded(number, page)
    for number, page in enumerate(laid, 1):
        yield from _headless(number, page)
        if len(laid) > 1 and page.filled < LEAST:
            yield _flaw(number, f"is only {page.filled:.0%} full", "")


def _flaw(page: int, what: str, text: str) -> Flaw:
    shown = " ".join(text.split())
    quoted = f": “{shown[:_SHOWN].rsplit(' ', 1)[0]} …”" if len(shown) > _SHOWN else f": “{shown}”" if shown else ""
    return Flaw(code=CODE, message=f"page {page} {what}{quoted}", text=text)


def _parted(number: int, page: _Page, following: _Page) -> Iterator[Flaw]:
    """Yield what is on two pages and should not be, or has one line alone on one of them."""
    both = [element for element in page.texts if element in following.texts]
    for element in both:
        text = "".join(page.texts[element])
        if element in page.whole:
            yield _flaw(number, f"parts a {_name(element)} that was to stay whole", text)
        elif element.tag in _PARAGRAPHS:
            if _lines(page, element) == 1:
                yield _flaw(number, "ends with the first line of a paragraph", text)
            if _lines(following, element) == 1:
                yield _flaw(number + 1, "begins with the last line of a paragraph", "".join(following.texts[element]))


def _lines(page: _Page, element: Any) -> int:  # noqa: ANN401
    return sum(element in around for around in page.lines)


def _name(element: Any) -> str:  # noqa: ANN401
    return f"{element.tag} .{element.get('class').split()[0]}" if element.get("class") else str(element.tag)


def _stranded(number: int, page: _Page) -> Iterator[Flaw]:
    """Yield a heading that is the last thing on its page."""
    last = page.lines[-1] if page.lines else ()
    for element in last:
        if element.tag in _HEADINGS:
            yield _flaw(number, "ends with a heading", "".join(page.texts[element]))


def _headless(number: int, page: _Page) -> Iterator[Flaw]:
    """Yield a table that has rows on a page without its head: the engine drops a head that leaves no room for them."""
    for table in page.rows - page.heads:
        if any(child.tag == "thead" for child in table):
            yield _flaw(number, "has rows of a table without its head", "".join(page.texts.get(table, [])))
