"""Reading themes: each mistake of a file with its line, column and key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

from planhat_tui.config.reading import Node, read_by_part
from planhat_tui.config.themes import (
    COLOURS,
    GROUNDS,
    LEAST_CONTRAST,
    Theme,
    contrast,
    is_known,
    load_themes,
    readable,
    themes_folder,
)
from planhat_tui.config.values import boolean, choice, text
from planhat_tui.errors import ConfigError
from planhat_tui.model.text import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from planhat_tui.config.profiles import Config

T = TypeVar("T")

_NEEDED: Final = ("name", "dark", "colors")
_PARTS: Final = (*_NEEDED, "glyphs", "borders")
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
_ANSI: Final = frozenset(
    f"ansi_{bright}{name}"
    for bright in ("", "bright_")
    for name in ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
) | {"ansi_default"}


def with_theme_checked(config: Config, user_folder: Path) -> Config:
    """Return a config that has, if the theme it names can't be used, that among its mistakes."""
    node = _theme_node(config.path)
    name = config.settings.theme
    themes, mistakes = load_themes(user_folder)
    if node is None or str(node.content) != name or name in themes:
        return config
    if any(mistake.path.stem == name for mistake in mistakes):
        told = f"The theme {name} can't be used."
        problem = node.error(told, f"planhat-tui theme check {name} tells why.")
    else:
        near = nearest(name, themes)
        advice = f"Did you mean {near}?" if near else f"There are: {', '.join(themes)}."
        problem = node.error(f"There is no theme {name}.", advice)
    problems = sorted((*config.problems, problem), key=lambda one: (one.line, one.column))
    return config._replace(problems=tuple(problems))


def with_accents_measured(config: Config, user_folder: Path) -> Config:
    """Return a config that warns of each profile's accent that is too faint to be read."""
    theme = load_themes(user_folder)[0].get(config.settings.theme)
    grounds = [theme.colors[name] for name in GROUNDS] if theme is not None else []
    if theme is None or not all(map(is_known, grounds)):
        return config
    told = list(config.warnings)
    for profile in config.profiles.values():
        shown = readable(profile.accent, grounds) if profile.accent else ""
        if shown != profile.accent:
            measured = min(contrast(profile.accent, ground) for ground in grounds)
            told.append(
                f"Profile {profile.name}: accent {profile.accent} has a contrast of "
                f"{int(measured * 100) / 100:.2f} in {theme.name}, less than {LEAST_CONTRAST}: "
                f"{shown} is drawn."
            )
    return config._replace(warnings=tuple(told))


def _theme_node(config: Path) -> Node | None:
    """Return where a config names a theme; ``None`` if it doesn't, or isn't to be read."""
    try:
        node: Node | None = read_by_part(config)
    except ConfigError:
        return None
    for key in ("settings", "theme"):
        node = node.content.get(key) if node and isinstance(node.content, dict) else None
    return node


def read_theme(path: Path) -> tuple[Theme | None, tuple[ConfigError, ...]]:
    """Read one theme; ``None`` if anything is wrong, and then everything that is.

    Each mistake has file, line, column and key; they come in the order of their lines.
    """
    reading = _Reading()
    theme = reading.take(lambda: reading.theme(read_by_part(path)))
    mistakes = sorted(reading.mistakes, key=lambda mistake: (mistake.line, mistake.column))
    return (None if mistakes else theme), tuple(mistakes)


class _Reading:
    """Reads the parts of a theme, and gathers what is wrong with each."""

    def __init__(self) -> None:
        self.mistakes: list[ConfigError] = []

    def take(self, read: Callable[[], T]) -> T | None:
        """Read a part; ``None`` if there is a mistake in it."""
        try:
            return read()
        except ConfigError as error:
            self.mistakes.append(error)
            return None

    def theme(self, root: Node) -> Theme:
        """Read the whole. It is of use only if there were no mistakes."""
        entries = self._keys(root, "A theme", _PARTS, _NEEDED)
        glyphs = self._one(entries, "glyphs", choice("unicode", "ascii", "auto"))
        borders = self._one(entries, "borders", choice("line", "none"))
        return Theme(
            name=self._one(entries, "name", text) or "",
            dark=bool(self._one(entries, "dark", boolean)),
            colors=self._colors(entries["colors"]) if "colors" in entries else {},
            glyphs="ascii" if glyphs == "ascii" else "unicode" if glyphs == "unicode" else "auto",
            borders="none" if borders == "none" else "line",
            path=root.path,
            lines=_lines(entries["colors"]) if "colors" in entries else {},
        )

    def _colors(self, node: Node) -> dict[str, str]:
        entries = self._keys(node, "colors", COLOURS, COLOURS)
        return {name: self._one(entries, name, _colour) or "" for name in COLOURS}

    def _keys(
        self, node: Node, what: str, allowed: tuple[str, ...], needed: tuple[str, ...]
    ) -> dict[str, Node]:
        """Return the mapping. A key that is missing isn't told where another one means it."""
        entries = self.take(lambda: node.mapping(what))
        if entries is None:
            return {}
        self.mistakes += node.unknown_keys(what, allowed)
        meant = {nearest(key, allowed) for key in entries if key not in allowed}
        missing = [key for key in needed if key not in entries and key not in meant]
        if missing:
            told = f"{what} has no {', '.join(missing)}."
            whole = themes_folder() / "planhat-dark.yaml"
            self.mistakes.append(node.error(told, f"See {whole}."))
        return entries

    def _one(self, entries: Mapping[str, Node], name: str, read: Callable[[Node], T]) -> T | None:
        return self.take(lambda: read(entries[name])) if name in entries else None


def _lines(colors: Node) -> dict[str, int]:
    return {name: line for name, (line, _column) in colors.keys.items()}


def _colour(node: Node) -> str:
    value = node.value
    if isinstance(value, str) and (_HEX.fullmatch(value) or value in _ANSI):
        return value
    raise node.error(
        f"{node.name} must be a colour in quotes.",
        'Write "#5bb8cf", or ansi_blue for the terminal\'s.',
    )
