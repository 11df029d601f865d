"""``undo``: the last step, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands.registry import Effect, verb
from planhat_tui.commands.results import Done
from planhat_tui.commands.settling import settle
from planhat_tui.config import guardrails

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context
    from planhat_tui.model.undo import UndoPlan


@verb("undo", effect=Effect.DELETE, key="undo")
def undo(ctx: Context) -> Done:
    """Take the last step back: a queued edit is dropped, a delivered one is edited back.

    What was made is deleted again, after a word, as any delete is.
    """
    workspace = ctx.workspace()
    plan = workspace.undo_plan()
    word = guardrails.typed_word(workspace.profile, plan.size, deleting=bool(plan.deletes))
    if word:
        ctx.confirm(_asked(plan), word)
    undone = workspace.undo(plan)
    going = [entry for entry in undone.entries if entry.state.is_open]
    if not going or not ctx.wishes.wait:
        return Done(undone.text)
    done = settle(ctx, going, "Taking it back", many=True)
    return done._replace(text=f"{undone.text}\n{done.text}")


def _asked(plan: UndoPlan) -> str:
    if plan.deletes:
        return f"Taking it back deletes in Planhat: {', '.join(plan.deletes)}."
    return f"Taking it back changes {plan.size} records in Planhat."
