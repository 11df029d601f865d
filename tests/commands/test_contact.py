from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.context import Showing
from planhat_tui.commands.results import Done
from planhat_tui.errors import AmbiguousError, InputError, NotFoundError
from planhat_tui.model.events import Topic
from planhat_tui.model.records import Kind
from planhat_tui.model.views import View
from tests.sync.rig import SECONDS

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


def _person(desk: Desk, place: int = 0) -> dict[str, str]:
    person: dict[str, str] = desk.server.get(desk.contact_ids()[place], Kind.CONTACT)
    return person


# -- find and show


def test_a_contact_is_found_by_any_part(desk: Desk) -> None:
    person = _person(desk)
    for words in (person["name"].split(), [person["email"][2:]], [person["phone"].split()[-1]]):
        assert person["_id"] in {one["_id"] for one in desk.rows("contact", "find", *words)}


def test_all_are_found_without_a_word(desk: Desk) -> None:
    everyone = desk.server.ids(Kind.CONTACT)
    assert {one["_id"] for one in desk.rows("contact", "list")} == set(everyone)


@pytest.mark.parametrize("how", ["name", "id"])
def test_those_of_one_company(desk: Desk, how: str) -> None:
    at = desk.company() if how == "id" else "Acme Inc"
    found = desk.rows("contact", "find", "--company", at)
    assert {one["_id"] for one in found} == set(desk.contact_ids())


def test_those_of_a_company_that_wasnt_read_yet_are_read_now(desk: Desk) -> None:
    made = desk.server.post(name="Later")
    person = desk.server.post(Kind.CONTACT, name="Ada L", email="a@later.example", companyId=made)
    found = desk.rows("contact", "find", "--company", made)
    assert [one["_id"] for one in found] == [person]


def test_a_company_that_isnt_there_is_told(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="There is no company Nobody here"):
        desk.shell("contact", "find", "--company", "Nobody")


def test_a_contact_is_shown_as_planhat_has_it(desk: Desk) -> None:
    person = _person(desk)
    assert desk.one("contact", "show", person["_id"]) == person


def test_one_that_isnt_found_while_not_all_are_here_says_so(bare: Desk) -> None:
    bare.workspace.net.refresh(Topic.COMPANY).result(SECONDS)  # the names alone
    with pytest.raises(NotFoundError) as error:
        bare.shell("contact", "show", "Ada Somebody")
    assert "Not all is loaded yet: planhat-tui sync loads the rest." in error.value.advice


def test_where_all_are_here_one_that_isnt_found_isnt(desk: Desk) -> None:
    with pytest.raises(NotFoundError) as error:
        desk.shell("contact", "show", "Ada Somebody")
    assert error.value.advice == "contact find looks for a part of it."


def test_two_of_a_name_are_told_with_their_ids(desk: Desk) -> None:
    acme = desk.company()
    for mailbox in ("a", "b"):
        desk.do("contact", "create", "Twin", "--company", acme, f"email={mailbox}@x.example")
    with pytest.raises(AmbiguousError, match="2 records are called Twin"):
        desk.shell("contact", "show", "Twin")


# -- create


def test_a_contact_is_made_at_a_company(desk: Desk) -> None:
    words = ["Ada New", "--company", "Acme Inc", "email=ada@new.example", "position=CTO"]
    done = desk.do("contact", "create", *words)
    assert done.text == "New contact Ada New: delivered."
    there = desk.server.get(str(done.records[0]["_id"]), Kind.CONTACT)
    assert (there["companyId"], there["email"], there["position"]) == (
        desk.company(),
        "ada@new.example",
        "CTO",
    )


def test_on_the_screen_at_the_company_that_is_selected(desk: Desk) -> None:
    acme = desk.company()
    (done,) = desk.colon('contact create "Ada New" email=a@x.example', Kind.COMPANY, acme)
    assert isinstance(done, Done)
    (entry,) = desk.queue()
    assert entry.body is not None
    assert (entry.body["companyId"], entry.body["name"]) == (acme, "Ada New")


def test_beside_contacts_at_the_company_whose_they_are(desk: Desk) -> None:
    acme = desk.company()
    desk.showing = Showing(Kind.CONTACT, View(), acme)
    desk.colon('contact create "Ada New"', Kind.CONTACT, *desk.contact_ids())
    desk.colon('contact create "Bo New"')  # it has none to select
    for entry in desk.queue():
        assert entry.body is not None
        assert (entry.body["companyId"], entry.body["companyName"]) == (acme, "Acme Inc")
    assert len(desk.queue()) == 2


def test_without_a_company_none_is_made(desk: Desk) -> None:
    with pytest.raises(InputError, match=r"Which company\?  Name it with --company ID\."):
        desk.shell("contact", "create", "Ada New", "email=a@x.example")


def test_at_a_company_that_planhat_doesnt_have_yet(desk: Desk) -> None:
    desk.network.cut = True
    desk.do("company", "create", "New Ltd")
    desk.do("contact", "create", "Ada New", "--company", "New Ltd", "email=a@x.example")
    desk.network.cut = False
    assert desk.do("outbox", "send").exit_status == 0
    (company,) = desk.server.named("New Ltd")
    people = desk.server.ask("GET", f"/endusers?companyId={company}")
    assert [person["name"] for person in people] == ["Ada New"]


# -- set, tag, untag, delete


def test_a_contact_goes_to_a_company_by_its_name_and_takes_that_along(desk: Desk) -> None:
    who = _person(desk)["_id"]
    (other,) = desk.server.named("Acme Inc")
    desk.do("contact", "set", who, "companyId=acme inc")
    person = desk.server.get(who, Kind.CONTACT)
    assert (person["companyId"], person["companyName"]) == (other, "Acme Inc")
    with pytest.raises(NotFoundError, match="There is no company Acme Incorporated here"):
        desk.shell("contact", "set", who, "companyId=Acme Incorporated")
    for own in ("companyName=Acme", "createDate=2020-01-01"):
        with pytest.raises(InputError, match="is set by Planhat"):
            desk.shell("contact", "set", who, own)


def test_fields_tags_and_deletion(desk: Desk) -> None:
    person = _person(desk)
    name, who = person["name"], person["_id"]
    assert desk.do("contact", "set", who, "position=CEO").text == f"Position of {name}: delivered."
    assert desk.do("contact", "tag", who, "hot").text == f"Tag hot on {name}: delivered."
    assert desk.server.get(who, Kind.CONTACT)["position"] == "CEO"
    assert "hot" in desk.server.get(who, Kind.CONTACT)["tags"]
    assert desk.do("contact", "untag", who, "hot").text == f"Tag hot off {name}: delivered."
    assert "hot" not in desk.server.get(who, Kind.CONTACT)["tags"]
    assert desk.do("contact", "delete", who).text == f"Deletion of {name}: delivered."
    assert desk.asked == [(f"Delete {name} in acme? Undo makes it again with a new id.", "delete")]
    assert desk.server.get(who, Kind.CONTACT) is None


def test_a_second_contact_with_an_address_or_a_number_is_told_of_and_made(desk: Desk) -> None:
    at = ["--company", "Acme Inc"]
    desk.do("contact", "create", "Ada New", *at, "phone=+46 70 765 43 21", "email=a@n.example")
    assert not [told for told in desk.told if "already" in told]
    for number, given in enumerate(("email=A@N.example", "phone=0046707654321")):
        desk.do("contact", "create", f"Other {number}", *at, given)
    told = [told for told in desk.told if "already" in told]
    assert told[0] == "Ada New at Acme Inc has the e-mail A@N.example already."
    assert told[1] == "Ada New at Acme Inc has the number 0046707654321 already."
