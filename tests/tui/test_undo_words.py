from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from planhat_tui.model import undo
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, Entry, State
from planhat_tui.model.records import Kind
from planhat_tui.tui.presentation.undo_words import undo_rows, undo_sum, undo_text

if TYPE_CHECKING:
    from planhat_tui.model.values import Raw

USERS = {"u1": "Anna Lind", "u2": "Bo Ek"}


def entry(
    *changes: Change,
    action: Action = Action.UPDATE,
    state: State = State.DELIVERED,
    kind: Kind = Kind.COMPANY,
    title: str = "Acme Inc",
) -> Entry:
    return Entry(1, kind, action, "a1", title, changes, {}, "s", "", state, "", 0, 0, 1, "")


NOW: Raw = {"phase": "won", "owner": "u2", "tags": ["vip", "gold"], "city": "Oslo", "_id": "a1"}


def cells(*step: Entry) -> list[tuple[str, ...]]:
    rows = undo_rows(undo.plan(step, lambda _kind, _id: NOW), USERS, arrow=">")
    return [tuple(str(row.cells[key]) for key in ("title", "what", "now", "back")) for row in rows]


def test_each_field_is_shown_as_it_is_and_as_it_was() -> None:
    step = entry(Change("phase", "onboarding", "won"), Change("owner", None, "u2"))
    assert cells(step) == [
        ("Acme Inc", "Phase", "won", "onboarding"),
        ("Acme Inc", "Owner", "Bo Ek", "-"),
    ]


def test_tags_show_what_comes_and_goes() -> None:
    step = entry(Change("tags", ["vip", "old"], ["vip", "gold"]))
    assert cells(step) == [("Acme Inc", "Tags", "vip, gold", "+old -gold")]


def test_a_field_that_somebody_changed_since_says_so() -> None:
    step = entry(Change("phase", "onboarding", "won"), Change("city", None, "Lund"))
    assert cells(step)[1] == ("Acme Inc", "City", "changed since", "stays")


def test_what_was_made_or_deleted_says_what_becomes_of_it() -> None:
    assert cells(entry(action=Action.CREATE, kind=Kind.CONTACT, title="Kim")) == [
        ("Kim", "contact", "at Planhat", "deleted")
    ]
    assert cells(entry(action=Action.DELETE)) == [
        ("Acme Inc", "company", "deleted", "made again, new id")
    ]


def test_what_is_not_delivered_is_told_as_dropped() -> None:
    step = entry(Change("phase", None, "won"), state=State.REFUSED)
    assert cells(step) == [("Acme Inc", "Phase - > won", "not delivered yet", "dropped")]


def test_names_from_planhat_are_made_safe() -> None:
    hostile = entry(Change("phase", "\x1b[31mred", "won"), title="A\x1b]52;c;x\x07")
    assert "\x1b" not in "".join(cells(hostile)[0])


def test_what_cant_come_back_is_told_once() -> None:
    step = [entry(action=Action.DELETE), entry(action=Action.DELETE)]
    told = undo_sum(undo.plan(step, lambda _kind, _id: None), 0)
    assert told == (
        "2 records at Planhat. What can't come back: its id and the values that Planhat sets, and"
        " its contacts."
    )
    assert undo_sum(undo.plan([entry(Change("phase", None, "won"))], lambda *_: NOW), 0) == ""


def test_an_old_copy_says_how_old_it_is() -> None:
    plan = undo.plan([entry(Change("phase", None, "won"))], lambda *_: NOW)
    told = undo_sum(replace(plan, as_of=1000.0), 1180.0)
    assert told == "NOW is the local copy, 3 min old."
    told = undo_sum(replace(plan, as_of=float("-inf")), 1180.0)
    assert told == "NOW is the local copy, and nobody read it yet."
    making = undo.plan([entry(action=Action.CREATE)], lambda *_: NOW)
    assert undo_sum(replace(making, as_of=1000.0), 1180.0) == (
        "NOW is the local copy, 3 min old."
        " Contacts that others have put there since then go too, unnamed."
    )
    assert undo_sum(making, 1180.0) == ""


def test_redo_tells_what_is_queued_again() -> None:
    dropped = entry(Change("phase", "onboarding", "won"), state=State.DROPPED)
    plan = undo.plan_again([dropped], [], lambda *_: {"phase": "onboarding"})
    (row,) = undo_rows(plan, USERS, arrow=">")
    assert (row.cells["now"], row.cells["back"]) == ("taken back", "queued again")


def test_a_long_plan_is_told_in_a_few_lines() -> None:
    step = [entry(Change("phase", "onboarding", "won"), title=f"Acme {n}") for n in range(9)]
    lines = undo_text(undo.plan(step, lambda *_: NOW), USERS, arrow=">").splitlines()
    assert len(lines) == 6
    assert lines[0] == "Phase of Acme 8: won > onboarding"
    assert lines[-1] == "and 4 more"


def test_a_record_that_goes_is_named_with_its_kind() -> None:
    made = entry(action=Action.CREATE, kind=Kind.CONTACT, title="Kim")
    call = entry(action=Action.CREATE, kind=Kind.CALL, title="call to 1")
    plan = undo.plan([made, call], lambda *_: NOW)
    assert undo_text(plan, USERS, arrow=">").splitlines() == [
        "call to 1: at Planhat > deleted",
        "contact Kim: at Planhat > deleted",
    ]


def test_of_tags_only_what_comes_and_goes_is_told() -> None:
    step = [entry(Change("tags", ["vip", "old"], ["vip", "gold"]))]
    told = undo_text(undo.plan(step, lambda *_: NOW), USERS, arrow=">")
    assert told == "Tags of Acme Inc: +old -gold"


def test_what_others_have_put_there_is_told_first_and_counted() -> None:
    made = [entry(action=Action.CREATE, title=f"Acme {n}") for n in range(9)]
    plan = undo.plan(made, lambda *_: NOW, lambda e: ("Phase",) if e.title == "Acme 3" else ())
    lines = undo_text(plan, USERS, arrow=">").splitlines()
    assert lines[:2] == [
        "company Acme 3: at Planhat > deleted",
        "Phase of Acme 3: put there by others since > deleted too",
    ]
    told = undo_sum(plan, 0)
    assert told == "9 records at Planhat. 1 record holds what others have put there: it goes too."
