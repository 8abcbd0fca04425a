"""Style sheets read once: what a process has read of one paper's it knows in the next; `repairs` puts it in the engine.

To read its style sheet is a quarter of the time that a short paper takes, and of two papers in the same clothes all
rules but one or two are the same: the running heads. So a style sheet is cut into its rules, and each is read once, by
the engine itself, and kept under its own text: its selectors, faces and page rules are added to the next sheet as they
were to the first. What cannot be kept is read each time, as ever: rules that the engine complains of, for it names
their lines; variables, of which it remembers that it complained; and what hangs on other rules (layers, counters).
"""

import logging
import re
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, NamedTuple

from nkru_brief.typecase import Ear

# Rules kept in mind: those of some five themes.
_RULES = 1_000

# Brackets, and what may hold one that is none (CSS Syntax 3, 4.3): comments, texts, and addresses without quotes.
_PIECE = re.compile(
    r"""/\*.*?(?:\*/|\Z) | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'
    | (?<![-\w])(?<![^\x00-\x7f])(?i:url)\((?:\s*[^"'()\\\s]*\s*\) | (?!\s*["'])) | [][(){}"'\\]""",
    re.VERBOSE | re.DOTALL,
)
# Where these stand alone, what follows is anybody's guess: a text without an end, an escape, an address that is none.
_UNSURE = frozenset({"'", '"', "\\", "url("})
_CLOSED_BY = {"{": "}", "(": ")", "[": "]"}
_LINE = re.compile("\r\n?|\f")
# Whether one may stand hangs on what came before it.
_IMPORT = re.compile(r"@(?:import|[^;{}\w]*\\)", re.IGNORECASE)
# The at-rules that say the same wherever they stand: those of pages, their margins, and faces.
_ALONE = re.compile(
    r"@(?!(?:page|font-face|media|footnote|(?:top|bottom|left|right)-[a-z-]+)(?![-\w\\]))", re.IGNORECASE
)


class _Read(NamedTuple):
    """What the engine read in a rule: selectors with their declarations, page rules, and faces."""

    selectors: tuple[tuple[Any, Any], ...]
    pages: tuple[Any, ...]
    faces: tuple[dict[str, Any], ...]


class Sheet:
    """A style sheet as the engine looks at one: its selectors, and the page rules and layers of its document."""

    def __init__(self, matcher: Any, page_rules: list[Any], layers: list[str]) -> None:
        self.matcher, self.page_rules, self.layers = matcher, page_rules, layers


_KEPT: OrderedDict[str, _Read | None] = OrderedDict()


def style_sheet(**options: Any) -> Any:
    """Return what `weasyprint.CSS` makes of these options: an element's style sheet, rule by rule as it is known."""
    import weasyprint

    css = options.get("string")
    if css is None or options.get("media_type") != "print" or _IMPORT.search(css):
        return weasyprint.CSS(**options)
    from weasyprint import css as engine

    sheet, above = Sheet(engine.cssselect2.Matcher(), options["page_rules"], options["layers"]), ""
    for rule in rules(_LINE.sub("\n", css)):
        read = _known(rule, options["base_url"])
        if read is None:
            # It complains of a line and column of the whole.
            blank = "\n" * above.count("\n") + " " * len(above.rpartition("\n")[2])
            weasyprint.CSS(**options | {"string": blank + rule, "matcher": sheet.matcher})
        else:
            for selector, declarations in read.selectors:
                sheet.matcher.add_selector(selector, declarations)
            sheet.page_rules += read.pages
            for face in read.faces:
                options["font_config"].add_font_face(face, options["url_fetcher"])
        above += rule
    return sheet


def rules(css: str) -> Iterator[str]:
    """Yield the rules of a style sheet, each with what stands before it; all of them together are the style sheet.

    A rule ends where the block it opened is closed. What follows something unsure is not cut.
    """
    start, stack = 0, list[str]()
    for piece in _PIECE.finditer(css):
        found = piece[0]
        if found.lower() in _UNSURE:
            break
        if found in _CLOSED_BY:
            stack.append(_CLOSED_BY[found])
        elif stack and found == stack[-1]:
            stack.pop()
            if found == "}" and not stack:
                yield css[start : piece.end()]
                start = piece.end()
    if start < len(css):
        yield css[start:]


def _known(rule: str, base_url: str) -> _Read | None:
    """Return what the engine reads in a rule, or None where it has to read it each time."""
    key = f"{base_url} {rule.strip()}"
    if key not in _KEPT:
        _KEPT[key] = None if _ALONE.search(rule) else _read(rule, base_url)
        if len(_KEPT) > _RULES:
            _KEPT.popitem(last=False)
    _KEPT.move_to_end(key)
    return _KEPT[key]


class _Record:
    """Takes selectors and faces as the engine's own matcher and fonts do, and keeps them."""

    def __init__(self) -> None:
        self.selectors: list[tuple[Any, Any]] = []
        self.faces: list[dict[str, Any]] = []

    def add_selector(self, selector: Any, declarations: Any) -> None:
        self.selectors.append((selector, declarations))

    def add_font_face(self, descriptors: dict[str, Any], _fetcher: Any) -> None:
        self.faces.append(descriptors)


def _read(rule: str, base_url: str) -> _Read | None:
    from weasyprint import css as engine

    record, pages, ear = _Record(), list[Any](), Ear(logging.WARNING)
    logger = logging.getLogger("weasyprint")
    before, logger.handlers = logger.handlers, [ear]
    try:
        found = engine.tinycss2.parse_stylesheet(rule)
        engine.preprocess_stylesheet("print", base_url, found, None, record, pages, [], record, {}, {})
    finally:
        logger.handlers = before
    declared = [*(payload[0] for _, payload in record.selectors), *(declarations for *_, declarations in pages)]
    if ear.heard or any(isinstance(value, engine.Pending) for each in declared for _, value, _ in each):
        return None
    return _Read(tuple(record.selectors), tuple(pages), tuple(record.faces))
