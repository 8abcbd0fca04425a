"""`nkru-brief impose`: pages on sheets for a print shop."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nkru_brief.commands.printing import counted, here
from nkru_brief.diagnostics import UsageError

if TYPE_CHECKING:
    from nkru_brief.imposition import Way

_PAPERS = ("A5", "A4", "A3", "A2", "SRA4", "SRA3", "Letter", "Tabloid")
_MOST_MM = 20.0


@click.command()
@click.argument("what", metavar="EDITION|FILE.pdf")
@click.option("--as", "way", type=click.Choice(["booklet", "2-up", "4-up"]), required=True, help="How pages stand.")
@click.option("--paper", type=click.Choice(_PAPERS), help="The sheet. Default: one that holds two pages unscaled.")
@click.option(
    "--creep",
    type=click.FloatRange(0, _MOST_MM),
    default=0.0,
    metavar="MM",
    help="How far the innermost pages of a booklet move to the fold.",
)
@click.option("--marks", is_flag=True, help="Draw crop marks, and the fold of a booklet.")
@click.option(
    "--bleed",
    type=click.FloatRange(0, _MOST_MM),
    default=0.0,
    metavar="MM",
    help="How much shows beyond a page's edge.",
)
@click.option("--copies", type=click.IntRange(1, 1_000_000), default=1, help="How many are printed, for the counts.")
@click.option("--cover/--no-cover", default=True, help="Whether a sheet with the counts comes first. Default: it does.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file. Default: NAME-booklet.pdf.")
@click.pass_obj
def impose(
    root: Path,
    what: str,
    way: "Way",
    paper: str | None,
    creep: float,
    marks: bool,  # noqa: FBT001 - click passes options by name
    bleed: float,
    copies: int,
    cover: bool,  # noqa: FBT001
    out: Path | None,
) -> int:
    """Put the pages of an edition, or of any PDF, on sheets for a print shop.

    The file is for printing: it has no tags and claims neither PDF/UA nor PDF/A. It keeps the edition's fingerprint,
    and the same pages give the same bytes.
    """
    from nkru_brief.cache import open_cache
    from nkru_brief.impose import impose as imposed
    from nkru_brief.imposition import Wish
    from nkru_brief.inputs import find_root

    try:
        project = find_root(root.resolve())
    except UsageError:
        project = None
    wish = Wish(way=way, paper=paper, creep=creep, marks=marks, bleed=bleed)
    made = imposed(what, wish, project, out, copies=copies, cover=cover, cache=open_cache())
    plan = made.plan
    blank = f" and {counted(plan.blanks, 'empty one')}" if plan.blanks else ""
    click.echo(
        f"{here(made.path)}: {counted(made.pages, 'page')}{blank} on {counted(plan.sheets, 'sheet')} of {plan.paper} "
        f"at {plan.scale:.0%}; {counted(copies * plan.sheets, 'sheet')} for {counted(copies, 'copy', 'copies')}"
    )
    click.echo("  for printing: without tags; it claims neither PDF/UA nor PDF/A")
    return 0
