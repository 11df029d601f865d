"""Edits that name a record by the id from here of one that isn't to be made any more.

It has another id by now, and they are led to that; or it was dropped, and they are refused: nothing
that they wait for would ever come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.outbox import Action, State, companies_of, renamed
from planhat_tui.model.records import NEW_ID_PREFIX, Kind
from planhat_tui.store import aliases

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from planhat_tui.model.outbox import E, Entry

COMPANY_DISCARDED: Final = "Its company was to be made here and has been discarded."
DISCARDED: Final = "It was to be made here and has been discarded."


class Stray(NamedTuple):
    """An entry, as it is called now; ``why`` it's refused, empty if it isn't."""

    entry: Entry
    why: str


def called_now(connection: sqlite3.Connection, entry: E) -> E:
    """Return an entry that names what was to be made here by the ids that it has by now."""
    named = {(Kind.COMPANY, company) for company in companies_of(entry)}
    if entry.action is not Action.CREATE:
        named.add((entry.kind, entry.record_id))
    names = {
        one: aliases.now_of(connection, kind, one)
        for kind, one in named
        if one.startswith(NEW_ID_PREFIX)
    }
    return renamed(entry, names) if names else entry


def strays(connection: sqlite3.Connection, entries: Iterable[Entry]) -> list[Stray]:
    """Return which wait for what isn't to be made any more, of all that name an id from here."""
    entries = list(entries)
    to_come = {
        (entry.kind, entry.record_id)
        for entry in entries
        if entry.action is Action.CREATE and not entry.let_go
    }
    found: list[Stray] = []
    for entry in entries:
        if entry.state is not State.QUEUED or _waits_for(entry) <= to_come:
            continue
        led = called_now(connection, entry)
        never = _waits_for(led) - to_come
        own = (led.kind, led.record_id) in never
        found.append(Stray(led, (DISCARDED if own else COMPANY_DISCARDED) if never else ""))
    return found


def _waits_for(entry: Entry) -> set[tuple[Kind, str]]:
    """Return the records that are to be made here, and that an entry waits for."""
    companies = [(entry.body or {}).get("companyId")]
    companies += [change.after for change in entry.changes if change.field == "companyId"]
    named = {(Kind.COMPANY, one) for one in companies if isinstance(one, str)}
    if entry.action is not Action.CREATE:
        named.add((entry.kind, entry.record_id))
    return {(kind, one) for kind, one in named if one.startswith(NEW_ID_PREFIX)}
