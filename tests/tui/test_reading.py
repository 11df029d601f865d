from __future__ import annotations

import asyncio
import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest
from textual._context import NoActiveAppError
from textual.message_pump import MessagePump

from planhat_tui.errors import OfflineError, PlanhatTuiError
from planhat_tui.tui.messages import Answered, Said
from planhat_tui.tui.part import Part
from planhat_tui.tui.reading import Beside, Reading
from tests.tui.stage import Stage, answered, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.message import Message


class Asker(MessagePump):
    """Somebody who asks, and looks at the answers when it suits them."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Answered] = []
        self.told: list[object] = []
        self.failed: list[PlanhatTuiError] = []

    def post_message(self, message: Message) -> bool:
        assert isinstance(message, Answered)
        self.answers.append(message)
        return True

    def look(self) -> None:
        """Apply what has come, as the screen's thread does."""
        while self.answers:
            self.answers.pop(0).apply()


@pytest.fixture
def reading() -> Iterator[Reading]:
    reading = Reading()
    yield reading
    reading.close()


@pytest.fixture
def asker() -> Asker:
    return Asker()


class Gate:
    """A question that has begun and isn't answered until it's let go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.open = threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.open.wait(30)
        return "late"


def ask(reading: Reading, asker: Asker, key: str, answer: str) -> None:
    reading.ask(asker, key, lambda: answer, asker.told.append, asker.failed.append)


def ask_urgently(reading: Reading, asker: Asker, answer: str) -> None:
    told, failed = asker.told.append, asker.failed.append
    reading.ask(asker, "list", lambda: answer, told, failed, urgent=True)


def await_answers(asker: Asker, count: int) -> None:
    """Wait until so many have come, whatever the store's thread is at."""
    while len(asker.answers) < count:
        pass


def finish(reading: Reading) -> None:
    reading.barrier().result(30)


def test_answers_come_in_the_order_of_the_questions(reading: Reading, asker: Asker) -> None:
    for number in range(20):
        ask(reading, asker, f"key {number}", f"answer {number}")
    finish(reading)
    asker.look()
    assert asker.told == [f"answer {number}" for number in range(20)]


def test_a_read_sees_the_write_before_it(reading: Reading, asker: Asker) -> None:
    kept: list[str] = []
    for word in ("one", "two", "three"):
        reading.do(asker, partial(kept.append, word), lambda _: None, asker.failed.append)
        reading.ask(asker, word, lambda: tuple(kept), asker.told.append, asker.failed.append)
    finish(reading)
    asker.look()
    assert asker.told == [("one",), ("one", "two"), ("one", "two", "three")]


def test_an_answer_is_applied_by_the_one_who_asked(reading: Reading, asker: Asker) -> None:
    ask(reading, asker, "list", "rows")
    finish(reading)
    assert asker.told == [], "nothing happens on the reading thread"
    asker.look()
    assert asker.told == ["rows"]


def test_an_older_question_that_has_not_begun_is_skipped(reading: Reading, asker: Asker) -> None:
    asked: list[str] = []
    gate = Gate()
    reading.do(asker, gate, lambda _: None, asker.failed.append)
    for text in ("a", "ac", "acm"):
        reading.ask(
            asker, "search", partial(asked.append, text), asker.told.append, asker.failed.append
        )
    gate.open.set()
    finish(reading)
    asker.look()
    assert asked == ["acm"]
    assert len(asker.told) == 1


def test_the_answer_to_an_older_question_that_has_begun_is_dropped(
    reading: Reading, asker: Asker
) -> None:
    gate = Gate()
    reading.ask(asker, "search", gate, asker.told.append, asker.failed.append)
    assert gate.begun.wait(30)
    ask(reading, asker, "search", "newest")
    gate.open.set()
    finish(reading)
    asker.look()
    assert asker.told == ["newest"]


def test_an_answer_that_has_come_is_dropped_if_it_was_asked_again(
    reading: Reading, asker: Asker
) -> None:
    ask(reading, asker, "search", "old")
    finish(reading)
    ask(reading, asker, "search", "new")
    finish(reading)
    assert len(asker.answers) == 2
    asker.look()
    assert asker.told == ["new"]


def test_other_keys_and_other_widgets_are_not_in_the_way(reading: Reading, asker: Asker) -> None:
    other = Asker()
    ask(reading, asker, "list", "rows")
    ask(reading, asker, "detail", "facts")
    ask(reading, other, "list", "their rows")
    finish(reading)
    asker.look()
    other.look()
    assert asker.told == ["rows", "facts"]
    assert other.told == ["their rows"]


def test_a_deed_is_never_skipped(reading: Reading, asker: Asker) -> None:
    done: list[int] = []
    gate = Gate()
    reading.do(asker, gate, asker.told.append, asker.failed.append)
    for number in range(3):
        reading.do(asker, partial(done.append, number), asker.told.append, asker.failed.append)
    gate.open.set()
    finish(reading)
    asker.look()
    assert done == [0, 1, 2]
    assert asker.told == ["late", None, None, None]


def _offline() -> str:
    raise OfflineError("Planhat wasn't reached.")


def _bug() -> str:
    raise ZeroDivisionError


def test_an_error_of_ours_is_told(reading: Reading, asker: Asker) -> None:
    reading.ask(asker, "list", _offline, asker.told.append, asker.failed.append)
    reading.do(asker, _offline, asker.told.append, asker.failed.append)
    finish(reading)
    asker.look()
    assert asker.told == []
    assert [str(error) for error in asker.failed] == ["Planhat wasn't reached."] * 2


def test_the_error_of_an_older_question_is_not_told(reading: Reading, asker: Asker) -> None:
    reading.ask(asker, "list", _offline, asker.told.append, asker.failed.append)
    finish(reading)
    ask(reading, asker, "list", "rows")
    finish(reading)
    asker.look()
    assert (asker.told, asker.failed) == (["rows"], [])


def test_a_bug_is_raised_where_it_is_seen(reading: Reading, asker: Asker) -> None:
    reading.ask(asker, "list", _bug, asker.told.append, asker.failed.append)
    finish(reading)
    with pytest.raises(ZeroDivisionError):
        asker.look()
    assert asker.failed == []


def test_the_list_of_a_letter_waits_for_no_edit_before_it(reading: Reading, asker: Asker) -> None:
    gate = Gate()
    reading.do(asker, gate, asker.told.append, asker.failed.append)
    ask_urgently(reading, asker, "rows")
    await_answers(asker, 1)
    asker.look()
    assert asker.told == ["rows"]
    gate.open.set()


def test_what_is_asked_after_a_list_comes_after_it(reading: Reading, asker: Asker) -> None:
    gate = Gate()
    reading.ask(asker, "list", gate, asker.told.append, asker.failed.append, urgent=True)
    assert gate.begun.wait(30)
    ask(reading, asker, "enter", "in the list")
    gate.open.set()
    finish(reading)
    asker.look()
    assert asker.told == ["late", "in the list"]


def test_what_is_asked_in_the_place_of_a_list_is_as_urgent(reading: Reading, asker: Asker) -> None:
    gate, list_gate = Gate(), Gate()
    reading.do(asker, gate, asker.told.append, asker.failed.append)
    reading.ask(asker, "list", list_gate, asker.told.append, asker.failed.append, urgent=True)
    ask(reading, asker, "list", "rows")
    list_gate.open.set()
    await_answers(asker, 2)
    asker.look()
    assert asker.told == ["rows"]
    gate.open.set()


def test_while_a_key_is_at_work_others_wait_for_its_list(reading: Reading, asker: Asker) -> None:
    reading.attend()
    ask(reading, asker, "company", "Acme")
    ask(reading, asker, "contacts", "Ann")
    finish(reading)
    assert not asker.answers
    assert reading.pending == 2
    ask_urgently(reading, asker, "rows")
    reading.arrived()
    await_answers(asker, 1)
    asker.look()
    assert asker.told == ["rows", "Acme", "Ann"]
    assert reading.pending == 0


def test_behind_a_key_that_asks_for_no_list_the_others_follow(
    reading: Reading, asker: Asker
) -> None:
    followed: list[bool] = []
    reading.followed = lambda: followed.append(reading.attends)
    reading.attend()
    ask(reading, asker, "company", "Acme")
    finish(reading)
    reading.arrived()
    asker.look()
    assert asker.told == ["Acme"]
    assert followed == [False]


def test_a_list_that_cant_be_read_holds_up_nobody(reading: Reading, asker: Asker) -> None:
    reading.attend()
    ask(reading, asker, "company", "Acme")
    reading.ask(asker, "list", _offline, asker.told.append, asker.failed.append, urgent=True)
    finish(reading)
    asker.look()
    assert asker.told == ["Acme"]
    assert len(asker.failed) == 1


def test_an_answer_that_moves_the_focus_waits_for_no_key(reading: Reading, asker: Asker) -> None:
    reading.attend()
    ask(reading, asker, "company", "Acme")
    reading.ask(asker, "open", lambda: "form", asker.told.append, asker.failed.append, opens=True)
    finish(reading)
    assert len(asker.answers) == 2
    assert not reading.attends


def test_what_is_due_is_done_behind_the_key_at_work(reading: Reading, asker: Asker) -> None:
    done: list[str] = []
    reading.once_answered(asker, lambda: done.append("at once"))
    reading.attend()
    reading.once_answered(asker, lambda: done.append("behind it"))
    assert done == ["at once"]
    reading.let_follow()
    asker.look()
    assert done == ["at once", "behind it"]


def test_what_waits_for_the_network_holds_up_no_read(reading: Reading, asker: Asker) -> None:
    gate = Gate()
    reading.wait_for(asker, gate, asker.told.append, asker.failed.append)
    assert gate.begun.wait(30)
    ask(reading, asker, "list", "rows")
    finish(reading)
    asker.look()
    assert asker.told == ["rows"]
    assert reading.pending == 1
    gate.open.set()


def test_what_waits_runs_in_as_many_threads_as_there_is_to_wait_for() -> None:
    beside, gates = Beside(), [Gate() for _ in range(3)]
    at_once = [beside.submit(gate) for gate in gates]
    assert all(gate.begun.wait(5) for gate in gates)
    for gate in gates:
        gate.open.set()
    assert [one.result(5) for one in at_once] == ["late"] * 3
    who: set[int] = set()
    for _ in range(20):
        who.add(beside.submit(threading.get_ident).result(5))
    assert len(who) <= 3, "each one stays for the next"


def test_what_fails_beside_is_told_and_its_thread_goes_on() -> None:
    beside = Beside()
    with pytest.raises(ZeroDivisionError):
        beside.submit(lambda: 1 // 0).result(5)
    assert beside.submit(lambda: "answered").result(5) == "answered"


def test_what_is_not_answered_is_counted(reading: Reading, asker: Asker) -> None:
    gate = Gate()
    reading.do(asker, gate, asker.told.append, asker.failed.append)
    reading.ask(asker, "list", _offline, asker.told.append, asker.failed.append)
    reading.ask(asker, "list", _bug, asker.told.append, asker.failed.append)
    assert reading.pending == 3
    gate.open.set()
    finish(reading)
    assert reading.pending == 0


class Gone(Asker):
    """Somebody whose app has ended."""

    def post_message(self, message: Message) -> bool:  # noqa: ARG002 -- Textual's signature
        raise NoActiveAppError


def test_an_answer_that_nobody_can_take_is_not_waited_for(reading: Reading) -> None:
    ask(reading, Gone(), "list", "rows")
    finish(reading)
    assert reading.pending == 0


def test_at_the_end_what_waits_is_dropped_and_what_runs_is_ended(asker: Asker) -> None:
    reading, gate = Reading(), Gate()
    reading.do(asker, gate, asker.told.append, asker.failed.append)
    assert gate.begun.wait(30)
    ask(reading, asker, "list", "rows")
    ender = threading.Thread(target=reading.close)
    ender.start()
    while reading.pending > 1:  # the question that waits is dropped at once
        pass
    gate.open.set()
    ender.join(30)
    assert asker.answers == []
    assert reading.pending == 0


def test_what_is_answered_after_the_end_is_dropped_without_a_word(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reading, gates = Reading(), (Gate(), Gate())
    for gate, opens in zip(gates, (True, False), strict=True):
        reading.wait_for(Gone(), gate, lambda _: None, lambda _: None, opens=opens)
        assert gate.begun.wait(30)
    reading.close()
    for gate in gates:
        gate.open.set()
    while reading.pending:
        pass
    assert caplog.records == []


class Curious(Part):
    """A part on a screen that asks."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[object] = []
        self.threads: set[int] = set()

    def take(self, answer: object) -> None:
        self.told.append(answer)
        self.threads.add(threading.get_ident())


async def test_a_part_is_answered_on_the_screens_thread() -> None:
    part = Curious()
    app = Stage(part)
    async with app.run_test() as pilot:
        part.ask("thread", threading.get_ident, part.take)
        part.perform(lambda: "done", part.take)
        await answered(app, pilot)
        part.wait_for(lambda: "waited", part.take)
        await until(pilot, lambda: len(part.told) == 3)
        assert part.told[1:] == ["done", "waited"]
        assert part.threads == {threading.get_ident()}
        assert part.told[0] != threading.get_ident()


async def test_a_part_says_what_went_wrong() -> None:
    part = Curious()
    app = Stage(part)
    async with app.run_test() as pilot:
        part.ask("list", _offline, part.take)
        await answered(app, pilot)
        assert app.all_heard(Said) == [Said("Planhat wasn't reached.", bad=True, unreached=True)]


async def _meet_a_bug() -> None:
    part = Curious()
    app = Stage(part)
    async with app.run_test() as pilot:
        part.perform(_bug, part.take)
        await answered(app, pilot)


async def test_a_bug_ends_the_app_and_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        await _meet_a_bug()


async def test_a_part_that_is_gone_is_not_answered() -> None:
    part, gate = Curious(), Gate()
    app = Stage(part)
    async with app.run_test() as pilot:
        part.perform(gate, part.take)
        await asyncio.to_thread(gate.begun.wait, 30)
        await part.remove()
        gate.open.set()
        await answered(app, pilot)
        assert part.told == []
        assert app.reading.pending == 0


async def test_nobody_waits_for_what_was_to_open_by_a_part_that_is_gone() -> None:
    part, gate = Curious(), Gate()
    app = Stage(part)
    async with app.run_test() as pilot:
        part.wait_for(gate, part.take, opens=True)
        part.ask("list", lambda: "rows", part.take, opens=True)
        await asyncio.to_thread(gate.begun.wait, 30)
        await answered(app, pilot)
        assert app.reading.opening == 1
        await part.remove()
        assert app.reading.opening == 0
        part.ask("list", lambda: "rows", part.take, opens=True)  # by a callback of what it opened
        gate.open.set()
        await until(pilot, lambda: not app.reading.pending)
        assert app.reading.opening == 0
