"""The tokens every theme has: what each is for, and what its value must be.

A theme may have more of its own; these are the ones that `base` sets and that templates, style sheets and the builder
rely on. `docs/themes.md` is made from this table.
"""

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from nkru_brief import contrast
from nkru_brief.papersize import Paper

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["colour", "mm", "pt", "number", "length", "switch", "alignment", "families", "family", "paper", "text"]

SWITCH = ("yes", "no")
ALIGNMENTS = ("left", "justify", "start")

_NUMBER = re.compile(r"\d{1,4}(?:\.\d{1,3})?")
_LENGTH = re.compile(r"0|-?\d{1,4}(?:\.\d{1,3})?(?:pt|mm|cm|in|px|em|rem)")

SAYS: dict[str, str] = {
    "colour": "a colour in hex digits: '#7a1f2b'",
    "mm": "a number of mm, without a unit: '19'",
    "pt": "a number of pt, without a unit: '9.8'",
    "number": "a number: '27'",
    "length": "a length with its unit, or 0: '11pt'",
    "switch": "'yes' or 'no'",
    "alignment": f"one of {', '.join(ALIGNMENTS)}",
    "families": "families of the theme's faces, each in double quotes, and a generic one: '\"Fira Sans\", sans-serif'",
    "family": "one family of the theme's faces",
    "paper": "a paper: 'A4', 'Letter', '170 x 240 mm'",
    "text": "a text",
}


class Token(NamedTuple):
    """What a token holds, and what it is for."""

    kind: Kind
    meaning: str


TOKENS: dict[str, Token] = {
    "ink": Token("colour", "text"),
    "muted": Token("colour", "secondary text"),
    "rule": Token("colour", "hairlines"),
    "tint": Token("colour", "the ground of boxes"),
    "accent": Token("colour", "the one accent"),
    "paper": Token("colour", "the ground of the page"),
    "dark_ink": Token("colour", "text on a dark screen"),
    "dark_muted": Token("colour", "secondary text on a dark screen"),
    "dark_rule": Token("colour", "hairlines on a dark screen"),
    "dark_tint": Token("colour", "the ground of boxes on a dark screen"),
    "dark_accent": Token("colour", "the accent on a dark screen"),
    "dark_paper": Token("colour", "the ground of a dark screen"),
    "serif": Token("families", "the stack for reading"),
    "sans": Token("families", "the stack for heads, tables, labels and notes"),
    "figure_family": Token("family", "the family of figures, which are measured before they are drawn"),
    "size": Token("pt", "the size of text"),
    "lead": Token("pt", "the distance of two lines of text"),
    "figures": Token("text", "numbers in running text, as CSS names them: oldstyle-nums or lining-nums"),
    "note_size": Token("pt", "the size of notes"),
    "note_columns": Token("number", "the columns of notes at a page's foot, as many as the sheet has room for"),
    "title_size": Token("pt", "the size of the title"),
    "title_lead": Token("pt", "the distance of two lines of the title"),
    "align": Token("alignment", "how paragraphs are set"),
    "indent": Token("length", "the first line of a paragraph that follows another"),
    "par": Token("length", "the space between two paragraphs"),
    "hyphen": Token("text", "what a broken word ends in"),
    "drawn_for": Token("paper", "the paper the lengths below are written for; on a smaller one margins shrink"),
    "margin_top": Token("mm", "the margin above the text"),
    "margin_first": Token("mm", "the same on the first page"),
    "margin_bottom": Token("mm", "the margin below the text"),
    "margin_outer": Token("mm", "the left margin, before the column of labels"),
    "margin_right": Token("mm", "the right margin of the text; wide pieces reach into it"),
    "side": Token("mm", "the column of labels left of the text; 0 where labels stand above it"),
    "gap": Token("mm", "between that column and the text"),
    "reach": Token("mm", "how far wide pieces reach into the right margin"),
    "notes_for": Token("text", "the reading level that has this margin for notes, or all; others have labels in it"),
    "text_least": Token("mm", "the narrowest text that has a column of labels or notes beside it"),
    "text_most": Token("mm", "the widest text; 0 for no limit"),
    "side_characters": Token("number", "the characters that a line of the column of labels holds"),
    "label": Token("mm", "the first column of tables beside no column of labels, at most a quarter of their width"),
    "picture_height": Token("mm", "no picture is higher"),
    "logo_width": Token("mm", "no logo is wider"),
    "logo_height": Token("mm", "no logo is higher"),
    "timeline_size": Token("pt", "the size of type in figures"),
    "agreement": Token("switch", "print the figure of claims and sources where the sources disagree"),
    "term_forms": Token("switch", "print the forms of terms in other languages"),
    "term_length": Token("number", "a term longer than so many characters takes two lines beside its meaning"),
    "scale_width": Token("pt", "the width of the likelihood scale, where there is room"),
    "large_print": Token("pt", "the size of large print"),
    "large_print_notes": Token("pt", "the size of its notes and page numbers"),
    "large_print_figure": Token("pt", "the size of type in its timeline"),
    "large_print_width": Token("pt", "the width of its timeline"),
}


def problem(name: str, value: str) -> str:
    """Return what is wrong with the value of a token of the table; nothing where it is one of its kind.

    Colours are measured elsewhere (`check.colours`), and so are families, which a theme's faces must have.
    """
    kind = TOKENS[name].kind
    tests: dict[Kind, Callable[[str], object]] = {
        "colour": contrast.is_colour,
        "mm": _NUMBER.fullmatch,
        "pt": _NUMBER.fullmatch,
        "number": _NUMBER.fullmatch,
        "length": _LENGTH.fullmatch,
        "switch": SWITCH.__contains__,
        "alignment": ALIGNMENTS.__contains__,
        "paper": _is_paper,
    }
    fits = tests.get(kind, bool)
    return "" if fits(value) else f"{name}: {value!r} is not {SAYS[kind].partition(':')[0]}"


def _is_paper(text: str) -> bool:
    try:
        Paper.from_text(text)
    except ValueError:
        return False
    return True


def families(stack: str) -> tuple[str, ...]:
    """Return the families that a stack names in quotes; the others are generic."""
    return tuple(re.findall(r"[\"']([^\"']+)[\"']", stack))
