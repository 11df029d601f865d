"""``outbox``: what Planhat doesn't have yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands.entries import WORDS, in_words, may_arrive, told, when
from planhat_tui.commands.numbers import number
from planhat_tui.commands.planned import go_on
from planhat_tui.commands.registry import Effect, option, verb, word
from planhat_tui.commands.results import Column, Done, Listing, Single
from planhat_tui.commands.settling import settle
from planhat_tui.errors import PartialError, RefusedError
from planhat_tui.model.doubts import told_again
from planhat_tui.model.outbox import State
from planhat_tui.model.text import ago, plural

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
    Column("reason", "REASON", prose=True),
    Column("waits", "WAITS"),
)


@verb("outbox list", key="outbox", aliases=("find",))
def list_(ctx: Context) -> Listing:
    """List the edits that Planhat doesn't have yet, oldest first, and what each waits for."""
    workspace = ctx.workspace()
    entries, known = workspace.reads.outbox(), workspace.prospects(ctx.monotonic())
    rest = workspace.rest_of_plans.told
    note = rest if entries or rest else "Everything is delivered."
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
    stuck = "\n".join(go_on(ctx))
    entries = ctx.workspace().reads.outbox()
    if not entries:
        told = stuck or ctx.workspace().rest_of_plans.told or "Everything is delivered."
        return Done(told, exit_status=RefusedError.exit_status if stuck else 0, many=True)
    done = settle(ctx, entries, "Edits", many=True)
    if not stuck:
        return done
    return done._replace(
        text=f"{done.text}\n{stuck}", exit_status=done.exit_status or PartialError.exit_status
    )


@verb("outbox hold", word("n", "the edit's number"), effect=Effect.WRITE)
def hold(ctx: Context, n: str) -> Done:
    """Keep an edit back until it's retried."""
    entry = ctx.workspace().writes.hold(number(n))
    return Done(f"Edit {entry.n} is held: {entry.title}", (told(entry),))


@verb("outbox retry", word("n", "the edit's number"), effect=Effect.WRITE)
def retry(ctx: Context, n: str) -> Done:
    """Send an edit again that was refused, held or not sure.

    What isn't sure is looked up first, and sent again only if it isn't there and can't arrive any
    more: two minutes after it was sent.
    """
    entry = ctx.workspace().writes.retry(number(n))
    deed = f"Edit {entry.n} ({entry.title})"
    if entry.state is State.NOT_SURE and not ctx.wishes.wait:
        now = ctx.now()
        again = told_again(entry, now.timestamp(), lambda moment: when(moment, now))
        return Done(f"{deed}: {entry.state}. {again}")
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
    return Done(f"Edit {entry.n} is settled: {entry.title} is there.", (told(entry),))


@verb("outbox discard", word("n", "the edit's number"), effect=Effect.WRITE)
def discard(ctx: Context, n: str) -> Done:
    """Drop an edit: the record is shown again as Planhat has it.

    What was to be made goes with its later edits.
    One that is not sure is watched until its first try can't arrive any more.
    """
    entry, *along = ctx.workspace().writes.discard_all([number(n)])
    dropped = f"Edit {entry.n} is dropped: {entry.title}"
    if later := [str(one.n) for one in along if one.state is State.DROPPED]:
        dropped += f", and {plural(len(later), 'later edit')} of it: {', '.join(later)}"
    if entry.let_go:
        dropped = f"{dropped}. {may_arrive(entry, ctx.now())}"
    return Done(dropped, (told(entry),))


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
