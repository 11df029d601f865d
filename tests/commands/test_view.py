from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planhat_tui.commands.context import Showing
from planhat_tui.commands.results import Listing
from planhat_tui.config.loading import load_config
from planhat_tui.errors import InputError, NotFoundError, QueryError
from planhat_tui.model.records import Kind
from planhat_tui.model.views import View, read_order
from planhat_tui.workspace.queries import Queries

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


def test_a_view_is_saved_listed_with_its_count_shown_and_removed(desk: Desk) -> None:
    saved = desk.do("view", "save", "portfolio", "acme", "sort:-name", "--start")
    assert saved.text == "View portfolio is saved."
    assert load_config(desk.paths.config_file).views["portfolio"].view.query == "acme"
    (row,) = desk.rows("view", "list")
    found = desk.rows("company", "find", "acme", "sort:-name")
    assert row == {
        "name": "portfolio",
        "companies": len(found),
        "more": False,
        "query": "acme",
        "sort": "-name",
        "columns": [],
        "start": True,
    }
    assert saved.records == (
        {name: row[name] for name in row if name not in {"companies", "more"}},
    )
    assert found
    assert desk.rows("view", "show", "portfolio") == found
    assert desk.do("view", "save", "portfolio", "x", "--columns", "name, arr").text == (
        "View portfolio is changed."
    )
    assert load_config(desk.paths.config_file).views["portfolio"].view.columns == ("name", "arr")
    removed = desk.do("view", "remove", "portfolio")
    assert (removed.text, removed.records) == (
        "View portfolio is removed.",
        ({"name": "portfolio"},),
    )
    assert desk.rows("view", "list") == ()
    assert "view save" in getattr(desk.shell("view", "list"), "note", "")


def test_without_a_query_the_list_on_screen_is_saved(desk: Desk) -> None:
    desk.do("view", "save", "portfolio", "acme")
    with pytest.raises(InputError, match="Give a query"):
        desk.shell("view", "save", "portfolio")
    desk.showing = Showing(Kind.CONTACT, View(), "c1", drawn=("name", "email"))
    with pytest.raises(InputError, match="Give a query"):
        desk.colon("view save portfolio")
    assert load_config(desk.paths.config_file).views["portfolio"].view.query == "acme"
    shown = View("tag:vip sort:name", read_order("-arr"), ("name=30", "renews"))
    desk.showing = Showing(Kind.COMPANY, shown, drawn=("name", "phase"))
    desk.colon("view save portfolio")
    saved = load_config(desk.paths.config_file).views["portfolio"].view
    assert saved == View("tag:vip", read_order("name"), ("name=30", "renews"))
    desk.colon("view save portfolio --columns name")
    saved = load_config(desk.paths.config_file).views["portfolio"].view
    assert saved == View("tag:vip", read_order("name"), ("name",))
    desk.showing = Showing(Kind.COMPANY, View("shoesize:3"))
    with pytest.raises(QueryError):
        desk.colon("view save portfolio")
    desk.colon('view save everybody ""')
    assert load_config(desk.paths.config_file).views["everybody"].view == View()


def test_a_view_is_shown_in_its_columns(desk: Desk) -> None:
    desk.do("view", "save", "portfolio", "acme", "--columns", "name=30, renews,called,custom.Plan")
    shown = desk.shell("view", "show", "portfolio")
    assert isinstance(shown, Listing)
    paths = ["_id", "name", "renewalDate", "custom.Plan"]
    assert [column.path for column in shown.columns] == paths
    assert shown.records == desk.rows("company", "find", "acme")


def test_what_is_no_query_is_not_saved(desk: Desk) -> None:
    with pytest.raises(QueryError):
        desk.do("view", "save", "a", "shoesize:3")
    with pytest.raises(InputError):
        desk.do("view", "save", " ", "acme")
    assert load_config(desk.paths.config_file).views == {}


def test_a_column_that_there_cannot_be_is_not_saved(desk: Desk) -> None:
    with pytest.raises(InputError) as error:
        desk.do("view", "save", "a", "acme", "--columns", "nme,arr")
    assert "name" in error.value.advice
    assert load_config(desk.paths.config_file).views == {}
    desk.do("view", "save", "a", "acme", "--columns", "name=30,custom.Anything,renews")


def test_a_view_that_isnt_there_names_the_nearest(desk: Desk) -> None:
    desk.do("view", "save", "portfolio", "acme")
    for verb in ("show", "remove"):
        with pytest.raises(NotFoundError) as error:
            desk.shell("view", verb, "portfolo")
        assert error.value.advice == "Did you mean portfolio?"


def test_a_blank_in_a_word_is_kept_in_the_view(desk: Desk) -> None:
    desk.do("view", "save", "two words", "tag:big spender", "-phase:lost")
    query = load_config(desk.paths.config_file).views["two words"].view.query
    assert query == 'tag:"big spender" -phase:lost'


def test_more_than_is_counted_is_told_as_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.do("view", "save", "all", "acme")
    monkeypatch.setattr(Queries, "count", lambda *_: (20_000, True))
    listed = desk.shell("view", "list")
    assert isinstance(listed, Listing)
    assert listed.table is not None
    assert (listed.records[0]["companies"], listed.records[0]["more"]) == (20_000, True)
    assert listed.table.records[0]["companies"] == "20,000+"
