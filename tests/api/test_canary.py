"""A token is found nowhere but in its own file, whatever a server does with it."""

from __future__ import annotations

import base64
import json
import logging
import re
import traceback
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from planhat_tui.api import connect
from planhat_tui.api.auth import Credentials, clean_token
from planhat_tui.api.curl import as_curl
from planhat_tui.errors import PlanhatTuiError, TokenError
from planhat_tui.model.limits import Lane
from tests.shell import Shell, always_saying

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planhat_tui.api import PlanhatClient, RequestLogLine
    from tests.api.conftest import Server
    from tests.budgets import MemoryBudgets

USER = Lane.USER
TOKEN = "canary+7f3d5c1e9b/0042=" + "x" * 90
SENT = (
    TOKEN,
    quote(TOKEN, safe=""),
    base64.b64encode(f"{TOKEN}:".encode()).decode().rstrip("="),
)
FORMS = (*SENT, TOKEN[:40])
"""What must not turn up: the token, encoded, or cut."""
ESCAPED = (
    *(one.replace("/", "\\/") for one in SENT),
    *("".join(f"\\u{ord(letter):04x}" for letter in one) for one in SENT if "%" not in one),
    *(re.sub("%..", lambda code: code[0].lower(), quote(one, safe="")) for one in SENT),
    re.sub("[+/=]", lambda sign: f"\\u0026#x{ord(sign[0]):X};", TOKEN),
)
"""What turns into the token where JSON or an address is read."""
ECHO = " ".join(SENT)


def _rows(words: str) -> bytes:
    """Return an answer to a bulk change with these words, which are JSON, for the row ``a``."""
    refused = f'[{{"externalId":"a","message":"{words}"}}]'
    return f'{{"created":0,"updated":0,"createdErrors":{refused}}}'.encode()


LINK = f"Location: https://{TOKEN}.example/?token={TOKEN}\r\nX-Echo: {TOKEN}\r\n"
ECHOES = {
    **{str(status): (status, ECHO.encode()) for status in (301, 400, 401, 403, 404, 408, 409)},
    **{str(status): (status, ECHO.encode()) for status in (418, 422, 429, 500, 503)},
    "JSON 400": (400, json.dumps({"error": ECHO}).encode()),
    "escaped 200": (200, f'{{"x":"{" ".join(ESCAPED)}"}}'.encode()),
    "escaped 400": (400, f'{{"error":"{" ".join(ESCAPED[::-1])}"}}'.encode()),
    "escaped twice": (400, json.dumps({"error": " ".join(ESCAPED)}).encode()),
    "escaped rows": (206, _rows(" ".join(ESCAPED))),
    "escaped rows, all": (400, _rows(" ".join(ESCAPED[::-1]))),
    "HTML": (200, f"<html>{ECHO}".encode()),
    "text": (200, ECHO.encode()),
    "no record": (200, json.dumps([{"name": ECHO}]).encode()),
    "broken": (200, f'{{"_id":"a","x":"{ECHO}'.encode()),
    "not gzip": (200, ECHO.encode()),
}


def _locals(error: BaseException) -> Iterator[str]:
    """Return the local variables of our own frames, as a crash report would show them."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if "planhat_tui" in frame.f_code.co_filename:
            yield repr(frame.f_locals)


def _texts(error: BaseException) -> Iterator[str]:
    """Return all that can be said of an error: its frames, its chain, what hangs on each link."""
    yield from traceback.format_exception(error)
    links: list[BaseException | None] = [error]
    while (link := links.pop()) is not None:
        yield from (str(link), repr(link), repr(vars(link)), repr(link.args))
        links += [one for one in (link.__cause__, link.__context__) if one is not None] or [None]


_TYPED = 8
"""From this one on a person has typed the token into the address."""


def _asks(client: PlanhatClient) -> Iterator[object]:
    yield client.my_profile(lane=USER)
    yield client.lean_companies(lane=USER)
    yield client.company("a", lane=USER)
    yield client.create_company({"name": "x"}, lane=USER)
    yield client.update_contact("a", {"name": "x"}, lane=USER)
    yield client.delete_call("a", lane=USER)
    yield client.create_open_call("t", {"nr": "1"}, lane=USER)
    yield client.upsert_companies([{"externalId": "a"}], lane=USER)
    yield client.request("PUT", f"/companies/{quote(TOKEN, safe='')}", {}, lane=USER)
    yield client.request("GET", f"/companies?token={quote(TOKEN, safe='')}", lane=USER)


@pytest.mark.parametrize("auth", ["bearer", "basic"])
@pytest.mark.parametrize(("status", "body"), ECHOES.values(), ids=ECHOES.keys())
async def test_a_server_that_repeats_the_token_gets_it_nowhere(  # noqa: PLR0917 -- fixtures
    status: int,
    body: bytes,
    auth: str,
    server: Server,
    budgets: MemoryBudgets,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
) -> None:
    packed = "Content-Encoding: gzip\r\n" if "not gzip" in request.node.callspec.id else ""
    server.answers(status, body, LINK + packed)
    lines: list[RequestLogLine] = []
    said: list[str] = []
    with caplog.at_level(logging.DEBUG):
        for place in range(10):
            client = connect(
                *(server.url, f" {TOKEN}\n"),
                auth=auth,  # type: ignore[arg-type] # one of two words
                budget=budgets,
                log=lines.append,
                patience=0.0,
            )
            asks = list(_asks(client))
            for at, ask in enumerate(asks):
                if at != place:
                    ask.close()  # type: ignore[attr-defined] # a coroutine that isn't wanted
            try:
                said.append(repr(await asks[place]))  # type: ignore[misc] # a coroutine
            except PlanhatTuiError as error:
                said += _texts(error)
                said += _locals(error) if place < _TYPED else ()  # else it was typed by a person
            said += [repr(client), repr(vars(client)), repr(client.limits())]
            await client.close()
            budgets.kept.clear()  # a 429 would make the next one wait
    assert len(lines) == 10
    copies = [as_curl(line, server.url, auth) for line in lines]  # type: ignore[arg-type] # likewise
    said += [*map(str, lines), *map(repr, lines), *(line.query for line in lines), *copies]
    said += [record.getMessage() for record in caplog.records]
    assert not [text for text in said for form in FORMS if form in text]


@pytest.mark.parametrize("bad", [f"{TOKEN}\r\nX-Evil: 1", f"{TOKEN} x", f"{TOKEN}\0", f"{TOKEN}é"])
def test_a_token_that_no_header_can_hold_is_refused_unquoted(
    bad: str, budgets: MemoryBudgets
) -> None:
    for refuse in (
        clean_token,
        lambda token: connect("https://api.planhat.com", token, budget=budgets),
    ):
        with pytest.raises(TokenError) as refused:
            refuse(bad)
        link = refused.value
        assert link.__context__ is None
        assert not [text for text in (str(link), repr(link), repr(link.args)) if TOKEN[:40] in text]


def test_credentials_do_not_show_what_they_hold() -> None:
    for auth in ("bearer", "basic"):
        held = Credentials(TOKEN, auth)
        assert not [form for form in FORMS if form in repr(held)]


SHOWN = {
    "refused": (401, ECHO.encode(), ""),
    "rejected": (400, ECHO.encode(), "POST"),
    "failed": (500, json.dumps({"message": ECHO}).encode(), "POST"),
    "web page": (200, f"<p>{ECHO}".encode(), ""),
    "echo": (200, json.dumps({"echo": ECHO}).encode(), ""),
    "escaped": (400, f'{{"error":"{" ".join(ESCAPED)}"}}'.encode(), "POST"),
    "escaped echo": (200, f'{{"echo":"{" ".join(ESCAPED)}"}}'.encode(), ""),
}


@pytest.mark.parametrize(("status", "body", "to"), SHOWN.values(), ids=SHOWN.keys())
def test_no_verb_writes_it_down_or_says_it(  # noqa: PLR0917 -- fixtures
    status: int,
    body: bytes,
    to: str,
    home: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shell, log = Shell(home, capsys), tmp_path / "requests.log"
    with always_saying(status, body, "text/plain", to) as url:
        shell.meet(url, TOKEN)
        for words in (
            ["whoami"],
            ["limits"],
            ["company", "create", "Acme"],
            ["outbox", "list"],
            ["request", "GET", "/users"],
            ["request", "GET", f"/users?token={quote(TOKEN, safe='')}"],
            ["request", "POST", "/users", "--data", "{}", "--yes"],
            ["profile", "list"],
        ):
            said = shell("--log", str(log), *words)
            assert not [form for form in FORMS if form in said.out + said.err], words
    files = [file for file in home.rglob("*") if file.is_file() and file.name != "config.yaml"]
    assert len(files) > 2
    for file in (*files, log):
        content = file.read_bytes()
        assert not [form for form in FORMS if form.encode() in content], file
    assert "GET /myprofile" in log.read_text()
