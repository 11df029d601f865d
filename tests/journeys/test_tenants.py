"""Tenants: listed, switched with one key and back, added by a form that tests the token first."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.events import Topic
from planhat_tui.runtime import Start
from planhat_tui.tui import switching, typeahead
from planhat_tui.tui.linerun import Place
from planhat_tui.tui.looking import first_look
from planhat_tui.tui.widgets.rows import Rows
from tests.journeys import planhat
from tests.journeys.conftest import BOTH, EITHER, MEDIUM, SMALL, Journey, Person
from tests.journeys.doing import fill, run_line, tag
from tests.journeys.servers import TOKEN, closed_port, configure, profile, sandbox
from tests.settling import settle

if TYPE_CHECKING:
    from pathlib import Path

    from planhat_tui.model.views import View
    from planhat_tui.tui.looking import Found
    from planhat_tui.workspace.workspace import Workspace
    from tests.sync.rig import Line

SECRET = "hunter2-" * 4


@BOTH
def test_p_lists_the_tenants_and_enter_puts_one_on_screen(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def switch(person: Person) -> None:
        await person.press("p")
        person.sees("Tenants", "demo", "on screen", "demo-2", "enter switch", "a add a tenant")
        assert person.focus == "tenant-rows"
        await person.press("enter")
        person.sees("DEMO-2", "Liam O'Connor", "300 of 300", "Acme Airways AB")
        assert person.message == "demo-2 is on screen.  P goes back"
        assert person.focus == "company-rows"

    journey(switch, size)


@EITHER
def test_escape_leaves_the_list_without_a_switch(journey: Journey, size: tuple[int, int]) -> None:
    async def look(person: Person) -> None:
        await person.press("3", "p", "escape")
        person.sees(" DEMO ")
        assert person.focus == "contact-rows"

    journey(look, size, picture=False)


def test_shift_p_asks_to_choose_where_several_tenants_were_not_on_screen_yet(
    journey: Journey, home: Path
) -> None:
    async def press(person: Person) -> None:
        await person.press("P")
        person.sees(" DEMO ")
        assert person.message == "No other tenant was on screen yet.  p shows them"

    url = f"http://127.0.0.1:{closed_port()}"
    configure(home, f"profiles:\n{profile('nord', url)}{profile('syd', url)}")
    journey(press, SMALL, picture=False, start=Start(demo=True))


@EITHER
def test_each_tenant_keeps_its_place_its_filter_its_marks_and_its_draft(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def switch_and_come_back(person: Person) -> None:
        await person.find("acme inc")
        await person.press("space", "k", "3", "j", "C")
        await fill(person, talk="12", note="wants a quote")
        await person.press("escape", "3")
        await person.press("p", "enter")
        assert person.app.explorer.companies.search.value == ""
        await person.find("bank")
        await person.press("P")
        person.sees(" DEMO ", "3 Contacts 5", "Bo Larsson")
        assert len(person.app.explorer.companies.rows.marks) == 1
        assert person.app.explorer.companies.search.value == "acme inc"
        assert person.focus == "contact-rows"
        assert person.app.explorer.contacts.rows.cursor == 1
        await person.press("C")
        person.sees("wants a quote", "talk time 12 min")
        await person.press("escape", "P")
        assert person.app.explorer.companies.search.value == "bank"
        await person.press("P", "C")

    journey(switch_and_come_back, size)


@EITHER
def test_after_a_restart_each_tenant_is_where_it_was_left_and_shift_p_leads_to_the_one_before(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    async def leave(person: Person) -> None:
        await person.press("j", "j", "j")
        await run_line(person, "profile use demo-2")
        await person.press("j", "P")

    async def come_back(person: Person) -> None:
        assert person.app.explorer.companies.rows.cursor == 3
        person.sees_line("Acme Aerospace Group")
        await person.press("P")
        assert person.message == "demo-2 is on screen.  P goes back"
        assert person.app.explorer.companies.rows.cursor == 1

    url = f"http://127.0.0.1:{closed_port()}"
    configure(home, f"profiles:\n{profile('nord', url)}{profile('syd', url)}")
    for job in (leave, come_back):
        journey(job, size, picture=False, start=Start(demo=True))


@EITHER
def test_the_header_counts_what_other_tenants_have_not_delivered(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def queue_and_switch(person: Person) -> None:
        line.cut = True
        await person.find("acme inc")
        await person.press("t")
        await person.type("gold")
        await person.press("enter", "ctrl+s")
        person.sees("1 queued")
        person.sees_no("other tenants")
        await person.press("p", "enter")
        person.sees("DEMO-2", "other tenants: 1 queued")

    journey(queue_and_switch, size)


@EITHER
def test_the_header_of_a_tenant_that_comes_back_tells_what_waits_in_others_by_now(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def queue_and_come_back(person: Person) -> None:
        await person.press("p", "enter", "P")
        demo = planhat.workspace(person)
        line.cut = True
        await tag(person, "gold")
        await person.press("P")
        person.sees("DEMO-2", "other tenants: 1 queued")

        line.cut = False
        engine, queued = demo.net, [entry.n for entry in demo.reads.outbox()]
        engine.refresh(Topic.SYNC, frozenset()).result(planhat.SECONDS)
        engine.deliver(queued).result(planhat.SECONDS)
        await settle(person.pilot)
        person.sees_no("other tenants")

    journey(queue_and_come_back, size, picture=False)


@EITHER
def test_another_tenant_goes_on_delivering_while_it_is_not_on_screen(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    with sandbox() as server:

        async def edit_and_switch(person: Person) -> None:
            name = person.app.explorer.companies.rows.current.cells["name"]  # type: ignore[union-attr] # there is one
            await person.press("t")
            await person.type("of-nord")
            await person.press("enter", "ctrl+s", "p")
            await person.press("enter")
            person.sees(" DEMO ")
            person.sees_no("other tenants")
            there = server.ask("GET", "/companies?limit=100")
            assert [c["name"] for c in there if "of-nord" in c["tags"]] == [name]

        home.mkdir(exist_ok=True)
        configure(home, f"profiles:\n{profile('nord', server.url)}")
        journey(edit_and_switch, size, picture=False)


@EITHER
def test_without_a_config_the_demo_opens_and_says_how_to_add_a_tenant(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        person.sees(" DEMO ", "practice data")
        assert person.message == (
            "Practice data.  p then a adds your own tenant (shell: profile add NAME)"
        )

    journey(look, size, picture=False)


@EITHER
def test_a_wrong_token_is_refused_at_its_field_and_nothing_typed_is_lost(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    with sandbox() as server:

        async def add(person: Person) -> None:
            await person.press("p", "a")
            person.sees("A new tenant", "base URL", "ctrl+s test the token and save")
            assert person.focus == "line-name"
            await fill(person, name="nord", base_url=server.url, token=SECRET, label="PRACTICE")
            await person.press("ctrl+s")
            person.reads("Planhat doesn't know this token (401)", "a token works in its own region")
            person.sees_no(SECRET, "Asking Planhat")
            assert person.focus == "line-token"
            assert person.app.screen.typed["label"] == "PRACTICE"  # type: ignore[attr-defined] # it's the form
            assert not (home / "config.yaml").exists()
            # the port is another one in each run
            await fill(person, base_url="http://127.0.0.1:8787")

        journey(add, size)


@EITHER
def test_what_was_typed_of_a_tenant_is_kept_without_its_token(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    with sandbox() as server:

        async def leave(person: Person) -> None:
            await person.press("p", "a")
            await fill(person, name="nord", base_url=server.url, token=SECRET, label="PRACTICE")
            await person.press("escape")
            person.sees("The draft is kept, without the token.  a opens it")

        async def go_on(person: Person) -> None:
            await person.press("p", "a")
            person.sees("The draft is here again", "nord", "PRACTICE")
            assert person.app.screen.typed["token"] == ""  # type: ignore[attr-defined] # it's the form
            await fill(person, token=TOKEN)
            await person.press("ctrl+s")
            person.sees(" NORD ", "PRACTICE")
            await person.press("p", "a")
            person.sees_no("The draft is here again")
            assert person.app.screen.typed["name"] == ""  # type: ignore[attr-defined] # likewise

        journey(leave, size, picture=False)
        kept = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
        assert b"PRACTICE" in kept
        assert SECRET.encode() not in kept
        journey(go_on, size, picture=False)


def test_f9_drops_the_draft_of_a_tenant(journey: Journey) -> None:
    async def drop(person: Person) -> None:
        await person.press("p", "a")
        await fill(person, name="nord", label="PRACTICE")
        await person.press("escape", "a")
        person.sees("The draft is here again", "nord", "F9 drop the draft")
        await person.press("f9")
        person.sees("The draft is dropped")
        person.sees_no("nord", "PRACTICE", "F9 drop the draft")
        await person.press("escape", "a")
        person.sees_no("The draft is here again")

    journey(drop, MEDIUM, picture=False)


@EITHER
def test_an_address_that_nobody_answers_is_refused_at_its_field(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    async def add(person: Person) -> None:
        await person.press("p", "a")
        url = f"http://127.0.0.1:{closed_port()}"
        await fill(person, name="nord", base_url=url, token=SECRET)
        await person.press("ctrl+s")
        person.reads("127.0.0.1 wasn't reached: it refused the connection. Nothing was sent.")
        assert person.focus == "line-base_url"
        assert not (home / "config.yaml").exists()

    journey(add, size, picture=False)


@EITHER
def test_a_token_is_tested_as_it_is_pasted(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    with sandbox() as server:

        async def paste(person: Person) -> None:
            await person.press("p", "a")
            await fill(person, base_url=server.url)
            person.app.screen.query_one("#line-token").focus()
            await person.paste(SECRET)
            person.reads("Planhat doesn't know this token (401)")
            assert person.focus == "line-token"
            await person.press("ctrl+u")
            await person.paste(TOKEN)
            person.reads("This token is good: Max Berg, at http://127.0.0.1:")
            person.reads("kept in the config as plain text")
            person.sees_no("doesn't know this token", TOKEN)
            assert person.focus == "line-token"
            assert not (home / "config.yaml").exists()

        journey(paste, size, picture=False)


@BOTH
def test_a_good_token_is_saved_and_its_tenant_opened(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    with sandbox() as server:

        async def add(person: Person) -> None:
            await person.press("p", "a")
            await fill(person, name="nord", base_url=server.url, token=SECRET, label="PRACTICE")
            await person.press("ctrl+s")
            await fill(person, token=f" {TOKEN} ")
            await person.press("ctrl+s")
            person.sees(" NORD ", "PRACTICE", "Max Berg", "12 of 12")
            assert person.message == "nord is on screen.  P goes back"
            assert person.focus == "company-rows"
            saved = (home / "config.yaml").read_text(encoding="utf-8")
            assert f"base_url: {server.url}" in saved
            assert f"token: {TOKEN}" in saved
            assert "external_user_id: max123" in saved
            assert SECRET not in saved
            assert (home / "config.yaml").stat().st_mode & 0o777 == 0o600
            await person.press("p")
            person.sees_line("nord", "on screen")
            person.sees_line("demo", "open")
            assert person.focus == "tenant-rows"

        journey(add, size)


@EITHER
def test_a_name_that_is_taken_is_refused_at_its_field(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    with sandbox() as server:

        async def add(person: Person) -> None:
            await person.press("p", "a")
            await fill(person, name="nord", base_url=server.url, token=TOKEN)
            await person.press("ctrl+s")
            person.sees("There is a profile nord already.", "Choose another name.")
            assert person.focus == "line-name"

        configure(home, f"profiles:\n{profile('nord', server.url)}")
        journey(add, size, picture=False)


@EITHER
def test_a_token_that_the_environment_holds_stays_there(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    with sandbox() as server:

        async def add(person: Person) -> None:
            await person.press("p", "a")
            await fill(person, name="nord", base_url=server.url, token_from="NORD_TOKN")
            await person.press("ctrl+s")
            person.sees("The environment has no NORD_TOKN.")
            assert person.focus == "line-token_from"
            await fill(person, token_from="env NORD_TOKEN")
            await person.press("ctrl+s")
            person.sees(" NORD ")
            assert TOKEN not in (home / "config.yaml").read_text(encoding="utf-8")

        journey(add, size, picture=False, env={"NORD_TOKEN": TOKEN})


def test_a_tenant_is_tested_and_changed_and_its_comments_stay(journey: Journey, home: Path) -> None:
    with sandbox() as server:

        async def change(person: Person) -> None:
            await person.press("p", "G", "T")
            person.sees("there's nothing to change or test")
            await person.press("g", "T")
            person.sees("The token of nord is good: you are Max Berg there")
            await person.press("e")
            person.sees("Tenant nord", "as it is; type another over it", "everything")
            person.sees_no(TOKEN)
            await fill(person, allowed="nothing")
            await person.press("ctrl+s")
            person.reads("nothing is not one of the words for this.", "no delete or read only")
            await fill(person, allowed="no delete", label="PRODUCTION", auth="basic")
            await person.press("ctrl+s")
            person.sees("nord is changed", "PRODUCTION")
            assert person.app.screen.rows.current.id == "nord"  # type: ignore[attr-defined] # the sheet's
            saved = (home / "config.yaml").read_text(encoding="utf-8")
            assert "# mine" in saved
            assert "no_delete: true" in saved
            assert f"token: {TOKEN}" in saved

        configure(home, f"# mine\nprofiles:\n{profile('nord', server.url)}")
        journey(change, SMALL, picture=False, start=Start(demo=True))


def test_a_tenant_that_another_shell_has_removed_leaves_the_sheet(
    journey: Journey, home: Path
) -> None:
    nord, syd = (profile(name, "http://127.0.0.1:9") for name in ("nord", "syd"))
    configure(home, f"default: nord\nprofiles:\n{nord}{syd}")

    async def look(person: Person) -> None:
        await person.press("p")
        person.sees_on_top("syd")
        configure(home, f"default: nord\nprofiles:\n{nord}")
        while "syd" in person.app.session.runtime.config.profiles:
            await person.waits_a_second()
        person.sees_no("syd")
        assert person.app.screen.query_one(Rows).total == 3
        configure(home, f"default: nord\nprofiles:\n{nord}{syd}")
        while "syd" not in person.app.session.runtime.config.profiles:
            await person.waits_a_second()
        person.sees_on_top("syd")

    journey(look, MEDIUM, picture=False)


def test_what_the_form_changes_holds_at_once_for_the_tenant_on_screen(
    journey: Journey, home: Path
) -> None:
    with sandbox() as server:

        async def change(person: Person) -> None:
            person.sees("no-delete")
            await person.press("p", "g", "e", "ctrl+s")
            person.sees("Nothing to change: it is so already.")
            await person.press("e")
            await fill(person, allowed="everything", label="PRODUCTION")
            await person.press("ctrl+s")
            person.sees("Profile nord is changed.")
            person.sees_no("until the next start")
            await person.press("escape")
            person.sees_line(" NORD ", "PRODUCTION")
            person.sees_no("no-delete")
            await person.press("p", "g", "e")
            await fill(person, allowed="read only")
            await person.press("ctrl+s", "escape", "t")
            person.sees("nord is read-only")
            await run_line(person, "profile edit nord --unset read_only")
            await person.press("t")
            person.sees("Tags of Acme Inc")
            await person.press("escape", "p", "g", "e")
            await fill(person, auth="basic")
            await person.press("ctrl+s")
            person.reads("nord speaks to Planhat as before until the next start")

        configure(home, f"profiles:\n{profile('nord', server.url, 'no_delete: true')}")
        journey(change, SMALL, picture=False)


def test_with_a_default_that_is_no_profile_the_tenants_are_shown_to_choose_from(
    journey: Journey, home: Path
) -> None:
    async def choose(person: Person) -> None:
        person.sees("Tenants", "mine-eu", "default mine is no profile (did you mean mine-eu?)")
        await person.press("escape")
        person.sees(" DEMO ", "default mine is no profile")
        await person.press("p", "escape")
        assert not person.app.session.workspaces.is_open("mine-eu")

    url = f"http://127.0.0.1:{closed_port()}"
    configure(home, f"default: mine\nprofiles:\n{profile('mine-eu', url)}")
    journey(choose, SMALL, picture=False)


def test_each_tenant_says_how_it_stands_open_or_not(journey: Journey, line: Line) -> None:
    async def look(person: Person) -> None:
        line.cut = True
        await person.press("t")
        await person.type("gold\n\x13")
        await person.press("p")
        person.sees("SYNCED", "WAITING", "CALLS LEFT")
        person.sees_line("demo", "on screen", "just now", "1 queued", " of 200", "in this program")
        person.sees_line("demo-2", "just now", "nothing", " of 200")

    journey(look, MEDIUM, picture=False)


@pytest.fixture
def slow_opening(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Return what lets the next tenant come."""
    disk = threading.Event()

    def slowly(workspace: Workspace, start: View | None) -> Found:
        assert disk.wait(30)
        return first_look(workspace, start)

    monkeypatch.setattr(switching, "first_look", slowly)
    return disk


@pytest.mark.parametrize("keys", [("P",), ("p", "enter")], ids=["P", "p enter"])
def test_what_is_typed_while_a_tenant_opens_is_meant_for_it(
    journey: Journey, keys: tuple[str, ...]
) -> None:
    async def switch(person: Person) -> None:
        for key in keys:
            person.send(key)
        await person.type("/acme\n")
        assert person.app.explorer.workspace.profile.name == "demo-2"
        assert person.app.explorer.companies.search.value == "acme"
        await person.press("P")
        assert person.app.explorer.companies.search.value == ""

    journey(switch, SMALL, picture=False)


def test_a_tenant_that_opens_slowly_takes_the_keys_and_is_opened_once(
    journey: Journey, slow_opening: threading.Event
) -> None:
    async def switch(person: Person) -> None:
        person.send("P")
        await person.until("Opening demo-2 ...")
        await person.until("esc stay here")
        person.app.switch_to("demo-2")
        person.send("t")
        await person.until("t does nothing here")
        assert person.app.session.workspaces.current.profile.name == "demo"
        slow_opening.set()
        await person.press("1")
        explorer, workspaces = person.app.explorer, person.app.session.workspaces
        assert explorer.workspace is workspaces.get("demo-2") is workspaces.current
        assert len(person.app.screen_stack) == 1
        assert person.message == "demo-2 is on screen.  P goes back"

    journey(switch, SMALL, picture=False)


def test_esc_stays_while_another_tenant_opens(
    journey: Journey, slow_opening: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stay(person: Person) -> None:
        person.send("P")
        await person.until("esc stay here")
        monkeypatch.setattr(typeahead, "PATIENCE", 60.0)
        person.send("t")
        person.send("escape")
        while len(person.app.screen_stack) > 1:
            await person.pilot.pause()
        slow_opening.set()
        await person.press("1")
        assert person.app.explorer.workspace.profile.name == "demo"
        assert person.app.session.workspaces.current.profile.name == "demo"
        assert person.message == ""

    journey(stay, SMALL, picture=False)


@pytest.fixture
def slow_lines(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Return what lets a ``:`` line go on that has come to another tenant."""
    on = threading.Event()

    def slowly(place: Place, name: str) -> None:
        go(place, name)
        assert on.wait(30)

    go = Place.go
    monkeypatch.setattr(Place, "go", slowly)
    return on


def test_a_call_that_two_profiles_of_a_tenant_know_is_named_once_and_not_talked_over(
    journey: Journey, home: Path, slow_lines: threading.Event
) -> None:
    with sandbox() as server:

        async def quit_there(person: Person) -> None:
            await person.press("2", "C")
            await person.type("17")
            await person.press("escape", "colon")
            for letter in "profile use syd":
                await person.press({" ": "space"}.get(letter, letter))
            person.send("enter")
            await person.until("syd is on screen")
            person.send("ctrl+q")
            await person.until("ctrl+q again quits")
            slow_lines.set()
            await person.press("j")
            told = "1 call isn't saved: .+ 10:00\\.  The drafts are kept\\.  ctrl\\+q again quits"
            assert re.fullmatch(told, person.message)

        configure(
            home,
            f"default: nord\nprofiles:\n{profile('nord', server.url)}{profile('syd', server.url)}",
        )
        journey(quit_there, MEDIUM, picture=False)
