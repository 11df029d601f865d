"""Three tenants behind one address: whatever is typed, switched to, sent and started anew.

Their records have the same ids, so that an edit that came to the wrong one would be taken there.
Each value names the tenant that it was typed for, and what each server was sent is written down.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from planhat_tui.config.profiles import Profile, TokenSource
from planhat_tui.model.doubts import GRACE
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from planhat_tui.store.tenant import TenantStore
from planhat_tui.sync.engine import Engine
from planhat_tui.workspace.switch import Workspaces
from planhat_tui.workspace.workspace import Workspace
from tests.conftest import EFFORT
from tests.memory import MEMORY
from tests.sync.rig import SECONDS, URL, Line, Server, Time, client_over, lost_answer, lost_request

if TYPE_CHECKING:
    from planhat_tui.model.outbox import Entry

INTERLEAVINGS = int(40 * EFFORT)
"""10,000 in a long run (effort 250)."""
ROUND = 1_000
"""Interleavings on one machine: with each of them there is more to look through."""
STEPS = 6
NAMES = ("acme", "globex", "initech")
DEEDS = {"edit": 8, "make": 2, "switch": 6, "send": 4, "lose": 2, "restart": 1, "stranger": 1}


class Way(Line):
    """The way that a profile's token opens: to its own tenant, or, for once, to a stranger's."""

    def __init__(self, house: House, name: str) -> None:
        super().__init__(house.servers[name].app)
        self._house = house
        self.lead_to(name)

    def lead_to(self, name: str) -> None:
        self.opens = name
        self._inner = httpx.ASGITransport(app=self._house.servers[name].app)

    async def _forward(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            self._house.written.append((self.opens, request.content.decode()))
        return await super()._forward(request)


class House:
    """A machine with three profiles, and the servers of their tenants."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.time = Time()
        self.servers = {
            name: Server(self.time, tenant=f"00000000-0000-4000-8000-00000000001{place}")
            for place, name in enumerate(NAMES)
        }
        self.written: list[tuple[str, str]] = []
        self.ways = {name: Way(self, name) for name in NAMES}
        self.ids = self.servers[NAMES[0]].ids()
        assert all(server.ids() == self.ids for server in self.servers.values())
        self.fields = {(name, one): "" for name in NAMES for one in self.ids}
        self.made: list[tuple[str, str]] = []
        self.words = count(1)
        self.begin()
        for name in NAMES:
            self.open.open(name).net.fill().result(SECONDS)

    def begin(self) -> None:
        self.open = Workspaces(self._opened)

    def _opened(self, name: str) -> Workspace:
        store = TenantStore.open(self.folder / name, wall=self.time.time)
        profile = Profile(name=name, base_url=URL, token=TokenSource("text", "-"))

        def make_engine(listeners: Any) -> Engine:  # noqa: ANN401 -- the workspace's own
            return Engine(
                connect=lambda on_limits: client_over(self.ways[name], self.time, on_limits),
                store=store,
                on_change=listeners,
                wall=self.time.time,
                pull=False,
            )

        return Workspace(profile, store, make_engine)

    @property
    def here(self) -> str:
        return self.open.current.profile.name

    def close(self) -> None:
        self.open.close_all()
        for server in self.servers.values():
            server.close()

    # -- what may happen

    def edit(self, draw: random.Random) -> None:
        one, word = draw.choice(self.ids), f"{self.here} {next(self.words)}"
        self.open.current.writes.edit(Kind.COMPANY, [one], {"custom.Of": word})
        self.fields[self.here, one] = word

    def make(self, _: random.Random) -> None:
        word = f"{self.here} {next(self.words)}"
        self.open.current.writes.create(Kind.COMPANY, {"name": word, "externalId": word})
        self.made.append((self.here, word))

    def switch(self, draw: random.Random) -> None:
        self.open.open(draw.choice(NAMES))

    def send(self, _: random.Random) -> None:
        self.delivered(self.open.current)

    def lose(self, draw: random.Random) -> None:
        self.ways[draw.choice(NAMES)].once("P*", draw.choice([lost_answer, lost_request]))

    def restart(self, _: random.Random) -> None:
        here = self.here
        self.open.close_all()
        self.begin()
        for name in (*NAMES, here):
            self.open.open(name)

    def stranger(self, draw: random.Random) -> None:
        """Let a token open another tenant at a start: nothing may leave."""
        mine, other = draw.sample(NAMES, 2)
        self.open.close_all()
        self.ways[mine].lead_to(other)
        self.time.leap(GRACE + 1)  # where all waits behind doubts, these are to be looked up
        self.begin()
        workspace, before = self.open.open(mine), len(self.written)
        self.edit(draw)
        assert State.DELIVERED not in {entry.state for entry in self.delivered(workspace)}
        assert workspace.net.status.network == "mismatch"
        assert len(self.written) == before
        self.open.close_all()
        self.ways[mine].lead_to(mine)
        self.begin()
        for name in (*NAMES, mine):
            self.open.open(name)

    def delivered(self, workspace: Workspace) -> tuple[Entry, ...]:
        ns = [entry.n for entry in workspace.reads.outbox()]
        return workspace.net.deliver(ns).result(SECONDS)

    def settle(self) -> None:
        for way in self.ways.values():
            way.calm()
        for _ in range(4):
            for name in NAMES:
                self.delivered(self.open.open(name))
            self.time.leap(GRACE + 1)


@pytest.mark.timeout(max(120, 20 * min(EFFORT, ROUND / 40)))
@pytest.mark.parametrize(
    ("seed", "times"),
    [
        (7 + n, min(ROUND, INTERLEAVINGS - done))
        for n, done in enumerate(range(0, INTERLEAVINGS, ROUND))
    ],
)
def test_nobody_gets_an_edit_of_another_tenant(seed: int, times: int) -> None:
    draw = random.Random(seed)  # noqa: S311 -- a game, no secret
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        play(House(Path(folder)), draw, times)


def play(house: House, draw: random.Random, times: int) -> None:
    happened: Counter[str] = Counter()
    for _ in range(times):
        for deed in draw.choices(list(DEEDS), list(DEEDS.values()), k=STEPS):
            happened[deed] += 1
            getattr(house, deed)(draw)
    house.settle()
    wrong = [
        told
        for opens, told in house.written
        if any(name in told for name in NAMES if name != opens) or opens not in told
    ]
    assert wrong == []
    for (name, one), word in house.fields.items():
        assert house.servers[name].get(one)["custom"].get("Of", "") == word
    assert all(len(house.servers[name].named(word)) == 1 for name, word in house.made)
    assert not any(house.open.not_delivered().values())
    house.close()
    print(
        f"{times} interleavings over 3 tenants ({dict(happened)}):"
        f" {len(house.written)} writes, 0 to another tenant, 0 lost"
    )
    assert all(happened[deed] for deed in DEEDS)
