"""From the pieces on the pages to the structure tree: the document's own order, one rule for each kind of element."""

from typing import Any

from nkru_brief.tags import figures, flow, links, lists, notes, tables, words
from nkru_brief.tags.nodes import Inside, Kid, Node, Piece, Raw, Rule, Source
from nkru_brief.tags.pieces import Pages

BY_ROLE: dict[str, Rule] = {
    "doc-footnote": notes.note,
    "doc-noteref": links.reference,
}
BY_TAG: dict[str, Rule] = {
    **dict.fromkeys(flow.BLOCKS, flow.block),
    **dict.fromkeys(flow.SECTIONS, flow.section),
    **dict.fromkeys(flow.GROUPS, flow.group),
    "a": links.link,
    "abbr": words.abbreviation,
    "blockquote": flow.quotation,
    "code": words.code,
    "div": flow.box,
    "dl": lists.terms,
    "figcaption": figures.caption,
    "figure": figures.captioned,
    "img": figures.picture,
    "li": lists.item,
    "ol": lists.listing,
    "q": words.quote,
    "table": tables.table,
    "ul": lists.listing,
    f"{figures.SVG}svg": figures.picture,
}


def structure(source: Source, pages: Pages) -> Node:
    """Return the structure tree of a document (ISO 32000-1, 14.7.2; ISO 14289-1, 7.1).

    Every piece is in it once, or is an artifact (Matterhorn 01-003 to 01-005). An element that is broken over pages
    is one element.
    """
    for piece in pages.pieces:
        if source.hidden(piece.element):
            pages.artifacts[piece.page, piece.mcid] = "Layout"
        else:
            # The engine's own call of a note stands in the note's sentence.
            inner = piece.element if piece.pseudo != "footnote-call" else source.parents[piece.element]
            source.raw(inner).kids.append(piece)

    def inside(raw: Raw) -> list[Kid]:
        kids: list[Kid] = []
        for kid in _in_order(source, raw):
            if isinstance(kid, Piece):
                kids.append(kid)
            else:
                kids += spoken_by_rule(source, kid, inside)
        return kids

    kids = flow.paragraphs(inside(source.raws[source.root]))
    document = Node("Document", [*kids, *(Node("P", [note]) for note in source.notes)], source.root)
    _prune(document, pages)
    return document


def spoken_by_rule(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Return the nodes of an element: by its role, else by its tag; one that only groups letters leaves them bare."""
    element = raw.element
    rule = BY_ROLE.get(element.get("role", "")) or BY_TAG.get(element.tag)
    return words.spoken(source, element, rule(source, raw, inside) if rule else inside(raw))


def _in_order(source: Source, raw: Raw) -> list[Any]:
    """Return the kids of an element as they are written, whatever order the style sheet puts them in.

    ISO 14289-1, 7.1: logical order (Matterhorn 09-001). Text between elements keeps its place among them.
    """
    leading = [kid for kid in raw.kids if isinstance(kid, Piece) and kid.pseudo in ("marker", "before")]
    rest = [kid for kid in raw.kids if kid not in leading]
    if all(isinstance(kid, Raw) for kid in rest):
        rest.sort(key=lambda kid: source.order[kid.element])
    return [*leading, *rest]


def _prune(node: Node, pages: Pages) -> bool:
    """Take out elements that hold nothing to hear, and return whether anything is left of this one.

    Cells stay, for they keep their row in shape; what is left of a list item without a body is an artifact.
    """
    node.kids = [kid for kid in node.kids if isinstance(kid, Piece) or _prune(kid, pages)]
    if node.tag == "LI" and not any(isinstance(kid, Node) and kid.tag == "LBody" for kid in node.kids):
        for piece in node.pieces():
            pages.artifacts[piece.page, piece.mcid] = "Layout"
        node.kids = []
    return bool(node.kids) or node.tag in ("TD", "TH", "Document")
