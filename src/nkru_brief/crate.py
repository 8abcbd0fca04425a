"""A bundle described for archives and machines: `ro-crate-metadata.json`.

RO-Crate Metadata Specification 1.3 (https://w3id.org/ro/crate/1.3): a flat JSON-LD graph with the descriptor, the root,
a data entity for each file, and contextual entities for what the files speak of. Sources are contextual: described by
the fingerprint of their text, never part of the crate.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

from nkru_brief.brief import Brief
from nkru_brief.digest import sha256
from nkru_brief.model import Card
from nkru_brief.values import Value

FILE = "ro-crate-metadata.json"
LICENCE = "LICENCE.txt"
_SPECIFICATION = "https://w3id.org/ro/crate/1.3"

Node = dict[str, Any]


class Member(Value):
    """A file of a bundle: its path, media type (IANA), what it is, and the edition it is of, "" for none."""

    path: str
    media_type: str
    title: str
    edition: str = ""
    pages: int | None = None


def crate(
    members: Iterable[Member],
    files: Mapping[str, bytes],
    briefs: Mapping[str, Brief],
    cards: Mapping[str, Card],
    version: str,
) -> bytes:
    """Return the description of a bundle.

    Args:
        members: every file of it but this one, its licence among them as `LICENCE`.
        files: the bytes of those that are measured; what is missing here is named without a size.
        briefs: the editions, by name.
        cards: the sources that they name, by id.
        version: of the builder.
    """
    members = sorted(members, key=lambda member: member.path)
    first = next(iter(briefs.values()))
    graph = [
        _descriptor(),
        _root(first, members, cards),
        *(_file(member, files.get(member.path), briefs, cards) for member in members),
        {"@id": "#number", "@type": "PropertyValue", "name": first.series, "value": first.number},
        {"@id": "#publisher", "@type": "Organization", "name": first.publisher, **_contact(first)},
        *(_source(card) for card in cards.values()),
        {
            "@id": "#nkru-brief",
            # A SoftwareApplication must have an address on the web (8, "url"), and a builder has none of its own.
            "@type": "CreativeWork",
            "name": "nkru-brief",
            "version": version,
            "description": "Builds briefing papers whose sentences lead back to fingerprinted passages of sources",
        },
        _making(first, members, cards),
    ]
    document = {"@context": f"{_SPECIFICATION}/context", "@graph": graph}
    return (json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode("utf-8")


def _descriptor() -> Node:
    return {
        "@id": FILE,
        "@type": "CreativeWork",
        "name": "RO-Crate metadata",
        "conformsTo": {"@id": _SPECIFICATION},
        "about": {"@id": "./"},
    }


def _root(brief: Brief, members: Iterable[Member], cards: Mapping[str, Card]) -> Node:
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{brief.title} ({brief.series} {brief.number}, version {brief.version})",
        "description": brief.source_summary or brief.subtitle or brief.title,
        "version": brief.version,
        "identifier": {"@id": "#number"},
        "inLanguage": brief.language,
        "datePublished": brief.published.iso,
        "dateModified": brief.changed.iso,
        "temporalCoverage": f"../{brief.cutoff.iso}",
        "publisher": {"@id": "#publisher"},
        "author": {"@id": "#publisher"},
        "license": {"@id": LICENCE},
        "isBasedOn": _ids(map(_source_id, cards)),
        "hasPart": _ids(identifier(member.path) for member in members),
        "mentions": {"@id": "#making"},
    }


def _file(member: Member, data: bytes | None, briefs: Mapping[str, Brief], cards: Mapping[str, Card]) -> Node:
    brief = briefs.get(member.edition)
    measured = {} if data is None else {"contentSize": str(len(data)), "sha256": sha256(data)}
    about: Node = {"description": member.title}
    if brief is not None:
        about = {
            "description": ": ".join(filter(None, (brief.title, brief.subtitle))),
            "audience": brief.audience,
            "inLanguage": brief.language,
            "identifier": f"urn:nkru-brief:edition:{brief.fingerprint}",
            "isBasedOn": _ids(_source_id(source.id) for source in brief.sources if source.id in cards),
        }
    return {
        "@id": identifier(member.path),
        "@type": ["File", "CreativeWork"] if member.path == LICENCE else "File",
        "name": f"{brief.label}: {member.title}" if brief is not None else member.title,
        "encodingFormat": member.media_type.partition(";")[0],
        **({"numberOfPages": member.pages} if member.pages else {}),
        **measured,
        **about,
    }


def _source(card: Card) -> Node:
    known = {"author": card.author, "datePublished": card.published.text if card.published else None}
    known |= {"publisher": card.publisher, "url": card.url, "license": card.licence}
    unknown = f" Unknown: {', '.join(card.unknown)}." if card.unknown else ""
    return {
        "@id": _source_id(card.id),
        "@type": "CreativeWork",
        "name": card.title,
        "description": f"{card.describe}{unknown} Its text is no part of this bundle.",
        "inLanguage": card.language,
        "genre": card.kind,
        "identifier": f"urn:sha256:{card.sha256}",
        **{key: value for key, value in known.items() if value},
    }


def _making(brief: Brief, members: Iterable[Member], cards: Mapping[str, Card]) -> Node:
    return {
        "@id": "#making",
        "@type": "CreateAction",
        "name": "The papers set from their content",
        "endTime": brief.changed.iso,
        "agent": {"@id": "#publisher"},
        "instrument": {"@id": "#nkru-brief"},
        "object": _ids(map(_source_id, cards)),
        "result": _ids(identifier(member.path) for member in members if member.edition),
    }


def _contact(brief: Brief) -> Node:
    return {"description": f"Contact: {brief.contact}"} if brief.contact else {}


def _source_id(source: str) -> str:
    return f"#source-{source}"


def _ids(names: Iterable[str]) -> list[Node]:
    return [{"@id": name} for name in names]


def identifier(path: str) -> str:
    """Return a path as a relative URI (RFC 3986): spaces and letters that are not ASCII are written in per cent."""
    return quote(path)


# ---- read ----


def read(data: bytes) -> dict[str, str]:
    """Return the SHA-256 that a description gives for each file, by path; "" for one that it only names.

    Raises:
        ValueError: it is no description of a crate; the message says why.
    """
    try:
        document = json.loads(data.decode("utf-8"))
        graph = {node["@id"]: node for node in document["@graph"]}
        conforms = graph[FILE]["conformsTo"]["@id"]
        root = graph[graph[FILE]["about"]["@id"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"it is no RO-Crate: {type(error).__name__} {error}") from None
    if not str(conforms).startswith("https://w3id.org/ro/crate/1."):
        raise ValueError(f"it conforms to {conforms}, which is no RO-Crate 1")
    return dict(_members(graph, root))


def _members(graph: Mapping[str, Any], root: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - a stranger's JSON
    parts = root.get("hasPart") if isinstance(root, dict) else None
    for part in parts if isinstance(parts, list) else ():
        name = part.get("@id") if isinstance(part, dict) else None
        node = graph.get(name) if isinstance(name, str) else None
        if not isinstance(name, str) or not isinstance(node, dict):
            raise ValueError("it lists a part that it does not describe")
        yield unquote(name), str(node.get("sha256", ""))
