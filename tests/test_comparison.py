"""Who is told what: editions side by side, as text, as data and as a page."""

import json
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest

from nkru_brief.cli import main
from nkru_brief.comparison import Comparison, compare, tellings
from nkru_brief.project import Project, open_project

ROOT = Path(__file__).resolve().parent.parent


class Run(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


Command = Callable[..., Run]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return lambda *arguments: Run(main(arguments), *capsys.readouterr())


@pytest.fixture
def ferries(ferry: Path) -> Path:
    """A project of two editions: the second has no outlook, and says its summary plainly."""
    (ferry / "content/editions/tall.yaml").write_text(
        "extends: short\nlabel: Tall edition\nlevel: plain\nsections: [summary]\n", "utf-8"
    )
    plain = (
        "# Summary\n\nA ferry has joined the islands for about a century [@c01].\nIt crosses four times a day [@c02].\n"
    )
    (ferry / "content/sections/summary.plain.md").write_text(plain, "utf-8")
    return ferry


@pytest.fixture(scope="module")
def shipped() -> Project:
    return open_project(ROOT)


class TestWhoIsToldWhat:
    def test_two_editions(self, ferries: Path) -> None:
        found = compare(open_project(ferries), ("short", "tall"))
        assert [each.id for each in found.only("short")] == ["c03", "likely (c02 c03)"]
        assert found.only("tall") == ()
        assert [each.id for each in found.shared()] == ["c01", "c02"]
        tall = found.shared()[0].by("tall")
        assert tall is not None
        assert (tall.parts, tall.levels) == (("summary",), ("plain",))
        assert found.shared()[0].must == ("short", "tall")

    def test_a_missing_wording_counts_as_the_one_that_stands_in(self, ferries: Path) -> None:
        (ferries / "content/sections/summary.plain.md").unlink()
        (telling,) = (each for each in tellings(open_project(ferries), "c01") if each.edition == "tall")
        assert telling.levels == ("standard",)

    def test_what_is_told_is_what_the_notes_lead_to(self, shipped: Project) -> None:
        found = compare(shipped)
        assert {side.name for side in found.sides} == set(shipped.briefs)
        for name, brief in shipped.briefs.items():
            told = {each.id for each in found.told if each.kind == "claim" and each.by(name)}
            assert told == {claim.id for note in brief.notes for claim in note.claims}
            assert told >= set(shipped.editions[name].must_carry or ())

    def test_claims_that_rows_and_figures_cite_are_told(self, shipped: Project) -> None:
        where = {each.edition: each.parts for each in tellings(shipped, "c16")}
        assert "key-dates" in where["full"]
        assert "timeline" in where["public"]


class TestTheCommand:
    def test_two_editions_as_text(self, ferries: Path, run: Command) -> None:
        assert ferries == Path.cwd()
        said = run("compare", "short", "tall")
        assert (said.code, said.err) == (0, "")
        assert said.out.startswith("Told in short and not in tall (2):\n  c03   Ice stopped the winter service")
        assert "Told in tall and not in short (0):\n  nothing\n" in said.out
        assert "        short: summary (standard); tall: summary (plain)\n" in said.out

    def test_all_editions_as_a_table(self, run: Command) -> None:
        said = run("-C", str(ROOT), "compare", "--all")
        assert said.code == 0
        rows = {line.split()[0]: line.split()[1:] for line in said.out.split("\n\n")[0].split("\n")[1:41]}
        assert rows["c13"] == ["p*", "s*", "s*", "b*", "p*", "p*"]
        assert rows["c01"] == ["·", "s", "s", "·", "·", "·"]
        assert "s standard" in said.out

    def test_as_data(self, ferries: Path, run: Command) -> None:
        assert ferries == Path.cwd()
        data = json.loads(run("compare", "short", "tall", "--format", "json").out)
        assert [side["name"] for side in data["sides"]] == ["short", "tall"]
        assert [each["id"] for each in data["told"]] == ["c01", "c02", "c03", "likely (c02 c03)"]
        assert data["told"][2]["told"] == [{"edition": "short", "levels": ["standard"], "parts": ["outlook"]}]

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["short", "tal"], "there is no edition 'tal'; did you mean 'tall'?"),
            (["short", "short"], "an edition is compared with another one"),
            (["short"], "name two editions or more, or say --all"),
            ([], "name two editions or more, or say --all"),
            (["short", "tall", "--all"], "name two editions or more, or say --all"),
        ],
    )
    def test_a_wrong_command(self, ferries: Path, run: Command, arguments: list[str], said: str) -> None:
        assert ferries == Path.cwd()
        result = run("compare", *arguments, "--html", "x.html")
        assert result.code == 2
        assert said in result.err
        assert not Path("x.html").exists()

    def test_content_that_cannot_be_read_is_not_compared(self, ferries: Path, run: Command) -> None:
        claims = ferries / "content/claims/line.yaml"
        claims.write_text(claims.read_text("utf-8").replace("support: partial", "support: partly"), "utf-8")
        said = run("compare", "short", "tall")
        assert (said.code, said.out) == (1, "")
        assert said.err.startswith("content/claims/line.yaml:32:12: error[E007]")

    def test_the_page_engine_is_not_loaded(self) -> None:
        script = (
            "import sys; from nkru_brief.cli import main;"
            f"main(['-C', {str(ROOT)!r}, 'compare', '--all']); main(['-C', {str(ROOT)!r}, 'claim', 'list']);"
            "print('weasyprint' in sys.modules)"
        )
        run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
        assert run.stdout.endswith("False\n")


class Outline(HTMLParser):
    """What matters of a page: its headings, the addresses it names, and the rows of its table."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


class TestThePage:
    def page(self, run: Command, path: Path, *editions: str) -> Outline:
        assert run("-C", str(ROOT), "compare", *editions, "--html", str(path)).code == 0
        return Outline(path.read_text("utf-8"))

    def test_two_editions(self, run: Command, tmp_path: Path) -> None:
        page = self.page(run, tmp_path / "a" / "pair.html", "press", "public")
        assert [path.name for path in (tmp_path / "a").iterdir()] == ["pair.html"]
        assert page.all("html") == [{"lang": "en"}]
        assert len(page.all("h1")) == 1
        labelled = [each["aria-labelledby"] for each in page.all("section")]
        assert labelled == [each["id"] for each in page.all("h2")]
        found: Comparison = compare(open_project(ROOT), ("press", "public"))
        assert len(page.all("li")) == len(found.told)
        ids = [each["id"] for each in page.all("li")]
        assert len(ids) == len(set(ids))

    def test_all_editions(self, run: Command, tmp_path: Path) -> None:
        page = self.page(run, tmp_path / "all.html", "--all")
        heads = [each.get("scope") for each in page.all("th")]
        assert heads.count("col") == 7
        assert heads.count("row") == 42
        # A table that is laid out as cards on a phone stays a table for who cannot see it.
        roles = {name: {each.get("role") for each in page.all(name)} for name in ("table", "tr", "td")}
        assert roles == {"table": {"table"}, "tr": {"row"}, "td": {"cell"}}

    def test_it_asks_for_nothing_outside_itself(self, run: Command, tmp_path: Path) -> None:
        page = self.page(run, tmp_path / "all.html", "--all")
        assert not {"src", "href"} & {name for _, attributes in page.tags for name in attributes}
        text = (tmp_path / "all.html").read_text("utf-8")
        assert "url(" not in text
        assert "prefers-color-scheme: dark" in text
