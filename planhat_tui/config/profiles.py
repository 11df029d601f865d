"""The config file: profiles and settings, each converted by itself.

A profile with a mistake becomes a problem; the others still open.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from planhat_tui.config.reading import Node, parse_by_part, read_text
from planhat_tui.config.values import (
    address,
    boolean,
    choice,
    colour,
    duration,
    text,
    whole,
)
from planhat_tui.errors import ConfigError, NotFoundError
from planhat_tui.model.text import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

How: TypeAlias = Literal["text", "env", "command"]
_NAME: Final = re.compile(r"\w[\w.-]{0,63}", re.ASCII)
DEMO_NAMES: Final = ("demo", "demo-2")
_PARTS: Final = ("default", "profiles", "settings")
_SOURCES: Final = ("env", "command")
_LATER: Final = ("keyring", "file")


@dataclass(frozen=True, slots=True)
class TokenSource:
    """Where a token comes from. A plain one is never shown, not even in a traceback."""

    how: How
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Profile:
    """One tenant, as whom we speak there, and what we may do."""

    name: str
    base_url: str
    token: TokenSource
    auth: Literal["bearer", "basic"] = "bearer"
    tenant_uuid: str = ""
    external_user_id: str = ""
    label: str = ""
    accent: str = ""
    call_note_field: str = ""
    web_url: str = ""
    proxy: str = ""
    read_only: bool = False
    no_delete: bool = False
    max_bulk: int | None = None
    confirm: Literal["", "type"] = ""
    confirm_over: int = 25
    reason: str = ""
    dialect: Literal["auto", "modern", "seed"] = "auto"
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for all profiles. ``refresh`` is seconds; ``keys`` maps commands to keys."""

    theme: str = "planhat-dark"
    refresh: float = 300.0
    preset: Literal["default", "vim"] = "default"
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Config:
    """What the file says. ``problems`` are mistakes, ``warnings`` what works and shouldn't be."""

    path: Path
    default: str = ""
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    problems: tuple[ConfigError, ...] = ()
    warnings: tuple[str, ...] = ()

    def find(self, name: str) -> Profile:
        """Return a profile. Raises :class:`NotFoundError` with the nearest name, or its mistake."""
        if name in self.profiles:
            return self.profiles[name]
        for problem in self.problems:
            if problem.message.startswith(f"Profile {name}:"):
                raise problem
        near = nearest(name, self.profiles)
        advice = f"Did you mean {near}?" if near else "profile list shows what there is."
        raise NotFoundError(f"There is no profile {name}.", advice)


def load_config(path: Path) -> Config:
    """Read the config; a file that isn't there is an empty config. Raises nothing of ours."""
    try:
        source = read_text(path)
    except ConfigError as error:
        return Config(path, problems=(error,))
    return _load(source or "", path, open_to_others=_open_to_others(path))


def parse_config(source: str, path: Path) -> Config:
    """Read a config from a text, as :func:`load_config` does from a file that is private."""
    return _load(source, path, open_to_others=False)


def _load(source: str, path: Path, *, open_to_others: bool) -> Config:
    try:
        root = parse_by_part(source, path)
        loading = _Loading(path, root, open_to_others=open_to_others)
    except ConfigError as error:
        return Config(path, problems=(error,))
    return loading.config()


def _open_to_others(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
    except OSError:
        return False


class _Loading:
    """Collects what is right and what isn't."""

    def __init__(self, path: Path, root: Node, *, open_to_others: bool) -> None:
        self._path = path
        self._root = root.mapping("The config")
        self._open_to_others = open_to_others
        self._problems = [
            root.unknown_key("The config", key, _PARTS) for key in self._root if key not in _PARTS
        ]
        self._warnings: list[str] = []

    def config(self) -> Config:
        profiles = self._profiles()
        settings = self._try(lambda: _settings(self._root["settings"]), "settings") or Settings()
        default = self._default(profiles)
        return Config(
            self._path,
            default,
            profiles,
            settings,
            tuple(sorted(self._problems, key=lambda problem: (problem.line, problem.column))),
            tuple(self._warnings),
        )

    def _profiles(self) -> dict[str, Profile]:
        node = self._root.get("profiles")
        if node is None:
            return {}
        try:
            entries = {} if node.value is None else node.mapping("profiles")
        except ConfigError as error:
            self._problems.append(error)
            return {}
        found: dict[str, Profile] = {}
        for name, entry in entries.items():
            try:
                check_name(name, node)
                found[name] = self._profile(name, entry)
            except ConfigError as error:
                self._problems.append(_of_profile(name, error))
        return found

    def _profile(self, name: str, entry: Node) -> Profile:
        profile = _profile(name, entry)
        if profile.token.how == "text":
            if self._open_to_others:
                raise entry.key_error(
                    "token",
                    "The token stands in a file that others can read.",
                    f"Run: chmod 600 {self._path}",
                )
            self._warnings.append(
                f"The token of profile {name} stands in the config as plain text. "
                "{env: NAME} or {command: ...} keeps it elsewhere."
            )
        return profile

    def _default(self, profiles: Mapping[str, Profile]) -> str:
        node = self._root.get("default")
        try:
            name = "" if node is None or node.value is None else text(node)
        except ConfigError as error:
            self._problems.append(error)
            name = ""
        broken = any(p.message.startswith(f"Profile {name}:") for p in self._problems)
        if node is not None and name and name not in profiles and not broken:
            near = nearest(name, profiles)
            advice = f"Did you mean {near}?" if near else "Name one of the profiles."
            self._problems.append(node.error(f"There is no profile {name}.", advice))
        if name in profiles:
            return name
        return next(iter(profiles), "")

    def _try(self, load: Callable[[], Settings], key: str) -> Settings | None:
        if key not in self._root:
            return None
        try:
            return load()
        except ConfigError as error:
            self._problems.append(error)
            return None


def check_name(name: str, node: Node) -> None:
    """Raise :class:`ConfigError` if a profile can't be called so."""
    if name in DEMO_NAMES:
        raise node.key_error(name, f"{name} is the demo's own name.", "Choose another.")
    if not _NAME.fullmatch(name):
        raise node.key_error(
            name, "A profile's name has letters, digits, dots and dashes.", "Choose another."
        )


def _of_profile(name: str, error: ConfigError) -> ConfigError:
    return ConfigError(
        f"Profile {name}: {error.message}",
        error.advice,
        path=error.path,
        line=error.line,
        column=error.column,
    )


_READERS: Final[Mapping[str, Callable[[Node], object]]] = {
    "base_url": address,
    "auth": choice("bearer", "basic"),
    "tenant_uuid": text,
    "external_user_id": text,
    "label": text,
    "accent": colour,
    "call_note_field": text,
    "web_url": text,
    "proxy": text,
    "read_only": boolean,
    "no_delete": boolean,
    "max_bulk": whole,
    "confirm": choice("type"),
    "confirm_over": whole,
    "reason": text,
    "dialect": choice("auto", "modern", "seed"),
}


def _profile(name: str, entry: Node) -> Profile:
    entries = entry.known_keys("a profile", (*_READERS, "token"))
    for required in ("base_url", "token"):
        if required not in entries:
            raise entry.error(f"{required} is missing.", _EXAMPLES[required])
    values = {key: _READERS[key](node) for key, node in entries.items() if key != "token"}
    return Profile(name=name, token=_token(entries["token"]), **values)  # type: ignore[arg-type] # each reader gives its field's type


_EXAMPLES: Final = {
    "base_url": "Add one like base_url: https://api.planhat.com",
    "token": "Add one like token: {env: PLANHAT_TOKEN}",
}


def _token(node: Node) -> TokenSource:
    if isinstance(node.value, dict):
        for key in node.value:
            if key in _LATER:
                raise node.key_error(
                    key,
                    f"A token can't come from a {key} yet.",
                    "Use {env: NAME}, {command: ...}, or plain text.",
                )
            if key not in _SOURCES:  # it isn't named: it may be the token itself
                near = nearest(key, _SOURCES)
                advice = f"Did you mean {near}?" if near else "Use {env: NAME} or {command: ...}."
                raise node.key_error(key, "token has a key that it can't have.", advice)
        if len(node.value) != 1:
            raise node.error("A token has one source.", "Use {env: NAME} or {command: ...}.")
        ((how, value),) = node.value.items()
        if not text(value).strip():
            raise value.error(f"{how} is empty.", _EXAMPLES["token"])
        return TokenSource("env" if how == "env" else "command", text(value))
    return TokenSource("text", text(node))


def _settings(node: Node) -> Settings:
    entries = _part(node, "settings", ("theme", "refresh", "keymap"))
    parts = _part(entries.get("keymap"), "keymap", ("preset", "keys"))
    keys = parts["keys"].mapping("keys") if "keys" in parts else {}
    preset = choice("default", "vim")(parts["preset"]) if "preset" in parts else "default"
    plain = Settings()
    return Settings(
        theme=text(entries["theme"]) if "theme" in entries else plain.theme,
        refresh=duration(entries["refresh"]) if "refresh" in entries else plain.refresh,
        preset="vim" if preset == "vim" else "default",
        keys={name: text(key) for name, key in keys.items()},
    )


def _part(node: Node | None, what: str, allowed: tuple[str, ...]) -> dict[str, Node]:
    return {} if node is None or node.value is None else node.known_keys(what, allowed)
