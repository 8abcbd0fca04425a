"""The structure tree becomes objects of the file (ISO 32000-1, 14.7)."""

from collections.abc import Iterable, Iterator
from typing import Any

from nkru_brief.tags.links import described
from nkru_brief.tags.nodes import Node, Piece
from nkru_brief.tags.objects import add, array, dictionary, pages, text
from nkru_brief.tags.words import soften


class Writer:
    """Writes a structure tree into a file, and finds every piece of it on its page."""

    def __init__(self, pdf: Any, streams: list[Any]) -> None:
        self.pdf, self.pages = pdf, pages(pdf)
        self.streams = streams
        # By page and MCID of a piece: its number among those that are left, and who owns it.
        self.numbers: dict[tuple[int, int], int] = {}
        self.owners: dict[tuple[int, int], bytes] = {}
        self.annotations: list[bytes] = []
        self.ids: dict[str, bytes] = {}

    def write(self, document: Node) -> None:
        """Write the tree, and name it in the catalog.

        ISO 32000-1, table 322 (StructTreeRoot): ParentTree leads from a piece of a page to its element, IDTree from an
        id to its element. ISO 14289-1, 7.1: MarkInfo and DisplayDocTitle (Matterhorn 07-001, 07-002).
        """
        for page, live in enumerate(self._by_page((piece.page, piece.mcid) for piece in document.pieces())):
            self.numbers.update({(page, mcid): number for number, mcid in enumerate(live)})
        root = add(self.pdf, dictionary({"Type": "/StructTreeRoot"}))
        root["K"] = array([self._element(document, root)])
        root["ParentTree"] = add(self.pdf, dictionary({"Nums": array(self._parents())})).reference
        root["ParentTreeNextKey"] = len(self.pages) + len(self.annotations)
        if self.ids:
            names = [each for key in sorted(self.ids) for each in (text(key), self.ids[key])]
            root["IDTree"] = add(self.pdf, dictionary({"Names": array(names)})).reference
        self.pdf.catalog["StructTreeRoot"] = root.reference
        self.pdf.catalog["MarkInfo"] = dictionary({"Marked": "true"})
        self.pdf.catalog["ViewerPreferences"] = dictionary({"DisplayDocTitle": "true"})

    def _by_page(self, pieces: Iterable[tuple[int, int]]) -> list[list[int]]:
        """Return the MCIDs of pieces, in order, for each page: a long paper has many of both."""
        found: list[list[int]] = [[] for _ in self.pages]
        for page, mcid in sorted(pieces):
            found[page].append(mcid)
        return found

    def _element(self, node: Node, parent: Any) -> bytes:
        own = add(self.pdf, dictionary({"Type": "/StructElem", "S": f"/{node.tag}", "P": parent.reference}))
        first = next((kid.page for kid in node.kids if isinstance(kid, Piece)), None)
        if first is not None:
            own["Pg"] = self.pages[first].reference
        for key, value in node.entries.items():
            own[key] = text(value)
        if "ID" in node.entries:
            self.ids[node.entries["ID"]] = own.reference
        if node.attributes:
            own["A"] = dictionary({key: _attribute(value) for key, value in node.attributes.items()})
        own["K"] = array(self._link(node, own))
        for kid in node.kids:
            own["K"].append(self._piece(kid, own, first) if isinstance(kid, Piece) else self._element(kid, own))
        return bytes(own.reference)

    def _piece(self, piece: Piece, own: Any, page: int | None) -> Any:
        self.owners[piece.page, piece.mcid] = own.reference
        number = self.numbers[piece.page, piece.mcid]
        if piece.page == page:
            return number
        return dictionary({"Type": "/MCR", "Pg": self.pages[piece.page].reference, "MCID": number})

    def _link(self, node: Node, own: Any) -> Iterator[Any]:
        """Yield references to a link's annotations, and describe them (ISO 32000-1, 14.7.4.3; ISO 14289-1, 7.18)."""
        for page, annotation in node.links:
            annotation["Contents"] = text(described(node.element))
            annotation["StructParent"] = len(self.pages) + len(self.annotations)
            self.annotations.append(own.reference)
            yield dictionary({"Type": "/OBJR", "Obj": annotation.reference, "Pg": self.pages[page].reference})

    def _parents(self) -> Iterator[Any]:
        for page, owned in enumerate(self._by_page(self.owners)):
            yield page
            yield array(self.owners[page, mcid] for mcid in owned)
        for number, owner in enumerate(self.annotations, len(self.pages)):
            yield number
            yield owner

    def mark(self, artifacts: dict[tuple[int, int], str], softened: set[tuple[int, int]]) -> list[tuple[int, int]]:
        """Give the pieces on the pages their numbers, and turn the rest into artifacts (ISO 32000-1, 14.8.2.2.2).

        Returns:
            The pieces, by page and MCID, that are not in their page's own content but in a form object.
        """
        lost = []
        for page, (stream, numbered) in enumerate(zip(self.streams, self._by_page(self.numbers), strict=True)):
            operators = stream.stream
            places = {
                item["MCID"]: index
                for index, item in enumerate(operators)
                if isinstance(item, dict) and "MCID" in item and operators[index + 1] == b"BDC"
            }
            # From the end, for a softened hyphen makes a page's list longer.
            for mcid, index in sorted(places.items(), key=lambda each: -each[1]):
                if (page, mcid) in artifacts:
                    operators[index - 1] = "/Artifact"
                    operators[index] = _artifact(artifacts[page, mcid])
                elif (page, mcid) in self.numbers:
                    if (page, mcid) in softened:
                        soften(operators, index)
                    operators[index] = dictionary({"MCID": self.numbers[page, mcid]})
            lost += [(page, mcid) for mcid in numbered if mcid not in places]
        return lost

    def drop(self, annotations: list[tuple[int, Any]]) -> None:
        """Take annotations off their pages; an empty object stays in their place, as the engine counts objects."""
        for page, annotation in annotations:
            self.pages[page]["Annots"].remove(annotation.reference)
            annotation.clear()


def _artifact(kind: str) -> Any:
    """Return the property list of an artifact: its type and, after a slash, its subtype (ISO 32000-1, table 330)."""
    entries = zip(("Type", "Subtype"), kind.split("/"), strict=False)
    return dictionary({key: f"/{value}" for key, value in entries})


def _attribute(value: Any) -> Any:
    if isinstance(value, list):
        return array(text(each) for each in value)
    return array(value) if isinstance(value, tuple) else value
