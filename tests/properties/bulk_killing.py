"""A plan whose process is killed at any place: ``-m tests.properties.bulk_killing``.

Each game has files of its own, copied from ones that are filled. A process queues a plan and sends
it until it is killed where it was drawn: before or after a transaction of the outbox, before the
first byte of a request, when the server has come through half of a list, after the answer. Then
others go on, which are killed as well, and at last one in peace. What was on its way may land up to
the grace time later. The server is asked what is there, and every call was counted.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path
from typing import Any, Final

import httpx

from planhat_tui.model.doubts import GRACE
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, NewEntry
from planhat_tui.model.records import Kind
from planhat_tui.sandbox import SandboxOptions, create_app
from planhat_tui.store.tenant import TenantStore
from tests.memory import MEMORY
from tests.properties.killing import PATIENCE, Doom, doom_writes
from tests.sync import rig
from tests.sync.rig import Desk, Line, Server, Time

ROWS: Final = 400
KILLS: Final = 2
"""Processes that may be killed in a game; the second at any place as well."""
NOBODY: Final = 10_000
"""A place that no process comes to."""
STEP: Final = "plan:1"
LISTS: Final = "PUT /companies"
CHANGES: Final = (
    Change("phase", "onboarding", "renewal"),
    Change("tags", ["a"], ["a", "x"]),
    Change("custom.Plan", "Gold", "Silver"),
)


class DoomedList(Line):
    """A line whose owner dies on the way, also when a list is carried out by half.

    ``calls`` is a file with a line for each request, ``flying`` has the list that was sent and
    didn't arrive.
    """

    def __init__(self, app: Any, doom: Doom, folder: Path) -> None:  # noqa: ANN401 -- any ASGI application
        super().__init__(app)
        self._doom = doom
        self._calls = folder / "calls"
        self._flying = folder / "flying"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        told = f"{request.method} {request.url.raw_path.decode().partition('?')[0]}"
        with self._calls.open("a") as calls:
            calls.write(f"{told}\n")
        if told == LISTS:
            self._flying.write_bytes(request.content)
            (self._flying.parent / "list_at").write_text(str(NOBODY - self._doom.left))
        self._doom.passes()
        if told == LISTS and self._doom.left == 0:
            rows = json.loads(request.content)
            half = json.dumps(rows[: len(rows) // 2]).encode()
            headers = {k: v for k, v in request.headers.items() if k != "content-length"}
            await self._forward(
                httpx.Request(request.method, request.url, headers=headers, content=half)
            )
        self._doom.passes()
        response = await super().handle_async_request(request)
        if told == LISTS:
            self._flying.unlink()
        self._doom.passes()
        return response


class Game:
    """One plan, from the queue to the end. ``makes``: it makes companies, else it changes them.

    ``late`` is the share of lists that land after their process was killed.
    """

    def __init__(self, folder: Path, draw: random.Random, *, makes: bool, late: float) -> None:
        self.folder = folder
        self.late = late
        self.draw = draw
        self.makes = makes
        self.database = folder / "sandbox.db"
        self.time = Time()
        self.deaths = 0

    def play(self, places: list[int]) -> dict[str, int]:
        """Kill a process at each of these places; what was found in the end."""
        for place in places:
            status = self.fork(place)
            assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, status
            self.deaths += os.WIFSIGNALED(status)
            self.meanwhile()
        status = self.fork(NOBODY, peace=True)
        assert os.WEXITSTATUS(status) == 0, status
        return self.found()

    def fork(self, place: int, *, peace: bool = False) -> int:
        """Let a process live; how it ended."""
        child = os.fork()
        if child:
            return os.waitpid(child, 0)[1]
        status = 3
        try:
            self.live(place, peace=peace)
            status = 0
        except Exception:  # noqa: BLE001 -- whatever it is, it has failed, and is told
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(status)

    def live(self, place: int, *, peace: bool) -> None:
        """Queue the plan if nobody has, and send; in peace until all of it is settled."""
        doom = Doom(place)
        options = SandboxOptions(db=self.database, limit=10_000_000)
        app = create_app(options, clock=self.time.time)
        desk = Desk(self.folder / "tenant", DoomedList(app, doom, self.folder), self.time)
        doom_writes(doom, inside=False)
        if not desk.store.steps.counts(STEP):
            self.queue(desk)
        desk.deliver(*desk.store.outbox.open_entries())
        for _ in range(4 if peace else 0):
            desk.look_at_the_outbox()
            self.time.leap(GRACE)
        desk.close()
        app.close()
        if not peace:
            (self.folder / "passed").write_text(str(place - doom.left))

    def queue(self, desk: Desk) -> None:
        if self.makes:
            ids = [f"new-{n}" for n in range(ROWS)]
            new = [
                NewEntry(
                    *(Kind.COMPANY, Action.CREATE, one, one),
                    body={"name": f"Made {one}", "externalId": one},
                    step=STEP,
                )
                for one in ids
            ]
        else:
            ids = [one for one in desk.store.mirror.company_ids() if not one.startswith("new-")]
            new = [
                NewEntry(Kind.COMPANY, Action.UPDATE, one, one, CHANGES, step=STEP) for one in ids
            ]
        desk.store.outbox.add(*new)
        desk.store.mirror.lay_again(Kind.COMPANY, ids)

    def meanwhile(self) -> None:
        """Let time pass, a colleague write, and what was on its way land, or not."""
        self.time.leap(self.draw.uniform(1, GRACE / 3))
        server = Server(self.time, db=self.database)
        for company in self.draw.sample(server.ids(), 5):
            server.put(company, country="Theirs")
        flying = self.folder / "flying"
        if flying.exists():
            rows = json.loads(flying.read_bytes())
            if self.draw.random() < self.late:
                server.upsert(rows)
            flying.unlink()
        server.close()

    def found(self) -> dict[str, int]:
        """Hold the server against what was typed; count the calls."""
        server = Server(self.time, db=self.database)
        there = server.ask("GET", f"/companies?limit={5 * ROWS}")
        server.close()
        store = TenantStore.open(self.folder / "tenant", wall=self.time.time)
        left, states = len(store.outbox.open_entries()), store.steps.counts(STEP)
        store.close()
        if self.makes:
            names = Counter(company["name"] for company in there)
            mine = [names[f"Made new-{n}"] for n in range(ROWS)]
        else:
            mine = [int(_has_it(company)) for company in there]
            assert len(mine) == ROWS
        calls = Counter((self.folder / "calls").read_text().splitlines())
        lists = {"GET /companies", "GET /leancompanies", LISTS}
        return {
            "deaths": self.deaths,
            **{what: self.noted(what) for what in ("passed", "list_at")},
            "rows": sum(states.values()),
            "left": left,
            "lost": sum(n == 0 for n in mine),
            "twice": sum(n > 1 for n in mine),
            "writes": calls[LISTS],
            "reads": calls["GET /companies"] + calls["GET /leancompanies"],
            "singly": sum(n for told, n in calls.items() if told not in {*lists, "GET /myprofile"}),
        }

    def noted(self, what: str) -> int:
        """Return a place that the last process has noted."""
        there = self.folder / what
        return int(there.read_text()) if there.exists() else 0


def _has_it(company: dict[str, Any]) -> bool:
    custom = company["custom"].get("Plan")
    return (company["phase"], company["tags"], custom) == ("renewal", ["a", "x"], "Silver")


def fill(folder: Path, companies: int) -> None:
    """Make a server with companies as they are before, and a tenant that knows them."""
    time = Time()
    server = Server(time, companies=companies, db=folder / "sandbox.db")
    server.upsert(
        [
            {"_id": one, "phase": "onboarding", "tags": ["a"], "custom": {"Plan": "Gold"}}
            for one in server.ids()
        ]
    )
    desk = Desk(folder / "tenant", Line(server.app), time)
    desk.fill()
    desk.close()
    server.close()


def main() -> None:
    """Play; print what came of it as JSON."""
    rig.SECONDS = PATIENCE
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--games", type=int, default=10)
    parser.add_argument("--makes", action="store_true")
    asked = parser.parse_args()
    draw = random.Random(asked.seed)  # noqa: S311 -- a game, no secret
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        template = Path(folder)
        fill(template, 20 if asked.makes else ROWS)

        def play(places: list[int], late: float = 0.0) -> dict[str, int]:
            with tempfile.TemporaryDirectory(dir=MEMORY) as copy:
                shutil.copytree(template, copy, dirs_exist_ok=True)
                return Game(Path(copy), draw, makes=asked.makes, late=late).play(places)

        quiet = play([NOBODY])
        places, at = quiet["passed"], quiet["list_at"]
        games = [play([at + n]) for n in range(3)]
        for n in range(asked.games):
            again = [draw.randrange(places) for _ in range(n % KILLS)]
            games.append(play([n * places // asked.games, *again], late=0.5))
    print(json.dumps({"quiet": quiet, "games": games}))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    main()
