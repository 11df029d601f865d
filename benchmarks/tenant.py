"""A tenant to measure with: a sandbox on loopback, a home, a mirror that has been filled once.

Or a mirror of as many companies as one likes, written straight into its file, with no server.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.crowd import filled
from planhat_tui.runtime import Runtime, Start

if TYPE_CHECKING:
    from collections.abc import Iterator

NOWHERE = "http://127.0.0.1:9"
"""An address at which nobody is: what asks it fails."""
PROGRAM = [sys.executable, "-m", "planhat_tui"]
CONFIG = """\
default: bench
profiles:
  bench:
    base_url: {url}
    token: {{env: BENCH_TOKEN}}
    external_user_id: max123
"""


@contextlib.contextmanager
def sandbox(companies: int) -> Iterator[str]:
    """Run a sandbox with a limit that nobody meets; give its URL."""
    arguments = ["sandbox", "--port", "0", "--companies", str(companies), "--limit", "1000000"]
    arguments += ["--per-second", "0", "--parallel", "0"]
    with subprocess.Popen([*PROGRAM, *arguments], stdout=subprocess.PIPE, text=True) as process:
        try:
            words = process.stdout.readline().split() if process.stdout else []
            if words[:1] != ["ready"]:
                raise SystemExit(f"the sandbox said {words}")
            yield words[1]
        finally:
            process.terminate()


@contextlib.contextmanager
def served_home(companies: int) -> Iterator[dict[str, str]]:
    """Give the environment of a home whose mirror is empty, a sandbox of ``companies`` running."""
    with TemporaryDirectory() as folder, sandbox(companies) as url:
        yield _environment(Path(folder), url)


@contextlib.contextmanager
def filled_home(companies: int) -> Iterator[dict[str, str]]:
    """Give the environment of a home whose mirror holds ``companies``, its sandbox running."""
    with served_home(companies) as environment:
        subprocess.run([*PROGRAM, "sync", "--full"], env=environment, check=True)
        yield environment


@contextlib.contextmanager
def written_home(companies: int, kept: str = "") -> Iterator[dict[str, str]]:
    """Give the environment of a home whose mirror was written without a server; none is asked.

    ``kept``: a folder that stays, with the mirror that an earlier run has written there.
    """
    with TemporaryDirectory() as temporary:
        folder = Path(kept or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        environment = _environment(folder, NOWHERE)
        with contextlib.closing(Runtime(environment, Start(), pull=False)) as runtime:
            name = runtime.machine.folder_for(NOWHERE, "sandbox-token")
        store = filled(folder / "data" / "tenants" / name, companies)
        store.mirror.note("lean_at", str(time.time()))
        store.close()
        yield environment


def _environment(folder: Path, url: str) -> dict[str, str]:
    """Write the config of a home; give what a program in it is started with."""
    config = folder / "config.yaml"
    config.write_text(CONFIG.format(url=url))
    config.chmod(0o600)
    environment = {
        **os.environ,
        "PLANHAT_TUI_HOME": str(folder),
        "PLANHAT_TUI_CONFIG": str(config),
        "BENCH_TOKEN": "sandbox-token",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as on a user's machine: compiled once
    return environment
