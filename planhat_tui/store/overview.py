"""Counting all companies in a few ways: each bar counts what its query finds, by an index."""

from __future__ import annotations

import json
from collections import Counter
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


_DIFFERENT: Final = {
    "phase": "SELECT count(DISTINCT phase_key) FROM company WHERE phase_key <> ''",
    "tag": "SELECT count(DISTINCT key) FROM company_tag",
}
"""How many values there are of a field of which those that occur most are told."""

_MOST_OTHERS: Final = 50
"""Owners who aren't in the team that are told one by one."""


def overview(asking: Asking) -> Overview:
    """Count the companies by phase, health, month of renewal, owner and tag, in this order.

    Phases, owners and tags are those that occur most, the most used first; the others are counted.
    Who owns companies and isn't in the team, or in one that can't be read, is told by the id.
    """
    (companies,) = asking.connection.execute("SELECT count(*) FROM company").fetchone()
    lowest, highest = asking.connection.execute(
        "SELECT (SELECT min(health) FROM company), (SELECT max(health) FROM company)"
    ).fetchone()
    groups = (
        _by_use(asking, "phase"),
        _group(asking, "health", glance.scores(lowest, highest)),
        _group(asking, "renewal", glance.renewals(asking.today)),
        _of_owners(asking),
        _by_use(asking, "tag"),
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


def _group(
    asking: Asking, field: str, bars: Iterable[Bar], *, by_use: bool = False, more: int = 0
) -> Group:
    counted = [bar._replace(companies=count(asking, bar.query)) for bar in bars]
    if by_use:
        counted = sorted((bar for bar in counted if bar.companies), key=lambda b: -b.companies)
    (without,) = asking.connection.execute(_WITHOUT[field]).fetchone()
    none = [Bar("", f"-has:{field}", int(without))] if without else []
    return Group(field, (*counted, *none), more)


def _by_use(asking: Asking, field: str) -> Group:
    values = [value for value, _ in occurring.values(asking, field, "")]
    bars = [Bar(value, f"{field}:{quoted(value)}") for value in values]
    (different,) = asking.connection.execute(_DIFFERENT[field]).fetchone()
    return _group(asking, field, bars, by_use=True, more=int(different) - len(values))


def _of_owners(asking: Asking) -> Group:
    others = _others(asking)
    bars = (*_team(asking), *(Bar(one, f"owner:{quoted(one)}") for one in others[:_MOST_OTHERS]))
    more = max(0, len(others) - _MOST_OTHERS)
    return _group(asking, "owner", bars, by_use=True, more=more)


def _others(asking: Asking) -> list[str]:
    """Return the ids of owners who aren't in the team, the one of most companies first."""
    owned: Counter[str] = Counter()
    for column in ("owner", "co_owner"):
        owned.update(
            dict(
                asking.connection.execute(
                    f"SELECT {column}, count(*) FROM company WHERE {column} <> ''"  # noqa: S608 -- our names
                    f" AND {column} NOT IN (SELECT id FROM user) GROUP BY {column}"
                )
            )
        )
    return sorted(owned, key=lambda one: (-owned[one], one))


def _team(asking: Asking) -> Iterator[Bar]:
    """Return the team; who shares a name with another one is asked for by the id."""
    rows = asking.connection.execute("SELECT json FROM user").fetchall()
    for user in sorted((User.from_raw(json.loads(text)) for (text,) in rows), key=_by_name):
        alone = called(asking, fold(user.name)) == [user.id]
        yield Bar(user.name, f"owner:{quoted(user.name if alone else user.id)}")


def _by_name(user: User) -> str:
    return fold(user.name)
