"""Which company the panes beside the list show."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import StorageError
from planhat_tui.model.records import Kind, text_of
from planhat_tui.workspace.begun import Partner

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer

    from planhat_tui.tui.screens.explorer import Explorer

FOLLOW: Final = 0.08
"""Seconds after the last letter of a search in which the other panes stay as they are."""

REST: Final = 3.0
"""Seconds on one company after which a person has looked at it, and not only passed."""


class Pointing:
    """Lets the panes of one explorer follow the list, or show a company beside it.

    Who opens a company or rests on it has looked at it (``looked``), and waits for what isn't here
    of it yet. That one looked is noted when one goes on, so that what is new stays on the screen,
    and in a list of what is new, as long as one looks.
    """

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer
        self.awaited: Timer | None = None
        self._pointed_at = ""
        self._passed_over: str | None = None
        self.looked = ""
        self._came = 0.0

    def at(self, company: str) -> None:
        """Follow the list to a company; while letters are typed, when they pause."""
        explorer = self._explorer
        if company == self._passed_over:
            return
        self._passed_over = None
        self.stop()
        self._pointed_at = company
        if company == explorer.detail.company_id:
            if explorer.contacts.seeks(explorer.companies.search.value):
                self._once_paused(self._light)
        else:
            self._once_paused(partial(self._follow, company))

    def _once_paused(self, follow: Callable[[], None]) -> None:
        explorer = self._explorer
        if explorer.companies.search.has_focus:
            self.awaited = explorer.set_timer(FOLLOW, follow)
        else:
            follow()

    def _light(self) -> None:
        """Light in the contacts, which stay, what is looked for by now."""
        self.awaited = None
        self._explorer.contacts.light(self._explorer.companies.search.value)

    def stop(self) -> None:
        """Leave the other panes as they are: another letter has been typed."""
        if self.awaited is not None:
            self.awaited.stop()
            self.awaited = None
            self._pointed_at = ""  # nobody has gone there

    def arrive(self) -> str:
        """Follow at once to what the list points at; that company, empty if it's none."""
        if self.awaited is not None:
            company = self._pointed_at
            self.stop()
            self._pointed_at = company
            if company == self._explorer.detail.company_id:
                self._light()
            else:
                self._follow(company)
        return self._pointed_at

    def come(self) -> None:
        """Show the company under the list's cursor at once, also where another is shown beside."""
        row = self._explorer.companies.rows.current
        if row is None:
            return
        self.stop()
        self._pointed_at, self._passed_over = row.id, None
        if row.id != self._explorer.detail.company_id:
            self._follow(row.id)

    def show_beside(self, company: str, name: str, contact: str = "") -> None:
        """Show a company that the list doesn't point at, until that points elsewhere."""
        row = self._explorer.companies.rows.current
        self._passed_over = row.id if row is not None else ""
        self._follow(company, name, contact)

    def open_record(self, kind: Kind, record_id: str) -> None:
        """Show a company beside the list, or the contacts of a contact's company."""
        explorer, reads = self._explorer, self._explorer.workspace.reads

        def read() -> tuple[str, str]:
            shown = reads.company(record_id) if kind is Kind.COMPANY else reads.contact(record_id)
            raw = shown.raw if shown is not None else {}
            if kind is Kind.CONTACT:
                return text_of(raw, "companyId"), text_of(raw, "companyName")
            return text_of(raw, "_id"), text_of(raw, "name")

        def show(company: tuple[str, str]) -> None:
            if not company[0]:
                explorer.say(f"That {kind} is no longer here.  {{refresh}} reads the list again")
                return
            explorer.travels.leave()
            self.show_beside(*company)
            explorer.go(2 if kind is Kind.COMPANY else 3)

        explorer.ask("record to open", read, show)

    def _follow(self, company: str, name: str = "", contact: str = "") -> None:
        """Let the panes show a company: the one under the cursor, unless a name is given."""
        self.awaited = None
        explorer = self._explorer
        if company != explorer.detail.company_id:
            self._go_on()
            self._came = explorer.planhat.monotonic()
        row = explorer.companies.rows.current
        name = name or (str(row.cells["name"]) if row is not None else "")
        explorer.companies.preview.point(company)
        explorer.detail.point(company)
        explorer.contacts.point(company, name, contact, explorer.companies.search.value)
        explorer.calls.point(Partner(company_id=company, company_name=name))
        explorer.look_at(company)

    # -- looking

    def look(self) -> None:
        """Take the company on screen for looked at: it was opened."""
        company = self._explorer.detail.company_id
        if company and company != self.looked:
            self.looked = company
            self._explorer.look_at(company, waits=True)
            self._explorer.keep_front()  # a crash tells nobody where one was
            self._unmark(company)

    def rest(self) -> None:
        """Look whether the person rests on the company on screen; call it once a second.

        Nobody looks at a terminal that says that it hasn't the focus.
        """
        planhat = self._explorer.planhat
        if planhat.app_focus and planhat.monotonic() - self._came >= REST:
            self.look()

    def leave(self) -> None:
        """Note what was looked at, at the end: the screen waits for nothing any more."""
        if self.looked:
            with contextlib.suppress(StorageError):  # then it stays marked, and that is all
                self._explorer.workspace.looked_at(self.looked, self._explorer.contacts.seen)

    def _go_on(self) -> None:
        """Note that the person has looked at a company: another one comes on screen."""
        looked, self.looked = self.looked, ""
        explorer = self._explorer
        people = explorer.contacts.seen
        if looked:
            explorer.perform(
                lambda: explorer.workspace.looked_at(looked, people),
                lambda news: explorer.companies.read_again() if news else None,
            )

    def _unmark(self, company: str) -> None:
        explorer = self._explorer
        row = explorer.companies.rows.current
        if row is not None and row.id == company and row.flag == explorer.planhat.glyphs.changed:
            explorer.companies.read_again()
