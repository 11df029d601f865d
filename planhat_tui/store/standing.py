"""Where a record stands in a list: how many come before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planhat_tui.store import ordering
from planhat_tui.store.asking import ALWAYS, Condition, all_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planhat_tui.model.query import Sort
    from planhat_tui.store.asking import Asking
    from planhat_tui.store.ordering import Key


def place(
    asking: Asking, sort: Sequence[Sort], record_id: str, among: Condition = ALWAYS
) -> int | None:
    """Return how many of the records that meet a condition stand before one; ``None``: it's gone.

    The record itself needn't meet it.
    """
    keys = ordering.keys(asking, sort)
    read = ", ".join(key.value for key in keys)
    here = asking.connection.execute(
        f"SELECT {read}, row FROM {asking.kind} WHERE id = ?",  # noqa: S608 -- our names
        (*(value for key in keys for value in key.values), record_id),
    ).fetchone()
    if here is None:
        return None
    return sum(_count(asking, all_of([among, one])) for one in _before(keys, here))


def _before(keys: Sequence[Key], here: Sequence[Any]) -> Iterator[Condition]:
    """Give what stands before a row, parted by what differs first: so an index serves each."""
    same: list[Condition] = []
    for key, value in zip(keys, here, strict=False):
        yield all_of([*same, _smaller(key, value)])
        equal = "=" if key.always else "IS"
        same.append(Condition(f"{key.value} {equal} ?", (*key.values, value)))
    yield all_of([*same, Condition("row < ?", (here[-1],))])


def _smaller(key: Key, value: Any) -> Condition:  # noqa: ANN401 -- a column of any type
    """Demand what comes before a value; what has none comes last."""
    if value is None:
        return Condition(f"{key.value} IS NOT NULL", key.values)
    sign = ">" if key.descending else "<"
    return Condition(f"{key.value} {sign} ?", (*key.values, value))


def _count(asking: Asking, these: Condition) -> int:
    counted = asking.connection.execute(
        f"SELECT count(*) FROM {asking.kind} WHERE {these.sql}",  # noqa: S608 -- our names
        these.values,
    )
    return int(counted.fetchone()[0])
