"""What the figure of agreement shows of a brief: its sources, and the claims it cites by part."""

from collections import Counter

from nkru_brief.brief import Brief, NoteClaim
from nkru_brief.figures.agreement import AgreementClaim, AgreementSource


def rows_and_columns(brief: Brief, source: str) -> tuple[tuple[AgreementSource, ...], tuple[AgreementClaim, ...]]:
    """Return the rows and the columns of a brief's figure of agreement.

    A claim stands under the part that cites it most, of two the longer; what only figures and lists cite stands under
    the first part that does. Parts come in their order, claims in that of their ids.

    Args:
        brief: the brief.
        source: the paper's word for a source.
    """
    rows = tuple(
        AgreementSource(key=each.label, name=f"{source} {each.label}", short=each.label) for each in brief.sources
    )
    claims = {claim.id: claim for note in brief.notes for claim in note.claims}
    calls = _calls(brief)
    homes = {claim: _home(brief, claim, calls) for claim in claims}
    ordered = sorted(claims.values(), key=lambda claim: (homes[claim.id], claim.id))
    return rows, tuple(_column(claim, brief.parts[homes[claim.id]].title) for claim in ordered)


def _calls(brief: Brief) -> list[Counter[str]]:
    """Return how often the prose of each part cites each claim."""
    found = []
    for part in brief.parts:
        # A table is a list, too: what it gathers was said elsewhere.
        prose = (block for block in part.blocks if block.kind != "table")
        called = (brief.notes[call.note - 1] for block in prose for call in block.notes)
        found.append(Counter(claim.id for note in called for claim in note.claims))
    return found


def _home(brief: Brief, claim: str, calls: list[Counter[str]]) -> int:
    """Return the number of the part under which a claim stands."""
    best = max(range(len(brief.parts)), key=lambda number: (calls[number][claim], brief.parts[number].words, -number))
    if calls[best][claim]:
        return best
    rows = (
        number
        for number, part in enumerate(brief.parts)
        for call in (part.call, *(getattr(row, "call", None) for row in part.rows))
        if call and any(each.id == claim for each in brief.notes[call.note - 1].claims)
    )
    return next(rows, best)


def _column(claim: NoteClaim, group: str) -> AgreementClaim:
    sources = {*claim.labels, *(reading.label for reading in claim.readings)}
    return AgreementClaim(
        key=claim.id,
        number=claim.id.removeprefix("c"),
        group=group,
        support=claim.support,
        status=claim.status,
        sources=tuple(sorted(sources)),
    )
