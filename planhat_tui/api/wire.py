"""What Planhat answers, read with care: text of unknown size, depth and truth.

A page is split into raw records first and decoded slice by slice, so that five thousand companies
stall nobody. A record that can't be kept (see :mod:`planhat_tui.api.records`) is set aside with its
reason, and the others go on.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

import msgspec

from planhat_tui.api.records import BadRecordError, cost_of, id_in, read_record
from planhat_tui.api.splitter import BrokenListError, Splitter, TooManyError, split_list
from planhat_tui.api.translate import WEB_PAGE_ADVICE
from planhat_tui.api.words import words_of
from planhat_tui.errors import (
    NotFoundError,
    RejectedError,
    ServerError,
    StrangerError,
    TooMuchError,
    UnreadableError,
)
from planhat_tui.model.ports import SetAside, Slice
from planhat_tui.model.records import Received, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from planhat_tui.model.values import Raw

MAX_RECORDS: Final = 600_000
"""Records of one answer that is held whole; each costs 75 bytes before it is decoded, so that
64 MiB of ``1,1,1`` would cost gigabytes."""

MAX_IN_FLOW: Final = 5_000_000
"""Records of an answer that is taken as it comes: more than anybody has."""

MAX_BAD: Final = 10_000
"""Records of one answer that can't be kept, and are noted with their reasons: a list with more of
them isn't Planhat's."""

MAX_COST: Final = 256 * 1024 * 1024
"""Bytes of memory that all records of an answer may take once they are decoded: nobody has to hold
them all at once, but some do."""

_AT_ONCE: Final = 200
"""Records of a slice at most."""

_SLICE_COST: Final = 8 * 1024 * 1024
"""The same of a slice, unless it's a single record: it's decoded while all else waits."""

_AGAIN: Final = (
    "Refresh to see what Planhat has. If it stays so, check base_url and what is in between."
)
_BOM: Final = b"\xef\xbb\xbf"
_OTHER_IDS: Final = {"extid-": "externalId", "srcid-": "sourceId"}
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])

Piece = bytes | memoryview | msgspec.Raw
"""The text of one record."""


class RecordPage:
    """A list that Planhat answered. Implements :class:`planhat_tui.model.ports.Page`.

    ``taken`` records of it were given away as they came: it no longer has these. The others would
    take ``cost`` bytes of memory, by :func:`planhat_tui.api.records.cost_of`.
    """

    def __init__(self, pieces: Sequence[Piece], taken: int = 0, cost: int = 0) -> None:
        self.pieces = pieces
        self.cost = cost
        self._taken = taken

    @property
    def count(self) -> int:
        """How many records the answer held, bad ones included."""
        return len(self.pieces) + self._taken

    def slices(self, size: int = _AT_ONCE) -> Iterator[Slice]:
        """Decode the records, ``size`` at a time, or fewer that would take much memory.

        Raises :class:`ServerError` beyond :data:`MAX_BAD` that can't be kept.
        """
        bad = 0
        for number, texts in parted(self.pieces, size):
            some = _decoded(texts, number, self.count)
            bad = _bad_so_far(bad, some)
            yield some


class WholeList:
    """A list that comes in pages and is held whole: no more of it than of a single answer."""

    def __init__(self, first: RecordPage) -> None:
        self._pieces = [*first.pieces]
        self._cost = first.cost
        self._known: set[str | bytes] = set()

    @property
    def page(self) -> RecordPage:
        """All that has come, as one page."""
        return RecordPage(self._pieces, cost=self._cost)

    def goes_on_with(self, page: RecordPage) -> bool:
        """Tell whether a page begins with a record that is here: so none before it is left out."""
        first = next(_named(page.pieces), None)
        return first is not None and first[0] in self._names

    @property
    def _names(self) -> set[str | bytes]:
        self._known = self._known or {name for name, _ in _named(self._pieces)}
        return self._known

    def add(self, page: RecordPage) -> bool:
        """Take what none before it had of the next page; tell whether there is any.

        Raises :class:`ServerError` beyond :data:`MAX_RECORDS` in all, and :class:`TooMuchError`
        beyond :data:`MAX_COST`.
        """
        news = {one: piece for one, piece in _named(page.pieces) if one not in self._names}
        if not news:
            return False
        self._known |= news.keys()
        self._pieces += news.values()
        self._cost += page.cost
        if len(self._pieces) > MAX_RECORDS:
            raise _too_many(MAX_RECORDS)
        _check_cost(self._cost, MAX_COST)
        return True


def _named(pieces: Sequence[Piece]) -> Iterator[tuple[str | bytes, Piece]]:
    """Yield records with what tells them apart: their ids, or all of a record that has none."""
    for piece in pieces:
        text = bytes(piece)
        yield id_in(text) or text, piece


class ListReader:
    """Reads a list as it comes, a slice at a time, and holds no more of it than that.

    Its methods raise :class:`ServerError` for what isn't one whole list, or has more than
    :data:`MAX_IN_FLOW` records, or :data:`MAX_BAD` that can't be kept; what was given before that
    stays good.
    """

    def __init__(self) -> None:
        self.count = 0
        """How many records have come, bad ones included."""
        self._splitter = Splitter(MAX_IN_FLOW)
        self._front: bytes | None = b""
        self._bad = 0

    def feed(self, piece: bytes) -> Iterator[Slice]:
        """Take some of the text; the records that are whole by now."""
        if self._front is not None:
            self._front = (self._front + piece).removeprefix(_BOM).lstrip()
            if len(self._front) <= len(_BOM):
                return
            piece = self._begin(self._front)
        with _parting(MAX_IN_FLOW):
            pieces = self._splitter.feed(piece)
        yield from self._slices(pieces)

    def finish(self) -> Iterator[Slice]:
        """Return the last records: the text is at its end."""
        front = b"" if self._front is None else self._begin(self._front)
        with _parting(MAX_IN_FLOW):
            pieces = self._splitter.feed(front) + self._splitter.finish()
        yield from self._slices(pieces)

    def _begin(self, front: bytes) -> bytes:
        _list_text(front)
        self._front = None
        return front

    def _slices(self, pieces: Sequence[Piece]) -> Iterator[Slice]:
        before = self.count
        self.count += len(pieces)
        for number, texts in parted(pieces, _AT_ONCE):
            some = _decoded(texts, before + number, self.count)
            self._bad = _bad_so_far(self._bad, some)
            yield some


def _bad_so_far(before: int, some: Slice) -> int:
    """Count what can't be kept; raise :class:`ServerError` where nobody has so much of it."""
    bad = before + len(some.set_aside)
    if bad > MAX_BAD:
        raise ServerError(
            f"Planhat answered with a list in which more than {MAX_BAD:,} records can't be read.",
            "Check base_url: it may be the address of another service.",
        )
    return bad


def _decoded(texts: Sequence[bytes], number: int, of: int) -> Slice:
    """Decode records, of which the first is the ``number``-th ``of`` so many."""
    records: list[Received] = []
    set_aside: list[SetAside] = []
    for place, text in enumerate(texts, number):
        try:
            records.append(read_record(text))
        except BadRecordError as reason:
            set_aside.append(SetAside(place, of, id_in(text), str(reason)))
    return Slice(tuple(records), tuple(set_aside))


def parted(pieces: Sequence[Piece], size: int) -> Iterator[tuple[int, list[bytes]]]:
    """Part texts into slices of ``size`` at most, and of a bounded cost; with the first's number.

    A text that can't be kept for its cost is never decoded; so it costs no more than itself.
    """
    start, cost = 1, 0
    texts: list[bytes] = []
    for number, piece in enumerate(pieces, 1):
        text = bytes(piece)
        its_cost = cost_of(text)
        if texts and (len(texts) == size or cost + its_cost > _SLICE_COST):
            yield start, texts
            start, cost, texts = number, 0, []
        texts.append(text)
        cost += its_cost
    if texts:
        yield start, texts


def read_page(body: bytes) -> RecordPage:
    """Read a list of records; anything else is a :class:`ServerError`.

    One whose records would cost more than :data:`MAX_COST` is a :class:`TooMuchError`.
    """
    text = _list_text(body)
    cost = check_cost(text, MAX_COST)
    return RecordPage(pieces_of(text), cost=cost)


def _list_text(body: bytes) -> bytes:
    text = json_text(body)
    if text[:1] != b"[":
        raise ServerError(
            "Planhat answered something else where a list was expected.",
            "Check base_url: it may be the address of another service.",
        )
    return text


def check_cost(text: bytes, most: int) -> int:
    """Return how many bytes a text would take once decoded; if more than ``most``, raise.

    That is a :class:`TooMuchError`.
    """
    cost = cost_of(text)
    _check_cost(cost, most)
    return cost


def _check_cost(cost: int, most: int) -> None:
    if cost > most:
        raise TooMuchError(
            f"Planhat's answer would take more than {most // 1024**2} MiB of memory.",
            "Ask for less at once.",
        )


def pieces_of(text: bytes) -> Sequence[Piece]:
    """Part a JSON list into the texts of its items, without judging them.

    Raises :class:`ServerError` if it isn't one whole list, or has more than :data:`MAX_RECORDS`.
    """
    if text.count(b",") < MAX_RECORDS:  # else they are counted before each gets an object
        try:
            return _LIST.decode(text)
        except (msgspec.DecodeError, RecursionError):
            pass  # one bad record makes msgspec refuse them all: look at each
    with _parting(MAX_RECORDS):
        return split_list(text, MAX_RECORDS)


@contextlib.contextmanager
def _parting(most: int) -> Iterator[None]:
    """Turn what can be wrong with a list into a :class:`ServerError`."""
    try:
        yield
    except BrokenListError:
        raise not_json() from None
    except TooManyError:
        raise _too_many(most) from None


def _too_many(most: int) -> ServerError:
    return ServerError(
        f"Planhat answered with more than anybody has at once: {most:,} records.",
        "Check base_url: it may be the address of another service.",
    )


def read_one(body: bytes) -> Received:
    """Read the answer that is one record; anything else is a :class:`ServerError`."""
    text = json_text(body)
    try:
        return read_record(text)
    except BadRecordError as reason:
        raise UnreadableError(
            f"Planhat answered with a record that can't be read: {reason}.",
            _AGAIN,
            reason=str(reason),
        ) from None


def read_the(record_id: str, changed: Raw | None = None) -> Callable[[bytes], Received]:
    """Return what reads the answer about one record; about another it is a :class:`ServerError`.

    ``record_id`` is an ``_id``, ``extid-...`` or ``srcid-...``; ``changed`` are the fields that
    were sent, among which may be the one that an id of the latter kind names.
    """
    wanted = record_id.strip()

    def read(body: bytes) -> Received:
        record = read_one(body)
        if not _is_the(record, wanted, changed or {}):
            raise ServerError(
                "Planhat answered with another record than the one it was asked for.",
                "Something between here and Planhat may mix answers up: check base_url and proxy.",
            )
        return record

    return read


def _is_the(record: Received, wanted: str, changed: Raw) -> bool:
    for prefix, name in _OTHER_IDS.items():
        if wanted.startswith(prefix) and record.id != wanted:
            return name in changed or text_of(record.data, name) == wanted.removeprefix(prefix)
    return record.id == wanted


def read_receipt(body: bytes) -> Received:
    """Read the answer to an open call, which may tell as little as it likes.

    The open endpoint answers strangers, so an empty body, or one without ``_id``, is good. Raises
    :class:`RejectedError` if it says that nothing was done, and :class:`ServerError` for an error
    in a 200 and for what can't be read.
    """
    if _says_ok(body):
        return Received(json="{}", data={})
    receipt = _read_told(body)
    _check_told(receipt.data, "call")
    return receipt


def check_deleted(body: bytes) -> None:
    """Read the answer to a deletion, which may be empty.

    Raises :class:`NotFoundError` if it says that nothing was there to delete,
    :class:`RejectedError` if it says that it wasn't done, and :class:`ServerError` for an error in
    a 200 and for all that doesn't say that it was.
    """
    if _says_ok(body):
        return
    said = _read_told(body).data
    _check_told(said, "deletion")
    counts = [said[name] for name in ("n", "deletedCount") if name in said]
    if counts and not any(counts):
        raise NotFoundError("Planhat had nothing to delete.", "It was gone already.")
    if not all(counts) or (said and not counts and not {"ok", "_id"} & said.keys()):
        raise ServerError("Planhat's answer doesn't say whether the deletion was done.", _AGAIN)


def _says_ok(body: bytes) -> bool:
    return body.removeprefix(_BOM).strip().strip(b'"').upper() in {b"", b"OK"}


def _read_told(body: bytes) -> Received:
    """Read an object that tells how it went; anything else is a :class:`ServerError`."""
    try:
        return read_record(json_text(body), with_id=False)
    except BadRecordError:
        raise not_json() from None


def _check_told(said: Raw, noun: str) -> None:
    """Raise if an answer of 200 tells that something wasn't done, or that it failed."""
    if "ok" in said and not said["ok"]:
        raise RejectedError(f"Planhat says that the {noun} wasn't done.", _AGAIN)
    if any(said.get(name) for name in ("error", "message")):
        raise ServerError(f"Planhat's answer to the {noun} says that something failed.", _AGAIN)


def message_of(body: bytes) -> str:
    """Return what a refusal says: plain text, or words in its JSON; else empty.

    The text is as the server wrote it: whoever shows it cleans and cuts it.
    """
    if looks_like_html(body):
        return ""
    try:
        data = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body.decode("utf-8", "replace").strip()
    return words_of(data)


_PROXY: Final = "Try again; if it stays, check base_url and the proxy."


def json_text(body: bytes) -> bytes:
    """Return the JSON of a body: an object or a list; anything else is a :class:`ServerError`."""
    text = body.removeprefix(_BOM).strip()
    if not text:
        raise ServerError("Planhat answered with nothing where data was expected.", _PROXY)
    if looks_like_html(text):
        raise _html()
    if text[:1] not in b"{[":
        raise not_json()
    return text


def looks_like_html(body: bytes) -> bool:
    """Tell whether a body is a web page: no JSON and no plain refusal starts so."""
    return body.removeprefix(_BOM).lstrip()[:1] == b"<"


def not_json() -> ServerError:
    """Return the error for an answer that isn't JSON."""
    return ServerError(
        "Planhat answered with something that isn't JSON, or only with a part of it.",
        _PROXY,
    )


def _html() -> StrangerError:
    return StrangerError(
        "Planhat's address answered with a web page (HTML), not data.", WEB_PAGE_ADVICE
    )
