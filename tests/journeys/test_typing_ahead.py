"""Keys typed faster than the screen can follow: none of them goes astray."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.model.records import texts_of
from planhat_tui.tui import looking, pointing
from planhat_tui.tui.panes import companylist
from planhat_tui.workspace.actions import Actions
from tests.journeys.conftest import EITHER, MEDIUM, Journey, Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.model.outbox import Entry
    from planhat_tui.tui.looking import Found


@pytest.fixture
def slow_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the list take longer to be read than keys take to come."""
    look = looking.look

    def slowly(*given: Any, **more: Any) -> Found:  # noqa: ANN401 -- its own
        time.sleep(0.2)
        return look(*given, **more)

    monkeypatch.setattr(companylist, "look", slowly)


async def once(seen: Callable[[], bool]) -> None:
    """Wait until something is seen, and not until all is at rest."""
    for _ in range(100_000):
        if seen():
            return
        await asyncio.sleep(0)
    raise AssertionError("it was never seen")


@EITHER
def test_a_search_typed_in_one_go_is_a_search(journey: Journey, size: tuple[int, int]) -> None:
    async def find(person: Person) -> None:
        await person.type("/acme inc\n3j")
        assert person.app.explorer.companies.search.value == "acme inc"
        assert person.focus == "contact-rows"
        person.sees("Bo Larsson")
        current = person.app.explorer.contacts.current
        assert current is not None
        assert current.name == "Bo Larsson"

    journey(find, size, picture=False)


@EITHER
def test_a_tag_is_given_in_one_go(journey: Journey, size: tuple[int, int]) -> None:
    async def tag(person: Person) -> None:
        await person.type("/acme inc\ntrenewal-q1\n\x13")
        assert person.focus == "company-rows"
        company = person.app.explorer.workspace.reads.company(person.app.explorer.detail.company_id)
        assert company is not None
        assert "renewal-q1" in texts_of(company.raw, "tags")

    journey(tag, size, picture=False)


@EITHER
def test_a_call_is_with_whom_the_list_has_come_to(
    journey: Journey, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pointing, "FOLLOW", 5.0)  # the form comes before the panes would follow

    async def call(person: Person) -> None:
        await person.type("/acme inc\nC5")
        form = person.app.explorer.calls.form
        assert (form.partner.company_name, form.boxes["talk"].value) == ("Acme Inc", "5")
        assert form.partner.name == "Ines D'Angelo"
        assert form.boxes["nr"].value == form.partner.phone != ""

    journey(call, size, picture=False)


@EITHER
def test_what_is_typed_behind_a_call_that_is_saved_is_none_of_it(
    journey: Journey, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    log_call = Actions.log_call

    def slowly(*given: Any, **more: Any) -> tuple[Entry, ...]:  # noqa: ANN401 -- its own
        time.sleep(0.1)
        return log_call(*given, **more)

    monkeypatch.setattr(Actions, "log_call", slowly)

    async def call(person: Person) -> None:
        await person.type("C5\x13jj")
        workspace = person.app.explorer.workspace
        assert (len(workspace.reads.calls()), workspace.begun.list()) == (1, ())
        person.sees_no("Not saved yet")

    journey(call, size, picture=False)


@EITHER
def test_a_line_is_typed_in_one_go(journey: Journey, size: tuple[int, int]) -> None:
    async def line(person: Person) -> None:
        await person.type(":company find acme inc\n")
        person.sees(":company find acme inc", "Acme Inc")

    journey(line, size, picture=False)


@EITHER
def test_a_field_is_changed_in_one_go(journey: Journey, size: tuple[int, int]) -> None:
    async def field(person: Person) -> None:
        await person.type("/acme inc\nephase\nwon\n")
        await person.press("ctrl+s")
        person.sees("won")
        assert person.focus == "company-rows"

    journey(field, size, picture=False)


def test_a_draft_is_in_its_form_before_a_letter_which_goes_on_with_it(journey: Journey) -> None:
    async def add(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3")
        await person.type("aDraft Person\n")
        await person.press("escape")
        await person.type("aAda\n")
        person.sees("A new contact at Acme Inc", "Draft PersonAda")
        person.sees_no("needed:")

    journey(add, MEDIUM, picture=False)


def test_a_key_behind_a_range_or_a_match_is_about_what_these_lead_to(journey: Journey) -> None:
    async def type_ahead(person: Person) -> None:
        rows = person.app.explorer.companies.rows
        await person.find("acme")
        await person.type("gvjjvt")
        person.sees("Tags of 3 companies")
        await person.press("escape", "V", "V")  # the marks are off
        await person.find("acme inc")
        await person.press("slash", "ctrl+u", "enter", "g")
        await person.type("nt")
        assert rows.current is not None
        person.sees(f"Tags of {rows.current.cells['name']}")
        assert rows.cursor > 0

    journey(type_ahead, MEDIUM, picture=False)


@pytest.mark.usefixtures("slow_list")
@EITHER
def test_all_are_marked_of_the_list_that_escape_leads_to(
    journey: Journey, size: tuple[int, int]
) -> None:
    """The first escape takes the query away; the second comes too fast to take marks off."""

    async def mark(person: Person) -> None:
        rows = person.app.explorer.companies.rows
        await person.find("acme")
        await person.press("space", "space", "space")
        person.send("escape")
        person.send("escape")
        await person.type("Vt")
        assert (
            len(rows.marks) == rows.total == person.app.explorer.workspace.reads.companies().total
        )
        person.sees(f"Tags of {rows.total:,} companies")

    journey(mark, size, picture=False)


@pytest.mark.usefixtures("slow_list")
def test_a_key_behind_another_list_is_about_that_list_also_where_changes_arrive_meanwhile(
    journey: Journey,
) -> None:
    async def type_ahead(person: Person) -> None:
        explorer = person.app.explorer
        await person.find("acme inc")
        person.send("escape")  # all companies
        await once(lambda: explorer.companies._around is not None)
        explorer.companies.read_again()  # something has arrived
        await person.type("Vt")
        person.sees(f"Tags of {explorer.workspace.reads.companies().total:,} companies")

    journey(type_ahead, MEDIUM, picture=False)


@pytest.mark.usefixtures("slow_list")
def test_enter_in_the_search_leads_to_what_was_typed_also_where_changes_arrive_meanwhile(
    journey: Journey,
) -> None:
    async def find(person: Person) -> None:
        companies = person.app.explorer.companies
        await person.press("slash")
        await person.type("acme inc")
        person.send("ctrl+u")  # all companies
        person.send("enter")
        await once(lambda: person.app.reading.opening > 0)
        companies.read_again()  # something has arrived
        await person.type("t")
        person.sees("Tags of ")
        person.sees_no("Tags of Acme Inc")

    journey(find, MEDIUM, picture=False)
