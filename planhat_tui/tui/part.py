"""What panes, screens and sheets have in common: they ask, they say, they have keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.widget import Widget

from planhat_tui.errors import OfflineError, PlanhatTuiError
from planhat_tui.tui.keys import keyed
from planhat_tui.tui.messages import Answered, Said
from planhat_tui.tui.presentation.sentences import problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planhat_tui.tui.app import PlanhatApp
    from planhat_tui.tui.keys import Where
    from planhat_tui.tui.screens.explorer import Explorer
    from planhat_tui.workspace.workspace import Workspace

T = TypeVar("T")


class Part(Widget):
    """A mixin, last among the bases.

    ``PLACES`` are the places of the key table that it stands for: the key ``tags`` runs
    :meth:`action_do`, which says why it can't be done (:meth:`why_not`) or calls ``do_tags``.
    """

    PLACES: ClassVar[tuple[Where, ...]] = ()
    WORDS: ClassVar[Mapping[str, str]] = {}
    """What keys do here, by their names, where the table's words say too little."""
    ONLY_ABLE: ClassVar[frozenset[str]] = frozenset()
    """Keys that aren't offered where they can't be used, not even dim: these wait for nothing."""
    is_saving = False
    """Whether what was typed is being written: it isn't written a second time meanwhile."""

    @property
    def planhat(self) -> PlanhatApp:
        """The app, by its own type."""
        return cast("PlanhatApp", self.app)

    def ask(
        self,
        key: str,
        question: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[PlanhatTuiError], None] | None = None,
        *,
        opens: bool = False,
        urgent: bool = False,
    ) -> None:
        """Read something off the screen's thread; only the newest answer of a key comes back.

        ``opens`` says that the answer moves the focus: keys typed meanwhile wait for it. ``urgent``
        is what a letter asks for: it goes first, and all other answers wait for it.
        """
        reading, failed = self.planhat.reading, failed or self.say_problem
        reading.ask(self, key, question, then, failed, opens=opens, urgent=urgent)

    def once_answered(self, deed: Callable[[], None]) -> None:
        """Do something now, or behind the key that is at work."""
        self.planhat.reading.once_answered(self, deed)

    def once_shown(self, key: str, then: Callable[[], None]) -> None:
        """Do something when what was asked for before is here; keys typed meanwhile wait for it.

        One thread answers everything in its order, so that an empty question comes last.
        """
        self.ask(key, lambda: None, lambda _: then(), opens=True)

    def perform(
        self,
        deed: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[PlanhatTuiError], None] | None = None,
    ) -> None:
        """Write something off the screen's thread, in the order of the keys."""
        self.planhat.reading.do(self, deed, then, failed or self.say_problem)

    def save_once(
        self,
        deed: Callable[[], T],
        then: Callable[[T], object],
        failed: Callable[[PlanhatTuiError], None] | None = None,
        *,
        beside: bool = False,
    ) -> None:
        """Write what was typed, as :meth:`perform` does, but not while that is being done.

        Keys that are typed meanwhile wait for its end; not where it's done ``beside`` everything
        else, since it may take seconds.
        """
        if self.is_saving:
            return
        self.is_saving = True

        def saved(answer: T) -> None:
            self.is_saving = False
            then(answer)

        def not_saved(error: PlanhatTuiError) -> None:
            self.is_saving = False
            (failed or self.say_problem)(error)

        if beside:
            self.wait_for(deed, saved, not_saved)
        else:
            self.ask("save", deed, saved, not_saved, opens=True)

    def wait_for(
        self,
        deed: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[PlanhatTuiError], None] | None = None,
        *,
        opens: bool = False,
    ) -> None:
        """Do something that may take seconds, beside everything else.

        ``opens`` says that the answer moves the focus: keys typed meanwhile wait for it.
        """
        self.planhat.reading.wait_for(self, deed, then, failed or self.say_problem, opens=opens)

    def on_unmount(self) -> None:
        """Let nobody wait for what was asked here."""
        self.planhat.reading.let_go(self)

    def on_answered(self, event: Answered) -> None:
        """Apply an answer, here on the screen's thread."""
        event.stop()
        event.apply()

    def keyed(self, text: str) -> str:
        """Return a sentence with the keys that it names in braces as the config has them."""
        return keyed(text, self.planhat.changed_keys)

    def say(self, text: str, *, bad: bool = False, passing: bool = False) -> None:
        """Put a sentence into the message line; ``passing``: until place or filter change."""
        self.post_message(Said(text, bad, passing=passing))

    def say_problem(self, error: PlanhatTuiError) -> None:
        """Put an error into the message line."""
        unreached = isinstance(error, OfflineError)
        self.post_message(Said(problem(error), bad=True, unreached=unreached))

    def why_not(self, name: str) -> str:  # noqa: ARG002 -- the answer of a part without limits
        """Return why the key ``name`` can't be used now, as a sentence; empty if it can."""
        return ""

    def action_do(self, name: str) -> None:
        """Do what a key stands for, or say why not."""
        reason = self.why_not(name)
        if reason:
            self.say(reason, passing=True)
            return
        try:
            getattr(self, f"do_{name}")()
        except PlanhatTuiError as error:
            self.say_problem(error)


class InExplorer(Part):
    """A part of the explorer: it knows the screen and the profile that is open on it."""

    @property
    def explorer(self) -> Explorer:
        """The screen, by its own type."""
        return cast("Explorer", self.screen)

    @property
    def workspace(self) -> Workspace:
        """The open profile."""
        return self.explorer.workspace
