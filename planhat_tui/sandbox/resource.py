"""What the endpoints of all kinds of records do alike: one record read, made, changed, deleted.

A kind adds its own rules: what a POST makes, what a PUT changes, what is seen to before a save.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse

from planhat_tui.sandbox import bodies, bulk
from planhat_tui.sandbox.faults import failing_rows
from planhat_tui.sandbox.fields import only
from planhat_tui.sandbox.lists import Listing, cut
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
    its article, ``missing`` what a 404 says. ``needs`` is what a POST takes. ``first`` are the
    fields that it had in 2016; a kind without any came later.
    """

    path: str
    name: str
    noun: str
    missing: str
    gives: Schema
    takes: Schema
    needs: Schema
    first: frozenset[str] = frozenset()

    @property
    def modern(self) -> bool:
        """Whether the 2016 reference hasn't got it."""
        return not self.first

    def as_in_2016(self) -> Kind:
        """Describe it with the fields of 2016 alone."""
        gives, takes, needs = (only(of, self.first) for of in (self.gives, self.takes, self.needs))
        return replace(self, gives=gives, takes=takes, needs=needs)


class Resource:
    """The endpoints of one kind. What differs from kind to kind is overridden."""

    def __init__(self, service: Service, kind: Kind) -> None:
        self._service = service
        self._database = service.database
        self._kind = kind if service.modern else kind.as_in_2016()

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
        return self.shown(self._service.text(tenant, self._kind, request.path_params["id"]))

    async def create(self, request: Request, tenant: Tenant) -> Response:
        """``POST /<path>``."""
        fields = self.known(await bodies.read_object(request))
        with self._database.writing():
            return self.shown(self.save(tenant, self.made(tenant, fields)))

    async def update(self, request: Request, tenant: Tenant) -> Response:
        """``PUT /<path>/:id``: partial."""
        fields = self.known(await bodies.read_object(request))
        with self._database.writing():
            record = self._service.find(tenant, self._kind, request.path_params["id"])
            return self.shown(self.save(tenant, self.changed(tenant, record, fields)))

    async def delete(self, request: Request, tenant: Tenant) -> Response:
        """``DELETE /<path>/:id``."""
        return self._service.delete(tenant, self._kind, request.path_params["id"])

    async def upsert(self, request: Request, tenant: Tenant) -> Response:
        """``PUT /<path>`` with a list: row by row, and others get their turn meanwhile."""
        rows = bulk.checked(await bodies.read_json(request))
        told = bulk.Told(failing_rows(request.scope["failing"], len(rows)))
        for start in range(0, len(rows), _SLICE):
            with self._database.writing():
                for place in range(start, min(start + _SLICE, len(rows))):
                    told.take(place, rows[place], self, tenant)
            await asyncio.sleep(0)
        status, answer = told.answer()
        return JSONResponse(answer, status)

    def known(self, fields: Record) -> Record:
        """Return the fields that the edition knows; the others are dropped without a word."""
        if self._service.modern:
            return fields
        return {name: value for name, value in fields.items() if name in self._kind.first}

    def shown(self, text: bytes) -> Response:
        """Answer a record, or some joined by commas, as the edition has them."""
        return bodies.record(text if self._service.modern else cut(text, self._kind.first))

    def listing(self, tenant: Tenant) -> Listing:
        """Return the list of all records of the kind."""
        return Listing(self._database, tenant.id, self._kind.name)
