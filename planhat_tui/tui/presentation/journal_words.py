"""The journal on screen: a row for each edit, and all of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.outbox import State
from planhat_tui.model.text import visible
from planhat_tui.tui.presentation import moments
from planhat_tui.tui.presentation.rows import Row, mood_of
from planhat_tui.tui.presentation.sentences import entry_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.model.outbox import Entry
    from planhat_tui.tui.presentation.glyphs import Glyphs


def journal_row(entry: Entry, glyphs: Glyphs, now: float, users: Mapping[str, str]) -> Row:
    """Return the row of an edit; ``now`` is seconds since the epoch."""
    return Row(
        id=str(entry.n),
        cells={
            "n": str(entry.n),
            "age": moments.age(now - entry.created_at),
            "who": visible(entry.who) or "-",
            "title": visible(entry.title),
            "what": entry_words(entry, users, arrow=glyphs.arrow),
            "state": entry.stands,
        },
        state=glyphs.state(entry.state),
        mood=mood_of(entry.state),
        dim=bool(entry.undone) or entry.state is State.DROPPED,
    )


def journal_told(entry: Entry, users: Mapping[str, str], size: int, *, arrow: str) -> str:
    """Return all that the list may have no room for; ``size`` edits of its step stand."""
    told = entry_words(entry, users, arrow=arrow)
    step = f"  One of {size:,} of its step." if size > 1 else ""
    takes = f"  It takes back edit {entry.takes_back}." if entry.takes_back else ""
    reason = f"  {visible(entry.reason)}" if entry.reason else ""
    return f"{visible(entry.title)}: {told}.{step}{takes}{reason}"
