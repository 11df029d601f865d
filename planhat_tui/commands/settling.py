"""What became of edits: waiting for Planhat where that is wished, and the exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.commands import lookup
from planhat_tui.commands.context import Door
from planhat_tui.commands.results import Done
from planhat_tui.commands.waiting import InterruptedWait, answer
from planhat_tui.errors import (
    ConflictError,
    GuardrailError,
    OfflineError,
    PartialError,
    RefusedError,
    UnknownOutcomeError,
)
from planhat_tui.model.outbox import Action, State, decides_itself, left_out
from planhat_tui.model.records import Kind
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planhat_tui.commands.context import Context
    from planhat_tui.commands.course import Course
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json

STATUS: Final = {
    State.QUEUED: OfflineError.exit_status,
    State.SENDING: OfflineError.exit_status,
    State.HELD: OfflineError.exit_status,
    State.NOT_SURE: UnknownOutcomeError.exit_status,
    State.REFUSED: RefusedError.exit_status,
    State.CONFLICT: ConflictError.exit_status,
    State.DELIVERED: 0,
    State.DROPPED: 0,
}
"""The exit status of one edit."""


def undo_of(ctx: Context) -> str:
    """Return what takes the last step back, as it is typed or pressed at a door."""
    if ctx.door is Door.LINE:
        return ctx.key("undo")
    return "undo" if ctx.door is Door.SCRIPT else "planhat-tui undo"


def settle(ctx: Context, entries: Sequence[Entry], deed: str, *, many: bool = False) -> Done:
    """Wait until Planhat has the edits, if that is wished, and say what became of them.

    ``deed`` is a noun phrase: ``Tag gold on Acme Inc``.
    """
    if not entries:
        return Done("Nothing to change: it is so already.", many=many)
    if not ctx.wishes.wait:
        shown = _records(ctx, entries)
        back = f"{'  ' if ctx.door is Door.LINE else ' '}{undo_of(ctx)} takes it back."
        return Done(
            f"{deed}: queued.{back}",
            shown,
            many=many,
            queued=tuple(entries),
            later=f"{deed}: delivered.{back}",
        )
    settled = delivered(ctx, [entry.n for entry in entries])
    apart = [entry for entry in settled if len(settled) == 1 or not decides_itself(entry)]
    told = dict.fromkeys(_told(ctx, entry, deed) for entry in apart)
    text = "\n".join(filter(None, [*told, unsettled(ctx, settled)]))
    return Done(text, _records(ctx, settled), status_of(ctx, settled), many=many)


def patient(ctx: Context) -> bool:
    """Tell whether what isn't sure is waited for: a person sees for how long, and can leave."""
    return ctx.draw is not None


def unsettled(ctx: Context, entries: Iterable[Entry]) -> str:
    """Return how many aren't sure, when they are looked up, and by what; empty if none is."""
    from planhat_tui.sync.prospects import unsure

    told = unsure(entries, ctx.now().timestamp())
    shell = "planhat-tui " if Door.SHELL in ctx.door else ""
    return f"{told}, by an explorer or a sync that runs, or by: {shell}outbox send" if told else ""


def delivered(ctx: Context, ns: Sequence[int]) -> tuple[Entry, ...]:
    """Wait until none of these edits can go on by itself; tell how many stand before them.

    Where a terminal shows for how long, what isn't sure is waited for as well.
    """
    from planhat_tui.sync.prospects import in_line

    workspace = ctx.workspace()
    deliver = workspace.net.deliver(ns, settled=patient(ctx))
    wanted = frozenset(ns)

    def left() -> list[Entry]:
        return [entry for entry in workspace.reads.outbox() if entry.n in wanted]

    def course() -> Course | None:
        from planhat_tui.commands.course import Course
        from planhat_tui.sync.prospects import unsure

        waiting = left()
        note = unsure(waiting, ctx.now().timestamp())
        done = len(wanted) - len(waiting)
        several = len(wanted) > 1
        return Course("edits delivered", done, len(wanted), note=note) if several or note else None

    try:
        return answer(
            ctx, deliver, why=lambda now: in_line(ns, workspace.prospects(now)), course=course
        )
    except KeyboardInterrupt:
        raise InterruptedWait(ns=ns) from None


def _told(ctx: Context, entry: Entry, deed: str) -> str:
    if entry.state is State.DELIVERED:
        return f"{deed}: delivered. {entry.reason}".rstrip()
    if entry.state is State.DROPPED:
        what = f"{deed}, {visible(entry.title)}: {entry.reason}"
        return what if left_out(entry) else f"{deed}: taken back."
    workspace = ctx.workspace()
    why = why_open(ctx, entry)
    if not why and (prospect := workspace.prospects(ctx.monotonic()).get(entry.n)):
        why = prospect.sentence
    return f"{deed}: {entry.state}. {why}  Edit {entry.n} is kept here: outbox list".strip()


def why_open(ctx: Context, entry: Entry) -> str:
    """Return why Planhat doesn't have an edit, as far as it's known."""
    workspace = ctx.workspace()
    kept = workspace.why_barred(entry) if entry.state is State.QUEUED else ""
    return entry.reason or kept or workspace.net.status.reason


def status_of(ctx: Context, settled: Iterable[Entry]) -> int:
    """Return the exit status of several edits: 0, what all of them have, or that some failed."""
    workspace = ctx.workspace()
    statuses = {
        GuardrailError.exit_status
        if entry.state is State.QUEUED and workspace.why_barred(entry)
        else STATUS[entry.state]
        for entry in settled
    }
    sync = workspace.net.status
    if statuses == {OfflineError.exit_status} and (sync.paused or sync.network == "refused"):
        return RefusedError.exit_status
    failed = statuses - {0}
    if not failed:
        return 0
    if failed == {UnknownOutcomeError.exit_status}:  # the rest is delivered
        return UnknownOutcomeError.exit_status
    return failed.pop() if len(statuses) == 1 else PartialError.exit_status


def _records(ctx: Context, entries: Sequence[Entry]) -> tuple[dict[str, Json], ...]:
    """Return how the records look now: what was deleted, as it stood."""
    shown: dict[str, dict[str, Json]] = {}
    for entry in entries:
        record_id = entry.result_id or entry.record_id
        now = lookup.raw(ctx, entry.kind, record_id)
        if now is None and entry.action is Action.DELETE:
            now = dict(entry.body or {})
        if now is None and entry.kind is Kind.CALL:
            now = {**(entry.body or {}), "_id": record_id}
        if now is not None:
            shown[record_id] = now
    return tuple(shown.values())
