"""What authors write, as frozen types: the topic, cards, claims, context, key dates, terms, questions, editions.

The names, types and constraints here *are* the file formats under `content/` and `seeds/`:
the reader checks every key against them, and `nkru-brief schema` prints them for editors.
"""

from datetime import date
from typing import Annotated, Literal, Self

from nkru_brief.diagnostics import Place
from nkru_brief.edtf import EdtfDate
from nkru_brief.papersize import Binding, Paper
from nkru_brief.values import Meta, Value, field

NOWHERE = Place(file="", line=1, column=1)

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="lower case, digits, hyphens")]
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", description="a SHA-256 digest, 64 hex digits")]
Text = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]
Support = Literal["direct", "partial", "inference"]
Status = Literal["agree", "single", "tension"]

Why = Literal["vague", "dated", "contestable"]

ChangeHow = Literal["added", "changed", "re-sourced", "moved", "regraded", "removed", "withdrawn", "edited", "reworded"]

STANDARD = "standard"


class Authored(Value):
    """A value that remembers where each of its keys was written."""

    places: dict[str, Place] = field(default_factory=dict)

    def at(self, *path: str | int) -> Place:
        """Return the place of a key (`at("passages", 2)`), or of the value itself."""
        place = self.places.get(".".join(map(str, path)))
        return place or self.places.get("", NOWHERE)


class Wording(Authored, kw_only=True):
    """One statement at several reading levels: a plain string in YAML is its `standard` wording."""

    levels: dict[str, Text]

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Return a wording that has only the standard level."""
        return cls(levels={STANDARD: text})

    @classmethod
    def from_mapping(cls, levels: dict[str, str]) -> Self:
        """Return a wording from its levels; `standard` must be among them.

        Raises:
            ValueError: there is no standard wording.
        """
        if STANDARD not in levels:
            raise ValueError(f"a wording needs a {STANDARD!r} level")
        return cls(levels=levels)

    def at_level(self, level: str) -> str:
        """Return the wording for a level, or the standard one where that level has none."""
        return self.levels.get(level) or self.levels[STANDARD]


# ---- seeds/ --------------------------------------------------------------------------------------------------


class Grade(Authored, kw_only=True):
    """An Admiralty grade: reliability of the source, credibility of what it says, judged independently."""

    reliability: Literal["A", "B", "C", "D", "E", "F"]
    credibility: Annotated[int, Meta(ge=1, le=6)]
    reason: Text

    def __str__(self) -> str:
        return f"{self.reliability}{self.credibility}"


class CardPassage(Authored, kw_only=True):
    """A passage of a source: position in characters, length, fingerprints, and its gist in our words.

    `unused` says, in our words too, why no claim rests on it.
    """

    id: Annotated[str, Meta(pattern=r"^L[0-9]{2,}(\.s[0-9]+)?$", description="line and sentence, such as L08.s3")]
    kind: Literal["title", "heading", "sentence", "boilerplate"]
    offset: Count
    length: Positive
    words: Count
    sha256: Hash
    normalised: Hash
    gist: str = ""
    unused: str = ""


class Card(Authored, kw_only=True):
    """A source article, described without redistributing its text."""

    id: Slug
    label: Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9]?$", description="one letter, as printed in notes")]
    title: Text
    kind: Text
    file: Text
    sha256: Hash
    bytes: Count
    characters: Count
    language: Text
    grade: Grade
    describe: Text
    passages: tuple[CardPassage, ...]
    unknown: tuple[str, ...] = ()
    redistributable: bool = False
    author: str | None = None
    published: EdtfDate | None = None
    publisher: str | None = None
    url: str | None = None
    licence: str | None = None


# ---- content/ ------------------------------------------------------------------------------------------------


class Logo(Authored, kw_only=True):
    """A logo for the title block: a file in content/images/, and what it says to those who do not see it."""

    image: Text
    alt: Text


class Cutoff(Authored, kw_only=True):
    """The day up to which information was taken in, and what the reader must know about it."""

    date: date
    note: Wording | None = None


class Level(Authored, kw_only=True):
    """What a reading level promises: words in a sentence, and the Flesch-Kincaid grade of a section."""

    sentence_words: Positive | None = None
    grade: Annotated[float, Meta(ge=0, le=20)] | None = None


class Topic(Authored, kw_only=True):
    """`content/brief.yaml`: what every edition of the briefing says about itself."""

    title: Text
    series: Text
    number: Text
    version: Text
    language: Text
    published: date
    changed: date
    cutoff: Cutoff
    publisher: Text
    sources: tuple[Slug, ...]
    scale: Slug
    source_summary: Wording
    subtitle: Wording | None = None
    contact: str | None = None
    licence: str | None = None
    disclaimer: Wording | None = None
    logo: Logo | None = None
    # Where an edition is online: a URL with {edition}, {fingerprint}, {series}, {number}, {version} in it.
    address: str | None = None
    levels: dict[str, Level] = field(default_factory=dict)


class Reading(Authored, kw_only=True):
    """What one source says where the sources are in tension."""

    source: Slug
    says: Wording
    passages: tuple[Text, ...] = ()


class SignOff(Authored, kw_only=True):
    """Who checked a claim against its passages, when, and the fingerprint of what they checked."""

    who: Text
    date: date
    fingerprint: Hash


class Claim(Authored, kw_only=True):
    """One checkable statement in our words, with the passages it rests on."""

    id: Annotated[str, Meta(pattern=r"^c[0-9]{2,}$", description="c and two digits or more, such as c07")]
    statement: Wording
    passages: Annotated[tuple[Text, ...], Meta(min_length=1)]
    support: Support
    status: Status
    question: Wording | None = None
    readings: tuple[Reading, ...] = ()
    remark: Wording | None = None
    # The editions that may show it, by name or by what they extend; none named means all.
    editions: tuple[Slug, ...] = ()
    sign_off: SignOff | None = None


class Citation(Authored, kw_only=True):
    """A work of the public record, outside the briefing's sources: who says it, under what title, and when.

    `identifiers` are as they are printed: `S/RES/2397 (2017)`, `UNTS No. 6045`.
    """

    author: Text
    title: Text
    date: EdtfDate
    publisher: str | None = None
    url: Annotated[str, Meta(pattern=r"^https?://[^\s\"<>]+$", description="a web address")] | None = None
    identifiers: tuple[Text, ...] = ()


class ContextNote(Authored, kw_only=True):
    """What the public record says where an article is vague, dated or contestable; it never supports a claim.

    `on` are the claims (`c31`) and passages (`alliance L20.s3`) it comments, `as_of` the day the record was read.
    """

    id: Annotated[
        str,
        Meta(pattern=r"^(?!c[0-9]+$)[a-z0-9]+(-[a-z0-9]+)*$", description="lower case, digits, hyphens; no claim's id"),
    ]
    title: Wording
    text: Wording
    why: Why
    on: Annotated[tuple[Text, ...], Meta(min_length=1)]
    # Without these two it is refused, by a rule that says why (E326, E327).
    citations: tuple[Citation, ...] = ()
    as_of: EdtfDate | None = None


class KeyDate(Authored, kw_only=True):
    """A dated event. `when` overrides how the date is shown, never what it means."""

    id: Slug
    date: EdtfDate
    label: Wording
    claims: Annotated[tuple[str, ...], Meta(min_length=1)]
    short: Wording | None = None
    when: Wording | None = None
    note: Wording | None = None
    agreed: bool = False


class Term(Authored, kw_only=True):
    """A glossary entry or a name, with its forms in other languages (`ko`, `ru`)."""

    term: Text
    kind: Literal["term", "person", "place", "organisation"]
    meaning: Wording
    forms: dict[str, str] = field(default_factory=dict)
    claims: tuple[str, ...] = ()
    # The desk's own use of the word, which no source gives.
    desk: bool = False


class Question(Authored, kw_only=True):
    """A discussion question, its model answer, and the writing lines it leaves on a handout."""

    id: Slug
    ask: Wording
    answer: Wording
    claims: Annotated[tuple[str, ...], Meta(min_length=1)]
    lines: Annotated[int, Meta(ge=0, le=30)] = 4


class SectionUse(Authored, kw_only=True):
    """A section in an edition: by id, perhaps with another title or reading level."""

    id: Slug
    title: str | None = None
    level: str | None = None

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Return the plain use of a section."""
        return cls(id=text)


class OneSheet(Authored, kw_only=True):
    """An edition on one sheet of paper: its paper and sides, the size of print, and what may go, first things first.

    A step of `drop` leaves a section out, or where it has a level sets it at that level.
    """

    paper: Literal["A4", "Letter"] = "A4"
    sides: Annotated[int, Meta(ge=1, le=2)] = 2
    print: Literal["ordinary", "clear", "large"] = "ordinary"
    drop: tuple[SectionUse, ...] | None = None


class Edition(Authored, kw_only=True):
    """`content/editions/NAME.yaml`: one audience as an overlay; what is not written comes from `extends`."""

    extends: Slug | None = None
    abstract: bool = False
    audience: str | None = None
    title: str | None = None
    subtitle: str | None = None
    label: str | None = None
    level: str | None = None
    theme: Slug | None = None
    paper: Paper | None = None
    # What the binding takes of the inner margin, and whether both sides of a sheet are printed.
    binding: Binding | None = None
    sides: Literal["one", "two"] | None = None
    max_pages: Positive | None = None
    sections: tuple[SectionUse, ...] | None = None
    must_carry: tuple[str, ...] | None = None
    outputs: tuple[Slug, ...] | None = None
    # What `nkru-brief handouts` makes of it; where nothing is said, every handout it has the sections for.
    handouts: tuple[Slug, ...] | None = None
    sheet: OneSheet | None = None
    # The context notes it switches on, each beside what it comments.
    context: tuple[Slug, ...] | None = None
    notes: Literal["short", "full"] | None = None
    contents: bool | None = None
    # A first page of its own for the title.
    cover: bool | None = None
    marking: str | None = None
    embargo: str | None = None
    # Instead of the briefing's own, if that has one.
    logo: Logo | None = None
    tokens: dict[str, str] | None = None
    # Whether it may be in what is handed out to everybody; not said is yes.
    public: bool | None = None


class ScaleTerm(Authored, kw_only=True):
    """One band of a probability scale: its word, synonyms, and bounds in percent."""

    word: Text
    low: Annotated[float, Meta(ge=0, le=100)]
    high: Annotated[float, Meta(ge=0, le=100)]
    synonyms: tuple[str, ...] = ()


class Scale(Authored, kw_only=True):
    """A scale of probability words, lowest band first."""

    id: Slug
    # What prose calls it, and what the printed scale is headed with.
    name: Text
    title: Text
    reference: Text
    terms: Annotated[tuple[ScaleTerm, ...], Meta(min_length=2)]


class Record(Authored, kw_only=True):
    """`content/record.yaml`: a fingerprint of everything written, by what it is (see `nkru_brief.record`).

    `facts` are those that make a change significant (see `nkru_brief.significance`).
    """

    recorded: dict[str, str]
    facts: dict[str, str] = field(default_factory=dict)


class ChangeLine(Authored, kw_only=True):
    """One thing that changed: `claim c07`, how, whether that is significant, and what was shown of it."""

    what: Annotated[str, Meta(pattern=r"^(claim|date|source|judgement|section|term|question|context) \S.*$")]
    how: ChangeHow
    significant: bool = False
    shows: str | None = None


class ChangeEntry(Authored, kw_only=True):
    """An entry of `content/changes.yaml`: what changed up to a day, and the version that has it."""

    date: date
    version: Text
    changes: Annotated[tuple[ChangeLine, ...], Meta(min_length=1)]


class SectionText(Value):
    """The Markdown of one section at one reading level, as written."""

    id: str
    level: str
    file: str
    text: str


class Library(Value):
    """Everything authored in one project, typed; what could not be read is absent and was reported."""

    topic: Topic | None
    cards: dict[str, Card]
    claims: dict[str, Claim]
    sections: dict[str, dict[str, SectionText]]
    dates: tuple[KeyDate, ...]
    terms: tuple[Term, ...]
    questions: tuple[Question, ...]
    editions: dict[str, Edition]
    scales: dict[str, Scale]
    # Ids whose values could not be read, and folders with a file that could not: a reference is not a second fault.
    unread: frozenset[str] = frozenset()
    record: Record | None = None
    changes: tuple[ChangeEntry, ...] = ()
    # The bytes of every file in content/images/.
    images: dict[str, bytes] = field(default_factory=dict)
    context: dict[str, ContextNote] = field(default_factory=dict)
    # Every file as read, to say where a character stands.
    texts: dict[str, str] = field(default_factory=dict)

    def lost(self, name: str, folder: str) -> bool:
        """Return whether a value may be one of those that could not be read."""
        return name in self.unread or folder in self.unread
