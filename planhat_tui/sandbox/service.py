"""What all resources share: records found by any of their ids, kept unique, and deleted."""

from __future__ import annotations

import json
import re
import secrets
from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse, Response

from planhat_tui.sandbox.fields import TEXT, RefusalError
from planhat_tui.sandbox.operations import DELETED

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.sandbox.database import Database, Record
    from planhat_tui.sandbox.resource import Kind
    from planhat_tui.sandbox.tenants import Tenant

_ID: Final = re.compile(r"[0-9a-f]{24}")
_OTHER_IDS: Final = {"extid-": "external_id", "srcid-": "source_id"}
_KEYS: Final = {"_id": "id", "sourceId": "source_id", "externalId": "external_id"}


class Service:
    """Records by the rules of an edition. ``clock`` gives seconds since the epoch."""

    def __init__(self, database: Database, clock: Callable[[], float], *, modern: bool) -> None:
        self.database = database
        self.clock = clock
        self.modern = modern

    def new_id(self) -> str:
        """Make an id: 24 hex digits, the moment first."""
        return f"{int(self.clock()) & 0xFFFFFFFF:08x}{secrets.token_hex(8)}"

    def text(self, tenant: Tenant, kind: Kind, record_id: str) -> bytes:
        """Return a record as it is stored, or refuse."""
        key = self._key(record_id)
        text = self.database.text(tenant.id, kind.name, *key) if key else None
        if text is None:
            raise RefusalError(404, kind.missing)
        return text

    def find(self, tenant: Tenant, kind: Kind, record_id: str) -> Record:
        """Return a record, or refuse."""
        found: Record = json.loads(self.text(tenant, kind, record_id))
        return found

    def company(self, tenant: Tenant, company_id: str) -> Record | None:
        """Return the company that an id of any form means."""
        key = self._key(company_id)
        return self.database.get(tenant.id, "company", *key) if key else None

    def match(
        self, tenant: Tenant, kind: str, row: Record, company_id: str | None = None
    ) -> Record | None:
        """Return the record that a row of a bulk upsert means, by the first key that finds one.

        Where a company is given, an ``externalId`` is looked for there only.
        """
        for name, column in _KEYS.items():
            value = TEXT.check(name, row.get(name))
            if not value:
                continue
            found = self.database.one(
                "SELECT json FROM record"  # noqa: S608 -- our names
                f" WHERE tenant = ? AND kind = ? AND {column} = ?"
                " AND (? OR company_id = ?) ORDER BY id LIMIT 1",
                (tenant.id, kind, value, name != "externalId" or not company_id, company_id),
            )
            if found:
                return dict(json.loads(found[0]))
        return None

    def company_ids(self, tenant: Tenant, text: str) -> list[str]:
        """Split ``a,b``; ids of other systems become ours, unknown ones stay as they are."""
        ids = [part.strip() for part in text.split(",") if part.strip()]
        return [self._own_id(tenant, one) if one[:6] in _OTHER_IDS else one for one in ids]

    def delete(self, tenant: Tenant, kind: Kind, record_id: str) -> Response:
        """Delete a record by its own id."""
        known = _ID.fullmatch(record_id)
        if not known or not self.database.delete(tenant.id, kind.name, record_id):
            raise RefusalError(404, kind.missing)
        return JSONResponse(DELETED)

    def see_that_unique(self, tenant: Tenant, kind: str, record: Record) -> None:
        """Refuse an ``externalId`` that another record has; contacts: within the company."""
        value = record.get("externalId")
        if not value:
            return
        within = kind == "contact"
        row = self.database.one(
            "SELECT 1 FROM record WHERE tenant = ? AND kind = ? AND external_id = ? AND id <> ?"
            " AND (NOT ? OR company_id IS ?) LIMIT 1",
            (tenant.id, kind, value, record["_id"], within, record.get("companyId")),
        )
        if row:
            raise RefusalError(400, f"Failed to save {kind}: externalId {value} is taken")

    def _key(self, record_id: str) -> tuple[str, str] | None:
        """Return value and column of an id; ``None`` if it can't be one."""
        column = _OTHER_IDS.get(record_id[:6]) if self.modern else None
        if column:
            return (record_id[6:], column) if record_id[6:] else None
        return (record_id, "id") if _ID.fullmatch(record_id) else None

    def _own_id(self, tenant: Tenant, company_id: str) -> str:
        company = self.company(tenant, company_id)
        return company["_id"] if company else company_id
