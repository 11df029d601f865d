"""What was taken out of the mirror just now: an answer that was asked for before still tells it.

It stands in the file, since another process may have an answer on its way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model.records import Kind, text_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from planhat_tui.store.ready import Incoming

KEPT_FOR: Final = 600.0
"""Seconds: no answer is longer on its way, with its turn and its decoding."""


def note(
    connection: sqlite3.Connection, kind: Kind, ids: Iterable[str], now: float, company: str = ""
) -> None:
    """Note that these are gone, or have left a ``company``; what is long past is forgotten."""
    near = now - KEPT_FOR, now + KEPT_FOR  # a clock may be set back a little
    connection.execute("DELETE FROM gone WHERE NOT at BETWEEN ? AND ?", near)
    connection.executemany(
        "INSERT OR REPLACE INTO gone VALUES (?, ?, ?, ?)",
        [(kind, one, company, now) for one in ids],
    )


def since(
    connection: sqlite3.Connection, kind: Kind, batch: Sequence[Incoming], now: float
) -> frozenset[str]:
    """Return which of these were taken out after they were asked for, a company's contacts with it.

    A contact that has left a company may be another's: where it's told as that, it stays.
    """
    oldest = min((item.seen_at for item in batch if item.seen_at is not None), default=now)
    rows = connection.execute(
        "SELECT kind, id, company, at FROM gone WHERE at > ? AND at <= ?", (oldest, now)
    ).fetchall()
    gone = {(of, one): (company, at) for of, one, company, at in rows}

    def is_gone(item: Incoming) -> bool:
        asked = now if item.seen_at is None else item.seen_at
        company = text_of(item.data or {}, "companyId") if kind is Kind.CONTACT else ""
        left, at = gone.get((kind, item.id), ("", asked))
        _, closed_at = gone.get((Kind.COMPANY, company), ("", asked))
        return (at > asked and left in {"", company}) or closed_at > asked

    return frozenset(item.id for item in batch if is_gone(item)) if gone else frozenset()
