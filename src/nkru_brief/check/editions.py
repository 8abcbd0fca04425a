"""Rules on editions: outputs and papers that exist, and faces that have every character."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from nkru_brief.cache import key_of
from nkru_brief.diagnostics import ContentError, Diagnostic, Place, place_of
from nkru_brief.edtf import DateWords
from nkru_brief.embargo import HINT, displayed
from nkru_brief.memory import digest_of, keep, recall
from nkru_brief.model import Edition, Library
from nkru_brief.outputs import installed
from nkru_brief.project import Project
from nkru_brief.render import Renderer
from nkru_brief.theme import Theme, face, face_path
from nkru_brief.typed import shown, suggestion
from nkru_brief.typeset import coverage, text_of

# With an embargo beside it a longer one would not stand on a narrow page.
_MOST_OF_A_MARKING = 40
# Controls, formats and spaces have no glyph to lack.
_UNDRAWN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def complete(project: Project) -> Iterator[Diagnostic]:
    """There is an edition to build, and every edition has sections to print and an output to print them as."""
    library = project.library
    if not project.editions and not project.diagnostics:
        message = "there is no edition to build"
        hint = "write one: a file in content/editions/ that is not abstract and lists its sections"
        yield Diagnostic(code="E405", place=Place(file="content/editions"), message=message, hint=hint)
    for name, edition in project.editions.items():
        if not _inherits(library, name):
            continue
        if not edition.sections:
            hint = "list what it prints under sections:, or extend an edition that does"
            yield Diagnostic(code="E405", place=edition.at("sections"), message="the edition has no section", hint=hint)
        if not edition.outputs:
            hint = f"list what it is printed as: {', '.join(installed())}"
            yield Diagnostic(code="E405", place=edition.at("outputs"), message="the edition has no output", hint=hint)
        yield from _repeated_sections(edition)


def _inherits(library: Library, name: str) -> bool:
    """Return whether all that an edition extends could be read; otherwise what it lacks may stand there."""
    seen = {name}
    while (parent := library.editions[name].extends) is not None:
        if parent in seen or parent not in library.editions:
            return False
        seen.add(parent)
        name = parent
    return True


def _repeated_sections(edition: Edition) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for use in edition.sections or ():
        if use.id in seen:
            message = f"the edition has the section {use.id!r} twice"
            yield Diagnostic(code="E008", place=use.at("id"), message=message, hint="take one of them out")
        seen.add(use.id)


def tokens(project: Project) -> Iterator[Diagnostic]:
    """Every token an edition sets is one of its theme's."""
    for edition in project.editions.values():
        theme = project.themes.get(edition.theme or "")
        for name in edition.tokens or {}:
            if theme and name not in theme.tokens:
                message = f"the theme {theme.name!r} has no token {name!r}"
                hint = suggestion(name, theme.tokens)
                yield Diagnostic(code="E004", place=edition.at("tokens", name), message=message, hint=hint)


def markings(project: Project) -> Iterator[Diagnostic]:
    """A marking is one line that fits the head of a page, and an embargo is a day or a moment."""
    for edition in project.editions.values():
        marking = edition.marking or ""
        if len(marking) > _MOST_OF_A_MARKING or not marking.isprintable():
            message = f"a marking is one line of at most {_MOST_OF_A_MARKING} characters, found {shown(marking)}"
            hint = "it stands at the head of every page; say more in a section"
            yield Diagnostic(code="E803", place=edition.at("marking"), message=message, hint=hint)
        if edition.embargo:
            try:
                displayed(edition.embargo, DateWords())
            except ValueError as error:
                message = f"the embargo {shown(edition.embargo)} is no date: {error}"
                yield Diagnostic(code="E801", place=edition.at("embargo"), message=message, hint=HINT)


def templates(project: Project) -> Iterator[Diagnostic]:
    """Every template and style sheet of a project that an edition's theme can use is written as one."""
    checked: set[str] = set()
    whole = True
    for theme in project.themes.values():
        key = key_of("templates", digest_of(theme))
        if whole and recall(key, bool):
            continue
        found = tuple(Renderer(theme, _no_measure, "").faults(checked))
        yield from found
        # Of a theme that shares a file with a faulty one, less was looked at.
        whole = whole and not found
        if whole:
            keep(key, True)  # noqa: FBT003 - what is known is that nothing is wrong


def _no_measure(text: str, size: float, bold: bool) -> float:  # noqa: ARG001, FBT001 - the figures' protocol
    return 0.0


def outputs(project: Project) -> Iterator[Diagnostic]:
    """Every output an edition asks for is installed."""
    for edition in project.editions.values():
        for index, name in enumerate(edition.outputs or ()):
            if name not in installed():
                hint = suggestion(name, installed())
                message = f"there is no output {name!r}"
                yield Diagnostic(code="E106", place=edition.at("outputs", index), message=message, hint=hint)


def glyphs(project: Project) -> Iterator[Diagnostic]:
    """Every character of an edition has a glyph in some face of its theme, and every face is installed."""
    faces: dict[str, tuple[str, ...] | None] = {}
    for brief in project.briefs.values():
        theme = project.themes.get(brief.theme)
        if theme is None:
            continue
        if theme.name not in faces:
            faults = tuple(uninstalled(theme))
            faces[theme.name] = None if faults else tuple(face(use).digest for use in theme.faces)
            yield from faults
        text = text_of(brief)
        key = key_of("glyphs", sorted(text), faces[theme.name])
        if faces[theme.name] is None or recall(key, bool):
            continue
        lost = lacking(text, coverage(theme.faces))
        for character in lost:
            yield missing(theme, character, _place_of(project, character))
        if not lost:
            keep(key, True)  # noqa: FBT003 - what is known is that none lacks


def uninstalled(theme: Theme) -> Iterator[Diagnostic]:
    """Yield the faces of a theme that are not there."""
    for use in theme.faces:
        try:
            face_path(use)
        except ContentError as error:
            yield from error.diagnostics


def lacking(text: Iterable[str], known: frozenset[int]) -> list[str]:
    """Return the characters of a text that are drawn and have no glyph, sorted."""
    return [each for each in sorted(set(text)) if ord(each) not in known and unicodedata.category(each) not in _UNDRAWN]


def missing(theme: Theme, character: str, place: Place) -> Diagnostic:
    """Return the fault of a character that no face of a theme has a glyph for."""
    name = unicodedata.name(character, "a character without a name")
    message = f"no face of the theme {theme.name!r} has a glyph for U+{ord(character):04X} {name}"
    hint = "write it otherwise, or add a face that has it to the theme's theme.yaml"
    return Diagnostic(code="E403", place=place, message=message, hint=hint)


def _place_of(project: Project, character: str) -> Place:
    for file, text in project.library.texts.items():
        offset = text.find(character)
        if offset >= 0:
            line_start = text.rfind("\n", 0, offset) + 1
            return Place(file=file, line=text.count("\n", 0, offset) + 1, column=offset - line_start + 1)
    for file, text in project.library.texts.items():
        escape = re.search(rf"\\(?:x|u|U0*)0*{ord(character):x}", text, re.IGNORECASE)
        if escape:
            return place_of(escape[0], text, file)
    return Place(file="content/brief.yaml")
