"""``plan``: a plan that was kept in a file, and one that runs: paused, let go on, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands import lookup, planned
from planhat_tui.commands.context import Door
from planhat_tui.commands.numbers import number
from planhat_tui.commands.registry import Effect, verb, word
from planhat_tui.commands.results import Done, Planned
from planhat_tui.errors import InputError
from planhat_tui.model.text import plural, visible
from planhat_tui.workspace.planning import STEP

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context
    from planhat_tui.commands.results import Result
    from planhat_tui.model.plans import Plan

_N = word("n", "the number of any edit of the plan; the last plan without it", required=False)
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


@verb("plan pause", _N, effect=Effect.WRITE)
def pause(ctx: Context, n: str = "") -> Done:
    """Keep back what isn't sent yet of a plan that runs: the last one, or that of an edit."""
    step = _step(ctx, n)
    count = ctx.workspace().plans.pause(step)
    if not count:
        raise InputError("Nothing of the plan waits to be sent.", "outbox list shows what waits.")
    return Done(f"{plural(count, 'record')} kept back. plan resume lets {_it(count)} go on.")


@verb("plan resume", _N, effect=Effect.WRITE)
def resume(ctx: Context, n: str = "") -> Done:
    """Let all of a plan go on that was kept back: of the last one, or that of an edit."""
    plans, step = ctx.workspace().plans, _step(ctx, n)
    count = plans.resume(step)
    if not count:
        raise InputError("Nothing of the plan is kept back.", "outbox list shows what waits.")
    while plans.advance(step):
        pass
    if not ctx.wishes.wait:
        return Done(f"{plural(count, 'record')} queued again.")
    return planned.settle(ctx, step, "The plan")


@verb("plan cancel", _N, effect=Effect.WRITE)
def cancel(ctx: Context, n: str = "") -> Done:
    """Drop what isn't sent yet of a plan, the last one or that of an edit; undo has the rest."""
    count = ctx.workspace().plans.cancel(_step(ctx, n))
    if not count:
        raise InputError("Nothing of the plan waits to be sent.", "outbox list shows what waits.")
    return Done(f"{plural(count, 'record')} taken back; what is sent stays. undo takes it back.")


def _step(ctx: Context, n: str) -> str:
    """Return the step of a plan: that of an edit, or the last one's. Raises :class:`InputError`."""
    workspace = ctx.workspace()
    if not n:
        if step := workspace.plans.last():
            return step
        raise InputError("No plan has run yet.", "bulk and import make plans.")
    step = workspace.reads.entry(number(n)).step
    if not step.startswith(STEP):
        raise InputError(f"Edit {n} isn't part of a plan.", f"outbox retry {n} sends it alone.")
    return step


def _it(count: int) -> str:
    return "it" if count == 1 else "them"


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
