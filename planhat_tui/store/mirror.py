"""The local copy of a tenant: what every pane reads, and what the engine fills."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from planhat_tui.model.custom import CustomType
from planhat_tui.model.outbox import State
from planhat_tui.model.records import NEW_ID_PREFIX, Kind, User
from planhat_tui.model.text import fold
from planhat_tui.store import filling, search
from planhat_tui.store.filling import Incoming
from planhat_tui.store.rows import Progress, Shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planhat_tui.model.query import Query
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json
    from planhat_tui.store.connection import Database
    from planhat_tui.store.overlay import Pending
    from planhat_tui.store.rows import CompanyRows, ContactRow, ContactRows

_LEAN_FIELDS = ("name", "slug", "externalId", "sourceId")


class MirrorReads:
    """Reads. Records come as they are shown: with pending edits in them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def company(self, company_id: str) -> Shown | None:
        """Return a company, ``None`` if it isn't here."""
        return self._shown(Kind.COMPANY, company_id)

    def contact(self, contact_id: str) -> Shown | None:
        """Return a contact, ``None`` if it isn't here."""
        return self._shown(Kind.CONTACT, contact_id)

    def search_companies(self, query: Query, limit: int = 500, offset: int = 0) -> CompanyRows:
        """Find companies, in the order of :mod:`planhat_tui.store.search`."""
        with self._database.reading() as connection:
            return search.companies(connection, query, limit, offset)

    def search_contacts(self, query: Query, limit: int = 200, company_id: str = "") -> ContactRows:
        """Find contacts, of one company if it's given."""
        with self._database.reading() as connection:
            return search.contacts(connection, query, limit, company_id)

    def contacts_of(self, company_id: str) -> tuple[ContactRow, ...]:
        """Return all contacts of a company that are here."""
        with self._database.reading() as connection:
            return search.contacts_of(connection, company_id)

    def contacts_seen_at(self, company_id: str) -> float | None:
        """Return when the company's contacts were read; ``None``: never, so they aren't loaded."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT seen_at FROM contacts_seen WHERE company_id = ?", (company_id,)
            ).fetchone()
        return row[0] if row else None

    def users(self) -> tuple[User, ...]:
        """Return the team, by name."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT json FROM user").fetchall()
        team = (User.from_raw(json.loads(text)) for (text,) in rows)
        return tuple(sorted(team, key=lambda user: fold(user.name)))

    def tags(self, kind: Kind) -> tuple[tuple[str, int], ...]:
        """Return the tags that occur, with counts, the most used first."""
        with self._database.reading() as connection:
            return tuple(
                connection.execute(
                    "SELECT tag, count(*) AS uses FROM tag WHERE kind = ? GROUP BY tag"
                    " ORDER BY uses DESC, key",
                    (kind,),
                )
            )

    def custom_keys(self, kind: Kind) -> tuple[tuple[str, CustomType, int], ...]:
        """Return the custom fields that occur, each with its most used type and its uses."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT key, type, count(*) AS uses FROM custom_key WHERE kind = ?"
                " GROUP BY key, type ORDER BY uses",
                (kind,),
            ).fetchall()
        counts: dict[str, tuple[CustomType, int]] = {}
        for key, used, uses in rows:
            counts[key] = (CustomType(used), uses + counts.get(key, (None, 0))[1])
        by_use = sorted(counts.items(), key=lambda item: (-item[1][1], fold(item[0])))
        return tuple((key, used, uses) for key, (used, uses) in by_use)

    def phases(self) -> tuple[tuple[str, int], ...]:
        """Return the phases that occur, with counts, the most used first."""
        with self._database.reading() as connection:
            return tuple(
                connection.execute(
                    "SELECT phase, count(*) AS uses FROM company WHERE phase <> ''"
                    " GROUP BY phase ORDER BY uses DESC, phase"
                )
            )

    def by_name(self, kind: Kind, text: str) -> tuple[tuple[str, str], ...]:
        """Return ``(id, name)`` of the records that a text names exactly.

        By id, ``extid-…``, name or e-mail; name and e-mail without regard to case.
        """
        external = text.removeprefix("extid-") if text.startswith("extid-") else None
        by, values = "id = ? OR name_key = ?", [text, fold(text)]
        if external is not None:
            by, values = "external_id = ?", [external]
        elif kind is Kind.CONTACT:
            by, values = f"{by} OR email = ? COLLATE NOCASE", [*values, text]
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT id, name FROM {kind} WHERE {by} ORDER BY id = ? DESC LIMIT 21",  # noqa: S608 -- our names
                (*values, text),
            ).fetchall()
        return tuple(rows[:1]) if rows and rows[0][0] == text else tuple(rows)

    def progress(self) -> Progress:
        """Return how much of the tenant is here."""
        with self._database.reading() as connection:
            known, whole = connection.execute(
                "SELECT count(*), coalesce(sum(complete), 0) FROM company"
            ).fetchone()
            (contacts,) = connection.execute("SELECT count(*) FROM contact").fetchone()
        lean_at = self.noted("lean_at")
        return Progress(
            companies_known=known,
            companies_complete=whole,
            contacts_done=contacts,
            contacts_complete=bool(self.noted("contacts_complete")),
            seen_at=float(lean_at) if lean_at else None,
        )

    def company_ids(self) -> frozenset[str]:
        """Return the ids of all companies that Planhat had when it was asked last."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id FROM company WHERE json IS NOT NULL")
            return frozenset(record for (record,) in rows)

    def incomplete_companies(self, limit: int) -> tuple[str, ...]:
        """Return ids of lean companies, the longest waiting first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id FROM company WHERE complete = 0 AND json IS NOT NULL"
                " ORDER BY seen_at, row LIMIT ?",
                (limit,),
            )
            return tuple(record for (record,) in rows)

    def oldest_companies(self, limit: int, before: float) -> tuple[str, ...]:
        """Return ids of whole companies that were last read before that, the oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id FROM company WHERE complete = 1 AND json IS NOT NULL AND seen_at < ?"
                " ORDER BY seen_at, row LIMIT ?",
                (before, limit),
            )
            return tuple(record for (record,) in rows)

    def noted(self, key: str) -> str:
        """Return a fact that was noted; empty if none was."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT value FROM fact WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def _shown(self, kind: Kind, record_id: str) -> Shown | None:
        with self._database.reading() as connection:
            row = connection.execute(
                f"SELECT json, shown, state, complete, seen_at FROM {kind} WHERE id = ?",  # noqa: S608 -- our names
                (record_id,),
            ).fetchone()
        if row is None:
            return None
        server, shown, state, complete, seen_at = row
        theirs = json.loads(server) if server else None
        return Shown(
            kind=kind,
            raw=json.loads(shown) if shown else theirs or {},
            server=theirs,
            state=State(state) if state else None,
            complete=bool(complete),
            seen_at=seen_at,
        )


class Mirror(MirrorReads):
    """Reads and writes. Each write is one transaction; a reader sees all of it or nothing."""

    def __init__(self, database: Database, pending: Pending) -> None:
        super().__init__(database)
        self._pending = pending

    def put_lean(self, records: Sequence[Received], seen_at: float) -> None:
        """Take what the lean list tells; a company that is here whole keeps the rest of it."""
        with self._database.writing() as connection:
            batch = []
            for record in records:
                known = self._shown(Kind.COMPANY, record.id)
                if known is None or known.server is None:
                    batch.append(Incoming(record.id, record.json, record.data, False, seen_at))  # noqa: FBT003 -- a lean one
                elif _tells_more(record.data, known.server):
                    data = {**known.server, **_told(record.data)}
                    whole = known.complete
                    batch.append(Incoming(record.id, json.dumps(data), data, whole, known.seen_at))
            filling.write(connection, Kind.COMPANY, batch, self._pending)

    def put(self, kind: Kind, records: Sequence[Received], seen_at: float) -> None:
        """Take whole records: companies, contacts or users."""
        with self._database.writing() as connection:
            if kind is Kind.USER:
                connection.executemany(
                    "INSERT OR REPLACE INTO user VALUES (?, ?)", [(r.id, r.json) for r in records]
                )
            else:
                filling.write(connection, kind, filling.received(records, seen_at), self._pending)

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
                "SELECT id FROM contact WHERE company_id = ? AND json IS NOT NULL", (company_id,)
            )
            self.remove(Kind.CONTACT, [record for (record,) in rows if record not in kept])
            filling.write(
                connection, Kind.CONTACT, filling.received(records, seen_at), self._pending
            )
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

    def remove(self, kind: Kind, ids: Iterable[str]) -> None:
        """Take out records that Planhat no longer has, a company's contacts with it.

        One with open edits stays until they are settled: what was typed isn't lost by this.
        """
        open_edits = self._pending.open_by_record(kind)
        gone = [record for record in ids if record not in open_edits]
        with self._database.writing() as connection:
            filling.erase(connection, kind, gone)
            if kind is Kind.COMPANY:
                for company_id in gone:
                    rows = connection.execute(
                        "SELECT id FROM contact WHERE company_id = ?", (company_id,)
                    )
                    self.remove(Kind.CONTACT, [record for (record,) in rows])
                    connection.execute(
                        "DELETE FROM contacts_seen WHERE company_id = ?", (company_id,)
                    )

    def lay_again(self, kind: Kind, ids: Iterable[str]) -> None:
        """Compute anew what is shown of these records: their open edits have changed."""
        if kind not in filling.SHOWN_KINDS:
            return
        with self._database.writing() as connection:
            batch = [self._incoming(kind, record) for record in ids]
            filling.write(connection, kind, batch, self._pending)

    def laid_over(self, kind: Kind) -> frozenset[str]:
        """Return the ids of records that are shown with edits in them."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT id FROM {kind} WHERE shown IS NOT NULL OR state IS NOT NULL"  # noqa: S608 -- our names
            )
            return frozenset(record for (record,) in rows)

    def rename(self, kind: Kind, new_id: str, server: Received, seen_at: float) -> None:
        """Replace a record made here by what Planhat made of it; its contacts follow."""
        with self._database.writing() as connection:
            filling.erase(connection, kind, [new_id])
            self.put(kind, [server], seen_at)
            if kind is Kind.COMPANY and new_id.startswith(NEW_ID_PREFIX):
                rows = connection.execute("SELECT id FROM contact WHERE company_id = ?", (new_id,))
                self.lay_again(Kind.CONTACT, [record for (record,) in rows.fetchall()])
                connection.execute(
                    "INSERT OR REPLACE INTO contacts_seen VALUES (?, ?)", (server.id, seen_at)
                )

    def note(self, key: str, value: str) -> None:
        """Note a fact: identity, edition, how far a pull has come."""
        with self._database.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (key, value))

    def _incoming(self, kind: Kind, record_id: str) -> Incoming:
        with self._database.reading() as connection:
            row = connection.execute(
                f"SELECT json, complete, seen_at FROM {kind} WHERE id = ?",  # noqa: S608 -- our names
                (record_id,),
            ).fetchone()
        text, complete, seen_at = row or (None, 1, None)
        data = json.loads(text) if text else None
        return Incoming(record_id, text, data, bool(complete), seen_at)


def _told(lean: dict[str, Json]) -> dict[str, Json]:
    """Return what a lean item tells: empty text there means a missing value."""
    return {name: lean[name] for name in _LEAN_FIELDS if lean.get(name)}


def _tells_more(lean: dict[str, Json], known: dict[str, Json]) -> bool:
    return any(known.get(name) != value for name, value in _told(lean).items())
