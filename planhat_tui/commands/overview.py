"""``overview``: the tenant at a glance, in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands import lookup
from planhat_tui.commands.context import Door
from planhat_tui.commands.registry import verb
from planhat_tui.commands.results import Column, Done, Listing

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context
    from planhat_tui.commands.results import Result
    from planhat_tui.model.values import Json

COLUMNS = (
    Column("by", "BY"),
    Column("value", "VALUE"),
    Column("companies", "COMPANIES", right=True),
    Column("share", "SHARE %", right=True),
    Column("query", "QUERY"),
)


@verb("overview", key="overview")
def overview(ctx: Context) -> Result:
    """Count all companies by phase, health, month of renewal, owner and tag.

    Each count has the query that finds its companies. On the screen it is a sheet of bars, and
    Enter opens one in the list. Counted is what the local copy has.
    """
    if Door.LINE in ctx.door and ctx.sheet is not None:
        ctx.sheet("overview")
        return Done("")
    note = lookup.ready(ctx)
    seen = ctx.workspace().reads.overview()
    rows: tuple[dict[str, Json], ...] = tuple(
        {
            "by": group.field,
            "value": bar.label,
            "companies": bar.companies,
            "share": round(100 * bar.companies / seen.companies, 1) if seen.companies else 0.0,
            "query": bar.query,
        }
        for group in seen.groups
        for bar in group.bars
    )
    more = "".join(f"{group.more:,} more by {group.field}; " for group in seen.groups if group.more)
    return Listing(rows, COLUMNS, f"{seen.companies:,} companies; {more}{note}")
