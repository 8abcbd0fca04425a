"""Facing pages: the margin beside the text on the outer side of both, moved there when a page is laid out.

Style sheets know no element by the side of the sheet it falls on, and nothing of how a page breaks hangs on which side
its labels stand. So a page is laid out as one of the two, and the other is made its mirror image: text, and what is as
wide as text, moves over; what is marked as standing beside it changes sides; what is as wide as the sheet stays.

The style sheet of a paper with two sides writes, on its root, which pages are turned, by how much text and labels move,
and how wide text is: `--facing: right -52mm 119mm 113mm`. A label has `--beside: label`.
"""

from typing import Any, NamedTuple

# Pixels of CSS in a millimetre.
_PX = 96 / 25.4
# Pixels by which a block may be wider than the text and still be text.
_HAIR = 1.0
_BLOCKS = frozenset({"BlockBox", "FlexBox", "GridBox"})


class _Turn(NamedTuple):
    """How a page is turned, in px."""

    text: float
    label: float
    width: float


def turn(page: Any) -> None:  # noqa: ANN401 - the engine's own types have no names to write
    """Move what stands on a page to its outer side, where its style sheet asks for that; before it is drawn."""
    for root in page.children:
        asked = _asked(root, page.page_type.side) if root.element_tag == "html" else None
        if asked:
            for child in root.children:
                _move(child, asked)


def _asked(root: Any, side: str) -> _Turn | None:  # noqa: ANN401
    tokens = root.style["__facing"] or ()
    lengths = [token.value * _PX for token in tokens if token.type == "dimension" and token.unit == "mm"]
    sides = [token.value for token in tokens if token.type == "ident"]
    return _Turn(*lengths) if sides == [side] and len(lengths) == len(_Turn._fields) else None


def _move(box: Any, by: _Turn) -> None:  # noqa: ANN401
    if box.style["position"] == "fixed":
        return
    if _is_label(box):
        box.translate(by.label, 0)
    elif type(box).__name__ not in _BLOCKS:
        box.translate(by.text, 0)
    elif box.border_width() <= by.width + _HAIR:
        box.position_x += by.text
        for child in box.all_children():
            _move(child, by)


def _is_label(box: Any) -> bool:  # noqa: ANN401
    tokens = () if type(box.style).__name__ == "AnonymousStyle" else box.style["__beside"] or ()
    return any(token.type == "ident" and token.value == "label" for token in tokens)
