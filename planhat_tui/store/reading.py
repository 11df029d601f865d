"""Reading the local copy of a tenant: what every pane shows."""

from __future__ import annotations

import functools
import itertools
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from planhat_tui.model.custom import CustomType
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind, User, text_of
from planhat_tui.model.text import fold
from planhat_tui.store import absences, people, search, unreadable
from planhat_tui.store.asking import Asking
from planhat_tui.store.columns import storable
from planhat_tui.store.filling import SHOWN_KINDS
from planhat_tui.store.guessing import Guesses
from planhat_tui.store.remembering import counts, orders
from planhat_tui.store.rows import Progress, Shown

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from planhat_tui.model.duplicates import Party
    from planhat_tui.model.overview import Overview
    from planhat_tui.model.query import Query, Sort
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.store.absences import Doubt
    from planhat_tui.store.asking import Occurrences
    from planhat_tui.store.connection import Database
    from planhat_tui.store.history import History
    from planhat_tui.store.overlay import Pending
    from planhat_tui.store.rows import CompanyRows, ContactRow, ContactRows, Totals
    from planhat_tui.store.unreadable import Unreadable

NAMED_AT_MOST: Final = 20
"""Records of one name that are told apart: one more is looked for, to tell that there are more."""
_LAST: Final = "\U0010ffff"
_KEYED: Final = {
    "_id": "id",
    "externalId": "external_key <> '' AND external_key",
    "email": "email_key <> '' AND email_key",
    "name": "name_key",
}
"""The indexed column of each key; where the index is partial, with its condition."""

_COUNTED: Final = (
    "SELECT key, value FROM fact WHERE key IN ('count_company', 'count_contact', 'companies_read',"
    " 'contacts_read', 'contacts_about', 'contacts_complete', 'lean_at',"
    " 'team_at', 'definitions_at')"
)

_IS_LISTED: Final = (
    "NOT EXISTS (SELECT 1 FROM absent WHERE absent.kind = 'company' AND absent.id = company.id)"
)


class MirrorReads:
    """Reads. Records come as they are shown: with pending edits in them."""

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
        self._today = today
        self._me = f"me:{author}"
        self._database = database
        self._wall = wall
        self._moments = {"lastcall": calls, "changed": history}
        self._unseen = history.unseen
        self._pending = pending
        self._guesses = Guesses()
        self._counts = counts()
        self._orders = orders()

    def stop_guessing(self) -> None:
        """End the guesses that are being made, from any thread; what was asked finds nothing."""
        self._guesses.stop()

    def _asking(
        self, connection: sqlite3.Connection, kind: Kind, lately: Iterable[str] = ()
    ) -> Asking:
        utc = datetime.fromtimestamp(self._wall(), UTC).date()
        unseen = functools.cache(self._unseen)  # several parts of a search ask for it
        now = connection, self._database.version()
        in_state = functools.cache(self._pending.in_state)
        return Asking(
            connection,
            kind,
            self._today(),
            utc,
            self._moments,
            unseen,
            in_state,
            functools.partial(self._counts.of, *now),
            functools.partial(self._orders.of, *now),
            lambda: me.id if (me := self.me()) is not None else "",
            tuple(lately),
        )

    def me(self) -> User | None:
        """Return whom the token stands for by which it is read, ``None`` if that isn't known yet.

        A tenant may have several tokens.
        """
        noted = self.noted(self._me)
        return User.from_raw(json.loads(noted)) if noted else None

    def company(self, company_id: str) -> Shown | None:
        """Return a company, ``None`` if it isn't here."""
        return self._shown(Kind.COMPANY, company_id)

    def contact(self, contact_id: str) -> Shown | None:
        """Return a contact, ``None`` if it isn't here."""
        return self._shown(Kind.CONTACT, contact_id)

    def raws(self, kind: Kind, ids: Iterable[str]) -> tuple[dict[str, Json], ...]:
        """Return companies or contacts whole, as they are shown; unknown ids are left out."""
        found = []
        with self._database.reading() as connection:
            for one in ids:
                row = connection.execute(
                    f"SELECT coalesce(shown, json) FROM {kind}_body WHERE id = ?",  # noqa: S608 -- our names
                    (one,),
                ).fetchone()
                if row is not None and row[0]:
                    found.append(json.loads(row[0]))
        return tuple(found)

    def names_only(self, ids: Iterable[str]) -> frozenset[str]:
        """Return which of these companies aren't loaded: nothing but their names is here."""
        found = "SELECT 1 FROM company WHERE id = ? AND complete = 0"
        with self._database.reading() as connection:
            return frozenset(one for one in ids if connection.execute(found, (one,)).fetchone())

    def stream(
        self, kind: Kind, query: Query, *, company_id: str = ""
    ) -> Iterator[dict[str, Json]]:
        """Give all that a query finds whole, as it is shown, in the order of the list.

        Records are read as they are taken, all from the same moment. Take them in one thread.
        """
        from planhat_tui.store import streaming

        with self._database.reading() as connection:
            for text in streaming.texts(self._asking(connection, kind), query, company_id):
                yield json.loads(text)

    def keyed(
        self,
        kind: Kind,
        path: str,
        text: str,
        company_id: str = "",
        fits: Callable[[Raw], bool] | None = None,
    ) -> tuple[dict[str, Json], ...]:
        """Return the records, as they are shown, whose key is that text: no more than a few.

        ``path`` is ``_id``, ``externalId``, ``name`` or, of contacts, ``email``; all but the id
        without regard to case. ``company_id`` leaves the contacts of one company, ``fits`` what
        else is known of the record; of those that are left :data:`NAMED_AT_MOST` are returned, and
        one more if there are more.
        """
        wanted = storable(text) if path == "_id" else fold(text)
        if not wanted:
            return ()
        at, order = "", "row"
        if company_id:  # sorted apart, or SQLite goes through all of a name for their order's sake
            at, order = " AND company_id = ?", "+row"
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT coalesce(shown, json) FROM {kind} JOIN {kind}_body USING (id)"  # noqa: S608 -- our names
                f" WHERE {_KEYED[path]} = ?{at} ORDER BY {order}",
                [wanted, company_id] if company_id else [wanted],
            )
            found = filter(fits, (json.loads(body) for (body,) in rows if body))
            return tuple(itertools.islice(found, NAMED_AT_MOST + 1))

    def parties(self, kind: Kind) -> tuple[Party, ...]:
        """Return all companies, or all contacts, as far as duplicates are told by it."""
        from planhat_tui.store import parties

        with self._database.reading() as connection:
            return tuple(parties.of(connection, kind))

    def user(self, user_id: str) -> User | None:
        """Return a member of the team, ``None`` if it isn't here."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT json FROM user WHERE id = ?", (user_id,)).fetchone()
        return User.from_raw(json.loads(row[0])) if row else None

    def search_companies(
        self,
        query: Query,
        limit: int = 500,
        offset: int = 0,
        *,
        guess: bool = False,
        lately: Iterable[str] = (),
    ) -> CompanyRows:
        """Find companies, in the order of :mod:`planhat_tui.store.search`.

        ``guess`` forgives slips when nothing is found; :meth:`stop_guessing` ends that. ``lately``
        has the ids of those that were opened, the last first.
        """
        with self._database.reading() as connection:
            return search.companies(
                self._asking(connection, Kind.COMPANY, lately),
                query,
                limit,
                offset,
                guesses=self._guesses if guess else None,
            )

    def company_name(self, company_id: str) -> str:
        """Return what a company is called, as it is shown; empty if it isn't here."""
        found = self.raws(Kind.COMPANY, [company_id]) if company_id else ()
        return text_of(found[0], "name") if found else ""

    def hint(self, kind: Kind, query: Query) -> str:
        """Return a sentence about what a query asks for and isn't known here; empty for most."""
        with self._database.reading() as connection:
            return search.hint(self._asking(connection, kind), query)

    def unknown_me(self, query: Query) -> str:
        """Return a sentence where it isn't known who ``me`` is, and a query asks for it."""
        with self._database.reading() as connection:
            return people.unknown_me(self._asking(connection, Kind.COMPANY), query)

    def ids(
        self,
        query: Query,
        limit: int,
        offset: int = 0,
        *,
        guess: bool = False,
        lately: Iterable[str] = (),
    ) -> tuple[str, ...]:
        """Return the ids of what :meth:`search_companies` finds, in its order."""
        guesses = self._guesses if guess else None
        with self._database.reading() as connection:
            asking = self._asking(connection, Kind.COMPANY, lately)
            return search.ids(asking, query, limit, offset, guesses=guesses)

    def place(
        self, query: Query, company_id: str, *, guess: bool = False, lately: Iterable[str] = ()
    ) -> int | None:
        """Return how many rows stand before a company in a list; ``None`` if it isn't found."""
        guesses = self._guesses if guess else None
        with self._database.reading() as connection:
            asking = self._asking(connection, Kind.COMPANY, lately)
            return search.place(asking, query, company_id, guesses=guesses)

    def neighbour(
        self,
        query: Query,
        company_id: str,
        *,
        back: bool,
        guess: bool = False,
        lately: Iterable[str] = (),
    ) -> str:
        """Return the next of what is found, from a company on; empty if nothing is found."""
        guesses = self._guesses if guess else None
        with self._database.reading() as connection:
            asking = self._asking(connection, Kind.COMPANY, lately)
            return search.neighbour(asking, query, company_id, back=back, guesses=guesses)

    def totals(self, query: Query, marked: Iterable[str], *, lately: Iterable[str] = ()) -> Totals:
        """Return what the companies that :meth:`search_companies` finds add up to."""
        from planhat_tui.store.totals import totals

        with self._database.reading() as connection:
            return totals(self._asking(connection, Kind.COMPANY, lately), query, tuple(marked))

    def overview(self) -> Overview:
        """Return all companies counted by phase, health, month of renewal, owner and tag."""
        from planhat_tui.store.overview import overview

        with self._database.reading() as connection:
            return overview(self._asking(connection, Kind.COMPANY))

    def search_contacts(
        self, query: Query, limit: int = 200, company_id: str = "", *, guess: bool = False
    ) -> ContactRows:
        """Find contacts, of one company if it's given."""
        with self._database.reading() as connection:
            return search.contacts(
                self._asking(connection, Kind.CONTACT),
                query,
                limit,
                company_id,
                guesses=self._guesses if guess else None,
            )

    def contacts_of(self, company_id: str, sort: tuple[Sort, ...] = ()) -> tuple[ContactRow, ...]:
        """Return all contacts of a company; without an order featured ones first, then by name."""
        with self._database.reading() as connection:
            return search.contacts_of(self._asking(connection, Kind.CONTACT), company_id, sort)

    def contact_ids(self, company_id: str) -> frozenset[str]:
        """Return the ids of a company's contacts that Planhat had when it was asked last."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id FROM contact WHERE company_id = ? AND known = 1", (company_id,)
            )
            return frozenset(record for (record,) in rows)

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

    def definitions(self) -> tuple[dict[str, Json], ...]:
        """Return the definitions of custom fields, as Planhat has them."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT json FROM definition ORDER BY n").fetchall()
        return tuple(json.loads(text) for (text,) in rows)

    def formulas(self) -> tuple[dict[str, Json], ...]:
        """Return those definitions whose fields Planhat works out: none for most tenants."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT json FROM definition WHERE json_extract(json, '$.isFormula') = 1"
            ).fetchall()
        return tuple(json.loads(text) for (text,) in rows)

    def tags(self, kind: Kind, typed: str = "") -> tuple[tuple[str, int], ...]:
        """Return the tags that occur and start as typed, with counts, the most used first.

        Each spelling counts for itself: a tag is given, and taken off, as it is written.
        """
        start = fold(typed)
        with self._database.reading() as connection:
            return tuple(
                connection.execute(
                    f"SELECT tag, count(*) AS uses FROM {kind}_tag WHERE key >= ? AND key < ?"  # noqa: S608 -- our names
                    " GROUP BY key, tag ORDER BY uses DESC, key, tag",
                    (start, start + _LAST),
                )
            )

    def tags_with(self, kind: Kind, words: Sequence[str]) -> tuple[str, ...]:
        """Return the tags in which all these folded words are, by spelling, uncounted."""
        from planhat_tui.store import occurring

        with self._database.reading() as connection:
            return occurring.tags_with(self._asking(connection, kind), words)

    def uses(self, kind: Kind, tag: str) -> int:
        """Return how many records have a tag, spelled so."""
        with self._database.reading() as connection:
            found = connection.execute(
                f"SELECT count(*) FROM {kind}_tag WHERE key = ? AND tag = ?",  # noqa: S608 -- our names
                (fold(tag), tag),
            )
            return int(found.fetchone()[0])

    def custom_keys(self, kind: Kind) -> tuple[tuple[str, CustomType, int], ...]:
        """Return the custom fields that occur, each with its most used type and its uses."""
        if kind not in SHOWN_KINDS:  # calls have none
            return ()
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT key, type, count(DISTINCT row) AS uses FROM {kind}_custom"  # noqa: S608 -- our names
                " GROUP BY key, type ORDER BY uses"
            ).fetchall()
        counts: dict[str, tuple[CustomType, int]] = {}
        for key, used, uses in rows:
            counts[key] = (CustomType(used), uses + counts.get(key, (None, 0))[1])
        by_use = sorted(counts.items(), key=lambda item: (-item[1][1], fold(item[0])))
        return tuple((key, used, uses) for key, (used, uses) in by_use)

    def values(self, kind: Kind, field: str, typed: str) -> tuple[tuple[str, int], ...]:
        """Return values of a query's field that start as typed, with counts."""
        from planhat_tui.store import occurring

        with self._database.reading() as connection:
            return occurring.values(self._asking(connection, kind), field, typed)

    def custom_fields(self, kind: Kind, typed: str) -> tuple[tuple[str, int], ...]:
        """Return names of custom fields that start as typed, with counts."""
        from planhat_tui.store import occurring

        with self._database.reading() as connection:
            return occurring.custom_fields(self._asking(connection, kind), typed)

    def custom_names(self, kind: Kind) -> tuple[tuple[str, str], ...]:
        """Return the names and types of the custom fields that occur, by name."""
        from planhat_tui.store import occurring

        with self._database.reading() as connection:
            return occurring.custom_names(self._asking(connection, kind))

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

        By id, ``extid-…``, name or e-mail; name and e-mail without regard to case. Companies and
        contacts only: a team is short enough to be read whole, and calls have no names. Of many
        :data:`NAMED_AT_MOST` are returned, and one more.
        """
        with self._database.reading() as connection:
            text = storable(text)
            same = f"SELECT id, name FROM {kind} WHERE id = ?"  # noqa: S608 -- our names
            if row := connection.execute(same, (text,)).fetchone():
                return (tuple(row),)
            by, values = _naming(kind, text)
            rows = connection.execute(
                f"SELECT id, name FROM {kind} WHERE {by} ORDER BY row LIMIT {NAMED_AT_MOST + 1}",  # noqa: S608 -- our names
                values,
            )
            return tuple(rows)

    def progress(self) -> Progress:
        """Return how much of the tenant is here."""
        with self._database.reading() as connection:
            facts = dict(connection.execute(_COUNTED))
            (lean,) = connection.execute(
                "SELECT count(*) FROM company WHERE complete = 0"
            ).fetchone()
            set_aside, unread = unreadable.counted(connection)
        known, contacts = int(facts["count_company"]), int(facts["count_contact"])
        here = known - lean
        return Progress(
            companies_known=known,
            companies_complete=min(here, int(facts.get("companies_read") or here)),
            contacts_done=int(facts.get("contacts_read") or contacts),
            contacts_complete=bool(facts.get("contacts_complete")),
            seen_at=float(facts["lean_at"]) if facts.get("lean_at") else None,
            contacts_known=int(facts["contacts_about"]) if facts.get("contacts_about") else None,
            companies_unreadable=unread,
            unreadable=set_aside,
            team=bool(facts.get("team_at")),
            definitions=bool(facts.get("definitions_at")),
        )

    def unreadable(self) -> tuple[Unreadable, ...]:
        """Return the records that Planhat has and that can't be kept here."""
        with self._database.reading() as connection:
            return unreadable.listed(connection)

    def fault(self, kind: Kind, record_id: str) -> str:
        """Return why a record can't be kept here; empty if nothing is known against it."""
        with self._database.reading() as connection:
            return unreadable.fault(connection, kind, record_id)

    def company_ids(self) -> frozenset[str]:
        """Return the ids of all companies that Planhat had when it was asked last."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id FROM company WHERE known = 1")
            return frozenset(record for (record,) in rows)

    def companies_there(self) -> int:
        """Return how many companies Planhat had when it was asked last."""
        with self._database.reading() as connection:
            return absences.known(connection, Kind.COMPANY)

    def some_company_ids(self, most: int) -> tuple[str, ...]:
        """Return ids of companies that Planhat had, ``most`` of them from all over, in order.

        Fewer, where some of these were made here.
        """
        nth = (
            "SELECT id FROM company WHERE known = 1"
            " AND id = (SELECT id FROM company ORDER BY id LIMIT 1 OFFSET ?)"
        )
        with self._database.reading() as connection:
            (count,) = connection.execute("SELECT count(*) FROM company").fetchone()
            last = max(0, count - 1)
            places = sorted({n * last // (most - 1) for n in range(most)})
            found = [connection.execute(nth, (place,)).fetchone() for place in places]
        return tuple(row[0] for row in found if row is not None)

    def incomplete_companies(self, limit: int) -> tuple[str, ...]:
        """Return ids of lean companies, the longest waiting first; of those that are listed."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT id FROM company WHERE complete = 0 AND known = 1 AND {_IS_LISTED}"  # noqa: S608 -- ours
                " ORDER BY seen_at, row LIMIT ?",
                (limit,),
            )
            return tuple(record for (record,) in rows)

    def oldest_companies(self, limit: int, before: float) -> tuple[str, ...]:
        """Return ids of whole companies that were last read before that, the oldest first.

        Of those that are listed: what a list no longer had is a person's to decide.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT id FROM company WHERE complete = 1 AND known = 1 AND {_IS_LISTED}"  # noqa: S608 -- ours
                " AND seen_at < ?"
                " ORDER BY seen_at, row LIMIT ?",
                (before, limit),
            )
            return tuple(record for (record,) in rows)

    def without_contacts(self, limit: int, before: float) -> tuple[str, ...]:
        """Return ids of companies whose contacts were never read as a whole, else before that.

        The longest waiting first; of those that are listed.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT id FROM company WHERE known = 1 AND {_IS_LISTED} AND NOT EXISTS"  # noqa: S608 -- ours
                " (SELECT 1 FROM contacts_seen WHERE company_id = id) ORDER BY row LIMIT ?",
                (limit,),
            ).fetchall()
            rows = (
                rows
                or connection.execute(
                    "SELECT id FROM contacts_seen JOIN company ON id = company_id WHERE known = 1"  # noqa: S608 -- ours
                    f" AND {_IS_LISTED} AND contacts_seen.seen_at < ?"
                    " ORDER BY contacts_seen.seen_at LIMIT ?",
                    (before, limit),
                ).fetchall()
            )
            return tuple(record for (record,) in rows)

    def oldest_whole(self) -> float | None:
        """Return when the whole record that was read the longest ago was read; ``None``: none is.

        Companies and contacts; seconds since the epoch.
        """
        with self._database.reading() as connection:
            (oldest,) = connection.execute(
                "SELECT min(seen_at) FROM (SELECT min(seen_at) AS seen_at FROM company"
                " WHERE complete = 1 AND known = 1"
                " UNION ALL SELECT min(seen_at) FROM contact WHERE known = 1)"
            ).fetchone()
            return None if oldest is None else float(oldest)

    def is_listed(self, company_id: str) -> bool:
        """Tell whether the list of names had a company when it was read last."""
        with self._database.reading() as connection:
            row = connection.execute(
                f"SELECT 1 FROM company WHERE id = ? AND known = 1 AND {_IS_LISTED}",  # noqa: S608 -- ours
                (company_id,),
            ).fetchone()
            return row is not None

    def doubts(self) -> tuple[Doubt, ...]:
        """Return what a person is asked: records that a list no longer had, suspiciously many."""
        with self._database.reading() as connection:
            return absences.asked(connection)

    def noted(self, key: str) -> str:
        """Return a fact that was noted; empty if none was."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT value FROM fact WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def _shown(self, kind: Kind, record_id: str) -> Shown | None:
        with self._database.reading() as connection:
            row = connection.execute(
                f"SELECT json, shown, state, complete, seen_at FROM {kind}"  # noqa: S608 -- our names
                f" JOIN {kind}_body ON {kind}_body.id = {kind}.id WHERE {kind}.id = ?",
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


def _naming(kind: Kind, text: str) -> tuple[str, list[str]]:
    if text.startswith("extid-"):
        external = text.removeprefix("extid-")
        return "external_key = ? AND external_id = ?", [fold(external), external]
    if kind is Kind.CONTACT:
        return "name_key = ? OR (email_key <> '' AND email_key = ?)", [fold(text)] * 2
    return "name_key = ?", [fold(text)]
