"""The outbox as a state machine: whatever is done in whatever order, nothing typed is lost.

A plain model (a dict of states) walks beside the real files; closing and opening anew, as a crash
does, may happen between any two steps.
"""

from __future__ import annotations

import shutil
import tempfile
from itertools import count
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from planhat_tui.errors import InputError
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, Entry, NewEntry, State
from planhat_tui.model.records import Kind, Received
from planhat_tui.store.tenant import TenantStore
from tests.memory import MEMORY

RECORDS = st.sampled_from(["c1", "c2"])
ANSWERS = st.sampled_from([State.DELIVERED, State.REFUSED, State.CONFLICT, State.NOT_SURE])
MAY = {
    "hold": ({State.QUEUED}, State.HELD),
    "retry": ({State.REFUSED, State.HELD, State.CONFLICT}, State.QUEUED),
    "discard": ({State.QUEUED, State.REFUSED, State.HELD, State.CONFLICT}, State.DROPPED),
}
"""In which states a person may do what, and what then is; one that isn't sure is another matter."""


class OutboxMachine(RuleBasedStateMachine):
    """Rules are what people, the engine and crashes do."""

    entries = Bundle("entries")
    made = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY))
        self.clock = count(1)
        self.names = count(1)
        self.states: dict[int, State] = {}
        self.let_go: set[int] = set()
        self.added: dict[int, Entry] = {}
        self.record: dict[int, str] = {}
        self.store = self._open()

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    def _open(self) -> TenantStore:
        return TenantStore.open(self.folder / "t", wall=lambda: float(next(self.clock)))

    def _add(self, *new: NewEntry) -> tuple[int, ...]:
        added = self.store.outbox.add(*new)
        for entry in added:
            self.states[entry.n] = State.QUEUED
            self.added[entry.n] = entry
            self.record[entry.n] = entry.record_id
        return tuple(entry.n for entry in added)

    @rule(target=entries, record=RECORDS)
    def edit(self, record: str) -> int:
        change = Change("phase", None, f"word {next(self.names)}")
        new = NewEntry(Kind.COMPANY, Action.UPDATE, record, "Acme", changes=(change,))
        return self._add(new)[0]

    @rule(target=made)
    def make(self) -> tuple[int, ...]:
        record = f"new-{next(self.names)}"
        change = Change("name", "Made", "Named")
        return self._add(
            NewEntry(Kind.COMPANY, Action.CREATE, record, "Made", body={"name": "Made"}),
            NewEntry(Kind.COMPANY, Action.UPDATE, record, "Made", changes=(change,)),
        )

    @rule(n=entries, deed=st.sampled_from(sorted(MAY)))
    def ask(self, n: int, deed: str) -> None:
        allowed, after = MAY[deed]
        if self.states[n] is State.NOT_SURE and deed != "hold":  # it may still land: it stays so
            getattr(self.store.outbox, deed)(n)
            (self.let_go.add if deed == "discard" else self.let_go.discard)(n)
            return
        try:
            getattr(self.store.outbox, deed)(n)
        except InputError:
            assert self.states[n] not in allowed
        else:
            assert self.states[n] in allowed
            self.states[n] = after

    @rule(n=entries, answer=ANSWERS)
    def send(self, n: int, answer: State) -> None:
        sent = self.store.outbox.mark_sending([n])
        assert sent == (self.states[n] is State.QUEUED)
        if sent:
            self.store.outbox.mark([n], answer, "a reason")
            self.states[n] = answer

    @rule(n=entries, landed=st.booleans())
    def find_out(self, n: int, landed: bool) -> None:  # noqa: FBT001 -- drawn by name
        """Settle one that isn't sure: what was let go is never queued again."""
        found = State.DELIVERED if landed else State.QUEUED
        self.store.outbox.mark([n], found, "a reason", was=State.NOT_SURE)
        if self.states[n] is State.NOT_SURE:
            dropped = n in self.let_go and not landed
            self.states[n] = State.DROPPED if dropped else found
            self.let_go.discard(n)

    @rule(n=entries)
    def die_while_sending(self, n: int) -> None:
        if self.store.outbox.mark_sending([n]):
            self.states[n] = State.NOT_SURE
        self.reopen()
        self.store.outbox.recover()

    @rule(numbers=consumes(made))
    def deliver_what_was_made(self, numbers: tuple[int, ...]) -> None:
        first, second = numbers
        real = f"c-{first}"
        assert self.store.outbox.mark_sending([first])
        data = {"_id": real, "name": "Made"}
        server = Received(f'{{"_id": "{real}", "name": "Made"}}', dict(data))
        self.store.made(self.store.outbox.get(first), server, 1.0)
        self.states[first] = State.DELIVERED
        self.record[first] = self.record[second] = real

    @rule(numbers=consumes(made))
    def discard_what_was_made(self, numbers: tuple[int, ...]) -> None:
        self.store.outbox.discard(numbers[0])
        for n in numbers:
            self.states[n] = State.DROPPED

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = self._open()

    @invariant()
    def nothing_is_lost_or_changed(self) -> None:
        for n, state in self.states.items():
            entry = self.store.outbox.get(n)
            assert entry.state is state
            assert entry.record_id == self.record[n]
            assert entry.let_go == (n in self.let_go)
            assert (typed(entry), entry.body) == (typed(self.added[n]), self.added[n].body)

    @invariant()
    def what_is_open_is_counted(self) -> None:
        open_states = [state for state in self.states.values() if state.is_open]
        counts = self.store.outbox.counts()
        assert counts == {state: open_states.count(state) for state in open_states}
        numbers = [entry.n for entry in self.store.outbox.open_entries()]
        assert numbers == sorted(n for n, state in self.states.items() if state.is_open)

    @invariant()
    def what_is_shown_is_what_is_open(self) -> None:
        for record in set(self.record.values()):
            self.store.refresh_overlay(Kind.COMPANY, record)
        shown = self.store.mirror.laid_over(Kind.COMPANY)
        here = {n for n, state in self.states.items() if state.is_open} - self.let_go
        open_records = {self.record[n] for n in here}
        assert shown == open_records


def typed(entry: Entry) -> list[tuple[str, object]]:
    """Return what was typed: from where it starts may move, where it leads to never does."""
    return [(change.field, change.after) for change in entry.changes]


TestOutboxMachine = OutboxMachine.TestCase
TestOutboxMachine.settings = settings(stateful_step_count=20)
