"""The shapes of requests: a record, a list, a change, a bulk change, a deletion, a typed one."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from planhat_tui.api import bulk, wire
from planhat_tui.api.address import checked_id, path_of, typed_path
from planhat_tui.api.exchange import Answer, Ask, Exchange
from planhat_tui.api.raw import read_raw
from planhat_tui.errors import InputError
from planhat_tui.model.raw import METHODS, RawAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planhat_tui.api.address import Query
    from planhat_tui.model.bulk import BulkAnswer
    from planhat_tui.model.limits import Lane
    from planhat_tui.model.ports import Before, Take
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json, Raw

MAX_BYTES: Final = 32_000_000
"""Bytes of a body that Planhat takes (observed)."""
_OPEN: Final = re.compile(r"/[^/]+/calls/?")
"""The one open endpoint, of any tenant: it takes no token, and has a limit of its own."""


class Requests:
    """Sends requests of each shape, and reads what comes back."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def one(
        self,
        path: str,
        noun: str,
        lane: Lane,
        *,
        once: bool = False,
        before: Before | None = None,
    ) -> Received:
        """Read the one record that a path has."""
        ask = Ask("GET", path, noun, once=once, before=before)
        return await self._exchange.send(ask, lane, wire.read_one)

    async def the(
        self,
        collection: str,
        record_id: str,
        noun: str,
        lane: Lane,
        before: Before | None = None,
    ) -> Received:
        """Read one record by its id; an answer about another is a :class:`ServerError`."""
        ask = Ask("GET", path_of(collection, record_id), noun, before=before)
        return await self._exchange.send(ask, lane, wire.read_the(record_id))

    async def page(
        self,
        path: str,
        noun: str,
        lane: Lane,
        query: Query,
        *,
        once: bool = False,
        before: Before | None = None,
        take: Take | None = None,
    ) -> wire.RecordPage:
        """Read a list; ``take`` gets its records as they come, however many there are.

        After each slice others get their turn, whatever is done with it.
        """
        asked = urlencode(query, quote_via=quote)
        if take is None:
            ask = Ask("GET", path, noun, asked, lists=True, once=once, before=before)
            return await self._exchange.send(ask, lane, wire.read_page)
        reader = wire.ListReader()

        async def into(piece: bytes) -> None:
            for some in reader.feed(piece) if piece else reader.finish():
                await take(some)
                await asyncio.sleep(0)

        ask = Ask("GET", path, noun, asked, lists=True, once=once, before=before, into=into)
        return await self._exchange.send(
            ask, lane, lambda _: wire.RecordPage((), taken=reader.count)
        )

    async def create(
        self,
        path: str,
        noun: str,
        body: Mapping[str, Json],
        lane: Lane,
        before: Before | None = None,
    ) -> Received:
        """Make a record; the answer is what Planhat made of it."""
        ask = Ask("POST", path, noun, body=encoded(dict(body)), before=before)
        return await self._exchange.send(ask, lane, wire.read_one)

    async def update(  # noqa: PLR0917 -- as the others, and the record's two names
        self,
        collection: str,
        record_id: str,
        noun: str,
        body: Mapping[str, Json],
        lane: Lane,
        before: Before | None = None,
    ) -> Received:
        """Change one record by its id: the fields that are sent change."""
        path = path_of(collection, record_id)
        ask = Ask("PUT", path, noun, body=encoded(dict(body)), before=before)
        return await self._exchange.send(ask, lane, wire.read_the(record_id, changed=body))

    async def upsert(
        self,
        path: str,
        noun: str,
        rows: Sequence[Raw],
        lane: Lane,
        before: Before | None = None,
    ) -> BulkAnswer:
        """Send many records at once; what became of each."""
        bulk.check_rows(rows)
        body = encoded([dict(row) for row in rows])
        refused = bulk.ALL_REFUSED
        ask = Ask("PUT", path, noun, body=body, also=refused, shown=True, before=before, apart=True)

        def read(answer: Answer) -> BulkAnswer:
            told = bulk.read_answer(rows, *answer)
            if told is None:
                raise self._exchange.refusal(ask, answer)
            return told

        return await self._exchange.answer(ask, lane, read)

    async def delete(self, path: str, noun: str, lane: Lane, before: Before | None = None) -> None:
        """Delete what a path has."""
        ask = Ask("DELETE", path, noun, before=before)
        await self._exchange.send(ask, lane, wire.check_deleted)

    async def open_write(  # noqa: PLR0917 -- likewise
        self,
        tenant: str,
        collection: str,
        noun: str,
        body: Mapping[str, Json],
        lane: Lane,
        before: Before | None = None,
    ) -> Received:
        """Send a body to a tenant's open endpoint, without the token."""
        path = f"/{quote(checked_id(tenant), safe='')}/{collection}"
        ask = Ask(
            "POST", path, noun, body=encoded(dict(body)), open=True, shown=True, before=before
        )
        return await self._exchange.send(ask, lane, wire.read_receipt)

    async def raw(self, method: str, path: str, body: Json, lane: Lane) -> RawAnswer:
        """Send what a person typed. Raises :class:`InputError` for no method and no path."""
        if method not in METHODS:
            raise InputError(f"{method} is no method.", f"There are: {', '.join(METHODS)}.")
        address, _, query = typed_path(path).partition("?")
        sent = None if body is None else encoded(body)
        is_open = method == "POST" and _OPEN.fullmatch(address) is not None
        ask = Ask(method, address, "request", query, sent, open=is_open, shown=True)
        return await self._exchange.answer(ask, lane, lambda answer: read_raw(*answer))


def encoded(body: Json | list[dict[str, Json]]) -> bytes:
    """Return JSON as bytes. Raises :class:`InputError` for what JSON can't say, or too much."""
    try:
        text = json.dumps(body, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        sent = text.encode("utf-8")
    except (ValueError, RecursionError):  # UnicodeEncodeError is a ValueError
        raise InputError(
            "The values hold something that JSON can't say: an endless number or half a letter.",
            "Type them again.",
        ) from None
    if len(sent) > MAX_BYTES:
        raise InputError(
            f"That is more than Planhat takes at once: {MAX_BYTES // 1_000_000} MB.",
            "Send it in several parts.",
        )
    return sent
