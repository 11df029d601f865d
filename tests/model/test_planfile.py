from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import InputError
from planhat_tui.model.planfile import decode, encode
from planhat_tui.model.plans import Plan, always, created, deleted, gather, refused, wanted
from planhat_tui.model.plans import plan_of as planned
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from planhat_tui.model.values import Json

ACME: dict[str, Json] = {"_id": "a", "name": "Acme Inc", "phase": "won", "tags": ["vip"]}


def saved(tenant: str = "t-1") -> Plan:
    asked = wanted(Kind.COMPANY, tag=["x"], values={"phase": ("lost", always("lost"))})
    rows = [
        *planned(asked, [ACME]).rows,
        created(Kind.COMPANY, "new-1", {"name": "One", "custom": {"A": 1.5}}),
        deleted(Kind.COMPANY, ACME),
        refused("n", "Nordic", "It has no name."),
    ]
    plan = gather(Kind.COMPANY, asked.text, rows, source="marks")
    return Plan(plan.kind, plan.title, plan.rows, 3, plan.source, tenant, 1_700_000_000.5)


def test_a_plan_is_read_as_it_was_saved() -> None:
    assert decode(encode(saved()), "t-1") == saved()


def test_a_plan_of_an_unknown_tenant_is_read_by_any() -> None:
    assert decode(encode(saved("")), "t-1") == saved("")
    assert decode(encode(saved("t-1")), "") == saved("t-1")


def test_another_tenants_plan_is_refused() -> None:
    with pytest.raises(InputError, match="another tenant"):
        decode(encode(saved()), "t-2")


def test_a_plan_that_was_altered_is_refused() -> None:
    text = encode(saved()).replace('"lost"', '"loss"')
    with pytest.raises(InputError, match="isn't as it was saved"):
        decode(text, "t-1")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": "other"}', "[" * 100_000])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="isn't a plan"):
        decode(text)


def test_a_newer_version_is_refused() -> None:
    whole = json.loads(encode(saved()))
    with pytest.raises(InputError, match="another version"):
        decode(json.dumps({**whole, "version": 2}))


@pytest.mark.parametrize(
    "plan",
    [
        {},
        {"rows": 1},
        {"kind": "company", "rows": [1]},
        {"kind": "bird", "rows": []},
        {"rows": [{"do": "update", "id": 1, "name": ""}]},
        {"rows": [{"do": "update", "id": "a", "name": "A", "changes": [["phase", 1]]}]},
        {"rows": [{"do": "fly", "id": "a", "name": "A"}]},
    ],
)
def test_what_was_sealed_by_somebody_else_and_makes_no_sense_is_refused(
    plan: dict[str, object],
) -> None:
    from planhat_tui.model.planfile import _seal

    whole = json.loads(encode(saved()))
    told = {**whole["plan"], **plan} if plan else {}
    text = json.dumps({**whole, "plan": told, "seal": _seal(told)})
    with pytest.raises(InputError, match="can't be read"):
        decode(text)
