"""Undo, from the key to the edits that take a step back.

What Planhat doesn't have yet is dropped at once; of the rest a person sees first what it will do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.config import guardrails

if TYPE_CHECKING:
    from planhat_tui.model.undo import UndoPlan
    from planhat_tui.tui.screens.explorer import Explorer
    from planhat_tui.tui.screens.sheet import Sheet
    from planhat_tui.workspace.undo import Undone

SAID = 2
"""How many sentences the message line has room for."""


class Undoing:
    """Taking back the last step of one explorer."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer

    def begin(self) -> None:
        """Plan it; drop what isn't delivered, show the rest first."""
        self._explorer.ask("undo", self._explorer.workspace.undo_plan, self._planned, opens=True)

    def _planned(self, plan: UndoPlan) -> None:
        if not plan.reaches_planhat:
            self._do(plan)
            return

        def answered(sure: bool | None) -> None:  # noqa: FBT001 -- the answer of the sheet
            if sure:
                self._do(plan)

        self._explorer.app.push_screen(self._sheet(plan), answered)

    def _sheet(self, plan: UndoPlan) -> Sheet[bool]:
        """Return what shows the plan: with a word to type where it deletes, or changes many."""
        from planhat_tui.tui.presentation.undo_words import undo_sum, undo_text
        from planhat_tui.tui.screens.confirm import Confirm
        from planhat_tui.tui.screens.undo import UndoSheet

        explorer = self._explorer
        profile = explorer.workspace.profile
        word = guardrails.typed_word(profile, plan.size, deleting=bool(plan.deletes))
        if not word:
            return UndoSheet(plan, explorer.users)
        told = undo_text(plan, explorer.users, arrow=explorer.planhat.glyphs.arrow)
        text = "\n".join(part for part in (told, undo_sum(plan)) if part)
        return Confirm("Undo", text, word, explorer.planhat.monotonic)

    def _do(self, plan: UndoPlan) -> None:
        workspace = self._explorer.workspace
        self._explorer.perform(lambda: workspace.undo(plan), self._undone)

    def _undone(self, undone: Undone) -> None:
        queued, delivered = _short(undone.sentences), _short(undone.delivered)
        self._explorer.say(queued)
        if queued != delivered:
            self._explorer.flows.watch(undone.entries, queued, delivered)


def _short(sentences: tuple[str, ...]) -> str:
    """Return two sentences at most; the first, and how many there are more, if they are many."""
    if len(sentences) <= SAID:
        return "  ".join(sentences)
    return f"{sentences[0]}  {len(sentences) - 1} more like it"
