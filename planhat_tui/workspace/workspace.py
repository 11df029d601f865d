"""One open profile, opened and closed as one: reads, writes, network, status."""

from __future__ import annotations

import contextlib
import threading
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.errors import InputError, NotFoundError, PlanhatTuiError
from planhat_tui.model.events import Changed, Topic
from planhat_tui.model.outbox import Action, State
from planhat_tui.model.records import Kind, is_id
from planhat_tui.model.text import visible
from planhat_tui.store.lease import SEND_LEASE
from planhat_tui.workspace.places import Places
from planhat_tui.workspace.queries import Queries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Future
    from contextlib import AbstractContextManager
    from pathlib import Path

    from planhat_tui.config.profiles import Profile
    from planhat_tui.model.definitions import Definition
    from planhat_tui.model.limits import Limits
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.raw import RawAnswer
    from planhat_tui.model.records import Received, User
    from planhat_tui.model.undo import UndoPlan
    from planhat_tui.model.values import Json
    from planhat_tui.store.absences import Doubt
    from planhat_tui.store.drafts import Drafts
    from planhat_tui.store.history import Seen
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.engine import Engine
    from planhat_tui.sync.prospects import Prospect
    from planhat_tui.sync.status import SyncStatus
    from planhat_tui.workspace.actions import Actions
    from planhat_tui.workspace.begun import BegunCalls
    from planhat_tui.workspace.planning import Planning
    from planhat_tui.workspace.rests import Rest
    from planhat_tui.workspace.switch import Standing
    from planhat_tui.workspace.undo import Undo, Undone, What
    from planhat_tui.workspace.unsaved import Unsaved

READ_AT_MOST: Final = 20
"""Records that are read again before an undo is shown: one call each."""
READ_WITHIN: Final = 5.0
"""Seconds that a person waits for it."""


class Status(NamedTuple):
    """How a profile stands. ``not_delivered`` counts the open entries of the outbox."""

    limits: Limits
    sync: SyncStatus
    counts: Mapping[State, int]

    @property
    def not_delivered(self) -> int:
        """How many edits Planhat doesn't have yet."""
        return sum(self.counts.values())


class Deeds(NamedTuple):
    """What a run has done: its ``edits`` as they stand.

    ``rest`` counts records of its plans that aren't queued yet: those are kept, and go on with the
    next command that sends.
    """

    edits: tuple[Entry, ...] = ()
    rest: int = 0


class Workspace:
    """An open profile. All methods are safe from any thread; none but ``net`` meets the network.

    ``reads``, ``writes``, ``plans``, ``net``, ``drafts``, ``begun`` and ``places`` are its rooms.
    The engine starts with :meth:`start`, or by itself when something is asked of ``net``.
    """

    def __init__(
        self, profile: Profile, store: TenantStore, make_engine: Callable[[Listeners], Engine]
    ) -> None:
        self.profile = profile
        self._store = store
        self._listeners = Listeners()
        self._make_engine = make_engine
        self._engine: Engine | None = None
        self._making = threading.Lock()
        self.reads = Queries(store)
        self.drafts: Drafts = store.drafts
        self.places = Places(store)

    @cached_property
    def writes(self) -> Actions:
        """What can be done."""
        from planhat_tui.workspace.actions import Actions

        return Actions(self.profile, self._store, self._written)

    @cached_property
    def plans(self) -> Planning:
        """Plans of many records."""
        from planhat_tui.workspace.planning import Planning

        return Planning(self._store, self.writes, self._told)

    @cached_property
    def begun(self) -> BegunCalls:
        """Calls that aren't saved yet."""
        from planhat_tui.workspace.begun import BegunCalls

        return BegunCalls(self._store, lambda: self._listeners(Changed(Topic.CALL)))

    def unsaved(self, kind: Kind, ids: Sequence[str], what: str) -> Unsaved:
        """Return the draft of an editor: of a field by its path, or of ``tags``."""
        from planhat_tui.workspace.unsaved import Unsaved

        return Unsaved(self._store, kind, ids, what)

    def draft_key(self, start: str, kind: Kind, record_id: str) -> str:
        """Return the key of a record's draft, which starts so: the one that has it, if any has."""
        from planhat_tui.workspace.unsaved import keys_of

        return next(iter(keys_of(self._store, start, kind, record_id)), start + record_id)

    @property
    def net(self) -> Engine:
        """The engine, made when it's first asked for: a pure read needs none."""
        with self._making:
            if self._engine is None:
                self._engine = self._make_engine(self._listeners)
                self._engine.obey(self.why_barred)
            return self._engine

    @property
    def host(self) -> str:
        """The host that the profile speaks to, as people know it; on this machine with its port."""
        from urllib.parse import urlsplit

        parts = urlsplit(self.profile.base_url)
        host = parts.hostname or self.profile.base_url
        here = host in {"localhost", "::1"} or host.startswith("127.")
        if not (here and parts.port):
            return host
        return f"[{host}]:{parts.port}" if ":" in host else f"{host}:{parts.port}"

    @property
    def tenant(self) -> str:
        """The folder of the tenant's files: it outlives tokens and names of profiles."""
        return self._store.folder.name

    @property
    def folder(self) -> Path:
        """Where the tenant's files are: what is put there goes when the tenant is wiped."""
        return self._store.folder

    @property
    def unwritable(self) -> bool:
        """Whether its files can't be written: then it is read, and nothing else."""
        return self._store.read_only

    @property
    def me(self) -> User | None:
        """Whom the token stands for; ``None`` before the first contact."""
        return self._store.mirror.me()

    def go_by(self, profile: Profile) -> bool:
        """Go by what the config says of the profile now: its guardrails, its looks, who calls.

        How it speaks to Planhat stays as it was opened; return whether that is still so.
        """
        opened = self.profile
        self.profile = profile._replace(
            base_url=opened.base_url,
            token=opened.token,
            auth=opened.auth,
            proxy=opened.proxy,
            dialect=opened.dialect,
        )
        self.writes.go_by(self.profile)
        self._wake()  # what was kept here may go by now
        return profile.speaks == opened.speaks

    def start(self) -> None:
        """Let the engine run."""
        self.net.start()

    def look_at(self, company_id: str, *, waits: bool = False) -> None:
        """Tell which company is on screen: what it lacks is read first.

        ``waits``: a person stays there, so it's read with the calls that are kept for the user.
        """
        self.net.look_at(company_id, waits=waits)

    def looked_at(self, company_id: str, contacts: Iterable[str] = ()) -> tuple[Seen, ...]:
        """Note that a person has looked at a company, and at the list of these contacts of it.

        Returns what was news of the company to them until then.
        """
        self._store.history.look_over(Kind.CONTACT, contacts)
        return self._store.history.look(Kind.COMPANY, company_id)

    def keep_definitions(self, records: Sequence[Received], *, whole: bool) -> None:
        """Keep definitions of custom fields that were asked for; ``whole``: these are all."""
        mirror = self._store.mirror
        if not self._store.read_only:
            mirror.put_definitions(records, keep=not whole)
            if whole:
                mirror.note("definitions_at", str(self._store.wall()))

    def subscribe(self, listener: Callable[[Changed], None]) -> Callable[[], None]:
        """Have every change told, from any thread; returns how to end it."""
        return self._listeners.add(listener)

    def poll(self) -> None:
        """Look whether another process has written or called Planhat; call it once a second."""
        if self._engine is not None:
            self._engine.look_at_limits()
        if self._store.changed_elsewhere():
            records = Topic.COMPANY, Topic.CONTACT, Topic.CALL, Topic.USER
            for topic in (*records, Topic.OUTBOX, Topic.SYNC):
                self._listeners(Changed(topic))
            self._wake()

    def give_back(self) -> None:
        """Give back memory that nobody has used since the last time; call it once a minute."""
        self._store.give_back()

    def accept_deletions(self, asked: Iterable[Doubt]) -> dict[Kind, int]:
        """Take out what Planhat's lists no longer have, where a person was asked.

        Returns how many have left the copy, by kind: contacts go with their companies.
        A question that is greater by now stays: nobody has answered that.
        """
        from planhat_tui.sync.plan import too_many_gone

        gone = self._store.mirror.accept_absent(asked, too_many_gone)
        for kind, ids in gone.items():
            self._listeners(Changed(Topic(kind), frozenset(ids)))
        self._listeners(Changed(Topic.SYNC))
        return {kind: len(ids) for kind, ids in gone.items() if ids}

    def undo_plan(self, what: What = 0) -> UndoPlan:
        """Return what :meth:`undo` would do. Raises :class:`InputError` if it can't."""
        return self._undo.plan(what)

    def redo_plan(self) -> UndoPlan:
        """Return what :meth:`redo` would do. Raises :class:`InputError` if it can't."""
        return self._undo.redo_plan()

    def undo(self, shown: UndoPlan | None = None, what: What = 0) -> Undone:
        """Take back an edit or a step, as it was ``shown``. Raises :class:`InputError`.

        Nothing is done if it can't be.
        """
        return self._undo.take_back(what, shown)

    def redo(self, shown: UndoPlan | None = None) -> Undone:
        """Do again what was taken back last, as it was ``shown``. Raises :class:`InputError`."""
        return self._undo.redo(shown)

    def prospects(self, monotonic: float) -> Mapping[int, Prospect]:
        """Return what each edit that isn't delivered waits for, and when it goes out.

        ``monotonic`` is the clock of the rate limit, in seconds.
        """
        entries = self.reads.outbox()
        if not entries:  # and nothing is loaded for it
            return {}
        from planhat_tui.sync.prospects import prospects

        somebody_sends = self._engine is not None or self._store.outbox.is_held(SEND_LEASE)
        sync = self.status().sync if somebody_sends else None
        return prospects(entries, sync, self._store.wall(), monotonic, self.why_barred)

    def why_barred(self, entry: Entry) -> str:
        """Return why the profile's guardrails keep an edit here; empty if it may be sent."""
        from planhat_tui.config import guardrails
        from planhat_tui.model.outbox import Action

        return guardrails.why_barred(self.profile, deleting=entry.action is Action.DELETE)

    def at_once(self) -> AbstractContextManager[object]:
        """Let an edit and its draft go together: what is written in it is one step on the disk."""
        return self._store.at_once()

    @property
    def rest_of_plans(self) -> Rest:
        """What of plans isn't in the outbox yet."""
        from planhat_tui.workspace.rests import rest

        return rest(self.drafts)

    def send_now(self) -> None:
        """Try what is queued now, also where the queue is paused."""
        self.net.send_now()

    def discard(self, n: int) -> Entry:
        """Drop an edit; the record of one that was refused is read: it may be gone at Planhat.

        Raises :class:`InputError` if it's being sent.
        """
        before = self.reads.entry(n)
        entry = self.writes.discard(n)
        if before.state is State.REFUSED and before.action is not Action.CREATE:
            self.net.read([(entry.kind, entry.record_id)])
        return entry

    def it_is_there(self, n: int, record_id: str = "") -> Entry:
        """Settle a create that isn't sure; a record whose id is given is looked for first.

        Where Planhat can't be asked, what is written like an id is believed, and read later.
        Raises :class:`InputError` if there is nothing to settle, or no such record.
        """
        found: Received | None = None
        asked_at = self._store.wall()
        if record_id:
            kind = self.reads.entry(n).kind
            found = self._asked_for(kind, record_id)
            if found is None and not is_id(record_id):
                raise _unsettled(f"{visible(record_id)} is no id of a {kind}")
            record_id = found.id if found is not None else record_id
        entry = self.writes.it_is_there(n, record_id)
        if found is not None:
            self._store.take_in(entry.kind, [found], asked_at)
            self._told(entry.kind, frozenset({record_id}))
        elif record_id:
            self.net.read([(entry.kind, record_id)])
        return entry

    def _asked_for(self, kind: Kind, record_id: str) -> Received | None:
        """Return a record as Planhat has it; ``None`` if it can't be asked just now.

        Raises :class:`InputError` if there is none.
        """
        from planhat_tui.model.limits import Lane
        from planhat_tui.sync.endpoints import fetch

        asked = self.net.ask(lambda planhat: fetch(planhat, kind, record_id, Lane.USER), reads=True)
        try:
            return asked.result(READ_WITHIN)
        except NotFoundError:
            raise _unsettled(f"Planhat has no {kind} {visible(record_id)}") from None
        except (PlanhatTuiError, TimeoutError):
            return None

    def read_for(self, plan: UndoPlan) -> None:
        """Read again what a plan shows as "now", where the copy is old.

        Returns when it is read, when that fails or takes too long, or at once where it's too many:
        a plan says how old its values are, and an edit is merged with what is there in any case.
        """
        stale, companies = self._undo.stale(plan), self._undo.contacts_to_read(plan)
        if 0 < len(stale) + len(companies) <= READ_AT_MOST:
            with contextlib.suppress(PlanhatTuiError, TimeoutError):
                self.net.read(stale).result(READ_WITHIN)
                if companies:
                    self.net.refresh(Topic.CONTACT, companies).result(READ_WITHIN)

    @cached_property
    def _undo(self) -> Undo:
        from planhat_tui.workspace.undo import Undo

        return Undo(self._store, self.writes, self._store.wall)

    def request(self, method: str, path: str, body: Json = None) -> Future[RawAnswer]:
        """Send what a person typed, within the guardrails; it is not in undo.

        Raises :class:`GuardrailError` before anything is sent; the future has the other errors.
        """
        from planhat_tui.config import guardrails
        from planhat_tui.model.limits import Lane

        count = len(body) if isinstance(body, list) else 1
        guardrails.check_request(self.profile, method, count)
        return self.net.ask(
            lambda planhat: planhat.request(method, path, body, lane=Lane.USER),
            reads=method == "GET",
        )

    def word_to_define(self, count: int) -> str:
        """Return the word that confirms so many definitions of custom fields; empty if none does.

        Raises :class:`GuardrailError` if the profile forbids them.
        """
        from planhat_tui.config import guardrails

        guardrails.check_write(self.profile, count)
        return guardrails.typed_word(self.profile, count, deleting=False)

    def define(self, wanted: Definition) -> Future[Received]:
        """Define a custom field, within the guardrails; it is not in undo.

        Raises :class:`GuardrailError` before anything is sent; the future has the other errors.
        """
        from planhat_tui.model.limits import Lane

        self.word_to_define(1)
        body = wanted.body()
        return self.net.ask(lambda planhat: planhat.create_custom_field(body, lane=Lane.USER))

    def status(self) -> Status:
        """Return how it stands."""
        from planhat_tui.sync.status import SyncStatus

        sync = self._engine.status if self._engine is not None else SyncStatus()
        return Status(sync.limits, sync, self._store.outbox.counts())

    def standing(self) -> Standing:
        """Return how it stands beside other tenants."""
        from planhat_tui.workspace.switch import Standing

        status = self.status()
        return Standing(self.reads.synced_at, status.counts, status.limits)

    def halt(self, ns: Iterable[int] = ()) -> Deeds:
        """End the engine; return what this run has done, as it stands with nothing on its way.

        ``ns`` are edits that count as well, whoever has made them.
        """
        if self._engine is not None:
            self._engine.stop()
        edits = {one.n: one for one in self.writes.made()}
        edits |= {n: self.reads.entry(n) for n in ns if n not in edits}
        return Deeds(tuple(edits.values()), self.plans.rest())

    def close(self) -> None:
        """End the engine and close the files.

        An engine that doesn't end in time keeps them until it does: it would else leave its lease
        to send behind, and nobody could send for minutes.
        """
        if self._engine is None or self._engine.stop():
            self._store.close()

    def _written(self, entries: Iterable[Entry]) -> None:
        written = list(entries)
        for kind in {entry.kind for entry in written}:
            self._told(kind, frozenset(e.record_id for e in written if e.kind is kind))

    def _told(self, kind: Kind, ids: frozenset[str]) -> None:
        self._listeners(Changed(Topic(kind), ids))
        self._listeners(Changed(Topic.OUTBOX))
        self._wake()

    def _wake(self) -> None:
        if self._engine is not None:
            self._engine.wake()


def _unsettled(why: str) -> InputError:
    advice = "An id has 24 digits, 0-9 and a-f."
    return InputError(f"{why}, so nothing was settled.", advice, field="id")


class Listeners:
    """Those who want to hear of changes. Calling it tells them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: tuple[Callable[[Changed], None], ...] = ()

    def add(self, listener: Callable[[Changed], None]) -> Callable[[], None]:
        """Add one; returns how to remove it."""
        with self._lock:
            self._listeners += (listener,)

        def remove() -> None:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners if one is not listener)

        return remove

    def __call__(self, changed: Changed) -> None:
        """Tell all of them."""
        for listener in self._listeners:
            listener(changed)
