"""Copying into the terminal's clipboard: names, one field picked by a piece of its name, rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.model import fields
from planhat_tui.model.records import Company, Contact, Kind, map_of, text_of
from planhat_tui.model.tables import as_json, columns_of, of_records, tsv_lines
from planhat_tui.model.text import visible
from planhat_tui.tui.presentation.values import copied_text, field_text
from planhat_tui.tui.screens.pick import Pick
from planhat_tui.tui.widgets.picker import Choice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planhat_tui.model.values import Raw
    from planhat_tui.tui.screens.explorer import Explorer


class Copying:
    """What one explorer copies."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer

    def names(self, kind: Kind, ids: Sequence[str]) -> None:
        """Copy what records are called, each on a line of its own."""
        reads = self._explorer.workspace.reads
        self._explorer.ask("names", lambda: reads.raws(kind, ids), lambda r: self._names(kind, r))

    def _names(self, kind: Kind, raws: Sequence[Raw]) -> None:
        names = [_called(kind, raw) for raw in raws]
        told = f"{len(names):,} names" if len(names) > 1 else ""
        self._explorer.copy("\n".join(names), told)

    def field(self, kind: Kind, ids: Sequence[str]) -> None:
        """Pick a field of some records, or their rows, and copy that: a line for each record."""
        reads = self._explorer.workspace.reads
        self._explorer.ask(
            "fields to copy",
            lambda: reads.raws(kind, ids),
            lambda raws: self.pick(kind, raws),
            opens=True,
        )

    def pick(self, kind: Kind, raws: Sequence[Raw]) -> None:
        """Pick what is copied of records; calls have no rows for a sheet."""
        if not raws:
            self._explorer.say(f"That {kind} is no longer here.  {{refresh}} reads the list again")
            return
        values = [filled(kind, raw, self._explorer.users) for raw in raws]
        labels = {path: label for one in values for path, (label, _) in one.items()}
        notes = {path: text for path, (_, text) in values[0].items()} if len(raws) == 1 else {}
        known = [Choice(path, label, notes.get(path, "")) for path, label in labels.items()]
        row = Choice(_AS_ROWS, "Row" if len(raws) == 1 else "Rows", "as in the list, for a sheet")
        rows = [row] if kind is not Kind.CALL else []
        rows.append(Choice(_AS_JSON, "JSON", "whole, as the API has it"))
        whose = _called(kind, raws[0]) if len(raws) == 1 else f"{len(raws):,} records"
        choices = [*known, *rows] if len(raws) == 1 else [*rows, *known]
        sheet = Pick(f"Copy a field of {whose}", choices, hint="a piece of it")

        def picked(choice: Choice | None) -> None:
            if choice is not None:
                plain = len(raws) == 1 and choice in known
                told = notes[choice.value] if plain else f"{choice.label} of {whose}"
                self._explorer.copy(self._text(kind, raws, values, choice.value), told)

        self._explorer.app.push_screen(sheet, picked)

    def _text(
        self,
        kind: Kind,
        raws: Sequence[Raw],
        values: Sequence[Mapping[str, tuple[str, str]]],
        wanted: str,
    ) -> str:
        if wanted == _AS_JSON:
            return as_json(raws[0] if len(raws) == 1 else list(raws), indent=2)
        if wanted == _AS_ROWS:
            explorer = self._explorer
            rows = explorer.contacts.rows if kind is Kind.CONTACT else explorer.companies.rows
            paths = columns_of(kind, of_records(column.key for column in rows.columns), ())
            return "\n".join(tsv_lines(kind, paths, raws, explorer.users))
        if len(raws) == 1:
            return copied_text(values[0][wanted][1], fields.value_at(raws[0], wanted))
        return "\n".join(one[wanted][1] if wanted in one else "" for one in values)


_AS_ROWS: Final = "rows"
_AS_JSON: Final = "json"
"""What can be copied beside fields; no path of a field is called so."""


def filled(kind: Kind, raw: Raw, users: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return label and text of the fields that a record has, by their paths."""
    named = {one.name: one.label for one in fields.FIELDS[kind]}
    named |= {fields.custom_path(key): visible(key) for key in map_of(raw, "custom")}
    found = {
        path: (label, field_text(kind, path, fields.value_at(raw, path), users))
        for path, label in named.items()
        if fields.value_at(raw, path) not in (None, "", [])
    }
    return {"_id": ("Id", str(raw.get("_id", ""))), **found}


def _called(kind: Kind, raw: Raw) -> str:
    if kind is Kind.CONTACT:
        return visible(Contact.from_raw(raw).title)
    if kind is Kind.CALL:
        return f"the call to {visible(text_of(raw, 'nr'))}"
    return visible(Company.from_raw(raw).name)
