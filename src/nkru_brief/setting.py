"""What a typesetter would not let pass, looked for on the finished pages: style sheets only wish.

The rules are those of any house: no line of a paragraph alone on its page (New Hart's Rules, 2.5.1), no heading at the
foot of one, nothing parted that was to stay whole, no rows of a table without their head, no page nearly empty, no line
longer than its column is wide. Each family of them has a code.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from nkru_brief.sheet import Flaw

# A line or a heading alone; something parted; a table's head and rows apart; a page nearly empty.
ALONE, PARTED, HEADLESS, EMPTY = "W407", "W417", "W418", "W419"
# A picture that does not fit on its page is cut off: what is lost there no other check misses.
CUT = "E412"
# A line that does not fit its column stands over what is beside it: an overfull box, as TeX calls it.
OVERFULL = "W420"
# The least part of a page's height that is taken, on all pages of a paper that has more than one.
LEAST = 1 / 3
_PARAGRAPHS = frozenset({"p", "li", "dd", "blockquote"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt"})
_APART = frozenset({"MarginBox", "FootnoteAreaBox"})
_REPLACED = frozenset({"BlockReplacedBox", "InlineReplacedBox"})
_FORCED = frozenset({"page", "left", "right", "recto", "verso"})
_SHOWN = 50
# How far, in px, a line may run over: less than a stroke.
_OVERRUN = 0.5
# White of a picture, in px, that may stand below the foot.
_OVER = 2
# Pixels of CSS in a millimetre.
_PX = 96 / 25.4


class Fault(NamedTuple):
    """A rule broken on a page: its code, the page's number from 1, what is wrong, and the element it is wrong with.

    The element is None where it is wrong with the page as a whole.
    """

    code: str
    page: int
    what: str
    element: Any = None
    text: str = ""


class Page:
    """What stands on a page: its lines with the elements around each, its boxes by element, and how full it is."""

    def __init__(self, box: Any) -> None:  # noqa: ANN401 - the engine's own types have no names to write
        self.lines: list[tuple[Any, ...]] = []
        # The elements around what stands last: a line, or a picture.
        self.last: tuple[Any, ...] = ()
        self.whole: set[Any] = set()
        # What a style sheet begins on a page of its own.
        self.forced: set[Any] = set()
        self.heads: set[Any] = set()
        self.rows: set[Any] = set()
        self.texts: dict[Any, list[str]] = {}
        # Where each element begins on the page, in px from its top, in reading order.
        self.begins: dict[Any, float] = {}
        # What each element is in, the outermost first, itself last.
        self.around: dict[Any, tuple[Any, ...]] = {}
        # Pictures that reach below the page's foot, by how much, in px.
        self.cut: dict[Any, float] = {}
        self.top, self.height = box.content_box_y(), box.height
        self.margin_bottom = box.margin_bottom
        self._leads: Counter[float] = Counter()
        self._bottom = self.top
        self._notes = 0.0
        for child in box.children:
            self._walk(child, ())
        height = self.height + sum(
            child.margin_height() for child in box.children if type(child).__name__ == "FootnoteAreaBox"
        )
        self.filled = (self._bottom - self.top + self._notes) / height if height else 1.0

    @property
    def lead(self) -> float:
        """The height of most lines, in px."""
        return max(self._leads, key=lambda lead: (self._leads[lead], lead), default=0.0)

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
            if box.style["break_before"] in _FORCED:
                self.forced.add(element)
            self.begins.setdefault(element, box.position_y)
            self.around.setdefault(element, around)
            # Heads of tables stand on each of their pages; that parts nothing.
            if not any(each.tag == "thead" for each in around) and _is_whole(box):
                self.whole.add(element)
        if kind == "TableRowGroupBox":
            (self.heads if box.is_header else self.rows).add(around[-2])
        if kind == "LineBox":
            self._line(box, around)
            return
        if kind in _REPLACED:
            self.last = around
            self._picture(box)
        for child in getattr(box, "children", ()):
            self._walk(child, around)
        # A rule is there to be written on, or to end something.
        if getattr(box, "border_bottom_width", 0):
            self._bottom = max(self._bottom, box.border_box_y() + box.border_height())

    def _line(self, box: Any, around: tuple[Any, ...]) -> None:  # noqa: ANN401
        self.lines.append(around)
        self.last = around
        self._leads[round(box.height, 2)] += 1
        self._bottom = max(self._bottom, box.position_y + box.height)
        for each in around:
            self.texts.setdefault(each, []).append(_text(box))
        # A picture in a line stands after its words.
        for each in box.descendants():
            if type(each).__name__ in _REPLACED:
                self._picture(each)

    def _picture(self, box: Any) -> None:  # noqa: ANN401
        bottom = box.position_y + box.margin_height()
        self._bottom = max(self._bottom, bottom)
        if bottom > self.top + self.height + _OVER:
            self.cut[box.element] = bottom - self.top - self.height


def _is_whole(box: Any) -> bool:  # noqa: ANN401
    return box.style["break_inside"] in ("avoid", "avoid-page") or box.element.tag == "tr"


def _text(line: Any) -> str:  # noqa: ANN401
    return "".join(getattr(box, "text", None) or "" for box in line.descendants())


def laid(pages: Iterable[Any]) -> tuple[Page, ...]:
    """Return the pages of a document as they are laid out, each with the tree of boxes on it."""
    return tuple(Page(page._page_box) for page in pages)  # noqa: SLF001 - the engine shows its boxes to nobody


def faults(pages: tuple[Page, ...], *, full: bool = True) -> Iterator[Fault]:
    """Yield where the pages of a document break a rule.

    Args:
        pages: its pages.
        full: whether no page may be nearly empty; a handout's pages follow from the size of its print.
    """
    for number, (page, following) in enumerate(pairwise(pages), 1):
        yield from _parted(number, page, following)
        yield from _stranded(number, page)
    for number, page in enumerate(pages, 1):
        yield from _headless(number, page)
        for element, over in page.cut.items():
            what = f"cuts off a picture: {over / _PX:.0f} mm of it are below the foot"
            yield Fault(CUT, number, what, element)
    if full:
        yield from _empty(pages)


def overfull(pages: Iterable[Any]) -> Iterator[Fault]:
    """Yield the lines of a document that are longer than their columns are wide, each element's first.

    No other setting of pages mends them. Margin boxes are left out: what stands alone in one may take its neighbour's
    room.
    """
    told = set[Any]()
    for number, page in enumerate(pages, 1):
        for block, line, over in _overfull(page._page_box):  # noqa: SLF001 - as in `laid`
            if block.element not in told:
                told.add(block.element)
                what = f"has a line that runs {over / _PX:.1f} mm over the edge of its column"
                yield Fault(OVERFULL, number, what, block.element, _text(line))


def _overfull(box: Any) -> Iterator[tuple[Any, Any, float]]:  # noqa: ANN401
    """Yield each line that is too long, the block it is in, and by how much, in px; what is hidden is not seen."""
    if type(box).__name__ == "MarginBox" or (box.style["overflow"] != "visible" and box.element is not None):
        return
    for child in getattr(box, "children", ()):
        if type(child).__name__ == "LineBox" and (over := _over(box, child)) > _OVERRUN:
            yield box, child, over
        yield from _overfull(child)


def _over(block: Any, line: Any) -> float:  # noqa: ANN401
    """Return by how much what flows in a line goes beyond its block, at the end that lines run to, in px."""
    inside = [each for each in line.children if each.is_in_normal_flow()]
    if block.style["direction"] == "rtl":
        return max((block.content_box_x() - each.position_x for each in inside), default=0.0)
    right = block.content_box_x() + block.width
    return max((each.position_x + each.margin_width() - right for each in inside), default=0.0)


def flaw(fault: Fault) -> Flaw:
    """Return a fault as it is reported."""
    shown = " ".join(fault.text.split())
    quoted = f": “{shown[:_SHOWN].rsplit(' ', 1)[0]} …”" if len(shown) > _SHOWN else f": “{shown}”" if shown else ""
    return Flaw(code=fault.code, message=f"page {fault.page} {fault.what}{quoted}", text=fault.text)


def _parted(number: int, page: Page, following: Page) -> Iterator[Fault]:
    """Yield what is on two pages and should not be, or has one line alone on one of them."""
    for element in [element for element in page.texts if element in following.texts]:
        text = "".join(page.texts[element])
        if element in page.whole:
            yield Fault(PARTED, number, f"parts a {_name(element)} that was to stay whole", element, text)
        elif element.tag in _PARAGRAPHS:
            if _lines(page, element) == 1:
                yield Fault(ALONE, number, "ends with the first line of a paragraph", element, text)
            if _lines(following, element) == 1:
                text = "".join(following.texts[element])
                yield Fault(ALONE, number + 1, "begins with the last line of a paragraph", element, text)


def _lines(page: Page, element: Any) -> int:  # noqa: ANN401
    return sum(element in around for around in page.lines)


def _name(element: Any) -> str:  # noqa: ANN401
    return f"{element.tag} .{element.get('class').split()[0]}" if element.get("class") else str(element.tag)


def _stranded(number: int, page: Page) -> Iterator[Fault]:
    """Yield a heading that is the last thing on its page."""
    for element in page.last:
        if element.tag in HEADINGS:
            yield Fault(ALONE, number, "ends with a heading", element, "".join(page.texts[element]))


def _headless(number: int, page: Page) -> Iterator[Fault]:
    """Yield a table whose rows and head are apart: the engine drops a head that leaves no room for rows."""
    for table in page.begins:
        if table in page.rows - page.heads and any(child.tag == "thead" for child in table):
            text = "".join(page.texts.get(table, []))
            yield Fault(HEADLESS, number, "has rows of a table without its head", table, text)
        elif table in page.heads - page.rows and any(child.tag == "tbody" for child in table):
            text = "".join(page.texts.get(table, []))
            yield Fault(HEADLESS, number, "has the head of a table without rows", table, text)


def _empty(pages: tuple[Page, ...]) -> Iterator[Fault]:
    """Yield the pages that are nearly empty, and a last page that was begun for one line."""
    for number, page in enumerate(pages, 1):
        if len(pages) == 1 or page.filled >= LEAST:
            continue
        if number == len(pages) and len(page.lines) == 1:
            (around,) = page.lines
            text = "".join(page.texts[around[-1]])
            yield Fault(ALONE, number, "is the last, and holds a single line", around[-1], text)
        else:
            yield Fault(EMPTY, number, f"is only {page.filled:.0%} full")
