"""The order of a list: what was asked for, or how well the words fit the name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from planhat_tui.model.query import Sort, located
from planhat_tui.model.records import Kind
from planhat_tui.model.text import fold
from planhat_tui.store import people
from planhat_tui.store.asking import Condition
from planhat_tui.store.conditions import COLUMNS, reads_as

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planhat_tui.store.asking import Asking
    from planhat_tui.store.indexing import Typed

_WALKED: Final = {
    ("name", False): "company_name",
    ("arr", True): "company_arr",
    ("arr", False): "company_arr_up",
    ("health", True): "company_health",
    ("health", False): "company_health_up",
    ("mrr", False): "company_mrr",
    ("mrr", True): "company_mrr",
    ("renewal", False): "company_renewal",
    ("renewal", True): "company_renewal",
    ("created", False): "company_created",
    ("created", True): "company_created",
    ("updated", False): "company_updated",
    ("updated", True): "company_updated",
    ("lastactive", False): "company_last_active",
    ("lastactive", True): "company_last_active",
}
"""The index that gives companies in that order, the first field of it at least."""

_TEXTS: Final = frozenset(
    "phase status domain web phone city country slug external title email".split()
)
_PEOPLE: Final = frozenset({"owner", "coowner"})


class Key(NamedTuple):
    """Something that rows are compared by. ``always``: each row has it.

    ``backwards``: the list is read from its end.
    """

    value: str
    values: tuple[Any, ...]
    descending: bool
    always: bool = False
    backwards: bool = False

    @property
    def sql(self) -> str:
        """What to order by."""
        last = "" if self.always else f" NULLS {'FIRST' if self.backwards else 'LAST'}"
        return f"{self.value} {'DESC' if self.descending is not self.backwards else 'ASC'}{last}"

    @property
    def turned(self) -> Key:
        """The same read from its end."""
        return self._replace(backwards=not self.backwards)


def by(asking: Asking, sort: Sequence[Sort]) -> Condition:
    """Return what to order by: empty values last; equal ones by place, larger ``arr`` first."""
    by_keys = keys(asking, sort)
    sql = ", ".join([*(key.sql for key in by_keys), "row"])
    return Condition(sql, tuple(value for key in by_keys for value in key.values))


def keys(asking: Asking, sort: Sequence[Sort]) -> list[Key]:
    """Return what is compared, the first first; by name if nothing was asked for."""
    return [_key(asking, one) for one in sort or (Sort("name"),)]


def walked(kind: Kind, sort: Sequence[Sort]) -> str:
    """Return the index that gives rows in that order; empty if there's none."""
    if kind is Kind.CONTACT:
        return "contact_name" if not sort or sort[0] == ("name", False) else ""
    if not sort:
        return "company_name"
    return _WALKED.get((sort[0].field, sort[0].descending), "")


def rank(kind: Kind, words: Typed) -> Condition:
    """Return how well the words fit: 0 it's the name, 1 its start, 2 a word's start, 3 inside."""
    starts = reads_as(kind, words.readings, starts=True)
    return Condition(
        f"CASE WHEN {is_it(kind)} THEN 0 WHEN substr(name_key, 1, ?) = ? THEN 1"
        f" WHEN {starts.sql} THEN 2 ELSE 3 END",
        (words.name, words.name, len(words.name), words.name, *starts.values),
    )


def is_it(kind: Kind) -> str:
    """Return the condition for a record that is called so, or has that id or e-mail."""
    other = "external_key" if kind is Kind.COMPANY else "email_key"
    return f"name_key = ? OR ({other} <> '' AND {other} = ?)"


def _key(asking: Asking, sort: Sort) -> Key:
    side, name = located(asking.kind, sort.field)
    if side is asking.kind:
        key = _own_key(asking, name)
        if name == "name":
            return Key("name_key", (), sort.descending, always=True)
    else:
        own = _own_key(asking.of(side), name)
        joined = "company_id = company.id" if side is Kind.CONTACT else "id = contact.company_id"
        end = "max" if sort.descending else "min"  # of several, what stands first
        key = Condition(f"(SELECT {end}({own.sql}) FROM {side} WHERE {joined})", own.values)  # noqa: S608 -- our names
    return Key(key.sql, key.values, sort.descending)


def _own_key(asking: Asking, name: str) -> Condition:
    column = COLUMNS[asking.kind].get(name)
    if name in _TEXTS:
        return Condition(f"nullif({column}, '')")
    if name in _PEOPLE:
        return _called(asking, f"{asking.kind}.{column}")
    if column:
        return Condition(column)
    if name in asking.moments:
        told = asking.moments[name].in_order(asking.kind, descending=False)
        return _looked_up(f"{asking.kind}.id", dict(told))
    side = f"{asking.kind}_custom"
    return Condition(  # by its row: else each row looks through the field's values of all
        f"(SELECT min(coalesce(number, text)) FROM {side} INDEXED BY {side}_row"  # noqa: S608 -- our names
        f" WHERE {side}.row = {asking.kind}.row AND name = ? AND text <> '')",
        (fold(name.partition(".")[2]),),
    )


def _called(asking: Asking, column: str) -> Condition:
    """Compare people by their names, as they are shown; who isn't in the team, by the id."""
    name = _looked_up(column, people.names(asking.connection))
    return Condition(f"coalesce({name.sql}, nullif({column}, ''))", name.values)


def _looked_up(column: str, held: Mapping[str, float | str]) -> Condition:
    """Return what is held by the text of a column; NULL where that is nothing.

    With a limit it's a table of its own, of which SQLite makes an index, once for all rows.
    """
    table = "SELECT key AS holder, value AS held FROM json_each(?) LIMIT -1"
    found = f"(SELECT held FROM ({table}) WHERE holder = {column})"  # noqa: S608 -- our names
    return Condition(found, (json.dumps({**held}),))
