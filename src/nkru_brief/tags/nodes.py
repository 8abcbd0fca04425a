"""The structure tree while it grows: nodes of structure, and the pieces of page content they hold."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any


class Piece:
    """A line of text or an image on a page: its marked-content identifier, its element, and its text.

    `text` is None for an image, which has an `area` instead: its edges in pt, left, bottom, right, top. `pseudo` is
    the name of the pseudo-element it belongs to. `hyphen` is what the line may have been broken with.
    """

    def __init__(self, page: int, mcid: int, element: Any, pseudo: str, text: str | None) -> None:
        self.page, self.mcid, self.element, self.pseudo, self.text = page, mcid, element, pseudo, text
        self.area: tuple[float, float, float, float] | None = None
        self.hyphen = ""


class Node:
    """An element of the structure tree: its type, what it holds in reading order, and its entries.

    `entries` go into the element's own dictionary (Alt, E, Lang, ID), `attributes` into its attribute object, with
    their owner under `O` (ISO 32000-1, 14.7.2 and 14.7.5).
    """

    def __init__(self, tag: str, kids: "Iterable[Kid]" = (), element: Any = None) -> None:
        self.tag = tag
        self.kids: list[Kid] = list(kids)
        self.element = element
        self.entries: dict[str, str] = {}
        self.attributes: dict[str, Any] = {}
        self.links: list[tuple[int, Any]] = []

    def pieces(self) -> Iterator[Piece]:
        """Yield the pieces of this node and of those below it, in reading order."""
        for kid in self.kids:
            if isinstance(kid, Piece):
                yield kid
            else:
                yield from kid.pieces()


Kid = Node | Piece

# Types whose elements stand in a line of text (ISO 32000-1, 14.8.4.4).
INLINE = frozenset({"Span", "Quote", "Code", "Link", "Reference", "Note", "Lbl"})
# Types that hold other elements and no text of their own (ISO 32000-1, 14.8.4.2).
GROUPING = frozenset({"Document", "Part", "Art", "Sect", "Div", "BlockQuote"})

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


class Raw:
    """An element of the document with what was laid out of it: the material that rules make nodes from."""

    def __init__(self, element: Any) -> None:
        self.element = element
        self.kids: list[Raw | Piece] = []


class Source:
    """The document the tree is made from, and what every rule may ask of it."""

    def __init__(self, root: Any, styles: dict[Any, Any], links: dict[Any, list[tuple[int, Any]]]) -> None:
        self.root, self.styles, self.links = root, styles, links
        self.parents = {child: parent for parent in root.iter() for child in parent}
        self.order = {element: number for number, element in enumerate(root.iter())}
        self.tables = {table: number for number, table in enumerate(root.iter("table"), 1)}
        self.raws: dict[Any, Raw] = {root: Raw(root)}
        self.language = root.get("lang", "")
        # Notes whose section has not ended yet.
        self.notes: list[Node] = []

    def raw(self, element: Any) -> Raw:
        """Return an element's raw node; a new one is put under its parent's, wherever on paper it stands."""
        if element not in self.raws:
            self.raws[element] = Raw(element)
            self.raw(self.parents[element]).kids.append(self.raws[element])
        return self.raws[element]

    def language_of(self, element: Any) -> str:
        """Return the language an element is in, as the nearest `lang` says it."""
        while element is not None:
            if own := element.get("lang"):
                return str(own)
            element = self.parents.get(element)
        return ""

    def hidden(self, element: Any) -> bool:
        """Return whether an element is decoration, or inside what is: it is seen and not heard."""
        while element is not None:
            if is_decoration(element):
                return True
            element = self.parents.get(element)
        return False


def is_decoration(element: Any) -> bool:
    """Return whether an element says of itself that it is no content (WAI-ARIA 1.2, HTML `alt=""`)."""
    if element.get("aria-hidden") == "true" or element.get("role") in ("presentation", "none"):
        return True
    return bool(element.tag == "img" and element.get("alt") == "")


def words_of(element: Any, *, skip: Callable[[Any], bool] = is_decoration) -> str:
    """Return the text of an element in one line, without what is no content."""
    return re.sub(r"\s+", " ", "".join(_texts(element, skip))).strip()


def _texts(element: Any, skip: Callable[[Any], bool]) -> Iterator[str]:
    if not isinstance(element.tag, str) or skip(element):
        return
    yield element.text or ""
    if element.tag == "br":
        yield " "
    if element.tag == "img":
        yield element.get("alt") or ""
    for child in element:
        yield from _texts(child, skip)
        yield child.tail or ""


# Returns the nodes and pieces that the kids of a raw element have become.
Inside = Callable[[Raw], list[Kid]]
# Makes nodes of one raw element: of its kids through `Inside`, of the document through `Source`.
Rule = Callable[[Source, Raw, Inside], list[Kid]]
