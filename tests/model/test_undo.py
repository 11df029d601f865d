from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.errors import InputError
from planhat_tui.model import undo
from planhat_tui.model.edits import Change, apply, merge, same, value_at
from planhat_tui.model.outbox import DAMAGED, Action, Entry, State
from planhat_tui.model.records import Kind, texts_of
from planhat_tui.model.undo import UndoPlan, Way

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.model.values import Json, Raw

COMPANY = Kind.COMPANY
ACME = "a1"


def entry(
    *changes: Change,
    n: int = 1,
    kind: Kind = COMPANY,
    action: Action = Action.UPDATE,
    record_id: str = ACME,
    state: State = State.DELIVERED,
    body: Raw | None = None,
    result_id: str = "",
) -> Entry:
    return Entry(
        n,
        kind,
        action,
        record_id,
        "Acme Inc",
        changes,
        body,
        "s",
        "",
        state,
        "",
        0,
        0,
        1,
        result_id,
    )


def planned(*step: Entry, now: Raw | None = None) -> UndoPlan:
    return undo.plan(step, lambda _kind, _id: now)


def sent(plan: UndoPlan) -> list[tuple[Action, str, tuple[Change, ...], Raw | None]]:
    made = plan.entries(lambda _: "undo:1", lambda: "id")
    assert {one.step for one in made} <= {"undo:1"}
    return [(one.action, one.record_id, one.changes, one.body) for one in made]


PHASE = Change("phase", "onboarding", "won")


def test_a_field_goes_back_to_what_it_was() -> None:
    plan = planned(entry(PHASE), now={"phase": "won"})
    assert sent(plan) == [(Action.UPDATE, ACME, (Change("phase", "won", "onboarding"),), None)]
    assert plan.asks
    assert (plan.size, plan.deletes) == (1, ())


@pytest.mark.parametrize("action", list(Action))
def test_of_what_is_damaged_nothing_is_taken_back_at_planhat(action: Action) -> None:
    bad = entry(action=action)._replace(reason=DAMAGED)
    with pytest.raises(InputError, match="Edit 1 is damaged on this disk"):
        planned(bad, now={"name": "A neighbour"})
    plan = planned(bad, entry(PHASE, n=2), now={"phase": "won"})
    assert [one[0] for one in sent(plan)] == [Action.UPDATE]


def test_what_was_made_is_deleted_by_the_id_under_its_seal() -> None:
    made = entry(action=Action.CREATE, result_id="a neighbour's", body={"name": "Acme"})
    assert [one[:2] for one in sent(planned(made))] == [(Action.DELETE, ACME)]
    again = made._replace(record_id="new-1")
    with pytest.raises(InputError, match="is to be made again: take that back first"):
        planned(again)


@pytest.mark.parametrize("state", [State.QUEUED, State.REFUSED, State.CONFLICT, State.HELD])
def test_what_is_not_delivered_is_dropped_and_planhat_hears_nothing(state: State) -> None:
    plan = planned(entry(PHASE, state=state), now={"phase": "won"})
    assert [back.way for back in plan.backs] == [Way.DROP]
    assert (plan.asks, plan.reaches_planhat) == (False, False)
    assert not replace(plan, many=True).asks
    assert sent(plan) == []


def test_a_field_that_was_changed_since_stays_and_the_others_go_back() -> None:
    city = Change("city", None, "Lund")
    plan = planned(entry(PHASE, city), now={"phase": "won", "city": "Oslo"})
    (back,) = plan.backs
    assert (back.way, back.stays) == (Way.EDIT, ("City",))
    assert back.changes == (Change("phase", "won", "onboarding"),)


def test_where_all_was_changed_since_nothing_is_taken_back() -> None:
    with pytest.raises(InputError, match=r"Phase of Acme Inc was changed since and stays\."):
        planned(entry(PHASE), now={"phase": "lost"})


def test_one_record_that_was_changed_since_doesnt_hold_the_others_up() -> None:
    shown: dict[str, Raw] = {"a1": {"phase": "won"}, "a2": {"phase": "lost"}}
    step = [entry(PHASE, n=n, record_id=one) for n, one in enumerate(shown)]
    plan = undo.plan(step, lambda _kind, one: shown[one])
    assert [(back.entry.record_id, back.way) for back in plan.backs] == [
        ("a2", Way.STAY),
        ("a1", Way.EDIT),
    ]
    assert [record_id for _, record_id, _, _ in sent(plan)] == ["a1"]


def test_a_record_that_is_gone_cant_be_edited_back() -> None:
    with pytest.raises(InputError, match="Acme Inc is no longer here"):
        planned(entry(PHASE), now=None)


def test_tags_of_others_stay() -> None:
    tagged = entry(Change("tags", ["old"], ["new"]))
    plan = planned(tagged, now={"tags": ["new", "theirs"]})
    assert plan.backs[0].changes == (Change("tags", ["new", "theirs"], ["theirs", "old"]),)


def test_tags_that_somebody_has_taken_back_already_stay_as_they_are() -> None:
    with pytest.raises(InputError, match=r"Tags of Acme Inc were changed since and stay\."):
        planned(entry(Change("tags", ["old"], ["old", "new"])), now={"tags": ["old"]})


def test_what_was_made_is_deleted_by_the_id_that_planhat_gave() -> None:
    made = entry(action=Action.CREATE, record_id="b7", result_id="b7", body={"name": "Acme"})
    plan = planned(made, now={"_id": "b7", "name": "Acme", "phase": "won"})
    assert plan.deletes == ("Acme Inc",)
    assert sent(plan) == [(Action.DELETE, "b7", (), {"_id": "b7", "name": "Acme", "phase": "won"})]


def test_what_was_deleted_is_made_again_of_what_can_be_sent() -> None:
    body: Raw = {"_id": "b7", "name": "Acme", "custom": {"Plan": "Gold"}, "lastActive": "2026"}
    plan = planned(entry(action=Action.DELETE, record_id="b7", body=body))
    again = {"name": "Acme", "custom": {"Plan": "Gold"}}
    assert sent(plan) == [(Action.CREATE, "new-id", (), again)]


def test_the_newest_edit_goes_first() -> None:
    call = entry(n=1, kind=Kind.CALL, action=Action.CREATE, record_id="c1")
    noted = entry(Change("custom.Note", None, "hi"), n=2)
    plan = planned(call, noted, now={"custom": {"Note": "hi"}})
    assert [action for action, *_ in sent(plan)] == [Action.UPDATE, Action.DELETE]


def test_a_plan_is_the_same_while_only_other_fields_change() -> None:
    made = entry(action=Action.CREATE, record_id="b7")
    assert planned(made, now={"lastActive": "1"}) == planned(made, now={"lastActive": "2"})
    assert planned(entry(PHASE), now={"phase": "won", "city": "Lund"}) == planned(
        entry(PHASE), now={"phase": "won"}
    )


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ((), "nothing to take back"),
        ((entry(PHASE, state=State.DROPPED),), "nothing to take back"),
        ((entry(action=Action.CREATE, state=State.SENDING),), "being sent"),
        ((entry(PHASE, state=State.NOT_SURE),), "isn't known"),
    ],
)
def test_what_cant_be_taken_back_says_why(step: Sequence[Entry], told: str) -> None:
    with pytest.raises(InputError, match=told):
        planned(*step, now={"phase": "won"})


def test_a_step_that_is_being_sent_goes_back_edit_by_edit() -> None:
    states = [State.DELIVERED, State.SENDING, State.QUEUED, State.NOT_SURE]
    step = [entry(PHASE, n=n, record_id=f"c{n}", state=one) for n, one in enumerate(states)]
    making = entry(n=9, action=Action.CREATE, record_id="new-9", state=State.SENDING)
    plan = planned(*step, making, now={"phase": "won"})
    assert {back.entry.n: back.way for back in plan.backs} == {
        0: Way.EDIT,
        1: Way.EDIT,  # it follows the one that is on its way
        2: Way.DROP,
        3: Way.WAIT,
        9: Way.WAIT,
    }
    assert [record for _, record, *_ in sent(plan)] == ["c1", "c0"]
    assert plan.size == 2


def test_a_plan_still_does_what_was_shown_when_some_of_it_was_delivered_meanwhile() -> None:
    def at(state: State, now: str = "won", n: int = 1) -> UndoPlan:
        return planned(entry(PHASE, n=n, state=state), now={"phase": now})

    making = entry(action=Action.CREATE, state=State.QUEUED)
    queued, gone = at(State.QUEUED), at(State.DELIVERED)
    assert gone.does(queued)
    assert at(State.SENDING).does(queued)
    assert queued.does(gone)
    assert not at(State.QUEUED, n=2).does(queued)
    assert not planned(making._replace(state=State.DELIVERED, record_id="b7")).does(planned(making))


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=4))
TAGS = st.lists(st.sampled_from("abcde"), unique=True, max_size=4)


@given(before=VALUES, after=VALUES, name=st.sampled_from(["phase", "custom.Plan", "city"]))
def test_an_edit_and_its_way_back_leave_the_field_as_it_was(
    before: Json, after: Json, name: str
) -> None:
    edited = apply({"_id": ACME}, [Change(name, None, after)])
    (back,) = planned(entry(Change(name, before, after)), now=edited).backs
    assert same(value_at(apply(edited, back.changes), name), before)


@given(before=TAGS, after=TAGS, theirs=TAGS)
def test_the_way_back_of_tags_never_meets_a_conflict_and_keeps_theirs(
    before: list[str], after: list[str], theirs: list[str]
) -> None:
    edited = entry(Change("tags", [*before], [*after]))
    now: Raw = {"tags": [*after, *(tag for tag in theirs if tag not in after)]}
    shown, mine, taken = set(texts_of(now, "tags")), {*after} - {*before}, {*before} - {*after}
    wanted = (shown - mine) | taken
    if wanted == shown:
        with pytest.raises(InputError, match="were changed since"):
            planned(edited, now=now)
        return
    (back,) = planned(edited, now=now).backs
    merged = merge(back.changes, now)
    assert not merged.conflicts
    assert set(texts_of(merged.body, "tags")) == wanted


def test_an_edit_that_was_dropped_is_done_again_without_a_word_a_deletion_is_not() -> None:
    def again(dropped: Entry) -> UndoPlan:
        return undo.plan_again([dropped], [], lambda _kind, _id: {"phase": "onboarding"})

    edit = again(entry(PHASE, state=State.DROPPED))
    assert (edit.asks, edit.deletes) == (False, ())
    assert replace(edit, many=True).asks
    deletion = again(entry(action=Action.DELETE, state=State.DROPPED, body={"name": "Acme Inc"}))
    assert (deletion.asks, deletion.deletes) == (True, ("Acme Inc",))


def test_of_a_record_made_here_what_others_changed_since_is_named() -> None:
    made: dict[str, Json] = {
        "name": "Acme",
        "city": "Lund",
        "tags": ["a"],
        "custom": {"Plan": "x", "Tier": "1"},
    }
    mine = [Change("city", "Lund", "Umeå")]
    now: dict[str, Json] = {
        "name": "Acme AB",
        "city": "Umeå",
        "tags": ["a", "b"],
        "phase": "won",
        "status": "lead",
        "custom": {"Plan": "x", "Tier": "2", "Note": "theirs"},
    }
    theirs = [Change("phase", None, "won"), Change("custom.Note", None, "theirs")]
    labels = undo.changed_since(COMPANY, made, mine, theirs, now)
    assert labels == ("Name", "Phase", "Tags", "Tier", "Note")


def test_what_they_put_back_is_not_named_nor_what_was_set_over_theirs() -> None:
    theirs = [Change("phase", None, "won"), Change("phase", "won", None)]
    assert undo.changed_since(COMPANY, {"name": "Acme"}, [], theirs, {"name": "Acme"}) == ()
    mine = [Change("phase", "won", "lost")]
    now = {"name": "Acme", "phase": "lost"}
    assert undo.changed_since(COMPANY, {"name": "Acme"}, mine, theirs[:1], now) == ()


def test_a_deletion_that_takes_something_along_by_now_is_another_one_than_was_shown() -> None:
    made = entry(action=Action.CREATE, body={"name": "Acme"}, result_id=ACME)
    shown = undo.plan([made], lambda *_: {"name": "Acme"})
    later = undo.plan([made], lambda *_: {"name": "Acme"}, lambda _: ("Phase",))
    assert shown.reads == ((COMPANY, ACME),)
    assert shown.does(shown)
    assert not later.does(shown)
