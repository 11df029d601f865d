"""The composition root: the only module that knows every room. It builds the graph and closes it.

What a run doesn't need isn't imported: a read from the mirror loads neither httpx nor Starlette
nor Textual.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import time
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.clock import REAL
from planhat_tui.config.paths import find_paths
from planhat_tui.config.profiles import DEMO_NAMES, Profile, TokenSource, one_of
from planhat_tui.config.watching import ConfigFile
from planhat_tui.errors import InputError, PlanhatTuiError, TokenError
from planhat_tui.model.text import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from planhat_tui.api.client import PlanhatClient
    from planhat_tui.api.log import RequestLog, RequestLogLine
    from planhat_tui.browser import Browsing
    from planhat_tui.commands.context import Reach
    from planhat_tui.config.profiles import Config
    from planhat_tui.config.themes import Theme
    from planhat_tui.config.watching import Reread
    from planhat_tui.errors import ConfigError
    from planhat_tui.model.clock import Clock
    from planhat_tui.model.limits import Limits
    from planhat_tui.model.records import User
    from planhat_tui.store.machine import MachineState
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.courtesy import Courtesy
    from planhat_tui.sync.engine import Engine
    from planhat_tui.tui.session import Session
    from planhat_tui.workspace.queries import Queries
    from planhat_tui.workspace.switch import Standing, Workspaces
    from planhat_tui.workspace.workspace import Deeds, Listeners, Workspace

DEMO_URL: Final = "http://demo.localhost"
"""The demo's base URL: a constant, so that its files are found again. Nothing listens there."""
HINT: Final = "Practice data.  {tenants} then {add} adds your own tenant (shell: profile add NAME)"
DRIVER: Final = "TEXTUAL_DRIVER"
"""The variable that names what draws, where it isn't a terminal; Textual reads it."""
_PAGE: Final = {
    DRIVER: "planhat_tui.tui.browsing:PageDriver",
    "TEXTUAL_COLOR_SYSTEM": "truecolor",
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
}
"""What an explorer in a browser finds: the terminal of the page, not the one that serves it."""


_HELD: Final = ("mirror", "outbox")
"""The files of a tenant that are looked for; the first may have been thrown away."""


class Start(NamedTuple):
    """How a run begins: which profile was named, which theme, where to log."""

    profile: str = ""
    demo: bool = False
    theme: str = ""
    log: Path | None = None


BELIEVED: Final = 3600.0
"""Seconds for which it's believed, for what is read and not kept, whose a token is."""

REST: Final = 0.1
"""Seconds from one look at a config that is being written to the next."""
LOOKS: Final = 20
"""Looks after which it's gone on without what is being written."""

ROUNDS: Final = 10
MOST_ROUNDS: Final = 1000
"""How often the middle generation of garbage is gone through before the old one is: while nobody
types, and at the latest."""
SWITCH: Final = 0.0005
"""Seconds after which a thread that computes lets another one go on. Python's own 5 ms would let
the screen wait a third of a frame for the engine, and the reader as long for the screen."""


class Runtime:
    """One run of the program. Close it."""

    def __init__(
        self, env: Mapping[str, str], start: Start, *, pull: bool = True, clock: Clock = REAL
    ) -> None:
        self.env = env
        self._clock = clock
        self._start = start
        self._pull = pull
        self.paths = find_paths(env)
        self._file = ConfigFile(self.paths.config_file, self.paths.cache, clock.wall)
        self._end_log = _log_to(start.log) if start.log is not None else None
        self.unkept = ""
        """A sentence where a disk can't be written: what is there is read, and nothing is kept."""
        self._earlier: dict[str, str] = {}
        self._begun_anew: dict[str, TenantStore] = {}
        self._chosen = ""

    # -- who

    @property
    def config(self) -> Config:
        """The config as it was last read."""
        return self._file.config

    @property
    def flags(self) -> Mapping[str, str]:
        """The options with which the run began, by their names; empty ones weren't given."""
        start = self._start
        demo = "demo" if start.demo else ""
        return {"profile": start.profile, "demo": demo, "theme": start.theme}

    def reload(self) -> None:
        """Read the config again, after it was edited from inside; its guardrails hold at once."""
        self._file.reload()
        if not self.config.problems:
            self._go_by_config()

    def reread(self) -> Reread | None:
        """Read the config again if somebody has changed it; call it once a second."""
        return self._file.look()

    def _go_by_config(self) -> None:
        """Let what is open go by its profile as it is now."""
        if "workspaces" in self.__dict__:
            self.workspaces.go_by(self.config.profiles)

    def catch_up(self, sleep: Callable[[float], None] = time.sleep) -> tuple[ConfigError, ...]:
        """Go by what others have written into the config, its guardrails too, before one goes on.

        Who is meant stays who was. Returns what is wrong with it: then nothing changes.
        """
        wanted, reread = self.wanted, self._file.look()
        for _ in range(LOOKS):
            if self._file.rests:
                break
            sleep(REST)
            reread = self._file.look()
        if reread is None or reread.problems:
            return reread.problems if reread else ()
        self._chosen = wanted
        self._go_by_config()
        return ()

    def profile(self, name: str) -> Profile:
        """Return a profile of the config, or the demo's. Raises our errors."""
        return _demo(name) if name in DEMO_NAMES else self.config.find(name)

    @property
    def wanted(self) -> str:
        """The name of the profile that was asked for, or the default; empty if there is none.

        What was opened stays so in this run: another shell's ``profile use`` is none of its.
        """
        return self._chosen or self._named or self.config.default

    def choose(self, name: str) -> None:
        """Go on with another profile, from the next command on."""
        self._chosen = name

    @property
    def _named(self) -> str:
        """The name of the profile that was asked for by who began the run; empty if none was."""
        if self._start.demo:
            return DEMO_NAMES[0]
        return self._start.profile or self.env.get("PLANHAT_TUI_PROFILE", "")

    # -- opening

    @cached_property
    def workspaces(self) -> Workspaces:
        """The open profiles."""
        from planhat_tui.workspace.switch import Workspaces

        return Workspaces(self._open)

    @cached_property
    def courtesy(self) -> Courtesy:
        """What all tenants' engines go by while keys are pressed."""
        from planhat_tui.sync.courtesy import Courtesy

        return Courtesy(time.monotonic)

    def workspace(self) -> Workspace:
        """Return the wanted profile, opened at the first call. Raises :class:`InputError`."""
        name = self.wanted
        if not name:
            raise self._no_profile()
        self._chosen = name
        return self.workspaces.open(name)

    def _no_profile(self) -> InputError:
        if self.config.undecided is not None:
            return self.config.undecided
        if self.config.problems:
            return one_of(self.config.problems)
        return InputError(
            "There is no profile yet.",
            "planhat-tui profile add NAME adds one; --demo works on practice data.",
        )

    def _open(self, name: str) -> Workspace:
        return self._opened(self.profile(name))

    def _opened(self, profile: Profile) -> Workspace:
        from planhat_tui.model.events import Topic
        from planhat_tui.store.history import Keep
        from planhat_tui.store.tenant import TenantStore
        from planhat_tui.workspace.workspace import Workspace

        token = self._token(profile)
        folder = self.machine.folder_for(profile.base_url, token, profile.tenant_uuid)
        settings = self.config.settings
        keep = Keep(settings.history, settings.history_size * 1_000_000)
        files = self.paths.data / "tenants" / folder
        author = self.machine.author(profile.base_url, token)
        store = TenantStore.open(
            files, wall=self._clock.wall, today=self._today, keep=keep, author=author
        )
        if store.read_only:
            self.unkept = _unkept(self.paths.data, "what was read before is shown, nothing new")
        self._tell_earlier(profile, store)
        if store.begun_anew:
            self._begun_anew[profile.name] = store
        workspace = Workspace(
            profile, store, lambda listeners: self._engine(profile, token, store, listeners)
        )

        def remember(topic: Topic) -> None:
            if topic is Topic.PROFILE:
                self._remember(profile, token, store)

        workspace.subscribe(lambda changed: remember(changed.topic))
        return workspace

    def _today(self) -> date:
        return self._clock.now().date()

    def _engine(
        self, profile: Profile, token: str, store: TenantStore, listeners: Listeners
    ) -> Engine:
        from planhat_tui.sync.engine import Engine

        _ = self.requests  # made here, not in the first of several engines' threads
        return Engine(
            connect=lambda on_limits: self._connect(profile, token, on_limits),
            store=store,
            on_change=listeners,
            wall=self._clock.wall,
            refresh=self.config.settings.refresh,
            dialect=profile.dialect,
            pull=self._pull,
            believed=partial(self._believed, profile.base_url, token),
            courtesy=self.courtesy,
        )

    def _believed(self, base_url: str, token: str) -> str:
        """Return the tenant that Planhat lately said a token is of; empty if it didn't."""
        now = self._clock.wall()
        return self.machine.said_lately(base_url, token, now - BELIEVED, now)

    def _connect(
        self,
        profile: Profile,
        token: str,
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
            budget=self.machine,
            budget_key=self.machine.budget_key(profile.base_url, token),
            app=app,
            proxy=profile.proxy,
            clock=self._clock.monotonic,
            wall=self._clock.wall,
            log=partial(self._note_request, profile.name),
            on_limits=on_limits,
        )

    def _demo_file(self) -> Path | None:
        """Return the file of the demo's data; ``None``, in memory, where it can't be written."""
        from planhat_tui.store.disk import make_folder, writable

        db = self.paths.data / "demo" / "sandbox.db"
        try:
            make_folder(db)
            db.touch(mode=0o600)
        except OSError:
            return None
        return db if writable(db) and writable(db.parent) else None

    @cached_property
    def requests(self) -> RequestLog:
        """The last requests of this run, of all profiles."""
        from planhat_tui.api.log import RequestLog

        return RequestLog()

    def _note_request(self, tenant: str, line: RequestLogLine) -> None:
        """Remember a request, and write it to the log if there is one."""
        import logging
        from dataclasses import replace

        self.requests.add(replace(line, tenant=tenant, at=self._clock.wall()))
        logging.getLogger("planhat_tui.requests").info("%s", line)

    def _token(self, profile: Profile) -> str:
        from planhat_tui.config.secrets import resolve_token

        return resolve_token(profile.token, self.env)

    def hold(self, profile: Profile) -> Profile:
        """Return a profile that has its token itself, to ask with more than once; never to be kept.

        A command that prints one is run once then, however many addresses are asked. Raises
        :class:`TokenError`.
        """
        return profile._replace(token=TokenSource("text", self._token(profile)))

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
        self.machine.remember_tenant(profile.base_url, token, identity, folder, self._clock.wall())
        self.machine.meet(profile.base_url, profile.name, folder)
        self._earlier.pop(profile.name, None)

    def _tell_earlier(self, profile: Profile, store: TenantStore) -> None:
        """Say where what a profile had waits, while nobody knows whose its new token is."""
        had = self.machine.met(profile.base_url, profile.name)
        if not had or had == store.folder.name or store.mirror.noted("identity"):
            return
        with self._look_into(self.paths.data / "tenants" / had) as reads:
            queued = len(reads.outbox()) if reads is not None else 0
        edits = f", and {plural(queued, 'edit')} not delivered," if queued else ""
        self._earlier[profile.name] = (
            f"{profile.name} has a new token: what it read with the one before{edits} is kept, and"
            " comes back when Planhat says that it is the same tenant."
            "  tenant_uuid in the profile shows it before that."
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about what is open that a person should know, whatever was asked for."""
        anew = (
            f"The local copy of {name} was damaged: it is read from Planhat anew, and every edit is"
            " kept.  planhat-tui doctor says where the damaged one is."
            for name in self._begun_anew
        )
        return (*([self.unkept] if self.unkept else []), *self._earlier.values(), *anew)

    def noted(self) -> None:
        """Know that a person has read the notes: what happened once is told once."""
        from planhat_tui.errors import StorageError

        for name, store in [*self._begun_anew.items()]:
            # On a full or busy disk it's said again at the next start: no answer fails for that.
            with contextlib.suppress(StorageError):
                store.told_of_damage()
                del self._begun_anew[name]

    @cached_property
    def machine(self) -> MachineState:
        """What this machine remembers beside tenants."""
        from planhat_tui.store.machine import MachineState

        state = MachineState.open(self.paths.state)
        if state.read_only and not self.unkept:
            self.unkept = _unkept(self.paths.state, "neither rate limit nor history")
        return state

    # -- what the doors need

    def probe(self, profile: Profile, tell: Callable[[str], None] | None = None) -> User:
        """Ask Planhat who a profile's token stands for. Raises our errors."""
        return self.examine(profile, tell).user

    def examine(self, profile: Profile, tell: Callable[[str], None] | None = None) -> Reach:
        """Ask Planhat about a profile, in one call. Raises our errors.

        ``tell`` hears why it takes long: the limit of that token may be used up.
        """
        import asyncio

        from planhat_tui.commands.context import Reach
        from planhat_tui.model.limits import Lane
        from planhat_tui.model.records import User

        told: list[Limits] = []

        async def ask() -> Reach:
            client = self._connect(profile, self._token(profile), told.append)
            watching = asyncio.create_task(self._tell_stops(client.limits, tell))
            try:
                me = User.from_raw((await client.my_profile(lane=Lane.USER)).data)
            finally:
                watching.cancel()
                await client.close()
            lines = self.requests.lines()
            return Reach(me, told[-1] if told else None, lines[-1].skew if lines else None)

        return asyncio.run(ask())

    async def _tell_stops(
        self, limits: Callable[[], Limits], tell: Callable[[str], None] | None
    ) -> None:
        """Tell, until it's cancelled, why a question waits."""
        import asyncio

        from planhat_tui.commands.waiting import LOOK, Stops

        stops = Stops()
        while tell is not None:
            await asyncio.sleep(LOOK)
            if sentence := stops.sentence(limits(), self._clock.monotonic()):
                tell(sentence)

    @contextlib.contextmanager
    def inspect(self, profile: Profile) -> Iterator[Queries]:
        """Give what can be read of a profile, opened for that if it wasn't. Raises our errors."""
        if self.workspaces.is_open(profile.name):
            yield self.workspaces.get(profile.name).reads
            return
        opened = self._opened(profile)
        try:
            yield opened.reads
        finally:
            opened.close()

    @contextlib.contextmanager
    def peek(self) -> Iterator[Queries | None]:
        """Give what is here of the wanted profile, ``None`` if nothing is.

        Nothing is made, asked or run for it, not even the command that prints a token: then its
        files are those that it had last.
        """
        with self._look_into(self._known_folder(self.wanted)) as reads:
            yield reads

    @contextlib.contextmanager
    def _look_into(self, folder: Path | None) -> Iterator[Queries | None]:
        from planhat_tui.store.tenant import TenantStore
        from planhat_tui.workspace.queries import Queries

        if folder is None or not any((folder / f"{one}.db").exists() for one in _HELD):
            yield None
            return
        store = TenantStore.open(folder, wall=self._clock.wall, today=self._today, lays=False)
        try:
            yield Queries(store)
        finally:
            store.close()

    @contextlib.contextmanager
    def kept(self, profile: Profile) -> Iterator[Queries | None]:
        """Give what is here of a profile, ``None`` if nothing is; nothing is made for it.

        Raises :class:`TokenError` where only its token tells whether files are its own.
        """
        with self._look_into(self._kept_folder(profile)) as reads:
            yield reads

    def wipe(self, profile: Profile) -> None:
        """Delete what is here of a profile. Raises :class:`StorageError` while it's open."""
        from planhat_tui.store.wiping import wipe

        folder = self._kept_folder(profile)
        if folder is not None:
            wipe(folder)
            self.machine.forget(folder.name)

    def _kept_folder(self, profile: Profile) -> Path | None:
        """Return the folder of a profile's tenant, ``None`` if it has none.

        A token that can't be had any more doesn't keep what the profile had from being found.
        """
        try:
            return self._folder(profile, self._token(profile))
        except TokenError:
            folder = self._folder(profile)
            if folder is None and self._is_begun and self.machine.has_nobodys(profile.base_url):
                raise
            return folder

    def _known_folder(self, name: str) -> Path | None:
        """Return it without running anything."""
        if not name:
            return None
        profile, token = self.profile(name), ""
        if profile.token.how in {"text", "env"}:
            with contextlib.suppress(TokenError):  # it isn't set in this shell
                token = self._token(profile)
        return self._folder(profile, token)

    def _folder(self, profile: Profile, token: str = "") -> Path | None:
        """Return where a profile's files are, as far as that is known without its token."""
        if not self._is_begun:
            return None
        url, tenant = profile.base_url, profile.tenant_uuid
        known = self.machine.known_folder(url, profile.name, token, tenant)
        return self.paths.data / "tenants" / known if known else None

    @property
    def _is_begun(self) -> bool:
        """Whether this machine remembers anything: to look makes no file."""
        return (self.paths.state / "state.db").exists()

    def theme_names(self) -> tuple[str, ...]:
        """Return the names of all themes."""
        from planhat_tui.config.themes import load_themes

        return tuple(load_themes(self.paths.user_themes)[0])

    def queued(self, name: str) -> int:
        """Count what a profile hasn't delivered yet, also where its token can't be had any more.

        Nothing is made for it. Raises :class:`NotFoundError` or the config's error;
        :class:`TokenError` where only the token tells which queue is its own.
        """
        with self._look_into(self._kept_folder(self.profile(name))) as reads:
            return len(reads.outbox()) if reads is not None else 0

    def standing(self, name: str) -> Standing:
        """Return how a profile's tenant stands, from what is here; nothing is opened or asked.

        Nor is a command run that prints a token: then it's what the profile had last. Raises our
        errors.
        """
        from planhat_tui.model.limits import Limits
        from planhat_tui.workspace.switch import Standing

        if self.workspaces.is_open(name):
            return self.workspaces.get(name).standing()
        with self._look_into(self._known_folder(name)) as reads:
            if reads is None:
                return Standing(None, {}, Limits())
            return Standing(reads.synced_at, reads.counts(), self._limits_left(self.profile(name)))

    def _limits_left(self, profile: Profile) -> Limits:
        """Return what this machine knows of the rate limit of a profile that isn't open."""
        from planhat_tui.api import budget
        from planhat_tui.api.governor import limits_of
        from planhat_tui.api.window import Window

        now, window = self._clock.monotonic(), Window()
        if profile.token.how in {"text", "env"}:
            key = self.machine.budget_key(profile.base_url, self._token(profile))
            window = budget.read(self.machine.budget(key), now, self._clock.wall() - now)
        return limits_of(window, now)

    def explore(self) -> int:
        """Open the explorer; return its exit status. Raises our errors before the screen is up."""
        from dataclasses import replace

        from planhat_tui.tui.app import PlanhatApp

        sys.setswitchinterval(SWITCH)
        app = PlanhatApp(replace(self.session(), first_seen=rest, paused=tidy))
        app.run()
        if app.fault is not None:
            from planhat_tui.workspace.crashing import CrashedError

            raise CrashedError from app.fault
        return app.return_code or 0

    def browse(self, browsing: Browsing, ready: Callable[[str], None]) -> int:
        """Serve the explorer to a browser; each is a process that starts as this run did.

        ``ready`` is told the address. Returns the exit status. Raises our errors, also where
        profile or theme can't be used: that is better said here than in each page.
        """
        from planhat_tui.browser import serve
        from planhat_tui.config.themes import load_themes

        start = self._start
        if self.wanted:
            self.profile(self.wanted)
        if start.theme:
            _must_have(start.theme, *load_themes(self.paths.user_themes))
        given = {"--profile": start.profile, "--theme": start.theme, "--log": start.log}
        words = [f"{name}={value}" for name, value in given.items() if value]
        words += ["--demo"] if start.demo else []
        command = [sys.executable, "-P", "-m", "planhat_tui", *words]
        return serve(browsing, command, {**self.env, **_PAGE}, ready)

    def session(self) -> Session:
        """Return what the explorer is given; a profile is open then. Raises our errors."""
        from planhat_tui.config.themes import load_kept_themes
        from planhat_tui.tui.session import Session

        folder, cache = self.paths.user_themes, self.paths.cache
        themes, mistakes = load_kept_themes(folder, cache, self._clock.wall)
        wanted = self._start.theme or self.config.settings.theme
        if self._start.theme:
            _must_have(wanted, themes, mistakes)
        unusable = wanted not in themes
        config = self._with_theme_checked() if unusable else self.config
        more = {*config.problems} - {*self.config.problems}  # of the theme that isn't used
        problems = [
            f"{problem}  planhat-dark is the theme meanwhile" if problem in more else str(problem)
            for problem in (*config.problems, *mistakes)
        ]
        choose = self._open_first()
        problems += self.notes
        self.noted()
        return Session(
            workspaces=self.workspaces,
            runtime=self,
            themes=themes,
            theme="planhat-dark" if unusable else wanted,
            problems=tuple(problems),
            choose=choose,
            warnings=self.config.warnings,
            hint=HINT if not self.config.profiles else "",
            before=self.machine.on_screen(),
            clock=self._clock,
            env=self.env,
            pressed=self.courtesy.pressed,
        )

    def _open_first(self) -> str:
        """Open the profile that was asked for; raises our errors if it can't be.

        Where none was and the default can't be opened, it's the demo, and why is returned: another
        tenant in its place would get what was meant for that one. The only profile that is right
        is opened, and the header names it; what the others lack is told among the problems.
        """
        if self._named:
            self.workspaces.open(self._named)
            return ""
        why = ""
        if name := self.config.default or self.config.sole:
            try:
                self.workspaces.open(name)
            except PlanhatTuiError as error:
                why = f"{name} can't be opened: {error}"
            else:
                return ""
        elif self.config.undecided is not None:
            why = str(self.config.undecided)
        self.workspaces.open(DEMO_NAMES[0])
        return why

    def _with_theme_checked(self) -> Config:
        from planhat_tui.config.theme_files import with_theme_checked

        return with_theme_checked(self.config, self.paths.user_themes)

    def halt(self, ns: Sequence[int] = ()) -> Deeds:
        """End what speaks to Planhat; return what this run has done, in all that it has opened.

        ``ns`` are edits of the profile at hand that count as well.
        """
        from planhat_tui.workspace.workspace import Deeds

        done = self.workspaces.halt(ns) if "workspaces" in self.__dict__ else ()
        edits = tuple(edit for one in done for edit in one.edits)
        return Deeds(edits, sum(one.rest for one in done))

    def close(self) -> None:
        """Close whatever was opened."""
        if "workspaces" in self.__dict__:
            self.workspaces.close_all()
        if "machine" in self.__dict__:
            self.machine.close()
        if self._end_log is not None:
            self._end_log()


def _must_have(wanted: str, themes: Mapping[str, Theme], mistakes: Sequence[ConfigError]) -> None:
    """Raise :class:`InputError` unless there is a theme of that name."""
    from planhat_tui.model.text import nearest

    if wanted in themes:
        return
    if own := [str(mistake) for mistake in mistakes if mistake.path.stem == wanted]:
        raise InputError("\n".join([f"The theme {wanted} can't be used:", *own]))
    near = nearest(wanted, themes)
    advice = f"Did you mean {near}?" if near else f"There are: {', '.join(themes)}."
    raise InputError(f"There is no theme {wanted}.", advice)


def _unkept(folder: Path, what: str) -> str:
    return (
        f"{folder} can't be written: {what} is kept.  "
        "Make room, check its rights, or set PLANHAT_TUI_HOME to another folder."
    )


def rest() -> None:
    """Collect garbage from now on, but not what the start has made: that stays to the end.

    What is old is gone through while nobody types (:func:`tidy`): it takes longer than a frame.
    """
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, MOST_ROUNDS)
    gc.enable()


def tidy() -> None:
    """Go through what is old, if enough has been made since the last time."""
    if gc.get_count()[2] >= ROUNDS:
        gc.collect()


def _demo(name: str) -> Profile:
    from planhat_tui.sandbox import DEMO_TENANTS

    tenant = DEMO_TENANTS[DEMO_NAMES.index(name)]
    return Profile(
        name=name,
        base_url=DEMO_URL,
        token=TokenSource("text", tenant.token),
        tenant_uuid=tenant.tenant_id,
        external_user_id=tenant.user,
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
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))  # its owner's alone
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
