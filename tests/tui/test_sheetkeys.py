from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App, ComposeResult

from planhat_tui.tui.widgets.sheetkeys import SheetKeys

if TYPE_CHECKING:
    from textual.events import Key


class Stage(App[None]):
    """A line of keys in a terminal, and the keys that were pressed."""

    def __init__(self, keys: str) -> None:
        super().__init__()
        self.line = SheetKeys(keys, id="keys")
        self.line.styles.height = "auto"
        self.pressed: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.line

    def on_key(self, event: Key) -> None:
        self.pressed.append(event.key)


async def test_a_line_is_broken_between_two_keys() -> None:
    stage = Stage("Enter takes it   ctrl+s saves all   esc close")
    async with stage.run_test(size=(30, 5)) as pilot:
        assert stage.line.render().plain.splitlines() == [
            "Enter takes it",
            "ctrl+s saves all   esc close",
        ]
        assert stage.line.size.height == 2
        stage.line.show("esc close")
        await pilot.pause()
        assert stage.line.size.height == 1
        assert stage.line.keys == "esc close"


async def test_a_click_on_one_presses_it() -> None:
    stage = Stage("Enter takes it   x Y leave   / finds   esc close")
    async with stage.run_test(size=(34, 5)) as pilot:
        for place in ((3, 0), (18, 0), (1, 1), (12, 1)):
            await pilot.click(stage.line, offset=place)
        assert stage.pressed == ["enter", "x", "slash", "escape"]


async def test_what_is_no_key_presses_nothing() -> None:
    stage = Stage("type a piece of it   empty clears it")
    async with stage.run_test(size=(60, 5)) as pilot:
        for x in (1, 25, 59):
            await pilot.click(stage.line, offset=(x, 0))
        assert stage.pressed == []
