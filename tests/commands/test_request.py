from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.results import Listing, Single
from planhat_tui.errors import (
    GuardrailError,
    InputError,
    NotFoundError,
    PlanhatTuiError,
    RefusedError,
    UnknownOutcomeError,
)
from tests.sync.rig import answer, changed_answer, html

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


def _sent(desk: Desk) -> list[str]:
    return [one for one in desk.network.asked if one != "GET /myprofile"]


def test_any_list_is_shown_with_what_names_its_records_first(bare: Desk) -> None:
    result = bare.shell("request", "get", "/users?limit=3")
    assert isinstance(result, Listing)
    assert [record["_id"] for record in result.records] == [
        user["_id"] for user in bare.server.ask("GET", "/users")[:3]
    ]
    assert [column.path for column in result.columns][:2] == ["_id", "email"]
    assert result.note.startswith("200, ")
    assert bare.asked == []


def test_any_record_is_shown_whole(bare: Desk) -> None:
    company = bare.server.ids()[0]
    assert bare.one("request", "GET", f"/companies/{company}") == bare.server.get(company)


@pytest.mark.parametrize(
    ("body", "record"), [("OK", "OK"), ("7", 7), ("", ""), ('{"a": NaN}', '{"a": NaN}')]
)
def test_an_answer_that_is_no_record_is_shown_as_it_is(
    body: str, record: object, bare: Desk
) -> None:
    bare.network.once("GET /tasks", answer(200, body))
    assert bare.one("request", "GET", "/tasks") == {"answer": record}


def test_what_is_left_out_of_a_list_is_said(bare: Desk) -> None:
    bare.network.once("GET /tasks", answer(200, '[{"_id":"a"},NaN,5]'))
    result = bare.shell("request", "GET", "/tasks")
    assert isinstance(result, Listing)
    assert result.records == ({"_id": "a"}, {"answer": 5})
    assert "item 2 of 3: it isn't proper JSON" in result.note


def test_what_changes_something_asks_first(bare: Desk) -> None:
    company = bare.server.ids()[0]
    result = bare.shell("request", "put", f"/companies/{company}", "--data", '{"phase": "won"}')
    assert isinstance(result, Single)
    assert bare.server.get(company)["phase"] == "won"
    assert bare.asked == [
        (f"Send PUT /companies/{company} to acme? It can't be undone.", "send"),
    ]
    assert bare.queue() == ()


def test_what_planhat_drops_of_a_record_is_named(bare: Desk) -> None:
    company = bare.server.ids()[0]
    whole = bare.shell("request", "PUT", f"/companies/{company}", "--data", '{"phase": "won"}')
    assert isinstance(whole, Single)
    assert "keep" not in whole.note
    bare.network.once("PUT *", changed_answer(lambda record: {**record, "phase": "lost"}))
    data = '{"phase": "won", "name": "Renamed"}'
    result = bare.shell("request", "PUT", f"/companies/{company}", "--data", data)
    assert isinstance(result, Single)
    assert result.note.endswith(" left. Planhat didn't keep phase.")
    gone = bare.shell("request", "DELETE", f"/companies/{company}")
    assert isinstance(gone, Single)
    assert "keep" not in gone.note


def test_who_says_no_sends_nothing(bare: Desk) -> None:
    bare.refusing = RefusedError("Nothing was done.")
    with pytest.raises(RefusedError):
        bare.shell("request", "DELETE", f"/companies/{bare.server.ids()[0]}")
    assert bare.asked[0][1] == "delete"
    assert bare.network.asked == []


def test_a_profile_that_wants_its_name_typed_gets_it(bare: Desk) -> None:
    bare.reopen(confirm="type", confirm_over=2)
    rows = json.dumps([{"externalId": str(n)} for n in range(3)])
    bare.refusing = RefusedError("Nothing was done.")
    for words, word in (
        (("DELETE", "/companies/a"), "acme"),
        (("PUT", "/companies", "--data", rows), "acme"),
        (("POST", "/companies", "--data", "{}"), "send"),
    ):
        with pytest.raises(RefusedError):
            bare.shell("request", *words)
        assert bare.asked[-1][1] == word


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"read_only": True}, ("POST", "/companies", "--data", "{}")),
        ({"read_only": True}, ("DELETE", "/companies/a")),
        ({"no_delete": True}, ("DELETE", "/companies/a")),
        ({"max_bulk": 1}, ("PUT", "/companies", "--data", "[{},{}]")),
    ],
)
def test_the_guardrails_of_the_profile_hold(
    settings: dict[str, object], words: tuple[str, ...], bare: Desk
) -> None:
    bare.reopen(**settings)
    with pytest.raises(GuardrailError):
        bare.shell("request", *words)
    assert bare.asked == []
    body = json.loads(words[-1]) if "--data" in words else None
    with pytest.raises(GuardrailError):  # and below the door
        bare.workspace.request(words[0], words[1], body)
    assert bare.network.asked == []


def test_a_read_only_profile_reads(bare: Desk) -> None:
    bare.reopen(read_only=True)
    assert bare.rows("request", "GET", "/users")


@pytest.mark.parametrize(
    "words",
    [
        ("FETCH", "/users"),
        ("GET", "https://evil.example/users"),
        ("GET", "/users", "--data", "{}"),
        ("POST", "/users", "--data", "{"),
        ("POST", "/users", "--data", '{"a":1,"a":2}'),
        ("POST", "/users", "--data", '"\udc80"'),
    ],
)
def test_what_can_not_be_sent_is_refused_before_anybody_is_asked(
    words: tuple[str, ...], bare: Desk
) -> None:
    with pytest.raises(InputError):
        bare.shell("request", *words)
    assert bare.asked == []
    assert bare.network.asked == []


def test_what_planhat_refuses_is_told_as_elsewhere(bare: Desk) -> None:
    with pytest.raises(NotFoundError):
        bare.shell("request", "GET", "/companies/nobody")


def test_a_read_leaves_no_doubt_and_a_write_does(bare: Desk) -> None:
    bare.network.once("GET /tasks", html())
    with pytest.raises(PlanhatTuiError, match="web page") as failed:
        bare.shell("request", "GET", "/tasks")
    assert failed.value.exit_status == 1
    bare.network.once("POST /tasks", answer(500))
    with pytest.raises(UnknownOutcomeError):
        bare.shell("request", "POST", "/tasks", "--data", "{}")


def test_it_is_there_in_the_line_too(bare: Desk) -> None:
    company = bare.server.ids()[0]
    (result,) = bare.colon(f'request PUT /companies/{company} --data \'{{"phase": "won"}}\'')
    assert isinstance(result, Single)
    assert bare.asked[0][1] == "send"
    assert _sent(bare) == [f"PUT /companies/{company}"]
