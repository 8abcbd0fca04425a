"""Diagnostics as values: where a fault is, its code, what is wrong, and what to do about it.

A stage returns its result and its diagnostics; the command line reports all of a run's diagnostics once.
The exceptions here carry diagnostics through code that cannot go on, and pickle, since they cross processes.

    BriefError            what the command line reports and turns into an exit code
    +-- ContentError      faults in what an author wrote (exit 1)
    +-- UsageError        a wrong command line or a folder that is no project (exit 2)
"""

from collections.abc import Iterable
from typing import Literal

from nkru_brief.values import Value

Severity = Literal["error", "warning"]


class Place(Value, order=True):
    """A position in an authored file: path relative to the project, line and column counted from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


def place_of(word: str, text: str, file: str, line: int = 1) -> Place:
    """Return where a word first stands in a file's text, from a line on; that line's start where it does not."""
    for number, found in enumerate(text.split("\n")[line - 1 :], line):
        if word in found:
            return Place(file=file, line=number, column=found.index(word) + 1)
    return Place(file=file, line=line)


class Diagnostic(Value):
    """One fault: its code (see `nkru_brief.codes`), its place, what is wrong, and a hint."""

    code: str
    place: Place
    message: str
    hint: str = ""

    @property
    def severity(self) -> Severity:
        """Errors have codes that begin with E, warnings with W."""
        return "warning" if self.code.startswith("W") else "error"

    def __str__(self) -> str:
        text = f"{self.place}: {self.severity}[{self.code}]: {self.message}"
        return f"{text}\n  hint: {self.hint}" if self.hint else text


class BriefError(Exception):
    """The root of every error this package raises on purpose."""

    exit_code = 1


class ContentError(BriefError):
    """Faults in content, templates or editions that end a stage early."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n".join(map(str, self.diagnostics))


class UsageError(BriefError):
    """A command line, a folder or a machine the builder cannot work with."""

    exit_code = 2


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics without repeats, by file, line and column."""
    return tuple(sorted(dict.fromkeys(diagnostics), key=lambda d: (d.place, d.code, d.message)))
