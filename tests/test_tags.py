"""What a listener hears of a paper, read from the finished file: each rule of `nkru_brief.tags` by itself."""

from pathlib import Path

import pikepdf
import pytest

from listening import Heard, listen, transcript
from minis import Mini, sheet_of
from nkru_brief import engine

NOTE = (
    '<a role="doc-noteref" id="r{0}" href="#n{0}" title="Note {0}">{0}</a>'
    '<span class="note" role="doc-footnote" id="n{0}"><a class="back" href="#r{0}" title="Back {0}">{0}</a> {1}</span>'
)
LARGE = "{ font-size: 20pt; line-height: 36pt; orphans: 1; widows: 1 }"


class Press:
    """Presses a body, and keeps the file for a closer look."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "paper.pdf"

    def __call__(self, html: str, css: str = "") -> Heard:
        pressed = engine.press(sheet_of(Mini("test", "Test", html=html, css=css)))
        assert pressed.complaints == ()
        self.path.write_bytes(pressed.pdf)
        return listen(self.path)

    def said(self, html: str, css: str = "") -> list[str]:
        return transcript(self(html, css)).splitlines()


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return Press(tmp_path)


def one(heard: Heard, tag: str) -> Heard:
    (found,) = heard.find(tag)
    return found


class TestOrder:
    def test_what_is_broken_over_pages_is_one(self, press: Press) -> None:
        html = "<p>So many words that no single page of this paper has room for all of them at once.</p>"
        assert press.said(html, f"p {LARGE}") == [html[3:-4]]
        with pikepdf.open(press.path) as pdf:
            assert len(pdf.pages) > 1

    def test_it_is_the_documents_and_not_the_style_sheets(self, press: Press) -> None:
        css = "main { display: flex } .b { order: -1 }"
        assert press.said('<main><p>First.</p><p class="b">Second.</p></main>', css) == ["First.", "Second."]

    def test_what_stands_on_each_page_is_heard_once(self, press: Press) -> None:
        css = ".x { position: fixed; top: 0 } .next { break-before: page }"
        said = press.said('<p class="x">Draft</p><p>One.</p><p class="next">Two.</p>', css)
        assert said == ["Draft", "One.", "Two."]

    def test_running_heads_are_no_content(self, press: Press) -> None:
        css = "@page { @top-center { content: 'Head ' counter(page) } }"
        assert press.said("<p>One.</p><p style='break-before: page'>Two.</p>", css) == ["One.", "Two."]
        with pikepdf.open(press.path) as pdf:
            for page in pdf.pages:
                assert b"/Artifact" in page.obj.Contents.read_bytes()
                assert b"<</Type /Pagination/Subtype /Header>>" in page.obj.Contents.read_bytes()

    def test_decoration_is_not_heard(self, press: Press) -> None:
        html = '<p>Heard.</p><p aria-hidden="true">Seen.</p><p><img src="DOT" alt=""></p><p>&nbsp;</p>'
        assert press.said(html) == ["Heard."]

    def test_bare_text_beside_blocks_is_a_paragraph(self, press: Press) -> None:
        heard = press("<div>Before<p>Inside</p>after</div>")
        assert [(kid.tag, kid.text()) for kid in heard.kids if isinstance(kid, Heard)] == [
            ("P", "Before"),
            ("P", "Inside"),
            ("P", "after"),
        ]


class TestWords:
    @pytest.mark.parametrize("hyphen", ["‐", "-"])
    def test_a_word_broken_over_lines_is_one(self, press: Press, hyphen: str) -> None:
        css = f"p {{ hyphens: auto; width: 70pt; hyphenate-character: '{hyphen}'; hyphenate-limit-chars: 5 2 2 }}"
        html = "<p>Well-known international self-reliance notwithstanding extraordinary circumstances.</p>"
        assert press.said(html, css) == [html[3:-4]]
        with pikepdf.open(press.path) as pdf:
            assert pdf.pages[0].obj.Contents.read_bytes().count(b"/ActualText <FEFF00AD>") >= 3

    def test_a_language_is_declared_where_it_changes(self, press: Press) -> None:
        heard = press('<p>The <em lang="ru">раскол</em></p><p lang="ko">주체 <b lang="ko">한</b></p>')
        assert one(heard, "Span").entries["Lang"] == "ru"
        assert [kid.entries.get("Lang") for kid in heard.find("P")] == [None, "ko"]

    def test_an_abbreviation_is_expanded(self, press: Press) -> None:
        said = press.said('<p>The <abbr title="United Nations">UN</abbr> met.</p>')
        assert said == ["The [UN, short for United Nations] met."]


class TestLists:
    @pytest.mark.parametrize(
        ("html", "numbering"),
        [
            ("<ul style='list-style-type: disc'><li>x</li></ul>", "Disc"),
            ("<ul style='list-style: none'><li>x</li></ul>", "None"),
            ("<ol><li>x</li></ol>", "Decimal"),
            ("<ol style='list-style-type: upper-roman'><li>x</li></ol>", "UpperRoman"),
            ("<dl><dt>x</dt><dd>y</dd></dl>", "None"),
        ],
    )
    def test_a_list_says_how_it_is_numbered(self, press: Press, html: str, numbering: str) -> None:
        assert one(press(html), "L").entries["ListNumbering"] == numbering

    @pytest.mark.parametrize("body", ["One", "<p>One</p>", "<p>One</p><p>More</p>", "<b>One</b> more"])
    def test_an_item_is_a_label_and_a_body(self, press: Press, body: str) -> None:
        item = one(press(f"<ol><li>{body}</li></ol>"), "LI")
        assert [kid.tag for kid in item.kids if isinstance(kid, Heard)] == ["Lbl", "LBody"]

    def test_a_list_in_an_item_is_of_its_body(self, press: Press) -> None:
        css = "ul { list-style-type: disc }"
        assert press.said("<ul><li>One<ul><li>Inner</li></ul></li><li>Two</li></ul>", css) == [
            "list, 2 items",
            "  •  One",
            "    list, 1 item",
            "      •  Inner",
            "    end of list",
            "  •  Two",
            "end of list",
        ]

    def test_terms_go_with_their_meanings(self, press: Press) -> None:
        said = press.said("<dl><div><dt>A</dt><dt>B</dt><dd>Both</dd></div><dt>C</dt><dd>One</dd><dd>Two</dd></dl>")
        assert [line.split()[0] for line in said[1:3]] == ["A", "C"]
        assert said[0] == "list, 2 items"

    def test_contents_lead_to_headings(self, press: Press) -> None:
        html = '<nav role="doc-toc"><ol><li><a href="#a">One</a><ol><li><a href="#b">Two</a></li></ol></li></ol></nav>'
        css = "a::after { content: leader('.') target-counter(attr(href), page) }"
        heard = press(f'{html}<h1 id="a">One</h1><h2 id="b">Two</h2>', css)
        outer, inner = heard.find("TOC")
        entry = outer.kids[0]
        assert isinstance(entry, Heard)
        assert [kid.tag for kid in entry.kids if isinstance(kid, Heard)] == ["Lbl", "Reference", "TOC"]
        assert [link.entries["Contents"] for link in heard.find("Link")] == ["One", "Two"]
        assert inner.text() == "1. Two 1"


GROUPED = """<table><thead><tr><td></td><th colspan=2>G</th><th>H</th></tr></thead><tbody>
<tr><th scope=rowgroup>r</th><td>1</td><td>2</td><td>3</td></tr>
<tr><th scope=row>s</th><td colspan=2>4</td><td>5</td></tr></tbody></table>"""


class TestTables:
    def test_cells_are_under_their_heads(self, press: Press) -> None:
        heard = press(GROUPED)
        names = {head.entries["ID"]: head.text() for head in heard.find("TH")}
        under = {
            cell.text(): [names[name] for name in cell.entries.get("Headers", "").split()]
            for cell in heard.find("TD")
            if cell.text()
        }
        assert under == {
            "1": ["r", "G"],
            "2": ["r", "G"],
            "3": ["r", "H"],
            "4": ["r", "s", "G"],
            "5": ["r", "s", "H"],
        }
        assert [head.entries["Scope"] for head in heard.find("TH")] == ["Column", "Column", "Row", "Row"]

    def test_every_id_is_in_the_files_index(self, press: Press) -> None:
        heads = [head.entries["ID"] for head in press(GROUPED).find("TH")]
        with pikepdf.open(press.path) as pdf:
            names = list(pdf.Root.StructTreeRoot.IDTree.Names)
        assert sorted(heads) == [str(name) for name in names[::2]]

    def test_heads_repeated_on_a_page_are_heard_once(self, press: Press) -> None:
        rows = "".join(f"<tr><td>{number}</td></tr>" for number in range(6))
        heard = press(f"<table><thead><tr><th>Head</th></tr></thead>{rows}</table>", f"td, th {LARGE}")
        assert one(heard, "Table").text() == "Head 0 1 2 3 4 5"
        with pikepdf.open(press.path) as pdf:
            assert len(pdf.pages) > 2

    def test_an_empty_head_is_a_cell(self, press: Press) -> None:
        heard = press("<table><tr><th></th><th>A</th></tr><tr><th scope=row>x</th><td>1</td></tr></table>")
        assert [head.text() for head in heard.find("TH")] == ["A", "x"]


class TestLinks:
    def test_they_say_where_they_lead(self, press: Press) -> None:
        html = '<p><a href="#x">The <em>end</em></a> <a href="#x" title="Go there">1</a></p><p id="x">End.</p>'
        assert [link.entries["Contents"] for link in press(html).find("Link")] == ["The end", "Go there"]

    def test_each_line_has_one_place_to_click(self, press: Press) -> None:
        press('<p><a href="#x">words <em>and <b>more</b></em> of them</a></p><p id="x">End.</p>', "p { width: 60pt }")
        with pikepdf.open(press.path) as pdf:
            annotations = list(pdf.pages[0].obj.Annots)
            tops = [float(annotation.Rect[3]) for annotation in annotations]
            assert len(set(tops)) == len(tops) > 1
            assert all(int(annotation.F) == 4 for annotation in annotations)


class TestNotes:
    def test_they_are_heard_after_the_section(self, press: Press) -> None:
        css = ".note { float: footnote } ::footnote-call, ::footnote-marker { content: none }"
        html = f"<section><p>One{NOTE.format(1, 'First.')} goes on.</p><p>Two.</p></section><section><p>Three.</p>"
        assert press.said(f"{html}</section>", css) == [
            "One [link, Note 1] goes on.",
            "Two.",
            "[note] [link, Back 1] First. [end of note]",
            "Three.",
        ]

    def test_they_have_ids_and_labels(self, press: Press) -> None:
        css = ".note { float: footnote } ::footnote-call, ::footnote-marker { content: none }"
        note = one(press(f"<p>One{NOTE.format(7, 'First.')}</p>", css), "Note")
        assert note.entries["ID"] == "note-n7"
        assert isinstance(note.kids[0], Heard)
        assert note.kids[0].tag == "Lbl"


class TestFigures:
    def test_title_and_description_are_heard(self, press: Press) -> None:
        html = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><title>A square</title>'
        html += '<desc>It is black.</desc><rect width="20" height="20"/></svg>'
        assert press.said(html) == ["figure, A square. It is black."]

    def test_the_place_is_on_the_page(self, press: Press) -> None:
        press('<p><img src="DOT" alt="A dot" style="width: 40pt; height: 20pt"></p>', "body, p { margin: 0 }")
        with pikepdf.open(press.path) as pdf:
            (figure,) = (
                each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"
            )
            left, bottom, right, top = (float(edge) for edge in figure.A.BBox)
        assert (right - left, top - bottom) == pytest.approx((40, 20), abs=0.01)
        assert (left, 150 - top) == pytest.approx((20, 20), abs=2)

    def test_a_caption_stands_beside_what_it_is_of(self, press: Press) -> None:
        heard = press('<figure><img src="DOT" alt="A dot"><figcaption>A dot, enlarged.</figcaption></figure>')
        assert [kid.tag for kid in one(heard, "Div").kids if isinstance(kid, Heard)] == ["Figure", "Caption"]


def test_every_piece_has_a_way_to_its_element(press: Press) -> None:
    press(f"{GROUPED}<p><a href='#x'>there</a></p><p id=x aria-hidden=true>Seen.</p>")
    with pikepdf.open(press.path) as pdf:
        numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
        # Without a hole: what is decoration has no number.
        assert all(each.Type == "/StructElem" for each in numbers[1])
        assert pdf.Root.StructTreeRoot.ParentTreeNextKey == numbers[-2] + 1
