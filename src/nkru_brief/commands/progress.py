"""The door to rich: a progress bar on a terminal, nothing in a pipe."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nkru_brief.report import Progress


class Bar:
    """A bar that says what is being done, where it is `shown`: on a terminal, and in no pipe."""

    def __init__(self, what: str, *, shown: bool) -> None:
        self._what, self._shown = what, shown
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def start(self, total: int) -> None:
        """Begin to show that so many things are to be done."""
        if self._shown:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = (
                TextColumn(self._what),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.description}"),
            )
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("", total=total)

    def done(self, path: str) -> None:
        """Show that one is done."""
        if self._bar is not None:
            self._bar.update(self._task, advance=1, description=path)
