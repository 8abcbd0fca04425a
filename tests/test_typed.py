"""Nodes become typed values: every fault is found and located, and none hides another."""

from datetime import date
from typing import Annotated, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.edtf import EdtfDate
from nkru_brief.model import Authored, Claim, Edition, KeyDate, Question, Term, Topic, Wording
from nkru_brief.typed import read, suggestion
from nkru_brief.values import Meta
from nkru_brief.yamltext import Mapping, Node, Scalar, Sequence, parse


class Inner(Authored, kw_only=True):
    """A value inside another."""

    name: Annotated[str, Meta(pattern=r"^[a-z]+$")]


class Outer(Authored, kw_only=True):
    """A value with a field of each kind."""

    text: Annotated[str, Meta(min_length=1)]
    count: Annotated[int, Meta(ge=1, le=9)] = 1
    share: float = 0.0
    flag: bool = False
    day: date | None = None
    when: EdtfDate | None = None
    kind: Literal["red", "green"] = "red"
    said: Wording | None = None
    inner: Inner | None = None
    many: Annotated[tuple[Inner, ...], Meta(min_length=1)] | None = None
    words: dict[str, str] | None = None


def read_text(text: str) -> tuple[Outer | None, list[Diagnostic]]:
    node, faults = parse(text, "f.yaml")
    assert node is not None
    return read(node, Outer, faults, "a thing"), faults


def value(text: str) -> Outer:
    outer, faults = read_text(text)
    assert faults == []
    assert outer is not None
    return outer


def fault(text: str) -> Diagnostic:
    outer, faults = read_text(text)
    assert len(faults) == 1
    assert outer is None or faults[0].code == "E004"
    return faults[0]


def at(line: int, column: int) -> Place:
    return Place(file="f.yaml", line=line, column=column)


class TestValues:
    def test_every_kind_of_field_is_read(self) -> None:
        outer = value(
            "text: NO\ncount: 7\nshare: 0.5\nflag: true\nday: 2026-11-23\nwhen: 196X\nkind: green\n"
            "said: {standard: long, plain: short}\ninner: {name: a}\nmany: [{name: b}, {name: c}]\nwords: {ko: 주체}\n"
        )
        assert (outer.text, outer.count, outer.share, outer.flag, outer.kind) == ("NO", 7, 0.5, True, "green")
        assert outer.day == date(2026, 11, 23)
        assert outer.when is not None
        assert outer.when.text == "196X"
        assert outer.said is not None
        assert outer.said.levels == {"standard": "long", "plain": "short"}
        assert outer.inner is not None
        assert outer.many is not None
        assert [each.name for each in (outer.inner, *outer.many)] == ["a", "b", "c"]
        assert outer.words == {"ko": "주체"}

    def test_a_plain_text_is_a_standard_wording(self) -> None:
        said = value("text: x\nsaid: word").said
        assert said is not None
        assert said.at_level("brief") == said.at_level("standard") == "word"

    def test_every_key_remembers_its_place(self) -> None:
        outer = value("text: x\nmany:\n  - name: b\n  - name: c\nwords: {ko: y}\n")
        assert outer.many is not None
        assert outer.at() == outer.at("no such key") == at(1, 1)
        assert outer.at("text") == at(1, 7)
        assert outer.at("many", 1) == outer.many[1].at() == at(4, 5)
        assert outer.at("words", "ko") == at(5, 13)

    def test_what_is_not_written_has_its_default(self) -> None:
        outer = value("text: x\nday:\nmany: ~\n")
        assert (outer.count, outer.kind, outer.day, outer.many) == (1, "red", None, None)


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "code", "place", "words"),
        [
            ("count: 1", "E005", at(1, 1), "'text'"),
            ("text: ''", "E007", at(1, 7), "empty"),
            ("text: [x]", "E006", at(1, 7), "a list"),
            ("text:", "E006", at(1, 6), "nothing"),
            ("text: x\ncount: '7'", "E006", at(2, 8), "a whole number"),
            ("text: x\ncount: 10", "E007", at(2, 8), "at most 9"),
            ("text: x\ncount: 0", "E007", at(2, 8), "at least 1"),
            ("text: x\ncount: 1e1", "E006", at(2, 8), "a whole number"),
            ("text: x\nshare: x", "E006", at(2, 8), "a number"),
            ("text: x\nflag: yes", "E006", at(2, 7), "true or false"),
            ("text: x\nday: 23.11.2026", "E006", at(2, 6), "a day"),
            ("text: x\nday: 2026-02-30", "E006", at(2, 6), "a day"),
            ("text: x\nwhen: the sixties", "E007", at(2, 7), ""),
            ("text: x\nkind: gren", "E007", at(2, 7), "'gren'"),
            ("text: x\nsaid: {plain: y}", "E007", at(2, 7), "standard"),
            ("text: x\ninner: {name: A}", "E007", at(2, 15), "must match"),
            ("text: x\ninner: word", "E006", at(2, 8), ""),
            ("text: x\nmany: []", "E007", at(2, 7), "at least 1"),
            ("text: x\nmany: {name: a}", "E006", at(2, 7), "a list"),
            ("text: x\nwords: y", "E006", at(2, 8), "keys with values"),
            ("- text: x", "E006", at(1, 1), ""),
        ],
    )
    def test_a_wrong_value_is_located(self, text: str, code: str, place: Place, words: str) -> None:
        found = fault(text)
        assert (found.code, found.place) == (code, place)
        assert words in found.message

    def test_an_unknown_key_is_a_fault_and_the_rest_is_read(self) -> None:
        outer, faults = read_text("text: x\ncuont: 3")
        assert outer is not None
        assert [(each.code, each.place, each.hint) for each in faults] == [("E004", at(2, 1), "did you mean 'count'?")]

    def test_places_are_no_key(self) -> None:
        assert fault("text: x\nplaces: {}").code == "E004"

    def test_no_fault_hides_another(self) -> None:
        text = "text: ''\ncount: x\nflag: 1\nkind: blue\ninner: {nam: a}\n"
        text += "many: [{name: B}, {}, x]\nwords: {a: [], b: []}\n"
        outer, faults = read_text(text)
        assert outer is None
        lines = [each.place.line for each in faults]
        assert sorted(set(lines)) == [1, 2, 3, 4, 5, 6, 7]
        assert lines.count(6) == 3
        assert lines.count(7) == 2


class TestSuggestion:
    def test_a_slip_names_the_word_meant(self) -> None:
        assert suggestion("histroy", ["history", "outlook"]) == "did you mean 'history'?"

    def test_a_strange_word_lists_those_there_are(self) -> None:
        assert suggestion("zzz", ["b", "a"]) == "there is: a, b"
        assert suggestion("zzz", ["b"], "see there") == "see there"
        assert suggestion("zzz", []) == ""

    def test_of_very_many_the_most_like_is_listed(self) -> None:
        many = [f"briefing-{number:03}" for number in range(90)]
        assert suggestion("zzz", many) == "there are 90 others"
        assert suggestion("brief", many).startswith("there are 90 others; most like it: briefing-")


PLACES = st.builds(Place, file=st.just("f.yaml"), line=st.integers(1, 99), column=st.integers(1, 99))
KEYS = st.sampled_from(["id", "statement", "passages", "readings", "claims", "says", "standard", "text", "date"])
WORDS = st.sampled_from(["", "~", "c13", "direct", "tension", "1991", "196X", "2026-11-23", "a b", "standard"])
SCALARS = st.builds(Scalar, text=WORDS | st.text(max_size=8), plain=st.booleans(), place=PLACES)
NAMES = st.builds(Scalar, text=KEYS | st.text(max_size=5), plain=st.just(True), place=PLACES)  # noqa: FBT003


def branches(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    pairs = st.lists(st.tuples(NAMES, inner), max_size=6, unique_by=lambda pair: pair[0].text).map(tuple)
    items = st.lists(inner, max_size=4).map(tuple)
    return st.builds(Sequence, items=items, place=PLACES) | st.builds(Mapping, entries=pairs, place=PLACES)


NODES: st.SearchStrategy[Node] = st.recursive(SCALARS, branches, max_leaves=12)


@settings(deadline=None)
@given(NODES, st.sampled_from([Claim, Edition, KeyDate, Question, Term, Topic, Outer]))
def test_any_node_is_a_value_or_has_faults(node: Node, kind: type[Authored]) -> None:
    faults: list[Diagnostic] = []
    found = read(node, kind, faults, "a thing")
    assert isinstance(found, kind) or (found is None and faults)
    assert all(each.code in {"E004", "E005", "E006", "E007"} and each.message for each in faults)
    assert all(each.place.file == "f.yaml" for each in faults)
