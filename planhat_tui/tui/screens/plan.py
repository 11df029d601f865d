"""A plan: what a change would do to each record; then how it goes, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content

from planhat_tui.commands import planned
from planhat_tui.model.events import Topic
from planhat_tui.model.outbox import can_go_again
from planhat_tui.model.plans import Rechecked, Row
from planhat_tui.model.text import visible
from planhat_tui.sync.outlook import seconds_for
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation.cells import literal
from planhat_tui.tui.presentation.plan_words import (
    failed_told,
    moved_told,
    nothing_refused,
    plan_columns,
    plan_cost,
    plan_row,
    plan_sum,
    progress_told,
    row_told,
)
from planhat_tui.tui.screens.confirm import Confirm
from planhat_tui.tui.screens.sheet import ListSheet
from planhat_tui.tui.screens.value import Given, Value
from planhat_tui.tui.sure import HELD, Held, Sure
from planhat_tui.tui.themes import rich_colours
from planhat_tui.tui.undoing import Undoing, short
from planhat_tui.tui.widgets.rowlines import PAGE
from planhat_tui.tui.widgets.rows import Rows
from planhat_tui.tui.widgets.words import Text
from planhat_tui.workspace.wholefile import named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.plans import Plan
    from planhat_tui.tui.presentation.rows import Row as Shown
    from planhat_tui.tui.screens.explorer import Explorer
    from planhat_tui.workspace.planning import Begun, Cost, Progress
    from planhat_tui.workspace.undo import Undone
    from planhat_tui.workspace.workspace import Status

FILE = "the name of a file"
BEFORE_IT_RUNS = frozenset({"keep", "send"})
"""Keys for a plan that is looked at; the others are for one that runs, but for ``discard``."""


class PlanSheet(ListSheet[str]):
    """One plan; answers with how far it came, if it was run: not where it's ``dry``."""

    HINT = ("discard", "keep", "send", "{close}: leave all as it is")
    DRY = ("discard", "keep", "{close}: leave all as it is")
    RUNNING = (
        "{hold}: pause, go on",
        "{discard}: take back what isn't sent",
        "{close}: let it go on",
    )
    UNSURE = ("{undo}: take all of it back", "{close}: close")
    OVER = ("{retry}: send again what was refused", "{undo}: take all of it back", "{close}: close")
    PLACES: ClassVar[tuple[Where, ...]] = (Where.PLAN,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.PLAN)]

    def __init__(self, explorer: Explorer, plan: Plan, *, dry: bool = False) -> None:
        super().__init__(f"Plan: {visible(plan.title)}")
        self._dry = dry
        self._explorer = explorer
        self.workspace = explorer.workspace
        self.plan = plan
        self.rows = Rows(plan_columns(plan), id="plan-rows")
        self.step = ""
        self.progress: Progress | None = None
        self._shown: Sequence[Row] = plan.rows
        self._results: Mapping[str, Entry] = {}
        self._users = explorer.users
        self._row = Text("", classes="sheet-text", id="plan-row")
        self._sum = Text("", classes="sheet-text", id="plan-sum")
        self._told: Sequence[str] = ()
        self._held = Held()
        self._again = False  # whether something was refused that can be sent again

    def below(self) -> ComposeResult:
        """Tell the row under the cursor in full, and what it comes to."""
        yield self._row
        yield self._sum

    def on_mount(self) -> None:
        """Show the rows; what it costs follows when the rate limit is read.

        ctrl+s, which leads here from the editors, may still be held, or be meant for what was in
        front until now.
        """
        self._held = Held("send", self.planhat.monotonic())
        if self._dry:
            self.hint(self.DRY)
        self.rows.focus()
        self.rows.say_empty("Nothing would change.  {close} closes this")
        self._fill()
        self._weigh()

    def _weigh(self) -> None:
        """Read what the plan costs, and whether it may run."""
        workspace, plan, dot = self.workspace, self.plan, self.planhat.glyphs.dot

        def read() -> Sequence[str]:
            cost = _cost(workspace.plans.cost(plan), workspace.status(), dot)
            return cost, workspace.plans.why_not(plan) if plan.acting else ""

        self.ask("cost", read, self._weighed)

    def _weighed(self, told: Sequence[str]) -> None:
        self._told = told
        self._tell_sum()
        if not self.step:
            self.hint(self.DRY if self._dry or told[1] or not self.plan.acting else self.HINT)

    # -- the grid: only what is seen is made

    def _fill(self) -> None:
        first, count = self.rows.window
        first = min(first, max(0, len(self._shown) - 1) // PAGE * PAGE)
        self.rows.fill(len(self._shown), self._made(first, count), offset=first)
        self._tell_row()
        self._tell_sum()

    def _made(self, offset: int, count: int) -> list[Shown]:
        glyphs, colours = self.planhat.glyphs, rich_colours(self.app.theme_variables)
        return [
            plan_row(
                self.plan.kind, row, self._results.get(row.record_id), glyphs, self._users, colours
            )
            for row in self._shown[offset : offset + count]
        ]

    @on(Rows.Missing, "#plan-rows")
    def _missing(self, event: Rows.Missing) -> None:
        event.stop()
        self.rows.put(event.offset, self._made(event.offset, PAGE))
        self._read_results()

    @on(Rows.Pointed, "#plan-rows")
    def _pointed(self, event: Rows.Pointed) -> None:
        event.stop()
        self._tell_row()

    @property
    def _current(self) -> Row | None:
        here = self.rows.cursor
        return self._shown[here] if 0 <= here < len(self._shown) else None

    def _tell_row(self) -> None:
        row = self._current
        if row is None:
            self._row.update("")
            return
        entry = self._results.get(row.record_id)
        told = row_told(self.plan.kind, row, entry, self._users, self.planhat.glyphs)
        self._row.update(Content(told))

    def _tell_sum(self) -> None:
        glyphs = self.planhat.glyphs
        if self.progress is not None:
            self._sum.update(Content(progress_told(self.progress, glyphs)))
            return
        lines = [plan_sum(self.plan, glyphs), *self._told]
        self._sum.update(Content("\n".join(filter(None, lines))))

    # -- before it runs

    def why_not(self, name: str) -> str:
        """Say what a key waits for."""
        if self.is_saving:
            return "It is held against what is there now"
        if self._dry and name == "send":
            return "--dry-run shows it and does nothing.  Leave that out to run it"
        if not self.step:
            return (
                "" if name in {*BEFORE_IT_RUNS, "discard"} else "It doesn't run yet: {send} runs it"
            )
        if name in BEFORE_IT_RUNS:
            return "It runs already"
        return self._why_not_now(name)

    def _why_not_now(self, name: str) -> str:
        progress = self.progress
        if progress is None:
            return "It has just begun"
        if name == "undo":
            return (
                "It isn't over yet: {discard} takes back what isn't sent" if progress.unsent else ""
            )
        if name == "retry":
            waits = progress.refused and (progress.goes_on or self._again)
            return "" if waits else nothing_refused(progress)
        return "" if progress.unsent else "All of it is sent"

    def do_discard(self) -> None:
        """Take out the row under the cursor; of a plan that runs, take back what isn't sent."""
        if self.step:
            self._cancel()
            return
        row = self._current
        if row is not None:
            self.plan = self.plan.without({row.record_id})
            self._shown = self.plan.rows
            self._fill()
            self._weigh()
            self.tell(f"{literal(row.title)} is taken out.")

    def do_keep(self) -> None:
        """Save the plan as a file."""
        plan, sure, monotonic = self.plan, Sure(), self.planhat.monotonic
        replaced = False

        def keep(given: Given) -> None:
            nonlocal replaced
            if file := str(given.value or ""):
                replaced = sure.replaces(named(file), monotonic())
                planned.save(plan, file)

        def answered(given: Given | None) -> None:
            if given is not None and given.value:
                file = literal(str(given.value))
                done = f"{file} is replaced" if replaced else f"Saved in {file}"
                self.tell(f"{done}.  In a shell: planhat-tui plan run {file}")

        sheet = Value(
            "Save the plan", "", lambda text, _type: text.strip(), types=(FILE,), keep=keep
        )
        self.app.push_screen(sheet, answered)

    def do_send(self) -> None:
        """Run it, after a look at what has moved, and the word where one is asked for."""
        if self._held.repeats("send", self.planhat.pressed_at()):
            self.tell(HELD)
            return
        from planhat_tui.tui.commanding import context_of
        from planhat_tui.tui.linerun import Place

        plans, plan = self.workspace.plans, self.plan
        context = context_of(self.planhat, Place(self.planhat, self._explorer))

        def look() -> tuple[Rechecked, str]:
            plans.check(plan)
            now = plans.recheck(plan)
            return now, planned.question(context, plan) if plans.word(plan) else ""

        self.save_once(look, lambda known: self._rechecked(*known), beside=True)

    def _rechecked(self, now: Rechecked, question: str = "") -> None:
        if now.moved:
            self.plan = now.plan
            self._shown = now.plan.rows
            self.rows.show_columns(plan_columns(now.plan), {})
            self._fill()
            self._weigh()
            self.tell(literal(moved_told(now.moved)), bad=True)
            return
        word = self.workspace.plans.word(self.plan)
        if not word:
            self._begin()
            return
        sheet = Confirm(f"Run: {visible(self.plan.title)}", question, word, self.planhat.monotonic)
        self.app.push_screen(sheet, lambda sure: self._begin() if sure else None)

    # -- while it runs

    def _begin(self) -> None:
        plans, plan = self.workspace.plans, self.plan
        self.save_once(lambda: plans.begin(plan), self._begun, beside=True)

    def _begun(self, begun: Begun) -> None:
        if not begun.step:  # somebody was faster
            self._rechecked(Rechecked(begun.plan, begun.moved))
            return
        self.step = begun.step
        self.plan = replace(begun.plan, rows=begun.plan.acting)
        self._shown = self.plan.rows
        if begun.moved:
            self.rows.show_columns(plan_columns(self.plan), {})
        self.tell(literal(planned.moved(begun.moved)))
        self.hint(self.RUNNING)
        self._fill()
        self._explorer.planning.advance(self.step)
        self._read_results()

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Read again what has become of the rows that are seen."""
        if self.step and Topic.OUTBOX in changes:
            self._read_results()

    def _read_results(self) -> None:
        if not self.step:
            return
        plans, step, shown = self.workspace.plans, self.step, self._shown
        first, count = self.rows.window

        def look() -> tuple[Progress, Sequence[Entry]]:
            seen = plans.window(step, first, count) if shown is self.plan.rows else ()
            return plans.progress(step), seen

        self.ask("results", look, lambda known: self._know_results(first, *known))

    def _know_results(self, first: int, progress: Progress, entries: Sequence[Entry]) -> None:
        begun, self.progress = self.progress, progress
        if entries:
            pairs = zip(self.plan.rows[first:], entries, strict=False)
            self._results = {**self._results, **{row.record_id: e for row, e in pairs}}
        over = not progress.goes_on
        if over:
            self.hint(self.OVER if self._again and progress.refused else self.UNSURE)
        else:
            self._again = False
            self.hint(self.RUNNING if progress.unsent else self.UNSURE)
        if over and (begun is None or begun.goes_on) and progress.failed:
            plans, step = self.workspace.plans, self.step
            self.ask(
                "failed",
                lambda: plans.failed(step),
                lambda failed: self._show_failed(failed, progress),
            )
        self._fill()

    def _show_failed(self, failed: Sequence[Entry], progress: Progress) -> None:
        """Show what failed alone: the others are as they were wanted, or taken back."""
        self._again = any(map(can_go_again, failed))
        self.hint(self.OVER if self._again else self.UNSURE)
        self._results = {entry.record_id: entry for entry in failed}
        self._shown = tuple(_row_of(entry) for entry in failed)
        self.rows.show_columns(plan_columns(replace(self.plan, rows=self._shown)), {})
        self._fill()
        self.tell(failed_told(len(failed), progress), bad=True)

    def _cancel(self) -> None:
        plans, step = self.workspace.plans, self.step
        self.perform(
            lambda: plans.cancel(step),
            lambda count: self._moved(
                f"{count:,} taken back; what is sent stays.  {{undo}} takes it back"
            ),
        )

    def do_hold(self) -> None:
        """Keep back what isn't sent; or let it go on."""
        plans, step = self.workspace.plans, self.step
        if self.progress is not None and self.progress.paused:
            self.perform(lambda: plans.resume(step), self._resumed)
        else:
            self.perform(
                lambda: plans.pause(step), lambda _: self._moved("Paused.  {hold} goes on")
            )

    def _resumed(self, _count: int) -> None:
        self._moved("It goes on.")
        self._explorer.planning.advance(self.step, self.tell)

    def do_retry(self) -> None:
        """Send again what was refused."""
        plans, step = self.workspace.plans, self.step
        self._shown, self._results = self.plan.rows, {}
        self.rows.show_columns(plan_columns(self.plan), {})
        self.perform(
            lambda: plans.retry(step), lambda count: self._moved(f"{count:,} are sent again.")
        )

    def _moved(self, said: str) -> None:
        self.tell(said)
        self._read_results()

    def do_undo(self) -> None:
        """Take all of it back, and nothing else; what is delivered is shown first."""
        Undoing(self, self.workspace, self._users, self._undone).begin(self.step)

    def _undone(self, undone: Undone) -> None:
        self.dismiss(short(undone.sentences))

    def action_close(self) -> None:
        """Close; a plan that runs goes on, one that is paused waits for the verb."""
        if self.progress is None or self.is_saving:
            super().action_close()
            return
        told = progress_told(self.progress, self.planhat.glyphs)
        then = ":plan resume lets it go on" if self.progress.paused else "{undo} takes it back"
        self.dismiss(f"{literal(visible(self.plan.title))}: {told}.  {then}")


def _cost(cost: Cost, status: Status, dot: str) -> str:
    limits = status.limits
    known = limits.remaining is not None and limits.limit is not None
    return plan_cost(
        cost,
        seconds=seconds_for(max(cost.singly, cost.calls), limits),
        left=(limits.remaining or 0, limits.limit or 0) if known else None,
        dot=dot,
    )


def _row_of(entry: Entry) -> Row:
    return Row(entry.action, entry.record_id, entry.title, entry.changes, entry.body)
