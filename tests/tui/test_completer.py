from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.query.completing import at
from planhat_tui.tui.presentation.columns import Column
from planhat_tui.tui.presentation.rows import Row
from planhat_tui.tui.widgets.completer import Completer
from planhat_tui.tui.widgets.queryline import QueryLine
from planhat_tui.tui.widgets.rows import Rows
from planhat_tui.tui.widgets.toggle import Toggle
from planhat_tui.workspace.completing import Candidate, Completion
from tests.tui.stage import Stage

if TYPE_CHECKING:
    from textual.pilot import Pilot


class Typing:
    """A query line on a stage, with a widget below it."""

    def __init__(self) -> None:
        self.list = Rows([Column("name", "BELOW", 20)])
        self.completer = Completer(self.list)
        self.line = QueryLine(self.completer, "", hint="", id="search")
        self.below = Toggle("other", id="below")
        self.app = Stage(self.line, self.list, self.below)

    async def offer(self, pilot: Pilot[None], text: str, *candidates: Candidate) -> None:
        self.line.focus()
        self.line.replace_text(text)
        completing = at(text, len(text))
        assert completing is not None
        self.completer.offer(Completion(completing, candidates))
        await pilot.pause()


PHASES = (Candidate("won", "won", 1200), Candidate("at risk", "at risk", 7))


async def test_candidates_lie_over_the_heading_and_move_nothing() -> None:
    one = Typing()
    async with one.app.run_test(size=(60, 5)) as pilot:
        one.list.fill(1, [Row("a", {"name": "Acme"})])
        await pilot.pause()
        before = one.below.region
        await one.offer(pilot, "phase:", *PHASES)
        assert one.app.lines[1].split() == ["tab", "won", "1,200", "at", "risk", "7"]
        assert "Acme" in one.app.lines[2]
        assert one.below.region == before
        one.completer.offer(None)
        await pilot.pause()
        assert "BELOW" in one.app.lines[1]


async def test_tab_takes_the_chosen_one() -> None:
    one = Typing()
    async with one.app.run_test(size=(60, 5)) as pilot:
        await one.offer(pilot, "x phase:", *PHASES)
        await pilot.press("down", "tab")
        assert one.line.value == 'x phase:"at risk" '
        assert one.line.cursor_position == len(one.line.value)
        assert one.completer.current is None
        await one.offer(pilot, "phase:", *PHASES)
        await pilot.press("up", "up", "tab")
        assert one.line.value == "phase:won "


async def test_a_click_takes_one_and_leaves_the_focus_and_the_order() -> None:
    one = Typing()
    async with one.app.run_test(size=(60, 5)) as pilot:
        one.list.fill(1, [Row("a", {"name": "Acme"})])
        for word, text in (("risk", '"at risk" '), ("tab", "won "), ("1,200", "won ")):
            await one.offer(pilot, "phase:", *PHASES)
            await pilot.click(one.list, offset=(one.app.lines[1].index(word), 0))
            assert one.line.value == f"phase:{text}"
            assert one.app.focused is one.line
            assert one.completer.current is None
        await one.offer(pilot, "phase:", *PHASES)
        await pilot.click(one.list, offset=(50, 0))
        assert one.line.value == "phase:"
        assert one.app.focused is one.line
        assert one.app.all_heard(Rows.Headed) == []
        await pilot.click(one.list, offset=(10, 1))
        assert one.list.has_focus


async def test_without_candidates_tab_goes_on() -> None:
    one = Typing()
    async with one.app.run_test(size=(60, 5)) as pilot:
        one.line.focus()
        await pilot.press("down", "tab")
        assert one.app.focused is one.list


async def test_nothing_is_offered_where_nothing_is_typed() -> None:
    one = Typing()
    async with one.app.run_test(size=(60, 5)) as pilot:
        await one.offer(pilot, "phase:", *PHASES)
        one.below.focus()
        await pilot.pause()
        assert one.completer.current is None


async def test_the_chosen_one_is_seen_where_there_is_little_room() -> None:
    one = Typing()
    async with one.app.run_test(size=(30, 5)) as pilot:
        many = [Candidate(f"value {n}", f"value {n}", n) for n in range(12)]
        await one.offer(pilot, "phase:", *many)
        for number in (*range(12), 0):
            assert f"value {number}" in one.app.lines[1]
            await pilot.press("down")
            await pilot.pause()


async def test_what_is_said_of_a_query_is_said_in_the_first_form_that_has_room() -> None:
    one = Typing()
    async with one.app.run_test(size=(60, 5)) as pilot:
        for text, told in (("acme", "also 14 contacts  ctrl+f shows all"), ("a" * 30, "also 14")):
            one.line.replace_text(text)
            one.line.say("also 14 contacts  ctrl+f shows all", "also 14")
            await pilot.pause()
            assert one.app.lines[0].rstrip().endswith(f" {told}")
        one.line.replace_text("a" * 52)
        await pilot.pause()
        assert one.app.lines[0].rstrip().endswith("\u2026")
        one.line.replace_text("a" * 57)
        assert one.line.unsaid == "also 14 contacts  ctrl+f shows all"
        one.line.say()
        assert not one.line.unsaid
