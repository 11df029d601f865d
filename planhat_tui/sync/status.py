"""What the engine tells of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from planhat_tui.model.limits import Limits
from planhat_tui.model.records import MANY
from planhat_tui.model.text import plural
from planhat_tui.sync.outlook import Outlook

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planhat_tui.model.records import Kind
    from planhat_tui.store.absences import Doubt
    from planhat_tui.store.rows import Progress

ANSWER: Final = "sync --accept-deletions"
"""The verb that answers the question."""
NOTHING_KNOWN: Final = Outlook(None, None)
Network: TypeAlias = Literal["starting", "online", "offline", "stranger", "refused", "mismatch"]


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """Where the engine stands.

    ``network``: ``stranger`` means that what answers isn't Planhat, ``refused`` that the token
    isn't good, ``mismatch`` that it now belongs to another tenant. ``reason`` is a sentence, empty
    when all is well. ``pulling`` holds while there is something left to read. ``doubts`` are
    questions about records that Planhat's lists no longer have. ``outlook`` is what is left to
    read. ``pausing`` says what failed and when it is tried again, while a wish to read waits for
    that. ``aside`` are records that couldn't be read just now, and when each is tried again, in
    seconds since the epoch.
    """

    network: Network = "starting"
    reason: str = ""
    pulling: bool = False
    progress: Progress | None = None
    limits: Limits = field(default_factory=Limits)
    paused: bool = False
    doubts: tuple[Doubt, ...] = ()
    outlook: Outlook = NOTHING_KNOWN
    pausing: str = ""
    aside: Mapping[tuple[Kind, str], float] = field(default_factory=dict)


def question(doubts: Iterable[Doubt]) -> str:
    """Return what a person is asked, and how it is answered; empty if there's nothing to ask."""
    told = " and ".join(map(_lacking, doubts))
    if not told:
        return ""
    return f"Planhat's list lacks {told}: none was removed here.  {ANSWER} removes them"


def _lacking(doubt: Doubt) -> str:
    along = f", with {plural(doubt.contacts, 'contact')}" if doubt.contacts else ""
    return f"{doubt.missing} of {doubt.known} {MANY[doubt.kind]}{along}"
