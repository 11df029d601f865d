"""The disk under the files: who may read them, and what goes wrong, said in words.

Customer data at rest belongs to its owner alone: folders 0700, files 0600. What sqlite3 and the
system raise becomes :class:`StorageError` here, once.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import sqlite3
import stat
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FOLDER: Final = 0o700
_FILE: Final = 0o600
_OTHERS: Final = 0o077
_COMPANIONS: Final = ("", "-wal", "-shm")
_NO_WRITING: Final = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT}
_INDEX: Final = 32 * 1024
_ELSEWHERE: Final = "Check its rights, or set PLANHAT_TUI_HOME to another folder."


class DamagedError(StorageError):
    """The file isn't a database any more, or its pages contradict each other."""


class UnwritableError(StorageError):
    """A file or its folder can't be written; what is in it may still be read."""


class FullError(UnwritableError):
    """There is no room on the disk; what is there may still be read."""


class FaultError(StorageError):
    """The program asked a file what can't be asked: neither file nor disk is at fault."""


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what sqlite3 and the system raise into :class:`StorageError`."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _translate(error, path) from error
    except UnicodeDecodeError as error:  # SQLite's own sentence about it can't be read
        raise DamagedError(f"{path} is damaged.", _DAMAGED) from error
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise _full(path) from error
        kind = UnwritableError if error.errno in _NO_WRITING else StorageError
        raise kind(f"{path} can't be used: {error.strerror}.", _ELSEWHERE) from error


_DAMAGED: Final = (
    "Keep a copy of it, as edits that aren't delivered may be in it, and move it away:"
    " then another is begun."
)


def unwritable(path: Path) -> UnwritableError:
    """Return the error for a file that can't be written."""
    return UnwritableError(f"{path} can't be written.", _ELSEWHERE)


def has_room(path: Path) -> bool:
    """Tell whether there is room beside a file for the index that SQLite makes when it's opened."""
    there = os.statvfs(path.parent)
    return there.f_bavail * there.f_frsize >= _INDEX


def writable(path: Path) -> bool:
    """Tell whether this process may write a file, or into a folder, that is there."""
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def make_folder(path: Path) -> None:
    """Make the folders of a file, for the owner alone; the file's own is tightened."""
    for folder in reversed([path.parent, *path.parent.parents]):
        if not folder.exists():
            folder.mkdir(mode=_FOLDER, exist_ok=True)
    _tighten(path.parent)


def make_file(path: Path) -> None:
    """Make the file, for the owner alone; what is there already is tightened.

    Raises :class:`UnwritableError` for one that can't be written: SQLite would open it without a
    word. It isn't opened to find out, since closing it would drop SQLite's own locks.
    """
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, _FILE))  # -wal and -shm take its rights
    elif not writable(path):
        raise unwritable(path)
    for companion in companions(path):
        _tighten(companion)


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep other processes from opening or closing files in the same folder meanwhile.

    SQLite waits for other writers, but not for one that starts or ends the log (WAL) of a file. The
    lock goes with the process, however that ends.
    """
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def companions(path: Path) -> tuple[Path, ...]:
    """Return the database's files that exist: itself, its log and its index."""
    files = (path.with_name(path.name + ending) for ending in _COMPANIONS)
    return tuple(file for file in files if file.exists())


def set_aside(path: Path, mark: Path, stamp: str) -> bool:
    """Give a damaged database another name, unless another process just did: then ``mark`` is gone.

    A new one can take its place. One that was set aside before goes: it holds customer data, and
    the last one is enough to look at. Returns whether this process has done it.
    """
    with translated(path), alone(path):
        if not mark.exists():
            return False
        for earlier in damaged_copies(path):
            earlier.unlink()
        for file in companions(path):
            file.rename(file.with_name(f"{file.name}.damaged-{stamp}"))
        mark.unlink()
        return True


def damaged_copies(path: Path) -> tuple[Path, ...]:
    """Return the files of a damaged database that :func:`set_aside` has named so, no others.

    What a person has put there under a like name may be an outbox with edits in it.
    """
    name = re.compile(rf"{re.escape(path.name)}({'|'.join(_COMPANIONS)})\.damaged-\d+")
    there = path.parent.glob(f"{path.name}*.damaged-*")
    return tuple(sorted(file for file in there if name.fullmatch(file.name)))


def _tighten(path: Path) -> None:
    """Take from others what they may do; the owner may do no more than before."""
    status = path.stat()
    if status.st_mode & _OTHERS and status.st_uid == os.getuid():
        path.chmod(stat.S_IMODE(status.st_mode) & ~_OTHERS)


_BUSY: Final = "Another planhat-tui has been writing for too long.", "Try again in a moment."
_TOLD: Final = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_PROTOCOL: _BUSY,
    sqlite3.SQLITE_IOERR: (
        "The disk failed at {path}: {error}.",
        "What was saved before is kept. Look at the disk and the system's log, and try again.",
    ),
    sqlite3.SQLITE_NOMEM: (
        "There isn't enough memory to use {path}.",
        "End another program, and try again.",
    ),
    sqlite3.SQLITE_INTERRUPT: ("{path} was closed meanwhile.", "Open the profile again."),
}
"""What happened and what to do, where it is neither the file's state nor our fault."""


def _translate(error: sqlite3.DatabaseError, path: Path) -> StorageError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if "closed database" in str(error):
        code = sqlite3.SQLITE_INTERRUPT
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return DamagedError(f"{path} is damaged.", _DAMAGED)
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and not has_room(path)):
        return _full(path)
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return unwritable(path)
    if code in _TOLD:
        message, advice = _TOLD[code]
        return StorageError(message.format(path=path, error=error), advice)
    return FaultError(
        f"planhat-tui asked {path} something that can't be answered: {error}. Nothing was changed"
        " by it, and neither the file nor the disk is at fault.",
        "This is a mistake in planhat-tui: please report what you did, and this sentence.",
    )


def _full(path: Path) -> FullError:
    return FullError(
        "The disk is full: nothing was saved.", f"Make room where {path.parent} is, and try again."
    )
