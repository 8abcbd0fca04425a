"""Sizes of paper, and lengths in mm, as an edition writes them."""

import difflib
import re
from typing import Self

from nkru_brief.values import Value

# Width and height in mm, upright (ISO 216; ANSI/ASME Y14.1 for Letter, 8.5 x 11 in, and Legal, 8.5 x 14 in).
SIZES = {
    "A3": (297.0, 420.0),
    "A4": (210.0, 297.0),
    "A5": (148.0, 210.0),
    "B5": (176.0, 250.0),
    "Letter": (215.9, 279.4),
    "Legal": (215.9, 355.6),
}
LEAST, MOST = 90.0, 1200.0
"""The shortest and the longest side of a sheet, in mm."""

_LANDSCAPE = "landscape"
_NUMBER = r"(\d{1,4}(?:\.\d{1,2})?)"
_OWN = re.compile(rf"{_NUMBER}\s*(?:mm)?\s*[x\u00d7]\s*{_NUMBER}\s*mm")
_LENGTH = re.compile(rf"{_NUMBER}\s*mm|0")
# More than any binding takes, in mm.
_MOST_BINDING = 40.0


class Paper(Value):
    """A sheet: what it is called, its width and its height in mm."""

    name: str
    width: float
    height: float

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Return the paper of a name (`A5`, `Letter landscape`) or of two lengths (`170 x 240 mm`).

        Raises:
            ValueError: it is neither, or no sheet is so small or so large; the second argument says what there is.
        """
        own = _OWN.fullmatch(text.strip())
        if own:
            width, height = float(own[1]), float(own[2])
            if not LEAST <= min(width, height) <= max(width, height) <= MOST:
                raise ValueError(f"no sheet is {width:g} x {height:g} mm", f"each side takes {LEAST:g} to {MOST:g} mm")
            return cls(name=f"{width:g} x {height:g} mm", width=width, height=height)
        name, _, turned = text.strip().partition(" ")
        if name not in SIZES or turned.strip() not in ("", _LANDSCAPE):
            raise ValueError(f"there is no paper {text!r}", _there_is(name))
        width, height = SIZES[name]
        if turned:
            return cls(name=f"{name} {_LANDSCAPE}", width=height, height=width)
        return cls(name=name, width=width, height=height)


def _there_is(name: str) -> str:
    close = difflib.get_close_matches(name, SIZES, n=1)
    meant = f"did you mean {close[0]!r}? " if close else ""
    return f"{meant}There is {', '.join(SIZES)}, each also {_LANDSCAPE}, and any size such as 170 x 240 mm"


class Binding(Value):
    """What a binding takes of the inner margin, in mm."""

    width: float

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Return the binding that a length in mm asks for: `6 mm`.

        Raises:
            ValueError: it is no such length, or more than any binding takes; the second argument says what to write.
        """
        match = _LENGTH.fullmatch(text.strip())
        width = float(match[1] or 0) if match else -1.0
        if not 0 <= width <= _MOST_BINDING:
            raise ValueError(f"{text!r} is no width of a binding", f"write it in mm, at most {_MOST_BINDING:g}: 6 mm")
        return cls(width=width)
