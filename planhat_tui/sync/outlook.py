"""What is left to read, what it costs and how long that takes at the present rate limit. Pure."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.records import Kind
from planhat_tui.sync.pages import full

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.model.limits import Limits
    from planhat_tui.store.rows import Progress

WINDOW: Final = 90.0
"""Seconds between resets of the limit, in the middle of what Planhat says."""
_RESERVE: Final = 0.1
"""The part of a limit that reading in the background leaves to people."""


class Outlook(NamedTuple):
    """Calls that are left, and the seconds that they take; ``None`` while nobody knows.

    ``companies`` are those of the calls that read companies, the others read contacts.
    ``at_least``: how many companies or contacts there are isn't known, so that it may be more.
    """

    calls: int | None
    seconds: float | None
    companies: int = 0
    at_least: bool = False

    @property
    def contacts(self) -> int:
        """The calls that read contacts."""
        return (self.calls or 0) - self.companies


def outlook(
    progress: Progress, edition: str, limits: Limits, page_of: Callable[[Kind], int] = full
) -> Outlook:
    """Return what is ahead until the copy is whole; ``page_of`` tells how many come at once."""
    left = progress.companies_left
    companies = left if edition == "seed" else ceil(left / page_of(Kind.COMPANY))
    calls = companies + _calls_for_contacts(progress, edition, page_of(Kind.CONTACT))
    uncounted = not progress.contacts_complete and progress.contacts_known is None
    names_to_come = progress.companies_known > 0 and progress.seen_at is None
    at_least = names_to_come or (uncounted and edition != "seed")
    return Outlook(calls, seconds_for(calls, limits), companies, at_least)


def _calls_for_contacts(progress: Progress, edition: str, page: int) -> int:
    """Return the calls that read contacts: where nobody has counted them, the next one alone."""
    if progress.contacts_complete:
        return 0
    if edition == "seed":
        return 1
    left = max(1, (progress.contacts_known or 0) - progress.contacts_done)
    return ceil(left / max(1, page - 1))


def seconds_for(calls: int, limits: Limits) -> float | None:
    """Return about how long calls in the background take; ``None`` before the first answer."""
    if limits.latency is None:
        return None
    busy = calls * limits.latency
    if limits.limit is None or limits.remaining is None:
        return busy
    free = 0.0 if limits.keeps_calls else max(0.0, limits.remaining - limits.limit * _RESERVE)
    if calls <= free:
        return busy
    others = (limits.others or 0.0) * WINDOW / 60
    a_window = max(1.0, limits.limit * (1 - _RESERVE) - others)
    until_reset = sum(limits.reset_in) / 2 if limits.reset_in else WINDOW / 2
    return max(busy, until_reset + WINDOW * ((calls - free) / a_window - 1), until_reset)
