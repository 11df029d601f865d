"""When an edit that waits goes out, and what it waits for. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.limits import Lane
from planhat_tui.model.outbox import Action, State, companies_of, decides_itself
from planhat_tui.model.records import Kind
from planhat_tui.model.text import plural
from planhat_tui.sync.delivery import keys_of, past_deletions
from planhat_tui.sync.doubts import abouts, due_in
from planhat_tui.sync.leaving import allowed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from planhat_tui.model.limits import Limits
    from planhat_tui.model.outbox import Entry
    from planhat_tui.sync.aside import Record
    from planhat_tui.sync.status import SyncStatus

WINDOW: Final = (60.0, 120.0)
"""Seconds of a window of the rate limit, as documented."""
CALLS: Final = (1, 2)
"""Calls that an edit costs: it alone, and with the read before it."""
LATENCY: Final = 0.3
"""Seconds of a call before any was seen."""
SOON: Final = 1.0
LONG: Final = 3.0
"""Seconds above which somebody who waits is told why."""
ASLEEP: Final = "It goes out when an explorer or a sync runs."


class Prospect(NamedTuple):
    """What an edit waits for, as a sentence. ``seconds``: from and to; ``None`` if nobody knows.

    ``before`` counts the requests that go before it.
    """

    sentence: str
    seconds: tuple[float, float] | None = None
    before: int = 0


def prospects(
    entries: Sequence[Entry],
    status: SyncStatus | None,
    wall: float,
    monotonic: float,
    barred: Callable[[Entry], str] = lambda _: "",
) -> Mapping[int, Prospect]:
    """Return the prospect of each open entry; the clocks are seconds, the wall's since the epoch.

    ``entries`` are all open ones, oldest first. ``status`` is ``None`` where nobody delivers.
    ``barred`` says why guardrails keep an edit here, empty if they don't.
    """
    turns = {n: turn for turn, parcel in enumerate(allowed(entries, barred)) for n in parcel.ns}
    line = _in_line(past_deletions(entries, barred))
    known = {e.n: _prospect(e, line, turns, status, wall, monotonic) for e in entries}
    kept = {e.n: barred(e) for e in entries if e.state is State.QUEUED}
    return known | {n: Prospect(f"It stays here: {why}") for n, why in kept.items() if why}


class _Line(NamedTuple):
    """What an edit may wait for: the edits of each record, and those that make a company."""

    records: dict[tuple[Kind, str], list[Entry]]
    companies: dict[str, Entry]


def _in_line(entries: Iterable[Entry]) -> _Line:
    line = _Line({}, {})
    for entry in entries:
        line.records.setdefault((entry.kind, entry.record_id), []).append(entry)
        if entry.action is Action.CREATE and entry.kind is Kind.COMPANY:
            line.companies[entry.record_id] = entry
    return line


def _prospect(  # noqa: PLR0917 -- private, and all of them are needed
    entry: Entry,
    line: _Line,
    turns: Mapping[int, int],
    status: SyncStatus | None,
    wall: float,
    monotonic: float,
) -> Prospect:
    match entry.state:
        case State.SENDING:
            return Prospect("It is on its way.", (0.0, 0.0))
        case State.HELD:
            return Prospect("It stays here until it is sent again.")
        case State.CONFLICT:
            return Prospect("It waits until you settle the conflict.")
        case State.NOT_SURE:
            return _doubt(entry, status, wall)
        case State.QUEUED:
            return _queued(entry, line, turns, status, wall, monotonic)
        case _:
            return Prospect("It stays here until it is sent again or discarded.")


def _doubt(entry: Entry, status: SyncStatus | None, wall: float) -> Prospect:
    due = due_in([entry], wall)
    if not decides_itself(entry) or due is None:
        return Prospect("It isn't sent again by itself: say whether it is there.")
    seconds = max(due, *(_set_aside(about, status, wall) for about in abouts(entry)))
    then = "" if entry.let_go or not entry.looked else ", and gets it again if it isn't there"
    return Prospect(f"Planhat is asked what became of it{_in(seconds, seconds)}{then}.")


def _set_aside(about: Record, status: SyncStatus | None, wall: float) -> float:
    """Return for how many seconds it isn't tried since it couldn't be read; 0 if it is."""
    known = {} if status is None else status.aside
    return max(0.0, known.get(about, wall) - wall)


def _queued(  # noqa: PLR0917 -- private, and all of them are needed
    entry: Entry,
    line: _Line,
    turns: Mapping[int, int],
    status: SyncStatus | None,
    wall: float,
    monotonic: float,
) -> Prospect:
    turn = turns.get(entry.n)
    if status is not None and (shut := _shut(status)):
        return Prospect(shut)
    if turn is None:
        return _behind(entry, line)
    if status is None:
        return Prospect(ASLEEP)
    if aside := _set_aside((entry.kind, entry.record_id), status, wall):
        told = f"Its record couldn't be read: it is tried again{_in(aside, aside) or ' now'}."
        return Prospect(told, (aside, aside), turn)
    low, high = goes_in(turn, status.limits, monotonic)
    left = status.limits.remaining if _is_kept(status.limits, monotonic) else None
    why = "" if left is None else f": {plural(left, 'call')} left, kept for you"
    return Prospect(f"It goes out{_in(low, high) or ' now'}{why}.", (low, high), turn)


def _shut(status: SyncStatus) -> str:
    """Return what keeps everything back; empty if nothing does."""
    if status.paused or status.network == "refused":
        return "The queue is paused: the token was refused."
    if status.network == "mismatch":
        return "Nothing is sent: the token opens another tenant."
    if status.network == "offline":
        return "It goes out when the network is back."
    return ""


def in_line(mine: Iterable[int], known: Mapping[int, Prospect]) -> str:
    """Return what somebody is told who waits for these edits; empty if they go soon.

    ``known`` are the prospects of all that is open: how many requests go before the first of
    them, and when the last goes.
    """
    waiting = [known[n] for n in mine if n in known]
    timed = [(one.seconds, one.before) for one in waiting if one.seconds is not None]
    if not timed:
        return waiting[0].sentence if len(waiting) == 1 else ""
    (low, high), _ = max(timed)
    before = min(before for _, before in timed)
    if high < LONG:
        return ""
    who = "this goes out" if len(timed) == 1 else f"the last of these {len(timed)} goes out"
    first = f"{plural(before, 'other request')} before it: " if before else ""
    told = f"{first}{who}{_in(low, high)}."
    return told[:1].upper() + told[1:]


def unsure(entries: Iterable[Entry], wall: float) -> str:
    """Return ``3 not sure yet: looked up in 97 s``; empty if nothing is that is looked up.

    ``wall`` is seconds since the epoch.
    """
    doubts = [entry for entry in entries if decides_itself(entry)]
    seconds = due_in(doubts, wall)
    if seconds is None:
        return ""
    return f"{len(doubts):,} not sure yet: looked up{_in(seconds, seconds) or ' now'}"


def _behind(entry: Entry, line: _Line) -> Prospect:
    before = [
        one
        for one in line.records.get((entry.kind, entry.record_id), ())
        if one.state is State.NOT_SURE or (one.place, one.n) < (entry.place, entry.n)
    ]
    if not before:
        return _behind_company(entry, line.companies)
    keys = keys_of(entry)
    first = next((one for one in before if keys_of(one) & keys), before[0])
    return Prospect(f"It waits for edit {first.n} ({first.state}).")


def _behind_company(entry: Entry, companies: Mapping[str, Entry]) -> Prospect:
    """Return what an edit waits for whose company is to be made; by its number if it's stuck."""
    making = (companies[one] for one in companies_of(entry) if one in companies)
    company = min(making, key=lambda one: (one.place, one.n), default=None)
    if company is None or company.state in {State.QUEUED, State.SENDING}:
        return Prospect("It waits until its company is made.")
    return Prospect(f"It waits for its company: edit {company.n} ({company.state}).")


def goes_in(turn: int, limits: Limits, monotonic: float) -> tuple[float, float]:
    """Return between how many seconds from now the edit with so many before it goes out."""
    stopped = max(0.0, (limits.stopped_until or monotonic) - monotonic)
    pace = limits.latency or LATENCY
    low, high = ((turn * calls * pace) + stopped for calls in CALLS)
    if limits.remaining is None or not limits.limit:
        return low, high
    first, last = _reset(limits, monotonic)
    short, long = (turn * calls - limits.remaining for calls in CALLS)
    if short >= 0:
        low = max(low, first + (short // limits.limit) * WINDOW[0])
    if long >= 0:
        high = max(high, last + (long // limits.limit) * WINDOW[1])
    if _is_kept(limits, monotonic):
        high = max(high, last)
    return low, max(low, high)


def _is_kept(limits: Limits, monotonic: float) -> bool:
    """Tell whether edits ask for calls and don't get those that are left.

    The user's own are kept until the reset; how many, the rate limit decides anew at each call.
    """
    stopped = limits.stopped_until is not None and limits.stopped_until > monotonic
    return bool(limits.waiting.get(Lane.OUTBOX) and limits.remaining) and not stopped


def _reset(limits: Limits, monotonic: float) -> tuple[float, float]:
    if limits.reset_in is None or limits.as_of is None:
        return 0.0, WINDOW[1]
    passed = monotonic - limits.as_of
    first, last = limits.reset_in
    return max(0.0, first - passed), max(0.0, last - passed)


def _in(low: float, high: float) -> str:
    if high < SOON:
        return ""
    if round(low) == round(high):
        return f" in {high:.0f} s"
    return f" in {low:.0f}-{high:.0f} s"
