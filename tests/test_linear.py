"""Twice the paper is twice the work: what is done for a sentence or a page does not grow with the paper.

Work is counted, never timed: lines run in the modules that read a paper back, tag it and judge it, and letters or
members gone through by the methods that look at all of what they are called on.
"""

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import BuiltinFunctionType, FrameType

import briefings

from nkru_brief import engine, memory, readback
from nkru_brief.binding import bound_sentences
from nkru_brief.build import sheets
from nkru_brief.outputs import press
from nkru_brief.project import open_project
from nkru_brief.report import Request
from nkru_brief.sheet import Sheet

PARAGRAPHS = (6, 12, 24)
PACKAGE = "nkru_brief."
# They look at all of what they are called on.
WHOLE = frozenset({"count", "replace", "remove", "copy", "union", "difference"})
# Fixed parts of a paper, and pages that end where they end.
MORE = 1.05


@contextmanager
def counted(modules: tuple[str, ...]) -> Iterator[Counter[str]]:
    """Count the work done in modules of the package, and in those inside them."""
    work: Counter[str] = Counter()
    watched: dict[str, str] = {}

    def module_of(frame: FrameType) -> str:
        name = frame.f_globals.get("__name__", "")
        if name not in watched:
            own = name.removeprefix(PACKAGE)
            watched[name] = next((each for each in modules if f"{own}.".startswith(f"{each}.")), "")
        return watched[name]

    def line(frame: FrameType, event: str, _: object) -> object:
        work[module_of(frame)] += event == "line"
        return line

    def call(frame: FrameType, _event: str, _: object) -> object:
        return line if module_of(frame) else None

    def built_in(frame: FrameType, event: str, function: object) -> None:
        if event == "c_call" and isinstance(function, BuiltinFunctionType) and function.__name__ in WHOLE:
            own = function.__self__
            if isinstance(own, Sized) and (module := module_of(frame)):
                work[module] += len(own)

    before = sys.gettrace(), sys.getprofile()
    sys.settrace(call)  # type: ignore[arg-type]
    sys.setprofile(built_in)
    try:
        yield work
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])


def written(folder: Path, paragraphs: int) -> Path:
    """Write a paper in which every paragraph rests on a claim of its own."""
    briefings.write(folder, 1, paragraphs)
    (folder / "content" / "claims" / "all.yaml").write_text(briefings.claims(paragraphs), "utf-8")
    section = folder / "content" / "sections" / "briefing-00000.standard.md"
    calls = count()
    text = re.sub(r"\[@c00000\]", lambda _: f"[@c{next(calls) // 4:05d}]", section.read_text("utf-8"))
    section.write_text(text, "utf-8")
    return folder


def sheet_of(folder: Path) -> Sheet:
    (sheet,) = sheets(open_project(folder), Request(outputs=("pdf",)))
    return sheet


def growth(folder: Path, modules: tuple[str, ...], run: Callable[[Path], Callable[[], object]]) -> dict[str, float]:
    """Return by how much more the work of each module grows from the second to the third size than it should."""
    found = []
    for paragraphs in PARAGRAPHS:
        work = run(written(folder / str(paragraphs), paragraphs))
        # What the shorter paper said is known.
        memory.forget()
        with counted(modules) as done:
            work()
        found.append(done)
    one, two, four = found
    assert all(two[module] > one[module] for module in modules), "nothing was counted"
    return {module: (four[module] - two[module]) / (two[module] - one[module]) / 2 for module in modules}


def too_much(grown: dict[str, float]) -> dict[str, float]:
    return {module: times for module, times in grown.items() if times > MORE}


def test_what_is_read_before_pressing(tmp_path: Path) -> None:
    def run(folder: Path) -> Callable[[], object]:
        project = open_project(folder)
        made = tuple(sheets(project, Request(outputs=("pdf",))))

        def work() -> None:
            assert list(readback.read_back(project, made)) == []
            for fragment in project.fragments.values():
                assert list(bound_sentences(fragment))

        return work

    assert too_much(growth(tmp_path, ("readback", "binding"), run)) == {}


def test_what_is_done_for_a_finished_paper(tmp_path: Path) -> None:
    engine.load()

    def run(folder: Path) -> Callable[[], object]:
        sheet = sheet_of(folder)

        def work() -> None:
            artifact = press(sheet)
            assert (artifact.complaints, artifact.flaws) == ((), ())

        return work

    modules = ("completeness", "structure", "tags.audit", "tags.write", "tags", "pdfreader", "loss", "setting")
    assert too_much(growth(tmp_path, modules, run)) == {}
