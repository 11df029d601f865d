from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.results import Listing
from planhat_tui.errors import InputError, NotFoundError
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


def told(rows: object) -> list[tuple[object, ...]]:
    assert isinstance(rows, Listing)
    return [(r["field"], r["before"], r["after"], r["by"]) for r in rows.records]


def test_what_changed_is_shown_with_who_did_it(desk: Desk) -> None:
    company = desk.company()
    was = desk.server.get(company)["phase"]
    desk.server.put(company, phase="elsewhere")
    desk.do("sync")
    desk.do("company", "set", "Acme Inc", "phase=here")
    listing = desk.shell("timeline", "Acme Inc")
    assert told(listing) == [
        ("phase", "elsewhere", "here", "us"),
        ("phase", was, "elsewhere", "others"),
    ]
    assert isinstance(listing, Listing)
    assert listing.note.startswith("Acme Inc: 2 changes seen; ")
    assert listing.records[0]["label"] == "Phase"
    assert str(listing.records[0]["seenAt"]).endswith("Z")


def test_one_change_is_one(desk: Desk) -> None:
    desk.do("company", "set", "Acme Inc", "phase=here")
    listing = desk.shell("timeline", "Acme Inc")
    assert isinstance(listing, Listing)
    assert listing.note.startswith("Acme Inc: 1 change seen; ")


def test_a_contact_has_one_too_and_nothing_is_said_in_words(desk: Desk) -> None:
    contact = desk.contact_ids()[0]
    listing = desk.shell("timeline", contact)
    assert isinstance(listing, Listing)
    assert listing.records == ()
    assert "Nothing was seen to change yet" in listing.note
    desk.do("contact", "set", contact, "position=Skipper")
    ((field, _, after, by),) = told(desk.shell("timeline", contact))
    assert (field, after, by) == ("position", "Skipper", "us")


def test_in_the_line_it_takes_the_selection(desk: Desk) -> None:
    company = desk.company()
    desk.server.put(company, phase="elsewhere")
    desk.do("sync")
    (listing,) = desk.colon("timeline", Kind.COMPANY, company)
    assert [row[0] for row in told(listing)] == ["phase"]
    with pytest.raises(InputError, match="No record is selected"):
        desk.colon("timeline")


def test_what_isnt_here_is_said(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        desk.shell("timeline", "Nobody AB")
