from __future__ import annotations

import pytest

from planhat_tui.model import query as queries
from planhat_tui.model.views import View, read_order
from planhat_tui.store.rows import CompanyRows, Progress
from planhat_tui.tui.looking import Found, Looking
from planhat_tui.tui.presentation import matched
from planhat_tui.tui.presentation.loading_words import beside, contacts, is_whole

WHOLE = Progress(300, 300, 900, contacts_complete=True, seen_at=1.0, contacts_known=900)
READING = WHOLE._replace(contacts_complete=False, contacts_done=560)
UNCOUNTED = READING._replace(contacts_known=None)
SOME = CompanyRows((), 7)


def found(text: str, progress: Progress, rows: CompanyRows = SOME, *, sort: str = "") -> Found:
    query, view = queries.parse(text), View(text, read_order(sort))
    return Found(rows, 0, progress, Looking(view), query, matched.sought(query, rows.meant))


@pytest.mark.parametrize(
    "text",
    [
        "contacts.title:cfo", "title:cfo", "-featured:yes", "(tag:vip OR email:ada)",
        "has:contacts", "has:title", "ada@globex", "4670", "+46 70-123 45 67", "tag:vip sort:title",
    ],
)  # fmt: skip
def test_a_list_that_is_whole_says_how_many_of_them_are_here(text: str) -> None:
    assert beside(found(text, READING)) == "incomplete: contacts 62% loaded"
    assert beside(found(text, UNCOUNTED)) == "incomplete: contacts not all loaded"
    assert beside(found(text, WHOLE)) == ""


@pytest.mark.parametrize(
    "text", ["", "acme", "tag:vip", "phase:risk sort:-arr", "is:new", "acme 24"]
)
def test_what_companies_alone_answer_is_whole_without_contacts(text: str) -> None:
    assert beside(found(text, READING)) == ""


def test_an_order_by_what_contacts_have_is_not_whole_either() -> None:
    assert beside(found("", READING, sort="title")) == "incomplete: contacts 62% loaded"


def test_a_name_that_no_company_has_may_be_that_of_a_contact_who_is_not_here() -> None:
    nobody = found("ada", READING, CompanyRows((), 0))
    assert beside(nobody) == "incomplete: contacts 62% loaded"
    assert not is_whole(nobody)
    assert is_whole(found("tag:vip", READING, CompanyRows((), 0)))
    assert is_whole(found("ada", WHOLE, CompanyRows((), 0)))


def test_who_was_found_by_contacts_says_that_there_may_be_more() -> None:
    through = CompanyRows((), 2, through=True)
    assert beside(found("ada", WHOLE, through)) == "found by contacts"
    assert beside(found("ada", READING, through)) == "found by contacts (62% loaded)"


def test_companies_that_are_here_by_name_alone_are_told_first() -> None:
    lean = READING._replace(companies_complete=186)
    assert beside(found("title:cfo", lean)) == "list incomplete: 62% loaded"
    assert not is_whole(found("tag:vip", lean._replace(contacts_complete=True)))
    assert beside(found("", lean)) == "list incomplete: 62% loaded"


def test_how_much_of_the_contacts_is_here() -> None:
    assert [contacts(one) for one in (WHOLE, READING, UNCOUNTED)] == [
        "", "62% loaded", "not all loaded",
    ]  # fmt: skip
