"""The keys: of what has the focus first, then of everywhere; typing looks through all there are.

Enter does what the one does that the caret is at; a click what the one does that is clicked.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Region
from textual.widgets import Input

from planhat_tui.model.text import fold
from planhat_tui.tui import keys
from planhat_tui.tui.keys import Where
from planhat_tui.tui.presentation.cells import named
from planhat_tui.tui.screens.sheet import Sheet
from planhat_tui.tui.widgets.line import Line
from planhat_tui.tui.widgets.sheetkeys import SheetKey, SheetKeys
from planhat_tui.tui.widgets.words import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual import events
    from textual.app import ComposeResult


KEYS: Final = 20
"""Cells for the keys; what they do stands behind."""

AROUND: Final = 3
"""Cells beside the text: blanks, and the bar at the right."""


ALWAYS: Final = (SheetKey("ctrl+p", "find a command by its name"), SheetKey("ctrl+q", "quit"))
"""Keys that every place has."""


class Help(Sheet[keys.Key]):
    """The keys of some places, as the config has them; of all places that have what is typed.

    It answers with the one that is to be done.
    """

    HINT = ("letters: search", "up down: choose", "enter: do it", "{close}: close")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", show=False),
        Binding("down", "choose(1)", show=False),
        Binding("pageup", "scroll('page_up')", show=False),
        Binding("pagedown", "scroll('page_down')", show=False),
        Binding("home", "scroll('home')", show=False, priority=True),
        Binding("end", "scroll('end')", show=False, priority=True),
    ]

    def __init__(self, places: Sequence[Where], changed: Mapping[str, str]) -> None:
        super().__init__("Keys")
        self._places = tuple(dict.fromkeys(places))
        self._changed = changed
        self._line = Line(hint="what it does, or the key", id="help-line")
        self._text = Text("", id="help-text")
        self._shown: list[keys.Key] = []
        self._at_line: dict[int, int] = {}
        self._at = -1

    def body(self) -> ComposeResult:
        """Draw the line, and a heading and the keys for each place."""
        self._draw()
        yield self._line
        yield SheetKeys(ALWAYS, id="help-always")
        with VerticalScroll(classes="sheet-scroll", can_focus=False):
            yield self._text

    def on_mount(self) -> None:
        """Type at once."""
        self._line.focus()

    def on_resize(self) -> None:
        """Break the lines where the terminal ends now."""
        self.call_after_refresh(self._draw)

    @on(Input.Changed, "#help-line")
    def _typed(self, event: Input.Changed) -> None:
        """Put the caret at the first key that is told in just these words, else at the first."""
        event.stop()
        self._at, typed = -1, fold(event.value)
        self._draw()
        self.query_one(VerticalScroll).scroll_home(animate=False)
        if typed and self._shown:
            told = [typed in fold(key.help) for key in self._shown]
            self._at = told.index(True) if True in told else 0
            self.action_choose(0)

    @on(Input.Submitted, "#help-line")
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if 0 <= self._at < len(self._shown):
            self.dismiss(self._shown[self._at])
        else:
            self.tell("Type what is to be done, or choose a key with up and down")

    def on_click(self, event: events.Click) -> None:
        """Answer with the key that is clicked."""
        seen = self.query_one(VerticalScroll).region
        at = self._at_line.get(event.screen_y - self._text.region.y)
        if at is not None and seen.contains_point(event.screen_offset):
            self.dismiss(self._shown[at])

    def action_choose(self, step: int) -> None:
        """Move the caret, while one may go on typing."""
        self._at = max(0, min(self._at + step, len(self._shown) - 1))
        top, height = self._draw()
        region = Region(0, top, 1, height)
        self.query_one(VerticalScroll).scroll_to_region(region, animate=False, force=True)

    def action_scroll(self, way: str) -> None:
        """Scroll the keys, while one may go on typing."""
        getattr(self.query_one(VerticalScroll), f"scroll_{way}")(animate=False)

    def _draw(self) -> tuple[int, int]:
        """Break the lines where the terminal ends, what a key does under itself.

        Return the line at which the caret is, and how many the key there takes.
        """
        width = self.app.size.width - AROUND
        typed = self._line.value.strip()
        lines: list[Content] = []
        self._shown, self._at_line = [], {}
        for place, found in self._found(typed):
            lines.append(Content.styled(place.value, "bold $accent"))
            for key in found:
                at = len(self._shown)
                told = self._told(key, width, here=at == self._at)
                self._at_line |= dict.fromkeys(range(len(lines), len(lines) + len(told)), at)
                lines += told
                self._shown.append(key)
        self._text.update(Content("\n").join(lines or [Content(f"No key has {named(typed)}.")]))
        caret = [line for line, at in self._at_line.items() if at == self._at]
        return (caret[0], len(caret)) if caret else (0, 1)

    def _found(self, typed: str) -> list[tuple[Where, tuple[keys.Key, ...]]]:
        """Return the keys by their places: those of what has the focus, or all that are meant."""
        if not typed:
            return [(place, keys.keys_of(place)) for place in self._places]
        places = dict.fromkeys((*self._places, *Where))
        found = [(place, self._meant(place, typed)) for place in places]
        return [(place, meant) for place, meant in found if meant]

    def _meant(self, place: Where, typed: str) -> tuple[keys.Key, ...]:
        """Return the keys of a place that are written so; else those whose words have all these."""
        here = keys.keys_of(place)
        if any(keys.on(key, typed, self._changed) for key in keys.KEYS):
            return tuple(key for key in here if keys.on(key, typed, self._changed))
        return tuple(key for key in here if keys.has(key, typed.split(), self._changed))

    def _told(self, key: keys.Key, width: int, *, here: bool) -> list[Content]:
        shown = keys.all_written(key, self._changed)
        lead = f"{self.planhat.glyphs.caret} " if here else "  "
        first, *rest = wrap(key.help, max(10, width - KEYS))
        style = "bold $accent" if here else "bold"
        head = Content.assemble((f"{lead}{shown:<{KEYS - 2}}", style), first)
        return [head, *(Content(" " * KEYS + more) for more in rest)]
