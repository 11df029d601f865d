"""Text in terminal cells: wide and combining characters keep their columns."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size


def fit(text: str, width: int, *, right: bool = False, ellipsis: str = "…") -> str:
    """Return ``text`` in exactly ``width`` cells: padded, or cut with an ellipsis of one cell."""
    if width <= 0:
        return ""
    size = cell_len(text)
    if size > width:
        return set_cell_size(text, width - 1) + ellipsis
    blanks = " " * (width - size)
    return blanks + text if right else text + blanks


def clipped(text: str, width: int, *, ellipsis: str = "…") -> str:
    """Return ``text`` in at most ``width`` cells."""
    return text if cell_len(text) <= width else fit(text, width, ellipsis=ellipsis)


def join_fitting(parts: list[str], width: int, separator: str, more: str = "{} more") -> str:
    """Return as many ``parts`` as fit, then how many are left: ``a · b · 12 more``."""
    for shown in range(len(parts), 0, -1):
        pieces = parts[:shown]
        if shown < len(parts):
            pieces = [*pieces, more.format(len(parts) - shown)]
        line = separator.join(pieces)
        if cell_len(line) <= width:
            return line
    return clipped(separator.join(parts), width)


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
