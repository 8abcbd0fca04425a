"""Context: what the public record says stands apart, supports nothing, and leaves no trace where it is switched off."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld  # type: ignore[import-untyped]

from listening import Heard, listen
from nkru_brief.brief import Block, ContextRow, Day, NoteCall, Part
from nkru_brief.cli import main
from nkru_brief.context import beside
from nkru_brief.diagnostics import Place
from nkru_brief.evidence import evidence_of
from nkru_brief.htmlreader import read
from nkru_brief.project import Project, open_project
from nkru_brief.sheet import Sheet
from nkru_brief.specimen import sheets
from nkru_brief.theme import load_theme, names
from nkru_brief.values import replace

ROOT = Path(__file__).resolve().parent.parent
NOTE = """\
- id: timetable
  title: The first timetable
  text: The harbour printed its first timetable in May 1919.
  why: {why}
  on: [{on}]
  as_of: 2026-11-20
  citations:
    - author: Port of Tern Island
      title: Timetable of the ferry
      date: 1919-05
      identifiers: [Notice 14]
"""
LABEL = "Context: not from the articles."
EDITION, SUMMARY, CLAIMS = (
    "content/editions/short.yaml",
    "content/sections/summary.standard.md",
    "content/claims/line.yaml",
)


def edit(file: str, old: str, new: str) -> None:
    text = Path(file).read_text("utf-8")
    assert old in text
    Path(file).write_text(text.replace(old, new, 1), "utf-8")


def put(on: str = "c02", why: str = "vague", *, shown: bool = True) -> None:
    Path("content/context").mkdir(exist_ok=True)
    Path("content/context/record.yaml").write_text(NOTE.format(on=on, why=why), "utf-8")
    if shown:
        edit(EDITION, "sections:", "context: [timetable]\nsections:")


@pytest.fixture
def dressed(ferry: Path) -> Path:
    """The small project in the look that ships, with room for a box."""
    edit(EDITION, "theme: plain", "theme: base")
    edit(EDITION, "max_pages: 1", "max_pages: 2")
    return ferry


def homes(project: Project, edition: str = "short") -> dict[str, list[str]]:
    return {part.id: [row.id for row in part.context] for part in project.briefs[edition].parts if part.context}


# ---- never support ----


class TestSupport:
    """A note that is put where support stands is refused, whoever rests on it."""

    def refused(self, capsys: pytest.CaptureFixture[str]) -> str:
        assert main(["check"]) == 1
        said = capsys.readouterr().err
        assert said.count("error[") == 1
        return said

    @pytest.mark.usefixtures("ferry")
    def test_prose_cannot_cite_one(self, capsys: pytest.CaptureFixture[str]) -> None:
        put()
        assert main(["check"]) == 0
        edit(SUMMARY, "[@c02]", "[@c02; @timetable]")
        said = self.refused(capsys)
        assert f"{SUMMARY}:4:62: error[E329]" in said
        assert "hint: cite a claim" in said

    @pytest.mark.usefixtures("ferry")
    def test_a_claim_cannot_rest_on_one(self, capsys: pytest.CaptureFixture[str]) -> None:
        put()
        edit(CLAIMS, "    - gazette L02.s1", "    - gazette L02.s1\n    - context timetable")
        assert "error[E329]: claim 'c02' rests on 'context timetable'" in self.refused(capsys)

    @pytest.mark.usefixtures("ferry")
    def test_a_key_date_cannot_rest_on_one(self, capsys: pytest.CaptureFixture[str]) -> None:
        put()
        edit("content/key-dates.yaml", "- c01", "- timetable")
        assert "E329" in self.refused(capsys)

    @pytest.mark.usefixtures("ferry")
    def test_its_numbers_are_no_claims(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("c01")
        edit(SUMMARY, "for about a century", "since 1919")
        assert "error[E603]: '1919' is in none of the claims cited here" in self.refused(capsys)

    @pytest.mark.usefixtures("ferry")
    def test_an_id_that_could_be_a_claims_is_none(self, capsys: pytest.CaptureFixture[str]) -> None:
        put(shown=False)
        edit("content/context/record.yaml", "id: timetable", "id: c77")
        assert "content/context/record.yaml:1:7: error[E007]" in self.refused(capsys)

    def test_no_claim_sentence_or_note_of_the_evidence_leads_to_one(self) -> None:
        project = open_project(ROOT)
        for name, brief in project.briefs.items():
            says = evidence_of(brief)
            apart = says.pop("context", [])
            assert [each["id"] for each in apart] == [
                f"context-note:{row.id}" for part in brief.parts for row in part.context
            ]
            assert all(each["motivation"] == "commenting" for each in apart)
            assert not any({"derived_from", "rests_on"} & set(each) for each in apart)
            for part in says["parts"]:
                part.pop("context", None)
            assert "context-note:" not in json.dumps(says), name

    def test_coverage_and_notes_are_those_without_it(self, ferry: Path) -> None:
        put(shown=False)
        before = open_project(ferry).briefs["short"]
        put()
        after = open_project(ferry).briefs["short"]
        assert homes(open_project(ferry)) == {"outlook": ["timetable"]}
        assert (after.notes, after.coverage) == (before.notes, before.coverage)
        assert after.fingerprint != before.fingerprint


# ---- where it stands ----


class TestPlace:
    """A note stands after the first part that tells what it comments, and not after the one that announces it."""

    @pytest.mark.parametrize(
        ("on", "where"),
        [("c02", "outlook"), ("c03", "outlook"), ("c01", "summary"), ("logbook L02.s1", "outlook")],
    )
    def test_it_stands_by_what_it_comments(self, ferry: Path, on: str, where: str) -> None:
        put(on)
        assert homes(open_project(ferry)) == {where: ["timetable"]}

    def test_an_edition_may_have_a_section_for_it(self, ferry: Path) -> None:
        put()
        edit(EDITION, "  - outlook", "  - outlook\n  - context")
        project = open_project(ferry)
        assert homes(project) == {"context": ["timetable"]}
        assert project.briefs["short"].parts[-1].title == "Context"

    def test_a_section_for_it_without_any_is_left_out(self, ferry: Path) -> None:
        edit(EDITION, "  - outlook", "  - outlook\n  - context")
        assert [part.id for part in open_project(ferry).briefs["short"].parts] == ["summary", "outlook"]

    def test_an_edition_has_what_the_one_it_extends_has_unless_it_says_otherwise(self, ferry: Path) -> None:
        put()
        Path("content/editions/same.yaml").write_text("extends: short\n", "utf-8")
        Path("content/editions/none.yaml").write_text("extends: short\ncontext: []\n", "utf-8")
        project = open_project(ferry)
        assert homes(project, "same") == {"outlook": ["timetable"]}
        assert homes(project, "none") == {}

    def test_only_claims_that_the_paper_cites_are_named(self, ferry: Path) -> None:
        put("c01, c02, logbook L02.s1")
        edit(EDITION, "  - summary\n", "")
        edit(EDITION, "must_carry:\n  - c01\n", "")
        (row,) = open_project(ferry).briefs["short"].parts[0].context
        assert row.on == ("c02", "B L02.s1")
        assert row.claims == ("c02", "c03")

    @given(
        st.lists(st.tuples(st.lists(st.integers(1, 6)), st.lists(st.integers(1, 6))), max_size=6),
        st.lists(st.sets(st.integers(1, 6)), max_size=4),
    )
    def test_each_row_stands_once_beside_a_part_that_leads_to_it(
        self, told: list[tuple[list[int], list[int]]], commented: list[set[int]]
    ) -> None:
        parts = tuple(_part(str(index), prose, called) for index, (prose, called) in enumerate(told))
        rows = [_row(str(index), claims) for index, claims in enumerate(commented)]
        placed = beside(parts, rows, {number: (f"c{number}",) for number in range(1, 7)})
        stands = [(row.id, index) for index, part in enumerate(placed) for row in part.context]
        reached = {
            row.id: [index for index, numbers in enumerate(told) if set(numbers[0] + numbers[1][:1]) & claims]
            for row, claims in zip(rows, commented, strict=True)
        }
        assert sorted(name for name, _ in stands) == sorted(name for name, where in reached.items() if where)
        assert all(index in reached[name] for name, index in stands)
        # Beside the opening part only what nothing else leads to.
        assert all(reached[name] == [0] for name, index in stands if index == 0)
        assert tuple(replace(part, context=()) for part in placed) == parts


def _part(name: str, prose: list[int], called: list[int]) -> Part:
    calls = tuple(NoteCall(note=number, occurrence=1) for number in prose)
    block = Block(kind="paragraph", tag="p", html="", text="", place=Place(file="x"), notes=calls)
    call = NoteCall(note=called[0], occurrence=1) if called else None
    return Part(id=name, title=name, blocks=(block,), call=call)


def _row(name: str, claims: set[int]) -> ContextRow:
    return ContextRow(
        id=name,
        title="",
        text="",
        why="vague",
        on=(),
        claims=tuple(f"c{number}" for number in claims),
        passages=(),
        as_of=Day(iso="2026-11-20", text=""),
        works=(),
    )


# ---- drawn apart ----


THEMES = sorted(names(ROOT))


@pytest.fixture(scope="module")
def drawn() -> dict[tuple[str, str], Sheet]:
    """The specimen of each theme, filled in for paper and for a screen: the sampler shows one note."""
    return {
        (name, sheet.output): sheet
        for name in THEMES
        for sheet, _ in sheets(load_theme(ROOT, name, Place(file="")), ROOT)
    }


class TestLooks:
    """In every theme a box says what it is, has its own citation and day, and has a form that nothing else has."""

    @pytest.mark.parametrize("output", ["html", "pdf"])
    @pytest.mark.parametrize("name", THEMES)
    def test_the_box_is_told_apart_by_words_and_by_form(
        self, drawn: dict[tuple[str, str], Sheet], name: str, output: str
    ) -> None:
        html = drawn[name, output].html
        (box,) = re.findall(
            r'<div class="context-frame" role="note" aria-labelledby="([\w-]+)">(.*?)</div>', html, re.S
        )
        assert f'id="{box[0]}"' in box[1]
        text = " ".join(re.sub(r"<[^>]+>", "", box[1]).replace("\u202f", " ").replace("\xa0", " ").split())
        assert text.startswith(f"{LABEL} The articles are vague here (c02)")
        assert "Public record as of 23 November 2026: Harbour office of Tern Island" in text
        assert "18,412" in text
        assert "18,412" not in html.replace(box[1], "").partition("<body")[2]
        # No call of a note: it is cited in the box itself.
        assert "doc-noteref" not in box[1]
        style = html.partition("<style>")[2].partition("</style>")[0]
        dashed = re.findall(r"([^{}]+)\{[^{}]*dashed", style)
        assert [rule.strip().rpartition("*/")[2].strip() for rule in dashed] == [".context-frame"]

    def test_who_hears_a_paper_hears_the_label_before_the_words(self, tmp_path: Path) -> None:
        assert (
            main(["-C", str(ROOT), "build", "--edition", "policymaker", "--output", "pdf", "--out", str(tmp_path)]) == 0
        )
        boxes = list(_boxes(listen(tmp_path / "policymaker/policymaker.pdf")))
        assert len(boxes) == 2
        for box in boxes:
            assert [kid.tag for kid in box.kids if isinstance(kid, type(box))] == ["P", "P", "P"]
            assert "Public record as of 23 November 2026" in box.text()


def _boxes(heard: Heard) -> Iterator[Heard]:
    return (each for each in heard.find("Div") if each.text().startswith(LABEL))


# ---- read back, verified, recorded ----


class TestReadBack:
    """A theme that drops a box fails, and a finished file tells of it apart."""

    @pytest.mark.usefixtures("dressed")
    def test_a_box_that_a_theme_leaves_out_stops_the_build(self, capsys: pytest.CaptureFixture[str]) -> None:
        put()
        Path("templates/base").mkdir()
        Path("templates/base/context.html").write_text("{% macro notes(part) %}{% endmacro %}\n", "utf-8")
        assert main(["build", "--output", "html", "--jobs", "1"]) == 1
        said = capsys.readouterr().err
        assert "error[E406]" in said
        assert "The harbour printed its first timetable" in said
        assert not Path("build/short").exists()

    @pytest.mark.usefixtures("dressed")
    def test_a_finished_file_verifies_and_one_with_another_word_does_not(
        self,
    ) -> None:
        put()
        assert main(["build", "--jobs", "1"]) == 0
        assert main(["verify", "build", "--current"]) == 0
        page = Path("build/short/short.html")
        body = page.read_text("utf-8")
        head, text = body.split("</head>")
        page.write_text(head + "</head>" + text.replace("first timetable in May", "last timetable in May"), "utf-8")
        assert main(["verify", str(page)]) == 1

    @pytest.mark.usefixtures("dressed")
    def test_the_file_names_it_as_an_annotation_and_as_what_it_was_made_from(
        self,
    ) -> None:
        put()
        assert main(["build", "--output", "html", "--jobs", "1"]) == 0
        page = Path("build/short/short.html").read_text("utf-8")
        inside = json.loads(page.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
        assert "context timetable" in {used["key"] for used in inside["made"]["used"]}
        (note,) = inside["says"]["context"]
        assert note["target"] == ["claim:c02"]
        (read,) = jsonld.expand({"@context": inside["@context"], **note})
        assert read["@id"] == "urn:nkru-brief:context:timetable"
        assert read["http://www.w3.org/ns/oa#motivatedBy"] == [{"@id": "http://www.w3.org/ns/oa#commenting"}]

    @pytest.mark.usefixtures("ferry")
    def test_an_edit_is_recorded_and_reported_and_is_no_significant_change(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        put()
        assert main(["record"]) == 0
        edit("content/context/record.yaml", "in May 1919", "in June 1919")
        capsys.readouterr()
        assert main(["check"]) == 0
        assert "warning[W621]: the context note 'timetable' is not as it was" in capsys.readouterr().err
        assert main(["changes"]) == 0
        said = capsys.readouterr().out
        assert "context timetable" in said
        assert "significant change" not in said.replace("0 significant changes", "")

    @pytest.mark.usefixtures("dressed")
    def test_finished_papers_tell_of_an_edit(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        put()
        for word in ("May", "June"):
            edit(
                "content/context/record.yaml",
                "in May 1919" if word == "June" else "in May",
                f"in {word}" + (" 1919" if word == "June" else ""),
            )
            assert main(["build", "--output", "html", "--jobs", "1"]) == 0
            shutil.move("build", tmp_path / word)
        capsys.readouterr()
        assert main(["changes", str(tmp_path / "May"), str(tmp_path / "June")]) == 0
        assert "[-May-] {+June+}" in capsys.readouterr().out

    @pytest.mark.usefixtures("ferry")
    def test_who_is_shown_it_is_compared_apart(self, capsys: pytest.CaptureFixture[str]) -> None:
        put()
        Path("content/editions/tall.yaml").write_text("extends: short\ncontext: []\n", "utf-8")
        assert main(["compare", "short", "tall", "--format", "json", "--html", "who.html"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert {each["kind"] for each in found["told"]} <= {"claim", "judgement"}
        assert [(each["id"], [t["edition"] for t in each["told"]]) for each in found["context"]] == [
            ("timetable", ["short"])
        ]
        assert LABEL in Path("who.html").read_text("utf-8")
        assert main(["compare", "short", "tall"]) == 0
        said = capsys.readouterr().out
        assert "Told in short and not in tall (0)" in said
        assert "Context, not from the sources (1):" in said


# ---- switched off ----


@pytest.mark.usefixtures("dressed")
def test_where_it_is_switched_off_nothing_tells_of_it(tmp_path: Path) -> None:
    for shown in ("without", "beside"):
        if shown == "beside":
            put(shown=False)
        assert main(["build", "--jobs", "1"]) == 0
        assert main(["handouts", "--output", "text", "--jobs", "1"]) == 0
        shutil.move("build", tmp_path / shown)
    files = sorted(path.relative_to(tmp_path / "without") for path in (tmp_path / "without").rglob("short.*"))
    assert {path.suffix for path in files} == {".html", ".pdf", ".txt"}
    for file in files:
        assert (tmp_path / "without" / file).read_bytes() == (tmp_path / "beside" / file).read_bytes(), file


@pytest.mark.usefixtures("dressed")
def test_handouts_have_it_where_they_fit() -> None:
    put()
    assert main(["handouts", "--output", "text", "--output", "large-print", "--output", "sheet", "--jobs", "1"]) == 0
    text = Path("build/short/short.txt").read_text("utf-8")
    assert text.count(LABEL) == 1
    assert "Notice 14" in text
    for kind in ("large-print", "sheet"):
        assert sum(1 for _ in _boxes(listen(Path(f"build/short/short.{kind}.pdf")))) == 1


def test_the_shipped_notes_are_shown_apart_on_every_page_that_has_them(pages: dict[str, Path]) -> None:
    project = open_project(ROOT)
    assert len(project.library.context) >= 2
    shown = {name: [row.id for part in brief.parts for row in part.context] for name, brief in project.briefs.items()}
    assert sum(bool(ids) for ids in shown.values()) >= 2
    for name, ids in shown.items():
        said = " ".join(leaf.text for leaf in read(pages[name].read_text("utf-8")).leaves)
        assert said.count(LABEL) == len(ids), name
