from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App, ComposeResult

from planhat_tui.tui.keys import Where
from planhat_tui.tui.widgets.sheetkeys import SheetKey, SheetKeys, sheet_keys

if TYPE_CHECKING:
    from textual.events import Key

CLOSE = SheetKey("esc", "close")


class Stage(App[None]):
    """A line of keys in a terminal, and the keys that were pressed."""

    def __init__(self, *keys: SheetKey) -> None:
        super().__init__()
        self.line = SheetKeys(keys, id="keys")
        self.line.styles.height = "auto"
        self.pressed: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.line

    def on_key(self, event: Key) -> None:
        self.pressed.append(event.key)


async def test_a_line_is_broken_between_two_keys() -> None:
    stage = Stage(SheetKey("enter", "take it"), SheetKey("ctrl+s", "save all"), CLOSE)
    async with stage.run_test(size=(28, 5)) as pilot:
        assert stage.line.render().plain.splitlines() == [
            "enter take it",
            "ctrl+s save all  esc close",
        ]
        assert stage.line.size.height == 2
        stage.line.show([CLOSE])
        await pilot.pause()
        assert stage.line.size.height == 1
        assert stage.line.keys == "esc close"


async def test_a_click_on_one_presses_it() -> None:
    keys = [
        ("enter", "take it"),
        ("x Y", "leave"),
        ("/", "find"),
        ("F8", "stamp"),
        ("esc", "close"),
    ]
    stage = Stage(*(SheetKey(*key) for key in keys))
    async with stage.run_test(size=(34, 5)) as pilot:
        for place in ((3, 0), (18, 0), (27, 0), (1, 1), (12, 1)):
            await pilot.click(stage.line, offset=place)
        assert stage.pressed == ["enter", "x", "slash", "f8", "escape"]


async def test_a_click_behind_the_last_one_presses_nothing() -> None:
    stage = Stage(CLOSE)
    async with stage.run_test(size=(60, 5)) as pilot:
        await pilot.click(stage.line, offset=(40, 0))
        assert stage.pressed == []


def test_a_hint_is_a_key_of_the_table_or_says_itself_what_it_does() -> None:
    hints = ("enter: decide", "retry", "{hold} {send}: wait, go", "{close}: close")
    assert sheet_keys(hints, (Where.OUTBOX,), {}) == (
        ("enter", "decide"),
        ("R", "retry"),
        ("h ctrl+s", "wait, go"),
        ("esc", "close"),
    )


def test_keys_that_the_config_changes_are_told_changed() -> None:
    changed = {"retry": "f6", "close": "f10,escape"}
    assert [
        key.keys for key in sheet_keys(("retry", "{close}: close"), (Where.OUTBOX,), changed)
    ] == [
        "F6",
        "F10",
    ]
    (save,) = sheet_keys(("save",), (Where.VIEWS,), {})
    assert save.words == "save anew", "a place's own key goes before that of all forms"
