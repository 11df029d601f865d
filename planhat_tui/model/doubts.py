"""What becomes of a write whose answer was lost, by what is found when it's looked up. Pure.

Planhat has no idempotency keys, and what nobody answered may still land for the whole of the grace
time. While it runs nothing is sent again, nothing goes that the first try would overwrite if it
landed, and an edit that is dropped is only let go of: it's watched on, so that what lands of it
isn't taken for somebody else's change.

=========  ==============================  ================  ================  =================
asked for  found                           in the time       after it          after it, let go
=========  ==============================  ================  ================  =================
edit       as it was to be                 done              done              arrived: it's told
edit       as it was, or as others have    waits             goes again (1)    dropped
           made it
edit       its record is gone              goes again (2)    goes again (2)    dropped
delete     gone                            done              done              arrived: it's told
delete     as it stood                     waits             goes again        dropped
delete     changed since                   waits             refused           dropped
create     one that fits                   done              done              arrived: it's told
create     none                            waits             goes again        dropped
create     several that fit, or one of     a person's        a person's        a person's
           which too little is known
call made  nothing can be looked up        a person's        a person's        dropped at once
=========  ==============================  ================  ================  =================

(1) after it was read and merged anew: a field that somebody has changed becomes a conflict.
(2) nothing can land there any more; what it means is told when it's sent.

A person's *retry* has what can be looked up looked up at once, and changes nothing else: it goes
again when the time is over. What is a person's to decide isn't sent again before, either, since
what they have just seen at Planhat may change until then.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.model.outbox import Entry

GRACE: Final = 120.0
"""Seconds in which a write that nobody answered may still land."""


class Found(StrEnum):
    """What a look at Planhat has shown of a write."""

    DONE = "done"
    NOT_DONE = "not done"
    CHANGED = "changed since"
    IMPOSSIBLE = "impossible"
    """Its record is gone: it can't land any more."""


class Verdict(StrEnum):
    """What becomes of the write. Of one that is let go, ``AGAIN`` and ``REFUSED`` mean dropped."""

    DONE = "done"
    WAITS = "waits"
    AGAIN = "again"
    REFUSED = "refused"


def verdict(entry: Entry, found: Found, now: float) -> Verdict:
    """Return what becomes of an entry that isn't sure. ``now`` is seconds since the epoch."""
    if found is Found.DONE:
        return Verdict.DONE
    if found is not Found.IMPOSSIBLE and may_land(entry, now):
        return Verdict.WAITS
    return Verdict.REFUSED if found is Found.CHANGED else Verdict.AGAIN


def lands_until(entry: Entry) -> float:
    """Return until when an entry that isn't sure may still land, in seconds since the epoch."""
    return entry.state_at + GRACE


def may_land(entry: Entry, now: float) -> bool:
    """Tell whether what was sent of an entry that isn't sure may still land."""
    return now < lands_until(entry)


def told_again(entry: Entry, now: float, clock: Callable[[float], str]) -> str:
    """Say what happens to one that a person wants sent again; ``clock`` writes a moment."""
    if not may_land(entry, now):
        return "It is looked up in Planhat first, and sent again if it isn't there."
    return (
        "It is looked up in Planhat first. If it isn't there, it is sent again at"
        f" {clock(lands_until(entry))}, since the first try may still arrive."
    )


def told_let_go(entry: Entry, clock: Callable[[float], str]) -> str:
    """Say what is still to be known of one that a person has dropped."""
    return f"Its first try may still arrive until {clock(lands_until(entry))}."
