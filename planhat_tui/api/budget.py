"""A rate limit's window as text that all processes of this machine share, and how much still holds.

It is written in wall-clock seconds, since monotonic ones end with the machine's run, together with
how far the wall clock was ahead. So a wall clock that was set can be told from time that has
passed: monotonic seconds count where they can, and where the two disagree (sleep, a restart of the
machine, a clock set forward) the window may have turned meanwhile. Text that makes no sense is
forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec.structs import replace

from planhat_tui.api.window import LONGEST, MAX_STOP, NEVER, Window

DRIFT: Final = 2.0
"""Seconds by which the clocks may differ without anything having happened."""

_MOST: Final = 10**9


class _Shared(msgspec.Struct, frozen=True):
    ahead: float
    window: Window


def write(window: Window, ahead: float) -> str:
    """Write a window down; ``ahead`` is wall clock minus monotonic clock, now."""
    return msgspec.json.encode(_Shared(ahead, _walled(window, ahead))).decode()


def read(text: str, now: float, ahead: float) -> Window:
    """Return the window that a text still proves at ``now``, monotonic seconds."""
    if not text:
        return Window()
    try:
        shared = _DECODER.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return Window()
    if not _makes_sense(shared.window):
        return Window()
    return _Clocks(now, ahead, shared.ahead).read(shared.window)


_DECODER: Final = msgspec.json.Decoder(_Shared)


def _walled(window: Window, ahead: float) -> Window:
    """Return the window in wall-clock seconds; what never was is at 0."""

    def wall(moment: float) -> float:
        return 0.0 if moment == -NEVER else moment + ahead

    return replace(
        window,
        heard_at=wall(window.heard_at),
        guesses=tuple(wall(moment) for moment in window.guesses),
        began=None if window.began is None else (wall(window.began[0]), wall(window.began[1])),
        ran_at=wall(window.ran_at),
        paced_at=wall(window.paced_at),
        second=(wall(window.second[0]), window.second[1]),
        stopped_until=wall(window.stopped_until),
        stopped_at=wall(window.stopped_at),
        probe_until=wall(window.probe_until),
        doubted_until=wall(window.doubted_until),
        trust=replace(
            window.trust,
            last_at=wall(window.trust.last_at),
            jumped_from=wall(window.trust.jumped_from),
            jumped_at=wall(window.trust.jumped_at),
        ),
        held=tuple(replace(held, until=wall(held.until)) for held in window.held),
    )


def _makes_sense(window: Window) -> bool:
    counts = (
        *window.used,
        window.limit or 1,
        window.low or 0,
        window.spent,
        window.turns,
        window.others,
    )
    paces = (window.foreign, window.user, window.urgent)
    return (
        all(0 <= count <= _MOST for count in (*counts, *(held.calls for held in window.held)))
        and all(most >= 0 and least <= most for least, most in window.lengths)
        and all(pace.calls >= 0 and pace.seconds >= 0 for pace in paces)
        and (window.began is None or window.began[0] <= window.began[1])
    )


@dataclass(frozen=True, slots=True)
class _Clocks:
    """The clocks now, and how far the wall's was ahead when the window was written."""

    now: float
    ahead: float
    then: float

    def read(self, window: Window) -> Window:
        return replace(
            window,
            heard_at=self._past(window.heard_at),
            guesses=tuple(self._past(moment) for moment in window.guesses),
            began=None
            if window.began is None
            else (self._surely_past(window.began[0]), self._past(window.began[1])),
            ran_at=self._surely_past(window.ran_at),
            paced_at=self._past(window.paced_at),
            second=(self._past(window.second[0]), window.second[1]),
            stopped_until=self._coming(window.stopped_until, MAX_STOP),
            stopped_at=self._past(window.stopped_at),
            probe_until=self._coming(window.probe_until, LONGEST),
            doubted_until=self._coming(window.doubted_until, LONGEST),
            trust=replace(
                window.trust,
                last_at=self._surely_past(window.trust.last_at),
                jumped_from=self._surely_past(window.trust.jumped_from),
                jumped_at=self._past(window.trust.jumped_at),
            ),
            held=tuple(
                replace(held, until=self._coming(held.until, LONGEST)) for held in window.held
            ),
        )

    def _past(self, moment: float) -> float:
        """Return a moment that has been: monotonic, unless the machine was restarted since."""
        if not moment:
            return -NEVER
        steady = moment - self.then
        return steady if steady <= self.now else min(moment - self.ahead, self.now)

    def _surely_past(self, moment: float) -> float:
        """Return the earliest moment that it can have been."""
        past = self._past(moment)
        return min(past, moment - self.ahead) if self.ahead - self.then > DRIFT else past

    def _coming(self, moment: float, most: float) -> float:
        """Return the earliest moment that it can be; none if it's further away than it can be."""
        if not moment:
            return -NEVER
        at = moment - (self.ahead if self.ahead - self.then > DRIFT else self.then)
        return at if at <= self.now + most else -NEVER
