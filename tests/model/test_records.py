from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.outbox import State
from planhat_tui.model.records import (
    Call,
    Company,
    Contact,
    Kind,
    Received,
    User,
    apart,
    map_of,
    number_of,
    text_of,
    texts_of,
)

if TYPE_CHECKING:
    from planhat_tui.model.values import Raw


def test_a_company_is_read_as_planhat_sends_it() -> None:
    raw: Raw = {
        "_id": "c1",
        "name": "Acme",
        "slug": "acme",
        "externalId": "e1",
        "phase": "trial",
        "status": "customer",
        "owner": "u1",
        "coOwner": "u2",
        "tags": ["a", "b"],
        "custom": {"Plan": "gold"},
        "domains": ["acme.com"],
        "h": 7,
        "arr": 1200.5,
        "renewalDate": "2026-03-01",
        "updatedAt": "2026-02-01T00:00:00.000Z",
        "lastUpdated": "2026-01-01T00:00:00.000Z",
        "later": ["kept"],
    }
    assert Company.from_raw(raw) == Company(
        id="c1",
        name="Acme",
        slug="acme",
        external_id="e1",
        phase="trial",
        status="customer",
        owner="u1",
        co_owner="u2",
        tags=("a", "b"),
        custom={"Plan": "gold"},
        domains=("acme.com",),
        health=7,
        arr=1200.5,
        renewal_date="2026-03-01",
        updated_at="2026-02-01T00:00:00.000Z",
        raw=raw,
    )


def test_a_lean_company_has_its_names_and_nothing_else() -> None:
    raw: Raw = {"_id": "c1", "externalId": "", "sourceId": "", "name": "Acme", "slug": "acme"}
    company = Company.from_raw(raw)
    assert (company.id, company.name, company.slug) == ("c1", "Acme", "acme")
    assert (company.tags, company.custom, company.health, company.phase) == ((), {}, None, "")


def test_the_older_name_of_the_time_of_change_will_do() -> None:
    raw: Raw = {"lastUpdated": "2026-01-01"}
    assert Company.from_raw(raw).updated_at == Contact.from_raw(raw).updated_at == "2026-01-01"


def test_a_contact_is_read_as_planhat_sends_it() -> None:
    contact = Contact.from_raw(
        {
            "_id": "p1",
            "companyId": "c1",
            "companyName": "Acme",
            "name": "Ada Lovelace",
            "email": "ada@acme.com",
            "phone": "+46 70",
            "position": "CTO",
            "externalId": 17,
            "featured": True,
            "tags": ["a"],
        }
    )
    assert (contact.id, contact.company_id, contact.company_name) == ("p1", "c1", "Acme")
    assert (contact.name, contact.email, contact.phone) == (
        "Ada Lovelace",
        "ada@acme.com",
        "+46 70",
    )
    assert (contact.position, contact.external_id, contact.featured) == ("CTO", "17", True)


def test_a_contact_without_a_name_is_called_by_its_parts() -> None:
    assert Contact.from_raw({"firstName": "Ada", "lastName": "Lovelace"}).name == "Ada Lovelace"
    assert Contact.from_raw({"lastName": "Lovelace"}).name == "Lovelace"
    assert Contact.from_raw({"name": "A. L.", "firstName": "Ada"}).name == "A. L."


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ({"name": "Ada", "email": "e", "phone": "p", "_id": "i"}, "Ada"),
        ({"email": "e", "phone": "p", "_id": "i"}, "e"),
        ({"phone": "p", "_id": "i"}, "p"),
        ({"_id": "i"}, "i"),
    ],
)
def test_a_contact_has_a_title_whatever_is_known(raw: Raw, title: str) -> None:
    assert Contact.from_raw(raw).title == title


@pytest.mark.parametrize("raw", [{"featured": x} for x in ("true", 1, None, [True], False)])
def test_only_true_is_featured(raw: Raw) -> None:
    assert not Contact.from_raw(raw).featured


def test_a_call_is_read_as_planhat_sends_it() -> None:
    call = Call.from_raw(
        {
            "_id": "k1",
            "nr": "+46 70",
            "externalUserId": "max123",
            "start": "2026-03-01T12:00:00.000Z",
            "end": "2026-03-01T12:05:00.000Z",
            "waiting": 12,
            "companyId": "c1",
            "enduserId": "p1",
            "agentId": "u1",
        }
    )
    assert (call.nr, call.external_user_id, call.waiting) == ("+46 70", "max123", 12)
    assert (call.company_id, call.contact_id, call.agent_id) == ("c1", "p1", "u1")


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ({"firstName": "Max", "lastName": "Berg", "nickName": "mb"}, "Max Berg"),
        ({"lastName": "Berg"}, "Berg"),
        ({"nickName": "mb", "email": "m@x"}, "mb"),
        ({"email": "m@x", "_id": "u1"}, "m@x"),
        ({"_id": "u1"}, "u1"),
    ],
)
def test_a_user_has_a_name_whatever_is_known(raw: Raw, name: str) -> None:
    assert User.from_raw(raw).name == name


def test_values_of_a_wrong_type_count_as_missing() -> None:
    raw: Raw = {
        "name": {"a": 1},
        "phase": True,
        "tags": "vip",
        "domains": ["a.com", 5, None],
        "custom": ["x"],
        "h": "7",
        "arr": False,
    }
    company = Company.from_raw(raw)
    assert (company.name, company.phase, company.tags) == ("", "", ())
    assert (company.custom, company.health, company.arr) == ({}, None, None)
    assert company.domains == ("a.com",)
    assert company.raw is raw


def test_single_values_are_read_leniently() -> None:
    raw: Raw = {"n": 5, "f": 0.5, "b": True, "s": "x", "l": ["a", 1], "m": {"k": None}}
    assert [text_of(raw, name) for name in "nfbslm?"] == ["5", "0.5", "", "x", "", "", ""]
    assert [number_of(raw, name) for name in "nfbs?"] == [5, 0.5, None, None, None]
    assert (texts_of(raw, "l"), texts_of(raw, "s"), texts_of(raw, "?")) == (("a",), (), ())
    assert (map_of(raw, "m"), map_of(raw, "l"), map_of(raw, "?")) == ({"k": None}, {}, {})


def test_a_received_record_knows_its_id() -> None:
    assert Received('{"_id":"c1"}', {"_id": "c1"}).id == "c1"
    assert Received("{}", {}).id == ""


def test_an_entry_is_open_until_it_is_delivered_or_dropped() -> None:
    assert {state for state in State if not state.is_open} == {State.DELIVERED, State.DROPPED}


@pytest.mark.parametrize(
    ("kind", "raw", "told"),
    [
        (
            Kind.COMPANY,
            {"name": "Acme", "externalId": "e1", "slug": "acme", "phase": ""},
            "Acme, e1, acme",
        ),
        (
            Kind.CONTACT,
            {"name": "Ada", "companyName": "Acme", "email": "ada@acme.com", "phone": "+46 70"},
            "Ada, Acme, ada@acme.com, +46 70",
        ),
        (Kind.CONTACT, {"email": "ada@acme.com"}, "ada@acme.com"),
        (
            Kind.USER,
            {"firstName": "Max", "lastName": "Berg", "email": "max@us"},
            "Max Berg, max@us",
        ),
        (Kind.CALL, {"nr": "1"}, ""),
        (Kind.CONTACT, {}, ""),
    ],
)
def test_what_tells_a_record_from_its_namesakes(kind: Kind, raw: Raw, told: str) -> None:
    assert apart(kind, raw) == told
