"""Data that travels beside the papers of a bundle: what they say and rest on, for machines and for spreadsheets.

Everything is taken from the briefs of the editions that are passed on, so nothing is told that these do not tell;
sources are described by their cards, and no text of one is at hand here.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import nkru_brief
from nkru_brief.brief import Brief, ContextRow, DateRow, NoteClaim, PassageRef, WorkRow
from nkru_brief.comparison import calls_of
from nkru_brief.evidence import evidence_of
from nkru_brief.exports.calendar import calendar, days_of
from nkru_brief.exports.references import bibtex, csl
from nkru_brief.exports.tables import table
from nkru_brief.model import STANDARD, Card
from nkru_brief.provenance import CONTEXT, FORMAT
from nkru_brief.values import Value

FOLDER = "data"


class Export(Value):
    """A file of data: its path in the bundle, its media type (IANA), what it holds, and its bytes."""

    path: str
    media_type: str
    title: str
    data: bytes


def exports(briefs: Mapping[str, Brief], cards: Mapping[str, Card]) -> tuple[Export, ...]:
    """Return the data of editions.

    Args:
        briefs: the editions, by name.
        cards: the sources that one of them names, by id.
    """
    dates = dates_of(briefs)
    csv = "text/csv; charset=utf-8; header=present"
    found = [
        _export("evidence.json", "application/ld+json", "What each edition says and rests on (JSON-LD)", _json(briefs)),
        _export("claims.csv", csv, "Claims, with their passages and support", _claims(briefs)),
        _export("passages.csv", csv, "Passages by position and fingerprint", _passages(briefs)),
        _export("notes.csv", csv, "Notes of each edition and the claims they lead to", _notes(briefs)),
        _export("carried.csv", csv, "Which edition carries which claim, in which words", _carried(briefs)),
        _export("sources.json", "application/vnd.citationstyles.csl+json", "Sources (CSL-JSON)", csl(cards.values())),
        _export("sources.bib", "application/x-bibtex", "Sources (BibTeX)", bibtex(cards.values())),
    ]
    if shown := context_of(briefs):
        found.append(_export("context.csv", csv, "Context, which is not from the sources", _context(briefs, shown)))
    if dates:
        first = next(iter(briefs.values()))
        ics = calendar(first, dates.values(), nkru_brief.__version__)
        found.append(_export("key-dates.ics", "text/calendar; charset=utf-8", "Key dates (iCalendar)", ics))
        found.append(_export("key-dates.csv", csv, "Key dates, as precise as their sources", _dates(dates)))
    return tuple(sorted(found, key=lambda export: export.path))


def dates_of(briefs: Mapping[str, Brief]) -> dict[str, DateRow]:
    """Return the key dates that an edition tells, in its words; of several wordings the standard one."""
    found: dict[str, DateRow] = {}
    for brief in by_level(briefs):
        told = {row.id for part in brief.parts for row in part.rows if isinstance(row, DateRow)}
        found |= {row.id: row for row in brief.dates if row.id in told and row.id not in found}
    return found


def context_of(briefs: Mapping[str, Brief]) -> dict[str, ContextRow]:
    """Return the context that an edition shows, in its words; of several wordings the standard one."""
    found: dict[str, ContextRow] = {}
    for brief in by_level(briefs):
        found |= {row.id: row for part in brief.parts for row in part.context if row.id not in found}
    return found


def is_day(row: DateRow) -> bool:
    """Return whether a key date is a day, or days, of a calendar."""
    return days_of(row.date) is not None


def by_level(briefs: Mapping[str, Brief]) -> list[Brief]:
    """Return editions with those at the standard reading level first."""
    return sorted(briefs.values(), key=lambda brief: (brief.level != STANDARD, brief.name))


def claims_of(brief: Brief) -> dict[str, NoteClaim]:
    """Return the claims that an edition cites or lists, by id."""
    claims = {claim.id: claim for note in brief.notes for claim in note.claims}
    return claims | {row.id: row for part in brief.parts for row in part.rows if isinstance(row, NoteClaim)}


def _export(name: str, media_type: str, title: str, data: bytes) -> Export:
    return Export(path=f"{FOLDER}/{name}", media_type=media_type, title=title, data=data)


def _json(briefs: Mapping[str, Brief]) -> bytes:
    document = {
        "@context": CONTEXT,
        "type": "prov:Collection",
        "format": FORMAT,
        "prov:hadMember": [
            {
                "id": f"urn:nkru-brief:edition:{brief.fingerprint}",
                "type": ["prov:Entity", "schema:Report"],
                "fingerprint": brief.fingerprint,
                "says": evidence_of(brief),
            }
            for _, brief in sorted(briefs.items())
        ],
    }
    return (json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode("utf-8")


def _claims(briefs: Mapping[str, Brief]) -> bytes:
    claims: dict[str, NoteClaim] = {}
    for brief in by_level(briefs):
        claims = claims_of(brief) | claims
    rows = (
        {
            "claim": claim.id,
            "statement": claim.statement,
            "support": claim.support,
            "status": claim.status,
            "sources": " ".join(claim.labels),
            "passages": claim.where,
            "question": claim.question,
            "review": claim.review.state,
            "editions": " ".join(name for name, brief in sorted(briefs.items()) if claim.id in claims_of(brief)),
        }
        for _, claim in sorted(claims.items())
    )
    columns = ("claim", "statement", "support", "status", "sources", "passages", "question", "review", "editions")
    return table(columns, rows)


def _context(briefs: Mapping[str, Brief], shown: Mapping[str, ContextRow]) -> bytes:
    rows = (
        {
            "context": row.id,
            "title": row.title,
            "text": row.text,
            "why": row.why,
            "comments": " ".join(row.claims),
            "as_of": row.as_of.iso,
            "cites": "; ".join(_work(work) for work in row.works),
            "editions": " ".join(name for name, brief in sorted(briefs.items()) if row.id in context_of({name: brief})),
        }
        for _, row in sorted(shown.items())
    )
    return table(("context", "title", "text", "why", "comments", "as_of", "cites", "editions"), rows)


def _work(work: WorkRow) -> str:
    return ", ".join(filter(None, (work.author, work.title, *work.identifiers, work.publisher, work.edtf, work.url)))


def _passages(briefs: Mapping[str, Brief]) -> bytes:
    found: dict[tuple[str, str], PassageRef] = {}
    claims: dict[tuple[str, str], set[str]] = {}
    for brief in briefs.values():
        for claim in claims_of(brief).values():
            for passage in claim.passages:
                key = (passage.source, passage.id)
                found[key] = passage
                claims.setdefault(key, set()).add(claim.id)
    rows = (
        {
            "source": passage.source,
            "label": passage.label,
            "passage": passage.id,
            "gist": passage.gist,
            "start": passage.offset,
            "end": passage.offset + passage.length,
            "sha256": passage.sha256,
            "sha256_normalised": passage.normalised,
            "claims": " ".join(sorted(claims[key])),
        }
        for key, passage in sorted(found.items())
    )
    columns = ("source", "label", "passage", "gist", "start", "end", "sha256", "sha256_normalised", "claims")
    return table(columns, rows)


def _notes(briefs: Mapping[str, Brief]) -> bytes:
    rows = (
        {"edition": name, "note": note.number, "calls": note.calls, "claims": " ".join(c.id for c in note.claims)}
        for name, brief in sorted(briefs.items())
        for note in brief.notes
    )
    return table(("edition", "note", "calls", "claims"), rows)


def _carried(briefs: Mapping[str, Brief]) -> bytes:
    columns = ("edition", "level", "claim", "statement", "notes", "sections", "fingerprint")
    return table(columns, (row for _, brief in sorted(briefs.items()) for row in _carried_by(brief)))


def _carried_by(brief: Brief) -> Iterator[dict[str, Any]]:
    for name, claim in sorted(claims_of(brief).items()):
        notes = [note.number for note in brief.notes if name in {each.id for each in note.claims}]
        parts = [part.id for part in brief.parts if set(notes) & {call.note for call in calls_of(part)}]
        yield {
            "edition": brief.name,
            "level": brief.level,
            "claim": name,
            "statement": claim.statement,
            "notes": " ".join(map(str, notes)),
            "sections": " ".join(parts),
            "fingerprint": brief.fingerprint,
        }


def _dates(dates: Mapping[str, DateRow]) -> bytes:
    rows = (
        {
            "id": row.id,
            "edtf": row.date.text,
            "earliest": row.date.earliest or "",
            "latest": row.date.latest or "",
            "precision": row.date.precision,
            "approximate": row.date.approximate,
            "uncertain": row.date.uncertain,
            "in_calendar_as": "event" if is_day(row) else "journal",
            "when": row.when,
            "label": row.label,
            "note": row.note,
            "both_sources": row.agreed,
        }
        for row in sorted(dates.values(), key=lambda row: (row.date.sort_key, row.id))
    )
    columns = ("id", "edtf", "earliest", "latest", "precision", "approximate", "uncertain", "in_calendar_as")
    return table((*columns, "when", "label", "note", "both_sources"), rows)
