"""A finished file is read back, and says what a listener would miss: what validators pass and people suffer.

Everything is read from the file's own objects, but for the words of its pieces, which come from the engine. The checks
are in the terms of the Matterhorn Protocol 1.1 where it has one; most of them it leaves to human judgement.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from nkru_brief.scripts import foreign
from nkru_brief.tags.links import is_address
from nkru_brief.tags.nodes import HEADINGS, is_decoration, words_of
from nkru_brief.tags.objects import found, pages, streams, string_of
from nkru_brief.tags.pieces import squeezed

_SHOWN = 60
# The last bytes of operators that paint (ISO 32000-1, tables 59 to 61, 74, 87, 92 and 109).
_PAINTS = (b"TJ", b"Tj", b" Do", b" sh", b"S", b"s", b"f", b"f*", b"F", b"B", b"B*", b"b", b"b*")
# What may hold nothing: a cell, for the others' sake, and an empty paper.
_MAY_BE_EMPTY = frozenset({"/TD", "/TH", "/Document"})

# The words of each piece of content: by the number of its page, from 0, and its marked-content identifier.
Texts = dict[tuple[int, int], str]


class _Element(NamedTuple):
    """A structure element: its object, its language, its words, and its depth-first place."""

    entries: Any
    kind: str
    language: str
    words: str


def audit(pdf: Any, root: Any, texts: Texts) -> Iterator[str]:
    """Yield what is wrong with the tags of a file, in words for the template's author.

    Args:
        pdf: the file, before it is written.
        root: the root element of the page it was made from.
        texts: the words of its pieces.
    """
    reader = _Tree(pdf, texts)
    yield from _content(pdf, reader)
    yield from _parents(pdf, reader)
    yield from _elements(reader)
    yield from _headings(pdf, root, reader)
    yield from _annotations(pdf, reader)
    yield from _notes(pdf, root)


class _Tree:
    """The structure tree, read once from the top to the bottom."""

    def __init__(self, pdf: Any, texts: Texts) -> None:
        self.pdf, self.texts = pdf, texts
        self.numbers = {bytes(page.reference): number for number, page in enumerate(pages(pdf))}
        self.elements: list[_Element] = []
        # Which element lists a piece, by page and number; and every annotation it lists.
        self.owners: list[tuple[tuple[int, int], bytes]] = []
        self.annotations: Counter[bytes] = Counter()
        self.root = found(pdf, pdf.catalog["StructTreeRoot"])
        for top in self.root["K"]:
            self._read(found(pdf, top), string_of(pdf.catalog.get("Lang")))

    def _read(self, element: Any, language: str) -> str:
        language = string_of(element.get("Lang")) or language
        place = len(self.elements)
        words = ""
        for kid in element["K"]:
            words += self._kid(element, found(self.pdf, kid), language)
        self.elements.insert(place, _Element(element, element["S"], language, words))
        return words

    def _kid(self, element: Any, kid: Any, language: str) -> str:
        if isinstance(kid, int):
            return self._piece(element, element["Pg"], kid)
        if kid.get("Type") == "/MCR":
            return self._piece(element, kid["Pg"], kid["MCID"])
        if kid.get("Type") == "/OBJR":
            self.annotations[bytes(kid["Obj"])] += 1
            return ""
        return self._read(kid, language)

    def _piece(self, element: Any, page: bytes, number: int) -> str:
        key = (self.numbers[bytes(page)], number)
        self.owners.append((key, bytes(element.reference)))
        return self.texts.get(key, "")


def _content(pdf: Any, tree: _Tree) -> Iterator[str]:
    """Yield faults of page content (ISO 14289-1, 7.1; Matterhorn 01-001 to 01-005)."""
    listed = Counter(key for key, _ in tree.owners)
    own = {int(page["Contents"].split()[0]) for page in pages(pdf)}
    grouped = any(
        stream.number not in own and any(isinstance(item, dict) and "MCID" in item for item in stream.stream)
        for stream in streams(pdf)
    )
    if grouped:
        yield "text or an image is set with opacity, a mask or a blend, where screen readers do not look"
    heard: dict[int, set[int]] = {}
    for number, mcid in listed:
        heard.setdefault(number, set()).add(mcid)
    for number, page in enumerate(pages(pdf)):
        marks: set[int] = set()
        faults = list(_scanned(found(pdf, page["Contents"]).stream, marks))
        if grouped:
            # That says it all: what is in the group is not on the page, and the group itself is no content.
            continue
        yield from (f"page {number + 1}: {fault}" for fault in faults)
        for mcid in sorted(marks - heard.get(number, set())):
            yield f"page {number + 1}: a piece of content that nobody hears (MCID {mcid})"
        for mcid in sorted(heard.get(number, set()) - marks):
            yield f"page {number + 1}: “{tree.texts.get((number, mcid), '')[:_SHOWN]}” is heard and not on the page"
    yield from (f"“{tree.texts.get(key, '')[:_SHOWN]}” is heard twice" for key, times in listed.items() if times > 1)
    if any(_is_of_four_inks(stream) for stream in streams(pdf)):
        yield "a colour or an image of four inks (CMYK); the colours of a paper to keep are sRGB"


def _is_of_four_inks(stream: Any) -> bool:
    """Return whether a stream asks for colours that the paper's output intent has not (ISO 19005-3, 6.2.4.3)."""
    named = (item for item in stream.stream if isinstance(item, bytes) and item.startswith(b"/DeviceCMYK"))
    return stream.extra.get("ColorSpace") == "/DeviceCMYK" or any(named)


def _scanned(operators: list[Any], marks: set[int]) -> Iterator[str]:
    """Yield what is wrong with the marks of a page's content; put their numbers into `marks`."""
    open_marks: list[str] = []
    for index, item in enumerate(operators):
        if not isinstance(item, bytes):
            continue
        if item == b"BDC" or item == b"BMC":
            entries = operators[index - 1] if item == b"BDC" else {}
            tag = operators[index - 2] if item == b"BDC" else operators[index - 1]
            kind = "content" if isinstance(entries, dict) and "MCID" in entries else str(tag)
            if kind == "content" and entries["MCID"] in marks:
                yield f"two pieces have one number (MCID {entries['MCID']})"
            if kind in open_marks and kind == "content":
                yield "content inside other content"
            elif {kind, *open_marks} >= {"content", "/Artifact"}:
                yield "decoration inside content, or content inside decoration"
            if kind == "content":
                marks.add(entries["MCID"])
            open_marks.append(kind)
        elif item.endswith(b" BDC"):
            open_marks.append("replacement")
        elif item == b"EMC":
            del open_marks[-1:]
        elif not open_marks and item.endswith(_PAINTS) and _paints(item):
            yield f"something is painted that is neither content nor decoration ({item[:_SHOWN].decode('latin-1')})"


def _paints(item: bytes) -> bool:
    operator = item.rsplit(b" ", 1)[-1]
    return operator in {each.strip() for each in _PAINTS}


def _parents(pdf: Any, tree: _Tree) -> Iterator[str]:
    """Yield where the way from a piece to its element is broken (ISO 32000-1, 14.7.4.4; Matterhorn 01-005)."""
    numbers = found(pdf, tree.root["ParentTree"])["Nums"]
    by_key = dict(zip(numbers[::2], numbers[1::2], strict=True))
    for (page, mcid), owner in tree.owners:
        parents = by_key.get(page, [])
        if mcid >= len(parents) or bytes(parents[mcid]) != owner:
            yield f"page {page + 1}: no way leads from a piece to its element (MCID {mcid})"


def _elements(tree: _Tree) -> Iterator[str]:
    """Yield faults of single elements."""
    ids: Counter[str] = Counter()
    heads = {string_of(each.entries["ID"]) for each in tree.elements if "ID" in each.entries}
    for element in tree.elements:
        entries, kind = element.entries, element.kind
        if not entries["K"] and kind not in _MAY_BE_EMPTY:
            yield f"an empty element, {kind[1:]}"
        if kind == "/Figure" and not string_of(entries.get("Alt")).strip():
            yield "a figure without words for what it shows"
        if kind == "/Note" and "ID" not in entries:
            yield f"a note without an id: “{element.words[:_SHOWN]}”"
        if "ID" in entries:
            ids[string_of(entries["ID"])] += 1
        attributes = entries.get("A", {})
        if kind == "/TH" and "Scope" not in attributes:
            yield f"a head of a table that does not say what it heads: “{element.words[:_SHOWN]}”"
        if kind == "/TD" and element.words.strip():
            named = [string_of(each) for each in attributes.get("Headers", [])]
            if not named:
                yield f"a cell under no head: “{element.words[:_SHOWN]}”"
            if set(named) - heads:
                yield f"a cell under a head that is not there: “{element.words[:_SHOWN]}”"
        if kind == "/L" and "ListNumbering" not in attributes:
            yield "a list that does not say how it is numbered"
        for text in (_own_words(tree, entries), string_of(entries.get("Alt")), string_of(entries.get("E"))):
            if bad := foreign(text, element.language):
                yield f"the word {bad[0]!r} is in {bad[1]} and not marked with its language"
    yield from (f"two elements have the id {name!r}" for name, times in ids.items() if times > 1)


def _own_words(tree: _Tree, element: Any) -> str:
    """Return the words of the pieces that an element holds itself."""
    texts = []
    for kid in element["K"]:
        if isinstance(kid, int):
            texts.append(tree.texts.get((tree.numbers[bytes(element["Pg"])], kid), ""))
        elif isinstance(kid, dict) and kid.get("Type") == "/MCR":
            texts.append(tree.texts.get((tree.numbers[bytes(kid["Pg"])], kid["MCID"]), ""))
    return " ".join(texts)


def _headings(pdf: Any, root: Any, tree: _Tree) -> Iterator[str]:
    """Yield headings that are heard as none, and bookmarks that lead to none (ISO 14289-1, 7.4; Matterhorn 14)."""
    heard = Counter((each.kind[1:].lower(), squeezed(each.words)) for each in tree.elements if each.kind[1:2] == "H")
    parents = {child: parent for parent in root.iter() for child in parent}
    for element in root.iter():
        if element.tag not in HEADINGS or _hidden(element, parents):
            continue
        key = (element.tag, squeezed(words_of(element)))
        # Notes that a heading calls are read elsewhere, and a style sheet may add words.
        if not any(kind == key[0] and (key[1] in words or words in key[1]) for kind, words in heard):
            yield f"the heading “{words_of(element)[:_SHOWN]}” is not heard as one"
    titles = {words for _, words in heard}
    for title in _bookmarks(pdf, pdf.catalog.get("Outlines")):
        if squeezed(title) not in titles and not any(squeezed(title) in words for words in titles):
            yield f"the bookmark “{title[:_SHOWN]}” leads to what is no heading; without bookmark-level it is none"


def _hidden(element: Any, parents: dict[Any, Any]) -> bool:
    while element is not None:
        if is_decoration(element):
            return True
        element = parents.get(element)
    return False


def _bookmarks(pdf: Any, reference: Any) -> Iterator[str]:
    if reference is None:
        return
    entry = found(pdf, reference).get("First")
    while entry is not None:
        bookmark = found(pdf, entry)
        yield string_of(bookmark["Title"])
        yield from _bookmarks(pdf, entry)
        entry = bookmark.get("Next")


def _annotations(pdf: Any, tree: _Tree) -> Iterator[str]:
    """Yield links that are heard as an address, or not at all (ISO 14289-1, 7.18; Matterhorn 28-004, 28-011)."""
    for number, page in enumerate(pages(pdf)):
        for reference in page.get("Annots", []):
            annotation = found(pdf, reference)
            said = string_of(annotation.get("Contents"))
            if tree.annotations[bytes(reference)] != 1:
                yield f"page {number + 1}: the link “{said[:_SHOWN]}” is not in the tree once"
            target = string_of(annotation.get("Dest")) or string_of(annotation.get("A", {}).get("URI"))
            if not said.strip() or said == target or is_address(said):
                yield f"page {number + 1}: a link that reads out its address, “{(said or target)[:_SHOWN]}”"


def _notes(pdf: Any, root: Any) -> Iterator[str]:
    """Yield notes that no link on paper leads to (ISO 14289-1, 7.9)."""
    targets = {string_of(found(pdf, each).get("Dest")) for page in pages(pdf) for each in page.get("Annots", [])}
    for element in root.iter():
        if element.get("role") == "doc-footnote" and element.get("id") not in targets:
            yield f"no call leads to the note “{words_of(element)[:_SHOWN]}”"
