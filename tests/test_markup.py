"""A section's Markdown becomes blocks with located citations, whatever an author writes."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nkru_brief.brief import Block, Fragment
from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.markup import parse
from nkru_brief.model import SectionText

CITATIONS = ["[@c13]", "[@c13; @c15]", "[@", "@c07", "]"]
SIGNS = [
    "[",
    "*",
    "**",
    "_",
    "`",
    "# ",
    "## ",
    "- ",
    "1. ",
    "> ",
    "|",
    "---",
    "{: .x }",
    "{: for=",
    "](",
    "!",
    "<b>",
    "\\",
]
OTHERS = ["<b>", "\\", "\n", "\n\n", "    ", "[주체]{lang=ko}", "http://x", "&amp;", ":", "word", ". ", "é😀"]
NEARLY_MARKDOWN = st.lists(st.sampled_from(CITATIONS + SIGNS + OTHERS), max_size=25).map("".join)


def read(text: str) -> tuple[Fragment, tuple[Diagnostic, ...]]:
    return parse(SectionText(id="history", level="standard", file="s.md", text=text))


def blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of a text without faults, under a title."""
    fragment, faults = read(f"# T\n\n{text}\n")
    assert faults == ()
    return fragment.blocks


def block(text: str) -> Block:
    (only,) = blocks(text)
    return only


def faults(text: str) -> list[tuple[str, int, int]]:
    return [(each.code, each.place.line, each.place.column) for each in read(f"# T\n\n{text}\n")[1]]


def cited(fragment: Fragment) -> list[tuple[str, ...]]:
    return [call.claims for block in fragment.blocks for call in block.calls]


def points_at(text: str, place: Place) -> str:
    """Return what stands in a text from a place on, to the end of its line."""
    return text.split("\n")[place.line - 1][place.column - 1 :]


class TestBlocks:
    def test_the_first_heading_is_the_title(self) -> None:
        fragment, found = read("# How it *began*\n\nText.\n")
        assert found == ()
        assert (fragment.id, fragment.level, fragment.file, fragment.title) == (
            "history",
            "standard",
            "s.md",
            "How it began",
        )
        assert [each.kind for each in fragment.blocks] == ["paragraph"]

    def test_a_section_without_a_title_has_its_id(self) -> None:
        fragment, found = read("Text.\n")
        assert fragment.title == "history"
        assert [(each.code, each.place.line) for each in found] == [("E205", 1)]

    def test_kinds_tags_and_places(self) -> None:
        found = blocks("One\ntwo.\n\n## Head\n\n- a\n- b\n\n1. c\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n> quoted\n")
        assert [(each.kind, each.tag, each.place.line) for each in found] == [
            ("paragraph", "p", 3),
            ("heading", "h2", 6),
            ("list", "ul", 8),
            ("list", "ol", 11),
            ("table", "table", 13),
            ("quote", "blockquote", 17),
        ]

    def test_the_text_is_without_marks_and_calls(self) -> None:
        made = block("Some **bold** *text* with `code` & a [link](https://x.org) [@c13]. More.")
        assert made.text == "Some bold text with code & a link. More."
        assert block("- a\n- b").text == "a b"
        assert block("| x | y |\n|---|---|\n| 1 | 2 |").text == "x y 1 2"

    def test_signs_of_html_are_text(self) -> None:
        assert block("a < b & c > d").html == "a &lt; b &amp; c &gt; d"
        assert block("`a < b`").html == "<code>a &lt; b</code>"

    def test_words_of_another_language_say_so(self) -> None:
        assert block("The [주체]{lang=ko} idea.").html == 'The <span lang="ko">주체</span> idea.'

    def test_attributes_go_to_the_block(self) -> None:
        made = block('It will last.\n{: .judgement for="classroom press" likelihood="very likely" confidence="low" }')
        assert made.attributes == {
            "class": "judgement",
            "for": "classroom press",
            "likelihood": "very likely",
            "confidence": "low",
        }
        assert made.html == "It will last."


class TestCitations:
    def test_a_citation_becomes_a_call(self) -> None:
        made = block("Ties cooled [@c13; @c15]. They rose [@c07].")
        assert [call.claims for call in made.calls] == [("c13", "c15"), ("c07",)]
        assert made.html == (
            'Ties cooled.<x-call data-call="0"></x-call> They rose.<x-call data-call="1"></x-call>'
        )  # fmt: skip

    @pytest.mark.parametrize("end", [".", ",", ";", ":", "!", "?", ".”", ".’", '."', ""])
    def test_a_call_stands_after_the_punctuation(self, end: str) -> None:
        made = block(f"“Ties cooled [@c13]{end} More")
        shown = end.replace('"', "&quot;") if '"' in made.html and "&quot;" in made.html else end
        assert made.html.startswith(f'“Ties cooled{shown}<x-call data-call="0">')

    def test_a_claim_named_twice_is_called_once(self) -> None:
        assert block("Word [@c13; @c13].").calls[0].claims == ("c13",)

    def test_calls_are_found_in_lists_tables_quotes_and_marks(self) -> None:
        text = "- a [@c01]\n- **b [@c02]**\n    - c [@c03]\n\n"
        text += "| x [@c04] |\n|---|\n| y [@c05] |\n\n> z [@c06]\n\n## H [@c07]"
        found = blocks(text)
        assert [call.claims[0] for each in found for call in each.calls] == [f"c0{n}" for n in range(1, 8)]
        source = f"# T\n\n{text}\n"
        for each in found:
            for call in each.calls:
                assert points_at(source, call.place).startswith(f"[@{call.claims[0]}]")

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("Word [@13].", [("E201", 3, 7)]),
            ("Word [@c13, c15].", [("E201", 3, 7)]),
            ("Word [@c13; 15].", [("E201", 3, 13)]),
            ("Word [@c13; ].", [("E201", 3, 13)]),
            ("One.\n\nWord `[@c13]`.", [("E201", 5, 7)]),
        ],
    )
    def test_what_is_no_citation_is_said(self, text: str, found: list[tuple[str, int, int]]) -> None:
        assert faults(text) == found


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("a <b>c</b>", [("E202", 3, 3), ("E202", 3, 7)]),
            ("<!-- x -->", [("E202", 3, 1)]),
            ("a `<b>` c", []),
            ("[x](javascript:alert)", [("E203", 3, 5)]),
            ("[x](../file.html)", [("E203", 3, 5)]),
            ("[x](https://example.org)", []),
            ("![x](y.png)", [("E210", 3, 1)]),
            ("### Deep", [("E205", 3, 1)]),
            ("# Again", [("E205", 3, 1)]),
        ],
    )
    def test_each_is_located(self, text: str, found: list[tuple[str, int, int]]) -> None:
        assert faults(text) == found

    def test_an_unknown_attribute_is_said(self) -> None:
        assert [code for code, _, _ in faults('Word.\n{: onclick="x" }')] == ["E204"]


# The sense of an edition must not hang on a typing error: whatever is written, something is read.
ALLOWED = re.compile(
    r"</?(?:p|h[1-6]|ul|ol|li|blockquote|table|thead|tbody|tr|th|td|em|strong|a|code|span|br|hr|x-call|pre|img)\b"
)


@settings(deadline=None)
@given(st.text(max_size=150) | NEARLY_MARKDOWN)
def test_no_text_breaks_the_reading(text: str) -> None:
    fragment, found = read(text)
    lines = text.split("\n")
    places = [each.place for each in found]
    places += [place for each in fragment.blocks for place in (each.place, *(call.place for call in each.calls))]
    assert all(place.file == "s.md" and 1 <= place.line <= len(lines) for place in places)
    assert all(1 <= place.column <= len(lines[place.line - 1]) + 1 for place in places)
    for made in fragment.blocks:
        assert not re.search("[\ue000\ue001]", made.html + made.text)
        assert re.findall(r'data-call="(\d+)"', made.html) == [str(number) for number in range(len(made.calls))]
        # Every sign that opens an element opens one of ours.
        assert all(ALLOWED.match(made.html, sign.start()) for sign in re.finditer("<", made.html))


@settings(deadline=None)
@given(st.text(max_size=150) | NEARLY_MARKDOWN)
def test_every_call_points_at_its_citation(text: str) -> None:
    for made in read(text)[0].blocks:
        for call in made.calls:
            match = re.match(r"\[(@[^\]\n]*)\]", points_at(text, call.place))
            assert match is not None
            assert list(call.claims) == list(dict.fromkeys(re.findall(r"(?<![^;])\s*@(c\d{2,})\s*(?![^;])", match[1])))


SENTENCES = st.tuples(st.sampled_from(["Ties cooled", "**Aid** came", "주체 began"]), st.integers(1, 99)).map(
    lambda pair: f"{pair[0]} [@c{pair[1]:02}]."
)


@settings(deadline=None)
@given(st.lists(SENTENCES, min_size=1, max_size=6), st.sampled_from(["\n\n", "\n", " ", "\n- ", "\n\n> "]))
def test_citations_stay_in_the_order_of_reading(sentences: list[str], between: str) -> None:
    text = between.join(["# T\n", *sentences])
    fragment, found = read(text)
    assert found == ()
    assert cited(fragment) == [(each,) for each in re.findall(r"@(c\d\d)", text)]
    for made in fragment.blocks:
        assert re.findall(r'data-call="(\d+)"', made.html) == [str(number) for number in range(len(made.calls))]
