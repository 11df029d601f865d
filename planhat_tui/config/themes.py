"""Themes: one YAML file each, shipped or the user's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from planhat_tui.config.reading import Node, read_by_part
from planhat_tui.config.values import boolean, choice, text
from planhat_tui.errors import ConfigError
from planhat_tui.model.text import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
    """Colours by role: ``#rrggbb``, or one of the terminal's own sixteen (``ansi_blue``)."""

    name: str
    dark: bool
    colors: Mapping[str, str]
    glyphs: Literal["unicode", "ascii", "auto"]
    borders: Literal["line", "none"]
    path: Path

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


def contrast(a: str, b: str) -> float:
    """Return the contrast of two ``#rrggbb`` colours, 1 to 21 (WCAG 2)."""
    low, high = sorted((_luminance(a), _luminance(b)))
    return (high + 0.05) / (low + 0.05)


def check_theme(theme: Theme) -> tuple[str, ...]:
    """Return a sentence for each text colour that is too faint on a ground."""
    if theme.is_ansi:  # the terminal's own colours can't be known here
        return ()
    return tuple(
        f"{name} on {ground} has a contrast of {int(measured * 100) / 100}, "
        f"less than {LEAST_CONTRAST}."
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
