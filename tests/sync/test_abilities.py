"""Servers that ignore what they are asked, without a word: the sandbox, deaf to some parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.model.abilities import Abilities
from planhat_tui.model.events import Topic
from planhat_tui.model.limits import Lane
from planhat_tui.model.records import Kind
from planhat_tui.sync import plan
from planhat_tui.sync.learned import PROBE_EVERY
from tests.sync.rig import SECONDS, Line, Server, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from planhat_tui.sync.session import Session
    from tests.sync.rig import Desk, Time

PROBE = "GET /companies[?]limit=2&offset=1&*"
EVERYTHING = Abilities(lists=True, limit=True, offset=True, sort=True, select=True, filter=True)
LATER = plan.UNSORTED_EVERY + 400.0


class Deaf(Line):
    """A line to a server that ignores some parameters, and clamps every page to ``most``."""

    def __init__(self, server: Server, *deaf: str, most: int = 10_000) -> None:
        super().__init__(server.app)
        self._deaf = deaf
        self._most = most

    async def _forward(self, request: httpx.Request) -> httpx.Response:
        asked = dict(request.url.params)
        heard = {name: value for name, value in asked.items() if name not in self._deaf}
        if "limit" in heard:
            heard["limit"] = str(min(int(heard["limit"]), self._most))
        request.url = request.url.copy_with(params=heard)
        return await super()._forward(request)


@pytest.fixture
def planhat(time: Time) -> Iterator[Server]:
    sandbox = Server(time, companies=24)
    yield sandbox
    sandbox.close()


def abilities(desk: Desk) -> Abilities:
    return Abilities.from_text(desk.store.mirror.noted("abilities"))


def has_all(desk: Desk, server: Server) -> bool:
    companies = all(desk.company(one).server == server.get(one) for one in server.ids())
    contacts = (server.get(one, Kind.CONTACT) for one in server.ids(Kind.CONTACT))
    return companies and all(desk.contact(c["_id"]).server == c for c in contacts)


def test_a_server_is_asked_once_and_known_from_then_on(
    open_desk: Callable[..., Desk], planhat: Server
) -> None:
    desk = open_desk(line=Line(planhat.app))
    desk.fill()
    assert abilities(desk) == EVERYTHING
    desk.close()
    again = open_desk(line=desk.line)
    again.fill(anew=True)
    assert desk.line.count(PROBE) == 1
    assert abilities(again).filter


@pytest.mark.parametrize(
    ("parameter", "ability"),
    [
        ("limit", "limit"),
        ("offset", "offset"),
        ("sort", "sort"),
        ("select", "select"),
        ("companyId", "filter"),
    ],
)
def test_each_parameter_that_is_ignored_is_noticed_and_everything_still_comes(
    parameter: str, ability: str, open_desk: Callable[..., Desk], planhat: Server
) -> None:
    desk = open_desk(line=Deaf(planhat, parameter))
    desk.fill()
    assert getattr(abilities(desk), ability) is False
    assert has_all(desk, planhat)


@pytest.mark.parametrize("dialect", ["seed", "modern"])
def test_a_profile_that_names_the_edition_is_believed(
    dialect: str, open_desk: Callable[..., Desk], planhat: Server
) -> None:
    desk = open_desk(line=Line(planhat.app), dialect=dialect)
    desk.fill()
    assert desk.line.count(PROBE) == 0


def test_an_order_that_is_ignored_is_not_relied_on(
    open_desk: Callable[..., Desk], planhat: Server, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "COMPANY_PAGE", 10)
    monkeypatch.setattr(plan, "CONTACT_PAGE", 40)
    desk = open_desk(line=Deaf(planhat, "sort"))
    desk.fill()
    changed = [planhat.ids()[-1], planhat.ids()[11]]
    for company in changed:
        planhat.put(company, phase="renewal")
    contact = planhat.ids(Kind.CONTACT)[-1]
    planhat.put(contact, Kind.CONTACT, position="Stargazer")
    time.leap(LATER)
    desk.fill()
    assert has_all(desk, planhat)


def test_an_order_that_is_first_ignored_later_on_is_noticed_then(
    open_desk: Callable[..., Desk], planhat: Server, time: Time
) -> None:
    desk = open_desk(line=Line(planhat.app))
    desk.fill()
    assert abilities(desk).sort
    planhat.put(planhat.ids()[5], phase="renewal")
    desk.close()
    deaf = open_desk(line=Deaf(planhat, "sort"))
    time.leap(LATER)
    deaf.fill()
    assert abilities(deaf).sort is False
    assert has_all(deaf, planhat)


def test_an_offset_that_is_ignored_ends(
    open_desk: Callable[..., Desk], planhat: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "COMPANY_PAGE", 10)
    monkeypatch.setattr(plan, "CONTACT_PAGE", 20)
    desk = open_desk(line=Deaf(planhat, "offset"))
    desk.fill()
    assert all(desk.company(one).complete for one in planhat.ids())
    assert desk.line.count("GET /companies[?]limit=10*") == 2
    assert not desk.store.mirror.progress().contacts_complete
    for company in planhat.ids():
        desk.refresh(Topic.CONTACT, company)
    assert has_all(desk, planhat)


def test_a_limit_that_is_clamped_lower_than_we_know_loses_nothing(
    open_desk: Callable[..., Desk], planhat: Server
) -> None:
    assert len(planhat.ids(Kind.CONTACT)) > 100
    desk = open_desk(line=Deaf(planhat, most=100))
    desk.fill()
    assert has_all(desk, planhat)
    assert desk.store.mirror.progress().contacts_complete


def test_contacts_of_others_in_an_answer_take_none_away(
    open_desk: Callable[..., Desk], planhat: Server
) -> None:
    desk = open_desk(line=Deaf(planhat, "c", "companyId", most=20))
    desk.fill()
    company = planhat.ids()[-1]
    before = [row.id for row in desk.store.mirror.contacts_of(company)]
    assert before
    desk.refresh(Topic.CONTACT, company)
    assert [row.id for row in desk.store.mirror.contacts_of(company)] == before
    assert abilities(desk).filter is False


def test_a_server_that_tells_no_companys_contacts_is_not_asked_for_each(
    open_desk: Callable[..., Desk], planhat: Server
) -> None:
    desk = open_desk(line=Deaf(planhat, "c", "companyId"))
    desk.fill()
    for company in planhat.ids()[:4]:

        async def look(session: Session, company: str = company) -> None:
            await session._pull.contacts_of(company, Lane.SCREEN)

        desk.engine._submit(look).result(SECONDS)
    assert abilities(desk).by_company is False
    assert desk.line.count("GET /endusers[?]c=*") == 1
    assert has_all(desk, planhat)


def test_a_company_is_named_by_the_later_name_too(
    open_desk: Callable[..., Desk], planhat: Server
) -> None:
    desk = open_desk(line=Deaf(planhat, "c"))
    desk.fill()
    company = planhat.ids()[-1]
    new = planhat.post(Kind.CONTACT, companyId=company, name="Ada Lovelace")
    desk.refresh(Topic.CONTACT, company)
    assert new in desk.store.mirror.contact_ids(company)
    assert abilities(desk).by_company is not False
    assert abilities(desk).filter


def test_lists_that_are_no_longer_there_are_found_out_and_done_without(
    open_desk: Callable[..., Desk], planhat: Server, time: Time
) -> None:
    desk = open_desk(line=Line(planhat.app))
    desk.fill()
    company = planhat.ids()[3]
    planhat.put(company, phase="renewal")
    time.leap(LATER)
    desk.line.once("GET /companies[?]*", answer(404))
    desk.line.once(PROBE, answer(404))
    desk.fill()
    assert desk.line.count(PROBE) == 2
    assert abilities(desk).lists is False
    assert desk.store.mirror.noted("edition") == "seed"
    time.leap(PROBE_EVERY)
    desk.fill()
    assert desk.line.count(PROBE) == 3
    assert desk.store.mirror.noted("edition") == "modern"
    assert has_all(desk, planhat)


def test_a_server_that_answers_the_probe_and_refuses_the_list_is_not_asked_in_turns_for_ever(
    open_desk: Callable[..., Desk], planhat: Server
) -> None:
    desk = open_desk(line=Line(planhat.app))
    desk.line.once("GET /companies[?]limit=5000*", answer(403))
    desk.fill()
    assert desk.line.count(PROBE) == 1
    assert desk.line.count("GET /companies/*") == 24
    assert abilities(desk).lists is False


def test_a_server_that_chokes_on_the_probe_is_judged_by_its_lists(
    open_desk: Callable[..., Desk], planhat: Server
) -> None:
    desk = open_desk(line=Line(planhat.app))
    desk.line.once(PROBE, answer(500))
    desk.fill()
    assert abilities(desk) == Abilities(lists=True)
    assert has_all(desk, planhat)
