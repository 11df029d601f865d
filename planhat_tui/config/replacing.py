"""A file that is written whole or not at all, for its owner alone; and who may edit it now.

It is written beside its place under another name, brought to the disk and put there. So what was
there is as it was until all of the new is safe, whatever ends the program meanwhile.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def replacing(place: Path) -> Iterator[IO[bytes]]:
    """Give a file to write to; it takes its place, whole and on the disk, if nothing fails.

    It has the rights 0600, whatever the old one had. Raises ``OSError``, and whatever ends the
    writing: then what was there is as it was, and nothing is left of the new.
    """
    handle, made = tempfile.mkstemp(prefix=f".{place.name[:80]}.", dir=place.parent)
    beside: Path | None = Path(made)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(made).replace(place)
        beside = None
        _sync_names(place.parent)
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)


def replace_file(path: Path, text: str) -> None:
    """Put a text in the place of a file, or of what a link leads to; its folder is made if need be.

    Raises ``OSError``; the old one stays then.
    """
    place = path.resolve()
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with replacing(place) as file:
        file.write(text.encode())


@contextlib.contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Wait until no other process edits this file in the same way; its folder is made if need be.

    An editor that somebody has open isn't kept from anything. Where no folder can be made, or the
    disk knows no locks, nobody waits.
    """
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError, RuntimeError):  # links may lead in a circle
            folder = path.resolve().parent
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            held.callback(os.close, opened)
            fcntl.flock(opened, fcntl.LOCK_EX)
        yield


def _sync_names(folder: Path) -> None:
    """Bring the new name to the disk too; a disk that can't do that alone does it in time."""
    with contextlib.suppress(OSError):
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
