"""The record: what was written, and what has changed since."""

from pathlib import Path

import pytest

from nkru_brief import record
from nkru_brief.check import evidence
from nkru_brief.cli import main
from nkru_brief.diagnostics import Diagnostic
from nkru_brief.project import open_project

SUMMARY = "content/sections/summary.standard.md"
OUTLOOK = "content/sections/outlook.standard.md"


@pytest.fixture
def recorded(ferry: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A project with a record of how it is."""
    assert main(["record"]) == 0
    assert capsys.readouterr().out == f"{Path('content/record.yaml')}: 18 entries\n"
    return ferry


def changes(root: Path) -> list[Diagnostic]:
    return list(evidence.recorded(open_project(root)))


def places(root: Path) -> list[str]:
    return [f"{each.place.file}:{each.place.line}" for each in changes(root)]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_project_without_a_record_is_not_asked(ferry: Path) -> None:
    assert changes(ferry) == []


def test_what_is_as_recorded_is_clean(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert changes(recorded) == []
    assert main(["check", "--strict"]) == 0
    assert capsys.readouterr().err == ""


def test_every_kind_of_thing_is_recorded(recorded: Path) -> None:
    project = open_project(recorded)
    kinds = {entry.key.split(" ")[0] for entry in record.entries(project)}
    assert kinds == {"card", "passage", "claim", "date", "term", "question", "sentence"}
    assert project.library.record is not None
    assert set(project.library.record.recorded) == {entry.key for entry in record.entries(project)}


def test_recording_twice_is_recording_once(recorded: Path) -> None:
    path = recorded / record.FILE
    before = path.read_bytes()
    assert main(["record"]) == 0
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("file", "old", "new", "places_of"),
    [
        ("seeds/gazette.yaml", "reliability: C", "reliability: A", ["seeds/gazette.yaml:1"]),
        ("seeds/gazette.yaml", "gist: Four", "gist: Five", ["seeds/gazette.yaml:24"]),
        ("seeds/gazette.yaml", "offset: 69", "offset: 68", ["seeds/gazette.yaml:24"]),
        ("content/claims/line.yaml", "It was in 1922", "It was in 1923", ["content/claims/line.yaml:1"]),
        ("content/claims/line.yaml", "partial", "direct", ["content/claims/line.yaml:28"]),
        ("content/key-dates.yaml", "1921/1922", "1922", ["content/key-dates.yaml:1"]),
        ("content/glossary.yaml", "water", "sea", ["content/glossary.yaml:1"]),
        ("content/questions.yaml", "One says 1921", "One says 1920", ["content/questions.yaml:1"]),
        (SUMMARY, "four times", "five times", [f"{SUMMARY}:4"]),
        (SUMMARY, "[@c02]", "[@c03]", [f"{SUMMARY}:4"]),
        (SUMMARY, " [@c02]", "", [f"{SUMMARY}:4"]),
        (SUMMARY, "# Summary", "# Sum", [f"{SUMMARY}:1"]),
        (OUTLOOK, 'confidence="low"', 'confidence="high"', [f"{OUTLOOK}:5"]),
        (OUTLOOK, "Ice", "**In 1931.** Ice", [f"{OUTLOOK}:3"]),
        (OUTLOOK, "Ice", "## Ice\n\nIce", [f"{OUTLOOK}:3"]),
    ],
)
def test_a_change_is_reported_where_it_is(recorded: Path, file: str, old: str, new: str, places_of: list[str]) -> None:
    edit(recorded / file, old, new)
    assert places(recorded) == places_of
    assert {each.code for each in changes(recorded)} == {"W621"}
    assert main(["record"]) == 0
    assert changes(recorded) == []


def test_what_stands_in_another_line_is_the_same(recorded: Path) -> None:
    edit(recorded / "content/claims/line.yaml", "- id: c01", "# A remark.\n\n- id: c01")
    edit(recorded / SUMMARY, "Gull Island for", "Gull Island\nfor")
    assert changes(recorded) == []


def test_a_sentence_that_went_is_reported_in_its_file(recorded: Path) -> None:
    edit(recorded / SUMMARY, "\nIt crosses four times a day, and more often in summer [@c02].", "")
    assert [each.message for each in changes(recorded)] == ["from this section a sentence that was recorded is gone"]
    assert places(recorded) == [f"{SUMMARY}:1"]


def test_sentences_that_went_are_counted(recorded: Path) -> None:
    (recorded / SUMMARY).write_text("# Summary\n", encoding="utf-8")
    assert [each.message for each in changes(recorded)] == ["from this section 2 recorded sentences are gone"]


def test_a_section_or_claim_that_went_is_reported_in_the_record(recorded: Path) -> None:
    (recorded / SUMMARY).unlink()
    found = changes(recorded)
    assert {each.place.file for each in found} == {record.FILE}
    assert len(found) == 3
    assert all("is gone" in each.message for each in found)


def test_the_same_sentence_twice_is_two(recorded: Path) -> None:
    edit(recorded / SUMMARY, "It crosses", "It crosses four times a day, and more often in summer [@c02].\nIt crosses")
    assert places(recorded) == [f"{SUMMARY}:5"]
    assert main(["record"]) == 0
    assert changes(recorded) == []
    edit(recorded / SUMMARY, "It crosses four times a day, and more often in summer [@c02].\n", "")
    assert places(recorded) == [f"{SUMMARY}:1"]


def test_what_cannot_be_read_is_not_recorded(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (recorded / record.FILE).read_bytes()
    edit(recorded / "content/claims/line.yaml", "- id: c03", "- id: [")
    capsys.readouterr()
    assert main(["record"]) == 1
    assert "content/claims/line.yaml:30:11: error[" in capsys.readouterr().err
    assert (recorded / record.FILE).read_bytes() == before


def test_a_broken_record_is_reported_and_can_be_made_anew(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (recorded / record.FILE).write_text("recorded: [", encoding="utf-8")
    assert main(["check"]) == 1
    assert "content/record.yaml:1:12: error[E002]" in capsys.readouterr().err
    assert main(["record"]) == 0
    assert changes(recorded) == []
