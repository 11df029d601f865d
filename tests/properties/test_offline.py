"""A day without a network, and then all of it at once: in order, within the limit, nobody's lost.

The clock is set; the server is the sandbox with the limit that Planhat has, and each call takes
some tenths of a second of that clock.
"""

from __future__ import annotations

import random
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import State
from tests.conftest import EFFORT
from tests.memory import MEMORY
from tests.sync.rig import Desk, Line, Server, Time

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from planhat_tui.model.outbox import Entry

EDITS = int(300 * EFFORT)
"""5,000 in a long run (effort 17)."""
COMPANIES = EDITS * 4 // 5
DAY = 24 * 3600.0
LIMIT = 200
LATENCY = (0.12, 0.45)
SHARE = 0.95
"""The least share of the limit that is used."""
REFUSALS = 0.1
"""The most 429s a minute; one can always be."""


class Slow(Line):
    """A line on which calls take their time, and which notes what the limit told of each."""

    def __init__(self, server: Server, time: Time, draw: random.Random) -> None:
        super().__init__(server.app)
        self._time, self._draw = time, draw
        self.left: list[int] = []
        self.refused = 0

    async def _forward(self, request: httpx.Request) -> httpx.Response:
        self._time.leap(self._draw.uniform(*LATENCY))
        response = await super()._forward(request)
        self.refused += response.status_code == 429
        self.left.append(int(response.headers["x-rate-limit-remaining"]))
        return response

    def windows(self) -> list[int]:
        """Return how many calls each window served that was there from its start to its end."""
        resets = [n + 1 for n, (a, b) in enumerate(pairwise(self.left)) if b > a]
        return [LIMIT - self.left[end - 1] for end in resets[1:]]


@pytest.mark.timeout(max(120, 60 * EFFORT))
def test_after_a_day_offline_all_goes_in_order_and_within_the_limit() -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        play(Path(folder))


def deliver(desk: Desk) -> Sequence[Entry]:
    """Send all that is open, if there's a network; return what has become of it."""
    waiting = desk.engine.deliver([entry.n for entry in desk.store.outbox.open_entries()])
    return waiting.result(60 + 40 * EFFORT)


def play(folder: Path) -> None:
    draw, time = random.Random(5), Time()  # noqa: S311 -- a game, no secret
    there = folder / "sandbox.db"
    server = Server(time, companies=COMPANIES, db=there)  # as others see it, without the limit
    limited = Server(time, companies=COMPANIES, db=there, limit=LIMIT)
    line = Slow(limited, time, draw)
    desk = Desk(folder / "tenant", line, time)
    desk.engine.fill().result(60 + 10 * EFFORT)
    ids, began = server.ids(), time.now
    typed: dict[str, list[str]] = {}
    theirs: dict[str, str] = {}
    line.cut = True
    for n in range(EDITS):
        one, word = draw.choice(ids), f"word {n}"
        before = typed.get(one, [None])[-1]
        desk.edit(one, Change("custom.Mine", before, word))
        typed.setdefault(one, []).append(word)
        if n % 20 == 0:
            other = draw.choice(ids)
            theirs[other] = f"City {n}"
            server.put(other, city=theirs[other])
        if n % (EDITS // 5) == 0:
            assert {entry.state for entry in deliver(desk)} == {State.QUEUED}
        time.leap(DAY / EDITS)
    assert time.now - began >= DAY
    line.left.clear()
    assert len(desk.store.outbox.open_entries()) == EDITS
    assert desk.network() == "offline"
    line.cut, back = False, time.now
    told = deliver(desk)
    minutes = (time.now - back) / 60
    assert {entry.state for entry in told} == {State.DELIVERED}
    puts: dict[str, list[str]] = {}
    for told_of, body in line.done:
        if told_of.startswith("PUT"):
            puts.setdefault(told_of.removeprefix("PUT /companies/"), []).append(
                body["custom"]["Mine"]
            )
    assert puts.keys() == typed.keys()
    assert all(sent == sorted(sent, key=typed[one].index) for one, sent in puts.items())
    desk.close()
    assert all(server.get(one)["custom"]["Mine"] == words[-1] for one, words in typed.items())
    assert all(server.get(one)["city"] == city for one, city in theirs.items())
    limited.close()
    server.close()
    windows = line.windows()
    share = sum(windows) / (LIMIT * len(windows)) if windows else 1.0
    print(
        f"{EDITS} edits of a day on {len(typed)} companies: {len(line.left)} calls in"
        f" {minutes:.0f} min, {share:.1%} of {len(windows)} whole windows,"
        f" {line.refused} 429s ({line.refused / minutes:.2f} a minute)"
    )
    assert share >= SHARE
    assert line.refused <= max(1, REFUSALS * minutes)
