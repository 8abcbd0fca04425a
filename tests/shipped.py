"""The shipped editions, each pressed once in a run of the tests, whichever of its processes asks first."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import nkru_brief
from nkru_brief import atomic
from nkru_brief.outputs import load_output, press
from nkru_brief.project import Project, open_project
from nkru_brief.render import Renderer
from nkru_brief.sheet import Sheet
from nkru_brief.typeset import faces_for, measure_of, text_of
from nkru_brief.values import Value

ROOT = Path(__file__).resolve().parent.parent
EDITIONS = ("classroom", "full", "policymaker", "press", "public", "teacher-key")

every_edition = pytest.mark.parametrize("edition", EDITIONS)


class Workshop(Value):
    """The shipped project, and the folder where the pages already set are kept."""

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

    def pdf(self, edition: str) -> Path:
        """Return a shipped edition as a PDF file, setting its pages when no process of this run has done so yet."""
        path = self.kept / f"{edition}.pdf"
        with alone(self.kept / f"{edition}.lock"):
            if not path.exists():
                artifact = press(self.sheet(edition, "pdf"))
                assert artifact.complaints == ()
                atomic.write(path, artifact.data)
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


def open_workshop(kept: Path, clone: Path) -> Workshop:
    """Return the shipped project, laid out in a folder as in a clone: without the texts of its sources.

    A paper says whether they were at hand.
    """
    for folder in ("content", "seeds", "templates"):
        shutil.copytree(ROOT / folder, clone / folder, ignore=shutil.ignore_patterns("*.txt", ".verified"))
    return Workshop(project=open_project(clone), renderers={}, kept=kept)
