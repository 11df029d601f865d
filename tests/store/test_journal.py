from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Made, State
from tests.store.conftest import create, update

if TYPE_CHECKING:
    from planhat_tui.model.outbox import Entry
    from planhat_tui.store.tenant import TenantStore

PHASE = Change("phase", None, "renewal")


def undo(store: TenantStore, *taken: Entry, made: int = 0) -> int:
    """Take entries back as undo does, with so many entries of its own."""
    k = store.journal.begin_undoing()
    for number in range(made):
        store.outbox.add(update(f"u{number}", PHASE, step=f"undo:{k}")._replace(takes_back=1))
    store.journal.mark_undone([entry.n for entry in taken], k)
    return k


def test_the_last_step_is_the_newest_that_stands(store: TenantStore) -> None:
    assert store.journal.last_step() == ()
    first = store.outbox.add(update("c1", PHASE, step="a"), update("c2", PHASE, step="a"))
    second = store.outbox.add(update("c3", PHASE, step="b"))
    store.outbox.add(update("c4", PHASE))  # no step: nothing that a person did at once
    assert store.journal.last_step() == second
    undo(store, *second, made=1)
    assert [entry.n for entry in store.journal.last_step()] == [entry.n for entry in first]
    store.outbox.discard(first[0].n)
    assert [entry.n for entry in store.journal.last_step()] == [first[1].n]
    undo(store, first[1])
    assert store.journal.last_step() == ()


def test_redo_takes_the_undos_back_the_newest_first(store: TenantStore) -> None:
    (first,) = store.outbox.add(update("c1", PHASE, step="a"))
    (second,) = store.outbox.add(update("c2", PHASE, step="b"))
    one, two = undo(store, second, made=2), undo(store, first)
    last = store.journal.last_undoing()
    assert last is not None
    assert (last.k, [e.n for e in last.taken], last.made) == (two, [first.n], ())
    store.journal.mark_undone([first.n], 0)
    store.journal.mark_redone(two)
    assert [entry.n for entry in store.journal.last_step()] == [first.n]
    last = store.journal.last_undoing()
    assert last is not None
    assert (last.k, [e.n for e in last.taken], len(last.made)) == (one, [second.n], 2)


def test_after_something_new_there_is_nothing_to_redo(store: TenantStore) -> None:
    (first,) = store.outbox.add(update("c1", PHASE, step="a"))
    undo(store, first)
    assert store.journal.last_undoing() is not None
    store.outbox.add(update("c9", PHASE, step="b"))
    assert store.journal.last_undoing() is None


def test_what_a_conflict_splits_off_is_nothing_new(store: TenantStore) -> None:
    (first,) = store.outbox.add(update("c1", PHASE, step="a"))
    (other,) = store.outbox.add(update("c2", PHASE, Change("city", None, "Lund"), step="b"))
    undo(store, first)
    assert store.outbox.split(other.n, ["city"])
    assert store.journal.last_undoing() is not None


def test_what_is_split_off_is_as_new_as_its_edit(store: TenantStore) -> None:
    (first,) = store.outbox.add(update("c1", PHASE, Change("city", None, "Lund"), step="plan:a"))
    (second,) = store.outbox.add(update("c2", PHASE, step="plan:b"))
    piece = store.outbox.split(first.n, ["city"])
    assert [entry.n for entry in store.journal.last_step()] == [second.n]
    assert store.steps.newest("plan:") == "plan:b"
    undo(store, second)
    undo(store, first)
    assert [entry.n for entry in store.journal.last_step()] == [piece]


def test_the_history_is_read_newest_first_and_by_record(store: TenantStore) -> None:
    one, made, two = store.outbox.add(
        update("c1", PHASE), create("new-1", name="Acme"), update("c2", PHASE)
    )
    store.outbox.made(made.kind, [Made(made.n, "new-1", "c7")])
    store.outbox.discard(two.n)
    assert [entry.n for entry in store.journal.list()] == [two.n, made.n, one.n]
    assert [entry.n for entry in store.journal.list(limit=1)] == [two.n]
    assert [entry.n for entry in store.journal.list(limit=2, offset=1)] == [made.n, one.n]
    assert [entry.n for entry in store.journal.list(record_id="c7")] == [made.n]
    assert store.journal.list()[0].state is State.DROPPED
    assert store.journal.count() == 3


def test_what_was_done_since_joins_a_step_but_not_what_was_done_with_others(
    store: TenantStore,
) -> None:
    (before,) = store.outbox.add(update("c1", PHASE, step="before"))
    (mine,) = store.outbox.add(update("c1", PHASE, step="mine"))
    store.outbox.add(update("c2", PHASE, step="elsewhere"))
    store.outbox.add(update("c1", PHASE, step="bulk"), update("c2", PHASE, step="bulk"))
    (gone,) = store.outbox.add(update("c1", PHASE, step="gone"))
    store.outbox.discard(gone.n)
    (call,) = store.outbox.add(update("call", PHASE, step="call"))
    joined = store.journal.join("call", ["c1", "p1"], mine.created_at)
    assert [entry.n for entry in joined] == [mine.n]
    assert [entry.n for entry in store.journal.last_step()] == [mine.n, call.n]
    assert [entry.n for entry in store.journal.step_of("before")] == [before.n]
    assert len(store.journal.step_of("bulk")) == 2


def test_nothing_joins_a_step_that_is_about_nobody(store: TenantStore) -> None:
    (first,) = store.outbox.add(update("c1", PHASE, step="a"))
    assert store.journal.join("call", [], first.created_at) == ()
