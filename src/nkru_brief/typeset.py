"""What a brief needs of a theme's faces: the characters it uses, the faces that have them, and their widths."""

from functools import lru_cache
from pathlib import Path

import nkru_brief
from nkru_brief import fonts
from nkru_brief.brief import Brief
from nkru_brief.cache import key_of
from nkru_brief.memory import digest_of, keep, lately, recall
from nkru_brief.render import Measure, Renderer
from nkru_brief.sheet import Face
from nkru_brief.theme import FaceUse, Theme, face, face_path
from nkru_brief.values import to_json


@lately
def text_of(brief: Brief) -> frozenset[str]:
    """Return every character a brief may set."""
    key = key_of("characters", digest_of(brief))
    known = recall(key, str)
    if known is None:
        known = "".join(sorted(set(to_json(brief).decode("utf-8"))))
        keep(key, known)
    return frozenset(known)


def coverage(uses: tuple[FaceUse, ...]) -> frozenset[int]:
    """Return the code points that at least one of the faces has a glyph for.

    Raises:
        ContentError: a face is not installed.
    """
    return _covered(tuple(face_path(use) for use in uses))


@lru_cache(maxsize=64)
def _covered(paths: tuple[Path, ...]) -> frozenset[int]:
    return frozenset().union(*map(fonts.characters, paths))


def faces_for(theme: Theme, text: frozenset[str]) -> tuple[Face, ...]:
    """Return the faces a text needs: those its tokens name, and a fallback face only for characters those lack.

    Raises:
        ContentError: a face is not installed.
    """
    named = " ".join(theme.tokens.values())
    uses = tuple(use for use in theme.faces if use.family in named)
    faces = tuple(map(face, uses))
    # To know the characters of a face of ten thousand takes longer than to read what was found of it.
    key = key_of("faces", sorted(text), [(each.digest, use.fallback) for each, use in zip(faces, uses, strict=True)])
    taken = recall(key, tuple[bool, ...])
    if taken is None:
        taken = _taken(uses, text)
        keep(key, taken)
    return tuple(each for each, needed in zip(faces, taken, strict=True) if needed)


def _taken(uses: tuple[FaceUse, ...], text: frozenset[str]) -> tuple[bool, ...]:
    """Return which faces a text needs."""
    main = tuple(use for use in uses if not use.fallback)
    lacking = {ord(character) for character in text if character.isprintable()} - coverage(main)
    return tuple(not use.fallback or bool(lacking & fonts.characters(face_path(use))) for use in uses)


def measure_of(theme: Theme) -> Measure:
    """Return the measure of figures: the widths of the theme's `figure_family`, in regular and its boldest face."""
    regular, bold = figure_faces(theme)
    return fonts.measure(regular.data, bold.data)


def renderer_of(theme: Theme, regular: Face, bold: Face) -> Renderer:
    """Return what fills in the templates of a theme, its figures measured in two faces, and kept."""
    measured = key_of([regular.digest, bold.digest])
    return Renderer(theme, fonts.measure(regular.data, bold.data), nkru_brief.__version__, measured)


def figure_faces(theme: Theme) -> tuple[Face, Face]:
    """Return the faces that figures are measured in, regular and bold.

    Raises:
        ContentError: one is not installed.
    """
    regular, bold = _figure_uses(theme)
    return face(regular), face(bold)


def _figure_uses(theme: Theme) -> tuple[FaceUse, FaceUse]:
    family = theme.tokens["figure_family"]
    uses = sorted((use for use in theme.faces if use.family == family and use.style == "normal"), key=_weight)
    return min(uses, key=lambda use: abs(use.weight - 400)), min(uses, key=lambda use: abs(use.weight - 600))


def _weight(use: FaceUse) -> int:
    return use.weight
