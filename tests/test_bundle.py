"""A bundle: whole, the same each time, a site that can be walked, and every change to it found out."""

import contextlib
import functools
import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urljoin

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld  # type: ignore[import-untyped]

from conftest import BASE, ROOT, do_without
from nkru_brief import atomic, crate, pdfclaims, sums
from nkru_brief.cli import main
from shipped import Workshop, lay_out
from test_accessibility import AXE, CHECKERS, CUT, SIDEWAYS, nu
from test_signature import pem

SCHEMA = "http://schema.org/"
WIDTHS = (320, 390, 1280)


class Bundles(NamedTuple):
    """Bundles that tests share: of the shipped editions, signed; the same for everybody; and of a small project."""

    shipped: Path
    public: Path
    small: Path
    key: Path


def licensed(root: Path) -> Path:
    """Return the shipped project with its licence, as in a clone."""
    shutil.copy(ROOT / "LICENSE", lay_out(root) / "LICENSE")
    return root


@pytest.fixture(scope="module")
def bundles(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Bundles:
    folder = tmp_path_factory.mktemp("bundles")
    key = folder / "key"
    pem(key)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NKRU_BRIEF_CACHE", str(workshop.cache))
        root = licensed(folder / "project")
        # A folder as people call theirs.
        shipped, public = folder / "my stick" / "묶음", folder / "public"
        assert main(["-C", str(root), "bundle", "--no-handouts", "--out", str(shipped), "--sign", str(key)]) == 0
        assert main(["-C", str(root), "bundle", "--no-handouts", "--out", str(public), "--public"]) == 0
        shutil.copytree(BASE, folder / "ferry")
        assert main(["-C", str(folder / "ferry"), "bundle", "--out", str(folder / "small"), "--jobs", "1"]) == 0
    return Bundles(shipped, public, folder / "small", key)


@pytest.fixture
def small(bundles: Bundles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small bundle of one's own to damage, and the folder it is in as the current one."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(bundles.small, tmp_path / "packed")
    return tmp_path / "packed"


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def unzipped(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {info.filename: file.read(info) for info in file.infolist()}


# ---- what is in it ----


def test_folder_and_zip_hold_the_same(bundles: Bundles) -> None:
    for folder in (bundles.shipped, bundles.public, bundles.small):
        assert unzipped(folder.with_name(f"{folder.name}.zip")) == tree(folder)


def test_everything_that_was_promised_is_there(bundles: Bundles) -> None:
    files = tree(bundles.shipped)
    assert {f"{name}/{name}.{kind}" for name in ("full", "press", "teacher-key") for kind in ("pdf", "html")} <= set(
        files
    )
    assert {"index.html", "LICENCE.txt", "COLOPHON.txt", crate.FILE, sums.FILE, sums.SIGNATURE} <= set(files)
    names = "evidence.json claims.csv passages.csv notes.csv carried.csv sources.json sources.bib"
    names += " key-dates.ics key-dates.csv context.csv"
    assert {f"data/{name}" for name in names.split()} <= set(files)
    assert b"MIT License" in files["LICENCE.txt"]


def test_handouts_are_in_it_and_on_the_front_page(bundles: Bundles) -> None:
    names = {path for path in tree(bundles.small) if path.startswith("short/")}
    assert names >= {f"short/short.{kind}" for kind in ("pdf", "html", "txt", "sheet.pdf", "large-print.pdf")}
    front = (bundles.small / "index.html").read_text("utf-8")
    assert all(f'href="{name}"' in front for name in names)
    assert "In large print" in front
    assert not any(path.endswith((".txt", ".sheet.pdf")) for path in tree(bundles.shipped) if "/" in path)


def test_sha256sum_agrees(bundles: Bundles) -> None:
    if shutil.which("sha256sum") is None:
        do_without("there is no sha256sum on the PATH")
    command = ["sha256sum", "--strict", "-c", sums.FILE]
    run = subprocess.run(command, cwd=bundles.shipped, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.count(": OK") == len(tree(bundles.shipped)) - 2


def test_what_is_for_everybody_leaves_out_what_is_not(bundles: Bundles) -> None:
    files = tree(bundles.public)
    assert not [name for name in files if "teacher" in name]
    assert sums.SIGNATURE not in files
    for name, data in files.items():
        if not name.endswith((".pdf", ".html")):
            assert b"teacher-key" not in data, name
    assert b"teacher-key" not in files["index.html"]


# ---- RO-Crate ----


def test_the_crate_is_as_the_specification_says(bundles: Bundles) -> None:
    """RO-Crate 1.3: the lines with MUST on the descriptor, the root, data entities and contextual entities."""
    files = tree(bundles.shipped)
    document = json.loads(files[crate.FILE])
    assert document["@context"] == "https://w3id.org/ro/crate/1.3/context"
    graph = {node["@id"]: node for node in document["@graph"]}
    assert len(graph) == len(document["@graph"])
    assert all(node["@type"] for node in graph.values())
    descriptor = graph[crate.FILE]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.3"}
    root = graph["./"]
    assert root["@type"] == "Dataset"
    assert root["name"]
    assert root["description"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", root["datePublished"])
    assert root["license"]["@id"] in graph
    assert {unquote(part["@id"]) for part in root["hasPart"]} == set(files) - {crate.FILE}
    # Flat: every reference leads to an entity of the graph.
    references = set(re.findall(r'\{"@id": "([^"]+)"\}', json.dumps(document)))
    assert references - set(graph) == {"https://w3id.org/ro/crate/1.3"}
    assert {node["name"] for node in graph.values() if node["@type"] == "Organization"} == {"The nkru-brief desk"}
    sources = [node for name, node in graph.items() if name.startswith("#source-")]
    assert len(sources) == 2
    assert all("no part of this bundle" in node["description"] for node in sources)


def test_the_crate_expands_as_json_ld(bundles: Bundles) -> None:
    context = {"@vocab": SCHEMA, "File": f"{SCHEMA}MediaObject", "conformsTo": "http://purl.org/dc/terms/conformsTo"}

    def load(url: str, _options: object) -> dict[str, object]:
        assert url == "https://w3id.org/ro/crate/1.3/context"
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": {"@context": context},
        }

    document = json.loads((bundles.shipped / crate.FILE).read_text("utf-8"))
    expanded = jsonld.expand(document, {"documentLoader": load, "base": "https://example.org/"})
    files = [node for node in expanded if f"{SCHEMA}MediaObject" in node["@type"]]
    assert len(files) == len(tree(bundles.shipped)) - 1
    assert all(node[f"{SCHEMA}encodingFormat"] for node in files)


# ---- the same each time ----


def test_the_same_content_gives_the_same_bytes_elsewhere(bundles: Bundles, tmp_path: Path) -> None:
    root = tmp_path / "somewhere else" / "ferry"
    shutil.copytree(BASE, root)
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}
    environment |= {"SOURCE_DATE_EPOCH": "1"}
    command = [sys.executable, "-m", "nkru_brief", "bundle", "--no-cache", "--jobs", "2"]
    run = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert tree(root / "build" / "bundle") == tree(bundles.small)
    assert (root / "build" / "bundle.zip").read_bytes() == bundles.small.with_name("small.zip").read_bytes()
    assert (root / "build" / "bundle.zip").stat().st_mtime == 1


@pytest.mark.usefixtures("ferry")
def test_a_build_with_a_bundle_in_it_is_verified_as_both(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--jobs", "1"]) == 0
    assert main(["bundle"]) == 0
    assert main(["verify", "build"]) == 0
    said = capsys.readouterr().out
    # The paper and its page, twice, and three handouts in print.
    assert said.count("as it was made") == 7
    assert f"{Path('build/bundle')}: a bundle of" in said


# ---- written whole ----


def test_a_full_disk_leaves_the_old_bundle(ferry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["bundle", "--no-handouts", "--jobs", "1"]) == 0
    before = tree(ferry / "build")
    path = ferry / "content" / "brief.yaml"
    path.write_text(path.read_text("utf-8").replace('version: "1.0"', 'version: "1.1"'), "utf-8")
    write, written = atomic.write, []

    def full(path: Path, data: bytes, modified: int | None = None) -> None:
        if "data" in path.parts and len(written) > 3:
            raise OSError(28, "No space left on device", str(path))
        written.append(path)
        write(path, data, modified)

    monkeypatch.setattr(atomic, "write", full)
    assert main(["bundle", "--no-handouts", "--jobs", "1"]) == 2
    assert tree(ferry / "build") == before
    assert len(written) > 3


@pytest.mark.parametrize("at_once", [True, False])
def test_a_run_that_is_cut_off_leaves_one_whole_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, at_once: bool
) -> None:
    folder = tmp_path / "bundle"
    atomic.write_folder(folder, {"a": b"old", "b/c": b"old"})
    if not at_once:
        monkeypatch.setattr(atomic.ctypes, "CDLL", lambda *_a, **_k: object())
    atomic.write_folder(folder, {"a": b"new"})
    assert tree(folder) == {"a": b"new"}
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]

    def cut_off(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(atomic, "_exchange", cut_off)
    with pytest.raises(KeyboardInterrupt):
        atomic.write_folder(folder, {"a": b"newer"})
    assert tree(folder) == {"a": b"new"}
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


KILLED = """
import sys
from pathlib import Path
from nkru_brief import atomic
for turn in range(10_000):
    atomic.write_folder(Path(sys.argv[1]), {name: str(turn).encode() * 3000 for name in ("a", "b", "c/d")})
    print(turn, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="a process is killed by a signal")
def test_a_killed_run_leaves_one_whole_bundle(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    run = subprocess.Popen([sys.executable, "-c", KILLED, str(folder)], stdout=subprocess.PIPE)
    assert run.stdout is not None
    for _ in range(20):
        run.stdout.readline()
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    found = tree(folder)
    assert set(found) == {"a", "b", "c/d"}
    assert len(set(found.values())) == 1


@pytest.mark.parametrize("kept", ["notes.txt", "press/my-copy.pdf"])
def test_nothing_of_anybody_else_is_lost(small: Path, kept: str, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(BASE, small.parent / "ferry")
    (small / kept).parent.mkdir(exist_ok=True)
    (small / kept).write_bytes(b"mine")
    before = tree(small)
    assert main(["-C", "ferry", "bundle", "--out", "packed"]) == 2
    assert kept.rpartition("/")[2] in capsys.readouterr().err
    assert tree(small) == before


def test_a_folder_that_is_no_bundle_is_not_replaced(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(BASE, small.parent / "ferry")
    (small / sums.FILE).unlink()
    assert main(["-C", "ferry", "bundle", "--out", "packed"]) == 2
    assert "is no bundle" in capsys.readouterr().err
    assert (small / "index.html").exists()


# ---- verified ----


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 1) -> str:
    assert main(["verify", *arguments]) == code
    output = capsys.readouterr()
    assert "Traceback" not in output.err
    return output.out + output.err


def test_what_is_whole_passes(bundles: Bundles, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, str(bundles.shipped), f"{bundles.shipped}.zip", code=0)
    assert told.count("each as it was packed") == 2
    assert told.count("as it was made") == 24
    assert told.count("6 PDFs claim PDF/A-3a and PDF/UA-1") == 2
    assert told.count("validated by page-validation") == 2
    assert told.count("a key that was not compared with any") == 2


def test_a_changed_file_is_named(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in sorted(tree(small)):
        if name == sums.FILE:
            continue
        path = small / name
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        assert re.search(rf"{re.escape(name)}:1:1: error\[E705\]: the file was changed", said(capsys, "packed")), name
        path.write_bytes(data)


def test_what_is_missing_added_swapped_and_linked_is_named(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (small / "short" / "short.html").rename(small / "elsewhere.html")
    shutil.copy(small / "index.html", small / "short" / "copy.txt")
    one, other = small / "data" / "claims.csv", small / "data" / "notes.csv"
    texts = one.read_bytes(), other.read_bytes()
    one.write_bytes(texts[1])
    other.write_bytes(texts[0])
    (small / "link.pdf").symlink_to(small / "short" / "short.pdf")
    told = said(capsys, "packed")
    for line in (
        "packed/short/short.html:1:1: error[E705]: the file is missing; what it should hold is in elsewhere.html",
        "packed/elsewhere.html:1:1: error[E705]: the file was added: it holds what short/short.html should",
        "packed/short/copy.txt:1:1: error[E705]: the file was added: it holds what index.html should",
        "packed/data/claims.csv:1:1: error[E705]: the file was swapped: it holds what SHA256SUMS lists for data/notes",
        "packed/link.pdf:1:1: error[E705]: it is no plain file",
    ):
        assert line in told


def test_who_makes_the_checksums_anew_is_found_by_the_crate(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (small / "LICENCE.txt").write_text("Do as you like.\n", "utf-8")
    (small / "more.txt").write_text("more", "utf-8")
    (small / sums.FILE).write_bytes(sums.listed(tree(small)))
    told = said(capsys, "packed")
    assert "packed/LICENCE.txt:1:1: error[E706]: ro-crate-metadata.json and SHA256SUMS name different digests" in told
    assert "packed/more.txt:1:1: error[E706]: SHA256SUMS lists it, and ro-crate-metadata.json does not" in told


def test_a_zip_of_the_folder_is_a_bundle_too(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.make_archive("again", "zip", small.parent, "packed")
    told = said(capsys, "again.zip", code=0)
    assert "again.zip: a bundle of" in told
    assert re.search(r"signature   none$", told, re.MULTILINE)


@pytest.mark.parametrize("damage", [b"", b"[]", b"{}", b'{"@graph": [{}]}', b'{"@graph": 3}', b"\xff", b"[" * 100_000])
def test_no_description_is_a_traceback(small: Path, damage: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    (small / crate.FILE).write_bytes(damage)
    assert "error[E706]: the description cannot be read" in said(capsys, "packed")


@pytest.mark.parametrize("damage", [b"", b"\xff", b"x\n", b"0" * 64 + b"  ../../outside\n", b"\n\n"])
def test_no_list_is_a_traceback(small: Path, damage: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    (small / sums.FILE).write_bytes(damage)
    assert re.search(r"error\[E70[56]\]", said(capsys, "packed"))


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_of_a_list_are_a_traceback(data: bytes) -> None:
    for read in (sums.read, crate.read):
        with contextlib.suppress(ValueError):
            read(data)


JSON = st.recursive(
    st.none() | st.text(max_size=9) | st.integers(), lambda more: st.lists(more, max_size=3), max_leaves=9
)
NODES = st.dictionaries(st.sampled_from(["@id", "@type", "hasPart", "about", "conformsTo", "sha256"]), JSON, max_size=6)


@given(st.lists(NODES, max_size=4))
def test_no_graph_is_a_traceback(nodes: list[dict[str, object]]) -> None:
    ends = {"about": {"@id": "./"}, "conformsTo": {"@id": "https://w3id.org/ro/crate/1.3"}}
    for graph in (nodes, [{"@id": crate.FILE, **ends}, {"@id": "./", "hasPart": nodes}, *nodes]):
        with contextlib.suppress(ValueError):
            crate.read(json.dumps({"@graph": graph}).encode())


def test_json_tells_of_bundles(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(said(capsys, "packed", "--format", "json", code=0))
    assert found[0]["files"] == len(tree(small))
    assert [each["seal"] for each in found[1:]] == ["whole"] * 5


def without_tags(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.StructTreeRoot
    del pdf.Root.MarkInfo


def without_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Lang


def without_fonts(pdf: pikepdf.Pdf) -> None:
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Dictionary):
            for key in ("/FontFile", "/FontFile2", "/FontFile3"):
                if key in thing:
                    del thing[key]


@pytest.mark.parametrize(
    ("lose", "why"),
    [(without_tags, "not tagged"), (without_language, "language"), (without_fonts, "fonts are not in it")],
)
def test_a_pdf_that_is_not_what_it_claims_is_found(bundles: Bundles, tmp_path: Path, lose: Any, why: str) -> None:  # noqa: ANN401
    data = (bundles.small / "short" / "short.pdf").read_bytes()
    whole = pdfclaims.claims_of(data)
    assert (whole.claims, whole.faults) == (("PDF/UA-1", "PDF/A-3a"), ())
    with pikepdf.open(bundles.small / "short" / "short.pdf") as pdf:
        lose(pdf)
        pdf.save(tmp_path / "lost.pdf", compress_streams=False)
    assert why in "; ".join(pdfclaims.claims_of((tmp_path / "lost.pdf").read_bytes()).faults)


def without_title(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.ViewerPreferences


def test_what_only_a_validator_finds_is_found_where_there_is_one(
    bundles: Bundles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pikepdf.open(bundles.small / "short" / "short.pdf") as pdf:
        without_title(pdf)
        pdf.save(tmp_path / "lost.pdf", compress_streams=False)
    data = (tmp_path / "lost.pdf").read_bytes()
    assert "DisplayDocTitle" in "; ".join(pdfclaims.claims_of(data).faults)
    monkeypatch.setattr(pdfclaims, "find_spec", lambda _name: None)
    assert pdfclaims.claims_of(data).faults == ()


# ---- signed ----


def test_a_signature_is_checked_against_the_key_one_trusts(
    bundles: Bundles, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, key = str(bundles.shipped), bundles.key
    for form in (".pub", ".pem"):
        assert re.search(
            r"signature   by SHA256:\S+$",
            said(capsys, folder, "--signer", str(key.with_suffix(form)), code=0),
            re.MULTILINE,
        )
    pem(tmp_path / "other")
    assert "signed with another key" in said(capsys, folder, "--signer", str(tmp_path / "other.pub"))
    assert "not signed" in said(capsys, str(bundles.small), "--signer", str(key.with_suffix(".pub")))
    assert "there is none in" in said(
        capsys, str(bundles.small / "short"), "--signer", str(key.with_suffix(".pub")), code=2
    )
    shutil.copytree(bundles.shipped, tmp_path / "copy")
    (tmp_path / "copy" / "LICENCE.txt").write_text("Mine.\n", "utf-8")
    (tmp_path / "copy" / sums.FILE).write_bytes(sums.listed(tree(tmp_path / "copy")))
    assert "does not fit SHA256SUMS" in said(capsys, str(tmp_path / "copy"))


def test_the_private_key_is_nowhere(bundles: Bundles) -> None:
    secret = b"".join(bundles.key.read_bytes().splitlines()[1:-1])
    for name, data in tree(bundles.shipped).items():
        assert secret not in data.replace(b"\n", b""), name


def test_a_key_that_cannot_sign_ends_before_anything_is_written(
    ferry: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pem(ferry / "locked", b"secret")
    for name, word in (("locked", "passphrase"), ("none", "no such key"), ("content/brief.yaml", "no private key")):
        assert main(["bundle", "--sign", name]) == 2
        assert word in capsys.readouterr().err
    assert not (ferry / "build").exists()


# ---- the site ----


class Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("href", "src")]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(bundles: Bundles) -> Iterator[str]:
    """The shipped bundle on a plain web server, under a path with a space and Hangul."""
    handler = functools.partial(Quiet, directory=str(bundles.shipped.parents[1]))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/my%20stick/%EB%AC%B6%EC%9D%8C/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("width", [390, 1280])
def test_every_link_leads_somewhere(browser: Any, site: str, width: int) -> None:  # noqa: ANN401
    context = browser.new_context(viewport={"width": width, "height": 800}, accept_downloads=True)
    tab = context.new_page()
    trouble: list[str] = []
    tab.on("console", lambda message: trouble.append(message.text))
    tab.on("requestfailed", lambda request: trouble.append(request.url))
    waiting, seen = [site], set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = context.request.get(address)
        assert answer.status == 200, address
        if "text/html" not in answer.headers["content-type"]:
            continue
        tab.goto(address)
        assert tab.title()
        links = tab.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.href)")
        targets = {link.partition("#")[2] for link in links if link.partition("#")[0] == address and "#" in link}
        assert (
            tab.evaluate("ids => ids.filter(id => !document.getElementById(id))", sorted(map(unquote, targets))) == []
        )
        waiting += {urljoin(address, link).partition("#")[0] for link in links if link.startswith(site)}
    context.close()
    # A browser asks for an icon by itself, and says that there is none.
    assert [line for line in trouble if "favicon" not in line and "404" not in line] == []
    assert len(seen) >= 24


@pytest.mark.parametrize("width", [390, 1280])
def test_it_opens_from_a_stick(browser: Any, bundles: Bundles, width: int) -> None:  # noqa: ANN401
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=False, offline=True)
    tab = context.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto((bundles.shipped / "index.html").as_uri())
    assert {url.partition(":")[0] for url in asked} <= {"file", "data"}
    assert tab.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 100)")
    assert tab.locator("img").count() == 6
    assert tab.evaluate("document.fonts.check('16px \"Source Sans Pro\"')")
    tab.locator("main a", has_text="screen").first.click()
    assert "full.html" in tab.url
    context.close()


def test_every_link_of_the_front_page_is_a_file(bundles: Bundles) -> None:
    for folder in (bundles.shipped, bundles.public, bundles.small):
        files = tree(folder)
        links = Links(files["index.html"].decode("utf-8")).found
        own = {unquote(link) for link in links if not link.startswith(("#", "data:"))}
        assert own <= set(files)
        # Everything but the page itself can be reached from it.
        assert set(files) - own == {"index.html"}


def test_the_front_page_tells_what_one_chooses_by(bundles: Bundles) -> None:
    html = (bundles.shipped / "index.html").read_text("utf-8")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html.partition("<body>")[2]))
    for word in (
        "Members of parliament and officials",
        "plain words, at most 25 words in a sentence, school grade 9 or below",
        "PDF, 8 pages, ",
        "Information to 23 November 2026 (sources undated)",
        "sha256sum -c SHA256SUMS",
        "nkru-brief verify . --signer",
        "Source A: North Korea-Russia Relations",
        "45 of 46 sentences used",
        "the project, see LICENSE",
        "version 1.0",
    ):
        assert word in text, word
    assert not re.search(r"<script|<link|\son\w+=|url\((?![\"']?data:)|@import", html)
    assert html.count('alt="First page of the ') == 6


def test_what_is_marked_says_so_on_the_front_page(ferry: Path) -> None:
    edition = ferry / "content" / "editions" / "short.yaml"
    text = edition.read_text("utf-8").replace("theme: plain", "theme: base")
    edition.write_text(f"{text}marking: DRAFT\nembargo: 2026-12-01\n", "utf-8")
    assert main(["bundle", "--no-handouts", "--jobs", "1"]) == 0
    html = (ferry / "build" / "bundle" / "index.html").read_text("utf-8")
    assert '<p class="marking">DRAFT</p>' in html
    assert '<p class="marking">Embargoed until 1 December 2026</p>' in html


def test_a_bundle_is_a_state_to_compare(ferry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", "--no-handouts", "--jobs", "1"]) == 0
    claims = ferry / "content" / "claims" / "line.yaml"
    claims.write_text(claims.read_text("utf-8").replace("support: direct", "support: partial", 1), "utf-8")
    capsys.readouterr()
    assert main(["changes", "build/bundle.zip"]) == 0
    assert "claim c01 re-sourced" in capsys.readouterr().out


def test_the_front_page_is_in_the_language_of_the_briefing(ferry: Path) -> None:
    path = ferry / "content" / "brief.yaml"
    path.write_text(path.read_text("utf-8").replace("language: en", "language: ko"), "utf-8")
    assert main(["bundle", "--no-handouts", "--jobs", "1"]) == 0
    html = (ferry / "build" / "bundle" / "index.html").read_text("utf-8")
    assert '<html lang="ko">' in html
    assert "어느 판을 고를까" in html
    assert "Noto Sans KR" in html.partition("</style>")[0]


def test_a_project_may_dress_the_front_page(ferry: Path) -> None:
    folder = ferry / "templates" / "base"
    folder.mkdir()
    (folder / "bundle.html").write_text('{% extends "builtin/base/bundle.html" %}', "utf-8")
    (folder / "css").mkdir()
    (folder / "css" / "bundle.css").write_text("body { color: #123456 }", "utf-8")
    assert main(["bundle", "--no-handouts", "--jobs", "1"]) == 0
    assert "color: #123456" in (ferry / "build" / "bundle" / "index.html").read_text("utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_the_front_page(browser: Any, bundles: Bundles, width: int, scheme: str) -> None:  # noqa: ANN401
    path = CHECKERS / "axe-core" / "axe.min.js"
    if not path.is_file():
        do_without("axe-core is not installed: make test installs it where there is npm")
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    tab = context.new_page()
    tab.goto((bundles.shipped / "index.html").as_uri())
    tab.evaluate(path.read_text("utf-8"))
    found = tab.evaluate(AXE, [None, []])
    assert found["faults"] == []
    assert "color-contrast" in found["passed"]
    assert (tab.evaluate(SIDEWAYS), tab.evaluate(CUT)) == (0, [])
    context.close()


def test_the_nu_checker_finds_no_error_on_the_front_page(bundles: Bundles) -> None:
    messages = nu(bundles.shipped / "index.html", bundles.small / "index.html")
    assert [message["message"] for message in messages if message["type"] != "info"] == []
