from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, NewEntry, State
from planhat_tui.model.records import Kind
from tests.store.conftest import update

if TYPE_CHECKING:
    from planhat_tui.model.outbox import Entry
    from planhat_tui.store.tenant import TenantStore

PHASE = Change("phase", None, "renewal")


def queued(store: TenantStore, *ids: str, step: str = "s1") -> tuple[Entry, ...]:
    new = (NewEntry(Kind.COMPANY, Action.UPDATE, one, one, (PHASE,), step=step) for one in ids)
    return store.outbox.add(*new)


def test_a_step_is_counted_by_the_states_of_its_edits(store: TenantStore) -> None:
    one, two, _ = queued(store, "a", "b", "c")
    queued(store, "d", step="s2")
    store.outbox.mark([one.n], State.DELIVERED)
    store.outbox.mark([two.n], State.REFUSED, "No.")
    assert store.steps.counts("s1") == {
        State.DELIVERED: 1,
        State.REFUSED: 1,
        State.QUEUED: 1,
    }
    assert store.steps.counts("never") == {}


def test_what_became_of_a_step_is_read_by_state(store: TenantStore) -> None:
    one, two, three = queued(store, "a", "b", "c")
    store.outbox.mark([two.n], State.REFUSED, "No.")
    assert [e.record_id for e in store.steps.entries("s1")] == ["a", "b", "c"]
    assert [e.reason for e in store.steps.entries("s1", [State.REFUSED])] == ["No."]
    assert store.steps.entries("s1", limit=1) == (store.outbox.get(one.n),)
    assert three.n == store.steps.entries("s1")[-1].n


def test_what_is_queued_is_held_and_goes_on(store: TenantStore) -> None:
    one, *_ = queued(store, "a", "b", "c")
    queued(store, "d", step="s2")
    store.outbox.mark_sending([one.n])
    assert store.steps.hold("s1") == ("b", "c")
    assert store.steps.counts("s1") == {State.SENDING: 1, State.HELD: 2}
    assert store.steps.counts("s2") == {State.QUEUED: 1}
    assert store.steps.go_on("s1") == ("b", "c")
    assert store.steps.counts("s1") == {State.SENDING: 1, State.QUEUED: 2}


def test_what_was_not_sent_is_dropped_and_the_rest_stays(store: TenantStore) -> None:
    one, two, _ = queued(store, "a", "b", "c")
    store.outbox.mark([one.n], State.DELIVERED)
    store.outbox.hold(two.n)
    assert store.steps.take_back("s1") == ("b", "c")
    assert store.steps.counts("s1") == {State.DELIVERED: 1, State.DROPPED: 2}


def test_what_has_failed_is_queued_again(store: TenantStore) -> None:
    one, two, three = queued(store, "a", "b", "c")
    store.outbox.mark([one.n], State.REFUSED, "No.")
    store.outbox.mark([two.n], State.NOT_SURE, "Lost.")
    store.outbox.mark([three.n], State.CONFLICT, "Theirs.")
    assert store.steps.retry("s1") == ("a", "b")
    assert store.steps.counts("s1") == {State.QUEUED: 2, State.CONFLICT: 1}
    assert store.outbox.get(one.n).reason == ""


def test_a_create_that_may_have_arrived_is_not_repeated(store: TenantStore) -> None:
    new = NewEntry(Kind.COMPANY, Action.CREATE, "new-1", "New", body={"name": "N"}, step="s1")
    (entry,) = store.outbox.add(new)
    store.outbox.mark([entry.n], State.NOT_SURE, "Lost.")
    assert store.steps.retry("s1") == ()


def test_open_edits_of_some_records_are_read_alone(store: TenantStore) -> None:
    one, two, three = queued(store, "a", "b", "c")
    store.outbox.mark([three.n], State.DELIVERED)
    assert store.outbox.open_by_record(Kind.COMPANY, ["b", "c", "x"]) == {"b": [two]}
    many = [*map(str, range(1_000)), "a"]
    assert store.outbox.open_by_record(Kind.COMPANY, many) == {"a": [one]}
    assert store.outbox.open_by_record(Kind.COMPANY, []) == {}


def test_edits_that_take_each_other_back_fold_in_a_step_of_many(store: TenantStore) -> None:
    queued(store, "a", "b")
    back = Change("phase", "renewal", None)
    new = [
        NewEntry(Kind.COMPANY, Action.UPDATE, one, one, (back,), step="s2") for one in ("a", "c")
    ]
    a, c = store.outbox.add(*new)
    assert (a.state, c.state) == (State.DELIVERED, State.QUEUED)
    assert store.steps.counts("s1") == {State.DELIVERED: 1, State.QUEUED: 1}


def test_drafts_are_found_by_how_their_keys_start(store: TenantStore) -> None:
    for key in ("plan:b", "plan:a", "call", "plan_x"):
        store.drafts.save(key, {})
    assert store.drafts.keys("plan:") == ("plan:a", "plan:b")


def test_what_was_built_on_a_step_that_is_dropped_starts_from_before_it(store: TenantStore) -> None:
    one, *_ = queued(store, "a", "b", step="s1")
    churned, back = Change("phase", "renewal", "churned"), Change("phase", "churned", "lost")
    store.outbox.add(update("a", churned, step="s1"))
    (last,) = store.outbox.add(update("a", back, step="s2"))
    store.outbox.hold(one.n)
    store.steps.take_back("s1")
    assert store.outbox.get(last.n).changes == (Change("phase", None, "lost"),)
