"""The repairs of the page engine: no note is lost or far from its call, and no line or word is broken for nothing."""

import re
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pytest

from nkru_brief import engine, notearea, repairs, structure
from nkru_brief.diagnostics import UsageError
from nkru_brief.sheet import Sheet
from nkru_brief.theme import FaceUse, face

SERIF = face(FaceUse(family="Serif", package="font_source_serif_pro", file="files/SourceSerifPro-Regular.ttf"))
STYLES = f"""
@font-face {{ font-family: Serif; src: url("{SERIF.url}") }}
html {{ font: 10pt/13pt Serif }}
body, p {{ margin: 0 }}
p {{ orphans: 2; widows: 2 }}
.note {{ float: footnote; footnote-display: inline; footnote-policy: line; font-size: 7pt; line-height: 9pt }}
::footnote-call, ::footnote-marker {{ content: none }}
"""

# The heights of pages, in pt, at which a paragraph's last line before the notes overflows in every way.
HEIGHTS = (90, 93, 96, 105, 120, 138, 150, 165, 171)
NOTES = 15
WIDTHS = range(300, 361)
RUN = "Understanding between the governments of both states was limited to <b>trade</b> and aid. "
RUN += "Understanding followed <b>later on</b> and grew for some years, so it did."


def press(body: str, css: str) -> list[str]:
    """Return the text of each page that a sheet becomes; what the engine complains of is not asked here."""
    head = f"<title>t</title><style>{STYLES}{css}</style>"
    html = f"<!DOCTYPE html><html lang=en><head>{head}</head><body>{body}</body></html>"
    sheet = Sheet(edition="x", output="pdf", path="x", html=html, faces=(SERIF,), created=0)
    with pypdfium2.PdfDocument(engine.press(sheet).pdf) as pdf:
        return [pdf[number].get_textpage().get_text_bounded() for number in range(len(pdf))]


def pages_with_notes(height: int) -> list[str]:
    """Return pages of short paragraphs, each with three notes."""
    sentences = [
        f"Word word word word word word word word word.<a id=r{n}-1>call{n}</a>"
        f"<span class=note id=n{n}>note{n} rests on a passage.</span>"
        for n in range(1, NOTES + 1)
    ]
    body = "".join(f"<p>{' '.join(sentences[start : start + 3])}</p>" for start in range(0, NOTES, 3))
    css = f"@page {{ size: 200pt {height}pt; margin: 10pt; @footnote {{ padding-bottom: .1px }} }}"
    return press(body, css)


def where(pages: list[str], mark: str) -> dict[int, list[int]]:
    """Return the pages on which each numbered mark stands."""
    found: dict[int, list[int]] = {}
    for page, text in enumerate(pages):
        for number in re.findall(rf"{mark}(\d+)", text):
            found.setdefault(int(number), []).append(page)
    return found


def displaced(pages: list[str]) -> list[int]:
    """Return the notes that are not exactly once on a page, the one that calls them."""
    calls, notes = where(pages, "call"), where(pages, "note")
    return [number for number in range(1, NOTES + 1) if notes.get(number) != calls[number]]


def lone_words(width: int) -> list[str]:
    """Return the lines of a justified text that hold one word, but for its last."""
    css = f"@page {{ size: {width}pt 200pt; margin: 0 }} p {{ hyphens: auto }}"
    # PDFium joins lines with U+0002 where a word was broken between them.
    lines = [line.strip() for line in re.split(r"[\r\n\x02]+", press(f"<p>{RUN}</p>", css)[0])]
    return [line for line in lines[:-1] if " " not in line]


class TestNotes:
    @pytest.mark.parametrize("height", HEIGHTS)
    def test_each_note_is_once_on_the_page_of_its_call(self, height: int) -> None:
        pages = pages_with_notes(height)
        assert sorted(where(pages, "call")) == list(range(1, NOTES + 1))
        assert displaced(pages) == []

    def test_every_word_is_on_some_page(self) -> None:
        for height in HEIGHTS[::3]:
            text = "".join(pages_with_notes(height))
            assert len(re.findall(r"\bword\b", text)) == 8 * NOTES


INLINE_BLOCK = ".note > b { display: inline-block }"
HANGING = ".note > b { display: inline-block; vertical-align: top; padding: 1pt 6pt 0 12pt; text-indent: -12pt }"


class TestNoteArea:
    @pytest.mark.parametrize("width", [120, 163, 200, 241])
    @pytest.mark.parametrize("style", ["", INLINE_BLOCK, HANGING, ".note { margin-right: 9pt }"])
    def test_notes_are_as_high_as_the_engine_says(
        self, width: int, style: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from weasyprint.layout import LayoutContext

        heights: list[tuple[float, float]] = []

        def both(context: Any) -> bool:  # noqa: ANN401
            said = notearea.update(context)
            ours = context.page_bottom, context.current_footnote_area.height
            assert context.nkru_brief_update_footnote_area() == said
            heights.extend(zip(ours, (context.page_bottom, context.current_footnote_area.height), strict=True))
            return said

        pages_with_notes(150)
        monkeypatch.setattr(LayoutContext, "_update_footnote_area", both)
        words = [" ".join(("rests on", "a", "passage-of", "words")[n % 4] for n in range(k % 11)) for k in range(30)]
        notes = "".join(
            f"<p>Word<a id=r{n}-1>call{n}</a><span class=note id=n{n}>note{n} <b>{text}</b> {text}.</span></p>"
            for n, text in enumerate(words)
        )
        press(notes, f"@page {{ size: {width}pt 170pt; margin: 10pt; @footnote {{ padding-bottom: .1px }} }} {style}")
        assert len(heights) > 2 * len(words)
        assert len(set(heights)) > len(words) / 3
        assert [each for each in heights if abs(each[0] - each[1]) > 1e-6] == []

    def test_each_note_is_not_laid_out_for_each_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from weasyprint.formatting_structure import boxes

        copied: list[str] = []
        deepcopy = boxes.ParentBox.deepcopy

        def counted(box: Any) -> Any:  # noqa: ANN401
            copied.append(box.element.get("class", "") if box.element is not None else "")
            return deepcopy(box)

        pages_with_notes(300)
        monkeypatch.setattr(boxes.ParentBox, "deepcopy", counted)
        pages_with_notes(600)
        ours = copied.count("note")
        copied.clear()
        monkeypatch.setattr(notearea, "_measurable", lambda area: area is None)
        pages_with_notes(600)
        assert ours < copied.count("note") / 2


# Pieces in pieces, narrower than the narrowest line that words break at without need.
NESTED = (
    "Lorem ipsum <i>dolor <b>consectetur</b> adipiscing</i> sit amet",
    "Lorem <i>ipsum <b>dolor <u>consectetur</u></b></i> (<b>adipiscing</b>) <i>sit <b>amet</b>.</i>",
)
NARROW = range(66, 170, 6)


def cut_words(body: str, width: int) -> list[str]:
    """Return words of a text that are cut in a paragraph in which each has room on a line of its own."""
    (text,) = press(f"<p>{body}", f"@page {{ size: 300pt }} p {{ width: {width}pt; overflow-wrap: break-word }}")
    words = set(re.sub("<[^>]*>", "", body).split())
    return sorted(words - set(text.split()))


class TestLines:
    def test_no_line_is_one_word(self) -> None:
        assert {width: words for width in WIDTHS if (words := lone_words(width))} == {}

    @pytest.mark.parametrize("body", NESTED)
    def test_no_word_is_cut_that_has_room_on_the_next_line(self, body: str) -> None:
        assert {width: words for width in NARROW if (words := cut_words(body, width))} == {}

    @pytest.mark.parametrize("before", ["", "Lorem ", "<b>Lorem</b> ", "<i>Lorem <b>it</b> "])
    def test_a_word_that_has_room_on_no_line_is_cut(self, before: str) -> None:
        (text,) = press(f"<p>{before}<i>{'Lorem' * 9}</i>", "p { width: 90pt; overflow-wrap: break-word }")
        assert max(map(len, text.split())) < 5 * 9
        assert text.replace("\r\n", "").replace(" ", "").endswith("Lorem" * 9)

    @pytest.mark.parametrize("width", range(89, 120, 3))
    def test_a_word_is_cut_for_what_stays_with_its_end(self, width: int) -> None:
        body = "<p>LoremLoremLorem<span class=whole>Lorem.<sup>1</sup></span>"
        (text,) = press(body, f"p {{ width: {width}pt; overflow-wrap: break-word }} .whole {{ white-space: nowrap }}")
        assert len(text.split()[0]) < len("LoremLoremLoremLorem.1")
        assert text.endswith("Lorem.1")


KERNED = "AVATAR WAVE To Ty"


def lefts(text: str) -> list[float]:
    """Return where the letters of a drawing's text begin, in px from that of the first; `text` is its element."""
    return places(f"<svg aria-hidden=true width=600 height=40 viewBox='0 0 600 40'>{text}</svg>")


def places(body: str) -> list[float]:
    """Return where the letters of the one line of a page begin, in px from the first."""
    head = f"<title>t</title><style>{STYLES} @page {{ size: 600pt 60pt; margin: 0 }}</style>"
    html = f"<!DOCTYPE html><html lang=en><head>{head}</head><body>{body}</body></html>"
    sheet = Sheet(edition="x", output="pdf", path="x", html=html, faces=(SERIF,), created=0)
    with pypdfium2.PdfDocument(engine.press(sheet).pdf) as pdf:
        page = pdf[0].get_textpage()
        # PDFium puts spaces between letters that are far from each other.
        letters = [number for number in range(page.count_chars()) if page.get_text_range(number, 1).strip()]
        found = [page.get_charbox(number, loose=True)[0] * 96 / 72 for number in letters]
    return [left - found[0] for left in found]


def apart() -> float:
    """Return how far a line of a drawing is from the same line of prose, at its last letter, in px."""
    drawn = lefts(f'<text x="0" y="30" font-family="Serif" font-size="20">{KERNED}</text>')
    written = places(f"<p style='font-size: 20px; line-height: 30px'>{KERNED}")
    return abs(drawn[-1] - written[-1])


class TestTextOfDrawings:
    def test_it_is_kerned_as_prose_is(self) -> None:
        assert apart() < 0.1

    @pytest.mark.parametrize(
        ("attributes", "expected"),
        [
            ('x="0 50 100" y="30"', [0, 50, 100]),
            ('x="0,50,100" y="30"', [0, 50, 100]),
            ('x="0" y="30" dx="0 50 50"', [0, 50 + 10, 100 + 20]),
            ('x="0" y="30" dx="0+50+50"', [0, 50 + 10, 100 + 20]),
            ('x="0" y="30" letter-spacing="40"', [0, 50, 100]),
            ('x="0" y="30" textLength="90"', [0, 40, 80]),
        ],
    )
    def test_letters_with_places_of_their_own_keep_them(self, attributes: str, expected: list[float]) -> None:
        # A digit is half as wide as high.
        found = lefts(f'<text {attributes} font-family="Serif" font-size="20">111</text>')
        assert found == pytest.approx(expected, abs=1.0)

    def test_what_is_turned_is_turned_letter_by_letter(self) -> None:
        turned = '<text x="9" y="30" rotate="90" font-family="Serif" font-size="20">111</text>'
        assert lefts(turned) == pytest.approx([0, 10, 20], abs=1.0)


# Without the repairs the same sheets go wrong: the tests above would not pass by chance.
UNREPAIRED = """
from nkru_brief import repairs
repairs.repair = lambda: None
import test_repairs as t
print(sum(bool(t.displaced(t.pages_with_notes(height))) for height in {heights}))
print(sum(bool(t.lone_words(width)) for width in {widths}))
print(sum(bool(t.cut_words(body, width)) for width in t.NARROW for body in t.NESTED))
print(int(t.apart()))
"""


def unrepaired(heights: Iterable[int], widths: Iterable[int]) -> list[int]:
    """Return how many of these sheets go wrong without the repairs."""
    script = UNREPAIRED.format(heights=list(heights), widths=list(widths))
    paths = f"import sys; sys.path[:0] = {sys.path}\n"
    command = [sys.executable, "-c", paths + script]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return [int(line) for line in run.stdout.split()]


def test_without_the_repairs_the_same_pages_go_wrong() -> None:
    notes, lines, words, apart = unrepaired((90, 105, 140), (311, 312, 313))
    assert notes > 0
    assert lines > 0
    assert words > 0
    assert apart > 0


class TestVersion:
    def test_another_engine_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import weasyprint

        monkeypatch.setattr(weasyprint, "VERSION", "70.1")
        with pytest.raises(UsageError, match=r"WeasyPrint 70\.0, but 70\.1 is installed"):
            repairs.repair()
        with pytest.raises(UsageError):
            press("<p>x</p>", "")

    def test_repairing_twice_is_repairing_once(self) -> None:
        from weasyprint.layout import block, inline

        repairs.repair()
        before = block._linebox_layout, inline.split_first_line, block.nkru_brief_line_layout
        repairs.repair()
        assert before == (block._linebox_layout, inline.split_first_line, block.nkru_brief_line_layout)


def test_a_line_is_broken_once_though_notes_are_laid_out_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from weasyprint.layout import inline

    repairs.forget()
    asked: list[tuple[object, ...]] = []
    split = inline.nkru_brief_split_first_line

    def counted(text: str, style: object, context: object, width: float, *rest: object, **options: object) -> object:
        asked.append((text, id(style), width, *rest, *options.items()))
        return split(text, style, context, width, *rest, **options)

    monkeypatch.setattr(inline, "nkru_brief_split_first_line", counted)
    whole = pages_with_notes(300)
    assert len(asked) > NOTES
    # What the repair of lines asks once more is another question.
    assert len(asked) - len(set(asked)) < len(asked) / 10
    # In the next document it is known, and what is drawn is the same.
    asked.clear()
    assert pages_with_notes(300) == whole
    assert asked == []


def test_patterns_of_the_page_reader_are_found_again() -> None:
    from tinyhtml5 import inputstream

    structure.parse("<p class=x>words &amp; words</p>")
    patterns = inputstream.characters_until_regex
    count = len(patterns)
    assert count > 0
    structure.parse("<p class=y>other words &amp; more</p>")
    assert len(patterns) == count
    assert all(isinstance(key, tuple) and not isinstance(key[0], re.Pattern) for key in patterns)
