from __future__ import annotations

import socket
import ssl
import time
from email.utils import formatdate
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.api.translate import (
    MAX_RETRY_AFTER,
    MAX_SAID,
    Refusal,
    Subject,
    answer_lost,
    not_reached,
    retry_after,
    server_time,
    skew,
    status_error,
)
from planhat_tui.errors import (
    ForbiddenError,
    NotFoundError,
    PlanhatTuiError,
    RateLimitedError,
    RejectedError,
    ServerError,
    StrangerError,
    TokenError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SEEING = Subject("company", writes=False, host="api.planhat.com")
CHANGING = Subject("company", writes=True, host="api.planhat.com")


def _refusal(status: int, said: str = "", *, location: str = "", retry_after: str = "") -> Refusal:
    return Refusal(status, said, location, retry_after, now=1_700_000_000.0)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, ServerError),
        (304, ServerError),
        (400, RejectedError),
        (401, TokenError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (405, RejectedError),
        (406, RejectedError),
        (408, ServerError),
        (409, RejectedError),
        (410, RejectedError),
        (418, RejectedError),
        (422, RejectedError),
        (429, RateLimitedError),
        (500, ServerError),
        (502, ServerError),
        (503, ServerError),
    ],
)
def test_every_status_has_its_error(status: int, kind: type[PlanhatTuiError]) -> None:
    for subject in (SEEING, CHANGING):
        error = status_error(subject, _refusal(status))
        assert type(error) is kind
        assert f"({status})" in error.message
        assert getattr(error, "status", status) == status


def test_a_page_that_is_not_found_is_no_word_about_a_record() -> None:
    page = Refusal(404, "", "", "", 0.0, web_page=True)
    for subject in (SEEING, CHANGING):
        error = status_error(subject, page)
        assert type(error) is StrangerError
        assert "web page (HTML, 404)" in error.message
        assert "base_url" in error.advice
        assert ("company may have been saved" in error.message) == subject.writes
    listing = Subject("list of companies", writes=False, host="api.planhat.com", lists=True)
    assert type(status_error(listing, page)) is NotFoundError
    stranger = Subject("call", writes=True, host="api.planhat.com", open=True)
    assert type(status_error(stranger, page)) is RejectedError


def test_a_refused_token_names_the_regions() -> None:
    advice = status_error(SEEING, _refusal(401)).advice
    for host in ("api-eu", "api-us2", "api-eu2", "api-eu3", "api.planhatdemo.com", "base_url"):
        assert host in advice


@pytest.mark.parametrize("status", [401, 403, 404])
def test_an_open_call_that_is_refused_says_nothing_of_the_token(status: int) -> None:
    subject = Subject("call", writes=True, host="api.planhat.com", open=True)
    error = status_error(subject, _refusal(status))
    assert type(error) is RejectedError
    assert "tenant_uuid" in error.advice


def test_a_refusal_in_the_servers_own_words_cleaned_and_cut() -> None:
    error = status_error(CHANGING, _refusal(400, "no name\x1b[31m\u202e" + "x" * 5000))
    assert "no name" in error.message
    assert "\x1b" not in error.message
    assert "\u202e" not in error.message
    assert len(error.message) < MAX_SAID + 60


def test_a_failure_says_what_it_means_for_the_data() -> None:
    assert "company may have been saved" in status_error(CHANGING, _refusal(503)).message
    assert "nothing was read" in status_error(SEEING, _refusal(503)).message
    assert "Not sure" in answer_lost(CHANGING, "the answer was lost").message
    assert "What it held isn't read" in answer_lost(SEEING, "the answer was lost").message


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://evil.example/steal?token=abc", "evil.example"),
        ("/login?next=secret", "another page"),
        ("http://[::1", "another page"),
        ("", "another page"),
    ],
)
def test_a_redirect_names_its_host_alone(location: str, shown: str) -> None:
    message = status_error(SEEING, _refusal(302, location=location)).message
    assert shown in message
    assert not any(word in message for word in ("steal", "token", "secret", "login"))


@pytest.fixture
def far_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Be where a date without a zone would be another moment."""
    with monkeypatch.context() as away:
        away.setenv("TZ", "Asia/Kolkata")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_from_utc")
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        (" 7.5 ", 7.5),
        ("0", 0.0),
        ("99999", MAX_RETRY_AFTER),
        ("3600000000", MAX_RETRY_AFTER),
        ("9" * 5000, MAX_RETRY_AFTER),
        ("Tue Nov 14 22:13:50 2023", 30.0),
        ("Tue, 14 Nov 2023 22:13:50 -0000", 30.0),
        ("Tuesday, 14-Nov-23 22:13:50 GMT", 30.0),
        (formatdate(1_700_000_030, usegmt=True), 30.0),
        (formatdate(1_600_000_000, usegmt=True), 0.0),
        (formatdate(1_800_000_000, usegmt=True), MAX_RETRY_AFTER),
        ("-5", None),
        ("soon", None),
        ("٧", None),
        ("nan", None),
        ("", None),
    ],
)
def test_retry_after_in_seconds_and_as_a_date(text: str, seconds: float | None) -> None:
    assert retry_after(text, 1_700_000_000.0) == seconds
    error = status_error(SEEING, _refusal(429, retry_after=text))
    assert isinstance(error, RateLimitedError)
    assert error.retry_after == seconds


@given(st.text(max_size=40), st.text(max_size=300), st.integers(300, 599))
def test_nothing_that_a_server_says_breaks_the_translation(
    header: str, said: str, status: int
) -> None:
    refusal = _refusal(status, said, location=header, retry_after=header)
    error = status_error(CHANGING, refusal)
    assert "\n" not in str(error)
    assert "\x1b" not in str(error)


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (socket.gaierror(-2, "x"), "name isn't known"),
        (ssl.SSLCertVerificationError("x"), "certificate isn't trusted"),
        (ssl.SSLError("x"), "no secure connection"),
        (ConnectionRefusedError("x"), "refused the connection"),
        (TimeoutError("x"), "didn't answer in time"),
        (ValueError("x"), "no connection"),
    ],
)
def test_why_a_server_was_not_reached(cause: Exception, words: str) -> None:
    outer = RuntimeError("x")
    outer.__cause__ = cause
    error = not_reached(CHANGING, outer)
    assert words in error.message
    assert "api.planhat.com" in error.message
    assert "Nothing was sent" in error.message


@pytest.mark.usefixtures("far_from_utc")
def test_the_servers_clock_is_compared_with_ours() -> None:
    wall = 1_780_000_000.0
    assert skew("Thu May 28 20:27:40 2026", wall) == 60.0
    assert skew("Thu, 28 May 2026 20:27:40 -0000", wall) == 60.0
    assert server_time("Thu, 28 May 2026 20:27:40 GMT", wall) == wall + 60.0
    assert server_time("yesterday", wall) == wall
    assert skew("Thu, 28 May 2026 20:26:40 GMT", wall) == 0.0
    assert skew("Thu, 28 May 2026 20:27:40 GMT", wall) == 60.0
    assert skew("", wall) is None
    assert skew("yesterday", wall) is None
