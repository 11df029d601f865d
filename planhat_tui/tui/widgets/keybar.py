"""The footer: as many keys as fit, for what has the focus, in the order of use.

A key that can't be used now is dim; pressing it says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from planhat_tui.tui import keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual import events

    from planhat_tui.tui.part import Part

GAP: Final = 2
"""Blank cells after a key's words."""


_STAYING: Final = 90
"""The rank from which on a key stays."""
_LEAST: Final = 3
"""Keys that are drawn though there's no room for them whole."""


_OF_FORMS: Final = (keys.Where.FORM, keys.Where.TIMER)
"""Places whose keys a form has."""


class _Shown(NamedTuple):
    """A key in the line: as people write it, what it does, Textual's name of it.

    One that ``stays`` is drawn in any width: the queue's, and that of all keys.
    """

    key: str
    words: str
    name: str
    able: bool
    stays: bool = False

    @property
    def width(self) -> int:
        """Its cells, with the gap after it."""
        return cell_len(f"{self.key} {self.words}") + GAP


class KeyBar(Widget):
    """The line of keys. A click on one presses it."""

    def __init__(self) -> None:
        super().__init__(id="keybar", classes="bar")
        self._shown: tuple[_Shown, ...] = ()

    def show(
        self,
        parts: Sequence[Part],
        changed: Mapping[str, str],
        *,
        typing: bool = False,
        leads: str = "",
    ) -> None:
        """Show the keys of these parts, the one with the focus first.

        While one is ``typing``, keys that would be typed aren't shown; ``leads`` is where Enter
        goes. A form shows its own, and none of what lies behind it but those that stay.
        """
        in_form = any(keys.Where.FORM in part.PLACES for part in parts)
        words = {name: said for part in reversed(parts) for name, said in part.WORDS.items()}
        by_name: dict[str, tuple[Part, keys.Key]] = {}
        for part in parts:
            for key in keys.keys_of(*part.PLACES):
                if typing and keys.is_typed(key, changed):
                    continue
                shown = _amid_typing(key) if typing else key
                if in_form and key.where not in _OF_FORMS and key.rank < _STAYING:
                    continue
                if key.name in part.ONLY_ABLE and part.why_not(key.name):
                    continue
                by_name.setdefault(key.name, (part, shown))
        shown_keys = [
            _Shown(
                keys.shown(key, changed),
                words.get(key.name, key.words),
                keys.pressed(key, changed),
                able=not by_name[key.name][0].why_not(key.name),
                stays=key.rank >= _STAYING,
            )
            for key in keys.footer(key for _, key in by_name.values() if not _twice(key, by_name))
        ]
        enter = [_Shown("enter", leads, "enter", able=True)] if leads else []
        told = (*enter, *shown_keys)
        if told != self._shown:
            self._shown = told
            self.refresh()

    def render(self) -> Content:
        """Draw as many as fit: those that are used most, and those that stay."""
        line = [Content(" ")]
        for one in self._fitting():
            line.append(Content.styled(one.key, "bold $accent" if one.able else "$muted dim"))
            words = f" {one.words}{' ' * GAP}"
            line.append(Content.styled(words, "$foreground" if one.able else "$muted dim"))
        return Content.assemble(*line)

    def _fitting(self) -> list[_Shown]:
        """Return the keys that are drawn at this width."""
        fitting = list(self._shown)
        room = self.size.width - 1 + GAP  # nothing follows the last one
        while len(fitting) > _LEAST and sum(one.width for one in fitting) > room:
            fitting.pop(max((n for n, one in enumerate(fitting) if not one.stays), default=-1))
        return fitting

    def on_click(self, event: events.Click) -> None:
        """Press the key that is clicked."""
        end = 1
        for one in self._fitting():
            end += one.width
            if event.x < end:
                self.app.simulate_key(one.name)
                return


def _amid_typing(key: keys.Key) -> keys.Key:
    """Return a key as it ranks while one types: the one out comes first, then those made for it."""
    if key.name == "back":
        return key._replace(rank=2)
    return key._replace(rank=3) if key.priority and not key.rank else key


def _twice(key: keys.Key, by_name: Mapping[str, object]) -> bool:
    """Whether another key of the line is the same one on the keyboard."""
    return key.name == "back" and "close" in by_name
