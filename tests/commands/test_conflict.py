from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.context import Wishes
from planhat_tui.errors import ConflictError, InputError
from planhat_tui.model.conflicts import Choice
from planhat_tui.model.outbox import State

if TYPE_CHECKING:
    from planhat_tui.model.values import Json
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


def test_a_field_can_be_emptied_or_go_back_to_what_it_was(torn: Desk) -> None:
    assert torn.do("conflict", "resolve", "1", "city", "--clear").exit_status == 0
    assert not torn.server.get(torn.company()).get("city")
    assert torn.do("conflict", "resolve", "1", "phase", "--before").exit_status == 0
    assert torn.server.get(torn.company())["phase"] == "new"
    assert torn.rows("conflict", "list") == ()


def test_an_empty_value_is_told_what_empties(torn: Desk) -> None:
    with pytest.raises(InputError, match="--clear"):
        torn.do("conflict", "resolve", "1", "city", "--value", "")


def test_what_they_change_once_more_is_asked_once_more(torn: Desk) -> None:
    torn.server.put(torn.company(), phase="lost")
    torn.time.leap(6)  # a person takes longer than a copy counts as fresh
    assert torn.do("conflict", "resolve", "1", "phase", "--mine").exit_status == 5
    assert torn.server.get(torn.company())["phase"] == "lost"
    rows = {row["field"]: row["theirs"] for row in torn.rows("conflict", "list")}
    assert rows == {"phase": "lost", "city": "Oslo"}


@pytest.mark.parametrize("choice", [("--theirs",), ("--value", "pilot"), ("--mine",)])
def test_what_was_typed_after_it_starts_from_what_was_settled(
    torn: Desk, choice: tuple[str, ...]
) -> None:
    torn.wishes = Wishes(wait=False)
    torn.do("company", "set", "Acme Inc", "phase=lost")
    torn.do("conflict", "resolve", "1", "phase", *choice)
    torn.do("conflict", "resolve", "1", "city", "--theirs")
    torn.wishes = Wishes()
    assert torn.do("outbox", "send").exit_status == 0
    assert torn.server.get(torn.company())["phase"] == "lost"
    assert torn.rows("conflict", "list") == ()


@pytest.mark.parametrize(
    "words",
    [
        ("1", "phase"),
        ("1", "phase", "--mine", "--theirs"),
        ("1", "phase", "--mine", "--value", "x"),
        ("1", "phase", "--value", "x", "--clear"),
        ("1", "phase", "--before", "--theirs"),
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


def test_another_value_is_read_and_checked_as_its_custom_field_is(desk: Desk) -> None:
    tier: Json = {
        "name": "Tier",
        "parent": "Company",
        "type": "list",
        "listValues": ["a", "b", "c"],
    }
    desk.server.ask("POST", "/customfields", tier)
    acme, *others = desk.company(), *desk.server.ids()[1:]
    for other in others:
        desk.server.put(other, custom={"Code": 12})
    desk.server.put(acme, custom={"Tier": "a", "Code": "x"})
    desk.workspace.net.fill(anew=True).result(30)
    desk.server.put(acme, custom={"Tier": "c", "Code": "z"})
    desk.time.leap(60)
    desk.do("company", "set", acme, "custom.Tier=b", "custom.Code=y")
    writes = desk.workspace.writes
    with pytest.raises(InputError, match="Tier has no value zzz"):
        writes.resolve(1, "custom.Tier", Choice.VALUE, "zzz")
    assert len(desk.rows("conflict", "list")) == 2
    desk.do("conflict", "resolve", "1", "custom.Code", "--value", "007")
    desk.do("conflict", "resolve", "1", "custom.Tier", "--value", "a")
    now = desk.server.get(acme)["custom"]
    assert (now["Tier"], now["Code"]) == ("a", "007")
