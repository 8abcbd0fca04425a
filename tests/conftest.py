"""Options and fixtures that tests share."""

import os
import shutil
from pathlib import Path

import pytest

from shipped import Workshop, open_workshop

BASE = Path(__file__).parent / "cases" / "_base"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write down what is made now as what is expected")


@pytest.fixture(scope="session")
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expected texts are to be rewritten; what changed is then read in the diff."""
    return bool(request.config.getoption("--update"))


@pytest.fixture
def ferry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project without a fault, one's own to break, and the current folder."""
    root = tmp_path / "ferry"
    shutil.copytree(BASE, root)
    monkeypatch.chdir(root)
    return root


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """The shipped editions, filled in and pressed as they are asked for."""
    own = tmp_path_factory.getbasetemp()
    # The processes of pytest-xdist have folders side by side.
    kept = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shipped"
    kept.mkdir(exist_ok=True)
    return open_workshop(kept, tmp_path_factory.mktemp("clone"))
