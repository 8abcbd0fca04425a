"""Spaces that do not break: where they stand, and that nothing else changes."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nkru_brief.evidence import evidence_of
from nkru_brief.project import open_project
from nkru_brief.reading import letters
from nkru_brief.spacing import HARD, dressed, spaced, spaced_html
from nkru_brief.values import to_json

ROOT = Path(__file__).resolve().parent.parent


def shown(text: str) -> str:
    return spaced(text).replace(HARD, "~")


@pytest.mark.parametrize(
    ("written", "set_as"),
    [
        ("On 23 November 2026 it began.", "On 23~November 2026 it began."),
        ("in November 2026", "in November 2026"),
        ("between 55 and 80 % of it", "between 55 and 80~% of it"),
        ("240 000 to 3 500 000 tonnes", "240~000 to 3~500~000 tonnes"),
        ("Source A says, and Source B", "Source~A says, and Source~B"),
        ("the Source Agency", "the Source Agency"),
        ("see page 3, p. 4 and Part II", "see page~3, p.~4 and Part~II"),
        ("about 1945, c. 1950", "about~1945, c.~1950"),
        ("about North Korea", "about North Korea"),
        ("B. B. Pak and Mr Kim", "B.~B.~Pak and Mr~Kim"),
        ("old – and new", "old~– and new"),
        ("and so on …", "and so on~…"),
        ("в 1960 г. и на севере", "в~1960~г. и~на~севере"),
        ("он же был", "он~же был"),
        ("И. В. Сталин", "И.~В.~Сталин"),
        ("북한과 러시아의 관계", "북한과 러시아의 관계"),
    ],
)
def test_what_belongs_together(written: str, set_as: str) -> None:
    assert shown(written) == set_as


TEXT = st.text(st.sampled_from("aA1 .–%вИ<>&я№") | st.characters(exclude_categories=["Cs", "Co"]), max_size=60)


@given(TEXT)
@example("1 000 000 000")
def test_only_spaces_change_and_only_once(text: str) -> None:
    done = spaced(text)
    assert len(done) == len(text)
    assert all(after == before or (before, after) == (" ", HARD) for before, after in zip(text, done, strict=True))
    assert spaced(done) == done


def test_tags_and_attributes_stay_as_they_are() -> None:
    html = '<a href="x" title="Source A">Source A</a> of 23 <em>November</em>'
    assert spaced_html(html) == html.replace(">Source A<", f">Source{HARD}A<")


def test_an_edition_says_the_same_dressed() -> None:
    for brief in open_project(ROOT).briefs.values():
        assert letters(to_json(evidence_of(dressed(brief))).decode()) == letters(to_json(evidence_of(brief)).decode())


def test_a_short_last_word_is_not_left_alone() -> None:
    brief = open_project(ROOT).briefs["policymaker"]
    blocks = [b for p in dressed(brief).parts for b in p.blocks if b.kind == "paragraph" and len(b.text.split()) > 7]
    kept = [b for b in blocks if HARD in b.html[-80:]]
    assert len(blocks) > 10
    assert len(kept) > len(blocks) // 2
