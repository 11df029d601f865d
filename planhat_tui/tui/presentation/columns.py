"""Which columns a list shows at a width, and how wide each is.

Columns are added in the order of their rank while they fit; what is left goes to the columns that
can use it, so that wide screens add columns, not emptiness.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.edits import custom_key
from planhat_tui.model.text import visible
from planhat_tui.model.views import parted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

GAP: Final = 2
"""Blank cells between two columns."""


class Column(NamedTuple):
    """A column of a list.

    ``width`` is its least, in cells; ``grow`` its share of what is left (0: fixed), up to
    ``most``. Columns with a lower ``rank`` are kept when the width is short. ``field`` is what a
    query sorts it by; ``extra`` ones are shown only if they are chosen.
    """

    key: str
    title: str
    width: int
    rank: int = 0
    grow: int = 0
    most: int = 200
    right: bool = False
    field: str = ""
    extra: bool = False


def lay_out(columns: Sequence[Column], width: int) -> tuple[Column, ...]:
    """Return the columns that fit into ``width`` cells, in their own order, with their widths."""
    chosen: list[Column] = []
    left = width
    for column in sorted(columns, key=lambda column: column.rank):
        need = column.width + (GAP if chosen else 0)
        if need > left and chosen:
            break
        chosen.append(column._replace(width=max(1, min(column.width, left))))
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
            columns[index] = column._replace(width=column.width + extra)
            spent += extra
        left -= spent
    return columns


def chosen(columns: Sequence[Column], keys: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of these keys in that order, the first kept longest; else the usual.

    A key may have a width, as in ``name=30``: that column has so many cells, and no others.
    """
    by_key = {column.key: column for column in columns}
    wanted = [
        _of_width(by_key.get(key) or of_custom(key), cells)
        for key, cells in dict(map(parted, keys)).items()
        if key in by_key or custom_key(key)
    ]
    if not wanted:
        return tuple(column for column in columns if not column.extra)
    return tuple(column._replace(rank=rank) for rank, column in enumerate(wanted))


def _of_width(column: Column, cells: int) -> Column:
    return column._replace(width=cells, grow=0, most=cells) if cells else column


def of_custom(path: str) -> Column:
    """Return the column of a custom field, such as ``custom.Plan``."""
    title = visible(custom_key(path) or path).upper()
    return Column(path, title, 12, grow=1, most=30, field=path, extra=True)


def custom_paths(keys: Iterable[str]) -> tuple[str, ...]:
    """Return those keys that are custom fields, without their widths."""
    plain = (parted(key)[0] for key in keys)
    return tuple(key for key in plain if custom_key(key))


COMPANIES: Final = (
    Column("name", "NAME", 20, rank=0, grow=4, most=46, field="name"),
    Column("phase", "PHASE", 10, rank=1, grow=1, most=18, field="phase"),
    Column("health", "HEALTH", 6, rank=3, right=True, field="health"),
    Column("arr", "ARR", 7, rank=2, right=True, field="arr"),
    Column("renews", "RENEWS", 11, rank=4, right=True, field="renewal"),
    Column("owner", "OWNER", 12, rank=5, grow=1, most=22, field="owner"),
    Column("domain", "DOMAIN", 11, rank=7, grow=1, most=28, field="domain"),
    Column("called", "LAST CALL", 9, rank=6, grow=1, most=11, right=True, field="lastcall"),
    Column("tags", "TAGS", 14, rank=8, grow=3),
    Column("status", "STATUS", 10, rank=9, grow=1, most=16, field="status", extra=True),
    Column("mrr", "MRR", 7, rank=10, right=True, field="mrr", extra=True),
    Column("active", "ACTIVE", 11, rank=11, right=True, field="lastactive", extra=True),
    Column("updated", "UPDATED", 11, rank=12, right=True, field="updated", extra=True),
    Column("external", "EXTERNAL ID", 12, rank=13, grow=1, most=24, field="external", extra=True),
)

CONTACTS: Final = (
    Column("name", "NAME", 14, rank=0, grow=3, most=32, field="name"),
    Column("position", "POSITION", 8, rank=3, grow=2, most=24, field="title"),
    Column("phone", "PHONE", 18, rank=1, grow=0, field="phone"),
    Column("email", "E-MAIL", 14, rank=2, grow=3, most=40, field="email"),
    Column("tags", "TAGS", 16, rank=4, grow=2),
)

FIELDS: Final = (
    Column("label", "FIELD", 14, rank=0, grow=1, most=24),
    Column("value", "VALUE", 17, rank=1, grow=4),
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
REDO: Final = (*UNDO[:-1], Column("back", "BECOMES", 16, rank=2, grow=3, most=60))

DUPLICATES: Final = (
    Column("group", "GROUP", 5, rank=3, right=True),
    Column("name", "NAME", 16, rank=0, grow=3, most=40),
    Column("at", "AT", 12, rank=2, grow=2, most=32),
    Column("why", "WHY", 14, rank=1, grow=3, most=60),
)

EVERYTHING: Final = (
    Column("kind", "", 7, rank=1),
    Column("name", "NAME", 18, rank=0, grow=2, most=40),
    Column("what", "ABOUT", 16, rank=2, grow=4),
)

IMPORT: Final = (
    Column("column", "COLUMN", 16, rank=0, grow=2, most=40),
    Column("field", "FIELD", 18, rank=1, grow=2, most=40),
    Column("example", "FIRST ROW", 14, rank=2, grow=3, most=60),
)

REQUESTS: Final = (
    Column("at", "TIME", 8, rank=0),
    Column("method", "METHOD", 6, rank=1),
    Column("path", "PATH", 18, rank=2, grow=4, most=80),
    Column("status", "STATUS", 9, rank=3),
    Column("ms", "MS", 7, rank=4, right=True),
    Column("bytes", "BYTES", 10, rank=6, right=True),
    Column("left", "LEFT", 5, rank=5, right=True),
)

ORDER: Final = (
    Column("place", "", 4, rank=1),
    Column("field", "FIELD", 14, rank=0, grow=1, most=24),
    Column("how", "", 16, rank=2, grow=2),
)

COLUMNS: Final = (
    Column("shown", "", 3, rank=1),
    Column("column", "COLUMN", 14, rank=0, grow=1, most=24),
    Column("width", "WIDTH", 10, rank=2),
)

OVERVIEW: Final = (
    Column("by", "", 8, rank=2),
    Column("value", "", 14, rank=0, grow=1, most=26),
    Column("companies", "COMPANIES", 9, rank=1, right=True),
    Column("bar", "", 6, rank=3, grow=3, most=72),
)

CONFLICT: Final = (
    Column("field", "FIELD", 11, rank=0, grow=1, most=24),
    Column("before", "1 BEFORE", 12, rank=3, grow=2, most=50),
    Column("mine", "2 MINE", 12, rank=1, grow=2, most=50),
    Column("theirs", "3 THEIRS", 12, rank=2, grow=2, most=50),
    Column("note", "", 9, rank=4),
)

JOURNAL: Final = (
    Column("n", "N", 4, rank=5, right=True),
    Column("age", "AGE", 6, rank=3, right=True),
    Column("who", "WHO", 10, rank=4, grow=1, most=20),
    Column("title", "RECORD", 16, rank=0, grow=2, most=36),
    Column("what", "EDIT", 20, rank=2, grow=4, most=80),
    Column("state", "STATE", 10, rank=1),
)

ANSWERS: Final = (Column("line", "", 40, grow=1, most=10_000),)

TIMELINE: Final = (
    Column("at", "SEEN", 12, rank=0),
    Column("field", "FIELD", 14, rank=1, grow=1, most=28),
    Column("before", "BEFORE", 14, rank=2, grow=2, most=80),
    Column("after", "AFTER", 14, rank=3, grow=2, most=80),
    Column("by", "BY", 6, rank=4),
)

PROFILES: Final = (
    Column("name", "TENANT", 9, rank=0, grow=1, most=28),
    Column("label", "LABEL", 13, rank=4, grow=1, most=24),
    Column("note", "HERE", 9, rank=5),
    Column("synced", "SYNCED", 10, rank=1),
    Column("waiting", "WAITING", 10, rank=3, grow=1, most=40),
    Column("limit", "CALLS LEFT", 10, rank=2, right=True),
    Column("host", "HOST", 14, rank=6, grow=2, most=44),
)
