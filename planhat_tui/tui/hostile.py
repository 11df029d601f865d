"""The last door before the terminal: no escape sequence, no bidi trick and no link gets through.

Textual hands data to the terminal as it is: OSC 52, CSI, C1 and bidi controls in a company's name
would reach it. Presentation makes such text visible before it is laid out; this filter catches
whatever comes another way (an input, a widget of Textual's). It keeps the cells of a line as they
were laid out: a character of no width goes, one with a width is replaced.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, get_character_cell_size, set_cell_size
from rich.segment import Segment
from textual.filter import LineFilter

from planhat_tui.model.text import MARKED

if TYPE_CHECKING:
    from rich.style import Style
    from textual.color import Color

HOSTILE: Final = re.compile(f"[{MARKED}]")
"""What presentation makes visible: controls, bidi, what has no width or shows nothing. Not the
joiners (U+200C, U+200D), without which Persian and many emoji can't be written."""


JOINERS: Final = {0x200D: None, 0xFE0F: None}
"""What makes one character of two, or a wide one of a narrow one."""


def harmless(text: str) -> str:
    """Return ``text`` in the same cells without what a terminal would act upon."""
    clean = HOSTILE.sub(_stand_in, text)
    cells = cell_len(text)  # a joiner that stood beside what went may now join something else
    return clean if cell_len(clean) == cells else set_cell_size(clean.translate(JOINERS), cells)


def _stand_in(match: re.Match[str]) -> str:
    """Return as many ``?`` as the character had cells."""
    character = match.group()
    if "\ud800" <= character <= "\udfff":
        return "?"
    return "?" * get_character_cell_size(character)


@lru_cache(1024)
def without_link(style: Style) -> Style:
    """Return the style without its link (OSC 8)."""
    return style.update_link(None)


class HostileText(LineFilter):
    """Clean every line of every widget on its way to the driver."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 -- the colour is of no interest
        """Return the segments with harmless text and no links."""
        return [
            segment if segment.control or not _acts(segment) else _clean(segment)
            for segment in segments
        ]


def _acts(segment: Segment) -> bool:
    """Whether a terminal would do more with it than draw it."""
    style = segment.style
    return HOSTILE.search(segment.text) is not None or (style is not None and bool(style.link))


def _clean(segment: Segment) -> Segment:
    """Return the segment without its teeth."""
    style = segment.style
    return Segment(harmless(segment.text), without_link(style) if style is not None else None)
