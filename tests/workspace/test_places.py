from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.query import Sort
from planhat_tui.model.records import Kind
from planhat_tui.model.views import View
from planhat_tui.store.tenant import TenantStore
from planhat_tui.workspace.places import MOST_LATELY, Front, Places

if TYPE_CHECKING:
    from pathlib import Path

LEFT = View("tag:vip", (Sort("arr", descending=True), Sort("name")), ("name", "arr"))


def opened(folder: Path) -> TenantStore:
    return TenantStore.open(folder / "t", wall=lambda: 1.0)


def test_the_list_is_there_again_as_it_was_left(tmp_path: Path) -> None:
    store = opened(tmp_path)
    assert Places(store).view() == View()
    Places(store).keep_view(LEFT)
    store.close()
    again = opened(tmp_path)
    assert Places(again).view() == LEFT
    again.close()


def test_an_order_that_nobody_knows_any_more_is_left_out(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.drafts.save("list", {"query": "acme", "sort": "-shoesize", "columns": ["name", 3]})
    assert Places(store).view() == View("acme", (), ("name",))
    store.drafts.save("list", {"query": 7, "sort": None, "columns": "name"})
    assert Places(store).view() == View()
    store.close()


def test_the_company_in_front_goes_by_the_id_that_it_has_by_now(tmp_path: Path) -> None:
    store = opened(tmp_path)
    Places(store).keep_front(Front(2, "new-1"))
    assert Places(store).front() == Front(2, "new-1")
    store.outbox.rename(Kind.COMPANY, {"new-1": "c1"})
    assert Places(store).front() == Front(2, "c1")
    store.close()


def test_what_was_opened_last_stands_first_and_once(tmp_path: Path) -> None:
    store = opened(tmp_path)
    places = Places(store)
    for one in ("a", "b", "a", "c", "c"):
        places.opened(one)
    assert places.lately() == ("c", "a", "b")
    assert Places(store).lately() == ("c", "a", "b")
    for number in range(MOST_LATELY):
        places.opened(str(number))
    assert len(places.lately()) == MOST_LATELY
    assert "c" not in places.lately()
    store.close()


def test_the_pane_in_front_is_remembered_and_nonsense_isnt_believed(tmp_path: Path) -> None:
    store = opened(tmp_path)
    assert Places(store).front() == Front(1, "", zoomed=False)
    left = Front(3, "c1", zoomed=True)
    Places(store).keep_front(left)
    store.close()
    again = opened(tmp_path)
    assert Places(again).front() == left
    again.drafts.save("front", {"pane": 9, "company": None, "zoomed": "yes"})
    assert Places(again).front() == Front()
    again.close()


def test_a_call_that_an_older_program_kept_in_the_place_of_an_editor_is_a_call(
    tmp_path: Path,
) -> None:
    store = opened(tmp_path)
    store.drafts.save("front", {"pane": 2, "company": "c1", "form": "ended call:p1"})
    assert Places(store).front() == Front(2, "c1", call="ended call:p1")
    store.drafts.save("front", {"pane": 2, "company": "c1", "form": "new contact:c1"})
    assert Places(store).front() == Front(2, "c1", form="new contact:c1")
    store.close()


def test_how_the_contacts_were_left_is_kept_beside_the_companies(tmp_path: Path) -> None:
    store = opened(tmp_path)
    view = View("", (Sort("title"), Sort("featured", descending=True)), ("name=30", "custom.Shoe"))
    Places(store).keep_view(view, Kind.CONTACT)
    Places(store).keep_view(LEFT)
    assert Places(store).view(Kind.CONTACT) == view
    assert Places(store).view() == LEFT
    store.close()
