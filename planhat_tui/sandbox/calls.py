"""Calls, with a token and through the open endpoint: reference 2016, "Calls"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.sandbox import bodies, rules
from planhat_tui.sandbox.database import dump
from planhat_tui.sandbox.fields import CALL, STRING, TEXT, RefusalError, Schema, gives, only, takes
from planhat_tui.sandbox.matching import same_number
from planhat_tui.sandbox.operations import Operation
from planhat_tui.sandbox.resource import Kind, Resource

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from planhat_tui.sandbox.database import Record
    from planhat_tui.sandbox.service import Service
    from planhat_tui.sandbox.tenants import Tenant

_MATCHES: Final = ("companyId", "enduserId", "agentId", "agentName")
_FIRST: Final = frozenset({*CALL, *_MATCHES[:3]})
_TAKES: Final[Schema] = takes(CALL) | {"required": ["nr", "externalUserId"]}
_MADE: Final = {"_id": STRING, "createDate": STRING}
_OPEN: Final[Schema] = gives(CALL, **_MADE) | {"not": {"required": list(_MATCHES[:1])}}
_GIVES: Final[Schema] = gives(CALL, **_MADE, **dict.fromkeys(_MATCHES, TEXT.gives))
_CALL: Final = Kind(
    *("calls", "call", "a call", "Call not found"), _GIVES, takes(CALL), _TAKES, _FIRST
)


class Calls(Resource):
    """What the endpoints of calls do."""

    def __init__(self, service: Service) -> None:
        super().__init__(service, _CALL)

    def operations(self) -> list[Operation]:
        """Return its part of the table."""
        return [
            *super().operations(),
            Operation(
                *("POST", "/{tenant}/calls", self.create_open, "Log a call without a token"),
                _OPEN if self._service.modern else only(_OPEN, _FIRST),
                _TAKES,
                says=(404,),
                modern=False,
                is_open=True,
            ),
        ]

    async def create_open(self, request: Request, tenant: Tenant) -> Response:
        """``POST /<tenant>/calls``: no token, and nothing is told of what was matched."""
        if not request.scope["open"]:
            raise RefusalError(404, "Not Found")
        fields = await bodies.read_object(request, bodies.MOST_OPEN_BYTES)
        with self._database.writing():
            call = self.made(tenant, fields)
            self.save(tenant, call)
        return self.shown(dump(call).encode())

    def made(self, _tenant: Tenant, fields: Record) -> Record:
        """Make a call; whom it was with is seen when it's saved."""
        return rules.new_call(fields, self._service.new_id(), self._service.clock())

    def changed(self, _tenant: Tenant, record: Record, fields: Record) -> Record:
        """Change a call."""
        return rules.changed_call(record, fields, self._service.clock())

    def save(self, tenant: Tenant, record: Record) -> bytes:
        """Save a call; number and agent are matched again."""
        return super().save(tenant, self._with_owner(tenant, record))

    def _with_owner(self, tenant: Tenant, call: Record) -> Record:
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
