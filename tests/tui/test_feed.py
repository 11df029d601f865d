from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from textual.message_pump import MessagePump

from planhat_tui.model.events import Changed, Topic
from planhat_tui.tui.feed import Feed
from planhat_tui.tui.messages import Arrived

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message


class Screen(MessagePump):
    """Counts how often it is told that something arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived = 0

    def post_message(self, message: Message) -> bool:
        assert isinstance(message, Arrived)
        self.arrived += 1
        return True


class Engine:
    """Announces changes to who listens."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[Changed], None]] = []

    def subscribe(self, listener: Callable[[Changed], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def announce(self, topic: Topic, *ids: str) -> None:
        for listener in self.listeners:
            listener(Changed(topic, frozenset(ids)))


def made() -> tuple[Engine, Screen, Feed]:
    engine, screen = Engine(), Screen()
    return engine, screen, Feed(engine.subscribe, screen)


def test_many_changes_arrive_in_one_piece() -> None:
    engine, screen, feed = made()
    for number in range(300):
        engine.announce(Topic.COMPANY, f"c{number % 3}")
    engine.announce(Topic.OUTBOX, "7")
    assert screen.arrived == 1
    assert feed.take() == {
        Topic.COMPANY: frozenset({"c0", "c1", "c2"}),
        Topic.OUTBOX: frozenset({"7"}),
    }


def test_after_a_look_the_screen_is_told_again() -> None:
    engine, screen, feed = made()
    engine.announce(Topic.COMPANY, "c1")
    feed.take()
    assert feed.take() == {}
    engine.announce(Topic.COMPANY, "c2")
    assert screen.arrived == 2
    assert feed.take() == {Topic.COMPANY: frozenset({"c2"})}


def test_no_ids_mean_anything_of_the_topic() -> None:
    engine, _, feed = made()
    engine.announce(Topic.COMPANY, "c1")
    engine.announce(Topic.COMPANY)
    engine.announce(Topic.COMPANY, "c2")
    engine.announce(Topic.LIMITS)
    assert feed.take() == {Topic.COMPANY: frozenset(), Topic.LIMITS: frozenset()}


def test_who_has_stopped_is_not_told() -> None:
    engine, screen, feed = made()
    feed.stop()
    engine.announce(Topic.COMPANY, "c1")
    assert (screen.arrived, feed.take()) == (0, {})


CHANGES = st.tuples(
    st.sampled_from((Topic.COMPANY, Topic.CONTACT)), st.sets(st.sampled_from("abcd"), max_size=2)
)


@given(st.lists(CHANGES | st.none()))
def test_nothing_is_lost_and_the_screen_is_told_once_for_each_look(
    steps: list[tuple[Topic, set[str]] | None],
) -> None:
    """``None`` stands for a look of the screen."""
    engine, screen, feed = made()
    expected: dict[Topic, set[str]] = {}
    everything: set[Topic] = set()
    told = 0
    for step in [*steps, None]:
        if step is None:
            wanted = {topic: frozenset(expected[topic]) for topic in expected}
            assert feed.take() == wanted | dict.fromkeys(everything, frozenset())
            expected, everything = {}, set()
            continue
        told += not expected and not everything
        topic, ids = step
        engine.announce(topic, *ids)
        expected.setdefault(topic, set()).update(ids)
        if not ids:
            everything.add(topic)
        assert screen.arrived == told


def test_changes_from_many_threads_all_arrive() -> None:
    engine, screen, feed = made()
    seen: set[str] = set()

    def work(name: str) -> None:
        for number in range(200):
            engine.announce(Topic.CONTACT, f"{name}{number}")

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seen |= feed.take().get(Topic.CONTACT, frozenset())
    seen |= feed.take().get(Topic.CONTACT, frozenset())
    assert seen == {f"{name}{number}" for name in "abcd" for number in range(200)}
    assert screen.arrived >= 1
