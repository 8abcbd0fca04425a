"""The live preview, in a real browser: what is saved is seen, what is broken is told, and what was good stays."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from nkru_brief import serve
from nkru_brief.serve import desk

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


def says_what_is_served(page: Any) -> bool:
    """Return whether the page in view has all that the served one says, and of itself."""
    address = page.evaluate("location.origin + location.pathname")
    said: bool = page.evaluate(
        """text => {
            const frame = document.querySelector('#web iframe').contentWindow;
            const whole = new frame.DOMParser().parseFromString(text, 'text/html');
            const said = node => [...node.head.children, node.body].map(each => each.outerHTML).sort().join();
            return said(whole) === said(frame.document);
        }""",
        get(f"{address}/page")[1].decode("utf-8"),
    )
    return said


PAGE = b"<!doctype html><html lang='en'><head><title>A</title><style>p {}</style></head><body>%b</body></html>"


def test_a_page_is_known_by_its_dress() -> None:
    plain = PAGE % b"<p>one</p><style>b {}</style>"
    assert desk.dress_of(plain) == desk.dress_of(PAGE % b"<p>two</p>")
    for old, new in ((b"p {}", b"p { margin: 0 }"), (b"'en'", b"'ko'"), (b"<!doctype html>", b"")):
        assert desk.dress_of(plain.replace(old, new)) != desk.dress_of(plain)
    # The styles of the body are what it says.
    assert desk.undressed(plain) == plain.replace(b"<style>p {}</style>", b"")


def test_a_page_without_a_head_of_its_own_is_sent_whole() -> None:
    bare = b"<style>p {}</style><p>one</p>"
    assert desk.undressed(bare) == bare
    assert desk.dress_of(bare) != desk.dress_of(bare.replace(b"one", b"two"))


def test_what_says_the_same_stays_where_it_is(page: Any) -> None:
    shown(page, "A ferry has joined")
    inside = "document.querySelector('#web iframe').contentWindow.document"
    page.evaluate(f"{inside}.querySelector('h1').mark = 'the same title'")
    page.evaluate(f"{inside}.body.mark = 'the same body'")
    added = "Boats were here before [@c01].\n\nA steamer crossed [@c02].\n\nA ferry"
    for old, new, seen in (
        ("A ferry", added, "Boats were here before"),
        ("Boats were here before [@c01].\n\n", "", ""),
        ("A steamer crossed", "A raft crossed", "A raft crossed"),
        ("four times", "five times", "five times"),
    ):
        edit(SUMMARY, old, new)
        shown(page, seen) if seen else until(page, f"!{inside}.body.textContent.includes('Boats')")
        assert says_what_is_served(page)
    assert page.evaluate(f"{inside}.querySelector('h1').mark") == "the same title"
    assert page.evaluate(f"{inside}.body.mark") == "the same body"


def test_what_is_saved_is_seen_in_place(page: Any) -> None:
    shown(page, "A ferry has joined")
    until(page, "document.querySelector('#pages img')?.naturalWidth > 100")
    first = page.locator("#pages img").first.get_attribute("src")
    page.evaluate("document.querySelector('#web iframe').contentWindow.scrollTo(0, 120)")
    page.evaluate("window.mark = 'the same page around it'")
    page.evaluate("document.querySelector('#web iframe').contentWindow.mark = 'the same styles'")

    edit(SUMMARY, "A ferry has joined", "A steamer has joined")

    shown(page, "A steamer has joined")
    # A page that is dressed alike brings its words alone, and all that a file says of itself.
    assert page.evaluate("document.querySelector('#web iframe').contentWindow.mark") == "the same styles"
    assert says_what_is_served(page)
    until(page, f"document.querySelectorAll('{FRAME}').length === 1")
    assert page.evaluate("document.querySelector('#web iframe').contentWindow.scrollY") == 120
    assert page.evaluate("window.mark") == "the same page around it"
    # The pages to print follow.
    until(page, f"document.querySelector('#pages img').getAttribute('src') !== '{first}'")
    until(page, "document.querySelector('#pages img').naturalWidth > 100")


def test_of_saves_in_a_row_the_last_is_seen_and_all_comes_to_rest(page: Any) -> None:
    shown(page, "A ferry has joined")
    rests = "document.querySelector('#state').textContent === ''"
    until(page, f"document.querySelector('#pages img') && {rests}")
    page.evaluate(
        """() => {
            const state = document.querySelector('#state');
            window.said = [];
            new MutationObserver(() => window.said.push(state.textContent)).observe(state, { childList: true });
        }"""
    )
    old = "A ferry has joined"
    for new in ("A raft has joined", "A boat has joined", "A steamer has joined"):
        # Each comes when the one before it is on its way.
        edit(SUMMARY, old, new)
        shown(page, new)
        old = new
    until(page, f"!document.querySelector('#pages img.stale') && {rests}")
    # What is seen comes before what is judged.
    assert page.evaluate("window.said").index("checking …") > page.evaluate("window.said").index("setting pages …")
    assert page.locator("#faults").is_hidden()


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
    page.evaluate("document.querySelector('#web iframe').contentWindow.mark = 'the same styles'")
    with Path("templates/plain/css/plain.css").open("a", encoding="utf-8") as file:
        file.write("\np { letter-spacing: 7px; }\n")
    until(
        page,
        "getComputedStyle(document.querySelector('#web iframe:not(.coming)').contentDocument.querySelector('p'))"
        ".letterSpacing === '7px'",
    )
    # One that is dressed otherwise is another page.
    assert page.evaluate("document.querySelector('#web iframe:not(.coming)').contentWindow.mark") is None


def test_the_index_lists_the_editions(page: Any, url: str) -> None:
    page.goto(f"{url}/")
    link = page.locator("#editions a")
    link.wait_for()
    assert link.inner_text() == "Short edition"
    link.click()
    shown(page, "A ferry has joined")


def get(url: str, method: str = "GET", /, **headers: str) -> tuple[int, bytes]:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, headers=given, method=method)
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
    # What the page in view tells is a number of a known edition.
    assert get(f"{url}/editions/nobody/looked-at/1", "POST")[0] == 404
    assert get(f"{url}/editions/short/looked-at/..", "POST")[0] == 404


def test_a_port_that_is_taken_is_said(ferry: Path, url: str) -> None:
    port = url.rpartition(":")[2]
    command = [sys.executable, "-m", "nkru_brief", "-C", str(ferry), "serve", "--port", port]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 2
    assert run.stderr.startswith(f"nkru-brief: cannot listen at 127.0.0.1:{port}: ")


# ---- without a browser ----


class Line:
    """An open line to a preview's events, as any program may hold one."""

    def __init__(self, url: str, name: str = "short") -> None:
        self.answer = urllib.request.urlopen(f"{url}/events/{name}", timeout=PATIENCE / 1000)

    def until(self, met: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the first state that is as it should be."""
        for line in self.answer:
            if line.startswith(b"data: "):
                state: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                if met(state):
                    return state
        raise AssertionError("the line was closed")


@pytest.fixture
def line(url: str) -> Iterator[Line]:
    opened = Line(url)
    yield opened
    opened.answer.close()


def test_a_bare_client_is_told_of_every_change(line: Line) -> None:
    first = line.until(lambda state: state["page"] and not state["drawing"])
    assert first["faults"] == []
    edit(SUMMARY, "A ferry has joined", "A steamer has joined")
    line.until(lambda state: state["page"] > first["page"])
    line.until(lambda state: state["drawn"] > first["drawn"])
    # Every page is of the last change in the end, and known by the number of its drawing.
    last = line.until(lambda state: not state["drawing"] and not state["stale"])
    assert last["pages"]
    assert max(last["pages"]) == last["drawn"]


def test_a_quiet_line_shows_signs_of_life(ferry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits on a line where nothing changes cannot tell it from a dead one but by these."""
    monkeypatch.setattr(serve, "_SIGN_OF_LIFE", 0.05)
    # The browser's driver has a loop of its own in this thread.
    with ThreadPoolExecutor(1) as thread:
        sent = thread.submit(lambda: asyncio.run(quiet(serve.application(ferry, "127.0.0.1", "")))).result()
    assert sent == [b":\n\n", b":\n\n"]


async def quiet(application: Any) -> list[bytes]:
    """Return what an application sends on a line, beside states, until it has sent two such pieces."""
    sent: list[bytes] = []
    enough = asyncio.Event()

    async def send(message: dict[str, Any]) -> None:
        body = message.get("body", b"")
        if body and not body.startswith(b"data: "):
            sent.append(body)
        if len(sent) == 2:
            enough.set()

    async def receive() -> dict[str, Any]:
        await enough.wait()
        return {"type": "http.disconnect"}

    headers = [(b"host", b"127.0.0.1")]
    scope = {"type": "http", "method": "GET", "path": "/events/short", "headers": headers, "query_string": b""}
    async with application.router.lifespan_context(application):
        await application(scope | {"app": application}, receive, send)
    return sent[:2]


PLUG_IN = """
from nkru_brief.outputs.html import HtmlOutput
from nkru_brief.values import replace

class Stamped(HtmlOutput):
    name = "stamped"

    def press(self, sheet):
        artifact = super().press(sheet)
        return replace(artifact, data=artifact.data.replace(b"A ferry", b"SAID"))
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages: an output of somebody's, and a face."""
    folder = tmp_path / "site"
    (folder / "stamped-1.dist-info").mkdir(parents=True)
    (folder / "stamped.py").write_text(PLUG_IN, "utf-8")
    (folder / "stamped-1.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: stamped\nVersion: 1\n", "utf-8"
    )
    points = "[nkru_brief.outputs]\nstamped = stamped:Stamped\n"
    (folder / "stamped-1.dist-info" / "entry_points.txt").write_text(points, "utf-8")
    (folder / "tideface").mkdir()
    (folder / "tideface" / "__init__.py").write_text("", "utf-8")
    shutil.copyfile(font("Regular"), folder / "tideface" / "face.ttf")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH", "")))))
    return folder


def font(weight: str) -> Path:
    return Path(str(resources.files("font_source_serif_pro") / "files" / f"SourceSerifPro-{weight}.ttf"))


@pytest.fixture
def dressed(site: Path, ferry: Path) -> Path:
    """The ferry's project with that output and that face, before it is served."""
    theme = ferry / "templates/plain/theme.yaml"
    face = "faces:\n  - family: Tide\n    package: tideface\n    file: face.ttf\n"
    theme.write_text(theme.read_text("utf-8") + '  serif: "Tide"\n' + face, "utf-8")
    short = ferry / "content/editions/short.yaml"
    short.write_text(short.read_text("utf-8").replace("  - html\n  - pdf\n", "  - stamped\n"), "utf-8")
    return site


@pytest.mark.parametrize("what", ["code", "face"])
def test_a_changed_plug_in_or_face_is_seen(what: str, dressed: Path, url: str) -> None:
    line = Line(url)
    first = line.until(lambda state: state["page"] and not state["drawing"])
    before = get(f"{url}/editions/short/page")[1]
    assert b"SAID has joined" in before
    if what == "code":
        (dressed / "stamped.py").write_text(PLUG_IN.replace("SAID", "HEARD"), "utf-8")
    else:
        shutil.copyfile(font("Semibold"), dressed / "tideface" / "face.ttf")
    line.until(lambda state: state["page"] > first["page"])
    after = get(f"{url}/editions/short/page")[1]
    assert (b"HEARD has joined" in after) == (what == "code")
    assert after != before
    line.answer.close()
