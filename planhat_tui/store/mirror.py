"""The local copy of a tenant: what every pane reads, and what the engine fills."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from planhat_tui.model.records import Kind
from planhat_tui.store import absences, filling, tidying, unreadable
from planhat_tui.store.absences import Doubt
from planhat_tui.store.reading import MirrorReads
from planhat_tui.store.ready import Incoming, ready, received, unknown

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from planhat_tui.model.ports import SetAside
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json
    from planhat_tui.store.connection import Database
    from planhat_tui.store.history import History
    from planhat_tui.store.overlay import Pending
    from planhat_tui.store.ready import Ready

_LEAN_FIELDS: Final = ("name", "slug", "externalId", "sourceId")


class Mirror(MirrorReads):
    """Reads and writes. Each write is one transaction; a reader sees all of it or nothing."""

    def __init__(
        self,
        database: Database,
        pending: Pending,
        wall: Callable[[], float],
        last_calls: Callable[[Kind], Mapping[str, float]],
        history: History,
    ) -> None:
        super().__init__(database, wall, last_calls, history)
        self._pending = pending
        self._history = history

    def put_lean(self, records: Sequence[Received], seen_at: float) -> None:
        """Take what the lean list tells; a company that is here whole keeps the rest of it."""
        with self._database.writing() as connection:
            lean = received(records, seen_at, complete=False)
            told = filling.told(connection, Kind.COMPANY, [i.id for i in lean], _LEAN_FIELDS)
            lean = [item for item in lean if not _is_known(item, told.get(item.id))]
            known = filling.stored(connection, Kind.COMPANY, [item.id for item in lean])
            batch = []
            for item in lean:
                before = known.get(item.id)
                if before is None or before.data is None:
                    batch.append(item)
                elif news := _news(item, before):
                    data = {**before.data, **news}
                    text = json.dumps(data)
                    batch.append(Incoming(item.id, text, data, before.complete, before.seen_at))
            changed = filling.replaced(connection, Kind.COMPANY, [i for i in batch if i.complete])
            self._history.note(Kind.COMPANY, changed, seen_at)
            made = [ready(Kind.COMPANY, item) for item in batch]
            filling.write(connection, Kind.COMPANY, made, self._pending)

    def mark_absent(
        self,
        kind: Kind,
        present: AbstractSet[str],
        listed_at: float,
        *,
        after: str = "",
        up_to: str | None = None,
    ) -> None:
        """Mark what a part of a list no longer has: see :func:`planhat_tui.store.absences.mark`."""
        with self._database.writing() as connection:
            absences.mark(connection, kind, present, listed_at, after=after, up_to=up_to)

    def settle_absent(self, kind: Kind, doubtful: Callable[[int, int], bool]) -> tuple[str, ...]:
        """Take out what is marked, unless ``doubtful(known, missing)``: then a question is kept.

        Returns the ids that are gone.
        """
        with self._database.writing() as connection:
            missing = absences.marked(connection, kind)
            known = absences.known(connection, kind)
            if doubtful(known, len(missing)):
                absences.ask(connection, Doubt(kind, len(missing), known))
                return ()
            absences.forget(connection, kind)
            return self.remove(kind, missing)

    def accept_absent(self) -> dict[Kind, tuple[str, ...]]:
        """Answer the open questions with yes: what is marked is taken out; the ids by kind."""
        return {
            doubt.kind: self.settle_absent(doubt.kind, lambda _known, _missing: False)
            for doubt in self.doubts()
        }

    def put(
        self,
        kind: Kind,
        records: Sequence[Received],
        seen_at: float,
        ours: frozenset[str] = frozenset(),
    ) -> None:
        """Take whole records, companies or contacts.

        What differs from the copies that are here goes into the history; ``ours`` are the fields
        that were sent from here.
        """
        self.take(kind, self.prepare(kind, records, seen_at), seen_at, ours)

    @staticmethod
    def prepare(kind: Kind, records: Sequence[Received], seen_at: float) -> list[Ready]:
        """Work out what :meth:`take` keeps of whole records; this doesn't touch the file."""
        return [ready(kind, item) for item in received(records, seen_at, complete=True)]

    def take(
        self,
        kind: Kind,
        batch: Sequence[Ready],
        seen_at: float,
        ours: frozenset[str] = frozenset(),
    ) -> None:
        """Take companies or contacts that are prepared, as :meth:`put` does."""
        with self._database.writing() as connection:
            changed = filling.replaced(connection, kind, [one.item for one in batch])
            self._history.note(kind, changed, seen_at, ours)
            filling.write(connection, kind, batch, self._pending)
            unreadable.forget(connection, kind, (one.item.id for one in batch))

    def set_aside(self, kind: Kind, found: Sequence[SetAside], seen_at: float) -> None:
        """Note records that can't be kept, until they come as they should."""
        with self._database.writing() as connection:
            unreadable.note(connection, kind, found, seen_at)

    def forget_set_aside(self, kind: Kind, *, nameless: bool = False) -> None:
        """Forget what couldn't be kept: its list is read anew. ``nameless``: only without an id."""
        with self._database.writing() as connection:
            unreadable.forget_all(connection, kind, nameless=nameless)

    def expect_many(self) -> None:
        """Prepare for being filled from the beginning; :meth:`tidy` is due at the end."""
        with self._database.writing() as connection:
            tidying.expect_many(connection)

    def is_tidy(self) -> bool:
        """Tell whether the text indexes have been put together since the copy was filled."""
        with self._database.reading() as connection:
            return tidying.is_tidy(connection)

    def tidy(self) -> None:
        """Put the text indexes together a little; again and again until it :meth:`is_tidy`."""
        with self._database.writing() as connection:
            tidying.tidy(connection)

    def put_users(self, records: Sequence[Received], *, keep: bool = False) -> None:
        """Replace the team; ``keep`` those that aren't among these."""
        with self._database.writing() as connection:
            if not keep:
                connection.execute("DELETE FROM user")
            team = [(item.id, item.json) for item in received(records, 0, complete=True)]
            connection.executemany("INSERT OR REPLACE INTO user VALUES (?, ?)", team)

    def put_definitions(self, records: Sequence[Received], *, keep: bool = False) -> None:
        """Replace the definitions of custom fields; ``keep`` those that aren't among these."""
        with self._database.writing() as connection:
            if not keep:
                connection.execute("DELETE FROM definition")
            items = [(item.id, item.json) for item in received(records, 0, complete=True)]
            connection.executemany(
                "INSERT INTO definition (id, json) VALUES (?, ?)"
                " ON CONFLICT (id) DO UPDATE SET json = excluded.json",
                items,
            )

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
            absent = list(ids)
            open_edits = self._pending.open_by_record(kind, absent)
            gone = [record for record in absent if record not in open_edits]
            if kind is Kind.USER:
                connection.executemany("DELETE FROM user WHERE id = ?", [(one,) for one in gone])
            else:
                filling.erase(connection, kind, gone)
            unreadable.forget(connection, kind, gone)
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
            batch = [ready(kind, known.get(one) or unknown(one)) for one in wanted]
            filling.write(connection, kind, batch, self._pending)

    def laid_over(self, kind: Kind) -> frozenset[str]:
        """Return the ids of records that are shown with edits in them."""
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT id FROM {kind} WHERE laid = 1")  # noqa: S608 -- our names
            return frozenset(record for (record,) in rows)

    def rename(self, kind: Kind, made: Mapping[str, Received], seen_at: float) -> None:
        """Replace records made here by what Planhat made of them; contacts follow their company.

        The outbox has been renamed before: see ``TenantStore.made_together``.
        """
        with self._database.writing() as connection:
            filling.erase(connection, kind, [*made])
            self.put(kind, [*made.values()], seen_at)
            if kind is Kind.COMPANY:
                for new_id in made:
                    self.lay_again(Kind.CONTACT, _contacts_of(connection, new_id))
                connection.executemany(
                    "INSERT OR REPLACE INTO contacts_seen VALUES (?, ?)",
                    [(server.id, seen_at) for server in made.values()],
                )

    def note(self, key: str, value: str) -> None:
        """Note a fact: identity, edition, how far a pull has come."""
        with self._database.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (key, value))


def _contacts_of(connection: sqlite3.Connection, company_id: str) -> list[str]:
    rows = connection.execute("SELECT id FROM contact WHERE company_id = ?", (company_id,))
    return [record for (record,) in rows]


def _is_known(lean: Incoming, told: Sequence[Json] | None) -> bool:
    """Tell whether a lean item says what is ``told`` of its fields here already."""
    if told is None:
        return False
    values = ((lean.data or {}).get(name) for name in _LEAN_FIELDS)
    return all(not value or value == here for value, here in zip(values, told, strict=True))


def _news(lean: Incoming, known: Incoming) -> dict[str, Json]:
    """Return what a lean item tells that isn't known; empty text there means a missing value."""
    told = {name: (lean.data or {}).get(name) for name in _LEAN_FIELDS}
    return {name: v for name, v in told.items() if v and (known.data or {}).get(name) != v}
