"""Figures: a picture says in words what it shows.

ISO 32000-1, 14.8.4.5 (Figure), 14.9.3 (Alt) and 14.8.5.4.3 (BBox); ISO 14289-1, 7.3.
"""

from typing import Any

from nkru_brief.tags.flow import paragraphs
from nkru_brief.tags.nodes import Inside, Kid, Node, Piece, Raw, Source, words_of

SVG = "{http://www.w3.org/2000/svg}"


def picture(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Return an image or a drawing as a Figure with its alternative text and its place on the page.

    ISO 14289-1, 7.3: a figure is tagged Figure and has an Alt (Matterhorn 13-001, 13-004). One that has no words, and
    does not say that it is decoration, is refused before anything is set (`nkru_brief.structure`).
    """
    pieces = [kid for kid in raw.kids if isinstance(kid, Piece)]
    if not pieces:
        return []
    node = Node("Figure", pieces, raw.element)
    node.entries["Alt"] = described(raw.element)
    node.attributes = {"O": "/Layout", "BBox": pieces[0].area}
    return [node]


def described(element: Any) -> str:
    """Return what an image or a drawing says of itself: its `alt`, its label, or its title and description.

    The order is that of WAI-ARIA's accessible names (accname 1.2, 4.3.2; SVG-AAM 1.0, 8.1), with the description
    after the name: a PDF has one text for both.
    """
    if element.tag == "img":
        return " ".join(element.get("alt", "").split())
    named = element.get("aria-labelledby", "").split()
    by_id = {each.get("id"): each for each in element.iter()}
    texts = [words_of(by_id[name]) for name in named if name in by_id]
    if not texts:
        label = element.get("aria-label")
        title, description = (element.find(f"{SVG}{tag}") for tag in ("title", "desc"))
        texts = [label or ("" if title is None else words_of(title))]
        texts += ["" if description is None else words_of(description)]
    said = [text for text in texts if text]
    return " ".join(text if text.endswith((".", "!", "?")) or text is said[-1] else f"{text}." for text in said)


def captioned(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Return a `figure`: what it shows and its caption side by side, for an Alt would hide a caption inside it.

    ISO 32000-1, 14.8.4.2 (Caption); ISO 14289-1, 7.3 (Matterhorn 13-003).
    """
    return [Node("Div", paragraphs(inside(raw)), raw.element)]


def caption(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Return a caption (ISO 32000-1, 14.8.4.2)."""
    return [Node("Caption", inside(raw), raw.element)]
