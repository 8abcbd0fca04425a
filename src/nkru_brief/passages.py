"""An article's text as passages: numbered, measured and fingerprinted, always the same way.

A passage is a title, a heading, a line of boilerplate, or one sentence of a body line.
One line of the text is one paragraph, and lines end at LF, CRLF or CR, nothing else.
Blank lines hold no passage, but they count, so `L08` is always the eighth line.

What a line is, in this order:

    boilerplate   a short line that begins like a link or a call of the site ("Read more: ...")
    title         the first line that is not blank, when it is shaped like a heading
    heading       a short line that does not end as a sentence does
    sentences     every other line

A sentence ends at a stop (full stop, question mark, exclamation mark, ellipsis) together with the quotes,
brackets and note marks that close after it, where white space follows and then what can open a sentence.
A wide stop, as in Chinese, needs no white space. A sentence does not end at an abbreviation, at initials,
at the number of a list item, before a small letter, nor inside a quotation or bracket closed on its line.

A single letter after a noun that letters name ("Source A.") is no initial, and may end a sentence.

When in doubt the rules do not split: a passage that holds two sentences can still be cited.
So a full stop that no white space follows is no end, nor is "U.S." before what may be a name.

These rules are part of every card: change one, and the numbers of passages already cited may move.
"""

# Typographic marks are this module's subject, and spelled as escapes nobody could read the rules.
# ruff: noqa: RUF001

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal, get_args

from nkru_brief.digest import sha256
from nkru_brief.values import Value

__all__ = ["KINDS", "Kind", "Passage", "count_words", "fingerprint", "normalise", "sentences", "split"]

Kind = Literal["title", "heading", "boilerplate", "sentence"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


class Passage(Value, frozen=True):
    """One citable piece of a text.

    Attributes:
        id: `L08` for a whole line, `L08.s3` for the third sentence of line 8; both count from 1.
        kind: What the piece is; see `KINDS`.
        offset: Where it starts, in characters (Unicode code points) from the start of the text.
        length: Its length, in characters.
        words: Its number of words: of a sentence by `count_words`, of a whole line between white space.
        sha256: The SHA-256 of exactly its characters in UTF-8, as 64 hexadecimal digits.
        normalised: The same of its normalised form; see `normalise`.
    """

    id: str
    kind: Kind
    offset: int
    length: int
    words: int
    sha256: str
    normalised: str


def split(text: str) -> tuple[Passage, ...]:
    """Return the passages of `text`, in the order of the text.

    Passages never overlap, and what lies between them is only white space (or a byte order mark).

    Args:
        text: The whole text, its line ends as they are in the file: offsets count every character.

    Raises:
        UnicodeEncodeError: `text` holds half of a surrogate pair, which has no UTF-8.
    """
    passages: list[Passage] = []
    for number, start, line in _lines(text):
        kind = _kind(line, first=not passages)
        name = f"L{number:02d}"
        if kind == "sentence":
            passages.extend(
                _passage(f"{name}.s{nth}", kind, start + begin, line[begin:end])
                for nth, (begin, end) in enumerate(_spans(line), start=1)
            )
        else:
            passages.append(_passage(name, kind, start, line))
    return tuple(passages)


@lru_cache(maxsize=8192)
def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of running text, every line read as body text, whatever its shape."""
    return tuple(line[begin:end] for _, _, line in _lines(text) for begin, end in _spans(line))


def normalise(sentence: str) -> str:
    """Return `sentence` without the differences that copying and typesetting make, and with all others.

    1. Invisible characters go (soft hyphen, zero-width space, word joiner, byte order mark).
    2. Unicode NFKC: composed and decomposed accents, ligatures, full-width forms and the one-character
       ellipsis come to one spelling.
    3. Curly quotes and every dash become their ASCII keys, since editors swap them without asking.
    4. A run of white space, line ends and no-break spaces included, becomes one space; the ends have none.

    Case, punctuation and characters damaged by a wrong decoding stay: where they differ, so do sentences.
    """
    text = unicodedata.normalize("NFKC", sentence.translate(_INVISIBLE)).translate(_TO_ASCII)
    return " ".join(text.split())


def fingerprint(sentence: str) -> str:
    """Return the SHA-256 of `sentence` in UTF-8, as 64 hexadecimal digits.

    Raises:
        UnicodeEncodeError: `sentence` holds half of a surrogate pair, which has no UTF-8.
    """
    return sha256(sentence.encode())


def count_words(text: str) -> int:
    """Return the number of words: runs of letters and digits.

    Hyphens and apostrophes join a word, as points and commas do between digits; dashes and other points part.
    So "so-called" and "1,500.5" are one word each and "U.S." is two.
    A script without spaces counts as one word for each run between its punctuation.
    """
    return sum(1 for _ in _WORD.finditer(unicodedata.normalize("NFC", text)))


# Invisible characters are dropped before NFKC, because what stood on their two sides may compose.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
_TO_ASCII = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    }
)

_LETTER = r"[^\W\d_]"
_ALNUM = r"[^\W_]"
_WORD = re.compile(rf"{_ALNUM}+(?:(?:['’\-\u2010\u2011]|(?<=\d)[.,](?=\d)){_ALNUM}+)*")


def _passage(name: str, kind: Kind, offset: int, sentence: str) -> Passage:
    return Passage(
        id=name,
        kind=kind,
        offset=offset,
        length=len(sentence),
        words=count_words(sentence) if kind == "sentence" else len(sentence.split()),
        sha256=fingerprint(sentence),
        normalised=fingerprint(normalise(sentence)),
    )


# Lines --------------------------------------------------------------------------------------------

# Not `str.splitlines`: it also ends a line at U+0085, which a wrong decoding makes of an ellipsis.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_INK = re.compile(r"[^\s\ufeff](?:.*[^\s\ufeff])?", re.DOTALL)


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield number (from 1), offset (characters) and trimmed text of every line that is not blank."""
    for number, line in enumerate(_LINE.finditer(text), start=1):
        if ink := _INK.search(line[0]):
            yield number, line.start() + ink.start(), ink[0]


_HEADING_WORDS = 14
_HEADING_CHARACTERS = 120
_CLOSERS = "\"'”’»›)]}」』】）"
# A question mark is not here: a heading may ask.
_ENDS_BODY = tuple(".!…:;,。！；：，｡")
# The phrase must stand alone or before a dash, colon or arrow: "Related crises" is a heading like any other.
_BOILERPLATE = re.compile(
    r"""(?: (?:read|see|learn)\ (?:more|also) | also\ read | continue\ reading | click\ here | advertisement
          | related(?:\ (?:articles?|posts?|stories))? | share\ this(?:\ (?:article|post|story))?
          | subscribe(?:\ now)? | sign\ up )
        \s* (?: [-–—:|>»→] | [.…!]*\Z )""",
    re.VERBOSE | re.IGNORECASE,
)


def _kind(line: str, *, first: bool) -> Kind:
    if not _is_short(line):
        return "sentence"
    if _BOILERPLATE.match(line):
        return "boilerplate"
    if line.rstrip(_CLOSERS).endswith(_ENDS_BODY):
        return "sentence"
    return "title" if first else "heading"


def _is_short(line: str) -> bool:
    return len(line) <= _HEADING_CHARACTERS and count_words(line) <= _HEADING_WORDS


# Sentences ----------------------------------------------------------------------------------------

# A no-break space read in the wrong encoding is left as "Â" and belongs to what it follows; quotation marks
# read so become "â€" and one more character.
_STOP = re.compile(
    rf"""(?: (?P<wide>[。！？｡]+) | [.!?…؟۔।]+ )
         (?P<close> (?: [{re.escape(_CLOSERS)}] | \[\d{{1,3}}\] | [¹²³⁴-⁹⁰] | Â(?=\s) | â€\S? )* )
         (?P<gap>\s*)""",
    re.VERBOSE,
)
# What may stand before the first letter of a sentence: a dash, opening marks, a currency sign.
_OPENING = re.compile(rf"(?:[–—-]+\s+)?(?:â€\S|_|[^\w\s]){{0,9}}(?P<first>{_ALNUM})")
# Only what also closes counts, and a single quote only beside punctuation: most of them are apostrophes.
_ENCLOSED = re.compile(
    r"""(?<!\w)"(?=\S)[^"]*"
      | “[^”]*” | „[^“”]*[“”] | «[^»]*» | 「[^」]*」 | 『[^』]*』
      | \([^()]*\) | （[^（）]*） | \[[^\[\]]*\]
      | (?<!\w)['‘](?=\S).*?(?: (?<=[.,!?…])['’](?!\w) | ['’](?=[,.;:!?)]) )""",
    re.VERBOSE,
)


def _spans(line: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence of a trimmed line starts and ends, in characters from the line's start."""
    enclosed = [found.span() for found in _ENCLOSED.finditer(line)]
    start = 0
    for stop in _STOP.finditer(line):
        end = stop.end("close")
        if any(opens < stop.start() and end < closes for opens, closes in enclosed):
            continue
        if _ends_sentence(line, start, stop):
            yield start, end
            start = stop.end()
    yield start, len(line)


def _ends_sentence(line: str, start: int, stop: re.Match[str]) -> bool:
    """Whether the sentence that began at `start` ends at `stop`."""
    if not (stop["wide"] or stop["gap"]):
        return False
    opening = _OPENING.match(line, stop.end())
    if opening is None or not _WORD.search(line, start, stop.start()):
        return False
    if stop["wide"]:
        return True
    if opening["first"].islower():
        return False
    return not (stop[0].startswith(".") and _point_is_of_the_word(line[start : stop.start()], line[stop.end() :]))


def _point_is_of_the_word(head: str, tail: str) -> bool:
    """Whether the full stop after `head` belongs to an abbreviation that goes on with `tail`."""
    word = _last_word(head)
    if _is_list_number(head) or word.casefold() in _NEVER_LAST:
        return True
    if word.casefold() in _BEFORE_NUMBER:
        return _NUMBER.match(tail) is not None
    if _is_initial(word):
        return not (_is_label(head) or _opens_plainly(tail, _OPENERS))
    if word.casefold() in _SELDOM_LAST or _DOTTED.fullmatch(word):
        return not _opens_plainly(tail, _OPENERS_OR_NAMES)
    return False


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Abbreviations, in small letters and without their last point.
_NEVER_LAST = _set(
    """mr mrs ms messrs dr prof gen col lt sgt cpl capt maj cmdr adm gov sen rep rev hon pres amb st mt ft
    e.g i.e eg ie vs cf viz ca approx т.е им проф ген акад"""
)
_BEFORE_NUMBER = _set(
    """no nos art arts fig figs sec ch vol vols pp para paras res al
    jan feb mar apr jun jul aug sep sept oct nov dec"""
)
_SELDOM_LAST = _set("inc ltd co corp bros jr sr dept univ")
# Words that open a sentence and are hardly ever a name: even "U.S." and "Plan B." may end before them.
_OPENERS = _set(
    """The This That These Those It Its They Their We Our There However But And In On At As By For From
    If When While After Before Since Although Despite During Meanwhile Moreover Both Such Under With Yet"""
)
# The same, but after a single initial they are more likely someone's name.
_OPENERS_OR_NAMES = _OPENERS | _set("A An He She His Her I So To You")

# Nouns that a single letter names: "Source A." is no initial.
_LETTERED = _set(
    """source plan part appendix annex figure table chart section class grade group type option version exhibit
    question category level point zone"""
)

_NUMBER = re.compile(r"\d|[IVXLC]{2,}\b|[VX]\b")
_LIST_NUMBER = re.compile(r"\(?(?:\d{1,3}|[ivxlc]+|[IVXLC]+)")
_DOTTED = re.compile(rf"{_LETTER}{{1,2}}(?:\.[-‐]?{_LETTER}{{1,2}})+")
_FIRST_WORD = re.compile(rf"\W*(?P<word>{_LETTER}+)(?!\.)\b")


def _last_word(head: str) -> str:
    return re.sub(r"^\W+", "", head.rsplit(maxsplit=1)[-1])


def _is_list_number(head: str) -> bool:
    return _LIST_NUMBER.fullmatch(head.strip()) is not None


def _is_initial(word: str) -> bool:
    # Only letters that have a case: one Hangul syllable or one Chinese character can be a whole answer.
    return len(word) == 1 and word.lower() != word.upper()


def _is_label(head: str) -> bool:
    words = head.split()
    return len(words) > 1 and re.sub(r"^\W+", "", words[-2]).casefold() in _LETTERED


def _opens_plainly(tail: str, openers: frozenset[str]) -> bool:
    first = _FIRST_WORD.match(tail)
    return first is not None and first["word"] in openers
