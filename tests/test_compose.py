"""What one audience gets: overlays resolved, wordings and blocks chosen, notes numbered in the order of reading."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nkru_brief import markup
from nkru_brief.brief import Brief, DisagreementRow, PassageRef
from nkru_brief.compose import compose, day, resolve, short_references
from nkru_brief.diagnostics import Diagnostic
from nkru_brief.edtf import DateWords
from nkru_brief.load import load
from nkru_brief.model import Library

TOPIC = """
title: Ties
series: T
number: "1"
version: "1.0"
language: en
published: 2026-11-23
changed: 2026-11-24
cutoff: {date: 2026-11-22, note: {standard: long note, plain: short note}}
publisher: The desk
sources: [alpha, beta]
scale: icd-203
source_summary: Two sources.
subtitle: {standard: All about ties, plain: About ties}
"""
CARD = """
id: ID
label: LABEL
title: Title
kind: web explainer
file: ID.txt
sha256: HASH
bytes: 9
characters: 9
language: en
grade: {reliability: F, credibility: 6, reason: Unknown.}
describe: An article.
passages:
  - {id: L01.s1, kind: sentence, offset: 0, length: 9, words: 2, sha256: HASH, normalised: HASH, gist: First gist}
  - {id: L01.s2, kind: sentence, offset: 9, length: 9, words: 2, sha256: HASH, normalised: HASH, gist: Second gist}
  - {id: L02, kind: heading, offset: 19, length: 9, words: 2, sha256: HASH, normalised: HASH, gist: Head}
"""
CLAIMS = """
- id: c01
  statement: {standard: Ties were close., plain: They were friends.}
  passages: [alpha L01.s1, alpha L01.s2, beta L02]
  support: direct
  status: agree
- id: c02
  statement: Ties cooled.
  passages: [beta L01.s1]
  support: partial
  status: single
- id: c03
  statement: Ties rose.
  passages: [alpha L02]
  support: direct
  status: tension
  question: {standard: Did ties rise at all?, plain: Did they?}
  readings:
    - {source: alpha, says: {standard: They rose again., plain: Yes.}, passages: [L02]}
    - {source: beta, says: They did not., passages: [L02]}
"""
DATES = """
- {id: late, date: "2000", label: {standard: The later event, brief: Later}, short: Late, claims: [c02]}
- {id: decade, date: 196X, label: Some decade, claims: [c01], note: Vague.}
- {id: early, date: 1950/1953, label: The early event, claims: [c01], agreed: true, when: in the war}
"""


def card(name: str, label: str) -> str:
    return CARD.replace("ID", name).replace("LABEL", label).replace("HASH", "0" * 64)


BASE = {
    "content/brief.yaml": TOPIC,
    "content/claims/all.yaml": CLAIMS,
    "content/key-dates.yaml": DATES,
    "content/sections/one.standard.md": "# One\n\nFirst [@c02]. Second [@c01]. Third [@c02].\n",
    "content/sections/two.standard.md": "# Two\n\nFourth [@c03; @c01]. Fifth [@c01; @c03].\n",
    "content/editions/paper.yaml": "sections: [one, two]\n",
    "seeds/alpha.yaml": card("alpha", "A"),
    "seeds/beta.yaml": card("beta", "B"),
}

ONE = "content/sections/one.standard.md"

Write = Callable[[dict[str, str]], Library]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a small project with some files changed, and reads it."""

    def write_project(changes: dict[str, str]) -> Library:
        for name, text in {**BASE, **changes}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        library, faults = load(tmp_path)
        assert faults == ()
        return library

    return write_project


def composed(library: Library, name: str = "paper") -> tuple[Brief, tuple[Diagnostic, ...]]:
    texts = [text for levels in library.sections.values() for text in levels.values()]
    fragments = {(text.id, text.level): markup.parse(text)[0] for text in texts}
    brief, faults = compose(library, name, fragments)
    assert brief is not None
    return brief, faults


def brief_of(library: Library, name: str = "paper") -> Brief:
    brief, faults = composed(library, name)
    assert faults == ()
    return brief


def calls(brief: Brief) -> list[tuple[int, int]]:
    """Return the calls of the prose: their notes and which call of that note each is."""
    return [(call.note, call.occurrence) for part in brief.parts for block in part.blocks for call in block.notes]


def texts(brief: Brief) -> list[str]:
    return [block.text for part in brief.parts for block in part.blocks]


FAMILY = {
    "content/editions/root.yaml": "abstract: true\ntitle: Root\ntheme: base\ntokens: {a: '1', b: '1'}\nsections: [one]",
    "content/editions/middle.yaml": "extends: root\nlevel: plain\ntokens: {b: '2'}\nmust_carry: [c01]",
    "content/editions/paper.yaml": "extends: middle\ntitle: Leaf\nsections: [two]",
}


class TestOverlay:
    def test_only_differences_are_written(self, write: Write) -> None:
        edition, faults = resolve(write(FAMILY), "paper")
        assert faults == ()
        assert (edition.title, edition.level, edition.theme, edition.paper.name) == ("Leaf", "plain", "base", "A4")
        assert [use.id for use in edition.sections or ()] == ["two"]
        assert edition.must_carry == ("c01",)

    def test_tokens_are_merged_key_by_key(self, write: Write) -> None:
        assert resolve(write(FAMILY), "paper")[0].tokens == {"a": "1", "b": "2"}

    def test_each_value_remembers_the_file_it_is_from(self, write: Write) -> None:
        edition, _ = resolve(write(FAMILY), "paper")
        files = {key: edition.at(key).file.rpartition("/")[2] for key in ("title", "level", "theme")}
        assert files == {"title": "paper.yaml", "level": "middle.yaml", "theme": "root.yaml"}
        assert edition.at("must_carry", 0).file.endswith("middle.yaml")

    def test_being_abstract_is_not_inherited(self, write: Write) -> None:
        library = write(FAMILY)
        assert resolve(library, "root")[0].abstract
        assert not resolve(library, "paper")[0].abstract

    def test_an_edition_that_extends_itself_is_said_and_ends(self, write: Write) -> None:
        library = write({**FAMILY, "content/editions/root.yaml": "extends: paper\n"})
        edition, faults = resolve(library, "paper")
        assert edition.title == "Leaf"
        assert [fault.code for fault in faults] == ["E108"]
        assert "paper -> middle -> root -> paper" in faults[0].message

    def test_a_parent_that_is_not_there_is_said(self, write: Write) -> None:
        library = write({**FAMILY, "content/editions/middle.yaml": "extends: rot\n"})
        _, faults = resolve(library, "paper")
        assert [(fault.code, fault.hint) for fault in faults] == [("E107", "did you mean 'root'?")]


class TestNotes:
    def test_notes_are_numbered_in_reading_order_and_used_again(self, write: Write) -> None:
        brief = brief_of(write({}))
        assert calls(brief) == [(1, 1), (2, 1), (1, 2), (3, 1), (3, 2)]
        assert [[claim.id for claim in note.claims] for note in brief.notes] == [["c02"], ["c01"], ["c01", "c03"]]
        assert [(note.number, note.calls) for note in brief.notes] == [(1, 2), (2, 1), (3, 2)]

    def test_an_edition_in_another_order_has_other_numbers(self, write: Write) -> None:
        brief = brief_of(write({"content/editions/paper.yaml": "sections: [two, one]\n"}))
        assert calls(brief) == [(1, 1), (1, 2), (2, 1), (3, 1), (2, 2)]

    def test_a_note_says_where_its_claim_comes_from(self, write: Write) -> None:
        claim = brief_of(write({})).notes[1].claims[0]
        assert claim.where == "A L01.s1–2; B L02"
        assert [passage.gist for passage in claim.passages] == ["First gist", "Second gist", "Head"]
        assert claim.labels == ("A", "B")

    def test_rows_call_notes_too_where_they_stand(self, write: Write) -> None:
        changes = {
            "content/editions/paper.yaml": "sections: [two, key-dates, disagreements, one]\n",
            "content/glossary.yaml": "- {term: Zeal, kind: term, meaning: Zeal means.}\n",
        }
        brief = brief_of(write(changes))
        rows = [row.call.note for part in brief.parts for row in part.rows if hasattr(row, "call") and row.call]
        # Two: note 1. Dates: c01, c01, c02. Disagreements: c03. One: c02, c01, c02.
        assert rows == [2, 2, 3, 4]
        assert calls(brief)[-3:] == [(3, 2), (2, 3), (3, 3)]
        assert [note.calls for note in brief.notes] == [2, 3, 3, 1]

    def test_every_call_has_its_note_and_every_note_its_calls(self, write: Write) -> None:
        brief = brief_of(
            write({"content/editions/paper.yaml": "sections: [one, timeline, two, key-dates, evidence]\n"})
        )
        found = calls(brief)
        found += [
            (row.call.note, row.call.occurrence) for row in brief.parts[3].rows if hasattr(row, "call") and row.call
        ]
        found += [(part.call.note, part.call.occurrence) for part in brief.parts if part.call]
        assert sorted(found) == [(note.number, k) for note in brief.notes for k in range(1, note.calls + 1)]

    def test_the_figure_calls_one_note_for_all_it_rests_on(self, write: Write) -> None:
        brief = brief_of(write({"content/editions/paper.yaml": "sections: [timeline]\n"}))
        assert [[claim.id for claim in note.claims] for note in brief.notes] == [["c01", "c02"]]
        assert brief.parts[0].call is not None

    def test_a_table_of_the_dates_leaves_the_figure_without_a_call(self, write: Write) -> None:
        brief = brief_of(write({"content/editions/paper.yaml": "sections: [timeline, key-dates]\n"}))
        assert brief.parts[0].call is None

    def test_a_claim_that_does_not_exist_is_located(self, write: Write) -> None:
        brief, faults = composed(write({ONE: "# One\n\nFirst [@c01; @c09].\n"}))
        assert [(fault.code, str(fault.place)) for fault in faults] == [
            ("E101", "content/sections/one.standard.md:3:7")
        ]
        assert [claim.id for claim in brief.notes[0].claims] == ["c01"]


FOR_SOME = """# One

For all.

For pupils.
{: for="classroom key" }

For the press [@c02].
{: for="press" }
"""


class TestChoice:
    def test_a_level_chooses_wordings_and_sections(self, write: Write) -> None:
        changes = {
            "content/editions/paper.yaml": "level: plain\nsections: [one, two, disagreements]\n",
            "content/sections/one.plain.md": "# One, plainly\n\nSo it was [@c01].\n",
        }
        brief = brief_of(write(changes))
        assert [part.title for part in brief.parts] == ["One, plainly", "Two", "Disagreements"]
        assert brief.notes[0].claims[0].statement == "They were friends."
        assert (brief.subtitle, brief.cutoff_note) == ("About ties", "short note")

    def test_without_a_wording_at_its_level_the_standard_one_is_used(self, write: Write) -> None:
        brief = brief_of(write({"content/editions/paper.yaml": "level: brief\nsections: [one, two]\n"}))
        assert brief.notes[1].claims[0].statement == "Ties were close."
        assert texts(brief)[0].startswith("First")

    def test_a_section_may_have_its_own_level_and_title(self, write: Write) -> None:
        changes = {
            "content/editions/paper.yaml": "sections: [two, {id: one, level: plain, title: Other}]\n",
            "content/sections/one.plain.md": "# One, plainly\n\nSo it was [@c01].\n",
        }
        brief = brief_of(write(changes))
        assert [part.title for part in brief.parts] == ["Two", "Other"]
        assert texts(brief)[-1] == "So it was."
        # A note is the edition's, not the section's.
        assert brief.notes[0].claims[0].statement == "Ties were close."

    @pytest.mark.parametrize(
        ("edition", "found"),
        [
            ("paper", ["For all."]),
            ("press", ["For all.", "For the press."]),
            ("classroom", ["For all.", "For pupils."]),
            ("teacher", ["For all.", "For pupils."]),
        ],
    )
    def test_a_block_for_some_readers_reaches_them_and_their_heirs(
        self, write: Write, edition: str, found: list[str]
    ) -> None:
        changes = {
            ONE: FOR_SOME,
            "content/editions/paper.yaml": "sections: [one]\n",
            "content/editions/press.yaml": "extends: paper\n",
            "content/editions/classroom.yaml": "extends: paper\n",
            "content/editions/key.yaml": "extends: paper\n",
            "content/editions/teacher.yaml": "extends: classroom\n",
        }
        brief, _ = composed(write(changes), edition)
        assert texts(brief) == found
        # A block left out calls no note.
        assert len(brief.notes) == (edition == "press")

    def test_a_likelihood_is_a_band_of_the_scale(self, write: Write) -> None:
        text = '# One\n\nIt will last.\n{: .judgement likelihood="likely" }\n'
        block = brief_of(write({ONE: text})).parts[0].blocks[0]
        assert block.likelihood is not None
        assert (block.likelihood.word, block.likelihood.low, block.likelihood.high) == ("likely", 55, 80)

    def test_a_word_that_is_not_on_the_scale_is_said(self, write: Write) -> None:
        text = '# One\n\nIt will last.\n{: .judgement likelihood="likly" }\n'
        brief, faults = composed(write({ONE: text}))
        assert [(fault.code, fault.hint) for fault in faults] == [("E109", "did you mean 'likely'?")]
        assert brief.parts[0].blocks[0].likelihood is None

    def test_a_section_that_is_not_there_is_said(self, write: Write) -> None:
        _, faults = composed(write({"content/editions/paper.yaml": "sections: [one, tow]\n"}))
        assert [(fault.code, fault.hint) for fault in faults] == [("E103", "did you mean 'two'?")]

    def test_a_claim_the_family_must_carry_is_missed(self, write: Write) -> None:
        _, faults = composed(write({"content/editions/paper.yaml": "sections: [one]\nmust_carry: [c01, c03]\n"}))
        assert [fault.code for fault in faults] == ["E401"]
        assert "c03" in faults[0].message


class TestRows:
    def test_dates_are_in_the_order_of_time(self, write: Write) -> None:
        brief = brief_of(write({"content/editions/paper.yaml": "sections: [key-dates]\n"}))
        assert [row.id for row in brief.dates] == ["early", "decade", "late"]
        assert [row.when for row in brief.dates] == ["in the war", "1960s", "2000"]
        assert [row.short for row in brief.dates] == ["The early event", "Some decade", "Late"]

    def test_disagreements_give_each_source_its_say(self, write: Write) -> None:
        brief = brief_of(write({"content/editions/paper.yaml": "level: plain\nsections: [disagreements]\n"}))
        (row,) = brief.parts[0].rows
        assert isinstance(row, DisagreementRow)
        assert row.question == "Did they?"
        assert [(cell.label, cell.says) for cell in row.readings] == [
            ("A", "Yes."),
            ("B", "They did not."),
        ]

    def test_sources_count_the_sentences_claims_rest_on(self, write: Write) -> None:
        rows = {row.label: (row.cited, row.sentences) for row in brief_of(write({})).sources}
        assert rows == {"A": (2, 2), "B": (1, 2)}


class TestFingerprint:
    def test_it_is_the_same_for_the_same_paper(self, write: Write) -> None:
        first = brief_of(write({}))
        assert len(first.fingerprint) == 64
        moved = {ONE: "\n\n" + BASE[ONE]}
        assert brief_of(write(moved)).fingerprint == first.fingerprint

    @pytest.mark.parametrize(
        ("file", "old", "new"),
        [
            (ONE, "First", "Forst"),
            ("content/claims/all.yaml", "Ties cooled.", "Ties froze."),
            ("content/brief.yaml", "2026-11-24", "2026-11-25"),
            ("content/editions/paper.yaml", "[one, two]", "[two, one]"),
            ("seeds/alpha.yaml", "First gist", "Another gist"),
        ],
    )
    def test_it_changes_with_every_word(self, write: Write, file: str, old: str, new: str) -> None:
        first = brief_of(write({})).fingerprint
        assert brief_of(write({file: BASE[file].replace(old, new)})).fingerprint != first


def references(*names: str) -> tuple[PassageRef, ...]:
    split = [name.partition(" ") for name in names]
    return tuple(PassageRef(source=label.lower(), label=label, id=passage, gist="") for label, _, passage in split)


@pytest.mark.parametrize(
    ("names", "short"),
    [
        ((), ""),
        (("A L10.s1", "A L10.s2", "A L10.s3", "B L07"), "A L10.s1–3; B L07"),
        (("B L07", "A L10.s3", "A L10.s1"), "A L10.s1, L10.s3; B L07"),
        (("A L10.s9", "A L10.s10", "A L11.s11"), "A L10.s9–10, L11.s11"),
        (("A L100.s1", "A L99.s1"), "A L99.s1, L100.s1"),
        (("A L01", "A L02", "A L02.s1"), "A L01, L02, L02.s1"),
        (("A L10.s2", "A L10.s2"), "A L10.s2"),
    ],
)
def test_short_references(names: tuple[str, ...], short: str) -> None:
    assert short_references(references(*names)) == short


def spelled_out(short: str) -> set[str]:
    """Return the passages that a short reference stands for."""
    found = set()
    for group in filter(None, short.split("; ")):
        label, _, passages = group.partition(" ")
        for passage in passages.split(", "):
            line, _, run = passage.partition(".s")
            first, _, last = run.partition("–")
            numbers = range(int(first), int(last or first) + 1) if run else [0]
            found |= {f"{label} {line}" + (f".s{number}" if number else "") for number in numbers}
    return found


NAMES = st.builds("{} L{:02}.s{}".format, st.sampled_from("AB"), st.integers(1, 120), st.integers(1, 12))
LINES = st.builds("{} L{:02}".format, st.sampled_from("AB"), st.integers(1, 120))


@settings(deadline=None)
@given(st.lists(NAMES | LINES, max_size=12))
def test_a_short_reference_loses_no_passage(names: list[str]) -> None:
    assert spelled_out(short_references(references(*names))) == set(names)


def test_a_day_is_written_out(write: Write) -> None:
    brief = brief_of(write({}))
    assert (brief.changed.iso, brief.changed.text) == ("2026-11-24", "24 November 2026")
    assert day(date(2026, 1, 2), DateWords()).text == "2 January 2026"
