"""What the screen is given: the open profiles, the themes, the words to begin with.

The screen knows neither files nor tokens nor HTTP: it asks these.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planhat_tui.config.paths import Paths
    from planhat_tui.config.profiles import Config, Profile
    from planhat_tui.config.themes import Theme
    from planhat_tui.model.ports import Clock
    from planhat_tui.model.records import User
    from planhat_tui.workspace.switch import Workspaces


class History(Protocol):
    """The lines that were typed after the colon."""

    def history(self) -> tuple[str, ...]:
        """Return them, oldest first."""
        ...

    def remember_line(self, text: str) -> None:
        """Keep one."""
        ...


class Root(Protocol):
    """The composition root, as far as the screen needs it."""

    @property
    def config(self) -> Config:
        """The config as it was last read."""
        ...

    @property
    def paths(self) -> Paths:
        """Where things live."""
        ...

    @property
    def machine(self) -> History:
        """What this machine remembers."""
        ...

    def profile(self, name: str) -> Profile:
        """Return a profile by its name. Raises our errors."""
        ...

    def reload(self) -> None:
        """Read the config again."""
        ...

    def probe(self, profile: Profile) -> User:
        """Ask Planhat who a profile's token stands for."""
        ...

    def queued(self, name: str) -> int:
        """Count what a profile hasn't delivered yet."""
        ...


@dataclass(frozen=True)
class Session:
    """One run of the explorer. A profile is open in ``workspaces``, and ``clock`` is its time.

    ``theme`` is the name of one of ``themes``. ``problems`` are sentences about what couldn't be
    used of the config and the themes, ``warnings`` about what is used but shouldn't stay so;
    ``hint`` is shown at the start where nothing is wrong. ``first_seen`` is called when the first
    sight of the list is on screen.
    """

    workspaces: Workspaces
    runtime: Root
    themes: Mapping[str, Theme]
    theme: str
    clock: Clock
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    hint: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    first_seen: Callable[[], None] = lambda: None
