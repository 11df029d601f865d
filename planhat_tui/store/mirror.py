"""The local copy of a tenant: what every pane reads, and what the engine fills."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from planhat_tui.model.records import Kind
from planhat_tui.store import filling
from planhat_tui.store.filling import Incoming
from planhat_tui.store.reading import MirrorReads

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json
    from planhat_tui.store.connection import Database
    from planhat_tui.store.overlay import Pending

_LEAN_FIELDS: Final = ("name", "slug", "externalId", "sourceId")


class Mirror(MirrorReads):
    """Reads and writes. Each write is one transaction; a reader sees all of it or nothing."""

    def __init__(
        self,
        database: Database,
        pending: Pending,
        wall: Callable[[], float],
        last_calls: Callable[[Kind], Mapping[str, float]],
    ) -> None:
        super().__init__(database, wall, last_calls)
        self._pending = pending

    def put_lean(self, records: Sequence[Received], seen_at: float) -> None:
        """Take what the lean list tells; a company that is here whole keeps the rest of it."""
        with self._database.writing() as connection:
            lean = filling.received(records, seen_at, complete=False)
            known = filling.stored(connection, Kind.COMPANY, [item.id for item in lean])
            batch = []
            for item in lean:
                before = known.get(item.id)
                if before is None or before.data is None:
                    batch.append(item)
                elif told := _news(item, before):
                    data = {**before.data, **told}
                    text = json.dumps(data)
                    batch.append(Incoming(item.id, text, data, before.complete, before.seen_at))
            filling.write(connection, Kind.COMPANY, batch, self._pending)

    def finish_lean(self, seen_ids: Collection[str], started_at: float) -> tuple[str, ...]:
        """Take out the companies that a whole lean list hasn't got any more; return their ids.

        Those that were read since ``started_at`` stay: they are newer than the list.
        """
        with self._database.writing() as connection:
            rows = connection.execute(
                "SELECT id FROM company WHERE known = 1 AND seen_at < ?", (started_at,)
            ).fetchall()
            wanted = frozenset(seen_ids)
            gone = self.remove(Kind.COMPANY, [one for (one,) in rows if one not in wanted])
            self.note("lean_at", str(started_at))
        return gone

    def put(self, kind: Kind, records: Sequence[Received], seen_at: float) -> None:
        """Take whole records: companies, contacts or users."""
        batch = filling.received(records, seen_at, complete=True)
        with self._database.writing() as connection:
            if kind is Kind.USER:
                connection.executemany(
                    "INSERT OR REPLACE INTO user VALUES (?, ?)", [(i.id, i.json) for i in batch]
                )
            else:
                filling.write(connection, kind, batch, self._pending)

    def put_users(self, records: Sequence[Received]) -> None:
        """Replace the team."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM user")
            self.put(Kind.USER, records, 0)

    def put_contacts_of(self, company_id: str, records: Sequence[Received], seen_at: float) -> None:
        """Replace the contacts of a company; ones with open edits stay."""
        with self._database.writing() as connection:
            kept = {record.id for record in records}
            rows = connection.execute(
                "SELECT id FROM contact WHERE company_id = ? AND known = 1", (company_id,)
            ).fetchall()
            self.remove(Kind.CONTACT, [record for (record,) in rows if record not in kept])
            self.put(Kind.CONTACT, records, seen_at)
            connection.execute(
                "INSERT OR REPLACE INTO contacts_seen VALUES (?, ?)", (company_id, seen_at)
            )

    def contacts_are_complete(self, seen_at: float) -> None:
        """Note that the contacts of all companies are here."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO contacts_seen SELECT id, ? FROM company", (seen_at,)
            )
            self.note("contacts_complete", str(seen_at))

    def remove(self, kind: Kind, ids: Iterable[str]) -> tuple[str, ...]:
        """Take out records that Planhat no longer has, a company's contacts with it.

        One with open edits stays until they are settled: what was typed isn't lost by this. Returns
        the ids that are gone.
        """
        with self._database.writing() as connection:
            open_edits = self._pending.open_by_record(kind)
            gone = [record for record in ids if record not in open_edits]
            filling.erase(connection, kind, gone)
            if kind is Kind.COMPANY:
                for company_id in gone:
                    self.remove(Kind.CONTACT, _contacts_of(connection, company_id))
                    connection.execute(
                        "DELETE FROM contacts_seen WHERE company_id = ?", (company_id,)
                    )
        return tuple(gone)

    def lay_again(self, kind: Kind, ids: Iterable[str]) -> None:
        """Compute anew what is shown of these records: their open edits have changed."""
        if kind not in filling.SHOWN_KINDS:
            return
        with self._database.writing() as connection:
            wanted = list(ids)
            known = filling.stored(connection, kind, wanted)
            batch = [known.get(one) or filling.unknown(one) for one in wanted]
            filling.write(connection, kind, batch, self._pending)

    def laid_over(self, kind: Kind) -> frozenset[str]:
        """Return the ids of records that are shown with edits in them."""
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT id FROM {kind} WHERE laid = 1")  # noqa: S608 -- our names
            return frozenset(record for (record,) in rows)

    def rename(self, kind: Kind, new_id: str, server: Received, seen_at: float) -> None:
        """Replace a record made here by what Planhat made of it; its contacts follow.

        The outbox has been renamed before: see ``TenantStore.rename``.
        """
        with self._database.writing() as connection:
            filling.erase(connection, kind, [new_id])
            self.put(kind, [server], seen_at)
            if kind is Kind.COMPANY:
                self.lay_again(Kind.CONTACT, _contacts_of(connection, new_id))
                connection.execute(
                    "INSERT OR REPLACE INTO contacts_seen VALUES (?, ?)", (server.id, seen_at)
                )

    def note(self, key: str, value: str) -> None:
        """Note a fact: identity, edition, how far a pull has come."""
        with self._database.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (key, value))


def _contacts_of(connection: sqlite3.Connection, company_id: str) -> list[str]:
    rows = connection.execute("SELECT id FROM contact WHERE company_id = ?", (company_id,))
    return [record for (record,) in rows]


def _news(lean: Incoming, known: Incoming) -> dict[str, Json]:
    """Return what a lean item tells that isn't known; empty text there means a missing value."""
    told = {name: (lean.data or {}).get(name) for name in _LEAN_FIELDS}
    return {name: v for name, v in told.items() if v and (known.data or {}).get(name) != v}
