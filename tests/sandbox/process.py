"""The sandbox as a process of its own, and what its one line says."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planhat_tui.sandbox import SandboxOptions


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that accepts requests."""

    process: subprocess.Popen[str]
    line: str
    url: str
    token: str
    tenant: str

    def end(self, sig: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """End it; return its status and what it said after the first line, and on stderr."""
        self.process.send_signal(sig)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


def start(options: SandboxOptions, port: int = 0) -> subprocess.Popen[str]:
    """Start a process that serves; its status is what ``serve`` returns."""
    program = (
        "from pathlib import *\n"
        "from planhat_tui.sandbox import *\n"
        f"raise SystemExit(serve({options!r}, port={port}))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextlib.contextmanager
def running(options: SandboxOptions, port: int = 0) -> Iterator[Running]:
    """Yield a process that is ready; whatever happens, it is gone afterwards."""
    with start(options, port) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("ready "), process.communicate(timeout=60)
            _, url, token, tenant = line.split()
            yield Running(
                process, line, url, token.removeprefix("token="), tenant.removeprefix("tenant=")
            )
        finally:
            process.kill()
