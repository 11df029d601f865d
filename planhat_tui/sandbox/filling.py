"""A database filled with practice data once; what is there already stays as it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from planhat_tui.sandbox import practice
from planhat_tui.sandbox.demo import Maker

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from planhat_tui.sandbox import SandboxOptions
    from planhat_tui.sandbox.database import Database

Record = dict[str, Any]

_SEED_OF_CONTACTS: Final = ("_id", "name", "domains", "status")


def prepare(database: Database, options: SandboxOptions, now: float) -> None:
    """Make the tenants that the database doesn't have yet; the others get the token of today."""
    with database.writing() as connection:
        for number, tenant in enumerate(options.tenants):
            known = connection.execute(
                "UPDATE tenant SET token = ? WHERE id = ?", (tenant.token, tenant.tenant_id)
            )
            if known.rowcount:
                continue
            maker = Maker(tenant, f"{options.seed}:{number}", now)
            team = list(maker.team())
            connection.execute(
                "INSERT INTO tenant VALUES (?, ?, ?, ?)",
                (tenant.tenant_id, tenant.token, tenant.name, team[0]["_id"]),
            )
            database.put(tenant.tenant_id, "user", team)
            database.put(tenant.tenant_id, "customfield", maker.definitions())
            if options.empty:
                continue
            count = options.companies if number == 0 else max(1, options.companies // 4)
            _fill(connection, database, maker, count, team)


def _fill(
    connection: sqlite3.Connection,
    database: Database,
    maker: Maker,
    count: int,
    team: list[Record],
) -> None:
    """Make the records. What contacts need of companies waits on disk: memory doesn't grow."""
    tenant = maker.tenant.tenant_id
    connection.execute("CREATE TEMP TABLE made (number INTEGER PRIMARY KEY, seed TEXT)")

    def companies() -> Iterator[Record]:
        owners = [user["_id"] for user in team]
        for number, company in enumerate(maker.companies(count, owners, _taken(database, tenant))):
            seed = {name: company[name] for name in _SEED_OF_CONTACTS}
            connection.execute("INSERT INTO made VALUES (?, ?)", (number, json.dumps(seed)))
            yield company

    def made() -> Iterator[Record]:
        for (seed,) in connection.execute("SELECT seed FROM made ORDER BY number"):
            yield json.loads(seed)

    database.put_each(tenant, "company", companies())
    database.put(tenant, "contact", maker.contacts(made()))
    for kind, records in practice.stored(maker.seed, maker.now, made()):
        database.put_each(tenant, kind, iter([records]))
    connection.execute("DROP TABLE made")


def _taken(database: Database, tenant: str) -> Callable[[str], bool]:
    query = "SELECT 1 FROM record WHERE tenant = ? AND kind = 'company' AND slug = ?"
    return lambda slug: database.one(query, (tenant, slug)) is not None
