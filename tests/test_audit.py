"""The check of every press finds what it is there to find: each kind of damage, done to a good file by hand."""

from collections.abc import Callable
from typing import Any

import pytest

from minis import Mini, sheet_of
from nkru_brief import engine
from nkru_brief.tags import audit, objects

BODY = """<h1>Heading</h1><p>Words and <a href="#end">more</a>.</p><ul><li>Item</li></ul>
<table><tr><th>Head</th></tr><tr><td>Cell</td></tr></table><p><img src="DOT" alt="A dot"></p><p id="end">End.</p>"""

Damage = Callable[[Any], None]


def elements(pdf: Any, kind: str) -> list[Any]:
    return [each for each in pdf.objects if objects.is_dictionary(each) and each.get("S") == f"/{kind}"]


def content(pdf: Any) -> list[Any]:
    return list(objects.found(pdf, objects.pages(pdf)[0]["Contents"]).stream)


def set_content(pdf: Any, operators: list[Any]) -> None:
    objects.found(pdf, objects.pages(pdf)[0]["Contents"]).stream[:] = operators


def change(kind: str, key: str, value: Any) -> Damage:
    return lambda pdf: elements(pdf, kind)[0].update({key: value})


def remove(kind: str, key: str) -> Damage:
    return lambda pdf: elements(pdf, kind)[0].pop(key)


def untag(pdf: Any) -> None:
    """Leave a heading out of the tree, with its words on the page."""
    top = elements(pdf, "Document")[0]
    top["K"].remove(elements(pdf, "H1")[0].reference)


def twice(pdf: Any) -> None:
    elements(pdf, "P")[0]["K"].append(elements(pdf, "P")[0]["K"][0])


def unmark(pdf: Any) -> None:
    operators = content(pdf)
    index = operators.index(b"BDC")
    del operators[operators.index(b"EMC", index)]
    set_content(pdf, [*operators[: index - 2], *operators[index + 1 :]])


def bare_rectangle(pdf: Any) -> None:
    set_content(pdf, [*content(pdf), b"0 0 1 1 re", b"f"])


def nested(pdf: Any) -> None:
    operators = content(pdf)
    index = operators.index(b"BDC") + 1
    set_content(pdf, [*operators[:index], "/Artifact", b"BMC", b"EMC", *operators[index:]])


def link_says(text: str) -> Damage:
    def damage(pdf: Any) -> None:
        annotation = objects.found(pdf, objects.pages(pdf)[0]["Annots"][0])
        annotation["Contents"] = objects.text(text)

    return damage


def unlink(pdf: Any) -> None:
    link = elements(pdf, "Link")[0]
    del link["K"][0]


def no_way_back(pdf: Any) -> None:
    root = objects.found(pdf, pdf.catalog["StructTreeRoot"])
    objects.found(pdf, root["ParentTree"])["Nums"][1].pop()


def foreign(pdf: Any) -> None:
    pdf.nkru_brief_texts = {key: text.replace("Words", "Слова") for key, text in pdf.nkru_brief_texts.items()}


DAMAGES: dict[str, tuple[Damage, str]] = {
    "a heading that is a paragraph": (change("H1", "S", "/P"), "the heading “Heading” is not heard as one"),
    "a heading of another level": (change("H1", "S", "/H2"), "the heading “Heading” is not heard as one"),
    "words in no element": (untag, "a piece of content that nobody hears"),
    "words in two places": (twice, "is heard twice"),
    "words without a mark": (unmark, "is heard and not on the page"),
    "paint without a mark": (bare_rectangle, "painted that is neither content nor decoration"),
    "decoration in content": (nested, "decoration inside content"),
    "a link that says its target": (link_says("end"), "a link that reads out its address, “end”"),
    "a link that says an address": (link_says("https://example.org/x"), "a link that reads out its address"),
    "a link that says nothing": (link_says(" "), "a link that reads out its address"),
    "a link in no element": (unlink, "is not in the tree once"),
    "an element of nothing": (change("Lbl", "K", objects.array()), "an empty element, Lbl"),
    "a figure without words": (remove("Figure", "Alt"), "a figure without words"),
    "a list without numbering": (remove("L", "A"), "does not say how it is numbered"),
    "a head without scope": (remove("TH", "A"), "does not say what it heads: “Head”"),
    "a cell without heads": (remove("TD", "A"), "a cell under no head: “Cell”"),
    "a head that is not there": (remove("TH", "ID"), "a cell under a head that is not there: “Cell”"),
    "no way from the page": (no_way_back, "no way leads from a piece to its element"),
    "words of another language": (foreign, "the word 'Слова' is in Cyrillic"),
}


@pytest.mark.parametrize(("damage", "said"), DAMAGES.values(), ids=DAMAGES)
def test_damage_is_found(monkeypatch: pytest.MonkeyPatch, damage: Damage, said: str) -> None:
    real = audit.audit

    def damaged(pdf: Any, root: Any, _texts: audit.Texts) -> list[str]:
        damage(pdf)
        return list(real(pdf, root, pdf.nkru_brief_texts))

    monkeypatch.setattr(audit, "audit", damaged)
    assert said in "\n".join(engine.press(sheet_of(Mini("test", "Test", html=BODY))).complaints)


def test_the_same_paper_undamaged_is_sound() -> None:
    assert engine.press(sheet_of(Mini("test", "Test", html=BODY))).complaints == ()
