"""Passages: how a text is cut, measured and fingerprinted, and whether the cards that ship agree with it."""

# ruff: noqa: RUF001 - typographic marks and other scripts are what is tested
import hashlib
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from nkru_brief.passages import KINDS, Passage, count_words, fingerprint, normalise, sentences, split

SEEDS = Path(__file__).parent.parent / "seeds"
CARDS = sorted(SEEDS.glob("*.yaml"))
# Enough of a line that it cannot be taken for a heading.
BODY = "The harbour office counted the barges twice before the ice closed the river for the winter."


def shape(text: str) -> list[tuple[str, str]]:
    return [(passage.id, passage.kind) for passage in split(text)]


# One sentence, whatever its points -------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Envoys of the U.S. Treasury left early.", id="country initials before a name"),
        pytest.param("It worried the U.S. and its partners.", id="country initials before a small letter"),
        pytest.param("A note from J. R. Smith arrived late.", id="initials of a name"),
        pytest.param("The poet А. С. Пушкин was read aloud.", id="Cyrillic initials"),
        pytest.param("The philosopher J.-P. Sartre declined.", id="hyphenated initials"),
        pytest.param("Output rose 3.5 percent to 1,200.75 tons.", id="decimals"),
        pytest.param("Mr. Han met Dr. Orlova and Gen. Pak.", id="titles before names"),
        pytest.param("Resolution No. 38 replaced Art. IV of it.", id="numbers and articles"),
        pytest.param("Talks opened on Oct. 12 in the old customs house.", id="month before a day"),
        pytest.param("Metals, e.g. Zinc and Lead, went by rail.", id="e.g."),
        pytest.param("The northern line, i.e. Track Two, was shut.", id="i.e."),
        pytest.param("The match was North vs. South.", id="vs."),
        pytest.param("They bought rope, oil, etc. from the port.", id="etc. in mid-sentence"),
        pytest.param("Acme Ltd. Korea shipped the crates.", id="company"),
        pytest.param('She wrote "It is over. We go home." in the log.', id="straight quotes"),
        pytest.param("She wrote “It is over. We go home.” in the log.", id="curly quotes"),
        pytest.param("She wrote ‘It’s over. We go home.’ in the log.", id="single quotes with an apostrophe"),
        pytest.param("Он сказал: «Всё кончено. Мы уходим» и вышел.", id="guillemets"),
        pytest.param("The bridge (It was old. It was narrow.) fell.", id="brackets"),
        pytest.param("They waited… and waited.", id="ellipsis before a small letter"),
        pytest.param("They waited... and waited.", id="three points before a small letter"),
        pytest.param("They waited . . . and waited.", id="spaced points before a small letter"),
        pytest.param('"Is it far?" he asked.', id="question inside, small letter after"),
        pytest.param("They waitedâ€¦ Then the door opened.", id="mis-decoded ellipsis, left alone"),
        # Read wrongly, the two dashes end in what opens and closes a quotation.
        pytest.param("It was late â€“ very. They went â€” on foot.", id="mis-decoded dashes, left alone"),
        pytest.param("2. The second item of the list.", id="list number"),
        pytest.param("IV. The fourth item of the list.", id="Roman list number"),
        pytest.param("See example.org/a.html for the rest.", id="address"),
        pytest.param("… Then the door opened.", id="leading ellipsis"),
        pytest.param("…", id="nothing but a mark"),
    ],
)
def test_one_sentence(text: str) -> None:
    assert sentences(text) == (text,)


# Two sentences, joined by a bar in the case ------------------------------------------------------------


@pytest.mark.parametrize(
    "marked",
    [
        pytest.param("The train left.|It was late.", id="plain"),
        pytest.param("Was it late?|Nobody knew!|The clock had stopped.", id="question and exclamation"),
        pytest.param('He said "no."|The room fell silent.', id="straight quote after the stop"),
        pytest.param("He said “no.”|The room fell silent.", id="curly quote after the stop"),
        pytest.param("“Stay.”|“Why should we?”", id="quotation after quotation"),
        pytest.param("The offer stood (for a week.)|Then it lapsed.", id="bracket after the stop"),
        pytest.param("The offer lapsed.[12]|Nobody renewed it.", id="note mark after the stop"),
        pytest.param("They waited…|Then the door opened.", id="ellipsis before a capital"),
        pytest.param("The door opened.|— Then it shut.", id="dash that opens the next"),
        pytest.param("It opened in 1991.|It shut in 2000.", id="year at the end"),
        pytest.param("It cost 3.5.|12 people paid.", id="number after number"),
        pytest.param("They moved to the U.S.|They stayed there.", id="country initials, then an opener"),
        pytest.param("It rests on Source A.|Source B adds the year.", id="a letter that names a thing"),
        pytest.param("Nobody had a plan B.|However, they left.", id="single letter, then an opener"),
        pytest.param("They bought rope, oil, etc.|Crews loaded it.", id="etc. at the end"),
        pytest.param("Did they agree?|No.|The vote failed.", id="No. as a word"),
        pytest.param("The soldiers' boots were old.|The officers' boots were new.", id="apostrophes"),
        pytest.param('The screen is 5" wide.|The frame is 7" wide.', id="inches"),
        pytest.param("He wrote “unfinished.|She did not.", id="a quotation never closed"),
        pytest.param("그는 평양에 갔다.|회담은 짧았다.", id="Hangul"),
        pytest.param("그는 물었다.|왜.|대답은 없었다.", id="an answer of one syllable"),
        pytest.param("Поезд ушёл.|Вокзал опустел.", id="Cyrillic"),
        pytest.param("The sign read 출구.|Они вышли.|出口很窄。|No one spoke.", id="mixed scripts"),
        pytest.param("The port closed.Â|Ships turned back.", id="mis-decoded space"),
        pytest.param("The port closed.â€\x9d|â€œShips turned back.", id="mis-decoded quotes"),
        pytest.param("The port closed.\u00a0|Ships turned back.", id="no-break space"),
    ],
)
def test_several_sentences(marked: str) -> None:
    assert sentences(re.sub(r"\|", " ", marked)) == tuple(part.strip() for part in marked.split("|"))


def test_a_wide_stop_needs_no_white_space() -> None:
    assert sentences("列车开走了。车站空了！谁在等？") == ("列车开走了。", "车站空了！", "谁在等？")
    assert sentences("站台空了。iPhone 响了。") == ("站台空了。", "iPhone 响了。")
    assert sentences("他说「走吧。快走」，然后离开。站台空了。") == ("他说「走吧。快走」，然后离开。", "站台空了。")


# Lines ------------------------------------------------------------------------------------------------


def test_lines_are_title_heading_body_and_boilerplate() -> None:
    text = "\n".join(
        [
            "River Trade: A Short Account",
            f"{BODY} Nobody objected.",
            "",
            "What Came After?",
            "Read more – Â Barges in WinterÂ",
            f"{BODY}",
        ]
    )
    assert shape(text) == [
        ("L01", "title"),
        ("L02.s1", "sentence"),
        ("L02.s2", "sentence"),
        ("L04", "heading"),
        ("L05", "boilerplate"),
        ("L06.s1", "sentence"),
    ]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("The Ice Years", "heading"),
        ("“The Ice Years”", "heading"),
        ("Related crises on the coast", "heading"),
        ("겨울의 강", "heading"),
        ("The ice stayed.", "sentence"),
        ("“The ice stayed.”", "sentence"),
        ("Three reasons follow:", "sentence"),
        ("江上结冰。", "sentence"),
        (BODY.removesuffix("."), "sentence"),
        ("江上结冰" * 31, "sentence"),
        ("Read more: the ice years.", "boilerplate"),
        ("SEE ALSO → Ice", "boilerplate"),
        ("Advertisement", "boilerplate"),
    ],
)
def test_kind_of_a_line(line: str, kind: str) -> None:
    assert split(f"{BODY}\n{line}")[1].kind == kind


def test_a_text_that_begins_with_body_has_no_title() -> None:
    assert shape(f"{BODY}\nThe Ice Years") == [("L01.s1", "sentence"), ("L02", "heading")]


def test_blank_lines_count_and_the_first_written_line_may_be_the_title() -> None:
    assert shape("\n \t\n\nThe Ice Years\n") == [("L04", "title")]


def test_line_numbers_grow_past_two_digits() -> None:
    assert split("\n" * 99 + "The Ice Years")[0].id == "L100"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_counts_once(end: str) -> None:
    assert shape(f"The Ice Years{end}{end}{BODY}{end}") == [("L01", "title"), ("L03.s1", "sentence")]


@pytest.mark.parametrize("character", ["\u0085", "\u2028", "\x0b", "\x0c"])
def test_nothing_else_ends_a_line(character: str) -> None:
    assert {passage.id[:3] for passage in split(f"{BODY}{character}{BODY}")} == {"L01"}


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\ufeff\n"])
def test_blank_text_has_no_passages(text: str) -> None:
    assert split(text) == ()


def test_a_passage_in_full() -> None:
    text = "\ufeffThe Ice Years\n  It was Â cold – in the harbour’s old office it was far colder than “outside”. So."
    sentence = "It was Â cold – in the harbour’s old office it was far colder than “outside”."
    plain = 'It was Â cold - in the harbour\'s old office it was far colder than "outside".'
    assert split(text)[1] == Passage(
        id="L02.s1",
        kind="sentence",
        offset=17,
        length=77,
        words=15,
        sha256=hashlib.sha256(sentence.encode()).hexdigest(),
        normalised=hashlib.sha256(plain.encode()).hexdigest(),
    )


def test_offsets_count_characters_not_bytes() -> None:
    assert split("「冬」\n강이 얼었다.")[1].offset == 4


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        split("broken \ud83d here")


# Words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        ("— … !", 0),
        ("well-known harbour’s ice", 3),
        ("ice—and snow", 3),
        ("ice – and snow", 3),
        ("the U.S. fleet", 4),
        ("3.5 or 1,200.75", 3),
        ("cafe\u0301re\u0301sume\u0301", 1),
        ("강이 얼었다", 2),
    ],
)
def test_words(text: str, number: int) -> None:
    assert count_words(text) == number


def test_words_of_a_heading_are_counted_between_white_space() -> None:
    title, sentence = split("The U.S. Fleet\nThe U.S. fleet left.")
    assert (title.words, sentence.words) == (3, 5)


# Normalisation ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("‘a’ “b” ‚c‛ „d‟", "'a' \"b\" 'c' \"d\""),
        ("a–b — c‑d −5", "a-b - c-d -5"),
        ("  a\u00a0b\t\r\nc  ", "a b c"),
        ("co\u00adoper\u200bate\ufeff", "cooperate"),
        ("e\u0301 ﬁve … ＡＢＣ", "é five ... ABC"),
        ("KurskÂ", "KurskÂ"),
        ("Case, and points.", "Case, and points."),
    ],
)
def test_normalise(written: str, plain: str) -> None:
    assert normalise(written) == plain


# Properties -------------------------------------------------------------------------------------------

# Any characters, and the ones the rules look at, more often than chance would bring them together.
MARKS = " \n\r\t\u00a0\u0085\u0301\ufeff\u00ad.!?…。！\"'“”‘’«»()[]—–-AaЯя강中1Â"
WORDS = ("U.S.", "Mr.", "e.g.", "No. 5", " The ", " word", ". ", "\r\n", "Read more – ", "[3]", "â€œ")
PIECES = st.sampled_from([*MARKS, *WORDS])
# All of Unicode's white space lies below U+3001.
BLANK = "\ufeff" + "".join(character for character in map(chr, range(0x3001)) if character.isspace())
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join))


@given(TEXTS)
def test_each_passage_is_where_it_says_it_is(text: str) -> None:
    for passage in split(text):
        found = text[passage.offset : passage.offset + passage.length]
        assert fingerprint(found) == passage.sha256
        assert fingerprint(normalise(found)) == passage.normalised
        assert found == found.strip() != ""


@given(TEXTS)
def test_passages_cover_the_text_in_order_and_leave_only_white_space(text: str) -> None:
    end = 0
    for passage in split(text):
        assert passage.offset >= end
        assert not text[end : passage.offset].strip(BLANK)
        end = passage.offset + passage.length
    assert not text[end:].strip(BLANK)


@given(TEXTS)
def test_joining_the_sentences_loses_only_white_space(text: str) -> None:
    ink = re.compile(r"[\s\ufeff]")
    assert ink.sub("", "".join(sentences(text))) == ink.sub("", text)


@given(TEXTS)
def test_ids_are_unique_and_passages_of_a_line_are_numbered_from_one(text: str) -> None:
    ids = [passage.id for passage in split(text)]
    assert len(ids) == len(set(ids))
    lines: dict[str, list[str]] = {}
    for name in ids:
        line, _, nth = name.partition(".s")
        lines.setdefault(line, []).append(nth)
    for found in lines.values():
        assert found in ([""], [str(number) for number in range(1, len(found) + 1)])


@given(TEXTS)
def test_splitting_is_deterministic(text: str) -> None:
    assert split(text) == split("".join(list(text)))


@given(TEXTS)
@example("\u00b4a")
@example("a\u00ad\u0301")
@example("\u2010\u0338")
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFKC", once)


# What points, quotes and scripts there are in the sentences that people write, one of each kind.
PIECES_OF_A_SENTENCE = (
    "the U.S. Treasury",
    "J. R. Smith",
    "А. С. Пушкин",
    "3.5 percent",
    "1,200.75 tons",
    "“It is over. We go home.”",
    "‘It’s over. We go home.’",
    "«Всё кончено. Мы уходим»",
    "(It was old. It was narrow.)",
    "– as they said –",
    "—so it was—",
    "so-called",
    "and then … nothing",
    "and then... nothing",
    "Mr. Han",
    "No. 38",
    "주체",
    "출구와 입구",
    "выход",
    "出口",
    "KurskÂ",
    "the harbourâ€™s office",
    "â€œquietâ€\x9d",
    "co\u00adoperation",
)
BETWEEN = st.lists(st.sampled_from(PIECES_OF_A_SENTENCE), min_size=1, max_size=5)
ENDS = st.sampled_from([".", "?", "!", "…", ".”", ".[12]", ".â€\x9d", "."])
# What a text is retyped with by editors, browsers and copying, and what a fingerprint must not feel.
RETYPED = {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", " ": "\u00a0", "\u00ad": ""}


def sentence_of(pieces: list[str], end: str) -> str:
    return f"They met {', '.join(pieces)} there{end}"


@given(st.lists(st.tuples(BETWEEN, ENDS), min_size=1, max_size=6))
def test_sentences_of_any_pieces_are_found_again(made: list[tuple[list[str], str]]) -> None:
    written = [sentence_of(pieces, end) for pieces, end in made]
    assert sentences(" ".join(written)) == tuple(written)
    lines = "\n".join(written)
    assert sentences(lines) == tuple(written)


@given(TEXTS, TEXTS)
def test_what_is_added_below_moves_no_passage_above(text: str, more: str) -> None:
    whole = split(f"{text}\n{more}")
    assert whole[: len(split(text))] == split(text)


@given(BETWEEN, st.data())
def test_retyping_a_sentence_leaves_its_normalised_form(pieces: list[str], data: st.DataObject) -> None:
    sentence = sentence_of(pieces, ".")
    places = [at for at, letter in enumerate(sentence) if letter in RETYPED]
    chosen = set(data.draw(st.lists(st.sampled_from(places), unique=True)))
    retyped = "".join(RETYPED[letter] if at in chosen else letter for at, letter in enumerate(sentence))
    assert normalise(retyped) == normalise(sentence)
    assert normalise(unicodedata.normalize("NFD", retyped)) == normalise(sentence)


@given(BETWEEN, st.data())
def test_another_letter_is_another_normalised_form(pieces: list[str], data: st.DataObject) -> None:
    sentence = sentence_of(pieces, ".")
    at = data.draw(st.sampled_from([at for at, letter in enumerate(sentence) if letter.isalnum()]))
    other = data.draw(st.sampled_from([letter for letter in "aZ7я강中" if letter != sentence[at]]))
    assert normalise(sentence[:at] + other + sentence[at + 1 :]) != normalise(sentence)


@given(
    st.lists(st.sampled_from(["“Stay.”", "It’s late, very late.", "The café shut!", "They went to 출구."]), min_size=1)
)
def test_a_wrong_decoding_moves_no_sentence(written: list[str]) -> None:
    text = " ".join(written)
    # UTF-8 that was read as if it were Windows-1252, where a byte it lacks became its own control character.
    wrong = "".join(bytes([b]).decode("cp1252", errors="ignore") or chr(b) for b in text.encode())
    assert len(sentences(wrong)) == len(sentences(text))


# The cards that ship ----------------------------------------------------------------------------------

OPENING_KEYS = ["id", "label", "title", "kind", "file", "sha256", "bytes", "characters", "language", "unknown"]
KEYS = [*OPENING_KEYS, "redistributable", "grade", "describe", "passages"]
MEASURED = list(Passage.__struct_fields__)


def read(path: Path) -> dict[str, Any]:
    card = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(card, dict)
    return card


def test_the_cards_are_found() -> None:
    assert [(path.stem, read(path)["label"]) for path in CARDS] == [("alliance", "A"), ("pragmatism", "B")]


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_a_card_is_consistent(path: Path) -> None:
    card = read(path)
    assert list(card) == KEYS
    assert card["id"] == path.stem
    assert re.fullmatch(r"[0-9a-f]{64}", card["sha256"])
    assert card["redistributable"] is False
    assert list(card["grade"]) == ["reliability", "credibility", "reason"]
    passages = card["passages"]
    assert len({passage["id"] for passage in passages}) == len(passages)
    end = 0
    for passage in passages:
        assert [key for key in passage if key != "unused"] == [*MEASURED, "gist"]
        assert passage["kind"] in KINDS
        assert (".s" in passage["id"]) == (passage["kind"] == "sentence")
        assert passage["offset"] >= end
        assert passage["length"] > 0
        assert passage["words"] > 0
        end = passage["offset"] + passage["length"]
    assert end <= card["characters"] <= card["bytes"]


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_a_card_fingerprints_every_passage_and_says_what_it_is_about(path: Path) -> None:
    for passage in read(path)["passages"]:
        assert re.fullmatch(r"[0-9a-f]{64}", passage["sha256"])
        assert re.fullmatch(r"[0-9a-f]{64}", passage["normalised"])
        # A gist that had the sentence's own fingerprint would be the sentence.
        assert fingerprint(normalise(passage["gist"])) != passage["normalised"]
        assert 3 <= len(passage["gist"].split()) <= 15
        assert "\n" not in passage["gist"]


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_a_card_agrees_with_its_article(path: Path) -> None:
    card = read(path)
    article = SEEDS / card["file"]
    if not article.exists():
        pytest.skip(f"the text of '{card['id']}' is not here: seeds/{card['file']} is the user's to hold")
    data = article.read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (card["bytes"], card["sha256"])
    text = data.decode()
    assert len(text) == card["characters"]
    expected = [Passage(**{key: passage[key] for key in MEASURED}) for passage in card["passages"]]
    assert list(split(text)) == expected


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_no_gist_copies_its_article(path: Path) -> None:
    card = read(path)
    article = SEEDS / card["file"]
    if not article.exists():
        pytest.skip(f"the text of '{card['id']}' is not here: seeds/{card['file']} is the user's to hold")
    text = " ".join(re.findall(r"\w+", article.read_text(encoding="utf-8").casefold()))
    for passage in card["passages"]:
        words = re.findall(r"\w+", passage["gist"].casefold())
        runs = (" ".join(words[start : start + 6]) for start in range(len(words) - 5))
        assert not [run for run in runs if run in text]
