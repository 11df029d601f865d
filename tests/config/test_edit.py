from __future__ import annotations

import os
import re
import stat
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.config.edit import (
    add_profile,
    change_profile,
    remove_profile,
    set_default,
    set_theme,
)
from planhat_tui.config.loading import load_config, parse_config
from planhat_tui.config.profiles import Profile, TokenSource
from planhat_tui.config.schemafile import MODELINE, SCHEMA_FILE
from planhat_tui.config.values import address_problem
from planhat_tui.errors import ConfigError, InputError, NotFoundError, StorageError
from tests.disk import read_only

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.config.conftest import Write

NEW = Profile("new", "https://api.planhat.com", TokenSource("env", "NEW_TOKEN"))
FULL = Profile(
    name="full",
    base_url="https://api-eu.planhat.com",
    token=TokenSource("command", "pass show 'acme eu'"),
    auth="basic",
    tenant_uuid="00000000-0000-4000-8000-000000000001",
    external_user_id="007",
    label="true",
    accent="#ff8a65",
    call_note_field="Note: last",
    web_url="https://app.planhat.com/{id}",
    proxy="http://proxy.example:3128",
    read_only=True,
    no_delete=True,
    max_bulk=200,
    confirm="type",
    confirm_over=7,
    reason="# ask first",
    dialect="seed",
)
COMMENTED = """\
# Ours, by hand.
default: acme   # the real one
profiles:
  # Europe
  acme:         # production
    token: {env: ACME}    # from the keychain
    base_url: "https://api.planhat.com"
    external_user_id: 0042

  # for trying things out
  play:
    base_url: 'http://localhost:8787'
    token: {env: PLAY}

# How it looks.
settings:
  theme: fjord  # blue
  keymap: {keys: {find: M}}
"""


def _comments(text: str) -> list[str]:
    return [line.partition("#")[2] for line in text.splitlines() if "#" in line]


def _without(text: str, *lines: str) -> str:
    """The text without the lines that hold one of these."""
    kept = [row for row in text.splitlines(keepends=True) if not any(line in row for line in lines)]
    return "".join(kept)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_profile_makes_the_file_private_and_itself_the_default(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "config.yaml"
    add_profile(path, NEW)
    config = load_config(path)
    assert config.profiles == {"new": NEW}
    assert config.default == "new"
    assert config.problems == ()
    assert _mode(path) == 0o600
    assert _mode(path.parent) == 0o700
    assert {one.name for one in path.parent.iterdir()} == {path.name, SCHEMA_FILE}


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_no_umask_makes_it_less_private(config_file: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        add_profile(config_file, NEW)
    finally:
        os.umask(before)
    assert _mode(config_file) == 0o600
    assert _mode(config_file.with_name(SCHEMA_FILE)) == 0o600


def test_a_profile_with_everything_comes_back_as_it_was(config_file: Path) -> None:
    add_profile(config_file, FULL)
    assert load_config(config_file).profiles == {"full": FULL}


def test_a_profile_says_only_what_isnt_plain(config_file: Path) -> None:
    add_profile(config_file, NEW)
    assert config_file.read_text(encoding="utf-8") == (
        f"{MODELINE}"
        "profiles:\n"
        "  new:\n"
        "    base_url: https://api.planhat.com\n"
        "    token: {env: NEW_TOKEN}\n"
        "default: new\n"
    )


def test_an_added_profile_leaves_every_line_as_it_stands(write: Write) -> None:
    path = write(COMMENTED)
    add_profile(path, NEW)
    added = "  new:\n    base_url: https://api.planhat.com\n    token: {env: NEW_TOKEN}\n"
    head, settings = COMMENTED.split("\n# How it looks.")
    assert path.read_text(encoding="utf-8") == f"{head}{added}\n# How it looks.{settings}"
    assert load_config(path).default == "acme"


def test_an_added_profile_becomes_the_default_if_told(write: Write) -> None:
    path = write(COMMENTED)
    add_profile(path, NEW, make_default=True)
    assert "default: new    # the real one\n" in path.read_text(encoding="utf-8")
    assert load_config(path).default == "new"


def test_another_default_changes_one_word(write: Write) -> None:
    path = write(COMMENTED)
    set_default(path, "play")
    assert path.read_text(encoding="utf-8") == COMMENTED.replace("default: acme", "default: play")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "settings:\n  theme: fjord\n"),
        ("settings:\n", "settings:\n  theme: fjord\n"),
        ("settings: {theme: paper}  # mine\n", "settings: {theme: fjord}  # mine\n"),
        (
            "# on top\nsettings:\n  theme: paper  # old\n  # below\n  refresh: 5m\n",
            "# on top\nsettings:\n  theme: fjord  # old\n  # below\n  refresh: 5m\n",
        ),
        (
            "settings:\n  refresh: 5m  # often\n\n# the end\nprofiles:\n",
            "settings:\n  refresh: 5m  # often\n  theme: fjord\n\n# the end\nprofiles:\n",
        ),
    ],
)
def test_another_theme_changes_its_line_alone(write: Write, before: str, after: str) -> None:
    path = write(before)
    set_theme(path, "fjord")
    assert path.read_text(encoding="utf-8").removeprefix(MODELINE) == after
    assert load_config(path).settings.theme == "fjord"


def test_settings_that_are_no_mapping_are_told_where_they_stand(write: Write) -> None:
    path = write("settings: fjord\n")
    with pytest.raises(ConfigError, match="settings"):
        set_theme(path, "fjord")
    assert path.read_text(encoding="utf-8") == "settings: fjord\n"


def test_a_removed_profile_leaves_the_comments_of_the_others(write: Write) -> None:
    path = write(COMMENTED)
    remove_profile(path, "play")
    assert path.read_text(encoding="utf-8") == _without(COMMENTED, "play:", "localhost", "PLAY")
    assert load_config(path).default == "acme"


def test_the_only_profile_stays_the_default_when_a_second_comes(write: Write) -> None:
    path = write("profiles:\n  acme: {base_url: https://a.example, token: {env: A}}\n")
    add_profile(path, NEW)
    assert load_config(path).default == "acme"


def test_of_several_profiles_none_becomes_the_default_by_another_one(write: Write) -> None:
    path = write(COMMENTED.replace("default: acme   # the real one\n", ""))
    add_profile(path, NEW)
    assert load_config(path).default == ""
    assert "default" not in path.read_text(encoding="utf-8")


def test_without_the_default_the_other_one_is_it(write: Write) -> None:
    path = write(COMMENTED)
    remove_profile(path, "acme")
    assert path.read_text(encoding="utf-8") == _without(
        COMMENTED, "default", "acme:", "ACME", "planhat.com", "0042"
    )
    config = load_config(path)
    assert list(config.profiles) == ["play"]
    assert config.default == "play"


def test_without_the_default_none_of_several_is_it(write: Write) -> None:
    path = write(COMMENTED)
    add_profile(path, NEW)
    remove_profile(path, "acme")
    assert load_config(path).default == ""


def test_after_the_last_profile_the_settings_and_comments_are_left(write: Write) -> None:
    path = write(COMMENTED)
    remove_profile(path, "play")
    remove_profile(path, "acme")
    config = load_config(path)
    assert config.problems == ()
    assert config.profiles == {}
    assert config.settings == parse_config(COMMENTED, path).settings
    kept = _comments(path.read_text(encoding="utf-8"))
    assert kept == [
        " Ours, by hand.",
        " Europe",
        " for trying things out",
        " How it looks.",
        " blue",
    ]
    add_profile(path, NEW)
    assert load_config(path).profiles == {"new": NEW}
    assert sorted(_comments(path.read_text(encoding="utf-8"))) == sorted(kept)


def test_a_file_of_comments_alone_keeps_them(write: Write) -> None:
    text = "# profiles:\n#   acme:\n#     base_url: ..."
    path = write(text)
    add_profile(path, NEW)
    assert path.read_text(encoding="utf-8").startswith(f"{text}\nprofiles:\n  new:\n")


def test_profiles_commented_out_stay_commented_out(write: Write) -> None:
    path = write("profiles:\n  # acme: {}\nsettings: {theme: fjord}\n")
    add_profile(path, NEW)
    assert "# acme: {}" in path.read_text(encoding="utf-8")
    assert load_config(path).profiles == {"new": NEW}


@pytest.mark.parametrize(
    "written",
    [
        *("Null", "True", "012", "1_000", "+46701234567", "1.50", "1e3", "0x1F", "2026-02-30"),
        *("2026-01-01 10:00:00", "1:30", "off", "'012'", '"x\\ty"', "''", "~", "12.0", "-0", "="),
    ],
)
def test_what_other_lines_say_is_kept_to_the_letter(write: Write, written: str) -> None:
    text = f"settings: {{theme: x}}\nprofiles:\n  acme:\n    label: {written}\n    reason: x\n"
    path = write(text)
    add_profile(path, NEW)
    assert path.read_text(encoding="utf-8").startswith(text)


def test_windows_line_ends_stay(write: Write) -> None:
    path = write("")
    path.write_bytes(COMMENTED.replace("\n", "\r\n").encode())
    set_default(path, "play")
    assert path.read_bytes() == (
        COMMENTED.replace("default: acme", "default: play").replace("\n", "\r\n").encode()
    )


@pytest.mark.parametrize("name", ["2026", "1.50", "true", "null", "no", "012", "0"])
def test_a_name_that_looks_like_something_else_is_still_a_name(write: Write, name: str) -> None:
    path = write(COMMENTED)
    add_profile(path, NEW._replace(name=name), make_default=True)
    config = load_config(path)
    assert config.default == name
    assert list(config.profiles) == ["acme", "play", name]
    with pytest.raises(InputError):
        add_profile(path, NEW._replace(name=name))
    remove_profile(path, name)
    assert list(load_config(path).profiles) == ["acme", "play"]


def test_a_name_that_is_taken_is_refused_even_if_its_profile_is_broken(write: Write) -> None:
    text = COMMENTED + "# end\n"
    path = write(text.replace("{env: PLAY}", "{evn: PLAY}"))
    before = path.read_bytes()
    for name in ("acme", "play"):
        with pytest.raises(InputError) as caught:
            add_profile(path, NEW._replace(name=name))
        assert not isinstance(caught.value, ConfigError)
        assert caught.value.field == "name"
        assert name in caught.value.message
    assert path.read_bytes() == before


def test_a_profile_beside_a_broken_one_can_be_added_and_the_broken_one_removed(
    write: Write,
) -> None:
    path = write("profiles:\n  bad: {base_url: nowhere}\n  worse: x # why\n")
    add_profile(path, NEW)
    assert list(load_config(path).profiles) == ["new"]
    remove_profile(path, "bad")
    remove_profile(path, "worse")
    assert load_config(path).problems == ()


def test_a_profile_that_isnt_there_cant_be_removed(write: Write) -> None:
    path = write(COMMENTED)
    with pytest.raises(NotFoundError) as caught:
        remove_profile(path, "plai")
    assert caught.value.advice == "Did you mean play?"
    assert path.read_text(encoding="utf-8") == COMMENTED
    with pytest.raises(NotFoundError):
        remove_profile(path.with_name("other.yaml"), "play")


@pytest.mark.parametrize(
    "edit",
    [
        lambda path: set_default(path, "nobody"),
        lambda path: set_default(path, "demo"),
        lambda path: add_profile(path, NEW._replace(demo=True)),
    ],
)
def test_what_wouldnt_be_read_back_as_it_was_meant_isnt_written(
    write: Write, edit: Callable[[Path], None]
) -> None:
    path = write(COMMENTED)
    with pytest.raises(ConfigError) as caught:
        edit(path)
    assert caught.value.path == path
    assert "stays as it is" in caught.value.message
    assert path.read_text(encoding="utf-8") == COMMENTED
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("profiles: {acme\n", 2),
        ("a: 1\n\tb: 2\n", 2),
        ("profiles:\n  acme: {label: a, label: b}\n", 2),
        ("profiles:\n  acme: {}\n  acme: {}\n", 3),
        ("profiles: {a: &x {}, b: *x}\n", 1),
        ("profiles: [a]\n", 1),
        ("profiles: acme\n", 1),
        ("- a\n", 1),
        ("just text\n", 1),
    ],
)
def test_a_file_that_cant_be_understood_isnt_edited(write: Write, text: str, line: int) -> None:
    path = write(text)
    edits: list[Callable[[], None]] = [
        lambda: add_profile(path, NEW),
        lambda: set_default(path, "acme"),
        lambda: remove_profile(path, "acme"),
    ]
    for edit in edits:
        with pytest.raises(ConfigError) as caught:
            edit()
        assert (caught.value.path, caught.value.line) == (path, line)
        assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        (NEW._replace(name="demo"), "the demo's own name"),
        (NEW._replace(name="no name"), "letters, digits, dots and dashes"),
        (NEW._replace(base_url="http://api.planhat.com"), "readable"),
        (NEW._replace(token=TokenSource("env", "")), "env is empty"),
        (NEW._replace(accent="red"), "accent must be a colour"),
        (NEW._replace(max_bulk=0), "max_bulk must be a whole number"),
    ],
)
def test_a_value_that_cant_be_is_told_and_not_written(
    write: Write, profile: Profile, message: str
) -> None:
    path = write(COMMENTED)
    with pytest.raises(InputError) as caught:
        add_profile(path, profile)
    assert not isinstance(caught.value, ConfigError)  # it's no mistake of the file
    assert message in caught.value.message
    assert path.read_text(encoding="utf-8") == COMMENTED


def test_a_profile_can_be_tried_without_writing_it(write: Write) -> None:
    path = write(COMMENTED)
    add_profile(path, NEW, try_only=True)
    with pytest.raises(InputError):
        add_profile(path, NEW._replace(name="acme"), try_only=True)
    with pytest.raises(InputError):
        add_profile(path, NEW._replace(accent="red"), try_only=True)
    assert path.read_text(encoding="utf-8") == COMMENTED


def test_a_file_that_isnt_utf_8_isnt_edited(write: Write) -> None:
    path = write("")
    path.write_bytes(b"# caf\xe9\n")
    with pytest.raises(ConfigError, match="UTF-8"):
        add_profile(path, NEW)
    assert path.read_bytes() == b"# caf\xe9\n"


def test_a_plain_token_can_be_added_to_a_file_of_others_which_becomes_private(
    write: Write,
) -> None:
    path = write(COMMENTED, 0o644)
    profile = NEW._replace(token=TokenSource("text", "sekret-42"))
    add_profile(path, profile)
    assert _mode(path) == 0o600
    config = load_config(path)
    assert config.problems == ()
    assert config.profiles["new"] == profile


def test_a_symlinked_config_stays_a_symlink(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles" / "planhat.yaml", tmp_path / "etc" / "config.yaml"
    for folder in (real.parent, link.parent):
        folder.mkdir()
    real.write_text(COMMENTED, encoding="utf-8")
    link.symlink_to(real)
    set_default(link, "play")
    assert link.is_symlink()
    assert link.readlink() == real
    assert "default: play" in real.read_text(encoding="utf-8")
    assert list(real.parent.iterdir()) == [real]
    assert list(link.parent.iterdir()) == [link]


def test_a_symlink_to_a_file_that_isnt_there_yet_makes_it(tmp_path: Path) -> None:
    link, real = tmp_path / "config.yaml", tmp_path / "dotfiles" / "planhat.yaml"
    link.symlink_to(real)
    add_profile(link, NEW)
    assert link.is_symlink()
    assert load_config(real).profiles == {"new": NEW}


def test_in_a_read_only_folder_nothing_is_changed_and_the_advice_says_what_to_do(
    write: Write,
) -> None:
    path = write(COMMENTED)
    with read_only(path.parent), pytest.raises(StorageError) as caught:
        set_default(path, "play")
    assert "Nothing was changed." in caught.value.message
    assert "PLANHAT_TUI_CONFIG" in caught.value.advice
    assert path.read_text(encoding="utf-8") == COMMENTED
    assert list(path.parent.iterdir()) == [path]


def test_where_no_folder_can_be_the_error_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for path in (tmp_path / "file" / "config.yaml", tmp_path):
        with pytest.raises(StorageError) as caught:
            add_profile(path, NEW)
        assert str(path) in caught.value.message
        assert "rights" in caught.value.advice
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_replacement_that_fails_leaves_the_file_and_no_litter(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(COMMENTED)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match=r"No space left on device\. Nothing was changed\."):
        set_default(path, "play")
    assert path.read_text(encoding="utf-8") == COMMENTED
    assert list(path.parent.iterdir()) == [path]


def test_what_somebody_else_has_saved_meanwhile_isnt_overwritten(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(COMMENTED)

    def slow(source: str, file: Path) -> Any:  # noqa: ANN401 -- stands in for parse_config
        path.write_text("# theirs\n", encoding="utf-8")
        return parse_config(source, file)

    monkeypatch.setattr("planhat_tui.config.edit.parse_config", slow)
    with pytest.raises(ConfigError, match="meanwhile"):
        set_default(path, "play")
    assert path.read_text(encoding="utf-8") == "# theirs\n"


def test_several_that_edit_it_at_once_lose_nothing(write: Write) -> None:
    path = write(COMMENTED)
    names = [f"new-{number}" for number in range(8)]
    with ThreadPoolExecutor(len(names)) as together:
        done = [together.submit(add_profile, path, NEW._replace(name=name)) for name in names]
    assert [one.result() for one in done] == [None] * len(names)
    assert {*names} <= load_config(path).profiles.keys()
    assert "# Ours, by hand." in path.read_text(encoding="utf-8")


ANY = st.text(max_size=12)
PROFILES = st.builds(
    Profile,
    name=st.from_regex(r"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}\Z").filter(
        lambda name: name not in {"demo", "demo-2", "acme", "play"}
    ),
    base_url=st.sampled_from(["https://a.example", "http://localhost:1", "https://b.example:8443"]),
    token=st.builds(
        TokenSource, st.sampled_from(["text", "env", "command"]), ANY.filter(lambda t: t.strip())
    ),
    label=ANY,
    reason=ANY,
    external_user_id=ANY
    | st.sampled_from(["true", "012", "1.50", "~", "null", "", "-", "=", "<<"]),
    call_note_field=ANY,
    read_only=st.booleans(),
    max_bulk=st.none() | st.integers(1, 10**9),
    confirm_over=st.integers(1, 10**9),
    auth=st.sampled_from(["bearer", "basic"]),
    tenant_uuid=st.just(""),
    accent=st.sampled_from(["", "#8a2be2"]),
    web_url=st.sampled_from(["", "https://app.planhat.com/profile/{id}"]),
    proxy=st.just(""),
    no_delete=st.booleans(),
    confirm=st.sampled_from(["", "type"]),
    dialect=st.sampled_from(["auto", "modern", "seed"]),
    demo=st.just(False),  # noqa: FBT003 -- a value like the others
)


@given(PROFILES, st.booleans())
def test_whatever_a_profile_says_it_comes_back_and_leaves_without_a_trace(
    tmp_path_factory: pytest.TempPathFactory,
    profile: Profile,
    make_default: bool,  # noqa: FBT001 -- drawn by hypothesis
) -> None:
    assert not address_problem(profile.base_url)
    path = tmp_path_factory.getbasetemp() / "law.yaml"
    path.write_text(COMMENTED, encoding="utf-8")
    before = load_config(path)
    add_profile(path, profile, make_default=make_default)
    config = load_config(path)
    assert config.problems == ()
    assert config.profiles == {**before.profiles, profile.name: profile}
    assert config.default == (profile.name if make_default else "acme")
    set_default(path, "acme")
    remove_profile(path, profile.name)
    left = path.read_text(encoding="utf-8")
    assert _without(left, "default:") == _without(COMMENTED, "default:")
    assert load_config(path) == before


# -- changing


def _changed(write: Write, **changes: Any) -> str:  # noqa: ANN401 -- Profile's own fields
    """Change the profile acme of the commented file; the file as it is then."""
    path = write(COMMENTED)
    profile = load_config(path).profiles["acme"]._replace(**changes)
    change_profile(path, profile)
    assert load_config(path).profiles["acme"] == profile
    return path.read_text(encoding="utf-8")


def test_a_changed_setting_changes_one_line(write: Write) -> None:
    text = _changed(write, external_user_id="max123")
    assert text == COMMENTED.replace("0042", "max123")


def test_a_new_setting_is_one_line_more_above_the_comments_that_follow(write: Write) -> None:
    text = _changed(write, label="PRODUCTION", no_delete=True)
    added = "    external_user_id: 0042\n    label: PRODUCTION\n    no_delete: true\n"
    assert text == COMMENTED.replace("    external_user_id: 0042\n", added)


def test_a_setting_that_goes_takes_its_line_and_no_other(write: Write) -> None:
    text = _changed(write, external_user_id="")
    assert text == COMMENTED.replace("    external_user_id: 0042\n", "")


def test_another_source_of_the_token_keeps_what_is_said_beside_it(write: Write) -> None:
    text = _changed(write, token=TokenSource("file", "/run/acme token"))
    assert re.search(r"token: {file: /run/acme token} +# from the keychain", text)
    assert _comments(text) == _comments(COMMENTED)


def test_what_is_as_it_was_changes_nothing(write: Write) -> None:
    assert _changed(write) == COMMENTED


def test_what_is_said_though_it_holds_anyway_stays(write: Write) -> None:
    path = write(COMMENTED.replace("0042", "0042\n    auth: bearer  # as ever"))
    before = path.read_text()
    change_profile(path, load_config(path).profiles["acme"]._replace(label="X"))
    assert "    auth: bearer  # as ever\n    label: X\n" in path.read_text()
    assert _comments(path.read_text()) == _comments(before)


def test_a_profile_on_one_line_can_be_changed_too(write: Write) -> None:
    path = write("profiles:\n  a: {base_url: https://a.example, token: {env: A}}  # mine\n")
    change_profile(path, load_config(path).profiles["a"]._replace(label="x", read_only=True))
    assert path.read_text() == (
        "profiles:\n"
        "  a: {base_url: https://a.example, token: {env: A}, label: x, read_only: true} # mine\n"
    )


def test_one_that_somebody_else_has_changed_since_stays_with_its_guardrails(write: Write) -> None:
    path = write(COMMENTED)
    before = load_config(path).profiles["play"]
    guarded = path.read_text().replace("{env: PLAY}", "{env: PLAY}\n    read_only: true  # for now")
    path.write_text(guarded)
    with pytest.raises(ConfigError, match="Somebody else changed it meanwhile"):
        change_profile(path, before._replace(label="x"), before=before)
    assert path.read_text() == guarded
    now = load_config(path).profiles["play"]
    change_profile(path, now._replace(label="x"), before=now)
    assert load_config(path).profiles["play"].read_only


def test_a_comment_that_would_lose_its_place_is_not_lost(write: Write) -> None:
    path = write(
        "profiles:\n  a:\n    label: x\n    # why\n    base_url: https://a.example\n"
        "    token: {env: A}\n"
    )
    before = path.read_text()
    with pytest.raises(ConfigError, match="by hand"):
        change_profile(path, load_config(path).profiles["a"]._replace(label=""))
    assert path.read_text() == before


def test_one_that_isnt_there_or_a_value_that_cant_be_changes_nothing(write: Write) -> None:
    path = write(COMMENTED)
    with pytest.raises(NotFoundError, match="Did you mean play"):
        change_profile(path, NEW._replace(name="pley"))
    acme = load_config(path).profiles["acme"]
    with pytest.raises(InputError, match="accent must be a colour"):
        change_profile(path, acme._replace(accent="red"))
    change_profile(path, acme._replace(label="x"), try_only=True)
    assert path.read_text(encoding="utf-8") == COMMENTED


def test_a_schema_that_is_there_is_written_again_and_none_is_made_unasked(write: Write) -> None:
    path = write(COMMENTED)
    schema = path.with_name(SCHEMA_FILE)
    set_default(path, "play")
    assert not schema.exists()
    schema.write_text("{}")
    set_default(path, "acme")
    assert "Profile" in schema.read_text()


@given(st.data())
def test_whatever_is_changed_is_read_back_and_every_comment_stays(data: st.DataObject) -> None:
    changes: dict[str, st.SearchStrategy[Any]] = {
        "label": st.sampled_from(["", "x", "a: b", "# no", "true"]),
        "auth": st.sampled_from(["bearer", "basic"]),
        "read_only": st.booleans(),
        "max_bulk": st.none() | st.integers(1, 999),
        "external_user_id": st.sampled_from(["", "0042", "max"]),
        "token": st.sampled_from([TokenSource("env", "A"), TokenSource("file", "/t")]),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text(COMMENTED)
        path.chmod(0o600)
        for _ in range(3):
            chosen = {name: data.draw(one) for name, one in changes.items()}
            profile = load_config(path).profiles["acme"]._replace(**chosen)
            change_profile(path, profile)
            assert load_config(path).profiles["acme"] == profile
        assert [c.strip() for c in _comments(path.read_text()) if "no" not in c] == [
            c.strip() for c in _comments(COMMENTED)
        ]
