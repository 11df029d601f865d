"""A file's rows as a plan: new records, changed ones, those that are so already, refused ones.

Nothing is done here. A row with a mistake in one cell is refused as a whole, with the row and the
column; so is one that could be several records, or is the same record as a row before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.errors import InputError
from planhat_tui.model import plans
from planhat_tui.model.edits import COMPANY_NAME, value_at
from planhat_tui.model.records import NEW_ID_PREFIX, Kind, text_of
from planhat_tui.model.tables import cell, plain
from planhat_tui.model.text import fold, visible
from planhat_tui.model.writable import body_of_new
from planhat_tui.workspace.freshids import fresh_id
from planhat_tui.workspace.identifying import NOT_ALL_HERE, identified, several, why
from planhat_tui.workspace.tablefiles import SheetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from planhat_tui.model.columns import Match
    from planhat_tui.model.plans import Plan
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.workspace.queries import Queries
    from planhat_tui.workspace.tablefiles import Row
    from planhat_tui.workspace.valuing import Valuing

_EXTID: Final = "extid-"


class Importing:
    """Makes the plan of one file.

    ``empty_clears``: a cell that is empty empties the field; else it leaves it as it is.
    ``all_here``: what isn't in the local copy isn't at Planhat either, so it can be made.
    """

    def __init__(
        self,
        reads: Queries,
        kind: Kind,
        found: Sequence[Match],
        valuing: Valuing,
        *,
        empty_clears: bool = False,
        all_here: bool = True,
        make_id: Callable[[], str] = fresh_id,
    ) -> None:
        self._reads = reads
        self._kind = kind
        self._columns = {match.path: match.column for match in found if match.path}
        self._valuing = valuing
        self._empty_clears = empty_clears
        self._all_here = all_here
        self._make_id = make_id
        self._seen: dict[object, int] = {}

    def plan(self, rows: Iterable[Row], title: str, source: str) -> Plan:
        """Return what the rows would do; rows that change nothing are counted alone."""
        return plans.gather(self._kind, title, self._planned(rows), source=source)

    def _planned(self, rows: Iterable[Row]) -> Iterator[plans.Row]:
        for row in rows:
            try:
                yield self._row(row)
            except InputError as error:
                yield self._refused(row, error)

    def _refused(self, row: Row, *errors: InputError) -> plans.Row:
        """Return the row of one that is left alone, with all that is wrong with it."""
        name = self._text(row, "name") or self._text(row, "email")
        title = visible(f"row {row.number}: {name}" if name else f"row {row.number}")
        told = " ".join(map(self._told, errors))
        return plans.refused(self._text(row, "_id") or f"row {row.number}", title, visible(told))

    def _told(self, error: InputError) -> str:
        column = self._columns.get(error.field, "")
        return f"column {column}: {why(error)}" if column else why(error)

    def _row(self, row: Row) -> plans.Row:
        if row.fault:
            raise InputError(row.fault)
        if failed := self._failed(row):
            return self._refused(row, *failed)
        raw = self._record(row)
        values, wrong = self._values(row, raw or {})
        if wrong:
            return self._refused(row, *wrong)
        if raw is not None:
            self._once(text_of(raw, "_id"), row.number)
            self._check_loaded(raw, values)
            return plans.edited(self._kind, raw, values, name_of=self._reads.company_name)
        if not self._all_here:
            raise InputError(NOT_ALL_HERE)
        if name := self._reads.company_name(str(values.get("companyId") or "")):
            values[COMPANY_NAME] = name
        body = body_of_new(self._kind, values)
        for key in self._keys_of_new(body):
            self._once(key, row.number)
        return plans.created(self._kind, NEW_ID_PREFIX + self._make_id(), body)

    def _check_loaded(self, raw: Raw, values: Mapping[str, Json]) -> None:
        """Raise :class:`InputError` where a field is to change that isn't loaded."""
        lacks = any(value_at(raw, path) is None for path in values)
        if lacks and self._reads.names_only(self._kind, [text_of(raw, "_id")]):
            raise InputError(plans.NAME_ONLY)

    def _failed(self, row: Row) -> list[InputError]:
        """Return what is wrong with the cells that a spreadsheet couldn't work out."""
        cells = ((path, row.cells.get(column)) for path, column in self._columns.items())
        return [
            InputError(f"{text} is an error of the spreadsheet.", field=path)
            for path, text in cells
            if isinstance(text, SheetError)
        ]

    def _values(self, row: Row, raw: Raw) -> tuple[dict[str, Json], list[InputError]]:
        """Return what a row gives its record, and what is wrong with its cells."""
        values: dict[str, Json] = {}
        wrong: list[InputError] = []
        for path, column in self._columns.items():
            written = row.cells.get(column)
            if path == "_id" or (_is_empty(written) and not self._empty_clears):
                continue
            is_company = self._kind is Kind.CONTACT and path in {COMPANY_NAME, "companyId"}
            if is_company and path == COMPANY_NAME and "companyId" in self._columns:
                continue
            try:
                if is_company:
                    values["companyId"] = self._company(path, self._text(row, path), raw)
                else:
                    values[path] = self._valuing.value(path, written, value_at(raw, path))
            except InputError as error:
                wrong.append(error)
        return values, wrong

    # -- which record a row is

    def _record(self, row: Row) -> Raw | None:
        """Return the record that a row is about, ``None`` for a new one."""
        return identified(
            self._reads.keyed,
            self._kind,
            lambda path: self._text(row, path),
            lambda: self._company_of(row),
        )

    def _company_of(self, row: Row) -> str:
        """Return the id of the company that a row names; empty if it names none."""
        texts = ((path, self._text(row, path)) for path in ("companyId", COMPANY_NAME))
        return next((self._company(path, text, {}) for path, text in texts if text), "")

    def _company(self, path: str, text: str, raw: Raw) -> str:
        """Return the id of the company that a cell names: by id, ``extid-…`` or name."""
        if text and text in {text_of(raw, path), text_of(raw, "companyId")}:
            return text_of(raw, "companyId")
        by = "_id" if path == "companyId" else "name"
        if text.startswith(_EXTID):
            by, text = "externalId", text.removeprefix(_EXTID)
        found = self._reads.keyed(Kind.COMPANY, by, text)
        if len(found) > 1:
            raise several(path, text, found)
        if not found:
            raise InputError(f"There is no company {visible(text)} here.", field=path)
        return text_of(found[0], "_id")

    def _once(self, key: object, number: int) -> None:
        before = self._seen.setdefault(key, number)
        if before != number:
            raise InputError(f"It is the same record as row {before}.")

    def _keys_of_new(self, body: Mapping[str, Json]) -> Iterator[tuple[str, ...]]:
        """Give what another row can't have as well, if both are new."""
        company = text_of(body, "companyId")
        if external := text_of(body, "externalId"):
            yield ("externalId", external, company)
        if email := fold(text_of(body, "email")):
            yield ("email", email)
        if not external and not email:
            yield ("name", fold(text_of(body, "name")), company)

    def _text(self, row: Row, path: str) -> str:
        column = self._columns.get(path)
        value = row.cells.get(column) if column is not None else None
        return plain(cell(value)).strip()


def _is_empty(written: Json) -> bool:
    return written is None or (isinstance(written, str) and not written.strip())
