"""``timeline``: what was seen to change in a record, from what to what, when, and by whom."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from planhat_tui.commands import lookup
from planhat_tui.commands.record_verbs import whom
from planhat_tui.commands.registry import records, verb
from planhat_tui.commands.results import Column, Listing
from planhat_tui.errors import InputError, NotFoundError
from planhat_tui.model.fields import label_of
from planhat_tui.model.records import Kind
from planhat_tui.model.text import plural

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context
    from planhat_tui.model.values import Json
    from planhat_tui.store.history import Seen

_COLUMNS: Final = (
    Column("seenAt", "SEEN"),
    Column("label", "FIELD"),
    Column("before", "BEFORE"),
    Column("after", "AFTER"),
    Column("by", "BY"),
)


@verb("timeline", records(), key="timeline")
def timeline(ctx: Context, ids: tuple[str, ...]) -> Listing:
    """Show what was seen to change in a company or contact, the latest first.

    What changed while nobody looked is seen at the next look: the time is that of the look.
    """
    kind, record_id = _one(ctx, ids)
    seen = ctx.workspace().reads.timeline(kind, record_id)
    told = f"{plural(len(seen), 'change')} seen" if seen else "Nothing was seen to change yet"
    note = f"{whom(ctx, kind, [record_id])}: {told}; {lookup.age(ctx)}."
    return Listing(tuple(_row(one) for one in seen), _COLUMNS, note)


def _one(ctx: Context, ids: tuple[str, ...]) -> tuple[Kind, str]:
    """Return the record that is meant: a company, or else a contact."""
    if not ids:
        if ctx.selection.kind not in {Kind.COMPANY, Kind.CONTACT}:
            raise InputError("No record is selected.", "Select one, or name it with --id ID.")
        return ctx.selection.kind, lookup.one_of(ctx, ctx.selection.kind, ids)
    kind = lookup.kind_of(ctx, ids, Kind.CONTACT, Kind.COMPANY)
    if kind is Kind.COMPANY:
        return kind, lookup.one_of(ctx, kind, ids)
    try:
        return kind, lookup.one_of(ctx, kind, ids)
    except NotFoundError:
        return Kind.COMPANY, lookup.one_of(ctx, Kind.COMPANY, ids)


def _row(seen: Seen) -> dict[str, Json]:
    change = seen.change
    moment = datetime.fromtimestamp(seen.seen_at, UTC)
    return {
        "seenAt": moment.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "field": change.field,
        "label": label_of(seen.kind, change.field),
        "before": change.before,
        "after": change.after,
        "by": "us" if seen.ours else "others",
    }
