from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands import lookup
from planhat_tui.commands.context import Wishes
from planhat_tui.commands.results import Listing, Single
from planhat_tui.errors import AmbiguousError, NotFoundError, OfflineError, TokenError
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from planhat_tui.model.values import Json
    from tests.commands.conftest import Desk


def _note(desk: Desk, *words: str) -> str:
    result = desk.shell(*words)
    assert isinstance(result, Listing | Single)
    return result.note


# -- how old the local copy is


def test_the_first_read_of_a_tenant_reads_it_from_planhat(bare: Desk) -> None:
    assert [found["name"] for found in bare.rows("company", "find", "acme inc")] == ["Acme Inc"]
    assert bare.told == ["Nothing is here yet: reading from Planhat ..."]


def test_later_reads_ask_nobody(desk: Desk) -> None:
    asked = len(desk.network.asked)
    assert desk.rows("company", "find")
    assert desk.rows("contact", "find")
    assert desk.one("company", "show", "Acme Inc")
    assert len(desk.network.asked) == asked
    assert desk.told == []


def test_how_old_it_is_stands_below(desk: Desk) -> None:
    assert _note(desk, "company", "find") == "local copy, just read"
    desk.time.leap(7 * 60)
    assert _note(desk, "company", "show", "Acme Inc") == "local copy, 7 min old"
    desk.time.leap(5 * 3600)
    assert _note(desk, "user", "find") == "local copy, 5 h old"


def test_what_is_incomplete_says_so(bare: Desk) -> None:
    bare.network.cut = True
    assert lookup.age(bare.context) == "Nothing is here yet."
    with pytest.raises(OfflineError):
        bare.shell("company", "find")


def test_fresh_asks_planhat_first(desk: Desk) -> None:
    desk.server.put(desk.company(), phase="renamed-since")
    assert desk.one("company", "show", "Acme Inc")["phase"] != "renamed-since"
    desk.wishes = Wishes(fresh=True)
    assert desk.rows("company", "find", "Acme Inc")[0]["phase"] == "renamed-since"


def test_a_fresh_look_at_one_record_reads_that_one(desk: Desk) -> None:
    acme = desk.company()
    desk.server.put(acme, phase="renamed-since")
    desk.wishes = Wishes(fresh=True)
    asked = len(desk.network.asked)
    shown = desk.shell("company", "show", acme)
    assert isinstance(shown, Single)
    assert (shown.record["phase"], shown.note) == ("renamed-since", "just read")
    told = [one for one in desk.network.asked[asked:] if one != "GET /myprofile"]
    assert told == [f"GET /companies/{acme}"]


def test_a_token_that_isnt_good_is_told_at_the_first_read(bare: Desk) -> None:
    bare.network.token = "nobodys"
    with pytest.raises(TokenError):
        bare.shell("company", "find")


# -- which record is meant


@pytest.mark.parametrize("typed", ["{id}", "extid-{extid}", "Acme Inc", "acme inc"])
def test_a_record_is_named_by_its_id_external_id_or_exact_name(desk: Desk, typed: str) -> None:
    acme = desk.company()
    desk.server.put(acme, externalId="crm-7")
    desk.wishes = Wishes(fresh=True)
    assert desk.one("company", "show", typed.format(id=acme, extid="crm-7"))["_id"] == acme


def test_a_contact_is_named_by_its_mail_address_too(desk: Desk) -> None:
    person = desk.server.get(desk.contact_ids()[0], Kind.CONTACT)
    assert desk.one("contact", "show", person["email"])["_id"] == person["_id"]


def test_a_part_of_a_name_is_no_name(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match=r"There is no company Acm here\.  company find"):
        desk.shell("company", "show", "Acm")


def test_several_of_a_name_are_told_with_their_ids(desk: Desk) -> None:
    twins = {desk.server.post(name="Twin"), desk.server.post(name="Twin", externalId="t2")}
    desk.wishes = Wishes(fresh=True)
    with pytest.raises(AmbiguousError) as told:
        desk.shell("company", "tag", "Twin", "gold")
    assert {record_id for record_id, _ in told.value.candidates} == twins
    assert desk.queue() == ()


def test_a_company_that_isnt_here_yet_is_asked_for_by_its_id(desk: Desk) -> None:
    made = desk.server.post(name="Later", externalId="later-1")
    assert desk.one("company", "show", made)["name"] == "Later"
    assert desk.network.asked[-1] == f"GET /companies/{made}"


def test_one_by_its_external_id_too(desk: Desk) -> None:
    made = desk.server.post(name="Later", externalId="later-1")
    assert desk.one("company", "show", "extid-later-1")["_id"] == made


def test_a_contact_that_isnt_here_yet_is_asked_for_by_its_id(desk: Desk) -> None:
    for fresh, email in ((False, "bo@new.example"), (True, "bea@new.example")):
        person: dict[str, Json] = {"name": "New", "companyId": desk.company(), "email": email}
        made = desk.server.ask("POST", "/endusers", person)["_id"]
        desk.wishes = Wishes(fresh=fresh)
        assert desk.one("contact", "show", made)["email"] == email
    with pytest.raises(NotFoundError):
        desk.one("contact", "show", "f" * 24)


@pytest.mark.parametrize("words", [["timeline"], ["edit"]])
def test_what_is_here_of_either_kind_is_known_without_planhat(desk: Desk, words: list[str]) -> None:
    desk.network.cut = True
    for one in (desk.company(), desk.contact_ids()[0]):
        desk.editors.append(lambda text: text)
        assert desk.shell(*words, one)


def test_an_id_that_nobody_has_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        desk.shell("company", "show", "f" * 24)


def test_a_name_that_isnt_here_asks_nobody(desk: Desk) -> None:
    asked = len(desk.network.asked)
    with pytest.raises(NotFoundError):
        desk.shell("company", "show", "Nobody Ltd")
    assert len(desk.network.asked) == asked
