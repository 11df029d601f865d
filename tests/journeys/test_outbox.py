"""What Planhat doesn't have yet: shown, sent again, dropped, and nothing typed is lost."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import httpx

from planhat_tui.config import guardrails
from planhat_tui.model.outbox import State
from planhat_tui.model.plans import wanted
from planhat_tui.model.records import Kind
from planhat_tui.sandbox import SandboxOptions
from planhat_tui.tui.presentation.rows import entry_row
from planhat_tui.tui.screens import outbox
from planhat_tui.tui.screens.conflict import ConflictSheet
from planhat_tui.tui.screens.undo import UndoSheet
from planhat_tui.tui.widgets.rows import Rows
from tests.journeys import planhat
from tests.journeys.conftest import BOTH, EITHER, MEDIUM, SMALL, Journey
from tests.journeys.doing import set_field, tag
from tests.journeys.servers import configure, profile, sandbox
from tests.journeys.watch import Watch
from tests.sync.rig import answer, lost_answer, lost_request

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from planhat_tui.model.outbox import Entry
    from planhat_tui.tui.presentation.rows import Row
    from tests.journeys.conftest import Person
    from tests.sync.rig import Forward, Line


async def landed_twice(request: httpx.Request, forward: Forward) -> httpx.Response:
    """Carry the request out twice, and lose both answers: nobody knows which of them it is."""
    await forward(request)
    await forward(request)
    raise httpx.ReadError("the line broke")


DENIED = '{"error": "denied"}'


async def _add_contact(person: Person, name: str) -> None:
    await person.press("3", "a")
    await person.type(name)
    await person.press("ctrl+s")


def _states(person: Person) -> list[State]:
    return [entry.state for entry in planhat.not_delivered(person)]


@EITHER
def test_where_everything_is_delivered_the_queue_says_so(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        await person.press("o")
        person.sees("Not delivered yet", "Everything is delivered.  esc closes this")
        assert person.focus == "outbox-rows"
        await person.press("R")
        person.sees("Nothing waits here")
        await person.press("x", "escape")
        person.sees_no("Not delivered yet")
        assert person.focus == "company-rows"

    journey(look, size, picture=False)


@BOTH
def test_edits_without_a_network_are_counted_and_shown(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def work(person: Person) -> None:
        line.cut = True
        await person.find("acme inc")
        await tag(person, "gold")
        assert person.message == "Tag gold on Acme Inc is queued.  u takes it back"
        await _add_contact(person, "Kim")
        person.sees("● 2 queued", "offline", "Kim")
        await person.press("o")
        person.sees("STATE", "RECORD", "EDIT")
        person.sees_line("●", "queued", "Acme Inc", "+gold")
        person.sees_line("●", "queued", "Kim", "new contact")
        assert person.focus == "outbox-rows"
        assert _states(person) == [State.QUEUED] * 2

    journey(work, size)


@EITHER
def test_what_waits_goes_out_when_the_line_is_back(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def work(person: Person) -> None:
        line.cut = True
        await person.find("acme inc")
        await tag(person, "gold")
        await _add_contact(person, "Kim")
        await person.press("o")
        line.calm()
        await person.press("R")
        person.sees("Everything is delivered.", "online")
        person.sees_no("queued", "offline")
        assert _states(person) == []
        assert "gold" in planhat.company(person, "Acme Inc")["tags"]
        assert "Kim" in planhat.contacts(person, "Acme Inc")
        await person.press("escape")
        assert person.focus == "contact-rows"

    journey(work, size)


@EITHER
def test_what_waits_is_there_again_at_the_next_start_and_goes_out(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def edit(person: Person) -> None:
        line.cut = True
        await person.find("acme inc")
        await tag(person, "gold")
        person.sees("● 1 queued")

    async def again(person: Person) -> None:
        assert _states(person) == []
        assert "gold" in planhat.company(person, "Acme Inc")["tags"]
        assert line.count("PUT *") == 1

    journey(edit, size, picture=False)
    line.calm()
    journey(again, size, picture=False)


@EITHER
def test_an_edit_that_planhat_refuses_is_kept_and_says_why(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def edit(person: Person) -> None:
        await person.find("acme inc")
        line.once("PUT *", answer(400, '{"error": "phase is a formula"}'))
        await set_field(person, "pha", "pilot")
        assert person.message.startswith("Not saved in Planhat: ")
        assert "phase is a formula" in person.message
        assert person.message.endswith("Phase of Acme Inc is kept here.  o shows it")
        person.sees("! 1 refused", "pilot")
        await person.press("o")
        person.sees_line("!", "refused", "Acme Inc", "Phase")
        person.sees("phase is a formula")
        assert person.focus == "outbox-rows"
        assert _states(person) == [State.REFUSED]

    journey(edit, size)


@EITHER
def test_what_the_token_may_not_edit_is_kept_and_sent_again(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def edit(person: Person) -> None:
        await person.find("acme inc")
        line.once("PUT *", answer(403, DENIED))
        await tag(person, "gold")
        person.sees("● 1 queued", "queue paused")
        assert "(403)" in person.message
        assert person.message.endswith("every edit is kept.  o shows them")
        await person.press("o")
        person.sees_line("●", "queued", "Acme Inc", "+gold")
        person.sees("The queue is paused")
        await person.press("ctrl+s")
        person.sees("Everything is delivered.")
        assert "gold" in planhat.company(person, "Acme Inc")["tags"]

    journey(edit, size, picture=False)


def test_a_company_that_somebody_else_deleted_goes_with_the_edit_that_is_dropped(
    journey: Journey,
) -> None:
    watch = Watch()

    async def drop(person: Person) -> None:
        await person.find("acme airways")
        planhat.delete(person, planhat.company_id(person, "Acme Airways Ltd"))
        await tag(person, "gold")
        assert "deleted by somebody else" in person.message
        await person.press("o", "x")
        watch.wait(seconds=2)
        await person.press("x", "escape")
        person.sees("No company matches acme airways")

    journey(drop, SMALL, picture=False, clock=watch.clock)


def test_an_edit_for_which_no_call_is_spared_doesnt_go_out_now(
    journey: Journey, home: Path
) -> None:
    async def spend(person: Person) -> None:
        await person.press(*["r"] * 7)
        await tag(person, "gold")
        await person.press("o")
        person.sees("It goes out in 0-120 s: 3 calls left, kept for you.")
        person.sees_no("It goes out now")

    with sandbox(SandboxOptions(companies=12, limit=12)) as server:
        configure(home, f"profiles:\n{profile('nord', server.url)}")
        journey(spend, MEDIUM, picture=False)


def test_what_ctrl_s_has_tried_is_told(journey: Journey, line: Line) -> None:
    async def send(person: Person) -> None:
        await person.find("acme inc")
        line.cut = True
        await tag(person, "gold")
        assert person.app.explorer.standing.trouble.endswith("r tries at once")
        await person.press("o", "ctrl+s")
        person.sees("1 edit still queued.  It goes out when the network is back.")
        line.cut = False
        await person.press("ctrl+s")
        person.sees("Nothing is queued any more.")

    journey(send, SMALL, picture=False)


@EITHER
def test_what_of_a_plan_isnt_queued_yet_is_told_with_what_lets_it_go_on(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        workspace = planhat.workspace(person)
        three = workspace.reads.company_ids("", 3)
        step = workspace.plans.begin(
            workspace.plans.make(wanted(Kind.COMPANY, tag=["gold"]), three)
        ).step
        workspace.plans.pause(step)
        await person.press("o")
        person.sees("3 records of a plan are kept back: plan resume lets it go on.")

    journey(look, size, picture=False)


@EITHER
def test_x_drops_an_edit_and_the_record_is_shown_as_planhat_has_it(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def drop(person: Person) -> None:
        await person.find("acme inc")
        line.once("PUT *", answer(400, DENIED))
        await set_field(person, "pha", "pilot")
        await person.press("o", "x")
        person.sees("x again drops Phase - → pilot for good", "R retry  x discard  esc close")
        watch.wait(seconds=0.5)
        await person.press("x", *["x"] * 5)  # as a held key repeats
        person.sees("x in a moment drops Phase - → pilot for good")
        assert len(_states(person)) == 1
        watch.wait(seconds=2)
        await person.press("x")
        person.sees(
            "Acme Inc: dropped; Planhat is asked how it has it.", "Everything is delivered."
        )
        person.sees_no("R retry", "x discard")
        await person.press("escape")
        assert person.focus == "company-rows"
        person.sees_no("pilot", "refused")
        assert _states(person) == []

    journey(drop, size, clock=watch.clock)


@EITHER
def test_an_edit_of_a_record_that_somebody_deleted_is_kept(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def edit(person: Person) -> None:
        await person.find("acme inc")
        gone = planhat.company_id(person, "Acme Inc")
        await person.press("e")
        await person.type("pha")
        await person.press("enter")
        planhat.delete(person, gone)
        watch.wait(minutes=1)
        await person.press("ctrl+u")
        await person.type("pilot")
        await person.press("enter")
        assert person.message == (
            "Not saved in Planhat: it was deleted by somebody else. "
            "Phase of Acme Inc is kept here.  o shows it"
        )
        person.sees("! 1 refused", "pilot")
        await person.press("o")
        person.sees_line("!", "refused", "Acme Inc", "pilot")
        person.sees("It was deleted by somebody else.")

    journey(edit, size, clock=watch.clock)


@EITHER
def test_a_contact_whose_answer_was_lost_is_not_sure_and_isnt_sent_twice(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def add(person: Person) -> None:
        await person.find("acme inc")
        line.once("POST *", lost_answer)
        await _add_contact(person, "Kim")
        person.sees("? 1 not sure", "Kim")
        assert person.message.startswith("Not sure whether Planhat saved the contact")
        await person.press("o")
        await person.press("ctrl+s")
        person.sees("Everything is delivered.")
        assert line.count("POST *") == 1
        assert list(planhat.contacts(person, "Acme Inc")).count("Kim") == 1

    journey(add, size)


@EITHER
def test_an_edit_whose_answer_was_lost_is_read_back(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def edit(person: Person) -> None:
        await person.find("acme inc")
        line.once("PUT *", lost_answer)
        await set_field(person, "pha", "pilot")
        person.sees("? 1 not sure", "pilot")
        await person.press("o")
        person.sees_line("?", "not sure", "Acme Inc")
        await person.press("R")
        person.sees("Everything is delivered.")
        assert planhat.company(person, "Acme Inc")["phase"] == "pilot"
        assert line.count("PUT *") == 1

    journey(edit, size, picture=False)


@EITHER
def test_what_is_dropped_while_it_may_still_arrive_is_told_if_it_does(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def drop(person: Person) -> None:
        await person.find("acme inc")
        line.once("PUT *", lost_request)
        await set_field(person, "pha", "pilot")
        person.sees("? 1 not sure", "pilot")
        await person.press("o", "x")
        watch.wait(seconds=2)
        await person.press("x")
        person.sees("Acme Inc: dropped. Its first try may still arrive until ")
        await person.press("escape")
        person.sees_no("pilot")
        planhat.change(person, "Acme Inc", phase="pilot")  # now it arrives
        watch.wait(minutes=2)
        planhat.wait_for_delivery(person)
        await person.until("Acme Inc: It was dropped, and arrived all the same.")
        person.sees("undo 1 takes it back", "pilot")
        await person.press("colon")
        await person.type("undo 1\n")
        watch.wait(seconds=1)
        await person.press("ctrl+s")
        person.sees_no("pilot")

    journey(drop, size, picture=False, clock=watch.clock)


@EITHER
def test_what_may_have_been_made_is_looked_up_before_it_is_sent_again(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def send_again(person: Person) -> None:
        await person.find("acme inc")
        line.once("POST *", lost_answer)
        await _add_contact(person, "Kim")
        person.sees("? 1 not sure", "Kim")
        await person.press("o")
        await person.press("R")
        person.sees("Everything is delivered.")
        assert "Kim" in planhat.contacts(person, "Acme Inc")
        assert line.count("POST *") == 1

    journey(send_again, size, picture=False)


@BOTH
def test_a_field_that_somebody_else_changed_is_a_conflict(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def edit(person: Person) -> None:
        await person.find("acme inc")
        await person.press("e")
        await person.type("pha")
        await person.press("enter", "ctrl+u")
        planhat.change(person, "Acme Inc", phase="theirs")
        watch.wait(minutes=1)
        await person.type("mine")
        await person.press("enter")
        assert person.message == (
            "Not saved in Planhat: somebody else changed Phase meanwhile. "
            "Phase of Acme Inc is kept here.  o shows it"
        )
        person.sees("≠ 1 conflict", "mine")
        await person.press("o")
        person.sees_line("≠", "conflict", "Acme Inc")
        person.sees("Somebody else changed Phase meanwhile.")
        assert planhat.company(person, "Acme Inc")["phase"] == "theirs"
        await person.press("enter")
        person.sees("Acme Inc was changed by somebody else", "1 BEFORE", "2 MINE", "3 THEIRS")
        person.sees_line("≠", "Phase", "mine", "theirs")

    journey(edit, size, clock=watch.clock)


def test_tags_that_both_sides_changed_are_shown_beside_a_conflict_as_kept(
    journey: Journey, line: Line
) -> None:
    watch = Watch()

    async def edit(person: Person) -> None:
        line.cut = True
        await person.find("acme inc")
        await tag(person, "gold")
        await set_field(person, "pha", "mine")
        line.calm()
        planhat.change(person, "Acme Inc", phase="theirs", tags=["bêta", "risk"])
        watch.wait(minutes=1)
        await person.press("o", "R")
        await person.until("≠", "conflict", "Acme Inc")
        await person.press("enter")
        person.sees_line("≠", "Phase", "mine", "theirs")
        person.sees_line("Tags", "bêta", "bêta, [+gold]", "bêta, [+risk]", "both kept")
        await person.press("j", "2")
        person.sees("Tags: both kept, there is nothing to decide")
        assert planhat.company(person, "Acme Inc")["tags"] == ["bêta", "risk", "gold"]

    journey(edit, SMALL, clock=watch.clock)


@EITHER
def test_long_values_are_told_in_full_where_one_decides_and_where_they_go_back(
    journey: Journey, size: tuple[int, int]
) -> None:
    watch = Watch()
    mine, theirs = "mine " + "is a long phase " * 40, "theirs " + "is longer still " * 40

    async def decide(person: Person) -> None:
        await person.find("acme inc")
        planhat.change(person, "Acme Inc", phase=f"{theirs}to its end")
        watch.wait(minutes=1)
        await set_field(person, "pha", f"{mine}to the last word")
        await person.press("o", "enter")
        top = person.app.screen
        assert isinstance(top, ConflictSheet)
        assert top.whole.text.splitlines()[:2] == [
            f"2 MINE    {mine}to the last word",
            f"3 THEIRS  {theirs}to its end",
        ]
        await person.press("enter")
        person.sees("1, 2 or 3 decides, e types another value.  tab scrolls what is long")
        await person.press("tab")
        assert person.focus == "sheet-whole"
        await person.press("end")
        assert top.whole.scroll_target_y == top.whole.max_scroll_y > 0
        await person.press("2", "escape", "u")
        undo = person.app.screen
        assert isinstance(undo, UndoSheet)
        assert f"NOW           {mine}to the last word" in undo.whole.text

    journey(decide, size, picture=False, clock=watch.clock)


@EITHER
def test_a_conflict_is_settled_with_one_key(journey: Journey, size: tuple[int, int]) -> None:
    watch = Watch()

    async def settle(person: Person) -> None:
        await person.find("acme inc")
        planhat.change(person, "Acme Inc", phase="theirs")
        watch.wait(minutes=1)
        await set_field(person, "pha", "mine")
        await person.press("o", "enter", "e", "ctrl+u")
        await person.type("both of us")
        await person.press("enter")
        person.sees("Everything is delivered.")
        assert planhat.company(person, "Acme Inc")["phase"] == "both of us"
        assert person.message == "Phase of Acme Inc is delivered.  u brings theirs back"
        planhat.change(person, "Acme Inc", phase="theirs again")
        watch.wait(minutes=1)
        await person.press("escape")
        await set_field(person, "pha", "mine again")
        await person.press("o", "enter", "3")
        person.sees("Phase of Acme Inc stays as Planhat has it.")
        await person.press("escape")
        person.sees_no("conflict", "mine again")
        assert planhat.company(person, "Acme Inc")["phase"] == "theirs again"
        await person.press("u")
        person.sees_line("Phase", "theirs again", "mine again")
        await person.press("ctrl+s")
        assert planhat.company(person, "Acme Inc")["phase"] == "mine again"

    journey(settle, size, picture=False, clock=watch.clock)


def test_a_person_in_conflict_who_is_left_as_typed_is_sent(journey: Journey) -> None:
    watch = Watch()

    async def settle(person: Person) -> None:
        team = planhat.workspace(person).reads.users()
        diego = next(one.id for one in team if one.name == "Diego Moreno")
        other = next(one.id for one in team if one.id != diego)
        await person.find("acme inc")
        planhat.change(person, "Acme Inc", owner=other)
        watch.wait(minutes=1)
        await set_field(person, "owner", "diego")
        await person.press("o", "enter", "e")
        person.sees("Owner of Acme Inc", "Diego Moreno")
        await person.press("enter")
        person.sees("Everything is delivered.")
        assert planhat.company(person, "Acme Inc")["owner"] == diego

    journey(settle, SMALL, picture=False, clock=watch.clock)


@EITHER
def test_an_edit_that_is_being_sent_says_so(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    arrived, go_on = threading.Event(), threading.Event()

    async def slow(request: httpx.Request, forward: Forward) -> httpx.Response:
        arrived.set()
        await asyncio.to_thread(go_on.wait, planhat.SECONDS)
        return await forward(request)

    async def edit(person: Person) -> None:
        await person.find("acme inc")
        await person.press("t", *"gold")
        line.once("PUT *", slow)
        await person.pilot.press("ctrl+s")
        await asyncio.to_thread(arrived.wait, planhat.SECONDS)
        await person.until("↑ 1 sending")
        await person.pilot.press("o")
        await person.until("↑", "sending", "Acme Inc")
        await person.pilot.press("x")
        await person.until("is sending: it can't be discarded.")
        go_on.set()
        await person.press("escape")
        person.sees_no("sending")
        assert "gold" in planhat.company(person, "Acme Inc")["tags"]

    journey(edit, size, picture=False)


@BOTH
def test_every_state_has_its_glyph_and_its_word(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    watch = Watch()

    async def all_of_them(person: Person) -> None:
        await person.find("acme inc")
        line.once("PUT *", answer(400, DENIED))
        await tag(person, "gold")
        line.once("POST *", landed_twice)
        await _add_contact(person, "Kim")
        await person.find("acme mot")
        planhat.change(person, "Acme Motors BV", phase="theirs")
        watch.wait(minutes=1)
        await set_field(person, "pha", "mine")
        line.cut = True
        await person.find("acme bio")
        await tag(person, "held back")
        await person.press("o", "G", "h")
        person.sees("held.  R sends it")
        await person.press("escape")
        await person.find("acme aero")
        await tag(person, "later")
        await person.press("o")
        person.sees_line("!", "refused", "Acme Inc", "+gold")
        person.sees_line("?", "not sure", "Kim")
        person.sees_line("≠", "conflict", "Acme Motors BV")
        person.sees_line("‖", "held", "Acme Biotech", "+held back")
        person.sees_line("●", "queued", "Acme Aerospace", "+later")

    journey(all_of_them, size, clock=watch.clock)


@EITHER
def test_the_reason_of_the_row_under_the_cursor_is_told_in_full(
    journey: Journey, line: Line, size: tuple[int, int]
) -> None:
    async def look(person: Person) -> None:
        line.cut = True
        await person.find("acme inc")
        await tag(person, "gold")
        await person.find("acme bio")
        await tag(person, "silver")
        await person.press("o")
        person.sees("wasn't reached: no connection came about. Nothing was sent.")
        await person.press("j")
        person.sees("It goes out when the network is back.")
        await person.press("h")
        person.sees_line("‖", "held", "Acme Biotech")
        person.sees("It stays here until it is sent again.")
        await person.press("k")
        person.sees("Nothing was sent.")
        person.sees_no("It stays here until R sends it.")
        line.calm()
        await person.press("R")
        assert _states(person) == [State.HELD]
        person.sees("‖ 1 held")
        assert "silver" not in planhat.company(person, "Acme Biotech")["tags"]
        await person.press("R")
        person.sees("Everything is delivered.")
        assert "silver" in planhat.company(person, "Acme Biotech")["tags"]

    journey(look, size, picture=False)


def test_a_held_3_settles_one_field_and_not_the_next(journey: Journey) -> None:
    watch = Watch()

    async def settle(person: Person) -> None:
        await person.find("acme inc")
        planhat.change(person, "Acme Inc", phase="theirs", status="coasting")
        watch.wait(minutes=1)
        person.app.explorer.workspace.writes.edit(
            Kind.COMPANY, [planhat.company_id(person, "Acme Inc")], {"phase": "a", "status": "lost"}
        )
        await person.press("o")
        await person.until("≠", "conflict", "Acme Inc")
        await person.press("enter")
        person.sees_line("Phase", "a", "theirs")
        await person.hold("3")
        person.sees("That key was pressed just now")
        person.sees_line("Status", "lost", "coasting")
        watch.wait(seconds=1)
        await person.press("3")
        person.sees("Everything is delivered.")

    journey(settle, SMALL, picture=False, clock=watch.clock)


def test_of_many_edits_only_those_are_drawn_that_are_seen_and_the_cursor_stays(
    journey: Journey, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []

    def counted(entry: Entry, *given: Any) -> Row:  # noqa: ANN401 -- its own
        drawn.append(entry.n)
        return entry_row(entry, *given)

    monkeypatch.setattr(guardrails, "is_many", lambda *_: False)

    async def look(person: Person) -> None:
        line.cut = True
        writes, reads = planhat.workspace(person).writes, planhat.workspace(person).reads
        ids = [one.id for one in reads.companies("", 400).rows]
        writes.tag(Kind.COMPANY, ids, ["many"])
        await person.press("o")
        monkeypatch.setattr(outbox, "entry_row", counted)
        drawn.clear()
        await person.press("G", "k")
        assert len(set(drawn)) < 200
        rows = person.app.screen.query_one("#outbox-rows", Rows)
        assert rows.cursor == len(ids) - 2
        here = rows.current
        assert here is not None
        for entry in reads.outbox()[:150]:
            writes.discard(entry.n)
        await person.press("i")
        assert rows.total == len(ids) - 150
        assert rows.current is not None
        assert rows.current.id == here.id

    journey(look, SMALL, picture=False)
