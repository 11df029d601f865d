"""What was asked of Planhat in this run: when, what, and what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content

from planhat_tui.api.curl import TOKEN, as_curl
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.rows import request_row
from planhat_tui.tui.screens.sheet import ListSheet
from planhat_tui.tui.widgets.rows import Rows
from planhat_tui.tui.widgets.words import Text

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from planhat_tui.api.log import RequestLogLine
    from planhat_tui.config.profiles import Profile
    from planhat_tui.tui.session import Requests


class RequestsSheet(ListSheet[None]):
    """The requests of the tenant on screen, newest first. It holds neither tokens nor bodies."""

    IN_FULL = ("path", "ms", "left", "bytes")
    HINT = ("copy", "up down: move", "{close}: close")
    PLACES: ClassVar[tuple[Where, ...]] = (Where.REQUESTS,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.REQUESTS)]

    def __init__(self, profile: Profile, requests: Requests) -> None:
        super().__init__(f"Requests to {profile.name}")
        self.rows = Rows(columns.REQUESTS, id="request-rows")
        self._profile = profile
        self._requests = requests
        self._lines: tuple[RequestLogLine, ...] = ()
        self._gone = 0
        self._told = Text("", classes="sheet-text", id="request-told")

    def below(self) -> ComposeResult:
        """Say more of the row under the cursor."""
        yield self._told

    def on_mount(self) -> None:
        """Read, and again once a second: requests go on meanwhile."""
        self.rows.focus()
        self.rows.say_empty("Nothing was asked of Planhat in this run yet")
        self.read(keep=False)
        self.set_interval(1.0, self.read)

    def read(self, *, keep: bool = True) -> None:
        """Read the log; the row under the cursor stays where it is."""
        lines = tuple(one for one in self._requests.lines() if one.tenant == self._profile.name)
        if keep and lines == self._lines:
            return
        if self._lines and lines:  # the oldest may have gone; rows keep their numbers
            self._gone += self._lines.index(lines[0]) if lines[0] in self._lines else 0
        self._lines = lines
        rows = [request_row(line, self._gone + place) for place, line in enumerate(lines)]
        self.rows.fill(len(rows), rows[::-1], keep=keep)
        self.tell_in_full()
        self._tell()

    @property
    def _current(self) -> RequestLogLine | None:
        here = self.rows.current
        return self._lines[int(here.id) - self._gone] if here is not None else None

    @on(Rows.Pointed, "#request-rows")
    def _pointed(self, event: Rows.Pointed) -> None:
        event.stop()
        self._tell()

    def _tell(self) -> None:
        line = self._current
        told = "" if line is None or not line.error else f"It ended as {line.error}."
        self._told.update(Content(told))

    def why_not(self, name: str) -> str:  # noqa: ARG002 -- all keys need the same
        """Say that there is nothing to copy."""
        return "" if self._current is not None else "Nothing was asked yet"

    def do_copy(self) -> None:
        """Copy the request as a line for a shell; the token stands in it as a variable."""
        line = self._current
        if line is not None:
            self.app.copy_to_clipboard(as_curl(line, self._profile.base_url, self._profile.auth))
            self.tell(f"Copied as curl.  {TOKEN} stands for the token")
