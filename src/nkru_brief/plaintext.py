"""Plain text: a page's elements become paragraphs of at most 72 characters a line, and are read back from them.

Headings are underlined, with `=` under the title, `-` under sections and `.` below that, as plain text has been set
since typewriters. A call of a note is its number in brackets; a note begins with it, and its section ends in its notes.
"""

import re
from html.parser import HTMLParser
from textwrap import wrap

from nkru_brief.completeness import Finished, Leaf

WIDTH = 72
_UNDER = {"h1": "=", "h2": "-", "h3": ".", "h4": "."}
_PARAGRAPHS = frozenset(
    {"p", "li", "div", "section", "header", "main", "ul", "ol", "tr", "table", "figure", "dt", "dd"}
)
_PARAGRAPHS |= {"blockquote", "figcaption", *_UNDER}
_APART = frozenset({"head", "style", "script", "svg", "template"})
_VOID = frozenset({"br", "hr", "img", "meta", "link", "col", "wbr"})
_NOTE = re.compile(r"n(\d+)")
_CALL = re.compile(r"\[(\d+)\]")
_OWN = re.compile(r"\[(\d+)\] ")


def written(html: str) -> str:
    """Return a page as plain text, its paragraphs parted by empty lines."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    writer.flush()
    return "\n\n".join(writer.paragraphs) + "\n"


def read(text: str) -> Finished:
    """Return what a plain text says: its text without notes, the notes called in it, and the notes that stand in it."""
    said: list[str] = []
    notes: list[tuple[int, str]] = []
    for paragraph in text.split("\n\n"):
        own = _OWN.match(paragraph)
        if own:
            notes.append((int(own[1]), " ".join(paragraph[own.end() :].split())))
        else:
            said.append(" ".join(paragraph.split()))
    whole = " ".join(said)
    calls = tuple(int(number) for number in _CALL.findall(whole))
    return Finished(leaves=(Leaf(text=_CALL.sub("", whole), calls=calls, notes=tuple(notes)),))


class _Writer(HTMLParser):
    """Gathers the lines of a page, paragraph by paragraph."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[str] = []
        self._text: list[str] = []
        self._tags: list[str] = []
        # For each open list, the number of its item, or none.
        self._lists: list[int | None] = []
        self._first, self._under = "", ""
        self._apart = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag not in _VOID:
            self._tags.append(tag)
        if self._apart or tag in _APART or attributes.get("aria-hidden") == "true":
            self._apart += tag not in _VOID
            return
        if tag == "img":
            self._text.append(f" {attributes.get('alt') or ''} ")
        elif tag == "br":
            self.flush(keep=True)
        elif tag in _PARAGRAPHS:
            self.flush()
        if tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li" and self._lists:
            self._first = self._marker()
        elif tag in ("td", "th"):
            self._text.append(" ")
        self._under = _UNDER.get(tag, self._under)
        if attributes.get("role") == "doc-noteref":
            self._text.append(" [")
        elif tag == "span" and _NOTE.fullmatch(attributes.get("id") or ""):
            self.flush()
        elif attributes.get("class") == "back":
            self._text.append("[")

    def _marker(self) -> str:
        number = self._lists[-1]
        if number is None:
            return "  " * (len(self._lists) - 1) + "- "
        self._lists[-1] = number + 1
        return f"{number + 1}. "

    def handle_endtag(self, tag: str) -> None:
        while self._tags and self._tags.pop() != tag:
            pass
        if self._apart:
            self._apart -= 1
            return
        if tag == "a" and any(each in self._text[-2:] for each in ("[", " [")):
            self._text.append("]")
        if tag in _PARAGRAPHS:
            self.flush()
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()

    def handle_data(self, data: str) -> None:
        if not self._apart:
            self._text.append(data)

    def flush(self, *, keep: bool = False) -> None:
        """End a paragraph, or where it is to be kept together only its line."""
        # No-break spaces are for lines that a layout breaks; these are broken here.
        text = " ".join("".join(self._text).split())
        self._text = []
        if not text:
            return
        hang = " " * len(self._first)
        lines = wrap(
            text,
            WIDTH,
            initial_indent=self._first,
            subsequent_indent=hang,
            break_long_words=False,
            break_on_hyphens=False,
        )
        if self._under:
            lines.append(self._under * max(map(len, lines)))
        block = "\n".join(lines)
        if self._kept and self.paragraphs:
            self.paragraphs[-1] += f"\n{block}"
        else:
            self.paragraphs.append(block)
        self._kept = keep
        self._first = hang if keep else ""
        self._under = ""

    _kept = False
