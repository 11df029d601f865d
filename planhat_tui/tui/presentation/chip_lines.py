"""Tags as chips, in lines of a width; what will change carries ``+`` and ``-``."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from rich.text import Text

from planhat_tui.model.text import visible
from planhat_tui.tui.presentation.cells import clipped, wrap_pieces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GAP = 3
"""Cells from one chip to the next: a dot between blanks."""


def chip_lines(
    tags: Sequence[str],
    width: int,
    *,
    at: int = -1,
    dot: str = "·",
    here: str = "reverse",
    ellipsis: str = "…",
) -> list[Text]:
    """Return the tags in lines within ``width`` cells; the one ``at`` is drawn as ``here``."""
    shown = [clipped(visible(tag), max(1, width), ellipsis=ellipsis) for tag in tags]
    lines = []
    for indexes in wrap_pieces(shown, width, GAP):
        line = Text(no_wrap=True, end="")
        for number, index in enumerate(indexes):
            if number:
                line.append(f" {dot} ", "dim")
            line.append(shown[index], here if index == at else "")
        lines.append(line)
    return lines


def change_line(
    before: Sequence[str],
    after: Sequence[str],
    colours: Mapping[str, str],
    shares: Mapping[str, str] = MappingProxyType({}),
) -> Text:
    """Return the tags of an editor in a line: kept ones plain, ``+gold`` added, ``-old`` gone.

    ``shares`` are the words behind tags that only some records have: `` 2 of 3``.
    """
    line = Text()
    for tag in [*before, *(tag for tag in after if tag not in before)]:
        kept, sign = tag in before and tag in after, "+" if tag in after else "-"
        style = "" if kept else colours["added" if sign == "+" else "removed"]
        text = visible(tag)
        line.append(text if kept else f"{sign}{text}", style)
        line.append(shares.get(tag, ""), "dim")
        line.append("   ")
    line.rstrip()
    return line
