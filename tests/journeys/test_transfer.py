"""Data out of the explorer and into it: files, and what is there twice."""

from __future__ import annotations

import contextlib
import csv
import io
from typing import TYPE_CHECKING

from planhat_tui.commands import editing
from tests.journeys.conftest import EITHER, SMALL
from tests.journeys.doing import run_line
from tests.journeys.planhat import company
from tests.journeys.watch import Watch

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.journeys.conftest import Journey, Person


def test_the_list_is_exported_as_it_is_shown(journey: Journey, tmp_path: Path) -> None:
    path = tmp_path / "renewals.csv"

    async def export(person: Person) -> None:
        await person.find("tag:vip sort:-arr")
        await run_line(person, f"export --to {path}")
        assert person.message.endswith("local copy, just read.")
        header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
        assert header[:3] == ["name", "phase", "h"]
        here = person.app.explorer.companies.rows.current
        assert here is not None
        assert rows[0][0] == str(here.cells["name"])
        await run_line(person, f"export --to {path}")
        assert "is there already" in person.message

    journey(export, SMALL, picture=False)


@EITHER
def test_a_list_that_is_found_by_what_was_meant_is_exported_so(
    journey: Journey, size: tuple[int, int], tmp_path: Path
) -> None:
    path = tmp_path / "meant.csv"

    async def export(person: Person) -> None:
        await person.find("glbex -phase:none sort:name")
        person.sees("not found, shown is globex")
        shown = person.app.explorer.companies.rows.total
        await run_line(person, f"export --to {path}")
        assert "these are found by globex" in person.message
        _, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
        assert len(rows) == shown > 0

    journey(export, size, picture=False)


def test_what_is_there_twice_is_opened_from_its_group(journey: Journey) -> None:
    async def look(person: Person) -> None:
        await run_line(person, 'company create "ACME, Inc."')
        await run_line(person, "duplicates")
        person.sees("Perhaps the same company", "ACME, Inc.", "enter open")
        await person.press("enter")
        opened = person.app.explorer.detail.company_id
        assert opened
        person.sees_no("Perhaps the same company")

    journey(look, SMALL, picture=False)


def test_a_company_is_edited_in_the_persons_editor(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def left(text: str, _env: object, *, has_terminal: bool) -> str:
        assert has_terminal
        return text.replace("phase:", "phase: renewal #")

    async def edit(person: Person) -> None:
        await person.find("acme inc")
        await person.press("2", "E")
        assert person.message.startswith("The screen can't be left here, so no editor is opened.")
        monkeypatch.setattr(editing, "edited", left)
        monkeypatch.setattr(person.app, "suspend", contextlib.nullcontext)
        await person.press("E")
        assert person.message == "1 field of Acme Inc: delivered.  u takes it back."
        assert company(person, "Acme Inc")["phase"] == "renewal"
        person.sees("renewal")

    journey(edit, SMALL, picture=False)


def test_the_text_of_several_is_kept_until_their_plan_runs(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch()

    def left(text: str, _env: object, *, has_terminal: bool) -> str:
        assert has_terminal
        return text.replace("  phase:", "  phase: renewal #")

    async def edit(person: Person) -> None:
        def kept() -> int:
            return len([*person.app.explorer.workspace.folder.glob("*.yaml")])

        monkeypatch.setattr(editing, "edited", left)
        monkeypatch.setattr(person.app, "suspend", contextlib.nullcontext)
        await person.find("acme")
        await person.press("space", "space")
        await run_line(person, "edit")
        person.sees("Plan: edit 2 records")
        await person.press("escape")
        assert kept() == 1
        await run_line(person, "edit")
        watch.wait(seconds=1)
        assert kept() == 2
        await person.press("ctrl+s")
        await person.until("2 of 2 delivered")
        await person.press("escape")
        assert kept() == 1

    journey(edit, SMALL, picture=False, clock=watch.clock)


def test_a_file_is_imported_after_its_columns_are_looked_at(
    journey: Journey, tmp_path: Path
) -> None:
    path = tmp_path / "crm.csv"
    path.write_text("Account;Stage;Shoe size\nAcme Inc;renewal;9\n", encoding="utf-8")

    async def bring_in(person: Person) -> None:
        await run_line(person, f"import {path}")
        person.sees("which column is which field", "Account", "left out: no such field")
        await person.press("j", "enter")
        await person.type("phase")
        await person.press("enter")
        person.sees_no("Stage is the field")
        await person.press("j", "x", "k", "ctrl+s")
        person.sees("import crm.csv", "Acme Inc", "renewal")

    journey(bring_in, SMALL, picture=False)
