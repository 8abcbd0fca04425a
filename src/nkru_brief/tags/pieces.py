"""What stands on the pages: every piece of text and every image the engine has drawn, with the element it is of.

The engine draws each line of text and each image between a `BDC` with a number, the marked-content identifier (MCID),
and an `EMC` (ISO 32000-1, 14.6). Here the laid-out boxes are walked page by page, and each number finds its element.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from nkru_brief.tags.nodes import Piece

# CSS pixels become points (1/72 inch).
PT = 0.75
# The boxes that have a width of their own, for what is stamped on copies to fill.
_HOLDERS = frozenset({"BlockBox", "InlineBlockBox"})
# The margin boxes of CSS (Paged Media 3, 5.1) that are running heads and feet; those at the sides are neither.
_EDGES = {"@top": "/Header", "@bottom": "/Footer"}


class Held(NamedTuple):
    """Words that hold the place of what differs from copy to copy: their mark, their box, and the box they fill.

    `height` is that of the page, in CSS pixels.
    """

    page: int
    mcid: int
    height: float
    element: Any
    box: Any
    holder: Any


class Pages:
    """The pieces of a document in the order of its boxes, and what its boxes tell of its elements.

    Attributes:
        pieces: what a reader is to hear or see, in order.
        artifacts: what is no content (ISO 32000-1, 14.8.2.2): the marks of it by page and MCID, each with its type.
        links: the link annotations of each element, with their pages, in order.
        dropped: link annotations that repeat another, or stand in a running head, with their pages.
        styles: the computed style of each element that was laid out.
        held: words that hold the place of what is stamped on copies.
        faults: what cannot be mended here, in words for the template's author.
    """

    def __init__(self, document: Any, streams: list[Any]) -> None:
        self.pieces: list[Piece] = []
        self.artifacts: dict[tuple[int, int], str] = {}
        self.links: dict[Any, list[tuple[int, Any]]] = {}
        self.dropped: list[tuple[int, Any]] = []
        self.styles: dict[Any, Any] = {}
        self.faults: list[str] = []
        self.held: list[Held] = []
        self._holder: Any = None
        self._first: dict[tuple[Any, str], int] = {}
        for number, (page, stream) in enumerate(zip(document.pages, streams, strict=True)):
            self._page, self._marks = number, stream._tags
            self._height = page.height
            self._walk(page._page_box, "")
            # Painted and in no box: there is no element it could belong to.
            self.faults += ("the engine painted something outside its boxes" for _ in self._marks)

    def _walk(self, box: Any, artifact: str) -> None:
        # Where a box was taken out of the flow, the engine leaves a placeholder that looks like it and is not it.
        box = vars(box).get("_box", box)
        if box.element is not None:
            self.styles.setdefault(box.element, box.style)
        artifact = artifact or self._artifact(box)
        if box.link_annotation is not None:
            self._link(box, artifact)
        if box in self._marks:
            self._mark(box, artifact)
        around = self._holder
        if box.element is not None and box.element.get("data-copy") and type(box).__name__ in _HOLDERS:
            self._holder = box
        for child in box.children:
            self._walk(child, artifact)
        self._holder = around

    def _artifact(self, box: Any) -> str:
        """Return the type of artifact a box is, with its subtype, or "".

        ISO 14289-1, 7.1 and 7.8: running heads and feet are artifacts, and say which of both they are (Matterhorn
        18-001, 18-002). What CSS repeats on each page, the heads of a table and boxes with a fixed position, is
        content once and then no more (01-001).
        """
        from weasyprint.formatting_structure import boxes

        if isinstance(box, boxes.MarginBox):
            edge = next((name for at, name in _EDGES.items() if box.at_keyword.startswith(at)), "")
            return f"Pagination{edge}"
        if box.is_leader or box.style["visibility"] != "visible":
            return "Layout"
        repeats = getattr(box, "is_header", False) or getattr(box, "is_footer", False)
        if repeats or box.style["position"] == "fixed":
            first = self._first.setdefault((box.element, box.element_tag), self._page)
            return "" if first == self._page else "Pagination"
        return ""

    def _mark(self, box: Any, artifact: str) -> None:
        mcid = self._marks.pop(box)["mcid"]
        text = getattr(box, "text", None)
        if self._holder is not None and text and text.strip():
            self.held.append(Held(self._page, mcid, self._height, self._holder.element, box, self._holder))
        if not artifact and text is not None and not text.strip():
            # The engine marks white space between elements, and draws nothing of it.
            artifact = "Layout"
        if artifact:
            self.artifacts[self._page, mcid] = artifact
            return
        _, _, pseudo = box.element_tag.partition("::")
        piece = Piece(self._page, mcid, box.element, pseudo, text)
        if text is None:
            piece.area = self._area(box)
        elif text.endswith(box.style["hyphenate_character"]):
            piece.hyphen = box.style["hyphenate_character"]
        self.pieces.append(piece)

    def _area(self, box: Any) -> tuple[float, float, float, float]:
        """Return where a box is on its page, in pt from the lower left corner (ISO 32000-1, 14.8.5.4.3, BBox)."""
        left, top = box.content_box_x(), box.content_box_y()
        right, bottom = left + box.width, top + box.height
        edges = (left, self._height - bottom, right, self._height - top)
        x0, y0, x1, y1 = (round(edge * PT, 3) for edge in edges)
        return x0, y0, x1, y1

    def _link(self, box: Any, artifact: str) -> None:
        """Keep a link's own annotation: the engine makes another for each element and pseudo-element inside it."""
        if artifact.startswith("Pagination") and box.element not in self.links:
            self.faults.append("a link stands in what is repeated on each page, where nobody can follow it by ear")
        if artifact or box.element.tag != "a" or "::" in box.element_tag:
            self.dropped.append((self._page, box.link_annotation))
        else:
            self.links.setdefault(box.element, []).append((self._page, box.link_annotation))

    def hyphens(self, text_of: Any) -> Iterator[Piece]:
        """Yield the pieces that end in a hyphen set by the engine, not by the author.

        Args:
            text_of: returns an element's own text.
        """
        by_element: dict[Any, list[Piece]] = {}
        for piece in self.pieces:
            if piece.text is not None and not piece.pseudo:
                by_element.setdefault(piece.element, []).append(piece)
        for element, pieces in by_element.items():
            if not any(piece.hyphen for piece in pieces):
                continue
            written = squeezed(text_of(element))
            for piece, after in pairwise(pieces):
                if piece.hyphen and piece.text and after.text:
                    kept = squeezed(piece.text) + squeezed(after.text)
                    joined = squeezed(piece.text.removesuffix(piece.hyphen)) + squeezed(after.text.rstrip("-‐"))
                    if kept not in written and joined in written:
                        yield piece


def squeezed(text: str) -> str:
    """Return a text as a line break cannot change it: without white space, soft hyphens and capitals."""
    return "".join(text.casefold().replace("\xad", "").split())
