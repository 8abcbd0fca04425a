"""Sign-offs: written into an author's file without touching it otherwise, and lapsing when what was signed changes."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nkru_brief.cli import main
from nkru_brief.commands import claims as commands
from nkru_brief.load import load
from nkru_brief.model import SignOff
from nkru_brief.signoff import fingerprint_of, is_lapsed, signed
from nkru_brief.values import replace

LINE = Path("content/claims/line.yaml")
CLAIMS = """\
# The first claims.
- id: c01   # the oldest
  statement: >-
    A folded text,
    with a "quote" and #no comment.

  passages: [a L01.s1]
  support: 'direct'
  # between
  status: single

# Of the second.
- id: c02
  statement: "One: two"
  passages:
    - a L02.s1
  support: partial
  status: single
"""


class Run(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


Command = Callable[..., Run]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return lambda *arguments: Run(main(arguments), *capsys.readouterr())


def sign_off(who: str = "A. Reader") -> SignOff:
    return SignOff(who=who, date=date(2026, 11, 24), fingerprint="ab" * 32)


def block(pad: str = "  ", end: str = "\n") -> str:
    lines = ("sign_off:", '  who: "A. Reader"', "  date: 2026-11-24", f"  fingerprint: {'ab' * 32}")
    return "".join(f"{pad}{line}{end}" for line in lines)


class TestTheEdit:
    def test_a_sign_off_stands_behind_the_last_line_of_its_claim(self) -> None:
        after = signed(CLAIMS, "c01", sign_off())
        assert after == CLAIMS.replace("  status: single\n\n# Of", f"  status: single\n{block()}\n# Of", 1)

    def test_the_last_claim_of_a_file(self) -> None:
        assert signed(CLAIMS, "c02", sign_off()) == CLAIMS + block()

    def test_a_file_without_a_last_line_end_gets_none(self) -> None:
        assert signed(CLAIMS.rstrip("\n"), "c02", sign_off()) == (CLAIMS + block()).rstrip("\n")

    @pytest.mark.parametrize("claim", ["c01", "c02"])
    def test_line_ends_and_a_byte_order_mark_stay(self, claim: str) -> None:
        text = "\ufeff" + CLAIMS.replace("\n", "\r\n")
        assert signed(text, claim, sign_off()) == "\ufeff" + signed(CLAIMS, claim, sign_off()).replace("\n", "\r\n")

    def test_the_indentation_is_that_of_the_claim(self) -> None:
        text = CLAIMS.replace("\n  ", "\n     ").replace("- id", "-    id")
        assert f"     status: single\n{block('     ')}\n# Of" in signed(text, "c01", sign_off())

    def test_a_second_sign_off_changes_only_its_values(self) -> None:
        once = (
            signed(CLAIMS, "c01", sign_off())
            .replace("  date: 2026", "  date:  2026")
            .replace("    fingerprint", "    # of what\n    fingerprint")
        )
        again = signed(once, "c01", SignOff(who="B: Reader", date=date(2027, 1, 2), fingerprint="cd" * 32))
        expected = (
            once.replace("A. Reader", "B: Reader").replace("2026-11-24", "2027-01-02").replace("ab" * 32, "cd" * 32)
        )
        assert again == expected

    def test_a_sign_off_in_one_line_is_changed_in_its_line(self) -> None:
        text = CLAIMS + f"  sign_off: {{who: x, date: 2020-01-01, fingerprint: {'0' * 64}}}\n"
        line = f'  sign_off: {{who: "A. Reader", date: 2026-11-24, fingerprint: {"ab" * 32}}}\n'
        assert signed(text, "c02", sign_off()) == CLAIMS + line

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("- {id: c01, support: direct}\n", id="a claim in one line"),
            pytest.param('- id: c01\n  statement: "one\ntwo"\n', id="a quoted text that leaves its indentation"),
            pytest.param("- id: c01\n  statement: |+\n    text\n\n", id="blank lines that belong to a text"),
            pytest.param("- id: c01\n  sign_off:\n    who: x\n", id="a sign-off that lacks keys"),
            pytest.param("- id: c01\n  sign_off: yes\n", id="a sign-off that is none"),
            pytest.param("- id: c02\n", id="another claim"),
            pytest.param("- id: [\n", id="not YAML"),
        ],
    )
    def test_what_cannot_be_edited_alone_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"c01|sign_off"):
            signed(text, "c01", sign_off())

    @settings(deadline=None)
    @given(st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=30), st.data())
    def test_any_name_is_read_back(self, who: str, data: st.DataObject) -> None:
        claim = data.draw(st.sampled_from(["c01", "c02"]))
        after = signed(CLAIMS, claim, sign_off(who))
        # All other lines are there, in their order.
        left = iter(after.split("\n"))
        assert all(line in left for line in CLAIMS.rstrip("\n").split("\n"))


class TestTheCommand:
    def test_a_claim_is_signed_and_counts_as_signed(self, ferry: Path, run: Command) -> None:
        before = (ferry / LINE).read_text("utf-8")
        said = run("claim", "sign", "c02", "--who", "A. Reader", "--date", "2026-11-24")
        assert said == (0, f"{LINE}: c02 signed by A. Reader, 2026-11-24\n", "")
        after = (ferry / LINE).read_text("utf-8")
        library = load(ferry)[0]
        mark = fingerprint_of(library.claims["c02"], library.cards, "A. Reader", date(2026, 11, 24))
        assert [line for line in after.split("\n") if line not in before] == [
            "  sign_off:",
            '    who: "A. Reader"',
            "    date: 2026-11-24",
            f"    fingerprint: {mark}",
        ]
        assert run("check", "--strict") == (0, "", "")

    def test_the_day_is_today_unless_it_is_said(
        self, ferry: Path, run: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(commands, "today", lambda: date(2031, 5, 6))
        assert run("claim", "sign", "c02", "--who", "A. Reader").code == 0
        signed_off = load(ferry)[0].claims["c02"].sign_off
        assert signed_off is not None
        assert signed_off.date == date(2031, 5, 6)

    def test_several_claims_are_signed_at_once_and_signed_anew(self, ferry: Path, run: Command) -> None:
        assert run("claim", "sign", "c01", "c03", "--who", "A", "--date", "2026-11-24").code == 0
        said = run("claim", "sign", "c03", "--who", "B", "--date", "2026-11-25")
        assert said.out == f"{LINE}: c03 signed by B, 2026-11-25; before: A, 2026-11-24\n"
        assert {name for name, claim in load(ferry)[0].claims.items() if claim.sign_off} == {"c01", "c03"}

    @pytest.mark.parametrize(
        ("file", "old", "new"),
        [
            (LINE, "six times in summer", "eight times in summer"),
            (LINE, "status: single", "status: agree"),
            (LINE, "gazette L02.s1", "gazette L01.s1"),
            (Path("seeds/gazette.yaml"), "0ad55430", "1ad55430"),
            (LINE, "A. Reader", "B. Reader"),
            (LINE, "2026-11-24", "2026-11-25"),
        ],
        ids=["words", "status", "passage", "sentence of the source", "name", "day"],
    )
    def test_a_sign_off_lapses_with_the_claim_or_a_passage(
        self, ferry: Path, run: Command, file: Path, old: str, new: str
    ) -> None:
        assert run("claim", "sign", "c02", "--who", "A. Reader", "--date", "2026-11-24").code == 0
        text = (ferry / file).read_text("utf-8")
        assert old in text
        (ferry / file).write_text(text.replace(old, new, 1), "utf-8")
        library = load(ferry)[0]
        assert is_lapsed(library.claims["c02"], library.cards)
        said = run("check").err
        assert re.search(
            rf"{LINE}:27:3: warning\[W622\]: the sign-off of claim 'c02' by .\. Reader of .{{10}} has lapsed", said
        )
        assert run("check", "--strict").code == 1
        assert run("claim", "sign", "c02", "--who", "A. Reader", "--date", "2026-11-25").code == 0
        assert "W622" not in run("check").err

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["c9", "--who", "x"], "there is no claim 'c9'; "),
            (["c01", "--who", "  "], "--who must be a name"),
            (["c01", "--who", "x\ny"], "--who must be a name"),
            (["c01", "--who", "x\u202ey"], "--who must be a name"),
            (["c01", "--who", "x", "--date", "yesterday"], "does not match the format"),
            (["c01"], "Missing option '--who'"),
        ],
    )
    def test_what_is_no_sign_off_is_refused(self, ferry: Path, run: Command, arguments: list[str], said: str) -> None:
        before = (ferry / LINE).read_bytes()
        result = run("claim", "sign", *arguments)
        assert result.code == 2
        assert said in result.err
        assert (ferry / LINE).read_bytes() == before

    def test_a_claim_without_its_passage_cannot_be_signed(self, ferry: Path, run: Command) -> None:
        (ferry / LINE).write_text(
            (ferry / LINE).read_text("utf-8").replace("gazette L02.s1", "gazette L09.s1"), "utf-8"
        )
        result = run("claim", "sign", "c02", "--who", "x")
        assert result.code == 1
        assert "E104" in result.err
        assert load(ferry)[0].claims["c02"].sign_off is None

    def test_nothing_is_written_where_one_claim_of_several_is_missing(self, ferry: Path, run: Command) -> None:
        before = (ferry / LINE).read_bytes()
        assert run("claim", "sign", "c01", "c77", "--who", "x").code == 2
        assert (ferry / LINE).read_bytes() == before


class TestReading:
    TEXT = "The ferry between Tern Island and Gull Island first crossed in 1921.\n"
    TEXT += "It crosses four times a day, and six times in summer.\n"

    def test_a_claim_is_shown_whole(self, ferry: Path, run: Command) -> None:
        assert run("claim", "sign", "c01", "--who", "A. Reader", "--date", "2026-11-24").code == 0
        shown = run("claim", "show", "c01").out
        lines = [" ".join(line.split()) for line in shown.split("\n")]
        assert lines == [
            f"c01 {LINE.as_posix()}:1:7",
            "support direct",
            "status tension",
            "sign-off A. Reader, 2026-11-24",
            "",
            "standard The sources disagree by a year on when the ferry first crossed.",
            "plain The two sources give different years for the first crossing.",
            "question, standard The first crossing",
            "A says, standard It was in 1921.",
            "B says, standard It was in 1922.",
            "",
            "A L01.s1 The line opened in 1921",
            "B L01.s1 The first crossing, in 1922",
            "",
            "short summary (standard)",
            "",
        ]
        assert load(ferry)[1] == ()

    def test_sentences_are_shown_on_a_terminal_or_when_asked_for(self, ferry: Path, run: Command) -> None:
        assert "first crossed in 1921" not in run("claim", "show", "c01", "--sentences").out
        (ferry / "seeds/gazette.txt").write_text(self.TEXT, encoding="utf-8", newline="")
        assert "first crossed in 1921" not in run("claim", "show", "c01").out
        assert "“The ferry between Tern Island" in run("claim", "show", "c01", "--sentences").out

    def test_a_sentence_that_is_not_the_cards_is_not_shown(self, ferry: Path, run: Command) -> None:
        (ferry / "seeds/gazette.txt").write_text(self.TEXT.replace("1921", "1931"), encoding="utf-8", newline="")
        assert "1931" not in run("claim", "show", "c01", "--sentences").out

    def test_the_list_says_what_is_left_to_review(self, ferry: Path, run: Command) -> None:
        assert run("claim", "sign", "c02", "--who", "A. Reader", "--date", "2026-11-24").code == 0
        listed = run("claim", "list").out.rstrip("\n").split("\n")
        assert [line.split()[0] for line in listed] == ["c01", "c02", "c03"]
        assert "not yet reviewed" in listed[0]
        assert "A. Reader, 2026-11-24" in listed[1]
        assert [line.split()[0] for line in run("claim", "list", "--unsigned").out.rstrip("\n").split("\n")] == [
            "c01",
            "c03",
        ]
        (ferry / LINE).write_text((ferry / LINE).read_text("utf-8").replace("four times", "five times"), "utf-8")
        assert "(lapsed)" in run("claim", "list", "--unsigned").out

    def test_an_unknown_claim_is_a_wrong_command(self, ferry: Path, run: Command) -> None:
        assert ferry == Path.cwd()
        assert run("claim", "show", "c1") == (2, "", "nkru-brief: there is no claim 'c1'; did you mean 'c01'?\n")


def test_nobody_signed_what_ships() -> None:
    library, _ = load(Path(__file__).parent.parent)
    assert {claim.id for claim in library.claims.values() if claim.sign_off} == set()


def test_a_changed_passage_of_a_rival_reading_lapses_it_too() -> None:
    root = Path(__file__).resolve().parent.parent
    library, _ = load(root)
    claim = next(each for each in library.claims.values() if any(reading.passages for reading in each.readings))
    source, passage = next((r.source, r.passages[0]) for r in claim.readings if r.passages)
    card = library.cards[source]
    passages = tuple(replace(each, sha256="0" * 64) if each.id == passage else each for each in card.passages)
    # Of the passages only the reading's is changed: the claim itself rests on none here.
    alone = replace(claim, passages=())
    day = date(2026, 11, 24)
    before = fingerprint_of(alone, library.cards, "A. Reader", day)
    assert fingerprint_of(alone, library.cards | {source: replace(card, passages=passages)}, "A. Reader", day) != before
