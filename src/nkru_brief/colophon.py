"""The texts of a bundle: how it was made, and what may be done with it."""

import textwrap
from collections.abc import Iterator, Mapping

import nkru_brief
from nkru_brief.brief import Brief
from nkru_brief.provenance import tools
from nkru_brief.theme import Theme

_WIDTH = 78


def licence(brief: Brief, words: Mapping[str, str], project: str) -> bytes:
    """Return the licence: what the briefing says of it, and the text of the project's own.

    Args:
        brief: any edition.
        words: the paper's own words.
        project: the licence in the project's folder, "" where there is none.
    """
    lines = [brief.title, f"{brief.series} {brief.number}, {words['version']} {brief.version}", ""]
    lines += [*_wrapped(brief.licence or words["bundle_no_licence"]), ""]
    lines += [*_wrapped(words["bundle_no_texts"]), *_wrapped(words["bundle_faces"])]
    if project:
        lines += ["", "LICENSE", "", project.strip()]
    return _text(lines)


def colophon(briefs: Mapping[str, Brief], themes: Mapping[str, Theme], words: Mapping[str, str]) -> bytes:
    """Return how editions were made: by whom, when, from what, with which programs and faces."""
    first = next(iter(briefs.values()))
    lines = [first.title, f"{first.series} {first.number}, {words['version']} {first.version}", ""]
    lines += [
        f"{words['published']}: {first.published.text}",
        f"{words['changed']}: {first.changed.text}",
        f"{words['cutoff']}: {first.cutoff.text}",
        first.publisher,
    ]
    lines += [f"{words['contact']}: {first.contact}"] if first.contact else []
    lines += ["", *_wrapped(first.source_summary), *_wrapped(first.disclaimer), ""]
    lines += [f"{brief.label}: {brief.fingerprint}" for brief in briefs.values()]
    made = ", ".join(f"{name} {version}" for name, version in tools() if name != "nkru-brief")
    lines += ["", *_wrapped(f"{words['made_by'].replace('{version}', nkru_brief.__version__)} ({made}).")]
    used = {brief.theme for brief in briefs.values()}
    families = {face.family for name, theme in themes.items() if name in used for face in theme.faces}
    lines += _wrapped(f"{words['bundle_families']}: {', '.join(sorted(families))}.")
    return _text(lines)


def _wrapped(text: str) -> Iterator[str]:
    yield from textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _text(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode("utf-8")
