"""What nobody could follow by ear, found in the filled-in page before anything is set.

Validators say such things of a finished file, in words of their own; here they are said of what a template's author
wrote. The rules are WCAG 2.2 (1.1.1, 1.3.1, 2.4.4, 2.4.6, 3.1.2) and ISO 14289-1 (7.2 to 7.6, 7.18) alike, so they
hold for paper and screen.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nkru_brief import wellformed
from nkru_brief.cache import key_of
from nkru_brief.diagnostics import Diagnostic, Place, place_of
from nkru_brief.memory import keep, recall
from nkru_brief.scripts import foreign
from nkru_brief.tags.grid import grid
from nkru_brief.theme import BUILT_IN, Theme
from nkru_brief.values import Value

SVG = "{http://www.w3.org/2000/svg}svg"
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = frozenset({"address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "fieldset", "figcaption"})
_BLOCKS |= _HEADINGS | {"figure", "footer", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table"}
_BLOCKS |= {"ul"}
_SILENT = frozenset({"script", "style", "template", "head", "title"})
_FIELDS = frozenset({"input", "select", "textarea"})
_LANGUAGE = re.compile(r"^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$", re.IGNORECASE)
_ADDRESS = re.compile(r"^(?:[a-z][a-z0-9+.-]*:\S+|www\.\S+|\S+@\S+\.\w+)$", re.IGNORECASE)
_FILE = re.compile(r"^\S+\.(?:png|jpe?g|gif|svg|webp|pdf)$", re.IGNORECASE)
_SHOWN = 40


class Fault(Value):
    """What is wrong with an element, and what to do; where it stands: its tag, its class or id, the part it is in.

    `word` is a word of the text that shows the place, where the text is what is wrong.
    """

    message: str
    hint: str
    tag: str = ""
    name: str = ""
    part: str = ""
    word: str = ""


def parse(html: str) -> Any:
    """Return the root element of a page, as the page engine reads it but for the case of names in drawings."""
    root = wellformed.tree(html)
    if root is not None:
        return root
    quicken()
    import tinyhtml5

    return tinyhtml5.parse(html, namespace_html_elements=False)


class _Patterns(dict[tuple[Iterable[str], bool], re.Pattern[str]]):
    """What the parser looks for, compiled once."""

    def __missing__(self, key: tuple[Iterable[str], bool]) -> re.Pattern[str]:
        characters, opposite = key
        listed = "".join(f"\\x{ord(character):02x}" for character in characters)
        self[key] = re.compile(f"[{'' if opposite else '^'}{listed}]+")
        return self[key]


def quicken() -> None:
    """Let the parser find the patterns it has compiled, for the page engine's pages as well.

    tinyhtml5 2.1 keeps each under a key by which it never looks for it, and writes the text of the pattern anew for
    every word of a page: half the time that a page takes.
    """
    from tinyhtml5 import inputstream

    if not isinstance(inputstream.characters_until_regex, _Patterns):
        inputstream.characters_until_regex = _Patterns()


def faults(root: Any, *, printed: bool = False) -> tuple[Fault, ...]:
    """Return what is wrong with a page's structure, in its order, each kind of fault of an element once.

    Args:
        root: the page's root element.
        printed: whether it is for paper, where no field is filled in.
    """
    found = _Reader(root, printed=printed).read()
    return tuple(dict.fromkeys(found))


def faults_of(html: str) -> tuple[Fault, ...]:
    """Return what is wrong with the structure of a page; what was found of the same page before is at hand."""
    known = recall(_key(html), tuple[Fault, ...])
    if known is None:
        known = faults(parse(html))
        know(html, known)
    return known


def know(html: str, found: tuple[Fault, ...]) -> None:
    """Remember what was found of a page, here or by a worker."""
    keep(_key(html), found)


def _key(html: str) -> str:
    return key_of("structure", html)


def diagnose(found: Iterable[Fault], theme: Theme, template: str, texts: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Yield faults as diagnostics, each where its author most likely wrote it.

    Args:
        found: the faults of one page.
        theme: the theme whose templates made it.
        template: the name of the template that was filled in.
        texts: the authored files by their paths, searched for a word.
    """
    for fault in found:
        place = _place(fault, theme, template, texts)
        yield Diagnostic(code="E411", place=place, message=fault.message, hint=fault.hint)


def _place(fault: Fault, theme: Theme, template: str, texts: Mapping[str, str]) -> Place:
    if fault.word:
        # Sections before lists of data: there the word most likely has its language.
        for file in sorted(texts, key=lambda file: (not file.endswith(".md"), file)):
            if fault.word in texts[file]:
                return place_of(fault.word, texts[file], file)
    named = {name: source for name, source in theme.sources.items() if not name.startswith(f"{BUILT_IN}/")}
    own = [name for name in (f"parts/{fault.part}.html", template) if name in named]
    templates = [named[name] for name in (*own, *named) if name.endswith((".html", ".svg"))]
    # A project's own first: what is built in has been read before it left.
    templates.sort(key=lambda source: source.file.startswith(f"{BUILT_IN}:"))
    starts = [f'<{fault.tag} class="{fault.name}', f'<{fault.tag} id="{fault.name}'] if fault.name else []
    for start in (*starts, f"<{fault.tag}"):
        for source in templates:
            if match := re.search(rf"{re.escape(start)}(?![\w-])", source.text):
                line = source.text.count("\n", 0, match.start()) + 1
                return place_of(start, source.text, source.file, line)
    return Place(file=(templates[0] if own else next(iter(named.values()))).file)


class _Reader:
    """Reads a page: which elements are not heard (no content, or decoration), and the language of each."""

    def __init__(self, root: Any, *, printed: bool) -> None:
        self.root, self.printed = root, printed
        self.parents = {child: parent for parent in root.iter() for child in parent}
        self.silent: dict[Any, bool] = {}
        self.languages: dict[Any, str] = {}
        # A parent comes before its children.
        for element in root.iter():
            parent = self.parents.get(element)
            hushed = element.tag in _SILENT or element.get("aria-hidden") == "true"
            self.silent[element] = hushed or self.silent.get(parent, False)
            self.languages[element] = element.get("lang") or self.languages.get(parent, "")
        self.led_to = {link.get("href") for link in root.iter("a")}
        self.level = 0

    def read(self) -> Iterator[Fault]:
        if not self.root.get("lang"):
            yield self.fault(self.root, "the page does not say its language", 'write <html lang="en">')
        if not any(_words(title) for title in self.root.iter("title")):
            yield self.fault(self.root, "the page has no title", "write <title> into its head")
        for element in self.root.iter():
            if isinstance(element.tag, str) and not self.silent[element]:
                for rule in (*_RULES.get(element.tag, ()), *_ALL):
                    yield from rule(self, element)

    def line(self, element: Any) -> Iterator[Any]:
        """Yield an element and what it stands in, from the inside out."""
        while element is not None:
            yield element
            element = self.parents.get(element)

    def fault(self, element: Any, message: str, hint: str, word: str = "") -> Fault:
        tag = _plain(element)
        part = next((each.get("id", "") for each in self.line(element) if each.tag == "section"), "")
        name = (element.get("class") or element.get("id") or "").partition(" ")[0]
        return Fault(message=message, hint=hint, tag=tag, name=name, part=part, word=word)

    # ---- text ----

    def check_heading(self, element: Any) -> Iterator[Fault]:
        """WCAG 1.3.1 and 2.4.6; ISO 14289-1, 7.4.2: headings go down one level at a time, and say something."""
        level, words = int(element.tag[1]), _words(element)
        if not words:
            yield self.fault(element, f"an empty heading, {_shown(element)}", "give it words, or take it out")
        if level > self.level + 1:
            before = f"follows one of level {self.level}" if self.level else "is the first of the page"
            message = f"the heading “{words[:_SHOWN]}” is of level {level} and {before}"
            yield self.fault(element, message, f"make it <h{self.level + 1}>, or give it a heading to stand under")
        self.level = level

    def check_language(self, element: Any) -> Iterator[Fault]:
        """WCAG 3.1.1 and 3.1.2; ISO 14289-1, 7.2: words in a script of another language say which it is."""
        own = element.get("lang")
        if own is not None and not _LANGUAGE.match(own):
            hint = 'write it as in lang="ko" (BCP 47)'
            yield self.fault(element, f"{own!r} is no language: {_shown(element)}", hint)
        for text in (element.text, *(child.tail for child in element)):
            # Latin letters are of any language.
            if text and not text.isascii() and (found := foreign(text, self.languages[element])):
                word, script = found
                message = f"the word {word!r} is in {script} and not marked with its language"
                hint = 'in a section write [word]{lang=xx}, in a template <span lang="xx">'
                yield self.fault(element, message, hint, word)

    # ---- pictures ----

    def check_image(self, element: Any) -> Iterator[Fault]:
        """WCAG 1.1.1; ISO 14289-1, 7.3: an image says what it shows, or that it shows nothing."""
        alt = element.get("alt")
        if alt is None or (alt != "" and not alt.strip()):
            message = f"an image without words for what it shows, {_shown(element)}"
            yield self.fault(element, message, 'write alt="...", or alt="" for decoration')
        elif _FILE.match(alt.strip()):
            message = f"an image is described by the name of a file, {alt.strip()!r}"
            yield self.fault(element, message, "say in words what it shows")

    def check_drawing(self, element: Any) -> Iterator[Fault]:
        """WCAG 1.1.1; ISO 14289-1, 7.3: the same for a drawing inside the page."""
        if element.get("role") in ("presentation", "none") or any(each.tag == SVG for each in self.outer(element)):
            return
        title = element.find("{http://www.w3.org/2000/svg}title")
        ids = {each.get("id"): each for each in element.iter()}
        named = [ids[name] for name in element.get("aria-labelledby", "").split() if name in ids]
        if not (element.get("aria-label") or any(map(_words, [*named, *([] if title is None else [title])]))):
            message = f"a drawing without words for what it shows, {_shown(element)}"
            hint = 'give it a <title> as its first child, or aria-hidden="true" for decoration'
            yield self.fault(element, message, hint)

    def outer(self, element: Any) -> Iterator[Any]:
        return (each for each in self.line(element) if each is not element)

    # ---- links ----

    def check_link(self, element: Any) -> Iterator[Fault]:
        """WCAG 2.4.4; ISO 14289-1, 7.18.5: a link says in words where it leads, and is in one line of text."""
        if element.get("href") is None:
            return
        block = next((each for each in element.iter() if each.tag in _BLOCKS), None)
        if block is not None:
            message = f"a link around a whole block, {_shown(element)} with <{block.tag}> in it"
            yield self.fault(element, message, "put the link inside the block, around the words that name its target")
        said = element.get("title") or element.get("aria-label") or _words(element)
        if not said:
            message = f"a link without words, {_shown(element)}"
            yield self.fault(element, message, "give it text, or a title that says where it leads")
        elif _ADDRESS.match(said):
            message = f"a link that reads out its address, “{said[:_SHOWN]}”"
            yield self.fault(element, message, 'say in words where it leads, as text or as title="..."', said)
        if "attachment" in (element.get("rel") or "").split():
            message = f"a link to a file inside the paper, {_shown(element)}"
            yield self.fault(element, message, "attach the file to the sheet; readers list what is attached")

    # ---- lists and tables ----

    def check_list(self, element: Any) -> Iterator[Fault]:
        """WCAG 1.3.1; ISO 14289-1, 7.6: a list is made of items."""
        odd = [child for child in element if child.tag not in ("li", "script", "template")]
        text = _own(element)
        if odd or text:
            what = f"<{_plain(odd[0])}>" if odd else f"“{text[:_SHOWN]}”"
            yield self.fault(element, f"{what} stands in a list and in none of its items", "put it into an <li>")
        elif not any(child.tag == "li" for child in element):
            yield self.fault(
                element, f"a list without items, {_shown(element)}", "leave the list out where it is empty"
            )

    def check_item(self, element: Any) -> Iterator[Fault]:
        """An item of a list says something."""
        if not _words(element) and not _has_picture(element):
            yield self.fault(element, "an empty item of a list", "leave it out")

    def check_terms(self, element: Any) -> Iterator[Fault]:
        """WCAG 1.3.1; ISO 32000-1, 14.8.4.3.3: terms and their meanings go in turn, terms first."""
        parts = [part for child in element for part in (child if child.tag == "div" else [child])]
        odd = next((part for part in parts if part.tag not in ("dt", "dd", "script", "template")), None)
        if odd is not None:
            message = f"<{_plain(odd)}> stands in a list of terms and is neither term nor meaning"
            yield self.fault(element, message, "make it a <dt> or a <dd>")
            return
        tags = [part.tag for part in parts if part.tag in ("dt", "dd")]
        if tags and (tags[0] != "dt" or tags[-1] != "dd"):
            lone = "a meaning without its term" if tags[0] != "dt" else "a term without its meaning"
            yield self.fault(element, f"{lone} in a list of terms", "let a <dt> come before each <dd>, and one after")

    def check_table(self, element: Any) -> Iterator[Fault]:
        """WCAG 1.3.1; ISO 14289-1, 7.5: a table has heads, and rows of one width."""
        if element.get("role") in ("presentation", "none"):
            hint = "set it with CSS: a listener cannot leave the rows and columns out"
            yield self.fault(element, f"a table for the looks of it, {_shown(element)}", hint)
        rows = [row for row in element.iter("tr") if self.table_of(row) is element]
        if not rows:
            yield self.fault(
                element, f"a table without rows, {_shown(element)}", "leave the table out where it is empty"
            )
            return
        if not any(cell.tag == "th" and _words(cell) for row in rows for cell in row):
            message = f"a table without heads, {_shown(element)}"
            yield self.fault(element, message, 'make the heads of columns <th scope="col">, those of rows scope="row"')
        widths = _widths(element, len(rows))
        for number, width in enumerate(widths, 1):
            if width != widths[0]:
                message = f"row {number} of a table takes up {_columns(width)}, its first row {_columns(widths[0])}"
                yield self.fault(element, message, "add what is missing as empty cells, or mend colspan and rowspan")
                break

    def table_of(self, row: Any) -> Any:
        return next((each for each in self.line(row) if each.tag == "table"), None)

    def check_caption(self, element: Any) -> Iterator[Fault]:
        """A caption is of a figure."""
        if self.parents[element].tag != "figure":
            message = f"a caption that belongs to no figure, {_shown(element)}"
            yield self.fault(element, message, "put it straight into its <figure>")

    # ---- notes and fields ----

    def check_note(self, element: Any) -> Iterator[Fault]:
        """ISO 14289-1, 7.9: a note is called, and leads back."""
        if element.get("role") != "doc-footnote":
            return
        name = element.get("id", "")
        called = name and f"#{name}" in self.led_to
        back = any((link.get("href") or "").startswith("#") for link in element.iter("a"))
        if not called or not back:
            lack = "is called by no link" if not called else "has no link back to its call"
            message = f"the note “{_words(element)[:_SHOWN]}” {lack}"
            yield self.fault(element, message, "the macro `call` of macros.html writes both")

    def check_field(self, element: Any) -> Iterator[Fault]:
        """A field that cannot be filled in is no field."""
        if self.printed and element.get("type") != "hidden":
            message = f"a field to fill in, {_shown(element)}, which paper has not"
            yield self.fault(element, message, "draw lines to write on with CSS")


_RULES = {
    **dict.fromkeys(_HEADINGS, (_Reader.check_heading,)),
    **dict.fromkeys(_FIELDS, (_Reader.check_field,)),
    "a": (_Reader.check_link,),
    "dl": (_Reader.check_terms,),
    "figcaption": (_Reader.check_caption,),
    "img": (_Reader.check_image,),
    "li": (_Reader.check_item,),
    "ol": (_Reader.check_list,),
    "table": (_Reader.check_table,),
    "ul": (_Reader.check_list,),
    SVG: (_Reader.check_drawing,),
}
_ALL = (_Reader.check_language, _Reader.check_note)


def _widths(table: Any, rows: int) -> list[int]:
    """Return how many columns each row of a table takes up, with the cells that reach into it from above."""
    widths = [0] * rows
    for cell in grid(table):
        for row in range(cell.row, cell.row + cell.rows):
            widths[row] += cell.columns
    return widths


def _columns(number: int) -> str:
    return "1 column" if number == 1 else f"{number} columns"


def _plain(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _shown(element: Any) -> str:
    """Return an element as its author knows it: its start tag, shortened."""
    kept = [(name, element.get(name)) for name in ("class", "id", "src", "href") if element.get(name)]
    short = [(name, "data:…" if value.startswith("data:") else value[:_SHOWN]) for name, value in kept[:2]]
    attributes = "".join(f' {name}="{value}"' for name, value in short)
    return f"<{_plain(element)}{attributes}>"


def _own(element: Any) -> str:
    return " ".join("".join([element.text or "", *(child.tail or "" for child in element)]).split())


def _words(element: Any) -> str:
    """Return what is said of an element in one line: its text and the words of its pictures."""
    return " ".join("".join(_texts(element)).split())


def _texts(element: Any) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.get("aria-hidden") == "true":
        return
    if element.tag == "img":
        yield element.get("alt") or ""
    if element.tag == SVG:
        yield element.get("aria-label") or ""
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


def _has_picture(element: Any) -> bool:
    return any(each.tag in ("img", SVG) for each in element.iter())
