"""Reading YAML as nodes: no text can break it, nothing is guessed, and everything has a place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.yamltext import MAX_CHARACTERS, MAX_DEPTH, Mapping, Node, Scalar, Sequence, parse

# Text that is nearly YAML, and any other.
SIGNS = ["- ", "b: ", "? ", "'", '"', "[", "]", "{", "}", ", ", "#", "&x ", "*x", "!!str ", "|\n", ">-\n", "@", "`"]
OTHERS = ["a", "\n", "\n  ", "\t", "\r\n", "---\n", "...\n", "%YAML 1.1\n", "é", "주체", "😀"]
NEARLY_YAML = st.lists(st.sampled_from(SIGNS + OTHERS), max_size=30).map("".join)
ANY_TEXT = st.text(max_size=200) | NEARLY_YAML


def parsed(text: str) -> Node:
    """Return the node of a text without faults."""
    node, faults = parse(text, "f.yaml")
    assert faults == []
    assert node is not None
    return node


def fault(text: str) -> Diagnostic:
    """Return the one fault of a text."""
    _, faults = parse(text, "f.yaml")
    assert len(faults) == 1
    return faults[0]


def at(line: int, column: int) -> Place:
    return Place(file="f.yaml", line=line, column=column)


def nodes(node: Node | None) -> list[Node]:
    """Return a node and all inside it."""
    match node:
        case Sequence():
            return [node, *(inner for item in node.items for inner in nodes(item))]
        case Mapping():
            return [node, *(inner for pair in node.entries for each in pair for inner in nodes(each))]
        case Scalar():
            return [node]
    return []


class TestScalars:
    @pytest.mark.parametrize("text", ["NO", "010", "1e3", "2026-11-23", "true", "0x1F", "1_000", "=", "<<", "12:30:45"])
    def test_a_scalar_stays_as_written(self, text: str) -> None:
        assert parsed(text) == Scalar(text=text, plain=True, place=at(1, 1), end=at(1, 1 + len(text)))

    @pytest.mark.parametrize("text", ["'~'", '"~"', "|-\n  ~", ">-\n  ~"])
    def test_quotes_and_blocks_are_remembered(self, text: str) -> None:
        node = parsed(text)
        assert isinstance(node, Scalar)
        assert (node.text, node.plain, node.null) == ("~", False, False)

    @pytest.mark.parametrize("text", ["~", "null", "Null", "NULL"])
    def test_nothing_is_nothing(self, text: str) -> None:
        node = parsed(text)
        assert isinstance(node, Scalar)
        assert node.null

    def test_an_empty_file_has_no_node(self) -> None:
        assert parse("", "f.yaml") == (None, [])
        assert parse("# only a comment\n", "f.yaml") == (None, [])


class TestPlaces:
    def test_every_node_knows_its_place(self) -> None:
        node = parsed("a: 1\nb:\n  - x\n  - [y, 주체, z]\n")
        assert isinstance(node, Mapping)
        (key, value), (_, items) = node.entries
        assert (key.place, value.place) == (at(1, 1), at(1, 4))
        assert isinstance(items, Sequence)
        assert items.items[0].place == at(3, 5)
        flow = items.items[1]
        assert isinstance(flow, Sequence)
        assert [item.place for item in flow.items] == [at(4, 6), at(4, 9), at(4, 13)]

    @settings(deadline=None)
    @given(ANY_TEXT)
    def test_no_text_breaks_the_reading_and_places_are_in_the_file(self, text: str) -> None:
        node, faults = parse(text, "f.yaml")
        assert (
            node is not None or faults or not text.strip("\ufeff \t\r\n") or "#" in text or "-" in text or "." in text
        )
        places = [each.place for each in (*nodes(node), *faults)]
        assert all(place.file == "f.yaml" for place in places)
        # Lines end at a few characters more than LF, and an empty value may stand after the last.
        ends = sum(text.count(end) for end in "\n\r\x85\u2028\u2029")
        assert all(1 <= place.line <= ends + 2 and 1 <= place.column <= len(text) + 2 for place in places)

    @settings(deadline=None)
    @given(st.lists(st.text("abc é주😀", min_size=1, max_size=8).filter(str.strip), min_size=1, max_size=6))
    def test_a_place_points_at_what_was_written(self, words: list[str]) -> None:
        lines = [f"- '{word}'" for word in words]
        node = parsed("\n".join(lines))
        assert isinstance(node, Sequence)
        for line, item, word in zip(lines, node.items, words, strict=True):
            assert isinstance(item, Scalar)
            assert item.text == word
            assert line[item.place.column - 1 :] == f"'{word}'"


class TestFaults:
    def test_a_key_written_twice_keeps_its_first_value(self) -> None:
        node, faults = parse("a: 1\nb: 2\na: 3\n", "f.yaml")
        assert isinstance(node, Mapping)
        assert [(key.text, value.text) for key, value in node.entries if isinstance(value, Scalar)] == [
            ("a", "1"),
            ("b", "2"),
        ]
        assert [(each.code, each.place) for each in faults] == [("E003", at(3, 1))]
        assert "line 1" in faults[0].hint

    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("a: &x 1", at(1, 4)),
            ("- &a [x]\n- *a", at(1, 3)),
            ("a: !!python/object/apply:os.system [x]", at(1, 4)),
            ("a: !mine x", at(1, 4)),
            ("a: 1\n---\nb: 2", at(2, 1)),
            ("[1, 2]: x", at(1, 1)),
        ],
    )
    def test_what_briefings_do_not_use_is_refused(self, text: str, place: Place) -> None:
        refused = fault(text)
        assert (refused.code, refused.place) == ("E009", place)

    def test_an_alias_bomb_is_refused_at_its_first_line(self) -> None:
        bomb = "a: &a [x, x]\n" + "".join(
            f"{n}: &{n} [*{m}, *{m}]\n" for m, n in zip("abcdefg", "bcdefgh", strict=True)
        )
        assert fault(bomb).place.line == 1

    def test_depth_and_length_have_a_limit(self) -> None:
        assert fault("[" * 5000).code == "E009"
        parsed("[" * MAX_DEPTH + "]" * MAX_DEPTH)
        assert fault("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)).code == "E009"
        assert fault("a" * (MAX_CHARACTERS + 1)).code == "E009"

    @pytest.mark.parametrize(
        ("text", "place"), [("a: [1", at(1, 6)), ("a: 1\n  b: 2", at(2, 4)), ('a: "x\n', at(2, 1)), ("a: @b", at(1, 4))]
    )
    def test_what_is_not_yaml_is_located(self, text: str, place: Place) -> None:
        found = fault(text)
        assert (found.code, found.place) == ("E002", place)
        assert found.hint
