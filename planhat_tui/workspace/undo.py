"""Taking back the last step: what is still queued is dropped, what is delivered is edited back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import InputError
from planhat_tui.model import undo
from planhat_tui.model.fields import label_of
from planhat_tui.model.outbox import Action
from planhat_tui.model.records import Kind
from planhat_tui.model.undo import Way, cant_come_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.undo import Back, UndoPlan
    from planhat_tui.model.values import Raw
    from planhat_tui.store.tenant import TenantStore
    from planhat_tui.workspace.actions import Actions

_UNDO: Final = "undo:"


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: the entries, and a sentence for each edit of the step.

    ``delivered`` are the sentences for when Planhat has it.
    """

    entries: tuple[Entry, ...]
    sentences: tuple[str, ...]
    delivered: tuple[str, ...]

    @property
    def text(self) -> str:
        """All sentences in one line."""
        return "  ".join(self.sentences)


class Undo:
    """Takes back steps of one profile."""

    def __init__(
        self,
        store: TenantStore,
        actions: Actions,
        make_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        self._store = store
        self._actions = actions
        self._make_id = make_id

    def plan(self) -> UndoPlan:
        """Return what taking back the last step does.

        Raises :class:`InputError` if there is none, or it can't be, and :class:`GuardrailError`.
        """
        planned = undo.plan(self._store.outbox.last_step(), self._raw)
        self._actions.check(planned.entries(_UNDO, self._make_id))
        return planned

    def last(self, shown: UndoPlan | None = None) -> Undone:
        """Take back the last step: as it was ``shown``, or not at all.

        Raises what :meth:`plan` raises, and :class:`InputError` if it does something else by now.
        """
        planned = self.plan()
        if shown is not None and planned != shown:
            raise InputError(
                "Something has changed meanwhile. Nothing was taken back.",
                "Look again at what undo does.",
            )
        new = planned.entries(_UNDO + self._make_id(), self._make_id)
        for back in planned.backs:
            if back.way is Way.DROP:
                self._actions.discard(back.entry.n)
        step = tuple(back.entry for back in planned.backs)
        entries = self._actions.queue(new) if new else step
        self._store.outbox.mark_undone([entry.n for entry in step])
        told = [_told(back) for back in planned.backs]
        return Undone(entries, tuple(now for now, _ in told), tuple(done for _, done in told))

    def _raw(self, kind: Kind, record_id: str) -> Raw | None:
        if kind is Kind.CALL:
            call = self._store.calls.get(record_id)
            return call.call.raw if call else None
        mirror = self._store.mirror
        shown = (mirror.company if kind is Kind.COMPANY else mirror.contact)(record_id)
        return shown.raw if shown else None


def _told(back: Back) -> tuple[str, str]:
    """Return a sentence for now, and one for when Planhat has it."""
    entry = back.entry
    title = f"The {entry.title}" if entry.kind is Kind.CALL else entry.title
    match back.way:
        case Way.DROP:
            told = f"{_deed(entry)} is taken back: it was not delivered yet."
            return told, told
        case Way.EDIT:
            fields = ", ".join(label_of(entry.kind, change.field) for change in back.changes)
            kept = f" {', '.join(back.stays)} was changed since and stays." if back.stays else ""
            what = f"{fields} of {entry.title}"
            goes = f"{what} goes back; the edit is queued.{kept}"
            return goes, f"{what} is back as it was.{kept}"
        case Way.DELETE:
            return f"{title} is deleted again; the edit is queued.", f"{title} is deleted again."
        case Way.MAKE:
            lost = f"what can't come back: {cant_come_back(entry.kind)}."
            told = f"{title} is made again with a new id; {lost}"
            return told, told
        case Way.STAY:
            return back.why, back.why


def _deed(entry: Entry) -> str:
    match entry.action:
        case Action.CREATE:
            return f"Making {entry.title}" if entry.kind is not Kind.CALL else f"The {entry.title}"
        case Action.DELETE:
            return f"Deleting {entry.title}"
        case Action.UPDATE:
            fields = ", ".join(label_of(entry.kind, change.field) for change in entry.changes)
            return f"{fields} of {entry.title}"
