"""Where things live on this system."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Paths(NamedTuple):
    """The config file, the user's themes, and the folders for data, state and cache."""

    config_file: Path
    user_themes: Path
    data: Path
    state: Path
    cache: Path


def find_paths(env: Mapping[str, str]) -> Paths:
    """Return the paths; ``PLANHAT_TUI_HOME`` and ``PLANHAT_TUI_CONFIG`` (the file) rule."""
    home = env.get("PLANHAT_TUI_HOME", "")
    if home:
        base = _expanded(home)
        folder, data, state, cache = base, base / "data", base / "state", base / "cache"
    else:
        from platformdirs import PlatformDirs

        own = PlatformDirs("planhat-tui", appauthor=False)
        folder, data = own.user_config_path, own.user_data_path
        state, cache = own.user_state_path, own.user_cache_path
    named = env.get("PLANHAT_TUI_CONFIG", "")
    file = _expanded(named) if named else folder / "config.yaml"
    return Paths(file, folder / "themes", data, state, cache)


def _expanded(named: str) -> Path:
    try:
        return Path(named).expanduser()
    except RuntimeError:  # ~somebody that this system doesn't know
        return Path(named)
