"""What the figure of agreement is drawn from: sources, claims, and the figure's own words."""

from nkru_brief.model import Status, Support
from nkru_brief.values import Value


class AgreementSource(Value):
    """A source: its row is named `name`, or `short` where there is no room."""

    key: str
    name: str
    short: str


class AgreementClaim(Value):
    """A claim: its number at the head of its column, the group it stands in, and the sources it rests on, by key."""

    key: str
    number: str
    group: str
    support: Support
    status: Status
    sources: tuple[str, ...]


class AgreementWords(Value):
    """The figure's own words in one language; the defaults are English."""

    claims: str = "claims"
    direct: str = "says it"
    partial: str = "says part of it"
    inference: str = "lets it be inferred"
    agree: str = "both agree"
    tension: str = "they differ"
    single: str = "one source only"
