"""What the documents say is so: their commands are accepted, their examples load, their tables and links hold."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from nkru_brief.cli import cli
from nkru_brief.load import load
from nkru_brief.model import Authored, Claim, ContextNote, Edition
from nkru_brief.project import open_project
from nkru_brief.typed import read
from nkru_brief.yamltext import Sequence, parse

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md")]
PAGES += sorted((ROOT / "docs").glob("*.md"))

BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")
ROW = re.compile(r"^\| `build/([\w-]+)/` \|.*\| at most (\d+) \| (\w+) \|$", re.MULTILINE)


def blocks(page: Path, language: str) -> list[str]:
    return [body for kind, body in BLOCK.findall(page.read_text("utf-8")) if kind == language]


def commands(page: Path) -> list[str]:
    lines = [line for body in blocks(page, "sh") for line in body.splitlines()]
    return [line for line in lines if re.match(r"\s*(\.venv/bin/)?nkru-brief\b", line)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    # What stands in a block is an example, and leads where its reader has files.
    text = BLOCK.sub("", page.read_text("utf-8"))
    missing = [link for link in LINK.findall(text) if not (page.parent / link).exists()]
    assert missing == []


def test_every_command_is_accepted() -> None:
    lines = [line for page in PAGES for line in commands(page)]
    assert len(lines) > 5
    for line in lines:
        name, *arguments = shlex.split(line, comments=True)[1:] or ["--help"]
        if name.startswith("-"):
            assert any(name in option.opts for option in cli.get_params(cli.make_context("x", ["list"])))
            continue
        # Parsing refuses an unknown command, option or value, and runs nothing.
        cli.commands[name].make_context(name, arguments)


def test_the_examples_of_the_recipes_load() -> None:
    kinds = {"claim": 0, "context": 0, "edition": 0}
    for body in blocks(ROOT / "CONTRIBUTING.md", "yaml"):
        faults: list = []  # type: ignore[type-arg]
        node, faults = parse(re.sub(r"^   ", "", body, flags=re.MULTILINE), "example")
        assert node is not None
        kind = "edition" if not isinstance(node, Sequence) else "context" if "why:" in body else "claim"
        item = node.items[0] if isinstance(node, Sequence) else node
        types: dict[str, type[Authored]] = {"claim": Claim, "context": ContextNote, "edition": Edition}
        value = read(item, types[kind], faults, f"a {kind}")
        assert faults == []
        assert value is not None
        kinds[kind] += 1
    assert kinds == {"claim": 1, "context": 1, "edition": 1}


def test_the_readme_lists_the_editions_as_they_are() -> None:
    editions = open_project(ROOT).editions
    listed = {name: (int(pages), theme) for name, pages, theme in ROW.findall((ROOT / "README.md").read_text("utf-8"))}
    assert listed == {name: (edition.max_pages, edition.theme) for name, edition in editions.items()}


def test_the_readme_shows_a_fault_as_it_is_reported(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "content", tmp_path / "content")
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds", ignore=shutil.ignore_patterns("*.txt", ".verified"))
    claims = tmp_path / "content/claims/present.yaml"
    claims.write_text(claims.read_text("utf-8").replace("alliance L18.s1", "alliance L99.s1", 1), "utf-8")
    from nkru_brief.check.references import passages

    shown = "\n".join(str(fault) for fault in passages(open_project(tmp_path)))
    assert shown in "\n".join(blocks(ROOT / "README.md", "text"))


def test_the_changelog_names_the_version() -> None:
    import nkru_brief

    assert f"## {nkru_brief.__version__} " in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_sections_with_data_are_all_named() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    library, _ = load(ROOT)
    named = {
        "key-dates",
        "timeline",
        "disagreements",
        "sources",
        "glossary",
        "questions",
        "answers",
        "evidence",
        "changes",
    }
    assert all(f"`{name}`" in text for name in named)
    assert library.topic is not None
