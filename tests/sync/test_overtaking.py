"""An answer that was on its way while an edit was delivered tells how the record was before it."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx
import pytest

from planhat_tui.model.edits import Change
from planhat_tui.model.events import Topic
from planhat_tui.model.outbox import Action, NewEntry, State
from planhat_tui.model.records import Kind, map_of
from planhat_tui.store.tenant import TenantStore
from tests.sync.rig import PATHS, SECONDS, Desk, Line, Server, lost_answer, lost_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from planhat_tui.model.outbox import Entry
    from planhat_tui.model.values import Json, Raw
    from tests.sync.rig import Forward, Time

COMPANIES = "GET /companies[?]*sort=_id*"
CONTACTS = "GET /endusers[?]*sort=_id*"
CHANGES = "GET /companies[?]*sort=-updatedAt*"
NAMES = "GET /leancompanies*"
CALL = {"nr": "1", "externalUserId": "max123"}
FIELDS: dict[Kind, tuple[str, Json, Json, Json]] = {
    Kind.CONTACT: ("tags", ["a"], ["a", "mine"], ["a", "mine", "more"]),
    Kind.CALL: ("externalUserId", "one", "two", "three"),
}
LISTS = {Kind.COMPANY: COMPANIES, Kind.CONTACT: CONTACTS}


class Overtaken:
    """A list that Planhat has answered and that arrives when it is let go."""

    def __init__(
        self, desk: Desk, time: Time, pattern: str, read: Callable[[], Future[Any]]
    ) -> None:
        time.leaps = False
        self._came, self._go = threading.Event(), threading.Event()
        desk.line.once(pattern, self._hold)
        self._reading = read()
        assert self._came.wait(SECONDS)

    async def _hold(self, request: httpx.Request, forward: Any) -> httpx.Response:  # noqa: ANN401 -- the rig's
        response = await forward(request)
        body = await response.aread()
        self._came.set()
        await asyncio.to_thread(self._go.wait, SECONDS)
        stream = httpx.ByteStream(body)
        return httpx.Response(response.status_code, headers=response.headers, stream=stream)

    def arrive(self) -> None:
        self._go.set()
        self._reading.result(SECONDS)


def _full(desk: Desk) -> Future[Any]:
    return desk.engine.fill(anew=True)


def _look(desk: Desk) -> Future[Any]:
    return desk.engine.refresh(Topic.SYNC, frozenset())


class Case(NamedTuple):
    kind: Kind
    pattern: str
    read: Callable[[Desk], Future[Any]]


@pytest.mark.parametrize(
    "case",
    [
        Case(Kind.COMPANY, COMPANIES, _full),
        Case(Kind.COMPANY, CHANGES, _look),
        Case(Kind.CONTACT, CONTACTS, _full),
    ],
)
def test_a_list_that_an_edit_has_overtaken_takes_nothing_of_it_back(
    case: Case, filled: Desk, server: Server, time: Time
) -> None:
    kind = case.kind
    record = server.ids(kind)[0]
    server.put(record, kind=kind, tags=["a"], custom={"Plan": "Gold"})
    filled.fill(anew=True)
    shown = filled.company if kind is Kind.COMPANY else filled.contact

    def edit(*changes: Change) -> Entry:
        return filled.edit(record, *changes, kind=kind)

    late = Overtaken(filled, time, case.pattern, lambda: case.read(filled))
    mine = edit(Change("tags", ["a"], ["a", "mine"]), Change("custom.Plan", "Gold", "Silver"))
    assert filled.delivered(mine) == [State.DELIVERED]
    late.arrive()
    assert shown(record).raw["tags"] == ["a", "mine"]
    assert map_of(shown(record).raw, "custom")["Plan"] == "Silver"

    more = edit(
        Change("tags", ["a", "mine"], ["a", "mine", "more"]), Change("custom.Rank", None, 5)
    )
    assert filled.delivered(more) == [State.DELIVERED]
    assert server.get(record, kind)["tags"] == ["a", "mine", "more"]
    custom = server.get(record, kind)["custom"]
    assert (custom["Plan"], custom["Rank"]) == ("Silver", 5)


def test_a_list_of_names_brings_no_name_back(filled: Desk, server: Server, time: Time) -> None:
    company = server.ids()[0]
    late = Overtaken(filled, time, NAMES, lambda: _look(filled))
    before = server.get(company)["name"]
    renamed = filled.edit(company, Change("name", before, "Renamed here"))
    assert filled.delivered(renamed) == [State.DELIVERED]
    late.arrive()
    assert filled.company(company).raw["name"] == "Renamed here"


def test_nor_does_a_list_bring_back_who_was_deleted(
    filled: Desk, server: Server, time: Time
) -> None:
    contact = server.ids(Kind.CONTACT)[0]
    late = Overtaken(filled, time, CONTACTS, lambda: _full(filled))
    assert filled.delivered(filled.delete(contact, Kind.CONTACT)) == [State.DELIVERED]
    late.arrive()
    assert filled.store.mirror.contact(contact) is None


def test_a_list_of_names_brings_no_deleted_company_back(
    filled: Desk, server: Server, time: Time
) -> None:
    company = server.ids()[0]
    late = Overtaken(filled, time, NAMES, lambda: _look(filled))
    assert filled.delivered(filled.delete(company)) == [State.DELIVERED]
    late.arrive()
    assert filled.store.mirror.company(company) is None


def test_a_list_brings_no_contacts_of_a_deleted_company_back(
    filled: Desk, server: Server, time: Time
) -> None:
    company = str(server.get(server.ids(Kind.CONTACT)[0], Kind.CONTACT)["companyId"])
    theirs = filled.store.mirror.contact_ids(company)
    late = Overtaken(filled, time, CONTACTS, lambda: _full(filled))
    assert filled.delivered(filled.delete(company)) == [State.DELIVERED]
    late.arrive()
    assert not any(filled.store.mirror.contact(one) for one in theirs)


def test_what_another_process_deletes_stays_deleted(
    filled: Desk, server: Server, time: Time, folder: Path
) -> None:
    contact = server.ids(Kind.CONTACT)[0]
    late = Overtaken(filled, time, CONTACTS, lambda: _full(filled))
    server.delete(contact, Kind.CONTACT)
    shell = TenantStore.open(folder, wall=time.time)
    shell.take_out(Kind.CONTACT, contact)
    shell.close()
    late.arrive()
    assert filled.store.mirror.contact(contact) is None


def test_a_contact_that_moved_isnt_lost_when_its_former_company_is_read_meanwhile(
    filled: Desk, server: Server, time: Time
) -> None:
    former, now = server.ids()[:2]
    made = [
        server.post(Kind.CONTACT, companyId=former, name=f"Ada {n}", email=f"a{n}@n.example")
        for n in range(12)
    ]
    filled.fill(anew=True)
    server.put(made[3], Kind.CONTACT, companyId=now)
    late = Overtaken(filled, time, CONTACTS, lambda: _full(filled))
    filled.refresh(Topic.CONTACT, former)
    assert filled.store.mirror.contact(made[3]) is None
    late.arrive()
    assert filled.contact(made[3]).raw["companyId"] == now


def test_a_contact_that_was_made_meanwhile_stays(filled: Desk, server: Server, time: Time) -> None:
    company = server.ids()[0]
    theirs = f"GET /endusers?c={company}*"
    late = Overtaken(
        filled,
        time,
        theirs.replace("?", "[?]"),
        lambda: filled.engine.refresh(Topic.CONTACT, frozenset({company})),
    )
    made = filled.create("new-1", Kind.CONTACT, companyId=company, name="Ada", email="a@n.example")
    (entry,) = filled.deliver(made)
    assert entry.state is State.DELIVERED
    late.arrive()
    assert filled.contact(entry.result_id).raw["name"] == "Ada"


def test_a_copy_from_a_clock_that_was_ahead_is_replaced(
    filled: Desk, server: Server, time: Time
) -> None:
    company = server.ids()[0]
    server.put(company, phase="theirs")
    time.leap(-86_400)
    filled.fill(anew=True)
    assert filled.company(company).raw["phase"] == "theirs"


async def _opened(desk: Desk, kind: Kind, record: str) -> None:
    """Let a person open a record while something else is on its way."""
    await desk.engine._ready.result()[1].read([(kind, record)])


def _step(desk: Desk, ids: list[str], change: Change, kind: Kind) -> tuple[Entry, ...]:
    new = [NewEntry(kind, Action.UPDATE, one, one, (change,), step="plan:1") for one in ids]
    return desk.store.outbox.add(*new)


def _slow_list(
    desk: Desk, server: Server, time: Time, kind: Kind, record: str, *, opened: bool
) -> None:
    """Let the next list have what was so a minute ago: somebody changes a record meanwhile."""

    async def slow(request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward(request)
        server.put(record, kind, tags=["a", "theirs"])
        time.leap(3)
        if opened:
            await _opened(desk, kind, record)
        time.leap(60)
        return response

    desk.line.once(LISTS[kind], slow)


@pytest.fixture
def many(time: Time, folder: Path) -> Iterator[tuple[Server, Desk]]:
    server = Server(time, companies=12)
    desk = Desk(folder, Line(server.app), time)
    for kind in (Kind.COMPANY, Kind.CONTACT):
        for one in server.ids(kind)[:12]:
            server.put(one, kind, tags=["a"])
    desk.fill()
    time.leaps = False
    yield server, desk
    desk.close()
    server.close()


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.CONTACT])
def test_what_a_plan_found_so_in_a_long_list_is_as_old_as_the_list(
    many: tuple[Server, Desk], time: Time, kind: Kind, *, opened: bool
) -> None:
    server, desk = many
    ids = server.ids(kind)[:12]
    record = ids[0]
    server.put(record, kind, tags=["a", "x"])
    _slow_list(desk, server, time, kind, record, opened=opened)
    entries = _step(desk, ids, Change("tags", ["a"], ["a", "x"]), kind)
    assert {*desk.delivered(*entries)} == {State.DELIVERED}
    shown = (desk.company if kind is Kind.COMPANY else desk.contact)(record)
    if opened:
        assert shown.raw["tags"] == ["a", "theirs"]
    mine = desk.edit(record, Change("tags", ["a", "x"], ["a", "x", "mine"]), kind=kind)
    assert desk.delivered(mine) == [State.DELIVERED]
    assert "theirs" in server.get(record, kind)["tags"]


def test_what_a_plan_has_sent_is_as_old_as_what_it_was_laid_on(
    many: tuple[Server, Desk], time: Time
) -> None:
    server, desk = many
    ids = server.ids()

    async def then_cut(request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward(request)
        server.put(ids[0], tags=["a", "x", "theirs"])
        desk.line.once(LISTS[Kind.COMPANY], lost_request)  # it can't be read back
        return response

    async def slow(request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward(request)
        time.leap(60)
        return response

    desk.line.once(LISTS[Kind.COMPANY], slow)
    desk.line.once("PUT /companies", then_cut)
    entries = _step(desk, ids, Change("tags", ["a"], ["a", "x"]), Kind.COMPANY)
    assert {*desk.delivered(*entries)} == {State.DELIVERED}
    assert desk.company(ids[0]).raw["tags"] == ["a", "x"]
    mine = desk.edit(ids[0], Change("tags", ["a", "x"], ["a", "x", "mine"]))
    assert desk.delivered(mine) == [State.DELIVERED]
    assert server.get(ids[0])["tags"] == ["a", "x", "theirs", "mine"]


def test_a_page_from_before_takes_nothing_back_of_what_a_plan_has_sent(
    many: tuple[Server, Desk], time: Time
) -> None:
    server, desk = many
    ids = server.ids()
    held: list[Overtaken] = []

    async def meanwhile(request: httpx.Request, forward: Forward) -> httpx.Response:
        held.append(await asyncio.to_thread(Overtaken, desk, time, CHANGES, lambda: _look(desk)))
        desk.line.once(COMPANIES, late)
        return await forward(request)

    async def late(_request: httpx.Request, _forward: Forward) -> httpx.Response:
        await asyncio.to_thread(held[0].arrive)
        raise httpx.ReadError("the line broke")

    desk.line.once("PUT /companies", meanwhile)
    entries = _step(desk, ids, Change("tags", ["a"], ["a", "x"]), Kind.COMPANY)
    assert {*desk.delivered(*entries)} == {State.DELIVERED}
    assert desk.company(ids[0]).raw["tags"] == ["a", "x"]


def test_what_a_doubt_found_in_a_long_list_is_as_old_as_the_list(
    many: tuple[Server, Desk], time: Time
) -> None:
    server, desk = many
    record = server.ids()[0]

    async def lost(request: httpx.Request, forward: Forward) -> httpx.Response:
        _slow_list(desk, server, time, Kind.COMPANY, record, opened=False)
        return await lost_answer(request, forward)

    desk.line.once("PUT /companies", lost)
    entries = _step(desk, server.ids(), Change("tags", ["a"], ["a", "x"]), Kind.COMPANY)
    assert {*desk.delivered(*entries)} == {State.DELIVERED}
    mine = desk.edit(record, Change("tags", ["a", "x"], ["a", "x", "mine"]))
    assert desk.delivered(mine) == [State.DELIVERED]
    assert server.get(record)["tags"] == ["a", "theirs", "mine"]


@pytest.mark.parametrize("kind", [Kind.CONTACT, Kind.CALL])
def test_a_reading_that_an_edit_has_overtaken_takes_nothing_of_it_back(
    kind: Kind, filled: Desk, server: Server, time: Time
) -> None:
    record = server.ids(kind)[0] if kind is Kind.CONTACT else server.post(kind, **CALL)
    field, before, after, more = FIELDS[kind]
    server.put(record, kind, **{field: before})
    filled.engine.read([(kind, record)]).result(SECONDS)
    path = f"GET {PATHS[kind]}/{record}"
    late = Overtaken(filled, time, path, lambda: filled.engine.read([(kind, record)]))
    mine = filled.edit(record, Change(field, before, after), kind=kind)
    assert filled.delivered(mine) == [State.DELIVERED]
    late.arrive()
    assert _raw(filled, kind, record)[field] == after
    again = filled.edit(record, Change(field, after, more), kind=kind)
    assert filled.delivered(again) == [State.DELIVERED]
    assert server.get(record, kind)[field] == more


def test_what_was_read_to_be_edited_is_as_old_as_the_question(
    filled: Desk, server: Server, time: Time
) -> None:
    company = server.ids()[0]
    server.put(company, tags=["a"])
    filled.fill(anew=True)
    server.put(company, tags=["a", "x"])
    time.leap(60)
    time.leaps = False

    async def slow(request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward(request)
        server.put(company, tags=["a", "x", "theirs"])
        time.leap(20)
        return response

    filled.line.once(f"GET /companies/{company}", slow)
    so_already = filled.edit(company, Change("tags", ["a"], ["a", "x"]))
    assert filled.delivered(so_already) == [State.DELIVERED]
    mine = filled.edit(company, Change("tags", ["a", "x"], ["a", "x", "mine"]))
    assert filled.delivered(mine) == [State.DELIVERED]
    assert server.get(company)["tags"] == ["a", "x", "theirs", "mine"]


def _raw(desk: Desk, kind: Kind, record: str) -> Raw:
    if kind is Kind.CALL:
        logged = desk.store.calls.get(record)
        assert logged is not None
        return logged.call.raw
    return desk.contact(record).raw
