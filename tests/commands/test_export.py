from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands import line
from planhat_tui.commands.context import Door, Selection, Showing, Wishes
from planhat_tui.commands.output import Style, write
from planhat_tui.commands.results import Done, Exported
from planhat_tui.errors import InputError, NotFoundError
from planhat_tui.model.records import Kind
from planhat_tui.model.views import View, read_order

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Desk


def _lines(desk: Desk, *words: str, format: str = "table") -> list[str]:  # noqa: A002 -- Style's own
    result = desk.shell("export", *words)
    assert isinstance(result, Exported)
    out: list[str] = []
    write(result, Style(format=format, quiet=True), out.append, out.append)  # type: ignore[arg-type]
    return out


def test_what_is_found_goes_to_a_file_without_asking_planhat(desk: Desk, tmp_path: Path) -> None:
    found = desk.rows("company", "find", "a", "sort:-name")
    desk.reopen()
    asked = len(desk.network.asked)
    path = tmp_path / "acme.csv"
    done = desk.do("export", "a", "sort:-name", "--to", str(path))
    assert len(desk.network.asked) == asked
    assert desk.workspace._engine is None, "nothing that could ask was made"
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert [row["_id"] for row in rows] == [one["_id"] for one in found]
    assert done.records == ({"file": str(path), "records": len(found)},)
    assert done.text.startswith(f"{len(found)} companies are in {path}: local copy")


def test_without_a_file_it_goes_to_stdout_as_csv_or_json(desk: Desk) -> None:
    found = desk.rows("company", "find", "acme")
    header, *rows = csv.reader(_lines(desk, "acme", "--columns", "name,arr,all"))
    assert header[:2] == ["name", "arr"]
    assert len(rows) == len(found)
    assert json.loads("\n".join(_lines(desk, "acme", format="json"))) == list(found)
    lines = _lines(desk, "acme", "--columns", "name", format="jsonl")
    assert [json.loads(line) for line in lines] == [{"name": one["name"]} for one in found]
    assert _lines(desk, "acme", format="id") == [one["_id"] for one in found]


def test_contacts_and_calls_are_kinds_too(desk: Desk) -> None:
    everyone = _lines(desk, "--kind", "contact", format="id")
    assert len(everyone) == len(desk.rows("contact", "find", "limit:9999"))
    desk.do("call", "log", "--nr", "+4670123", "--note", "asked for a price")
    header, row = csv.reader(_lines(desk, "price", "--kind", "call"))
    assert dict(zip(header, row, strict=True))["note"] == "asked for a price"
    with pytest.raises(InputError, match="words alone"):
        desk.shell("export", "tag:vip", "--kind", "call")


def test_an_empty_copy_is_said_and_no_file_made(bare: Desk, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="planhat-tui sync"):
        bare.do("export", "--to", str(tmp_path / "a.csv"))
    assert not (tmp_path / "a.csv").exists()


def test_the_line_exports_what_the_list_shows(desk: Desk, tmp_path: Path) -> None:
    view = View("a", read_order("-name"), ("name", "renews", "owner"))
    desk.showing = Showing(Kind.COMPANY, view)
    path = tmp_path / "renewals.csv"
    (done,) = desk.colon(f"export --to {path}", Kind.COMPANY, "c1")
    assert isinstance(done, Done)
    header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
    assert header == ["name", "renewalDate", "owner"]
    names = [row[0] for row in rows]
    assert names == sorted(names, key=str.casefold, reverse=True)
    assert len(names) > 1
    owners = {user.name for user in desk.workspace.reads.users()}
    assert {row[2] for row in rows} <= owners | {""}
    with pytest.raises(InputError, match="Where to"):
        desk.colon("export")
    company = desk.company()
    desk.showing = Showing(Kind.CONTACT, View(), company, drawn=("name", "email"))
    desk.colon(f"export --to {tmp_path / 'people.csv'}")
    people = list(csv.reader(io.StringIO((tmp_path / "people.csv").read_text(encoding="utf-8"))))
    assert people[0] == ["name", "email"]
    assert len(people) - 1 == len(desk.workspace.reads.contacts(company).rows)


def test_the_fields_that_are_typed_hold_for_the_file(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "found.csv"
    desk.door = Door.LINE
    (typed,) = line.read(f"export acme --to {path} --fields name,arr", Selection())
    typed.answer(desk.context)
    header, *_ = csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
    assert header == ["name", "arr"]
    (typed,) = line.read(f"export --to {path} --force --fields arr --columns name", Selection())
    typed.answer(desk.context)
    assert path.read_text(encoding="utf-8").splitlines()[0].strip() == "name"


def test_asking_first_is_refused(desk: Desk) -> None:
    desk.wishes = Wishes(fresh=True)
    with pytest.raises(InputError, match="asks Planhat for nothing"):
        desk.shell("export", "acme")
