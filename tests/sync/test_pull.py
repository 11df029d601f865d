from __future__ import annotations

import asyncio
import json
import threading
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.errors import ServerError
from planhat_tui.model import query
from planhat_tui.model.edits import Change
from planhat_tui.model.events import Topic
from planhat_tui.model.records import Kind, Received
from planhat_tui.sync import plan
from tests.sync.rig import SECONDS, Line, Server, Time, after, answer, changed_answer, html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from tests.sync.rig import Desk, Forward

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


def test_names_come_first_then_the_team_then_pages(filled: Desk, server: Server) -> None:
    assert [one.partition("?")[0] for one in filled.line.asked] == [
        "GET /myprofile",
        "GET /leancompanies",
        "GET /users",
        "GET /companies",
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


def test_every_company_is_found_by_name_before_any_is_here_whole(
    desk: Desk, server: Server
) -> None:
    desk.line.once(PAGES, answer(500))
    with pytest.raises(ServerError):
        desk.fill()
    assert names(desk) == {server.get(one)["name"] for one in server.ids()}
    assert "Acme Inc" in names(desk, "acm")
    assert not desk.company(server.named("Acme Inc")[0]).complete


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
    monkeypatch.setattr(plan, "CONTACT_PAGE", len(seed.ids(Kind.CONTACT)))
    seed_desk.fill()
    assert seed_desk.line.count("GET /endusers[?]*") == 1
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


def test_the_company_on_screen_doesnt_wait_for_the_rest(
    open_desk: Callable[..., Desk], seed: Server, time: Time
) -> None:
    began, go_on = threading.Event(), threading.Event()

    async def held(request: httpx.Request, forward: Forward) -> httpx.Response:
        time.leaps = False
        began.set()
        await asyncio.to_thread(go_on.wait, SECONDS)
        return await forward(request)

    desk = open_desk(line=Line(seed.app), pull=True)
    desk.line.once("GET /companies/*", held)
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
    assert again.line.count("GET /endusers[?]*") == len(server.ids(Kind.CONTACT)) // 20 + 1
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
    desk.fill()
    assert desk.engine.status.set_aside == 1
    assert holds_all_of(desk, server)  # the one that was bad came by its id


def test_a_company_that_can_not_be_read_keeps_nothing_else_away(
    desk: Desk, server: Server, time: Time
) -> None:
    bad = server.ids()[2]
    desk.line.once(PAGES, changed_answer(lambda cs: [{**c, "_id": 7} for c in cs]))
    desk.line.once(f"GET /companies/{bad}", answer(200, '{"_id": 7}'))
    desk.fill()
    assert not desk.company(bad).complete
    assert desk.store.mirror.progress().contacts_complete
    assert desk.line.count(f"GET /companies/{bad}") == 1
    time.leap(LATER)
    desk.fill()
    assert holds_all_of(desk, server)


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
    assert not desk.store.mirror.progress().contacts_complete
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
