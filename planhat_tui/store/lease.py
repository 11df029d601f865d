"""Who may pull or send just now: one process at a time, told by a lease that runs out.

An owner is named ``host/pid/token``. A lease is free when it has run out, and at once when its
owner lived on this host and its process is gone: after a crash nobody waits.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

SEND_LEASE: Final = "send"
PULL_LEASE: Final = "pull"


def this_process() -> str:
    """Return a name for an owner in this process, different each time."""
    return f"{os.uname().nodename}/{os.getpid()}/{os.urandom(4).hex()}"


def claim(
    connection: sqlite3.Connection, name: str, owner: str, now: float, seconds: float
) -> bool:
    """Take or renew the lease, inside a transaction; ``False`` if another living owner has it."""
    if is_held(connection, name, now, but=owner):
        return False
    connection.execute(
        "INSERT OR REPLACE INTO lease VALUES (?, ?, ?)", (name, owner, now + seconds)
    )
    return True


def is_held(connection: sqlite3.Connection, name: str, now: float, but: str = "") -> bool:
    """Tell whether a living owner has the lease, another one than ``but``."""
    row = connection.execute(
        "SELECT owner FROM lease WHERE name = ? AND owner <> ? AND expires_at >= ?",
        (name, but, now),
    ).fetchone()
    return row is not None and not _is_gone(row[0])


def release(connection: sqlite3.Connection, name: str, owner: str) -> None:
    """Give the lease back; somebody else's stays."""
    connection.execute("DELETE FROM lease WHERE name = ? AND owner = ?", (name, owner))


def _is_gone(owner: str) -> bool:
    host, _, pid = owner.rpartition("/")[0].rpartition("/")
    if host != os.uname().nodename or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # it lives, as somebody else
    return False
