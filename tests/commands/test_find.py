from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.results import Listing
from planhat_tui.errors import InputError, QueryError
from planhat_tui.model.events import Topic
from planhat_tui.model.records import Kind
from tests.sync.rig import SECONDS

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
    found = desk.shell("find", "tag:brand-new")
    assert isinstance(found, Listing)
    assert {record["kind"] for record in found.records} == {"company"}
    assert found.note.startswith("Calls and tags are found by words alone.\n")


def test_of_more_than_is_shown_it_is_said_how_many_there_are(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planhat_tui.commands.find._LIMIT", 1)
    for n in range(3):
        desk.do("company", "tag", "Acme Inc", f"acme-{n}")
        desk.do("call", "log", "--nr", "+46 70 1", "--talk", "5m", "--note", "about acme")
    everyone = len(desk.rows("contact", "find", "acme"))
    found = desk.shell("find", "acme")
    assert isinstance(found, Listing)
    companies = len(desk.rows("company", "find", "acme"))
    told = [f"1 of {companies} companies"] if companies > 1 else []
    told += [f"1 of {everyone} contacts", "1 of 3 calls", "1 of 3 tags"]
    assert found.note.split("\n")[0] == f"{', '.join(told)} are shown."
    assert len(found.records) == 4


def test_without_a_word_nothing_is_looked_for(desk: Desk) -> None:
    with pytest.raises(InputError, match="Missing argument 'QUERY"):
        desk.colon("find")


def test_a_query_that_cant_be_read_points_at_the_column(desk: Desk) -> None:
    with pytest.raises(QueryError, match="There's no field fase to find by") as told:
        desk.shell("find", "acme", "fase:won")
    assert told.value.column == 5


# -- what isn't found


def _note(desk: Desk, *words: str) -> str:
    result = desk.shell(*words)
    assert isinstance(result, Listing)
    assert not result.records
    return result.note


@pytest.mark.parametrize("noun", ["find", "company find"])
def test_what_isnt_found_says_what_was_searched_and_what_is_nearest(desk: Desk, noun: str) -> None:
    progress = desk.workspace.reads.progress()
    note = _note(desk, *noun.split(), "amce", "inc")
    first, age = note.split("\n")
    what = "Nothing" if noun == "find" else "No company"
    assert first == (
        f"{what} matches amce inc among {progress.companies_known} companies"
        f" and {progress.contacts_done} contacts. Did you mean acme inc?"
    )
    assert age == "local copy, just read"


def test_where_nothing_is_near_nothing_is_guessed(desk: Desk) -> None:
    assert "Did you mean" not in _note(desk, "company", "find", "xyzzyxyzzy")


@pytest.mark.parametrize("query", ["xyzzyxyzzy AND dental", "NOT xyzzyxyzzy", "acme or xyzzyxyzzy"])
def test_words_that_join_others_elsewhere_are_advised_of(desk: Desk, query: str) -> None:
    advice = "AND goes without saying; NOT is -; OR is in capitals."
    for noun in ("find", "company find", "contact find"):
        assert advice in _note(desk, *noun.split(), query)


def test_what_isnt_loaded_is_said_where_nothing_is_found(bare: Desk) -> None:
    bare.workspace.net.refresh(Topic.COMPANY).result(SECONDS)  # the names alone
    known = bare.workspace.reads.progress().companies_known
    note = _note(bare, "company", "find", "xyzzyxyzzy")
    assert f"among {known} companies (of 0 more than the name) and 0 contacts (not all" in note
    assert "Not all is loaded yet: planhat-tui sync loads the rest." in note


def test_a_contact_that_isnt_found_has_a_nearest_one_too(desk: Desk) -> None:
    person = desk.server.get(desk.contact_ids()[0], Kind.CONTACT)
    first = max((person["firstName"], person["lastName"]), key=len)
    note = _note(desk, "contact", "find", f"{first[:-1]}zz{first[-1]}")
    assert note.startswith("No contact matches ")
    assert " companies" not in note


def test_of_one_company_its_name_is_told(desk: Desk) -> None:
    note = _note(desk, "contact", "find", "xyzzyxyzzy", "--company", "Acme Inc")
    assert note.startswith("No contact at Acme Inc matches xyzzyxyzzy.")


def test_nobody_of_the_team_is_said_too(desk: Desk) -> None:
    assert _note(desk, "user", "find", "xyzzyxyzzy").startswith("Nobody of the team matches")
