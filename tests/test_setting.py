"""What a typesetter would not let pass is found on the pages, and nothing else is."""

import pytest

from nkru_brief import engine
from nkru_brief.sheet import Face, Sheet
from nkru_brief.theme import FaceUse, face

SERIF: Face = face(FaceUse(family="Serif", package="font_source_serif_pro", file="files/SourceSerifPro-Regular.ttf"))
# A page has eight lines of 13 pt; a line has about 160 pt.
LINE = "Lorem ipsum dolor sit amet is. "


def flaws(body: str, css: str = "") -> list[str]:
    own = f'@font-face {{ font-family: Serif; src: url("{SERIF.url}") }}'
    page = "@page { size: 200pt 144pt; margin: 20pt } html { font: 10pt/13pt Serif; orphans: 1; widows: 1 }"
    rest = "body, p, h1, ul, li, table, td { margin: 0; padding: 0 } h1 { font: 10pt/13pt Serif; break-after: auto }"
    head = f"<title>Title</title><style>{own} {page} {rest} {css}</style>"
    html = f"<!DOCTYPE html><html lang=en><head>{head}</head><body>{body}</body></html>"
    pressed = engine.press(Sheet(edition="x", output="pdf", path="x.pdf", html=html, faces=(SERIF,), created=0))
    return [flaw.message.partition(":")[0] for flaw in pressed.flaws]


def lines(number: int, tag: str = "p") -> str:
    """Return a paragraph of so many lines."""
    return f"<{tag}>{'<br>'.join([LINE] * number)}</{tag}>"


@pytest.mark.parametrize(
    ("body", "css", "found"),
    [
        (lines(7) + lines(5), "", ["page 1 ends with the first line of a paragraph"]),
        (lines(5) + lines(4) + lines(3), "", ["page 2 begins with the last line of a paragraph"]),
        (lines(7) + "<h1>A head</h1>" + lines(5), "", ["page 1 ends with a heading"]),
        (lines(8) + lines(1), "", ["page 2 is only 12% full"]),
        (
            f"<table><thead><tr><th scope=col>{lines(7)}<tbody><tr><td>{lines(8)}</table>",
            "thead { display: table-header-group } tr { break-inside: avoid }",
            ["page 1 has rows of a table without its head"],
        ),
        (
            f"{lines(2)}<section>{lines(4)}{lines(8)}</section>",
            "section { break-inside: avoid }",
            ["page 2 parts a section that was to stay whole"],
        ),
    ],
    ids=["orphan", "widow", "heading", "empty", "table", "parted"],
)
def test_it_is_found(body: str, css: str, found: list[str]) -> None:
    assert set(found) <= set(flaws(body, css))


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
    assert flaws(body, "tr { break-inside: avoid }") == []


def test_what_notes_take_counts_as_filled() -> None:
    note = f"<span style='float: footnote'>{'<br>'.join([LINE] * 4)}</span>"
    assert flaws(lines(8) + f"<p>A line.{note}</p>", "::footnote-call, ::footnote-marker { content: none }") == []
