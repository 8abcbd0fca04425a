"""Spaces that do not break: what belongs together stays on one line, set by rule and not by authors.

A space becomes a no-break space (U+00A0) or stays as it is; no letter changes, none comes or goes, so what is said and
its fingerprint are the same. The rules follow New Hart's Rules, 4.2 and 14.1 (initials, numbers, dates), the SI
Brochure, 5.4.3 (a number and its unit), and Mil'chin's Spravochnik, 16 (Russian prepositions, particles, initials).
"""

import re
from functools import cache, lru_cache
from typing import Any

from nkru_brief.brief import Block, Brief
from nkru_brief.memory import lately
from nkru_brief.values import Value, replace

HARD = "\u00a0"

_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря"
)
_UNITS = "%|‰|°C|km|cm|mm|m|kg|g|t|km²|GW|MW|kW|pt|million|billion|млн|млрд|тыс\\.|км|г\\.|гг\\.|в\\."
_LABELS = (
    "Source|Sources|Figure|Table|Part|Section|Chapter|Article|Resolution|Note|note|page|pages|p\\.|pp\\.|No\\.|"
    "c\\.|ca\\.|about|Источник|стр\\.|с\\.|ст\\.|п\\.|рис\\.|табл\\."
)
_TITLES = "Mr|Mrs|Ms|Dr|Prof|Gen|Col|St"
_CYRILLIC_SHORT = "в|во|и|к|ко|о|об|обо|с|со|у|на|по|из|от|до|за|не|ни|а|но"

# Each rule is what stands before a space and after it, no more; all of them read the text as it was written.
_RULES: tuple[tuple[tuple[str, ...], str], ...] = (
    # 23 November; 1960 г.; 55 %; 5 km
    ((r"\d",), rf"(?:{_MONTHS})\b|(?:{_UNITS})(?!\w)"),
    # 240 000: a space that groups digits
    ((r"\b\d", r"\b\d\d", r"\b\d{3}", r" \d{3}"), r"\d{3}\b"),
    # Source A; page 3; No. 5; c. 1950
    (tuple(rf"\b{label}" for label in _LABELS.split("|")), r"(?:[A-ZА-Я]|\d+|[IVX]+)\b"),
    (("№",), r"\d"),
    # J. K. Rowling; Mr Kim; И. В. Сталин
    ((r"\b[A-ZА-ЯЁ]\.",), r"[A-ZА-ЯЁ]"),
    (tuple(each for title in _TITLES.split("|") for each in (rf"\b{title}", rf"\b{title}\.")), "[A-Z]"),
    # A dash hangs on what is before it; so does an ellipsis.
    ((r"\S",), r"[–—…](?: |$)"),
    # Russian: a short word leans on the next, a particle on the one before.
    (
        tuple(rf"\b{each}" for word in _CYRILLIC_SHORT.split("|") for each in (word, word.capitalize())),
        "[а-яёА-ЯЁ0-9]",
    ),
    (("[а-яё]",), r"(?:же|бы|ли|б|ж|ль)\b"),
)
# The last word of a paragraph is not left alone on its line where it is short.
_LAST = re.compile(r" (?=[^\s<>]{1,9}(?:<[^>]*>)*$)")
_WORDS = 8
_TAG = re.compile(r"(<[^>]*>)")

# Texts that a reader reads; all others are ids, addresses and keys.
_READ = frozenset(
    {
        *("title", "subtitle", "source_summary", "disclaimer", "licence", "cutoff_note", "statement", "remark", "gist"),
        *("when", "label", "short", "note", "question", "says", "describe", "reason", "meaning", "ask", "answer"),
        "text",
    }
)


@cache
def _parting() -> re.Pattern[str]:
    """Return what finds the spaces that are not to break; compiled where something is set.

    It begins with the space itself, so that only spaces are looked at.
    """
    rules = (f"(?={after})(?:{'|'.join(f'(?<={each} )' for each in before)})" for before, after in _RULES)
    return re.compile(f" (?:{'|'.join(rules)})")


# Editions and outputs set the same words.
@lru_cache(maxsize=8192)
def spaced(text: str) -> str:
    """Return a text with no-break spaces where what belongs together would part."""
    return _parting().sub(HARD, text)


@lru_cache(maxsize=8192)
def spaced_html(html: str) -> str:
    """Return a piece of HTML with its texts spaced, each between two tags; attributes stay as they are."""
    return "".join(part if part.startswith("<") else spaced(part) for part in _TAG.split(html))


@lately
def dressed(brief: Brief) -> Brief:
    """Return a brief as it is set: every text that a reader reads, spaced."""
    done: Brief = _dressed(brief)
    return done


def _dressed(value: Any) -> Any:  # noqa: ANN401 - any value of a brief
    if isinstance(value, Block):
        return replace(value, html=_last_kept(value, spaced_html(value.html)))
    if isinstance(value, tuple):
        return tuple(map(_dressed, value))
    changes: dict[str, Any] = {}
    for name in value.__struct_fields__ if isinstance(value, Value) else ():
        before = getattr(value, name)
        if isinstance(before, str):
            after = spaced(before) if name in _READ else before
        else:
            after = _dressed(before) if isinstance(before, Value | tuple) else before
        if after is not before:
            changes[name] = after
    return replace(value, **changes) if changes else value


def _last_kept(block: Block, html: str) -> str:
    """Keep the short last word of a long paragraph with the one before it."""
    if block.kind != "paragraph" or len(block.text.split()) < _WORDS:
        return html
    return _LAST.sub(HARD, html)
