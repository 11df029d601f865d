from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from planhat_tui.model.records import Kind
from planhat_tui.store.rows import CompanyRows, ContactRows
from planhat_tui.tui.presentation import everything
from planhat_tui.tui.presentation.everything import SHOWN, Hit
from planhat_tui.tui.presentation.glyphs import ASCII
from planhat_tui.workspace.queries import Elsewhere, Found
from tests.tui.records import HARMLESS, HOSTILE, company, contact, logged

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def found(**given: Any) -> Found:  # noqa: ANN401 -- the fields of what is found
    fields: dict[str, Any] = {
        "companies": CompanyRows((), 0, capped=False),
        "contacts": ContactRows((), 0, capped=False),
        "calls": (),
        "tags": (),
    }
    return Found(**fields | given)


@pytest.mark.parametrize(
    ("counted", "told"),
    [
        (Elsewhere(), ""),
        (Elsewhere(14, 2, 1), "14 contacts, 2 calls, 1 tag"),
        (Elsewhere(1, 1), "1 contact, 1 call"),
        (Elsewhere(1_000, 0, 3, capped=True), "1,000+ contacts, 3 tags"),
    ],
)
def test_what_else_is_found_is_counted_by_kind(counted: Elsewhere, told: str) -> None:
    assert everything.counted(counted) == told


def test_what_stands_beside_a_search_gets_shorter_and_keeps_its_key() -> None:
    forms = everything.also(Elsewhere(14, 2, 1))
    assert forms[0] == "also 14 contacts, 2 calls, 1 tag  {everything} shows all"
    assert forms[-1] == "also 17 others  {everything}"
    assert [len(one) for one in forms] == sorted(map(len, forms), reverse=True)
    assert everything.also(Elsewhere(tags=1))[-1] == "also 1 more  {everything}"
    assert everything.also(Elsewhere()) == ()


def test_where_no_company_is_found_it_is_a_sentence() -> None:
    assert everything.instead(Elsewhere(calls=1)) == "Found: 1 call.  {everything} shows them"
    assert not everything.instead(Elsewhere())


def test_what_is_found_stands_in_groups_and_each_row_knows_its_record() -> None:
    call = logged({"_id": "k1", "nr": "+46 70 1", "startTime": "2026-03-02T09:00:00Z"}, "on price")
    told = everything.rows(
        "ada",
        found(
            companies=CompanyRows((company(),), 1, capped=False),
            contacts=ContactRows((contact(),), 1, capped=False),
            calls=(call,),
            tags=(("vip", 3),),
        ),
        NOW,
        ASCII,
    )
    assert [hit for hit, _ in told] == [
        Hit(None, "vip"),
        Hit(Kind.CONTACT, "p1"),
        Hit(Kind.CALL, "k1"),
        Hit(Kind.COMPANY, "c1"),
    ]
    rows = [row for _, row in told]
    assert [row.cells["kind"] for row in rows] == ["tag", "contact", "call", "company"]
    assert rows[0].cells["what"] == "3 uses"
    assert str(rows[1].cells["what"]).startswith("Acme Inc")
    assert "on price" in rows[2].cells["what"]
    assert [row.sought["name"] for row in rows] == [["ada"]] * 4


def test_nothing_of_it_reaches_the_terminal_as_a_command() -> None:
    told = everything.rows(
        HOSTILE,
        found(
            companies=CompanyRows((company(name=HOSTILE),), 1, capped=False),
            contacts=ContactRows((contact(name=HOSTILE, company_name=HOSTILE),), 1, capped=False),
            calls=(logged({"_id": "k1", "nr": HOSTILE}, HOSTILE),),
            tags=((HOSTILE, 1),),
        ),
        NOW,
        ASCII,
    )
    assert {row.cells["name"] for _, row in told} == {HARMLESS}
    assert not any("\x1b" in str(text) for _, row in told for text in row.cells.values())
    assert "\x1b" not in everything.title(HOSTILE, found())


def test_the_title_counts_all_and_what_is_cut_is_said() -> None:
    many = found(
        contacts=ContactRows((contact(),) * SHOWN, 1_000, capped=True),
        companies=CompanyRows((company(),), 1, capped=False),
        tags=tuple((f"tag {n}", 1) for n in range(SHOWN + 1)),
    )
    assert everything.title("ada", many) == "Found by ada: 51 tags, 1,000+ contacts, 1 company"
    assert everything.cut(many) == "Shown are the first 50 tags and contacts"
    assert everything.title("ada", found()) == "Found by ada: nothing"
    assert not everything.cut(found())
    assert len(everything.rows("ada", many, NOW, ASCII)) == SHOWN + SHOWN + 1
