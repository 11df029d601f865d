"""What stands beside the panes and that only a key asks for.

It isn't loaded before the first sight of the list: :func:`load` does that beside the screen, and
what a key asks for earlier loads itself.
"""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from planhat_tui.tui.arranging import Arranging
    from planhat_tui.tui.commanding import Commanding
    from planhat_tui.tui.copying import Copying
    from planhat_tui.tui.flows import Flows
    from planhat_tui.tui.planning import Planning
    from planhat_tui.tui.screens.explorer import Explorer
    from planhat_tui.tui.undoing import Undoing

LATE: Final = (
    "flows",
    "planning",
    "undoing",
    "commanding",
    "copying",
    "palette",
    "screens.columns",
    "screens.help",
    "screens.opening",
    "screens.order",
    "screens.outbox",
    "screens.requests",
    "screens.tenants",
    "screens.timeline",
    "screens.views",
    "screens.web",
)
"""The modules of this package that the usual keys need."""


def load() -> None:
    """Load what the usual keys need. Not on the screen's thread."""
    for name in LATE:
        import_module(f"planhat_tui.tui.{name}")


class Rooms:
    """The rooms of an explorer, each made when it's first asked for."""

    @cached_property
    def flows(self) -> Flows:
        """What keys change."""
        from planhat_tui.tui.flows import Flows

        return Flows(self._explorer)

    @cached_property
    def planning(self) -> Planning:
        """Changes of many records, shown before they're made."""
        from planhat_tui.tui.planning import Planning

        return Planning(self._explorer)

    @cached_property
    def undoing(self) -> Undoing:
        """Taking back."""
        from planhat_tui.tui.undoing import Undoing

        explorer = self._explorer
        return Undoing(explorer, explorer.workspace, explorer.users, explorer.undone)

    @cached_property
    def commanding(self) -> Commanding:
        """The ``:`` line."""
        from planhat_tui.tui.commanding import Commanding

        return Commanding(self._explorer)

    @cached_property
    def arranging(self) -> Arranging:
        """Order, columns and saved views of a list."""
        from planhat_tui.tui.arranging import Arranging

        return Arranging(self._explorer)

    @cached_property
    def copying(self) -> Copying:
        """The clipboard."""
        from planhat_tui.tui.copying import Copying

        return Copying(self._explorer)

    @property
    def _explorer(self) -> Explorer:
        return cast("Explorer", self)
