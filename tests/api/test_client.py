"""The client against a server on loopback: what is sent, and what comes of the answer."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planhat_tui.api import PlanhatClient, bulk, connect, wire
from planhat_tui.api.address import by_external_id, by_source_id
from planhat_tui.api.budget import read
from planhat_tui.api.client import MAX_CONTACTS, MAX_USERS, RESOURCES
from planhat_tui.api.records import cost_of
from planhat_tui.api.requests import MAX_BYTES
from planhat_tui.errors import (
    InputError,
    NotFoundError,
    OfflineError,
    RejectedError,
    ServerError,
    TokenError,
    TooMuchError,
    UnknownOutcomeError,
)
from planhat_tui.model.bulk import RowOutcome
from planhat_tui.model.limits import Lane
from planhat_tui.model.raw import RawAnswer
from tests.conftest import EFFORT

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Sequence

    from planhat_tui.api import RequestLogLine
    from planhat_tui.api.wire import RecordPage
    from planhat_tui.model.bulk import BulkAnswer
    from planhat_tui.model.ports import Planhat
    from planhat_tui.model.values import Json, Raw
    from tests.api.conftest import Server
    from tests.budgets import MemoryBudgets

Say: TypeAlias = "Callable[[asyncio.StreamWriter], Awaitable[None]]"

LIMITS = "X-Rate-Limit-Limit: 200\r\nX-Rate-Limit-Remaining: 150\r\n"
RECORD = b'{"_id":"a1","name":"Acme","externalId":"x 1"}'
USER = Lane.USER

ONES: dict[str, tuple[str, Callable[[PlanhatClient], Awaitable[object]]]] = {
    "my profile": ("GET /myprofile", lambda c: c.my_profile(lane=USER)),
    "company": ("GET /companies/a1", lambda c: c.company("a1", lane=USER)),
    "create company": ("POST /companies", lambda c: c.create_company({"name": "Å"}, lane=USER)),
    "update company": (
        "PUT /companies/a1",
        lambda c: c.update_company("a1", {"phase": "won"}, lane=USER),
    ),
    "contact": ("GET /endusers/a1", lambda c: c.contact("a1", lane=USER)),
    "create contact": ("POST /endusers", lambda c: c.create_contact({"email": "x"}, lane=USER)),
    "update contact": (
        "PUT /endusers/a1",
        lambda c: c.update_contact("a1", {"featured": True}, lane=USER),
    ),
    "call": ("GET /calls/a1", lambda c: c.call("a1", lane=USER)),
    "create call": ("POST /calls", lambda c: c.create_call({"nr": "1"}, lane=USER)),
    "update call": ("PUT /calls/a1", lambda c: c.update_call("a1", {"waiting": 3}, lane=USER)),
    "by external id": (
        "GET /companies/extid-x%201",
        lambda c: c.company(by_external_id("x 1"), lane=USER),
    ),
    "update by source id": (
        "PUT /endusers/srcid-s",
        lambda c: c.update_contact(by_source_id("s"), {"sourceId": "t"}, lane=USER),
    ),
    "create custom field": (
        "POST /customfields",
        lambda c: c.create_custom_field({"name": "Plan", "type": "text"}, lane=USER),
    ),
    "custom field": ("GET /customfields/a1", lambda c: c.custom_field("a1", lane=USER)),
    "update custom field": (
        "PUT /customfields/a1",
        lambda c: c.update_custom_field("a1", {"isHidden": True}, lane=USER),
    ),
    "one task": ("GET /tasks/a1", lambda c: c.resource("tasks", "a1", lane=USER)),
    "open call": (
        "POST /199627f7-0d65-52cd-89b9-45b5ff561bem/calls",
        lambda c: c.create_open_call(
            "199627f7-0d65-52cd-89b9-45b5ff561bem", {"nr": "1"}, lane=USER
        ),
    ),
}
DELETES: dict[str, Callable[[PlanhatClient], Awaitable[None]]] = {
    "/companies/a1": lambda c: c.delete_company("a1", lane=USER),
    "/endusers/a1": lambda c: c.delete_contact("a1", lane=USER),
    "/calls/a1": lambda c: c.delete_call("a1", lane=USER),
    "/customfields/a1": lambda c: c.delete_custom_field("a1", lane=USER),
}
WHOLE: dict[str, tuple[Callable[[PlanhatClient], Awaitable[RecordPage]], int]] = {
    "contacts of": (lambda c: c.contacts_of("a1", lane=USER), MAX_CONTACTS),
    "team": (lambda c: c.users(lane=USER), MAX_USERS),
}
"""Lists that are read to their end, and what a page of each holds at most."""
PAGES: dict[str, tuple[str, Callable[[PlanhatClient], Awaitable[object]]]] = {
    "team": ("GET /users?limit=10000&sort=_id", lambda c: c.users(lane=USER)),
    "user": ("GET /users?email=a%2Bb%40x.se", lambda c: c.users(email="a+b@x.se", lane=USER)),
    "lean": ("GET /leancompanies", lambda c: c.lean_companies(lane=USER)),
    "lean by id": (
        "GET /leancompanies?externalId=a%26b",
        lambda c: c.lean_companies(external_id="a&b", lane=USER),
    ),
    "companies": (
        "GET /companies?limit=5000&offset=0&sort=_id",
        lambda c: c.companies(limit=5000, offset=0, sort="_id", lane=USER),
    ),
    "contacts": (
        "GET /endusers?limit=2000&offset=4000",
        lambda c: c.contacts(limit=2000, offset=4000, lane=USER),
    ),
    "contacts of": (
        "GET /endusers?c=a1&companyId=a1&limit=2000&sort=_id",
        lambda c: c.contacts_of("a1", lane=USER),
    ),
    "some companies": (
        "GET /companies?limit=2&offset=1&sort=-_id&select=_id%2Cname&companyId=a1%2Cb2",
        lambda c: c.companies(
            limit=2,
            offset=1,
            sort="-_id",
            select=("_id", "name"),
            company_ids=("a1", "b2"),
            lane=USER,
        ),
    ),
    "some contacts": (
        "GET /endusers?limit=5&offset=0&companyId=a1&email=a%40x.se&archived=true",
        lambda c: c.contacts(
            limit=5, offset=0, company_ids=("a1",), email="a@x.se", archived=True, lane=USER
        ),
    ),
    "custom fields": (
        "GET /customfields?limit=2000&offset=0&parent=company",
        lambda c: c.custom_fields(parent="company", lane=USER),
    ),
    "tasks": (
        "GET /tasks?limit=9&offset=0&sort=-_id&companyId=a1",
        lambda c: c.resources(
            "tasks", limit=9, offset=0, sort="-_id", company_ids=("a1",), lane=USER
        ),
    ),
}


@pytest.mark.parametrize(("target", "ask"), ONES.values(), ids=ONES.keys())
async def test_each_endpoint_that_answers_one_record(
    target: str,
    ask: Callable[[PlanhatClient], Awaitable[object]],
    server: Server,
    client: PlanhatClient,
) -> None:
    server.answers(200, RECORD, LIMITS)
    received = await ask(client)
    assert getattr(received, "json", "") == RECORD.decode()
    assert server.target == target
    has_body = not target.startswith("GET")
    assert ("content-type" in server.fields) is has_body
    assert bool(server.bodies[-1]) is has_body
    if has_body:
        assert server.fields["content-type"] == "application/json"
        assert isinstance(json.loads(server.bodies[-1]), dict)


@pytest.mark.parametrize(("path", "ask"), DELETES.items(), ids=DELETES.keys())
async def test_each_delete(
    path: str,
    ask: Callable[[PlanhatClient], Awaitable[None]],
    server: Server,
    client: PlanhatClient,
) -> None:
    server.answers(200, b'{"n":1,"ok":1,"deletedCount":1}')
    await ask(client)
    assert server.target == f"DELETE {path}"
    assert "content-type" not in server.fields


@pytest.mark.parametrize(("target", "ask"), PAGES.values(), ids=PAGES.keys())
async def test_each_endpoint_that_answers_a_list(
    target: str,
    ask: Callable[[PlanhatClient], Awaitable[object]],
    server: Server,
    client: PlanhatClient,
) -> None:
    server.answers(200, b"[" + RECORD + b"]")
    page = await ask(client)
    assert getattr(page, "count", 0) == 1
    assert server.target == target
    assert "content-type" not in server.fields


async def test_both_forms_of_authentication(
    server: Server, budgets: MemoryBudgets, token: str
) -> None:
    server.answers(200, RECORD)
    for auth, start in (("bearer", "Bearer "), ("basic", "Basic ")):
        planhat = connect(server.url, f" {token}\n", auth=auth, budget=budgets)  # type: ignore[arg-type]  # ty of a tuple
        await planhat.my_profile(lane=USER)
        await planhat.close()
        assert server.fields["authorization"].startswith(start)
    assert server.fields["accept-encoding"] == "gzip"


async def test_the_open_call_goes_without_the_token_and_on_its_own_budget(
    server: Server, client: PlanhatClient, budgets: MemoryBudgets, token: str
) -> None:
    server.answers(200, b"{}", LIMITS)
    received = await client.create_open_call("t-1", {"nr": "1"}, lane=USER)
    assert received.data == {}
    assert "authorization" not in server.fields
    assert token not in server.heads[-1]
    assert client.limits().remaining is None
    (key,) = budgets.kept
    assert key.endswith("/open")
    assert token not in key


async def test_the_limit_is_published_and_kept(
    server: Server, client: PlanhatClient, budgets: MemoryBudgets
) -> None:
    server.answers(200, RECORD, LIMITS)
    await client.my_profile(lane=USER)
    assert (client.limits().limit, client.limits().remaining) == (200, 150)
    (kept,) = budgets.kept.values()
    assert read(kept, time.monotonic(), time.time() - time.monotonic()).left == 150


async def test_a_budget_has_the_key_that_it_is_given(
    server: Server, budgets: MemoryBudgets, token: str
) -> None:
    server.answers(200, RECORD, LIMITS)
    planhat = connect(server.url, token, budget=budgets, budget_key="tenant-1")
    await planhat.my_profile(lane=USER)
    await planhat.close()
    assert list(budgets.kept) == ["tenant-1"]


@pytest.mark.parametrize("bad", ["", "  ", ".", "..", " .. ", "\ud800", "x" * 501])
async def test_ids_that_are_no_ids_are_refused_before_anything_is_sent(
    bad: str, server: Server, client: PlanhatClient
) -> None:
    for ask in (client.company, client.delete_contact, client.call, client.contacts_of):
        with pytest.raises(InputError):
            await ask(bad, lane=USER)
    with pytest.raises(InputError):
        await client.create_open_call(bad, {}, lane=USER)
    assert server.heads == []


@pytest.mark.parametrize(
    "sly",
    [
        "../users",
        "..%2Fusers",
        "//evil.example",
        "http://elsewhere/",
        "a/b",
        "a?x=1",
        "a#b",
        "@evil.example",
        "a\r\nX-Evil: 1",
        "%2e%2e",
        "a\\b",
        "né ü",
    ],
)
async def test_no_id_leaves_its_place_in_the_path(
    sly: str, server: Server, client: PlanhatClient
) -> None:
    server.answers(200, json.dumps({"_id": sly}).encode())
    await client.company(sly, lane=USER)
    _, path = server.target.split(" ")
    assert path.startswith("/companies/")
    segment = path.removeprefix("/companies/")
    assert segment.isascii()
    assert not set("/?#\\@\r\n ") & set(segment)
    assert server.fields["host"] == server.url.removeprefix("http://")
    assert "x-evil" not in server.fields


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=max(10, int(30 * EFFORT)),
)
@given(st.text(max_size=20))
async def test_any_text_is_one_segment_or_refused(
    server: Server, budgets: MemoryBudgets, token: str, text: str
) -> None:
    server.answers(200, json.dumps({"_id": text.strip()}).encode())
    planhat = connect(server.url, token, budget=budgets)
    asked = len(server.heads)
    try:
        await planhat.company(text, lane=USER)
        assert server.target.removeprefix("GET /companies/").count("/") == 0
    except InputError:
        assert len(server.heads) == asked
    finally:
        await planhat.close()


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), "half \ud800"])
async def test_values_that_json_cannot_say_are_refused(
    bad: float | str, server: Server, client: PlanhatClient
) -> None:
    with pytest.raises(InputError):
        await client.update_company("a1", {"custom": {"x": bad}}, lane=USER)
    assert server.heads == []


@pytest.mark.parametrize("whole", WHOLE)
@pytest.mark.parametrize(("pages", "more"), [(0, 251), (1, 0), (1, 611), (2, 1)])
async def test_lists_that_are_read_to_their_end(
    whole: str, pages: int, more: int, server: Server, client: PlanhatClient
) -> None:
    ask, most = WHOLE[whole]
    records = [{"_id": str(number), "companyId": "a1"} for number in range(pages * most + more)]

    async def page(writer: asyncio.StreamWriter) -> None:
        offset = int(server.target.partition("&offset=")[2] or 0)
        body = json.dumps(records[offset : offset + most]).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body)
        await writer.drain()

    server.say = page
    found = await ask(client)
    assert [one.id for some in found.slices() for one in some.records] == [
        record["_id"] for record in records
    ]
    assert len(server.heads) == pages + 1


@pytest.mark.parametrize("whole", WHOLE)
@pytest.mark.parametrize(("count", "calls"), [(40, 1), (100, 2), (133, 2), (250, 3)])
async def test_a_server_that_gives_fewer_than_are_asked_for_is_looked_behind(
    whole: str, count: int, calls: int, server: Server, client: PlanhatClient
) -> None:
    ask, _ = WHOLE[whole]
    server.say = restless(server, count, "limit", "offset", most=100)
    found = await ask(client)
    assert [one.id for some in found.slices() for one in some.records] == [*map(str, range(count))]
    assert len(server.heads) == calls


@pytest.mark.parametrize(("known", "calls"), [(30, 1), (33, 2)])
async def test_a_small_page_is_looked_behind_where_more_are_known(
    known: int, calls: int, server: Server, client: PlanhatClient
) -> None:
    server.say = restless(server, 33, "limit", "offset", most=30)
    found = await client.contacts_of("a1", known=known, lane=USER)
    assert found.count == (33 if calls == 2 else 30)
    assert len(server.heads) == calls


@pytest.mark.parametrize("deleted", [1, 5, 101, 250])
async def test_who_moves_up_while_a_list_is_read_isnt_left_out(
    deleted: int, server: Server, client: PlanhatClient
) -> None:
    ids = [*range(350)]
    answer = restless(server, 350, "limit", "offset", most=100, ids=ids)

    async def page(writer: asyncio.StreamWriter) -> None:
        if len(server.heads) == 4:
            del ids[:deleted]
        await answer(writer)

    server.say = page
    found = await client.contacts_of("a1", lane=USER)
    there = {one.id for some in found.slices() for one in some.records}
    assert {str(one) for one in ids} <= there


def told(number: int, call: int) -> dict[str, str]:
    return {"_id": str(number), "companyId": "a1", "lastActive": f"at call {call}"}


def restless(
    server: Server, count: int, *heeds: str, most: int = 10_000, ids: Sequence[int] = ()
) -> Say:
    """Answer with so many records, each time with news of each, and ``heeds`` no more than that.

    No page has more than ``most``; ``ids`` are those that are there by then.
    """

    async def page(writer: asyncio.StreamWriter) -> None:
        asked = dict(parse_qsl(server.target.partition("?")[2]))
        offset = int(asked.get("offset", 0)) if "offset" in heeds else 0
        limit = min(most, int(asked["limit"])) if "limit" in heeds else count
        there = (ids or range(count))[offset : offset + limit]
        records = [told(n, len(server.heads)) for n in there]
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + json.dumps(records).encode())
        await writer.drain()

    return page


@pytest.mark.parametrize("whole", WHOLE)
@pytest.mark.parametrize(("more", "calls"), [(0, 3), (1, 1)])
async def test_an_edition_without_paging_is_not_asked_for_ever(
    whole: str, more: int, calls: int, server: Server, client: PlanhatClient
) -> None:
    ask, most = WHOLE[whole]
    server.say = restless(server, most + more)
    assert (await ask(client)).count == most + more
    assert len(server.heads) == calls


@pytest.mark.parametrize("whole", WHOLE)
async def test_the_front_of_a_list_is_not_taken_for_all_of_it(
    whole: str, server: Server, client: PlanhatClient
) -> None:
    ask, most = WHOLE[whole]
    server.say = restless(server, most + 1, "limit")
    with pytest.raises(ServerError, match="the others can't be read"):
        await ask(client)
    assert len(server.heads) == 3


@pytest.mark.parametrize("whole", WHOLE)
@pytest.mark.parametrize(
    ("bound", "pages", "error"), [("MAX_RECORDS", 3, ServerError), ("MAX_COST", 2, TooMuchError)]
)
async def test_a_list_in_pages_has_the_bounds_of_one_answer(
    *,
    whole: str,
    bound: str,
    pages: int,
    error: type[Exception],
    server: Server,
    client: PlanhatClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask, most = WHOLE[whole]
    cost = cost_of(json.dumps([told(n, 1) for n in range(most)]).encode())
    monkeypatch.setattr(wire, bound, {"MAX_RECORDS": 3 * most, "MAX_COST": 5 * cost // 2}[bound])
    server.say = restless(server, 10 * most, "limit", "offset")
    with pytest.raises(error):
        await ask(client)
    assert len(server.heads) == pages + 1


async def test_everybodys_contacts_are_not_read_to_their_end(
    server: Server, client: PlanhatClient
) -> None:
    everybody = [{"_id": str(n), "companyId": f"a{n}"} for n in range(MAX_CONTACTS)]
    server.answers(200, json.dumps(everybody).encode())
    contacts = await client.contacts_of("a1", lane=USER)
    assert contacts.count == MAX_CONTACTS
    assert len(server.heads) == 1


async def test_the_environments_proxy_is_ignored(
    server: Server, client: PlanhatClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.answers(200, RECORD)
    await client.my_profile(lane=USER)
    assert server.target == "GET /myprofile"


async def test_the_profiles_proxy_is_used(
    server: Server, budgets: MemoryBudgets, token: str
) -> None:
    server.answers(502)
    planhat = connect("https://planhat.example/x", token, budget=budgets, proxy=server.url)
    with pytest.raises(OfflineError):
        await planhat.my_profile(lane=USER)
    await planhat.close()
    assert server.target == "CONNECT planhat.example:443"
    assert "authorization" not in server.fields


async def test_no_proxy_reads_what_goes_to_this_machine(
    server: Server, budgets: MemoryBudgets, token: str
) -> None:
    server.answers(200, RECORD)
    planhat = connect(f"{server.url}/x", token, budget=budgets, proxy="http://127.0.0.1:9")
    await planhat.my_profile(lane=USER)
    await planhat.close()
    assert server.target == "GET /x/myprofile"


def test_bad_arguments_are_refused_at_once(budgets: MemoryBudgets) -> None:
    with pytest.raises(TokenError):
        connect("https://api.planhat.com", " ", budget=budgets)
    with pytest.raises(InputError):
        connect("http://api.planhat.com", "t", budget=budgets)
    with pytest.raises(InputError):
        connect("https://api.planhat.com", "t", budget=budgets, proxy="nonsense")


async def test_the_client_is_what_the_port_asks_for(client: PlanhatClient) -> None:
    port: Planhat = client  # mypy holds the signatures
    assert port.limits() == client.limits()


# -- what is observed beside the reference


@pytest.mark.parametrize("asked", ["b2", "extid-other", "srcid-a1"])
async def test_an_answer_about_another_record_is_no_answer(
    asked: str, server: Server, client: PlanhatClient
) -> None:
    server.answers(200, RECORD)
    for ask in (client.company, client.contact, client.call):
        with pytest.raises(ServerError, match="another record"):
            await ask(asked, lane=USER)
    with pytest.raises(UnknownOutcomeError, match="another record"):
        await client.update_company(asked, {"phase": "x"}, lane=USER)


async def test_lists_beside_companies_and_contacts_are_known_by_name(
    server: Server, client: PlanhatClient
) -> None:
    server.answers(200, b"[]")
    for name in RESOURCES:
        assert (await client.resources(name, limit=1, offset=0, lane=USER)).count == 0
        assert server.target == f"GET /{name}?limit=1&offset=0"
    asked = len(server.heads)
    with pytest.raises(InputError, match="Did you mean tasks"):
        await client.resources("task", limit=1, offset=0, lane=USER)
    with pytest.raises(InputError, match="There are: conversations"):
        await client.resource("../users", "a1", lane=USER)
    assert len(server.heads) == asked


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"n":1,"ok":1,"deletedCount":1}', None),
        (b'{"ok":1}', None),
        (b"OK", None),
        (b' "OK" ', None),
        (b"", None),
        (b"{}", None),
        (b'{"_id":"a1","name":"A"}', None),
        (b'{"deletedCount":1,"error":null}', None),
        (b"Failed to delete company", ServerError),
        (b"Not found", ServerError),
        (b"null", ServerError),
        (b"false", ServerError),
        (b"[]", ServerError),
        (b'"x"', ServerError),
        (b'{"message":"Forbidden"}', ServerError),
        (b'{"done":1}', ServerError),
        (b'{"deletedCount":0,"n":1}', ServerError),
        (b'{"ok":0}', RejectedError),
        (b'{"ok":false,"n":0,"error":"locked"}', RejectedError),
        (b'{"n":0,"ok":1,"deletedCount":0}', NotFoundError),
        (b'{"n":0}', NotFoundError),
        (b'{"error":"locked"}', ServerError),
        (b"<p>Sign in</p>", ServerError),
        (b'{"n":1,"ok"', ServerError),
        (b"\xff\x00\xfe", ServerError),
        (b"x" * 300, ServerError),
    ],
)
async def test_what_an_answer_to_a_deletion_says(
    body: bytes, error: type[Exception] | None, server: Server, client: PlanhatClient
) -> None:
    server.answers(200, body)
    if error is None:
        await client.delete_company("a1", lane=USER)
    else:
        with pytest.raises(error):
            await client.delete_company("a1", lane=USER)


BULK: dict[str, Callable[..., Awaitable[BulkAnswer]]] = {
    "/companies": lambda c, rows: c.upsert_companies(rows, lane=USER),
    "/endusers": lambda c, rows: c.upsert_contacts(rows, lane=USER),
}
ROWS: list[dict[str, Json]] = [{"externalId": "a", "name": "A"}, {"externalId": "b"}]
SOME = (
    b'{"created":1,"insertsKeys":[{"_id":"i","externalId":"a"}],"updated":0,"nonupdates":0,'
    b'"createdErrors":[{"externalId":"b","error":"TOLD name is missing"}]}'
)


@pytest.mark.parametrize(("path", "upsert"), BULK.items(), ids=BULK.keys())
@pytest.mark.parametrize("status", [200, 206, 400])
async def test_each_row_of_a_bulk_change_has_its_outcome(
    status: int,
    path: str,
    upsert: Callable[..., Awaitable[BulkAnswer]],
    server: Server,
    client: PlanhatClient,
) -> None:
    server.answers(status, SOME, LIMITS)
    answer = await upsert(client, ROWS)
    assert server.target == f"PUT {path}"
    assert json.loads(server.bodies[-1]) == ROWS
    assert [row.outcome for row in answer.rows] == [RowOutcome.CREATED, RowOutcome.REFUSED]
    assert [row.id for row in answer.rows] == ["i", ""]


async def test_what_became_of_rows_is_read_where_nobody_waits(
    server: Server, client: PlanhatClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []
    read_as_ever = bulk.read_answer

    def read_answer(rows: Sequence[Raw], status: int, body: bytes) -> BulkAnswer | None:
        threads.append(threading.get_ident())
        return read_as_ever(rows, status, body)

    monkeypatch.setattr(bulk, "read_answer", read_answer)
    server.answers(206, SOME)
    await client.upsert_companies(ROWS, lane=USER)
    assert threads
    assert threading.get_ident() not in threads


async def test_a_long_refusal_of_a_bulk_change_is_not_taken_apart(
    server: Server, client: PlanhatClient
) -> None:
    server.answers(400, b"[" + b'"WORDS",' * 100_000 + b'"WORDS"]')
    with pytest.raises(RejectedError) as refused:
        await client.upsert_companies(ROWS, lane=USER)
    assert "WORDS" not in str(refused.value)


@pytest.mark.parametrize("body", [b"Too many items", b"", b'{"error":"x"}', b"<p>no</p>"])
async def test_a_bulk_change_that_is_refused_as_a_whole(
    body: bytes, server: Server, client: PlanhatClient
) -> None:
    server.answers(400, body)
    with pytest.raises(RejectedError, match=r"refused this list of companies \(400\)"):
        await client.upsert_companies(ROWS, lane=USER)
    server.answers(200, body)
    with pytest.raises(UnknownOutcomeError):
        await client.upsert_companies(ROWS, lane=USER)


async def test_a_bulk_refusal_that_breaks_off_stays_a_refusal(
    server: Server, client: PlanhatClient
) -> None:
    async def cut(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 No\r\nContent-Length: 900\r\n\r\n" + SOME[:20])
        await writer.drain()

    server.say = cut
    with pytest.raises(RejectedError):
        await client.upsert_companies(ROWS, lane=USER)


async def test_a_bulk_answer_that_repeats_the_token_loses_it(
    server: Server, client: PlanhatClient, token: str
) -> None:
    server.answers(206, SOME.replace(b"TOLD", token.encode()))
    answer = await client.upsert_companies(ROWS, lane=USER)
    assert answer.rows[1].reason == "[token] name is missing"


async def test_a_body_larger_than_planhat_takes_is_not_sent(
    server: Server, client: PlanhatClient
) -> None:
    rows: list[dict[str, Json]] = [{"externalId": "a", "name": "x" * MAX_BYTES}]
    with pytest.raises(InputError, match="32 MB"):
        await client.upsert_contacts(rows, lane=USER)
    assert server.heads == []


# -- the raw console


async def test_a_typed_request_that_is_not_found_tells_why_in_the_servers_words(
    server: Server, client: PlanhatClient, token: str
) -> None:
    server.answers(404, b'{"error": "Unknown model: taskz, asked with ' + token.encode() + b'"}')
    with pytest.raises(NotFoundError, match="It says: Unknown model: taskz") as missing:
        await client.request("GET", "/taskz", lane=USER)
    assert token not in str(missing.value)
    with pytest.raises(NotFoundError) as gone:
        await client.company("a1", lane=USER)
    assert "taskz" not in str(gone.value)


async def test_a_typed_request_is_sent_as_it_was_typed(
    server: Server, client: PlanhatClient, lines: list[RequestLogLine]
) -> None:
    server.answers(200, b'[{"_id":"a1"},{"x":NaN},3]', LIMITS)
    answer = await client.request("GET", "/tasks?limit=2", lane=USER)
    assert answer == RawAnswer(200, [{"_id": "a1"}, 3], ("item 2 of 3: it isn't proper JSON",))
    assert server.target == "GET /tasks?limit=2"
    assert server.bodies[-1] == b""
    assert (lines[-1].path, lines[-1].query) == ("/tasks", "limit=2")
    await client.request("PATCH", "/companies/a1", {"phase": None}, lane=USER)
    assert server.target == "PATCH /companies/a1"
    assert json.loads(server.bodies[-1]) == {"phase": None}


@pytest.mark.parametrize(
    ("method", "path"), [("get", "/users"), ("HEAD", "/users"), ("GET", "https://evil.example/")]
)
async def test_a_typed_request_that_is_none_is_not_sent(
    method: str, path: str, server: Server, client: PlanhatClient
) -> None:
    with pytest.raises(InputError):
        await client.request(method, path, lane=USER)
    assert server.heads == []


async def test_a_typed_request_fails_as_any_other(server: Server, client: PlanhatClient) -> None:
    server.answers(404)
    with pytest.raises(NotFoundError):
        await client.request("GET", "/nothing", lane=USER)
    server.answers(503)
    with pytest.raises(UnknownOutcomeError, match="request may have been"):
        await client.request("POST", "/tasks", {}, lane=USER)


@pytest.mark.parametrize("path", ["/t1/calls", "/t1/calls/?x=1"])
async def test_a_typed_open_call_goes_without_the_token_and_under_its_own_limit(
    path: str, server: Server, client: PlanhatClient, lines: list[RequestLogLine]
) -> None:
    server.answers(200, b"{}", "X-Rate-Limit-Limit: 50\r\nX-Rate-Limit-Remaining: 7\r\n")
    await client.request("POST", path, {"nr": "1"}, lane=USER)
    assert "authorization" not in server.fields
    assert lines[-1].open
    assert client.limits().remaining is None
    for method, other in (
        ("GET", path),
        ("POST", "/calls"),
        ("PUT", "/t1/calls"),
        ("POST", "/a/b/calls"),
    ):
        await client.request(method, other, lane=USER)
        assert "authorization" in server.fields


async def test_a_typed_bulk_that_is_refused_whole_says_why(
    server: Server, client: PlanhatClient
) -> None:
    server.answers(
        400, b'{"created":0,"createdErrors":[{"externalId":"b","error":"name is missing"}]}'
    )
    with pytest.raises(RejectedError, match="It says: name is missing"):
        await client.request("PUT", "/companies", [{"externalId": "b"}], lane=USER)
