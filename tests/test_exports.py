"""Data beside the papers: calendars, tables and references that other programs read as they are meant."""

import csv
import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import bibtexparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from nkru_brief import edtf
from nkru_brief.brief import Brief, DateRow
from nkru_brief.exports import dates_of, exports
from nkru_brief.exports.calendar import calendar
from nkru_brief.exports.references import bibtex, csl
from nkru_brief.exports.tables import cell, table
from nkru_brief.model import Card
from nkru_brief.project import Project, open_project
from nkru_brief.values import replace

ROOT = Path(__file__).resolve().parent.parent
# Of the schema of CSL's input (csl-data.json, 1.0.2): the keys a source may have here.
CSL_TEXTS = {"id", "type", "title", "genre", "language", "note", "publisher", "URL"}
CSL_KEYS = CSL_TEXTS | {"author", "issued"}


@pytest.fixture(scope="module")
def project() -> Project:
    return open_project(ROOT)


@pytest.fixture(scope="module")
def brief(project: Project) -> Brief:
    return project.briefs["full"]


def row(when: str, **changes: Any) -> DateRow:  # noqa: ANN401 - fields of any type
    date_row = DateRow(
        id="first-crossing",
        when=when,
        date=edtf.parse(when),
        label="The ferry crosses; the sound, it is said, is calm",
        short="First crossing",
        note="",
        agreed=False,
        call=None,
    )
    return replace(date_row, **changes)


def read_calendar(brief: Brief, *rows: DateRow) -> list[Any]:
    data = calendar(brief, rows, "1.0")
    found = Calendar.from_ical(data)
    assert found.errors == []
    assert all(each.errors == [] for each in found.walk())
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r")
    return list(found.subcomponents)


class TestCalendar:
    @pytest.mark.parametrize(
        ("when", "first", "after"),
        [
            ("1921-06-25", date(1921, 6, 25), date(1921, 6, 26)),
            ("1921-06-25/1921-07-02", date(1921, 6, 25), date(1921, 7, 3)),
        ],
    )
    def test_a_day_is_an_event_of_whole_days(self, brief: Brief, when: str, first: date, after: date) -> None:
        (event,) = read_calendar(brief, row(when))
        assert (event.name, event["DTSTART"].dt, event["DTEND"].dt) == ("VEVENT", first, after)
        assert event["SUMMARY"] == "The ferry crosses; the sound, it is said, is calm"

    @pytest.mark.parametrize(
        "when", ["196X", "1921", "1921-06", "1921-06-25~", "1921-06-25?", "1921/1931", "1921-06-25/..", "19XX"]
    )
    def test_what_is_no_day_is_on_no_day(self, brief: Brief, when: str) -> None:
        (journal,) = read_calendar(brief, row(when))
        assert journal.name == "VJOURNAL"
        assert not {"DTSTART", "DTEND", "DUE"} & set(journal)
        assert journal["X-NKRU-BRIEF-EDTF"] == when
        assert journal["SUMMARY"].startswith(f"{when}: ")

    def test_a_name_stays_when_words_and_date_are_corrected(self, brief: Brief) -> None:
        (one,), (other,) = read_calendar(brief, row("1921")), read_calendar(brief, row("1922-01-01", label="Other"))
        assert one["UID"] == other["UID"]
        assert f"{one['DTSTAMP'].dt:%Y-%m-%d %H:%M:%S}" == f"{brief.changed.iso} 00:00:00"

    @given(st.text(max_size=200), st.text(max_size=200))
    def test_any_words_come_out_as_they_went_in(self, label: str, note: str) -> None:
        brief = open_brief()
        (event,) = read_calendar(brief, row("1921-06-25", label=f"x{label}", note=f"x{note}"))
        assert event["SUMMARY"] == plain(f"x{label}")
        assert event["DESCRIPTION"] == plain(f"x{note}")


def plain(text: str) -> str:
    """Return a text as a calendar can hold it: lines parted by one line end, without control characters."""
    return "\n".join(re.sub(r"[\x00-\x1f\x7f]", "", line) for line in text.splitlines())


_BRIEFS: list[Brief] = []


def open_brief() -> Brief:
    if not _BRIEFS:
        _BRIEFS.append(open_project(ROOT).briefs["full"])
    return _BRIEFS[0]


class TestTables:
    @pytest.mark.parametrize(
        "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\uff1d1", '=HYPERLINK("x")']
    )
    def test_a_formula_is_a_text(self, text: str) -> None:
        assert cell(text) == f"'{text}"

    @pytest.mark.parametrize("text", ["", "1 = 1", "a-b", "c01", "’=", "north"])
    def test_other_texts_stay(self, text: str) -> None:
        assert cell(text) == text

    def test_numbers_and_yes_and_no(self) -> None:
        assert [cell(value) for value in (-3, 0, True, False)] == ["-3", "0", "yes", "no"]

    @given(st.lists(st.fixed_dictionaries({"a": st.text(), "b": st.text()}), max_size=5))
    def test_what_is_written_is_read(self, rows: list[dict[str, str]]) -> None:
        data = table(("a", "b"), rows).decode("utf-8")
        found = list(csv.DictReader(io.StringIO(data, newline="")))
        assert found == [{key: cell(value) for key, value in each.items()} for each in rows]
        assert all(not value.lstrip(" ").startswith(("=", "+", "-", "@")) for each in found for value in each.values())


def card(project: Project, **changes: Any) -> Card:  # noqa: ANN401
    return replace(project.library.cards["alliance"], **changes)


class TestReferences:
    def test_a_source_without_author_and_date_names_neither(self, project: Project) -> None:
        items = json.loads(csl(project.library.cards.values()))
        assert [item["id"] for item in items] == ["alliance", "pragmatism"]
        assert all(not {"author", "issued"} & item.keys() for item in items)
        for item in items:
            assert item["type"] == "webpage"
            assert item.keys() <= CSL_KEYS
            assert all(isinstance(item[key], str) for key in CSL_TEXTS & item.keys())
        found = bibtexparser.parse_string(bibtex(project.library.cards.values()).decode("utf-8"))
        assert found.failed_blocks == []
        assert [(each.entry_type, each.key) for each in found.entries] == [("misc", "alliance"), ("misc", "pragmatism")]
        assert all(not {"author", "year"} & each.fields_dict.keys() for each in found.entries)

    @pytest.mark.parametrize(
        ("when", "issued"),
        [
            ("1921", {"date-parts": [[1921]]}),
            ("1921-06", {"date-parts": [[1921, 6]]}),
            ("1921-06-25", {"date-parts": [[1921, 6, 25]]}),
            ("1921~", {"date-parts": [[1921]], "circa": True}),
            ("192X", None),
            ("", None),
        ],
    )
    def test_a_date_has_as_many_parts_as_are_known(
        self, project: Project, when: str, issued: dict[str, object] | None
    ) -> None:
        published = edtf.parse(when) if when else None
        known = card(project, published=published, author="A. Name", url="https://example.org/a_b", publisher="Desk")
        (item,) = json.loads(csl([known]))
        assert item.get("issued") == issued
        assert item["author"] == [{"literal": "A. Name"}]
        (entry,) = bibtexparser.parse_string(bibtex([known]).decode("utf-8")).entries
        assert ("year" in entry.fields_dict) == (issued is not None)
        assert entry["author"] == "{A. Name}"
        assert entry["url"] == "https://example.org/a_b"

    def test_what_tex_would_run_is_set_as_it_stands(self, project: Project) -> None:
        text = bibtex([card(project, kind=r"R&D 100% #1 $5 a_b {x} ~ ^ \relax")]).decode("utf-8")
        set_as = r"R\&D 100\% \#1 \$5 a\_b \{x\} \textasciitilde{} \textasciicircum{} \textbackslash{}relax"
        assert f"  howpublished = {{{set_as}}},\n" in text

    @given(st.text(min_size=1, max_size=60))
    def test_no_title_breaks_the_file(self, title: str) -> None:
        cards = open_project_once().library.cards
        found = bibtexparser.parse_string(
            bibtex([replace(each, title=title) for each in cards.values()]).decode("utf-8")
        )
        assert found.failed_blocks == []
        assert len(found.entries) == len(cards)


_PROJECTS: list[Project] = []


def open_project_once() -> Project:
    if not _PROJECTS:
        _PROJECTS.append(open_project(ROOT))
    return _PROJECTS[0]


class TestWhatIsTold:
    def test_no_claim_of_another_edition(self, project: Project) -> None:
        briefs = {"press": project.briefs["press"]}
        files = {each.path: each.data.decode("utf-8") for each in exports(briefs, project.library.cards)}
        told = set(re.findall(r"\bc\d\d\b", files["data/claims.csv"]))
        cited = {claim.id for note in briefs["press"].notes for claim in note.claims}
        assert told == cited
        assert "Teacher" not in "".join(files.values())

    def test_the_evidence_is_that_of_the_papers(self, project: Project) -> None:
        files = {each.path: each.data for each in exports(project.briefs, project.library.cards)}
        document = json.loads(files["data/evidence.json"])
        found = {each["says"]["name"]: each["fingerprint"] for each in document["prov:hadMember"]}
        assert found == {name: brief.fingerprint for name, brief in project.briefs.items()}

    def test_dates_are_those_that_editions_tell(self, project: Project) -> None:
        assert {row.id for row in project.library.dates} == dates_of(project.briefs).keys()
        assert dates_of({"teacher-key": project.briefs["teacher-key"]}) == {}

    def test_a_project_without_dates_has_no_calendar(self, project: Project) -> None:
        files = exports({"teacher-key": project.briefs["teacher-key"]}, project.library.cards)
        assert not [each.path for each in files if "key-dates" in each.path]
