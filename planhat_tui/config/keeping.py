"""The config as it was last understood, kept in the cache: YAML is read again when it has changed.

Kept is what has neither mistake nor warning, and so no token in plain text: tokens stay where they
are. The file is the owner's alone, and is believed only if it is: it names commands that are run.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from planhat_tui.config import cached
from planhat_tui.config.cached import stamp
from planhat_tui.config.profiles import Config, Profile, Settings, TokenSource

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planhat_tui.config.views import SavedView

FORMAT: Final = 1
"""Counts the changes of what is written here."""
_NAME: Final = "config.json"


def load_kept(path: Path, cache: Path, wall: Callable[[], float]) -> Config:
    """Read the config as :func:`load_config` does; what was kept of the same file is taken.

    ``cache`` is a folder, made if need be. Raises nothing of ours: a cache that can't be used costs
    some milliseconds.
    """
    found = stamp(path)
    head = [FORMAT, str(path), list(found or ())]
    if found and (config := _kept(path, cache, head)):
        return config
    if found is None and _is_missing(path):
        return Config(path)
    from planhat_tui.config.loading import load_config  # YAML is loaded here, if at all

    config = load_config(path)
    if cached.rests(found, wall()) and stamp(path) == found and _may_be_kept(config):
        _keep(config, cache, head)
    return config


def _is_missing(path: Path) -> bool:
    """Tell whether there is no such file; one that can't be looked at is read, and told of."""
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _may_be_kept(config: Config) -> bool:
    """Tell whether nothing in it is secret or has to be told; an address may hold a password."""
    secret = any(one.token.how == "text" or "@" in one.proxy for one in config.profiles.values())
    return not (config.problems or config.warnings or secret)


def _kept(path: Path, cache: Path, head: list[object]) -> Config | None:
    kept = cached.read(cache, _NAME, head)
    try:
        return _config(path, kept) if kept is not None else None
    except (TypeError, LookupError):  # it's no such file
        return None


def _keep(config: Config, cache: Path, head: list[object]) -> None:
    plain = _plain(config)
    if _config(config.path, json.loads(json.dumps(plain))) == config:
        cached.write(cache, _NAME, head, plain)


def _plain(config: Config) -> dict[str, object]:
    return {
        "default": config.default,
        "profiles": [_told(one) for one in config.profiles.values()],
        "views": [
            [one.name, one.view.query, one.view.order, one.view.columns, one.start]
            for one in config.views.values()
        ],
        "settings": config.settings._asdict(),
    }


def _config(path: Path, read: dict[str, Any]) -> Config:
    """Return the config that was written. Raises ``TypeError`` or ``LookupError`` if none was."""
    return Config(
        path,
        read["default"],
        {one["name"]: _profile(**one) for one in read["profiles"]},
        _views(read["views"]) if read["views"] else {},
        Settings(**read["settings"]),
    )


def _told(profile: Profile) -> dict[str, object]:
    return {**profile._asdict(), "token": profile.token._asdict()}


def _profile(token: dict[str, Any], **values: Any) -> Profile:  # noqa: ANN401 -- as they were written
    return Profile(token=TokenSource(**token), **values)


def _views(read: list[list[Any]]) -> dict[str, SavedView]:
    from planhat_tui.config.views import SavedView
    from planhat_tui.model.views import View, read_order

    return {
        name: SavedView(name, View(query, read_order(order), tuple(columns)), start)
        for name, query, order, columns, start in read
    }
