"""The mutation run: random single edits of everything a paper rests on, and not one goes unseen.

The shipped content is copied. Of the articles only cards are in the repository, so two stand-in texts are made with
the same lines and sentences, and cards for them; every claim is signed off, and `nkru-brief record` keeps all as it
is.

Each edit is met as `check --strict` would meet it, in this process, with every rule but the two that read templates
and faces (`templates`, `glyphs`), which no edit here touches. Sections and themes that are as before are not parsed
anew. One edit of each kind goes through the command itself.
"""

import json
import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from nkru_brief import project as projects
from nkru_brief.brief import Fragment
from nkru_brief.cards import Article, card_text
from nkru_brief.check import RULES
from nkru_brief.cli import main
from nkru_brief.diagnostics import Diagnostic
from nkru_brief.digest import fingerprint
from nkru_brief.load import load
from nkru_brief.model import Card, CardPassage
from nkru_brief.passages import split
from nkru_brief.project import open_project

ROOT = Path(__file__).resolve().parent.parent
SEED = 20261123
EACH = 18
SLOW = {"templates", "glyphs"}
BIRDS = ("heron", "plover", "curlew", "dunlin", "avocet", "godwit", "whimbrel", "lapwing", "redshank", "knot")


def stand_in(card: Card) -> str:
    """Return an invented text whose lines and sentences are numbered as a card's are."""
    lines: dict[int, str] = {}
    for passage in card.passages:
        line = int(passage.id[1:].partition(".")[0])
        bird = BIRDS[len(lines) % len(BIRDS)]
        if passage.kind == "sentence":
            sentence = f"The {bird} of stone {line} called {passage.id.rpartition('s')[2]} times before noon."
            lines[line] = f"{lines[line]} {sentence}" if line in lines else sentence
        else:
            lines[line] = f"Read more: the {bird}" if passage.kind == "boilerplate" else f"Notes on the {bird} {line}"
    return "\n".join(lines.get(number, "") for number in range(1, max(lines) + 1)) + "\n"


def write_stand_in(root: Path, card: Card) -> None:
    """Replace a card by one of a stand-in text, with the gists of the old one."""
    text = stand_in(card)
    assert [(p.id, p.kind) for p in split(text)] == [(p.id, p.kind) for p in card.passages]
    article = Article(id=card.id, label=card.label, title=card.title, file=card.file, text=text)
    gists = iter(card.passages)
    written = re.sub(r'gist: ""', lambda _: gist_of(next(gists)), card_text(article))
    (root / "seeds" / f"{card.id}.yaml").write_text(written, encoding="utf-8")
    (root / "seeds" / card.file).write_text(text, encoding="utf-8")


def gist_of(passage: CardPassage) -> str:
    """Return the gist of a passage, and why no claim rests on it where none does."""
    return f"gist: {json.dumps(passage.gist)}" + (f"\n    unused: {passage.unused}" if passage.unused else "")


class Edit(NamedTuple):
    """A single edit: its file, the span that is replaced, and what stands there then."""

    file: str
    start: int
    end: int
    new: str
    # Where the fault may be shown, counted from 1: the edited line, or the head of the entry it is in.
    lines: frozenset[int]


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def head_of(text: str, offset: int) -> int:
    """Return the line of the list item of a YAML file that an offset is in."""
    end = text.find("\n", offset)
    heads = list(re.finditer(r"^- ", text[:end], re.MULTILINE))
    return line_of(text, heads[-1].start())


class Workshop:
    """A project to edit, and what can be edited in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        library, faults = load(root)
        assert faults == ()
        self.cards, self.claims = library.cards, sorted(library.claims)
        self.random = random.Random(SEED)  # noqa: S311 - the same edits each time

    def files(self, pattern: str) -> Iterator[tuple[str, str]]:
        for path in sorted(self.root.glob(pattern)):
            yield path.relative_to(self.root).as_posix(), path.read_bytes().decode("utf-8")

    def found(self, pattern: str, regex: str) -> list[tuple[str, str, re.Match[str]]]:
        """Return every match in the files of a pattern, with file and text."""
        return [
            (file, text, match)
            for file, text in self.files(pattern)
            for match in re.finditer(regex, text, re.MULTILINE)
        ]

    def edits(
        self,
        places: list[tuple[str, str, re.Match[str]]],
        change: Callable[[re.Match[str]], str],
        *,
        entry: bool,
        above: int = 0,
    ) -> list[Edit]:
        """Return an edit of some of the places: of their group `x`.

        A fault may be shown at that line, with `entry` at the head of the list item it is in, and so many lines above.
        """
        chosen = self.random.sample(places, min(EACH, len(places)))
        edits = []
        for file, text, match in chosen:
            start, end = match.span("x")
            line = line_of(text, start)
            lines = {line, line - above} | ({head_of(text, start)} if entry else set())
            edits.append(Edit(file, start, end, change(match), frozenset(lines)))
        return edits

    # ---- kinds of edits ----

    def word_of_a_text(self) -> list[Edit]:
        words = self.found("seeds/*.txt", r"(?<=\w )(?P<x>[a-z]{2,})\b")
        return self.edits(words, lambda word: word["x"][:-1] + "xy", entry=False)

    def letter_of_a_text(self) -> list[Edit]:
        return self.edits(self.found("seeds/*.txt", r"(?P<x>\w)"), lambda letter: "q" + letter["x"], entry=False)

    def offset(self) -> list[Edit]:
        return self.edits(self.found("seeds/*.yaml", r"    offset: (?P<x>\d+)$"), self.other_number, entry=False)

    def measure(self) -> list[Edit]:
        found = self.found("seeds/*.yaml", r"^(?:    (?:length|words)|bytes|characters): (?P<x>\d+)$")
        return self.edits(found, self.other_number, entry=False)

    def hash_of_a_passage(self) -> list[Edit]:
        found = self.found("seeds/*.yaml", r"^ +(?:sha256|normalised): (?P<x>[0-9a-f]{64})$")
        return self.edits(found, self.other_hash, entry=False)

    def hash_of_a_text(self) -> list[Edit]:
        return self.edits(self.found("seeds/*.yaml", r"^sha256: .(?P<x>[0-9a-f]{64})"), self.other_hash, entry=False)

    def claim_of_a_citation(self) -> list[Edit]:
        cited = self.found("content/sections/*.md", r"\[@[^\]]*?(?P<x>c\d\d)")
        return self.edits(cited, lambda match: self.other(self.claims, match["x"], match[0]), entry=False)

    def dropped_citation(self) -> list[Edit]:
        return self.edits(self.found("content/sections/*.md", r"(?P<x> ?\[@[^\]]*\])"), lambda _: "", entry=False)

    def passage_of_a_claim(self) -> list[Edit]:
        found = self.found("content/claims/*.yaml", r"^ +- (?P<source>alliance|pragmatism) (?P<x>L\S+)$")

        def change(match: re.Match[str]) -> str:
            ids = [passage.id for passage in self.cards[match["source"]].passages]
            return self.other(ids, match["x"])

        return self.edits(found, change, entry=True)

    def number_of_a_wording(self) -> list[Edit]:
        found = [
            place
            for pattern in ("content/claims/*.yaml", "content/key-dates.yaml", "content/questions.yaml")
            for place in self.found(
                pattern, r"^ +(?! |- |lines:|date: 2026-11|fingerprint:)[^\n]*?(?<![\w.])(?P<x>\d+)"
            )
        ]
        return self.edits(found, self.other_number, entry=True)

    def number_of_a_sentence(self) -> list[Edit]:
        found = self.found("content/sections/*.md", r"(?<![\w.@])(?P<x>\d+)(?!\. )")
        return self.edits(found, self.other_number, entry=False)

    def word_of_a_claim(self) -> list[Edit]:
        found = self.found("content/claims/*.yaml", r"^ +(?:standard|plain): [A-Z]\w* (?P<x>[a-z]+) ")
        return self.edits(found, lambda word: word["x"] + "ish", entry=True)

    def support_of_a_claim(self) -> list[Edit]:
        found = self.found("content/claims/*.yaml", r"^  support: (?P<x>\w+)$")
        return self.edits(found, lambda word: self.other(["direct", "partial", "inference"], word["x"]), entry=True)

    def swapped_date(self) -> list[Edit]:
        found = self.found("content/key-dates.yaml", r'^  date: (?P<x>"[^"]+")$')
        dates = [match["x"] for _, _, match in found]
        return self.edits(found, lambda match: self.other(dates, match["x"]), entry=True)

    def word_of_a_judgement(self) -> list[Edit]:
        found = self.found("content/sections/*.md", r'likelihood="(?P<x>[a-z ]+)"')
        words = ["very unlikely", "unlikely", "likely", "very likely"]
        # The fault is shown at the paragraph that the mark stands under.
        return self.edits(found, lambda match: self.other(words, match["x"]), entry=False, above=1)

    def number_of_a_gist(self) -> list[Edit]:
        return self.edits(
            self.found("seeds/*.yaml", r"    gist: [^\n]*?(?P<x>\d+)"), self.other_number, entry=False, above=7
        )

    def passage_of_a_card(self) -> list[Edit]:
        found = self.found("seeds/*.yaml", r"^  - id: L\d+\.s(?P<x>\d+)$")
        return self.edits(found, self.other_number, entry=False)

    def fingerprint_of_a_sign_off(self) -> list[Edit]:
        found = self.found("content/claims/*.yaml", r"^    fingerprint: (?P<x>[0-9a-f]{64})$")
        return self.edits(found, self.other_hash, entry=False, above=3)

    def name_or_day_of_a_sign_off(self) -> list[Edit]:
        names = self.edits(
            self.found("content/claims/*.yaml", r'^    who: "(?P<x>A)\. Stand-In"$'),
            lambda _: "B",
            entry=False,
            above=1,
        )
        days = self.found("content/claims/*.yaml", r"^    date: 2026-11-(?P<x>24)$")
        return names + self.edits(days, self.other_number, entry=False, above=2)

    def limit_of_a_claim(self) -> list[Edit]:
        found = self.found("content/claims/*.yaml", r"^  status: \w+(?P<x>)$")
        return self.edits(found, lambda _: "\n  editions: [teacher-key]", entry=True)

    # ---- changes ----

    def other(self, values: list[str], value: str, besides: str = "") -> str:
        return self.random.choice([each for each in values if each != value and each not in besides])

    def other_number(self, match: re.Match[str]) -> str:
        return str(int(match["x"]) + self.random.choice([1, 2, 10]))

    def other_hash(self, match: re.Match[str]) -> str:
        at = self.random.randrange(64)
        return match["x"][:at] + self.other(list("0123456789abcdef"), match["x"][at]) + match["x"][at + 1 :]


KINDS = {
    name: method
    for name, method in vars(Workshop).items()
    if not name.startswith("_") and name not in {"files", "found", "edits", "other", "other_number", "other_hash"}
}


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    root = tmp_path_factory.mktemp("project")
    for folder in ("content", "templates"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copytree(ROOT / "seeds", root / "seeds", ignore=shutil.ignore_patterns("*.txt", ".verified"))
    for card in load(root)[0].cards.values():
        write_stand_in(root, card)
    claims = sorted(load(root)[0].claims)
    assert main(["-C", str(root), "claim", "sign", *claims, "--who", "A. Stand-In", "--date", "2026-11-24"]) == 0
    assert main(["-C", str(root), "record"]) == 0
    return Workshop(root)


def remembering(function: Callable[..., Any], key: Callable[..., object]) -> Callable[..., Any]:
    """Return a function that works once for each key."""
    known: dict[object, Any] = {}

    def remembered(*arguments: object) -> Any:  # noqa: ANN401 - what the function returns
        name = key(*arguments)
        if name not in known:
            known[name] = function(*arguments)
        return known[name]

    return remembered


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets files that are as before be read once."""

    def listed(fragment: Fragment) -> list[Any]:
        return list(bound_sentences(fragment))

    from nkru_brief import record
    from nkru_brief.binding import bound_sentences
    from nkru_brief.check import facts

    monkeypatch.setattr(projects, "load_theme", remembering(projects.load_theme, lambda *a: a[:3]))
    monkeypatch.setattr(projects, "verify", remembering(projects.verify, lambda *a: (fingerprint(a[0]), a[1:])))
    sentences = remembering(listed, lambda fragment: (fragment.file, fragment.text))
    monkeypatch.setattr(record, "bound_sentences", sentences)
    monkeypatch.setattr(facts, "bound_sentences", sentences)


def met(root: Path) -> list[Diagnostic]:
    """Return what `check --strict` says, without the rules that read templates and faces."""
    project = open_project(root)
    rules = [rule for rule in RULES if rule.__name__ not in SLOW]
    assert len(rules) == len(RULES) - len(SLOW)
    return [*project.diagnostics, *(found for rule in rules for found in rule(project))]


class Edited:
    """A project with one edit in it, for a while."""

    def __init__(self, root: Path, edit: Edit) -> None:
        self.path, self.edit = root / edit.file, edit

    def __enter__(self) -> None:
        self.before = self.path.read_bytes()
        text = self.before.decode("utf-8")
        after = (text[: self.edit.start] + self.edit.new + text[self.edit.end :]).encode("utf-8")
        assert after != self.before
        self.path.write_bytes(after)

    def __exit__(self, *_error: object) -> None:
        self.path.write_bytes(self.before)


def test_the_project_that_is_edited_is_whole(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", str(workshop.root), "check", "--strict"]) == 0
    assert capsys.readouterr().err == ""
    assert met(workshop.root) == []
    verdicts = open_project(workshop.root).verdicts.values()
    assert all(each.same_text and not each.faults for each in verdicts)
    assert len(workshop.claims) > 30


def test_there_are_edits_enough(workshop: Workshop) -> None:
    assert sum(len(kind(workshop)) for kind in KINDS.values()) >= 300


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("kind", KINDS)
def test_every_edit_is_caught_where_it_is(workshop: Workshop, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    workshop.random.seed(f"{SEED} {kind}")
    edits = KINDS[kind](workshop)
    assert edits
    missed, elsewhere, by_rule, by_meaning = [], [], 0, 0
    for edit in edits:
        with Edited(workshop.root, edit):
            found = met(workshop.root)
        by_rule += any(each.code != "W621" for each in found)
        by_meaning += any(each.code not in {"W621", "W622"} for each in found)
        if not found:
            missed.append(edit)
        if not any(each.place.file == edit.file and each.place.line in edit.lines for each in found):
            elsewhere.append((edit, [str(each.place) for each in found]))
    # Shown with `pytest -rP`.
    caught = f"{len(edits) - len(missed)} of {len(edits)} caught"
    print(f"{kind}: {caught}, {by_rule} without the record, {by_meaning} without record and sign-offs")  # noqa: T201
    assert missed == []
    assert elsewhere == []
    report = capsys.readouterr().out

    with Edited(workshop.root, edits[0]):
        assert main(["-C", str(workshop.root), "check", "--strict"]) == 1
    said = capsys.readouterr().err
    assert re.search(rf"^{re.escape(edits[0].file)}:({'|'.join(map(str, edits[0].lines))}):\d+: ", said, re.MULTILINE)
    print(report)  # noqa: T201
