"""A rule on images: enough dots for the width they are printed at."""

from collections.abc import Iterator

from nkru_brief.brief import Brief, Picture
from nkru_brief.diagnostics import Diagnostic
from nkru_brief.geometry import page_of
from nkru_brief.papersize import Paper
from nkru_brief.project import Project

MIN_DPI = 150
_MM_PER_INCH = 25.4


def resolution(project: Project) -> Iterator[Diagnostic]:
    """Every image of dots has 150 of them an inch, in every edition that carries it.

    The width is the text column's, since `print.css` sets a picture as wide as that, unless it would then be higher
    than the theme's `picture_height`.
    """
    for brief in project.briefs.values():
        theme = project.themes.get(brief.theme)
        if theme is None:
            continue
        tokens = {**theme.tokens, **brief.tokens}
        for block in (block for part in brief.parts for block in part.blocks):
            picture = block.picture
            if picture is None or not picture.is_raster:
                continue
            width = printed_width(picture, brief, tokens)
            dpi = picture.width / (width / _MM_PER_INCH) if width else MIN_DPI
            if dpi < MIN_DPI:
                need = round(width / _MM_PER_INCH * MIN_DPI + 0.5)
                message = f"{picture.file} has {dpi:.0f} dots an inch in {brief.name!r}; print takes {MIN_DPI}"
                hint = f"it is printed {width:.0f} mm wide: use one that is {need} pixels wide, or an SVG"
                yield Diagnostic(code="E213", place=block.place, message=message, hint=hint)


def logos(project: Project) -> Iterator[Diagnostic]:
    """Every logo of dots has 150 of them an inch, at the size that the theme's tokens leave it."""
    for name, brief in project.briefs.items():
        theme, edition, topic = project.themes.get(brief.theme), project.editions[name], project.library.topic
        logo = edition.logo or (topic.logo if topic else None)
        if theme is None or brief.logo is None or logo is None or not brief.logo.picture.is_raster:
            continue
        picture = brief.logo.picture
        width = logo_width(picture, {**theme.tokens, **brief.tokens})
        dpi = picture.width / (width / _MM_PER_INCH) if width else MIN_DPI
        if dpi < MIN_DPI:
            need = round(width / _MM_PER_INCH * MIN_DPI + 0.5)
            message = f"the logo {picture.file} has {dpi:.0f} dots an inch; print takes {MIN_DPI}"
            hint = f"it is printed {width:.0f} mm wide: use one that is {need} pixels wide, or an SVG"
            yield Diagnostic(code="E213", place=logo.at("image"), message=message, hint=hint)


def logo_width(picture: Picture, tokens: dict[str, str]) -> float:
    """Return how wide a logo is printed, in mm; 0 where the tokens do not say it in numbers."""
    try:
        return min(float(tokens["logo_width"]), float(tokens["logo_height"]) * picture.width / picture.height)
    except ValueError:
        return 0.0


def printed_width(picture: Picture, brief: Brief, tokens: dict[str, str]) -> float:
    """Return how wide a picture is printed, in mm; 0 where the tokens do not say it in numbers."""
    try:
        page = page_of(Paper.from_text(brief.paper), tokens, brief.tokens, brief.binding)
        height = float(tokens["picture_height"])
    except ValueError:
        return 0.0
    return max(min(page.text, height * picture.width / picture.height), 0.0)
