"""What makes a change significant: the few facts of a briefing that move its date of the last significant change.

A change is significant when one of these is no longer what it was:

- a claim: it came or went; the words of its standard statement; its status; what its sources say against each other;
- what a claim rests on: its passages, a word of one of them, or its support;
- a key date: it came or went, or its date moved;
- a source of the topic: it came or was withdrawn, or its grade changed;
- a judgement: it came or went, or its band of the probability scale changed.

Words count as their letters and digits in their order, without accents, case, punctuation, hyphens and spaces; numbers
count as they are. So spelling out a hyphen is no change of a statement, and one other word is. Wordings at other levels
say the same facts (E602), so theirs, gists, remarks, prose and looks are not significant.
"""

import unicodedata
from collections import Counter

from nkru_brief.digest import fingerprint
from nkru_brief.facts import numbers
from nkru_brief.model import STANDARD, Claim, Wording
from nkru_brief.project import Project

_DIGITS = 16

# What the keys end in that a claim has two of.
SAYS = "says"
BASIS = "basis"


def facts(project: Project) -> dict[str, str]:
    """Return the facts of a project by what they are of: `claim c07 says`, `date putin`, `source alliance`.

    Dates, grades and bands stand as they are written; of claims a fingerprint is kept.
    """
    library, found = project.library, {}
    digests = {f"{card.id} {p.id}": p.normalised for card in library.cards.values() for p in card.passages}
    for claim in library.claims.values():
        found[f"claim {claim.id} {SAYS}"] = fingerprint(_says(claim))[:_DIGITS]
        found[f"claim {claim.id} {BASIS}"] = fingerprint(_basis(claim, digests))[:_DIGITS]
    for entry in library.dates:
        found[f"date {entry.id}"] = entry.date.text
    for source in library.topic.sources if library.topic else ():
        if source in library.cards:
            found[f"source {source}"] = str(library.cards[source].grade)
    return found | {key: band for key, (band, _) in judgements(project).items()}


def folded(text: str) -> str:
    """Return the letters and digits of a text in their order, without accents and case."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in apart if letter.isalnum())


def _words(wording: Wording) -> list[object]:
    text = wording.at_level(STANDARD)
    return [folded(text), sorted(numbers(text))]


def _says(claim: Claim) -> list[object]:
    readings = [[reading.source, _words(reading.says)] for reading in claim.readings]
    return [_words(claim.statement), claim.status, readings]


def _basis(claim: Claim, digests: dict[str, str]) -> list[object]:
    cited = {*claim.passages, *(f"{reading.source} {p}" for reading in claim.readings for p in reading.passages)}
    return [claim.support, [[reference, digests.get(reference, "")] for reference in sorted(cited)]]


def judgements(project: Project) -> dict[str, tuple[str, str]]:
    """Return the band and the text of every judgement, by its section, level and claims."""
    library, found = project.library, {}
    scale = library.scales.get(library.topic.scale) if library.topic else None
    for (name, level), fragment in sorted(project.fragments.items()):
        seen: Counter[str] = Counter()
        for block in fragment.blocks:
            word = block.attributes.get("likelihood")
            if word is None:
                continue
            claims = sorted({claim for call in block.calls for claim in call.claims})
            key = " ".join((f"judgement {name}.{level}", *claims))
            seen[key] += 1
            bands = (term.word for term in (scale.terms if scale else ()) if word in (term.word, *term.synonyms))
            found[key if seen[key] == 1 else f"{key} {seen[key]}"] = (next(bands, word), block.text)
    return found
