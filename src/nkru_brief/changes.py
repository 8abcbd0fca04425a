"""What changed between two states of a briefing: a project, one of its git revisions, or what was last recorded.

Each state is a `Snapshot`, however it was come by; what a snapshot does not know (a record keeps no words) is not
shown. What is significant is defined in `nkru_brief.significance`.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date

from nkru_brief.compose import resolve
from nkru_brief.model import STANDARD, ChangeEntry, ChangeHow, Record
from nkru_brief.project import Project
from nkru_brief.record import entries, said
from nkru_brief.significance import BASIS, SAYS, facts, judgements
from nkru_brief.values import Value
from nkru_brief.verify import word_difference

_HEAD = """\
# What changed in the briefing, oldest first. Entries are written by `nkru-brief changes --write`;
# the parts `changes` of editions print them, and `changed` in brief.yaml is the date of the newest significant one.
"""


class Snapshot(Value):
    """A state of a briefing: its significant facts, a fingerprint of everything, and words where they are known.

    `passages` are those of each claim; `printed` are the editions that print each section and level.
    """

    name: str
    facts: dict[str, str]
    recorded: dict[str, str]
    words: dict[str, tuple[str, ...]]
    passages: dict[str, tuple[str, ...]]
    printed: dict[str, tuple[str, ...]]


class Change(Value):
    """One thing that is not as it was: `claim c07`, how it changed, and what is seen of it."""

    what: str
    how: ChangeHow
    significant: bool
    shows: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()


class Changes(Value):
    """Everything that changed from one state to another, the significant first."""

    old: str
    new: str
    significant: bool
    changes: tuple[Change, ...]


# ---- snapshots ----


def of_project(project: Project, name: str) -> Snapshot:
    """Return the state of a project that was read."""
    library = project.library
    words: dict[str, tuple[str, ...]] = {}
    for claim in library.claims.values():
        words[f"claim {claim.id}"] = tuple(claim.statement.levels.values())
    for note in library.context.values():
        words[f"context {note.id}"] = tuple(note.text.levels.values())
    for entry in library.dates:
        words[f"date {entry.id}"] = tuple(entry.label.levels.values())
    for source in library.topic.sources if library.topic else ():
        words[f"source {source}"] = (library.cards[source].title,) if source in library.cards else ()
    words |= {key: (text,) for key, (_, text) in judgements(project).items()}
    for (section, level), fragment in project.fragments.items():
        words[f"section {section}.{level}"] = tuple(text for _, text, _, _ in said(fragment))
    return Snapshot(
        name=name,
        facts=facts(project),
        recorded={entry.key: entry.fingerprint for entry in entries(project)},
        words=words,
        passages={f"claim {claim.id}": claim.passages for claim in library.claims.values()},
        printed=_printed(project),
    )


def of_record(record: Record) -> Snapshot:
    """Return what a record knows: that something is not as it was, not what it was."""
    return Snapshot(
        name="the last record", facts=record.facts, recorded=record.recorded, words={}, passages={}, printed={}
    )


def _printed(project: Project) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    library = project.library
    for name, own in library.editions.items():
        if own.abstract:
            continue
        edition = resolve(library, name)[0]
        for use in edition.sections or ():
            level = use.level or edition.level or STANDARD
            level = level if level in library.sections.get(use.id, {}) else STANDARD
            found.setdefault(f"section {use.id}.{level}", []).append(name)
    return {key: tuple(names) for key, names in found.items()}


# ---- comparing ----


def compare(old: Snapshot, new: Snapshot) -> Changes:
    """Return everything that changed from one state to another."""
    found = [*_facts(old, new), *_rows(old, new), *_sections(old, new)]
    found.sort(key=lambda change: not change.significant)
    significant = any(change.significant for change in found)
    return Changes(old=old.name, new=new.name, significant=significant, changes=tuple(found))


def _facts(old: Snapshot, new: Snapshot) -> Iterator[Change]:
    keys = dict.fromkeys((*old.facts, *new.facts))
    for what in dict.fromkeys(key.removesuffix(f" {SAYS}").removesuffix(f" {BASIS}") for key in keys):
        own = [key for key in (what, f"{what} {SAYS}", f"{what} {BASIS}") if key in keys]
        before, after = ([state.facts.get(key) for key in own] for state in (old, new))
        if before == after:
            continue
        if None in before or None in after:
            how: ChangeHow = "added" if None in before else "withdrawn" if what.startswith("source ") else "removed"
            shown = (new if None in before else old).words.get(what, ())[:1]
            yield Change(what=what, how=how, significant=True, shows=shown)
        else:
            yield from _changed(what, old, new)


def _changed(what: str, old: Snapshot, new: Snapshot) -> Iterator[Change]:
    """Yield how a thing changed that was there before and is there now."""
    kind = what.partition(" ")[0]
    if kind != "claim":
        how: ChangeHow = "moved" if kind == "date" else "regraded" if kind == "source" else "changed"
        yield Change(what=what, how=how, significant=True, shows=(f"[-{old.facts[what]}-] {{+{new.facts[what]}+}}",))
        return
    if old.facts[f"{what} {SAYS}"] != new.facts[f"{what} {SAYS}"]:
        yield Change(what=what, how="changed", significant=True, shows=_differences(what, old, new))
    if old.facts[f"{what} {BASIS}"] != new.facts[f"{what} {BASIS}"]:
        before, after = old.passages.get(what), new.passages.get(what)
        gone = [f"[-{passage}-]" for passage in before or () if passage not in (after or ())]
        come = [f"{{+{passage}+}}" for passage in after or () if passage not in (before or ())]
        shown = (" ".join(gone + come),) if before is not None and after is not None and gone + come else ()
        yield Change(what=what, how="re-sourced", significant=True, shows=shown)


def _differences(what: str, old: Snapshot, new: Snapshot) -> tuple[str, ...]:
    """Return word diffs of the wordings of a thing; as it is now where it is not known how it was."""
    before, after = old.words.get(what), new.words.get(what, ())
    if before is None:
        return after[:1]
    if len(before) != len(after):
        return (word_difference(" ".join(before), " ".join(after)),)
    return tuple(word_difference(a, b) for a, b in zip(before, after, strict=True) if a != b)


_RECORDED = {
    "claim": "claim",
    "context": "context",
    "date": "date",
    "card": "source",
    "term": "term",
    "question": "question",
    "edition": "edition",
}


def _rows(old: Snapshot, new: Snapshot) -> Iterator[Change]:
    """Yield what is not as it was in a way that is not significant: wordings, cards, terms, questions."""
    told = {change.what for change in _facts(old, new)}
    for key in dict.fromkeys((*old.recorded, *new.recorded)):
        kind, _, name = key.partition(" ")
        if kind not in _RECORDED:
            continue
        what = f"{_RECORDED[kind]} {name}"
        changed = old.recorded.get(key) != new.recorded.get(key)
        passages = _passages(name, old, new) if kind == "card" else ()
        if (changed or passages) and what not in told:
            how: ChangeHow = "added" if key not in old.recorded else "edited" if key in new.recorded else "removed"
            shown = passages or (_differences(what, old, new) if old.words.get(what) else ())
            yield Change(what=what, how=how, significant=False, shows=shown)


def _passages(card: str, old: Snapshot, new: Snapshot) -> tuple[str, ...]:
    keys = [key for key in {**old.recorded, **new.recorded} if key.startswith(f"passage {card} ")]
    names = [key.removeprefix(f"passage {card} ") for key in keys if old.recorded.get(key) != new.recorded.get(key)]
    return (f"passages: {', '.join(names)}",) if names else ()


def _sections(old: Snapshot, new: Snapshot) -> Iterator[Change]:
    before, after = _sentences(old), _sentences(new)
    for name in sorted({*before, *after}):
        gone, come = before.get(name, set()) - after.get(name, set()), after.get(name, set()) - before.get(name, set())
        what = f"section {name}"
        if gone or come:
            how: ChangeHow = "added" if name not in before else "reworded" if name in after else "removed"
            shown = tuple(_reworded(what, old, new)) or (f"{len(gone)} sentences gone, {len(come)} new",)
            editions = new.printed.get(what) or old.printed.get(what, ())
            yield Change(what=what, how=how, significant=False, shows=shown, editions=editions)


def _sentences(state: Snapshot) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for key in state.recorded:
        if key.startswith("sentence "):
            found.setdefault(key.split(" ")[1], set()).add(key)
    return found


def _reworded(what: str, old: Snapshot, new: Snapshot) -> Iterator[str]:
    """Yield the sentences of a section that differ, each beside the one it was where both have as many."""
    before, after = old.words.get(what), new.words.get(what)
    if before is None or after is None:
        return
    gone = [sentence for sentence in before if sentence not in after]
    come = [sentence for sentence in after if sentence not in before]
    if len(gone) == len(come):
        yield from (word_difference(a, b) for a, b in zip(gone, come, strict=True))
    else:
        yield from (*(f"[-{sentence}-]" for sentence in gone), *(f"{{+{sentence}+}}" for sentence in come))


# ---- writing an entry ----


def with_entry(text: str, found: Iterable[Change], day: date, version: str) -> str:
    """Return the text of `content/changes.yaml` with one more entry at its end."""
    lines = [f"- date: {day.isoformat()}", f"  version: {_quoted(version)}", "  changes:"]
    for change in found:
        lines += [f"    - what: {_quoted(change.what)}", f"      how: {change.how}"]
        lines += ["      significant: true"] if change.significant else []
        if change.significant and change.shows:
            lines.append(f"      shows: {_quoted(change.shows[0])}")
    start = text.rstrip("\n") + "\n\n" if text.strip() else _HEAD
    return start + "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def newest_significant(found: Iterable[ChangeEntry]) -> ChangeEntry | None:
    """Return the newest entry that tells of a significant change, or None where there is none."""
    significant = [entry for entry in found if any(line.significant for line in entry.changes)]
    return max(significant, key=lambda entry: entry.date, default=None)
