"""``undo``: the last step, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands.registry import Effect, verb
from planhat_tui.commands.results import Done
from planhat_tui.commands.settling import settle

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context


@verb("undo", effect=Effect.WRITE, key="undo")
def undo(ctx: Context) -> Done:
    """Take the last step back: a queued edit is dropped, a delivered one is edited back."""
    undone = ctx.workspace().undo()
    going = [entry for entry in undone.entries if entry.state.is_open]
    if not going or not ctx.wishes.wait:
        return Done(undone.text)
    done = settle(ctx, going, "Taking it back", many=True)
    return done._replace(text=f"{undone.text}\n{done.text}")
