"""``outbox``: what Planhat doesn't have yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands.registry import Effect, verb, word
from planhat_tui.commands.results import Column, Done, Listing, Single
from planhat_tui.commands.settling import settle
from planhat_tui.errors import InputError
from planhat_tui.model.calls import iso
from planhat_tui.model.fields import label_of
from planhat_tui.model.outbox import Action

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json

COLUMNS = (
    Column("n", "N", right=True),
    Column("state", "STATE"),
    Column("title", "RECORD"),
    Column("what", "EDIT"),
    Column("reason", "REASON"),
)

_DIGITS = 18
"""More than any edit's number has, and all that fit into the file."""


@verb("outbox list", key="outbox", aliases=("find",))
def list_(ctx: Context) -> Listing:
    """List the edits that Planhat doesn't have yet, oldest first."""
    entries = ctx.workspace().reads.outbox()
    note = "" if entries else "Everything is delivered."
    return Listing(tuple(_told(entry) for entry in entries), COLUMNS, note)


@verb("outbox show", word("n", "the edit's number"), aliases=("get",))
def show(ctx: Context, n: str) -> Single:
    """Show one edit, delivered or not."""
    return Single(_told(ctx.workspace().reads.entry(_number(n))))


@verb("outbox send", effect=Effect.WRITE)
def send(ctx: Context) -> Done:
    """Send what is queued, and wait for it."""
    entries = ctx.workspace().reads.outbox()
    if not entries:
        return Done("Everything is delivered.")
    return settle(ctx, entries, "Edits", many=True)


@verb("outbox hold", word("n", "the edit's number"), effect=Effect.WRITE)
def hold(ctx: Context, n: str) -> Done:
    """Keep an edit back until it's retried."""
    entry = ctx.workspace().writes.hold(_number(n))
    return Done(f"Edit {entry.n} is held: {entry.title}")


@verb("outbox retry", word("n", "the edit's number"), effect=Effect.WRITE)
def retry(ctx: Context, n: str) -> Done:
    """Send an edit again that was refused, held or not sure."""
    entry = ctx.workspace().writes.retry(_number(n))
    return settle(ctx, [entry], f"Edit {entry.n} ({entry.title})")


@verb("outbox discard", word("n", "the edit's number"), effect=Effect.WRITE)
def discard(ctx: Context, n: str) -> Done:
    """Drop an edit: the record is shown again as Planhat has it."""
    entry = ctx.workspace().writes.discard(_number(n))
    return Done(f"Edit {entry.n} is dropped: {entry.title}")


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > _DIGITS:
        raise InputError(f"{text} is no number of an edit.", "outbox list shows them.", field="n")
    return int(text)


def _told(entry: Entry) -> dict[str, Json]:
    """Return an entry as JSON; times are ISO 8601."""
    from datetime import UTC, datetime

    return {
        "n": entry.n,
        "state": entry.state.value,
        "kind": entry.kind.value,
        "action": entry.action.value,
        "id": entry.result_id or entry.record_id,
        "title": entry.title,
        "what": _what(entry),
        "changes": [
            {"field": c.field, "before": c.before, "after": c.after} for c in entry.changes
        ],
        "reason": entry.reason,
        "attempts": entry.attempts,
        "createdAt": iso(datetime.fromtimestamp(entry.created_at, UTC)),
    }


def _what(entry: Entry) -> str:
    if entry.action is Action.UPDATE:
        return ", ".join(label_of(entry.kind, change.field) for change in entry.changes)
    return f"{entry.action} {entry.kind}"
