"""What is left to read, what it costs and how long that takes at the present rate limit. Pure."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.sync.plan import COMPANY_PAGE, CONTACT_PAGE

if TYPE_CHECKING:
    from planhat_tui.model.limits import Limits
    from planhat_tui.store.rows import Progress

WINDOW: Final = 90.0
"""Seconds between resets of the limit, in the middle of what Planhat says."""
_RESERVE: Final = 0.1
"""The part of a limit that reading in the background leaves to people."""


class Outlook(NamedTuple):
    """Calls that are left, ``None`` while nobody knows; seconds likewise."""

    calls: int | None
    seconds: float | None


def outlook(progress: Progress, edition: str, limits: Limits) -> Outlook:
    """Return what is ahead until the copy is whole."""
    calls = calls_left(progress, edition)
    return Outlook(calls, None if calls is None else seconds_for(calls, limits))


def calls_left(progress: Progress, edition: str) -> int | None:
    """Return the calls that are left; ``None`` while nobody knows how much there is."""
    companies = progress.companies_left
    pages = companies if edition == "seed" else ceil(companies / COMPANY_PAGE)
    if progress.contacts_complete:
        return pages
    if edition == "seed":
        return pages + 1
    if progress.contacts_known is None:
        return None
    contacts = max(1, progress.contacts_known - progress.contacts_done)
    return pages + ceil(contacts / (CONTACT_PAGE - 1))


def seconds_for(calls: int, limits: Limits) -> float | None:
    """Return about how long calls in the background take; ``None`` before the first answer."""
    if limits.latency is None:
        return None
    busy = calls * limits.latency
    if limits.limit is None or limits.remaining is None:
        return busy
    free = max(0.0, limits.remaining - limits.limit * _RESERVE)
    if calls <= free:
        return busy
    others = (limits.others or 0.0) * WINDOW / 60
    a_window = max(1.0, limits.limit * (1 - _RESERVE) - others)
    until_reset = sum(limits.reset_in) / 2 if limits.reset_in else WINDOW / 2
    return max(busy, until_reset + WINDOW * ((calls - free) / a_window - 1), until_reset)
