"""Which columns a list shows at a width, and how wide each is.

Columns are added in the order of their rank while they fit; what is left goes to the columns that
can use it, so that wide screens add columns, not emptiness.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP: Final = 2
"""Blank cells between two columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list.

    ``width`` is its least, in cells; ``grow`` its share of what is left (0: fixed), up to
    ``most``. Columns with a lower ``rank`` are kept when the width is short.
    """

    key: str
    title: str
    width: int
    rank: int = 0
    grow: int = 0
    most: int = 200
    right: bool = False


def lay_out(columns: Sequence[Column], width: int) -> tuple[Column, ...]:
    """Return the columns that fit into ``width`` cells, in their own order, with their widths."""
    chosen: list[Column] = []
    left = width
    for column in sorted(columns, key=lambda column: column.rank):
        need = column.width + (GAP if chosen else 0)
        if need > left and chosen:
            break
        chosen.append(replace(column, width=max(1, min(column.width, left))))
        left -= need
    fitted = [column for wanted in columns for column in chosen if column.key == wanted.key]
    return tuple(_grown(fitted, max(0, left)))


def _grown(columns: list[Column], left: int) -> list[Column]:
    """Share ``left`` cells among the columns that grow, each to its ``most``."""
    while left > 0:
        growing = [column for column in columns if column.grow and column.width < column.most]
        if not growing:
            break
        whole = sum(column.grow for column in growing)
        spent = 0
        for index, column in enumerate(columns):
            if column not in growing or spent >= left:
                continue
            extra = max(1, left * column.grow // whole)
            extra = min(extra, column.most - column.width, left - spent)
            columns[index] = replace(column, width=column.width + extra)
            spent += extra
        left -= spent
    return columns


COMPANIES: Final = (
    Column("name", "NAME", 20, rank=0, grow=4, most=46),
    Column("phase", "PHASE", 12, rank=1, grow=1, most=18),
    Column("health", "HEALTH", 6, rank=3, right=True),
    Column("arr", "ARR", 7, rank=2, right=True),
    Column("renews", "RENEWS", 11, rank=4, right=True),
    Column("owner", "OWNER", 12, rank=5, grow=1, most=22),
    Column("domain", "DOMAIN", 12, rank=6, grow=1, most=28),
    Column("tags", "TAGS", 14, rank=7, grow=3),
)

CONTACTS: Final = (
    Column("name", "NAME", 14, rank=0, grow=3, most=32),
    Column("position", "POSITION", 8, rank=2, grow=2, most=24),
    Column("phone", "PHONE", 16, rank=1, grow=0),
    Column("email", "E-MAIL", 18, rank=3, grow=2, most=40),
    Column("tags", "TAGS", 12, rank=4, grow=2),
)

FIELDS: Final = (
    Column("label", "FIELD", 14, rank=0, grow=1, most=24),
    Column("value", "VALUE", 16, rank=1, grow=4),
    Column("type", "TYPE", 7, rank=2),
)

CALLS: Final = (
    Column("when", "WHEN", 12, rank=0),
    Column("talk", "TALK", 9, rank=1, right=True),
    Column("who", "WITH", 14, rank=2, grow=2, most=32),
    Column("agent", "AGENT", 8, rank=4, grow=1, most=18),
    Column("note", "NOTE", 12, rank=3, grow=3),
)

OUTBOX: Final = (
    Column("state", "STATE", 10, rank=0),
    Column("title", "RECORD", 16, rank=1, grow=2, most=36),
    Column("what", "EDIT", 18, rank=2, grow=3, most=60),
    Column("age", "SINCE", 6, rank=4, right=True),
    Column("reason", "REASON", 20, rank=3, grow=4),
)

UNDO: Final = (
    Column("title", "RECORD", 14, rank=0, grow=2, most=36),
    Column("what", "FIELD", 12, rank=1, grow=1, most=24),
    Column("now", "NOW", 16, rank=3, grow=3, most=60),
    Column("back", "GOES BACK TO", 16, rank=2, grow=3, most=60),
)

PROFILES: Final = (
    Column("name", "TENANT", 14, rank=0, grow=1, most=28),
    Column("label", "", 12, rank=2, grow=1, most=24),
    Column("host", "HOST", 20, rank=1, grow=2, most=44),
    Column("note", "", 12, rank=3, grow=1),
)
