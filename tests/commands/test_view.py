from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pytest

from planhat_tui.commands.context import Showing
from planhat_tui.commands.results import Done, Listing
from planhat_tui.config.loading import load_config
from planhat_tui.errors import InputError, NotFoundError, QueryError, TokenError
from planhat_tui.model.records import Kind
from planhat_tui.model.views import View, read_order

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


def test_a_view_is_saved_listed_with_its_count_shown_and_removed(desk: Desk) -> None:
    desk.wanted = "acme"
    saved = desk.do("view", "save", "portfolio", "name:acme", "sort:-name", "--start")
    found = desk.rows("company", "find", "name:acme", "sort:-name")
    assert saved.text == (
        f"View portfolio is saved: name:acme sort:-name, {len(found)} company now."
    )
    assert load_config(desk.paths.config_file).views["portfolio"].view.query == "name:acme"
    (row,) = desk.rows("view", "list")
    assert row == {
        "name": "portfolio",
        "companies": len(found),
        "query": "name:acme",
        "sort": "-name",
        "columns": [],
        "start": True,
    }
    assert saved.records == (row,)
    assert found
    assert desk.rows("view", "show", "portfolio") == found
    changed = desk.do("view", "save", "portfolio", "phase:x", "--columns", "name, arr")
    assert changed.text == "View portfolio is changed: phase:x, 0 companies now."
    assert load_config(desk.paths.config_file).views["portfolio"].view.columns == ("name", "arr")
    removed = desk.do("view", "remove", "portfolio")
    assert (removed.text, removed.records) == (
        "View portfolio is removed.",
        ({"name": "portfolio"},),
    )
    assert desk.rows("view", "list") == ()
    assert "view save" in getattr(desk.shell("view", "list"), "note", "")


@pytest.mark.parametrize(
    ("words", "name", "query"),
    [
        (("My", "renewals", "tag:vip", "acme"), "My renewals", "tag:vip acme"),
        (("My renewals", "acme", "inc"), "My renewals", "acme inc"),
        (("Q1:", "due", "renewal:next90d"), "Q1: due", "renewal:next90d"),
        (("Not", "mine", "-tag:vip"), "Not mine", "-tag:vip"),
        (("Big", "ones", "(tag:a", "OR", "tag:b)"), "Big ones", "tag:a OR tag:b"),
        (("Large", "arr>1000"), "Large", "arr:>1000"),
        (("Two", "acme inc"), "Two", "acme inc"),
        (("Every", "one", ""), "Every one", ""),
    ],
)
def test_several_words_are_the_name_up_to_the_first_term(
    desk: Desk, words: tuple[str, ...], name: str, query: str
) -> None:
    desk.do("view", "save", *words)
    assert load_config(desk.paths.config_file).views[name].view.query == query


def test_a_name_of_several_words_is_meant_without_quotes_by_every_verb(desk: Desk) -> None:
    with pytest.raises(InputError, match="What does it find") as error:
        desk.shell("view", "save", "My", "renewals")
    assert "name:acme" in error.value.advice
    desk.showing = Showing(Kind.COMPANY, View("acme"))
    (saved,) = desk.colon("view save My renewals")
    assert isinstance(saved, Done)
    assert saved.text.startswith("View My renewals is saved: acme")
    found = desk.rows("company", "find", "acme")
    assert desk.rows("view", "show", "My", "renewals") == found
    assert desk.rows("view", "show", "My renewals") == found
    desk.colon("view remove My renewals")
    assert load_config(desk.paths.config_file).views == {}


def test_a_view_is_saved_where_nothing_is_known_of_what_it_finds(
    bare: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bare.do("view", "save", "vips", "tag:vip").text == "View vips is saved: tag:vip."
    bare.wanted = "acme"
    assert bare.do("view", "save", "all", "").text == "View all is saved: all companies."

    def refused(_desk: Desk) -> NoReturn:
        raise TokenError("The environment has no T.")

    monkeypatch.setattr(type(bare), "workspace", property(refused))
    assert bare.do("view", "save", "vips", "tag:x").text == "View vips is changed: tag:x."


def test_who_me_is_and_isnt_known_is_told_by_all_that_asks_for_it(desk: Desk) -> None:
    mirror = desk.workspace._store.mirror
    mirror.note(mirror._me, "")
    desk.wanted, told = "acme", "Who is meant by me isn't known yet: a sync asks Planhat."
    asking: list[tuple[str, ...]] = [
        ("view", "save", "mine", "owner:me"), ("view", "list"), ("view", "show", "mine"),
        ("find", "owner:me"), ("company", "find", "owner:me"), ("contact", "find", "owner:me"),
        ("export", "owner:me"),
    ]  # fmt: skip
    for words in asking:
        desk.told.clear()
        desk.shell(*words)
        assert told in desk.told, words
    for which in (("-owner:me",), ("--view", "mine")):  # it would be everybody's, and nobody's
        with pytest.raises(InputError, match="isn't known yet"):
            desk.shell("bulk", "company", *which, "--tag", "x")


def test_without_a_query_the_list_on_screen_is_saved(desk: Desk) -> None:
    desk.do("view", "save", "portfolio", "name:acme")
    with pytest.raises(InputError, match="Give a query"):
        desk.shell("view", "save", "portfolio")
    desk.showing = Showing(Kind.CONTACT, View(), "c1", drawn=("name", "email"))
    with pytest.raises(InputError, match="Give a query"):
        desk.colon("view save portfolio")
    assert load_config(desk.paths.config_file).views["portfolio"].view.query == "name:acme"
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
    desk.do(
        "view", "save", "portfolio", "name:acme", "--columns", "name=30, renews,called,custom.Plan"
    )
    shown = desk.shell("view", "show", "portfolio")
    assert isinstance(shown, Listing)
    paths = ["_id", "name", "renewalDate", "custom.Plan"]
    assert [column.path for column in shown.columns] == paths
    assert shown.records == desk.rows("company", "find", "name:acme")


def test_what_is_no_query_is_not_saved(desk: Desk) -> None:
    with pytest.raises(QueryError):
        desk.do("view", "save", "a", "shoesize:3")
    with pytest.raises(InputError):
        desk.do("view", "save", " ", "name:acme")
    assert load_config(desk.paths.config_file).views == {}


def test_a_column_that_there_cannot_be_is_not_saved(desk: Desk) -> None:
    with pytest.raises(InputError) as error:
        desk.do("view", "save", "a", "name:acme", "--columns", "nme,arr")
    assert "name" in error.value.advice
    assert load_config(desk.paths.config_file).views == {}
    desk.do("view", "save", "a", "name:acme", "--columns", "name=30,custom.Anything,renews")


def test_a_view_that_isnt_there_names_the_nearest(desk: Desk) -> None:
    desk.do("view", "save", "portfolio", "name:acme")
    for verb in ("show", "remove"):
        with pytest.raises(NotFoundError) as error:
            desk.shell("view", verb, "portfolo")
        assert error.value.advice == "Did you mean portfolio?"


def test_a_blank_in_a_word_is_kept_in_the_view(desk: Desk) -> None:
    desk.do("view", "save", "two words", "tag:big spender", "-phase:lost")
    query = load_config(desk.paths.config_file).views["two words"].view.query
    assert query == 'tag:"big spender" -phase:lost'
