"""All copies of a paper in one file for a print shop, parted by separator sheets, so that the paper is in it once.

It claims what the paper claims. Contents, faces and pictures are shared; of pages, links and tags each copy has its own
(see `pdfcopies`), under an element of its own, and so is a listener led from copy to copy as one who leafs. Each copy
begins on the front of a sheet: where a separator sheet or a copy ends on a front, an empty page follows.

ISO 32000-1, 7.5.7 and 7.5.8 (object and cross-reference streams), 12.3.3 (outline), 14.7.2 (structure).
"""

import hashlib
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from nkru_brief import xmp
from nkru_brief.pdfcopies import form_of
from nkru_brief.seal import EMPTY
from nkru_brief.shaping import SEPARATOR
from nkru_brief.stamping import HEADER, Base, Style, object_stream, stamps, stream_object

# More objects than these no file of PDF/A has (ISO 19005-3, 6.1.13).
_MOST_OBJECTS = 8_388_607
_REFERENCE = re.compile(rb"(\d+) 0 R")
# Copies under one node of the page tree.
_GROUP = 64
# Objects in one stream, of those that are not a copy's.
_PACKED = 200
# How hard zlib packs them: 9 takes a second more for a thousand copies, for a fiftieth less.
_LEVEL = 6
# A separator's lines: their size and how far each stands below the one before, in pt.
_SIZES = ((30, 0), (20, 44), (14, 28), (10, 44), (10, 16), (10, 16))
_MARGIN = 72
_ROW = struct.Struct(">BBIH")
_FREE = _ROW.pack(0, 0, 0, 0xFFFF)


class Printed(NamedTuple):
    """One copy in the file: the text of each slot, and the lines of its separator sheet."""

    texts: Sequence[str]
    lines: Sequence[str]


class _Leaves(NamedTuple):
    """What the trees of a file say of each copy: where its pages, its elements and its bookmark lead."""

    parts: list[int]
    parents: list[int]
    ids: list[int]
    bookmarks: list[tuple[str, int]]


class PrintFile:
    """Writes the file part by part: what is in memory of a copy is a few numbers and its bookmark."""

    def __init__(self, base: Base, styles: Sequence[Style], separator: Style) -> None:
        self._base, self._styles, self._separator = base, styles, separator
        self._form = form_of(base.objects, tuple(base.first + index for index in range(len(base.stamped))))
        self._table = bytearray()
        self._offset = 0
        self._next = base.metadata + 2
        self._hash = hashlib.sha256()
        # The roots of the tags: of all, and the document.
        self._structure, self._document = self._numbers(2)
        self._leaves = _Leaves([], [], [], [])

    @property
    def most(self) -> int:
        """How many copies a file holds."""
        # Beside its form: pages, nodes, a bookmark, elements, streams.
        return (_MOST_OBJECTS - self._next) // (self._form.count + len(self._base.stamped) + 20)

    @property
    def per_copy(self) -> int:
        """The pages that a copy takes, with its separator sheet."""
        pages = len(self._base.objects.pages)
        return 2 + pages + pages % 2

    def parts(self, copies: Iterable[Printed]) -> Iterator[bytes]:
        """Yield the file: what its copies share, each copy, the trees and the table of where all is."""
        yield self._took(HEADER)
        yield from self._shared()
        groups: list[tuple[int, int]] = []
        nodes: list[int] = []
        group, root = self._numbers(2)
        for copy in copies:
            if len(nodes) == _GROUP:
                yield self._group(group, root, nodes, groups)
                (group,), nodes = self._numbers(1), []
            (node,) = self._numbers(1)
            yield from self._copy(copy, node, group)
            nodes.append(node)
        yield self._group(group, root, nodes, groups)
        count = sum(pages for _, pages in groups)
        kids = _listed(number for number, _ in groups)
        yield from self._packed([(root, b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, count))])
        yield from self._tags()
        yield from self._end(root)

    # ---- what is written ----

    def _took(self, part: bytes) -> bytes:
        self._offset += len(part)
        self._hash.update(part)
        return part

    def _numbers(self, count: int) -> range:
        self._next += count
        return range(self._next - count, self._next)

    def _place(self, number: int, kind: int, at: int, index: int) -> None:
        """Note where an object is: at an offset of the file, or in a stream of objects at a place."""
        end = (number + 1) * _ROW.size
        if len(self._table) < end:
            self._table += _FREE * ((end - len(self._table)) // _ROW.size)
        self._table[end - _ROW.size : end] = _ROW.pack(kind, at >> 32, at & 0xFFFFFFFF, index)

    def _stream(self, number: int, entries: bytes, data: bytes) -> bytes:
        self._place(number, 1, self._offset, 0)
        return self._took(stream_object(number, entries, data))

    def _drawn(self, number: int, content: bytes) -> bytes:
        return self._stream(number, b"<</Filter/FlateDecode>>", zlib.compress(content))

    def _packed(self, objects: Sequence[tuple[int, bytes]], most: int = _PACKED) -> Iterator[bytes]:
        """Yield objects in streams of so many at most."""
        for start in range(0, len(objects), most):
            (holder,) = self._numbers(1)
            held = objects[start : start + most]
            for index, (number, _) in enumerate(held):
                self._place(number, 2, holder, index)
            self._place(holder, 1, self._offset, 0)
            yield self._took(object_stream(holder, held, _LEVEL))

    # ---- what copies share ----

    def _shared(self) -> Iterator[bytes]:
        """Yield the objects that copies refer to: contents, faces, pictures and colours."""
        base, objects = self._base, self._base.objects
        wanted: set[int] = set()
        found = [_listed((objects.info, *sorted(self._form.shared))), *objects.resources, objects.intents]
        while found:
            for reference in _REFERENCE.findall(found.pop()):
                number = int(reference)
                if number not in wanted:
                    wanted.add(number)
                    entries = base.streams[number][0] if number in base.streams else base.texts.get(number, b"")
                    found.append(entries)
        for number in sorted(wanted & base.streams.keys()):
            yield self._stream(number, *base.streams[number])
        yield from self._packed([(number, base.texts[number]) for number in sorted(wanted & base.texts.keys())])

    # ---- a copy ----

    def _copy(self, copy: Printed, node: int, group: int) -> Iterator[bytes]:
        form, objects, leaves = self._form, self._base.objects, self._leaves
        serial = len(leaves.parts) + 1
        part, section, front, content, back, last, heads = self._numbers(7)
        streams = self._numbers(len(self._base.stamped))
        first = self._numbers(form.count).start
        lines = [line for line in copy.lines if line]
        elements = self._numbers(len(lines))
        # Its keys in the parent tree: those of its form, then that of its separator.
        key = (serial - 1) * (form.keys + 1)
        own = form.filled(first, key, tuple(streams), node, part, serial)
        yield self._drawn(content, self._sheet(copy.lines))
        for number, stamp in zip(streams, stamps(self._base, copy.texts, self._styles), strict=True):
            yield self._drawn(number, stamp)
        width, height = objects.sizes[0]
        blank = f"<</Type/Page/Parent {node} 0 R/MediaBox[0 0 {width:.6f} {height:.6f}]/Resources".encode()
        sheet = b"/Contents %d 0 R/StructParents %d>>" % (content, key + form.keys)
        pages = [front, back, *(first + place for place in form.pages), *([last] if len(form.pages) % 2 else [])]
        title = SEPARATOR.join(filter(None, copy.lines[:3]))
        held = [
            # The faces are among the resources of every page.
            (front, blank + b" " + objects.resources[0] + sheet),
            (back, blank + b"<<>>>>"),
            (node, b"<</Type/Pages/Parent %d 0 R/Kids[%b]/Count %d>>" % (group, _listed(pages), len(pages))),
            (
                part,
                _element("Part", self._document, b"/T%b/K[%d 0 R %d 0 R]" % (_text(title), section, first + form.top)),
            ),
            (section, _element("Sect", part, b"/K[%b]" % _listed(elements))),
            (heads, b"<</Limits[%d %d]/Nums[%d[%b]]>>" % (*(key + form.keys,) * 3, _listed(elements))),
        ]
        held += [(last, blank + b"<<>>>>")] if len(form.pages) % 2 else []
        for mcid, number in enumerate(elements):
            held.append((number, _element("P" if mcid else "H1", section, b"/Pg %d 0 R/K %d" % (front, mcid))))
        held += enumerate(own, first)
        yield from self._packed(held, len(held))
        leaves.parts.append(part)
        leaves.parents.extend((first + form.parents, heads))
        leaves.ids.append(first + form.ids)
        leaves.bookmarks.append((title, front))

    def _sheet(self, lines: Sequence[str]) -> bytes:
        """Return the content of a separator sheet: its first line is a heading, the others are paragraphs."""
        width, height = self._base.objects.sizes[0]
        y, content, mcid = height - 3 * _MARGIN, "0 g\n", 0
        for line, (size, down) in zip(lines, _SIZES, strict=True):
            y -= down
            if line:
                drawn = self._separator.operators(line, size, _MARGIN, y, width - 2 * _MARGIN, "left")
                content += f"/{'P' if mcid else 'H1'}<</MCID {mcid}>>BDC {drawn} EMC\n"
                mcid += 1
        return content.encode("ascii")

    def _group(self, number: int, root: int, nodes: list[int], groups: list[tuple[int, int]]) -> bytes:
        pages = len(nodes) * self.per_copy
        groups.append((number, pages))
        text = b"<</Type/Pages/Parent %d 0 R/Kids[%b]/Count %d>>" % (root, _listed(nodes), pages)
        return b"".join(self._packed([(number, text)]))

    # ---- the trees ----

    def _tags(self) -> Iterator[bytes]:
        """Yield the roots of the tags, and of the trees that lead to them."""
        form, leaves = self._form, self._leaves
        parents, ids = self._numbers(2)
        root = b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R/ParentTreeNextKey %d" % (
            *(self._document, parents),
            len(leaves.parts) * (form.keys + 1),
        )
        held = [
            (self._document, _element("Document", self._structure, b"/K[%b]" % _listed(leaves.parts))),
            (parents, b"<</Kids[%b]>>" % _listed(leaves.parents)),
        ]
        if form.ids >= 0:
            root += b"/IDTree %d 0 R" % ids
            held.append((ids, b"<</Kids[%b]>>" % _listed(leaves.ids)))
        yield from self._packed([(self._structure, root + b">>"), *held])

    def _outline(self) -> tuple[int, list[tuple[int, bytes]]]:
        """Return the outline: its number, and its objects, a bookmark for each copy."""
        bookmarks = self._leaves.bookmarks
        root, *numbers = self._numbers(1 + len(bookmarks))
        ends = (numbers[0], numbers[-1], len(numbers))
        held = [(root, b"<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % ends)]
        for index, (number, (title, page)) in enumerate(zip(numbers, bookmarks, strict=True)):
            text = b"<</Title%b/Parent %d 0 R/Dest[%d 0 R/Fit]" % (_text(title), root, page)
            text += b"/Prev %d 0 R" % numbers[index - 1] if index else b""
            text += b"/Next %d 0 R" % numbers[index + 1] if index + 1 < len(numbers) else b""
            held.append((number, text + b">>"))
        return root, held

    def _end(self, root: int) -> Iterator[bytes]:
        base, objects = self._base, self._base.objects
        head, tail = xmp.of_copy(base.packet, "", "")
        # It has no seal: what would be sealed has no evidence in it to be held against.
        packet = (head + tail).replace(b"<brief:seal>%b</brief:seal>\n   " % EMPTY.encode(), b"")
        yield self._stream(base.metadata, b"<</Type/Metadata/Subtype/XML>>", packet)
        outline, held = self._outline()
        (catalog,) = self._numbers(1)
        text = (
            f"<</Type/Catalog/Pages {root} 0 R/Metadata {base.metadata} 0 R/StructTreeRoot {self._structure} 0 R"
            f"/Outlines {outline} 0 R/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true>>/Lang "
        ).encode()
        text += objects.language + b"/OutputIntents " + objects.intents + b">>"
        yield from self._packed([(catalog, text), *held])
        (table,) = self._numbers(1)
        self._place(table, 1, self._offset, 0)
        start, identity = self._offset, self._hash.hexdigest()[:32]
        entries = (
            f"<</Type/XRef/Size {table + 1}/W[1 5 2]/Root {catalog} 0 R/Info {objects.info} 0 R"
            f"/ID[<{identity}><{identity}>]/Filter/FlateDecode>>"
        ).encode()
        yield stream_object(table, entries, zlib.compress(self._table)) + b"startxref\n%d\n%%%%EOF\n" % start


def _listed(numbers: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _element(kind: str, parent: int, rest: bytes) -> bytes:
    return b"<</Type/StructElem/S/%b/P %d 0 R%b>>" % (kind.encode(), parent, rest)


def _text(text: str) -> bytes:
    return b"<%b>" % (b"\xfe\xff" + text.encode("utf-16-be")).hex().encode()


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
