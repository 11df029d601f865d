"""``undo`` and ``redo``: what was done, taken back, and done again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from planhat_tui.commands import lookup
from planhat_tui.commands.numbers import number
from planhat_tui.commands.planned import COLUMNS, RUN, does, go_on
from planhat_tui.commands.registry import Effect, flag, verb, word
from planhat_tui.commands.results import Done, Listing
from planhat_tui.commands.settling import settle
from planhat_tui.config import guardrails
from planhat_tui.model.fields import stay_words
from planhat_tui.model.outbox import Action, State, left_out
from planhat_tui.model.plans import Row
from planhat_tui.model.text import plural, visible
from planhat_tui.model.undo import Way, by_loss, lost_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from planhat_tui.commands.context import Context
    from planhat_tui.commands.results import Result
    from planhat_tui.model.undo import Back, UndoPlan
    from planhat_tui.model.values import Json
    from planhat_tui.workspace.undo import Undone, What

NAMED: Final = 5
"""How many records a question names; the rest are counted."""
_LOOK: Final = flag("--dry-run", "show what it does, and do nothing")


@verb(
    "undo",
    word(
        "n", "the number of an edit in the journal; the last step if it's left out", required=False
    ),
    flag("--step", "the whole step of that edit, such as all of a bulk change"),
    _LOOK,
    effect=Effect.DELETE,
    key="undo",
)
def undo(ctx: Context, n: str = "", *, step: bool = False, dry_run: bool = False) -> Result:
    """Take the last step back, one edit of the journal, or the whole step of one.

    A queued edit is dropped, a delivered one is edited back where nobody has changed it since. What
    that does at Planhat is shown and asked first; what was made is deleted, as any delete is.
    """
    workspace = ctx.workspace()
    what: What = number(n) if n else 0
    if step and n:
        what = workspace.reads.entry(number(n)).step
    return _carried_out(
        ctx,
        lambda: workspace.undo_plan(what),
        lambda plan: workspace.undo(plan, what),
        "Taking it back",
        look=dry_run,
    )


@verb("redo", _LOOK, effect=Effect.DELETE, key="redo")
def redo(ctx: Context, *, dry_run: bool = False) -> Result:
    """Do again what undo took back last, as long as nothing new was done."""
    workspace = ctx.workspace()
    return _carried_out(
        ctx,
        workspace.redo_plan,
        lambda plan: _with_the_rest(ctx, workspace.redo(plan)),
        "Doing it again",
        look=dry_run,
    )


def _with_the_rest(ctx: Context, undone: Undone) -> Undone:
    """Queue what of a plan is to go on, and return it as done again too."""
    if not undone.goes_on:
        return undone
    plans = ctx.workspace().plans
    for stuck in go_on(ctx):
        ctx.tell(stuck)
    steps = dict.fromkeys(entry.step for entry in undone.entries)
    queued = [entry for step in steps for entry in plans.results(step, [State.QUEUED])]
    entries = {entry.n: entry for entry in (*undone.entries, *queued)}
    return replace(undone, entries=tuple(entries.values()))


def _carried_out(
    ctx: Context,
    planned: Callable[[], UndoPlan],
    deed: Callable[[UndoPlan], Undone],
    words: str,
    *,
    look: bool,
) -> Result:
    """Plan on values that were read just before; show that plan, or ask and do it."""
    plan = planned()
    if plan.asks:
        ctx.workspace().read_for(plan)
        plan = planned()
    if look:
        return Listing(tuple(map(_row, plan.backs)), COLUMNS, _summary(ctx, plan))
    _ask(ctx, plan)
    return _told(ctx, deed(plan), words)


def _told(ctx: Context, undone: Undone, deed: str) -> Done:
    going = tuple(entry for entry in undone.entries if entry.state.is_open)
    if not going or not ctx.wishes.wait:
        return Done(undone.text, queued=going, later="  ".join(undone.delivered))
    done = settle(ctx, going, deed, many=True)
    workspace = ctx.workspace()
    if any(left_out(workspace.reads.entry(entry.n)) for entry in going):
        return done  # then it didn't go back as it was said to
    return done._replace(text=f"{undone.text}\n{done.text}")


def _ask(ctx: Context, plan: UndoPlan) -> None:
    """Ask whether it is wanted: a screen shows all that it does, the shell its first lines."""
    if ctx.agree is not None:
        ctx.agree(plan)
    elif plan.asks:
        profile = ctx.workspace().profile
        deletes = len(plan.deletes)
        word = guardrails.typed_word(profile, deletes or plan.size, deleting=deletes > 0)
        ctx.confirm("\n".join([*_lines(plan), _summary(ctx, plan)]), word or RUN)


def _summary(ctx: Context, plan: UndoPlan) -> str:
    """Return what it comes to, such as ``Taking it back changes 66 records in Planhat``.

    Where what it goes by wasn't read just now, it says how old that is.
    """
    told = f"{_sum(plan)} {plan.told_rest}".rstrip()
    if plan.as_of is None or not plan.asks:
        return told
    age = lookup.how_old(ctx.now().timestamp() - plan.as_of)
    return f"{told} What is there now is told by the {age}. {plan.unseen}".rstrip()


def _sum(plan: UndoPlan) -> str:
    how = "Doing it again" if plan.redo else "Taking it back"
    if not plan.reaches_planhat:
        return f"{how} changes nothing in Planhat: it doesn't have that yet."
    if plan.deletes:
        return f"{how} deletes in Planhat: {_first(plan.deletes)}."
    return f"{how} changes {plural(plan.size, 'record')} in Planhat."


def _first(titles: Sequence[str]) -> str:
    """Return the first names of some, and how many more there are."""
    more = f" and {len(titles) - NAMED} more" if len(titles) > NAMED else ""
    return f"{', '.join(map(visible, titles[:NAMED]))}{more}"


def _lines(plan: UndoPlan) -> Iterator[str]:
    """Give what becomes of the first records, a line for each, and how many more there are."""
    for back in by_loss(plan.backs)[:NAMED]:
        told = ". ".join(filter(None, [_does(back), back.why, lost_words(back.lost)]))
        yield f"{visible(back.entry.title)}: {told}"
    if (more := len(plan.backs) - NAMED) > 0:
        yield f"and {more:,} more: --dry-run shows all"


def _row(back: Back) -> dict[str, Json]:
    """Return what becomes of one edit, in the shape of a plan's row, with the edit's number."""
    entry = back.entry
    changes: list[Json] = [
        {"field": c.field, "before": c.before, "after": c.after} for c in back.changes
    ]
    return {
        "_id": entry.result_id or entry.record_id,
        "n": entry.n,
        "name": entry.title,
        "way": back.way.value,
        "does": _does(back),
        "changes": changes,
        "why": _why(back),
    }


def _why(back: Back) -> str:
    """Return why something stays as it is, or what goes besides."""
    stays = stay_words(back.stays) if back.stays else ""
    return " ".join(filter(None, [back.why, stays, lost_words(back.lost)]))


def _does(back: Back) -> str:
    """Return what becomes of one edit: ``phase won → onboarding``, ``delete company``."""
    entry = back.entry
    match back.way:
        case Way.DROP:
            return "dropped: not delivered yet"
        case Way.EDIT:
            changes = back.changes
        case Way.AGAIN if entry.action is Action.UPDATE:
            changes = back.changes
        case Way.AGAIN:
            return f"{entry.action} {entry.kind}"
        case Way.DELETE:
            return f"{Action.DELETE} {entry.kind}"
        case Way.MAKE:
            return f"{Action.CREATE} {entry.kind}, with a new id"
        case Way.STAY | Way.WAIT:
            return ""
    return does(entry.kind, Row(Action.UPDATE, entry.record_id, entry.title, changes))
