"""Sentences and the claims they rest on."""

import pytest

from nkru_brief import markup
from nkru_brief.binding import Bound, bound, bound_sentences
from nkru_brief.model import SectionText


def sentences_of(body: str, title: str = "# Title") -> list[Bound]:
    section = SectionText(id="a", level="standard", file="a.md", text=f"{title}\n\n{body}\n")
    fragment, faults = markup.parse(section)
    assert faults == ()
    return [sentence for _, sentence in bound_sentences(fragment)]


def said(body: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(sentence.text, sentence.claims) for sentence in sentences_of(body)]


def places(body: str) -> list[tuple[int, int]]:
    return [(sentence.place.line, sentence.place.column) for sentence in sentences_of(body)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        # A call belongs to the sentence it stands in, or directly after.
        ("One came [@c01]. Two went [@c02].", [("One came.", ("c01",)), ("Two went.", ("c02",))]),
        ("One came. [@c01] Two went.", [("One came.", ("c01",)), ("Two went.", ())]),
        ("One [@c01] came, two went [@c02; @c01].", [("One came, two went.", ("c01", "c02"))]),
        ("‘One came.’ [@c01] Two went.", [("‘One came.’", ("c01",)), ("Two went.", ())]),
        ("One *came* `x` [here](https://a.example) [@c01].", [("One came x here.", ("c01",))]),
        # A line end of the file does not end a sentence.
        ("One came\nand went [@c01].", [("One came and went.", ("c01",))]),
        ("One came  \nand went [@c01].", [("One came and went.", ("c01",))]),
        # Items, cells and quotations.
        ("- One came [@c01]\n- Two went", [("One came", ("c01",)), ("Two went", ())]),
        ("- One [@c01]:\n    - two [@c02]\n    - three", [("One:", ("c01",)), ("two", ("c02",)), ("three", ())]),
        ("> One came [@c01].\n>\n> Two went.", [("One came.", ("c01",)), ("Two went.", ())]),
        ("| A | B |\n|---|---|\n| 1 | one [@c01] |\n| 2 | two |", [("1 one", ("c01",)), ("2 two", ())]),
        # Characters that HTML escapes.
        ("A & B < C [@c01].", [("A & B < C.", ("c01",))]),
        # Headings say nothing.
        ("## One came\n\nTwo went [@c01].", [("Two went.", ("c01",))]),
        # The same sentence twice.
        ("One came [@c01]. One came.", [("One came.", ("c01",)), ("One came.", ())]),
    ],
)
def test_sentences_and_claims(body: str, found: list[tuple[str, tuple[str, ...]]]) -> None:
    assert said(body) == found


class TestLead:
    @pytest.mark.parametrize("body", ["**In 1991.** It ended [@c01].", "- **In 1991.** It ended [@c01]."])
    def test_bold_words_lead_in_the_first_sentence(self, body: str) -> None:
        sentences = sentences_of(f"{body} All knew.")
        assert [(each.lead, each.text) for each in sentences] == [("In 1991.", "It ended."), ("", "All knew.")]
        assert [each.whole for each in sentences] == ["In 1991. It ended.", "All knew."]

    def test_what_is_all_bold_is_a_statement(self) -> None:
        assert said("**One came [@c01]. Two went.**") == [("One came.", ("c01",)), ("Two went.", ())]

    def test_bold_words_elsewhere_are_words(self) -> None:
        assert said("So **one** came.") == [("So one came.", ())]


class TestDesk:
    def test_a_paragraph_of_the_desk(self) -> None:
        assert [each.desk for each in sentences_of("One. Two.\n{: .desk }\n\nThree.")] == [True, True, False]

    def test_an_item_of_the_desk(self) -> None:
        body = "- One came.\n{: .desk }\n- Two went."
        found = {each.text: each.desk for each in sentences_of(body)}
        assert found == {"One came.": True, "Two went.": False}


class TestPlaces:
    def test_sentences_stand_at_their_own_line_and_column(self) -> None:
        body = "One *came* [@c01]. Two\nwent. [@c02] Three too.\n\n- **Four.** Five [@c01]. Six.\n- Seven."
        assert places(body) == [(3, 1), (3, 20), (4, 14), (6, 13), (6, 26), (7, 3)]

    def test_markup_between_does_not_lead_astray(self) -> None:
        body = "[Link](https://a.example/Then-what) [@c01]. Then [주체]{lang=ko} came. And C."
        assert places(body) == [(3, 2), (3, 45), (3, 70)]

    def test_rows_of_a_table(self) -> None:
        assert places("| A | B |\n|---|---|\n| A | B [@c01] |\n| B | A |") == [(5, 3), (6, 3)]

    def test_without_the_file_all_begin_where_the_block_does(self) -> None:
        section = SectionText(id="a", level="standard", file="a.md", text="# T\n\nOne came. Two went.\n")
        block = markup.parse(section)[0].blocks[0]
        assert [(each.place.line, each.place.column) for each in bound(block)] == [(3, 1), (3, 1)]
        assert [each.place for each in bound(block, "# Quite\nanother\ntext\n")] == [block.place, block.place]
