"""Taking back what was done, and doing it again: the last step, or any step or edit of the journal.

A plan is made first and shown; exactly that plan is carried out, in one transaction, or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from planhat_tui.errors import InputError
from planhat_tui.model import undo
from planhat_tui.model.outbox import Action
from planhat_tui.model.records import NEW_ID_PREFIX, Kind
from planhat_tui.model.undo import Way
from planhat_tui.store.journal import UNDO
from planhat_tui.store.rows import LoggedCall
from planhat_tui.workspace.freshids import fresh_id
from planhat_tui.workspace.planning import forget
from planhat_tui.workspace.undone import told_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.undo import UndoPlan
    from planhat_tui.model.values import Raw
    from planhat_tui.store.journal import Undoing
    from planhat_tui.store.rows import Shown
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.workspace.actions import Actions

What: TypeAlias = int | str
"""What is taken back: an edit by its number, a step by its name; 0 is the last step."""
FRESH_FOR: Final = 5.0
"""Seconds for which a copy is shown as "now" without reading it again."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, or done again: the entries, and a sentence for each edit of the step.

    One sentence tells of all of them where they are many. ``delivered`` are the sentences for when
    Planhat has it.
    """

    entries: tuple[Entry, ...]
    sentences: tuple[str, ...]
    delivered: tuple[str, ...]

    @property
    def text(self) -> str:
        """All sentences in one line."""
        return "  ".join(self.sentences)


class Undo:
    """Takes back steps of one profile. ``wall`` gives seconds since the epoch."""

    def __init__(
        self,
        store: TenantStore,
        actions: Actions,
        wall: Callable[[], float],
        make_id: Callable[[], str] = fresh_id,
    ) -> None:
        self._store = store
        self._actions = actions
        self._wall = wall
        self._make_id = make_id

    def plan(self, what: What = 0) -> UndoPlan:
        """Return what taking something back does.

        Raises :class:`InputError` if there is none, or it can't be, and :class:`GuardrailError`.
        """
        return self._checked(undo.plan(self._step(what), self._raw))

    def redo_plan(self) -> UndoPlan:
        """Return what doing again does that was taken back last. Raises as :meth:`plan`."""
        last = self._last_undoing()
        return self._checked(undo.plan_again(last.taken, last.made, self._raw))

    def stale(self, plan: UndoPlan) -> tuple[tuple[Kind, str], ...]:
        """Return the records of a plan whose copy is too old to be shown as "now"."""
        at_planhat = [one for one in plan.reads if not one[1].startswith(NEW_ID_PREFIX)]
        return tuple(one for one in at_planhat if self._age(*one) > FRESH_FOR)

    def take_back(self, what: What = 0, shown: UndoPlan | None = None) -> Undone:
        """Take something back: as it was ``shown``, or not at all.

        Raises what :meth:`plan` raises, and :class:`InputError` if it does something else by now.
        """
        with self._store.at_once():  # nothing of it leaves while it is planned and carried out
            planned = self._as_shown(self.plan(what), shown)
            k = self._store.journal.begin_undoing()
            new = self._carry_out(planned, lambda _: f"{UNDO}{k}")
            if not (what and isinstance(what, int)):  # what isn't in the outbox yet stays out
                for step in {back.entry.step for back in planned.backs}:
                    forget(self._store.drafts, step)
            taken = [back.entry.n for back in planned.backs if back.way is not Way.WAIT]
            self._store.journal.mark_undone(taken, k)
        return self._undone(planned, new)

    def redo(self, shown: UndoPlan | None = None) -> Undone:
        """Do again what was taken back last: as it was ``shown``, or not at all. Raises as above.

        The edits stand in their own steps again, so that undo takes them back once more.
        """
        with self._store.at_once():
            planned = self._as_shown(self.redo_plan(), shown)
            last = self._last_undoing()
            steps: Mapping[int, str] = {entry.n: entry.step for entry in last.taken}
            new = self._carry_out(planned, lambda e: steps.get(e.takes_back) or steps.get(e.n, ""))
            stands = [b.entry.takes_back for b in planned.backs if b.way is Way.DROP]
            self._store.journal.mark_undone(stands, 0)
            self._store.journal.mark_redone(last.k)
        return self._undone(planned, new)

    def _step(self, what: What) -> Sequence[Entry]:
        if not what:
            return self._store.journal.last_step()
        if isinstance(what, str):
            return self._whole(what)
        entry = self._store.outbox.get(what)
        if entry.undone:
            raise InputError(f"Edit {what} has been taken back already.", "journal list shows it.")
        return (entry,)

    def _whole(self, step: str) -> Sequence[Entry]:
        """Return what stands of a step; undo's own isn't one that is taken back."""
        if step.startswith(UNDO):
            raise InputError("That step took something back.", "redo does that again.")
        entries = self._store.journal.step_of(step)
        if not entries:
            raise InputError("All of that step has been taken back.", "journal list shows it.")
        return entries

    def _last_undoing(self) -> Undoing:
        last = self._store.journal.last_undoing()
        if last is None:
            raise InputError("There is nothing to do again.")
        return last

    def _checked(self, planned: UndoPlan) -> UndoPlan:
        self._actions.check(planned.entries(lambda _: UNDO, self._make_id))
        ages = [self._age(*one) for one in self.stale(planned)]
        return replace(planned, as_of=self._wall() - max(ages) if ages else None)

    def _carry_out(self, planned: UndoPlan, step_of: Callable[[Entry], str]) -> tuple[Entry, ...]:
        for back in planned.backs:
            if back.way is Way.DROP:
                self._actions.discard(back.entry.n)
                if (gone := self._deletion(back.entry)) is not None:
                    self._store.outbox.carry(back.entry, gone)
        new = planned.entries(step_of, self._make_id)
        made = self._actions.queue(new) if new else ()
        for entry in made:
            if (gone := self._deletion(entry)) is not None:
                self._store.outbox.carry(gone, entry)
        return made

    def _deletion(self, making: Entry) -> Entry | None:
        """Return the deletion that an entry takes back by making the record again."""
        if making.action is not Action.CREATE or not making.takes_back:
            return None
        taken = self._store.outbox.get(making.takes_back)
        return taken if taken.action is Action.DELETE else None

    def _undone(self, planned: UndoPlan, new: tuple[Entry, ...]) -> Undone:
        sentences = told_of(planned)
        entries = new or tuple(back.entry for back in planned.backs)
        return Undone(
            entries, tuple(now for now, _ in sentences), tuple(done for _, done in sentences)
        )

    def _as_shown(self, planned: UndoPlan, shown: UndoPlan | None) -> UndoPlan:
        if shown is not None and not planned.does(shown):
            raise InputError(
                f"Something has changed meanwhile. Nothing was {_taken(planned)}.",
                f"Look again at what {'redo' if planned.redo else 'undo'} does.",
            )
        return planned

    def _age(self, kind: Kind, record_id: str) -> float:
        """Return the seconds since a record was read; endless if it never was."""
        shown = self._shown(kind, record_id)
        if shown is None or shown.seen_at is None:
            return float("inf")
        return abs(self._wall() - shown.seen_at)

    def _shown(self, kind: Kind, record_id: str) -> Shown | LoggedCall | None:
        if kind is Kind.CALL:
            return self._store.calls.get(record_id)
        mirror = self._store.mirror
        return (mirror.company if kind is Kind.COMPANY else mirror.contact)(record_id)

    def _raw(self, kind: Kind, record_id: str) -> Raw | None:
        shown = self._shown(kind, record_id)
        if isinstance(shown, LoggedCall):
            return shown.call.raw
        return shown.raw if shown else None


def _taken(planned: UndoPlan) -> str:
    return "done again" if planned.redo else "taken back"
