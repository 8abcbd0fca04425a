"""On a page, every statement leads to its evidence in place: by a click on its words, or by its number."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from nkru_brief.brief import Brief, NoteClaim
from nkru_brief.project import open_project

ROOT = Path(__file__).resolve().parent.parent
LABEL = re.compile(r'<label class="statement" for="([^"]+)">(.*?)</label>', re.DOTALL)
BUTTON = re.compile(r'<button type="button" id="([^"]+)" popovertarget="p(\d+)"')

Pages = dict[str, tuple[Brief, Path, str]]


@pytest.fixture(scope="module")
def pages(pages: dict[str, Path]) -> Pages:
    """Each shipped edition, where its page is, and its HTML."""
    briefs = open_project(ROOT).briefs
    return {name: (briefs[name], path, path.read_text(encoding="utf-8")) for name, path in pages.items()}


def test_a_label_names_a_button_and_holds_no_other(pages: Pages) -> None:
    """HTML 4.10.4: a label passes its click on to the one element it labels, and holds no other that takes one."""
    for edition, (_, _, html) in pages.items():
        buttons = dict(BUTTON.findall(html))
        labels = LABEL.findall(html)
        assert len(labels) > len(buttons) * 0.8, edition
        for target, inside in labels:
            assert target in buttons
            assert [name for name, _ in BUTTON.findall(inside)] in ([], [target])
            assert "<label" not in inside


def test_every_number_in_prose_stands_in_its_statement(pages: Pages) -> None:
    for edition, (_, _, html) in pages.items():
        inside = {name for _, text in LABEL.findall(html) for name, _ in BUTTON.findall(text)}
        # Titles and captions of figures have numbers, and are no statements.
        outside = {name for name, _ in BUTTON.findall(html)} - inside
        assert len(outside) <= 2, (edition, outside)


def test_a_popover_shows_all_that_a_claim_rests_on(pages: Pages) -> None:
    for brief, _, html in pages.values():
        for note in brief.notes:
            shown = unescape(re.split(r'class="popover-foot"', html[html.index(f'id="p{note.number}"') :])[0])
            for claim in note.claims:
                # Some of the spaces do not break.
                assert missing(brief, claim, shown.replace("\u00a0", " ")) == []


def missing(brief: Brief, claim: NoteClaim, shown: str) -> list[str]:
    """Return what a popover does not show of a claim."""
    wanted = [claim.statement, claim.remark, f"Support: {claim.support}", claim.question]
    wanted += [f"{each.label} {each.id}</b> {each.gist}" for each in claim.passages]
    wanted += [each.sha256[:12] for each in claim.passages]
    wanted += [text for reading in claim.readings for text in (reading.says, reading.where)]
    wanted += [f"Grade {source.grade}" for source in brief.sources if source.label in claim.labels]
    wanted.append({"none": "not yet reviewed", "lapsed": "review lapsed"}.get(claim.review.state, claim.review.who))
    assert all(len(each.sha256) == 64 for each in claim.passages)
    assert (claim.status == "tension") == bool(claim.readings)
    return [text for text in wanted if text not in shown]


def test_a_click_on_the_words_opens_the_note_and_escape_leads_back(pages: Pages, browser: Any) -> None:  # noqa: ANN401
    _, path, html = pages["full"]
    target, _ = LABEL.findall(html[html.index('id="outlook"') :])[0]
    note = dict(BUTTON.findall(html))[target]
    tab = browser.new_page(viewport={"width": 1200, "height": 800})
    tab.goto(path.as_uri())
    popover = tab.locator(f"#p{note}")
    assert not popover.is_visible()
    # The first letters of the sentence: as far from its number as can be.
    tab.locator(f'label[for="{target}"]').first.click(position={"x": 6, "y": 8})
    assert popover.is_visible()
    tab.keyboard.press("Escape")
    assert not popover.is_visible()
    assert tab.evaluate("document.activeElement.id") == target
    # The number alone does it, too, without a pointer.
    tab.keyboard.press("Enter")
    assert popover.is_visible()
    tab.close()
