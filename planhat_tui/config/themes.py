"""Themes: one YAML file each, shipped or the user's own."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeVar

from planhat_tui.config.reading import Node, read_by_part
from planhat_tui.config.values import boolean, choice, text
from planhat_tui.errors import ConfigError
from planhat_tui.model.text import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planhat_tui.config.profiles import Config

T = TypeVar("T")

GROUNDS: Final = ("background", "surface", "selection")
TEXTS: Final = (
    "foreground",
    "muted",
    "accent",
    "success",
    "warning",
    "error",
    "added",
    "removed",
    "changed",
    "pending",
    "conflict",
)
COLOURS: Final = (*GROUNDS, *TEXTS)
LEAST_CONTRAST: Final = 4.5
_NEEDED: Final = ("name", "dark", "colors")
_PARTS: Final = (*_NEEDED, "glyphs", "borders")
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
_ANSI: Final = frozenset(
    f"ansi_{bright}{name}"
    for bright in ("", "bright_")
    for name in ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
) | {"ansi_default"}


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by role: ``#rrggbb``, or one of the terminal's own sixteen (``ansi_blue``).

    ``lines`` tells in which line of its file each colour stands.
    """

    name: str
    dark: bool
    colors: Mapping[str, str]
    glyphs: Literal["unicode", "ascii", "auto"]
    borders: Literal["line", "none"]
    path: Path
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_ansi(self) -> bool:
        """Whether it keeps to the terminal's own colours."""
        return any(value.startswith("ansi_") for value in self.colors.values())


def themes_folder() -> Path:
    """Return the folder of the shipped themes, in a wheel and in a checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "themes"
    return shipped if shipped.is_dir() else package.parent / "themes"


def load_themes(user_folder: Path) -> tuple[dict[str, Theme], tuple[ConfigError, ...]]:
    """Return all themes by name, the user's over the shipped, and the mistakes in them."""
    themes: dict[str, Theme] = {}
    problems: list[ConfigError] = []
    for folder in (themes_folder(), user_folder):
        for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
            theme, mistakes = read_theme(path)
            problems += mistakes
            if theme is not None:
                themes[theme.name] = theme
    return themes, tuple(problems)


def with_theme_checked(config: Config, user_folder: Path) -> Config:
    """Return a config that has, if the theme it names can't be used, that among its mistakes."""
    node = _theme_node(config.path)
    name = config.settings.theme
    themes, mistakes = load_themes(user_folder)
    if node is None or node.content != name or name in themes:
        return config
    if any(mistake.path.stem == name for mistake in mistakes):
        told = f"The theme {name} can't be used."
        problem = node.error(told, f"planhat-tui theme check {name} tells why.")
    else:
        near = nearest(name, themes)
        advice = f"Did you mean {near}?" if near else f"There are: {', '.join(themes)}."
        problem = node.error(f"There is no theme {name}.", advice)
    problems = sorted((*config.problems, problem), key=lambda one: (one.line, one.column))
    return replace(config, problems=tuple(problems))


def _theme_node(config: Path) -> Node | None:
    """Return where a config names a theme; ``None`` if it doesn't, or isn't to be read."""
    try:
        node: Node | None = read_by_part(config)
    except ConfigError:
        return None
    for key in ("settings", "theme"):
        node = node.content.get(key) if node and isinstance(node.content, dict) else None
    return node


def stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return when each theme of a folder was saved, and its size: another one, if it's saved."""
    found = {}
    for path in folder.glob("*.yaml") if folder.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):  # an editor is just replacing it
            told = path.stat()
            found[path] = (told.st_mtime_ns, told.st_size)
    return found


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
            self.mistakes.append(node.error(told, "See themes/planhat-dark.yaml."))
        return entries

    def _one(self, entries: Mapping[str, Node], name: str, read: Callable[[Node], T]) -> T | None:
        return self.take(lambda: read(entries[name])) if name in entries else None


def _lines(colors: Node) -> dict[str, int]:
    return {name: line for name, (line, _column) in colors.keys.items()}


def contrast(a: str, b: str) -> float:
    """Return the contrast of two ``#rrggbb`` colours, 1 to 21 (WCAG 2)."""
    low, high = sorted((_luminance(a), _luminance(b)))
    return (high + 0.05) / (low + 0.05)


class Faint(NamedTuple):
    """A text colour that is hard to read on a ground. ``line`` is where its file gives it."""

    text: str
    ground: str
    measured: float
    line: int


def faint(theme: Theme) -> tuple[Faint, ...]:
    """Return each text colour that is too faint on a ground."""
    if theme.is_ansi:  # the terminal's own colours can't be known here
        return ()
    return tuple(
        Faint(name, ground, measured, theme.lines.get(name, 0))
        for name in TEXTS
        for ground in GROUNDS
        if (measured := contrast(theme.colors[name], theme.colors[ground])) < LEAST_CONTRAST
    )


def _colour(node: Node) -> str:
    value = node.value
    if isinstance(value, str) and (_HEX.fullmatch(value) or value in _ANSI):
        return value
    raise node.error(
        f"{node.name} must be a colour in quotes.",
        'Write "#5bb8cf", or ansi_blue for the terminal\'s.',
    )


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
