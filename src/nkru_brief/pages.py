"""Pages that are no edition's, written where they are asked for."""

from pathlib import Path

import nkru_brief
from nkru_brief import atomic
from nkru_brief.comparison import Comparison
from nkru_brief.diagnostics import Place
from nkru_brief.render import Renderer
from nkru_brief.theme import load_theme


def write_comparison(root: Path, found: Comparison, path: Path) -> None:
    """Write editions side by side as one self-contained page, in the base look.

    Raises:
        ContentError: the project's own templates of that look are wrong.
        OSError: the disk refuses.
    """
    renderer = Renderer(load_theme(root, "base", Place(file="templates/base")), _no_measure, nkru_brief.__version__)
    atomic.write(path, renderer.page("compare.html", found.language, comparison=found).encode("utf-8"))


def _no_measure(text: str, size: float, bold: bool) -> float:  # noqa: ARG001, FBT001 - the figures' protocol
    return 0.0
