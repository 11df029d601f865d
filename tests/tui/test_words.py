"""A text's place follows what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.app import App
from textual.widgets import Input

from planhat_tui.tui.keys import sentence
from planhat_tui.tui.widgets.messageline import MessageLine
from planhat_tui.tui.widgets.words import Text
from tests.tui.stage import Stage

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


@pytest.mark.parametrize("behind", range(4))
async def test_a_sentence_that_is_cut_says_so_also_where_its_last_line_is_full(behind: int) -> None:
    line = MessageLine()
    app = Stage(line)
    full = "x" * (59 - behind)
    async with app.run_test(size=(60, 20)) as pilot:
        line.say(" ".join([full] * 3))
        await pilot.pause()
        assert "…" not in shown(app)
        line.say(" ".join([full] * 4))
        await pilot.pause()
        assert shown(app).splitlines()[2].rstrip().endswith("x…")


def shown(app: Stage) -> str:
    strips = app.screen._compositor.render_strips(app.size)
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


@pytest.mark.parametrize(("key", "presses"), [("{undo}", 1), ("{save}", 2)])
async def test_a_click_on_a_letter_types_nothing_while_one_types(
    key: str,
    presses: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line, typed = MessageLine(), Input()
    app = Stage(line, typed)
    pressed: list[str] = []
    async with app.run_test(size=(60, 20)) as pilot:
        line.say(sentence(f"{key} does it"))
        await pilot.pause()
        monkeypatch.setattr(app, "simulate_key", pressed.append)
        await pilot.click("#message", offset=(0, 0))
        assert len(pressed) == 1
        typed.focus()
        await pilot.pause()
        await pilot.click("#message", offset=(0, 0))
        assert len(pressed) == presses
        assert app.focused is typed
