from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.model.doubts import GRACE
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, NewEntry, State
from planhat_tui.model.records import Kind
from planhat_tui.sync.learned import PROBE_EVERY
from planhat_tui.sync.leaving import FRESH_FOR
from planhat_tui.sync.upserting import LACKING, UNREAD
from tests.sync.rig import (
    Server,
    after,
    and_others_use_the_limit_up,
    and_then,
    answer,
    changed_answer,
    lost_answer,
    lost_request,
    no_network,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from planhat_tui.model.outbox import Entry
    from tests.sync.rig import Desk, Fault, Forward, Line, Time

MANY = 12
LIST, BULK = "GET /companies?*", "PUT /companies"


@pytest.fixture
def server(time: Time) -> Iterator[Server]:
    sandbox = Server(time, companies=MANY)
    for company in sandbox.ids():
        sandbox.put(company, phase="onboarding", tags=["a"], custom={"Plan": "Gold"})
    yield sandbox
    sandbox.close()


@pytest.fixture
def ready(desk: Desk) -> Desk:
    desk.fill()
    desk.line.asked.clear()
    desk.line.bodies.clear()
    return desk


def step(
    desk: Desk, ids: list[str], *changes: Change, kind: Kind = Kind.COMPANY
) -> tuple[Entry, ...]:
    """Queue the same edit of many records, as a plan does."""
    new = (NewEntry(kind, Action.UPDATE, one, one, changes, step="plan:1") for one in ids)
    added = desk.store.outbox.add(*new)
    desk.store.mirror.lay_again(kind, ids)
    return added


def tag(*tags: str) -> Change:
    return Change("tags", ["a"], ["a", *tags])


def states(desk: Desk) -> dict[State, int]:
    return dict(desk.store.steps.counts("plan:1"))


def phase_here(desk: Desk, company: str) -> object:
    return (desk.company(company).server or {})["phase"]


PHASE = Change("phase", "onboarding", "renewal")


def test_a_step_of_many_records_takes_one_call_and_is_read_before_and_after(
    ready: Desk, server: Server
) -> None:
    ids = server.ids()
    ready.deliver(*step(ready, ids, PHASE, tag("x")))
    assert states(ready) == {State.DELIVERED: MANY}
    assert Counter(one.partition("?")[0] for one in ready.line.asked) == {
        "GET /companies": 2,
        "PUT /companies": 1,
    }
    for company in ids:
        there = server.get(company)
        assert (there["phase"], there["tags"]) == ("renewal", ["a", "x"])
        assert ready.company(company).server == there
        assert ready.company(company).state is None


def test_a_guardrail_that_comes_while_a_step_is_read_keeps_all_of_it_here(
    ready: Desk, server: Server
) -> None:
    entries = step(ready, server.ids(), PHASE)
    ready.line.once("GET *", after(lambda: ready.engine.obey(lambda _entry: "No.")))
    ready.deliver(*entries)
    assert states(ready) == {State.QUEUED: MANY}
    assert ready.line.count("PUT *") == 0
    ready.engine.obey(lambda _entry: "")
    ready.deliver(*entries)
    assert states(ready) == {State.DELIVERED: MANY}


def test_few_records_go_one_by_one(ready: Desk, server: Server) -> None:
    ready.deliver(*step(ready, server.ids()[:4], PHASE))
    assert states(ready) == {State.DELIVERED: 4}
    assert ready.line.count(BULK) == 0
    assert ready.line.count("PUT /companies/*") == 4


def test_edits_of_different_steps_go_one_by_one(ready: Desk, server: Server) -> None:
    entries = [ready.edit(company, PHASE) for company in server.ids()]
    assert set(ready.delivered(*entries)) == {State.DELIVERED}
    assert ready.line.count(BULK) == 0


@pytest.fixture
def seed_line(time: Time) -> Iterator[tuple[Server, Line]]:
    from tests.sync.rig import Line

    sandbox = Server(time, companies=MANY, dialect="seed")
    yield sandbox, Line(sandbox.app)
    sandbox.close()


def test_a_server_of_the_first_edition_gets_a_call_for_each(
    seed_line: tuple[Server, Line], open_desk: Callable[..., Desk]
) -> None:
    server, line = seed_line
    desk = open_desk(line=line)
    desk.fill()
    ids = server.ids()
    phases = {company: server.get(company).get("phase") for company in ids}
    new = [
        NewEntry(
            Kind.COMPANY,
            Action.UPDATE,
            one,
            one,
            (Change("phase", phases[one], "ours"),),
            step="plan:1",
        )
        for one in ids
    ]
    desk.deliver(*desk.store.outbox.add(*new))
    assert states(desk) == {State.DELIVERED: MANY}
    assert line.count(BULK) == 0
    assert line.count("PUT /companies/*") == MANY


def test_what_somebody_else_changed_is_merged_and_a_conflict_is_parked(
    ready: Desk, server: Server
) -> None:
    ids = server.ids()
    server.put(ids[0], tags=["a", "theirs"])
    server.put(ids[1], phase="churned")
    ready.deliver(*step(ready, ids, PHASE, tag("x")))
    assert server.get(ids[0])["tags"] == ["a", "theirs", "x"]
    there = server.get(ids[1])
    assert (there["phase"], there["tags"]) == ("churned", ["a", "x"])
    assert states(ready) == {State.DELIVERED: MANY - 1, State.CONFLICT: 1}  # records
    assert ready.company(ids[1]).state is State.CONFLICT


def test_what_is_so_already_is_not_sent(ready: Desk, server: Server) -> None:
    ids = server.ids()
    for company in ids[:10]:
        server.put(company, phase="renewal")
    ready.deliver(*step(ready, ids, PHASE))
    assert states(ready) == {State.DELIVERED: MANY}
    (sent,) = ready.line.sent(BULK)
    assert [row["_id"] for row in sent] == ids[10:]


def test_what_is_so_already_of_a_record_is_parted_from_what_is_sent_of_it(
    ready: Desk, server: Server
) -> None:
    ids = server.ids()
    server.put(ids[0], phase="renewal", tags=["a", "x"])
    ready.deliver(*step(ready, ids, PHASE, tag("x", "y")))
    assert states(ready) == {State.DELIVERED: MANY}
    sent, found = (one for one in ready.store.journal.list() if one.record_id == ids[0])
    sent, found = sorted((sent, found), key=lambda one: one.attempts, reverse=True)
    assert (sent.stands, found.stands) == ("delivered", "not needed")
    assert sent.changes == (Change("tags", ["a", "x"], ["a", "x", "y"]),)
    assert found.changes == (PHASE, tag("x"))
    assert sent.reason == ""
    assert server.get(ids[0])["tags"] == ["a", "x", "y"]


def test_a_custom_field_is_merged_into_the_map_that_is_there(ready: Desk, server: Server) -> None:
    ids = server.ids()
    server.put(ids[0], custom={"Theirs": 1})
    ready.deliver(*step(ready, ids, Change("custom.Plan", "Gold", "Silver")))
    there = server.get(ids[0])["custom"]
    assert (there["Plan"], there["Theirs"]) == ("Silver", 1)


def test_a_record_that_is_gone_is_told_and_the_rest_is_delivered(
    ready: Desk, server: Server
) -> None:
    ids = server.ids()
    server.delete(ids[3])
    ready.deliver(*step(ready, ids, PHASE))
    assert states(ready) == {State.DELIVERED: MANY - 1, State.REFUSED: 1}
    (failed,) = ready.store.steps.entries("plan:1", [State.REFUSED])
    assert (failed.record_id, failed.reason) == (ids[3], "It was deleted by somebody else.")
    assert server.get(ids[3]) is None


def test_a_record_that_is_deleted_before_its_list_leaves_and_is_made_anew_is_told(
    ready: Desk, server: Server
) -> None:
    ids = server.ids()
    named = ready.company(ids[3]).raw["name"]
    ready.line.once(BULK, after(lambda: server.delete(ids[3])))
    ready.deliver(*step(ready, ids, Change("name", named, "Renamed"), PHASE))
    (failed,) = ready.store.steps.entries("plan:1", [State.REFUSED])
    assert failed.record_id == ids[3]
    assert "made it anew" in failed.reason
    assert "Delete that one" in failed.reason
    assert len(server.named("Renamed")) == 1


def test_a_list_that_was_read_long_before_its_turn_came_is_read_again(
    ready: Desk, server: Server
) -> None:
    ids = server.ids()

    def theirs() -> None:
        for company in ids:
            server.put(company, tags=["a", "theirs"])

    entries = step(ready, ids, PHASE, tag("mine"))
    ready.line.once(LIST, and_others_use_the_limit_up(theirs))
    ready.deliver(*entries)
    assert states(ready) == {State.DELIVERED: MANY}
    assert all(set(server.get(one)["tags"]) == {"a", "theirs", "mine"} for one in ids)
    assert (ready.line.count(LIST), ready.line.count(BULK)) == (3, 1)


def refusing(place: int) -> Callable[[Any], Any]:
    """Answer as a server that refused a row and said why."""

    def changed(said: Any) -> Any:  # noqa: ANN401 -- JSON
        key = said["updatesKeys"].pop(place)
        said["updated"] -= 1
        said["modified"].remove(key["_id"])
        said["updatedErrors"].append({**key, "message": "Phase is a formula"})
        return said

    return changed


def test_each_row_has_its_own_outcome(ready: Desk, server: Server) -> None:
    ids = server.ids()
    ready.line.once(BULK, changed_answer(refusing(0)))
    ready.deliver(*step(ready, ids, PHASE))
    assert states(ready) == {State.DELIVERED: MANY - 1, State.REFUSED: 1}
    (failed,) = ready.store.steps.entries("plan:1", [State.REFUSED])
    assert failed.reason == "Phase is a formula"


def test_a_row_of_which_the_answer_is_silent_is_told_by_reading_it_back(
    ready: Desk, server: Server
) -> None:
    def silent(said: Any) -> Any:  # noqa: ANN401 -- JSON
        return {**said, "updatesKeys": said["updatesKeys"][1:], "modified": said["modified"][1:]}

    ready.line.once(BULK, changed_answer(silent))
    ready.deliver(*step(ready, server.ids(), PHASE))
    assert states(ready) == {State.DELIVERED: MANY}


def test_what_planhat_took_and_did_not_keep_is_refused(ready: Desk, server: Server) -> None:
    ids = server.ids()

    ready.line.once(BULK, and_then(lambda: server.put(ids[2], phase="onboarding")))
    ready.deliver(*step(ready, ids, PHASE))
    assert states(ready) == {State.DELIVERED: MANY - 1, State.REFUSED: 1}
    (failed,) = ready.store.steps.entries("plan:1", [State.REFUSED])
    assert failed.reason == "Planhat took the edit and didn't keep Phase."
    assert phase_here(ready, ids[2]) == "onboarding"


def test_of_an_edit_of_many_records_planhat_may_keep_a_part(ready: Desk, server: Server) -> None:
    ids = server.ids()
    ready.line.once(BULK, and_then(lambda: server.put(ids[2], phase="onboarding")))
    ready.deliver(*step(ready, ids, PHASE, tag("x")))
    assert states(ready) == {State.DELIVERED: MANY - 1, State.REFUSED: 1}  # records
    (failed,) = ready.store.steps.entries("plan:1", [State.REFUSED])
    assert (failed.record_id, failed.changes) == (ids[2], (PHASE,))
    assert failed.reason == "Planhat took the edit and didn't keep Phase."
    journal = ready.store.journal.edits_of(Kind.COMPANY, ids[2])
    (kept,) = [one for one in journal if one.n != failed.n]
    assert (kept.state, kept.changes, kept.step) == (State.DELIVERED, (tag("x"),), "plan:1")


def test_tags_that_others_add_or_take_before_it_is_read_back_refuse_nothing(
    ready: Desk, server: Server
) -> None:
    ids = server.ids()
    ready.line.once(BULK, and_then(lambda: server.put(ids[2], tags=["theirs", "x"])))
    ready.deliver(*step(ready, ids, tag("x")))
    assert states(ready) == {State.DELIVERED: MANY}
    assert server.get(ids[2])["tags"] == ["theirs", "x"]


@pytest.mark.parametrize("lost", [False, True])
def test_what_others_change_of_a_record_of_a_step_stays_theirs_in_the_history(
    ready: Desk, server: Server, time: Time, *, lost: bool
) -> None:
    ids = server.ids()

    async def overtaken(request: httpx.Request, forward: Forward) -> httpx.Response:
        server.put(ids[-1], phase="churned")
        return await (lost_answer(request, forward) if lost else forward(request))

    ready.line.once(BULK, overtaken)
    entries = (*step(ready, ids[:6], PHASE), *step(ready, ids[6:], tag("x")))
    ready.deliver(*entries)
    time.leap(GRACE + 1)
    ready.look_at_the_outbox()
    assert states(ready) == {State.DELIVERED: MANY}
    seen = [one for at in (0, -1) for one in ready.store.history.of(Kind.COMPANY, ids[at])]
    phases = [(str(one.change.after), one.ours) for one in seen if one.change.field == "phase"]
    assert phases == [("renewal", True), ("churned", False)]


@pytest.mark.parametrize("fault", [lost_answer, lost_request], ids=["answer", "request"])
def test_a_call_whose_answer_is_lost_is_looked_up_and_nothing_is_lost(
    ready: Desk,
    server: Server,
    time: Time,
    fault: Any,  # noqa: ANN401 -- a fault
) -> None:
    ids = server.ids()
    ready.line.once(BULK, fault)
    entries = step(ready, ids, PHASE, tag("x"))
    ready.deliver(*entries)
    ready.look_at_the_outbox()
    time.leap(GRACE + 1)
    ready.look_at_the_outbox()
    ready.deliver(*entries)
    assert states(ready) == {State.DELIVERED: MANY}
    assert all(server.get(one)["tags"] == ["a", "x"] for one in ids)


def test_a_list_that_is_refused_as_a_whole_goes_record_by_record(
    ready: Desk, server: Server
) -> None:
    ready.line.once(BULK, answer(400, "Bad list"))
    ready.deliver(*step(ready, server.ids(), PHASE))
    assert states(ready) == {State.DELIVERED: MANY}
    assert ready.line.count("PUT /companies/*") == MANY


def test_a_server_that_knows_no_such_call_is_not_asked_again(ready: Desk, server: Server) -> None:
    ready.line.once(BULK, answer(405, "No such method"))
    ready.deliver(*step(ready, server.ids(), PHASE))
    assert states(ready) == {State.DELIVERED: MANY}
    back = (Change("phase", "renewal", "won"),)
    new = (NewEntry(Kind.COMPANY, Action.UPDATE, i, i, back, step="s2") for i in server.ids())
    ready.deliver(*ready.store.outbox.add(*new))
    assert dict(ready.store.steps.counts("s2")) == {State.DELIVERED: MANY}
    assert ready.line.count(BULK) == 1
    ready.time.leap(PROBE_EVERY)  # one odd answer doesn't hold for ever
    again = (Change("phase", "won", "renewal"),)
    new = (NewEntry(Kind.COMPANY, Action.UPDATE, i, i, again, step="s3") for i in server.ids())
    ready.deliver(*ready.store.outbox.add(*new))
    assert dict(ready.store.steps.counts("s3")) == {State.DELIVERED: MANY}
    assert ready.line.count(BULK) == 2


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_may_not_pauses_and_keeps_everything(
    ready: Desk, server: Server, status: int
) -> None:
    ready.line.once(BULK, answer(status, "No"))
    ready.deliver(*step(ready, server.ids(), PHASE))
    assert states(ready) == {State.QUEUED: MANY}
    assert ready.engine.status.paused


def test_offline_nothing_is_lost_and_it_goes_on_later(ready: Desk, server: Server) -> None:
    ready.line.cut = True
    entries = step(ready, server.ids(), PHASE)
    ready.deliver(*entries)
    assert states(ready) == {State.QUEUED: MANY}
    ready.line.cut = False
    ready.deliver(*entries)
    assert states(ready) == {State.DELIVERED: MANY}


def test_what_is_held_before_the_call_leaves_stays(ready: Desk, server: Server) -> None:
    ids = server.ids()
    entries = step(ready, ids, PHASE)
    ready.line.once("GET /companies*", after(lambda: ready.store.outbox.hold(entries[0].n)))
    ready.deliver(*entries)
    assert states(ready) == {State.DELIVERED: MANY - 1, State.HELD: 1}
    assert server.get(ids[0])["phase"] == "onboarding"


@pytest.mark.parametrize(
    "fault", [answer(429, "Too many", retry_after="5"), answer(400, "Bad list"), lost_request]
)
@pytest.mark.parametrize("stop", ["hold", "take_back"])
def test_a_step_that_is_stopped_while_its_list_is_on_its_way_goes_no_more_once_it_comes_back(
    ready: Desk, server: Server, time: Time, fault: Fault, stop: str
) -> None:
    entries = step(ready, server.ids(), PHASE)
    later: list[Entry] = []

    async def stopped(request: httpx.Request, forward: Forward) -> httpx.Response:
        later.append(ready.edit(entries[0].record_id, Change("phase", "renewal", "won")))
        getattr(ready.store.steps, stop)("plan:1")
        return await fault(request, forward)

    ready.line.once(BULK, stopped)
    for _ in range(3):
        ready.deliver(*entries)
        time.leap(GRACE + 1)
        ready.look_at_the_outbox()
    gone = stop == "take_back"
    assert states(ready) == {State.DROPPED if gone else State.HELD: MANY}
    assert ready.line.count(BULK) == 1
    ready.deliver(*later)
    theirs = {one: server.get(one)["phase"] for one in server.ids()}
    edited = theirs.pop(entries[0].record_id)
    assert edited == ("won" if gone else "onboarding")  # it starts from before what was dropped
    assert set(theirs.values()) == {"onboarding"}
    if not gone:
        assert len(ready.store.steps.go_on("plan:1")) == MANY
        ready.deliver(*entries)
        assert states(ready) == {State.DELIVERED: MANY}


def test_what_is_taken_back_while_others_go_one_by_one_is_not_even_read(
    ready: Desk, server: Server
) -> None:
    ids = server.ids()[:4]
    entries = step(ready, ids, PHASE)
    ready.time.leap(60)  # what was read of them is old
    ready.line.once("PUT *", after(lambda: ready.store.steps.take_back("plan:1")))
    ready.deliver(*entries)
    assert states(ready) == {State.DELIVERED: 1, State.DROPPED: 3}
    assert ready.line.count("GET /companies/*") == 1


def test_what_cannot_be_read_back_is_delivered_and_says_so(ready: Desk, server: Server) -> None:
    ids = server.ids()

    async def then_broken(request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward(request)
        ready.line.once("GET /companies?*", answer(500, "Sorry"))
        return response

    ready.line.once(BULK, then_broken)
    ready.deliver(*step(ready, ids, PHASE))
    assert states(ready) == {State.DELIVERED: MANY}
    told = ready.store.steps.entries("plan:1")[0].reason
    assert told.startswith("It couldn't be read back.")
    assert phase_here(ready, ids[0]) == "renewal"


def in_two_lists(desk: Desk, server: Server, fault: Fault) -> list[str]:
    """Deliver a step whose first list Planhat takes, but for a phase, and whose second fails."""
    ids = server.ids()

    def dropped() -> None:
        server.put(ids[2], phase="onboarding")
        desk.line.once(BULK, fault)

    desk.line.once(BULK, and_then(dropped))
    desk.deliver(*step(desk, ids, PHASE))
    return ids


@pytest.fixture
def two_lists(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    time.leaps = False  # each list leaves soon after they were all read
    monkeypatch.setattr("planhat_tui.sync.loads.MAX_ROWS", 6)


@pytest.mark.usefixtures("two_lists")
@pytest.mark.parametrize("fault", [answer(403, "No"), lost_request], ids=["refused", "unsure"])
def test_what_a_list_has_delivered_is_read_back_whatever_becomes_of_the_next(
    ready: Desk, server: Server, fault: Fault
) -> None:
    ids = in_two_lists(ready, server, fault)
    (failed,) = ready.store.steps.entries("plan:1", [State.REFUSED])
    assert (failed.record_id, phase_here(ready, ids[2])) == (ids[2], "onboarding")
    done = ready.store.steps.entries("plan:1", [State.DELIVERED])
    assert {entry.reason for entry in done} == {""}


@pytest.mark.usefixtures("two_lists")
def test_what_cannot_be_read_back_after_the_network_is_gone_says_so(
    ready: Desk, server: Server
) -> None:
    async def cut(request: httpx.Request, forward: Forward) -> httpx.Response:
        ready.line.cut = True
        return await no_network(request, forward)

    in_two_lists(ready, server, cut)
    assert states(ready) == {State.DELIVERED: 6, State.QUEUED: 6}
    for entry in ready.store.steps.entries("plan:1", [State.DELIVERED]):
        assert entry.reason.startswith("It couldn't be read back.")


def test_what_a_list_has_delivered_says_so_until_it_is_read_back(
    ready: Desk, server: Server
) -> None:
    told: list[str] = []
    entries = step(ready, server.ids(), PHASE)

    def look() -> None:
        told.extend(ready.entry(entry).reason for entry in entries)

    ready.line.once(BULK, after(lambda: ready.line.once(LIST, after(look))))
    ready.deliver(*entries)
    assert set(told) == {UNREAD}
    assert {ready.entry(entry).reason for entry in entries} == {""}


def test_what_is_gone_when_it_is_read_back_says_so(ready: Desk, server: Server) -> None:
    ids = server.ids()
    ready.line.once(BULK, and_then(lambda: server.delete(ids[0])))
    (first, *others) = ready.deliver(*step(ready, ids, PHASE))
    assert first.reason == f"It couldn't be read back. {LACKING}"
    assert {entry.reason for entry in others} == {""}


def test_contacts_go_together_too(ready: Desk, server: Server) -> None:
    ids = server.ids(Kind.CONTACT)[:40]
    for contact in ids:
        server.put(contact, Kind.CONTACT, tags=["a"])
    ready.deliver(*step(ready, ids, tag("x"), kind=Kind.CONTACT))
    assert states(ready) == {State.DELIVERED: len(ids)}
    assert ready.line.count("PUT /endusers") == 1
    assert ready.line.count("GET /endusers*") <= 2
    assert all(server.get(one, Kind.CONTACT)["tags"] == ["a", "x"] for one in ids)


def test_a_step_of_several_calls_is_read_once(
    ready: Desk, server: Server, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    time.leaps = False  # each list leaves soon after they were all read
    monkeypatch.setattr("planhat_tui.sync.loads.MAX_ROWS", 5)
    ready.deliver(*step(ready, server.ids(), PHASE))
    assert [len(rows) for rows in ready.line.sent(BULK)] == [5, 5, 2]
    assert ready.line.count("GET /companies*") == 2


@pytest.mark.usefixtures("two_lists")
def test_a_list_that_leaves_long_after_it_was_read_is_read_again(
    ready: Desk, server: Server, time: Time
) -> None:
    ids = server.ids()

    def slow() -> None:
        for one in ids[6:]:
            server.put(one, tags=["a", "theirs"])
        time.leap(FRESH_FOR + 1)

    ready.line.once(BULK, and_then(slow))
    ready.deliver(*step(ready, ids, PHASE, tag("x")))
    assert states(ready) == {State.DELIVERED: MANY}
    assert all(server.get(one)["tags"] == ["a", "theirs", "x"] for one in ids[6:])
    assert (ready.line.count(LIST), ready.line.count(BULK)) == (4, 2)


def test_calls_are_parted_by_their_size(
    ready: Desk, server: Server, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    time.leaps = False  # each list leaves soon after they were all read
    monkeypatch.setattr("planhat_tui.sync.loads.MAX_BYTES", 150)
    ready.deliver(*step(ready, server.ids(), PHASE))
    sent = ready.line.sent(BULK)
    assert sum(map(len, sent)) == MANY
    assert all(len(json.dumps(rows)) <= 150 + 2 * len(rows) for rows in sent)
    assert len(sent) > 1
