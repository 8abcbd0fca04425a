"""What the front page of a bundle shows: editions and their files, data, sources, and whom to ask.

Templates see these values; no value here points back into the Library.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any

from nkru_brief import pdfreader
from nkru_brief.brief import Brief, SourceRow
from nkru_brief.crate import Member, identifier
from nkru_brief.model import Level
from nkru_brief.values import Value

# Of a preview: its width in pixels, twice that on the page, for screens with fine dots.
_WIDTH = 320
_KILO = 1000
_PDF = "application/pdf"


class Offer(Value):
    """A file to take: where it is, what it is, its size in bytes, and its pages where it has any."""

    path: str
    href: str
    title: str
    media_type: str
    size: int
    pages: int | None = None

    @property
    def shown_size(self) -> str:
        """The size as people write it (SI: 1 kB is 1,000 bytes)."""
        size, units = float(self.size), ["bytes", "kB", "MB", "GB"]
        while size >= _KILO and len(units) > 1:
            size, units = size / _KILO, units[1:]
        return f"{size:.0f} {units[0]}" if units[0] in ("bytes", "kB") else f"{size:.1f} {units[0]}"

    @property
    def kind(self) -> str:
        """The format by its file's ending, in capitals."""
        return self.path.rpartition(".")[2].upper()


class Preview(Value):
    """A picture of a first page, as an address that holds it (RFC 2397), with its size in pixels of a screen."""

    uri: str
    width: int
    height: int


class Choice(Value):
    """An edition to choose: for whom, how long, how hard to read, and its files."""

    name: str
    label: str
    title: str
    subtitle: str
    audience: str
    level: str
    sentence_words: int | None
    grade: float | None
    pages: int | None
    fingerprint: str
    offers: tuple[Offer, ...]
    preview: Preview | None = None
    marking: str = ""
    embargo: str = ""


class Front(Value):
    """The front page of a bundle."""

    title: str
    language: str
    series: str
    number: str
    version: str
    published: str
    changed: str
    cutoff: str
    cutoff_note: str
    publisher: str
    contact: str
    disclaimer: str
    source_summary: str
    licence: str
    choices: tuple[Choice, ...]
    data: tuple[Offer, ...]
    about: tuple[Offer, ...]
    sources: tuple[SourceRow, ...]
    signed: bool
    # What a page shows of a key date's precision: how many are days of a calendar, of how many.
    days: int = 0
    dates: int = 0


def offers_of(members: Iterable[Member], files: Mapping[str, bytes]) -> tuple[Offer, ...]:
    """Return files as what is offered."""
    return tuple(
        Offer(
            path=member.path,
            href=identifier(member.path),
            title=member.title,
            media_type=member.media_type,
            size=len(files[member.path]),
            pages=member.pages,
        )
        for member in members
    )


def choices_of(
    briefs: Mapping[str, Brief], levels: Mapping[str, Level], members: Iterable[Member], files: Mapping[str, bytes]
) -> tuple[Choice, ...]:
    """Return the editions with their files, the longest first: what is whole is offered before what was chosen."""
    own: dict[str, list[Member]] = {}
    for member in members:
        own.setdefault(member.edition, []).append(member)
    found = [
        _choice(brief, levels.get(brief.level), offers_of(own.get(name, ()), files), files)
        for name, brief in briefs.items()
    ]
    return tuple(sorted(found, key=lambda choice: (-(choice.pages or 0), choice.name)))


def _choice(brief: Brief, level: Level | None, offers: tuple[Offer, ...], files: Mapping[str, bytes]) -> Choice:
    # An edition's own PDF is called as it is; others (large print, one sheet) stand behind it.
    printed = sorted((each for each in offers if each.media_type == _PDF), key=lambda each: (len(each.path), each.path))
    known: dict[str, Any] = {name: getattr(level, name, None) for name in ("sentence_words", "grade")}
    return Choice(
        name=brief.name,
        label=brief.label,
        title=brief.title,
        subtitle=brief.subtitle,
        audience=brief.audience,
        level=brief.level,
        pages=printed[0].pages if printed else None,
        fingerprint=brief.fingerprint,
        marking=brief.marking,
        embargo=brief.embargo,
        offers=tuple(sorted(offers, key=lambda each: (each not in printed[:1], each.path))),
        preview=_preview(files[printed[0].path]) if printed else None,
        **known,
    )


def _preview(pdf: bytes) -> Preview:
    picture, width, height = pdfreader.preview(pdf, _WIDTH)
    uri = f"data:image/png;base64,{b64encode(picture).decode('ascii')}"
    return Preview(uri=uri, width=width // 2, height=height // 2)
