"""A copy that is pulled in pieces, over a line that breaks: when both sides are quiet, it's equal.

People elsewhere make, change, move and delete companies and contacts, in the middle of lists that
are being read; pulls fail and programs end at any point; pages are tiny. Nothing is read anew: the
names, what has changed, and a day's look for what is gone must be enough.
"""

from __future__ import annotations

import shutil
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from planhat_tui.errors import PlanhatTuiError
from planhat_tui.model.edits import Change
from planhat_tui.model.records import Kind
from planhat_tui.sync import lists, plan
from tests.conftest import EFFORT
from tests.memory import MEMORY
from tests.sync.rig import Desk, Line, Server, Time, after, answer, lost_answer, lost_request

if TYPE_CHECKING:
    from tests.sync.rig import Fault

WHICH = st.integers(0, 200)
KINDS = st.sampled_from([Kind.COMPANY, Kind.CONTACT])
FAULTS = st.sampled_from([lost_answer, lost_request, answer(500), answer(503)])
READS = st.sampled_from(
    ["GET /endusers[?]*", "GET /companies[?]*", "GET /leancompanies*", "GET /companies/*"]
)
MINUTES, DAY = 400.0, 90_000.0


class PullMachine(RuleBasedStateMachine):
    """Rules are what people elsewhere, the line, the clock and the ends of programs do."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY))
        self.time = Time()
        self.server = Server(self.time, companies=3)
        self.line = Line(self.server.app)
        self.words = (f"word {n}" for n in count(1))
        self.small = mock.patch.multiple(plan, COMPANY_PAGE=2, CONTACT_PAGE=7)
        self.small.start()
        self.first_look = mock.patch.object(lists, "_FIRST_LOOK", 3)
        self.first_look.start()
        self.desk = self._open()

    def _open(self) -> Desk:
        return Desk(self.folder / "t", self.line, self.time)

    def teardown(self) -> None:
        try:
            self.when_both_are_quiet_they_are_equal()
        finally:
            self.desk.close()
            self.server.close()
            self.first_look.stop()
            self.small.stop()
            shutil.rmtree(self.folder)

    # -- what people elsewhere do

    @rule()
    def make_a_company(self) -> None:
        self._pass()
        self.server.post(name=next(self.words))

    @rule(which=WHICH)
    def make_a_contact(self, which: int) -> None:
        self._pass()
        if company := self._one(Kind.COMPANY, which):
            self.server.post(Kind.CONTACT, companyId=company, name=next(self.words))

    @rule(kind=KINDS, which=WHICH)
    def change(self, kind: Kind, which: int) -> None:
        self._pass()
        if there := self._one(kind, which):
            self.server.put(there, kind, name=next(self.words))

    @rule(which=WHICH, to=WHICH)
    def move_a_contact(self, which: int, to: int) -> None:
        self._pass()
        contact, company = self._one(Kind.CONTACT, which), self._one(Kind.COMPANY, to)
        if contact and company:
            self.server.put(contact, Kind.CONTACT, companyId=company)

    @rule(kind=KINDS, which=WHICH)
    def delete(self, kind: Kind, which: int) -> None:
        self._pass()
        if there := self._one(kind, which):
            self.server.delete(there, kind)

    @rule(page=st.sampled_from([0, 6, 12]), anew=st.booleans())
    def delete_while_contacts_are_read(self, page: int, anew: bool) -> None:  # noqa: FBT001 -- drawn by name
        """Delete some of those that have been read: the others move up between two pages."""

        def delete() -> None:
            for gone in self.server.ids(Kind.CONTACT)[:3]:
                self.server.delete(gone, Kind.CONTACT)

        self.line.once(f"GET /endusers[?]*offset={page}&*", after(delete))
        self.time.leap(DAY)
        self._try(anew=anew)
        self.line.calm()

    # -- what the person here does

    @rule(which=WHICH)
    def edit_and_hold(self, which: int) -> None:
        """Change a company here; it isn't sent, and must survive all that is read."""
        if company := self._here(which):
            change = Change("phase", self.desk.company(company).raw.get("phase"), next(self.words))
            entry = self.desk.edit(company, change)
            self.desk.store.outbox.hold(entry.n)

    # -- what the line, the clock and programs do

    @rule(read=READS, fault=FAULTS)
    def let_something_fail(self, read: str, fault: Fault) -> None:
        self.line.once(read, fault)

    @rule(seconds=st.sampled_from([MINUTES, DAY]))
    def let_time_pass(self, seconds: float) -> None:
        self.time.leap(seconds)

    @rule(anew=st.booleans())
    def pull(self, anew: bool) -> None:  # noqa: FBT001 -- drawn by name
        self._try(anew=anew)

    @rule(which=WHICH)
    def look_at(self, which: int) -> None:
        if company := self._here(which):
            self.desk.engine.look_at(company)
            self._try()

    @rule()
    def restart(self) -> None:
        self.desk.close()
        self.desk = self._open()

    @precondition(lambda self: self.desk.store.mirror.doubts())
    @rule()
    def accept(self) -> None:
        self.desk.store.mirror.accept_absent()

    # -- what holds

    @rule()
    def when_both_are_quiet_they_are_equal(self) -> None:
        self.line.calm()
        for wait in (MINUTES, DAY, DAY):  # a look that was under way, and one of its own
            self.time.leap(wait)
            self.desk.fill()
            self.desk.store.mirror.accept_absent()
        held = {e.record_id for e in self.desk.store.outbox.open_entries()}
        there = set(self.server.ids())
        assert self.desk.store.mirror.company_ids() - held == there - held
        for one in there:
            assert self.desk.company(one).server == self.server.get(one)
        contacts = set(self.server.ids(Kind.CONTACT))
        for one in contacts:
            assert self.desk.contact(one).server == self.server.get(one, Kind.CONTACT)
        here = {c for one in there for c in self.desk.store.mirror.contact_ids(one)}
        assert here == contacts
        self._what_was_typed_is_shown()

    def _what_was_typed_is_shown(self) -> None:
        typed = {e.record_id: e.changes[0].after for e in self.desk.store.outbox.open_entries()}
        for record, after_all in typed.items():
            assert self.desk.company(record).raw["phase"] == after_all

    # -- helpers

    def _pass(self) -> None:
        self.time.leap(1.0)

    def _try(self, *, anew: bool = False) -> None:
        try:
            self.desk.fill(anew=anew)
        except PlanhatTuiError:
            self.desk.rest()

    def _one(self, kind: Kind, which: int) -> str:
        ids = self.server.ids(kind)
        return ids[which % len(ids)] if ids else ""

    def _here(self, which: int) -> str:
        ids = sorted(self.desk.store.mirror.company_ids())
        return ids[which % len(ids)] if ids else ""


TestPullMachine = PullMachine.TestCase
TestPullMachine.settings = settings(stateful_step_count=15, max_examples=max(10, int(20 * EFFORT)))
