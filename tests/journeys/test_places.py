"""Going back and forward, the page in the web app, the log of requests, keys of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.errors import StorageError
from planhat_tui.tui.screens.explorer import Explorer
from planhat_tui.workspace.begun import BegunCalls
from planhat_tui.workspace.places import Front, Places
from tests.journeys import planhat
from tests.journeys.conftest import BOTH, EITHER, MEDIUM, SMALL, Journey, Person
from tests.journeys.doing import fill, run_line
from tests.journeys.servers import configure, profile, sandbox
from tests.settling import settle

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.sync.rig import Line


@EITHER
def test_one_goes_back_to_where_one_was_and_forward_again(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def wander(person: Person) -> None:
        await person.press("left_square_bracket")
        assert person.message == "This is the first place.  1 to 4 go to the panes"
        await person.find("acme inc")
        await person.press("3")
        person.sees("Ines D'Angelo")
        await person.find("globex")
        await person.press("2")
        globex = person.app.explorer.detail.company_id
        await person.press("left_square_bracket")
        assert person.focus == "company-rows"
        await person.press("left_square_bracket")
        assert person.focus == "contact-rows"
        person.sees("Ines D'Angelo")
        assert person.app.explorer.companies.search.value == "acme inc"
        await person.press("right_square_bracket", "right_square_bracket")
        assert person.focus == "field-rows"
        assert person.app.explorer.detail.company_id == globex
        await person.press("right_square_bracket")
        assert person.message == "This is the last place.  [ goes back"

    journey(wander, size, picture=False)


@EITHER
def test_one_goes_back_to_a_company_that_was_delivered_since(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def wander(person: Person) -> None:
        line.cut = True
        await person.press("a")
        await fill(person, name="Zebra")
        await person.press("ctrl+s")
        await person.find("zebra")
        await person.press("escape", "2", "1", "g", "2")
        line.calm()
        planhat.wait_for_delivery(person)
        await person.press("left_square_bracket", "left_square_bracket")
        assert person.focus == "field-rows"
        detail = person.app.explorer.detail
        assert detail.company_id == planhat.company_id(person, "Zebra")
        assert detail.shown is not None
        assert detail.shown.raw["name"] == "Zebra"

    journey(wander, size, picture=False)


def test_the_page_in_the_web_app_is_shown_before_it_opens(
    journey: Journey, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url, **_: opened.append(url))
    with sandbox() as server:

        async def look(person: Person) -> None:
            await person.press("2", "O")
            assert "doesn't say where the web app is.  In the config: web_url: " in person.message
            assert opened == []
            template = "\n    web_url: https://app.example/profile/{id}?of={name}\n"
            configure(home, f"profiles:\n{profile('nord', server.url)}{template}")

        configure(home, f"profiles:\n{profile('nord', server.url)}")
        journey(look, SMALL, picture=False)

        async def go(person: Person) -> None:
            await person.press("2", "O")
            shown = person.app.explorer.detail.company_id
            person.sees(f"https://app.example/profile/{shown}?of=", "enter open")
            assert opened == []
            await person.press("enter")
            assert opened[0].startswith(f"https://app.example/profile/{shown}?of=")
            assert person.message.startswith("Given to the browser: ")

        journey(go, SMALL, picture=False)


@BOTH
def test_the_log_tells_what_was_asked_and_copies_it_without_the_token(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        await person.press("r")
        await person.press("L")
        person.sees("Requests to demo", "TIME", "METHOD", "PATH", "STATUS")
        person.sees_line("GET", "/companies", "200")
        await person.press("G", "y")
        assert person.app.clipboard.startswith("curl -sS -X GET")
        assert "$PLANHAT_TOKEN" in person.app.clipboard
        assert "sandbox-token" not in person.app.clipboard
        person.sees("Copied as curl.  $PLANHAT_TOKEN stands for the token")

    journey(look, size)


def test_keys_of_ones_own_work_and_a_key_without_a_command_says_so(
    journey: Journey, home: Path
) -> None:
    async def press(person: Person) -> None:
        await person.press("j", "f6")
        person.sees("Tags of")
        person.sees_no("does nothing here")
        await person.press("escape")
        await person.press("t")
        assert person.message == "t does nothing here.  ? shows the keys"
        await person.press("i")
        person.sees("Field of")
        await person.press("escape", "question_mark")
        person.sees("up down choose")
        await person.press(*["down"] * 22)
        person.sees_line("F6", "add and remove tags")
        person.sees_line("e i", "change a field")
        await person.press("f12")
        person.sees_no("change a field")
        await person.press("a")
        await person.type("Zoo Ltd")
        await person.press("f7")
        assert person.message.startswith("New company Zoo Ltd is ")

    keys = "{tags: F6, save: 'F7, ctrl+s', close: 'F12, esc'}"
    configure(home, f"settings: {{keymap: {{preset: vim, keys: {keys}}}}}\n")
    journey(press, SMALL, picture=False)


@EITHER
def test_what_was_open_is_told_after_a_restart_and_takes_no_key_by_itself(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def call(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3", "j", "C")
        await person.type("17")

    async def go_on(person: Person) -> None:
        person.sees("Call that just ended with Bo Larsson", "talk time 17 min")
        assert person.focus == "call-rows"
        await person.type("3a")
        person.sees("A new contact at Acme Inc")
        await person.type("Ada Jensen")
        assert person.app.explorer.calls.form.typed.talk == "17"

    async def add(person: Person) -> None:
        told = "A new contact at Acme Inc isn't saved: the draft is kept.  3 and a open it"
        assert person.message == f"The draft of this call is here again.  4 goes to it  {told}"
        person.sees_no("Ada Jensen")
        assert person.focus == "contact-rows"
        await person.type("3a!")
        person.sees("Ada Jensen!", "A new contact at Acme Inc")
        await person.press("escape")

    async def work(person: Person) -> None:
        person.sees_no("A new contact")
        assert person.focus == "contact-rows"

    for job in (call, go_on, add, work):
        journey(job, size, picture=False)


async def begin_a_call(person: Person) -> None:
    """Leave the form of a call that just ended open."""
    await person.find("acme inc")
    await person.press("2", "C")
    await person.type("17")


def test_no_place_is_kept_without_the_call_that_is_about_to_open_again(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look_on(person: Person) -> None:
        person.sees("Call that just ended with", "talk time 17 min")
        await person.press("1", "j", "2")

    journey(begin_a_call, MEDIUM, picture=False)
    kept: list[Front] = []
    keep, begin = Places.keep_front, Explorer._begin

    def kept_too(places: Places, front: Front) -> None:
        kept.append(front)
        keep(places, front)

    def begin_and_rest(explorer: Explorer) -> None:
        begin(explorer)
        explorer.keep_front()  # as who rests on a company, or goes to another pane, at once

    monkeypatch.setattr(Places, "keep_front", kept_too)
    monkeypatch.setattr(Explorer, "_begin", begin_and_rest)
    journey(look_on, MEDIUM, picture=False)
    assert kept
    assert all(front.call for front in kept)


@EITHER
def test_what_was_typed_into_a_field_or_tags_is_told_after_a_restart(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def edit(person: Person) -> None:
        await person.find("acme inc")
        await person.press("e")
        await person.type("pha\nwo")

    async def tag_it(person: Person) -> None:
        told = "What you typed into Phase of Acme Inc is kept.  e brings it back"
        assert person.message == told
        assert person.focus == "company-rows"
        await person.press("t")
        await person.type("vi")

    async def look(person: Person) -> None:
        told = "What you typed into Tags of Acme Inc is kept.  t brings it back"
        assert person.message == told

    for job in (edit, tag_it, look):
        journey(job, size, picture=False)


@EITHER
def test_an_editor_over_a_call_leaves_the_call_open_and_both_drafts_are_told_after_a_restart(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def edit(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3", "j", "C")
        await person.type("17")
        await person.press("shift+tab", "2", "e")
        await person.type("pha\nwo")

    async def go_on(person: Person) -> None:
        assert person.message == (
            "The draft of this call is here again.  4 goes to it  "
            "What you typed into Phase of Acme Inc is kept.  e brings it back"
        )
        behind = person.message.index("e brings")
        assert (behind, behind + 1, "e") in person.app.explorer.message.told.presses
        await person.pilot.click("#message", offset=(person.message.index("4 goes"), 0))
        await settle(person.pilot)
        person.sees("Call that just ended with Bo Larsson", "talk time 17 min")
        await person.press("shift+tab", "2", "e")
        await person.type("pha\n")
        person.sees("The draft is here again")

    for job in (edit, go_on):
        journey(job, size, picture=False)


@EITHER
def test_keys_that_lists_have_say_in_detail_and_calls_why_they_do_nothing(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def press(person: Person) -> None:
        for pane in ("2", "4"):
            await person.press(pane)
            for key, told in {
                "space": "nothing to mark here",
                "v": "nothing to mark here",
                "V": "nothing to mark here",
                "s": "no order to choose",
                "S": "these columns alone",
                "n": "Nothing was looked for",
            }.items():
                await person.press("escape", pane, key)
                assert told in person.message, key
            await person.press("f")
            person.sees("Saved views")
            await person.press("escape")
        await person.find("acme inc")
        await person.press("4", "n")
        assert person.message == "No call here matches acme inc"

    journey(press, size, picture=False)


@EITHER
def test_what_was_said_of_a_key_goes_with_the_place_and_the_filter(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def press(person: Person) -> None:
        await person.press("escape")
        assert person.message == "This is the top.  ctrl+q quits"
        await person.press("slash")
        assert not person.message
        await person.type("acme inc\n")
        await person.press("2", "n")
        assert "Nothing was looked for here yet" in person.message
        await person.press("slash")
        await person.type("xyzzy")
        assert not person.message
        await person.press("escape", "n")
        person.sees("No field matches xyzzy")

    journey(press, size, picture=False)


@EITHER
def test_nothing_is_said_of_a_sheet_that_is_closed_again(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        before = person.message
        await run_line(person, "overview")
        person.sees("COMPANIES")
        await person.press("escape")
        assert person.message == before

    journey(look, size, picture=False)


def test_a_company_that_is_opened_from_elsewhere_is_the_lists_too(journey: Journey) -> None:
    async def work(person: Person) -> None:
        explorer = person.app.explorer
        reads, rows = explorer.workspace.reads, explorer.companies.rows
        far = reads.company_ids("", 2_000)[900]
        explorer.travels.open(far, "Far", 2)
        await settle(person.pilot)
        assert rows.current is not None
        assert (rows.current.id, explorer.detail.company_id) == (far, far)
        assert person.focus == "field-rows"
        await person.find("acme inc")
        here = rows.current
        explorer.travels.open(far, "Far", 2)
        await settle(person.pilot)
        assert (rows.current, explorer.detail.company_id) == (here, far)
        await person.press("1")
        assert explorer.detail.company_id == here.id
        await person.press("t")
        person.sees(f"Tags of {here.cells['name']}")

    journey(work, MEDIUM, picture=False)


def test_the_place_is_kept_again_though_the_call_that_was_open_cant_be_read(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go_elsewhere(person: Person) -> None:
        assert "is in use" in person.message
        await person.press("3")

    async def look(person: Person) -> None:
        assert person.focus == "contact-rows"

    def unread(_begun: BegunCalls, _key: str) -> None:
        raise StorageError("The file is in use.", "Try again.")

    journey(begin_a_call, MEDIUM, picture=False)
    with monkeypatch.context() as patched:
        patched.setattr(BegunCalls, "called", unread)
        journey(go_elsewhere, MEDIUM, picture=False)
    journey(look, MEDIUM, picture=False)


def test_who_has_a_call_opened_goes_on_also_where_its_form_stays_as_it_is(journey: Journey) -> None:
    async def call(person: Person) -> None:
        await person.find("acme inc")
        await person.press("2", "c")
        calls, went_on = person.app.explorer.calls, list[str]()
        partner = calls.form.partner
        calls.open_form(partner, finished=False, then=lambda: went_on.append("it runs"))
        await settle(person.pilot)
        calls.form.is_saving = True
        calls.open_form(partner, finished=True, then=lambda: went_on.append("it's being saved"))
        await settle(person.pilot)
        calls.form.is_saving = False
        assert went_on == ["it runs", "it's being saved"]

    journey(call, MEDIUM, picture=False)
