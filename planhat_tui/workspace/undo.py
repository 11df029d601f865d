"""Taking back what was done, and doing it again: the last step, or any step or edit of the journal.

A plan is made first and shown; exactly that plan is carried out, in one transaction, or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from planhat_tui.config import guardrails
from planhat_tui.errors import GuardrailError, InputError
from planhat_tui.model import undo
from planhat_tui.model.outbox import Action, was_gone, was_taken
from planhat_tui.model.records import NEW_ID_PREFIX, Contact, Kind, text_of
from planhat_tui.model.text import plural, visible
from planhat_tui.model.undo import Way
from planhat_tui.store.journal import UNDO
from planhat_tui.store.rows import LoggedCall
from planhat_tui.workspace.freshids import fresh_id
from planhat_tui.workspace.rests import aside, left_of, put_aside, take_up_again
from planhat_tui.workspace.undone import told_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from planhat_tui.model.outbox import Entry, NewEntry
    from planhat_tui.model.undo import Back, UndoPlan
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
    Planhat has it. ``goes_on``: more of a plan is to be queued now.
    """

    entries: tuple[Entry, ...]
    sentences: tuple[str, ...]
    delivered: tuple[str, ...]
    goes_on: bool = False

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
        own = self._step(what)
        return self._plan(own, _steps(own, what))

    def _plan(self, own: Sequence[Entry], whole: Iterable[str]) -> UndoPlan:
        """Plan to take back edits and what is built on them; ``whole`` are steps that go entire."""
        step = (*own, *self._built_on(own))
        planned = undo.plan(step, self._raw, self._lost_with(step))
        rest = sum(left_of(self._store.drafts, one) for one in whole)
        return self._checked(replace(planned, rest=rest))

    def redo_plan(self) -> UndoPlan:
        """Return what doing again does that was taken back last. Raises as :meth:`plan`."""
        last = self._last_undoing()
        lost = self._lost_with(last.made)
        planned = undo.plan_again(last.taken, last.made, self._raw, lost)
        return self._checked(replace(planned, rest=aside(self._store.drafts, last.k)))

    def stale(self, plan: UndoPlan) -> tuple[tuple[Kind, str], ...]:
        """Return the records of a plan whose copy is too old to be shown as "now"."""
        at_planhat = [one for one in plan.reads if not one[1].startswith(NEW_ID_PREFIX)]
        return tuple(one for one in at_planhat if self._age(*one) > FRESH_FOR)

    def take_back(self, what: What = 0, shown: UndoPlan | None = None) -> Undone:
        """Take something back: as it was ``shown``, or not at all.

        Raises what :meth:`plan` raises, and :class:`InputError` if it does something else by now.
        """
        with self._store.at_once():  # nothing of it leaves while it is planned and carried out
            own = self._step(what)
            whole = _steps(own, what)
            planned = self._as_shown(self._plan(own, whole), shown)
            k = self._store.journal.begin_undoing()
            new = self._carry_out(planned, lambda _: f"{UNDO}{k}")
            for step in whole:  # what isn't in the outbox yet stays out
                put_aside(self._store.drafts, step, k)
            left = {Way.WAIT, Way.STAY}
            taken = [back.entry.n for back in planned.backs if back.way not in left]
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
            take_up_again(self._store.drafts, last.k)
        return self._undone(planned, new)

    def _step(self, what: What) -> Sequence[Entry]:
        if not what:
            return self._last_step()
        if isinstance(what, str):
            return self._whole(what)
        entry = self._store.outbox.get(what)
        if entry.undone:
            raise InputError(f"Edit {what} has been taken back already.", "journal list shows it.")
        return (entry,)

    def _last_step(self) -> Sequence[Entry]:
        """Return the newest step that stands, past those of which only what stays is left.

        Past those too that deleted or made nothing. It is the newest one if only such are left.
        """
        journal, passed = self._store.journal, list[str]()
        step = newest = journal.last_step()
        while step and (all(map(_was_others, step)) or self._is_spent(step)):
            passed.append(step[0].step)
            step = journal.last_step(passed)
        return step or newest

    def _is_spent(self, step: Sequence[Entry]) -> bool:
        """Tell whether undo has been at a step, and nothing of what is left can be taken back."""
        tried = self._store.journal.is_undone(step[0].step)
        return tried and undo.only_stays(step, self._raw)

    def _built_on(self, step: Sequence[Entry]) -> Sequence[Entry]:
        """Return the later edits of what a step is still to make: they go along with it."""
        own = {entry.n for entry in step}
        return tuple(
            entry
            for kind in Kind
            if (making := [e.record_id for e in step if e.kind is kind and undo.is_unmade(e)])
            for edits in self._store.outbox.open_by_record(kind, making).values()
            for entry in edits
            if entry.n not in own
        )

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
        self._check(planned.entries(lambda _: UNDO, self._make_id))
        ages = [self._age(*one) for one in self.stale(planned)]
        ages += map(self._contacts_age, self.contacts_to_read(planned))
        return replace(
            planned,
            backs=tuple(self._with_whom(back) for back in planned.backs),
            as_of=self._wall() - max(ages) if ages else None,
            many=guardrails.is_many(self._actions.profile, planned.size),
        )

    def _check(self, entries: Sequence[NewEntry]) -> None:
        """Raise :class:`GuardrailError` if the profile forbids these; say that all of it stays."""
        try:
            self._actions.check(entries)
        except GuardrailError as error:
            titles = {one.record_id: visible(one.title) for one in entries}
            what = next(iter(titles.values())) if len(titles) == 1 else "All of it"
            told = f"{error.message}  Nothing was taken back: {what} stays as it is."
            raise GuardrailError(told, error.advice) from None

    def _with_whom(self, back: Back) -> Back:
        """Return what becomes of a call that is to be deleted, with the name of who it was with."""
        if back.way is not Way.DELETE or back.entry.kind is not Kind.CALL:
            return back
        logged = self._store.calls.get(text_of(back.now or {}, "_id"))
        shown = self._store.mirror.contact(logged.contact_id) if logged else None
        return replace(back, whom=Contact.from_raw(shown.raw).title) if shown else back

    def _lost_with(self, step: Sequence[Entry]) -> Callable[[Entry], tuple[str, ...]]:
        """Return what names what of others goes with a record that a step has made."""
        own = {undo.made_id(entry) for entry in step}

        def lost(entry: Entry) -> tuple[str, ...]:
            kind, record_id = entry.kind, undo.made_id(entry)
            now = self._raw(kind, record_id) or {}
            edits = self._store.journal.edits_of(kind, record_id)
            mine = (change for edit in edits for change in edit.changes)
            seen = reversed(self._store.history.of(kind, record_id))
            theirs = (one.change for one in seen if not one.ours)
            fields = undo.changed_since(kind, entry.body or {}, mine, theirs, now)
            if kind is not Kind.COMPANY:
                return fields
            contacts = len(self._store.mirror.contact_ids(record_id) - own)
            return (*fields, plural(contacts, "contact")) if contacts else fields

        return lost

    def _carry_out(self, planned: UndoPlan, step_of: Callable[[Entry], str]) -> tuple[Entry, ...]:
        dropped = [back.entry for back in planned.backs if back.way is Way.DROP]
        if dropped:
            self._actions.discard_all([entry.n for entry in dropped])
        for entry in dropped:
            if (gone := self._deletion(entry)) is not None:
                self._store.outbox.carry(entry, gone)
        new = planned.entries(step_of, self._make_id)
        made = self._actions.queue(new) if new else ()
        names: dict[Kind, dict[str, str]] = {}
        for entry in made:
            if (gone := self._deletion(entry)) is not None:
                self._store.outbox.carry(gone, entry)
            elif entry.action is Action.CREATE:  # again: what was to be added to it follows
                before = self._store.outbox.get(entry.takes_back).record_id
                names.setdefault(entry.kind, {})[before] = entry.record_id
        for kind, called in names.items():
            self._store.outbox.rename(kind, called)
            if kind is not Kind.CALL:
                self._store.calls.follow(kind, called)
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
            entries,
            tuple(now for now, _ in sentences),
            tuple(done for _, done in sentences),
            goes_on=planned.redo and planned.rest > 0,
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

    def contacts_to_read(self, plan: UndoPlan) -> frozenset[str]:
        """Return the companies that a plan deletes and whose contacts were read too long ago."""
        made = (undo.made_id(back.entry) for back in plan.backs if _takes_a_company(back))
        return frozenset(one for one in made if self._contacts_age(one) > FRESH_FOR)

    def _contacts_age(self, company_id: str) -> float:
        seen_at = self._store.mirror.contacts_seen_at(company_id)
        return float("inf") if seen_at is None else abs(self._wall() - seen_at)

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


def _steps(own: Sequence[Entry], what: What) -> frozenset[str]:
    """Return the steps that are taken back as wholes: an edit's number means that edit alone."""
    alone = what and isinstance(what, int)
    return frozenset() if alone else frozenset(entry.step for entry in own)


def _was_others(entry: Entry) -> bool:
    """Tell whether somebody else had done it before: what it was to delete, or to make."""
    return was_gone(entry) or was_taken(entry)


def _takes_a_company(back: Back) -> bool:
    return back.way is Way.DELETE and back.entry.kind is Kind.COMPANY


def _taken(planned: UndoPlan) -> str:
    return "done again" if planned.redo else "taken back"
