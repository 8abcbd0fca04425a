"""Sources as a reference manager takes them: CSL-JSON (schema of the Citation Style Language, 1.0.2) and BibTeX.

What a source does not say is left out, so that a style prints "n.d." and cites by title; that it was looked for and
is not there stands in the note.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from nkru_brief.edtf import EdtfDate
from nkru_brief.model import Card

# What TeX takes for a command (The TeXbook, chapter 7).
_TEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
}


def csl(cards: Iterable[Card]) -> bytes:
    """Return sources as CSL-JSON, in the order of their ids."""
    items = [_item(card) for card in sorted(cards, key=lambda card: card.id)]
    return (json.dumps(items, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode("utf-8")


def _item(card: Card) -> dict[str, Any]:
    given = {
        "author": [{"literal": card.author}] if card.author else None,
        "issued": _issued(card.published),
        "publisher": card.publisher,
        "URL": card.url,
    }
    return {
        "id": card.id,
        "type": "webpage",
        "title": card.title,
        "genre": card.kind,
        "language": card.language,
        "note": _note(card),
        **{key: value for key, value in given.items() if value},
    }


def _issued(published: EdtfDate | None) -> dict[str, Any] | None:
    """Return a date with as many parts as are known; None where not even its year is."""
    parts = _parts(published)
    if published is None or not parts:
        return None
    return {"date-parts": [parts], **({"circa": True} if published.qualified else {})}


def _parts(published: EdtfDate | None) -> list[int]:
    count = {"year": 1, "month": 2, "day": 3}.get(published.precision, 0) if published else 0
    known = published.earliest if published else None
    return [int(part) for part in (known or "").split("-")[:count]] if count else []


def _note(card: Card) -> str:
    unknown = f" Unknown: {', '.join(card.unknown)}." if card.unknown else ""
    return f"Source {card.label}; grade {card.grade} (Admiralty).{unknown} SHA-256 of the text: {card.sha256}"


def bibtex(cards: Iterable[Card]) -> bytes:
    """Return sources as BibTeX, in UTF-8, in the order of their ids: `@misc`, which needs neither author nor year."""
    return "\n".join(map(_entry, sorted(cards, key=lambda card: card.id))).encode("utf-8")


def _entry(card: Card) -> str:
    # Two braces keep the title's capitals; a label that sorts stands in for a missing author (btxdoc, 3.2).
    fields = {
        "key": _tex(card.title),
        "author": f"{{{_tex(card.author)}}}" if card.author else "",
        "title": f"{{{_tex(card.title)}}}",
        "howpublished": _tex(card.kind),
        "organization": _tex(card.publisher or ""),
        **dict(_dated(card.published)),
        # An address is looked up as it stands: only what would end the field is written otherwise.
        "url": re.sub(r"[{}\\\s]", lambda match: f"%{ord(match[0]):02X}", card.url or ""),
        "language": _tex(card.language),
        "note": _tex(_note(card)),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{card.id},\n{lines}}}\n"


def _dated(published: EdtfDate | None) -> Iterator[tuple[str, str]]:
    parts = _parts(published)
    yield from zip(("year", "month", "day"), map(str, parts), strict=False)


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in " ".join(text.split()))
