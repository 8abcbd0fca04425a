"""What `nkru-brief copies` does: one paper for many people, each with a copy of their own.

The edition is checked and laid out once, as a build does; the roster is read and every line of it shaped before
anything is written, so that all faults come in one report. Then copies are written, one after the other.
"""

from collections.abc import Iterator
from pathlib import Path

import nkru_brief
from nkru_brief import atomic
from nkru_brief.build import complaints, one_sheet
from nkru_brief.cache import NOWHERE, Cache
from nkru_brief.diagnostics import ContentError, Diagnostic, Place, UsageError, in_order
from nkru_brief.digest import sha256
from nkru_brief.load import file_bytes
from nkru_brief.pressing import press_all
from nkru_brief.printfile import Printed, PrintFile, count_lines, separator_lines
from nkru_brief.project import Project, open_project
from nkru_brief.render import Renderer, keep_compiled
from nkru_brief.report import Progress, Silent, counts
from nkru_brief.roster import NAME, NUMBER, ORGANISATION, SUFFIXES, Roster, Row, file_name
from nkru_brief.roster import read as read_roster
from nkru_brief.shaping import SEPARATOR, MissingGlyphError, Shaper
from nkru_brief.sheet import Artifact, Face, Slot
from nkru_brief.stamping import Base, Cuts, Style, TooWideError
from nkru_brief.theme import FaceUse, Theme, face
from nkru_brief.typed import suggestion
from nkru_brief.typeset import measure_of
from nkru_brief.values import Value, replace, to_json

JOURNAL = "copies.log"
# Names come in more scripts than papers do.
_ARABIC = FaceUse(
    family="IBM Plex Sans Arabic",
    package="fontpkg_ibm_plex_sans_arabic",
    file="files/IBMPlexSansArabic-Regular.ttf",
    fallback=True,
)


class Made(Value):
    """What came of a run: where the copies are, how many were made and how many were there, and what lies beside them.

    `pages` are those of a copy; `size` is what all files take, in bytes; `left` are files of an earlier run.
    """

    path: Path
    copies: int
    kept: int
    pages: int
    size: int
    left: tuple[str, ...] = ()


def make_copies(
    root: Path,
    edition: str,
    roster: Path,
    out: Path,
    *,
    one_file: bool = False,
    cache: Cache = NOWHERE,
    progress: Progress | None = None,
) -> Made:
    """Write a copy of an edition for everybody on a roster.

    Args:
        root: the project's folder.
        edition: the edition's name.
        roster: the file with those who get one: CSV, .xlsx or YAML.
        out: the folder that the copies go into.
        one_file: write all of them into one file for a print shop, with separator sheets.
        cache: where the paper is looked up that was laid out before.
        progress: is told of each copy.

    Raises:
        UsageError: there is no such edition or roster.
        ContentError: the project or the roster is at fault; nothing was written.
        OSError: the disk refuses.
    """
    progress = progress or Silent()
    keep_compiled(cache)
    project = open_project(root)
    if edition not in project.briefs:
        raise UsageError(f"there is no edition {edition!r}; {suggestion(edition, project.briefs)}")
    people = _roster(roster)
    run = _Run(project, edition, people, _paper(project, edition, cache, root))
    return run.one_file(out, progress) if one_file else run.files(out, progress)


def _roster(path: Path) -> Roster:
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path}: a roster is one of {', '.join(SUFFIXES)}")
    data = file_bytes(path)
    if data is None:
        raise UsageError(f"{path}: there is no such file")
    roster = read_roster(data, path.name)
    if roster.faults:
        raise ContentError(in_order(roster.faults))
    return roster


def _paper(project: Project, name: str, cache: Cache, root: Path) -> Artifact:
    """Return an edition's paper, laid out for copies.

    Raises:
        ContentError: it breaks its promise, or its theme leaves no room for what differs.
    """
    sheet = one_sheet(project, name, "pdf", cache, copies=True)
    sheet = replace(sheet, path=f"copies/{sheet.path}")
    (pressing,) = press_all([sheet], cache, None, Silent(), str(root))
    faults = tuple(complaints(project, pressing))
    if counts(faults, strict=False):
        raise ContentError(in_order(faults))
    if not pressing.artifact.slots:
        message = f"the theme {project.briefs[name].theme!r} leaves no room for what differs from copy to copy"
        hint = "write {{ m.copy_line() }} into its page, or leave the block `before` of pdf.html as it is"
        place = project.editions[name].at("theme")
        raise ContentError([Diagnostic(code="E811", place=place, message=message, hint=hint)])
    return pressing.artifact


class _Run:
    """One roster and one paper, and everything that is known before the first copy is written."""

    def __init__(self, project: Project, edition: str, roster: Roster, paper: Artifact) -> None:
        self.brief = project.briefs[edition]
        self.roster, self.paper = roster, paper
        self._words = Renderer(
            project.themes[self.brief.theme], measure_of(project.themes[self.brief.theme]), nkru_brief.__version__
        ).words(self.brief.language)
        theme, cuts = project.themes[self.brief.theme], Cuts()
        known: dict[tuple[object, ...], Style] = {}
        for slot in paper.slots:
            key = (slot.families, slot.weight)
            if key not in known:
                known[key] = Style(Shaper(faces_of(theme, slot)), cuts)
        self.styles = tuple(known[slot.families, slot.weight] for slot in paper.slots)
        self.cuts = cuts
        # In the order of their numbers, whatever the roster's.
        self.rows = tuple(sorted(roster.rows, key=lambda row: row.number))
        self._total = max(len(self.rows), max(row.number for row in self.rows))

    def number(self, row: Row) -> str:
        """Return the number of a copy in the paper's words."""
        return self._words["copy_of"].replace("{value}", str(row.number)).replace("{total}", str(self._total))

    def texts(self, row: Row) -> tuple[str, ...]:
        """Return what stands in each slot of somebody's copy."""
        return tuple(self._text(slot, row) for slot in self.paper.slots)

    def _text(self, slot: Slot, row: Row) -> str:
        values = dict(row.values)
        values[NUMBER] = slot.says.replace("{value}", str(row.number)).replace("{total}", str(self._total))
        return SEPARATOR.join(value for column in slot.columns if (value := values.get(column, "")))

    def separator(self, row: Row) -> tuple[str, ...]:
        """Return the lines of the separator sheet before somebody's copy."""
        brief = self.brief
        digits = brief.fingerprint
        printed = f"{self._words['fingerprint']} {digits[:4]} {digits[4:8]} {digits[8:12]}"
        return separator_lines(
            self.number(row),
            row.values.get(NAME, ""),
            row.values.get(ORGANISATION, ""),
            brief.title,
            f"{brief.series} {brief.number}{SEPARATOR}{brief.label}",
            printed,
        )

    def prepared(self, *, separators: bool) -> Base:
        """Return what all copies begin with, once every line of every copy is known to fit and to have its glyphs.

        Raises:
            ContentError: a line cannot be set; all of them are told, each with its row.
        """
        faults = list(self._unknown_columns())
        for row in self.rows:
            faults += self._unset(row, separators=separators)
        if faults:
            raise ContentError(in_order(faults))
        self.cuts.cut()
        return Base(self.paper.data, self.paper.slots, self.cuts)

    def _unknown_columns(self) -> Iterator[Diagnostic]:
        known = {*self.roster.columns, NAME, ORGANISATION, NUMBER}
        asked = dict.fromkeys(column for slot in self.paper.slots for column in slot.columns)
        for column in asked:
            if column not in known:
                message = f"the paper shows a column {column!r}, and the roster has none"
                place = Place(file=self.rows[0].place.file)
                hint = suggestion(column, known, f"add it to the roster, which has {', '.join(self.roster.columns)}")
                yield Diagnostic(code="E805", place=place, message=message, hint=hint)

    def _unset(self, row: Row, *, separators: bool) -> Iterator[Diagnostic]:
        try:
            for slot, text, style in {
                (slot.columns, style): (slot, text, style)
                for slot, text, style in zip(self.paper.slots, self.texts(row), self.styles, strict=True)
            }.values():
                style.count(text, slot.size, slot.width)
            if separators:
                # Its lines are as wide as the paper, so what fits a foot fits there, smaller.
                count_lines(self.styles[0], self.separator(row), self._width)
        except MissingGlyphError as error:
            column = next((c for c, value in row.values.items() if error.character in value), NAME)
            message = f"{column}: no face has a glyph for U+{ord(error.character):04X} “{error.character}”"
            hint = f"add a face that has it to the faces of templates/{self.brief.theme}/theme.yaml, as a fallback"
            yield Diagnostic(code="E809", place=row.at(column), message=message, hint=hint)
        except TooWideError as error:
            room = int(len(error.text) * error.most)
            message = f"{len(error.text)} characters are too wide for their place, which has room for about {room}"
            hint = "shorten the name or the organisation; it is set smaller already"
            yield Diagnostic(code="E810", place=row.place, message=message, hint=hint)

    @property
    def _width(self) -> float:
        return max(slot.x + slot.width for slot in self.paper.slots)

    # ---- files ----

    def files(self, out: Path, progress: Progress) -> Made:
        """Write a file for each copy. What an earlier run of the same has written whole is left as it is."""
        shared = self.prepared(separators=False).written()
        work = sha256(shared.data + to_json([self._total, [(row.number, row.values) for row in self.rows]]))
        digits = max(4, len(str(self._total)))
        names = {row.number: file_name(row, digits) for row in self.rows}
        modified = atomic.source_date()
        journal = atomic.Journal(out / JOURNAL, f"{work} {self.brief.name} {self.brief.fingerprint}")
        done = dict(line.split(" ", 1)[::-1] for line in journal.done if " " in line)
        progress.start(len(self.rows))
        kept = size = 0
        try:
            for row in self.rows:
                name = names[row.number]
                data = file_bytes(out / name) if name in done else None
                if data is not None and sha256(data) == done[name]:
                    kept, size = kept + 1, size + len(data)
                else:
                    own = shared.copy(self.texts(row), self.styles, f"{row.number} of {self._total}", row.recipient)
                    data = shared.data + own
                    atomic.write(out / name, data, modified)
                    journal.add(f"{sha256(data)} {name}")
                    size += len(data)
                progress.done(name)
        finally:
            journal.close()
        earlier = {line.partition(" ")[2] for line in journal.earlier} - set(names.values())
        return Made(
            path=out,
            copies=len(self.rows),
            kept=kept,
            pages=self.paper.pages or 0,
            size=size,
            left=tuple(sorted(name for name in earlier if file_bytes(out / name) is not None)),
        )

    def one_file(self, out: Path, progress: Progress) -> Made:
        """Write all copies into one file for a print shop."""
        base = self.prepared(separators=True)
        printing = PrintFile(base, self.styles, self.styles[0])
        if len(self.rows) > printing.most:
            message = f"one file holds at most {printing.most:,} copies of this paper"
            raise UsageError(f"{message}, and the roster has {len(self.rows):,} rows; part it, or make a file for each")
        path = out / f"{self.brief.name}-copies.pdf"

        def copies() -> Iterator[Printed]:
            for row in self.rows:
                yield Printed(self.texts(row), self.separator(row))
                progress.done(row.recipient)

        progress.start(len(self.rows))
        size = atomic.write_parts(path, printing.parts(copies()), atomic.source_date())
        return Made(path=path, copies=len(self.rows), kept=0, pages=printing.per_copy, size=size)


def faces_of(theme: Theme, slot: Slot) -> tuple[Face, ...]:
    """Return the faces of a slot: of each of its families that nearest its weight, then all that have rarer letters.

    Raises:
        ContentError: a face is not installed.
    """
    uses: list[FaceUse] = []
    upright = [use for use in theme.faces if use.style == "normal"]
    for family in (*slot.families, *(use.family for use in upright if use.fallback)):
        own = [use for use in upright if use.family == family]
        if own and family not in (use.family for use in uses):
            uses.append(min(own, key=lambda use: abs(use.weight - slot.weight)))
    return tuple(face(use) for use in (*uses, _ARABIC))


def faces_for_sheet() -> tuple[Face, ...]:
    """Return the faces of a sheet that belongs to no edition.

    Raises:
        ContentError: one is not installed.
    """
    uses = (
        FaceUse(family="Source Sans Pro", package="font_source_sans_pro", file="files/SourceSansPro-Semibold.ttf"),
        FaceUse(family="Noto Sans KR", package="pylopdf_fonts_ko", file="NotoSansKR-Regular.otf"),
        _ARABIC,
    )
    return tuple(map(face, uses))
