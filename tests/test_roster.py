"""Rosters: what comes from other people's hands is read as it is meant, or refused with its row and column."""

import csv
import io
import unicodedata
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nkru_brief.roster import NAME, ORGANISATION, Roster, Row, file_name, read

PRINTABLE = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"]), min_size=1, max_size=40
).filter(lambda text: not text.startswith("="))


def names(roster: Roster) -> list[str]:
    assert [str(fault) for fault in roster.faults] == []
    return [row.values[NAME] for row in roster.rows]


def written(rows: list[list[str]], separator: str = ",") -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=separator).writerows(rows)
    return buffer.getvalue().encode("utf-8")


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@given(st.lists(st.tuples(PRINTABLE, PRINTABLE), min_size=1, max_size=5), st.sampled_from(",;\t"), st.booleans())
def test_what_is_written_is_read(rows: list[tuple[str, str]], separator: str, bom: bool) -> None:  # noqa: FBT001
    data = written([[NAME, ORGANISATION], *map(list, rows)], separator)
    found = read((b"\xef\xbb\xbf" if bom else b"") + data, "r.csv")
    assert found.faults == ()
    expected = [tuple(unicodedata.normalize("NFC", text) for text in row) for row in rows]
    assert [(row.values[NAME], row.values[ORGANISATION]) for row in found.rows] == expected
    assert [row.number for row in found.rows] == list(range(1, len(rows) + 1))


@given(st.binary(max_size=200), st.sampled_from(["r.csv", "r.xlsx", "r.yaml"]))
def test_any_bytes_are_a_roster_or_a_fault(data: bytes, file: str) -> None:
    found = read(data, file)
    assert found.faults or found.rows
    assert all(fault.place.file == file and fault.hint for fault in found.faults)


@given(st.text(max_size=60))
def test_any_name_is_printed_or_refused(name: str) -> None:
    found = read(written([[NAME, ORGANISATION], [name, "Harbour"]]), "r.csv")
    for row in found.rows:
        if not found.faults:
            assert all(character.isprintable() or character in "\u200c\u200d" for character in row.values[NAME])
    assert found.faults or unicodedata.normalize("NFC", name).split() == found.rows[0].values[NAME].split()


@given(st.text(max_size=60), st.integers(1, 999_999))
def test_a_file_name_is_safe_whatever_the_name(name: str, number: int) -> None:
    from nkru_brief.diagnostics import Place

    place = Place(file="r.csv")
    made = file_name(Row(number=number, values={NAME: name}, place=place, places={}), 4)
    assert made.isascii()
    assert made == made.lower()
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert made.startswith(f"copy-{number:04}")
    assert made.count(".") == 1
    assert len(made) < 64


def test_copies_of_one_name_have_files_of_their_own() -> None:
    rows = read(written([[NAME], ["Ann"], ["Ann"], ["김"], ["김"], ["../x"]]), "r.csv").rows
    assert [file_name(row, 4) for row in rows] == [
        *("copy-0001-ann.pdf", "copy-0002-ann.pdf", "copy-0003.pdf", "copy-0004.pdf", "copy-0005-x.pdf"),
    ]


def test_the_three_kinds_of_file_say_the_same() -> None:
    rows = [["Name", "Organization", "Table"], ["Ann O’Hara", "Harbour", "3"], ["김정은", "", "4"]]
    yaml = "- {name: Ann O’Hara, organisation: Harbour, table: 3}\n- {name: 김정은, table: 4}\n".encode()
    found = [read(written(rows), "r.csv"), read(workbook(list(rows)), "r.xlsx"), read(yaml, "r.yml")]
    assert [[row.recipient for row in roster.rows] for roster in found] == [["Ann O’Hara, Harbour", "김정은"]] * 3
    assert [[row.values["table"] for row in roster.rows] for roster in found] == [["3", "4"]] * 3


def test_a_workbook_tells_numbers_and_days_as_they_are_seen() -> None:
    data = workbook([["name", "table", "day", "share"], ["Ann", 3.0, date(2026, 12, 1), 0.5]])
    (row,) = read(data, "r.xlsx").rows
    assert (row.values["table"], row.values["day"], row.values["share"]) == ("3", "2026-12-01", "0.5")


def test_a_formula_of_a_workbook_is_refused_where_it_stands() -> None:
    found = read(workbook([["name", "organisation"], ["Ann", "Harbour"], ["Ben", "=1+1"]]), "r.xlsx")
    (fault,) = found.faults
    assert (fault.code, str(fault.place)) == ("E806", "r.xlsx:3:2")


def test_a_quoted_line_break_does_not_move_the_rows_after_it() -> None:
    found = read(b'name,organisation\n"Ann\nB",Harbour\n=1,Harbour\n', "r.csv")
    assert [str(fault.place) for fault in found.faults] == ["r.csv:2:1", "r.csv:4:1"]


def test_numbers_are_the_rosters_own_where_it_has_them() -> None:
    found = read(b"copy number;name\n12;Ann\n3;Ben\n", "r.csv")
    assert [(row.number, row.values[NAME]) for row in found.rows] == [(12, "Ann"), (3, "Ben")]


def test_marks_are_composed_and_spaces_single() -> None:
    assert names(read("name\ne\u0301l\u0304  Zoe\u0308\u00a0X \n".encode(), "r.csv")) == ["él̄ Zoë X"]


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
def test_joiners_belong_to_a_name(joiner: str) -> None:
    name = f"می{joiner}خواهم"
    assert names(read(f"name\n{name}\n".encode(), "r.csv")) == [name]


def test_a_workbook_that_unpacks_to_more_than_a_roster_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nkru_brief.workbook._MOST_BYTES", 100)
    (fault,) = read(workbook([["name"], ["Ann"]]), "r.xlsx").faults
    assert fault.code == "E804"
    assert "unpacks" in fault.message
