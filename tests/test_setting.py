"""What a typesetter would not let pass is found on the pages, and nothing else is."""

from pathlib import Path

import pytest

from nkru_brief import engine, makeup
from nkru_brief.cli import main
from nkru_brief.sheet import Face, Sheet
from nkru_brief.theme import FaceUse, face

SERIF: Face = face(FaceUse(family="Serif", package="font_source_serif_pro", file="files/SourceSerifPro-Regular.ttf"))
# A page has eight lines of 13 pt; a line has about 160 pt.
LINE = "Lorem ipsum dolor sit amet is. "


def press(body: str, css: str = "") -> engine.Pressed:
    own = f'@font-face {{ font-family: Serif; src: url("{SERIF.url}") }}'
    page = "@page { size: 200pt 144pt; margin: 20pt } html { font: 10pt/13pt Serif; orphans: 1; widows: 1 }"
    rest = "body, p, h1, ul, li, table, td { margin: 0; padding: 0 } h1 { font: 10pt/13pt Serif; break-after: auto }"
    head = f"<title>Title</title><style>{own} {page} {rest} {css}</style>"
    html = f"<!DOCTYPE html><html lang=en><head>{head}</head><body>{body}</body></html>"
    return engine.press(Sheet(edition="x", output="pdf", path="x.pdf", html=html, faces=(SERIF,), created=0))


def said(pressed: engine.Pressed) -> list[str]:
    return [f"{flaw.code} {flaw.message.partition(':')[0]}" for flaw in pressed.flaws]


@pytest.fixture
def set_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules are seen to be broken where nobody mends."""
    monkeypatch.setattr(makeup, "MOST", 1)


def lines(number: int, tag: str = "p") -> str:
    """Return a paragraph of so many lines."""
    return f"<{tag}>{'<br>'.join([LINE] * number)}</{tag}>"


TABLE = "<table><thead><tr><th scope=col>{head}<tbody>{rows}</table>"
BROKEN = {
    "orphan": (lines(7) + lines(5), "", "W407 page 1 ends with the first line of a paragraph"),
    "widow": (lines(5) + lines(4) + lines(3), "", "W407 page 2 begins with the last line of a paragraph"),
    "heading": (lines(7) + "<h1>A head</h1>" + lines(5), "", "W407 page 1 ends with a heading"),
    "term": (
        f"<dl>{'<dt>A term<dd>What it means' * 3}<dt>A term<dd>{lines(5)}</dl>",
        "dl, dd { margin: 0 } dt:nth-of-type(4) { margin-top: 13pt } p { break-inside: avoid }",
        "W407 page 1 ends with a heading",
    ),
    "lone-line": (lines(8) + lines(1), "", "W407 page 2 is the last, and holds a single line"),
    "empty": (lines(8) + lines(2), "", "W419 page 2 is only 25% full"),
    "empty-first": (
        lines(2) + f"<section>{lines(6)}</section>",
        "section { break-before: page }",
        "W419 page 1 is only 25% full",
    ),
    "rows-without-head": (
        TABLE.format(head=lines(7), rows=f"<tr><td>{lines(8)}"),
        "thead { display: table-header-group } tr { break-inside: avoid }",
        "W418 page 1 has rows of a table without its head",
    ),
    "picture": (
        "<svg role=img width=90 height=200 style='display: block'><title>A ferry</title></svg>" + lines(4),
        "",
        "E412 page 1 cuts off a picture",
    ),
    "row": (
        lines(3) + TABLE.format(head="Head", rows=f"<tr><td>{lines(6)}"),
        "tr { break-inside: auto }",
        "W417 page 1 parts a tr that was to stay whole",
    ),
    "box": (
        f"{lines(2)}<section>{lines(4)}{lines(8)}</section>",
        "section { break-inside: avoid }",
        "W417 page 2 parts a section that was to stay whole",
    ),
    "point": (
        f"<ul>{lines(9, 'li')}{lines(5, 'li')}</ul>",
        "li { break-inside: avoid }",
        "W417 page 1 parts a li that was to stay whole",
    ),
}


NARROW = "th, td { padding: 0; width: 20pt } table { table-layout: fixed; width: 60pt }"
OVERFULL = {
    "cell": ("<table><tr><th scope=row>Lorem<td>It</table>", NARROW, ["page 1 has a line that runs 0.7 mm over"]),
    # Its head stands on each page, and is told of once.
    "head": (
        TABLE.format(head="Lorem<th scope=col>It<th scope=col>It", rows="<tr><td>It<td>It<td>It" * 12),
        NARROW,
        ["page 1 has a line that runs 3.4 mm over"],
    ),
    "note": (
        f"{LINE}<span class=note>{'Lorem' * 6}</span>",
        ".note { float: footnote }",
        ["page 1 has a line that runs 6.4 mm over"],
    ),
    "from-right-to-left": (f"<p dir=rtl>{'Lorem' * 6}", "", ["page 1 has a line that runs 6.4 mm over"]),
    "broken": (f"<p>{'Lorem' * 6}", "p { overflow-wrap: anywhere }", []),
    "hidden": (f"<p>{'Lorem' * 6}", "p { overflow: hidden }", []),
    "hanging": (f"<p>{LINE * 3}", "p { text-indent: -9pt }", []),
    "margin-box": (lines(3), "@page { @top-left { content: 'Lorem ipsum'; width: 9pt; white-space: nowrap } }", []),
}


@pytest.mark.parametrize(("body", "css", "found"), OVERFULL.values(), ids=OVERFULL)
def test_a_line_too_long_for_its_column_is_found(body: str, css: str, found: list[str]) -> None:
    # No setting mends it, and none is tried.
    pressed = press(body, css)
    assert [each.partition(" the edge")[0] for each in said(pressed)] == [f"W420 {each}" for each in found]
    assert pressed.settings == 1


@pytest.mark.usefixtures("set_once")
@pytest.mark.parametrize(("body", "css", "found"), BROKEN.values(), ids=BROKEN)
def test_it_is_found(body: str, css: str, found: str) -> None:
    assert found in said(press(body, css))


@pytest.mark.parametrize("name", ["orphan", "widow", "heading", "term", "lone-line", "empty", "empty-first", "row"])
def test_it_is_mended_where_it_can_be(name: str) -> None:
    body, css, _ = BROKEN[name]
    assert said(press(body, css)) == []


@pytest.mark.usefixtures("set_once")
@pytest.mark.parametrize(
    "body",
    [
        lines(6),
        lines(1),
        lines(6) + lines(4) + lines(4),
        lines(5) + "<h1>A head</h1>" + lines(6),
        f"<table><thead><tr><th scope=col>Head<tbody>{'<tr><td>Cell' * 10}</table>",
        lines(6) + "<ul>" + lines(2, "li") + lines(2, "li") + lines(2, "li") + "</ul>",
    ],
    ids=["page", "line", "parted-well", "heading", "table-on-two", "list"],
)
def test_nothing_else_is(body: str) -> None:
    assert said(press(body, "tr { break-inside: avoid }")) == []


@pytest.mark.usefixtures("set_once")
def test_what_notes_take_counts_as_filled() -> None:
    note = f"<span style='float: footnote'>{'<br>'.join([LINE] * 4)}</span>"
    pressed = press(lines(8) + f"<p>A line.{note}</p>", "::footnote-call, ::footnote-marker { content: none }")
    assert said(pressed) == []


@pytest.mark.usefixtures("set_once")
def test_a_picture_ends_a_page_as_well_as_a_line_does() -> None:
    drawing = "<svg role=img width=90 height=60 style='display: block'><title>A ferry</title></svg>"
    assert said(press(f"{lines(3)}<h1>A head</h1>{drawing}{lines(6)}")) == []


@pytest.mark.usefixtures("set_once")
def test_lines_to_write_on_fill_a_page() -> None:
    css = "div { height: 40pt; border-bottom: 1pt solid }"
    assert said(press(f"{lines(8)}<p>A line.</p><div></div>", css)) == []


class TestMakingUp:
    """What a second look does to a sheet, and what it leaves alone."""

    def test_a_sheet_without_a_fault_is_set_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(makeup, "made_up", pytest.fail)
        assert press(lines(6)).pages == 1

    def test_it_ends_where_nothing_helps(self, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = []
        laid_out = engine._laid
        monkeypatch.setattr(engine, "_laid", lambda *a: settings.append(a[3:]) or laid_out(*a))
        body, css, found = BROKEN["point"]
        assert found in said(press(body, css))
        assert 1 < len(settings) <= makeup.MOST
        # No way is tried twice.
        assert len(set(settings)) == len(settings)

    def test_what_is_carried_over_parts_nothing_and_leaves_no_heading(self) -> None:
        points = "".join(f"<li>{lines(2)}</li>" for _ in range(3))
        body = f"<ul>{points}</ul><h1>A head</h1>{lines(1)}{lines(2)}"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(makeup, "MOST", 1)
            assert said(press(body, "li { break-inside: avoid }")) == ["W419 page 2 is only 25% full"]
        assert said(press(body, "li { break-inside: avoid }")) == []

    def test_what_one_setting_loses_another_may_find(self, monkeypatch: pytest.MonkeyPatch) -> None:
        lost_text = engine.lost_text
        calls: list[object] = []
        monkeypatch.setattr(
            engine, "lost_text", lambda *a: calls.append(a) or ("x",) * (len(calls) < 3) + lost_text(*a)
        )
        pressed = press(lines(6))
        assert len(calls) == 3
        assert pressed.complaints == ()

    def test_a_build_explains_in_how_many_ways_pages_were_set(
        self, ferry: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["build", "--output", "pdf", "--jobs", "1", "--explain"]) == 0
        assert "pages were set" not in capsys.readouterr().out
        edition, css = ferry / "content/editions/short.yaml", ferry / "templates/plain/css/plain.css"
        edition.write_text(edition.read_text("utf-8").replace("max_pages: 1", "max_pages: 2"), "utf-8")
        foot = '@page { @bottom-left { content: "{{ brief.fingerprint[:12] }}" } }'
        css.write_text(f"{css.read_text('utf-8')}{foot} body > p:last-child {{ break-before: page }}", "utf-8")
        assert main(["build", "--output", "pdf", "--jobs", "1", "--explain"]) == 0
        assert "its pages were set in " in capsys.readouterr().out

    def test_few_lines_over_are_first_taken_up_by_the_other_pages(self) -> None:
        # Eight lines; 12 and 15 pt are whole pixels.
        pressed = press(lines(18), "@page { size: 200pt 126pt; margin: 15pt } html, p { line-height: 12pt }")
        assert (pressed.pages, said(pressed), pressed.settings) == (2, [], 2)

    def test_it_gives_the_same_bytes_each_time(self) -> None:
        body, css, _ = BROKEN["widow"]
        assert press(body, css).pdf == press(body, css).pdf

    def test_no_page_is_added(self) -> None:
        once = {name: press(body, css).pages for name, (body, css, _) in BROKEN.items()}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(makeup, "MOST", 1)
            assert all(press(body, css).pages >= once[name] for name, (body, css, _) in BROKEN.items())

    def test_what_the_engine_says_of_settings_that_are_not_kept_is_not_told(self) -> None:
        pressed = press(lines(7) + lines(5), "p { colour: navy }")
        assert [each.partition(" at ")[0] for each in pressed.complaints] == ["Ignored `colour: navy `"]
        assert said(pressed) == []
