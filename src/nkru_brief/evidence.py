"""What an edition says and what each of its statements rests on, as data a machine can check.

The tree built here is JSON-LD. Its canonical form (RFC 8785: sorted keys, no white space, UTF-8) has a SHA-256, and
that is the edition's fingerprint: printed at the foot of each page, and derived again by whoever holds the file. How a
paper looks is no part of it; a large-print copy says the same and has the same fingerprint.

A passage is named as the W3C Web Annotation model names one (https://www.w3.org/TR/annotation-model/, 4.2.4 and
4.2.5), except that the quote is replaced by its hash: the texts of the sources may not be handed on.
"""

from collections.abc import Iterable
from typing import Any

from nkru_brief.binding import bound
from nkru_brief.brief import (
    Block,
    Brief,
    ChangeRow,
    ContextRow,
    DisagreementRow,
    NoteClaim,
    Part,
    PassageRef,
    ReadingCell,
    Row,
    SourceRow,
)
from nkru_brief.digest import fingerprint
from nkru_brief.model import ScaleTerm
from nkru_brief.values import plain

Node = dict[str, Any]

# The file inside a finished one that holds all this (`nkru_brief.provenance`).
FILE = "evidence.jsonld"
MEDIA_TYPE = "application/ld+json"

_METADATA = (
    *("name", "title", "subtitle", "label", "audience", "level", "language", "series", "number", "version"),
    *("cutoff_note", "publisher", "contact", "licence", "disclaimer", "source_summary", "marking", "embargo"),
    "note_style",
)


def fingerprint_of(brief: Brief) -> str:
    """Return the fingerprint of an edition: the SHA-256 of what it says and rests on, as 64 hex digits."""
    return fingerprint(evidence_of(brief))


def evidence_of(brief: Brief) -> Node:
    """Return what an edition says and rests on: its parts sentence by sentence, notes, claims, sources and dates."""
    claims = {claim.id: claim for note in brief.notes for claim in note.claims}
    claims |= {row.id: row for part in brief.parts for row in part.rows if isinstance(row, NoteClaim)}
    return {
        **{key: getattr(brief, key) for key in _METADATA},
        "published": brief.published.iso,
        "changed": brief.changed.iso,
        "cutoff": brief.cutoff.iso,
        "parts": [_part(part) for part in brief.parts],
        "notes": [{"number": note.number, "claims": [_claim_id(c.id) for c in note.claims]} for note in brief.notes],
        "claims": [_claim(claim) for _, claim in sorted(claims.items())],
        "sources": [_source(source, claims.values()) for source in brief.sources],
        "coverage": plain(brief.coverage),
        "dates": [_row(row) for row in brief.dates],
        "scale": {"title": brief.scale_title, "terms": [_term(term) for term in brief.scale]},
        **_apart("context", [_context(row) for part in brief.parts for row in part.context]),
    }


def _apart(key: str, nodes: list[Any]) -> Node:
    """Return nodes under a key, and nothing where there are none: what is switched off leaves no trace."""
    return {key: nodes} if nodes else {}


def _context(row: ContextRow) -> Node:
    """Return a context note as a Web Annotation that comments claims and passages; nothing is derived from it."""
    values = plain(row)
    passages = (f"passage:{reference.replace(' ', '.', 1)}" for reference in row.passages)
    return {
        **{key: values[key] for key in ("title", "text", "why", "on", "as_of", "works")},
        "id": _context_id(row),
        "type": ["ContextNote", "Annotation"],
        "motivation": "commenting",
        "target": [*map(_claim_id, row.claims), *passages],
    }


def _context_id(row: ContextRow) -> str:
    return f"context-note:{row.id}"


def _claim_id(claim: str) -> str:
    return f"claim:{claim}"


def _part(part: Part) -> Node:
    return {
        "id": f"part:{part.id}",
        "title": part.title,
        "says": [each for block in part.blocks for each in _said(block)],
        "rows": [_row(row) for row in part.rows],
        "drawn": part.drawn,
        **_apart("context", [_context_id(row) for row in part.context]),
        **({"note": part.call.note} if part.call else {}),
    }


def _said(block: Block) -> list[Node]:
    """Return a block's sentences with the claims each cites; a heading, and what a judgement is marked with."""
    marks = {key: value for key, value in sorted(block.attributes.items()) if key in ("likelihood", "confidence")}
    if block.kind == "heading":
        return [{"heading": block.text}]
    said: list[Node] = []
    if block.picture is not None:
        said.append({"picture": block.picture.digest, "alt": block.alt})
    for sentence in bound(block):
        node: Node = {"text": sentence.whole, **marks}
        if sentence.claims:
            node["rests_on"] = [_claim_id(claim) for claim in sentence.claims]
        elif sentence.desk or marks:
            node["desk"] = True
        said.append(node)
    return said


def _row(row: Row) -> Node:
    """Return a row of data; a claim's row is its id, for the claim itself stands among the claims."""
    if isinstance(row, NoteClaim):
        return {"shows": _claim_id(row.id)}
    if isinstance(row, SourceRow):
        return {"shows": f"article:{row.id}"}
    if isinstance(row, ChangeRow):
        return {**plain(row), "date": row.date.iso}
    values = plain(row)
    call = values.pop("call", None)
    date = values.pop("date", None)
    if isinstance(row, DisagreementRow):
        values["readings"] = _readings(row.readings)
    return {
        **values,
        **({"edtf": date["text"]} if date else {}),
        **({"note": call["note"]} if call else {}),
    }


def _readings(cells: Iterable[ReadingCell]) -> list[Node]:
    return [{"of": f"article:{cell.source}", "says": cell.says, "where": cell.where} for cell in cells]


def _term(term: ScaleTerm) -> Node:
    """Return a word of the scale. Its bounds are text: a number with a point has more than one way to be written."""
    return {
        "word": term.word,
        "low": f"{term.low:g}",
        "high": f"{term.high:g}",
        "synonyms": list(term.synonyms),
    }


def _claim(claim: NoteClaim) -> Node:
    """Return a claim with the link to its passages, as one Web Annotation with a target for each."""
    passages = [_passage_id(passage) for passage in claim.passages]
    return {
        "id": _claim_id(claim.id),
        "type": "Claim",
        "statement": claim.statement,
        "support": claim.support,
        "status": claim.status,
        "where": claim.where,
        "remark": claim.remark,
        "question": claim.question,
        "readings": _readings(claim.readings),
        "review": plain(claim.review),
        "derived_from": passages,
        "evidence": {
            "type": "Annotation",
            "motivation": "linking",
            "body": _claim_id(claim.id),
            "target": passages,
        },
    }


def _passage_id(passage: PassageRef) -> str:
    return f"passage:{passage.source}.{passage.id}"


def _passage(passage: PassageRef, text: str) -> Node:
    return {
        "id": _passage_id(passage),
        "type": "SpecificResource",
        "source": text,
        "gist": passage.gist,
        "selector": {
            "type": "TextPositionSelector",
            "start": passage.offset,
            "end": passage.offset + passage.length,
            "refinedBy": {
                "type": "HashedQuoteSelector",
                "exact": passage.sha256,
                "normalised": passage.normalised,
            },
        },
    }


def _source(source: SourceRow, claims: Iterable[NoteClaim]) -> Node:
    # The bytes of a text name it, wherever it is kept.
    text = f"urn:sha256:{source.sha256}"
    cited = {_passage_id(p): p for claim in claims for p in claim.passages if p.source == source.id}
    return {
        "id": f"article:{source.id}",
        "type": "Source",
        "content": text,
        **{key: value for key, value in plain(source).items() if key not in ("id", "sha256", "unused")},
        "unused": [
            {"of": f"passage:{source.id}.{row.id}", "gist": row.gist, "reason": row.reason} for row in source.unused
        ],
        "passages": [_passage(passage, text) for _, passage in sorted(cited.items())],
    }
