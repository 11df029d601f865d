"""Keys one at a time: what is typed ahead waits until the key before it has done its work.

What is pasted or clicked meanwhile waits in the same row, so that it finds what it was meant for.

Textual hands a key at once to what has the focus, and looks for its binding when it has bubbled up
to the app. So of `/acme`, typed faster than that, the letters would be keys of the list. Here a key
goes when no message waits on the way of the one before, up to the app, and what it asked for (see
``opens`` in :meth:`planhat_tui.tui.reading.Reading.ask`) is on the screen and has the focus.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, Final

from textual import events

from planhat_tui.tui.sure import Held
from planhat_tui.tui.widgets.toosmall import QUIT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual.dom import DOMNode
    from textual.screen import Screen
    from textual.timer import Timer

    from planhat_tui.tui.app import PlanhatApp

LOOK: Final = 0.01
"""Seconds between two looks whether a sheet that was asked for is there."""

PATIENCE: Final = 3.0
"""Seconds after which a key goes although the one before seems to be at work still."""

PAUSE: Final = 2.0
"""Seconds without a key after which nobody types."""

Typed = events.InputEvent | events.Paste
"""What a person does: keys, the mouse, and what is pasted."""


class TypeAhead:
    """What is typed in one app. ``deliver`` hands a key to what has the focus.

    ``pressed`` hears of each one, ``arrived`` when what it has posted has arrived. ``clock`` gives
    monotonic seconds that nobody stops. ``pressed_at`` is when what is at work came, however long
    it has waited, by the app's clock; ``None`` before anything has. ``is_repeat`` tells whether it
    may come from a key that is held, whatever the one before did.
    """

    def __init__(
        self,
        app: PlanhatApp,
        deliver: Callable[[Typed], Awaitable[None]],
        clock: Callable[[], float],
        pressed: Callable[[], None] = lambda: None,
        arrived: Callable[[], None] = lambda: None,
    ) -> None:
        self._app = app
        self._deliver = deliver
        self._clock = clock
        self._pressed = pressed
        self._has_arrived = arrived
        self._waiting: deque[tuple[Typed, float]] = deque()
        self._number = 0
        self._at_work: DOMNode | None = None
        self._went_at = 0.0
        self.pressed_at: float | None = None
        self._held = Held()
        self.is_repeat = False
        self._timer: Timer | None = None
        self._mounted: Screen[Any] | None = None

    @property
    def waiting(self) -> bool:
        """Whether a key waits, or is at work."""
        return bool(self._waiting) or self._is_at_work

    @property
    def count(self) -> int:
        """How many keys and pastes have gone so far."""
        return self._number

    @property
    def paused(self) -> bool:
        """Whether nobody has typed for a while."""
        return not self._waiting and self._clock() - self._went_at > PAUSE

    def rests_in(self, pause: float) -> float:
        """Return in how many seconds the keys will have paused for so long, if none comes."""
        return max(0.0, self._went_at + pause - self._clock())

    async def hear(self, event: Typed) -> None:
        """Deliver a key now or, in the order of typing, when those before it have done."""
        if self._goes_at_once(event):
            await self._deliver(event)
            return
        self._waiting.append((event, self._app.monotonic()))
        await self._go_on()

    def _goes_at_once(self, event: Typed) -> bool:
        """Tell whether a key waits for no other; ctrl+q does, but where one waits already.

        What waits goes with it, and with the key by which a sheet is left that takes all keys.
        """
        if not isinstance(event, events.Key):
            return False
        waiting = (one.key for one, _ in self._waiting if isinstance(one, events.Key))
        screen = next(reversed(self._app.screen_stack), None)
        hears = getattr(screen, "hears_at_once", None)
        if (event.key == QUIT and QUIT in waiting) or (hears is not None and hears(event.key)):
            self._waiting.clear()
            return True
        return event.key == "ctrl+c"

    async def _go_on(self) -> None:
        """Deliver what may go; look again soon if something has to wait."""
        if not self._app.screen_stack:  # the app has ended meanwhile
            return
        while self._waiting and self._may_go():
            event, self.pressed_at = self._waiting.popleft()
            if isinstance(event, events.MouseEvent):  # whoever moves it makes hundreds
                await self._deliver(event)
                continue
            self._number += 1
            self._went_at = self._clock()
            if isinstance(event, events.Key):
                self._pressed()
                self.is_repeat = self._held.repeats(event.key, self.pressed_at)
            self._at_work = self._app.focused or self._app.screen
            await self._deliver(event)
            self._watch(self._number, self._at_work.ancestors_with_self)
        if self._waiting and self._timer is None:
            self._timer = self._app.set_timer(LOOK, self._look)

    async def _look(self) -> None:
        self._timer = None
        await self._go_on()

    def _watch(self, number: int, way: Sequence[DOMNode]) -> None:
        """Look in each turn of the loop whether a key, and what it posts, is still on its way."""
        if number != self._number:
            return
        if self._is_at_work and any(node.message_queue_size for node in way):
            asyncio.get_running_loop().call_soon(self._watch, number, way)
        else:
            self._app.call_later(self._arrived, number)  # behind what the app is at

    async def _arrived(self, number: int) -> None:
        """Let the next key go, once nothing is on its way from where the focus is by now either."""
        if number != self._number:
            return
        self._at_work = self._app.focused or self._app.screen
        way = self._at_work.ancestors_with_self
        if any(node.message_queue_size for node in way):
            self._watch(number, way)
            return
        self._at_work = None
        self._has_arrived()
        await self._go_on()

    @property
    def _is_at_work(self) -> bool:
        """Whether the last key is on its way; a sheet that it closed is no way any more."""
        return self._at_work is not None and self._at_work.is_attached

    def _may_go(self) -> bool:
        if self._clock() - self._went_at > PATIENCE:
            return True
        if self._is_at_work or self._app.reading.opening:
            return False
        return self._is_ready(self._app.screen)

    def _is_ready(self, screen: Screen[Any]) -> bool:
        """Tell whether a screen has put the focus where it wants it; that may be nowhere."""
        if screen.focused is None and self._mounted is not screen:
            self._mounted = screen if screen.is_mounted else None
            return False
        return True
