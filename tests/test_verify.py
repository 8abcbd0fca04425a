"""Passages against texts: exact, moved, changed, missing, and cards that were tampered with."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nkru_brief.digest import sha256
from nkru_brief.model import Card, CardPassage, Grade
from nkru_brief.passages import split
from nkru_brief.values import replace
from nkru_brief.verify import Verdicts, verify, word_difference

TEXT = """\
Notes on the harbour

The heron stood on the quay. Nobody fed it before noon.
The plover left in “autumn” and came back.
Read more: the quay
"""


def card_of(text: str) -> Card:
    """Return the card of a text."""
    data = text.encode("utf-8")
    passages = tuple(
        CardPassage(
            id=found.id,
            kind=found.kind,
            offset=found.offset,
            length=found.length,
            words=found.words,
            sha256=found.sha256,
            normalised=found.normalised,
        )
        for found in split(text)
    )
    return Card(
        id="harbour",
        label="A",
        title="Harbour",
        kind="article",
        file="harbour.txt",
        sha256=sha256(data),
        bytes=len(data),
        characters=len(text),
        language="en",
        grade=Grade(reliability="F", credibility=6, reason="Invented."),
        describe="Invented.",
        passages=passages,
    )


CARD = card_of(TEXT)


def judged(text: str, card: Card = CARD, before: str | None = None) -> Verdicts:
    return verify(card, text.encode("utf-8"), before)


def states(verdicts: Verdicts) -> dict[str, str]:
    """Return the passages that are not exact with their states."""
    return {verdict.passage: verdict.state for verdict in verdicts.faults}


def test_its_own_text_is_exact() -> None:
    verdicts = judged(TEXT)
    assert (verdicts.at_hand, verdicts.same_text, verdicts.faults, verdicts.misfits) == (True, True, (), ())
    assert [verdict.now for verdict in verdicts.verdicts] == ["L01", "L03.s1", "L03.s2", "L04.s1", "L05"]
    assert [(verdict.line, verdict.column) for verdict in verdicts.verdicts][1:3] == [(3, 1), (3, 30)]


def test_no_text_is_no_verdict() -> None:
    assert verify(CARD, None) == Verdicts(source="harbour", at_hand=False)


class TestMoved:
    def test_a_line_put_before_moves_what_follows(self) -> None:
        verdicts = judged("A line of its own.\n" + TEXT)
        assert states(verdicts)["L03.s2"] == "moved"
        moved = next(each for each in verdicts.faults if each.passage == "L03.s2")
        assert (moved.now, moved.line, moved.column, moved.found) == ("L04.s2", 4, 30, "Nobody fed it before noon.")

    def test_words_elsewhere_do_not_move_what_stands_where_it_was(self) -> None:
        verdicts = judged(TEXT.replace("Notes on the harbour", "Notes on the old harbour"))
        assert states(verdicts) == {"L01": "changed"}

    def test_other_quotes_are_moved_in_place(self) -> None:
        verdicts = judged(TEXT.replace("“autumn”", '"autumn"'))
        assert states(verdicts) == {"L04.s1": "moved"}
        assert verdicts.faults[0].now == "L04.s1"

    def test_of_two_alike_each_stays_in_its_place(self) -> None:
        twice = "One bird came. Two went.\nA line to grow. One bird came.\n"
        verdicts = judged(twice.replace("One", "In a long and windy spring one", 1), card_of(twice))
        assert states(verdicts) == {"L01.s1": "moved"}
        assert next(each for each in verdicts.verdicts if each.passage == "L02.s2").state == "exact"

    def test_of_two_alike_the_one_in_its_place_counts_and_not_the_nearer(self) -> None:
        twice = "Wind rose. One bird came.\nTwo went. One bird came.\n"
        longer = twice.replace("Wind rose", "Wind rose and fell, day by day")
        assert states(judged(longer, card_of(twice))) == {"L01.s1": "changed"}


class TestChanged:
    CHANGED = TEXT.replace("stood on the quay", "stood under the quay")

    def test_without_the_old_text_the_new_sentence_is_shown(self) -> None:
        verdicts = judged(self.CHANGED)
        assert states(verdicts) == {"L03.s1": "changed"}
        fault = verdicts.faults[0]
        assert (fault.now, fault.line, fault.column) == ("L03.s1", 3, 1)
        assert (fault.found, fault.difference) == ("The heron stood under the quay.", "")

    def test_with_the_old_text_the_words_that_differ(self) -> None:
        fault = judged(self.CHANGED, before=TEXT).faults[0]
        assert fault.difference == "The heron stood [-on-] {+under+} the quay."

    def test_with_the_old_text_a_changed_sentence_is_found_where_it_went(self) -> None:
        lines = self.CHANGED.split("\n")
        moved = "\n".join([lines[0], lines[3], "", lines[2], ""])
        fault = next(each for each in judged(moved, before=TEXT).faults if each.passage == "L03.s1")
        assert (fault.state, fault.now, fault.line) == ("changed", "L04.s1", 4)


class TestMissing:
    def test_a_dropped_line(self) -> None:
        verdicts = judged(TEXT.replace("The plover left in “autumn” and came back.\n", ""))
        assert states(verdicts)["L04.s1"] == "missing"
        assert states(verdicts)["L05"] == "moved"

    def test_with_the_old_text_what_is_quite_other_is_no_changed_form(self) -> None:
        other = TEXT.replace("The plover left in “autumn” and came back.", "Rain fell all week on every roof.")
        assert states(judged(other)) == {"L04.s1": "changed"}
        assert states(judged(other, before=TEXT)) == {"L04.s1": "missing"}

    def test_a_sentence_that_moved_up_is_no_changed_form_of_the_one_before(self) -> None:
        verdicts = judged(TEXT.replace("The heron stood on the quay. ", ""))
        assert states(verdicts) == {"L03.s1": "missing", "L03.s2": "moved"}

    def test_an_empty_text_has_none(self) -> None:
        assert set(states(judged("")).values()) == {"missing"}

    def test_what_is_not_utf_8_is_judged_and_no_crash(self) -> None:
        verdicts = verify(CARD, TEXT.replace("heron", "her?n").encode().replace(b"her?n", b"her\xffn"))
        assert states(verdicts) == {"L03.s1": "changed"}


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends_change_no_sentence(end: str) -> None:
    verdicts = judged(TEXT.replace("\n", end))
    assert not verdicts.same_text
    assert verdicts.faults == ()


class TestTampered:
    """A text that is the card's own, and a card that says otherwise."""

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("kind", "boilerplate"),
            ("offset", 23),
            ("length", 27),
            ("words", 7),
            ("sha256", "0" * 64),
            ("normalised", "0" * 64),
        ],
    )
    def test_each_measure_of_a_passage(self, key: str, value: str | int) -> None:
        passages = list(CARD.passages)
        assert getattr(passages[1], key) != value
        passages[1] = replace(passages[1], **{key: value})
        verdicts = judged(TEXT, replace(CARD, passages=tuple(passages)))
        assert states(verdicts) == {"L03.s1": "tampered"}
        assert verdicts.faults[0].misfits == (key,)

    def test_an_id_that_is_no_passage(self) -> None:
        passages = (*CARD.passages[:1], replace(CARD.passages[1], id="L03.s7"), *CARD.passages[2:])
        verdicts = judged(TEXT, replace(CARD, passages=passages))
        assert states(verdicts) == {"L03.s7": "tampered"}
        assert verdicts.faults[0].misfits == ("id",)

    def test_the_id_of_another(self) -> None:
        passages = (*CARD.passages[:1], replace(CARD.passages[1], id="L04.s1"), *CARD.passages[2:])
        assert states(judged(TEXT, replace(CARD, passages=passages))) == {"L04.s1": "tampered"}

    @pytest.mark.parametrize("key", ["bytes", "characters"])
    def test_each_measure_of_the_text(self, key: str) -> None:
        verdicts = judged(TEXT, replace(CARD, **{key: 1}))
        assert (verdicts.misfits, verdicts.faults) == ((key,), ())

    def test_another_hash_of_the_text_is_another_text(self) -> None:
        verdicts = judged(TEXT, replace(CARD, sha256="0" * 64))
        assert (verdicts.same_text, verdicts.faults) == (False, ())


SENTENCES = st.lists(
    st.sampled_from(["One bird came.", "One bird came.", "A. B. Who?", "“Yes.” He left.", "aa. Aa.", "x", "Ende…"]),
    min_size=1,
    max_size=4,
)
TEXTS = st.lists(SENTENCES.map(" ".join) | st.just(""), min_size=1, max_size=5).map("\n".join)


LETTERS = "aA.?!x7 \n\r\u00a0\"'’“—\u00ad"


@settings(max_examples=300, deadline=None)
@example("aa aa.\naa aa.", 0, " ", "nothing")
@example("“Yes.” He left.", 0, '"', "a copy")
@given(TEXTS, st.integers(0, 10_000), st.sampled_from([*LETTERS]), st.sampled_from(["nothing", "a copy"]))
def test_no_change_inside_a_passage_passes_as_exact(text: str, at: int, letter: str, kept: str) -> None:
    card = card_of(text)
    inside = [i for passage in card.passages for i in range(passage.offset, passage.offset + passage.length)]
    if not inside:
        return
    place = inside[at % len(inside)]
    if text[place] == letter:
        return
    changed = text[:place] + letter + text[place + 1 :]
    assert judged(changed, card, text if kept == "a copy" else None).faults


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_a_text_is_always_exact_against_its_own_card(text: str) -> None:
    assert judged(text, card_of(text)).faults == ()


@pytest.mark.parametrize(
    ("before", "after", "difference"),
    [
        ("a b c", "a b c", "a b c"),
        ("a b c", "a c", "a [-b-] c"),
        ("a c", "a b c", "a {+b+} c"),
        ("a b", "c d", "[-a b-] {+c d+}"),
    ],
)
def test_word_difference(before: str, after: str, difference: str) -> None:
    assert word_difference(before, after) == difference
