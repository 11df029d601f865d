from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.commands import grammar, line, registry
from planhat_tui.commands.context import (
    Columns,
    Context,
    Door,
    Reach,
    Selection,
    Showing,
    Wishes,
)
from planhat_tui.commands.results import Done, Listing, Single
from planhat_tui.config.loading import load_config
from planhat_tui.config.paths import find_paths
from planhat_tui.config.profiles import Config, Profile, TokenSource
from planhat_tui.errors import PlanhatTuiError, TokenError
from planhat_tui.model.limits import Limits
from planhat_tui.model.records import Kind, User
from planhat_tui.sandbox import DEMO_TENANTS
from planhat_tui.store.tenant import TenantStore
from planhat_tui.sync.engine import Engine
from planhat_tui.workspace.workspace import Workspace
from tests.sync.rig import SECONDS, URL, Kept, Line, Server, Time, client_over

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from planhat_tui.browser import Browsing
    from planhat_tui.commands.course import Course
    from planhat_tui.commands.manner import Manner
    from planhat_tui.commands.registry import Command
    from planhat_tui.commands.results import Result
    from planhat_tui.errors import ConfigError
    from planhat_tui.model.columns import Match
    from planhat_tui.model.outbox import Entry, State
    from planhat_tui.model.undo import UndoPlan
    from planhat_tui.model.values import Raw
    from planhat_tui.sandbox import SandboxOptions
    from planhat_tui.workspace.queries import Queries


class Desk:
    """Somebody who types verbs, in the shell and in the ``:`` line, over a server that obeys tests.

    ``asked`` are the questions before a deletion and the words that confirm them; ``refusing`` says
    no to all. ``wanted`` is the profile at hand, else it's the default. ``plans`` are those of undo
    that a screen has shown, where there is one. ``told`` is what was told meanwhile, ``drawn`` how
    far it was, where there's a terminal, and after ``naps`` naps somebody interrupts. ``served`` is
    what the sandbox was started with, ``browsed`` what ``serve`` was.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.time = Time()
        self.server = Server(self.time)
        self.network = Line(self.server.app)
        self.paths = find_paths({"PLANHAT_TUI_HOME": str(folder)})
        self.settings: dict[str, Any] = {}
        self.door = Door.SHELL
        self.selection = Selection()
        self.editors: list[Callable[[str], str]] = []
        self.edited: list[str] = []
        self.match: Callable[[Columns], tuple[Match, ...]] | None = None
        self.showing: Showing | None = None
        self.wishes = Wishes()
        self.asked: list[tuple[str, str]] = []
        self.refusing: PlanhatTuiError | KeyboardInterrupt | None = None
        self.told: list[str] = []
        self.drawn: list[Course] | None = None
        self.served: list[tuple[SandboxOptions, str, int]] = []
        self.browsed: list[Browsing] = []
        self.secrets: list[str] = []
        self.probed: list[Profile] = []
        self.me: User | PlanhatTuiError = User.from_raw({"_id": "u1", "firstName": "Ada"})
        self.queued: dict[str, int] = {}
        self.wanted = ""
        self.switched: list[str] | None = None
        self.wiped: list[Profile] = []
        self.naps = 0
        self.plans: list[UndoPlan] | None = None
        self.shown: list[Result | PlanhatTuiError] = []
        self.manners: list[Manner] = []
        self.typed: list[str] = []
        self.interactive = False
        self.env: dict[str, str] = {"TERM": "xterm-256color"}
        self.flags: dict[str, str] = {}
        self.hold: Callable[[Profile], Profile] = lambda profile: profile
        self.skew: float | None = 0.0
        self.good_at = {URL, "https://planhat.example"}
        self._workspace: Workspace | None = None

    # -- typing

    def shell(self, *words: str) -> Result:
        """Run a verb as the shell does: ``shell("company", "tag", "Acme Inc", "gold")``."""
        command, rest = _found(words)
        self.door = Door.SHELL
        given = grammar.parsed(command, rest, Door.SHELL)
        return command.run(self.context, **grammar.arguments(command, given))

    def colon(self, text: str, kind: Kind | None = None, *ids: str) -> list[Result]:
        """Run a ``:`` line on a selection: as on the screen, nothing waits for delivery.

        The cursor is on the first of it.
        """
        self.door = Door.LINE
        self.wishes = Wishes(wait=False)
        self.selection = Selection(kind, ids, *ids[:1])
        context = self.context
        return [typed.run(context) for typed in line.read(text, self.selection)]

    def script(self, text: str) -> list[Result]:
        """Run a line of ``repl`` or of a script, where nothing is selected."""
        self.door = Door.SCRIPT
        self.selection = Selection()
        return [typed.run(self.context) for typed in line.read(text, self.selection)]

    def rows(self, *words: str) -> tuple[Raw, ...]:
        """Run a verb in the shell that answers with a list; its records."""
        result = self.shell(*words)
        assert isinstance(result, Listing)
        return result.records

    def one(self, *words: str) -> Raw:
        """Run a verb in the shell that answers with one record."""
        result = self.shell(*words)
        assert isinstance(result, Single)
        return result.record

    def do(self, *words: str) -> Done:
        """Run a verb in the shell that does something."""
        result = self.shell(*words)
        assert isinstance(result, Done)
        return result

    def count_queued(self, name: str) -> int:
        """Return how many edits of a profile are queued."""
        return self.queued.get(name, 0)

    @property
    def context(self) -> Context:
        """The world of a verb."""
        return Context(
            door=self.door,
            workspace=lambda: self.workspace,
            config=lambda: self.config,
            paths=self.paths,
            now=lambda: datetime.fromtimestamp(self.time.now, UTC),
            tell=self.told.append,
            draw=None if self.drawn is None else self.drawn.append,
            confirm=self._confirm,
            probe=self._probe,
            reload=lambda: None,
            secret=lambda _prompt: self.secrets.pop(0),
            serve=self._serve,
            browse=self._browse,
            queued=self.count_queued,
            wanted=lambda: self.wanted or self.config.default,
            catch_up=self.catch_up,
            editor=self._edit,
            show=self._show,
            profile=lambda name: (
                self.workspace.profile if name == "demo" else self.config.find(name)
            ),
            hold=self.hold,
            examine=self._examine,
            inspect=self._inspect,
            kept=self._inspect,
            wipe=self.wiped.append,
            env=self.env,
            flags=self.flags,
            typed=lambda: iter(self.typed),
            interactive=self.interactive,
            selection=self.selection,
            showing=self.showing,
            wishes=self.wishes,
            sleep=self._sleep,
            monotonic=self.time.time,
            switch=self.switched.append if self.switched is not None else None,
            match=self.match if self.door is Door.LINE else None,
            agree=self._agree if self.plans is not None else None,
        )

    def catch_up(self) -> Iterable[ConfigError]:
        """Look at the config as a door does between two lines; nobody writes it."""
        return ()

    # -- the profile

    @property
    def config(self) -> Config:
        return load_config(self.paths.config_file)

    @property
    def workspace(self) -> Workspace:
        """The profile, opened at the first look, under the settings that stand then."""
        if self._workspace is None:
            self._workspace = self._opened()
        return self._workspace

    def fill(self) -> None:
        """Have everything in the local copy, and nothing running."""
        self.workspace.net.fill().result(SECONDS)
        self.reopen()

    def reopen(self, **settings: Any) -> None:  # noqa: ANN401 -- Profile's own
        """Close the profile; the next look opens it with these settings too."""
        self.settings |= settings
        if self._workspace is not None:
            self._workspace.close()
        self._workspace = None

    def close(self) -> None:
        self.reopen()
        self.server.close()

    def company(self, name: str = "Acme Inc") -> str:
        """Return the id of a company in the local copy."""
        return self.workspace.reads.resolve(Kind.COMPANY, name)

    def contact_ids(self, company: str = "Acme Inc") -> list[str]:
        """Return the ids of the contacts of a company, as the server has them."""
        everyone = self.server.ask("GET", "/endusers?limit=2000")
        return [person["_id"] for person in everyone if person["companyName"] == company]

    def states(self) -> list[State]:
        """Return how the edits stand that aren't delivered."""
        return [entry.state for entry in self.workspace.reads.outbox()]

    def queue(self) -> tuple[Entry, ...]:
        return self.workspace.reads.outbox()

    def _opened(self) -> Workspace:
        token = TokenSource("text", DEMO_TENANTS[0].token)
        settings = {"external_user_id": "max123", **self.settings}
        profile = Profile(name="acme", base_url=URL, token=token, **settings)
        store = TenantStore.open(self.paths.data / "acme", wall=self.time.time)

        def make_engine(listeners: Any) -> Engine:  # noqa: ANN401 -- the workspace's own
            return Engine(
                connect=lambda on_limits: client_over(self.network, self.time, on_limits),
                store=store,
                on_change=listeners,
                wall=self.time.time,
                sleep=self.time.sleep,
                pull=False,
            )

        return Workspace(profile, store, make_engine)

    def _show(self, answer: Result | PlanhatTuiError, manner: Manner) -> None:
        self.shown.append(answer)
        self.manners.append(manner)

    def _confirm(self, question: str, word: str) -> None:
        self.asked.append((question, word))
        if self.refusing is not None:
            raise self.refusing

    def _edit(self, text: str) -> str:
        """Let the next editor have a text; ``edited`` has what each was given."""
        self.edited.append(text)
        return self.editors.pop(0)(text)

    def _sleep(self, seconds: float) -> None:
        if self.naps <= 0:
            raise KeyboardInterrupt
        self.naps -= 1
        self.time.leap(seconds)

    def _agree(self, plan: UndoPlan) -> None:
        assert self.plans is not None
        self.plans.append(plan)
        if self.refusing is not None:
            raise self.refusing

    def _probe(self, profile: Profile) -> User:
        self.probed.append(profile)
        if isinstance(self.me, PlanhatTuiError):
            raise self.me
        return self.me

    def _examine(self, profile: Profile) -> Reach:
        """Know the token at some addresses, and nobody at others."""
        self.probed.append(profile)
        if isinstance(self.me, PlanhatTuiError):
            raise self.me
        if profile.base_url not in self.good_at:
            raise TokenError(
                "Planhat doesn't know this token (401).", "Check the token.", status=401
            )
        return Reach(self.me, Limits(limit=200, remaining=150), self.skew)

    @contextlib.contextmanager
    def _inspect(self, _profile: Profile) -> Iterator[Queries]:
        yield self.workspace.reads

    def _serve(self, options: SandboxOptions, host: str, port: int) -> int:
        self.served.append((options, host, port))
        return 0

    def _browse(self, browsing: Browsing) -> int:
        self.browsed.append(browsing)
        return 0


def _found(words: tuple[str, ...]) -> tuple[Command, list[str]]:
    for command in registry.commands(words[0]):
        if not command.noun:
            return command, list(words[1:])
        if words[1] in {command.verb, *command.aliases}:
            return command, list(words[2:])
    raise AssertionError(f"there is no verb {words}")


@pytest.fixture
def bare(home: Path) -> Iterator[Desk]:
    """Return a desk that has read nothing yet."""
    desk = Desk(home)
    yield desk
    desk.close()


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return the files of a desk that has everything: to be copied, never changed."""
    desk = Desk(tmp_path_factory.mktemp("desk") / "home")
    desk.fill()
    desk.close()
    return Kept(desk.folder, desk.time.now)


@pytest.fixture
def desk(bare: Desk, kept: Kept) -> Desk:
    """Return a desk that has everything in its local copy."""
    bare.time.now = kept.copy_to(bare.folder)
    return bare
