"""What one audience gets, as frozen types: a Brief of parts, blocks, notes and rows, ready for a template.

Templates see these values and nothing else; no value here points back into the Library.
"""

from base64 import b64encode
from typing import Literal

from nkru_brief.diagnostics import Place
from nkru_brief.edtf import EdtfDate
from nkru_brief.model import ScaleTerm, Status, Support, Why
from nkru_brief.values import Value, field

BlockKind = Literal["title", "paragraph", "heading", "list", "table", "quote", "figure", "other"]


class Call(Value):
    """A citation in prose: the claims it names and where it stands in its file."""

    claims: tuple[str, ...]
    place: Place


class NoteCall(Value):
    """A citation in a brief: the note it leads to, and which of that note's calls it is (from 1)."""

    note: int
    occurrence: int


class Picture(Value):
    """A picture: its file, what it is, its bytes, and its width and height, in pixels or in px of a drawing.

    Templates write its `url`; a sheet has its `uri` in that place, and so carries it in itself.
    """

    file: str
    kind: str
    digest: str
    data: bytes
    width: float
    height: float

    @property
    def is_raster(self) -> bool:
        """Whether it is made of dots, and so has only so many of them."""
        return self.kind != "svg+xml"

    @property
    def url(self) -> str:
        """The address of the picture in a template."""
        return f"picture:{self.digest}"

    @property
    def uri(self) -> str:
        """The picture as an address that holds it (RFC 2397)."""
        return f"data:image/{self.kind};base64,{b64encode(self.data).decode('ascii')}"


class Mark(Value):
    """A logo: its picture, and what it says to those who do not see it."""

    picture: Picture
    alt: str


class Block(Value):
    """A paragraph, heading, list, table or figure of prose.

    `html` is what stands inside the block's element; each call is an `<x-call data-call="N">` that a template
    replaces by a link to its note. `text` is the same without marks and calls. In a figure both are its caption.
    """

    kind: str
    tag: str
    html: str
    text: str
    place: Place
    calls: tuple[Call, ...] = ()
    notes: tuple[NoteCall, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)
    likelihood: ScaleTerm | None = None
    picture: Picture | None = None
    # What the picture shows, for those who do not see it.
    alt: str = ""


class Fragment(Value):
    """A section's Markdown at one level, read: its title with its classes, and its blocks; `text` is as written."""

    id: str
    level: str
    file: str
    title: str
    blocks: tuple[Block, ...]
    classes: tuple[str, ...] = ()
    text: str = ""


class PassageRef(Value):
    """A passage a claim rests on: its source's label, its id, its gist in our words, and what its card knows of it.

    `offset` and `length` are in characters of the source's text, `sha256` and `normalised` are of the sentence.
    """

    source: str
    label: str
    id: str
    gist: str
    offset: int = 0
    length: int = 0
    sha256: str = ""
    normalised: str = ""


class Day(Value):
    """A day, as ISO 8601 and as a reader writes it."""

    iso: str
    text: str


class Review(Value):
    """Who checked a claim against its passages, and when: `lapsed` where it changed since, `none` where nobody did."""

    state: Literal["signed", "lapsed", "none"] = "none"
    who: str = ""
    date: Day | None = None


class ReadingCell(Value):
    """What one source says in a disagreement, and where: `A L10.s1`."""

    source: str
    label: str
    says: str
    where: str = ""


class NoteClaim(Value):
    """A claim as a note shows it. `where` is the short form of its passages: `A L10.s1; B L07.s1`.

    Where the sources are in tension, `question` is over what, and `readings` are their answers.
    """

    id: str
    statement: str
    support: Support
    status: Status
    where: str
    passages: tuple[PassageRef, ...]
    labels: tuple[str, ...]
    remark: str = ""
    review: Review = Review()
    question: str = ""
    readings: tuple[ReadingCell, ...] = ()


class Note(Value):
    """A numbered note: the claims it leads to, and how often it is called."""

    number: int
    claims: tuple[NoteClaim, ...]
    calls: int


class DateRow(Value):
    """A key date: how it is shown, what it means, and what is said about its precision."""

    id: str
    when: str
    date: EdtfDate
    label: str
    short: str
    note: str
    agreed: bool
    call: NoteCall | None


class DisagreementRow(Value):
    """A question the sources answer differently."""

    claim: str
    question: str
    readings: tuple[ReadingCell, ...]
    call: NoteCall | None


class UnusedRow(Value):
    """A sentence of a source that no claim rests on: its id, its gist, and why, in our words."""

    id: str
    gist: str
    reason: str


class SourceRow(Value):
    """A source as the paper describes it; of its `sentences`, claims rest on `cited`, and the rest are `unused`."""

    id: str
    label: str
    title: str
    kind: str
    grade: str
    reliability: str
    credibility: int
    reason: str
    describe: str
    unknown: tuple[str, ...]
    sha256: str
    sentences: int
    cited: int
    checked: bool
    unused: tuple[UnusedRow, ...] = ()


class TermRow(Value):
    """A glossary entry or a name."""

    term: str
    kind: str
    meaning: str
    forms: tuple[tuple[str, str], ...]
    call: NoteCall | None


class QuestionRow(Value):
    """A discussion question and its answer."""

    ask: str
    answer: str
    lines: int
    call: NoteCall | None


class ChangedRow(Value):
    """One thing that changed: its kind (`claim`, `date`), how, its own name, and what a reader is shown of it."""

    kind: str
    how: str
    name: str
    says: str


class ChangeRow(Value):
    """The significant changes up to a day that concern an edition, and the number of the others."""

    date: Day
    version: str
    changes: tuple[ChangedRow, ...]
    others: int


Row = DateRow | DisagreementRow | SourceRow | TermRow | QuestionRow | NoteClaim | ChangeRow


class WorkRow(Value):
    """A work of the public record: who says it, its title, and when, as it is shown and in EDTF."""

    author: str
    title: str
    when: str
    edtf: str
    publisher: str = ""
    url: str = ""
    identifiers: tuple[str, ...] = ()


class ContextRow(Value):
    """What the public record says beside a part, with its own citations: no part of what the sources say.

    `on` is what it comments as it is printed: claims and passages (`A L20.s3`). `claims` are those of them that the
    paper cites, with those that rest on a passage it comments.
    """

    id: str
    title: str
    text: str
    why: Why
    on: tuple[str, ...]
    claims: tuple[str, ...]
    passages: tuple[str, ...]
    as_of: Day
    works: tuple[WorkRow, ...]


class Leaf(Value):
    """The paper of an edition that is on one sheet: its size and sides, and the size of print."""

    paper: str = "A4"
    sides: int = 2
    print: Literal["ordinary", "clear", "large"] = "ordinary"


class Coverage(Value):
    """The sentences of prose: those that rest on claims, those in which the desk speaks, and those that do neither."""

    bound: int = 0
    desk: int = 0
    unbound: int = 0

    @property
    def sentences(self) -> int:
        """All of them."""
        return self.bound + self.desk + self.unbound


class Part(Value):
    """A section of the paper: prose, rows where the part has data, and the call of what a figure rests on.

    `drawn` says that a figure tells the rows, and no table lists them.
    """

    id: str
    title: str
    blocks: tuple[Block, ...] = ()
    rows: tuple[Row, ...] = ()
    words: int = 0
    call: NoteCall | None = None
    drawn: bool = False
    coverage: Coverage = Coverage()
    # What the public record says beside it, drawn apart.
    context: tuple[ContextRow, ...] = ()


class Brief(Value):
    """One edition of the briefing, composed; or what a handout carries of one."""

    name: str
    title: str
    subtitle: str
    label: str
    audience: str
    level: str
    language: str
    series: str
    number: str
    version: str
    published: Day
    changed: Day
    cutoff: Day
    cutoff_note: str
    publisher: str
    contact: str
    licence: str
    disclaimer: str
    source_summary: str
    theme: str
    paper: str
    binding: float
    sides: str
    max_pages: int | None
    outputs: tuple[str, ...]
    note_style: str
    contents: bool
    marking: str
    embargo: str
    tokens: dict[str, str]
    scale_title: str
    scale: tuple[ScaleTerm, ...]
    sources: tuple[SourceRow, ...]
    dates: tuple[DateRow, ...]
    parts: tuple[Part, ...]
    notes: tuple[Note, ...]
    coverage: Coverage = Coverage()
    # How a paper looks is no part of its fingerprint; whose logo it bears is not, either.
    logo: Mark | None = None
    fingerprint: str = ""
    # Where the edition is online; nothing where no address is configured.
    address: str = ""
    # None where the edition does not say which.
    handouts: tuple[str, ...] | None = None
    sheet: Leaf = Leaf()
    # Whether the title has a page of its own.
    cover: bool = False
