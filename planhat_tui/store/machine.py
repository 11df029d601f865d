"""What this machine remembers beside tenants: rate budgets, the `:` line, which files are whose."""

from __future__ import annotations

import contextlib
import hashlib
import time
from typing import TYPE_CHECKING, Final

from planhat_tui.store.connection import Database
from planhat_tui.store.disk import DamagedError, set_aside
from planhat_tui.store.drafts import Drafts
from planhat_tui.store.schema import MACHINE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from planhat_tui.model.values import Json

_LINES: Final = 1000
_ON_SCREEN: Final = "on screen"
_MOST_ON_SCREEN: Final = 10


class MachineState:
    """``state.db``. It implements :class:`planhat_tui.model.ports.BudgetStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._drafts = Drafts(database)
        self._unkept: dict[str, str] = {}  # budgets that the disk doesn't take

    @classmethod
    def open(cls, folder: Path) -> MachineState:
        """Open or make it in a folder; a damaged one is set aside, since nothing in it is precious.

        Raises :class:`StorageError`.
        """
        path, mark = folder / "state.db", folder / "state.db.is-damaged"
        if not mark.exists():
            with contextlib.suppress(DamagedError):  # it leaves its mark
                return cls(Database(path, MACHINE, durable=False, damage_mark=mark))
        set_aside(path, mark, f"{time.time():.0f}")
        return cls(Database(path, MACHINE, durable=False, damage_mark=mark))

    @property
    def read_only(self) -> bool:
        """Whether the disk can't be written: then what was kept is read, and nothing is added."""
        return self._database.read_only

    def change(self, key: str, step: Callable[[str], str]) -> None:
        """Keep what ``step`` makes of what is kept of a rate limit, in one transaction.

        A credential's limit is its tenant's as soon as that is known: whoever has another token of
        the tenant shares it, and what was learnt before comes along. Where the disk can't be
        written, it's kept for as long as this process runs.
        """
        if self.read_only:
            with self._database.reading() as connection:
                shared = _shared_key(connection, key)
                before = self._known(connection, shared, key)
                if (after := step(before)) != before:
                    self._unkept[shared] = after
            return
        with self._database.writing() as connection:
            shared = _shared_key(connection, key)
            before = self._known(connection, shared, key)
            after = step(before)
            if after != before or shared in self._unkept:
                connection.execute("INSERT OR REPLACE INTO budget VALUES (?, ?)", (shared, after))
        self._unkept.pop(shared, None)

    def budget(self, key: str) -> str:
        """Return what is kept of a rate limit; empty if nothing is."""
        with self._database.reading() as connection:
            return self._known(connection, _shared_key(connection, key), key)

    def _known(self, connection: sqlite3.Connection, shared: str, key: str) -> str:
        return self._unkept.get(shared) or _budget(connection, shared, key)

    def budget_key(self, base_url: str, token: str) -> str:
        """Return the name of the rate limit under which a credential's requests go."""
        return _digest(base_url, token)

    def history(self, tenant: str, limit: int = _LINES) -> tuple[str, ...]:
        """Return the lines that were typed after the colon on a tenant's data, oldest first.

        ``tenant`` is the folder of its files; lines that belong to no tenant are everyone's.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT text FROM line WHERE tenant IN (?, '') ORDER BY n DESC LIMIT ?",
                (tenant, limit),
            ).fetchall()
        return tuple(text for (text,) in reversed(rows))

    def remember_line(self, text: str, tenant: str) -> None:
        """Keep a line with its tenant; the same one again only moves to the end.

        One with the name of a file that isn't UTF-8 can't be kept as text, and isn't.
        """
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            return
        if self.read_only:
            return
        with self._database.writing() as connection:
            connection.execute("DELETE FROM line WHERE text = ? AND tenant = ?", (text, tenant))
            connection.execute("INSERT INTO line (text, tenant) VALUES (?, ?)", (text, tenant))
            connection.execute(
                "DELETE FROM line WHERE tenant = ?1 AND n NOT IN"
                " (SELECT n FROM line WHERE tenant = ?1 ORDER BY n DESC LIMIT ?2)",
                (tenant, _LINES),
            )

    def has_seen(self, name: str) -> bool:
        """Tell whether something that is shown once was shown; what can't be kept isn't shown."""
        if self.read_only:
            return True
        with self._database.reading() as connection:
            row = connection.execute("SELECT 1 FROM seen WHERE name = ?", (name,)).fetchone()
        return row is not None

    def see(self, name: str) -> None:
        """Remember that something was shown."""
        if not self.read_only:
            with self._database.writing() as connection:
                connection.execute("INSERT OR IGNORE INTO seen VALUES (?)", (name,))

    def on_screen(self) -> tuple[str, ...]:
        """Return the profiles that were on screen, the last first."""
        kept = (self._drafts.load(_ON_SCREEN) or {}).get("profiles")
        return tuple(map(str, kept)) if isinstance(kept, list) else ()

    def come_on_screen(self, profile: str) -> None:
        """Remember that a profile is on screen."""
        if not self.read_only:
            names = [*dict.fromkeys((profile, *self.on_screen()))][:_MOST_ON_SCREEN]
            self._drafts.save(_ON_SCREEN, {"profiles": [*names]})

    def draft(self, key: str) -> Mapping[str, Json] | None:
        """Return what was typed and not saved that belongs to no tenant; ``None`` if nothing."""
        return self._drafts.load(key)

    def keep_draft(self, key: str, data: Mapping[str, Json]) -> None:
        """Keep it; nothing in it is forgotten."""
        if self.read_only:
            return
        if data:
            self._drafts.save(key, data)
        else:
            self._drafts.drop(key)

    def folder_for(self, base_url: str, token: str, tenant: str = "") -> str:
        """Return the name of the folder that this credential's tenant has, made up at first.

        The token itself isn't kept, only a digest that can't be turned back. ``tenant`` is whose
        it is said to be: of a credential that was never seen it's believed for what is shown, and
        not written down. Whose it is indeed is asked before anything is read or sent.
        """
        credential = _digest(base_url, token)
        if said := self._said_to_be(base_url, credential, tenant):
            return said
        reads = self.read_only
        with self._database.reading() if reads else self._database.writing() as connection:
            if not reads:
                connection.execute(
                    "INSERT OR IGNORE INTO identity (base_url, credential, folder)"
                    " VALUES (?, ?, ?)",
                    (base_url, credential, credential[:24]),
                )
            row = connection.execute(
                "SELECT folder FROM identity WHERE base_url = ? AND credential = ?",
                (base_url, credential),
            ).fetchone()
        return str(row[0]) if row else credential[:24]

    def author(self, base_url: str, token: str) -> str:
        """Return by which name edits go that are made with a credential, whoever that is."""
        return _digest(base_url, token)

    def known_folder(self, base_url: str, profile: str, token: str = "", tenant: str = "") -> str:
        """Return the folder of a profile's tenant, empty if none is known; makes none up.

        Without its token it is the one that the profile had last, or that of the tenant whose it is
        said to be. Another's at the same address is never taken for it.
        """
        if not token:
            return self._had(base_url, profile, tenant) or (
                self.folder_of_tenant(base_url, tenant) if tenant else ""
            )
        credential = _digest(base_url, token)
        if said := self._said_to_be(base_url, credential, tenant):
            return said
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT folder FROM identity WHERE base_url = ? AND credential = ?",
                (base_url, credential),
            ).fetchone()
        return str(row[0]) if row else ""

    def _had(self, base_url: str, profile: str, tenant: str) -> str:
        """Return the folder that a profile had last; empty if it is said to be another tenant's."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT folder FROM met WHERE base_url = ?1 AND profile = ?2 AND (?3 = '' OR folder"
                " IN (SELECT folder FROM identity WHERE base_url = ?1 AND tenant = ?3))",
                (base_url, profile, tenant),
            ).fetchone()
        return str(row[0]) if row else ""

    def has_nobodys(self, base_url: str) -> bool:
        """Tell whether an address has files of which Planhat hasn't said whose they are."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT 1 FROM identity WHERE base_url = ? AND tenant = ''", (base_url,)
            ).fetchone()
        return row is not None

    def _said_to_be(self, base_url: str, credential: str, tenant: str) -> str:
        """Return the folder of a tenant for a credential that was never seen; else empty."""
        if not tenant or self._is_known(base_url, credential):
            return ""
        return self.folder_of_tenant(base_url, tenant)

    def _is_known(self, base_url: str, credential: str) -> bool:
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT 1 FROM identity WHERE base_url = ? AND credential = ?",
                (base_url, credential),
            ).fetchone()
        return row is not None

    def tenant_of(self, base_url: str, token: str) -> str:
        """Return the tenant that this credential was seen to belong to; empty before that."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT tenant FROM identity WHERE base_url = ? AND credential = ?",
                (base_url, _digest(base_url, token)),
            ).fetchone()
        return str(row[0]) if row else ""

    def folder_of_tenant(self, base_url: str, tenant: str) -> str:
        """Return the folder that a tenant's files already have; empty if none."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT folder FROM identity WHERE base_url = ? AND tenant = ?", (base_url, tenant)
            ).fetchone()
        return str(row[0]) if row else ""

    def said_lately(self, base_url: str, token: str, since: float, until: float) -> str:
        """Return the tenant that Planhat named for a credential between two moments; else empty.

        Both are seconds since the epoch: a clock that was put back makes nothing lately said.
        """
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT tenant FROM identity"
                " WHERE base_url = ? AND credential = ? AND said_at BETWEEN ? AND ?",
                (base_url, _digest(base_url, token), since, until),
            ).fetchone()
        return str(row[0]) if row else ""

    def remember_tenant(
        self, base_url: str, token: str, tenant: str, folder: str, said_at: float = 0.0
    ) -> None:
        """Write down whose files these are, so that a rotated token finds them again.

        ``said_at`` is when Planhat said so, in seconds since the epoch.
        """
        if self.read_only:
            return
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO identity VALUES (?, ?, ?, ?, ?)",
                (base_url, _digest(base_url, token), folder, tenant, said_at),
            )

    def met(self, base_url: str, profile: str) -> str:
        """Return the folder that a profile of this name had last; empty if it never had one."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT folder FROM met WHERE base_url = ? AND profile = ?", (base_url, profile)
            ).fetchone()
        return str(row[0]) if row else ""

    def meet(self, base_url: str, profile: str, folder: str) -> None:
        """Write down whose files a profile has, once Planhat has said it."""
        if not self.read_only:
            with self._database.writing() as connection:
                connection.execute(
                    "INSERT OR REPLACE INTO met VALUES (?, ?, ?)", (base_url, profile, folder)
                )

    def forget(self, folder: str) -> None:
        """Forget whose a folder was, and the lines that were typed on its data.

        The rate limit stays known: it's the server's, and says nothing of anybody's data.
        """
        if self.read_only:
            return
        with self._database.writing() as connection:
            connection.execute("DELETE FROM identity WHERE folder = ?", (folder,))
            connection.execute("DELETE FROM line WHERE tenant = ?", (folder,))
            connection.execute("DELETE FROM met WHERE folder = ?", (folder,))

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _shared_key(connection: sqlite3.Connection, key: str) -> str:
    """Return the name of the tenant's limit, if it's known whose the credential is."""
    credential, slash, door = key.partition("/")
    row = connection.execute(
        "SELECT base_url, tenant FROM identity WHERE credential = ? AND tenant <> ''", (credential,)
    ).fetchone()
    return f"{row[0]} {row[1]}{slash}{door}" if row else key


def _budget(connection: sqlite3.Connection, *keys: str) -> str:
    """Return what is kept under the first of the keys that has anything."""
    for key in keys:
        row = connection.execute("SELECT state FROM budget WHERE key = ?", (key,)).fetchone()
        if row:
            return str(row[0])
    return ""


def _digest(base_url: str, token: str) -> str:
    salted = f"planhat-tui\0{base_url}\0{token}".encode()
    return hashlib.sha256(salted).hexdigest()
