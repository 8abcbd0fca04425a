"""Library x Edition -> Brief: what one audience gets, in reading order, with its notes numbered.

An edition is an overlay: `resolve` fills it from what it extends. `compose` then chooses wordings, drops blocks
meant for others, numbers the notes, and gathers the rows that dates, terms, sources and claims bring.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Literal
from urllib.parse import quote

from nkru_brief import edtf
from nkru_brief.brief import (
    Block,
    Brief,
    ChangedRow,
    ChangeRow,
    ContextRow,
    DateRow,
    Day,
    DisagreementRow,
    Fragment,
    Leaf,
    Note,
    NoteCall,
    NoteClaim,
    Part,
    PassageRef,
    QuestionRow,
    ReadingCell,
    Review,
    Row,
    SourceRow,
    TermRow,
    UnusedRow,
    WorkRow,
)
from nkru_brief.context import SECTION as CONTEXT
from nkru_brief.context import beside, commented, is_dated, no_support
from nkru_brief.coverage import added, of_prose, used_passages
from nkru_brief.datewords import words_for
from nkru_brief.diagnostics import Diagnostic, Place, place_of
from nkru_brief.embargo import displayed
from nkru_brief.evidence import fingerprint_of
from nkru_brief.model import (
    NOWHERE,
    STANDARD,
    ChangeEntry,
    ChangeLine,
    Citation,
    Claim,
    ContextNote,
    Edition,
    Library,
    OneSheet,
    ScaleTerm,
    SectionUse,
    Topic,
    Wording,
)
from nkru_brief.papersize import Binding, Paper
from nkru_brief.signoff import is_lapsed
from nkru_brief.typed import suggestion
from nkru_brief.values import replace
from nkru_brief.verify import Verdicts

_PASSAGE = re.compile(r"L[0-9]+(\.s[0-9]+)?")

Fragments = Mapping[tuple[str, str], Fragment]

# The parts whose rows a figure tells.
DRAWN = frozenset({"timeline"})

# As much of a fingerprint as is printed.
PRINTED = 12
# What an address of an online edition may have in it.
ADDRESS = ("edition", "fingerprint", "series", "number", "version")

DEFAULTS: dict[str, Any] = {
    "audience": "",
    "title": "",
    "subtitle": "",
    "label": "",
    "level": STANDARD,
    "theme": "base",
    "paper": Paper.from_text("A4"),
    "binding": Binding(width=0.0),
    "sections": (),
    "context": (),
    "must_carry": (),
    "outputs": ("html", "pdf"),
    "notes": "short",
    "contents": False,
    "cover": False,
    "marking": "",
    "embargo": "",
    "tokens": {},
}


def resolve(library: Library, name: str) -> tuple[Edition, tuple[Diagnostic, ...]]:
    """Return an edition with everything it inherits filled in, its places kept, and what is wrong with its line.

    Tokens are merged key by key; every other value of the edition replaces the inherited one whole.
    """
    line, faults = _line(library, name)
    return _overlaid([library.editions[ancestor] for ancestor in line]), faults


def _line(library: Library, name: str) -> tuple[list[str], tuple[Diagnostic, ...]]:
    """Return an edition's name and those it extends, nearest first."""
    line, seen = [library.editions[name]], [name]
    faults: list[Diagnostic] = []
    while (parent := line[-1].extends) is not None:
        place = line[-1].at("extends")
        if parent in seen:
            path = " -> ".join([*seen[seen.index(parent) :], parent])
            message = f"the edition extends itself: {path}"
            faults.append(Diagnostic(code="E108", place=place, message=message, hint="take one of these extends away"))
            break
        if parent not in library.editions:
            if parent not in library.unread:
                hint = suggestion(parent, [other for other in library.editions if other != name])
                message = f"the edition extends {parent!r}, which does not exist"
                faults.append(Diagnostic(code="E107", place=place, message=message, hint=hint))
            break
        seen.append(parent)
        line.append(library.editions[parent])
    return seen, tuple(faults)


def _overlaid(line: list[Edition]) -> Edition:
    values: dict[str, Any] = {}
    places: dict[str, Place] = {}
    for edition in reversed(line):
        places |= {key: place for key, place in edition.places.items() if key != "abstract"}
        for key in edition.__struct_fields__:
            value = getattr(edition, key)
            if key in ("places", "extends", "abstract") or value is None:
                continue
            values[key] = {**values.get(key, {}), **value} if isinstance(value, dict) else value
    defaults = {key: value for key, value in DEFAULTS.items() if key not in values}
    return replace(line[0], **defaults, **values, places=places)


def compose(
    library: Library,
    name: str,
    fragments: Fragments,
    verdicts: Mapping[str, Verdicts] | None = None,
    sections: tuple[SectionUse, ...] | None = None,
    *,
    context: bool = True,
) -> tuple[Brief | None, tuple[Diagnostic, ...]]:
    """Return the brief of an edition, and the faults found on the way.

    Args:
        library: everything authored.
        name: the edition's name.
        fragments: the sections read, by id and level.
        verdicts: what became of the passages of each source, where its text is at hand.
        sections: what to take in place of the edition's own sections, for a handout.
        context: whether to take the context notes that the edition switches on.

    Returns:
        The brief, or None where the topic or the edition is too broken to have one.
    """
    edition, faults = resolve(library, name)
    if library.topic is None:
        return None, faults
    if sections is not None:
        edition = replace(edition, sections=sections)
    composer = _Composer(library, library.topic, edition, _line(library, name)[0], fragments)
    composer.checked = {source for source, found in (verdicts or {}).items() if found.at_hand and not found.faults}
    parts = tuple(part for use in edition.sections or () if (part := composer.part(use)) is not None)
    parts = tuple(replace(part, rows=composer.changes()) if part.id == "changes" else part for part in parts)
    parts = beside(parts, composer.context() if context else (), composer.claims_of)
    # A section for context, in a paper without any, is nothing but its title.
    parts = tuple(part for part in parts if part.id != CONTEXT or part.context or part.blocks)
    brief = composer.brief(name, parts)
    faults = (*faults, *composer.faults, *_unkept(edition, composer, library))
    brief = replace(brief, fingerprint=fingerprint_of(brief))
    return replace(brief, address=address_of(library.topic, brief)), faults


def told_in(library: Library, name: str, fragments: Fragments, sections: tuple[SectionUse, ...]) -> frozenset[str]:
    """Return the claims that sections tell in an edition, without composing a brief of them."""
    if library.topic is None:
        return frozenset()
    edition = replace(resolve(library, name)[0], sections=sections)
    composer = _Composer(library, library.topic, edition, _line(library, name)[0], fragments)
    for use in sections:
        composer.part(use)
    return frozenset(composer.cited)


def address_of(topic: Topic, brief: Brief) -> str:
    """Return where a brief is online; nothing where no address is configured."""
    address = topic.address or ""
    for key in ADDRESS:
        value: str = brief.name if key == "edition" else getattr(brief, key)
        # As many digits as each page prints.
        value = value[:PRINTED] if key == "fingerprint" else value
        address = address.replace(f"{{{key}}}", quote(value, safe=""))
    return address


def unknown_claim(library: Library, claim: str, place: Place) -> Iterable[Diagnostic]:
    """Yield the fault of citing a claim that does not exist."""
    if claim in library.context:
        yield no_support(f"{claim!r} is cited as a claim", claim, place)
    elif not library.lost(claim, "content/claims"):
        hint = f"cite a claim of content/claims/, or write {claim} there"
        yield Diagnostic(code="E101", place=place, message=f"there is no claim {claim!r}", hint=hint)


def _unkept(edition: Edition, composer: "_Composer", library: Library) -> Iterable[Diagnostic]:
    # A section that is not there cannot carry a claim; that is one fault, not two.
    whole = edition.sections and not composer.incomplete
    for index, claim in enumerate(edition.must_carry or ()):
        place = edition.at("must_carry", index)
        if claim not in library.claims:
            yield from unknown_claim(library, claim, place)
        elif not composer.may_show(library.claims[claim]):
            limit = ", ".join(library.claims[claim].editions)
            message = f"the edition {composer.name!r} must carry {claim} and may not show it: it is for {limit}"
            hint = f"take {claim} out of must_carry, or lift its limit at {library.claims[claim].at('editions')}"
            yield Diagnostic(code="E408", place=place, message=message, hint=hint)
        elif whole and claim not in composer.cited:
            uses = ", ".join(use.id for use in edition.sections or ())
            hint = f"cite {claim} in one of its sections ({uses}), or add a section that does"
            message = f"the edition does not carry {claim}: {library.claims[claim].statement.at_level(STANDARD)}"
            yield Diagnostic(code="E401", place=edition.at("sections"), message=message, hint=hint)


class _Composer:
    """Numbers notes and builds rows for one edition."""

    def __init__(self, library: Library, topic: Topic, edition: Edition, line: list[str], fragments: Fragments) -> None:
        self.library, self.topic, self.edition, self.fragments = library, topic, edition, fragments
        # What `{: for="classroom" }` and the limits of claims are compared with: the edition and what it extends.
        self.name, self.names = line[0], frozenset(line)
        # The sources whose passages were found in their texts in this build.
        self.checked: set[str] = set()
        self.faults: list[Diagnostic] = []
        self.cited: set[str] = set()
        # Whether a section that the edition names is not there.
        self.incomplete = False
        self.level: str = edition.level or STANDARD
        self.dated = words_for(topic.language)
        self._numbers: dict[tuple[str, ...], int] = {}
        self._counts: dict[int, int] = {}
        self.rows: dict[str, Callable[[], tuple[Row, ...]]] = {
            "key-dates": self.dates,
            "timeline": lambda: self.dates(called=False),
            "disagreements": self.disagreements,
            "sources": self.sources,
            "glossary": self.terms,
            # What pupils are given holds no answers, not even unprinted.
            "questions": lambda: self.questions(answered=False),
            "answers": self.questions,
            "evidence": self.evidence,
            # Filled in last: what changed concerns an edition by the claims it cites.
            "changes": lambda: (),
            # Not rows: its notes stand in it as they would beside any other part.
            CONTEXT: lambda: (),
        }

    def say(self, wording: Wording | None) -> str:
        """Return a wording at the level in force, or nothing."""
        return wording.at_level(self.level) if wording else ""

    # ---- parts ----

    def part(self, use: SectionUse) -> Part | None:
        """Return a section as a part, or None with a fault where there is no such section."""
        self.level = use.level or self.edition.level or STANDARD
        fragment = self._fragment(use)
        builder = self.rows.get(use.id)
        if fragment is None and builder is None:
            self.incomplete = True
            if not self.library.lost(use.id, "content/sections"):
                known = sorted({*self.library.sections, *self.rows})
                hint = suggestion(
                    use.id, known, f"write content/sections/{use.id}.standard.md; there is: {', '.join(known)}"
                )
                message = f"there is no section {use.id!r}"
                self.faults.append(Diagnostic(code="E103", place=use.at("id"), message=message, hint=hint))
            return None
        blocks = tuple(self._block(block) for block in fragment.blocks if self._wanted(block)) if fragment else ()
        rows = builder() if builder else ()
        title = use.title or (fragment.title if fragment else use.id.replace("-", " ").capitalize())
        words = sum(len(block.text.split()) for block in blocks)
        listed = any(other.id == "key-dates" for other in self.edition.sections or ())
        call = self._figure_call() if use.id == "timeline" and not listed else None
        coverage = of_prose(blocks, fragment.classes if fragment else ())
        return Part(
            id=use.id,
            title=title,
            blocks=blocks,
            rows=rows,
            words=words,
            call=call,
            drawn=use.id in DRAWN,
            coverage=coverage,
        )

    def _figure_call(self) -> NoteCall | None:
        """Return one call for all that the figure of the key dates rests on: its labels have no room for eleven."""
        claims = [claim for entry in self.library.dates for claim in entry.claims]
        place = self.library.dates[0].at("claims") if self.library.dates else NOWHERE
        return self._call(dict.fromkeys(claims), place)

    def _fragment(self, use: SectionUse) -> Fragment | None:
        return self.fragments.get((use.id, self.level)) or self.fragments.get((use.id, STANDARD))

    def _wanted(self, block: Block) -> bool:
        audiences = block.attributes.get("for", "").split()
        return not audiences or bool(self.names.intersection(audiences))

    def _block(self, block: Block) -> Block:
        notes = tuple(call for call in (self._call(c.claims, c.place) for c in block.calls) if call is not None)
        return replace(block, notes=notes, likelihood=self._likelihood(block))

    def _likelihood(self, block: Block) -> ScaleTerm | None:
        word = block.attributes.get("likelihood")
        scale = self.library.scales.get(self.topic.scale)
        if word is None or scale is None:
            return None
        for term in scale.terms:
            if word == term.word or word in term.synonyms:
                return term
        message = f"{word!r} is not a word of the scale {scale.title}"
        hint = suggestion(word, [term.word for term in scale.terms])
        place = place_of("likelihood", self.library.texts[block.place.file], block.place.file, block.place.line)
        self.faults.append(Diagnostic(code="E109", place=place, message=message, hint=hint))
        return None

    # ---- notes ----

    def _call(self, claims: Iterable[str], place: Place) -> NoteCall | None:
        """Return the call of the note for these claims; claims that do not exist are faults."""
        known = []
        for claim in claims:
            if claim in self.library.claims:
                known.append(claim)
                self._check_limit(self.library.claims[claim], place)
            else:
                self.faults += unknown_claim(self.library, claim, place)
        if not known:
            return None
        self.cited.update(known)
        number = self._numbers.setdefault(tuple(sorted(known)), len(self._numbers) + 1)
        self._counts[number] = self._counts.get(number, 0) + 1
        return NoteCall(note=number, occurrence=self._counts[number])

    def may_show(self, claim: Claim) -> bool:
        """Return whether the edition is one of those that may show a claim."""
        return not claim.editions or bool(self.names.intersection(claim.editions))

    def _check_limit(self, claim: Claim, place: Place) -> None:
        if not self.may_show(claim):
            limit = ", ".join(claim.editions)
            message = f"the edition {self.name!r} may not show claim {claim.id!r}, which is for {limit}"
            mark = f'{{: for="{limit.replace(",", "")}" }}'
            hint = f"leave it out there, in prose with {mark}, or lift the limit of the claim"
            self.faults.append(Diagnostic(code="E112", place=place, message=message, hint=hint))

    @property
    def claims_of(self) -> dict[int, tuple[str, ...]]:
        """The claims that each note called so far leads to."""
        return {number: claims for claims, number in self._numbers.items()}

    def notes(self) -> tuple[Note, ...]:
        """Return the notes called so far, in order."""
        self.level = self.edition.level or STANDARD
        return tuple(
            Note(
                number=number,
                claims=tuple(self._note_claim(self.library.claims[claim]) for claim in claims),
                calls=self._counts[number],
            )
            for claims, number in self._numbers.items()
        )

    def _note_claim(self, claim: Claim) -> NoteClaim:
        passages = tuple(self._passage(reference) for reference in claim.passages)
        return NoteClaim(
            id=claim.id,
            statement=self.say(claim.statement),
            support=claim.support,
            status=claim.status,
            where=short_references(passages),
            passages=passages,
            labels=tuple(sorted({passage.label for passage in passages})),
            remark=self.say(claim.remark),
            review=self._review(claim),
            question=self.say(claim.question),
            readings=self._readings(claim),
        )

    def _readings(self, claim: Claim) -> tuple[ReadingCell, ...]:
        return tuple(
            ReadingCell(
                source=reading.source,
                label=self._label(reading.source),
                says=self.say(reading.says),
                where=short_references(self._passage(f"{reading.source} {passage}") for passage in reading.passages),
            )
            for reading in claim.readings
        )

    def _review(self, claim: Claim) -> Review:
        signed = claim.sign_off
        if signed is None:
            return Review()
        state: Literal["signed", "lapsed"] = "lapsed" if is_lapsed(claim, self.library.cards) else "signed"
        return Review(state=state, who=signed.who, date=day(signed.date, self.dated))

    def _passage(self, reference: str) -> PassageRef:
        source, _, passage = reference.partition(" ")
        card = self.library.cards.get(source)
        found = next((p for p in card.passages if p.id == passage), None) if card else None
        label = card.label if card else source
        if found is None:
            # `check` says that there is no such passage.
            return PassageRef(source=source, label=label, id=passage, gist="")
        return PassageRef(
            source=source,
            label=label,
            id=passage,
            gist=found.gist,
            offset=found.offset,
            length=found.length,
            sha256=found.sha256,
            normalised=found.normalised,
        )

    # ---- context ----

    def context(self) -> Iterable[ContextRow]:
        """Yield the context that the edition switches on, in its order, as far as it can be shown."""
        self.level = self.edition.level or STANDARD
        for name in dict.fromkeys(self.edition.context or ()):
            note = self.library.context.get(name)
            # What a note lacks is a fault that `check` reports.
            if note is not None and is_dated(note):
                yield self._context(note)

    def _context(self, note: ContextNote) -> ContextRow:
        assert note.as_of is not None  # noqa: S101 - asked above
        # Claims that the paper does not cite are nothing to its reader.
        claims = tuple(claim for claim in commented(note, self.library.claims) if claim in self.cited)
        passages = tuple(name for name in note.on if name not in self.library.claims)
        where = short_references(self._passage(passage) for passage in passages)
        return ContextRow(
            id=note.id,
            title=self.say(note.title),
            text=self.say(note.text),
            why=note.why,
            on=(*(name for name in note.on if name in claims), *filter(None, (where,))),
            claims=claims,
            passages=passages,
            as_of=Day(iso=note.as_of.text, text=edtf.display(note.as_of, self.dated)),
            works=tuple(map(self._work, note.citations)),
        )

    def _work(self, work: Citation) -> WorkRow:
        return WorkRow(
            author=work.author,
            title=work.title,
            when=edtf.display(work.date, self.dated),
            edtf=work.date.text,
            publisher=work.publisher or "",
            url=work.url or "",
            identifiers=work.identifiers,
        )

    # ---- rows ----

    def dates(self, *, called: bool = True) -> tuple[DateRow, ...]:
        """Return the key dates in the order of time, undated ones last; with calls of notes where they are listed."""
        ordered = sorted(self.library.dates, key=lambda entry: entry.date.sort_key[:3])
        return tuple(
            DateRow(
                id=entry.id,
                when=self.say(entry.when) or edtf.display(entry.date, self.dated),
                date=entry.date,
                label=self.say(entry.label),
                short=self.say(entry.short) or self.say(entry.label),
                note=self.say(entry.note),
                agreed=entry.agreed,
                call=self._call(entry.claims, entry.at("claims")) if called else None,
            )
            for entry in ordered
        )

    def disagreements(self) -> tuple[DisagreementRow, ...]:
        """Return one row for each claim in tension, in the order of their ids."""
        return tuple(
            DisagreementRow(
                claim=claim.id,
                question=self.say(claim.question),
                readings=self._readings(claim),
                call=self._call([claim.id], claim.at("id")),
            )
            for claim in sorted(self.library.claims.values(), key=lambda claim: claim.id)
            if claim.status == "tension" and self.may_show(claim)
        )

    def _label(self, source: str) -> str:
        card = self.library.cards.get(source)
        return card.label if card else source

    def sources(self) -> tuple[SourceRow, ...]:
        """Return the sources of the topic, with the share of their sentences that claims rest on."""
        used = used_passages(self.library)
        rows = []
        for name in self.topic.sources:
            card = self.library.cards.get(name)
            if card is None:
                continue
            sentences = [passage for passage in card.passages if passage.kind == "sentence"]
            unused = [passage for passage in sentences if f"{card.id} {passage.id}" not in used]
            rows.append(
                SourceRow(
                    id=card.id,
                    label=card.label,
                    title=card.title,
                    kind=card.kind,
                    grade=str(card.grade),
                    reliability=card.grade.reliability,
                    credibility=card.grade.credibility,
                    reason=card.grade.reason,
                    describe=card.describe,
                    unknown=card.unknown,
                    sha256=card.sha256,
                    sentences=len(sentences),
                    checked=card.id in self.checked,
                    cited=len(sentences) - len(unused),
                    unused=tuple(UnusedRow(id=p.id, gist=p.gist, reason=p.unused) for p in unused),
                )
            )
        return tuple(rows)

    def terms(self) -> tuple[TermRow, ...]:
        """Return the glossary in alphabetical order."""
        return tuple(
            TermRow(
                term=term.term,
                kind=term.kind,
                meaning=self.say(term.meaning),
                forms=tuple(sorted(term.forms.items())),
                call=self._call(term.claims, term.at("claims")) if term.claims else None,
            )
            for term in sorted(self.library.terms, key=lambda term: term.term.casefold())
        )

    def questions(self, *, answered: bool = True) -> tuple[QuestionRow, ...]:
        """Return the discussion questions, with their answers or without."""
        return tuple(
            QuestionRow(
                ask=self.say(question.ask),
                answer=self.say(question.answer) if answered else "",
                lines=question.lines,
                call=self._call(question.claims, question.at("claims")),
            )
            for question in self.library.questions
        )

    def evidence(self) -> tuple[NoteClaim, ...]:
        """Return every claim the edition may show with its passages, by id."""
        claims = (claim for _, claim in sorted(self.library.claims.items()) if self.may_show(claim))
        return tuple(self._note_claim(claim) for claim in claims)

    def changes(self) -> tuple[ChangeRow, ...]:
        """Return what changed in the briefing, newest first, as far as it concerns this edition."""
        self.level = self.edition.level or STANDARD
        return tuple(self._change(entry) for entry in sorted(self.library.changes, key=lambda e: e.date, reverse=True))

    def _change(self, entry: ChangeEntry) -> ChangeRow:
        lines = [line for line in entry.changes if line.significant]
        rows = tuple(row for line in lines if (row := self._changed(line)) is not None)
        others = len(entry.changes) - len(lines)
        return ChangeRow(date=day(entry.date, self.dated), version=entry.version, changes=rows, others=others)

    def _changed(self, line: ChangeLine) -> ChangedRow | None:
        """Return a line as this edition tells it, or None where it tells nothing of the thing."""
        kind, _, name = line.what.partition(" ")
        says = line.shows or ""
        if kind == "claim" and name in self.library.claims:
            if name not in self.cited:
                return None
            says = self.say(self.library.claims[name].statement)
        for entry in (entry for entry in self.library.dates if kind == "date" and entry.id == name):
            name, says = self.say(entry.when) or edtf.display(entry.date), self.say(entry.label)
        if kind == "source" and name in self.library.cards:
            name, says = self.library.cards[name].label, self.library.cards[name].title
        if kind == "judgement":
            section, *claims = name.split(" ")
            if not self.cited.issuperset(claim for claim in claims if claim in self.library.claims):
                return None
            name, says = " ".join(claims) or section, _as_now(says)
        return ChangedRow(kind=kind, how=line.how, name=name, says=says)

    def embargo(self) -> str:
        """Return until when the edition is embargoed, as a reader is told; what is no date is left as it is written."""
        try:
            return displayed(self.edition.embargo, self.dated) if self.edition.embargo else ""
        except ValueError:
            return self.edition.embargo or ""

    # ---- the brief ----

    def brief(self, name: str, parts: tuple[Part, ...]) -> Brief:
        """Return the brief of these parts."""
        topic, edition = self.topic, self.edition
        self.level = edition.level or STANDARD
        scale = self.library.scales.get(topic.scale)
        sheet = edition.sheet or OneSheet()
        return Brief(
            name=name,
            title=edition.title or topic.title,
            subtitle=edition.subtitle or self.say(topic.subtitle),
            label=edition.label or name,
            audience=edition.audience or "",
            level=edition.level or STANDARD,
            language=topic.language,
            series=topic.series,
            number=topic.number,
            version=topic.version,
            published=day(topic.published, self.dated),
            changed=day(topic.changed, self.dated),
            cutoff=day(topic.cutoff.date, self.dated),
            cutoff_note=self.say(topic.cutoff.note),
            publisher=topic.publisher,
            contact=topic.contact or "",
            licence=topic.licence or "",
            disclaimer=self.say(topic.disclaimer),
            source_summary=self.say(topic.source_summary),
            theme=edition.theme or "base",
            paper=edition.paper.name if edition.paper else "A4",
            binding=edition.binding.width if edition.binding else 0.0,
            # What is bound is printed on both sides, unless the edition says otherwise.
            sides=edition.sides or ("two" if edition.binding and edition.binding.width else "one"),
            max_pages=edition.max_pages,
            outputs=edition.outputs or (),
            note_style=edition.notes or "short",
            contents=bool(edition.contents),
            cover=bool(edition.cover),
            marking=edition.marking or "",
            embargo=self.embargo(),
            tokens=edition.tokens or {},
            handouts=edition.handouts,
            sheet=Leaf(paper=sheet.paper, sides=sheet.sides, print=sheet.print),
            scale_title=scale.title if scale else "",
            scale=scale.terms if scale else (),
            sources=self.sources(),
            dates=self.dates(called=False),
            parts=parts,
            notes=self.notes(),
            coverage=added(part.coverage for part in parts),
        )


def _as_now(shown: str) -> str:
    """Return a word diff as its new words."""
    return " ".join(re.sub(r"\[-.*?-\]|\{\+|\+\}", "", shown).split())


def day(value: date, words: edtf.DateWords) -> Day:
    """Return a day with its reader's form: 23 November 2026."""
    return Day(iso=value.isoformat(), text=edtf.display(edtf.parse(value.isoformat()), words))


def short_references(passages: Iterable[PassageRef]) -> str:
    """Return passages in their short form, runs drawn together: `A L10.s1–3; B L07.s1`."""
    groups: dict[str, list[str]] = {}
    for passage in passages:
        groups.setdefault(passage.label, []).append(passage.id)
    return "; ".join(f"{label} {', '.join(_runs(ids))}" for label, ids in sorted(groups.items()))


def _runs(ids: list[str]) -> Iterable[str]:
    lines: dict[str, list[int]] = {}
    # What is no passage's id is a fault that `check` reports, and nothing to print.
    for passage in filter(_PASSAGE.fullmatch, ids):
        line, _, sentence = passage.partition(".s")
        lines.setdefault(line, []).append(int(sentence) if sentence else 0)
    for line, sentences in sorted(lines.items(), key=lambda item: int(item[0].removeprefix("L"))):
        for first, last in _consecutive(sorted(set(sentences))):
            if first == 0:
                yield line
            else:
                yield f"{line}.s{first}" if first == last else f"{line}.s{first}–{last}"


def _consecutive(numbers: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        # 0 is the whole line, and no neighbour of its first sentence.
        if runs and 0 < runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
