"""The door from the page engine: its function that writes tags is replaced by `add_tags`."""

import logging
from collections.abc import Iterator
from typing import Any

from nkru_brief.tags import slots
from nkru_brief.tags.nodes import Node, Source
from nkru_brief.tags.pieces import Pages
from nkru_brief.tags.tree import structure
from nkru_brief.tags.words import plain_hyphens
from nkru_brief.tags.write import Writer

_SHOWN = 60
_LOGGER = logging.getLogger("weasyprint")


def install() -> None:
    """Put these tags in place of the engine's, once. `nkru_brief.repairs` has seen that it is the right engine."""
    import weasyprint.pdf

    weasyprint.pdf.add_tags = add_tags


def add_tags(pdf: Any, document: Any, version: Any, streams: list[Any]) -> None:
    """Write the structure tree of a document that has been drawn. What cannot be mended is logged for its author."""
    pages = Pages(document, streams)
    source = Source(root_of(document), pages.styles, pages.links)
    tree = structure(source, pages)
    writer = Writer(pdf, streams)
    writer.write(tree)
    plain_hyphens(pdf, "".join(source.root.find("body").itertext()))
    # What holds a place is known by its mark; once pieces have their numbers, the slot finds itself again.
    pdf.nkru_brief_slots = slots.hold(pages.held, streams)
    pdf.nkru_brief_streams = streams
    softened = {(piece.page, piece.mcid) for piece in pages.hyphens(own_text)}
    lost = set(writer.mark(pages.artifacts, softened))
    linked = {id(annotation) for node in _links(tree) for _, annotation in node.links}
    unlinked = [each for links in pages.links.values() for each in links if id(each[1]) not in linked]
    writer.drop([*pages.dropped, *unlinked])
    for piece in pages.pieces:
        if (piece.page, piece.mcid) in lost:
            what = f"“{piece.text[:_SHOWN]}”" if piece.text else "an image"
            _LOGGER.warning("%s is set with opacity, a mask or a blend, where screen readers do not look", what)
    # For the audit: the words of each piece under the number it now has.
    pdf.nkru_brief_texts = {
        (piece.page, writer.numbers[piece.page, piece.mcid]): piece.text or ""
        for piece in pages.pieces
        if (piece.page, piece.mcid) in writer.numbers
    }
    for fault in pages.faults:
        _LOGGER.warning("%s", fault)


def root_of(document: Any) -> Any:
    """Return the root element of a document: the first page's box that is neither margin nor note is of it."""
    return next(box.element for box in document.pages[0]._page_box.children if box.element is not None)


def own_text(element: Any) -> str:
    """Return what an element says itself, without its children."""
    return "".join([element.text or "", *(child.tail or "" for child in element)])


def _links(node: Node) -> Iterator[Node]:
    if node.links:
        yield node
    for kid in node.kids:
        if isinstance(kid, Node):
            yield from _links(kid)
