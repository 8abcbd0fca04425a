"""The faces a process sets in: loaded for the first sheet that brings them, and at hand for every other.

WeasyPrint writes each face of a document to a folder and has fontconfig, Pango and HarfBuzz read it there, some
10 ms for a sheet. Sheets in the same clothes bring the same faces, and have the same fonts: those of the same rules
(`@font-face`), in the same order, of the same files.
"""

import atexit
import logging
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from nkru_brief.sheet import Face

# Sets of faces at hand: those of as many themes, each some 2 MB in a temporary folder.
_SETS = 4
# Sheets for which a set is used, so that what Pango keeps for each size of type does not fill the memory.
_SHEETS = 500

_Key = tuple[tuple[str, ...], tuple[str, ...]]
_AT_HAND: OrderedDict[_Key, tuple[Any, int]] = OrderedDict()
# The engine deletes its folder when its fonts go, and that needs an interpreter that is still whole.
atexit.register(_AT_HAND.clear)


class Typecase:
    """Stands for the engine's `FontConfiguration`: takes the rules for faces, and loads them when one is asked for."""

    def __init__(self, faces: Iterable[Face]) -> None:
        """Take the faces that a sheet brings."""
        self._faces = tuple(face.digest for face in faces)
        self._asked: list[tuple[Any, Any]] = []
        self._loaded: Any = None

    def add_font_face(self, descriptors: Any, fetcher: Any) -> None:
        """Take a rule; what is loaded already gets another face, and is no other sheet's any more."""
        if self._loaded is None:
            self._asked.append((descriptors, fetcher))
            return
        for key in [key for key, (kept, _) in _AT_HAND.items() if kept is self._loaded]:
            del _AT_HAND[key]
        self._loaded.add_font_face(descriptors, fetcher)

    def __getattr__(self, name: str) -> Any:
        """Return what the engine asks of its own configuration."""
        if name.startswith("__") or "_asked" not in vars(self):
            raise AttributeError(name)
        if self._loaded is None:
            self._loaded = self._taken()
        return getattr(self._loaded, name)

    def _taken(self) -> Any:
        key = self._faces, tuple(str(descriptors) for descriptors, _ in self._asked)
        kept, left = _AT_HAND.pop(key, (None, 0))
        if not left or not _there(kept, len(set(key[1]))):
            kept, sound = self._load()
            left = _SHEETS if sound else 0
        if left:
            _AT_HAND[key] = kept, left - 1
            if len(_AT_HAND) > _SETS:
                _AT_HAND.popitem(last=False)
        return kept

    def _load(self) -> tuple[Any, bool]:
        """Return the faces loaded, and whether all of them could be: what cannot be is told of each sheet."""
        from weasyprint.text.fonts import FontConfiguration

        fonts, ear = FontConfiguration(), Ear(logging.WARNING)
        logger = logging.getLogger("weasyprint")
        logger.addHandler(ear)
        try:
            for descriptors, fetcher in self._asked:
                fonts.add_font_face(descriptors, fetcher)
        finally:
            logger.removeHandler(ear)
        return fonts, not ear.heard


class Ear(logging.Handler):
    """Hears whether the engine complains."""

    heard = False

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        """Something is said."""
        self.heard = True


def _there(fonts: Any, files: int) -> bool:
    """Return whether the files of loaded faces are: temporary folders are swept now and then."""
    folder = fonts._folder
    return folder is not None and folder.is_dir() and len([*folder.iterdir()]) == files
