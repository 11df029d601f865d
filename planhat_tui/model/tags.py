"""Tags are sets that the API carries as lists (API reference 2016, "Companies": whole arrays)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence


def tag_diff(
    before: Sequence[str], after: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what was added, in the order of ``after``, and removed, in the order of ``before``."""
    added = tuple(dict.fromkeys(tag for tag in after if tag not in before))
    removed = tuple(dict.fromkeys(tag for tag in before if tag not in after))
    return added, removed


def merge_tags(
    before: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> tuple[str, ...]:
    """Carry my additions and removals over to their list; nobody else's tag changes.

    The order is theirs, with my additions at the end in my order.
    """
    added, removed = tag_diff(before, mine)
    kept = dict.fromkeys(tag for tag in theirs if tag not in removed)
    return tuple(kept | dict.fromkeys(added))


def clean_tag(text: str) -> str:
    """Return a tag as it is sent: trimmed. Raises :class:`InputError` if nothing is left."""
    tag = text.strip()
    if not tag:
        raise InputError("A tag can't be empty.", "Type its name.", field="tags")
    return tag
