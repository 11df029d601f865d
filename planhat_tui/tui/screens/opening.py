"""What stands over the tenant before while another one is opened that takes long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from planhat_tui.tui.screens.sheet import Sheet

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Opening(Sheet[bool]):
    """Takes the keys while a tenant is opened; esc answers that one stays where one is."""

    HINT = ("{close}: stay here",)

    def __init__(self, name: str) -> None:
        self.tenant, self.told = name, f"Opening {name} ..."
        super().__init__(self.told)

    def hears_at_once(self, key: str) -> bool:
        """Tell whether a key is heard while all others wait: the one that closes this."""
        return key in self.planhat.changed_keys.get("close", "escape").split(",")

    def body(self) -> ComposeResult:
        """Say what takes so long."""
        told = "Its files are read or made.  It comes as soon as they are"
        yield Static(Content(told), classes="sheet-text")
