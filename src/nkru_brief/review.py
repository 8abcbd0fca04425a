"""What a reviewer sees of a claim: its wordings, its passages, its sign-off, and who is told it."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Literal

from nkru_brief.comparison import Telling, tellings
from nkru_brief.context import commented
from nkru_brief.diagnostics import Place, UsageError
from nkru_brief.load import texts_at_hand
from nkru_brief.model import STANDARD, Claim, Wording
from nkru_brief.passages import split
from nkru_brief.project import Project
from nkru_brief.signoff import is_lapsed
from nkru_brief.typed import suggestion
from nkru_brief.values import Value
from nkru_brief.yamltext import STRANGE

Wordings = tuple[tuple[str, str], ...]


class Cited(Value):
    """A passage a claim rests on, by source, with its source's label and its gist."""

    source: str
    label: str
    id: str
    gist: str


class Rival(Value):
    """What one source says where the sources differ."""

    label: str
    says: Wordings


class Reviewed(Value):
    """A claim as a reviewer reads it; wordings are pairs of level and text, the standard one first."""

    id: str
    place: Place
    statement: Wordings
    question: Wordings
    remark: Wordings
    readings: tuple[Rival, ...]
    support: str
    status: str
    passages: tuple[Cited, ...]
    state: Literal["signed", "lapsed", "none"]
    who: str
    date: date | None
    editions: tuple[str, ...]
    told: tuple[Telling, ...]
    # What the public record says beside it, by note: no part of what it rests on.
    context: tuple[tuple[str, str], ...] = ()


def reviewed(project: Project) -> tuple[Reviewed, ...]:
    """Return every claim of a project that can be read, by id."""
    return tuple(_reviewed(project, claim) for _, claim in sorted(project.library.claims.items()))


def chosen(project: Project, claims: Iterable[str]) -> tuple[Reviewed, ...]:
    """Return the claims that are named.

    Raises:
        UsageError: there is no such claim, or it cannot be read.
    """
    known = project.library.claims
    for claim in claims:
        if claim in project.library.unread:
            raise UsageError(f"claim {claim!r} cannot be read; nkru-brief check says why")
        if claim not in known:
            raise UsageError(f"there is no claim {claim!r}; {suggestion(claim, known)}")
    return tuple(_reviewed(project, known[claim]) for claim in claims)


def _reviewed(project: Project, claim: Claim) -> Reviewed:
    library, signed = project.library, claim.sign_off
    lapsed: Literal["lapsed", "signed"] = "lapsed" if is_lapsed(claim, library.cards) else "signed"
    return Reviewed(
        id=claim.id,
        place=claim.at("id"),
        statement=_levels(claim.statement),
        question=_levels(claim.question),
        remark=_levels(claim.remark),
        readings=tuple(Rival(label=_label(project, r.source), says=_levels(r.says)) for r in claim.readings),
        support=claim.support,
        status=claim.status,
        passages=tuple(_cited(project, reference) for reference in claim.passages),
        state=lapsed if signed else "none",
        who=signed.who if signed else "",
        date=signed.date if signed else None,
        editions=claim.editions,
        told=tellings(project, claim.id),
        context=tuple(
            (note.id, note.text.at_level(STANDARD))
            for note in library.context.values()
            if claim.id in commented(note, library.claims)
        ),
    )


def _levels(wording: Wording | None) -> Wordings:
    return tuple(wording.levels.items()) if wording else ()


def _label(project: Project, source: str) -> str:
    card = project.library.cards.get(source)
    return card.label if card else source


def _cited(project: Project, reference: str) -> Cited:
    source, _, passage = reference.partition(" ")
    card = project.library.cards.get(source)
    gist = next((each.gist for each in card.passages if each.id == passage), "") if card else ""
    return Cited(source=source, label=_label(project, source), id=passage, gist=gist)


def sentences_at_hand(root: Path, project: Project) -> dict[str, str]:
    """Return the sentences of the texts at hand, by source and passage, where each is still its card's.

    What is returned is the article's own text: it may be shown to who holds it, and written nowhere.
    """
    found = {}
    for source, data in texts_at_hand(root, project.library.cards.values()).items():
        text = data.decode("utf-8", errors="replace")
        now = {passage.id: text[passage.offset : passage.offset + passage.length] for passage in split(text)}
        # What a terminal would take for a command is no word of an article.
        now = {passage: STRANGE.sub(" ", sentence) for passage, sentence in now.items()}
        for verdict in project.verdicts[source].verdicts:
            if verdict.state in ("exact", "moved") and verdict.now in now:
                found[f"{source} {verdict.passage}"] = now[verdict.now]
    return found
