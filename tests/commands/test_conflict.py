from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import ConflictError, InputError
from planhat_tui.model.outbox import State

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


@pytest.fixture
def torn(desk: Desk) -> Desk:
    """Return a desk where two fields of Acme Inc were changed on both sides, and one here."""
    acme = desk.company()
    desk.server.put(acme, phase="new", city="Lund", arr=None)
    desk.workspace.net.fill(anew=True).result(30)
    desk.server.put(acme, phase="churned", city="Oslo")
    desk.time.leap(60)
    done = desk.do("company", "set", acme, "phase=won", "city=Umeå", "description=new words")
    assert done.exit_status == ConflictError.exit_status
    return desk


def test_what_is_in_conflict_is_listed_with_all_three_values(torn: Desk) -> None:
    rows = torn.rows("conflict", "list")
    assert [(r["n"], r["field"], r["before"], r["mine"], r["theirs"]) for r in rows] == [
        (1, "phase", "new", "won", "churned"),
        (1, "city", "Lund", "Umeå", "Oslo"),
    ]
    assert torn.rows("conflict", "show", "1") == rows
    assert torn.server.get(torn.company())["description"] == "new words"


def test_mine_goes_out_and_theirs_stays(torn: Desk) -> None:
    done = torn.do("conflict", "resolve", "1", "phase", "--mine")
    assert (done.exit_status, done.text) == (0, "Phase of Acme Inc: delivered.")
    assert [row["field"] for row in torn.rows("conflict", "list")] == ["city"]
    assert torn.do("conflict", "resolve", "1", "City", "--theirs").text == (
        "City of Acme Inc stays as Planhat has it."
    )
    now = torn.server.get(torn.company())
    assert (now["phase"], now["city"]) == ("won", "Oslo")
    assert torn.states() == []
    assert torn.one("company", "show", "Acme Inc")["city"] == "Oslo"


def test_another_value_takes_the_place_of_both(torn: Desk) -> None:
    assert torn.do("conflict", "resolve", "1", "city", "--value", "Kiruna").exit_status == 0
    assert torn.server.get(torn.company())["city"] == "Kiruna"
    assert torn.server.get(torn.company())["phase"] == "churned"


def test_what_they_change_once_more_is_asked_once_more(torn: Desk) -> None:
    torn.server.put(torn.company(), phase="lost")
    torn.time.leap(6)  # a person takes longer than a copy counts as fresh
    assert torn.do("conflict", "resolve", "1", "phase", "--mine").exit_status == 5
    assert torn.server.get(torn.company())["phase"] == "lost"
    rows = {row["field"]: row["theirs"] for row in torn.rows("conflict", "list")}
    assert rows == {"phase": "lost", "city": "Oslo"}


@pytest.mark.parametrize(
    "words",
    [
        ("1", "phase"),
        ("1", "phase", "--mine", "--theirs"),
        ("1", "phase", "--mine", "--value", "x"),
        ("1", "web", "--mine"),
        ("2", "phase", "--mine"),
    ],
)
def test_what_cant_be_settled_so_is_said_and_nothing_happens(
    torn: Desk, words: tuple[str, ...]
) -> None:
    with pytest.raises(InputError):
        torn.shell("conflict", "resolve", *words)
    assert torn.states() == [State.CONFLICT]


def test_without_conflicts_the_list_says_so(desk: Desk) -> None:
    assert desk.rows("conflict", "list") == ()
    desk.do("company", "set", "Acme Inc", "phase=won")
    with pytest.raises(InputError, match="isn't in conflict"):
        desk.shell("conflict", "show", "1")
