"""What the screen is given: the open profiles, the themes, the words to begin with.

The screen knows neither files nor tokens nor HTTP: it asks these.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from planhat_tui.config.profiles import DEMO_NAMES
from planhat_tui.workspace.switch import only_other

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from planhat_tui.api.log import RequestLogLine
    from planhat_tui.commands.context import Reach
    from planhat_tui.config.paths import Paths
    from planhat_tui.config.profiles import Config, Profile
    from planhat_tui.config.themes import Theme
    from planhat_tui.config.watching import Reread
    from planhat_tui.model.clock import Clock
    from planhat_tui.model.records import User
    from planhat_tui.model.values import Json
    from planhat_tui.workspace.queries import Queries
    from planhat_tui.workspace.switch import Standing, Workspaces


class Memory(Protocol):
    """What the machine remembers: lines that were typed after the colon, what was shown, drafts."""

    def history(self, tenant: str) -> tuple[str, ...]:
        """Return those of a tenant, oldest first."""
        ...

    def remember_line(self, text: str, tenant: str) -> None:
        """Keep one."""
        ...

    def has_seen(self, name: str) -> bool:
        """Tell whether something that is shown once was shown."""
        ...

    def see(self, name: str) -> None:
        """Remember that it was."""
        ...

    def come_on_screen(self, profile: str) -> None:
        """Remember that a profile is on screen."""
        ...

    def draft(self, key: str) -> Mapping[str, Json] | None:
        """Return what was typed and not saved that belongs to no tenant; ``None`` if nothing."""
        ...

    def keep_draft(self, key: str, data: Mapping[str, Json]) -> None:
        """Keep it; nothing in it is forgotten."""
        ...


class Requests(Protocol):
    """The log of requests, of all tenants."""

    def lines(self) -> tuple[RequestLogLine, ...]:
        """Return them, oldest first."""
        ...


class Root(Protocol):
    """The composition root, as far as the screen needs it."""

    @property
    def config(self) -> Config:
        """The config as it was last read."""
        ...

    @property
    def flags(self) -> Mapping[str, str]:
        """The options with which the run began."""
        ...

    @property
    def paths(self) -> Paths:
        """Where things live."""
        ...

    @property
    def machine(self) -> Memory:
        """What this machine remembers."""
        ...

    @property
    def requests(self) -> Requests:
        """What was asked of Planhat in this run."""
        ...

    def profile(self, name: str) -> Profile:
        """Return a profile by its name. Raises our errors."""
        ...

    def reload(self) -> None:
        """Read the config again."""
        ...

    def reread(self) -> Reread | None:
        """Read the config again if somebody has changed it."""
        ...

    def probe(self, profile: Profile, tell: Callable[[str], None] | None = None) -> User:
        """Ask Planhat who a profile's token stands for; ``tell`` hears why it takes long."""
        ...

    def examine(self, profile: Profile, tell: Callable[[str], None] | None = None) -> Reach:
        """Ask Planhat about a profile; ``tell`` hears why it takes long."""
        ...

    def hold(self, profile: Profile) -> Profile:
        """Return a profile that has its token itself, to ask with more than once."""
        ...

    def inspect(self, profile: Profile) -> AbstractContextManager[Queries]:
        """Give what can be read of a profile, opened for that if it wasn't."""
        ...

    def kept(self, profile: Profile) -> AbstractContextManager[Queries | None]:
        """Give what is here of a profile, ``None`` if nothing is."""
        ...

    def wipe(self, profile: Profile) -> None:
        """Delete what is here of a profile."""
        ...

    def queued(self, name: str) -> int:
        """Count what a profile hasn't delivered yet."""
        ...

    def standing(self, name: str) -> Standing:
        """Return how a profile's tenant stands, from what is here. Raises our errors."""
        ...


@dataclass(frozen=True)
class Session:
    """One run of the explorer. A profile is open in ``workspaces``, and ``clock`` is its time.

    ``theme`` is the name of one of ``themes``. ``problems`` are sentences about what couldn't be
    used of the config and the themes, ``warnings`` about what is used but shouldn't stay so;
    ``choose`` says why the practice data is open and none of the config's tenants; ``hint`` is
    shown at the start where nothing is wrong, ``before`` names the profiles that were on screen in
    the runs before, the last first. ``first_seen`` is called when the first sight of the
    list is on screen, ``paused`` each second while nobody types, ``pressed`` with each key.
    """

    workspaces: Workspaces
    runtime: Root
    themes: Mapping[str, Theme]
    theme: str
    clock: Clock
    problems: tuple[str, ...] = ()
    choose: str = ""
    warnings: tuple[str, ...] = ()
    hint: str = ""
    before: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    first_seen: Callable[[], None] = lambda: None
    paused: Callable[[], None] = lambda: None
    pressed: Callable[[], None] = lambda: None

    @property
    def other(self) -> str:
        """The profile that was on screen before, in this run or the last one.

        If there was none, the only one it can be: the practice data is meant only where the config
        has no other profile.
        """
        here, known = self.workspaces.current.profile.name, self.runtime.config.profiles
        before = (name for name in self.before if name in {*known, *DEMO_NAMES} - {here})
        return self.workspaces.last or next(before, "") or only_other(here, known, DEMO_NAMES)
