"""A table in as many cells as a terminal has: what shrinks, is wrapped, or is left out. Pure.

A number, a day, an id is whole or not there at all; a name ends in an ellipsis where it must; prose
goes on in the next line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planhat_tui.commands.results import Column

_GAP: Final = "  "
_LEAST: Final = 12
"""Cells below which no column shrinks: a name is told from others, a day as people say it fits."""
_LEAST_PROSE: Final = 24
"""Cells below which prose has lines of its own, beneath the row."""
_READ: Final = 2
"""How many times as wide as a name prose is: it's read, a name is recognised."""
_INDENT: Final = 2
_FEW: Final = 3
"""Columns below which the id is left out first: nothing else would stand beside it."""

_EXACT: Final = re.compile(
    r"-|true|false|[0-9a-f]{24}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[-+(]?\d[\d.,:/%()TZ+ -]*"
)
"""A cell that means something else, or nothing, without its end: a number, a day, an id."""


class Layout(NamedTuple):
    """How wide each column is, ``0``: it's left out. ``beside`` is where prose goes on in lines.

    ``beside`` is ``None`` where each row is one line, and the number of columns where prose stands
    beneath the row.
    """

    widths: tuple[int, ...]
    beside: int | None = None

    def left_out(self, columns: Sequence[Column]) -> tuple[str, ...]:
        """Return the titles of what isn't shown."""
        pairs = zip(self.widths, columns, strict=True)
        return tuple(one.title for width, one in pairs if not width)


class _Need(NamedTuple):
    """The cells that a column would take, and the fewest with which it can be read."""

    natural: int
    least: int
    prose: bool


def fitted(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> Layout:
    """Return how a table fits so many cells; the first of its ``rows`` are the titles."""
    needs = [_need(one, [row[n] for row in rows]) for n, one in enumerate(columns)]
    if _taken([one.natural for one in needs]) <= width:
        return Layout(tuple(one.natural for one in needs))
    prose = [n for n, one in enumerate(needs) if one.prose]
    plain = [n for n, one in enumerate(needs) if not one.prose]
    if prose:  # all of it stands where the first of it does
        first = prose[0]
        room = [needs[n] for n in prose]
        needs[first] = _Need(max(n.natural for n in room), max(n.least for n in room), prose=True)
        beside = sorted([*plain, first])
        if _taken([needs[n].least for n in beside]) <= width:
            return Layout(_shared(needs, beside, prose, width), first)
    kept = _kept(columns, needs, plain, width)
    return Layout(_shared(needs, kept, prose, width), len(columns) if prose else None)


def _need(column: Column, texts: Sequence[str]) -> _Need:
    """Return what a column needs: all of it, where its values are never cut."""
    natural = max(map(cells, texts))
    if column.prose:
        return _Need(natural, min(natural, max(_LEAST_PROSE, cells(column.title))), prose=True)
    if column.right or _names_by_id(column.path) or all(map(_EXACT.fullmatch, texts[1:])):
        return _Need(natural, natural, prose=False)
    return _Need(natural, min(natural, max(_LEAST, cells(column.title))), prose=False)


def _names_by_id(path: str) -> bool:
    return path == "_id" or path.endswith("Id")


def _kept(
    columns: Sequence[Column], needs: Sequence[_Need], plain: Sequence[int], width: int
) -> list[int]:
    """Return which columns there is room for: the last are left out, of very few the id."""

    def first(numbers: Sequence[int]) -> list[int]:
        some = [*numbers]
        while len(some) > 1 and _taken([needs[n].least for n in some]) > width:
            some.pop()
        return some

    kept = first(plain)
    if len(kept) < min(_FEW, len(plain)):
        unnamed = first([n for n in plain if columns[n].path != "_id"])
        kept = max(unnamed, kept, key=len)
    return kept


def _shared(
    needs: Sequence[_Need], shown: Sequence[int], prose: Sequence[int], width: int
) -> tuple[int, ...]:
    """Return the widths: the widest of those that can shrink do, until all fit.

    Prose that stands elsewhere than in a column of its own has its width: it isn't left out.
    """
    widths = {n: min(needs[n].natural, max(width, needs[n].least)) for n in shown}
    while _taken([*widths.values()]) > width:
        larger = [n for n in shown if widths[n] > needs[n].least]
        if not larger:  # one alone that is wider than the terminal
            break
        widths[max(larger, key=lambda n: widths[n] / (_READ if needs[n].prose else 1))] -= 1
    elsewhere = {n: needs[n].natural for n in prose}
    return tuple((elsewhere | widths).get(n, 0) for n in range(len(needs)))


def _taken(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def row(columns: Sequence[Column], texts: Sequence[str], layout: Layout, width: int) -> str:
    """Return a row: one line, or several where it has prose that goes on."""
    prose = [n for n, one in enumerate(columns) if one.prose] if layout.beside is not None else []
    told = [texts[n] for n in prose if texts[n] != "-" or n == layout.beside]
    plain = [
        padded(cut(texts[n], layout.widths[n]), layout.widths[n], right=column.right)
        for n, column in enumerate(columns)
        if layout.widths[n] and n not in prose
    ]
    if not prose:
        return cut(_GAP.join(plain).rstrip(), width)
    if layout.beside == len(columns):
        below = [line for text in told for line in wrapped(text, width - _INDENT)]
        lines = [cut(_GAP.join(plain).rstrip(), width), *(" " * _INDENT + one for one in below)]
        return "\n".join(lines)
    assert layout.beside is not None  # noqa: S101 -- it's a column
    return "\n".join(_beside(plain, told, prose, layout, width))


def _beside(
    plain: Sequence[str], told: Sequence[str], prose: Sequence[int], layout: Layout, width: int
) -> Iterator[str]:
    """Give the lines of a row whose prose goes on below itself."""
    before = [n for n in range(prose[0]) if layout.widths[n]]
    head, tail = plain[: len(before)], plain[len(before) :]
    room = layout.widths[prose[0]]
    indent = " " * _taken([*(layout.widths[n] for n in before), 0])
    for number, text in enumerate(line for one in told for line in wrapped(one, room)):
        if number:
            yield cut(indent + text, width)
        else:
            yield cut(_GAP.join([*head, padded(text, room), *tail]).rstrip(), width)


def wrapped(text: str, width: int) -> Iterator[str]:
    """Give the lines of a text in so many cells, broken at blanks; a long word where it must be."""
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cells(joined) <= width:
            line = joined
            continue
        if line:
            yield line
        line = word
        while cells(line) > width:
            part = _start(line, width) or line[:1]
            yield part
            line = line[len(part) :]
    yield line


def cells(text: str) -> int:
    """Return how many cells a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(char) for char in text)


def _cells_of(char: str) -> int:
    import unicodedata

    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def padded(text: str, width: int, *, right: bool = False) -> str:
    """Return a text with blanks up to so many cells."""
    blanks = " " * max(0, width - cells(text))
    return blanks + text if right else text + blanks


def cut(text: str, width: int) -> str:
    """Return at most so many cells of a text, with an ellipsis for the rest.

    Of a path the end is kept: it says what it is.
    """
    if cells(text) <= width:
        return text
    if text.startswith(("/", "~/")) and " " not in text:
        return f"…{_start(text[::-1], width - 1)[::-1]}"
    return f"{_start(text, width - 1)}…"


def _start(text: str, width: int) -> str:
    """Return as much of a text from its start on as takes so many cells."""
    used = 0
    for place, char in enumerate(text):
        used += _cells_of(char)
        if used > width:
            return text[:place]
    return text
