"""Read-back: a sheet says at each call what was written there, and a template that alters it is found out."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nkru_brief
from nkru_brief.build import check_project
from nkru_brief.diagnostics import Diagnostic
from nkru_brief.outputs import load_output
from nkru_brief.project import Project, open_project
from nkru_brief.readback import Unit, meant, read_back, units, units_of
from nkru_brief.render import Renderer
from nkru_brief.sheet import Sheet
from nkru_brief.typeset import faces_for, measure_of, text_of
from nkru_brief.values import replace

ROOT = Path(__file__).resolve().parent.parent


def said(html: str) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
    return [(unit.text, unit.calls) for unit in units(html)]


def call(note: int, occurrence: int = 1) -> str:
    return f'<sup id="r{note}-{occurrence}"><a href="#n{note}">{note}</a></sup>'


PIECES = (
    *("<section>", "<section id=r5-1>", '<section class="a" id="r5-1">', "<section", "</section>", "<Section>"),
    *(f"<p>It ended in 1991.{call(7)}", f" So did A.{call(1)}</p>", "<p>B in 1945", "<!--call 7-2-->", "<!--/call-->"),
    *("<!--", "-->", "<script>", "</script>", '<a title="<section>">', "<a title='", "'>", "</a>", "<nav>", "</nav>"),
    *("<svg>", "</svg>", '<span id="n3">', "</span>", "<table><tr><td>", "<br>", '"', ">", "<", "&lt;section>", " "),
)


class TestUnits:
    @pytest.mark.parametrize(
        ("html", "found"),
        [
            (f"<p>It ended in 1991.{call(7)}</p>", [("It ended in 1991.", ((7, 1),))]),
            ("<p>It ended.<!--call 7-2--><b>7</b><!--/call--></p>", [("It ended.", ((7, 2),))]),
            # A sentence that calls nothing goes with the next that does, and the last words with the last.
            (f"<p><b>1991.</b> It ended.{call(1)} So did A. It came.{call(2)} Yes.</p>", None),
            (f"<p>One,{call(1)} and two.{call(2)}</p>", [("One, and two.", ((1, 1), (2, 1)))]),
            (f"<p>It ended. {call(1)}</p>", [("It ended.", ((1, 1),))]),
            # A row is read in one breath; items and terms are apart.
            (f"<table><tr><th>1991</th><td>It ended{call(1)}</td></tr></table>", [("1991 It ended", ((1, 1),))]),
            (f"<ul><li>One{call(1)}<ul><li>two{call(2)}</li></ul></li></ul>", [("One", ((1, 1),)), ("two", ((2, 1),))]),
            (f"<dl><dt>1945</dt><dd>A line{call(1)}</dd></dl>", [("A line", ((1, 1),))]),
            # Notes, figures, heads and scripts are not what a call ends.
            (f"<p>A{call(1)}<span id='n1'>1 c13 A L10.s1, 1950</span> b</p>", [("A b", ((1, 1),))]),
            (f"<p>A{call(1)}</p><svg><text>1950</text></svg>", [("A", ((1, 1),))]),
            (f"<p>A &amp; B, 240&#8239;000{call(1)}</p>", [("A & B, 240 000", ((1, 1),))]),
            (f"<p>{call(1)}</p>", [("", ((1, 1),))]),
            ("<p>Nothing is cited in 1991.</p>", []),
            ("", []),
        ],
    )
    def test_units(self, html: str, found: list[tuple[str, tuple[tuple[int, int], ...]]] | None) -> None:
        expected = [("1991. It ended.", ((1, 1),)), ("So did A. It came. Yes.", ((2, 1),))] if found is None else found
        assert said(html) == expected

    def test_a_unit_knows_its_paragraph(self) -> None:
        assert units(f"<p>A came.{call(1)} B went.{call(2)}</p>")[0] == Unit(
            text="A came.", calls=((1, 1),), whole="A came. B went."
        )

    @given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
    def test_a_page_read_section_by_section_says_what_it_says_at_once(self, html: str) -> None:
        page = f"<!DOCTYPE html><html><body><p>Of 1950{call(9)}</p>{html}"
        assert units_of(Sheet(edition="x", output="pdf", path="x", html=page, faces=(), created=0)) == units(page)

    def test_marks_in_the_text_are_not_taken_for_calls(self) -> None:
        assert said(f"<p>A\ue0000\ue001 came.{call(1)}</p>") == [("A 0 came.", ((1, 1),))]


@pytest.fixture(scope="module")
def project() -> Project:
    return open_project(ROOT)


@pytest.fixture(scope="module")
def sheets(project: Project) -> tuple[Sheet, ...]:
    return tuple(sheets_of(project))


def sheets_of(project: Project) -> list[Sheet]:
    found = []
    for brief in project.briefs.values():
        theme = project.themes[brief.theme]
        renderer = Renderer(theme, measure_of(theme), nkru_brief.__version__)
        faces = faces_for(theme, text_of(brief))
        found += [
            renderer.render(brief, spec, faces) for name in brief.outputs for spec in load_output(name).sheets(brief)
        ]
    return found


class TestWhatShips:
    def test_every_sheet_says_what_was_written(self, project: Project, sheets: tuple[Sheet, ...]) -> None:
        assert len(sheets) == 2 * len(project.briefs)
        assert list(read_back(project, sheets)) == []

    def test_every_call_of_every_sheet_is_read(self, project: Project, sheets: tuple[Sheet, ...]) -> None:
        total = 0
        for sheet in sheets:
            brief = project.briefs[sheet.edition]
            calls = {call for unit in units(sheet.html) for call in unit.calls}
            assert calls == {(note.number, nth) for note in brief.notes for nth in range(1, note.calls + 1)}
            assert calls == {call for each in meant(brief) for call in each.calls}
            total += len(calls)
        assert total > 300

    def test_a_number_changed_anywhere_where_something_is_cited_is_found(
        self, project: Project, sheets: tuple[Sheet, ...]
    ) -> None:
        changed = 0
        for sheet in sheets:
            for unit in units(sheet.html):
                for number in set(re.findall(r"(?<![\w.])(?:19|20)\d\d(?!\d)", unit.text)):
                    altered = _altered(sheet, unit, number)
                    if altered is None:
                        continue
                    changed += 1
                    found = list(read_back(project, [altered]))
                    assert {each.code for each in found} == {"E631"}, (sheet.path, unit, number)
                    assert all(each.place.file.startswith("content/claims/") for each in found)
        assert changed > 40


def _altered(sheet: Sheet, unit: Unit, number: str) -> Sheet | None:
    """Return the sheet with one number of a unit changed, where it can be told from others before the unit's call."""
    note, occurrence = unit.calls[0]
    at = sheet.html.find(f'id="r{note}-{occurrence}"')
    begin = max(sheet.html.rfind(f"<{tag}", 0, at) for tag in ("p>", "p ", "tr>", "tr ", "li>", "li ", "dd>", "dd "))
    start = sheet.html.rfind(number, begin, at)
    if start < 0:
        return None
    return replace(sheet, html=sheet.html[:start] + str(int(number) + 7) + sheet.html[start + 4 :])


Hostile = Callable[[str, str, str], list[Diagnostic]]


@pytest.fixture
def hostile(tmp_path: Path) -> Hostile:
    """Returns what a build meets where one of the shipped templates was tampered with."""
    shutil.copytree(ROOT / "content", tmp_path / "content")
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds", ignore=shutil.ignore_patterns("*.txt", ".verified"))

    def met(template: str, old: str, new: str) -> list[Diagnostic]:
        path = tmp_path / "templates" / template
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        return [each for each in check_project(tmp_path) if each.code != "W621"]

    return met


class TestHostileTemplates:
    def test_a_filter_that_changes_a_year(self, hostile: Hostile) -> None:
        found = hostile(
            "base/parts/key-dates.html",
            "m.with_call(row.label, row.call)",
            "m.with_call(row.label, row.call)|replace('38th', '39th')",
        )
        assert {each.code for each in found} == {"E631"}
        assert all(each.place.file.startswith("content/claims/") for each in found)
        assert any("full/full.pdf says '39th'" in each.message for each in found)

    def test_a_table_that_dates_otherwise(self, hostile: Hostile) -> None:
        found = hostile("base/parts/key-dates.html", "{{ row.when }}", "{{ row.when|replace('1991', '1992') }}")
        assert found
        assert {each.code for each in found} == {"E631"}
        assert all("'1992'" in each.message and "c13" in each.message for each in found)

    def test_a_judgement_made_stronger(self, hostile: Hostile) -> None:
        found = hostile(
            "base/macros.html",
            '<p class="judgement-text">{{ stated(block) }}</p>',
            '<p class="judgement-text">{{ stated(block)|replace(" likely", " very likely") }}</p>',
        )
        assert {each.code for each in found} == {"E632"}
        assert all(each.place.file == "content/claims/outlook.yaml" for each in found)
        assert any("the edition wrote 'likely'" in each.message for each in found)

    def test_a_table_that_drops_its_calls(self, hostile: Hostile) -> None:
        found = hostile("base/parts/disagreements.html", "m.with_call(row.question, row.call)", "row.question")
        assert {each.code for each in found} == {"E634"}

    def test_a_part_left_out(self, hostile: Hostile) -> None:
        found = hostile("base/page.html", "{% for part in brief.parts %}", "{% for part in brief.parts[1:] %}")
        assert {each.code for each in found} == {"E634"}
        assert len(found) > 6
