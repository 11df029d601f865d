"""Logging calls: one that just ended, one that is made now, and what can go wrong with either."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

from planhat_tui.model.limits import Lane
from planhat_tui.model.records import Kind
from planhat_tui.tui.sure import HELD
from planhat_tui.tui.widgets.line import Line
from planhat_tui.workspace.actions import Actions
from tests.journeys.conftest import BOTH, EITHER, MEDIUM, SMALL, Journey, Person
from tests.journeys.doing import fill, run_line, tag
from tests.journeys.planhat import ask, company, wait_for_delivery
from tests.journeys.servers import configure, profile, sandbox
from tests.journeys.watch import Watch
from tests.sync.rig import answer, lost_answer

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Raw
    from planhat_tui.store.rows import LoggedCall
    from tests.sync.rig import Line as Wire

OWN_NUMBER = "+46 70 4132452"


async def _open_on_bo(person: Person, key: str) -> None:
    """Open the form for Bo Larsson at Acme Inc, whose number nobody shares."""
    await person.find("acme inc")
    await person.press("3", "j")
    assert person.app.explorer.contacts.current is not None
    assert person.app.explorer.contacts.current.name == "Bo Larsson"
    await person.press(key)


async def _fill(person: Person, **texts: str) -> None:
    """Go to each field and type its text in the place of what is there."""
    for name, text in texts.items():
        person.app.explorer.calls.form.boxes[name].line.focus()
        await person.press("end", "ctrl+u")
        await person.type(text)


def _logged(person: Person) -> tuple[LoggedCall, ...]:
    return person.app.explorer.workspace.reads.calls()


def _at_planhat(person: Person) -> Raw:
    """Return the newest logged call as Planhat has it."""
    call_id = _logged(person)[0].call.id
    assert not call_id.startswith("new-")
    return ask(person, lambda api: api.call(call_id, lane=Lane.USER)).data


@BOTH
def test_four_keys_log_a_call_that_just_ended(journey: Journey, size: tuple[int, int]) -> None:
    async def log(person: Person) -> None:
        await person.press("C")
        person.sees("Call that just ended with Sven Rossi at 3M Lab", "max123")
        assert person.focus == "line-talk"
        await person.press("1", "2")
        person.sees("talk time 12 min from 09:48")
        await person.press("ctrl+s")
        person.sees("09:48", "12 min", "Sven Rossi")
        assert person.focus == "call-rows"
        assert person.message == "Planhat has the call and matched Sven Rossi at 3M Lab"
        call = _at_planhat(person)
        assert call["nr"] == "+46 70 1057066"
        assert call["externalUserId"] == "max123"
        assert (call["start"], call["end"]) == (
            "2026-03-02T09:48:00.000Z",
            "2026-03-02T10:00:00.000Z",
        )

    journey(log, size)


@EITHER
def test_the_call_is_with_the_contact_under_the_cursor(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def log(person: Person) -> None:
        await _open_on_bo(person, "C")
        person.sees("with Bo Larsson at Acme Inc", OWN_NUMBER)

    journey(log, size)


@EITHER
def test_a_call_from_the_list_is_with_the_company_under_its_cursor(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def log(person: Person) -> None:
        explorer = person.app.explorer
        await person.press("c", "1", "j", "j", "j", "4")
        assert explorer.company_name == "3M Lab"  # that of the form
        await person.press("1", "C")
        row = explorer.companies.rows.current
        assert row is not None
        assert explorer.calls.form.partner.company_name == row.cells["name"] != "3M Lab"
        assert explorer.company_name == row.cells["name"]

    journey(log, size, picture=False)


@EITHER
def test_a_company_without_contacts_is_called_on_its_own_number(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def log(person: Person) -> None:
        numbers: Raw = {"name": "Lonely Ltd", "phone": "+46 8 555 01 02"}
        person.app.explorer.workspace.writes.create(Kind.COMPANY, numbers)
        await person.type("/lonely\nC")
        form = person.app.explorer.calls.form
        assert form.partner.company_name == "Lonely Ltd"
        assert form.boxes["nr"].value == "+46 8 555 01 02"

    journey(log, size, picture=False)


@BOTH
def test_a_call_that_is_made_now_is_timed_stage_by_stage(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def call(person: Person) -> None:
        await _open_on_bo(person, "c")
        assert person.focus == "stages"
        person.sees("Call now with Bo Larsson", "▸ ring 0:00")
        watch.wait(seconds=20)
        await person.press("space")
        person.sees("ring 0:20", "▸ talk 0:00")
        await _fill(person, note="asked for")
        watch.wait(minutes=5)
        await person.press("f8")
        person.sees("talk 5:00", "▸ end", "talk time 5 min from 10:00")
        assert person.focus == "line-note"
        await person.type(" a demo")
        await person.press("ctrl+s")
        assert person.message == "Planhat has the call and matched Bo Larsson at Acme Inc"
        call = _at_planhat(person)
        assert call["waiting"] == 20
        assert call["start"] == "2026-03-02T10:00:00.000Z"
        assert call["end"] == "2026-03-02T10:05:20.000Z"
        assert _logged(person)[0].note == "asked for a demo"
        await person.press("c")
        person.sees("▸ ring 0:00")

    journey(call, size, clock=watch.clock)


@EITHER
def test_a_held_key_stamps_one_stage_and_an_empty_end_lets_the_call_go_on(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def call(person: Person) -> None:
        await _open_on_bo(person, "c")
        watch.wait(seconds=20)
        await person.hold("space")
        person.sees("ring 0:20", "▸ talk 0:00")
        assert person.message == HELD
        watch.wait(seconds=10)
        await person.hold("f8")
        person.sees("talk 0:10", "▸ end")
        assert person.app.explorer.calls.form.typed.note == ""
        watch.wait(seconds=30)
        await _fill(person, end="")
        person.sees("▸ talk 0:40")
        assert person.message == "The call goes on.  F8 ends it"
        watch.wait(seconds=20)
        await person.press("f8", "ctrl+s")
        call = _at_planhat(person)
        assert call["end"] == "2026-03-02T10:01:20.000Z"

    journey(call, size, clock=watch.clock, picture=False)


@EITHER
def test_a_call_is_stamped_from_wherever_one_works_meanwhile(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def call(person: Person) -> None:
        await person.press("f8")
        assert person.message == "No call runs.  c begins one"
        await _open_on_bo(person, "c")
        await person.press("2")
        watch.wait(seconds=20)
        await person.hold("f8")
        assert person.app.explorer.calls.form.stages.timer.answered_at == watch.now
        assert person.focus == "field-rows"
        watch.wait(seconds=5)
        await person.press("4", "escape", "1")
        watch.wait(minutes=2)
        await person.press("f8")
        assert person.focus == "line-note"
        person.sees("ring 0:20", "talk 2:05", "▸ end")
        await person.press("ctrl+s")
        assert _at_planhat(person)["end"] == "2026-03-02T10:02:25.000Z"

    journey(call, size, clock=watch.clock, picture=False)


@EITHER
def test_a_line_beside_a_call_is_about_its_company_wherever_the_list_is(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def call(person: Person) -> None:
        await _open_on_bo(person, "c")
        await person.find("globex")
        await person.press("4")
        await run_line(person, "tag onthephone")
        assert person.message.startswith("Tag onthephone on Acme Inc")
        wait_for_delivery(person)
        assert "onthephone" in company(person, "Acme Inc")["tags"]

    journey(call, size, picture=False)


@EITHER
def test_a_call_is_stamped_from_a_sheet_in_which_one_types(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def call(person: Person) -> None:
        await _open_on_bo(person, "c")
        await person.press("escape", "1", "t")
        await person.type("vi")
        line = person.app.focused
        watch.wait(seconds=20)
        await person.press("f8")
        person.sees("The talk with Bo Larsson has begun.  F8 ends it")
        watch.wait(minutes=2)
        await person.hold("f8")
        assert person.app.focused is line
        await person.type("p")
        await person.press("ctrl+s")
        assert person.message == "Tag vip on Acme Inc is delivered.  u takes it back"
        assert person.focus == "company-rows"
        await person.press("e", "f8")
        person.sees("The call has ended")
        await person.press("escape", "4")
        person.sees("ring 0:20", "talk 2:00", "▸ end")
        assert person.focus == "line-note"
        await person.press("ctrl+s")
        assert _at_planhat(person)["end"] == "2026-03-02T10:02:20.000Z"

    journey(call, size, clock=watch.clock, picture=False)


@EITHER
def test_a_running_timer_goes_on_while_one_looks_elsewhere(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def call(person: Person) -> None:
        await _open_on_bo(person, "c")
        watch.wait(seconds=8)
        await person.press("space", "escape")
        assert person.message == "The timer goes on.  c shows it again"
        await person.press("c")
        assert person.message == ""
        await person.press("escape", "3", "k", "C")
        person.sees("Call that just ended with Ines D'Angelo")
        await person.press("escape", "3", "j")
        watch.wait(minutes=2, seconds=7)
        await person.waits_a_second()
        person.sees("4 Call ▸ 2:07")
        await person.press("ctrl+q")
        assert person.message == (
            "A call with Bo Larsson is running; its draft is kept.  ctrl+q again quits"
        )
        await person.press("c")
        person.sees("Call now with Bo Larsson", "ring 0:08", "▸ talk 2:07")
        await person.press("space")
        person.sees("talk time 2 min 7 s from 10:00")
        person.sees_no("4 Call ▸")
        await person.press("ctrl+q")
        assert not person.app.is_running

    journey(call, size, clock=watch.clock, picture=False)


@EITHER
def test_a_call_that_was_begun_by_mistake_is_dropped(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def call(person: Person) -> None:
        await _open_on_bo(person, "c")
        person.sees("F9 drop")
        watch.wait(minutes=2, seconds=7)
        await person.press("f9")
        assert person.message == (
            "F9 again drops the call with Bo Larsson and all that is typed of it"
        )
        watch.wait(minutes=1)
        await person.press("f9")  # too late to be the second one
        assert person.app.explorer.calls.is_open
        watch.wait(seconds=0.5)
        await person.press(*["f9"] * 5)  # as a held key repeats
        assert person.app.explorer.calls.is_open
        assert person.message.startswith("That key was pressed just now.  F9 in a moment drops")
        watch.wait(seconds=2)
        await person.press("f9")
        assert person.message == "The call with Bo Larsson is dropped: nothing was logged"
        await person.waits_a_second()
        person.sees_no("4 Call ▸")
        assert person.focus == "call-rows"
        assert not _logged(person)
        await person.press("3", "c")
        person.sees("Call now with Bo Larsson", "▸ ring 0:00")

    journey(call, size, clock=watch.clock, picture=False)


@EITHER
def test_a_call_that_ended_is_thrown_away_with_what_is_typed(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def call(person: Person) -> None:
        await _open_on_bo(person, "C")
        await person.press("f9")
        assert person.message == "The call with Bo Larsson is dropped: nothing was logged"
        await person.press("3", "C", "7", "f9")
        assert person.message.startswith("That key was pressed just now.  F9 in a moment drops")
        watch.wait(seconds=2)
        await person.press("f9", "3", "C")
        assert not person.app.explorer.calls.form.typed.talk

    journey(call, size, picture=False, clock=watch.clock)


def test_the_line_drops_a_call_that_goes_on(journey: Journey) -> None:
    watch = Watch()

    async def call(person: Person) -> None:
        await _open_on_bo(person, "c")
        await person.press("escape")
        await run_line(person, "call drop bo")
        person.sees("The call with Bo Larsson (it runs) goes with all that is typed of it.")
        watch.wait(seconds=1)
        await person.type("drop")
        await person.press("enter")
        await person.waits_a_second()
        assert person.message == "The call with Bo Larsson is dropped: nothing was logged."
        person.sees_no("4 Call ▸", "goes on")
        await run_line(person, "call drop")
        assert person.message.startswith("No call is begun.")

    journey(call, SMALL, clock=watch.clock, picture=False)


@EITHER
def test_a_call_that_is_dropped_elsewhere_leaves_the_focus_where_one_types(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def call(person: Person) -> None:
        await _open_on_bo(person, "c")
        begun = person.app.explorer.workspace.begun
        for key, where in (("slash", "search"), ("4", "call-rows")):
            await person.press(key)
            (one,) = begun.list()
            begun.drop(one.partner, finished=False)
            await person.press("end")
            assert person.message.startswith("The call with Bo Larsson isn't open any more")
            assert (person.focus, person.app.explorer.calls.is_open) == (where, False)
            await person.press("escape")
            await _open_on_bo(person, "c")

    journey(call, size, picture=False)


@EITHER
def test_a_call_goes_on_when_its_contact_is_deleted_and_made_again(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def call(person: Person) -> None:
        await _open_on_bo(person, "c")
        watch.wait(seconds=9)
        await person.press("space", "escape", "3", "D")
        watch.wait(seconds=1)
        await person.type("delete")
        await person.press("enter")
        person.sees_no("Bo Larsson  ")
        await person.press("c")
        person.sees("Call now with")
        assert person.message == "The call with Bo Larsson goes on too.  esc and c show it"
        await person.press("escape")
        person.sees("2 calls go on.  c shows them")
        await person.press("c")
        person.sees("Which call?")
        await person.type("bo")
        await person.press("enter")
        person.sees("Call now with Bo Larsson", "ring 0:09", "▸ talk 0:01")
        await person.press("escape", "3", "u")
        person.sees("made again, new id")
        await person.press("ctrl+s", "3", "g", "j")
        person.sees_line("▸", "Bo Larsson")
        await person.press("c")
        person.sees("Call now with Bo Larsson", "ring 0:09", "▸ talk 0:01")
        await person.press("f8", "ctrl+s")
        assert "and matched Bo Larsson at Acme Inc" in person.message

    journey(call, size, clock=watch.clock, picture=False)


@EITHER
def test_the_line_of_keys_is_the_forms_while_the_timer_runs(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def call(person: Person) -> None:
        await _open_on_bo(person, "c")
        assert person.focus == "stages"
        person.sees_line("space next stage", "ctrl+s save", "esc close, draft kept", "F9 drop")
        person.sees_no("C log call", "/ find")
        await person.press("escape")
        person.sees("C log call", "/ find")

    journey(call, size, picture=False)


def test_the_list_says_when_a_company_was_called_last(journey: Journey, home: Path) -> None:
    async def call(person: Person) -> None:
        await person.find("acme inc")
        person.sees("LAST CALL")
        person.sees_no("today")
        await person.press("C")
        await person.type("12")
        await person.press("ctrl+s", "1")
        person.sees_line("Acme Inc", "today")
        await run_line(person, f"export --to {home / 'list.csv'}")
        assert "list.csv" in person.message, "what no record has is left out"

    journey(call, (200, 60), picture=False)


@EITHER
def test_a_call_is_told_in_another_tenant_and_after_a_restart(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def call(person: Person) -> None:
        await _open_on_bo(person, "c")
        watch.wait(seconds=8)
        await person.press("space", "escape", "p", "j", "enter")
        person.sees("DEMO-2")
        watch.wait(minutes=2)
        await person.waits_a_second()
        person.sees("call in demo ▸ 2:00")
        person.sees_no("4 Call ▸")
        await person.press("P")
        person.sees("4 Call ▸ 2:00")
        person.sees_no("call in demo")

    async def again(person: Person) -> None:
        watch.wait(minutes=1)
        await person.waits_a_second()
        person.sees("4 Call ▸ 3:00")
        await person.press("4", "c")
        person.sees("Call now with Bo Larsson", "ring 0:08", "▸ talk 3:00")

    journey(call, size, clock=watch.clock, picture=False)
    journey(again, size, clock=watch.clock, picture=False)


@EITHER
def test_title_and_form_tell_one_time_and_another_call_has_its_name(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def call(person: Person) -> None:
        await _open_on_bo(person, "c")
        watch.wait(seconds=3)
        await person.waits_a_second()
        person.sees("4 Call ▸ 0:03", "▸ ring 0:03")
        watch.wait(seconds=0.9)
        await person.press("escape", "3", "k", "c")
        watch.wait(seconds=4)
        await person.waits_a_second()
        person.sees("4 Call ▸ 0:04", "▸ ring 0:04")
        await person.press("space")
        watch.wait(seconds=1)
        await person.press("f8")
        person.sees("4 Call ▸ Bo Larsson 0:08", "▸ end")

    journey(call, size, clock=watch.clock, picture=False)


def test_a_call_has_the_dossier_beside_it_and_undo_takes_back_what_was_changed_meanwhile(
    journey: Journey,
) -> None:
    watch = Watch()

    async def call(person: Person) -> None:
        await _open_on_bo(person, "c")
        person.sees_line("2 Acme Inc", "4 Call ▸ 0:00")
        person.sees_line("▸", "Bo Larsson", "+46 70 4132452")
        person.sees("─ Bo Larsson ─", " tags     -", " fields   -")
        person.sees_no("1 Companies")
        await person.press("space", "2")
        await tag(person, "gold")
        person.sees_line("Tags", "gold")
        await person.press("1")
        person.sees("1 Companies")
        await person.press("j", "4")
        person.sees_line("2 Acme Inc", "4 Call ▸ 0:00")
        person.sees_line("▸", "Bo Larsson", "+46 70 4132452")
        watch.wait(minutes=5)
        await person.press("ctrl+s")
        assert person.message == (
            "Planhat has the call and matched Bo Larsson at Acme Inc"
            "  Undo takes back 1 edit made meanwhile too"
        )
        await person.press("u")
        person.sees(
            "call to +46 70 4132452 (Bo Larsson)", "at Planhat → deleted", "Tags of Acme Inc: -gold"
        )

    journey(call, MEDIUM, clock=watch.clock)


@EITHER
def test_a_timed_call_that_was_closed_at_its_end_is_not_timed_anew(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def call(person: Person) -> None:
        await _open_on_bo(person, "c")
        await person.press("space")
        watch.wait(minutes=3)
        await person.press("f8", "escape")
        assert person.message == "The draft is kept.  c opens it"
        watch.wait(hours=1)
        await person.press("c")
        person.sees("▸ end", "talk time 3 min from 10:00")
        person.sees_no("ends before it starts")
        person.app.explorer.calls.form.stages.focus()
        await person.press("space")
        assert person.message.startswith("The call has ended.  ctrl+s saves it")

    journey(call, size, clock=watch.clock, picture=False)


@BOTH
def test_start_end_and_waiting_can_be_typed(journey: Journey, size: tuple[int, int]) -> None:
    async def log(person: Person) -> None:
        await _open_on_bo(person, "C")
        await _fill(person, waiting="45", start="9:30", end="-5m")
        person.sees("talk time 24 min 15 s from 09:30")
        await person.press("ctrl+s")
        call = _at_planhat(person)
        assert call["waiting"] == 45
        assert call["start"] == "2026-03-02T09:30:00.000Z"
        assert call["end"] == "2026-03-02T09:55:00.000Z"

    journey(log, size)


@EITHER
def test_a_stamp_says_why_a_call_that_has_ended_has_no_timer(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def stamp(person: Person) -> None:
        await person.press("C", "7")
        person.sees_no("F8")
        await person.press("f8")
        assert person.message.startswith("This call has ended: type its minutes.")
        assert person.app.explorer.calls.form.typed.talk == "7"
        assert person.app.explorer.calls.form.typed.start == ""

    journey(stamp, size, picture=False)


def test_a_call_that_was_timed_to_its_end_waits_for_its_note_when_it_is_opened_again(
    journey: Journey,
) -> None:
    watch = Watch()

    async def come_back(person: Person) -> None:
        await _open_on_bo(person, "c")
        for _ in range(2):
            watch.wait(minutes=1)
            await person.press("space")
        await person.press("escape", "c", *"quote")
        assert person.app.explorer.calls.form.typed.note == "quote"

    journey(come_back, MEDIUM, picture=False, clock=watch.clock)


@EITHER
def test_a_stamp_names_the_call_that_goes_on_beside_the_form(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def stamp(person: Person) -> None:
        await _open_on_bo(person, "c")
        await person.press("escape", "1", "C", "f8")
        assert person.message == "The call with Bo Larsson goes on.  esc and c show it"
        await person.press("shift+tab", "1", "f8")
        assert person.message == "The call with Bo Larsson goes on.  4, esc and c show it"
        await person.press("4", "escape", "c")
        person.sees("Call now with Bo Larsson", "▸ ring")

    journey(stamp, size, picture=False)


@EITHER
def test_an_end_before_the_start_is_refused_at_the_end(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def log(person: Person) -> None:
        await _open_on_bo(person, "C")
        await _fill(person, start="9:30", end="9:20", note="keep this")
        await person.press("ctrl+s")
        assert person.focus == "line-end"
        person.sees("The call ends", "keep this")
        assert person.app.explorer.calls.form.typed.start == "9:30"
        assert not _logged(person)
        await _fill(person, end="9:40")
        person.sees_no("The call ends")
        await person.press("ctrl+s")
        assert _at_planhat(person)["end"] == "2026-03-02T09:40:00.000Z"

    journey(log, size, picture=False)


@EITHER
def test_waiting_longer_than_the_call_is_refused_at_waiting(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def log(person: Person) -> None:
        await _open_on_bo(person, "C")
        await _fill(person, waiting="700", start="9:30", end="9:40", note="keep this")
        await person.press("ctrl+s")
        assert person.focus == "line-waiting"
        person.sees("Waiting is", "keep this")
        assert not _logged(person)

    journey(log, size)


@EITHER
def test_text_that_is_no_time_is_refused_where_it_stands(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def log(person: Person) -> None:
        await _open_on_bo(person, "C")
        for name in ("talk", "waiting", "start", "end"):
            await _fill(person, **{name: "soon"})
            await person.press("tab", "ctrl+s")
            assert person.focus == f"line-{name}"
            assert getattr(person.app.explorer.calls.form.typed, name) == "soon"
            await _fill(person, **{name: ""})
        assert not _logged(person)

    journey(log, size, picture=False)


@EITHER
def test_a_call_needs_a_number_and_an_agent(journey: Journey, size: tuple[int, int]) -> None:
    async def log(person: Person) -> None:
        await _open_on_bo(person, "C")
        await _fill(person, nr="", agent="", talk="3")
        await person.press("ctrl+s")
        assert person.focus == "line-nr"
        person.sees("A call needs")
        await _fill(person, nr=OWN_NUMBER)
        await person.press("ctrl+s")
        assert person.focus == "line-agent"
        person.sees("A call needs")
        await _fill(person, agent="max123")
        await person.press("ctrl+s")
        assert _at_planhat(person)["nr"] == OWN_NUMBER

    journey(log, size, picture=False)


@BOTH
def test_the_note_goes_into_the_custom_field_that_the_profile_names(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def log(person: Person) -> None:
        await _open_on_bo(person, "C")
        await _fill(person, talk="9", note="wants the Gold plan")
        await person.press("ctrl+s")
        custom = company(person, "Acme Inc")["custom"]
        assert custom["Last call note"] == "wants the Gold plan"
        await person.press("2", "slash")
        await person.type("last call")
        person.sees("Last call note", "wants the Gold")

    journey(log, size)


@EITHER
def test_a_note_without_a_field_stays_on_this_machine_and_says_so(
    journey: Journey, home: Path, size: tuple[int, int]
) -> None:
    async def log(person: Person) -> None:
        person.sees("NORD")
        await person.press("C")
        await _fill(person, talk="9", agent="max123", note="wants the Gold plan")
        await person.press("ctrl+s")
        assert "The note stays on this machine" in person.message
        assert _logged(person)[0].note == "wants the Gold plan"
        shown = person.app.explorer.workspace.reads.company(person.app.explorer.detail.company_id)
        assert shown is not None
        assert "wants the Gold plan" not in str(shown.raw)

    with sandbox() as server:
        configure(home, f"profiles:\n{profile('nord', server.url)}")
        journey(log, size, picture=False)


@BOTH
def test_a_shared_number_is_told_before_and_after(journey: Journey, size: tuple[int, int]) -> None:
    async def log(person: Person) -> None:
        await person.find("acme robotics")
        await person.press("3")
        while person.app.explorer.contacts.current.name != "Xenia Ångman":  # type: ignore[union-attr]
            await person.press("j")
        await person.press("C")
        person.sees("shared")
        await person.press("4", "ctrl+s")
        assert person.message.startswith("Planhat has the call, but matched ")
        assert person.message.endswith(
            ", not Xenia Ångman at Acme Robotics AB: they share the number"
        )
        other = str(_at_planhat(person)["enduserId"])
        assert other != _logged(person)[0].contact_id
        name = ask(person, lambda api: api.contact(other, lane=Lane.USER)).data["name"]
        assert str(name) in person.message
        person.sees(f"≠ {name}")
        person.reads(f"Planhat matched {name}", "not Xenia Ångman", "they share the number")

    journey(log, size)


@EITHER
def test_a_contact_who_is_made_while_the_call_runs_is_the_one_who_was_meant(
    journey: Journey, line: Wire, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def call(person: Person) -> None:
        await person.find("acme inc")
        await person.press("3")
        line.cut = True
        await person.press("a")
        await fill(person, name="Zed New", phone="+46 70 555 55 55")
        await person.press("ctrl+s")
        watch.wait(seconds=5)
        await person.press("c")
        person.sees("Call now with Zed New")
        await person.press("f8")
        line.calm()
        wait_for_delivery(person)
        watch.wait(minutes=2)
        await person.press("f8", "ctrl+s")
        assert person.message == "Planhat has the call and matched Zed New at Acme Inc"
        person.sees_line("2 min", "Zed New")
        person.sees_no("new-", "≠")

    journey(call, size, clock=watch.clock, picture=False)


@EITHER
def test_the_end_that_a_save_brings_is_kept_where_the_call_is_refused(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def call(person: Person) -> None:
        await _open_on_bo(person, "c")
        await person.press("space")
        await _fill(person, nr="")
        watch.wait(minutes=5)
        await person.press("ctrl+s")
        assert person.focus == "line-nr"
        await person.press("escape")
        (begun,) = person.app.explorer.workspace.begun.list()
        assert begun.draft["end"] == "2026-03-02T10:05:00+00:00"
        assert begun.timer is None

    journey(call, size, clock=watch.clock, picture=False)


@EITHER
def test_of_several_with_the_typed_number_one_is_picked(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def log(person: Person) -> None:
        await _open_on_bo(person, "C")
        await _fill(person, nr="+46 70 123 45 67", talk="2")
        person.sees("number of ")
        await person.press("ctrl+s")
        person.sees("Who was called on +46 70 123 45 67?", "Ada Tanaka", "Willow Media Oy, CFO")
        await person.press("escape")
        assert person.app.explorer.calls.is_open
        assert not _logged(person)
        await person.press("ctrl+s")
        await person.type("xenia")
        await person.press("enter")
        (logged,) = _logged(person)
        called = person.app.explorer.workspace.reads.contact(logged.contact_id)
        assert called is not None
        assert called.raw["name"] == "Xenia Ångman"
        assert not person.app.explorer.calls.is_open

    journey(log, size, picture=False)


@EITHER
def test_who_was_meant_is_the_first_of_those_who_may_have_been_called(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def log(person: Person) -> None:
        await _open_on_bo(person, "C")
        await _fill(person, nr="+46 70 123 45 67", talk="2")
        await person.press("ctrl+s")
        person.sees_line("Bo Larsson", "Acme Inc, under another number")
        await person.press("enter")
        (logged,) = _logged(person)
        called = person.app.explorer.workspace.reads.contact(logged.contact_id)
        assert called is not None
        assert called.raw["name"] == "Bo Larsson"
        assert "not Bo Larsson at Acme Inc: it goes by the number" in person.message

    journey(log, size, picture=False)


@EITHER
def test_a_number_that_nobody_has_is_logged_and_said(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def log(person: Person) -> None:
        await _open_on_bo(person, "C")
        await _fill(person, nr="+1 999 888 7777", talk="2")
        await person.press("ctrl+s")
        assert person.message == "Planhat has the call; its answer names nobody for this number"

    journey(log, size, picture=False)


@EITHER
def test_the_open_endpoint_is_a_box_to_tick(journey: Journey, size: tuple[int, int]) -> None:
    async def log(person: Person) -> None:
        await _open_on_bo(person, "C")
        await _fill(person, talk="2")
        person.app.explorer.calls.form.open_endpoint.focus()
        person.sees("[ ] open endpoint")
        await person.press("space")
        person.sees("[x] open endpoint")
        await person.press("ctrl+s")
        logged = _logged(person)
        assert len(logged) == 1
        journal = person.app.explorer.workspace.reads.entry(1)
        assert journal.open_tenant == "00000000-0000-4000-8000-000000000001"
        assert person.message == (
            "Planhat has the call; the open endpoint doesn't tell whom it matched"
        )

    journey(log, size)


@EITHER
def test_a_call_whose_answer_is_lost_is_for_the_person_to_decide(
    journey: Journey, line: Wire, size: tuple[int, int]
) -> None:
    async def log(person: Person) -> None:
        line.once("POST /calls", lost_answer)
        await person.press("C", "3", "ctrl+s")
        assert person.message == (
            "Not sure whether Planhat saved the call: the answer was lost.  o decides"
        )
        person.sees("? 1 not sure")
        await person.press("o")
        person.sees_line("?", "not sure", "call +46 70 1057066")

    journey(log, size, picture=False)


@EITHER
def test_a_call_that_planhat_refuses_is_kept_and_says_why(
    journey: Journey, line: Wire, size: tuple[int, int]
) -> None:
    async def log(person: Person) -> None:
        line.once("POST /calls", answer(400, '{"error": "start is locked"}'))
        await person.press("C", "3", "ctrl+s")
        assert person.message.startswith("Not saved in Planhat: Planhat refused this call (400).")
        assert person.message.endswith(
            "start is locked Call to +46 70 1057066 is kept here.  o shows it"
        )
        person.sees("! 1 refused")

    journey(log, size, picture=False)


@EITHER
def test_what_was_typed_is_there_again_after_escape(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def draft(person: Person) -> None:
        await _open_on_bo(person, "C")
        await _fill(person, talk="8", note="half a sentence")
        await person.press("escape")
        assert person.message == "The draft is kept.  C opens it"
        assert person.focus == "call-rows"
        await person.press("3", "k", "C")
        person.sees("with Ines D'Angelo")
        person.sees_no("half a sentence")
        await person.press("escape", "3", "j", "C")
        person.sees("with Bo Larsson", "half a sentence", "talk time 8 min")
        assert person.message == "The draft of this call is here again.  ctrl+s saves it"
        await person.press("ctrl+s")
        assert len(_logged(person)) == 1
        await person.press("3", "C")
        assert not person.app.explorer.calls.form.typed.note

    journey(draft, size)


def test_after_logging_the_cursor_is_on_the_new_call(journey: Journey) -> None:
    async def log(person: Person) -> None:
        for minutes in ("5", "6"):
            await person.press("C", minutes, "ctrl+s")
            person.sees_line("▸", f"{minutes} min", "Sven Rossi")
        assert len(_logged(person)) == 2

    journey(log, SMALL, picture=False)


@BOTH
def test_a_logged_call_is_edited_and_deleted(journey: Journey, size: tuple[int, int]) -> None:
    watch = Watch()

    async def edit(person: Person) -> None:
        await _open_on_bo(person, "C")
        await _fill(person, talk="10")
        await person.press("ctrl+s")
        await person.press("e")
        await person.type("waiting")
        await person.press("enter")
        await person.type("30")
        await person.press("ctrl+s")
        assert _at_planhat(person)["waiting"] == 30
        person.sees("9 min 30")
        await person.press("D")
        person.sees("Delete the call to +46 70 4132452")
        watch.wait(seconds=1)
        await person.type("delete")
        await person.press("enter")
        person.sees("No calls with Acme Inc logged here yet")
        assert not _logged(person)

    journey(edit, size, clock=watch.clock)


@EITHER
def test_talk_and_note_of_a_logged_call_are_corrected(
    journey: Journey, size: tuple[int, int]
) -> None:
    note = "Wants the new plan from May on, and asks for a discount of ten percent until then"

    async def correct(person: Person) -> None:
        await _open_on_bo(person, "C")
        await _fill(person, talk="10", note="Wants the old plan")
        await person.press("ctrl+s", "e")
        person.sees_line("Start", "2026-03-02 09:50:00")
        await person.type("talk")
        await person.press("enter")
        assert person.app.screen.query_one("#pick-line", Line).value == "10:00"
        await person.type("12")
        await person.press("enter")
        person.sees("12 min")
        await person.press("e")
        await person.type("note")
        await person.press("enter")
        await person.type(note)
        await person.press("enter")
        assert person.message == "Last call note of Acme Inc is delivered.  u takes it back"
        person.reads(note)
        assert [one.note for one in _logged(person)] == [note]

    journey(correct, size, picture=False)


@EITHER
def test_a_call_that_goes_on_is_found_again_and_another_is_told_of(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def call(person: Person) -> None:
        await _open_on_bo(person, "c")
        await person.press("2", "4")
        assert person.focus == "stages"
        await person.press("space")
        person.sees("▸ talk")
        await person.press("escape")
        person.sees("The call with Bo Larsson goes on.  c shows it")
        await person.press("c")
        person.sees("Call now with Bo Larsson", "▸ talk")
        await person.press("escape", "3", "k", "c")
        person.sees("Call now with Ines D'Angelo")
        assert person.message.startswith("The call with Bo Larsson goes on too")

    journey(call, size, picture=False)


@EITHER
def test_a_call_that_was_told_and_is_saved_hours_later_ended_when_it_was_told(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def tell(person: Person) -> None:
        await _open_on_bo(person, "C")
        await person.type("17")
        person.sees("talk time 17 min from 09:43")
        await person.press("escape")
        watch.wait(hours=3)
        await person.press("3", "C")
        person.sees("talk time 17 min from 09:43")
        await _fill(person, note="wants an offer")
        await person.press("ctrl+s")
        wait_for_delivery(person)
        (logged,) = _logged(person)
        assert (logged.call.start[11:16], logged.call.end[11:16]) == ("09:43", "10:00")

    journey(tell, size, picture=False, clock=watch.clock)


@EITHER
def test_the_times_that_were_told_stay_while_the_note_is_written(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def log(person: Person) -> None:
        await _open_on_bo(person, "C")
        await person.type("5")
        person.sees("talk time 5 min from 09:55")
        await person.press("tab", "tab", "tab", "tab", "tab", "tab")
        watch.wait(minutes=20)
        await person.type("a long note")
        person.sees("talk time 5 min from 09:55")
        await person.press("ctrl+s")
        assert _at_planhat(person)["end"] == "2026-03-02T10:00:00.000Z"
        await person.press("3", "C")
        await _fill(person, start="-10m")
        watch.wait(minutes=1)
        await _fill(person, talk="5", note="another")
        person.sees("10:11:00", "talk time 5 min from 10:11")
        watch.wait(minutes=30)
        await person.press("ctrl+s")
        assert _at_planhat(person)["start"] == "2026-03-02T10:11:00.000Z"

    journey(log, size, clock=watch.clock, picture=False)


def test_tab_goes_round_in_the_form_and_never_out_of_it(journey: Journey) -> None:
    async def go_round(person: Person) -> None:
        await _open_on_bo(person, "C")
        form = person.app.explorer.calls.form
        first = person.app.focused
        await person.press("shift+tab")
        last = person.app.focused
        assert form.has_focus_within
        assert last is not first
        await person.press("tab")
        assert person.app.focused is first
        for _ in range(20):
            await person.press("tab")
            assert form.has_focus_within

    journey(go_round, SMALL, picture=False)


def test_a_draft_keeps_the_tick_and_says_yesterday(journey: Journey) -> None:
    async def draft(person: Person) -> None:
        await _open_on_bo(person, "C")
        await _fill(person, start="23:30")
        person.sees("it started yesterday 23:30")
        await _fill(person, talk="5")
        person.sees("talk time 5 min from yesterday 23:30")
        form = person.app.explorer.calls.form
        form.open_endpoint.focus()
        await person.press("space", "escape", "3", "j", "k", "C")
        assert form.open_endpoint.value
        form.open_endpoint.focus()
        await person.press("space", "ctrl+s")
        assert person.message.endswith("It started yesterday 23:30")

    journey(draft, SMALL, picture=False)


@EITHER
def test_calls_that_arent_saved_are_named_over_the_list_and_on_the_way_out(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def begin(person: Person) -> None:
        await _open_on_bo(person, "c")
        await person.press("space")
        watch.wait(minutes=3)
        await person.press("f8", "escape", "3", "k", "C")
        await person.type("17")
        await person.press("ctrl+q")
        told = "2 calls aren't saved: Bo Larsson 10:00, Ines D'Angelo.  The drafts are kept."
        assert person.message == f"{told}  ctrl+q again quits"
        await person.press("escape")

    async def go_on(person: Person) -> None:
        await person.find("acme mot")
        await person.press("4")
        person.sees("Not saved yet: c Bo Larsson 10:00, C Ines D'Angelo", "10:03")
        await person.press("C")
        person.sees_line("Ines D'Angelo 10:03", "Acme Inc, not saved")
        person.sees("a new call")
        await person.press("enter")
        person.sees("Call that just ended with Ines D'Angelo", "17")
        await person.press("ctrl+s")
        person.sees("Not saved yet: c Bo Larsson 10:00")
        await person.press("c", "enter")
        person.sees("Call now with Bo Larsson", "talk time 3 min")
        await person.press("ctrl+s")
        person.sees("Calls logged from here")
        person.sees_no("Not saved yet")

    journey(begin, size, clock=watch.clock, picture=False)
    journey(go_on, size, clock=watch.clock, picture=False)


def test_what_comes_back_of_a_call_is_typed_on_and_not_over(journey: Journey) -> None:
    async def begin(person: Person) -> None:
        await _open_on_bo(person, "C")
        await person.type("1")

    async def go_on(person: Person) -> None:
        assert person.focus == "call-rows"
        assert person.message == "The draft of this call is here again.  4 goes to it"
        await person.press("4")
        await person.type("7")
        assert person.app.explorer.calls.form.typed.talk == "17"

    journey(begin, SMALL, picture=False)
    journey(go_on, SMALL, picture=False)


def test_a_held_ctrl_s_logs_a_call_once(journey: Journey) -> None:
    async def log(person: Person) -> None:
        await _open_on_bo(person, "C")
        await person.press("5")
        before = len(_logged(person))
        await person.hold("ctrl+s")
        assert len(_logged(person)) == before + 1
        assert person.focus == "call-rows"

    journey(log, SMALL, picture=False)


def test_a_call_that_is_being_saved_is_neither_saved_again_nor_closed_as_a_draft(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, log_call = Event(), Actions.log_call

    def slowly(*given: Any, **more: Any) -> tuple[Entry, ...]:  # noqa: ANN401 -- its own
        made = log_call(*given, **more)
        assert disk.wait(30)
        return made

    monkeypatch.setattr(Actions, "log_call", slowly)

    async def log(person: Person) -> None:
        await _open_on_bo(person, "C")
        await person.press("5")
        before, form = len(_logged(person)), person.app.explorer.calls.form
        person.send("ctrl+s")
        await person.until("Call that just ended with Bo Larsson")
        while not form.is_saving:
            await person.pilot.pause()
        for name in ("save", "close", "drop"):
            form.action_do(name)
        await person.until("This is being saved ...")
        disk.set()
        await person.press("4")
        assert len(_logged(person)) == before + 1
        assert not person.app.explorer.calls.is_open

    journey(log, SMALL, picture=False)
