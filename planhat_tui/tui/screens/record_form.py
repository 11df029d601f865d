"""A new company or contact. What is typed is kept as a draft until it's saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.errors import InputError
from planhat_tui.model import fields
from planhat_tui.model.records import Kind, text_of
from planhat_tui.model.taken import told_of
from planhat_tui.tui.screens.form import Form
from planhat_tui.tui.sure import Held
from planhat_tui.tui.widgets.line import FormField

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.records import Contact
    from planhat_tui.model.values import Json
    from planhat_tui.workspace.workspace import Workspace

ASKED: Final = {
    Kind.COMPANY: ("name", "phase", "status", "externalId", "owner", "web", "phone"),
    Kind.CONTACT: ("name", "position", "phone", "email", "externalId"),
}
"""Which fields a new record is asked for; the others are edited afterwards."""

HINTS: Final = {
    Kind.COMPANY: {
        "name": "needed",
        "phase": "one of yours, or a new word",
        "externalId": "the id in your own system",
        "owner": "a piece of a name in the team",
    },
    Kind.CONTACT: {
        "name": "needed: a name, a phone or an e-mail",
        "phone": "as you write it, like +46 70 123 45 67",
        "email": "like ada@acme.com",
        "externalId": "the id in your own system",
    },
}
"""What can stand in a field, where its name doesn't say it."""


class RecordForm(Form["Entry"]):
    """Answers with the edit that was queued. ``at`` are values that are known already.

    ``draft`` is what was kept under ``key``: it's there before a letter can be typed.
    """

    def __init__(
        self,
        workspace: Workspace,
        kind: Kind,
        title: str,
        at: Mapping[str, Json],
        key: str,
        *,
        draft: Mapping[str, Json] | None = None,
    ) -> None:
        kept = draft or {}
        lines = [_field(kind, name, text_of(kept, name)) for name in ASKED[kind]]
        super().__init__(title, lines, dict.fromkeys(ASKED[kind], ""))
        self.workspace = workspace
        self._kind = kind
        self._at = dict(at)
        self._key = key
        self._warned: tuple[str, str] | None = None
        self._held = Held()

    def keep(self) -> None:
        """Keep what is typed on this machine, if anything is."""
        drafts, key, data = self.workspace.drafts, self._key, dict(self.touched)
        deed = (lambda: drafts.save(key, data)) if data else (lambda: drafts.drop(key))
        self.perform(deed, lambda _: None)

    def save(self) -> None:
        """Queue the new record; say first if another contact has its e-mail or its phone."""
        if self.is_saving:
            return
        typed, held = self.typed, self._held.repeats("save", self.planhat.pressed_at())
        email, phone = typed.get("email", "").strip(), typed.get("phone", "").strip()
        if self._kind is not Kind.CONTACT or (self._warned == (email, phone) and not held):
            self._create(typed)
            return
        reads = self.workspace.reads

        def known(same: Sequence[Contact]) -> None:
            if same:
                self._warned = (email, phone)
                self.tell(f"{told_of(same, email, phone)}  {{save}} makes another one", bad=True)
            else:
                self._create(typed)

        self.ask("same", lambda: reads.same_contacts(email, phone), known, opens=True)

    def _create(self, typed: Mapping[str, str]) -> None:
        workspace = self.workspace

        def create() -> Entry:
            values = {**self._values(typed), **self._at}
            with workspace.at_once():
                entry = workspace.writes.create(self._kind, values)
                workspace.drafts.drop(self._key)
            return entry

        self.save_once(create, self.dismiss, self.fault)

    def _values(self, typed: Mapping[str, str]) -> dict[str, Json]:
        values: dict[str, Json] = {}
        for name, text in typed.items():
            if not text.strip():
                continue
            if fields.field_of(self._kind, name).type is fields.FieldType.USER:
                values[name] = self._person(text)
            else:
                values[name] = fields.parse_value(self._kind, name, text, now=self.planhat.now())
        return values

    def _person(self, text: str) -> str:
        """Return the id of the one in the team whom a piece of a name tells."""
        found = self.workspace.reads.users(text)
        if len(found) != 1:
            names = ", ".join(f"{user.name} ({user.email})" for user in found[:3])
            raise InputError(
                f"Several are called so: {names}." if found else f"Nobody is called {text}.",
                "Type another piece of the name.",
                field="owner",
            )
        return found[0].id


def _field(kind: Kind, name: str, text: str) -> FormField:
    label = fields.label_of(kind, name).lower()
    return FormField(name, label, text, hint=HINTS[kind].get(name, ""), over=not text)
