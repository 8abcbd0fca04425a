"""Sign-offs: who checked a claim against its passages, and whether what they checked is still what stands there."""

from collections.abc import Iterator, Mapping

from nkru_brief.digest import fingerprint
from nkru_brief.model import Card, Claim


def fingerprint_of(claim: Claim, cards: Mapping[str, Card]) -> str:
    """Return the fingerprint of what a reviewer checks: all a claim says, and the passages it rests on.

    A passage counts with the SHA-256 of its exact text, so a sign-off lapses when a word of the claim changes, when a
    passage is exchanged, and when the source is found to read otherwise and its card is made anew.

    Args:
        claim: the claim.
        cards: the cards of the sources, by id; a passage whose card is not there counts with its id alone.
    """
    readings = [[r.source, r.says.levels, [[p, _digest(p, cards)] for p in r.passages]] for r in claim.readings]
    return fingerprint(
        {
            "statement": claim.statement.levels,
            "passages": [[reference, _digest(reference, cards)] for reference in claim.passages],
            "support": claim.support,
            "status": claim.status,
            "question": claim.question.levels if claim.question else {},
            "readings": readings,
            "remark": claim.remark.levels if claim.remark else {},
        }
    )


def _digest(reference: str, cards: Mapping[str, Card]) -> str:
    source, _, passage = reference.partition(" ")
    return next(_found(cards.get(source), passage), "")


def _found(card: Card | None, passage: str) -> Iterator[str]:
    return (each.sha256 for each in (card.passages if card else ()) if each.id == passage)


def is_lapsed(claim: Claim, cards: Mapping[str, Card]) -> bool:
    """Return whether a claim was signed off and is no longer what was signed."""
    return claim.sign_off is not None and claim.sign_off.fingerprint != fingerprint_of(claim, cards)
