"""``undo`` and ``redo``: what was done, taken back, and done again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.commands.numbers import number
from planhat_tui.commands.registry import Effect, verb, word
from planhat_tui.commands.results import Done
from planhat_tui.commands.settling import settle
from planhat_tui.config import guardrails
from planhat_tui.model.text import plural, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.commands.context import Context
    from planhat_tui.model.undo import UndoPlan
    from planhat_tui.workspace.undo import Undone

NAMED: Final = 5
"""How many records a question names; the rest are counted."""


@verb(
    "undo",
    word(
        "n", "the number of an edit in the journal; the last step if it's left out", required=False
    ),
    effect=Effect.DELETE,
    key="undo",
)
def undo(ctx: Context, n: str = "") -> Done:
    """Take the last step back, or one edit of the journal.

    A queued edit is dropped, a delivered one is edited back where nobody has changed it since. What
    was made is deleted again, after a word, as any delete is.
    """
    workspace = ctx.workspace()
    wanted = number(n) if n else 0
    plan = workspace.undo_plan(wanted)
    if plan.reaches_planhat:
        workspace.read_for(plan)
        plan = workspace.undo_plan(wanted)
    _ask(ctx, plan)
    return _told(ctx, workspace.undo(plan, wanted), "Taking it back")


@verb("redo", effect=Effect.DELETE, key="redo")
def redo(ctx: Context) -> Done:
    """Do again what undo took back last, as long as nothing new was done."""
    workspace = ctx.workspace()
    plan = workspace.redo_plan()
    if plan.reaches_planhat:
        workspace.read_for(plan)
        plan = workspace.redo_plan()
    _ask(ctx, plan)
    return _told(ctx, workspace.redo(plan), "Doing it again")


def _told(ctx: Context, undone: Undone, deed: str) -> Done:
    going = tuple(entry for entry in undone.entries if entry.state.is_open)
    if not going or not ctx.wishes.wait:
        return Done(undone.text, queued=going, later="  ".join(undone.delivered))
    done = settle(ctx, going, deed, many=True)
    return done._replace(text=f"{undone.text}\n{done.text}")


def _ask(ctx: Context, plan: UndoPlan) -> None:
    """Ask whether it is wanted: a screen shows all that it does, the shell wants the word."""
    if ctx.agree is not None:
        ctx.agree(plan)
        return
    profile = ctx.workspace().profile
    deletes = len(plan.deletes)
    word = guardrails.typed_word(profile, deletes or plan.size, deleting=deletes > 0)
    if word:
        ctx.confirm(_asked(plan), word)


def _asked(plan: UndoPlan) -> str:
    how = "Doing it again" if plan.redo else "Taking it back"
    if plan.deletes:
        return f"{how} deletes in Planhat: {_first(plan.deletes)}."
    titles = [back.entry.title for back in plan.backs]
    return f"{how} changes {plural(plan.size, 'record')} in Planhat: {_first(titles)}."


def _first(titles: Sequence[str]) -> str:
    """Return the first names of some, and how many more there are."""
    more = f" and {len(titles) - NAMED} more" if len(titles) > NAMED else ""
    return f"{', '.join(map(visible, titles[:NAMED]))}{more}"
