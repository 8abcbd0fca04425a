"""Nothing is lost on the way to paper: every letter of a sheet's text stands on some page.

Engines drop text without a word: a float taller than its page, a note that fits nowhere. So the text of each element
is compared with what was laid out of it within the edges of a page. Repeated table heads are more than the text, never
less.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from nkru_brief.reading import letters

# What a page draws otherwise than as laid-out text, or not at all.
_NOT_TEXT = frozenset({"head", "style", "script", "svg", "title", "template"})
_SHOWN = 60
# Pixels by which a box, with the white in it, may stand over the edge of a page.
_OVER = 1
_CALL = re.compile(r"r(\d+)-\d+")
_NOTE = re.compile(r"n(\d+)")


def lost_text(root: Any, pages: Iterable[Any]) -> tuple[str, ...]:
    """Return the texts of a document that do not stand whole on its pages, shortened.

    Args:
        root: the document's root element.
        pages: its pages, each with the tree of boxes laid out on it.
    """
    laid: dict[Any, Counter[str]] = {}
    for page in pages:
        for element, text in _laid(page._page_box):  # noqa: SLF001 - the engine shows its boxes to nobody
            laid.setdefault(element, Counter()).update(letters(text))
    return tuple(
        " ".join(text.split())[:_SHOWN]
        for element, text in _written(root)
        if Counter(letters(text)) - laid.get(element, Counter())
    )


def strayed_notes(pages: Iterable[Any]) -> tuple[int, ...]:
    """Return the numbers of the notes that stand on no page that calls them, or on none at all.

    A note has the id `nN`, its calls `rN-1`, `rN-2` and so on.
    """
    called: dict[int, set[int]] = {}
    placed: dict[int, int] = {}
    for number, page in enumerate(pages):
        for name in page.anchors:
            if match := _CALL.fullmatch(name):
                called.setdefault(int(match[1]), set()).add(number)
            elif match := _NOTE.fullmatch(name):
                placed[int(match[1])] = number
    return tuple(note for note, where in sorted(called.items()) if placed.get(note) not in where)


def _laid(page: Any) -> Iterator[tuple[Any, str]]:
    for box in page.descendants(placeholders=True):
        text = getattr(box, "text", None)
        # Pseudo-elements bring text of their own, the style sheet's; but a first letter or line is the document's.
        own = "::" not in (box.element_tag or "") or box.element_tag.endswith(("::first-letter", "::first-line"))
        if text and box.element is not None and own and _on_paper(box, page):
            yield box.element, text


def _on_paper(box: Any, page: Any) -> bool:
    """Return whether a box is within the edges of its page: what runs over them is laid out and not printed."""
    right, bottom = page.margin_width() + _OVER, page.margin_height() + _OVER
    inside = box.position_x >= -_OVER and box.position_y >= -_OVER
    return bool(inside and box.position_x + box.width <= right and box.position_y + box.height <= bottom)


def _written(element: Any) -> Iterator[tuple[Any, str]]:
    if element.tag in _NOT_TEXT or str(element.tag).startswith("{"):
        return
    own = "".join([element.text or "", *(child.tail or "" for child in element)])
    if own.strip():
        yield element, own
    for child in element:
        if isinstance(child.tag, str):
            yield from _written(child)
