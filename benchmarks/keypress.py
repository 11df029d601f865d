"""Work on the screen's thread from a key press in the company search to the redrawn list.

The explorer runs without a terminal at 120x40 on a mirror of 12,000 companies; words are typed and
deleted letter by letter. Counted is CPU time of the screen's thread: until the list is drawn again,
and until the other panes have followed too. Asked for: p99 of the first under 16 ms.
"""

from __future__ import annotations

import asyncio
import gc
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import events

from benchmarks.tenant import filled_home
from planhat_tui.runtime import Runtime, Start
from planhat_tui.tui.app import PlanhatApp

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.tui.panes.companies import Companies

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
FOLLOWING = 0.15


class Watch:
    """Tells when the list has been filled and drawn, or a half-typed query has been refused."""

    def __init__(self, companies: Companies) -> None:
        self.drawn = asyncio.Event()
        self._companies = companies
        rows = companies.rows
        rows.fill = self._watched(rows.fill)  # type: ignore[method-assign] # only here, to measure
        companies._not_found = self._watched(companies._not_found)  # type: ignore[method-assign] # noqa: SLF001 -- likewise

    def _watched(self, method: Callable[..., None]) -> Callable[..., None]:
        def watched(*args: Any, **more: Any) -> None:  # noqa: ANN401 -- handed through as they are
            method(*args, **more)
            self._companies.call_after_refresh(self.drawn.set)

        return watched


async def measure(app: PlanhatApp) -> list[tuple[float, float]]:
    """Type the words; milliseconds for each key: to the list, and to everything."""
    times: list[tuple[float, float]] = []
    async with app.run_test(size=(120, 40)) as pilot:
        await asyncio.sleep(2)
        await pilot.press("slash")
        watch = Watch(app.explorer.companies)
        for word in WORDS:
            for letter in (*word, *["backspace"] * len(word)):
                key = letter if letter == "backspace" else None
                times.append(await _press(app, watch, key or letter, letter if not key else None))
    return times[20:]  # the first ones warm the caches


async def _press(
    app: PlanhatApp, watch: Watch, key: str, character: str | None
) -> tuple[float, float]:
    watch.drawn.clear()
    began = time.thread_time()
    event = events.Key(key, character)
    event.set_sender(app)
    app._driver.send_message(event)  # type: ignore[union-attr] # noqa: SLF001 -- as a terminal does
    await asyncio.wait_for(watch.drawn.wait(), 10)
    drawn = time.thread_time()
    await asyncio.sleep(FOLLOWING)
    return (drawn - began) * 1000, (time.thread_time() - began) * 1000


def at(share: float, times: list[float]) -> float:
    """Return the value below which that share of the times lies."""
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def main() -> None:
    """Print the figures."""
    with filled_home(12_000) as environment:
        runtime = Runtime(environment, Start())
        session = replace(runtime.session(), first_seen=gc.freeze)  # as runtime.explore does
        times = asyncio.run(measure(PlanhatApp(session)))
        runtime.close()
    for place, what in enumerate(("to the redrawn list", "with all that follows")):
        column = [pair[place] for pair in times]
        print(
            f"key press {what}: p50 {at(0.5, column):.1f} ms, p99 {at(0.99, column):.1f} ms,"
            f" most {max(column):.1f} ms, {len(column)} keys"
            + (" (asked for: p99 under 16 ms)" if place == 0 else "")
        )


if __name__ == "__main__":
    main()
