"""A sheet comes up over the explorer from below, asks one thing, and goes.

The list stays visible above it; a sheet under another one isn't seen, since half of it would be.
Escape closes it; nothing typed is lost that a draft can keep.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from textual import events, on
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from planhat_tui.tui.drawing import LinesCompositor
from planhat_tui.tui.helping import Helping
from planhat_tui.tui.keys import sentence, typed_key
from planhat_tui.tui.presentation.rows import in_full
from planhat_tui.tui.presentation.sentences import SAVING, problem
from planhat_tui.tui.widgets.fitting import FOOT, Fitting
from planhat_tui.tui.widgets.rows import Rows
from planhat_tui.tui.widgets.rule import Rule
from planhat_tui.tui.widgets.sheetkeys import SheetKeys, sheet_keys
from planhat_tui.tui.widgets.toosmall import TooSmall
from planhat_tui.tui.widgets.whole import Whole
from planhat_tui.tui.widgets.words import Told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget

    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.model.events import Topic
    from planhat_tui.model.values import Json
    from planhat_tui.tui.messages import Said
    from planhat_tui.workspace.unsaved import Unsaved

R = TypeVar("R")

BACK: Final = "The draft is here again.  {save} saves it"
"""What is said where what was typed before comes back."""


class Sheet(ModalScreen[R], Helping):
    """A sheet with a title, a body, a line for what is wrong, and its keys.

    ``HINT`` is the line of keys, in the order of use, as :func:`sheet_keys` reads it. The answer is
    what the sheet is dismissed with; ``None`` if it was closed.
    """

    CSS_PATH = "sheet.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False, id="close"),
        Binding("question_mark", "help", show=False, id="help"),
        Binding("f8", "stamp", show=False, priority=True, id="stamp"),
    ]
    HINT: ClassVar[tuple[str, ...]] = ("{close}: close",)

    def __init__(self, title: str) -> None:
        super().__init__()
        self._compositor = LinesCompositor()
        self.rule = Rule(title, heavy=True)
        self._said = Told("", id="sheet-said", classes=FOOT)
        self._hint = SheetKeys((), id="sheet-hint", classes=FOOT)
        self.said = ""
        self.too_small = TooSmall()
        self._left: Widget | None = None
        self._goes: tuple[R | None] | None = None
        self._is_gone = False

    def compose(self) -> ComposeResult:
        """Draw rule, body, message and keys."""
        self.hint(self.HINT)
        with Fitting(id="sheet"):
            yield self.rule
            yield from self.body()
            yield self._said
            yield self._hint
        yield self.too_small

    def body(self) -> ComposeResult:
        """Yield what stands between title and keys."""
        raise NotImplementedError

    def on_screen_suspend(self) -> None:
        """Go out of sight while another sheet is over this one."""
        self._left = self.focused
        self.query_one("#sheet").visible = False

    def dismiss(self, result: R | None = None) -> AwaitComplete:
        """Go with an answer, once; from under another sheet as soon as that one is gone.

        Textual would take whatever is on top off the screen instead.
        """
        if self._is_gone or not self.is_active:
            self._goes = self._goes or (result,)
            return AwaitComplete()
        self._is_gone = True
        return super().dismiss(result)

    def on_screen_resume(self) -> None:
        """Be seen again, with the focus where it was; go if it was to go meanwhile."""
        if self._goes is not None:
            self.dismiss(*self._goes)
            return
        self.query_one("#sheet").visible = True
        if self._left is not None and self._left.is_attached:
            self._left.focus()
        self._left = None

    def changed(self, changes: Mapping[Topic, frozenset[str]]) -> None:
        """Hear what has changed meanwhile; a sheet that shows none of it does nothing."""

    def profiles_changed(self) -> None:
        """Hear that the config says something else; a sheet that shows none of it does nothing."""

    @on(events.Resize)
    def _resized(self, event: events.Resize) -> None:
        """Say what a terminal that is too small needs."""
        self.too_small.look(event.size)

    def on_said(self, event: Said) -> None:
        """Say it here, where the eyes are."""
        event.stop()
        self.tell(event.text, bad=event.bad)
        self.too_small.say(self.keyed(event.text))

    def on_key(self, event: events.Key) -> None:
        """Say of a character that does nothing here that the keys of the sheet do.

        Said once, and over no other sentence. Those that do something pass here too.
        """
        typed = typed_key(event)
        if typed and not self.said and event.key not in self.active_bindings:
            self.tell(f"{typed} does nothing here.  The keys below do")

    def action_help(self) -> None:
        """Show the keys of what has the focus; where all of them stand below, say that they do."""
        if self.parts:
            self.do_help()
        else:
            self.tell("The keys are those below")

    def action_stamp(self) -> None:
        """Stamp the next stage of the call that runs: one talks on while one types here."""
        self.tell(self.planhat.explorer.calls.stamp_behind())

    def tell(self, text: str, *, bad: bool = False) -> None:
        """Show a sentence over the keys."""
        told = sentence(text, self.planhat.changed_keys)
        self.said = told.text
        self._said.speak(told)
        self._said.set_class(bool(text), "-shown")
        self._said.set_class(bad, "-bad")

    @property
    def keys(self) -> str:
        """The line of keys, as it is now."""
        return self._hint.keys

    def hint(self, hints: Sequence[str]) -> None:
        """Show other keys."""
        self._hint.show(sheet_keys(hints, self.PLACES, self.planhat.changed_keys))

    def action_close(self) -> None:
        """Close without an answer, unless one is being saved: that it isn't would be wrong."""
        if self.is_saving:
            self.tell(SAVING)
        else:
            self.dismiss(None)


class KeepingSheet(Sheet[R]):
    """A sheet that closes once its answer is kept; what can't be kept stays typed, and says why.

    ``keep`` runs off the screen's thread and raises our errors; without it the answer needs none.
    With a ``draft``, what is typed is there again after the sheet was closed, or the program was;
    whoever is given the answer drops it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "drop", show=False, priority=True, id="drop")
    ]

    def __init__(
        self,
        title: str,
        keep: Callable[[R], None] | None = None,
        draft: Unsaved | None = None,
    ) -> None:
        super().__init__(title)
        self._keep = keep
        self._draft = draft
        self.is_kept = draft is not None and draft.kept is not None

    @property
    def recalled(self) -> Mapping[str, Json]:
        """What was typed before; empty if nothing was."""
        return (self._draft.kept if self._draft is not None else None) or {}

    def note(self, typed: Mapping[str, Json] | None) -> None:
        """Keep what is typed; ``None`` if all is as it was."""
        draft = self._draft
        if draft is None or self.is_saving or self._is_gone:
            return
        self.is_kept = typed is not None
        deed = draft.drop if typed is None else lambda: draft.save(typed)
        self.perform(deed, lambda _: None)

    def tell_back(self) -> None:
        """Say that what was typed before is here again, and which key drops it."""
        self.tell(BACK)
        self.hint((*self.HINT, "{drop}: drop the draft"))

    def restore(self) -> None:
        """Show again what is there without what was typed."""

    def action_drop(self) -> None:
        """Forget what is typed."""
        if self._draft is None:
            return
        if not self.is_kept:
            self.tell("Nothing is typed here yet")
            return
        self.restore()
        self.note(None)
        self.hint(self.HINT)
        self.tell("The draft is dropped: this is how it is now")

    def give(self, answer: R) -> None:
        """Close with an answer; keys that are typed ahead wait for that."""
        keep = self._keep
        if keep is None:
            self.dismiss(answer)
        else:
            draft, deed = self._draft, partial(keep, answer)
            save = deed if draft is None else partial(draft.at_once, deed)
            self.save_once(save, lambda _: self.dismiss(answer), self._not_kept)

    def _not_kept(self, error: PlanhatTuiError) -> None:
        self.tell(problem(error), bad=True)


class ListSheet(Sheet[R]):
    """A sheet over a list: ``rows``, and what ``below`` yields under it.

    ``IN_FULL`` are the columns that are told under the list, for the row under the cursor, where
    they have no room for it.
    """

    IN_FULL: ClassVar[tuple[str, ...]] = ()
    rows: Rows

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.whole = Whole(id="sheet-whole")

    def body(self) -> ComposeResult:
        """Draw the list, and what stands under it."""
        self.rows.add_class("sheet-rows")
        yield self.rows
        if self.IN_FULL:
            yield self.whole
        yield from self.below()

    @on(Rows.Pointed)
    def _other_row(self) -> None:
        self.tell_in_full()

    @on(events.Resize)
    def _other_room(self) -> None:
        self.whole.forget()
        self.call_after_refresh(self.tell_in_full)

    def tell_in_full(self) -> None:
        """Tell of the row under the cursor what its columns have no room for, once there is any."""
        rows = self.rows
        if not self.IN_FULL or not rows.size:
            return
        by_key, row = {one.key: one for one in rows.wanted_columns}, rows.current
        told = [by_key[key] for key in self.IN_FULL]
        self.whole.show(in_full(row, told, rows.columns) if row is not None else "")

    def below(self) -> ComposeResult:
        """Yield what stands under the list."""
        yield from ()
