"""The messages between rendering and pressing: a Sheet is all a worker needs, an Artifact all it gives back."""

from typing import Literal

from nkru_brief.values import Value

Relationship = Literal["Source", "Data", "Supplement", "Alternative"]


class Face(Value):
    """A font file: the family, weight and style it stands for, and its bytes."""

    family: str
    weight: int
    style: str
    digest: str
    data: bytes

    @property
    def url(self) -> str:
        """The address of the face inside a sheet; only an output resolves it."""
        return f"face:{self.digest}"


class Attachment(Value):
    """A file that goes inside a PDF: its name, its media type, what it is to the paper, and what it says of itself."""

    name: str
    media_type: str
    relationship: Relationship
    description: str
    data: bytes


class SheetSpec(Value):
    """What to print of a brief: the template, the path of the file it becomes, and the page limit."""

    output: str
    template: str
    path: str
    max_pages: int | None = None


class Sheet(Value):
    """Self-contained HTML with the faces it names. Pressing it needs nothing else, and no clock."""

    edition: str
    output: str
    path: str
    html: str
    faces: tuple[Face, ...]
    created: int
    max_pages: int | None = None
    # Of the edition's content; a PDF carries it in its metadata.
    fingerprint: str = ""
    attachments: tuple[Attachment, ...] = ()


class Artifact(Value):
    """A finished file: its path under the output folder, bytes, pages (None where there are none), and complaints."""

    edition: str
    output: str
    path: str
    data: bytes
    pages: int | None
    complaints: tuple[str, ...] = ()
