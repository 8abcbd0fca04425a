"""All copies of a paper in one file for a print shop, parted by separator sheets, so that the paper is in it once.

A print shop prints and cuts; nobody reads this file aloud, and its tags would be as many as its copies. It has none, so
it claims PDF/A-3u and no PDF/UA. Each copy begins on the front of a sheet: where a separator sheet or a copy ends on a
front, an empty page follows.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from nkru_brief import xmp
from nkru_brief.seal import EMPTY
from nkru_brief.stamping import HEADER, Base, Style, object_stream, stamps, stream_object

_REFERENCE = re.compile(rb"(\d+) 0 R")
# Copies under one node of the page tree.
_GROUP = 64
# A separator's lines: their size and how far each stands below the one before, in pt.
_SIZES = ((30, 0), (20, 44), (14, 28), (10, 44), (10, 16), (10, 16))
_MARGIN = 72


class Printed(NamedTuple):
    """One copy in the file: the text of each slot, and the lines of its separator sheet."""

    texts: Sequence[str]
    lines: Sequence[str]


class PrintFile:
    """Writes the file part by part: what is in memory at a time does not grow with the pages of its copies."""

    def __init__(self, base: Base, styles: Sequence[Style], separator: Style) -> None:
        self._base, self._styles, self._separator = base, styles, separator
        self._where: dict[int, tuple[int, int, int]] = {}
        self._offset = 0
        self._next = base.metadata + 2
        self._hash = hashlib.sha256()

    def parts(self, copies: Iterable[Printed]) -> Iterator[bytes]:
        """Yield the file: what its copies share, each copy, the tree of pages and the table of where all is."""
        yield self._took(HEADER)
        yield from self._shared()
        groups: list[tuple[int, int]] = []
        nodes: list[int] = []
        group = self._number()
        root = self._number()
        for copy in copies:
            if len(nodes) == _GROUP:
                yield self._group(group, root, nodes, groups)
                group, nodes = self._number(), []
            node = self._number()
            yield from self._copy(copy, node, group)
            nodes.append(node)
        yield self._group(group, root, nodes, groups)
        kids = " ".join(f"{number} 0 R" for number, _ in groups)
        count = sum(pages for _, pages in groups)
        yield self._plain(root, f"<</Type/Pages/Kids[{kids}]/Count {count}>>".encode())
        yield from self._end(root)

    @property
    def per_copy(self) -> int:
        """The pages that a copy takes, with its separator sheet."""
        pages = len(self._base.objects.pages)
        return 2 + pages + pages % 2

    def _took(self, part: bytes) -> bytes:
        self._offset += len(part)
        self._hash.update(part)
        return part

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    def _plain(self, number: int, text: bytes) -> bytes:
        self._where[number] = (1, self._offset, 0)
        return self._took(b"%d 0 obj\n%b\nendobj\n" % (number, text))

    def _stream(self, number: int, entries: bytes, data: bytes) -> bytes:
        self._where[number] = (1, self._offset, 0)
        return self._took(stream_object(number, entries, data))

    def _shared(self) -> Iterator[bytes]:
        """Yield the objects that pages need: their contents, faces, pictures and colours, and none of their tags."""
        base, objects = self._base, self._base.objects
        wanted = {objects.info}
        found = [*objects.resources, *objects.contents, objects.intents, b"%d 0 R" % (base.first - 1)]
        while found:
            for reference in _REFERENCE.findall(found.pop()):
                number = int(reference)
                if number not in wanted:
                    wanted.add(number)
                    entries = base.streams[number][0] if number in base.streams else base.texts.get(number, b"")
                    found.append(entries)
        for number in sorted(wanted & base.streams.keys()):
            yield self._stream(number, *base.streams[number])
        held = [(number, base.texts[number]) for number in sorted(wanted & base.texts.keys())]
        holder = base.metadata + 1
        self._where |= {number: (2, holder, index) for index, (number, _) in enumerate(held)}
        self._where[holder] = (1, self._offset, 0)
        yield self._took(object_stream(holder, held))

    def _copy(self, copy: Printed, node: int, group: int) -> Iterator[bytes]:
        base, objects = self._base, self._base.objects
        width, height = objects.sizes[0]
        kids = []
        front = self._number()
        yield self._stream(front, b"<<>>", self._sheet(copy.lines, height, width - 2 * _MARGIN))
        # The faces are among the resources of every page.
        kids.append((self._number(), (width, height), objects.resources[0], b"%d 0 R" % front))
        kids.append((self._number(), (width, height), b"<<>>", b""))
        stamped = dict(zip(base.stamped, stamps(base, copy.texts, self._styles), strict=True))
        for page, (size, resources, contents) in enumerate(
            zip(objects.sizes, objects.resources, objects.contents, strict=True)
        ):
            drawn = contents
            if page in stamped:
                number = self._number()
                yield self._stream(number, b"<<>>", stamped[page])
                drawn = b"[%d 0 R %b %d 0 R]" % (base.first - 1, contents, number)
            kids.append((self._number(), size, resources, drawn))
        if len(objects.pages) % 2:
            kids.append((self._number(), (width, height), b"<<>>", b""))
        for number, (wide, high), resources, contents in kids:
            box = f"[0 0 {wide:.6f} {high:.6f}]"
            text = f"<</Type/Page/Parent {node} 0 R/MediaBox{box}/TrimBox{box}/Resources ".encode() + resources
            yield self._plain(number, text + (b"/Contents " + contents if contents else b"") + b">>")
        listed = " ".join(f"{number} 0 R" for number, *_ in kids)
        yield self._plain(node, f"<</Type/Pages/Parent {group} 0 R/Kids[{listed}]/Count {len(kids)}>>".encode())

    def _sheet(self, lines: Sequence[str], height: float, width: float) -> bytes:
        y, content = height - 3 * _MARGIN, "0 g\n"
        for line, (size, down) in zip(lines, _SIZES, strict=True):
            y -= down
            if line:
                content += self._separator.operators(line, size, _MARGIN, y, width, "left") + "\n"
        return content.encode("ascii")

    def _group(self, number: int, root: int, nodes: list[int], groups: list[tuple[int, int]]) -> bytes:
        pages = len(nodes) * self.per_copy
        groups.append((number, pages))
        kids = " ".join(f"{node} 0 R" for node in nodes)
        return self._plain(number, f"<</Type/Pages/Parent {root} 0 R/Kids[{kids}]/Count {pages}>>".encode())

    def _end(self, root: int) -> Iterator[bytes]:
        base, objects = self._base, self._base.objects
        head, tail = xmp.of_copy(base.packet, "", "", conformance="U")
        # It has no seal: what would be sealed has no evidence in it to be held against.
        packet = (head + tail).replace(b"<brief:seal>%b</brief:seal>\n   " % EMPTY.encode(), b"")
        yield self._stream(base.metadata, b"<</Type/Metadata/Subtype/XML>>", packet)
        catalog = self._number()
        text = f"<</Type/Catalog/Pages {root} 0 R/Metadata {base.metadata} 0 R/OutputIntents ".encode()
        yield self._plain(catalog, text + objects.intents + b">>")
        table = self._number()
        self._where[table] = (1, self._offset, 0)
        rows = b"".join(
            kind.to_bytes(1, "big") + at.to_bytes(5, "big") + index.to_bytes(2, "big")
            for kind, at, index in (self._where.get(number, (0, 0, 0xFFFF)) for number in range(table + 1))
        )
        start, identity = self._offset, self._hash.hexdigest()[:32]
        entries = (
            f"<</Type/XRef/Size {table + 1}/W[1 5 2]/Root {catalog} 0 R/Info {objects.info} 0 R"
            f"/ID[<{identity}><{identity}>]>>"
        ).encode()
        yield stream_object(table, entries, rows) + b"startxref\n%d\n%%%%EOF\n" % start


def separator_lines(number: str, name: str, organisation: str, *rest: str) -> tuple[str, ...]:
    """Return the lines of a separator sheet: whose copy follows, and of what."""
    lines = (number, name, organisation, *rest)
    return (*lines, *("",) * (len(_SIZES) - len(lines)))


def count_lines(style: Style, lines: Sequence[str], width: float) -> None:
    """Note what a separator sheet needs of its faces, on a page of a width in pt.

    Raises:
        MissingGlyphError: no face has one of its characters.
        TooWideError: a line is too wide.
    """
    for line, (size, _) in zip(lines, _SIZES, strict=True):
        if line:
            style.count(line, size / 3, width - 2 * _MARGIN)
