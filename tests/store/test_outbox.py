from __future__ import annotations

import hashlib
import sqlite3
from itertools import count
from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import InputError, NotFoundError
from planhat_tui.model.doubts import GRACE
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import LOOKED_IN_VAIN, Action, Made, NewEntry, State
from planhat_tui.model.records import Kind
from planhat_tui.store.entries import AS_IT_WAS, Owner
from planhat_tui.store.lease import PULL_LEASE, SEND_LEASE, this_process
from planhat_tui.store.tenant import TenantStore
from tests.store.conftest import create, received, tick, update

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json
    from planhat_tui.store.outbox import Outbox

PHASE = Change("phase", None, "renewal")


def test_an_entry_comes_back_as_it_went_in(open_store: Callable[[], TenantStore]) -> None:
    store = open_store()
    changes = (PHASE, Change("tags", ["a", "b"], []), Change("custom.A.b", 1.5, None))
    body: dict[str, Json] = {"nr": "+46 70", "x": {"y": [None, True, "\ud800 \u202e"]}}
    added = store.outbox.add(
        NewEntry(Kind.COMPANY, Action.UPDATE, "c1", "Acme", changes=changes, step="s1"),
        NewEntry(Kind.CALL, Action.CREATE, "new-1", "Call", body=body, open_tenant="uuid-m"),
    )
    store.close()
    store = open_store()
    assert store.outbox.open_entries() == added
    assert added[0].changes == changes
    assert added[1].body == body
    assert added[1].open_tenant == "uuid-m"
    assert [entry.state for entry in added] == [State.QUEUED, State.QUEUED]


def test_a_step_is_committed_as_a_whole_or_not_at_all(store: TenantStore) -> None:
    bad = update("c2", Change("phase", None, {"x": object()}))  # type: ignore[dict-item]
    with pytest.raises(TypeError):
        store.outbox.add(update("c1", PHASE), bad)
    assert store.outbox.open_entries() == ()


def test_entries_are_asked_for_by_kind_and_record(store: TenantStore) -> None:
    one, two, three = store.outbox.add(
        update("c1", PHASE), update("c2", PHASE), update("c1", PHASE, kind=Kind.CONTACT)
    )
    assert store.outbox.open_entries(Kind.COMPANY) == (one, two)
    assert store.outbox.open_entries(Kind.COMPANY, "c1") == (one,)
    assert store.outbox.open_by_record(Kind.CONTACT) == {"c1": [three]}
    store.outbox.mark([two.n], State.REFUSED, "Planhat said no.")
    assert store.outbox.counts() == {State.QUEUED: 2, State.REFUSED: 1}
    assert store.outbox.get(two.n).reason == "Planhat said no."
    with pytest.raises(NotFoundError):
        store.outbox.get(99)


def test_a_settled_entry_stays_in_the_journal(store: TenantStore) -> None:
    (entry,) = store.outbox.add(create("new-1", name="Acme"))
    assert store.outbox.mark_sending([entry.n])
    store.outbox.mark([entry.n], State.DELIVERED, "", result_id="c1")
    assert store.outbox.open_entries() == ()
    kept = store.outbox.get(entry.n)
    assert (kept.state, kept.result_id, kept.attempts) == (State.DELIVERED, "c1", 1)
    assert kept.state_at > kept.created_at
    store.outbox.mark([entry.n], State.DELIVERED, "Planhat dropped a field.")
    assert store.outbox.get(entry.n).result_id == "c1"


def test_entries_are_claimed_for_sending_all_or_none(store: TenantStore) -> None:
    one, two = store.outbox.add(update("c1", PHASE), update("c1", PHASE))
    store.outbox.hold(two.n)
    assert not store.outbox.mark_sending([one.n, two.n])
    assert store.outbox.get(one.n).state is State.QUEUED
    assert store.outbox.mark_sending([one.n])
    assert not store.outbox.mark_sending([one.n])


@pytest.mark.parametrize(
    ("state", "held", "retried", "discarded"),
    [
        (State.QUEUED, True, False, True),
        (State.SENDING, False, False, False),
        (State.REFUSED, False, True, True),
        (State.CONFLICT, False, True, True),
        (State.HELD, False, True, True),
        (State.DELIVERED, False, False, False),
        (State.DROPPED, False, False, False),
    ],
)
def test_what_a_person_may_do_depends_on_the_state(
    store: TenantStore,
    state: State,
    held: bool,  # noqa: FBT001 -- a parameter of the test
    retried: bool,  # noqa: FBT001 -- likewise
    discarded: bool,  # noqa: FBT001 -- likewise
) -> None:
    deeds = (
        (store.outbox.hold, held, State.HELD),
        (store.outbox.retry, retried, State.QUEUED),
        (store.outbox.discard, discarded, State.DROPPED),
    )
    for deed, allowed, after in deeds:
        (entry,) = store.outbox.add(update("c1", PHASE))
        store.outbox.mark([entry.n], state)
        if allowed:
            assert deed(entry.n).state is after
        else:
            with pytest.raises(InputError, match=str(state)):
                deed(entry.n)
            assert store.outbox.get(entry.n).state is state


def test_discarding_what_was_to_be_made_takes_its_edits_along(store: TenantStore) -> None:
    made, edited, other, contact = store.outbox.add(
        create("new-c", name="Acme"),
        update("new-c", PHASE),
        update("c9", PHASE),
        create("new-p", Kind.CONTACT, name="Eve", companyId="new-c"),
    )
    store.outbox.discard(made.n)
    assert store.outbox.get(edited.n).state is State.DROPPED
    assert store.outbox.get(other.n).state is State.QUEUED
    assert store.outbox.get(contact.n).state is State.REFUSED
    assert "company" in store.outbox.get(contact.n).reason


def test_many_are_dropped_at_once_or_none(store: TenantStore) -> None:
    company, person, elsewhere, built_on, later = store.outbox.add(
        create("new-c", name="Acme"),
        create("new-p", Kind.CONTACT, name="Eve", companyId="new-c"),
        create("new-q", Kind.CONTACT, name="Zed", companyId="new-c"),
        update("c1", PHASE),
        update("c1", Change("phase", "renewal", "lost")),
    )
    (sent,) = store.outbox.add(update("c2", PHASE))
    store.outbox.mark_sending([sent.n])
    with pytest.raises(InputError, match=f"Edit {sent.n} is sending"):
        store.outbox.discard_all([company.n, person.n, sent.n])
    assert store.outbox.get(company.n).state is State.QUEUED
    gone = store.outbox.discard_all([person.n, company.n, built_on.n])
    assert [entry.n for entry in gone] == [person.n, company.n, built_on.n, elsewhere.n]
    assert [entry.state for entry in gone] == [*[State.DROPPED] * 3, State.REFUSED]
    assert store.outbox.get(later.n).changes == (Change("phase", None, "lost"),)


@pytest.mark.parametrize(
    ("field", "values", "state", "before"),
    [
        ("phase", ("p0", "p1", "p1", "p2"), State.QUEUED, "p0"),
        ("phase", ("p0", "p1", "p1", "p2"), State.HELD, "p0"),
        ("phase", ("p0", "p1", "p1", "p2"), State.REFUSED, "p0"),
        ("phase", ("p0", "p1", "p1", "p2"), State.CONFLICT, "p0"),
        ("custom.Plan", (None, "Gold", "Gold", 3), State.HELD, None),
        # Planhat may have the dropped value; the later edit wasn't built on it; sets are merged
        ("phase", ("p0", "p1", "p1", "p2"), State.NOT_SURE, "p1"),
        ("phase", ("p0", "p1", "p7", "p2"), State.HELD, "p7"),
        ("tags", ([], ["a"], ["a"], ["a", "b"]), State.HELD, ["a"]),
    ],
)
def test_what_was_built_on_a_dropped_edit_starts_from_before_it(
    store: TenantStore,
    field: str,
    values: tuple[Json, Json, Json, Json],
    state: State,
    before: Json,
) -> None:
    city = Change("city", "Oslo", "Lund")
    first, later, latest = store.outbox.add(
        update("c1", Change(field, *values[:2]), city),
        update("c1", Change(field, *values[2:]), Change("status", None, "prospect")),
        update("c1", Change(field, values[3], "z")),
    )
    store.outbox.mark([first.n], state)
    store.outbox.discard(first.n)
    started = store.outbox.get(later.n)
    assert started.changes == (Change(field, before, values[3]), later.changes[1])
    assert started.state is State.QUEUED
    assert store.outbox.get(latest.n) == latest


def test_what_has_nothing_to_change_once_an_edit_is_dropped_is_settled(store: TenantStore) -> None:
    (first,) = store.outbox.add(update("c1", Change("phase", "p0", "p1")))
    store.outbox.hold(first.n)
    (more,) = store.outbox.add(
        update("c1", Change("phase", "p1", "p0"), Change("city", "Oslo", "Lund"))
    )
    (second,) = store.outbox.add(update("c2", Change("phase", "p0", "p1")))
    store.outbox.hold(second.n)
    (back,) = store.outbox.add(update("c2", Change("phase", "p1", "p0")))
    for held in (first, second):
        store.outbox.discard(held.n)
    assert store.outbox.get(more.n).state is State.QUEUED
    settled = store.outbox.get(back.n)
    assert (settled.state, settled.reason) == (State.DELIVERED, AS_IT_WAS)


def test_a_real_id_replaces_the_one_from_here_in_every_entry(
    open_store: Callable[[], TenantStore],
) -> None:
    store = open_store()
    store.outbox.add(
        create("new-c", name="new-c is only a name here"),
        update("new-c", PHASE),
        create("new-p", Kind.CONTACT, name="new-c", companyId="new-c"),
        update("p1", Change("companyId", "c0", "new-c"), kind=Kind.CONTACT),
    )
    store.outbox.rename(Kind.COMPANY, {"new-c": "c1"})
    store.close()
    first, second, third, fourth = open_store().outbox.open_entries()
    assert (first.record_id, second.record_id, third.record_id) == ("c1", "c1", "new-p")
    assert first.body == {"name": "new-c is only a name here"}
    assert third.body == {"name": "new-c", "companyId": "c1"}
    assert fourth.changes == (Change("companyId", "c0", "c1"),)


def test_a_flipped_bit_is_never_sent_and_stops_nothing_else(
    store: TenantStore, folder: Path
) -> None:
    bad, good = store.outbox.add(update("c1", PHASE), update("c1", PHASE))
    with sqlite3.connect(folder / "outbox.db") as connection:
        connection.execute("UPDATE entry SET changes = '[{\"fi' WHERE n = ?", (bad.n,))
    connection.close()
    damaged, intact = store.outbox.open_entries()
    assert intact == good
    assert (damaged.state, damaged.changes, damaged.body) == (State.REFUSED, (), None)
    assert "damaged" in damaged.reason
    assert not store.outbox.mark_sending([bad.n])
    assert store.outbox.retry(bad.n).state is State.REFUSED
    store.outbox.rename(Kind.COMPANY, {"c1": "c2"})
    assert "damaged" in store.outbox.get(bad.n).reason
    assert store.outbox.discard(bad.n).state is State.DROPPED
    assert [entry.n for entry in store.outbox.open_entries()] == [good.n]


def test_what_was_being_sent_when_the_program_died_is_not_sure(
    open_store: Callable[[], TenantStore],
) -> None:
    store = open_store()
    sent, waiting = store.outbox.add(update("c1", PHASE), update("c2", PHASE))
    store.outbox.mark_sending([sent.n])
    store.close()
    store = open_store()
    assert store.outbox.get(sent.n).state is State.SENDING  # another process may be sending it
    (lost,) = store.outbox.recover()
    assert lost.n == sent.n
    assert store.outbox.get(sent.n).state is State.NOT_SURE
    assert store.outbox.get(sent.n).reason
    assert store.outbox.get(waiting.n).state is State.QUEUED
    assert store.outbox.recover() == ()


@pytest.mark.parametrize(
    "look",
    [
        lambda outbox: outbox.recover(),
        lambda outbox: outbox.made_ids(Kind.COMPANY),
        lambda outbox: outbox.open_entries(),
    ],
)
def test_what_is_asked_at_each_delivery_doesnt_look_through_all_that_was_ever_done(
    store: TenantStore, look: Callable[[Outbox], object]
) -> None:
    def work() -> int:
        steps = count()
        with store.outbox._database.reading() as connection:
            connection.set_progress_handler(lambda: next(steps) < 0, 10)
            look(store.outbox)
            connection.set_progress_handler(None, 0)
        return next(steps)

    few = work()
    settled = store.outbox.add(*(update(f"c{n}", PHASE) for n in range(500)))
    store.outbox.mark([one.n for one in settled], State.DELIVERED)
    assert work() < 2 * few + 20


def test_one_at_a_time_holds_a_lease(folder: Path) -> None:
    now = [100.0]
    store = TenantStore.open(folder, wall=lambda: now[0])
    other = TenantStore.open(folder, wall=lambda: now[0])
    me, you = this_process(), this_process()
    assert me != you
    assert store.outbox.claim(SEND_LEASE, me, 10)
    assert not other.outbox.claim(SEND_LEASE, you, 10)
    assert other.outbox.is_held(SEND_LEASE)
    assert not other.outbox.is_held(PULL_LEASE)
    assert other.outbox.claim(PULL_LEASE, you, 10)
    now[0] += 8
    assert store.outbox.claim(SEND_LEASE, me, 10)  # renewed
    now[0] += 8
    assert not other.outbox.claim(SEND_LEASE, you, 10)
    other.outbox.release(SEND_LEASE, you)  # not its own: nothing happens
    assert not other.outbox.claim(SEND_LEASE, you, 10)
    now[0] += 3
    assert other.outbox.claim(SEND_LEASE, you, 10)
    other.outbox.release(SEND_LEASE, you)
    assert store.outbox.claim(SEND_LEASE, me, 10)
    store.close()
    other.close()


def test_a_lease_of_another_machine_is_waited_for(folder: Path) -> None:
    store = TenantStore.open(folder, wall=tick)
    assert store.outbox.claim(SEND_LEASE, "elsewhere/1/abc", 1e9)
    assert not store.outbox.claim(SEND_LEASE, this_process(), 10)
    store.close()


def test_what_planhat_made_is_delivered_and_known_by_its_id_in_one_step(
    open_store: Callable[[], TenantStore],
) -> None:
    store = open_store()
    made, later = store.outbox.add(
        create("new-1", name="Acme"), update("new-1", Change("phase", None, "won"))
    )
    store.outbox.made(made.kind, [Made(made.n, "new-1", "c9")])
    store.close()  # and here the program is killed, before the mirror heard of it
    store = open_store()
    assert store.outbox.get(made.n).result_id == "c9"
    assert store.outbox.get(later.n).record_id == "c9"
    assert store.mirror.company("new-1") is None


def test_a_record_is_known_by_the_ids_that_it_had_before(store: TenantStore) -> None:
    now_called = store.outbox.now_called
    (made,) = store.outbox.add(create("new-1", Kind.CONTACT, name="Zed"))
    assert now_called(Kind.CONTACT, "new-1") == "new-1"
    store.outbox.made(made.kind, [Made(made.n, "new-1", "p1")])
    assert now_called(Kind.CONTACT, "new-1") == "p1"
    assert now_called(Kind.COMPANY, "new-1") == "new-1"
    gone, again = store.outbox.add(
        NewEntry(Kind.CONTACT, Action.DELETE, "p1", "Zed", body={}),
        create("new-2", Kind.CONTACT, name="Zed"),
    )
    store.outbox.carry(gone, again)
    assert now_called(Kind.CONTACT, "new-1") == "new-2"
    store.outbox.carry(again, gone)
    assert now_called(Kind.CONTACT, "new-1") == now_called(Kind.CONTACT, "new-2") == "p1"


def test_what_was_settled_meanwhile_is_settled_by_nobody_else(store: TenantStore) -> None:
    dropped, unsure, made = store.outbox.add(
        update("c1", PHASE), update("c2", PHASE), create("new-1", name="Acme")
    )
    store.outbox.mark([dropped.n, unsure.n, made.n], State.NOT_SURE, "Lost.")
    store.outbox.mark([dropped.n, made.n], State.DROPPED)
    both = [dropped.n, unsure.n]
    store.outbox.looked(both, 1, "It isn't there yet.")
    assert [store.outbox.get(n).looked for n in both] == [0, 1]
    store.outbox.mark(both, State.QUEUED, was=State.NOT_SURE)
    assert [store.outbox.get(n).state for n in both] == [State.DROPPED, State.QUEUED]
    store.made(made, received("c9", name="Acme"), 1.0)
    assert store.outbox.get(made.n).state is State.DROPPED
    assert store.mirror.company("c9") is None


@pytest.mark.parametrize("action", Action)
def test_what_may_still_land_is_looked_up_anew_and_not_queued(
    store: TenantStore, action: Action
) -> None:
    (entry,) = store.outbox.add(NewEntry(Kind.COMPANY, action, "new-1", "Acme", (PHASE,), {}))
    store.outbox.mark([entry.n], State.NOT_SURE, "Lost.")
    store.outbox.looked([entry.n], 1, "It isn't there yet.")
    again = store.outbox.retry(entry.n)
    assert (again.state, again.looked, again.reason) == (State.NOT_SURE, 0, "It isn't there yet.")


def test_what_a_person_decides_is_sent_again_only_when_it_cant_land_any_more(
    folder: Path,
) -> None:
    now = [1000.0]
    store = TenantStore.open(folder, wall=lambda: now[0])
    company, call = store.outbox.add(create("new-1", name="Acme"), create("new-2", Kind.CALL))
    both = [company.n, call.n]
    store.outbox.mark(both, State.NOT_SURE, "Lost.")
    store.outbox.looked([company.n], LOOKED_IN_VAIN, "Several fit.")
    now[0] += GRACE - 20
    for n in both:
        with pytest.raises(InputError, match="may still arrive in the next 20 s"):
            store.outbox.retry(n)
        assert store.outbox.get(n).state is State.NOT_SURE
    now[0] += 20
    assert [store.outbox.retry(n).state for n in both] == [State.QUEUED] * 2
    store.close()


# -- dropped while it may still land


def let_go(store: TenantStore, *changes: Change) -> Entry:
    """Return an edit that was sent, whose answer was lost, and that a person has dropped."""
    (entry,) = store.outbox.add(update("c1", *changes, step="s1"))
    store.outbox.mark([entry.n], State.NOT_SURE, "Lost.")
    return store.outbox.discard(entry.n)


def test_what_is_dropped_while_it_may_still_land_is_watched_and_shown_no_more(
    store: TenantStore,
) -> None:
    entry = let_go(store, PHASE)
    assert (entry.state, entry.let_go, entry.stands) == (State.NOT_SURE, True, "dropped, not sure")
    assert store.outbox.open_entries() == (entry,)
    assert store.outbox.open_by_record(Kind.COMPANY) == {}
    assert store.outbox.let_go() == (entry.n,)
    assert store.journal.last_step() == ()
    assert store.outbox.discard(entry.n) == entry
    store.outbox.looked([entry.n], 1, "It isn't there yet.")
    assert store.outbox.get(entry.n).reason == entry.reason
    again = store.outbox.retry(entry.n)
    assert (again.let_go, again.looked, again.reason) == (False, 0, "")
    assert store.outbox.open_by_record(Kind.COMPANY) == {"c1": [again]}


@pytest.mark.parametrize("found", [State.QUEUED, State.REFUSED])
def test_what_was_let_go_and_didnt_arrive_is_dropped(store: TenantStore, found: State) -> None:
    entry = let_go(store, PHASE)
    store.outbox.mark([entry.n], found, "A reason.", was=State.NOT_SURE)
    settled = store.outbox.get(entry.n)
    assert (settled.state, settled.let_go) == (State.DROPPED, False)
    assert settled.reason == "It was dropped, and didn't arrive."


def test_what_was_let_go_and_arrived_is_told_and_can_be_taken_back(store: TenantStore) -> None:
    entry = let_go(store, PHASE)
    store.outbox.mark([entry.n], State.DELIVERED, was=State.NOT_SURE)
    settled = store.outbox.get(entry.n)
    assert (settled.state, settled.let_go) == (State.DELIVERED, False)
    assert settled.reason == (
        f"It was dropped, and arrived all the same. undo {entry.n} takes it back."
    )
    assert store.journal.last_step() == (settled,)


@pytest.mark.parametrize(
    ("arrived", "built_on", "starts_from"),
    [(True, "p0", "p1"), (True, "p1", "p1"), (False, "p1", "p0"), (False, "p0", "p0")],
)
def test_the_next_edit_starts_from_what_became_of_one_that_was_let_go(
    store: TenantStore,
    arrived: bool,  # noqa: FBT001 -- a parameter of the test
    built_on: str,
    starts_from: str,
) -> None:
    entry = let_go(store, Change("phase", "p0", "p1"))
    (later,) = store.outbox.add(update("c1", Change("phase", built_on, "p2")))
    store.outbox.mark([entry.n], State.DELIVERED if arrived else State.QUEUED)
    assert store.outbox.get(later.n).changes == (Change("phase", starts_from, "p2"),)


def test_what_was_to_be_made_and_is_let_go_takes_its_edits_along_and_may_come_after_all(
    store: TenantStore,
) -> None:
    made, edited, contact = store.outbox.add(
        create("new-c", name="Acme"),
        update("new-c", PHASE),
        create("new-p", Kind.CONTACT, name="Eve", companyId="new-c"),
    )
    store.outbox.mark([made.n], State.NOT_SURE, "Lost.")
    assert store.outbox.discard(made.n).let_go
    states = [store.outbox.get(entry.n).state for entry in (edited, contact)]
    assert states == [State.DROPPED, State.REFUSED]
    store.made(made, received("c9", name="Acme"), 1.0, "Found.")
    assert "arrived all the same" in store.outbox.get(made.n).reason
    assert store.mirror.company("c9") is not None


@pytest.mark.parametrize(("found", "before"), [(State.DELIVERED, "p2"), (State.QUEUED, "p0")])
def test_what_is_let_go_together_is_followed_together(
    store: TenantStore, found: State, before: str
) -> None:
    edits = [update("c1", Change("phase", f"p{n}", f"p{n + 1}")) for n in range(3)]
    *sent, later = store.outbox.add(*edits)
    both = [entry.n for entry in sent]
    store.outbox.mark(both, State.NOT_SURE, "Lost.")
    for n in both:
        store.outbox.discard(n)
    store.outbox.mark(both, found)
    assert store.outbox.get(later.n).changes == (Change("phase", before, "p3"),)


def test_what_was_typed_while_an_edit_was_let_go_follows_it_once_it_is_wanted_again(
    store: TenantStore,
) -> None:
    entry = let_go(store, Change("phase", "p0", "p1"))
    (later,) = store.outbox.add(update("c1", Change("phase", "p0", "p2")))
    store.outbox.retry(entry.n)
    assert store.outbox.get(later.n).changes == (Change("phase", "p1", "p2"),)


# -- what names a record that is to be made here


def test_what_is_added_to_a_record_by_its_id_from_here_goes_to_the_one_that_was_made(
    store: TenantStore,
) -> None:
    (company,) = store.outbox.add(create("new-c", name="Acme"))
    store.made(company, received("c1", name="Acme"), 1.0)
    contact, moved, edited = store.outbox.add(
        create("new-p", Kind.CONTACT, name="Eve", companyId="new-c"),
        update("p1", Change("companyId", "c0", "new-c"), kind=Kind.CONTACT),
        update("new-c", PHASE),
    )
    assert contact.body == {"name": "Eve", "companyId": "c1"}
    assert moved.changes == (Change("companyId", "c0", "c1"),)
    assert (contact.record_id, edited.record_id) == ("new-p", "c1")
    assert store.outbox.recover() == ()


def test_what_waits_for_what_isnt_to_be_made_any_more_is_refused(store: TenantStore) -> None:
    company, coming = store.outbox.add(
        create("new-c", name="Acme"), create("new-d", name="Initech")
    )
    store.outbox.discard(company.n)
    contact, edited, waits, left = store.outbox.add(
        create("new-p", Kind.CONTACT, name="Eve", companyId="new-c"),
        update("new-c", PHASE),
        create("new-q", Kind.CONTACT, name="Zed", companyId="new-d"),
        update("p1", Change("companyId", "new-c", "c5"), kind=Kind.CONTACT),
    )
    assert {entry.n for entry in store.outbox.recover()} == {contact.n, edited.n}
    assert "Its company" in store.outbox.get(contact.n).reason
    assert "to be made here" in store.outbox.get(edited.n).reason
    states = [store.outbox.get(e.n).state for e in (contact, edited, coming, waits, left)]
    assert states == [State.REFUSED, State.REFUSED, *[State.QUEUED] * 3]
    assert store.outbox.followers(Kind.COMPANY, "new-d") == (waits,)


CITY = Change("city", "Lund", "Umeå")


def test_an_edit_taken_back_to_its_first_value_needs_no_sending(store: TenantStore) -> None:
    store.outbox.add(update("c1", PHASE), update("c1", CITY), update("c2", CITY))
    (back,) = store.outbox.add(update("c1", Change("phase", "renewal", None)))
    assert back.state is State.DELIVERED
    assert "nothing to send" in back.reason
    assert [entry.record_id for entry in store.outbox.open_entries()] == ["c1", "c2"]
    assert store.outbox.open_entries()[0].changes == (CITY,)


def test_what_was_sent_or_is_kept_back_is_not_settled_by_an_edit_back(store: TenantStore) -> None:
    sent, held = store.outbox.add(update("c1", PHASE), update("c2", PHASE))
    store.outbox.mark_sending([sent.n])
    store.outbox.mark([sent.n], State.QUEUED)
    store.outbox.hold(held.n)
    back = Change("phase", "renewal", None)
    added = store.outbox.add(update("c1", back), update("c2", back))
    assert [entry.state for entry in added] == [State.QUEUED] * 2
    assert len(store.outbox.open_entries()) == 4


@pytest.mark.parametrize("state", [State.HELD, State.REFUSED, State.CONFLICT, State.NOT_SURE])
def test_an_edit_goes_back_only_with_what_stands_right_before_it(
    store: TenantStore, state: State
) -> None:
    first, between = store.outbox.add(
        update("c1", Change("phase", "one", "two")), update("c1", Change("phase", "two", "three"))
    )
    store.outbox.mark([between.n], state)
    (last,) = store.outbox.add(update("c1", Change("phase", "three", "one")))
    assert [entry.n for entry in store.outbox.open_entries()] == [first.n, between.n, last.n]
    (there,) = store.outbox.add(update("c1", Change("phase", "one", "three")))
    assert there.state is State.DELIVERED  # back as it was behind the one between
    assert [entry.n for entry in store.outbox.open_entries()] == [first.n, between.n]


def test_edits_that_share_fields_go_back_together_or_not_at_all(store: TenantStore) -> None:
    store.outbox.add(update("c1", PHASE, CITY))
    store.outbox.add(update("c1", Change("phase", "renewal", None)))
    assert len(store.outbox.open_entries()) == 2  # the city is still to be sent
    store.outbox.add(update("c1", Change("city", "Umeå", "Lund")))
    assert store.outbox.open_entries() == ()


def test_edits_know_whose_they_are_once_that_is_known(store: TenantStore) -> None:
    (early,) = store.outbox.add(update("c1", PHASE))
    assert (early.tenant, early.who) == ("", "")
    store.outbox.know("t1", "Ada")
    (later,) = store.outbox.add(update("c2", PHASE))
    assert (later.tenant, later.who) == ("t1", "Ada")
    known = store.outbox.get(early.n)
    assert (known.tenant, known.who, known.changes) == ("t1", "Ada", early.changes)
    assert store.outbox.owner() == Owner("t1", "Ada")


def test_each_edit_is_told_to_be_of_whoever_made_it(folder: Path) -> None:
    ada, robot = (TenantStore.open(folder, wall=tick, author=one) for one in ("a", "b"))
    try:
        (early,) = ada.outbox.add(update("c1", PHASE, CITY))
        (sent,) = ada.outbox.add(update("c2", PHASE))
        ada.outbox.mark([sent.n], State.DELIVERED)
        robot.outbox.know("t1", "Service token")  # it met Planhat first
        part = robot.outbox.split(early.n, ["city"])
        assert part is not None
        assert {robot.outbox.get(n).who for n in (early.n, sent.n, part)} == {""}
        ada.outbox.know("t1", "Ada")
        robot.outbox.know("t1", "Service token")
        (theirs,), (mine,) = (one.outbox.add(update("c3", PHASE)) for one in (robot, ada))
        assert {ada.outbox.get(n).who for n in (early.n, sent.n, part)} == {"Ada"}
        assert (theirs.who, mine.who) == ("Service token", "Ada")
    finally:
        ada.close()
        robot.close()


def test_fields_are_split_off_in_their_place(store: TenantStore) -> None:
    whole, later = store.outbox.add(update("c1", PHASE, CITY, step="s"), update("c1", PHASE))
    assert store.outbox.split(whole.n, ["web"]) is None
    n = store.outbox.split(whole.n, ["phase"])
    assert n is not None
    assert n > later.n
    first, split, last = store.outbox.open_entries()
    assert (first.n, first.changes) == (whole.n, (CITY,))
    assert (split.n, split.changes, split.step) == (n, (PHASE,), "s")
    assert last.n == later.n
    assert store.outbox.split(split.n, ["phase"]) == split.n


def test_an_entry_that_the_first_version_wrote_is_intact(store: TenantStore, folder: Path) -> None:
    (entry,) = store.outbox.add(update("c1", PHASE))
    changes = '[{"field": "phase", "before": null, "after": "renewal"}]'
    first = hashlib.sha256(f"{changes}\0None".encode()).hexdigest()
    with sqlite3.connect(folder / "outbox.db") as connection:
        connection.execute("UPDATE entry SET checksum = ? WHERE n = ?", (first, entry.n))
    connection.close()
    assert store.outbox.open_entries() == (entry,)


@pytest.mark.parametrize(
    "damage",
    [
        "kind = 'cnmpany'",
        "action = 'delete'",
        "record_id = 'c2'",
        "tenant = 't2'",
        "open_tenant = 'x'",
        "changes = x'ff5b5d'",
        "changes = 7",
        "body = '{}'",
        "state = 'queuee'",
        "kind = CAST(x'ff6f' AS TEXT)",
    ],
)
def test_whatever_bit_flips_the_entry_is_refused(
    damage: str, store: TenantStore, folder: Path
) -> None:
    (entry,) = store.outbox.add(update("c1", PHASE))
    with sqlite3.connect(folder / "outbox.db") as connection:
        connection.execute(f"UPDATE entry SET {damage} WHERE n = ?", (entry.n,))  # noqa: S608 -- ours
    connection.close()
    (damaged,) = store.outbox.open_entries()
    assert (damaged.state, damaged.changes) == (State.REFUSED, ())
    assert "damaged" in damaged.reason
    assert not store.outbox.mark_sending([entry.n])
    assert store.outbox.discard(entry.n).state is State.DROPPED


def test_a_state_in_which_a_bit_has_flipped_counts_as_refused(
    store: TenantStore, folder: Path
) -> None:
    damaged, refused, _ = store.outbox.add(*(update(one, PHASE, step="s") for one in "abc"))
    store.outbox.mark([refused.n], State.REFUSED)
    with sqlite3.connect(folder / "outbox.db") as connection:
        connection.execute("UPDATE entry SET state = 'queuee' WHERE n = ?", (damaged.n,))
    connection.close()
    counts = {State.REFUSED: 2, State.QUEUED: 1}
    assert (store.outbox.counts(), store.steps.counts("s")) == (counts, counts)
    assert [one.state for one in store.steps.window("s", 0, 1)] == [State.REFUSED]
    found = store.steps.entries("s")
    assert [one.n for one in found] == [damaged.n, refused.n, refused.n + 1]
    assert store.steps.entries("s", [State.REFUSED]) == found[:2]


@pytest.mark.parametrize("damage", ["state = 'queuee'", "body = '{}'"])
def test_a_deletion_that_is_damaged_does_not_wait_and_is_made_anew(
    damage: str, store: TenantStore, folder: Path
) -> None:
    deletion = NewEntry(Kind.COMPANY, Action.DELETE, "c1", "Acme", body={"_id": "c1"})
    (damaged,) = store.outbox.add(deletion)
    assert [*store.outbox.deleting(Kind.COMPANY, ["c1"])] == ["c1"]
    with sqlite3.connect(folder / "outbox.db") as connection:
        connection.execute(f"UPDATE entry SET {damage} WHERE n = ?", (damaged.n,))  # noqa: S608 -- ours
    connection.close()
    assert store.outbox.deleting(Kind.COMPANY, ["c1"]) == {}
    (anew,) = store.outbox.add(deletion)
    assert store.outbox.open_entries() == (anew,)
    assert store.outbox.get(damaged.n).state is State.DROPPED
