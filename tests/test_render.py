"""A brief and a theme become a sheet: what templates see, and what they may do."""

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
import tinycss2  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from nkru_brief.brief import Block, Brief, NoteCall
from nkru_brief.diagnostics import ContentError, Diagnostic, Place
from nkru_brief.project import open_project
from nkru_brief.render import CONTEXT, Renderer, css_text, epoch, kept_to, with_calls
from nkru_brief.sheet import Face, SheetSpec
from nkru_brief.theme import load_theme
from nkru_brief.typeset import faces_for, measure_of, text_of
from nkru_brief.values import replace

ROOT = Path(__file__).resolve().parent.parent
HERE = Place(file="x.yaml")
SPEC = SheetSpec(output="pdf", template="probe.html", path="x/x.pdf", max_pages=3)


@pytest.fixture(scope="module")
def brief() -> Brief:
    return open_project(ROOT).briefs["public"]


class Desk:
    """A project with templates of its own, and what it renders."""

    def __init__(self, root: Path, brief: Brief) -> None:
        self.root, self.brief = root, brief

    def put(self, name: str, text: str) -> "Desk":
        path = self.root / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return self

    def renderer(self, theme: str = "base") -> Renderer:
        found = load_theme(self.root, theme, HERE)
        return Renderer(found, measure_of(found), "9.9")

    def html(self, template: str, theme: str = "base", brief: Brief | None = None) -> str:
        """Return what a template comes to, in a theme."""
        self.put("base/probe.html", template)
        return self.renderer(theme).render(brief or self.brief, SPEC, ()).html

    def fault(self, template: str) -> Diagnostic:
        with pytest.raises(ContentError) as caught:
            self.html(template)
        (only,) = caught.value.diagnostics
        return only


@pytest.fixture
def desk(tmp_path: Path, brief: Brief) -> Desk:
    return Desk(tmp_path, brief)


class TestContext:
    def test_every_documented_name_is_there(self, desk: Desk) -> None:
        for name in CONTEXT:
            assert desk.html(f"{{% if {name} is defined %}}yes{{% endif %}}") == "yes", name

    def test_what_the_names_hold(self, desk: Desk, brief: Brief) -> None:
        assert desk.html("{{ brief.title }}|{{ sheet.path }}|{{ version }}") == f"{brief.title}|x/x.pdf|9.9"
        assert desk.html("{{ words.page }} {{ page_size }}") == "page 210mm 297mm"
        assert desk.html("{{ note_of(brief.parts[0].blocks[0].notes[0]).number }}") == "1"

    def test_text_is_escaped_and_style_is_not(self, desk: Desk, brief: Brief) -> None:
        risky = replace(brief, title="A <b> & \"c\"")  # fmt: skip
        assert desk.html("{{ brief.title }}", brief=risky) == "A &lt;b&gt; &amp; &#34;c&#34;"
        desk.put("base/css/probe.css", "p { content: '{{ tokens.serif }}' }")
        assert '"Source Serif Pro"' in desk.html("{{ styles('probe') }}")

    def test_styles_go_from_base_to_the_theme_and_miss_none(self, desk: Desk) -> None:
        for theme in ("base", "school", "mine"):
            desk.put(f"{theme}/css/probe.css", f".{theme} {{ color: {{{{ tokens.ink }}}} }}")
        desk.put("mine/theme.yaml", 'extends: school\ntokens: {ink: "#000001"}\n')
        found = desk.html("{{ styles('probe', 'nowhere') }}", theme="mine")
        assert found.splitlines() == [f".{theme} {{ color: #000001 }}" for theme in ("base", "school", "mine")]

    def test_an_edition_puts_its_tokens_over_the_themes(self, desk: Desk, brief: Brief) -> None:
        edition = replace(brief, tokens={"accent": "#123456"})
        assert desk.html("{{ tokens.accent }} {{ tokens.paper }}", brief=edition) == "#123456 #ffffff"

    def test_the_sheet_says_what_it_is(self, desk: Desk, brief: Brief) -> None:
        desk.put("base/probe.html", "x")
        sheet = desk.renderer().render(brief, SPEC, ())
        assert (sheet.edition, sheet.output, sheet.path, sheet.max_pages) == ("public", "pdf", "x/x.pdf", 3)
        assert sheet.created == epoch(brief.changed.iso)


class TestShadowing:
    def test_a_file_may_extend_what_it_shadows(self, desk: Desk) -> None:
        desk.put("base/parts/outlook.html", '{% extends "builtin/base/parts/prose.html" %}')
        desk.put("base/title.html", '<p>Mine</p>{% include "builtin/base/title.html" %}')
        found = desk.html('{% extends "page.html" %}')
        assert "<p>Mine</p>" in found
        assert f"<h1>{desk.brief.title}</h1>" in re.sub(r"</?span[^>]*>", "", found)

    def test_a_part_of_its_own_name_comes_before_prose(self, desk: Desk) -> None:
        desk.put("base/parts/summary.html", "<p>{{ part.id }} is mine</p>")
        found = desk.html('{% extends "page.html" %}')
        assert "<p>summary is mine</p>" in found
        assert 'id="outlook-title"' in found

    def test_a_theme_overrides_a_block(self, desk: Desk) -> None:
        desk.put("mine/theme.yaml", "extends: parliament\n")
        desk.put("mine/page.html", '{% extends "base/page.html" %}{% block parts %}<p>No parts.</p>{% endblock %}')
        found = desk.html('{% extends "page.html" %}', theme="mine")
        assert "<p>No parts.</p>" in found
        assert f"<h1>{desk.brief.title}</h1>" in re.sub(r"</?span[^>]*>", "", found)


class TestWords:
    def test_a_language_goes_over_english_word_by_word(self, desk: Desk, brief: Brief) -> None:
        desk.put("base/words.ko.yaml", "page: 쪽\n")
        desk.put("mine/theme.yaml", "")
        desk.put("mine/words.en.yaml", "notes: Footnotes\n")
        korean = replace(brief, language="ko")
        assert desk.html("{{ words.page }} {{ words.notes }}", brief=korean) == "쪽 Notes"
        assert desk.html("{{ words.page }} {{ words.notes }}", theme="mine") == "page Footnotes"

    def test_a_language_without_words_has_the_english_ones(self, desk: Desk, brief: Brief) -> None:
        assert desk.html("{{ words.page }}", brief=replace(brief, language="eo")) == "page"


class TestFaults:
    @pytest.mark.parametrize(
        ("template", "code", "line", "hint"),
        [
            ("a\n{{ breif.title }}", "E303", 2, "did you mean 'brief'?"),
            ("a\n\n{{ brief.titel }}", "E303", 3, "did you mean 'title'?"),
            ("{{ words.pgae }}", "E303", 1, "did you mean 'page'?"),
            ('{% include "titel.html" %}', "E301", 1, "did you mean 'title.html'?"),
            ("a\n{% if %}", "E302", 2, ""),
            ("{{ 1 / 0 }}", "E304", 1, ""),
        ],
    )
    def test_a_fault_is_located_in_the_template(
        self, desk: Desk, template: str, code: str, line: int, hint: str
    ) -> None:
        found = desk.fault(template)
        assert (found.code, found.place.file, found.place.line) == (code, "templates/base/probe.html", line)
        assert hint in found.hint

    def test_a_fault_in_an_included_file_is_that_files(self, desk: Desk) -> None:
        desk.put("base/inner.html", "\n\n{{ nothing }}")
        found = desk.fault('{% include "inner.html" %}')
        assert (found.place.file, found.place.line) == ("templates/base/inner.html", 3)

    def test_a_template_that_is_not_there_is_said(self, desk: Desk) -> None:
        with pytest.raises(ContentError) as caught:
            desk.renderer().render(desk.brief, replace(SPEC, template="none.html"), ())
        assert [each.code for each in caught.value.diagnostics] == ["E301"]

    @pytest.mark.parametrize(
        "template",
        [
            "{{ brief.__class__.__mro__ }}",
            "{{ ''.__class__.__base__.__subclasses__() }}",
            "{{ note_of.__globals__ }}",
            "{{ brief.tokens.update({'a': 'b'}) }}",
            "{{ 'a' * 10 ** 9 }}",
            "{{ [0] * 1000000000 }}",
            "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        ],
    )
    def test_a_template_is_kept_in_its_sandbox(self, desk: Desk, template: str) -> None:
        assert desk.fault(template).code in {"E303", "E304"}


def block(html: str, notes: int) -> Block:
    calls = tuple(NoteCall(note=number, occurrence=1) for number in range(1, notes + 1))
    return Block(kind="paragraph", tag="p", html=html, text="", place=HERE, notes=calls)


def drawn(html: str, notes: int) -> str:
    return str(with_calls(block(html, notes), lambda call: Markup("<i>{}</i>").format(call.note)))


class TestCalls:
    CALL = '<x-call data-call="{}"></x-call>'

    def test_a_call_is_kept_to_the_word_before_it(self) -> None:
        html = f"Ties cooled.{self.CALL.format(0)} More."
        call = "<!--call 1-1--><i>1</i><!--/call-->"
        assert drawn(html, 1) == f'Ties <span class="unbroken">cooled.{call}</span> More.'

    def test_two_calls_stay_together(self) -> None:
        html = f"Ties cooled.{self.CALL.format(0)}{self.CALL.format(1)}"
        calls = "<!--call 1-1--><i>1</i><!--/call--><!--call 2-1--><i>2</i><!--/call-->"
        assert drawn(html, 2) == f'Ties <span class="unbroken">cooled.{calls}</span>'

    def test_a_call_after_an_element_leaves_it_whole(self) -> None:
        html = f"<em>cooled.</em>{self.CALL.format(0)}"
        call = "<!--call 1-1--><i>1</i><!--/call-->"
        assert drawn(html, 1) == f'<em>cooled.</em><span class="unbroken">{call}</span>'

    @pytest.mark.parametrize(
        ("word", "kept"),
        [
            ("w" * 20, f'<span class="unbroken">{"w" * 20}'),
            ("w" * 21, f'{"w" * 17}<span class="unbroken">wwww'),
            # An entity is one letter, and an accent is part of the one before it.
            ("w" * 20 + "&amp;", f'{"w" * 17}<span class="unbroken">www&amp;'),
            ("w" * 18 + "e\u0301www", f'{"w" * 18}<span class="unbroken">e\u0301www'),
        ],
    )
    def test_of_a_long_word_the_last_letters_stay_with_the_call(self, word: str, kept: str) -> None:
        call = "<!--call 1-1--><i>1</i><!--/call-->"
        assert drawn(f"Ties {word}{self.CALL.format(0)}", 1) == f"Ties {kept}{call}</span>"
        assert kept_to(f"Ties {unescape(word)}", Markup("<i>1</i>")) == f"Ties {kept}<i>1</i></span>"

    def test_a_text_of_one_word_is_kept_to_its_call(self) -> None:
        assert kept_to("Ties<", Markup("<i>1</i>")) == '<span class="unbroken">Ties&lt;<i>1</i></span>'
        # What is no macro's is text, too.
        assert kept_to("Ties", "<i>") == '<span class="unbroken">Ties&lt;i&gt;</span>'

    def test_without_calls_nothing_changes(self) -> None:
        assert drawn("a <em>b</em>", 0) == "a <em>b</em>"


# Line feeds and quotes are what a title can hold; other controls are faults of content.
@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('"\\\n</'), max_size=40))
def test_a_text_in_a_style_sheet_stays_the_text(text: str) -> None:
    shown = css_text(text)
    (token,) = tinycss2.parse_component_value_list(f'"{shown}"')
    assert (token.type, token.value) == ("string", text)
    assert "<" not in shown


@pytest.mark.parametrize("day", ["1970-01-01", "2026-11-23", "2000-02-29"])
def test_a_day_begins_at_midnight_utc(day: str) -> None:
    assert datetime.fromtimestamp(epoch(day), UTC).isoformat() == f"{day}T00:00:00+00:00"


def test_a_sheet_takes_its_faces_along(desk: Desk, brief: Brief) -> None:
    renderer = desk.renderer()
    faces: tuple[Face, ...] = faces_for(renderer.theme, text_of(brief))
    sheet = renderer.render(brief, replace(SPEC, template="pdf.html"), faces)
    assert sheet.faces == faces
    assert all(face.url in sheet.html for face in faces)
