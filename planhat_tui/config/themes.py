"""Themes: one YAML file each, shipped or the user's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from planhat_tui.config.reading import Node, read
from planhat_tui.config.values import boolean, choice, text
from planhat_tui.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

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
            try:
                theme = load_theme(path)
            except ConfigError as error:
                problems.append(error)
            else:
                themes[theme.name] = theme
    return themes, tuple(problems)


def load_theme(path: Path) -> Theme:
    """Read one theme. Raises :class:`ConfigError` with file, line, column and key."""
    root = read(path)
    entries = root.known_keys("A theme", ("name", "dark", "colors", "glyphs", "borders"))
    for key in ("name", "dark", "colors"):
        if key not in entries:
            raise root.error(f"The key {key} is missing.", "See themes/planhat-dark.yaml.")
    glyphs = choice("unicode", "ascii", "auto")(entries["glyphs"]) if "glyphs" in entries else ""
    borders = choice("line", "none")(entries["borders"]) if "borders" in entries else ""
    return Theme(
        name=text(entries["name"]),
        dark=boolean(entries["dark"]),
        colors=_colors(entries["colors"]),
        glyphs="ascii" if glyphs == "ascii" else "unicode" if glyphs == "unicode" else "auto",
        borders="none" if borders == "none" else "line",
        path=path,
    )


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


def _colors(node: Node) -> dict[str, str]:
    entries = node.known_keys("colors", COLOURS)
    for name in COLOURS:
        if name not in entries:
            raise node.error(f"colors has no {name}.", "See themes/planhat-dark.yaml.")
    return {name: _colour(name, entry) for name, entry in entries.items()}


def _colour(name: str, node: Node) -> str:
    value = node.value
    if isinstance(value, str) and (_HEX.fullmatch(value) or value in _ANSI):
        return value
    raise node.error(
        f"{name} must be a colour in quotes.", 'Write "#5bb8cf", or ansi_blue for the terminal\'s.'
    )


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
