"""Spaces that do not break: what belongs together stays on one line, set by rule and not by authors.

A space becomes a no-break space (U+00A0) or stays as it is; no letter changes, none comes or goes, so what is said and
its fingerprint are the same. The rules follow New Hart's Rules, 4.2 and 14.1 (initials, numbers, dates), the SI
Brochure, 5.4.3 (a number and its unit), and Mil'chin's Spravochnik, 16 (Russian prepositions, particles, initials).
"""

import re
from functools import lru_cache
from typing import Any

from nkru_brief.brief import Block, Brief
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

# Each rule is a space with what stands before and after it, no more; all of them read the text as it was written.
_RULES = re.compile(
    "|".join(
        (
            # 23 November; 1960 г.; 55 %; 5 km
            rf"(?<=\d) (?=(?:{_MONTHS})\b)",
            rf"(?<=\d) (?=(?:{_UNITS})(?!\w))",
            # 240 000: a space that groups digits
            r"(?<=\b\d) (?=\d{3}\b)|(?<=\b\d\d) (?=\d{3}\b)|(?<=\b\d{3}) (?=\d{3}\b)|(?<= \d{3}) (?=\d{3}\b)",
            # Source A; page 3; No. 5; c. 1950
            *(rf"(?<=\b{label}) (?=(?:[A-ZА-Я]|\d+|[IVX]+)\b)" for label in _LABELS.split("|")),
            r"(?<=№) (?=\d)",
            # J. K. Rowling; Mr Kim; И. В. Сталин
            r"(?<=\b[A-ZА-ЯЁ]\.) (?=[A-ZА-ЯЁ])",
            *(rf"(?<=\b{title}) (?=[A-Z])|(?<=\b{title}\.) (?=[A-Z])" for title in _TITLES.split("|")),
            # A dash hangs on what is before it; so does an ellipsis.
            r"(?<=\S) (?=[–—…](?: |$))",
            # Russian: a short word leans on the next, a particle on the one before.
            *(rf"(?<=\b{word}) (?=[а-яёА-ЯЁ0-9])" for word in _CYRILLIC_SHORT.split("|")),
            *(rf"(?<=\b{word.capitalize()}) (?=[а-яёА-ЯЁ0-9])" for word in _CYRILLIC_SHORT.split("|")),
            r"(?<=[а-яё]) (?=(?:же|бы|ли|б|ж|ль)\b)",
        )
    )
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


# Editions and outputs set the same words.
@lru_cache(maxsize=8192)
def spaced(text: str) -> str:
    """Return a text with no-break spaces where what belongs together would part."""
    return _RULES.sub(HARD, text)


def spaced_html(html: str) -> str:
    """Return a piece of HTML with its texts spaced, each between two tags; attributes stay as they are."""
    return "".join(part if part.startswith("<") else spaced(part) for part in _TAG.split(html))


def dressed(brief: Brief) -> Brief:
    """Return a brief as it is set: every text that a reader reads, spaced."""
    done: Brief = _dressed(brief)
    return done


def _dressed(value: Any) -> Any:  # noqa: ANN401 - any value of a brief
    if isinstance(value, Block):
        return replace(value, html=_last_kept(value, spaced_html(value.html)))
    if isinstance(value, Value):
        changes = {name: _field(name, getattr(value, name)) for name in value.__struct_fields__}
        return replace(value, **{name: new for name, new in changes.items() if new is not getattr(value, name)})
    if isinstance(value, tuple):
        return tuple(map(_dressed, value))
    return value


def _field(name: str, value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return spaced(value) if name in _READ else value
    return _dressed(value)


def _last_kept(block: Block, html: str) -> str:
    """Keep the short last word of a long paragraph with the one before it."""
    if block.kind != "paragraph" or len(block.text.split()) < _WORDS:
        return html
    return _LAST.sub(HARD, html)
