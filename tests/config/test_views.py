from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.config.edit import remove_profile
from planhat_tui.config.loading import load_config, parse_config
from planhat_tui.config.view_edit import remove_view, save_view
from planhat_tui.config.views import SavedView
from planhat_tui.errors import ConfigError, NotFoundError
from planhat_tui.model.query import Sort
from planhat_tui.model.views import View

CONFIG = """\
# mine
profiles:
  eu: {base_url: https://api-eu.planhat.com, token: {env: EU}}
# what I look at
views:
  my portfolio: # every morning
    query: owner:me   # mine
    sort: -arr
    columns: [name, arr, renews]
    start: true
  late:
    query: "renewal:next30d"
# how it looks
settings: {theme: fjord}
"""
PORTFOLIO = View("owner:me", (Sort("arr", descending=True),), ("name", "arr", "renews"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG)
    file.chmod(0o600)
    return file


def test_views_are_read_with_their_order_and_columns() -> None:
    config = parse_config(CONFIG, Path("c.yaml"))
    assert config.problems == ()
    assert config.views == {
        "my portfolio": SavedView("my portfolio", PORTFOLIO, start=True),
        "late": SavedView("late", View("renewal:next30d")),
    }
    assert config.start_view == PORTFOLIO
    assert parse_config("", Path("c.yaml")).start_view is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("views: 3", "1:8: views must be a mapping"),
        ("views: {a: {query: 'shoesize:3'}}", "1:20: There's no field shoesize"),
        ("views: {a: {sort: -nothing}}", "1:19: There's no field nothing"),
        ("views: {a: {columns: name}}", "1:22: columns is a list"),
        ("views: {a: {querry: x}}", "Did you mean query?"),
        ("views: {a: {start: 3}}", "start must be true or false"),
        ("views: {a: {start: true}, b: {start: true}}", "The view to start with is a."),
        ("views: {'': {query: x}}", "A view's name has 1 to 60 characters"),
        ("views: {a: {query: 'sort:x'}}", "There's no field x"),
    ],
)
def test_a_mistake_in_a_view_is_told_and_the_others_are_there(text: str, told: str) -> None:
    config = parse_config(f"{text}\n", Path("c.yaml"))
    (problem,) = config.problems
    assert told in str(problem)
    assert (
        parse_config("views: {a: {query: 'x:'}, b: {query: y}}", Path("c")).views["b"].name == "b"
    )


def test_a_view_is_added_and_the_comments_stay(path: Path) -> None:
    new = SavedView("vips", View("tag:vip", (), ("name",)))
    save_view(path, new)
    text = path.read_text()
    assert text == CONFIG.replace(
        "# how it looks", "  vips:\n    query: tag:vip\n    columns: [name]\n# how it looks"
    )
    assert load_config(path).views["vips"] == new


def test_a_view_is_changed_where_it_stands(path: Path) -> None:
    save_view(path, SavedView("my portfolio", View("owner:max"), start=True))
    text = path.read_text()
    assert "query: owner:max  # mine\n    start: true\n  late:" in text
    assert "# every morning" in text
    assert load_config(path).problems == ()


def test_one_view_at_most_is_started_with(path: Path) -> None:
    late = SavedView("late", View("renewal:next30d"), start=True)
    save_view(path, late)
    config = load_config(path)
    assert [one.name for one in config.views.values() if one.start] == ["late"]
    assert config.start_view == late.view


def test_views_are_removed_and_the_comments_stay(path: Path) -> None:
    remove_view(path, "late", load_config(path).views)
    assert path.read_text() == CONFIG.replace('  late:\n    query: "renewal:next30d"\n', "")
    remove_view(path, "my portfolio", load_config(path).views)
    config = load_config(path)
    assert (config.problems, config.views) == ((), {})
    assert "# how it looks" in path.read_text()
    save_view(path, SavedView("again", View("x")))
    assert list(load_config(path).views) == ["again"]


def test_a_view_that_isnt_there_names_the_nearest(path: Path) -> None:
    with pytest.raises(NotFoundError, match="no view latte") as error:
        remove_view(path, "latte", load_config(path).views)
    assert error.value.advice == "Did you mean late?"


def test_views_without_profiles_and_profiles_without_views(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    save_view(path, SavedView("first", View("tag:vip")))
    assert load_config(path).views == {"first": SavedView("first", View("tag:vip"))}
    path.write_text(CONFIG)
    path.chmod(0o600)
    remove_profile(path, "eu")
    assert list(load_config(path).views) == ["my portfolio", "late"]


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)


@given(
    name=NAMES.filter(str.strip),
    query=st.sampled_from(
        ("", "acme", "arr:1..5 #x", "2023", "true", "owner:me OR 'x'", 'a "b c"')
    ),
    start=st.booleans(),
)
def test_what_is_saved_is_read_again(name: str, query: str, *, start: bool) -> None:
    saved = SavedView(name, View(query, (Sort("name"),), ("arr", "name")), start)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text("# mine\nviews:\n  a:\n    query: x\n")
        path.chmod(0o600)
        save_view(path, saved)
        config = load_config(path)
        assert config.views[name] == saved
        assert config.problems == ()
        assert path.read_text().startswith("# mine\n")


def test_what_is_no_mapping_and_what_is_gone_meanwhile_is_told(path: Path) -> None:
    known = load_config(path).views
    remove_view(path, "late", known)
    with pytest.raises(NotFoundError, match="no view late any more"):
        remove_view(path, "late", known)
    path.write_text("views: [a]\n")
    with pytest.raises(ConfigError, match="views"):
        save_view(path, SavedView("x", View("tag:vip")))
    assert path.read_text() == "views: [a]\n"
