"""Plans on one explorer: shown in a sheet, and brought into the outbox slice by slice.

Between two slices the reader serves whoever else asks; a plan goes on when its sheet is closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.tui.presentation.cells import literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.model.plans import Plan, Wanted
    from planhat_tui.model.records import Kind
    from planhat_tui.model.values import Json
    from planhat_tui.tui.screens.explorer import Explorer
    from planhat_tui.tui.screens.tags import TagChange


class Planning:
    """The plans of one explorer."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer

    def show(
        self,
        plan: Plan,
        ran: Callable[[], None] | None = None,
        closed: Callable[[bool], None] | None = None,
        *,
        dry: bool = False,
    ) -> None:
        """Show a plan; it is run from there. ``ran`` is called if it was, once the sheet is closed.

        ``closed`` is told at the end whether it was. One that is ``dry`` is looked at alone.
        """
        from planhat_tui.tui.screens.plan import PlanSheet

        explorer = self._explorer
        sheet = PlanSheet(explorer, plan, dry=dry)

        def answered(told: str | None) -> None:
            if sheet.step:
                if ran is not None:
                    ran()
                explorer.unmark(plan.kind, tuple(row.record_id for row in sheet.plan.rows))
            if told:
                explorer.say(told)
            if closed is not None:
                closed(bool(sheet.step))

        explorer.app.push_screen(sheet, answered)

    def advance(self, step: str, tell: Callable[[str], None] | None = None) -> None:
        """Bring the next slice of a plan into the outbox, and those after it while it may go on.

        What has moved while it rested, and is left out, is said at the end, or to ``tell``.
        """
        plans = self._explorer.workspace.plans

        def advanced(more: bool) -> None:  # noqa: FBT001 -- the answer of the deed
            if more:
                self.advance(step, tell)
            elif titles := plans.left_out(step):
                from planhat_tui.commands.planned import moved

                (tell or self._explorer.say)(literal(moved(titles)))

        self._explorer.perform(lambda: plans.advance(step), advanced)

    def take_up(self) -> None:
        """Go on with what a process that ended has left."""
        workspace = self._explorer.workspace

        def take_up(steps: tuple[str, ...]) -> None:
            for step in steps:
                self.advance(step)

        def unfinished() -> tuple[str, ...]:  # their module is loaded beside the screen
            return workspace.plans.unfinished()

        self._explorer.ask("plans", unfinished, take_up)


def wanted_tags(kind: Kind, change: TagChange) -> Wanted:
    """Return what a change of tags asks of every record."""
    from planhat_tui.model.plans import wanted

    return wanted(kind, tag=change.add, untag=change.remove)


def wanted_value(kind: Kind, path: str, text: str, value: Json) -> Wanted:
    """Return what a value asks of every record; ``text`` is the value in words."""
    from planhat_tui.model.plans import always, wanted

    return wanted(kind, values={path: (text, always(value))})


def wanted_gone(kind: Kind) -> Wanted:
    """Return that every record is to be deleted."""
    from planhat_tui.model.plans import wanted

    return wanted(kind, delete=True)
