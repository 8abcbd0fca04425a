"""Coverage both ways: of the sources' sentences by claims, and of a paper's sentences by claims."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from nkru_brief import markup
from nkru_brief.binding import bound
from nkru_brief.brief import Coverage
from nkru_brief.coverage import added, of_prose
from nkru_brief.model import SectionText
from nkru_brief.outputs import load_output
from nkru_brief.project import Project, open_project
from nkru_brief.render import Renderer
from nkru_brief.signoff import fingerprint_of
from nkru_brief.typeset import measure_of

ROOT = Path(__file__).resolve().parent.parent
NOT_USED = {"A": ["L02.s3"], "B": ["L01.s3", "L13.s1", "L16.s1", "L18.s3"]}


@pytest.fixture(scope="module")
def project() -> Project:
    return open_project(ROOT)


def test_claims_rest_on_73_of_the_78_sentences_of_the_shipped_articles(project: Project) -> None:
    rows = project.briefs["full"].sources
    assert sum(row.sentences for row in rows) == 78
    assert sum(row.cited for row in rows) >= 73
    assert {row.label: [unused.id for unused in row.unused] for row in rows} == NOT_USED
    assert all(unused.reason and unused.gist for row in rows for unused in row.unused)
    # The moral half of A's last line is carried by c40 alone.
    assert [claim.id for claim in project.library.claims.values() if "alliance L31.s4" in claim.passages] == ["c40"]


def test_every_shipped_edition_rests_on_claims(project: Project) -> None:
    for brief in project.briefs.values():
        assert brief.coverage.unbound == 0
        assert brief.coverage.bound > 0
        sentences = [
            sentence
            for part in brief.parts
            for block in part.blocks
            if block.kind not in ("heading", "title")
            for sentence in bound(block)
        ]
        assert brief.coverage.sentences == len(sentences)
        assert brief.coverage.bound == sum(bool(sentence.claims) for sentence in sentences)


@pytest.mark.parametrize(
    ("title", "body", "counted"),
    [
        ("# Title", "One came [@c01]. Two went.", (1, 0, 1)),
        ("# Title", "One came.\n{: .desk }\n\nTwo went.", (0, 1, 1)),
        ("# Title", "One came [@c01].\n{: .desk }", (1, 0, 0)),
        ("# Title {: .desk }", "One came. Two went.\n\n## A heading is none", (0, 2, 0)),
        ("# Title", 'One is likely.\n{: .judgement likelihood="likely" }', (0, 1, 0)),
        ("# Title", "- One came [@c01].\n- Two went.", (1, 0, 1)),
    ],
)
def test_sentences_are_counted_by_who_speaks(title: str, body: str, counted: tuple[int, int, int]) -> None:
    section = SectionText(id="a", level="standard", file="a.md", text=f"{title}\n\n{body}\n")
    fragment, faults = markup.parse(section)
    assert faults == ()
    found = of_prose(fragment.blocks, fragment.classes)
    assert (found.bound, found.desk, found.unbound) == counted


def test_parts_add_up() -> None:
    assert added([]) == Coverage()
    assert added([Coverage(bound=1, desk=2), Coverage(bound=3, unbound=4)]) == Coverage(bound=4, desk=2, unbound=4)


# ---- the annex ----


def annex(project: Project, output: str) -> str:
    """Return the annex of the full edition as an output has it, every space an ordinary one."""
    brief = project.briefs["full"]
    theme = project.themes[brief.theme]
    (spec,) = load_output(output).sheets(brief)
    html = Renderer(theme, measure_of(theme), "0").render(brief, spec, ()).html
    return html[html.index('id="evidence-title"') : html.index('id="about-title"')].replace("\u00a0", " ")


@pytest.mark.parametrize("output", ["pdf", "html"])
def test_the_annex_prints_what_is_covered(project: Project, output: str) -> None:
    brief, text = project.briefs["full"], annex(project, output)
    assert "45 of 46, 98 %" in text
    assert "28 of 32, 88 %" in text
    told = brief.coverage
    assert f"Of the {told.bound} sentences" in text
    assert f"{told.bound} rest on claims (100 %); {told.desk} more" in text
    for row in brief.sources:
        assert all(f"{row.label} {unused.id}" in text and unused.reason in text for unused in row.unused)
    gists = {passage.gist for card in project.library.cards.values() for passage in card.passages if passage.unused}
    assert len(gists) == 5
    assert all(gist in text for gist in gists)
    assert ("which were not at hand" in text) == (not all(row.checked for row in brief.sources))
    for claim in project.library.claims.values():
        assert f'id="claim-{claim.id}"' in text


def signed(root: Path, claim: str, fingerprint: str) -> None:
    """Write a sign-off into the file of a claim."""
    for path in (root / "content" / "claims").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        sign_off = f"  sign_off:\n    who: R. Reader\n    date: 2026-11-24\n    fingerprint: {fingerprint}\n"
        path.write_text(text.replace(f"- id: {claim}\n", f"- id: {claim}\n{sign_off}"), encoding="utf-8")


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The shipped project, of which c01 was reviewed, and c02 before it read as it does."""
    root = tmp_path_factory.mktemp("reviewed")
    for folder in ("content", "seeds", "templates"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("*.txt", ".*"))
    library = open_project(root).library
    signed(root, "c01", fingerprint_of(library.claims["c01"], library.cards, "R. Reader", date(2026, 11, 24)))
    signed(root, "c02", "0" * 64)
    return open_project(root)


def rows_of(text: str) -> dict[str, str]:
    return {found[1]: found[0] for found in re.finditer(r'<tr id="claim-(c\d+)">.*?</tr>', text, re.DOTALL)}


def test_a_page_says_who_reviewed_a_claim_and_when(reviewed: Project) -> None:
    rows = rows_of(annex(reviewed, "html"))
    assert "reviewed by R. Reader, 24 November 2026" in rows["c01"]
    assert "review lapsed" in rows["c02"]
    assert "not yet reviewed" in rows["c03"]


def test_paper_says_it_once_for_all_and_in_a_word_in_each_row(reviewed: Project) -> None:
    text = annex(reviewed, "pdf")
    assert "Reviewed by R. Reader, 24 November 2026: c01." in text
    assert "Not reviewed as they now stand: c02, c03" in text
    states = [
        re.sub(r".*<span class=\"aside\">|</span></td></tr>", "", row, flags=re.DOTALL)
        for row in rows_of(text).values()
    ]
    assert states[:3] == ["reviewed", "review lapsed", "not yet reviewed"]


def test_where_nobody_reviewed_anything_that_is_said_once_and_in_each_row(tmp_path: Path) -> None:
    for folder in ("content", "seeds", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.txt", ".*"))
    for path in (tmp_path / "content" / "claims").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"^  sign_off:\n(    .*\n)+", "", text, flags=re.MULTILINE), encoding="utf-8")
    project = open_project(tmp_path)
    for output in ("pdf", "html"):
        text = annex(project, output)
        assert text.count("Nobody has reviewed these claims yet.") == 1
        assert text.count("not yet reviewed") == len(project.library.claims)
