"""The composition root: the only module that knows every room. It builds the graph and closes it.

What a run doesn't need isn't imported: a read from the mirror loads neither httpx nor Starlette
nor Textual.
"""

from __future__ import annotations

import gc
import sys
import time
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from planhat_tui.config.paths import find_paths
from planhat_tui.config.profiles import DEMO_NAMES, Profile, TokenSource, load_config
from planhat_tui.errors import InputError, PlanhatTuiError
from planhat_tui.model.ports import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from planhat_tui.api.client import PlanhatClient
    from planhat_tui.api.log import RequestLog, RequestLogLine
    from planhat_tui.config.profiles import Config
    from planhat_tui.model.limits import Limits
    from planhat_tui.model.ports import BudgetStore
    from planhat_tui.model.records import User
    from planhat_tui.store.machine import MachineState
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.engine import Engine
    from planhat_tui.tui.session import Session
    from planhat_tui.workspace.switch import Workspaces
    from planhat_tui.workspace.workspace import Listeners, Workspace

DEMO_URL: Final = "http://demo.localhost"
"""The demo's base URL: a constant, so that its files are found again. Nothing listens there."""
HINT: Final = "Practice data.  p then a adds your own tenant (shell: profile add NAME)"


@dataclass(frozen=True, slots=True)
class Start:
    """How a run begins: which profile was named, which theme, where to log."""

    profile: str = ""
    demo: bool = False
    theme: str = ""
    log: Path | None = None


SWITCH: Final = 0.0005
"""Seconds after which a thread that computes lets another one go on. Python's own 5 ms would let
the screen wait a third of a frame for the engine, and the reader as long for the screen."""
REAL: Final = Clock(time.time, time.monotonic, lambda: datetime.now().astimezone())
"""The time as it is."""


class Runtime:
    """One run of the program. Close it."""

    def __init__(
        self, env: Mapping[str, str], start: Start, *, pull: bool = True, clock: Clock = REAL
    ) -> None:
        self._env = env
        self._clock = clock
        self._start = start
        self._pull = pull
        self.paths = find_paths(env)
        self._config = load_config(self.paths.config_file)
        self._end_log = _log_to(start.log) if start.log is not None else None
        self.unkept = ""
        """A sentence where a disk can't be written: what is there is read, and nothing is kept."""

    # -- who

    @property
    def config(self) -> Config:
        """The config as it was last read."""
        return self._config

    def reload(self) -> None:
        """Read the config again."""
        self._config = load_config(self.paths.config_file)

    def profile(self, name: str) -> Profile:
        """Return a profile of the config, or the demo's. Raises our errors."""
        return _demo(name) if name in DEMO_NAMES else self._config.find(name)

    @property
    def wanted(self) -> str:
        """The name of the profile that was asked for, or the default; empty if there is none."""
        if self._start.demo:
            return DEMO_NAMES[0]
        return (
            self._start.profile or self._env.get("PLANHAT_TUI_PROFILE", "") or self._config.default
        )

    # -- opening

    @cached_property
    def workspaces(self) -> Workspaces:
        """The open profiles."""
        from planhat_tui.workspace.switch import Workspaces

        return Workspaces(self._open)

    def workspace(self) -> Workspace:
        """Return the wanted profile, opened at the first call. Raises :class:`InputError`."""
        name = self.wanted
        if not name:
            raise self._no_profile()
        if self.workspaces.is_open(name):
            return self.workspaces.current
        return self.workspaces.open(name)

    def _no_profile(self) -> InputError:
        if self._config.problems:
            return self._config.problems[0]
        return InputError(
            "There is no profile yet.",
            "planhat-tui profile add NAME adds one; --demo works on practice data.",
        )

    def _open(self, name: str) -> Workspace:
        from planhat_tui.model.events import Topic
        from planhat_tui.store.tenant import TenantStore
        from planhat_tui.workspace.workspace import Workspace

        profile = self.profile(name)
        token = self._token(profile)
        folder = self.machine.folder_for(profile.base_url, token)
        store = TenantStore.open(self.paths.data / "tenants" / folder, wall=self._clock.wall)
        if store.read_only:
            self.unkept = _unkept(self.paths.data, "what was read before is shown, nothing new")
        workspace = Workspace(
            profile, store, lambda listeners: self._engine(profile, token, store, listeners)
        )

        def remember(topic: Topic) -> None:
            if topic is Topic.PROFILE:
                self._remember(profile, token, store)

        workspace.subscribe(lambda changed: remember(changed.topic))
        return workspace

    def _engine(
        self, profile: Profile, token: str, store: TenantStore, listeners: Listeners
    ) -> Engine:
        from planhat_tui.sync.engine import Engine

        _ = self.requests  # made here, not in the first of several engines' threads
        return Engine(
            connect=lambda on_limits: self._connect(profile, token, self.machine, on_limits),
            store=store,
            on_change=listeners,
            wall=self._clock.wall,
            refresh=self._config.settings.refresh,
            dialect=profile.dialect,
            pull=self._pull,
        )

    def _connect(
        self,
        profile: Profile,
        token: str,
        budget: BudgetStore,
        on_limits: Callable[[Limits], None] | None = None,
    ) -> PlanhatClient:
        """Make the client, in the thread that will use it."""
        from planhat_tui.api.connection import connect

        app = None
        if profile.demo:
            from planhat_tui.sandbox import SandboxOptions, create_app

            app = create_app(SandboxOptions(db=self._demo_file()), clock=self._clock.wall)
        return connect(
            profile.base_url,
            token,
            auth=profile.auth,
            budget=budget,
            app=app,
            proxy=profile.proxy,
            clock=self._clock.monotonic,
            wall=self._clock.wall,
            log=self._note_request,
            on_limits=on_limits,
        )

    def _demo_file(self) -> Path | None:
        """Return the file of the demo's data; ``None``, in memory, where it can't be written."""
        from planhat_tui.store.disk import writable

        db = self.paths.data / "demo" / "sandbox.db"
        try:
            db.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            db.touch(mode=0o600)
        except OSError:
            return None
        return db if writable(db) and writable(db.parent) else None

    @cached_property
    def requests(self) -> RequestLog:
        """The last requests of this run, of all profiles."""
        from planhat_tui.api.log import RequestLog

        return RequestLog()

    def _note_request(self, line: RequestLogLine) -> None:
        """Remember a request, and write it to the log if there is one."""
        import logging

        self.requests.add(line)
        logging.getLogger("planhat_tui.requests").info("%s", line)

    def _token(self, profile: Profile) -> str:
        from planhat_tui.config.secrets import resolve_token

        return resolve_token(profile.token, self._env)

    def _remember(self, profile: Profile, token: str, store: TenantStore) -> None:
        """Write down whose files these are.

        A token that was rotated finds the files of its tenant at the next start, unless edits wait
        in the ones that it has now.
        """
        identity = store.mirror.noted("identity")
        if not identity:
            return
        known = self.machine.folder_of_tenant(profile.base_url, identity)
        waiting = bool(store.outbox.counts())
        folder = known if known and not waiting else store.folder.name
        self.machine.remember_tenant(profile.base_url, token, identity, folder)

    @cached_property
    def machine(self) -> MachineState:
        """What this machine remembers beside tenants."""
        from planhat_tui.store.machine import MachineState

        state = MachineState.open(self.paths.state)
        if state.read_only and not self.unkept:
            self.unkept = _unkept(self.paths.state, "neither rate limit nor history")
        return state

    # -- what the doors need

    def probe(self, profile: Profile) -> User:
        """Ask Planhat who a profile's token stands for. Raises our errors."""
        import asyncio

        from planhat_tui.model.limits import Lane
        from planhat_tui.model.records import User

        async def ask() -> User:
            client = self._connect(profile, self._token(profile), self.machine)
            try:
                return User.from_raw((await client.my_profile(lane=Lane.USER)).data)
            finally:
                await client.close()

        return asyncio.run(ask())

    def queued(self, name: str) -> int:
        """Count what a profile hasn't delivered yet; 0 for one whose token can't be had."""
        try:
            return self.workspaces_peek(name)
        except PlanhatTuiError:
            return 0

    def workspaces_peek(self, name: str) -> int:
        """Count the open entries of a profile, opened only for the look if it wasn't."""
        if self.workspaces.is_open(name):
            return self.workspaces.not_delivered().get(name, 0)
        looked = self._open(name)
        try:
            return len(looked.reads.outbox())
        finally:
            looked.close()

    def explore(self) -> int:
        """Open the explorer; return its exit status. Raises our errors before the screen is up."""
        from planhat_tui.tui.app import PlanhatApp

        sys.setswitchinterval(SWITCH)
        app = PlanhatApp(replace(self.session(), first_seen=_rest))
        app.run()
        return app.return_code or 0

    def session(self) -> Session:
        """Return what the explorer is given; a profile is open then. Raises our errors."""
        from planhat_tui.config.themes import load_themes
        from planhat_tui.model.text import nearest
        from planhat_tui.tui.session import Session

        themes, mistakes = load_themes(self.paths.user_themes)
        wanted = self._start.theme or self._config.settings.theme
        if self._start.theme and wanted not in themes:
            if own := [str(mistake) for mistake in mistakes if mistake.path.stem == wanted]:
                raise InputError("\n".join([f"The theme {wanted} can't be used:", *own]))
            near = nearest(wanted, themes)
            advice = f"Did you mean {near}?" if near else f"There are: {', '.join(themes)}."
            raise InputError(f"There is no theme {wanted}.", advice)
        problems = [str(problem) for problem in (*self._config.problems, *mistakes)]
        if wanted not in themes:
            broken = any(mistake.path.stem == wanted for mistake in mistakes)
            why = f"The theme {wanted} can't be used" if broken else f"There is no theme {wanted}"
            problems.append(f"{why}.  planhat-dark is used")
        problems += self._open_first()
        problems += [self.unkept] if self.unkept else []
        return Session(
            workspaces=self.workspaces,
            runtime=self,
            themes=themes,
            theme=wanted if wanted in themes else "planhat-dark",
            problems=tuple(problems),
            warnings=self._config.warnings,
            hint=HINT if not self._config.profiles else "",
            clock=self._clock,
            env=self._env,
        )

    def _open_first(self) -> list[str]:
        """Open the wanted profile, else another that can be opened, at last the demo."""
        named = bool(self._start.profile or self._start.demo)
        wanted = self.wanted
        candidates = dict.fromkeys(
            [*([wanted] if wanted else []), *self._config.profiles, DEMO_NAMES[0]]
        )
        problems: list[str] = []
        for name in candidates:
            try:
                self.workspaces.open(name)
            except PlanhatTuiError as error:
                if named:
                    raise
                problems.append(f"{name} can't be opened: {error}")
            else:
                return problems
        raise InputError("; ".join(problems), "planhat-tui profile list shows what there is.")

    def close(self) -> None:
        """Close whatever was opened."""
        if "workspaces" in self.__dict__:
            self.workspaces.close_all()
        if "machine" in self.__dict__:
            self.machine.close()
        if self._end_log is not None:
            self._end_log()


def _unkept(folder: Path, what: str) -> str:
    return (
        f"{folder} can't be written: {what} is kept.  "
        "Check its rights, or set PLANHAT_TUI_HOME to another folder."
    )


def _rest() -> None:
    """Collect garbage from now on, but not what the start has made: that stays to the end."""
    gc.freeze()
    gc.enable()


def _demo(name: str) -> Profile:
    from planhat_tui.sandbox import DEMO_TENANTS

    tenant = DEMO_TENANTS[DEMO_NAMES.index(name)]
    return Profile(
        name=name,
        base_url=DEMO_URL,
        token=TokenSource("text", tenant.token),
        tenant_uuid=tenant.tenant_id,
        external_user_id="max123",
        label="practice data",
        call_note_field="Last call note",
        dialect="modern",
        demo=True,
    )


def _log_to(path: Path) -> Callable[[], None]:
    """Log what is done into a file: verbs and requests, never tokens or bodies. Returns the end."""
    import logging

    from planhat_tui.errors import StorageError

    try:
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"{path} can't be written: {error.strerror}.", "Give another file with --log."
        ) from None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("planhat_tui")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)

    def end() -> None:
        logger.removeHandler(handler)
        handler.close()

    return end
