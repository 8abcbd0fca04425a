"""The legend: what marks and links mean, as far as the figure has them, and how many claims have each."""

from collections import Counter
from collections.abc import Sequence

from nkru_brief.figures.agreement.entries import AgreementClaim, AgreementWords
from nkru_brief.figures.agreement.grid import RADIUS
from nkru_brief.figures.agreement.marks import Link, Mark, link
from nkru_brief.figures.columns import BLOCK, Cell, set_columns
from nkru_brief.figures.lines import CAP, Pen
from nkru_brief.figures.shapes import Rule, Text
from nkru_brief.model import Status, Support
from nkru_brief.values import Value

# In ems of the legend's type.
_INDENT = 1.8  # from a sign's start to its text
_HALF = 0.62  # half the height of a sample of a link

_SUPPORTS: tuple[Support, ...] = ("direct", "partial", "inference")
STATUSES: tuple[Status, ...] = ("agree", "tension", "single")


class Meaning(Value):
    """What a sign means, with the number of claims that have it: a mark, alone or on its guide, or a link."""

    lines: tuple[Text, ...]
    mark: Mark | None = None
    guide: Rule | None = None
    link: Link | None = None


def draw_legend(
    pen: Pen, claims: Sequence[AgreementClaim], words: AgreementWords, top: float
) -> tuple[tuple[Meaning, ...], float]:
    """Explain the signs that the figure has, and return where that ends."""
    small = pen.small
    supports = Counter(claim.support for claim in claims)
    statuses = Counter(claim.status for claim in claims)
    texts = [f"{getattr(words, each)} ({supports[each]})" for each in _SUPPORTS if supports[each]]
    texts += [f"{getattr(words, each)} ({statuses[each]})" for each in STATUSES if statuses[each]]
    signs = [each for each in _SUPPORTS if supports[each]] + [each for each in STATUSES if statuses[each]]
    cells, bottom = set_columns(small, texts, small.size * _INDENT, top + small.size * BLOCK)
    return tuple(_meaning(small, sign, cell) for sign, cell in zip(signs, cells, strict=True)), bottom


def _meaning(pen: Pen, sign: str, cell: Cell) -> Meaning:
    middle, x = cell.lines[0].y - pen.size * CAP / 2, cell.x + pen.size * _INDENT * 0.36
    half = pen.size * _HALF
    if sign in ("agree", "tension"):
        return Meaning(lines=cell.lines, link=link(pen, x, middle - half, middle + half, broken=sign == "tension"))
    support: Support = next((each for each in _SUPPORTS if each == sign), "direct")
    mark = Mark(x=round(x, 2), y=round(middle, 2), r=round(pen.size * RADIUS, 2), support=support)
    guide = Rule.at(x - half, middle, x + half, middle) if sign == "single" else None
    return Meaning(lines=cell.lines, mark=mark, guide=guide)
