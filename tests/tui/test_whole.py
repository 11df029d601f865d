"""The place under a list, for what the list has no room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from planhat_tui.tui.screens.sheet import Sheet
from planhat_tui.tui.widgets.whole import Whole
from tests.tui.stage import TUI, Stage, drawn

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Telling(Sheet[None]):
    CSS_PATH = str(TUI / "screens" / "sheet.tcss")

    def __init__(self) -> None:
        super().__init__("A row in full")
        self.whole = Whole(id="whole")

    def body(self) -> ComposeResult:
        yield self.whole
        yield Static("under it", id="under")


@pytest.mark.parametrize("long", ["word " * 30, "one\ntwo\nthree"], ids=["wrapped", "lines"])
async def test_the_place_stays_as_tall_as_the_tallest_text_was(long: str) -> None:
    app, sheet = Stage(), Telling()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(sheet)
        await drawn(app, pilot)
        assert not sheet.whole.display
        heights = []
        for text in ("short", long, "short", "", long):
            sheet.whole.show(text)
            await drawn(app, pilot)
            heights.append(sheet.whole.size.height)
        first, tallest, *after = heights
        assert first == 1
        assert tallest > 1
        assert after == [tallest] * 3
        sheet.whole.forget()
        sheet.whole.show("short")
        await drawn(app, pilot)
        assert sheet.whole.size.height == 1
