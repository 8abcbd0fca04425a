"""A paper laid out once and stamped for many: every copy is a PDF of its own, written straight.

What copies share is written once, as bytes that each of them begins with: pages, tags, faces. After it come what is a
copy's own: the text in its slots, its metadata with its seal, and the table of where everything is. So of a copy only
a few kB are made, and its hash is taken on from the hash of what it begins with.

ISO 32000-1, 7.5.7 and 7.5.8 (object and cross-reference streams), 9.7 (composite fonts), 9.10 (ToUnicode), 14.6 and
14.8.2.2 (marked content and artifacts), 14.9.4 (ActualText); ISO 19005-3, 6.2.11; ISO 14289-1, 7.21.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import accumulate

from nkru_brief import pdfobjects, seal, xmp
from nkru_brief.fonts import Program, program
from nkru_brief.shaping import Glyph, Shaper
from nkru_brief.sheet import Face, Slot

HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
# A line too wide for its slot is set smaller, but no smaller than this part of its size.
SMALLEST = 0.8
_EM = 1000


class TooWideError(ValueError):
    """A line does not fit its slot; `most` is the part of it that would."""

    def __init__(self, text: str, most: float) -> None:
        self.text, self.most = text, most
        super().__init__(text, most)


class Cuts:
    """The glyphs that lines use of each face, and what each stands for; then the faces cut down to them, once."""

    def __init__(self) -> None:
        self._used: dict[str, dict[int, str]] = {}
        self._faces: dict[str, Face] = {}
        self.programs: dict[str, Program] = {}
        self.names: dict[str, str] = {}

    def count(self, face: Face, glyph: Glyph) -> None:
        """Note that a line uses a glyph."""
        if face.digest not in self._faces:
            self._faces[face.digest] = face
            self._used[face.digest] = {}
            self.names[face.digest] = f"Copy{len(self.names)}"
        self._used[face.digest].setdefault(glyph.number, glyph.letters)

    def letters(self, face: Face, glyph: Glyph) -> str:
        """Return what a reader of the file takes a glyph for."""
        return self._used[face.digest][glyph.number]

    def cut(self) -> None:
        """Cut every face down to what was counted."""
        self.programs = {digest: program(face.data, self._used[digest]) for digest, face in self._faces.items()}

    def objects(self, first: int) -> tuple[dict[str, int], dict[int, bytes], dict[int, tuple[bytes, bytes]]]:
        """Return the faces as fonts of a PDF, with numbers from `first` on.

        Returns:
            The number of each font by the name pages call it; the objects; and the streams, dictionary and data.
        """
        fonts: dict[str, int] = {}
        texts: dict[int, bytes] = {}
        streams: dict[int, tuple[bytes, bytes]] = {}
        for index, (digest, cut) in enumerate(self.programs.items()):
            top, inner, descriptor, file, unicode = range(first + 5 * index, first + 5 * index + 5)
            fonts[self.names[digest]] = top
            tag = "".join(chr(65 + int(digit, 16)) for digit in hashlib.sha256(cut.data).hexdigest()[:6])
            name = f"{tag}+{cut.name}"
            texts[top] = (
                f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H"
                f"/DescendantFonts[{inner} 0 R]/ToUnicode {unicode} 0 R>>"
            ).encode()
            kind = "/CIDFontType0" if cut.compact else "/CIDFontType2/CIDToGIDMap/Identity"
            widths = " ".join(f"{new}[{_number(width * _EM)}]" for new, width in sorted(cut.widths.items()))
            texts[inner] = (
                f"<</Type/Font/Subtype{kind}/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
                f"/Supplement 0>>/FontDescriptor {descriptor} 0 R/DW 0/W[{widths}]>>"
            ).encode()
            box = " ".join(_number(each * _EM) for each in cut.box)
            texts[descriptor] = (
                f"<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{box}]/ItalicAngle 0"
                f"/Ascent {_number(cut.ascent * _EM)}/Descent {_number(cut.descent * _EM)}"
                f"/CapHeight {_number(cut.ascent * _EM)}/StemV 80/{'FontFile3' if cut.compact else 'FontFile2'} "
                f"{file} 0 R>>"
            ).encode()
            kind = "/Subtype/OpenType" if cut.compact else f"/Length1 {len(cut.data)}"
            streams[file] = (f"<</Filter/FlateDecode{kind}>>".encode(), zlib.compress(cut.data, 9))
            used = {cut.numbers[old]: letters for old, letters in self._used[digest].items()}
            streams[unicode] = (b"<</Filter/FlateDecode>>", zlib.compress(_to_unicode(used), 9))
        return fonts, texts, streams


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _to_unicode(letters: dict[int, str]) -> bytes:
    """Return a CMap from glyphs to letters (Adobe Technical Note 5411)."""
    lines = [f"<{new:04x}> <{text.encode('utf-16-be').hex()}>" for new, text in sorted(letters.items())]
    blocks = (lines[at : at + 100] for at in range(0, len(lines), 100))
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{body}\nendcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode("ascii")


class Style:
    """How lines are set: the shaper of their faces, and the cuts of all faces."""

    def __init__(self, shaper: Shaper, cuts: Cuts) -> None:
        self.shaper, self.cuts = shaper, cuts
        # What was counted is set later, as it was shaped then: a glyph is one object, so a line is little.
        self._lines: dict[str, tuple[Glyph, ...]] = {}

    def _glyphs(self, text: str) -> tuple[Glyph, ...]:
        if text not in self._lines:
            self._lines[text] = tuple(self.shaper.shape(text))
        return self._lines[text]

    def count(self, text: str, size: float, width: float) -> None:
        """Note what a line needs.

        Raises:
            MissingGlyphError: no face has one of its characters.
            TooWideError: it is too wide, even at the smallest size.
        """
        glyphs = self._glyphs(text)
        for glyph in glyphs:
            self.cuts.count(self.shaper.faces[glyph.face], glyph)
        taken = sum(glyph.advance for glyph in glyphs) * size * SMALLEST
        if taken > width:
            raise TooWideError(text, width / taken)

    def operators(self, text: str, size: float, x: float, y: float, width: float, align: str) -> str:
        """Return the operators that draw a line, once the faces are cut; its colour is set before."""
        glyphs = self._glyphs(text)
        length = sum(glyph.advance for glyph in glyphs)
        if length * size > width:
            size = width / length
        start = x + {"left": 0.0, "center": 0.5, "right": 1.0}[align] * (width - length * size)
        drawn = f"BT 1 0 0 1 {_number(start)} {_number(y)} Tm {self._shown(glyphs, size)}ET"
        read = "".join(self.cuts.letters(self.shaper.faces[glyph.face], glyph) for glyph in glyphs)
        if read != text:
            said = (b"\xfe\xff" + text.encode("utf-16-be")).hex()
            drawn = f"/Span<</ActualText<{said}>>>BDC {drawn} EMC"
        return drawn

    def _shown(self, glyphs: Sequence[Glyph], size: float) -> str:
        pieces: list[str] = []
        face, rise, row = -1, 0.0, ""
        for glyph in glyphs:
            if glyph.face != face or glyph.y != rise:
                pieces.append(f"[{row}]TJ ") if row else None
                row = ""
            if glyph.face != face:
                face = glyph.face
                pieces.append(f"/{self.cuts.names[self.shaper.faces[face].digest]} {_number(size)} Tf ")
            if glyph.y != rise:
                rise = glyph.y
                pieces.append(f"{_number(rise * size)} Ts ")
            cut = self.cuts.programs[self.shaper.faces[face].digest]
            new = cut.numbers[glyph.number]
            before, after = round(-glyph.x * _EM), round((cut.widths[new] - glyph.advance + glyph.x) * _EM)
            row += (f"{before}" if before else "") + f"<{new:04x}>" + (f"{after}" if after else "")
        pieces.append(f"[{row}]TJ ")
        if rise:
            pieces.append("0 Ts ")
        return "".join(pieces)


class Base:
    """What all copies of a paper begin with, and where in it everything stands."""

    def __init__(self, data: bytes, slots: Sequence[Slot], cuts: Cuts) -> None:
        top = pdfobjects.highest(data)
        fonts, texts, streams = cuts.objects(top + 1)
        before = top + 1 + 5 * len(fonts)
        streams[before] = (b"<<>>", b"q")
        self.slots = tuple(slots)
        self.stamped = tuple(sorted({slot.page for slot in slots}))
        self.first = before + 1
        numbers = {page: self.first + index for index, page in enumerate(self.stamped)}
        self.metadata = self.first + len(numbers)
        added = pdfobjects.Added(fonts, before, numbers, self.metadata)
        self.objects = pdfobjects.with_stamps(data, added)
        self.packet = self.objects.packet
        texts |= {n: text for n, text in self.objects.texts.items() if n not in self.objects.streams}
        streams |= {n: (self.objects.texts[n], raw) for n, raw in self.objects.streams.items()}
        self.texts, self.streams = texts, streams

    def written(self) -> "Shared":
        """Return the bytes that every copy begins with."""
        parts, offset, where = [HEADER], len(HEADER), {}
        for number in sorted(self.streams):
            where[number] = (1, offset, 0)
            parts.append(stream_object(number, *self.streams[number]))
            offset += len(parts[-1])
        holder = self.metadata + 1
        where[holder] = (1, offset, 0)
        where |= {number: (2, holder, index) for index, number in enumerate(sorted(self.texts))}
        parts.append(object_stream(holder, [(number, self.texts[number]) for number in sorted(self.texts)]))
        return Shared(self, b"".join(parts), where, holder)


def stream_object(number: int, entries: bytes, data: bytes) -> bytes:
    """Return a stream as it stands in a file, its length in its dictionary."""
    if b"/Length " not in entries:
        entries = entries[:-2] + b"/Length %d>>" % len(data)
    return b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (number, entries, data)


def object_stream(number: int, objects: Sequence[tuple[int, bytes]], level: int = 9) -> bytes:
    """Return objects packed into a stream (ISO 32000-1, 7.5.7), by zlib's level: less takes less time."""
    offsets = accumulate((len(text) + 1 for _, text in objects), initial=0)
    index = b" ".join(b"%d %d" % (held, offset) for (held, _), offset in zip(objects, offsets, strict=False))
    body = b"\n".join(text for _, text in objects)
    entries = b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode>>" % (len(objects), len(index) + 1)
    return stream_object(number, entries, zlib.compress(index + b"\n" + body, level))


class Shared:
    """The bytes that copies begin with, with their hash and what the table says of them."""

    def __init__(self, base: Base, data: bytes, where: dict[int, tuple[int, int, int]], holder: int) -> None:
        self.base, self.data = base, data
        self._hash = hashlib.sha256(data)
        self._number = hashlib.sha256(data).hexdigest()[:32]
        self._table = holder + 1
        row = struct.Struct(">BIH").pack
        own = range(base.first, base.metadata + 1)
        nothing = (0, 0, 0xFFFF)
        self._below = b"".join(row(*where.get(number, nothing)) for number in range(own.start))
        self._above = row(*where[holder])
        self._row = row

    def copy(self, texts: Sequence[str], styles: Sequence[Style], number: str, recipient: str) -> bytes:
        """Return what a copy has of its own, sealed; the file is `data` and then that.

        Args:
            texts: the text of each slot.
            styles: how each slot is set.
            number: of the copy, in words: `7 of 120`.
            recipient: whom it is for.
        """
        base = self.base
        head, tail = xmp.of_copy(base.packet, number, recipient)
        contents = stamps(base, texts, styles)
        parts, rows, offset = [], [], len(self.data)
        for index, content in enumerate(contents):
            parts.append(stream_object(base.first + index, b"<<>>", content))
            rows.append(self._row(1, offset, 0))
            offset += len(parts[-1])
        entries = b"<</Type/Metadata/Subtype/XML>>"
        parts.append(stream_object(base.metadata, entries, head + tail))
        rows.append(self._row(1, offset, 0))
        offset += len(parts[-1])
        table = b"".join([self._below, *rows, self._above, self._row(1, offset, 0)])
        body = b"".join(parts)
        own = hashlib.md5(body, usedforsecurity=False).hexdigest()
        identity = f"/ID[<{self._number}><{own}>]"
        info = f"/Info {base.objects.info} 0 R" if base.objects.info else ""
        trailer = (
            f"<</Type/XRef/Size {self._table + 1}/W[1 4 2]/Root {base.objects.catalog} 0 R{info}{identity}"
            f"/Length {len(table)}>>"
        ).encode()
        body += b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
            *(self._table, trailer, table),
            offset,
        )
        return self._sealed(body)

    def _sealed(self, body: bytes) -> bytes:
        """Return the end of a file with the seal over the whole of it filled in (see `seal`)."""
        whole = self._hash.copy()
        whole.update(body)
        slot = b"<brief:seal>" + seal.EMPTY.encode()
        return body.replace(slot, b"<brief:seal>" + whole.hexdigest().encode(), 1)


def stamps(base: Base, texts: Sequence[str], styles: Sequence[Style]) -> Iterator[bytes]:
    """Yield the content that is stamped on each page that has a slot, in the order of pages."""
    lines: dict[tuple[object, ...], str] = {}
    for page in base.stamped:
        content = "Q\n"
        for slot, text, style in zip(base.slots, texts, styles, strict=True):
            if slot.page == page:
                # A running line is set once for all its pages.
                at = (text, slot.size, slot.x, slot.y, slot.width, slot.align)
                if (style, *at) not in lines:
                    lines[style, *at] = style.operators(*at) if text else ""
                content += _marked(slot, lines[style, *at])
        yield content.encode("ascii")


def _marked(slot: Slot, line: str) -> str:
    """Return what is drawn in a slot, marked as what it is: content of the tree, or an artifact."""
    if slot.mcid is not None:
        mark = f"/{slot.tag}<</MCID {slot.mcid}>>BDC"
    else:
        mark = f"/Artifact<</Type/Pagination/Subtype/{'Footer' if slot.foot else 'Header'}>>BDC"
    colour = " ".join(map(_number, slot.colour))
    return f"{mark} q {colour} rg {line} Q EMC\n" if line else f"{mark} EMC\n"


def one_page(cuts: Cuts, content: bytes, size: tuple[float, float], *, empty: int = 0) -> bytes:
    """Return a PDF of one page and as many empty ones, set in faces that are cut; to be put into another file."""
    fonts, texts, streams = cuts.objects(1)
    root = 1 + 5 * len(fonts)
    named = "".join(f"/{name} {number} 0 R" for name, number in fonts.items())
    page = f"<</Type/Page/Parent {root + 1} 0 R/MediaBox[0 0 {size[0]:.3f} {size[1]:.3f}]/Resources"
    kids = range(root + 3, root + 4 + empty)
    texts[root] = f"<</Type/Catalog/Pages {root + 1} 0 R>>".encode()
    texts[root + 1] = f"<</Type/Pages/Kids[{' '.join(f'{k} 0 R' for k in kids)}]/Count {len(kids)}>>".encode()
    streams[root + 2] = (b"<<>>", content)
    texts |= dict.fromkeys(kids, f"{page}<<>>>>".encode())
    texts[kids[0]] = f"{page}<</Font<<{named}>>>>/Contents {root + 2} 0 R>>".encode()
    body, where = HEADER, {}
    for number in sorted({*texts, *streams}):
        where[number] = len(body)
        body += (
            stream_object(number, *streams[number])
            if number in streams
            else b"%d 0 obj\n%b\nendobj\n" % (number, texts[number])
        )
    table = b"".join(b"%010d 00000 n \n" % where[number] for number in sorted(where))
    trailer = b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(where) + 1, root, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % (len(where) + 1) + table + trailer
