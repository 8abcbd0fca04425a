"""Statements in a block's HTML: each is a way to its evidence, and no element is cut in two for it."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nkru_brief import markup
from nkru_brief.binding import bound
from nkru_brief.brief import Block
from nkru_brief.model import SectionText
from nkru_brief.project import open_project
from nkru_brief.statements import pieces

ROOT = Path(__file__).resolve().parent.parent
CALL = re.compile(r'<x-call data-call="(\d+)"></x-call>')


def blocks_of(body: str) -> tuple[Block, ...]:
    section = SectionText(id="a", level="standard", file="a.md", text=f"# Title\n\n{body}\n")
    return markup.parse(section)[0].blocks


def shown(block: Block) -> str:
    """Return a block with its statements in brackets, and calls as their numbers."""
    html = block.html
    for piece in reversed(pieces(block)):
        inside = html[piece.start : piece.end]
        html = f"{html[: piece.start]}[{inside}|{piece.call}]{html[piece.end :]}"
    return CALL.sub(r"^\1", html)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("One came [@c01]. Two went [@c02].", "[One came.^0|0] [Two went.^1|1]"),
        # What cites nothing leads nowhere.
        ("One came. Two went [@c02].", "One came. [Two went.^0|0]"),
        # Several calls in a sentence: each has the words up to it, the last what follows.
        ("One [@c01] came, two went [@c02].", "[One^0|0] [came, two went.^1|1]"),
        ("One came [@c01] in *May*.", "[One came^0|0] [in <em>May</em>.|0]"),
        ("One came. [@c01][@c02]", "[One came.^0|0]^1"),
        # An element that reaches over an end is left whole.
        ("*One came* at last [@c01].", "[<em>One came</em> at last.^0|0]"),
        ("*One came [@c01]. Two* went [@c02].", "<em>[One came.^0|0] [Two|1]</em> [went.^1|1]"),
        ("A [link](https://a.example) & more [@c01].", '[A <a href="https://a.example">link</a> &amp; more.^0|0]'),
        # The head of a paragraph is none of its statements.
        ("**1991.** It ended [@c01].", "<strong>1991.</strong> [It ended.^0|0]"),
        ("> One came [@c01].", "<p>[One came.^0|0]</p>"),
    ],
)
def test_a_statement_is_what_a_call_ends(body: str, found: str) -> None:
    (block,) = blocks_of(body)
    assert " ".join(shown(block).split()) == found


def test_items_and_cells_are_statements_of_their_own() -> None:
    (items,) = blocks_of("- One came [@c01].\n- Two went.\n- Three stayed [@c02].")
    assert re.findall(r"\[(.*?)\|", shown(items)) == ["One came.^0", "Three stayed.^1"]
    (table,) = blocks_of("| A | B |\n|---|---|\n| one [@c01] | two [@c02] |")
    assert re.findall(r"\[(.*?)\|", shown(table)) == ["one^0", "two^1"]


class Nesting(HTMLParser):
    """Notes every closing tag that does not close the element opened last."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


def check(block: Block) -> None:
    html, found = block.html, pieces(block)
    for piece in found:
        nested = Nesting(html[piece.start : piece.end])
        assert (nested.open, nested.faults) == ([], [])
        calls = CALL.findall(html[piece.start : piece.end])
        assert calls in ([], [str(piece.call)]), "a label holds one button, its own"
    assert [(a.end, b.start) for a, b in pairwise(found) if a.end > b.start] == []
    # Every sentence that cites is a way in.
    said = sum(len(CALL.findall(html[piece.start : piece.end])) for piece in found)
    assert bool(said) == any(sentence.claims for sentence in bound(block))


def test_every_shipped_sentence_that_cites_leads_to_its_evidence() -> None:
    checked = 0
    for brief in open_project(ROOT).briefs.values():
        for part in brief.parts:
            for block in part.blocks:
                if block.kind not in ("heading", "title"):
                    check(block)
                    checked += len(pieces(block))
    assert checked > 200


WORDS = st.sampled_from(
    ["one", "May.", "*two", "three*", "**four** five.", "[@c01]", "[@c02; @c03].", "`x`", "&", "‘so’."]
)


@given(st.lists(WORDS, min_size=1, max_size=14))
def test_whatever_is_written_labels_close_and_hold_one_button(words: list[str]) -> None:
    for block in blocks_of(" ".join(words)):
        if block.kind == "paragraph":
            check(block)
