"""``plan``: a plan that was kept in a file, and what failed of the last one that ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands import lookup, planned
from planhat_tui.commands.context import Door
from planhat_tui.commands.registry import Effect, verb, word
from planhat_tui.commands.results import Done, Planned
from planhat_tui.errors import InputError
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context
    from planhat_tui.commands.results import Result
    from planhat_tui.model.plans import Plan

_FILE = word("file", "the plan's file", "FILE")
NAMED_AT_MOST = 5
"""Records that have moved and are named."""


@verb("plan show", _FILE, aliases=("get",))
def show(ctx: Context, file: str) -> Result:
    """Show a plan of a file as it would run now."""
    plan, moved = _now(ctx, file)
    shown = planned.listing(ctx, plan, moved)
    return Planned(plan, shown) if ctx.door is Door.LINE else shown


@verb("plan run", _FILE, effect=Effect.TYPED)
def run(ctx: Context, file: str) -> Result:
    """Run a plan of a file.

    What has moved since it was made is looked at again: tags are merged, a field that somebody has
    changed since stays as it is.
    """
    plan, moved = _now(ctx, file)
    if moved:
        ctx.tell(moved)
    return planned.carry_out(ctx, plan)


@verb("plan retry", effect=Effect.WRITE)
def retry(ctx: Context) -> Done:
    """Send again what has failed of the last plan that ran."""
    plans = ctx.workspace().plans
    step = plans.last()
    if not step or not plans.retry(step):
        raise InputError("Nothing has failed of the last plan.", "outbox list shows what waits.")
    if not ctx.wishes.wait:
        return Done(f"{plans.progress(step).waiting:,} queued again.")
    return planned.settle(ctx, step, "The last plan")


def _now(ctx: Context, file: str) -> tuple[Plan, str]:
    """Return a file's plan as it is by now, and a sentence on what has moved since."""
    ctx.tell(lookup.ready(ctx))
    found = ctx.workspace().plans.recheck(planned.read(ctx, file))
    if not found.moved:
        return found.plan, ""
    names = [visible(one) for one in found.moved[:NAMED_AT_MOST]]
    more = len(found.moved) - len(names)
    told = ", ".join([*names, *([f"{more:,} more"] if more else [])])
    return found.plan, f"Changed since the plan was made: {told}."
