"""What can be done: guardrails, then the outbox, then the screen, then the engine.

An action returns when the edit is on the disk; Planhat hears of it later.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from planhat_tui.config import guardrails
from planhat_tui.errors import InputError, NotFoundError, StorageError
from planhat_tui.model.calls import body_of, check, check_record
from planhat_tui.model.conflicts import Choice, field_in, outcome_of, settled, standoff
from planhat_tui.model.definitions import check_defined, defined_of
from planhat_tui.model.edits import (
    COMPANY_ID,
    COMPANY_NAME,
    SAY_ONE,
    Change,
    apply,
    custom_key,
    custom_path,
    same,
    value_at,
)
from planhat_tui.model.outbox import Action, Entry, Made, NewEntry, State
from planhat_tui.model.records import NEW_ID_PREFIX, Kind, text_of, texts_of
from planhat_tui.model.tags import clean_tag
from planhat_tui.model.text import visible
from planhat_tui.model.writable import body_of_new, editable, title_of
from planhat_tui.workspace.freshids import fresh_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from planhat_tui.config.profiles import Profile
    from planhat_tui.model.calls import CallDraft
    from planhat_tui.model.edits import Conflict
    from planhat_tui.model.plans import Row
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.store.tenant import TenantStore

log = logging.getLogger(__name__)

SLICE: Final = 500
"""Records that go into the outbox, or are shown anew, at once: nobody waits longer for a file."""
NONE_SEEN: Final[Mapping[str, Raw]] = {}
SAID_SO: Final = "You said that it is there."
THEIRS_KEPT: Final = "Settled: what Planhat has was kept."


class Actions:
    """Writes. ``done`` is told which entries changed, once they are on the disk."""

    def __init__(
        self,
        profile: Profile,
        store: TenantStore,
        done: Callable[[Iterable[Entry]], None],
        make_id: Callable[[], str] = fresh_id,
    ) -> None:
        self.go_by(profile)
        self._store = store
        self._done = done
        self._make_id = make_id
        self._steps: dict[str, None] = {}

    @property
    def profile(self) -> Profile:
        """The profile whose guardrails hold now."""
        return self._profile

    def go_by(self, profile: Profile) -> None:
        """Go by the guardrails of a profile, and by what it says of calls."""
        self._profile = profile

    def edit(
        self,
        kind: Kind,
        ids: Sequence[str],
        new_values: Mapping[str, Json],
        seen: Mapping[str, Raw] = NONE_SEEN,
    ) -> tuple[Entry, ...]:
        """Set fields of a few records; ``None`` clears one. What is so already makes no entry.

        ``seen`` has records by their ids as a person saw them who decided: what somebody has
        changed since is merged when it's delivered, or a conflict.
        Many (:func:`guardrails.is_many`) go as a plan. A contact that goes to another company takes
        that one's name along. Raises :class:`InputError` if a call's times wouldn't go together or
        a value isn't among those that its field lists, :class:`NotFoundError` for a company that
        isn't here.
        """
        guardrails.check_at_once(self._profile, len(ids))
        step = self._make_id()
        values = {editable(kind, path): value for path, value in new_values.items()}
        if kind is Kind.CONTACT and "companyId" in values:
            company = self._raw(Kind.COMPANY, str(values["companyId"]))
            values[COMPANY_NAME] = text_of(company, "name")
        if kind is Kind.CALL:
            for call_id in ids:
                check_record({**self._raw(kind, call_id), **values}, values)
        else:
            for record_id in ids:
                self._check_defined(kind, values, self._raw(kind, record_id))
        return self._queue(
            entry
            for record_id in ids
            for entry in self._edited(kind, record_id, values, step, seen.get(record_id))
        )

    def change(self, kind: Kind, rows: Sequence[Row]) -> tuple[Entry, ...]:
        """Change a few records as rows of a plan say, in one step; what they say of before counts.

        What somebody has changed since is merged when it's delivered, or a conflict.
        """
        guardrails.check_at_once(self._profile, len(rows))
        step = self._make_id()
        made = [
            NewEntry(kind, row.action, row.record_id, row.title, row.changes, step=step)
            for row in rows
        ]
        return self.queue(made)

    def tag(
        self, kind: Kind, ids: Sequence[str], add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> tuple[Entry, ...]:
        """Add tags to a few records and remove others; nobody else's tags change."""
        guardrails.check_at_once(self._profile, len(ids))
        step = self._make_id()
        added = [clean_tag(tag) for tag in add]
        entries = []
        unknown = self._names_only(kind, ids)
        for record_id in ids:
            raw = self._raw(kind, record_id)
            before = [*remove] if record_id in unknown else texts_of(raw, "tags")
            kept = [tag for tag in before if tag not in remove]
            after: list[Json] = [*dict.fromkeys([*kept, *added])]
            entries += self._made_of(kind, {**raw, "tags": [*before]}, {"tags": after}, step)
        return self._queue(entries)

    def create(self, kind: Kind, values: Mapping[str, Json]) -> Entry:
        """Make a company or a contact; ``custom.KEY`` paths are taken too."""
        guardrails.check_write(self._profile)
        self._check_defined(kind, values, {})
        body = body_of_new(kind, values)
        record_id = NEW_ID_PREFIX + self._make_id()
        title = text_of(body, "name") or text_of(body, "email") or record_id
        entry = NewEntry(
            kind, Action.CREATE, record_id, visible(title), body=body, step=self._make_id()
        )
        return self._queue([entry])[0]

    def delete(self, kind: Kind, ids: Sequence[str]) -> tuple[Entry, ...]:
        """Delete a few records. One that Planhat doesn't have yet is dropped with its edits.

        Those that are to be deleted already are left out: :class:`InputError` if all are.
        """
        guardrails.check_at_once(self._profile, len(ids), deleting=True)
        step = self._make_id()
        with self._store.at_once():
            now_called = self._store.outbox.now_called
            ids = tuple(dict.fromkeys(now_called(kind, one) for one in ids))
            going = self._store.outbox.deleting(kind, ids)
            if going and len(going) == len(ids):
                first = next(iter(going.values()))
                told = f"{first.title} is" if len(going) == 1 else f"All {len(going)} are"
                raise InputError(f"{told} to be deleted already.", "outbox list shows it.")
            dropped = self._drop_new(kind, ids)
            entries = [
                NewEntry(
                    kind,
                    Action.DELETE,
                    text_of(raw, "_id"),
                    title_of(kind, raw),
                    body=dict(raw),
                    step=step,
                )
                for record_id in ids
                if record_id not in dropped and record_id not in going
                for raw in [self._raw(kind, record_id)]
            ]
            return self._queue(entries)

    def log_call(self, draft: CallDraft, since: float | None = None) -> tuple[Entry, ...]:
        """Log a call, and put its note into the company's ``call_note_field`` in the same step.

        Without such a field the note stays on this machine. What was changed of the company and the
        contact ``since`` then, in seconds since the epoch, joins the step, and comes last in what
        is returned. Raises :class:`InputError` with the field.
        """
        guardrails.check_write(self._profile)
        check(draft)
        if draft.open_endpoint and not self._profile.tenant_uuid:
            raise InputError(
                "The open endpoint needs the tenant's id.",
                "Set tenant_uuid in the profile, or log it with the token.",
                field="open_endpoint",
            )
        step, record_id = self._make_id(), NEW_ID_PREFIX + self._make_id()
        body = body_of(draft)
        entry = NewEntry(
            Kind.CALL,
            Action.CREATE,
            record_id,
            f"call to {visible(draft.nr)}",
            body=body,
            step=step,
            open_tenant=self._profile.tenant_uuid if draft.open_endpoint else "",
        )
        with self._store.at_once():  # who is meant gets no other id meanwhile
            meant = self._as_known_now(draft)
            noted: list[NewEntry] = []
            if meant.note and meant.company_id and self._profile.call_note_field:
                path = custom_path(self._profile.call_note_field)
                noted = self._edited(Kind.COMPANY, meant.company_id, {path: meant.note}, step)
            self._store.calls.put(
                {**body, "_id": record_id},
                note=meant.note,
                contact_id=meant.contact_id,
                company_id=meant.company_id,
            )
            made = self._queue([entry, *noted])
            about = [one for one in (meant.company_id, meant.contact_id) if one]
            meanwhile = self._store.journal.join(step, about, since) if since is not None else ()
        return (*made, *meanwhile)

    def _as_known_now(self, draft: CallDraft) -> CallDraft:
        """Return a call that is meant for records by the ids that they have by now."""
        now_called = self._store.outbox.now_called
        return draft._replace(
            contact_id=now_called(Kind.CONTACT, draft.contact_id),
            company_id=now_called(Kind.COMPANY, draft.company_id),
        )

    def note_call(self, call_id: str, text: str) -> tuple[Entry, ...]:
        """Keep another note of a call on this machine.

        Where the company's ``call_note_field`` still holds the note before, it gets this one: that
        edit is returned.
        """
        guardrails.check_write(self._profile)
        call_id = self._store.outbox.now_called(Kind.CALL, call_id)
        logged = self._store.calls.get(call_id)
        if logged is None:
            raise NotFoundError(f"There is no call {visible(call_id)} here.", "It may be deleted.")
        company = logged.company_id or logged.call.company_id
        entries: list[NewEntry] = []
        if company and logged.note and (field := self._profile.call_note_field):
            path = custom_path(field)
            if value_at(self._raw(Kind.COMPANY, company), path) == logged.note:
                entries = self._edited(Kind.COMPANY, company, {path: text}, self._make_id())
        with self._store.at_once():
            self._store.calls.note(call_id, text)
            return self._queue(entries)

    def keep_call(self, call: Raw) -> None:
        """Put a call that was fetched by its id into the log."""
        self._store.calls.take_in(dict(call), self._store.wall())

    def retry(self, n: int) -> Entry:
        """Queue an entry again. Raises :class:`InputError` if its state doesn't allow it."""
        self.check([self._store.outbox.get(n)])
        return self._told(self._store.outbox.retry(n))

    def hold(self, n: int) -> Entry:
        """Keep a queued entry back."""
        return self._told(self._store.outbox.hold(n))

    def discard(self, n: int) -> Entry:
        """Drop an entry."""
        return self.discard_all([n])[0]

    def discard_all(self, ns: Sequence[int]) -> tuple[Entry, ...]:
        """Drop entries, or none; they come first in what is returned, then what went with them."""
        dropped = self._store.outbox.discard_all(ns)
        for entry in dropped[: len(ns)]:
            if entry.action is Action.CREATE and entry.kind is Kind.CALL:
                self._store.calls.remove(entry.record_id)
        self._show(dropped)
        return dropped

    def resolve(self, n: int, field: str, choice: Choice, value: Json = None) -> tuple[Entry, ...]:
        """Settle a field that is in conflict; the edits that go out now, none if theirs stays.

        To leave theirs is a step of its own, which undo takes back: mine is queued again. Raises
        :class:`InputError` if it isn't in conflict, or a value isn't among those that its field
        lists.
        """
        guardrails.check_write(self._profile)
        first, step = self._store.outbox.get(n), self._make_id()
        with self._store.at_once():
            theirs = self._store.conflicts.of(first.kind, first.record_id)
            found = standoff(self._parked(first), theirs)
            if found is None:
                raise InputError(f"Edit {n} isn't in conflict.", "It may have been settled.")
            wanted = {field_in(found, field).field: value}
            if choice is Choice.VALUE and field == COMPANY_ID:
                name = text_of(self._raw(Kind.COMPANY, str(value)), "name")
                wanted[COMPANY_NAME] = name
            elif field in SAY_ONE:
                wanted |= dict.fromkeys(SAY_ONE - {field})
            going = [
                one
                for conflict in found.fields
                if conflict.field in wanted
                for one in self._settle_field(first, conflict, choice, wanted[conflict.field], step)
            ]
        self._show([first])
        return tuple(self._store.outbox.get(one) for one in going)

    def _parked(self, entry: Entry) -> list[Entry]:
        """Return the edits of its record that are in conflict."""
        waiting = self._store.outbox.open_entries(entry.kind, entry.record_id)
        return [entry for entry in waiting if entry.state is State.CONFLICT]

    def _settle_field(
        self, first: Entry, conflict: Conflict, choice: Choice, value: Json, step: str
    ) -> list[int]:
        """Settle one field; the numbers of the edits that go out."""
        outbox, kind, field = self._store.outbox, first.kind, conflict.field
        if choice is Choice.VALUE and not same(value, conflict.mine):
            theirs = apply({}, [Change(field, None, conflict.theirs)])
            self._check_defined(kind, {field: value}, theirs)
        settling = settled(self._parked(first), conflict, choice, value)
        going = [self._settle(entry, field, changes) for entry, changes in settling]
        self._store.conflicts.forget(kind, first.record_id, [field])
        last, stands = settling[-1][0], outcome_of(conflict, choice, value)
        outbox.start_from(last, field, conflict.mine, stands)
        if choice is Choice.THEIRS:
            self._keep_theirs(first, conflict, step)
        return [one for one in going if one is not None]

    def _settle(self, entry: Entry, field: str, changes: Sequence[Change]) -> int | None:
        """Let a settled field go out by itself where others of its edit are still in conflict."""
        outbox = self._store.outbox
        others = [change for change in changes if change.field != field]
        wanted = [change for change in changes if change.field == field]
        n = entry.n
        if others and wanted:
            n = outbox.split(entry.n, [field]) or entry.n
        if wanted:
            outbox.amend(n, wanted, State.QUEUED)
            return n
        if others:
            outbox.amend(entry.n, others, State.CONFLICT, entry.reason)
        else:
            outbox.mark([entry.n], State.DROPPED, THEIRS_KEPT)
        return None

    def _keep_theirs(self, mine: Entry, conflict: Conflict, step: str) -> None:
        """Note that theirs took the place of mine; nothing else tells undo of it."""
        change = Change(conflict.field, conflict.mine, conflict.theirs)
        made = NewEntry(mine.kind, Action.UPDATE, mine.record_id, mine.title, (change,), step=step)
        self._store.outbox.note(made, THEIRS_KEPT)

    def it_is_there(self, n: int, record_id: str = "") -> Entry:
        """Settle a create that isn't sure: a person knows that Planhat has it, and perhaps its id.

        Raises :class:`InputError` if it isn't one, or its id is needed for edits that follow.
        """
        outbox = self._store.outbox
        with self._store.at_once():
            entry = outbox.get(n)
            if entry.state is not State.NOT_SURE or entry.action is not Action.CREATE:
                raise InputError(f"Edit {n} is {entry.state}: there is nothing to settle.")
            made = entry.record_id
            if outbox.followers(entry.kind, made) and not record_id:
                raise InputError(
                    f"{entry.title} has edits that follow.", "Give its id.", field="id"
                )
            if record_id:
                outbox.made(entry.kind, [Made(n, made, record_id, SAID_SO)])
                if entry.kind is not Kind.CALL:
                    self._store.calls.follow(entry.kind, {made: record_id})
                elif call := self._store.calls.server(made):
                    self._store.calls.rename(made, {**call, "_id": record_id})
            else:
                outbox.mark([n], State.DELIVERED, SAID_SO)
        settled_now = outbox.get(n)
        self._show([entry, settled_now])
        return settled_now

    def check(self, entries: Sequence[NewEntry | Entry]) -> None:
        """Raise :class:`GuardrailError` if the profile forbids these: records are counted."""
        if entries:
            guardrails.check_write(self._profile, _records(entries))
        if deletes := [entry for entry in entries if entry.action is Action.DELETE]:
            guardrails.check_delete(self._profile, _records(deletes))

    def queue(self, entries: Iterable[NewEntry]) -> tuple[Entry, ...]:
        """Commit entries that were made elsewhere (undo) under the same guardrails."""
        made = list(entries)
        self.check(made)
        for new in made:
            if new.kind is Kind.CALL and new.action is Action.CREATE:
                was = self._store.outbox.get(new.takes_back).record_id if new.takes_back else ""
                self._store.calls.again({**(new.body or {}), "_id": new.record_id}, was)
        return self._queue(made)

    def made(self) -> tuple[Entry, ...]:
        """Return the edits that were made here, as they stand now; in the order of their steps."""
        return tuple(one for step in self._steps for one in self._store.steps.entries(step))

    def _queue(self, entries: Iterable[NewEntry]) -> tuple[Entry, ...]:
        wanted = list(entries)
        self._steps |= dict.fromkeys(one.step for one in wanted)  # before: who is interrupted asks
        made = self._store.outbox.add(*wanted)
        self._show(made)
        return made

    def _told(self, entry: Entry) -> Entry:
        self._show([entry])
        return entry

    def _show(self, entries: Sequence[Entry]) -> None:
        """Show entries, and tell of them, once others can read them: who is told looks at once."""
        self._store.once_written(lambda: self._tell(entries))

    def show_again(self, kind: Kind, ids: Sequence[str]) -> None:
        """Show records as they are with what isn't delivered of them."""
        try:
            for at in range(0, len(ids), SLICE):
                self._store.mirror.lay_again(kind, ids[at : at + SLICE])
        except StorageError:  # to say that it failed would be wrong: the edit itself is kept
            log.exception("an edit is kept, and the local copy can't show it before the next start")

    def _tell(self, entries: Sequence[Entry]) -> None:
        for kind in {entry.kind for entry in entries}:
            ids = [*dict.fromkeys(e.record_id for e in entries if e.kind is kind)]
            self.show_again(kind, ids)
        if entries:
            self._done(entries)

    def _edited(
        self,
        kind: Kind,
        record_id: str,
        values: Mapping[str, Json],
        step: str,
        seen: Raw | None = None,
    ) -> list[NewEntry]:
        raw = self._raw(kind, record_id)
        if None in values.values() and self._names_only(kind, [record_id]):
            raise InputError(
                f"Only the name of {title_of(kind, raw)} is here: what isn't loaded isn't emptied.",
                "sync loads the rest.",
            )
        return self._made_of(kind, raw, values, step, seen)

    def _made_of(
        self,
        kind: Kind,
        raw: Raw,
        values: Mapping[str, Json],
        step: str,
        seen: Raw | None = None,
    ) -> list[NewEntry]:
        """Return the edit that gives a record these values, none if they are so."""
        record_id = text_of(raw, "_id")
        before = raw if seen is None else self._seen_by_now(kind, raw, seen, values)
        changes = tuple(
            Change(path, value_at(before, path), value)
            for path, value in values.items()
            if not (same(value_at(raw, path), value) or same(value_at(before, path), value))
        )
        if not changes:
            return []
        return [NewEntry(kind, Action.UPDATE, record_id, title_of(kind, raw), changes, step=step)]

    def _seen_by_now(self, kind: Kind, raw: Raw, seen: Raw, paths: Iterable[str]) -> Raw:
        """Return a record as it was seen, with what was edited from here alone since."""
        mine = [path for path in paths if self._is_mine(kind, raw, seen, path)]
        if "companyId" in mine:
            mine.append(COMPANY_NAME)
        return apply(seen, [Change(path, None, value_at(raw, path)) for path in mine])

    def _is_mine(self, kind: Kind, raw: Raw, seen: Raw, path: str) -> bool:
        """Tell whether edits from here alone have led a field from what was seen to what it is."""
        value, before = value_at(raw, path), value_at(seen, path)
        if same(value, before):
            return False
        record_id = text_of(raw, "_id")
        delivered = self._store.journal.edits_of(kind, record_id)
        edits = (*delivered, *self._store.outbox.open_entries(kind, record_id))
        for change in reversed([c for e in edits for c in e.changes if c.field == path]):
            if not same(change.after, value):
                return False
            if same(change.before, before):
                return True
            value = change.before
        return False

    def _check_defined(self, kind: Kind, values: Mapping[str, Json], raw: Raw) -> None:
        """Raise :class:`InputError` for a value that the definition of its field doesn't take."""
        if any(custom_key(path) is not None for path in values):
            known = defined_of(kind, self._store.mirror.definitions())
            for path, value in values.items():
                check_defined(known, path, value, value_at(raw, path))

    def _names_only(self, kind: Kind, ids: Iterable[str]) -> frozenset[str]:
        """Return which of these aren't loaded: nothing can be told to be so already of them."""
        return self._store.mirror.names_only(ids) if kind is Kind.COMPANY else frozenset()

    def _drop_new(self, kind: Kind, ids: Sequence[str]) -> frozenset[str]:
        """Drop what is still to be made, with its edits; the ids of that."""
        new = [one for one in ids if one.startswith(NEW_ID_PREFIX)]
        making = self._store.outbox.making(kind, new).items()
        mine = {one: entry.n for one, entry in making if entry.state is not State.SENDING}
        if mine:
            self.discard_all([*mine.values()])
        return frozenset(mine)

    def _raw(self, kind: Kind, record_id: str) -> Raw:
        """Return a record as it's shown, also by an id that it had before: it has been made since.

        Raises :class:`NotFoundError`.
        """
        raw = self._shown(kind, record_id)
        if raw is None:
            raw = self._shown(kind, self._store.outbox.now_called(kind, record_id))
        if raw is None:
            raise NotFoundError(
                f"There is no {kind} {visible(record_id)} here.", "It may have been deleted."
            )
        return raw

    def _shown(self, kind: Kind, record_id: str) -> Raw | None:
        if kind is Kind.CALL:
            call = self._store.calls.get(record_id)
            return call.call.raw if call else None
        mirror = self._store.mirror
        shown = mirror.company(record_id) if kind is Kind.COMPANY else mirror.contact(record_id)
        return shown.raw if shown else None


def _records(entries: Iterable[NewEntry | Entry]) -> int:
    return len({(entry.kind, entry.record_id) for entry in entries})
