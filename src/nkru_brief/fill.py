"""How full a sheet of paper is, measured on its pages as they are laid out: where a text ends, and lines by part."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from nkru_brief.fit import Fill

_APART = frozenset({"MarginBox"})
_MARKUP = re.compile("<[^>]*>")


def fill_of(pages: Sequence[Any], sides: int) -> Fill:
    """Return how pages fill the sides of a sheet.

    Args:
        pages: the pages, each with the tree of boxes laid out on it.
        sides: how many sides there are.
    """
    boxes = [page._page_box for page in pages]  # noqa: SLF001 - the engine shows its boxes to nobody
    lines: Counter[str] = Counter()
    over = 0
    for number, box in enumerate(boxes, 1):
        found = list(_lines(box, ""))
        lines.update(part for part in found if part)
        over += len(found) if number > sides else 0
    share = (len(boxes) - 1 + _filled(boxes[-1])) / sides if boxes else 0.0
    return Fill(pages=len(boxes), share=share, lines=tuple(lines.most_common()), over=over)


def _lines(box: Any, part: str) -> Iterator[str]:  # noqa: ANN401 - the engine's own types have no names to write
    """Yield the part of each line of text of a box; nothing for one that is in no part, as a title is."""
    if type(box).__name__ in _APART:
        return
    element = box.element
    if element is not None and element.tag == "section" and element.get("id"):
        part = element.get("id")
    if type(box).__name__ == "LineBox":
        yield part
        return
    for child in getattr(box, "children", ()):
        yield from _lines(child, part)


def _filled(page: Any) -> float:  # noqa: ANN401
    """Return the share of a page that is taken, from its top down to the last line, and by notes at its foot."""
    notes = sum(child.margin_height() for child in page.children if type(child).__name__ == "FootnoteAreaBox")
    height = page.height + notes
    top = page.content_box_y()
    columns = [_end(child, top) for child in page.children if type(child).__name__ not in {"FootnoteAreaBox", *_APART}]
    return min((max([top, *columns]) - top + notes) / height, 1.0) if height else 1.0


def _end(box: Any, end: float) -> float:  # noqa: ANN401
    if type(box).__name__ in ("LineBox", "BlockReplacedBox", "InlineReplacedBox"):
        return max(end, box.position_y + box.margin_height() if hasattr(box, "margin_height") else end)
    for child in getattr(box, "children", ()):
        end = max(end, _end(child, end))
    return end


def words(html: str) -> str:
    """Return the text of a page's body, spaces and all: how long it is says how much paper it takes."""
    return _MARKUP.sub("", html.partition("</head>")[2])
