"""A bundle: everything to pass on, as a folder and as a zip, which is a site, an archive and a data set at once.

It is made from a build in a folder of its own, so nothing else that lies in `build/` gets into it; and from the briefs
of its editions, which hold no word of an article. Where the articles are at hand, every file is searched for them too.
"""

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import nkru_brief
from nkru_brief import archive, atomic, crate, exports, leaks, pdfreader, recalled, signature, sums
from nkru_brief.brief import Brief
from nkru_brief.cache import Cache
from nkru_brief.colophon import colophon, licence
from nkru_brief.crate import LICENCE, Member
from nkru_brief.diagnostics import Diagnostic, Place, UsageError
from nkru_brief.frontpage import Front, choices_of, offers_of
from nkru_brief.load import file_bytes, texts_at_hand
from nkru_brief.model import Card, Edition
from nkru_brief.outputs import load_output
from nkru_brief.outputs.html import with_faces
from nkru_brief.project import Project, open_project
from nkru_brief.render import Renderer
from nkru_brief.report import Progress, Report, Request
from nkru_brief.theme import load_theme
from nkru_brief.typed import suggestion
from nkru_brief.typeset import faces_for
from nkru_brief.values import Value, replace, to_json

if TYPE_CHECKING:
    from concurrent.futures import Executor

INDEX = "index.html"
COLOPHON = "COLOPHON.txt"

# Media types by ending (IANA); the tables of a machine may say anything.
_MEDIA = {
    ".pdf": "application/pdf",
    ".html": "text/html",
    ".txt": "text/plain",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".csv": "text/csv",
    ".json": "application/json",
    ".zip": "application/zip",
    ".epub": "application/epub+zip",
}
_TEXT = "text/plain; charset=utf-8"

Hire = Callable[[Request], AbstractContextManager["Executor | None"]]


class Packing(Value):
    """What to bundle: editions by name (none means all), their handouts, for everybody or not, the key to sign with."""

    editions: tuple[str, ...] = ()
    handouts: bool = True
    public: bool = False
    strict: bool = False
    jobs: int | None = None
    key: Path | None = None


class Packed(Value):
    """What came of it: where it is, its files and bytes, the editions left out, and what was found wrong."""

    folder: Path
    archive: Path
    files: int = 0
    size: int = 0
    left_out: tuple[str, ...] = ()
    signer: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
    failed: bool = False


def pack(root: Path, out: Path, packing: Packing, progress: Progress, cache: Cache, hire: Hire) -> Packed:
    """Build editions and put them, with all that belongs to them, into the folder `out` and into `out`.zip.

    Args:
        root: the project's folder.
        out: the folder; it may be one that an earlier bundle was written to, and no other that holds something.
        packing: what to bundle.
        progress: what to tell while pages are set.
        cache: where what was made before is looked up, and what is made is kept.
        hire: gives the executor that presses.

    Raises:
        ContentError: the front page's templates are wrong.
        UsageError: there is no such edition, `out` holds what no bundle wrote, or the key cannot sign.
        OSError: the disk refuses.
    """
    packed = Packed(folder=out, archive=out.with_name(f"{out.name}.zip"))
    key = _key(packing.key)
    _check_place(out)
    names, left_out, faults = _chosen(open_project(root).editions, packing)
    packed = replace(packed, left_out=left_out)
    if faults:
        return replace(packed, diagnostics=faults, failed=True)
    request = Request(editions=names, strict=packing.strict, jobs=packing.jobs)
    with tempfile.TemporaryDirectory(prefix="nkru-brief-") as folder:
        report = _built(root, Path(folder), request, progress, cache, hire, handouts=packing.handouts)
        if report.failed:
            return replace(packed, diagnostics=report.diagnostics, failed=True)
        papers = {written.path.relative_to(folder).as_posix(): written.path.read_bytes() for written in report.written}
    project = open_project(root)
    files, signer = _files(root, project, report, papers, Path(folder), key)
    leaking = tuple(_leaking(root, project, files))
    if leaking:
        return replace(packed, diagnostics=(*report.diagnostics, *leaking), failed=True)
    changed = next(iter(project.briefs.values())).changed.iso
    whole = archive.zipped(files, changed)
    modified = atomic.source_date()
    atomic.write_folder(out, files, modified)
    atomic.write(packed.archive, whole, modified)
    size = sum(map(len, files.values()))
    return replace(packed, files=len(files), size=size, signer=signer, diagnostics=report.diagnostics)


def _built(
    root: Path, folder: Path, request: Request, progress: Progress, cache: Cache, hire: Hire, *, handouts: bool
) -> Report:
    """Build the papers, then the handouts: each is kept for itself, as the commands that make them keep it."""
    report = recalled.build(root, folder, request, progress, cache, hire)
    if report.failed or not handouts:
        return report
    more = recalled.build(root, folder, replace(request, handouts=True), progress, cache, hire)
    found = tuple(dict.fromkeys((*report.diagnostics, *more.diagnostics)))
    return replace(more, written=(*report.written, *more.written), diagnostics=found)


# ---- what may go in ----


def _chosen(
    editions: Mapping[str, Edition], packing: Packing
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Diagnostic, ...]]:
    """Return the editions to build (none named means all), those left out, and what may not be made public."""
    for name in packing.editions:
        if name not in editions:
            raise UsageError(f"there is no edition {name!r}; {suggestion(name, editions)}")
    if not packing.public:
        return packing.editions, (), ()
    private = tuple(name for name, edition in editions.items() if edition.public is False)
    faults = tuple(_unpublishable(editions, packing.editions, private))
    if not packing.editions and not private:
        return (), (), faults
    names = packing.editions or tuple(name for name in editions if name not in private)
    if not names:
        raise UsageError("no edition is for the public: each says public: false")
    return names, () if packing.editions else private, faults


def _unpublishable(
    editions: Mapping[str, Edition], named: tuple[str, ...], private: tuple[str, ...]
) -> Iterator[Diagnostic]:
    for name in named or tuple(editions):
        edition = editions[name]
        if name in private:
            if named:
                message = f"the edition {name!r} is not for the public, and a public bundle was to hold it"
                hint = "do not name it, or bundle without --public"
                yield Diagnostic(code="E852", place=edition.at("public"), message=message, hint=hint)
            continue
        for field in ("marking", "embargo"):
            value = getattr(edition, field)
            if value:
                message = f"the edition {name!r} has the {field} {value!r}, and a public bundle was to hold it"
                hint = f"take {field}: away when it no longer holds, name other editions, or bundle without --public"
                yield Diagnostic(code="E851", place=edition.at(field), message=message, hint=hint)


def _leaking(root: Path, project: Project, files: Mapping[str, bytes]) -> Iterator[Diagnostic]:
    """Yield the files that hold words of an article at hand."""
    texts = texts_at_hand(root, project.library.cards.values()).values()
    wanted = leaks.runs(text.decode("utf-8", errors="replace") for text in texts)
    for path, data in files.items() if wanted else ():
        if any(leaks.held(text, wanted) for text in _readings(path, data)):
            message = f"it holds {leaks.RUN} words in a row of an article, and articles are not handed on"
            hint = "say it in other words: look for a gist, a statement or a quotation that repeats its source"
            yield Diagnostic(code="E853", place=Place(file=path), message=message, hint=hint)


def _readings(path: str, data: bytes) -> Iterator[str]:
    """Yield a file's text in each way it can be read."""
    if not path.endswith(".pdf"):
        text = data.decode("utf-8", errors="replace")
        # Addresses that hold a file hold no words.
        text = re.sub(r"base64,[A-Za-z0-9+/=]*", "", text)
        yield text
        if path.endswith(".html"):
            yield unescape(re.sub(r"<[^>]*>", "", text))
        return
    contents = pdfreader.read(data)
    yield " ".join(contents.drawn)
    yield from (inside.decode("utf-8", errors="replace") for inside in contents.attachments.values())


def _key(path: Path | None) -> tuple[Path, bytes] | None:
    if path is None:
        return None
    data = file_bytes(path)
    if data is None:
        raise UsageError(f"{path}: there is no such key")
    # Before a page is set, not after.
    signature.private_key(path, data)
    return path, data


def _check_place(out: Path) -> None:
    """Refuse to take the place of a folder that holds anything but a bundle.

    Raises:
        UsageError: it does.
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise UsageError(f"{out} is a file; name a folder, or none at all")
    there = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if not path.is_dir())
    if not there:
        return
    try:
        own = {*sums.read((out / sums.FILE).read_bytes()), sums.FILE, sums.SIGNATURE}
    except (OSError, ValueError):
        raise UsageError(f"{out} holds files, and is no bundle; name another folder with --out") from None
    foreign = [name for name in there if name not in own]
    if foreign:
        raise UsageError(f"{out / foreign[0]} is no part of the bundle there, and would be lost; move it away")


# ---- what goes in ----


def _title_of(output: str, words: Mapping[str, str]) -> str:
    """Return what a file is, in the paper's words; an output that has none there describes itself."""
    described = load_output(output).description
    return words.get(f"output_{output}") or described[:1].upper() + described[1:]


def _members(report: Report, folder: Path, words: Mapping[str, str]) -> tuple[Member, ...]:
    return tuple(
        Member(
            path=written.path.relative_to(folder).as_posix(),
            media_type=_MEDIA.get(written.path.suffix.lower(), "application/octet-stream"),
            title=_title_of(written.output, words),
            edition=written.edition,
            pages=written.pages,
        )
        for written in report.written
    )


def _files(
    root: Path,
    project: Project,
    report: Report,
    papers: Mapping[str, bytes],
    folder: Path,
    key: tuple[Path, bytes] | None,
) -> tuple[dict[str, bytes], str]:
    """Return every file of a bundle by its path, and the fingerprint of the key it is signed with, "" for none."""
    built = {written.edition for written in report.written}
    # What all editions say of the briefing is said in the words of the first.
    briefs = {brief.name: brief for brief in exports.by_level(project.briefs) if brief.name in built}
    cards = _cards(project, briefs)
    data = exports.exports(briefs, cards)
    renderer = Renderer(load_theme(root, "base", Place(file="templates/base")), _no_measure, nkru_brief.__version__)
    first = next(iter(briefs.values()))
    words = renderer.words(first.language)
    members = _members(report, folder, words)
    files = {**papers, **{export.path: export.data for export in data}}
    files[LICENCE] = licence(first, words, _project_licence(root))
    files[COLOPHON] = colophon(briefs, project.themes, words)
    exported = tuple(Member(path=e.path, media_type=e.media_type, title=e.title) for e in data)
    about = (
        Member(path=LICENCE, media_type=_TEXT, title=words["bundle_licence"]),
        Member(path=COLOPHON, media_type=_TEXT, title=words["bundle_colophon"]),
    )
    lists = [Member(path=sums.FILE, media_type=_TEXT, title=words["bundle_sums"])]
    if key is not None:
        lists.append(Member(path=sums.SIGNATURE, media_type=_TEXT, title=words["bundle_signature"]))
    front = _front(project, briefs, members, exported, about, files, signed=key is not None)
    files[INDEX] = _page(renderer, front)
    index = Member(path=INDEX, media_type="text/html", title=words["bundle_index"])
    described = (*members, *exported, *about, index, *lists)
    files[crate.FILE] = crate.crate(described, files, briefs, cards, nkru_brief.__version__)
    for name in files:
        archive.check_path(name)
    files[sums.FILE] = sums.listed(files)
    signer = ""
    if key is not None:
        files[sums.SIGNATURE] = signature.sign(files[sums.FILE], *key)
        signer = signature.read(files[sums.SIGNATURE]).fingerprint
    return files, signer


def _cards(project: Project, briefs: Mapping[str, Brief]) -> dict[str, Card]:
    named = {source.id for brief in briefs.values() for source in brief.sources}
    return {name: card for name, card in sorted(project.library.cards.items()) if name in named}


def _project_licence(root: Path) -> str:
    """Return the licence that lies in the project's folder, "" where none does."""
    for name in ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENCE.txt", "LICENCE.md"):
        data = file_bytes(root / name)
        if data is not None:
            return data.decode("utf-8", errors="replace")
    return ""


def _front(
    project: Project,
    briefs: Mapping[str, Brief],
    members: tuple[Member, ...],
    data: tuple[Member, ...],
    about: tuple[Member, ...],
    files: Mapping[str, bytes],
    *,
    signed: bool,
) -> Front:
    topic, first = project.library.topic, next(iter(briefs.values()))
    dates = exports.dates_of(briefs).values()
    return Front(
        title=topic.title if topic else first.title,
        language=first.language,
        series=first.series,
        number=first.number,
        version=first.version,
        published=first.published.text,
        changed=first.changed.text,
        cutoff=first.cutoff.text,
        cutoff_note=first.cutoff_note,
        publisher=first.publisher,
        contact=first.contact,
        disclaimer=first.disclaimer,
        source_summary=first.source_summary,
        licence=first.licence,
        choices=choices_of(briefs, topic.levels if topic else {}, members, files),
        data=offers_of(data, files),
        about=offers_of(about, files),
        sources=first.sources,
        signed=signed,
        days=sum(exports.is_day(row) for row in dates),
        dates=len(dates),
    )


def _page(renderer: Renderer, front: Front) -> bytes:
    theme = renderer.theme
    words = "".join(renderer.words(front.language).values())
    faces = faces_for(theme, frozenset(to_json(front).decode("utf-8") + words))
    html = renderer.page("bundle.html", front.language, bundle=front, faces=faces)
    return with_faces(html, faces).encode("utf-8")


def _no_measure(text: str, size: float, bold: bool) -> float:  # noqa: ARG001, FBT001 - the figures' protocol
    return 0.0
