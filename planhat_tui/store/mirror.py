"""The local copy of a tenant: what every pane reads, and what the engine fills."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from planhat_tui.model.edits import apply
from planhat_tui.model.records import Kind
from planhat_tui.store import absences, filling, removed, tidying, unreadable
from planhat_tui.store.overlay import arrived
from planhat_tui.store.overtaken import Overtaken
from planhat_tui.store.reading import MirrorReads
from planhat_tui.store.ready import Incoming, ready, received, unknown

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date

    from planhat_tui.model.edits import Change
    from planhat_tui.model.ports import SetAside
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.store.absences import Doubt, Listed
    from planhat_tui.store.asking import Occurrences
    from planhat_tui.store.connection import Database
    from planhat_tui.store.history import History
    from planhat_tui.store.overlay import Pending
    from planhat_tui.store.ready import Ready

_MARKED_AT_ONCE: Final = 20_000
"""Records that are compared with a list in a transaction."""
_GONE_AT_ONCE: Final = 200
"""Records that are taken out in a transaction, companies with their contacts: edits wait for it."""
_BEGUN: Final = "begun_at"
_LEAN_FIELDS: Final = ("name", "slug", "externalId", "sourceId")


class Mirror(MirrorReads):
    """Reads and writes. Each write is one transaction; a reader sees all of it or nothing."""

    def __init__(
        self,
        database: Database,
        pending: Pending,
        wall: Callable[[], float],
        calls: Occurrences,
        history: History,
        *,
        today: Callable[[], date],
        author: str,
    ) -> None:
        super().__init__(database, pending, wall, calls, history, today=today, author=author)
        self._history = history
        self._overtaken = Overtaken()
        self._unread: set[tuple[Kind, str]] = set()

    def begin(self) -> None:
        """Note when this copy was begun, unless it is an older one."""
        if not self.noted(_BEGUN):
            self.note(_BEGUN, str(self._wall()))

    def know_me(self, me: Received) -> None:
        """Note whom the token stands for by which this is filled."""
        self.note(self._me, me.json)

    def put_lean(
        self, records: Sequence[Received], seen_at: float, listed: Listed | None = None
    ) -> None:
        """Take what the lean list tells; a company that is here whole keeps the rest of it.

        That it told of them is remembered in ``listed``.
        """
        with self._database.writing() as connection:
            lean = received(records, seen_at, complete=False)
            told = filling.told(connection, Kind.COMPANY, [i.id for i in lean], _LEAN_FIELDS)
            lean = [item for item in lean if not _is_known(item, told.get(item.id))]
            known = filling.stored(connection, Kind.COMPANY, [item.id for item in lean])
            batch, now = [], self._wall()
            outdated = self._outdated(connection, Kind.COMPANY, lean, now)
            for item in lean:
                before = known.get(item.id)
                if before is not None and seen_at < (before.seen_at or 0.0) <= now:
                    continue  # what it is called by now was read later
                if item.id in outdated:
                    continue
                if before is None or before.data is None:
                    batch.append(item)
                elif news := _news(item, before):
                    data = {**before.data, **news}
                    text = json.dumps(data)
                    batch.append(Incoming(item.id, text, data, before.complete, before.seen_at))
            changed = filling.replaced(connection, Kind.COMPANY, [i for i in batch if i.complete])
            self._note_changes(Kind.COMPANY, changed, seen_at)
            made = [ready(Kind.COMPANY, item) for item in batch]
            filling.write(connection, Kind.COMPANY, made, self._pending)
            if listed is not None:
                listed.add(connection, [record.id for record in records])

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

    def note_listed(self, listed: Listed, ids: Iterable[str]) -> None:
        """Remember in ``listed`` that a list has these."""
        with self._database.reading() as connection:
            listed.add(connection, ids)

    def mark_unlisted(self, listed: Listed, listed_at: float) -> None:
        """Mark what a list that came as one didn't have, in small transactions."""
        after: str | None = ""
        while after is not None:
            with self._database.writing() as connection:
                after = absences.mark_some(connection, listed, listed_at, after, _MARKED_AT_ONCE)

    def settle_absent(
        self, kind: Kind, doubtful: Callable[[int, int], bool], answered: Doubt | None = None
    ) -> tuple[str, ...]:
        """Take out what is marked, unless ``doubtful(known, missing)``: then a question is kept.

        So it is where companies would take too many contacts with them. A question that was
        ``answered`` with yes isn't kept, if it's no greater by now.
        That is done in small transactions: what a crash leaves is marked again by the next list.
        Returns the ids that are gone.
        """
        return tuple(self._settle(kind, doubtful, answered)[kind])

    def _settle(
        self, kind: Kind, doubtful: Callable[[int, int], bool], answered: Doubt | None
    ) -> dict[Kind, list[str]]:
        """Do so, and return the ids that are gone by kind: contacts go with their company."""
        gone: dict[Kind, list[str]] = {kind: []}
        with self._database.writing() as connection:
            doubt = absences.question(connection, kind, doubtful)
            if doubt is not None and not (answered is not None and doubt.is_within(answered)):
                absences.ask(connection, doubt)
                return gone
        some = [""]
        while some:
            with self._database.writing() as connection:
                some = absences.marked(connection, kind, _GONE_AT_ONCE)
                for each, ids in self._take_out(connection, kind, some).items():
                    if ids:
                        gone.setdefault(each, []).extend(ids)
                absences.unmark(connection, kind, some)
        with self._database.writing() as connection:
            absences.forget(connection, kind)
        return gone

    def accept_absent(
        self, asked: Iterable[Doubt], doubtful: Callable[[int, int], bool]
    ) -> dict[Kind, tuple[str, ...]]:
        """Answer with yes what was ``asked``, where it's still open: the ids taken out, by kind.

        Contacts that went with their company are among them.
        """
        still = {doubt.kind for doubt in self.doubts()}
        gone: dict[Kind, tuple[str, ...]] = {}
        for one in asked:
            if one.kind in still:
                for kind, ids in self._settle(one.kind, doubtful, one).items():
                    gone[kind] = (*gone.get(kind, ()), *ids)
        return gone

    def put(
        self,
        kind: Kind,
        records: Sequence[Received],
        seen_at: float,
        ours: Mapping[str, AbstractSet[str]] | None = None,
    ) -> None:
        """Take whole records, companies or contacts; ``seen_at`` is when they were asked for.

        A copy that was read later stays: what was on its way while an edit was delivered tells how
        the record was before. What differs from the copies that are here goes into the history;
        ``ours`` are the fields that were sent from here, by record.
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
        ours: Mapping[str, AbstractSet[str]] | None = None,
    ) -> None:
        """Take companies or contacts that are prepared, as :meth:`put` does."""
        with self._database.writing() as connection:
            items, now = [one.item for one in batch], self._wall()
            later = filling.read_later(connection, kind, items, now)
            later |= self._outdated(connection, kind, items, now)
            batch = [one for one in batch if one.item.id not in later] if later else batch
            changed = filling.replaced(connection, kind, [one.item for one in batch])
            self._note_changes(kind, changed, seen_at, ours)
            self._unread.difference_update((kind, one.item.id) for one in batch)
            filling.write(connection, kind, batch, self._pending)
            unreadable.forget(connection, kind, (one.item.id for one in batch))

    def _outdated(
        self, connection: sqlite3.Connection, kind: Kind, items: Sequence[Incoming], now: float
    ) -> frozenset[str]:
        """Return which of these were taken out, or changed from here, after they were asked for."""
        gone = removed.since(connection, kind, items, now)
        return gone | self._overtaken.since(kind, items, now)

    def keep_sent(self, kind: Kind, sent: Mapping[str, Sequence[Change]]) -> None:
        """Let copies have what was delivered of them; each stays as old as it was.

        What was asked for before it was delivered doesn't take it back.
        """
        now = self._wall()
        with self._database.writing() as connection:
            items = []
            for one, item in filling.stored(connection, kind, [*sent]).items():
                if item.data is not None:
                    data = apply(item.data, sent[one])
                    items.append(item._replace(json=json.dumps(data), data=data))
            fields = {one: {c.field for c in changes} for one, changes in sent.items()}
            changed = filling.replaced(connection, kind, items)
            self._note_changes(kind, changed, now, fields)
            filling.write(connection, kind, [ready(kind, item) for item in items], self._pending)
            self._overtaken.note(kind, sent, now)

    def _note_changes(
        self,
        kind: Kind,
        changed: Sequence[tuple[str, Raw, Raw]],
        seen_at: float,
        ours: Mapping[str, AbstractSet[str]] | None = None,
    ) -> None:
        """Note what has changed against this copy; older ones' changes aren't the same.

        What is on its way to Planhat may be seen there before it is answered: it's ours too. What
        is first read of a record that was made from here is how it was made: no change.
        """
        if self._unread:
            changed = [one for one in changed if (kind, one[0]) not in self._unread]
        if not changed:
            return
        going = self._pending.on_their_way(kind, [record for record, _, _ in changed])
        sent = {
            record: {*(ours or {}).get(record, ()), *arrived(before, after, going.get(record, ()))}
            for record, before, after in changed
        }
        since = float(self.noted(_BEGUN) or 0.0)
        self._history.note(kind, changed, seen_at, sent, since=since)

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
            is_tidy = tidying.is_tidy(connection)
        if is_tidy:
            self._database.rest()

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
                "SELECT id FROM contact WHERE company_id = ? AND known = 1"
                " AND NOT coalesce(seen_at > ? AND seen_at <= ?, 0)",  # made since it was asked
                (company_id, seen_at, self._wall()),
            ).fetchall()
            absent = [record for (record,) in rows if record not in kept]
            left = self._erase(connection, Kind.CONTACT, absent)
            removed.note(connection, Kind.CONTACT, left, self._wall(), company_id)
            self.put(Kind.CONTACT, records, seen_at)
            connection.execute(
                "INSERT OR REPLACE INTO contacts_seen VALUES (?, ?)", (company_id, seen_at)
            )

    def contacts_are_complete(self, seen_at: float) -> None:
        """Note that the contacts of all companies are here; in small transactions."""
        after: str | None = ""
        while after is not None:
            with self._database.writing() as connection:
                last: str | None = connection.execute(
                    "SELECT max(id) FROM (SELECT id FROM company WHERE id > ? ORDER BY id LIMIT ?)",
                    (after, _MARKED_AT_ONCE),
                ).fetchone()[0]
                connection.execute(
                    "INSERT OR REPLACE INTO contacts_seen SELECT id, ? FROM company"
                    " WHERE id > ? AND id <= ?",
                    (seen_at, after, last),
                )
            after = last
        self.note("contacts_complete", str(seen_at))

    def remove(self, kind: Kind, ids: Iterable[str]) -> tuple[str, ...]:
        """Take out records that Planhat no longer has, a company's contacts with it.

        One with open edits stays until they are settled: what was typed isn't lost by this. Returns
        the ids that are gone.
        """
        with self._database.writing() as connection:
            return tuple(self._take_out(connection, kind, list(ids))[kind])

    def _take_out(
        self, connection: sqlite3.Connection, kind: Kind, ids: Sequence[str]
    ) -> dict[Kind, list[str]]:
        """Do so, and return the ids that are gone by kind."""
        gone = {kind: self._erase(connection, kind, ids)}
        removed.note(connection, kind, gone[kind], self._wall())
        if kind is Kind.COMPANY:
            gone[Kind.CONTACT] = []
            for company_id in gone[kind]:
                theirs = _contacts_of(connection, company_id)
                gone[Kind.CONTACT] += self._erase(connection, Kind.CONTACT, theirs)
                connection.execute("DELETE FROM contacts_seen WHERE company_id = ?", (company_id,))
        return gone

    def _erase(
        self, connection: sqlite3.Connection, kind: Kind, absent: Sequence[str]
    ) -> list[str]:
        """Erase those that have no open edits, and return them."""
        open_edits = self._pending.open_by_record(kind, absent)
        gone = [record for record in absent if record not in open_edits]
        if kind is Kind.USER:
            connection.executemany("DELETE FROM user WHERE id = ?", [(one,) for one in gone])
        else:
            filling.erase(connection, kind, gone)
        unreadable.forget(connection, kind, gone)
        return gone

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

    def rename(
        self,
        kind: Kind,
        made: Mapping[str, Received],
        seen_at: float,
        unread: AbstractSet[str] = frozenset(),
    ) -> None:
        """Replace records made here by what Planhat made of them; contacts follow their company.

        Of those that are ``unread`` it's what was sent: what Planhat adds to it nobody has changed.
        The outbox has been renamed before: see ``TenantStore.made_together``.
        """
        with self._database.writing() as connection:
            filling.erase(connection, kind, [*made])
            self.put(kind, [*made.values()], seen_at)
            self._unread.update((kind, one) for one in unread)
            self.lay_again(kind, [one.id for one in made.values()])  # a later copy may have stayed
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
