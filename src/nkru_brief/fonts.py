"""The door to fontTools: which characters a face has, how wide they are, and a face cut down to a text."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont

# What a page asks of a face; every other feature would take its glyphs along.
_FEATURES = ("kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "lnum", "tnum", "sups")


@lru_cache(maxsize=64)
def characters(path: Path) -> frozenset[int]:
    """Return the code points a font file has glyphs for."""
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


@lru_cache(maxsize=64)
def _advances(path: Path) -> tuple[dict[int, int], int]:
    with TTFont(path, lazy=True) as font:
        metrics = font["hmtx"].metrics
        return {code: metrics[name][0] for code, name in font.getBestCmap().items()}, font["head"].unitsPerEm


def measure(regular: Path, bold: Path) -> Callable[[str, float, bool], float]:
    """Return a function that gives the width in pt of a text at a size in pt, bold or not.

    Kerning is left out: it only narrows, and a label that is a little narrower than its place still fits.
    """

    def width(text: str, size: float, is_bold: bool) -> float:  # noqa: FBT001 - the figures' protocol
        advances, units = _advances(bold if is_bold else regular)
        return sum(advances.get(ord(character), units) for character in text) * size / units

    return width


def subset(data: bytes, text: Iterable[str]) -> bytes:
    """Return a font cut down to the characters of a text, as WOFF2; the same input gives the same bytes."""
    from fontTools.subset import Options, Subsetter

    options = Options()
    options.flavor = "woff2"
    options.layout_features = list(_FEATURES)
    options.drop_tables += ["meta"]
    options.hinting = False
    # Copyright, names and licence stay with the face.
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    # Times of day have no place in a reproducible file.
    font = TTFont(BytesIO(data), recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(text))
    subsetter.subset(font)
    font.flavor = "woff2"
    buffer = BytesIO()
    font.save(buffer)
    return buffer.getvalue()
