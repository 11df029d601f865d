"""Reads and writes of the store, off the screen's thread, and answers that came too late.

One thread serves them all in order, so that a read sees the write before it. A question that is
asked again by the same widget under the same key makes the older one stale: it is skipped if it
hasn't begun, and its answer is dropped if it has. What waits for the network runs beside, so that
it never holds up a read.

What a letter asks for, the list, comes first: it's read by a thread of its own, in front of what
was asked before, and of an edit that waits for the file. What is asked after it comes after it.
While a key is at work all other answers wait, so that nothing else is drawn before its list.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

from planhat_tui.errors import PlanhatTuiError
from planhat_tui.tui.messages import Answered

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump

T = TypeVar("T")


class SkippedError(Exception):
    """A question that nobody waits for any more."""


class Beside:
    """Threads for what may take long, as many as are at work; nobody waits for them at the end.

    A pool's threads are waited for: who quits while a server keeps silent would sit there. One that
    has done its work stays for the next: to begin one costs the screen's thread a millisecond.
    """

    def __init__(self) -> None:
        self._work: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._idle = threading.Semaphore(0)

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Run something, at once."""
        future: Future[T] = Future()

        def run() -> None:
            try:
                try:
                    answer = work()
                finally:
                    self._idle.release()
            except BaseException as error:  # noqa: BLE001 -- whoever asked gets it
                future.set_exception(error)
            else:
                future.set_result(answer)

        self._work.put(run)
        if not self._idle.acquire(blocking=False):
            threading.Thread(target=self._go_on, name="beside", daemon=True).start()
        return future

    def _go_on(self) -> None:
        while True:
            self._work.get()()


def _nothing() -> None:
    """Mark a place in the queue."""


@dataclass
class Reading:
    """What the threads behind the screen do. ``pending`` counts what hasn't been answered yet.

    ``opening`` counts the answers that will move the focus, of those who are still there;
    ``stands`` is called, on the screen's thread, once the last of them has moved it. ``_held`` is
    what waits until a key is answered; ``None`` where none is at work. ``followed`` is called, on
    any thread, once it's handed over.
    """

    pending: int = 0
    opening: int = 0
    stands: Callable[[], None] = _nothing
    followed: Callable[[], None] = _nothing
    _ended: bool = False
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _held: deque[Callable[[], object]] | None = None
    _awaited: tuple[MessagePump, str] | None = None
    _opens: WeakKeyDictionary[MessagePump, int] = field(default_factory=WeakKeyDictionary)
    _newest: WeakKeyDictionary[MessagePump, dict[str, int]] = field(
        default_factory=WeakKeyDictionary
    )
    _store: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="store")
    )
    _urgent: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="list")
    )
    _beside: Beside = field(default_factory=Beside)

    def ask(
        self,
        widget: MessagePump,
        key: str,
        question: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[PlanhatTuiError], None],
        *,
        opens: bool = False,
        urgent: bool = False,
    ) -> None:
        """Run ``question`` after what was asked before; only the newest of a key is answered.

        An ``urgent`` one, by which the key at work is answered, goes first; and so does what is
        asked in its stead.
        """
        newest = self._newest.setdefault(widget, {})
        mine = newest[key] = newest.get(key, 0) + 1

        def current() -> bool:
            return newest[key] == mine

        work = partial(_if_current, current, question)
        if urgent or self._awaited == (widget, key):
            self._awaited = widget, key
            answered = partial(self._answered, then), partial(self._answered, failed)
            done = threading.Event()
            submit = self._urgent.submit
            first = self._run(submit, widget, work, *answered, current, opens=opens, holds=False)
            first.add_done_callback(lambda _: done.set())
            self._store.submit(done.wait)  # what is asked from here on comes after it
        else:
            self._run(self._store.submit, widget, work, then, failed, current, opens=opens)

    def _answered(self, then: Callable[[T], None], answer: T) -> None:
        """Apply the answer of the key at work, and let the others follow."""
        self._awaited = None
        try:
            then(answer)
        finally:
            self.let_follow()

    # -- what waits for a key

    @property
    def attends(self) -> bool:
        """Whether a key is at work, and other answers wait for it."""
        return self._held is not None

    def attend(self) -> None:
        """Let answers wait: a key is at work."""
        with self._lock:
            self._held = deque() if self._held is None else self._held

    def arrived(self) -> None:
        """Let them follow, unless what the key has asked for is still awaited."""
        if self._awaited is None:
            self.let_follow()

    def let_follow(self) -> None:
        """Hand over what has waited for a key, in its order. Safe from any thread."""
        with self._lock:
            held, self._held = self._held, None
            for hand_over in held or ():
                hand_over()
        if held is not None:
            self.followed()

    def once_answered(self, widget: MessagePump, deed: Callable[[], None]) -> None:
        """Do something on the screen's thread: now, or behind the key that is at work."""
        with self._lock:
            if self._held is not None:
                self._held.append(lambda: widget.post_message(Answered(deed)))
                return
        deed()

    def do(
        self,
        widget: MessagePump,
        deed: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[PlanhatTuiError], None],
    ) -> None:
        """Run ``deed`` after what was asked before; it is never skipped."""
        self._run(self._store.submit, widget, deed, then, failed, _always)

    def wait_for(
        self,
        widget: MessagePump,
        deed: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[PlanhatTuiError], None],
        *,
        opens: bool = False,
    ) -> None:
        """Run ``deed``, which may take seconds, beside the others."""
        self._run(self._beside.submit, widget, deed, then, failed, _always, opens=opens)

    def let_go(self, widget: MessagePump) -> None:
        """Wait no more for what would move the focus of somebody who is gone."""
        with self._lock:
            self.opening -= self._opens.pop(widget, 0)

    def barrier(self) -> Future[None]:
        """Return a future that is done when everything asked of the store before is."""
        return self._store.submit(_nothing)

    def close(self) -> None:
        """End the threads of the store; what waits is dropped, what waits for the network let go.

        What is answered from now on is dropped as well: there is no screen any more to show it.
        """
        with self._lock:
            self._ended, self._held = True, None
        self._urgent.shutdown(wait=True, cancel_futures=True)
        self._store.shutdown(wait=True, cancel_futures=True)

    def _run(  # noqa: PLR0917 -- private, and all of them are needed
        self,
        submit: Callable[[Callable[[], T]], Future[T]],
        widget: MessagePump,
        work: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[PlanhatTuiError], None],
        current: Callable[[], bool],
        *,
        opens: bool = False,
        holds: bool = True,
    ) -> Future[T]:
        with self._lock:
            self.pending += 1
            if opens:
                self.opening += 1
                self._opens[widget] = self._opens.get(widget, 0) + 1

        def finished(future: Future[T]) -> None:
            answer = partial(_apply, future, then, failed, current)
            if opens:
                answer = partial(self._opened, widget, answer)
            hand_over = partial(self._hand_over, future, widget, answer, opens=opens)
            with self._lock:
                if opens:  # it's about what was asked for before it
                    self.let_follow()
                if holds and self._held is not None:
                    self._held.append(hand_over)
                else:
                    hand_over()

        asked = submit(work)
        asked.add_done_callback(finished)
        return asked

    def _hand_over(
        self, future: Future[T], widget: MessagePump, answer: Callable[[], None], *, opens: bool
    ) -> None:
        try:
            if self._ended or future.cancelled():
                return
            if not widget.post_message(Answered(answer)) and opens:
                self._count_opened(widget)
        finally:
            self.pending -= 1

    def _opened(self, widget: MessagePump, answer: Callable[[], None]) -> None:
        """Apply an answer that moves the focus; the app moves it before it hears of the end."""
        try:
            answer()
        finally:
            widget.app.call_later(self._moved, widget)

    def _moved(self, widget: MessagePump) -> None:
        self._count_opened(widget)
        if not self.opening:
            self.stands()

    def _count_opened(self, widget: MessagePump) -> None:
        with self._lock:
            if left := self._opens.get(widget, 0):
                self._opens[widget] = left - 1
                self.opening -= 1


def _if_current(current: Callable[[], bool], question: Callable[[], T]) -> T:
    """Run the question unless a newer one has been asked."""
    if not current():
        raise SkippedError
    return question()


def _apply(
    future: Future[T],
    then: Callable[[T], None],
    failed: Callable[[PlanhatTuiError], None],
    current: Callable[[], bool],
) -> None:
    """Hand the answer over, on the screen's thread. A bug is raised there, so that it is seen."""
    error = future.exception()
    if isinstance(error, SkippedError) or not current():
        return
    if isinstance(error, PlanhatTuiError):
        failed(error)
    elif error is not None:
        raise error
    else:
        then(future.result())


def _always() -> bool:
    return True
