from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.model import query
from planhat_tui.model.custom import CustomType
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action, NewEntry
from planhat_tui.model.ports import SetAside
from planhat_tui.model.query import Sort
from planhat_tui.model.records import Kind, Received
from planhat_tui.store import absences, filling, mirror, places
from planhat_tui.store.absences import Doubt, Listed
from tests.store.conftest import create, received, update

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from planhat_tui.model.values import Json
    from planhat_tui.store.tenant import TenantStore


def found(store: TenantStore, text: str) -> list[str]:
    return [row.id for row in store.mirror.search_companies(query.parse(text)).rows]


def lean(_id: str, name: str, external_id: str = "", slug: str = "") -> Received:
    return received(_id, name=name, externalId=external_id, sourceId="", slug=slug)


def test_a_lean_company_is_found_at_once_and_says_that_it_is_not_whole(store: TenantStore) -> None:
    store.mirror.put_lean([lean("c1", "Nordwind AB", "EXT-9", "nordwind-ab")], 5.0)
    for text in ("nordwind", "ext-9", "nordwind-ab"):
        assert found(store, text) == ["c1"]
    shown = store.mirror.company("c1")
    assert shown is not None
    assert (shown.complete, shown.seen_at, shown.raw["name"]) == (False, 5.0, "Nordwind AB")
    assert store.mirror.incomplete_companies(10) == ("c1",)
    (row,) = store.mirror.search_companies(query.parse("nord")).rows
    assert not row.complete


ODD = [
    "Acme",
    "",
    "\ud800 lone",
    "nul \x00",
    "1",
    1,
    1.5,
    None,
    2**70,
    {"a": [1]},
    float("nan"),
]
"""What a name may be in JSON."""


@pytest.mark.parametrize("before", ODD, ids=map(repr, ODD))
@pytest.mark.parametrize("after", ["Acme", "1", "", 1, None], ids=repr)
def test_what_a_lean_list_tells_is_compared_with_what_came(
    store: TenantStore, before: Json, after: Json
) -> None:
    store.mirror.put(Kind.COMPANY, [received("c1", name=before, arr=7)], 2.0)
    store.mirror.put_lean([received("c1", name=after)], 3.0)
    shown = store.mirror.company("c1")
    assert shown is not None
    assert repr(shown.server) == repr({"_id": "c1", "name": after or before, "arr": 7})


def test_a_lean_list_without_news_decodes_no_record(
    store: TenantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    stored = filling.stored
    store.mirror.put(
        Kind.COMPANY, [received(one, name=f"Company {one}", sourceId="S") for one in "abc"], 2.0
    )

    def overheard(connection: sqlite3.Connection, kind: Kind, ids: Sequence[str]) -> Any:  # noqa: ANN401 -- its own
        asked.extend(ids)
        return stored(connection, kind, ids)

    monkeypatch.setattr(filling, "stored", overheard)
    store.mirror.put_lean([lean("a", "Company a"), lean("b", "Other"), lean("d", "New")], 3.0)
    assert asked == ["b", "d"]
    assert {row.name for row in store.mirror.search_companies(query.parse("")).rows} == {
        "Company a", "Other", "Company c", "New",
    }  # fmt: skip


def test_a_whole_record_completes_a_lean_one_byte_for_byte(store: TenantStore) -> None:
    store.mirror.put_lean([lean("c1", "Acme")], 1.0)
    whole = Received('{ "_id":"c1", "name":"Acme",  "arr": 12.50, "x": [1] }', {})
    whole.data.update({"_id": "c1", "name": "Acme", "arr": 12.5, "x": [1]})
    store.mirror.put(Kind.COMPANY, [whole], 2.0)
    shown = store.mirror.company("c1")
    assert shown is not None
    assert shown.complete
    assert shown.seen_at == 2.0
    assert shown.raw == shown.server == whole.data
    assert store.mirror.incomplete_companies(10) == ()


def test_the_lean_list_changes_only_what_it_tells_of_a_whole_record(store: TenantStore) -> None:
    store.mirror.put(
        Kind.COMPANY, [received("c1", name="Acme", externalId="E1", tags=["vip"], arr=7)], 2.0
    )
    store.mirror.put_lean([lean("c1", "Acme Group")], 3.0)
    shown = store.mirror.company("c1")
    assert shown is not None
    assert shown.complete
    assert shown.raw["name"] == "Acme Group"
    assert shown.raw["externalId"] == "E1"  # empty text in a lean item is a missing value
    assert shown.raw["tags"] == ["vip"]
    assert found(store, "group tag:vip") == ["c1"]


def never(_known: int, _missing: int) -> bool:
    return False


def always(_known: int, missing: int) -> bool:
    return missing > 0


def a_fifth(known: int, missing: int) -> bool:
    return missing > known / 5


@pytest.mark.parametrize(("theirs", "asks"), [(90, True), (10, False)])
def test_a_company_that_would_take_many_contacts_along_is_asked_about(
    store: TenantStore, theirs: int, *, asks: bool
) -> None:
    ids = [f"c{n:02}" for n in range(11)]
    store.mirror.put_lean([lean(one, one) for one in ids], 1.0)
    people = [
        received(f"p{n}", companyId="c00" if n < theirs else ids[1 + n % 10]) for n in range(100)
    ]
    store.mirror.put(Kind.CONTACT, people, 1.0)
    store.mirror.mark_absent(Kind.COMPANY, {*ids[1:]}, 5.0)
    gone = store.mirror.settle_absent(Kind.COMPANY, a_fifth)
    assert gone == (() if asks else ("c00",))
    assert len(store.mirror.contacts_of("c00")) == (theirs if asks else 0)
    assert store.mirror.doubts() == ((Doubt(Kind.COMPANY, 1, 11, theirs),) if asks else ())
    store.mirror.accept_absent(store.mirror.doubts(), a_fifth)
    assert store.mirror.contacts_of("c00") == ()
    assert store.mirror.doubts() == ()


def test_a_yes_holds_for_no_more_than_was_asked(store: TenantStore) -> None:
    mirror = store.mirror
    mirror.put_lean([lean(f"c{n}", f"c{n}") for n in range(10)], 1.0)
    mirror.mark_absent(Kind.COMPANY, {f"c{n}" for n in range(7)}, 5.0)
    mirror.settle_absent(Kind.COMPANY, a_fifth)
    asked = mirror.doubts()
    assert asked == (Doubt(Kind.COMPANY, 3, 10),)
    assert mirror.accept_absent((), a_fifth) == {}
    mirror.mark_absent(Kind.COMPANY, set(), 6.0)  # by now the list lacks all of them
    mirror.settle_absent(Kind.COMPANY, a_fifth)
    assert mirror.accept_absent(asked, a_fifth) == {Kind.COMPANY: ()}
    assert mirror.doubts() == (Doubt(Kind.COMPANY, 10, 10),)
    mirror.mark_absent(Kind.COMPANY, {f"c{n}" for n in range(8)}, 7.0)
    assert mirror.accept_absent(asked, a_fifth) == {Kind.COMPANY: ("c8", "c9")}
    assert mirror.doubts() == ()


def test_that_all_contacts_are_here_is_noted_a_piece_at_a_time(
    store: TenantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planhat_tui.store.mirror._MARKED_AT_ONCE", 2)
    ids = [f"c{n}" for n in range(5)]
    store.mirror.put_lean([lean(one, one) for one in ids], 1.0)
    store.mirror.contacts_are_complete(7.0)
    store.mirror.put_lean([lean("c9", "c9")], 8.0)  # what came since isn't known to have none
    assert [store.mirror.contacts_seen_at(one) for one in (*ids, "c9")] == [*[7.0] * 5, None]
    assert store.mirror.noted("contacts_complete")


def test_what_is_doubted_stays_and_is_asked_about_until_it_is_answered(
    store: TenantStore, open_store: Callable[[], TenantStore]
) -> None:
    store.mirror.put(Kind.CONTACT, [received(f"p{n}", companyId="c1") for n in range(4)], 1.0)
    store.mirror.mark_absent(Kind.CONTACT, {"p0"}, 5.0, up_to="p1")
    store.mirror.mark_absent(Kind.CONTACT, set(), 5.0, after="p1")
    assert store.mirror.settle_absent(Kind.CONTACT, always) == ()
    again = open_store()
    assert again.mirror.doubts() == (Doubt(Kind.CONTACT, 3, 4),)
    again.mirror.put(Kind.CONTACT, [received("p2", companyId="c1")], 6.0)  # it's there after all
    assert again.mirror.accept_absent(again.mirror.doubts(), a_fifth) == {
        Kind.CONTACT: ("p1", "p3")
    }
    assert again.mirror.doubts() == ()
    assert again.mirror.accept_absent(again.mirror.doubts(), a_fifth) == {}
    assert again.mirror.contact("p2") is not None


def test_a_question_is_gone_when_a_list_has_the_records_again(store: TenantStore) -> None:
    store.mirror.put(Kind.COMPANY, [received("c1"), received("c2")], 1.0)
    store.mirror.mark_absent(Kind.COMPANY, set(), 5.0)
    store.mirror.settle_absent(Kind.COMPANY, always)
    assert store.mirror.doubts()
    store.mirror.mark_absent(Kind.COMPANY, {"c1", "c2"}, 6.0)
    assert store.mirror.settle_absent(Kind.COMPANY, always) == ()
    assert store.mirror.doubts() == ()


def test_what_a_list_that_came_as_one_lacks_goes_in_small_steps(
    store: TenantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror, "_MARKED_AT_ONCE", 4)
    monkeypatch.setattr(mirror, "_GONE_AT_ONCE", 2)
    ids = [f"c{n:02}" for n in range(30)]
    store.mirror.put_lean([lean(one, one) for one in ids], 1.0)
    edited = ids[:6:2]
    for one in edited:
        store.outbox.add(update(one, Change("phase", None, "renewal")))
    listed, there = Listed(Kind.COMPANY), ids[1::2]
    for some in (there[:7], there[7:]):
        store.mirror.put_lean([lean(one, one) for one in some], 5.0, listed)
    store.mirror.put(Kind.COMPANY, [received("c99", name="Newer")], 9.0)
    store.mirror.mark_unlisted(listed, 5.0)
    assert set(store.mirror.settle_absent(Kind.COMPANY, never)) == set(ids[::2]) - set(edited)
    assert store.mirror.company_ids() == {*there, *edited, "c99"}


def test_an_edit_comes_between_the_steps_in_which_records_go(
    store: TenantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is lost takes as many transactions as it's large: nobody waits for all of them."""
    monkeypatch.setattr(mirror, "_GONE_AT_ONCE", 2)
    store.mirror.put(Kind.COMPANY, [received(f"c{n}") for n in range(9)], 1.0)
    store.mirror.mark_absent(Kind.COMPANY, set(), 5.0)
    seen: list[int] = []
    marked = absences.marked

    def look(connection: sqlite3.Connection, kind: Kind, most: int) -> list[str]:
        found = marked(connection, kind, most)
        seen.append(len(found))
        return found

    monkeypatch.setattr(absences, "marked", look)
    store.mirror.settle_absent(Kind.COMPANY, never)
    assert seen == [2, 2, 2, 2, 1, 0]


def test_names_that_begin_alike_find_their_places_in_a_few_looks(
    store: TenantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of names may have a hundred thousand that begin so, and none has an ``arr`` yet."""
    monkeypatch.setattr(places, "_SLOT_BITS", 4)
    looks: list[str] = []

    def note(told: str) -> None:
        if told.startswith("SELECT 1 FROM company WHERE row ="):
            looks.append(told)

    with store.mirror._database.writing() as connection:
        connection.set_trace_callback(note)
        for at in range(0, 1_000, 50):
            store.mirror.put_lean([lean(f"c{n}", f"Shop {n}") for n in range(at, at + 50)], 1.0)
        connection.set_trace_callback(None)
    assert len(found(store, "shop")) == 500
    assert store.mirror.companies_there() == 1_000
    assert len(looks) < 30 * 1_000


@pytest.mark.parametrize("count", [0, 1, 5, 40])
def test_ids_are_taken_from_all_over(store: TenantStore, count: int) -> None:
    ids = [f"{n:02}" for n in range(count)]
    store.mirror.put_lean([lean(one, one) for one in ids], 1.0)
    store.outbox.add(NewEntry(Kind.COMPANY, Action.CREATE, "x", "x", body={"name": "x"}))
    store.refresh_overlay(Kind.COMPANY, "x")
    found = store.mirror.some_company_ids(10)
    assert list(found) == sorted({*found} & {*ids})
    assert len(found) >= min(count, 9)
    assert found[:1] == tuple(ids[:1])
    assert store.mirror.companies_there() == count


def test_companies_that_left_the_lean_list_go_with_their_contacts(store: TenantStore) -> None:
    store.mirror.put_lean([lean("c1", "Stays"), lean("c2", "Goes"), lean("c3", "Edited")], 1.0)
    store.mirror.put_contacts_of("c2", [received("p1", companyId="c2", name="Eve")], 1.0)
    store.outbox.add(update("c3", Change("phase", None, "renewal")))
    store.mirror.put(Kind.COMPANY, [received("c4", name="Newer")], 9.0)
    store.mirror.put_lean([lean("c1", "Stays")], 5.0)
    store.mirror.mark_absent(Kind.COMPANY, {"c1"}, 5.0)
    assert store.mirror.settle_absent(Kind.COMPANY, never) == ("c2",)
    assert store.mirror.company("c2") is None
    assert store.mirror.contact("p1") is None
    assert store.mirror.contacts_seen_at("c2") is None
    assert store.mirror.company("c3") is not None  # what was typed isn't lost by this
    assert store.mirror.company("c4") is not None  # read since the list was asked for


def test_contacts_that_were_never_read_are_not_loaded_and_not_none(store: TenantStore) -> None:
    store.mirror.put_lean([lean("c1", "Acme")], 1.0)
    assert store.mirror.contacts_seen_at("c1") is None
    store.mirror.put_contacts_of("c1", [], 4.0)
    assert store.mirror.contacts_seen_at("c1") == 4.0
    assert store.mirror.contacts_of("c1") == ()


def test_reading_the_contacts_of_a_company_replaces_them(store: TenantStore) -> None:
    one, two = received("p1", companyId="c1", name="Zoe"), received("p2", companyId="c1", name="Al")
    three = received("p3", companyId="c1", name="Mo", featured=True)
    store.mirror.put_contacts_of("c1", [one, two], 1.0)
    store.outbox.add(update("p1", Change("phone", None, "1"), kind=Kind.CONTACT))
    store.outbox.add(create("new-1", Kind.CONTACT, name="Made here", companyId="c1"))
    store.refresh_overlay(Kind.CONTACT, "new-1")
    store.mirror.put_contacts_of("c1", [three], 2.0)
    assert [row.id for row in store.mirror.contacts_of("c1")] == ["p3", "new-1", "p1"]


def test_removing_takes_a_record_out_of_search_tags_and_custom_keys(store: TenantStore) -> None:
    record = received("c1", name="Acme", tags=["vip"], custom={"Plan": "Gold"})
    store.mirror.put(Kind.COMPANY, [record], 1.0)
    assert store.mirror.remove(Kind.COMPANY, ["c1", "unknown"]) == ("c1", "unknown")
    assert found(store, "acme") == []
    assert store.mirror.tags(Kind.COMPANY) == ()
    assert store.mirror.custom_keys(Kind.COMPANY) == ()


def test_tags_custom_fields_and_phases_are_counted_as_they_are_shown(store: TenantStore) -> None:
    store.mirror.put(
        Kind.COMPANY,
        [
            received("c1", name="A", tags=["vip", "gold"], phase="renewal", custom={"Plan": "x"}),
            received("c2", name="B", tags=["vip"], phase="renewal", custom={"Plan": 3, "Seats": 1}),
            received(
                "c3", name="C", phase="churned", custom={"Plan": "y", "Kickoff": "2026-01-02"}
            ),
        ],
        1.0,
    )
    store.outbox.add(update("c2", Change("tags", ["vip"], ["vip", "new"])))
    store.refresh_overlay(Kind.COMPANY, "c2")
    assert store.mirror.tags(Kind.COMPANY) == (("vip", 2), ("gold", 1), ("new", 1))
    assert store.mirror.tags(Kind.CONTACT) == ()
    assert store.mirror.phases() == (("renewal", 2), ("churned", 1))
    assert store.mirror.custom_keys(Kind.COMPANY) == (
        ("Plan", CustomType.TEXT, 3),
        ("Kickoff", CustomType.DATE, 1),
        ("Seats", CustomType.NUMBER, 1),
    )


def test_a_record_made_here_gets_its_real_id_everywhere(store: TenantStore) -> None:
    store.outbox.add(
        create("new-c", name="Acme"),
        create("new-p", Kind.CONTACT, name="Eve", companyId="new-c"),
        update("new-c", Change("phase", None, "renewal")),
    )
    for kind, one in ((Kind.COMPANY, "new-c"), (Kind.CONTACT, "new-p")):
        store.refresh_overlay(kind, one)
    assert [row.id for row in store.mirror.contacts_of("new-c")] == ["new-p"]
    store.made(store.outbox.open_entries()[0], received("c1", name="Acme", slug="acme"), 8.0)
    assert store.mirror.company("new-c") is None
    shown = store.mirror.company("c1")
    assert shown is not None
    assert shown.raw["phase"] == "renewal"
    assert [row.id for row in store.mirror.contacts_of("c1")] == ["new-p"]
    assert {entry.record_id for entry in store.outbox.open_entries()} == {"c1", "new-p"}
    assert found(store, "acme") == ["c1"]


def test_the_team_is_replaced_as_a_whole(store: TenantStore) -> None:
    store.mirror.put_users(
        [received("u2", firstName="Zoe"), received("u1", firstName="Al", email="al@x.com")]
    )
    assert [user.id for user in store.mirror.users()] == ["u1", "u2"]
    store.mirror.put_users([received("u2", firstName="Zoe")])
    assert [user.id for user in store.mirror.users()] == ["u2"]
    assert store.mirror.user("u1") is None
    team_member = store.mirror.user("u2")
    assert team_member is not None
    assert team_member.name == "Zoe"


def test_a_record_is_named_by_id_external_id_name_or_e_mail(store: TenantStore) -> None:
    store.mirror.put(
        Kind.COMPANY,
        [
            received("c1", name="Acmé", externalId="E-1"),
            received("c2", name="Twin", externalId="e-1"),
            received("c3", name="twin"),
            received("Twin", name="Its id is a name"),
        ],
        1.0,
    )
    store.mirror.put(Kind.CONTACT, [received("p1", name="Eve", email="Eve@x.com")], 1.0)
    by_name = store.mirror.by_name
    assert by_name(Kind.COMPANY, "c1") == (("c1", "Acmé"),)
    assert by_name(Kind.COMPANY, "ACME") == (("c1", "Acmé"),)
    assert by_name(Kind.COMPANY, "extid-E-1") == (("c1", "Acmé"),)
    assert by_name(Kind.COMPANY, "Twin") == (("Twin", "Its id is a name"),)
    assert {one for one, _ in by_name(Kind.COMPANY, "twin")} == {"c2", "c3"}
    assert by_name(Kind.COMPANY, "Acm") == ()
    assert by_name(Kind.CONTACT, "eve@X.com") == (("p1", "Eve"),)


def test_progress_says_how_much_is_here(store: TenantStore) -> None:
    assert store.mirror.progress().companies_known == 0
    assert store.mirror.progress().seen_at is None
    store.mirror.put_lean([lean("c1", "A"), lean("c2", "B")], 1.0)
    store.mirror.put(Kind.COMPANY, [received("c2", name="B")], 2.0)
    store.mirror.put(Kind.CONTACT, [received("p1", companyId="c1", name="Eve")], 2.0)
    progress = store.mirror.progress()
    assert (progress.companies_known, progress.companies_complete) == (2, 1)
    assert (progress.contacts_done, progress.contacts_complete) == (1, False)
    store.mirror.contacts_are_complete(3.0)
    assert store.mirror.progress().contacts_complete
    assert store.mirror.contacts_seen_at("c2") == 3.0


def test_what_was_made_here_lacks_nothing_beside_one_that_cannot_be_read(
    store: TenantStore,
) -> None:
    store.mirror.put_lean([lean("c1", "A"), lean("c2", "B")], 1.0)
    store.mirror.put(Kind.COMPANY, [received("c1", name="A")], 2.0)
    store.mirror.set_aside(Kind.COMPANY, [SetAside(1, 1, "c2", "a number is too large")], 2.0)
    store.mirror.contacts_are_complete(2.0)
    store.outbox.add(create("new-1", name="Made here"))
    store.refresh_overlay(Kind.COMPANY, "new-1")
    progress = store.mirror.progress()
    assert (progress.companies_known, progress.companies_complete) == (3, 2)
    assert (progress.companies_left, progress.lacking) == (0, "")


def test_the_oldest_companies_come_first_when_they_are_read_again(store: TenantStore) -> None:
    for seen_at, one in ((3.0, "c3"), (1.0, "c1"), (2.0, "c2")):
        store.mirror.put(Kind.COMPANY, [received(one, name=one)], seen_at)
    assert store.mirror.oldest_companies(2, before=3.0) == ("c1", "c2")
    assert store.mirror.company_ids() == {"c1", "c2", "c3"}


def test_facts_are_kept(store: TenantStore) -> None:
    assert store.mirror.noted("edition") == ""
    store.mirror.note("edition", "seed")
    store.mirror.note("edition", "modern")
    assert store.mirror.noted("edition") == "modern"


HOSTILE = "\x1b[31m\u202e\ud800\x00[@click=app.quit]Ltd"


def test_hostile_text_is_kept_as_it_came_and_shown_harmless(store: TenantStore) -> None:
    fields = dict.fromkeys(("name", "slug", "externalId", "phase", "status", "owner"), HOSTILE)
    record = received(
        "c1", **fields, tags=[HOSTILE], domains=[HOSTILE], custom={HOSTILE: HOSTILE}, h=10**400
    )
    store.mirror.put(Kind.COMPANY, [record, received("c2", name="Fine", arr=10**30)], 1.0)
    contact = dict.fromkeys(("name", "email", "phone", "position", "companyName"), HOSTILE)
    store.mirror.put(Kind.CONTACT, [received("p1", companyId="c1", **contact)], 1.0)
    shown = store.mirror.company("c1")
    assert shown is not None
    assert shown.raw == record.data
    (row,) = store.mirror.search_companies(query.parse("click")).rows
    (person,) = store.mirror.contacts_of("c1")
    seen = [row.name, row.phase, row.status, row.owner, row.external_id, row.domain, *row.tags]
    for text in (*seen, person.name, person.email, person.phone, person.position):
        assert text.isprintable()
    assert row.health is None
    store.mirror.users()
    store.mirror.tags(Kind.COMPANY)


@pytest.mark.parametrize("bad_id", ["", "\ud800"])
def test_a_record_without_a_usable_id_is_left_out(store: TenantStore, bad_id: str) -> None:
    store.mirror.put(Kind.COMPANY, [received(bad_id, name="Bad"), received("c1", name="Good")], 1.0)
    assert store.mirror.company_ids() == {"c1"}


def test_a_name_that_changes_is_found_by_the_new_one_only(store: TenantStore) -> None:
    store.mirror.put(Kind.COMPANY, [received("c1", name="Alpha", arr=1)], 1.0)
    store.mirror.put(Kind.COMPANY, [received("c1", name="Omega", arr=900)], 2.0)
    assert found(store, "alpha") == []
    assert found(store, "omega") == ["c1"]
    assert found(store, "") == ["c1"]


def test_of_a_record_that_comes_twice_the_last_one_counts(store: TenantStore) -> None:
    twice = [received("c1", name="Old", tags=["old"]), received("c1", name="New", tags=["new"])]
    store.mirror.put(Kind.COMPANY, twice, 1.0)
    assert found(store, "new") == ["c1"]
    assert found(store, "old") == []
    assert store.mirror.tags(Kind.COMPANY) == (("new", 1),)


def test_the_contacts_of_a_company_are_sorted_by_several_fields(store: TenantStore) -> None:
    people = [
        received("p1", companyId="c1", name="Eve", position="CFO"),
        received("p2", companyId="c1", name="Ada", position="CTO", featured=True),
        received("p3", companyId="c1", name="Bo"),
        received("p4", companyId="c1", name="Cy", position="CFO"),
    ]
    store.mirror.put_contacts_of("c1", people, 1.0)

    def sorted_by(*sort: Sort) -> list[str]:
        return [row.name for row in store.mirror.contacts_of("c1", sort)]

    assert sorted_by() == ["Ada", "Bo", "Cy", "Eve"]
    assert sorted_by(Sort("title"), Sort("name")) == ["Cy", "Eve", "Ada", "Bo"]
    assert sorted_by(Sort("title", descending=True), Sort("name")) == ["Ada", "Cy", "Eve", "Bo"]
    assert sorted_by(Sort("name", descending=True)) == ["Eve", "Cy", "Bo", "Ada"]
    assert sorted_by(Sort("featured", descending=True), Sort("name"))[0] == "Ada"


def test_who_is_called_by_bytes_that_are_no_text_is_nobody(store: TenantStore) -> None:
    store.mirror.put(Kind.COMPANY, [received("c1", name="Acme")], 1.0)
    assert store.mirror.by_name(Kind.COMPANY, "\udcff") == ()
    for path in ("_id", "externalId", "name"):
        assert store.mirror.keyed(Kind.COMPANY, path, "\udcff") == ()
