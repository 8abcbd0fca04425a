"""What a process keeps of one paper's style sheet and faces for the next: it must not show in any byte or complaint."""

import pytest
import tinycss2  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from nkru_brief import engine, stylesheets, typecase
from nkru_brief.engine import Pressed
from nkru_brief.sheet import Face, Sheet
from nkru_brief.theme import FaceUse, face

SERIF = face(FaceUse(family="Serif", package="font_source_serif_pro", file="files/SourceSerifPro-Regular.ttf"))
SANS = face(FaceUse(family="Sans", package="font_source_sans_pro", file="files/SourceSansPro-Regular.ttf"))
RULES = (f'@font-face {{ font-family: Serif; src: url("{SERIF.url}") }}', "html { font: 10pt/13pt Serif }")
PAGE = '@page { size: 200pt 150pt; margin: 20pt; @top-right { content: "%s" } }'
STYLES = {
    "plain": (*RULES, PAGE % "One", "p { margin: 0 }", "p { color: #333 }"),
    "another head": (*RULES, PAGE % "Two", "p { margin: 0 }", "p { color: #333 }"),
    "another order": (*RULES, PAGE % "One", "p { color: #333 }", "p { margin: 0 }"),
    "variables": (*RULES, ":root { --ink: #933; --no: nothing }", "p { color: var(--ink); width: var(--no) }"),
    "layers": (*RULES, "@layer a, b; @layer b { p { color: red } }", "@layer a { p { color: blue } }"),
    "complaints": (*RULES, "p { color: 12pt } p { colour: red }", "q::elsewhere { color: red }", "@media { p {"),
    "nothing loads": ('@font-face { font-family: Serif; src: url("face:none") }', *RULES),
    "another face": (*RULES, f'@font-face {{ font-family: Sans; src: url("{SANS.url}") }} p {{ font-family: Sans }}'),
}
PIECES = ("a", " ", "\n", "{", "}", "(", ")", "[", "]", ";", '"', "'", "\\", "/*", "*/", "url(", ":is(", "@page", "é")
# Whole rules, one after the other, and what may stand in them and make them end elsewhere.
PIECES += ("a{", "}b{", "}}", '"}', '"{', "\\}", "\\{", "url(x)", 'url(x"', "url(}", "/*}*/", "-url(")


def sheet(styles: tuple[str, ...], faces: tuple[Face, ...] = (SERIF, SANS)) -> Sheet:
    head = "<title>Title</title><style>{}</style>".format("\n".join(styles))
    html = f"<!DOCTYPE html><html lang=en><head>{head}</head><body><p>A text of a few words.</p></body></html>"
    return Sheet(edition="x", output="pdf", path="x.pdf", html=html, faces=faces, created=0)


@pytest.fixture
def _forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known before, and nothing is known after."""
    for module, name in ((stylesheets, "_KEPT"), (typecase, "_AT_HAND")):
        monkeypatch.setattr(module, name, type(getattr(module, name))())


def pressed_anew(styles: tuple[str, ...]) -> Pressed:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stylesheets, "_KEPT", type(stylesheets._KEPT)())
        patch.setattr(typecase, "_AT_HAND", type(typecase._AT_HAND)())
        return engine.press(sheet(styles))


def read(css: str) -> list[str]:
    """Return the rules of a style sheet as the engine's own parser has them."""
    nodes = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return [node.message if node.type == "error" else node.serialize() for node in nodes]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_a_style_sheet_is_cut_where_its_rules_end(css: str) -> None:
    cut = tuple(stylesheets.rules(css))
    assert "".join(cut) == css
    assert [node for rule in cut for node in read(rule)] == read(css)


def test_it_is_cut_at_all() -> None:
    assert list(stylesheets.rules('a { b: "}" } /* } */ @page { @footnote { c: d } }\ne:is(f, g) {}')) == [
        'a { b: "}" }',
        " /* } */ @page { @footnote { c: d } }",
        "\ne:is(f, g) {}",
    ]


@pytest.mark.usefixtures("_forgetful")
def test_a_sheet_is_the_same_whatever_was_pressed_before_it() -> None:
    alone = {name: pressed_anew(styles) for name, styles in STYLES.items()}
    assert len({each.pdf for each in alone.values()}) == len(STYLES) - 2
    for name in (*STYLES, *reversed(STYLES)):
        assert engine.press(sheet(STYLES[name])) == alone[name], name
    known = stylesheets._KEPT.values()
    assert len([read for read in known if read]) > 8


def test_what_the_engine_complains_of_is_told_with_its_own_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    import weasyprint
    from weasyprint import css

    told = engine.press(sheet(STYLES["complaints"])).complaints
    monkeypatch.setattr(css, "CSS", weasyprint.CSS)
    assert engine.press(sheet(STYLES["complaints"])).complaints == told
    assert any("at 3:" in complaint for complaint in told)


# What a value may hang on beside its own rule and the parent's.
HANGING = (
    "body { text-indent: calc(10% + 1em); margin-inline-start: 1em; direction: rtl; text-decoration: underline }",
    "p { padding-block: 2pt; border-inline-end-width: 1pt; border-style: solid; --own: 1; float: right; page: other }",
    "p::first-line { color: red } p { text-decoration-color: blue; inline-size: 60pt; columns: 2 }",
)


def test_a_value_found_at_once_is_the_one_found_by_all_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    from weasyprint import css

    paper = sheet((*RULES, PAGE % "One", *HANGING))
    at_once = engine.press(paper)
    assert at_once.pdf != engine.press(sheet((*RULES, PAGE % "One"))).pdf
    monkeypatch.setattr(css.ComputedStyle, "__missing__", css.nkru_brief_missing)
    assert engine.press(paper) == at_once


@pytest.mark.usefixtures("_forgetful")
def test_a_face_is_missing_from_the_sheet_that_does_not_bring_it() -> None:
    assert engine.press(sheet(STYLES["another face"])).complaints == ()
    assert engine.press(sheet(STYLES["another face"], (SERIF,))).complaints == ("Font-face 'Sans' cannot be loaded",)
    assert engine.press(sheet(STYLES["another face"])).complaints == ()
