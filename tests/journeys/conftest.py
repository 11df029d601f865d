"""A home whose demo is filled, a clock that stands, and a person at the keys."""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import html
import re
import shutil
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from zlib import crc32

import pytest
from textual import events
from textual.keys import REPLACED_KEYS, _get_unicode_name_from_key

from planhat_tui.model.clock import Clock
from planhat_tui.model.limits import Lane
from planhat_tui.runtime import Runtime, Start
from planhat_tui.tui.app import PlanhatApp
from planhat_tui.tui.presentation.rows import profile_row
from planhat_tui.tui.screens import tenants
from planhat_tui.tui.touring import WELCOME
from planhat_tui.workspace.workspace import Workspace
from tests.conftest import made_once
from tests.settling import settle
from tests.sync.rig import Line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from textual.app import App
    from textual.pilot import Pilot

    from planhat_tui.api.client import PlanhatClient
    from planhat_tui.config.profiles import Profile
    from planhat_tui.tui.presentation.rows import Row

Job = TypeVar("Job", bound="Callable[..., None]")
MOMENT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
CLOCK = Clock(MOMENT.timestamp, lambda: 1000.0, lambda: MOMENT)
BEFORE = MOMENT - timedelta(minutes=5)
EARLIER = Clock(BEFORE.timestamp, lambda: 700.0, lambda: BEFORE)
START = Start()
SMALL, MEDIUM, LARGE = (80, 24), (120, 40), (200, 60)
CELL = 12.2
"""Width of a terminal's cell in a picture, in its units."""
LOOKS, PAUSE = 5000, 0.002
"""How often, and after how many seconds, a journey looks for what must come."""
BOTH = pytest.mark.parametrize("size", [SMALL, MEDIUM], ids=["80x24", "120x40"])
"""The journey of a job, or of a screen, is made in a small terminal and in a medium one."""


def EITHER(job: Job) -> Job:  # noqa: N802 -- stands beside BOTH
    """Make a variant of such a journey in one of the two, by its name."""
    width, height = (SMALL, MEDIUM)[crc32(job.__name__.encode()) % 2]
    made: Job = pytest.mark.parametrize("size", [(width, height)], ids=[f"{width}x{height}"])(job)
    return made


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home in which both tenants of the demo are filled, and the welcome was seen.

    What custom fields there are was asked before, as on most days: so pictures don't count it.
    """
    return made_once(tmp_path_factory, "welcomed", _welcome)


def _welcome(home: Path) -> None:
    env = {"PLANHAT_TUI_HOME": str(home)}
    for name in ("demo", "demo-2"):
        with contextlib.closing(Runtime(env, Start(profile=name), clock=EARLIER)) as runtime:
            page = runtime.workspace().net.ask(lambda api: api.custom_fields(lane=Lane.USER))
            records = [one for part in page.result(60).slices() for one in part.records]
            runtime.workspace().keep_definitions(records, whole=True)
    (home / "state" / "state.db").unlink()  # what is left of the rate limit is found out anew
    for name in ("demo", "demo-2"):
        runtime = Runtime(env, Start(profile=name), clock=CLOCK)
        runtime.workspace().net.fill().result(60)
        runtime.machine.see(WELCOME)
        runtime.close()


@pytest.fixture(autouse=True)
def port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pictures show one port, whichever a server has today."""
    host, row = vars(Workspace)["host"].fget, profile_row
    shown = property(lambda workspace: _on_one_port(host(workspace)))
    monkeypatch.setattr(Workspace, "host", shown)

    def shown_row(profile: Profile, *given: Any, **more: Any) -> Row:  # noqa: ANN401 -- its own
        return row(profile._replace(base_url=_on_one_port(profile.base_url)), *given, **more)

    monkeypatch.setattr(tenants, "profile_row", shown_row)


def _on_one_port(address: str) -> str:
    return re.sub(r":\d+$", ":8787", address)


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    """Return the line from here to Planhat: it can be cut, and fail once."""
    line, connect = Line(None), Runtime._connect

    def over_the_line(runtime: Runtime, *given: Any) -> PlanhatClient:  # noqa: ANN401 -- its own
        client = connect(runtime, *given)
        line._inner = client._exchange._transport  # type: ignore[assignment] # another transport
        client._exchange._transport = line
        return client

    monkeypatch.setattr(Runtime, "_connect", over_the_line)
    return line


@dataclass
class Person:
    """Somebody at the keys, who sees what the screen shows."""

    pilot: Pilot[None]
    app: PlanhatApp = field(init=False)

    def __post_init__(self) -> None:
        assert isinstance(self.pilot.app, PlanhatApp)
        self.app = self.pilot.app

    async def press(self, *keys: str) -> None:
        """Press keys, each when the explorer is at rest after the one before."""
        await settle(self.pilot)
        for key in keys:
            self.send(key)
            await settle(self.pilot)

    async def hold(self, key: str, times: int = 6) -> None:
        """Hold a key: the terminal sends it again and again, whatever the first one is at."""
        for _ in range(times):
            self.send(key)
        await settle(self.pilot)

    def send(self, key: str) -> None:
        """Press a key and look at nothing yet."""
        self._send(events.Key(key, _character(key)))

    async def type(self, text: str) -> None:
        """Type a text as fast as the terminal can send it; ``\n`` is Enter, ``\x13`` ctrl+s."""
        for letter in text:
            self._send(events.Key(_key(letter), letter))
        await settle(self.pilot)

    async def paste(self, text: str) -> None:
        """Paste a text as a terminal hands it over."""
        self._send(events.Paste(text))
        await settle(self.pilot)

    def _send(self, event: events.Event) -> None:
        """Hand an event over as the terminal does."""
        assert self.app._driver is not None
        event.set_sender(self.app)
        self.app._driver.send_message(event)

    async def find(self, text: str) -> None:
        """Find a company, and go to the list."""
        await self.press("slash")
        await self.press("ctrl+u")
        await self.type(text)
        await self.press("enter")

    @property
    def screen(self) -> str:
        """What the screen shows: the sheet on top, and what lies behind it."""
        shown = []
        for screen in self.app.screen_stack:
            strips = screen._compositor.render_strips(self.app.size)
            shown += ["".join(segment.text for segment in strip) for strip in strips]
        return "\n".join(shown)

    async def waits_a_second(self) -> None:
        """Let the lines be drawn as they are each second, by what is known now."""
        self.app.explorer.standing.read()
        self.app.explorer._every_second()
        await settle(self.pilot)

    def sees(self, *texts: str) -> None:
        """Check that all of these are on the screen."""
        for text in texts:
            assert text in self.screen, f"{text!r} isn't on the screen:\n{self.screen}"

    @property
    def lines_on_top(self) -> list[str]:
        """The lines of the screen, as the sheet on top leaves them to be seen."""
        return self.screen.splitlines()[-self.app.size.height :]

    def sees_on_top(self, text: str) -> None:
        """Check that a text is seen whole, in one line."""
        lines = self.lines_on_top
        assert any(text in line for line in lines), f"{text!r} isn't whole:\n" + "\n".join(lines)

    def reads(self, *texts: str) -> None:
        """Check that all of these are on the screen, wherever their lines are broken."""
        shown = "".join(self.screen.split())
        for text in texts:
            assert "".join(text.split()) in shown, f"{text!r} isn't on the screen:\n{self.screen}"

    def sees_no(self, *texts: str) -> None:
        """Check that none of these is on the screen."""
        for text in texts:
            assert text not in self.screen, f"{text!r} is on the screen:\n{self.screen}"

    def sees_line(self, *texts: str) -> None:
        """Check that one line of the screen has all of these, in this order."""
        fits = re.compile(".*".join(re.escape(text) for text in texts))
        assert fits.search(self.screen), f"no line has {texts}:\n{self.screen}"

    async def until(self, *texts: str) -> None:
        """Wait until one line has these in this order, while something else is under way."""
        for _ in range(LOOKS):
            with contextlib.suppress(AssertionError):
                self.sees_line(*texts)
                return
            await self.pilot.pause()
            await asyncio.sleep(PAUSE)
        self.sees_line(*texts)

    @property
    def message(self) -> str:
        """The sentence in the message line."""
        return self.app.explorer.message.said

    @property
    def focus(self) -> str:
        """The id of what has the focus."""
        return (self.app.focused.id or "") if self.app.focused is not None else ""


def _character(key: str) -> str | None:
    """Return what a key types, if it types anything."""
    with contextlib.suppress(KeyError):
        return unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(key, key)))
    return key if len(key) == 1 else None


def _key(letter: str) -> str:
    names = {" ": "space", "-": "minus", "+": "plus", ".": "full_stop", ",": "comma"}
    names |= {":": "colon", "/": "slash", "@": "at", "=": "equals_sign", "#": "number_sign"}
    names |= {"\n": "enter", "\x13": "ctrl+s"}
    return names.get(letter, letter)


class BrokenOffError(Exception):
    """The journey ended before its picture: what is on the screen now is never kept as one."""


class Journey(Protocol):
    """Runs a journey in a terminal of a size, and compares the picture at its end."""

    def __call__(
        self,
        job: Callable[[Person], Awaitable[None]],
        size: tuple[int, int],
        *,
        picture: bool = True,
        start: Start = START,
        clock: Clock = CLOCK,
        env: Mapping[str, str] = {},
    ) -> None:
        """Run it."""
        ...


@pytest.fixture
def journey(
    template: Path, home: Path, snap_compare: Callable[..., bool], request: pytest.FixtureRequest
) -> Journey:
    """Return what runs a journey on the demo, from a filled home."""
    shutil.copytree(template, home)
    here = request.path
    kept = here.parent / "__snapshots__" / here.stem / f"{request.node.name}.svg"

    def run(
        job: Callable[[Person], Awaitable[None]],
        size: tuple[int, int],
        *,
        picture: bool = True,
        start: Start = START,
        clock: Clock = CLOCK,
        env: Mapping[str, str] = {},
    ) -> None:
        runtime = Runtime({"PLANHAT_TUI_HOME": str(home), **env}, start, clock=clock)
        failures: list[BaseException] = []
        seen = ""

        async def at_the_keys(pilot: Pilot[None]) -> None:
            nonlocal seen
            try:
                await settle(pilot)
                await job(Person(pilot))
                await settle(pilot)
                seen = _held_still(pilot.app)
            except BaseException as failure:
                failures.append(failure)
                raise BrokenOffError from failure

        same = False
        with contextlib.closing(runtime), contextlib.suppress(BrokenOffError):
            app = PlanhatApp(runtime.session())
            if picture:
                same = snap_compare(app, terminal_size=size, run_before=at_the_keys)
            else:
                asyncio.run(_without_picture(app, size, at_the_keys))
                same = True
        if failures:
            raise failures[0]
        assert same, f"the picture has changed: see snapshot_report.html\n{_changed(kept, seen)}"

    return run


def _held_still(app: App[None]) -> str:
    """Take the picture now that all rests, and let it be the one that is compared.

    Textual takes its own some time later, when whoever is offline may just be trying again.
    """
    seen = app.export_screenshot(title=app.title, simplify=True)
    app.export_screenshot = lambda **_: seen  # type: ignore[method-assign] # of this one app
    return seen


def _changed(kept: Path, seen: str) -> str:
    """Tell which lines are others than in the kept picture, for whoever has the log alone."""
    if not kept.exists():
        return "there is none to compare it with"
    before = _lines_of(kept.read_text("utf-8"))
    changed = list(difflib.unified_diff(before, _lines_of(seen), "kept", "seen", n=0, lineterm=""))
    return "\n".join(changed) or "none reads otherwise: colours changed, or it came to rest late"


def _lines_of(svg: str) -> list[str]:
    lines: dict[float, str] = {}
    for x, y, text in re.findall(r'<text[^>]* x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>', svg):
        line = lines.get(float(y), "")
        lines[float(y)] = line.ljust(round(float(x) / CELL)) + html.unescape(text)
    return [lines[y].rstrip() for y in sorted(lines)]


async def _without_picture(
    app: PlanhatApp, size: tuple[int, int], at_the_keys: Callable[[Pilot[None]], Awaitable[None]]
) -> None:
    async with app.run_test(size=size) as pilot:
        await at_the_keys(pilot)
