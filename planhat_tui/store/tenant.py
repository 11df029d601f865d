"""The files of one tenant, opened and closed as one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from planhat_tui.model.records import Kind
from planhat_tui.store.calls import CallLog
from planhat_tui.store.connection import DamagedError, Database
from planhat_tui.store.drafts import Drafts
from planhat_tui.store.filling import SHOWN_KINDS
from planhat_tui.store.mirror import Mirror
from planhat_tui.store.outbox import Outbox
from planhat_tui.store.schema import MIRROR, OUTBOX

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planhat_tui.model.records import Received

_MIRROR_FILES: Final = ("mirror.db", "mirror.db-wal", "mirror.db-shm")


class TenantStore:
    """``mirror.db`` (disposable) and ``outbox.db`` (precious) in one folder.

    No transaction spans the two. What is shown is computed from both, and again at every open, so
    either order of a crash heals itself.
    """

    def __init__(self, folder: Path, *, wall: Callable[[], float] = time.time) -> None:
        self.folder = folder
        self._outbox_db = Database(folder / "outbox.db", OUTBOX, durable=True)
        self.outbox = Outbox(self._outbox_db, wall)
        self.calls = CallLog(self._outbox_db, self.outbox, wall)
        self.drafts = Drafts(self._outbox_db)
        self._mirror_db = _open_mirror(folder, wall)
        self.mirror = Mirror(self._mirror_db, self.outbox)
        self._lay_all()

    @classmethod
    def open(cls, folder: Path, *, wall: Callable[[], float] = time.time) -> TenantStore:
        """Open or make the files. A damaged mirror is set aside; it fills again.

        Raises :class:`StorageError`: rights, a full disk, a damaged outbox, a newer version.
        """
        return cls(folder, wall=wall)

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


def _open_mirror(folder: Path, wall: Callable[[], float]) -> Database:
    path = folder / "mirror.db"
    try:
        database = Database(path, MIRROR, durable=False)
        with database.reading() as connection:
            connection.execute("SELECT count(*) FROM company WHERE row < 10").fetchone()
    except DamagedError:
        for name in _MIRROR_FILES:
            if (folder / name).exists():
                (folder / name).rename(folder / f"{name}.damaged-{wall():.0f}")
        return Database(path, MIRROR, durable=False)
    return database
