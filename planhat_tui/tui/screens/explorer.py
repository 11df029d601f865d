"""The explorer: four panes on one profile, and the lines around them."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Input

from planhat_tui.commands import barring
from planhat_tui.commands.context import Selection
from planhat_tui.errors import StorageError
from planhat_tui.model.events import Topic
from planhat_tui.model.records import NEW_ID_PREFIX, Kind, text_of
from planhat_tui.model.text import visible
from planhat_tui.tui.drawing import LinesCompositor
from planhat_tui.tui.feed import Feed
from planhat_tui.tui.helping import Helping
from planhat_tui.tui.keys import (
    Sentence,
    Where,
    bindings,
    effective,
    joined,
    keys_of,
    sentence,
    typed_key,
)
from planhat_tui.tui.messages import Arrived, CompanyPointed, KeysChanged, Said, Wanted
from planhat_tui.tui.panes.calls import Calls
from planhat_tui.tui.panes.companies import Companies
from planhat_tui.tui.panes.company import CompanyPane
from planhat_tui.tui.panes.contacts import Contacts
from planhat_tui.tui.part import Part
from planhat_tui.tui.pointing import Pointing
from planhat_tui.tui.presentation.cells import literal, named
from planhat_tui.tui.presentation.moments import STEADY
from planhat_tui.tui.presentation.sentences import not_found
from planhat_tui.tui.rooms import Rooms, load
from planhat_tui.tui.screens.sheet import Sheet
from planhat_tui.tui.standing import Standing
from planhat_tui.tui.touring import Touring
from planhat_tui.tui.travels import Travels
from planhat_tui.tui.watching import Watching
from planhat_tui.tui.widgets.bars import Bar
from planhat_tui.tui.widgets.guide import Guide
from planhat_tui.tui.widgets.hint import Hint
from planhat_tui.tui.widgets.keybar import KeyBar
from planhat_tui.tui.widgets.line import Line
from planhat_tui.tui.widgets.messageline import CommandLine, MessageLine
from planhat_tui.tui.widgets.rows import Rows
from planhat_tui.tui.widgets.rule import Rule
from planhat_tui.tui.widgets.toosmall import TooSmall
from planhat_tui.workspace.begun import Partner
from planhat_tui.workspace.places import Front

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from planhat_tui.commands.results import Groups
    from planhat_tui.config.keys import Key
    from planhat_tui.sync.status import SyncStatus
    from planhat_tui.tui.looking import Found
    from planhat_tui.tui.panes.pane import Pane
    from planhat_tui.tui.restyling import Restyled
    from planhat_tui.workspace.queries import Queries
    from planhat_tui.workspace.undo import Undone, What
    from planhat_tui.workspace.workspace import Workspace

NARROW = 100
ULTRA = 170
"""Panes are tabs below ``NARROW`` columns, in three columns from ``ULTRA`` on."""

FIRST_SIGHT = 0.1
"""Seconds that the screen has for itself, once it's drawn, before the engine starts."""

PAUSE = 0.3
"""Seconds in which what arrives is collected while one searches: all panes are read for it."""

_PAUSES = 3
"""How often letters are waited for to pause before what has arrived is shown all the same."""

_UNUSED = 60
"""Seconds after which memory that hasn't been used is given back."""

CHANGING = frozenset({"tags", "field", "add", "remove", "delete", "log_call", "call_now", "editor"})
"""Keys that change something at Planhat."""


class Explorer(Screen[None], Helping, Rooms):
    """One open profile on screen."""

    PLACES: ClassVar[tuple[Where, ...]] = (Where.EXPLORER,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.EXPLORER)]
    AUTO_FOCUS = "#company-rows"

    def __init__(self, workspace: Workspace, first: Found) -> None:
        super().__init__()
        self._compositor = LinesCompositor()
        self.workspace = workspace
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
        self.hint = Hint()
        self.guide = Guide()
        self.too_small = TooSmall()
        self.standing = Standing(self)
        self.pointing = Pointing(self)
        self.watching = Watching(self)
        self.touring = Touring(self)
        self.feed = Feed(workspace.subscribe, self)
        self._begun = False
        self.travels = Travels(self)
        self._awaiting: list[Callable[[], object]] = []
        self._front_kept = first.front
        self._is_as_left = False
        self._seconds = 0
        self._passing = ""
        self.panes[first.front.pane - 1].add_class("-front", update=False)

    def compose(self) -> ComposeResult:
        """Draw header, panes, message, state and keys."""
        yield self.header
        yield self.guide
        with Container(id="panes"):
            yield from self.panes
        yield self.message
        yield self.state
        yield self.keybar
        yield self.hint
        yield self.too_small

    def on_mount(self) -> None:
        """Start the engine once the screen is up; greet."""
        self._take_up()
        self.call_after_refresh(self.set_timer, FIRST_SIGHT, self._begin)
        self.set_interval(1.0, self._every_second)
        self.standing.say_hello()

    def _take_up(self) -> None:
        """Bring the pane to the front that was there when this tenant was left."""
        kept = self._front_kept
        self.set_class(kept.zoomed, "-zoom")
        self.to_front(self.panes[kept.pane - 1])
        if kept.pane > 1:
            self.call_after_refresh(self.front.focus_target().focus)

    def _take_up_forms(self, left: Front) -> None:
        """Open the call's form again that was open at the end, and tell of what was typed over it.

        The keys are those of their drafts.
        """

        def go_on() -> None:
            self.flows.take_up(left.form)
            self._is_as_left = True
            self.keep_front()

        if left.call:
            self.calls.take_up(left.call, go_on)
        else:
            go_on()

    def keep_front(self) -> None:
        """Remember which pane, company and form are on screen, for the next start."""
        front, places = self._front_now, self.workspace.places
        if front != self._front_kept:
            self._front_kept = front
            self.perform(lambda: places.keep_front(front), lambda _: None)

    @property
    def _front_now(self) -> Front:
        """What is on screen; until all is open again that was, that is as it was left.

        A crash in between would else leave a place without its form.
        """
        if not self._is_as_left:
            return self._front_kept
        zoomed, typing = self.has_class("-zoom"), self.flows.typing
        return Front(self.front.NUMBER, self.detail.company_id, zoomed, typing, self.calls.draft)

    def remember_on_screen(self) -> None:
        """Note that this profile is on screen: in the next run the last one leads back to it."""
        machine, name = self.planhat.session.runtime.machine, self.workspace.profile.name
        self.perform(lambda: machine.come_on_screen(name), lambda _: None)

    def _begin(self) -> None:
        """Do what the first sight of the list needn't wait for: the engine's imports, the form."""
        if not self.is_attached:  # whoever started it has quit by now
            return
        self._begun = True
        self.planhat.session.first_seen()
        if self.planhat.explorer is self:
            self.remember_on_screen()
        self.companies.read_again()  # with the marks of what is new
        self.calls.prepare()
        if (left := self._front_kept).form or left.call:
            self.once_shown("forms", partial(self._take_up_forms, left))
        else:
            self._is_as_left = True
        if not self.detail.company_id:  # nothing else makes them say so
            self.detail.read()
            self.contacts.read()
            self.calls.read()
            self.companies.preview.read()
        self.standing.read_users()
        self.standing.read()
        self.watching.look_for_let_go()  # before it can arrive
        self.perform(self._start, lambda _: self.planning.take_up())
        self.touring.welcome()

    def _start(self) -> None:
        """Load what keys need, start the engine with the company on screen. Not on this thread."""
        load()
        self.workspace.start()
        if company := self.detail.company_id:
            self.workspace.look_at(company, waits=company == self.pointing.looked)

    def look_at(self, company: str, *, waits: bool = False) -> None:
        """Have what a company on screen lacks read first; ``waits``: a person stays there."""
        if company and self._begun:
            self.perform(lambda: self.workspace.look_at(company, waits=waits), lambda _: None)

    def on_screen_suspend(self) -> None:
        """Mark nothing as focused while a sheet has the keys: one thing may look so at a time."""
        self._mark_focus()

    def _mark_focus(self) -> None:
        if not self.is_mounted:
            return
        for pane in self.panes:
            pane.draw_rule()
        for rows in self.query(Rows):
            rows.refresh()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Mark the focus again; tell timers and what waits elsewhere as they are by now."""
        if not self.stack_updates:  # what was just made is styled already
            event.refresh_styles = False
        self._mark_focus()
        if self._begun:
            self.calls.tick()
            self.standing.tell_calls()
            self.standing.read()
        self.call_later(self.show_waiting)

    def once_in_front(self, what: str, show: Callable[[], object]) -> None:
        """Show a sheet once the person is at nothing else; say that ``what`` waits, if it does.

        What a ``:`` line asks may come seconds later: it takes no key that is meant for a form, a
        search or another tenant.
        """
        self._awaiting.append(show)
        self.show_waiting()
        if show in self._awaiting:
            name = literal(visible(self.workspace.profile.name))
            top = self.app.screen
            teller = top if isinstance(top, Part) else self.planhat.explorer
            teller.say(f"{what} of {name} waits.  {self._until_when()}".rstrip())

    def _until_when(self) -> str:
        """Say what is waited for; empty for what is on its way."""
        if self.planhat.explorer is not self:
            return "{tenants} leads there"
        if not self.is_active:
            return "It comes when this is closed"
        return "It comes when you leave this" if self.commanding.is_elsewhere else ""

    def show_waiting(self) -> None:
        """Show the next that waits, unless a tenant or a form is on its way."""
        if self._awaiting and not self.planhat.reading.opening and not self.commanding.is_elsewhere:
            self._awaiting.pop(0)()

    def on_unmount(self) -> None:
        """Hear no more of the profile; what was typed and looked at last is noted."""
        self.feed.stop()
        self.planhat.reading.barrier().result()  # what was written before comes before
        self.companies.leave(self.workspace.places)
        if (front := self._front_now) != self._front_kept:
            with contextlib.suppress(StorageError):  # then it's there as it was before
                self.workspace.places.keep_front(front)
        self.pointing.leave()

    def _on_timer_update(self) -> None:
        """Draw a frame; while a letter is at work, no more of it than the search and its list."""
        typed = self.planhat.reading.attends and self.companies.search.has_focus
        if not typed or self._is_to_be_whole or not self.is_current:
            super()._on_timer_update()
        else:
            self._update_timer.pause()
            self.companies.draw_now()

    @property
    def _is_to_be_whole(self) -> bool:
        """Whether something is to be laid out, so that all is drawn."""
        return self._layout_required or self._scroll_required or self._repaint_required

    def draw_now(self, *changed: Widget) -> None:
        """Draw those of some widgets that have changed at once; others when a frame is due.

        Where something is to be laid out, that frame draws all.
        """
        waiting = self._dirty_widgets.difference(changed)
        dirty = self._dirty_widgets.intersection(changed)
        dirty.update(one for one in changed if one._repaint_required)  # noqa: SLF001 -- its note
        if not dirty or self._is_to_be_whole or not self.is_current:
            return
        for one in dirty:
            one._repaint_required = False  # noqa: SLF001 -- nobody is to draw it again
        self._compositor.update_widgets(dirty)
        self._compositor_refresh()
        self._dirty_widgets.update(waiting)

    # -- what changed

    def on_arrived(self, event: Arrived) -> None:
        """Let the panes read again what has changed; while one searches, when letters pause."""
        event.stop()
        if self.companies.search.has_focus:
            self.set_timer(PAUSE, partial(self._arrive_after, _PAUSES - 1))
        else:
            self._arrive()

    def _arrive_after(self, pauses: int) -> None:
        """Let them when the letters pause, or after so many tries: some write on and on."""
        wait = self.planhat.typing.rests_in(PAUSE)
        if pauses and wait and self.companies.search.has_focus:
            self.set_timer(wait, partial(self._arrive_after, pauses - 1))
        else:
            self.once_answered(self._arrive)

    def _arrive(self) -> None:
        changes = self.feed.take()
        if Topic.USER in changes:
            self.standing.read_users()
        if Topic.OUTBOX in changes:
            self._follow_marks()
        for pane in self.panes:
            pane.changed(changes)
        for screen in self.app.screen_stack:
            if isinstance(screen, Sheet):
                screen.changed(changes)
        if Topic.OUTBOX in changes:
            self.watching.look()
            self.watching.look_for_let_go()
            self.touring.look()
            if (shown := self.planhat.explorer) is not self:
                shown.standing.read()  # its header counts what waits here
        self.standing.read()

    def _follow_marks(self) -> None:
        """Leave marks on what Planhat has by now: it has another id, and is the same record."""
        reads = self.workspace.reads
        for kind in (Kind.COMPANY, Kind.CONTACT):
            rows = self._rows_of(kind)
            new = [one for one in rows.marks if one.startswith(NEW_ID_PREFIX)]
            if new:
                self.ask(f"marks of {kind}", partial(_called_now, reads, kind, new), rows.follow)

    def _every_second(self) -> None:
        """Look for what other processes wrote; let gauge, timer and ages move."""
        self.once_answered(self._look_around)

    def _look_around(self) -> None:
        if not self.app.screen_stack:  # a tick that was on its way when the app ended
            return
        self.calls.tick()
        for pane in self.panes:
            pane.tell_age()
        self._seconds += 1
        if self._seconds % STEADY == 0:  # what counts down wakes the terminal no oftener
            self.standing.draw_state()
        self.perform(self._poll, self.planhat.restyle)
        self.show_waiting()
        if self.planhat.explorer is self:
            self.standing.tell_calls()
            self.pointing.rest()
            self.planhat.configuring.look()
            if self.planhat.typing.paused:
                self.planhat.session.paused()

    def _poll(self) -> Restyled | None:
        self.workspace.poll()
        if self._seconds % _UNUSED == 0:
            self.workspace.give_back()
        return self.planhat.restyling.look()

    @property
    def users(self) -> dict[str, str]:
        """Names of the team, by id."""
        return self.standing.users

    @property
    def sync(self) -> SyncStatus | None:
        """What the engine told of itself last; ``None`` before it has told anything."""
        return self.standing.sync

    def draw_profile(self) -> None:
        """Draw again what is said of the profile, and of what it allows."""
        self.standing.draw_header()
        self.draw_keys()

    # -- the company on screen

    @on(CompanyPointed)
    def _point(self, event: CompanyPointed) -> None:
        event.stop()
        self.pointing.at(event.company_id)

    def show_groups(self, found: Groups) -> None:
        """Show records that may be the same; the one that is chosen is opened."""
        from planhat_tui.tui.screens.duplicates import DuplicatesSheet

        def chosen(record_id: str | None) -> None:
            if record_id:
                self.pointing.open_record(found.kind, record_id)

        self.app.push_screen(DuplicatesSheet(found), chosen)

    @property
    def people(self) -> Mapping[str, str]:
        """Names of the contacts on screen, by id."""
        return {person.id: person.name or person.email for person in self.contacts.people.values()}

    @property
    def company_name(self) -> str:
        """The name of the company on screen, fit for it; as it was read last, or as it's listed."""
        shown = self.detail.shown
        if shown is not None and text_of(shown.raw, "_id") == self.detail.company_id:
            return visible(text_of(shown.raw, "name"))
        return visible(self.contacts.company_name)

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
        width = event.size.width
        self.too_small.look(event.size)
        self.set_class(width < NARROW, "-narrow")
        self.set_class(width >= ULTRA, "-ultra")
        self._make_room()
        for pane in self.panes:
            pane.draw_rule()
        self.standing.draw_state()
        if self.focused is None and self.is_current and self._begun:
            self.front.focus_target().focus()

    def go(self, number: int) -> None:
        """Give a pane the focus; where panes are tabs, it comes to the front.

        It shows what the list points at by then: keys typed ahead are meant for that.
        """
        opened, places = self.pointing.arrive(), self.workspace.places
        if number > 1 and opened:
            self.perform(lambda: places.opened(opened), lambda _: None)
        self._show_called(number)
        self.once_shown("arrival", lambda: None)
        self.travels.leave()
        if self.panes[number - 1] is not self.front:
            self.move_on()
        if number == 1:
            self.pointing.come()  # what a key changes is under the cursor, and shown
        self.to_front(self.panes[number - 1])
        self.travels.arrive()
        self.keep_front()
        self.front.focus_target().focus()

    def _show_called(self, number: int) -> None:
        """Show the company of the call that is open, where one goes back to its form."""
        called = self.calls.form.partner
        if (
            number == self.calls.NUMBER
            and self.calls.is_open
            and called.company_id != self.detail.company_id
        ):
            self.pointing.show_beside(called.company_id, called.company_name, called.contact_id)

    def move_on(self) -> None:
        """Let go of the sentence of what was before; what isn't settled, or in the way, stays."""
        if not self.watching.goes_on and self.message.said != self.standing.trouble:
            self.message.say("")

    def let_pass(self) -> None:
        """Let go of what was said of a key, where place or filter have changed since."""
        if self._passing and self.message.said == self._passing:
            self.message.say("")

    def to_front(self, pane: Pane) -> None:
        """Bring a pane to the front, without the focus."""
        for one in self.panes:
            one.set_class(one is pane, "-front")
        moved, self.front = pane is not self.front, pane
        if pane is not self.companies:
            self.pointing.look()
        self._make_room()
        pane.draw_rule()
        if moved:
            self.keep_front()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Bring the pane that has the focus to the front; draw its keys."""
        for pane in self.panes:
            if pane in event.widget.ancestors and pane is not self.front:
                self.to_front(pane)
        self.let_pass()
        self.draw_keys()
        self.call_after_refresh(self._keep_clear)
        self.touring.look()

    @on(MessageLine.Grown)
    def _keep_clear(self) -> None:
        """Let no sentence lie over the row under the cursor."""
        top = self.message.region.y
        for rows in self.query(Rows):
            rows.keep_clear(max(0, rows.region.bottom - top) if rows.region else 0)

    @on(Rule.Clicked)
    def _tab_clicked(self, event: Rule.Clicked) -> None:
        event.stop()
        if self.tabbed:
            self.go(event.place + 1)

    @on(Bar.Clicked, "#header")
    def _header_clicked(self, event: Bar.Clicked) -> None:
        event.stop()
        self.do_tenants()

    @on(Bar.Clicked, "#state")
    def _state_clicked(self, event: Bar.Clicked) -> None:
        """Show the rate limit, or what isn't delivered."""
        event.stop()
        if event.left:
            self.commanding.run("limits")
        else:
            self.do_outbox()

    def set_calling(self, *, on: bool) -> None:
        """Make room for the call form, or take it back: all is styled anew, once."""
        self.update_classes({"-calling": on, "-dossier": self._has_dossier})

    def _make_room(self) -> None:
        """Show a call with the dossier of its company; the list takes its place back when asked."""
        self.set_class(self._has_dossier, "-dossier")

    @property
    def _has_dossier(self) -> bool:
        beside = not self.tabbed and self.size.width < ULTRA and self.front is not self.companies
        return beside and self.calls.is_open

    # -- keys

    @on(KeysChanged)
    def _keys_changed(self, event: KeysChanged) -> None:
        event.stop()
        self.draw_keys()

    def draw_keys(self) -> None:
        """Draw the keys of what has the focus."""
        keys = self.planhat.changed_keys
        typing = isinstance(self.focused, Input)
        leads = self.focused.leads if isinstance(self.focused, Line) else ""
        self.keybar.show(self.parts, keys, typing=typing, leads=leads)

    def forbidden(self, name: str) -> str:
        """Say why the profile doesn't allow what a key would change."""
        if name not in CHANGING:
            return ""
        if self.workspace.unwritable:
            return barring.UNWRITABLE
        return barring.forbidden(self.workspace.profile, deletes=name == "delete")

    def on_said(self, event: Said) -> None:
        """Show a sentence."""
        event.stop()
        told = sentence(event.text, self.planhat.changed_keys)
        behind = event.behind and not self.standing.trouble
        whole = joined(self.message.told, told) if behind else told
        if (asked := self.planhat.question) not in whole.text:
            whole = joined(Sentence(asked), whole)
        self.message.say(whole, bad=event.bad)
        self._passing = told.text if event.passing else ""
        if event.unreached:
            self.standing.note_unreached(told.text)
        self.too_small.say(told.text)

    def copy(self, text: str, told: str = "") -> None:
        """Put a text into the terminal's clipboard, and say it, or what it is."""
        self.app.copy_to_clipboard(text)
        self.say(f"Copied: {literal(told or text)}" if text else "There's nothing to copy")

    @on(Wanted)
    def _wanted(self, event: Wanted) -> None:
        event.stop()
        self.move_on()
        self.flows.begin(event)

    @property
    def partner(self) -> Partner:
        """With whom a call would be: the contact under the contacts' cursor, or the company.

        A company without contacts has a number of its own.
        """
        company, name = self.detail.company_id, self.contacts.company_name
        person, shown = self.contacts.current, self.detail.shown
        if person is None or person.company_id != company:
            raw = shown.raw if shown is not None else {}
            phone = text_of(raw, "phone") if text_of(raw, "_id") == company else ""
            return Partner(company, name, phone=phone)
        return Partner(company, name, person.id, person.name or person.email, person.phone)

    def log_call(self, *, finished: bool) -> None:
        """Open the call form with the contact under the contacts' cursor, once both panes show.

        From the list it's the company under its cursor, whichever is shown beside it.
        """
        if self.front is self.companies:
            self.pointing.come()
        form = partial(self._open_call, finished=finished)
        self.detail.once_shown("called", partial(self.contacts.once_shown, "called", form))

    def _open_call(self, *, finished: bool) -> None:
        partner = self.partner
        self.move_on()
        self.to_front(self.calls)
        self.calls.open_form(partner, finished=finished)

    def selection(self) -> Selection:
        """Return what a verb of the ``:`` line works on.

        With a call's form it's the company that is shown beside it.
        """
        shown, calling = self.detail.company_id, self.front is self.calls and self.calls.is_open
        if shown and (calling or self.front is self.detail):
            return Selection(Kind.COMPANY, (shown,), shown)
        kind = Kind.COMPANY
        if self.front is self.contacts:
            kind = Kind.CONTACT
        elif self.front is self.calls and not calling:
            kind = Kind.CALL
        rows = self._rows_of(kind)
        ids, here = rows.selection(), rows.current
        return Selection(kind, ids, here.id if here else "") if ids else Selection()

    def unmark(self, kind: Kind, ids: tuple[str, ...]) -> None:
        """Take the marks off records that are about to go."""
        self._rows_of(kind).mark(ids, on=False)

    def release(self, kind: Kind, ids: tuple[str, ...]) -> bool:
        """Take the marks off if these are what was marked; tell whether they were several."""
        rows = self._rows_of(kind)
        if not rows.marks or rows.marks.keys() != {*rows.now(ids)}:
            return False
        rows.mark(ids, on=False)
        return len(ids) > 1

    def _rows_of(self, kind: Kind) -> Rows:
        lists = {Kind.COMPANY: self.companies.rows, Kind.CONTACT: self.contacts.rows}
        return lists.get(kind, self.calls.rows)

    def why_not(self, name: str) -> str:
        """Say why a key of everywhere can't be used."""
        if name == "last_tenant" and not self.planhat.session.other:
            return "No other tenant was on screen yet.  {tenants} shows them"
        if name == "place_before" and self.travels.trail.before is None:
            return "This is the first place.  {companies} to {calls} go to the panes"
        if name == "place_after" and self.travels.trail.after is None:
            return "This is the last place.  {place_before} goes back"
        if name == "stamp":
            return self.calls.why_no_stamp
        return self.forbidden(name)

    def do_find(self) -> None:
        """Type into the company search."""
        self.go(1)
        search = self.companies.search
        if not search.has_focus:  # in it, the key is a letter
            search.focus()
            search.select_all()

    def do_line(self) -> None:
        """Open the ``:`` line."""
        self.commanding.open()

    def use(self, key: Key) -> None:
        """Do what a key of the help does: here, or in the pane that has it."""
        pane = next((one for one in self.panes if key.where in one.PLACES), None)
        if pane is None or pane in self.parts:
            super().use(key)
        else:
            self.go(pane.NUMBER)
            self.once_shown("help", lambda: pane.action_do(key.name))

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

    def do_overview(self) -> None:
        """Show the companies counted; the list shows those of the bar that is opened."""
        from planhat_tui.tui.screens.overview import OverviewSheet

        def chosen(query: str | None) -> None:
            if query is not None:
                self.seek(query)

        self.app.push_screen(OverviewSheet(self.workspace.reads), chosen)

    def seek(self, query: str) -> None:
        """Show the companies that a query finds, in its list."""
        self.go(1)
        self.companies.show_view(self.companies.view._replace(query=query))

    def seek_tag(self, tag: str) -> None:
        """Show the companies that have a tag, or have a contact who has it."""
        reads = self.workspace.reads
        self.ask("tag", lambda: reads.query_of_tag(tag), self.seek, opens=True)

    def do_zoom(self) -> None:
        """Give the whole screen to one pane, and back."""
        self.toggle_class("-zoom")
        self.keep_front()
        self._make_room()
        for pane in self.panes:
            pane.draw_rule()

    def do_stamp(self) -> None:
        """Stamp the next stage of the call that runs, wherever one is."""
        self.calls.stamp()

    def do_tour(self) -> None:
        """Begin the tour."""
        self.touring.begin()

    def do_place_before(self) -> None:
        """Go back to the place before."""
        self.travels.back()

    def do_place_after(self) -> None:
        """Go to the place that one went back from."""
        self.travels.forward()

    def do_requests(self) -> None:
        """Show what was asked of Planhat."""
        from planhat_tui.tui.screens.requests import RequestsSheet

        requests = self.planhat.session.runtime.requests
        self.app.push_screen(RequestsSheet(self.workspace.profile, requests))

    def on_key(self, event: events.Key) -> None:
        """Say that a character does nothing, so that no key is dead in silence.

        Those that do something pass here too: their bindings are looked at later.
        """
        typed, changed = typed_key(event), self.planhat.changed_keys
        here = keys_of(*(place for part in self.parts for place in part.PLACES))
        if typed and not any(event.key in effective(key, changed) for key in here):
            of_lists = (
                one for one in keys_of(Where.COMPANIES) if event.key in effective(one, changed)
            )
            lacks = next(filter(None, (self.front.lacks(one.name) for one in of_lists)), "")
            told = lacks or f"{typed} does nothing here.  {{help}} shows the keys"
            self.say(told, passing=True)

    def do_outbox(self) -> None:
        """Show what Planhat doesn't have yet."""
        from planhat_tui.tui.screens.outbox import OutboxSheet

        self.app.push_screen(OutboxSheet(self.workspace, self.users))

    def do_tenants(self, why: str = "") -> None:
        """Show the tenants; ``why`` says what a person is to choose one for."""
        from planhat_tui.tui.screens.tenants import Tenants

        self.app.push_screen(Tenants(self.planhat.session, why), self._chosen)

    def _chosen(self, name: str | None) -> None:
        if name and name != self.workspace.profile.name:
            self.planhat.switch_to(name)

    def do_last_tenant(self) -> None:
        """Go back to the tenant that was on screen before."""
        self.planhat.switch_to(self.planhat.session.other)

    def do_undo(self) -> None:
        """Take the last step back, or show first what that will do."""
        self.undoing.press("undo")

    def do_redo(self) -> None:
        """Do again what undo took back, or show first what that will do."""
        self.undoing.press("redo")

    def undone(self, undone: Undone) -> None:
        """Tell what became of what was taken back."""
        from planhat_tui.tui.undoing import short

        if undone.goes_on:
            self.planning.take_up()
        queued, delivered = short(undone.sentences), short(undone.delivered)
        self.watching.tell(undone.entries if queued != delivered else (), queued, delivered)

    def do_journal(self) -> None:
        """Show what was changed from here."""
        from planhat_tui.tui.screens.journal import JournalSheet

        def chosen(what: What | None) -> None:
            if what is not None:
                self.undoing.begin(what)

        self.app.push_screen(JournalSheet(self.workspace, self.users), chosen)

    def do_answers(self) -> None:
        """Show what the line has answered."""
        self.commanding.show_answers()

    def do_refresh(self) -> None:
        """Read again what has the focus from Planhat."""
        net, reads, company = self.workspace.net, self.workspace.reads, self.detail.company_id
        if self.front is self.detail and company:
            done, topic, ids = "The company is as Planhat has it now.", Topic.COMPANY, {company}
        elif self.front is self.contacts and company:
            done, topic, ids = "The contacts are as Planhat has them now.", Topic.CONTACT, {company}
        else:
            done, topic, ids = "The list is as Planhat has it now.", Topic.SYNC, set()
        name = named(self.company_name) or "this company"

        def refresh() -> str:
            if not net.refresh(topic, frozenset(ids)).result():
                return done
            return not_found(name, gone=reads.company(company) is None)

        self.say("Asking Planhat ...")
        self.wait_for(refresh, self.say)

    def do_back(self) -> None:
        """Go one level back: out of a search, a form, a pane; at the top, say how to quit."""
        if self.message.is_open:
            self.commanding.leave()
        elif not isinstance(self.focused, Input) and self.touring.leave_welcome():
            pass  # it says that esc closes it, and takes no second one
        elif self.has_class("-zoom"):
            self.do_zoom()
        elif not self.front.clear_search():
            if self.front is not self.companies:
                self.go(1)
            elif not self.touring.leave():
                self.say("This is the top.  ctrl+q quits", passing=True)

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

    @on(CommandLine.Taken)
    def _taken(self, event: CommandLine.Taken) -> None:
        event.stop()
        self.hint.tell(event.offered)

    @on(CommandLine.Searched)
    def _searched(self, event: CommandLine.Searched) -> None:
        event.stop()
        of = f" with {visible(event.piece)}" if event.piece else ""
        more = "ctrl+r the one before it" if event.found else "there is none before it"
        self.hint.say(f"history{of}: {more}")


def _called_now(reads: Queries, kind: Kind, ids: Iterable[str]) -> dict[str, str]:
    """Return the ids by which records go now, of those that have another one."""
    named = {one: reads.now_called(kind, one) for one in ids}
    return {one: now for one, now in named.items() if now != one}
