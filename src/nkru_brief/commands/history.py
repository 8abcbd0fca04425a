"""`nkru-brief compare` and `nkru-brief changes`: what one reader was told and another was not, and what changed."""

import sys
from datetime import datetime
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import click

from nkru_brief.commands.claims import today
from nkru_brief.commands.printing import as_json, counted, here
from nkru_brief.diagnostics import UsageError

if TYPE_CHECKING:
    from nkru_brief.changes import Changes
    from nkru_brief.comparison import Comparison, Told

_WIDTH = 100


@click.command()
@click.argument("editions", nargs=-1, metavar="EDITION EDITION...")
@click.option("--all", "every", is_flag=True, help="Compare every edition.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", help="How to report.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page to read or print, too.")
@click.pass_obj
def compare(root: Path, editions: tuple[str, ...], every: bool, style: str, html: Path | None) -> int:  # noqa: FBT001
    """Say what one edition's reader is told and another's is not.

    Two editions are listed side by side; more of them, or --all, are a table of claims and editions.
    """
    from nkru_brief import comparison
    from nkru_brief.inputs import find_root
    from nkru_brief.project import open_project

    if every == bool(editions) or len(editions) == 1:
        raise click.UsageError("name two editions or more, or say --all")
    folder = find_root(root.resolve())
    found = comparison.compare(open_project(folder), editions)
    if html is not None:
        from nkru_brief.pages import write_comparison

        write_comparison(folder, found, html)
    if style == "json":
        click.echo(as_json(found))
    else:
        click.echo(_pair(found) if len(found.sides) == len(("one", "other")) else _table(found))
        click.echo(_beside(found), nl=False)
    return 0


def _pair(found: "Comparison") -> str:
    """Return two editions side by side: what only one tells, and what both do."""
    lines = []
    for side, other in (found.sides, found.sides[::-1]):
        only = found.only(side.name)
        lines.append(f"Told in {side.name} and not in {other.name} ({len(only)}):")
        lines += [_told(each, (side.name,)) for each in only] or ["  nothing"]
        lines.append("")
    shared = found.shared()
    lines.append(f"Told in both ({len(shared)}):")
    lines += [_told(each, tuple(side.name for side in found.sides)) for each in shared] or ["  nothing"]
    return "\n".join(lines)


def _beside(found: "Comparison") -> str:
    """Return which edition shows which context, apart from what is told; nothing where none does."""
    if not found.context:
        return ""
    lines = ["", f"Context, not from the sources ({len(found.context)}):"]
    lines += [_told(each, tuple(telling.edition for telling in each.told)) for each in found.context]
    return "\n".join(lines) + "\n"


def _told(each: "Told", editions: tuple[str, ...]) -> str:
    head = f"  judged {each.id}: " if each.kind == "judgement" else f"  {each.id:<5} "
    places = []
    for name in editions:
        telling = each.by(name)
        own = f"{name}: " if len(editions) > 1 or each.kind == "context" else ""
        places.append(f"{own}{', '.join(telling.parts)} ({', '.join(telling.levels)})" if telling else "")
    says = fill(each.says, _WIDTH, initial_indent=head, subsequent_indent=" " * 8)
    return says + "\n" + fill("; ".join(places), _WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8)


def _table(found: "Comparison") -> str:
    """Return claims and editions as a table: the first letter of the level at which a claim is told, and where."""
    names = [side.name for side in found.sides]
    widths = [max(len(name), 3) for name in names]
    levels = dict.fromkeys(level for each in found.told for telling in each.told for level in telling.levels)
    lines = ["      " + "  ".join(f"{name:<{width}}" for name, width in zip(names, widths, strict=True))]
    for each in found.told:
        cells = []
        for name, width in zip(names, widths, strict=True):
            telling = each.by(name)
            mark = "".join(level[0] for level in telling.levels) if telling else "·"
            cells.append(f"{mark + ('*' if name in each.must else ''):<{width}}")
        lines.append(f"{each.id:<5} {'  '.join(cells)}".rstrip() if each.kind == "claim" else _judged(each, cells))
    legend = ", ".join(f"{level[0]} {level}" for level in levels)
    lines += ["", f"{legend}, · not told, * may not be dropped", ""]
    for each in found.told:
        where = "; ".join(f"{telling.edition}: {', '.join(telling.parts)}" for telling in each.told)
        lines.append(fill(where, _WIDTH, initial_indent=f"{each.id:<5} ", subsequent_indent=" " * 6))
    return "\n".join(lines)


def _judged(each: "Told", cells: list[str]) -> str:
    return f"      {'  '.join(cells).rstrip()}  judged {each.id}"


@click.command()
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option("--write", is_flag=True, help="Enter them into content/changes.yaml, move the date, and record.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day of the entry. Default: today.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", help="How to report.")
@click.pass_obj
def changes(
    root: Path,
    old: str | None,
    new: str | None,
    write: bool,  # noqa: FBT001 - click passes options by name
    day: datetime | None,
    style: str,
) -> int:
    """Say what changed between two states of a briefing.

    OLD and NEW are each a project's folder, a build, a bundle or a git revision of this project.

    Without OLD, what changed since the last record; without NEW, up to the content as it is now.
    """
    from nkru_brief import ledger
    from nkru_brief.changes import compare as compared
    from nkru_brief.inputs import find_root

    folder = find_root(root.resolve())
    if write:
        if new:
            raise UsageError("--write enters what changed up to now; it takes no NEW")
        before = ledger.snapshot(folder, old) if old else ledger.last_record(folder)
        found = ledger.write_changes(folder, before, day.date() if day else today())
    else:
        found = compared(*ledger.states(folder, old, new))
    click.echo(as_json(found) if style == "json" else _listed(found))
    if write and found.changes and style == "text":
        click.echo(f"\n{here(folder / 'content/changes.yaml')}: entered; the date was {_moved(found)}.")
    return 0


def _moved(found: "Changes") -> str:
    return "moved" if found.significant else "left as it is"


def _listed(found: "Changes") -> str:
    lines = []
    for significant, title in ((True, "significant change"), (False, "other change")):
        own = [change for change in found.changes if change.significant == significant]
        lines += ["", f"{counted(len(own), title)}:"] if own else []
        for change in own:
            where = f" ({', '.join(change.editions)})" if change.editions else ""
            lines.append(f"  {change.what} {change.how}{where}")
            lines += [fill(text, _WIDTH, initial_indent="    ", subsequent_indent="    ") for text in change.shows]
    if not found.changes:
        return "Nothing has changed." if sys.stdout.isatty() else ""
    return "\n".join(lines[1:])
