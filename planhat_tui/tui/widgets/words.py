"""Some words on the screen, laid out again only when they have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, cast

from rich.cells import cell_len
from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.widgets import Input, Static

from planhat_tui.tui.keys import is_letter

if TYPE_CHECKING:
    from textual import events
    from textual.geometry import Region

    from planhat_tui.tui.app import PlanhatApp
    from planhat_tui.tui.keys import Sentence


class Text(Static):
    """A text whose place follows what it says, however soon it says something else."""

    _presses: tuple[tuple[int, int, str], ...] = ()

    def speak(self, told: Sentence) -> None:
        """Say a sentence; a click on a key that it names presses it.

        While one types, one on a letter does nothing: it would be typed.
        """
        self._presses = told.presses
        self.update(Content(told.text))

    def on_click(self, event: events.Click) -> None:
        """Press the key that is clicked."""
        _, at = self.screen.get_widget_and_offset_at(event.screen_x, event.screen_y)
        if at is None or at.y:
            return
        typing = isinstance(self.screen.focused, Input)
        for start, end, key in self._presses:
            if start <= at.x < end:
                event.stop()
                if not (typing and is_letter(key)):
                    self.app.simulate_key(key)

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Ask to be drawn again; ``layout``: in a place that may be another.

        Textual counts a second change only once it has been idle. If all is laid out between the
        two, the height of the first text is taken for that of the second, for good.
        """
        self._layout_updates += layout
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


class Told(Text):
    """A text that says so where there is no room for all of it: its last line ends with `…`."""

    def render_line(self, y: int) -> Strip:
        """Draw a line of the content: what lies around it is drawn by others."""
        line = super().render_line(y)
        room = self.content_size
        if not room.height or y != room.height - 1:
            return line
        whole = self.get_content_height(self.app.size, self.app.size, room.width)
        return self._cut(line) if whole > room.height else line

    def _cut(self, line: Strip) -> Strip:
        """Put the ellipsis behind the last letter, or over it where the line is full."""
        sign = cast("PlanhatApp", self.app).glyphs.ellipsis
        end = min(cell_len(line.text.rstrip()), self.content_size.width - cell_len(sign))
        style = next((s.style for s in line.crop(end - 1, end) if s.style), None)
        rest = line.crop(end + cell_len(sign), line.cell_length)
        return Strip.join([line.crop(0, end), Strip([Segment(sign, style)]), rest])


class Words(Told):
    """A text of which what is said again costs nothing."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 -- Textual's word
        self.said = Content("")
        super().__init__(self.said, id=id)

    def say(self, said: Content | str, *, layout: bool = True) -> None:
        """Show other words; ``layout=False`` where they can't change the place that they take."""
        content = said if isinstance(said, Content) else Content(said)
        if content.is_same(self.said):
            return
        self.said = content
        self.update(content, layout=layout)
