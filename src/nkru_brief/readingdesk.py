"""The reading desk: each article at hand, sentence by sentence, with the claims and statements that rest on it.

It holds the words of articles that may not be handed on. So it is made from texts at hand only, and where it is
written to is never the folder of what leaves.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from nkru_brief.binding import bound
from nkru_brief.brief import Brief, DateRow, DisagreementRow, Part, QuestionRow, TermRow
from nkru_brief.model import STANDARD, Card, Claim
from nkru_brief.passages import Passage, split
from nkru_brief.project import Project
from nkru_brief.values import Value
from nkru_brief.verify import State, Verdict, Verdicts, verify


class Statement(Value):
    """A sentence of the papers: its words, and the editions with their sections that say it."""

    text: str
    where: tuple[tuple[str, str], ...]


class ClaimView(Value):
    """A claim, the passages it rests on, as source and id, and the statements that cite it."""

    claim: Claim
    passages: tuple[tuple[str, str], ...]
    statements: tuple[Statement, ...]


class Spot(Value):
    """A piece of an article as it now reads, and what became of the passage it was.

    `passage` is the passage's id on the card; it is empty where the card knows of no such sentence. `claims` rest on
    it, or `reason` says why none does. `difference` marks words that changed.
    """

    text: str
    kind: str
    state: State | None
    passage: str = ""
    now: str = ""
    claims: tuple[str, ...] = ()
    reason: str = ""
    difference: str = ""


class Missing(Value):
    """A passage that is not in the text any more, and the claims that rest on it."""

    passage: str
    gist: str
    claims: tuple[str, ...]


class ArticleView(Value):
    """An article at hand: its card, whether it is the card's own text, its lines by number, and what it lacks."""

    card: Card
    same_text: bool
    lines: tuple[tuple[int, tuple[Spot, ...]], ...]
    missing: tuple[Missing, ...]

    @property
    def sentences(self) -> tuple[Spot, ...]:
        """The sentences of all lines."""
        return tuple(spot for _, spots in self.lines for spot in spots if spot.kind == "sentence")


class Desk(Value):
    """All there is to lay out: the articles at hand, the claims by id, and the sources whose texts are not there."""

    title: str
    articles: tuple[ArticleView, ...]
    claims: tuple[ClaimView, ...]
    absent: tuple[str, ...]


def lay_out(project: Project, texts: Mapping[str, bytes]) -> Desk:
    """Return the reading desk of a project.

    Args:
        project: the project, read.
        texts: the texts at hand, by source.
    """
    library = project.library
    statements = _statements(project.briefs.values())
    claims = tuple(
        ClaimView(claim=claim, passages=_passages(claim), statements=tuple(statements.get(name, ())))
        for name, claim in sorted(library.claims.items())
    )
    resting: dict[tuple[str, str], list[str]] = {}
    for view in claims:
        for passage in view.passages:
            resting.setdefault(passage, []).append(view.claim.id)
    cards = [card for card in library.cards.values() if card.id in texts]
    return Desk(
        title=library.topic.title if library.topic else "",
        articles=tuple(_article(card, texts[card.id], resting) for card in cards),
        claims=claims,
        absent=tuple(name for name in library.cards if name not in texts),
    )


def _passages(claim: Claim) -> tuple[tuple[str, str], ...]:
    own = [(source, passage) for source, _, passage in (each.partition(" ") for each in claim.passages)]
    read = [(reading.source, passage) for reading in claim.readings for passage in reading.passages]
    return tuple(dict.fromkeys([*own, *read]))


# ---- what the papers say ----


def _statements(briefs: Iterable[Brief]) -> dict[str, list[Statement]]:
    """Return the statements that cite each claim; what several editions say alike is one statement."""
    where: dict[tuple[str, str], dict[tuple[str, str], None]] = {}
    for brief in briefs:
        for part in brief.parts:
            for text, claims in (*_said(part), *_listed(brief, part)):
                for claim in claims:
                    where.setdefault((claim, text), {})[brief.label, part.title] = None
    found: dict[str, list[Statement]] = {}
    for (claim, text), places in where.items():
        found.setdefault(claim, []).append(Statement(text=text, where=tuple(places)))
    return found


def _said(part: Part) -> Iterator[tuple[str, tuple[str, ...]]]:
    for block in part.blocks:
        if block.kind not in ("heading", "title"):
            yield from ((sentence.whole, sentence.claims) for sentence in bound(block))


def _listed(brief: Brief, part: Part) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what rows of tables and lists say, with the claims of their notes."""
    for row in part.rows:
        match row:
            case DateRow():
                text = f"{row.when}: {row.label}"
            case TermRow():
                text = f"{row.term}: {row.meaning}"
            case QuestionRow():
                text = f"{row.ask} {row.answer}"
            case DisagreementRow():
                text = "; ".join([row.question, *(f"{each.label}: {each.says}" for each in row.readings)])
            case _:
                continue
        if row.call:
            yield text, tuple(claim.id for claim in brief.notes[row.call.note - 1].claims)


# ---- what the articles say ----


def _article(card: Card, data: bytes, resting: Mapping[tuple[str, str], list[str]]) -> ArticleView:
    text = data.decode("utf-8", errors="replace")
    verdicts = verify(card, data)
    spots = [(_line(passage.id), _spot(card, passage, text, verdicts, resting)) for passage in split(text)]
    lines = tuple((number, tuple(spot for _, spot in group)) for number, group in groupby(spots, lambda each: each[0]))
    missing = tuple(
        Missing(passage=passage.id, gist=passage.gist, claims=tuple(resting.get((card.id, passage.id), ())))
        for verdict, passage in zip(verdicts.verdicts, card.passages, strict=True)
        if not verdict.now
    )
    return ArticleView(card=card, same_text=verdicts.same_text, lines=lines, missing=missing)


def _line(passage: str) -> int:
    return int(passage.partition(".")[0].removeprefix("L"))


def _spot(
    card: Card, found: Passage, text: str, verdicts: Verdicts, resting: Mapping[tuple[str, str], list[str]]
) -> Spot:
    words = text[found.offset : found.offset + found.length]
    verdict: Verdict | None = next((each for each in verdicts.verdicts if each.now == found.id), None)
    if verdict is None:
        return Spot(text=words, kind=found.kind, state=None, now=found.id)
    passage = next(each for each in card.passages if each.id == verdict.passage)
    return Spot(
        text=words,
        kind=passage.kind,
        state=verdict.state,
        passage=passage.id,
        now=found.id,
        claims=tuple(resting.get((card.id, passage.id), ())),
        reason=passage.unused,
        difference=verdict.difference,
    )


def statement_of(view: ClaimView) -> str:
    """Return a claim in its standard wording."""
    return view.claim.statement.at_level(STANDARD)
