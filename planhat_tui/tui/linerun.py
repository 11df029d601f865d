"""One ``:`` line under way: its verbs one after the other, where each of them is done by then."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from planhat_tui.commands import line
from planhat_tui.commands.context import Selection
from planhat_tui.commands.manner import Manner
from planhat_tui.commands.registry import ALL
from planhat_tui.commands.results import Planned
from planhat_tui.errors import AmbiguousError, PlanhatTuiError, RefusedError
from planhat_tui.tui.transcript import fitted, kept, room

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.commands.context import Context
    from planhat_tui.commands.line import Typed
    from planhat_tui.commands.results import Result
    from planhat_tui.tui.app import PlanhatApp
    from planhat_tui.tui.screens.explorer import Explorer
    from planhat_tui.tui.transcript import Fitted

T = TypeVar("T")

NOTHING: Final = "Nothing was done."
STOPPED: Final = "This stopped the line."
_LOOK = 0.2
"""Seconds between two looks whether the app still runs, while a question is open."""


class Answer(NamedTuple):
    """What a verb came to, and what the transcript has of it."""

    result: Result | PlanhatTuiError
    fitted: Fitted


class Place:
    """The explorer in which a line is: where it was typed, until it goes to another one itself.

    A person who goes to another tenant meanwhile takes no line along.
    """

    def __init__(self, app: PlanhatApp, explorer: Explorer | None = None) -> None:
        self._app = app
        self.begun = self.explorer = explorer or app.explorer

    def go(self, name: str) -> None:
        """Put a tenant on screen and go on there; not on the screen's thread. Raises our errors."""
        arrived: Future[Explorer] = Future()
        self._app.call_from_thread(
            self._app.switch_to, name, arrived.set_result, arrived.set_exception
        )
        self.explorer = waited(self._app, arrived)

    def seen(self, ctx: Context) -> Context:
        """Return the world of the next verb: in another tenant nothing that is seen is meant."""
        if self.explorer is self.begun:
            return ctx
        return ctx._replace(selection=Selection(), showing=None)


class LineRun:
    """One line: its verbs, and what they have answered in which explorer.

    ``refuse`` is told the error of a line that did nothing, and what the transcript has of it.
    """

    def __init__(
        self,
        text: str,
        place: Place,
        ctx: Context,
        refuse: Callable[[PlanhatTuiError, Fitted], None],
    ) -> None:
        self._refuse = refuse
        self._text = text
        self._place = place
        self._ctx = ctx._replace(show=self._keep)
        self._width = room(place.begun.size.width)
        self._rest: list[Typed] = []
        self._answers: dict[Explorer, list[Answer]] = {}

    def begin(self, before: Callable[[], None]) -> None:
        """Run it; ``before`` is done first, off the screen's thread."""

        def begin() -> Planned | None:
            if self._text.strip() == ALL:
                self._keep(line.all_known(), Manner())
                return None
            before()
            self._rest = [*line.checked(self._text, self._ctx.selection, self._ctx.door)]
            return self._verbs()

        self._wait(begin)

    def _wait(self, work: Callable[[], Planned | None]) -> None:
        self._place.explorer.wait_for(work, self._answered, self._failed)

    def _verbs(self) -> Planned | None:
        """Run what is left, up to a failure, or to a plan, which is returned."""
        while self._rest:
            typed = self._rest.pop(0)
            result, manner = typed.answer(self._place.seen(self._ctx))
            if isinstance(result, Planned):
                return result
            self._keep(result, manner)
            if getattr(result, "exit_status", 0):
                self._leave_out(STOPPED)
        return None

    def _keep(self, result: Result | PlanhatTuiError, manner: Manner) -> None:
        """Keep an answer for the end, drawn here rather than on the screen's thread."""
        answer = Answer(result, fitted(kept(result, manner), self._width))
        self._answers.setdefault(self._place.explorer, []).append(answer)

    def _leave_out(self, why: str) -> None:
        if self._rest:
            left = ", ".join(typed.command.name for typed in self._rest)
            self._rest.clear()
            self._keep(RefusedError(f"{why}  Not done: {left}."), Manner())

    def _answered(self, planned: Planned | None) -> None:
        """Show a plan, and go on when its sheet is closed; at the end tell what was answered."""
        if planned is None:
            self._tell()
            return

        def closed(ran: bool) -> None:  # noqa: FBT001 -- the answer of a sheet
            if planned.asks and not ran:
                self._leave_out("The plan wasn't run.")
            self._wait(partial(self._go_on, planned, ran=ran))

        explorer = self._place.explorer
        explorer.once_in_front(
            "The plan",
            lambda: explorer.planning.show(planned.plan, closed=closed, dry=planned.dry),
        )

    def _go_on(self, planned: Planned, *, ran: bool) -> Planned | None:
        """Run what is left; the text that a plan was made from isn't needed once that runs."""
        if ran and planned.typed is not None:
            planned.typed.unlink(missing_ok=True)
        return self._verbs()

    def _failed(self, error: PlanhatTuiError) -> None:
        if self._answers or isinstance(error, AmbiguousError):
            self._keep(error, Manner())
            self._leave_out(STOPPED)
            self._tell()
        else:
            self._refuse(error, fitted(kept(error, Manner()), self._width))

    def _tell(self) -> None:
        for explorer, answers in self._answers.items():
            explorer.commanding.show(self._text, answers)


def waited(app: PlanhatApp, answer: Future[T]) -> T:
    """Wait on another thread for what comes of the screen; :class:`RefusedError` if it goes."""
    while app.is_running:
        try:
            return answer.result(_LOOK)
        except TimeoutError:
            continue
    raise RefusedError(NOTHING)
