"""The list of companies: its order, its columns, its marks, and where the cursor stays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from planhat_tui.model.events import Changed, Topic
from planhat_tui.model.query import Sort
from planhat_tui.model.records import Kind
from planhat_tui.tui.keys import keyed
from planhat_tui.tui.presentation import amounts
from planhat_tui.tui.sure import HELD
from planhat_tui.tui.widgets.rows import RANGE_LEFT, Rows
from tests.journeys import planhat
from tests.journeys.conftest import BOTH, EITHER, MEDIUM, SMALL, Journey
from tests.journeys.doing import fill, run_line
from tests.settling import settle
from tests.store.conftest import received

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import Person
    from tests.sync.rig import Line


def test_escape_from_what_was_found_stays_with_the_company(journey: Journey) -> None:
    async def find_and_leave(person: Person) -> None:
        await person.find("acme inc")
        await person.press("j")
        rows = person.app.explorer.companies.rows
        here, line = rows.current, rows.cursor - rows.scroll_offset.y
        assert here is not None
        await person.press("escape")
        person.sees("1,200 of 1,200", "by name")
        assert rows.current is not None
        assert rows.current.id == here.id
        ids = person.app.explorer.workspace.reads.company_ids("", 2000)
        assert ids[rows.cursor] == here.id
        assert rows.cursor - rows.scroll_offset.y == line
        await person.press("n")
        assert rows.current.id != here.id
        assert "Acme" in str(rows.current.cells["name"])
        await person.press("N")
        assert rows.current.id == here.id

    journey(find_and_leave, MEDIUM, picture=False)


def test_what_conditions_find_is_scrolled_to_its_end(journey: Journey) -> None:
    async def scroll(person: Person) -> None:
        await person.find("-tag:nobody-has-it")
        person.sees("1,000+ of 1,200", "1,200 companies, ARR 1")
        await person.press("slash", "ctrl+u")
        await person.type("-tag:nobody")
        person.sees("more than 1,000 companies, ARR not summed")
        await person.press("enter")
        person.sees("1,000+ of 1,200", "1,200 companies, ARR 1")
        await person.press("space")
        person.sees("1 marked · 1,200 companies, ARR 1")
        await person.press("G")
        person.sees("1,200 of 1,200", "1,200 companies, ARR 1")
        rows = person.app.explorer.companies.rows
        assert rows.current is not None
        ids = person.app.explorer.workspace.reads.company_ids("", 2000)
        assert (rows.cursor, rows.current.id) == (1_199, ids[-1])

    journey(scroll, MEDIUM, picture=False)


@BOTH
def test_the_list_is_sorted_by_several_fields_where_it_stands(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def sort(person: Person) -> None:
        await person.press("j", "j")
        rows = person.app.explorer.companies.rows
        here = rows.current
        assert here is not None
        await person.press("s", "j", "space")
        person.sees_line("Phase", "A to Z")
        await person.press("j", "j", "space")
        person.sees_line("2", "ARR", "largest first")
        await person.press("ctrl+s")
        person.sees("PHASE▴", "ARR▾", "by Phase, then ARR")
        assert rows.current is not None
        assert rows.current.id == here.id

    journey(sort, size)


@EITHER
def test_braces_in_a_name_are_no_key(journey: Journey, size: tuple[int, int]) -> None:
    async def copy(person: Person) -> None:
        await run_line(person, "company create 'Acme {undo} Ltd'")
        assert "Acme {undo} Ltd" in person.message.replace("\ufe0e", "")
        await person.find("undo ltd")
        await person.press("y")
        assert person.app.clipboard == "Acme {undo} Ltd"
        assert person.message.replace("\ufe0e", "") == "Copied: Acme {undo} Ltd"
        person.sees("Copied: Acme {")

    journey(copy, size, picture=False)


@EITHER
def test_an_order_that_is_chosen_takes_the_place_of_the_one_in_the_search(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def sort(person: Person) -> None:
        companies = person.app.explorer.companies
        await person.find("acme sort:-arr")
        person.sees("ARR▾")
        await person.press("s")
        person.sees_line("1", "ARR", "largest first")
        await person.press("g", "enter")
        person.sees("NAME▴", "by Name")
        assert companies.search.value == "acme"
        await person.find("acme sort:-name,arr")
        await person.pilot.click(companies.rows, offset=(8, 0))
        await settle(person.pilot)
        person.sees("NAME▴")
        assert companies.view[:2] == ("acme", (Sort("name"),))

    journey(sort, size, picture=False)


@EITHER
def test_the_first_few_are_summed_in_the_order_of_the_list(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def sort(person: Person) -> None:
        await person.find("limit:3")
        await person.press("s", "j", "j", "j", "enter")
        reads = person.app.explorer.workspace.reads
        rows = reads.companies("sort:-arr limit:3").rows
        person.sees(rows[0].name, "by ARR")
        arr = amounts.short(sum(row.arr or 0.0 for row in rows))
        await person.press("space")
        person.sees("1 marked ·", f" {arr} ")

    journey(sort, size, picture=False)


@BOTH
def test_s_offers_the_fields_and_shows_the_order_as_it_grows(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def choose(person: Person) -> None:
        await person.press("s", "j", "space", "j", "j", "space")
        person.sees_line("1", "Phase", "A to Z")
        person.sees_line("2", "ARR", "largest first")
        assert person.focus == "order-rows"

    journey(choose, size)


@BOTH
def test_shift_s_offers_the_columns_and_says_which_are_shown(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def choose(person: Person) -> None:
        await person.press("S", "j", "space")
        person.sees_line("[x]", "HEALTH")
        person.sees_line("[ ]", "PHASE")
        assert person.focus == "column-rows"

    journey(choose, size)


def test_marks_stay_while_the_list_is_filtered_and_sorted(journey: Journey) -> None:
    async def mark(person: Person) -> None:
        await person.press("v", "j", "j", "v")
        person.sees("3 marked · ARR shown 134M · by name")
        await person.find("acme inc")
        await person.press("space")
        person.sees("4 marked, 3 not shown")
        await person.press("y")
        assert person.message == "Copied: 4 names"
        await person.press("S", "j", "space", "enter")
        person.sees("4 marked, 3 not shown")
        person.sees_no("PHASE")

    journey(mark, SMALL)


def come(person: Person, names: int, before: str) -> None:
    """Let companies come whose names stand before all others, as the names of a pull do."""
    workspace = planhat.workspace(person)
    ids = [f"{before}{n:020}" for n in range(names)]
    new = [received(one, name=f"AAA {one}") for one in ids]
    workspace._store.mirror.put(Kind.COMPANY, new, workspace._store.wall())
    workspace._listeners(Changed(Topic.COMPANY, frozenset(ids)))


def seen(person: Person, *places: int) -> list[str]:
    """Return the ids of rows as the list shows them."""
    rows = [person.app.explorer.companies.rows.row(place) for place in places]
    return [row.id for row in rows if row is not None]


@EITHER
def test_what_is_marked_stays_so_when_it_is_delivered(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def mark(person: Person) -> None:
        line.cut = True
        await person.press("a")
        await fill(person, name="Acme Inc Zwei")
        await person.press("ctrl+s")
        await person.find("acme inc")
        rows = person.app.explorer.companies.rows
        await person.press("space", "space")
        assert len(rows.marks) == 2
        await person.press("t")
        person.sees("Tags of 2 companies")
        line.calm()
        planhat.wait_for_delivery(person)
        await person.type("gold")
        person.sees("Tags of 2 companies")
        await person.press("escape")
        assert {*rows.marks} == {
            planhat.company_id(person, name) for name in ("Acme Inc", "Acme Inc Zwei")
        }
        await person.press("t")
        person.sees("Tags of 2 companies")
        await person.type("gold")
        await person.press("ctrl+s")
        assert "gold" in planhat.company(person, "Acme Inc Zwei")["tags"]
        assert not rows.marks

    journey(mark, size, picture=False)


def test_a_range_marks_what_the_list_shows_with_what_was_opened_lately_on_top(
    journey: Journey,
) -> None:
    async def mark(person: Person) -> None:
        await person.find("acme")
        await person.press("j", "j", "j", "j", "j")
        (opened,) = seen(person, 5)
        await person.press("enter", "1")
        await person.find("acme")
        await person.press("g")
        assert seen(person, 0) == [opened]
        await person.press("v", "j", "v")
        assert [*person.app.explorer.companies.rows.marks] == seen(person, 0, 1)
        for key, place in (("n", 2), ("n", 3), ("N", 2)):
            await person.press(key)
            assert person.app.explorer.companies.rows.cursor == place

    journey(mark, MEDIUM, picture=False)


@EITHER
def test_a_range_is_given_up_where_the_list_is_sorted_otherwise(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def mark(person: Person) -> None:
        def stands(rows: Rows) -> tuple[int | None, str]:
            return rows.range_from, person.message

        companies, contacts = person.app.explorer.companies.rows, person.app.explorer.contacts.rows
        await person.press("v", "G", "S", "j", "space", "enter")
        assert companies.range_from == 0
        await person.press("s", "j", "enter")
        assert stands(companies) == (None, keyed(RANGE_LEFT))
        await person.find("acme inc")
        await person.press("3", "v", "j", "s", "j", "enter")
        assert stands(contacts) == (None, keyed(RANGE_LEFT))

    journey(mark, size, picture=False)


def test_all_are_marked_where_a_slip_was_forgiven(journey: Journey) -> None:
    async def mark(person: Person) -> None:
        await person.find("acmme")
        person.sees("Acme")
        rows = person.app.explorer.companies.rows
        await person.press("V")
        person.sees(f"{rows.total:,} marked")
        assert [*rows.marks][:20] == seen(person, *range(20))
        await person.press("j", "n")
        assert rows.cursor == 2

    journey(mark, MEDIUM, picture=False)


def test_the_cursor_stays_with_a_company_that_was_opened_lately(journey: Journey) -> None:
    async def stay(person: Person) -> None:
        await person.find("acme")
        await person.press("j", "j", "j", "j", "j", "enter", "1")
        await person.find("acme")
        await person.press("g", "j", "s", "escape")
        here = seen(person, 1)
        await person.press("S", "j", "space", "enter")
        current = person.app.explorer.companies.rows.current
        assert current is not None
        assert [current.id] == here
        assert person.app.explorer.companies.rows.cursor == 1

    journey(stay, MEDIUM, picture=False)


def test_a_field_is_copied_by_a_piece_of_its_name(journey: Journey) -> None:
    async def copy(person: Person) -> None:
        await person.find("acme inc")
        await person.press("Y")
        await person.type("domain")
        await person.press("enter")
        assert person.message.startswith("Copied: ")
        assert person.app.clipboard
        assert person.message == f"Copied: {person.app.clipboard}"
        await person.press("Y")
        await person.type("json")
        await person.press("enter")
        assert person.message == "Copied: JSON of Acme Inc"
        assert json.loads(person.app.clipboard)["name"] == "Acme Inc"

    journey(copy, SMALL, picture=False)


def test_the_marked_rows_are_copied_as_the_list_has_them(journey: Journey) -> None:
    async def copy(person: Person) -> None:
        await person.press("v", "j", "j", "v", "Y", "enter")
        assert person.message == "Copied: Rows of 3 records"
        rows = [line.split("\t") for line in person.app.clipboard.split("\n")]
        assert len(rows) == 3
        assert {len(row) for row in rows} == {len(person.app.explorer.companies.rows.columns)}
        await person.press("Y")
        await person.type("name")
        await person.press("enter")
        assert person.app.clipboard.split("\n") == [row[0] for row in rows]

    journey(copy, SMALL, picture=False)


@BOTH
def test_a_list_is_saved_as_a_view_and_is_there_after_a_restart(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def save(person: Person) -> None:
        await person.find("acme inc")
        await person.press("f")
        person.sees("Saved views", "All companies", "1,200", "No view is saved yet")
        await person.type("my acmes")
        person.sees("save this list so")
        await person.press("enter")
        assert person.message == "View my acmes is saved.  f shows it again"

    async def come_back(person: Person) -> None:
        person.sees("acme inc", "3 of 1,200")
        await person.press("f", "enter")
        person.sees("1,200 of 1,200")
        await person.press("f")
        person.sees_line("my acmes", "3", "acme inc")
        await person.type("acmes")
        await person.press("enter")
        person.sees("3 of 1,200")
        assert person.message == "my acmes is on screen.  f shows the others"
        await person.press("f")

    journey(save, size, picture=False)
    journey(come_back, size)


@EITHER
def test_the_views_are_counted_to_their_end_and_again_when_companies_come(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def count(person: Person) -> None:
        await person.find("-tag:nobody-has-it")
        await person.press("f")
        await person.type("all of them\n")
        await person.press("f")
        person.sees_line("all of them", "1,200", "-tag")
        await person.press("down")
        come(person, 3, "aa")
        await settle(person.pilot)
        person.sees_line("All companies", "1,203")
        person.sees_line("all of them", "1,203")
        await person.press("ctrl+t")
        assert person.message == "The explorer opens with all of them"

    journey(count, size, picture=False)


@EITHER
def test_a_view_is_saved_anew_and_is_what_the_explorer_opens_with(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def change(person: Person) -> None:
        await person.find("acme inc")
        await person.press("f")
        await person.press("ctrl+s")
        person.sees("Type a new name, or choose the view")
        await person.type("mine\n")
        await person.find("globex sort:-arr")
        await person.press("f", "down", "ctrl+s")
        assert person.message == "View mine is saved anew; it was acme inc"
        await person.press("f", "ctrl+t")
        person.sees("Choose a saved view")
        await person.press("down", "ctrl+t")
        assert person.message == "The explorer opens with mine"
        await person.find("tag:vip")

    async def come_back(person: Person) -> None:
        assert person.app.explorer.companies.search.value == "globex sort:-arr"
        await person.press("f")
        person.sees_line("mine", "globex sort:-arr", "shown at the start")
        await person.press("down", "ctrl+t")
        assert person.message == "The explorer no longer opens with mine"
        await person.find("tag:vip")

    async def as_it_was_left(person: Person) -> None:
        assert person.app.explorer.companies.search.value == "tag:vip"

    for job in (change, come_back, as_it_was_left):
        journey(job, size, picture=False)


def test_a_search_that_is_left_in_any_way_is_there_after_a_restart(journey: Journey) -> None:
    async def leave_by_tab(person: Person) -> None:
        await person.press("slash")
        await person.type("tag:vip ")
        await person.press("tab")
        assert person.focus != "search"

    async def quit_while_typing(person: Person) -> None:
        assert person.app.explorer.companies.search.value == "tag:vip "
        person.sees_no("1,200 of 1,200")
        await person.press("slash")
        await person.type("globex")

    async def quit_in_the_midst_of_a_term(person: Person) -> None:
        assert person.app.explorer.companies.search.value.strip() == "globex"
        await person.type("/globex")
        await person.type(" (")

    async def come_back(person: Person) -> None:
        assert person.app.explorer.companies.search.value.strip() == "globex"
        person.sees_no("1,200 of 1,200")

    for job in (leave_by_tab, quit_while_typing, quit_in_the_midst_of_a_term, come_back):
        journey(job, SMALL, picture=False)


@EITHER
def test_a_query_is_completed_from_values_with_counts_and_the_list_stays(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def complete(person: Person) -> None:
        await person.press("slash")
        await person.type("acme pha")
        before = person.app.explorer.companies.rows.region
        person.sees("tab  phase")
        await person.press("tab")
        assert person.app.explorer.companies.search.value == "acme phase:"
        person.sees_line("tab", "expansion 170", "onboarding 164")
        await person.type("o")
        await person.press("tab")
        assert person.app.explorer.companies.search.value == "acme phase:onboarding "
        person.sees("best match first")
        await person.type("tag:")
        await person.press("down")
        assert person.app.explorer.companies.rows.region == before
        assert person.focus == "search"

    journey(complete, size, picture=False)


def test_a_custom_field_is_a_column_an_order_and_a_column_of_the_export(
    journey: Journey, tmp_path: Path
) -> None:
    target = tmp_path / "seats.csv"

    async def choose(person: Person) -> None:
        await person.press("S", "a")
        await person.type("seat")
        await person.press("enter")
        person.sees_line("[x]", "SEATS")
        await person.press("ctrl+s", "s")
        person.sees("Seats")  # what the list shows is offered
        await person.press("a")
        await person.type("seats")
        await person.press("enter", "space")
        person.sees_line("1", "Seats", "downwards")
        await person.press("ctrl+s")
        person.sees("SEATS▾", "by Seats, downwards")
        await person.press("g")
        rows = person.app.explorer.companies.rows
        shown = [rows.row(n) for n in range(12)]
        seats = [int(str(row.cells["custom.Seats"])) for row in shown if row is not None]
        assert len(seats) == 12
        assert seats == sorted(seats, reverse=True)
        await person.type(f":export --to {target}")
        await person.press("enter")
        head, first, *_ = target.read_text(encoding="utf-8-sig").splitlines()
        assert head.split(",")[:2] == ["name", "custom.Seats"]
        assert first.split(",")[1] == str(seats[0])

    async def come_back(person: Person) -> None:
        person.sees("SEATS▾", "by Seats, downwards")

    journey(choose, MEDIUM, picture=False)
    journey(come_back, MEDIUM, picture=False)


@EITHER
def test_columns_are_made_wider_with_keys_and_stay_so(
    journey: Journey, size: tuple[int, int]
) -> None:
    def width_of(person: Person, key: str) -> int:
        return next(c.width for c in person.app.explorer.companies.rows.columns if c.key == key)

    async def resize(person: Person) -> None:
        before = width_of(person, "phase")
        await person.press("S", "j", "l", "l", "l")
        person.sees_line("[x]", "PHASE", f"{before + 3} cells")
        assert width_of(person, "phase") == before + 3  # the list behind shows it at once
        await person.press("escape")
        assert width_of(person, "phase") == before
        await person.press("S", "j", "l", "l", "k", "h")
        person.sees_line("[x]", "NAME", "cells")
        await person.press("ctrl+s")
        assert width_of(person, "phase") == before + 2

    async def come_back(person: Person) -> None:
        await person.press("S", "j")
        cells = width_of(person, "phase")
        person.sees_line("[x]", "PHASE", f"{cells} cells")
        await person.press("w")
        person.sees_line("[x]", "PHASE", "as it fits")

    journey(resize, size, picture=False)
    journey(come_back, size)


@EITHER
def test_contacts_have_an_order_and_columns_of_their_own_and_keep_them(
    journey: Journey, size: tuple[int, int]
) -> None:
    def names(person: Person, column: str) -> list[str]:
        rows = person.app.explorer.contacts.rows
        shown = [rows.row(n) for n in range(rows.total)]
        return [str(row.cells[column]) for row in shown if row is not None]

    def a_to_z(texts: list[str]) -> list[str]:
        return sorted(texts, key=lambda text: (text == "-", text.casefold()))

    async def arrange(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3")
        usual = names(person, "name")
        here = person.app.explorer.contacts.rows.current
        assert here is not None
        await person.press("s", "j", "space")
        person.sees_line("1", "Position", "A to Z")
        await person.press("g", "space")
        person.sees_line("2", "Name", "A to Z")
        await person.press("ctrl+s")
        person.sees_line("POSITI", "▴")
        person.sees(
            "NAME▴", *(["by Position, then Name · now"] if size == MEDIUM else ["Acme Inc · now ━"])
        )
        assert names(person, "position") == a_to_z(names(person, "position"))
        assert sorted(names(person, "name")) == sorted(usual)
        assert person.app.explorer.contacts.rows.current is not None
        assert person.app.explorer.contacts.rows.current.id == here.id
        await person.press("S", "j", "j", "space", "ctrl+s")
        person.sees_no("PHONE")

    async def come_back(person: Person) -> None:
        await person.find("globex")
        await person.press("3")
        person.sees_line("POSITI", "▴")
        person.sees(
            "NAME▴",
            *(["by Position, then Name · now"] if size == MEDIUM else ["Globex Motors · now ━"]),
        )
        person.sees_no("PHONE")
        assert names(person, "position") == a_to_z(names(person, "position"))

    journey(arrange, size, picture=False)
    journey(come_back, size)


def test_a_chosen_column_that_has_no_room_is_told_of(journey: Journey) -> None:
    async def choose(person: Person) -> None:
        await person.press("S")
        rows = person.app.screen.query_one(Rows)
        while rows.current is None or "DOMAIN" not in rows.current.cells.values():
            await person.press("j")
        await person.press("space", "ctrl+s")
        told = "No room here for DOMAIN.  z zooms, S takes others out"
        assert person.message == told
        await person.press("z")
        person.sees("DOMAIN")

    journey(choose, MEDIUM, picture=False)


@EITHER
def test_contacts_have_the_keys_of_lists(journey: Journey, size: tuple[int, int]) -> None:
    async def keys(person: Person) -> None:
        await person.find("bo.larsson@acme")
        await person.press("3")
        person.sees_line("t contact tags", "e field", "a add", "D delete", "o queue", "? keys")
        contacts = person.app.explorer.contacts
        for key in ("n", "N"):
            await person.press("j")
            assert contacts.current is not None
            assert contacts.current.name != "Bo Larsson"
            await person.press(key)
            assert contacts.current.name == "Bo Larsson"
        await person.press("f")
        person.sees("Saved views")

    journey(keys, size, picture=False)


def test_the_detail_has_the_keys_of_lists(journey: Journey) -> None:
    async def keys(person: Person) -> None:
        await person.find("acme inc")
        await person.press("2", "n")
        assert person.message == "Nothing was looked for here yet.  / filters the fields"
        await person.press("slash")
        await person.type("renewal\n")
        await person.press("escape")
        rows, seen = person.app.explorer.detail.rows, []
        for key in ("g", "n", "n", "N"):
            await person.press(key)
            assert rows.current is not None
            seen.append(rows.current.cells["label"])
        assert seen == ["Name", "Renewal", "Last renewal", "Renewal"]
        await person.press("Y")
        person.sees("Copy a field of Acme Inc")
        await person.press("escape", "D")
        person.sees("Delete Acme Inc")

    journey(keys, MEDIUM, picture=False)


def test_calls_have_the_keys_of_lists(journey: Journey) -> None:
    async def keys(person: Person) -> None:
        await person.find("acme inc")
        await person.press("4", "y")
        assert person.message == "No call is under the cursor.  C logs one that just ended"
        await person.press("a")
        person.sees("Call that just ended")
        person.sees_line("ctrl+s save", "esc close, draft kept")
        await person.press("5", "ctrl+s", "y")
        person.sees("Copied: +46 70 123 45 67")
        await person.press("Y")
        person.sees("Copy a field of the call to +46 70 123 45 67")
        person.sees_no("as in the list")
        await person.type("json\n")
        person.sees("Copied: JSON of the call to +46 70 123 45 67")

    journey(keys, MEDIUM, picture=False)


@EITHER
def test_the_cursor_stays_on_its_company_however_many_come_before_it(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        await person.press("j", "j", "j", "j", "j")
        explorer = person.app.explorer
        rows = explorer.companies.rows
        here, line = rows.pointed, rows.cursor - rows.scroll_offset.y
        come(person, 200, "aa")
        await settle(person.pilot)
        assert (rows.pointed, rows.cursor) == (here, 205)
        assert rows.cursor - rows.scroll_offset.y == line
        assert explorer.detail.company_id == here
        come(person, 70, "bb")
        person.send("j")
        await settle(person.pilot)
        assert rows.cursor == 276
        assert seen(person, 275) == [here]
        come(person, 70, "cc")
        person.send("G")
        await settle(person.pilot)
        ids = explorer.workspace.reads.company_ids("", 2000)
        assert rows.pointed == ids[rows.cursor]
        assert rows.cursor in {1_469, 1_539}, "the last one, of before or of now"

    journey(look, size, picture=False)


@EITHER
def test_what_comes_while_one_types_leaves_the_cursor_on_the_best(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        await person.press("G", "slash")
        person.send("a")
        come(person, 200, "aa")
        await settle(person.pilot)
        assert person.app.explorer.companies.rows.cursor == 0

    journey(look, size, picture=False)


def test_a_held_esc_leaves_the_marks(journey: Journey) -> None:
    async def hold(person: Person) -> None:
        rows = person.app.explorer.companies.rows
        await person.find("acme")
        await person.press("space", "space", "t")
        await person.hold("escape")
        assert (len(rows.marks), person.app.explorer.companies.search.value) == (2, "")
        assert person.message == HELD
        person.send("j")
        await person.press("escape")
        assert not rows.marks

    journey(hold, SMALL, picture=False)
