"""The roof: a command line in, an exit code out. Commands return values; this module prints them.

Exit codes: 0 clean, 1 faults in content, templates or editions, 2 a wrong command line, folder or machine,
3 a bug of ours, 130 interrupted.
"""

import io
import json
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nkru_brief import __version__
from nkru_brief.collecting import never_at_the_end, seldom
from nkru_brief.commands import bundle, claims, history, theme
from nkru_brief.commands.copies import copies
from nkru_brief.commands.handouts import handouts
from nkru_brief.commands.impose import impose
from nkru_brief.commands.progress import Bar
from nkru_brief.diagnostics import BriefError, ContentError, Diagnostic, UsageError
from nkru_brief.inputs import find_root

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from nkru_brief.cache import Cache
    from nkru_brief.inspection import Inspection
    from nkru_brief.report import Report, Request, Written
    from nkru_brief.sheet import Settled
    from nkru_brief.verification import Verified

EPILOG = """\b
Examples:
  nkru-brief build                        every edition, PDF and HTML, into build/
  nkru-brief build --edition press        one edition
  nkru-brief build --output pdf --strict  PDF only; warnings count as errors
  nkru-brief check                        everything wrong with the content, in a moment
\b
Exit codes: 0 clean, 1 faults in content or templates, 2 wrong usage, 3 a bug, 130 interrupted."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A pipe may know fewer characters than the words have; that is no reason to fail.
            stream.reconfigure(errors="backslashreplace")
    if arguments is None:
        never_at_the_end()
    try:
        with seldom():
            result = cli.main(arguments and list(arguments), prog_name="nkru-brief", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except ContentError as error:
        click.echo(str(error), err=True)
        return error.exit_code
    except BriefError as error:
        click.echo(f"nkru-brief: {error}", err=True)
        return error.exit_code
    except OSError as error:
        click.echo(f"nkru-brief: {error.filename or 'the disk'}: {error.strerror or error}", err=True)
        return 2
    except Exception:  # noqa: BLE001 - whatever is left is our own fault, and says so
        return _bug()
    return result if isinstance(result, int) else 0


def _bug() -> int:
    command = " ".join(sys.argv[1:])
    click.echo(
        f"nkru-brief {__version__} failed on its own account: nothing you wrote should lead here.\n"
        f"Please report the lines below with the command that led to them: nkru-brief {command}\n\n"
        f"{traceback.format_exc()}",
        err=True,
    )
    return 3


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="nkru-brief %(version)s")
@click.option(
    "-C",
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The project's folder, or one inside it. Default: this folder.",
)
@click.pass_context
def cli(context: click.Context, root: Path) -> None:
    """Build printed briefing papers whose every sentence leads back to a fingerprinted passage of a source.

    A project is a folder that holds content/ (the words), seeds/ (cards of the sources) and, if it likes,
    templates/ (its own looks). Each file in content/editions/ is an edition: one audience, one paper.
    """
    context.obj = root


@cli.command()
@click.option("-e", "--edition", "editions", multiple=True, metavar="NAME", help="Build this edition only; repeatable.")
@click.option("-o", "--output", "outputs", multiple=True, metavar="NAME", help="Make this output only; repeatable.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the files go. Default: build/ in the project.",
)
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Sheets set at a time. Default: one for each core.")
@click.option("--check-reproducible", "reproducible", is_flag=True, help="Build twice; what differs is a fault.")
@click.option(
    "--executor",
    "address",
    metavar="dask://HOST:PORT",
    help="Set pages on the workers of a Dask scheduler. Default: on this machine.",
)
@click.option("--handouts", is_flag=True, help="Make the handouts of editions, as the command of that name does.")
@click.option("--explain", is_flag=True, help="Say of each sheet why it was pressed or not.")
@click.option("--no-cache", "afresh", is_flag=True, help="Make everything anew, and keep nothing.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", help="How to report.")
@click.pass_obj
def build(
    root: Path,
    editions: tuple[str, ...],
    outputs: tuple[str, ...],
    out: Path | None,
    strict: bool,  # noqa: FBT001 - click passes options by name
    jobs: int | None,
    reproducible: bool,  # noqa: FBT001
    address: str | None,
    handouts: bool,  # noqa: FBT001
    explain: bool,  # noqa: FBT001
    afresh: bool,  # noqa: FBT001
    style: str,
) -> int:
    """Build editions into PDF and HTML.

    Content is checked first; a fault is reported with its file and line, and nothing is written.

    Dates in the papers are content. SOURCE_DATE_EPOCH, where it is set, is the modification time of the files.
    """
    from nkru_brief import recalled
    from nkru_brief.report import Request

    if address is not None and not re.fullmatch(r"dask://[^/]+:\d+", address):
        raise UsageError(f"there is no executor {address!r}; name a scheduler: dask://HOST:PORT")
    project = find_root(root.resolve())
    target = out or project / "build"
    request = Request(
        editions=editions, outputs=outputs, strict=strict, jobs=jobs, reproducible=reproducible, handouts=handouts
    )
    with Bar("setting pages", shown=sys.stderr.isatty()) as progress:
        report = recalled.build(project, target, request, progress, _cache(afresh=afresh), partial(_hire, address))
    if style == "json":
        click.echo(_as_json(report.diagnostics, report.written, report.unchecked))
    else:
        _show(report.diagnostics, strict=strict)
        _show_written(report, explain=explain)
    return int(report.failed)


def _cache(*, afresh: bool) -> "Cache":
    from nkru_brief.cache import NOWHERE, open_cache

    return NOWHERE if afresh else open_cache()


def _hire(address: str | None, request: "Request") -> "AbstractContextManager[Executor | None]":
    from nkru_brief import crew, outputs

    if address is not None:
        from nkru_brief import cluster

        return cluster.connected(address)
    return crew.hire(
        request.jobs, partial(outputs.warm, request.outputs), most=len(request.editions) * len(request.outputs)
    )


@cli.command()
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
@click.option("--no-cache", "afresh", is_flag=True, help="Check everything anew, and keep nothing.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", help="How to report.")
@click.pass_obj
def check(root: Path, strict: bool, afresh: bool, style: str) -> int:  # noqa: FBT001
    """Report everything wrong with a project, without setting a page."""
    from nkru_brief import recalled
    from nkru_brief.report import counts

    diagnostics = recalled.check(find_root(root.resolve()), _cache(afresh=afresh))
    if style == "json":
        click.echo(_as_json(diagnostics, ()))
    else:
        _show(diagnostics, strict=strict)
        if not diagnostics and sys.stdout.isatty():
            click.echo("Nothing is wrong.")
    return int(counts(diagnostics, strict=strict))


@cli.command("list")
@click.pass_obj
def list_(root: Path) -> int:
    """List editions, outputs and themes."""
    from nkru_brief.listing import listing

    for title, rows in listing(find_root(root.resolve())):
        click.echo(title)
        width = max((len(name) for name, _ in rows), default=0)
        for name, text in rows:
            click.echo(f"  {name:<{width}}  {text}".rstrip())
    return 0


cli.add_command(claims.claim)
cli.add_command(history.compare)
cli.add_command(history.changes)
cli.add_command(theme.theme)
cli.add_command(handouts)
cli.add_command(bundle.bundle)
cli.add_command(copies)
cli.add_command(impose)


@cli.group()
def source() -> None:
    """Add source articles, and check texts against their cards."""


@source.command("add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--id", "name", metavar="ID", help="The card's id. Default: the file's name.")
@click.option("--title", help="The article's title. Default: its first line.")
@click.option("--url", help="Where the article was found.")
@click.pass_obj
def source_add(root: Path, file: Path, name: str | None, title: str | None, url: str | None) -> int:
    """Make a card in seeds/ for an article: plain text, Markdown or HTML.

    The text is put beside the card, where git ignores it. Grade, description and gists are left to you.
    """
    from nkru_brief.desk import add_source

    added = add_source(find_root(root.resolve()), file, name, title, url)
    click.echo(f"{_here(added.card)}: {added.passages} passages; its text is {_here(added.text)}")
    return 0


@source.command("check")
@click.option(
    "--texts",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where the texts are. Default: seeds/.",
)
@click.pass_obj
def source_check(root: Path, texts: Path | None) -> int:
    """Say of each passage whether it is exact, moved, changed or missing in the texts at hand."""
    from nkru_brief.desk import check_sources

    failed = False
    for verdicts in check_sources(find_root(root.resolve()), texts):
        if not verdicts.at_hand:
            click.echo(f"{verdicts.source}: not checked, its text is not at hand")
            continue
        exact = len(verdicts.verdicts) - len(verdicts.faults)
        whole = "" if verdicts.same_text else ", in another text than the card was made from"
        click.echo(f"{verdicts.source}: {exact} of {len(verdicts.verdicts)} passages exact{whole}")
        for key in verdicts.misfits:
            failed = True
            click.echo(f"  {key} tampered")
        for fault in verdicts.faults:
            failed = failed or fault.state != "moved"
            now = f" -> {fault.now}" if fault.now and fault.now != fault.passage else ""
            click.echo(f"  {fault.passage}{now} {fault.state}: {fault.difference or fault.found}".rstrip(" :"))
    return int(failed)


@cli.command()
@click.option("-e", "--edition", "editions", multiple=True, metavar="NAME", help="Show this edition only; repeatable.")
@click.option("-t", "--theme", "themes", multiple=True, metavar="NAME", help="Show them in this theme; repeatable.")
@click.option("--all-themes", "every_theme", is_flag=True, help="Show them in every theme there is.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Default: build/proof/ in the project.")
@click.option("--dpi", type=click.IntRange(20, 300), default=70, show_default=True, help="Dots per inch of paper.")
@click.pass_obj
def proof(
    root: Path,
    editions: tuple[str, ...],
    themes: tuple[str, ...],
    every_theme: bool,  # noqa: FBT001
    out: Path | None,
    dpi: int,
) -> int:
    """Make contact sheets: an edition's pages on one picture.

    They are PNG files, to be looked at before anybody prints.
    """
    from nkru_brief import crew, outputs
    from nkru_brief.proof import proofs
    from nkru_brief.report import counts

    project = find_root(root.resolve())
    target = out or project / "build" / "proof"
    # One paper is set here: a crew takes longer to come.
    most = 1 if len(editions) == 1 and not every_theme and len(themes) < 2 else None
    with crew.hire(most, outputs.warm) as workers:
        made, diagnostics = proofs(
            project,
            target,
            editions,
            themes,
            dpi,
            every_theme=every_theme,
            cache=_cache(afresh=False),
            executor=workers,
        )
    for each in made:
        click.echo(f"{_here(each.path)!s:<44} {_counted(each.pages, 'page')}")
    _show(diagnostics, strict=False)
    return int(counts(diagnostics, strict=False))


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--texts",
    type=click.Path(path_type=Path),
    help="Where texts of the sources are, under any names. Default: seeds/ of the project.",
)
@click.option("--current", is_flag=True, help="Fail where the project's content has changed since.")
@click.option(
    "--signer",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Fail where a bundle is not signed with a public key in this file (SSH, allowed_signers, or Ed25519 PEM).",
)
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", help="How to report.")
@click.pass_obj
def verify(
    root: Path,
    files: tuple[Path, ...],
    texts: Path | None,
    current: bool,  # noqa: FBT001 - click passes options by name
    signer: Path | None,
    style: str,
) -> int:
    """Examine finished files: PDF, HTML, bundles, folders of them, zip files.

    Says whether each is as it was made, derives its fingerprint anew from what is inside, and names the content,
    sources and versions it was made from. Where texts of the sources are at hand, each passage is looked up in them.
    In a project's folder it also says what has changed there since. Of a bundle every byte is held against its lists,
    and a changed, missing, added or swapped file is named.
    """
    from nkru_brief.verification import verify_files

    found = verify_files(files, texts, root.resolve(), signer)
    if style == "json":
        click.echo(_verified_as_json(found))
    else:
        lines = chain(*map(bundle.told_of, found.bundles), *map(_told_of, found.papers))
        for line in lines:
            click.echo(line)
        _show(found.diagnostics, strict=False)
    return int(bool(found.diagnostics) or (current and any(paper.differing for paper in found.papers)))


@cli.command()
@click.option(
    "--texts",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where the texts are. Default: seeds/.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="The page to write. Default: in seeds/.desk/."
)
@click.pass_obj
def desk(root: Path, texts: Path | None, out: Path | None) -> int:
    """Lay texts at hand out beside what rests on them, locally.

    The page is for this machine only.

    Each article has its used sentences marked, with the claims and statements that rest on each; from each claim a
    way leads back. The page holds the articles' words: it is not for distribution, and git ignores it.
    """
    from nkru_brief.desk import write_desk

    path = write_desk(find_root(root.resolve()), texts, out)
    click.echo(f"{_here(path)}: LOCAL ONLY, it holds the words of the articles")
    return 0


@cli.command()
@click.pass_obj
def record(root: Path) -> int:
    """Record everything as it now is.

    From then on `check` warns, with file and line, of everything that has changed since.
    """
    from nkru_brief.ledger import record_all

    path, entries = record_all(find_root(root.resolve()))
    click.echo(f"{_here(path)}: {entries} entries")
    return 0


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port; 0: a free one.")
@click.option(
    "--editor",
    metavar="URL",
    default="vscode://file/{path}:{line}:{column}",
    show_default=True,
    help="Where the place of a fault leads to.",
)
@click.pass_obj
def serve(root: Path, host: str, port: int, editor: str) -> int:
    """Show the editions in a browser, renewed while you write.

    The web page comes first, the pages to print after it; faults are shown over them, and the last good page stays.
    """
    from nkru_brief import serve as server

    server.run(find_root(root.resolve()), host, port, editor, lambda url: click.echo(f"{url}  (Ctrl-C ends it)"))
    return 0


@cli.group()
def cache() -> None:
    """Show or clear what is kept of earlier builds.

    It is in the folder that NKRU_BRIEF_CACHE names, or in the user's folder for caches. What was used last stays,
    up to 512 MB, or as many as NKRU_BRIEF_CACHE_MB says.
    """


@cache.command("show")
def cache_show() -> int:
    """Say where the cache is and how much is in it."""
    kept = _cache(afresh=False)
    usage = kept.usage()
    click.echo(f"{usage.folder}: {_counted(usage.entries, 'entry', 'entries')}, {usage.size:,} of {kept.bound:,} bytes")
    return 0


@cache.command("clear")
def cache_clear() -> int:
    """Delete everything in the cache; the next build makes it anew."""
    kept = _cache(afresh=False)
    usage = kept.usage()
    kept.clear()
    click.echo(f"{usage.folder}: {_counted(usage.entries, 'entry', 'entries')} deleted, {usage.size:,} bytes")
    return 0


# ---- printing ----


def _here(path: Path) -> Path:
    """Return a path as seen from the current folder, where it is below it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _show(diagnostics: Iterable[Diagnostic], *, strict: bool) -> None:
    diagnostics = tuple(diagnostics)
    for diagnostic in diagnostics:
        click.echo(str(diagnostic), err=True)
    errors = sum(diagnostic.severity == "error" for diagnostic in diagnostics)
    warnings = len(diagnostics) - errors
    if diagnostics:
        text = f"{_counted(errors, 'error')}, {_counted(warnings, 'warning')}"
        click.echo(text + (" (warnings count)" if strict and warnings else ""), err=True)


def _counted(number: int, noun: str, nouns: str = "") -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {nouns or noun + 's'}"


def _show_written(report: "Report", *, explain: bool) -> None:
    for entry in report.written:
        path = _here(entry.path)
        pages = "" if entry.pages is None else f"{entry.pages} p"
        click.echo(f"{path!s:<44} {pages:>5} {entry.size:>11,} bytes {entry.seconds:>6.2f} s")
        if entry.settled is not None:
            click.echo(f"  {_settled(entry.settled)}")
        if explain:
            click.echo(f"  {'pressed' if entry.pressed else 'not pressed'}: {entry.why}")
    if report.written and report.unchecked:
        names = ", ".join(report.unchecked)
        click.echo(f"Passages not checked, since the texts are not at hand in seeds/: {names}")
    if report.failed and not report.written:
        click.echo("Nothing was written; the last good files are as they were.", err=True)


def _settled(settled: "Settled") -> str:
    """Return how a text was fitted to its paper: what it carries, and how large."""
    lacks = [f"without {', '.join(settled.left_out)}"] if settled.left_out else []
    lacks += [f"shorter {', '.join(settled.shortened)}"] if settled.shortened else []
    depth = f"selection {settled.depth + 1} of {settled.depths}"
    return f"set in {settled.size:g} pt; {depth}: {'; '.join(lacks) or 'everything'}"


def _told_of(inspection: "Inspection") -> Iterator[str]:
    """Yield what is told of an examined file, line by line."""
    document = inspection.document
    if document is None:
        return
    says, made = document.says, document.made
    pages = "" if inspection.pages is None else f", {_counted(inspection.pages, 'page')}"
    seal = {"whole": "as it was made", "changed": "CHANGED since it was made", "none": "without a seal"}
    yield f"{inspection.path}: {seal[inspection.seal]}{pages}"
    yield f"  {'edition':<12}{says.series} {says.number}, version {says.version}: {says.title}. {says.label}"
    if inspection.copy:
        yield f"  {'copy':<12}{inspection.copy}, for {inspection.recipient}"
    yield f"  {'fingerprint':<12}{document.fingerprint}"
    for source in says.sources:
        checked = "looked up in its text" if source.label in inspection.checked else "not looked up, text not at hand"
        yield f"  {'source ' + source.label:<12}{source.title}"
        yield f"  {'':<12}text {source.sha256[:16]}, {_counted(len(source.passages), 'passage')} {checked}"
    yield f"  {'made with':<12}" + ", ".join(f"{tool.title} {tool.version}" for tool in made.tools)
    yield f"  {'made from':<12}{len(made.used)} items of content, theme {made.theme}"
    if inspection.differing is not None:
        yield f"  {'':<12}" + (
            f"{_counted(len(inspection.differing), 'item')} of this project changed since:"
            if inspection.differing
            else "this project's content is the same"
        )
        yield from (f"  {'':<14}{used.file}: {used.key}" for used in inspection.differing)


def _verified_as_json(found: "Verified") -> str:
    """Return papers and bundles as one list; a bundle has `files`, a paper a `seal`."""
    from nkru_brief.values import plain, replace

    papers = (replace(paper, inside=b"") for paper in found.papers)
    return json.dumps([plain(each) for each in (*found.bundles, *papers)], indent=2, ensure_ascii=False)


def _as_json(diagnostics: Iterable[Diagnostic], written: "Iterable[Written]", unchecked: Iterable[str] = ()) -> str:
    return json.dumps(
        {
            "diagnostics": [
                {
                    "code": diagnostic.code,
                    "severity": diagnostic.severity,
                    "file": diagnostic.place.file,
                    "line": diagnostic.place.line,
                    "column": diagnostic.place.column,
                    "message": diagnostic.message,
                    "hint": diagnostic.hint,
                }
                for diagnostic in diagnostics
            ],
            "written": [_written_as_json(entry) for entry in written],
            "unchecked": list(unchecked),
        },
        indent=2,
        ensure_ascii=False,
    )


def _written_as_json(entry: "Written") -> dict[str, Any]:
    from nkru_brief.values import plain

    settled = {"settled": plain(entry.settled)} if entry.settled is not None else {}
    return {"path": str(entry.path), "pages": entry.pages, "bytes": entry.size, **settled}
