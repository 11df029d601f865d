"""``find``: everything at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands import lookup
from planhat_tui.commands.registry import verb, words
from planhat_tui.commands.results import Column, Listing
from planhat_tui.commands.typed import query_of
from planhat_tui.commands.unfound import tell_unknown, unfound
from planhat_tui.model.records import MANY, Contact, Kind, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planhat_tui.commands.context import Context
    from planhat_tui.model.values import Json
    from planhat_tui.workspace.queries import Found

COLUMNS = (Column("kind", "KIND"), Column("_id", "ID"), Column("name", "NAME"), Column("at", "AT"))
_LIMIT = 50


@verb("find", words("query", "words, and terms such as tag:vip"), key="find")
def find(ctx: Context, query: tuple[str, ...]) -> Listing:
    """Find companies, contacts, calls and tags.

    Up to 50 of each; of more it is said how many there are. Calls and tags are found by words
    alone, not by terms. A number finds who has it: planhat-tui find 46701234567
    """
    note = lookup.ready(ctx)
    wanted = query_of(query)
    tell_unknown(ctx, wanted)
    found = ctx.workspace().reads.find(wanted, _LIMIT)
    records = tuple(_told(ctx, found))
    told = [f"{', '.join(cut)} are shown." if (cut := [*_cut(found)]) else ""]
    told += ["" if found.by_words else "Calls and tags are found by words alone."]
    told += ["" if records else unfound(ctx, None, wanted)]
    return Listing(records, COLUMNS, "\n".join(filter(None, [*told, note])), by="kind")


def _cut(found: Found) -> Iterator[str]:
    """Give, of what more is found of than is shown, how much of how many: ``50 of 211 tags``."""
    for kind, rows in ((Kind.COMPANY, found.companies), (Kind.CONTACT, found.contacts)):
        if (shown := len(rows.rows)) < rows.total:
            yield f"{shown} of {rows.total:,}{'+' * rows.capped} {MANY[kind]}"
    for named, things in (("calls", found.calls), ("tags", found.tags)):
        if len(things) > _LIMIT:
            yield f"{_LIMIT} of {len(things):,} {named}"


def _told(ctx: Context, found: Found) -> Iterator[dict[str, Json]]:
    for company in found.companies.rows:
        raw = lookup.raw(ctx, Kind.COMPANY, company.id) or {}
        yield {"kind": "company", **raw, "at": company.domain or company.phase}
    for contact in found.contacts.rows:
        raw = lookup.raw(ctx, Kind.CONTACT, contact.id) or {}
        title = Contact.from_raw(raw).title
        yield {"kind": "contact", **raw, "name": title, "at": contact.company_name}
    for logged in found.calls[:_LIMIT]:
        call = logged.call
        yield {"kind": "call", **call.raw, "name": text_of(call.raw, "nr"), "at": call.start}
    for tag, uses in found.tags[:_LIMIT]:
        yield {
            "kind": "tag",
            "name": tag,
            "at": f"{uses} use{'' if uses == 1 else 's'}",
            "uses": uses,
        }
