"""One request and its answer: under the governor, within a deadline, with a bounded body.

No httpx exception leaves this module, not even as the context of one of ours: it holds the request,
and the request holds the token.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar
from urllib.parse import urlsplit

from planhat_tui import __version__
from planhat_tui.api import translate
from planhat_tui.api.body import MAX_FLOW, BodyError, LargeBodyError, inflated, read_body
from planhat_tui.api.log import RequestLogLine
from planhat_tui.api.transport import TIMEOUTS
from planhat_tui.api.window import Told
from planhat_tui.api.wire import looks_like_html, message_of
from planhat_tui.errors import OfflineError, PlanhatTuiError, RateLimitedError, ServerError
from planhat_tui.model.limits import Lane

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    import httpx

    from planhat_tui.api.auth import Credentials
    from planhat_tui.api.governor import Governor, Turn
    from planhat_tui.api.kept import Way
    from planhat_tui.model.ports import Before

DEADLINE: Final = 60.0
"""Seconds for a whole exchange; a server that sends a byte now and then can't hold us longer."""

PATIENCE: Final = 120.0
"""Seconds after a first 429 for which the user's request goes again: a window has turned by then,
and what still refuses isn't the limit."""

T = TypeVar("T")

_STRIDE: Final = 1024 * 1024
"""Bytes, inflated, of a body that is taken as it comes, which lengthen what is left of its deadline
by the part :data:`_EARNED` of a whole one, up to a whole one: 70 kB a second at least."""
_EARNED: Final = 0.25
_MOST_DEADLINES: Final = 30
"""Deadlines, one after the other, that such a body has in all, with what is done with it: half an
hour. A list of 1,000,000 names takes some minutes."""
_REFUSAL_SECONDS: Final = 5.0
_REFUSAL_BYTES: Final = 64 * 1024
_TOO_MANY: Final = 429
_MOST_CALLS: Final = 10_000_000
"""What a header tells beyond it is no limit that anybody was given."""
_MOST_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class Ask:
    """A request in Planhat's terms.

    ``path`` starts with ``/`` and is percent-encoded. ``noun`` is the person's word for what it's
    about. ``query`` is encoded. ``open`` requests go without the token, under a limit of their own.
    ``also`` is a status beside 2xx whose body is read as an answer. ``shown`` says that a person is
    shown the answer's own words: they may repeat the token, so it's taken out. ``lists`` says that
    a list is wanted, which an edition may not have. ``before`` is called in its turn, before a
    byte leaves; what it raises is raised, and nothing is sent. ``once`` says that it tells nothing
    of what its lane will need. ``into`` takes the body of a good answer piece by piece as it comes,
    and nothing at its end; what is read then is empty. ``apart`` says that reading the answer may
    take long: it's done in another thread.
    """

    method: str
    path: str
    noun: str
    query: str = ""
    body: bytes | None = None
    open: bool = False
    also: int = 0
    shown: bool = False
    lists: bool = False
    before: Before | None = None
    once: bool = False
    into: Callable[[bytes], Awaitable[None]] | None = None
    apart: bool = False


class Answer(NamedTuple):
    """What came back: its status, and its body, inflated."""

    status: int
    body: bytes


@dataclass(slots=True)
class _Trace:
    """What the request log will say, filled in as it becomes known.

    ``probe`` says that it was to find out whether there are calls.
    """

    status: int = 0
    size: int = 0
    remaining: int | None = None
    skew: float | None = None
    probe: bool = False


class Exchange:
    """Sends requests to one base URL as one person. Everything comes in as an argument."""

    def __init__(
        self,
        *,
        base_url: str,
        credentials: Credentials,
        transport: Way,
        governor: Governor,
        open_governor: Governor,
        clock: Callable[[], float],
        wall: Callable[[], float],
        log: Callable[[RequestLogLine], None] | None,
        deadline: float,
        patience: float,
    ) -> None:
        self._base_url = base_url
        self._host = urlsplit(base_url).hostname or base_url
        self._credentials = credentials
        self._transport = transport
        self._governor = governor
        self._open_governor = open_governor
        self._clock, self._wall = clock, wall
        self._log = log
        self._deadline, self._patience = deadline, patience
        self.skew: float | None = None
        """Seconds by which the server's clock is ahead, as told last; ``None`` if it never was."""

    async def send(self, ask: Ask, lane: Lane, read: Callable[[bytes], T]) -> T:
        """Send a request when the limit allows it; return the body of a 2xx answer, ``read``.

        Raises the errors of :mod:`planhat_tui.errors` for everything else.
        """
        return await self.answer(ask, lane, lambda answer: read(answer.body))

    async def answer(self, ask: Ask, lane: Lane, read: Callable[[Answer], T]) -> T:
        """Do the same where the status counts too.

        What the user waits for goes again after a 429, in its turn: nothing was done, and whoever
        asks first after a reset that came late isn't to blame. So does what was to find out
        whether there are calls, for whomever. What was prepared ``before`` its turn doesn't, but
        for the user's reads: whoever prepared it looks at it anew.
        """
        patient_until = None
        while True:
            trace = _Trace()
            try:
                again = ask.once or patient_until is not None
                return await self._answered(ask, lane, read, trace, again=again)
            except RateLimitedError:
                now = self._clock()
                patient_until = now + self._patience if patient_until is None else patient_until
                prepared = ask.before is not None
                writes = ask.method != "GET"
                stays = prepared and writes if lane is Lane.USER else prepared or not trace.probe
                if stays or now >= patient_until:
                    raise

    async def _answered(
        self, ask: Ask, lane: Lane, read: Callable[[Answer], T], trace: _Trace, *, again: bool
    ) -> T:
        governor = self._open_governor if ask.open else self._governor
        async with governor.turn(lane, again=again, before=ask.before) as turn:
            trace.probe, began = turn.ticket.probe, self._clock()
            error = ""
            try:
                ended = await self._ended(ask, turn, trace, read)
                if isinstance(ended, PlanhatTuiError):
                    error = type(ended).__name__
                    raise ended
                return ended
            finally:
                self._note(ask, trace, self._clock() - began, error)

    async def close(self) -> None:
        """Let nobody go any more, and give the connections back."""
        self._governor.close()
        self._open_governor.close()
        await self._transport.aclose()

    def refusal(self, ask: Ask, answer: Answer) -> PlanhatTuiError:
        """Return the error for an answer that was asked for beside 2xx and tells nothing else."""
        body = answer.body if len(answer.body) <= _REFUSAL_BYTES else b""
        refusal = translate.Refusal(answer.status, message_of(body), "", "", self._wall())
        return translate.status_error(self._subject(ask), refusal)

    def _note(self, ask: Ask, trace: _Trace, seconds: float, error: str) -> None:
        if self._log is None:
            return
        free = trace.status == _TOO_MANY or error == OfflineError.__name__
        self._log(
            RequestLogLine(
                method=ask.method,
                path=self._credentials.scrub(ask.path),
                status=trace.status,
                ms=seconds * 1000,
                bytes=trace.size,
                cost=0 if free else 1,
                remaining=trace.remaining,
                error=error,
                query=self._credentials.scrub(ask.query),
                open=ask.open,
                skew=trace.skew,
            )
        )

    def _subject(self, ask: Ask) -> translate.Subject:
        writes = ask.method != "GET"
        return translate.Subject(
            ask.noun, writes, self._host, ask.open, lists=ask.lists, shown=ask.shown
        )

    async def _ended(
        self, ask: Ask, turn: Turn, trace: _Trace, read: Callable[[Answer], T]
    ) -> T | PlanhatTuiError:
        """Return what was read, or the error, with nothing hanging on it.

        A traceback would keep the body alive, 64 MiB of it, and show what it says.
        """
        try:
            outcome = await self._outcome(ask, turn, trace)
        except PlanhatTuiError as met:  # by whoever takes the body as it comes
            return met.with_traceback(None)
        if isinstance(outcome, PlanhatTuiError):
            return outcome.with_traceback(None)
        try:
            return await asyncio.to_thread(read, outcome) if ask.apart else read(outcome)
        except PlanhatTuiError as refused:
            refused.__context__ = None
            if isinstance(refused, ServerError):
                refused = translate.doubted(self._subject(ask), refused)
            return refused.with_traceback(None)

    async def _outcome(self, ask: Ask, turn: Turn, trace: _Trace) -> Answer | PlanhatTuiError:
        """Return the answer, or the error: returned, so that it has no context when it's raised."""
        import httpx

        subject = self._subject(ask)
        try:
            async with asyncio.timeout(self._deadline) as deadline:
                return await self._exchanged(ask, turn, trace, deadline)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as why:
            return translate.not_reached(subject, why)
        except (httpx.ProxyError, httpx.UnsupportedProtocol):
            return translate.proxy_refused(subject)
        except (TimeoutError, httpx.TimeoutException):
            return translate.too_slow(subject)
        except BodyError as why:
            tell = translate.too_large if isinstance(why, LargeBodyError) else translate.unreadable
            return tell(subject, str(why), trace.status)
        except (httpx.HTTPError, httpx.StreamError, OSError):
            return translate.answer_lost(subject, "the answer was lost")

    async def _exchanged(
        self, ask: Ask, turn: Turn, trace: _Trace, deadline: asyncio.Timeout
    ) -> Answer | PlanhatTuiError:
        response = await self._transport.handle_async_request(self._request(ask))
        try:
            told = read_told(response.status_code, response.headers, self._wall())
            trace.status, trace.remaining = told.status, told.remaining
            trace.skew = translate.skew(response.headers.get("date", ""), self._wall())
            self.skew = self.skew if trace.skew is None else trace.skew
            turn.answered(told)
            if not 200 <= told.status < 300 and told.status != ask.also:
                return await self._refused(response, self._subject(ask))
            if ask.into is not None:
                trace.size = await self._flow(response, ask.into, deadline)
                return Answer(told.status, b"")
            body = await self._body(response, certain=told.status == ask.also)
            trace.size = len(body)
            return Answer(
                told.status, await self._credentials.scrub_body(body) if ask.shown else body
            )
        finally:
            await response.aclose()

    async def _body(self, response: httpx.Response, *, certain: bool) -> bytes:
        """Read a body; a ``certain`` refusal stays one though its words can't be read."""
        import httpx

        try:
            encoding = response.headers.get("content-encoding", "")
            return await read_body(response.aiter_raw(), encoding)
        except (BodyError, httpx.HTTPError, httpx.StreamError, OSError):
            if not certain:
                raise
            return b""

    async def _flow(
        self,
        response: httpx.Response,
        into: Callable[[bytes], Awaitable[None]],
        deadline: asyncio.Timeout,
    ) -> int:
        """Hand a body over as it comes, inflated; its size in bytes.

        It must come at a least rate, for which what is done with it doesn't count, and end in time,
        for which that counts: whoever takes it isn't disturbed, but gets no more.
        """
        now = asyncio.get_running_loop().time
        ends = now() + _MOST_DEADLINES * self._deadline
        encoding = response.headers.get("content-encoding", "")
        size = 0
        async with aclosing(inflated(response.aiter_raw(), encoding, MAX_FLOW)) as pieces:
            async for piece in pieces:
                left = (deadline.when() or now()) - now()
                deadline.reschedule(None)
                await into(piece)
                size += len(piece)
                earned = len(piece) / _STRIDE * _EARNED * self._deadline
                if now() >= ends:
                    raise TimeoutError
                deadline.reschedule(min(ends, now() + min(self._deadline, left + earned)))
        deadline.reschedule(None)
        await into(b"")
        return size

    async def _refused(
        self, response: httpx.Response, subject: translate.Subject
    ) -> PlanhatTuiError:
        headers = response.headers
        body = await _read_refusal(response)
        refusal = translate.Refusal(
            status=response.status_code,
            said=self._credentials.scrub(message_of(body)),
            location=self._credentials.scrub(headers.get("location", "")),
            retry_after=headers.get("retry-after", ""),
            now=translate.server_time(headers.get("date", ""), self._wall()),
            web_page=looks_like_html(body),
        )
        return translate.status_error(subject, refusal)

    def _request(self, ask: Ask) -> httpx.Request:
        import httpx

        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": f"planhat-tui/{__version__}",
        }
        if ask.body is not None:
            headers["Content-Type"] = "application/json"
        if not ask.open:
            headers["Authorization"] = self._credentials.header
        return httpx.Request(
            ask.method,
            f"{self._base_url}{ask.path}{'?' if ask.query else ''}{ask.query}",
            headers=headers,
            content=ask.body,
            extensions={"timeout": TIMEOUTS},
        )


def read_told(status: int, headers: Mapping[str, str], wall: float) -> Told:
    """Read the limit's headers; what makes no sense counts as missing."""
    now = translate.server_time(headers.get("date", ""), wall)
    return Told(
        status=status,
        limit=_number(headers.get("x-rate-limit-limit", "")) or None,
        remaining=_number(headers.get("x-rate-limit-remaining", "")),
        retry_after=translate.retry_after(headers.get("retry-after", ""), now),
    )


def _number(text: str) -> int | None:
    digits = text.strip()
    if not digits.isascii() or not digits.isdecimal() or len(digits) > _MOST_DIGITS:
        return None
    number = int(digits)
    return number if number <= _MOST_CALLS else None


async def _read_refusal(response: httpx.Response) -> bytes:
    """Return a refusal's body, as far as it can be had: its status counts, not its words."""
    import httpx

    try:
        async with asyncio.timeout(_REFUSAL_SECONDS):
            encoding = response.headers.get("content-encoding", "")
            return await read_body(response.aiter_raw(), encoding, _REFUSAL_BYTES)
    except (TimeoutError, BodyError, httpx.HTTPError, httpx.StreamError, OSError):
        return b""
