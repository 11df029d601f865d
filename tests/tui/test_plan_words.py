from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rich.text import Text

from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, State
from planhat_tui.model.plans import Plan, always, created, deleted, gather, plan_of, wanted
from planhat_tui.model.records import Kind
from planhat_tui.tui.presentation.glyphs import UNICODE
from planhat_tui.tui.presentation.plan_words import (
    change_text,
    failed_told,
    moved_told,
    nothing_refused,
    plan_columns,
    plan_cost,
    plan_row,
    plan_sum,
    progress_told,
    row_told,
)
from planhat_tui.workspace.planning import Cost, Progress

if TYPE_CHECKING:
    from planhat_tui.model.values import Json

COLOURS = {"added": "blue", "removed": "red", "changed": "yellow"}
ACME: dict[str, Json] = {"_id": "a", "name": "Acme", "phase": "won", "tags": ["vip", "old"]}
NORDIC: dict[str, Json] = {"_id": "n", "name": "Nordic", "phase": "lost", "tags": ["new"]}


def planned() -> Plan:
    asked = wanted(
        Kind.COMPANY, tag=["new"], untag=["old"], values={"phase": ("lost", always("lost"))}
    )
    return plan_of(asked, [ACME, NORDIC])


def text(cell: str | Text) -> str:
    return cell.plain if isinstance(cell, Text) else cell


def test_a_change_shows_what_comes_and_goes_first() -> None:
    tags = Change("tags", ["vip", "old"], ["vip", "new"])
    shown = change_text(Kind.COMPANY, tags, {}, UNICODE, COLOURS)
    assert shown.plain == "[+new] [-old] vip"
    assert [(shown.plain[s.start : s.end], s.style) for s in shown.spans] == [
        ("[+new]", "blue"),
        ("[-old]", "red"),
    ]
    owner = Change("owner", "u1", None)
    shown = change_text(Kind.COMPANY, owner, {"u1": "Ada"}, UNICODE, COLOURS)
    assert shown.plain == "Ada → -"


def test_each_field_that_changes_has_a_column() -> None:
    assert [column.title for column in plan_columns(planned())] == ["COMPANY", "PHASE", "TAGS"]


def test_a_row_has_only_what_changes() -> None:
    (acme,) = planned().rows
    row = plan_row(Kind.COMPANY, acme, None, UNICODE, {}, COLOURS)
    assert {key: text(cell) for key, cell in row.cells.items()} == {
        "name": "Acme",
        "phase": "won → lost",
        "tags": "[+new] [-old] vip",
        "why": "",
    }
    assert row_told(Kind.COMPANY, acme, None, {}, UNICODE) == (
        "Acme. Phase: won → lost · Tags: [+new] [-old] vip"
    )


def test_a_row_that_is_left_alone_says_why() -> None:
    barred = {"phase": "Phase is a formula in Planhat."}
    asked = wanted(Kind.COMPANY, values={"phase": ("lost", always("lost"))})
    plan = plan_of(asked, [ACME], barred=barred)
    assert [column.title for column in plan_columns(plan)] == ["COMPANY", "LEFT ALONE BECAUSE"]
    row = plan_row(Kind.COMPANY, plan.rows[0], None, UNICODE, {}, COLOURS)
    assert (row.state, row.dim) == ("!", True)
    told = row_told(Kind.COMPANY, plan.rows[0], None, {}, UNICODE)
    assert told.endswith("Left alone: Phase is a formula in Planhat.")


def test_what_is_made_and_what_goes_is_said() -> None:
    body: dict[str, Json] = {"name": "One", "city": "Lund", "custom": {"Plan": "Gold"}}
    rows = [created(Kind.COMPANY, "new-1", body), deleted(Kind.COMPANY, ACME)]
    plan = gather(Kind.COMPANY, "import", rows)
    assert [column.title for column in plan_columns(plan)] == ["COMPANY", "", "CITY", "PLAN"]
    made, gone = (plan_row(Kind.COMPANY, row, None, UNICODE, {}, COLOURS) for row in plan.rows)
    assert [text(made.cells[key]) for key in ("does", "city", "custom.Plan")] == [
        "create",
        "Lund",
        "Gold",
    ]
    assert gone.cells["does"] == "delete"


def test_hostile_values_are_made_visible() -> None:
    asked = wanted(Kind.COMPANY, values={"city": ("x", always("\x1b[31mred"))})
    (row,) = plan_of(asked, [ACME]).rows
    shown = plan_row(Kind.COMPANY, row, None, UNICODE, {}, COLOURS)
    assert "\x1b" not in text(shown.cells["city"])


def test_what_a_plan_comes_to() -> None:
    assert plan_sum(planned(), UNICODE) == "1 will change · 1 already so"
    assert plan_sum(replace(planned(), already_so=31), UNICODE) == "1 will change · 31 already so"
    gone = plan_of(wanted(Kind.COMPANY, delete=True), [ACME, NORDIC])
    assert plan_sum(gone, UNICODE) == "2 will go"
    made = gather(Kind.COMPANY, "import", [created(Kind.COMPANY, "new-1", {"name": "One"})])
    assert plan_sum(made, UNICODE) == "1 will be made"


@pytest.mark.parametrize(
    ("cost", "seconds", "left", "told"),
    [
        (
            Cost(3, 224),
            45.2,
            (143, 200),
            "up to 3 calls in bulk (or 224, ~45 s) · leaves 140 of 200",
        ),
        (Cost(112, 112), 45.2, (143, 200), "up to 112 calls, ~45 s · leaves 31 of 200"),
        (Cost(112, 112), None, None, "up to 112 calls"),
        (Cost(300, 300), 90, (143, 200), "up to 300 calls, ~90 s"),
        (Cost(1, 1), 1, (143, 200), "1 call, ~1 s · leaves 142 of 200"),
        (Cost(0, 0), 1, (143, 200), ""),
    ],
)
def test_what_a_plan_costs(
    cost: Cost, seconds: float | None, left: tuple[int, int] | None, told: str
) -> None:
    assert plan_cost(cost, seconds=seconds, left=left, dot="·") == told


def test_how_far_a_plan_has_come() -> None:
    counts = {State.DELIVERED: 412, State.REFUSED: 2, State.QUEUED: 86}
    assert progress_told(Progress(10_000, 500, counts), UNICODE) == (
        "412 of 10,000 delivered · ! 2 refused · ● 9,586 queued"
    )
    over = Progress(6, 6, {State.DELIVERED: 4, State.DROPPED: 2})
    assert progress_told(over, UNICODE) == "4 of 6 delivered · 2 taken back"


def test_what_failed_is_told_with_what_became_of_the_others() -> None:
    ended = {State.REFUSED: 5, State.DELIVERED: 90, State.DROPPED: 5}
    assert failed_told(5, Progress(100, 100, ended)) == (
        "5 failed: these. 5 taken back, 90 delivered."
    )
    dropped = {State.REFUSED: 5, State.DROPPED: 100}
    assert failed_told(5, Progress(105, 105, dropped)) == "5 failed: these. 100 taken back."
    delivered = {State.REFUSED: 5, State.DELIVERED: 1}
    assert failed_told(5, Progress(6, 6, delivered)) == "5 failed: these. The others are delivered."
    assert failed_told(5, Progress(5, 5, {State.REFUSED: 5})) == "5 failed: these."


def test_where_nothing_was_refused_conflicts_are_named() -> None:
    assert nothing_refused(Progress(6, 6, {State.DELIVERED: 6})) == "Nothing was refused"
    stuck = Progress(6, 6, {State.DELIVERED: 5, State.CONFLICT: 1})
    assert nothing_refused(stuck).endswith("{outbox} shows what is in conflict")


def test_who_has_moved_is_named() -> None:
    assert moved_told(["A", "B"]) == "Changed since: A, B. Look again, then run it once more."
    assert moved_told(list("ABCDE")).startswith("Changed since: A, B, C and 2 more.")
    assert planned().rows[0].action is Action.UPDATE
