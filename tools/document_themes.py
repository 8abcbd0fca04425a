"""Writes ``docs/themes.md``: every token, block, macro, filter, function, name and value that a template may use.

The table of tokens, the context of templates, the types of a brief and the templates themselves are the source; a test
holds the page to them, and ``pytest tests/test_theme_reference.py --update`` writes it. By hand it is
``.venv/bin/python tools/document_themes.py``.
"""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

from nkru_brief import brief as briefs
from nkru_brief import render, sheet
from nkru_brief.anatomy import anatomy
from nkru_brief.geometry import Page
from nkru_brief.model import NOWHERE, ScaleTerm
from nkru_brief.render import CONTEXT, FILTERS, PAGE_CONTEXT, SPECIMEN_CONTEXT
from nkru_brief.theme import Theme, load_theme, names
from nkru_brief.tokens import SAYS, TOKENS
from nkru_brief.values import Value
from nkru_brief.yamltext import Mapping, Scalar, parse

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "themes.md"
# Pages with macros for themselves.
_NO_LIBRARY = ("compare.html", "specimen.html")
_FIRST = re.compile(r"\{#-?\s*(.*?)\s*-?#\}", re.DOTALL)

OPENING = """\
# Themes: what a template may use

<!-- Made by tools/document_themes.py; `pytest tests/test_theme_reference.py --update` makes it anew. -->

A theme is a folder in `templates/` with a `theme.yaml`; [tutorial.md](tutorial.md) makes one. It `extends` another, and
in the end `base`. A file is looked up by its name along that chain, and at each step first in the project's own
`templates/`, then among those that come with the package:

| written in a template | is |
|---|---|
| `title.html` | the nearest file of that name along the chain |
| `base/title.html` | that of the theme `base`, the project's own if it has one |
| `builtin/base/title.html` | that of the theme `base` as the package ships it, shadowed or not |

So `templates/press/title.html` may begin with `{% extends "builtin/base/title.html" %}` or include it. A project's
`theme.yaml` of a theme that ships lies over the shipped one, token by token. Style sheets add up: `styles("print")` is
`css/print.css` of every theme in the chain, `base` first. They are templates, too: `{{ tokens.accent }}`.

Templates are [Jinja](https://jinja.palletsprojects.com/) in a sandbox, with `break` and `continue` in loops. A name
that is not defined is a fault with file, line and what there is (E303); a block that has no place in what a template
extends, and a macro that is not there, are found by `nkru-brief theme check` (E314).
"""


def document() -> str:
    """Returns the page as Markdown."""
    base = load_theme(ROOT, "base", NOWHERE)
    parts = [OPENING, *_tokens(base), *_own_tokens(), *_context(), *_values(), *_filters()]
    parts += [*_templates(base), *_blocks(base), *_macros(base), *_layers(base), *_words(base)]
    return "\n".join(parts).rstrip() + "\n"


def _table(*heads: str) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _tokens(base: Theme) -> Iterator[str]:
    yield "## Tokens\n"
    yield "`tokens.NAME` in templates and style sheets; under `tokens` in `theme.yaml`, and in an edition. Values are"
    yield "text, in quotes where YAML would read a number. Another value is a fault with its place (E311; E309 and E310"
    yield "for colours).\n"
    yield from _table("token", "in `base`", "is", "for")
    for name, (kind, meaning) in TOKENS.items():
        yield f"| `{name}` | `{_cell(base.tokens[name])}` | {_cell(SAYS[kind].partition(':')[0])} | {_cell(meaning)} |"
    yield ""


def _own_tokens() -> Iterator[str]:
    found: dict[tuple[str, str], str] = {}
    for name in names(ROOT):
        theme = load_theme(ROOT, name, NOWHERE)
        found |= {(name, token): theme.tokens[token] for token in theme.places[-1] if token not in TOKENS}
    yield "A theme may have tokens of its own, by any other name; `theme check` finds those that nothing uses (W321)."
    if found:
        yield from ("", *_table("token", "theme", "value"))
        yield from (f"| `{token}` | {theme} | `{_cell(value)}` |" for (theme, token), value in found.items())
    yield ""


def _context() -> Iterator[str]:
    yield "## Names\n"
    yield "What a template of an edition sees. Inside `parts/` there is `part`, too, the part that is being drawn.\n"
    yield from _table("name", "is")
    yield from (f"| `{name}` | {_cell(meaning)} |" for name, meaning in CONTEXT.items())
    yield "\n`compare.html`, which compares editions, sees these:\n"
    yield from _table("name", "is")
    yield from (f"| `{name}` | {_cell(meaning)} |" for name, meaning in PAGE_CONTEXT.items())
    yield "\n`specimen.html` sees what an edition's template sees, and this:\n"
    yield from _table("name", "is")
    yield from (f"| `{name}` | {_cell(meaning)} |" for name, meaning in SPECIMEN_CONTEXT.items())
    yield ""


def _values() -> Iterator[str]:
    """Yields the types a template can reach, each with its fields."""
    yield "## Values\n"
    yield "The types behind those names. What may be missing is `None`; an empty text or list is false in `if`.\n"
    for kind in value_types():
        yield f"### {kind.__name__}\n"
        yield f"{_cell(inspect.getdoc(kind) or '')}\n"
        fields = [f"`{name}`: {_type(hint)}" for name, hint in get_type_hints(kind).items()]
        fields += [
            f"`{name}`: {_cell(inspect.getdoc(value) or '')}"
            for name, value in vars(kind).items()
            if isinstance(value, property)
        ]
        yield from (f"- {each}" for each in fields)
        yield ""


def value_types() -> tuple[type[Value], ...]:
    """Returns the types of a brief, of what is printed of it, and of its page."""
    found: list[type[Value]] = []
    waiting: list[type[Value]] = [briefs.Brief]
    while waiting:
        kind = waiting.pop(0)
        found.append(kind)
        hints = {each for hint in get_type_hints(kind).values() for each in _inside(hint)}
        own = (each for each in hints if each is ScaleTerm or getattr(each, "__module__", "") == briefs.__name__)
        waiting += sorted(set(own) - {*found, *waiting}, key=lambda each: each.__name__)
    return (*found, sheet.SheetSpec, Page)


def _inside(hint: object) -> Iterator[Any]:
    yield hint
    for each in get_args(hint):
        yield from _inside(each)


def _type(hint: object) -> str:
    """Returns a type as a designer reads it."""
    arguments = [each for each in get_args(hint) if each is not Ellipsis]
    name = getattr(hint, "__name__", str(hint))
    plain = {
        "str": "text",
        "int": "number",
        "float": "number",
        "bool": "yes or no",
        "NoneType": "None",
        "bytes": "bytes",
    }
    if not arguments:
        return plain.get(name, f"[{name}](#{name.lower()})" if _is_ours(hint) else name)
    if all(isinstance(each, str) for each in arguments):
        return f"one of {', '.join(map(str, arguments))}"
    inner = [_type(each) for each in arguments if not isinstance(each, str) and not hasattr(each, "pattern")]
    match name:
        case "tuple":
            return f"list of {' and '.join(inner)}" if Ellipsis in get_args(hint) else f"pair of {' and '.join(inner)}"
        case "dict":
            return f"{inner[1]} by {inner[0]}"
        case _:
            return " or ".join(dict.fromkeys(inner))


def _is_ours(hint: object) -> bool:
    return hint in value_types()


def _filters() -> Iterator[str]:
    yield "## Filters\n"
    yield "Beside [Jinja's own](https://jinja.palletsprojects.com/en/stable/templates/#builtin-filters):\n"
    yield from _table("filter", "does")
    for name, function in FILTERS.items():
        says = (inspect.getdoc(function) or "").split("\n\n")[0]
        yield f"| `{name}` | {_cell(says)} |"
    yield "\n`lipsum` is not there; `batch`, `center`, `indent`, `slice` and `tojson` take no number above"
    yield f"10,000, and a paper takes at most {render.MAX_STEPS:,} steps to fill in.\n"


def _files(theme: Theme) -> dict[str, str]:
    """Returns the texts of the base theme by their names along the chain, those of the root first."""
    found = {name: source.text for name, source in theme.sources.items() if not name.startswith(("base/", "builtin/"))}
    return dict(sorted(found.items(), key=lambda each: ("/" in each[0], each[0])))


def _templates(base: Theme) -> Iterator[str]:
    yield "## Templates\n"
    yield "A part of an edition is drawn by `parts/ID.html`, where ID is the section's, and where there is none by"
    yield "`parts/prose.html`.\n"
    yield from _table("file", "draws")
    for name, text in _files(base).items():
        if name.endswith((".html", ".svg")):
            yield f"| `{name}` | {_cell(_first(text)) or _for_part(name)} |"
    yield ""


def _first(text: str) -> str:
    """Returns the first comment of a file, before anything but imports."""
    found = _FIRST.match(re.sub(r"\A(?:\{%-? import .*?%\}\s*)+", "", text))
    return found[1] if found else ""


def _for_part(name: str) -> str:
    stem = name.rpartition("/")[2].removesuffix(".html")
    return f"the part `{stem}`" if name.startswith("parts/") else stem.replace("-", " ")


def _blocks(base: Theme) -> Iterator[str]:
    yield "## Blocks\n"
    yield "A template that extends one of these fills its blocks; `{{ super() }}` is what was there.\n"
    yield from _table("file", "extends", "blocks")
    for name, text in _files(base).items():
        found = anatomy(text)
        if name.endswith(".html") and found.blocks:
            blocks = ", ".join(f"`{each}`" for each in dict.fromkeys(block.name for block in found.blocks))
            yield f"| `{name}` | {', '.join(f'`{each}`' for each in found.extends)} | {blocks} |"
    yield ""


def _macros(base: Theme) -> Iterator[str]:
    yield "## Macros\n"
    yield '`{% import "macros.html" as m with context %}`, then `{{ m.heading(part) }}`.\n'
    for name, text in _files(base).items():
        found = anatomy(text).macros
        if not found or name in _NO_LIBRARY:
            continue
        yield f"### {name}\n"
        yield from _table("macro", "draws")
        yield from (f"| `{_cell(f'{macro.name}({macro.with_})')}` | {_cell(macro.says)} |" for macro in found)
        yield ""


def _layers(base: Theme) -> Iterator[str]:
    yield "## Style sheets\n"
    yield from _table("file", "is")
    for name, text in _files(base).items():
        if name.endswith(".css"):
            yield f"| `{name}` | {_cell(_first(text))} |"
    yield ""


def _words(base: Theme) -> Iterator[str]:
    yield "## Words\n"
    yield "`words.NAME`: what a paper says of itself, in its language. A theme's own `words.en.yaml` lies over these,"
    yield "and other languages over the English ones. What stands in braces is put in by the template.\n"
    node, _ = parse(base.sources["base/words.en.yaml"].text, "words.en.yaml")
    yield from _table("word", "English")
    for key, value in node.entries if isinstance(node, Mapping) else ():
        if isinstance(value, Scalar):
            yield f"| `{key.text}` | {_cell(value.text)} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
