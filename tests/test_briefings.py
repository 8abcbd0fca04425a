"""Fifty briefings of random length, in every theme: whatever is written, nothing is lost and nothing stranded.

They are short, so that every run of the tests sets them. `NKRU_BRIEF_BRIEFINGS=200 pytest tests/test_briefings.py` sets
as many long ones besides, which takes some seconds each.
"""

import os
from pathlib import Path

import pytest

import drafts
from conformance import faults_by_page
from nkru_brief.build import build
from nkru_brief.report import Request

SHORT = 50
LONG = int(os.environ.get("NKRU_BRIEF_BRIEFINGS", "0"))
BRIEFINGS = [*((number, True) for number in range(SHORT)), *((number, False) for number in range(LONG))]


def name_of(briefing: tuple[int, bool]) -> str:
    number, short = briefing
    return f"{'short' if short else 'long'}-{number}-{drafts.THEMES[number % len(drafts.THEMES)]}"


@pytest.mark.parametrize("briefing", BRIEFINGS, ids=name_of)
def test_nothing_is_lost_and_nothing_stranded(tmp_path: Path, briefing: tuple[int, bool]) -> None:
    number, short = briefing
    drafts.write(tmp_path, number, short=short)
    report = build(tmp_path, tmp_path / "build", Request(jobs=1))
    # What is said of invented words is of no matter; errors, and what is wrong with the pages, are.
    found = [each for each in report.diagnostics if each.severity == "error" or each.code.startswith("W4")]
    assert [f"{each.code} {each.message}" for each in found] == []
    (written,) = report.written
    assert faults_by_page(written.path) == []


def test_a_briefing_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("one", "other"):
        drafts.write(tmp_path / name, 7)
    one, other = (
        {p.name: p.read_bytes() for p in (tmp_path / n).rglob("*.*") if p.is_file()} for n in ("one", "other")
    )
    assert one == other


def test_they_differ_in_all_that_pages_have_to_take(tmp_path: Path) -> None:
    made = [drafts.write(tmp_path / str(number), number, short=True) for number in range(SHORT)]
    assert {draft.theme for draft in made} == set(drafts.THEMES)
    assert {(draft.theme, draft.language) for draft in made} >= {(t, "ko") for t in drafts.THEMES}
    assert {(draft.theme, draft.language) for draft in made} >= {(t, "ru") for t in drafts.THEMES}
    long = [drafts.write(tmp_path / f"long-{number}", number) for number in range(SHORT)]
    sizes = [sum(path.stat().st_size for path in (tmp_path / f"long-{d.number}/content").rglob("*.*")) for d in long]
    assert max(sizes) > 4 * min(sizes)
