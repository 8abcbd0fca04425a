"""`nkru-brief claim`: what a reviewer needs to check claims against their passages, and to sign them off."""

import sys
from datetime import date, datetime
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import click

from nkru_brief.commands.printing import counted, here

if TYPE_CHECKING:
    from nkru_brief.review import Reviewed

_WIDTH = 100


@click.group()
def claim() -> None:
    """Read claims beside their passages, and sign them off."""


@claim.command("list")
@click.option("--unsigned", is_flag=True, help="Only claims that nobody signed, or that changed since.")
@click.pass_obj
def list_(root: Path, unsigned: bool) -> int:  # noqa: FBT001 - click passes options by name
    """List claims with their support, their status and who signed them."""
    from nkru_brief.inputs import find_root
    from nkru_brief.project import open_project
    from nkru_brief.review import reviewed

    shown = 0
    found = reviewed(open_project(find_root(root.resolve())))
    for each in found:
        if unsigned and each.state == "signed":
            continue
        shown += 1
        click.echo(
            f"{each.id:<5} {each.support:<9} {each.status:<7} {_signed(each):<32} {each.statement[0][1]}".rstrip()
        )
    if sys.stdout.isatty():
        signed = sum(each.state == "signed" for each in found)
        click.echo(f"{counted(shown, 'claim')} listed; {signed} of {len(found)} are signed off.")
    return 0


@claim.command("show")
@click.argument("claims", nargs=-1, required=True, metavar="ID...")
@click.option(
    "--sentences/--no-sentences",
    default=None,
    help="Show the sentences of the articles at hand. Default: on a terminal only, so that no file gets them.",
)
@click.pass_obj
def show(root: Path, claims: tuple[str, ...], sentences: bool | None) -> int:  # noqa: FBT001
    """Show claims as a reviewer needs them: wordings, passages, support, sign-off, and who is told.

    Where the text of an article is at hand in seeds/, its sentences stand beside the passages.
    """
    from nkru_brief.inputs import find_root
    from nkru_brief.project import open_project
    from nkru_brief.review import chosen, sentences_at_hand

    folder = find_root(root.resolve())
    project = open_project(folder)
    wanted = sys.stdout.isatty() if sentences is None else sentences
    texts = sentences_at_hand(folder, project) if wanted else {}
    for number, each in enumerate(chosen(project, claims)):
        click.echo(("\n" if number else "") + _page(each, texts))
    return 0


@claim.command("sign")
@click.argument("claims", nargs=-1, required=True, metavar="ID...")
@click.option("--who", required=True, metavar="NAME", help="Who checked the claims against their passages.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="When they were checked. Default: today.")
@click.pass_obj
def sign(root: Path, claims: tuple[str, ...], who: str, day: datetime | None) -> int:
    """Write down that somebody checked claims against their passages.

    The sign-off holds for what a claim says now and for the passages it rests on; it lapses when either changes.
    """
    from nkru_brief.desk import sign_claims
    from nkru_brief.inputs import find_root

    when = day.date() if day else today()
    for signed in sign_claims(find_root(root.resolve()), claims, who, when):
        before = f"; before: {signed.before.who}, {signed.before.date}" if signed.before else ""
        click.echo(f"{here(signed.file)}: {signed.claim} signed by {who.strip()}, {when}{before}")
    return 0


def today() -> date:
    """Return the day on which a person acts: what they do now is dated now, unless they say otherwise."""
    return date.today()


# ---- pages ----


def _signed(each: "Reviewed") -> str:
    if each.state == "none":
        return "not yet reviewed"
    return f"{each.who}, {each.date}" + (" (lapsed)" if each.state == "lapsed" else "")


def _page(each: "Reviewed", texts: dict[str, str]) -> str:
    """Return all about a claim, as lines."""
    lines = [f"{each.id}  {each.place}", f"  support   {each.support}", f"  status    {each.status}"]
    lines.append(f"  sign-off  {_signed(each)}")
    if each.editions:
        lines.append(f"  only for  {', '.join(each.editions)}")
    lines += ["", *(_wrapped(level, text) for level, text in each.statement)]
    for title, wordings in (("question", each.question), ("remark", each.remark)):
        lines += [_wrapped(f"{title}, {level}", text) for level, text in wordings]
    for reading in each.readings:
        lines += [_wrapped(f"{reading.label} says, {level}", text) for level, text in reading.says]
    lines.append("")
    for passage in each.passages:
        lines.append(_wrapped(f"{passage.label} {passage.id}", passage.gist or "(no gist)"))
        if sentence := texts.get(f"{passage.source} {passage.id}"):
            lines.append(_wrapped("", f"“{sentence}”"))
    lines.append("")
    for telling in each.told:
        lines.append(_wrapped(telling.edition, f"{', '.join(telling.parts)} ({', '.join(telling.levels)})"))
    if not each.told:
        lines.append("  no edition tells it")
    if each.context:
        lines += ["", "  beside it, and no part of what it rests on:"]
        lines += [_wrapped(f"context {name}", text) for name, text in each.context]
    return "\n".join(lines)


def _wrapped(head: str, text: str) -> str:
    return fill(text, _WIDTH, initial_indent=f"  {head:<18}  ", subsequent_indent=" " * 22)
