"""Sentences and the claims they rest on: a block's prose cut into sentences, each with what it cites."""

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from nkru_brief.brief import Block, Call, Fragment
from nkru_brief.diagnostics import Place
from nkru_brief.passages import sentences
from nkru_brief.values import Value

_CALL = re.compile(r'<x-call data-call="(\d+)"></x-call>')
# A line end of the file is a space of the text; the cells of a row are said in one breath.
_SPACE = re.compile(r"\n|<br ?/?>|</t[dh]>")
_BREAK = re.compile(r"(?<=</li>)|(?<=</tr>)|(?<=</p>)|(?=<(?:li|tr|ul|ol)[ >])")
_HEADER = re.compile(r"^\s*<tr>\s*<th\b")
_TAG = re.compile(r"<[^>]*>")
_MARK = re.compile("\ue000(\\d+)\ue001")
# What stands in the file and not in the text: citations, where a link leads, attributes.
_UNREAD = re.compile(r"\[@[^\]\n]*\]|(?<=\])\([^)\n]*\)|\{[^}\n]*\}")
# The class of what the desk says of the paper itself, and of nothing in the sources.
DESK = "desk"
_DESK_ITEM = re.compile(rf'^\s*<li class="(?:[^"]* )?{DESK}[" ]')
# Bold words that begin a paragraph or an item are the head of what follows, not a statement of their own.
_LEAD = re.compile(r"^\s*(?:<li[^>]*>)?\s*(?:<p>)?\s*<strong>(?P<lead>(?:(?!</strong>).)*)</strong>")


class Bound(Value):
    """A sentence of prose: its text, the claims it cites, its place, and whether the desk speaks.

    `lead` are the bold words before it, which rest on the same claims: `**1991.** The Soviet Union ended [@c13].`
    """

    text: str
    claims: tuple[str, ...]
    place: Place
    desk: bool = False
    lead: str = ""

    @property
    def whole(self) -> str:
        """The sentence with the words before it."""
        return f"{self.lead} {self.text}".lstrip()


def bound(block: Block, source: str = "") -> Iterator[Bound]:
    """Yield the sentences of a block with the claims each cites.

    A call belongs to the sentence it stands in or directly after: calls are set behind the full stop. The head of a
    table is left out.

    Args:
        block: the block.
        source: the text of its file, to say where each sentence begins; without it, all begin where the block does.
    """
    yield from _bound(block.html, _of_desk(block), block.calls, block.place, source)


# Rule after rule asks for the sentences of the same blocks.
@lru_cache(maxsize=8192)
def _bound(html: str, desk: bool, calls: tuple[Call, ...], start: Place, source: str) -> tuple[Bound, ...]:  # noqa: FBT001
    finder, found = _Finder(source, start), []
    for each in _cut_up(html, desk):
        finder.find(each.lead)
        place = finder.find(each.text)
        if not each.header:
            claims = dict.fromkeys(claim for call in each.calls for claim in calls[call].claims)
            words = " ".join(each.text.split())
            found.append(Bound(text=words, claims=tuple(claims), place=place, desk=each.desk, lead=each.lead))
    return tuple(found)


class Cut(NamedTuple):
    """A sentence as it is cut from a block: the words before it, itself, and the numbers of its calls in the block."""

    lead: str
    text: str
    calls: tuple[int, ...]
    desk: bool
    header: bool


def cut_up(block: Block) -> tuple[Cut, ...]:
    """Return all that a block says, in its order: every letter is in a sentence or in the words before one."""
    return _cut_up(block.html, _of_desk(block))


def _of_desk(block: Block) -> bool:
    return DESK in block.attributes.get("class", "").split()


@lru_cache(maxsize=8192)
def _cut_up(html: str, desk: bool) -> tuple[Cut, ...]:  # noqa: FBT001
    marked = _SPACE.sub(" ", _CALL.sub(lambda call: mark(int(call[1])), html))
    found = []
    for written in _BREAK.split(marked):
        lead, line = _parted(written)
        own = desk or bool(_DESK_ITEM.match(written))
        for sentence, calls in cut(line):
            found.append(Cut(lead, sentence, calls, own, header=bool(_HEADER.match(written))))
            lead = ""
    return tuple(found)


def mark(call: int) -> str:
    """Return what stands in a line for a call, until the line is cut."""
    return f"\ue000{call}\ue001"


def cut(line: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the sentences of a line with marks, each with the calls that stand in it or directly behind it."""
    text, calls, end = _MARK.sub("", line), _positions(line), 0
    for sentence in sentences(text):
        start = text.index(sentence, end)
        end = start + len(sentence)
        yield sentence, tuple(call for at, call in calls if start < at <= end)


def _parted(written: str) -> tuple[str, str]:
    """Return the bold words that begin a paragraph or an item, and the rest; what is all bold has no lead."""
    lead, rest = _LEAD.match(written), _read(_LEAD.sub("", written))
    if lead is None or not _MARK.sub("", rest).strip():
        return "", _read(written)
    return " ".join(_MARK.sub("", _read(lead["lead"])).split()), rest


def _read(written: str) -> str:
    return html.unescape(_TAG.sub("", written))


@lru_cache(maxsize=64)
def _readable(source: str) -> str:
    """Return a file's text with spaces for what is not read; the sentences of a file ask for it one after the other."""
    return _UNREAD.sub(lambda unread: " " * len(unread[0]), source)


@lru_cache(maxsize=64)
def _lines(source: str) -> tuple[int, ...]:
    """Return where the lines of a file's text begin."""
    return (0, *(at + 1 for at, letter in enumerate(source) if letter == "\n"))


class _Finder:
    """Finds the sentences of a block in its file, one after the other."""

    def __init__(self, source: str, start: Place) -> None:
        self._source = _readable(source)
        self._start = start
        self._begins = _lines(source)
        self._offset = self._begins[min(start.line, len(self._begins)) - 1] if start.line else 0

    def find(self, sentence: str) -> Place:
        """Return where a sentence begins: its letters stand in the file in their order, with markup between them."""
        offset, first = self._offset, -1
        for letter in "".join(_MARK.sub("", sentence).split()):
            found = self._source.find(letter, offset)
            if found < 0:
                return self._start
            first, offset = (found if first < 0 else first), found + 1
        if first < 0:
            return self._start
        self._offset = offset
        line = bisect_right(self._begins, first)
        return Place(file=self._start.file, line=line, column=first - self._begins[line - 1] + 1)


def _positions(line: str) -> list[tuple[int, int]]:
    """Return where each mark stands in the line without marks, and the call it is."""
    found, taken = [], 0
    for match in _MARK.finditer(line):
        found.append((match.start() - taken, int(match[1])))
        taken += len(match[0])
    return found


def bound_sentences(fragment: Fragment) -> Iterator[tuple[Block, Bound]]:
    """Yield every sentence of a section's prose with its block; headings are not sentences."""
    for block in fragment.blocks:
        if block.kind not in ("heading", "title"):
            for sentence in bound(block, fragment.text):
                yield block, sentence
