"""From a theme file to Textual's theme.

A theme names its colours (``background``, ``accent``, ``added`` ...); style sheets use the same
names as variables. A profile's accent replaces the theme's. A theme whose background is
``default`` or an ``ansi_`` colour keeps to the terminal's own sixteen colours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.theme import Theme as TextualTheme

from planhat_tui.config.themes import GROUNDS, is_known, readable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.config.themes import Theme

FALLBACK: Final[Mapping[str, str]] = {
    "background": "#101418",
    "surface": "#161b21",
    "foreground": "#d8dee6",
    "muted": "#93a0ae",
    "accent": "#5bb8cf",
    "selection": "#1f2d3a",
    "success": "#6cb6ff",
    "warning": "#e5b04a",
    "error": "#ff8a65",
    "added": "#6cb6ff",
    "removed": "#ff8a65",
    "changed": "#e5b04a",
    "pending": "#b7a3e8",
    "conflict": "#ff9fb0",
}
"""Colours for a name that a theme leaves out, and for an app without a theme."""

ANSI: Final = frozenset("black red green yellow blue magenta cyan white default".split())
"""Colour words that mean the terminal's own."""

OWN: Final = ("muted", "selection", "added", "removed", "changed", "pending", "conflict")
"""Names that Textual has no word for: variables of ours."""


def is_terminal(theme: Theme) -> bool:
    """Whether the theme keeps to the terminal's own colours."""
    return colour(theme.colors.get("background", "")).startswith("ansi_")


def colour(text: str) -> str:
    """Return a colour as Textual writes it: ``default`` and ``bright_blue`` are the terminal's."""
    name = text.strip().lower()
    plain = name.removeprefix("ansi_").removeprefix("bright_")
    if plain in ANSI and (name.startswith(("ansi_", "bright_")) or name == "default"):
        return f"ansi_{name.removeprefix('ansi_')}"
    return name


def convert(theme: Theme, accent: str = "") -> TextualTheme:
    """Return Textual's theme, named ``name`` or, with a profile's ``accent``, ``name@accent``.

    Of an accent that is too faint to be read on the theme's grounds, the hue is kept.
    """
    terminal = is_terminal(theme)
    colors = {name: colour(theme.colors.get(name) or FALLBACK[name]) for name in FALLBACK}
    if accent and not terminal:
        grounds = [colors[name] for name in GROUNDS]
        known = all(map(is_known, grounds))
        colors["accent"] = readable(accent.lower(), grounds) if known else colour(accent)
    return TextualTheme(
        name=f"{theme.name}@{accent}" if accent else theme.name,
        primary=colors["accent"],
        secondary=colors["muted"],
        accent=colors["accent"],
        foreground=colors["foreground"],
        background=colors["background"],
        surface=colors["surface"],
        panel=colors["surface"],
        success=colors["success"],
        warning=colors["warning"],
        error=colors["error"],
        dark=theme.dark,
        ansi=terminal,
        variables=variables(colors) | (of_the_terminal(colors) if terminal else {}),
    )


def rich_colours(variables: Mapping[str, str]) -> dict[str, str]:
    """Return a theme's variables as Rich calls colours: those of the terminal by their bare names.

    A text that brings its own colours can be drawn in each theme then.
    """
    return {name: value.removeprefix("ansi_") for name, value in variables.items()}


def of_the_terminal(colors: Mapping[str, str]) -> dict[str, str]:
    """Return what Textual leaves open, or transparent, in the terminal's own colours."""
    return {
        "ansi-background": colors["background"],
        "ansi-foreground": colors["foreground"],
        "surface": colors["surface"],
        "panel": colors["surface"],
    }


def variables(colors: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that style sheets may use beyond Textual's own."""
    return {
        **{name: colors[name] for name in OWN},
        "text-muted": colors["muted"],
        "text-disabled": colors["muted"],
        "block-cursor-background": colors["selection"],
        "block-cursor-foreground": colors["foreground"],
        "block-cursor-blurred-background": colors["selection"],
        "input-cursor-text-style": "reverse",
        "input-cursor-background": colors["background"],
        "input-cursor-foreground": colors["foreground"],
        "input-selection-background": colors["selection"],
        "input-selection-foreground": colors["foreground"],
        "border": colors["accent"],
        "border-blurred": colors["muted"],
        "scrollbar": colors["muted"],
        "scrollbar-hover": colors["accent"],
        "scrollbar-active": colors["accent"],
        "scrollbar-background": colors["background"],
        "scrollbar-background-hover": colors["background"],
        "scrollbar-background-active": colors["background"],
        "scrollbar-corner-color": colors["background"],
        "footer-background": colors["background"],
    }
