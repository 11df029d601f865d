from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.model import query
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, NewEntry, State
from planhat_tui.model.records import Kind
from planhat_tui.store.overlay import most_urgent
from tests.store.conftest import create, received, update

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.store.tenant import TenantStore


def found(store: TenantStore, text: str) -> list[str]:
    return [row.id for row in store.mirror.search_companies(query.parse(text)).rows]


def test_a_pending_edit_is_shown_searched_and_counted_beside_what_planhat_has(
    store: TenantStore,
) -> None:
    store.mirror.put(Kind.COMPANY, [received("c1", name="Acme", tags=["a"])], 1.0)
    store.outbox.add(update("c1", Change("name", "Acme", "Zenith"), Change("tags", ["a"], ["b"])))
    store.refresh_overlay(Kind.COMPANY, "c1")
    shown = store.mirror.company("c1")
    assert shown is not None
    assert shown.raw == {"_id": "c1", "name": "Zenith", "tags": ["b"]}
    assert shown.server == {"_id": "c1", "name": "Acme", "tags": ["a"]}
    assert shown.state is State.QUEUED
    assert found(store, "zenith tag:b") == ["c1"]
    assert found(store, "acme") == []


def test_a_newer_copy_from_planhat_keeps_the_pending_edit_on_top(store: TenantStore) -> None:
    store.mirror.put(Kind.COMPANY, [received("c1", name="Acme", tags=["a"])], 1.0)
    store.outbox.add(update("c1", Change("tags", ["a"], ["a", "mine"])))
    store.mirror.put(Kind.COMPANY, [received("c1", name="Acme", tags=["a", "theirs"])], 2.0)
    shown = store.mirror.company("c1")
    assert shown is not None
    assert shown.raw["tags"] == ["a", "theirs", "mine"]


def test_an_edit_made_while_a_record_was_prepared_is_shown_on_it(store: TenantStore) -> None:
    batch = store.mirror.prepare(Kind.COMPANY, [received("c1", name="Acme"), received("c2")], 1.0)
    store.outbox.add(update("c1", Change("name", "Acme", "Zenith")))
    store.mirror.take(Kind.COMPANY, batch, 1.0)
    shown = store.mirror.company("c1")
    assert shown is not None
    assert shown.raw["name"] == "Zenith"
    assert found(store, "zenith") == ["c1"]
    assert store.mirror.laid_over(Kind.COMPANY) == {"c1"}


def test_a_delivered_edit_leaves_no_trace(store: TenantStore) -> None:
    store.mirror.put(Kind.COMPANY, [received("c1", name="Acme")], 1.0)
    (entry,) = store.outbox.add(update("c1", Change("name", "Acme", "Zenith")))
    store.refresh_overlay(Kind.COMPANY, "c1")
    store.outbox.mark([entry.n], State.DELIVERED)
    store.mirror.put(Kind.COMPANY, [received("c1", name="Zenith")], 2.0)
    shown = store.mirror.company("c1")
    assert shown is not None
    assert shown.state is None
    assert shown.raw == shown.server
    assert store.mirror.laid_over(Kind.COMPANY) == frozenset()


def test_a_record_that_waits_to_be_deleted_stays_and_says_so(store: TenantStore) -> None:
    store.mirror.put(Kind.COMPANY, [received("c1", name="Acme")], 1.0)
    (entry,) = store.outbox.add(NewEntry(Kind.COMPANY, Action.DELETE, "c1", "Acme", body={}))
    store.refresh_overlay(Kind.COMPANY, "c1")
    (row,) = store.mirror.search_companies(query.parse("acme")).rows
    assert row.state is State.QUEUED
    store.outbox.mark([entry.n], State.DELIVERED)
    store.mirror.remove(Kind.COMPANY, ["c1"])
    assert found(store, "acme") == []


def test_a_record_made_here_is_shown_and_goes_when_it_is_discarded(store: TenantStore) -> None:
    (entry,) = store.outbox.add(create("new-1", name="Made here", tags=["x"]))
    store.refresh_overlay(Kind.COMPANY, "new-1")
    shown = store.mirror.company("new-1")
    assert shown is not None
    assert shown.server is None
    assert shown.raw["name"] == "Made here"
    assert shown.complete  # nothing of it is elsewhere, and nothing is left to be read
    assert found(store, "made tag:x") == ["new-1"]
    store.outbox.mark([entry.n], State.REFUSED)
    store.refresh_overlay(Kind.COMPANY, "new-1")
    shown = store.mirror.company("new-1")
    assert shown is not None
    assert (shown.state, shown.complete) == (State.REFUSED, True)
    store.outbox.discard(entry.n)
    store.refresh_overlay(Kind.COMPANY, "new-1")
    assert store.mirror.company("new-1") is None
    assert found(store, "made") == []


@pytest.mark.parametrize("refreshed", [True, False])
def test_whichever_file_was_written_last_the_next_start_shows_both(
    open_store: Callable[[], TenantStore],
    refreshed: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    store = open_store()
    store.mirror.put(Kind.COMPANY, [received("c1", name="Acme"), received("c2", name="B")], 1.0)
    (kept, dropped) = store.outbox.add(
        update("c1", Change("phase", None, "renewal")), update("c2", Change("phase", None, "x"))
    )
    if refreshed:
        store.refresh_overlay(Kind.COMPANY, "c2")
    store.outbox.mark([dropped.n], State.DROPPED)  # and the mirror isn't told
    store.close()
    store = open_store()
    assert found(store, "phase:renewal") == ["c1"]
    shown = store.mirror.company("c2")
    assert shown is not None
    assert (shown.state, shown.raw) == (None, {"_id": "c2", "name": "B"})
    assert store.outbox.get(kept.n).state is State.QUEUED


def test_an_edited_record_that_the_mirror_lost_is_shown_by_its_title_until_it_is_read(
    store: TenantStore,
) -> None:
    store.outbox.add(update("c1", Change("phase", None, "renewal")))
    store.refresh_overlay(Kind.COMPANY, "c1")
    shown = store.mirror.company("c1")
    assert shown is not None
    assert (shown.raw["name"], shown.raw["phase"], shown.complete) == ("Acme", "renewal", False)
    store.mirror.put_lean([received("c1", name="Acme Group", externalId="")], 2.0)
    assert found(store, "group phase:renewal") == ["c1"]
    assert store.mirror.incomplete_companies(5) == ("c1",)


def test_the_most_urgent_state_is_the_one_that_needs_a_hand() -> None:
    assert most_urgent([State.QUEUED, State.CONFLICT, State.NOT_SURE]) is State.CONFLICT
    assert most_urgent([State.QUEUED, State.SENDING]) is State.SENDING
    assert most_urgent([State.DELIVERED]) is None
