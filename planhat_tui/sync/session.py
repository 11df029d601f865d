"""One connection to Planhat, from the first contact to the end, inside the engine's loop.

Two tasks run beside each other: one delivers, one pulls. Both stop at what concerns both: no
network (tried again, at growing distances), a token that isn't good, a tenant that isn't the one
whose files these are.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final, TypeVar

from planhat_tui.errors import (
    ForbiddenError,
    InputError,
    OfflineError,
    PlanhatTuiError,
    RateLimitedError,
    ServerError,
    StorageError,
    StrangerError,
    TenantMismatchError,
    TokenError,
    UnknownOutcomeError,
)
from planhat_tui.model.events import Topic
from planhat_tui.model.limits import Lane, Limits
from planhat_tui.model.outbox import State, companies_of, decides_itself
from planhat_tui.model.records import Kind, User, text_of
from planhat_tui.store.lease import SEND_LEASE, this_process
from planhat_tui.sync.announce import Announcer
from planhat_tui.sync.doubts import MOMENT
from planhat_tui.sync.errands import Errand
from planhat_tui.sync.learned import Learned
from planhat_tui.sync.leaving import Leaving
from planhat_tui.sync.outlook import outlook
from planhat_tui.sync.pages import PageSizes
from planhat_tui.sync.plan import Rest, is_background
from planhat_tui.sync.pull import Pull
from planhat_tui.sync.push import Push
from planhat_tui.sync.status import SyncStatus, question
from planhat_tui.sync.tries import FIRST_PAUSE, MOST_IN_A_ROW, Tries, spread
from planhat_tui.sync.turn import Turn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence

    from planhat_tui.model.events import Changed
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.ports import Before, Planhat
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.courtesy import Courtesy
    from planhat_tui.sync.plan import Step
    from planhat_tui.sync.status import Network

T = TypeVar("T")
log = logging.getLogger(__name__)

LEASE_SECONDS: Final = 300.0
"""Longer than a request waits for the rate limit; a dead process's lease is free at once."""
_LONGEST_PAUSE: Final = {"offline": 8.0, "stranger": 60.0}
"""Seconds up to which the pauses grow. Where no connection comes about a try costs nothing."""
_LONGEST_FAILING: Final = 60.0
"""The same where a read fails though Planhat is there, or can't be kept: a try costs calls."""
_FAILED: Final = -1.0
_OTHERS_PAUSE: Final = 1.0
_LAST_SECONDS: Final = 3.0


class Session:
    """What the engine does once it is connected. Used inside one event loop only."""

    def __init__(
        self,
        connect: Callable[[Callable[[Limits], None]], Planhat],
        store: TenantStore,
        on_change: Callable[[Changed], None],
        *,
        wall: Callable[[], float],
        refresh: float,
        dialect: str,
        pull: bool,
        chance: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        barred: Callable[[Entry], str],
        believed: Callable[[], str],
        courtesy: Courtesy,
    ) -> None:
        self._announcer = Announcer(asyncio.get_running_loop(), on_change)
        self._api = connect(lambda _limits: self._announcer.announce(Topic.LIMITS))
        self._store = store
        self._wall = wall
        self._chance = chance
        self._sleep = sleep
        self._believed = believed
        self._pulls = pull
        learned = Learned(store.mirror, dialect, wall)
        self._pull = Pull(
            self._api,
            store.mirror,
            wall=wall,
            refresh=refresh,
            learned=learned,
            changed=lambda kind, ids: self._announcer.announce(Topic(kind), ids),
            courtesy=courtesy,
        )
        self._owner = this_process()
        self._turn = Turn(store.outbox, self._owner, wall)
        self._leaving = Leaving(store, self._may_send, barred, self._api.skew, wall)
        self._push = Push(
            self._api,
            store,
            wall,
            self._delivered_one,
            may_send=self._may_send,
            leaving=self._leaving,
            learned=learned,
            answered=self._well,
        )
        self._network: Network = "starting"
        self._reason = self._pausing = ""
        self._paused = ""
        self._failing = False
        self._pulling = False
        self._looking = self._in_background = False
        self._known = False
        self._first_contact = Errand()
        self._to_push = asyncio.Event()
        self._to_pull = asyncio.Event()
        self._to_look = asyncio.Event()
        self._rounds_begun = self._rounds_ended = 0
        self._settled = asyncio.Condition()
        self._stepping = asyncio.Lock()
        self._end = asyncio.Event()
        self._asked: set[asyncio.Task[None]] = set()

    # -- what other threads wish

    def end(self) -> None:
        """End soon: what is being sent may still finish."""
        self._end.set()
        self._to_push.set()

    def wake(self) -> None:
        """Look at the outbox; a queue that is paused stays so."""
        self._to_push.set()

    def send_now(self) -> None:
        """Try what is queued now, paused, set aside or not: a person wants it."""
        self._try_now(self._store.outbox.open_entries())

    def _try_now(self, entries: Sequence[Entry]) -> None:
        self._push.try_now(entries)
        self._paused = ""
        self._to_push.set()

    def look_at_limits(self) -> None:
        """Hear what other processes of this machine used of the rate limit; it costs no call."""
        self.serve(self._hear_of_limits, Future())

    async def _hear_of_limits(self) -> None:
        before = self._api.limits()
        if before.in_flight or before.waiting:  # whoever calls hears it by that
            return
        if _spent(await self._api.shared_limits()) != _spent(before):
            self._announcer.announce(Topic.LIMITS)

    def look_at(self, company_id: str, *, waits: bool) -> None:
        """Pull what this company lacks first; a person ``waits`` for it who stays there."""
        if (self._pull.looked_at, self._pull.awaited == company_id) != (company_id, waits):
            self._pull.look_at(company_id, waits=waits)
            self._to_pull.set()
            self._to_look.set()

    def serve(
        self, question: Callable[[], Coroutine[object, object, T]], answer: Future[T]
    ) -> None:
        """Run a question beside everything else and hand over its answer."""
        task = asyncio.get_running_loop().create_task(_answer(question, answer))
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)

    async def ask(self, question: Callable[[Planhat], Awaitable[T]], *, reads: bool) -> T:
        """Ask Planhat something once; ``reads``: it changes nothing, there or here."""
        await self._meet(Lane.USER, reads=reads)
        with self._noticing():
            return await question(self._api)

    async def refresh(self, topic: Topic, ids: frozenset[str]) -> frozenset[str]:
        """Read a topic, or some of its records, now, in the user's own lane.

        Returns the companies among these that Planhat doesn't find.
        """
        await self._meet(Lane.USER)
        unfound = frozenset[str]()
        with self._noticing():
            if topic is Topic.COMPANY and ids:
                unfound = await self._pull.companies(ids)
            elif topic is Topic.CONTACT and ids:
                for company_id in ids:
                    await self._pull.contacts_of(company_id, Lane.USER)
            elif topic is Topic.USER:
                await self._pull.team(Lane.USER)
            else:
                await self._pull.catch_up()
        self._to_pull.set()
        return unfound

    async def read(self, records: Iterable[tuple[Kind, str]]) -> None:
        """Read records by their ids now, in the user's own lane."""
        await self._meet(Lane.USER)
        with self._noticing():
            wanted = tuple(records)
            await self._pull.companies(one for kind, one in wanted if kind is Kind.COMPANY)
            for kind, record_id in wanted:
                if kind is not Kind.COMPANY:
                    await self._push.read(kind, record_id)

    async def fill(self, *, anew: bool, patient: bool) -> frozenset[str]:
        """Pull until nothing is left to read; return the companies at which the server fails still.

        ``patient``: a person wants all of it as it is now. What has changed is read first; what
        fails is tried again after a pause, and raised when tries bring nothing any more. Companies
        at which the server goes on failing are left alone for a while.
        """
        most = MOST_IN_A_ROW if patient else 1
        tries = Tries(lambda: self._pull.brought, self._chance, most)
        # Lists that are due again while companies fail are no progress with these.
        singly = Tries(lambda: self._pull.read_singly, self._chance, most)
        mending = Tries(lambda: self._pull.mended, self._chance, most)
        seen = self._store.mirror.progress().seen_at is not None
        await self._again(lambda: self._meet(Lane.USER), tries)
        if anew:
            async with self._stepping:
                self._pull.forget_positions()
        elif patient and seen:
            since = self._pull.begin_to_look()
            await self._again(lambda: self._pull.lean(Lane.USER), tries)
            if since is not None:
                await self._again(lambda: self._pull.changes(since), tries)
        while True:
            if not isinstance(await self._again(self._take_step, tries, singly), Rest):
                self._announcer.announce(Topic.SYNC)
                continue
            failing = self._pull.failing
            pause = mending.pause() if failing else None
            if pause is None:
                return failing
            await self._stay("Planhat fails at some companies.", pause)
            self._pull.try_failing_again()

    async def _again(
        self, deed: Callable[[], Awaitable[T]], tries: Tries, singly: Tries | None = None
    ) -> T:
        """Do what reads, and after a pause again where that fails.

        ``singly`` are the tries while the server fails at one company after the other.
        """
        while True:
            try:
                with self._noticing():
                    return await deed()
            except PlanhatTuiError as error:
                in_a_row = isinstance(error, ServerError) and self._pull.fails_in_a_row
                row = singly if singly is not None and in_a_row else tries
                pause, why = row.pause(error), error.message
                if pause is None:
                    raise
            await self._stay(why, pause)

    async def _stay(self, why: str, pause: float) -> None:
        self._pausing = f"{why} It is tried again in {pause:.0f} s."
        try:
            await self._sleep(pause)
        finally:
            self._pausing = ""

    async def delivered(self, ns: tuple[int, ...], *, settled: bool) -> tuple[Entry, ...]:
        """Wait until none of these can go on by itself, or a try shows that nothing can go.

        Those that aren't sure are looked up once, as far as it's due; ``settled``: until it's known
        what became of them, which may take as long as a write can land late.
        """
        first, outbox, wanted = self._rounds_begun + 1, self._store.outbox, frozenset(ns)
        self._try_now([outbox.get(n) for n in ns])
        while True:
            waiting = outbox.open_entries()
            ours = [entry for entry in waiting if entry.n in wanted]
            tried = self._rounds_ended >= first
            strange = not self._known and bool(self._reason)  # what answers isn't Planhat
            shut = self._network in {"offline", "stranger", "refused", "mismatch"}
            stuck = strange or shut or self._failing or bool(self._paused)
            unsure = (settled or not tried) and _wait_for_doubts(ours, waiting)
            still = not unsure and not self._moving(ours, waiting)
            if still or (tried and stuck):
                return tuple(outbox.get(n) for n in ns)
            async with self._settled:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._settled.wait(), _OTHERS_PAUSE)

    def _moving(self, ours: Sequence[Entry], waiting: Sequence[Entry]) -> bool:
        """Tell whether one of ours is being sent, or waits for a turn that will come."""
        states = {entry.state for entry in ours}
        if State.QUEUED not in states:
            return State.SENDING in states
        return self._push.can_send or any(entry.state is State.SENDING for entry in waiting)

    @property
    def status(self) -> SyncStatus:
        """Where it stands. Safe from any thread: it only reads what is replaced whole."""
        doubts, progress = self._store.mirror.doubts(), self._store.mirror.progress()
        limits, sizes = self._api.limits(), PageSizes(self._store.mirror)
        return SyncStatus(
            network=self._network,
            reason=self._paused or self._reason or question(doubts),
            paused=bool(self._paused),
            doubts=doubts,
            outlook=outlook(progress, self._pull.edition, limits, sizes.of),
            pausing=self._pausing,
            pulling=self._pulling or self._looking,
            progress=progress,
            limits=limits,
            aside=self._push.aside_until,
        )

    # -- the two tasks

    async def run(self) -> None:
        """Run until the end is wished for."""
        push = asyncio.create_task(self._push_on())
        pulls = (self._pull_on(), self._look_on()) if self._pulls else ()
        tasks = [push, *map(asyncio.create_task, pulls)]
        try:
            await self._end.wait()
            await asyncio.wait([push], timeout=_LAST_SECONDS)
        finally:
            for task in [*tasks, *self._asked]:
                task.cancel()
            await asyncio.gather(*tasks, *self._asked, return_exceptions=True)
            if not self._store.read_only:
                with contextlib.suppress(StorageError):  # it is free when this process ends
                    self._store.outbox.release(SEND_LEASE, self._owner)
                    self._turn.give_back()
            await self._api.close()
            self._announcer.flush()

    async def _push_on(self) -> None:
        pause = FIRST_PAUSE
        while not self._end.is_set():
            self._rounds_begun += 1
            seconds = await self._guarded(self._push_once(), pause)
            self._rounds_ended += 1
            seconds, pause = self._distance(seconds, pause)
            async with self._settled:
                self._settled.notify_all()
            await _either(self._to_push, seconds)

    async def _push_once(self) -> float | None:
        """Deliver what can go; how long to wait then (``None``: until it's wished)."""
        outbox = self._store.outbox
        if self._paused or not outbox.open_entries():
            return None
        if self._store.read_only or not self._may_send():
            return _OTHERS_PAUSE
        try:
            return await self._push_alone()
        finally:  # nobody waits for one who has nothing to send, or is stopped
            outbox.release(SEND_LEASE, self._owner)

    async def _push_alone(self) -> float | None:
        """Deliver what can go, as the only one: what is found as being sent is nobody's."""
        outbox = self._store.outbox
        lost = outbox.recover()
        for kind in {entry.kind for entry in lost}:
            ids = {entry.record_id for entry in lost if entry.kind is kind}
            self._store.mirror.lay_again(kind, ids)
            for record_id in ids:
                self._delivered_one(kind, record_id)
        if self._push.can_send or self._push.next_in == 0.0:
            try:
                await self._meet(Lane.OUTBOX)
                error = await self._push.deliver()
            except StorageError:
                raise
            except PlanhatTuiError as met:
                error = met
            self._failing = isinstance(error, UnknownOutcomeError)
            if error is not None:
                self._notice(error)
                self._pause(error)
                return FIRST_PAUSE
            self._well()
            if (grows_for := self._push.comes_back_in) is not None:
                return grows_for
        due = self._push.next_in
        return None if due is None else max(due, MOMENT)

    def _pause(self, error: PlanhatTuiError) -> None:
        """Send nothing more after 401 and 403, until a person wants it; everything is kept."""
        if isinstance(error, TokenError | ForbiddenError):
            self._paused = f"{error}  Nothing more is sent; every edit is kept."
            self._announcer.announce(Topic.SYNC)

    def _may_send(self) -> bool:
        """Take or renew the lease; not when the end has come."""
        claim = self._store.outbox.claim
        return not self._end.is_set() and claim(SEND_LEASE, self._owner, LEASE_SECONDS)

    async def _pull_on(self) -> None:
        pause = FIRST_PAUSE
        while True:
            seconds = await self._guarded(self._pull_once(), _FAILED)
            seconds, pause = self._distance(seconds, pause, failed=seconds == _FAILED)
            await _either(self._to_pull, seconds)

    async def _pull_once(self) -> float | None:
        """Carry out one step; how long to wait before the next (``None``: until it's wished)."""
        first = self._pull.is_empty
        await self._meet(Lane.USER if first else Lane.SCREEN, once=first)
        if self._store.read_only:  # what is read couldn't be kept
            return _OTHERS_PAUSE
        step = await self._take_step(in_turn=True)
        if isinstance(step, Rest):
            return step.seconds
        self._well()
        return 0

    async def _take_step(self, *, in_turn: bool = False) -> Step:
        """Carry out the next step, and return it.

        One at a time: each goes on from what the one before has noted. ``in_turn`` leaves it to the
        process whose turn it is, but for what the screen waits for.
        """
        async with self._stepping:
            step = self._pull.next_step(but_screen=self._looking)
            something = not isinstance(step, Rest)
            if not something:
                self._turn.give_back()
            elif is_background(step) and not self._turn.take() and in_turn:
                step = self._pull.step_on_screen() or Rest(_OTHERS_PAUSE)
            if self._pulling != something:
                self._pulling = something
                self._announcer.announce(Topic.SYNC)
            self._in_background = is_background(step)
            try:
                async with self._turn.kept():
                    await self._pull.run(step)
            finally:
                self._in_background = False
        return step

    async def _look_on(self) -> None:
        """Read what the screen waits for while the rest waits for calls that this may have."""
        while True:
            await self._to_look.wait()
            self._to_look.clear()
            await self._guarded(self._look(), None)

    async def _look(self) -> None:
        while self._in_background and (step := self._pull.step_on_screen()) is not None:
            self._looking = True
            try:
                await self._pull.run(step)
            finally:
                self._looking = False
            self._well()

    def _distance(
        self, seconds: float | None, pause: float, *, failed: bool = False
    ) -> tuple[float | None, float]:
        """Return how long to wait now, and the next pause if the network stays away.

        Likewise if what was tried ``failed``, and does so again. A token that was refused isn't
        tried again until somebody wishes for it.
        """
        if self._network in {"refused", "mismatch"}:
            return None, FIRST_PAUSE
        longest = _LONGEST_PAUSE.get(self._network, _LONGEST_FAILING if failed else None)
        if longest is not None:
            return spread(pause, self._chance()), min(pause * 2, longest)
        return seconds, FIRST_PAUSE

    async def _guarded(self, deed: Coroutine[object, object, T], otherwise: T) -> T:
        """Run a deed of a task that must not die: an error is noticed, and the task goes on."""
        try:
            return await deed
        except PlanhatTuiError as error:
            self._notice(error)
        except Exception as error:
            log.exception("the engine stumbled")
            self._tell(self._network, f"Something unexpected failed: {type(error).__name__}.")
        return otherwise

    # -- who we are

    async def _meet(self, lane: Lane, *, once: bool = False, reads: bool = False) -> None:
        """Make sure, once, that the token opens the tenant whose files these are.

        For what only ``reads``, and keeps nothing of it in the mirror, it's enough that it was so
        lately: that costs no call.
        """

        def strange() -> bool:
            return not (self._known or (reads and self._is_believed()))

        await self._first_contact.run(
            lane, lambda leaves: self._ask_who_we_are(lane, once=once, before=leaves), strange
        )

    async def _ask_who_we_are(self, lane: Lane, *, once: bool, before: Before) -> None:
        try:
            me = await self._api.my_profile(lane=lane, once=once, before=before)
        except PlanhatTuiError as error:
            self._notice(error)
            raise
        identity = text_of(me.data, "tenantId") or me.id
        mirror = self._store.mirror
        noted = self._store.outbox.owner().tenant or mirror.noted("identity")
        if noted and noted != identity:
            mismatch = TenantMismatchError(
                "The token of this profile now opens another tenant. Nothing is read or sent.",
                "Give that tenant a profile of its own.",
            )
            self._tell("mismatch", str(mismatch))
            raise mismatch
        if not self._store.read_only:
            mirror.note("identity", identity)
            mirror.know_me(me)
            self._store.outbox.know(identity, User.from_raw(me.data).name)
        self._known = True
        self._well()
        self._announcer.announce(Topic.PROFILE)

    def _is_believed(self) -> bool:
        """Tell whether the token was lately seen to be of the tenant whose files these are."""
        mirror = self._store.mirror.noted("identity")
        of_edits = self._store.outbox.owner().tenant
        return bool(mirror) and mirror == self._believed() and of_edits in {"", mirror}

    # -- how it is

    @contextlib.contextmanager
    def _noticing(self) -> Iterator[None]:
        try:
            yield
        except PlanhatTuiError as error:
            self._notice(error)
            raise
        self._well()

    def _notice(self, error: PlanhatTuiError) -> None:
        log.info("%s", error)
        if isinstance(error, RateLimitedError):  # Planhat is there, and says when to come again
            self._tell("online", str(error))
        elif isinstance(error, OfflineError):
            self._tell("offline", str(error))
        elif isinstance(error, StrangerError):
            self._tell("stranger", str(error))
        elif isinstance(error, TokenError):
            self._tell("refused", str(error))
        elif not isinstance(error, TenantMismatchError | InputError):
            self._tell(self._network, str(error))

    def _well(self) -> None:
        self._tell("online", "")

    def _tell(self, network: Network, reason: str) -> None:
        if (self._network, self._reason) != (network, reason):
            found = network == "online" and self._network != network
            self._network, self._reason = network, reason
            if found:  # whoever finds the way tells the other
                self._paused = ""
                self._to_push.set()
                self._to_pull.set()
            self._announcer.announce(Topic.SYNC)

    def _delivered_one(self, kind: Kind, record_id: str) -> None:
        self._announcer.announce(Topic(kind), frozenset({record_id}))
        self._announcer.announce(Topic.OUTBOX)


def _wait_for_doubts(ours: Iterable[Entry], waiting: Iterable[Entry]) -> bool:
    """Tell whether one of ours isn't sure, or waits for another one that isn't."""
    doubts = {(entry.kind, entry.record_id) for entry in waiting if decides_itself(entry)}
    return any(
        (entry.kind, entry.record_id) in doubts
        or any((Kind.COMPANY, company) in doubts for company in companies_of(entry))
        for entry in ours
        if entry.state in {State.QUEUED, State.NOT_SURE}
    )


def _spent(limits: Limits) -> tuple[object, ...]:
    """Return what other processes can change of a limit; its times run by themselves."""
    return limits.limit, limits.remaining, limits.stopped_until


async def _answer(question: Callable[[], Coroutine[object, object, T]], answer: Future[T]) -> None:
    try:
        result = await question()
    except asyncio.CancelledError:
        answer.set_exception(OfflineError("This profile has been closed."))
        raise
    except Exception as error:  # noqa: BLE001 -- it is raised where the answer is awaited
        answer.set_exception(error)
    else:
        answer.set_result(result)


async def _either(wish: asyncio.Event, seconds: float | None) -> None:
    """Wait for a wish, or so many seconds, and take the wish."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(wish.wait(), seconds)
    wish.clear()
