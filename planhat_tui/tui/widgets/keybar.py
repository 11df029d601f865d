"""The footer: at most eight keys, for what has the focus, in the order of use.

A key that can't be used now is dim; pressing it says why.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from planhat_tui.tui import keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual import events

    from planhat_tui.tui.part import Part


class KeyBar(Widget):
    """The line of keys. A click on one presses it."""

    def __init__(self) -> None:
        super().__init__(id="keybar", classes="bar")
        self._shown: tuple[tuple[str, str, str, bool], ...] = ()

    def show(
        self, parts: Sequence[Part], changed: Mapping[str, str], *, typing: bool = False
    ) -> None:
        """Show the keys of these parts, the one with the focus first.

        While one is ``typing``, keys that would be typed aren't shown.
        """
        by_name: dict[str, tuple[Part, keys.Key]] = {}
        for part in parts:
            for key in keys.keys_of(*part.PLACES):
                if typing and keys.is_typed(key):
                    continue
                shown = replace(key, rank=2) if typing and key.name == "back" else key
                by_name.setdefault(key.name, (part, shown))
        chosen = keys.footer(key for _, key in by_name.values())
        self._shown = tuple(
            (
                keys.shown(key, changed),
                key.words,
                key.keys.split(",")[0],
                not by_name[key.name][0].why_not(key.name),
            )
            for key in chosen
        )
        self.refresh()

    def render(self) -> Content:
        """Draw as many as fit; the last two (queue, keys) stay."""
        pieces = [(f"{key} {words}", able) for key, words, _, able in self._shown]
        while len(pieces) > 3 and self._width(pieces) > self.size.width:
            pieces.pop(-3)
        line = [Content(" ")]
        for (text, able), gap in zip(pieces, ["  "] * len(pieces), strict=True):
            key, _, words = text.partition(" ")
            line.append(Content.styled(key, "bold $accent" if able else "$muted dim"))
            line.append(Content.styled(f" {words}{gap}", "$foreground" if able else "$muted dim"))
        return Content.assemble(*line)

    @staticmethod
    def _width(pieces: Sequence[tuple[str, bool]]) -> int:
        return 1 + sum(cell_len(text) + 2 for text, _ in pieces)

    def on_click(self, event: events.Click) -> None:
        """Press the key that is clicked."""
        at = 1
        for key, words, name, _ in self._shown:
            at += cell_len(f"{key} {words}") + 2
            if event.x < at:
                self.app.simulate_key(name)
                return
