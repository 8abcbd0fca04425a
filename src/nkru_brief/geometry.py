"""The page: what of a sheet its margins leave, computed from the paper, the theme's lengths and the binding.

A theme writes its lengths for one paper. On a smaller one its margins shrink with the sheet; what stands beside the
text goes where the text would become too narrow, first the margin for notes, then the column of labels; and where a
sheet is so wide that a line of text would be too long to read, the text stays as it is and only tables, figures and
boxes use the rest. A line should have 60 to 70 characters (Bringhurst, The Elements of Typographic Style, 2.1.2).
"""

from collections.abc import Collection, Mapping

from nkru_brief.papersize import Paper
from nkru_brief.values import Value

PT_PER_MM = 72 / 25.4
# What no margin goes below when a theme's is made smaller, in mm: heads and feet of pages stand in two of them.
_LEAST_ACROSS, _LEAST_UP = 9.0, 14.0
# Between text and labels that stand where there was a margin for notes, in mm.
_APART = 6.0
LEAST_TEXT, LEAST_LINES = 50.0, 60.0
"""The least width of a text column and the least height of a page's text, in mm."""

LENGTHS = (
    *("margin_top", "margin_first", "margin_bottom", "margin_outer", "margin_right"),
    *("side", "gap", "reach", "text_least", "text_most"),
)
"""The tokens that a page is computed from, in mm; `drawn_for` is the paper they are written for."""


class Page(Value):
    """The page of an edition, in mm.

    `left` and `right` are the margins of a right-hand page, beyond which nothing stands; on the left-hand pages of a
    paper with two sides they change places. From `left` on come the column of labels (`side`), a `gap`, the `text`,
    and how far wide pieces `reach` beyond it; `shift` is side and gap, `wide` all of it. `narrow` says that the
    labels stand above the text, for want of room. Where pages are `mirrored`, what stands beside the text stands on
    the outer side of both.
    """

    width: float
    height: float
    top: float
    first: float
    bottom: float
    left: float
    right: float
    side: float
    gap: float
    reach: float
    text: float
    wide: float
    narrow: bool = False
    mirrored: bool = False

    @property
    def shift(self) -> float:
        """How far the labels stand left of the text, in mm."""
        return round(self.side + self.gap, 2)

    @property
    def wide_pt(self) -> float:
        """The width of tables and figures, in pt."""
        return round(self.wide * PT_PER_MM, 1)

    @property
    def text_pt(self) -> float:
        """The width of the text, in pt."""
        return round(self.text * PT_PER_MM, 1)

    @property
    def size(self) -> str:
        """Width and height, as CSS writes them."""
        return f"{self.width:g}mm {self.height:g}mm"


def for_readers(tokens: Mapping[str, str], level: str, own: Collection[str] = ()) -> dict[str, str]:
    """Return the tokens for readers of a level: only those whom a theme names write in the margin beside the text.

    For the others it stands on the left of a text as wide as before, and carries their labels.

    Args:
        tokens: the theme's, with the edition's over them.
        level: the reading level of the edition.
        own: names of the tokens that are the edition's: what it writes itself is taken as it is.

    Raises:
        ValueError: a token that the margin is computed from is no number.
    """
    found = dict(tokens)
    reach = float(found["reach"])
    if found["notes_for"] in ("all", level) or not reach or "reach" in own:
        return found
    labels = {"side": f"{max(reach - _APART, 0):g}", "gap": f"{_APART:g}", "reach": "0"}
    labels["margin_right"] = f"{float(found['margin_right']) - reach:g}"
    return found | {name: value for name, value in labels.items() if name not in own}


def page_of(
    paper: Paper, tokens: Mapping[str, str], own: Collection[str] = (), binding: float = 0.0, *, two: bool = False
) -> Page:
    """Return the page that a paper, the tokens of a theme and a binding come to.

    Args:
        paper: the sheet.
        tokens: the theme's, with the edition's over them.
        own: names of the tokens that are the edition's, and so written for this very paper.
        binding: what is added to the margin at the binding, in mm.
        two: whether both sides of a sheet are printed, so that margins are mirrored.

    Raises:
        ValueError: a token that the page is computed from is no number, or `drawn_for` no paper.
    """
    drawn = Paper.from_text(tokens["drawn_for"])
    length = {name: float(tokens[name]) for name in LENGTHS}

    def margin(name: str, share: float, least: float) -> float:
        whole = length[name]
        return whole if name in own else max(min(whole, least), whole * min(1.0, share))

    across, up = paper.width / drawn.width, paper.height / drawn.height
    reach = length["reach"] if "reach" in own else length["reach"] * min(1.0, across)
    # An edition that writes its own margin leaves less of it to a theme that reaches into it.
    if "margin_right" in own and "reach" not in own:
        reach = max(0.0, min(reach, length["margin_right"] - _LEAST_ACROSS))
    right = margin("margin_right", across, reach + _LEAST_ACROSS) - reach
    left = margin("margin_outer", across, _LEAST_ACROSS) + binding
    wide = paper.width - left - right
    side, gap = length["side"], length["gap"]
    if reach and wide - side - gap - reach < length["text_least"]:
        reach = 0.0
    narrow = side + gap > 0 and wide - side - gap - reach < length["text_least"]
    if narrow:
        side = gap = 0.0
    text = wide - side - gap - reach
    if 0 < length["text_most"] < text:
        reach, text = reach + text - length["text_most"], length["text_most"]
    return Page(
        width=paper.width,
        height=paper.height,
        top=round(margin("margin_top", up, _LEAST_UP), 2),
        first=round(margin("margin_first", up, _LEAST_ACROSS), 2),
        bottom=round(margin("margin_bottom", up, _LEAST_UP), 2),
        left=round(left, 2),
        right=round(right, 2),
        side=side,
        gap=gap,
        reach=round(reach, 2),
        text=round(text, 2),
        wide=round(wide, 2),
        narrow=narrow,
        mirrored=two,
    )
