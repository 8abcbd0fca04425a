"""Well-formed pages read quickly, held against the parser of all of HTML's rules: the same tree, or no answer."""

import re
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
    """Return an element as it matters: names in small letters, the spaces between words, attributes without those of
    namespaces."""
    tag = element.tag.lower() if isinstance(element.tag, str) else "a comment"
    own = element.attrib.items() if isinstance(element.tag, str) else ()
    attributes = sorted((str(key).lower(), value) for key, value in own if not re.search(r"[:{]|^xmlns", str(key)))
    before, after = (" ".join((text or "").split()) for text in (element.text, element.tail))
    return tag, before, after, tuple(attributes), tuple(map(shape, element))


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
def nested(draw: st.DrawFn, depth: int = 4) -> str:
    """Well-nested elements of any kind in any other."""
    text = st.sampled_from(["", " ", "word", "&amp;", "<!--note-->", "&#x2014; &lt;b&gt;", "\n"])
    parts = [draw(text)]
    for name in draw(st.lists(st.sampled_from(NAMES.split()), max_size=3 if depth else 0)):
        inside = draw(nested(depth - 1))
        void = name in {"br", "col", "hr", "img"} or (name == "path" and draw(st.booleans()))
        parts.append(f'<{name} id="q"/>' if void else f"<{name} class='k'>{inside}</{name}>")
        parts.append(draw(text))
    return "".join(parts)


@settings(max_examples=300, deadline=None)
@given(nested())
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
        "<!-- a",
        "</p>",
    ],
)
def test_there_is_no_answer_where_rules_of_repair_may_matter(body: str) -> None:
    assert tree(f"{HEAD}{body}{FOOT}") is None


@pytest.mark.parametrize(
    "page", ["", "a", "<p>a</p>", "<html><body></body></html>", f"{HEAD}a", f"{HEAD}{FOOT}a", HEAD + FOOT + HEAD + FOOT]
)
def test_a_page_is_whole(page: str) -> None:
    assert tree(page) is None
