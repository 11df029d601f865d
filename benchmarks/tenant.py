"""A tenant to measure with: a sandbox on loopback, a home, a mirror that has been filled once."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

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
def filled_home(companies: int) -> Iterator[dict[str, str]]:
    """Give the environment of a home whose mirror holds ``companies``, its sandbox running."""
    with TemporaryDirectory() as folder, sandbox(companies) as url:
        config = Path(folder) / "config.yaml"
        config.write_text(CONFIG.format(url=url))
        config.chmod(0o600)
        environment = {
            **os.environ,
            "PLANHAT_TUI_HOME": folder,
            "PLANHAT_TUI_CONFIG": str(config),
            "BENCH_TOKEN": "sandbox-token",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as on a user's machine: compiled once
        subprocess.run([*PROGRAM, "sync", "--full"], env=environment, check=True)
        yield environment
