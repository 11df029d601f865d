"""A report of a fault of the program's own, for whoever mends it.

It tells where in the code the fault was and on what it ran. It has nothing of what exceptions say
and variables hold: those may quote a token, a record, or what was typed.
"""

from __future__ import annotations

import contextlib
import linecache
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Final

from planhat_tui import __version__
from planhat_tui.errors import PlanhatTuiError
from planhat_tui.store.disk import make_folder
from planhat_tui.workspace.wholefile import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

KEPT: Final = 10
"""Reports that are kept; an older one goes when another comes."""
_ON: Final = ("textual", "rich", "httpx", "click", "msgspec")
"""Packages whose versions are told."""
_DEEPEST: Final = 200
"""Places that are told of one fault; of a recursion the rest is the same again."""


class CrashedError(Exception):
    """The explorer ended by a fault of its own, which is the cause of this."""


def keep(fault: BaseException, folder: Path, now: datetime) -> Path | None:
    """Write the report into a folder of its own; ``None`` where that can't be done.

    The file is for its owner alone, as is the folder.
    """
    path = folder / f"crash-{now:%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    with contextlib.suppress(OSError, PlanhatTuiError):
        make_folder(path)
        with whole_file(path) as file:
            file.write(told(fault, now).encode("utf-8", "backslashreplace"))
        for old in sorted(folder.glob("crash-*.txt"))[:-KEPT]:
            old.unlink(missing_ok=True)
        return path
    return None


def told(fault: BaseException, now: datetime) -> str:
    """Return the report as text."""
    lines = [
        f"planhat-tui {__version__}, {now.isoformat(timespec='seconds')}",
        f"Python {platform.python_version()}, {platform.platform()}",
        ", ".join(f"{name} {_version(name)}" for name in _ON),
        f"terminal {os.environ.get('TERM', '')}",
        "",
        "What exceptions said and variables held is left out: it may be a token or a record.",
    ]
    for one in _chain(fault):
        lines += ["", f"{type(one).__module__}.{type(one).__qualname__}", *_places(one)]
    return "\n".join(lines) + "\n"


def where(fault: BaseException) -> str:
    """Return what happened and the last place of ours: ``KeyError in tui/app.py, line 12``."""
    ours = [f"{at}, line {line}" for at, line, _ in _frames(fault) if at.startswith("planhat_tui")]
    return f"{type(fault).__name__} in {ours[-1]}" if ours else type(fault).__name__


def _chain(fault: BaseException) -> Iterator[BaseException]:
    """Return a fault, what led to it, and what that came of; each once."""
    seen: set[int] = set()
    one: BaseException | None = fault
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__


def _places(fault: BaseException) -> Iterator[str]:
    """Return the places that a fault went through, the last one last; lines of code, no values."""
    frames = list(_frames(fault))
    for at, line, file in frames[-_DEEPEST:]:
        yield f"  {at}, line {line}: {linecache.getline(file, line).strip()}"


def _frames(fault: BaseException) -> Iterator[tuple[str, int, str]]:
    """Return file, as it's called in its package, line, and file on this disk."""
    for frame, line in walk_tb(fault.__traceback__):
        file = frame.f_code.co_filename
        yield _short(file), line, file


def _short(file: str) -> str:
    """Return a path without what tells of this machine and who works on it."""
    parts = Path(file).parts
    for root in ("planhat_tui", "site-packages"):
        if root in parts:
            at = len(parts) - 1 - parts[::-1].index(root)
            return "/".join(parts[at + (root == "site-packages") :])
    return parts[-1] if parts else file


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "-"
