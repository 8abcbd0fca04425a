"""`nkru-brief theme`: what is begun is whole, what is shown is everything, and what ships has nothing wrong with it."""

from pathlib import Path

import pytest

from conformance import faults_by_page
from nkru_brief import contrast, pdfreader, specimen
from nkru_brief.anatomy import anatomy
from nkru_brief.check.colours import pairs
from nkru_brief.cli import main
from nkru_brief.htmlreader import read
from nkru_brief.model import NOWHERE
from nkru_brief.theme import built_in_templates, load_theme, names
from nkru_brief.themecheck import check_theme
from nkru_brief.tokens import TOKENS

ROOT = Path(__file__).parents[1]
SHIPPED = ("base", "parliament", "press", "school")


@pytest.mark.parametrize("name", SHIPPED)
def test_nothing_is_wrong_with_a_theme_that_ships(name: str) -> None:
    assert check_theme(ROOT, name) == ()


def test_nothing_is_wrong_with_the_sample_paper(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", str(specimen.SAMPLER), "check", "--strict"]) == 0, capsys.readouterr().err


def test_the_sample_paper_has_every_part_that_brings_data() -> None:
    _, brief = specimen.sample()
    parts = {path.stem for path in (built_in_templates() / "base/parts").glob("*.html")} - {"prose"}
    assert parts <= {part.id for part in brief.parts}
    blocks = [block for part in brief.parts for block in part.blocks]
    assert {"paragraph", "heading", "list", "table", "quote", "figure"} <= {block.kind for block in blocks}
    assert {"h2", "h3"} <= {block.tag for block in blocks if block.kind == "heading"}
    assert [block.likelihood.word for block in blocks if block.likelihood] == ["likely", "very unlikely"]
    assert brief.marking
    assert brief.embargo
    assert brief.contents


class TestNew:
    @pytest.mark.parametrize("extends", SHIPPED)
    def test_what_is_begun_has_nothing_wrong_with_it(self, ferry: Path, extends: str) -> None:
        assert main(["theme", "new", "mine", "--extends", extends]) == 0
        assert sorted(path.name for path in (ferry / "templates/mine").rglob("*.*")) == [
            "print.css",
            "theme.yaml",
            "web.css",
        ]
        assert check_theme(ferry, "mine") == ()
        assert load_theme(ferry, "mine", NOWHERE).tokens.items() >= load_theme(ferry, extends, NOWHERE).tokens.items()

    def test_a_line_without_its_mark_is_a_token(self, ferry: Path) -> None:
        assert main(["theme", "new", "mine", "--extends", "press"]) == 0
        file = ferry / "templates/mine/theme.yaml"
        lines = file.read_text("utf-8").splitlines()
        written = [
            f"  {line[4:]}" if line.startswith(tuple(f"  # {name}:" for name in TOKENS)) else line for line in lines
        ]
        assert written != lines
        file.write_text("\n".join(written), "utf-8")
        theme = load_theme(ferry, "mine", NOWHERE)
        assert set(TOKENS) <= set(theme.places[-1])
        assert theme.tokens.items() >= load_theme(ferry, "press", NOWHERE).tokens.items()
        assert check_theme(ferry, "mine") == ()

    def test_nothing_is_overwritten(self, ferry: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (ferry / "templates/mine").mkdir()
        (ferry / "templates/mine/notes.txt").write_text("mine", "utf-8")
        for name in ("mine", "plain", "press", "Mine", "../up", ""):
            assert main(["theme", "new", name]) == 2
        assert main(["theme", "new", "other", "--extends", "pres"]) == 2
        assert "did you mean 'press'?" in capsys.readouterr().err
        assert sorted(path.name for path in (ferry / "templates").iterdir()) == ["mine", "plain"]
        assert [path.name for path in (ferry / "templates/mine").iterdir()] == ["notes.txt"]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The specimens of all themes that ship."""
    out = tmp_path_factory.mktemp("specimens")
    assert main(["-C", str(ROOT), "theme", "show", "--out", str(out)]) == 0
    return out


class TestShow:
    @pytest.mark.parametrize("name", SHIPPED)
    def test_a_specimen_conforms(self, shown: Path, name: str) -> None:
        assert faults_by_page(shown / f"{name}.pdf") == []

    @pytest.mark.parametrize("name", SHIPPED)
    def test_it_says_every_token_and_every_contrast(self, shown: Path, name: str) -> None:
        tokens = load_theme(ROOT, name, NOWHERE).tokens
        printed = " ".join(" ".join(pdfreader.read((shown / f"{name}.pdf").read_bytes()).drawn).split())
        seen = " ".join(leaf.text for leaf in read((shown / f"{name}.html").read_text("utf-8")).leaves)
        for text in (printed, seen):
            assert all(token in text for token in tokens)
            for one, other, _ in pairs(tokens["paper"]):
                ratio = contrast.ratio(tokens[one], tokens.get(other, "#ffffff"))
                assert f"{int(ratio * 100) / 100:.2f}" in text

    def test_a_theme_at_fault_is_not_shown(self, ferry: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (ferry / "templates/own").mkdir()
        (ferry / "templates/own/theme.yaml").write_text('tokens: {accent: "#ffcc00"}\n', "utf-8")
        assert main(["theme", "show", "own"]) == 1
        assert "E309" in capsys.readouterr().err
        assert not (ferry / "build").exists()
        assert main(["theme", "show", "won"]) == 2


class TestCheck:
    def put(self, root: Path, files: dict[str, str]) -> list[str]:
        for name, text in {"own/theme.yaml": "title: Own\n", **files}.items():
            path = root / "templates" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return [each.code for each in check_theme(root, "own")]

    def test_a_part_of_a_section_of_the_project_is_used(self, ferry: Path) -> None:
        section = '{% import "macros.html" as m with context %}{{ m.heading(part) }}{{ m.prose(part.blocks) }}'
        assert self.put(ferry, {"own/parts/weather.html": section}) == ["W320"]
        (ferry / "content/sections/weather.standard.md").write_text("# Weather {: .desk }\n", "utf-8")
        assert self.put(ferry, {}) == []

    def test_what_is_included_by_a_used_file_is_used(self, ferry: Path) -> None:
        title = '{% include "builtin/base/title.html" %}{% include "own/more.html" %}'
        assert self.put(ferry, {"own/title.html": title, "own/more.html": "<p>More</p>"}) == []
        assert self.put(ferry, {"own/title.html": "{% include 'builtin/base/title.html' %}"}) == ["W320"]

    def test_a_style_sheet_of_no_layer_is_not_used(self, ferry: Path) -> None:
        assert self.put(ferry, {"own/css/prnt.css": "p { color: red }"}) == ["W320"]

    def test_words_without_glyphs_are_found(self, ferry: Path) -> None:
        assert self.put(ferry, {"own/words.en.yaml": "page: \u0e2b\u0e19\u0e49\u0e32\n"}).count("E403") == 4

    def test_a_face_that_is_not_installed_is_found(self, ferry: Path) -> None:
        face = "faces: [{family: Fira Sans, package: no_such_package, file: x.ttf}]\ntokens: {sans: '\"Fira Sans\"'}\n"
        assert set(self.put(ferry, {"own/theme.yaml": face})) == {"E306"}

    def test_a_fault_of_a_template_is_found_without_an_edition(self, ferry: Path) -> None:
        assert "E303" in self.put(ferry, {"own/parts/glossary.html": "{{ part.rowz }}"})
        assert "E302" in self.put(ferry, {"own/parts/glossary.html": "{% if %}"})

    def test_markup_nobody_could_follow_is_found(self, ferry: Path) -> None:
        assert "E411" in self.put(ferry, {"own/title.html": '{% include "builtin/base/title.html" %}<h5>Deep</h5>'})


def test_a_project_may_change_single_tokens_of_a_theme_that_ships(ferry: Path) -> None:
    (ferry / "templates/press").mkdir()
    (ferry / "templates/press/theme.yaml").write_text('tokens: {accent: "#005500"}\n', "utf-8")
    theme = load_theme(ferry, "press", NOWHERE)
    assert theme.tokens["accent"] == "#005500"
    assert theme.tokens | {"accent": "-"} == load_theme(ROOT, "press", NOWHERE).tokens | {"accent": "-"}
    assert theme.chain == ("press", "base")


def test_what_a_template_is_made_of() -> None:
    text = """{% extends "a.html" %}
{% import "m.html" as m %}
{#- Says so. -#}
{%- macro one(x, y="") -%}{{ tokens.ink }}{{ words["page"] }}{%- endmacro -%}
{% block b %}{{ m.two(1) }}{% block c %}{{ styles("print", "more") }}{% endblock %}{% endblock %}
{% include ["x.html", "y.html"] %}"""
    found = anatomy(text)
    assert found.extends == ("a.html",)
    assert [block.name for block in found.blocks] == ["b", "c"]
    assert [block.name for block in found.outer] == ["b"]
    assert [(macro.name, macro.with_, macro.says) for macro in found.macros] == [("one", "x, y=''", "Says so.")]
    assert [(use.name, use.with_, use.line) for use in found.uses] == [("two", "m", 5)]
    assert [layer.name for layer in found.layers] == ["print", "more"]
    assert {include.name for include in found.includes} == {"a.html", "m.html", "x.html", "y.html"}
    assert [token.name for token in found.tokens] == ["ink"]
    assert [word.name for word in found.words] == ["page"]
    assert anatomy("{% if %}") == anatomy("")


def test_all_themes_that_ship_are_checked_here() -> None:
    assert names(ROOT) == SHIPPED
