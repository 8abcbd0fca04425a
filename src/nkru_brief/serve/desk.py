"""The desk of a preview: what is shown of each edition, and how a change becomes what is shown next.

A change first makes the web page; then the pages to print are set. They are shown before the file is finished, first
the one that somebody looks at. When they are seen the file is finished, and another worker finds what is wrong. A
further change gives up pages that are being set. While content is broken, what was shown last stays.
"""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nkru_brief import live, outputs
from nkru_brief.crew import Crew, WorkerLost
from nkru_brief.diagnostics import Diagnostic, in_order
from nkru_brief.digest import sha256

if TYPE_CHECKING:
    from concurrent.futures import Future

    from nkru_brief.sheet import Artifact, Sheet

# One sets pages, one is warm for when that one is given up.
_PRESSES = 2
# Pictures that are drawn before they are asked for: about what a window shows.
_AHEAD = 4


class Page:
    """A page to print: the PDF it is in, its place there, the number of its drawing, and its picture once asked for."""

    def __init__(self, pdf: bytes, place: int, number: int) -> None:
        self.pdf, self.place, self.number = pdf, place, number
        self.picture: asyncio.Future[bytes] | None = None


class View:
    """What is shown of an edition, with a number that grows with each web page and each page to print."""

    def __init__(self) -> None:
        self.page: bytes | None = None
        self.page_number = 0
        # The digest of what decides how the page looks, whatever it says.
        self.dress = ""
        # The pages to print, which of them are of the last change, and which one somebody looks at.
        self.pages: list[Page | None] = []
        self.fresh: set[int] = set()
        self.drawn_number = 0
        self.looked_at = 0
        # Whether pages are being set; whether they, and the project, are being judged; whether content is broken.
        self.drawing = False
        self.checking = False
        self.broken = False
        self.faults: tuple[Diagnostic, ...] = ()
        self.dirty = True
        self.watchers = 0
        # Set when the pages of the last change are drawn.
        self.seen = asyncio.Event()

    def take(self, page: int, pages: int, pdf: bytes, place: int) -> None:
        """Show a page of so many as it is in a PDF, where it is not what is shown already."""
        self.pages = [*self.pages[:pages], *[None] * (pages - len(self.pages))]
        before = self.pages[page]
        if before is None or (before.pdf, before.place) != (pdf, place):
            self.drawn_number += 1
            self.pages[page] = Page(pdf, place, self.drawn_number)
        self.fresh.add(page)

    def look_over(self) -> None:
        """Say that the pages are seen, if they are."""
        drawn = all(page and page.picture and page.picture.done() for page in self.pages)
        if drawn and len(self.fresh) == len(self.pages):
            self.seen.set()


_STYLE = re.compile(rb"<style[\s>].*?</style>|<link\s[^>]*>", re.DOTALL)
# What is before the head: whether there is a doctype, and the root's attributes.
_ROOT = re.compile(rb".*?<html[^>]*>", re.DOTALL)


def dress_of(page: bytes) -> str:
    """Return the digest of what decides how a web page looks, whatever it says: its styles, doctype and root's tag.

    Where it cannot be told apart from what the page says it is the digest of all.
    """
    head, end, _ = page.partition(b"</head>")
    root = _ROOT.match(head)
    return sha256(b"".join([root[0], *_STYLE.findall(head)]) if root and end else page)


def undressed(page: bytes) -> bytes:
    """Return a web page without what its dress is, for whoever has that."""
    head, end, body = page.partition(b"</head>")
    return _STYLE.sub(b"", head) + end + body if end else page


def _hired(warm: Callable[[], object], size: int = 1) -> Crew:
    # Python's own looks for what can be dropped would come when somebody waits, and take up to a second.
    return Crew(size, warm, rests=True)


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
        self._reader, self._reviewer = _hired(live.warm_reader), _hired(live.warm_reviewer)
        self._drawer, self._presses = _hired(live.warm_drawer), _hired(outputs.warm, _PRESSES)

    def _dismiss(self) -> None:
        for crew in (self._reader, self._reviewer, self._drawer, self._presses):
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
        asked = view.pages[page] if 0 <= page < len(view.pages) else None
        if asked is None:
            return None
        drawing = self._picture(view, asked)
        try:
            # Whoever asked may go away; others wait for the same.
            return await asyncio.shield(drawing)
        except (WorkerLost, ValueError, asyncio.CancelledError):
            if not drawing.done():
                # It is drawn, but whoever asked went away.
                raise
            if asked.picture is drawing:
                asked.picture = None
                # Where its worker was dismissed another can draw it: it is to be asked for again.
                view.drawn_number += drawing.cancelled()
                asked.number = view.drawn_number if drawing.cancelled() else asked.number
                await self._tell()
            return None

    def _picture(self, view: View, page: Page) -> "asyncio.Future[bytes]":
        if page.picture is None:
            page.picture = asyncio.wrap_future(self._drawer.submit(live.picture, page.pdf, page.place))
            page.picture.add_done_callback(lambda _: view.look_over())
        return page.picture

    async def _make(self, name: str, view: View) -> None:
        setting: Future[live.SetPages] | None = None
        beside: list[asyncio.Task[None]] = []
        loop, asking = asyncio.get_running_loop(), asyncio.current_task()

        def told(leaf: live.Leaf) -> None:
            asyncio.run_coroutine_threadsafe(self._take(name, asking, leaf), loop)

        try:
            look = await self._made(self._reader, live.look, self.root, name)
            self.editions, self.fonts = look.editions, look.fonts or self.fonts
            view.broken = bool(name) and not look.whole
            view.faults = look.diagnostics
            if look.page is not None and look.page != view.page:
                view.page, view.page_number = look.page, view.page_number + 1
                view.dress = dress_of(look.page)
            view.drawing = look.whole
            view.fresh, view.seen = set() if look.whole else view.fresh, asyncio.Event()
            view.checking = True
            await self._tell()
            sheets = await self._made(self._reader, live.printed, self.root, name) if look.whole else ()
            beside.append(asyncio.create_task(self._review(name, view, patient=bool(sheets))))
            artifacts: list[tuple[Sheet, Artifact]] = []
            # The first is shown; the others are set after it, so that somebody is there to draw pictures.
            for sheet in sheets:
                looked_at = None if artifacts else view.looked_at
                setting = self._presses.follow(told, live.set_pages, sheet, looked_at)
                beside.append(asyncio.create_task(self._finish(view, setting)))
                made = await asyncio.wrap_future(setting)
                artifacts.append((sheet, made.artifact))
                if looked_at is not None:
                    self._show(view, made)
            view.seen.set()
            view.drawing = False
            await self._tell()
            await beside[0]
            for sheet, artifact in artifacts:
                judged = await self._made(self._reviewer, live.judge, self.root, sheet, artifact)
                view.faults = in_order([*view.faults, *judged])
            view.checking = False
            await self._tell()
        except WorkerLost:
            # It was given up for a newer look, or it died; then the next change brings another.
            view.drawing, view.checking, view.dirty = False, False, True
            await self._tell()
        finally:
            for task in beside:
                task.cancel()
            if setting:
                self._presses.give_up(setting)

    async def _finish(self, view: View, setting: "Future[live.SetPages]") -> None:
        """Have the file finished when its pages are seen; what works beside their drawing slows it."""
        await view.seen.wait()
        self._presses.go_on(setting)

    async def _review(self, name: str, view: View, *, patient: bool) -> None:
        if patient:
            with suppress(TimeoutError):
                await asyncio.wait_for(view.seen.wait(), live.SEEN_WITHIN)
        found = await self._made(self._reviewer, live.review, self.root, name)
        view.faults = in_order([*view.faults, *found])
        await self._tell()

    async def _take(self, name: str, asking: "asyncio.Task[None] | None", leaf: live.Leaf) -> None:
        """Show a page as soon as it is set, unless there was another change since."""
        if self._at.get(name) is not asking:
            return
        view = self.views[name]
        view.take(leaf.page, leaf.pages, leaf.pdf, 0)
        page = view.pages[leaf.page]
        if page and view.watchers and len(view.fresh) <= _AHEAD:
            # It will be asked for at once.
            self._picture(view, page)
        view.look_over()
        await self._tell()

    def _show(self, view: View, made: live.SetPages) -> None:
        """Show the pages of a finished file, where they were not shown one by one before."""
        if view.fresh != set(range(made.pages)):
            for page in range(made.pages):
                view.take(page, made.pages, made.artifact.data, page)

    async def _made(self, crew: Crew, work: Callable[..., Any], *args: object) -> Any:  # noqa: ANN401
        """Return what a worker makes of a call."""
        return await asyncio.wrap_future(crew.submit(work, *args))

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()
