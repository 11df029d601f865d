"""One SQLite file: its folder, its rights, its schema, its connections, its errors.

WAL: each thread reads on a connection of its own and never waits; writes go one after the other,
through one connection here and ``BEGIN IMMEDIATE`` among processes.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections import Counter
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

from planhat_tui.errors import StorageError
from planhat_tui.store.disk import (
    DamagedError,
    FullError,
    UnwritableError,
    alone,
    has_room,
    make_file,
    make_folder,
    translated,
)
from planhat_tui.store.memory import give_back_memory
from planhat_tui.store.schema import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

_BUSY_SECONDS: Final = 10.0
_TURN_MS: Final = 50
_TURNS: Final = 1_200
"""How long one tries to begin a write, and how often: a minute in all.

SQLite asks the more seldom the longer it has waited, so whoever comes later goes before: of many
processes that write, one may find the file locked for ever. Begun anew, all ask equally often.
"""
_CLOSING: Final = 2.0
_UNSEEN: Final = -1
"""No version of a file: what others have written is still to be told."""
_CACHE_KIB: Final = 8_000
_READ_CACHE_KIB: Final = 4_000
"""Memory for pages, of the connection that writes, and of each that reads: an explorer has up to
seven of these at work in a tenant's copy, and the system keeps the file's pages anyway."""
_CHECKPOINT_PAGES: Final = 4_000  # filling the mirror writes the same pages again and again


class _Held:
    """A connection that ends with the thread whose own it is.

    Other threads may touch it while it ends: SQLite must not be asked something then.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.thread = threading.get_ident()
        self.has_read = True
        self._lock = threading.RLock()

    def __del__(self) -> None:
        self.end()

    def end(self) -> None:
        """Close it; once is enough."""
        with self._lock:
            self.connection.close()

    def interrupt(self) -> None:
        """End what its thread reads just now, if it hasn't ended itself."""
        with self._lock, contextlib.suppress(sqlite3.ProgrammingError):
            self.connection.interrupt()

    def shrink(self) -> None:
        """Let go of the pages that it keeps."""
        with self._lock, contextlib.suppress(sqlite3.ProgrammingError):
            self.connection.execute("PRAGMA shrink_memory")

    def settle(self) -> None:
        """Let an interruption be over."""
        with self._lock, contextlib.suppress(sqlite3.ProgrammingError):
            self.connection.execute("SELECT 1").fetchone()


class Database:
    """A file with a schema. ``migrations[n]`` brings version n to n + 1.

    ``durable`` makes a commit return only when it has reached the disk (``synchronous=FULL``).
    Raises :class:`StorageError`, and :class:`DamagedError` for a damaged file; a file that can be
    filled anew leaves ``damage_mark`` then, for whoever opens it the next time. ``begins`` are
    pragmas by which a new file is laid out. A file that is there and can't be written, or has no
    room on a full disk, is opened ``read_only``: :meth:`writing` raises :class:`UnwritableError`
    then. One that had no room is opened again to be written once there is some.
    """

    def __init__(
        self,
        path: Path,
        migrations: Sequence[str],
        *,
        durable: bool,
        damage_mark: Path | None = None,
        begins: Sequence[str] = (),
    ) -> None:
        self.path = path
        self._migrations = migrations
        self._durable = durable
        self._damage_mark = damage_mark
        self._begins = begins
        self._closed = False
        self._uri = ""
        self._local = threading.local()
        self._all: WeakSet[_Held] = WeakSet()
        self._all_lock = threading.Lock()
        self._at_rest = threading.Condition()
        self._users: Counter[int] = Counter()
        self._write_lock = threading.RLock()
        self._held_to_write: _Held
        self._writer: sqlite3.Connection
        try:
            with self._translated():
                try:
                    self._open()
                except UnwritableError as why:
                    if not path.exists():
                        raise
                    self._open_to_read(why)
                self._version = self._data_version()
        except BaseException:
            self.close()
            raise

    @property
    def read_only(self) -> bool:
        """Whether the file can be read and not written.

        Where it's for want of room, it's looked whether there is some by now.
        """
        if self._uri and isinstance(self._why, FullError):
            self._open_again()
        return bool(self._uri)

    def _open_again(self) -> None:
        """Open to write what was opened to be read, if there is room by now and nobody reads it."""
        if not self._write_lock.acquire(blocking=False):
            return
        try:
            with contextlib.suppress(StorageError), self._translated(), self._at_rest:
                if self._uri and not self._users and not self._closed and has_room(self.path):
                    self._open_in_place()
        finally:
            self._write_lock.release()

    def _open_in_place(self) -> None:
        before, uri, held = [*self._all], self._uri, self._held_to_write
        self._uri = ""
        try:
            self._open()
        except BaseException:
            self._uri, self._held_to_write, self._writer = uri, held, held.connection
            raise
        for one in before:
            one.end()
        self._local = threading.local()
        self._version = _UNSEEN

    def _open(self) -> None:
        with translated(self.path):
            make_folder(self.path)
            with alone(self.path):
                make_file(self.path)
                self._connect_to_write()
                if not self._writer.execute("PRAGMA page_count").fetchone()[0]:
                    for pragma in self._begins:
                        self._writer.execute(f"PRAGMA {pragma}")
                self._writer.execute("PRAGMA journal_mode = WAL")
                migrate(self._writer, self.path, self._migrations)

    def _open_to_read(self, why: UnwritableError) -> None:
        """Open what is there, with its log where SQLite can read it, else as a file at rest.

        A log that can't be read may hold what the file lacks: then it isn't opened.
        """
        self._close_all()
        self._why = why
        log = self.path.with_name(f"{self.path.name}-wal")
        rests = not log.exists() or not log.stat().st_size
        for uri in (f"{self.path.as_uri()}?mode=ro", f"{self.path.as_uri()}?mode=ro&immutable=1"):
            self._uri = uri
            try:
                with translated(self.path):
                    self._connect_to_write()
                    found = int(self._writer.execute("PRAGMA user_version").fetchone()[0])
            except UnwritableError:
                if not rests:
                    raise
            else:
                if found != len(self._migrations):  # it can't be brought up to date
                    raise why
                return
        raise why

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give this thread's reading connection; inside ``writing``, the one that writes."""
        with self._translated():
            if getattr(self._local, "writing", False):
                yield self._writer
            else:
                with self._in_use():
                    yield self._reader()

    @contextlib.contextmanager
    def _in_use(self) -> Iterator[None]:
        """Note that this thread reads: nobody closes a connection under its hands."""
        me = threading.get_ident()
        with self._at_rest:
            self._check_open()
            self._users[me] += 1
        try:
            yield
        finally:
            with self._at_rest:
                self._users[me] -= 1
                if not self._users[me]:
                    del self._users[me]
                    self._at_rest.notify_all()

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the writing connection inside a transaction, committed at the end.

        Inside another ``writing`` of the same thread it's a part of that one's transaction.
        """
        if getattr(self._local, "writing", False):
            yield self._writer
            return
        if self.read_only:
            raise UnwritableError(self._why.message, self._why.advice)
        with self._write_lock, self._translated():
            self._check_open()
            self._begin()
            self._local.writing, self._local.then = True, []
            try:
                yield self._writer
                self._writer.commit()
            except BaseException:
                self._writer.rollback()  # nothing to do where SQLite did it already
                raise
            finally:
                self._local.writing = False
        for deed in self._local.then:
            deed()

    def _begin(self) -> None:
        """Begin to write, when those who write now have ended."""
        self._writer.execute(f"PRAGMA busy_timeout = {_TURN_MS}")
        try:
            for turn in range(1, _TURNS + 1):
                try:
                    self._writer.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or turn == _TURNS:
                        raise
                else:
                    return
        finally:
            self._writer.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000:.0f}")

    def rest(self) -> None:
        """Give back the memory that much writing took: statements, pages, what was freed.

        Of a hundred megabytes after a copy was filled, a quarter was of no more use.
        """
        if self.read_only or getattr(self._local, "writing", False):
            return
        with self._write_lock, self._translated():
            self._check_open()
            before = self._held_to_write
            self._begin()  # so that nobody else writes between the two looks at the version
            try:
                seen = self._version == self._data_version()
                self._connect_to_write()
                self._version = self._data_version() if seen else _UNSEEN
            finally:
                before.connection.rollback()
            before.connection.close()
        give_back_memory()

    def let_go_of_pages(self) -> None:
        """Give back the pages of connections that haven't read since this was asked last.

        One that reads just now keeps them, and so does the one that writes: nobody waits.
        """
        with self._at_rest, self._all_lock:  # nobody begins to read meanwhile
            for held in self._all:
                if held is not self._held_to_write and held.thread not in self._users:
                    if not held.has_read:
                        held.shrink()
                    held.has_read = False

    def once_committed(self, deed: Callable[[], None]) -> None:
        """Do something when others can see what this thread writes.

        That is now, outside of ``writing``; never, if the transaction is rolled back.
        """
        if getattr(self._local, "writing", False):
            self._local.then.append(deed)
        else:
            deed()

    def changed_elsewhere(self) -> bool:
        """Tell whether another process has written since the last time that this was asked.

        While a thread here writes, it's ``False`` and told the next time: nobody waits for this.
        """
        if not self._write_lock.acquire(blocking=False):
            return False
        try:
            with self._translated():
                self._check_open()
                before, self._version = self._version, self._data_version()
                return before != self._version
        finally:
            self._write_lock.release()

    def version(self) -> int | None:
        """Return what is another number once something was written; this thread's own numbers.

        ``None`` while this thread writes: what it reads then may not last.
        """
        if getattr(self._local, "writing", False):
            return None
        with self.reading() as connection:
            return int(connection.execute("PRAGMA data_version").fetchone()[0])

    def check(self) -> str:
        """Return what contradicts itself in the file; empty if nothing does. Reads all of it."""
        with self.reading() as connection:
            told = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
        return "" if told == ["ok"] else "; ".join(told)

    def close(self) -> None:
        """Close all connections, those of other threads too.

        What these read at that moment ends with an error. One that doesn't end within
        ``_CLOSING`` seconds keeps what it has; the process takes it along.
        """
        with self._at_rest:
            self._closed = True
        with self._write_lock:
            if not self._readers_ended():
                return
        with self._write_lock, self._all_lock:
            if not self._all:
                return
            there = self.path.parent.exists()  # a tenant's files may have been wiped meanwhile
            with self._translated(), alone(self.path) if there else contextlib.nullcontext():
                self._close_all()

    def _readers_ended(self) -> bool:
        with self._at_rest:
            others = self._users.keys() - {threading.get_ident()}
        if not others:
            return True
        with self._all_lock:
            for held in self._all:
                held.interrupt()
        with self._at_rest:
            ended = self._at_rest.wait_for(lambda: not others & self._users.keys(), _CLOSING)
        if ended:
            for held in self._all:  # else the checkpoint at its end would be interrupted
                held.settle()
        return ended

    def _close_all(self) -> None:
        for held in [*self._all]:
            held.end()
        self._all.clear()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            with translated(self.path):
                yield
        except DamagedError as error:
            if self._damage_mark is None:
                raise
            advice = "Start planhat-tui again: it is filled anew."
            try:
                self._damage_mark.touch()
            except OSError as unmarked:  # it's found again at each start, until it can be set aside
                advice = (
                    f"It can't be set aside here ({unmarked.strerror}). Mend that, and start anew."
                )
            raise DamagedError(error.message, advice) from error

    def _reader(self) -> sqlite3.Connection:
        self._check_open()
        held: _Held | None = getattr(self._local, "reader", None)
        if held is None:
            held = self._local.reader = self._connect(_READ_CACHE_KIB)
            held.connection.execute("PRAGMA query_only = ON")
        held.has_read = True
        return held.connection

    def _connect_to_write(self) -> None:
        self._held_to_write = self._connect()
        self._writer = self._held_to_write.connection

    def _connect(self, cache_kib: int = _CACHE_KIB) -> _Held:
        connection = sqlite3.connect(
            self._uri or self.path,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            uri=bool(self._uri),
        )
        if self._durable:  # text with a flipped bit in it is read, and found by its checksum
            connection.text_factory = lambda cell: cell.decode(errors="replace")
        held = _Held(connection)
        with self._all_lock:
            self._all.add(held)
        connection.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'NORMAL'}")
        connection.execute(f"PRAGMA cache_size = -{cache_kib}")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        return held

    def _check_open(self) -> None:
        if self._closed:
            raise StorageError(f"{self.path} has been closed.", "Open the profile again.")

    def _data_version(self) -> int:
        return int(self._writer.execute("PRAGMA data_version").fetchone()[0])
