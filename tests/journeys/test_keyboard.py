"""A morning by the keyboard alone: the focus is always where the next key is meant for."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

from textual.widgets import Input

from planhat_tui.runtime import Runtime, Start
from planhat_tui.tui.app import PlanhatApp
from tests.journeys import planhat
from tests.journeys.conftest import CLOCK, EITHER, SMALL
from tests.journeys.doing import run_line

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import Journey, Person


@EITHER
def test_one_thing_at_a_time_looks_focused(journey: Journey, size: tuple[int, int]) -> None:
    async def look(person: Person) -> None:
        explorer, glyphs = person.app.explorer, person.app.glyphs

        def title() -> str:
            lines = explorer._compositor.render_strips(person.app.size)
            return next(line.text for line in lines if "3 Contacts 5" in line.text)

        await person.find("acme inc")
        await person.press("3")
        assert glyphs.heavy in title()
        for key in ("t", "e", "p", "o", "J"):
            await person.press(key)
            assert glyphs.heavy not in title(), key
            await person.press("escape")
            assert glyphs.heavy in title(), key
        assert person.focus == "contact-rows"

    journey(look, size, picture=False)


@EITHER
def test_the_terminals_own_cursor_goes_along_with_the_focus(
    journey: Journey, size: tuple[int, int]
) -> None:
    async def read(person: Person) -> None:
        app = person.app

        def under_it() -> str:
            lines = app.screen._compositor.render_strips(app.size)
            x, y = app.cursor_position
            return lines[y].crop(x).text

        async def on_the_row(*keys: str) -> None:
            await person.press(*keys)
            assert under_it().startswith(app.glyphs.caret), keys

        async def in_the_line(*keys: str) -> None:
            await person.press(*keys)
            line = app.focused
            assert isinstance(line, Input)
            assert app.cursor_position == line.cursor_screen_offset
            assert line.region.contains_point(app.cursor_position), keys

        await person.find("acme inc")
        await on_the_row("3")
        for sheet in "t", "e", "colon":
            await in_the_line(sheet)
            await on_the_row("escape")
        await on_the_row("p")
        await on_the_row("escape")
        for key in "1", "2", "tab", "shift+tab", "1", "P":
            await on_the_row(key)
        await in_the_line("t", *"gold")

    journey(read, size, picture=False)


@EITHER
def test_a_morning_by_the_keyboard_alone(journey: Journey, size: tuple[int, int]) -> None:
    async def work(person: Person) -> None:
        await person.press("slash")
        assert person.focus == "search"
        await person.type("acme inc\n")
        assert person.focus == "company-rows"

        await person.press("2")
        assert person.focus == "field-rows"
        await person.press("3")
        assert person.focus == "contact-rows"
        await person.press("2")
        assert person.focus == "field-rows"

        await person.press("t")
        assert person.focus == "pick-line"
        await person.type("gold\n\x13")
        assert person.focus == "field-rows"
        person.sees("gold")

        await person.press("3", "C")
        assert person.focus == "line-talk"
        await person.type("12")
        await person.press("tab", "shift+tab", "ctrl+s")
        assert len(planhat.workspace(person).reads.calls()) == 1

        await person.press("1", "V", "t")
        await person.type("spring\n\x13")
        assert person.focus == "company-rows"
        await person.press("escape", "u")
        person.sees("Undo")
        await person.press("ctrl+s")
        planhat.wait_for_delivery(person)
        assert "spring" not in planhat.company(person, "Acme Inc")["tags"]
        assert "gold" in planhat.company(person, "Acme Inc")["tags"]

        await run_line(person, "limits")
        person.sees(":limits")
        await person.press("escape")
        assert person.focus == "company-rows"
        await person.press("P")
        person.sees(" DEMO-2 ")
        assert person.focus == "company-rows"
        await person.press("P")
        person.sees(" DEMO ")
        assert person.focus == "company-rows"

    journey(work, size, picture=False)


async def test_who_quits_before_the_explorer_has_begun_meets_no_fault(
    template: Path, home: Path
) -> None:
    shutil.copytree(template, home)
    runtime = Runtime({"PLANHAT_TUI_HOME": str(home)}, Start(), clock=CLOCK)
    with contextlib.closing(runtime):
        app = PlanhatApp(runtime.session())
        async with app.run_test(size=SMALL):
            app.exit()
            app.explorer._begin()
            assert not app.explorer.calls.form.is_attached
        assert app.fault is None
        assert app.return_code == 0
