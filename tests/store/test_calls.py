from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import StorageError
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from tests.store.conftest import create, received, update

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.store.tenant import TenantStore


def test_the_newest_call_is_first_and_keeps_whom_the_person_meant(
    open_store: Callable[[], TenantStore],
) -> None:
    store = open_store()
    store.calls.put({"_id": "k1", "nr": "1"}, note="Fine", contact_id="p1", company_id="c1")
    store.calls.put({"_id": "k2", "nr": "2", "companyId": "c2"})
    store.close()
    store = open_store()
    assert [one.call.id for one in store.calls.list()] == ["k2", "k1"]
    assert [one.call.id for one in store.calls.list("c1")] == ["k1"]
    assert [one.call.id for one in store.calls.list("c2")] == ["k2"]
    (one,) = store.calls.list("c1")
    assert (one.note, one.contact_id, one.company_id, one.state) == ("Fine", "p1", "c1", None)


def test_calls_stand_by_their_own_time_not_by_when_they_were_typed(store: TenantStore) -> None:
    for name, day in (("late", "03"), ("early", "01"), ("between", "02")):
        store.calls.put({"_id": name, "nr": "1", "start": f"2020-03-{day}T10:00:00.000Z"})
    assert [one.call.id for one in store.calls.list()] == ["late", "between", "early"]


def test_a_note_can_be_replaced_and_taken_away(store: TenantStore) -> None:
    store.calls.put({"_id": "k1", "nr": "1"}, note="Fine")
    for text in ("Better", ""):
        store.calls.note("k1", text)
        one = store.calls.get("k1")
        assert one is not None
        assert one.note == text


def test_what_planhat_answers_keeps_the_note(store: TenantStore) -> None:
    store.calls.put({"_id": "k1", "nr": "1"}, note="Fine", contact_id="p1")
    store.calls.put({"_id": "k1", "nr": "1", "companyId": "c9"})
    one = store.calls.get("k1")
    assert one is not None
    assert (one.note, one.contact_id, one.call.company_id) == ("Fine", "p1", "c9")


def test_a_call_that_waits_shows_its_state_and_then_gets_its_real_id(store: TenantStore) -> None:
    body = {"nr": "1", "externalUserId": "a"}
    (entry,) = store.outbox.add(create("new-k", Kind.CALL, nr="1", externalUserId="a"))
    store.calls.put({**body, "_id": "new-k"}, note="Fine")
    waiting = store.calls.get("new-k")
    assert waiting is not None
    assert waiting.state is State.QUEUED
    store.made(entry, received("k1", nr="1", externalUserId="a"), 1.0)
    assert store.calls.get("new-k") is None
    done = store.calls.get("k1")
    assert done is not None
    assert (done.note, done.state) == ("Fine", None)
    assert store.outbox.get(entry.n).record_id == "k1"


def test_an_entry_is_delivered_only_with_its_call_in_the_log(
    store: TenantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    (entry,) = store.outbox.add(create("new-k", Kind.CALL, nr="1", externalUserId="a"))
    store.calls.put({"_id": "new-k", "nr": "1"})

    def full(*_: object) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(store.calls, "rename", full)
    with pytest.raises(StorageError):
        store.made(entry, received("k1", nr="1"), 1.0)
    assert store.outbox.get(entry.n).state is State.QUEUED
    assert store.outbox.get(entry.n).result_id == ""


def test_a_pending_edit_of_a_call_is_shown(store: TenantStore) -> None:
    store.calls.put({"_id": "k1", "nr": "1"})
    store.outbox.add(update("k1", Change("nr", "1", "2"), kind=Kind.CALL))
    one = store.calls.get("k1")
    assert one is not None
    assert (one.call.nr, one.state) == ("2", State.QUEUED)
    assert store.calls.server("k1") == {"_id": "k1", "nr": "1"}


def test_a_removed_call_is_gone(store: TenantStore) -> None:
    store.calls.put({"_id": "k1", "nr": "1"})
    store.calls.remove("k1")
    assert store.calls.get("k1") is None
    assert store.calls.server("k1") is None
    assert store.calls.list() == ()


def test_a_call_that_comes_back_knows_its_note_and_whom_it_was_with_as_they_are_called_now(
    store: TenantStore,
) -> None:
    store.calls.put({"_id": "k1", "nr": "1"}, note="Fine", company_id="new-1", contact_id="p1")
    store.calls.remove("k1")
    (company,) = store.outbox.add(create("new-1", name="Acme"))
    store.made(company, received("c9", name="Acme"), 1.0)
    store.calls.again({"_id": "new-2", "nr": "1"}, was="k1")
    (call,) = store.calls.list()
    assert (call.call.id, call.note) == ("new-2", "Fine")
    assert (call.company_id, call.contact_id) == ("c9", "p1")
    store.calls.again({"_id": "new-3", "nr": "1"}, was="")
    assert [one.note for one in store.calls.list() if one.call.id == "new-3"] == [""]


def test_a_call_follows_the_company_and_the_contact_that_were_made_here(
    store: TenantStore,
) -> None:
    store.calls.put({"_id": "k1", "nr": "1"}, company_id="new-1", contact_id="new-2")
    company, contact = store.outbox.add(
        create("new-1", name="Acme"), create("new-2", Kind.CONTACT, name="Ada")
    )
    store.made(company, received("c9", name="Acme"), 1.0)
    store.made(contact, received("p9", name="Ada"), 1.0)
    (call,) = store.calls.list("c9")
    assert (call.company_id, call.contact_id) == ("c9", "p9")
