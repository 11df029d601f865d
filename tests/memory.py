"""Where the files of examples lie: in memory where the system has a place for that.

An example by the hundred opens a store and commits to it. What it proves is what SQLite and
processes do, not what a disk does when the power goes; and waiting for it was most of its time.
"""

from __future__ import annotations

import os
from typing import Final

_SHARED = "/dev/shm"  # noqa: S108 -- the folders made in it have names of their own

MEMORY: Final = _SHARED if os.access(_SHARED, os.W_OK) else None
"""For ``dir`` of ``tempfile``; where there is no such place, its usual folder."""
