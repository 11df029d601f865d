"""Reading the config file: every mistake is told, and what is right of it works.

A profile with a mistake doesn't open; the others do. A setting with one stays as it's plain.
"""

from __future__ import annotations

import re
import shlex
import stat
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from planhat_tui.config.profiles import (
    DEMO_NAMES,
    Config,
    Profile,
    Settings,
    TokenSource,
    one_of,
)
from planhat_tui.config.reading import Node, parse_by_part, read_text
from planhat_tui.config.values import (
    address,
    boolean,
    choice,
    colour,
    duration,
    text,
    web_template,
    whole,
)
from planhat_tui.errors import ConfigError
from planhat_tui.model.text import nearest, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from planhat_tui.config.profiles import How
    from planhat_tui.config.views import SavedView

T = TypeVar("T")

PARTS: Final = ("default", "profiles", "views", "settings")
SETTINGS: Final = ("theme", "refresh", "history", "history_size", "keymap")
SOURCES: Final[Mapping[str, How]] = {
    "env": "env",
    "command": "command",
    "file": "file",
    "keyring": "keyring",
}
_NAME: Final = re.compile(r"\w[\w.-]{0,63}", re.ASCII)
_WAYS: Final = "Use {env: NAME}, {command: ...}, {file: PATH} or {keyring: NAME}."
_MEND_DEFAULT: Final = "Name one with -p, or mend default."
_CHOOSE_DEFAULT: Final = "Name one with -p; planhat-tui profile use NAME makes one the default."
_EXAMPLES: Final = {
    "base_url": "Add one like base_url: https://api.planhat.com",
    "token": "Add one like token: {env: PLANHAT_TOKEN}",
}
_OTHERS_READ: Final = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH

READERS: Final[Mapping[str, Callable[[Node], object]]] = {
    "base_url": address,
    "auth": choice("bearer", "basic"),
    "tenant_uuid": text,
    "external_user_id": text,
    "label": text,
    "accent": colour,
    "call_note_field": text,
    "web_url": web_template,
    "proxy": text,
    "read_only": boolean,
    "no_delete": boolean,
    "max_bulk": whole,
    "confirm": choice("type"),
    "confirm_over": whole,
    "reason": text,
    "dialect": choice("auto", "modern", "seed"),
}
"""What a profile can have beside its token, and how each is read."""


def load_config(path: Path) -> Config:
    """Read the config; a file that isn't there is an empty config. Raises nothing of ours."""
    try:
        source = read_text(path)
    except ConfigError as error:
        return _unreadable(path, error)
    return _load(source or "", path, _mode(path))


def parse_config(source: str, path: Path) -> Config:
    """Read a config from a text, as :func:`load_config` does from a file that is private."""
    return _load(source, path, 0)


def _load(source: str, path: Path, mode: int) -> Config:
    try:
        root = parse_by_part(source, path)
        loading = _Loading(path, root, mode)
    except ConfigError as error:
        return _unreadable(path, error)
    return loading.config()


def _unreadable(path: Path, error: ConfigError) -> Config:
    return Config(path, problems=(error,), unreadable=True, undecided=error)


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0


class _Loading:
    """Collects what is right and what isn't."""

    def __init__(self, path: Path, root: Node, mode: int) -> None:
        self._path = path
        self._root = root.mapping("The config")
        self._mode = mode
        self._problems = root.unknown_keys("The config", PARTS)
        self._warnings: list[str] = []
        self._plain: list[str] = []
        self._sole = ""
        self._refused: dict[str, tuple[ConfigError, ...]] = {}

    def config(self) -> Config:
        profiles = self._profiles()
        settings = self._settings()
        default = self._default(profiles)
        views = self._views()
        undecided = default if isinstance(default, ConfigError) else None
        return Config(
            self._path,
            default if isinstance(default, str) else "",
            profiles,
            views,
            settings,
            tuple(sorted(self._problems, key=lambda problem: (problem.line, problem.column))),
            (*self._warnings, *_kept_plain(self._plain)),
            undecided=undecided,
            sole=self._sole,
            refused=self._refused,
        )

    def _views(self) -> dict[str, SavedView]:
        node = self._root.get("views")
        if node is None:
            return {}
        from planhat_tui.config.views import read_views

        views, problems = read_views(node)
        self._problems += problems
        return views

    def _profiles(self) -> dict[str, Profile]:
        node = self._root.get("profiles")
        if node is None:
            return {}
        entries = self._part(node, "profiles")
        found: dict[str, Profile] = {}
        for name, entry in entries.items():
            problems: list[ConfigError] = []
            profile = _profile(name, node, entry, problems)
            if profile is not None and not problems:
                problems += self._open_to_others(profile.token, entry)
            if profile is not None and not problems:
                found[name] = profile
            else:
                self._refused[name] = tuple(_of_profile(name, error) for error in problems)
                self._problems += self._refused[name]
        return found

    def _open_to_others(self, token: TokenSource, entry: Node) -> list[ConfigError]:
        """Return why a token can't be taken from a file that others can get at."""
        advice = f"Run: chmod 600 {shlex.quote(str(self._path))}"
        if token.how == "text" and self._mode & _OTHERS_READ:
            message = "The token stands in a file that others can read."
            return [entry.key_error("token", message, advice)]
        if token.how == "command" and self._mode & _OTHERS_WRITE:
            message = "The token's command stands in a file that others can write."
            return [entry.key_error("token", message, advice)]
        if token.how == "text":
            self._plain.append(entry.name)
        return []

    def _default(self, profiles: Mapping[str, Profile]) -> str | ConfigError:
        """Return the profile to open with, empty where there are none, or why it can't be told.

        What is written next would go to the wrong tenant if another one were taken in its place.
        """
        node = self._root.get("default")
        if node is None or node.value is None:
            return self._only(profiles)
        try:
            name = text(node)
        except ConfigError as error:
            self._problems.append(error)
            return error
        if not name:
            return self._only(profiles)
        if name in profiles:
            return name
        if name in self._refused:  # which is told of already
            return one_of(self._refused[name])
        near = nearest(name, profiles)
        meant = f" (did you mean {near}?)" if near else ""
        said = node.error(f"default {name} is no profile{meant}.", _MEND_DEFAULT)
        self._problems.append(said)
        return said

    def _only(self, profiles: Mapping[str, Profile]) -> str | ConfigError:
        """Return the profile to open with where the file doesn't name it."""
        several = len(profiles) + len(self._refused) > 1
        if several:
            message = "There are several profiles and no default."
            self._warnings.append(f"{message} {_CHOOSE_DEFAULT}")
            self._sole = next(iter(profiles)) if len(profiles) == 1 else ""
            return ConfigError(message, _CHOOSE_DEFAULT, path=self._path)
        if self._refused:
            return one_of(next(iter(self._refused.values())))
        return next(iter(profiles), "")

    def _settings(self) -> Settings:
        node = self._root.get("settings")
        if node is None:
            return Settings()
        parts = self._part(node, "settings")
        if parts:
            self._problems += node.unknown_keys("settings", SETTINGS)
        plain = Settings()
        theme, refresh = parts.get("theme"), parts.get("refresh")
        history, size = parts.get("history"), parts.get("history_size")
        preset, keys = self._keymap(parts.get("keymap"))
        return Settings(
            theme=self._read(lambda: text(theme) if theme else plain.theme, plain.theme),
            refresh=self._read(
                lambda: duration(refresh) if refresh else plain.refresh, plain.refresh
            ),
            history=self._read(
                lambda: duration(history) if history else plain.history, plain.history
            ),
            history_size=self._read(
                lambda: whole(size) if size else plain.history_size, plain.history_size
            ),
            preset="vim" if preset == "vim" else "default",
            keys=keys,
        )

    def _part(self, node: Node, what: str) -> dict[str, Node]:
        """Return the entries of a mapping; none if it's left empty or isn't one."""
        nothing: dict[str, Node] = {}
        return self._read(
            lambda: nothing if node.value is None else node.mapping(what), otherwise=nothing
        )

    def _keymap(self, node: Node | None) -> tuple[str, dict[str, str]]:
        if node is None or self._read(lambda: node.value, None) is None:
            return "default", {}
        from planhat_tui.config.keymap import read_keymap  # the table is for who has a keymap

        return read_keymap(node, self._problems)

    def _read(self, read: Callable[[], T], otherwise: T) -> T:
        """Return what is read; if it has a mistake, keep that and return ``otherwise``."""
        try:
            return read()
        except ConfigError as error:
            self._problems.append(error)
            return otherwise


def _kept_plain(names: list[str]) -> tuple[str, ...]:
    """Return one sentence of all profiles whose token stands in the file itself."""
    if not names:
        return ()
    if len(names) == 1:
        stands, them = f"The token of profile {names[0]} stands", "it"
    else:
        stands, them = (
            f"The tokens of {names[0]} and {plural(len(names) - 1, 'other')} stand",
            "them",
        )
    how = f"{{env: NAME}} or {{command: ...}} keeps {them} elsewhere."
    return (f"{stands} in the config as plain text. {how}",)


def check_name(name: str, node: Node) -> None:
    """Raise :class:`ConfigError` if a profile can't be called so."""
    if why := name_problem(name):
        raise node.key_error(name, why, "Choose another.")


def name_problem(name: str) -> str:
    """Return why a profile can't be called so; empty if it can."""
    if name in DEMO_NAMES:
        return f"{name} is the demo's own name."
    if not _NAME.fullmatch(name):
        return "A profile's name has letters, digits, dots and dashes."
    return ""


def _of_profile(name: str, error: ConfigError) -> ConfigError:
    return ConfigError(
        f"Profile {name}: {error.message}",
        error.advice,
        path=error.path,
        line=error.line,
        column=error.column,
    )


def _profile(name: str, profiles: Node, entry: Node, problems: list[ConfigError]) -> Profile | None:
    """Return a profile, or ``None`` if it has mistakes, which are added to ``problems``."""
    values: dict[str, object] = {}
    try:
        check_name(name, profiles)
    except ConfigError as error:
        problems.append(error)
    if entry.fault:  # it stands here twice: what else is wrong with the first is told too
        problems.append(entry.fault)
        entry = replace(entry, fault=None)
    try:
        entries = entry.mapping("a profile")
    except ConfigError as error:
        problems.append(error)
        return None
    allowed = (*READERS, "token")
    problems += entry.unknown_keys("a profile", allowed)
    meant = {nearest(key, allowed) for key in entries if key not in allowed}
    for required, example in _EXAMPLES.items():
        if required not in entries and required not in meant:
            problems.append(entry.error(f"{required} is missing.", example))
    for key, node in entries.items():
        read = _token if key == "token" else READERS.get(key)
        try:
            if read is not None:
                values[key] = read(node)
        except ConfigError as error:
            problems.append(error)
    if problems:
        return None
    return Profile(name=name, **values)  # type: ignore[arg-type] # each reader gives its field's type


def _token(node: Node) -> TokenSource:
    if not isinstance(node.value, dict):
        return TokenSource("text", text(node))
    for key in node.value:
        if key not in SOURCES:  # it isn't named: it may be the token itself
            near = nearest(key, SOURCES)
            advice = f"Did you mean {near}?" if near else _WAYS
            raise node.key_error(key, "token has a key that it can't have.", advice)
    if len(node.value) != 1:
        raise node.error("A token has one source.", _WAYS)
    ((how, value),) = node.value.items()
    if not text(value).strip():
        raise value.error(f"{how} is empty.", _EXAMPLES["token"])
    if how == "file" and not text(value).startswith(("/", "~/")):
        raise value.error("file must be a whole path.", "Begin it with / or ~/")
    return TokenSource(SOURCES[how], text(value))
