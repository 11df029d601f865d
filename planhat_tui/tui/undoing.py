"""Undo and redo, from the key to the edits that do it.

What Planhat doesn't have yet is dropped at once; of the rest a person sees first what it will do,
on values that were read just before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.config import guardrails
from planhat_tui.tui.presentation.cells import literal
from planhat_tui.tui.sure import HELD, Held

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planhat_tui.model.undo import UndoPlan
    from planhat_tui.tui.part import Part
    from planhat_tui.tui.screens.sheet import Sheet
    from planhat_tui.workspace.undo import Undone, What
    from planhat_tui.workspace.workspace import Workspace

SAID = 2
"""How many sentences the message line has room for."""


class Undoing:
    """Taking back and doing again, on one profile; ``then`` is told what was done."""

    def __init__(
        self,
        part: Part,
        workspace: Workspace,
        users: Mapping[str, str],
        then: Callable[[Undone], None],
    ) -> None:
        self._part = part
        self._workspace = workspace
        self._users = users
        self._then = then
        self._held = Held()

    def press(self, key: str) -> None:
        """Take back the last step, or do it again: ``undo`` or ``redo``; a held key only one."""
        if self._held.repeats(key, self._part.planhat.pressed_at()):
            self._part.say(HELD)
        elif key == "undo":
            self.begin()
        else:
            self.again()

    def begin(self, what: What = 0) -> None:
        """Plan to take back an edit or a step; drop what isn't delivered, show the rest.

        The key of the journal, still held when that has closed, takes nothing else back.
        """
        self._held.repeats("undo", self._part.planhat.pressed_at())
        workspace = self._workspace
        self._plan(lambda: workspace.undo_plan(what), lambda plan: workspace.undo(plan, what))

    def again(self) -> None:
        """Plan to do again what was taken back last."""
        self._plan(self._workspace.redo_plan, self._workspace.redo)

    def _plan(self, planned: Callable[[], UndoPlan], deed: Callable[[UndoPlan], Undone]) -> None:
        def begun(plan: UndoPlan) -> None:
            if not plan.asks:
                self._do(lambda: deed(plan))
            elif plan.as_of is None:
                self._show(plan, deed)
            else:
                self._part.say("Asking Planhat how it is now ...")
                self._part.wait_for(fresh, lambda now: self._show(now, deed), opens=True)

        def fresh() -> UndoPlan:
            self._workspace.read_for(planned())
            return planned()

        self._part.ask("undo", planned, begun, opens=True)

    def _show(self, plan: UndoPlan, deed: Callable[[UndoPlan], Undone]) -> None:
        def answered(sure: bool | None) -> None:  # noqa: FBT001 -- the answer of the sheet
            if sure:
                self._do(lambda: deed(plan))

        self._part.say("")
        self._part.app.push_screen(self.sheet(plan), answered)

    def sheet(self, plan: UndoPlan, *, by_itself: bool = False) -> Sheet[bool]:
        """Return what shows the plan: with a word to type where it deletes, or changes many.

        ``by_itself`` says that no key brings it up just now.
        """
        from planhat_tui.tui.presentation.undo_words import undo_sum, undo_text
        from planhat_tui.tui.screens.confirm import Confirm
        from planhat_tui.tui.screens.undo import UndoSheet

        planhat = self._part.planhat
        profile = self._workspace.profile
        deletes = len(plan.deletes)
        word = guardrails.typed_word(profile, deletes or plan.size, deleting=deletes > 0)
        if not word:
            return UndoSheet(plan, self._users, by_itself=by_itself)
        told = undo_text(plan, self._users, arrow=planhat.glyphs.arrow, zone=planhat.now().tzinfo)
        text = "\n".join(part for part in (told, undo_sum(plan, planhat.wall())) if part)
        return Confirm("Redo" if plan.redo else "Undo", text, word, planhat.monotonic)

    def _do(self, deed: Callable[[], Undone]) -> None:
        self._part.perform(deed, self._then)


def short(sentences: tuple[str, ...]) -> str:
    """Return two sentences at most; the first, and how many there are more, if they are many."""
    if len(sentences) <= SAID:
        return literal("  ".join(sentences))
    return f"{literal(sentences[0])}  {len(sentences) - 1} more like it"
