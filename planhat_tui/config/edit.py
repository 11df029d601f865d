"""Editing the config in place: comments and order stay.

The new text is re-read with our own strict reader and must mean what was intended before it
replaces the old file. ruamel.yaml is loaded here, when something is edited.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planhat_tui.config.profiles import Config, Profile, parse_config
from planhat_tui.errors import ConfigError, InputError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

_DEFAULTS = Profile("", "", None)  # type: ignore[arg-type] # only its defaults are read
_PLAIN = (
    "auth",
    "tenant_uuid",
    "external_user_id",
    "label",
    "accent",
    "call_note_field",
    "web_url",
    "proxy",
    "read_only",
    "no_delete",
    "max_bulk",
    "confirm",
    "confirm_over",
    "reason",
    "dialect",
)


def add_profile(path: Path, profile: Profile, *, make_default: bool = False) -> None:
    """Add a profile. Raises :class:`InputError` if the name is taken, or the file's error."""

    def change(root: dict[str, Any]) -> None:
        profiles = root.setdefault("profiles", {})
        if profiles is None:
            profiles = root["profiles"] = {}
        if profile.name in profiles:
            raise InputError(
                f"There is a profile {profile.name} already.", "Choose another name.", field="name"
            )
        profiles[profile.name] = _entry(profile)
        if make_default or not root.get("default"):
            root["default"] = profile.name

    def meant(config: Config) -> bool:
        return config.profiles.get(profile.name) == profile

    _edit(path, change, meant)


def set_default(path: Path, name: str) -> None:
    """Let a profile be the one to open with."""
    _edit(path, lambda root: root.update(default=name), lambda config: config.default == name)


def remove_profile(path: Path, name: str) -> None:
    """Remove a profile; if it was the default, the first of the others is."""

    def change(root: dict[str, Any]) -> None:
        root["profiles"].pop(name)
        if root.get("default") == name:
            root.pop("default")

    _edit(path, change, lambda config: name not in config.profiles)


def _entry(profile: Profile) -> dict[str, Any]:
    token: Any = profile.token.value
    if profile.token.how != "text":
        token = {profile.token.how: profile.token.value}
    entry: dict[str, Any] = {"base_url": profile.base_url, "token": token}
    for name in _PLAIN:
        value = getattr(profile, name)
        if value != getattr(_DEFAULTS, name):
            entry[name] = value
    return entry


def _edit(
    path: Path, change: Callable[[dict[str, Any]], None], meant: Callable[[Config], bool]
) -> None:
    before = _read(path)
    for problem in parse_config(before, path).problems:
        if "This isn't YAML" in problem.message or "twice" in problem.message:
            raise problem
    after = _changed(before, path, change)
    if not meant(parse_config(after, path)):
        raise ConfigError(
            "The edit would not mean what was intended; the file stays as it is.",
            "Edit it by hand.",
            path=path,
        )
    if _read(path) != before:
        raise ConfigError("Somebody else changed it meanwhile.", "Try again.", path=path)
    _replace(path, after)


def _changed(before: str, path: Path, change: Callable[[dict[str, Any]], None]) -> str:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    try:
        root = yaml.load(before)
    except YAMLError as error:
        raise ConfigError(f"It can't be edited: {error}.", path=path) from None
    root = {} if root is None else root
    change(root)
    out = io.StringIO()
    yaml.dump(root, out)
    return out.getvalue()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise StorageError(
            f"{path} can't be read: {error.strerror}.", "Check its rights."
        ) from None


def _replace(path: Path, text: str) -> None:
    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".config-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except OSError:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise StorageError(
            f"{path} can't be written: {error.strerror}. Nothing was changed.",
            "Check the folder's rights, or name another file with PLANHAT_TUI_CONFIG.",
        ) from None
