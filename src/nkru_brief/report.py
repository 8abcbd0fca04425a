"""What is asked of a build, what it tells while it runs, and what it reports: light, for it may end at once."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from nkru_brief.diagnostics import Diagnostic
from nkru_brief.sheet import Settled
from nkru_brief.values import Value


class Request(Value):
    """What to build: editions and outputs by name (none means all), and whether warnings count as errors.

    `jobs` is how many sheets are pressed at a time on this machine; None is one for each core. Where it is to be
    `reproducible`, everything is built twice, anew, and what differs is not written.
    """

    editions: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    strict: bool = False
    jobs: int | None = None
    reproducible: bool = False
    # Whether the editions' handouts are to be made, and not their outputs.
    handouts: bool = False


class Written(Value):
    """A file that is in place: its path, its pages if it has any, its size in bytes, and the time it took in s.

    `pressed` is False for one that was kept from an earlier build; `why` says why it was pressed or not, and `key` is
    the one its artifact is kept under. `settled` says how a text was fitted to its paper. `edition` and `output` are
    those it is of.
    """

    path: Path
    pages: int | None
    size: int
    seconds: float
    pressed: bool = True
    why: str = ""
    key: str = ""
    settled: Settled | None = None
    edition: str = ""
    output: str = ""


class Report(Value):
    """What a build wrote, and everything it found wrong."""

    written: tuple[Written, ...]
    diagnostics: tuple[Diagnostic, ...]
    strict: bool = False
    # The sources whose passages were not checked, because their texts are not at hand.
    unchecked: tuple[str, ...] = ()
    # The paths of sheets that were not pressed for a reason of the machine's: another run may press them.
    lost: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether there was an error, or under `strict` a warning."""
        return counts(self.diagnostics, strict=self.strict)


class Progress(Protocol):
    """What a build tells while it runs."""

    def start(self, total: int) -> None:
        """Pressing begins: so many sheets."""

    def done(self, path: str) -> None:
        """A sheet is pressed."""


class Silent:
    """Progress that nobody watches."""

    def start(self, total: int) -> None:
        """Say nothing."""

    def done(self, path: str) -> None:
        """Say nothing."""


def counts(diagnostics: Iterable[Diagnostic], *, strict: bool) -> bool:
    """Return whether these diagnostics make a run fail."""
    return any(strict or diagnostic.severity == "error" for diagnostic in diagnostics)
