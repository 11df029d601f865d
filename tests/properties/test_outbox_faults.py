"""Writes through answers of which three in ten are lost, or come about late; and disks that fail.

The server is the oracle: what was typed is there once, and nothing landed twice.
"""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from planhat_tui.errors import PlanhatTuiError
from planhat_tui.model.edits import Change, value_at
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from planhat_tui.store.connection import Database
from planhat_tui.sync import session
from planhat_tui.sync.doubts import GRACE
from tests.conftest import EFFORT
from tests.memory import MEMORY
from tests.sync.rig import Desk, Line, Server, Time, lost_answer, lost_request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planhat_tui.model.values import Json
    from tests.sync.rig import Fault

WRITES = int(240 * EFFORT)
"""20,000 in a long run (effort 84)."""
ROUND = 2_000
"""Writes on one server: with each of them the next looks through more."""
FAULTY = 0.3
LATE = 60.0
BATCH = 12


class Unreliable(Line):
    """A line on which writes get lost, or lose their answers, or land up to a minute later."""

    def __init__(self, server: Server, time: Time, draw: random.Random) -> None:
        super().__init__(server.app)
        self._time = time
        self._draw = draw
        self._late: list[tuple[float, httpx.Request]] = []
        self.calm_now = False
        self.faults = self.landed_late = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._land()
        faulty = request.method != "GET" and not self.calm_now and self._draw.random() < FAULTY
        if faulty:
            self.faults += 1
            fault = self._draw.choice([lost_request, lost_answer, None])
            if fault is not None:
                self.once("*", fault)
            else:
                content = request.content
                again = httpx.Request(
                    request.method, request.url, headers=request.headers, content=content
                )
                self._late.append((self._time.now + self._draw.uniform(0, LATE), again))
                raise httpx.ReadError("the line broke")
        return await super().handle_async_request(request)

    async def _land(self) -> None:
        due = [one for one in self._late if one[0] <= self._time.now]
        for one in sorted(due, key=lambda one: one[0]):
            self._late.remove(one)
            self.landed_late += 1
            await self._inner.handle_async_request(one[1])


@pytest.mark.timeout(max(120, 40 * min(EFFORT, ROUND / 240)))
@pytest.mark.parametrize(
    ("seed", "writes"),
    [(3 + n, min(ROUND, WRITES - done)) for n, done in enumerate(range(0, WRITES, ROUND))],
)
def test_of_writes_with_faulty_answers_none_is_lost_and_none_is_done_twice(
    time: Time, seed: int, writes: int
) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        play(Path(folder), time, seed, writes)


def play(folder: Path, time: Time, seed: int, writes: int) -> None:
    draw = random.Random(seed)  # noqa: S311 -- a game, no secret
    server = Server(time, companies=12)
    line = Unreliable(server, time, draw)
    desk = Desk(folder / "tenant", line, time)
    desk.fill()
    ids, words = server.ids(), count(1)
    wanted: dict[tuple[str, str], Json] = {}
    made: list[str] = []
    people: list[tuple[str, str]] = []
    calls = entries = 0
    for _ in range(-(-writes // BATCH)):
        for _ in range(BATCH):
            entries += 1
            word, one = f"word {next(words)}", draw.choice(ids)
            match draw.choice(["edit", "edit", "edit", "company", "contact", "call"]):
                case "edit":
                    path = draw.choice(["phase", "city", "custom.Mine"])
                    shown = desk.company(one).raw
                    now = value_at(shown, path)
                    desk.edit(one, Change(path, now, word))
                    wanted[one, path] = word
                case "company":
                    desk.create(f"new-{word}", name=word)
                    made.append(word)
                case "contact":
                    desk.create(f"new-{word}", Kind.CONTACT, name=word, companyId=one)
                    people.append((word, one))
                case _:
                    calls += 1
                    desk.create(f"new-{word}", Kind.CALL, nr=word, externalUserId="max123")
        drain(desk, time, rounds=2)
    line.calm_now = True
    drain(desk, time, rounds=6)
    desk.rest()
    left = desk.store.outbox.open_entries()
    assert {entry.kind for entry in left} <= {Kind.CALL}  # those are a person's to decide
    assert all(entry.state is State.NOT_SURE for entry in left)
    for (one, path), last in wanted.items():
        assert value_at(server.get(one), path) == last
    assert all(len(server.named(name)) == 1 for name in made)
    names = [(c["name"], c["companyId"]) for c in server.ask("GET", "/endusers?limit=2000")]
    assert all(names.count(person) == 1 for person in people)
    logged = [body for told, body in line.done if told == "POST /calls"]
    assert len(logged) == len({body["nr"] for body in logged})
    desk.close()
    server.close()
    print(
        f"{entries} writes, {line.faults} faulty answers, {line.landed_late} landed late:"
        f" {len(made)} companies, {len(people)} contacts, {calls} calls ({len(left)} not sure);"
        " 0 lost, 0 twice"
    )
    assert line.faults > writes / 10
    assert line.landed_late > 0


def drain(desk: Desk, time: Time, rounds: int) -> None:
    for _ in range(rounds):
        desk.deliver(*desk.store.outbox.open_entries())
        desk.look_at_the_outbox()
        time.leap(GRACE + 1)


@pytest.fixture
def time() -> Time:
    return Time()


class Failing:
    """Lets the N-th call of a kind fail, once: a ``call`` that the test makes fail when told so."""

    def __init__(self) -> None:
        self.left = -1
        self.failed = False

    def arm(self, n: int) -> None:
        self.left, self.failed = n, False

    def disarm(self) -> bool:
        """Let nothing fail any more; tell whether something has failed."""
        self.left = -1
        return self.failed

    def is_due(self) -> bool:
        """Count a call; tell whether it's the one that fails."""
        if self.left < 0:
            return False
        self.left -= 1
        self.failed = self.failed or self.left < 0
        return self.left < 0


IO_ERROR = sqlite3.OperationalError("disk I/O error")


def fail_writes(monkeypatch: pytest.MonkeyPatch, failing: Failing, name: str, at: str) -> None:
    """Let a transaction of a file fail as it begins, or at its end, when it is synced."""
    whole = Database.writing

    @contextlib.contextmanager
    def writing(database: Database) -> Iterator[sqlite3.Connection]:
        outermost = not getattr(database._local, "writing", False)
        due = database.path.name == name and outermost and failing.is_due()
        if due and at == "begin":
            with database._translated():
                raise IO_ERROR
        with whole(database) as connection:
            yield connection
            if due:
                raise IO_ERROR

    monkeypatch.setattr(Database, "writing", writing)


def fail_opening(monkeypatch: pytest.MonkeyPatch, failing: Failing) -> None:
    """Let a file not open: for whom it is opened first, or for a thread that reads it."""
    whole = Database._connect

    def connect(database: Database) -> sqlite3.Connection:
        if failing.is_due():
            raise sqlite3.OperationalError("unable to open database file")
        return whole(database)

    monkeypatch.setattr(Database, "_connect", connect)


class Breaking(Line):
    """A line whose N-th request gets lost, or its answer."""

    def __init__(self, server: Server, failing: Failing, fault: Fault | None) -> None:
        super().__init__(server.app)
        self._failing, self._fault = failing, fault

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._fault is not None and self._failing.is_due():
            self.once("*", self._fault)
        return await super().handle_async_request(request)


PLACES = {
    "a write of the outbox begins": ("outbox.db", "begin"),
    "a write of the outbox is synced": ("outbox.db", "commit"),
    "a write of the local copy begins": ("mirror.db", "begin"),
    "a write of the local copy is synced": ("mirror.db", "commit"),
    "a file is opened": None,
    "a request is lost": lost_request,
    "an answer is lost": lost_answer,
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Time, Server, Path]]:
    """Return a time, a server, and the files of a tenant that are filled from it."""
    time, folder = Time(), tmp_path_factory.mktemp("template") / "tenant"
    server = Server(time)
    desk = Desk(folder, Line(server.app), time)
    desk.fill()
    desk.close()
    yield time, server, folder
    server.close()


@pytest.mark.parametrize("place", PLACES)
def test_whichever_call_fails_the_edit_is_durable_or_refused(
    template: tuple[Time, Server, Path], place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_FIRST_PAUSE", 0.05)
    time, server, filled = template
    failing, how = Failing(), PLACES[place]
    if isinstance(how, tuple):
        fail_writes(monkeypatch, failing, *how)
    elif how is None:
        fail_opening(monkeypatch, failing)
    line = Breaking(server, failing, how if callable(how) else None)
    company, kept, refused = server.ids()[0], 0, 0
    for n in count():
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            shutil.copytree(filled, Path(folder) / "tenant")
            failing.arm(n)
            word, acknowledged = f"{place} {n}", False
            with contextlib.suppress(PlanhatTuiError):  # refused aloud, not lost in silence
                acknowledged = typed_and_sent(Path(folder) / "tenant", line, time, company, word)
            failed = failing.disarm()
            desk = Desk(Path(folder) / "tenant", line, time)  # begun anew, and nothing fails
            drain(desk, time, rounds=3)
            assert desk.store.outbox.open_entries() == ()
            there = server.get(company)["custom"].get(word) == "yes"
            made = len(server.named(word))
            assert made <= 1
            if acknowledged:
                assert (there, made) == (True, 1)
            kept, refused = kept + acknowledged, refused + (not acknowledged)
            desk.close()
        if not failed:
            break
    print(f"{n} places where {place} can fail: {kept} kept, {refused} refused")
    assert n > 3
    assert acknowledged  # in the end nothing failed


def typed_and_sent(folder: Path, line: Line, time: Time, company: str, word: str) -> bool:
    """Edit, make a company, and send both; tell whether both were acknowledged when typed."""
    desk = Desk(folder, line, time)
    acknowledged = False
    try:
        desk.edit(company, Change(f"custom.{word}", None, "yes"))
        desk.create(f"new-{word}", name=word)
        acknowledged = True
        with contextlib.suppress(PlanhatTuiError):
            desk.deliver(*desk.store.outbox.open_entries())
    finally:
        desk.close()
    return acknowledged
