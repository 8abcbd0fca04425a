"""What is wrong with a theme, whether or not an edition is dressed in it: no page is set for that.

The values of its tokens, its colours, its faces; templates that are none, blocks and macros that are not there, files
and tokens that nothing uses; and whatever fails while the sample paper is filled in.
"""

from collections.abc import Iterator
from pathlib import Path

from nkru_brief import structure
from nkru_brief.anatomy import Anatomy, Named, anatomy, is_template
from nkru_brief.check.colours import theme_contrasts
from nkru_brief.check.editions import lacking, missing, uninstalled
from nkru_brief.check.looks import place_of_tokens, theme_values
from nkru_brief.diagnostics import ContentError, Diagnostic, Place, UsageError, in_order, place_of
from nkru_brief.load import load
from nkru_brief.outputs import installed, load_output
from nkru_brief.render import Renderer
from nkru_brief.report import counts
from nkru_brief.specimen import sample, sheets
from nkru_brief.theme import BUILT_IN, Source, Theme, load_theme, names, unread_files
from nkru_brief.tokens import TOKENS
from nkru_brief.typed import suggestion
from nkru_brief.typeset import coverage

# What is filled in beside what outputs ask for.
_PAGES = ("specimen.html", "compare.html", "bundle.html")
_EXTENSIONS = "a theme is made of .html, .css, .svg and .yaml files; faces come from packages"


def known(root: Path, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the themes that are asked for, or all where none is.

    Raises:
        UsageError: there is no such theme.
    """
    there = names(root)
    for name in wanted:
        if name not in there:
            raise UsageError(f"there is no theme {name!r}; {suggestion(name, there)}")
    return wanted or there


def place(name: str) -> Place:
    """Return where a theme that a command line names is looked for."""
    return Place(file=f"templates/{name}")


def check_theme(root: Path, name: str) -> tuple[Diagnostic, ...]:
    """Return everything wrong with a theme of a project, in the order of files and lines."""
    try:
        theme = load_theme(root, name, place(name))
    except ContentError as error:
        return error.diagnostics
    found = [*theme_values(theme), *theme_contrasts(theme), *uninstalled(theme), *_written(theme)]
    if not counts(found, strict=False):
        found += _glyphs(theme)
        found += _filled_in(theme, root)
    parts = {name: anatomy(source.text) for name, source in theme.sources.items() if is_template(name)}
    found += _blocks(theme, parts)
    found += _macros(theme, parts)
    found += _unused_files(theme, root, parts)
    found += _unused_tokens(theme, parts)
    found += _unused_faces(theme)
    return in_order(found)


def _written(theme: Theme) -> Iterator[Diagnostic]:
    yield from Renderer(theme, lambda *_: 0.0, "").faults(set())


def _filled_in(theme: Theme, root: Path) -> Iterator[Diagnostic]:
    try:
        for _, faults in sheets(theme, root):
            yield from structure.diagnose(faults, theme, "specimen.html", {})
    except ContentError as error:
        yield from error.diagnostics


def _glyphs(theme: Theme) -> Iterator[Diagnostic]:
    """The faces have every character of the theme's own words, in every language, and of its style sheets."""
    known = coverage(theme.faces)
    for name, source in _own(theme).items():
        if name.startswith("words.") or name.endswith(".html"):
            for character in lacking(source.text, known):
                yield missing(theme, character, place_of(character, source.text, source.file))


def _own(theme: Theme) -> dict[str, Source]:
    """Return the files of a theme by their names along its chain, without the names that say whose they are."""
    prefixes = tuple(f"{each}/" for each in (*theme.chain, BUILT_IN))
    return {name: source for name, source in theme.sources.items() if not name.startswith(prefixes)}


# ---- blocks and macros ----


def _blocks(theme: Theme, parts: dict[str, Anatomy]) -> Iterator[Diagnostic]:
    """A block that a template fills is one of those in what it extends: Jinja would leave it out without a word."""
    for name, each in parts.items():
        if not each.extends or _is_alias(theme, name):
            continue
        for parent in each.extends:
            known = _inherited(parts, parent, frozenset())
            for block in each.outer if known is not None else ():
                if block.name not in (known or ()):
                    yield _homeless(theme, name, block, parent, sorted(known or ()))


def _homeless(theme: Theme, name: str, block: Named, parent: str, known: list[str]) -> Diagnostic:
    """Return the fault of a block that has no place, where it can be mended: in the project's own file."""
    child, above = theme.sources[name], theme.sources[parent]
    listed = f"there is: {', '.join(known)}" if known else "it has none"
    if child.file.startswith(f"{BUILT_IN}:") and not above.file.startswith(f"{BUILT_IN}:"):
        message = f"the block {block.name!r} is missing, which {child.file} fills"
        hint = f"write {{% block {block.name} %}}{{% endblock %}} where it belongs; {listed}"
        return Diagnostic(code="E314", place=Place(file=above.file), message=message, hint=hint)
    message = f"{parent!r} ({above.file}) has no block {block.name!r}, so what is written here is never seen"
    return Diagnostic(
        code="E314", place=_at(theme, name, block), message=message, hint=suggestion(block.name, known, listed)
    )


def _inherited(parts: dict[str, Anatomy], name: str, seen: frozenset[str]) -> frozenset[str] | None:
    """Return the blocks of a template and of what it extends; None where one of them is not there."""
    if name not in parts or name in seen:
        return None
    blocks = frozenset(block.name for block in parts[name].blocks)
    for parent in parts[name].extends:
        above = _inherited(parts, parent, seen | {name})
        if above is None:
            return None
        blocks |= above
    return blocks


def _macros(theme: Theme, parts: dict[str, Anatomy]) -> Iterator[Diagnostic]:
    """What a template takes from another is defined there, though the sample paper may not come by."""
    for name, each in parts.items():
        for use in each.uses if not _is_alias(theme, name) else ():
            file = each.imports.get(use.with_, "")
            if file not in parts or use.name in parts[file].exports:
                continue
            known = sorted(macro.name for macro in parts[file].macros)
            message = f"{file!r} ({theme.sources[file].file}) has no macro {use.name!r}"
            hint = suggestion(use.name, known, f"there is: {', '.join(known)}")
            yield Diagnostic(code="E314", place=_at(theme, name, use), message=message, hint=hint)


def _is_alias(theme: Theme, name: str) -> bool:
    """Return whether a name says whose file it is, and so is another name of one that is looked at anyway."""
    head, _, rest = name.partition("/")
    return (head in (*theme.chain, BUILT_IN)) and rest in theme.sources and theme.sources[rest] == theme.sources[name]


def _at(theme: Theme, name: str, named: Named) -> Place:
    source = theme.sources[name]
    return place_of(named.name, source.text, source.file, named.line)


# ---- what nothing uses ----


def _unused_files(theme: Theme, root: Path, parts: dict[str, Anatomy]) -> Iterator[Diagnostic]:
    for file in unread_files(root, theme.name):
        message = "the file is never read"
        yield Diagnostic(code="W320", place=Place(file=file), message=message, hint=_EXTENSIONS)
    used = _used(theme, root, parts)
    known = sorted(name for name in _own(theme) if name in used)
    for name, source in theme.sources.items():
        head, _, rest = name.partition("/")
        if head != theme.name or source.file.startswith(f"{BUILT_IN}:") or not is_template(name):
            continue
        if not used & {rest, name}:
            hint = suggestion(rest, known, "an include, an import, styles() or a section of that name would use it")
            message = f"no template, style sheet or section uses {rest!r}"
            yield Diagnostic(code="W320", place=Place(file=source.file), message=message, hint=hint)


def _used(theme: Theme, root: Path, parts: dict[str, Anatomy]) -> frozenset[str]:
    """Return the names of all files that can be reached from what is filled in."""
    _, brief = sample()
    starts = [spec.template for name in installed() for spec in load_output(name).sheets(brief)]
    sections = load(root)[0].sections if (root / "content").is_dir() else {}
    # Parts are included by the names of sections: those that bring data, and those a project writes.
    starts += [f"parts/{name}.html" for name in (*(part.id for part in brief.parts), *sections)]
    starts.append("parts/prose.html")
    found: set[str] = set()
    waiting = [*starts, *_PAGES]
    while waiting:
        name = waiting.pop()
        if name in found or name not in parts:
            continue
        found.add(name)
        waiting += [include.name for include in parts[name].includes]
        for layer in parts[name].layers:
            waiting += [f"{each}/css/{layer.name}.css" for each in theme.chain]
    return frozenset(found)


def _unused_tokens(theme: Theme, parts: dict[str, Anatomy]) -> Iterator[Diagnostic]:
    """A token that no template looks up, and that is none of those every theme has, is misspelt or left over."""
    used = {token.name for each in parts.values() for token in each.tokens}
    used |= {text for each in parts.values() for text in each.strings}
    for name, place in place_of_tokens(theme).items():
        if name not in TOKENS and name not in used and not place.file.startswith(f"{BUILT_IN}:"):
            message = f"no template or style sheet uses the token {name!r}"
            hint = suggestion(name, TOKENS, "take it out, or use it: {{ tokens." + name + " }}")
            yield Diagnostic(code="W321", place=place, message=message, hint=hint)


def _unused_faces(theme: Theme) -> Iterator[Diagnostic]:
    """A face whose family no token names is never set."""
    named = " ".join(theme.tokens.values())
    for face in theme.faces:
        place = face.at("family")
        if face.family not in named and not place.file.startswith(f"{BUILT_IN}:") and f"/{theme.name}/" in place.file:
            message = f"no token names the family {face.family!r}, so nothing is set in it"
            yield Diagnostic(code="W322", place=place, message=message, hint="name it in serif, sans or figure_family")
