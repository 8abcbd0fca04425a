"""How long it takes to fit an edition to one sheet, beside setting once what was chosen; in one warm process."""

import time
from pathlib import Path

from nkru_brief.build import sheets
from nkru_brief.outputs import press, warm
from nkru_brief.project import open_project
from nkru_brief.report import Request
from nkru_brief.sheet import Sheet
from nkru_brief.values import replace


def settled(sheet: Sheet) -> Sheet:
    """Return a sheet as it is once its selection and size are chosen: there is nothing left to fit."""
    chosen = press(sheet).settled
    if chosen is None:
        raise RuntimeError(f"{sheet.path} has nothing to fit")
    own = sheet.at(chosen.depth)
    # One size to choose from: a sheet that has none is set as pages are, which seeks better breaks and better notes.
    only = replace(own.fit, floor=chosen.size, ceiling=chosen.size) if own.fit else None
    return replace(own, depths=(), fit=only)


def seconds(sheet: Sheet) -> tuple[float, float]:
    """Return what pressing a sheet takes: seconds by the clock, and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    press(sheet)
    return time.perf_counter() - wall, time.process_time() - cpu


def measured(root: Path, rounds: int) -> dict[str, list[tuple[tuple[float, float], tuple[float, float]]]]:
    """Return, for each edition, the rounds of one press of what was chosen, and of the choice and its press."""
    warm(("sheet",))
    project = open_project(root)
    asked = sheets(project, Request(outputs=("sheet",)))
    pairs = [(sheet.edition, settled(sheet), sheet) for sheet in asked]
    return {name: [(seconds(once), seconds(fitted)) for _ in range(rounds)] for name, once, fitted in pairs}
