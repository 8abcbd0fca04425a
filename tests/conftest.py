"""Options and fixtures that tests share."""

import shutil
from pathlib import Path

import pytest

BASE = Path(__file__).parent / "cases" / "_base"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write down what is made now as what is expected")


@pytest.fixture(scope="session")
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expected texts are to be rewritten; what changed is then read in the diff."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache for each test: nothing of the user's is read, and no test sees what another made."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("NKRU_BRIEF_CACHE", str(folder))
    return folder


@pytest.fixture
def ferry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project without a fault, one's own to break, and the current folder."""
    root = tmp_path / "ferry"
    shutil.copytree(BASE, root)
    monkeypatch.chdir(root)
    return root
