"""Whole briefings of random length, each from a number: the same number is the same briefing.

They are invented, and say so: harbours and mills of districts that there are not. What varies is what a page has to
take: how much of everything, how long each piece is, in which language, theme and order it comes.
"""

import random
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from briefings import DEEDS, PASSAGES, PLACES, word

if TYPE_CHECKING:
    from collections.abc import Callable

BASE = Path(__file__).parent / "cases" / "_base"
THEMES = ("base", "parliament", "press", "school")
PAPERS = ("A4", "A4", "Letter", "A5", "170 x 240 mm")
LANGUAGES = ("en", "en", "en", "ko", "ru")
# What no line can hold and no dictionary parts: a compound, an address, a formula.
LONG = ("Donaudampfschifffahrtsgesellschaftskapitänsmütze", "harbour-and-lighthouse-keepers’-widows’-fund")
LONG += ("otorhinolaryngological", "counterrevolutionaries")
CYRILLIC = ("паром", "маяк", "гавань", "мост", "рынок", "мельница", "взаимозависимость", "остров", "возле", "старой")
HANGUL = (
    "연락선은",
    "등대가",
    "항구를",
    "다리와",
    "시장의",
    "방앗간은",
    "도서관에서",
    "상호의존성이",
    "섬을",
    "서",
    "두",
)


class Draft:
    """One briefing in the making: its dice, its language, and the claims it may cite."""

    def __init__(self, number: int, *, short: bool) -> None:
        self.number, self.short = number, short
        self.dice = random.Random(f"briefing {number}")  # noqa: S311 - a seed, not a secret
        # Every theme in turn, and every language in every theme.
        self.theme = THEMES[number % len(THEMES)]
        self.language = LANGUAGES[number // len(THEMES) % len(LANGUAGES)]
        self.level = self.dice.choice(("standard", "standard", "plain"))
        self.claims: list[dict[str, object]] = []
        self.cited = [self._claim(f"The {PLACES[at]} of {self._name()} {DEEDS[at % len(DEEDS)]}.") for at in range(9)]

    def most(self, number: int) -> int:
        """Return a number up to so many, or up to a fifth of it in a short briefing."""
        return self.dice.randint(0, max(number // 5, 1) if self.short else number)

    def _name(self) -> str:
        return word(self.dice.randrange(20_000))

    def _claim(self, statement: str, **more: object) -> str:
        name = f"c{len(self.claims) + 1:02d}"
        claim = {"id": name, "statement": statement, "passages": [self.dice.choice(PASSAGES)], "support": "direct"}
        self.claims.append({**claim, "status": "single", **more})
        return name

    # ---- words ----

    def words(self, number: int) -> str:
        """Return so many words of the briefing's language, the first with a capital where it has any."""
        stock = {"ko": HANGUL, "ru": CYRILLIC}.get(self.language)
        if stock is None:
            stock = (*PLACES, "of", "the", "near", "and", "beside", "a", "small", "painted", "quiet", self._name())
        found = [self.dice.choice(stock) for _ in range(number)]
        if number > 2:
            # No text is another by chance.
            found[1] = self._name()
        if self.dice.random() < 0.04:
            found[-1] = self.dice.choice(LONG)
        text = " ".join(found)
        return text[:1].upper() + text[1:]

    def sentence(self) -> str:
        """Return a sentence with what it rests on."""
        # Each set of claims is a note: a page of text has as many of them as it has room for.
        claims = self.dice.sample(self.cited, 1 if self.short else self.dice.choice((1, 1, 1, 2, 3)))
        return f"{self.words(self.dice.randint(4, 26))} [{'; '.join(f'@{claim}' for claim in claims)}]."

    def paragraph(self, most: int = 8) -> str:
        """Return a paragraph of one sentence or more."""
        return " ".join(self.sentence() for _ in range(self.dice.randint(1, most)))

    def title(self, most: int) -> str:
        """Return a title of so many characters at most."""
        wanted = self.dice.randint(20, most)
        # No title is another by chance.
        text = f"{self.words(1)} {self._name()}"
        while len(longer := f"{text} {self.words(1).lower()}") <= wanted:
            text = longer
        return text[:most].strip()

    # ---- blocks ----

    def items(self) -> str:
        return "\n".join(f"- {self.paragraph(2)}" for _ in range(self.dice.randint(1, 7)))

    def table(self) -> str:
        across = self.dice.randint(2, 4)
        rows = [[self.words(self.dice.randint(1, 9)) for _ in range(across)] for _ in range(self.dice.randint(1, 14))]
        body = "\n".join(f"| {' | '.join(row[:-1])} | {row[-1]} [@{self.dice.choice(self.cited)}]. |" for row in rows)
        head = " | ".join(self.words(1) for _ in range(across))
        return f"| {head} |\n|{' --- |' * across}\n{body}"

    def judgement(self) -> str:
        said = f"{self.words(self.dice.randint(3, 20))} likely {self.words(3).lower()}"
        return f'{said}. [@{self.dice.choice(self.cited)}]\n{{: .judgement likelihood="likely" confidence="low" }}'

    def section(self, *, summary: bool = False) -> str:
        """Return a section: its title, and blocks under heads of two depths."""
        blocks = [f"# {self.title(60)} {{: .desk }}", self.items() if summary else self.paragraph()]
        kinds: tuple[Callable[[], str], ...] = (self.paragraph, self.paragraph, self.paragraph, self.items, self.table)
        for _ in range(0 if summary else self.most(14)):
            if self.dice.random() < 0.3:
                blocks.append(f"## {self.title(70)} {{: .desk }}")
                if self.dice.random() < 0.3:
                    blocks.append(f"### {self.title(50)} {{: .desk }}")
                blocks.append(self.paragraph())
            blocks.append(self.judgement() if self.dice.random() < 0.15 else self.dice.choice(kinds)())
        return "\n\n".join(blocks) + "\n"

    # ---- data ----

    def dates(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for at in range(self.most(30)):
            year = self.dice.randint(1850, 2020)
            date = self.dice.choice((f"{year}", f"{year}~", f"{year // 10}X", f"{year}/{year + 3}"))
            claim = self._claim(f"In {year} and {year + 3} and the {year // 10}0s it was built.")
            label = self.words(self.dice.randint(2, 16))
            found.append({"id": f"date-{at}", "date": date, "label": label, "claims": [claim]})
        return found

    def terms(self) -> list[dict[str, object]]:
        names = dict.fromkeys(f"{self._name()} {self.words(self.dice.randint(1, 3))}" for _ in range(self.most(40)))
        forms = ({}, {"ko": "연락선"}, {"ko": "상호의존성", "ru": "взаимозависимость"})
        return [
            {"term": name, "kind": "term", "meaning": f"{self.words(self.dice.randint(3, 30))}."}
            | {"claims": [self.dice.choice(self.cited)], "forms": dict(self.dice.choice(forms))}
            for name in names
        ]

    def questions(self) -> list[dict[str, object]]:
        return [
            {"id": f"question-{at}", "ask": f"{self.words(self.dice.randint(5, 40))}?"}
            | {"answer": f"{self.words(self.dice.randint(5, 70))}.", "claims": [self.dice.choice(self.cited)]}
            | {"lines": self.dice.randint(0, 8)}
            for at in range(self.most(7))
        ]

    def tensions(self) -> None:
        for at in range(self.most(5)):
            readings = [
                {"source": source, "says": f"{self.words(self.dice.randint(3, 30))}.", "passages": ["L01.s1"]}
                for source in ("gazette", "logbook")
            ]
            passages = ["gazette L01.s1", "logbook L01.s1"]
            question = self.words(self.dice.randint(2, 9))
            statement = f"The sources differ on the {PLACES[at]}."
            self._claim(statement, status="tension", question=question, readings=readings, passages=passages)


def write(folder: Path, number: int, *, short: bool = False) -> Draft:
    """Write the project of a briefing, and return what it was made as.

    Args:
        folder: where to write it.
        number: which briefing.
        short: whether to write about a fifth of everything.
    """
    draft = Draft(number, short=short)
    content = folder / "content"
    for name in ("claims", "sections", "editions"):
        (content / name).mkdir(parents=True)
    (folder / "seeds").mkdir()
    for path in (BASE / "seeds").glob("*.yaml"):
        (folder / "seeds" / path.name).write_bytes(path.read_bytes())
    topic = yaml.safe_load((BASE / "content" / "brief.yaml").read_text("utf-8"))
    # Dates stay as they were written: whoever reads them wants text.
    dated = {"published": "2026-11-23", "changed": "2026-11-23", "cutoff": {"date": "2026-11-23"}}
    own = {"title": draft.title(160), "subtitle": draft.title(160), "language": draft.language}
    _write(content / "brief.yaml", {**topic, **dated, **own})

    middle = [f"part-{at}" for at in range(draft.dice.randint(1, 1 if draft.short else 5))]
    for name in ("summary", *middle):
        text = draft.section(summary=name == "summary")
        (content / "sections" / f"{name}.standard.md").write_text(text, "utf-8")
    draft.tensions()
    data = {"key-dates": draft.dates(), "glossary": draft.terms(), "questions": draft.questions()}
    for name, entries in data.items():
        if entries:
            _write(content / f"{name}.yaml", entries)
    _write(content / "claims" / "all.yaml", draft.claims)
    tail = [name for name, entries in data.items() if entries]
    tail += ["sources"] + ["disagreements"] * any(claim["status"] == "tension" for claim in draft.claims)
    tail += ["timeline"] * bool(data["key-dates"]) + ["evidence"] * (draft.dice.random() < 0.2 and not draft.short)
    draft.dice.shuffle(tail)
    if short:
        # A page or two: what one leaves out, another has.
        tail = tail[: draft.dice.randint(1, 3)]
    for name in tail:
        (content / "sections" / f"{name}.standard.md").write_text(f"# {draft.title(40)} {{: .desk }}\n", "utf-8")
    edition = {"audience": "Readers", "label": draft.title(30), "theme": draft.theme, "outputs": ["pdf"]}
    edition["paper"] = draft.dice.choice(PAPERS)
    edition |= {"sections": ["summary", *middle, *tail], "contents": draft.dice.random() < 0.3}
    _write(content / "editions" / "whole.yaml", edition)
    return draft


def _write(path: Path, data: object) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=4000)
    path.write_text(text.replace("'2026-11-23'", "2026-11-23"), "utf-8")
