"""Open the explorer by a command, as a newcomer does, and leave it: ``... ./dev explore``.

The command is done when the demo's companies have been seen and the terminal is as it was before.
"""

from __future__ import annotations

import sys

from tests.journeys.terminal import started

SEEN = ("Companies", "of 1,200", "practice data")
LEAVE = "\x11"
"""ctrl+q."""


def main(command: list[str]) -> int:
    """Return the command's exit status, 1 if the terminal isn't as it was."""
    with started(command, {}, size=(120, 40)) as terminal:
        for text in SEEN:
            terminal.see(text)
        terminal.press(LEAVE)
        status = terminal.end()
        return status if terminal.is_as_before() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
