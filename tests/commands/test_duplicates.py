from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.context import Showing
from planhat_tui.commands.output import Style, write
from planhat_tui.commands.results import Groups
from planhat_tui.errors import InputError
from planhat_tui.model.records import Kind
from planhat_tui.model.views import View

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


def _found(desk: Desk, *words: str) -> Groups:
    result = desk.shell("duplicates", *words)
    assert isinstance(result, Groups)
    return result


def test_companies_that_share_a_name_or_domain_are_told_with_their_ids(desk: Desk) -> None:
    before = len(_found(desk, "company").groups)
    desk.do("company", "create", "ACME, Inc.")
    found = _found(desk)
    assert len(found.groups) == before + 1
    (group,) = [g for g in found.groups if "ACME, Inc." in {one.name for one in g.members}]
    assert {one.name for one in group.members} == {"Acme Inc", "ACME, Inc."}
    assert desk.company() in {one.id for one in group.members}
    assert found.note.endswith("local copy, just read.")


def test_contacts_are_told_by_email_also_an_other_one_and_by_phone(desk: Desk) -> None:
    company = desk.company()
    words = ("contact", "create", "Ada One", "--company", company)
    desk.do(*words, "email=ada@dup.example", "phone=+46 70 765 43 21")
    desk.do("contact", "create", "Ada Two", "--company", company, "otherEmails=ADA@dup.example")
    desk.do("contact", "create", "Ada Three", "--company", company, "phone=070-765 43 21")
    reasons = {
        frozenset(one.name for one in group.members): group.why
        for group in _found(desk, "contact").groups
    }
    assert reasons[frozenset({"Ada One", "Ada Two"})] == "e-mail ada@dup.example"
    assert reasons[frozenset({"Ada One", "Ada Three"})] == "phone 46707654321"


def test_it_is_a_table_of_groups_or_json(desk: Desk) -> None:
    desk.do("company", "create", "ACME, Inc.")
    out: list[str] = []
    found = _found(desk)
    write(found, Style(), out.append, out.append)
    assert out[0].split() == ["GROUP", "WHY", "ID", "NAME", "AT"]
    assert {row["group"] for row in found.records} == set(range(1, len(found.groups) + 1))


def test_the_kind_is_what_the_list_shows_unless_it_is_said(desk: Desk) -> None:
    assert _found(desk).kind is Kind.COMPANY
    desk.showing = Showing(Kind.CONTACT, View(), "c1")
    assert _found(desk).kind is Kind.CONTACT
    assert _found(desk, "company").kind is Kind.COMPANY
    with pytest.raises(InputError, match=r"Did you mean company\?"):
        desk.shell("duplicates", "companies")
