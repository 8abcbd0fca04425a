"""What was and what is: records of a briefing, its states by name, and the list of what changed."""

from datetime import date
from pathlib import Path

from nkru_brief import atomic, changes, papers, record
from nkru_brief.diagnostics import ContentError, UsageError, in_order
from nkru_brief.inspection import SUFFIXES
from nkru_brief.load import CHANGES, file_bytes, is_folder, load
from nkru_brief.project import Project, open_project, read_project
from nkru_brief.revisions import revision
from nkru_brief.values import from_json
from nkru_brief.verification import verify_files
from nkru_brief.yamltext import with_value


def record_all(root: Path) -> tuple[Path, int]:
    """Write `content/record.yaml`: everything as it now is. Return its path and its entries.

    Raises:
        ContentError: some of it cannot be read, and what is not read is not recorded.
        UsageError: the project keeps a list of what changed, and a significant change is not in it.
        OSError: the disk refuses.
    """
    project = _whole(root)
    kept = project.library.record
    if project.library.changes and kept:
        found = changes.compare(changes.of_record(kept), changes.of_project(project, "now"))
        missing = [f"{change.what} {change.how}" for change in found.changes if change.significant]
        if missing:
            raise UsageError(
                f"a significant change is in no entry of {CHANGES} ({'; '.join(missing)}): "
                "nkru-brief changes --write enters it, and records"
            )
    return _record(root, project)


def _whole(root: Path) -> Project:
    """Return a project of which everything can be read; the record is about to be replaced, so its faults are not.

    Raises:
        ContentError: some of it cannot be read.
    """
    project = open_project(root)
    faults = [fault for fault in project.diagnostics if fault.severity == "error" and fault.place.file != record.FILE]
    if faults:
        raise ContentError(faults)
    return project


def _record(root: Path, project: Project) -> tuple[Path, int]:
    path = root / record.FILE
    text = record.write(project)
    atomic.write(path, text.encode("utf-8"))
    return path, sum(1 for _ in record.entries(project))


def snapshot(root: Path, name: str) -> changes.Snapshot:
    """Return a state of the briefing by its name: the folder of a project, or a revision of this one.

    Raises:
        ContentError: the folder's content cannot be read.
        UsageError: it is neither, or the revision cannot be read.
    """
    folder = Path(name)
    if is_folder(folder):
        if not is_folder(folder / "content"):
            raise UsageError(f"{name} holds no content/; compare project folders or git revisions")
        project = read_project(folder)
        faults = [fault for fault in project.diagnostics if fault.severity == "error"]
        if faults:
            raise ContentError(in_order(faults))
        return changes.of_project(project, name)
    commit, files = revision(root, name)
    project = read_project(files)
    faults = [fault for fault in project.diagnostics if fault.severity == "error"]
    if faults:
        raise UsageError(f"the revision {name!r} cannot be read: {in_order(faults)[0]}")
    return changes.of_project(project, name if name == commit else f"{name} ({commit})")


def states(root: Path, old: str | None, new: str | None) -> tuple[changes.Snapshot, changes.Snapshot]:
    """Return two states of the briefing by their names; without a name the last record, and what is now.

    Where one is a build or a bundle, the other is told as its papers would tell it.

    Raises:
        ContentError: a state cannot be read, or a paper is not as it was made.
        UsageError: a name is neither a folder, a build nor a revision.
    """
    if not any(map(_is_build, (old, new))):
        return snapshot(root, old) if old else last_record(root), snapshot(root, new) if new else present(root)
    before, after = _as_papers(root, old or "."), _as_papers(root, new or ".")
    try:
        return papers.states(before, after)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        what = f"{type(error).__name__} {error}"
        raise UsageError(f"a paper's data is not of the form that docs/provenance.md describes: {what}") from None


def _is_build(name: str | None) -> bool:
    path = Path(name or "")
    folder = is_folder(path) and not is_folder(path / "content")
    return bool(name) and (folder or path.suffix in (".zip", *SUFFIXES))


def _as_papers(root: Path, name: str) -> papers.Papers:
    if not _is_build(name):
        here = root if name == "." else Path(name)
        project = open_project(here) if is_folder(here) else read_project(revision(root, name)[1])
        return papers.told(project, "now" if name == "." else name)
    found = verify_files((Path(name),), None, None)
    if found.diagnostics:
        raise ContentError(found.diagnostics)
    return papers.gathered((from_json(each.inside) for each in found.papers), name)  # type: ignore[misc]


def present(root: Path) -> changes.Snapshot:
    """Return the state of the content as it is.

    Raises:
        ContentError: some of it cannot be read.
    """
    return changes.of_project(_whole(root), "now")


def last_record(root: Path) -> changes.Snapshot:
    """Return what was last recorded.

    Raises:
        UsageError: nothing was, or not what a change is told by.
    """
    kept = load(root)[0].record
    if kept is None or not kept.facts:
        raise UsageError("there is no record to compare with; name a revision or a folder, or run: nkru-brief record")
    return changes.of_record(kept)


def write_changes(root: Path, old: changes.Snapshot, day: date) -> changes.Changes:
    """Enter what changed since `old` into `content/changes.yaml`, move the date in brief.yaml, and record.

    Only a significant change moves the date; where nothing changed, nothing is written.

    Raises:
        ContentError: some of the content cannot be read.
        UsageError: the day is before that of the last entry.
        OSError: the disk refuses.
    """
    project = _whole(root)
    topic = project.library.topic
    assert topic is not None  # noqa: S101 - a topic that cannot be read is an error
    found = changes.compare(old, changes.of_project(project, "now"))
    if not found.changes:
        return found
    last = max((entry.date for entry in project.library.changes), default=topic.published)
    if day < last:
        raise UsageError(f"{day} is before {last}, the day of what was last told of changes")
    text = (file_bytes(root / CHANGES) or b"").decode("utf-8")
    atomic.write(root / CHANGES, changes.with_entry(text, found.changes, day, topic.version).encode("utf-8"))
    if found.significant:
        brief = (file_bytes(root / topic.at().file) or b"").decode("utf-8")
        atomic.write(root / topic.at().file, with_value(brief, "changed", day.isoformat()).encode("utf-8"))
    _record(root, open_project(root))
    return found
