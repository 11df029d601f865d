"""What can be done: guardrails, then the outbox, then the screen, then the engine.

An action returns when the edit is on the disk; Planhat hears of it later.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from planhat_tui.config import guardrails
from planhat_tui.errors import InputError, NotFoundError
from planhat_tui.model.calls import body_of, check
from planhat_tui.model.edits import Change, custom_path, same, value_at
from planhat_tui.model.fields import FIELDS, field_of
from planhat_tui.model.outbox import Action, Entry, NewEntry, State
from planhat_tui.model.records import NEW_ID_PREFIX, Contact, Kind, text_of, texts_of
from planhat_tui.model.tags import clean_tag
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from planhat_tui.config.profiles import Profile
    from planhat_tui.model.calls import CallDraft
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.store.tenant import TenantStore


class Actions:
    """Writes. ``done`` is told which entries changed, once they are on the disk."""

    def __init__(
        self,
        profile: Profile,
        store: TenantStore,
        done: Callable[[Iterable[Entry]], None],
        make_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        self._profile = profile
        self._store = store
        self._done = done
        self._make_id = make_id

    def edit(
        self, kind: Kind, ids: Sequence[str], new_values: Mapping[str, Json]
    ) -> tuple[Entry, ...]:
        """Set fields of records; ``None`` clears one. What is so already makes no entry."""
        guardrails.check_write(self._profile, len(ids))
        step = self._make_id()
        values = {_editable(kind, path): value for path, value in new_values.items()}
        return self._queue(
            entry for record_id in ids for entry in self._edited(kind, record_id, values, step)
        )

    def tag(
        self, kind: Kind, ids: Sequence[str], add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> tuple[Entry, ...]:
        """Add tags to records and remove others; nobody else's tags change."""
        guardrails.check_write(self._profile, len(ids))
        step = self._make_id()
        added = [clean_tag(tag) for tag in add]
        entries = []
        for record_id in ids:
            before = texts_of(self._raw(kind, record_id), "tags")
            kept = [tag for tag in before if tag not in remove]
            after: list[Json] = [*dict.fromkeys([*kept, *added])]
            entries += self._edited(kind, record_id, {"tags": after}, step)
        return self._queue(entries)

    def create(self, kind: Kind, values: Mapping[str, Json]) -> Entry:
        """Make a company or a contact; ``custom.KEY`` paths are taken too."""
        guardrails.check_write(self._profile)
        body = _body(kind, values)
        record_id = NEW_ID_PREFIX + self._make_id()
        title = text_of(body, "name") or text_of(body, "email") or record_id
        entry = NewEntry(
            kind, Action.CREATE, record_id, visible(title), body=body, step=self._make_id()
        )
        return self._queue([entry])[0]

    def delete(self, kind: Kind, ids: Sequence[str]) -> tuple[Entry, ...]:
        """Delete records. One that Planhat doesn't have yet is dropped with its edits."""
        guardrails.check_delete(self._profile, len(ids))
        step = self._make_id()
        entries = [
            NewEntry(
                kind,
                Action.DELETE,
                record_id,
                _title(kind, raw),
                body=dict(raw),
                step=step,
            )
            for record_id in ids
            if not self._drop_new(kind, record_id)
            for raw in [self._raw(kind, record_id)]
        ]
        return self._queue(entries)

    def log_call(self, draft: CallDraft) -> tuple[Entry, ...]:
        """Log a call, and put its note into the company's ``call_note_field`` in the same step.

        Without such a field the note stays on this machine. Raises :class:`InputError` with the
        field.
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
        noted: list[NewEntry] = []
        if draft.note and draft.company_id and self._profile.call_note_field:
            path = custom_path(self._profile.call_note_field)
            noted = self._edited(Kind.COMPANY, draft.company_id, {path: draft.note}, step)
        self._store.calls.put(
            {**body, "_id": record_id},
            note=draft.note,
            contact_id=draft.contact_id,
            company_id=draft.company_id,
        )
        return self._queue([entry, *noted])

    def keep_call(self, call: Raw) -> None:
        """Put a call that was fetched by its id into the log."""
        self._store.calls.put(dict(call))

    def retry(self, n: int) -> Entry:
        """Queue an entry again. Raises :class:`InputError` if its state doesn't allow it."""
        return self._told(self._store.outbox.retry(n))

    def hold(self, n: int) -> Entry:
        """Keep a queued entry back."""
        return self._told(self._store.outbox.hold(n))

    def discard(self, n: int) -> Entry:
        """Drop an entry."""
        entry = self._store.outbox.discard(n)
        touched = [entry]
        if entry.action is Action.CREATE:
            if entry.kind is Kind.CALL:
                self._store.calls.remove(entry.record_id)
            contacts = self._store.outbox.open_entries(Kind.CONTACT)
            touched += [one for one in contacts if _is_at(one, entry.record_id)]
        self._show(touched)
        return entry

    def check(self, entries: Sequence[NewEntry]) -> None:
        """Raise :class:`GuardrailError` if the profile forbids these."""
        if entries:
            guardrails.check_write(self._profile, len(entries))
        if deletes := sum(entry.action is Action.DELETE for entry in entries):
            guardrails.check_delete(self._profile, deletes)

    def queue(self, entries: Iterable[NewEntry]) -> tuple[Entry, ...]:
        """Commit entries that were made elsewhere (undo) under the same guardrails."""
        made = list(entries)
        self.check(made)
        for new in made:
            if new.kind is Kind.CALL and new.action is Action.CREATE:
                self._store.calls.put({**(new.body or {}), "_id": new.record_id})
        return self._queue(made)

    def _queue(self, entries: Iterable[NewEntry]) -> tuple[Entry, ...]:
        made = self._store.outbox.add(*entries)
        self._show(made)
        return made

    def _told(self, entry: Entry) -> Entry:
        self._show([entry])
        return entry

    def _show(self, entries: Sequence[Entry]) -> None:
        for kind in {entry.kind for entry in entries}:
            ids = dict.fromkeys(entry.record_id for entry in entries if entry.kind is kind)
            self._store.mirror.lay_again(kind, ids)
        if entries:
            self._done(entries)

    def _edited(
        self, kind: Kind, record_id: str, values: Mapping[str, Json], step: str
    ) -> list[NewEntry]:
        raw = self._raw(kind, record_id)
        changes = tuple(
            Change(path, value_at(raw, path), value)
            for path, value in values.items()
            if not same(value_at(raw, path), value)
        )
        if not changes:
            return []
        return [NewEntry(kind, Action.UPDATE, record_id, _title(kind, raw), changes, step=step)]

    def _drop_new(self, kind: Kind, record_id: str) -> bool:
        if not record_id.startswith(NEW_ID_PREFIX):
            return False
        for entry in self._store.outbox.open_entries(kind, record_id):
            if entry.action is Action.CREATE and entry.state is not State.SENDING:
                self.discard(entry.n)
                return True
        return False

    def _raw(self, kind: Kind, record_id: str) -> Raw:
        if kind is Kind.CALL:
            call = self._store.calls.get(record_id)
            raw = call.call.raw if call else None
        else:
            mirror = self._store.mirror
            read = mirror.company if kind is Kind.COMPANY else mirror.contact
            shown = read(record_id)
            raw = shown.raw if shown else None
        if raw is None:
            raise NotFoundError(
                f"There is no {kind} {visible(record_id)} here.", "It may have been deleted."
            )
        return raw


def _is_at(entry: Entry, company_id: str) -> bool:
    """Tell whether an edit of a contact names a company."""
    values = [change.after for change in entry.changes if change.field == "companyId"]
    return company_id in [*values, (entry.body or {}).get("companyId")]


def _editable(kind: Kind, path: str) -> str:
    """Return the field's own name. Raises :class:`InputError` if it can't be edited."""
    found = field_of(kind, path)
    if not found.editable:
        raise InputError(
            f"{found.label} is set by Planhat.", "It can't be edited.", field=found.name
        )
    return found.name


def _body(kind: Kind, values: Mapping[str, Json]) -> dict[str, Json]:
    body: dict[str, Json] = {}
    custom: dict[str, Json] = {}
    for path, value in values.items():
        name = _editable(kind, path)
        if value is None:
            continue
        if name.startswith("custom."):
            custom[name.removeprefix("custom.")] = value
        else:
            body[name] = value
    if custom:
        body["custom"] = custom
    for known in FIELDS[kind]:
        if known.required and not body.get(known.name):
            raise InputError(f"A {kind} needs {known.label}.", "Give it a value.", field=known.name)
    if kind is Kind.CONTACT and not any(body.get(name) for name in ("name", "email", "phone")):
        raise InputError("A contact needs a name, an e-mail or a phone.", field="name")
    return body


def _title(kind: Kind, raw: Raw) -> str:
    if kind is Kind.CONTACT:
        return visible(Contact.from_raw(raw).title)
    if kind is Kind.CALL:
        return f"call to {visible(text_of(raw, 'nr'))}"
    return visible(text_of(raw, "name") or text_of(raw, "_id"))
