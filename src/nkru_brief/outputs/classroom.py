"""For a class: a worksheet with room to write, cards to cut out, and a poster, whole or in sheets to glue together."""

from typing import ClassVar

from nkru_brief import engine
from nkru_brief.brief import Brief
from nkru_brief.outputs.printed import pressed
from nkru_brief.sheet import Artifact, Sheet, SheetSpec


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
