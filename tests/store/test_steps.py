from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import LOOKED_IN_VAIN, Action, NewEntry, State
from planhat_tui.model.records import Kind
from tests.store.conftest import create, update

if TYPE_CHECKING:
    from planhat_tui.model.outbox import Entry
    from planhat_tui.store.tenant import TenantStore

PHASE = Change("phase", None, "renewal")


def queued(store: TenantStore, *ids: str, step: str = "s1") -> tuple[Entry, ...]:
    new = (NewEntry(Kind.COMPANY, Action.UPDATE, one, one, (PHASE,), step=step) for one in ids)
    return store.outbox.add(*new)


def test_a_step_is_counted_by_the_states_of_its_records(store: TenantStore) -> None:
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


def test_a_record_whose_edit_was_split_counts_once_by_the_part_that_tells_most(
    store: TenantStore,
) -> None:
    both = update("a", PHASE, Change("city", None, "Lund"), step="s1")
    kept, _ = store.outbox.add(both, update("b", PHASE, step="s1"))
    gone = store.outbox.split(kept.n, ["city"])
    assert gone is not None
    store.outbox.mark([kept.n], State.CONFLICT)
    assert store.steps.counts("s1") == {State.QUEUED: 2}  # its city goes on
    store.outbox.mark([gone], State.NOT_SURE, "Lost.")
    assert (store.steps.counts("s1")[State.NOT_SURE], store.steps.unsure("s1")) == (1, 1)
    store.outbox.mark([gone], State.DELIVERED)
    assert store.steps.counts("s1") == {State.CONFLICT: 1, State.QUEUED: 1}
    assert [e.n for e in store.steps.window("s1", 0, -1)] == [kept.n, kept.n + 1]
    store.outbox.mark([kept.n], State.DROPPED)
    assert store.steps.counts("s1") == {State.DELIVERED: 1, State.QUEUED: 1}
    assert [e.n for e in store.steps.window("s1", 0, 1)] == [gone]


def test_what_is_queued_is_held_and_goes_on(store: TenantStore) -> None:
    one, *_ = queued(store, "a", "b", "c")
    queued(store, "d", step="s2")
    store.outbox.mark_sending([one.n])
    assert store.steps.hold("s1") == ("b", "c")
    assert store.steps.counts("s1") == {State.SENDING: 1, State.HELD: 2}
    assert store.steps.counts("s2") == {State.QUEUED: 1}
    assert store.steps.go_on("s1") == ("b", "c", "a")  # that one, too, if it comes back
    assert store.steps.counts("s1") == {State.SENDING: 1, State.QUEUED: 2}


def test_what_was_not_sent_is_dropped_and_the_rest_stays(store: TenantStore) -> None:
    one, two, _ = queued(store, "a", "b", "c")
    store.outbox.mark([one.n], State.DELIVERED)
    store.outbox.hold(two.n)
    assert [entry.record_id for entry in store.steps.take_back("s1")] == ["b", "c"]
    assert store.steps.counts("s1") == {State.DELIVERED: 1, State.DROPPED: 2}


def test_what_is_on_its_way_when_its_step_is_stopped_is_held_or_dropped_when_it_comes_back(
    store: TenantStore,
) -> None:
    sent, unsure, arrives, wanted, _ = queued(store, "a", "b", "c", "d", "e")
    store.outbox.mark_sending([sent.n, arrives.n])
    store.outbox.mark([unsure.n, wanted.n], State.NOT_SURE, "Lost.")
    assert store.steps.hold("s1") == ("e",)
    assert store.steps.is_stopped("s1")
    store.outbox.retry(wanted.n)  # by its number: a person wants this one
    for n in (sent.n, unsure.n, wanted.n):
        store.outbox.mark([n], State.QUEUED, "Too many requests.")
    store.outbox.mark([arrives.n], State.DELIVERED)
    assert store.steps.counts("s1") == {State.HELD: 3, State.QUEUED: 1, State.DELIVERED: 1}
    assert not store.steps.is_stopped("s1")
    assert store.outbox.get(sent.n).reason == ""
    assert store.steps.go_on("s1") == ("a", "b", "e")
    store.outbox.mark_sending([sent.n])
    store.steps.hold("s1")
    assert store.steps.go_on("s1") == ("b", "d", "e", "a")
    store.steps.take_back("s1")
    store.steps.hold("s1")  # what is given up isn't wanted again by that
    store.outbox.mark([sent.n], State.QUEUED)
    assert store.steps.counts("s1") == {State.DROPPED: 4, State.DELIVERED: 1}


def test_what_was_to_be_made_by_a_step_that_was_taken_back_takes_along_what_followed(
    store: TenantStore,
) -> None:
    body = {"name": "Acme"}
    making = NewEntry(Kind.COMPANY, Action.CREATE, "new-c", "Acme", body=body, step="s1")
    made, edited, contact = store.outbox.add(
        making,
        update("new-c", PHASE, step="s2"),
        create("new-p", Kind.CONTACT, name="Eve", companyId="new-c"),
    )
    store.outbox.mark_sending([made.n])
    store.steps.take_back("s1")
    store.outbox.mark([made.n], State.QUEUED)
    found = [store.outbox.get(one.n).state for one in (made, edited, contact)]
    assert found == [State.DROPPED, State.DROPPED, State.REFUSED]


def test_what_has_failed_is_queued_again(store: TenantStore) -> None:
    one, two, three = queued(store, "a", "b", "c")
    store.outbox.mark([one.n], State.REFUSED, "No.")
    store.outbox.mark([two.n], State.NOT_SURE, "Lost.")
    store.outbox.mark([three.n], State.CONFLICT, "Theirs.")
    assert store.steps.retry("s1") == ("a",)
    assert store.steps.counts("s1") == {State.QUEUED: 1, State.NOT_SURE: 1, State.CONFLICT: 1}
    assert store.outbox.get(one.n).reason == ""


def test_what_is_looked_up_by_itself_is_counted_and_goes_on(store: TenantStore) -> None:
    one, two, three = queued(store, "a", "b", "c")
    store.outbox.mark([one.n, three.n], State.NOT_SURE, "Lost.")
    store.outbox.mark([two.n], State.DELIVERED)
    assert store.steps.unsure("s1") == 2
    assert store.steps.last_going("s1", unsure=False) is None
    store.outbox.looked([three.n], LOOKED_IN_VAIN, "Several fit.")
    assert store.steps.unsure("s1") == 1
    assert store.steps.last_going("s1", unsure=True) == store.outbox.get(one.n)


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
