"""Writes a project of many small briefings, each its own, to build on one machine or a cluster.

    python benchmarks/briefings.py 2000 /tmp/many

Every edition has a section and claims that no other has, so that no page is made once for all.
"""

import argparse
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("harbour", "lighthouse", "ferry", "market", "school", "bridge", "mill", "library", "station", "garden")
PASSAGES = ("gazette L01.s1", "gazette L02.s1", "logbook L01.s1", "logbook L02.s1")
# Paragraphs of a section: one of 200,000 characters is refused.
PARAGRAPHS = 100
DEEDS = ("was opened", "was rebuilt", "was moved", "was painted", "was measured", "was closed for a winter")


def main() -> None:
    """Write the project that the command line asks for."""
    parser = argparse.ArgumentParser(description="Write a project of many small briefings.")
    parser.add_argument("number", type=int, help="how many editions")
    parser.add_argument("folder", type=Path, help="where to write the project; it must not be there yet")
    parser.add_argument("--paragraphs", type=int, default=6, help="paragraphs of each; 6 are about a page")
    arguments = parser.parse_args()
    write(arguments.folder, arguments.number, arguments.paragraphs)


def write(folder: Path, number: int, paragraphs: int) -> None:
    """Write a project of so many editions of so many paragraphs each."""
    base = ROOT / "tests" / "cases" / "_base"
    for name in ("claims", "sections", "editions"):
        (folder / "content" / name).mkdir(parents=True)
    (folder / "seeds").mkdir()
    for path in (*(base / "seeds").glob("*.yaml"), base / "content" / "brief.yaml"):
        target = folder / path.relative_to(base)
        target.write_text(path.read_text("utf-8"), "utf-8")
    (folder / "content" / "claims" / "all.yaml").write_text(claims(number), "utf-8")
    for each in range(number):
        name = f"briefing-{each:05d}"
        starts = range(0, paragraphs, PARAGRAPHS)
        names = [name if start == 0 else f"{name}-{start}" for start in starts]
        (folder / "content" / "editions" / f"{name}.yaml").write_text(edition(each, names), "utf-8")
        for own, start in zip(names, starts, strict=True):
            written = section(each, start, min(paragraphs - start, PARAGRAPHS))
            (folder / "content" / "sections" / f"{own}.standard.md").write_text(written, "utf-8")


def claims(number: int) -> str:
    """Return one claim for each edition."""
    return "".join(
        f"- id: c{each:05d}\n  statement: {said(each, 0)}\n"
        f"  passages: [{PASSAGES[each % len(PASSAGES)]}]\n  support: direct\n  status: single\n"
        for each in range(number)
    )


def said(each: int, sentence: int) -> str:
    """Return a sentence that an edition says, and no other, and says once."""
    place, deed = PLACES[(each + sentence) % len(PLACES)], DEEDS[(each * 7 + sentence) % len(DEEDS)]
    return f"The {place} of the {word(each)} district {deed} by those of {word(sentence)} who live there."


def word(number: int) -> str:
    """Return a number as a made-up word: the same for the same, another for another."""
    syllables = ("ba", "do", "fi", "gu", "ke", "lo", "mi", "nu", "pa", "ro", "se", "ti")
    digits: list[str] = []
    while number or not digits:
        number, digit = divmod(number, len(syllables))
        digits.append(syllables[digit])
    return "".join(digits).capitalize()


def edition(each: int, sections: list[str]) -> str:
    """Return the file of an edition."""
    return (
        f"label: Briefing {each}\naudience: Readers in {word(each)}\ntheme: parliament\n"
        f"sections: [{', '.join(sections)}]\noutputs: [pdf]\n"
    )


def section(each: int, start: int, paragraphs: int) -> str:
    """Return the prose of a section of an edition: so many paragraphs, numbered from `start`."""
    lines = [f"# The district of {word(each)}{f', from {word(start)}' if start else ''}", ""]
    for paragraph in range(start, start + paragraphs):
        sentences = (said(each, 4 * paragraph + number) for number in range(4))
        lines += [" ".join(f"{sentence[:-1]} [@c{each:05d}]." for sentence in sentences), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
