"""Programs to look at beside the explorer, each from its packages in an environment of its own.

pip asks whichever registry it is set up for; nothing is put into the environment of the explorer.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

LONGEST: Final = 900
"""Seconds that pip may take for one of them."""


class Peer(NamedTuple):
    """A program: what pip installs for it, and texts that stand on its first useful screen.

    It's waited for these, since both draw something all the time: they never settle.
    """

    name: str
    packages: tuple[str, ...]
    markers: tuple[bytes, ...]

    def command(self, folder: Path) -> list[str]:
        """Return what runs it, from its environment in a folder."""
        return [str(folder / self.name / "bin" / self.name)]


PEERS: Final = (
    Peer("harlequin", ("harlequin",), (b"Data Catalog", b"Run Query")),
    # with a later tree-sitter it doesn't start
    Peer("posting", ("posting", "tree-sitter==0.25.2"), (b"Collection", b"Enter a URL")),
)


def make(peer: Peer, folder: Path) -> None:
    """Make the environment of a program in a folder; one that is there stays as it is.

    Raises :class:`SystemExit` with what pip said if it can't.
    """
    if (folder / peer.name / "bin" / peer.name).exists():
        return
    home = folder / peer.name
    python = str(home / "bin" / "python")
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(home)],
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *peer.packages],
    ):
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
        if done.returncode:
            raise SystemExit(f"{peer.name} can't be installed: {done.stderr.strip()}")
