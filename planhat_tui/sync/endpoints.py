"""Which endpoint serves which kind of record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.limits import Lane
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.model.ports import Planhat
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json


async def fetch(api: Planhat, kind: Kind, record_id: str, lane: Lane) -> Received:
    """Read one record."""
    methods = {Kind.COMPANY: api.company, Kind.CONTACT: api.contact, Kind.CALL: api.call}
    return await methods[kind](record_id, lane=lane)


async def create(
    api: Planhat, kind: Kind, body: Mapping[str, Json], open_tenant: str = ""
) -> Received:
    """Make a record; a call through the open endpoint if a tenant is given."""
    if kind is Kind.CALL and open_tenant:
        return await api.create_open_call(open_tenant, body, lane=Lane.OUTBOX)
    methods = {
        Kind.COMPANY: api.create_company,
        Kind.CONTACT: api.create_contact,
        Kind.CALL: api.create_call,
    }
    return await methods[kind](body, lane=Lane.OUTBOX)


async def update(api: Planhat, kind: Kind, record_id: str, body: Mapping[str, Json]) -> Received:
    """Change a record."""
    methods = {
        Kind.COMPANY: api.update_company,
        Kind.CONTACT: api.update_contact,
        Kind.CALL: api.update_call,
    }
    return await methods[kind](record_id, body, lane=Lane.OUTBOX)


async def delete(api: Planhat, kind: Kind, record_id: str) -> None:
    """Delete a record."""
    methods = {
        Kind.COMPANY: api.delete_company,
        Kind.CONTACT: api.delete_contact,
        Kind.CALL: api.delete_call,
    }
    await methods[kind](record_id, lane=Lane.OUTBOX)
