"""Outputs: what a brief can be printed as. Ours and a stranger's enter through the same entry points.

An output is a class with a `name`, a `sheets` method that says what to print, and a `press` method that prints it.
It is named in the entry point group `nkru_brief.outputs` of the package that brings it.
"""

from functools import cache
from importlib.metadata import entry_points
from typing import Protocol

from nkru_brief.brief import Brief
from nkru_brief.sheet import Artifact, Sheet, SheetSpec

GROUP = "nkru_brief.outputs"


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
    return tuple(sorted({point.name for point in entry_points(group=GROUP)}))


@cache
def load_output(name: str) -> Output:
    """Return an installed output by its name.

    Raises:
        KeyError: there is none.
    """
    for point in entry_points(group=GROUP):
        if point.name == name:
            output: Output = point.load()()
            return output
    raise KeyError(name)


def press(sheet: Sheet) -> Artifact:
    """Return a sheet pressed by its output: the function that workers run."""
    return load_output(sheet.output).press(sheet)
