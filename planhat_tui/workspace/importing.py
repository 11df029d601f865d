"""A file's rows as a plan: new records, changed ones, those that are so already, refused ones.

Nothing is done here. A row with a mistake in one cell is refused as a whole, with the row and the
column; so is one that could be several records, or is the same record as a row before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planhat_tui.errors import AmbiguousError, InputError
from planhat_tui.model import plans
from planhat_tui.model.columns import KEYS
from planhat_tui.model.edits import value_at
from planhat_tui.model.records import NEW_ID_PREFIX, Kind, text_of
from planhat_tui.model.tables import cell, plain
from planhat_tui.model.text import fold, visible
from planhat_tui.model.writable import COMPANY_NAME, body_of_new
from planhat_tui.workspace.freshids import fresh_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from planhat_tui.model.columns import Match
    from planhat_tui.model.plans import Plan
    from planhat_tui.model.values import Json, Raw
    from planhat_tui.workspace.queries import Queries
    from planhat_tui.workspace.tablefiles import Row
    from planhat_tui.workspace.valuing import Valuing

_NAMED: Final = 5
"""Candidates that are named where a row could be several records."""

NOT_ALL_HERE: Final = "It isn't here, but not all is loaded yet: planhat-tui sync, then again."

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

    def _refused(self, row: Row, error: InputError) -> plans.Row:
        name = self._text(row, "name") or self._text(row, "email")
        title = visible(f"row {row.number}: {name}" if name else f"row {row.number}")
        column = self._columns.get(error.field, "")
        why = f"column {column}: {error.message}" if column else error.message
        if isinstance(error, AmbiguousError):
            some = ", ".join(f"{name} {one}" for one, name in error.candidates[:_NAMED])
            why = f"{why} {some}."
        return plans.refused(self._text(row, "_id") or f"row {row.number}", title, visible(why))

    def _row(self, row: Row) -> plans.Row:
        if row.fault:
            raise InputError(row.fault)
        raw = self._record(row)
        values = dict(self._values(row, raw or {}))
        if raw is not None:
            self._once(text_of(raw, "_id"), row.number)
            return plans.edited(self._kind, raw, values)
        if not self._all_here:
            raise InputError(NOT_ALL_HERE)
        body = body_of_new(self._kind, values)
        for key in self._keys_of_new(body):
            self._once(key, row.number)
        return plans.created(self._kind, NEW_ID_PREFIX + self._make_id(), body)

    def _values(self, row: Row, raw: Raw) -> Iterator[tuple[str, Json]]:
        for path, column in self._columns.items():
            written = row.cells.get(column)
            if path == "_id" or (_is_empty(written) and not self._empty_clears):
                continue
            if path == COMPANY_NAME and self._kind is Kind.CONTACT:
                if "companyId" not in self._columns:
                    yield "companyId", self._company(COMPANY_NAME, self._text(row, path), raw)
                continue
            if path == "companyId" and self._kind is Kind.CONTACT:
                yield path, self._company(path, self._text(row, path), raw)
                continue
            yield path, self._valuing.value(path, written, value_at(raw, path))

    # -- which record a row is

    def _record(self, row: Row) -> Raw | None:
        """Return the record that a row is about, ``None`` for a new one."""
        surer: dict[str, str] = {}
        for path in KEYS[self._kind]:
            text = self._text(row, path)
            if not text:
                continue
            found = [
                one
                for one in self._reads.keyed(self._kind, path, text)
                if not any(_differs(one, key, given) for key, given in surer.items())
                and (path != "externalId" or text_of(one, path) == text)
            ]
            if path == "name" and self._kind is Kind.CONTACT:
                found = self._at_its_company(row, found)
            if len(found) > 1:
                raise self._ambiguous(path, text, found)
            if found:
                return found[0]
            if path == "_id":
                raise InputError(f"There is no {self._kind} {text} here.", field=path)
            surer[path] = text
        return None

    def _at_its_company(self, row: Row, found: list[dict[str, Json]]) -> list[dict[str, Json]]:
        """Return those who are at the company that the row names; all if it names none."""
        for path in ("companyId", COMPANY_NAME):
            text = self._text(row, path)
            if text:
                company = self._company(path, text, {})
                return [one for one in found if one.get("companyId") == company]
        return found

    def _company(self, path: str, text: str, raw: Raw) -> str:
        """Return the id of the company that a cell names: by id, ``extid-…`` or name."""
        if text and text in {text_of(raw, path), text_of(raw, "companyId")}:
            return text_of(raw, "companyId")
        by = "_id" if path == "companyId" else "name"
        if text.startswith(_EXTID):
            by, text = "externalId", text.removeprefix(_EXTID)
        found = self._reads.keyed(Kind.COMPANY, by, text)
        if len(found) > 1:
            raise self._ambiguous(path, text, found)
        if not found:
            raise InputError(f"There is no company {visible(text)} here.", field=path)
        return text_of(found[0], "_id")

    def _ambiguous(self, path: str, text: str, found: Sequence[Raw]) -> AmbiguousError:
        names = tuple((text_of(one, "_id"), text_of(one, "name")) for one in found)
        error = AmbiguousError(f"{len(found)} records are {visible(text)}:", names)
        error.field = path
        return error

    def _once(self, key: object, number: int) -> None:
        before = self._seen.setdefault(key, number)
        if before != number:
            raise InputError(f"It is the same record as row {before}.")

    def _keys_of_new(self, body: Mapping[str, Json]) -> Iterator[tuple[str, ...]]:
        """Give what another row can't have as well, if both are new."""
        if external := text_of(body, "externalId"):
            yield ("externalId", external)
        if email := fold(text_of(body, "email")):
            yield ("email", email)
        if not external and not email:
            yield ("name", fold(text_of(body, "name")), text_of(body, "companyId"))

    def _text(self, row: Row, path: str) -> str:
        column = self._columns.get(path)
        value = row.cells.get(column) if column is not None else None
        return plain(cell(value)).strip()


def _is_empty(written: Json) -> bool:
    return written is None or (isinstance(written, str) and not written.strip())


def _differs(raw: Raw, path: str, text: str) -> bool:
    """Tell whether a record has another value where a row has that: then it's another one."""
    own = text_of(raw, path)
    return bool(own) and (own != text if path == "externalId" else fold(own) != fold(text))
