"""A file that a person names, and how it's written whole or not at all: exports, answers, plans."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import IO, TYPE_CHECKING

from planhat_tui.config.replacing import replacing
from planhat_tui.errors import InputError, StorageError
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator


def named(text: str, field: str = "to") -> Path:
    """Return the file that a person names, with their ``~``. Raises :class:`InputError`."""
    try:
        path = Path(text).expanduser().absolute()
        fit = b"\0" not in os.fsencode(path)
    except (RuntimeError, ValueError):  # of somebody who has no folder, or of no letters
        fit = False
    if not fit:
        raise InputError(f"{visible(text)}: it's no path.", "Name another file.", field=field)
    return path


def check_place(path: Path) -> None:
    """Raise :class:`InputError` where no file can be put: a folder, a device, a way to nowhere."""
    try:
        if path.is_dir():
            raise InputError(f"{visible(str(path))} is a folder.", "Name a file in it.", field="to")
        place = path.resolve()
        if not place.parent.is_dir():
            folder = visible(str(place.parent))
            raise InputError(f"There is no folder {folder}.", "Make it first.", field="to")
        if os.path.lexists(place) and not stat.S_ISREG(place.stat().st_mode):
            raise InputError(
                f"{visible(str(path))} is no plain file.", "Name another one.", field="to"
            )
    except OSError as error:
        raise _unfit(str(path), error.strerror or "it can't be reached") from None
    except (RuntimeError, ValueError):  # links that lead in a circle
        raise _unfit(str(path), "it leads nowhere") from None


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write to; it takes its place, whole and on the disk, if nothing fails.

    Where a link stands, what it leads to is replaced and the link stays. Raises
    :class:`InputError` where no file can be put, and :class:`StorageError` where writing fails:
    then what was there is as it was, and nothing is left of the new.
    """
    check_place(path)
    begun = False
    try:
        with replacing(path.resolve()) as file:
            begun = True
            yield file
    except OSError as error:
        why = error.strerror or str(error)
        if not begun:
            raise _unfit(str(path), why) from None
        raise StorageError(
            f"{visible(str(path))} can't be written: {why}.", "What was there is as it was."
        ) from error


def _unfit(name: str, why: str) -> InputError:
    return InputError(f"{visible(name)} can't be written: {why}.", "Give another file.", field="to")
