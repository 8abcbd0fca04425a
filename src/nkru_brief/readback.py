"""Read-back: what a filled-in sheet says at each call of a note, held against the claims of the note.

Every check before this one reads what was written. Between that and the reader stand templates and filters, and one of
them can turn a year into another. So the sheet itself is read once more, before it is pressed: the text that each call
ends must say the numbers, dates and words of probability that the edition wrote there, and no others than its claims
do. No engine is needed, and none of the sheet's own words is trusted.

A call is what stands between the comments that the filter `with_calls` leaves, or has the id `rN-K`; a note has the
id `nN` (see `nkru_brief.loss`).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from itertools import combinations

from nkru_brief.binding import cut as cut_line
from nkru_brief.binding import mark
from nkru_brief.brief import Block, Brief, DateRow, DisagreementRow, NoteCall, Part, QuestionRow, Row, TermRow
from nkru_brief.cache import key_of
from nkru_brief.check.facts import in_use, numbers_of
from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.facts import numbers, probability_words
from nkru_brief.memory import by_piece, digest_of, keep, recall
from nkru_brief.model import Claim, Scale
from nkru_brief.project import Project
from nkru_brief.sheet import Sheet
from nkru_brief.tagreader import TagReader
from nkru_brief.values import Value

Call = tuple[int, int]

_CALL = re.compile(r"r(\d+)-(\d+)")
_COMMENT = re.compile(r"call (\d+)-(\d+)")
_COMMENTS = re.compile("<!--.*?-->", re.DOTALL)
_RAW = re.compile("<(?:script|style)", re.IGNORECASE)
_RAW_END = re.compile("</(?:script|style)", re.IGNORECASE)
_END = "/call"
_NOT_TEXT = frozenset({"head", "style", "script", "svg", "template", "button", "nav"})
_NOTE = re.compile(r"[np]\d+")
# A cell ends a word, not what is said: a row is read in one breath.
_SPACES = frozenset({"td", "th", "br"})
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "img", "ins", "kbd"}
)
_INLINE |= {
    "label",
    "mark",
    "q",
    "ruby",
    "s",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "time",
    "u",
    "var",
    "wbr",
}
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr", "col"})
_MARK = re.compile("\ue000\\d+\ue001")
_BEFORE_MARK = re.compile("\\s+(?=\ue000)")
_PRIVATE = re.compile("[\ue000\ue001]")
# Where a section begins, a unit ends. One that is a call itself belongs to what is before it.
_SECTION = re.compile(r"(?=<section[\s>])")
_CALLING = re.compile(r"<section[^>]*\sid=[\"']?r\d", re.IGNORECASE)
_X_CALL = re.compile(r'<x-call data-call="(\d+)"></x-call>')


class Unit(Value):
    """A sentence with the calls it ends, and the uncited words before it; `whole` is its paragraph, item or row."""

    text: str
    calls: tuple[Call, ...]
    whole: str


class Meant(Value):
    """What an edition wrote at some calls: the text that must be said there, and what may be said beside it.

    The words of a `row` may stand anywhere in the row; those of prose stand in the sentence.
    """

    text: str
    calls: tuple[Call, ...]
    beside: str = ""
    row: bool = False

    def said_in(self, unit: Unit) -> str:
        """Return what a unit says where this is meant."""
        return unit.whole if self.row else unit.text


# ---- reading a sheet ----


class _Reader(TagReader):
    """Cuts a page into units."""

    def __init__(self) -> None:
        self.units: list[Unit] = []
        # Whether a tag may be without its end.
        self.odd = False
        self._text: list[str] = []
        self._calls: list[Call] = []
        # The element whose text is left out, and how many of its kind are open inside it.
        self._left_out = ""
        self._open = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._left_out:
            self._open += tag == self._left_out
            return
        name = dict(attrs).get("id") or ""
        called = _CALL.fullmatch(name)
        if called:
            self._call(called)
        # A section may be named as notes are.
        note = tag != "section" and _NOTE.fullmatch(name)
        if (called or tag in _NOT_TEXT or note) and tag not in _VOID:
            self._left_out, self._open = tag, 1
        elif tag in _SPACES:
            self._text.append(" ")
        elif tag not in _INLINE:
            self.flush()

    def handle_endtag(self, tag: str) -> None:
        if self._left_out:
            self._open -= tag == self._left_out
            if not self._open:
                self._left_out = ""
        elif tag in _SPACES:
            self._text.append(" ")
        elif tag not in _INLINE:
            self.flush()

    def handle_comment(self, data: str) -> None:
        called = _COMMENT.fullmatch(data)
        if called and not self._left_out:
            self._call(called)
            # No element has this name, so only the end of the call ends it.
            self._left_out, self._open = _END, 1
        elif data == _END and self._left_out == _END:
            self._left_out = ""

    def _call(self, called: re.Match[str]) -> None:
        self._text.append(mark(len(self._calls)))
        self._calls.append((int(called[1]), int(called[2])))

    def handle_data(self, data: str) -> None:
        self.odd |= data == "<"
        if not self._left_out:
            self._text.append(_PRIVATE.sub(" ", data))

    @property
    def inside(self) -> bool:
        """Whether it is inside of what is left out."""
        return bool(self._left_out)

    def flush(self) -> None:
        """End a unit; what calls no note is nobody's evidence."""
        line = _BEFORE_MARK.sub("", " ".join("".join(self._text).split()))
        if self._calls:
            self.units += self._cut(line)
        self._text, self._calls = [], []

    def _cut(self, line: str) -> Iterator[Unit]:
        whole, text, held = _MARK.sub("", line), "", list(range(len(self._calls)))
        found: list[tuple[str, list[int]]] = []
        for sentence, calls in cut_line(line):
            text = f"{text} {sentence}".lstrip()
            if calls:
                found.append((text, [*calls]))
                text, held = "", [call for call in held if call not in calls]
        if text or held:
            # What follows the last call, and calls of no sentence, go with the last one that has any.
            last, calls_of_last = found.pop() if found else ("", [])
            found.append((f"{last} {text}".strip(), calls_of_last + held))
        for said, own in found:
            yield Unit(text=said, calls=tuple(self._calls[call] for call in own), whole=whole)


def units(html: str) -> tuple[Unit, ...]:
    """Return what a page says in paragraphs, items and rows that call notes."""
    return _read(html).units


class _Piece(Value):
    """A piece of a page, read: its units, and whether nothing of it goes on in the next piece."""

    units: tuple[Unit, ...]
    whole: bool


def _read(html: str) -> _Piece:
    reader = _Reader()
    reader.feed(html)
    reader.flush()
    # A comment or a script that is cut in two is neither here nor there.
    cut = html.count("<!--") != len(_COMMENTS.findall(html)) or len(_RAW.findall(html)) != len(_RAW_END.findall(html))
    return _Piece(units=tuple(reader.units), whole=not (cut or reader.odd or reader.inside))


def units_of(sheet: Sheet) -> tuple[Unit, ...]:
    """Return the units of a sheet, section by section: of one that is as it was they are known."""
    if _CALLING.search(sheet.html):
        return units(sheet.html)
    key = key_of("units", sheet.edition, sheet.path)
    pieces = by_piece(key, dict[str, _Piece], _SECTION.split(sheet.html), _read)
    if not all(piece.whole for piece in pieces):
        return units(sheet.html)
    return tuple(unit for piece in pieces for unit in piece.units)


# ---- what an edition wrote ----


def meant(brief: Brief) -> tuple[Meant, ...]:
    """Return what an edition wrote, for each unit with a call."""
    return _meant(brief, lambda blocks: map(_read, blocks))


def _meant(brief: Brief, read: Callable[[list[str]], Iterable[_Piece]]) -> tuple[Meant, ...]:
    blocks = [_html(block) for part in brief.parts for block in part.blocks]
    pieces = dict(zip(blocks, read(blocks), strict=True))
    return tuple(each for part in brief.parts for each in _of_part(part, pieces))


def _of_part(part: Part, read: Mapping[str, _Piece]) -> Iterator[Meant]:
    for block in part.blocks:
        yield from (Meant(text=unit.text, calls=unit.calls) for unit in read[_html(block)].units)
    for row in part.rows:
        call = getattr(row, "call", None)
        if call is not None:
            must, beside = _said(row, part.id)
            yield Meant(text=" ".join(must), calls=(_key(call),), beside=" ".join(beside), row=True)
    if part.call is not None:
        yield Meant(text="", calls=(_key(part.call),))


def _html(block: Block) -> str:
    def called(match: re.Match[str]) -> str:
        call = block.notes[int(match[1])]
        return f"<!--call {call.note}-{call.occurrence}--><!--{_END}-->"

    return f"<{escape(block.tag)}>{_X_CALL.sub(called, block.html)}</{escape(block.tag)}>"


def _key(call: NoteCall) -> Call:
    return call.note, call.occurrence


def _said(row: Row, part: str) -> tuple[Iterable[str], Iterable[str]]:
    """Return what a row must say beside its call, and what may stand there, too."""
    match row:
        case DateRow():
            return (row.label,), (row.when, row.note, row.date.text)
        case DisagreementRow():
            return (row.question, *(cell.says for cell in row.readings)), ()
        case TermRow():
            return (row.meaning,), (row.term, *(form for _, form in row.forms))
        case QuestionRow():
            return (row.answer,) if part == "answers" else (row.ask,), (row.ask, row.answer)
    return (), ()


# ---- holding one against the other ----


class Grounds(Value):
    """What an edition's page is held against: the claims it cites, the scale in use, and the place of its theme."""

    claims: dict[str, Claim]
    scale: Scale | None
    theme: Place


def grounds_of(project: Project, brief: Brief) -> Grounds:
    """Return what the pages of a brief are held against."""
    cited = {claim.id for note in brief.notes for claim in note.claims}
    claims = project.library.claims
    return Grounds(
        claims={each: claims[each] for each in sorted(cited) if each in claims},
        scale=in_use(project),
        theme=project.editions[brief.name].at("theme"),
    )


class _Book:
    """One edition as written: what is meant at each call."""

    def __init__(self, grounds: Grounds, brief: Brief, found: Iterable[Meant]) -> None:
        self.grounds, self.brief = grounds, brief
        self.meant = {call: each for each in found for call in each.calls}

    def claims(self, calls: Iterable[Call]) -> tuple[str, ...]:
        notes = dict.fromkeys(note for note, _ in calls)
        return tuple(claim.id for note in notes for claim in self.brief.notes[note - 1].claims)

    def words(self, text: str) -> tuple[str, ...]:
        return probability_words(text, self.grounds.scale) if self.grounds.scale else ()

    def place(self, claims: tuple[str, ...]) -> Place:
        return self.grounds.claims[claims[0]].statement.at()


class Heard(Value):
    """What came of reading a page back: its faults, and the words of probability it says of claims."""

    faults: tuple[Diagnostic, ...]
    said: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


def hear(path: str, html: str, brief: Brief, grounds: Grounds) -> Heard:
    """Return what comes of reading a page back, and nothing else: what a worker does, where there are many.

    Args:
        path: the path of the file it becomes.
        html: the page.
        brief: what its edition wrote.
        grounds: what it is held against.
    """
    return _heard(path, units(html), _Book(grounds, brief, meant(brief)))


def read_back(
    project: Project, sheets: Iterable[Sheet], briefs: Mapping[str, Brief] | None = None
) -> Iterator[Diagnostic]:
    """Yield where sheets do not say what their editions wrote, or editions contradict each other.

    Args:
        project: what was written.
        sheets: the sheets of its editions, filled in.
        briefs: what handouts carry, by fingerprint; it may still fill while sheets are taken.
    """
    said: dict[tuple[str, ...], dict[str, set[str]]] = {}
    for sheet in (each.at(depth) for each in sheets for depth in range(len(each.depths) + 1)):
        brief = (briefs or {}).get(sheet.fingerprint, project.briefs[sheet.edition])
        heard = _recalled(sheet, brief, grounds_of(project, brief))
        yield from heard.faults
        for claims, words in heard.said:
            said.setdefault(claims, {}).setdefault(sheet.edition, set()).update(words)
    yield from _contradictions(project, said)


def _recalled(sheet: Sheet, brief: Brief, grounds: Grounds) -> Heard:
    """Return what came of reading a sheet back; the same page of the same brief was perhaps read before."""
    known = recall(_key_of(sheet.path, sheet.html, brief, grounds), Heard)
    if known is not None:
        return known
    key = key_of("meant", brief.name)
    found = _meant(brief, lambda blocks: by_piece(key, dict[str, _Piece], blocks, _read))
    heard = _heard(sheet.path, units_of(sheet), _Book(grounds, brief, found))
    know(sheet.path, sheet.html, brief, grounds, heard)
    return heard


def know(path: str, html: str, brief: Brief, grounds: Grounds, heard: Heard) -> None:
    """Remember what came of reading a page back, here or by a worker."""
    keep(_key_of(path, html, brief, grounds), heard)


def _key_of(path: str, html: str, brief: Brief, grounds: Grounds) -> str:
    return key_of("read back", path, html, digest_of(brief), grounds)


def _heard(path: str, said: Iterable[Unit], book: _Book) -> Heard:
    found = [unit for unit in said if book.meant.keys() >= set(unit.calls)]
    faults = [*_uncalled(book, path, found)]
    for unit in found:
        faults += [*_numbers(book, path, unit), *_probability(book, path, unit)]
    faults += _unsaid(book, path, found)
    words = ((tuple(sorted(book.claims(unit.calls))), book.words(unit.text)) for unit in found)
    return Heard(faults=tuple(faults), said=tuple((claims, said) for claims, said in words if said))


def _uncalled(book: _Book, path: str, found: list[Unit]) -> Iterator[Diagnostic]:
    called = {call for unit in found for call in unit.calls}
    lost = sorted({note for note, occurrence in set(book.meant) - called})
    if lost:
        notes = ", ".join(map(str, lost))
        claims = ", ".join(dict.fromkeys(book.claims((note, 1) for note in lost)))
        message = f"{path} does not call every note its edition calls: {notes} ({claims})"
        hint = "a template leaves out a part, a row or a call; print them with the macros of the base theme"
        place = book.grounds.theme
        yield Diagnostic(code="E634", place=place, message=message, hint=hint)


def _numbers(book: _Book, path: str, unit: Unit) -> Iterator[Diagnostic]:
    claims = book.claims(unit.calls)
    written = [book.meant[call] for call in unit.calls]
    known = numbers_of(book.grounds.claims, claims).union(*(numbers(f"{m.text} {m.beside}") for m in written))
    for number in sorted(numbers(unit.text) - known):
        message = f"{path} says {number!r} where it cites {', '.join(claims)}, and neither claim nor text does"
        yield Diagnostic(code="E631", place=book.place(claims), message=message, hint=_hint(unit))


def _unsaid(book: _Book, path: str, found: list[Unit]) -> Iterator[Diagnostic]:
    at: dict[Call, list[int]] = {}
    for place, unit in enumerate(found):
        for call in unit.calls:
            at.setdefault(call, []).append(place)
    for each in dict.fromkeys(book.meant.values()):
        places = sorted({place for call in each.calls for place in at.get(call, ())})
        own = [found[place] for place in places]
        lost = numbers(each.text).difference(*(numbers(each.said_in(unit)) for unit in own)) if own else ()
        for number in sorted(lost):
            claims = book.claims(each.calls)
            message = f"{path} leaves out {number!r} where it cites {', '.join(claims)}"
            yield Diagnostic(code="E631", place=book.place(claims), message=message, hint=_hint(own[0]))


def _probability(book: _Book, path: str, unit: Unit) -> Iterator[Diagnostic]:
    written = book.words(" ".join(book.meant[call].text for call in dict.fromkeys(unit.calls)))
    said = book.words(unit.text)
    if any(book.meant[call].row for call in unit.calls):
        written = said if set(said) <= set(written) else written
    if said != written:
        claims = book.claims(unit.calls)
        says, wrote = (" and ".join(map(repr, words)) or "no word of the scale" for words in (said, written))
        message = f"{path} says {says} where it cites {', '.join(claims)}; the edition wrote {wrote}"
        yield Diagnostic(code="E632", place=book.place(claims), message=message, hint=_hint(unit))


def _hint(unit: Unit) -> str:
    words = unit.text.split()
    return f"a template or filter changes what was written: “{' '.join(words[:12])}{' …' if len(words) > 12 else ''}”"


def _contradictions(project: Project, said: dict[tuple[str, ...], dict[str, set[str]]]) -> Iterator[Diagnostic]:
    for claims, by_edition in said.items():
        for (one, words), (other, others) in combinations(sorted(by_edition.items()), 2):
            # A shorter paper may carry one of two judgements on the same claims.
            if not (words <= others or others <= words):
                a, b = (" and ".join(map(repr, sorted(each))) for each in (words - others, others - words))
                message = f"on {', '.join(claims)} the edition {one!r} says {a} and the edition {other!r} says {b}"
                hint = "every audience gets the same judgement: mark it with the same word at every level"
                place = project.library.claims[claims[0]].statement.at()
                yield Diagnostic(code="E633", place=place, message=message, hint=hint)
