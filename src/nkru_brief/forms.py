"""Pages that workers fill in and read back, where there are many: what they need for it, and what they return.

A worker has neither project nor disk. What many pages have in common, the theme and its faces, it is sent once.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from nkru_brief import readback, structure
from nkru_brief.brief import Brief
from nkru_brief.cache import Cache
from nkru_brief.memory import digest_of, kept_in, lately
from nkru_brief.readback import Grounds, Heard, hear
from nkru_brief.render import Renderer
from nkru_brief.sheet import Face, Parcel, SheetSpec, bare, common, whole
from nkru_brief.theme import Theme
from nkru_brief.typeset import figure_faces, renderer_of
from nkru_brief.values import from_bytes, packed, replace


class Form(Parcel):
    """A page to be filled in and read back: what it is to say and in which clothes, and what it is held against.

    `theme` is the digest of the theme, `clothes` the theme itself as bytes; `figures` are the faces of its figures,
    regular and bold.
    """

    brief: Brief
    spec: SheetSpec
    theme: str
    clothes: bytes
    faces: tuple[Face, ...]
    figures: tuple[Face, ...]
    grounds: Grounds

    def common(self) -> dict[str, bytes]:
        """Return the theme and the faces by their digests."""
        return {self.theme: self.clothes} | common(self.faces) | common(self.figures)

    def bare(self) -> "Form":
        """Return the form with the names of its theme and faces only."""
        return replace(self, clothes=b"", faces=bare(self.faces), figures=bare(self.figures))

    def whole(self, data: Mapping[str, bytes]) -> "Form":
        """Return a bare form with its theme and faces again."""
        faces, figures = whole(self.faces, data), whole(self.figures, data)
        return replace(self, clothes=data[self.theme], faces=faces, figures=figures)


class Filled(NamedTuple):
    """A page as it was filled in, the faults of its structure, and what came of reading it back."""

    html: str
    faults: tuple[structure.Fault, ...]
    heard: Heard


def form(brief: Brief, spec: SheetSpec, theme: Theme, faces: tuple[Face, ...], grounds: Grounds) -> Form:
    """Return the form of a page of a brief.

    Raises:
        ContentError: a face is not installed.
    """
    return Form(
        brief=brief,
        spec=spec,
        theme=digest_of(theme),
        clothes=_packed(theme),
        faces=faces,
        figures=figure_faces(theme),
        grounds=grounds,
    )


_packed = lately(packed)


def fill(asked: Form, key: str, cache: Cache) -> Filled:
    """Fill in a page, look at it, and keep all of it in a cache where there is one: what workers do.

    Args:
        asked: the page.
        key: the key it is kept under.
        cache: where it is kept.

    Raises:
        ContentError: a template is missing, is not a template, uses what is not defined, or fails.
    """
    html = _renderer(asked.clothes, *asked.figures).render(asked.brief, asked.spec, asked.faces).html
    faults = structure.faults(structure.parse(html))
    filled = Filled(html, faults, hear(asked.spec.path, html, asked.brief, asked.grounds))
    know(asked, filled, key, cache)
    return filled


def know(asked: Form, filled: Filled, key: str, cache: Cache) -> None:
    """Remember a page, and keep it in a cache where there is one."""
    with kept_in(cache):
        structure.know(filled.html, filled.faults)
        readback.know(asked.spec.path, filled.html, asked.brief, asked.grounds, filled.heard)
    cache.put(key, filled.html.encode("utf-8"))


# As many as a worker is likely to have at a time.
@lru_cache(maxsize=8)
def _renderer(clothes: bytes, regular: Face, bold: Face) -> Renderer:
    return renderer_of(from_bytes(clothes, Theme), regular, bold)
