"""What is kept of earlier builds: used where it is right, made anew where it is not, and never seen in the result."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points, requires
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from nkru_brief import build as builder
from nkru_brief import pressing, recalled, toolchain
from nkru_brief.cache import NOWHERE, Cache, key_of, open_cache
from nkru_brief.cli import main
from nkru_brief.diagnostics import UsageError
from nkru_brief.inputs import digest_of
from nkru_brief.report import Report, Request, Silent
from nkru_brief.sheet import Artifact, Flaw, Settled, Sheet, Slot
from nkru_brief.values import from_bytes, to_bytes

KEY = key_of("one")
CASES = Path(__file__).parent / "cases"
PAPERS = ("short/short.html", "short/short.pdf")


@pytest.fixture
def cache(own_cache: Path) -> Cache:
    return Cache(own_cache)


def files_of(cache: Cache) -> list[Path]:
    assert cache.folder is not None
    return sorted(path for path in cache.folder.rglob("*") if path.is_file())


class TestEntries:
    def test_what_is_put_is_got(self, cache: Cache) -> None:
        assert cache.get(KEY) is None
        cache.put(KEY, b"bytes")
        assert cache.get(KEY) == b"bytes"
        assert cache.get(key_of("another")) is None

    @given(st.binary(max_size=60), st.integers(min_value=0), st.integers(1, 255))
    def test_any_changed_byte_is_seen(
        self, tmp_path_factory: pytest.TempPathFactory, data: bytes, at: int, by: int
    ) -> None:
        cache = Cache(tmp_path_factory.mktemp("damaged"))
        cache.put(KEY, data)
        (path,) = files_of(cache)
        stored = bytearray(path.read_bytes())
        stored[at % len(stored)] ^= by
        path.write_bytes(stored)
        assert cache.get(KEY) is None
        assert not path.exists()

    @pytest.mark.parametrize("length", [0, 1, 63, 64, 66])
    def test_a_cut_off_entry_is_none(self, cache: Cache, length: int) -> None:
        cache.put(KEY, b"bytes")
        (path,) = files_of(cache)
        path.write_bytes(path.read_bytes()[:length])
        assert cache.get(KEY) is None

    def test_an_entry_in_anothers_place_is_none(self, cache: Cache) -> None:
        other = key_of("another")
        cache.put(KEY, b"bytes")
        (path,) = files_of(cache)
        assert cache.folder is not None
        (cache.folder / other[:2]).mkdir(exist_ok=True)
        path.rename(cache.folder / other[:2] / other)
        assert cache.get(other) is None

    def test_without_a_folder_nothing_is_kept(self) -> None:
        NOWHERE.put(KEY, b"bytes")
        assert NOWHERE.get(KEY) is None

    def test_a_disk_that_refuses_is_no_fault(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"")
        cache = Cache(tmp_path / "file" / "cache")
        cache.put(KEY, b"bytes")
        cache.trim()
        cache.clear()
        assert (cache.get(KEY), cache.usage().entries) == (None, 0)

    def test_a_folder_is_the_users_alone(self, tmp_path: Path) -> None:
        Cache(tmp_path / "kept").put(KEY, b"bytes")
        assert os.name == "nt" or (tmp_path / "kept").stat().st_mode & 0o777 == 0o700

    @given(
        st.lists(st.one_of(st.text(), st.binary()), max_size=3), st.lists(st.one_of(st.text(), st.binary()), max_size=3)
    )
    def test_different_parts_have_different_keys(self, one: list[str | bytes], other: list[str | bytes]) -> None:
        assert (key_of(*one) == key_of(*other)) == (one == other)


class TestBound:
    def test_the_oldest_go_and_what_was_used_stays(self, tmp_path: Path) -> None:
        cache = Cache(tmp_path, bound=2000)
        keys = [key_of(number) for number in range(10)]
        for number, key in enumerate(keys):
            cache.put(key, bytes(300))
            os.utime(tmp_path / key[:2] / key, (number, number))
        assert cache.get(keys[0]) is not None
        cache.trim()
        left = [number for number, key in enumerate(keys) if cache.get(key) is not None]
        assert left == [0, 7, 8, 9]

    def test_what_is_within_the_bound_stays(self, tmp_path: Path) -> None:
        cache = Cache(tmp_path, bound=400)
        cache.put(KEY, bytes(300))
        cache.trim()
        assert cache.get(KEY) == bytes(300)

    def test_what_a_killed_build_left_goes_too(self, tmp_path: Path) -> None:
        (tmp_path / "ab").mkdir()
        (tmp_path / "ab" / ".ab12.tmp").write_bytes(bytes(900))
        Cache(tmp_path, bound=100).trim()
        assert list((tmp_path / "ab").iterdir()) == []


class TestWhere:
    def test_the_user_may_say_where_and_how_much(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NKRU_BRIEF_CACHE", str(tmp_path))
        monkeypatch.setenv("NKRU_BRIEF_CACHE_MB", "3")
        assert (open_cache().folder, open_cache().bound) == (tmp_path, 3 * 1024 * 1024)

    @pytest.mark.skipif(sys.platform != "linux", reason="the XDG folders are Linux's")
    def test_else_it_is_the_folder_for_caches(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("NKRU_BRIEF_CACHE")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert open_cache().folder == tmp_path / "nkru-brief"
        monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
        monkeypatch.setenv("HOME", "/home/somebody")
        assert open_cache().folder == Path("/home/somebody/.cache/nkru-brief")


class TestInputs:
    """The digest of a project sees everything that loading it can see."""

    def test_every_kind_of_change_is_seen(self, ferry: Path) -> None:
        brief = ferry / "content" / "brief.yaml"
        seen = {digest_of(ferry)}
        changes: list[Callable[[], object]] = [
            lambda: brief.write_bytes(brief.read_bytes() + b"\n"),
            lambda: brief.rename(brief.with_name("brief2.yaml")),
            lambda: (ferry / "templates" / "empty").mkdir(),
            lambda: (ferry / "seeds" / "text.txt").write_text("a text", "utf-8"),
            lambda: (ferry / "seeds" / "link").symlink_to("text.txt"),
            lambda: ((ferry / "seeds" / "link").unlink(), (ferry / "seeds" / "link").symlink_to("../seeds/text.txt")),
            lambda: (ferry / "content" / "loop").symlink_to(ferry / "content"),
        ]
        for number, change in enumerate(changes, 2):
            change()
            seen.add(digest_of(ferry))
            assert len(seen) == number
        assert digest_of(ferry) in seen

    def test_other_files_are_not_of_the_project(self, ferry: Path) -> None:
        before = digest_of(ferry)
        (ferry / "build").mkdir()
        (ferry / "build" / "x.pdf").write_bytes(b"x")
        (ferry / "notes.txt").write_text("x", "utf-8")
        assert digest_of(ferry) == before

    def test_whatever_a_build_opens_is_in_its_key(self, ferry: Path, tmp_path: Path) -> None:
        # An audit hook sees each file that is opened; a file that decides and is in no key would go stale unseen.
        script = tmp_path / "watched.py"
        script.write_text(WATCHED, "utf-8")
        command = [sys.executable, str(script), "build", "--jobs", "1", "--out", str(tmp_path / "out")]
        run = subprocess.run(command, cwd=ferry, capture_output=True, text=True, timeout=120, check=True)
        opened = {Path(line) for line in run.stderr.splitlines() if line}
        package = Path(builder.__file__).parent
        known = [ferry / "content", ferry / "seeds", ferry / "templates", package, package.parents[1] / "templates"]
        known += [Path(os.environ["NKRU_BRIEF_CACHE"]), tmp_path / "out"]
        faces = {path for path in opened if path.suffix in (".ttf", ".otf")}
        libraries = Path(os.__file__).parent, Path(sys.prefix)
        foreign = {
            path
            for path in opened - faces
            if not any(path.is_relative_to(folder) for folder in (*known, *libraries, Path("/usr/lib"), Path("/lib")))
        }
        assert len(opened) > 50
        assert faces
        # The system's own: where libraries are, and the engine's folder for an empty font configuration.
        engine = str(Path(tempfile.gettempdir()) / "nkru-brief-")
        assert {path for path in foreign if not str(path).startswith(engine)} <= SYSTEM


SYSTEM = {Path(path) for path in ("/etc/ld.so.cache", "/dev/null", "/proc/self/maps", "/etc/mime.types")}
WATCHED = """
import os, sys
seen = set()
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        path = os.path.abspath(os.fsdecode(arguments[0]))
        if os.path.isfile(path) and not path.endswith((".py", ".pyc", ".so")):
            seen.add(path)
sys.addaudithook(watch)
from nkru_brief.cli import main
code = main(sys.argv[1:])
sys.stderr.write("\\n".join(sorted(seen)))
sys.exit(code)
"""


def needed(*names: str) -> set[str]:
    """Return the distributions that some need, they themselves among them, as their metadata says."""
    found: dict[str, set[str]] = {}
    waiting = [Requirement(name) for name in names]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if wanted.extras <= found.get(name, set()) and name in found:
            continue
        found[name] = found.get(name, set()) | wanted.extras
        waiting += (each for each in map(Requirement, requires(name) or ()) if applies(each, wanted.extras))
    return set(found)


def applies(need: Requirement, extras: set[str]) -> bool:
    """Return whether something is needed on this machine, with these extras of what needs it."""
    return need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in ("", *extras))


def test_code_is_known_by_its_files(tmp_path: Path) -> None:
    """By their names and bytes, those in folders too; an editor's lock beside one, a link to nothing, is no code."""
    code = tmp_path / "code"
    (code / "inner").mkdir(parents=True)
    (code / "inner" / "one.py").write_text("1", "utf-8")
    seen = [toolchain._code_of(code)]
    for path, text in (("inner/one.py", "2"), ("two.py", ""), ("kinds.yaml", "a: 1")):
        (code / path).write_text(text, "utf-8")
        seen.append(toolchain._code_of(code))
    (code / "two.py").rename(code / "inner" / "two.py")
    seen.append(toolchain._code_of(code))
    assert len(set(seen)) == len(seen)
    if os.name != "nt":
        (code / ".#one.py").symlink_to("nobody@nowhere")
    for path in ("templates/a.yaml", "inner/__pycache__/one.py", "inner/one.pyc"):
        (code / path).parent.mkdir(exist_ok=True)
        (code / path).write_text("x", "utf-8")
    assert toolchain._code_of(code) == seen[-1]


def test_the_libraries_of_the_toolchain_are_those_that_are_needed() -> None:
    """All but the command line's own, and two that no content passes through."""
    idle = {"nkru-brief", "fontpkg", "pycparser"}
    assert set(toolchain.LIBRARIES) == needed("nkru-brief") - needed("click", "rich") - idle


def test_the_outputs_installed_are_those_the_standard_library_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {
        "ferry.post-1.dist-info": "[console_scripts]\nx = ferry:x\n[nkru_brief.outputs]\n# x\nraft=ferry.raft:Raft\n",
        "ferry.mail-2.dist-info": "[nkru_brief.outputs]\nkite = ferry.kite : Kite.Tail\n",
        "broken-1.dist-info": "nothing",
    }
    for folder, text in texts.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "entry_points.txt").write_text(text, "utf-8")
        (tmp_path / folder / "METADATA").write_text(f"Name: {folder.rpartition('-1')[0] or folder}\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    toolchain._metadata.cache_clear()
    toolchain.points.cache_clear()
    try:
        found = {(point.name, point.module, *point.value.split()) for point in toolchain.points()}
        there = {(point.name, point.module, *point.value.split()) for point in entry_points(group=toolchain.GROUP)}
        assert found == there
        assert {"raft", "kite", "html", "pdf"} <= {name for name, *_ in found}
        html = next(point for point in toolchain.points() if point.name == "html")
        assert html.load().name == "html"
    finally:
        monkeypatch.undo()
        toolchain._metadata.cache_clear()
        toolchain.points.cache_clear()


class Pressed:
    """Stands in for pressing: counts what is pressed, and gives what it is told to give."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.complaints: tuple[str, ...] = ()
        self.flaws: tuple[Flaw, ...] = ()

    def __call__(self, sheet: Sheet) -> Artifact:
        self.paths.append(sheet.path)
        return Artifact(
            edition=sheet.edition,
            output=sheet.output,
            path=sheet.path,
            data=sheet.html.encode("utf-8"),
            pages=None,
            complaints=self.complaints,
            flaws=self.flaws,
        )

    def taken(self) -> list[str]:
        """Return what was pressed since this was last asked."""
        paths, self.paths = self.paths, []
        return sorted(paths)


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> Pressed:
    counting = Pressed()
    monkeypatch.setattr(pressing, "press", counting)
    return counting


def build(root: Path, cache: Cache, out: str = "build", **asked: object) -> Report:
    request = Request(jobs=1, **asked)  # type: ignore[arg-type]
    return recalled.build(root, root / out, request, Silent(), cache, lambda _: nothing())


def nothing() -> "NoExecutor":
    return NoExecutor()


class NoExecutor:
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_error: object) -> None:
        return None


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def forget_outcomes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalled.outcome, "recall", lambda *_: None)


class TestBuilds:
    def test_what_is_built_again_is_not_pressed(self, ferry: Path, cache: Cache, pressed: Pressed) -> None:
        first = build(ferry, cache)
        assert pressed.taken() == list(PAPERS)
        assert [each.why for each in first.written] == [pressing.NEW] * 2
        second = build(ferry, cache, out="elsewhere")
        assert pressed.taken() == []
        assert [each.why for each in second.written] == [recalled.UNCHANGED] * 2
        for path in PAPERS:
            assert (ferry / "build" / path).read_bytes() == (ferry / "elsewhere" / path).read_bytes()

    def test_files_that_were_changed_or_deleted_come_back(self, ferry: Path, cache: Cache, pressed: Pressed) -> None:
        build(ferry, cache)
        good = [(ferry / "build" / path).read_bytes() for path in PAPERS]
        (ferry / "build" / PAPERS[0]).unlink()
        (ferry / "build" / PAPERS[1]).write_bytes(b"changed by somebody")
        pressed.taken()
        build(ferry, cache)
        assert pressed.taken() == []
        assert [(ferry / "build" / path).read_bytes() for path in PAPERS] == good

    def test_an_edit_presses_the_sheets_that_carry_it(self, ferry: Path, cache: Cache, pressed: Pressed) -> None:
        (ferry / "content/editions/other.yaml").write_text("extends: short\nsections: [summary]\n", "utf-8")
        build(ferry, cache)
        assert pressed.taken() == ["other/other.html", "other/other.pdf", *PAPERS]
        edit(ferry / "content/sections/outlook.standard.md", "# Outlook", "# What comes")
        report = build(ferry, cache)
        assert pressed.taken() == list(PAPERS)
        whys = {each.path.name: each.why for each in report.written}
        assert whys["other.html"] == pressing.SAME
        assert whys["short.pdf"] == "since it was last pressed this has changed: html, fingerprint, attachments"

    def test_what_is_undone_is_at_hand(self, ferry: Path, cache: Cache, pressed: Pressed) -> None:
        summary = ferry / "content/sections/summary.standard.md"
        build(ferry, cache)
        edit(summary, "A ferry", "One ferry")
        build(ferry, cache)
        pressed.taken()
        edit(summary, "One ferry", "A ferry")
        build(ferry, cache)
        assert pressed.taken() == []

    @pytest.mark.parametrize("part", ["builder", "weasyprint", "pango", "python"])
    def test_another_version_presses_everything(
        self, part: str, ferry: Path, cache: Cache, pressed: Pressed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build(ferry, cache)
        pressed.taken()
        parts = toolchain.parts() | {part: "another"}
        monkeypatch.setattr(pressing, "toolchain_parts", lambda: parts)
        monkeypatch.setattr(recalled.outcome, "toolchain", lambda: "another")
        report = build(ferry, cache)
        assert pressed.taken() == list(PAPERS)
        assert {each.why for each in report.written} == {f"since it was last pressed this has changed: {part}"}

    def test_what_failed_fails_again(
        self, ferry: Path, cache: Cache, pressed: Pressed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pressed.complaints = ("the ink is out",)
        pressed.flaws = (Flaw(code="E406", message="it lacks: “Ties”"),)
        first = build(ferry, cache)
        assert first.failed
        assert len(pressed.taken()) == 2
        assert build(ferry, cache).diagnostics == first.diagnostics
        forget_outcomes(monkeypatch)
        again_found = build(ferry, cache)
        assert pressed.taken() == []
        assert (again_found.diagnostics, again_found.written) == (first.diagnostics, ())

    def test_a_warning_of_a_finished_file_comes_again_and_fails_where_warnings_count(
        self, ferry: Path, cache: Cache, pressed: Pressed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pressed.flaws = (Flaw(code="W407", message="page 2 begins with a line alone"),)
        first = build(ferry, cache)
        assert [len(each) for each in (first.written, first.diagnostics)] == [2, 2]
        assert build(ferry, cache).diagnostics == first.diagnostics
        forget_outcomes(monkeypatch)
        pressed.taken()
        strictly = build(ferry, cache, out="strict", strict=True)
        assert (pressed.taken(), strictly.diagnostics, strictly.written) == ([], first.diagnostics, ())
        assert not (ferry / "strict").exists()

    def test_what_is_to_be_built_twice_is_not_answered_from_the_cache(
        self, ferry: Path, cache: Cache, pressed: Pressed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = build(ferry, cache)
        kept = {path: path.read_bytes() for path in files_of(cache)}
        files = {path: (ferry / "build" / path).read_bytes() for path in PAPERS}
        asked: list[object] = []

        def second(*arguments: object) -> dict[str, bytes]:
            asked.append(arguments)
            return files

        monkeypatch.setattr("nkru_brief.again.build_again", second)
        pressed.taken()
        assert build(ferry, cache, reproducible=True).diagnostics == made.diagnostics
        assert pressed.taken() == list(PAPERS)
        builder.build(ferry, ferry / "build", Request(jobs=1, reproducible=True), cache=cache)
        assert pressed.taken() == list(PAPERS)
        assert len(asked) == 2
        assert {path: path.read_bytes() for path in files_of(cache)} == kept

    def test_a_page_of_another_picture_is_pressed_again(self, ferry: Path, cache: Cache, pressed: Pressed) -> None:
        (ferry / "content/images").mkdir()
        image = ferry / "content/images/course.svg"
        image.write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 10"><path d="M0 0H9"/></svg>', "utf-8"
        )
        summary = ferry / "content/sections/summary.standard.md"
        summary.write_text(summary.read_text("utf-8") + "\n![The course](images/course.svg)\n", "utf-8")
        assert not build(ferry, cache).failed
        pressed.taken()
        edit(image, "H9", "H8")
        report = build(ferry, cache)
        assert pressed.taken() == list(PAPERS)
        assert all("html" in each.why for each in report.written)

    @pytest.mark.parametrize("case", ["E631/another-number", "E411/empty-heading"])
    @pytest.mark.parametrize("jobs", [1, 2])
    def test_a_page_that_is_misread_or_cannot_be_followed_is_found_again_before_anything_is_written(
        self, case: str, jobs: int, ferry: Path, cache: Cache, pressed: Pressed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for folder in CASES.joinpath(case).glob("*/"):
            shutil.copytree(folder, ferry / folder.name, dirs_exist_ok=True)
        first = builder.build(ferry, ferry / "build", Request(jobs=jobs), cache=cache)
        assert {each.code for each in first.diagnostics} == {case[:4]}
        assert recalled.check(ferry, cache) == first.diagnostics
        forget_outcomes(monkeypatch)
        assert build(ferry, cache).diagnostics == recalled.check(ferry, cache) == first.diagnostics
        assert pressed.taken() == []
        assert not (ferry / "build").exists()

    def test_files_put_in_place_again_have_the_time_that_is_asked_for(
        self, ferry: Path, cache: Cache, pressed: Pressed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build(ferry, cache)
        pressed.taken()
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
        for out in ("build", "elsewhere"):
            build(ferry, cache, out=out)
            assert {(ferry / out / path).stat().st_mtime for path in PAPERS} == {1000000000}
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
        with pytest.raises(UsageError):
            build(ferry, cache)
        assert pressed.taken() == []

    def test_damaged_entries_are_made_anew(self, ferry: Path, cache: Cache, pressed: Pressed) -> None:
        build(ferry, cache)
        good = [(ferry / "build" / path).read_bytes() for path in PAPERS]
        pressed.taken()
        for path in files_of(cache):
            stored = bytearray(path.read_bytes())
            stored[-1] ^= 1
            path.write_bytes(stored)
        report = build(ferry, cache)
        assert pressed.taken() == list(PAPERS)
        assert not report.failed
        assert [(ferry / "build" / path).read_bytes() for path in PAPERS] == good

    def test_what_is_gone_is_pressed_again_and_said(self, ferry: Path, cache: Cache, pressed: Pressed) -> None:
        keys = [each.key for each in build(ferry, cache).written]
        pressed.taken()
        assert cache.folder is not None
        (cache.folder / keys[0][:2] / keys[0]).unlink()
        report = build(ferry, cache)
        assert len(pressed.taken()) == 1
        assert sorted(each.why for each in report.written) == sorted([pressing.GONE, pressing.SAME])

    def test_no_cache_makes_everything_and_keeps_nothing(self, ferry: Path, cache: Cache, pressed: Pressed) -> None:
        for _ in range(2):
            build(ferry, NOWHERE)
            assert pressed.taken() == list(PAPERS)
        assert files_of(cache) == []

    def test_a_project_that_is_edited_while_it_is_built_is_not_kept(
        self, ferry: Path, cache: Cache, pressed: Pressed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        summary = ferry / "content/sections/summary.standard.md"
        real = builder.open_project

        def slow(root: Path, hands: pressing.Hands | None) -> builder.Project:
            edit(summary, "A ferry", "One ferry")
            return real(root, hands=hands)

        monkeypatch.setattr(builder, "open_project", slow)
        build(ferry, cache)
        monkeypatch.setattr(builder, "open_project", real)
        edit(summary, "One ferry", "A ferry")
        pressed.taken()
        build(ferry, cache)
        assert pressed.taken() == list(PAPERS)
        assert b"One ferry" not in (ferry / "build" / PAPERS[0]).read_bytes()

    @pytest.mark.parametrize("field", Sheet.__struct_fields__)
    def test_every_field_of_a_sheet_is_in_its_key(self, field: str, ferry: Path, cache: Cache) -> None:
        sheet = next(iter(builder.sheets(builder.open_project(ferry), Request())))
        values = {"created": 1, "max_pages": 77, "faces": (), "attachments": ()}
        other = type(sheet)(**{n: getattr(sheet, n) for n in sheet.__struct_fields__} | {field: values.get(field, "x")})
        assert pressing._job(sheet, cache, "").key != pressing._job(other, cache, "").key

    def test_an_artifact_is_kept_whole(self) -> None:
        whole = Artifact(
            edition="e",
            output="o",
            path="p",
            data=b"\0\xff",
            pages=3,
            complaints=("c",),
            flaws=(Flaw(code="E406", message="m", text="t"),),
            settled=Settled(depth=1, depths=3, size=9.75, left_out=("s",)),
            slots=(Slot(0, ("name",), "{value}", 1.0, 2.0, 3.0, 4.0, "left", ("a",), 400, (0.0, 0.0, 0.0), foot=True),),
        )
        assert set(Artifact.__struct_fields__) == {n for n in whole.__struct_fields__ if getattr(whole, n)}
        assert from_bytes(to_bytes(whole), Artifact) == whole


class TestChecks:
    def test_a_check_is_remembered_and_an_edit_is_not(self, ferry: Path, cache: Cache) -> None:
        assert recalled.check(ferry, cache) == ()
        edit(ferry / "content/editions/short.yaml", "theme: plain", "theme: plane")
        (fault,) = recalled.check(ferry, cache)
        assert fault.code == "E105"
        assert recalled.check(ferry, cache) == (fault,) == builder.check_project(ferry)

    def test_a_face_that_may_be_installed_later_is_looked_for_again(self, ferry: Path, cache: Cache) -> None:
        path = ferry / "templates/plain/theme.yaml"
        face = "faces: [{family: Source Sans Pro, file: x.ttf, package: no_such_package}]\n"
        path.write_text(path.read_text("utf-8") + face, "utf-8")
        assert "E306" in {each.code for each in recalled.check(ferry, cache)}
        assert recalled.outcome.recall(cache, recalled.outcome.key(ferry, "check")) is None


class TestCommands:
    def test_show_and_clear(self, ferry: Path, capsys: pytest.CaptureFixture[str], cache: Cache) -> None:  # noqa: ARG002
        assert main(["check"]) == 0
        assert main(["cache", "show"]) == 0
        shown = capsys.readouterr().out
        assert shown.startswith(f"{cache.folder}: ")
        assert " of 536,870,912 bytes" in shown
        assert len(files_of(cache)) > 1
        assert main(["cache", "clear"]) == 0
        assert files_of(cache) == []

    @pytest.mark.usefixtures("ferry", "pressed")
    def test_explain_says_of_each_sheet_why(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["build", "--jobs", "1", "--explain"]) == 0
        assert capsys.readouterr().out.count(f"\n  pressed: {pressing.NEW}\n") == 2
        assert main(["build", "--jobs", "1", "--explain"]) == 0
        assert capsys.readouterr().out.count(f"\n  not pressed: {recalled.UNCHANGED}\n") == 2


def command(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "nkru_brief", *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def torn(own_cache: Path) -> Iterator[list[Path]]:
    """Watches a cache while it is written; holds what was there and neither whole nor temporary."""
    found: list[Path] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            cache = Cache(own_cache)
            whole = (path for path in own_cache.glob("??/*") if not path.name.startswith("."))
            found.extend(path for path in whole if cache.get(path.name) is None)

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield found
    done.set()
    watcher.join()


class TestRealBuilds:
    @pytest.mark.usefixtures("torn")
    def test_two_at_once_one_after_and_one_without_give_the_same_bytes(self, ferry: Path, torn: list[Path]) -> None:
        both = [command("build", "--jobs", "1", "--out", out) for out in ("one", "two")]
        outcomes = [run.communicate(timeout=120) for run in both]
        assert [run.returncode for run in both] == [0, 0], outcomes
        third = command("build", "--explain", "--out", "three")
        assert third.communicate(timeout=60)[0].count("not pressed") == 2
        fourth = command("build", "--no-cache", "--out", "four")
        fourth.communicate(timeout=120)
        for path in PAPERS:
            assert len({(ferry / out / path).read_bytes() for out in ("one", "two", "three", "four")}) == 1, path
        assert torn == []
