"""The door to HarfBuzz and fontTools: which characters a face has, how wide they are, and a face cut down to a text.

HarfBuzz cuts a face in about 1 ms where fontTools takes 200 to 600; fontTools packs what is left as WOFF2.
"""

import struct
from collections.abc import Callable, Iterable
from functools import cache, lru_cache, partial
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

# Below this a charset has no range to put the new one into.
_FEWEST_GLYPHS = 3
# What a page asks of a face; every other feature would take its glyphs along.
_FEATURES = ("kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "lnum", "tnum", "sups")
# Brotli's utmost, 11, takes thirty times as long as 6, for a twelfth less of a face.
_QUALITY = 6
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
def _advances(data: bytes) -> tuple[Callable[[str], int], int]:
    """Return a function that gives the advance of a character in units of the em, and how many units an em has."""
    import uharfbuzz

    face = uharfbuzz.Face(uharfbuzz.Blob(data))
    font = uharfbuzz.Font(face)
    units: int = face.upem

    @cache
    def advance(character: str) -> int:
        glyph = font.get_nominal_glyph(ord(character))
        return units if glyph is None else int(font.get_glyph_h_advance(glyph))

    return advance, units


@lru_cache(maxsize=16)
def measure(regular: bytes, bold: bytes) -> Callable[[str, float, bool], float]:
    """Return a function that gives the width in pt of a text at a size in pt, bold or not, in two font files.

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


class Program(NamedTuple):
    """A font program to embed: its bytes, the new number of each glyph, and what a descriptor says, in em.

    `compact` says that its outlines are CFF (an OpenType font in a PDF), not TrueType.
    """

    data: bytes
    numbers: dict[int, int]
    compact: bool
    name: str
    box: tuple[float, float, float, float]
    ascent: float
    descent: float
    widths: dict[int, float]


# What a reader of PDF uses of a font that is keyed by glyph (ISO 32000-1, 9.9, table 126).
_PROGRAM = frozenset({"glyf", "loca", "head", "hhea", "hmtx", "maxp", "cvt ", "fpgm", "prep", "CFF ", "cmap", "name"})
_PROGRAM |= {"OS/2", "post"}


def program(data: bytes, glyphs: Iterable[int]) -> Program:
    """Return a font cut down to glyphs, by their numbers, for a PDF that keys its text by the new ones."""
    import uharfbuzz

    face = uharfbuzz.Face(uharfbuzz.Blob(data))
    wanted = uharfbuzz.SubsetInput()
    wanted.glyph_set.update({0, *glyphs})
    wanted.drop_table_tag_set.update(_tag(tag) for tag in face.table_tags if tag not in _PROGRAM)
    wanted.flags = uharfbuzz.SubsetFlags.NO_HINTING | uharfbuzz.SubsetFlags.NO_LAYOUT_CLOSURE
    plan = uharfbuzz.SubsetPlan(face, wanted)
    numbers = dict(plan.old_to_new_glyph_mapping)
    cut = plan.execute()
    packed = bytes(cut.blob.data)
    font, units = uharfbuzz.Font(face), face.upem
    extents = font.get_font_extents("ltr")
    # OpenType, `head`: xMin, yMin, xMax and yMax of all glyphs.
    x0, y0, x1, y1 = (each / units for each in struct.unpack(">4h", bytes(cut.reference_table("head").data)[36:44]))
    return Program(
        data=keyed_by_glyph(packed) or packed,
        numbers=numbers,
        compact="CFF " in face.table_tags,
        name=str(face.get_name(uharfbuzz.OTNameIdPredefined.POSTSCRIPT_NAME) or "Face"),
        box=(x0, y0, x1, y1),
        ascent=extents.ascender / units,
        descent=extents.descender / units,
        widths={new: font.get_glyph_h_advance(old) / units for old, new in numbers.items()},
    )


def _tag(name: str) -> int:
    """Return a tag of four letters as HarfBuzz counts it (HB_TAG)."""
    return int.from_bytes(name.encode("ascii"), "big")


def _packed(data: bytes) -> bytes:
    """Return a font as WOFF2."""
    from fontTools.ttLib import TTFont

    _pack_quickly()
    # Times of day have no place in a reproducible file.
    with TTFont(BytesIO(data), lazy=True, recalcBBoxes=False, recalcTimestamp=False) as font:
        font.flavor = "woff2"
        buffer = BytesIO()
        font.save(buffer)
    return buffer.getvalue()


@cache
def _pack_quickly() -> None:
    """Have fontTools ask Brotli for less than the utmost, which it gives no option for."""
    from fontTools.ttLib import woff2

    brotli = woff2.brotli
    compress = partial(brotli.compress, quality=_QUALITY)
    woff2.brotli = SimpleNamespace(compress=compress, decompress=brotli.decompress, MODE_FONT=brotli.MODE_FONT)


def keyed_by_glyph(data: bytes) -> bytes | None:
    """Return an OpenType font whose CFF outlines have each glyph under its own number, or None where none is needed.

    The page engine writes the numbers of glyphs into a file. In a font whose outlines are keyed by character
    identifier (CID), as those of Chinese, Japanese and Korean are, a reader takes them for CIDs and looks each up in
    the font's charset (ISO 32000-1, 9.7.4.2): it draws another glyph or none. So the charset is made to say nothing
    but that each CID is the glyph of the same number (Adobe Technical Note 5176, 13, format 2).
    """
    from fontTools.ttLib import TTFont
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


def _identity(font: Any) -> bytes | None:  # noqa: ANN401 - fontTools has no types
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
