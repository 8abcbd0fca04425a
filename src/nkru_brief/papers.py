"""A state of a briefing as its finished papers tell it: a build or a bundle, from the data inside each file."""

from collections.abc import Iterable, Iterator, Set
from typing import Any

from nkru_brief.changes import Snapshot
from nkru_brief.digest import fingerprint
from nkru_brief.evidence import evidence_of
from nkru_brief.project import Project
from nkru_brief.provenance import origin_of
from nkru_brief.values import Value

_DIGITS = 16


class Papers(Value):
    """The data inside the papers of a briefing (`docs/provenance.md`), by edition, and what to call their state."""

    name: str
    documents: dict[str, dict[str, Any]]


def gathered(documents: Iterable[dict[str, Any]], name: str) -> Papers:
    """Return papers by edition; of two papers of one edition the first counts."""
    editions: dict[str, dict[str, Any]] = {}
    for document in documents:
        editions.setdefault(document["says"]["name"], document)
    return Papers(name=name, documents=editions)


def told(project: Project, name: str) -> Papers:
    """Return what the papers of a project would tell, to be compared with papers."""
    return gathered((_told(project, edition) for edition in project.briefs), name)


def states(old: Papers, new: Papers) -> tuple[Snapshot, Snapshot]:
    """Return two states as papers of the same editions tell them; an edition that one lacks is named, and no more."""
    both = old.documents.keys() & new.documents.keys()
    return _state(old, both), _state(new, both)


def _state(papers: Papers, editions: Set[str]) -> Snapshot:
    found = {name: document for name, document in sorted(papers.documents.items()) if name in editions}
    says = {edition: document["says"] for edition, document in found.items()}
    made = [document["made"] for document in found.values()]
    words, passages = _words(says.values()), {}
    for each in says.values():
        for claim in each["claims"]:
            cited = (passage.removeprefix("passage:").split(".", 1) for passage in claim["derived_from"])
            passages[_thing(claim["id"])] = tuple(" ".join(pair) for pair in cited)
    sections = {f"section {edition}/{part}": texts for edition, part, texts in _sections(says)}
    recorded = {used["key"]: used["digest"] for each in made for used in each["used"]}
    recorded |= {f"edition {name}": recorded.get(f"edition {name}", "") for name in papers.documents}
    for what, texts in sections.items():
        recorded |= {f"sentence {what.removeprefix('section ')} {fingerprint(text)[:_DIGITS]}": "" for text in texts}
    return Snapshot(
        name=papers.name,
        facts={fact["key"]: fact["value"] for each in made for fact in each["facts"]},
        recorded=recorded,
        words={**words, **sections},
        passages=passages,
        printed={what: (what.removeprefix("section ").partition("/")[0],) for what in sections},
    )


def _told(project: Project, edition: str) -> dict[str, Any]:
    origin = origin_of(project, edition)
    return {
        "says": evidence_of(project.briefs[edition]),
        "made": {
            "used": [{"key": used.key, "digest": used.digest} for used in origin.used],
            "facts": [{"key": key, "value": value} for key, value in origin.facts.items()],
        },
    }


def _thing(identifier: str) -> str:
    return identifier.replace(":", " ", 1)


def _words(said: Iterable[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return the words of claims, dates and sources, each wording once."""
    found: dict[str, dict[str, None]] = {}
    for says in said:
        for claim in says["claims"]:
            found.setdefault(_thing(claim["id"]), {})[claim["statement"]] = None
        for note in says.get("context", ()):
            found.setdefault(f"context {note['id'].partition(':')[2]}", {})[note["text"]] = None
        for row in says["dates"]:
            found.setdefault(f"date {row['id']}", {})[row["label"]] = None
        for source in says["sources"]:
            found.setdefault(f"source {source['id'].partition(':')[2]}", {})[source["title"]] = None
    return {key: tuple(texts) for key, texts in found.items()}


def _sections(says: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for edition, each in says.items():
        for part in each["parts"]:
            texts = tuple(text for said in part["says"] if (text := said.get("text") or said.get("heading")))
            yield edition, part["id"].partition(":")[2], (part["title"], *texts)
