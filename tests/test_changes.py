"""What changed: which changes are significant, how they are told, and how they move the date of the paper."""

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nkru_brief.changes import Change, compare, of_project, of_record
from nkru_brief.cli import main
from nkru_brief.load import load
from nkru_brief.project import open_project, read_project
from nkru_brief.significance import facts, folded

CLAIMS = "content/claims/line.yaml"
OUTLOOK = "content/sections/outlook.standard.md"
SUMMARY = "content/sections/summary.standard.md"
DATES = "content/key-dates.yaml"


class Run(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


Command = Callable[..., Run]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return lambda *arguments: Run(main(arguments), *capsys.readouterr())


def edit(path: str | Path, old: str, new: str) -> None:
    text = Path(path).read_text("utf-8")
    assert old in text
    Path(path).write_text(text.replace(old, new, 1), "utf-8")


def git(*arguments: str) -> str:
    identity = ("-c", "user.name=A. Writer", "-c", "user.email=writer@example.org", "-c", "commit.gpgsign=false")
    command = ["git", *identity, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.fixture
def before(ferry: Path, tmp_path: Path) -> Path:
    """A copy of the ferry as it was."""
    return Path(shutil.copytree(ferry, tmp_path / "before"))


@pytest.fixture
def repository(ferry: Path) -> Path:
    """The ferry, its current state committed and tagged."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    git("init", "--quiet", "--initial-branch", "main")
    git("add", ".")
    git("commit", "--quiet", "--message", "The first edition")
    git("tag", "v1")
    return ferry


def changed(before: Path) -> list[Change]:
    now = of_project(read_project(Path.cwd()), "now")
    return list(compare(of_project(read_project(before), "before"), now).changes)


def told(before: Path) -> list[tuple[str, str, bool]]:
    return [(each.what, each.how, each.significant) for each in changed(before)]


SIGNIFICANT = {
    "a word of a claim": (CLAIMS, "four times a day, and six", "four times a week, and six", ("claim c02", "changed")),
    "a number of a claim": (CLAIMS, "three years of ten", "3 years of ten", ("claim c03", "changed")),
    "a claim's status": (CLAIMS, "status: single", "status: agree", ("claim c02", "changed")),
    "a claim's support": (CLAIMS, "support: partial", "support: direct", ("claim c03", "re-sourced")),
    "a claim's passage": (CLAIMS, "- gazette L02.s1", "- gazette L01.s1", ("claim c02", "re-sourced")),
    "a rival reading": (CLAIMS, "It was in 1922.", "It was in 1923.", ("claim c01", "changed")),
    "a sentence of a source": (
        "seeds/logbook.yaml",
        "normalised: 19aff",
        "normalised: 29aff",
        ("claim c03", "re-sourced"),
    ),
    "a key date": (DATES, "1921/1922", "1921/1923", ("date first-crossing", "moved")),
    "a source's grade": ("seeds/gazette.yaml", "reliability: C", "reliability: B", ("source gazette", "regraded")),
    "a source withdrawn": ("content/brief.yaml", "  - logbook\n", "", ("source logbook", "withdrawn")),
}
NOT_SIGNIFICANT = {
    "a hyphen of a claim": (CLAIMS, "four times a day, and", "four-times a day – and", ("claim c02", "edited")),
    "another level of a claim": (CLAIMS, "give different years", "name different years", ("claim c01", "edited")),
    "a gist": ("seeds/gazette.yaml", "Four crossings", "4 crossings", ("source gazette", "edited")),
    "how a card describes": ("seeds/gazette.yaml", "An invented island", "An island", ("source gazette", "edited")),
    "a key date's label": (DATES, "The first crossing", "First crossing", ("date first-crossing", "edited")),
    "a term": ("content/glossary.yaml", "water", "sea", ("term Sound", "edited")),
    "an answer": ("content/questions.yaml", "The sources differ", "They differ", ("question first-year", "edited")),
    "a sentence": (SUMMARY, "about a century", "a century", ("section summary.standard", "reworded")),
    "a citation": (SUMMARY, "[@c02]", "[@c02; @c01]", ("section summary.standard", "reworded")),
}


class TestWhatIsSignificant:
    @pytest.mark.parametrize(("file", "old", "new", "expected"), SIGNIFICANT.values(), ids=SIGNIFICANT)
    def test_it_is(self, before: Path, file: str, old: str, new: str, expected: tuple[str, str]) -> None:
        edit(file, old, new)
        assert (*expected, True) in told(before)
        assert all(each.what in (expected[0], "source logbook") for each in changed(before))

    @pytest.mark.parametrize(("file", "old", "new", "expected"), NOT_SIGNIFICANT.values(), ids=NOT_SIGNIFICANT)
    def test_it_is_not(self, before: Path, file: str, old: str, new: str, expected: tuple[str, str]) -> None:
        edit(file, old, new)
        assert told(before) == [(*expected, False)]

    def test_a_judgement_by_its_band(self, before: Path) -> None:
        edit(OUTLOOK, "is likely to", "is very likely to")
        edit(OUTLOOK, 'likelihood="likely"', 'likelihood="very likely"')
        (first, second) = changed(before)
        assert (first.what, first.how, first.significant) == ("judgement outlook.standard c02 c03", "changed", True)
        assert first.shows == ("[-likely-] {+very likely+}",)
        assert (second.what, second.significant) == ("section outlook.standard", False)

    def test_the_other_word_of_a_band_is_the_same_judgement(self, before: Path) -> None:
        edit(OUTLOOK, "is likely to", "is probable to")
        edit(OUTLOOK, 'likelihood="likely"', 'likelihood="probable"')
        assert told(before) == [("section outlook.standard", "reworded", False)]

    def test_a_claim_that_came_or_went(self, before: Path) -> None:
        with Path(CLAIMS).open("a", encoding="utf-8") as file:
            file.write(
                "\n- id: c04\n  statement: A fourth.\n  passages: [gazette L01.s1]\n"
                "  support: direct\n  status: single\n"
            )
        assert told(before) == [("claim c04", "added", True)]
        now = of_project(read_project(Path.cwd()), "now")
        backwards = compare(now, of_project(read_project(before), "before")).changes
        assert [(each.what, each.how, each.shows) for each in backwards] == [("claim c04", "removed", ("A fourth.",))]

    def test_what_stands_in_another_line_is_no_change(self, before: Path) -> None:
        edit(CLAIMS, "- id: c01", "# A remark.\n\n- id: c01")
        edit(
            CLAIMS,
            "  support: partial\n",
            "  sign_off: {who: A, date: 2026-11-24, fingerprint: " + "0" * 64 + "}\n  support: partial\n",
        )
        assert changed(before) == []

    @given(st.text())
    def test_folding_ends(self, text: str) -> None:
        assert folded(folded(text)) == folded(text)
        assert folded(f" {text}-!") == folded(text)

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ("Kim Il-sung", "Kim Il Sung", True),
            ("the so-called “bond”", "The so called bond.", True),
            ("café", "cafe", True),
            ("주체", "주체", True),
            ("It is not so.", "It is now so.", False),
            ("1.5 tons", "15 tons", True),
        ],
    )
    def test_folding(self, one: str, other: str, same: bool) -> None:  # noqa: FBT001 - a column of the table
        assert (folded(one) == folded(other)) == same

    def test_a_point_in_a_number_counts(self, before: Path) -> None:
        edit(before / CLAIMS, "four times", "1.5 times")
        edit(CLAIMS, "four times", "15 times")
        assert told(before) == [("claim c02", "changed", True)]


class TestTheCommand:
    def test_two_folders(self, before: Path, run: Command) -> None:
        edit(CLAIMS, "six times in summer", "eight times in summer")
        edit(SUMMARY, "about a century", "a century")
        said = run("changes", str(before), ".")
        assert said == (
            0,
            (
                "1 significant change:\n"
                "  claim c02 changed\n"
                "    The ferry crosses four times a day, and [-six-] {+eight+} times in summer.\n"
                "\n"
                "1 other change:\n"
                "  section summary.standard reworded (short)\n"
                "    A ferry has joined Tern Island and Gull Island for [-about-] a century.\n"
            ),
            "",
        )

    def test_a_revision_and_what_is_there_now(self, repository: Path, run: Command) -> None:
        assert repository == Path.cwd()
        assert run("changes", "v1") == (0, "\n", "")
        edit(DATES, "1921/1922", "1921/1923")
        said = run("changes", "v1")
        assert said.out == "1 significant change:\n  date first-crossing moved\n    [-1921/1922-] {+1921/1923+}\n"
        git("commit", "--quiet", "--all", "--message", "Move a date")
        # Nothing of the working tree is touched or asked.
        edit(CLAIMS, "four times", "five times")
        status = git("status", "--porcelain")
        assert run("changes", "v1", "HEAD").out == said.out
        assert "claim c02 changed" in run("changes", "HEAD").out
        assert git("status", "--porcelain") == status

    def test_a_project_inside_a_repository(self, repository: Path, run: Command, tmp_path: Path) -> None:
        inner = tmp_path / "outer" / "inner"
        shutil.copytree(repository, inner, ignore=shutil.ignore_patterns(".git"))
        git("init", "--quiet", "--initial-branch", "main", str(tmp_path / "outer"))
        git("-C", str(tmp_path / "outer"), "add", ".")
        git("-C", str(tmp_path / "outer"), "commit", "--quiet", "--message", "One")
        edit(inner / DATES, "1921/1922", "1921/1923")
        assert "date first-crossing moved" in run("-C", str(inner), "changes", "HEAD").out

    def test_as_data(self, before: Path, run: Command) -> None:
        edit(CLAIMS, "- gazette L02.s1", "- gazette L01.s1")
        data = json.loads(run("changes", str(before), "--format", "json").out)
        assert data["significant"] is True
        assert data["changes"] == [
            {
                "editions": [],
                "how": "re-sourced",
                "shows": ["[-gazette L02.s1-] {+gazette L01.s1+}"],
                "significant": True,
                "what": "claim c02",
            }
        ]

    @pytest.mark.parametrize("name", ["nowhere", "--upload-pack=x", "-x", "v1:content", "HEAD..v1"])
    def test_what_is_no_revision_is_a_wrong_command(self, repository: Path, run: Command, name: str) -> None:
        assert repository == Path.cwd()
        said = run("changes", "--", name, ".")
        assert said.code == 2
        assert said.err == f"nkru-brief: {name!r} is no folder and no git revision\n"

    def test_a_folder_without_content_or_papers(self, ferry: Path, run: Command) -> None:
        (ferry / "build").mkdir()
        assert run("changes", "build").err.startswith("nkru-brief: there is no PDF and no HTML file in build")

    def test_outside_a_repository(self, ferry: Path, run: Command) -> None:
        assert ferry == Path.cwd()
        assert run("changes", "HEAD").code == 2

    def test_without_git(self, ferry: Path, run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(ferry))
        assert run("changes", "HEAD") == (
            2,
            "",
            "nkru-brief: git is not installed; compare project folders, or install git\n",
        )

    def test_a_revision_that_cannot_be_read(self, repository: Path, run: Command) -> None:
        assert repository == Path.cwd()
        edit(CLAIMS, "- id: c02", "- id: [")
        git("commit", "--quiet", "--all", "--message", "Break a claim")
        edit(CLAIMS, "- id: [", "- id: c02")
        said = run("changes", "HEAD")
        assert said.code == 2
        assert "the revision 'HEAD' cannot be read: content/claims/line.yaml:" in said.err


class TestTheRecord:
    def test_a_record_knows_what_is_significant(self, ferry: Path, run: Command) -> None:
        assert run("record").code == 0
        kept = load(ferry)[0].record
        assert kept is not None
        assert kept.facts == facts(open_project(ferry))
        assert compare(of_record(kept), of_project(open_project(ferry), "now")).changes == ()

    @pytest.mark.parametrize(("file", "old", "new", "expected"), SIGNIFICANT.values(), ids=SIGNIFICANT)
    def test_significant_changes_are_seen_without_the_old_words(
        self, ferry: Path, run: Command, file: str, old: str, new: str, expected: tuple[str, str]
    ) -> None:
        assert run("record").code == 0
        edit(ferry / file, old, new)
        data = json.loads(run("changes", "--format", "json").out)
        assert (*expected, True) in {(each["what"], each["how"], each["significant"]) for each in data["changes"]}

    @pytest.mark.parametrize(("file", "old", "new", "expected"), NOT_SIGNIFICANT.values(), ids=NOT_SIGNIFICANT)
    def test_other_changes_are_seen_as_such(
        self, ferry: Path, run: Command, file: str, old: str, new: str, expected: tuple[str, str]
    ) -> None:
        assert run("record").code == 0
        edit(ferry / file, old, new)
        data = json.loads(run("changes", "--format", "json").out)
        assert [(each["what"], each["how"]) for each in data["changes"]] == [expected]
        assert data["significant"] is False

    def test_without_a_record(self, ferry: Path, run: Command) -> None:
        assert ferry == Path.cwd()
        assert run("changes").err.startswith("nkru-brief: there is no record to compare with")


ENTRY = """\
- date: 2026-12-01
  version: "1.0"
  changes:
    - what: "claim c02"
      how: changed
      significant: true
      shows: "The ferry crosses four times a day, and eight times in summer."
    - what: "section summary.standard"
      how: reworded
"""


class TestWriting:
    @pytest.fixture
    def entered(self, ferry: Path, run: Command) -> Path:
        """A project whose first change was entered."""
        assert run("record").code == 0
        edit(CLAIMS, "six times in summer", "eight times in summer")
        edit(SUMMARY, "about a century", "a century")
        said = run("changes", "--write", "--date", "2026-12-01")
        assert (said.code, said.err) == (0, "")
        assert said.out.endswith(f"{Path('content/changes.yaml')}: entered; the date was moved.\n")
        return ferry

    def test_an_entry_is_written_the_date_moves_and_all_is_recorded(self, entered: Path, run: Command) -> None:
        text = (entered / "content/changes.yaml").read_text("utf-8")
        assert text.startswith("# What changed in the briefing, oldest first.")
        assert text.endswith(ENTRY)
        brief = (entered / "content/brief.yaml").read_text("utf-8")
        assert "published: 2026-11-23\nchanged: 2026-12-01\ncutoff:\n" in brief
        assert run("check", "--strict") == (0, "", "")
        assert run("changes") == (0, "\n", "")

    def test_what_is_not_significant_leaves_the_date(self, entered: Path, run: Command) -> None:
        edit(SUMMARY, "more often", "oftener")
        said = run("changes", "--write", "--date", "2026-12-24")
        assert said.out.endswith("the date was left as it is.\n")
        assert "changed: 2026-12-01" in (entered / "content/brief.yaml").read_text("utf-8")
        assert [entry.date.day for entry in load(entered)[0].changes] == [1, 24]
        assert run("check", "--strict") == (0, "", "")

    def test_comments_and_line_ends_stay(self, entered: Path, run: Command) -> None:
        brief, told = entered / "content/brief.yaml", entered / "content/changes.yaml"
        brief.write_bytes(brief.read_bytes().replace(b"changed: 2026-12-01\n", b"changed:  2026-12-01  # moved\r\n"))
        told.write_text(told.read_text("utf-8") + "# A remark.\n", "utf-8")
        edit(DATES, "1921/1922", "1921")
        assert run("changes", "--write", "--date", "2026-12-02").code == 0
        assert b"changed:  2026-12-02  # moved\r\n" in brief.read_bytes()
        assert "# A remark.\n" in told.read_text("utf-8")

    def test_recording_over_a_significant_change_is_refused(self, entered: Path, run: Command) -> None:
        before = (entered / "content/record.yaml").read_bytes()
        edit(DATES, "1921/1922", "1921")
        said = run("record")
        assert said.code == 2
        assert "a significant change is in no entry of content/changes.yaml (date first-crossing moved)" in said.err
        assert (entered / "content/record.yaml").read_bytes() == before
        edit(DATES, '"1921"', '"1921/1922"')
        edit(SUMMARY, "more often", "oftener")
        assert run("record").code == 0

    def test_an_entry_cannot_be_older_than_the_last(self, entered: Path, run: Command) -> None:
        before = (entered / "content/changes.yaml").read_bytes()
        edit(DATES, "1921/1922", "1921")
        said = run("changes", "--write", "--date", "2026-11-30")
        assert said.code == 2
        assert "2026-11-30 is before 2026-12-01" in said.err
        assert (entered / "content/changes.yaml").read_bytes() == before

    def test_nothing_is_written_where_nothing_changed(self, entered: Path, run: Command) -> None:
        before = (entered / "content/changes.yaml").read_bytes()
        assert run("changes", "--write", "--date", "2027-01-01") == (0, "\n", "")
        assert (entered / "content/changes.yaml").read_bytes() == before

    def test_nothing_is_written_where_the_content_is_broken(self, entered: Path, run: Command) -> None:
        before = (entered / "content/changes.yaml").read_bytes()
        edit(CLAIMS, "- id: c02", "- id: [")
        assert run("changes", "--write", "--date", "2027-01-01").code == 1
        assert (entered / "content/changes.yaml").read_bytes() == before

    def test_an_edited_entry_is_seen(self, entered: Path, run: Command) -> None:
        edit(entered / "content/changes.yaml", "four times a day", "five times a day")
        assert "content/changes.yaml:3:9: warning[W621]" in run("check").err

    def test_the_first_entry_names_a_revision(self, repository: Path, run: Command) -> None:
        edit(CLAIMS, "six times in summer", "eight times in summer")
        assert run("changes", "v1", "--write", "--date", "2026-12-01").code == 0
        (entry,) = load(repository)[0].changes
        assert entry.date == date(2026, 12, 1)
        assert entry.changes[0].shows == "The ferry crosses four times a day, and [-six-] {+eight+} times in summer."

    def test_an_entry_is_not_written_up_to_another_state(self, repository: Path, run: Command) -> None:
        assert repository == Path.cwd()
        assert run("changes", "v1", "HEAD", "--write").code == 2


class TestTheBox:
    def rows(self, root: Path, edition: str) -> list[tuple[str, list[tuple[str, str, str]], int]]:
        brief = open_project(root).briefs[edition]
        part = next(part for part in brief.parts if part.id == "changes")
        return [(row.date.text, [(c.kind, c.how, c.name) for c in row.changes], row.others) for row in part.rows]  # type: ignore[union-attr]

    @pytest.fixture
    def boxed(self, ferry: Path) -> Path:
        edit(ferry / "content/editions/short.yaml", "  - outlook\n", "  - outlook\n  - changes\n")
        edition = "extends: short\nlabel: Tall edition\nsections: [changes, outlook]\nmust_carry: []\n"
        (ferry / "content/editions/tall.yaml").write_text(edition, "utf-8")
        return ferry

    def test_a_first_edition_has_no_rows(self, boxed: Path) -> None:
        assert self.rows(boxed, "short") == []

    def test_an_edition_tells_what_concerns_it_newest_first(self, boxed: Path, run: Command) -> None:
        assert run("record").code == 0
        edit(CLAIMS, "disagree by a year", "disagree by one year")
        assert run("changes", "--write", "--date", "2026-12-01").code == 0
        edit(DATES, "1921/1922", "1921")
        edit(SUMMARY, "about a century", "a century")
        assert run("changes", "--write", "--date", "2026-12-05").code == 0
        moved = ("5 December 2026", [("date", "moved", "1921")], 1)
        assert self.rows(boxed, "short") == [moved, ("1 December 2026", [("claim", "changed", "c01")], 0)]
        # The other edition cites no c01.
        assert self.rows(boxed, "tall") == [moved, ("1 December 2026", [], 0)]

    def test_it_is_printed(self, boxed: Path, run: Command) -> None:
        edit(boxed / "content/editions/short.yaml", "theme: plain", "theme: base")
        assert run("record").code == 0
        assert run("build", "-e", "short", "-o", "html", "--jobs", "1").code == 0
        assert "First edition; nothing has changed." in (boxed / "build/short/short.html").read_text("utf-8")
        edit(CLAIMS, "disagree by a year", "disagree by one year")
        assert run("changes", "--write", "--date", "2026-12-01").code == 0
        assert run("build", "-e", "short", "-o", "html", "--jobs", "1").code == 0
        page = (boxed / "build/short/short.html").read_text("utf-8")
        assert "<b>1 December 2026, version 1.0.</b>" in page.replace("\u00a0", " ")
        assert "<li>Claim c01 (changed): The sources disagree by one year" in page


def test_the_first_version_has_no_history() -> None:
    library, _ = load(Path(__file__).parent.parent)
    assert library.changes == ()
    assert library.topic is not None
    assert library.topic.changed == library.topic.published
