"""Guardrails: every door gives the config's reason, and a word stands before a deletion."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from planhat_tui.sandbox import create_app
from tests.journeys import planhat
from tests.journeys.conftest import BOTH, EITHER, MOMENT, Journey
from tests.journeys.doing import run_line
from tests.journeys.servers import (
    SMALL_TENANT,
    Elsewhere,
    configure,
    profile,
    serving,
    steady,
)
from tests.journeys.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.journeys.conftest import Person

REASON = "Production. Ask in #cs-ops first."
READ_ONLY = f"nord is read-only.  {REASON}"
NO_DELETE = f"nord allows no deleting.  {REASON}"


@pytest.fixture
def server() -> Iterator[Elsewhere]:
    """Return a Planhat with a dozen companies."""
    app = create_app(SMALL_TENANT, clock=MOMENT.timestamp)
    with contextlib.closing(app), serving(steady(app)) as url:
        yield Elsewhere(url)


def guard(home: Path, server: Elsewhere, *lines: str) -> None:
    """Configure one profile, with these guardrails and a reason."""
    reason = f'reason: "{REASON}"'
    text = profile("nord", server.url, "external_user_id: max123", *lines, reason)
    configure(home, f"profiles:\n{text}")


def _here(person: Person) -> str:
    """Return the name of the company under the cursor."""
    row = person.app.explorer.companies.rows.current
    assert row is not None
    return str(row.cells["name"])


@BOTH
def test_a_read_only_profile_says_at_every_key_why_nothing_is_changed(
    journey: Journey, home: Path, server: Elsewhere, size: tuple[int, int]
) -> None:
    async def try_all(person: Person) -> None:
        person.sees("NORD", "⊘ read-only")
        for pane, keys in {"1": "teaDCc", "2": "texaCc", "3": "teaDCc", "4": "Cc"}.items():
            for key in keys:
                await person.press(pane)
                person.app.explorer.say("")
                await person.press(key)
                assert person.message == READ_ONLY, f"{pane} {key}"
                assert len(person.app.screen_stack) == 1
        await person.press("1", "t")
        person.sees("read-only", REASON)
        assert person.focus == "company-rows"
        assert planhat.not_delivered(person) == ()

    guard(home, server, "read_only: true")
    journey(try_all, size)


@EITHER
def test_a_read_only_profile_says_it_to_the_line_as_well(
    journey: Journey, home: Path, server: Elsewhere, size: tuple[int, int]
) -> None:
    async def try_all(person: Person) -> None:
        for text in ("tag gold", "set phase=won", "company create Newcomer", "call log --nr 1"):
            await run_line(person, text)
            assert person.message == READ_ONLY, text
        assert planhat.not_delivered(person) == ()
        person.sees_no("Newcomer")

    guard(home, server, "read_only: true")
    journey(try_all, size, picture=False)


@EITHER
def test_a_read_only_profile_takes_nothing_back(
    journey: Journey, home: Path, server: Elsewhere, size: tuple[int, int]
) -> None:
    async def edit(person: Person) -> None:
        await person.press("t", *"gold", "ctrl+s")
        assert "gold" in planhat.company(person, _here(person))["tags"]

    async def undo(person: Person) -> None:
        await person.press("u")
        barred, reason = READ_ONLY.split("  ", 1)
        stays = "Nothing was taken back: Acme Inc stays as it is."
        assert person.message == f"{barred}  {stays}  {reason}"
        person.sees_no("GOES BACK TO")
        assert "gold" in planhat.company(person, _here(person))["tags"]

    guard(home, server)
    journey(edit, size, picture=False)
    guard(home, server, "read_only: true")
    journey(undo, size, picture=False)


@EITHER
def test_a_profile_without_deleting_says_why_and_edits_go_on(
    journey: Journey, home: Path, server: Elsewhere, size: tuple[int, int]
) -> None:
    async def work(person: Person) -> None:
        person.sees("⊘ no-delete")
        company = _here(person)
        await person.press("t", *"gold", "ctrl+s")
        assert "gold" in planhat.company(person, company)["tags"]
        await person.press("D")
        assert person.message == NO_DELETE
        await run_line(person, "delete")
        assert person.message == NO_DELETE
        await person.press("3", "D")
        assert person.message == NO_DELETE
        person.sees_no("Type delete")
        assert person.focus == "contact-rows"
        assert planhat.company(person, company)["name"] == company

    guard(home, server, "no_delete: true")
    journey(work, size)


@EITHER
def test_a_profile_without_deleting_doesnt_take_back_what_was_made(
    journey: Journey, home: Path, server: Elsewhere, size: tuple[int, int]
) -> None:
    async def undo(person: Person) -> None:
        company = _here(person)
        await person.press("3", "a", *"Kim", "ctrl+s")
        assert "Kim" in planhat.contacts(person, company)
        await person.press("u")
        assert person.message == (
            f"nord allows no deleting.  Nothing was taken back: Kim stays as it is.  {REASON}"
        )
        person.sees_no("Type delete")
        assert "Kim" in planhat.contacts(person, company)

    guard(home, server, "no_delete: true")
    journey(undo, size, picture=False)


@EITHER
def test_deleting_in_production_asks_for_the_name_of_the_profile(
    journey: Journey, home: Path, server: Elsewhere, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def delete(person: Person) -> None:
        person.sees("PRODUCTION")
        company = _here(person)
        await person.press("D")
        person.sees(f"Delete {company}", "Its contacts go with it.", "Type nord and Enter")
        assert person.focus == "confirm-line"
        watch.wait(seconds=1)
        await person.press(*"delete", "enter")
        person.sees("Not done: that isn't nord.")
        assert company in planhat.names(person)

    guard(home, server, "confirm: type", "label: PRODUCTION")
    journey(delete, size, clock=watch.clock)


@EITHER
def test_the_name_in_any_case_and_enter_delete(
    journey: Journey, home: Path, server: Elsewhere, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def delete(person: Person) -> None:
        company = _here(person)
        await person.press("D")
        watch.wait(seconds=1)
        await person.press(*"NORD", "enter")
        assert person.message == f"Deletion of {company} is delivered.  u takes it back"
        assert company not in planhat.names(person)
        assert person.focus == "company-rows"

    guard(home, server, "confirm: type")
    journey(delete, size, picture=False, clock=watch.clock)


@EITHER
def test_many_at_once_ask_for_the_name_and_so_does_their_undo(
    journey: Journey, home: Path, server: Elsewhere, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def tag(person: Person) -> None:
        await person.press("space", "j", "space", "t", *"gold", "ctrl+s")
        person.sees("Plan: tag +gold", "2 will change")
        watch.wait(seconds=1)
        await person.press("ctrl+s")
        person.sees("2 companies will change in nord.", "Type nord and Enter")
        watch.wait(seconds=1)
        await person.press(*"nord", "enter")
        await person.until("2 of 2 delivered")
        await person.press("escape")
        assert person.message == "tag +gold: 2 of 2 delivered.  u takes it back"
        await person.press("u")
        person.sees(
            "Undo", "Tags of Acme Inc: -gold", "2 records at Planhat.", "Type nord and Enter"
        )
        assert person.focus == "confirm-line"

    guard(home, server, "confirm: type", "confirm_over: 1")
    journey(tag, size, clock=watch.clock)


@EITHER
def test_more_than_the_profile_allows_at_once_cant_be_changed(
    journey: Journey, home: Path, server: Elsewhere, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def tag(person: Person) -> None:
        await person.press("V", "t", *"gold", "ctrl+s")
        person.sees("Plan: tag +gold", "11 will change · 1 already so")
        person.reads(f"nord allows 3 records at once; these are 11.  {REASON}")
        watch.wait(seconds=1)
        await person.press("ctrl+s")
        person.sees("Plan: tag +gold")
        await person.press("escape")
        assert planhat.not_delivered(person) == ()
        assert "gold" not in planhat.company(person, _here(person))["tags"]

    guard(home, server, "max_bulk: 3")
    journey(tag, size, picture=False, clock=watch.clock)


@EITHER
def test_enter_alone_never_deletes(journey: Journey, size: tuple[int, int]) -> None:
    watch = Watch()

    async def held_down(person: Person) -> None:
        await person.find("acme inc")
        for door in (("1", "D"), ("3", "D"), ("1", "colon", *"delete", "enter")):
            await person.press(*door)
            person.sees("Type delete")
            watch.wait(seconds=1)
            await person.press(*["enter"] * 20)
            person.sees("Not done: that isn't delete.  esc leaves everything as it is")
            assert person.focus == "confirm-line"
            await person.press("escape")
        assert planhat.not_delivered(person) == ()
        assert len(planhat.contacts(person, "Acme Inc")) == 5

    journey(held_down, size, picture=False, clock=watch.clock)


@EITHER
def test_a_word_that_was_pasted_in_the_first_300_ms_counts_not(
    journey: Journey, home: Path, server: Elsewhere, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def paste(person: Person) -> None:
        company = _here(person)
        await person.press("D")
        watch.wait(seconds=0.29)
        await person.paste("nord")
        await person.press("enter")
        person.sees("Type nord and Enter")
        person.sees_no("Not done")
        watch.wait(seconds=0.02)
        await person.press("enter")
        person.sees("Not done: that isn't nord.")
        await person.paste("nord")
        await person.press("enter")
        assert person.message == f"Deletion of {company} is delivered.  u takes it back"

    guard(home, server, "confirm: type")
    journey(paste, size, picture=False, clock=watch.clock)
