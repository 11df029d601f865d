"""Bars of text, in parts of a cell, and the rows of an overview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from planhat_tui.model.text import visible
from planhat_tui.tui.presentation import amounts, moments
from planhat_tui.tui.presentation.rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planhat_tui.model.overview import Bar, Group, Overview
    from planhat_tui.tui.presentation.glyphs import Glyphs

WORDS: Final = {
    "phase": "Phase",
    "health": "Health",
    "renewal": "Renewal",
    "owner": "Owner",
    "tag": "Tag",
}
"""How a group is called."""


def drawn(part: int, whole: int, width: int, glyphs: Glyphs) -> str:
    """Return a bar: ``whole`` fills ``width`` cells; what isn't nothing has at least a sliver."""
    if part <= 0 or whole <= 0 or width <= 0 or not glyphs.blocks:
        return ""
    steps = len(glyphs.blocks)
    size = max(1, min(width * steps, round(part * width * steps / whole)))
    full, rest = divmod(size, steps)
    return glyphs.blocks[-1] * full + (glyphs.blocks[rest - 1] if rest else "")


def spark(values: Sequence[float], glyphs: Glyphs) -> str:
    """Return a cell for each value, as high as it is among them; nothing for fewer than two."""
    if len(values) < 2 or not glyphs.levels:
        return ""
    low, high, top = min(values), max(values), len(glyphs.levels) - 1
    if low == high:
        return glyphs.levels[top // 2] * len(values)
    return "".join(glyphs.levels[round((one - low) / (high - low) * top)] for one in values)


def rows(
    overview: Overview, width: int, glyphs: Glyphs, colour: str, *, loaded: bool = True
) -> list[Row]:
    """Return a row for each bar, ``width`` cells at most; its id is the query that it stands for.

    The first row of a group names it; the longest bar of a group is as wide as there's room.
    Companies without a value are counted, and have no bar: they are no part of a spread. Of those
    whose fields aren't here (not all are ``loaded``) nobody knows whether they have one. A row
    without an id counts the values that have no bar.
    """
    none = "none" if loaded else "none or not loaded"
    return [row for group in overview.groups for row in _group(group, width, glyphs, colour, none)]


def _group(group: Group, width: int, glyphs: Glyphs, colour: str, none: str) -> Iterator[Row]:
    most = max((bar.companies for bar in group.bars if bar.label), default=0)
    for place, bar in enumerate(group.bars):
        bar_text = drawn(bar.companies, most, width, glyphs) if bar.label else ""
        cells: dict[str, str | Text] = {
            "by": "" if place else WORDS[group.field],
            "value": _label(group.field, bar) or none,
            "companies": amounts.count(bar.companies),
            "bar": Text().append(bar_text, colour),
        }
        yield Row(bar.query, cells, dim=not bar.companies)
    if group.more:
        yield Row("", {"value": f"{group.more:,} more"}, dim=True)


def _label(field: str, bar: Bar) -> str:
    """Return what a bar is called: ``Mar 2026`` for a month; empty for those without."""
    year, dash, month = bar.label.partition("-")
    if field == "renewal" and dash:
        return f"{moments.MONTHS[int(month) - 1]} {year}"
    return visible(bar.label)


def told(overview: Overview, query: str, summed: str) -> str:
    """Return what stands under the bars: how much the one under the cursor is, and of what."""
    found = next((b for g in overview.groups for b in g.bars if b.query == query), None)
    if found is None or not overview.companies:
        return ""
    share = 100 * found.companies / overview.companies
    told = f"{share:.0f}%" if share >= 1 or not found.companies else "under 1%"
    return ", ".join(part for part in (f"{visible(query)}: {told} of all", summed) if part)
