from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.context import Wishes
from planhat_tui.commands.results import Listing, Planned
from planhat_tui.errors import GuardrailError, InputError, PartialError
from planhat_tui.model.columns import Match
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
