"""Passages against texts: is each sentence a card names still what it was, and where it was?

A text that still has its card's SHA-256 is the text the card was made from: where a passage does not fit it, the card
was tampered with. A text that has another is judged passage by passage: exact, moved, changed or missing.
"""

import difflib
from typing import Literal

from nkru_brief.digest import sha256
from nkru_brief.model import Card, CardPassage
from nkru_brief.passages import Passage, count_words, fingerprint, normalise, split
from nkru_brief.values import Value

State = Literal["exact", "moved", "changed", "missing", "tampered"]

# Below this likeness a sentence is not called a changed form of another.
_ALIKE = 0.5


class Verdict(Value):
    """What became of one passage: its state, where it now stands (id and line), and what is found there."""

    source: str
    passage: str
    state: State
    now: str = ""
    line: int = 0
    column: int = 0
    found: str = ""
    before: str = ""

    @property
    def difference(self) -> str:
        """The words that went, `[-so-]`, and that came, `{+so+}`; empty where the old sentence is not known."""
        return word_difference(self.before, self.found) if self.before and self.found else ""


class Verdicts(Value):
    """The verdicts on one card: whether its text was at hand and is its own, and one verdict for each passage."""

    source: str
    at_hand: bool
    same_text: bool = False
    verdicts: tuple[Verdict, ...] = ()

    @property
    def faults(self) -> tuple[Verdict, ...]:
        """The verdicts that are not `exact`."""
        return tuple(verdict for verdict in self.verdicts if verdict.state != "exact")


def verify(card: Card, data: bytes | None, before: str | None = None) -> Verdicts:
    """Return the verdicts on a card's passages.

    Args:
        card: the card.
        data: the text at hand, as bytes; None where there is none.
        before: the text the card was made from, where a copy of it is known, to show what changed.
    """
    if data is None:
        return Verdicts(source=card.id, at_hand=False)
    text = data.decode("utf-8", errors="replace")
    same = sha256(data) == card.sha256
    found = split(text)
    verdicts = tuple(_verdict(card, passage, text, found, before, same=same) for passage in card.passages)
    return Verdicts(source=card.id, at_hand=True, same_text=same, verdicts=verdicts)


def _verdict(
    card: Card, passage: CardPassage, text: str, found: tuple[Passage, ...], before: str | None, *, same: bool
) -> Verdict:
    here = text[passage.offset : passage.offset + passage.length]
    as_split = next((p for p in found if p.id == passage.id), None)
    fits = fingerprint(here) == passage.sha256 and _agrees(passage, here)
    if same:
        exact = fits and as_split is not None and (as_split.offset, as_split.kind) == (passage.offset, passage.kind)
        state: State = "exact" if exact else "tampered"
        return _at(card, passage, state, text, as_split)
    if fits and as_split is not None and as_split.offset == passage.offset:
        return _at(card, passage, "exact", text, as_split)
    elsewhere = [p for p in found if passage.sha256 == p.sha256 or passage.normalised == p.normalised]
    if elsewhere:
        nearest = min(elsewhere, key=lambda p: abs(p.offset - passage.offset))
        moved = nearest.id != passage.id or nearest.sha256 != passage.sha256
        # A sentence whose line and number are the same is where it was, though words before it came or went.
        return _at(card, passage, "moved" if moved else "exact", text, nearest)
    old = before[passage.offset : passage.offset + passage.length] if before else ""
    known = {p.normalised for p in card.passages}
    nearest_changed = _nearest(passage, old, text, [p for p in found if p.normalised not in known])
    if nearest_changed is None:
        return Verdict(source=card.id, passage=passage.id, state="missing", before=old)
    return _at(card, passage, "changed", text, nearest_changed, old)


def _agrees(passage: CardPassage, sentence: str) -> bool:
    """Return whether the measures a card keeps beside the hash are those of the sentence."""
    words = count_words(sentence) if passage.kind == "sentence" else len(sentence.split())
    return passage.words == words and fingerprint(normalise(sentence)) == passage.normalised


def _at(card: Card, passage: CardPassage, state: State, text: str, found: Passage | None, before: str = "") -> Verdict:
    if found is None:
        return Verdict(source=card.id, passage=passage.id, state=state)
    start = text.rfind("\n", 0, found.offset) + 1
    return Verdict(
        source=card.id,
        passage=passage.id,
        state=state,
        now=found.id,
        line=text.count("\n", 0, found.offset) + 1,
        column=found.offset - start + 1,
        found="" if state == "exact" else text[found.offset : found.offset + found.length],
        before=before,
    )


def _nearest(passage: CardPassage, old: str, text: str, candidates: list[Passage]) -> Passage | None:
    """Return the passage that most likely is a changed form: the likest, or the one in its place."""
    if not old:
        return next((p for p in candidates if p.id == passage.id), None)
    likeness = {
        p.id: difflib.SequenceMatcher(None, old.split(), text[p.offset : p.offset + p.length].split()).ratio()
        for p in candidates
    }
    best = max(candidates, key=lambda p: likeness[p.id], default=None)
    return best if best is not None and likeness[best.id] >= _ALIKE else None


def word_difference(before: str, after: str) -> str:
    """Return a word diff of two sentences: `the [-old-] {+new+} word`."""
    old, new = before.split(), after.split()
    pieces: list[str] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces += old[i1:i2]
            continue
        if i1 < i2:
            pieces.append(f"[-{' '.join(old[i1:i2])}-]")
        if j1 < j2:
            pieces.append(f"{{+{' '.join(new[j1:j2])}+}}")
    return " ".join(pieces)
