"""The PDF edition: pages, bookmarks, and notes at the foot of the page that calls them."""

from nkru_brief import engine
from nkru_brief.brief import Brief
from nkru_brief.outputs.printed import draft, pressed, read_back
from nkru_brief.sheet import Artifact, Onlooker, Sheet, SheetSpec


class PdfOutput:
    """`EDITION/EDITION.pdf`, set by WeasyPrint."""

    name = "pdf"
    description = "pages to print and to keep (PDF)"
    # About five times as long as cutting down the faces of a web page.
    effort = 5.0

    def sheets(self, brief: Brief) -> tuple[SheetSpec, ...]:
        """Return the one sheet of the edition, with its page limit."""
        path = f"{brief.name}/{brief.name}.pdf"
        return (SheetSpec(output=self.name, template="pdf.html", path=path, max_pages=brief.max_pages),)

    def warm(self) -> None:
        """Load the page engine."""
        engine.load()

    def press(self, sheet: Sheet) -> Artifact:
        """Return the PDF of a sheet."""
        return pressed(sheet, limited=True)

    def draft(self, sheet: Sheet) -> Artifact:
        """Return the same PDF, not read back yet."""
        return draft(sheet, limited=True)

    def draft_pages(self, sheet: Sheet, onlooker: Onlooker) -> Artifact:
        """Return the same draft, its pages given away as soon as it is known how they are set."""
        return draft(sheet, limited=True, onlooker=onlooker)

    def read_back(self, sheet: Sheet, artifact: Artifact) -> Artifact:
        """Return a draft with what it does not say of its sheet."""
        return read_back(sheet, artifact)
