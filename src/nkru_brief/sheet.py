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
    """A file that travels inside a finished one: its name, its media type (IANA), what it is to the paper, and why.

    `relationship` is that of ISO 32000-2, 14.13 (AFRelationship).
    """

    name: str
    media_type: str
    relationship: Relationship
    description: str
    data: bytes


class SheetSpec(Value):
    """What to print of a brief: the template, the path of the file it becomes, and the page limit.

    `copies` says that it is laid out for copies: templates leave room for what differs from one to the next.
    """

    output: str
    template: str
    path: str
    max_pages: int | None = None
    copies: bool = False


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
    # How the paper may be passed on, and until when it may not; on every page, and in the file's metadata.
    marking: str = ""
    embargo: str = ""


class Flaw(Value):
    """Something wrong with a finished file, found in it: its code, what is wrong, and the text it is in."""

    code: str
    message: str
    text: str = ""


class Slot(Value):
    """Room on a page for what differs from copy to copy: the columns it shows, where, and in which type.

    `page` counts from 0; `x` and `y` are where the baseline begins, in pt from the page's lower left corner, as are
    `width` and `size`. `says` is how the first column is put into words (`{value}`, `{total}`). `mcid` is the number
    that the structure tree knows the text by and `tag` its tag; without one the text is an artifact of pagination, in
    the head of the page or, where `foot` says so, in its foot.
    """

    page: int
    columns: tuple[str, ...]
    says: str
    x: float
    y: float
    width: float
    size: float
    align: str
    families: tuple[str, ...]
    weight: int
    colour: tuple[float, float, float]
    foot: bool
    mcid: int | None = None
    tag: str = "P"


class Artifact(Value):
    """A finished file: its path under the output folder, its bytes, its pages (None where there are none).

    `complaints` are the engine's; `flaws` were found in the file itself; `slots` are where copies are stamped.
    """

    edition: str
    output: str
    path: str
    data: bytes
    pages: int | None
    complaints: tuple[str, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    slots: tuple[Slot, ...] = ()
