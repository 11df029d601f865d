"""Who may come in: tenants, their tokens, and the three forms in which a token is sent.

Reference 2016, "Authentication": ``Bearer TOKEN``, or ``Basic base64(TOKEN:)``; its curl example
sends ``base64(TOKEN)`` without the colon, which is taken as well.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planhat_tui.sandbox.database import Database


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant, and the user whom its token stands for."""

    id: str
    token: str
    name: str
    user_id: str


class Tenants:
    """Those of a database's tenants that are served today."""

    def __init__(self, database: Database, ids: Iterable[str]) -> None:
        query = "SELECT id, token, name, user_id FROM tenant WHERE id = ?"
        self._tenants = tuple(
            Tenant(*row) for tenant_id in ids for row in database.all(query, (tenant_id,))
        )

    def with_id(self, tenant_id: str) -> Tenant | None:
        """Return a tenant by its id, an opaque piece of a path."""
        return next((tenant for tenant in self._tenants if tenant.id == tenant_id), None)

    def let_in(self, authorization: str) -> Tenant | None:
        """Return the tenant that an ``Authorization`` header opens, ``None`` if it opens none."""
        token = _token(authorization)
        for tenant in self._tenants:
            if hmac.compare_digest(tenant.token.encode(), token.encode("utf-8", "replace")):
                return tenant
        return None


def _token(authorization: str) -> str:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.casefold() == "bearer":
        return credentials.strip()
    if scheme.casefold() == "basic":
        try:
            decoded = base64.b64decode(credentials.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return ""
        return decoded.partition(":")[0]
    return ""
