"""A file that is written whole or not at all, for its owner alone: exports, answers, plans.

It is written beside its place under another name, brought to the disk and put there. So what was
there is as it was until all of the new is safe, whatever ends the program meanwhile.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from planhat_tui.errors import InputError, StorageError
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator


def named(text: str) -> Path:
    """Return the file that a person names, with their ``~``. Raises :class:`InputError`."""
    try:
        path = Path(text).expanduser().absolute()
        os.fspath(path).encode("utf-8")
    except (RuntimeError, ValueError):
        raise _unfit(text, "it's no path") from None
    if "\0" in text:
        raise _unfit(text, "it's no path")
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
    place = path.resolve()
    try:
        handle, made = tempfile.mkstemp(prefix=f".{place.name[:80]}.", dir=place.parent)
    except OSError as error:
        raise _unfit(str(path), error.strerror or str(error)) from None
    beside: Path | None = Path(made)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(made).replace(place)
        beside = None
        _sync_names(place.parent)
    except OSError as error:
        why = error.strerror or str(error)
        raise StorageError(
            f"{visible(str(path))} can't be written: {why}.", "What was there is as it was."
        ) from error
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)


def _sync_names(folder: Path) -> None:
    """Bring the new name to the disk too; a disk that can't do that alone does it in time."""
    with contextlib.suppress(OSError):
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _unfit(name: str, why: str) -> InputError:
    return InputError(f"{visible(name)} can't be written: {why}.", "Give another file.", field="to")
