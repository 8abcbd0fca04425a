"""Writes ``docs/diagnostics.md``: every code with its meaning, what to do, and what it looks like.

The table of codes and the cases under ``tests/cases/`` are the source; a test holds the page to them, and
``pytest tests/test_cases.py --update`` writes it. By hand it is ``.venv/bin/python tools/document_codes.py``.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from nkru_brief.codes import CODES, Code

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases"
PAGE = ROOT / "docs" / "diagnostics.md"

CHAPTERS = {
    "E0": "Reading files",
    "E1": "References",
    "E2": "Prose",
    "E3": "Templates and themes",
    "E4": "What an edition promises",
    "W4": "What an edition promises",
    "W5": "Wording and curation",
    "E6": "Evidence",
    "W6": "Evidence: texts, gists and the record",
    "E7": "Finished files",
    "E8": "Markings, copies for people, sheets for print shops",
}

OPENING = """\
# Diagnostics

<!-- Made by tools/document_codes.py; `pytest tests/test_cases.py --update` makes it anew. -->

Whatever is wrong with a briefing is reported once, all of it together, on the error output:

```text
FILE:LINE:COLUMN: error[CODE]: what is wrong
  hint: what to do
```

Lines and columns count from 1. Codes that begin with E are errors: nothing is written, and the last good files stay.
Codes that begin with W are warnings, which count as errors under `--strict`. `--format json` reports the same for
machines. A code is never used again for something else.

The examples are from [tests/cases](../tests/cases/README.md), where each code has a folder.
"""


def document(codes: Mapping[str, Code], cases: Path) -> str:
    """Returns the page as Markdown."""
    chapters = {title: [f"## {title}\n"] for title in CHAPTERS.values()}
    for name, code in codes.items():
        chapters[CHAPTERS[name[:2]]].append(_section(name, code, cases / name))
    return "\n".join([OPENING, *(part for parts in chapters.values() for part in parts)])


def _section(name: str, code: Code, folder: Path) -> str:
    example = _example(name, folder)
    return f"### {name}: {code.meaning}\n\n{code.advice}\n\n```text\n{example}\n```\n"


def _example(name: str, folder: Path) -> str:
    """Returns the code's shortest example: its line and hint out of one of its cases."""
    pattern = re.compile(rf"^.*\[{name}\]: .*(?:\n  hint: .*)?", re.MULTILINE)
    found = [match[0] for case in sorted(folder.glob("*/expected.txt")) for match in pattern.finditer(_text(case))]
    # A hint teaches more than a short line saves.
    return min(found, key=lambda text: ("\n" not in text, len(text)))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(document(CODES, CASES), encoding="utf-8")
