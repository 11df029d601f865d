"""Records that a list of Planhat's no longer had: marked while it is read, page by page.

Where a list comes as one, what it held is remembered by a bit a record, and marked at its end. What
is marked is still shown. At the end of a list it is taken out, or, where it is suspiciously much, a
person is asked first: the question stands here until it is answered, or until a list holds the
records again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence
    from collections.abc import Set as AbstractSet

LISTED_KINDS: Final = (Kind.COMPANY, Kind.CONTACT, Kind.USER)


class Listed:
    """Which records of a kind a list has told of so far, by their numbers in the file.

    A million ids would take a hundred megabytes; a million bits take a tenth of one.
    """

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self._bits = bytearray()

    def add(self, connection: sqlite3.Connection, ids: Iterable[str]) -> None:
        """Remember that the list has these; those that aren't here needn't be remembered."""
        rows = connection.execute(
            f"SELECT n FROM {self.kind}_body WHERE id IN (SELECT value FROM json_each(?))",  # noqa: S608 -- ours
            (json.dumps([*ids]),),
        )
        for (number,) in rows:
            place = number >> 3
            if place >= len(self._bits):
                self._bits.extend(bytes(place + 1 - len(self._bits)))
            self._bits[place] |= 1 << (number & 7)

    def __contains__(self, number: int) -> bool:
        """Tell whether the list has the record of that number."""
        place = number >> 3
        return place < len(self._bits) and bool(self._bits[place] >> (number & 7) & 1)


class Doubt(NamedTuple):
    """A question: ``missing`` of ``known`` records are here and not in Planhat's list.

    ``contacts`` would go with companies, where that alone is what is doubted.
    """

    kind: Kind
    missing: int
    known: int
    contacts: int = 0

    def is_within(self, asked: Doubt) -> bool:
        """Tell whether a person who was ``asked`` of as many or more has answered this, too."""
        along = not asked.contacts or self.contacts <= asked.contacts
        return self.kind is asked.kind and self.missing <= asked.missing and along


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


def mark_some(
    connection: sqlite3.Connection, listed: Listed, listed_at: float, after: str, most: int
) -> str | None:
    """Mark what is here and wasn't ``listed``, of ``most`` ids above ``after``.

    Returns the last of these, ``None`` at the end. What was read since ``listed_at`` is newer than
    the list.
    """
    kind = listed.kind
    rows = connection.execute(
        f"SELECT id, n FROM {kind}_body WHERE id > ? ORDER BY id LIMIT ?",  # noqa: S608 -- ours
        (after, most),
    ).fetchall()
    last: str | None = rows[-1][0] if len(rows) == most else None
    connection.execute(
        "DELETE FROM absent WHERE kind = ? AND id > ? AND (? IS NULL OR id <= ?)",
        (kind, after, last, last),
    )
    connection.execute(
        f"INSERT INTO absent SELECT ?, id, ? FROM {kind}"  # noqa: S608 -- ours
        " WHERE id IN (SELECT value FROM json_each(?)) AND known = 1 AND seen_at < ?",
        (kind, listed_at, json.dumps([one for one, n in rows if n not in listed]), listed_at),
    )
    return last


def marked(connection: sqlite3.Connection, kind: Kind, most: int) -> list[str]:
    """Return up to ``most`` of the ids that are marked; not those that were read since then."""
    rows = connection.execute(f"SELECT absent.id {_marked(kind)} LIMIT ?", (kind, most))
    return [record for (record,) in rows]


def missing(connection: sqlite3.Connection, kind: Kind) -> int:
    """Return how many are marked; not those that were read since then."""
    (count,) = connection.execute(f"SELECT count(*) {_marked(kind)}", (kind,)).fetchone()
    return int(count)


def known(connection: sqlite3.Connection, kind: Kind) -> int:
    """Return how many records of a kind Planhat had."""
    if kind is Kind.USER:
        (count,) = connection.execute("SELECT count(*) FROM user").fetchone()
        return int(count)
    (count,) = connection.execute(
        f"SELECT value - (SELECT count(*) FROM {kind} WHERE known = 0) FROM fact WHERE key = ?",  # noqa: S608 -- our names
        (f"count_{kind}",),
    ).fetchone()
    return int(count)


def question(
    connection: sqlite3.Connection, kind: Kind, doubtful: Callable[[int, int], bool]
) -> Doubt | None:
    """Return what is to be asked before what is marked is taken out, if that's doubtful.

    It is where many of a kind are missing, and where many contacts would go with companies.
    """
    gone = missing(connection, kind)
    if not gone:
        return None
    total = known(connection, kind)
    if doubtful(total, gone):
        return Doubt(kind, gone, total)
    contacts = _contacts_of_missing(connection) if kind is Kind.COMPANY else 0
    if contacts and doubtful(known(connection, Kind.CONTACT), contacts):
        return Doubt(kind, gone, total, contacts)
    return None


def unmark(connection: sqlite3.Connection, kind: Kind, ids: Sequence[str]) -> None:
    """Take away the marks of these: they are taken out, or stay for their edits' sake."""
    connection.execute(
        "DELETE FROM absent WHERE kind = ? AND id IN (SELECT value FROM json_each(?))",
        (kind, json.dumps(ids)),
    )


def forget(connection: sqlite3.Connection, kind: Kind) -> None:
    """Take the marks away, and the question with them."""
    connection.execute("DELETE FROM absent WHERE kind = ?", (kind,))
    connection.execute("DELETE FROM fact WHERE key = ?", (_question(kind),))


def ask(connection: sqlite3.Connection, doubt: Doubt) -> None:
    """Write the question down."""
    connection.execute(
        "INSERT OR REPLACE INTO fact VALUES (?, ?)",
        (_question(doubt.kind), f"{doubt.missing} {doubt.known} {doubt.contacts}"),
    )


def asked(connection: sqlite3.Connection) -> tuple[Doubt, ...]:
    """Return the open questions."""
    doubts = []
    for kind in LISTED_KINDS:
        row = connection.execute(
            "SELECT value FROM fact WHERE key = ?", (_question(kind),)
        ).fetchone()
        if row is not None:
            doubts.append(Doubt(kind, *map(int, row[0].split())))
    return tuple(doubts)


def _contacts_of_missing(connection: sqlite3.Connection) -> int:
    """Return how many contacts companies have that are marked."""
    (count,) = connection.execute(
        "SELECT count(*) FROM contact WHERE known = 1"  # noqa: S608 -- ours
        f" AND company_id IN (SELECT absent.id {_marked(Kind.COMPANY)})",
        (Kind.COMPANY,),
    ).fetchone()
    return int(count)


def _marked(kind: Kind) -> str:
    return (
        f"FROM absent JOIN {_rows(kind)} AS here ON here.id = absent.id"
        " WHERE absent.kind = ? AND seen_at < listed_at"
    )


def _rows(kind: Kind) -> str:
    """Return where records of a kind stand; the team is read as a whole, and never edited here."""
    return "(SELECT id, 1 AS known, 0 AS seen_at FROM user)" if kind is Kind.USER else kind.value


def _question(kind: Kind) -> str:
    return f"doubted_{kind}"
