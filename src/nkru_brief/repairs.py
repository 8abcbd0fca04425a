"""Repairs of the page engine's layout, written for WeasyPrint 70.0 and refused by any other version.

Notes. Where the last line that a paragraph must keep on a page does not fit above the notes, WeasyPrint sends notes of
*earlier* lines to the next page to make room, and forgets the line's own notes: a note parts from its call, or is
lost (Kozea/WeasyPrint#2502). Here the notes stay and the line goes, with as many before it as widows and orphans ask.

Lines. Where a run of text fits its line but for the space at its end, WeasyPrint takes it for one that cannot be
broken, tries to hyphenate its first word, and leaves that word alone on the line. Here the run stays whole. A word that
is longer than a line is broken where the style sheet allows that (CSS Text 3, 5.5) at the beginning of the line only,
not at that of any piece in a piece, and then also for the sake of what must stay with its end.

Time. WeasyPrint lays the notes of a page out anew for each one that is added, a grid once for the widths of its columns
and once for itself, and all pages again where they name one another's numbers. A line that is broken in the same words,
style and width is broken as it was before, in another document with the same faces, too: this is most of the time that
laying out takes. And it reads the style sheet of each paper anew: `stylesheets` keeps what it read in a rule, for the
next paper that has the same.

Figures. WeasyPrint lays each letter of a drawing's text out by itself, so that none is kerned and a word of thirty
letters takes thirty layouts. Here a text whose letters have no places of their own is drawn in one run, as browsers do.

A paper that is set again for one place keeps the pages before it (`resuming`).

Sides. A style sheet cannot tell a left-hand page from a right-hand one; `facing` turns one of the two.

Steps. WeasyPrint knows no baseline grid: after a table or a figure, lines stand wherever those end. Here a block whose
style sheet gives it a `--step` is made higher, at its foot, to a multiple of that length (`block-step-size` of CSS
Rhythmic Sizing 1, 2, does the same), and the text after it is back on the grid.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from nkru_brief import arrays, computed, facing, notearea, resuming, stylesheets
from nkru_brief.diagnostics import UsageError

WRITTEN_FOR = "70.0"
# Pixels of CSS in a pt.
_PX = 4 / 3
# Pixels by which a block may miss its grid.
_HAIR = 0.05

# Lines kept in mind, so that long papers do not fill the memory: those of some 30 pages.
_LINES = 20_000
# All of a style that decides how a line is set and where it ends: what the engine's `text` reads of one.
_SET = (
    "direction",
    "font_family",
    "font_feature_settings",
    "font_kerning",
    "font_language_override",
    "font_size",
    "font_stretch",
    "font_style",
    "font_variant_alternates",
    "font_variant_caps",
    "font_variant_east_asian",
    "font_variant_ligatures",
    "font_variant_numeric",
    "font_variant_position",
    "font_variation_settings",
    "font_weight",
    "hyphenate_character",
    "hyphenate_limit_chars",
    "hyphenate_limit_zone",
    "hyphens",
    "lang",
    "letter_spacing",
    "overflow_wrap",
    "tab_size",
    "text_decoration_line",
    "white_space",
    "word_break",
    "word_spacing",
)
# Lines by the faces of their document, each by its words, style and width.
_KNOWN: dict[tuple[str, ...], dict[Any, Any]] = {}

# Where the line that is being filled begins, and those around it, in px from the page's edge.
_BEGINS: list[float] = []
# What gives the letters of a drawing's text places of their own: a list of numbers, or any.
_PLACES, _PLACING = ("x", "y", "dx", "dy"), ("rotate", "letter-spacing", "textLength")
# Values of `white-space` with which a line may end at a space.
_WRAPPING = frozenset({"normal", "pre-wrap", "pre-line"})


def repair() -> None:
    """Put the repairs into the engine, once.

    Raises:
        UsageError: the engine is not the version they were written for.
    """
    import weasyprint
    from weasyprint import css, document, layout, svg
    from weasyprint.layout import LayoutContext, block, inline, page, preferred
    from weasyprint.text.ffi import ffi
    from weasyprint.text.fonts import FontConfiguration

    if weasyprint.VERSION != WRITTEN_FOR:
        raise UsageError(
            f"this builder sets pages with WeasyPrint {WRITTEN_FOR}, but {weasyprint.VERSION} is installed"
        )
    if not hasattr(block, "nkru_brief_line_layout"):
        block.nkru_brief_line_layout = block._linebox_layout
        block._linebox_layout = _line_layout
        block.nkru_brief_level_layout = block.block_level_layout
        block.block_level_layout = _level_layout
        inline.nkru_brief_split_first_line = inline.split_first_line
        inline.split_first_line = partial(_remembered, _split_first_line)
        inline.nkru_brief_split_inline_box = inline.split_inline_box
        inline.split_inline_box = _split_inline_box
        inline.nkru_brief_split_inline_level = inline.split_inline_level
        inline.split_inline_level = _split_inline_level
        inline.nkru_brief_can_break_inside = inline.can_break_inside
        inline.can_break_inside = _can_break_inside
        preferred.split_first_line = partial(_remembered, preferred.split_first_line)
        FontConfiguration.nkru_brief_add_font_face = FontConfiguration.add_font_face
        FontConfiguration.add_font_face = _add_face
        LayoutContext.nkru_brief_update_footnote_area = LayoutContext._update_footnote_area
        LayoutContext._update_footnote_area = notearea.update
        inline.nkru_brief_inline_block = inline.inline_block_box_layout
        inline.inline_block_box_layout = notearea.box_in_line
        inline.nkru_brief_strut = inline.strut
        inline.strut = _strut
        layout.nkru_brief_backgrounds = layout.layout_backgrounds
        layout.layout_backgrounds = _backgrounds
        css.CSS = stylesheets.style_sheet
        css.nkru_brief_missing = css.ComputedStyle.__missing__
        css.ComputedStyle.__missing__ = computed.quick(css)
        arrays.declare_at_once(ffi)
        page.nkru_brief_remake_page = page.remake_page
        page.remake_page = resuming.page
        svg.nkru_brief_text = svg.text
        svg.text = _text_in_run
        svg.TAGS |= {tag: _text_in_run for tag, draw in svg.TAGS.items() if draw is svg.nkru_brief_text}
        document.nkru_brief_layout_document = document.layout_document
        document.layout_document = resuming.pages


def _remembered(
    split: Any, text: str, style: Any, context: Any, max_width: float | None, spacing: float, *rest: Any, **options: Any
) -> Any:
    """Split a line as `split` does, once for each way to set it."""
    if context is None:
        return split(text, style, context, max_width, spacing, *rest, **options)
    lines = vars(context).get("nkru_brief_lines")
    if lines is None:
        lines = context.nkru_brief_lines = _lines(context.font_config)
    key = (split, text, _way(style), max_width, spacing, rest, *options.items())
    if key not in lines:
        if len(lines) >= _LINES:
            lines.clear()
        lines[key] = split(text, style, context, max_width, spacing, *rest, **options)
    kept, *found = lines[key]
    # What is drawn may be shortened, and is one box's own.
    layout = object.__new__(type(kept))
    vars(layout).update(vars(kept))
    return layout, *found


def _lines(configuration: Any) -> dict[Any, Any]:
    """Return the lines known of documents with the same faces, whose addresses have the digests of their bytes."""
    faces = tuple(getattr(configuration, "nkru_brief_faces", ()))
    if faces not in _KNOWN:
        # Who writes looks at one edition; others' lines make room.
        _KNOWN.clear()
    return _KNOWN.setdefault(faces, {})


def forget() -> None:
    """Let go of the lines of all documents."""
    _KNOWN.clear()


def _way(style: Any) -> tuple[Any, ...]:
    """Return what of a style sets a line, asked for once."""
    known = vars(style)
    if "nkru_brief_way" not in known:
        known["nkru_brief_way"] = tuple(_fixed(style[name]) for name in _SET)
    way: tuple[Any, ...] = known["nkru_brief_way"]
    return way


def _fixed(value: Any) -> Any:
    match value:
        case list() | tuple():
            return tuple(map(_fixed, value))
        case set():
            return frozenset(value)
    return value


def _add_face(configuration: Any, descriptors: Any, fetcher: Any) -> None:
    """Add a face as the engine does, and remember what it is."""
    from weasyprint.text.ffi import fontconfig
    from weasyprint.text.fonts import FontConfiguration

    FontConfiguration.nkru_brief_add_font_face(configuration, descriptors, fetcher)
    # One that cannot be loaded is none.
    loaded = fontconfig.FcConfigGetFonts(configuration._config, fontconfig.FcSetApplication)
    number = loaded.nfont if loaded else 0
    vars(configuration).setdefault("nkru_brief_faces", []).append(f"{number} {descriptors}")


def _backgrounds(page: Any, *rest: Any) -> None:
    """Turn a page to its outer side, then place backgrounds behind what stands on it: all else of it is laid out."""
    from weasyprint import layout

    facing.turn(page)
    layout.nkru_brief_backgrounds(page, *rest)


def _strut(style: Any) -> Any:
    """Return the height of a line and its baseline in a style, asked for once."""
    from weasyprint.layout import inline

    known = vars(style)
    if "nkru_brief_strut" not in known:
        known["nkru_brief_strut"] = inline.nkru_brief_strut(style)
    return known["nkru_brief_strut"]


class _Run(str):
    """A text of a drawing that goes into one layout: who takes its letters one by one gets all of them at once."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        return iter((str(self),))


def _text_in_run(drawing: Any, node: Any, font_size: float) -> None:
    """Draw a drawing's text as the engine does, but in one run where its letters have no places of their own."""
    from weasyprint import svg
    from weasyprint.svg.utils import normalize

    element = node._etree_node
    written = element.text
    placed = any(node.get(name) for name in _PLACING) or any(" " in normalize(node.get(name)) for name in _PLACES)
    element.text = written if placed or not written else _Run(written)
    try:
        svg.nkru_brief_text(drawing, node, font_size)
    finally:
        element.text = written


def _level_layout(*arguments: Any, **options: Any) -> Any:
    """Lay out a block as the engine does, then make it higher to a multiple of its step where it ends on this page."""
    from weasyprint.layout import block

    result = block.nkru_brief_level_layout(*arguments, **options)
    laid, resume_at = result[:2]
    if laid is not None and resume_at is None:
        step, from_page = _step(laid)
        bottom = laid.border_height()
        if from_page:
            bottom += laid.border_box_y() - arguments[0].current_footnote_area.page.content_box_y()
        # What is a hair over a line is on it: lengths in pt and px are not whole in each other.
        if step and _HAIR < bottom % step < step - _HAIR:
            laid.height += step - bottom % step
    return result


def _step(box: Any) -> tuple[float, bool]:
    """Return the step of a block in px, or 0, and whether it is counted from the head of the page.

    The style sheet writes `--step: 12pt` or `--step: 12pt page`. Boxes that the engine adds inherit one and have none
    of their own.
    """
    tokens = [] if type(box.style).__name__ == "AnonymousStyle" else box.style["__step"]
    sizes = [token for token in tokens or () if token.type == "dimension" and token.unit == "pt"]
    from_page = any(token.type == "ident" and token.value == "page" for token in tokens or ())
    return (float(sizes[0].value) * _PX if len(sizes) == 1 else 0.0), from_page


def _split_first_line(
    text: str,
    style: Any,
    context: Any,
    max_width: float | None,
    spacing: float,
    *rest: Any,
    **options: Any,
) -> Any:
    """Split a line as the engine does, but keep a run whole that only its last space makes too wide."""
    from weasyprint.layout import inline

    split = inline.nkru_brief_split_first_line
    result = split(text, style, context, max_width, spacing, *rest, **options)
    resume = result[2]
    bare = text.rstrip(" ")
    if max_width is None or resume is None or len(bare) == len(text) or " " in text.encode()[:resume].decode().rstrip():
        return result
    whole = split(bare, style, context, max_width, spacing, *rest, **options)
    if whole[2] is not None or whole[3] > max_width:
        return result
    return split(text, style, context, whole[3] + style["font_size"], spacing, *rest, **options)


def _split_inline_box(context: Any, box: Any, position_x: float, *rest: Any) -> Any:
    """Fill a line as the engine does, and note where it begins."""
    from weasyprint.layout import inline

    if type(box).__name__ != "LineBox":
        return inline.nkru_brief_split_inline_box(context, box, position_x, *rest)
    # A line may hold a block with lines of its own.
    _BEGINS.append(position_x)
    try:
        return inline.nkru_brief_split_inline_box(context, box, position_x, *rest)
    finally:
        _BEGINS.pop()


def _split_inline_level(context: Any, box: Any, position_x: float, *rest: Any) -> Any:
    """Fill a line as the engine does, but break a word that is too long for its line at the line's beginning only.

    It takes any beginning of a piece in another piece for that, and cuts words that have room on the next line; and it
    does not where it tries a word again that what stays with it made too long.
    """
    from weasyprint.layout import inline

    *others, before, letter, line = rest
    if type(box).__name__ == "TextBox":
        before = (None,) if position_x > _BEGINS[-1] else ()
    return inline.nkru_brief_split_inline_level(context, box, position_x, *others, before, letter, line)


def _can_break_inside(box: Any) -> bool:
    """Return what the engine does, but that the first word of a line can be broken, too, where its style says so."""
    from weasyprint.layout import inline

    style, first = box.style, type(box).__name__ == "TextBox" and box.position_x <= _BEGINS[-1]
    wraps = style["white_space"] in _WRAPPING and style["overflow_wrap"] in ("anywhere", "break-word")
    return inline.nkru_brief_can_break_inside(box) or bool(first and wraps and len(box.text) > 1)


def _line_layout(*arguments: Any) -> Any:
    """Lay out a paragraph's lines as the engine does, then undo the notes it sent on to make room."""
    from weasyprint.layout import block

    (context, box, index, _child, children, page_is_empty, absolute, fixed, *_rest) = arguments
    before = list(context.current_page_footnotes)
    already = len(context.reported_footnotes)
    result = block.nkru_brief_line_layout(*arguments)
    moved = [note for note in before if note in context.reported_footnotes[already:]]
    if not moved:
        return result
    _take_back(context, moved)
    abort, stop, resume_at, position_y, notes, max_lines = result
    if abort or not children or not _squeezed_in(context, children[-1]):
        return result
    line = children.pop()
    resume_at = line.resume_at
    skip_stack = children[-1].resume_at if children else arguments[11]
    # The engine asked for no more lines: this one was the first that may stand alone on the next page.
    abort, stop, resume_at = block._break_line(
        context, box, line, children, 0, page_is_empty, index, skip_stack, resume_at, absolute, fixed
    )
    if children and not abort:
        resume_at = {index: children[-1].resume_at}
    return abort, stop, resume_at, position_y, notes, max_lines


def _squeezed_in(context: Any, line: Any) -> bool:
    """Return whether a line stands below the bottom that the notes leave."""
    return bool(context.overflows_page(0, line.position_y + line.height))


def _take_back(context: Any, notes: list[Any]) -> None:
    for note in notes:
        context.reported_footnotes.remove(note)
        context.footnotes.append(note)
        context.layout_footnote(note)
