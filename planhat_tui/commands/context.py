"""What a verb is given: the open profile, the selection, and ways to ask and to tell."""

from __future__ import annotations

import time
from enum import Flag, auto
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime

    from planhat_tui.browser import Browsing
    from planhat_tui.commands.course import Course
    from planhat_tui.commands.manner import Manner
    from planhat_tui.commands.results import Result
    from planhat_tui.config.paths import Paths
    from planhat_tui.config.profiles import Config, Profile
    from planhat_tui.errors import ConfigError, PlanhatTuiError
    from planhat_tui.model.columns import Match
    from planhat_tui.model.limits import Limits
    from planhat_tui.model.records import Kind, User
    from planhat_tui.model.undo import UndoPlan
    from planhat_tui.model.views import View
    from planhat_tui.sandbox import SandboxOptions
    from planhat_tui.workspace.queries import Queries
    from planhat_tui.workspace.workspace import Workspace


class Door(Flag):
    """Through which doors a verb can be reached, and through which one it was called.

    ``LINE`` is the ``:`` line, ``SCRIPT`` the same line where nobody selects: ``repl`` and ``run``.
    ``KEY`` and ``PALETTE`` lead to the line, or to a sheet first.
    """

    SHELL = auto()
    LINE = auto()
    SCRIPT = auto()
    PALETTE = auto()
    KEY = auto()


EVERYWHERE: Final = Door.SHELL | Door.LINE | Door.PALETTE
"""The doors of a verb that says nothing else; a key is a door of those that name one."""


class Selection(NamedTuple):
    """The records that a verb of the ``:`` line works on. ``kind`` is ``None`` for no records.

    ``here`` is the one under the cursor, for what is about one whatever is marked; it may be empty.
    """

    kind: Kind | None = None
    ids: tuple[str, ...] = ()
    here: str = ""


class Showing(NamedTuple):
    """What a list on screen shows: of which kind, found and ordered how, with which columns.

    ``company_id`` is the company whose contacts or calls they are; empty: those of all. ``meant``
    are the words by which it's found, where nothing has those that were typed. ``drawn`` are the
    columns that fit, where the view names none.
    """

    kind: Kind
    view: View
    company_id: str = ""
    meant: str = ""
    drawn: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are seen, by their keys."""
        return self.view.keys or self.drawn


class Columns(NamedTuple):
    """The columns of a file that is imported, and the fields that they may fill.

    ``examples`` have a cell of each column; ``choices`` are paths of fields and their words.
    """

    file: str
    kind: Kind
    matches: tuple[Match, ...]
    examples: Mapping[str, str]
    choices: tuple[tuple[str, str], ...]


class Wishes(NamedTuple):
    """How it is to be done. ``wait``: until an edit is delivered. ``fresh``: ask Planhat first.

    ``stream``: records are written one by one, so a verb may give them as they are read.
    ``fields`` are those that were typed, for a verb that writes a file of its own.
    """

    wait: bool = True
    fresh: bool = False
    stream: bool = False
    fields: tuple[str, ...] = ()


class Reach(NamedTuple):
    """What one question to Planhat told: who we are there, how much is left, whose clock is ahead.

    ``skew`` is in seconds, ``None`` where the server doesn't tell the time.
    """

    user: User
    limits: Limits | None = None
    skew: float | None = None


def _by_name(key: str) -> str:
    """Write a key by its name: the door has no keys."""
    return f"{{{key}}}"


def _stay(_name: str) -> None:
    """Go to no other profile: the door has no next command."""


class Context(NamedTuple):
    """The world of a verb. Runtime fills it; tests fill it with less.

    ``workspace`` opens the profile when it's first called. ``tell`` shows progress. ``confirm``
    takes a sentence and the word that must be typed, and raises if it isn't. ``agree`` shows what
    undo will do at Planhat and raises if it isn't wanted, ``switch`` puts a profile on screen,
    ``look`` a theme, and ``sheet`` does what a key of the explorer does, by its name, where there
    is a screen (``None`` in the shell). ``key`` writes such a key as a sentence names it. ``probe``
    asks Planhat who a profile's token stands for.
    ``choose`` lets a shell's next commands go to a profile. ``reload`` reads the config again after
    it was edited, ``wanted`` names the profile at hand (empty: none is). ``secret`` asks for a
    token without showing it. ``serve`` runs the sandbox until a signal, ``browse`` gives the
    explorer to a browser as long. ``queued`` counts what a profile hasn't delivered yet.
    ``monotonic`` is the clock of the limits, ``sleep`` waits some seconds.
    ``catch_up`` goes by what others have written into the config since; what is wrong with it.
    ``profile`` finds one by its name, ``hold`` gives it with its token itself, to ask with more
    than once, ``examine`` asks Planhat about it, ``inspect`` opens what can be read of it; ``kept``
    opens what is here of it (``None``: nothing is), ``wipe`` deletes that.
    All raise our errors.
    ``draw`` shows on a terminal how far a long work has come, over what it showed before; ``None``
    where there is none.
    ``editor`` opens a text in the person's editor and gives it back as it was saved.
    ``match`` lets a person correct which column of a file is which field, where there is a screen.
    ``showing`` is what the list shows that has the focus, ``None`` where there is no screen.
    ``flags`` are the options with which the run began: ``profile``, ``demo``, ``theme``.
    ``show`` writes an answer in its manner, or an error, before the verb has ended, ``typed`` gives
    the lines that are typed at the door, one by one; ``interactive`` says that a person types them.
    """

    door: Door
    workspace: Callable[[], Workspace]
    config: Callable[[], Config]
    paths: Paths
    now: Callable[[], datetime]
    tell: Callable[[str], None]
    confirm: Callable[[str, str], None]
    probe: Callable[[Profile], User]
    reload: Callable[[], None]
    secret: Callable[[str], str]
    serve: Callable[[SandboxOptions, str, int], int]
    browse: Callable[[Browsing], int]
    queued: Callable[[str], int]
    wanted: Callable[[], str]
    editor: Callable[[str], str]
    show: Callable[[Result | PlanhatTuiError, Manner], None]
    profile: Callable[[str], Profile]
    hold: Callable[[Profile], Profile]
    examine: Callable[[Profile], Reach]
    inspect: Callable[[Profile], AbstractContextManager[Queries]]
    kept: Callable[[Profile], AbstractContextManager[Queries | None]]
    wipe: Callable[[Profile], None]
    env: Mapping[str, str] = MappingProxyType({})
    flags: Mapping[str, str] = MappingProxyType({})
    typed: Callable[[], Iterable[str]] = tuple
    interactive: bool = False
    selection: Selection = Selection()
    showing: Showing | None = None
    wishes: Wishes = Wishes()
    draw: Callable[[Course], None] | None = None
    switch: Callable[[str], None] | None = None
    choose: Callable[[str], None] = _stay
    catch_up: Callable[[], Iterable[ConfigError]] = tuple
    look: Callable[[str], None] | None = None
    agree: Callable[[UndoPlan], None] | None = None
    match: Callable[[Columns], tuple[Match, ...]] | None = None
    sheet: Callable[[str], None] | None = None
    key: Callable[[str], str] = _by_name
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
