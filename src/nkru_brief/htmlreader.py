"""A finished web page read back: its text, the notes it calls, the notes that stand there, and its pictures' texts."""

import re

from nkru_brief.completeness import Finished, Leaf
from nkru_brief.tagreader import TagReader

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
# Not of the running text: heads and styles, what is laid over the page on demand, and what is pressed.
_APART = frozenset({"head", "script", "style", "template", "button", "svg"})
_NOTE = re.compile(r"n(\d+)")


def read(html: str) -> Finished:
    """Return what a web page says to who reads it from top to bottom."""
    reader = _Reader()
    reader.feed(html)
    leaf = Leaf(text=" ".join(reader.text), calls=tuple(reader.calls), notes=tuple(reader.noted()))
    return Finished(leaves=(leaf,), pictures=tuple(reader.pictures))


class _Reader(TagReader):
    """Walks a page; for each open element it knows where text in it goes."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.calls: list[int] = []
        self.pictures: list[str] = []
        self._notes: list[tuple[int, list[str]]] = []
        self._open: list[tuple[str, list[str]]] = [("", self.text)]

    def noted(self) -> list[tuple[int, str]]:
        return [(number, " ".join(texts)) for number, texts in self._notes]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if label := attributes.get("alt" if tag == "img" else "aria-label") if tag in ("img", "svg") else None:
            self.pictures.append(label)
        if tag not in _VOID:
            self._open.append((tag, self._into(tag, attributes)))

    def _into(self, tag: str, attributes: dict[str, str | None]) -> list[str]:
        """Return where the text of an element goes."""
        if tag in _APART or "popover" in attributes or "hidden" in attributes:
            return []
        if tag in ("title", "desc") and self._open[-1][0] == "svg":
            self.pictures.append("")
            return []
        if attributes.get("role") == "doc-noteref":
            self.calls.append(int("".join(filter(str.isdigit, attributes.get("href") or "")) or 0))
            return []
        # A section may be named as notes are.
        if tag != "section" and (note := _NOTE.fullmatch(attributes.get("id") or "")):
            self._notes.append((int(note[1]), []))
            return self._notes[-1][1]
        return self._open[-1][1]

    def handle_endtag(self, tag: str) -> None:
        while len(self._open) > 1:
            if self._open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        tag, texts = self._open[-1]
        if tag in ("title", "desc") and self.pictures and len(self._open) > 2 and self._open[-2][0] == "svg":
            self.pictures[-1] += data
        texts.append(data)
