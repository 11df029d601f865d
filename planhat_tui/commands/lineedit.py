"""A line that is edited in a terminal: arrows, the history, Tab for what could stand there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import PlanhatTuiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_TAB: Final = ("tab: complete", "bind ^I rl_complete")
"""How Tab is bound: by GNU readline, and by the editline that macOS has in its place."""


class Completer:
    """What readline asks for, one whole line at a time. ``complete`` gives them all."""

    def __init__(self, complete: Callable[[str], Sequence[str]]) -> None:
        self._complete = complete
        self._lines: tuple[str, ...] = ()

    def __call__(self, text: str, state: int) -> str | None:
        """Return the line of that number which could stand instead of a text; ``None``: no more."""
        if state == 0:
            try:
                self._lines = tuple(self._complete(text))
            except PlanhatTuiError:  # whoever types can't read it here: the command will tell
                self._lines = ()
        return self._lines[state] if state < len(self._lines) else None


def can_edit() -> bool:
    """Tell whether this Python was built with a line editor."""
    try:
        import readline  # noqa: F401 -- only whether it's there
    except ImportError:
        return False
    return True


def edited(
    prompt: str,
    tenant: Callable[[], str],
    history: Callable[[str], Iterable[str]],
    complete: Callable[[str], Sequence[str]],
) -> Iterator[str]:
    """Give the lines that are typed, until ctrl+d.

    ``history`` gives those of the tenant at hand, oldest first. One that is given up with ctrl+c is
    an empty one.
    """
    import readline

    readline.set_auto_history(False)
    whose = None
    readline.set_completer_delims("")
    readline.set_completer(Completer(complete))
    readline.parse_and_bind(_TAB["libedit" in (readline.__doc__ or "")])
    while True:
        if (here := tenant()) != whose:
            whose = here
            readline.clear_history()
            for line in history(here):
                readline.add_history(line)
        try:
            line = input(prompt)
        except EOFError:
            return
        except KeyboardInterrupt:
            line = ""
            sys.stdout.write("\n")
        if line.strip():
            readline.add_history(line.strip())
        yield line
