"""The door to HarfBuzz and fontTools: which characters a face has, how wide they are, and a face cut down to a text.

HarfBuzz cuts a face in about 1 ms where fontTools takes 200 to 600; fontTools packs what is left as WOFF2.
"""

from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

# What a page asks of a face; every other feature would take its glyphs along.
_FEATURES = ("kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "lnum", "tnum", "sups")
# Copyright, names and licence stay with the face (OpenType, `name`: name IDs).
_NAMES = (0, 1, 2, 3, 4, 5, 6, 13, 14)


def load() -> None:
    """Import what `subset` needs."""
    import uharfbuzz  # noqa: F401


@lru_cache(maxsize=64)
def characters(path: Path) -> frozenset[int]:
    """Return the code points a font file has glyphs for."""
    import uharfbuzz

    return frozenset(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path)).unicodes)


@lru_cache(maxsize=64)
def _advances(path: Path) -> tuple[Callable[[str], int], int]:
    """Return a function that gives the advance of a character in units of the em, and how many units an em has."""
    import uharfbuzz

    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path))
    font = uharfbuzz.Font(face)
    units: int = face.upem

    @cache
    def advance(character: str) -> int:
        glyph = font.get_nominal_glyph(ord(character))
        return units if glyph is None else int(font.get_glyph_h_advance(glyph))

    return advance, units


def measure(regular: Path, bold: Path) -> Callable[[str, float, bool], float]:
    """Return a function that gives the width in pt of a text at a size in pt, bold or not.

    Kerning is left out: it only narrows, and a label that is a little narrower than its place still fits.
    """

    def width(text: str, size: float, is_bold: bool) -> float:  # noqa: FBT001 - the figures' protocol
        advance, units = _advances(bold if is_bold else regular)
        return sum(map(advance, text)) * size / units

    return width


def subset(data: bytes, text: Iterable[str]) -> bytes:
    """Return a font cut down to the characters of a text, as WOFF2; the same input gives the same bytes."""
    return _cut(data, "".join(sorted(set().union(*text))))


@lru_cache(maxsize=32)
def _cut(data: bytes, text: str) -> bytes:
    """Return a font cut down to the characters of a text: an edited word seldom brings another character."""
    import uharfbuzz

    wanted = uharfbuzz.SubsetInput()
    wanted.unicode_set.update(map(ord, text))
    wanted.layout_feature_tag_set.clear()
    wanted.layout_feature_tag_set.update(map(_tag, _FEATURES))
    wanted.name_id_set.clear()
    wanted.name_id_set.update(_NAMES)
    wanted.drop_table_tag_set.add(_tag("meta"))
    wanted.flags = uharfbuzz.SubsetFlags.NO_HINTING
    return _packed(uharfbuzz.subset(uharfbuzz.Face(uharfbuzz.Blob(data)), wanted).blob.data)


def _tag(name: str) -> int:
    """Return a tag of four letters as HarfBuzz counts it (HB_TAG)."""
    return int.from_bytes(name.encode("ascii"), "big")


def _packed(data: bytes) -> bytes:
    """Return a font as WOFF2."""
    from fontTools.ttLib import TTFont

    # Times of day have no place in a reproducible file.
    with TTFont(BytesIO(data), lazy=True, recalcBBoxes=False, recalcTimestamp=False) as font:
        font.flavor = "woff2"
        buffer = BytesIO()
        font.save(buffer)
    return buffer.getvalue()
