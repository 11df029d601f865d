"""Text in terminal cells: wide and combining characters keep their columns."""

from __future__ import annotations

import re
from typing import Final

from rich.cells import cell_len, set_cell_size

from planhat_tui.config.keys import KEYS
from planhat_tui.model.text import visible

_NAMED: Final = re.compile(r"\{(?=(\w+)\})")
_APART: Final = "{\ufe0e"
"""A brace with a selector behind it, which shows nothing."""

NAME: Final = 32
"""Cells of a name in a sentence: with it, one is no longer than a line of 80, or of a pane."""

_KEYS: Final = frozenset(key.name for key in KEYS)
_JOINERS: Final = {0x200D: None, 0xFE0F: None}
_LOOSE: Final = re.compile("^[\u200d\ufe0f]+|\u200d+(?=\u200d|$)")


def fit(text: str, width: int, *, right: bool = False, ellipsis: str = "…") -> str:
    """Return ``text`` in exactly ``width`` cells: padded, or cut with an ellipsis of one cell."""
    if width <= 0:
        return ""
    if len(text) <= width and text.isascii() and text.isprintable():  # as most are
        return text.rjust(width) if right else text.ljust(width)
    whole = settled(text)
    size = cell_len(whole)
    if size <= width:
        blanks = " " * (width - size)
        return blanks + whole if right else whole + blanks
    cut = set_cell_size(whole, width - 1) + ellipsis
    if cell_len(cut) != width:  # cut inside what a joiner joins
        cut = set_cell_size(whole.translate(_JOINERS), width - 1) + ellipsis
    return cut


def shown_letters(text: str, width: int) -> int:
    """Return how many letters of ``text``, from its start, :func:`fit` leaves as they are."""
    if settled(text) != text:
        return 0
    fitted = fit(text, width)
    cut = cell_len(text) > width
    return len(fitted) - 1 if cut else len(text)


def clipped(text: str, width: int, *, ellipsis: str = "…") -> str:
    """Return ``text`` in at most ``width`` cells."""
    whole = settled(text)
    return whole if cell_len(whole) <= width else fit(whole, width, ellipsis=ellipsis)


def named(text: str) -> str:
    """Return a record's name, safe, as a sentence has room for it: the rest stays on its line."""
    return clipped(literal(visible(text)), NAME)


def literal(text: str) -> str:
    """Return what data or a person says, as a sentence may hold it: it names no key.

    Braces around the name of a key, in a company's name for instance, stay what they look like.
    """
    if "{" not in text:
        return text
    return _NAMED.sub(lambda found: _APART if found[1] in _KEYS else found[0], text)


def settled(text: str) -> str:
    """Return ``text`` without joiners that join nothing.

    Beside other text they would join that, and change how many cells it has.
    """
    if text.isascii() or not ("\u200d" in text or "\ufe0f" in text):
        return text
    return _LOOSE.sub("", text)


def join_fitting(parts: list[str], width: int, separator: str, *, ellipsis: str = "…") -> str:
    """Return as many ``parts`` as fit, then how many are left: ``a · b · 12 more``."""
    for shown in range(len(parts), 0, -1):
        pieces = parts[:shown]
        if shown < len(parts):
            pieces = [*pieces, f"{len(parts) - shown} more"]
        line = separator.join(pieces)
        if cell_len(line) <= width:
            return line
    return clipped(separator.join(parts), width, ellipsis=ellipsis)


def wrap_pieces(pieces: list[str], width: int, gap: int) -> list[list[int]]:
    """Return lines of indexes into ``pieces``, each line within ``width`` if its pieces allow."""
    lines: list[list[int]] = [[]]
    used = 0
    for index, piece in enumerate(pieces):
        size = cell_len(piece)
        if lines[-1] and used + gap + size > width:
            lines.append([])
            used = 0
        used += size + (gap if lines[-1] else 0)
        lines[-1].append(index)
    return lines


def wrapped(text: str, width: int) -> list[str]:
    """Return a sentence in lines of at most ``width`` cells; only a longer word goes beyond it."""
    words = text.split(" ")
    lines = wrap_pieces(words, width, 1)
    return [" ".join(words[at] for at in line).strip() for line in lines]
