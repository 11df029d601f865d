from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import cycle
from math import ceil
from typing import TYPE_CHECKING, Any, Literal

import httpx
import pytest

from planhat_tui.api import splitter
from planhat_tui.errors import NotFoundError, OfflineError, ServerError, UnknownOutcomeError
from planhat_tui.model import query
from planhat_tui.model.abilities import Abilities
from planhat_tui.model.edits import Change
from planhat_tui.model.events import Topic
from planhat_tui.model.limits import Lane
from planhat_tui.model.records import Kind, Received
from planhat_tui.store.absences import Doubt
from planhat_tui.store.mirror import Mirror
from planhat_tui.store.unreadable import Unreadable
from planhat_tui.sync import lists, plan
from planhat_tui.sync.status import question
from planhat_tui.sync.tries import MOST_IN_A_ROW
from tests.budgets import MemoryBudgets
from tests.sync.rig import (
    SECONDS,
    Line,
    Server,
    Time,
    after,
    answer,
    changed_answer,
    html,
    lost_answer,
    no_network,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from planhat_tui.model.values import Json
    from tests.sync.rig import Desk, Fault, Forward

PROBE = "GET /companies?limit=2&offset=1&sort=-_id&select=_id"
PAGES = "GET /companies[?]*sort=_id*"
LATER = 400.0
"""Seconds after which it is time to look for changes."""


@pytest.fixture
def seed(time: Time) -> Iterator[Server]:
    sandbox = Server(time, dialect="seed")
    yield sandbox
    sandbox.close()


@pytest.fixture
def seed_desk(open_desk: Callable[..., Desk], seed: Server) -> Desk:
    return open_desk(line=Line(seed.app))


def names(desk: Desk, text: str = "") -> set[str]:
    return {row.name for row in desk.store.mirror.search_companies(query.parse(text)).rows}


def holds_all_of(desk: Desk, server: Server) -> bool:
    """Tell whether the copy has every company and contact as the server has it."""
    companies = all(desk.company(one).server == server.get(one) for one in server.ids())
    contacts = [server.get(one, Kind.CONTACT) for one in server.ids(Kind.CONTACT)]
    return companies and all(desk.contact(c["_id"]).server == c for c in contacts)


class Overhearing:
    """A client that remembers for whom profile and lean list were asked, and whether once."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 -- any client
        self._client = client
        self.asked: list[tuple[Lane, bool]] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- the client's own
        return getattr(self._client, name)

    async def my_profile(self, *, lane: Lane, once: bool, **ask: Any) -> Any:  # noqa: ANN401 -- the client's own
        self.asked.append((lane, once))
        return await self._client.my_profile(lane=lane, once=once, **ask)

    async def lean_companies(self, *, lane: Lane, once: bool, **ask: Any) -> Any:  # noqa: ANN401 -- the client's own
        self.asked.append((lane, once))
        return await self._client.lean_companies(lane=lane, once=once, **ask)


def test_the_first_names_are_what_the_user_waits_for(open_desk: Callable[..., Desk]) -> None:
    clients: list[Overhearing] = []

    def overhear(client: Any) -> Overhearing:  # noqa: ANN401 -- any client
        clients.append(Overhearing(client))
        return clients[-1]

    desk = open_desk(wrap=overhear, pull=True)
    desk.engine.start()
    mirror = desk.store.mirror
    desk.wait(lambda: mirror.progress().contacts_complete and not desk.engine.status.pulling)
    first = [(Lane.USER, True), (Lane.USER, True)]
    assert clients[0].asked == first
    desk.fill(anew=True)
    assert clients[0].asked == [*first, (Lane.SCREEN, False)]


def test_names_come_first_then_the_team_then_pages(filled: Desk, server: Server) -> None:
    assert [one.partition("?")[0] for one in filled.line.asked] == [
        "GET /myprofile",
        "GET /leancompanies",
        "GET /users",
        "GET /companies",
        "GET /customfields",
        "GET /companies",
        "GET /endusers",
    ]
    assert filled.line.asked[3] == PROBE
    assert holds_all_of(filled, server)
    assert len(filled.store.mirror.users()) == 12
    progress = filled.engine.status.progress
    assert progress is not None
    assert (progress.companies_known, progress.companies_complete) == (6, 6)
    assert progress.contacts_complete


def test_what_is_pulled_because_somebody_asks_isnt_pulled_beside_it_as_well(
    open_desk: Callable[..., Desk], server: Server
) -> None:
    desk = open_desk(pull=True)
    desk.engine.start()
    desk.fill()
    assert holds_all_of(desk, server)
    assert len(desk.line.asked) == len(set(desk.line.asked))


def test_every_company_is_found_by_name_before_any_is_here_whole(
    desk: Desk, server: Server
) -> None:
    desk.line.once(PAGES, answer(500))
    with pytest.raises(ServerError):
        desk.fill()
    assert names(desk) == {server.get(one)["name"] for one in server.ids()}
    assert "Acme Inc" in names(desk, "acm")
    assert not desk.company(server.named("Acme Inc")[0]).complete


class Breaking(httpx.AsyncByteStream):
    """A body that breaks off behind some of its pieces."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        raise httpx.ReadError("the line broke")


def test_a_list_of_names_that_breaks_off_leaves_what_came_and_takes_nothing_away(
    desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "_AT_ONCE", 2)
    monkeypatch.setattr(splitter, "_LEAST", 1)
    some = [json.dumps(one).encode() for one in server.ask("GET", "/leancompanies")[:3]]

    async def breaks(_request: httpx.Request, _forward: Forward) -> httpx.Response:
        return httpx.Response(200, stream=Breaking(b"[", some[0] + b",", some[1] + b",", some[2]))

    desk.line.once("GET /leancompanies*", breaks)
    with pytest.raises(UnknownOutcomeError):
        desk.fill()
    assert len(names(desk)) == 2  # they are found before the list has ended
    assert not desk.store.mirror.progress().has_all(Kind.COMPANY)
    desk.fill()
    assert holds_all_of(desk, server)
    desk.line.once("GET /leancompanies*", breaks)
    with pytest.raises(UnknownOutcomeError):
        desk.refresh(Topic.COMPANY)
    assert holds_all_of(desk, server)
    assert desk.store.mirror.doubts() == ()


def test_who_wants_the_names_while_they_come_waits_for_these(filled: Desk, server: Server) -> None:
    new, again = server.post(name="New"), threading.Event()
    before = filled.line.count("GET /leancompanies*")

    def want_them_too() -> None:
        refreshed.append(filled.engine.refresh(Topic.COMPANY))
        again.set()

    refreshed: list[Future[frozenset[str]]] = []
    filled.line.once("GET /leancompanies*", after(want_them_too))
    filled.refresh(Topic.COMPANY)
    assert again.is_set()
    refreshed[0].result(SECONDS)
    assert filled.line.count("GET /leancompanies*") == before + 1
    assert filled.company(new).raw["name"] == "New"


def test_a_list_of_names_that_fails_is_asked_for_by_who_waits_for_it(
    filled: Desk, server: Server
) -> None:
    new = server.post(name="New")
    waits: list[Future[frozenset[str]]] = []

    async def fails(_request: httpx.Request, _forward: Forward) -> httpx.Response:
        waits.append(filled.engine.refresh(Topic.COMPANY))
        for _ in range(20):  # until it waits
            await asyncio.sleep(0)
        raise httpx.ReadError("the line broke")

    filled.line.once("GET /leancompanies*", fails)
    with pytest.raises(UnknownOutcomeError):
        filled.refresh(Topic.COMPANY)
    waits[0].result(SECONDS)
    assert filled.company(new).raw["name"] == "New"


class Waiting:
    """A client that says when the background's list of names, or of a profile, is asked for."""

    def __init__(self, client: Any, waits: dict[str, threading.Event]) -> None:  # noqa: ANN401 -- any client
        self._client, self._waits = client, waits

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- the client's own
        wanted = getattr(self._client, name)
        if name not in self._waits:
            return wanted

        async def asked(*, lane: Lane, **ask: Any) -> Any:  # noqa: ANN401 -- the client's own
            if lane is not Lane.USER:
                self._waits[name].set()
            return await wanted(lane=lane, **ask)

        return asked


@pytest.fixture
def scarce(time: Time) -> Iterator[Server]:
    """Return a server that allows few calls."""
    sandbox = Server(time, limit=30)
    yield sandbox
    sandbox.close()


def a_company(desk: Desk) -> str:
    return desk.store.mirror.some_company_ids(2)[0]


@pytest.fixture
def few_left(open_desk: Callable[..., Desk], scarce: Server, time: Time) -> Callable[..., Desk]:
    """Return what opens a filled desk with 4 calls left, at a moment when time doesn't pass."""

    def open_it(**options: Any) -> Desk:  # noqa: ANN401 -- Desk's own
        budget, line = MemoryBudgets(), Line(scarce.app)
        before = open_desk(line=line, budget=budget)
        before.fill()
        time.leap(LATER)
        for _ in range(25):
            scarce.ask("GET", "/myprofile")
        before.refresh(Topic.CONTACT, a_company(before))
        before.close()
        time.leaps = False
        return open_desk(line=line, budget=budget, **options)

    return open_it


@pytest.mark.parametrize(
    "deed",
    [
        lambda desk, company: desk.refresh(Topic.COMPANY, company),
        lambda desk, company: desk.refresh(Topic.CONTACT, company),
        lambda desk, company: desk.engine.read([(Kind.COMPANY, company)]).result(SECONDS),
        lambda desk, _: desk.engine.ask(lambda api: api.users(lane=Lane.USER)).result(SECONDS),
    ],
    ids=["a company", "its contacts", "a record", "a question"],
)
def test_what_a_person_asks_for_never_waits_for_the_first_contact_of_another_lane(
    few_left: Callable[..., Desk], deed: Callable[[Desk, str], None]
) -> None:
    waits = {"my_profile": threading.Event()}
    desk = few_left(wrap=lambda client: Waiting(client, waits), pull=True)
    before = desk.line.count("GET /myprofile")
    desk.engine.start()
    assert waits["my_profile"].wait(SECONDS)
    deed(desk, a_company(desk))
    assert desk.line.count("GET /myprofile") == before + 1


def test_an_edit_that_waits_for_calls_keeps_nothing_from_a_person(
    few_left: Callable[..., Desk],
) -> None:
    waits = {"my_profile": threading.Event()}
    desk = few_left(wrap=lambda client: Waiting(client, waits))
    desk.edit(a_company(desk), Change("phase", None, "new"))
    desk.engine.start()
    assert waits["my_profile"].wait(SECONDS)
    desk.refresh(Topic.COMPANY, a_company(desk))


@pytest.mark.parametrize(
    ("topic", "asks"),
    [
        (Topic.SYNC, ["GET /leancompanies", "GET /companies", "GET /endusers"]),
        (Topic.USER, ["GET /users"]),
    ],
)
def test_what_a_person_reads_anew_takes_the_calls_that_are_kept_for_them(
    few_left: Callable[..., Desk], topic: Topic, asks: list[str]
) -> None:
    desk = few_left()
    asked = len(desk.line.asked)
    desk.refresh(topic)
    assert [one.partition("?")[0] for one in desk.line.asked[asked:]] == ["GET /myprofile", *asks]


def test_names_that_wait_for_calls_are_read_at_once_when_a_person_wants_them(
    few_left: Callable[..., Desk],
) -> None:
    waits = {"lean_companies": threading.Event()}
    desk = few_left(wrap=lambda client: Waiting(client, waits), pull=True)
    desk.engine.read([]).result(SECONDS)  # who we are is known
    before = desk.line.count("GET /leancompanies")
    assert waits["lean_companies"].wait(SECONDS)
    desk.refresh(Topic.COMPANY)
    assert desk.line.count("GET /leancompanies") == before + 1


def test_what_arrived_is_told(filled: Desk, server: Server) -> None:
    companies, contacts = server.ids(), server.ids(Kind.CONTACT)
    filled.wait(lambda: filled.told_of(Topic.COMPANY, *companies))
    filled.wait(lambda: filled.told_of(Topic.CONTACT, *contacts))
    filled.wait(lambda: filled.told_of(Topic.USER))
    filled.wait(lambda: filled.told_of(Topic.PROFILE))


def test_a_server_without_lists_is_found_out_once_and_read_by_id(
    open_desk: Callable[..., Desk], seed_desk: Desk, seed: Server, time: Time
) -> None:
    seed_desk.fill()
    assert holds_all_of(seed_desk, seed)
    assert seed_desk.line.count("GET /companies[?]*") == 1
    assert seed_desk.line.count("GET /companies/*") == 6
    seed_desk.close()
    again = open_desk(line=seed_desk.line)
    time.leap(LATER)
    again.fill()
    assert again.line.count("GET /companies[?]*") == 1


def test_a_404_for_the_list_says_the_same_as_a_405(desk: Desk, server: Server) -> None:
    desk.line.once("GET /companies[?]*", answer(404))
    desk.fill()
    assert desk.line.count("GET /companies/*") == 6
    assert holds_all_of(desk, server)


def test_a_profile_that_names_the_edition_saves_the_look(
    open_desk: Callable[..., Desk], seed: Server
) -> None:
    desk = open_desk(line=Line(seed.app), dialect="seed")
    desk.fill()
    assert desk.line.count("GET /companies[?]*") == 0
    assert holds_all_of(desk, seed)


def test_without_lists_a_company_is_read_again_when_its_copy_is_old(
    seed_desk: Desk, seed: Server, time: Time
) -> None:
    seed_desk.fill()
    company = seed.ids()[2]
    seed.put(company, phase="renewal")
    time.leap(4000.0)
    seed_desk.fill()
    assert seed_desk.company(company).raw["phase"] == "renewal"


def test_without_lists_all_contacts_come_at_once_however_many(
    seed_desk: Desk, seed: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 7)
    seed_desk.fill()
    assert seed_desk.line.count("GET /endusers[?]*") == 1
    assert holds_all_of(seed_desk, seed)


def test_without_lists_as_many_contacts_as_a_page_would_have_are_looked_behind(
    seed_desk: Desk, seed: Server, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = seed.post(Kind.CONTACT, companyId=seed.ids()[0], name="Ada Lovelace")
    monkeypatch.setattr(plan, "CONTACT_PAGE", len(seed.ids(Kind.CONTACT)))
    seed_desk.fill()
    assert seed_desk.line.count("GET /endusers[?]*") == 2
    assert seed_desk.store.mirror.progress().contacts_complete
    assert holds_all_of(seed_desk, seed)
    seed.delete(new, Kind.CONTACT)
    monkeypatch.setattr(plan, "CONTACT_PAGE", len(seed.ids(Kind.CONTACT)))
    time.leap(plan.CHECK_EVERY)
    seed_desk.fill()
    assert seed_desk.store.mirror.contact(new) is None


def test_a_pull_goes_on_after_lost_answers_and_500s_and_reads_nothing_twice(
    seed_desk: Desk, seed: Server, time: Time
) -> None:
    first, second, third, *_ = seed.ids()
    seed_desk.line.once("GET /myprofile", lost_answer)
    seed_desk.line.once("GET /leancompanies*", answer(500))
    for one in (first, first, second, third):
        seed_desk.line.once(f"GET /companies/{one}", lost_answer)
    seed_desk.line.once(f"GET /companies/{third}", answer(500))
    seed_desk.line.once("GET /endusers[?]*", answer(502))
    before = time.now
    seed_desk.fill(patient=True)
    assert holds_all_of(seed_desk, seed)
    assert seed_desk.line.count(f"GET /companies/{first}") == 3
    assert seed_desk.line.count("GET /companies/*") == len(seed.ids()) + 5
    assert time.now - before < 60


def test_a_pull_ends_after_some_tries_that_bring_nothing(seed_desk: Desk, seed: Server) -> None:
    for _ in range(10):
        seed_desk.line.once("GET /endusers[?]*", lost_answer)
    with pytest.raises(UnknownOutcomeError, match="The answer was lost"):
        seed_desk.fill(patient=True)
    assert seed_desk.store.mirror.progress().companies_left == 0
    assert seed_desk.line.count("GET /endusers[?]*") == MOST_IN_A_ROW
    asked = seed_desk.line.count("GET /companies/*")
    seed_desk.line.calm()
    seed_desk.fill(patient=True)
    assert holds_all_of(seed_desk, seed)
    assert seed_desk.line.count("GET /companies/*") == asked


def test_a_record_at_which_the_server_goes_on_failing_ends_no_pull(
    seed_desk: Desk, seed: Server
) -> None:
    bad = seed.ids()[0]
    for _ in range(100):
        seed_desk.line.once(f"GET /companies/{bad}", answer(500))
    seed_desk.fill(patient=True)
    progress = seed_desk.store.mirror.progress()
    assert (progress.companies_left, progress.contacts_complete) == (1, True)
    assert 2 <= seed_desk.line.count(f"GET /companies/{bad}") <= MOST_IN_A_ROW


def test_lists_that_are_due_again_meanwhile_are_no_progress_with_a_company_that_goes_on_failing(
    open_desk: Callable[..., Desk], seed: Server
) -> None:
    desk, bad = open_desk(line=Line(seed.app), refresh=10.0), seed.ids()[0]
    for _ in range(100):
        desk.line.once(f"GET /companies/{bad}", answer(500))
    assert desk.engine.fill(patient=True).result(SECONDS) == {bad}
    assert 2 <= desk.line.count(f"GET /companies/{bad}") <= 2 * MOST_IN_A_ROW


def test_nor_are_they_where_all_companies_fail_that_are_due(
    open_desk: Callable[..., Desk], seed: Server, time: Time
) -> None:
    desk = open_desk(line=Line(seed.app), refresh=10.0)
    assert desk.engine.fill(patient=True).result(SECONDS) == frozenset()
    time.leap(4000.0)
    for _ in range(200):
        desk.line.once("GET /companies/*", answer(500))
    asked = desk.line.count("GET /companies/*")
    with pytest.raises(ServerError):
        desk.fill(patient=True)
    assert desk.line.count("GET /companies/*") - asked <= 4 * MOST_IN_A_ROW
    desk.line.calm()
    assert desk.engine.fill(patient=True).result(SECONDS) == frozenset()
    assert holds_all_of(desk, seed)


def test_a_company_that_came_right_while_another_fails_gives_that_more_tries(
    open_desk: Callable[..., Desk], seed: Server
) -> None:
    desk = open_desk(line=Line(seed.app), refresh=1e6)
    first, second, *_ = seed.ids()
    for one, fails in ((first, 4), (second, 7)):
        for _ in range(fails):
            desk.line.once(f"GET /companies/{one}", answer(500))
    assert desk.engine.fill(patient=True).result(SECONDS) == frozenset()
    assert holds_all_of(desk, seed)


def test_a_network_that_was_never_there_is_told_at_once_and_one_that_goes_is_waited_for(
    seed_desk: Desk, seed: Server
) -> None:
    seed_desk.line.cut = True
    with pytest.raises(OfflineError):
        seed_desk.fill(patient=True)
    seed_desk.line.cut = False
    for _ in range(MOST_IN_A_ROW - 1):
        seed_desk.line.once(f"GET /companies/{seed.ids()[3]}", no_network)
    seed_desk.fill(patient=True)
    assert holds_all_of(seed_desk, seed)


def test_the_company_on_screen_is_read_before_all_others(
    open_desk: Callable[..., Desk], seed: Server
) -> None:
    desk = open_desk(line=Line(seed.app), pull=True)
    chosen = seed.ids()[-1]
    desk.line.once("GET /leancompanies*", after(lambda: desk.engine.look_at(chosen)))
    desk.engine.start()
    desk.wait(lambda: holds_all_of(desk, seed) if len(desk.line.asked) > 11 else False)
    assert desk.line.asked[2] == f"GET /companies/{chosen}"
    assert desk.line.asked[3].startswith(f"GET /endusers?c={chosen}")
    assert desk.line.count(f"GET /companies/{chosen}") == 1


def held(time: Time, began: threading.Event, go_on: threading.Event) -> Fault:
    """Tell that a request has left, and let it arrive when it may go on; the clock stands."""

    async def done(request: httpx.Request, forward: Forward) -> httpx.Response:
        time.leaps = False
        began.set()
        await asyncio.to_thread(go_on.wait, SECONDS)
        return await forward(request)

    return done


def test_the_company_on_screen_doesnt_wait_for_the_rest(
    open_desk: Callable[..., Desk], seed: Server, time: Time
) -> None:
    began, go_on = threading.Event(), threading.Event()
    desk = open_desk(line=Line(seed.app), pull=True)
    desk.line.once("GET /companies/*", held(time, began, go_on))
    desk.engine.start()
    assert began.wait(SECONDS)
    waiting = desk.line.asked[-1]
    chosen = next(one for one in seed.ids() if not waiting.endswith(one))
    desk.engine.look_at(chosen)
    desk.wait(lambda: desk.store.mirror.contacts_seen_at(chosen) is not None)
    assert desk.company(chosen).complete
    assert desk.line.asked[-1].startswith(f"GET /endusers?c={chosen}")
    go_on.set()
    desk.wait(lambda: holds_all_of(desk, seed))
    assert desk.line.count(f"GET /companies/{chosen}") == 1


class Reserved:
    """A client for whom all calls that are left are kept for the user; what was asked for whom."""

    def __init__(
        self,
        client: Any,  # noqa: ANN401 -- any client
        asked: list[tuple[str, Lane]],
        waits: threading.Event,
    ) -> None:
        self._client, self._asked, self._waits = client, asked, waits

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- the client's own
        return getattr(self._client, name)

    async def company(self, company_id: str, *, lane: Lane, **more: Any) -> Any:  # noqa: ANN401 -- the client's own
        await self._turn(company_id, lane)
        return await self._client.company(company_id, lane=lane, **more)

    async def contacts_of(self, company_id: str, *, lane: Lane, **more: Any) -> Any:  # noqa: ANN401 -- the client's own
        await self._turn(company_id, lane)
        return await self._client.contacts_of(company_id, lane=lane, **more)

    async def _turn(self, company_id: str, lane: Lane) -> None:
        self._asked.append((company_id, lane))
        if lane is not Lane.USER:
            self._waits.set()
            await asyncio.Event().wait()


def test_a_company_that_a_person_stays_at_is_read_as_the_users_own(
    open_desk: Callable[..., Desk], seed: Server
) -> None:
    asked: list[tuple[str, Lane]] = []
    waits = threading.Event()

    def reserve(client: Any) -> Reserved:  # noqa: ANN401 -- any client
        return Reserved(client, asked, waits)

    desk = open_desk(line=Line(seed.app), wrap=reserve, pull=True)
    passed, stayed_at = seed.ids()[:2]
    desk.line.once("GET /leancompanies*", after(lambda: desk.engine.look_at(passed)))
    desk.engine.start()
    assert waits.wait(SECONDS)
    assert asked == [(passed, Lane.SCREEN)]
    waits.clear()
    desk.engine.look_at(stayed_at)
    assert waits.wait(SECONDS)
    assert asked == [(passed, Lane.SCREEN), (stayed_at, Lane.SCREEN)]
    desk.engine.look_at(stayed_at, waits=True)
    desk.wait(lambda: desk.store.mirror.contacts_seen_at(stayed_at) is not None)
    assert asked[2:4] == [(stayed_at, Lane.USER)] * 2
    assert desk.company(stayed_at).complete
    assert not desk.company(passed).complete
    assert desk.line.count(f"GET /companies/{stayed_at}") == 1


def test_what_has_left_for_the_screen_is_asked_once_though_one_goes_on(
    open_desk: Callable[..., Desk], seed: Server, time: Time
) -> None:
    began, go_on = threading.Event(), threading.Event()

    def wait_for_others(client: Any) -> Any:  # noqa: ANN401 -- any client
        limits = client.limits
        client.limits = lambda: replace(limits(), waiting={Lane.SCREEN: 1})
        return client

    desk = open_desk(line=Line(seed.app), wrap=wait_for_others, pull=True)
    passed, stayed_at = seed.ids()[:2]
    desk.line.once("GET /leancompanies*", after(lambda: desk.engine.look_at(passed)))
    desk.line.once(f"GET /companies/{passed}", held(time, began, go_on))
    desk.engine.start()
    assert began.wait(SECONDS)
    desk.engine.look_at(stayed_at)
    desk.look_at_the_outbox()
    go_on.set()
    desk.wait(lambda: holds_all_of(desk, seed))
    assert desk.line.count(f"GET /companies/{passed}") == 1


def test_what_is_read_for_the_screen_waits_where_the_limit_is_used_up(
    open_desk: Callable[..., Desk], seed: Server
) -> None:
    desk = open_desk(line=Line(seed.app), pull=True)
    chosen = seed.ids()[-1]
    desk.line.once("GET /leancompanies*", after(lambda: desk.engine.look_at(chosen)))
    desk.line.once(f"GET /companies/{chosen}", answer(429, retry_after="5"))
    desk.engine.start()
    desk.wait(lambda: desk.store.mirror.contacts_seen_at(chosen) is not None)
    assert desk.line.asked[2:4] == [f"GET /companies/{chosen}"] * 2
    assert desk.company(chosen).complete


def test_a_whole_copy_reads_the_contacts_of_the_company_on_screen_no_more_than_needed(
    open_desk: Callable[..., Desk], server: Server
) -> None:
    desk = open_desk(pull=True)
    desk.fill()
    before = len(desk.line.asked)
    desk.engine.look_at(server.ids()[0])
    desk.fill()
    assert len(desk.line.asked) == before


def test_the_contacts_of_a_company_are_read_when_they_are_asked_for(
    filled: Desk, server: Server
) -> None:
    company = server.named("Acme Inc")[0]
    mirror = filled.store.mirror
    gone, *others = [row.id for row in mirror.contacts_of(company)]
    server.delete(gone, Kind.CONTACT)
    new = server.post(Kind.CONTACT, companyId=company, name="Ada Lovelace")
    filled.refresh(Topic.CONTACT, company)
    assert {row.id for row in mirror.contacts_of(company)} == {new, *others}
    filled.wait(lambda: filled.told_of(Topic.CONTACT, new))


@pytest.mark.parametrize(("count", "calls"), [(251, 1), (250, 2), (2611, 2)])
def test_a_companys_contacts_are_all_read_however_many(
    count: int, calls: int, desk: Desk, server: Server
) -> None:
    company = server.post(name="Large AB")
    people = [{"_id": f"{n:024x}", "companyId": company, "name": f"C {n}"} for n in range(count)]
    server.app._database.put(server.options.tenant, "contact", people)
    desk.refresh(Topic.CONTACT, company)
    theirs = {row.name for row in desk.store.mirror.contacts_of(company)}
    assert theirs == {f"C {n}" for n in range(count)}
    assert desk.line.count("GET /endusers*") == calls
    desk.refresh(Topic.CONTACT, company)
    assert len(desk.store.mirror.contacts_of(company)) == count
    assert desk.line.count("GET /endusers*") == calls * 2


@pytest.mark.parametrize(("count", "calls"), [(250, 1), (10_001, 2)])
def test_a_team_is_all_read_however_large(
    count: int, calls: int, desk: Desk, server: Server
) -> None:
    people = [{"_id": f"{n:024x}", "email": f"p{n}@large.example"} for n in range(count)]
    server.app._database.put(server.options.tenant, "user", people)
    desk.fill()
    assert len(desk.store.mirror.users()) == count + 12
    assert desk.line.count("GET /users*") == calls


def test_a_filter_that_the_server_ignores_moves_nobody(filled: Desk, server: Server) -> None:
    first, second, *_ = server.ids()
    everybody = json.dumps(server.ask("GET", "/endusers?limit=2000"))
    theirs = [row.id for row in filled.store.mirror.contacts_of(second)]
    filled.line.once("GET /endusers[?]c=*", answer(200, everybody))
    filled.refresh(Topic.CONTACT, first)
    assert [row.id for row in filled.store.mirror.contacts_of(second)] == theirs
    assert all(row.company_id == first for row in filled.store.mirror.contacts_of(first))


def test_later_only_what_has_changed_is_read(filled: Desk, server: Server, time: Time) -> None:
    company, contact = server.ids()[3], server.ids(Kind.CONTACT)[5]
    server.put(company, phase="renewal")
    server.put(contact, Kind.CONTACT, position="Stargazer")
    new = server.post(name="Newcomer AB")
    time.leap(LATER)
    before = len(filled.line.asked)
    filled.fill()
    assert not [one for one in filled.line.asked[before:] if "sort=_id" in one]
    assert filled.company(company).raw["phase"] == "renewal"
    assert filled.contact(contact).raw["position"] == "Stargazer"
    assert filled.company(new).server == server.get(new)
    before = len(filled.line.asked)
    filled.fill()
    assert len(filled.line.asked) == before


def test_a_look_for_changes_reaches_behind_the_last_one(
    filled: Desk, server: Server, time: Time
) -> None:
    company = server.ids()[3]
    time.leap(LATER)
    filled.fill()
    time.leap(-200.0)  # the server's clock is behind ours
    server.put(company, phase="renewal")
    time.leap(LATER + 200.0)
    filled.fill()
    assert filled.company(company).raw["phase"] == "renewal"


def test_a_fill_anew_reads_every_page_again(filled: Desk, server: Server) -> None:
    contact = server.ids(Kind.CONTACT)[0]
    server.put(contact, Kind.CONTACT, position="Stargazer")
    filled.fill()
    assert filled.contact(contact).raw.get("position") != "Stargazer"
    filled.fill(anew=True)
    assert filled.contact(contact).raw["position"] == "Stargazer"
    assert filled.line.count(PAGES) == 2


def test_what_is_here_stays_in_use_while_it_is_read_anew_and_the_names_come_first(
    filled: Desk, server: Server
) -> None:
    seen_at = filled.store.mirror.progress().seen_at
    assert seen_at is not None
    filled.line.cut = True
    with pytest.raises(OfflineError):
        filled.fill(anew=True)
    assert filled.store.mirror.progress().seen_at == seen_at
    filled.line.cut = False
    made, asked = server.post(name="Brand New"), filled.line.count("GET /leancompanies*")
    filled.fill()
    assert filled.company(made).complete
    assert filled.line.count("GET /leancompanies*") == asked + 1
    assert filled.line.count(PAGES) == 2


def test_a_fill_anew_leaves_nothing_behind_that_moves_up_between_two_pages(
    open_desk: Callable[..., Desk], time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "COMPANY_PAGE", 10)
    server = Server(time, companies=35)
    desk = open_desk(line=Line(server.app))
    desk.fill()
    ids = sorted(server.ids())
    time.leap(100.0)
    server.put(ids[10], phase="renewal")
    time.leap(4000.0)
    desk.line.once("GET /companies[?]*offset=10&sort=_id*", after(lambda: server.delete(ids[3])))
    desk.fill(anew=True)
    assert desk.company(ids[10]).raw["phase"] == "renewal"
    server.close()


def test_what_was_read_before_a_server_had_lists_is_followed_from_then_on(
    open_desk: Callable[..., Desk], time: Time
) -> None:
    server = Server(time, companies=6)
    desk = open_desk(line=Line(server.app), dialect="seed")
    desk.fill()
    contact = server.ids(Kind.CONTACT)[7]
    time.leap(LATER)
    server.put(contact, Kind.CONTACT, position="Stargazer")
    time.leap(4000.0)
    desk.close()
    again = open_desk(line=Line(server.app), dialect="modern")
    again.fill()
    assert again.contact(contact).raw["position"] == "Stargazer"
    assert holds_all_of(again, server)
    server.close()


def test_a_fill_that_was_interrupted_goes_on_where_it_was(
    open_desk: Callable[..., Desk], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "COMPANY_PAGE", 2)
    monkeypatch.setattr(plan, "CONTACT_PAGE", 20)
    desk = open_desk()
    desk.line.once("GET /companies[?]*offset=4&sort=_id", answer(500))
    with pytest.raises(ServerError):
        desk.fill()
    assert desk.engine.status.reason.startswith("Planhat failed (500)")
    desk.close()
    again = open_desk()
    again.fill()
    offsets = [
        one.partition("offset=")[2].partition("&")[0]
        for one in again.line.asked
        if fnmatchcase(one, PAGES)
    ]
    assert offsets == ["0", "2", "4", "4", "6"]
    assert (
        again.line.count("GET /endusers[?]*") == 6
    )  # 99, each page with the last one of the page before
    assert holds_all_of(again, server)


def test_a_company_that_was_deleted_vanishes_with_its_contacts(
    filled: Desk, server: Server, time: Time
) -> None:
    company = server.named("Acme Inc")[0]
    contacts = [row.id for row in filled.store.mirror.contacts_of(company)]
    server.delete(company)
    time.leap(LATER)
    filled.fill()
    assert filled.store.mirror.company(company) is None
    assert all(filled.store.mirror.contact(one) is None for one in contacts)
    assert contacts
    assert "Acme Inc" not in names(filled)
    filled.wait(lambda: filled.told_of(Topic.COMPANY, company))


@pytest.mark.parametrize("lacking", [2, 5, 6])
def test_a_list_that_lacks_too_much_is_doubted_and_removes_nothing(
    filled: Desk, lacking: int
) -> None:
    known = names(filled)
    fewer = changed_answer(lambda companies: companies[lacking:])
    filled.line.once("GET /leancompanies*", fewer)
    filled.refresh(Topic.COMPANY)
    assert names(filled) == known
    assert filled.engine.status.reason.startswith(f"Planhat's list lacks {lacking} of 6 companies")
    filled.refresh(Topic.COMPANY)
    assert filled.engine.status.reason == ""


def test_a_list_that_lacks_a_company_with_many_contacts_is_doubted(
    filled: Desk, server: Server
) -> None:
    company = a_company(filled)
    for n in range(30):
        server.post(Kind.CONTACT, name=f"Kim {n}", companyId=company)
    filled.refresh(Topic.CONTACT, company)
    theirs = len(filled.store.mirror.contacts_of(company))
    server.delete(company)
    filled.refresh(Topic.COMPANY)
    told = filled.engine.status.reason
    assert told.startswith(f"Planhat's list lacks 1 of 6 companies, with {theirs} contacts: none")
    assert len(filled.store.mirror.contacts_of(company)) == theirs
    filled.store.mirror.accept_absent(filled.store.mirror.doubts(), plan.too_many_gone)
    assert filled.store.mirror.contacts_of(company) == ()


def test_a_list_without_anything_is_asked_about_even_after_a_restart(
    filled: Desk, server: Server, open_desk: Callable[..., Desk]
) -> None:
    for one in server.ids():
        server.delete(one)
    filled.refresh(Topic.COMPANY)
    filled.close()
    again = open_desk()
    assert again.store.mirror.doubts() == (Doubt(Kind.COMPANY, 6, 6),)
    assert again.engine.status.reason == ""  # it isn't connected yet
    again.refresh(Topic.COMPANY)
    assert "lacks 6 of 6 companies" in again.engine.status.reason
    assert "sync --accept-deletions" in again.engine.status.reason
    assert again.store.mirror.accept_absent(again.store.mirror.doubts(), plan.too_many_gone)
    assert names(again) == set()
    assert again.engine.status.reason == ""


DAY = 90_000.0


def contact_ids(desk: Desk) -> set[str]:
    companies = desk.store.mirror.company_ids()
    return {row.id for one in companies for row in desk.store.mirror.contacts_of(one)}


@pytest.mark.parametrize("dialect", ["modern", "seed"])
def test_contacts_that_are_gone_are_noticed_once_a_day(
    open_desk: Callable[..., Desk],
    time: Time,
    dialect: Literal["modern", "seed"],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 20)
    there = Server(time, dialect=dialect)
    desk = open_desk(line=Line(there.app))
    desk.fill()
    for one in there.ids(Kind.CONTACT)[::9]:
        there.delete(one, Kind.CONTACT)
    time.leap(LATER)
    desk.fill()
    assert len(contact_ids(desk)) == 99
    time.leap(DAY)
    desk.fill()
    assert contact_ids(desk) == set(there.ids(Kind.CONTACT))
    assert holds_all_of(desk, there)
    before = desk.line.count("GET /endusers[?]*")
    time.leap(LATER)
    desk.fill()
    assert desk.line.count("GET /endusers[?]*") - before <= 1  # what has changed, no ids
    there.close()


def test_a_look_for_those_that_are_gone_asks_for_ids_alone_and_goes_on_where_it_was(
    filled: Desk,
    server: Server,
    time: Time,
    monkeypatch: pytest.MonkeyPatch,
    open_desk: Callable[..., Desk],
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 20)
    gone = server.ids(Kind.CONTACT)[50]
    server.delete(gone, Kind.CONTACT)
    time.leap(DAY)
    filled.line.once("GET /endusers[?]*offset=38&*", answer(500))
    with pytest.raises(ServerError):
        filled.fill()
    filled.close()
    again = open_desk()
    again.fill()
    asked = [one for one in again.line.asked if "select=_id" in one and "endusers" in one]
    offsets = [one.partition("offset=")[2].partition("&")[0] for one in asked]
    assert offsets == ["0", "19", "38", "38", "57", "76", "95"]
    assert gone not in contact_ids(again)
    assert contact_ids(again) == set(server.ids(Kind.CONTACT))


def test_contacts_that_move_up_while_pages_are_read_are_not_taken_for_gone(
    filled: Desk, server: Server, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 20)
    early = server.ids(Kind.CONTACT)[:3]

    def delete() -> None:
        for one in early:
            server.delete(one, Kind.CONTACT)

    time.leap(DAY)
    filled.line.once("GET /endusers[?]*offset=38&*", after(delete))
    filled.fill()
    assert set(server.ids(Kind.CONTACT)) <= contact_ids(filled)
    time.leap(DAY)
    filled.fill()
    assert contact_ids(filled) == set(server.ids(Kind.CONTACT))


def test_contacts_that_move_up_during_the_first_pull_are_not_left_out(
    desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 20)
    early = server.ids(Kind.CONTACT)[:3]

    def delete() -> None:
        for one in early:
            server.delete(one, Kind.CONTACT)

    desk.line.once("GET /endusers[?]*offset=19&*", after(delete))
    desk.fill()
    assert contact_ids(desk) == {*early, *server.ids(Kind.CONTACT)}  # a day later, these go


def test_the_next_page_is_asked_for_while_one_is_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 20)
    asked = threading.Event()
    take = Mirror.take

    def wait_and_take(mirror: Mirror, kind: Kind, *rest: Any) -> None:  # noqa: ANN401 -- passed on
        assert kind is not Kind.CONTACT or asked.wait(SECONDS)
        take(mirror, kind, *rest)

    monkeypatch.setattr(Mirror, "take", wait_and_take)
    desk.line.once("GET /endusers[?]*offset=19&*", after(asked.set))
    desk.fill()
    assert len(contact_ids(desk)) == 99
    assert desk.line.count("GET /endusers[?]limit=20&*") == 6


def test_a_page_that_waited_for_long_is_read_again(
    desk: Desk, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 20)
    desk.line.once("GET /endusers[?]*offset=19&*", after(lambda: time.leap(10)))
    desk.fill()
    assert len(contact_ids(desk)) == 99
    assert desk.line.count("GET /endusers[?]*offset=19&*") == 2
    assert desk.line.count("GET /endusers[?]limit=20&*") == 7


def test_how_much_is_left_is_known_while_it_is_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 10)
    monkeypatch.setattr(plan, "SIZE_FROM", 2)
    desk.line.once("GET /endusers[?]*offset=72&*", answer(500))
    with pytest.raises(ServerError):
        desk.fill()
    progress = desk.store.mirror.progress()
    assert progress.contacts_done == 73
    assert progress.contacts_known is not None
    assert abs(progress.contacts_known - 99) <= 15
    assert progress.lacking.startswith("contacts ")
    assert desk.line.count("GET /endusers[?]limit=1&*") == 3
    outlook = desk.engine.status.outlook
    assert outlook.calls == ceil((progress.contacts_known - 73) / 9)  # one is read twice
    assert outlook.seconds is not None
    desk.fill()
    assert desk.store.mirror.progress().lacking == ""
    assert desk.store.mirror.progress().contacts_done == 99
    assert desk.store.mirror.progress().contacts_known == 99
    desk.line.once("GET /endusers[?]*offset=27&*", answer(500))
    with pytest.raises(ServerError):
        desk.fill(anew=True)
    assert desk.store.mirror.progress().lacking == "contacts 28%"
    assert desk.line.count("GET /endusers[?]limit=1&*") == 3  # it is known by now


def test_many_contacts_that_are_gone_are_asked_about(
    filled: Desk, server: Server, time: Time
) -> None:
    for one in server.ids(Kind.CONTACT)[:30]:
        server.delete(one, Kind.CONTACT)
    time.leap(DAY)
    filled.fill()
    assert len(contact_ids(filled)) == 99
    assert "lacks 30 of 99 contacts" in filled.engine.status.reason
    filled.store.mirror.accept_absent(filled.store.mirror.doubts(), plan.too_many_gone)
    assert contact_ids(filled) == set(server.ids(Kind.CONTACT))


def test_a_company_whose_contacts_all_vanish_is_followed_only_if_one_is_really_gone(
    filled: Desk, server: Server
) -> None:
    company = server.named("Acme Inc")[0]
    before = filled.store.mirror.contact_ids(company)
    filled.line.once("GET /endusers[?]c=*", answer(200, "[]"))
    filled.refresh(Topic.CONTACT, company)
    assert filled.store.mirror.contact_ids(company) == before
    for one in before:
        server.delete(one, Kind.CONTACT)
    filled.refresh(Topic.CONTACT, company)
    assert before
    assert filled.store.mirror.contact_ids(company) == frozenset()


def test_opening_a_company_reads_its_contacts_when_they_are_an_hour_old(
    open_desk: Callable[..., Desk], server: Server, time: Time
) -> None:
    desk = open_desk(pull=True)
    desk.fill()
    company = server.named("Acme Inc")[0]
    gone, *_ = desk.store.mirror.contact_ids(company)
    server.delete(gone, Kind.CONTACT)
    time.leap(4000.0)
    desk.engine.look_at(company)
    desk.wait(lambda: gone not in desk.store.mirror.contact_ids(company))
    assert desk.line.count(f"GET /endusers[?]c={company}*") == 1


def test_a_look_for_changes_that_was_interrupted_goes_on_where_it_was(
    filled: Desk,
    server: Server,
    time: Time,
    monkeypatch: pytest.MonkeyPatch,
    open_desk: Callable[..., Desk],
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 20)
    for one in server.ids(Kind.CONTACT):
        server.put(one, Kind.CONTACT, position="Stargazer")
    server.put(server.ids()[0], phase="renewal")
    time.leap(LATER)
    filled.line.once("GET /endusers[?]*offset=50&sort=-updatedAt", answer(500))
    with pytest.raises(ServerError):
        filled.fill()
    filled.close()
    late = server.ids(Kind.CONTACT)[0]
    server.put(late, Kind.CONTACT, position="Skipper")
    again = open_desk()
    before = len(again.line.asked)
    again.fill()
    assert again.line.asked[before + 1].startswith("GET /endusers?limit=20&offset=50&")
    time.leap(LATER)
    again.fill()
    assert holds_all_of(again, server)


def test_who_reads_anew_sees_what_changed_since_a_look_was_interrupted(
    filled: Desk, server: Server, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 20)
    for one in server.ids(Kind.CONTACT):
        server.put(one, Kind.CONTACT, position="Stargazer")
    time.leap(LATER)
    filled.line.once("GET /endusers[?]*offset=50&sort=-updatedAt", answer(500))
    with pytest.raises(ServerError):
        filled.fill()
    late = server.ids(Kind.CONTACT)[0]
    server.put(late, Kind.CONTACT, position="Skipper")
    filled.refresh(Topic.COMPANY)
    assert filled.contact(late).raw["position"] == "Skipper"
    assert holds_all_of(filled, server)


class Stargazers:
    """Contacts that were changed one after the other, in pages of 30; the newest can be deleted."""

    def __init__(self, server: Server, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(plan, "CONTACT_PAGE", 30)
        monkeypatch.setattr(lists, "_FIRST_LOOK", 20)
        self._server = server
        self._ids = server.ids(Kind.CONTACT)[:80]
        for one in self._ids:
            server.put(one, Kind.CONTACT, position="Stargazer")
            time.leap(1.0)
        time.leap(1000.0)

    def delete(self, newest: int) -> None:
        for one in self._ids[-newest:]:
            self._server.delete(one, Kind.CONTACT)
        del self._ids[-newest:]

    def are_here(self, desk: Desk) -> bool:
        return all(desk.contact(one).raw.get("position") == "Stargazer" for one in self._ids)


@pytest.mark.parametrize("deleted", [5, 15, 25, 45])
def test_changes_that_move_up_while_they_are_read_are_not_left_out(
    filled: Desk, server: Server, time: Time, monkeypatch: pytest.MonkeyPatch, deleted: int
) -> None:
    changed = Stargazers(server, time, monkeypatch)
    third = "GET /endusers[?]*offset=30&sort=-updatedAt"
    filled.line.once(third, after(lambda: changed.delete(deleted)))
    filled.fill()
    assert filled.line.count(third)
    assert changed.are_here(filled)


def test_changes_that_move_up_while_nothing_is_read_are_not_left_out(
    filled: Desk,
    server: Server,
    time: Time,
    monkeypatch: pytest.MonkeyPatch,
    open_desk: Callable[..., Desk],
) -> None:
    changed = Stargazers(server, time, monkeypatch)
    filled.line.once("GET /endusers[?]*offset=30&sort=-updatedAt", answer(500))
    with pytest.raises(ServerError):
        filled.fill()
    filled.close()
    changed.delete(25)
    again = open_desk()
    again.fill()
    assert changed.are_here(again)


def test_a_list_of_changes_of_which_no_page_follows_the_other_ends(
    filled: Desk, server: Server, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 30)
    everybody = server.ask("GET", "/endusers?limit=2000")
    half = cycle([everybody[::2], everybody[1::2]])

    async def turned(request: httpx.Request, _forward: Forward) -> httpx.Response:
        offset, limit = (int(request.url.params[name]) for name in ("offset", "limit"))
        page = next(half)[offset:][:limit]
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps(page).encode()))

    for _ in range(200):
        filled.line.once("GET /endusers[?]*updatedAt*", turned)
    time.leap(LATER)
    before = len(filled.line.asked)
    filled.fill()
    assert 20 < len(filled.line.asked) - before < 50
    assert not Abilities.from_text(filled.store.mirror.noted("abilities")).sort


def test_a_company_that_came_while_the_list_was_on_its_way_stays(
    filled: Desk, server: Server
) -> None:
    def meanwhile(companies: Any) -> Any:  # noqa: ANN401 -- JSON
        data = {"_id": "f" * 24, "name": "Made meanwhile"}
        record = Received(json.dumps(data), dict(data))
        filled.store.mirror.put(Kind.COMPANY, [record], filled.time.time())
        return companies

    filled.line.once("GET /leancompanies*", changed_answer(meanwhile))
    filled.refresh(Topic.COMPANY)
    assert len(server.ids()) == 6
    assert "Made meanwhile" in names(filled)


def test_a_company_that_is_gone_is_taken_out_when_it_is_looked_up(
    filled: Desk, server: Server
) -> None:
    company = server.ids()[0]
    server.delete(company)
    filled.refresh(Topic.COMPANY, company)
    assert filled.store.mirror.company(company) is None


class NotFinding(Line):
    """A line to a server that doesn't find a single company by its id, though it lists them."""

    async def _forward(self, request: httpx.Request) -> httpx.Response:
        if fnmatchcase(request.url.path, "/companies/*"):
            return httpx.Response(404, json={"error": "Not found"})
        return await super()._forward(request)


def test_a_server_that_finds_no_company_that_it_lists_empties_nothing(
    open_desk: Callable[..., Desk], seed: Server, time: Time
) -> None:
    desk = open_desk(line=Line(seed.app))
    desk.fill()
    desk.close()
    desk = open_desk(line=NotFinding(seed.app))
    time.leap(4000.0)
    with pytest.raises(NotFoundError):
        desk.fill()
    assert holds_all_of(desk, seed)
    assert desk.engine.status.reason
    assert desk.line.count("GET /companies/*") < 6  # the server is what fails
    desk.refresh(Topic.COMPANY, *seed.ids())
    assert holds_all_of(desk, seed)
    assert contact_ids(desk) == set(seed.ids(Kind.CONTACT))
    assert desk.store.mirror.doubts() == ()


def test_many_companies_that_are_not_found_one_by_one_are_asked_about(
    seed_desk: Desk, seed: Server
) -> None:
    desk = seed_desk
    desk.fill()
    for one in seed.ids():
        seed.delete(one)
    desk.refresh(Topic.COMPANY, *desk.store.mirror.company_ids())
    assert desk.store.mirror.doubts() == (Doubt(Kind.COMPANY, 6, 6),)
    assert len(desk.store.mirror.company_ids()) == 6
    assert desk.line.count("GET /leancompanies*") == 2


def test_contacts_that_are_missing_company_by_company_are_asked_about(
    filled: Desk, server: Server, time: Time
) -> None:
    mirror = filled.store.mirror
    for one in server.ids(Kind.CONTACT):
        server.delete(one, Kind.CONTACT)
    for company in server.ids():
        filled.refresh(Topic.CONTACT, company)
    assert len(contact_ids(filled)) >= 99 * (1 - plan.LARGEST_SHRINK)
    time.leap(DAY)
    filled.fill()
    assert mirror.doubts() == (Doubt(Kind.CONTACT, *[len(contact_ids(filled))] * 2),)
    mirror.accept_absent(mirror.doubts(), plan.too_many_gone)
    assert contact_ids(filled) == set()


def test_companies_that_are_gone_one_after_the_other_are_looked_for_among_the_names(
    open_desk: Callable[..., Desk], time: Time
) -> None:
    server = Server(time, companies=30, dialect="seed")
    desk = open_desk(line=Line(server.app))
    desk.fill()
    time.leap(4000.0)
    gone = sorted(server.ids(), key=lambda one: desk.company(one).seen_at or 0.0)[:5]

    def delete() -> None:
        for one in gone:
            server.delete(one)

    desk.line.once("GET /companies/*", after(delete))
    desk.fill()
    assert desk.store.mirror.company_ids() == set(server.ids())
    assert holds_all_of(desk, server)
    server.close()


def test_companies_that_a_person_is_asked_about_are_not_read_by_their_ids(
    open_desk: Callable[..., Desk], time: Time
) -> None:
    server = Server(time, companies=30, dialect="seed")
    desk = open_desk(line=Line(server.app))
    desk.fill()
    for one in server.ids()[:10]:
        server.delete(one)
    time.leap(4000.0)
    before = desk.line.count("GET /companies/*")
    desk.fill()
    assert desk.store.mirror.doubts() == (Doubt(Kind.COMPANY, 10, 30),)
    assert desk.line.count("GET /companies/*") - before == 20
    server.close()


def test_a_company_that_is_listed_and_not_found_keeps_nothing_else_away(
    seed_desk: Desk, seed: Server, time: Time
) -> None:
    company = seed.ids()[2]
    seed_desk.line.once(f"GET /companies/{company}", answer(404, '{"error": "Not found"}'))
    seed_desk.fill()
    assert not seed_desk.company(company).complete
    assert not seed_desk.store.mirror.progress().lacking
    assert seed_desk.store.mirror.fault(Kind.COMPANY, company).startswith("Planhat lists it")
    time.leap(LATER)
    seed_desk.fill()
    assert holds_all_of(seed_desk, seed)
    assert not seed_desk.store.mirror.unreadable()


def test_a_deleted_company_with_an_edit_stays_and_is_not_asked_for_in_a_circle(
    desk: Desk, server: Server
) -> None:
    desk.line.once("GET /companies[?]*", answer(404))
    desk.line.once("GET /companies/*", answer(500))
    company = server.ids()[0]
    held = desk.edit(company, Change("phase", None, "renewal"))
    desk.store.outbox.hold(held.n)
    desk.line.once("GET /users*", after(lambda: server.delete(company)))
    desk.fill()
    assert desk.company(company).raw["phase"] == "renewal"
    assert desk.line.count(f"GET /companies/{company}") == 1
    assert desk.entry(held).state.is_open


def test_a_bad_record_is_set_aside_and_the_others_of_its_page_come(
    desk: Desk, server: Server
) -> None:
    bad = server.ids()[2]

    def spoil(companies: Any) -> Any:  # noqa: ANN401 -- JSON
        return [{**c, "_id": 7} if c["_id"] == bad else c for c in companies]

    desk.line.once(PAGES, changed_answer(spoil))
    desk.line.once(f"GET /companies/{bad}", answer(503))
    desk.fill()
    assert [one.kind for one in desk.store.mirror.unreadable()] == [Kind.COMPANY]
    desk.time.leap(LATER)
    desk.fill()
    assert holds_all_of(desk, server)  # the one that was bad came by its id
    assert not desk.store.mirror.unreadable()


def test_a_company_that_can_not_be_read_keeps_nothing_else_away(
    desk: Desk, server: Server, time: Time
) -> None:
    bad = server.ids()[2]
    desk.line.once(PAGES, changed_answer(lambda cs: [{**c, "_id": 7} for c in cs]))
    desk.line.once(f"GET /companies/{bad}", answer(200, '{"_id": 7}'))
    desk.fill()
    assert not desk.company(bad).complete
    progress = desk.store.mirror.progress()
    assert progress.contacts_complete
    assert not progress.lacking
    assert desk.store.mirror.unreadable() == (Unreadable(Kind.COMPANY, bad, "it has no _id"),)
    assert desk.store.mirror.fault(Kind.COMPANY, bad) == "it has no _id"
    assert desk.line.count(f"GET /companies/{bad}") == 1
    time.leap(LATER)
    desk.fill()
    assert holds_all_of(desk, server)
    assert not desk.store.mirror.unreadable()


def test_a_name_that_can_not_be_read_keeps_no_other_company_from_being_noticed_as_gone(
    desk: Desk, server: Server
) -> None:
    desk.fill()
    bad, gone, *_ = server.ids()

    def spoil(names: Any) -> Any:  # noqa: ANN401 -- JSON
        return [{**c, "x": 2**70} if c["_id"] == bad else c for c in names]

    desk.line.once("GET /leancompanies*", changed_answer(spoil))
    server.delete(gone)
    desk.refresh(Topic.COMPANY)
    assert desk.store.mirror.company(gone) is None
    assert desk.store.mirror.company(bad) is not None


def test_a_name_without_an_id_that_can_not_be_read_takes_nothing_out(
    desk: Desk, server: Server
) -> None:
    desk.fill()
    bad, gone, *_ = server.ids()

    def spoil(names: Any) -> Any:  # noqa: ANN401 -- JSON
        return [{**c, "_id": 7} if c["_id"] == bad else c for c in names]

    desk.line.once("GET /leancompanies*", changed_answer(spoil))
    server.delete(gone)
    desk.refresh(Topic.COMPANY)
    assert desk.store.mirror.company(bad) is not None
    assert desk.store.mirror.company(gone) is not None


def test_records_that_cannot_be_kept_are_named_until_they_come_well_or_are_gone(
    desk: Desk, server: Server
) -> None:
    bad, gone = server.ids(Kind.CONTACT)[:2]

    def spoil(contacts: Any) -> Any:  # noqa: ANN401 -- JSON
        return [{**c, "x": 2**70} if c["_id"] in {bad, gone} else c for c in contacts]

    desk.line.once("GET /endusers?limit=*", changed_answer(spoil))
    desk.fill()
    reason = "a number in it is too large"
    assert desk.store.mirror.unreadable() == tuple(
        Unreadable(Kind.CONTACT, one, reason) for one in sorted([bad, gone])
    )
    assert desk.store.mirror.progress().unreadable == 2
    server.delete(gone, Kind.CONTACT)
    desk.fill(anew=True)
    assert not desk.store.mirror.unreadable()


@pytest.mark.parametrize("companies", [10, 30, 200, 210])
@pytest.mark.parametrize("sorts", [True, False])
def test_a_look_for_changes_ends_however_many_have_changed(
    open_desk: Callable[..., Desk],
    folder: Path,
    time: Time,
    companies: int,
    sorts: bool,  # noqa: FBT001 -- pytest gives it
) -> None:
    server = Server(time, companies=companies)
    line = Line(server.app)
    desk = open_desk(folder=folder / "other", line=line)
    desk.fill()
    for company in server.ids():
        server.put(company, city="Umeå")
    time.leap(LATER)
    for _ in range(0 if sorts else 20):
        line.once("GET /companies[?]*updatedAt*", changed_answer(lambda page: page[::-1]))
    before = len(line.asked)
    desk.fill()
    assert len(line.asked) - before < 10
    assert all(desk.company(one).raw["city"] == "Umeå" for one in server.ids())
    server.close()


def test_when_one_company_after_the_other_fails_it_is_the_server_that_does(
    seed_desk: Desk, seed: Server
) -> None:
    for _ in range(4):
        seed_desk.line.once("GET /companies/*", answer(503))
    with pytest.raises(ServerError):
        seed_desk.fill()
    assert "503" in seed_desk.engine.status.reason
    seed_desk.fill()
    seed_desk.time.leap(LATER)
    seed_desk.fill()
    assert holds_all_of(seed_desk, seed)


@pytest.mark.parametrize("status", [403, 404])
def test_a_list_that_this_token_may_not_see_keeps_nothing_else_away(
    desk: Desk, server: Server, status: int
) -> None:
    desk.line.once("GET /users*", answer(status))
    desk.line.once("GET /endusers*", answer(status))
    desk.fill()
    assert all(desk.company(one).complete for one in server.ids())
    progress = desk.store.mirror.progress()  # each company was asked for its own
    assert (progress.contacts_complete, contact_ids(desk)) == (True, {*server.ids(Kind.CONTACT)})
    company = server.named("Acme Inc")[0]
    desk.refresh(Topic.CONTACT, company)
    assert desk.store.mirror.contacts_of(company)


def test_a_web_page_in_place_of_a_list_is_said_and_changes_nothing(
    filled: Desk, server: Server
) -> None:
    filled.line.once("GET /leancompanies*", html())
    with pytest.raises(ServerError, match="web page"):
        filled.refresh(Topic.COMPANY)
    assert "web page" in filled.engine.status.reason
    assert len(names(filled)) == len(server.ids())
    filled.refresh(Topic.COMPANY)
    assert filled.engine.status.reason == ""


def test_a_web_page_in_place_of_a_company_takes_nothing_out(filled: Desk, server: Server) -> None:
    company = server.named("Acme Inc")[0]
    filled.line.once("GET /companies/*", html(404))
    with pytest.raises(ServerError, match="web page"):
        filled.refresh(Topic.COMPANY, company)
    assert "Acme Inc" in names(filled)


def test_a_page_that_is_not_found_in_place_of_a_list_is_the_edition_without_it(
    desk: Desk, server: Server
) -> None:
    desk.line.once("GET /companies?*", html(404))
    desk.fill()
    assert desk.store.mirror.noted("edition") == "seed"
    assert all(desk.company(one).complete for one in server.ids())


def test_the_team_is_read_anew_when_it_is_asked_for(filled: Desk) -> None:
    team = filled.store.mirror.users()
    fewer = changed_answer(lambda users: users[1:])
    filled.line.once("GET /users*", fewer)
    filled.refresh(Topic.USER)
    assert len(filled.store.mirror.users()) == len(team) - 1


def test_what_is_pending_is_still_shown_when_its_record_is_read(
    filled: Desk, server: Server
) -> None:
    company = server.ids()[0]
    entry = filled.edit(company, Change("phase", server.get(company).get("phase"), "mine"))
    server.put(company, city="Umeå")
    filled.refresh(Topic.COMPANY, company)
    shown = filled.company(company)
    assert (shown.raw["phase"], shown.raw["city"]) == ("mine", "Umeå")
    assert shown.state is filled.entry(entry).state


def test_a_large_tenant_of_several_slices_comes_whole(
    open_desk: Callable[..., Desk], time: Time
) -> None:
    large = Server(time, companies=0)
    team = large.ask("GET", "/users")
    records: list[dict[str, Any]] = [
        {"_id": f"{n:024x}", "name": f"Company {n}", "arr": n} for n in range(450)
    ]
    desk = open_desk(line=Line(large.app))
    desk.line.once("GET /leancompanies*", answer(200, json.dumps(records)))
    desk.line.once(PAGES, answer(200, json.dumps(records)))
    desk.fill()
    assert len(desk.store.mirror.company_ids()) == 450
    assert all(desk.company(record["_id"]).raw == record for record in records)
    assert len(desk.store.mirror.users()) == len(team)
    large.close()


def test_definitions_of_custom_fields_come_with_the_pull_and_are_read_anew(
    filled: Desk, server: Server
) -> None:
    mirror = filled.store.mirror
    assert list(mirror.definitions()) == server.ask("GET", "/customfields")
    made = server.ask(
        "POST", "/customfields", {"name": "Plan Tier", "parent": "company", "type": "text"}
    )
    gone = server.ask("GET", "/customfields")[0]
    server.ask("DELETE", f"/customfields/{gone['_id']}")
    filled.fill()
    assert made not in mirror.definitions()  # once an hour is often enough
    filled.time.leap(3_601.0)
    filled.fill()
    assert list(mirror.definitions()) == server.ask("GET", "/customfields")
    assert gone not in mirror.definitions()


def test_many_companies_made_elsewhere_come_with_what_has_changed(
    filled: Desk, server: Server, time: Time
) -> None:
    made = [server.post(name=f"New {n}") for n in range(40)]
    time.leap(LATER)
    before = len(filled.line.asked)
    filled.fill()
    asked = filled.line.asked[before:]
    assert holds_all_of(filled, server)
    assert all(filled.company(one).complete for one in made)
    assert not [one for one in asked if fnmatchcase(one, "GET /companies/*")]
    assert len([one for one in asked if one.startswith("GET /companies?")]) == 1


def test_few_companies_made_elsewhere_are_read_by_their_ids(
    filled: Desk, server: Server, time: Time
) -> None:
    made = server.post(name="New")
    time.leap(LATER)
    filled.fill()
    assert filled.line.count(f"GET /companies/{made}") == 1
    assert holds_all_of(filled, server)


def test_a_team_that_is_missing_all_at_once_stays_until_a_person_says_so(
    filled: Desk, server: Server, time: Time
) -> None:
    team, mirror = server.ask("GET", "/users"), filled.store.mirror

    def read(answered: Json) -> int:
        time.leap(4000)
        filled.line.once("GET /users*", answer(200, json.dumps(answered)))
        filled.fill()
        return len(mirror.users())

    assert read([]) == 12
    assert mirror.doubts() == (Doubt(Kind.USER, 12, 12),)
    assert question(mirror.doubts()).startswith("Planhat's list lacks 12 of 12 users: none was")
    assert read(team) == 12
    assert mirror.doubts() == ()
    assert read(team[:9]) == 12
    assert mirror.accept_absent(mirror.doubts(), plan.too_many_gone) == {
        Kind.USER: tuple(sorted(one["_id"] for one in team[9:]))
    }
    assert (len(mirror.users()), mirror.doubts()) == (9, ())


def test_who_left_the_team_goes_and_who_cannot_be_read_stays(
    filled: Desk, server: Server, time: Time
) -> None:
    team, mirror = server.ask("GET", "/users"), filled.store.mirror
    for answered, here in (
        ([*team[:11], {"no": "id"}], 12),  # it may be the one that is missing
        (team[:11], 11),
        (team, 12),
    ):
        time.leap(4000)
        filled.line.once("GET /users*", answer(200, json.dumps(answered)))
        filled.fill()
        assert len(mirror.users()) == here
    assert mirror.doubts() == ()


def test_definitions_that_are_missing_all_at_once_stay(filled: Desk) -> None:
    mirror = filled.store.mirror
    known = mirror.definitions()
    filled.time.leap(3_601.0)
    filled.line.once("GET /customfields*", answer(200, "[]"))
    filled.fill()
    assert mirror.definitions() == known


def test_a_server_without_definitions_is_pulled_all_the_same(
    open_desk: Callable[..., Desk], server: Server
) -> None:
    desk = open_desk()
    desk.line.once("GET /customfields*", answer(403))
    desk.fill()
    assert holds_all_of(desk, server)
    assert desk.store.mirror.definitions() == ()
