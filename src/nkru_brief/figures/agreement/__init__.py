"""The figure of agreement: which claims rest on which source, and where the sources agree or differ.

Sources are rows, claims are columns, gathered under the parts of the paper that carry them.
A mark says that the claim rests on the source, and how: a disc directly, half a disc in part, a ring by inference.
Where sources agree, a line joins their marks; where they differ, the line is broken and the claim's number is bold.
What rests on one source stands alone. At the end of each row is the number of its claims.

All lengths are points (pt), and y grows downwards.
"""

import functools
from collections.abc import Iterable, Iterator, Sequence

from nkru_brief.figures.agreement.entries import AgreementClaim, AgreementSource, AgreementWords
from nkru_brief.figures.agreement.grid import COUNT, Grid, Run, arrange
from nkru_brief.figures.agreement.legend import STATUSES, Meaning, draw_legend
from nkru_brief.figures.agreement.marks import Column, draw_links, draw_marks
from nkru_brief.figures.lines import CAP, Measure, Pen
from nkru_brief.figures.shapes import Rule, Text
from nkru_brief.values import Value

__all__ = ["Agreement", "AgreementClaim", "AgreementSource", "AgreementWords", "Measure", "layout"]

# In ems of the type.
_BAND = 1.0  # between two bands
_UNDER_TITLE = 0.25  # from a group's name to its rule
_HEAD = 1.2  # from that rule to the middle of the numbers' line
_FIRST = 1.3  # from there to the first row
_ROW = 2.5  # from row to row
_LAST = 0.8  # from the last row to the end of the band


class Group(Value):
    """The head over claims of one part of the paper: its name in lines, and the rule under it."""

    title: tuple[Text, ...]
    rule: Rule


class Row(Value):
    """A source's row in a band: its name, the guides its marks stand on, and in the last band the count."""

    name: Text
    guides: tuple[Rule, ...]
    count: Text | None = None


class Band(Value):
    """Claims side by side."""

    groups: tuple[Group, ...]
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]


class Agreement(Value):
    """The figure laid out: everything a template draws, top to bottom.

    Names of rows have type of `size`, the rest is `small`. `head` stands over the counts at the end of the rows.
    For those who do not see it, `shares` are the sources with the number of their claims, and `statuses` what the
    sources do about claims, in the figure's words, with the claims.
    """

    width: int | float
    height: float
    size: int | float
    small: float
    bands: tuple[Band, ...]
    head: Text | None
    legend: tuple[Meaning, ...]
    shares: tuple[tuple[str, int], ...] = ()
    statuses: tuple[tuple[str, tuple[str, ...]], ...] = ()


def layout(
    sources: Iterable[AgreementSource],
    claims: Iterable[AgreementClaim],
    width: float,
    size: float,
    measure: Measure,
    words: AgreementWords | None = None,
) -> Agreement:
    """Lay the figure out so that nothing touches anything else, however many sources and claims there are.

    Args:
        sources: the rows, from the top down.
        claims: the columns in their order; those of a group stand together.
        width: the figure's width, in pt.
        size: the size of its type, in pt.
        measure: what tells the width of a text.
        words: the figure's own words.
    """
    sources, claims, words = tuple(sources), tuple(claims), words or AgreementWords()
    pen = Pen(width, size, functools.cache(measure))
    if not sources or not claims:
        return Agreement(width=width, height=0.0, size=size, small=pen.small.size, bands=(), head=None, legend=())
    grid = arrange(pen, sources, claims, words.claims)
    bands: list[Band] = []
    top = 0.0
    for number, runs in enumerate(grid.bands, 1):
        counts = _counts(sources, claims) if number == len(grid.bands) else ()
        band, top = _draw_band(pen, grid, runs, sources, counts, top + (pen.size * _BAND if bands else 0.0))
        bands.append(band)
    legend, bottom = draw_legend(pen, claims, words, top)
    return Agreement(
        width=width,
        height=round(bottom, 2),
        size=size,
        small=round(pen.small.size, 2),
        bands=tuple(bands),
        head=_head(pen, grid, bands[-1], words.claims),
        legend=legend,
        shares=tuple(zip((source.name for source in sources), _counts(sources, claims), strict=True)),
        statuses=tuple(
            (getattr(words, status), found)
            for status in STATUSES
            if (found := tuple(claim.key for claim in claims if claim.status == status))
        ),
    )


def _counts(sources: Sequence[AgreementSource], claims: Sequence[AgreementClaim]) -> tuple[int, ...]:
    return tuple(sum(source.key in claim.sources for claim in claims) for source in sources)


def _draw_band(
    pen: Pen, grid: Grid, runs: Sequence[Run], sources: Sequence[AgreementSource], counts: Sequence[int], top: float
) -> tuple[Band, float]:
    """Draw one band, and return where it ends."""
    rule = top + max(run.title.height for run in runs) + pen.size * _UNDER_TITLE
    head = rule + pen.size * _HEAD
    ys = [head + pen.size * (_FIRST + _ROW * number) for number in range(len(sources))]
    end = runs[-1].x1 + pen.size * COUNT
    groups = tuple(_group(pen, run, rule) for run in runs)
    columns = tuple(column for run in runs for column in _columns(pen, run, sources, head, ys))
    rows = tuple(
        Row(
            name=_text(pen, grid.names[number], 0.0, y),
            guides=tuple(Rule.at(run.xs[0] - pen.size * 0.5, y, run.xs[-1] + pen.size * 0.5, y) for run in runs),
            count=_text(pen._replace(bold=True), str(counts[number]), end, y) if counts else None,
        )
        for number, y in enumerate(ys)
    )
    return Band(groups=groups, rows=rows, columns=columns), ys[-1] + pen.size * _LAST


def _group(pen: Pen, run: Run, rule: float) -> Group:
    """Draw a group's head: its name stands on the rule, however many lines others have."""
    top = rule - pen.size * _UNDER_TITLE - run.title.height
    return Group(title=run.title.at(run.x0, top), rule=Rule.at(run.x0, rule, run.x1, rule))


def _columns(
    pen: Pen, run: Run, sources: Sequence[AgreementSource], head: float, ys: Sequence[float]
) -> Iterator[Column]:
    for claim, x in zip(run.claims, run.xs, strict=True):
        rows = [y for source, y in zip(sources, ys, strict=True) if source.key in claim.sources]
        marks, differs = draw_marks(pen, claim, x, rows), claim.status == "tension"
        small = pen.small._replace(bold=differs)
        number = _text(small, claim.number, x - small.wide(claim.number) / 2, head)
        links = draw_links(pen, claim, marks)
        yield Column(key=claim.key, number=number, marks=marks, links=links, differs=differs)


def _text(pen: Pen, text: str, x: float, middle: float) -> Text:
    """Return a line of text whose capitals have their middle at a height."""
    y = round(middle + pen.size * CAP / 2, 2)
    return Text(text=text, width=round(pen.wide(text), 2), bold=pen.bold, x=round(x, 2), y=y)


def _head(pen: Pen, grid: Grid, band: Band, head: str) -> Text:
    """Return what the counts count, on the line of the numbers."""
    x = grid.bands[-1][-1].x1 + pen.size * COUNT
    return Text(text=head, width=round(pen.small.wide(head), 2), x=round(x, 2), y=band.columns[-1].number.y)
