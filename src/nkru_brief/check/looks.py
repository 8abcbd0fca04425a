"""Rules on the values of tokens: each is of its kind, and the page they come to has room for its text."""

from collections.abc import Iterable, Iterator

from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.geometry import LEAST_LINES, LEAST_TEXT, LENGTHS, Page, page_of
from nkru_brief.model import NOWHERE, Edition
from nkru_brief.papersize import Paper
from nkru_brief.project import Project
from nkru_brief.theme import Theme
from nkru_brief.tokens import SAYS, TOKENS, families, problem
from nkru_brief.typed import suggestion

# Those have rules of their own: `check.colours`, and `theme.load_theme`.
_ELSEWHERE = ("colour", "family")


def values(project: Project) -> Iterator[Diagnostic]:
    """Every token of an edition or a theme has a value of its kind."""
    for theme in project.themes.values():
        yield from theme_values(theme)
    for edition in project.editions.values():
        own = project.themes.get(edition.theme or "")
        if own:
            places = {name: edition.at("tokens", name) for name in edition.tokens or {}}
            yield from _wrong(own, edition.tokens or {}, places)


def theme_values(theme: Theme) -> Iterator[Diagnostic]:
    """Yield what is wrong with the values of a theme's tokens."""
    yield from _wrong(theme, theme.tokens, place_of_tokens(theme))


def place_of_tokens(theme: Theme) -> dict[str, Place]:
    """Return where each token of a theme is written, in the theme nearest along its chain."""
    return {name: place for own in theme.places for name, place in own.items()}


def _wrong(theme: Theme, tokens: dict[str, str], places: dict[str, Place]) -> Iterator[Diagnostic]:
    for name, value in tokens.items():
        if name not in TOKENS or TOKENS[name].kind in _ELSEWHERE:
            continue
        place = places.get(name, NOWHERE)
        message = problem(name, value)
        if message:
            hint = f"write {SAYS[TOKENS[name].kind]}"
            yield Diagnostic(code="E311", place=place, message=message, hint=hint)
        elif TOKENS[name].kind == "families":
            yield from _faceless(theme, name, families(value), place)


def _faceless(theme: Theme, name: str, named: Iterable[str], place: Place) -> Iterator[Diagnostic]:
    known = sorted({face.family for face in theme.faces})
    named = tuple(named)
    if not named:
        hint = f"write {SAYS['families']}; there is: {', '.join(known)}"
        yield Diagnostic(code="E311", place=place, message=f"{name} names no family in quotes", hint=hint)
    for family in named:
        if family not in known:
            message = f"{name}: no face of the theme is {family!r}"
            hint = suggestion(family, known, f"add its faces to theme.yaml; there is: {', '.join(known)}")
            yield Diagnostic(code="E311", place=place, message=message, hint=hint)


def room(project: Project) -> Iterator[Diagnostic]:
    """On every edition's paper the margins leave room for text."""
    for edition in project.editions.values():
        theme = project.themes.get(edition.theme or "")
        page = _page(edition, theme) if theme else None
        if page is None:
            continue
        height = round(page.height - page.top - page.bottom, 1)
        if page.text < LEAST_TEXT or height < LEAST_LINES:
            paper = edition.paper.name if edition.paper else ""
            message = f"on {paper} the margins leave {max(page.text, 0):g} x {max(height, 0):g} mm for the text"
            least = f"it takes {LEAST_TEXT:g} x {LEAST_LINES:g} mm"
            hint = f"{least}: take a larger paper, a smaller binding, or smaller margins ({', '.join(LENGTHS[:5])})"
            yield Diagnostic(code="E312", place=edition.at("paper"), message=message, hint=hint)


def _page(edition: Edition, theme: Theme) -> Page | None:
    """Return the page of an edition, or None where a token it needs has no value that can be computed with."""
    own = edition.tokens or {}
    binding = edition.binding.width if edition.binding else 0.0
    try:
        return page_of(edition.paper or Paper.from_text("A4"), {**theme.tokens, **own}, own, binding)
    except (KeyError, ValueError):
        return None
