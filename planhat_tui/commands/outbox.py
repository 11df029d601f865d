"""``outbox``: what Planhat doesn't have yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands.entries import WORDS, in_words, told
from planhat_tui.commands.numbers import number
from planhat_tui.commands.registry import Effect, option, verb, word
from planhat_tui.commands.results import Column, Done, Listing, Single
from planhat_tui.commands.settling import settle
from planhat_tui.model.outbox import LOOKED_UP_FIRST, State
from planhat_tui.model.text import ago

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.commands.context import Context
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json
    from planhat_tui.sync.prospects import Prospect

COLUMNS = (
    Column("n", "N", right=True),
    Column("state", "STATE"),
    Column("title", "RECORD"),
    Column("what", "EDIT"),
    Column("since", "SINCE"),
    Column("reason", "REASON"),
    Column("waits", "WAITS"),
)


@verb("outbox list", key="outbox", aliases=("find",))
def list_(ctx: Context) -> Listing:
    """List the edits that Planhat doesn't have yet, oldest first, and what each waits for."""
    workspace = ctx.workspace()
    entries, known = workspace.reads.outbox(), workspace.prospects(ctx.monotonic())
    note = "" if entries else "Everything is delivered."
    return Listing(tuple(_row(ctx, entry, known) for entry in entries), COLUMNS, note)


@verb("outbox show", word("n", "the edit's number"), aliases=("get",))
def show(ctx: Context, n: str) -> Single:
    """Show one edit, delivered or not."""
    workspace = ctx.workspace()
    entry = workspace.reads.entry(number(n))
    row = _row(ctx, entry, workspace.prospects(ctx.monotonic()))
    people = Single(in_words(entry, row, ctx.now()), labels=WORDS, brief=True)
    return Single(row, table=people)


@verb("outbox send", effect=Effect.WRITE)
def send(ctx: Context) -> Done:
    """Send what is queued now, and wait for it."""
    ctx.workspace().plans.go_on()
    entries = ctx.workspace().reads.outbox()
    if not entries:
        return Done("Everything is delivered.")
    return settle(ctx, entries, "Edits", many=True)


@verb("outbox hold", word("n", "the edit's number"), effect=Effect.WRITE)
def hold(ctx: Context, n: str) -> Done:
    """Keep an edit back until it's retried."""
    entry = ctx.workspace().writes.hold(number(n))
    return Done(f"Edit {entry.n} is held: {entry.title}")


@verb("outbox retry", word("n", "the edit's number"), effect=Effect.WRITE)
def retry(ctx: Context, n: str) -> Done:
    """Send an edit again that was refused, held or not sure.

    What may have been made is looked up first, and sent again only if it isn't there.
    """
    entry = ctx.workspace().writes.retry(number(n))
    deed = f"Edit {entry.n} ({entry.title})"
    if entry.state is State.NOT_SURE and not ctx.wishes.wait:
        return Done(f"{deed}: {entry.state}. {LOOKED_UP_FIRST}")
    return settle(ctx, [entry], deed)


@verb(
    "outbox there",
    word("n", "the edit's number"),
    option("--id", "the id that Planhat gave it", "ID"),
    effect=Effect.WRITE,
)
def there(ctx: Context, n: str, id: str) -> Done:  # noqa: A002 -- the option's name
    """Say of an edit that is not sure that Planhat has it: it isn't sent again."""
    entry = ctx.workspace().it_is_there(number(n), id.strip())
    return Done(f"Edit {entry.n} is settled: {entry.title} is there.")


@verb("outbox discard", word("n", "the edit's number"), effect=Effect.WRITE)
def discard(ctx: Context, n: str) -> Done:
    """Drop an edit: the record is shown again as Planhat has it."""
    entry = ctx.workspace().writes.discard(number(n))
    return Done(f"Edit {entry.n} is dropped: {entry.title}")


def _row(ctx: Context, entry: Entry, known: Mapping[int, Prospect]) -> dict[str, Json]:
    """Return an edit with what it waits for; ``goesIn`` are seconds, from and to.

    ``since`` is how long ago it was typed, in words.
    """
    prospect = known.get(entry.n)
    seconds = prospect.seconds if prospect is not None else None
    return {
        **told(entry),
        "since": ago(ctx.now().timestamp() - entry.created_at),
        "waits": prospect.sentence if prospect is not None else "",
        "goesIn": [round(one, 1) for one in seconds] if seconds is not None else None,
    }
