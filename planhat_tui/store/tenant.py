"""The files of one tenant, opened and closed as one."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.errors import StorageError
from planhat_tui.model.outbox import Made
from planhat_tui.model.records import Kind
from planhat_tui.store.calls import CallLog
from planhat_tui.store.conflicts import Conflicts
from planhat_tui.store.connection import Database
from planhat_tui.store.disk import (
    DamagedError,
    FullError,
    UnwritableError,
    damaged_copies,
    set_aside,
)
from planhat_tui.store.drafts import Drafts
from planhat_tui.store.filling import SHOWN_KINDS
from planhat_tui.store.history import History, Keep
from planhat_tui.store.journal import Journal
from planhat_tui.store.memory import give_back_memory
from planhat_tui.store.mirror import Mirror
from planhat_tui.store.outbox import Outbox
from planhat_tui.store.rebuilding import rebuild
from planhat_tui.store.schema import MIRROR, MIRROR_BEGINS, OUTBOX
from planhat_tui.store.steps import Steps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from contextlib import AbstractContextManager
    from datetime import date
    from pathlib import Path

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.records import Received

DAMAGE_MARK: Final = "mirror.db.is-damaged"
_BEGUN_ANEW: Final = "begun_anew"
KEEP: Final = Keep()
"""How much of the past is kept where nobody says so."""
_SAMPLE: Final = (
    "SELECT max(row) FROM company",
    "SELECT max(row) FROM contact",
    "SELECT count(*) FROM fact",
    """SELECT rowid FROM company_text WHERE company_text MATCH '"  a"' LIMIT 1""",
    "SELECT count(*) FROM company_facts WHERE company_facts MATCH 'none'",
    "SELECT max(n) FROM company_body",
    "SELECT max(n) FROM contact_body",
    """SELECT rowid FROM contact_text WHERE contact_text MATCH '"  a"' LIMIT 1""",
)
"""A look into each of the mirror's trees: a whole check would take longer than filling it."""


class Birth(NamedTuple):
    """What Planhat has made of an entry; ``reason`` is a sentence, empty if there's none to say.

    Not ``is_read``: ``server`` is what was sent, and what Planhat has made of it is to be read.
    """

    entry: Entry
    server: Received
    reason: str
    is_read: bool = True


class TenantStore:
    """``mirror.db`` (disposable), ``outbox.db`` (precious) and ``history.db`` in one folder.

    No transaction spans two. What is shown is computed from both, and again at every open, so
    either order of a crash heals itself.
    """

    def __init__(
        self,
        folder: Path,
        *,
        wall: Callable[[], float] = time.time,
        today: Callable[[], date] | None = None,
        keep: Keep = KEEP,
        author: str = "",
        lays: bool = True,
    ) -> None:
        self.folder = folder
        self.wall = wall
        with contextlib.ExitStack() as opened:
            self._outbox_db = _open_outbox(folder / "outbox.db")
            opened.callback(self._outbox_db.close)
            self.outbox = Outbox(self._outbox_db, wall, author)
            self.journal = Journal(self._outbox_db)
            self.steps = Steps(self._outbox_db, wall)
            self.conflicts = Conflicts(self._outbox_db, wall)
            self.calls = CallLog(self._outbox_db, self.outbox, wall)
            self.drafts = Drafts(self._outbox_db)
            self.history = History(folder, wall, keep)
            opened.callback(self.history.close)
            self._mirror_db, anew = _open_mirror(folder / "mirror.db", wall)
            opened.callback(self._mirror_db.close)
            lays = lays and not self._mirror_db.read_only
            if lays:
                rebuild(self._mirror_db, self.outbox)
            self.mirror = Mirror(
                self._mirror_db,
                self.outbox,
                wall,
                self.calls,
                self.history,
                today=today or (lambda: datetime.fromtimestamp(wall(), UTC).date()),
                author=author,
            )
            if anew:
                with contextlib.suppress(UnwritableError):
                    self.mirror.note(_BEGUN_ANEW, f"{wall()}")
            if lays:
                with contextlib.suppress(FullError):  # what was laid before is shown
                    self.mirror.begin()
                    self._lay_all()
            opened.pop_all()

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        wall: Callable[[], float] = time.time,
        today: Callable[[], date] | None = None,
        keep: Keep = KEEP,
        author: str = "",
        lays: bool = True,
    ) -> TenantStore:
        """Open or make the files. A damaged mirror is set aside; it fills again.

        ``today`` gives the day in the place, that in UTC if it isn't given. ``keep`` says how much
        of the past is kept, ``author`` by which credential edits are made and who is meant by
        ``me``. Who only looks in leaves what is shown as it was laid last (not ``lays``): whoever
        writes, a pull or an edit, isn't waited for.

        Files that are there and can't be written are opened to be read. Raises
        :class:`StorageError`: no rights at all, no room for new ones, a damaged outbox, a newer
        version.
        """
        try:
            return cls(folder, wall=wall, today=today, keep=keep, author=author, lays=lays)
        except DamagedError:
            return cls(
                folder, wall=wall, today=today, keep=keep, author=author, lays=lays
            )  # the damage is marked now, so a new mirror is made

    @property
    def read_only(self) -> bool:
        """Whether one of the files can't be written: then nothing is changed or pulled."""
        return self._outbox_db.read_only or self._mirror_db.read_only

    @property
    def begun_anew(self) -> bool:
        """Whether the mirror was begun anew in place of a damaged one, and nobody heard of it."""
        return bool(self.mirror.noted(_BEGUN_ANEW))

    def told_of_damage(self) -> None:
        """Note that a person heard of it."""
        if not self.read_only:
            self.mirror.note(_BEGUN_ANEW, "")

    def damaged_copies(self) -> tuple[Path, ...]:
        """Return the files that were set aside because they are damaged."""
        files = (self.folder / name for name in ("mirror.db", "history.db"))
        return tuple(copy for file in files for copy in damaged_copies(file))

    def at_once(self) -> AbstractContextManager[object]:
        """Let all that is written to outbox, journal, conflicts and calls in it be one step."""
        return self._outbox_db.writing()

    def once_written(self, deed: Callable[[], None]) -> None:
        """Do something when what is written :meth:`at_once` is on the disk; outside of it, now."""
        self._outbox_db.once_committed(deed)

    def refresh_overlay(self, kind: Kind, record_id: str) -> None:
        """Show a record as its open edits now have it."""
        self.mirror.lay_again(kind, [record_id])

    def take_in(
        self,
        kind: Kind,
        records: Sequence[Received],
        seen_at: float,
        ours: Mapping[str, AbstractSet[str]] | None = None,
    ) -> None:
        """Keep records as Planhat has them; ``seen_at`` is seconds since the epoch.

        ``ours`` are the fields that were changed from here, by record.
        """
        if kind is Kind.CALL:
            for record in records:
                self.calls.take_in(record.data, seen_at)
        elif records:
            self.mirror.put(kind, records, seen_at, ours)

    def take_out(self, kind: Kind, record_id: str) -> None:
        """Take out a record that Planhat no longer has."""
        if kind is Kind.CALL:
            self.calls.remove(record_id)
        else:
            self.mirror.remove(kind, [record_id])

    def made(self, entry: Entry, server: Received, seen_at: float, reason: str = "") -> None:
        """Note that Planhat made what an entry asked for, and give it the id from there everywhere.

        Who sees the entry delivered sees the call in the log by that id: it's one step.
        """
        self.made_together(entry.kind, [Birth(entry, server, reason)], seen_at)

    def made_together(self, kind: Kind, births: Sequence[Birth], seen_at: float) -> None:
        """Note the same of many records of a kind.

        An entry that a person has settled meanwhile, while it was looked up, stays so.
        """
        with self.at_once():
            births = [b for b in births if self.outbox.get(b.entry.n).state.is_open]
            names = {birth.entry.record_id: birth.server.id for birth in births}
            self.outbox.made(
                kind, [Made(b.entry.n, b.entry.record_id, b.server.id, b.reason) for b in births]
            )
            if kind is Kind.CALL:
                for birth in births:
                    self.calls.rename(birth.entry.record_id, birth.server.data, seen_at)
            else:
                self.calls.follow(kind, names)
        if kind is not Kind.CALL and births:
            servers = {birth.entry.record_id: birth.server for birth in births}
            unread = frozenset(birth.server.id for birth in births if not birth.is_read)
            self.mirror.rename(kind, servers, seen_at, unread)
            self.history.rename(kind, names)

    def changed_elsewhere(self) -> bool:
        """Tell whether another process has written since this was last asked."""
        mirror = self._mirror_db.changed_elsewhere()
        history = self.history.changed_elsewhere()
        return self._outbox_db.changed_elsewhere() or mirror or history

    def give_back(self) -> None:
        """Give back memory that hasn't been used since this was asked last, and what is free."""
        self._mirror_db.let_go_of_pages()
        give_back_memory()

    def check(self) -> dict[str, str]:
        """Return what contradicts itself in each file, by its name; empty text if nothing does."""
        return {db.path.name: _fault(db) for db in (self._mirror_db, self._outbox_db)}

    def close(self) -> None:
        """Close the files."""
        self._mirror_db.close()
        self._outbox_db.close()
        self.history.close()

    def _lay_all(self) -> None:
        for kind in SHOWN_KINDS:
            wanted = frozenset(self.outbox.open_by_record(kind)) | self.mirror.laid_over(kind)
            if wanted:
                self.mirror.lay_again(kind, sorted(wanted))


def _fault(database: Database) -> str:
    try:
        return database.check()
    except DamagedError as error:  # so much that it can't even be looked through
        return error.message


def _open_outbox(path: Path) -> Database:
    try:
        return Database(path, OUTBOX, durable=True)
    except DamagedError as error:
        raise StorageError(
            f"{path} is damaged: edits that Planhat doesn't have yet may be in it.",
            "It is kept as it is. Move it to a safe place, then start again with an empty outbox.",
        ) from error


def _open_mirror(path: Path, wall: Callable[[], float]) -> tuple[Database, bool]:
    """Open the mirror, or a new one in place of a damaged one; whether it was set aside here.

    Damage that shows later leaves a mark (see :class:`Database`), which is found here.
    """
    mark = path.with_name(DAMAGE_MARK)
    if not mark.exists():
        with contextlib.suppress(DamagedError):  # it leaves its mark too
            return _checked(path, mark), False
    anew = set_aside(path, mark, f"{wall():.0f}")
    return _mirror(path, mark), anew


def _mirror(path: Path, mark: Path) -> Database:
    return Database(path, MIRROR, durable=False, damage_mark=mark, begins=MIRROR_BEGINS)


def _checked(path: Path, mark: Path) -> Database:
    database = _mirror(path, mark)
    try:
        with database.reading() as connection:
            for look in _SAMPLE:
                connection.execute(look).fetchone()
    except StorageError:
        database.close()
        raise
    return database
