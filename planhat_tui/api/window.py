"""What is known of the rate limit: states and answers in, states out; no clock, no waiting.

API reference 2016, "Introduction": about 200 calls a window, the window is reset every 60 to 120
seconds, and each response tells the limit and what remains, but nothing tells when the reset comes.

What ``Remaining`` says is the truth, and requests that it can't know of yet (sent, not answered)
are taken off it. Answers arrive out of order, so a rise alone proves no reset: only a rise by more
than the requests whose lives overlapped can. All times are monotonic seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

DOCUMENTED_LIMIT: Final = 200
SHORTEST: Final = 60.0
LONGEST: Final = 120.0
PROBE_EVERY: Final = 10.0
"""Seconds between two requests that only find out whether the window has turned."""

BURST_PAUSE: Final = 5.0
"""Seconds of rest after a 429 though calls remain: too many at once, or in one second."""

_GUESSES: Final = 100
"""Guesses that are remembered: twice as many as can be in flight."""

NEVER: Final = float("inf")


@dataclass(frozen=True, slots=True)
class Told:
    """What a response says of the limit; ``None`` where it says nothing that makes sense.

    ``retry_after`` is in seconds and counts for a 429 only.
    """

    status: int
    limit: int | None = None
    remaining: int | None = None
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request on its way: ``number`` counts all requests, ``others`` were unanswered then."""

    number: int
    others: int
    window: int
    sent_at: float
    probe: bool


@dataclass(frozen=True, slots=True)
class Window:
    """All that is known of one rate limit.

    ``left`` is the lowest ``Remaining`` of this window less the requests that got no such header.
    ``guesses`` has one item for each of these: how many requests had been sent when it ended, so
    that an answer to an older one isn't taken for knowing of it. ``told`` says whether there was a
    header at all. ``since`` is when this window was first known to run; its reset was in
    ``(reset_from, since]`` if ``reset_from`` isn't ``None``. ``old_at`` is when the youngest of the
    requests was sent that lowered ``left``. After a 429, or once a window is used up, ``probing``
    lets one request go at a time: number ``probe``.
    """

    limit: int | None = None
    left: int = DOCUMENTED_LIMIT
    told: bool = False
    guesses: tuple[int, ...] = ()
    since: float | None = None
    reset_from: float | None = None
    old_at: float = -NEVER
    number: int = 0
    turns: int = 0
    unanswered: int = 0
    sent_at: float = -NEVER
    second: tuple[float, int] = (-NEVER, 0)
    stopped_until: float = -NEVER
    stopped_at: int = 0
    probing: bool = False
    probe: int | None = None

    @property
    def spare(self) -> int:
        """How many requests can be sent without overspending, as far as is known."""
        return self.left - self.unanswered

    @property
    def reset_between(self) -> tuple[float, float] | None:
        """When the next reset comes; ``None`` if none was seen yet."""
        if self.since is None or self.reset_from is None:
            return None
        return self.reset_from + SHORTEST, self.since + LONGEST


def sent(window: Window, now: float) -> tuple[Window, Ticket]:
    """Count a request that goes now."""
    probing = window.probing or window.spare <= 0
    number = window.number + 1
    ticket = Ticket(number, window.unanswered, window.turns, now, probe=probing)
    began, count = window.second
    counted = replace(
        window,
        number=number,
        unanswered=window.unanswered + 1,
        since=now if window.since is None else window.since,
        sent_at=now,
        second=(began, count + 1) if now - began < 1.0 else (now, 1),
        probing=probing,
        probe=number if probing else None,
    )
    return counted, ticket


def answered(window: Window, ticket: Ticket, told: Told, now: float) -> Window:
    """Learn from a response's status and headers."""
    overlap = ticket.others + window.number - ticket.number
    window = replace(_gone(window, ticket), limit=told.limit or window.limit)
    if told.status == 429:
        return _stop(window, ticket, told, now)
    if told.remaining is None:
        window = _uncounted(window, ticket, now)
    elif not window.told or told.remaining > window.left + len(window.guesses) + overlap:
        window = _risen(window, ticket, told.remaining, now)
    elif ticket.window == window.turns or told.remaining >= window.left - overlap:
        window = _fallen(window, ticket, told.remaining)
    if ticket.number > window.stopped_at:
        window = replace(window, probing=False)
    return window


def lost(window: Window, ticket: Ticket) -> Window:
    """Count a request whose answer never came: Planhat may have counted it."""
    return _guessed(_gone(window, ticket))


def unsent(window: Window, ticket: Ticket) -> Window:
    """Take back a request that never left: it costs nothing."""
    return _gone(window, ticket)


def _gone(window: Window, ticket: Ticket) -> Window:
    probe = None if window.probe == ticket.number else window.probe
    return replace(window, unanswered=window.unanswered - 1, probe=probe)


def _uncounted(window: Window, ticket: Ticket, now: float) -> Window:
    """Count by ourselves: a probe that was let through opens a window of the documented size."""
    if ticket.probe:
        fresh = (window.limit or DOCUMENTED_LIMIT) - 1 - window.unanswered
        return replace(window, left=max(0, fresh), guesses=(), since=now, reset_from=None)
    return _guessed(window)


def _guessed(window: Window) -> Window:
    """Take off a call that may have been counted."""
    guesses = (*window.guesses, window.number)[-_GUESSES:]
    return replace(window, left=max(0, window.left - 1), guesses=guesses)


def _heard(window: Window, ticket: Ticket, remaining: int) -> Window:
    """Take a word for the truth, less what was guessed while it was on its way."""
    guesses = tuple(number for number in window.guesses if number >= ticket.number)
    return replace(window, left=max(0, remaining - len(guesses)), guesses=guesses)


def _fallen(window: Window, ticket: Ticket, remaining: int) -> Window:
    """Note a word on the window that is known. It still ran when a lower figure was asked for."""
    heard = _heard(window, ticket, remaining)
    if heard.left > window.left:
        return window
    return replace(heard, old_at=max(ticket.sent_at, window.old_at))


def _risen(window: Window, ticket: Ticket, remaining: int, now: float) -> Window:
    """Note a new window, or the first word on one. It began after the last low answer was sent."""
    if not window.told:
        return replace(_heard(window, ticket, remaining), told=True, old_at=ticket.sent_at)
    return replace(
        _heard(window, ticket, remaining),
        since=now,
        reset_from=max(ticket.sent_at - LONGEST, window.old_at),
        old_at=-NEVER,
        turns=window.turns + 1,
    )


def _stop(window: Window, ticket: Ticket, told: Told, now: float) -> Window:
    """Stop all lanes; a 429 to a request from before the last reset says nothing any more."""
    if ticket.window != window.turns or (window.stopped_at >= ticket.number and not window.probing):
        return window
    burst = bool(told.remaining)
    if told.retry_after is not None:
        pause = max(1.0, told.retry_after)
    elif burst:
        pause = BURST_PAUSE
    else:
        between = window.reset_between
        pause = max(PROBE_EVERY, between[0] - now if between else 0.0)
    return replace(
        window,
        left=window.left if burst else 0,
        told=True,
        stopped_until=max(window.stopped_until, now + pause),
        stopped_at=max(window.stopped_at, window.number),
        probing=True,
    )
