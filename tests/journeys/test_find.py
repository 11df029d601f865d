"""Finding a company, and what one sees of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from planhat_tui.model.events import Topic
from planhat_tui.tui.app import PlanhatApp
from planhat_tui.tui.widgets.rows import Rows
from tests.journeys import planhat
from tests.journeys.conftest import BOTH, EITHER, LARGE, MEDIUM, SMALL, Journey
from tests.journeys.doing import run_line
from tests.journeys.watch import Watch
from tests.settling import settle

if TYPE_CHECKING:
    import pytest
    from rich.console import RenderableType
    from textual.screen import Screen

    from tests.journeys.conftest import Person


async def _the_start(person: Person) -> None:
    person.sees("DEMO", "practice data", "1,200 of 1,200", "3M Lab")
    assert person.focus == "company-rows"


@BOTH
def test_the_explorer_opens_on_the_list_of_companies(
    journey: Journey, size: tuple[int, int]
) -> None:
    journey(_the_start, size)


def test_what_is_drawn_first_is_the_list_with_its_count(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    first: list[str] = []
    display = PlanhatApp._display

    def seen(app: PlanhatApp, screen: Screen[Any], drawn: RenderableType | None) -> None:
        if drawn is not None and not first:
            first.extend(strip.text for strip in screen._compositor.render_strips(app.size))
        display(app, screen, drawn)

    monkeypatch.setattr(PlanhatApp, "_display", seen)

    async def look(person: Person) -> None:
        shown = "\n".join(first)
        for text in ("1 Companies", "1,200 of 1,200", "PHASE", "3M Lab", "any part of a name"):
            assert text in shown
        assert person.app.screen_stack == [person.app.explorer]

    journey(look, MEDIUM, picture=False)


def test_a_large_terminal_shows_more_columns(journey: Journey) -> None:
    async def look(person: Person) -> None:
        person.sees("OWNER", "LAST CALL", "3 Contacts", "4 Call", "Co-owner")

    journey(look, LARGE)


@BOTH
def test_a_company_is_found_and_its_contacts_seen_with_few_keys(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def find(person: Person) -> None:
        await person.press("slash")
        assert person.focus == "search"
        await person.type("acme inc")
        person.sees("3 of 1,200", "Acme Inc")
        await person.press("enter")
        assert person.focus == "company-rows"
        await person.press("3")
        assert person.focus == "contact-rows"
        person.sees("Ines D'Angelo")

    journey(find, size)


@EITHER
def test_who_is_calling_is_found_by_what_one_knows_of_them(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def find(person: Person) -> None:
        await person.find("bo larsson")
        for sought in ("0704132452", "+46 (0)70-413 24 52", "bo.larsson@acme-inc"):
            await person.find(sought)
            person.sees("1 of 1,200", "Acme Inc")
            await person.press("3")
            person.sees_line("▸", "Bo Larsson")
            await person.press("1")
        await person.press("c")
        person.sees("Call now with Bo Larsson at Acme Inc")
        await person.press("escape", "1")
        await run_line(person, "company set externalId=caller-77")
        for sought, said in (
            ("bo larsson acme-inc", "found by a contact: Bo Larsson"),
            ("bo.larsson", "found by contacts"),
        ):
            await person.find(sought)
            person.sees(said, "Acme Inc")
            await person.press("3")
            person.sees_line("▸", "Bo Larsson")
            await person.press("1")
        await person.find("caller-77")
        person.sees("1 of 1,200", "Acme Inc")
        await person.press("3")
        person.sees_line("▸", "Ines D'Angelo")

    journey(find, size, picture=False)


def test_what_is_typed_takes_the_place_of_the_search_before(journey: Journey) -> None:
    async def find(person: Person) -> None:
        await person.find("acme")
        await person.press("slash")
        await person.type("globex")
        assert person.app.explorer.companies.search.value == "globex"
        await person.press("enter", "slash", "end")
        await person.type(" inc")
        assert person.app.explorer.companies.search.value == "globex inc"
        await person.press("enter", "slash", "slash")
        assert person.app.explorer.companies.search.value == "/"

    journey(find, SMALL, picture=False)


@EITHER
def test_a_query_that_cannot_be_read_shows_where_it_is_wrong(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def mend(person: Person) -> None:
        await person.type("/tag:vip faze:risk acme")
        search = person.app.explorer.companies.search
        person.sees("faze")
        await person.press("enter")
        assert (person.focus, search.cursor_position) == ("search", len("tag:vip "))
        assert [search._value.plain[one.start : one.end] for one in search._value.spans] == [
            "faze:risk acme"
        ]
        await person.press("delete", "p")
        await person.press("delete", "delete", "h", "a", "s")
        assert search.value == "tag:vip phase:risk acme"
        assert not search._value.spans
        await person.press("enter")
        assert person.focus == "company-rows"
        await person.type("/phase:")
        await person.press("enter")
        assert person.focus == "search"
        person.sees("needs a value")
        await person.press("escape")
        assert person.focus == "company-rows"

    journey(mend, size, picture=False)


def test_a_field_that_was_left_amid_its_name_is_told_of_or_searched(journey: Journey) -> None:
    async def look(person: Person) -> None:
        companies = person.app.explorer.companies
        await person.type("/acme")
        few = companies.rows.total
        await person.type(" tag:")
        person.sees_line("/ acme tag:", "also")
        await person.press("ctrl+f")
        person.sees("Found by acme:")
        await person.press("escape")
        assert (person.focus, companies.rows.total) == ("search", few)
        person.sees_no("needs a value")
        await person.press("escape")
        assert (person.focus, companies.rows.total) == ("company-rows", few)
        person.sees("tag: needs a value")
        await person.press("slash", "ctrl+u")
        await person.type("acme custom.Pl")
        assert companies.rows.total == few
        await person.press("home")
        companies.read_again()
        await settle(person.pilot)
        assert companies.rows.total == few
        await person.press("escape")
        assert (person.focus, companies.rows.total) == ("company-rows", 0)
        await person.press("V")
        assert person.message == "No company is shown to be marked.  / finds one"

    journey(look, MEDIUM, picture=False)


def test_a_field_that_is_being_typed_leaves_the_list_as_it_is(journey: Journey) -> None:
    async def look(person: Person) -> None:
        companies = person.app.explorer.companies
        everything = companies.rows.total

        async def typed(text: str) -> int:
            companies.search.value = ""
            await person.type(text)
            return companies.rows.total

        await person.press("slash")
        few = await typed("acme")
        assert 0 < few < everything
        assert await typed("acme tag:") == few
        assert await typed("-custom.") == everything
        assert await typed("custom.Pl") == everything
        assert await typed("arr:") == everything
        person.sees_no("needs a value")
        assert await typed("fas") == 0
        person.sees("No company matches fas")
        await person.type("e:")
        assert companies.rows.total == everything
        await person.type("won")
        person.sees("There's no field fase")
        assert companies.rows.total == everything
        assert await typed("xyzzyx") == 0
        companies.search.value = "fase:won"
        await settle(person.pilot)
        person.sees("There's no field fase")
        person.sees_no("No company matches")
        await typed("custom.")
        await person.press("enter")
        assert companies.rows.total == 0
        person.sees("No company matches custom.")

    journey(look, SMALL, picture=False)


def test_the_age_of_what_is_shown_grows_while_nothing_is_read(journey: Journey) -> None:
    watch = Watch()

    async def look(person: Person) -> None:
        person.sees("1,200 of 1,200 · now")
        watch.wait(minutes=4)
        person.app.explorer._every_second()
        await settle(person.pilot)
        person.sees("1,200 of 1,200 · 4 min")

    journey(look, SMALL, picture=False, clock=watch.clock)


def test_what_arrives_while_letters_are_typed_is_shown_when_they_pause(journey: Journey) -> None:
    async def look(person: Person) -> None:
        await person.press("slash")
        acme = planhat.company_id(person, "Acme Inc")
        planhat.change(person, "Acme Inc", tags=["fresh-paint"])
        await person.type("fresh-")
        net = person.app.explorer.workspace.net
        read = asyncio.wrap_future(net.refresh(Topic.COMPANY, frozenset({acme})))
        await person.type("paint")
        await read
        await settle(person.pilot)
        person.sees("Acme Inc", "ARR shown 1.1k")

    journey(look, SMALL, picture=False)


@BOTH
def test_whoever_types_a_contacts_name_sees_what_else_there_is_and_opens_it(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def find(person: Person) -> None:
        search = person.app.explorer.companies.search
        await person.press("slash")
        person.sees_no("ctrl+f")
        await person.type("ada")
        person.sees("1 of 1,200", "Ember Analytics Inc")
        person.sees_line("/ ada", "also 263 contacts", "ctrl+f")
        person.sees_line("enter list", "ctrl+f everything")
        await person.press("ctrl+f")
        person.sees("Found by ada: 263 contacts, 1 company", "Shown are the first 50 contacts")
        await person.press("escape")
        assert (person.focus, search.value) == ("search", "ada")
        await person.press("ctrl+f", "j", "j", "enter")
        assert person.focus == "contact-rows"
        opened = person.app.explorer.contacts.current
        assert opened is not None
        assert opened.name == "Ada \u00c5ngman"
        assert opened.company_id == person.app.explorer.detail.company_id
        await person.press("escape")
        assert (person.focus, search.value) == ("company-rows", "ada")
        person.sees_no("also 263")
        await person.press("ctrl+f", "G", "enter")
        assert person.focus == "field-rows"
        assert person.app.explorer.company_name == "Ember Analytics Inc"
        await person.press("escape", "slash")
        person.sees_line("/ ada", "also 263 contacts")
        await person.press("ctrl+f")

    journey(find, size)


@EITHER
def test_a_calls_number_that_no_company_has_is_found_as_a_call(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def find(person: Person) -> None:
        await person.find("acme inc")
        await run_line(person, "call log --nr +46701119999 --talk 5m --note zebra")
        for text in ("+46 70 111 99 99", "zebra"):
            await person.press("slash")
            await person.press("ctrl+u")
            await person.type(text)
            person.reads("No company matches", "Found: 1 call.  ctrl+f shows them")
            await person.press("ctrl+f")
            person.sees_line("call", "+46701119999", "zebra")
            await person.press("escape")
        await person.press("ctrl+u")
        await person.type("zebras")
        person.sees_no("ctrl+f shows them")

    journey(find, size, picture=False)


@EITHER
def test_a_tag_that_is_found_by_its_name_becomes_the_search(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def find(person: Person) -> None:
        search = person.app.explorer.companies.search
        await person.type("/q2-renew")
        person.sees_line("/ q2-renew", "also 1 tag")
        await person.press("ctrl+f", "enter")
        assert (person.focus, search.value) == ("company-rows", "tag:q2-renewal")
        person.sees("116 of 1,200")
        await run_line(person, "find q2-renew")
        rows = person.app.screen.query_one(Rows)
        while rows.current is None or not str(rows.current.cells["line"]).startswith("tag "):
            await person.press("j")
        await person.press("enter")
        assert (person.focus, search.value) == ("company-rows", "tag:q2-renewal")

    journey(find, size, picture=False)


@EITHER
def test_without_words_there_is_nothing_else_to_find(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def find(person: Person) -> None:
        await person.press("ctrl+f")
        assert person.message == "Nothing is looked for.  / finds"
        await person.type("/tag:vip ")
        person.sees_no("also ")
        await person.type("faze:x")
        await person.press("ctrl+f")
        assert person.focus == "search"
        person.reads("There's no field faze")

    journey(find, size, picture=False)


def test_where_nothing_is_found_no_pane_tells_how_old_it_is(journey: Journey) -> None:
    async def find(person: Person) -> None:
        explorer = person.app.explorer
        await person.find("acme inc")
        ages = [pane.rule._note for pane in (explorer.detail, explorer.contacts)]
        assert all(ages)
        await person.find("phase:nowhere")
        explorer._every_second()
        assert [pane.rule._note for pane in (explorer.detail, explorer.contacts)] == ["", ""]
        assert person.screen.count("No company.  / finds one") == 3

    journey(find, MEDIUM, picture=False)


def test_the_preview_of_no_company_says_how_to_find_one(journey: Journey) -> None:
    async def find(person: Person) -> None:
        await person.find("phase:nowhere")
        person.sees_line("no company")
        person.sees("No company.  / finds one")

    journey(find, SMALL, picture=False)
