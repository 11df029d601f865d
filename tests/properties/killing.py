"""Processes that share one outbox and are killed at any place: ``-m tests.properties.killing``.

One process loads everything once and forks the others. Each of them edits and delivers until it is
killed at a place that was drawn: before or after a transaction of the outbox, before or after a
request arrives. At last one works in peace, and the server is asked what is there.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from planhat_tui.model.doubts import GRACE
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, NewEntry
from planhat_tui.model.records import NEW_ID_PREFIX, Kind
from planhat_tui.sandbox import SandboxOptions, create_app
from planhat_tui.store.connection import Database
from tests.memory import MEMORY
from tests.sync import rig
from tests.sync.rig import Desk, Line, Server, Time

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

PLACES: Final = 120
"""Places at which one may be killed; a process that gets past all of them ends by itself."""
PATIENCE: Final = 600.0
"""Seconds that one waits for what must come, also where the machine is busy."""
ROUND: Final = 2 * GRACE
"""Seconds of the set clock between two generations: doubts of the one before are due."""


class Doom:
    """Kills this process at the place that was drawn."""

    def __init__(self, place: int) -> None:
        self.left = place

    def passes(self) -> None:
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)


class DoomedLine(Line):
    """A line whose owner may die before a request arrives, or after."""

    def __init__(self, app: Any, doom: Doom) -> None:  # noqa: ANN401 -- any ASGI application
        super().__init__(app)
        self._doom = doom

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._doom.passes()
        response = await super().handle_async_request(request)
        self._doom.passes()
        return response


def doom_writes(doom: Doom, *, inside: bool = True) -> None:
    """Let every transaction of an outbox be a place, before it begins and once it is committed.

    ``inside``: also what is written in the midst of one.
    """
    whole = Database.writing

    @contextlib.contextmanager
    def writing(database: Database) -> Iterator[sqlite3.Connection]:
        outermost = not getattr(database._local, "writing", False)
        doomed = database.path.name == "outbox.db" and (inside or outermost)
        if doomed:
            doom.passes()
        with whole(database) as connection:
            yield connection
        if doomed:
            doom.passes()

    Database.writing = writing  # type: ignore[method-assign, assignment] # this process is about to die


class Game:
    """The files that all share: the tenant's, the server's, and what was acknowledged."""

    def __init__(self, folder: Path, edits: int) -> None:
        self.folder = folder
        self.edits = edits
        self.acknowledged = folder / "acknowledged"
        self.acknowledged.touch()
        self.options = SandboxOptions(db=folder / "sandbox.db", companies=6, limit=10_000_000)

    def live(self, name: str, generation: int, place: int) -> None:
        """Edit, deliver, and die where it was drawn; exit status 3 says that something is wrong."""
        time, doom = Time(), Doom(place)
        time.leap(generation * ROUND)
        app = create_app(self.options, clock=time.time)
        desk = Desk(self.folder / "tenant", DoomedLine(app, doom), time)
        if not desk.store.mirror.company_ids():
            desk.fill()
        doom_writes(doom)
        ids = sorted(i for i in desk.store.mirror.company_ids() if not i.startswith(NEW_ID_PREFIX))
        log = os.open(self.acknowledged, os.O_WRONLY | os.O_APPEND)
        for n in range(self.edits):
            word, one = f"{name} {n}", ids[n % len(ids)]
            if n % 6 == 5:
                self.make_some(desk, word)
                told = [["company", f"{word} {twin}", ""] for twin in "ab"]
            elif n % 3 == 2:
                desk.create(f"new-{word}", Kind.CONTACT, name=word, companyId=one)
                told = [["contact", word, one]]
            else:
                desk.edit(one, Change(f"custom.{word}", None, word))
                told = [["edit", word, one]]
            os.write(log, "".join(f"{json.dumps(each)}\n" for each in told).encode())
        desk.deliver(*desk.store.outbox.open_entries())
        desk.close()
        app.close()

    def make_some(self, desk: Desk, word: str) -> None:
        """Make companies as an import does: in one step, with external ids, so in one call."""
        names = [f"{word} {twin}" for twin in "ab"]
        new = [
            NewEntry(
                *(Kind.COMPANY, Action.CREATE, f"new-{name}", name),
                body={"name": name, "externalId": name},
                step=word,
            )
            for name in names
        ]
        desk.store.outbox.add(*new)
        desk.store.mirror.lay_again(Kind.COMPANY, [f"new-{name}" for name in names])

    def settle(self, generation: int) -> dict[str, int]:
        """Let one deliver what is left, and compare with the server."""
        time = Time()
        time.leap(generation * ROUND)
        server = Server(time, db=self.options.db)
        desk = Desk(self.folder / "tenant", Line(server.app), time)
        for _ in range(4):
            desk.look_at_the_outbox()
            time.leap(GRACE)
        found = Counter(left=len(desk.store.outbox.open_entries()))
        desk.close()
        made = {
            "contact": Counter(c["name"] for c in server.ask("GET", "/endusers?limit=2000")),
            "company": Counter(c["name"] for c in server.ask("GET", "/leancompanies")),
        }
        for line in self.acknowledged.read_text().splitlines():
            kind, word, one = json.loads(line)
            found["acknowledged"] += 1
            if kind == "edit":
                there = int(server.get(one)["custom"].get(word) == word)
            else:
                there = made[kind][word]
            found["lost"] += there < 1
            found["twice"] += there > 1
        server.close()
        with sqlite3.connect(self.folder / "tenant" / "outbox.db") as connection:
            (checked,) = connection.execute("PRAGMA integrity_check").fetchone()
        connection.close()
        found["integrity"] += checked != "ok"
        return dict(found)


def forked(game: Game, name: str, generation: int, place: int) -> None:
    """Start one."""
    if os.fork():
        return
    status = 3
    try:
        game.live(name, generation, place)
        status = 0
    except Exception:  # noqa: BLE001 -- whatever it is, it has failed, and is told
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def main() -> None:
    """Play; print what came of it as JSON."""
    rig.SECONDS = PATIENCE
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--edits", type=int, default=6)
    asked = parser.parse_args()
    draw = random.Random(asked.seed)  # noqa: S311 -- a game, no secret
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        game = Game(Path(folder), asked.edits)
        ended: Counter[str] = Counter()
        generation = 0
        while ended["killed"] < asked.kills:
            generation += 1
            for n in range(asked.processes):
                forked(game, f"g{generation}p{n}", generation, draw.randrange(PLACES))
            for _ in range(asked.processes):
                _, status = os.wait()  # whoever ends first: the dead are seen as dead at once
                died = os.WIFSIGNALED(status)
                ended["killed" if died else "failed" if status else "lived"] += 1
        print(json.dumps({**ended, **game.settle(generation + 1)}))


if __name__ == "__main__":
    main()
