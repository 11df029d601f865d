"""The one that talks to Planhat: a thread with an event loop, which drains and refreshes.

Other threads only leave wishes (:meth:`Engine.wake`, :meth:`Engine.look_at`, ...) and get a future
where they want an answer. Nothing here waits for a pane, and no pane for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import threading
import time
from concurrent.futures import Future, InvalidStateError
from typing import TYPE_CHECKING, Any, TypeVar

from planhat_tui.errors import OfflineError, PlanhatTuiError
from planhat_tui.sync.courtesy import Courtesy
from planhat_tui.sync.session import Session
from planhat_tui.sync.status import SyncStatus

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable

    from planhat_tui.model.events import Changed, Topic
    from planhat_tui.model.limits import Limits
    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.ports import Planhat
    from planhat_tui.model.records import Kind
    from planhat_tui.store.tenant import TenantStore

T = TypeVar("T")
log = logging.getLogger(__name__)


class Engine:
    """Drains the outbox and refreshes the mirror of one tenant.

    ``connect`` makes the client, inside the engine's loop; it is given what to call when the rate
    limit moves. ``refresh`` is seconds between looks for changes, ``dialect`` the API's edition or
    ``auto``. Without ``pull`` it only delivers and answers what it's asked. ``believed`` tells
    whose the token was when that was last asked, empty if that's too long ago. ``sleep`` waits
    before what failed is tried again. With ``courtesy`` it stands back for keys.
    """

    def __init__(
        self,
        *,
        connect: Callable[[Callable[[Limits], None]], Planhat],
        store: TenantStore,
        on_change: Callable[[Changed], None],
        wall: Callable[[], float] = time.time,
        refresh: float = 300.0,
        dialect: str = "auto",
        pull: bool = True,
        chance: Callable[[], float] = random.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        believed: Callable[[], str] = str,
        courtesy: Courtesy | None = None,
    ) -> None:
        self._connect = connect
        self._store = store
        self._on_change = on_change
        self._wall = wall
        self._refresh_every = refresh
        self._dialect = dialect
        self._pull = pull
        self._chance = chance
        self._sleep = sleep
        self._barred: Callable[[Entry], str] = lambda _: ""
        self._believed = believed
        self._courtesy = courtesy or Courtesy(time.monotonic)
        self._thread: threading.Thread | None = None
        self._ready: Future[tuple[asyncio.AbstractEventLoop, Session]] = Future()
        self._ended = threading.Event()
        self._owed: set[Future[Any]] = set()

    def obey(self, barred: Callable[[Entry], str]) -> None:
        """Go by guardrails: ``barred`` says why an edit stays here, empty if it may leave.

        It's asked in the engine's thread, each time anew: what a profile allows changes.
        """
        self._barred = barred

    def start(self) -> None:
        """Start the thread, once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="planhat-engine", daemon=True)
            self._thread.start()

    def stop(self, timeout: float = 5.0) -> bool:
        """End: what is being sent may finish within ``timeout`` seconds; whether it has ended."""
        if self._thread is None:
            return True
        self._leave(lambda session: session.end())
        self._ended.wait(timeout)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def wake(self) -> None:
        """Tell that the outbox holds something."""
        self._leave(lambda session: session.wake())

    def send_now(self) -> None:
        """Try what is queued now, also after a pause."""
        self._leave(lambda session: session.send_now())

    def look_at_limits(self) -> None:
        """Hear what other processes of this machine have used of the rate limit."""
        self._leave(lambda session: session.look_at_limits())

    def look_at(self, company_id: str, *, waits: bool = False) -> None:
        """Tell which company is on screen; what it lacks is read first.

        ``waits``: a person stays there, so it's read with the calls that are kept for the user.
        """
        self._leave(lambda session: session.look_at(company_id, waits=waits))

    def refresh(self, topic: Topic, ids: frozenset[str] = frozenset()) -> Future[frozenset[str]]:
        """Read a topic, or some of its records, now; the companies among them that aren't found."""
        return self._submit(lambda session: session.refresh(topic, ids))

    def read(self, records: Iterable[tuple[Kind, str]]) -> Future[None]:
        """Read records by their ids now; what Planhat no longer has is taken out."""
        wanted = tuple(records)
        return self._submit(lambda session: session.read(wanted))

    def fill(self, *, anew: bool = False, patient: bool = False) -> Future[frozenset[str]]:
        """Pull until nothing is left to read; ``anew`` reads everything again.

        ``patient`` reads first what has changed, and tries again for a while what fails. Gives the
        companies at which Planhat fails still.
        """
        return self._submit(lambda session: session.fill(anew=anew, patient=patient))

    def deliver(self, ns: Iterable[int], *, settled: bool = False) -> Future[tuple[Entry, ...]]:
        """Wait until none of these entries can go on by itself; those entries.

        ``settled``: nor is any of them not sure, as far as that can be found out.
        """
        wanted = tuple(ns)
        return self._submit(lambda session: session.delivered(wanted, settled=settled))

    def ask(self, question: Callable[[Planhat], Awaitable[T]], *, reads: bool = False) -> Future[T]:
        """Ask Planhat something once, in the user's own lane; ``reads``: it changes nothing.

        Then it needn't be asked anew whose the token is.
        """
        return self._submit(lambda session: session.ask(question, reads=reads))

    @property
    def status(self) -> SyncStatus:
        """Where it stands. Safe from any thread."""
        if not self._ready.done() or self._ready.exception() is not None:
            return SyncStatus()
        return self._ready.result()[1].status

    def _why_barred(self, entry: Entry) -> str:
        return self._barred(entry)

    def _leave(self, wish: Callable[[Session], None]) -> None:
        if self._thread is None:
            return

        def leave(ready: Future[tuple[asyncio.AbstractEventLoop, Session]]) -> None:
            if ready.exception() is None and not self._ended.is_set():
                loop, session = ready.result()
                _call(loop, lambda: wish(session))

        self._ready.add_done_callback(leave)

    def _submit(self, question: Callable[[Session], Coroutine[object, object, T]]) -> Future[T]:
        self.start()
        answer: Future[T] = Future()
        self._owed.add(answer)
        answer.add_done_callback(self._owed.discard)

        def submit(ready: Future[tuple[asyncio.AbstractEventLoop, Session]]) -> None:
            error = ready.exception()
            if error is not None:
                _fail(answer, error)
                return
            loop, session = ready.result()
            _call(loop, lambda: session.serve(lambda: question(session), answer))
            if self._ended.is_set():
                _fail(answer, _closed())

        self._ready.add_done_callback(submit)
        return answer

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        finally:
            self._ended.set()
            if not self._ready.done():
                self._ready.set_exception(_closed())
            for answer in tuple(self._owed):
                _fail(answer, _closed())

    async def _main(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            session = Session(
                self._connect,
                self._store,
                self._on_change,
                wall=self._wall,
                refresh=self._refresh_every,
                dialect=self._dialect,
                pull=self._pull,
                chance=self._chance,
                sleep=self._sleep,
                barred=self._why_barred,
                believed=self._believed,
                courtesy=self._courtesy,
            )
        except PlanhatTuiError as error:  # a token that no header can hold, and the like
            self._ready.set_exception(error)
            return
        self._ready.set_result((loop, session))
        await session.run()


def _call(loop: asyncio.AbstractEventLoop, wish: Callable[[], None]) -> None:
    """Run a wish in the loop, if it hasn't ended."""
    try:
        loop.call_soon_threadsafe(wish)
    except RuntimeError:
        log.debug("a wish came after the end")


def _closed() -> OfflineError:
    return OfflineError("This profile has been closed.")


def _fail(answer: Future[Any], error: BaseException) -> None:
    """Let an answer that nobody will give any more end with an error."""
    with contextlib.suppress(InvalidStateError):
        answer.set_exception(error)
