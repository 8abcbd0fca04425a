"""Sentences and the claims they rest on: a block's prose cut into sentences, each with what it cites."""

import html
import re
from collections.abc import Iterator

from nkru_brief.brief import Block, Fragment
from nkru_brief.diagnostics import Place
from nkru_brief.passages import sentences
from nkru_brief.values import Value

_CALL = re.compile(r'<x-call data-call="(\d+)"></x-call>')
_BREAK = re.compile(r"</(?:li|td|th|p)>|<br ?/?>")
_TAG = re.compile(r"<[^>]*>")
_MARK = re.compile("\ue000(\\d+)\ue001")
# The class of what the desk says of the paper itself, and of nothing in the sources.
DESK = "desk"
_DESK_ITEM = re.compile(rf'^\s*<li class="(?:[^"]* )?{DESK}[" ]')
# Bold words that begin a paragraph or an item are the head of what follows, not a statement of their own.
_LEAD = re.compile(r"^\s*(?:<li[^>]*>)?\s*(?:<p>)?\s*<strong>(?P<lead>(?:(?!</strong>).)*)</strong>")


class Bound(Value):
    """A sentence of prose: its text, the claims it cites, the place of its block, and whether the desk speaks."""

    text: str
    claims: tuple[str, ...]
    place: Place
    desk: bool = False


def bound(block: Block) -> Iterator[Bound]:
    """Yield the sentences of a block with the claims each cites.

    A call belongs to the sentence it stands in or directly after: calls are set behind the full stop. A bold lead-in
    is left out.
    """
    marked = _BREAK.sub("\n", _CALL.sub("\ue000\\1\ue001", block.html))
    for written in marked.split("\n"):
        line = html.unescape(_TAG.sub("", _LEAD.sub("", written)))
        text = _MARK.sub("", line)
        calls = _positions(line)
        desk = bool(_DESK_ITEM.match(written)) or DESK in block.attributes.get("class", "").split()
        end = 0
        for sentence in sentences(text):
            start = text.index(sentence, end)
            end = start + len(sentence)
            claims = [claim for at, call in calls if start < at <= end for claim in block.calls[call].claims]
            yield Bound(
                text=" ".join(sentence.split()), claims=tuple(dict.fromkeys(claims)), place=block.place, desk=desk
            )


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
            for sentence in bound(block):
                yield block, sentence
