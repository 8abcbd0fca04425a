"""The door to Python-Markdown: a section's Markdown becomes titled blocks with located citations.

Three things are added to Markdown: citations `[@c13; @c15]`, language spans `[주체]{lang=ko}`, and attributes on
blocks, `{: .judgement likelihood="likely" }`. Raw HTML is a fault, not passed through. An image stands alone in its
paragraph, which becomes a figure with the image's title as its caption.

Python-Markdown forgets where text came from. Before it runs, each line is marked with its number and each citation
with its index, in private-use characters that no author may write; after it ran, the marks are read off the tree.
"""

import html
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from functools import cache

import markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor

from nkru_brief.brief import Block, Call, Fragment, Picture
from nkru_brief.context import no_support
from nkru_brief.diagnostics import Diagnostic, Place, place_of
from nkru_brief.model import SectionText
from nkru_brief.typed import suggestion

_OPEN, _CLOSE = "\ue000", "\ue001"
_LINE = re.compile(f"{_OPEN}l\\d+{_CLOSE}")
_MARK = re.compile(f"{_OPEN}([lc])(\\d+){_CLOSE}")

_CITATION = re.compile(r"\[(@[^\]\n]*)\]")
_CITED = re.compile(r"@(c\d{2,})")
# The call of a note stands after the full stop, however the citation was written; the quote and bracket that end an
# image are not the text's.
_BEFORE_STOP = re.compile(rf"[ \t]*({_OPEN}c\d+{_CLOSE})([.,;:!?]?(?:[”’\"'](?!\)))?)")

_BRACKET = re.compile(r"[\[\]()]")
_LINE_PREFIX = re.compile(r"^(\s*(?:>\s?)*(?:(?:[-*+]|\d+\.|:)\s+|#{1,6}\s+|\|\s*)?)(.*)$")
_UNMARKED = re.compile(r"^\s*(\{:|$|[-=*_|:\s]+$|\[[^\]]+\]:|\*\[)")
_RAW_HTML = re.compile(r"<(?:[a-zA-Z][\w-]*(?:[\s>/]|$)|/[a-zA-Z]|!--)")
_CODE = re.compile(r"`[^`\n]*`")
# What looks like a citation or an attribute list and was not read as one.
_LEFT_OVER = re.compile(r"\[@[^\]\s]*|(?<![\w.])@c\d+")
_CONFIDENCE = ("low", "moderate", "high")

# Python-Markdown takes time that grows with the square of brackets left open, and recurses into lists.
_MAX_CHARACTERS = 200_000
_MAX_DEPTH = 20
_INDENT = 4

_TAGS = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "blockquote",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "em",
        "strong",
        "a",
        "code",
        "span",
        "br",
        "hr",
        "figcaption",
    ]
)
_ATTRIBUTES = frozenset({"class", "lang", "for", "likelihood", "confidence", "title"})
_OWN_ATTRIBUTES = {"a": {"href", "title"}, "td": {"style"}, "th": {"style"}, "ol": {"start"}}
_SCHEMES = ("https:", "http:", "mailto:", "#")

_KINDS = {"p": "paragraph", "figcaption": "figure", "ul": "list", "ol": "list", "table": "table", "blockquote": "quote"}


def parse(
    section: SectionText, images: Mapping[str, Picture | None] | None = None, apart: frozenset[str] = frozenset()
) -> tuple[Fragment, tuple[Diagnostic, ...]]:
    """Return a section's title and blocks, and what is wrong with them.

    Args:
        section: the text.
        images: the pictures of content/images/ by file; None for one whose fault was reported.
        apart: the ids of context notes, which no prose may cite.
    """
    reader = _Reader(section, images or {}, apart)
    return reader.fragment(), tuple(reader.faults)


class _Reader:
    def __init__(self, section: SectionText, images: Mapping[str, Picture | None], apart: frozenset[str]) -> None:
        self.section, self.images, self.apart = section, images, apart
        self.faults: list[Diagnostic] = []
        self.calls: list[Call] = []
        self.line = 1
        self.first = 1

    def place(self, line: int, column: int = 1) -> Place:
        return Place(file=self.section.file, line=line, column=column)

    def fault(self, code: str, place: Place, message: str, hint: str = "") -> None:
        self.faults.append(Diagnostic(code=code, place=place, message=message, hint=hint))

    def fragment(self) -> Fragment:
        text = self.section.text.translate({ord(_OPEN): None, ord(_CLOSE): None})
        self._check_html(text)
        readable = self._check_depth(text)
        root = _tree(self._marked(self._cited(text))) if readable else ET.Element("div")
        blocks = tuple(self._block(element) for element in root)
        title = blocks[0] if blocks and blocks[0].kind == "title" else None
        if title is None and readable:
            hint = "begin the file with '# Title'"
            self.fault("E205", self.place(1), "the section has no title", hint)
        if title and title.calls:
            self.fault("E201", title.calls[0].place, "a title takes no citation", "cite the claim in the text below it")
        self._check_headings(blocks)
        return Fragment(
            id=self.section.id,
            level=self.section.level,
            file=self.section.file,
            title=title.text if title else self.section.id,
            blocks=blocks[1:] if title else blocks,
            classes=tuple(title.attributes.get("class", "").split()) if title else (),
            text=self.section.text,
        )

    # ---- before Markdown ----

    def _check_html(self, text: str) -> None:
        for number, line in enumerate(text.split("\n"), 1):
            for match in _RAW_HTML.finditer(_without_code(line)):
                hint = "write Markdown; looks belong in a template or a theme"
                self.fault("E202", self.place(number, match.start() + 1), "raw HTML is not used in sections", hint)

    def _check_depth(self, text: str) -> bool:
        """Return whether a text is short and shallow enough to be read; a fault says where it is not."""
        if len(text) > _MAX_CHARACTERS:
            self.fault("E208", self.place(1), f"the section is longer than {_MAX_CHARACTERS:,} characters", "split it")
            return False
        opened = 0
        for number, line in enumerate(text.split("\n"), 1):
            opened = opened if line.strip() else 0
            margin = line[: len(line) - len(line.lstrip(" \t>"))]
            if margin.count(">") > _MAX_DEPTH or len(margin.expandtabs(_INDENT)) > _INDENT * _MAX_DEPTH:
                return self._too_deep(number, len(margin))
            for bracket in _BRACKET.finditer(line):
                opened = max(opened + (1 if bracket[0] in "[(" else -1), 0)
                if opened > _MAX_DEPTH:
                    return self._too_deep(number, bracket.end())
        return True

    def _too_deep(self, line: int, column: int) -> bool:
        hint = "close the brackets, or write flatter lists and quotations"
        self.fault("E208", self.place(line, column), f"nesting deeper than {_MAX_DEPTH} levels", hint)
        return False

    def _cited(self, text: str) -> str:
        """Return the text with each citation replaced by its mark, after the punctuation that follows it."""
        starts = [0]
        for line in text.split("\n"):
            starts.append(starts[-1] + len(line) + 1)

        def mark(match: re.Match[str]) -> str:
            number = text.count("\n", 0, match.start()) + 1
            place = self.place(number, match.start() - starts[number - 1] + 1)
            self.calls.append(self._call(match[1], place))
            return f"{_OPEN}c{len(self.calls) - 1}{_CLOSE}"

        cited = _CITATION.sub(mark, text)
        for number, line in enumerate(cited.split("\n"), 1):
            for match in _LEFT_OVER.finditer(_without_code(line)):
                hint = "cite claims so, in one line: [@c13] or [@c13; @c15]"
                at = place_of(match[0], text, self.section.file, number)
                self.fault("E201", at, f"{match[0]!r} is not read as a citation", hint)
        return _BEFORE_STOP.sub(r"\2\1", cited)

    def _call(self, inside: str, place: Place) -> Call:
        claims = []
        column = place.column + 1
        for part in inside.split(";"):
            match = _CITED.fullmatch(part.strip())
            if match:
                claims.append(match[1])
            elif (note := part.strip().removeprefix("@")) in self.apart:
                at = self.place(place.line, column + len(part) - len(part.lstrip()))
                self.faults.append(no_support(f"{note!r} is cited as a claim", note, at))
            else:
                hint = "cite claims so: [@c13] or [@c13; @c15]"
                at = self.place(place.line, column + len(part) - len(part.lstrip()))
                self.fault("E201", at, f"{part.strip()!r} is not a citation of a claim", hint)
            column += len(part) + 1
        return Call(claims=tuple(dict.fromkeys(claims)), place=place)

    def _marked(self, text: str) -> str:
        lines = []
        for number, line in enumerate(text.split("\n"), 1):
            match = _LINE_PREFIX.match(line)
            if match is None or _UNMARKED.match(line):
                lines.append(line)
            else:
                lines.append(f"{match[1]}{_OPEN}l{number}{_CLOSE}{match[2]}")
        return "\n".join(lines)

    # ---- after Markdown ----

    def _block(self, element: ET.Element) -> Block:
        self._locate(element)
        place = self.place(self.line)
        image = _lone_image(element)
        if image is not None:
            element = _caption(element, image)
        calls = self._resolve(element)
        self._check_attributes(element)
        attributes = {name: value for name, value in element.attrib.items() if name in _ATTRIBUTES}
        for name in ("for", "likelihood", "confidence", "title"):
            element.attrib.pop(name, None)
        for head in element.iter("th"):
            # A table that is written in Markdown has its heads in its first row.
            head.set("scope", "col")
        kind = _KINDS.get(element.tag, "other")
        if element.tag[0] == "h" and element.tag != "hr":
            kind = "title" if element.tag == "h1" else "heading"
        return Block(
            kind=kind,
            tag=element.tag,
            html=_to_html(element),
            text=_plain(element),
            calls=calls,
            attributes=attributes,
            place=place,
            picture=self._picture(image) if image is not None else None,
            alt=(image.get("alt") or "").strip() if image is not None else "",
        )

    def _picture(self, image: ET.Element) -> Picture | None:
        """Return the picture an image shows, or None with a fault."""
        source = image.get("src") or ""
        at = self._at("![")
        if not (image.get("alt") or "").strip():
            hint = "say between the brackets what it shows: ![A ferry leaves the harbour](images/ferry.png)"
            self.fault("E209", at, f"the image {source!r} has no words for those who do not see it", hint)
        for name in sorted(set(image.attrib) - {"src", "alt", "title"}):
            self.fault("E204", at, f"the attribute {name!r} is not known here", "an image takes words and a title")
        if f"content/{source}" in self.images:
            return self.images[f"content/{source}"]
        known = [file.removeprefix("content/") for file in self.images]
        hint = suggestion(source, known, "put the file into content/images/, and write images/NAME")
        self.fault("E210", at, f"there is no image {source!r}", hint)
        return None

    def _locate(self, element: ET.Element) -> None:
        """Move on to the first line mark inside a block."""
        match = re.search(f"{_OPEN}l(\\d+){_CLOSE}", "".join(element.itertext()))
        if match:
            self.line = int(match[1])
        self.first = self.line

    def _at(self, word: str) -> Place:
        """Return where a word stands in the block now read, or after it."""
        return place_of(word, self.section.text, self.section.file, self.first)

    def _check_attributes(self, element: ET.Element) -> None:
        confidence = element.get("confidence")
        if confidence is not None and confidence not in _CONFIDENCE:
            hint = f"confidence is {', '.join(_CONFIDENCE[:-1])} or {_CONFIDENCE[-1]}"
            self.fault("E204", self._at("confidence"), f"the confidence {confidence!r} is not known", hint)
        if any("{:" in text for text in _prose(element)):
            hint = 'close it, and put values between quotes: {: .judgement likelihood="likely" }'
            self.fault("E204", self._at("{:"), "attributes that are not read as such", hint)

    def _resolve(self, root: ET.Element) -> tuple[Call, ...]:
        """Replace the marks in a block by calls, check its elements, and return the calls in reading order."""
        found: list[Call] = []
        for element in list(root.iter()):
            self._check_element(element, top=element is root)
            children = list(element)
            for child in children:
                element.remove(child)
            element.text, made = self._split(element.text, found, code=element.tag == "code")
            element.extend(made)
            for child in children:
                element.append(child)
                child.tail, made = self._split(child.tail, found, code=False)
                element.extend(made)
        order = [int(call.get("data-call", "0")) for call in root.iter("x-call")]
        for position, call in enumerate(root.iter("x-call")):
            call.set("data-call", str(position))
        return tuple(self.calls[index] for index in order)

    def _split(self, text: str | None, found: list[Call], *, code: bool) -> tuple[str, list[ET.Element]]:
        """Return the text before the first call, and the calls with the texts after them."""
        pieces: list[ET.Element] = []
        lead, position = "", 0
        for match in _MARK.finditer(text or ""):
            lead = _append(lead, pieces, (text or "")[position : match.start()])
            position = match.end()
            number = int(match[2])
            if match[1] == "l":
                self.line = number
            elif code:
                self.fault("E201", self.calls[number].place, "a citation inside code is not read as one")
            else:
                found.append(self.calls[number])
                pieces.append(ET.Element("x-call", {"data-call": str(number)}))
        lead = _append(lead, pieces, (text or "")[position:])
        return lead, pieces

    def _check_element(self, element: ET.Element, *, top: bool) -> None:
        if element.tag == "img":
            hint = 'give it a paragraph of its own, and a caption so: ![what it shows](images/NAME "Caption [@c13].")'
            self.fault("E206", self._at("!["), "the image does not stand alone in its paragraph", hint)
            return
        if element.tag not in _TAGS:
            what = "a block of code" if element.tag == "pre" else f"the element {element.tag!r}"
            hint = "write prose, lists, tables and quotations; a line that begins with four spaces is code"
            self.fault("E202", self.place(self.first), f"{what} is not used in sections", hint)
        allowed = _OWN_ATTRIBUTES.get(element.tag, set()) | {"class", "lang"} | (_ATTRIBUTES if top else set())
        for name in sorted(set(element.attrib) - allowed):
            hint = f"a block takes {', '.join(sorted(_ATTRIBUTES))}"
            written = f"#{element.get(name)}" if name == "id" else name
            self.fault("E204", self._at(written), f"the attribute {name!r} is not known here", hint)
            del element.attrib[name]
        href = element.get("href")
        if href is not None and not href.strip().lower().startswith(_SCHEMES):
            hint = "links begin with https:, http:, mailto: or #"
            self.fault("E203", self._at(href), f"the link {href!r} leads nowhere a reader can go", hint)

    def _check_headings(self, blocks: tuple[Block, ...]) -> None:
        level = 1
        for block in blocks[1:]:
            if block.kind == "title":
                hint = "a file has one '# Title'; below it '##'"
                self.fault("E205", block.place, "a second title in one section", hint)
            if block.kind == "heading":
                now = int(block.tag[1])
                if now > level + 1:
                    hint = f"the heading before it has level {level}; write {'#' * (level + 1)}"
                    self.fault("E205", block.place, f"a heading of level {now} skips a level", hint)
                level = now


def _lone_image(element: ET.Element) -> ET.Element | None:
    """Return the image that is all a paragraph holds."""
    around = "".join(element.itertext())
    if element.tag == "p" and len(element) == 1 and element[0].tag == "img" and not _LINE.sub("", around).strip():
        return element[0]
    return None


def _caption(element: ET.Element, image: ET.Element) -> ET.Element:
    """Return the caption of an image as an element, with the attributes of its paragraph."""
    caption = ET.Element("figcaption", dict(element.attrib))
    caption.text = image.get("title", "")
    return caption


def _without_code(line: str) -> str:
    """Return a line with spaces for what stands in code."""
    return _CODE.sub(lambda code: " " * len(code[0]), line)


def _prose(element: ET.Element) -> Iterator[str]:
    """Yield the texts of an element, but for code."""
    if element.tag != "code":
        yield element.text or ""
        for child in element:
            yield from _prose(child)
            yield child.tail or ""


def _append(lead: str, pieces: list[ET.Element], text: str) -> str:
    if not pieces:
        return lead + text
    pieces[-1].tail = (pieces[-1].tail or "") + text
    return lead


class _Span(InlineProcessor):
    """`[text]{lang=ko}`: words of another language."""

    def handleMatch(  # type: ignore[override]  # noqa: N802 - the name is Python-Markdown's
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002
    ) -> tuple[ET.Element, int, int]:
        element = ET.Element("span", {"lang": m.group(2)})
        element.text = m.group(1)
        return element, m.start(0), m.end(0)


class _Capture(Treeprocessor):
    root: ET.Element

    def run(self, root: ET.Element) -> None:
        self.root = root


def _tree(text: str) -> ET.Element:
    converter, capture = _converter()
    # Python-Markdown does not come as far as its tree processors where there is no text.
    capture.root = ET.Element("div")
    converter.reset()
    converter.convert(text)
    for element in capture.root.iter("code"):
        element.text = html.unescape(element.text or "")
    return capture.root


@cache
def _converter() -> tuple[markdown.Markdown, _Capture]:
    converter = markdown.Markdown(extensions=["attr_list", "tables", "sane_lists"], output_format="xhtml")
    converter.preprocessors.deregister("html_block")
    for pattern in ("html", "entity", "automail"):
        converter.inlinePatterns.deregister(pattern)
    # Below backtick (190) and escape (180), above links (170 and less).
    converter.inlinePatterns.register(_Span(r"\[([^\]@\n]+)\]\{:?\s*lang=\"?([\w-]+)\"?\s*\}", converter), "span", 174)
    capture = _Capture(converter)
    # After every other tree processor: the last, unescape, has priority 0.
    converter.treeprocessors.register(capture, "capture", -10)
    return converter, capture


def _to_html(element: ET.Element) -> str:
    """Return what stands inside a block's element; paragraphs and headings get theirs from a template."""
    inner = html.escape(element.text or "", quote=False)
    inner += "".join(ET.tostring(child, encoding="unicode", method="html") for child in element)
    return inner.strip()


def _plain(element: ET.Element) -> str:
    return " ".join("".join(_words(element)).split())


def _words(element: ET.Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield from _words(child)
        if child.tag in ("li", "td", "th", "br", "p"):
            yield " "
        yield child.tail or ""
