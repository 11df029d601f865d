"""``find``: everything at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands import lookup
from planhat_tui.commands.registry import verb, words
from planhat_tui.commands.results import Column, Listing
from planhat_tui.commands.typed import query_of
from planhat_tui.commands.unfound import unfound
from planhat_tui.model.records import Contact, Kind, text_of

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

    Up to 50 of each. A number finds who has it: planhat-tui find 46701234567
    """
    note = lookup.ready(ctx)
    wanted = query_of(query)
    records = tuple(_told(ctx, ctx.workspace().reads.find(wanted, _LIMIT)))
    if not records:
        note = f"{unfound(ctx, None, wanted)}\n{note}"
    return Listing(records, COLUMNS, note)


def _told(ctx: Context, found: Found) -> Iterator[dict[str, Json]]:
    for company in found.companies.rows:
        raw = lookup.raw(ctx, Kind.COMPANY, company.id) or {}
        yield {"kind": "company", **raw, "at": company.domain or company.phase}
    for contact in found.contacts.rows:
        raw = lookup.raw(ctx, Kind.CONTACT, contact.id) or {}
        title = Contact.from_raw(raw).title
        yield {"kind": "contact", **raw, "name": title, "at": contact.company_name}
    for logged in found.calls:
        call = logged.call
        yield {"kind": "call", **call.raw, "name": text_of(call.raw, "nr"), "at": call.start}
    for tag, uses in found.tags:
        yield {
            "kind": "tag",
            "name": tag,
            "at": f"{uses} use{'' if uses == 1 else 's'}",
            "uses": uses,
        }
