from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from planhat_tui.model import fields
from planhat_tui.model.edits import Change
from planhat_tui.model.edits import custom_path as path
from planhat_tui.model.records import Kind
from planhat_tui.model.text import visible
from planhat_tui.store.history import Seen
from planhat_tui.tui.presentation.columns import FIELDS
from planhat_tui.tui.presentation.detail import (
    CUSTOM_HEAD,
    LAST_CHANGES,
    TAGS,
    Past,
    detail_rows,
    is_of_tags,
    is_of_timeline,
)
from planhat_tui.tui.presentation.glyphs import ASCII, UNICODE, Glyphs, choose
from tests.tui.records import HARMLESS, HOSTILE, shown
from tests.tui.test_values import JSON
from tests.tui.texts import TEXTS

if TYPE_CHECKING:
    from planhat_tui.model.values import Json
    from planhat_tui.tui.presentation.rows import Row

NOW = datetime(2026, 3, 2, 10, 0).astimezone()
ACME: dict[str, Json] = {
    "_id": "c1",
    "name": "Acme Inc",
    "phase": "onboarding",
    "owner": "u1",
    "renewalDate": "2026-05-08T00:00:00.000Z",
    "arr": 1_234_567,
    "tags": ["vip", "gold", "east coast"],
    "custom": {"Plan": "Gold", "Seats": 40, "Deep": {"a": 1}},
    "shiny": ["new"],
    "__v": 3,
}


def rows_of(
    raw: dict[str, Json],
    words: str = "",
    *,
    width: int = 60,
    complete: bool = True,
    glyphs: Glyphs = UNICODE,
) -> list[Row]:
    record = shown(raw, complete=complete)
    return detail_rows(record, glyphs, {"u1": "Anna Lind"}, width=width, chip=-1, words=words)


def value(row: Row) -> str:
    cell = row.cells["value"]
    return cell.plain if isinstance(cell, Text) else cell


def by_id(rows: list[Row]) -> dict[str, tuple[str, str, str]]:
    return {row.id: (str(row.cells["label"]), value(row), str(row.cells["type"])) for row in rows}


def test_who_owns_it_is_not_loaded_while_the_team_is_not_here() -> None:
    rows = detail_rows(shown(ACME), UNICODE, {}, width=60, chip=-1, words="")
    assert by_id(rows)["owner"][1] == "…"
    assert by_id(rows)["coOwner"][1] == "-"


def test_a_field_whose_name_begins_as_tags_do_is_none_of_them() -> None:
    rows = rows_of({**ACME, "tagsSource": "import", "tags": [f"tag {n}" for n in range(20)]})
    found = [row.id for row in rows]
    assert [one for one in found if is_of_tags(one)] == [
        TAGS, *(f"{TAGS}#{n}" for n in range(1, len(found)) if f"{TAGS}#{n}" in found)
    ]  # fmt: skip
    assert f"{TAGS}#1" in found
    assert "tagsSource" in found


def test_the_detail_goes_from_facts_over_tags_and_custom_fields_to_the_rest() -> None:
    found = by_id(rows_of(ACME))
    asked = ("name", "phase", "status", "h", "arr", "renewalDate", "owner", TAGS, CUSTOM_HEAD)
    assert [one for one in found if one in asked] == [*asked]
    custom = list(found).index(CUSTOM_HEAD)
    assert list(found)[custom : custom + 5] == [
        CUSTOM_HEAD, "custom.Plan", "custom.Seats", "custom.Deep", "_id"
    ]  # fmt: skip
    assert found[CUSTOM_HEAD] == ("Custom fields", "3  a adds one", "")
    assert list(found)[custom - 1] == "description"
    assert list(found)[-2:] == ["lastUpdated", "shiny"]
    assert found["tags"] == ("Tags", "vip · gold · east coast", "tags")
    assert found["owner"] == ("Owner", "Anna Lind", "person")
    assert found["renewalDate"] == ("Renewal", "2026-05-08", "date")
    assert found["arr"] == ("ARR", "1,234,567", "number")
    assert found["city"] == ("City", "-", "text")
    assert found["custom.Seats"] == ("Seats", "40", "number")
    assert found["shiny"] == ("shiny", "new", "other")
    assert "__v" not in found


def test_custom_fields_stand_together_by_their_types() -> None:
    own: dict[str, Json] = {
        "Deep": {"a": 1}, "Live": True, "Seats": 40, "Plan": "Gold", "Uses": ["api"],
        "Kick-off": "2026-01-05", "Score": 7, "Note": "x",
    }  # fmt: skip
    found = [row for row in rows_of({"_id": "c1", "custom": own}) if row.id in map(path, own)]
    assert [(row.cells["label"], row.cells["type"]) for row in found] == [
        ("Plan", "text"), ("Note", "text"), ("Seats", "number"), ("Score", "number"),
        ("Live", "yes/no"), ("Kick-off", "date"), ("Uses", "list"), ("Deep", "other"),
    ]  # fmt: skip


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_a_formula_has_the_mark_of_what_is_read_only(glyphs: Glyphs) -> None:
    barred = {"custom.Seats"}
    rows = detail_rows(shown(ACME), glyphs, {}, width=60, chip=-1, words="", barred=barred)
    marks = {row.id: (row.flag, row.dim) for row in rows}
    assert marks["custom.Seats"] == (glyphs.read_only, True)
    assert marks["custom.Plan"] == (" ", False)


def test_the_last_changes_stand_at_the_end_and_no_filter_finds_them() -> None:
    changes = [
        *(Change("phase", "won", "lost"), Change("tags", ["vip"], ["vip", "gold"])),
        *(Change("custom.Seats", n, n + 1) for n in range(5)),
    ]
    seen = [
        Seen(Kind.COMPANY, "c1", one, NOW.timestamp(), ours=n == 1) for n, one in enumerate(changes)
    ]

    def told(words: str, *past: Seen, more: bool = False) -> list[tuple[str, str, str]]:
        rows = detail_rows(
            shown(ACME),
            UNICODE,
            {},
            width=60,
            chip=-1,
            words=words,
            past=Past(past, NOW, more=more),
        )
        return [one for row_id, one in by_id(rows).items() if is_of_timeline(row_id)]

    head, *lately = told("", *seen)
    assert head == ("Timeline", "7  T shows all", "")
    assert lately[:3] == [
        ("10:00", "Phase won → lost", "others"),
        ("10:00", "Tags +gold", "you"),
        ("10:00", "Seats 0 → 1", "others"),
    ]
    assert len(lately) == LAST_CHANGES
    assert told("", seen[0])[0][1] == "1  T shows it"
    assert told("", *seen, more=True)[0][1] == "7+  T shows all"
    assert told("") == [("Timeline", "nothing seen yet", "")]
    assert told("won", *seen) == []


def test_when_it_was_changed_is_told_once_as_the_edition_has_it() -> None:
    both: dict[str, Json] = {"_id": "c1", "lastUpdated": "2026-01-02", "updatedAt": "2026-01-03"}
    assert {"lastUpdated", "updatedAt"} & by_id(rows_of(both)).keys() == {"updatedAt"}
    seed: dict[str, Json] = {"_id": "c1", "lastUpdated": "2026-01-02"}
    assert {"lastUpdated", "updatedAt"} & by_id(rows_of(seed)).keys() == {"lastUpdated"}


def test_without_custom_fields_the_heading_says_how_to_add_one() -> None:
    assert by_id(rows_of({"_id": "c1"}))[CUSTOM_HEAD][1] == "none yet  a adds one"
    assert by_id(rows_of({"_id": "c1"}, complete=False))[CUSTOM_HEAD][1] == "…"


def test_a_number_with_a_history_shows_how_it_went() -> None:
    changes = (Change("custom.Seats", 25, 40), Change("custom.Seats", 10, 25))
    past = Past([Seen(Kind.COMPANY, "c1", one, 0.0, ours=True) for one in changes], NOW)

    def tails(glyphs: Glyphs) -> dict[str, str]:
        rows = detail_rows(shown(ACME), glyphs, {}, width=60, chip=-1, words="", past=past)
        return {row.id: told for row in rows for told in row.tails.values()}

    assert tails(UNICODE) == {"custom.Seats": "▁▄▇"}
    assert tails(ASCII) == {"custom.Seats": "_=#"}
    assert tails(choose("unicode", {}, borders="none")) == {}


def test_what_cannot_be_edited_is_marked() -> None:
    rows = {row.id: row for row in rows_of(ACME)}
    for name in ("arr", "_id", "custom.Deep", "shiny"):
        assert (rows[name].flag, rows[name].dim) == ("⊘", True), name
    for name in ("phase", "custom.Plan", TAGS):
        assert (rows[name].flag, rows[name].dim) == (" ", False), name


def test_tags_go_on_in_further_rows() -> None:
    rows = [row for row in rows_of(ACME, width=12) if row.cells["type"] == "tags"]
    assert [(row.id, row.cells["label"], value(row)) for row in rows] == [
        ("tags", "Tags", "vip · gold"),
        ("tags#1", "", "east coast"),
    ]


def test_the_tag_under_the_cursor_is_reversed() -> None:
    rows = detail_rows(shown(ACME), UNICODE, {}, width=60, chip=1, words="")
    cell = next(row.cells["value"] for row in rows if row.id == TAGS)
    assert isinstance(cell, Text)
    assert [cell.plain[s.start : s.end] for s in cell.spans if s.style == "reverse"] == ["gold"]


def test_without_tags_there_is_a_dash() -> None:
    assert by_id(rows_of({"_id": "c1"}))["tags"][1] == "-"


def test_what_is_not_loaded_never_looks_empty() -> None:
    found = by_id(rows_of({"_id": "c1", "name": "Acme"}, complete=False))
    assert (found["name"][1], found["phase"][1], found["tags"][1]) == ("Acme", "…", "…")


def test_words_filter_by_label_and_value() -> None:
    assert [row.id for row in rows_of(ACME, "REN")] == ["renewalDate", "lastRenewal"]
    assert [row.id for row in rows_of(ACME, "anna owner")] == ["owner"]
    assert [row.id for row in rows_of(ACME, "gold")] == [TAGS, "custom.Plan"]
    assert rows_of(ACME, "nothing like it") == []


def test_long_tags_are_cut_with_the_sign_of_the_theme() -> None:
    (row,) = (
        row for row in rows_of({"tags": ["renewal-q1"]}, width=6, glyphs=ASCII) if row.id == TAGS
    )
    assert value(row) == "renew~"


def test_a_hostile_record_is_shown_harmless() -> None:
    raw: dict[str, Json] = {"name": HOSTILE, "tags": [HOSTILE], "custom": {HOSTILE: HOSTILE}}
    found = by_id(rows_of(raw | {HOSTILE: HOSTILE}))
    assert found["name"][1] == HARMLESS
    assert found[TAGS][1] == HARMLESS
    assert found[f"custom.{HOSTILE}"] == (HARMLESS, HARMLESS, "text")
    assert found[HOSTILE] == (HARMLESS, HARMLESS, "other")


@given(st.dictionaries(TEXTS | st.sampled_from(("name", "tags", "custom", "arr")), JSON))
def test_any_record_has_a_safe_detail(raw: dict[str, Json]) -> None:
    rows = rows_of(raw, width=30)
    assert len({row.id for row in rows}) >= len(fields.FIELDS[Kind.COMPANY]) - 3
    for row in rows:
        assert set(row.cells) == {column.key for column in FIELDS}
        text = f"{row.cells['label']}{value(row)}"
        assert text == visible(text)
        assert row.id.partition("#")[0] != TAGS or cell_len(value(row)) <= 30
