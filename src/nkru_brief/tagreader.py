"""A page read tag by tag, as the standard library's HTMLParser reads it, in a fifth of the time.

Every page of a build is read back twice, and HTMLParser asks for each character that could mean something with patterns
of its own. Here one pattern cuts a page into its pieces. What is not whole (a tag or comment without its end) is text.
"""

import re
from html import unescape

_PIECE = re.compile(
    r"""
    (?P<text>[^<]+)
    | </(?P<end>[a-z][^\s/>]*)[^>]*>
    | <(?P<raw>script|style)(?=[\s/>])(?P<held>(?:[^>"']|"[^"]*"|'[^']*')*)>(?P<inside>.*?)</(?P=raw)(?=[\s/>])[^>]*>
    | <(?P<start>[a-z][^\s/>]*)(?P<rest>(?:[^>"']|"[^"]*"|'[^']*')*)>
    | <!--(?P<comment>.*?)-->
    | <[!?][^>]*>
    | (?P<lone><)
    """,
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>][^\s>]*)))?""")

Attributes = list[tuple[str, str | None]]


class TagReader:
    """Told of each tag, text and comment of a page, in their order; what of it matters a subclass says."""

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Take a start tag: its name and its attributes in small letters, their values as they are meant."""

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        """Take a start tag that is its own end tag, as `<br/>` is."""
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Take an end tag."""

    def handle_data(self, data: str) -> None:
        """Take a text, its character references resolved."""

    def handle_comment(self, data: str) -> None:
        """Take a comment."""

    def feed(self, html: str) -> None:
        """Read a page to its end."""
        for piece in _PIECE.finditer(html):
            match piece.lastgroup:
                case "text" | "lone":
                    text = piece[0]
                    self.handle_data(unescape(text) if "&" in text else text)
                case "end":
                    self.handle_endtag(piece["end"].lower())
                case "rest":
                    tag, rest = piece["start"].lower(), piece["rest"]
                    handle = self.handle_startendtag if rest.endswith("/") else self.handle_starttag
                    handle(tag, _attributes(rest))
                case "inside":
                    tag = piece["raw"].lower()
                    self.handle_starttag(tag, _attributes(piece["held"]))
                    if piece["inside"]:
                        self.handle_data(piece["inside"])
                    self.handle_endtag(tag)
                case "comment":
                    self.handle_comment(piece["comment"])


def _attributes(text: str) -> Attributes:
    if not text or text.isspace():
        return []
    found = []
    for match in _ATTRIBUTE.finditer(text):
        # The name is the first group, and of the three ways to write a value one matched or none.
        value = match[match.lastindex or 1] if match.lastindex != 1 else None
        found.append((match[1].lower(), unescape(value) if value else value))
    return found
