"""What a template is made of: what it extends and imports, its blocks and macros, the tokens and names it uses.

Jinja keeps silent where a block has no place in what it extends; whoever misspelt its name sees nothing of it.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import jinja2
from jinja2 import nodes

from nkru_brief.values import Value, field

_ENVIRONMENT = jinja2.Environment(
    autoescape=True, trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
)
_SUFFIXES = (".html", ".css", ".svg")
_COMMENT = re.compile(r"\{#-?\s*((?:(?!#\}).)*?)\s*-?#\}\s*\Z", re.DOTALL)


class Named(Value):
    """Something of a template that has a name: a block, a macro, or a use of one, and its line."""

    name: str
    line: int
    # Of a macro: its arguments; of a use: the name that the file it comes from was imported under.
    with_: str = ""
    says: str = ""


class Anatomy(Value):
    """A template taken apart.

    `blocks` are those it defines, `outer` those of them that stand in no other block. `imports` are templates by the
    name they are imported under, `uses` what is taken from them, `layers` the style sheets that are asked for.
    `strings` are all constants: a name that is looked up under another stands among them.
    """

    extends: tuple[str, ...] = ()
    blocks: tuple[Named, ...] = ()
    outer: tuple[Named, ...] = ()
    macros: tuple[Named, ...] = ()
    exports: frozenset[str] = frozenset()
    imports: dict[str, str] = field(default_factory=dict)
    uses: tuple[Named, ...] = ()
    includes: tuple[Named, ...] = ()
    layers: tuple[Named, ...] = ()
    tokens: tuple[Named, ...] = ()
    words: tuple[Named, ...] = ()
    strings: frozenset[str] = frozenset()


# Themes share most of their files.
@lru_cache(maxsize=512)
def anatomy(text: str) -> Anatomy:
    """Return what a template is made of; one that is not written as a template has nothing."""
    try:
        tree = _ENVIRONMENT.parse(text)
    except (jinja2.TemplateSyntaxError, RecursionError, MemoryError):
        return Anatomy()
    imports = {each.target: _strings(each.template) for each in tree.find_all(nodes.Import)}
    macros = tuple(_macro(each, text) for each in tree.find_all(nodes.Macro))
    assigned = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    return Anatomy(
        extends=tuple(name for each in tree.find_all(nodes.Extends) for name in _strings(each.template)),
        blocks=tuple(Named(name=each.name, line=each.lineno) for each in tree.find_all(nodes.Block)),
        outer=tuple(Named(name=each.name, line=each.lineno) for each in tree.body if isinstance(each, nodes.Block)),
        macros=macros,
        exports=frozenset({*(macro.name for macro in macros), *assigned, *imports}),
        imports={name: found[0] for name, found in imports.items() if found},
        uses=tuple(_attributes(tree, frozenset(imports))),
        includes=tuple(
            Named(name=name, line=each.lineno)
            for kind in (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
            for each in tree.find_all(kind)
            for name in _strings(getattr(each, "template"))  # noqa: B009 - all four have one
        ),
        layers=tuple(
            Named(name=layer, line=each.lineno)
            for each in tree.find_all(nodes.Call)
            if isinstance(each.node, nodes.Name) and each.node.name == "styles"
            for argument in each.args
            for layer in _strings(argument)
        ),
        tokens=tuple(_attributes(tree, frozenset({"tokens"}))),
        words=tuple(_attributes(tree, frozenset({"words"}))),
        strings=frozenset(each.value for each in tree.find_all(nodes.Const) if isinstance(each.value, str)),
    )


def is_template(name: str) -> bool:
    """Return whether a file of a theme is a template or a style sheet."""
    return name.endswith(_SUFFIXES)


def _strings(node: nodes.Node) -> list[str]:
    """Return the texts that an expression is made of: those a name may be."""
    if isinstance(node, nodes.Const):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, nodes.Concat):
        return []
    if isinstance(node, nodes.CondExpr):
        return [text for each in (node.expr1, node.expr2) if each for text in _strings(each)]
    return [text for each in node.iter_child_nodes() for text in _strings(each)]


def _macro(macro: nodes.Macro, text: str) -> Named:
    """Return a macro with its arguments and the comment above it."""
    first = len(macro.args) - len(macro.defaults)
    names = [
        f"{each.name}={default.as_const()!r}" if default else each.name
        for index, each in enumerate(macro.args)
        for default in [macro.defaults[index - first] if index >= first else None]
    ]
    before = "".join(line for line in text.splitlines(keepends=True)[: macro.lineno - 1])
    above = _COMMENT.search(before)
    says = " ".join(above[1].split()) if above else ""
    return Named(name=macro.name, line=macro.lineno, with_=", ".join(names), says=says)


def _attributes(tree: nodes.Template, owners: frozenset[str]) -> Iterator[Named]:
    """Yield what is looked up by name in some names: `tokens.ink`, `words["page"]`, `m.heading`."""
    for each in tree.find_all(nodes.Getattr):
        if isinstance(each.node, nodes.Name) and each.node.name in owners:
            yield Named(name=each.attr, line=each.lineno, with_=each.node.name)
    for item in tree.find_all(nodes.Getitem):
        if isinstance(item.node, nodes.Name) and item.node.name in owners:
            for text in _strings(item.arg):
                yield Named(name=text, line=item.lineno, with_=item.node.name)
