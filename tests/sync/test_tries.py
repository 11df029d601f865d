from __future__ import annotations

import pytest

from planhat_tui.errors import (
    OfflineError,
    PlanhatTuiError,
    RateLimitedError,
    RejectedError,
    ServerError,
    StorageError,
    StrangerError,
    TooMuchError,
    UnknownOutcomeError,
)
from planhat_tui.sync.tries import Tries


class Read:
    """Counts what was read, as a pull does."""

    def __init__(self, most: int = 4) -> None:
        self.count = 7
        self.tries = Tries(lambda: self.count, lambda: 0.5, most)


def test_pauses_grow_until_something_comes_and_end_after_some_that_bring_nothing() -> None:
    read, error = Read(), UnknownOutcomeError("The answer was lost.")
    assert [read.tries.pause(error) for _ in range(3)] == [2.0, 4.0, 8.0]
    read.count += 1
    assert [read.tries.pause(error) for _ in range(4)] == [2.0, 4.0, 8.0, None]


def test_chance_spreads_them() -> None:
    assert Tries(lambda: 0, lambda: 0.0, 4).pause() == 1.0
    assert Tries(lambda: 0, lambda: 1.0, 4).pause() == 3.0


@pytest.mark.parametrize("error", [OfflineError("cut"), StrangerError("a hotel's page")])
def test_who_was_never_there_isnt_waited_for_and_who_went_is(error: PlanhatTuiError) -> None:
    read = Read()
    assert read.tries.pause(error) is None
    read.count += 1
    assert read.tries.pause(error) == 2.0


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (ServerError("500"), True),
        (RateLimitedError("429"), True),
        (TooMuchError("too large"), False),
        (RejectedError("400"), False),
        (StorageError("full"), False),
    ],
)
def test_what_another_try_cant_mend_is_told_at_once(error: PlanhatTuiError, again: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    assert (Read().tries.pause(error) is not None) is again


def test_who_isnt_patient_tries_once() -> None:
    assert Read(most=1).tries.pause(ServerError("500")) is None
