"""Editing the config in place: comments and order stay.

The new text is re-read with our own strict reader and must mean what was intended before it
replaces the old file. A config that is made here names its schema, which is written beside it; a
schema that is there is written again with every edit.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from planhat_tui.config.lines import (
    change_entry,
    commented,
    give_comment,
    remove_entry,
    rewritten,
    scalar,
    take_comment,
)
from planhat_tui.config.loading import parse_config
from planhat_tui.config.profiles import Config, Profile
from planhat_tui.config.reading import parse
from planhat_tui.config.replacing import one_at_a_time, replace_file
from planhat_tui.config.schemafile import MODELINE, SCHEMA_FILE
from planhat_tui.errors import ConfigError, InputError, NotFoundError, StorageError
from planhat_tui.model.text import nearest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planhat_tui.config.reading import Plain

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


def add_profile(
    path: Path, profile: Profile, *, make_default: bool = False, try_only: bool = False
) -> None:
    """Add a profile; with ``try_only`` nothing is written, but everything is checked.

    The first is the default, and stays it when a second comes. Raises :class:`InputError` if the
    name is taken or a value can't be, or the file's error.
    """

    def intend(config: dict[str, Any]) -> None:
        profiles = config["profiles"] = config.get("profiles") or {}
        others = list(profiles)
        if profile.name in profiles:
            raise InputError(
                f"There is a profile {profile.name} already.", "Choose another name.", field="name"
            )
        profiles[profile.name] = _entry(profile)
        if make_default or not others:
            config["default"] = profile.name
        elif len(others) == 1 and not config.get("default"):
            config["default"] = others[0]

    def change(tree: Any, intended: dict[str, Any]) -> None:  # noqa: ANN401 -- ruamel's own tree
        profiles = tree.get("profiles")
        if not isinstance(profiles, dict):
            profiles = tree["profiles"] = commented({})
        below = take_comment(tree, "profiles") if profiles else ""
        profiles[profile.name] = commented(_entry(profile))
        give_comment(profiles, profile.name, below)
        if "default" in intended:
            tree["default"] = scalar(intended["default"])

    edit_in_place(path, intend, change, lambda config: _meant(config, profile), try_only=try_only)


def _meant(config: Config, profile: Profile) -> bool:
    """Tell whether a config has a profile as it should be; raises what speaks against it."""
    for problem in config.refused.get(profile.name, ()):
        raise InputError(problem.message, problem.advice)
    return config.profiles.get(profile.name) == profile


def change_profile(
    path: Path, profile: Profile, *, before: Profile | None = None, try_only: bool = False
) -> None:
    """Let the profile of that name say this; lines that stay true aren't touched.

    ``before`` is how it was when it was looked at: one that says something else by now stays, with
    the guardrails that somebody gave it. With ``try_only`` nothing is written, but everything is
    checked. Raises :class:`NotFoundError` if there is none of that name, :class:`InputError` if a
    value can't be, :class:`ConfigError` if it was changed since.
    """
    wanted = _entry(profile)

    def intend(config: dict[str, Any]) -> None:
        profiles = config.get("profiles") or {}
        if profile.name not in profiles:
            raise _not_there(profile.name, profiles)
        profiles[profile.name] = _over(profiles[profile.name], wanted)

    def change(tree: Any, intended: dict[str, Any]) -> None:  # noqa: ANN401 -- ruamel's own tree
        change_entry(tree["profiles"][profile.name], intended["profiles"][profile.name], path)

    def still(config: Config) -> bool:
        return before is None or config.profiles.get(profile.name, before) == before

    edit_in_place(
        path, intend, change, lambda now: _meant(now, profile), still=still, try_only=try_only
    )


def set_default(path: Path, name: str) -> None:
    """Let a profile be the one to open with."""

    def intend(config: dict[str, Any]) -> None:
        config["default"] = name

    def change(tree: Any, intended: dict[str, Any]) -> None:  # noqa: ANN401 -- ruamel's own tree
        tree["default"] = scalar(intended["default"])

    edit_in_place(path, intend, change, lambda config: config.default == name)


def set_theme(path: Path, name: str) -> None:
    """Let a theme be the one to start with."""

    def intend(config: dict[str, Any]) -> None:
        settings = config["settings"] = config.get("settings") or {}
        settings["theme"] = name

    def change(tree: Any, intended: dict[str, Any]) -> None:  # noqa: ANN401 -- ruamel's own tree
        settings = tree.get("settings")
        if settings:
            change_entry(settings, intended["settings"], path)
        else:
            tree["settings"] = commented({"theme": name})

    edit_in_place(path, intend, change, lambda config: config.settings.theme == name)


def remove_profile(path: Path, name: str) -> None:
    """Remove a profile; if it was the default, the other one is, and none where there are several.

    Raises :class:`NotFoundError` if there is none of that name.
    """

    def intend(config: dict[str, Any]) -> None:
        profiles = config.get("profiles") or {}
        if name not in profiles:
            raise _not_there(name, profiles)
        profiles.pop(name)
        config["profiles"] = profiles or None
        if config.get("default") == name:
            config.pop("default")

    def change(tree: Any, intended: dict[str, Any]) -> None:  # noqa: ANN401 -- ruamel's own tree
        remove_entry(tree, "profiles", name)
        if "default" not in intended:
            tree.pop("default", None)

    edit_in_place(path, intend, change, lambda config: name not in config.profiles)


def _not_there(name: str, profiles: dict[str, Any]) -> NotFoundError:
    near = nearest(name, profiles)
    advice = f"Did you mean {near}?" if near else "profile list shows what there is."
    return NotFoundError(f"There is no profile {name}.", advice)


def _over(entry: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """Return an entry with what is wanted: what says so already stays, in its place.

    A setting that says what holds anyway is left where it stands.
    """
    plain = {name: getattr(_DEFAULTS, name) for name in _PLAIN}
    kept = {
        key: wanted.get(key, value)
        for key, value in entry.items()
        if key in wanted or plain.get(key) == value
    }
    return {**kept, **{key: value for key, value in wanted.items() if key not in kept}}


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


def edit_in_place(
    path: Path,
    intend: Callable[[dict[str, Any]], None],
    change: Callable[[Any, dict[str, Any]], None],
    meant: Callable[[Config], bool],
    *,
    still: Callable[[Config], bool] = lambda _: True,
    try_only: bool = False,
) -> None:
    """Edit the file; nothing is written unless it then means what is intended.

    ``intend`` changes what the file means, ``change`` ruamel's tree of it; ``meant`` looks at the
    config that comes of it, ``still`` at the one that is there: it's left alone if somebody else
    has changed what is edited. Edits of several processes go one after the other; one of an editor
    meanwhile is kept. Raises the file's error, or :class:`ConfigError`.
    """
    with contextlib.nullcontext() if try_only else one_at_a_time(path):
        _edit(path, intend, change, meant, still, try_only=try_only)


def _edit(
    path: Path,
    intend: Callable[[dict[str, Any]], None],
    change: Callable[[Any, dict[str, Any]], None],
    meant: Callable[[Config], bool],
    still: Callable[[Config], bool],
    *,
    try_only: bool,
) -> None:
    found = _read(path)
    before = found or MODELINE
    root = parse(before, path)
    for part in ("profiles", "settings", "views"):
        node = root.mapping("The config").get(part)
        if node is not None and node.value is not None:
            node.mapping(part)
    if not still(parse_config(before, path)):
        raise _changed(path)
    intended: Any = root.plain()
    intend(intended)
    after = rewritten(before, path, lambda tree: change(tree, intended))
    if not (_means(after, path) == intended and meant(parse_config(after, path))):
        raise ConfigError(
            "The edit would not mean what was intended; the file stays as it is.",
            "Edit it by hand.",
            path=path,
        )
    if try_only:
        return
    if _read(path) != found:
        raise _changed(path)
    _replace(path, after)
    if not found or path.resolve().with_name(SCHEMA_FILE).exists():
        from planhat_tui.config.schema import write_beside

        write_beside(path)


def _changed(path: Path) -> ConfigError:
    told = "Look at what it says now, and try again."
    return ConfigError("Somebody else changed it meanwhile.", told, path=path)


def _means(text: str, path: Path) -> Plain:
    try:
        return parse(text, path).plain()
    except ConfigError:
        return None


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise ConfigError("This file isn't UTF-8 text.", "Save it as UTF-8.", path=path) from None
    except OSError as error:
        raise StorageError(
            f"{path} can't be read: {error.strerror}.", "Check its rights."
        ) from None


def _replace(path: Path, text: str) -> None:
    try:
        replace_file(path, text)
    except OSError as error:
        raise StorageError(
            f"{path} can't be written: {error.strerror}. Nothing was changed.",
            "Check the folder's rights, or name another file with PLANHAT_TUI_CONFIG.",
        ) from None
