"""The driver of an explorer whose terminal is a page in a browser; ``serve`` names it."""

from __future__ import annotations

from textual.drivers.web_driver import WebDriver
from textual.messages import ExitApp


class PageDriver(WebDriver):
    """Ends the app when nobody is left at the other end: Textual's own would wait for ever."""

    def run_input_thread(self) -> None:
        """Read until the app ends, or the input does."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            self._app.post_message(ExitApp())
