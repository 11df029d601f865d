"""Tags as chips, in lines of a width; what will change carries ``+`` and ``-``."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
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


class Chip(NamedTuple):
    """A tag in an editor. ``sign`` is ``+`` or ``-`` where it changes; ``share`` stands behind."""

    tag: str
    sign: str = ""
    share: str = ""

    @property
    def text(self) -> str:
        """What is drawn of it."""
        return f"{self.sign}{visible(self.tag)}{self.share}"


def changed_first(
    before: Sequence[str], after: Sequence[str], shares: Mapping[str, str] = MappingProxyType({})
) -> tuple[Chip, ...]:
    """Return the tags of an editor: added ones, removed ones, then those that stay.

    ``shares`` are the words behind tags that only some records have: `` 2 of 3``.
    """
    was, will = {*before}, {*after}
    added = [Chip(tag, "+", shares.get(tag, "")) for tag in after if tag not in was]
    removed = [Chip(tag, "-", shares.get(tag, "")) for tag in before if tag not in will]
    kept = [Chip(tag, "", shares.get(tag, "")) for tag in before if tag in will]
    return (*added, *removed, *kept)


def change_lines(
    chips: Sequence[Chip],
    colours: Mapping[str, str],
    width: int,
    height: int | None = None,
    *,
    ellipsis: str = "…",
) -> list[Text]:
    """Return chips in at most ``height`` lines of ``width`` cells; ``None``: in all they take.

    Where they have no room, the last words say how many more there are, and how many of them
    change.
    """
    width = max(1, width)
    texts = [clipped(chip.text, width, ellipsis=ellipsis) for chip in chips]
    lines = wrap_pieces(texts, width, GAP)
    if height is None or len(lines) <= height:
        return [_change_line(chips, texts, line, colours) for line in lines]
    count = sum(map(len, lines[:height]))
    while True:
        more = _more(chips[count:], ellipsis)
        lines = wrap_pieces([*texts[:count], more], width, GAP)
        if len(lines) <= max(1, height) or count <= 1:
            break
        count -= 1
    if len(lines) > max(1, height):  # one line for a long chip and the count
        texts[0] = clipped(texts[0], max(1, width - GAP - cell_len(more)), ellipsis=ellipsis)
        lines = [[0, 1]]
    drawn = [_change_line(chips, texts, [at for at in one if at < count], colours) for one in lines]
    if drawn[-1]:
        drawn[-1].append(" " * GAP)
    drawn[-1].append(more, "dim")
    return drawn


def _more(left: Sequence[Chip], ellipsis: str) -> str:
    changing = sum(bool(chip.sign) for chip in left)
    return f"{ellipsis} {len(left)} more" + (f", {changing} change" if changing else "")


def _change_line(
    chips: Sequence[Chip], texts: Sequence[str], line: Sequence[int], colours: Mapping[str, str]
) -> Text:
    drawn = Text(no_wrap=True, end="")
    for number, at in enumerate(line):
        chip, text = chips[at], texts[at]
        if number:
            drawn.append(" " * GAP)
        style = colours["added" if chip.sign == "+" else "removed"] if chip.sign else ""
        whole = text == chip.text
        share = len(chip.share) if whole else 0
        drawn.append(text[: len(text) - share], style)
        drawn.append(text[len(text) - share :], "dim")
    return drawn
