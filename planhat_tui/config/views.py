"""Saved views: a name for a query, an order and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from planhat_tui.config.values import boolean, text
from planhat_tui.errors import ConfigError, NotFoundError, QueryError
from planhat_tui.model.query import parse
from planhat_tui.model.text import nearest
from planhat_tui.model.views import View, read_order

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planhat_tui.config.reading import Node

T = TypeVar("T")

KEYS: Final = ("query", "sort", "columns", "start")
_LONGEST: Final = 60


class SavedView(NamedTuple):
    """A view by its name. ``start``: the explorer opens with it."""

    name: str
    view: View
    start: bool = False


def view_called(name: str, known: Mapping[str, SavedView]) -> SavedView:
    """Return a view by its name. Raises :class:`NotFoundError` with the nearest one."""
    if name in known:
        return known[name]
    near = nearest(name, known)
    advice = f"Did you mean {near}?" if near else "view list shows what there is."
    raise NotFoundError(f"There is no view {name}.", advice)


def read_views(node: Node) -> tuple[dict[str, SavedView], list[ConfigError]]:
    """Return the views that are right, and the mistakes in the others."""
    problems: list[ConfigError] = []
    found: dict[str, SavedView] = {}
    try:
        entries = {} if node.value is None else node.mapping("views")
    except ConfigError as error:
        return {}, [error]
    for name, entry in entries.items():
        try:
            saved = _read(name, entry)
            if not name.strip() or len(name) > _LONGEST:
                told = f"A view's name has 1 to {_LONGEST} characters."
                raise node.key_error(name, told, "Give it another name.")
            first = next((one.name for one in found.values() if one.start), "")
            if saved.start and first:
                raise entry.key_error("start", f"The view to start with is {first}.", "Keep one.")
            found[name] = saved
        except ConfigError as error:
            problems.append(error)
    return found, problems


def _read(name: str, entry: Node) -> SavedView:
    parts = entry.known_keys("a view", KEYS)
    query = text(parts["query"]) if "query" in parts else ""
    _checked(parts.get("query", entry), lambda: parse(query))
    sort = text(parts["sort"]) if "sort" in parts else ""
    order = _checked(parts.get("sort", entry), lambda: read_order(sort))
    columns = _columns(parts["columns"]) if "columns" in parts else ()
    start = boolean(parts["start"]) if "start" in parts else False
    return SavedView(name, View(query, order, columns), start)


def _checked(node: Node, read: Callable[[], T]) -> T:
    """Read a piece of a query; what is wrong with it is told at its place in the file."""
    try:
        return read()
    except QueryError as error:
        advice = error.advice or "Write it as the search line takes it."
        raise node.error(error.message, advice) from None


def _columns(node: Node) -> tuple[str, ...]:
    if not isinstance(node.value, list):
        raise node.error("columns is a list.", "Write one like [name, arr, renews].")
    return tuple(text(one) for one in node.value)
