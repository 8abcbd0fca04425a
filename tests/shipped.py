"""The shipped editions, each built once in a run of the tests, whichever of its processes asks first."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import nkru_brief
from nkru_brief.build import build
from nkru_brief.cache import Cache
from nkru_brief.outputs import load_output
from nkru_brief.project import Project, open_project
from nkru_brief.render import Renderer
from nkru_brief.report import Request
from nkru_brief.sheet import Sheet
from nkru_brief.typeset import faces_for, measure_of, text_of
from nkru_brief.values import Value

ROOT = Path(__file__).resolve().parent.parent
EDITIONS = ("classroom", "full", "policymaker", "press", "public", "teacher-key")

every_edition = pytest.mark.parametrize("edition", EDITIONS)


class Workshop(Value):
    """The shipped project as in a clone, and the folder that all processes of a run share, with what was built."""

    root: Path
    project: Project
    renderers: dict[str, Renderer]
    kept: Path

    def sheet(self, edition: str, output: str) -> Sheet:
        """Return a shipped edition filled in, before it is pressed."""
        brief = self.project.briefs[edition]
        theme = self.project.themes[brief.theme]
        if theme.name not in self.renderers:
            self.renderers[theme.name] = Renderer(theme, measure_of(theme), nkru_brief.__version__)
        (spec,) = load_output(output).sheets(brief)
        return self.renderers[theme.name].render(brief, spec, faces_for(theme, text_of(brief)))

    @property
    def cache(self) -> Path:
        """What whoever builds what ships as it is need not make again; tests of what a build does never use it."""
        return self.kept / "cache"

    def pdf(self, edition: str) -> Path:
        """Return a shipped edition as a PDF file, as a build writes it."""
        return self._built(edition, "pdf")

    def page(self, edition: str) -> Path:
        """Return a shipped edition as an HTML file, as a build writes it."""
        return self._built(edition, "html")

    def _built(self, edition: str, output: str) -> Path:
        path = self.kept / edition / f"{edition}.{output}"
        with alone(self.kept / f"{edition}.{output}.lock"):
            if not path.exists():
                request = Request(editions=(edition,), outputs=(output,), jobs=1)
                report = build(self.root, self.kept, request, cache=Cache(self.cache))
                assert report.diagnostics == ()
        return path


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep other test processes out meanwhile; where the system has no such lock, work is done twice, not wrongly."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with path.open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def lay_out(root: Path) -> Path:
    """Lay the shipped project out in a folder as in a clone: without the texts of its sources, and return the folder.

    A paper says whether they were at hand.
    """
    for folder in ("content", "seeds", "templates"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("*.txt", ".verified"))
    return root


def open_workshop(kept: Path, clone: Path) -> Workshop:
    """Return the workshop of the shipped project, laid out in a folder."""
    return Workshop(root=lay_out(clone), project=open_project(clone), renderers={}, kept=kept)
