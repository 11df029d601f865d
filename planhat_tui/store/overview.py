"""Counting all companies in a few ways: each bar counts what its query finds, by an index."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from planhat_tui.model import overview as glance
from planhat_tui.model import query as queries
from planhat_tui.model.overview import Bar, Group, Overview
from planhat_tui.model.query.writing import quoted
from planhat_tui.model.records import User
from planhat_tui.model.text import fold
from planhat_tui.store import facts, occurring
from planhat_tui.store.conditions import of_node
from planhat_tui.store.people import called

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from planhat_tui.store.asking import Asking

_WITHOUT: Final = {
    "phase": "SELECT count(*) FROM company WHERE phase_key = ''",
    "health": "SELECT count(*) FROM company WHERE health IS NULL",
    "renewal": "SELECT count(*) FROM company WHERE renewal IS NULL",
    "owner": "SELECT count(*) FROM company WHERE owner = '' AND co_owner = ''",
    "tag": "SELECT (SELECT count(*) FROM company) - (SELECT count(DISTINCT row) FROM company_tag)",
}
"""What ``-has:FIELD`` finds, counted without walking the table."""


def overview(asking: Asking) -> Overview:
    """Count the companies by phase, health, month of renewal, owner and tag, in this order.

    Phases, owners and tags are those that occur most, the most used first.
    """
    (companies,) = asking.connection.execute("SELECT count(*) FROM company").fetchone()
    lowest, highest = asking.connection.execute(
        "SELECT (SELECT min(health) FROM company), (SELECT max(health) FROM company)"
    ).fetchone()
    groups = (
        _group(asking, "phase", _named(asking, "phase"), by_use=True),
        _group(asking, "health", glance.scores(lowest, highest)),
        _group(asking, "renewal", glance.renewals(asking.today)),
        _group(asking, "owner", _owners(asking), by_use=True),
        _group(asking, "tag", _named(asking, "tag"), by_use=True),
    )
    return Overview(int(companies), groups)


def count(asking: Asking, text: str) -> int:
    """Return how many companies a query of conditions finds, however many they are."""
    query = queries.parse(text)
    found = facts.expression_of(asking, query.parts)
    if found is not None and found[0].exact and not found[1]:
        sql, values = (
            "SELECT count(*) FROM company_facts WHERE company_facts MATCH ?",
            (found[0].text,),
        )
        return int(asking.connection.execute(sql, values).fetchone()[0])
    where = [of_node(asking, part) for part in query.parts]
    condition = " AND ".join(f"({one.sql})" for one in where) or "1"
    sql = f"SELECT count(*) FROM company WHERE {condition}"  # noqa: S608 -- our names
    return int(
        asking.connection.execute(sql, [v for one in where for v in one.values]).fetchone()[0]
    )


def _group(asking: Asking, field: str, bars: Iterable[Bar], *, by_use: bool = False) -> Group:
    counted = [bar._replace(companies=count(asking, bar.query)) for bar in bars]
    if by_use:
        counted = sorted((bar for bar in counted if bar.companies), key=lambda b: -b.companies)
    (without,) = asking.connection.execute(_WITHOUT[field]).fetchone()
    none = [Bar("", f"-has:{field}", int(without))] if without else []
    return Group(field, (*counted, *none))


def _named(asking: Asking, field: str) -> Iterator[Bar]:
    for value, _ in occurring.values(asking, field, ""):
        yield Bar(value, f"{field}:{quoted(value)}")


def _owners(asking: Asking) -> Iterator[Bar]:
    """Return the team; who shares a name with another one is asked for by the id."""
    rows = asking.connection.execute("SELECT json FROM user").fetchall()
    for user in sorted((User.from_raw(json.loads(text)) for (text,) in rows), key=_by_name):
        alone = called(asking, fold(user.name)) == [user.id]
        yield Bar(user.name, f"owner:{quoted(user.name if alone else user.id)}")


def _by_name(user: User) -> str:
    return fold(user.name)
