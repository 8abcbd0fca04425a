"""The desk of a preview: what is shown of each edition, and how a change becomes what is shown next.

A change first makes the web page, then the report of faults, then the pages to print. A further change gives up
pages that are being set. While content is broken, what was shown last stays.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nkru_brief import live, outputs
from nkru_brief.crew import Crew, WorkerLost
from nkru_brief.diagnostics import Diagnostic, in_order

if TYPE_CHECKING:
    from concurrent.futures import Future

# One sets pages, one is warm for when that one is given up.
_PRESSES = 2


class View:
    """What is shown of an edition, with a number that grows with each web page and each set of drawn pages."""

    def __init__(self) -> None:
        self.page: bytes | None = None
        self.page_number = 0
        self.pictures: tuple[bytes, ...] = ()
        self.drawn_number = 0
        self.pdf = b""
        self.drawing = False
        self.broken = False
        self.faults: tuple[Diagnostic, ...] = ()
        self.dirty = True
        self.watchers = 0


class Desk:
    """Keeps the views of a project's editions fresh; the empty name is the index, which has faults only."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.views: dict[str, View] = {}
        self.editions: tuple[live.Listed, ...] = ()
        self.fonts: tuple[str, ...] = ()
        self.changed = asyncio.Condition()
        self._reader = Crew(1, outputs.warm)
        self._presses = Crew(_PRESSES, outputs.warm)
        self._at: dict[str, asyncio.Task[None]] = {}

    def view(self, name: str) -> View:
        """Return the view of an edition, which is made from now on."""
        if name not in self.views:
            self.views[name] = View()
            self._refresh(name)
        return self.views[name]

    def renew(self) -> None:
        """Look at everything again that somebody looks at: a file of the project was changed."""
        for name, view in self.views.items():
            view.dirty = True
            if view.watchers:
                self._refresh(name)

    def reload(self) -> None:
        """Start again with other code or fonts, in other processes."""
        self._reader.shutdown(wait=False, cancel_futures=True)
        self._presses.shutdown(wait=False, cancel_futures=True)
        self._reader, self._presses = Crew(1, outputs.warm), Crew(_PRESSES, outputs.warm)
        self.renew()

    def close(self) -> None:
        """End the workers."""
        for task in self._at.values():
            task.cancel()
        self._reader.shutdown(wait=False, cancel_futures=True)
        self._presses.shutdown(wait=False, cancel_futures=True)

    def watch(self, name: str) -> View:
        """Return the view of an edition that somebody looks at from now on."""
        view = self.view(name)
        view.watchers += 1
        if view.dirty:
            self._refresh(name)
        return view

    def _refresh(self, name: str) -> None:
        """Begin to make a view; what was under way for it is given up."""
        if task := self._at.get(name):
            task.cancel()
        self.views[name].dirty = False
        self._at[name] = asyncio.create_task(self._make(name, self.views[name]))

    async def _make(self, name: str, view: View) -> None:
        drawings: list[Future[live.Drawn]] = []
        try:
            seen = await self._made(self._reader, live.look, self.root, name)
            self.editions, self.fonts = seen.editions, seen.fonts or self.fonts
            view.broken = bool(name) and not seen.whole
            view.faults = seen.diagnostics
            if seen.page is not None and seen.page != view.page:
                view.page, view.page_number = seen.page, view.page_number + 1
            view.drawing = seen.whole
            await self._tell()
            sheets = await self._made(self._reader, live.printed, self.root, name) if seen.whole else ()
            # They are set while the report is made.
            drawings = [self._presses.submit(live.draw, sheet) for sheet in sheets]
            view.faults = in_order([*view.faults, *await self._made(self._reader, live.review, self.root, name)])
            await self._tell()
            for drawing in drawings:
                drawn = await asyncio.wrap_future(drawing)
                if drawn.artifact.data != view.pdf:
                    view.pdf, view.pictures = drawn.artifact.data, drawn.pictures
                    view.drawn_number += 1
                judged = await self._made(self._reader, live.judge, self.root, drawn.artifact)
                view.faults = in_order([*view.faults, *judged])
            view.drawing = False
            await self._tell()
        except WorkerLost:
            # It was given up for a newer look, or it died; then the next change brings another.
            view.drawing, view.dirty = False, True
            await self._tell()
        finally:
            for drawing in drawings:
                # A worker starts in less time than it may take to set what nobody will see.
                self._presses.give_up(drawing)

    async def _made(self, crew: Crew, work: Callable[..., Any], *args: object) -> Any:  # noqa: ANN401
        """Return what a worker makes of a call."""
        return await asyncio.wrap_future(crew.submit(work, *args))

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()
