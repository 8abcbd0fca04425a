"""Well-formed pages read quickly, held against the parser of all of HTML's rules: the same tree, or no answer."""

from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import tinyhtml5
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nkru_brief.build import sheets
from nkru_brief.project import open_project
from nkru_brief.report import Request
from nkru_brief.structure import faults
from nkru_brief.wellformed import tree

ROOT = Path(__file__).parent.parent
HEAD = '<!doctype html><html lang="en"><head><title>A</title></head><body>'
FOOT = "</body></html>"
NAMES = """a b br button caption col colgroup dd div dl dt em figure figcaption form h1 h2 hr i img li math object
    ol option p pre section span svg path title desc g table tbody td textarea th thead tr ul x"""


def whole(html: str) -> Any:  # noqa: ANN401 - the library has no types
    return tinyhtml5.parse(html, namespace_html_elements=False)


def shape(element: Any) -> tuple[object, ...]:  # noqa: ANN401
    """Return all that there is of an element."""
    name = element.tag if isinstance(element.tag, str) else "a comment"
    attributes = {str(key): value for key, value in element.attrib.items()}
    return name, element.text or "", element.tail or "", attributes, tuple(map(shape, element))


def test_shipped_pages_are_well_formed() -> None:
    asked = sheets(open_project(ROOT), Request(outputs=("html", "pdf", "cards", "poster", "worksheet")))
    pages = [sheet.html for sheet in islice(asked, 8)]
    for page in pages:
        quick = tree(page)
        assert quick is not None
        assert shape(quick) == shape(whole(page))
        assert faults(quick) == faults(whole(page))
    assert len(pages) == 8


@st.composite
def nested(draw: st.DrawFn, names: str = NAMES, depth: int = 4) -> str:
    """Well-nested elements of any kind in any other."""
    text = st.sampled_from(["", " ", "word", "&amp;", "<!--note-->", "&#x2014; &lt;b&gt;", "\n"])
    parts = [draw(text)]
    for name in draw(st.lists(st.sampled_from(names.split()), max_size=3 if depth else 0)):
        inside = draw(nested(names, depth - 1))
        void = name in {"br", "col", "hr", "img"} or (name == "path" and draw(st.booleans()))
        parts.append(f'<{name} id="q"/>' if void else f"<{name} class='k'>{inside}</{name}>")
        parts.append(draw(text))
    return "".join(parts)


@settings(max_examples=300, deadline=None)
@given(nested() | nested("b br div em img section span"))
@example("<p>a<table><tbody><tr><td>b</td></tr></tbody></table></p>")
@example("<svg><title><b>a</b></title><path/></svg>")
@example("<svg><p>a</p></svg>")
def test_the_tree_is_that_of_the_whole_parser(body: str) -> None:
    page = f"{HEAD}{body}{FOOT}"
    quick = tree(page)
    assert quick is None or shape(quick) == shape(whole(page))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *(f"<{name}>" for name in NAMES.split()),
                *(f"</{name}>" for name in NAMES.split()),
                "a",
                "<!--",
                "-->",
                "<",
                "&x",
            ]
        )
    ).map("".join)
)
def test_of_crossed_and_open_tags_too(body: str) -> None:
    page = f"{HEAD}{body}{FOOT}"
    quick = tree(page)
    assert quick is None or shape(quick) == shape(whole(page))


@pytest.mark.parametrize(
    "body",
    [
        "<p>a<p>b",
        "<p>a<div>b</div></p>",
        "<b>a<i>b</b>c</i>",
        "<table><tr><td>a</td></tr></table>",
        "<table>a<tbody></tbody></table>",
        "<div/>",
        "<a href='#a'>a<a href='#b'>b</a></a>",
        "<h1>a<h2>b</h2></h1>",
        "<li>a</li>",
        "<p>a &ampb</p>",
        "<p a=1 a=2>a</p>",
        "<svg><p>a</p></svg>",
        "<new-thing>a</new-thing>",
        "<!-->a",
        "<!-->a--><p>b</p>",
        "<!--->a-->",
        "<!-- a",
        "<!-- a -- b -->",
        "</p>",
        "<p>a&nbsp;b</p>",
        "<p>a & b</p>",
        "<p>a&#150;b</p>",
        '<p title="a\nb">c</p>',
        '<p title="a > b" class="a\tb">c</p>',
        '<p Title="a">b</p>',
        "<P>a</P>",
        "<p a = 'b'c>a</p>",
        "<style>a</style ></style>",
        "<style><!-- a --></style>",
        "<style>a ]]> b</style>",
        "<svg><lineargradient/></svg>",
        '<svg viewbox="0 0 1 1"></svg>',
        '<svg q:r="0"></svg>',
        "<svg><title/></svg>",
        "<p>a\x0bb</p>",
        "<p>\ud800</p>",
        "<![CDATA[a]]>",
        "<?a?>",
        "<p>a\r\nb</p>",
    ],
)
def test_there_is_no_answer_where_rules_of_repair_may_matter(body: str) -> None:
    assert tree(f"{HEAD}{body}{FOOT}") is None


@pytest.mark.parametrize(
    "body",
    [
        "<p hidden>a</p>",
        '<div popover class="a" autofocus><input type="checkbox" checked><input required/></div>',
        "<p class='a' title='\"'>b</p>",
        '<img alt="a > b" src="a.png">',
        "<p\n  class='a'\n  id='b'\n>c</p>",
        "<!-- <br> <p> --><p>a</p>",
        "<p>a<!--call 1-1--><br>b<!--/call--></p>",
        "<pre>\n\na</pre>",
        "<p>&#160;&#x2014;&lt;&apos;&amp;nbsp;</p>",
        "<p>a 'b\nc' \"d\ne\"</p>",
        (
            '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 1 1"'
            ' xml:lang="en"><a xlink:href="#a"><linearGradient gradientUnits="a"/></a><path d="M0 0"/></svg>'
        ),
        "",
        " a ",
        "<p>a</p>\n<!-- b -->\n",
    ],
)
def test_what_html_allows_and_xml_does_not(body: str) -> None:
    for page in (f"{HEAD}{body}{FOOT}", f"\n{HEAD}{body}\n</body>\n<!-- after -->\n</html>\n\n"):
        quick = tree(page)
        assert quick is not None
        assert shape(quick) == shape(whole(page))


def test_spaces_are_where_html_has_them() -> None:
    head = "<head>\n<title>A</title>\n<style>p > a::before { content: '<b> & c' }</style>\n</head>"
    page = f"<!DOCTYPE html>\n<html lang='en'>\n<!-- b -->\n{head}\n<!-- c -->\n<body>\n<p>a</p>\n</body>\n</html>\n"
    quick = tree(page)
    assert quick is not None
    assert shape(quick) == shape(whole(page))


@pytest.mark.parametrize(
    "page", ["", "a", "<p>a</p>", "<html><body></body></html>", f"{HEAD}a", f"{HEAD}{FOOT}a", HEAD + FOOT + HEAD + FOOT]
)
def test_a_page_is_whole(page: str) -> None:
    assert tree(page) is None
