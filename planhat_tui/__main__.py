"""The program. ``--version`` is answered before anything else is imported."""

from __future__ import annotations

import gc
import sys

from planhat_tui import __version__


def main() -> None:
    """Run the program and exit with its status."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"planhat-tui {__version__}\n")
        return
    gc.disable()  # until everything is loaded: nothing of that is garbage
    try:
        from planhat_tui.cli import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:  # before there was anything to interrupt
        sys.stderr.write("Interrupted.\n")
        status = 130
    sys.exit(status)


if __name__ == "__main__":
    main()
