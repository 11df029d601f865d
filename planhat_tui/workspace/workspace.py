"""One open profile, opened and closed as one: reads, writes, network, status."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from planhat_tui.model.events import Changed, Topic
from planhat_tui.model.records import User
from planhat_tui.workspace.queries import Queries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from concurrent.futures import Future

    from planhat_tui.config.profiles import Profile
    from planhat_tui.model.limits import Limits
    from planhat_tui.model.outbox import Entry, State
    from planhat_tui.model.raw import RawAnswer
    from planhat_tui.model.undo import UndoPlan
    from planhat_tui.model.values import Json
    from planhat_tui.store.drafts import Drafts
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.sync.engine import Engine
    from planhat_tui.sync.status import SyncStatus
    from planhat_tui.workspace.actions import Actions
    from planhat_tui.workspace.undo import Undo, Undone


@dataclass(frozen=True, slots=True)
class Status:
    """How a profile stands. ``not_delivered`` counts the open entries of the outbox."""

    limits: Limits
    sync: SyncStatus
    counts: Mapping[State, int]

    @property
    def not_delivered(self) -> int:
        """How many edits Planhat doesn't have yet."""
        return sum(self.counts.values())


class Workspace:
    """An open profile. All methods are safe from any thread; none but ``net`` meets the network.

    ``reads``, ``writes``, ``net`` and ``drafts`` are its rooms. The engine starts with
    :meth:`start`, or by itself when something is asked of ``net``.
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

    @cached_property
    def writes(self) -> Actions:
        """What can be done."""
        from planhat_tui.workspace.actions import Actions

        return Actions(self.profile, self._store, self._written)

    @property
    def net(self) -> Engine:
        """The engine, made when it's first asked for: a pure read needs none."""
        with self._making:
            if self._engine is None:
                self._engine = self._make_engine(self._listeners)
            return self._engine

    @property
    def host(self) -> str:
        """The host that the profile speaks to, as people know it."""
        from urllib.parse import urlsplit

        return urlsplit(self.profile.base_url).hostname or self.profile.base_url

    @property
    def unwritable(self) -> bool:
        """Whether its files can't be written: then it is read, and nothing else."""
        return self._store.read_only

    @property
    def me(self) -> User | None:
        """Whom the token stands for; ``None`` before the first contact."""
        noted = self._store.mirror.noted("me_json")
        return User.from_raw(json.loads(noted)) if noted else None

    def start(self) -> None:
        """Let the engine run."""
        self.net.start()

    def subscribe(self, listener: Callable[[Changed], None]) -> Callable[[], None]:
        """Have every change told, from any thread; returns how to end it."""
        return self._listeners.add(listener)

    def poll(self) -> None:
        """Look whether another process has written; call it once a second."""
        if self._store.changed_elsewhere():
            for topic in (Topic.COMPANY, Topic.CONTACT, Topic.CALL, Topic.OUTBOX, Topic.SYNC):
                self._listeners(Changed(topic))
            self._wake()

    def undo_plan(self) -> UndoPlan:
        """Return what :meth:`undo` would do. Raises :class:`InputError` if it can't."""
        return self._undo.plan()

    def undo(self, shown: UndoPlan | None = None) -> Undone:
        """Take back the last step, as it was ``shown``. Raises :class:`InputError` if it can't."""
        return self._undo.last(shown)

    @cached_property
    def _undo(self) -> Undo:
        from planhat_tui.workspace.undo import Undo

        return Undo(self._store, self.writes)

    def request(self, method: str, path: str, body: Json = None) -> Future[RawAnswer]:
        """Send what a person typed, within the guardrails; it is not in undo.

        Raises :class:`GuardrailError` before anything is sent; the future has the other errors.
        """
        from planhat_tui.config import guardrails
        from planhat_tui.model.limits import Lane

        count = len(body) if isinstance(body, list) else 1
        guardrails.check_request(self.profile, method, count)
        return self.net.ask(lambda planhat: planhat.request(method, path, body, lane=Lane.USER))

    def status(self) -> Status:
        """Return how it stands."""
        from planhat_tui.sync.status import SyncStatus

        sync = self._engine.status if self._engine is not None else SyncStatus()
        return Status(sync.limits, sync, self._store.outbox.counts())

    def close(self) -> None:
        """End the engine and close the files."""
        if self._engine is not None:
            self._engine.stop()
        self._store.close()

    def _written(self, entries: Iterable[Entry]) -> None:
        written = list(entries)
        for kind in {entry.kind for entry in written}:
            ids = frozenset(entry.record_id for entry in written if entry.kind is kind)
            self._listeners(Changed(Topic(kind), ids))
        self._listeners(Changed(Topic.OUTBOX))
        self._wake()

    def _wake(self) -> None:
        if self._engine is not None:
            self._engine.wake()


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
