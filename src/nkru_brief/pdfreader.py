"""The door to pypdfium2: what a finished PDF says and carries, read back by an engine that did not write it.

The text of a tagged PDF is read as a screen reader walks it, along the structure tree (ISO 32000-1, 14.7 and 14.8),
not as it was drawn: drawing order is the engine's affair.
"""

import ctypes
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from typing import Any

from nkru_brief.completeness import Finished, Leaf
from nkru_brief.values import Value

# Where a file holds many copies, an id has the number of its copy in front.
_NOTE = re.compile(r"(?:\d+\.)?note-n(\d+)")
# What is drawn outside all tags: running heads, rules, grounds.
_UNMARKED = -1
# Forms in forms; no paper nests them deeper.
_DEPTH = 8


class Contents(Value):
    """A PDF read back: the text of each page as it is drawn, the files inside by name, and what its tags say."""

    drawn: tuple[str, ...]
    attachments: dict[str, bytes]
    finished: Finished


class Build(Value):
    """How a PDF is built: its tags, language and fonts. Pages count from 1; fonts by the names that are not in it."""

    tagged: bool
    language: str
    untagged: tuple[int, ...]
    foreign_fonts: tuple[str, ...]
    encrypted: bool
    scripts: bool


def build_of(data: bytes) -> Build:
    """Return how a PDF is built.

    Raises:
        ValueError: it is not a PDF, or a broken one.
    """
    with _opened(data) as document:
        import pypdfium2.raw as pdfium

        untagged, fonts = [], set()
        for number, page in enumerate(document, 1):
            tree = pdfium.FPDF_StructTree_GetForPage(page)
            if not tree or pdfium.FPDF_StructTree_CountChildren(tree) < 1:
                untagged.append(number)
            if tree:
                pdfium.FPDF_StructTree_Close(tree)
            fonts |= _foreign_fonts(pdfium, page)
        return Build(
            tagged=bool(pdfium.FPDFCatalog_IsTagged(document)),
            language=_string(pdfium.FPDFCatalog_GetLanguage, document),
            untagged=tuple(untagged),
            foreign_fonts=tuple(sorted(fonts)),
            encrypted=pdfium.FPDF_GetSecurityHandlerRevision(document) != -1,
            scripts=pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0,
        )


def _foreign_fonts(pdfium: Any, page: Any) -> set[str]:  # noqa: ANN401
    found = set()
    for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=_DEPTH):
        font = pdfium.FPDFTextObj_GetFont(thing)
        if font and pdfium.FPDFFont_GetIsEmbedded(font) != 1:
            size = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
            buffer = ctypes.create_string_buffer(max(size, 1))
            pdfium.FPDFFont_GetBaseFontName(font, buffer, size)
            found.add(buffer.value.decode("utf-8", errors="replace"))
    return found


def read(data: bytes) -> Contents:
    """Return what a PDF says and carries.

    Raises:
        ValueError: it is not a PDF, or a broken one.
    """
    with _opened(data) as document:
        pages = [_Page(page) for page in document]
        files = {}
        for index in range(document.count_attachments()):
            attachment = document.get_attachment(index)
            files[attachment.get_name()] = bytes(attachment.get_data())
    finished = Finished(
        leaves=tuple(page.leaf() for page in pages), pictures=tuple(text for page in pages for text in page.pictures)
    )
    return Contents(drawn=tuple(page.drawn for page in pages), attachments=files, finished=finished)


def pictures(data: bytes, dpi: float) -> list[Any]:
    """Return the pages of a PDF as pictures (of Pillow), at a resolution in dots per inch."""
    with _opened(data) as document:
        return [page.render(scale=dpi / 72).to_pil() for page in document]


def page_count(data: bytes) -> int:
    """Return how many pages a PDF has.

    Raises:
        ValueError: it is not a PDF, or a broken one.
    """
    with _opened(data) as document:
        return len(document)


def png_page(data: bytes, number: int, dpi: float) -> bytes:
    """Return a page of a PDF, counted from 0, as PNG, quickly packed, at a resolution in dots per inch.

    Raises:
        ValueError: it is not a PDF, or a broken one.
    """
    with _opened(data) as document:
        buffer = BytesIO()
        document[number].render(scale=dpi / 72).to_pil().save(buffer, format="PNG", compress_level=1)
    return buffer.getvalue()


def preview(data: bytes, width: int) -> tuple[bytes, int, int]:
    """Return the first page of a PDF as a small PNG, with its width and height in pixels.

    Raises:
        ValueError: it is not a PDF, or a broken one, or one without pages.
    """
    with _opened(data) as document:
        if not len(document):
            raise ValueError("it has no page")
        page = document[0]
        picture = page.render(scale=width / page.get_width()).to_pil().convert("RGB").quantize(colors=48)
        buffer = BytesIO()
        picture.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue(), picture.width, picture.height


def load() -> None:
    """Import the library."""
    import pypdfium2  # noqa: F401


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        yield document
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"not a PDF that can be read: {error}") from None
    document.close()


class _Page:
    """One page, walked along its tags: its text, the numbers of the notes it calls, and the notes it holds."""

    def __init__(self, page: Any) -> None:  # noqa: ANN401 - the library has no names for its types
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        text = page.get_textpage()
        self.drawn: str = text.get_text_range()
        self._marked: dict[int, list[str]] = {}
        self._gather(
            text.raw,
            pdfium.FPDFPage_CountObjects(page.raw),
            partial(pdfium.FPDFPage_GetObject, page.raw),
            _DEPTH,
        )
        self.text: list[str] = []
        self.calls: list[int] = []
        self.notes: dict[int, list[str]] = {}
        self.pictures: list[str] = []
        tree = pdfium.FPDF_StructTree_GetForPage(page.raw)
        for index in range(max(pdfium.FPDF_StructTree_CountChildren(tree), 0) if tree else 0):
            self._walk(pdfium.FPDF_StructTree_GetChildAtIndex(tree, index), self.text, "")

    def leaf(self) -> Leaf:
        notes = tuple((number, " ".join(texts)) for number, texts in self.notes.items())
        return Leaf(text=" ".join(self.text), calls=tuple(self.calls), notes=notes)

    def _gather(self, page: Any, count: int, item: Callable[[int], Any], depth: int) -> None:  # noqa: ANN401
        """Keep the texts that are drawn, by the number of their marked content."""
        pdfium = self._pdfium
        for index in range(count):
            found = item(index)
            kind = pdfium.FPDFPageObj_GetType(found)
            if kind == pdfium.FPDF_PAGEOBJ_TEXT:
                mark = pdfium.FPDFPageObj_GetMarkedContentID(found)
                if mark != _UNMARKED:
                    self._marked.setdefault(mark, []).append(_string(pdfium.FPDFTextObj_GetText, found, page))
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth:
                inside = pdfium.FPDFFormObj_CountObjects(found)
                self._gather(page, inside, partial(pdfium.FPDFFormObj_GetObject, found), depth - 1)

    def _walk(self, element: Any, into: list[str], parent: str) -> None:  # noqa: ANN401
        pdfium = self._pdfium
        kind = _string(pdfium.FPDF_StructElement_GetType, element)
        if kind == "Figure":
            self.pictures.append(_string(pdfium.FPDF_StructElement_GetAltText, element))
            return
        if kind == "TOC":
            # It names what the paper says elsewhere: that is not said twice.
            return
        if kind == "Note" and (note := _NOTE.fullmatch(_string(pdfium.FPDF_StructElement_GetID, element))):
            into = self.notes.setdefault(int(note[1]), [])
        call: list[str] | None = [] if kind == "Reference" and parent != "TOCI" else None
        for index in range(pdfium.FPDF_StructElement_CountChildren(element)):
            child = pdfium.FPDF_StructElement_GetChildAtIndex(element, index)
            if child:
                self._walk(child, into if call is None else call, kind)
            else:
                mark = pdfium.FPDF_StructElement_GetChildMarkedContentID(element, index)
                (into if call is None else call).extend(self._marked.get(mark, ()))
        if call is not None:
            self.calls += map(int, re.findall(r"\d+", " ".join(call)))


def _string(function: Any, *arguments: Any) -> str:  # noqa: ANN401
    """Return the text that one of the library's functions writes: bytes of UTF-16, asked for twice."""
    size = function(*arguments, None, 0)
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    function(*arguments, buffer, size)
    return bytes(buffer)[: max(size - 2, 0)].decode("utf-16-le", errors="replace")
