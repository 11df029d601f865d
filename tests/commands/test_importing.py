from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.context import Wishes
from planhat_tui.commands.results import Listing, Planned
from planhat_tui.errors import AmbiguousError, GuardrailError, InputError, PartialError
from planhat_tui.model.columns import Match
from planhat_tui.model.planfile import decode
from planhat_tui.model.records import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from planhat_tui.commands.context import Columns
    from tests.commands.conftest import Desk


def _rows(desk: Desk, *words: str) -> Listing:
    result = desk.shell("import", *words)
    assert isinstance(result, Listing)
    return result


@pytest.mark.parametrize("end", ["csv", "json", "jsonl", "xlsx"])
@pytest.mark.parametrize("kind", ["company", "contact"])
def test_what_was_exported_changes_nothing(desk: Desk, tmp_path: Path, kind: str, end: str) -> None:
    path = tmp_path / f"all.{end}"
    columns = () if end.startswith("json") else ("--columns", "all")
    desk.do("export", "--kind", kind, "--to", str(path), *columns)
    told = _rows(desk, str(path), "--dry-run", "--empty-clears")
    assert told.records == (), told.records[:3]
    assert "already so" in told.note
    assert told.exit_status == 0


FILE = """Name;Stage;Renewal;Owner;Shoe size
Acme Inc;renewal;2027-01-01;{owner};9
Brand New AB;lead;;;
Bad One;lead;soon;;
"""


def _file(desk: Desk, tmp_path: Path) -> str:
    path = tmp_path / "crm.csv"
    owner = desk.workspace.reads.users()[0].email
    path.write_bytes(FILE.format(owner=owner).encode("utf-16"))
    return str(path)


def test_a_file_is_planned_and_the_same_file_twice_changes_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    words = (_file(desk, tmp_path), "--map", "Stage=phase")
    dry = _rows(desk, *words, "--dry-run")
    assert [record["action"] for record in dry.records] == ["update", "create", None]
    assert dry.exit_status == PartialError.exit_status
    assert desk.queue() == ()
    assert "Left out: Shoe size (no such field)." in desk.told
    done = desk.do("import", *words)
    (asked,) = desk.asked
    assert asked[0].startswith("import crm.csv: 2 companies will change in acme, 1 skipped.")
    assert done.exit_status == PartialError.exit_status
    assert "1 row refused:\nrow 4: Bad One: column Renewal: soon is no date." in done.text
    acme = desk.server.get(desk.company())
    assert (acme["phase"], acme["renewalDate"][:10]) == ("renewal", "2027-01-01")
    assert acme["owner"] == desk.workspace.reads.users()[0].id
    assert desk.server.named("Brand New AB")
    again = _rows(desk, *words)
    assert [record["name"] for record in again.records] == ["row 4: Bad One"]
    assert len(desk.asked) == 1
    assert len(desk.server.named("Brand New AB")) == 1


def test_it_is_one_step_that_one_undo_takes_back(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    before = {name: desk.server.get(desk.company(name)).get("city") for name in ("Acme Inc",)}
    path.write_text(json.dumps([{"name": "Acme Inc", "city": "Malmö"}]), encoding="utf-8")
    desk.do("import", str(path))
    assert desk.server.get(desk.company())["city"] == "Malmö"
    desk.do("undo", "--yes")
    assert desk.server.get(desk.company()).get("city") == before["Acme Inc"]


def test_a_plan_can_be_kept_and_run_later(desk: Desk, tmp_path: Path) -> None:
    source, plan = tmp_path / "a.csv", tmp_path / "a.plan"
    source.write_text("name,city\nAcme Inc,Malmö\n")
    _rows(desk, str(source), "--save", str(plan))
    assert desk.server.get(desk.company()).get("city") != "Malmö"
    desk.do("plan", "run", str(plan))
    assert desk.server.get(desk.company())["city"] == "Malmö"


def test_a_guardrail_holds(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name,city\nAcme Inc,Malmö\nBrand New,Lund\n")
    desk.reopen(max_bulk=1)
    with pytest.raises(GuardrailError):
        desk.do("import", str(path))
    assert desk.asked == []


def test_new_contacts_wait_until_all_that_are_there_are_known(bare: Desk, tmp_path: Path) -> None:
    from planhat_tui.model.events import Topic
    from tests.sync.rig import SECONDS

    bare.workspace.net.refresh(Topic.COMPANY).result(SECONDS)
    path = tmp_path / "a.csv"
    path.write_text("name,company,email\nNina New,Acme Inc,nina@new.example\n")
    (row,) = _rows(bare, str(path), "--dry-run").records
    assert "not all is loaded yet" in str(row["why"])


@pytest.mark.parametrize(
    ("text", "words", "why"),
    [
        ("city\nLund\n", (), "No column tells which record a row is"),
        ("name\nA\n", ("--map", "name"), "name is not COLUMN=FIELD"),
        ("name\nA\n", ("--map", "nme=name"), "Did you mean name"),
        ("", (), "The file is empty"),
    ],
)
def test_what_cant_be_imported_says_why(
    desk: Desk, tmp_path: Path, text: str, words: tuple[str, ...], why: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=why):
        desk.shell("import", str(path), *words)


def test_on_the_screen_a_person_corrects_the_columns_and_sees_the_plan(
    desk: Desk, tmp_path: Path
) -> None:
    seen: list[Columns] = []

    def match(given: Columns) -> tuple[Match, ...]:
        seen.append(given)
        return (given.matches[0], Match("Town", "city"))

    desk.match = match
    path = tmp_path / "a.csv"
    path.write_text("name,Town\nAcme Inc,Malmö\n")
    (planned,) = desk.colon(f"import {path}")
    assert isinstance(planned, Planned)
    assert [change.field for row in planned.plan.rows for change in row.changes] == ["city"]
    assert seen[0].examples == {"name": "Acme Inc", "Town": "Malmö"}
    assert seen[0].kind is Kind.COMPANY
    assert ("city", "City") in seen[0].choices


def _saved(desk: Desk, tmp_path: Path, name: str, text: str) -> str:
    rows, plan = tmp_path / f"{name}.csv", tmp_path / f"{name}.plan"
    rows.write_text(text, encoding="utf-8")
    desk.shell("import", str(rows), "--save", str(plan))
    return str(plan)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("name,externalId\nBrand New AB,x-1\n", "Brand New AB"),
        ("name,phase\nBrand New AB,lead\n", "Brand New AB"),
        ("name,company,email\nZoe Z,Acme Inc,zoe@z.example\n", "Zoe Z"),
        ("name,company\nZoe Z,Acme Inc\n", "Zoe Z"),
    ],
)
def test_a_saved_plan_that_runs_twice_makes_nothing_twice(
    desk: Desk, tmp_path: Path, text: str, name: str
) -> None:
    plan = _saved(desk, tmp_path, "new", text)
    desk.wishes = Wishes(wait=False)
    desk.do("plan", "run", plan)
    assert [entry.title for entry in desk.queue()] == [name]
    again = desk.shell("plan", "run", plan)  # while the first one is in the outbox yet
    assert isinstance(again, Listing)
    assert "1 already so" in again.note
    desk.wishes = Wishes()
    desk.do("outbox", "send")
    assert desk.queue() == ()
    again = desk.shell("plan", "run", plan)
    assert isinstance(again, Listing)
    assert again.records == ()
    made = desk.server.ask("GET", "/endusers?limit=2000" if "company" in text else "/companies")
    assert [one["name"] for one in made].count(name) == 1


def test_a_saved_plan_at_a_company_that_was_made_since_makes_nothing_twice(
    desk: Desk, tmp_path: Path
) -> None:
    desk.wishes = Wishes(wait=False)
    desk.do("company", "create", "Fresh AB")
    plan = _saved(desk, tmp_path, "new", "name,company\nZoe Z,Fresh AB\n")
    desk.wishes = Wishes()
    desk.do("outbox", "send")
    for _ in range(2):
        desk.shell("plan", "run", plan)
    assert desk.queue() == ()
    (fresh,) = desk.server.named("Fresh AB")
    made = desk.server.ask("GET", "/endusers?limit=2000")
    assert [one["companyId"] for one in made if one["name"] == "Zoe Z"] == [fresh]


def test_a_saved_plan_leaves_a_row_alone_that_could_be_several_by_now(
    desk: Desk, tmp_path: Path
) -> None:
    plan = _saved(desk, tmp_path, "new", "name\nBrand New AB\n")
    for _ in range(2):
        desk.workspace.writes.create(Kind.COMPANY, {"name": "Brand New AB"})
    result = desk.shell("plan", "run", plan)
    assert isinstance(result, Listing)
    (row,) = result.records
    assert str(row["why"]).startswith("2 records are Brand New AB: Brand New AB new-")


def test_a_row_tells_all_of_its_cells_that_can_not_be_taken(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("name,renewalDate,owner\nBad One,soon,nobody@x.example\n", encoding="utf-8")
    (row,) = _rows(desk, str(path), "--dry-run").records
    assert "column renewalDate: soon is no date." in str(row["why"])
    assert "column owner: " in str(row["why"])


@pytest.fixture
def firms(bare: Desk) -> list[str]:
    """Return the ids of 30 companies, at each of which a contact is called Reception."""
    ids = [bare.server.post(name=f"Firm {n:02}") for n in range(30)]
    for company in ids:
        bare.server.post(Kind.CONTACT, name="Reception", companyId=company)
    bare.fill()
    return ids


def test_a_contact_is_found_by_name_at_its_company_however_many_have_it_elsewhere(
    bare: Desk, firms: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    rows = "".join(f"Reception,Firm {n:02},Front desk\n" for n in range(len(firms)))
    path.write_text(f"Name,Company,Position\n{rows}")
    bare.do("import", str(path), "--kind", "contact")
    everyone = bare.server.ask("GET", "/endusers?limit=2000")
    named = [person for person in everyone if person["name"] == "Reception"]
    assert {person["companyId"] for person in named} == {*firms}
    assert [person["position"] for person in named] == ["Front desk"] * len(firms)
    again = _rows(bare, str(path), "--kind", "contact")
    assert again.records == ()
    assert f"{len(firms)} already so" in again.note


def test_more_than_can_be_named_are_told_as_more(
    bare: Desk, firms: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Name,Position\nReception,Front desk\n")
    (row,) = _rows(bare, str(path), "--kind", "contact", "--dry-run").records
    assert str(row["why"]).startswith("column Name: More than 20 records are Reception: ")
    with pytest.raises(AmbiguousError, match=r"^More than 20 records are called Reception\."):
        bare.do("contact", "set", "Reception", "position=Front desk")
    assert len(firms) > len(bare.workspace.reads.keyed(Kind.CONTACT, "name", "Reception")) == 21


def test_a_saved_plan_of_namesakes_makes_none_twice(
    bare: Desk, firms: list[str], tmp_path: Path
) -> None:
    rows = "".join(f"Info,Firm {n:02}\n" for n in range(len(firms)))
    plan = _saved(bare, tmp_path, "new", f"name,company\n{rows}")
    for _ in range(2):
        bare.shell("plan", "run", plan)
    everyone = bare.server.ask("GET", "/endusers?limit=2000")
    assert sum(person["name"] == "Info" for person in everyone) == len(firms)


def test_an_external_id_of_a_contact_holds_within_its_company(bare: Desk, tmp_path: Path) -> None:
    ours, theirs, other = bare.server.ids()[:3]
    for company in (ours, theirs):
        bare.server.post(Kind.CONTACT, name=f"At {company}", companyId=company, externalId="1")
    bare.fill()
    path = tmp_path / "people.csv"
    path.write_text(
        f"External id,Company id,Name\n1,{ours},At {ours}\n1,{theirs},Max\n1,{other},Nina\n"
    )
    renamed, made = _rows(bare, str(path), "--dry-run").records
    assert (renamed["name"], renamed["action"]) == (f"At {theirs}", "update")
    assert (made["name"], made["action"]) == ("Nina", "create")
    path.write_text("External id,Position\n1,Chief\n")
    (row,) = _rows(bare, str(path), "--kind", "contact", "--dry-run").records
    assert "2 records are 1:" in str(row["why"])


def test_of_several_with_an_email_the_one_at_the_company_is_meant(
    bare: Desk, tmp_path: Path
) -> None:
    ours, theirs, other = bare.server.ids()[:3]
    for company in (ours, theirs):
        bare.server.post(Kind.CONTACT, name="Pat", companyId=company, email="pat@x.example")
    bare.server.post(Kind.CONTACT, name="Kim", companyId=ours, email="kim@x.example")
    bare.fill()
    path = tmp_path / "people.csv"
    path.write_text(
        "Email,Company id,Position\n"
        f"pat@x.example,{theirs},Chief\npat@x.example,{other},Chief\nkim@x.example,{other},Chief\n"
    )
    pat, unclear, kim = _rows(bare, str(path), "--dry-run").records
    assert bare.server.get(str(pat["_id"]), Kind.CONTACT)["companyId"] == theirs
    assert "2 records are pat@x.example:" in str(unclear["why"])
    assert str(kim["does"]).startswith(f"company id {ours} → {other}; "), "who has moved"


def test_a_cell_in_which_a_spreadsheet_failed_refuses_its_row_by_name(
    desk: Desk, tmp_path: Path
) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (
        ("Name", "City", "Phase", "Left out"),
        ("Acme Inc", "#N/A", "#REF!", "x"),
        ("Brand New AB", "Lund", "lead", "#DIV/0!"),
        ("#NAME?", "Lund", "lead", "x"),
    ):
        sheet.append(cells)
    path = tmp_path / "crm.xlsx"
    book.save(path)
    failed, made, nameless = _rows(desk, str(path), "--dry-run").records
    assert failed["why"] == (
        "column City: #N/A is an error of the spreadsheet. "
        "column Phase: #REF! is an error of the spreadsheet."
    )
    assert made["action"] == "create", "a column that is left out matters to nobody"
    assert nameless["why"] == "column Name: #NAME? is an error of the spreadsheet."


def test_a_fraction_that_many_read_as_thousands_is_told_once_for_a_column(
    desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "crm.csv"
    path.write_text("Name;custom.Seats;custom.Desks\nAcme Inc;1.200;1.5\nNew Ltd;2.500;3\n")
    acme, _ = _rows(desk, str(path), "--map", "custom.Seats=custom.Seats", "--dry-run").records
    assert "seats" in str(acme["does"]).casefold()
    told = [one for one in desk.told if "fraction" in one]
    assert told == [
        "column custom.Seats: 1.200 is read as a fraction; 1200 is typed without a point."
    ]


def test_a_plan_is_saved_over_nothing_but_a_plan(desk: Desk, tmp_path: Path) -> None:
    source = tmp_path / "crm.csv"
    source.write_text("Name;City\nAcme Inc;Lund\n")
    with pytest.raises(InputError, match="is there already; it was left as it is"):
        _rows(desk, str(source), "--save", str(source))
    assert source.read_text() == "Name;City\nAcme Inc;Lund\n"
    plan = tmp_path / "crm.plan"
    for _ in range(2):
        _rows(desk, str(source), "--save", str(plan))
    _rows(desk, str(source), "--save", str(source), "--force")
    assert decode(source.read_text()).rows == decode(plan.read_text()).rows
