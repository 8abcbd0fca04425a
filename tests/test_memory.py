"""What was found out before is told again as if it were found out now, whatever was edited, kept, lost or damaged."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nkru_brief import build as builder
from nkru_brief import memory, outputs, recalled
from nkru_brief.aside import aside
from nkru_brief.cache import NOWHERE, Cache, key_of
from nkru_brief.check import check
from nkru_brief.diagnostics import Diagnostic
from nkru_brief.outputs.html import HtmlOutput
from nkru_brief.outputs.pdf import PdfOutput
from nkru_brief.pdfreader import png_page
from nkru_brief.project import open_project
from nkru_brief.report import Request
from nkru_brief.sheet import Artifact, Onlooker, Sheet

EDITS = 9


@pytest.fixture
def cache(own_cache: Path) -> Cache:
    return Cache(own_cache)


@pytest.fixture(autouse=True)
def nothing_in_mind() -> Iterator[None]:
    memory.forget()
    yield
    memory.forget()


class Author:
    """Edits a project at random, and takes most of what was done back."""

    def __init__(self, root: Path, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - it only makes edits
        self.files = sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".png")
        self.last: tuple[Path, bytes] | None = None

    def edit(self) -> str:
        """Edit one file and say how."""
        if self.last and self.chance.random() < 0.85:
            self.last[0].write_bytes(self.last[1])
        file = self.chance.choice([path for path in self.files if path.exists()])
        self.last = file, file.read_bytes()
        lines = self.last[1].decode("utf-8").split("\n")
        at, other = (self.chance.randrange(len(lines)) for _ in range(2))
        how = self.chance.choice(("drop", "double", "swap", "word", "digit", "strange", "end", "gone", "blank"))
        words = lines[at].split(" ")
        match how:
            case "drop":
                del lines[at]
            case "double":
                lines.insert(at, lines[other])
            case "swap":
                lines[at], lines[other] = lines[other], lines[at]
            case "word":
                self.chance.shuffle(words)
                lines[at] = " ".join(words)
            case "digit":
                lines[at] = lines[at].translate(str.maketrans("0123456789", "1234567890"))
            case "strange":
                lines[at] += self.chance.choice(
                    ("\u200b", " [@c99]", ": {", "<b>", " likely", " Ω", "{{ x }}", " 1999", " 전")
                )
            case "end":
                lines.append("")
        file.write_text("\n".join([] if how == "blank" else lines), "utf-8")
        if how == "gone":
            file.unlink()
        return f"{how} {file.name}:{at + 1}"


def checked(root: Path, cache: Cache) -> tuple[Diagnostic, ...]:
    with memory.kept_in(cache):
        return builder.check_project(root, cache)


def damage(cache: Cache, chance: random.Random) -> None:
    """Change, cut off or empty one kept entry in eight."""
    assert cache.folder is not None
    for path in sorted(path for path in cache.folder.rglob("*") if path.is_file()):
        data = bytearray(path.read_bytes())
        if data and chance.random() < 0.125:
            at = chance.randrange(len(data))
            data[at] ^= 1 << chance.randrange(8)
            path.write_bytes(bytes(data[:at]) if chance.random() < 0.5 else bytes(data))


@pytest.mark.parametrize("seed", range(int(os.environ.get("NKRU_BRIEF_SEEDS", "4"))))
def test_whatever_is_edited_the_report_is_that_of_a_first_check(seed: int, ferry: Path, cache: Cache) -> None:
    author = Author(ferry, seed)
    told = []
    for _ in range(EDITS):
        told.append(author.edit())
        held = checked(ferry, cache)
        memory.forget()
        kept = checked(ferry, cache)
        damage(cache, author.chance)
        memory.forget()
        mended = checked(ferry, cache)
        memory.forget()
        fresh = builder.check_project(ferry)
        assert list(map(str, held)) == list(map(str, fresh)), told
        assert kept == mended == fresh, told


def test_a_project_and_its_pages_come_back_as_they_were(ferry: Path, cache: Cache) -> None:
    fresh = open_project(ferry)
    pages = list(builder.sheets(fresh, Request()))
    for _ in range(2):
        memory.forget()
        with memory.kept_in(cache):
            again = open_project(ferry)
            assert again == fresh
            # Order is what a reader sees.
            assert list(again.library.claims) == list(fresh.library.claims)
            assert again.library.topic is not None
            assert fresh.library.topic is not None
            assert list(again.library.topic.levels) == list(fresh.library.topic.levels)
            assert check(again) == check(fresh)
            assert list(builder.sheets(again, Request(), cache)) == pages


def test_what_another_builder_kept_is_not_taken(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    key = key_of("one")
    with memory.kept_in(cache):
        memory.keep(key, {"b": "1", "a": "2"})
        memory.forget()
        assert list((memory.recall(key, dict[str, str]) or {}).items()) == [("b", "1"), ("a", "2")]
        memory.forget()
        assert memory.recall(key, dict[str, int]) is None
        monkeypatch.setattr(memory, "toolchain", lambda: "another")
        assert memory.recall(key, dict[str, str]) is None
    assert memory.recall(key, dict[str, str]) is None


def test_what_is_held_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST", 3)
    for number in range(5):
        memory.keep(key_of(number), number)
        memory.recall(key_of(0), int)
    assert [number for number in range(5) if memory.recall(key_of(number), int) is not None] == [0, 3, 4]


def test_what_was_made_of_a_value_lately_is_of_that_value() -> None:
    made = []

    @memory.lately
    def length(value: list[int]) -> int:
        made.append(value)
        return len(value)

    one, other = [1], [1]
    assert [length(one), length(one), length(other)] == [1, 1, 1]
    assert made == [one, other]
    for number in range(100):
        length([number])
    length(one)
    assert len(made) == 103


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process cannot be copied here")
class TestAside:
    def test_what_it_leaves_is_there_when_it_is_waited_for(self, tmp_path: Path) -> None:
        # In a process of its own: who runs tests may have threads, and then nothing is done aside.
        script = "import sys; from pathlib import Path; from nkru_brief.aside import aside\n"
        script += "with aside(lambda: Path(sys.argv[1]).write_text('it')) as done: done()"
        subprocess.run([sys.executable, "-c", script, str(tmp_path / "left")], check=True)
        assert (tmp_path / "left").exists() == (hasattr(os, "fork") and (os.cpu_count() or 1) > 1)

    def test_it_fails_without_a_word(self, capfd: pytest.CaptureFixture[str]) -> None:
        with aside(lambda: 1 / 0) as done:
            done()
        assert capfd.readouterr() == ("", "")

    def test_it_ends_with_its_block(self) -> None:
        # A child that waits for a signal would wait for ever.
        with aside(signal.pause):
            pass
        with pytest.raises(KeyError), aside(signal.pause):
            raise KeyError

    def test_where_nothing_is_kept_no_process_is_copied(self, ferry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What a child finds out is found in the cache only."""
        copied: list[int] = []
        monkeypatch.setattr(threading, "active_count", lambda: 1)
        monkeypatch.setattr(os, "cpu_count", lambda: 2)
        fork = os.fork

        def counted() -> int:
            copied.append(1)
            return fork()

        monkeypatch.setattr(os, "fork", counted)
        assert recalled.check(ferry, NOWHERE) == ()
        assert copied == []
        assert recalled.check(ferry, Cache(ferry / "kept")) == ()
        assert copied == [1, 1]


class Loud(HtmlOutput):
    """An output that presses in its own way, and inherits drafts that are not of its making."""

    def press(self, sheet: Sheet) -> Artifact:
        return Artifact(edition=sheet.edition, output="loud", path=sheet.path, data=b"LOUD", pages=None)


@pytest.mark.parametrize("output", [HtmlOutput(), PdfOutput(), Loud()])
def test_a_draft_that_is_read_back_is_what_is_pressed(
    output: outputs.Output, ferry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets = {sheet.output: sheet for sheet in builder.sheets(open_project(ferry), Request(), NOWHERE)}
    # One word too many is found when it is read back.
    sheet = sheets[output.name]
    monkeypatch.setattr(outputs, "load_output", lambda _: output)
    leaves: dict[int, bytes] = {}

    def seen(pages: int, drawn: Callable[[int], bytes]) -> None:
        leaves.update((page, drawn(page)) for page in range(pages))

    draft = outputs.draft(sheet, Onlooker(lambda: None, seen))
    pressed = output.press(sheet)
    # Pages that are shown before are those of the file, to the dot.
    assert len(leaves) == (draft.pages or 0)
    assert all(png_page(leaf, 0, 60) == png_page(pressed.data, page, 60) for page, leaf in leaves.items())
    assert draft.data == pressed.data
    assert outputs.read_back(sheet, draft) == pressed
