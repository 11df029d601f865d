"""The explorer: four panes on one profile, and the lines around them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Container
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from planhat_tui.model.events import Topic
from planhat_tui.model.records import Kind
from planhat_tui.model.text import visible
from planhat_tui.tui.commanding import Commanding
from planhat_tui.tui.feed import Feed
from planhat_tui.tui.flows import Flows
from planhat_tui.tui.keys import Where, bindings
from planhat_tui.tui.messages import Arrived, CompanyPointed, KeysChanged, Said, Wanted
from planhat_tui.tui.panes.callform import Partner
from planhat_tui.tui.panes.calls import Calls
from planhat_tui.tui.panes.companies import Companies
from planhat_tui.tui.panes.company import CompanyPane
from planhat_tui.tui.panes.contacts import Contacts
from planhat_tui.tui.part import Part
from planhat_tui.tui.presentation import status_words
from planhat_tui.tui.screens.help import Help
from planhat_tui.tui.screens.outbox import OutboxSheet
from planhat_tui.tui.screens.report import Report
from planhat_tui.tui.screens.tenants import Tenants
from planhat_tui.tui.undoing import Undoing
from planhat_tui.tui.widgets.bars import Bar
from planhat_tui.tui.widgets.keybar import KeyBar
from planhat_tui.tui.widgets.messageline import CommandLine, MessageLine
from planhat_tui.tui.widgets.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from planhat_tui.model.records import User
    from planhat_tui.tui.panes.companies import Found
    from planhat_tui.tui.panes.pane import Pane
    from planhat_tui.workspace.workspace import Status, Workspace

NARROW = 100
ULTRA = 170
LEAST = (50, 12)
"""Panes are tabs below ``NARROW`` columns, in three columns from ``ULTRA`` on."""

FIRST_SIGHT = 0.1
"""Seconds that the screen has for itself before the engine starts."""

FOLLOW = 0.08
"""Seconds after the last letter of a search in which the other panes stay as they are."""

CHANGING = frozenset({"tags", "field", "add", "remove", "delete", "log_call", "call_now"})
"""Keys that change something at Planhat."""


class Explorer(Screen[None], Part):
    """One open profile on screen."""

    CSS_PATH = "explorer.tcss"
    PLACES: ClassVar[tuple[Where, ...]] = (Where.EXPLORER,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.EXPLORER)]
    AUTO_FOCUS = "#company-rows"

    def __init__(self, workspace: Workspace, first: Found | None = None) -> None:
        super().__init__()
        self.workspace = workspace
        self.users: dict[str, str] = {}
        self.companies = Companies(first)
        self.detail = CompanyPane()
        self.contacts = Contacts()
        self.calls = Calls()
        self.panes: tuple[Pane, ...] = (self.companies, self.detail, self.contacts, self.calls)
        self.front: Pane = self.companies
        self.header = Bar(id="header")
        self.state = Bar(id="state")
        self.message = MessageLine()
        self.keybar = KeyBar()
        self.flows = Flows(self)
        self.undoing = Undoing(self)
        self.commanding = Commanding(self)
        self.feed = Feed(workspace.subscribe, self)
        self._others: Mapping[str, int] = {}
        self._status: Status | None = None
        self._me: User | None = None
        self._greeting = ""
        self._hello = ""
        self._begun = False
        self.following: Timer | None = None
        self._pointed_at = ""

    def compose(self) -> ComposeResult:
        """Draw header, panes, message, state and keys."""
        yield self.header
        yield Static("", id="too-small")
        with Container(id="panes"):
            yield from self.panes
        yield self.message
        yield self.state
        yield self.keybar

    def on_mount(self) -> None:
        """Start the engine once the screen is up; greet."""
        self.front.add_class("-front")
        self.set_timer(FIRST_SIGHT, self._begin)
        self.set_interval(1.0, self._every_second)
        self._say_hello()

    def _say_hello(self) -> None:
        """Say what is wrong: in the line, or, where there's more of it than fits, in a sheet."""
        session = self.planhat.session
        if self._greeting:
            self.say(self._greeting)
        elif len(session.problems) > 1:
            self.say(f"{len(session.problems)} mistakes were found; the rest works", bad=True)
            sheet = Report("What can't be used", [*session.problems, *session.warnings])
            self.call_after_refresh(self.app.push_screen, sheet)
        elif session.problems:
            self.say("  ".join([*session.problems, *session.warnings]), bad=True)
        else:  # what the engine has to tell may take its place
            self._hello = "  ".join(session.warnings) or session.hint
            self.say(self._hello, bad=bool(session.warnings))

    def greet(self, text: str) -> None:
        """Say a sentence now, or as soon as the screen is up."""
        self._greeting = text
        if self.is_mounted:
            self.say(text)

    def _begin(self) -> None:
        """Do what the first sight of the list needn't wait for: the engine's imports, the form."""
        self._begun = True
        self.planhat.session.first_seen()
        self.calls.prepare()
        self._read_users()
        self._read_status()
        self.perform(self._start, lambda _: None)

    def _start(self) -> None:
        """Start the engine, with the company that is on screen already. Not on this thread."""
        self.workspace.start()
        if self.detail.company_id:
            self.workspace.net.look_at(self.detail.company_id)

    def on_unmount(self) -> None:
        """Hear no more of the profile."""
        self.feed.stop()

    # -- what changed

    def on_arrived(self, event: Arrived) -> None:
        """Let the panes read again what has changed."""
        event.stop()
        changes = self.feed.take()
        if Topic.USER in changes:
            self._read_users()
        for pane in self.panes:
            pane.changed(changes)
        for screen in self.app.screen_stack:
            if isinstance(screen, OutboxSheet):
                screen.changed(changes)
        if Topic.OUTBOX in changes:
            self.flows.follow()
        self._read_status()

    def _every_second(self) -> None:
        """Look for what other processes wrote; let gauge, timer and ages move."""
        self.calls.tick()
        for pane in self.panes:
            pane.tell_age()
        self._draw_state()
        if self.is_current or self.app.screen is not self:
            self.ask("poll", self.workspace.poll, lambda _: None)

    def _read_users(self) -> None:
        reads = self.workspace.reads
        self.ask("users", lambda: {user.id: user.name for user in reads.users()}, self._know_users)

    def _know_users(self, users: dict[str, str]) -> None:
        if users != self.users:
            self.users = users
            self.companies.read(keep=True)
            self.detail.draw_fields()
            self.companies.preview.draw()

    def _read_status(self) -> None:
        workspaces = self.planhat.session.workspaces

        def read() -> tuple[Status, Mapping[str, int], User | None]:
            return self.workspace.status(), workspaces.others_queued(), self.workspace.me

        self.ask("status", read, self._know_status)

    def _know_status(self, known: tuple[Status, Mapping[str, int], User | None]) -> None:
        before = self._status.sync.reason if self._status is not None else ""
        self._status, self._others, self._me = known
        self._draw_header()
        self._draw_state()
        self._tell_trouble(visible(before), visible(self._status.sync.reason))

    def _tell_trouble(self, before: str, reason: str) -> None:
        """Say why the engine can't go on, or that it can again; what one did just now stays."""
        if reason == before or self._status is None:
            return
        shut = self._status.sync.network in {"refused", "mismatch"}
        idle = self.message.said in {"", before, self._greeting, self._hello}
        if reason and (shut or idle):
            self.say(reason, bad=True)
        elif not reason and self.message.said == before:
            self.say("Planhat answers again")

    def _draw_header(self) -> None:
        left, right = status_words.header(
            self.workspace.profile, self.workspace.host, self._me, self._others, self.planhat.glyphs
        )
        self.header.show(left, right)

    def _draw_state(self) -> None:
        if self._status is not None:
            left, right = status_words.state(
                self._status, self.planhat.monotonic(), self.planhat.glyphs, wide=not self.narrow
            )
            self.state.show(left, right)

    # -- the company on screen

    @on(CompanyPointed)
    def _point(self, event: CompanyPointed) -> None:
        event.stop()
        self.stop_following()
        self._pointed_at = event.company_id
        if event.company_id == self.detail.company_id:
            return
        if self.companies.search.has_focus:  # the list comes first, while letters are typed
            self.following = self.set_timer(FOLLOW, partial(self._follow, event.company_id))
        else:
            self._follow(event.company_id)

    def stop_following(self) -> None:
        """Leave the other panes as they are: another letter has been typed."""
        if self.following is not None:
            self.following.stop()
            self.following = None

    def _follow(self, company: str) -> None:
        """Let the other panes show a company."""
        self.following = None
        row = self.companies.rows.current
        name = str(row.cells["name"]) if row is not None else ""
        self.companies.preview.point(company)
        self.detail.point(company)
        self.contacts.point(company, name)
        self.calls.point(Partner(company_id=company, company_name=name))
        if company and self._begun:
            self.perform(lambda: self.workspace.net.look_at(company), lambda _: None)

    @property
    def people(self) -> Mapping[str, str]:
        """Names of the contacts on screen, by id."""
        return {person.id: person.name or person.email for person in self.contacts.people.values()}

    # -- layout

    @property
    def narrow(self) -> bool:
        """Whether the panes are tabs."""
        return self.size.width < NARROW

    @property
    def tabbed(self) -> bool:
        """Whether one pane has the whole screen."""
        return self.narrow or self.has_class("-zoom")

    @property
    def tabs(self) -> tuple[str, ...]:
        """The titles of all panes."""
        return tuple(pane.tab for pane in self.panes)

    def draw_tabs(self) -> None:
        """Draw the rules again where titles of all panes stand in each."""
        if self.is_mounted and self.tabbed:
            self.front.draw_rule()

    def on_resize(self, event: events.Resize) -> None:
        """Turn panes into tabs and back; say what a terminal that is too small needs."""
        width, height = event.size
        small = width < LEAST[0] or height < LEAST[1]
        self.set_class(small, "-small")
        self.set_class(width < NARROW, "-narrow")
        self.set_class(width >= ULTRA, "-ultra")
        told = (
            f"This terminal has {width}x{height} cells; the explorer needs {LEAST[0]}x{LEAST[1]}.\n"
            "Make it larger, or the letters smaller. Nothing is lost.  ctrl+q quits"
        )
        self.query_one("#too-small", Static).update(Content(told if small else ""))
        for pane in self.panes:
            pane.draw_rule()
        self._draw_state()
        if not small and self.focused is None and self.is_current and self._begun:
            self.front.focus_target().focus()

    def go(self, number: int) -> None:
        """Give a pane the focus; where panes are tabs, it comes to the front.

        It shows what the list points at by then: keys typed ahead are meant for that.
        """
        if self.following is not None:
            self.stop_following()
            self._follow(self._pointed_at)
        self.once_shown("arrival", lambda: None)
        self._to_front(self.panes[number - 1])
        self.front.focus_target().focus()

    def _to_front(self, pane: Pane) -> None:
        for one in self.panes:
            one.set_class(one is pane, "-front")
        self.front = pane
        pane.draw_rule()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Bring the pane that has the focus to the front; draw its keys."""
        for pane in self.panes:
            if pane in event.widget.ancestors and pane is not self.front:
                self._to_front(pane)
        self.draw_keys()

    @on(Rule.Clicked)
    def _tab_clicked(self, event: Rule.Clicked) -> None:
        event.stop()
        if self.tabbed:
            self.go(event.place + 1)

    def set_calling(self, *, on: bool) -> None:
        """Make room for the call form, or take it back."""
        self.set_class(on, "-calling")

    # -- keys

    @on(KeysChanged)
    def _keys_changed(self, event: KeysChanged) -> None:
        event.stop()
        self.draw_keys()

    def draw_keys(self) -> None:
        """Draw the keys of what has the focus."""
        keys = self.planhat.session.runtime.config.settings.keys
        self.keybar.show(self.parts, keys, typing=isinstance(self.focused, Input))

    @property
    def parts(self) -> list[Part]:
        """What has keys now, from the focused widget outwards."""
        chain = self.focused.ancestors_with_self if self.focused is not None else [self]
        return [one for one in chain if isinstance(one, Part) and one.PLACES]

    def forbidden(self, name: str) -> str:
        """Say why the profile doesn't allow what a key would change."""
        if self.workspace.unwritable and name in CHANGING:
            return "Nothing can be changed: this disk can't be written, so no edit would be kept"
        profile = self.workspace.profile
        because = f"  {profile.reason}" if profile.reason else ""
        if profile.read_only and name in CHANGING:
            return f"{profile.name} is read-only.{because}"
        if profile.no_delete and name == "delete":
            return f"{profile.name} allows no deleting.{because}"
        return ""

    def on_said(self, event: Said) -> None:
        """Show a sentence."""
        event.stop()
        self.message.say(event.text, bad=event.bad)

    def copy(self, text: str) -> None:
        """Put a text into the terminal's clipboard."""
        self.app.copy_to_clipboard(text)
        self.say(f"Copied: {text}" if text else "There's nothing to copy")

    @on(Wanted)
    def _wanted(self, event: Wanted) -> None:
        event.stop()
        self.flows.begin(event)

    def log_call(self, *, finished: bool) -> None:
        """Open the call form with the contact under the contacts' cursor."""
        company = self.detail.company_id
        row = self.companies.rows.current
        name = str(row.cells["name"]) if row is not None else ""
        person = self.contacts.current
        partner = Partner(company, name)
        if person is not None and person.company_id == company:
            partner = Partner(company, name, person.id, person.name or person.email, person.phone)
        self._to_front(self.calls)
        self.calls.open_form(partner, finished=finished)

    def selection(self) -> tuple[Kind | None, tuple[str, ...]]:
        """Return what a verb of the ``:`` line works on."""
        if self.front is self.contacts:
            return Kind.CONTACT, self.contacts.rows.selection()
        if self.front is self.calls and not self.calls.is_open:
            return Kind.CALL, self.calls.rows.selection()
        if self.front is self.detail and self.detail.company_id:
            return Kind.COMPANY, (self.detail.company_id,)
        return Kind.COMPANY, self.companies.rows.selection()

    def unmark(self, kind: Kind, ids: tuple[str, ...]) -> None:
        """Take the marks off records that are about to go."""
        lists = {Kind.COMPANY: self.companies.rows, Kind.CONTACT: self.contacts.rows}
        lists.get(kind, self.calls.rows).mark(ids, on=False)

    def why_not(self, name: str) -> str:
        """Say why a key of everywhere can't be used."""
        if name == "last_tenant" and not self.planhat.session.workspaces.last:
            return "No other tenant was on screen yet.  p shows them"
        return self.forbidden(name)

    def do_find(self) -> None:
        """Type into the company search."""
        self.go(1)
        self.companies.search.focus()

    def do_line(self) -> None:
        """Open the ``:`` line."""
        self.commanding.open()

    def do_help(self) -> None:
        """Show the keys of what has the focus."""
        changed = self.planhat.session.runtime.config.settings.keys
        self.app.push_screen(Help([place for part in self.parts for place in part.PLACES], changed))

    def do_companies(self) -> None:
        """Go to the companies."""
        self.go(1)

    def do_detail(self) -> None:
        """Go to the detail."""
        self.go(2)

    def do_contacts(self) -> None:
        """Go to the contacts."""
        self.go(3)

    def do_calls(self) -> None:
        """Go to the calls."""
        self.go(4)

    def do_zoom(self) -> None:
        """Give the whole screen to one pane, and back."""
        self.toggle_class("-zoom")
        for pane in self.panes:
            pane.draw_rule()

    def do_outbox(self) -> None:
        """Show what Planhat doesn't have yet."""
        self.app.push_screen(OutboxSheet(self.workspace, self.users))

    def do_tenants(self) -> None:
        """Show the tenants."""
        self.app.push_screen(Tenants(self.planhat.session), self._chosen)

    def _chosen(self, name: str | None) -> None:
        if name and name != self.workspace.profile.name:
            self.planhat.switch_to(name)

    def do_last_tenant(self) -> None:
        """Go back to the tenant that was on screen before."""
        self.planhat.switch_to(self.planhat.session.workspaces.last)

    def do_undo(self) -> None:
        """Take the last step back, or show first what that will do."""
        self.undoing.begin()

    def do_refresh(self) -> None:
        """Read again what has the focus from Planhat."""
        net, company = self.workspace.net, self.detail.company_id
        if self.front is self.detail and company:
            done, topic, ids = "The company is as Planhat has it now.", Topic.COMPANY, {company}
        elif self.front is self.contacts and company:
            done, topic, ids = "The contacts are as Planhat has them now.", Topic.CONTACT, {company}
        else:
            done, topic, ids = "The list is as Planhat has it now.", Topic.SYNC, set()
        self.say("Asking Planhat ...")
        self.wait_for(lambda: net.refresh(topic, frozenset(ids)).result(), lambda _: self.say(done))

    def do_back(self) -> None:
        """Go one level back: out of a search, a form, a pane; at the top, say how to quit."""
        if self.message.is_open:
            self.commanding.leave()
        elif self.has_class("-zoom"):
            self.do_zoom()
        elif not self.front.clear_search():
            if self.front is not self.companies:
                self.go(1)
            else:
                self.say("This is the top.  ctrl+q quits")

    # -- the line after the colon

    @on(Input.Submitted, "#command")
    def _line_entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.commanding.run(event.value)

    @on(CommandLine.Left)
    def _line_left(self, event: CommandLine.Left) -> None:
        event.stop()
        self.commanding.leave()

    @on(CommandLine.CompletionWanted)
    def _completion(self, event: CommandLine.CompletionWanted) -> None:
        event.stop()
        self.commanding.complete(event.text)
