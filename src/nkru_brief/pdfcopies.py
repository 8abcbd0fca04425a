"""What every copy in one file has of its own, as a form to be filled in: its pages, its links, its tags.

Pages, annotations and structure elements say where they stand: among which pages, under which element. So each copy
has its own, while contents, faces and pictures are in the file once (ISO 32000-1, 14.7.2 and 14.7.4). A thousand
copies have a quarter of a million such objects: they are read once, and then written by filling in numbers.
"""

import re

from nkru_brief.pdfobjects import Objects
from nkru_brief.values import Value

# Parts objects from one another; no text of one holds it.
_END = b"\x00"
# qpdf writes objects so: brackets inside a string are escaped.
_TOKEN = re.compile(rb"\((?:\\.|[^\\)])*\)|<[0-9a-f]*>|<<|>>|[\[\]]|\d+ \d+ R|[^\s\[\]<>()]+", re.DOTALL)
_REFERENCE = re.compile(rb"(\d+) \d+ R")
_KEYS = (b"/StructParents", b"/StructParent")
# What is followed by ids of elements, and by the name of a destination.
_IDS = (b"/ID", b"/Headers", b"/Names")
_DESTINATION = b"/Dest"
# A copy's number comes first in its ids, as wide as that of any other: so are those of all copies in order.
_ID = b"(%%07d.%b)"


class Form(Value):
    """The objects that each copy has of its own, and how they are filled in.

    `text` has `%d` for what differs, and `fills` says by what: places among the values that `filled` is given. `count`
    is how many objects there are, `keys` how many places in the parent tree they take; `pages` are the places of
    pages among them, `top` that of the topmost element, `parents` and `ids` those of leaves for the trees that lead to
    elements; `ids` is -1 where no element has an id. `shared` are the numbers of what all copies refer to.
    """

    text: bytes
    fills: tuple[int, ...]
    count: int
    keys: int
    pages: tuple[int, ...]
    top: int
    parents: int
    ids: int
    shared: frozenset[int]

    def filled(self, first: int, key: int, streams: tuple[int, ...], node: int, part: int, serial: int) -> list[bytes]:
        """Return the objects of a copy.

        Args:
            first: the number of the first of them; the others follow.
            key: its first key in the parent tree.
            streams: the numbers of what is stamped on its pages.
            node: the number of its node in the tree of pages.
            part: the number of the element that its topmost one stands under.
            serial: its own number in the file, from 1.
        """
        values = (*range(first, first + self.count), *range(key, key + self.keys), *streams, node, part, serial)
        return (self.text % tuple(map(values.__getitem__, self.fills))).split(_END)


def form_of(objects: Objects, stamps: tuple[int, ...]) -> Form:
    """Return the form of a paper.

    Args:
        objects: the paper's.
        stamps: the numbers its objects call the stamped streams by.
    """
    return _Reader(objects, stamps).form()


class _Reader:
    """Turns the texts of objects into a form."""

    def __init__(self, objects: Objects, stamps: tuple[int, ...]) -> None:
        self._objects, texts = objects, objects.texts
        root = texts[objects.structure]
        (self._top,) = map(int, _REFERENCE.findall(_entry(root, b"/K")))
        self._parents = texts[int(_REFERENCE.findall(_entry(root, b"/ParentTree"))[0])]
        ids = _REFERENCE.findall(_entry(root, b"/IDTree"))
        self._ids = texts[int(ids[0])] if ids else b""
        links = [int(each) for page in objects.pages for each in _REFERENCE.findall(_entry(texts[page], b"/Annots"))]
        elements = [number for number, text in sorted(texts.items()) if b"/Type /StructElem" in text]
        self._own = [*objects.pages, *links, *elements]
        self._count = len(self._own) + 1 + bool(ids)
        self._keys = len(objects.pages) + len(links)
        self._places = {number: place for place, number in enumerate(self._own)}
        after = self._count + self._keys
        self._places |= {number: after + index for index, number in enumerate(stamps)}
        node = after + len(stamps)
        self._places |= {number: node for number, text in texts.items() if b"/Type /Pages" in text}
        self._places[objects.structure] = node + 1
        self._serial = node + 2
        self._fills: list[int] = []
        self._shared: set[int] = set()

    def form(self) -> Form:
        texts = []
        for number in self._own:
            text = self._objects.texts[number]
            if number == self._top:
                # The document is that of the whole file.
                text = text.replace(b"/S /Document", b"/S /Sect")
            texts.append(self._formed(text))
        ends = (self._count, self._count + self._keys - 1)
        texts.append(self._leaf(self._parents, ends, b"%d", b"%d"))
        if self._ids:
            names = [token for token in _TOKEN.findall(self._ids) if _is_string(token)]
            texts.append(
                self._leaf(self._ids, (self._serial, self._serial), _ID % _name(names[0]), _ID % _name(names[-1]))
            )
        return Form(
            text=_END.join(texts),
            fills=tuple(self._fills),
            count=self._count,
            keys=self._keys,
            pages=tuple(range(len(self._objects.pages))),
            top=self._places[self._top],
            parents=len(self._own),
            ids=len(self._own) + 1 if self._ids else -1,
            shared=frozenset(self._shared),
        )

    def _leaf(self, text: bytes, ends: tuple[int, int], least: bytes, greatest: bytes) -> bytes:
        """Return a leaf of a tree, with its least and its greatest key first (ISO 32000-1, 7.9.6 and 7.9.7)."""
        self._fills += ends
        return b"<</Limits[%b %b]%b" % (least, greatest, self._formed(text).removeprefix(b"<<"))

    def _formed(self, text: bytes) -> bytes:
        """Return the text of an object with `%d` for what differs from copy to copy."""
        out, last, depth = [], b"", 0
        for token in _TOKEN.findall(text):
            depth += {b"[": 1, b"]": -1}.get(token, 0)
            if token.startswith(b"/"):
                last = token
            out.append(self._token(token, last, depth))
        return b" ".join(out)

    def _token(self, token: bytes, last: bytes, depth: int) -> bytes:
        if reference := _REFERENCE.fullmatch(token):
            number = int(reference[1])
            if number not in self._places:
                self._shared.add(number)
                return token
            self._fills.append(self._places[number])
            return b"%d 0 R"
        if token.isdigit() and (last in _KEYS or (last == b"/Nums" and depth == 1)):
            self._fills.append(self._count + int(token))
            return b"%d"
        if _is_string(token):
            if last in _IDS:
                self._fills.append(self._serial)
                return _ID % _name(token)
            if last == _DESTINATION:
                return self._formed(self._objects.destinations[token])
        return token.replace(b"%", b"%%")


def _is_string(token: bytes) -> bool:
    return token.startswith((b"(", b"<")) and token != b"<<"


def _name(token: bytes) -> bytes:
    """Return the name in a string as it goes into a form: digits of hexadecimal ones stay digits."""
    return token[1:-1].replace(b"%", b"%%")


def _entry(text: bytes, key: bytes) -> bytes:
    """Return what an object has under a key: a reference, an array of them, or nothing."""
    found = re.search(rb"%b (\[.*?\]|\d+ \d+ R)" % re.escape(key), text)
    return found[1] if found else b""
