"""What became of edits: waiting for Planhat where that is wished, and the exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.commands import lookup
from planhat_tui.commands.context import Door
from planhat_tui.commands.results import Done
from planhat_tui.commands.waiting import answer
from planhat_tui.errors import (
    ConflictError,
    GuardrailError,
    OfflineError,
    PartialError,
    RefusedError,
    UnknownOutcomeError,
)
from planhat_tui.model.outbox import Action, State
from planhat_tui.model.records import Kind

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


def settle(ctx: Context, entries: Sequence[Entry], deed: str, *, many: bool = False) -> Done:
    """Wait until Planhat has the edits, if that is wished, and say what became of them.

    ``deed`` is a noun phrase: ``Tag gold on Acme Inc``.
    """
    if not entries:
        return Done("Nothing to change: it is so already.", many=many)
    if not ctx.wishes.wait:
        shown = _records(ctx, entries)
        back = " planhat-tui undo" if Door.SHELL in ctx.door else "  u"
        back = f"{back} takes it back."
        return Done(
            f"{deed}: queued.{back}",
            shown,
            many=many,
            queued=tuple(entries),
            later=f"{deed}: delivered.{back}",
        )
    settled = delivered(ctx, [entry.n for entry in entries])
    text = "\n".join(dict.fromkeys(_told(ctx, entry, deed) for entry in settled))
    return Done(text, _records(ctx, settled), status_of(ctx, settled), many=many)


def delivered(ctx: Context, ns: Sequence[int]) -> tuple[Entry, ...]:
    """Wait until none of these edits can go on by itself; tell how many stand before them."""
    from planhat_tui.sync.prospects import in_line

    workspace = ctx.workspace()
    deliver = workspace.net.deliver(ns)
    wanted = frozenset(ns)

    def course() -> Course:
        from planhat_tui.commands.course import Course

        left = sum(entry.n in wanted for entry in workspace.reads.outbox())
        return Course("edits delivered", len(wanted) - left, len(wanted))

    return answer(
        ctx,
        deliver,
        why=lambda now: in_line(ns, workspace.prospects(now)),
        course=course if len(wanted) > 1 else None,
    )


def _told(ctx: Context, entry: Entry, deed: str) -> str:
    if entry.state is State.DELIVERED:
        return f"{deed}: delivered. {entry.reason}".rstrip()
    if entry.state is State.DROPPED:
        return f"{deed}: taken back."
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
