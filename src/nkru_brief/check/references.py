"""Rules on what content refers to: passages, sources, the probability scale."""

from collections.abc import Iterator

from nkru_brief.compose import unknown_claim
from nkru_brief.context import SECTION as CONTEXT
from nkru_brief.context import no_support
from nkru_brief.diagnostics import Diagnostic, Place, place_of
from nkru_brief.model import Card, KeyDate, Library, Question, Term
from nkru_brief.project import Project
from nkru_brief.typed import suggestion


def citations(project: Project) -> Iterator[Diagnostic]:
    """Every claim that is cited exists, whether or not an edition prints what cites it."""
    library = project.library
    calls = [call for fragment in project.fragments.values() for block in fragment.blocks for call in block.calls]
    cited = [(claim, call.place) for call in calls for claim in call.claims]
    entries: tuple[KeyDate | Term | Question, ...] = (*library.dates, *library.terms, *library.questions)
    for entry in entries:
        cited += [(claim, entry.at("claims")) for claim in entry.claims]
    for claim, place in cited:
        if claim not in library.claims:
            yield from unknown_claim(library, claim, place)


def audiences(project: Project) -> Iterator[Diagnostic]:
    """Every block that is meant for some readers names editions there are."""
    library = project.library
    for fragment in project.fragments.values():
        for block in fragment.blocks:
            for name in block.attributes.get("for", "").split():
                if name not in library.editions and name not in library.unread:
                    place = place_of("for=", library.texts[fragment.file], fragment.file, block.place.line)
                    message = f"the block is for {name!r}, and there is no such edition"
                    hint = suggestion(name, library.editions)
                    yield Diagnostic(code="E111", place=place, message=message, hint=hint)


def limits(project: Project) -> Iterator[Diagnostic]:
    """Every edition that a claim is limited to is one there is."""
    library = project.library
    for claim in library.claims.values():
        for index, name in enumerate(claim.editions):
            if name not in library.editions and not library.lost(name, "content/editions"):
                message = f"claim {claim.id!r} is for the edition {name!r}, and there is none"
                hint = suggestion(name, library.editions)
                yield Diagnostic(code="E111", place=claim.at("editions", index), message=message, hint=hint)


def passages(project: Project) -> Iterator[Diagnostic]:
    """Every passage a claim or a reading rests on is on its source's card."""
    library = project.library
    for claim in library.claims.values():
        for index, reference in enumerate(claim.passages):
            place = claim.at("passages", index)
            source, _, name = reference.partition(" ")
            yield from passage(library, place, f"claim {claim.id!r}", source, name)
        for reading in claim.readings:
            if reading.source in library.context and reading.source not in library.cards:
                who = f"a reading of {claim.id!r} is of {reading.source!r}"
                yield no_support(who, reading.source, reading.at("source"))
                continue
            if reading.source not in library.cards:
                if library.lost(reading.source, "seeds"):
                    continue
                message = f"a reading of {claim.id!r} is of the source {reading.source!r}, which has no card in seeds/"
                hint = suggestion(reading.source, library.cards)
                yield Diagnostic(code="E102", place=reading.at("source"), message=message, hint=hint)
                continue
            for index, name in enumerate(reading.passages):
                place = reading.at("passages", index)
                yield from passage(library, place, f"a reading of {claim.id!r}", reading.source, name)


def passage(library: Library, place: Place, who: str, source: str, name: str) -> Iterator[Diagnostic]:
    """Yield the fault of resting on, or commenting, a passage that is on no card.

    Args:
        library: everything authored.
        place: where the passage is named.
        who: what names it, for messages ("claim 'c07'").
        source: the source's id.
        name: the passage's id, such as `L08.s3`.
    """
    card = library.cards.get(source)
    if card is None and library.lost(source, "seeds"):
        return
    if card is None and (source in library.context or source == CONTEXT):
        yield no_support(f"{who} rests on {f'{source} {name}'.strip()!r}", name or source, place)
    elif card is None:
        message = f"{who} cites the source {source!r}, which has no card in seeds/"
        yield Diagnostic(code="E102", place=place, message=message, hint=suggestion(source, library.cards))
    elif not name:
        message = f"{who} cites the source {source!r} without a passage"
        yield Diagnostic(code="E104", place=place, message=message, hint=f"write source and passage: {source} L01.s1")
    elif name not in {known.id for known in card.passages}:
        message = f"{who} cites '{source} {name}', which has no such passage"
        line = name.partition(".")[0]
        near = [known.id for known in card.passages if known.id.partition(".")[0] == line]
        hint = f"there is: {', '.join(near)}" if near else f"the passages of the source are in {card.at().file}"
        yield Diagnostic(code="E104", place=place, message=message, hint=hint)


def sources(project: Project) -> Iterator[Diagnostic]:
    """Every source of the topic has a card, and no two cards print the same label."""
    library = project.library
    for index, source in enumerate(library.topic.sources if library.topic else ()):
        if source not in library.cards and not library.lost(source, "seeds"):
            assert library.topic is not None  # noqa: S101 - the loop has run
            message = f"the topic names the source {source!r}, which has no card in seeds/"
            hint = suggestion(source, library.cards)
            yield Diagnostic(code="E102", place=library.topic.at("sources", index), message=message, hint=hint)
    labels: dict[str, str] = {}
    for card in library.cards.values():
        yield from _repeated_passages(card)
        if card.label in labels:
            message = f"the label {card.label!r} is the one of {labels[card.label]!r}, too"
            hint = "notes name a source by its label: give each its own"
            yield Diagnostic(code="E008", place=card.at("label"), message=message, hint=hint)
        labels[card.label] = card.id


def _repeated_passages(card: Card) -> Iterator[Diagnostic]:
    seen: dict[str, Place] = {}
    for passage in card.passages:
        first = seen.setdefault(passage.id, passage.at("id"))
        if first != passage.at("id"):
            message = f"the card has two passages {passage.id!r}"
            yield Diagnostic(code="E008", place=passage.at("id"), message=message, hint=f"the first stands at {first}")


def scale(project: Project) -> Iterator[Diagnostic]:
    """The topic's probability scale exists."""
    topic = project.library.topic
    if topic and topic.scale not in project.library.scales:
        hint = suggestion(topic.scale, project.library.scales)
        message = f"there is no probability scale {topic.scale!r}"
        yield Diagnostic(code="E110", place=topic.at("scale"), message=message, hint=hint)
