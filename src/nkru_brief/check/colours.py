"""A rule on colours: what is read or told apart stands out from what it stands on, in print and on a dark screen."""

from collections.abc import Iterator
from itertools import product

from nkru_brief import contrast
from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.model import Edition
from nkru_brief.project import Project
from nkru_brief.theme import Theme

# The tokens that text is set in, and those it is set on; in bands and discs the accent is the ground, which is the
# same pair the other way round. A test holds the style sheets to these.
TEXTS = ("ink", "muted", "accent")
GROUNDS = ("paper", "tint")
# What tells parts of a figure apart: the band of the scale that is filled, from those that are not.
GRAPHICS = (("accent", "rule"),)
SCHEMES = ("", "dark_")
COLOURS = (*TEXTS, *GROUNDS, "rule")
# What the printer puts its ink on, whatever a theme calls paper.
SHEET = "#ffffff"


def contrasts(project: Project) -> Iterator[Diagnostic]:
    """Every pair of text and ground has a contrast of 4.5, and of graphics 3 (WCAG 2.2, SC 1.4.3 and 1.4.11)."""
    for theme in project.themes.values():
        yield from theme_contrasts(theme)
    for edition in project.editions.values():
        own = project.themes.get(edition.theme or "")
        if own and edition.tokens:
            yield from _faults(own, edition)


def theme_contrasts(theme: Theme) -> Iterator[Diagnostic]:
    """Yield what is wrong with the colours of a theme."""
    yield from _faults(theme, None)


def _faults(theme: Theme, edition: Edition | None) -> Iterator[Diagnostic]:
    tokens = {**theme.tokens, **(edition.tokens or {} if edition else {})}
    own = set(edition.tokens or ()) if edition else set(tokens)
    names = [f"{scheme}{name}" for scheme, name in product(SCHEMES, COLOURS)]
    wrong = {name for name in names if not contrast.is_colour(tokens[name])}
    for name in sorted(wrong & own):
        message = f"{name}: {tokens[name]!r} is not a colour in hex digits"
        place = _place(theme, edition, name)
        yield Diagnostic(code="E310", place=place, message=message, hint="write it so: '#7a1f2b'")
    for one, other, least in pairs(tokens["paper"]):
        if not own & {one, other} or wrong & {one, other}:
            continue
        ground = tokens.get(other, SHEET)
        ratio = contrast.ratio(tokens[one], ground)
        if ratio < least:
            where = f"{other} {ground}" if other else "the white sheet"
            message = f"{one} {tokens[one]} on {where} has a contrast of {ratio:.2f}; it takes {least:g}"
            darker, lighter = sorted((one, other), key=lambda name: contrast.luminance(tokens.get(name, SHEET)))
            hint = f"take a darker {darker} or a lighter {lighter}" if other else f"take a darker {one}"
            yield Diagnostic(code="E309", place=_place(theme, edition, one, other), message=message, hint=hint)


def pairs(paper: str) -> Iterator[tuple[str, str, float]]:
    """Yield what is set on what, and the least contrast of the two; no name stands for a sheet unlike the paper."""
    for scheme in SCHEMES:
        for text, ground in product(TEXTS, GROUNDS):
            yield f"{scheme}{text}", f"{scheme}{ground}", contrast.TEXT
        for one, other in GRAPHICS:
            yield f"{scheme}{one}", f"{scheme}{other}", contrast.GRAPHIC
    for text in TEXTS if paper != SHEET else ():
        yield text, "", contrast.TEXT


def _place(theme: Theme, edition: Edition | None, *names: str) -> Place:
    """Return where the token to change is written: in the edition, or else in the theme nearest along the chain."""
    for name in names:
        if edition and name in (edition.tokens or {}):
            return edition.at("tokens", name)
    for own in reversed(theme.places):
        for name in names:
            if name in own:
                return own[name]
    raise KeyError(names)
