from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


def test_the_team_is_listed(desk: Desk) -> None:
    team = {user["_id"] for user in desk.server.ask("GET", "/users")}
    assert {user["_id"] for user in desk.rows("user", "find")} == team
    assert desk.rows("user", "list") == desk.rows("user", "find")


def test_somebody_is_found_by_parts_of_name_mail_and_external_id(desk: Desk) -> None:
    for words in (["lind"], ["anna.lind@"], ["ANNA", "northwind"], ["anna7"]):
        assert [user["firstName"] for user in desk.rows("user", "find", *words)] == ["Anna"]


def test_accents_need_not_be_typed(desk: Desk) -> None:
    assert [user["lastName"] for user in desk.rows("user", "find", "lukasz")] == ["Nowak"]


def test_nobody_is_an_answer_too(desk: Desk) -> None:
    assert desk.rows("user", "find", "xyzzy") == ()
