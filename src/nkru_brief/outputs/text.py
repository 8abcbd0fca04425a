"""The edition as plain text, to read aloud or to mail: UTF-8, lines of 72 at most, nothing that needs a layout."""

from nkru_brief import completeness, plaintext
from nkru_brief.brief import Brief
from nkru_brief.sheet import Artifact, Sheet, SheetSpec


class TextOutput:
    """`EDITION/EDITION.txt`."""

    name = "text"
    description = "all of it as plain text, to read aloud or to mail"
    effort = 0.1
    needs: tuple[str, ...] = ()

    def sheets(self, brief: Brief) -> tuple[SheetSpec, ...]:
        """Return the one sheet of the edition."""
        path = f"{brief.name}/{brief.name}.txt"
        return (SheetSpec(output=self.name, template="handouts/text.html", path=path),)

    def press(self, sheet: Sheet) -> Artifact:
        """Return the text of a sheet, read back from its lines."""
        text = plaintext.written(sheet.html)
        finished = plaintext.read(text)
        return Artifact(
            edition=sheet.edition,
            output=sheet.output,
            path=sheet.path,
            data=text.encode("utf-8"),
            pages=None,
            flaws=completeness.held(sheet, finished, [text]),
        )
