"""Papers in other languages: the paper's own words, its dates, its letters."""

import re
import shutil
from pathlib import Path

import pytest

from nkru_brief.build import build, sheets
from nkru_brief.datewords import LANGUAGES, words_for
from nkru_brief.edtf import display, parse
from nkru_brief.engine import press
from nkru_brief.project import open_project
from nkru_brief.report import Request
from nkru_brief.setting import OVERFULL
from nkru_brief.yamltext import Mapping, Scalar
from nkru_brief.yamltext import parse as parse_yaml

ROOT = Path(__file__).resolve().parent.parent
WORDS = sorted((ROOT / "templates/base").glob("words.*.yaml"))
PLACEHOLDER = re.compile(r"\{\w+\}")


def words(path: Path) -> dict[str, str]:
    node, faults = parse_yaml(path.read_text("utf-8"), path.name)
    assert not faults
    assert isinstance(node, Mapping)
    return {key.text: value.text for key, value in node.entries if isinstance(value, Scalar)}


@pytest.mark.parametrize("path", WORDS, ids=lambda path: path.name)
def test_every_language_has_every_word(path: Path) -> None:
    english, there = words(ROOT / "templates/base/words.en.yaml"), words(path)
    assert set(there) == set(english)
    assert all(sorted(PLACEHOLDER.findall(there[key])) == sorted(PLACEHOLDER.findall(english[key])) for key in english)
    assert all(there.values())


def test_words_and_dates_ship_in_the_same_languages() -> None:
    assert {path.name.split(".")[1] for path in WORDS} == set(LANGUAGES) == {"en", "ko", "ru"}


@pytest.mark.parametrize(
    ("date", "korean", "russian"),
    [
        ("2026-11-23", "2026년 11월 23일", "23 ноября 2026 г."),
        ("1991-12", "1991년 12월", "декабрь 1991 г."),
        ("1991", "1991년", "1991"),
        ("196X", "1960년대", "1960-е годы"),
        ("19XX", "20세기", "XX век"),
        ("XXXX", "날짜 없음", "без даты"),
        ("1945~", "1945년경", "около 1945"),
        ("1950/1953", "1950년–1953년", "1950–1953"),
        ("1950-06/1950-09", "1950년 6월–9월", "июнь–сентябрь 1950 г."),
        ("1950-06-25/1950-06-28", "1950년 6월 25–28일", "25–28 июня 1950 г."),
        ("2022/..", "2022년부터", "с 2022"),
        ("../1948", "1948년까지", "до 1948"),
    ],
)
def test_dates_as_each_language_writes_them(date: str, korean: str, russian: str) -> None:
    assert display(parse(date), words_for("ko")) == korean
    assert display(parse(date), words_for("ru-RU")) == russian
    assert display(parse(date), words_for("xx")) == display(parse(date))


# Invented texts about the ferry that the small project is about.
SUMMARY = {
    "ko": "# 요약\n\n연락선은 백 년쯤 두 섬을 이어 왔다 [@c01].\n하루 네 번, 여름에는 더 자주 다닌다 [@c02].\n",
    "ru": "# Главное\n\nПаром уже век соединяет два острова [@c01].\nОн ходит четыре раза в день [@c02].\n",
}


@pytest.mark.parametrize(("language", "word"), [("ko", "2026년"), ("ru", "Опубликовано")])
def test_a_paper_in_another_language(ferry: Path, language: str, word: str) -> None:
    brief = ferry / "content/brief.yaml"
    text = re.sub(r"^language: .*$", f"language: {language}", brief.read_text("utf-8"), flags=re.MULTILINE)
    brief.write_text(re.sub(r"^published: .*$", "published: 2026-11-23", text, flags=re.MULTILINE), "utf-8")
    (ferry / "content/sections/summary.standard.md").write_text(SUMMARY[language], "utf-8")
    edition = ferry / "content/editions/short.yaml"
    text = edition.read_text("utf-8").replace("theme: plain", "theme: parliament").replace("  - outlook\n", "")
    edition.write_text(text.replace("max_pages: 1", "max_pages: 2"), "utf-8")
    report = build(ferry, ferry / "build", Request(jobs=1))
    assert [fault for fault in report.diagnostics if fault.severity == "error"] == []
    assert len(report.written) == 2
    assert word in (ferry / "build/short/short.html").read_text("utf-8")


@pytest.mark.parametrize("language", ["ko", "ru"])
def test_the_words_of_every_language_fit_their_columns(language: str, tmp_path: Path) -> None:
    for name in ("content", "seeds", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name)
    brief = tmp_path / "content/brief.yaml"
    brief.write_text(re.sub(r"(?m)^language: .*$", f"language: {language}", brief.read_text("utf-8")), "utf-8")
    # The longest paper has every table and figure.
    (paper,) = sheets(open_project(tmp_path), Request(editions=("full",), outputs=("pdf",)))
    assert f'<html lang="{language}"' in paper.html
    assert [flaw.message for flaw in press(paper).flaws if flaw.code == OVERFULL] == []
