"""A machine, a server and a line between them that breaks: in the end both have the same.

People edit at both ends in any order, answers are lost, programs end in the middle. A plain model
walks beside: who wants which tags, which value was typed where. Every value is typed once only, so
that it can be told whether it arrived.
"""

from __future__ import annotations

import shutil
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from planhat_tui.config.profiles import Profile, TokenSource
from planhat_tui.model.doubts import GRACE
from planhat_tui.model.events import Topic
from planhat_tui.model.outbox import Action, State, decides_itself
from planhat_tui.model.records import Kind
from planhat_tui.sync.delivery import parcels
from planhat_tui.workspace.actions import Actions
from tests.conftest import EFFORT
from tests.memory import MEMORY
from tests.sync.rig import URL, Desk, Line, Server, Time, answer, lost_answer, lost_request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planhat_tui.model.edits import Change
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json
    from tests.sync.rig import Fault

MOST = 4
WHICH = st.integers(0, MOST - 1)
FIELDS = st.sampled_from(["phase", "city", "custom.Mine"])
MY_TAGS = st.sampled_from(["mine 1", "mine 2", "mine 3"])
THEIR_TAGS = st.sampled_from(["theirs 1", "theirs 2"])
FAULTS = st.sampled_from([lost_answer, lost_request, answer(400, "no")])
VERBS = st.sampled_from(["PUT *", "POST *", "DELETE *", "GET /companies/*"])
MINUTE = 60.0
PARKED = {State.REFUSED, State.CONFLICT, State.NOT_SURE}


class SyncMachine(RuleBasedStateMachine):
    """Rules are what people here and elsewhere, the line and the end of programs do."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY))
        self.time = Time()
        self.server = Server(self.time, companies=2)
        self.line = Line(self.server.app)
        self.words = (f"word {n}" for n in count(1))
        self.made: list[int] = []
        self.typed: list[tuple[int, Change]] = []
        self.companies: list[str] = []
        self.mine: dict[str, set[str]] = {}
        self.theirs: dict[str, set[str]] = {}
        self.names: dict[str, str] = {}
        self.deleted: set[str] = set()
        self.desk = self._open()

    def teardown(self) -> None:
        try:
            self.in_the_end_both_have_the_same()
        finally:
            self.desk.close()
            self.server.close()
            shutil.rmtree(self.folder)

    def _open(self) -> Desk:
        desk = Desk(self.folder / "t", self.line, self.time)
        profile = Profile(name="acme", base_url=URL, token=TokenSource("text", "-"))
        self.actions = Actions(profile, desk.store, lambda _entries: None)
        return desk

    @initialize()
    def fill(self) -> None:
        self.desk.fill()
        for one in self.server.ids():
            self.server.put(one, tags=[])
            self.desk.refresh(Topic.COMPANY, one)
            self._know(one)
        self.desk.rest()

    # -- what people here do

    @rule(
        which=WHICH,
        fields=st.sets(FIELDS, min_size=1),
        add=st.sets(MY_TAGS),
        remove=st.sets(MY_TAGS),
    )
    def change(self, which: int, fields: set[str], add: set[str], remove: set[str]) -> None:
        company = self.companies[which % len(self.companies)]
        here = self._renamed(company) or company
        if company not in self.deleted:
            typed: dict[str, Json] = {field: next(self.words) for field in sorted(fields)}
            self._add(self.actions.edit(Kind.COMPANY, [here], typed))
            self._add(self.actions.tag(Kind.COMPANY, [here], sorted(add), sorted(remove)))
            self.mine[company] = (self.mine[company] - remove) | add

    @precondition(lambda self: len(self.companies) < MOST)
    @rule()
    def make(self) -> None:
        name = f"Made {next(self.words)}"
        entry = self.actions.create(Kind.COMPANY, {"name": name})
        self._add([entry])
        self.names[entry.record_id] = name
        self._know(entry.record_id)

    @rule(which=WHICH, really=st.integers(0, 5))
    def delete(self, which: int, really: int) -> None:
        company = self.companies[which % len(self.companies)]
        if company not in self.deleted and really == 5:  # what is gone is edited no more
            here = self._renamed(company) or company
            self._add(self.actions.delete(Kind.COMPANY, [here]))
            self.deleted.add(company)

    # -- what people elsewhere do, later than all that was read

    @rule(which=WHICH, field=st.sampled_from(["phase", "city"]), tags=st.sets(THEIR_TAGS))
    def change_elsewhere(self, which: int, field: str, tags: set[str]) -> None:
        self.time.leap(MINUTE)
        company = self.companies[which % len(self.companies)]
        if there := self._there(company):
            kept = [t for t in self.server.get(there)["tags"] if not t.startswith("theirs")]
            change: dict[str, Json] = {field: next(self.words), "tags": [*kept, *sorted(tags)]}
            self.server.ask("PUT", f"/companies/{there}", change)
            self.theirs[company] = tags

    # -- what the line, the engine and the end of a program do

    @rule(cut=st.booleans())
    def cut_or_mend_the_line(self, cut: bool) -> None:  # noqa: FBT001 -- drawn by name
        self.line.cut = cut

    @rule(verb=VERBS, fault=FAULTS)
    def let_something_fail(self, verb: str, fault: Fault) -> None:
        self.line.once(verb, fault)

    @rule()
    def deliver(self) -> None:
        self.desk.deliver(*self.desk.store.outbox.open_entries())
        self.desk.rest()

    @rule(sending=st.booleans())
    def restart(self, sending: bool) -> None:  # noqa: FBT001 -- drawn by name
        """End and begin anew; while something was being sent, as a killed program does."""
        if sending:
            for parcel in parcels(self.desk.store.outbox.open_entries())[:1]:
                self.desk.store.outbox.mark_sending(parcel.ns)
        self.desk.close()
        self.desk = self._open()

    # -- what holds

    @invariant()
    def nothing_typed_is_forgotten(self) -> None:
        kept = {(entry.place, change) for entry in self._all() for change in _plain(entry)}
        assert set(self.typed) <= kept
        for entry in self._all():
            if entry.state in PARKED:
                assert entry.reason
            assert entry.state is not State.DROPPED or entry.record_id in self.deleted

    @rule()
    def in_the_end_both_have_the_same(self) -> None:
        self.line.calm()
        self.time.leap(MINUTE)
        self.desk.deliver(*self.desk.store.outbox.open_entries())
        for _ in range(3):  # what isn't sure is looked up, sent again, and looked up once more
            self.desk.look_at_the_outbox()
            self.time.leap(GRACE)
        assert self._is_settled()
        self.desk.fill(anew=True)
        self.desk.rest()
        self._the_copy_is_true()
        self._what_was_delivered_arrived()
        self._what_waits_has_a_reason()
        self._tags_of_both_sides_are_there()
        self._nothing_was_made_twice()

    def _is_settled(self) -> bool:
        waiting = self.desk.store.outbox.open_entries()
        moving = any(e.state is State.SENDING or decides_itself(e) for e in waiting)
        return not moving and not parcels(waiting)

    def _the_copy_is_true(self) -> None:
        ids = self.server.ids()
        assert self.desk.store.mirror.company_ids() == frozenset(ids)
        for one in ids:
            assert self.desk.company(one).server == self.server.get(one)
            if not self.desk.store.outbox.open_entries(Kind.COMPANY, one):
                assert self.desk.company(one).raw == self.server.get(one)

    def _what_was_delivered_arrived(self) -> None:
        """Of each field the last of what is delivered arrived, and what arrived came in order."""
        arrived: dict[tuple[str, str], int] = {}
        for turn, (told, body) in enumerate(self.line.done):
            values = {**(body or {}), **((body or {}).get("custom") or {})}.values()
            for value in _texts(values):
                arrived.setdefault((told.removeprefix("PUT /companies/"), value), turn)
        followed: dict[tuple[str, str], list[int | None]] = {}
        for entry in self._all():
            if entry.state is State.DELIVERED:
                for change in _plain(entry):
                    turns = followed.setdefault((entry.record_id, change.field), [])
                    turns.append(arrived.get((entry.record_id, str(change.after))))
        for turns in followed.values():
            assert turns[-1] is not None
            came = [turn for turn in turns if turn is not None]
            assert came == sorted(came)

    def _what_waits_has_a_reason(self) -> None:
        waiting = self.desk.store.outbox.open_entries()
        for entry in waiting:
            place = (entry.place, entry.n)
            before = [e for e in waiting if e.record_id == entry.record_id]
            before = [e for e in before if (e.place, e.n) < place]
            assert entry.state in PARKED or any(e.state in PARKED for e in before)

    def _tags_of_both_sides_are_there(self) -> None:
        for company, mine in self.mine.items():
            there = self._there(company)
            if there is None or any(
                {change.field for change in entry.changes} == {"tags"}
                for entry in self.desk.store.outbox.open_entries(Kind.COMPANY, there)
            ):
                continue
            assert set(self.server.get(there)["tags"]) == mine | self.theirs[company]

    def _nothing_was_made_twice(self) -> None:
        assert all(len(self.server.named(name)) <= 1 for name in self.names.values())

    # -- helpers

    def _add(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self.made.append(entry.n)
            self.typed += [(entry.place, change) for change in _plain(entry)]

    def _all(self) -> list[Entry]:
        """Return all entries in their order, also those that were split off what was typed."""
        entries = self.desk.store.journal.list(limit=100_000)
        return sorted(entries, key=lambda entry: (entry.place, entry.n))

    def _know(self, company: str) -> None:
        self.companies.append(company)
        self.mine[company], self.theirs[company] = set(), set()

    def _there(self, company: str) -> str | None:
        """Return the id that a company has on the server; ``None`` if it has none."""
        known = self._renamed(company) if company in self.names else company
        return known if known and self.server.get(known) is not None else None

    def _renamed(self, company: str) -> str | None:
        if company not in self.names:
            return None
        for n in self.made:
            entry = self.desk.store.outbox.get(n)
            if entry.action is Action.CREATE and (entry.body or {})["name"] == self.names[company]:
                return entry.result_id or None
        return None


def _plain(entry: Entry) -> list[Change]:
    """Return the changes whose values are typed once only: all but those of tags."""
    return [change for change in entry.changes if change.field != "tags"]


def _texts(values: Iterable[object]) -> list[str]:
    return [value for value in values if isinstance(value, str)]


TestSyncMachine = SyncMachine.TestCase
TestSyncMachine.settings = settings(stateful_step_count=30)
TestSyncMachine = pytest.mark.timeout(max(300, 300 * EFFORT))(TestSyncMachine)


def test_what_a_conflict_splits_off_an_edit_follows_what_was_typed_before_it() -> None:
    machine = SyncMachine()
    machine.fill()
    machine.change(which=0, fields={"city"}, add=set(), remove=set())
    machine.change(which=0, fields={"city", "phase"}, add=set(), remove=set())
    machine.change_elsewhere(which=0, field="phase", tags=set())
    machine.deliver()
    city, both, rest = machine._all()
    assert (city.state, both.state, rest.state) == (
        State.DELIVERED,
        State.CONFLICT,
        State.DELIVERED,
    )
    assert [change.field for change in (*both.changes, *rest.changes)] == ["phase", "city"]
    assert machine.line.sent("PUT *")[-1] == {"city": rest.changes[0].after}
    machine.nothing_typed_is_forgotten()
    machine.teardown()
