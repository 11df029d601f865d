"""A program that speaks as an explorer does: ``python pretending.py``. It does what is typed.

Whatever else is typed or told comes back, drawn.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

from planhat_tui.browser.packets import DRAWN, META, READY, packet, told


def _say(payload: bytes) -> None:
    os.write(1, packet(DRAWN, payload))


def _do(text: str) -> None:
    """Do what is typed."""
    what, _, with_ = text.partition(" ")
    if what == "size":
        _say(f"{os.environ['COLUMNS']}x{os.environ['ROWS']}".encode())
    elif what == "open":
        os.write(1, told(type="open_url", url=with_, new_tab=True))
        _say(b"asked")
    elif what == "die":
        sys.stderr.write(f"{with_}\n")
        sys.exit(3)
    elif what == "stay":  # whatever is told or signalled
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _say(b"staying")
        signal.pause()
    elif what == "child":
        _say(f"started {subprocess.Popen(['sleep', '600']).pid}".encode())
    else:
        _say(text.encode())


def _main() -> None:
    os.write(1, b"a line of somebody's\n" + READY)
    _say(f"pid {os.getpid()}".encode())
    while kind := sys.stdin.buffer.read(1):
        length = int.from_bytes(sys.stdin.buffer.read(4), "big")
        payload = sys.stdin.buffer.read(length)
        if kind == META and json.loads(payload)["type"] == "quit":
            break
        if kind == META:
            _say(payload)
        else:
            _do(payload.decode())


if __name__ == "__main__":
    _main()
