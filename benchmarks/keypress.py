"""Work on the screen's thread from a key press in the company search to the redrawn list.

The explorer runs without a terminal at 120x40 on a mirror of 12,000 companies; words are typed and
deleted letter by letter. Counted is CPU time of the screen's thread: until the list is drawn again,
and until the other panes have followed too. Asked for: p99 of the first under 16 ms.

    ./dev run python -m benchmarks.keypress [--busy] [--calls]

``--busy``: the mirror is empty at first, and while the keys are pressed all is read from a sandbox
that is a process of its own, and an edit is queued four times a second and delivered. Asked for
then: work p99 at most 12 ms, and 40 ms by the clock. Words are typed for as long as records come.

``--calls`` has a profiler count the calls on the screen's thread, which no load moves; the times
beside them are longer for it.

Beside each key a loop that does always the same is timed in the same way: what its p99 has above
its p50 is the machine's, which may be a server's guest, and stands still now and then.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from cProfile import Profile
from dataclasses import replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textual import events

from benchmarks.tenant import filled_home, served_home
from planhat_tui.model.records import Kind
from planhat_tui.runtime import SWITCH, Runtime, Start, rest, tidy
from planhat_tui.tui.app import PlanhatApp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from textual.screen import Screen
    from textual.widget import Widget

    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.tui.looking import Found

WORDS = (
    "acme",
    "nordic gmbh",
    "tag:vip",
    "lab",
    "c-10",
    "ångström",
    "zzzz",
    "health 42",
    "46701",
    "tele",
    "c-102",
    "robot",
)
ERASE: Final = "backspace"
FOLLOWING: Final = 0.15
LOOP: Final = 200_000
BEGUN: Final = 2_000
"""Companies that are here before the first key, where others are being read."""
BETWEEN: Final = 0.25
"""Seconds from one edit to the next."""


class Pressed(NamedTuple):
    """Milliseconds of a key: work until its list is drawn, until all is, and by the clock.

    ``loop`` is the work of what does always the same, beside it. ``calls`` are those until the list
    is drawn, and until all is; 0 where nobody counts them.
    """

    work: float
    all_work: float
    clock: float
    loop: float
    calls: int
    all_calls: int


class Moment(NamedTuple):
    """Seconds by the clock and of this thread's work, and calls so far."""

    clock: float
    work: float
    calls: int


class Counter:
    """Counts the calls of the thread that it's told of."""

    def __init__(self, *, counts: bool) -> None:
        self._profile = Profile() if counts else None

    def begin(self) -> None:
        """Count from here on."""
        if self._profile is not None:
            self._profile.enable()

    def pause(self) -> int:
        """Count no more; return how many there have been in all."""
        if self._profile is None:
            return 0
        self._profile.disable()
        return sum(entry.callcount for entry in self._profile.getstats())

    def now(self) -> Moment:
        """Return what it is by now, and count on."""
        clock, work = time.perf_counter(), time.thread_time()
        calls = self.pause()
        self.begin()
        return Moment(clock, work, calls)


class Watch:
    """Tells when the list of what is typed has been drawn, or a half-typed query was refused.

    ``at`` is that moment: what waits for it is done before whoever awaits ``drawn`` goes on.
    """

    def __init__(self, app: PlanhatApp, counter: Counter) -> None:
        self.drawn = asyncio.Event()
        self.at = Moment(0, 0, 0)
        self._counter = counter
        self._companies = companies = app.explorer.companies
        self._answered = self._is_drawn = False
        draw, show, refuse = app._display, companies._show, companies._not_found  # noqa: SLF001 -- only here, to measure
        take = app.explorer._compositor.update_widgets  # noqa: SLF001 -- likewise

        def taken(widgets: set[Widget]) -> None:
            self._is_drawn = self._is_drawn or (self._answered and companies.rows in widgets)
            take(widgets)

        def drawn(screen: Screen[Any], what: RenderableType | None) -> None:
            draw(screen, what)
            if self._is_drawn:
                self._tell()

        def shown(found: Found, *, keep: bool, on: str = "") -> None:
            show(found, keep=keep, on=on)
            if found.looking.view.query == companies.read_view.query:
                self._await_drawing()

        def refused(error: PlanhatTuiError) -> None:
            refuse(error)
            self._await_drawing()

        app.explorer._compositor.update_widgets = taken  # type: ignore[method-assign] # noqa: SLF001 -- likewise
        app._display = drawn  # type: ignore[method-assign, assignment] # noqa: SLF001 -- likewise
        companies._show = shown  # type: ignore[method-assign] # noqa: SLF001 -- likewise
        companies._not_found = refused  # type: ignore[method-assign] # noqa: SLF001 -- likewise

    def press(self) -> None:
        """Wait for the list of another key."""
        self.drawn.clear()
        self._answered = self._is_drawn = False

    def _await_drawing(self) -> None:
        """Wait until it's drawn; what changes nothing isn't, and is over with the next frame."""
        self._answered = True
        self._companies.call_after_refresh(self._tell)

    def _tell(self) -> None:
        if not self.drawn.is_set():
            self.at = self._counter.now()
            self.drawn.set()


async def measure(app: PlanhatApp, *, busy: bool = False, calls: bool = False) -> list[Pressed]:
    """Type the words; what each key took."""
    counter = Counter(counts=calls)
    pressed: list[Pressed] = []
    async with app.run_test(size=(120, 40)) as pilot:
        await asyncio.sleep(2)
        edits = asyncio.create_task(_edit(app)) if busy else None
        await pilot.press("slash")
        watch = Watch(app, counter)
        while True:
            keys = (key for word in WORDS for key in (*word, *[ERASE] * len(word)))
            pressed += [await _press(app, watch, key, counter) for key in keys]
            if not (busy and app.explorer.workspace.net.status.pulling):
                break
        if edits is not None:
            edits.cancel()
    return pressed[20:]  # the first ones warm the caches


async def _edit(app: PlanhatApp) -> None:
    """Queue edits, one after the other, of companies that are here."""
    workspace = app.explorer.workspace
    ids: list[str] = []
    while len(ids) < BEGUN:
        ids = sorted(await asyncio.to_thread(workspace.reads.company_ids, "", BEGUN))
        await asyncio.sleep(BETWEEN)
    for number in count():
        record = ids[number % len(ids)]
        tag = partial(workspace.writes.tag, Kind.COMPANY, [record], ["measured"])
        app.reading.do(app.explorer, tag, _nothing, _raise)
        await asyncio.sleep(BETWEEN)


def _nothing(_entries: object) -> None:
    """Look at the lines as little as who types does."""


def _raise(error: PlanhatTuiError) -> None:
    raise error


async def _press(app: PlanhatApp, watch: Watch, key: str, counter: Counter) -> Pressed:
    watch.press()
    before = counter.now()
    event = events.Key(key, None if key == ERASE else key)
    event.set_sender(app)
    app._driver.send_message(event)  # type: ignore[union-attr] # noqa: SLF001 -- as a terminal does
    await asyncio.wait_for(watch.drawn.wait(), 10)
    drawn = watch.at
    await asyncio.sleep(FOLLOWING)
    work, calls = time.thread_time(), counter.pause()
    begun = time.thread_time()
    sum(number for number in range(LOOP))
    loop = time.thread_time() - begun
    return Pressed(
        1000 * (drawn.work - before.work),
        1000 * (work - before.work),
        1000 * (drawn.clock - before.clock),
        1000 * loop,
        drawn.calls - before.calls,
        calls - before.calls,
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Work on the screen's thread for a key press.")
    parser.add_argument("--busy", action="store_true", help="while it syncs and delivers")
    parser.add_argument("--calls", action="store_true", help="count calls by a profiler")
    parser.add_argument("--companies", type=int, default=12_000)
    asked = parser.parse_args()
    sys.setswitchinterval(SWITCH)  # as the explorer does
    home = served_home if asked.busy else filled_home
    with home(asked.companies) as environment:
        runtime = Runtime(environment, Start())
        session = replace(runtime.session(), first_seen=rest, paused=tidy)
        pressed = asyncio.run(measure(PlanhatApp(session), busy=asked.busy, calls=asked.calls))
        runtime.close()
    _tell("work until the list is drawn", [one.work for one in pressed], 12 if asked.busy else 16)
    _tell("work with all that follows", [one.all_work for one in pressed])
    _tell("by the clock until the list is drawn", [one.clock for one in pressed], 40)
    _tell("work of a loop that does always the same", [one.loop for one in pressed])
    if asked.calls:
        drawn = sum(one.calls for one in pressed) / len(pressed)
        done = sum(one.all_calls for one in pressed) / len(pressed)
        print(
            f"calls until the list is drawn: {drawn:,.0f} a key, with all that follows {done:,.0f}"
        )


def _tell(what: str, times: Sequence[float], most: int = 0) -> None:
    print(
        f"{what}: p50 {_at(0.5, times):.1f} ms, p99 {_at(0.99, times):.1f} ms,"
        f" most {max(times):.1f} ms, {len(times)} keys"
        + (f" (asked for: p99 {most} ms)" if most else "")
    )


def _at(share: float, times: Sequence[float]) -> float:
    """Return the value below which that share of the times lies."""
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


if __name__ == "__main__":
    main()
