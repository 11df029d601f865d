"""Where a record stands in a list: how many come before it, and which one stands beside it."""

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
    here = _here(asking, keys, record_id)
    if here is None:
        return None
    return sum(_count(asking, all_of([among, one])) for one in _before(keys, here))


def beside(
    asking: Asking, sort: Sequence[Sort], record_id: str, among: Condition, *, back: bool
) -> str:
    """Return the id of the next record that meets a condition; with ``back`` of the one before.

    Behind the last stands the first, which is the next of a record that is gone, too. Empty if none
    meets it.
    """
    keys = ordering.keys(asking, sort)
    here = _here(asking, keys, record_id)
    ways: list[Condition] = []
    order = ", ".join([*(key.sql for key in keys), "row"])
    if here is not None and back:
        ways = [*_before(keys, here)]
        order = ", ".join([*(key.turned.sql for key in keys), "row DESC"])
    elif here is not None:
        ways = [*_behind(keys, here)]
    ordered = [value for key in keys for value in key.values]
    for part in (*reversed(ways), ALWAYS):  # what differs last stands nearest
        wanted = all_of([part, among])
        found = asking.connection.execute(
            f"SELECT id FROM {asking.kind} WHERE {wanted.sql} ORDER BY {order} LIMIT 1",  # noqa: S608 -- our names
            (*wanted.values, *ordered),
        ).fetchone()
        if found is not None:
            return str(found[0])
    return ""


def _here(asking: Asking, keys: Sequence[Key], record_id: str) -> Sequence[Any] | None:
    """Return what a record is compared by, its row number last."""
    read = ", ".join(key.value for key in keys)
    here: Sequence[Any] | None = asking.connection.execute(
        f"SELECT {read}, row FROM {asking.kind} WHERE id = ?",  # noqa: S608 -- our names
        (*(value for key in keys for value in key.values), record_id),
    ).fetchone()
    return here


def _before(keys: Sequence[Key], here: Sequence[Any]) -> Iterator[Condition]:
    """Give what stands before a row, parted by what differs first: so an index serves each."""
    same: list[Condition] = []
    for key, value in zip(keys, here, strict=False):
        yield all_of([*same, _smaller(key, value)])
        same.append(_same(key, value))
    yield all_of([*same, Condition("row < ?", (here[-1],))])


def _behind(keys: Sequence[Key], here: Sequence[Any]) -> Iterator[Condition]:
    """Give what stands behind a row, parted likewise."""
    same: list[Condition] = []
    for key, value in zip(keys, here, strict=False):
        if value is not None:
            if not key.always:
                yield all_of([*same, Condition(f"{key.value} IS NULL", key.values)])
            sign = "<" if key.descending else ">"
            yield all_of([*same, Condition(f"{key.value} {sign} ?", (*key.values, value))])
        same.append(_same(key, value))
    yield all_of([*same, Condition("row > ?", (here[-1],))])


def _same(key: Key, value: Any) -> Condition:  # noqa: ANN401 -- a column of any type
    return Condition(f"{key.value} {'=' if key.always else 'IS'} ?", (*key.values, value))


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
