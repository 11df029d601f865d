"""What the endpoints of all kinds of records do alike: one record read, made, changed, deleted.

A kind adds its own rules: what a POST makes, what a PUT changes, what is seen to before a save.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse

from planhat_tui.sandbox import bodies, bulk
from planhat_tui.sandbox.lists import Listing
from planhat_tui.sandbox.operations import DELETED_SCHEMA, Operation, array

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from planhat_tui.sandbox.database import Record
    from planhat_tui.sandbox.fields import Schema
    from planhat_tui.sandbox.service import Service
    from planhat_tui.sandbox.tenants import Tenant

_SLICE: Final = 200
"""Rows of a bulk upsert after which others get their turn."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of record is called, and what it looks like.

    ``path`` is its first segment, ``name`` its name in the database, ``noun`` a person's word with
    its article, ``missing`` what a 404 says. ``needs`` is what a POST takes. ``modern`` is false of
    what the 2016 reference has.
    """

    path: str
    name: str
    noun: str
    missing: str
    gives: Schema
    takes: Schema
    needs: Schema
    modern: bool = True


class Resource:
    """The endpoints of one kind. What differs from kind to kind is overridden."""

    def __init__(self, service: Service, kind: Kind) -> None:
        self._service = service
        self._database = service.database
        self._kind = kind

    def made(self, tenant: Tenant, fields: Record) -> Record:
        """Return what a POST makes, or raise :class:`RefusalError`."""
        raise NotImplementedError

    def changed(self, tenant: Tenant, record: Record, fields: Record) -> Record:
        """Return what a PUT makes of a record, or raise :class:`RefusalError`."""
        raise NotImplementedError

    def matched(self, tenant: Tenant, row: Record) -> Record | None:
        """Return the record that a row of a bulk upsert means."""
        return self._service.match(tenant, self._kind.name, row)

    def save(self, tenant: Tenant, record: Record) -> bytes:
        """Save a record; return it as it's stored."""
        return self._database.put_one(tenant.id, self._kind.name, record)

    def operations(self) -> list[Operation]:
        """Return the part of the table that all kinds have: one record."""
        kind, one = self._kind, f"/{self._kind.path}/{{id}}"
        get = Operation(
            *("GET", one, self.get, f"Read {kind.noun}", kind.gives),
            says=(404,),
            modern=kind.modern,
        )
        put = replace(
            get, method="PUT", handle=self.update, does=f"Change {kind.noun}", takes=kind.takes
        )
        return [
            get,
            put,
            replace(put, method="PATCH", modern=True),
            replace(
                get,
                method="DELETE",
                handle=self.delete,
                does=f"Delete {kind.noun}",
                gives=DELETED_SCHEMA,
            ),
            Operation(
                *("POST", f"/{kind.path}", self.create, f"Make {kind.noun}"),
                kind.gives,
                kind.needs,
                modern=kind.modern,
            ),
        ]

    def bulk_operation(self) -> Operation:
        """Return the part of the table of kinds that are upserted by many."""
        path, takes = f"/{self._kind.path}", array(self._kind.takes)
        does = f"Make or change up to {bulk.MOST_ROWS:,} of {self._kind.path}"
        return Operation("PUT", path, self.upsert, does, bulk.SCHEMA, takes, says=(206,))

    async def get(self, request: Request, tenant: Tenant) -> Response:
        """``GET /<path>/:id``."""
        return bodies.record(self._service.text(tenant, self._kind, request.path_params["id"]))

    async def create(self, request: Request, tenant: Tenant) -> Response:
        """``POST /<path>``."""
        fields = await bodies.read_object(request)
        with self._database.writing():
            return bodies.record(self.save(tenant, self.made(tenant, fields)))

    async def update(self, request: Request, tenant: Tenant) -> Response:
        """``PUT /<path>/:id``: partial."""
        fields = await bodies.read_object(request)
        with self._database.writing():
            record = self._service.find(tenant, self._kind, request.path_params["id"])
            return bodies.record(self.save(tenant, self.changed(tenant, record, fields)))

    async def delete(self, request: Request, tenant: Tenant) -> Response:
        """``DELETE /<path>/:id``."""
        return self._service.delete(tenant, self._kind, request.path_params["id"])

    async def upsert(self, request: Request, tenant: Tenant) -> Response:
        """``PUT /<path>`` with a list: row by row, and others get their turn meanwhile."""
        rows = bulk.checked(await bodies.read_json(request))
        told = bulk.Told(request.scope["failing"])
        for start in range(0, len(rows), _SLICE):
            with self._database.writing():
                for place in range(start, min(start + _SLICE, len(rows))):
                    told.take(place, rows[place], self, tenant)
            await asyncio.sleep(0)
        status, answer = told.answer()
        return JSONResponse(answer, status)

    def listing(self, tenant: Tenant) -> Listing:
        """Return the list of all records of the kind."""
        return Listing(self._database, tenant.id, self._kind.name)
