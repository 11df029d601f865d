"""What is said when the config has changed while the explorer runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.model.text import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planhat_tui.config.watching import Reread
    from planhat_tui.errors import ConfigError


def mistaken(problems: Sequence[ConfigError]) -> str:
    """Return the first mistake, how many others there are, and that nothing was taken up."""
    first, *others = problems
    more = f"  {plural(len(others), 'mistake')} more: config check" if others else ""
    return f"{first}  Until it's mended, the config holds as it was{more}"


def changed(reread: Reread, later: Sequence[str], theme: str) -> str:
    """Return what of the config is taken up, and what waits for the next start.

    ``later`` are profiles that were opened with another token or address, ``theme`` is on screen.
    """
    before, now = reread.before, reread.now
    parts = {
        "profiles": before.profiles != now.profiles or before.default != now.default,
        "views": before.views != now.views,
        "keys": before.settings.keys != now.settings.keys,
        "theme": before.settings.theme != now.settings.theme == theme,
    }
    taken = ", ".join(name for name, differs in parts.items() if differs)
    told = [f"The config has changed: {taken} as it says now"] if taken else []
    if _others(reread):
        told.append("refresh and history hold from the next start on")
    if later:
        told.append(f"{', '.join(later)} speaks to Planhat as before until the next start")
    if before.settings.theme != now.settings.theme != theme:
        told.append(f"{theme} stays on screen: it was chosen, or {now.settings.theme} isn't there")
    plain = "The config is in order again" if reread.mended else "The config was read again"
    return "  ".join(told) or plain


def _others(reread: Reread) -> bool:
    """Tell whether a setting differs that only a start takes up."""
    before, now = reread.before.settings, reread.now.settings
    names = ("refresh", "history", "history_size")
    return any(getattr(before, name) != getattr(now, name) for name in names)
