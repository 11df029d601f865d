"""A config that somebody changes while the explorer runs: taken up, or told where it's wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.runtime import Start
from planhat_tui.tui.widgets.rows import Rows
from tests.journeys.doing import run_line, tag
from tests.journeys.servers import closed_port, configure, profile

if TYPE_CHECKING:
    from pathlib import Path

    from planhat_tui.tui.presentation.rows import Row
    from tests.journeys.conftest import Journey, Person

ACME = "profiles:\n  acme: {base_url: https://api.planhat.com, token: {env: ACME_TOKEN}}\n"


def test_that_a_token_is_plain_text_is_said_at_one_start_alone(
    journey: Journey, home: Path
) -> None:
    plain = "stands in the config as plain text."

    async def warned(person: Person) -> None:
        assert plain in person.message

    async def not_again(person: Person) -> None:
        assert person.message == ""

    configure(home, f"profiles:\n{profile('nord', f'http://127.0.0.1:{closed_port()}')}")
    journey(warned, (120, 40), picture=False, start=Start(demo=True))
    journey(not_again, (120, 40), picture=False, start=Start(demo=True))


def test_a_check_tells_the_mistakes_of_a_file_and_goes_by_none_of_it(
    journey: Journey, home: Path
) -> None:
    async def check(person: Person) -> None:
        configure(home, "profiles:\n  nord: {base_url: oops}\n")
        await run_line(person, "config check")
        person.sees("config check", "mistake")
        await person.press("escape")
        await run_line(person, "profile list")
        person.sees("acme", "api.planhat.com")
        assert list(person.app.session.runtime.config.profiles) == ["acme"]

    configure(home, ACME)
    journey(check, (120, 40), picture=False, start=Start(demo=True))


def test_the_keys_of_a_sheet_are_those_of_the_config(journey: Journey, home: Path) -> None:
    async def look(person: Person) -> None:
        await person.press("o")
        person.sees("F10 close")
        person.sees_no("F6 retry")  # of what: nothing waits
        await person.press("f10")
        person.sees_no("F10 close")
        await person.press("o")
        person.sees("F10 close")
        await person.press("escape")
        person.sees_no("F10 close")
        await tag(person, "gold")
        person.sees("ctrl+y takes it back")
        await person.press("u")
        assert person.message == "u does nothing here.  ? shows the keys"
        await person.press("ctrl+y")
        person.sees("F10 leave all as it is")

    keys = "{retry: f6, close: f10, undo: ctrl+y}"
    configure(home, f"settings: {{keymap: {{keys: {keys}}}}}\n")
    journey(look, (120, 40), picture=False)


def test_what_a_look_has_found_is_taken_up_though_another_look_follows_it_at_once(
    journey: Journey, home: Path
) -> None:
    async def change(person: Person) -> None:
        app = person.app
        configure(home, "settings: {theme: fjord}\n")
        for _ in range(3):  # it rests from the second on; nothing is answered in between
            app.configuring.look()
            app.reading.barrier().result()
        await person.until("The config has changed: theme")
        assert app.theme == "fjord"

    configure(home, "settings: {theme: planhat-dark}\n")
    journey(change, (120, 40), picture=False)


def test_what_is_changed_elsewhere_is_taken_up_and_a_mistake_changes_nothing(
    journey: Journey, home: Path
) -> None:
    async def change(person: Person) -> None:
        configure(
            home,
            ACME + "views: {Won: {query: phase:won}}\n"
            "settings: {theme: fjord, keymap: {keys: {find: f5}}}\n",
        )
        await person.until("The config has changed: profiles, views, keys, theme")
        assert person.app.theme == "fjord"
        await person.press("f5")
        assert person.focus == "search"
        await person.press("escape", "p")
        person.sees("acme", "api.planhat.com")
        await person.press("escape", "f")
        person.sees("Won")
        await person.press("escape")
        configure(home, ACME + "settings: {thema: planhat-dark}\n")
        await person.until("config.yaml:3:12: ")
        person.reads("Did you mean theme?", "the config holds as it was")
        assert person.app.theme == "fjord"
        configure(home, ACME + "settings: {theme: fjord, keymap: {keys: {find: f5}}}\n")
        await person.until("The config has changed: views as it says now")
        configure(home, ACME + "settings: {thema: planhat-dark}\n")
        await person.until("config.yaml:3:12: ")
        configure(home, ACME + "settings: {theme: fjord, keymap: {keys: {find: f5}}}\n")
        await person.until("The config is in order again")

    configure(home, "settings: {theme: planhat-dark}\n")
    journey(change, (120, 40), picture=False)


def test_the_sheet_of_tenants_follows_a_config_that_is_saved_while_it_is_open(
    journey: Journey, home: Path
) -> None:
    async def look(person: Person) -> None:
        await person.press("p")
        person.sees_line("acme", "api.planhat.com")
        configure(home, ACME.replace("acme:", "nordic:"))
        await person.until("nordic", "api.planhat.com")
        assert [row.id for row in tenants(person)] == ["nordic", "demo", "demo-2"]

    configure(home, ACME)
    journey(look, (120, 40), picture=False, start=Start(profile="demo"))


def tenants(person: Person) -> list[Row]:
    rows = person.app.screen.query_one("#tenant-rows", Rows)
    return [row for row in map(rows.row, range(rows.total)) if row is not None]
