"""``conflict``: fields that were changed here and by somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands import typed
from planhat_tui.commands.entries import moment
from planhat_tui.commands.numbers import number
from planhat_tui.commands.registry import Effect, flag, option, verb, word
from planhat_tui.commands.results import Column, Done, Listing
from planhat_tui.commands.settling import settle
from planhat_tui.errors import InputError
from planhat_tui.model.conflicts import Choice, field_in
from planhat_tui.model.edits import Change, apply
from planhat_tui.model.fields import field_of, label_of

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context
    from planhat_tui.model.conflicts import Standoff
    from planhat_tui.model.values import Json

COLUMNS = (
    Column("n", "N", right=True),
    Column("title", "RECORD"),
    Column("label", "FIELD"),
    Column("before", "BEFORE"),
    Column("mine", "MINE"),
    Column("theirs", "THEIRS"),
)


@verb("conflict list", aliases=("find",))
def list_(ctx: Context) -> Listing:
    """List the fields that were changed here and by somebody else."""
    found = ctx.workspace().reads.standoffs()
    note = "" if found else "Nothing is in conflict."
    return Listing(tuple(row for one in found for row in _rows(one)), COLUMNS, note)


@verb("conflict show", word("n", "the edit's number"), aliases=("get",))
def show(ctx: Context, n: str) -> Listing:
    """Show the fields of one record that are in conflict."""
    return Listing(tuple(_rows(ctx.workspace().reads.standoff(number(n)))), COLUMNS)


@verb(
    "conflict resolve",
    word("n", "the edit's number"),
    word("field", "the field, as conflict show names it"),
    flag("--mine", "send mine over theirs"),
    flag("--theirs", "leave theirs"),
    flag("--before", "send what it was before"),
    option("--value", "send this instead of both", "V"),
    flag("--clear", "empty it"),
    effect=Effect.WRITE,
)
def resolve(ctx: Context, n: str, field: str, *, value: str, clear: bool, **sides: bool) -> Done:
    """Settle one field: mine, theirs, as it was before, another value, or none."""
    picked = [Choice(side) for side, wanted in sides.items() if wanted]
    picked += [Choice.VALUE] * (bool(value) + clear)
    if len(picked) != 1:
        ways = "--mine, --theirs, --before, --value V or --clear"
        raise InputError(f"Say which: {ways}.", field="field")
    (choice,) = picked
    workspace = ctx.workspace()
    found = workspace.reads.standoff(number(n))
    conflict = field_in(found, field_of(found.kind, field).name)
    label = f"{label_of(found.kind, conflict.field)} of {found.title}"
    wanted: Json = None
    if choice is Choice.VALUE:
        now = apply({}, [Change(conflict.field, None, conflict.mine)])
        wanted = typed.value_of(ctx, found.kind, conflict.field, value, now)
    entries = workspace.writes.resolve(found.n, conflict.field, choice, wanted)
    if not entries:
        return Done(f"{label} stays as Planhat has it.")
    return settle(ctx, entries, label)


def _rows(found: Standoff) -> list[dict[str, Json]]:
    return [
        {
            "n": found.n,
            "kind": found.kind.value,
            "id": found.record_id,
            "title": found.title,
            "field": one.field,
            "label": label_of(found.kind, one.field),
            "before": one.before,
            "mine": one.mine,
            "theirs": one.theirs,
            "mineAt": moment(found.mine_at),
            "theirsAt": moment(found.theirs_at),
        }
        for one in found.fields
    ]
