"""The edition in large print, and in black and white: all it says, for other eyes and other printers."""

from nkru_brief import engine
from nkru_brief.brief import Brief
from nkru_brief.outputs.printed import pressed
from nkru_brief.sheet import Artifact, Sheet, SheetSpec


class LargePrintOutput:
    """`EDITION/EDITION.large-print.pdf`, by the rules of UKAAF (G003): 18 pt, no italics, nothing smaller."""

    name = "large-print"
    description = "all of it in large print, 18 pt (PDF)"
    effort = 6.0
    needs: tuple[str, ...] = ()

    def sheets(self, brief: Brief) -> tuple[SheetSpec, ...]:
        """Return the one sheet: as many pages as it takes, on A4, as the rules ask."""
        path = f"{brief.name}/{brief.name}.large-print.pdf"
        return (SheetSpec(output=self.name, template="handouts/large-print.html", path=path, paper="A4"),)

    def warm(self) -> None:
        """Load the page engine."""
        engine.load()

    def press(self, sheet: Sheet) -> Artifact:
        """Return the PDF of a sheet."""
        return pressed(sheet, limited=False)


class BlackWhiteOutput:
    """`EDITION/EDITION.black-white.pdf`: the PDF edition, page for page, in black and its shades."""

    name = "black-white"
    description = "the pages to print, in black and white (PDF)"
    effort = 5.0
    needs: tuple[str, ...] = ()

    def sheets(self, brief: Brief) -> tuple[SheetSpec, ...]:
        """Return the one sheet of the edition, with its page limit."""
        path = f"{brief.name}/{brief.name}.black-white.pdf"
        return (SheetSpec(output=self.name, template="pdf.html", path=path, max_pages=brief.max_pages),)

    def warm(self) -> None:
        """Load the page engine."""
        engine.load()

    def press(self, sheet: Sheet) -> Artifact:
        """Return the PDF of a sheet without its colours."""
        return pressed(sheet, limited=True, grey=True)
