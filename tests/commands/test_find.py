from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import InputError, QueryError
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


def test_everything_is_found_at_once(desk: Desk) -> None:
    desk.do("company", "tag", "Acme Inc", "acme-friends")
    desk.do("call", "log", "--nr", "+46 70 1", "--talk", "5m", "--note", "about acme")
    found = desk.rows("find", "acme")
    assert {record["kind"] for record in found} == {"company", "contact", "call", "tag"}
    (tag,) = (record for record in found if record["kind"] == "tag")
    assert tag == {"kind": "tag", "name": "acme-friends", "at": "1 use", "uses": 1}


def test_each_says_where_it_belongs(desk: Desk) -> None:
    found = desk.rows("find", "acme", "inc")
    assert {record["at"] for record in found if record["kind"] == "contact"} == {"Acme Inc"}
    (company,) = (record for record in found if record["kind"] == "company")
    assert company["at"] == "acme-inc.example"


def test_a_number_finds_who_has_it(desk: Desk) -> None:
    person = desk.server.get(desk.contact_ids()[0], Kind.CONTACT)
    bare = "".join(char for char in person["phone"] if char.isdigit())
    assert person["_id"] in {record["_id"] for record in desk.rows("find", bare)}


def test_a_term_finds_neither_calls_nor_tags(desk: Desk) -> None:
    desk.do("company", "tag", "Acme Inc", "brand-new")
    kinds = {record["kind"] for record in desk.rows("find", "tag:brand-new")}
    assert kinds == {"company"}


def test_without_a_word_nothing_is_looked_for(desk: Desk) -> None:
    with pytest.raises(InputError, match="Missing argument 'QUERY"):
        desk.colon("find")


def test_a_query_that_cant_be_read_points_at_the_column(desk: Desk) -> None:
    with pytest.raises(QueryError, match="There's no field fase to find by") as told:
        desk.shell("find", "acme", "fase:won")
    assert told.value.column == 5
