"""Outputs: what a brief can be printed as. Ours and a stranger's enter through the same entry points.

An output is a class with a `name`, a `sheets` method that says what to print, and a `press` method that prints it.
It is named in the entry point group `nkru_brief.outputs` of the package that brings it.
"""

from functools import cache
from typing import Any, Protocol

from nkru_brief.brief import Brief
from nkru_brief.sheet import Artifact, Onlooker, Sheet, SheetSpec
from nkru_brief.toolchain import points


class Output(Protocol):
    """The contract of an output."""

    name: str
    description: str

    def sheets(self, brief: Brief) -> tuple[SheetSpec, ...]:
        """Return what is printed of a brief: cheap, and without filling in a template."""
        ...

    def press(self, sheet: Sheet) -> Artifact:
        """Return the finished file: heavy and pure, in any process, with nothing but the sheet."""
        ...


@cache
def installed() -> tuple[str, ...]:
    """Return the names of the outputs that are installed, sorted."""
    return tuple(sorted({point.name for point in points()}))


def wanted(brief: Brief, asked: tuple[str, ...], *, handouts: bool) -> tuple[str, ...]:
    """Return the outputs to make of a brief: its own or its handouts, or of both those that are `asked` for."""
    if asked and not handouts and set(asked) <= set(brief.outputs):
        # To know its handouts all outputs are loaded.
        return tuple(name for name in brief.outputs if name in asked)
    if asked:
        known = dict.fromkeys((*brief.outputs, *handouts_of(brief)))
        return tuple(name for name in known if name in asked)
    return handouts_of(brief) if handouts else brief.outputs


def handouts_of(brief: Brief) -> tuple[str, ...]:
    """Return the handouts of a brief: those it names, or every one that it has the sections for.

    An output that is a handout says so with an attribute `needs`: the sections that it cannot be without.
    """
    if brief.handouts is not None:
        return brief.handouts
    there = {part.id for part in brief.parts}
    needs = {name: getattr(load_output(name), "needs", None) for name in installed()}
    return tuple(name for name, parts in needs.items() if parts is not None and there.issuperset(parts))


@cache
def load_output(name: str) -> Output:
    """Return an installed output by its name.

    Raises:
        KeyError: there is none.
    """
    for point in points():
        if point.name == name:
            output: Output = point.load()()
            return output
    raise KeyError(name)


def effort(name: str) -> float:
    """Return how long an output presses a character of a sheet, set beside others; 1 where it does not say.

    An output says so with an attribute `effort`.
    """
    return float(getattr(load_output(name), "effort", 1.0))


def warm(names: tuple[str, ...] = ()) -> None:
    """Load what outputs press with, so that the first sheet need not wait for it; all of them where none is named.

    An output that has something heavy to load has a method `warm`.
    """
    for name in set(names or installed()) & set(installed()):
        getattr(load_output(name), "warm", tuple)()


def draft(sheet: Sheet, onlooker: Onlooker | None = None) -> Artifact:
    """Return a sheet pressed and, where its output can do the one without the other, not read back yet.

    Who writes sees it now, and what it breaks in a moment. Such an output has two more methods beside its `press`:
    `draft(sheet)`, and `read_back(sheet, artifact)`, which returns the artifact with the flaws that reading finds. One
    that sets pages may have a third, `draft_pages(sheet, onlooker)`: who looks on is given the pages before the file is
    finished.
    """
    output: Any = load_output(sheet.output)
    if onlooker and _drafts(output, "draft_pages"):
        pages: Artifact = output.draft_pages(sheet, onlooker)
        return pages
    found: Artifact = (output.draft if _drafts(output) else output.press)(sheet)
    return found


def read_back(sheet: Sheet, artifact: Artifact) -> Artifact:
    """Return a draft as pressing would have returned it."""
    output: Any = load_output(sheet.output)
    return output.read_back(sheet, artifact) if _drafts(output) else artifact


def _drafts(output: Output, method: str = "draft") -> bool:
    """Return whether an output has drafts of its own; one that inherits them and presses otherwise has none."""
    bringing = {name: [kind for kind in type(output).__mro__ if name in vars(kind)][:1] for name in ("press", method)}
    return bringing["press"] == bringing[method]


def press(sheet: Sheet) -> Artifact:
    """Return a sheet pressed by its output: the function that workers run."""
    return load_output(sheet.output).press(sheet)
