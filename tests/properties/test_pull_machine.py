"""A copy that is pulled in pieces, over a line that breaks: when both sides are quiet, it's equal.

People elsewhere make, change, move and delete companies and contacts, in the middle of lists that
are being read, more than two pages have in common; pulls fail and programs end, or are killed, at
any point; pages are tiny, or such that two of them have ten records in common, which may be a page
that a server has clamped; some servers have the edition of 2016, without pages. At the end nothing
is read anew: the names, what has changed, and a day's look for what is gone must be enough.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from unittest import mock

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from planhat_tui.errors import PlanhatTuiError
from planhat_tui.model.edits import Change
from planhat_tui.model.records import Kind
from planhat_tui.sync import lists, plan
from tests.conftest import EFFORT
from tests.memory import MEMORY
from tests.sync.rig import (
    PATHS,
    Desk,
    Line,
    Server,
    Time,
    after,
    answer,
    changed_answer,
    cut_body,
    lost_answer,
    lost_request,
    under_another_limit,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.rig import Fault

WHICH = st.integers(0, 200)
KINDS = st.sampled_from([Kind.COMPANY, Kind.CONTACT])
FAULTS = st.sampled_from(
    [lost_answer, lost_request, cut_body, answer(500), answer(503), answer(429)]
)
READS = st.sampled_from(
    ["GET /endusers[?]*", "GET /companies[?]*", "GET /leancompanies*", "GET /companies/*"]
)
SIZES = st.sampled_from([(2, 7), (20, 20)])
"""Companies and contacts of a page."""
DIALECTS: st.SearchStrategy[Literal["modern", "seed"]] = st.sampled_from(
    ["modern", "modern", "seed"]
)
MANY = st.sampled_from([1, 6, 15])
ORDERS = st.sampled_from(["_id", "-updatedAt"])
MINUTES, DAY = 400.0, 90_000.0


class PullMachine(RuleBasedStateMachine):
    """Rules are what people elsewhere, the line, the clock and the ends of programs do."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY))
        self.programs = 1
        self.time = Time()
        self.words = (f"word {n}" for n in count(1))
        self.sizes = contextlib.ExitStack()
        self.sizes.enter_context(mock.patch.object(lists, "_FIRST_LOOK", 3))

    def _open(self) -> Desk:
        return Desk(self.folder / str(self.programs), self.line, self.time)

    @initialize(sizes=SIZES, dialect=DIALECTS)
    def begin(self, sizes: tuple[int, int], dialect: Literal["modern", "seed"]) -> None:
        """Choose how large the pages are, and which edition the server has."""
        self.server = Server(self.time, companies=3, dialect=dialect)
        self.line = Line(self.server.app)
        self.desk = self._open()
        companies, contacts = sizes
        small = mock.patch.multiple(plan, COMPANY_PAGE=companies, CONTACT_PAGE=contacts)
        self.sizes.enter_context(small)

    def teardown(self) -> None:
        try:
            self.when_both_are_quiet_they_are_equal()
        finally:
            self.desk.close()
            self.server.close()
            self.sizes.close()
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

    @rule(which=WHICH)
    def fill_up_to_ten(self, which: int) -> None:
        """Make contacts until there are so many that a list of them ends with ten, at any size."""
        while self.server.ids() and len(self.server.ids(Kind.CONTACT)) % 10:
            self.make_a_contact(which)

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

    @rule(kind=KINDS, which=WHICH, many=st.sampled_from([3, 20]))
    def change_many(self, kind: Kind, which: int, many: int) -> None:
        """Change some one after the other, so that a look for changes takes several pages."""
        for n in range(many):
            self.change(kind, which + n)

    @rule(many=st.integers(3, 6))
    def make_companies(self, many: int) -> None:
        for _ in range(many):
            self.make_a_company()

    @rule(kind=KINDS, order=ORDERS, page=st.integers(0, 3), many=MANY, anew=st.booleans())
    def delete_between_two_pages(
        self,
        kind: Kind,
        order: str,
        page: int,
        many: int,
        anew: bool,  # noqa: FBT001 -- drawn by name
    ) -> None:
        """Delete some of those that have been read, up to more than two pages have in common.

        The others move up.
        """

        def delete() -> None:
            there = self.server.ask("GET", f"{PATHS[kind]}?limit=2000&sort={order}")
            for gone in there[: min(many, len(there) - 1)]:
                self.server.delete(gone["_id"], kind)

        self._before(f"GET {PATHS[kind]}[?]*sort={order}*", page, delete)
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

    @rule(read=READS, limit=st.sampled_from([2, 40, 5_000]), anew=st.booleans())
    def change_the_limit_amid_a_pull(self, read: str, limit: int, anew: bool) -> None:  # noqa: FBT001 -- drawn by name
        """Have an answer tell of another limit, half of which is used, and the next of the old."""
        self.line.once(read, under_another_limit(limit, limit // 2))
        self._try(anew=anew)
        self.line.calm()

    @rule()
    def ignore_the_order_once(self) -> None:
        """Show a page of changes in another order: then all of them are read, to the end."""
        turned = changed_answer(lambda page: page[::-1])
        self.line.once("GET /endusers[?]*sort=-updatedAt*", turned)

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

    @rule(read=READS, nth=st.integers(0, 4), anew=st.booleans())
    def kill(self, read: str, nth: int, anew: bool) -> None:  # noqa: FBT001 -- drawn by name
        """Kill the program while it waits for an answer: what is on the disk then is what is left.

        What it did afterwards happens in files that nobody opens any more.
        """
        here, left = self.folder / str(self.programs), self.folder / str(self.programs + 1)

        def die() -> None:
            with self.desk.store.mirror._database.writing():  # what has begun is on the disk
                shutil.copytree(here, left)

        self._before(read, nth, die)
        self._try(anew=anew)
        self.line.calm()
        if left.exists():
            self.desk.close()
            self.programs += 1
            self._free_leases(left / "outbox.db")
            self.desk = self._open()

    @precondition(lambda self: self.desk.store.mirror.doubts())
    @rule()
    def accept(self) -> None:
        self.accept_all()

    def accept_all(self) -> None:
        mirror = self.desk.store.mirror
        mirror.accept_absent(mirror.doubts(), plan.too_many_gone)

    # -- what holds

    @rule()
    def when_both_are_quiet_they_are_equal(self) -> None:
        self.line.calm()
        for wait in (MINUTES, DAY, DAY):  # a look that was under way, and one of its own
            self.time.leap(wait)
            self.desk.fill()
            self.accept_all()
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

    @staticmethod
    def _free_leases(file: Path) -> None:
        """Free what a process has that is dead: it was this one, which lives."""
        with contextlib.closing(sqlite3.connect(file)) as outbox, outbox:
            outbox.execute("DELETE FROM lease")

    def _before(self, read: str, nth: int, deed: Callable[[], None]) -> None:
        """Do something before the server gets the nth of the reads that come, counted from 0."""
        left = nth

        def pass_or_do() -> None:
            nonlocal left
            if not left:
                deed()
                return
            left -= 1
            self.line.once(read, after(pass_or_do))

        self.line.once(read, after(pass_or_do))

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
