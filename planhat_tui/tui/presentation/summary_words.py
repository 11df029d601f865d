"""What stands at the foot of the list: marks, sums, the order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.text import plural
from planhat_tui.tui.presentation import amounts

if TYPE_CHECKING:
    from planhat_tui.store.rows import CompanyRows, Totals


def told(
    rows: CompanyRows, totals: Totals | None, marked: int, order: str, *, wide: bool
) -> tuple[str, ...]:
    """Return ``2 marked, 1 not shown``, ``37 companies, ARR 14.2M``, ``by name``.

    What isn't known is left out, but for the sum of more companies than were counted: that it isn't
    made yet is said. Where it's narrow, the number stands elsewhere.
    """
    parts = [marks(marked, totals.marked if totals is not None else None)]
    if rows.total:
        counted = totals.companies if rows.capped and totals is not None else None
        companies = rows.total if counted is None else counted
        number = plural(companies, "company", "companies")
        if rows.capped and counted is None:
            number = f"more than {number}"
        arr = summed(totals, companies) if totals is not None else ""
        word = "ARR" if wide else "ARR shown"
        told_arr = f"{word} {arr}" if arr else "ARR not summed" if rows.capped else ""
        shown = (number if wide else "", told_arr)
        parts += [", ".join(part for part in shown if part), order]
    return tuple(part for part in parts if part)


def summed(totals: Totals, companies: int) -> str:
    """Return ``14.2M``, ``14.2M, 38 not loaded``, ``not loaded yet``."""
    if totals.lean >= companies:
        return "not loaded yet"
    lacks = f", {totals.lean:,} not loaded" if totals.lean else ""
    return amounts.short(totals.arr) + lacks


def marks(marked: int, shown: int | None) -> str:
    """Return ``3 marked, 2 not shown``; nothing if none is marked."""
    if not marked:
        return ""
    hidden = marked - shown if shown is not None else 0
    return f"{marked:,} marked, {hidden:,} not shown" if hidden else f"{marked:,} marked"
