"""The files of one tenant, opened and closed as one."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import StorageError
from planhat_tui.model.records import Kind
from planhat_tui.store.calls import CallLog
from planhat_tui.store.connection import Database
from planhat_tui.store.disk import DamagedError, set_aside
from planhat_tui.store.drafts import Drafts
from planhat_tui.store.filling import SHOWN_KINDS
from planhat_tui.store.mirror import Mirror
from planhat_tui.store.outbox import Outbox
from planhat_tui.store.rebuilding import rebuild
from planhat_tui.store.schema import MIRROR, OUTBOX

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planhat_tui.model.records import Received

DAMAGE_MARK: Final = "mirror.db.is-damaged"
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


class TenantStore:
    """``mirror.db`` (disposable) and ``outbox.db`` (precious) in one folder.

    No transaction spans the two. What is shown is computed from both, and again at every open, so
    either order of a crash heals itself.
    """

    def __init__(self, folder: Path, *, wall: Callable[[], float] = time.time) -> None:
        self.folder = folder
        with contextlib.ExitStack() as opened:
            self._outbox_db = _open_outbox(folder / "outbox.db")
            opened.callback(self._outbox_db.close)
            self.outbox = Outbox(self._outbox_db, wall)
            self.calls = CallLog(self._outbox_db, self.outbox, wall)
            self.drafts = Drafts(self._outbox_db)
            self._mirror_db = _open_mirror(folder / "mirror.db", wall)
            opened.callback(self._mirror_db.close)
            if not self._mirror_db.read_only:
                rebuild(self._mirror_db, self.outbox)
            self.mirror = Mirror(self._mirror_db, self.outbox, wall, self.calls.last)
            if not self._mirror_db.read_only:
                self._lay_all()
            opened.pop_all()

    @classmethod
    def open(cls, folder: Path, *, wall: Callable[[], float] = time.time) -> TenantStore:
        """Open or make the files. A damaged mirror is set aside; it fills again.

        Files that are there and can't be written are opened to be read. Raises
        :class:`StorageError`: no rights at all, a full disk, a damaged outbox, a newer version.
        """
        try:
            return cls(folder, wall=wall)
        except DamagedError:
            return cls(folder, wall=wall)  # the damage is marked now, so a new mirror is made

    @property
    def read_only(self) -> bool:
        """Whether one of the files can't be written: then nothing is changed or pulled."""
        return self._outbox_db.read_only or self._mirror_db.read_only

    def refresh_overlay(self, kind: Kind, record_id: str) -> None:
        """Show a record as its open edits now have it."""
        self.mirror.lay_again(kind, [record_id])

    def rename(self, kind: Kind, new_id: str, server: Received, seen_at: float) -> None:
        """Let a record made here have the id that Planhat gave it, everywhere."""
        self.outbox.rename(new_id, server.id)
        if kind is Kind.CALL:
            self.calls.rename(new_id, server.data)
        else:
            self.mirror.rename(kind, new_id, server, seen_at)
            self.calls.follow(kind, new_id, server.id)

    def changed_elsewhere(self) -> bool:
        """Tell whether another process has written since this was last asked."""
        mirror = self._mirror_db.changed_elsewhere()
        return self._outbox_db.changed_elsewhere() or mirror

    def close(self) -> None:
        """Close both files."""
        self._mirror_db.close()
        self._outbox_db.close()

    def _lay_all(self) -> None:
        for kind in SHOWN_KINDS:
            wanted = frozenset(self.outbox.open_by_record(kind)) | self.mirror.laid_over(kind)
            if wanted:
                self.mirror.lay_again(kind, sorted(wanted))


def _open_outbox(path: Path) -> Database:
    try:
        return Database(path, OUTBOX, durable=True)
    except DamagedError as error:
        raise StorageError(
            f"{path} is damaged: edits that Planhat doesn't have yet may be in it.",
            "It is kept as it is. Move it to a safe place, then start again with an empty outbox.",
        ) from error


def _open_mirror(path: Path, wall: Callable[[], float]) -> Database:
    """Open the mirror, or a new one in place of a damaged one.

    Damage that shows later leaves a mark (see :class:`Database`), which is found here.
    """
    mark = path.with_name(DAMAGE_MARK)
    if not mark.exists():
        with contextlib.suppress(DamagedError):  # it leaves its mark too
            return _checked(path, mark)
    set_aside(path, mark, f"{wall():.0f}")
    return Database(path, MIRROR, durable=False, damage_mark=mark)


def _checked(path: Path, mark: Path) -> Database:
    database = Database(path, MIRROR, durable=False, damage_mark=mark)
    try:
        with database.reading() as connection:
            for look in _SAMPLE:
                connection.execute(look).fetchone()
    except StorageError:
        database.close()
        raise
    return database
