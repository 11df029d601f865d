"""Statuses and httpx's exceptions, turned into the one family of errors, in words.

No text of an exception of httpx's goes into a message: it may quote a header. What a server wrote
is scrubbed of the token, made visible and cut. API reference 2016, "Errors".
"""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from planhat_tui.errors import (
    ForbiddenError,
    NotFoundError,
    OfflineError,
    RateLimitedError,
    RejectedError,
    ServerError,
    StrangerError,
    TokenError,
    TooMuchError,
    UnknownOutcomeError,
)
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from planhat_tui.errors import PlanhatTuiError

MAX_SAID: Final = 200
"""Letters of a server's own message that are shown."""

MAX_RETRY_AFTER: Final = 600.0
"""Seconds. A server may ask for more; nobody waits for longer without looking again."""

WEB_PAGE_ADVICE: Final = (
    "Something stands between here and Planhat (a proxy, a sign-in page), "
    "or base_url isn't Planhat's: check both."
)
"""What to do when HTML came where data was expected."""

_SECONDS: Final = re.compile(r"\d+(\.\d+)?", re.ASCII)
_TIMED_OUT: Final = {408, 504}
"""Statuses by which a server, or what is in between, says that it took too long."""
_REGIONS: Final = (
    "Check the token, and base_url: a token works in its own region only (api, api-eu, api-us2, "
    "api-eu2 or api-eu3 under planhat.com; api.planhatdemo.com for demo tenants)."
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a request was about, for the words of an error.

    ``noun`` is a person's word (``company``); ``writes`` tells whether it could change anything;
    ``host`` is whom it was sent to; ``open`` requests carry no token; ``lists`` tells whether it
    asked for a list, which an edition may not have; ``shown`` whether a person reads what is said
    of something missing as well: for a record that's told better here.
    """

    noun: str
    writes: bool
    host: str
    open: bool = False
    lists: bool = False
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer other than 2xx.

    ``said`` is the server's message, scrubbed of the token; ``location`` and ``retry_after`` are
    the headers as they came; ``now`` is the server's time, seconds since 1970; ``web_page`` tells
    whether the body was HTML.
    """

    status: int
    said: str
    location: str
    retry_after: str
    now: float
    web_page: bool = False


def status_error(subject: Subject, refusal: Refusal) -> PlanhatTuiError:
    """Return the error for an answer other than 2xx."""
    status = refusal.status
    if status == 408 or status >= 500:
        return _failed(subject, refusal)
    if status < 400:
        return _redirected(subject, refusal)
    return _refused(subject, refusal)


def _refused(subject: Subject, refusal: Refusal) -> PlanhatTuiError:
    """Return the error for a 4xx other than 408: certainly nothing was done."""
    status = refusal.status
    if refusal.web_page and _is_strange(subject, status):
        return _web_page(subject, status)
    if subject.open and status in {401, 403, 404}:
        return RejectedError(
            f"Planhat takes no open calls for this tenant ({status}).{_said(refusal)}",
            "Check tenant_uuid in the profile, or log the call with the token.",
            status=status,
        )
    if status in {401, 403}:
        return _not_allowed(subject, refusal)
    if status == 404:
        said = _said(refusal) if subject.shown else ""
        return NotFoundError(
            f"Planhat has no such {subject.noun} (404).{said}",
            "It may have been deleted, or belong to another tenant.",
        )
    if status == 429:
        return RateLimitedError(
            "The rate limit is used up (429); nothing was done.",
            "Wait for the next reset.",
            retry_after=retry_after(refusal.retry_after, refusal.now),
        )
    return RejectedError(
        f"Planhat refused this {subject.noun} ({status}).{_said(refusal)}",
        "Change what it names and save again." if subject.writes else "",
        status=status,
    )


def not_reached(subject: Subject, why: BaseException) -> OfflineError:
    """Return the error for a connection that was never made: nothing was sent."""
    return OfflineError(
        f"{subject.host} wasn't reached: {_reason(why)}. Nothing was sent.",
        "Check the network and base_url.",
    )


def proxy_refused(subject: Subject) -> OfflineError:
    """Return the error for a proxy that opened no way to Planhat: nothing was sent."""
    return OfflineError(
        f"The proxy opened no way to {subject.host}. Nothing was sent.",
        "Check proxy in the profile.",
    )


def unreadable(subject: Subject, how: str, status: int) -> ServerError:
    """Return the error for an answer whose body can't be read; ``how`` is half a sentence."""
    return ServerError(
        f"Planhat's answer can't be read: {how}{_doubt(subject)}.",
        "Look at it before you send it again." if subject.writes else "Try again.",
        status=status,
    )


def too_large(subject: Subject, how: str, status: int) -> ServerError:
    """Return the error for an answer that is larger than what is read; of a list, less may do."""
    error = unreadable(subject, how, status)
    if not subject.lists:
        return error
    return TooMuchError(error.message, "Ask for less at once.", status=status)


def too_slow(subject: Subject) -> UnknownOutcomeError:
    """Return the error for an answer that didn't come in time; of a list, less may do."""
    error = answer_lost(subject, "the answer didn't come in time")
    return TooMuchError(error.message, error.advice, slow=True) if subject.lists else error


def doubted(subject: Subject, error: ServerError) -> ServerError:
    """Return the error for an answer that says nothing; of a write it leaves a doubt."""
    if not subject.writes:
        return error
    return type(error)(
        f"{error.message.removesuffix('.')}{_doubt(subject)}.", error.advice, status=error.status
    )


def answer_lost(subject: Subject, how: str) -> UnknownOutcomeError:
    """Return the error for a request that was sent and whose answer didn't come whole.

    ``how`` is half a sentence, such as ``the answer took longer than 60 s``.
    """
    if not subject.writes:
        return UnknownOutcomeError(f"{_sentence(how)}. What it held isn't read.", "Try again.")
    return UnknownOutcomeError(
        f"Not sure whether Planhat saved the {subject.noun}: {how}.",
        "Look at it before you send it again.",
    )


def retry_after(text: str, now: float) -> float | None:
    """Read ``Retry-After``: seconds or an HTTP date, at most :data:`MAX_RETRY_AFTER` from now.

    ``now`` is what the clock says by which a date is meant: see :func:`server_time`.
    """
    value = text.strip()
    if _SECONDS.fullmatch(value):
        return min(float(value), MAX_RETRY_AFTER)
    moment = _moment(value)
    return None if moment is None else min(max(moment - now, 0.0), MAX_RETRY_AFTER)


def server_time(date: str, wall: float) -> float:
    """Return what the server's clock says (``Date``); ours, ``wall``, where it doesn't tell."""
    moment = _moment(date)
    return wall if moment is None else moment


def skew(date: str, wall: float) -> float | None:
    """Return by how many seconds the server's clock (``Date``) is ahead; ``None`` if not told."""
    moment = _moment(date)
    return None if moment is None else moment - wall


def _moment(text: str) -> float | None:
    """Read an HTTP date, of which one without a zone is in UTC; ``None`` if it's none."""
    try:
        date = parsedate_to_datetime(text.strip())
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _redirected(subject: Subject, refusal: Refusal) -> ServerError:
    return ServerError(
        f"{subject.host} answered with a redirect ({refusal.status}) to "
        f"{_target(refusal.location)}, which isn't followed.",
        "Check base_url: it may be the address of another service.",
        status=refusal.status,
    )


def _is_strange(subject: Subject, status: int) -> bool:
    """Tell whether a web page with this status is nothing that the server says of itself."""
    return status in {401, 403} or (status == 404 and not subject.lists and not subject.open)


def _web_page(subject: Subject, status: int) -> StrangerError:
    """Return the error for a page where Planhat refuses with data: it proves nothing.

    A record counted as gone would be taken out here, and a deletion as done; and the token isn't
    at fault when a proxy wants a password. A list is another matter: where an edition hasn't got
    it, the page may be the server's own; so may that of an unknown tenant's open endpoint.
    """
    return StrangerError(
        f"Planhat's address answered with a web page (HTML, {status}), not data{_doubt(subject)}.",
        WEB_PAGE_ADVICE,
        status=status,
    )


def _not_allowed(subject: Subject, refusal: Refusal) -> TokenError | ForbiddenError:
    if refusal.status == 401:
        return TokenError(
            f"Planhat doesn't know this token (401).{_said(refusal)}", _REGIONS, status=401
        )
    deed = "change" if subject.writes else "see"
    return ForbiddenError(
        f"This token may not {deed} this {subject.noun} (403).{_said(refusal)}",
        "Use a token of somebody who may, or ask who manages Planhat.",
        status=403,
    )


def _failed(subject: Subject, refusal: Refusal) -> ServerError:
    doubt = f"; the {subject.noun} may have been saved" if subject.writes else "; nothing was read"
    failed = ServerError(
        f"Planhat failed ({refusal.status}){doubt}.{_said(refusal)}",
        "Look at it before you send it again." if subject.writes else "Try again in a while.",
        status=refusal.status,
    )
    if subject.lists and refusal.status in _TIMED_OUT:
        return TooMuchError(failed.message, failed.advice, status=failed.status, slow=True)
    return failed


def _doubt(subject: Subject) -> str:
    return f"; the {subject.noun} may have been saved" if subject.writes else ""


def _said(refusal: Refusal) -> str:
    text = visible(refusal.said[: 2 * MAX_SAID]).strip()
    if not text:
        return ""
    if len(text) > MAX_SAID:
        text = text[: MAX_SAID - 1] + "…"
    return f" It says: {text}"


def _target(location: str) -> str:
    try:
        host = urlsplit(location).hostname or ""
    except ValueError:
        host = ""
    return visible(host[:100]) or "another page"


def _reason(why: BaseException) -> str:
    """Return why a connection failed, from the errors behind httpx's own."""
    error: BaseException | None = why
    while error is not None:
        if isinstance(error, socket.gaierror):
            return "its name isn't known to the network"
        if isinstance(error, ssl.SSLCertVerificationError):
            return "its certificate isn't trusted here"
        if isinstance(error, ssl.SSLError):
            return "no secure connection came about"
        if isinstance(error, ConnectionRefusedError):
            return "it refused the connection"
        if isinstance(error, TimeoutError):
            return "it didn't answer in time"
        error = error.__cause__ or error.__context__
    return "no connection came about"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
