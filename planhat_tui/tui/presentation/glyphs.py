"""State is a glyph and a word, never a colour alone, and the same everywhere.

Each glyph is one cell wide and has an ASCII form. The ASCII forms are the default where the
terminal's locale makes the others ambiguous in width (Chinese, Japanese, Korean).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.model.outbox import State

if TYPE_CHECKING:
    from collections.abc import Mapping


class Glyphs(NamedTuple):
    """The signs that a screen is drawn with. Each is one cell, ``ellipsis`` too.

    ``blocks`` are parts of a cell of a bar, from a sliver to all of it; ``levels`` are heights in a
    cell, from the lowest.
    """

    states: Mapping[State, str]
    caret: str
    marked: str
    featured: str
    changed: str
    read_only: str
    not_loaded: str
    ellipsis: str
    dot: str
    arrow: str
    rising: str
    falling: str
    thin: str
    heavy: str
    thin_corner: str
    heavy_corner: str
    thin_bar: str
    heavy_bar: str
    blocks: str
    levels: str
    checked: str
    unchecked: str

    def state(self, state: State | None) -> str:
        """Return the glyph of a state; a blank for what is delivered, the normal state."""
        return self.states.get(state, " ") if state is not None else " "

    def word(self, state: State) -> str:
        """Return glyph and word: ``● queued``."""
        return f"{self.state(state)} {state.value}".strip()


UNICODE: Final = Glyphs(
    states={
        State.QUEUED: "●",
        State.SENDING: "↑",
        State.NOT_SURE: "?",
        State.REFUSED: "!",
        State.CONFLICT: "≠",
        State.HELD: "‖",
    },
    caret="▸",
    marked="x",
    featured="★",
    changed="∆",
    read_only="⊘",
    not_loaded="…",
    ellipsis="…",
    dot="·",
    arrow="→",
    rising="▴",
    falling="▾",
    thin="─",
    heavy="━",
    thin_corner="┌",
    heavy_corner="┏",
    thin_bar="│",
    heavy_bar="┃",
    blocks="╸━",
    levels="▁▂▃▄▅▆▇",
    checked="[x]",
    unchecked="[ ]",
)

ASCII: Final = Glyphs(
    states={
        State.QUEUED: "o",
        State.SENDING: "^",
        State.NOT_SURE: "?",
        State.REFUSED: "!",
        State.CONFLICT: "#",
        State.HELD: "=",
    },
    caret=">",
    marked="x",
    featured="*",
    changed="+",
    read_only="%",
    not_loaded="~",
    ellipsis="~",
    dot="|",
    arrow=">",
    rising="^",
    falling="v",
    thin="-",
    heavy="=",
    thin_corner="+",
    heavy_corner="#",
    thin_bar="|",
    heavy_bar="#",
    blocks="=",
    levels="_-=#",
    checked="[x]",
    unchecked="[ ]",
)

AMBIGUOUS: Final = ("zh", "ja", "ko")
"""Languages whose terminals draw some of the signs two cells wide."""


def choose(setting: str, env: Mapping[str, str], borders: str = "line") -> Glyphs:
    """Return the signs for a theme's ``glyphs`` (``unicode``, ``ascii``, ``auto``: by locale).

    With ``borders`` of ``none``, lines and bars are blank: a reader of screens spells each of them.
    """
    signs = _signs(setting, env)
    if borders != "none":
        return signs
    return signs._replace(
        thin=" ",
        heavy=" ",
        thin_corner=" ",
        heavy_corner=" ",
        thin_bar=" ",
        heavy_bar=" ",
        blocks="",
        levels="",
    )


def _signs(setting: str, env: Mapping[str, str]) -> Glyphs:
    if setting == "unicode":
        return UNICODE
    if setting == "ascii":
        return ASCII
    locale = env.get("LC_ALL") or env.get("LC_CTYPE") or env.get("LANG") or ""
    return ASCII if locale.lower().startswith(AMBIGUOUS) else UNICODE
