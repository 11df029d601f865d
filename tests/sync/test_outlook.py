from __future__ import annotations

from dataclasses import replace

import pytest

from planhat_tui.model.limits import Lane, Limits
from planhat_tui.store.rows import Progress
from planhat_tui.sync.outlook import Outlook, outlook, seconds_for

WHOLE = Progress(100, 100, 900, contacts_complete=True, seen_at=1.0, contacts_known=900)
LIMIT = Limits(limit=200, remaining=100, latency=0.2, reset_in=(20.0, 40.0))


UNCOUNTED = WHOLE._replace(contacts_complete=False, contacts_known=None)


@pytest.mark.parametrize(
    ("progress", "edition", "companies", "contacts", "at_least"),
    [
        (WHOLE, "modern", 0, 0, False),
        (WHOLE._replace(companies_complete=60), "seed", 40, 0, False),
        (WHOLE._replace(companies_known=12_000, companies_complete=0), "modern", 3, 0, False),
        (UNCOUNTED._replace(companies_known=12_000), "modern", 3, 1, True),
        (UNCOUNTED, "modern", 0, 1, True),
        (UNCOUNTED, "seed", 0, 1, False),
        (UNCOUNTED._replace(seen_at=None), "seed", 0, 1, True),  # names are still to come
        (WHOLE._replace(contacts_complete=False, contacts_known=500_000), "modern", 0, 250, False),
        (WHOLE._replace(contacts_complete=False), "modern", 0, 1, False),
    ],
)
def test_calls_that_are_left_for_each_list(
    progress: Progress, edition: str, companies: int, contacts: int, *, at_least: bool
) -> None:
    ahead = outlook(progress, edition, LIMIT)
    assert (ahead.companies, ahead.contacts, ahead.at_least) == (companies, contacts, at_least)
    assert ahead.calls == companies + contacts


@pytest.mark.parametrize(
    ("calls", "limits", "seconds"),
    [
        (10, Limits(), None),
        (10, Limits(latency=0.2), 2.0),
        (80, LIMIT, 16.0),  # what is left is enough, but for the reserve
        (81, LIMIT, 30.0),  # from here on the reset is waited for
        (140, LIMIT, 30.0),
        (440, LIMIT, 120.0),  # one more window
        (1, replace(LIMIT, waiting={Lane.BACKGROUND: 1}), 30.0),  # what is left is kept
        (440, Limits(limit=200, remaining=100, latency=2.0, reset_in=(20.0, 40.0)), 880.0),
        (440, Limits(limit=200, remaining=100, latency=0.2, others=60.0), 315.0),
    ],
)
def test_the_time_that_takes(calls: int, limits: Limits, seconds: float | None) -> None:
    assert seconds_for(calls, limits) == (seconds if seconds is None else pytest.approx(seconds))


def test_what_is_known_is_told_though_nobody_has_counted_the_contacts() -> None:
    half = UNCOUNTED._replace(companies_known=12_000)
    quick = Limits(latency=0.25)
    assert outlook(half, "modern", quick) == Outlook(4, 1.0, 3, at_least=True)
    assert outlook(WHOLE, "modern", LIMIT) == Outlook(0, 0.0)


def test_pages_are_counted_as_large_as_they_are() -> None:
    progress = UNCOUNTED._replace(companies_known=12_000, contacts_known=2_000)
    ahead = outlook(progress, "modern", LIMIT, lambda _: 101)
    assert (ahead.companies, ahead.contacts) == (118, 11)


def test_what_is_lacking_is_said_in_words() -> None:
    assert WHOLE.lacking == ""
    assert WHOLE._replace(companies_complete=62).lacking == "companies 62%"
    reading = WHOLE._replace(contacts_complete=False)
    assert reading._replace(contacts_known=None).lacking == "contacts"
    assert reading._replace(contacts_done=560).lacking == "contacts 62%"
    assert reading._replace(contacts_done=2_000).lacking == "contacts 99%"
