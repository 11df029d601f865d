"""Many records that are made under external ids: one call, whatever becomes of its answer."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.model.doubts import GRACE
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, NewEntry, State
from planhat_tui.model.records import Kind
from tests.sync.rig import Line, Server, after, answer, changed_answer, lost_answer, lost_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json
    from tests.sync.rig import Desk, Fault, Forward, Time

    Body = dict[str, Json]

MANY = 12
BULK = "PUT /companies"


@pytest.fixture
def ready(desk: Desk) -> Desk:
    desk.fill()
    desk.line.asked.clear()
    desk.line.bodies.clear()
    return desk


def bodies(count: int = MANY, **more: Json) -> list[Body]:
    return [{"name": f"New {n}", "externalId": f"crm-{n}", **more} for n in range(count)]


def make(desk: Desk, *some: Body, kind: Kind = Kind.COMPANY) -> tuple[Entry, ...]:
    """Queue what an import makes."""
    new = (
        NewEntry(kind, Action.CREATE, f"new-{n}", str(body.get("name")), body=body, step="plan:1")
        for n, body in enumerate(some)
    )
    added = desk.store.outbox.add(*new)
    desk.store.mirror.lay_again(kind, [entry.record_id for entry in added])
    return added


def states(desk: Desk) -> dict[State, int]:
    return dict(desk.store.steps.counts("plan:1"))


def called(desk: Desk) -> Counter[str]:
    return Counter(one.partition("?")[0] for one in desk.line.asked)


def people(server: Server) -> list[dict[str, Json]]:
    return list(server.ask("GET", "/endusers?limit=2000"))


def test_what_an_import_makes_takes_one_call_and_is_looked_for_before_and_read_after(
    ready: Desk, server: Server
) -> None:
    entries = make(ready, *bodies(tags=["vip"]))
    ready.deliver(*entries)
    assert states(ready) == {State.DELIVERED: MANY}
    assert called(ready) == {"GET /leancompanies": 1, "PUT /companies": 1, "GET /companies": 1}
    for n, entry in enumerate(entries):
        (there,) = server.named(f"New {n}")
        assert ready.entry(entry).result_id == ready.entry(entry).record_id == there
        assert ready.entry(entry).reason == ""
        assert ready.company(there).server == server.get(there)
        assert ready.company(there).raw["tags"] == ["vip"]
        assert ready.store.mirror.company(entry.record_id) is None
        assert ready.store.history.of(Kind.COMPANY, there) == ()


def test_two_go_together_and_one_goes_alone(ready: Desk) -> None:
    ready.deliver(*make(ready, *bodies(2)))
    assert called(ready)[BULK] == 1
    ready.line.asked.clear()
    ready.deliver(*make(ready, {"name": "Last", "externalId": "crm-last"}))
    assert [one for one in ready.line.asked if one.startswith("P")] == [BULK]
    assert states(ready) == {State.DELIVERED: 3}


def test_contacts_are_made_together_each_at_its_company(ready: Desk, server: Server) -> None:
    companies = server.ids()
    some = [body | {"companyId": companies[n % 3]} for n, body in enumerate(bodies())]
    some[1] |= {"companyId": companies[0], "externalId": "crm-shared"}
    some[2] |= {"companyId": companies[1], "externalId": "crm-shared"}  # holds in its company
    entries = make(ready, *some, kind=Kind.CONTACT)
    ready.deliver(*entries)
    assert states(ready) == {State.DELIVERED: MANY}
    there = {str(one["name"]): one for one in people(server)}
    assert [there[f"New {n}"]["companyId"] for n in range(MANY)] == [
        one["companyId"] for one in some
    ]
    sent = ready.line.sent("PUT /endusers")
    assert [len(rows) for rows in sent] == [MANY - 1, 1]
    for n, entry in enumerate(entries):
        assert ready.contact(ready.entry(entry).result_id).server == there[f"New {n}"]


def test_contacts_wait_for_their_company_and_then_go_together(ready: Desk, server: Server) -> None:
    (company,) = make(ready, {"name": "Newcomer AB", "externalId": "crm-0"})
    new = [
        NewEntry(Kind.CONTACT, Action.CREATE, f"new-p{n}", "p", body=body, step="plan:2")
        for n, body in enumerate(bodies(companyId=company.record_id))
    ]
    entries = ready.store.outbox.add(*new)
    ready.deliver(company, *entries)
    assert called(ready)["PUT /endusers"] == 1
    (there,) = server.named("Newcomer AB")
    assert sum(one["companyId"] == there for one in people(server)) == MANY
    assert len(ready.store.mirror.contacts_of(there)) == MANY


def test_edits_of_what_is_made_follow_it(ready: Desk, server: Server) -> None:
    entries = make(ready, *bodies())
    edit = ready.edit("new-3", Change("phase", None, "renewal"))
    ready.deliver(*entries, edit)
    (there,) = server.named("New 3")
    assert server.get(there)["phase"] == "renewal"
    assert ready.entry(edit).record_id == there


def test_what_a_list_has_made_is_read_back_whatever_becomes_of_the_next(
    ready: Desk, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    time.leaps = False
    monkeypatch.setattr("planhat_tui.sync.loads.MAX_ROWS", 6)
    refused = answer(403, "No")
    ready.line.once(BULK, after(lambda: ready.line.once(BULK, refused)))
    entries = make(ready, *bodies(arr=1000))  # what Planhat doesn't keep
    ready.deliver(*entries)
    assert states(ready) == {State.DELIVERED: 6, State.QUEUED: 6}
    told = {ready.entry(entry).reason for entry in entries if ready.entry(entry).result_id}
    assert told == {"Planhat didn't keep ARR."}


def test_a_plan_of_more_than_a_list_holds_takes_as_many_as_it_needs(
    ready: Desk, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    time.leaps = False  # each list leaves soon after they were all read
    monkeypatch.setattr("planhat_tui.sync.loads.MAX_ROWS", 5)
    ready.deliver(*make(ready, *bodies()))
    assert [len(rows) for rows in ready.line.sent(BULK)] == [5, 5, 2]
    assert called(ready)["GET /leancompanies"] == called(ready)["GET /companies"] == 1


@pytest.mark.parametrize(
    "spoil",
    [
        {"externalId": None},
        {"sourceId": "sf-1"},  # it could be another record's, which a list would change
    ],
)
def test_what_could_not_be_sent_twice_goes_by_itself(ready: Desk, spoil: Body) -> None:
    some = [body | spoil for body in bodies(3)]
    some = [{k: value for k, value in body.items() if value is not None} for body in some]
    ready.deliver(*make(ready, *some))
    assert called(ready)["POST /companies"] == 3
    assert BULK not in called(ready)


def test_an_external_id_that_somebody_has_is_never_overwritten(ready: Desk, server: Server) -> None:
    theirs = server.post(name="Theirs", externalId="crm-3")
    ready.deliver(*make(ready, *bodies()))
    assert states(ready) == {State.DELIVERED: MANY - 1, State.REFUSED: 1}
    (failed,) = ready.store.steps.entries("plan:1", [State.REFUSED])
    assert "Theirs has the external id crm-3 already" in failed.reason
    assert server.get(theirs)["name"] == "Theirs"


def test_who_takes_an_external_id_between_look_and_call_is_named(
    ready: Desk, server: Server
) -> None:
    theirs = partial(server.post, name="Theirs", externalId="crm-3", city="Oslo")
    ready.line.once(BULK, after(theirs))
    entries = make(ready, *bodies())
    ready.deliver(*entries)
    assert states(ready) == {State.DELIVERED: MANY}
    assert "Somebody else had just made it" in ready.entry(entries[3]).reason
    assert server.get(ready.entry(entries[3]).result_id)["city"] == "Oslo"


def test_the_same_external_id_twice_is_made_once(ready: Desk, server: Server) -> None:
    twice: Body = {"name": "Twin", "externalId": "crm-1"}
    ready.deliver(*make(ready, *bodies(), twice))
    assert states(ready) == {State.DELIVERED: MANY, State.REFUSED: 1}
    assert server.named("Twin") == []


def test_each_row_has_its_own_outcome(ready: Desk) -> None:
    some = bodies()
    some[4]["name"] = ""
    ready.deliver(*make(ready, *some))
    assert states(ready) == {State.DELIVERED: MANY - 1, State.REFUSED: 1}
    (failed,) = ready.store.steps.entries("plan:1", [State.REFUSED])
    assert failed.record_id == "new-4"
    assert "name" in failed.reason


def without(*names: str) -> Callable[[Any], Any]:
    """Answer as a server that tells less."""
    return lambda said: {**said, **{name: [] for name in names}}


def test_what_the_answer_does_not_tell_is_read(ready: Desk, server: Server) -> None:
    ready.line.once(BULK, changed_answer(without("insertsKeys", "upsertedIds")))
    entries = make(ready, *bodies())
    ready.deliver(*entries)
    assert states(ready) == {State.DELIVERED: MANY}
    assert [ready.entry(one).result_id for one in entries] == [
        server.named(f"New {n}")[0] for n in range(MANY)
    ]


def test_what_planhat_did_not_keep_is_told(ready: Desk) -> None:
    entries = make(ready, *bodies(arr=1000))
    ready.deliver(*entries)
    assert states(ready) == {State.DELIVERED: MANY}
    assert {ready.entry(one).reason for one in entries} == {"Planhat didn't keep ARR."}
    assert ready.company(ready.entry(entries[0]).result_id).raw["arr"] == 0


def test_what_cannot_be_read_back_says_so(ready: Desk, server: Server) -> None:
    async def then_broken(request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward(request)
        ready.line.once("GET /companies*", answer(500, "Sorry"))
        return response

    ready.line.once(BULK, then_broken)
    entries = make(ready, *bodies())
    ready.deliver(*entries)
    assert states(ready) == {State.DELIVERED: MANY}
    assert ready.entry(entries[0]).reason.startswith("It couldn't be read back.")
    (there,) = server.named("New 0")
    assert ready.company(there).raw["name"] == "New 0"
    ready.fill(anew=True)
    assert ready.company(there).server == server.get(there)
    assert ready.store.history.of(Kind.COMPANY, there) == ()
    server.put(there, phase="churned")
    ready.fill(anew=True)
    assert [one.ours for one in ready.store.history.of(Kind.COMPANY, there)] == [False]


@pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.CONTACT])
@pytest.mark.parametrize("fault", [lost_answer, lost_request], ids=["answer", "request"])
def test_a_call_whose_answer_is_lost_is_looked_up_at_once_and_nothing_is_made_twice(
    ready: Desk, server: Server, time: Time, fault: Fault, kind: Kind
) -> None:
    some = bodies(companyId=server.ids()[0]) if kind is Kind.CONTACT else bodies()
    entries = make(ready, *some, kind=kind)
    ready.line.once("PUT /[ce]*", fault)
    ready.deliver(*entries)
    assert states(ready) == {State.NOT_SURE: MANY}
    ready.look_at_the_outbox()
    landed = fault is lost_answer
    assert states(ready) == {State.DELIVERED if landed else State.NOT_SURE: MANY}
    asked = sum(called(ready).values())
    assert asked <= 6  # and not one for each
    time.leap(GRACE + 1)
    ready.look_at_the_outbox()
    ready.deliver(*entries)
    assert states(ready) == {State.DELIVERED: MANY}
    there = people(server) if kind is Kind.CONTACT else server.ask("GET", "/leancompanies")
    names = [one["name"] for one in there]
    assert all(names.count(f"New {n}") == 1 for n in range(MANY))
    assert sum(called(ready).values()) <= (asked if landed else 12)


def test_what_lands_while_it_is_sent_again_is_made_once(
    ready: Desk, server: Server, time: Time
) -> None:
    entries = make(ready, *bodies())
    late: list[Any] = []

    async def on_its_way(request: httpx.Request, forward: Forward) -> httpx.Response:
        late.append((request, forward))
        return await lost_request(request, forward)

    async def landing(request: httpx.Request, forward: Forward) -> httpx.Response:
        for first, way in late:
            await way(first)
        return await forward(request)

    ready.line.once(BULK, on_its_way)
    ready.deliver(*entries)
    ready.look_at_the_outbox()
    time.leap(GRACE + 1)
    ready.line.once(BULK, landing)
    ready.look_at_the_outbox()
    ready.deliver(*entries)
    assert states(ready) == {State.DELIVERED: MANY}
    assert [ready.entry(one).reason for one in entries] == [""] * MANY
    assert all(len(server.named(f"New {n}")) == 1 for n in range(MANY))


def test_what_somebody_changed_while_the_answer_was_lost_stays_as_they_have_it(
    ready: Desk, server: Server
) -> None:
    entries = make(ready, *bodies(phase="onboarding"))

    async def changed_then_lost(request: httpx.Request, forward: Forward) -> httpx.Response:
        await forward(request)
        server.put(server.named("New 5")[0], phase="churned")
        return await lost_request(request, forward)

    ready.line.once(BULK, changed_then_lost)
    ready.deliver(*entries)
    ready.look_at_the_outbox()
    assert states(ready) == {State.DELIVERED: MANY}
    (there,) = server.named("New 5")
    assert server.get(there)["phase"] == "churned"
    assert ready.company(there).raw["phase"] == "churned"


def test_a_program_that_ended_before_the_answer_came_makes_nothing_twice(
    ready: Desk, server: Server, open_desk: Callable[..., Desk]
) -> None:
    entries = make(ready, *bodies())
    ready.line.once(BULK, lost_answer)
    ready.deliver(*entries)
    ready.rest()
    ready.store.outbox.mark([entry.n for entry in entries], State.SENDING)  # as kill -9 leaves it
    ready.close()
    again = open_desk()
    again.look_at_the_outbox()
    assert states(again) == {State.DELIVERED: MANY}
    assert all(len(server.named(f"New {n}")) == 1 for n in range(MANY))


def test_a_list_that_is_refused_as_a_whole_goes_record_by_record(ready: Desk) -> None:
    ready.line.once(BULK, answer(400, "Bad list"))
    ready.deliver(*make(ready, *bodies()))
    assert states(ready) == {State.DELIVERED: MANY}
    assert called(ready)[BULK] == MANY + 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_may_not_pauses_and_keeps_everything(ready: Desk, status: int) -> None:
    ready.line.once(BULK, answer(status, "No"))
    ready.deliver(*make(ready, *bodies()))
    assert states(ready) == {State.QUEUED: MANY}
    assert ready.engine.status.paused


def test_offline_nothing_is_lost_and_it_goes_on_later(ready: Desk) -> None:
    ready.line.cut = True
    entries = make(ready, *bodies())
    ready.deliver(*entries)
    assert states(ready) == {State.QUEUED: MANY}
    ready.line.cut = False
    ready.deliver(*entries)
    assert states(ready) == {State.DELIVERED: MANY}


def test_what_is_held_before_the_call_leaves_stays(ready: Desk, server: Server) -> None:
    entries = make(ready, *bodies())
    ready.line.once("GET /lean*", after(lambda: ready.store.outbox.hold(entries[0].n)))
    ready.deliver(*entries)
    assert states(ready) == {State.DELIVERED: MANY - 1, State.HELD: 1}
    assert server.named("New 0") == []


@pytest.fixture
def seed_line(time: Time) -> Iterator[Line]:
    sandbox = Server(time, dialect="seed")
    yield Line(sandbox.app)
    sandbox.close()


def test_a_server_of_the_first_edition_makes_each_by_itself(
    seed_line: Line, open_desk: Callable[..., Desk]
) -> None:
    desk = open_desk(line=seed_line)
    desk.fill()
    desk.deliver(*make(desk, *bodies()))
    assert states(desk) == {State.DELIVERED: MANY}
    assert seed_line.count("POST /companies") == MANY
    assert seed_line.count(BULK) == 0
