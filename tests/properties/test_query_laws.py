"""The laws of queries: they are read or refused, written and read back, and mean what they say."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from planhat_tui.errors import QueryError
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import State
from planhat_tui.model.phone import dialled
from planhat_tui.model.query import Node, Not, Query, Sort, Term, names, parse
from planhat_tui.model.query.fields import canonical, orders
from planhat_tui.model.query.writing import write
from planhat_tui.model.records import Kind, Received
from planhat_tui.model.text import fold
from planhat_tui.store import leads, planning
from planhat_tui.store.tenant import TenantStore
from tests.memory import MEMORY
from tests.model.query_reference import World, finds, in_order
from tests.store.conftest import received, update

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planhat_tui.model.values import Json, Raw

PIECES: Final = st.sampled_from(
    'tag: phase: arr: arr> < >= owner: custom. custom."a b": custom.Plan: contacts.title: company.'
    " has: is: sort: limit: not: - -- ( ) OR or , .. 1000 10k 1..5 2026-01 2026-02-30 last30d"
    ' next9y over3m " "" " a acme pending new name renewal updated contacts -arr,name 50 : // \\ \t'
    " (070) 東京 ſ İ \u200d \x00".split(" ")
)
TEXTS: Final = (
    st.text()
    | st.lists(PIECES).map("".join)
    | st.lists(PIECES).map(" ".join)
    | st.text('atg:()"OR- .<>,1')
    | st.text(st.sampled_from('a:"( \udcff\ud800'))
)


def tried(text: str) -> Query | None:
    try:
        return parse(text)
    except QueryError as error:
        refused = error
    assert 0 <= refused.column <= len(text)
    assert refused.message
    return None


def bare(node: Node | None) -> object:
    """Return the tree without columns."""
    if isinstance(node, Term):
        return node.field, node.value
    if isinstance(node, Not):
        return "not", bare(node.part)
    return node and (node.every, *map(bare, node.parts))


def said(query: Query) -> object:
    return bare(query.where), query.sort, query.limit


@given(TEXTS)
@example("(" * 100)
@example("(a OR (b " * 15 + "c" + "))" * 15)
@example("sort:" + ",".join(["arr"] * 2_000))
@example("arr:" + "9" * 400)
@example('custom."":x')
@example("created:9999..")
@example("created:>9999-12-31")
@example("a" * 10_001)
@example("id:\udcff")
def test_a_query_is_read_or_refused_at_a_column_of_it(text: str) -> None:
    query = tried(text)
    assert query is None or query.text == text


@given(TEXTS)
def test_a_query_that_was_read_is_written_and_read_back_as_the_same(text: str) -> None:
    query = tried(text)
    if query is not None:
        written = write(query)
        again = parse(written)
        assert said(again) == said(query)
        assert write(again) == written


# What queries mean

TODAY: Final = datetime(2026, 3, 15, tzinfo=UTC)
TEAM: Final = {"u1": "Zoë", "u2": "Al"}
STAMPS: Final = (
    "2026-03-15T12:00:00.000Z",
    "2026-03-14T23:59:59.999Z",
    "2026-03-15T00:30:00+02:00",
    "2026-02-13",
    "2026-02-15",
    "2026-03-01",
    "2026-02-12T00:00:00Z",
    "2025-12-31T23:59:59Z",
    "soon",
    "",
)
GIVEN: Final[dict[str, st.SearchStrategy[Json]]] = {
    "name": st.sampled_from(["Acme Inc", "Åkme", "North Sea", "北海", ""]),
    "externalId": st.sampled_from(["", "E1", "e1", "42"]),
    "tags": st.lists(st.sampled_from(["VIP", "vip", "at risk", "Été"]), max_size=2, unique=True),
    "createDate": st.sampled_from(STAMPS),
    "updatedAt": st.sampled_from(STAMPS),
    "phone": st.sampled_from(["", "+46 (0)70-123", "070 99", "070-123 45 67", "none"]),
    "custom": st.dictionaries(
        st.sampled_from(["Plan", "Seats", "Go live", "c.d"]),
        st.sampled_from(
            ["Gold", "gold plus", "", None, 5, 5.0, 12.5, True, "5", "2026-02-13", ["a", "B"], []]
        ),
        max_size=2,
    ),
}
COMPANIES: Final = st.fixed_dictionaries(
    GIVEN,
    optional={
        "phase": st.sampled_from(["won", "Won", "at risk", ""]),
        "status": st.sampled_from(["lost", "customer"]),
        "owner": st.sampled_from(["u1", "u2", "u3", None]),
        "coOwner": st.sampled_from(["u1", None]),
        "arr": st.sampled_from([0, 10, 10.5, 1000, -3]),
        "h": st.integers(0, 10),
        "renewalDate": st.sampled_from(STAMPS),
        "domains": st.lists(st.sampled_from(["acme.io", "sea.no"]), max_size=2),
        "city": st.sampled_from(["Malmö", "Oslo"]),
        "country": st.sampled_from(["Sweden", "sweden", "Côte d'Ivoire", ""]),
        "slug": st.sampled_from(["acme-inc", "Sea", ""]),
        "web": st.sampled_from(["https://acme.io/x", "www.sea.no", ""]),
        "mrr": st.sampled_from([0, 10, 10.5, -3]),
        "mr": st.sampled_from([0, 10, 1000]),
        "nrr30": st.sampled_from([0.5, 10, -3]),
        "csmScore": st.integers(1, 5) | st.sampled_from([10, 2.5]),
        "lastActive": st.sampled_from(STAMPS),
        "lastRenewal": st.sampled_from(STAMPS),
        "customerFrom": st.sampled_from(STAMPS),
        "customerTo": st.sampled_from(STAMPS),
    },
)
CONTACTS: Final = st.fixed_dictionaries(
    {**GIVEN, "companyId": st.sampled_from(["c0", "c1", "c2", "gone"])},
    optional={
        "position": st.sampled_from(["CFO", "Vice cfo", "CTO"]),
        "email": st.sampled_from(["a@acme.io", "B@sea.no", ""]),
        "featured": st.booleans(),
        "lastActive": st.sampled_from(STAMPS),
    },
)
DATED: Final = st.sampled_from(
    "last30d over30d last0d next0d next300d over1d 2026 2026-02 2026-02-13..2026-03-14 ..2026-02"
    " 2026-03.. >2026-02-13 <=2026-02-12 last2w next2w over2w last1m next1m over1m over1y".split()
)
NUMBERS: Final = st.sampled_from("0 10 10.. ..10 10..1k >10 <10 >=10.5 -5..5 1k".split())
WORDS: Final = "acme,ac,sea,e1,北,vip,inc acme,zzz,at risk,t ri,risk at,vip at,vice cfo,a@a,4567"
TERMS: Final = st.one_of(
    st.sampled_from(WORDS.split(",")).map('"{}"'.format),
    st.tuples(
        st.sampled_from(
            "renewal created updated lastcall changed contacts.created lastactive lastrenewal"
            " customerfrom customerto contacts.lastactive".split()
        ),
        DATED,
    ).map(":".join),
    st.tuples(
        st.sampled_from("arr health mrr mr nrr30 csmscore custom.Seats company.arr".split()),
        NUMBERS,
    ).map(":".join),
    st.tuples(
        st.sampled_from(
            ["custom.plan", "custom.Seats", 'custom."go Live"', "contacts.custom.Plan"]
        ),
        st.sampled_from(
            ["gold", "5", "5.0", "true", "2026-02-13", "a", "b", '"gold plus"', "12.."]
        ),
    ).map(":".join),
    st.tuples(
        st.sampled_from(
            "tag phase status owner coowner name title contacts.title domain city id external email"
            " slug web country contacts.tag company.phase company.name".split()
        ),
        st.sampled_from(
            ["vip", "won", '"at risk"', "lost", "u1", "zoe", "me", "acme", "cfo", "io", "malmo",
             "e1", "E1", "c1", "p1", "ete", "a@acme.io", "sea", "sweden", "acme-i", "www."]
        ),
    ).map(":".join),
    st.sampled_from(
        ["phone:70123", "contacts.phone:99", 'phone:"+46 (0)70"', "phone:+46701234567"]
    ),
    st.sampled_from(
        "tag phase owner arr renewal phone contacts lastcall custom.Plan custom.Seats title"
        " featured contacts.phone contacts.email domain external city country slug web mrr"
        " mr nrr30 csmscore health lastactive lastrenewal customerfrom customerto"
        " contacts.lastactive".split()
    ).map("has:{}".format),
    st.sampled_from("featured:true contacts.featured:no has:changed".split()),
    st.sampled_from("pending queued unsure conflict held new changed".split()).map("is:{}".format),
)  # fmt: skip
QUERIES: Final = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        inner.map("-({})".format),
        st.lists(inner, min_size=2, max_size=3).map(" ".join).map("({})".format),
        st.lists(inner, min_size=2, max_size=3).map(" OR ".join).map("({})".format),
    ),
    max_leaves=5,
)


def has_word(kind: Kind, raw: Raw, word: str) -> bool:
    """Three letters and more anywhere; fewer where a word, or a part of one, starts."""
    held = [raw["name"], raw.get("externalId"), *_texts(raw.get("tags"))]
    held += [*_texts(raw.get("domains")), raw.get("slug")] if kind is Kind.COMPANY else []
    held += [raw.get("email"), raw.get("position")] if kind is Kind.CONTACT else []
    if kind is Kind.CONTACT and not raw["name"]:
        held[0] = raw.get("email")
    wanted = fold(word)
    held.append(dialled(raw["phone"]) if isinstance(raw["phone"], str) else "")
    texts = [fold(one) for one in held if isinstance(one, str)]
    if len(wanted) > 2:
        return any(wanted in one for one in texts)
    parts = [part for one in texts for part in one.replace("@", " ").replace(".", " ").split()]
    return any(part.startswith(wanted) or (wanted == "北" and "北" in part) for part in parts)


def _texts(held: Json) -> list[Json]:
    return list(held) if isinstance(held, list) else []


def owners(value: str) -> set[str]:
    meant = {one for one, name in TEAM.items() if fold(name) == fold(value)}
    return {value, *meant, *(["u2"] if value == "me" else [])}


LAYERS: Final = st.lists(st.sampled_from(["-({})", "({} {two})", "({two} OR {})"]), max_size=16)
JOINED: Final = st.tuples(st.integers(1, 300), st.sampled_from([" ", " OR ", " -"]))
SORTED: Final = st.lists(
    st.sampled_from("name -arr changed -lastcall custom.Plan owner company.arr".split()),
    max_size=18,
)


def layered(term: str, layers: list[str], two: str) -> str:
    for layer in layers:
        term = layer.format(term, two=two)
    return term


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TenantStore]:
    custom: Json = {"Plan": "Gold", "Seats": 5}
    company: dict[str, Json] = {"name": "Acme Inc", "tags": ["vip"], "arr": 10, "custom": custom}
    contact: dict[str, Json] = {"name": "Zoë", "companyId": "c0", "phone": "070 99"}
    records = numbered("c", [company, {"name": "Åkme", "externalId": "E1"}])
    folder = str(tmp_path_factory.mktemp("small"))
    store = filled(folder, records, numbered("p", [contact, {"name": "Al", "companyId": "c1"}]))
    yield store
    store.close()


def run(store: TenantStore, query: Query) -> None:
    """Ask all that can be asked by a query; nothing of it may fail."""
    store.mirror.search_companies(query, guess=True)
    store.mirror.search_contacts(query)
    store.mirror.search_contacts(query, company_id="c0")
    store.mirror.totals(query, ["c0"])
    store.mirror.place(query, "c1")
    store.mirror.neighbour(query, "c0", back=True)
    for kind in (Kind.COMPANY, Kind.CONTACT):
        assert all(raw["_id"] for raw in store.mirror.stream(kind, query))


@given(TEXTS, st.sampled_from([leads.FEW, 0]))
@example("-(" * 50 + "a" + ")" * 50, 0)
def test_what_is_read_can_be_asked(small: TenantStore, text: str, few: int) -> None:
    query = tried(text)
    if query is not None:
        with patch.object(leads, "FEW", few):
            run(small, query)


@given(st.builds(layered, TERMS, LAYERS, TERMS), SORTED, st.sampled_from([leads.FEW, 0]))
@example(layered("a", ["({two} OR {})"] * 30, "b"), [], 0)
@example(layered("contacts.custom.Plan:5", ["({two} OR {})", "-({})"] * 6, "9"), ["changed"], 0)
@example("a", ["name"] * 2_400, 0)
def test_what_is_deep_is_refused_or_can_be_asked(
    small: TenantStore, text: str, by: list[str], few: int
) -> None:
    query = tried(text + (f" sort:{','.join(by)}" if by else ""))
    if query is not None:
        with patch.object(leads, "FEW", few):
            run(small, query)


@given(TERMS, JOINED, TERMS)
@example("w", (500, " "), "w")
@example("w", (501, " OR "), "w")
@example("tag:vip", (1_000, " -"), "arr:10")
@settings(max_examples=20)
def test_what_is_much_is_refused_or_can_be_asked(
    small: TenantStore, term: str, joined: tuple[int, str], two: str
) -> None:
    times, word = joined
    query = tried(word.join([two, *[term] * times]))
    if query is not None:
        run(small, query)


def numbered(prefix: str, records: list[dict[str, Json]]) -> dict[str, dict[str, Json]]:
    return {f"{prefix}{n}": {"_id": f"{prefix}{n}", **raw} for n, raw in enumerate(records)}


def filled(
    folder: str, companies: Mapping[str, dict[str, Json]], contacts: Mapping[str, dict[str, Json]]
) -> TenantStore:
    store = TenantStore.open(Path(folder) / "t", wall=TODAY.timestamp)
    store.mirror.put(Kind.COMPANY, [_again(raw) for raw in companies.values()], 1.0)
    store.mirror.put(Kind.CONTACT, [_again(raw) for raw in contacts.values()], 1.0)
    store.mirror.put_users([received(one, firstName=name) for one, name in TEAM.items()])
    store.mirror.know_me(received("u2"))
    store.calls.put({"_id": "k1", "start": STAMPS[0]}, company_id="c0", contact_id="p0")
    store.calls.put({"_id": "k2", "start": STAMPS[6]}, company_id="c1", contact_id="p1")
    return store


CALLED: Final = {
    one: datetime.fromisoformat(STAMPS[at])
    for one, at in {"c0": 0, "p0": 0, "c1": 6, "p1": 6}.items()
}


def _again(raw: dict[str, Json]) -> Received:
    return Received(json.dumps(raw), raw)


RECORDS: Final = st.sampled_from(["c0", "c1", "c5", "p0", "p1"])
EDITS: Final = st.lists(
    st.tuples(RECORDS, st.sampled_from("queued unsure conflict held".split())), max_size=4
)
CHANGES: Final = st.dictionaries(RECORDS, st.sampled_from(STAMPS[:3] + STAMPS[6:8]), max_size=3)


def edit(store: TenantStore, edits: list[tuple[str, str]]) -> None:
    """Edit records, each in a field that nobody asks for, and let the edits come to stand so."""
    for n, (one, state) in enumerate(edits):
        kind = _kind_of(one)
        (entry,) = store.outbox.add(update(one, Change(f"custom_{n}", "", "x"), kind=kind))
        if state != "queued":
            store.outbox.mark([entry.n], State("not sure" if state == "unsure" else state))
    for one in {one for one, _ in edits}:
        store.refresh_overlay(_kind_of(one), one)


def look_and_see(store: TenantStore, changes: Mapping[str, str]) -> None:
    """Look at records today, and see each change at its moment, which may be later today."""
    for one, at in changes.items():
        store.history.look(_kind_of(one), one)
        seen_at = datetime.fromisoformat(at).timestamp()
        store.history.note(_kind_of(one), [(one, {"zip": "a"}, {"zip": at})], seen_at)


def _kind_of(one: str) -> Kind:
    return Kind.COMPANY if one[0] == "c" else Kind.CONTACT


def states_of(
    edits: list[tuple[str, str]], changed: Mapping[str, datetime]
) -> dict[str, frozenset[str]]:
    states = {one: {"pending"} | {s for other, s in edits if other == one} for one, _ in edits}
    for one, at in changed.items():
        if at > TODAY:
            states.setdefault(one, set()).add("changed")
    return {one: frozenset(words) for one, words in states.items()}


@given(
    st.lists(COMPANIES, min_size=2, max_size=6).map(partial(numbered, "c")),
    st.lists(CONTACTS, max_size=4).map(partial(numbered, "p")),
    st.lists(QUERIES, min_size=8, max_size=20),
    st.sampled_from([leads.FEW, 1, 0]),
    st.tuples(EDITS, CHANGES),
)
def test_a_query_finds_what_reading_everything_finds(
    companies: dict[str, dict[str, Json]],
    contacts: dict[str, dict[str, Json]],
    texts: list[str],
    few: int,
    doings: tuple[list[tuple[str, str]], dict[str, str]],
) -> None:
    changes = doings[1]
    edits = [(one, state) for one, state in doings[0] if one in {**companies, **contacts}]
    changed = {one: datetime.fromisoformat(at) for one, at in changes.items()}
    known, states = {"lastcall": CALLED, "changed": changed}, states_of(edits, changed)
    world = World(companies, contacts, owners, known, states, has_word, TODAY.date())
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder, patch.object(leads, "FEW", few):
        store = filled(folder, companies, contacts)
        try:
            edit(store, edits)
            look_and_see(store, changes)
            for text in texts:
                query = parse(text)
                rows = store.mirror.search_companies(query)
                assert {row.id for row in rows.rows} == finds(world, Kind.COMPANY, query), text
                assert rows.total == len(rows.rows) or rows.capped
                people = {row.id for row in store.mirror.search_contacts(query).rows}
                assert people == finds(world, Kind.CONTACT, query), text
        finally:
            store.close()


ORDERS: Final = st.sampled_from(
    sorted(one for one in {*map(canonical, names()), "custom.Plan"} if one and orders(one))
)


@given(
    st.lists(COMPANIES, min_size=1, max_size=8).map(partial(numbered, "c")),
    st.lists(CONTACTS, max_size=6).map(partial(numbered, "p")),
    st.lists(st.builds(Sort, ORDERS, st.booleans()), min_size=4, max_size=12),
    CHANGES,
    st.integers(1, 9),
)
def test_what_is_sorted_is_in_order_and_within_the_limit(
    companies: dict[str, dict[str, Json]],
    contacts: dict[str, dict[str, Json]],
    sorts: list[Sort],
    changes: dict[str, str],
    limit: int,
) -> None:
    changed = {one: datetime.fromisoformat(at) for one, at in changes.items()}
    known: dict[str, Mapping[str, datetime]] = {"lastcall": CALLED, "changed": changed}
    world = World(companies, contacts, owners, known, {}, has_word, TODAY.date(), TEAM)
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        store = filled(folder, companies, contacts)
        try:
            look_and_see(store, changes)
            for by in sorts:
                every = Query("", sort=(by,))
                rows = store.mirror.search_companies(every).rows
                ids = [row.id for row in rows]
                assert in_order(world, Kind.COMPANY, ids, by), by
                first = store.mirror.search_companies(every._replace(limit=limit)).rows
                assert first == rows[:limit]
                people = [row.id for row in store.mirror.search_contacts(every).rows]
                assert in_order(world, Kind.CONTACT, people, by), by
        finally:
            store.close()


WHO: Final = st.sampled_from("@acme @sea a@acme.io 7012 4567 zoë cfo io vip acme".split())


@given(
    st.lists(COMPANIES, min_size=2, max_size=6).map(partial(numbered, "c")),
    st.lists(CONTACTS, max_size=12).map(partial(numbered, "p")),
    st.lists(st.tuples(WHO, st.just("") | TERMS, SORTED.map(lambda by: by[:2])), min_size=4),
    st.integers(1, 7),
)
def test_a_limit_leaves_the_first_of_all_that_are_found_also_through_contacts(
    companies: dict[str, dict[str, Json]],
    contacts: dict[str, dict[str, Json]],
    asked: list[tuple[str, str, list[str]]],
    limit: int,
) -> None:
    known: dict[str, Mapping[str, datetime]] = {"lastcall": CALLED, "changed": {}}
    world = World(companies, contacts, owners, known, {}, has_word, TODAY.date())
    with (
        tempfile.TemporaryDirectory(dir=MEMORY) as folder,
        patch.object(planning, "MOST", 1),
        patch.object(planning, "MOST_COUNTED", 2),
        patch.object(planning, "_PAGE", 1),
    ):
        store = filled(folder, companies, contacts)
        try:
            for who, term, by in asked:
                text = f"{who} {term}" + (f" sort:{','.join(by)}" if by else "")
                every, few = parse(text), parse(f"{text} limit:{limit}")
                ids = [str(raw["_id"]) for raw in store.mirror.stream(Kind.COMPANY, every)]
                assert {*ids} == finds(world, Kind.COMPANY, every), text
                rows = store.mirror.search_companies(few)
                first = ids[:limit]
                assert [row.id for row in rows.rows] == first, text
                assert (rows.total, rows.capped) == (len(first), False)
                assert store.mirror.totals(few, first).marked == len(first)
                if by:
                    assert store.mirror.ids(every, 500) == (*ids,), text
        finally:
            store.close()
