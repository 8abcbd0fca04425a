"""Who is told what: the claims and judgements that each edition's text carries, at which level, and in which parts.

An edition tells a claim where a note in its text leads to it. The annex of evidence tells nothing of its own: it lists
what the text rests on. Context is no fact of the sources: who is shown which is listed apart.
"""

from collections.abc import Iterable, Iterator

from nkru_brief.brief import Brief, NoteCall, Part
from nkru_brief.diagnostics import ContentError, UsageError, in_order
from nkru_brief.model import STANDARD
from nkru_brief.project import Project
from nkru_brief.typed import suggestion
from nkru_brief.values import Value


class Side(Value):
    """An edition that is compared: its name and label, for whom it is, and its sections in order."""

    name: str
    label: str
    audience: str
    sections: tuple[str, ...]


class Telling(Value):
    """That an edition tells something: in which of its parts, and at which reading levels."""

    edition: str
    parts: tuple[str, ...]
    levels: tuple[str, ...]


class Told(Value):
    """A claim, or a judgement by its word and claims: what it says, and which of the editions tell it.

    `must` are the editions that may not drop it.
    """

    id: str
    kind: str
    says: str
    told: tuple[Telling, ...]
    must: tuple[str, ...] = ()

    def by(self, edition: str) -> Telling | None:
        """Return how an edition tells it, or None where it does not."""
        return next((telling for telling in self.told if telling.edition == edition), None)


class Comparison(Value):
    """Editions side by side, with everything that one of them tells."""

    title: str
    language: str
    sides: tuple[Side, ...]
    told: tuple[Told, ...]
    # What stands beside the facts; an edition need not show what another does.
    context: tuple[Told, ...] = ()

    def only(self, edition: str) -> tuple[Told, ...]:
        """Return what this edition tells and no other of them does."""
        return tuple(each for each in self.told if [t.edition for t in each.told] == [edition])

    def shared(self) -> tuple[Told, ...]:
        """Return what every one of the editions tells."""
        return tuple(each for each in self.told if len(each.told) == len(self.sides))


def compare(project: Project, editions: Iterable[str] = ()) -> Comparison:
    """Return editions side by side; all of the project's where none is named.

    Raises:
        UsageError: there is no such edition, it cannot be composed, or it is named twice.
        ContentError: some of the content cannot be read: who is told what is not known.
    """
    names = tuple(editions) or tuple(project.briefs)
    for name in names:
        if name not in project.briefs:
            if name in project.editions or name in project.library.unread:
                raise UsageError(f"the edition {name!r} cannot be composed; nkru-brief check says why")
            raise UsageError(f"there is no edition {name!r}; {suggestion(name, project.briefs)}")
    if len(set(names)) < len(names):
        raise UsageError("an edition is compared with another one")
    faults = [fault for fault in project.diagnostics if fault.severity == "error"]
    if faults:
        raise ContentError(in_order(faults))
    topic = project.library.topic
    return Comparison(
        title=topic.title if topic else "",
        language=topic.language if topic else "en",
        sides=tuple(_side(project.briefs[name]) for name in names),
        told=(*_claims(project, names), *_judgements(project, names)),
        context=tuple(_context(project, names)),
    )


def tellings(project: Project, claim: str) -> tuple[Telling, ...]:
    """Return which editions tell a claim, and where."""
    found = (_telling(project, name, claim) for name in project.briefs)
    return tuple(telling for telling in found if telling is not None)


def _side(brief: Brief) -> Side:
    return Side(name=brief.name, label=brief.label, audience=brief.audience, sections=tuple(p.id for p in brief.parts))


def _claims(project: Project, names: tuple[str, ...]) -> Iterator[Told]:
    for name, claim in sorted(project.library.claims.items()):
        told = tuple(telling for edition in names if (telling := _telling(project, edition, name)) is not None)
        if told:
            must = tuple(edition for edition in names if name in (project.editions[edition].must_carry or ()))
            says = claim.statement.at_level(STANDARD)
            yield Told(id=name, kind="claim", says=says, told=told, must=must)


def _telling(project: Project, edition: str, claim: str) -> Telling | None:
    brief = project.briefs[edition]
    notes = {note.number for note in brief.notes if claim in {each.id for each in note.claims}}
    parts = tuple(part.id for part in brief.parts if notes & {call.note for call in calls_of(part)})
    levels = dict.fromkeys(_level(project, edition, part) for part in parts)
    return Telling(edition=edition, parts=parts, levels=tuple(levels)) if parts else None


def calls_of(part: Part) -> Iterator[NoteCall]:
    """Yield the calls of notes in a part: of its prose, its rows and its figure."""
    for block in part.blocks:
        yield from block.notes
    for each in (part, *part.rows):
        call = getattr(each, "call", None)
        if call is not None:
            yield call


def _level(project: Project, edition: str, part: str) -> str:
    whole = project.editions[edition]
    own = next((use.level for use in whole.sections or () if use.id == part), None)
    level = own or whole.level or STANDARD
    written = project.library.sections.get(part, {})
    # A wording that is not there is stood in for by the standard one.
    return level if level in written or not written else STANDARD


def _judgements(project: Project, names: tuple[str, ...]) -> Iterator[Told]:
    found: dict[tuple[str, str], list[Telling]] = {}
    says: dict[tuple[str, str], str] = {}
    for edition in names:
        brief = project.briefs[edition]
        for part in brief.parts:
            for block in part.blocks:
                if block.likelihood is None:
                    continue
                claims = {each.id for call in block.notes for each in brief.notes[call.note - 1].claims}
                key = (block.likelihood.word, " ".join(sorted(claims)))
                says.setdefault(key, block.text)
                telling = Telling(edition=edition, parts=(part.id,), levels=(_level(project, edition, part.id),))
                if telling not in found.setdefault(key, []):
                    found[key].append(telling)
    for key, told in found.items():
        yield Told(id=f"{key[0]} ({key[1]})", kind="judgement", says=says[key], told=tuple(_merged(told)))


def _context(project: Project, names: tuple[str, ...]) -> Iterator[Told]:
    for name, note in sorted(project.library.context.items()):
        found = (
            (edition, part.id)
            for edition in names
            for part in project.briefs[edition].parts
            for row in part.context
            if row.id == name
        )
        told = tuple(
            Telling(edition=edition, parts=(part,), levels=(project.editions[edition].level or STANDARD,))
            for edition, part in found
        )
        if told:
            yield Told(id=name, kind="context", says=note.text.at_level(STANDARD), told=told)


def _merged(tellings: list[Telling]) -> Iterator[Telling]:
    """Yield one telling for each edition."""
    for edition in dict.fromkeys(telling.edition for telling in tellings):
        own = [telling for telling in tellings if telling.edition == edition]
        parts = dict.fromkeys(part for telling in own for part in telling.parts)
        levels = dict.fromkeys(level for telling in own for level in telling.levels)
        yield Telling(edition=edition, parts=tuple(parts), levels=tuple(levels))
