"""Which endpoint serves which kind of record. ``before`` is called before a write's first byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.limits import Lane
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from planhat_tui.model.bulk import BulkAnswer
    from planhat_tui.model.ports import Before, Planhat
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json


async def fetch(api: Planhat, kind: Kind, record_id: str, lane: Lane) -> Received:
    """Read one record."""
    methods: Mapping[Kind, Callable[..., Awaitable[Received]]] = {
        Kind.COMPANY: api.company,
        Kind.CONTACT: api.contact,
        Kind.CALL: api.call,
    }
    return await methods[kind](record_id, lane=lane)


async def create(
    api: Planhat, kind: Kind, body: Mapping[str, Json], before: Before, open_tenant: str = ""
) -> Received:
    """Make a record; a call through the open endpoint if a tenant is given."""
    if kind is Kind.CALL and open_tenant:
        return await api.create_open_call(open_tenant, body, lane=Lane.OUTBOX, before=before)
    methods = {
        Kind.COMPANY: api.create_company,
        Kind.CONTACT: api.create_contact,
        Kind.CALL: api.create_call,
    }
    return await methods[kind](body, lane=Lane.OUTBOX, before=before)


async def update(
    api: Planhat,
    kind: Kind,
    record_id: str,
    body: Mapping[str, Json],
    *,
    lane: Lane,
    before: Before,
) -> Received:
    """Change a record."""
    methods = {
        Kind.COMPANY: api.update_company,
        Kind.CONTACT: api.update_contact,
        Kind.CALL: api.update_call,
    }
    return await methods[kind](record_id, body, lane=lane, before=before)


async def upsert(
    api: Planhat, kind: Kind, rows: Sequence[Mapping[str, Json]], *, lane: Lane, before: Before
) -> BulkAnswer:
    """Make or change records, each by a key that it has (modern edition only)."""
    methods = {Kind.COMPANY: api.upsert_companies, Kind.CONTACT: api.upsert_contacts}
    return await methods[kind](rows, lane=lane, before=before)


async def delete(api: Planhat, kind: Kind, record_id: str, *, lane: Lane, before: Before) -> None:
    """Delete a record."""
    methods = {
        Kind.COMPANY: api.delete_company,
        Kind.CONTACT: api.delete_contact,
        Kind.CALL: api.delete_call,
    }
    await methods[kind](record_id, lane=lane, before=before)
