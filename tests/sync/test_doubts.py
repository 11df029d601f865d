"""Many that aren't sure at once, as after a process that was killed: looked up together."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.doubts import GRACE
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, Entry, NewEntry, State
from planhat_tui.model.records import Kind
from planhat_tui.sync.doubts import look_ups
from tests.sync.rig import Line, Server, and_then, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import httpx

    from planhat_tui.model.values import Json
    from tests.sync.rig import Desk, Forward, Time

MANY = 12
PHASE = Change("phase", "onboarding", "renewal")
PATH = {Kind.COMPANY: "/companies", Kind.CONTACT: "/endusers"}


@pytest.fixture
def server(time: Time) -> Iterator[Server]:
    sandbox = Server(time, companies=MANY)
    for company in sandbox.ids():
        sandbox.put(company, phase="onboarding", tags=["a"])
    yield sandbox
    sandbox.close()


@pytest.fixture
def ready(desk: Desk) -> Desk:
    return filled(desk)


def filled(desk: Desk) -> Desk:
    desk.fill()
    desk.rest()
    forget_calls(desk)
    return desk


def forget_calls(desk: Desk) -> None:
    desk.line.asked.clear()
    desk.line.bodies.clear()


def edits(
    desk: Desk, ids: Sequence[str], *changes: Change, kind: Kind = Kind.COMPANY
) -> tuple[Entry, ...]:
    """Queue the same edit of many records, as a plan does."""
    new = (NewEntry(kind, Action.UPDATE, one, one, changes, step="plan:1") for one in ids)
    return desk.store.outbox.add(*new)


def creates(
    desk: Desk, bodies: Sequence[dict[str, Json]], kind: Kind = Kind.COMPANY
) -> tuple[Entry, ...]:
    new = (
        NewEntry(kind, Action.CREATE, f"new-{n}", str(body["name"]), body=body, step="plan:1")
        for n, body in enumerate(bodies)
    )
    return desk.store.outbox.add(*new)


def killed(desk: Desk, entries: Sequence[Entry]) -> None:
    """Leave entries as a process does that was killed while it sent them."""
    assert desk.store.outbox.mark_sending([entry.n for entry in entries])


def look(desk: Desk) -> Counter[str]:
    """Let the engine look at the outbox once; what that cost, by method and path."""
    forget_calls(desk)
    desk.look_at_the_outbox()
    return called(desk)


def called(desk: Desk) -> Counter[str]:
    told = Counter(one.partition("?")[0] for one in desk.line.asked)
    del told["GET /myprofile"]
    return told


def states(desk: Desk) -> dict[State, int]:
    return dict(desk.store.steps.counts("plan:1"))


# -- the rule


def doubt(n: int, name: str = "", action: Action = Action.UPDATE) -> Entry:
    return Entry(
        n=n,
        kind=Kind.COMPANY,
        action=action,
        record_id=name or f"c{n}",
        title="",
        changes=(PHASE,),
        body=None,
        step="",
        open_tenant="",
        state=State.NOT_SURE,
        reason="",
        created_at=0.0,
        state_at=100.0,
        attempts=1,
        result_id="",
    )


def parted(
    *entries: Entry, saves: bool = True, now: float = 101.0, alone: frozenset[int] = frozenset()
) -> list[tuple[str, list[int]]]:
    found = look_ups(entries, now, lambda *_: saves, alone)
    return [(one.about[1], [entry.n for entry in one.entries]) for one in found]


def test_edits_of_many_records_are_one_look_and_those_of_one_record_another() -> None:
    three = (doubt(1), doubt(2), doubt(3, "c1"))
    assert parted(*three) == [("", [1, 3, 2])]
    assert parted(*three, saves=False) == [("c1", [1, 3]), ("c2", [2])]
    assert parted(*three, alone=frozenset({2})) == [("c1", [1, 3]), ("c2", [2])]
    assert parted(doubt(1), doubt(2, "c1")) == [("c1", [1, 2])]


def test_deletions_and_edits_of_calls_are_looked_up_one_by_one() -> None:
    gone = [doubt(n, action=Action.DELETE) for n in (1, 2)]
    assert parted(*gone) == [("c1", [1]), ("c2", [2])]
    logged = [doubt(n)._replace(kind=Kind.CALL) for n in (1, 2)]
    assert parted(*logged) == [("c1", [1]), ("c2", [2])]


def test_what_is_made_at_one_company_is_one_look() -> None:
    made = [
        doubt(n, f"new-{n}", Action.CREATE)._replace(
            kind=Kind.CONTACT, body={"companyId": f"c{n % 2}"}
        )
        for n in range(4)
    ]
    assert parted(*made, saves=False) == [("c0", [0, 2]), ("c1", [1, 3])]
    assert parted(*made) == [("", [0, 2, 1, 3])]


def test_what_was_looked_up_waits_until_it_cant_land_any_more() -> None:
    looked = doubt(1)._replace(looked=1)
    assert parted(looked) == []
    assert parted(looked, now=100.0 + GRACE) == [("c1", [1])]
    assert parted(looked, now=99.0) == [("c1", [1])]  # the clock was set back
    assert parted(looked._replace(looked=2)) == []  # a person decides


# -- edits


def test_a_list_that_was_killed_is_looked_up_at_once_and_the_rest_goes_as_one_list_again(
    ready: Desk, server: Server, time: Time
) -> None:
    ids = server.ids()
    killed(ready, edits(ready, ids, PHASE))
    for company in ids[:5]:
        server.put(company, phase="renewal")  # so far did the server come
    server.put(ids[11], phase="churned")
    assert look(ready) == {"GET /companies": 1}
    assert states(ready) == {State.DELIVERED: 5, State.NOT_SURE: 7}
    assert ready.company(ids[0]).state is None
    assert ready.company(ids[5]).state is State.NOT_SURE
    assert look(ready) == {}  # it may still land
    server.put(ids[5], phase="renewal")  # as this one does
    time.leap(GRACE)
    assert look(ready) == {"GET /companies": 3, "PUT /companies": 1}
    assert states(ready) == {State.DELIVERED: MANY - 1, State.CONFLICT: 1}
    (sent,) = ready.line.sent("PUT /companies")
    assert {row["_id"] for row in sent} == {*ids[6:11]}
    assert [server.get(one)["phase"] for one in ids] == ["renewal"] * (MANY - 1) + ["churned"]


def test_contacts_of_a_list_that_was_killed_are_looked_up_at_once(
    ready: Desk, server: Server, time: Time
) -> None:
    ids = server.ids(Kind.CONTACT)[:40]
    tag = Change("tags", [], ["x"])
    killed(ready, edits(ready, ids, tag, kind=Kind.CONTACT))
    for contact in ids[:20]:
        server.put(contact, Kind.CONTACT, tags=["x"])
    assert set(look(ready)) == {"GET /endusers"}
    assert states(ready) == {State.DELIVERED: 20, State.NOT_SURE: 20}
    time.leap(GRACE)
    assert look(ready)["PUT /endusers"] == 1
    assert states(ready) == {State.DELIVERED: 40}
    assert all("x" in server.get(one, Kind.CONTACT)["tags"] for one in ids)


def test_an_edit_of_one_record_doesnt_wait_for_what_a_list_left(
    ready: Desk, server: Server
) -> None:
    ids = server.ids()
    killed(ready, edits(ready, ids[1:], PHASE))
    mine = ready.edit(ids[0], PHASE)
    ready.deliver(mine)
    order = [one.partition("?")[0] for one in ready.line.asked]
    assert order.index(f"PUT /companies/{ids[0]}") < order.index("GET /companies")


@pytest.fixture
def seed(time: Time, open_desk: Callable[..., Desk]) -> Iterator[tuple[Server, Desk]]:
    sandbox = Server(time, companies=40, dialect="seed")
    for company in sandbox.ids():
        sandbox.put(company, phase="onboarding")
    desk = filled(open_desk(line=Line(sandbox.app)))
    time.leaps = False  # what is looked up many times over takes less than the grace time
    yield sandbox, desk
    sandbox.close()


def test_without_lists_each_is_looked_up_and_whoever_edits_has_the_next_turn(
    seed: tuple[Server, Desk],
) -> None:
    server, desk = seed
    ids = server.ids()
    killed(desk, edits(desk, ids[2:], PHASE))
    desk.line.once(f"GET /companies/{ids[5]}", and_then(lambda: desk.edit(ids[0], PHASE)))
    looked = look(desk)
    assert {one: looked[f"GET /companies/{one}"] for one in ids[2:]} == dict.fromkeys(ids[2:], 1)
    assert looked["GET /companies"] == 0
    order = desk.line.asked
    asked, sent = order.index(f"GET /companies/{ids[5]}"), order.index(f"PUT /companies/{ids[0]}")
    assert sent - asked <= 2
    assert states(desk) == {State.NOT_SURE: len(ids[2:])}


def test_what_the_list_lacks_is_read_by_itself(ready: Desk, server: Server) -> None:
    ids = server.ids()
    killed(ready, edits(ready, ids, PHASE))
    server.delete(ids[3])
    assert look(ready) == {"GET /companies": 1, f"GET /companies/{ids[3]}": 2}
    assert states(ready) == {State.NOT_SURE: MANY - 1, State.REFUSED: 1}
    (refused,) = ready.store.steps.entries("plan:1", [State.REFUSED])
    assert refused.reason == "It was deleted by somebody else."


def test_a_list_that_fails_is_set_aside_and_nothing_is_read_one_by_one(
    ready: Desk, server: Server, time: Time
) -> None:
    killed(ready, edits(ready, server.ids()[1:], PHASE))
    mine = ready.edit(server.ids()[0], PHASE)
    ready.line.once("GET /companies?*", answer(500))
    assert look(ready)["GET /companies"] == 1
    assert ready.entry(mine).state is State.DELIVERED
    assert look(ready) == {}
    time.leap(10)
    assert look(ready) == {"GET /companies": 1}
    assert states(ready) == {State.NOT_SURE: MANY - 1}


def test_where_there_is_no_such_list_after_all_each_is_read(ready: Desk, server: Server) -> None:
    killed(ready, edits(ready, server.ids(), PHASE))
    ready.line.once("GET /companies?*", answer(400, "No lists"))
    assert len(look(ready)) == MANY + 1
    assert states(ready) == {State.NOT_SURE: MANY}


def test_a_record_on_which_the_server_fails_keeps_no_other_waiting(
    ready: Desk, server: Server, time: Time
) -> None:
    ids = server.ids()
    entries = edits(ready, ids, PHASE)
    line = ready.line

    async def fails(request: httpx.Request, forward: Forward) -> httpx.Response:
        line.once("PUT /companies", fails)
        if ids[4] in request.content.decode():
            return await answer(500)(request, forward)
        return await forward(request)

    line.once("PUT /companies", fails)
    ready.deliver(*entries)
    lists = 1
    for _ in range(8):
        time.leap(GRACE)
        lists += look(ready)["PUT /companies"]
        time.leap(10)
        look(ready)
    assert states(ready) == {State.DELIVERED: MANY}
    assert lists < 12


# -- what was to be made


@pytest.mark.parametrize("external", [True, False], ids=["external ids", "names"])
def test_companies_of_a_list_are_looked_for_at_once(
    ready: Desk, server: Server, time: Time, *, external: bool
) -> None:
    bodies: list[dict[str, Json]] = [
        {"name": f"New {n}", **({"externalId": f"crm-{n}"} if external else {})}
        for n in range(MANY)
    ]
    entries = creates(ready, bodies)
    killed(ready, entries)
    for body in bodies[:5]:
        server.post(Kind.COMPANY, **body)
    assert look(ready) == {"GET /leancompanies": 1, "GET /companies": 1}
    assert states(ready) == {State.DELIVERED: 5, State.NOT_SURE: MANY - 5}
    (first,) = server.named("New 0")
    assert ready.entry(entries[0]).result_id == first
    server.post(Kind.COMPANY, **bodies[5])  # late
    time.leap(GRACE)
    cost = look(ready)
    assert states(ready) == {State.DELIVERED: MANY}
    assert all(len(server.named(str(body["name"]))) == 1 for body in bodies)
    if external:
        assert cost["PUT /companies"] == 1
        assert cost["GET /leancompanies"] == 2
        assert sum(cost.values()) <= 6
    else:
        assert cost["POST /companies"] == MANY - 6
        assert sum(cost.values()) <= MANY - 6 + 2


def test_contacts_are_looked_for_at_once_by_name_and_mail_at_their_companies(
    ready: Desk, server: Server, time: Time
) -> None:
    companies = server.ids()
    bodies: list[dict[str, Json]] = [
        {"name": f"New {n}", "email": f"n{n}@new.example", "companyId": companies[n % 6]}
        for n in range(MANY)
    ]
    server.post(Kind.CONTACT, **{**bodies[2], "companyId": companies[9]})  # somebody else's
    ready.fill()
    ready.rest()
    time.leap(3600)
    killed(ready, creates(ready, bodies, Kind.CONTACT))
    for body in bodies[:5]:
        server.post(Kind.CONTACT, **body)
    assert look(ready) == {"GET /endusers": 1}
    assert states(ready) == {State.DELIVERED: 5, State.NOT_SURE: MANY - 5}
    time.leap(GRACE)
    cost = look(ready)
    assert cost["POST /endusers"] == MANY - 5
    assert states(ready) == {State.DELIVERED: MANY}
    there = Counter(
        (one["name"], one["companyId"]) for one in server.ask("GET", "/endusers?limit=2000")
    )
    assert all(there[str(body["name"]), str(body["companyId"])] == 1 for body in bodies)


def test_one_record_is_taken_for_one_entry_only(ready: Desk, server: Server, time: Time) -> None:
    twins: list[dict[str, Json]] = [{"name": "Twin"}, {"name": "Twin"}]
    killed(ready, creates(ready, twins))
    server.post(name="Twin")
    look(ready)
    assert states(ready) == {State.DELIVERED: 1, State.NOT_SURE: 1}
    time.leap(GRACE)
    look(ready)
    assert states(ready) == {State.DELIVERED: 2}
    assert len(server.named("Twin")) == 2
