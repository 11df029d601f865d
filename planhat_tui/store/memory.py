"""Memory that was freed and that the allocator keeps for later."""

from __future__ import annotations

import contextlib


def give_back_memory() -> None:
    """Let the allocator give back what is free to the system, where it can be told to (glibc).

    It keeps for each thread what that one has freed; after a pull these are tens of megabytes.
    """
    import ctypes

    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
