"""A page is read as the standard library reads it: the same tags, attributes, texts and comments in the same order."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nkru_brief.tagreader import TagReader
from shipped import Workshop, every_edition

Told = list[tuple[object, ...]]


class Quick(TagReader):
    def __init__(self) -> None:
        self.told: Told = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.told.append(("start", tag, tuple(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.told.append(("end", tag))

    def handle_data(self, data: str) -> None:
        if self.told and self.told[-1][0] == "text":
            data = f"{self.told.pop()[1]}{data}"
        self.told.append(("text", data))

    def handle_comment(self, data: str) -> None:
        self.told.append(("comment", data))


class Slow(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.quick = Quick()
        self.handle_starttag = self.quick.handle_starttag  # type: ignore[method-assign]
        self.handle_endtag = self.quick.handle_endtag  # type: ignore[method-assign]
        self.handle_data = self.quick.handle_data  # type: ignore[method-assign]
        self.handle_comment = self.quick.handle_comment  # type: ignore[method-assign]


def told(html: str) -> tuple[Told, Told]:
    quick, slow = Quick(), Slow()
    quick.feed(html)
    slow.feed(html)
    slow.close()
    return quick.told, slow.quick.told


@every_edition
@pytest.mark.parametrize("output", ["html", "pdf"])
def test_every_shipped_page(workshop: Workshop, edition: str, output: str) -> None:
    found, wanted = told(workshop.sheet(edition, output).html)
    assert found == wanted
    assert len(found) > 500


PIECES = [
    *("<p>", "</p>", "<P CLASS='x y'>", '<a href="#n1" title="1 > 0 &amp; more">', "</a >", "<br/>", "<br />", "<hr>"),
    *(
        "<!--call 1-2-->",
        "<!-- a - b -->",
        "<!DOCTYPE html>",
        "<input disabled value=x>",
        "words &amp; &eacute; ",
        "\n",
    ),
    *("<style>p > a { color: red } /* <b> */</style>", "<script type='x'>if (a < b) { '<p>' }</script>", "5 > 4 "),
    *(
        "<svg viewBox='0 0 1 1'><path d='M0 0'/></svg>",
        "1 &lt; 2",
        "<td id=c1 data-x>",
        "</td>",
        "слово",
        '"',
        "'",
        "=",
    ),
]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_pages_of_every_kind(html: str) -> None:
    found, wanted = told(html)
    assert found == wanted


@given(st.text(alphabet="<>/!-=\"' ab&;", max_size=40))
def test_nothing_stops_it_and_no_letter_is_lost_outside_of_tags(html: str) -> None:
    reader = Quick()
    reader.feed(html)
    if "<" not in html and "&" not in html:
        assert "".join(str(each[1]) for each in reader.told) == html
