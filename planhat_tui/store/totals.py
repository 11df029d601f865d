"""What a list adds up to, for its footer, and of how many of its companies that isn't known yet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from planhat_tui.store.asking import Condition, all_of
from planhat_tui.store.finding import searching
from planhat_tui.store.leads import numbered
from planhat_tui.store.planning import limited, whole
from planhat_tui.store.rows import Totals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.model.query import Query
    from planhat_tui.store.asking import Asking


def totals(asking: Asking, query: Query, marked: Sequence[str]) -> Totals:
    """Sum what a query finds of the companies, and count which of the marked ones are among it."""
    search = searching(asking, query)
    these = Condition("id IN (SELECT value FROM json_each(?))", (json.dumps([*marked]),))
    if query.limit is not None:
        found = limited(search._replace(columns="row"), query, query.limit, 0)
        return _summed(asking, numbered([number for (number,) in found.rows]), these)
    return _summed(asking, whole(search)[0], these)


def _summed(asking: Asking, found: Condition, marked: Condition) -> Totals:
    rows = asking.connection.execute(
        f"SELECT total(arr), count(*) FROM company WHERE {found.sql}",  # noqa: S608 -- our names
        found.values,
    )
    summed, companies = rows.fetchone()
    lean = _count(asking, all_of([Condition("complete = 0"), found]))
    return Totals(summed, _count(asking, all_of([marked, found])), lean, companies)


def _count(asking: Asking, these: Condition) -> int:
    counted = asking.connection.execute(
        f"SELECT count(*) FROM company WHERE {these.sql}",  # noqa: S608 -- our names
        these.values,
    )
    return int(counted.fetchone()[0])
