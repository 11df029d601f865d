"""Before a page of the web app opens in the browser, its address is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation.cells import literal
from planhat_tui.tui.screens.sheet import Sheet

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


class WebPage(Sheet[None]):
    """Opens an address, or copies it where there's no browser."""

    HINT = ("open", "copy", "{close}: close")
    PLACES: ClassVar[tuple[Where, ...]] = (Where.WEB,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.WEB)]

    def __init__(self, name: str, address: str) -> None:
        super().__init__(f"{name} in Planhat's web app")
        self.address = address

    def body(self) -> ComposeResult:
        """Draw the address."""
        yield Static(Content(self.address), classes="sheet-text", id="web-address")

    def do_open(self) -> None:
        """Open it."""
        self.app.open_url(self.address)
        self.planhat.explorer.say(f"Given to the browser: {literal(self.address)}")
        self.dismiss(None)

    def do_copy(self) -> None:
        """Copy it."""
        self.planhat.explorer.copy(self.address)
        self.dismiss(None)
