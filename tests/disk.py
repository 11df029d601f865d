"""A disk that takes nothing: it's full, or a folder can't be written.

For the latter root lays down its right to write anywhere for a while.
"""

from __future__ import annotations

import contextlib
import ctypes
import resource
import sys
from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.store import connection, disk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OVERRIDE = (1, 2)
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, as Linux numbers them."""
_LARGEST = 8 * 1024
"""Bytes that a file may have on a disk that is full."""
_VERSION = 0x20080522
_DROP_FROM_BOUNDS = 24


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Word(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write in a folder and all that it holds, not even root, until the end.

    It holds for this thread and those that it starts meanwhile. Skips the test where it can't hold.
    """
    everything = [folder, *folder.rglob("*")]
    rights = {path: path.stat().st_mode for path in everything}
    for path in everything:
        path.chmod(rights[path] & ~0o222)
    try:
        with _as_anybody():
            with contextlib.suppress(OSError):
                (folder / "probe").touch()
            if (folder / "probe").exists():
                (folder / "probe").unlink()
                pytest.skip("whoever runs this may write into a read-only folder")
            yield
    finally:
        for path in reversed(everything):
            if path.exists():
                path.chmod(rights[path])


@contextlib.contextmanager
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no file of this process grow beyond some KiB, as on a disk without room, until the end.

    What SQLite meets is the same: the index of a log that it can't make.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with monkeypatch.context() as patch:
        for room in (disk, connection):
            patch.setattr(room, "has_room", lambda _: False)
        resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)


def give_up_override() -> None:
    """Before a program is started: let it not write where the rights forbid it."""
    if sys.platform == "linux":
        for capability in _OVERRIDE:
            _libc().prctl(_DROP_FROM_BOUNDS, capability, 0, 0, 0)


@contextlib.contextmanager
def _as_anybody() -> Iterator[None]:
    if sys.platform != "linux":
        yield
        return
    header, before, words = _Header(_VERSION, 0), (_Word * 2)(), (_Word * 2)()
    _libc().capget(ctypes.byref(header), ctypes.byref(before))
    _libc().capget(ctypes.byref(header), ctypes.byref(words))
    for capability in _OVERRIDE:
        words[0].effective &= ~(1 << capability)
    _libc().capset(ctypes.byref(header), ctypes.byref(words))
    try:
        yield
    finally:
        _libc().capset(ctypes.byref(header), ctypes.byref(before))


def _libc() -> Any:  # noqa: ANN401 -- the C library has no types
    return ctypes.CDLL(None, use_errno=True)
