"""``plan``: a plan that was kept in a file, and one that runs: paused, let go on, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands import lookup, planned
from planhat_tui.commands.context import Door
from planhat_tui.commands.numbers import number
from planhat_tui.commands.registry import Effect, verb, word
from planhat_tui.commands.results import Done, Planned
from planhat_tui.errors import InputError
from planhat_tui.model.text import plural
from planhat_tui.workspace.planning import STEP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.commands.context import Context
    from planhat_tui.commands.results import Result
    from planhat_tui.model.plans import Plan

_N = word("n", "the number of any edit of the plan; the last plan without it", required=False)
_FILE = word("file", "the plan's file", "FILE")


@verb("plan show", _FILE, aliases=("get",))
def show(ctx: Context, file: str) -> Result:
    """Show a plan of a file as it would run now."""
    plan, moved = _now(ctx, file)
    shown = planned.listing(ctx, plan, moved)
    return Planned(plan, shown) if ctx.door is Door.LINE else shown


@verb("plan run", _FILE, effect=Effect.TYPED, guarded=True)
def run(ctx: Context, file: str) -> Result:
    """Run a plan of a file.

    What has moved since it was made is looked at again: tags are merged, a field that somebody has
    changed since stays as it is.
    """
    plan, moved = _now(ctx, file)
    if moved:
        ctx.tell(moved)
    return planned.carry_out(ctx, plan)


@verb("plan retry", _N, effect=Effect.WRITE)
def retry(ctx: Context, n: str = "") -> Done:
    """Send again what was refused of a plan that ran: of the last one, or that of an edit."""
    plans = ctx.workspace().plans
    step, title = _step(ctx, n, ()), "The plan" if n else "The last plan"
    if not plans.retry(step):
        told = f"Nothing was refused of {title.lower()}."
        raise InputError(told, "outbox list shows what waits.")
    if not ctx.wishes.wait:
        return Done(
            f"{plans.progress(step).waiting:,} queued again.", planned.results(ctx, step), many=True
        )
    return planned.settle(ctx, step, title)


@verb("plan pause", _N, effect=Effect.WRITE)
def pause(ctx: Context, n: str = "") -> Done:
    """Keep back what isn't sent yet of a plan that runs: the last one, or that of an edit."""
    plans = ctx.workspace().plans
    last = plans.last()
    goes = bool(last) and plans.progress(last).waiting
    step = _step(ctx, n, (last,) if goes else plans.unfinished())
    was_held, count = plans.progress(step).paused, plans.pause(step)
    on_its_way = plans.progress(step).on_its_way
    if not count and (was_held or not on_its_way):
        raise InputError("Nothing of the plan waits to be sent.", "outbox list shows what waits.")
    told = f"{plural(count, 'record')} kept back. plan resume lets {_it(count)} go on."
    told += _coming_back(on_its_way, "kept back too")
    return Done(told, planned.results(ctx, step), many=True)


@verb("plan resume", _N, effect=Effect.WRITE)
def resume(ctx: Context, n: str = "") -> Done:
    """Let all of a plan go on that was kept back: of the last one, or that of an edit."""
    plans = ctx.workspace().plans
    step = _step(ctx, n, plans.waiting())
    count = plans.resume(step)
    if not count:
        raise InputError("Nothing of the plan is kept back.", "outbox list shows what waits.")
    while plans.advance(step):
        pass
    planned.tell_left_out(ctx)
    if not ctx.wishes.wait:
        return Done(
            f"{plural(count, 'record')} queued again.", planned.results(ctx, step), many=True
        )
    return planned.settle(ctx, step, "The plan")


@verb("plan cancel", _N, effect=Effect.WRITE)
def cancel(ctx: Context, n: str = "") -> Done:
    """Drop what isn't sent yet of a plan, the last one or that of an edit; undo has the rest."""
    plans = ctx.workspace().plans
    step = _step(ctx, n, (*plans.unfinished(), *plans.waiting()))
    count, on_its_way = plans.cancel(step), plans.progress(step).on_its_way
    if not (count or on_its_way):
        raise InputError("Nothing of the plan waits to be sent.", "outbox list shows what waits.")
    told = f"{plural(count, 'record')} taken back; what is sent stays. undo takes it back."
    told += _coming_back(on_its_way, "not sent again")
    return Done(told, planned.results(ctx, step), many=True)


def _step(ctx: Context, n: str, first: Sequence[str]) -> str:
    """Return the step of a plan: that of an edit, the ``first`` of these, or the last one's.

    What isn't in the outbox whole comes first: it may have no edit whose number would name it.
    Raises :class:`InputError`.
    """
    workspace = ctx.workspace()
    if not n:
        if step := next(iter(first), workspace.plans.last()):
            return step
        raise InputError("No plan has run yet.", "bulk and import make plans.")
    step = workspace.reads.entry(number(n)).step
    if not step.startswith(STEP):
        raise InputError(f"Edit {n} isn't part of a plan.", f"outbox retry {n} sends it alone.")
    return step


def _coming_back(count: int, becomes: str) -> str:
    """Say what becomes of what is on its way and doesn't arrive; empty if nothing is."""
    verbs = "are" if count > 1 else "is"
    return f" {count:,} {verbs} on the way: what doesn't arrive is {becomes}." if count else ""


def _it(count: int) -> str:
    return "it" if count == 1 else "them"


def _now(ctx: Context, file: str) -> tuple[Plan, str]:
    """Return a file's plan as it is by now, and a sentence on what has moved since."""
    ctx.tell(lookup.ready(ctx))
    found = ctx.workspace().plans.recheck(planned.read(ctx, file))
    return found.plan, planned.moved(found.moved)
