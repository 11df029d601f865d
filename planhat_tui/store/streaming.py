"""Everything that a query finds, in the order of its list, read a slice at a time.

Row numbers come from one statement that stays open, so that all records are those of one moment;
the records themselves are read in slices, so that memory doesn't grow with the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.store import planning
from planhat_tui.store.asking import Condition, all_of
from planhat_tui.store.finding import searching
from planhat_tui.store.leads import numbered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planhat_tui.model.query import Query
    from planhat_tui.store.asking import Asking
    from planhat_tui.store.finding import Search

SLICE: Final = 500
"""Records that are read at once."""

_AT_A_COMPANY: Final = Condition("featured DESC, name_key, row")
"""The order in which a company's contacts stand."""


def texts(asking: Asking, query: Query, company_id: str = "") -> Iterator[str]:
    """Give the JSON of each record as it is shown; of one company's contacts, if it's given."""
    search = searching(asking, query)
    where, walked = _wanted(search, company_id)
    plain = bool(company_id) and query.where is None and not query.sort
    order = _AT_A_COMPANY if plain else search.order
    by = f"INDEXED BY {walked}" if walked else ""
    cursor = asking.connection.execute(
        f"SELECT row FROM {asking.kind} {by} WHERE {where.sql} ORDER BY {order.sql} LIMIT ?",  # noqa: S608 -- our names
        (*where.values, *order.values, -1 if query.limit is None else query.limit),
    )
    while numbers := [number for (number,) in cursor.fetchmany(SLICE)]:
        yield from _bodies(asking, numbers)


def _wanted(search: Search, company_id: str) -> tuple[Condition, str]:
    """Return what rows must meet, and the index to walk along; empty where few are looked up."""
    if company_id:
        return all_of([Condition("company_id = ?", (company_id,)), search.checked]), ""
    return planning.whole(search)


def _bodies(asking: Asking, numbers: list[int]) -> Iterator[str]:
    these = numbered(numbers)
    rows = asking.connection.execute(
        f"SELECT row, coalesce(shown, json) FROM {asking.kind}"  # noqa: S608 -- our names
        f" JOIN {asking.kind}_body USING (id) WHERE {these.sql}",
        these.values,
    )
    found = dict(rows.fetchall())
    return (found[number] for number in numbers if found.get(number))
