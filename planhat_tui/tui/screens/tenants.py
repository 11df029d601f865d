"""The tenants: those of the config, and the demo's two. Enter puts one on screen."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, ClassVar

from textual import on

from planhat_tui.config.profiles import DEMO_NAMES
from planhat_tui.errors import PlanhatTuiError
from planhat_tui.model.text import visible
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.cells import literal
from planhat_tui.tui.presentation.rows import profile_row
from planhat_tui.tui.screens.profile_form import ProfileForm, draft_key
from planhat_tui.tui.screens.sheet import ListSheet
from planhat_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.binding import BindingType

    from planhat_tui.config.profiles import Profile
    from planhat_tui.model.values import Json
    from planhat_tui.tui.screens.profile_form import Saved
    from planhat_tui.tui.session import Session
    from planhat_tui.workspace.switch import Standing


class Tenants(ListSheet[str]):
    """Answers with the name of a profile."""

    IN_FULL = ("name", "label", "note", "synced", "waiting", "limit", "host")
    HINT = ("enter: switch", "add", "change_tenant", "test_token", "{close}: close")
    PLACES: ClassVar[tuple[Where, ...]] = (Where.TENANTS,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.TENANTS)]

    def __init__(self, session: Session, why: str = "") -> None:
        super().__init__("Tenants")
        self._session = session
        self._why = why
        self._stands: Mapping[str, Standing] = {}
        self.rows = Rows(columns.PROFILES, id="tenant-rows")

    def on_mount(self) -> None:
        """Show them; the cursor stands on the one that one most likely wants: the last."""
        self.rows.focus()
        problems = map(str, self._session.runtime.config.problems)
        told = dict.fromkeys([*([self._why] if self._why else []), *problems])
        if told:
            self.tell(literal("  ".join(told)), bad=True)
        self._fill()

    def _profiles(self) -> list[Profile]:
        runtime = self._session.runtime
        return [*runtime.config.profiles.values(), *map(runtime.profile, DEMO_NAMES)]

    def _fill(self, wanted: str = "") -> None:
        """Show them; the cursor goes to the one that is wanted, else to the one of before.

        How each stands is read from its files, which takes a moment.
        """
        runtime, profiles = self._session.runtime, self._profiles()
        here = self._session.workspaces.current.profile.name
        others = [profile.name for profile in profiles if profile.name != here]
        self._draw(on=wanted or self._session.other or next(iter(others), ""))

        def stand() -> dict[str, Standing]:
            found = {}
            for profile in profiles:
                with contextlib.suppress(PlanhatTuiError):  # what is wrong is told when it's chosen
                    found[profile.name] = runtime.standing(profile.name)
            return found

        self.wait_for(stand, self._know)

    def profiles_changed(self) -> None:
        """Show the tenants that the config has now; the cursor stays on its own."""
        here = self.rows.current
        self._fill(here.id if here is not None else "")

    def _know(self, stands: Mapping[str, Standing]) -> None:
        self._stands = stands
        self._draw()

    def _draw(self, *, on: str = "") -> None:
        workspaces, now = self._session.workspaces, self.planhat.wall()
        here = workspaces.current.profile.name
        rows = []
        for profile in self._profiles():
            note = "on screen" if profile.name == here else ""
            if not note and workspaces.is_open(profile.name):
                note = "open"
            rows.append(profile_row(profile, note, self._stands.get(profile.name), now=now))
        self.rows.fill(len(rows), rows, on=on)
        self.tell_in_full()

    @on(Rows.Opened, "#tenant-rows")
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        self.dismiss(event.id)

    def do_add(self) -> None:
        """Add a tenant by a form."""
        self._open_form(None)

    def _open_form(self, profile: Profile | None) -> None:
        """Show the form of a tenant, or of a new one, with what was typed and not saved."""
        memory = self._session.runtime.machine

        def show(draft: Mapping[str, Json] | None) -> None:
            form = ProfileForm(memory, profile, draft)
            self.app.push_screen(form, lambda saved: self._form_left(form, saved))

        self.ask("draft", lambda: memory.draft(draft_key(profile)), show, opens=True)

    def _form_left(self, form: ProfileForm, saved: Saved | None) -> None:
        if saved is not None and form.is_new:
            self.dismiss(saved.name)
        elif saved is not None:
            self._changed(saved)
        elif form.touched:
            opens = "{add}" if form.is_new else "{change_tenant}"
            self.tell(f"The draft is kept, without the token.  {opens} opens it")

    def why_not(self, name: str) -> str:
        """Say that the demo's tenants aren't in the config."""
        here = self.rows.current
        if name != "add" and here is not None and here.id in DEMO_NAMES:
            return "This is practice data: there's nothing to change or test.  {add} adds a tenant"
        return ""

    def say_problem(self, error: PlanhatTuiError) -> None:
        """Say it, and show those that there are by now: another shell may have removed one."""
        super().say_problem(error)
        self._draw()

    def do_change_tenant(self) -> None:
        """Change a tenant by the same form."""
        if (here := self.rows.current) is not None:
            self._open_form(self._session.runtime.profile(here.id))

    def _changed(self, saved: Saved) -> None:
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
            lambda me: self.tell(
                f"The token of {name} is good: you are {literal(visible(me.name))} there"
            ),
        )
