"""The tenants: those of the config, and the demo's two. Enter puts one on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on

from planhat_tui.config.profiles import DEMO_NAMES
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.rows import profile_row
from planhat_tui.tui.screens.profile_form import ProfileForm
from planhat_tui.tui.screens.sheet import Sheet
from planhat_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from planhat_tui.tui.session import Session


class Tenants(Sheet[str]):
    """Answers with the name of a profile."""

    HINT = "Enter switch   a add a tenant   esc close"
    PLACES: ClassVar[tuple[Where, ...]] = (Where.TENANTS,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.TENANTS)]

    def __init__(self, session: Session) -> None:
        super().__init__("Tenants")
        self._session = session
        self.rows = Rows(columns.PROFILES, id="tenant-rows")

    def body(self) -> ComposeResult:
        """Draw the list."""
        self.rows.add_class("sheet-rows")
        yield self.rows

    def on_mount(self) -> None:
        """Show them; the cursor stands on the one that one most likely wants: the last."""
        self.rows.focus()
        problems = self._session.runtime.config.problems
        if problems:
            self.tell("  ".join(str(problem) for problem in problems), bad=True)
        self._fill()

    def _fill(self) -> None:
        runtime, workspaces = self._session.runtime, self._session.workspaces
        profiles = [*runtime.config.profiles.values(), *map(runtime.profile, DEMO_NAMES)]
        here = workspaces.current.profile.name
        rows = []
        for profile in profiles:
            note = "on screen" if profile.name == here else ""
            if not note and workspaces.is_open(profile.name):
                note = "open"
            rows.append(profile_row(profile, note))
        self.rows.fill(len(rows), rows, keep=False)
        others = [profile.name for profile in profiles if profile.name != here]
        wanted = workspaces.last or next(iter(others), "")
        self.call_after_refresh(self.rows.go_to, wanted)

    @on(Rows.Opened, "#tenant-rows")
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        self.dismiss(event.id)

    def do_add(self) -> None:
        """Add a tenant by a form."""
        self.app.push_screen(ProfileForm(self._session), self._added)

    def _added(self, name: str | None) -> None:
        if name:
            self.dismiss(name)
