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
from planhat_tui.model.definitions import barred, defined_of
from planhat_tui.model.outbox import Action, NewEntry, State, decides_itself
from planhat_tui.model.planfile import decode, encode
from planhat_tui.model.records import NEW_ID_PREFIX, Kind, text_of
from planhat_tui.model.text import plural
from planhat_tui.model.writable import title_of
from planhat_tui.store.drafts import QUEUEING
from planhat_tui.sync.pages import PageSizes
from planhat_tui.workspace.actions import SLICE
from planhat_tui.workspace.coming import with_coming
from planhat_tui.workspace.freshids import fresh_id
from planhat_tui.workspace.identifying import NOT_ALL_HERE, identified, why
from planhat_tui.workspace.rests import (
    DONE,
    PAUSED,
    TEXT,
    TOTAL,
    forget,
    forget_aside,
    left_of,
    rested,
    rests,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.plans import Going, Plan, Rechecked, Row, Wanted
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.workspace.actions import Actions
    from planhat_tui.workspace.identifying import Keyed

STEP: Final = "plan:"
"""How the steps of plans begin."""
_FAILED: Final = (State.REFUSED, State.NOT_SURE, State.CONFLICT)
ELSEWHERE: Final = "Another plan that isn't queued whole makes it."
GOING: Final = "It is to be deleted already."
NOT_YET: Final = "Planhat doesn't have it yet: discard it in the outbox."


class Progress(NamedTuple):
    """How far a plan has come. ``total`` are its records, ``queued`` those in the outbox so far.

    ``stopped``: what isn't in the outbox yet, or comes back of what is on its way, waits until
    somebody lets it go on. ``unsure`` are
    those that aren't sure and are looked up by themselves.
    """

    total: int
    queued: int
    counts: Mapping[State, int]
    stopped: bool = False
    unsure: int = 0

    @property
    def delivered(self) -> int:
        """How many records Planhat has."""
        return self.counts.get(State.DELIVERED, 0)

    @property
    def failed(self) -> int:
        """How many need a hand: refused, in conflict, or not sure and nobody can look."""
        return sum(self.counts.get(state, 0) for state in _FAILED) - self.unsure

    @property
    def refused(self) -> int:
        """How many were refused: these alone can be sent again together."""
        return self.counts.get(State.REFUSED, 0)

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
    def unsent(self) -> bool:
        """Whether something is still to be sent: it waits, or is kept back."""
        return bool(self.waiting or self.held)

    @property
    def goes_on(self) -> bool:
        """Whether more will be known of it: of what is still to be sent, or to be looked up."""
        return self.unsent or self.unsure > 0

    @property
    def waiting(self) -> int:
        """How many go on by themselves: still to be queued, queued, or on their way."""
        return self.total - self.queued + self.counts.get(State.QUEUED, 0) + self._sending

    @property
    def on_its_way(self) -> int:
        """How many are sent and not answered: what of them doesn't arrive comes back."""
        return self._sending + self.unsure

    @property
    def _sending(self) -> int:
        return self.counts.get(State.SENDING, 0)


class Cost(NamedTuple):
    """How many calls a plan takes at most: as it goes, and if each record went ``singly``."""

    calls: int
    singly: int


class Begun(NamedTuple):
    """A plan that has begun, as it was held against the records.

    ``step`` is empty if nothing was left to do: then it hasn't begun. ``moved`` has
    the titles of the records that have changed since the plan was made.
    """

    step: str
    plan: Plan
    moved: tuple[str, ...]


class _Running(NamedTuple):
    """A plan that is queued here: as it began, and by place the rows that have moved since.

    ``rests`` counts how often it had rested when it was held against what is there.
    """

    plan: Plan
    rests: int = 0
    moved: Mapping[int, Row] = {}


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
        self._running: dict[str, _Running] = {}
        self._left_out: dict[str, list[str]] = {}

    # -- before

    def make(self, asked: Wanted, ids: Iterable[str], source: str = "") -> Plan:
        """Plan a change of records; those that aren't here, or not loaded, are skipped as such.

        One that was made since is found by the id that it had before, too.
        """
        named = [*ids]
        here, now_called = self._present(asked.kind, named), self._store.outbox.now_called
        wanted = dict.fromkeys(one if one in here else now_called(asked.kind, one) for one in named)
        here |= self._present(asked.kind, [one for one in wanted if one not in here])
        lacking = self._lacking(asked, here)
        shown = (here[one] for one in wanted if one in here and one not in lacking)
        known = defined_of(asked.kind, self._store.mirror.definitions())
        name_of = self._store.mirror.company_name
        made = plans.plan_of(asked, shown, barred=barred(known), source=source, name_of=name_of)
        gone = tuple(plans.refused(one, one, plans.GONE) for one in wanted if one not in here)
        rows = (*map(_not_yet_there, made.rows), *lacking.values(), *gone)
        return self.stamped(replace(made, rows=self._without_going(asked.kind, rows)))

    def stamped(self, plan: Plan) -> Plan:
        """Return a plan with the tenant that it is for, and the time."""
        return replace(plan, tenant=self._tenant, made_at=self._store.wall())

    def recheck(self, plan: Plan) -> Rechecked:
        """Hold a plan against the records as they are shown now, those still to be made included.

        So a plan that is run twice makes nothing twice, nor do two that run at once: what another
        process has queued, or keeps to be queued, is looked at too. What it names by an id from
        here is looked at under the one that it has by now.
        """
        plan = replace(plan, rows=tuple(self._called_now(plan.kind, row) for row in plan.rows))
        return plans.rechecked(plan, self._by_now(plan))

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
            contacts = max(known.contacts_done, known.contacts_known or 0)
            total = known.companies_known if plan.kind is Kind.COMPANY else contacts
            pages = PageSizes(mirror).calls(plan.kind, total)
        return Cost(plan.calls(pages), plan.calls())

    def word(self, plan: Plan) -> str:
        """Return the word that confirms it; empty if none is asked for."""
        count = len(plan.acting)
        return guardrails.typed_word(self._actions.profile, count, deleting=plan.deletes > 0)

    # -- running

    def begin(self, plan: Plan) -> Begun:
        """Keep a plan as one that runs, as it is by now. Raises as :meth:`check`.

        What has moved since it was made is held against what is there, and once more while no other
        process can begin one, if one did meanwhile: thousands of rows take seconds, for which
        nobody waits. Nothing is in the outbox yet: :meth:`advance` brings it there.
        """
        self.check(plan)
        seen, now = self._done_elsewhere(), self.recheck(plan)
        with self._store.at_once():
            if self._done_elsewhere() != seen:
                now = self.recheck(plan)
            acting = replace(now.plan, rows=now.plan.acting)
            if not acting.rows:
                return Begun("", now.plan, now.moved)
            forget_aside(self._store.drafts)
            step = STEP + self._make_id()
            self._store.drafts.save(TEXT + step, {"text": encode(acting)})
            self._store.drafts.save(QUEUEING + step, {DONE: 0, TOTAL: len(acting.rows)})
        self._running[step] = _Running(acting)
        return Begun(step, now.plan, now.moved)

    def advance(self, step: str) -> bool:
        """Put the next slice of a plan into the outbox; whether there is more to put there now.

        What is left of one that was paused, or that another process began, is held against what is
        there first, as :meth:`begin` does. What has moved is left out, with the reason, and told by
        :meth:`left_out`; so is what it deletes and was deleted from here since. Raises
        :class:`GuardrailError` if the profile forbids it by now, and :class:`InputError` if it
        can't be told what has moved.
        """
        drafts, seen = self._store.drafts, None
        if self._has_rested(step):
            seen = self._done_elsewhere()
            self._hold(step)
        with self._store.at_once():
            noted = drafts.load(QUEUEING + step)
            if noted is None:  # another process has come to the end of it
                if QUEUEING + step in drafts.keys(QUEUEING):
                    raise InputError("How far it came can't be read any more.")
                self._running.pop(step, None)
                return False
            if noted.get(PAUSED):
                return False
            if self._has_rested(step) or (seen is not None and self._done_elsewhere() != seen):
                self._hold(step)
            running, done = self._running[step], int(str(noted[DONE]))
            self.check(running.plan)
            some = running.plan.rows[done : done + SLICE]
            now = [running.moved.get(at, row) for at, row in enumerate(some, done)]
            self._queue(step, running.plan.kind, some, now)
            more = done + len(some) < len(running.plan.rows)
            if more:
                drafts.save(QUEUEING + step, {**noted, DONE: done + len(some)})
            else:
                self._forget(step)
        return more

    def left_out(self, step: str = "") -> tuple[str, ...]:
        """Return the titles of the records that had moved when a plan, or any, went on here; once.

        Their rows were left out, or a part of them.
        """
        found = [self._left_out.pop(one, []) for one in ([step] if step else [*self._left_out])]
        return tuple(title for titles in found for title in titles)

    def run(self, plan: Plan) -> str:
        """Put a whole plan into the outbox; its step, empty if nothing was left of it.

        Raises as :meth:`check`.
        """
        step = self.begin(plan).step
        while self.advance(step):
            pass
        return step

    def unfinished(self) -> tuple[str, ...]:
        """Return the steps that aren't in the outbox whole: a process ended while they went.

        Those that somebody has paused wait for :meth:`resume`.
        """
        return tuple(step for step in self._begun() if not self._is_paused(step))

    def waiting(self) -> tuple[str, ...]:
        """Return the steps that aren't in the outbox whole and wait for :meth:`resume`."""
        return tuple(step for step in self._begun() if self._is_paused(step))

    def rest(self) -> int:
        """Return how many records of the plans that were begun here aren't in the outbox yet."""
        return sum(self._left(step) for step in [*self._running])

    def go_on(self) -> tuple[str, ...]:
        """Put the rest of what is unfinished into the outbox; a sentence for each that can't go."""
        told = []
        for step in self.unfinished():
            try:
                while self.advance(step):
                    pass
            except (GuardrailError, InputError) as why:
                left = plural(self._left(step), "record")
                told.append(f"{left} of a plan can't be queued: {why}  plan cancel drops the rest.")
        return tuple(told)

    # -- while it runs, and after

    def progress(self, step: str) -> Progress:
        """Return how far a plan has come."""
        counts = self._store.steps.counts(step)
        queued = sum(counts.values())
        left = self._left(step)
        stopped = self._is_paused(step) or self._store.steps.is_stopped(step)
        unsure = self._store.steps.unsure(step) if counts.get(State.NOT_SURE) else 0
        return Progress(queued + left, queued, counts, stopped, unsure)

    def results(
        self, step: str, states: Iterable[State] | None = None, limit: int = -1
    ) -> tuple[Entry, ...]:
        """Return what became of a plan's records, in its order; those in some states, if given."""
        return self._store.steps.entries(step, states, limit)

    def failed(self, step: str) -> tuple[Entry, ...]:
        """Return what of a plan needs a hand."""
        return tuple(e for e in self.results(step, _FAILED) if not decides_itself(e))

    def window(self, step: str, offset: int, count: int) -> tuple[Entry, ...]:
        """Return what became of some of a plan's rows, one for each row from ``offset`` on."""
        return self._store.steps.window(step, offset, count)

    def last_open(self, step: str, *, unsure: bool = False) -> Entry | None:
        """Return the last of a plan's edits that goes on by itself; ``None`` if none does.

        ``unsure``: one that isn't sure and is looked up by itself as well.
        """
        return self._store.steps.last_going(step, unsure=unsure)

    def last(self) -> str:
        """Return the step of the last plan that ran; empty if none did."""
        return self._store.steps.newest(STEP)

    def pause(self, step: str) -> int:
        """Keep back what isn't sent yet, after a restart too; how many that are.

        What is on its way and doesn't arrive is kept back when it comes back.
        """
        with self._store.at_once():
            return self._stop(step, paused=True) + self._moved(step, self._store.steps.hold)

    def resume(self, step: str) -> int:
        """Let go on what was kept back; how many that are. Raises :class:`GuardrailError`.

        What it was to make and is there by now is dropped, and told by :meth:`left_out`. What
        wasn't in the outbox yet is brought there by :meth:`advance`.
        """
        held = self.results(step, [State.HELD])
        self._actions.check(held)
        there = self._there_by_now(step, held)
        with self._store.at_once():
            for entry, why in there:
                self._store.outbox.mark([entry.n], State.DROPPED, why, was=State.HELD)
                self._left_out.setdefault(step, []).append(entry.title)
            if there:
                self._show_all([entry for entry, _ in there])
            return self._stop(step, paused=False) + self._moved(step, self._store.steps.go_on)

    def retry(self, step: str) -> int:
        """Send again what was refused; how many that are. A conflict waits for a person.

        Raises :class:`GuardrailError`.
        """
        self._actions.check(self.results(step, [State.REFUSED]))
        return self._moved(step, self._store.steps.retry)

    def cancel(self, step: str) -> int:
        """Take back what wasn't sent yet; how many that are. What was sent stays: undo has it.

        What is on its way and doesn't arrive isn't sent again. The later edits of what was to be
        made go along.
        """
        with self._store.at_once():
            left = self._left(step)
            self._forget(step)
            dropped = self._store.steps.take_back(step)
            self._show_all((*dropped, *self._store.outbox.go_along(dropped)))
            return left + len({entry.record_id for entry in dropped})

    def _stop(self, step: str, *, paused: bool) -> int:
        """Note whether the rest of a plan may go into the outbox; how many records that are."""
        noted = self._store.drafts.load(QUEUEING + step)
        if noted is None:
            return 0
        self._store.drafts.save(
            QUEUEING + step, {**noted, PAUSED: True} if paused else rested(noted)
        )
        return self._left(step)

    def _left(self, step: str) -> int:
        """Return how many rows of a plan aren't in the outbox yet."""
        return left_of(self._store.drafts, step)

    def _moved(self, step: str, move: Callable[[str], Sequence[str]]) -> int:
        first = self._store.steps.entries(step, limit=1)
        ids = move(step)
        if first and ids:
            self._show(first[0].kind, ids)
        return len(ids)

    def _show_all(self, entries: Sequence[Entry]) -> None:
        for kind in {entry.kind for entry in entries}:
            self._show(kind, [*dict.fromkeys(e.record_id for e in entries if e.kind is kind)])

    def _show(self, kind: Kind, ids: Sequence[str]) -> None:
        """Show records, and tell of them, once others can read what has become of them."""

        def show() -> None:
            self._actions.show_again(kind, ids)
            for at in range(0, len(ids), SLICE):
                self._told(kind, frozenset(ids[at : at + SLICE]))

        self._store.once_written(show)

    @property
    def _tenant(self) -> str:
        return self._store.outbox.owner().tenant or self._store.mirror.noted("identity")

    def _present(self, kind: Kind, ids: Sequence[str]) -> dict[str, Raw]:
        raws = self._store.mirror.raws(kind, ids)
        return {text_of(raw, "_id"): raw for raw in raws}

    def _lacking(self, asked: Wanted, here: Mapping[str, Raw]) -> dict[str, Row]:
        """Return rows for what can't be changed because it isn't loaded, by id."""
        if asked.delete or asked.kind is not Kind.COMPANY:
            return {}
        lean = self._store.mirror.names_only(here)
        titles = {one: title_of(asked.kind, here[one]) for one in here if one in lean}
        return {one: plans.refused(one, title, plans.NAME_ONLY) for one, title in titles.items()}

    def _without_going(self, kind: Kind, rows: Sequence[Row]) -> tuple[Row, ...]:
        """Leave records alone that are to be deleted and that are so already."""
        ids = [row.record_id for row in rows if row.acts and row.action is Action.DELETE]
        going = self._store.outbox.deleting(kind, ids)
        return tuple(
            row._replace(body=None, why=GOING) if row.acts and row.record_id in going else row
            for row in rows
        )

    def _by_now(self, plan: Plan, step: str = "") -> tuple[Row, ...]:
        """Return each row of a plan as it is by now. ``step`` is its own, if it runs."""
        kind = plan.kind
        ids = [row.record_id for row in plan.rows if row.action is not Action.CREATE]
        present = self._present(kind, ids)
        if len(ids) == len(plan.rows):
            return self._without_going(kind, plans.held(plan, present))
        queued, kept = self._queued(kind), self._kept(kind, but=step)
        keyed = with_coming(self._store.mirror.keyed, kind, [*queued, *kept.values()])
        if step:
            own = {entry.record_id for entry in self.results(step)}
            keyed = _but(keyed, own)
        now = plans.held(plan, present, lambda row: self._holder(keyed, kind, row, kept))
        return self._without_going(kind, now)

    def _has_rested(self, step: str) -> bool:
        """Tell whether what is left of a plan that may go on has to be held against what is there.

        So it is where it was begun elsewhere, or has been paused since.
        """
        noted, running = self._store.drafts.load(QUEUEING + step), self._running.get(step)
        if noted is None or noted.get(PAUSED):
            return False
        return running is None or running.rests != rests(noted)

    def _there_by_now(self, step: str, held: Sequence[Entry]) -> Sequence[tuple[Entry, str]]:
        """Return what a plan was to make, was never sent and is there by now, with the reason."""
        making = [
            entry
            for entry in held
            if entry.action is Action.CREATE
            and not (entry.attempts or self._store.outbox.followers(entry.kind, entry.record_id))
        ]
        if not making:
            return ()
        kind = making[0].kind
        rows = tuple(plans.created(kind, entry.record_id, entry.body or {}) for entry in making)
        self._check_all_here(kind)
        now = self._by_now(plans.gather(kind, "", rows), step)
        moved = ((e, b) for e, a, b in zip(making, rows, now, strict=True) if a != b)
        return [(entry, by_now.why or plans.THERE) for entry, by_now in moved]

    def _check_all_here(self, kind: Kind) -> None:
        """Raise :class:`InputError` where it can't be told whether a record was made since."""
        if not self._store.mirror.progress().has_all(kind):
            raise InputError(NOT_ALL_HERE)

    def _hold(self, step: str) -> None:
        """Hold what is left of a plan against what is there."""
        noted = self._store.drafts.load(QUEUEING + step) or {}
        plan, done = self._read(step), int(str(noted.get(DONE, 0)))
        if any(row.action is Action.CREATE for row in plan.rows[done:]):
            self._check_all_here(plan.kind)
        rows = tuple(self._called_now(plan.kind, row) for row in plan.rows[done:])
        now = self._by_now(replace(plan, rows=rows), step)
        moved = {at: b for at, (a, b) in enumerate(zip(rows, now, strict=True), done) if a != b}
        self._running[step] = _Running(plan, rests(noted), moved)

    def _queue(self, step: str, kind: Kind, rows: Sequence[Row], now: Sequence[Row]) -> None:
        """Put rows into the outbox by how they are by now; what is left out is dropped there."""
        gone = self._deleted_meanwhile(kind, rows)
        waiting: list[Going] = []
        dropped: list[str] = []
        for row, by_now in zip(rows, now, strict=True):
            going = plans.going(row, by_now)
            if gone and going.row and (why := gone.get(self._now_called(kind, row))):
                going = plans.Going(None, why=why)
            if going.row is None or going.stays:
                self._left_out.setdefault(step, []).append(row.title)
            if going.row is not None:
                waiting.append(going)
                continue
            self._queue_all(step, kind, waiting)  # before: rows stand in their order
            waiting.clear()
            self._store.outbox.note(_entry(kind, row, step), going.why, State.DROPPED)
            dropped.append(row.record_id)
        self._queue_all(step, kind, waiting)
        if dropped:
            self._show(kind, dropped)

    def _queue_all(self, step: str, kind: Kind, some: Sequence[Going]) -> None:
        queued = self._actions.queue(_entry(kind, one.row, step) for one in some if one.row)
        for entry, one in zip(queued, some, strict=True):
            if one.stays:
                self._store.outbox.leave_out(entry.n, one.stays, one.why)

    def _now_called(self, kind: Kind, row: Row) -> str:
        return self._store.outbox.now_called(kind, row.record_id)

    def _deleted_meanwhile(self, kind: Kind, rows: Sequence[Row]) -> Mapping[str, str]:
        """Return why these need no deletion, by the ids that they have by now: they have one."""
        ids = [self._now_called(kind, row) for row in rows if row.action is Action.DELETE]
        gone = dict.fromkeys(self._store.outbox.deleting(kind, ids), GOING)
        return gone | {
            one: plans.GONE for one in ids if self._store.journal.deletion_of(kind, one) is not None
        }

    def _queued(self, kind: Kind) -> list[dict[str, Json]]:
        """Return what is to be made and isn't shown yet: another process has just queued it."""
        made = {
            entry.record_id: {**(entry.body or {}), "_id": entry.record_id}
            for entry in self._store.outbox.open_entries(kind)
            if entry.action is Action.CREATE and not entry.let_go
        }
        shown = self._present(kind, [*made])
        return [raw for one, raw in made.items() if one not in shown]

    def _kept(self, kind: Kind, but: str = "") -> dict[str, dict[str, Json]]:
        """Return, by id, what plans that run, but for one, are to make and haven't queued yet."""
        drafts = self._store.drafts
        found: dict[str, dict[str, Json]] = {}
        for step in self._begun():
            if step == but:
                continue
            try:
                plan = self._read(step)
            except InputError:  # it can't run any more, and says so where it would go on
                continue
            if plan.kind is kind:
                rest = plan.rows[int(str((drafts.load(QUEUEING + step) or {}).get(DONE, 0))) :]
                making = (row for row in rest if row.action is Action.CREATE)
                found |= {
                    row.record_id: {**(row.body or {}), "_id": row.record_id} for row in making
                }
        return found

    def _holder(self, keyed: Keyed, kind: Kind, row: Row, kept: Collection[str]) -> Raw | None:
        """Return the record that a new one would be, as an import finds it; ``None`` if none is.

        Raises :class:`InputError` where it could be several, isn't known yet, or is ``kept`` by
        another plan.
        """
        body = row.body or {}
        try:
            found = identified(
                keyed,
                kind,
                lambda path: text_of(body, path),
                lambda: text_of(body, "companyId"),
            )
        except InputError as error:
            raise InputError(why(error)) from None
        if found is None:
            self._check_all_here(kind)
        if found is not None and text_of(found, "_id") in kept:
            raise InputError(ELSEWHERE)
        return found

    def _done_elsewhere(self) -> object:
        """Return what is another value once anybody has queued an edit, or begun a plan."""
        return self._store.journal.count(), self._begun()

    def _begun(self) -> tuple[str, ...]:
        return tuple(key.removeprefix(QUEUEING) for key in self._store.drafts.keys(QUEUEING))

    def _is_paused(self, step: str) -> bool:
        return bool((self._store.drafts.load(QUEUEING + step) or {}).get(PAUSED))

    def _called_now(self, kind: Kind, row: Row) -> Row:
        named = self._store.outbox.called_now(_entry(kind, row, ""))
        return row._replace(record_id=named.record_id, changes=named.changes, body=named.body)

    def _read(self, step: str) -> Plan:
        """Return a plan that runs, begun here or elsewhere."""
        if (known := self._running.get(step)) is not None:
            return known.plan
        kept = self._store.drafts.load(TEXT + step) or {}
        return decode(str(kept.get("text", "")), self._tenant)

    def _forget(self, step: str) -> None:
        self._running.pop(step, None)
        forget(self._store.drafts, step)


def _but(keyed: Keyed, ids: Collection[str]) -> Keyed:
    """Return a look that passes over these: what a plan has made itself is none that was there."""

    def look(
        kind: Kind,
        path: str,
        text: str,
        company_id: str = "",
        fits: Callable[[Raw], bool] | None = None,
    ) -> Sequence[dict[str, Json]]:
        def others(raw: Raw) -> bool:
            return text_of(raw, "_id") not in ids and (fits is None or fits(raw))

        return keyed(kind, path, text, company_id, others)

    return look


def _not_yet_there(row: Row) -> Row:
    """Leave a record alone that is to be deleted and that Planhat doesn't have yet."""
    if row.action is Action.DELETE and row.record_id.startswith(NEW_ID_PREFIX):
        return row._replace(body=None, why=NOT_YET)
    return row


def _entry(kind: Kind, row: Row, step: str) -> NewEntry:
    return NewEntry(kind, row.action, row.record_id, row.title, row.changes, row.body, step=step)
