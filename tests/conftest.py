"""Options and fixtures that tests share."""

import importlib
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn

import pytest

from shipped import EDITIONS, Workshop, open_workshop

ROOT = Path(__file__).parents[1]
BASE = Path(__file__).parent / "cases" / "_base"
BROWSER_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


# What takes longest is begun first, so that no process is left alone with it in the end. Only a guide: the order means
# nothing else, and a file that is not here comes after them.
LONGEST = [
    "conformance",
    "accessibility",
    "briefings",
    "bundle",
    "mutations",
    "house",
    "leaks",
    "serve",
    "handouts",
    "repairs",
    "markings",
    "theme_commands",
    "reproducible",
    "tutorial",
    "cases",
    "cache",
    "minis",
    "copies",
    "geometry",
    "cluster",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first."""
    places = {f"test_{name}.py": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


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


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of a run of the tests share."""
    own = tmp_path_factory.getbasetemp()
    # The processes of pytest-xdist have folders side by side.
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shipped"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def workshop(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """The shipped editions, filled in and pressed as they are asked for."""
    return open_workshop(shared, tmp_path_factory.mktemp("clone"))


@pytest.fixture(scope="session")
def pages(workshop: Workshop) -> dict[str, Path]:
    """The HTML file of each shipped edition."""
    return {edition: workshop.page(edition) for edition in EDITIONS}


def do_without(reason: str) -> NoReturn:
    """A user's machine may lack a program that tests drive; continuous integration may not."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """What starts Chromium: `chromium(FLAG, ...)` is a browser, closed in the end."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        do_without("there is no Chromium on the PATH")
    try:
        driver = importlib.import_module("playwright.sync_api")
    except ImportError:
        do_without("playwright, which drives the browser, is not installed")
    with ExitStack() as stack:
        try:
            playwright = stack.enter_context(driver.sync_playwright())
        except Exception as error:  # noqa: BLE001 - the driver is a program of its own, and fails in its own ways
            do_without(f"playwright does not start: {error}")

        def start(*flags: str) -> Any:
            browser = playwright.chromium.launch(executable_path=path, args=[*BROWSER_FLAGS, *flags])
            stack.callback(browser.close)
            return browser

        yield start


@pytest.fixture(scope="session")
def browser(chromium: Any) -> Any:
    """Chromium as it comes."""
    return chromium()
