"""Reading the local copy of a tenant: what every pane shows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from planhat_tui.model.custom import CustomType
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind, User
from planhat_tui.model.text import fold
from planhat_tui.store import search
from planhat_tui.store.asking import Asking
from planhat_tui.store.guessing import Guesses
from planhat_tui.store.rows import Progress, Shown

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping

    from planhat_tui.model.query import Query
    from planhat_tui.model.values import Json
    from planhat_tui.store.connection import Database
    from planhat_tui.store.rows import CompanyRows, ContactRow, ContactRows

_MOST_NAMED: Final = 21


class MirrorReads:
    """Reads. Records come as they are shown: with pending edits in them."""

    def __init__(
        self,
        database: Database,
        wall: Callable[[], float],
        last_calls: Callable[[Kind], Mapping[str, float]],
    ) -> None:
        self._database = database
        self._wall = wall
        self._last_calls = last_calls
        self._guesses = Guesses()

    def stop_guessing(self) -> None:
        """End the guesses that are being made, from any thread; what was asked finds nothing."""
        self._guesses.stop()

    def _asking(self, connection: sqlite3.Connection, kind: Kind) -> Asking:
        today = datetime.fromtimestamp(self._wall(), UTC).date()
        return Asking(connection, kind, today, self._last_calls)

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

    def user(self, user_id: str) -> User | None:
        """Return a member of the team, ``None`` if it isn't here."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT json FROM user WHERE id = ?", (user_id,)).fetchone()
        return User.from_raw(json.loads(row[0])) if row else None

    def search_companies(
        self, query: Query, limit: int = 500, offset: int = 0, *, guess: bool = False
    ) -> CompanyRows:
        """Find companies, in the order of :mod:`planhat_tui.store.search`.

        ``guess`` forgives slips when nothing is found; :meth:`stop_guessing` ends that.
        """
        with self._database.reading() as connection:
            return search.companies(
                self._asking(connection, Kind.COMPANY),
                query,
                limit,
                offset,
                guesses=self._guesses if guess else None,
            )

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
                    "SELECT tag, count(*) AS uses FROM tag WHERE kind = ? GROUP BY key, tag"
                    " ORDER BY uses DESC, key",
                    (kind,),
                )
            )

    def custom_keys(self, kind: Kind) -> tuple[tuple[str, CustomType, int], ...]:
        """Return the custom fields that occur, each with its most used type and its uses."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT key, type, count(DISTINCT record) AS uses FROM custom_value WHERE kind = ?"
                " GROUP BY key, type ORDER BY uses",
                (kind,),
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
        contacts only: a team is short enough to be read whole, and calls have no names.
        """
        with self._database.reading() as connection:
            same = f"SELECT id, name FROM {kind} WHERE id = ?"  # noqa: S608 -- our names
            if row := connection.execute(same, (text,)).fetchone():
                return (tuple(row),)
            by, values = _naming(kind, text)
            rows = connection.execute(
                f"SELECT id, name FROM {kind} WHERE {by} ORDER BY row LIMIT {_MOST_NAMED}",  # noqa: S608 -- our names
                values,
            )
            return tuple(rows)

    def progress(self) -> Progress:
        """Return how much of the tenant is here."""
        with self._database.reading() as connection:
            (known,) = connection.execute("SELECT count(*) FROM company").fetchone()
            (lean,) = connection.execute(
                "SELECT count(*) FROM company WHERE complete = 0"
            ).fetchone()
            (contacts,) = connection.execute("SELECT count(*) FROM contact").fetchone()
        lean_at = self.noted("lean_at")
        return Progress(
            companies_known=known,
            companies_complete=known - lean,
            contacts_done=contacts,
            contacts_complete=bool(self.noted("contacts_complete")),
            seen_at=float(lean_at) if lean_at else None,
        )

    def company_ids(self) -> frozenset[str]:
        """Return the ids of all companies that Planhat had when it was asked last."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id FROM company WHERE known = 1")
            return frozenset(record for (record,) in rows)

    def incomplete_companies(self, limit: int) -> tuple[str, ...]:
        """Return ids of lean companies, the longest waiting first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id FROM company WHERE complete = 0 AND known = 1"
                " ORDER BY seen_at, row LIMIT ?",
                (limit,),
            )
            return tuple(record for (record,) in rows)

    def oldest_companies(self, limit: int, before: float) -> tuple[str, ...]:
        """Return ids of whole companies that were last read before that, the oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id FROM company WHERE complete = 1 AND known = 1 AND seen_at < ?"
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
