"""No word of an article leaves: a text is planted for each source, and every file of a build is searched for it.

Nine words in a row are a leak. The reading desk is the one place that shows them, and it is not among what leaves.
"""

import random
import re
import shutil
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pikepdf
import pypdfium2  # type: ignore[import-untyped]
import pytest

from nkru_brief.build import build
from nkru_brief.cache import Cache
from nkru_brief.cli import main
from nkru_brief.digest import sha256
from nkru_brief.load import load
from nkru_brief.model import Card
from nkru_brief.passages import split
from nkru_brief.report import Request

ROOT = Path(__file__).resolve().parent.parent
RUN = 9
WORDS = 13


class Planted:
    """A shipped project whose articles were exchanged for nonsense with the same passages."""

    def __init__(self, root: Path) -> None:
        self.root, self.texts = root, {}
        for folder in ("content", "seeds", "templates"):
            shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("*.txt", ".*", "record.yaml"))
        for card in load(root)[0].cards.values():
            text = nonsense(card)
            self.texts[card.id] = text
            (root / "seeds" / card.file).write_text(text, encoding="utf-8", newline="")
            path = root / "seeds" / f"{card.id}.yaml"
            path.write_text(refitted(path.read_text(encoding="utf-8"), card, text), encoding="utf-8", newline="")

    def runs(self) -> set[str]:
        """Return all runs of words of the planted sentences, as letters."""
        found = set()
        for text in self.texts.values():
            for passage in split(text):
                words = text[passage.offset : passage.offset + passage.length].split()
                found |= {letters(" ".join(words[at : at + RUN])) for at in range(len(words) - RUN + 1)}
        return found


def nonsense(card: Card) -> str:
    """Return a text with a card's lines, headings and sentences, of words that are none."""
    dice = random.Random(card.id)  # noqa: S311 - nonsense, not a secret

    def words(count: int) -> str:
        return " ".join(
            "".join(dice.choice("bdfglmnprvz") + dice.choice("aeiou") for _ in range(3)) for _ in range(count)
        )

    lines: dict[int, list[str]] = {}
    for passage in card.passages:
        number = int(passage.id.partition(".")[0].removeprefix("L"))
        text = {
            "title": words(5).capitalize(),
            "heading": words(4).capitalize(),
            "boilerplate": f"Read more: {words(4)}",
        }
        lines.setdefault(number, []).append(text.get(passage.kind, f"{words(WORDS).capitalize()}."))
    return "\n".join(" ".join(lines.get(number, [])) for number in range(1, max(lines) + 1))


def refitted(yaml: str, card: Card, text: str) -> str:
    """Return a card's YAML with the measures and fingerprints of another text."""
    data = text.encode("utf-8")
    head = {"sha256": sha256(data), "bytes": len(data), "characters": len(text)}
    for key, value in head.items():
        yaml = re.sub(rf"^{key}: .*$", f"{key}: {value}", yaml, flags=re.MULTILINE)
    passages = split(text)
    assert [(p.id, p.kind) for p in passages] == [(p.id, p.kind) for p in card.passages]
    for passage in passages:
        for key in ("offset", "length", "words", "sha256", "normalised"):
            pattern = rf"(- id: {re.escape(passage.id)}\n(?:    .*\n)*?    {key}: ).*"
            yaml = re.sub(pattern, rf"\g<1>{getattr(passage, key)}", yaml)
    return yaml


def letters(text: str) -> str:
    """Return the letters of a text: marks, tags, line ends and hyphens between them hide nothing."""
    return re.sub(r"[\W_]+", "", text).casefold()


def readings(path: Path) -> Iterator[str]:
    """Yield a file's text in every way in which it can be read."""
    data = path.read_bytes()
    yield data.decode("utf-8", errors="replace")
    if path.suffix == ".html":
        yield re.sub(r"<[^>]*>", "", unescape(data.decode("utf-8")))
    if path.suffix == ".pdf":
        document = pypdfium2.PdfDocument(data)
        yield "".join(page.get_textpage().get_text_bounded() for page in document)
        with pikepdf.open(path) as pdf:
            for thing in pdf.objects:
                yield str(thing) if not isinstance(thing, pikepdf.Stream) else streamed(thing)


def streamed(stream: pikepdf.Stream) -> str:
    try:
        return stream.read_bytes().decode("utf-8", errors="replace")
    except pikepdf.PdfError:
        # An image has a code of its own.
        return ""


def leaked(path: Path, runs: set[str]) -> set[str]:
    """Return the runs of planted words that a file holds."""
    texts = [letters(text) for text in readings(path)]
    return {run for run in runs if any(run in text for text in texts)}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    return Planted(tmp_path_factory.mktemp("planted"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of those tests that build the planted project."""
    return tmp_path_factory.mktemp("kept")


def test_no_file_of_a_build_holds_nine_words_of_an_article(planted: Planted, kept: Path, tmp_path: Path) -> None:
    report = build(planted.root, tmp_path, Request(), cache=Cache(kept))
    assert [str(fault) for fault in report.diagnostics] == []
    assert report.unchecked == ()
    runs = planted.runs()
    assert len(runs) >= 78 * (WORDS - RUN + 1)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".html", ".pdf"}
    assert len(files) >= 12
    assert {path.name: leaked(path, runs) for path in files} == {path.name: set() for path in files}


def test_no_file_of_a_bundle_holds_nine_words_of_an_article(
    planted: Planted, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NKRU_BRIEF_CACHE", str(kept))
    # One with handouts, and one with the annex of all evidence.
    for options in (("--edition", "public"), ("--edition", "full", "--no-handouts")):
        name = options[1]
        asked = ["bundle", "--public", *options, "--out", str(tmp_path / name)]
        assert main(["-C", str(planted.root), *asked]) == 0
        with zipfile.ZipFile(tmp_path / f"{name}.zip") as archive:
            archive.extractall(tmp_path / "unpacked" / name)
    runs = planted.runs()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 2 * 2 * 15
    assert {str(path): leaked(path, runs) for path in files} == {str(path): set() for path in files}
    assert not [path for path in files if "desk" in path.name.lower()]


def test_the_search_finds_a_leak_in_every_kind_of_file(planted: Planted, tmp_path: Path) -> None:
    """The gist of a sentence that is not used is in the annex: there an article's sentence would be seen."""
    root = tmp_path / "leaking"
    shutil.copytree(planted.root, root)
    text = planted.texts["alliance"]
    passage = next(each for each in split(text) if each.id == "L02.s3")
    sentence = text[passage.offset : passage.offset + passage.length]
    card = root / "seeds" / "alliance.yaml"
    yaml = card.read_text(encoding="utf-8")
    card.write_text(re.sub(r"(- id: L02\.s3\n(?:    .*\n)*?    gist: ).*", rf"\g<1>{sentence}", yaml), encoding="utf-8")
    report = build(root, tmp_path / "out", Request(editions=("full",)))
    assert len(report.written) == 2
    for written in report.written:
        assert len(leaked(written.path, planted.runs())) == WORDS - RUN + 1


def test_the_desk_shows_every_sentence_and_lies_outside_of_what_leaves(
    planted: Planted, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(planted.root)
    assert main(["desk"]) == 0
    capsys.readouterr()
    (page,) = (path for path in planted.root.rglob("*") if path.suffix == ".html" and "templates" not in path.parts)
    assert page.parent == planted.root / "seeds" / ".desk"
    assert (page.parent / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert leaked(page, planted.runs()) == planted.runs()
    assert "LOCAL-ONLY" in page.name
    assert "LOCAL ONLY" in page.read_text(encoding="utf-8")
