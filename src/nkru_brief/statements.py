"""Where a block's statements stand in its HTML, so that a page can make each one a way to its evidence.

A statement is a stretch of prose that a call ends: a sentence, as `binding` finds it, or where several calls stand in
one sentence the words up to each. What follows the last call of a sentence belongs to that call.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from nkru_brief.binding import Cut, cut_up
from nkru_brief.brief import Block

_TOKEN = re.compile(
    r"""
    <x-call[ ]data-call="(?P<call>\d+)"></x-call>
    | </?(?P<tag>[\w-]+)[^>]*>
    | (?P<reference>&[^;\s]+;)
    | (?P<letter>\S)
    | (?P<space>\s)
    """,
    re.VERBOSE,
)
# What a statement may go around; it is closed before every other element, and before one that reaches over its end.
_WITHIN = frozenset({"a", "code", "em", "span", "strong"})


class Piece(NamedTuple):
    """A stretch of a block's HTML, from `start` to `end` in characters, whose elements all close: part of a statement.

    `call` is the number of the call that ends the statement.
    """

    start: int
    end: int
    call: int


def pieces(block: Block) -> tuple[Piece, ...]:
    """Return the statements of a block in pieces, in their order; a sentence that cites nothing has none."""
    return _pieces(block.html, cut_up(block))


# Editions print the same blocks.
@lru_cache(maxsize=2048)
def _pieces(html: str, cuts: tuple[Cut, ...]) -> tuple[Piece, ...]:
    tokens = list(_TOKEN.finditer(html))
    closes = _closes(tokens)
    found: list[Piece] = []
    for first, last, call in _clauses(tokens, cuts):
        found += _balanced(tokens, closes, first, last, call)
    return tuple(found)


def _closes(tokens: Sequence[re.Match[str]]) -> dict[int, int]:
    """Return the token that closes an element by the one that opens it, and the other way round."""
    open_, pairs = [], {}
    for number, token in enumerate(tokens):
        if token.lastgroup != "tag":
            continue
        if not token[0].startswith("</"):
            open_.append(number)
        elif any(tokens[each]["tag"] == token["tag"] for each in open_):
            while tokens[open_[-1]]["tag"] != token["tag"]:
                open_.pop()
            start = open_.pop()
            pairs[start], pairs[number] = number, start
    return pairs


def _clauses(tokens: Sequence[re.Match[str]], cuts: Sequence[Cut]) -> Iterator[tuple[int, int, int]]:
    """Yield the first and the last token of each statement, and its call.

    The sentences of a block hold all of its letters, so that counting letters finds them again.
    """
    letters = [number for number, token in enumerate(tokens) if _is_letter(token)]
    calls = {int(token["call"]): number for number, token in enumerate(tokens) if token.lastgroup == "call"}
    at = 0
    for cut in cuts:
        at += _letters(cut.lead)
        first, at = at, at + _letters(cut.text)
        if not cut.calls or first == at or cut.header:
            continue
        start, end = letters[first], letters[at - 1]
        while start and tokens[start - 1]["tag"] in _WITHIN and not tokens[start - 1][0].startswith("</"):
            start -= 1
        for call in cut.calls:
            # A call right behind another has no words of its own.
            if any(map(_is_letter, tokens[start : calls[call]])):
                yield start, calls[call], call
            start = max(start, calls[call] + 1)
        if start <= end:
            yield start, end, cut.calls[-1]


def _is_letter(token: re.Match[str]) -> bool:
    kind = token.lastgroup
    return kind == "letter" or (kind == "reference" and bool(unescape(token[0]).strip()))


def _letters(text: str) -> int:
    return len("".join(text.split()))


def _balanced(
    tokens: Sequence[re.Match[str]], closes: dict[int, int], first: int, last: int, call: int
) -> Iterator[Piece]:
    """Yield a stretch of tokens without the elements that it would cut in two, or that hold more than words."""
    start: int | None = None
    for number in range(first, last + 1):
        token = tokens[number]
        kind = token.lastgroup
        if kind == "tag" and not _fits(token, closes.get(number), start, number, last):
            if start is not None:
                yield Piece(tokens[start].start(), token.start(), call)
            start = None
        elif start is None and (kind in {"tag", "call"} or _is_letter(token)):
            start = number
    if start is not None:
        yield Piece(tokens[start].start(), tokens[last].end(), call)


def _fits(token: re.Match[str], other: int | None, start: int | None, number: int, last: int) -> bool:
    """Return whether a piece that began at `start` can hold this tag: the other one of its pair is in it, too."""
    if token["tag"] not in _WITHIN or other is None:
        return token["tag"] == "br"
    return other <= last if other > number else start is not None and other >= start
