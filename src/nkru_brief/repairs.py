"""Repairs of the page engine's layout, written for WeasyPrint 70.0 and refused by any other version.

Notes. Where the last line that a paragraph must keep on a page does not fit above the notes, WeasyPrint sends notes of
*earlier* lines to the next page to make room, and forgets the line's own notes: a note parts from its call, or is
lost (Kozea/WeasyPrint#2502). Here the notes stay and the line goes, with as many before it as widows and orphans ask.

Lines. Where a run of text fits its line but for the space at its end, WeasyPrint takes it for one that cannot be
broken, tries to hyphenate its first word, and leaves that word alone on the line. Here the run stays whole.

Steps. WeasyPrint knows no baseline grid: after a table or a figure, lines stand wherever those end. Here a block whose
style sheet gives it a `--step` is made higher, at its foot, to a multiple of that length (`block-step-size` of CSS
Rhythmic Sizing 1, 2, does the same), and the text after it is back on the grid.
"""

from typing import Any

from nkru_brief.diagnostics import UsageError

WRITTEN_FOR = "70.0"
# Pixels of CSS in a pt.
_PX = 4 / 3
# Pixels by which a block may miss its grid.
_HAIR = 0.05


def repair() -> None:
    """Put the repairs into the engine, once.

    Raises:
        UsageError: the engine is not the version they were written for.
    """
    import weasyprint
    from weasyprint.layout import block, inline

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
        inline.split_first_line = _split_first_line


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
