"""The PDF edition: pages, bookmarks, and notes at the foot of the page that calls them."""

from nkru_brief import completeness, engine, pdfreader, seal
from nkru_brief.brief import Brief
from nkru_brief.sheet import Artifact, Sheet, SheetSpec


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
        pressed = engine.press(sheet)
        # What the engine could not set is no use reading back: it is reported once.
        read = None if pressed.complaints else pdfreader.read(pressed.pdf)
        return Artifact(
            edition=sheet.edition,
            output=sheet.output,
            path=sheet.path,
            data=seal.sealed(pressed.pdf) if pressed.pdf and sheet.fingerprint else pressed.pdf,
            pages=pressed.pages,
            complaints=pressed.complaints,
            flaws=(*pressed.flaws, *(completeness.held(sheet, read.finished, read.drawn) if read else ())),
            slots=pressed.slots,
        )
