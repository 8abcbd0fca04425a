"""Rules on what content refers to: passages, sources, the probability scale."""

from collections.abc import Iterator

from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.model import Library
from nkru_brief.project import Project
from nkru_brief.typed import suggestion


def passages(project: Project) -> Iterator[Diagnostic]:
    """Every passage a claim or a reading rests on is on its source's card."""
    library = project.library
    for claim in library.claims.values():
        for index, reference in enumerate(claim.passages):
            place = claim.at("passages", index)
            source, _, passage = reference.partition(" ")
            yield from _passage(library, place, f"claim {claim.id!r}", source, passage)
        for reading in claim.readings:
            for index, passage in enumerate(reading.passages):
                place = reading.at("passages", index)
                yield from _passage(library, place, f"a reading of {claim.id!r}", reading.source, passage)


def _passage(library: Library, place: Place, who: str, source: str, passage: str) -> Iterator[Diagnostic]:
    if source in library.unread:
        return
    card = library.cards.get(source)
    if card is None:
        message = f"{who} cites the source {source!r}, which has no card in seeds/"
        yield Diagnostic(code="E102", place=place, message=message, hint=suggestion(source, library.cards))
    elif passage not in {known.id for known in card.passages}:
        message = f"{who} cites '{source} {passage}', which has no such passage"
        hint = suggestion(passage, (known.id for known in card.passages), "see the card's passages")
        yield Diagnostic(code="E104", place=place, message=message, hint=hint)


def sources(project: Project) -> Iterator[Diagnostic]:
    """Every source of the topic has a card, and no two cards print the same label."""
    library = project.library
    for index, source in enumerate(library.topic.sources if library.topic else ()):
        if source not in library.cards and source not in library.unread:
            assert library.topic is not None  # noqa: S101 - the loop has run
            message = f"the topic names the source {source!r}, which has no card in seeds/"
            hint = suggestion(source, library.cards)
            yield Diagnostic(code="E102", place=library.topic.at("sources", index), message=message, hint=hint)
    labels: dict[str, str] = {}
    for card in library.cards.values():
        if card.label in labels:
            message = f"the label {card.label!r} is the one of {labels[card.label]!r}, too"
            hint = "notes name a source by its label: give each its own"
            yield Diagnostic(code="E008", place=card.at("label"), message=message, hint=hint)
        labels[card.label] = card.id


def scale(project: Project) -> Iterator[Diagnostic]:
    """The topic's probability scale exists."""
    topic = project.library.topic
    if topic and topic.scale not in project.library.scales:
        hint = suggestion(topic.scale, project.library.scales)
        message = f"there is no probability scale {topic.scale!r}"
        yield Diagnostic(code="E110", place=topic.at("scale"), message=message, hint=hint)
