"""The program. ``--version`` is answered before anything else is imported."""

from __future__ import annotations

import gc
import os
import sys

from planhat_tui import __version__


def main() -> None:
    """Run the program and exit with its status."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        _have_streams()
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


def _have_streams() -> None:
    """Put what is never there to read, and takes all, in the place of streams closed by the caller.

    From here on nothing need ask whether there is one. No file of ours gets their numbers: whoever
    writes to stderr, a library or a program that is started, would write into that file.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            os.set_inheritable(number, True)  # noqa: FBT003 -- os takes it by place alone
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 -- a number, until the end


if __name__ == "__main__":
    main()
