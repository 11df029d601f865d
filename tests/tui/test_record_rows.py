from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from rich.text import Text

from planhat_tui.api.log import RequestLogLine
from planhat_tui.model.edits import Change
from planhat_tui.model.limits import Limits
from planhat_tui.model.outbox import Action, State
from planhat_tui.model.records import Kind
from planhat_tui.model.text import visible
from planhat_tui.store.history import Seen
from planhat_tui.tui.presentation import columns
from planhat_tui.tui.presentation.glyphs import ASCII, UNICODE
from planhat_tui.tui.presentation.rows import (
    Around,
    Row,
    call_row,
    company_row,
    contact_row,
    entry_row,
    in_full,
    mood_of,
    profile_row,
    request_row,
    seen_row,
)
from planhat_tui.workspace.switch import Standing
from tests.tui.records import HOSTILE, company, contact, entry, logged, profile
from tests.tui.texts import TEXTS

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)


MIDNIGHT = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC).timestamp()


def is_safe(row: Row) -> bool:
    cells = [cell.plain if isinstance(cell, Text) else cell for cell in row.cells.values()]
    return all(cell == visible(cell) for cell in cells)


def test_a_moment_has_the_day_of_the_place() -> None:
    evening = datetime(2026, 3, 2, 17, 0, tzinfo=timezone(-timedelta(hours=8)))
    known = company(updated=evening.timestamp(), last_active=evening.timestamp())
    called = {"c1": evening.timestamp()}
    row = company_row(known, Around(UNICODE, TODAY, {}, called, evening.tzinfo))
    assert {row.cells[key] for key in ("updated", "active", "called")} == {"today"}


def test_what_others_have_changed_has_a_sign() -> None:
    assert company_row(company(), Around(UNICODE, TODAY, {}), changed=True).flag == "∆"
    assert company_row(company(), Around(ASCII, TODAY, {}), changed=True).flag == "+"
    assert company_row(company(), Around(UNICODE, TODAY, {})).flag == " "


def test_a_company_is_shown_as_people_say_it() -> None:
    known = company(state=State.QUEUED, updated=MIDNIGHT)
    row = company_row(known, Around(UNICODE, TODAY, {"u1": "Anna Lind"}, {"c1": MIDNIGHT - 86_400}))
    assert row.cells == {
        "name": "Acme Inc",
        "phase": "onboarding",
        "health": "8",
        "arr": "1.2M",
        "renews": "in 67 d",
        "owner": "Anna Lind",
        "domain": "acme.com",
        "tags": "vip · gold",
        "status": "customer",
        "mrr": "-",
        "active": "-",
        "updated": "today",
        "called": "1 d ago",
        "external": "-",
    }
    assert (row.id, row.state, row.mood, row.flag, row.dim) == ("c1", "●", "queued", " ", False)


def test_empty_fields_of_a_company_are_dashes() -> None:
    bare = company(
        phase="", status="", health=None, arr=None, renewal_date="", owner="", domain="", tags=()
    )
    row = company_row(bare, Around(UNICODE, TODAY, {}, {}))
    assert set(row.cells.values()) == {"Acme Inc", "-"}
    assert row.state == " "


LEAN = {"name", "external"}


def test_what_is_not_loaded_never_looks_empty() -> None:
    row = company_row(company(complete=False, phase="", tags=()), Around(ASCII, TODAY, {}))
    assert row.cells["name"] == "Acme Inc"
    assert {text for key, text in row.cells.items() if key not in LEAN} == {"~"}


def test_a_company_without_a_name_is_called_by_its_id() -> None:
    row = company_row(company(id=HOSTILE, name=""), Around(UNICODE, TODAY, {}))
    assert row.id == HOSTILE
    assert row.cells["name"] == visible(HOSTILE)


@given(TEXTS, TEXTS)
def test_rows_are_safe_whatever_the_data_say(one: str, other: str) -> None:
    row = company(
        id=one, name=other, phase=one, renewal_date=other, owner=one, domain=other, tags=(one,)
    )
    person = contact(id=one, name=other, position=one, phone=other, email=one, tags=(other,))
    call = logged({"_id": one, "nr": other, "externalUserId": one, "start": other}, note=one)
    asked = entry(title=one, reason=other, kind=Kind.CALL, action=Action.CREATE)
    assert is_safe(company_row(row, Around(UNICODE, TODAY, {one: other})))
    assert is_safe(contact_row(person, UNICODE))
    assert is_safe(call_row(call, UNICODE, NOW, other))
    assert is_safe(entry_row(asked, UNICODE, 0.0, {}))
    assert is_safe(profile_row(profile(label=one), "online"))


def test_every_list_finds_its_cells() -> None:
    rows = {
        columns.COMPANIES: company_row(company(), Around(UNICODE, TODAY, {})),
        columns.CONTACTS: contact_row(contact(), UNICODE),
        columns.CALLS: call_row(logged({}), UNICODE, NOW, ""),
        columns.OUTBOX: entry_row(entry(), UNICODE, 0.0, {}),
        columns.PROFILES: profile_row(profile(), ""),
    }
    for wanted, row in rows.items():
        assert {column.key for column in wanted} == set(row.cells)


def test_a_featured_contact_has_a_star() -> None:
    row = contact_row(contact(featured=True, tags=("board", "vip")), UNICODE)
    assert (row.flag, row.cells["tags"]) == ("★", "board · vip")
    assert contact_row(contact(), UNICODE).flag == " "


@pytest.mark.parametrize(
    ("given_fields", "name"),
    [
        ({"name": ""}, "ada@acme.com"),
        ({"name": "", "email": ""}, "+46 70 123 45 67"),
        ({"name": "", "email": "", "phone": ""}, "p1"),
    ],
)
def test_a_contact_is_called_by_what_is_known(given_fields: dict[str, str], name: str) -> None:
    assert contact_row(contact(**given_fields), UNICODE).cells["name"] == name


def test_a_call_tells_when_how_long_and_with_whom() -> None:
    call = logged(
        {
            "_id": "k1",
            "nr": "+46 70 1",
            "externalUserId": "max",
            "start": "2026-03-02T14:00:00.000Z",
            "end": "2026-03-02T14:10:30.000Z",
            "waiting": 30,
        },
        note="asked for a quote",
        state=State.NOT_SURE,
    )
    row = call_row(call, UNICODE, NOW, "Ada Jensen")
    assert row.cells == {
        "when": "14:00",
        "talk": "10 min",
        "who": "Ada Jensen",
        "agent": "max",
        "note": "asked for a quote",
    }
    assert (row.state, row.mood) == ("?", "refused")
    assert call_row(call, UNICODE, NOW, "").cells["who"] == "+46 70 1"


def test_a_call_without_times_has_none() -> None:
    row = call_row(logged({"_id": "k1", "start": "then", "end": "9999-12-31"}), UNICODE, NOW, "")
    assert (row.cells["when"], row.cells["talk"], row.cells["note"]) == ("-", "-", "-")


def test_a_call_that_only_ended_is_told_by_its_end() -> None:
    row = call_row(logged({"end": "2026-03-01T09:05:00.000Z"}), UNICODE, NOW, "")
    assert (row.cells["when"], row.cells["talk"]) == ("1 Mar 09:05", "-")


def test_an_edit_that_is_not_delivered_tells_its_age_and_reason() -> None:
    made = entry(action=Action.DELETE, state=State.REFUSED, reason="Planhat said no.", n=7)
    row = entry_row(made, UNICODE, 1000.0 + 180, {})
    assert row.cells == {
        "state": "refused",
        "title": "Acme Inc",
        "what": "delete the company",
        "age": "3 min",
        "reason": "Planhat said no.",
    }
    assert (row.id, row.state, row.mood) == ("7", "!", "refused")


@pytest.mark.parametrize(
    ("state", "mood"),
    [
        (State.REFUSED, "refused"),
        (State.NOT_SURE, "refused"),
        (State.CONFLICT, "conflict"),
        (State.QUEUED, "queued"),
        (State.HELD, "queued"),
        (None, "queued"),
    ],
)
def test_a_state_has_the_colour_of_what_it_asks_for(state: State | None, mood: str) -> None:
    assert mood_of(state) == mood


def test_a_change_that_was_seen_is_told_with_names_in_place_of_ids() -> None:
    at = datetime(2026, 3, 2, 9, 5, tzinfo=UTC).timestamp()
    mine = Seen(Kind.COMPANY, "c1", Change("owner", "u1", None), at, ours=True)
    row = seen_row(mine, 3, NOW, {"u1": "Anna Lind"})
    assert row.cells == {
        "at": "09:05", "field": "Owner", "before": "Anna Lind", "after": "-", "by": "you",
    }  # fmt: skip
    assert row.id == "3"
    theirs = Seen(Kind.COMPANY, "c1", Change("custom.P\x1blan", ["a", "b"], 7), at, ours=False)
    row = seen_row(theirs, 2, NOW, {})
    assert (row.cells["before"], row.cells["after"], row.cells["by"]) == ("a, b", "7", "others")
    assert is_safe(row)


@given(TEXTS)
def test_no_change_reaches_a_terminal_with_what_it_would_act_upon(text: str) -> None:
    seen = Seen(Kind.COMPANY, "c1", Change(f"custom.{text}", text, [text]), 0.0, ours=False)
    assert is_safe(seen_row(seen, 1, NOW, {}))


def test_a_tenant_is_shown_with_its_host() -> None:
    row = profile_row(profile(label="PRODUCTION"), "open")
    assert row.cells == {
        "name": "acme-eu",
        "label": "PRODUCTION",
        "host": "api.planhat.com",
        "note": "open",
        "synced": "",
        "waiting": "",
        "limit": "",
    }
    assert profile_row(profile(demo=True), "").cells["host"] == "in this program"
    here = profile_row(profile()._replace(base_url="http://localhost:8080"), "")
    assert here.cells["host"] == "localhost:8080"


def test_a_tenant_is_shown_with_its_last_sync_what_it_lacks_and_the_calls_left() -> None:
    stands = Standing(880.0, {State.QUEUED: 2, State.NOT_SURE: 1}, Limits(limit=200, remaining=143))
    cells = profile_row(profile(), "", stands, now=1000.0).cells
    assert (cells["synced"], cells["waiting"], cells["limit"]) == (
        "2 min ago", "2 queued, 1 not sure", "143 of 200",
    )  # fmt: skip
    cells = profile_row(profile(), "", Standing(None, {}, Limits()), now=1000.0).cells
    assert (cells["synced"], cells["waiting"], cells["limit"]) == ("never", "nothing", "-")


def test_a_request_says_what_came_back_and_a_lost_one_that_nothing_did() -> None:
    line = RequestLogLine("GET", "/companies\x1b[2J", 200, 1234.5, 34_567, 1, 199, "")
    row = request_row(line, 7)
    assert row.id == "7"
    assert row.cells["path"] == "/companies␛[2J"
    assert [row.cells[key] for key in ("method", "status", "ms", "bytes", "left")] == [
        "GET",
        "200",
        "1,234",
        "34,567",
        "199",
    ]
    lost = request_row(replace(line, status=0, remaining=None, error="OfflineError"), 8)
    assert (lost.cells["status"], lost.cells["left"], lost.state) == ("no answer", "-", "!")


def test_cells_that_have_no_room_are_told_in_full() -> None:
    told = columns.TIMELINE[2:4]
    shown = [one._replace(width=5) for one in columns.TIMELINE]
    assert in_full(Row("1", {"before": "won", "after": "lost"}), told, shown) == ""
    cut = Row("1", {"field": "Phase of all", "before": "won", "after": "renewed"})
    assert in_full(cut, told, shown) == "BEFORE  won\nAFTER   renewed"
    assert in_full(Row("1", {"after": "lost"}), told, shown[:2]) == "AFTER   lost"
