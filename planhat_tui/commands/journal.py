"""``journal``: what was changed from here: who, what, when, from which value to which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands.entries import WORDS, in_words, told, what, when
from planhat_tui.commands.numbers import number
from planhat_tui.commands.registry import option, verb, word
from planhat_tui.commands.results import Column, Listing, Single
from planhat_tui.model.custom import format as shown
from planhat_tui.model.outbox import Action

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json

FOR_PEOPLE = (
    Column("n", "N", right=True),
    Column("createdAt", "WHEN"),
    Column("who", "WHO"),
    Column("title", "RECORD"),
    Column("what", "FIELDS"),
    Column("from", "FROM"),
    Column("to", "TO"),
    Column("state", "STATE"),
)
COLUMNS = (
    *FOR_PEOPLE,
    Column("kind", "KIND"),
    Column("action", "ACTION"),
    Column("id", "ID"),
    Column("reason", "REASON", prose=True),
    Column("takenBack", "TAKEN BACK"),
)
ALL = 10**9


@verb(
    "journal list",
    option("--limit", "how many, the newest first; 0 for all", "N", default="100"),
    option("--record", "only of the record with this id", "ID"),
    key="journal",
    aliases=("find",),
)
def list_(ctx: Context, limit: str, record: str) -> Listing:
    """List what was changed from here, newest first, delivered or not.

    ``-o csv``, ``--json`` and ``--jsonl`` export it, whole with ``--limit 0``.
    """
    wanted = number(limit) or ALL
    entries = ctx.workspace().reads.journal(wanted, record)
    note = "" if entries else "Nothing was changed from here yet."
    if len(entries) == wanted:
        note = f"The newest {wanted}.  --limit 0 lists all"
    rows = tuple(_row(entry) for entry in entries)
    people = tuple(
        {**row, "createdAt": when(entry.created_at, ctx.now()), "state": entry.stands}
        for row, entry in zip(rows, entries, strict=True)
    )
    return Listing(rows, COLUMNS, note, table=Listing(people, FOR_PEOPLE))


@verb("journal show", word("n", "the edit's number"), aliases=("get",))
def show(ctx: Context, n: str) -> Single:
    """Show one edit with its values; ``undo N`` takes it back."""
    entry = ctx.workspace().reads.entry(number(n))
    row = _row(entry)
    people = Single(in_words(entry, row, ctx.now()), labels=WORDS, brief=True)
    return Single(row, table=people)


def _row(entry: Entry) -> dict[str, Json]:
    before, after = _sides(entry)
    return {**told(entry), "from": before, "to": after}


def _sides(entry: Entry) -> tuple[str, str]:
    """Return the values before and after; of what was made or deleted, its name on one side."""
    match entry.action:
        case Action.UPDATE:
            before = "; ".join(shown(change.before) or "-" for change in entry.changes)
            return before, "; ".join(shown(change.after) or "-" for change in entry.changes)
        case Action.CREATE:
            return "", what(entry)
        case Action.DELETE:
            return entry.title, ""
