"""The keys of a sheet: a line that is too short breaks between two of them; a click presses one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from planhat_tui.config.keys import name_of
from planhat_tui.tui.keys import Where, keys_of, shown
from planhat_tui.tui.presentation.cells import wrap_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textual import events
    from textual.geometry import Size

GAP: Final = "  "
"""What stands between two keys."""
_NAMES: Final = {"esc": "escape"}
"""Keys that people write otherwise than Textual."""


class SheetKey(NamedTuple):
    """A key, or several for one thing, as people write them, and what they do."""

    keys: str
    words: str

    @property
    def text(self) -> str:
        """Both, as they are drawn."""
        return f"{self.keys} {self.words}"


def sheet_keys(
    hints: Iterable[str], places: Sequence[Where], changed: Mapping[str, str]
) -> tuple[SheetKey, ...]:
    """Return the keys that ``hints`` tell, as the config has them.

    A hint is the name of a key of these places, with the table's words, or what the keys are and
    what they do: ``enter: decide``, ``{later} {earlier}: move``. Names are those of the places, and
    ``{save}`` and ``{close}``, which all sheets have.
    """
    keys = {key.name: key for key in keys_of(Where.FORM, *places)}
    keys |= {key.name: key for key in keys_of(*places)}
    written = {name: shown(key, changed) for name, key in keys.items()}
    told = []
    for hint in hints:
        named, literal, words = hint.partition(": ")
        if literal:
            told.append(SheetKey(named.format_map(written), words))
        else:
            told.append(SheetKey(written[hint], keys[hint].words))
    return tuple(told)


class SheetKeys(Widget):
    """Keys and what they do, such as ``enter take  esc close``."""

    def __init__(self, keys: Sequence[SheetKey], *, id: str, classes: str = "") -> None:  # noqa: A002 -- Textual's word
        super().__init__(id=id, classes=classes)
        self._keys = tuple(keys)

    @property
    def keys(self) -> str:
        """All of them, as one line."""
        return GAP.join(key.text for key in self._keys)

    def show(self, keys: Sequence[SheetKey]) -> None:
        """Show other keys."""
        if self._keys != tuple(keys):
            self._keys = tuple(keys)
            self.refresh(layout=True)

    def render(self) -> Content:
        """Draw them in the width that is there."""
        return Content("\n").join(
            Content(GAP).join(
                Content.assemble((key.keys, "bold $accent"), (f" {key.words}", "$foreground"))
                for key in line
            )
            for line in self._lines(self.size.width)
        )

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 -- Textual's signature
        """Return how many lines they take in ``width`` cells."""
        return len(self._lines(width))

    def on_click(self, event: events.Click) -> None:
        """Press the key that is clicked; of several for one thing the first."""
        place = event.get_content_offset(self)
        if place is None:
            return
        end = 0
        for key in self._lines(self.size.width)[place.y]:
            end += cell_len(key.text) + len(GAP)
            if place.x < end:
                self._press(key.keys.partition(" ")[0])
                return

    def _press(self, written: str) -> None:
        """Press a key by the word that stands for it."""
        lower = written.lower()
        key = name_of(written) if len(written) == 1 else _NAMES.get(lower, lower)
        self.app.simulate_key(key)

    def _lines(self, width: int) -> list[list[SheetKey]]:
        lines = wrap_pieces([key.text for key in self._keys], width, len(GAP))
        return [[self._keys[index] for index in line] for line in lines]
