"""How far two colours stand apart: the contrast ratio of WCAG 2.2."""

import re

TEXT, GRAPHIC = 4.5, 3.0
"""The least ratios at level AA: text (SC 1.4.3), and graphics whose parts carry meaning (SC 1.4.11)."""

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")


def is_colour(text: str) -> bool:
    """Return whether a text is a colour in hex digits, `#rgb` or `#rrggbb` (CSS Color 4, 5.2)."""
    return _HEX.fullmatch(text) is not None


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour in hex digits: 0 for black, 1 for white.

    Source: WCAG 2.2, definition of "relative luminance", for sRGB.
    """
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    return _luminance(*(int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)))


def grey(red: float, green: float, blue: float) -> float:
    """Return the channel, from 0 to 1, of the grey that has the relative luminance of a colour of sRGB."""
    light = _luminance(red, green, blue)
    return light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def _luminance(red: float, green: float, blue: float) -> float:
    return 0.2126 * _linear(red) + 0.7152 * _linear(green) + 0.0722 * _linear(blue)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def ratio(one: str, other: str) -> float:
    """Return the contrast ratio of two colours in hex digits, from 1 to 21, whichever is the text.

    Source: WCAG 2.2, SC 1.4.3 and definition of "contrast ratio": (L1 + 0.05) / (L2 + 0.05), L1 the lighter.
    """
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
