"""Headings, paragraphs and the elements that group them.

ISO 32000-1, 14.8.4.2 (grouping elements) and 14.8.4.3 (block-level elements); ISO 14289-1, 7.1 and 7.4.
"""

from nkru_brief.tags.nodes import INLINE, Inside, Kid, Node, Piece, Raw, Source

# HTML elements with a structure type of their own.
BLOCKS = {
    **{f"h{level}": f"H{level}" for level in range(1, 7)},
    "p": "P",
    "pre": "P",
    "dt": "P",
    "dd": "P",
    "address": "P",
    "summary": "P",
}
SECTIONS = {"main": "Part", "article": "Art", "section": "Sect"}
GROUPS = {"header", "footer", "nav", "aside", "figure", "details", "hgroup", "fieldset"}


def block(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Return a heading or a paragraph.

    ISO 14289-1, 7.4.2 (headings are tagged H1 to H6, without a gap; Matterhorn 14-002, 14-003): what is written as a
    heading is one, of the level it is written with. Gaps are the template's, and refused before anything is set
    (`nkru_brief.structure`). ISO 32000-1, 14.8.4.3.2 (P).
    """
    return [Node(BLOCKS[raw.element.tag], inside(raw), raw.element)]


def section(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Return a part, an article or a section, with the notes that it is the first to call at its end.

    ISO 32000-1, 14.8.4.2 (Part, Art, Sect). Notes stand at the foot of a page, wherever its sentences break; read
    there, they would come between two halves of one (ISO 14289-1, 7.1: content is in its logical order, Matterhorn
    09-001).
    """
    before = len(source.notes)
    kids = paragraphs(inside(raw))
    kids += (Node("P", [note]) for note in source.notes[before:])
    del source.notes[before:]
    return [Node(SECTIONS[raw.element.tag], kids, raw.element)]


def group(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Return a division for what HTML groups; ISO 32000-1, 14.8.4.2 (Div) has no finer type for it."""
    kids = paragraphs(inside(raw))
    return [Node("Div", kids, raw.element)] if len(kids) > 1 else kids


def quotation(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Return a quotation of whole paragraphs (ISO 32000-1, 14.8.4.2, BlockQuote)."""
    return [Node("BlockQuote", paragraphs(inside(raw)), raw.element)]


def box(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Return what a `div` holds: a paragraph where it is text, a division where it has a role, else as it is.

    A `div` is there for the looks. To a listener it is a paragraph where it holds a line of text, and nothing else.
    """
    kids = paragraphs(inside(raw))
    named = raw.element.get("role") or raw.element.get("aria-label")
    return [Node("Div", kids, raw.element)] if named and kids else kids


def paragraphs(kids: list[Kid]) -> list[Kid]:
    """Return the kids of a grouping element, each line of text among them in a paragraph of its own.

    ISO 32000-1, 14.8.4.2: grouping elements hold elements, no content. An image alone stands as it is.
    """
    found: list[Kid] = []
    line: list[Kid] = []
    for kid in [*kids, None]:
        if kid is not None and is_inline(kid):
            line.append(kid)
            continue
        if any(not _is_figure(each) for each in line):
            found.append(Node("P", line))
        else:
            found += line
        line = []
        if kid is not None:
            found.append(kid)
    return found


def is_inline(kid: Kid) -> bool:
    """Return whether a kid stands in a line of text."""
    return isinstance(kid, Piece) or kid.tag in INLINE or _is_figure(kid)


def _is_figure(kid: Kid) -> bool:
    return isinstance(kid, Node) and kid.tag == "Figure"
