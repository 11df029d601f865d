"""A conflict on screen: what it was, mine, theirs, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model.fields import label_of
from planhat_tui.model.tags import tag_diff
from planhat_tui.model.text import plural, visible
from planhat_tui.tui.presentation import moments
from planhat_tui.tui.presentation.rows import Row
from planhat_tui.tui.presentation.sentences import tag_list
from planhat_tui.tui.presentation.values import EMPTY, field_text

BOTH_KEPT: Final = "both kept"
MERGED: Final = "merged "
"""Before the path of a field on which nothing is to be decided."""

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.model.conflicts import Standoff
    from planhat_tui.model.edits import Conflict
    from planhat_tui.tui.presentation.glyphs import Glyphs


def conflict_rows(found: Standoff, glyphs: Glyphs, users: Mapping[str, str]) -> list[Row]:
    """Return a row for each field that is in conflict, its path as id, and those that were merged.

    The others have an id that is no path: nothing is to be decided on them.
    """
    sign = next(glyph for state, glyph in glyphs.states.items() if state.value == "conflict")
    rows = [
        Row(
            one.field,
            {
                "field": visible(label_of(found.kind, one.field)),
                "before": field_text(found.kind, one.field, one.before, users),
                "mine": field_text(found.kind, one.field, one.mine, users),
                "theirs": field_text(found.kind, one.field, one.theirs, users),
            },
            state=sign,
            mood="conflict",
        )
        for one in found.fields
    ]
    return rows + [_merged(found, one, users) for one in found.kept]


def _merged(found: Standoff, one: Conflict, users: Mapping[str, str]) -> Row:
    """Return a row for a field of which both sides were kept: ``vip [+gold]``."""
    before = tag_list(one.before)
    cells = {"field": visible(label_of(found.kind, one.field)), "note": BOTH_KEPT}
    cells["before"] = field_text(found.kind, one.field, one.before, users)
    for name, value in (("mine", one.mine), ("theirs", one.theirs)):
        added, removed = tag_diff(before, tag_list(value))
        chips = [tag for tag in before if tag not in removed]
        chips += [f"[-{tag}]" for tag in removed] + [f"[+{tag}]" for tag in added]
        cells[name] = visible(", ".join(chips)) or EMPTY
    return Row(f"{MERGED}{one.field}", cells, dim=True)


def conflict_sum(found: Standoff, more: int, now: float) -> str:
    """Return how old both sides are, and how many conflicts are left.

    ``more`` counts other records that are in conflict; ``now`` is seconds since the epoch.
    """
    ages = (
        f"Mine was typed {moments.ago(now - found.mine_at)}, "
        f"theirs was read {moments.ago(now - found.theirs_at)}."
    )
    left = plural(len(found.fields), "field") + " left here"
    others = f", {plural(more, 'other record')} after it" if more else ""
    return f"{ages}  {left}{others}"
