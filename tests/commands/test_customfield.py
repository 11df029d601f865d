from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.context import Wishes
from planhat_tui.commands.results import Listing
from planhat_tui.errors import GuardrailError, InputError, PartialError, RejectedError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Desk

FILE = "name,parent,type,values\nPlan Tier,company,list,gold;silver\nShoe,contact,number,\n"


def _names(desk: Desk, *words: str) -> set[object]:
    return {record["name"] for record in desk.rows("customfield", "list", *words)}


def test_the_definitions_are_listed_by_parent(bare: Desk) -> None:
    told = bare.rows("customfield", "list")
    assert [dict(one) for one in told] == bare.server.ask("GET", "/customfields?limit=2000")
    parents = {one["parent"] for one in bare.rows("customfield", "list", "--parent", "contact")}
    assert parents <= {"enduser"}
    with pytest.raises(InputError, match="planet"):
        bare.shell("customfield", "list", "--parent", "planet")


def test_one_is_made(bare: Desk) -> None:
    words = ("customfield", "create", "Plan Tier", "--parent", "company", "--type", "list")
    done = bare.do(*words, "--value", "gold", "--value", "silver")
    assert done.records[0]["listValues"] == ["gold", "silver"]
    assert "Plan Tier" in _names(bare, "--parent", "company")
    with pytest.raises(RejectedError, match="there already"):
        bare.do(*words)


def test_a_file_makes_what_is_not_there_yet(bare: Desk, tmp_path: Path) -> None:
    path = tmp_path / "fields.csv"
    path.write_text(FILE, encoding="utf-8-sig")
    done = bare.do("customfield", "import", str(path))
    assert [record["name"] for record in done.records] == ["Plan Tier", "Shoe"]
    assert done.exit_status == 0
    again = bare.do("customfield", "import", str(path))
    assert (again.records, again.text) == ((), "0 defined, 2 were there already.")


def test_one_that_is_there_otherwise_is_told_with_what_differs(bare: Desk, tmp_path: Path) -> None:
    path = tmp_path / "fields.csv"
    path.write_text(FILE)
    bare.do("customfield", "import", str(path))
    path.write_text(
        "name,parent,type,values\nPlan Tier,company,list,gold;tin\nShoe,contact,text,\n"
        "Hat,contact,number,\nplan tier,contact,text,\n"
    )
    dry = bare.shell("customfield", "import", str(path), "--dry-run")
    assert isinstance(dry, Listing)
    assert [one["name"] for one in dry.records] == ["Hat", "plan tier"]
    assert dry.exit_status == PartialError.exit_status
    assert "Hat" not in _names(bare)
    done = bare.do("customfield", "import", str(path))
    assert done.exit_status == PartialError.exit_status
    assert done.text == (
        "2 defined, 0 were there already."
        " Plan Tier of company is there otherwise: listValues gold, silver, not gold, tin."
        " Shoe of enduser is there otherwise: type number, not text."
    )


def test_what_planhat_refuses_is_said_and_the_others_are_made(bare: Desk, tmp_path: Path) -> None:
    from tests.sync.rig import answer

    path = tmp_path / "fields.csv"
    path.write_text(FILE)
    bare.network.once("POST /customfields", answer(400, "No room"))
    done = bare.do("customfield", "import", str(path))
    assert [record["name"] for record in done.records] == ["Shoe"]
    assert "Plan Tier: " in done.text
    assert "No room" in done.text
    assert done.exit_status == PartialError.exit_status


def test_what_planhat_doesnt_keep_of_one_is_named(bare: Desk, tmp_path: Path) -> None:
    from tests.sync.rig import answer

    kept = {"_id": "f" * 24, "name": "Plan Tier", "parent": "Company", "type": "text"}
    bare.network.once("POST /customfields", answer(200, json.dumps(kept)))
    words = ("customfield", "create", "Plan Tier", "--parent", "company", "--type", "list")
    done = bare.do(*words, "--value", "gold")
    assert done.text == (
        "Plan Tier is defined for company. Plan Tier: Planhat didn't keep type, listValues."
    )
    path = tmp_path / "fields.csv"
    path.write_text(FILE)
    bare.network.once("POST /customfields", answer(200, json.dumps(kept | {"type": "List"})))
    done = bare.do("customfield", "import", str(path))
    assert "Plan Tier: Planhat didn't keep listValues." in done.text
    assert "Shoe" not in done.text
    assert (len(done.records), done.exit_status) == (2, 0)


def test_a_file_that_is_none_is_said(bare: Desk, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        bare.do("customfield", "import", str(tmp_path / "nowhere.csv"))
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        bare.do("customfield", "import", str(bad))


def test_the_guardrails_hold(bare: Desk, tmp_path: Path) -> None:
    path = tmp_path / "fields.csv"
    path.write_text(FILE)
    bare.reopen(max_bulk=1)
    with pytest.raises(GuardrailError):
        bare.do("customfield", "import", str(path))
    bare.reopen(max_bulk=200, confirm="type", confirm_over=1)
    bare.do("customfield", "import", str(path))
    assert bare.asked == [("Define 2 custom fields in acme?", "acme")]
    bare.server.ask("DELETE", f"/customfields/{bare.server.ask('GET', '/customfields')[-1]['_id']}")
    bare.script(f"customfield import {path} --yes --confirm acme")
    bare.reopen(read_only=True)
    with pytest.raises(GuardrailError):
        bare.do("customfield", "create", "X", "--parent", "company", "--type", "text")


def test_the_definitions_of_the_local_copy_are_listed_offline(desk: Desk) -> None:
    there = desk.server.ask("GET", "/customfields")
    desk.network.cut = True
    assert [dict(one) for one in desk.rows("customfield", "list")] == there
    assert desk.rows("customfield", "list", "--parent", "contact") == ()
    desk.network.cut = False
    desk.do("customfield", "create", "Shoe", "--parent", "contact", "--type", "number")
    desk.network.cut = True
    assert _names(desk, "--parent", "contact") == {"Shoe"}


def test_what_others_define_is_listed_once_planhat_is_asked(desk: Desk) -> None:
    made = desk.server.ask(
        "POST", "/customfields", {"name": "Shoe", "parent": "company", "type": "number"}
    )
    assert "Shoe" not in _names(desk)
    desk.wishes = Wishes(fresh=True)
    assert "Shoe" in _names(desk)
    desk.wishes = Wishes()
    desk.server.ask("DELETE", f"/customfields/{made['_id']}")
    assert "Shoe" in _names(desk)
    desk.wishes = Wishes(fresh=True)
    assert "Shoe" not in _names(desk)
    desk.wishes = Wishes()
    assert "Shoe" not in _names(desk)
