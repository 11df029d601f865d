"""How a profile stands, on one explorer: header, line of state, the team's names, what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model.text import visible
from planhat_tui.tui.presentation import status_words
from planhat_tui.tui.presentation.cells import literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.model.outbox import State
    from planhat_tui.model.records import User
    from planhat_tui.sync.status import SyncStatus
    from planhat_tui.tui.screens.explorer import Explorer
    from planhat_tui.workspace.workspace import Status

_UNREACHED: Final = frozenset({"offline", "stranger", "refused", "mismatch"})
"""How the network stands while Planhat gives no answer that can be used."""


class Standing:
    """Reads how the profile stands, and tells it in the lines around the panes."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer
        self.users: dict[str, str] = {}
        self._others: Mapping[State, int] = {}
        self._status: Status | None = None
        self._me: User | None = None
        self._greeting = ""
        self._hello = ""
        self._calling = ""
        self._unreached, self._unreached_at = "", 0.0

    # -- the first sentence

    def say_hello(self) -> None:
        """Say what is wrong: in the line, or, where there's more of it than fits, in a sheet."""
        explorer, session = self._explorer, self._explorer.planhat.session
        if self._greeting:
            explorer.say(self._greeting)
        elif session.choose:
            told = dict.fromkeys([session.choose, *session.problems])
            explorer.say(literal("  ".join(told)), bad=True)
            explorer.call_after_refresh(explorer.do_tenants, session.choose)
        elif len(session.problems) > 1:
            explorer.say(f"{len(session.problems)} mistakes were found; the rest works", bad=True)
            from planhat_tui.tui.screens.report import Report

            sheet = Report("What can't be used", [*session.problems, *session.warnings])
            explorer.call_after_refresh(explorer.app.push_screen, sheet)
        elif session.problems:
            wrong = "  ".join([*session.problems, *session.warnings])
            explorer.say(literal(wrong), bad=True)
        else:  # what the engine has to tell may take its place
            self._hello = self._explorer.keyed(session.hint)
            explorer.say(session.hint)
            if session.warnings:
                self._warn_once(literal("  ".join(session.warnings)))

    def _warn_once(self, told: str) -> None:
        """Say what works and shouldn't stay so, once on a machine; ``doctor`` says it ever."""
        machine = self._explorer.planhat.session.runtime.machine
        name = f"warned: {told}"

        def first() -> bool:
            new = not machine.has_seen(name)
            machine.see(name)
            return new

        def say(new: bool) -> None:  # noqa: FBT001 -- the answer of a question
            if new and self._explorer.message.said == self._hello:
                self._hello = "  ".join(filter(None, [self._hello, told]))
                self._explorer.say(self._hello, bad=True)

        self._explorer.perform(first, say)

    def greet(self, text: str) -> None:
        """Say a sentence now, or as soon as the screen is up."""
        self._greeting = self._explorer.keyed(text)
        if self._explorer.is_mounted:
            self._explorer.say(text)

    # -- the team

    def read_users(self) -> None:
        """Read the names of the team."""
        reads = self._explorer.workspace.reads
        self._explorer.ask(
            "users", lambda: {user.id: user.name for user in reads.users()}, self._know_users
        )

    def _know_users(self, users: dict[str, str]) -> None:
        if users != self.users:
            self.users.clear()  # undo and sheets look into the same one
            self.users.update(users)
            self._explorer.companies.read_again()
            self._explorer.detail.draw_fields()
            self._explorer.companies.preview.draw()

    # -- the state

    @property
    def sync(self) -> SyncStatus | None:
        """What the engine told of itself last; ``None`` before it has told anything."""
        return self._status.sync if self._status is not None else None

    @property
    def trouble(self) -> str:
        """Why the engine can't go on; empty if it can."""
        if self.sync is None:
            return ""
        more = "  {refresh} tries at once" if self.sync.network == "offline" else ""
        more = "  {outbox} shows them" if self.sync.paused else more
        return self._explorer.keyed(f"{literal(visible(self.sync.reason))}{more}")

    def read(self) -> None:
        """Read how the profile stands."""
        workspace = self._explorer.workspace
        workspaces = self._explorer.planhat.session.workspaces

        def read() -> tuple[Status, Mapping[State, int], User | None]:
            return workspace.status(), workspaces.others_waiting(), workspace.me

        self._explorer.ask("status", read, self._know)

    def note_unreached(self, text: str) -> None:
        """Remember a sentence that says that Planhat wasn't reached: it's over once it answers."""
        self._unreached, self._unreached_at = text, self._explorer.planhat.monotonic()

    def _know(self, known: tuple[Status, Mapping[State, int], User | None]) -> None:
        before, was = self.trouble, self.sync
        self._status, self._others, self._me = known
        self.draw_header()
        self.draw_state()
        online = self._status.sync.network == "online"
        found = online and was is not None and was.network in _UNREACHED
        self._tell_trouble(before, self._status, found=found)

    def _tell_trouble(self, before: str, status: Status, *, found: bool) -> None:
        """Say why the engine can't go on, or that it can again; what one did just now stays.

        ``found``: Planhat answers, and didn't before. Other trouble that is over is said no more.
        """
        sync, said = status.sync, self._explorer.message.said
        over = bool(said) and said == self._unreached
        answered_at = status.limits.as_of or 0.0
        answered = over and answered_at > self._unreached_at
        if self.trouble == before and not answered:
            return
        shut = sync.paused or sync.network in {"refused", "mismatch"}
        idle = said in {"", before, self._greeting, self._hello}
        if self.trouble and (shut or idle):
            self._explorer.say(self.trouble, bad=True)
        elif not self.trouble and (answered or (found and (over or said == before))):
            self._explorer.say("Planhat answers again")
        elif not self.trouble and said == before:
            self._explorer.say("")

    def draw_header(self) -> None:
        """Draw whose profile it is, where, and what waits in other tenants."""
        workspace, glyphs = self._explorer.workspace, self._explorer.planhat.glyphs
        left, right = status_words.header(
            workspace.profile, workspace.host, self._me, self._others, glyphs, self._calling
        )
        kept = len(right) - 1  # all but the address, which is the same each day
        self._explorer.header.show(
            left,
            right,
            glyphs.ellipsis,
            kept=kept,
            gives=status_words.GIVES,
            drops=status_words.DROPS,
        )

    def tell_calls(self) -> None:
        """Say in the header which call runs in another tenant, and for how long."""
        calling = self._explorer.planhat.calling_elsewhere(self._explorer)
        if calling != self._calling:
            self._calling = calling
            self.draw_header()

    def draw_state(self) -> None:
        """Draw rate limit, queue, sync and network, as they are by now."""
        if self._status is None:
            return
        explorer, planhat = self._explorer, self._explorer.planhat
        left, right = status_words.state(
            self._status, planhat.monotonic(), planhat.glyphs, room=explorer.size.width - 1
        )
        kept = status_words.kept(self._status)
        explorer.state.show(left, right, planhat.glyphs.ellipsis, kept=kept)
        explorer.companies.tell_empty()
