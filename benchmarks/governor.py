"""The real governor on a clock that jumps, against a tenant whose windows nobody knows.

Windows of 60 to 120 s, drawn anew each time; answers take 0.12 to 0.45 s; there is background work
without end and 3 requests a minute that a person waits for. Alone, with others who use 40 calls a
minute of the same tenant, and with four processes that share one budget; and the same with edits
without end in the background's place. Beside it, on the same seeds, four simple policies.

The share is our served calls / (limit x windows, the cut one pro rata, less others' served calls).
A person's wait runs from the request to its answer, latency and repetitions after a 429 included.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import selectors
import sys
from bisect import bisect_right
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, Final, Protocol

from planhat_tui.api.governor import Governor
from planhat_tui.api.window import LONGEST, SHORTEST, Told
from planhat_tui.model.limits import Lane

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

LIMIT: Final = 200
MINUTES: Final = 30
SECONDS: Final = MINUTES * 60.0
LATENCY: Final = (0.12, 0.45)
USER_A_MINUTE: Final = 3.0
OTHERS_A_MINUTE: Final = 40.0
WORKERS: Final = 20
SIMPLE_WORKERS: Final = 2
"""What a simple program does at once: 20 would get as many 429s each time."""
STEP: Final = 0.25
"""Seconds in which the bound takes at most one call to come."""
PRICES: Final = (4.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0)
"""Calls that a late answer may be worth: any price gives a bound, the best of them a near one."""
PAUSE: Final = 5.0
"""Seconds that a simple policy rests after a 429."""


class JumpingSelector(selectors.SelectSelector):
    """Waits by moving the clock: nothing in a simulation comes from outside."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Move the clock on to the next thing that is due."""
        if timeout is None:
            raise RuntimeError("everybody waits for somebody else")
        self.now += max(0.0, timeout)
        return []


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop on a clock of its own."""

    def __init__(self) -> None:
        self._clock = JumpingSelector()
        super().__init__(self._clock)

    def time(self) -> float:
        """Return the simulated seconds."""
        return self._clock.now


def _draw(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 -- a game, no secret


class Shelf:
    """A budget store in memory, which all processes of a simulation share."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def change(self, key: str, step: Callable[[str], str]) -> None:
        """Keep what ``step`` makes of what is kept."""
        self.kept[key] = step(self.kept.get(key, ""))


class Tenant:
    """Planhat's side: windows, and who was served in them."""

    def __init__(self, seed: int) -> None:
        draw = _draw(f"windows {seed}")
        self.starts = [0.0]
        while self.starts[-1] < SECONDS:
            self.starts.append(self.starts[-1] + draw.uniform(60, 120))
        self.used = [0] * len(self.starts)

    def take(self, now: float) -> int | None:
        """Count a call; return what remains, ``None`` for a 429."""
        window = bisect_right(self.starts, now) - 1
        if self.used[window] >= LIMIT:
            return None
        self.used[window] += 1
        return LIMIT - self.used[window]

    @property
    def allowed(self) -> float:
        """Calls that the windows allowed within the time, the cut one pro rata."""
        begun, ends = self.starts[-2], self.starts[-1]
        return LIMIT * (len(self.starts) - 2 + (SECONDS - begun) / (ends - begun))


class Gate(Protocol):
    """What decides when a request may go: it sends and is told what came back."""

    async def send(
        self, lane: Lane, exchange: Callable[[], Awaitable[int | None]], *, again: bool = False
    ) -> bool:
        """Exchange when it's time, or ``again``; tell whether the request was served."""
        ...


class Governed:
    """The real thing."""

    def __init__(self, shelf: Shelf, name: str) -> None:
        loop = asyncio.get_running_loop()
        self.governor = Governor(
            store=shelf,
            key="tenant",
            owner=name,
            clock=loop.time,
            wall=lambda: loop.time() + 1e9,
            sleep=asyncio.sleep,
        )

    async def send(
        self, lane: Lane, exchange: Callable[[], Awaitable[int | None]], *, again: bool = False
    ) -> bool:
        """Exchange in its turn."""
        async with self.governor.turn(lane, again=again) as turn:
            left = await exchange()
            turn.answered(Told(429, LIMIT, 0) if left is None else Told(200, LIMIT, left))
        return left is not None


class Simple:
    """One queue for all, in the order of coming, and a rest after each 429."""

    def __init__(self) -> None:
        self._door = asyncio.Lock()
        self._rests_until = 0.0
        self.now = asyncio.get_running_loop().time

    async def send(
        self,
        _lane: Lane,
        exchange: Callable[[], Awaitable[int | None]],
        *,
        again: bool = False,  # noqa: ARG002 -- all the same to it
    ) -> bool:
        """Exchange when nobody stands before it."""
        async with self._door:
            while (rest := self._rests_until - self.now()) > 0:  # noqa: ASYNC110 -- put off again
                await asyncio.sleep(rest)
            await self.ready()
        left = await exchange()
        if left is None:
            self._rests_until = max(self._rests_until, self.now() + PAUSE)
        return left is not None

    async def ready(self) -> None:
        """Wait until the policy lets a request go: at once."""


class Bucket(Simple):
    """So many a minute, in a bucket that holds as many."""

    def __init__(self, a_minute: int) -> None:
        super().__init__()
        self._a_minute = a_minute
        self._calls, self._at = float(a_minute), self.now()

    async def ready(self) -> None:
        """Wait for a drop."""
        self._fill()
        if self._calls < 1:
            await asyncio.sleep((1 - self._calls) * 60 / self._a_minute + 1e-6)
            self._fill()
        self._calls -= 1

    def _fill(self) -> None:
        now = self.now()
        self._calls = min(self._a_minute, self._calls + (now - self._at) * self._a_minute / 60)
        self._at = now


class FixedReserve:
    """What the headers say, less 20 for the person; who was told of a reset tells the others."""

    RESERVE: Final = 20
    LONGEST: Final = 120.0

    def __init__(self) -> None:
        self._left, self._on_way, self._asked_at = LIMIT, 0, 0.0
        self.now = asyncio.get_running_loop().time

    async def send(
        self,
        lane: Lane,
        exchange: Callable[[], Awaitable[int | None]],
        *,
        again: bool = False,  # noqa: ARG002 -- all the same to it
    ) -> bool:
        """Exchange when enough is left for the lane."""
        kept = 0 if lane is Lane.USER else self.RESERVE
        while self._left - self._on_way <= kept:
            if self._on_way == 0 and self.now() - self._asked_at >= self.LONGEST:
                break
            await asyncio.sleep(0.05 if lane is Lane.USER else 0.5)
        self._on_way += 1
        self._asked_at = self.now()
        left = await exchange()
        self._on_way -= 1
        rise = left is not None and left > self._left + self._on_way + 20
        self._left = 0 if left is None else left if rise else min(self._left, left)
        return left is not None


@dataclass
class Outcome:
    """What became of one run; ``lost`` is what a whole window left unused, in the mean."""

    served: int = 0
    refused: int = 0
    others: int = 0
    allowed: float = 0.0
    lost: float = 0.0
    waits: list[float] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Our part of what the windows allowed, others' taken off."""
        return self.served / (self.allowed - self.others)


class Run:
    """A tenant, its users, and what happened to them for half an hour."""

    def __init__(self, seed: int) -> None:
        self.tenant = Tenant(seed)
        self.outcome = Outcome()
        self.now = asyncio.get_running_loop().time
        self._latency = _draw(f"latency {seed}")
        self._people = _draw(f"people {seed}")
        self._strangers = _draw(f"strangers {seed}")
        self._asking: set[asyncio.Task[None]] = set()

    async def go(self, gates: Sequence[Gate], scene: Scene) -> Outcome:
        """Let everybody run; return what happened."""
        workers = [self._work(gate, scene.lane) for gate in gates for _ in range(scene.workers)]
        tasks = [asyncio.ensure_future(worker) for worker in workers]
        tasks.append(asyncio.ensure_future(self._person(gates)))
        if scene.others:
            tasks.append(asyncio.ensure_future(self._other(scene.others)))
        await asyncio.sleep(SECONDS)
        for task in (*tasks, *self._asking):
            task.cancel()
        await asyncio.gather(*tasks, *self._asking, return_exceptions=True)
        self.outcome.allowed = self.tenant.allowed
        whole = self.tenant.used[: len(self.tenant.starts) - 2]
        self.outcome.lost = sum(LIMIT - used for used in whole) / len(whole)
        return self.outcome

    async def _exchange(self) -> int | None:
        there, back = (self._latency.uniform(*LATENCY) / 2 for _ in range(2))
        await asyncio.sleep(there)
        left = self.tenant.take(self.now())
        if left is None:
            self.outcome.refused += 1
        else:
            self.outcome.served += 1
        await asyncio.sleep(back)
        return left

    async def _work(self, gate: Gate, lane: Lane) -> None:
        while True:
            await gate.send(lane, self._exchange)

    async def _person(self, gates: Sequence[Gate]) -> None:
        while True:
            await asyncio.sleep(self._people.expovariate(USER_A_MINUTE / 60))
            self._asking.add(asyncio.ensure_future(self._ask(self._people.choice(gates))))

    async def _ask(self, gate: Gate) -> None:
        began = self.now()
        try:
            again = False
            while not await gate.send(Lane.USER, self._exchange, again=again):
                again = True
        finally:
            self.outcome.waits.append(self.now() - began)

    async def _other(self, a_minute: float) -> None:
        while True:
            await asyncio.sleep(self._strangers.expovariate(a_minute / 60))
            self.outcome.others += self.tenant.take(self.now()) is not None


def _alone() -> list[Gate]:
    return [Governed(Shelf(), "one")]


def _four() -> list[Gate]:
    shelf = Shelf()
    return [Governed(shelf, name) for name in ("one", "two", "three", "four")]


@dataclass(frozen=True)
class Scene:
    """A way to send, how much others use of the tenant, and the lane of the work without end."""

    name: str
    gates: Callable[[], Sequence[Gate]]
    others: float = 0.0
    workers: int = WORKERS
    lane: Lane = Lane.BACKGROUND


GOVERNED: Final = (
    Scene("alone", _alone),
    Scene("others use 40 a minute", _alone, OTHERS_A_MINUTE),
    Scene("four processes", _four),
    Scene("edits: alone", _alone, lane=Lane.OUTBOX),
    Scene("edits: others use 40 a minute", _alone, OTHERS_A_MINUTE, lane=Lane.OUTBOX),
    Scene("edits: four processes", _four, lane=Lane.OUTBOX),
)
SIMPLE: Final = (
    Scene("send until 429", lambda: [Simple()], workers=SIMPLE_WORKERS),
    Scene("bucket of 200 a minute", lambda: [Bucket(200)], workers=SIMPLE_WORKERS),
    Scene("bucket of 100 a minute", lambda: [Bucket(100)], workers=SIMPLE_WORKERS),
    Scene("headers, 20 kept for the user", lambda: [FixedReserve()]),
)
SCENES: Final = GOVERNED + SIMPLE


def _fail(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """End a run in which anything went wrong: its figures would be worth nothing."""
    print(context.get("exception"), context["message"], file=sys.stderr)
    os._exit(1)


def run(scene: int, seed: int) -> Outcome:
    """Run one scene with one seed."""
    chosen = SCENES[scene]

    async def play() -> Outcome:
        asyncio.get_running_loop().set_exception_handler(_fail)
        return await Run(seed).go(chosen.gates(), chosen)

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(play())


def percentile(values: Sequence[float], part: float) -> float:
    """Return the value that such a part of the values doesn't exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def report(scene: Scene, outcomes: Sequence[Outcome]) -> None:
    """Print one line."""
    share = sum(o.served for o in outcomes) / sum(o.allowed - o.others for o in outcomes)
    refused = sum(o.refused for o in outcomes) / len(outcomes) / MINUTES
    waits = [wait for outcome in outcomes for wait in outcome.waits]
    print(
        f"{scene.name:32} {share:7.1%} {refused:10.2f} {percentile(waits, 0.5):9.2f} s"
        f" {percentile(waits, 0.95):8.2f} s",
        flush=True,
    )


def bound(others_a_minute: float, lost: float) -> float:
    """Return the user's p95 wait that no client beats which loses so many calls a window.

    It is given all that can be: it knows how often others and the user call, though not when, and
    hears of each call and each reset at once. Only the length of a window is hidden from it. If
    the least that lost calls and late answers can cost together, at some price of a late one, is
    more than the lost calls alone, the rest are late answers (weak duality): so many that more
    than one in twenty is late, whatever the client does. The least latency is added.
    """
    asked = USER_A_MINUTE / 60 * (SHORTEST + LONGEST) / 2
    low, high = 0.0, LONGEST
    while high - low > 0.05:
        late = (low + high) / 2
        least = max((_least(others_a_minute, price, late) - lost) / price for price in PRICES)
        low, high = (late, high) if least > 0.05 * asked else (low, late)
    return low + LATENCY[0]


def _least(others_a_minute: float, price: float, late: float) -> float:
    """Return the least that a window costs: 1 a lost call, ``price`` an answer that is late.

    Late is what waits longer than ``late`` seconds. Worked out backwards from the latest reset, for
    each number of calls that may be left; calls above what is best kept are spent at once.
    """
    user = USER_A_MINUTE / 60 * STEP
    called = others_a_minute / 60 * STEP + user
    cost = [float(calls) for calls in range(LIMIT + 1)]
    for step in reversed(range(round(LONGEST / STEP))):
        at = step * STEP
        reset = 0.0 if at < SHORTEST else min(1.0, STEP / (LONGEST - at))
        too_late = max(0.0, LONGEST - max(SHORTEST, at + late)) / (LONGEST - max(SHORTEST, at))
        later = [cost[0] + price * user * too_late]
        later += [(1 - called) * n + called * fewer for fewer, n in pairwise(cost)]
        whole = (reset * n + (1 - reset) * then for n, then in enumerate(later))
        cost = list(accumulate(whole, min))
    return cost[LIMIT]


def main() -> None:
    """Run every scene and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--scene", type=int, nargs="*")
    chosen = parser.parse_args()
    print(f"{'':32} {'share':>7} {'429s/min':>10} {'user p50':>11} {'p95':>10}")
    with ProcessPoolExecutor(2) as pool:
        for number, scene in enumerate(SCENES):
            if chosen.scene is not None and number not in chosen.scene:
                continue
            seeds = range(chosen.seeds)
            outcomes = list(pool.map(run, [number] * len(seeds), seeds))
            report(scene, outcomes)
            if scene.others:
                lost = sum(outcome.lost for outcome in outcomes) / len(outcomes)
                least = bound(scene.others, lost)
                print(f"{'  no client that loses as much:':32} {'':29} {least:10.2f} s", flush=True)


if __name__ == "__main__":
    main()
