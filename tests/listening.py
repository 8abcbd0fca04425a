"""What a screen reader says of a PDF, from its structure tree alone; `python tests/listening.py FILE.pdf` prints it.

Two forms are goldens: the tree (`tree_of`), and the transcript of listening to it from top to bottom (`transcript`).
It reads the finished file and knows nothing of how it was made.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf

# Elements that only mark words inside a line.
INLINE = frozenset({"Span", "Link", "Reference", "Code", "Quote", "Lbl", "Note"})
SHOWN = 60
SOFT_HYPHEN = "\xad"


class Heard(NamedTuple):
    """An element as a screen reader meets it: its type, its entries, and what it holds: texts and elements."""

    tag: str
    entries: dict[str, str]
    kids: tuple["str | Heard", ...]

    def text(self) -> str:
        """Return all that is read inside the element, in one line."""
        found = ""
        for kid in self.kids:
            found = joined(found, kid if isinstance(kid, str) else kid.entries.get("Alt") or kid.text())
        return found

    def find(self, tag: str) -> Iterator["Heard"]:
        """Yield the elements of a type below this one, in order."""
        for kid in self.kids:
            if isinstance(kid, Heard):
                if kid.tag == tag:
                    yield kid
                yield from kid.find(tag)


# ---- reading the file ----


def listen(path: Path) -> Heard:
    """Return the structure tree of a PDF with the texts on its pages."""
    with pikepdf.open(path) as pdf:
        return _Reader(pdf).element(pdf.Root.StructTreeRoot.K[0], None)


class _Reader:
    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.texts = {page.obj.objgen: marked_texts(page) for page in pdf.pages}

    def element(self, element: Any, page: Any) -> Heard:
        page = element.get("/Pg", page)
        entries = {key: str(element[f"/{key}"]) for key in ("Alt", "E", "Lang", "ID") if f"/{key}" in element}
        attributes = element.get("/A", {})
        for key in ("Scope", "ListNumbering", "ColSpan", "RowSpan"):
            if f"/{key}" in attributes:
                entries[key] = str(attributes[f"/{key}"]).removeprefix("/")
        if "/Headers" in attributes:
            entries["Headers"] = " ".join(map(str, attributes.Headers))
        kids: list[str | Heard] = []
        for kid in element.K:
            if isinstance(kid, int):
                kids.append(self.texts[page.objgen].get(kid, "\ufffd"))
            elif kid.get("/Type") == "/MCR":
                kids.append(self.texts[kid.Pg.objgen].get(int(kid.MCID), "\ufffd"))
            elif kid.get("/Type") == "/OBJR":
                entries["Contents"] = str(kid.Obj.get("/Contents", ""))
            else:
                kids.append(self.element(kid, page))
        return Heard(str(element.S)[1:], entries, tuple(kids))


def marked_texts(page: pikepdf.Page) -> dict[int, str]:
    """Return the text of each marked piece of a page, by its number; hyphens of line breaks are soft ones."""
    fonts = {name: letters(font) for name, font in page.obj.Resources.get("/Font", {}).items()}
    found: dict[int, str] = {}
    font: dict[str, str] = {}
    # Of each open piece: its number, and whether another text stands in its place.
    stack: list[tuple[int | None, bool]] = []
    for instruction in pikepdf.parse_content_stream(page):
        operands: Any = instruction.operands
        inner, replaced = stack[-1] if stack else (None, False)
        match str(instruction.operator):
            case "BMC":
                stack.append((None, replaced))
            case "BDC":
                entries = operands[1] if isinstance(operands[1], pikepdf.Dictionary) else pikepdf.Dictionary()
                number = int(entries.MCID) if "/MCID" in entries else inner if "/ActualText" in entries else None
                if "/ActualText" in entries and number is not None:
                    found[number] = found.get(number, "") + str(entries.ActualText)
                stack.append((number, replaced or "/ActualText" in entries))
            case "EMC":
                stack.pop()
            case "Tf":
                font = fonts[str(operands[0])]
            case "TJ" | "Tj" if inner is not None and not replaced:
                pieces = operands[0] if isinstance(operands[0], pikepdf.Array) else operands
                codes = "".join(bytes(piece).hex() for piece in pieces if isinstance(piece, pikepdf.String))
                text = "".join(font.get(codes[i : i + 4], "\ufffd") for i in range(0, len(codes), 4))
                found[inner] = found.get(inner, "") + text
    return found


def letters(font: pikepdf.Object) -> dict[str, str]:
    """Return what each glyph of a font stands for, by its code in hexadecimal."""
    table = font.ToUnicode.read_bytes().decode("ascii")
    pairs = re.findall(r"^<([0-9a-f]{4})> <([0-9a-f]+)>$", table, re.MULTILINE)
    return {code: bytes.fromhex(text).decode("utf-16-be") for code, text in pairs}


def joined(text: str, more: str) -> str:
    """Return two pieces as one text: words broken over lines are whole, and where a line ended there is a space."""
    text = " ".join(f"{text}|".split())[:-1]
    if text.endswith(SOFT_HYPHEN):
        return text[:-1] + more
    if re.search(r"\w-$", text) and more[:1].isalnum():
        # A line ended at a hyphen of the word's own.
        return text + more
    return text + more if not text or re.match(r"[\s.,;:!?)’”%–-]|$", more) or text[-1] in " (‘“–" else f"{text} {more}"


# ---- the tree ----

Tag = str | dict[str, "str | list[Tag]"]


def tree_of(heard: Heard) -> Tag:
    """Return an element as plain data for YAML: its type with what it says of itself, and what is in it, shortened."""
    name = " ".join([heard.tag, *_notable(heard)])
    if "Alt" in heard.entries:
        return {name: shortened(heard.entries["Alt"])}
    found: list[Tag] = []
    for kid in heard.kids:
        tag = kid if isinstance(kid, str) else tree_of(kid)
        if isinstance(tag, str) and found and isinstance(found[-1], str):
            found[-1] = joined(found[-1], tag)
        else:
            found.append(tag)
    found = [shortened(tag) if isinstance(tag, str) else tag for tag in found]
    found = [tag for tag in found if tag != ""]
    if not found:
        return name
    return {name: found[0] if len(found) == 1 and isinstance(found[0], str) else found}


def _notable(heard: Heard) -> Iterator[str]:
    entries = heard.entries
    yield from (f"[{entries[key]}]" for key in ("Lang", "Scope", "ListNumbering") if key in entries)
    yield from (f"{key.lower()}={entries[key]}" for key in ("ColSpan", "RowSpan", "ID", "Headers") if key in entries)
    yield from (f"({entries[key]})" for key in ("E", "Contents") if key in entries)


def shortened(text: str) -> str:
    """Return a text in one line, cut at a word."""
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else text[:SHOWN].rpartition(" ")[0] + " …"


# ---- the transcript ----

GROUPS = {"Document", "Part", "Art", "Sect", "Div", "THead", "TBody", "TFoot", "TOCI", "Reference", "LBody"}
BLOCKS = GROUPS | {"P", "L", "Table", "TOC", "BlockQuote", "Figure", "Caption"} | {f"H{level}" for level in range(1, 7)}


def transcript(heard: Heard) -> str:
    """Return what a listener hears, a block to a line."""
    return "\n".join(_said(heard)) + "\n"


def _said(heard: Heard) -> Iterator[str]:
    match heard.tag:
        case "H1" | "H2" | "H3" | "H4" | "H5" | "H6":
            yield from ("", f"heading level {heard.tag[1]}, {line(heard)}")
        case "L":
            items = [kid for kid in heard.kids if isinstance(kid, Heard)]
            yield f"list, {_counted(len(items), 'item')}"
            for item in items:
                yield from _indented(_item(item))
            yield "end of list"
        case "TOC":
            items = [kid for kid in heard.kids if isinstance(kid, Heard)]
            yield f"table of contents, {_counted(len(items), 'entry', 'entries')}"
            for item in items:
                yield from _indented(_said(item))
        case "Table":
            yield from _table(heard)
        case "Figure":
            yield f"figure, {heard.entries.get('Alt', 'WITHOUT DESCRIPTION')}"
        case "BlockQuote":
            yield from ("quotation", *_indented(_blocks(heard)), "end of quotation")
        case "Caption":
            yield f"caption, {line(heard)}"
        case "P":
            yield line(heard)
        case _:
            yield from _blocks(heard)


def _blocks(heard: Heard) -> Iterator[str]:
    """Yield what is said of the kids of an element: its blocks, and the lines of text between them."""
    words = ""
    for kid in heard.kids:
        if isinstance(kid, Heard) and kid.tag in BLOCKS and kid.tag != "Reference":
            if words.strip():
                yield words.strip()
            words = ""
            yield from _in_language(kid, _said(kid))
        else:
            words = joined(words, kid if isinstance(kid, str) else _words(kid))
    if words.strip():
        yield words.strip()


def _in_language(heard: Heard, said: Iterator[str]) -> Iterator[str]:
    if "Lang" not in heard.entries or heard.tag in INLINE:
        yield from said
        return
    yield f"language {heard.entries['Lang']}"
    yield from _indented(said)


def _item(item: Heard) -> Iterator[str]:
    first = item.kids[0] if item.kids else ""
    label = first.text() if isinstance(first, Heard) and first.tag == "Lbl" else ""
    body = [kid for kid in item.kids if not _is(kid, "Lbl")]
    said = [each for kid in body if isinstance(kid, Heard) for each in _blocks(kid)]
    begin, rest = (said[0], said[1:]) if said else ("EMPTY", [])
    yield joined(label, f" {begin}").strip() if label else begin
    yield from _indented(iter(rest))


def _is(kid: "str | Heard", tag: str) -> bool:
    return isinstance(kid, Heard) and kid.tag == tag


def _table(table: Heard) -> Iterator[str]:
    rows = list(table.find("TR"))
    width = max((sum(int(cell.entries.get("ColSpan", "1")) for cell in _cells(row)) for row in rows), default=0)
    heads = {cell.entries["ID"]: cell.text() for cell in table.find("TH") if "ID" in cell.entries}
    yield f"table, {_counted(width, 'column')}, {_counted(len(rows), 'row')}"
    for caption in table.find("Caption"):
        yield f"  caption, {line(caption)}"
    for number, row in enumerate(rows, 1):
        yield f"  row {number}"
        for cell in _cells(row):
            yield f"    {_cell(cell, heads)}"
    yield "end of table"


def _cells(row: Heard) -> list[Heard]:
    return [kid for kid in row.kids if isinstance(kid, Heard)]


def _cell(cell: Heard, heads: dict[str, str]) -> str:
    said = " / ".join(_blocks(cell)) or "blank"
    if cell.tag == "TH":
        return f"{cell.entries.get('Scope', 'UNKNOWN').lower()} header, {said}"
    under = "; ".join(heads.get(name, "NO SUCH HEADER") for name in cell.entries.get("Headers", "").split())
    return f"{under or 'NO HEADER'}: {said}"


def line(heard: Heard) -> str:
    """Return what is said of the words of an element, with its links, notes, languages and abbreviations."""
    found = ""
    for kid in heard.kids:
        found = joined(found, kid if isinstance(kid, str) else _words(kid))
    return " ".join(found.split())


def _words(heard: Heard) -> str:
    text = line(heard)
    match heard.tag:
        case "Link":
            # A voice says the description; where that is the text itself, once.
            said = heard.entries.get("Contents", "WITHOUT DESCRIPTION")
            same = text.startswith(said) or said.startswith(text)
            if same:
                said = max(text, said, key=len)
            text = f"[link, {said}]" if same or text.isdigit() else f"[link, {text}: {said}]"
        case "Note":
            text = f"[note] {text} [end of note]"
        case "Code":
            text = f"[code] {text} [end of code]"
        case "Quote":
            text = f"[quotation] {text} [end of quotation]"
        case "Figure":
            text = f"[figure, {heard.entries.get('Alt', 'WITHOUT DESCRIPTION')}]"
        case "Span" if "E" in heard.entries:
            text = f"[{text}, short for {heard.entries['E']}]"
    return f"[language {heard.entries['Lang']}: {text}]" if "Lang" in heard.entries else text


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"  {each}" if each else each for each in lines)


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"


if __name__ == "__main__":
    sys.stdout.write(transcript(listen(Path(sys.argv[1]))))
