"""`nkru-brief handouts`: everything an edition has to hand out, made like any other output of a build."""

from pathlib import Path

import click


@click.command()
@click.argument("editions", nargs=-1, metavar="[EDITION...]")
@click.option("-o", "--output", "outputs", multiple=True, metavar="NAME", help="Make this handout only; repeatable.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the files go. Default: build/ in the project.",
)
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Sheets set at a time. Default: one for each core.")
@click.option("--no-cache", "afresh", is_flag=True, help="Make everything anew, and keep nothing.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", help="How to report.")
@click.pass_context
def handouts(context: click.Context, /, **options: object) -> int:
    """Make what editions have to hand out.

    One sheet of paper, large print, black and white, plain text; and for a class a worksheet, cards and a poster.
    An edition says which under `handouts:`; where it says nothing, every one that it has the sections for is made.
    """
    group = context.parent.command if context.parent else None
    # It is a build of other outputs, and no other kind of command: `build` is what runs.
    build = group.get_command(context, "build") if isinstance(group, click.Group) else None
    assert build is not None  # noqa: S101 - it stands beside this one
    result: int = context.invoke(build, handouts=True, **options)
    return result
