"""The HTML edition: one file with its styles, figures and faces inside; nothing in it asks for anything outside."""

import base64
from html import unescape

from nkru_brief import fonts
from nkru_brief.brief import Brief
from nkru_brief.sheet import Artifact, Sheet, SheetSpec


class HtmlOutput:
    """`EDITION/EDITION.html`, self-contained."""

    name = "html"
    description = "a page to read on a screen, in one file (HTML)"

    def sheets(self, brief: Brief) -> tuple[SheetSpec, ...]:
        """Return the one sheet of the edition."""
        return (SheetSpec(output=self.name, template="web.html", path=f"{brief.name}/{brief.name}.html"),)

    def press(self, sheet: Sheet) -> Artifact:
        """Return the page with each face cut down to its text and put inside."""
        # The whole page, for style sheets and attributes bring text too; capitals, digits and hyphens, for style
        # sheets also set text in capitals, count, and let words part.
        text = unescape(sheet.html)
        text += text.upper() + "0123456789-‐"
        html = sheet.html
        for face in sheet.faces:
            if face.url in html:
                data = base64.b64encode(fonts.subset(face.data, sorted(set(text)))).decode("ascii")
                html = html.replace(face.url, f"data:font/woff2;base64,{data}")
        return Artifact(
            edition=sheet.edition, output=sheet.output, path=sheet.path, data=html.encode("utf-8"), pages=None
        )
