"""The door to Jinja2: Brief x SheetSpec x Theme -> Sheet, self-contained HTML.

Templates run in a sandbox and see a Brief, the theme's tokens and words, and a few functions, listed in `CONTEXT`.
They come from texts already read: filling them in reaches neither disk nor network.
"""

import re
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, NoReturn

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from nkru_brief.brief import Block, Brief, NoteCall
from nkru_brief.diagnostics import ContentError, Diagnostic, Place
from nkru_brief.figures.timeline import Timeline, TimelineEntry, TimelineWords, layout
from nkru_brief.sheet import Face, Sheet, SheetSpec
from nkru_brief.theme import Theme
from nkru_brief.typed import suggestion
from nkru_brief.yamltext import Mapping, Scalar, parse

Measure = Callable[[str, float, bool], float]

# Sheet sizes as CSS writes them (ISO 216, ANSI).
PAPERS = {"A4": "210mm 297mm", "A5": "148mm 210mm", "Letter": "8.5in 11in"}

CONTEXT = {
    "brief": "the edition: its titles, dates, parts, notes, sources, key dates and scale",
    "sheet": "what is printed: `sheet.output`, `sheet.path`, `sheet.max_pages`",
    "tokens": "the theme's tokens by name, with the edition's own put over them",
    "words": "the paper's own words by name, from `words.LANGUAGE.yaml` along the theme's chain",
    "styles": "`styles(NAME, ...)`: the style sheets `css/NAME.css` of the chain, base first, filled in",
    "timeline": "`timeline(width, size)`: the figure of the key dates, laid out for a width and type size in pt",
    "faces": "the faces of the sheet: family, weight, style, url",
    "note_of": "`note_of(call)`: the note that a call leads to",
    "page_size": "width and height of the edition's paper, as CSS writes them",
    "version": "the version of the builder",
}

_CALL = re.compile(r'([^\s<>]*)((?:<x-call data-call="\d+"></x-call>)+)')
_NUMBER = re.compile(r'data-call="(\d+)"')
_MAX_REPEAT = 100_000


class _Undefined(jinja2.StrictUndefined):
    """An undefined name that can say which names there are."""

    def _fail_with_undefined_error(self, *_args: Any, **_keywords: Any) -> NoReturn:  # noqa: ANN401
        missing = self._undefined_obj is jinja2.utils.missing
        known = () if missing else [name for name in dir(self._undefined_obj) if not name.startswith("_")]
        if isinstance(self._undefined_obj, dict):
            known = [str(key) for key in self._undefined_obj]
        raise _UnknownName(str(self._undefined_name), known)

    __str__ = __iter__ = __len__ = __bool__ = __eq__ = __ne__ = __call__ = __getitem__ = _fail_with_undefined_error
    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name[:2] == name[-2:] == "__":
            raise AttributeError(name)
        self._fail_with_undefined_error()


class _UnknownName(jinja2.UndefinedError):
    def __init__(self, name: str, known: list[str] | tuple[str, ...]) -> None:
        self.name, self.known = name, known
        super().__init__(name)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, without the one operator that can fill memory in a single step."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        if operator == "**" or not all(isinstance(side, int | float) for side in (left, right)):
            raise jinja2.exceptions.SecurityError(f"the operator {operator} takes only numbers of a layout here")
        return super().call_binop(context, operator, left, right)


class Renderer:
    """Fills in the templates of one theme."""

    def __init__(self, theme: Theme, measure: Measure, version: str) -> None:
        self.theme, self.measure, self.version = theme, measure, version
        self._environment = _Sandbox(
            loader=jinja2.FunctionLoader(self._source),
            undefined=_Undefined,
            # Style sheets are not HTML: a quote in a font stack is a quote.
            autoescape=lambda name: not (name or "").endswith(".css"),
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.loopcontrols"],
        )
        self._environment.filters |= {"with_calls": with_calls, "css_text": css_text}
        self._files = {source.file for source in theme.sources.values()}
        self._words: dict[str, dict[str, str]] = {}

    def render(self, brief: Brief, spec: SheetSpec, faces: tuple[Face, ...]) -> Sheet:
        """Return the sheet for one output of a brief.

        Raises:
            ContentError: a template is missing, is not a template, uses what is not defined, or fails.
        """
        html = self._fill(spec.template, self._context(brief, spec, faces))
        return Sheet(
            edition=brief.name,
            output=spec.output,
            path=spec.path,
            html=html,
            faces=faces,
            created=epoch(brief.changed.iso),
            max_pages=spec.max_pages,
        )

    def words(self, language: str) -> dict[str, str]:
        """Return the paper's own words in a language, along the chain, over the English ones."""
        if language not in self._words:
            found: dict[str, str] = {}
            for code in dict.fromkeys(("en", language)):
                for theme in reversed(self.theme.chain):
                    source = self.theme.sources.get(f"{theme}/words.{code}.yaml")
                    node = parse(source.text, source.file)[0] if source else None
                    if isinstance(node, Mapping):
                        found |= {key.text: value.text for key, value in node.entries if isinstance(value, Scalar)}
            self._words[language] = found
        return self._words[language]

    def _context(self, brief: Brief, spec: SheetSpec, faces: tuple[Face, ...]) -> dict[str, Any]:
        words = self.words(brief.language)
        context: dict[str, Any] = {
            "brief": brief,
            "sheet": spec,
            "tokens": {**self.theme.tokens, **brief.tokens},
            "words": words,
            "faces": faces,
            "page_size": PAPERS[brief.paper],
            "version": self.version,
            "timeline": lambda width, size: self._timeline(brief, words, width, size),
            "note_of": lambda call: brief.notes[call.note - 1],
        }
        context["styles"] = partial(self._styles, context)
        return context

    def _styles(self, context: dict[str, Any], *layers: str) -> Markup:
        sheets = [
            self._fill(f"{theme}/css/{layer}.css", context)
            for theme in reversed(self.theme.chain)
            for layer in layers
            if f"{theme}/css/{layer}.css" in self.theme.sources
        ]
        return Markup("\n".join(sheets))  # noqa: S704 - style sheets are the designer's own text

    def _timeline(self, brief: Brief, words: dict[str, str], width: float, size: float) -> Timeline:
        entries = [
            TimelineEntry(key=row.id, date=row.date, when=row.when, label=row.short, agreed=row.agreed)
            for row in brief.dates
        ]
        known = {name: words[f"timeline_{name}"] for name in TimelineWords.__struct_fields__}
        return layout(entries, width, size, self.measure, words=TimelineWords(**known))

    # ---- templates and their faults ----

    def _source(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        source = self.theme.sources.get(name)
        return None if source is None else (source.text, source.file, lambda: True)

    def _fill(self, name: str, context: dict[str, Any]) -> str:
        try:
            return self._environment.get_template(name).render(context)
        except ContentError:
            raise
        except Exception as error:
            raise ContentError([self._diagnose(error, name, context)]) from error

    def _diagnose(self, error: Exception, name: str, context: dict[str, Any]) -> Diagnostic:
        place = self._place(error, name)
        match error:
            case jinja2.TemplateSyntaxError():
                place = Place(file=error.filename or name, line=error.lineno)
                return Diagnostic(code="E302", place=place, message=f"not a template: {error.message}")
            case jinja2.TemplateNotFound():
                message = f"there is no template {error.name!r} in the theme {self.theme.name!r} or what it extends"
                hint = suggestion(str(error.name), (known for known in self.theme.sources if "/" not in known))
                return Diagnostic(code="E301", place=place, message=message, hint=hint)
            case _UnknownName():
                known = error.known or list(context)
                message = f"{error.name!r} is not defined here"
                hint = suggestion(error.name, known, f"there is: {', '.join(sorted(known))}")
                return Diagnostic(code="E303", place=place, message=message, hint=hint)
        return Diagnostic(code="E304", place=place, message=f"the template failed: {error}")

    def _place(self, error: Exception, name: str) -> Place:
        """Return the innermost line of a template in an error's traceback."""
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in self._files]
        if frames:
            return Place(file=frames[-1].filename, line=frames[-1].lineno or 1)
        source = self.theme.sources.get(name)
        return Place(file=source.file if source else f"templates/{self.theme.name}/{name}")


def with_calls(block: Block, call: Callable[[NoteCall], str]) -> Markup:
    """Return a block's HTML with each of its calls drawn by the macro `call`, and kept to the word before it."""

    def draw(match: re.Match[str]) -> str:
        calls = "".join(str(call(block.notes[int(number)])) for number in _NUMBER.findall(match[2]))
        return f'<span class="unbroken">{match[1]}{calls}</span>'

    html = _CALL.sub(draw, block.html)
    return Markup(html)  # noqa: S704 - the block's HTML is made by our own Markdown door


def css_text(text: str) -> str:
    """Return a text as it stands between double quotes in a style sheet (CSS Syntax 3, 4.3.7)."""
    return re.sub(r'["\\<\n]', lambda match: f"\\{ord(match[0]):x} ", text)


def epoch(day: str) -> int:
    """Return an ISO day as seconds since 1970-01-01 UTC."""
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
