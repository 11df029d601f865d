"""Plans of one profile: made of its records, held against its guardrails, run, followed.

A plan runs as one step of the journal, so one undo takes all of it back. It is kept on the disk
when it begins, and goes into the outbox in slices, each with a note of how far that came in the
same transaction: after a crash it goes on where it was.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.config import guardrails
from planhat_tui.errors import GuardrailError, InputError
from planhat_tui.model import plans
from planhat_tui.model.outbox import Action, NewEntry, State
from planhat_tui.model.planfile import decode, encode
from planhat_tui.model.records import NEW_ID_PREFIX, Kind, text_of
from planhat_tui.store.drafts import QUEUEING
from planhat_tui.store.steps import RETRIED
from planhat_tui.sync.plan import COMPANY_PAGE, CONTACT_PAGE
from planhat_tui.workspace.freshids import fresh_id
from planhat_tui.workspace.identifying import NOT_ALL_HERE, identified, why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.plans import Plan, Rechecked, Row, Wanted
    from planhat_tui.model.values import Raw
    from planhat_tui.store.drafts import Drafts
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.workspace.actions import Actions

STEP: Final = "plan:"
"""How the steps of plans begin."""
SLICE: Final = 500
"""Rows that go into the outbox at once: nobody waits longer for the file."""
FAILED: Final = (*RETRIED, State.CONFLICT)
NOT_YET: Final = "Planhat doesn't have it yet: discard it in the outbox."
_TEXT: Final = "plan:"
_PAUSED: Final = "paused"


class Progress(NamedTuple):
    """How far a plan has come. ``total`` are its records, ``queued`` those in the outbox so far.

    ``stopped``: what isn't in the outbox yet waits until somebody lets it go on.
    """

    total: int
    queued: int
    counts: Mapping[State, int]
    stopped: bool = False

    @property
    def delivered(self) -> int:
        """How many records Planhat has."""
        return self.counts.get(State.DELIVERED, 0)

    @property
    def failed(self) -> int:
        """How many need a hand: refused, not sure, in conflict."""
        return sum(self.counts.get(state, 0) for state in FAILED)

    @property
    def held(self) -> int:
        """How many are kept back."""
        return self.counts.get(State.HELD, 0)

    @property
    def paused(self) -> bool:
        """Whether nothing goes on before somebody lets it."""
        return self.stopped or (self.held > 0 and self.waiting == self._sending)

    @property
    def dropped(self) -> int:
        """How many were taken back before they were sent."""
        return self.counts.get(State.DROPPED, 0)

    @property
    def goes_on(self) -> bool:
        """Whether something is still to be sent: it waits, or is kept back."""
        return bool(self.waiting or self.held)

    @property
    def waiting(self) -> int:
        """How many go on by themselves: still to be queued, queued, or on their way."""
        return self.total - self.queued + self.counts.get(State.QUEUED, 0) + self._sending

    @property
    def _sending(self) -> int:
        return self.counts.get(State.SENDING, 0)


class Cost(NamedTuple):
    """How many calls a plan takes at most: as it goes, and if each record went ``singly``."""

    calls: int
    singly: int


class Planning:
    """Makes and runs plans. ``told`` hears which records look different now.

    ``wall`` gives seconds since the epoch.
    """

    def __init__(
        self,
        store: TenantStore,
        actions: Actions,
        told: Callable[[Kind, frozenset[str]], None],
        make_id: Callable[[], str] = fresh_id,
    ) -> None:
        self._store = store
        self._actions = actions
        self._told = told
        self._make_id = make_id
        self._running: dict[str, Plan] = {}

    # -- before

    def make(self, asked: Wanted, ids: Iterable[str], source: str = "") -> Plan:
        """Plan a change of records; those that aren't here are skipped, with that reason."""
        wanted = list(dict.fromkeys(ids))
        here = self._present(asked.kind, wanted)
        made = plans.plan_of(asked, (here[one] for one in wanted if one in here), source=source)
        gone = tuple(plans.refused(one, one, plans.GONE) for one in wanted if one not in here)
        rows = (*map(_not_yet_there, made.rows), *gone)
        return self.stamped(replace(made, rows=rows))

    def stamped(self, plan: Plan) -> Plan:
        """Return a plan with the tenant that it is for, and the time."""
        return replace(plan, tenant=self._tenant, made_at=self._store.wall())

    def recheck(self, plan: Plan) -> Rechecked:
        """Hold a plan against the records as they are shown now, those still to be made included.

        So a plan that is run twice makes nothing twice.
        """
        ids = [row.record_id for row in plan.rows if row.action is not Action.CREATE]
        present = self._present(plan.kind, ids)
        return plans.recheck(plan, present, lambda row: self._holder(plan.kind, row.body or {}))

    def read(self, text: str) -> Plan:
        """Read a plan's file. Raises :class:`InputError`; another tenant's plan is refused."""
        return decode(text, self._tenant)

    def check(self, plan: Plan) -> None:
        """Raise :class:`GuardrailError` if the profile forbids it.

        Raises :class:`InputError` if it changes nothing, or is another tenant's.
        """
        count = len(plan.acting)
        if not count:
            raise InputError("The plan changes nothing.", "All of it is so already, or skipped.")
        guardrails.check_write(self._actions.profile, count)
        if plan.deletes:
            guardrails.check_delete(self._actions.profile, count)
        if plan.tenant and self._tenant and plan.tenant != self._tenant:
            raise InputError("The plan is for another tenant, so nothing was done.")

    def why_not(self, plan: Plan) -> str:
        """Return why a plan can't run; empty if it can."""
        try:
            self.check(plan)
        except (GuardrailError, InputError) as error:
            return str(error)
        return ""

    def cost(self, plan: Plan) -> Cost:
        """Return how many calls a plan takes, by what is known of the server and of its size."""
        mirror, pages = self._store.mirror, 0
        if mirror.noted("edition") == "modern":
            known = mirror.progress()
            if plan.kind is Kind.COMPANY:
                pages = -(-max(known.companies_known, 1) // COMPANY_PAGE)
            else:
                contacts = max(known.contacts_done, known.contacts_known or 0, 1)
                pages = -(-contacts // CONTACT_PAGE)
        return Cost(plan.calls(pages), plan.calls())

    def word(self, plan: Plan) -> str:
        """Return the word that confirms it; empty if none is asked for."""
        count = len(plan.acting)
        return guardrails.typed_word(self._actions.profile, count, deleting=plan.deletes > 0)

    # -- running

    def begin(self, plan: Plan) -> str:
        """Keep a plan as one that runs; its step. Raises as :meth:`check`.

        Nothing is in the outbox yet: :meth:`advance` brings it there.
        """
        self.check(plan)
        step = STEP + self._make_id()
        acting = replace(plan, rows=plan.acting)
        with self._store.at_once():
            self._store.drafts.save(_TEXT + step, {"text": encode(acting)})
            self._store.drafts.save(QUEUEING + step, {"rows": 0})
        self._running[step] = acting
        return step

    def advance(self, step: str) -> bool:
        """Put the next slice of a plan into the outbox; whether there is more to put there now.

        Raises :class:`GuardrailError` if the profile forbids it by now.
        """
        drafts = self._store.drafts
        with self._store.at_once():
            noted = drafts.load(QUEUEING + step)
            if noted is None:  # another process has come to the end of it
                self._running.pop(step, None)
                return False
            if noted.get(_PAUSED):
                return False
            plan, done = self._plan(step), int(str(noted["rows"]))
            self.check(plan)
            some = plan.rows[done : done + SLICE]
            self._actions.queue(_entry(plan.kind, row, step) for row in some)
            more = done + len(some) < len(plan.rows)
            if more:
                drafts.save(QUEUEING + step, {"rows": done + len(some)})
            else:
                self._forget(step)
        return more

    def run(self, plan: Plan) -> str:
        """Put a whole plan into the outbox; its step. Raises as :meth:`check`."""
        step = self.begin(plan)
        while self.advance(step):
            pass
        return step

    def unfinished(self) -> tuple[str, ...]:
        """Return the steps that aren't in the outbox whole: a process ended while they went.

        Those that somebody has paused wait for :meth:`resume`.
        """
        drafts = self._store.drafts
        going = (key for key in drafts.keys(QUEUEING) if not (drafts.load(key) or {}).get(_PAUSED))
        return tuple(key.removeprefix(QUEUEING) for key in going)

    def go_on(self) -> int:
        """Put the rest of what is unfinished into the outbox; how many plans that were."""
        steps = self.unfinished()
        for step in steps:
            while self.advance(step):
                pass
        return len(steps)

    # -- while it runs, and after

    def progress(self, step: str) -> Progress:
        """Return how far a plan has come."""
        counts = self._store.steps.counts(step)
        queued = sum(counts.values())
        left = self._left(step)
        stopped = bool((self._store.drafts.load(QUEUEING + step) or {}).get(_PAUSED))
        return Progress(queued + left, queued, counts, stopped)

    def results(
        self, step: str, states: Iterable[State] | None = None, limit: int = -1
    ) -> tuple[Entry, ...]:
        """Return what became of a plan's records, in its order; those in some states, if given."""
        return self._store.steps.entries(step, states, limit)

    def window(self, step: str, offset: int, count: int) -> tuple[Entry, ...]:
        """Return what became of some of a plan's rows, one for each row from ``offset`` on."""
        return self._store.steps.window(step, offset, count)

    def last_open(self, step: str) -> Entry | None:
        """Return the last of a plan's edits that goes on by itself; ``None`` if none does."""
        return self._store.steps.last(step, [State.QUEUED, State.SENDING])

    def last(self) -> str:
        """Return the step of the last plan that ran; empty if none did."""
        return self._store.steps.newest(STEP)

    def pause(self, step: str) -> int:
        """Keep back what isn't sent yet, after a restart too; how many that are."""
        with self._store.at_once():
            return self._stop(step, paused=True) + self._moved(step, self._store.steps.hold)

    def resume(self, step: str) -> int:
        """Let go on what was kept back; how many that are. Raises :class:`GuardrailError`.

        What wasn't in the outbox yet is brought there by :meth:`advance`.
        """
        self._actions.check(self.results(step, [State.HELD]))
        with self._store.at_once():
            return self._stop(step, paused=False) + self._moved(step, self._store.steps.go_on)

    def retry(self, step: str) -> int:
        """Send again what has failed; how many that are. What is in conflict waits for a person.

        Raises :class:`GuardrailError`.
        """
        self._actions.check(self.results(step, RETRIED))
        return self._moved(step, self._store.steps.retry)

    def cancel(self, step: str) -> int:
        """Take back what wasn't sent yet; how many that are. What was sent stays: undo has it."""
        with self._store.at_once():
            left = self._left(step)
            self._forget(step)
            return left + self._moved(step, self._store.steps.take_back)

    def _stop(self, step: str, *, paused: bool) -> int:
        """Note whether the rest of a plan may go into the outbox; how many records that are."""
        noted = self._store.drafts.load(QUEUEING + step)
        if noted is None:
            return 0
        self._store.drafts.save(QUEUEING + step, {**noted, _PAUSED: paused})
        return self._left(step)

    def _left(self, step: str) -> int:
        """Return how many rows of a plan aren't in the outbox yet."""
        noted = self._store.drafts.load(QUEUEING + step)
        return 0 if noted is None else len(self._plan(step).rows) - int(str(noted["rows"]))

    def _moved(self, step: str, move: Callable[[str], Sequence[str]]) -> int:
        first = self._store.steps.entries(step, limit=1)
        ids = move(step)
        if first and ids:
            kind = first[0].kind
            self._store.once_written(lambda: self._show(kind, ids))
        return len(ids)

    def _show(self, kind: Kind, ids: Sequence[str]) -> None:
        for at in range(0, len(ids), SLICE):
            some = ids[at : at + SLICE]
            self._store.mirror.lay_again(kind, some)
            self._told(kind, frozenset(some))

    @property
    def _tenant(self) -> str:
        return self._store.outbox.owner().tenant or self._store.mirror.noted("identity")

    def _present(self, kind: Kind, ids: Sequence[str]) -> dict[str, Raw]:
        raws = self._store.mirror.raws(kind, ids)
        return {text_of(raw, "_id"): raw for raw in raws}

    def _holder(self, kind: Kind, body: Raw) -> Raw | None:
        """Return the record that a new one would be, as an import finds it; ``None`` if none is.

        Raises :class:`InputError` where it could be several, or isn't known yet.
        """
        mirror = self._store.mirror
        try:
            found = identified(
                mirror.keyed,
                kind,
                lambda path: text_of(body, path),
                lambda: text_of(body, "companyId"),
            )
        except InputError as error:
            raise InputError(why(error)) from None
        if found is None and not mirror.progress().has_all(kind):
            raise InputError(NOT_ALL_HERE)
        return found

    def _plan(self, step: str) -> Plan:
        if step not in self._running:
            kept = self._store.drafts.load(_TEXT + step) or {}
            self._running[step] = decode(str(kept.get("text", "")), self._tenant)
        return self._running[step]

    def _forget(self, step: str) -> None:
        self._running.pop(step, None)
        forget(self._store.drafts, step)


def forget(drafts: Drafts, step: str) -> None:
    """Let nothing more of a plan go into the outbox."""
    drafts.drop(_TEXT + step)
    drafts.drop(QUEUEING + step)


def _not_yet_there(row: Row) -> Row:
    """Leave a record alone that is to be deleted and that Planhat doesn't have yet."""
    if row.action is Action.DELETE and row.record_id.startswith(NEW_ID_PREFIX):
        return row._replace(body=None, why=NOT_YET)
    return row


def _entry(kind: Kind, row: Row, step: str) -> NewEntry:
    return NewEntry(kind, row.action, row.record_id, row.title, row.changes, row.body, step=step)
