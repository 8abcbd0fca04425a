"""`nkru-brief theme`: begin a theme, look at all of it, and find what is wrong with it."""

import sys
from pathlib import Path

import click

from nkru_brief.commands.printing import counted, here


@click.group()
def theme() -> None:
    """Begin a theme, show every element in it, check it."""


@theme.command("new")
@click.argument("name")
@click.option("--extends", metavar="THEME", default="base", show_default=True, help="The theme it starts from.")
@click.pass_obj
def new(root: Path, name: str, extends: str) -> int:
    """Write templates/NAME/ with a commented theme.yaml and two small style sheets.

    What is there already is left alone.
    """
    from nkru_brief.inputs import find_root
    from nkru_brief.newtheme import begin

    for path in begin(find_root(root.resolve()), name, extends):
        click.echo(here(path))
    return 0


@theme.command("show")
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Default: build/themes/ in the project.")
@click.pass_obj
def show(root: Path, names: tuple[str, ...], out: Path | None) -> int:
    """Set every element in a theme, as PDF and HTML.

    Title block, headings, lists, tables, boxes, figures, notes, judgements, glossary, questions; then its tokens with
    swatches, and the contrast of its colours. Without a NAME every theme is shown.
    """
    from nkru_brief.diagnostics import ContentError
    from nkru_brief.inputs import find_root
    from nkru_brief.specimen import show as show_specimen
    from nkru_brief.theme import load_theme
    from nkru_brief.themecheck import check_theme, known, place

    project = find_root(root.resolve())
    failed = False
    for name in known(project, names):
        found = [each for each in check_theme(project, name) if each.severity == "error"]
        if found:
            failed = True
            click.echo(str(ContentError(found)), err=True)
            continue
        loaded = load_theme(project, name, place(name))
        made, diagnostics = show_specimen(project, loaded, out or project / "build" / "themes")
        for path, artifact in made:
            click.echo(
                f"{here(path)!s:<44} {'' if artifact.pages is None else counted(artifact.pages, 'page')}".rstrip()
            )
        for diagnostic in diagnostics:
            click.echo(str(diagnostic), err=True)
    return int(failed)


@theme.command("check")
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
@click.pass_obj
def check(root: Path, names: tuple[str, ...], strict: bool) -> int:  # noqa: FBT001 - click passes options by name
    """Report what is wrong with a theme, without setting a page.

    Values of tokens, contrast, faces and their glyphs, templates, blocks and macros that are not there, files and
    tokens that nothing uses. Without a NAME the project's own themes are checked.
    """
    from nkru_brief.diagnostics import in_order
    from nkru_brief.inputs import find_root
    from nkru_brief.report import counts
    from nkru_brief.theme import own_names
    from nkru_brief.themecheck import check_theme, known

    project = find_root(root.resolve())
    found = in_order(
        each for name in known(project, names or own_names(project)) for each in check_theme(project, name)
    )
    for diagnostic in found:
        click.echo(str(diagnostic), err=True)
    if found:
        errors = sum(each.severity == "error" for each in found)
        warnings = counted(len(found) - errors, "warning")
        click.echo(f"{counted(errors, 'error')}, {warnings}{' (warnings count)' if strict else ''}", err=True)
    elif sys.stdout.isatty():
        click.echo("Nothing is wrong.")
    return int(counts(found, strict=strict))
