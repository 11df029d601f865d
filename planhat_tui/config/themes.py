"""Themes: one YAML file each, shipped or the user's own."""

from __future__ import annotations

from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from planhat_tui.config import cached

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from planhat_tui.errors import ConfigError

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
FORMAT: Final = 1
"""Counts the changes of what is kept in the cache."""
_NAME: Final = "themes.json"
_STEPS: Final = 50
"""From a colour to white or black, where it's looked for whether it can be read."""


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


def themes_folder() -> Path:
    """Return the folder of the shipped themes, in a wheel and in a checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "themes"
    return shipped if shipped.is_dir() else package.parent / "themes"


def load_themes(user_folder: Path) -> tuple[dict[str, Theme], tuple[ConfigError, ...]]:
    """Return all themes by name, the user's over the shipped, and the mistakes in them."""
    from planhat_tui.config.theme_files import read_theme  # YAML is loaded here, if at all

    themes: dict[str, Theme] = {}
    problems: list[ConfigError] = []
    for folder in (themes_folder(), user_folder):
        for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
            theme, mistakes = read_theme(path)
            problems += mistakes
            if theme is not None:
                themes[theme.name] = theme
    return themes, tuple(problems)


def load_kept_themes(
    user_folder: Path, cache: Path, wall: Callable[[], float]
) -> tuple[dict[str, Theme], tuple[ConfigError, ...]]:
    """Return what :func:`load_themes` does; themes without a mistake are kept in the cache."""
    folders = (themes_folder(), user_folder)
    files = stamps(*folders)
    head = [FORMAT, *([str(path), *(stamp or ())] for path, stamp in files.items())]
    kept = cached.read(cache, _NAME, head)
    if kept is not None:
        try:
            return {one["name"]: _theme(**one) for one in kept}, ()
        except (TypeError, LookupError):  # it's no such file
            pass
    themes, mistakes = load_themes(user_folder)
    rested = all(cached.rests(stamp, wall()) for stamp in files.values())
    if rested and not mistakes and files == stamps(*folders):
        plain = [{**asdict(one), "path": str(one.path)} for one in themes.values()]
        cached.write(cache, _NAME, head, plain)
    return themes, mistakes


def _theme(path: str, **values: Any) -> Theme:  # noqa: ANN401 -- as they were written
    return Theme(path=Path(path), **values)


def stamps(*folders: Path) -> dict[Path, cached.Stamp | None]:
    """Return the themes' files in some folders, each with what differs once it's saved.

    ``None`` for one that an editor is just replacing.
    """
    paths = [path for folder in folders if folder.is_dir() for path in folder.glob("*.yaml")]
    return {path: cached.stamp(path) for path in sorted(paths)}


def contrast(a: str, b: str) -> float:
    """Return the contrast of two ``#rrggbb`` colours, 1 to 21 (WCAG 2)."""
    low, high = sorted((_luminance(a), _luminance(b)))
    return (high + 0.05) / (low + 0.05)


def readable(accent: str, grounds: Sequence[str]) -> str:
    """Return a colour as it can be read on each of these grounds: of its hue, lighter or darker.

    All are ``#rrggbb``. One that can be read stays as it is.
    """
    red, green, blue = (int(accent[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, light, saturation = rgb_to_hls(red, green, blue)
    end = 1.0 if contrast("#ffffff", grounds[0]) > contrast("#000000", grounds[0]) else 0.0
    shown, steps = accent, 0
    while min(contrast(shown, one) for one in grounds) < LEAST_CONTRAST and steps < _STEPS:
        steps += 1
        other = hls_to_rgb(hue, light + (end - light) * steps / _STEPS, saturation)
        shown = "#" + "".join(f"{round(part * 255):02x}" for part in other)
    return shown


class Faint(NamedTuple):
    """A text colour that is hard to read on a ground. ``line`` is where its file gives it."""

    text: str
    ground: str
    measured: float
    line: int


def is_known(colour: str) -> bool:
    """Tell whether it's known how a colour looks: the terminal's own are what it makes of them."""
    return not colour.startswith("ansi_")


def faint(theme: Theme) -> tuple[Faint, ...]:
    """Return each text colour that is too faint on a ground, of those that are known."""
    return tuple(
        Faint(name, ground, measured, theme.lines.get(name, 0))
        for name, ground in _pairs(theme, known=True)
        if (measured := contrast(theme.colors[name], theme.colors[ground])) < LEAST_CONTRAST
    )


def unmeasured(theme: Theme) -> int:
    """Count the texts on grounds whose contrast hangs on the terminal's own colours."""
    return len(_pairs(theme, known=False))


def _pairs(theme: Theme, *, known: bool) -> list[tuple[str, str]]:
    """Return the names of a text and a ground, of all that are known, or of all others."""
    colors = theme.colors
    return [
        (name, ground)
        for name in TEXTS
        for ground in GROUNDS
        if (is_known(colors[name]) and is_known(colors[ground])) == known
    ]


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
