"""Rows, side tables and index agree, whatever comes in whatever order."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.model import query
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import State
from planhat_tui.model.records import Kind, texts_of
from planhat_tui.store import leads
from planhat_tui.store.facts import token
from planhat_tui.store.tenant import TenantStore
from tests.memory import MEMORY
from tests.store.conftest import received, tick, update

if TYPE_CHECKING:
    from planhat_tui.model.values import Json

IDS = ["c1", "c2", "c3"]
NAMES = ["Alpha", "Alpha Beta", "Gamma", "会社"]
TAGS = ["vip", "VIP", "old"]
DEEDS = st.tuples(
    st.sampled_from(["put", "lean", "edit", "settle", "remove", "reopen"]),
    st.sampled_from(IDS),
    st.sampled_from(NAMES),
    st.sampled_from([None, 0, 5, 10**6]),
    st.lists(st.sampled_from(TAGS), max_size=2, unique=True),
)


def do(store: TenantStore, deed: str, one: str, fields: dict[str, Json]) -> None:
    match deed:
        case "put":
            store.mirror.put(Kind.COMPANY, [received(one, **fields)], tick())
        case "lean":
            store.mirror.put_lean([received(one, name=fields["name"], externalId="")], tick())
        case "edit":
            changes = (Change("name", "?", fields["name"]), Change("tags", [], fields["tags"]))
            store.outbox.add(update(one, *changes))
            store.refresh_overlay(Kind.COMPANY, one)
        case "settle":
            open_edits = store.outbox.open_entries(Kind.COMPANY, one)
            store.outbox.mark([entry.n for entry in open_edits], State.DROPPED)
            store.refresh_overlay(Kind.COMPANY, one)
        case "remove":
            store.mirror.remove(Kind.COMPANY, [one])


def facts_find(store: TenantStore, tag: str) -> int:
    with store.mirror._database.reading() as connection:
        wanted = f'"{token("tag", tag).hex()}"'
        counted = "SELECT count(*) FROM company_facts WHERE company_facts MATCH ?"
        return int(connection.execute(counted, (wanted,)).fetchone()[0])


def check(store: TenantStore) -> None:
    shown = {one: found for one in IDS if (found := store.mirror.company(one))}
    for word in ("alpha", "beta", "gamma", "会社", "g"):
        rows = store.mirror.search_companies(query.parse(word)).rows
        wanted = {i for i, s in shown.items() if word in str(s.raw["name"]).casefold()}
        assert {row.id for row in rows} == wanted
    for tag in ("vip", "old"):  # by the facts, which lead where no part finds few
        with patch.object(leads, "FEW", 0):
            rows = store.mirror.search_companies(query.parse(f"tag:{tag}")).rows
        tagged = {i for i, s in shown.items() if tag in map(str.casefold, texts_of(s.raw, "tags"))}
        assert {row.id for row in rows} == tagged
        assert facts_find(store, tag) == len(tagged)
    carried = [tag for s in shown.values() for tag in set(texts_of(s.raw, "tags"))]
    assert dict(store.mirror.tags(Kind.COMPANY)) == {tag: carried.count(tag) for tag in carried}
    with store.mirror._database.writing() as connection:
        connection.execute("INSERT INTO company_text (company_text) VALUES ('integrity-check')")


@given(st.lists(DEEDS, max_size=12))
def test_the_mirror_agrees_with_itself(
    deeds: list[tuple[str, str, str, int | None, list[str]]],
) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        store = TenantStore.open(Path(folder) / "t", wall=tick)
        try:
            for deed, one, name, arr, tags in deeds:
                if deed == "reopen":
                    store.close()
                    store = TenantStore.open(Path(folder) / "t", wall=tick)
                else:
                    do(store, deed, one, {"name": name, "arr": arr, "tags": [*tags]})
            check(store)
        finally:
            store.close()
