from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.model.columns import matches
from planhat_tui.model.edits import Change
from planhat_tui.model.outbox import Action
from planhat_tui.model.records import Kind
from planhat_tui.workspace.importing import Importing
from planhat_tui.workspace.tablefiles import Row
from planhat_tui.workspace.valuing import Valuing

if TYPE_CHECKING:
    from planhat_tui.model.plans import Plan
    from planhat_tui.model.values import Json
    from planhat_tui.workspace.workspace import Workspace


def _plan(
    workspace: Workspace,
    *rows: dict[str, Json],
    kind: Kind = Kind.COMPANY,
    empty_clears: bool = False,
) -> Plan:
    names = list(dict.fromkeys(name for row in rows for name in row))
    reads = workspace.reads
    own = [key for key, _, _ in reads.custom_keys(kind)]
    valuing = Valuing(reads, kind, datetime(2026, 3, 2, tzinfo=UTC))
    found = matches(kind, names, own)
    importing = Importing(reads, kind, found, valuing, empty_clears=empty_clears)
    numbered = (Row(number, row) for number, row in enumerate(rows, start=2))
    return importing.plan(numbered, "import a.csv", "a.csv")


def _why(plan: Plan) -> list[tuple[str, str]]:
    return [(row.title, row.why) for row in plan.skipped]


@pytest.fixture
def acme(workspace: Workspace) -> dict[str, Any]:
    company = workspace.reads.resolve(Kind.COMPANY, "Acme Inc")
    return dict(workspace.reads.raws(Kind.COMPANY, [company])[0])


def test_rows_are_new_changed_or_so_already(workspace: Workspace, acme: dict[str, Any]) -> None:
    plan = _plan(
        workspace,
        {"_id": acme["_id"], "name": "Acme Inc", "phase": "renewal"},
        {"_id": "", "name": "Brand New AB", "phase": "lead"},
        {"_id": "", "name": "acme INC", "phase": acme["phase"]},
    )
    changed, new, again = plan.rows
    assert (changed.action, changed.changes) == (
        Action.UPDATE,
        (Change("phase", acme["phase"], "renewal"),),
    )
    assert new.action is Action.CREATE
    assert new.body == {"name": "Brand New AB", "phase": "lead"}
    assert again.why == "It is the same record as row 2."
    so = _plan(workspace, {"name": "Acme Inc", "phase": str(acme["phase"])})
    assert (so.rows, so.already_so) == ((), 1)


def test_the_surest_key_decides(workspace: Workspace, acme: dict[str, Any]) -> None:
    workspace.writes.edit(Kind.COMPANY, [acme["_id"]], {"externalId": "A-1"})
    acme_row: dict[str, Json] = {"externalId": "A-1", "name": "Acme Corporation"}
    (row,) = _plan(workspace, acme_row).rows
    assert row.record_id == acme["_id"]
    assert [change.field for change in row.changes] == ["name"]
    other: dict[str, Json] = {"externalId": "other-1", "name": "Acme Inc"}
    (row,) = _plan(workspace, other).rows
    assert row.action is Action.CREATE, "the record of that name has another external id"
    gone = _plan(workspace, {"_id": "0" * 24, "name": "Acme Inc"})
    assert _why(gone) == [("row 2: Acme Inc", f"column _id: There is no company {'0' * 24} here.")]


def test_what_could_be_several_is_refused_with_the_candidates(
    workspace: Workspace, acme: dict[str, Any]
) -> None:
    workspace.writes.create(Kind.COMPANY, {"name": "ACME Inc"})
    ((title, why),) = _why(_plan(workspace, {"name": "Acme Inc", "phase": "x"}))
    assert title == "row 2: Acme Inc"
    assert why.startswith("column name: 2 records are Acme Inc:")
    assert f"Acme Inc {acme['_id']}" in why


def test_a_bad_cell_refuses_its_row_with_row_and_column(workspace: Workspace) -> None:
    plan = _plan(
        workspace,
        {"name": "Acme Inc", "Renewal": "soon", "phase": "renewal"},
        {"name": "", "Renewal": "2027-01-01", "phase": "lead"},
    )
    assert _why(plan) == [
        ("row 2: Acme Inc", "column Renewal: soon is no date."),
        ("row 3", "column name: A company needs Name."),
    ]


def test_an_empty_cell_leaves_a_field_unless_it_is_to_clear_it(
    workspace: Workspace, acme: dict[str, Any]
) -> None:
    row: dict[str, Json] = {"name": "Acme Inc", "city": ""}
    assert _plan(workspace, row).already_so == 1
    (cleared,) = _plan(workspace, row, empty_clears=True).rows
    assert cleared.changes == (Change("city", acme["city"], None),)


def test_a_contact_is_found_by_email_or_by_name_at_its_company(
    workspace: Workspace, acme: dict[str, Any]
) -> None:
    person = workspace.reads.contacts(acme["_id"]).rows[0]
    by_email: dict[str, Json] = {"email": person.email.upper(), "position": "Chief"}
    (row,) = _plan(workspace, by_email, kind=Kind.CONTACT).rows
    assert row.record_id == person.id
    by_name: dict[str, Json] = {"name": person.name, "company": "Acme Inc", "position": "Chief"}
    (row,) = _plan(workspace, by_name, kind=Kind.CONTACT).rows
    assert row.record_id == person.id
    assert [change.field for change in row.changes] == ["position"]
    elsewhere = next(row for row in workspace.reads.companies().rows if row.id != acme["_id"])
    there: dict[str, Json] = {
        "name": person.name,
        "company": elsewhere.name,
        "email": "n@n.example",
    }
    (row,) = _plan(workspace, there, kind=Kind.CONTACT).rows
    assert row.body is not None
    assert row.body["companyId"] == elsewhere.id
    nowhere: dict[str, Json] = {"name": "Nina New", "company": "Nowhere Ltd"}
    assert _why(_plan(workspace, nowhere, kind=Kind.CONTACT)) == [
        ("row 2: Nina New", "column company: There is no company Nowhere Ltd here.")
    ]
    homeless: dict[str, Json] = {"name": "Nina New", "email": "nina@n.example"}
    assert "needs Company id" in _why(_plan(workspace, homeless, kind=Kind.CONTACT))[0][1]


def test_two_new_rows_cant_be_the_same_record(workspace: Workspace) -> None:
    plan = _plan(
        workspace,
        {"name": "New One", "externalId": "n1"},
        {"name": "New Two", "externalId": "n1"},
        {"name": "new  ONE", "externalId": ""},
        {"name": "New three", "externalId": ""},
        {"name": "New Three", "externalId": ""},
    )
    assert [title for title, _ in _why(plan)] == ["row 3: New Two", "row 6: New Three"]


def test_a_row_that_is_too_wide_is_refused(workspace: Workspace) -> None:
    reads = workspace.reads
    valuing = Valuing(reads, Kind.COMPANY, datetime(2026, 3, 2, tzinfo=UTC))
    importing = Importing(reads, Kind.COMPANY, matches(Kind.COMPANY, ["name"], ()), valuing)
    plan = importing.plan([Row(2, {"name": "Acme Inc"}, "It has 3 cells.")], "import", "a.csv")
    assert _why(plan) == [("row 2: Acme Inc", "It has 3 cells.")]
