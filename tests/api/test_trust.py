"""Figures of a rate limit that can't be true: they are told from those of any honest server."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from planhat_tui.api import budget
from planhat_tui.api.window import Told, Window, answered, ticket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from planhat_tui.api.window import Ticket

LIMIT = 200
AHEAD = 1e9


def _dice(seed: int) -> Random:
    return Random(seed)  # noqa: S311 -- drawn again from its seed, and no secret


def _heard(figures: Iterable[int], limit: int | None = LIMIT, every: float = 0.5) -> Window:
    """Hear of figures, one request after the other, each so many seconds after the one before."""
    window = Window()
    for number, remaining in enumerate(figures):
        sent_at = number * every
        one = ticket(window, sent_at, probe=False)
        window = answered(window, one, Told(200, limit, remaining), sent_at + every / 2)
    return window


def _count(resets: Iterable[float], others: float, at_once: int, seed: int) -> bool:
    """Play an honest server with many requests on their way; whether it was believed throughout."""
    rng, window, left = _dice(seed), Window(), LIMIT
    flying: list[tuple[float, float, Ticket, int]] = []
    turns, now = [*resets], 0.0
    while turns:
        now += 0.05
        if now >= turns[0]:
            left = LIMIT
            turns.pop(0)
        left -= min(left, int(rng.random() < others * 0.05))
        if left and len(flying) < at_once:
            sent = ticket(window, now - 0.04, probe=False)
            left -= 1
            flying.append((now + rng.uniform(0.05, 2.0), now, sent, left))
        for one in sorted(one for one in flying if one[0] <= now):
            window = answered(window, one[2], Told(200, LIMIT, one[3]), now)
            flying.remove(one)
            if not window.trust.believed:
                return False
    return True


@pytest.mark.parametrize("others", [0.0, 2.0])
@pytest.mark.parametrize("at_once", [1, 20])
def test_an_honest_server_is_believed_whatever_comes_in_between(
    others: float, at_once: int
) -> None:
    for seed in range(4):
        rng = _dice(seed)
        resets = [rng.uniform(20, 60)]
        while resets[-1] < 900:
            resets.append(resets[-1] + rng.uniform(60, 120))
        assert _count(resets, others, at_once, seed)


def test_a_server_that_was_started_anew_is_believed() -> None:
    assert _count([50.0, 62.0, 130.0, 141.0, 260.0], 1.0, 10, seed=1)


LIES: dict[str, Callable[[int], int]] = {
    "stands still": lambda _number: 137,
    "is full": lambda _number: LIMIT,
    "is used up": lambda _number: 0,
    "rises": lambda number: min(number, LIMIT),
    "jumps about": lambda number: _dice(number).randrange(LIMIT),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_count_that_does_not_count_is_not_believed(lie: Callable[[int], int]) -> None:
    window = _heard(map(lie, range(20)))
    assert not window.trust.believed
    assert (window.limit, window.low) == (None, None)


def test_more_than_there_is_is_not_believed() -> None:
    window = _heard(range(199, 150, -1), limit=1)
    assert not window.trust.believed
    assert window.limit is None
    assert _heard([150], limit=100).low is None


def test_a_limit_of_one_call_may_always_be_used_up() -> None:
    assert _heard([0] * 20, limit=1, every=90.0).trust.believed
    assert not _heard([0] * 20, limit=2, every=90.0).trust.believed


def test_who_counts_again_is_believed_again() -> None:
    lying = [137] * 10
    assert not _heard([*lying, *range(136, 120, -1)]).trust.believed
    window = _heard([*lying, *range(136, 80, -1)])
    assert window.trust.believed
    assert (window.limit, window.low) == (LIMIT, 81)


def test_a_429_says_nothing_against_the_figures() -> None:
    window = _heard(range(20, 0, -1))
    for number in range(9):
        sent = ticket(window, 20.0 + number, probe=False)
        window = answered(window, sent, Told(429, LIMIT, 0), 20.5 + number)
    assert window.trust.believed


def test_all_processes_of_a_machine_share_the_verdict() -> None:
    window = _heard([137] * 10)
    again = budget.read(budget.write(window, AHEAD), 5.0, AHEAD)
    assert again.trust.doubt == window.trust.doubt
    assert again.trust.jumped_at == pytest.approx(window.trust.jumped_at)
    assert budget.read(budget.write(Window(), AHEAD), 5.0, AHEAD).trust == Window().trust
