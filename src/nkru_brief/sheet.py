"""The messages between rendering and pressing: a Sheet is all a worker needs, an Artifact all it gives back."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, NamedTuple, Self

from nkru_brief.values import Value, replace

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


class Parcel(Value):
    """What workers are sent: what several of its kind have in common, and is most of them, goes apart and once."""

    def common(self) -> dict[str, bytes]:
        """Return what goes apart, by its digest."""
        raise NotImplementedError

    def bare(self) -> Self:
        """Return it with the names of what goes apart, and without the bytes."""
        raise NotImplementedError

    def whole(self, data: Mapping[str, bytes]) -> Self:
        """Return a bare one as it was; what went apart is found by its digest."""
        raise NotImplementedError


def common(faces: "Iterable[Face]") -> dict[str, bytes]:
    """Return the bytes of faces by their digests."""
    return {face.digest: face.data for face in faces}


def bare(faces: "Iterable[Face]") -> "tuple[Face, ...]":
    """Return faces without their bytes."""
    return tuple(replace(face, data=b"") for face in faces)


def whole(faces: "Iterable[Face]", data: Mapping[str, bytes]) -> "tuple[Face, ...]":
    """Return bare faces with their bytes again."""
    return tuple(replace(face, data=data[face.digest]) for face in faces)


class Attachment(Value):
    """A file that travels inside a finished one: its name, its media type (IANA), what it is to the paper, and why.

    `relationship` is that of ISO 32000-2, 14.13 (AFRelationship).
    """

    name: str
    media_type: str
    relationship: Relationship
    description: str
    data: bytes


class Fit(Value):
    """How a text is to fill its paper: on so many sides, and set between two sizes, in steps, all in pt.

    `small` is the size of notes and page numbers, as a share of the text's.
    """

    sides: int
    floor: float
    ceiling: float
    step: float
    small: float


class SheetSpec(Value):
    """What to print of a brief: the template, the path of the file it becomes, and the page limit.

    A handout may carry some `parts` of its edition only (none named means all), have a `paper` of its own, and
    be fitted to it (`fit`): then what it carries is chosen, too.
    `copies` says that it is laid out for copies: templates leave room for what differs from one to the next.
    """

    output: str
    template: str
    path: str
    max_pages: int | None = None
    paper: str = ""
    parts: tuple[str, ...] = ()
    fit: Fit | None = None
    copies: bool = False


class Depth(Value):
    """A shorter selection for the same paper, filled in; what it leaves out of its edition, and what it shortens."""

    html: str
    fingerprint: str
    left_out: tuple[str, ...]
    shortened: tuple[str, ...]
    attachments: tuple[Attachment, ...] = ()


class Sheet(Parcel):
    """Self-contained HTML with the faces it names. Pressing it needs nothing else, and no clock.

    One that is to fit its paper has shorter selections beside it, the longest first, and `fit:size` where sizes
    hang on.
    """

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
    fit: Fit | None = None
    depths: tuple[Depth, ...] = ()
    # How the paper may be passed on, and until when it may not; on every page, and in the file's metadata.
    marking: str = ""
    embargo: str = ""

    def common(self) -> dict[str, bytes]:
        """Return the bytes of its faces by their digests: they are most of a sheet."""
        return common(self.faces)

    def bare(self) -> "Sheet":
        """Return the sheet with the names of its faces and without their bytes."""
        return replace(self, faces=bare(self.faces))

    def whole(self, data: Mapping[str, bytes]) -> "Sheet":
        """Return a bare sheet with its faces again."""
        return replace(self, faces=whole(self.faces, data))

    def at(self, depth: int) -> "Sheet":
        """Return the sheet of one selection: 0 is the longest."""
        if depth == 0:
            return replace(self, depths=())
        own = self.depths[depth - 1]
        return replace(self, html=own.html, fingerprint=own.fingerprint, attachments=own.attachments, depths=())


class Settled(Value):
    """What a sheet was settled at: the depth chosen, of how many, and the size in pt; and what that leaves out."""

    depth: int
    depths: int
    size: float
    left_out: tuple[str, ...] = ()
    shortened: tuple[str, ...] = ()


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


class Onlooker(NamedTuple):
    """Who looks on while a sheet is pressed.

    Attributes:
        going_on: called before each page is laid out; to end the press it raises what is no `Exception`, which would be
            taken for a fault of the engine.
        seen: takes, as soon as it is known how they are set, how many pages there are, and what draws one of them,
            counted from 0, as a PDF of its own; the file is drawn when it returns.
    """

    going_on: Callable[[], object]
    seen: Callable[[int, Callable[[int], bytes]], object]


class Artifact(Value):
    """A finished file: its path under the output folder, its bytes, its pages (None where there are none).

    `complaints` are the engine's; `flaws` were found in the file itself; `slots` are where copies are stamped.
    `settings` is in how many ways its pages were set, of which the best was kept.
    """

    edition: str
    output: str
    path: str
    data: bytes
    pages: int | None
    complaints: tuple[str, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    # Whether the edition's page limit is meant for it.
    limited: bool = True
    settled: Settled | None = None
    settings: int = 1
    slots: tuple[Slot, ...] = ()
