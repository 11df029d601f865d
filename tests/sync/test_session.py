from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future, wait
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.errors import OfflineError, PlanhatTuiError, TenantMismatchError, TokenError
from planhat_tui.model.doubts import GRACE
from planhat_tui.model.edits import Change
from planhat_tui.model.events import Topic
from planhat_tui.model.limits import Lane
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind, User
from planhat_tui.sandbox import DEMO_TENANTS
from planhat_tui.store.lease import PULL_LEASE, SEND_LEASE, this_process
from planhat_tui.store.tenant import TenantStore
from planhat_tui.sync import plan, session
from planhat_tui.sync.engine import Engine
from planhat_tui.sync.status import SyncStatus
from tests.budgets import MemoryBudgets
from tests.disk import full
from tests.sync.rig import SECONDS, Desk, Line, after, answer, html, lost_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import httpx

    from planhat_tui.model.limits import Limits
    from planhat_tui.model.ports import Planhat
    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json
    from tests.sync.rig import Forward, Server, Time

DELIVERED, QUEUED = State.DELIVERED, State.QUEUED
MINE = Change("custom.Mine", None, "yes")


def at_once() -> float:
    """Return the chance with which a pause after a failure is none."""
    return -0.5


# -- the rate limit that processes share


def test_calls_of_another_process_are_heard_of_while_nothing_is_called_here(
    open_desk: Callable[..., Desk], line: Line, tmp_path: Path
) -> None:
    budget = MemoryBudgets()
    here = open_desk(budget=budget)
    here.engine.ask(lambda planhat: planhat.my_profile(lane=Lane.USER)).result(SECONDS)
    before = here.engine.status.limits.remaining
    other = open_desk(folder=tmp_path / "other", budget=budget)
    other.fill()
    here.changes.clear()
    here.engine.look_at_limits()
    # what is told of its own call may still be under way, so the figure is waited for
    here.wait(lambda: here.engine.status.limits.remaining != before)
    here.wait(lambda: here.told_of(Topic.LIMITS))
    left = here.engine.status.limits.remaining
    assert before is not None
    assert left is not None
    assert left < before
    assert left == other.engine.status.limits.remaining
    asked = len(line.asked)
    here.changes.clear()
    here.engine.look_at_limits()
    here.look_at_the_outbox()
    here.rest()
    assert here.changes == []
    assert len(line.asked) == asked


# -- no network


def test_a_start_without_a_network_shows_what_was_here_and_recovers_by_itself(
    open_desk: Callable[..., Desk], server: Server
) -> None:
    open_desk().fill()
    open_desk().close()
    desk = open_desk(pull=True, chance=at_once)
    desk.line.cut = True
    desk.engine.start()
    desk.wait(lambda: desk.network() == "offline")
    assert "Nothing was sent" in desk.engine.status.reason
    company = server.ids()[0]
    assert desk.company(company).raw["name"] == server.get(company)["name"]
    entry = desk.edit(company, MINE)
    assert desk.company(company).raw["custom"] == {**server.get(company)["custom"], "Mine": "yes"}
    desk.line.cut = False
    desk.engine.wake()
    desk.wait_for_state(entry, DELIVERED)
    desk.wait(lambda: desk.network() == "online")
    assert desk.engine.status.reason == ""


def test_who_is_back_online_says_so_with_the_first_answer_and_a_429_keeps_nobody_offline(
    desk: Desk, server: Server
) -> None:
    first, second, third = server.ids()[:3]
    desk.fill()
    desk.line.cut = True
    edits = [desk.edit(one, MINE) for one in (first, second, third)]
    assert desk.delivered(*edits) == [QUEUED] * 3
    assert desk.network() == "offline"
    desk.line.cut = False
    states: list[str] = []
    desk.line.once(f"PUT /companies/{second}", after(lambda: states.append(desk.network())))
    desk.line.once(f"PUT /companies/{third}", answer(429, retry_after="1"))
    assert desk.delivered(*edits) == [DELIVERED] * 3
    assert states == ["online"]


def test_a_first_start_without_a_network_fills_later(
    open_desk: Callable[..., Desk], server: Server
) -> None:
    desk = open_desk(pull=True, chance=at_once)
    desk.line.cut = True
    desk.engine.start()
    desk.wait(lambda: desk.network() == "offline")
    assert desk.store.mirror.company_ids() == frozenset()
    desk.line.cut = False
    desk.wait(lambda: desk.store.mirror.progress().contacts_complete)
    assert desk.store.mirror.company_ids() == frozenset(server.ids())


def test_what_was_opened_on_a_full_disk_is_sent_and_read_by_itself_once_there_is_room(
    open_desk: Callable[..., Desk], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_desk()
    first.fill()
    first.line.cut = True
    company = server.ids()[0]
    entry = first.edit(company, MINE)
    first.close()
    with full(monkeypatch):
        desk = open_desk(pull=True)
        desk.line.cut = False
        desk.engine.start()
        desk.wait(lambda: desk.network() == "online")
        assert desk.store.read_only
        server.put(company, phase="renewal")
    desk.wait_for_state(entry, DELIVERED)
    desk.wait(lambda: desk.company(company).raw.get("phase") == "renewal")


def test_whoever_finds_the_way_again_tells_the_others(
    open_desk: Callable[..., Desk], server: Server
) -> None:
    desk = open_desk(pull=True, chance=lambda: 1e9)  # by itself nobody would try in this life
    desk.line.cut = True
    desk.engine.start()
    desk.wait(lambda: desk.network() == "offline")
    desk.line.cut = False
    assert desk.delivered(desk.create("new-1", name="Newcomer AB")) == [DELIVERED]
    desk.wait(lambda: desk.store.mirror.progress().contacts_complete)
    assert desk.store.mirror.company_ids() == frozenset(server.ids())


def test_what_answers_and_isnt_planhat_has_a_word_and_is_asked_again(
    open_desk: Callable[..., Desk], server: Server
) -> None:
    open_desk().fill()
    open_desk().close()
    desk = open_desk(pull=True, chance=at_once)
    for _ in range(10_000):
        desk.line.once("GET /myprofile", html(403))
    entry = desk.edit(server.ids()[0], MINE)
    assert desk.delivered(entry) == [QUEUED]
    assert desk.network() == "stranger"
    desk.line.calm()
    assert desk.delivered(entry) == [DELIVERED]
    assert desk.network() == "online"


def test_edits_made_offline_are_delivered_later_in_their_order(
    filled: Desk, server: Server
) -> None:
    filled.line.cut = True
    company = server.ids()[0]
    entries = [
        filled.create("new-1", name="Newcomer AB"),
        filled.create("new-2", Kind.CONTACT, companyId="new-1", name="Ada"),
        filled.edit(company, MINE),
        filled.edit("new-1", Change("phase", None, "renewal")),
    ]
    assert filled.delivered(*entries) == [QUEUED] * 4
    assert filled.network() == "offline"
    assert filled.company(company).state is QUEUED
    filled.line.cut = False
    assert filled.delivered(*entries) == [DELIVERED] * 4
    assert filled.network() == "online"
    (made,) = server.named("Newcomer AB")
    assert server.get(made)["phase"] == "renewal"
    assert server.get(company)["custom"]["Mine"] == "yes"
    assert filled.line.count("POST *") == 2


def test_edits_are_there_after_a_restart_without_a_network(
    open_desk: Callable[..., Desk], server: Server
) -> None:
    desk = open_desk()
    desk.fill()
    desk.line.cut = True
    company = server.ids()[0]
    entry = desk.edit(company, MINE)
    desk.deliver(entry)
    desk.close()
    again = open_desk()
    assert again.company(company).state is QUEUED
    assert again.delivered(entry) == [QUEUED]
    again.line.cut = False
    assert again.delivered(entry) == [DELIVERED]
    assert server.get(company)["custom"]["Mine"] == "yes"


def test_what_is_held_says_nothing_of_the_network(filled: Desk, server: Server) -> None:
    entry = filled.edit(server.ids()[0], MINE)
    filled.store.outbox.hold(entry.n)
    filled.line.cut = True
    with pytest.raises(OfflineError):
        filled.refresh(Topic.COMPANY)
    filled.look_at_the_outbox()
    assert filled.network() == "offline"


# -- the token


def test_a_token_that_is_refused_is_said_and_not_tried_on_and_on(
    open_desk: Callable[..., Desk], server: Server
) -> None:
    desk = open_desk(token="no-such-token", pull=True, chance=at_once)
    desk.engine.start()
    desk.wait(lambda: desk.network() == "refused")
    assert "401" in desk.engine.status.reason
    assert "no-such-token" not in desk.engine.status.reason
    entry = desk.create("new-1", name="Newcomer AB")
    assert desk.delivered(entry) == [QUEUED]
    with pytest.raises(TokenError):
        desk.fill()
    assert set(desk.line.asked) == {"GET /myprofile"}
    assert len(desk.line.asked) <= 4  # each wish may try it once
    assert not server.named("Newcomer AB")


def test_a_token_that_stops_working_keeps_the_edits_queued(
    open_desk: Callable[..., Desk], server: Server
) -> None:
    desk = open_desk()
    desk.fill()
    entry = desk.edit(server.ids()[0], MINE)
    desk.line.token = "revoked"
    assert desk.delivered(entry) == [QUEUED]
    assert desk.network() == "refused"
    desk.line.token = ""
    assert desk.delivered(entry) == [DELIVERED]
    assert desk.network() == "online"


def test_a_token_that_no_header_can_hold_is_told_to_whoever_asks(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk(token="ha\nha")
    with pytest.raises(PlanhatTuiError):
        desk.fill()
    assert desk.network() == "starting"


# -- who we are


def test_files_never_meet_another_tenant(open_desk: Callable[..., Desk], server: Server) -> None:
    desk = open_desk()
    desk.fill()
    companies = desk.store.mirror.company_ids()
    desk.close()
    other = open_desk(token=DEMO_TENANTS[1].token, pull=True)
    entry = other.edit(server.ids()[0], MINE)
    before = len(other.line.asked)
    assert other.delivered(entry) == [QUEUED]
    assert other.network() == "mismatch"
    assert "another tenant" in other.engine.status.reason
    with pytest.raises(TenantMismatchError):
        other.fill()
    with pytest.raises(TenantMismatchError):
        other.refresh(Topic.COMPANY)
    assert set(other.line.asked[before:]) == {"GET /myprofile"}
    assert other.store.mirror.company_ids() == companies
    other.close()
    mine = open_desk()
    assert mine.delivered(entry) == [DELIVERED]


def test_what_is_only_shown_believes_for_a_while_whose_the_token_is(
    open_desk: Callable[..., Desk], server: Server
) -> None:
    desk = open_desk()
    desk.fill()
    desk.close()
    lately = open_desk(believed=lambda: server.options.tenant)
    before = len(lately.line.asked)
    lately.engine.ask(lambda planhat: planhat.users(lane=Lane.USER), reads=True).result(SECONDS)
    assert "GET /myprofile" not in lately.line.asked[before:]
    assert lately.network() == "online"
    assert lately.delivered(lately.edit(server.ids()[0], MINE)) == [DELIVERED]
    assert "GET /myprofile" in lately.line.asked[before:], "what changes something asks"


def test_what_is_read_into_the_copy_believes_nothing(
    open_desk: Callable[..., Desk], server: Server
) -> None:
    desk = open_desk()
    desk.fill()
    desk.close()
    lately = open_desk(believed=lambda: server.options.tenant)
    before = len(lately.line.asked)
    lately.refresh(Topic.COMPANY, server.ids()[0])
    assert "GET /myprofile" in lately.line.asked[before:]


def test_what_was_said_of_another_tenant_or_of_no_files_is_not_believed(
    open_desk: Callable[..., Desk], server: Server, tmp_path: Path
) -> None:
    desk = open_desk()
    desk.fill()
    desk.close()
    for folder, said in ((None, "another"), (tmp_path / "new", server.options.tenant)):
        other = open_desk(believed=lambda said=said: said, **({"folder": folder} if folder else {}))
        before = len(other.line.asked)
        asked = other.engine.ask(lambda planhat: planhat.users(lane=Lane.USER), reads=True)
        asked.result(SECONDS)
        assert "GET /myprofile" in other.line.asked[before:]
        other.close()


def test_who_we_are_is_kept_from_the_first_contact(filled: Desk, server: Server) -> None:
    noted = filled.store.mirror.noted
    assert noted("identity") == server.options.tenant
    me = filled.store.mirror.me()
    assert me is not None
    assert me.id == server.ask("GET", "/myprofile")["_id"]


def test_a_question_is_asked_in_the_users_own_lane(desk: Desk) -> None:
    async def ask(planhat: Planhat) -> Received:
        return await planhat.my_profile(lane=Lane.USER)

    me = desk.engine.ask(ask).result(SECONDS)
    assert desk.store.mirror.me() == User.from_raw(me.data)
    assert desk.network() == "online"


def test_the_rate_limit_is_told(filled: Desk) -> None:
    filled.wait(lambda: filled.told_of(Topic.LIMITS))
    assert filled.engine.status.limits.limit == 1_000_000


# -- one at a time


def test_two_programs_over_the_same_files_send_everything_once(
    open_desk: Callable[..., Desk], server: Server
) -> None:
    first, second = open_desk(), open_desk()
    company = server.ids()[0]
    first.fill()
    entries = [first.edit(company, Change(f"custom.F{n}", None, n)) for n in range(5)]
    entries += [first.create(f"new-{n}", name=f"Newcomer {n}") for n in range(5)]
    waiting = [desk.engine.deliver([e.n for e in entries]) for desk in (first, second)]
    first.wait(lambda: all(first.entry(entry).state is DELIVERED for entry in entries))
    first.close()
    assert not waiting[0].exception(SECONDS) or isinstance(waiting[0].exception(), OfflineError)
    assert {entry.state for entry in waiting[1].result(SECONDS)} == {DELIVERED}
    assert all(len(server.named(f"Newcomer {n}")) == 1 for n in range(5))
    assert first.line.count("POST *") == 5


def test_whoever_lost_the_lease_sends_nothing_more(
    open_desk: Callable[..., Desk], server: Server, folder: Path, time: Time
) -> None:
    desk = open_desk()
    desk.fill()
    somebody = this_process()
    other = TenantStore.open(folder, wall=time.time)
    first, second = server.ids()[:2]
    entries = [desk.edit(first, MINE), desk.edit(second, MINE)]

    def take_the_lease() -> None:
        time.leap(1e6)
        assert other.outbox.claim(SEND_LEASE, somebody, 60.0)

    desk.line.once("PUT *", after(take_the_lease))
    desk.engine.wake()
    desk.wait_for_state(entries[0], DELIVERED)
    desk.refresh(Topic.COMPANY)
    assert desk.entry(entries[1]).state is QUEUED
    assert desk.line.count("PUT *") == 1
    other.outbox.release(SEND_LEASE, somebody)
    assert desk.delivered(*entries) == [DELIVERED] * 2
    other.close()


def test_what_another_program_is_sending_is_left_to_it(
    open_desk: Callable[..., Desk], server: Server, folder: Path, time: Time
) -> None:
    desk = open_desk()
    desk.fill()
    somebody = this_process()
    other = TenantStore.open(folder, wall=time.time)
    entry = desk.edit(server.ids()[0], MINE)
    assert other.outbox.claim(SEND_LEASE, somebody, 1e9)
    assert other.outbox.mark_sending([entry.n])
    waiting = desk.engine.deliver([entry.n])
    desk.refresh(Topic.COMPANY)
    assert desk.entry(entry).state is State.SENDING
    other.outbox.mark([entry.n], DELIVERED)
    assert [one.state for one in waiting.result(SECONDS)] == [DELIVERED]
    assert desk.line.count("PUT *") == 0
    other.close()


def test_two_explorers_of_a_tenant_pull_everything_once(
    open_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 20)
    desks = [open_desk(pull=True) for _ in range(2)]

    def everything_is_here(desk: Desk) -> bool:
        mirror = desk.store.mirror
        return mirror.progress().contacts_complete and not desk.engine.status.pulling

    for desk in desks:
        desk.engine.start()
    for desk in desks:
        desk.wait(partial(everything_is_here, desk))
    asked = [one for one in desks[0].line.asked if one != "GET /myprofile"]
    assert len(asked) == len(set(asked))
    assert not desks[0].store.outbox.is_held(PULL_LEASE)


def test_who_does_not_pull_reads_what_is_on_screen_and_what_somebody_asks_for(
    filled: Desk, server: Server, folder: Path, time: Time, open_desk: Callable[..., Desk]
) -> None:
    filled.close()
    somebody = this_process()
    other = TenantStore.open(folder, wall=time.time)
    assert other.outbox.claim(PULL_LEASE, somebody, 1e9)
    desk = open_desk(pull=True)
    company, before = server.ids()[0], len(desk.line.asked)
    time.leap(4000.0)
    desk.engine.start()
    desk.engine.look_at(company)
    theirs = f"GET /endusers[?]c={company}*"
    desk.wait(lambda: desk.line.count(theirs) > 0)
    desk.wait(lambda: desk.engine.status.pulling)  # the other one does
    assert {one.partition("?")[0] for one in desk.line.asked[before:]} == {
        "GET /myprofile",
        "GET /endusers",
    }
    server.put(company, phase="renewal")
    desk.fill()
    assert desk.company(company).raw["phase"] == "renewal"
    other.close()


# -- the end


def test_what_is_being_sent_when_the_end_comes_is_finished(filled: Desk, server: Server) -> None:
    async def end_first(request: httpx.Request, forward: Forward) -> httpx.Response:
        await asyncio.to_thread(filled.engine.stop, 0.0)
        for _ in range(20):  # the end is wished for now, and had its time to come
            await asyncio.sleep(0)
        return await forward(request)

    first, second = server.ids()[:2]
    entries = [filled.edit(first, MINE), filled.edit(second, MINE)]
    filled.line.once("PUT *", end_first)
    filled.engine.wake()
    filled.wait_for_state(entries[0], DELIVERED)
    filled.engine.stop()
    assert filled.entry(entries[1]).state is QUEUED
    assert filled.line.count("PUT *") == 1


def test_the_lease_is_given_back_at_the_end(
    filled: Desk, server: Server, folder: Path, time: Time
) -> None:
    filled.deliver(filled.edit(server.ids()[0], MINE))
    filled.engine.stop()
    other = TenantStore.open(folder, wall=time.time)
    assert other.outbox.claim(SEND_LEASE, this_process(), 1.0)
    other.close()


def test_after_the_end_every_question_is_answered_with_an_error(filled: Desk) -> None:
    filled.engine.stop()
    filled.engine.wake()
    filled.engine.look_at("c1")
    for asked in (
        filled.engine.fill(),
        filled.engine.refresh(Topic.COMPANY),
        filled.engine.deliver([1]),
    ):
        with pytest.raises(OfflineError, match="closed"):
            asked.result(SECONDS)


def test_no_question_is_left_without_an_answer_when_the_end_comes(desk: Desk) -> None:
    async def ask(planhat: Planhat) -> str:
        return (await planhat.my_profile(lane=Lane.USER)).id

    desk.engine.start()
    asked = []
    end = threading.Thread(target=desk.engine.stop)
    for n in range(300):
        if n == 150:
            end.start()
        asked.append(desk.engine.ask(ask))
    end.join(SECONDS)
    done, left = wait(asked, SECONDS)
    assert (len(done), len(left)) == (300, 0)
    assert {type(one.exception()) for one in done} <= {type(None), OfflineError}


class Asking:
    """A client that is asked something new while it is being closed."""

    def __init__(self, client: Any, ask: Callable[[], None]) -> None:  # noqa: ANN401 -- any client
        self._client = client
        self._ask = ask

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- the client's own
        return getattr(self._client, name)

    async def close(self) -> None:
        self._ask()
        await self._client.close()


def test_a_question_that_comes_in_the_last_moment_is_answered_too(
    open_desk: Callable[..., Desk],
) -> None:
    asked: list[Future[frozenset[str]]] = []
    desk: Desk = open_desk(
        wrap=lambda client: Asking(client, lambda: asked.append(desk.engine.fill()))
    )
    desk.fill()
    desk.engine.stop()
    with pytest.raises(OfflineError, match="closed"):
        asked[0].result(SECONDS)


def test_an_engine_that_was_never_started_ends_at_once(desk: Desk) -> None:
    desk.engine.wake()
    desk.engine.stop()
    assert desk.engine.status == SyncStatus()


def test_a_client_that_can_not_be_made_is_told_to_whoever_asks(desk: Desk) -> None:
    def connect(_on_limits: Callable[[Limits], None]) -> Planhat:
        raise OfflineError("There is no way.")

    engine = Engine(connect=connect, store=desk.store, on_change=desk.tell)
    with pytest.raises(OfflineError, match="no way"):
        engine.fill().result(SECONDS)
    engine.stop()


# -- mistakes of our own


class Stumbling:
    """A client with a bug: the first update of a company fails with it."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 -- any client
        self._client = client
        self._stumbled = False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- the client's own
        return getattr(self._client, name)

    async def update_company(
        self,
        company_id: str,
        body: Mapping[str, Json],
        *,
        lane: Lane,
        before: Callable[[], None],
    ) -> Received:
        if not self._stumbled:
            self._stumbled = True
            before()
            raise LookupError(company_id)
        answer: Received = await self._client.update_company(
            company_id, body, lane=lane, before=before
        )
        return answer


def test_a_bug_stops_neither_the_engine_nor_the_edit(
    open_desk: Callable[..., Desk], server: Server
) -> None:
    desk = open_desk(wrap=Stumbling)
    desk.fill()
    desk.deliver(desk.create("new-1", name="Newcomer AB"))
    first, second = server.ids()[:2]
    entries = [desk.edit(first, MINE), desk.edit(second, MINE)]
    desk.engine.wake()
    desk.wait(lambda: "LookupError" in desk.engine.status.reason)
    desk.engine.wake()
    desk.wait_for_state(entries[1], DELIVERED)
    desk.time.leap(GRACE)
    desk.look_at_the_outbox()
    assert desk.entry(entries[0]).state is DELIVERED
    assert server.get(first)["custom"]["Mine"] == "yes"


def test_a_line_that_breaks_while_reading_is_tried_again_by_itself(
    open_desk: Callable[..., Desk], line: Line
) -> None:
    desk = open_desk(pull=True)
    line.once("GET /leancompanies*", lost_answer)
    desk.engine.start()
    desk.wait(lambda: desk.store.mirror.progress().contacts_complete)
    assert line.count("GET /leancompanies*") == 2


def test_what_fails_again_and_again_is_tried_at_growing_distances(
    open_desk: Callable[..., Desk], line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planhat is there, and each try costs a call: of a minute's limit it must not take thirty."""
    waits: list[float] = []
    either = session._either

    async def passing(wish: asyncio.Event, seconds: float | None) -> None:
        if seconds and seconds <= session._LONGEST_FAILING:
            waits.append(seconds)
            seconds = 0.0
        await either(wish, seconds)

    monkeypatch.setattr(session, "_either", passing)
    desk = open_desk(pull=True)
    for _ in range(8):
        line.once("GET /companies[?]*sort=_id*", answer(500))
    desk.engine.start()
    desk.wait(lambda: desk.store.mirror.progress().contacts_complete)
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
