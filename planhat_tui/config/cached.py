"""What was made of files, kept in the cache as JSON under what the files looked like then.

The file is the owner's alone, and is believed only if it is. A cache that can't be used costs some
milliseconds and nothing else: nothing here raises.
"""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING, Any, Final

from planhat_tui import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RESTED: Final = 2.0
"""Seconds that a file must have been left alone: until then it may change within one tick of the
disk's clock, and look the same."""
_LARGEST: Final = 1_000_000
_OTHERS: Final = 0o077

Stamp = tuple[int, ...]


def stamp(path: Path) -> Stamp | None:
    """Return what differs between two states of a file; ``None`` while it isn't there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (
        found.st_mtime_ns,
        found.st_ctime_ns,
        found.st_size,
        found.st_dev,
        found.st_ino,
        found.st_mode,
    )


def rests(found: Stamp | None, now: float) -> bool:
    """Tell whether a file of that stamp has been left alone for long enough at ``now``."""
    return found is not None and now - max(found[0], found[1]) / 1e9 >= RESTED


def read(cache: Path, name: str, head: Sequence[object]) -> Any | None:  # noqa: ANN401 -- whatever was kept
    """Return what was kept under that head; ``None`` if nothing was, or it isn't to be believed."""
    try:
        file = os.open(cache / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(file, encoding="utf-8") as opened:
            state = os.fstat(file)
            private = state.st_uid == os.geteuid() and not state.st_mode & _OTHERS
            if not (stat.S_ISREG(state.st_mode) and private and state.st_size <= _LARGEST):
                return None
            kept = json.load(opened)
        return kept["kept"] if kept["head"] == [__version__, *head] else None
    except (OSError, ValueError, TypeError, LookupError):  # none is there, or it's no such file
        return None


def write(cache: Path, name: str, head: Sequence[object], kept: object) -> None:
    """Keep something under a head; ``cache`` is a folder, made if need be."""
    text = json.dumps({"head": [__version__, *head], "kept": kept})
    if len(text) > _LARGEST:
        return
    beside = cache / f"{name}.{os.getpid()}"
    try:
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with os.fdopen(os.open(beside, flags, 0o600), "w", encoding="utf-8") as opened:
            opened.write(text)
        beside.replace(cache / name)
    except OSError:  # a full or read-only disk: the file itself was read
        return
