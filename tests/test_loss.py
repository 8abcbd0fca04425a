"""Nothing is lost on the way to paper, and no note strays from its call."""

import pytest

from nkru_brief import engine
from nkru_brief.sheet import Face, Sheet
from nkru_brief.theme import FaceUse, face

SERIF: Face = face(FaceUse(family="Serif", package="font_source_serif_pro", file="files/SourceSerifPro-Regular.ttf"))
LETTERS = "Lorem ipsum dolor sit amet, consetetur sadipscing elitr. "


def complaints(body: str, css: str = "") -> tuple[str, ...]:
    """Return what is said of a body on small pages."""
    own = f'@font-face {{ font-family: Serif; src: url("{SERIF.url}") }}'
    page = "@page { size: 200pt 150pt; margin: 20pt } html { font: 10pt/13pt Serif }"
    head = f"<title>Title</title><style>{own} {page} {css}</style>"
    html = f"<!DOCTYPE html><html lang=en><head>{head}</head><body>{body}</body></html>"
    return engine.press(Sheet(edition="x", output="pdf", path="x.pdf", html=html, faces=(SERIF,), created=0)).complaints


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>A head</h1><p>{LETTERS * 20}</p>",
        f"<ul><li>{LETTERS}<li><b>{LETTERS}</b> and <i>{LETTERS}</i></ul>",
        # Heads that are laid out again on each page are more than was written, never less.
        f"<table><thead><tr><th>Head<tbody>{f'<tr><td>{LETTERS}' * 20}</table>",
        f"<p lang=en style='hyphens: auto; text-align: justify'>{LETTERS * 9}",
        "<p style='text-transform: uppercase'>Straße, caf\u00e9, cafe\u0301, ﬁne",
        "<p>Steps<svg xmlns='http://www.w3.org/2000/svg' width=9 height=9><title>Drawn</title></svg>",
        "",
    ],
    ids=["pages", "list", "table", "hyphens", "letters", "svg", "nothing"],
)
def test_an_ordinary_document_loses_nothing(body: str) -> None:
    assert complaints(body) == ()


@pytest.mark.parametrize(
    "css",
    [
        ".box { float: footnote }",
        ".box { display: inline-block }",
        ".box { position: absolute; top: 0 }",
        ".box { display: block; height: 20pt; overflow: hidden }",
    ],
)
def test_a_box_taller_than_its_page_is_lost_text(css: str) -> None:
    words = " ".join(f"word{number}" for number in range(200))
    assert complaints(f"<p>Before</p><span class=box>{words}</span><p>After</p>", css) == (
        f"text is lost: “{words[:60]}”",
    )


def test_a_float_taller_than_its_page_is_lost_text() -> None:
    body = f"<p>Before <span style='float: left'>{'x<br>' * 40}</span>and after</p>"
    assert complaints(body) == (f"text is lost: “{'x' * 40}”",)


@pytest.mark.parametrize("css", ["margin-left: 300pt", "margin-left: -300pt", "white-space: nowrap"])
def test_what_runs_over_the_edge_of_a_page_is_lost_text(css: str) -> None:
    assert complaints(f"<p style='{css}'>{LETTERS}</p>") == (f"text is lost: “{LETTERS.strip()}”",)


def test_what_is_not_displayed_is_lost_text() -> None:
    assert complaints("<p>One</p><p style='display: none'>Two <b>and</b> three</p>") == (
        "text is lost: “Two three”",
        "text is lost: “and”",
    )


def test_a_letter_of_an_element_that_stands_elsewhere_does_not_stand_for_it() -> None:
    assert complaints("<p>One</p><p style='display: none'>One</p>") == ("text is lost: “One”",)


def test_what_a_style_sheet_writes_does_not_stand_for_what_is_lost() -> None:
    text = LETTERS.strip()
    css = f"p {{ white-space: nowrap }} p::before {{ content: '{text}'; display: block; white-space: normal }}"
    assert complaints(f"<p>{text}</p>", css) == (f"text is lost: “{text}”",)


NOTES = ".note { float: footnote } ::footnote-call, ::footnote-marker { content: none }"


class TestNotes:
    def test_a_note_below_its_call(self) -> None:
        assert complaints("<p>One<a id=r1-1></a><span class=note id=n1>The note</span></p>", NOTES) == ()

    def test_a_note_away_from_its_call(self) -> None:
        body = "<p>One<a id=r1-1></a></p><p style='break-before: page'>Two<span class=note id=n1>The note</span></p>"
        assert complaints(body, NOTES) == ("note 1 is not on a page that calls it",)

    def test_a_note_that_is_called_again_elsewhere(self) -> None:
        body = (
            "<p>One<a id=r1-1></a><span class=note id=n1>The note</span></p>"
            "<p style='break-before: page'>Two<a id=r1-2></a></p>"
        )
        assert complaints(body, NOTES) == ()

    def test_a_call_without_a_note(self) -> None:
        assert complaints("<p>One<a id=r12-1></a></p>", NOTES) == ("note 12 is not on a page that calls it",)
