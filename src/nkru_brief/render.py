"""The door to Jinja2: Brief x SheetSpec x Theme -> Sheet, self-contained HTML.

Templates run in a sandbox and see a Brief, the theme's tokens and words, and a few functions, listed in `CONTEXT`.
They come from texts already read: filling them in reaches neither disk nor network.
"""

import marshal
import re
import traceback
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache, partial, wraps
from types import CodeType
from typing import Any, NoReturn, TypeVar, cast
from unicodedata import combining

import jinja2
from jinja2 import nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.runtime import Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from nkru_brief.agreement import rows_and_columns
from nkru_brief.brief import Block, Brief, NoteCall, Picture
from nkru_brief.cache import NOWHERE, Cache, key_of
from nkru_brief.diagnostics import ContentError, Diagnostic, Place
from nkru_brief.figures.agreement import Agreement, AgreementWords
from nkru_brief.figures.agreement import layout as agreement_layout
from nkru_brief.figures.qr import code
from nkru_brief.figures.timeline import Timeline, TimelineEntry, TimelineWords, layout
from nkru_brief.geometry import for_readers, page_of
from nkru_brief.memory import keep, recall
from nkru_brief.papersize import Paper
from nkru_brief.sheet import Face, Sheet, SheetSpec
from nkru_brief.spacing import dressed
from nkru_brief.statements import pieces
from nkru_brief.theme import BUILT_IN, Source, Theme
from nkru_brief.toolchain import toolchain
from nkru_brief.typed import listed, suggestion
from nkru_brief.values import Value, from_bytes, packed, replace
from nkru_brief.yamltext import Mapping, Scalar, parse

Measure = Callable[[str, float, bool], float]
Figure = TypeVar("Figure", Timeline, Agreement)

CONTEXT = {
    "brief": "the edition: its titles, dates, parts, notes, sources, key dates and scale",
    "sheet": "what is printed: `sheet.output`, `sheet.path`, `sheet.max_pages`",
    "tokens": "the theme's tokens by name, with the edition's own put over them",
    "words": "the paper's own words by name, from `words.LANGUAGE.yaml` along the theme's chain",
    "styles": "`styles(NAME, ...)`: the style sheets `css/NAME.css` of the chain, base first, filled in",
    "timeline": "`timeline(width, size)`: the figure of the key dates, laid out for a width and type size in pt",
    "agreement": "`agreement(width, size)`: the figure of claims and sources, laid out like the timeline",
    "qr": "`qr(text)`: the text as a QR code: its `side` in modules, and its dark modules as a `path`",
    "faces": "the faces of the sheet: family, weight, style, url",
    "note_of": "`note_of(call)`: the note that a call leads to",
    "width_of": "`width_of(text, size)`: how wide a line of text is in the face of figures at a size, both in pt",
    "page": "the page of the edition's paper: widths and margins in mm, and two widths in pt (see Page)",
    "page_size": "width and height of the edition's paper, as CSS writes them",
    "version": "the version of the builder",
}

# What a page that is no edition sees: it compares several, or is the front page of a bundle.
PAGE_CONTEXT = {
    "comparison": "editions side by side: `title`, `sides`, `told`, `only(NAME)`, `shared()`",
    "bundle": "what is passed on: `title`, `choices` with their `offers` and `preview`, `data`, `about`, `sources`",
    "faces": "the faces of the page: family, weight, style, url",
    "tokens": "the theme's tokens by name",
    "words": "the paper's own words by name",
    "styles": "`styles(NAME, ...)`: the style sheets `css/NAME.css` of the chain, base first, filled in",
    "version": "the version of the builder",
}

# What the specimen of a theme sees beside the context of an edition.
SPECIMEN_CONTEXT = {
    "specimen": "the theme itself: `name`, `title`, `chain`, `tokens`, `pairs` of colours with their contrast, `faces`",
}

# More than any paper takes; what goes beyond is a template that does not end.
MAX_STEPS = 250_000
_MAX_NUMBER = 10**12
_MAX_WIDTH = 10_000
_MAX_TEXT = 1_000_000
_CHARACTERS_PER_STEP = 100
_WIDENING_FILTERS = ("batch", "center", "indent", "slice", "tojson")
_WIDENING_METHODS = frozenset({"center", "expandtabs", "ljust", "rjust", "translate", "zfill"})
_TEXTS = frozenset({str, Markup})
_OF_DICTS = frozenset(dir(dict))
_WIDE_FORMAT = re.compile(r"%[^a-zA-Z%]*(?:\*|\d{3})")
# What helps where Python says only that something failed: a piece of its message, and the hint.
_WHY = (
    ("to str", "tokens and words are text: |float or |int makes a number of one, and ~ joins texts"),
    ("is for numbers only", "tokens and words are text: |float or |int makes a number of one"),
    ("a real number is required", "it is text: |float or |int makes a number of it"),
    ("unsupported operand", "tokens and words are text: |float or |int makes a number of one"),
    ("not supported between", "tokens and words are text: |float or |int makes a number of one"),
    ("is not callable", "it is a value and no function: leave the brackets out"),
    ("is not iterable", "it is one value and no list: `if` asks whether it is there"),
    ("argument", "docs/themes.md lists every macro with its arguments"),
    ("division by zero", "ask with `if` before you divide"),
    ("non-namespace", "what a template is given stays as it is; set a name of your own"),
)

# The word before a call, with what no-break spaces tie to it: the engine overlooks such a space at an element's edge.
_CALL = re.compile(r'([^ \t\n<>]*)((?:<x-call data-call="\d+"></x-call>)+)')
_NUMBER = re.compile(r'data-call="(\d+)"')
# A word of so many letters may be longer than a line of a narrow column; so many of them stay with its call.
_LONG, _STAYING = 20, 4
_LETTER = re.compile(r"&[^;\s]+;|.", re.DOTALL)


class _Undefined(jinja2.StrictUndefined):
    """An undefined name that can say which names there are."""

    def _fail_with_undefined_error(self, *_args: Any, **_keywords: Any) -> NoReturn:  # noqa: ANN401
        if not issubclass(self._undefined_exception, jinja2.UndefinedError):
            raise self._undefined_exception(self._undefined_hint)
        missing = self._undefined_obj is jinja2.utils.missing
        known = () if missing else [name for name in dir(self._undefined_obj) if not name.startswith("_")]
        if isinstance(self._undefined_obj, dict):
            known = [str(key) for key in self._undefined_obj]
        if isinstance(self._undefined_obj, list | tuple) and isinstance(self._undefined_name, int):
            known = [str(index) for index in range(len(self._undefined_obj))]
        raise _UnknownName(str(self._undefined_name), known)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name[:2] == name[-2:] == "__":
            raise AttributeError(name)
        self._fail_with_undefined_error()


for _name, _method in {**vars(jinja2.Undefined), **vars(jinja2.StrictUndefined)}.items():
    if _method is jinja2.Undefined._fail_with_undefined_error:  # noqa: SLF001 - its subclasses are told to override it
        setattr(_Undefined, _name, _Undefined._fail_with_undefined_error)  # noqa: SLF001


class _UnknownName(jinja2.UndefinedError):
    def __init__(self, name: str, known: list[str] | tuple[str, ...]) -> None:
        self.name, self.known = name, known
        super().__init__(name)


class _Generator(CodeGenerator):
    """Has what a page shows written by one function, where Jinja calls two for each of ten thousand places."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ANN401
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.shown(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ANN401
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write(")")
        else:
            super()._output_child_post(node, frame, finalize)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox with bounds: a template neither fills the memory in one step nor goes on without end."""

    code_generator_class = _Generator
    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def __init__(self, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options, finalize=self._printed)
        self._safe: dict[tuple[type, str], bool] = {}
        self.steps = 0
        del self.globals["lipsum"]
        self.filters |= {name: _narrow(self.filters[name]) for name in _WIDENING_FILTERS}
        self.filters |= {"format": _format, "counted": self._counted, "bounded": self._bounded}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template = super()._parse(source, name, filename)
        for loop in tuple(template.find_all(nodes.For)):
            loop.iter = _filtered(loop.iter, "counted")
        for texts in tuple(template.find_all(nodes.Concat)):
            texts.nodes = [_filtered(text, "bounded") for text in texts.nodes]
        return template

    def _take(self, steps: int = 1) -> None:
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise SecurityError(f"it takes more than {MAX_STEPS:,} steps: a loop or a macro goes on for too long")

    def _counted(self, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            self._take()
            yield item

    def _bounded(self, value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, str | list | tuple) and len(value) > _MAX_TEXT:
            raise SecurityError(f"a text or list grows longer than {_MAX_TEXT:,}")
        return value

    def shown(self, value: Any) -> str:  # noqa: ANN401
        """Return a value as it stands on a page: escaped, unless it is markup already."""
        kind = type(value)
        # Most of what stands in a figure.
        if kind is int or kind is float:
            return str(value)
        if kind not in _TEXTS or len(value) >= _CHARACTERS_PER_STEP:
            return escape(self._printed(value))
        return _escaped(value) if kind is str else value

    def _printed(self, value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, str):
            self._take(len(value) // _CHARACTERS_PER_STEP)
        return value

    def call(self, context: Any, obj: Any, /, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        self._take()
        if type(obj) is not Macro:
            return super().call(context, obj, *args, **options)
        # What Jinja asks of anything that is called is known of a macro: it is safe, and takes this context.
        options.pop("_block_vars", None)
        options.pop("_loop_vars", None)
        return obj(context.eval_ctx, *args, **options)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        numbers = all(isinstance(side, int | float) and abs(side) < _MAX_NUMBER for side in (left, right))
        if operator == "**" or not (numbers or operator == "+"):
            raise SecurityError(f"the operator {operator} is for numbers only here, and not for huge ones")
        return super().call_binop(context, operator, self._bounded(left), self._bounded(right))

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401
        # Fields of values are most of what a page asks for, and then come words and tokens.
        if isinstance(obj, Value) and attribute in obj.__struct_fields__:
            return getattr(obj, attribute)
        if type(obj) is dict and attribute in obj and attribute not in _OF_DICTS:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ANN401
        # Jinja decides by the type, and of a thousand attributes of a page a dozen differ.
        known = (type(obj), attr)
        if known not in self._safe:
            self._safe[known] = self._is_safe(obj, attr, value)
        return self._safe[known]

    def _is_safe(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ANN401
        return super().is_safe_attribute(obj, attr, value) and not (isinstance(obj, str) and attr in _WIDENING_METHODS)

    def wrap_str_format(self, value: Any) -> Any:  # noqa: ANN401
        if super().wrap_str_format(value) is not None:
            raise SecurityError("a text's own format is not used here; the filter is: '%.1f'|format(number)")


# Names, colours and classes stand in many places.
_escaped = lru_cache(maxsize=4096)(escape)


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(cast("nodes.Expr", node), name, [], [], None, None, lineno=node.lineno)


def _narrow(widening: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that takes no number larger than a layout has use for."""

    @wraps(widening)
    def narrow(value: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        if any(isinstance(each, int) and each > _MAX_WIDTH for each in (*args, *options.values())):
            name = widening.__name__.removeprefix("do_")
            raise SecurityError(f"the filter {name} takes no number above {_MAX_WIDTH:,}")
        return widening(value, *args, **options)

    return narrow


def _format(value: str, *args: Any, **options: Any) -> str:  # noqa: ANN401
    if _WIDE_FORMAT.search(value):
        raise SecurityError(f"{value!r} asks for more than two digits of width or precision")
    return jinja2.filters.do_format(value, *args, **options)


class _Compiled(jinja2.BytecodeCache):
    """Templates compiled once: themes that share a file share its code, and so do runs that share a cache."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], Any] = {}
        self.cache = NOWHERE

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum)) or self._kept(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code
            self.cache.put(_key_of(bucket), marshal.dumps(bucket.code))

    def _kept(self, bucket: Bucket) -> CodeType | None:
        data = None if self.cache.folder is None else self.cache.get(_key_of(bucket))
        if data is None:
            return None
        # Code as Python itself keeps it in __pycache__; the cache has made sure that it is what was put there.
        code: CodeType = marshal.loads(data)  # noqa: S302
        self._codes[bucket.key, bucket.checksum] = code
        return code


def _key_of(bucket: Bucket) -> str:
    return key_of("template", toolchain(), bucket.key, bucket.checksum)


_COMPILED = _Compiled()


def keep_compiled(cache: Cache) -> None:
    """Keep compiled templates in a cache from now on, and look there before one is compiled."""
    _COMPILED.cache = cache


class Renderer:
    """Fills in the templates of one theme."""

    def __init__(self, theme: Theme, measure: Measure, version: str, measured: str = "") -> None:
        """Take a theme, how wide its figures' texts are, and the digest of what says so; then figures are kept."""
        self.theme, self.measure, self.version, self.measured = theme, measure, version, measured
        self._environment = _Sandbox(
            loader=jinja2.FunctionLoader(self._source),
            undefined=_Undefined,
            # Style sheets are not HTML: a quote in a font stack is a quote.
            autoescape=lambda name: not (name or "").endswith(".css"),
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.loopcontrols"],
            bytecode_cache=_COMPILED,
        )
        self._environment.filters |= FILTERS
        self._files = {source.file for source in theme.sources.values()}
        self._words: dict[str, dict[str, str]] = {}

    def render(self, brief: Brief, spec: SheetSpec, faces: tuple[Face, ...], **values: object) -> Sheet:
        """Return the sheet for one output of a brief, with `values` in its context beside those of every edition.

        Raises:
            ContentError: a template is missing, is not a template, uses what is not defined, or fails.
        """
        self._environment.steps = 0
        html = self._fill(spec.template, {**self._context(dressed(brief), spec, faces), **values})
        for picture in pictures_of(brief):
            html = html.replace(picture.url, picture.uri)
        return self.sheet(brief, spec, faces, html)

    @staticmethod
    def sheet(brief: Brief, spec: SheetSpec, faces: tuple[Face, ...], html: str) -> Sheet:
        """Return the sheet of a page that is filled in, its pictures in it."""
        return Sheet(
            edition=brief.name,
            output=spec.output,
            path=spec.path,
            html=html,
            faces=faces,
            created=epoch(brief.changed.iso),
            max_pages=spec.max_pages,
            fingerprint=brief.fingerprint,
            fit=spec.fit,
            marking=brief.marking,
            embargo=brief.embargo,
        )

    def page(self, template: str, language: str, **values: object) -> str:
        """Return a page that is no edition's, self-contained, with `values` in its context.

        Raises:
            ContentError: a template is missing, is not a template, uses what is not defined, or fails.
        """
        self._environment.steps = 0
        context: dict[str, Any] = {
            "tokens": self.theme.tokens,
            "words": self.words(language),
            "version": self.version,
            **values,
        }
        context["styles"] = partial(self._styles, context)
        return self._fill(template, context)

    def words(self, language: str) -> dict[str, str]:
        """Return the paper's own words in a language, along the chain, over the English ones.

        Raises:
            ContentError: a file of words is not one.
        """
        if language not in self._words:
            found: dict[str, str] = {}
            for code in dict.fromkeys(("en", language)):
                for theme in reversed(self.theme.chain):
                    source = self.theme.sources.get(f"{theme}/words.{code}.yaml")
                    found |= _words(source) if source else {}
            self._words[language] = found
        return self._words[language]

    def _context(self, brief: Brief, spec: SheetSpec, faces: tuple[Face, ...]) -> dict[str, Any]:
        words = self.words(brief.language)
        tokens = for_readers({**self.theme.tokens, **brief.tokens}, brief.level, brief.tokens)
        paper = Paper.from_text(spec.paper or brief.paper)
        page = page_of(paper, tokens, brief.tokens, brief.binding, two=brief.sides == "two")
        context: dict[str, Any] = {
            "brief": brief,
            "sheet": spec,
            "tokens": tokens,
            "words": words,
            "faces": faces,
            "page": page,
            "page_size": page.size,
            "version": self.version,
            "timeline": lambda width, size: self._timeline(brief, words, width, size),
            "agreement": lambda width, size: self._agreement(brief, words, width, size),
            "qr": code,
            "note_of": lambda call: brief.notes[call.note - 1],
            "width_of": self._width,
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

    def _width(self, text: str, size: float) -> float:
        bold = False
        return self.measure(str(text), size, bold)

    def _timeline(self, brief: Brief, words: dict[str, str], width: float, size: float) -> Timeline:
        entries = [
            TimelineEntry(key=row.id, date=row.date, when=row.when, label=row.short, agreed=row.agreed)
            for row in brief.dates
        ]
        known = {name: words[f"timeline_{name}"] for name in TimelineWords.__struct_fields__}
        own = TimelineWords(**known)
        return self._kept(Timeline, lambda: layout(entries, width, size, self.measure, own), entries, width, size, own)

    def _agreement(self, brief: Brief, words: dict[str, str], width: float, size: float) -> Agreement:
        known = AgreementWords(**{name: words[f"agreement_{name}"] for name in AgreementWords.__struct_fields__})
        rows, columns = rows_and_columns(brief, words["source"])
        asked = rows, columns, width, size, known
        return self._kept(Agreement, lambda: agreement_layout(rows, columns, width, size, self.measure, known), *asked)

    def _kept(self, kind: type[Figure], laid: Callable[[], Figure], *asked: object) -> Figure:
        """Return a figure laid out, or as it was laid out before for the same."""
        if not self.measured:
            return laid()
        key = key_of(kind.__name__, self.measured, asked)
        known = recall(key, kind)
        if known is None:
            known = laid()
            # A number that comes back as another kind of number would be printed otherwise.
            if repr(from_bytes(packed(known), kind)) == repr(known):
                keep(key, known)
        return known

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
                return self._not_a_template(error, name)
            case jinja2.TemplateNotFound():
                message = f"there is no template {error.name!r} in the theme {self.theme.name!r} or what it extends"
                skipped = (*self.theme.chain, BUILT_IN)
                known = [each for each in self.theme.sources if each.partition("/")[0] not in skipped]
                hint = suggestion(str(error.name), known, "add it to the theme's folder")
                return Diagnostic(code="E301", place=self._at(place, str(error.name)), message=message, hint=hint)
            case _UnknownName():
                return self._unknown(error, name, place, context)
            case RecursionError():
                message = "the template failed: it includes or calls itself without end"
                hint = f"end it with a condition{self._shadowed(place)}"
                return Diagnostic(code="E304", place=place, message=message, hint=hint)
            case SecurityError():
                sandbox = "templates are filled in in a sandbox: they read what they are given, and end"
                hint = next((hint for part, hint in _WHY if part in str(error)), sandbox)
                return Diagnostic(code="E304", place=place, message=f"the template failed: {error}", hint=hint)
        what = f"there is no {error}" if isinstance(error, KeyError) else error
        hint = next((hint for part, hint in _WHY if part in str(what)), "")
        return Diagnostic(code="E304", place=place, message=f"the template failed: {what}", hint=hint)

    def _shadowed(self, place: Place) -> str:
        """Return how a file that names itself could name the one it takes the place of, or nothing."""
        file = place.file.removeprefix("templates/").partition("/")[2]
        built_in = [name for each in self.theme.chain if (name := f"{BUILT_IN}/{each}/{file}") in self.theme.sources]
        texts = (source.text for source in self.theme.sources.values() if source.file == place.file)
        names_itself = any(re.search(rf"[\"']{re.escape(file)}[\"']", text) for text in texts)
        return f'; what it takes the place of is called "{built_in[0]}"' if built_in and names_itself else ""

    def _unknown(self, error: "_UnknownName", name: str, place: Place, context: dict[str, Any]) -> Diagnostic:
        """Return the fault of a name that is not defined, in the project's own file where one led to it."""
        known = sorted(error.known or context, key=lambda each: (len(each), each) if each.isdigit() else (0, each))
        message = f"{error.name!r} is not defined here"
        hint = suggestion(error.name, known, listed(error.name, known))
        own = self._place(error, name, own=True)
        if place.file.startswith(f"{BUILT_IN}:") and own != place:
            message = f"{error.name!r} is not defined in {place.file}, line {place.line}, which is used here"
            if error.name in context:
                hint = 'import that file with what is known here: {% import "..." as m with context %}'
            elif not error.known:
                hint = f"a macro that is called here may want it: {error.name}"
            return Diagnostic(code="E303", place=own, message=message, hint=hint)
        return Diagnostic(code="E303", place=self._at(place, error.name), message=message, hint=hint)

    def faults(self, checked: set[str]) -> Iterator[Diagnostic]:
        """Yield what is wrong with the theme's templates as such, used or not; files in `checked` are left out."""
        for name, source in self.theme.sources.items():
            if source.file in checked or source.file.endswith(".yaml") or source.file.startswith(f"{BUILT_IN}:"):
                continue
            checked.add(source.file)
            try:
                self._environment.get_template(name)
            except jinja2.TemplateSyntaxError as error:
                yield self._not_a_template(error, name)
            except (RecursionError, SyntaxError, MemoryError):
                message = "not a template: it is nested too deeply"
                yield Diagnostic(code="E302", place=Place(file=source.file), message=message)

    def _not_a_template(self, error: jinja2.TemplateSyntaxError, name: str) -> Diagnostic:
        place = Place(file=error.filename or name, line=error.lineno)
        for word in reversed(re.findall(r"'([^']+)'", error.message or "")):
            place = self._at(place, word) if place.column == 1 else place
        unknown = re.match(r"No (filter|test) named '(\w+)'", error.message or "")
        known = {"filter": self._environment.filters, "test": self._environment.tests}
        hint = suggestion(unknown[2], known[unknown[1]], "see Jinja's documentation") if unknown else ""
        return Diagnostic(code="E302", place=place, message=f"not a template: {error.message}", hint=hint)

    def _at(self, place: Place, word: str) -> Place:
        """Return the place of a word in its line, or the line's own."""
        text = next((source.text for source in self.theme.sources.values() if source.file == place.file), "")
        line = "".join(text.split("\n")[place.line - 1 : place.line])
        match = re.search(rf"(?<!\w){re.escape(word)}(?!\w)" if word.isidentifier() else re.escape(word), line)
        return Place(file=place.file, line=place.line, column=match.start() + 1) if match else place

    def _place(self, error: Exception, name: str, *, own: bool = False) -> Place:
        """Return the innermost line of a template in an error's traceback; of the project's own, where it has one."""
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in self._files]
        frames = (own and [f for f in frames if not f.filename.startswith(f"{BUILT_IN}:")]) or frames
        if frames:
            return Place(file=frames[-1].filename, line=frames[-1].lineno or 1)
        source = self.theme.sources.get(name)
        return Place(file=source.file if source else f"templates/{self.theme.name}/{name}")


def _words(source: Source) -> dict[str, str]:
    """Return the words of one file.

    Raises:
        ContentError: it is not YAML, or not words and their texts.
    """
    key = key_of("words", source.file, source.text)
    known = recall(key, dict[str, str])
    if known is not None:
        return known
    node, faults = parse(source.text, source.file)
    entries = node.entries if isinstance(node, Mapping) else ()
    wrong = [value.place for _, value in entries if not isinstance(value, Scalar)]
    if node is not None and not isinstance(node, Mapping):
        wrong.append(node.place)
    message = "a file of words must hold keys and their texts"
    faults += [Diagnostic(code="E006", place=place, message=message) for place in wrong]
    if faults:
        raise ContentError(faults)
    found = {name.text: value.text for name, value in entries if isinstance(value, Scalar)}
    keep(key, found)
    return found


def pictures_of(brief: Brief) -> Iterator[Picture]:
    """Yield each picture of a brief once."""
    found = [block.picture for part in brief.parts for block in part.blocks if block.picture]
    found += [brief.logo.picture] if brief.logo else []
    yield from {picture.digest: picture for picture in found}.values()


def with_calls(block: Block, call: Callable[[NoteCall], str]) -> Markup:
    """Return a block's HTML with each of its calls drawn by the macro `call`, and kept to the word before it."""

    def drawn(number: str) -> str:
        # The comments show where a call stands, however it is drawn: what it ends is read back.
        note = block.notes[int(number)]
        return f"<!--call {note.note}-{note.occurrence}-->{call(note)}<!--/call-->"

    def draw(match: re.Match[str]) -> str:
        return _unbroken(match[1], "".join(map(drawn, _NUMBER.findall(match[2]))))

    html = _CALL.sub(draw, block.html)
    return Markup(html)  # noqa: S704 - the block's HTML is made by our own Markdown door


def with_statements(block: Block, call: Callable[[NoteCall], str], marker: Callable[[NoteCall], str]) -> Markup:
    """Return a block's HTML as `with_calls` does, each statement in it in a label.

    `marker` returns the tag that opens the label of a call's statement; HTML's labels pass a click on.
    """
    html = block.html
    for piece in reversed(pieces(block)):
        opening = str(marker(block.notes[piece.call]))
        html = f"{html[: piece.start]}{opening}{html[piece.start : piece.end]}</label>{html[piece.end :]}"
    return with_calls(replace(block, html=html), call)


def kept_to(text: str, call: str) -> Markup:
    """Return a text with a call after it, which stays with the last word."""
    head, space, last = str(escape(text)).rpartition(" ")
    return Markup(head + space + _unbroken(last, str(escape(call))))  # noqa: S704 - both are escaped


def _unbroken(word: str, calls: str) -> str:
    """Return a word, in HTML, with its calls: no line ends between them, and a long word can be broken before."""
    letters = _LETTER.findall(word)
    staying = len(letters)
    if len(letters) > _LONG:
        staying = next((n for n in range(_STAYING, len(letters)) if not combining(letters[-n][0])), len(letters))
    broken, last = "".join(letters[: len(letters) - staying]), "".join(letters[len(letters) - staying :])
    return f'{broken}<span class="unbroken">{last}{calls}</span>'


def css_text(text: str) -> str:
    """Return a text as it stands between double quotes in a style sheet (CSS Syntax 3, 4.3.7)."""
    return re.sub(r'["\\<\n]', lambda match: f"\\{ord(match[0]):x} ", text)


def epoch(day: str) -> int:
    """Return an ISO day as seconds since 1970-01-01 UTC."""
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


# What templates have beside Jinja's own filters.
FILTERS: dict[str, Callable[..., Any]] = {
    "with_calls": with_calls,
    "with_statements": with_statements,
    "kept_to": kept_to,
    "css_text": css_text,
}
