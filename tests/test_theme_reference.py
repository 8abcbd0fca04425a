"""`docs/themes.md` is made from the code and the templates, and says something of all that a template may use."""

import importlib.util
import re
from pathlib import Path

import pytest

from nkru_brief.anatomy import anatomy, is_template
from nkru_brief.load import load
from nkru_brief.model import NOWHERE
from nkru_brief.render import CONTEXT, FILTERS, PAGE_CONTEXT, Renderer
from nkru_brief.theme import load_theme, names
from nkru_brief.tokens import TOKENS

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "themes.md"
THEMES = {name: load_theme(ROOT, name, NOWHERE) for name in names(ROOT)}


@pytest.fixture(scope="module")
def made() -> str:
    """The page as the tool makes it."""
    spec = importlib.util.spec_from_file_location("document_themes", ROOT / "tools" / "document_themes.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    page: str = tool.document()
    return page


def test_the_page_is_as_it_is_made(made: str, update: bool) -> None:  # noqa: FBT001 - a fixture
    if update:
        PAGE.write_text(made, encoding="utf-8")
    assert PAGE.read_text("utf-8") == made, "run pytest tests/test_theme_reference.py --update, and read the diff"


def test_every_token_that_a_shipped_template_uses_is_one_that_its_themes_have() -> None:
    for name, theme in THEMES.items():
        used = {
            token.name
            for file, source in theme.sources.items()
            if is_template(file) and file.startswith((f"{name}/", "base/"))
            for token in anatomy(source.text).tokens
        }
        assert used <= set(theme.tokens), name


def test_every_token_of_the_table_is_used_or_read_by_the_builder() -> None:
    base = THEMES["base"]
    used = {
        each.name for file, source in base.sources.items() for each in anatomy(source.text).tokens if is_template(file)
    }
    read = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py") if path.stem != "tokens")
    assert {
        name for name in TOKENS if name not in used and f'"{name}"' not in read and not name.startswith("dark_")
    } == set()


def test_every_macro_block_filter_and_name_is_on_the_page(made: str) -> None:
    base = THEMES["base"]
    for file, source in base.sources.items():
        if not is_template(file) or file.startswith(("base/", "builtin/")):
            continue
        found = anatomy(source.text)
        assert all(f"`{block.name}`" in made for block in found.blocks)
        assert file in made
        if file not in ("compare.html", "specimen.html"):
            assert [macro.name for macro in found.macros if not macro.says] == []
            assert all(f"`{macro.name}(" in made for macro in found.macros)
    assert all(f"| `{name}` |" in made for name in (*CONTEXT, *PAGE_CONTEXT, *FILTERS, *TOKENS))


def test_no_cell_of_a_table_is_empty_but_those_of_what_extends_nothing(made: str) -> None:
    empty = [line for line in made.splitlines() if re.search(r"\|\s+\|", line)]
    assert [line for line in empty if not re.match(r"\| `[\w/-]+\.html` \|  \| `", line)] == []


def test_the_filters_of_the_page_are_those_of_the_templates() -> None:
    renderer = Renderer(THEMES["base"], lambda *_: 0.0, "")
    assert set(FILTERS) <= set(renderer._environment.filters)
    assert load(ROOT)[1] == ()
