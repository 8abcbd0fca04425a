"""Passages against texts: is each sentence a card names still what it was, and where it was?

A text that still has its card's SHA-256 is the text the card was made from: where a passage does not fit it, the card
was tampered with. A text that has another is judged passage by passage: exact, moved, changed or missing.
"""

import difflib
from typing import Literal

from nkru_brief.digest import sha256
from nkru_brief.model import Card, CardPassage
from nkru_brief.passages import Passage, split
from nkru_brief.values import Value, replace

State = Literal["exact", "moved", "changed", "missing", "tampered"]

# Below this likeness a sentence is not called a changed form of another.
_ALIKE = 0.5
# What a card keeps of a passage.
_MEASURES = ("kind", "offset", "length", "words", "sha256", "normalised")


class Verdict(Value):
    """What became of one passage: its state, where it now stands (id and line), and what is found there.

    `misfits` are the keys of a tampered passage that do not fit the text.
    """

    source: str
    passage: str
    state: State
    now: str = ""
    line: int = 0
    column: int = 0
    found: str = ""
    before: str = ""
    misfits: tuple[str, ...] = ()

    @property
    def difference(self) -> str:
        """The words that went, `[-so-]`, and that came, `{+so+}`; empty where the old sentence is not known."""
        return word_difference(self.before, self.found) if self.before and self.found else ""


class Verdicts(Value):
    """The verdicts on one card: whether its text was at hand and is its own, and one verdict for each passage.

    `misfits` are the keys of the card that do not fit its own text.
    """

    source: str
    at_hand: bool
    same_text: bool = False
    verdicts: tuple[Verdict, ...] = ()
    misfits: tuple[str, ...] = ()

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
    measured = {"bytes": len(data), "characters": len(text)}
    misfits = tuple(key for key, value in measured.items() if same and getattr(card, key) != value)
    return Verdicts(source=card.id, at_hand=True, same_text=same, verdicts=verdicts, misfits=misfits)


def _verdict(
    card: Card, passage: CardPassage, text: str, found: tuple[Passage, ...], before: str | None, *, same: bool
) -> Verdict:
    as_split = next((p for p in found if p.id == passage.id), None)
    if same:
        misfits = tuple(key for key in _MEASURES if getattr(passage, key) != getattr(as_split, key, None))
        verdict = _at(card, passage, "tampered" if misfits else "exact", text, as_split)
        return replace(verdict, misfits=misfits if as_split else ("id",))
    elsewhere = [p for p in found if passage.sha256 == p.sha256 or passage.normalised == p.normalised]
    if elsewhere:
        nearest = min(elsewhere, key=lambda p: (p.id != passage.id, abs(p.offset - passage.offset)))
        moved = nearest.id != passage.id or nearest.sha256 != passage.sha256
        # A sentence whose line and number are the same is where it was, though words before it came or went.
        return _at(card, passage, "moved" if moved else "exact", text, nearest)
    old = before[passage.offset : passage.offset + passage.length] if before else ""
    known = {p.normalised for p in card.passages}
    nearest_changed = _nearest(passage, old, text, [p for p in found if p.normalised not in known])
    if nearest_changed is None:
        return Verdict(source=card.id, passage=passage.id, state="missing", before=old)
    return _at(card, passage, "changed", text, nearest_changed, old)


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
