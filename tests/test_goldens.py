"""What the shipped editions look like, in files that a change shows up in; `--update` writes them anew.

`goldens/EDITION.html` is the text of the web page, one block to a line. `goldens/EDITION.yaml` is the tag tree of the
PDF, `goldens/EDITION.txt` what a listener hears who walks it from top to bottom. What stands where on paper is held by
relations, not by pixels.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import unified_diff
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2  # type: ignore[import-untyped]
import pytest
import yaml
from pypdfium2.raw import FPDF_PAGEOBJ_PATH  # type: ignore[import-untyped]

import nkru_brief
from listening import listen, transcript, tree_of
from nkru_brief import atomic
from nkru_brief.brief import Brief, Note
from nkru_brief.values import Value
from shipped import EDITIONS, Workshop, every_edition

GOLDENS = Path(__file__).parent / "goldens"


@pytest.fixture
def compare(update: bool) -> "Compare":  # noqa: FBT001 - a fixture of conftest.py
    return Compare(update=update)


class Compare(Value):
    """Compares a text with a golden file, or writes it there."""

    update: bool

    def __call__(self, name: str, text: str) -> None:
        path = GOLDENS / name
        if self.update:
            atomic.write(path, text.encode("utf-8"))
            return
        golden = path.read_text(encoding="utf-8") if path.exists() else ""
        diff = "\n".join(unified_diff(golden.splitlines(), text.splitlines(), f"goldens/{name}", "now", lineterm=""))
        assert diff == "", (
            f"{diff}\n\nIf this is meant, run pytest with --update, and read the change before keeping it."
        )


def test_every_shipped_edition_is_here(workshop: Workshop) -> None:
    assert tuple(sorted(workshop.project.briefs)) == EDITIONS


def test_every_golden_is_of_a_shipped_edition(update: bool) -> None:  # noqa: FBT001
    found = {path.name for path in GOLDENS.iterdir()}
    wanted = {f"{edition}.{kind}" for edition in EDITIONS for kind in ("html", "txt", "yaml")}
    # While they are written, some may not be there yet.
    assert found - wanted == set()
    assert update or found == wanted


# ---- the web page --------------------------------------------------------------------------------------------

INLINE = frozenset(
    {"a", "abbr", "b", "button", "cite", "code", "em", "i", "label", "small", "span", "strong", "sub", "sup"}
)
EMPTY = frozenset({"br", "hr", "img"})


class Outline(HTMLParser):
    """Writes the `<header>` and `<main>` of a page a block to a line, indented; of figures only class and title."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if not self.open and tag not in ("header", "main"):
            return
        if "svg" not in self.open:
            kept = [(name, value) for name, value in attributes if tag != "svg" or name == "class"]
            shown = "".join(f" {name}" if value is None else f' {name}="{value}"' for name, value in kept)
            if tag in INLINE:
                self.lines[-1] += f"<{tag}{shown}>"
            else:
                self.lines.append("  " * len(self.open) + f"<{tag}{shown}>")
        if tag not in INLINE | EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Leave out what has no inside: all of these are strokes of figures."""

    def handle_endtag(self, tag: str) -> None:
        if tag in INLINE and self.open and "svg" not in self.open:
            self.lines[-1] += f"</{tag}>"
        elif tag in self.open:
            del self.open[self.open.index(tag, -1) :]

    def handle_data(self, data: str) -> None:
        if self.open and ("svg" not in self.open or self.open[-1] == "title"):
            self.lines[-1] += re.sub(r"\s+", " ", data)


def masked(text: str, brief: Brief) -> str:
    """Return a text without what changes with every word of the paper, or every release."""
    for length in (64, 16, 12):
        text = text.replace(brief.fingerprint[:length], "FINGERPRINT")
    return text.replace(f"nkru-brief {nkru_brief.__version__}", "nkru-brief VERSION")


# The call of a note, as Markdown writes it: `[^7]`.
CALL = re.compile(r'<sup class="call"[^>]*><a [^>]*>(\d+)</a>.*?</sup>')


def outline(html: str) -> str:
    writer = Outline()
    writer.feed(html)
    text = "\n".join(re.sub(r"(?<=\S)  +", " ", line.rstrip()) for line in writer.lines) + "\n"
    return re.sub(r'<label class="statement"[^>]*>(.*?)</label>', r"«\1»", CALL.sub(r"[^\1]", text))


@every_edition
def test_the_page_is_as_before(workshop: Workshop, compare: Compare, edition: str) -> None:
    html = workshop.sheet(edition, "html").html
    compare(f"{edition}.html", masked(outline(html), workshop.project.briefs[edition]))


# ---- the tags ------------------------------------------------------------------------------------------------


@every_edition
def test_the_tags_are_as_before(workshop: Workshop, compare: Compare, edition: str) -> None:
    tree = tree_of(listen(workshop.pdf(edition)))
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=110)
    assert "\ufffd" not in text
    compare(f"{edition}.yaml", masked(text, workshop.project.briefs[edition]))


@every_edition
def test_it_is_heard_as_before(workshop: Workshop, compare: Compare, edition: str) -> None:
    said = transcript(listen(workshop.pdf(edition)))
    # What the transcript says where something is missing.
    assert not re.search("WITHOUT DESCRIPTION|NO HEADER|NO SUCH HEADER|UNKNOWN|EMPTY|\ufffd", said)
    compare(f"{edition}.txt", masked(said, workshop.project.briefs[edition]))


# ---- the paper -----------------------------------------------------------------------------------------------


def squeezed(text: str) -> str:
    """Return a text without white space: lines break where they like."""
    return re.sub(r"\s|\ufffe", "", text)


@contextmanager
def pages_of(path: Path) -> Iterator[list[Any]]:
    with pypdfium2.PdfDocument(path) as pdf:
        yield [pdf[number] for number in range(len(pdf))]


def page_texts(path: Path) -> list[str]:
    with pages_of(path) as pages:
        return [page.get_textpage().get_text_bounded() for page in pages]


def destinations(path: Path) -> dict[str, int]:
    """Return the page that each name of a PDF leads to, counted from 0."""
    with pikepdf.open(path) as pdf:
        pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        names = list(pdf.Root.Names.Dests.Names)
        return {
            str(name): pages[target[0].objgen] for name, target in zip(names[::2], names[1::2], strict=True)
        }  # fmt: skip


def links(path: Path) -> list[tuple[int, str]]:
    """Return the page of each link inside a PDF, and the name it leads to."""
    with pikepdf.open(path) as pdf:
        return [
            (number, str(link.Dest))
            for number, page in enumerate(pdf.pages)
            for link in page.obj.get("/Annots", [])
            if link.Subtype == "/Link" and "/Dest" in link
        ]


def calls_of(note: Note) -> list[str]:
    return [f"r{note.number}-{occurrence}" for occurrence in range(1, note.calls + 1)]


@every_edition
def test_each_note_is_on_a_page_that_calls_it(workshop: Workshop, edition: str) -> None:
    path = workshop.pdf(edition)
    places, texts = destinations(path), [squeezed(text) for text in page_texts(path)]
    for note in workshop.project.briefs[edition].notes:
        page = places[f"n{note.number}"]
        assert page in {places[call] for call in calls_of(note)}, note.number
        claims = [squeezed(f"{claim.id}{claim.where}") for claim in note.claims]
        # The note begins with its number and its first claim.
        assert f"{note.number}{claims[0]}" in texts[page], note.number
        assert all(claim in texts[page] for claim in claims), note.number


@every_edition
def test_each_call_leads_to_its_note_and_back(workshop: Workshop, edition: str) -> None:
    path = workshop.pdf(edition)
    places, found = destinations(path), links(path)
    for note in workshop.project.briefs[edition].notes:
        calls = sorted(places[call] for call in calls_of(note))
        assert sorted(page for page, target in found if target == f"n{note.number}") == calls
        assert (places[f"n{note.number}"], f"r{note.number}-1") in found
    assert {target for _, target in found} <= set(places)


@every_edition
def test_every_page_says_which_it_is(workshop: Workshop, edition: str) -> None:
    brief = workshop.project.briefs[edition]
    texts = page_texts(workshop.pdf(edition))
    for number, text in enumerate(texts, 1):
        assert f"page {number} of {len(texts)}" in text
        assert squeezed(f"{brief.series} {brief.number}") in squeezed(text)
        assert squeezed(f"version {brief.version} · edition {brief.fingerprint[:12]}") in squeezed(text)
        assert number == 1 or brief.title in text


@every_edition
def test_no_edition_is_longer_than_it_may_be(workshop: Workshop, edition: str) -> None:
    limit = workshop.project.briefs[edition].max_pages
    assert limit is not None
    assert len(page_texts(workshop.pdf(edition))) <= limit


# A line and the white space to the next are one piece of a page; a gap is more than this, in pt.
GAP = 18.0
# Above and below this stands the furniture of a page, in pt.
MARGIN = 50.0


def filled(height: float, boxes: Iterable[tuple[float, float]]) -> float:
    """Return the share of a page's height that has something on it, from where things end and begin."""
    total, end = 0.0, MARGIN
    for bottom, top in sorted(boxes):
        if bottom > MARGIN and top < height - MARGIN:
            # White space between lines belongs to the lines.
            start = end if bottom - end < GAP else bottom
            total += max(top - max(start, end), 0)
            end = max(end, top)
    return total / (height - 2 * MARGIN)


def heights(page: Any) -> list[tuple[float, float]]:  # noqa: ANN401
    """Return where what is on a page ends and begins: words, and the lines to write on and the drawings."""
    text = page.get_textpage()
    rectangles = [text.get_rect(number) for number in range(text.count_rects())]
    rectangles += [drawn.get_bounds() for drawn in page.get_objects(filter=[FPDF_PAGEOBJ_PATH])]
    return [(bottom, top) for _, bottom, _, top in rectangles]


def test_a_full_page_is_full() -> None:
    lines = [(y, y + 10.0) for y in range(51, 745, 13)]
    assert filled(800, lines) == pytest.approx(1, abs=0.02)
    assert filled(800, lines[: len(lines) // 2]) == pytest.approx(0.5, abs=0.02)
    assert filled(800, [(20, 30), (770, 780)]) == 0


@every_edition
def test_the_last_page_is_worth_its_paper(workshop: Workshop, edition: str) -> None:
    with pages_of(workshop.pdf(edition)) as pages:
        assert filled(pages[-1].get_height(), heights(pages[-1])) > 1 / 3
