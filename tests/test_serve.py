"""The live preview, in a real browser: what is saved is seen, what is broken is told, and what was good stays."""

import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

for name in ("starlette", "uvicorn", "watchfiles"):
    if not os.environ.get("CI"):
        pytest.importorskip(name, reason="a preview needs the extra serve")

PATIENCE = 60_000
SUMMARY = "content/sections/summary.standard.md"
FRAME = "#web iframe:not(.coming)"


@pytest.fixture
def url(ferry: Path) -> Iterator[str]:
    """The address of a preview of the ferry's project."""
    command = [sys.executable, "-m", "nkru_brief", "-C", str(ferry), "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    found = re.match(r"(http://127\.0\.0\.1:\d+)/ ", process.stdout.readline())
    assert found, process.communicate()
    yield found[1]
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert "Traceback" not in said


@pytest.fixture
def page(browser: Any, url: str) -> Iterator[Any]:
    opened = browser.new_page(viewport={"width": 1200, "height": 220})
    opened.set_default_timeout(PATIENCE)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened.goto(f"{url}/editions/short")
    yield opened
    assert [error for error in errors if "favicon" not in error and "404" not in error] == []
    opened.close()


def edit(file: str, old: str, new: str) -> None:
    text = Path(file).read_text("utf-8")
    assert old in text
    Path(file).write_text(text.replace(old, new), "utf-8")


def until(page: Any, condition: str) -> None:
    """Wait until a condition holds in the page; its policy lets no script in that would wait there."""
    for _ in range(PATIENCE // 50):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


def shown(page: Any, text: str) -> Any:
    """Wait until the web page in view says something."""
    found = page.frame_locator(FRAME).get_by_text(text).first
    found.wait_for()
    return found


def test_what_is_saved_is_seen_in_place(page: Any) -> None:
    shown(page, "A ferry has joined")
    until(page, "document.querySelector('#pages img')?.naturalWidth > 100")
    first = page.locator("#pages img").first.get_attribute("src")
    page.evaluate("document.querySelector('#web iframe').contentWindow.scrollTo(0, 120)")
    page.evaluate("window.mark = 'the same page around it'")

    edit(SUMMARY, "A ferry has joined", "A steamer has joined")

    shown(page, "A steamer has joined")
    until(page, f"document.querySelectorAll('{FRAME}').length === 1")
    assert page.evaluate("document.querySelector('#web iframe').contentWindow.scrollY") == 120
    assert page.evaluate("window.mark") == "the same page around it"
    # The pages to print follow.
    until(page, f"document.querySelector('#pages img').getAttribute('src') !== '{first}'")
    until(page, "document.querySelector('#pages img').naturalWidth > 100")


def test_what_is_broken_is_told_and_the_last_good_page_stays(page: Any) -> None:
    shown(page, "A ferry has joined")
    edit(SUMMARY, "[@c01]", "[@c99]")
    fault = page.locator("#faults p", has_text="error[E101]").first
    fault.wait_for()
    place = fault.locator("a")
    assert place.inner_text() == f"{SUMMARY}:3:68"
    assert place.get_attribute("href").endswith(f"/ferry/{SUMMARY}:3:68")
    shown(page, "A ferry has joined")

    Path(SUMMARY).write_bytes(b"\xff\xfe")
    page.locator("#faults p", has_text="error[E001]").wait_for()
    shown(page, "A ferry has joined")
    assert "last good page" in page.locator("#state").inner_text()

    Path(SUMMARY).write_text("# Summary\n\nA raft has joined the islands for about a century [@c01].\n", "utf-8")
    shown(page, "A raft has joined")
    page.locator("#faults").wait_for(state="hidden")


def test_templates_and_styles_are_seen(page: Any) -> None:
    shown(page, "A ferry has joined")
    with Path("templates/plain/css/plain.css").open("a", encoding="utf-8") as file:
        file.write("\np { letter-spacing: 7px; }\n")
    until(
        page,
        "getComputedStyle(document.querySelector('#web iframe:not(.coming)').contentDocument.querySelector('p'))"
        ".letterSpacing === '7px'",
    )


def test_the_index_lists_the_editions(page: Any, url: str) -> None:
    page.goto(f"{url}/")
    link = page.locator("#editions a")
    link.wait_for()
    assert link.inner_text() == "Short edition"
    link.click()
    shown(page, "A ferry has joined")


def get(url: str, **headers: str) -> tuple[int, bytes]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_only_what_was_made_is_served_and_only_here(url: str) -> None:
    assert get(f"{url}/")[0] == 200
    assert get(f"{url}/", Host="evil.example")[0] == 400
    assert get(f"{url}/", Host="evil.example:80")[0] == 400
    assert get(f"{url}/events/", Sec_Fetch_Site="cross-site")[0] == 403
    for path in (
        "/content/brief.yaml",
        "/editions/short/../../content/brief.yaml",
        "/live.py",
        "/editions/nobody/page",
    ):
        assert get(url + path)[0] == 404, path
    assert get(f"{url}/editions/short/%2e%2e%2f%2e%2e%2fcontent%2fbrief.yaml")[0] == 404


def test_a_port_that_is_taken_is_said(ferry: Path, url: str) -> None:
    port = url.rpartition(":")[2]
    command = [sys.executable, "-m", "nkru_brief", "-C", str(ferry), "serve", "--port", port]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 2
    assert run.stderr.startswith(f"nkru-brief: cannot listen at 127.0.0.1:{port}: ")
