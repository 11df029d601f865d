"""A text's place follows what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from planhat_tui.tui.widgets.words import Text

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Saying(App[None]):
    def compose(self) -> ComposeResult:
        yield Text("")


async def test_what_is_said_twice_at_once_has_the_place_of_the_second() -> None:
    app = Saying()
    async with app.run_test() as pilot:
        text = app.query_one(Text)
        text.update("one line")
        app.screen._refresh_layout()  # for something else
        text.update("one line\nand another")
        await pilot.pause()
        assert text.size.height == 2
