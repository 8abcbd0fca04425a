"""The page engine: a sheet becomes a PDF with its own faces, nothing of the machine, and no word lost."""

import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO

import pikepdf
import pypdfium2  # type: ignore[import-untyped]
import pytest

from nkru_brief import engine, repairs
from nkru_brief.sheet import Face, Onlooker, Sheet
from nkru_brief.theme import FaceUse, face

SERIF = face(FaceUse(family="Serif", package="font_source_serif_pro", file="files/SourceSerifPro-Regular.ttf"))
ITALIC = face(
    FaceUse(family="Serif", package="font_source_serif_pro", file="files/SourceSerifPro-It.ttf", style="italic")
)
BROKEN = Face(family="Serif", weight=400, style="normal", digest="broken", data=b"no font")
NOTES = ".note { float: footnote } ::footnote-call, ::footnote-marker { content: none }"


def sheet(body: str, css: str = "", faces: tuple[Face, ...] = (SERIF, ITALIC)) -> Sheet:
    """Return a sheet that sets its body in its faces."""
    rules = "".join(
        f'@font-face {{ font-family: "{each.family}"; font-style: {each.style}; src: url("{each.url}") }}'
        for each in faces
    )
    styles = (
        f"<style>{rules} @page {{ size: 200pt 150pt; margin: 20pt }} html {{ font: 10pt/13pt Serif }} {css}</style>"
    )
    html = f"<!DOCTYPE html><html lang=en><head><title>Title</title>{styles}</head><body>{body}</body></html>"
    return Sheet(edition="x", output="pdf", path="x.pdf", html=html, faces=faces, created=1_000_000_000)


@contextmanager
def opened(pdf: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(pdf)) as document:
        yield document


def faces_in(pdf: bytes) -> set[str]:
    with opened(pdf) as document:
        fonts = [font for page in document.pages for font in page.obj.Resources.get("/Font", {}).values()]
        return {str(font.BaseFont).partition("+")[2] for font in fonts}


def text_of(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [document[number].get_textpage().get_text_bounded() for number in range(len(document))]


class TestPages:
    def test_a_sheet_becomes_pages(self) -> None:
        pressed = engine.press(sheet("<h1>One</h1><h1 style='break-before: page'>Two</h1>"))
        assert (pressed.pages, pressed.complaints) == (2, ())
        assert [text.strip() for text in text_of(pressed.pdf)] == ["One", "Two"]

    def test_an_empty_sheet_is_one_page(self) -> None:
        assert engine.press(sheet("")).pages == 1

    def test_the_paper_is_tagged_and_says_its_language_and_title(self) -> None:
        with opened(engine.press(sheet("<h1>One</h1>")).pdf) as document:
            assert document.Root.MarkInfo.Marked
            assert document.Root.Lang == "en"
            assert document.docinfo["/Title"] == "Title"
            assert "/StructTreeRoot" in document.Root

    def test_the_same_sheet_gives_the_same_bytes(self) -> None:
        made = sheet("<p>Ties <em>cooled</em>.</p>")
        assert engine.press(made).pdf == engine.press(made).pdf

    def test_no_time_is_written_down(self) -> None:
        with opened(engine.press(sheet("<p>x</p>")).pdf) as document:
            assert not {"/CreationDate", "/ModDate"} & set(document.docinfo.keys())


class TestFaces:
    def test_only_the_sheets_own_are_used(self) -> None:
        body = "<p>Ties <em>cooled</em> <b>now</b> <code>x</code> <span style='font-family: DejaVu Sans'>y</span>"
        assert faces_in(engine.press(sheet(body)).pdf) == {"Serif", "Serif-Italic"}

    def test_a_character_without_a_glyph_is_complained_of(self) -> None:
        (complaint,) = engine.press(sheet("<p lang=ko>주</p>")).complaints
        assert "U+C8FC" in complaint

    @pytest.mark.parametrize("data", [b"", b"no font", SERIF.data[:1000]])
    def test_a_face_that_is_no_font_is_complained_of(self, data: bytes) -> None:
        broken = Face(family="Serif", weight=400, style="normal", digest="broken", data=data)
        assert engine.press(sheet("<p>x</p>", faces=(broken, ITALIC))).complaints

    @pytest.mark.parametrize(
        "faces", [(), (Face(family="S", weight=400, style="normal", digest="b", data=b"no font"),)]
    )
    def test_without_any_face_there_is_no_page_and_no_crash(self, faces: tuple[Face, ...]) -> None:
        pressed = engine.press(sheet("<p>Text.</p>", faces=faces))
        assert pressed.pdf == b""
        assert "no face" in pressed.complaints[-1]


class TestTheMachine:
    def test_it_is_left_as_it_was(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FONTCONFIG_FILE", "/nowhere/fonts.conf")
        monkeypatch.setenv("FONTCONFIG_PATH", "/nowhere")
        monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
        loggers = [logging.getLogger(name) for name in ("weasyprint", "fontTools", "fontTools.subset")]
        engine.press(sheet(""))
        before = dict(os.environ), [(each.handlers[:], each.propagate, each.level) for each in loggers]
        engine.press(sheet("<p>주</p>"))
        after = dict(os.environ), [(each.handlers[:], each.propagate, each.level) for each in loggers]
        assert before == after
        assert os.environ["FONTCONFIG_FILE"] == "/nowhere/fonts.conf"

    def test_what_it_says_stays_off_the_terminal(self, capfd: pytest.CaptureFixture[str]) -> None:
        pressed = engine.press(sheet("<p lang=ko style='colour: red'>주</p>"))
        assert len(pressed.complaints) == 2
        assert capfd.readouterr() == ("", "")


class TestLoss:
    """A paper that lost a word is complained of."""

    def test_text_that_fits_nowhere_is_missed(self) -> None:
        pressed = engine.press(sheet("<p>Before.</p><p style='display: none'>Lost words.</p>"))
        assert pressed.complaints == ("text is lost: “Lost words.”",)

    def test_nothing_is_missed_where_all_is_there(self) -> None:
        body = "<p>Hyphen&shy;ated understanding, <em>cased</em> and spaced.</p><ul><li>Item<li>Item</ul>"
        body += "<table><thead><tr><th>Head</th></tr></thead>" + "<tr><td>Row</td></tr>" * 20 + "</table>"
        css = "p { hyphens: auto; width: 60pt; text-transform: uppercase }"
        pressed = engine.press(sheet(body, css))
        assert pressed.complaints == ()
        assert pressed.pages > 1

    def test_a_style_the_engine_stumbles_over_is_no_traceback(self) -> None:
        # A marker with content of its own, outside its item.
        pressed = engine.press(sheet("<ul><li>Item</ul>", "li::marker { content: '– ' }"))
        assert pressed.pdf == b""
        assert "the page engine gave up: TypeError" in pressed.complaints[-1]

    def test_a_note_on_another_page_is_missed(self) -> None:
        call, note = "<a id=r{0}-1 href=#n{0}>{0}</a>", "<span class=note id=n{0}>Note.</span>"
        body = f"<p>One{call.format(1)}{note.format(1)} {call.format(2)}</p>"
        body += f"<p style='break-before: page'>Two{note.format(2)}</p>"
        assert engine.press(sheet(body, NOTES)).complaints == ("note 2 is not on a page that calls it",)

    def test_a_note_is_where_any_of_its_calls_is(self) -> None:
        body = "<p>One<a id=r1-1 href=#n1>1</a></p><p style='break-before: page'>Two<a id=r1-2 href=#n1>1</a>"
        body += "<span class=note id=n1>Note.</span></p>"
        pressed = engine.press(sheet(body, NOTES))
        assert pressed.complaints == ()
        assert re.search("Note", text_of(pressed.pdf)[1])


def test_what_sheets_never_need_is_imported_when_it_is_called() -> None:
    """In a process of its own: which modules the engine brings, and that those put off are the real ones."""
    script = """
import sys
from nkru_brief import engine
engine.load()
late = set(engine._SELDOM) & set(sys.modules)
import weasyprint.pdf.fonts as fonts
options = fonts.subset.Options(hinting=False)
print(late, type(options).__module__, options.hinting, sys.modules["fontTools.subset"].Options is type(options))
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "set() fontTools.subset False True\n"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Python looks for libraries without a program")
def test_no_program_is_started_to_find_a_library() -> None:
    """In a process of its own: none while the engine is imported, and what looks for libraries is Python's again."""
    script = """
import ctypes.util, sys
from nkru_brief import engine
find, started = ctypes.util.find_library, []
sys.addaudithook(lambda event, args: started.append(args[0]) if event == "subprocess.Popen" else None)
engine.load()
print(started, ctypes.util.find_library is find)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "[] True\n"


def test_an_array_is_declared_as_a_parser_of_c_would(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of a length that was not asked for before is made from what is in it; what is no array is read as ever."""
    from cffi import FFI

    engine.load()
    from weasyprint.text.ffi import ffi

    made = ffi.new("hb_codepoint_t[917]", [*range(917)])
    assert [*made] == [*range(917)]
    own = FFI()
    own.cdef("typedef uint32_t hb_codepoint_t;")
    for declared in ("hb_codepoint_t[917]", "hb_codepoint_t *", "char[4]", "char[]"):
        ours, theirs = ffi.typeof(declared), own.typeof(declared)
        assert (ours.cname, ours.kind, ffi.sizeof(ours) if "[]" not in declared else 0) == (
            theirs.cname,
            theirs.kind,
            own.sizeof(theirs) if "[]" not in declared else 0,
        )
    with pytest.raises(Exception, match="unknown"):
        ffi.typeof("unknown_t[3]")
    read: list[str] = []
    monkeypatch.setattr(ffi._parser, "parse_type", read.append)
    assert len(ffi.new("hb_codepoint_t[918]")) == 918
    assert read == []


WORDS = "<p lang=en>The constitutional ferry of Tern Island has carried affiliated passengers since 1921.</p>"
RIGHT = "p { text-align: right }"
WAYS = (
    "p { font-size: 9.5pt }",
    "p { font-style: italic }",
    "p { font-kerning: none }",
    "p { font-feature-settings: 'liga' off }",
    "p { font-variant-ligatures: none }",
    "p { font-variant-numeric: oldstyle-nums }",
    "p { hyphens: auto }",
    "p { hyphens: auto; hyphenate-limit-chars: 5 2 2 }",
    "p { hyphens: auto; hyphenate-character: '=' }",
    "p { letter-spacing: .7pt }",
    "p { word-spacing: 3pt }",
    "p { white-space: pre-wrap }",
    "p { white-space: nowrap; overflow-wrap: anywhere }",
    "p { word-break: break-all }",
    "p { text-decoration: underline }",
    "p { direction: rtl }",
)


def test_lines_of_another_document_are_taken_only_where_they_are_set_alike() -> None:
    """A line is kept between documents for its words, its style and the faces: the bytes are those of a first press."""
    other = Face(family="Serif", weight=400, style="normal", digest="other", data=ITALIC.data)
    sheets = [sheet(WORDS, RIGHT + css) for css in ("", *WAYS)] + [sheet(WORDS, RIGHT, faces=(other,))]
    first = []
    for each in sheets:
        repairs.forget()
        first.append(engine.press(each))
    assert len({pressed.pdf for pressed in first}) > len(WAYS) - 2
    assert [engine.press(each) for each in sheets] == first


class Enough(BaseException):
    """Nobody waits any more."""


def test_who_looks_on_sees_each_page_before_the_file() -> None:
    paper = sheet("<p>One.</p><p style='break-before: page'>Two.</p>")
    shown: list[str] = []

    def seen(pages: int, drawn: Callable[[int], bytes]) -> None:
        assert pages == 2
        shown.extend(pypdfium2.PdfDocument(drawn(page))[0].get_textpage().get_text_range() for page in range(pages))

    assert engine.press(paper, onlooker=Onlooker(lambda: None, seen)) == engine.press(paper)
    assert shown == ["One.", "Two."]


@pytest.mark.parametrize("at", range(1, 5))
def test_a_press_can_be_given_up_at_any_page_and_the_next_is_as_ever(at: int) -> None:
    paper = sheet("<p>A line.<span class=note>A note.</span></p><h1 style='break-before: page'>Two</h1>" * 3, NOTES)
    whole = engine.press(paper)
    asked: list[int] = []

    def going_on() -> None:
        asked.append(1)
        if len(asked) == at:
            raise Enough

    with pytest.raises(Enough):
        engine.press(paper, onlooker=Onlooker(going_on, lambda *_: None))
    assert len(asked) == at
    assert engine.press(paper) == whole
