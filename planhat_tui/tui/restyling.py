"""A person's own themes, read again as soon as one of their files is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from planhat_tui.config.themes import load_themes, stamps
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from planhat_tui.config.themes import Theme


class Restyled(NamedTuple):
    """What a look at the folder has found: all themes that can be used now, and what to say.

    ``new`` are the names of those that differ. ``bad``: a file has mistakes, and its theme stays as
    it was.
    """

    themes: Mapping[str, Theme]
    new: frozenset[str]
    told: str
    bad: bool = False


class Restyling:
    """Watches one folder of themes; the files that it had at first are known already."""

    def __init__(self, folder: Path, themes: Mapping[str, Theme]) -> None:
        self._folder = folder
        self._stamps = stamps(folder)
        self.themes = themes

    def look(self) -> Restyled | None:
        """Read the themes again if a file was saved since the last look; not on the screen."""
        now = stamps(self._folder)
        if now == self._stamps:
            return None
        self._stamps = now
        read, mistakes = load_themes(self._folder)
        broken = {mistake.path for mistake in mistakes}
        kept = {name: theme for name, theme in self.themes.items() if theme.path in broken}
        themes = {**read, **kept}
        new = frozenset(name for name, theme in themes.items() if theme != self.themes.get(name))
        self.themes = themes
        if mistakes:
            more = f"  and {len(mistakes) - 1} more" if len(mistakes) > 1 else ""
            return Restyled(themes, new, visible(f"{mistakes[0]}{more}"), bad=True)
        names = ", ".join(sorted(map(visible, new)))
        return Restyled(themes, new, f"Read again: theme {names}" if new else "")
