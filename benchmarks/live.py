"""How long it takes from saving a word to seeing it, with a real browser on `nkru-brief serve`.

Three moments after a save: the word stands in the web page; the picture of the printed page that holds it, which is the
page in view, is of this change, loaded and decoded; and so are the pictures of all pages. A save comes when nothing of
the last one is under way, or it is the last of five in a row. The browser looks once a frame, as often as a screen
shows anything. A driver that asks all the time would take a core from those it measures.
"""

import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

_SHOWN = "document.querySelector('#web iframe:not(.coming)')?.contentDocument.body.textContent.includes('{}')"
_DRAWN = "document.querySelector('#pages img')?.getAttribute('src')"
# A picture is there when it is of the last change, here and decoded: the first one alone, and every one.
_THERE = "image.complete && image.naturalWidth > 0 && !image.classList.contains('stale')"
_FIRST = f"(image => image && {_THERE})(document.querySelector('#pages img'))"
_ALL = f"(all => all.length > 0 && all.every(image => {_THERE}))([...document.querySelectorAll('#pages img')])"
_AT_REST = "document.querySelector('#state').textContent === ''"
_PATIENCE = 60_000


# Saves in a row, and milliseconds between two of them.
_IN_A_ROW, _APART = 5, 300


class Found(NamedTuple):
    """Seconds from each save to its web page, to the first of its printed pages, and to all of them.

    `hurried` are those from the last save in a row to the first of its printed pages.
    """

    page: list[float]
    first: list[float]
    pages: list[float]
    hurried: list[float]


def measured(project: Path, folder: Path, edition: str, rounds: int) -> Found:
    """Return what was measured of a copy of a project."""
    from playwright.sync_api import sync_playwright

    for name in ("content", "seeds", "templates"):
        shutil.copytree(project / name, folder / name)
    command = [sys.executable, "-m", "nkru_brief", "-C", str(folder), "serve", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None  # noqa: S101 - it was asked for
    match = re.match(r"(\S+)", server.stdout.readline())
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page()
            page.goto(f"{match[1] if match else ''}editions/{edition}")
            found = _rounds(page, folder / "content" / "sections" / "summary.standard.md", rounds)
            browser.close()
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()
    return found


def _rounds(page: Any, file: Path, rounds: int) -> Found:  # noqa: ANN401 - the browser's driver
    text = file.read_text("utf-8")
    heading = text.split("\n", 1)[0]

    def save(word: str) -> float:
        start = time.perf_counter()
        file.write_text(text.replace(heading, f"# {word}", 1), "utf-8")
        return start

    found = Found([], [], [], [])
    # The first round warms the server up.
    for number in range(rounds + 1):
        _at_rest(page)
        before, word = page.evaluate(_DRAWN), f"Summary{number}"
        start = save(word)
        _until(page, _SHOWN.format(word))
        seen = time.perf_counter() - start
        _until(page, f"{_DRAWN} !== '{before}' && {_FIRST}")
        first = time.perf_counter() - start
        _until(page, _ALL)
        pages = time.perf_counter() - start
        _at_rest(page)
        hurried = _in_a_row(page, save, word)
        if number:
            for times, took in zip(found, (seen, first, pages, hurried), strict=True):
                times.append(took)
    return found


def _in_a_row(page: Any, save: Callable[[str], float], word: str) -> float:  # noqa: ANN401
    for number in range(_IN_A_ROW):
        page.wait_for_timeout(_APART if number else 0)
        # What was drawn of the last save but one is not what is waited for.
        before = page.evaluate(_DRAWN)
        start = save(f"{word}.{number}")
    _until(page, _SHOWN.format(f"{word}.{_IN_A_ROW - 1}"))
    _until(page, f"{_DRAWN} !== '{before}' && {_FIRST}")
    return time.perf_counter() - start


def _at_rest(page: Any) -> None:  # noqa: ANN401
    _until(page, _ALL)
    _until(page, _AT_REST)


def _until(page: Any, condition: str) -> None:  # noqa: ANN401
    """Wait until a condition holds in a frame of the page.

    Raises:
        TimeoutError: it does not within a minute.
    """
    asked = f"""() => new Promise(done => {{
        const start = performance.now();
        const look = () => {{
            if ({condition}) done(true);
            else if (performance.now() - start > {_PATIENCE}) done(false);
            else requestAnimationFrame(look);
        }};
        look();
    }})"""
    if not page.evaluate(asked):
        raise TimeoutError(condition)
