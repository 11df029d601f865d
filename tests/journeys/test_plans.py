"""Plans: a change of many records is seen before it is done, followed, and taken back as one.

Their pictures would show the rate limit and the seconds that calls take: never twice the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.outbox import State
from planhat_tui.model.planfile import decode
from planhat_tui.model.records import Kind
from tests.journeys.conftest import SMALL, Journey

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import Person
    from tests.sync.rig import Line


def tagged(person: Person, tag: str) -> int:
    return person.app.explorer.workspace.reads.companies(f"tag:{tag}").total


def test_many_companies_are_tagged_by_a_plan_and_one_undo_takes_it_back(
    journey: Journey, tmp_path: Path
) -> None:
    file = tmp_path / "q9.plan"

    async def tag(person: Person) -> None:
        await person.find("acme")
        await person.press("V")
        before = len(person.app.explorer.companies.rows.marks)
        assert before > 5
        await person.press("t")
        await person.type("q9")
        await person.press("ctrl+s")
        person.sees("Plan: tag +q9", "[+q9]", "ctrl+s runs it")
        person.sees_line(f"{before} will change")
        await person.press("x")
        person.sees_line(f"{before - 1} will change")
        await person.press("w")
        await person.type(f"{file}\n")
        person.reads(f"Saved in {file}")
        assert len(decode(file.read_text()).rows) == before - 1
        await person.press("h")
        person.sees("It doesn't run yet: ctrl+s runs it")
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

    journey(tag, SMALL, picture=False)


def test_a_plan_that_is_paused_stays_so_when_its_sheet_is_closed_and_goes_on_by_the_line(
    journey: Journey, line: Line
) -> None:
    async def pause(person: Person) -> None:
        line.cut = True
        await person.find("acme")
        await person.press("V", "t")
        await person.type("q8")
        await person.press("ctrl+s", "ctrl+s", "h")
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

    journey(pause, SMALL, picture=False)
