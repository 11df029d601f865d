"""Servers that ignore what they are asked, without a word: the sandbox, deaf to some parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from planhat_tui.api import client
from planhat_tui.model.abilities import Abilities
from planhat_tui.model.doubts import GRACE
from planhat_tui.model.events import Topic
from planhat_tui.model.limits import Lane
from planhat_tui.model.outbox import Action, NewEntry, State
from planhat_tui.model.records import Kind
from planhat_tui.sync import plan
from planhat_tui.sync.doubts import NOBODY_KNOWS
from planhat_tui.sync.learned import PROBE_EVERY, TRUSTED_FOR
from planhat_tui.sync.pages import PageSizes
from tests.sync.rig import SECONDS, Line, Server, after, answer, changed_answer, lost_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from planhat_tui.model.values import Json
    from planhat_tui.sync.session import Session
    from tests.sync.rig import Desk, Time

PROBE = "GET /companies[?]limit=2&offset=1&*"
LOOK = "GET /endusers[?]limit=1&offset=40&*"
LOOKED_BEHIND = 1
"""A company has a round number of contacts, behind which there may be more."""
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


def test_a_companys_contacts_stay_where_pages_hold_fewer_than_are_asked_for(
    open_desk: Callable[..., Desk], planhat: Server
) -> None:
    company = planhat.post(name="Large AB")
    people = {planhat.post(Kind.CONTACT, companyId=company, name=f"C {n}") for n in range(33)}
    desk = open_desk(line=Deaf(planhat, most=30))
    desk.fill()
    assert desk.store.mirror.contact_ids(company) == people
    desk.refresh(Topic.CONTACT, company)
    assert desk.store.mirror.contact_ids(company) == people


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
    assert desk.line.count("GET /endusers[?]c=*") == len(planhat.ids()) + LOOKED_BEHIND
    assert desk.store.mirror.progress().contacts_complete
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


def lists_contacts_alone(desk: Desk, planhat: Server) -> None:
    """Check that the server is taken for one without lists of companies, and nothing is lost."""
    assert desk.store.mirror.noted("edition") == "seed"
    progress = desk.store.mirror.progress()
    assert (progress.contacts_done, progress.contacts_complete) == (
        len(planhat.ids(Kind.CONTACT)),
        True,
    )
    assert has_all(desk, planhat)


@pytest.mark.parametrize("status", [400, 403, 404])
@pytest.mark.parametrize("most", [10_000, 20])
def test_a_page_of_contacts_is_not_taken_for_all_of_them(
    *,
    status: int,
    most: int,
    open_desk: Callable[..., Desk],
    planhat: Server,
    time: Time,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 40)
    desk = open_desk(line=Deaf(planhat, most=most))
    desk.line.once(PROBE, answer(status))
    desk.fill()
    lists_contacts_alone(desk, planhat)
    time.leap(PROBE_EVERY + LATER)
    desk.fill()
    assert desk.store.mirror.noted("edition") == "modern"
    assert has_all(desk, planhat)


def test_contacts_are_no_fewer_after_odd_answers_about_companies(
    open_desk: Callable[..., Desk], planhat: Server, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", len(planhat.ids(Kind.CONTACT)) - 10)
    desk = open_desk(line=Line(planhat.app))
    desk.fill()
    time.leap(PROBE_EVERY + LATER)
    desk.line.once("GET /companies[?]*", answer(404))
    desk.line.once("GET /companies[?]*", answer(404))
    gone = planhat.ids(Kind.CONTACT)[-1]
    planhat.delete(gone, Kind.CONTACT)
    desk.fill()
    assert desk.store.mirror.doubts() == ()
    assert desk.store.mirror.contact(gone) is None
    lists_contacts_alone(desk, planhat)


def test_a_profile_that_names_the_edition_wrongly_has_all_contacts_too(
    open_desk: Callable[..., Desk], planhat: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 40)
    desk = open_desk(line=Line(planhat.app), dialect="seed")
    desk.fill()
    lists_contacts_alone(desk, planhat)


def test_contacts_of_which_the_front_alone_can_be_had_take_none_away(
    open_desk: Callable[..., Desk], planhat: Server, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk(line=Line(planhat.app))
    desk.fill()
    desk.close()
    monkeypatch.setattr(plan, "CONTACT_PAGE", 40)
    deaf = open_desk(line=Deaf(planhat, "offset"), dialect="seed")
    time.leap(PROBE_EVERY)
    deaf.fill()
    assert deaf.store.mirror.progress().contacts_complete  # by each company's own
    assert deaf.store.mirror.doubts() == ()
    assert abilities(deaf).offset is False
    assert has_all(deaf, planhat)


def test_what_is_behind_a_page_of_contacts_may_be_unreadable(
    open_desk: Callable[..., Desk], planhat: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 40)
    desk = open_desk(line=Line(planhat.app), dialect="seed")
    desk.line.once(LOOK, changed_answer(lambda _: ["unreadable"]))
    desk.fill()
    assert desk.line.count(LOOK) == 1
    lists_contacts_alone(desk, planhat)


def test_a_contact_that_can_not_be_read_keeps_no_other_from_being_noticed_as_gone(
    open_desk: Callable[..., Desk], planhat: Server
) -> None:
    desk = open_desk(line=Line(planhat.app), dialect="seed")
    desk.fill()
    bad, gone, *_ = planhat.ids(Kind.CONTACT)

    def spoil(contacts: Any) -> Any:  # noqa: ANN401 -- JSON
        return [{**c, "x": 2**70} if c["_id"] == bad else c for c in contacts]

    desk.line.once("GET /endusers[?]*", changed_answer(spoil))
    planhat.delete(gone, Kind.CONTACT)
    desk.fill(anew=True)
    assert desk.store.mirror.contact(bad) is not None
    assert desk.store.mirror.contact(gone) is None


def test_contacts_that_nobody_may_look_behind_are_not_taken_for_all(
    open_desk: Callable[..., Desk], planhat: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 40)
    desk = open_desk(line=Line(planhat.app), dialect="seed")
    desk.line.once(LOOK, answer(403))
    desk.fill()
    assert desk.store.mirror.progress().contacts_complete  # by each company's own
    assert desk.store.mirror.doubts() == ()
    assert has_all(desk, planhat)


class Refusing(Line):
    """A line to a server that refuses the list of all contacts, or each company's, too."""

    def __init__(self, server: Server, *, each: bool = False, status: int = 403) -> None:
        super().__init__(server.app)
        self._each, self._status = each, status

    async def _forward(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        lists = url.path.endswith("/endusers") and request.method == "GET"
        if lists and (self._each or "c" not in url.params):
            return httpx.Response(self._status, stream=httpx.ByteStream(b"No"))
        return await super()._forward(request)


@pytest.mark.parametrize("dialect", ["seed", "modern"])
def test_contacts_come_by_their_companies_where_no_list_has_them(
    open_desk: Callable[..., Desk], planhat: Server, time: Time, dialect: str
) -> None:
    desk = open_desk(line=Refusing(planhat), dialect=dialect)
    desk.fill()
    count = len(planhat.ids()) + LOOKED_BEHIND
    assert desk.store.mirror.progress().contacts_complete
    assert has_all(desk, planhat)
    assert desk.line.count("GET /endusers[?]c=*") == count
    time.leap(plan.CHECK_EVERY + 1)
    company = planhat.ids()[3]
    new = planhat.post(Kind.CONTACT, name="Ada", companyId=company)
    desk.fill()
    assert desk.contact(new).raw["name"] == "Ada"
    assert desk.line.count("GET /endusers[?]c=*") == 2 * count


@pytest.mark.parametrize(("status", "asked"), [(403, 1), (404, 3)])
def test_where_contacts_are_refused_whoever_is_named_not_every_company_is_asked(
    open_desk: Callable[..., Desk], planhat: Server, time: Time, status: int, asked: int
) -> None:
    desk = open_desk(line=Refusing(planhat, each=True, status=status), dialect="seed")
    desk.fill()
    assert desk.line.count("GET /endusers[?]c=*") == asked
    time.leap(plan.CHECK_EVERY + 1)
    desk.fill()  # another day it may be another answer
    assert desk.line.count("GET /endusers[?]c=*") == 2 * asked
    assert not desk.store.mirror.progress().contacts_complete
    assert desk.engine.status.network == "online"
    assert desk.engine.status.reason == ""


def test_another_edition_has_all_contacts_read_anew(
    open_desk: Callable[..., Desk], planhat: Server
) -> None:
    desk = open_desk(line=Line(planhat.app), dialect="seed")
    desk.fill()
    desk.store.mirror.remove(Kind.CONTACT, planhat.ids(Kind.CONTACT)[:3])
    desk.close()
    again = open_desk(line=Line(planhat.app))
    again.fill()
    assert again.store.mirror.noted("edition") == "modern"
    assert has_all(again, planhat)


def test_what_one_odd_answer_has_told_is_asked_again_after_a_day(
    open_desk: Callable[..., Desk], planhat: Server, time: Time
) -> None:
    desk = open_desk(line=Line(planhat.app))
    desk.line.once(PROBE, changed_answer(lambda records: records[::-1]))
    desk.fill()
    assert abilities(desk).sort is False
    time.leap(PROBE_EVERY - LATER)
    desk.fill()
    assert desk.line.count(PROBE) == 1
    time.leap(LATER)
    desk.fill()
    assert abilities(desk) == EVERYTHING
    time.leap(2 * PROBE_EVERY)
    desk.fill()
    assert desk.line.count(PROBE) == 2


@pytest.mark.parametrize("full", [True, False])
def test_who_reads_anew_has_asked_again_what_the_server_could_not_do(
    open_desk: Callable[..., Desk],
    planhat: Server,
    time: Time,
    full: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    desk = open_desk(line=Line(planhat.app))
    desk.line.once(PROBE, changed_answer(lambda records: records[::-1]))
    desk.fill()

    def read_anew() -> None:
        if not full:
            desk.refresh(Topic.SYNC)
        desk.fill(anew=full)

    read_anew()
    assert desk.line.count(PROBE) == 1  # it was asked just now
    time.leap(TRUSTED_FOR)
    read_anew()
    assert desk.line.count(PROBE) == 2
    assert abilities(desk) == EVERYTHING


def test_what_is_not_proved_again_stays_if_it_was_there_and_is_unknown_if_not() -> None:
    known = Abilities(lists=True, limit=True, sort=False, filter=False, by_company=False)
    found = Abilities(lists=True, sort=True)
    assert known.asked_again(found) == Abilities(lists=True, limit=True, sort=True)
    assert known.asked_again(Abilities(lists=False)) == Abilities(lists=False)


def test_how_many_come_at_once_is_learnt_and_counted_with(
    open_desk: Callable[..., Desk], planhat: Server
) -> None:
    desk = open_desk(line=Deaf(planhat, most=10))
    desk.fill()
    sizes = PageSizes(desk.store.mirror)
    assert has_all(desk, planhat)
    assert sizes.of(Kind.COMPANY) < 50
    assert sizes.calls(Kind.CONTACT, 1_000) > 1_000 / 50


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


def contacts(server: Server, **fields: str) -> list[dict[str, str]]:
    """Return the contacts that have these fields, as anybody sees them."""
    there = server.ask("GET", "/endusers?limit=2000")
    return [one for one in there if fields.items() <= one.items()]


@pytest.mark.parametrize("known", [True, False])
def test_a_lost_contact_is_found_where_the_contacts_of_no_company_are_told(
    *,
    known: bool,
    open_desk: Callable[..., Desk],
    planhat: Server,
    time: Time,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "MAX_CONTACTS", 20)
    monkeypatch.setattr(plan, "CONTACT_PAGE", 20)
    desk = open_desk(line=Deaf(planhat, "c", "companyId", most=20))
    desk.fill()
    company = planhat.ids()[1]
    if known:
        desk.refresh(Topic.CONTACT, company)
        assert abilities(desk).by_company is False
    asked = desk.line.count("GET /endusers[?]c=*")
    desk.line.once("POST /endusers", lost_answer)
    made = desk.create("new-1", Kind.CONTACT, companyId=company, name="Ada Made Once")
    assert desk.delivered(made) == [State.NOT_SURE]
    time.leap(GRACE)
    assert desk.delivered(made) == [State.DELIVERED]
    assert desk.line.count("POST /endusers") == 1
    assert desk.line.count("GET /endusers[?]c=*") - asked == (0 if known else 1)
    (there,) = contacts(planhat, name="Ada Made Once")
    assert desk.entry(made).result_id == there["_id"]


def test_several_lost_contacts_are_looked_for_in_one_reading_of_all(
    open_desk: Callable[..., Desk], planhat: Server, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MAX_CONTACTS", 40)
    monkeypatch.setattr(plan, "CONTACT_PAGE", 40)
    desk = open_desk(line=Deaf(planhat, "c", "companyId"))
    desk.fill()
    first, second, *_ = planhat.ids()
    desk.refresh(Topic.CONTACT, first)
    made = [
        desk.create(f"new-{n}", Kind.CONTACT, companyId=company, name=f"Ada {n}")
        for n, company in enumerate((first, second))
    ]
    for _ in made:
        desk.line.once("POST /endusers", lost_answer)
    assert desk.delivered(*made) == [State.NOT_SURE] * 2
    time.leap(GRACE)
    before = desk.line.count("GET /endusers[?]*")
    assert desk.delivered(*made) == [State.DELIVERED] * 2
    pages = -(-len(planhat.ids(Kind.CONTACT)) // 40)
    assert desk.line.count("GET /endusers[?]*") - before <= pages
    assert desk.line.count("POST /endusers") == 2


def test_a_person_is_asked_where_the_front_of_all_contacts_alone_can_be_had(
    open_desk: Callable[..., Desk], planhat: Server, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MAX_CONTACTS", 40)
    monkeypatch.setattr(plan, "CONTACT_PAGE", 40)
    desk = open_desk(line=Deaf(planhat, "c", "companyId", "offset"))
    desk.fill()
    company = planhat.ids()[1]
    desk.line.once("POST /endusers", lost_answer)
    made = desk.create("new-1", Kind.CONTACT, companyId=company, name="Ada Made Once")
    assert desk.delivered(made) == [State.NOT_SURE]
    for _ in range(3):
        time.leap(GRACE)
        assert desk.delivered(made) == [State.NOT_SURE]
    assert NOBODY_KNOWS in desk.entry(made).reason
    assert desk.line.count("POST /endusers") == 1


def test_a_person_is_asked_where_contacts_cannot_be_found_by_their_mail(
    open_desk: Callable[..., Desk], planhat: Server, time: Time
) -> None:
    desk = open_desk(line=Deaf(planhat, "email"))
    desk.fill()
    domain = next(one["email"] for one in contacts(planhat) if one.get("email")).partition("@")[2]
    desk.line.once("POST /endusers", lost_answer)
    made = desk.create("new-1", Kind.CONTACT, email=f"ada@{domain}", name="Ada Made Once")
    assert desk.delivered(made) == [State.NOT_SURE]
    for _ in range(2):
        time.leap(GRACE)
        assert desk.delivered(made) == [State.NOT_SURE]
    assert desk.line.count("POST /endusers") == 1


@pytest.mark.parametrize("raced", [False, True])
def test_an_external_id_of_another_companys_contact_is_nobodys_here(
    *, raced: bool, open_desk: Callable[..., Desk], planhat: Server
) -> None:
    theirs, ours, *_ = planhat.ids()

    def make_theirs() -> None:
        anna: dict[str, Json] = {"_id": "0" * 24, "companyId": theirs, "name": "Anna"}
        planhat.app._database.put(
            planhat.options.tenant, "contact", [anna | {"externalId": "77"}]
        )  # the first of all

    desk = open_desk(line=Deaf(planhat, "c", "companyId"))
    if raced:
        desk.line.once("PUT /endusers", after(make_theirs))
    else:
        make_theirs()
    desk.fill()
    made = desk.create("new-1", Kind.CONTACT, companyId=ours, name="Bert", externalId="77")
    assert desk.delivered(made) == [State.DELIVERED]
    (bert,) = contacts(planhat, companyId=ours, externalId="77")
    assert desk.entry(made).result_id == bert["_id"]
    assert [one["name"] for one in contacts(planhat, companyId=theirs, externalId="77")] == ["Anna"]


@pytest.mark.parametrize("count", [1, 3])
def test_contacts_go_singly_where_nobody_can_know_who_has_their_external_ids(
    count: int, open_desk: Callable[..., Desk], planhat: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CONTACT_PAGE", 40)
    company = planhat.ids()[1]
    desk = open_desk(line=Deaf(planhat, "c", "companyId", "offset"))
    desk.fill()
    bodies: list[dict[str, Json]] = [
        {"companyId": company, "name": f"Ada {n}", "externalId": f"a{n}"} for n in range(count)
    ]
    made = desk.store.outbox.add(
        *(
            NewEntry(Kind.CONTACT, Action.CREATE, f"new-{n}", "Made", body=body, step="plan:1")
            for n, body in enumerate(bodies)
        )
    )
    assert desk.delivered(*made) == [State.DELIVERED] * count
    assert desk.line.count("POST /endusers") == count
    assert desk.line.count("PUT /endusers") == 0
