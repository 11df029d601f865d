"""Plans: a change of many records is seen before it is done, followed, and taken back as one.

Their pictures would show the rate limit and the seconds that calls take: never twice the same.
"""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING

from planhat_tui.model.outbox import State
from planhat_tui.model.planfile import decode
from planhat_tui.model.records import Kind
from planhat_tui.tui.screens.plan import PlanSheet
from planhat_tui.workspace.planning import Planning
from tests.journeys import planhat
from tests.journeys.conftest import SMALL, Journey
from tests.journeys.doing import run_line
from tests.journeys.watch import Watch
from tests.sync.rig import lost_request

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from planhat_tui.model.plans import Plan
    from planhat_tui.workspace.planning import Begun
    from tests.journeys.conftest import Person
    from tests.sync.rig import Line


def tagged(person: Person, tag: str) -> int:
    return person.app.explorer.workspace.reads.companies(f"tag:{tag}").total


def test_many_companies_are_tagged_by_a_plan_and_one_undo_takes_it_back(
    journey: Journey, tmp_path: Path
) -> None:
    file, watch = tmp_path / "q9.plan", Watch()

    async def tag(person: Person) -> None:
        await person.find("acme")
        await person.press("V")
        before = len(person.app.explorer.companies.rows.marks)
        assert before > 5
        await person.press("t")
        await person.type("q9")
        await person.press("ctrl+s")
        person.sees("Plan: tag +q9", "[+q9]", "ctrl+s run")
        person.sees_line(f"{before} will change")
        await person.press("x")
        person.sees_line(f"{before - 1} will change")
        await person.press("w")
        await person.type(f"{file}\n")
        person.reads(f"Saved in {file}")
        assert len(decode(file.read_text()).rows) == before - 1
        file.write_text("something of a person's own")
        await person.press("w")
        await person.type(f"{file}\n")
        person.reads(f"{file} is there: Enter again replaces it.")
        assert file.read_text() == "something of a person's own"
        watch.wait(seconds=2)
        await person.press("enter")
        person.reads(f"{file} is replaced")
        assert len(decode(file.read_text()).rows) == before - 1
        await person.press("h")
        person.sees("It doesn't run yet: ctrl+s runs it")
        watch.wait(seconds=1)
        await person.press("ctrl+s")
        await person.until(f"{before - 1} of {before - 1} delivered")
        assert tagged(person, "q9") == before - 1
        workspace = person.app.explorer.workspace
        acme = workspace.reads.resolve(Kind.COMPANY, "Acme Inc")
        workspace.writes.tag(Kind.COMPANY, [acme], ["later"])  # as another window may
        await person.press("u")
        await person.until("ctrl+s")
        await person.press("ctrl+s")
        await person.until(f"{before - 1} edits are taken back")
        assert tagged(person, "q9") == 0
        assert tagged(person, "later") == 1
        assert len(person.app.explorer.companies.rows.marks) == 1  # the one that was taken out

    journey(tag, SMALL, picture=False, clock=watch.clock)


async def _tag_all_acmes(person: Person, watch: Watch, tag: str) -> None:
    """Have the plan on screen that gives them a tag, long enough for a key to be meant for it."""
    await person.find("acme")
    await person.press("V", "t")
    await person.type(tag)
    await person.press("ctrl+s")
    watch.wait(seconds=1)


def test_a_plan_that_is_paused_stays_so_when_its_sheet_is_closed_and_goes_on_by_the_line(
    journey: Journey, line: Line
) -> None:
    watch = Watch()

    async def pause(person: Person) -> None:
        line.cut = True
        await _tag_all_acmes(person, watch, "q8")
        await person.press("ctrl+s", "h")
        person.sees("Paused.  h goes on")
        await person.press("h", "h", "escape")
        person.sees(":plan resume lets it go on")
        reads = person.app.explorer.workspace.reads
        assert {entry.state for entry in reads.outbox()} == {State.HELD}
        line.calm()
        await person.press("colon")
        await person.type("plan resume\n")
        await person.until("queued again")
        assert {entry.state for entry in reads.outbox()} <= {State.QUEUED, State.SENDING}

    journey(pause, SMALL, picture=False, clock=watch.clock)


def test_a_plan_whose_answer_was_lost_has_not_failed_and_is_looked_up_by_itself(
    journey: Journey, line: Line
) -> None:
    watch = Watch()

    async def lose(person: Person) -> None:
        line.once("PUT /companies", lost_request)
        await _tag_all_acmes(person, watch, "q7")
        await person.press("ctrl+s")
        await person.until("not sure")
        person.sees("what isn't sure is looked up by itself", "0 of ")
        person.sees_no("failed")
        await person.press("R")
        person.sees("Nothing was refused")
        assert line.count("PUT /companies") == 1

    journey(lose, SMALL, picture=False, clock=watch.clock)


def test_what_of_a_plan_is_damaged_is_told_and_no_key_sends_it_again(
    journey: Journey, line: Line
) -> None:
    watch = Watch()

    async def run(person: Person) -> None:
        line.cut = True
        await _tag_all_acmes(person, watch, "q9")
        await person.press("ctrl+s")
        with sqlite3.connect(planhat.workspace(person).folder / "outbox.db") as connection:
            connection.execute("UPDATE entry SET state = 'queuee' WHERE n = 1")
        connection.close()
        line.calm()
        planhat.wait_for_delivery(person)
        await person.until("1 failed: these")
        person.sees("It is damaged on this disk", "u take all of it back")
        person.sees_no("send again what was refused")
        await person.press("R")
        person.sees("What was refused is damaged on this disk, and is never sent")

    journey(run, SMALL, picture=False, clock=watch.clock)


def test_what_is_typed_for_many_is_a_plan_too_and_two_are_seen_one_after_the_other(
    journey: Journey,
) -> None:
    watch = Watch()

    async def type_it(person: Person) -> None:
        await person.find("acme")
        await person.press("V")
        marked = len(person.app.explorer.companies.rows.marks)
        assert marked > 5
        await run_line(person, "tag q6 ; tag q5")
        person.sees("Plan: tag +q6", "ctrl+s run")
        assert planhat.not_delivered(person) == ()
        watch.wait(seconds=1)
        await person.press("ctrl+s")
        await person.until(f"{marked} of {marked} delivered")
        await person.press("escape")
        person.sees("Plan: tag +q5")
        await person.press("escape")
        assert (tagged(person, "q6"), tagged(person, "q5")) == (marked, 0)
        assert person.focus == "company-rows"

    journey(type_it, SMALL, picture=False, clock=watch.clock)


def test_a_plan_that_is_beginning_is_not_left_as_if_it_did_not(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch, disk, begin = Watch(), threading.Event(), Planning.begin

    def slowly(planning: Planning, plan: Plan) -> Begun:
        begun = begin(planning, plan)
        assert disk.wait(30)
        return begun

    monkeypatch.setattr(Planning, "begin", slowly)

    async def leave(person: Person) -> None:
        await _tag_all_acmes(person, watch, "q6")
        person.send("ctrl+s")
        sheet = person.app.screen
        assert isinstance(sheet, PlanSheet)
        while not sheet.is_saving:
            await person.pilot.pause()
        sheet.action_close()
        await person.until("This is being saved ...")
        disk.set()
        await person.until("delivered")

    journey(leave, SMALL, picture=False, clock=watch.clock)


def test_nothing_of_a_plan_is_read_on_the_screens_thread(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def noted(name: str) -> None:
        whole = getattr(Planning, name)

        def looked(self: Planning, plan: Plan) -> object:
            read.append(name)
            assert threading.current_thread() is not threading.main_thread()
            return whole(self, plan)

        monkeypatch.setattr(Planning, name, looked)

    noted("why_not")
    noted("cost")

    async def look(person: Person) -> None:
        await person.find("acme")
        await person.press("V", "t")
        await person.type("q9")
        await person.press("ctrl+s")
        person.sees("Plan: tag +q9")
        person.sees("calls")
        await person.press("x")
        assert read == ["cost", "why_not"] * 2

    journey(look, SMALL, picture=False)
