"""The welcome of a first start, and the tour: what is to be done next, and whether it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.commands.tour import keys_of
from planhat_tui.model import tour

if TYPE_CHECKING:
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json
    from planhat_tui.tui.screens.explorer import Explorer

WELCOME: Final = "welcome"
"""The name under which the machine remembers that it was shown."""

_TOLD: Final = "Practice data.  :tour shows how, {tenants} then {add} adds a tenant.  {back} closes"
_READ: Final = 200
"""Edits that are looked through for what a step asks."""


class Touring:
    """The words for newcomers of one explorer."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer
        self._at: int | None = None
        self._since = 0
        self._met = False
        self._company = ("", "", "")

    # -- the welcome

    def welcome(self) -> None:
        """Show the welcome if this is the first start ever, without a tenant of one's own."""
        explorer = self._explorer
        runtime = explorer.planhat.session.runtime
        if runtime.config.profiles or not explorer.workspace.profile.demo:
            return
        machine = runtime.machine

        def first() -> bool:
            new = not machine.has_seen(WELCOME)
            machine.see(WELCOME)
            return new

        explorer.perform(first, self._greet)

    def _greet(self, first: bool) -> None:  # noqa: FBT001 -- the answer of a question
        if first and self._at is None:
            self._explorer.guide.say("Welcome", self._explorer.keyed(_TOLD))

    def leave_welcome(self) -> bool:
        """Let the welcome go, as it says that esc does; ``False`` if it isn't there."""
        return self._at is None and self.leave()

    def leave(self) -> bool:
        """Let the words go, and the tour with them; ``False`` if there were none."""
        shown, self._at = bool(self._explorer.guide.said), None
        self._explorer.guide.say("")
        return shown

    # -- the tour

    def begin(self) -> None:
        """Begin with the first step."""
        self._go_to(0)

    def look(self) -> None:
        """Look whether the step was done by now."""
        if self._at is not None and self._at < len(tour.STEPS):
            reads, at = self._explorer.workspace.reads, self._at
            self._explorer.ask(
                "tour",
                lambda: (reads.journal(_READ), reads.standoffs()),
                lambda read: self._noticed(at, read[0], {one.record_id for one in read[1]}),
            )

    def _noticed(self, at: int, edits: tuple[Entry, ...], conflicts: set[str]) -> None:
        if self._at != at:
            return
        companies = self._explorer.companies
        ours = frozenset(one for one in conflicts if one == self._company[0])
        newly_met, self._met = bool(ours) and not self._met, self._met or bool(ours)
        found = bool(companies.search.value) and companies.rows.has_focus
        seen = tour.Seen(found, tour.since(edits, self._since), ours, self._met)
        after = tour.next_step(at, seen)
        if after != at:
            self._since = max((one.n for one in edits), default=0)
            self._go_to(after)
        elif newly_met:
            self._tell(tour.MET)
        elif tour.STEPS[at].name == "conflict" and tour.missed(seen, self._company[0]):
            self._since = max((one.n for one in edits), default=0)
            self._play_colleague()

    def _go_to(self, at: int) -> None:
        self._at, self._met = at, False
        if at == len(tour.STEPS):
            self._tell(tour.OVER)
            return
        if tour.STEPS[at].name == "conflict":
            self._play_colleague()
        else:
            self._tell(tour.STEPS[at].words)
        if at == 0:
            self._explorer.ask("tour", self._newest, self._count_from)

    def _newest(self) -> int:
        return max((one.n for one in self._explorer.workspace.reads.journal(1)), default=0)

    def _count_from(self, n: int) -> None:
        self._since = n

    def _tell(self, words: str) -> None:
        at = self._at if self._at is not None else 0
        many = len(tour.STEPS)
        keys = keys_of(self._explorer.planhat.changed_keys)
        title = f"Tour {at + 1} of {many}" if at < many else "Tour"
        self._explorer.guide.say(title, tour.sentence(words, keys, *self._company[1:]))

    def _play_colleague(self) -> None:
        """Change a field in the practice data as somebody else, of the company under the cursor."""
        explorer = self._explorer
        row = explorer.companies.rows.current
        if row is None:
            self._tell(tour.OVER)
            return
        company, name = row.id, str(row.cells["name"])
        workspace = explorer.workspace

        def change() -> str:
            shown = workspace.reads.company(company)
            now = shown.raw.get(tour.FIELD) if shown is not None else None
            theirs: dict[str, Json] = {tour.FIELD: tour.other(tour.THEIRS, now)}
            workspace.request("PUT", f"/companies/{company}", theirs).result()
            return tour.other(tour.MINE, now)

        def changed(mine: str) -> None:
            self._company = (company, name, mine)
            self._tell(tour.STEPS[-1].words)

        explorer.wait_for(change, changed)
