"""The door to HarfBuzz's shaper and to the bidirectional algorithm: a line of text becomes glyphs in visual order.

For text that is set outside the page engine: what is stamped on copies, and sheets for a print shop. A line is cut
where its direction changes (UAX #9) and where another face is needed, and each piece is shaped by itself. A combining
mark stays in the face of its base. Fields of a line are isolates: an Arabic name does not draw what follows it along.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from nkru_brief.sheet import Face

# Letters that run from right to left, and numbers among them (UAX #9, table 4).
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
# What parts the fields of a line.
SEPARATOR = " · "
# Joiners have no glyph of their own to lack.
_JOINERS = "\u200c\u200d"
# Fields whose glyphs are kept.
_KEPT = 1024

_FIELDS = re.compile(f"({re.escape(SEPARATOR)})")


class Glyph(NamedTuple):
    """A glyph: its face, its number there, its advance and offsets in em, and the letters it stands for."""

    face: int
    number: int
    advance: float
    x: float
    y: float
    letters: str


class MissingGlyphError(ValueError):
    """No face has a glyph for a character; `index` is where it stands in the text."""

    def __init__(self, character: str, index: int) -> None:
        self.character, self.index = character, index
        super().__init__(character, index)


class Shaper:
    """Shapes lines in the first of its faces that has each letter."""

    def __init__(self, faces: tuple[Face, ...]) -> None:
        self.faces = faces
        self._fonts = [_font(face.data) for face in faces]
        # A letter that comes again is the same glyph, and many people are of one organisation.
        self._known: dict[Glyph, Glyph] = {}
        self._field = lru_cache(maxsize=_KEPT)(self._field_shaped)

    def shape(self, text: str) -> list[Glyph]:
        """Return a line's glyphs from left to right.

        Raises:
            MissingGlyphError: no face has one of its characters.
        """
        glyphs: list[Glyph] = []
        start = 0
        for field in _FIELDS.split(text):
            try:
                glyphs += self._field(field)
            except MissingGlyphError as error:
                raise MissingGlyphError(error.character, start + error.index) from None
            start += len(field)
        return glyphs

    def _field_shaped(self, field: str) -> tuple[Glyph, ...]:
        return tuple(
            self._known.setdefault(glyph, glyph)
            for piece, face, leftwards in self._pieces(field)
            for glyph in self._shaped(piece, face, leftwards=leftwards)
        )

    def _pieces(self, text: str) -> Iterator[tuple[str, int, bool]]:
        """Yield the pieces of a field in visual order: their text, their face, and whether they run to the left."""
        faces = self._faces_of(text)
        levels = _levels(text)
        pieces: list[tuple[int, int, int]] = []
        start = 0
        for end in range(1, len(text) + 1):
            if end == len(text) or (faces[end], levels[end]) != (faces[start], levels[start]):
                pieces.append((start, end, levels[start]))
                start = end
        for start, end, level in _reordered(pieces):
            yield text[start:end], faces[start], bool(level % 2)

    def _faces_of(self, text: str) -> list[int]:
        found: list[int] = []
        for index, character in enumerate(text):
            code = ord(character)
            before = found[-1] if found else -1
            joined = character in _JOINERS or unicodedata.combining(character)
            if before >= 0 and (joined or character == " ") and (joined or code in self._fonts[before][1]):
                # A mark that its base's face lacks is drawn of no other.
                if code not in self._fonts[before][1] and character not in _JOINERS:
                    raise MissingGlyphError(character, index)
                found.append(before)
                continue
            face = next((number for number, (_, has, _) in enumerate(self._fonts) if code in has), None)
            if face is None:
                raise MissingGlyphError(character, index)
            found.append(face)
        return found

    def _shaped(self, piece: str, face: int, *, leftwards: bool) -> list[Glyph]:
        import uharfbuzz

        font, _, units = self._fonts[face]
        buffer = uharfbuzz.Buffer()
        buffer.add_str(piece)
        buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if leftwards else "ltr"
        # A ligature would stand for two letters, and gains nothing at the size of a running foot.
        uharfbuzz.shape(font, buffer, {"liga": False, "dlig": False} if not leftwards else {})
        infos, positions = buffer.glyph_infos, buffer.glyph_positions
        starts = sorted({info.cluster for info in infos})
        ends = dict(zip(starts, [*starts[1:], len(piece)], strict=True))
        return [
            Glyph(
                face,
                info.codepoint,
                position.x_advance / units,
                position.x_offset / units,
                position.y_offset / units,
                piece[info.cluster : ends[info.cluster]],
            )
            for info, position in zip(infos, positions, strict=True)
        ]


@lru_cache(maxsize=32)
def _font(data: bytes) -> tuple[Any, frozenset[int], int]:
    import uharfbuzz

    face = uharfbuzz.Face(uharfbuzz.Blob(data))
    return uharfbuzz.Font(face), frozenset(face.unicodes), face.upem


def runs_left(text: str) -> bool:
    """Return whether something in a text runs from right to left."""
    return any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text)


def _levels(text: str) -> list[int]:
    """Return the level of each character of a field, whose first letter says where it begins (UAX #9, P2 to I2)."""
    if not runs_left(text):
        return [0] * len(text)
    from bidi import algorithm

    storage = algorithm.get_empty_storage()
    storage["base_level"] = algorithm.get_base_level(text)
    storage["base_dir"] = ("L", "R")[storage["base_level"]]
    algorithm.get_embedding_levels(text, storage)
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, False)  # noqa: FBT003 - its own signature
    algorithm.resolve_implicit_levels(storage, False)  # noqa: FBT003
    return [int(each["level"]) for each in storage["chars"]]


def _reordered(pieces: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Return the pieces of a line in the order they are seen in (UAX #9, L2)."""
    levels = [level for _, _, level in pieces]
    for level in range(max(levels, default=0), 0, -1):
        start = None
        for index in range(len(pieces) + 1):
            within = index < len(pieces) and pieces[index][2] >= level
            if within and start is None:
                start = index
            elif not within and start is not None:
                pieces[start:index] = pieces[start:index][::-1]
                start = None
    return pieces
