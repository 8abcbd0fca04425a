"""The door to pikepdf: a finished PDF taken apart into its objects, and pages put on sheets.

Copies are written straight from objects (`stamping`), so that of a thousand copies one is taken apart and none put
together by a library.
"""

import re
from io import BytesIO
from typing import Any, NamedTuple

from nkru_brief.imposition import Plan, Side
from nkru_brief.values import Value


class Objects(Value):
    """A PDF's objects as they stand in a file: by number, the text of each, and the bytes of those that are streams.

    `catalog` and `info` are numbers, and `pages` those of the pages, in order, with their sizes in pt; `packet` is its
    metadata, which is not among the objects. `resources`, `contents` and `intents` are what its pages and its catalog
    refer to, as text, `language` what the catalog says of it; `structure` is the number of the root of its tags, and
    `destinations` are by name, both as text.
    """

    texts: dict[int, bytes]
    streams: dict[int, bytes]
    catalog: int
    info: int
    packet: bytes
    pages: tuple[int, ...]
    sizes: tuple[tuple[float, float], ...]
    resources: tuple[bytes, ...]
    contents: tuple[bytes, ...]
    intents: bytes
    language: bytes
    structure: int
    destinations: dict[bytes, bytes]


class Added(NamedTuple):
    """What is added to the pages of a file: fonts by the name pages call them, and streams of content by page.

    `before` is drawn first on each page, `after` last; both are numbers of objects.
    """

    fonts: dict[str, int]
    before: int
    after: dict[int, int]
    metadata: int


def with_stamps(data: bytes, added: Added) -> Objects:
    """Return the objects of a file with fonts and contents added to its pages, and its metadata elsewhere.

    What is added is not among them: it has numbers above those of the file, and is written by who adds it.

    Raises:
        ValueError: it is not a PDF that can be read.
    """
    import pikepdf

    with _opened(data) as pdf:
        metadata = pdf.Root.Metadata.objgen[0]
        own = tuple(page.obj.Contents.unparse() for page in pdf.pages)
        # Objects that are not there yet are written as text: the file cannot refer to them.
        marks = {}

        def later(number: int) -> Any:  # noqa: ANN401
            marks[f"(later {number})".encode()] = f"{number} 0 R".encode()
            return pikepdf.String(f"later {number}")

        for index, page in enumerate(pdf.pages):
            fonts = page.Resources.get("/Font")
            if fonts is None:
                fonts = page.Resources.Font = pikepdf.Dictionary()
            for name, number in added.fonts.items():
                fonts[f"/{name}"] = later(number)
            if index in added.after:
                contents = page.obj.Contents
                page.obj.Contents = pikepdf.Array([later(added.before), contents, later(added.after[index])])
        pdf.Root.Metadata = later(added.metadata)
        texts, streams = _objects(pdf)
        texts = {number: _referring(text, marks) for number, text in texts.items() if number != metadata}
        boxes = [[float(value) for value in page.mediabox] for page in pdf.pages]
        return Objects(
            texts=texts,
            packet=streams.pop(metadata),
            streams=streams,
            catalog=pdf.Root.objgen[0],
            info=pdf.trailer.Info.objgen[0],
            pages=tuple(page.obj.objgen[0] for page in pdf.pages),
            sizes=tuple((box[2] - box[0], box[3] - box[1]) for box in boxes),
            resources=tuple(page.obj.Resources.unparse() for page in pdf.pages),
            contents=own,
            intents=pdf.Root.OutputIntents.unparse(),
            language=pdf.Root.Lang.unparse(),
            structure=pdf.Root.StructTreeRoot.objgen[0],
            destinations=_destinations(pdf),
        )


def _destinations(pdf: Any) -> dict[bytes, bytes]:  # noqa: ANN401
    import pikepdf

    tree = pdf.Root.get("/Names", {}).get("/Dests")
    named = pikepdf.NameTree(tree).items() if tree is not None else ()
    return {pikepdf.String(name).unparse(): target.unparse() for name, target in named}


def _referring(text: bytes, marks: dict[bytes, bytes]) -> bytes:
    for mark, reference in marks.items():
        text = text.replace(mark, reference)
    return text


def highest(data: bytes) -> int:
    """Return the highest number of an object of a file.

    Raises:
        ValueError: it is not a PDF that can be read.
    """
    with _opened(data) as pdf:
        return max(int(thing.objgen[0]) for thing in pdf.objects)


def _opened(data: bytes) -> Any:  # noqa: ANN401
    import pikepdf

    try:
        return pikepdf.open(BytesIO(data))
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        # It names the file by an address in memory, which says nothing to a reader.
        said = re.sub(r"stream <[^>]*>: ", "", str(error))
        raise ValueError(f"not a PDF that can be read: {said}") from None


def _objects(pdf: Any) -> tuple[dict[int, bytes], dict[int, bytes]]:  # noqa: ANN401
    """Return the text of each object by its number, and the data of those that are streams, as they are packed."""
    import pikepdf

    texts: dict[int, bytes] = {}
    streams: dict[int, bytes] = {}
    for thing in pdf.objects:
        number = thing.objgen[0]
        if isinstance(thing, pikepdf.Stream):
            if thing.get("/Type") not in ("/ObjStm", "/XRef"):
                streams[number] = thing.read_raw_bytes()
                texts[number] = pikepdf.Dictionary(dict(thing.items())).unparse()
        elif thing is not None:
            texts[number] = thing.unparse(resolved=True)
    return texts, streams


# ---- sheets for a print shop ----


class Known(Value):
    """What is known of a PDF whose pages are to be imposed: their sizes in pt as they are seen, and what it is.

    `language` is the code it says it is in, or "".
    """

    sizes: tuple[tuple[float, float], ...]
    title: str
    fingerprint: str
    language: str


_FINGERPRINT = re.compile(rb"<brief:fingerprint>([0-9a-f]{64})</brief:fingerprint>")


def known(data: bytes) -> Known:
    """Return what a PDF says of its pages and of itself.

    Raises:
        ValueError: it is not a PDF that can be read.
    """
    with _opened(data) as pdf:
        sizes = []
        for page in pdf.pages:
            x0, y0, x1, y1 = (float(value) for value in page.trimbox)
            turned = int(page.obj.get("/Rotate", 0)) % 180 != 0
            sizes.append((round(y1 - y0, 2), round(x1 - x0, 2)) if turned else (round(x1 - x0, 2), round(y1 - y0, 2)))
        packet = pdf.Root.Metadata.read_bytes() if "/Metadata" in pdf.Root else b""
        found = _FINGERPRINT.search(packet)
        return Known(
            sizes=tuple(sizes),
            title=str(pdf.docinfo.get("/Title", "")),
            fingerprint=found[1].decode() if found else "",
            language=str(pdf.Root.get("/Lang", "")),
        )


def imposed(data: bytes, plan: Plan, cover: bytes, title: str, packet: bytes) -> bytes:
    """Return sheets with a PDF's pages on them: the same pages give the same bytes.

    Tags, links, bookmarks and what is inside a file do not go along: they are of pages, and sheets are not pages.

    Args:
        data: the PDF.
        plan: where its pages stand.
        cover: a PDF whose pages come first, as they are.
        title: what the file is called.
        packet: its metadata.
    """
    import pikepdf

    buffer = BytesIO()
    with _opened(data) as source, pikepdf.new() as out:
        if cover:
            with _opened(cover) as first:
                out.pages.extend(first.pages)
        forms: dict[int, Any] = {}
        for side in plan.sides:
            for placed in side.pages:
                if placed.page not in forms:
                    forms[placed.page] = _form(source.pages[placed.page], out)
            names = {f"/P{placed.page}": forms[placed.page] for placed in side.pages}
            page = pikepdf.Dictionary(
                Type=pikepdf.Name.Page,
                MediaBox=pikepdf.Array([0, 0, *(_rounded(each) for each in plan.size)]),
                Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(names)),
                Contents=out.make_stream(_content(side, [source.pages[each.page].trimbox for each in side.pages])),
            )
            out.pages.append(pikepdf.Page(out.make_indirect(page)))
        out.docinfo["/Title"] = title
        out.Root.Metadata = out.make_stream(packet, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        out.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True, PrintScaling=pikepdf.Name("/None"))
        # Uncompressed metadata is read by every program; the rest stays packed as it was.
        out.save(buffer, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return buffer.getvalue()


def _form(page: Any, out: Any) -> Any:  # noqa: ANN401
    form = out.copy_foreign(page.as_form_xobject())
    for key in ("/StructParents", "/StructParent", "/Tabs", "/Metadata"):
        if key in form:
            del form[key]
    return form


def _content(side: Side, boxes: list[Any]) -> bytes:
    """Return the content of a sheet: its pages, each where it stands and no more of it than shows, then its marks."""
    lines = []
    for placed, box in zip(side.pages, boxes, strict=True):
        x, y = (placed.x - float(box[0]) * placed.scale, placed.y - float(box[1]) * placed.scale)
        clip = " ".join(f"{each:.3f}" for each in placed.clip)
        lines.append(
            f"q {clip} re W n {placed.scale:.5f} 0 0 {placed.scale:.5f} {x:.3f} {y:.3f} cm /P{placed.page} Do Q"
        )
    for dash, marks in (("[]", side.cuts), ("[3 2]", side.folds)):
        if marks:
            drawn = " ".join(f"{x0:.3f} {y0:.3f} m {x1:.3f} {y1:.3f} l" for x0, y0, x1, y1 in marks)
            lines.append(f"q 0 G 0.25 w {dash} 0 d {drawn} S Q")
    return "\n".join(lines).encode("ascii")


def _rounded(value: float) -> float:
    return round(value, 3)
