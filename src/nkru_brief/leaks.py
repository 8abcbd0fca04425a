"""Words of an article: nine of them in a row are more than a briefing may hand on."""

from collections.abc import Iterable

from nkru_brief.passages import split
from nkru_brief.reading import letters

RUN = 9


def runs(texts: Iterable[str]) -> frozenset[str]:
    """Return every run of nine words of the sentences of texts, as letters: marks between them hide nothing."""
    found = set()
    for text in texts:
        for passage in split(text):
            if passage.kind == "sentence":
                words = text[passage.offset : passage.offset + passage.length].split()
                found |= {letters(" ".join(words[at : at + RUN])) for at in range(len(words) - RUN + 1)}
    return frozenset(found - {""})


def held(text: str, wanted: frozenset[str]) -> bool:
    """Return whether a text holds one of these runs."""
    found = letters(text)
    return any(run in found for run in wanted)
