"""The door to fontTools: which characters a face has, how wide they are, and a face cut down to a text."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont

# Below this a charset has no range to put the new one into.
_FEWEST_GLYPHS = 3
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


def keyed_by_glyph(data: bytes) -> bytes | None:
    """Return an OpenType font whose CFF outlines have each glyph under its own number, or None where none is needed.

    The page engine writes the numbers of glyphs into a file. In a font whose outlines are keyed by character
    identifier (CID), as those of Chinese, Japanese and Korean are, a reader takes them for CIDs and looks each up in
    the font's charset (ISO 32000-1, 9.7.4.2): it draws another glyph or none. So the charset is made to say nothing
    but that each CID is the glyph of the same number (Adobe Technical Note 5176, 13, format 2).
    """
    from fontTools.ttLib.sfnt import SFNTWriter

    with TTFont(BytesIO(data), lazy=True) as font:
        outlines = _identity(font) if "CFF " in font else None
        if outlines is None:
            return None
        # The engine sets no text from top to bottom.
        tables = [tag for tag in sorted(font.reader.keys()) if tag not in ("VORG", "vhea", "vmtx")]
        buffer = BytesIO()
        writer = SFNTWriter(buffer, len(tables), font.sfntVersion)
        for tag in tables:
            writer[tag] = outlines if tag == "CFF " else font.reader[tag]
        writer.close()
        return buffer.getvalue()


def _identity(font: TTFont) -> bytes | None:
    """Return a font's CFF table with a charset in the order of the glyphs; None where it has no CIDs."""
    from fontTools.cffLib import CFFFontSet

    outlines = bytearray(font.reader["CFF "])
    fonts = CFFFontSet()
    fonts.decompile(BytesIO(outlines), font, isCFF2=False)
    top, glyphs = fonts.topDictIndex[0].rawDict, font["maxp"].numGlyphs
    if "ROS" not in top or glyphs < _FEWEST_GLYPHS:
        return None
    start = top["charset"]
    # Glyph 0 is in no charset; a range is its first CID and how many follow it.
    identity = b"\x02" + (1).to_bytes(2, "big") + (glyphs - 2).to_bytes(2, "big")
    length = max(_charset_length(outlines, start, glyphs), len(identity))
    outlines[start : start + length] = identity.ljust(length, b"\0")
    return bytes(outlines)


def _charset_length(outlines: bytearray, start: int, glyphs: int) -> int:
    """Return the length of a charset in bytes."""
    kind = outlines[start]
    if kind == 0:
        return 1 + 2 * (glyphs - 1)
    width = 2 + kind
    covered, position = 1, start + 1
    while covered < glyphs:
        covered += 1 + int.from_bytes(outlines[position + 2 : position + width], "big")
        position += width
    return position - start
