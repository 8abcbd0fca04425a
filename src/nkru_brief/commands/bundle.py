"""`nkru-brief bundle`: everything to pass on, as a folder and a zip."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nkru_brief.commands.printing import counted, here
from nkru_brief.commands.progress import Bar

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from nkru_brief.report import Request
    from nkru_brief.unpacking import Unpacked


@click.command()
@click.option("-e", "--edition", "editions", multiple=True, metavar="NAME", help="Take this edition only; repeatable.")
@click.option("--handouts/--no-handouts", default=True, help="Whether handouts go in. Default: they do.")
@click.option(
    "--public", is_flag=True, help="For everybody: refuses what is marked or embargoed, leaves out public: false."
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder; the zip lies beside it. Default: build/bundle/ in the project.",
)
@click.option(
    "--sign",
    "key",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="KEY",
    help="Sign SHA256SUMS with this Ed25519 (PEM) or SSH key.",
)
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Sheets set at a time. Default: one for each core.")
@click.option("--no-cache", "afresh", is_flag=True, help="Make everything anew, and keep nothing.")
@click.pass_obj
def bundle(
    root: Path,
    editions: tuple[str, ...],
    handouts: bool,  # noqa: FBT001 - click passes options by name
    public: bool,  # noqa: FBT001
    out: Path | None,
    key: Path | None,
    strict: bool,  # noqa: FBT001
    jobs: int | None,
    afresh: bool,  # noqa: FBT001
) -> int:
    """Pack editions for passing on: a folder and a zip.

    The papers and handouts with a front page, data, sources, licence, checksums and an RO-Crate. The same content
    gives the same bytes. The folder is a site: it can be opened from a stick and put on any web server.
    nkru-brief verify checks it.
    """
    from nkru_brief.bundle import Packing, pack
    from nkru_brief.cache import NOWHERE, open_cache
    from nkru_brief.inputs import find_root

    folder = find_root(root.resolve())
    packing = Packing(editions=editions, handouts=handouts, public=public, strict=strict, jobs=jobs, key=key)
    target = (out or folder / "build" / "bundle").absolute()
    with Bar("setting pages", shown=sys.stderr.isatty()) as progress:
        packed = pack(folder, target, packing, progress, NOWHERE if afresh else open_cache(), _hire)
    for diagnostic in packed.diagnostics:
        click.echo(str(diagnostic), err=True)
    if packed.diagnostics:
        errors = sum(diagnostic.severity == "error" for diagnostic in packed.diagnostics)
        warnings = len(packed.diagnostics) - errors
        click.echo(f"{counted(errors, 'error')}, {counted(warnings, 'warning')}", err=True)
    if packed.failed:
        click.echo("Nothing was written; the last bundle is as it was.", err=True)
        return 1
    click.echo(f"{here(packed.folder)}: {counted(packed.files, 'file')}, {packed.size:,} bytes")
    click.echo(f"{here(packed.archive)}: the same, in one file")
    if packed.left_out:
        click.echo(f"Left out, since they say public: false: {', '.join(packed.left_out)}")
    if packed.signer:
        click.echo(f"Signed with the key {packed.signer}")
    return 0


def _hire(request: "Request") -> "AbstractContextManager[Executor | None]":
    from nkru_brief import crew, outputs

    return crew.hire(request.jobs, outputs.warm)


def told_of(found: "Unpacked") -> Iterator[str]:
    """Yield what is told of a bundle that was examined, line by line."""
    from nkru_brief.pdfclaims import CHECKED, validates

    if not found.files:
        return
    yield f"{found.path}: a bundle of {counted(found.files, 'file')}, {_state(found)}"
    yield f"  {'signature':<12}{_signature(found)}"
    claims = sorted({claim for own in found.claims.values() for claim in own})
    if claims:
        count = sum(bool(own) for own in found.claims.values())
        yield f"  {'claims':<12}{counted(count, 'PDF')} claim {' and '.join(claims)}"
        judge = "validated by page-validation" if validates() else "not validated, for page-validation is not installed"
        yield f"  {'':<12}looked at: {CHECKED}; {judge}"


def _state(found: "Unpacked") -> str:
    return "NOT as it was packed" if found.diagnostics else "each as it was packed"


def _signature(found: "Unpacked") -> str:
    if found.unchecked:
        return "not checked: that needs cryptography or ssh-keygen"
    if not found.signer:
        return "none that fits" if found.signed else "none"
    return f"by {found.signer}" + ("" if found.known else ", a key that was not compared with any (--signer)")
