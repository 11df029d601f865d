"""The team and the token's own user: reference 2016, "Team" and "Authentication"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.sandbox import bodies
from planhat_tui.sandbox.database import dump
from planhat_tui.sandbox.fields import BOOLEAN, TEXT, Fields, Schema, gives
from planhat_tui.sandbox.lists import WHOLE, Listing, page_of
from planhat_tui.sandbox.operations import PAGING, Operation, array

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from planhat_tui.sandbox.service import Service
    from planhat_tui.sandbox.tenants import Tenant

_KIND: Final = "user"
_MOST: Final = 10_000
_USER: Final[Fields] = {
    **dict.fromkeys(("email", "firstName", "lastName", "nickName", "externalId"), TEXT),
    **dict.fromkeys(("isHidden", "removed"), BOOLEAN),
}
_MADE: Final[Schema] = {"_id": {"type": "string"}, "roles": array({"type": "string"})}


class Team:
    """What the endpoints of the team do."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._database = service.database

    def operations(self) -> list[Operation]:
        """Return its part of the table."""
        paging = PAGING if self._service.modern else ()
        profile = gives(_USER, **_MADE, tenantId={"type": "string"})
        return [
            Operation(
                "GET",
                "/users",
                self.users,
                "List the team",
                array(gives(_USER, **_MADE)),
                query=("email", *paging),
                modern=False,
            ),
            Operation(
                "GET", "/myprofile", self.my_profile, "Tell who the token is", profile, modern=False
            ),
        ]

    async def users(self, request: Request, tenant: Tenant) -> Response:
        """``GET /users``: a page of the team (seed: all of it), or the one with an e-mail."""
        page = page_of(request.query_params, _MOST) if self._service.modern else WHOLE
        email = request.query_params.get("email", "").casefold()
        wanted = {"any_email": [email]} if email else {}
        listing = Listing(self._database, tenant.id, _KIND)
        return bodies.array(listing.page(page, **wanted))

    async def my_profile(self, _request: Request, tenant: Tenant) -> Response:
        """``GET /myprofile``: the user whom the token stands for, and the tenant."""
        user = self._database.get(tenant.id, _KIND, tenant.user_id) or {}
        told = user | {"tenantId": tenant.id, "tenantName": tenant.name}
        return bodies.record(dump(told).encode())
