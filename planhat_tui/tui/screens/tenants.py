"""The tenants: those of the config, and the demo's two. Enter puts one on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on

from planhat_tui.config.profiles import DEMO_NAMES
from planhat_tui.model.text import visible
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.rows import profile_row
from planhat_tui.tui.screens.profile_form import ProfileForm
from planhat_tui.tui.screens.sheet import ListSheet
from planhat_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from textual.binding import BindingType

    from planhat_tui.tui.screens.profile_form import Saved
    from planhat_tui.tui.session import Session


class Tenants(ListSheet[str]):
    """Answers with the name of a profile."""

    HINT = "Enter switch   a add a tenant   e change   T test   esc close"
    PLACES: ClassVar[tuple[Where, ...]] = (Where.TENANTS,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.TENANTS)]

    def __init__(self, session: Session, why: str = "") -> None:
        super().__init__("Tenants")
        self._session = session
        self._why = why
        self.rows = Rows(columns.PROFILES, id="tenant-rows")

    def on_mount(self) -> None:
        """Show them; the cursor stands on the one that one most likely wants: the last."""
        self.rows.focus()
        problems = map(str, self._session.runtime.config.problems)
        told = dict.fromkeys([*([self._why] if self._why else []), *problems])
        if told:
            self.tell("  ".join(told), bad=True)
        self._fill()

    def _fill(self, wanted: str = "") -> None:
        """Show them; the cursor goes to the one that is wanted, else to the one of before."""
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
        wanted = wanted or self._session.other or next(iter(others), "")
        self.call_after_refresh(self.rows.go_to, wanted)

    @on(Rows.Opened, "#tenant-rows")
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        self.dismiss(event.id)

    def do_add(self) -> None:
        """Add a tenant by a form."""
        self.app.push_screen(ProfileForm(), self._added)

    def why_not(self, name: str) -> str:
        """Say that the demo's tenants aren't in the config."""
        here = self.rows.current
        if name != "add" and here is not None and here.id in DEMO_NAMES:
            return "This is practice data: there's nothing to change or test.  a adds a tenant"
        return ""

    def do_change_tenant(self) -> None:
        """Change a tenant by the same form."""
        if (here := self.rows.current) is not None:
            profile = self._session.runtime.profile(here.id)
            self.app.push_screen(ProfileForm(profile), self._changed)

    def _changed(self, saved: Saved | None) -> None:
        if saved is None:
            return
        name, told = saved
        workspaces, profile = self._session.workspaces, self._session.runtime.profile(name)
        if workspaces.is_open(name) and workspaces.get(name).profile.speaks != profile.speaks:
            told += f"  {name} speaks to Planhat as before until the next start"
        self.tell(told)
        self._fill(name)

    def do_test_token(self) -> None:
        """Ask Planhat who the token of a tenant stands for."""
        if (here := self.rows.current) is None:
            return
        name, probe = here.id, self._session.runtime.probe
        profile = self._session.runtime.profile(name)
        self.tell(f"Asking Planhat who the token of {name} stands for ...")
        self.wait_for(
            lambda: probe(profile),
            lambda me: self.tell(f"The token of {name} is good: you are {visible(me.name)} there"),
        )

    def _added(self, saved: Saved | None) -> None:
        if saved is not None:
            self.dismiss(saved.name)
