"""What a verb is given: the open profile, the selection, and ways to ask and to tell."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from planhat_tui.config.paths import Paths
    from planhat_tui.config.profiles import Config, Profile
    from planhat_tui.model.records import Kind, User
    from planhat_tui.sandbox import SandboxOptions
    from planhat_tui.workspace.workspace import Workspace


class Door(Flag):
    """Through which door a verb was called."""

    SHELL = auto()
    LINE = auto()


class Selection(NamedTuple):
    """The records that a verb of the ``:`` line works on. ``kind`` is ``None`` for no records."""

    kind: Kind | None = None
    ids: tuple[str, ...] = ()


class Wishes(NamedTuple):
    """How it is to be done. ``wait``: until an edit is delivered. ``fresh``: ask Planhat first."""

    wait: bool = True
    fresh: bool = False


@dataclass(frozen=True)
class Context:
    """The world of a verb. Runtime fills it; tests fill it with less.

    ``workspace`` opens the profile when it's first called. ``tell`` shows progress. ``confirm``
    takes a sentence and the word that must be typed, and raises if it isn't. ``switch`` puts a
    profile on screen, where there is one (``None`` in the shell). ``probe`` asks Planhat who a
    profile's token stands for. ``reload`` reads the config again after it was edited. ``secret``
    asks for a token without showing it. ``serve`` runs the sandbox until a signal.
    ``queued`` counts what a profile hasn't delivered yet. ``monotonic`` is the clock of the limits.
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
    queued: Callable[[str], int]
    selection: Selection = field(default_factory=Selection)
    wishes: Wishes = field(default_factory=Wishes)
    switch: Callable[[str], None] | None = None
    monotonic: Callable[[], float] = time.monotonic
