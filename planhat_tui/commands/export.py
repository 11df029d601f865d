"""``export``: what is found, or what the list shows, as a file or on stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands import lookup
from planhat_tui.commands.context import Door, Showing
from planhat_tui.commands.registry import flag, option, verb, words
from planhat_tui.commands.results import Done, Exported
from planhat_tui.commands.typed import query_of
from planhat_tui.commands.unfound import tell_unknown
from planhat_tui.errors import InputError, NotFoundError
from planhat_tui.model.records import Kind, count_of
from planhat_tui.model.tables import columns_of, names_of, of_records
from planhat_tui.model.text import plural, visible
from planhat_tui.model.views import View

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context

_KINDS = (Kind.COMPANY, Kind.CONTACT, Kind.CALL)


@verb(
    "export",
    words("query", "words and terms, as company find takes them", required=False),
    option("--to", "a file that ends with .csv, .json, .jsonl or .xlsx", "FILE"),
    option("--columns", "fields, such as name,renewalDate,custom.Plan; all: every one", "A,B"),
    option("--kind", "what is exported; else company", choices=tuple(map(str, _KINDS))),
    flag("--force", "replace the file if it's there"),
)
def export(
    ctx: Context,
    *,
    query: tuple[str, ...],
    to: str,
    columns: str,
    kind: str,
    force: bool,
) -> Done | Exported:
    """Export what a query finds to a file, or to stdout as -o says; asks Planhat for nothing.

    On the screen: what the list shows, with its columns and order. Tables have the names of owners,
    and no cell that a spreadsheet would take for a formula; JSON is as the API has it.
    """
    if ctx.wishes.fresh:
        raise InputError("An export asks Planhat for nothing.", "Run sync first.")
    shown = _shown(ctx, kind)
    if not to and ctx.door is Door.LINE:
        raise InputError("Where to?", ":export --to renewals.xlsx", field="to")
    reads = ctx.workspace().reads
    if reads.progress().seen_at is None:
        raise NotFoundError("Nothing is here yet.", "planhat-tui sync reads it from Planhat.")
    chosen = [one for one in columns.split(",") if one.strip()]
    if to:
        chosen = chosen or [*ctx.wishes.fields]
    own = [key for key, _, _ in reads.custom_keys(shown.kind)]
    paths = columns_of(shown.kind, chosen or of_records(shown.columns), own)
    text = query_of(query) or shown.view.query
    if shown.kind is not Kind.CALL:
        tell_unknown(ctx, text, shown.kind)
    records = reads.stream(
        shown.kind, text, sort=shown.view.sort, company_id=shown.company_id if not query else ""
    )
    users = names_of((user.id, user.name) for user in reads.users())
    picked = paths if chosen else ()
    note = lookup.age(ctx)
    if not to:
        return Exported(shown.kind, records, paths, picked, users, note)
    from planhat_tui.workspace.exporting import Table
    from planhat_tui.workspace.exporting import export as write
    from planhat_tui.workspace.wholefile import named

    path = named(to)
    table = Table(shown.kind, records, paths, picked, users)
    done = write(path, table, replace=force)
    noun = count_of(shown.kind, done.records)
    verb_ = "is" if done.records == 1 else "are"
    told = f"{noun} {verb_} in {visible(to)}: {note}."
    if shown.meant and not query:
        told += f"  What was typed isn't found: these are found by {shown.meant}."
    if done.cut:
        told += f"  {plural(done.cut, 'cell')} cut: XLSX holds 32,767 characters, CSV all."
    return Done(told, ({"file": str(path), "records": done.records},))


def _shown(ctx: Context, kind: str) -> Showing:
    """Return what is meant: what the list shows, or else all of a kind."""
    shown = ctx.showing
    if shown is not None and kind in {"", shown.kind}:
        return shown
    return Showing(Kind(kind) if kind else Kind.COMPANY, View())
