"""A project opened: its library, its sections read, one brief for each edition, and everything wrong so far."""

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from nkru_brief import memory, pictures
from nkru_brief.brief import Brief, Fragment, Mark, Picture
from nkru_brief.cache import Cache, key_of
from nkru_brief.compose import compose, resolve
from nkru_brief.diagnostics import ContentError, Diagnostic, Place
from nkru_brief.load import kept_copy, load, texts_at_hand
from nkru_brief.model import Edition, Library, Logo, SectionText
from nkru_brief.theme import Shelf, Theme, load_theme
from nkru_brief.typed import suggestion
from nkru_brief.values import Value, replace
from nkru_brief.verify import Verdicts, verify

if TYPE_CHECKING:
    # A check has none.
    from nkru_brief.pressing import Hands


# Sections from which on workers read some, and how many they take at a time.
_MANY, _SHARE = 64, 16


class Project(Value):
    """What a project folder holds, as far as it can be read.

    Themes are by name, editions and briefs by edition, verdicts on passages by source.
    """

    library: Library
    fragments: dict[tuple[str, str], Fragment]
    editions: dict[str, Edition]
    briefs: dict[str, Brief]
    themes: dict[str, Theme]
    verdicts: dict[str, Verdicts]
    diagnostics: tuple[Diagnostic, ...]


class _Read(Value):
    """A section as it was read, and what is wrong with it."""

    fragment: Fragment
    faults: tuple[Diagnostic, ...]


def read_project(root: Path | zipfile.Path) -> Project:
    """Return what is written in a project, without its papers: no brief is composed, no theme or article read."""
    library, faults = load(root)
    found = list(faults)
    fragments = _fragments(library, _images(library, found), found)
    diagnostics = tuple(found)
    return Project(
        library=library, fragments=fragments, editions={}, briefs={}, themes={}, verdicts={}, diagnostics=diagnostics
    )


_Images = dict[str, Picture | None]


def _fragments(
    library: Library, images: _Images, found: list[Diagnostic], hands: "Hands | None" = None
) -> dict[tuple[str, str], Fragment]:
    sections = [section for levels in library.sections.values() for section in levels.values()]
    known = [(file, picture and picture.digest) for file, picture in images.items()]
    apart = frozenset(library.context)
    keys = [key_of("section", section, known, sorted(apart)) for section in sections]
    if hands and hands.cache.folder and len(sections) > _MANY:
        _read_by_many(list(zip(keys, sections, strict=True)), images, apart, hands)
    fragments = {}
    for key, section in zip(keys, sections, strict=True):
        read = _read(key, section, images, apart)
        fragments[section.id, section.level] = read.fragment
        found += read.faults
    return fragments


def _read(key: str, section: SectionText, images: _Images, apart: frozenset[str]) -> _Read:
    """Return a section read, or as it was read before."""
    read = memory.recall(key, _Read)
    if read is None:
        # A library of its own reads Markdown; where no section has changed nobody waits for it.
        from nkru_brief import markup

        fragment, faults = markup.parse(section, images, apart)
        read = _Read(fragment=fragment, faults=faults)
        memory.keep(key, read)
    return read


_Keyed = list[tuple[str, SectionText]]


def _read_by_many(sections: _Keyed, images: _Images, apart: frozenset[str], hands: "Hands") -> None:
    """Have sections read by workers from the front, and read them here from the end, until both meet."""
    new = [(key, section) for key, section in sections if memory.recall(key, _Read) is None]
    shares = [new[at : at + _SHARE] for at in range(0, len(new), _SHARE)] if len(new) > _MANY else []
    asked = [(share, hands.executor.submit(read_share, share, images, apart, hands.cache)) for share in shares]
    for share, reading in reversed(asked):
        if reading.cancel():
            for key, section in share:
                _read(key, section, images, apart)
    for _, reading in asked:
        if not reading.cancelled():
            reading.exception()
    # What a worker did not leave in the cache is read here, when it is asked for.
    with memory.kept_in(hands.cache):
        for key, _ in new:
            memory.recall(key, _Read)


def read_share(sections: _Keyed, images: _Images, apart: frozenset[str], cache: Cache) -> None:
    """Read sections for the cache: what workers do."""
    with memory.kept_in(cache):
        for key, section in sections:
            _read(key, section, images, apart)


def open_project(root: Path, only: str = "", hands: "Hands | None" = None) -> Project:
    """Return the project in a folder. Faults are in its `diagnostics`; none is raised.

    Args:
        root: the project's folder.
        hands: workers that read sections, too, where there are many of them and they share the cache.
        only: the one edition to compose, where no other is asked for, and in whose theme; every edition where it is
            empty.
    """
    library, faults = load(root)
    found = list(faults)
    images = _images(library, found)
    fragments = _fragments(library, images, found, hands)
    verdicts = _verdicts(root, library)
    editions, briefs = {}, {}
    for name, edition in library.editions.items():
        if edition.abstract:
            found += resolve(library, name)[1]
            continue
        editions[name] = resolve(library, name)[0]
        if only not in ("", name):
            continue
        brief, faults = compose(library, name, fragments, verdicts)
        found += faults
        if brief is not None:
            logo = editions[name].logo or (library.topic.logo if library.topic else None)
            briefs[name] = replace(brief, logo=_mark(logo, images, found)) if logo else brief
    themes = _themes(root, {only: editions[only]} if only in editions else editions, found)
    return Project(
        library=library,
        fragments=fragments,
        editions=editions,
        briefs=briefs,
        themes=themes,
        verdicts=verdicts,
        diagnostics=tuple(found),
    )


def _images(library: Library, found: list[Diagnostic]) -> dict[str, Picture | None]:
    """Return each file of content/images/ as a picture; None is one that is there and was reported."""
    images: dict[str, Picture | None] = dict.fromkeys(
        file for file in library.unread if file.startswith(pictures.FOLDER)
    )
    for file, data in library.images.items():
        images[file], faults = pictures.look(data, file)
        found += faults
    return images


def _mark(logo: Logo, images: dict[str, Picture | None], found: list[Diagnostic]) -> Mark | None:
    """Return a logo with its picture, or None where there is none a paper can carry."""
    file = f"content/{logo.image}"
    picture = images.get(file)
    if file not in images:
        known = [each.removeprefix("content/") for each in images]
        hint = suggestion(logo.image, known, f"put the file into {pictures.FOLDER}/, and write images/ and its name")
        message = f"there is no image {logo.image!r}"
        found.append(Diagnostic(code="E210", place=logo.at("image"), message=message, hint=hint))
    elif picture and len(picture.data) > pictures.MAX_LOGO_BYTES:
        message = f"the logo has {len(picture.data):,} bytes; a title block takes {pictures.MAX_LOGO_BYTES:,}"
        hint = "export it smaller, or as SVG of a few paths: every page on the web carries it inside"
        found.append(Diagnostic(code="E313", place=logo.at("image"), message=message, hint=hint))
    elif picture:
        return Mark(picture=picture, alt=logo.alt)
    return None


def _verdicts(root: Path, library: Library) -> dict[str, Verdicts]:
    held = texts_at_hand(root, library.cards.values())
    return {
        name: verify(card, held.get(name), kept_copy(root, card) if name in held else None)
        for name, card in library.cards.items()
    }


def _themes(root: Path, editions: dict[str, Edition], found: list[Diagnostic]) -> dict[str, Theme]:
    themes: dict[str, Theme] = {}
    shelf: Shelf = {}
    for edition in editions.values():
        name = edition.theme or "base"
        if name not in themes:
            place: Place = edition.at("theme")
            try:
                themes[name] = load_theme(root, name, place, shelf)
            except ContentError as error:
                found += error.diagnostics
    return themes
