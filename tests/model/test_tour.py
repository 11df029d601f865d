from __future__ import annotations

import string

import pytest

from planhat_tui.commands.tour import keys_of
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, Entry, State
from planhat_tui.model.records import Kind
from planhat_tui.model.tour import (
    MET,
    MINE,
    OVER,
    STEPS,
    THEIRS,
    Seen,
    missed,
    next_step,
    other,
    sentence,
    since,
)


def entry(
    n: int,
    record: str,
    field: str = "",
    *,
    kind: Kind = Kind.COMPANY,
    action: Action = Action.UPDATE,
    state: State = State.QUEUED,
) -> Entry:
    changes = (Change(field, None, "x"),) if field else ()
    return Entry(n, kind, action, record, "", changes, None, "", "", state, "", 0.0, 0.0, 0, "")


PHASE = entry(1, "c1", "phase")
TAGS = entry(2, "c1", "tags")
CALL = entry(3, "new-1", kind=Kind.CALL, action=Action.CREATE)
MORE_TAGS = entry(4, "c2", "tags")


@pytest.mark.parametrize(
    ("at", "seen", "done"),
    [
        (0, Seen(), False),
        (0, Seen(edits=(PHASE,)), False),
        (0, Seen(found=True), True),
        (1, Seen(found=True, edits=(TAGS,)), False),
        (1, Seen(edits=(entry(1, "p1", "phase", kind=Kind.CONTACT),)), False),
        (1, Seen(edits=(TAGS, PHASE)), True),
        (2, Seen(edits=(PHASE, TAGS)), False),
        (2, Seen(edits=(CALL,)), True),
        (3, Seen(edits=(TAGS, TAGS)), False),
        (3, Seen(edits=(TAGS, MORE_TAGS)), True),
        (4, Seen(), False),
        (4, Seen(conflicts=frozenset({"c1"}), met=True), False),
        (4, Seen(met=True), True),
        (5, Seen(found=True, edits=(PHASE, CALL), met=True), False),
    ],
)
def test_a_step_is_done_by_doing_it_and_by_nothing_else(
    at: int,
    seen: Seen,
    done: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    assert next_step(at, seen) == at + done


def test_only_what_came_after_counts() -> None:
    assert since((MORE_TAGS, CALL, TAGS), 2) == (MORE_TAGS, CALL)


def test_an_edit_that_went_through_is_no_conflict() -> None:
    through = entry(5, "c1", "phase", state=State.DELIVERED)
    assert missed(Seen(edits=(through,)), "c1")
    assert not missed(Seen(edits=(through,)), "c2")
    assert not missed(Seen(edits=(PHASE,)), "c1")
    assert not missed(Seen(edits=(through,), met=True), "c1")


@pytest.mark.parametrize("values", [THEIRS, MINE])
def test_there_is_always_another_value(values: tuple[str, ...]) -> None:
    assert all(other(values, now) != now for now in (*values, None, "adoption"))


def test_the_words_name_keys_that_there_are() -> None:
    keys = keys_of({"find": "f7"})
    for words in (*(step.words for step in STEPS), MET, OVER):
        named = {name for _, name, _, _ in string.Formatter().parse(words) if name}
        assert named <= {*keys, "company", "value"}
    assert sentence(STEPS[0].words, keys).startswith("F7, then acme")
    assert "Acme {x}" in sentence(MET, keys, "Acme {x}")
