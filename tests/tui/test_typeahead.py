"""Keys that are typed ahead, on an app whose sheets take their time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pytest
from textual import events
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widgets import Input

from planhat_tui.tui.typeahead import PATIENCE, TypeAhead
from tests.tui.stage import Stage, until

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.pilot import Pilot

    from planhat_tui.tui.app import PlanhatApp
    from planhat_tui.tui.messages import Answered


class Sheet(ModalScreen[str]):
    """Asks for a text; Enter answers."""

    def compose(self) -> ComposeResult:
        yield Input(id="answer")

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)


class Hearing(Sheet):
    """Is left by escape, whatever waits."""

    BINDINGS = [Binding("escape", "dismiss")]  # noqa: RUF012 -- as Textual has it

    def hears_at_once(self, key: str) -> bool:
        return key == "escape"


@dataclass
class Hand:
    """The seconds of a clock that a test moves."""

    now: float = 0.0

    def read(self) -> float:
        return self.now


class Desk(Stage):
    """``t`` asks the store for a sheet; what it answers is kept. ``x`` counts."""

    BINDINGS = [Binding("t", "sheet"), Binding("x", "count")]  # noqa: RUF012 -- as Textual has it

    def __init__(self) -> None:
        super().__init__(Input(id="line"))
        self.hand = Hand()
        self.typing = TypeAhead(cast("PlanhatApp", self), super().on_event, self.hand.read)
        self.answers: list[str] = []
        self.counted = self.quits = 0
        self.sheet = Sheet

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.InputEvent | events.Paste) and not event.is_forwarded:
            await self.typing.hear(event)
        else:
            await super().on_event(event)

    def action_sheet(self) -> None:
        self.reading.ask(self, "sheet", lambda: None, lambda _: self._open(), print, opens=True)

    def on_answered(self, event: Answered) -> None:
        event.apply()

    def monotonic(self) -> float:
        return self.hand.now

    async def action_quit(self) -> None:
        self.quits += 1

    def action_count(self) -> None:
        self.counted += 1

    def _open(self) -> None:
        self.push_screen(Sheet(), lambda answer: self.answers.append(answer or ""))


def burst(app: Desk, keys: str) -> None:
    """Send keys at once, as a terminal does with what is typed ahead."""
    assert app._driver is not None
    for letter in keys:
        send(app, events.Key("enter" if letter == "\n" else letter, letter))


def send(app: Desk, event: events.Event) -> None:
    assert app._driver is not None
    event.set_sender(app)
    app._driver.send_message(event)


async def quiet(app: Desk, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: not app.typing.waiting and not app.reading.opening)


async def test_letters_behind_a_key_that_opens_a_sheet_go_into_the_sheet() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        app.screen.set_focus(None)
        await pilot.pause()
        burst(app, "tgold\nx")
        await until(pilot, lambda: bool(app.answers) and not app.typing.waiting)
        assert app.answers == ["gold"]
        assert app.counted == 1


async def test_two_sheets_one_after_the_other() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        app.screen.set_focus(None)
        await pilot.pause()
        burst(app, "tone\nttwo\n")
        await until(pilot, lambda: len(app.answers) == 2)
        assert app.answers == ["one", "two"]


async def test_a_key_was_pressed_when_it_came_however_long_it_has_waited() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        app.screen.set_focus(None)
        await pilot.pause()
        assert app.typing.pressed_at is None
        app.reading.opening += 1  # the key before is at work
        app.hand.now = PATIENCE / 2
        burst(app, "x")
        await until(pilot, lambda: app.typing.waiting)
        app.hand.now = PATIENCE - 0.1
        app.reading.opening -= 1
        await until(pilot, lambda: app.counted == 1)
        assert app.typing.pressed_at == PATIENCE / 2


async def test_ctrl_q_waits_for_what_was_typed_before_and_the_second_for_nothing() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        app.screen.set_focus(None)
        await pilot.pause()
        burst(app, "tgold\n")
        send(app, events.Key("ctrl+q", None))
        await until(pilot, lambda: app.quits == 1)
        assert app.answers == ["gold"]
        app.reading.opening += 1  # a sheet that takes long
        burst(app, "x")
        send(app, events.Key("ctrl+q", None))
        await pilot.pause()
        assert app.quits == 1
        send(app, events.Key("ctrl+q", None))
        await until(pilot, lambda: app.quits == 2)
        assert app.counted == 0
        app.reading.opening -= 1


async def test_a_key_that_came_right_behind_itself_may_be_held() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        app.screen.set_focus(None)
        seen = []
        for at, key in ((5.0, "x"), (5.5, "x"), (6.3, "x"), (6.4, "y"), (6.5, "x")):
            app.hand.now = at
            send(app, events.Key(key, key))
            await until(pilot, lambda: app.typing.pressed_at == app.hand.now)
            seen.append(app.typing.is_repeat)
        assert seen == [False, True, False, False, False]


async def test_a_sheet_over_keys_that_wait_is_left_at_once_and_they_go_with_it() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        app.screen.set_focus(None)
        await pilot.pause()
        app.reading.opening += 1  # what it stands there for
        app.push_screen(Hearing())
        await pilot.pause()
        burst(app, "xx")
        send(app, events.Key("escape", None))
        await until(pilot, lambda: len(app.screen_stack) == 1)
        app.reading.opening -= 1
        await quiet(app, pilot)
        assert app.counted == 0


async def test_letters_of_a_line_come_in_their_order() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        app.query_one("#line", Input).focus()
        await pilot.pause()
        burst(app, "extra txt")
        await quiet(app, pilot)
        assert app.query_one("#line", Input).value == "extra txt"
        assert (app.counted, app.answers) == (0, [])


async def test_nothing_holds_a_key_for_ever() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        app.screen.set_focus(None)
        await pilot.pause()
        app.reading.opening += 1  # a sheet that never comes
        burst(app, "x")
        await pilot.pause()
        assert (app.counted, app.typing.waiting) == (0, True)
        app.hand.now += 2 * PATIENCE
        await until(pilot, lambda: app.counted == 1)


async def test_what_is_pasted_behind_a_key_that_opens_a_sheet_goes_into_the_sheet() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        app.screen.set_focus(None)
        await pilot.pause()
        burst(app, "t")
        send(app, events.Paste("gold"))
        burst(app, "\n")
        await until(pilot, lambda: bool(app.answers))
        assert app.answers == ["gold"]


async def test_a_click_overtakes_no_letter() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        line = app.query_one("#line", Input)
        app.screen.set_focus(None)
        await pilot.pause()
        app.reading.opening += 1  # the key before is at work
        burst(app, "xx")
        for event in (events.MouseDown, events.MouseUp):
            at = line.region
            send(
                app,
                event(None, at.x + 2, at.y, 0, 0, button=1, shift=False, meta=False, ctrl=False),
            )
        burst(app, "a")
        await pilot.pause()
        assert (app.counted, app.focused) == (0, None)
        app.reading.opening -= 1
        await quiet(app, pilot)
        assert (app.counted, app.focused, line.value) == (2, line, "a")


async def test_each_key_is_told_and_rests_after_a_pause() -> None:
    app = Desk()
    heard: list[float] = []
    app.typing = TypeAhead(
        cast("PlanhatApp", app),
        super(Desk, app).on_event,
        app.hand.read,
        lambda: heard.append(app.hand.now),
    )
    async with app.run_test() as pilot:
        app.hand.now = 7.0
        burst(app, "xx")
        await quiet(app, pilot)
        assert heard == [7.0, 7.0]
        assert app.typing.rests_in(0.5) == 0.5
        app.hand.now = 7.2
        assert app.typing.rests_in(0.5) == pytest.approx(0.3)
        app.hand.now = 9.0
        assert app.typing.rests_in(0.5) == 0
