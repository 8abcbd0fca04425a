"""Words: the language they are in, what they are short for, and hyphens that are none.

ISO 32000-1, 14.9.2 (Lang), 14.9.5 (E) and 14.9.4 (ActualText); ISO 14289-1, 7.2.
"""

import re
from typing import Any

from nkru_brief.tags.flow import is_inline, paragraphs
from nkru_brief.tags.nodes import Inside, Kid, Node, Raw, Source
from nkru_brief.tags.objects import streams

_SHOWN_GLYPHS = re.compile(rb"^(.*<[0-9a-f]*)([0-9a-f]{4})>([-0-9.]*)\] TJ$", re.DOTALL)


def spoken(source: Source, element: Any, kids: list[Kid]) -> list[Kid]:
    """Return an element's nodes with the language it changes to.

    ISO 14289-1, 7.2: a change of language is declared (Matterhorn 11-003 to 11-007), on the element that changes it,
    or on a Span around its words (ISO 32000-1, 14.9.2.2).
    """
    language = element.get("lang")
    parent = source.parents.get(element)
    if not language or not kids or parent is None or language == source.language_of(parent):
        return kids
    if len(kids) == 1 and isinstance(kids[0], Node) and kids[0].element is element:
        node = kids[0]
    else:
        inline = all(is_inline(kid) for kid in kids)
        node = Node("Span", kids, element) if inline else Node("Div", paragraphs(kids), element)
    node.entries["Lang"] = language
    return [node]


def abbreviation(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Return an abbreviation as a Span with its expansion (ISO 32000-1, 14.9.5; ISO 14289-1, 7.2)."""
    kids = inside(raw)
    title = " ".join(raw.element.get("title", "").split())
    if not title or not kids:
        return kids
    node = Node("Span", kids, raw.element)
    node.entries["E"] = title
    return [node]


def code(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Return a piece of program text (ISO 32000-1, 14.8.4.4.2, Code)."""
    return [Node("Code", inside(raw), raw.element)]


def quote(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Return a quotation inside a sentence (ISO 32000-1, 14.8.4.4.2, Quote)."""
    return [Node("Quote", inside(raw), raw.element)]


def soften(operators: list[Any], start: int) -> bool:
    """Make the last glyph of a marked piece a soft hyphen; return whether there was one to make so.

    ISO 32000-1, 14.8.2.2.3: a hyphen that a line break put in is U+00AD, not a hyphen of the word (ISO 14289-1, 7.2).
    The glyph gets an ActualText of its own, as some faces draw both with the same glyph.

    Args:
        operators: the operators of a page, changed in place.
        start: where the piece's `BDC` stands among them.
    """
    end = operators.index(b"EMC", start)
    for index in range(end - 1, start, -1):
        shown = operators[index]
        if isinstance(shown, bytes) and (match := _SHOWN_GLYPHS.match(shown)):
            before, glyph, rest = match.groups()
            hyphen = [b"/Span <</ActualText <FEFF00AD>>> BDC", b"[<" + glyph + b">" + rest + b"] TJ", b"EMC"]
            operators[index : index + 1] = [before + b">] TJ", *hyphen]
            return True
    return False


def plain_hyphens(pdf: Any, written: str) -> None:
    """Let glyphs that stand for a hyphen of either kind stand for the one that is written (ISO 32000-1, 9.10.2).

    In many faces U+002D and U+2010 are one glyph, and a line break's U+2010 may come first: then the engine takes each
    hyphen of the text for it, and nobody finds `self-reliance`.

    Args:
        pdf: the file, with its fonts.
        written: the text of the page; where it has a U+2010 of its own, all stays as it is.
    """
    if "\u2010" in written:
        return
    for each in streams(pdf):
        if each.stream and each.stream[0] == b"/CIDInit /ProcSet findresource begin":
            each.stream[:] = [_plain(line) for line in each.stream]


def _plain(line: Any) -> Any:
    return line.removesuffix(b"<2010>") + b"<002d>" if isinstance(line, bytes) and line.endswith(b" <2010>") else line
