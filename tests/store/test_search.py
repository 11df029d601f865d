from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import QueryError
from planhat_tui.model import query
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind
from planhat_tui.store import finding, leads
from planhat_tui.store.indexing import Typed, typed
from planhat_tui.store.rows import CompanyRows, Totals
from planhat_tui.store.tenant import TenantStore
from tests.store.conftest import create, received, update

if TYPE_CHECKING:
    from pathlib import Path

    from planhat_tui.model.records import Received
    from planhat_tui.model.values import Json


def companies(store: TenantStore, text: str, limit: int = 50, offset: int = 0) -> CompanyRows:
    return store.mirror.search_companies(query.parse(text), limit, offset)


def found(store: TenantStore, text: str) -> list[str]:
    return [row.id for row in companies(store, text).rows]


def people(store: TenantStore, text: str, company_id: str = "") -> list[str]:
    rows = store.mirror.search_contacts(query.parse(text), company_id=company_id).rows
    return [row.id for row in rows]


def put(store: TenantStore, *records: Received) -> None:
    store.mirror.put(Kind.COMPANY, records, 1.0)


def put_people(store: TenantStore, *records: Received) -> None:
    store.mirror.put(Kind.CONTACT, records, 1.0)


def test_the_name_itself_comes_first_then_its_start_then_word_starts_then_the_inside(
    store: TenantStore,
) -> None:
    put(
        store,
        received("inside", name="Balsea Group", arr=900),
        received("word", name="North Sea Oil", arr=800),
        received("start", name="Seaside", arr=1),
        received("exact", name="sea"),
        received("small start", name="Seabird", arr=None),
    )
    assert found(store, "sea") == ["exact", "start", "small start", "word", "inside"]


def test_within_a_rank_the_largest_arr_leads_and_then_the_name(store: TenantStore) -> None:
    put(
        store,
        received("none b", name="Acme b"),
        received("none a", name="Acme a"),
        received("zero", name="Acme z", arr=0),
        received("large", name="Acme y", arr=1_000_000),
        received("small", name="Acme x", arr=10),
    )
    assert found(store, "acme") == ["large", "small", "zero", "none a", "none b"]


def test_an_external_id_or_e_mail_typed_whole_is_exact(store: TenantStore) -> None:
    put(store, received("c1", name="A", externalId="E-4"), received("c2", name="E-4x", arr=9))
    assert found(store, "e-4") == ["c1", "c2"]
    put_people(
        store, received("p1", name="Al", email="eve@x.com"), received("p2", name="Eve@x.com.au")
    )
    assert people(store, "eve@x.com") == ["p1", "p2"]


@pytest.mark.parametrize(
    "text",
    ["åkerlund", "AKERLUND", "kerl", "lund vol", "volvo åk", '"ake volvo"', "å", "ak", "-x volvo"],
)
def test_words_in_any_order_any_case_without_accents(store: TenantStore, text: str) -> None:
    put(store, received("c1", name="Åke Volvo Åkerlund"), received("c2", name="Xylo"))
    assert found(store, text) == ["c1"]


@pytest.mark.parametrize("text", ['"volvo ake"', "volvo -åke", "olv x", "ke", "o"])
def test_what_isnt_there_isnt_found(store: TenantStore, text: str) -> None:
    put(store, received("c1", name="Åke Volvo"))
    assert found(store, text) == []


@pytest.mark.parametrize(
    "text", ["東", "京", "東京", "京電", "株式会社", "式会", "한국", "국은", "은", "กรุง", "ุงเ"]
)
def test_scripts_without_blanks_are_found_by_any_letters(store: TenantStore, text: str) -> None:
    put(store, received("c1", name="東京電気株式会社 한국은행 กรุงเทพ"), received("c2", name="Xylo"))
    assert found(store, text) == ["c1"]


@pytest.mark.parametrize("text", ["slug-1", "E-77", "acme.io", "io", "gold", "big spender"])
def test_a_company_is_found_by_slug_external_id_domain_and_tag(
    store: TenantStore, text: str
) -> None:
    record = received("c1", name="X", slug="slug-1", externalId="E-77", domains=["b.se", "acme.io"])
    record.data["tags"] = ["Gold", "big spender"]
    put(store, record)
    assert found(store, text) == ["c1"]


@pytest.mark.parametrize(
    "text",
    [
        "+46 70 123 45 67",
        "070-1234567",
        "0046701234567",
        "+46 (0)70 123 45 67",
        "(070) 123.45.67",
        "1234567",
        "70 123",
        "4567",
        "070\u20131234567",
        "+46\u201170\u2011123\u201145\u201167",
        "(+46) 70 123 45 67",
        "+46,70,123,45,67",
        "+46 70 123 45 67 ext 5",
        "+46701234567x12",
        "eve 070-123 45 67",
        "+46 (0)70 123 45 67 eve",
        "70-123 4567 has:email",
    ],
)
@pytest.mark.parametrize("stored", ["+46 70-123 45 67", "0046 (0)70 1234567"])
def test_a_phone_number_is_found_however_it_is_typed(
    store: TenantStore, stored: str, text: str
) -> None:
    put(store, received("c1", name="Acme"), received("c2", name="Other"))
    put_people(
        store,
        received("p1", companyId="c1", name="Eve", phone=stored, email="e@x.io"),
        received("p2", companyId="c2", name="Al", phone="+1 555 010 9999"),
    )
    assert people(store, text) == ["p1"]
    assert found(store, text) == ["c1"]


@pytest.mark.parametrize(
    "text",
    [
        "+46701234567",
        "46701234567",
        "0046 70 123 45 67",
        "eve +46 70 123 45 67",
        'phone:"+46 70 123 45 67"',
    ],
)
@pytest.mark.parametrize("stored", ["070-123 45 67", "70 1234567"])
def test_a_number_with_its_country_finds_one_that_is_kept_without(
    store: TenantStore, stored: str, text: str
) -> None:
    put(store, received("c1", name="Acme"), received("c2", name="Other"))
    put_people(
        store,
        received("p1", companyId="c1", name="Eve", phone=stored),
        received("p2", companyId="c2", name="Eve", phone="+1 701 234 567"),
        received("p3", companyId="c2", name="Eve", phone="4567"),
    )
    assert people(store, text) == ["p1"]
    assert found(store, text.replace("phone:", "contacts.phone:")) == ["c1"]


@pytest.mark.parametrize("typed", ["0701", "070-1", "07012", "(070) 12", "070123", "070-1234567"])
def test_a_number_is_found_from_its_fourth_digit_on_to_its_end(
    store: TenantStore, typed: str
) -> None:
    put(store, received("c1", name="Acme"), received("c2", name="Other", phone="08-123 45 67"))
    put_people(store, received("p1", companyId="c1", name="Eve", phone="+46 70 123 45 67"))
    assert people(store, typed) == ["p1"]
    assert found(store, typed) == ["c1"]
    assert found(store, "0000") == found(store, "0012") == []


def test_digits_with_dashes_may_be_an_external_id(store: TenantStore) -> None:
    put(store, received("c1", name="A", externalId="2023-0417"), received("c2", name="B"))
    assert found(store, "2023-0417") == ["c1"]
    assert found(store, "0417") == ["c1"]


@pytest.mark.parametrize(
    "text",
    [
        "https://globex.com",
        "HTTP://www.Globex.com/",
        "www.globex.com",
        "https://globex.com:8443/se?x=1#top",
        "globex https://globex.com/about",
        "(https://globex.com OR zebra)",
    ],
)
def test_a_company_is_found_by_the_address_of_its_page(store: TenantStore, text: str) -> None:
    put(store, received("c1", name="Globex", domains=["globex.com"]), received("c2", name="Acme"))
    assert found(store, text) == ["c1"]
    assert found(store, f"-({text})") == ["c2"]


def test_an_address_may_be_an_external_id(store: TenantStore) -> None:
    put(store, received("c1", name="A", externalId="https://crm/7"), received("c2", name="B"))
    assert found(store, "https://crm/7") == ["c1"]
    assert found(store, "https://crm/8") == []


def test_an_e_mail_finds_the_contact_and_its_company(store: TenantStore) -> None:
    put(store, received("c1", name="Acme"), received("c2", name="Other"))
    put_people(store, received("p1", companyId="c1", name="Eve", email="eve.smith@mail.test"))
    assert people(store, "smith@ma") == ["p1"]
    assert found(store, "eve.smith@") == ["c1"]
    assert found(store, "acme smith@") == ["c1"]
    assert found(store, "other smith@") == []
    assert found(store, "smith") == ["c1"]
    put(store, received("c3", name="Smith"))
    assert found(store, "smith") == ["c3"]  # without an @ companies themselves go first


@pytest.mark.parametrize("few", [leads.FEW, 0])
@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("-eve@mail", ["c2"]),
        ("-4567", ["c2"]),
        ("eve@mail OR zebra", ["c1"]),
        ("(+46701234567 OR zebra)", ["c1"]),
        ("eve@mail OR other", ["c1", "c2"]),
        ("acme -eve@mail", []),
    ],
)
def test_an_e_mail_or_a_number_finds_its_company_wherever_it_stands_in_a_query(
    store: TenantStore, monkeypatch: pytest.MonkeyPatch, text: str, met: list[str], few: int
) -> None:
    monkeypatch.setattr(leads, "FEW", few)
    put(store, received("c1", name="Acme"), received("c2", name="Other"))
    put_people(
        store, received("p1", companyId="c1", name="Eve", email="eve@mail.x", phone="0701234567")
    )
    assert sorted(found(store, text)) == met


@pytest.fixture
def greta(store: TenantStore) -> TenantStore:
    put(store, received("c1", name="Acme", arr=1), received("c2", name="Globex", arr=2))
    put_people(
        store,
        received(
            "p1", name="Greta Patel", email="gp.north@acme.se", externalId="crm/x", companyId="c1"
        ),
        received("p2", name="Bo Patel", position="Greta", companyId="c2"),
    )
    return store


@pytest.mark.parametrize(
    "text", ["greta patel", "PATEL gre", "gp.north", "crm/x", '"greta patel"', "greta", "gr"]
)
def test_where_no_company_has_the_words_its_contacts_find_it(greta: TenantStore, text: str) -> None:
    rows = companies(greta, text)
    assert ([row.id for row in rows.rows], rows.total, rows.through) == (["c1"], 1, True)
    asked = query.parse(text)
    assert greta.mirror.ids(asked, 9) == ("c1",)
    assert greta.mirror.totals(asked, ["c1", "c2"]) == Totals(1.0, 1, 0, 1)
    assert [one["_id"] for one in greta.mirror.stream(Kind.COMPANY, asked)] == ["c1"]


def test_what_a_company_has_itself_is_not_looked_for_among_people(greta: TenantStore) -> None:
    put(greta, received("c3", name="Patel Ltd"))
    rows = companies(greta, "patel")
    assert ([row.id for row in rows.rows], rows.through) == (["c3"], False)
    assert found(greta, "bo patel") == ["c2"]


def test_conditions_hold_for_companies_that_contacts_find(greta: TenantStore) -> None:
    assert found(greta, "patel") == ["c2", "c1"]
    assert found(greta, "patel arr:2") == ["c2"]
    assert found(greta, "patel limit:1") == ["c2"]
    assert found(greta, "patel sort:arr") == ["c1", "c2"]
    assert not companies(greta, "patel phase:won").through
    assert found(greta, "nobody") == []


def test_a_source_id_finds_its_record(store: TenantStore) -> None:
    put(store, received("c1", name="A", sourceId="sf-77aa"), received("c2", name="B"))
    put_people(store, received("p1", name="P", sourceId="sf-88bb", companyId="c2"))
    assert found(store, "sf-77") == ["c1"]
    assert people(store, "sf-88bb") == ["p1"]


def test_a_company_has_a_number_of_its_own_and_a_contact_several_addresses(
    store: TenantStore,
) -> None:
    put(store, received("c1", name="A", phone="+46 (0)8 123 45 67"), received("c2", name="B"))
    put_people(store, received("p1", companyId="c2", name="Eve", otherEmails=["old@mail.test"]))
    assert found(store, "08-123 45 67") == ["c1"]
    assert people(store, "old@ma") == ["p1"]
    assert found(store, "old@mail") == ["c2"]


@pytest.mark.parametrize(
    ("text", "found_ids"),
    [
        ("acme OR globex", ["c1", "c2"]),
        ("sea (acme OR globex)", ["c1"]),
        ("limit:2 sort:-name", ["c3", "c2"]),
        ("sort:-arr", ["c3", "c1", "c2"]),
        ("sort:custom.Seats", ["c2", "c1", "c3"]),
        ("sort:lastcall", ["c1", "c3", "c2"]),
        ("lastcall:last30d", ["c1"]),
        ("-has:lastcall", ["c2", "c3"]),
        ("contacts.title:cfo", ["c2"]),
        ("title:cfo", ["c2"]),
        ("custom.seats:5..", ["c1"]),
        ("renewal:next90d", ["c3"]),
        ("renewal:over1d", ["c2"]),
    ],
)
def test_a_query_says_more_than_words(store: TenantStore, text: str, found_ids: list[str]) -> None:
    put(
        store,
        received("c1", name="Acme sea", arr=5, custom={"Seats": 10}),
        received("c2", name="Globex", custom={"Seats": 2}, renewalDate="1969-12-01"),
        received("c3", name="Initech sea", arr=7, renewalDate="1970-02-01T10:00:00.000Z"),
    )
    put_people(store, received("p1", companyId="c2", name="Eve", position="Vice CFO"))
    store.calls.put({"_id": "k1", "start": "1970-01-01T00:00:00Z"}, company_id="c1")
    assert found(store, text) == found_ids


def test_edits_that_wait_are_found_by_their_state(store: TenantStore) -> None:
    put(store, received("c1", name="A"), received("c2", name="B"))
    store.outbox.add(update("c1"))
    store.outbox.add(create("new-1", name="C"))
    store.refresh_overlay(Kind.COMPANY, "c1")
    store.refresh_overlay(Kind.COMPANY, "new-1")
    assert found(store, "is:pending") == ["c1", "new-1"]
    assert found(store, "is:queued -is:new") == ["c1"]
    assert found(store, "is:new") == ["new-1"]
    assert found(store, "is:conflict") == []


def test_an_edit_is_found_by_its_state_beside_one_that_needs_a_hand_more(
    store: TenantStore,
) -> None:
    put(store, received("c1", name="A"), received("c2", name="B"))
    put_people(store, received("p1", companyId="c2", name="P"))
    edits = [update("c1", Change(field, "", "x")) for field in ("name", "phase", "city")]
    unsure, conflict, _ = [store.outbox.add(one)[0].n for one in edits]
    store.outbox.mark([unsure], State.NOT_SURE)
    store.outbox.mark([conflict], State.CONFLICT)
    store.outbox.add(update("c2"), update("p1", kind=Kind.CONTACT))
    for kind, one in ((Kind.COMPANY, "c1"), (Kind.COMPANY, "c2"), (Kind.CONTACT, "p1")):
        store.refresh_overlay(kind, one)
    assert found(store, "is:unsure") == found(store, "is:conflict") == ["c1"]
    assert sorted(found(store, "is:queued")) == ["c1", "c2"]
    assert found(store, "-is:unsure") == ["c2"]
    assert found(store, "is:queued -is:conflict") == ["c2"]
    assert people(store, "is:queued") == ["p1"]


def test_of_many_that_meet_conditions_the_first_are_shown_and_all_counted(
    store: TenantStore,
) -> None:
    many = leads.FEW + 10
    put(
        store,
        *(
            received(f"c{n}", name=f"Acme {n:05}", phase="won", arr=n, tags=["t"] if n % 2 else [])
            for n in range(many)
        ),
    )
    rows = companies(store, "phase:won sort:-arr", limit=3)
    assert [row.id for row in rows.rows] == [f"c{many - n}" for n in (1, 2, 3)]
    assert (rows.total, rows.capped) == (many, False)
    rows = companies(store, "phase:won -tag:t arr:1.. sort:arr", limit=3, offset=2)
    assert [row.id for row in rows.rows] == ["c6", "c8", "c10"]
    assert rows.total == many // 2 - 1
    rows = companies(store, "phase:won arr:1..", limit=many)
    assert (len(rows.rows), rows.total, rows.capped) == (many - 1, many - 1, False)
    rows = companies(store, "phase:won acme sort:arr", limit=2)
    assert [row.id for row in rows.rows] == ["c0", "c1"]
    assert (rows.total, rows.capped) == (finding.CAP, True)


def test_terms_narrow_down_and_can_be_negated(store: TenantStore) -> None:
    put(
        store,
        received("c1", name="A One", tags=["VIP"], phase="On Boarding", owner="u1", status="lost"),
        received("c2", name="A Two", tags=["vip", "old"], phase="renewal", coOwner="u1"),
        received("c3", name="A Three", externalId="E3", owner="u2"),
    )
    store.mirror.put_users([received("u1", firstName="Zoë", lastName="Ek", email="z@x.com")])
    store.mirror.know_me(received("u2"))
    assert found(store, "tag:vip") == ["c1", "c2"]
    assert found(store, "tag:vip -tag:old") == ["c1"]
    assert found(store, "a -tag:vip") == ["c3"]
    assert found(store, 'phase:"on boarding"') == ["c1"]
    assert found(store, "status:LOST") == ["c1"]
    assert found(store, "-status:lost tag:vip") == ["c2"]
    assert found(store, "owner:zoe") == ["c1", "c2"]
    assert found(store, "owner:z@x.com") == ["c1", "c2"]
    assert found(store, "owner:u2") == found(store, "owner:me") == ["c3"]
    assert found(store, "-owner:me") == ["c1", "c2"]
    assert found(store, "id:c2") == ["c2"]
    assert found(store, "id:E3") == ["c3"]
    assert found(store, "owner:nobody") == []
    assert found(store, "a -two -thr") == ["c1"]
    assert found(store, "a -t") == ["c1"]
    assert found(store, "a -wo") == ["c1", "c3", "c2"]  # two letters count where a word starts


def test_each_token_of_a_tenant_has_its_own_me(folder: Path) -> None:
    anna, ben, new = (TenantStore.open(folder, author=author) for author in ("a", "b", "c"))
    put(anna, received("c1", name="A One", owner="u1"), received("c2", name="A Two", owner="u2"))
    anna.mirror.know_me(received("u1", firstName="Anna"))
    ben.mirror.know_me(received("u2", firstName="Ben"))
    assert found(anna, "owner:me") == ["c1"]
    assert found(ben, "owner:me has:owner") == found(ben, "coowner:me OR owner:me") == ["c2"]
    assert found(new, "owner:me") == []
    for asked in ("owner:me", "-(coowner:ME OR acme)"):
        hints = [store.mirror.search_companies(query.parse(asked)).hint for store in (anna, new)]
        assert hints == ["", "Who is meant by me isn't known yet: a sync asks Planhat."]
    assert not new.mirror.search_companies(query.parse("me owner:u1")).hint
    named = [store.mirror.me() for store in (anna, ben, new)]
    assert [me and me.name for me in named] == ["Anna", "Ben", None]
    for store in (anna, ben, new):
        store.close()


@pytest.mark.parametrize("hours", [-8, 9])
def test_today_is_the_day_of_the_place_and_a_call_just_logged_is_of_it(
    folder: Path, hours: int
) -> None:
    zone = timezone(timedelta(hours=hours))
    now = datetime(2026, 3, 2, 17 if hours < 0 else 7, tzinfo=zone)
    store = TenantStore.open(folder, wall=now.timestamp, today=now.date)
    dates = {"c1": "2026-03-01", "c2": "2026-03-02", "c3": "2026-03-09", "c4": "2026-03-10"}
    put(store, *(received(one, name=one, renewalDate=day) for one, day in dates.items()))
    at = now.astimezone(UTC).isoformat()
    store.calls.put({"_id": "k1", "start": at}, company_id="c1", contact_id="p0")
    assert found(store, "renewal:next7d") == ["c2", "c3"]
    assert "c2" not in found(store, "renewal:over0d")
    assert found(store, "lastcall:last0d") == ["c1"]
    assert found(store, "lastcall:over0d") == []
    store.close()


def test_contacts_have_the_phase_and_owner_of_their_company(store: TenantStore) -> None:
    put(store, received("c1", name="A", phase="Löst", owner="u1"), received("c2", name="B"))
    put_people(
        store,
        received("p1", companyId="c1", name="Eve", tags=["vip"]),
        received("p2", companyId="c2", name="Eva"),
    )
    assert people(store, "phase:lost") == ["p1"]
    assert people(store, "owner:u1 ev") == ["p1"]
    assert people(store, "-phase:lost") == ["p2"]
    assert people(store, "tag:vip") == ["p1"]
    assert people(store, "ev", company_id="c2") == ["p2"]
    assert people(store, "", company_id="c1") == ["p1"]
    assert people(store, "eve", company_id="c2") == []


def test_a_window_of_what_was_found_and_the_count_of_all(store: TenantStore) -> None:
    put(store, *(received(f"c{n:02}", name=f"Acme {n:02}") for n in range(30)))
    rows = companies(store, "acme", limit=10, offset=20)
    assert [row.id for row in rows.rows] == [f"c{n:02}" for n in range(20, 30)]
    assert (rows.total, rows.capped) == (30, False)
    assert companies(store, "", limit=10).total == 30
    assert companies(store, "acme", limit=10, offset=40).rows == ()
    assert companies(store, "acme", limit=10, offset=40).total == 30


def test_of_too_many_finds_the_best_are_shown_in_the_same_order(store: TenantStore) -> None:
    many = finding.CAP + 300
    put(store, *(received(f"i{n}", name=f"Xsea {n}", arr=10_000 + n) for n in range(many)))
    put(store, *(received(f"w{n}", name=f"The Sea {n}", arr=5_000 + n) for n in range(150)))
    put(store, *(received(f"s{n}", name=f"Seaside {n}", arr=n) for n in range(50)))
    put(store, received("exact", name="Sea"), received("tagged", name="Sea z", tags=["t"]))
    put(store, received("i0", name="Xsea 0", arr=10**9))  # from the last place to the first one
    rows = companies(store, "sea", limit=120)
    assert (rows.capped, rows.total) == (True, finding.CAP)
    names = [row.id for row in rows.rows]
    starts = ["exact", *(f"s{n}" for n in reversed(range(50))), "tagged"]
    words = [f"w{n}" for n in reversed(range(150))]
    assert names == [*starts, *words][:120]
    insides = ["i0", *(f"i{n}" for n in range(many - 1, many - 8, -1))]
    rows = companies(store, "sea", limit=len(starts) + len(words) + len(insides))
    assert [row.id for row in rows.rows] == [*starts, *words, *insides]
    assert found(store, "sea tag:t") == ["tagged"]


def test_of_too_many_contacts_the_names_that_start_so_come_first(store: TenantStore) -> None:
    many = finding.CAP + 50
    put_people(store, *(received(f"i{n}", name=f"Xeve {n:05}") for n in range(many)))
    put_people(store, received("b", name="Eveline"), received("a", name="Eve"))
    rows = store.mirror.search_contacts(query.parse("eve"), limit=3)
    assert [row.id for row in rows.rows][:2] == ["a", "b"]
    assert rows.capped


@pytest.mark.parametrize(
    "text",
    [
        '"',
        '""',
        "' OR 1",
        "a*",
        "NEAR(a b)",
        "%",
        "_",
        "\\",
        "😀",
        ":",
        "(",
        "a AND",
        "\x00",
        "-",
        "--",
    ],
)
def test_no_punctuation_breaks_a_search(store: TenantStore, text: str) -> None:
    put(store, received("c1", name="Acme %_ 😀"))
    try:
        parsed = query.parse(text)
    except QueryError:
        return
    store.mirror.search_companies(parsed)
    store.mirror.search_contacts(parsed)


# -- what was opened lately


def lately(store: TenantStore, text: str, *opened: str) -> list[str]:
    rows = store.mirror.search_companies(query.parse(text), 50, lately=opened).rows
    return [row.id for row in rows]


def test_within_a_rank_what_was_opened_lately_comes_before_what_is_large(
    store: TenantStore,
) -> None:
    put(
        store,
        received("large", name="Sea Nine", arr=900),
        received("small", name="Sea One", arr=1),
        received("none", name="Sea Zero"),
        received("word", name="North Sea", arr=5000),
        received("deep", name="Balsea", arr=1),
    )
    assert lately(store, "sea") == ["large", "small", "none", "word", "deep"]
    assert lately(store, "sea", "none", "small") == ["none", "small", "large", "word", "deep"]
    assert lately(store, "sea", "deep", "gone", "word") == lately(store, "sea")


def test_what_was_opened_lately_is_found_among_thousands(store: TenantStore) -> None:
    many = finding.CAP + 50
    put(store, *(received(f"c{n}", name=f"Acme {n}", arr=many - n) for n in range(many)))
    put(store, received("tiny", name="Acme tiny"), received("other", name="Other"))
    assert lately(store, "acme", "other", "tiny", "c7")[:3] == ["tiny", "c7", "c0"]


def test_an_order_that_was_asked_for_heeds_nothing_else(store: TenantStore) -> None:
    put(store, received("a", name="Acme a", arr=1), received("b", name="Acme b", arr=2))
    assert lately(store, "acme sort:-arr", "a") == ["b", "a"]


def test_words_beside_conditions_and_contacts_heed_it_too(store: TenantStore) -> None:
    one = received("a", name="Acme a", arr=1, phase="won")
    put(store, one, received("b", name="Acme b", arr=2, phase="won"))
    put_people(
        store,
        received("p1", name="Eve", email="eve@acme.io", companyId="a"),
        received("p2", name="Al", email="al@acme.io", companyId="b"),
    )
    assert lately(store, "acme phase:won", "a") == ["a", "b"]
    assert lately(store, "@acme.io", "a") == ["a", "b"]
    assert lately(store, "@acme.io") == ["b", "a"]


def test_companies_are_sorted_by_a_custom_field_as_its_values_compare(store: TenantStore) -> None:
    values: dict[str, Json] = {
        "c1": 10, "c2": 9, "c3": "éclair", "c4": "Zebra", "c5": "Eclipse", "c6": None, "c7": -1.5,
    }  # fmt: skip
    store.mirror.put(
        Kind.COMPANY,
        [
            *(received(one, name=one, custom={"Plan A": value}) for one, value in values.items()),
            received("c8", name="c8"),
        ],
        1.0,
    )

    def order(text: str) -> list[str]:
        return [row.id for row in store.mirror.search_companies(query.parse(text)).rows]

    upwards = ["c7", "c2", "c1", "c3", "c5", "c4"]
    nothing = {"c6", "c8"}
    found = order('sort:custom."plan a"')
    assert (found[:6], {*found[6:]}) == (upwards, nothing)
    found = order('sort:-custom."Plan A"')
    assert (found[:6], {*found[6:]}) == (upwards[::-1], nothing)


def test_dates_in_a_custom_field_are_sorted_by_their_instants(store: TenantStore) -> None:
    dates = {
        "late": "2026-02-01T00:30:00+02:00", "early": "2026-01-31", "later": "2026-01-31T23:00:00Z",
    }  # fmt: skip
    records = [received(one, name=one, custom={"Kick-off": at}) for one, at in dates.items()]
    store.mirror.put(Kind.COMPANY, records, 1.0)
    found = store.mirror.search_companies(query.parse('sort:custom."Kick-off"')).rows
    assert [row.id for row in found] == ["early", "late", "later"]


def test_a_word_that_is_typed_again_and_again_is_looked_for_once(store: TenantStore) -> None:
    put(store, received("c1", name="New York New York"), received("c2", name="New Bern"))
    assert found(store, "new york new york") == ["c1"]
    assert found(store, "new new") == ["c2", "c1"]
    assert typed(["new", "York", "new"]) == Typed("new york new", (("new", "york"),))


# -- phrases


def test_a_phrase_stands_within_one_field(store: TenantStore) -> None:
    put(
        store,
        received("again", name="Key Partners", tags=["key account"]),
        received("turned", name="Account Key", tags=["key account"]),
        received("tag", name="Volvo", tags=["Key Account"]),
        received("name", name="The Key Account Ltd"),
        received("across", name="Oslo", tags=["big key", "account lost"]),
        received("between", name="Key", externalId="account"),
        received("apart", name="Account", slug="key-account"),
    )
    put_people(
        store,
        received("p1", name="Ada", position="Key Account Manager", companyId="apart"),
        received("p2", name="Key Bo", position="Account Manager", companyId="apart"),
    )
    said = {"again", "turned", "tag", "name"}
    for text in ('"key account"', '"ey acc"', '"key account" -tag:none', 'zzz OR "key account"'):
        rows = store.mirror.search_companies(query.parse(text)).rows
        assert {row.id for row in rows} == said, text
    people = store.mirror.search_contacts(query.parse('"key account"')).rows
    assert [row.id for row in people] == ["p1"]
    assert store.mirror.search_companies(query.parse('"bo account"')).rows == ()
