"""Saving and removing views in the config; comments and order stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planhat_tui.config.edit import edit_in_place
from planhat_tui.config.lines import (
    commented,
    give_comment,
    remove_entry,
    scalar,
    take_comment,
)
from planhat_tui.config.views import view_called
from planhat_tui.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from planhat_tui.config.views import SavedView


def save_view(path: Path, saved: SavedView) -> None:
    """Add a view, or change the one of that name. One view at most is started with.

    Raises the file's error, or :class:`ConfigError` where it can't be saved.
    """
    entry = _entry(saved)

    def intend(config: dict[str, Any]) -> None:
        views = config["views"] = config.get("views") or {}
        _start_with_none(views, saved)
        views[saved.name] = entry

    def change(tree: Any, _intended: dict[str, Any]) -> None:  # noqa: ANN401 -- ruamel's own tree
        views = tree.get("views")
        if not isinstance(views, dict):
            views = tree["views"] = commented({})
        _start_with_none(views, saved)
        below = take_comment(tree, "views") if views else ""
        _put(views, saved.name, entry)
        give_comment(tree, "views", below)

    edit_in_place(path, intend, change, lambda config: config.views.get(saved.name) == saved)


def _start_with_none(views: Any, saved: SavedView) -> None:  # noqa: ANN401 -- plain, or ruamel's own
    """Let no view be the first, if the one that is saved will be."""
    for other in views.values() if saved.start else ():
        if isinstance(other, dict):
            other.pop("start", None)


def _put(views: Any, name: str, entry: dict[str, Any]) -> None:  # noqa: ANN401 -- ruamel's own
    """Write a view; of one that is there, the keys that stay keep their comments."""
    if not isinstance(views.get(name), dict):
        views[name] = commented({})
    known = views[name]
    for key in [key for key in known if key not in entry]:
        known.pop(key)
    for key, value in entry.items():
        known[key] = _listed(value) if isinstance(value, list) else scalar(value)


def remove_view(path: Path, name: str, known: Mapping[str, SavedView]) -> None:
    """Remove a view. Raises :class:`NotFoundError` with the nearest of those that are known."""
    view_called(name, known)

    def intend(config: dict[str, Any]) -> None:
        views = config.get("views") or {}
        if views.pop(name, None) is None:
            raise NotFoundError(f"There is no view {name} any more.", "view list shows the others.")
        config["views"] = views or None

    def change(tree: Any, _intended: dict[str, Any]) -> None:  # noqa: ANN401 -- ruamel's own tree
        remove_entry(tree, "views", name)

    edit_in_place(path, intend, change, lambda config: name not in config.views)


def _entry(saved: SavedView) -> dict[str, Any]:
    view = saved.view
    entry: dict[str, Any] = {"query": view.query, "sort": view.order}
    entry |= {"columns": list(view.columns), "start": saved.start}
    return {key: value for key, value in entry.items() if value or key == "query"}


def _listed(values: list[str]) -> Any:  # noqa: ANN401 -- ruamel's own list
    from ruamel.yaml.comments import CommentedSeq

    made = CommentedSeq([scalar(value) for value in values])
    made.fa.set_flow_style()
    return made
