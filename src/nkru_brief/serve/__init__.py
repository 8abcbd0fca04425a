"""The door to Starlette and Uvicorn: editions in a browser, renewed while one writes.

Nothing that is published is altered: the web page is shown in a frame, and the page around it brings the script. Only
what was made is served, to this machine alone unless told otherwise, and only under names that were asked to listen.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nkru_brief.diagnostics import Diagnostic, UsageError
from nkru_brief.serve.desk import Desk, View, undressed
from nkru_brief.values import plain, to_json

# Names under which a machine knows itself; a page elsewhere that leads a name of its own here is not answered.
_OWN_NAMES = ("127.0.0.1", "localhost", "[::1]", "::1")

# Seconds, as HTML, 9.2.7 advises: less than any proxy lets a line be silent.
_SIGN_OF_LIFE = 15.0

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def run(root: Path, host: str, port: int, editor: str, ready: Callable[[str], None]) -> None:
    """Serve a project until it is interrupted.

    Args:
        root: the project's folder.
        host: the address to listen at.
        port: the port; 0 takes one that is free.
        editor: the address of a place in a file: {path}, {line} and {column} are filled in.
        ready: is told the address of the index.

    Raises:
        UsageError: the extra `serve` is not installed, or the port is taken.
    """
    import socket

    try:
        import uvicorn

        if find_spec("watchfiles") is None or find_spec("starlette") is None:
            raise ImportError
    except ImportError:
        raise UsageError("a preview needs the extra serve: pip install 'nkru-brief[serve]'") from None
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            # Whoever is told that it is ready may ask at once.
            listening.listen()
        except OSError as error:
            raise UsageError(f"cannot listen at {host}:{port}: {error.strerror or error}") from None
        name = f"[{host}]" if family == socket.AF_INET6 else host
        options = uvicorn.Config(
            application(root, host, editor), log_level="critical", access_log=False, timeout_graceful_shutdown=1
        )
        ready(f"http://{name}:{listening.getsockname()[1]}/")
        uvicorn.Server(options).run(sockets=[listening])


def application(root: Path, host: str, editor: str) -> Any:  # noqa: ANN401 - Starlette is imported where it is used
    """Return the web application of a project's preview."""
    import asyncio

    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.routing import Route

    from nkru_brief.serve.watching import watch

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        app.state.desk, app.state.editor = Desk(root), editor
        watching = asyncio.create_task(watch(app.state.desk))
        try:
            yield
        finally:
            watching.cancel()
            app.state.desk.close()

    routes = [
        Route("/", _shell),
        Route("/editions/{name}", _shell),
        Route("/live.js", _asset("live.js", "text/javascript")),
        Route("/live.css", _asset("live.css", "text/css")),
        Route("/events/{name:path}", _events),
        Route("/editions/{name}/page", _web_page),
        Route("/editions/{name}/pages/{page:int}.png", _picture),
        Route("/editions/{name}/looked-at/{page:int}", _looked_at, methods=["POST"]),
    ]
    known = Middleware(TrustedHostMiddleware, allowed_hosts=[*_OWN_NAMES, host], www_redirect=False)
    return Starlette(routes=routes, middleware=[known], lifespan=life)


def _asset(name: str, kind: str) -> Callable[..., Any]:
    async def answer(_request: Any) -> Any:  # noqa: ANN401
        return _answer(_file(name), kind)

    return answer


async def _shell(_request: Any) -> Any:  # noqa: ANN401
    return _answer(_file("page.html"), "text/html; charset=utf-8", _PAGE_POLICY)


def _file(name: str) -> bytes:
    return (resources.files(__name__) / name).read_bytes()


async def _web_page(request: Any) -> Any:  # noqa: ANN401
    view = _known(request)
    if view is None or view.page is None:
        return _answer(b"there is no such page", "text/plain", status=404)
    page = undressed(view.page) if "undressed" in request.query_params else view.page
    return _answer(page, "text/html; charset=utf-8", "frame-ancestors 'self'")


async def _picture(request: Any) -> Any:  # noqa: ANN401
    desk: Desk = request.app.state.desk
    view = _known(request)
    picture = await desk.picture(view, request.path_params["page"]) if view else None
    if picture is None:
        return _answer(b"there is no such page", "text/plain", status=404)
    return _answer(picture, "image/png")


async def _looked_at(request: Any) -> Any:  # noqa: ANN401
    """Take the page to print that is in view: after the next change it is the first to be drawn."""
    if view := _known(request):
        view.looked_at = request.path_params["page"]
    return _answer(b"", "text/plain", status=204 if view else 404)


def _known(request: Any) -> View | None:  # noqa: ANN401
    desk: Desk = request.app.state.desk
    return desk.views.get(request.path_params["name"])


def _answer(body: bytes, kind: str, policy: str = "default-src 'none'", status: int = 200) -> Any:  # noqa: ANN401
    from starlette.responses import Response

    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": policy}
    return Response(body, status, headers, kind)


async def _events(request: Any) -> Any:  # noqa: ANN401
    """Send what is shown of an edition, now and after every change (HTML, 9.2: server-sent events).

    Where nothing changes, a comment is sent from time to time: a client without it cannot tell a quiet line from a dead
    one, and waits on, or gives up.
    """
    import asyncio

    from starlette.responses import StreamingResponse

    if request.headers.get("sec-fetch-site") == "cross-site":
        return _answer(b"this is not for other sites", "text/plain", status=403)
    desk: Desk = request.app.state.desk
    name = request.path_params["name"]

    async def states() -> AsyncIterator[bytes]:
        view = desk.watch(name)
        try:
            before = b""
            while True:
                state = to_json(_state(desk, view, request.app.state.editor))
                # A comment says no more than that the line is open.
                yield b":\n\n" if state == before else b"data: " + state + b"\n\n"
                before = state
                async with desk.changed:
                    if to_json(_state(desk, view, request.app.state.editor)) == before:
                        with suppress(TimeoutError):
                            await asyncio.wait_for(desk.changed.wait(), _SIGN_OF_LIFE)
        finally:
            view.watchers -= 1

    return StreamingResponse(states(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def _state(desk: Desk, view: View, editor: str) -> dict[str, object]:
    return {
        "editions": plain(desk.editions),
        "page": view.page_number,
        "dress": view.dress,
        "drawn": view.drawn_number,
        "pages": [page.number if page else 0 for page in view.pages],
        "stale": sorted(set(range(len(view.pages))) - view.fresh),
        "drawing": view.drawing,
        "checking": view.checking,
        "broken": view.broken,
        "faults": [_fault(fault, desk.root, editor) for fault in view.faults],
    }


def _fault(fault: Diagnostic, root: Path, editor: str) -> dict[str, object]:
    """Return a diagnostic as the page shows it, with the address of its place in an editor."""
    place = fault.place
    path = root / place.file
    address = editor if path.is_file() else ""
    for name, value in (("path", quote(str(path))), ("line", str(place.line)), ("column", str(place.column))):
        address = address.replace(f"{{{name}}}", value)
    return {**plain(place), "code": fault.code, "severity": fault.severity, "message": fault.message} | {
        "hint": fault.hint,
        "editor": address,
    }
