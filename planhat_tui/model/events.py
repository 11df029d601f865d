"""What travels back to the panes: one kind of event."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Topic(StrEnum):
    """What a change is about."""

    COMPANY = "company"
    CONTACT = "contact"
    CALL = "call"
    USER = "user"
    OUTBOX = "outbox"
    LIMITS = "limits"
    SYNC = "sync"
    PROFILE = "profile"


class Changed(NamedTuple):
    """Something changed: re-read it. No ``ids`` means that any of the topic may have changed."""

    topic: Topic
    ids: frozenset[str] = frozenset()
