"""What a browser is answered: the page, its files, a socket to an explorer. On loopback alone."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import signal
import socket
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Final

import textual_serve
from aiohttp import WSCloseCode, WSMsgType, web

from planhat_tui.browser.explorer import LEAVES, YIELDS, Explorer
from planhat_tui.browser.gate import COOKIE, HOSTS, Gate
from planhat_tui.browser.packets import DRAWN, META, for_explorer, for_page, heard, size_of
from planhat_tui.errors import PlanhatTuiError, RefusedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
    from importlib.resources.abc import Traversable

    from planhat_tui.browser import Browsing

_PAGE: Final = files("planhat_tui.browser") / "page"
_BROUGHT: Final = files(textual_serve) / "static"
_FILES: Final[dict[str, tuple[Traversable, str]]] = {
    "page.js": (_PAGE / "page.js", "text/javascript"),
    "page.css": (_PAGE / "page.css", "text/css"),
    "terminal.js": (_BROUGHT / "js" / "textual.js", "text/javascript"),
    "terminal.css": (_BROUGHT / "css" / "xterm.css", "text/css"),
    "mono.ttf": (_BROUGHT / "fonts" / "RobotoMono-VariableFont_wght.ttf", "font/ttf"),
}
"""All that the page needs, by the names that it asks for: nothing comes from elsewhere."""

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self';"
    " img-src data:; connect-src $socket; frame-ancestors 'none'; base-uri 'none';"
    " form-action 'none'"
)
"""What the page may load, and with whom it may talk. The terminal's script makes its own styles."""
_HEADERS: Final = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

_RELOADS: Final = 3.0
"""Seconds that a page waits for a seat: one that is loaded again comes while it still leaves."""
_HEARTBEAT: Final = 15.0
"""Seconds after which a browser that no longer answers is gone."""
_BACKLOG: Final = 16

_TAKEN: Final = (
    "It is open in another tab. Close it there, or start planhat-tui serve --sessions 2."
)
_LEFT: Final = "The explorer has ended. What was queued is kept."
_STOPPED: Final = "planhat-tui serve has ended. What was queued is kept; start it again to go on."

Answer = web.StreamResponse


def run(
    browsing: Browsing,
    command: Sequence[str],
    env: Mapping[str, str],
    ready: Callable[[str], None],
) -> int:
    """Serve until a signal ends it, as :func:`planhat_tui.browser.serve` says."""
    with listen(browsing.port) as listener:
        gate = Gate(listener.getsockname()[1], secrets.token_urlsafe)
        site = Site(gate, command, env, browsing.sessions)
        asyncio.run(_until_a_signal(site, listener, ready))
    return 0


def listen(port: int) -> socket.socket:
    """Listen on a port of loopback. Raises :class:`PlanhatTuiError` if it can't be had."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOSTS[0], port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise PlanhatTuiError(
            f"Port {port} can't be had: {error.strerror}.", "Give another one with --port."
        ) from None
    return listener


async def _until_a_signal(
    site: Site, listener: socket.socket, ready: Callable[[str], None]
) -> None:
    signalled = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, signalled.set)
    async with site.open(listener):
        ready(site.gate.address)
        await signalled.wait()


class Site:
    """What is behind the gate: a page, and as many explorers at a time as there are seats.

    ``command`` starts an explorer, in ``env``.
    """

    def __init__(
        self, gate: Gate, command: Sequence[str], env: Mapping[str, str], sessions: int
    ) -> None:
        self.gate = gate
        self._stopping = asyncio.Event()
        self._command = command
        self._env = env
        self._seats = asyncio.Semaphore(sessions)

    @contextlib.asynccontextmanager
    async def open(self, listener: socket.socket) -> AsyncIterator[None]:
        """Answer what comes there; in the end all explorers have ended."""
        patience = LEAVES + YIELDS + 1  # so long it takes explorers to end
        runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=patience)
        try:
            await runner.setup()
            await web.SockSite(runner, listener).start()
            yield
        finally:
            self._stopping.set()
            await runner.cleanup()

    def _app(self) -> web.Application:
        """Return the routes, with the gate before them."""
        app = web.Application(middlewares=[self._guarded])
        app.on_response_prepare.append(_add_headers)
        place = self.gate.place
        app.router.add_get("/", self._enter, allow_head=False)
        app.router.add_get(place, self._page, allow_head=False)
        app.router.add_get(place + "socket", self._socket, allow_head=False)
        app.router.add_get(place + "{file}", _file, allow_head=False)
        return app

    @web.middleware
    async def _guarded(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[Answer]]
    ) -> Answer:
        """Answer whom the gate lets in; to others only why not."""
        headers = request.headers
        hosts, origins = headers.getall("Host", []), headers.getall("Origin", [])
        try:
            self.gate.check(hosts, origins, socket="Upgrade" in headers)
            if request.path.startswith(self.gate.place):
                self.gate.admit(request.cookies.get(COOKIE, ""))
            return await handler(request)
        except RefusedError as error:
            return web.Response(status=403, text=f"{error}\n")

    async def _enter(self, request: web.Request) -> Answer:
        """Change the token in the address for a cookie, and the address for one without it."""
        entry = self.gate.enter(request.query.get("token", ""))
        answer = web.Response(status=303, headers={"Location": entry.place})
        if entry.cookie:
            answer.set_cookie(
                COOKIE, entry.cookie, path=entry.place, httponly=True, samesite="Strict"
            )
        return answer

    async def _page(self, request: web.Request) -> Answer:
        socket = f"ws://{request.host}{self.gate.place}socket"
        page = Template((_PAGE / "index.html").read_text("utf-8")).substitute(socket=socket)
        policy = Template(_POLICY).substitute(socket=socket)
        headers = {"Content-Security-Policy": policy}
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def _socket(self, request: web.Request) -> Answer:
        """Give the page an explorer of its own, until one of the two has gone."""
        browser = web.WebSocketResponse(timeout=YIELDS, heartbeat=_HEARTBEAT, compress=False)
        await browser.prepare(request)
        try:
            await asyncio.wait_for(self._seats.acquire(), _RELOADS)
        except TimeoutError:
            await _dismiss(browser, _TAKEN, WSCloseCode.TRY_AGAIN_LATER)
            return browser
        try:
            await self._sit(browser, request.query)
        finally:
            self._seats.release()
        return browser

    async def _sit(self, browser: web.WebSocketResponse, wish: Mapping[str, str]) -> None:
        explorer = await Explorer.start(self._command, self._env, size_of(wish))
        going = [
            asyncio.create_task(_draw(explorer, browser)),
            asyncio.create_task(_hear(browser, explorer)),
            asyncio.create_task(self._stopping.wait()),
        ]
        try:
            await asyncio.wait(going, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in going:
                one.cancel()
            await asyncio.gather(*going, return_exceptions=True)
            last = await explorer.end()
        stopped = self._stopping.is_set()
        code = WSCloseCode.GOING_AWAY if stopped else WSCloseCode.OK
        await _dismiss(browser, _STOPPED if stopped else last or _LEFT, code)


async def _draw(explorer: Explorer, browser: web.WebSocketResponse) -> None:
    """Hand what an explorer draws and tells to its page, until it has ended or the page is gone."""
    with contextlib.suppress(ConnectionError):
        async for kind, payload in explorer.packets():
            if kind == DRAWN:
                await browser.send_bytes(payload)
            elif kind == META and (text := for_page(payload)):
                await browser.send_str(text)


async def _hear(browser: web.WebSocketResponse, explorer: Explorer) -> None:
    """Hand what is typed and done on the page to its explorer, until the page is gone."""
    async for message in browser:
        if message.type == WSMsgType.TEXT:
            kind, said = heard(message.data)
            if kind == "ping":
                await browser.send_str(json.dumps(["pong", said]))
            elif packet := for_explorer(kind, said):
                await explorer.hear(packet)


async def _dismiss(browser: web.WebSocketResponse, why: str, code: WSCloseCode) -> None:
    """Say why it's over, and close; a page that has gone hears nothing."""
    with contextlib.suppress(ConnectionError):
        await browser.send_str(json.dumps(["ended", why]))
        await browser.close(code=code)


async def _file(request: web.Request) -> Answer:
    found = _FILES.get(request.match_info["file"])
    if found is None:
        return web.Response(status=404, text="There is no such file.\n")
    path, kind = found
    return web.Response(body=path.read_bytes(), content_type=kind)


async def _add_headers(_request: web.Request, answer: Answer) -> None:
    answer.headers.update(_HEADERS)
