"""The wheel as a user installs it: it brings its templates and scales, and works wherever content/ and seeds/ are."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the unpacked wheel."""
    pytest.importorskip("hatchling", reason="hatchling builds the wheel; `make test` installs it")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the words and the cards of the shipped briefing, and nothing else."""
    shutil.copytree(ROOT / "content", tmp_path / "content")
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds", ignore=shutil.ignore_patterns("*.txt", ".verified"))
    return tmp_path


def run(installed: Path, project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command of the wheel, run in a project; -P keeps the checkout out of the path."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-P", "-m", "nkru_brief", *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def test_it_builds_in_a_folder_of_its_own(installed: Path, project: Path) -> None:
    result = run(installed, project, "build", "--edition", "teacher-key")
    assert (result.returncode, result.stderr) == (0, "")
    assert (project / "build/teacher-key/teacher-key.pdf").read_bytes().startswith(b"%PDF-")
    assert (project / "build/teacher-key/teacher-key.html").is_file()


def test_a_template_of_the_project_shadows_the_packages_and_can_extend_it(installed: Path, project: Path) -> None:
    own = project / "templates/school/title.html"
    own.parent.mkdir(parents=True)
    own.write_text('{% include "builtin/base/title.html" %}\n<p>From our school</p>\n')
    result = run(installed, project, "build", "--edition", "teacher-key", "--output", "html")
    assert result.returncode == 0, result.stderr
    page = (project / "build/teacher-key/teacher-key.html").read_text("utf-8")
    assert "From our school" in page
    assert "Teacher’s key" in page


def test_it_is_the_wheel_that_runs(installed: Path, project: Path) -> None:
    code = "import nkru_brief; print(nkru_brief.__file__)"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    result = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=project, env=environment, capture_output=True, text=True, check=True
    )
    assert Path(result.stdout.strip()).is_relative_to(installed)
