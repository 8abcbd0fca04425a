"""How long it takes from saving a word to seeing it, with a real browser on `nkru-brief serve`.

Three moments after a save: the word stands in the web page; the picture of the printed page that holds it, which is the
page in view, is of this change, loaded and decoded; and so are the pictures of all pages. The browser looks once a
frame, as often as a screen shows anything. A driver that asks all the time would take a core from those it measures.
"""

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

_SHOWN = "document.querySelector('#web iframe:not(.coming)')?.contentDocument.body.textContent.includes('{}')"
_DRAWN = "document.querySelector('#pages img')?.getAttribute('src')"
# A picture is there when it is of the last change, here and decoded: the first one alone, and every one.
_THERE = "image.complete && image.naturalWidth > 0 && !image.classList.contains('stale')"
_FIRST = f"(image => image && {_THERE})(document.querySelector('#pages img'))"
_ALL = f"(all => all.length > 0 && all.every(image => {_THERE}))([...document.querySelectorAll('#pages img')])"
_PATIENCE = 60_000


class Found(NamedTuple):
    """Seconds from each save to its web page, to the first of its printed pages, and to all of them."""

    page: list[float]
    first: list[float]
    pages: list[float]


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
    _until(page, _SHOWN.format(heading.removeprefix("# ")))
    _until(page, _ALL)
    found = Found([], [], [])
    for number in range(rounds + 1):
        word = f"Summary{number}"
        before = page.evaluate(_DRAWN)
        start = time.perf_counter()
        file.write_text(text.replace(heading, f"# {word}", 1), "utf-8")
        _until(page, _SHOWN.format(word))
        seen = time.perf_counter() - start
        _until(page, f"{_DRAWN} !== '{before}' && {_FIRST}")
        first = time.perf_counter() - start
        _until(page, _ALL)
        # The first round warms the server up.
        if number:
            found.page.append(seen)
            found.first.append(first)
            found.pages.append(time.perf_counter() - start)
    return found


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
