"""A theme begun: a folder with a commented `theme.yaml` and two small style sheets, ready to be changed."""

import re
from pathlib import Path

from nkru_brief import atomic
from nkru_brief.diagnostics import Place, UsageError
from nkru_brief.theme import load_theme, names
from nkru_brief.tokens import SAYS, TOKENS
from nkru_brief.typed import suggestion

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

_HEAD = """\
# The theme {name!r}. It has everything of {extends!r}; take the # from a line below and change its value.
# `nkru-brief theme check {name}` says what is wrong, `nkru-brief theme show {name}` sets every element in it.
# Every token, block and macro is described in docs/themes.md of the builder.
title: {title}
extends: {extends}
tokens:
  # Its own token, for its own style sheets: {{{{ tokens.mark }}}}.
  mark: "2.4"
"""

_FACES = """\
# faces:
#   # A font file of an installed package; the families are then named in serif, sans and figure_family.
#   - {family: Fira Sans, package: fontpkg_fira_sans, file: files/FiraSans-Regular.ttf, weight: 400}
"""

_PRINT = """\
{#- The printed page, after the style sheets of what this theme extends. Tokens are filled in: {{ tokens.accent }}. -#}
.title { border-top: {{ tokens.mark }}pt solid {{ tokens.accent }}; }
"""

_WEB = """\
{#- The page on a screen, likewise. Colours are variables there, so that they follow the reader into the dark. -#}
.series { border-top: {{ tokens.mark }}pt solid var(--accent); }
"""


def begin(root: Path, name: str, extends: str) -> tuple[Path, ...]:
    """Write a theme of that name into a project, and return its files.

    Args:
        root: the project's folder.
        name: what the theme is to be called.
        extends: the theme it starts from.

    Raises:
        UsageError: it is no name for a theme, there is something of that name, or nothing to start from.
        ContentError: the theme it starts from is broken.
        OSError: the disk refuses.
    """
    if not _SLUG.fullmatch(name):
        raise UsageError(f"{name!r} is no name for a theme; write lower case, digits, hyphens")
    if name in names(root):
        raise UsageError(f"there is a theme {name!r} already; take another name")
    folder = root / "templates" / name
    if folder.exists() or folder.is_symlink():
        raise UsageError(f"templates/{name} is there already, and is left as it is; take another name, or move it")
    if extends not in names(root):
        raise UsageError(f"there is no theme {extends!r} to start from; {suggestion(extends, names(root))}")
    tokens = load_theme(root, extends, Place(file="templates")).tokens
    texts = {"theme.yaml": _theme(name, extends, tokens), "css/print.css": _PRINT, "css/web.css": _WEB}
    for file, text in texts.items():
        atomic.write(folder / file, text.encode("utf-8"))
    return tuple(folder / file for file in texts)


def _theme(name: str, extends: str, tokens: dict[str, str]) -> str:
    title = name.replace("-", " ").capitalize()
    lines = []
    for token, (kind, meaning) in TOKENS.items():
        quoted = "'" + tokens[token].replace("'", "''") + "'"
        lines.append(f"  # {meaning[0].upper()}{meaning[1:]}: {SAYS[kind].partition(':')[0]}.\n  # {token}: {quoted}\n")
    return _HEAD.format(name=name, title=title, extends=extends) + "".join(lines) + _FACES
