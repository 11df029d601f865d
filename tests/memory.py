"""Where the files of tests lie: in memory where the system has a place for that.

An example by the hundred opens a store and commits to it, and a journey copies a home of 40 MB.
What they prove is what SQLite and processes do, not what a disk does when the power goes; and
waiting for it was most of an example's time.
"""

from __future__ import annotations

import os
import shutil
from typing import Final

_SHARED = "/dev/shm"  # noqa: S108 -- the folders made in it have names of their own

MEMORY: Final = _SHARED if os.access(_SHARED, os.W_OK) else None
"""For ``dir`` of ``tempfile``; where there is no such place, its usual folder."""

_ROOM = 4 << 30
"""Bytes that are enough for the homes of a run, and for those of some hundred that fail."""


def _is_roomy(folder: str) -> bool:
    """Tell whether homes have room in a folder, and what tests write there can be run."""
    may_run = not os.statvfs(folder).f_flag & os.ST_NOEXEC
    return may_run and shutil.disk_usage(folder).free > _ROOM


HOMES: Final = MEMORY if MEMORY is not None and _is_roomy(MEMORY) else None
"""Where homes of tests lie; where there's no room for them, pytest's usual folder."""
