"""For a class: a worksheet with room to write, cards to cut out, and a poster, whole or in sheets to glue together."""

from typing import ClassVar

from nkru_brief import engine
from nkru_brief.brief import Brief
from nkru_brief.outputs.printed import pressed
from nkru_brief.sheet import Artifact, Sheet, SheetSpec
from nkru_brief.values import replace

# Where a worksheet may have more lines to write on, and one of them.
ROOM = "<!--more lines-->"
_LINE = '<div class="line"></div>'
# Lines added to each question at most: more than that nobody fills.
MOST_MORE = 8


class _ForAClass:
    """A handout that carries one part of its edition, made where the edition has questions."""

    name: ClassVar[str]
    part: ClassVar[str]
    effort = 3.0
    needs: tuple[str, ...] = ("questions",)

    def sheets(self, brief: Brief) -> tuple[SheetSpec, ...]:
        """Return the one sheet of the part."""
        path = f"{brief.name}/{brief.name}.{self.name}.pdf"
        template = f"handouts/{self.name}.html"
        return (SheetSpec(output=self.name, template=template, path=path, parts=(self.part,)),)

    def warm(self) -> None:
        """Load the page engine."""
        engine.load()

    def press(self, sheet: Sheet) -> Artifact:
        """Return the PDF of a sheet."""
        return pressed(sheet, limited=False)


class WorksheetOutput(_ForAClass):
    """`EDITION/EDITION.worksheet.pdf`: the questions, each with lines to write on."""

    name = "worksheet"
    description = "the questions with lines to write on (PDF)"
    part = "questions"
    # It is laid out once for each line that is tried.
    effort = 8.0

    def press(self, sheet: Sheet) -> Artifact:
        """Return the PDF with as many more lines for each question as its pages have room for."""
        more = [0] * sheet.html.count(ROOM)
        with engine.layouts(sheet) as lay:
            laid = lay(_lined(sheet.html, more))
            # First as many for all, then what is left on the last page for those that stand there.
            for begin in range(len(more)):
                while more[begin] < MOST_MORE:
                    longer = [lines + (number >= begin) for number, lines in enumerate(more)]
                    tried = lay(_lined(sheet.html, longer))
                    if len(tried.pages) > len(laid.pages):
                        break
                    more, laid = longer, tried
        return pressed(replace(sheet, html=_lined(sheet.html, more)), limited=False, laid=laid)


def _lined(html: str, more: list[int]) -> str:
    """Return the worksheet with so many more lines for each question."""
    first, *rest = html.split(ROOM)
    return first + "".join(lines * _LINE + part for lines, part in zip(more, rest, strict=True))


class CardsOutput(_ForAClass):
    """`EDITION/EDITION.cards.pdf`: a term on each front, its meaning on the back, for printing on both sides."""

    name = "cards"
    description = "the glossary as cards to cut out, printed on both sides (PDF)"
    part = "glossary"


class PosterOutput(_ForAClass):
    """`EDITION/EDITION.poster.pdf`: the timeline on a sheet of A3."""

    name = "poster"
    description = "the timeline as a poster on A3 (PDF)"
    part = "timeline"


class TilesOutput(_ForAClass):
    """`EDITION/EDITION.poster-tiles.pdf`: the timeline on four sheets of A4 that are glued together."""

    name = "poster-tiles"
    description = "the timeline as a poster in sheets of A4 to glue together (PDF)"
    part = "timeline"
