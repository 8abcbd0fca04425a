"""The desk of a preview: what is shown of each edition, and how a change becomes what is shown next.

A change first makes the web page; then the pages to print are set, each drawn when somebody looks at it, and meanwhile
another worker finds what is wrong. A further change gives up pages that are being set. While content is broken, what
was shown last stays.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nkru_brief import live, outputs
from nkru_brief.crew import Crew, WorkerLost
from nkru_brief.diagnostics import Diagnostic, in_order
from nkru_brief.sheet import Artifact, Sheet

if TYPE_CHECKING:
    from concurrent.futures import Future

# One sets pages, one is warm for when that one is given up.
_PRESSES = 2


class View:
    """What is shown of an edition, with a number that grows with each web page and each set of drawn pages."""

    def __init__(self) -> None:
        self.page: bytes | None = None
        self.page_number = 0
        # The pages to print as they are drawn when they are asked for, and which drawing they are of.
        self.pages = 0
        self.pictures: dict[int, asyncio.Future[bytes]] = {}
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
        self._hire()
        self._at: dict[str, asyncio.Task[None]] = {}

    def _hire(self) -> None:
        # Who looks does not wait until a review is done.
        self._reader, self._reviewer = Crew(1, live.warm_reader), Crew(1, live.warm_reviewer)
        self._presses = Crew(_PRESSES, outputs.warm)

    def _dismiss(self) -> None:
        for crew in (self._reader, self._reviewer, self._presses):
            crew.shutdown(wait=False, cancel_futures=True)

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
        self._dismiss()
        self._hire()
        self.renew()

    def close(self) -> None:
        """End the workers."""
        for task in self._at.values():
            task.cancel()
        self._dismiss()

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

    async def picture(self, view: View, page: int) -> bytes | None:
        """Return a page of a view's pages to print as PNG, drawn once; None where there is none."""
        if not 0 <= page < view.pages:
            return None
        if page not in view.pictures:
            view.pictures[page] = asyncio.wrap_future(self._presses.submit(live.picture, view.pdf, page))
        drawing = view.pictures[page]
        try:
            # Whoever asked may go away; others wait for the same.
            return await asyncio.shield(drawing)
        except (WorkerLost, ValueError, asyncio.CancelledError):
            if not drawing.done():
                # It is drawn, but whoever asked went away.
                raise
            if view.pictures.get(page) is drawing:
                del view.pictures[page]
                # Where its worker was dismissed another can draw it: it is to be asked for again.
                view.drawn_number += drawing.cancelled()
                await self._tell()
            return None

    async def _make(self, name: str, view: View) -> None:
        setting: list[tuple[Sheet, Future[live.SetPages]]] = []
        reviewing: asyncio.Task[None] | None = None
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
            setting = [(sheet, self._presses.submit(live.set_pages, sheet)) for sheet in sheets]
            # They are set while the report is made.
            reviewing = asyncio.create_task(self._review(name, view))
            artifacts = [(sheet, await self._shown(view, future)) for sheet, future in setting]
            view.drawing = False
            await self._tell()
            await reviewing
            for sheet, artifact in artifacts:
                judged = await self._made(self._reviewer, live.judge, self.root, sheet, artifact)
                view.faults = in_order([*view.faults, *judged])
                await self._tell()
        except WorkerLost:
            # It was given up for a newer look, or it died; then the next change brings another.
            view.drawing, view.dirty = False, True
            await self._tell()
        finally:
            if reviewing:
                reviewing.cancel()
            for _, future in setting:
                # A worker starts in less time than it may take to set what nobody will see.
                self._presses.give_up(future)

    async def _review(self, name: str, view: View) -> None:
        found = await self._made(self._reviewer, live.review, self.root, name)
        view.faults = in_order([*view.faults, *found])
        await self._tell()

    async def _shown(self, view: View, future: "Future[live.SetPages]") -> Artifact:
        """Show pages as soon as they are set, where they are not those that are shown already."""
        made = await asyncio.wrap_future(future)
        if made.artifact.data != view.pdf:
            view.pdf, view.pages, view.pictures = made.artifact.data, made.pages, {}
            view.drawn_number += 1
        return made.artifact

    async def _made(self, crew: Crew, work: Callable[..., Any], *args: object) -> Any:  # noqa: ANN401
        """Return what a worker makes of a call."""
        return await asyncio.wrap_future(crew.submit(work, *args))

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()
