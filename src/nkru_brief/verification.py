"""What `nkru-brief verify` does: finds finished files, what is at hand to hold them against, and examines each."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from nkru_brief import archive, signature
from nkru_brief.crate import FILE as CRATE
from nkru_brief.diagnostics import Diagnostic, Place, UsageError
from nkru_brief.digest import sha256
from nkru_brief.inputs import find_root
from nkru_brief.inspection import SUFFIXES, Inspection, inspect
from nkru_brief.load import file_bytes
from nkru_brief.project import open_project
from nkru_brief.provenance import Used, stock_of, used_by
from nkru_brief.sums import FILE as SUMS
from nkru_brief.unpacking import Unpacked, examine, is_bundle
from nkru_brief.values import Value

# More than any text of a source has.
_MOST_BYTES = 200_000_000
# Of a bundle: the page that shows the papers, and is none.
_FRONT = "index.html"


class Verified(Value):
    """What was found out about each paper, and about each bundle; an archive that is refused is one without files."""

    papers: tuple[Inspection, ...]
    bundles: tuple[Unpacked, ...] = ()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything that is wrong, with bundles first."""
        bundles = (fault for bundle in self.bundles for fault in bundle.diagnostics)
        return (*bundles, *(fault for paper in self.papers for fault in paper.diagnostics))


class _Found(Value):
    """Files that belong together, by their paths: a bundle, or just papers of a folder; `links` are no files."""

    path: str
    files: dict[str, bytes]
    bundle: bool = False
    links: tuple[str, ...] = ()
    refused: tuple[Diagnostic, ...] = ()
    # Between the path and a name: an archive's files are told by a colon.
    join: str = "/"


def verify_files(
    paths: tuple[Path, ...], texts: Path | None, start: Path | None, signer: Path | None = None
) -> Verified:
    """Return what can be found out about finished files.

    Args:
        paths: PDF and HTML files, folders of them, bundles, and zip files of these.
        texts: a folder with texts of sources, under any names; `seeds/` of the project at hand where none is given.
        start: a folder in a project, to compare with what it holds now; None or any other to compare with none.
        signer: a file with the public keys one of which must have signed each bundle.

    Raises:
        UsageError: there is no file to examine, no folder of texts, or no key that can be read.
        OSError: the disk refuses.
    """
    for path in (*paths, *([texts] if texts else []), *([signer] if signer else [])):
        if not path.exists():
            raise UsageError(f"{path}: there is no such file or folder")
    signers = signature.allowed(file_bytes(signer) or b"", signer) if signer else None
    root = _project(start) if start else None
    found = [each for path in paths for each in _found(path)]
    papers = [(f"{each.path}{each.join}{name}", data) for each in found for name, data in _papers(each)]
    bundles = (
        *(Unpacked(path=each.path, files=0, diagnostics=each.refused) for each in found if each.refused),
        *(examine(each.path, each.files, each.links, signers) for each in found if each.bundle),
    )
    if not papers and not bundles:
        raise UsageError("there is no PDF and no HTML file in " + ", ".join(map(str, paths)))
    if signer and not bundles:
        raise UsageError("a signer signs bundles, and there is none in " + ", ".join(map(str, paths)))
    at_hand = _texts(texts or (root / "seeds" if root else None))
    now = _used(root) if root else {}
    inspected = tuple(inspect(name, data, at_hand, now) for name, data in papers)
    return Verified(papers=inspected, bundles=bundles)


def _project(start: Path) -> Path | None:
    try:
        return find_root(start)
    except UsageError:
        return None


def _used(root: Path) -> dict[str, tuple[Used, ...]]:
    project = open_project(root)
    stock = stock_of(project)
    return {name: used_by(project, name, stock) for name in project.briefs}


def _papers(found: _Found) -> Iterator[tuple[str, bytes]]:
    """Yield the papers among files, in the order of their names."""
    for name, data in sorted(found.files.items()):
        if name.endswith(SUFFIXES) and not (found.bundle and name == _FRONT):
            yield name, data


def _found(path: Path) -> Iterator[_Found]:
    """Yield what a path holds: the bundles in it, and the papers beside them."""
    if path.is_dir():
        yield from _in_folder(path)
    elif path.suffix == ".zip":
        yield _zipped(path)
    else:
        yield _Found(path="", files={str(path): file_bytes(path) or b""}, join="")


def _in_folder(path: Path) -> Iterator[_Found]:
    marks = sorted(mark.parent for name in (SUMS, CRATE) for mark in path.rglob(name))
    # A bundle in a bundle is part of it, and not listed.
    roots = [one for one in dict.fromkeys(marks) if not any(other in one.parents for other in marks)]
    for folder in roots:
        yield _bundle(folder)
    beside = {
        inside.relative_to(path).as_posix(): file_bytes(inside) or b""
        for inside in path.rglob("*")
        if inside.suffix in SUFFIXES and inside.is_file() and not any(root in inside.parents for root in roots)
    }
    if beside:
        yield _Found(path=str(path), files=beside)


def _bundle(folder: Path) -> _Found:
    files, links = {}, []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            links.append(name)
        elif path.is_file():
            files[name] = file_bytes(path) or b""
    return _Found(path=str(folder), files=files, bundle=True, links=tuple(links))


def _zipped(path: Path) -> _Found:
    if path.stat().st_size > archive.MAX_TOTAL:
        return _refused(path, f"it has more than {archive.MAX_TOTAL:,} bytes")
    try:
        files = archive.unzipped(file_bytes(path) or b"")
    except archive.Refused as error:
        return _refused(path, str(error))
    inner = _without_folder(files)
    if is_bundle(inner):
        return _Found(path=str(path), files=dict(inner), bundle=True, join=":")
    return _Found(path=str(path), files=files, join=":")


def _refused(path: Path, why: str) -> _Found:
    message = f"the archive is not unpacked: {why}"
    hint = "get it again from where it was published; nothing of it was looked at"
    fault = Diagnostic(code="E707", place=Place(file=str(path)), message=message, hint=hint)
    return _Found(path=str(path), files={}, refused=(fault,))


def _without_folder(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return an archive's files without the one folder that all of them are in, as who packs a folder leaves it."""
    tops = {name.partition("/")[0] for name in files}
    if len(tops) != 1 or is_bundle(files):
        return files
    return {name.partition("/")[2]: data for name, data in files.items() if "/" in name}


def _texts(folder: Path | None) -> dict[str, bytes]:
    """Return the files of a folder by their SHA-256: a text is known by what it says, not by its name."""
    if folder is None or not folder.is_dir():
        return {}
    files = (path for path in sorted(folder.iterdir()) if path.is_file() and path.stat().st_size < _MOST_BYTES)
    return {sha256(data): data for path in files if (data := file_bytes(path)) is not None}
