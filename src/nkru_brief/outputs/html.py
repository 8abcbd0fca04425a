"""The HTML edition: one file with its styles, figures and faces inside; nothing in it asks for anything outside.

What the sheet has attached stands in the page's head, as data that no browser runs, and the whole file is sealed.
"""

import base64
from html import unescape

from nkru_brief import completeness, fonts, htmlreader, seal
from nkru_brief.brief import Brief
from nkru_brief.sheet import Artifact, Attachment, Face, Sheet, SheetSpec
from nkru_brief.values import replace

_LESS_THAN = "\\u003c"


class HtmlOutput:
    """`EDITION/EDITION.html`, self-contained."""

    name = "html"
    description = "a page to read on a screen, in one file (HTML)"

    def sheets(self, brief: Brief) -> tuple[SheetSpec, ...]:
        """Return the one sheet of the edition."""
        return (SheetSpec(output=self.name, template="web.html", path=f"{brief.name}/{brief.name}.html"),)

    def warm(self) -> None:
        """Load what cuts faces down."""
        fonts.load()

    def press(self, sheet: Sheet) -> Artifact:
        """Return the page with each face cut down to its text and put inside."""
        return self.read_back(sheet, self.draft(sheet))

    def draft(self, sheet: Sheet) -> Artifact:
        """Return the same page, not read back yet."""
        html = with_faces(sheet.html, sheet.faces, _with_data(sheet.html, sheet.attachments))
        data = seal.sealed(html.encode("utf-8"))
        return Artifact(edition=sheet.edition, output=sheet.output, path=sheet.path, data=data, pages=None)

    def read_back(self, sheet: Sheet, artifact: Artifact) -> Artifact:
        """Return a draft with what it does not say of its sheet."""
        finished = htmlreader.read(artifact.data.decode("utf-8"))
        flaws = completeness.held(sheet, finished, [leaf.text for leaf in finished.leaves])
        return replace(artifact, flaws=flaws)


def with_faces(html: str, faces: tuple[Face, ...], into: str = "") -> str:
    """Return a page with each face cut down to its text and put inside.

    Args:
        html: the page whose text is to be set.
        faces: the faces it names.
        into: the page they are put into, where that is the same with more in it.
    """
    # The whole page, for style sheets and attributes bring text too; capitals, digits and hyphens, for style sheets
    # also set text in capitals, count, and let words part.
    text = set(unescape(html))
    characters = sorted(text.union(*(character.upper() for character in text), "0123456789-‐"))
    into = into or html
    for face in faces:
        if face.url in into:
            data = base64.b64encode(fonts.subset(face.data, characters)).decode("ascii")
            into = into.replace(face.url, f"data:font/woff2;base64,{data}")
    return into


def _with_data(html: str, attachments: tuple[Attachment, ...]) -> str:
    """Return a page with a place for its seal and its attachments at the end of its head, whatever its template."""
    data = "".join(
        # A data block (HTML, 4.12.1) ends at the first "</script", so no "<" may stand in it.
        f'<script type="{each.media_type}">{each.data.decode("utf-8").replace("<", _LESS_THAN)}</script>\n'
        for each in attachments
    )
    return html.replace("</head>", f'<meta name="brief:seal" content="{seal.EMPTY}">\n{data}</head>', 1)
