"""Calls, with a token and through the open endpoint: reference 2016, "Calls"."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from planhat_tui.sandbox import bodies, rules
from planhat_tui.sandbox.database import dump
from planhat_tui.sandbox.fields import CALL, STRING, TEXT, RefusalError, Schema, gives, takes
from planhat_tui.sandbox.matching import same_number
from planhat_tui.sandbox.operations import DELETED_SCHEMA, Operation

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from planhat_tui.sandbox.database import Record
    from planhat_tui.sandbox.service import Service
    from planhat_tui.sandbox.tenants import Tenant

_KIND: Final = "call"
_MISSING: Final = "Call not found"
_MATCHES: Final = ("companyId", "enduserId", "agentId", "agentName")
_TAKES: Final[Schema] = takes(CALL) | {"required": ["nr", "externalUserId"]}
_MADE: Final = {"_id": STRING, "createDate": STRING}
_OPEN: Final[Schema] = gives(CALL, **_MADE) | {"not": {"required": list(_MATCHES[:1])}}
_GIVES: Final[Schema] = gives(CALL, **_MADE, **dict.fromkeys(_MATCHES, TEXT.gives))


class Calls:
    """What the endpoints of calls do."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._database = service.database

    def operations(self) -> list[Operation]:
        """Return its part of the table."""
        one, known = "/calls/{id}", takes(CALL)
        put = Operation(
            "PUT", one, self.update, "Change a call", _GIVES, known, says=(404,), modern=False
        )
        return [
            Operation("GET", one, self.get, "Read a call", _GIVES, says=(404,), modern=False),
            put,
            replace(put, method="PATCH", modern=True),
            Operation(
                "DELETE",
                one,
                self.delete,
                "Delete a call",
                DELETED_SCHEMA,
                says=(404,),
                modern=False,
            ),
            Operation("POST", "/calls", self.create, "Log a call", _GIVES, _TAKES, modern=False),
            Operation(
                "POST",
                "/{tenant}/calls",
                self.create_open,
                "Log a call without a token",
                _OPEN,
                _TAKES,
                says=(404,),
                modern=False,
                is_open=True,
            ),
        ]

    async def get(self, request: Request, tenant: Tenant) -> Response:
        """``GET /calls/:id``."""
        record_id = request.path_params["id"]
        return bodies.record(self._service.text(tenant, _KIND, record_id, _MISSING))

    async def create(self, request: Request, tenant: Tenant) -> Response:
        """``POST /calls``."""
        fields = await bodies.read_object(request)
        with self._database.writing():
            call = rules.new_call(fields, self._service.new_id(), self._service.clock())
            return bodies.record(self._save(tenant, call))

    async def create_open(self, request: Request, tenant: Tenant) -> Response:
        """``POST /<tenant>/calls``: no token, and nothing is told of what was matched."""
        if not request.scope["open"]:
            raise RefusalError(404, "Not Found")
        fields = await bodies.read_object(request, bodies.MOST_OPEN_BYTES)
        with self._database.writing():
            call = rules.new_call(fields, self._service.new_id(), self._service.clock())
            self._save(tenant, call)
        return bodies.record(dump(call).encode())

    async def update(self, request: Request, tenant: Tenant) -> Response:
        """``PUT /calls/:id``: partial; number and agent are matched again."""
        fields = await bodies.read_object(request)
        with self._database.writing():
            call = self._service.find(tenant, _KIND, request.path_params["id"], _MISSING)
            changed = rules.changed_call(call, fields, self._service.clock())
            return bodies.record(self._save(tenant, changed))

    async def delete(self, request: Request, tenant: Tenant) -> Response:
        """``DELETE /calls/:id``."""
        return self._service.delete(tenant, _KIND, request.path_params["id"], _MISSING)

    def _save(self, tenant: Tenant, call: Record) -> bytes:
        return self._database.put_one(tenant.id, _KIND, self._matched(tenant, call))

    def _matched(self, tenant: Tenant, call: Record) -> Record:
        """Match the number to a contact and company, and the agent to a user."""
        matched = {k: v for k, v in call.items() if k not in _MATCHES}
        owners = self._database.with_phone(tenant.id, call["nr"])
        owner = next((o for o in owners if same_number(o["phone"], call["nr"])), None)
        if owner is not None:
            is_contact = "companyId" in owner
            matched["companyId"] = owner["companyId"] if is_contact else owner["_id"]
            matched["enduserId"] = owner["_id"] if is_contact else None
        agent = self._database.get(tenant.id, "user", call["externalUserId"], "external_id")
        if agent is not None:
            matched["agentId"] = agent["_id"]
            matched["agentName"] = f"{agent['firstName']} {agent['lastName']}"
        return matched
