"""Black and white: every colour of a file becomes the grey that is as light.

Contrast is measured on lightness (WCAG 2.2), so whatever stood out in colour stands out as far in grey. What colour
alone told apart is told apart no more: figures and marks differ in form first.
"""

import re
from typing import Any

from nkru_brief import pictures
from nkru_brief.contrast import grey
from nkru_brief.tags.objects import streams

# ISO 32000-1, 8.6.8: colours in RGB for what is filled and for what is stroked, and the same in grey.
_RGB = re.compile(rb"([\d.]+) ([\d.]+) ([\d.]+) (rg|RG)")
_GREY = {b"rg": b"g", b"RG": b"G"}
_RASTER = re.compile(r"data:image/(png|jpeg);base64,([A-Za-z0-9+/=]+)")


def in_grey(html: str) -> str:
    """Return a page whose pictures made of dots are grey."""
    return _RASTER.sub(lambda match: f"data:image/png;base64,{pictures.in_grey(match[2])}", html)


def to_grey(pdf: Any) -> None:  # noqa: ANN401 - the engine's own types have no names to write
    """Replace every colour that is drawn in a file, before it is written."""
    for stream in streams(pdf):
        stream.stream = [_replaced(each) if isinstance(each, bytes) else each for each in stream.stream]


def _replaced(operation: bytes) -> bytes:
    match = _RGB.fullmatch(operation)
    if match is None:
        return operation
    red, green, blue = (float(match[channel]) for channel in (1, 2, 3))
    return f"{grey(red, green, blue):.6g} ".encode() + _GREY[match[4]]
