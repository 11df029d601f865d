"""Bulk upserts: the list that is sent, and its answer taken apart row by row.

Observed: 200 where all rows were taken, 206 where some failed, 400 where all did. The answer names
rows by their keys, and those that were neither made nor changed often not at all: what can't be
told for certain is unknown, never guessed.

An answer may repeat each row that was refused, so it may be as large as any that is held whole. Its
lists are decoded entry by entry, and none is kept; with thousands of rows that isn't for a thread
on which others wait.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from planhat_tui.api.records import BadRecordError, read_value
from planhat_tui.api.wire import pieces_of
from planhat_tui.api.words import words_of
from planhat_tui.errors import InputError, ServerError
from planhat_tui.model.bulk import (
    KEYS,
    MAX_ROWS,
    BulkAnswer,
    BulkRow,
    Key,
    RowOutcome,
    keys_of,
)
from planhat_tui.model.records import text_of
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planhat_tui.api.wire import Piece
    from planhat_tui.model.values import Json, Raw

ALL_REFUSED: Final = 400
"""The status of an answer that takes no row and still tells why of each."""

MAX_REASON: Final = 200
"""Letters of a server's reason that are kept."""

_INSIDE: Final = ("item", "keys", "key", "data", "object", "doc", "row", "record")
_ERRORS: Final = ("createdErrors", "updatedErrors", "permissionErrors")
_MOST_DIGITS: Final = 9
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_COUNTS: Final = {
    RowOutcome.UNCHANGED: "nonupdates",
    RowOutcome.UPDATED: "updated",
    RowOutcome.CREATED: "created",
}


def check_rows(rows: Sequence[Raw]) -> None:
    """Refuse what can't be sent as one list, before anything is. Raises :class:`InputError`.

    Every row needs a key of its own, because its outcome is told by nothing else.
    """
    if not 0 < len(rows) <= MAX_ROWS:
        raise InputError(
            f"A bulk change has 1 to {MAX_ROWS} records; these are {len(rows)}.",
            "Send them in several parts.",
        )
    seen: dict[Key, int] = {}
    for number, row in enumerate(rows, 1):
        keys = keys_of(row)
        if not keys:
            raise InputError(
                f"Record {number} has none of {', '.join(KEYS)}.",
                "Give it an externalId of your own: its outcome couldn't be told without.",
            )
        for key in keys:
            if key in seen:
                raise InputError(
                    f"Records {seen[key]} and {number} have the same {key.field}.",
                    "Put them together: one of the two would be lost.",
                )
            seen[key] = number


def read_answer(rows: Sequence[Raw], status: int, body: bytes) -> BulkAnswer | None:
    """Return what became of each row; ``None`` for a 400 that tells nothing of rows.

    Raises :class:`ServerError` where a taken list is answered with something else.
    """
    said = _said(body.strip())
    if "created" not in said and "updated" not in said:
        if status == ALL_REFUSED:
            return None
        raise ServerError(
            "Planhat's answer to the bulk change can't be read: what became of it isn't known.",
            "Refresh and look at the records before you send them again.",
        )
    return _Reading(rows, said, all_refused=status == ALL_REFUSED).answer()


def _said(text: bytes) -> dict[str, bytes]:
    """Return what an answer says under each name, not decoded; nothing if it says one twice."""
    try:
        said = {name: bytes(value) for name, value in _OBJECT.decode(text).items()}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    colons = sum(1 + name.count(":") + value.count(b":") for name, value in said.items())
    return said if text.count(b":") == colons else {}  # the decoder keeps the last without a word


class _Reading:
    """Finds each row in an answer."""

    def __init__(self, rows: Sequence[Raw], said: dict[str, bytes], *, all_refused: bool) -> None:
        self._keys = [keys_of(row) for row in rows]
        self._places = {key: place for place, keys in enumerate(self._keys) for key in keys}
        self._said = said
        self._all_refused = all_refused
        self._found: dict[int, BulkRow] = {}
        self._loose: list[str] = []

    def answer(self) -> BulkAnswer:
        """Return the outcomes in the order of the rows."""
        for entry in (entry for name in _ERRORS for entry in _read(self._list(name))):
            self._refuse(entry)
        for entry in _read(self._list("insertsKeys")):
            self._take(entry, RowOutcome.CREATED)
        changed = {one for one in _read(self._list("modified")) if one and isinstance(one, str)}
        updates = self._list("updatesKeys")
        for entry in _read(updates):
            self._take(entry, self._updated(entry, changed, len(updates)))
        for entry in changed:
            self._take(entry, RowOutcome.UPDATED)
        left = [place for place in range(len(self._keys)) if place not in self._found]
        outcome, reason = self._of_the_rest(len(left))
        for place in left:
            self._put(place, outcome, "", reason)
        return BulkAnswer(tuple(self._found[place] for place in range(len(self._keys))))

    def _refuse(self, entry: Json) -> None:
        place = self._place(entry)
        if place is None:
            self._loose.append(_reason(entry))
        else:
            self._put(place, RowOutcome.REFUSED, "", _reason(entry))

    def _take(self, entry: Json, outcome: RowOutcome) -> None:
        place = self._place(entry)
        if place is not None and place not in self._found:
            self._put(place, outcome, _id_of(entry) or self._own_id(place))

    def _updated(self, entry: Json, changed: set[str], of: int) -> RowOutcome:
        """Tell a row that was changed from one, ``of`` so many, that was found as it should be."""
        updated, unchanged = self._count("updated"), self._count("nonupdates")
        if changed:
            return RowOutcome.UPDATED if _id_of(entry) in changed else RowOutcome.UNCHANGED
        if not unchanged or of == updated:
            return RowOutcome.UPDATED
        return RowOutcome.UNKNOWN if updated else RowOutcome.UNCHANGED

    def _of_the_rest(self, left: int) -> tuple[RowOutcome, str]:
        """Tell what became of the rows that the answer doesn't name, if its numbers say it."""
        if self._all_refused or (left and left == len(self._loose)):
            told = "; ".join(dict.fromkeys(filter(None, self._loose)))
            return RowOutcome.REFUSED, told[:MAX_REASON]
        named = Counter(row.outcome for row in self._found.values())
        untold = {
            outcome: number
            for outcome, name in _COUNTS.items()
            if (number := self._count(name) - named[outcome])
        }
        if not self._loose and list(untold.values()) == [left]:
            return next(iter(untold)), ""
        return RowOutcome.UNKNOWN, "Planhat's answer doesn't tell."

    def _place(self, entry: Json) -> int | None:
        return next((self._places[key] for key in _keys(entry) if key in self._places), None)

    def _put(self, place: int, outcome: RowOutcome, record_id: str, reason: str = "") -> None:
        self._found[place] = BulkRow(self._keys[place][0], outcome, record_id, reason)

    def _own_id(self, place: int) -> str:
        return next((key.value for key in self._keys[place] if key.field == "_id"), "")

    def _list(self, name: str) -> Sequence[Piece]:
        """Return the texts of a list's entries: none of one with more than anybody sends."""
        text = self._said.get(name, b"").strip()
        with contextlib.suppress(ServerError):
            return pieces_of(text) if text.startswith(b"[") else ()
        return ()

    def _count(self, name: str) -> int:
        text = self._said.get(name, b"").strip()
        return int(text) if text.isdigit() and len(text) <= _MOST_DIGITS else 0


def _read(pieces: Sequence[Piece]) -> Iterator[Json]:
    """Decode one entry after the other; what can't be read of them names no row."""
    for piece in pieces:
        try:
            yield read_value(bytes(piece))
        except BadRecordError:
            yield None


def _keys(entry: Json) -> Iterator[Key]:
    """Return the keys that an entry of the answer may mean: an object's, or a bare value's."""
    if isinstance(entry, str):
        yield from (Key(field, entry) for field in KEYS)
    elif isinstance(entry, dict):
        yield from keys_of(entry)
        for name in _INSIDE:
            inner = entry.get(name)
            if isinstance(inner, dict):
                yield from keys_of(inner)


def _id_of(entry: Json) -> str:
    if isinstance(entry, dict):
        return text_of(entry, "_id")
    return entry if isinstance(entry, str) else ""


def _reason(entry: Json) -> str:
    """Return why a row was refused, in the server's words, cleaned and cut."""
    return visible(words_of(entry)[: 2 * MAX_REASON]).strip()[:MAX_REASON]
