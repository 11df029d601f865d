from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

import pytest

from planhat_tui.config import loading
from planhat_tui.config.cached import RESTED
from planhat_tui.config.keeping import load_kept
from planhat_tui.config.loading import load_config

if TYPE_CHECKING:
    from pathlib import Path

    from planhat_tui.config.profiles import Config

WHOLE = """\
default: other
profiles:
  acme:
    base_url: https://api.planhat.com
    token: {env: ACME_TOKEN}
    label: live
    accent: "#ff8800"
    read_only: true
    max_bulk: 50
    confirm: type
    proxy: http://proxy.example:3128
  other: {base_url: https://api-us.planhat.com, token: {command: pass show planhat}}
views:
  Renewals: {query: "tag:vip renewal:next90d", sort: "-arr,name", columns: [name, arr], start: true}
settings:
  theme: fjord
  refresh: 10m
  history: 30d
  keymap: {preset: vim}
"""
PLAIN = "profiles: {acme: {base_url: https://api.planhat.com, token: {env: ACME}}}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return _write(tmp_path / "config.yaml", WHOLE)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "own" / "cache"


def _write(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def _load(path: Path, cache: Path, *, rested: float = 60.0) -> Config:
    return load_kept(path, cache, lambda: path.stat().st_ctime + rested)


def _kept(cache: Path) -> Path:
    return cache / "config.json"


@pytest.fixture
def primed(path: Path, cache: Path) -> Config:
    """What the file says; it's kept."""
    return _load(path, cache)


@pytest.fixture
def no_yaml(primed: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    assert primed.profiles  # what is kept comes first

    def read(_path: Path) -> Config:
        raise AssertionError("the file was read again")

    monkeypatch.setattr(loading, "load_config", read)


@pytest.mark.usefixtures("no_yaml")
def test_what_is_kept_says_the_same(path: Path, cache: Path, primed: Config) -> None:
    again = _load(path, cache)
    assert again == primed
    assert list(again.profiles) == ["acme", "other"]
    assert again.find("acme").token.value == "ACME_TOKEN"
    assert again.start_view == primed.views["Renewals"].view
    assert again.settings.keys


def test_the_file_and_its_folder_are_the_owners_alone(cache: Path, primed: Config) -> None:
    assert primed.profiles
    assert stat.S_IMODE(_kept(cache).stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert [*cache.iterdir()] == [_kept(cache)]


def _told(config: Config) -> tuple[object, ...]:
    """Return what can be compared: an error is only itself."""
    return config.profiles, config.views, config.settings, [str(one) for one in config.problems]


@pytest.mark.parametrize("change", ["text", "same size", "rights", "another file", "gone"])
def test_a_file_that_has_changed_is_read_again(
    path: Path, cache: Path, primed: Config, change: str
) -> None:
    before = path.stat()
    if change == "text":
        _write(path, PLAIN)
    elif change == "same size":
        path.write_text(WHOLE.replace("fjord", "fjard"))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    elif change == "rights":
        path.chmod(0o666)
    elif change == "another file":
        path = _write(path.with_name("other.yaml"), PLAIN)
    else:
        path.unlink()
    loaded = load_kept(path, cache, lambda: before.st_ctime + 60)
    assert _told(loaded) == _told(load_config(path))
    assert loaded != primed


def test_one_that_was_just_written_is_not_kept(path: Path, cache: Path) -> None:
    _load(path, cache, rested=RESTED / 2)
    assert not _kept(cache).exists()
    _load(path, cache, rested=-60.0)  # a clock that is behind
    assert not _kept(cache).exists()


WITH_TOKEN = "profiles: {acme: {base_url: https://api.planhat.com, token: secret-1}}\n"
WITH_PROXY = PLAIN.replace("ACME}", "ACME}, proxy: 'http://me:secret-1@proxy.example'")
WITH_MISTAKE = PLAIN + "settings: {refresh: secret-1}\n"


@pytest.mark.parametrize(
    ("text", "right"),
    [(WITH_TOKEN, True), (WITH_PROXY, True), (WITH_MISTAKE, False), ("profiles: [secret-1", False)],
    ids=["token", "proxy", "mistake", "no YAML"],
)
def test_secrets_and_mistakes_are_not_kept(
    path: Path, cache: Path, text: str, *, right: bool
) -> None:
    loaded = _load(_write(path, text), cache)
    assert (not loaded.problems) is right
    assert not _kept(cache).exists()


@pytest.mark.parametrize("held", ["", "[]", "{", '{"head": 1}', '"\\ud800"', "\xff"])
def test_what_cannot_be_read_is_made_again(
    path: Path, cache: Path, primed: Config, held: str
) -> None:
    _kept(cache).write_text(held, encoding="latin-1")
    assert _load(path, cache) == primed
    assert json.loads(_kept(cache).read_text())["kept"]["default"] == "other"


def _planted(cache: Path) -> None:
    """Let what is kept name another command than the config."""
    text = _kept(cache).read_text()
    _kept(cache).write_text(text.replace("pass show planhat", "sh planted"))


def _command(config: Config) -> str:
    return config.find("other").token.value


@pytest.mark.parametrize("rights", [0o640, 0o604, 0o620, 0o602])
def test_a_file_that_others_can_get_at_is_not_believed(
    path: Path, cache: Path, primed: Config, rights: int
) -> None:
    _planted(cache)
    assert _command(_load(path, cache)) == "sh planted"  # it would be, of the owner's own file
    _kept(cache).chmod(rights)
    assert _command(_load(path, cache)) == _command(primed)


def test_neither_is_a_link(path: Path, cache: Path, primed: Config) -> None:
    _planted(cache)
    _kept(cache).rename(cache / "elsewhere")
    _kept(cache).symlink_to(cache / "elsewhere")
    assert _command(_load(path, cache)) == _command(primed)
    assert not _kept(cache).is_symlink()


def test_of_another_version_neither(
    path: Path, cache: Path, primed: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    _planted(cache)
    monkeypatch.setattr("planhat_tui.config.cached.__version__", "0.0.0")
    assert _command(_load(path, cache)) == _command(primed)


def test_where_nothing_can_be_kept_the_config_is_read(path: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    assert _load(path, in_the_way / "cache") == load_config(path)


def test_no_config_is_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    assert not load_kept(path, tmp_path / "cache", lambda: 1e12).profiles
    assert not (tmp_path / "cache").exists()
