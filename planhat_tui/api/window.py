"""What is known of the rate limit: states and answers in, states out; no clock, no waiting.

API reference 2016, "Introduction": about 200 calls a window, the window is reset every 60 to 120
seconds, and each response tells the limit and what remains, but nothing tells when the reset comes.

What ``Remaining`` says is the truth, with two bounds that need no trust: nobody gets more calls out
of a window than the limit, and within a window ``Remaining`` only falls. Answers arrive out of
order, so a rise over what was told since the request was *sent* proves nothing; a request that
hears no less than what was told before it was sent comes after a reset. Times are monotonic
seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec.structs import replace

from planhat_tui.api.pace import Pace
from planhat_tui.api.trust import Trust, contradicts, judged
from planhat_tui.model.limits import Lane

DOCUMENTED_LIMIT: Final = 200
SHORTEST: Final = 60.0
LONGEST: Final = 120.0

BURST_PAUSE: Final = 5.0
"""Seconds of rest after a 429 though calls remain: too many at once, or in one second."""

MAX_STOP: Final = 600.0
"""Seconds that a ``Retry-After`` can stop us; then one request asks again."""

LENGTHS: Final = 8
"""Windows whose length is remembered."""

SILENT: Final = 10
"""Calls in a row that may go without a word of what remains before that counts as unknown."""

NEVER: Final = float("inf")

Span = tuple[float, float]
"""The earliest and the latest."""


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
    """A request on its way, and what was known of the window when it was sent."""

    sent_at: float
    turn: int
    low: int | None
    ran_at: float
    probe: bool
    last: int | None = None
    last_at: float = -NEVER
    lane: Lane = Lane.USER


class Held(msgspec.Struct, frozen=True):
    """Calls that a process has taken and that nobody has heard of yet; forgotten at ``until``."""

    owner: str
    calls: int
    until: float


class Window(msgspec.Struct, frozen=True):
    """All that is known of one rate limit, by all processes of this machine.

    ``low`` is the lowest ``Remaining`` of this window, ``None`` while none is told; ``heard_at``
    is when it was, or when a call was counted without a word. ``spent`` counts our calls that are
    known to be in this window, while nothing is told all that may be gone of it, and ``guesses``
    has the moments at which requests ended that may have been counted though no answer said so.
    The reset that began the window lies within ``began``; the window is known to have run on until
    ``ran_at``. ``turns`` counts resets and ``lengths`` holds the last ones' spans of seconds.
    ``used`` counts our calls of this window by lane.
    ``others`` counts the calls that others have used of this window; ``foreign`` is their pace,
    ``user`` that of what the user waits for, ``urgent`` that of all lanes but the background, as of
    ``paced_at``.
    After a 429 ``probing`` lets one request go at a time; one is on its way until ``probe_until``.
    Headers that tell of more than the limit aren't shown until ``doubted_until``; ``trust`` says
    whether those of this server are believed at all.
    """

    limit: int | None = None
    low: int | None = None
    heard_at: float = -NEVER
    spent: int = 0
    guesses: tuple[float, ...] = ()
    began: Span | None = None
    ran_at: float = -NEVER
    turns: int = 0
    lengths: tuple[Span, ...] = ()
    used: tuple[int, int, int, int] = (0, 0, 0, 0)
    others: int = 0
    foreign: Pace = Pace()
    user: Pace = Pace()
    urgent: Pace = Pace()
    paced_at: float = -NEVER
    second: tuple[float, int] = (-NEVER, 0)
    stopped_until: float = -NEVER
    stopped_at: float = -NEVER
    probing: bool = False
    probe_until: float = -NEVER
    doubted_until: float = -NEVER
    trust: Trust = Trust()
    held: tuple[Held, ...] = ()

    @property
    def most(self) -> int:
        """Calls that a window has."""
        return self.limit or max(DOCUMENTED_LIMIT, self.low or 0)

    @property
    def left(self) -> int:
        """Calls that are left in this window as far as is known, requests on their way included."""
        left = self.most - self.spent
        left = left if self.low is None else min(self.low, left)
        return max(0, left - len(self.guesses))

    @property
    def unanswered(self) -> int:
        """Calls that are taken and not accounted for, by all processes."""
        return sum(held.calls for held in self.held)

    @property
    def spare(self) -> int:
        """How many requests can be sent without overspending, as far as is known."""
        return self.left - self.unanswered


def ticket(window: Window, now: float, *, probe: bool, lane: Lane = Lane.USER) -> Ticket:
    """Note what is known as a request of a lane is sent."""
    last = window.trust.last, window.trust.last_at
    return Ticket(now, window.turns, window.low, window.ran_at, probe, *last, lane=lane)


def answered(window: Window, ticket: Ticket, told: Told, now: float) -> Window:
    """Learn from a response's status and headers; all but a 429 has used a call of its lane's."""
    learned = _learned(window, ticket, told, now)
    return learned if told.status == 429 else _used(learned, window, ticket)


def _used(window: Window, before: Window, ticket: Ticket) -> Window:
    """Count a call for its lane, unless it was one of a window before."""
    if ticket.turn != before.turns:
        return window
    one, two, three, four = (n + (lane == ticket.lane) for lane, n in enumerate(window.used))
    return replace(window, used=(one, two, three, four))


def _learned(window: Window, ticket: Ticket, told: Told, now: float) -> Window:
    window, told = _believed(_probed(window, ticket), ticket, told, now)
    window = replace(window, limit=told.limit or window.limit)
    if told.status == 429:
        return _stopped(window, ticket, told, now)
    if ticket.sent_at >= window.stopped_at:
        window = replace(window, probing=False)
    if told.remaining is None:
        return _uncounted(window, ticket, now)
    if ticket.turn != window.turns:
        return _late(window, ticket, told.remaining, now)
    if ticket.low is not None and told.remaining >= ticket.low:
        return _risen(window, ticket, told.remaining, now)
    return _fallen(window, ticket, told.remaining, now)


def lost(window: Window, ticket: Ticket, now: float) -> Window:
    """Count a request whose answer never came: Planhat may have counted it."""
    return _used(_guessed(_probed(window, ticket), now), window, ticket)


def unsent(window: Window, ticket: Ticket) -> Window:
    """Take back a request that never left: it costs nothing."""
    return _probed(window, ticket)


def aged(window: Window, now: float) -> Window:
    """Turn the window once time alone proves that it has ended."""
    if window.began is None or now < (ends := window.began[1] + longest(window)):
        return window
    began = max(window.began[0] + shortest(window), window.ran_at), ends
    if now > ends + LONGEST or window.ran_at >= ends:  # nothing is known of this one
        began = now - LONGEST, now
    return _turned(replace(window, low=None), began, now)


def shortest(window: Window) -> float:
    """Return the length that no window falls short of: as documented, unless seen otherwise."""
    return min([SHORTEST, *(most for _, most in window.lengths)])


def longest(window: Window) -> float:
    """Return the length that no window exceeds: as documented, unless seen otherwise."""
    return max([LONGEST, *(least for least, _ in window.lengths)])


def _believed(window: Window, ticket: Ticket, told: Told, now: float) -> tuple[Window, Told]:
    """Judge the figures; those that aren't believed count as missing, the earlier ones as well."""
    trust = judged(window.trust, ticket, told, now, shortest(window))
    if window.trust.believed and not trust.believed:
        window = replace(window, limit=None, low=None, guesses=())
    if not trust.believed or contradicts(told):
        told = Told(told.status, retry_after=told.retry_after)
    return replace(window, trust=trust), told


def _probed(window: Window, ticket: Ticket) -> Window:
    return replace(window, probe_until=-NEVER) if ticket.probe else window


def _turned(window: Window, began: Span, now: float) -> Window:
    """Begin a window; of what is on its way, nothing is known to be counted in it."""
    guesses = tuple(moment for moment in window.guesses if moment >= began[1])
    return replace(
        window,
        began=began,
        turns=window.turns + 1,
        spent=0,
        guesses=guesses,
        used=(0, 0, 0, 0),
        others=0,
        heard_at=now,
    )


def _uncounted(window: Window, ticket: Ticket, now: float) -> Window:
    """Count by ourselves: a probe that was let through opens a window of the documented size.

    Not where calls were told to be left, and only guesses have used them up.
    """
    if not ticket.probe or ticket.turn != window.turns or window.low:
        return _guessed(window, now)
    began = max(window.ran_at, now - LONGEST), now
    return replace(_turned(replace(window, low=None), began, now), spent=1, guesses=())


def _guessed(window: Window, now: float) -> Window:
    """Take off a call that may have been counted; after many of them, what was told is unknown."""
    if window.low is None:
        return replace(window, spent=window.spent + 1, heard_at=now)
    if len(window.guesses) < SILENT:
        return replace(window, guesses=(*window.guesses, now))
    spent = max(window.spent, window.most - window.low) + len(window.guesses) + 1
    return replace(window, low=None, spent=spent, guesses=(), heard_at=now)


def _met(window: Window, ticket: Ticket, now: float) -> Window:
    """Bound anew when the window began of which this is the first word.

    It was turned by time alone, which tells of the next window only; if that may have ended too
    while nothing was heard, it is any of those after it that has its word.
    """
    if window.low is not None or window.began is None:
        return window
    earliest, latest = window.began
    in_time = ticket.turn == window.turns and ticket.sent_at <= latest
    if in_time or now < earliest + shortest(window) or now <= latest:  # nothing went unheard
        return window
    return replace(window, began=(max(earliest, ticket.sent_at - longest(window)), now))


def _late(window: Window, ticket: Ticket, remaining: int, now: float) -> Window:
    """Note a word that set out before the window turned, if it can only be of the new one."""
    if window.began is not None and now < window.began[0]:
        return window  # heard long ago and told only now
    if ticket.low is None or remaining < ticket.low:
        return window
    low = remaining if window.low is None else min(window.low, remaining)
    return replace(_met(window, ticket, now), low=low, spent=window.spent + 1)


def _fallen(window: Window, ticket: Ticket, remaining: int, now: float) -> Window:
    """Note a word on the window that is known. It still ran when a lower figure was asked for."""
    nonsense = window.limit is not None and remaining >= window.limit
    counted = replace(window, spent=window.spent + 1)
    if window.low is not None and remaining >= window.low:
        return counted
    if window.low is None and ticket.sent_at >= window.heard_at:  # it knows what was counted here
        gone = max(1, counted.most - remaining)
        counted = replace(counted, spent=min(counted.spent, gone))
    heard = replace(
        _met(counted, ticket, now),
        low=remaining,
        heard_at=now,
        ran_at=max(window.ran_at, ticket.sent_at),
        guesses=tuple(moment for moment in window.guesses if moment >= ticket.sent_at),
        doubted_until=now + LONGEST if nonsense else window.doubted_until,
    )
    return _watched(heard, window, now)


def _risen(window: Window, ticket: Ticket, remaining: int, now: float) -> Window:
    """Note a new window, unless it comes too early and too small to be believed.

    Then the lowest figure stays, by which nothing is overspent, and the window may have begun at
    any moment until now: a server that was started anew, or one whose figures don't agree.
    """
    old = window.began or (now - LONGEST, now)
    began = max(ticket.ran_at, old[0] + shortest(window)), now
    if began[0] > now:  # earlier than any reset can be
        fresh = window.limit is not None and 2 * (remaining - (window.low or 0)) >= window.limit
        if not fresh:
            return replace(window, spent=window.spent + 1, heard_at=now, began=(old[0], now))
        began = max(ticket.ran_at, old[0]), now
    turned = _turned(replace(window, low=remaining), began, now)
    lengths = window.lengths
    if old[1] - old[0] < LONGEST:
        lengths = (*lengths, (began[0] - old[1], began[1] - old[0]))[-LENGTHS:]
    seen = (window.limit or 0) - remaining - 1 - window.unanswered
    return replace(turned, spent=1, lengths=lengths, ran_at=ticket.sent_at, others=max(0, seen))


def _watched(heard: Window, before: Window, now: float) -> Window:
    """See how much others use: what is gone and isn't ours, at the least."""
    if heard.limit is None or heard.low is None:
        return heard
    gone = heard.limit - heard.low - heard.spent
    seen = max(heard.others, gone - heard.unanswered - len(heard.guesses))
    if before.low is None:  # what was used before we looked has no time to be set against
        return replace(heard, others=seen)
    foreign = heard.foreign.after(now - before.heard_at, seen - heard.others)
    return replace(heard, others=seen, foreign=foreign)


def _stopped(window: Window, ticket: Ticket, told: Told, now: float) -> Window:
    """Stop all lanes; a 429 to a request from before the last reset says nothing any more."""
    if ticket.turn != window.turns:
        return window
    burst = bool(told.remaining)
    if told.remaining is None:  # the first one without a word, though calls should be left
        burst = not window.probing and window.low is not None and window.spare > 0
    pause = BURST_PAUSE if burst else 0.0
    if told.retry_after is not None:
        pause = min(MAX_STOP, max(told.retry_after, BURST_PAUSE if window.probing else 1.0))
    stopped = replace(
        window,
        stopped_until=max(window.stopped_until, now + pause),
        stopped_at=now,
        probing=True,
    )
    if burst:
        return stopped
    met = _met(stopped, ticket, now)
    return replace(met, low=0, heard_at=now, ran_at=max(window.ran_at, ticket.sent_at))
