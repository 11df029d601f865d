"""Broken answers by the thousand: ``./dev break [--seconds N] [--seed N] [--rounds N]``.

Each round draws a request, what befalls its answer, and the laws that must hold all the same. It
runs as a process of its own, so that its memory can be looked at; it prints what it did, and ends
with a traceback and the round's seed where a law is broken. With ``--seconds`` it does so again
with the next seed until the time is over.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random, SystemRandom
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from planhat_tui.api import PlanhatClient, connect
from planhat_tui.errors import PlanhatTuiError, StorageError
from planhat_tui.model.doubts import GRACE
from planhat_tui.model.edits import Change
from planhat_tui.model.limits import Lane
from planhat_tui.model.outbox import Action, NewEntry, State, decides_itself
from planhat_tui.model.outcomes import Outcome, may_resend, outcome_of
from planhat_tui.model.records import Kind
from planhat_tui.sandbox import SandboxOptions, create_app
from planhat_tui.store.tenant import TenantStore
from planhat_tui.sync.engine import Engine
from tests.api.breaking import (
    FAULTS,
    KEEPING,
    STRICT,
    Breaker,
    bad_record,
    dribble,
    silence,
    whole,
)
from tests.budgets import MemoryBudgets
from tests.memory import MEMORY
from tests.sync.rig import Time, one_more_round

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from planhat_tui.api.wire import RecordPage
    from planhat_tui.model.outbox import Entry

USER: Final = Lane.USER
OPTIONS: Final = SandboxOptions(companies=40, limit=1_000_000)
MOST_MIB: Final = 300
"""What the process may take, however large the answers are."""
HANG_SECONDS: Final = 90.0
"""No answer takes so long, however slow the machine is: what does, hangs."""
HASTE: Final = 1000.0
"""How much faster than a clock on the wall the set one runs, while somebody waits."""
HASTY, PATIENT = 0.2, 60.0
"""Deadlines in seconds: for answers that never end, and for those that do."""

_SETTLED: Final = {State.DELIVERED, State.NOT_SURE, State.REFUSED, State.CONFLICT}

READS: dict[str, Callable[[PlanhatClient, str], Awaitable[Any]]] = {
    "profile": lambda c, _: c.my_profile(lane=USER),
    "company": lambda c, one: c.company(one, lane=USER),
    "team": lambda c, _: c.users(lane=USER),
    "lean": lambda c, _: c.lean_companies(lane=USER),
    "companies": lambda c, _: c.companies(limit=30, offset=3, sort="_id", lane=USER),
    "contacts": lambda c, _: c.contacts(limit=50, offset=0, lane=USER),
    "contacts of": lambda c, one: c.contacts_of(one, lane=USER),
    "fields": lambda c, _: c.custom_fields(lane=USER),
    "typed": lambda c, _: c.request("GET", "/users?limit=5", lane=USER),
}
PAGES: Final = {"team", "lean", "companies", "contacts", "contacts of", "fields"}
WRITES: dict[str, Callable[[PlanhatClient, str, int], Awaitable[Any]]] = {
    "make": lambda c, _, n: c.create_company({"name": f"Made {n}"}, lane=USER),
    "change": lambda c, one, n: c.update_company(one, {"city": f"City {n}"}, lane=USER),
    "open call": lambda c, _, n: c.create_open_call(
        OPTIONS.tenant, {"nr": str(n), "externalUserId": "max123"}, lane=USER
    ),
    "delete": lambda c, _, n: c.delete_contact(f"{n:024x}", lane=USER),
    "bulk": lambda c, one, n: c.upsert_companies([{"_id": one, "city": f"City {n}"}], lane=USER),
    "typed": lambda c, one, n: c.request("PUT", f"/companies/{one}", {"city": str(n)}, lane=USER),
}


class Round:
    """One request, and what befell it."""

    def __init__(self, breaker: Breaker, clients: dict[float, PlanhatClient], rng: Random) -> None:
        self._breaker, self._clients, self._rng = breaker, clients, rng
        self._fault = rng.choice(FAULTS)
        breaker.breaks = self._fault
        breaker.before = rng.random() < 0.05
        breaker.too_many = rng.random() < 0.03
        breaker.carried.clear()

    async def run(self, ids: list[str], number: int) -> Outcome:
        """Send it; how it ended. Raises :class:`AssertionError` where a law is broken."""
        deadline = HASTY if self._fault in {silence, dribble} else PATIENT
        client, one = self._clients[deadline], self._rng.choice(ids)
        writes = self._rng.random() < 0.4
        name = self._rng.choice(sorted(WRITES if writes else READS))
        asked = WRITES[name](client, one, number) if writes else READS[name](client, one)
        error: PlanhatTuiError | None = None
        result: Any = None
        try:
            result = await asyncio.wait_for(asked, HANG_SECONDS)
        except PlanhatTuiError as failed:
            error = failed.with_traceback(None)
        if not writes and name in PAGES and error is None:
            self._keeps_every_record(result)
        if writes:
            self._tells_the_truth(error)
        if self._fault in KEEPING and not (self._breaker.before or self._breaker.too_many):
            self._loses_nothing(error)
        return outcome_of(error)

    def _keeps_every_record(self, page: RecordPage) -> None:
        """Each record is there, or set aside with its reason; none is lost without a word."""
        there: list[str] = []
        aside = 0
        for piece in page.slices(self._rng.choice([1, 7, 200])):
            there += [record.id for record in piece.records]
            aside += len(piece.set_aside)
        assert len(there) + aside == page.count
        truth = self._breaker.truth
        if self._fault not in STRICT or truth is None or len(self._breaker.carried) > 1:
            return
        known = truth.records or []
        added = 1 if self._fault is bad_record else 0
        assert page.count == len(known) + added, (page.count, len(known))
        if self._fault in {*KEEPING, bad_record}:
            assert there == [json.loads(record)["_id"] for record in known]
            assert aside == added

    def _tells_the_truth(self, error: PlanhatTuiError | None) -> None:
        """Done was received; what may go again blindly was not carried out."""
        carried = bool(self._breaker.carried)
        if outcome_of(error) is Outcome.DONE:
            assert carried
        if error is not None and may_resend(error) and self._fault in STRICT:
            assert not carried

    def _loses_nothing(self, error: PlanhatTuiError | None) -> None:
        """An answer that says what it should is heard: an error is the sandbox's own."""
        truth = self._breaker.truth
        assert truth is not None
        assert (error is None) == (truth.status < 300), (truth.status, error)


async def rounds(seed: int, count: int) -> Counter[str]:
    """Break the answers to so many requests of a client."""
    time = Time()
    app = create_app(OPTIONS, clock=time.time)
    ended: Counter[str] = Counter()
    async with Breaker(app, _dice(seed)).serving() as breaker:
        clients = {d: _client(breaker.url, time, d) for d in (HASTY, PATIENT)}
        lean = await clients[PATIENT].lean_companies(lane=USER)
        ids = [record.id for piece in lean.slices() for record in piece.records]
        for number in range(count):
            rng = _dice(f"{seed}/{number}")
            one = Round(breaker, clients, rng)
            try:
                ended[await one.run(ids, number)] += 1
            except BaseException:
                print(f"round {number} of seed {seed}: {one._fault.__name__}", file=sys.stderr)
                raise
        ended["answers"] = breaker.answered
        for client in clients.values():
            await client.close()
    app.close()
    return ended


def _dice(seed: int | str) -> Random:
    return Random(seed)  # noqa: S311 -- drawn again from its seed, and no secret


def _client(url: str, time: Time, deadline: float) -> PlanhatClient:
    async def sleep(seconds: float) -> None:
        """Wait as long as a clock wants that runs so much faster.

        One that leaps instead turns the looks at a request on its way into hours: then all that was
        read is old at once, and a pull reads it again for ever.
        """
        time.leap(seconds)
        await asyncio.sleep(seconds / HASTE)

    return connect(
        url,
        OPTIONS.token,
        budget=MemoryBudgets(),
        clock=time.time,
        wall=time.time,
        sleep=sleep,
        deadline=deadline,
        patience=10.0,
    )


async def whole_copy(seed: int, folder: Path) -> Counter[str]:
    """Fill a copy and deliver edits through broken answers; at last nothing is lost."""
    time, rng = Time(), _dice(f"{seed}/copy")
    app = create_app(OPTIONS, clock=time.time)
    calm = False

    async with Breaker(app, rng).serving() as breaker:
        faults = [fault for fault in FAULTS if fault not in {silence, dribble}]
        breaker.draw = lambda: whole if calm or rng.random() < 0.5 else rng.choice(faults)
        store = TenantStore.open(folder, wall=time.time)
        engine = Engine(
            connect=lambda _limits: _client(breaker.url, time, PATIENT),
            store=store,
            on_change=lambda _changed: None,
            wall=time.time,
            pull=False,
            chance=lambda: 0.0,
        )
        while not await _filled(engine):
            pass
        entries = _edits(store, rng)
        await _delivered(engine, entries)
        calm = True
        await _settled(engine, store, entries, time)
        await asyncio.wrap_future(engine.fill(anew=True))
        _nothing_is_lost(store, breaker, entries)
        engine.stop()
        store.close()
        answered = breaker.answered
    app.close()
    return Counter(answers=answered, edits=len(entries))


async def _filled(engine: Engine) -> bool:
    try:
        await asyncio.wait_for(asyncio.wrap_future(engine.fill()), HANG_SECONDS)
    except StorageError:
        raise
    except PlanhatTuiError:
        return False
    return True


async def _delivered(engine: Engine, entries: list[Entry]) -> None:
    waiting = engine.deliver([entry.n for entry in entries])
    await asyncio.wait_for(asyncio.wrap_future(waiting), HANG_SECONDS)


async def _settled(engine: Engine, store: TenantStore, entries: list[Entry], time: Time) -> None:
    """Wait until nothing moves any more: what isn't sure is looked up, and once more later."""
    for _ in range(20):
        await _delivered(engine, entries)
        if not any(decides_itself(store.outbox.get(entry.n)) for entry in entries):
            return
        time.leap(GRACE)
        looked = engine._submit(one_more_round)
        await asyncio.wait_for(asyncio.wrap_future(looked), HANG_SECONDS)
    raise AssertionError("doubts stay though they could be settled")


def _edits(store: TenantStore, rng: Random) -> list[Entry]:
    ids = sorted(store.mirror.company_ids())
    edits = [
        NewEntry(
            Kind.COMPANY,
            Action.UPDATE,
            one,
            "Edited",
            changes=(Change("description", _now(store, one), f"Edit {number}"),),
        )
        for number, one in enumerate(rng.sample(ids, 12))
    ]
    made = [
        NewEntry(Kind.COMPANY, Action.CREATE, f"new-{n}", "Made", body={"name": f"New {n}"})
        for n in range(4)
    ]
    return list(store.outbox.add(*edits, *made))


def _now(store: TenantStore, company_id: str) -> Any:  # noqa: ANN401 -- JSON
    shown = store.mirror.company(company_id)
    return shown.raw.get("description") if shown else None


def _nothing_is_lost(store: TenantStore, breaker: Breaker, entries: list[Entry]) -> None:
    """Every edit is delivered, or stands in the outbox with its reason."""
    for entry in (store.outbox.get(one.n) for one in entries):
        assert entry.state in _SETTLED, (entry.state, entry.action, entry.reason)
        if entry.state is not State.DELIVERED:
            assert entry.reason
        elif entry.action is Action.UPDATE:
            shown = store.mirror.company(entry.record_id)
            assert shown is not None
            assert shown.server is not None
            assert shown.server.get("description") == entry.changes[0].after
        elif not entry.reason:  # an answer that tells of another record is told: its id was one too
            assert entry.result_id in store.mirror.company_ids()
    made = sum(method == "POST" for method, _, status in breaker.carried if status == 200)
    assert made <= sum(entry.action is Action.CREATE for entry in entries), "sent twice"
    assert store.mirror.progress().contacts_complete


def peak_kib() -> int:
    """Return the most memory that this process has had, in KiB; 0 where nobody can tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(lines["VmHWM"].split()[0])


def batch(seed: int, count: int) -> Counter[str]:
    """Run so many rounds, and as many copies as belong to them."""
    done: Counter[str] = asyncio.run(rounds(seed, count))
    for number in range(max(1, count // 300)):
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            done += asyncio.run(whole_copy(seed + number, Path(folder)))
    return done


def main() -> int:
    """Run a batch, or batches for so many seconds; print what was done. 1 if it took too much."""
    parser = argparse.ArgumentParser(prog="./dev break", description=__doc__)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**9))
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=0.0)
    wanted = parser.parse_args()
    ends, seed = monotonic() + wanted.seconds, wanted.seed
    done: Counter[str] = Counter()
    while seed == wanted.seed or monotonic() < ends:
        print(f"seed {seed}", file=sys.stderr, flush=True)
        done += batch(seed, wanted.rounds)
        seed += 1
    peak = peak_kib() // 1024
    print(json.dumps({**done, "seed": wanted.seed, "peak_mib": peak}))
    return int(peak >= MOST_MIB)


if __name__ == "__main__":
    sys.exit(main())
