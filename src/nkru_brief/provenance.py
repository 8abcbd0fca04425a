"""Where a finished file comes from, as JSON-LD that travels inside it: what it says, from what, and made with what.

The vocabulary is W3C PROV (https://www.w3.org/TR/prov-o/) for what was made from what, Web Annotation
(https://www.w3.org/TR/annotation-vocab/) for which passage supports which claim, and terms of our own for the rest;
`docs/provenance.md` describes them all. The context stands in the document, so reading it needs no network.
"""

from collections.abc import Iterator
from typing import Any

import nkru_brief
from nkru_brief.brief import Brief, NoteClaim
from nkru_brief.digest import fingerprint, sha256
from nkru_brief.evidence import FILE, MEDIA_TYPE, evidence_of
from nkru_brief.project import Project
from nkru_brief.record import bare, things
from nkru_brief.sheet import Attachment, Sheet
from nkru_brief.significance import BASIS, SAYS, facts
from nkru_brief.toolchain import parts
from nkru_brief.values import Value, replace, to_json

FORMAT = 1
_DIGITS = 16
# The libraries whose versions decide how a file looks.
_TOOLS = ("fonttools", "jinja2", "markdown", "uharfbuzz", "weasyprint")

CONTEXT: dict[str, Any] = {
    "@version": 1.1,
    "@vocab": "urn:nkru-brief:terms#",
    "id": "@id",
    "type": "@type",
    "prov": "http://www.w3.org/ns/prov#",
    "oa": "http://www.w3.org/ns/oa#",
    "schema": "https://schema.org/",
    "article": {"@id": "urn:nkru-brief:article:", "@prefix": True},
    "claim": {"@id": "urn:nkru-brief:claim:", "@prefix": True},
    "part": {"@id": "urn:nkru-brief:part:", "@prefix": True},
    "context-note": {"@id": "urn:nkru-brief:context:", "@prefix": True},
    "passage": {"@id": "urn:nkru-brief:passage:", "@prefix": True},
    "source": {"@id": "oa:hasSource", "@type": "@id"},
    "content": {"@id": "schema:encoding", "@type": "@id"},
    "shows": {"@type": "@id"},
    "of": {"@type": "@id"},
    "text": "schema:text",
    "title": "schema:name",
    "publisher": "schema:publisher",
    "made": "prov:wasGeneratedBy",
    "used": "prov:used",
    "with": "prov:wasAssociatedWith",
    "derived_from": {"@id": "prov:wasDerivedFrom", "@type": "@id"},
    "rests_on": {"@id": "prov:wasDerivedFrom", "@type": "@id"},
    "Annotation": "oa:Annotation",
    "SpecificResource": "oa:SpecificResource",
    "TextPositionSelector": "oa:TextPositionSelector",
    "motivation": {"@id": "oa:motivatedBy", "@type": "@vocab"},
    "linking": "oa:linking",
    "commenting": "oa:commenting",
    "body": {"@id": "oa:hasBody", "@type": "@id"},
    "target": {"@id": "oa:hasTarget", "@type": "@id"},
    "selector": "oa:hasSelector",
    "refinedBy": "oa:refinedBy",
    "start": "oa:start",
    "end": "oa:end",
}


class Used(Value):
    """A thing of the project that an edition was made from: its key, its file, and its fingerprint (16 digits)."""

    key: str
    file: str
    digest: str


class Origin(Value):
    """What an edition comes from: the things it was made from, and the significant facts it carries."""

    used: tuple[Used, ...]
    facts: dict[str, str]


class Stock(Value):
    """What a project was made from, and its significant facts, by what they are of: the same for all its editions."""

    things: dict[str, tuple[Used, ...]]
    facts: dict[str, dict[str, str]]


def stock_of(project: Project) -> Stock:
    """Return the stock of a project; whoever asks for many editions of it takes it along."""
    used: dict[str, tuple[Used, ...]] = {}
    for entry in things(project):
        each = Used(key=entry.key, file=entry.place.file, digest=entry.fingerprint)
        used[entry.key] = (*used.get(entry.key, ()), each)
    known: dict[str, dict[str, str]] = {}
    for fact, value in facts(project).items():
        known.setdefault(_subject(fact), {})[fact] = value
    return Stock(things=used, facts=known)


def _subject(fact: str) -> str:
    """Return what a fact is of: a judgement's is the section it stands in."""
    kind, _, rest = fact.partition(" ")
    if kind == "judgement":
        return f"{kind} {rest.partition(' ')[0]}"
    return fact.removesuffix(f" {SAYS}").removesuffix(f" {BASIS}")


def origin_of(project: Project, name: str, stock: Stock | None = None) -> Origin:
    """Return what an edition of a project comes from."""
    stock = stock or stock_of(project)
    return Origin(used=used_by(project, name, stock), facts=_facts_in(project, name, stock))


def used_by(project: Project, name: str, stock: Stock) -> tuple[Used, ...]:
    """Return everything authored that an edition was made from; keys are those of `content/record.yaml`."""
    return tuple(sorted(_used(project, name, stock), key=lambda used: used.key))


def _used(project: Project, name: str, stock: Stock) -> Iterator[Used]:
    library, brief, edition = project.library, project.briefs[name], project.editions[name]
    file = edition.at("sections").file
    yield Used(key=f"edition {name}", file=file, digest=fingerprint(bare(edition))[:_DIGITS])
    if library.topic is not None:
        digest = fingerprint(bare(library.topic))[:_DIGITS]
        yield Used(key="brief", file=library.topic.at("title").file, digest=digest)
    for use in edition.sections or ():
        level = use.level or edition.level or ""
        fragment = project.fragments.get((use.id, level)) or project.fragments.get((use.id, "standard"))
        if fragment is not None:
            digest = sha256(fragment.text.encode("utf-8"))[:_DIGITS]
            yield Used(key=f"section {fragment.id}.{fragment.level}", file=fragment.file, digest=digest)
    for key in set(_keys(project, brief)):
        yield from stock.things.get(key, ())


def _keys(project: Project, brief: Brief) -> Iterator[str]:
    """Yield the keys of the claims, cards, passages and rows a brief carries."""
    notes = [claim for note in brief.notes for claim in note.claims]
    for claim in (*notes, *(row for part in brief.parts for row in part.rows if isinstance(row, NoteClaim))):
        yield f"claim {claim.id}"
        yield from (f"passage {passage.source} {passage.id}" for passage in claim.passages)
    yield from (f"card {source.id}" for source in brief.sources)
    yield from (f"date {date.id}" for date in brief.dates)
    yield from (f"context {row.id}" for part in brief.parts for row in part.context)
    ids = {part.id for part in brief.parts}
    if "glossary" in ids:
        yield from (f"term {term.term}" for term in project.library.terms)
    if ids & {"questions", "answers"}:
        yield from (f"question {question.id}" for question in project.library.questions)


def _facts_in(project: Project, name: str, stock: Stock) -> dict[str, str]:
    """Return the significant facts of a project (`nkru_brief.significance`) that an edition carries."""
    edition = project.editions[name]
    subjects = {*_keys(project, project.briefs[name])}
    subjects |= {f"source {source.id}" for source in project.briefs[name].sources}
    subjects |= {f"judgement {use.id}.{use.level or edition.level}" for use in edition.sections or ()}
    carried = (stock.facts.get(subject, {}) for subject in sorted(subjects))
    return {fact: value for found in carried for fact, value in found.items()}


def attested(sheet: Sheet, brief: Brief, origin: Origin) -> Sheet:
    """Return a sheet with the document of its provenance attached."""
    attachment = Attachment(
        name=FILE,
        media_type=MEDIA_TYPE,
        relationship="Data",
        description="What this paper says, which passages of which sources it rests on, and what it was made from",
        data=to_json(document(sheet, brief, origin)),
    )
    return replace(sheet, attachments=(*sheet.attachments, attachment))


def document(sheet: Sheet, brief: Brief, origin: Origin) -> dict[str, Any]:
    """Return the document of a sheet's provenance, as `docs/provenance.md` describes it."""
    return {
        "@context": CONTEXT,
        "id": f"urn:nkru-brief:edition:{brief.fingerprint}",
        "type": ["prov:Entity", "schema:Report"],
        "format": FORMAT,
        "fingerprint": brief.fingerprint,
        "says": evidence_of(brief),
        "made": {
            "type": "prov:Activity",
            "output": sheet.output,
            "path": sheet.path,
            "theme": brief.theme,
            "sheet": sha256(sheet.html.encode("utf-8")),
            "faces": [f"{face.family} {face.weight} {face.style} {face.digest[:_DIGITS]}" for face in sheet.faces],
            "used": [
                {"type": "prov:Entity", "key": each.key, "file": each.file, "digest": each.digest}
                for each in origin.used
            ],
            "facts": [{"key": key, "value": value} for key, value in sorted(origin.facts.items())],
            "with": [{"type": "prov:SoftwareAgent", "title": tool, "version": number} for tool, number in tools()],
        },
    }


def tools() -> tuple[tuple[str, str], ...]:
    """Return the programs that decide how a file looks, with their versions."""
    return (("nkru-brief", nkru_brief.__version__), *((tool, parts()[tool]) for tool in _TOOLS))
