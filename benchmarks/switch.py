"""From the key to the other tenant's list on the screen: the first time, and each time after that.

The explorer runs without a terminal at 120x40 on the demo's two tenants, from a home that is filled
first. The first switch opens the other tenant's files; later ones find its screen as it was left.
Time on the wall until the list is drawn, asked for: under a second; and processor time of all
threads meanwhile, which a busy machine stretches less.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from textual import events

from planhat_tui.config.profiles import DEMO_NAMES
from planhat_tui.runtime import Runtime, Start
from planhat_tui.tui.app import PlanhatApp

TIMES: Final = 21
_REST: Final = 0.3
_LOOK: Final = 0.001


async def measure(app: PlanhatApp) -> list[tuple[float, float]]:
    """Switch there and back; the seconds that each took, on the wall and of the processor."""
    async with app.run_test(size=(120, 40)):
        await asyncio.sleep(2)
        took = []
        for _ in range(TIMES):
            took.append(await _switch(app))
            await asyncio.sleep(_REST)
    return took


async def _switch(app: PlanhatApp) -> tuple[float, float]:
    before, drawn = app.explorer, asyncio.Event()
    began, spent = time.perf_counter(), time.process_time()
    key = events.Key("P", "P")
    key.set_sender(app)
    app._driver.send_message(key)  # type: ignore[union-attr] # noqa: SLF001 -- as a terminal does
    while app.screen is before or not app.explorer.companies.rows.total:  # noqa: ASYNC110 -- looks
        await asyncio.sleep(_LOOK)
    app.explorer.call_after_refresh(drawn.set)
    await asyncio.wait_for(drawn.wait(), 10)
    return time.perf_counter() - began, time.process_time() - spent


def main() -> None:
    """Print the figures."""
    with TemporaryDirectory() as folder:
        environment = {"PLANHAT_TUI_HOME": str(Path(folder) / "home")}
        for name in DEMO_NAMES:
            runtime = Runtime(environment, Start(profile=name))
            runtime.workspace().net.fill().result(120)
            runtime.close()
        runtime = Runtime(environment, Start(demo=True))
        session = replace(runtime.session(), first_seen=gc.freeze)  # as runtime.explore does
        first, *later = asyncio.run(measure(PlanhatApp(session)))
        runtime.close()
    for place, what in enumerate(("on the wall (asked for: under 1,000 ms)", "of the processor")):
        times = [one[place] * 1000 for one in later]
        print(
            f"the first switch {first[place] * 1000:.0f} ms, later ones p50"
            f" {statistics.median(times):.0f} ms, most {max(times):.0f} ms, {what}"
        )


if __name__ == "__main__":
    main()
