"""What changed between finished papers, told from the data inside them."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nkru_brief import seal
from nkru_brief.cli import main
from nkru_brief.digest import fingerprint
from nkru_brief.values import to_json

CLAIMS, SUMMARY, EDITION = (
    "content/claims/line.yaml",
    "content/sections/summary.standard.md",
    "content/editions/short.yaml",
)


@pytest.fixture
def built(ferry: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Builds the project as it is, and keeps the build under a name."""

    def build(name: str) -> Path:
        shutil.rmtree("build", ignore_errors=True)
        assert main(["build", "--output", "html", "--jobs", "1"]) == 0
        return shutil.move(ferry / "build", tmp_path / name)

    return build


def edit(file: str, old: str, new: str) -> None:
    text = Path(file).read_text("utf-8")
    assert old in text
    Path(file).write_text(text.replace(old, new, 1), "utf-8")


def told(capsys: pytest.CaptureFixture[str], *states: Path) -> str:
    capsys.readouterr()
    assert main(["changes", *map(str, states)]) == 0
    return capsys.readouterr().out.strip()


def test_two_builds_are_compared_by_what_is_inside(
    built: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    old = built("old")
    edit(CLAIMS, "by a year on when", "by one year on when")
    edit(CLAIMS, "  support: partial", "  support: inference")
    edit(SUMMARY, "and more often in summer", "and in summer more often")
    new = built("new")
    said = told(capsys, old, new)
    assert "claim c01 changed" in said
    assert "[-a-] {+one+}" in said
    assert "re-sourced" in said
    assert "section short/summary reworded (short)" in said
    assert told(capsys, old, old) == ""


def test_a_build_is_compared_with_what_is_now(built: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    old = built("old")
    assert told(capsys, old) == ""
    edit("content/key-dates.yaml", 'date: "1921/1922"', 'date: "1921"')
    assert "date first-crossing moved" in told(capsys, old)


def test_an_edition_that_one_lacks_is_named_and_no_more(
    built: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    old = built("old")
    shutil.copyfile(EDITION, "content/editions/second.yaml")
    said = told(capsys, old)
    assert "edition second added" in said
    assert "second/" not in said


def test_a_paper_that_was_changed_is_not_compared(
    built: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    old = built("old")
    page = old / "short" / "short.html"
    page.write_text(page.read_text("utf-8").replace("four times", "five times"), "utf-8")
    assert main(["changes", str(old)]) == 1
    assert "error[E702]" in capsys.readouterr().err
    assert main(["changes", "--write", str(old)]) == 2


@pytest.mark.parametrize("part", ["dates", "facts"])
def test_data_of_another_form_is_told_and_no_bug(
    built: Callable[[str], Path], capsys: pytest.CaptureFixture[str], part: str
) -> None:
    page = built("old") / "short" / "short.html"
    html = page.read_text("utf-8")
    found = re.search(r'(<script type="application/ld\+json">)(.*?)(</script>)', html)
    assert found is not None
    document = json.loads(found[2])
    (document["says"] if part == "dates" else document["made"])[part] = [{"none": "of it"}]
    old, document["fingerprint"] = document["fingerprint"], fingerprint(document["says"])
    data = to_json(document).decode().replace("<", "\\u003c")
    html = html.replace(found[2], data).replace(old[:12], document["fingerprint"][:12])
    html = re.sub(r'(name="brief:seal" content=")[0-9a-f]{64}', rf"\g<1>{seal.EMPTY}", html)
    page.write_bytes(seal.sealed(html.encode()))
    capsys.readouterr()
    assert main(["changes", str(page)]) == 2
    assert "is not of the form" in capsys.readouterr().err
