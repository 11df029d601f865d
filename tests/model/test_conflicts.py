from __future__ import annotations

import pytest

from planhat_tui.errors import InputError
from planhat_tui.model.conflicts import (
    Choice,
    Standoff,
    Theirs,
    field_in,
    merged_tags,
    settled,
    standoff,
)
from planhat_tui.model.edits import Change, Conflict, fold
from planhat_tui.model.outbox import Action, Entry, State
from planhat_tui.model.records import Kind

CITY = Change("city", "Lund", "Umeå")


def entry(n: int, *changes: Change, state: State = State.CONFLICT) -> Entry:
    return Entry(
        n, Kind.COMPANY, Action.UPDATE, "c1", "Acme", changes, None, "s", "", state, "", n, n, 1, ""
    )


FIRST = entry(3, Change("phase", "new", "won"), CITY)
SECOND = entry(5, Change("phase", "won", "lost"))
THEIRS = {"phase": Theirs("churned", 90.0), "city": Theirs(None, 80.0)}


def told() -> Standoff:
    found = standoff([entry(1, CITY, state=State.QUEUED), FIRST, SECOND], THEIRS)
    assert found is not None
    return found


def test_what_a_record_waits_for_is_told_field_by_field() -> None:
    found = told()
    assert (found.n, found.mine_at, found.theirs_at) == (3, 3, 90.0)
    assert found.fields == (
        Conflict("phase", "new", "lost", "churned"),
        Conflict("city", "Lund", "Umeå", None),
    )
    assert standoff([entry(1, CITY, state=State.QUEUED)], THEIRS) is None


def test_a_field_that_isnt_in_conflict_is_named_with_those_that_are() -> None:
    assert field_in(told(), "city").mine == "Umeå"
    with pytest.raises(InputError, match="There is: phase, city"):
        field_in(told(), "web")


@pytest.mark.parametrize(
    ("choice", "sent"),
    [
        (Choice.MINE, "lost"),
        (Choice.BEFORE, "new"),
        (Choice.VALUE, "other"),
        (Choice.THEIRS, None),
    ],
)
def test_one_change_goes_out_from_theirs_and_the_others_are_in_it(
    choice: Choice, sent: str | None
) -> None:
    kept = settled([FIRST, SECOND], told().fields[0], choice, "other")
    assert [one.n for one, _ in kept] == [3, 5]
    changes = [change for _, left in kept for change in left]
    assert CITY in changes
    phase = [change for change in fold(changes) if change.field == "phase"]
    assert phase == ([Change("phase", "churned", sent)] if sent else [])


def test_edits_of_other_fields_are_left_alone() -> None:
    kept = settled([FIRST, SECOND], told().fields[1], Choice.THEIRS)
    assert [(one.n, left) for one, left in kept] == [(3, (Change("phase", "new", "won"),))]


GOLD = entry(1, Change("tags", ["vip", "old"], ["vip", "gold"]))


@pytest.mark.parametrize(
    ("now", "theirs"),
    [
        (["vip", "risk", "gold"], ["vip", "risk", "old"]),  # mine has arrived
        (["vip", "old", "risk"], ["vip", "old", "risk"]),  # not yet
        (["old"], ["old"]),
    ],
)
def test_tags_that_both_sides_changed_are_told_apart(now: list[str], theirs: list[str]) -> None:
    kept = merged_tags([GOLD], now)
    assert kept is not None
    assert (kept.before, kept.mine) == (["vip", "old"], ["vip", "gold"])
    assert set(kept.theirs) == set(theirs)  # type: ignore[arg-type] # a list


def test_tags_that_one_side_changed_are_nobodys_business() -> None:
    assert merged_tags([GOLD], ["vip", "gold"]) is None
    assert merged_tags([GOLD], ["vip", "old"]) is None
    assert merged_tags([entry(1, CITY)], ["vip"]) is None
    back = entry(2, Change("tags", ["vip", "gold"], ["vip", "old"]))
    assert merged_tags([GOLD, back], ["vip", "risk"]) is None
