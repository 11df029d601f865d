"""Writes through answers of which three in ten are lost, or come about late; and disks that fail.

The server is the oracle: what was typed is there once, and nothing landed twice.
"""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import sqlite3
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from planhat_tui.errors import InputError, PlanhatTuiError
from planhat_tui.model.doubts import GRACE
from planhat_tui.model.edits import Change, custom_key, value_at
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind, map_of, texts_of
from planhat_tui.store.connection import Database, _Held
from planhat_tui.sync import session
from tests.conftest import EFFORT
from tests.memory import MEMORY
from tests.sync.rig import Desk, Line, Server, Time, lost_answer, lost_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json
    from tests.sync.rig import Fault

WRITES = int(240 * EFFORT)
"""20,000 in a long run (effort 84)."""
MEDDLED = int(120 * EFFORT)
"""Of those whose edits somebody sends again and drops meanwhile; 10,000 in a long run."""
ROUND = 2_000
"""Writes on one server: with each of them the next looks through more."""
FAULTY = 0.3
LATE = 100.0
BATCHES = (1, 2, 3, 3, 12)
LEAPS = (4.0, 4.0, 4.0, 15.0, 25.0)
"""Seconds between two batches: too few for any doubt to be over, so that new ones join it."""
BUSY = 2
"""Companies that have most of the edits, so that several doubts about one meet."""
PATHS = ("phase", "city", "custom.A", "custom.B", "custom.C")
CONTESTED = ("phase", "city")
"""What others change too. A custom field isn't: the map is sent whole, and may land late."""


class Unreliable(Line):
    """A line on which writes get lost, or lose their answers, or land long after.

    ``arrived`` is what changed a record at the server, in its order: the record's id, the body, and
    whether it came over this line. ``too_late`` are edits of which something landed when it was no
    longer watched for. ``sending`` tells which edits are on their way.
    """

    def __init__(self, server: Server, time: Time, draw: random.Random) -> None:
        super().__init__(server.app)
        self._server = server
        self._time = time
        self._draw = draw
        self._late: list[tuple[float, httpx.Request, tuple[Entry, ...]]] = []
        self.sending: Callable[[], tuple[Entry, ...]] = tuple
        self.state_of: Callable[[Entry], State] = lambda entry: entry.state
        self.too_late: list[tuple[Entry, State]] = []
        self.arrived: list[tuple[str, Any, bool]] = []
        self.calm_now = False
        self.faults = self.landed_late = 0

    def by_somebody_else(self, company: str, **fields: Any) -> None:  # noqa: ANN401 -- JSON
        self._server.put(company, **fields)
        self.arrived.append((company, fields, False))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._land()
        faulty = request.method != "GET" and not self.calm_now and self._draw.random() < FAULTY
        if faulty:
            self.faults += 1
            fault = self._draw.choice([lost_request, lost_answer, self._late_request])
            self.once("*", fault)
        return await super().handle_async_request(request)

    async def _late_request(self, request: httpx.Request, _forward: object) -> httpx.Response:
        again = httpx.Request(
            request.method, request.url, headers=request.headers, content=request.content
        )
        due = self._time.now + self._draw.uniform(0, LATE)
        self._late.append((due, again, self.sending()))
        raise httpx.ReadError("the line broke")

    async def _land(self) -> None:
        due = [one for one in self._late if one[0] <= self._time.now]
        for one in sorted(due, key=lambda one: one[0]):
            self._late.remove(one)
            self.landed_late += 1
            states = [(entry, self.state_of(entry)) for entry in one[2]]
            self.too_late += [told for told in states if told[1] is not State.NOT_SURE]
            await self._forward(one[1])

    async def _forward(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if response.status_code < 300:
            body = json.loads(request.content) if request.content else None
            self.done.append((f"{request.method} {request.url.raw_path.decode()}", body))
            if request.method == "PUT":
                self.arrived.append((request.url.path.rpartition("/")[2], body, True))
        return response


@pytest.mark.timeout(max(120, 40 * min(EFFORT, ROUND / 240)))
@pytest.mark.parametrize(
    ("seed", "writes"),
    [(7 + n, min(ROUND, WRITES - done)) for n, done in enumerate(range(0, WRITES, ROUND))],
)
def test_of_writes_with_faulty_answers_none_is_lost_and_none_is_done_twice(
    time: Time, seed: int, writes: int
) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        game = Game(Path(folder) / "tenant", time, seed, writes)
        try:
            game.play()
            game.hold_to_the_laws()
        finally:
            game.close()


@pytest.mark.timeout(max(120, 40 * min(EFFORT, ROUND / 120)))
@pytest.mark.parametrize(
    ("seed", "writes"),
    [(70 + n, min(ROUND, MEDDLED - done)) for n, done in enumerate(range(0, MEDDLED, ROUND))],
)
def test_whoever_sends_again_and_drops_what_may_still_land_loses_nothing_and_doubles_nothing(
    time: Time, seed: int, writes: int
) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        game = Game(Path(folder) / "tenant", time, seed, writes, meddles=True)
        try:
            game.play()
            game.hold_to_the_laws()
            assert game.dropped
            assert game.arrived_all_the_same
        finally:
            game.close()


@pytest.mark.timeout(max(120, 40 * min(EFFORT, 4)))
@pytest.mark.parametrize("seed", range(max(1, int(2 * EFFORT))))
def test_what_is_made_at_a_server_that_drops_fields_is_made_once(time: Time, seed: int) -> None:
    """The 2016 edition has no name of a contact: who has nothing else is a person's to decide."""
    draw = random.Random(seed)  # noqa: S311 -- a game, no secret
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        server = Server(time, companies=6, dialect="seed")
        line = Unreliable(server, time, random.Random(-seed))  # noqa: S311 -- likewise
        desk = Desk(Path(folder) / "tenant", line, time)
        try:
            desk.fill()
            asked = made_at_random(desk, time, server.ids(), draw)
            line.calm_now = True
            drain(desk, time, rounds=8)
            hold_to_once(desk, server, asked)
            assert line.faults > len(asked) / 10
        finally:
            desk.close()
            server.close()


MADE = 60
"""Companies and contacts of a game."""


def made_at_random(
    desk: Desk, time: Time, companies: list[str], draw: random.Random
) -> list[Entry]:
    """Ask for companies, and contacts with some of e-mail, phone, external id, over time."""
    asked: list[Entry] = []
    for n in range(MADE):
        if n % 4 == 0:
            asked.append(desk.create(f"new-{n}", name=f"company {n}"))
        else:
            by: dict[str, Json] = {
                "email": f"kim.{n}@New.example",
                "phone": f"+46 70 {n:07}",
                "externalId": f"crm-{n}",
            }
            some = {name: by[name] for name in draw.sample([*by], draw.choice([0, 1, 1, 2, 3]))}
            at = draw.choice(companies)
            body: dict[str, Json] = {"name": f"kim {n}", "companyId": at, "position": str(n)}
            asked.append(desk.create(f"new-{n}", Kind.CONTACT, **body, **some))
        if draw.random() < 0.4:
            desk.look_at_the_outbox()
            time.leap(draw.choice(LEAPS))
    return asked


def hold_to_once(desk: Desk, server: Server, asked: list[Entry]) -> None:
    """Whatever was asked for is there once if it's delivered, and never twice."""
    people = [person.get("position") for person in server.ask("GET", "/endusers")]
    unsure = 0
    for entry in asked:
        body, state = entry.body or {}, desk.entry(entry).state
        contact = entry.kind is Kind.CONTACT
        there = people.count(body["position"]) if contact else len(server.named(entry_name(entry)))
        assert there <= 1
        if state is State.NOT_SURE:
            unsure += 1
            assert contact, desk.entry(entry)
        else:
            assert (state, there) == (State.DELIVERED, 1)
    print(f"{len(asked)} made, {unsure} a person's to decide; 0 lost, 0 twice")
    assert unsure < len(asked) / 2


def entry_name(entry: Entry) -> str:
    return str((entry.body or {})["name"])


class Game:
    """Somebody who writes over an unreliable line, beside others who write too.

    ``typed`` is the last word for each field of a company, with its edit; ``tags`` are ours. Who
    ``meddles`` sends again and drops what is on its way, at any time.
    """

    def __init__(
        self, folder: Path, time: Time, seed: int, writes: int, *, meddles: bool = False
    ) -> None:
        self.meddles = meddles
        self.dropped: list[Entry] = []
        self.draw = random.Random(seed)  # noqa: S311 -- a game, no secret
        self.time, self.writes = time, writes
        self.server = Server(time, companies=12 + writes // 40)
        self.line = Unreliable(self.server, time, random.Random(-seed))  # noqa: S311 -- likewise
        self.desk = Desk(folder, self.line, time)
        self.line.sending = lambda: tuple(
            one for one in self.desk.store.outbox.open_entries() if one.state is State.SENDING
        )
        self.line.state_of = lambda entry: self.desk.entry(entry).state
        self.desk.fill()
        ids = self.server.ids()
        self.kept, self.deletable = ids[:10], ids[10:]
        self.words = count(1)
        self.typed: dict[tuple[str, str], tuple[Json, Entry]] = {}
        self.tags: dict[str, set[str]] = {one: set() for one in ids}
        self.untagged: set[str] = set()
        self.theirs: dict[str, str] = {}
        self.deleted: dict[str, Entry] = {}
        self.made: dict[str, Entry] = {}
        self.people: dict[tuple[str, str], Entry] = {}
        self.edits = self.calls = self.entries = 0

    def close(self) -> None:
        self.desk.close()
        self.server.close()

    def play(self) -> None:
        while self.entries < self.writes:
            for _ in range(self.draw.choice(BATCHES)):
                self.write()
            if self.draw.random() < 0.3:
                self.others_write()
            if self.meddles:
                self.meddle()
            self.desk.look_at_the_outbox()
            self.time.leap(self.draw.choice(LEAPS))
        self.line.calm_now = True
        drain(self.desk, self.time, rounds=8)
        self.desk.rest()

    def write(self) -> None:
        self.entries += 1
        word, at = f"word {next(self.words)}", self.draw.choice(self.kept)
        some = self.kept[:BUSY] if self.draw.random() < 0.7 else [*self.kept, *self.deletable]
        one = self.draw.choice(some)
        kinds = {"edit": 18, "tag": 4, "company": 2, "contact": 2, "call": 2, "delete": 1}
        match self.draw.choices([*kinds], [*kinds.values()])[0]:
            case "edit":
                self.edits += 1
                path = self.draw.choice(PATHS)
                now = value_at(self.desk.company(one).raw, path)
                self.typed[one, path] = word, self.desk.edit(one, Change(path, now, word))
            case "tag":
                self.edits += 1
                self.tag(one, word)
            case "delete" if len(self.deletable) > 2:
                gone = self.deletable.pop()
                self.deleted[gone] = self.desk.delete(gone)
            case "company":
                self.made[word] = self.desk.create(f"new-{word}", name=word)
            case "contact":
                body: dict[str, Json] = {"name": word, "companyId": at}
                self.people[word, at] = self.desk.create(f"new-{word}", Kind.CONTACT, **body)
            case _:
                self.calls += 1
                self.desk.create(f"new-{word}", Kind.CALL, nr=word, externalUserId="max123")

    def tag(self, one: str, word: str) -> None:
        """Add a tag, or take one of ours away."""
        now = texts_of(self.desk.company(one).raw, "tags")
        mine = sorted(self.tags[one])
        if mine and self.draw.random() < 0.3:
            gone = self.draw.choice(mine)
            after: list[Json] = [tag for tag in now if tag != gone]
            self.tags[one].remove(gone)
            self.untagged.add(gone)
        else:
            after = [*now, word]
            self.tags[one].add(word)
        self.desk.edit(one, Change("tags", [*now], after))

    def others_write(self) -> None:
        """Change as somebody else what is changed here too, and what isn't."""
        word, one = f"theirs {next(self.words)}", self.draw.choice(self.kept)
        if self.draw.random() < 0.5:
            self.line.by_somebody_else(one, **{self.draw.choice(CONTESTED): word})
        else:
            tags = texts_of(self.server.get(one), "tags")
            self.line.by_somebody_else(one, country=word, tags=[*tags, word])
            self.theirs[one] = word

    def meddle(self) -> None:
        """Send some edits again and drop others, whatever is known of them.

        A call is sent again by who has looked whether it's there, and a tag is known to all laws.
        """
        waiting = self.desk.store.outbox.open_entries()
        for entry in self.draw.sample(waiting, min(len(waiting), 2)):
            tag = any(change.field == "tags" for change in entry.changes)
            drops = self.draw.random() < 0.5 and entry.state is not State.CONFLICT and not tag
            outbox = self.desk.store.outbox
            if entry.kind is Kind.CALL and not drops:
                continue
            with contextlib.suppress(InputError):  # it's sent right now, or queued already
                (outbox.discard if drops else outbox.retry)(entry.n)
                self.desk.store.refresh_overlay(entry.kind, entry.record_id)
                if drops:
                    self.dropped.append(entry)

    @property
    def arrived_all_the_same(self) -> int:
        reasons = (self.desk.entry(entry).reason for entry in self.dropped)
        return sum("arrived all the same" in reason for reason in reasons)

    def is_there(self, entry: Entry) -> bool:
        """Tell whether what it asks for is at Planhat, by what is said of it here."""
        return self.desk.entry(entry).state is State.DELIVERED

    def hold_to_the_laws(self) -> None:
        unwatched = [told for told in self.line.too_late if told[0].kind is not Kind.CALL]
        assert unwatched == []  # a call can't be looked up: who drops one has looked
        left = self.desk.store.outbox.open_entries()
        parked = {entry.record_id for entry in left if entry.state is State.CONFLICT}
        unsure = [entry for entry in left if entry.state is State.NOT_SURE]
        assert {entry.kind for entry in unsure} <= {Kind.CALL}  # those are a person's to decide
        for entry in left:  # and so is what somebody else changed, with what waits for it
            waits = entry.state is State.QUEUED and entry.record_id in parked
            assert waits or entry.state in {State.NOT_SURE, State.CONFLICT}
        for company in parked:
            theirs = self.desk.store.conflicts.of(Kind.COMPANY, company)
            assert all(str(one.value).startswith("theirs") for one in theirs.values())
        for company, entry in self.deleted.items():
            assert (self.server.get(company) is None) == self.is_there(entry)
        for (one, path), (word, entry) in self.typed.items():
            if self.is_there(entry):
                self.assert_stands(one, path, word)
        arrived = [
            body.get(path) for _, body, ours in self.line.arrived if ours for path in CONTESTED
        ]
        assert not {word for word in arrived if word and arrived.count(word) > 1}
        for one in (one for one in self.kept if one not in parked):
            there = {*texts_of(self.server.get(one), "tags")}
            assert self.tags[one] <= there
            assert not there & self.untagged
        for one, word in self.theirs.items():
            assert self.server.get(one)["country"] == word
        assert self.line.count("PUT *") <= self.edits + self.line.faults
        for name, entry in self.made.items():
            assert len(self.server.named(name)) == self.is_there(entry)
        people = self.server.ask("GET", "/endusers?limit=2000")
        names = [(person["name"], person["companyId"]) for person in people]
        for who, entry in self.people.items():
            assert names.count(who) == self.is_there(entry)
        logged = [body for told, body in self.line.done if told == "POST /calls"]
        assert len(logged) == len({body["nr"] for body in logged})
        print(
            f"{self.entries} writes, {self.line.faults} faulty answers,"
            f" {self.line.landed_late} landed late: {len(self.made)} companies,"
            f" {len(self.people)} contacts, {len(self.deleted)} deletions, {self.calls} calls"
            f" ({len(unsure)} not sure), {len(parked)} in conflict, {len(self.dropped)} dropped"
            f" ({self.arrived_all_the_same} arrived all the same); 0 lost, 0 twice"
        )
        assert self.line.faults > self.writes / 10
        assert self.line.landed_late > 0

    def assert_stands(self, one: str, path: str, word: Json) -> None:
        """Of what is delivered the last that was typed arrived last, but for what others did."""
        arrived = [
            (value_at(body, path), ours)
            for company, body, ours in self.line.arrived
            if company == one and (path in body or custom_key(path) in map_of(body, "custom"))
        ]
        assert [value for value, ours in arrived if ours][-1] == word
        if one not in self.deleted:
            assert value_at(self.server.get(one), path) == arrived[-1][0]


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

    def connect(database: Database, *sized: int) -> _Held:
        if failing.is_due():
            raise sqlite3.OperationalError("unable to open database file")
        return whole(database, *sized)

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
    monkeypatch.setattr(session, "FIRST_PAUSE", 0.05)
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
