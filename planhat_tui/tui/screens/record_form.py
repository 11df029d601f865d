"""A new company or contact. What is typed is kept as a draft until it's saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.errors import InputError
from planhat_tui.model import fields
from planhat_tui.model.records import Kind
from planhat_tui.tui.screens.form import Form
from planhat_tui.tui.widgets.line import FormField

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json
    from planhat_tui.workspace.workspace import Workspace

ASKED: Final = {
    Kind.COMPANY: ("name", "phase", "status", "externalId", "owner", "web", "phone"),
    Kind.CONTACT: ("name", "position", "phone", "email", "externalId"),
}
"""Which fields a new record is asked for; the others are edited afterwards."""


class RecordForm(Form["Entry"]):
    """Answers with the edit that was queued. ``at`` are values that are known already."""

    def __init__(
        self, workspace: Workspace, kind: Kind, title: str, at: Mapping[str, Json], key: str
    ) -> None:
        super().__init__(
            title, [FormField(name, fields.label_of(kind, name).lower()) for name in ASKED[kind]]
        )
        self.workspace = workspace
        self._kind = kind
        self._at = dict(at)
        self._key = key

    def on_mount(self) -> None:
        """Bring the draft back."""
        super().on_mount()
        drafts = self.workspace.drafts
        self.ask("draft", lambda: drafts.load(self._key), self._recall)

    def _recall(self, kept: Mapping[str, Json] | None) -> None:
        for name, value in (kept or {}).items():
            if name in self.fields and isinstance(value, str) and not self.fields[name].value:
                self.fields[name].value = value

    def keep(self) -> None:
        """Keep what is typed on this machine."""
        drafts, data = self.workspace.drafts, dict(self.typed)
        self.perform(lambda: drafts.save(self._key, data), lambda _: None)

    def save(self) -> None:
        """Queue the new record."""
        typed, workspace = self.typed, self.workspace

        def create() -> Entry:
            entry = workspace.writes.create(self._kind, {**self._values(typed), **self._at})
            workspace.drafts.drop(self._key)
            return entry

        self.perform(create, self._created, self.fault)

    def _created(self, entry: Entry) -> None:
        self.dismiss(entry)

    def _values(self, typed: Mapping[str, str]) -> dict[str, Json]:
        values: dict[str, Json] = {}
        for name, text in typed.items():
            if not text.strip():
                continue
            if fields.field_of(self._kind, name).type is fields.FieldType.USER:
                values[name] = self._person(text)
            else:
                values[name] = fields.parse_value(self._kind, name, text)
        return values

    def _person(self, text: str) -> str:
        """Return the id of the one in the team whom a piece of a name tells."""
        found = self.workspace.reads.users(text)
        if len(found) != 1:
            names = ", ".join(user.name for user in found[:3])
            raise InputError(
                f"Several are called so: {names}." if found else f"Nobody is called {text}.",
                "Type another piece of the name.",
                field="owner",
            )
        return found[0].id
