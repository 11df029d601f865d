"""Records that a list of Planhat's no longer had: marked while it is read, page by page.

What is marked is still shown. At the end of a list it is taken out, or, where it is suspiciously
much, a person is asked first: the question stands here until it is answered, or until a list holds
the records again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Set as AbstractSet

LISTED_KINDS: Final = (Kind.COMPANY, Kind.CONTACT, Kind.USER)


class Doubt(NamedTuple):
    """A question: ``missing`` of ``known`` records are here and not in Planhat's list."""

    kind: Kind
    missing: int
    known: int


def mark(
    connection: sqlite3.Connection,
    kind: Kind,
    present: AbstractSet[str],
    listed_at: float,
    *,
    after: str = "",
    up_to: str | None = None,
) -> None:
    """Mark what is here and isn't ``present`` in the part of a list that is read.

    The part holds the ids above ``after`` and not above ``up_to`` (``None``: to the end). What was
    read since ``listed_at`` (seconds since the epoch) is newer than the list.
    """
    bounds = "id > ? AND (? IS NULL OR id <= ?)"
    part = (after, up_to, up_to)
    connection.execute(f"DELETE FROM absent WHERE kind = ? AND {bounds}", (kind, *part))  # noqa: S608 -- ours
    here = connection.execute(
        f"SELECT id FROM {_rows(kind)} WHERE {bounds} AND known = 1 AND seen_at < ?",  # noqa: S608 -- ours
        (*part, listed_at),
    )
    gone = [record for (record,) in here if record not in present]
    connection.executemany(
        "INSERT INTO absent VALUES (?, ?, ?)", [(kind, record, listed_at) for record in gone]
    )


def marked(connection: sqlite3.Connection, kind: Kind) -> list[str]:
    """Return the ids that are marked; not those that were read since then."""
    rows = connection.execute(
        f"SELECT absent.id FROM absent JOIN {_rows(kind)} AS here ON here.id = absent.id"  # noqa: S608 -- ours
        " WHERE absent.kind = ? AND seen_at < listed_at",
        (kind,),
    )
    return [record for (record,) in rows]


def known(connection: sqlite3.Connection, kind: Kind) -> int:
    """Return how many records of a kind Planhat had."""
    (count,) = connection.execute(
        f"SELECT count(*) FROM {_rows(kind)} WHERE known = 1"  # noqa: S608 -- our names
    ).fetchone()
    return int(count)


def forget(connection: sqlite3.Connection, kind: Kind) -> None:
    """Take the marks away, and the question with them."""
    connection.execute("DELETE FROM absent WHERE kind = ?", (kind,))
    connection.execute("DELETE FROM fact WHERE key = ?", (_question(kind),))


def ask(connection: sqlite3.Connection, doubt: Doubt) -> None:
    """Write the question down."""
    connection.execute(
        "INSERT OR REPLACE INTO fact VALUES (?, ?)",
        (_question(doubt.kind), f"{doubt.missing} {doubt.known}"),
    )


def asked(connection: sqlite3.Connection) -> tuple[Doubt, ...]:
    """Return the open questions."""
    doubts = []
    for kind in LISTED_KINDS:
        row = connection.execute(
            "SELECT value FROM fact WHERE key = ?", (_question(kind),)
        ).fetchone()
        if row is not None:
            missing, total = row[0].split()
            doubts.append(Doubt(kind, int(missing), int(total)))
    return tuple(doubts)


def _rows(kind: Kind) -> str:
    """Return where records of a kind stand; the team is read as a whole, and never edited here."""
    return "(SELECT id, 1 AS known, 0 AS seen_at FROM user)" if kind is Kind.USER else kind.value


def _question(kind: Kind) -> str:
    return f"doubted_{kind}"
