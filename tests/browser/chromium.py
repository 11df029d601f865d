"""A real Chromium without a window, driven through its DevTools: types, looks and clicks."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import shutil
import struct
import tempfile
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.visiting import SECONDS, aiohttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import ClientWebSocketResponse

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless",
    "--no-sandbox",  # in a container there's no other way
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-port=0",
    "--window-size=1100,700",
)
_CATCH = """
Object.defineProperty(Object.prototype, "terminal", {
  configurable: true,
  set(made) {
    Object.defineProperty(this, "terminal", { value: made, writable: true });
    window.shownTerminal = made;
  },
});
"""
"""The terminal's script keeps its terminal to itself; the test has to look at what it shows."""
_LINES = """
(() => {
  const shown = window.shownTerminal;
  if (!shown) return [];
  const { active } = shown.buffer;
  return [...Array(shown.rows)].map((_, y) => active.getLine(y).translateToString(true));
})()
"""
_CELLS = """
(() => {
  const { x, y, width, height } = document.querySelector(".xterm-screen").getBoundingClientRect();
  const { cols, rows } = window.shownTerminal;
  return [x, y, width / cols, height / rows];
})()
"""


class Tab:
    """A page in Chromium. ``asked`` are the addresses of all that it has asked for."""

    def __init__(self, tools: ClientWebSocketResponse) -> None:
        self._tools = tools
        self._numbers = itertools.count(1)
        self.asked: list[str] = []
        self.complaints: list[str] = []

    async def do(self, method: str, **params: object) -> Any:  # noqa: ANN401 -- JSON
        """Do something by its name in the DevTools protocol; return the answer."""
        number = next(self._numbers)
        await self._tools.send_json({"id": number, "method": method, "params": params})
        while True:
            answer = await self._tools.receive_json(timeout=SECONDS)
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]
            self._note(answer.get("method", ""), answer.get("params", {}))

    def _note(self, event: str, params: dict[str, Any]) -> None:
        if event == "Network.requestWillBeSent":
            self.asked.append(params["request"]["url"])
        elif event == "Network.webSocketCreated":
            self.asked.append(params["url"])
        elif event == "Runtime.exceptionThrown":
            self.complaints.append(params["exceptionDetails"]["text"])
        elif event == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.complaints.append(params["entry"]["text"])

    async def open(self, address: str) -> None:
        """Go to an address."""
        for room in ("Page", "Network", "Runtime", "Log"):
            await self.do(f"{room}.enable")
        await self.do("Page.addScriptToEvaluateOnNewDocument", source=_CATCH)
        await self.do("Page.navigate", url=address)

    async def value(self, expression: str) -> Any:  # noqa: ANN401 -- JSON
        """Return what an expression is in the page."""
        found = await self.do("Runtime.evaluate", expression=expression, returnByValue=True)
        return found["result"].get("value")

    async def lines(self) -> list[str]:
        """Return the rows of the terminal as they are shown."""
        return list(await self.value(_LINES) or [])

    async def sees(self, text: str) -> tuple[int, int]:
        """Wait until the terminal shows a text; its column and row."""
        end = time.monotonic() + SECONDS
        while True:
            lines = await self.lines()
            for row, line in enumerate(lines):
                if text in line:
                    return line.index(text), row
            assert time.monotonic() < end, "\n".join([*lines, *self.complaints])
            await asyncio.sleep(0.05)

    async def reads(self, selector: str, text: str) -> None:
        """Wait until an element of the page is seen with a text in it."""
        seen = f"document.querySelector('{selector}')"
        end = time.monotonic() + SECONDS
        while text not in str(await self.value(f"{seen}.offsetParent && {seen}.textContent")):
            assert time.monotonic() < end, await self.value("document.body.textContent")
            await asyncio.sleep(0.05)

    async def type(self, text: str) -> None:
        """Press keys, one after the other."""
        for key in text:
            named = {"\r": "Enter", "\x1b": "Escape"}.get(key, key)
            code = {"\r": 13, "\x1b": 27}.get(key, 0)
            typed = {"text": key} if key != "\x1b" else {}
            press = {"key": named, "windowsVirtualKeyCode": code}
            await self.do("Input.dispatchKeyEvent", type="keyDown", **press, **typed)
            await self.do("Input.dispatchKeyEvent", type="keyUp", **press)

    async def click(self, cell: tuple[int, int]) -> None:
        """Click on a cell of the terminal."""
        left, top, wide, tall = await self.value(_CELLS)
        at = {"x": left + (cell[0] + 0.5) * wide, "y": top + (cell[1] + 0.5) * tall}
        await self.do("Input.dispatchMouseEvent", type="mouseMoved", **at)
        for what in ("mousePressed", "mouseReleased"):
            await self.do("Input.dispatchMouseEvent", type=what, button="left", clickCount=1, **at)

    async def colours(self, cell: tuple[int, int], cells: int) -> set[bytes]:
        """Return the colours that are really painted on some cells of a row."""
        left, top, wide, tall = await self.value(_CELLS)
        clip = {
            "x": left + cell[0] * wide,
            "y": top + cell[1] * tall,
            "width": cells * wide,
            "height": tall,
            "scale": 1,
        }
        shot = await self.do("Page.captureScreenshot", format="png", clip=clip)
        return _colours(base64.b64decode(shot["data"]))


def _colours(png: bytes) -> set[bytes]:
    """Return the colours of a PNG of 8 bits a channel."""
    width, _, depth, kind = struct.unpack(">IIBB", png[16:26])
    size = {2: 3, 6: 4}[kind]
    assert depth == 8
    parts, at = b"", 8
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        parts += png[at + 8 : at + 8 + length] if name == b"IDAT" else b""
        at += length + 12
    raw, line = zlib.decompress(parts), width * size + 1
    before, found = bytearray(line - 1), set[bytes]()
    for start in range(0, len(raw), line):
        before = _unfiltered(raw[start], bytearray(raw[start + 1 : start + line]), before, size)
        found |= {bytes(before[i : i + 3]) for i in range(0, len(before), size)}
    return found


def _unfiltered(how: int, row: bytearray, above: bytearray, size: int) -> bytearray:
    """Undo the filter of a row of a PNG."""
    for i, value in enumerate(row):
        left = row[i - size] if i >= size else 0
        corner = above[i - size] if i >= size else 0
        nearest = min((left, above[i], corner), key=lambda one: abs(left + above[i] - corner - one))
        add = (0, left, above[i], (left + above[i]) // 2, nearest)[how]
        row[i] = (value + add) % 256
    return row


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Tab]:
    """Yield an empty page in a browser that knows nothing; skipped where there's none."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"no Chromium here: none of {', '.join(NAMES)} is installed")
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as folder:
        process = await asyncio.create_subprocess_exec(
            program,
            *_FLAGS,
            f"--user-data-dir={folder}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with (
                aiohttp.ClientSession(trust_env=False) as session,
                session.ws_connect(await _tab(session, Path(folder)), max_msg_size=0) as tools,
            ):
                yield Tab(tools)
        finally:
            process.kill()
            await process.wait()


async def _tab(session: aiohttp.ClientSession, folder: Path) -> str:
    """Wait until its DevTools listen; return the address of its page there."""
    told = folder / "DevToolsActivePort"
    end = time.monotonic() + SECONDS
    while not (told.exists() and told.read_text().count("\n")):
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
    port = told.read_text().splitlines()[0]
    async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
        tabs = json.loads(await answer.text())
    return next(str(tab["webSocketDebuggerUrl"]) for tab in tabs if tab["type"] == "page")
