"""What others have changed in a company since the person last looked at it, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.fields import label_of
from planhat_tui.model.text import visible
from planhat_tui.tui.presentation.cells import clipped
from planhat_tui.tui.presentation.moments import ago
from planhat_tui.tui.presentation.sentences import tag_words
from planhat_tui.tui.presentation.values import field_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planhat_tui.store.history import Seen
    from planhat_tui.tui.presentation.glyphs import Glyphs


def fields_of(news: Sequence[Seen]) -> frozenset[str]:
    """Return the paths of the fields that were changed."""
    return frozenset(one.change.field for one in news)


def told(
    news: Sequence[Seen],
    glyphs: Glyphs,
    users: Mapping[str, str],
    now: float,
    width: int,
    *,
    key: str = "T",
) -> str:
    """Return ``Phase changed 2 d ago: trial → won · 1 more  T shows them``, in ``width`` cells.

    The latest change is told, and how many fields were changed besides; ``key`` shows them, and
    stays in any width. ``news`` has the latest first and isn't empty, ``now`` is seconds since
    the epoch.
    """
    latest, others = news[0], len(fields_of(news)) - 1
    label = visible(label_of(latest.kind, latest.change.field))
    what = f"{glyphs.changed} {label} changed {ago(now - latest.seen_at)}: "
    what += _values(latest, glyphs, users)
    rest = f" {glyphs.dot} {others} more" if others else ""
    rest += f"  {key} shows {'them' if others else 'it'}"
    return clipped(what, max(1, width - len(rest)), ellipsis=glyphs.ellipsis) + rest


def short(news: Sequence[Seen], glyphs: Glyphs, users: Mapping[str, str]) -> str:
    """Return ``Phase trial → won``, with the sign, for where there's little room."""
    latest = news[0]
    label = visible(label_of(latest.kind, latest.change.field))
    return f"{glyphs.changed} {label} {_values(latest, glyphs, users)}"


def _values(seen: Seen, glyphs: Glyphs, users: Mapping[str, str]) -> str:
    change = seen.change
    if change.field == "tags":
        return tag_words(change)
    before = field_text(seen.kind, change.field, change.before, users)
    after = field_text(seen.kind, change.field, change.after, users)
    return f"{before} {glyphs.arrow} {after}"
