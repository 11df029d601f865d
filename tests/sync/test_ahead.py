from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.outbox import Action, NewEntry, State
from planhat_tui.model.records import Kind
from tests.sync.rig import after, answer, no_network

if TYPE_CHECKING:
    from tests.sync.rig import Desk, Server, Time

OLD = 60.0
"""Seconds after which a copy is too old for anything to be deleted by it."""
LIST, ONE, GONE = "GET /companies[?]*", "GET /companies/*", "DELETE /companies/*"


@pytest.fixture
def ready(filled: Desk, time: Time) -> Desk:
    """Return a desk whose copy has all, and is old."""
    time.leap(OLD)
    filled.line.asked.clear()
    filled.line.bodies.clear()
    return filled


def deleted(desk: Desk, ids: list[str], kind: Kind = Kind.COMPANY) -> list[State]:
    """Delete records in one step, as a plan does; how they stand then."""
    here = {str(raw["_id"]): raw for raw in desk.store.mirror.raws(kind, ids)}
    new = (NewEntry(kind, Action.DELETE, one, one, body=here[one], step="plan:1") for one in ids)
    return desk.delivered(*desk.store.outbox.add(*new))


def test_many_that_are_to_go_are_read_by_one_list(ready: Desk, server: Server) -> None:
    ids = server.ids()
    server.put(ids[2], phase="renewal")
    states = deleted(ready, ids)
    assert [ids[n] for n, state in enumerate(states) if state is State.REFUSED] == [ids[2]]
    assert server.ids() == [ids[2]]
    assert [ready.line.count(one) for one in (LIST, ONE, GONE)] == [1, 0, 5]


def test_contacts_that_are_to_go_are_read_by_one_list_too(ready: Desk, server: Server) -> None:
    ids = server.ids(Kind.CONTACT)[:4]
    server.put(ids[0], Kind.CONTACT, position="Chair")
    assert deleted(ready, ids, Kind.CONTACT) == [State.REFUSED, *[State.DELIVERED] * 3]
    assert [ready.line.count(f"GET /endusers{one}*") for one in ("[?]", "/")] == [1, 0]


def test_what_goes_later_than_its_list_holds_is_read_again(
    ready: Desk, server: Server, time: Time
) -> None:
    ids = server.ids()

    def late() -> None:
        time.leap(OLD)
        server.put(ids[4], phase="renewal")

    ready.line.once(GONE, after(late))
    assert deleted(ready, ids).count(State.REFUSED) == 1
    assert server.ids() == [ids[4]]
    assert [ready.line.count(one) for one in (LIST, ONE)] == [2, 0]


def test_what_a_list_lacks_is_read_alone(ready: Desk, server: Server) -> None:
    ids = server.ids()
    server.delete(ids[1])
    assert deleted(ready, ids) == [State.DELIVERED] * 6
    entry = ready.store.steps.entries("plan:1")[1]
    assert entry.reason == "It was already gone."
    assert [ready.line.count(one) for one in (LIST, ONE, GONE)] == [1, 1, 5]


def test_where_the_list_fails_each_is_read_alone(ready: Desk, server: Server) -> None:
    ready.line.once(LIST, answer(500))
    assert deleted(ready, server.ids()) == [State.DELIVERED] * 6
    assert [ready.line.count(one) for one in (LIST, ONE, GONE)] == [1, 6, 6]


def test_a_network_that_goes_while_they_are_read_keeps_them_queued(
    ready: Desk, server: Server
) -> None:
    ready.line.once(LIST, no_network)
    ready.line.once(LIST, answer(401))
    assert set(deleted(ready, server.ids())) == {State.QUEUED}
    assert ready.line.count(GONE) == 0


def test_what_was_just_seen_is_not_read_again(ready: Desk, server: Server) -> None:
    ids = server.ids()
    ready.fill(anew=True)
    ready.line.asked.clear()
    assert deleted(ready, ids) == [State.DELIVERED] * 6
    assert ready.line.asked == [f"DELETE /companies/{one}" for one in ids]
