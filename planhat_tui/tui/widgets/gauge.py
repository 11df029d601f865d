"""The rate limit as a gauge: a short bar and words that say how far they can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.tui.presentation.limit_words import mood, share, words

if TYPE_CHECKING:
    from planhat_tui.model.limits import Limits
    from planhat_tui.tui.presentation.glyphs import Glyphs

COLOURS = {
    "known": "$foreground",
    "low": "bold $warning",
    "scarce": "bold $error",
    "stopped": "bold $error",
    "stale": "$muted",
    "unknown": "$muted",
}
"""Colour by mood; the words say the same."""

CELLS = 8
"""Width of the bar."""


def pieces(
    limits: Limits, now: float, glyphs: Glyphs, *, wide: bool, said: str = ""
) -> list[tuple[str, str]]:
    """Return the gauge for a line; with a bar where there's room. ``now`` is monotonic seconds.

    ``said`` is a shorter form of the words.
    """
    feeling = mood(limits, now)
    told = (said or words(limits, now, dot=glyphs.dot), COLOURS[feeling])
    part = share(limits)
    if not wide or part is None or feeling in {"unknown", "stale"}:
        return [told]
    full = 0 if feeling == "stopped" else round(part * CELLS)  # the answers may have told no end
    colour = "$accent" if feeling == "known" else COLOURS[feeling]
    return [
        (glyphs.heavy * full, colour),
        (glyphs.thin * (CELLS - full), "$muted"),
        (" ", ""),
        told,
    ]
