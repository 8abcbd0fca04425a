"""Lists, terms with their meanings, and tables of contents.

ISO 32000-1, 14.8.4.3.3 (L, LI, Lbl, LBody) and 14.8.4.2 (TOC, TOCI); ISO 14289-1, 7.6.
"""

from typing import Any

from nkru_brief.tags.flow import is_inline, paragraphs
from nkru_brief.tags.nodes import Inside, Kid, Node, Piece, Raw, Source
from nkru_brief.tags.words import spoken

# What CSS calls a list's markers, in the words of ISO 32000-1, table 347.
NUMBERING = {
    "none": "None",
    "disc": "Disc",
    "circle": "Circle",
    "square": "Square",
    "decimal": "Decimal",
    "decimal-leading-zero": "Decimal",
    "lower-roman": "LowerRoman",
    "upper-roman": "UpperRoman",
    "lower-alpha": "LowerAlpha",
    "lower-latin": "LowerAlpha",
    "upper-alpha": "UpperAlpha",
    "upper-latin": "UpperAlpha",
}
_OTHERS = {"ol": "Decimal", "ul": "Disc"}


def listing(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Return a list that says how its items are numbered.

    ISO 14289-1, 7.6: what is a list is tagged L (Matterhorn 16-003), and says how it is numbered (16-001, 16-002).
    ISO 32000-1, 14.8.5.5: ListNumbering, by the markers that are drawn; None where there are none.
    """
    if _in_contents(source, raw.element):
        return [Node("TOC", inside(raw), raw.element)]
    kids = [kid if isinstance(kid, Node) and kid.tag == "LI" else _item([kid], []) for kid in inside(raw)]
    node = Node("L", kids, raw.element)
    items = [source.styles[item] for item in raw.element if item.tag == "li" and item in source.styles]
    style = (items[0] if items else source.styles[raw.element])["list_style_type"]
    numbering = NUMBERING.get(style) if isinstance(style, str) else None
    node.attributes = {"O": "/List", "ListNumbering": f"/{numbering or _OTHERS.get(raw.element.tag, 'Disc')}"}
    return [node]


def item(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Return a list item: its marker as Lbl, all the rest as one LBody.

    ISO 14289-1, 7.6: label and body of an item are tagged Lbl and LBody (Matterhorn 09-005). The engine wraps nothing
    where the item holds paragraphs, as in a loose list of Markdown. A list inside the item is part of its body.
    """
    if _in_contents(source, raw.element):
        return [entry(raw, inside)]
    body, label = _parted(inside(raw))
    return [_item(body, label, raw.element)]


def _item(body: list[Kid], label: list[Kid], element: Any = None) -> Node:
    return Node("LI", [*label, Node("LBody", mixed(body))], element)


def terms(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Return a list of terms: each item has its terms as Lbl and their meanings as LBody.

    ISO 32000-1, 14.8.4.3.3: Lbl is "the term in a list of definitions". A `div` around a term and its meaning, which
    HTML allows, is looks only.
    """
    rows: list[tuple[list[Kid], list[Kid]]] = []
    for part in _parts(raw):
        if part.element.tag == "dt":
            if not rows or rows[-1][1]:
                rows.append(([], []))
            rows[-1][0].extend(_flat(inside, part, source))
        else:
            if not rows:
                rows.append(([], []))
            rows[-1][1].extend(_flat(inside, part, source))
    node = Node("L", (_item(body, [Node("Lbl", label)] if label else []) for label, body in rows), raw.element)
    node.attributes = {"O": "/List", "ListNumbering": "/None"}
    return [node]


def _parts(raw: Raw) -> list[Raw]:
    found = []
    for kid in raw.kids:
        if isinstance(kid, Raw):
            found += [kid] if kid.element.tag in ("dt", "dd") else _parts(kid)
    return found


def _flat(inside: Inside, part: Raw, source: Source) -> list[Kid]:
    """Return what a term or meaning holds, in the language it says it is in."""
    return spoken(source, part.element, inside(part))


def entry(raw: Raw, inside: Inside) -> Node:
    """Return an entry of a table of contents: TOCI, its link as a Reference, tables inside it after that.

    ISO 32000-1, 14.8.4.2 (TOC, TOCI) and 14.8.4.4.2 (Reference); ISO 14289-1, 7.1 (Matterhorn 09-006).
    """
    kids, marker = _parted(inside(raw))
    deeper = [kid for kid in kids if isinstance(kid, Node) and kid.tag == "TOC"]
    line = [kid for kid in kids if kid not in deeper]
    return Node("TOCI", [*marker, Node("Reference", line), *deeper], raw.element)


def _parted(kids: list[Kid]) -> tuple[list[Kid], list[Kid]]:
    """Return what an item holds without its marker, and its marker as a label."""
    marker: list[Kid] = [kid for kid in kids if isinstance(kid, Piece) and kid.pseudo == "marker"]
    return [kid for kid in kids if kid not in marker], [Node("Lbl", marker)] if marker else []


def mixed(kids: list[Kid]) -> list[Kid]:
    """Return kids as they are where all are text, or each line of text in a paragraph where there are blocks too."""
    return kids if all(is_inline(kid) for kid in kids) else paragraphs(kids)


def _in_contents(source: Source, element: Any) -> bool:
    while element is not None:
        if element.get("role") == "doc-toc":
            return True
        element = source.parents.get(element)
    return False
