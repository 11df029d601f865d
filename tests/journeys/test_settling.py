"""What the journeys themselves rely on: that waiting ends, and says why when it can't."""

from __future__ import annotations

import threading

import pytest

from tests.journeys.conftest import SMALL, Journey, Person
from tests.settling import settle


def test_what_never_comes_to_rest_ends_with_words(journey: Journey) -> None:
    async def wait(person: Person) -> None:
        explorer = person.app.explorer
        explorer.pointing.awaited = explorer.set_timer(3600, lambda: None)
        with pytest.raises(AssertionError, match="doesn't come to rest: panes follow what changed"):
            await settle(person.pilot, steps=20)
        explorer.pointing.stop()

    journey(wait, SMALL, picture=False)


def test_an_answer_that_nobody_gives_is_named(journey: Journey) -> None:
    async def wait(person: Person) -> None:
        given = threading.Event()
        person.app.explorer.wait_for(given.wait, lambda _: None)
        with pytest.raises(AssertionError, match="doesn't come to rest: an answer is awaited"):
            await settle(person.pilot, steps=20)
        given.set()

    journey(wait, SMALL, picture=False)
