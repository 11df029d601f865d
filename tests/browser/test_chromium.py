"""The explorer in a real browser: somebody types, sees and clicks."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from tests.browser.chromium import chromium
from tests.browser.visiting import serving

if TYPE_CHECKING:
    from tests.shell import Shell


async def test_somebody_opens_the_address_types_sees_and_clicks(demo: Shell) -> None:
    with serving(demo.home, "--demo") as server:
        async with chromium() as tab:
            await tab.open(server.address)
            await tab.sees("1,200 of 1,200")
            assert "token" not in await tab.value("location.href")
            assert await tab.value("document.cookie") == ""  # no script can read it

            await tab.type("/globex")  # without a click before: the terminal has the focus
            row = await tab.sees("Globex Optics Group")
            before = await tab.colours(row, len("Globex Optics Group"))
            assert len(before) > 2  # ink on paper

            await tab.click(row)
            await tab.sees(" 2 Globex Optics Group ")
            assert await tab.colours(row, len("Globex Optics Group")) != before  # it's the one now

            origin = server.address.partition("/?")[0]
            own = (origin, origin.replace("http", "ws", 1), "data:")
            assert tab.asked
            assert [one for one in tab.asked if not one.startswith(own)] == []
            assert tab.complaints == []

            server.process.send_signal(signal.SIGTERM)
            await tab.reads("#ended", "planhat-tui serve has ended.")
        assert server.process.wait() == 0
