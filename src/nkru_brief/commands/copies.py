"""`nkru-brief copies`: one paper for many people, each with a copy of their own."""

import sys
from pathlib import Path

import click

from nkru_brief.commands.printing import counted, here
from nkru_brief.commands.progress import Bar

_LISTED = 5


@click.command()
@click.argument("edition")
@click.option(
    "--roster",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Who gets a copy: .csv, .xlsx or .yaml with the columns name, organisation and any other.",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Default: build/copies/EDITION/ in the project."
)
@click.option("--one-file", is_flag=True, help="One file for the print shop, with a separator sheet before each copy.")
@click.option("--no-cache", "afresh", is_flag=True, help="Lay the paper out anew, and keep nothing.")
@click.pass_obj
def copies(root: Path, edition: str, roster: Path, out: Path | None, one_file: bool, afresh: bool) -> int:  # noqa: FBT001
    """Make a copy of an edition for everybody on a roster.

    Name, organisation and the number of the copy stand on every page, or where the theme says. Each copy is a PDF of
    its own, as accessible and as lasting as the edition, and sealed: `nkru-brief verify` says whose it is.

    A run that is cut off goes on where it stopped. A roster with a fault makes no copy.
    """
    from nkru_brief.cache import NOWHERE, open_cache
    from nkru_brief.copies import make_copies
    from nkru_brief.inputs import find_root

    project = find_root(root.resolve())
    target = out or project / "build" / "copies" / edition
    cache = NOWHERE if afresh else open_cache()
    with Bar("stamping copies", shown=sys.stderr.isatty()) as progress:
        made = make_copies(project, edition, roster, target, one_file=one_file, cache=cache, progress=progress)
    pages = f"{counted(made.pages, 'page')} each"
    kept = f", {made.kept} of them there already" if made.kept else ""
    click.echo(f"{here(made.path)}: {counted(made.copies, 'copy', 'copies')}{kept}, {pages}, {made.size:,} bytes")
    if one_file:
        click.echo("  for printing: with separator sheets; tagged copy by copy, PDF/UA-1 and PDF/A-3a, without a seal")
    if made.left:
        more = f" and {len(made.left) - _LISTED} more" if len(made.left) > _LISTED else ""
        click.echo(f"  left from an earlier run, and not of this one: {', '.join(made.left[:_LISTED])}{more}", err=True)
    return 0
